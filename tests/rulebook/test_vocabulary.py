"""A bureau's own vocabulary: every defect of its files is told by line, and a row on file is added to, not replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertengine.files import rules_folder
from alertengine.rulebook import OpenLists
from alertengine.rulebook.load import read_layers
from alertengine.vocabulary import InputError

#: What a file says, and where its problems are told: row and column.
REFUSED = {
    "colours: [a]\nsectors: [1]": {(1, "colours"), (2, "sectors.0")},
    "sectors: 化工": {(1, "sectors")},
    "sectors: {a: b}": {(1, "sectors")},
    "zone_words: 开发区": {(1, "zone_words")},
    "off_ladder: A": {(1, "off_ladder")},
    "ladders: {default: A}": {(1, "ladders.default")},
    "industries:\n": {(1, "industries")},
    "industries: {水泥: [a]}": {(1, "industry_ladders.水泥")},
    "industries:\n  - 甲业\n  - {nam: 乙业}\n  - {name: 丙业, number: z}\n  - {name: ''}": {
        (2, "industries.0"), (3, "industries.1.name"), (3, "industries.1.nam"), (4, "industries.2.number"),
        (5, "industries.3.name"),
    },
    "industries: [{name: 甲业}, {name: 甲业, number: 3}]": {(1, "industries")},
    "industries:\n  - {name: 甲业, aliases: [炼焦]}\n  - {name: 乙业, aliases: [水泥]}": {
        (2, "industries.0"), (3, "industries.1"),
    },
    "processes: [null, {name: 甲, stop_hours: .inf}]": {(1, "processes.0"), (1, "processes.1.stop_hours")},
    "city_aliases:\n  太原市: taiyuan\n  临汾市: [linfen]": {(2, "city_aliases.太原市")},
    "city_aliases:\n  某某市: [a]\n  某某县: [b]\n  太原市: [临汾]": {
        (2, "city_aliases 某某市"), (3, "city_aliases 某某县"), (4, "city_aliases 太原市"),
    },
    "counties: {临汾市: 尧都区}": {(1, "counties.临汾市")},
    "counties: {临汾市: [1]}": {(1, "counties.临汾市.0")},
    "former_counties: {临汾市: {旧县: 新县}}": {(1, "former_counties.临汾市.旧县")},
    "townships: {临汾市/尧都区: 甲镇}": {(1, "townships.临汾市/尧都区")},
    "trades: [{names: [甲], industry: 没有业, one_of: [也没有]}]": {(1, "trades.0")},
    "questions: {industries: {甲: 水泥}}": {(1, "questions.industries.甲")},
    "named_lists: [{name: 甲, source: 乙, from: 2022-01-02, to: 2022-01-01}]": {(1, "named_lists.0")},
    "named_lists: [{name: 甲, source: 乙, members: [{name: 丙, from: 2022-01-02, to: 2022-01-01}]}]": {
        (1, "named_lists.0.members.0"),
    },
    "named_lists: [{name: 甲, source: 乙, members: [{name: 丙, from: 2022}]}]": {(1, "named_lists.0.members.0.from")},
    "plausible: [a]": {(1, "plausible")},
    "plausible:\n  air:\n    pm25: {lowest: 9, highest: 1, source: 甲}\n    pm99: {lowest: 0}": {
        (3, "plausible.air.pm25"), (4, "plausible.air.pm99"), (4, "plausible.air.pm99.highest"),
        (4, "plausible.air.pm99.source"),
    },
    "plausible: {air: {pm25: {lowest: .nan, highest: 1, source: 甲}}}": {(1, "plausible.air.pm25.lowest")},
    "plausible: {lines: {colour: {lowest: 0, highest: 1, source: 甲}}}": {(1, "plausible.lines.colour")},
    "plausible: {jumps: {times: 3, by: {pm25: -1, colour: 1}, source: 甲}}": {
        (1, "plausible.jumps.by.pm25"), (1, "plausible.jumps.by.colour"),
    },
    "plausible: {units: {co: {least: 1, above: 1, divide_by: 0, source: 甲}}}": {(1, "plausible.units.co.divide_by")},
}  # fmt: skip


def lists_with(folder: Path, text: str) -> OpenLists:
    """The shipped lists, added to by a file of a bureau's own folder."""
    file = folder / "vocabulary" / "own.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return OpenLists.load([rules_folder(), folder])


@pytest.mark.parametrize(("text", "places"), REFUSED.items())
def test_every_defect_is_told_by_its_line(text: str, places: set[tuple[int, str]], tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        lists_with(tmp_path, text)
    assert {(one.row, one.column) for one in error.value.problems} == places
    said = [one.words("zh")[0] for one in error.value.problems]
    assert not [one for one in said if "object" in one or "iterable" in one]  # no words of Python


def test_a_row_of_a_name_on_file_says_more_of_it(tmp_path: Path) -> None:
    """A further spelling of 水泥 leaves its sector, which rules ask for, and its other spellings."""
    shipped = OpenLists.load([rules_folder()])
    lists = lists_with(
        tmp_path, "industries: [{name: 水泥, aliases: [洋灰]}]\nprovinces: [{name: 山西省, cities: [新市]}]"
    )
    old, new = shipped.industries["水泥"], lists.industries["水泥"]
    assert new == old.model_copy(update={"aliases": (*old.aliases, "洋灰")})
    assert old.sector
    assert (lists.standard_name("industries", "洋灰"), lists.standard_name("places", "新")) == ("水泥", "新市")
    assert lists.cities() == [
        *shipped.provinces["山西省"].cities,
        "新市",
        *shipped.cities()[len(shipped.provinces["山西省"].cities) :],
    ]


@pytest.mark.parametrize(
    ("layers", "wrong"),
    [
        ("[measure]", "livelihood、sanction、exemption、verified"),
        ("[livelihood, sanction, exemption, verified, measure, measure]", "measure"),
        ("[livelihood, own, sanction, exemption, verified, measure]", ""),
    ],
)
def test_layers_of_a_bureau_leave_none_of_the_shipped_out(layers: str, wrong: str, tmp_path: Path) -> None:
    """The shipped documents were blamed for the layers they name."""
    (tmp_path / "precedence.yaml").write_text(f"layers: {layers}\n", encoding="utf-8")
    if not wrong:
        assert "own" in read_layers([rules_folder(), tmp_path])
        return
    with pytest.raises(InputError) as error:
        read_layers([rules_folder(), tmp_path])
    assert [(one.file, one.value) for one in error.value.problems] == [(str(tmp_path / "precedence.yaml"), wrong)]


@pytest.mark.parametrize(("said", "standing"), [("", "inferred"), ("standing: secondary\n", "secondary")])
def test_how_it_is_known_what_a_sector_is_stays_where_a_file_does_not_say(
    said: str, standing: str, tmp_path: Path
) -> None:
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary/own.yaml").write_text(f"{said}industries:\n  - {{name: 甲业, sector: 化工}}\n", "utf-8")
    assert OpenLists.load([rules_folder(), tmp_path]).sector_standing == standing
