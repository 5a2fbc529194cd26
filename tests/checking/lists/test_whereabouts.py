"""Coordinates against outlines: a plant is told once, and only where it lies further out than lines can be off."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertengine.checking import check_list
from alertengine.checking.lists.whereabouts import load_limits
from alertengine.rulebook import Rulebook
from alertengine.rulebook.outlines import SETTING
from alertengine.vocabulary import InputError

from . import planting
from .conftest import DAY

pytestmark = pytest.mark.whole


@pytest.mark.parametrize(("beyond", "told"), [(-0.5, 0), (0.6, 0), (1.5, 1)])
def test_a_plant_is_told_once_beyond_the_limit(
    planted: Path, law: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beyond: float, told: int
) -> None:
    rows = planting.read(planted / "clean-synthetic.csv")
    name = next(row[planting.NAME] for row in rows if sum(one[planting.NAME] == row[planting.NAME] for one in rows) > 1)
    lines = [row for row in rows if row[planting.NAME] == name]
    point = planting.load_settings().points[planting.CITY][lines[0]["区县"]]
    north = point.lat + (1.2 * point.km + beyond * load_limits().outside_county.most_km) / 111.2
    for row in lines:
        row |= {"经度": str(point.lon), "纬度": f"{north:.5f}"}
    path = tmp_path / "list.csv"
    planting._write(path, rows)
    monkeypatch.setenv(SETTING, str(planting.squares(tmp_path / "squares.geojson")))
    found = [one for one in check_list(law, path, DAY).findings if one.kind == "outside_county"]
    assert len(found) == told
    assert [one.lines for one in found] == [len(lines)] * told
    assert all("不在轮廓所绘的任何区县" in one.problem.words("zh")[0] for one in found)


def test_a_file_that_is_no_outlines_file_is_refused_before_the_list_is_read(law: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "x.geojson").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        check_list(law, tmp_path / "none.csv", DAY, outlines=tmp_path / "x.geojson")
    assert "x.geojson" in str(refused.value)
