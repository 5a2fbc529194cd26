from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.checking import DECIDED, STATES, Cell, Coverage, coverage
from alertengine.cli import main
from alertengine.report import coverage_report
from alertengine.report.coverage import STATE_WORDS
from alertengine.rulebook import Rulebook, place_of
from tests.checking.rules.conftest import rule

pytestmark = pytest.mark.whole

DAY = date(2021, 12, 10)
GRID = {
    "id": "grid",
    "article": "附表",
    "title": "表",
    "kind": "measure",
    "when": {"industry": "铸造"},
    "match": ["process", "effective_grade"],
    "levels": ["yellow", "orange", "red"],
    "rows": [["熔炼", "B", {"limit": 0.2}, "-", "stop"], ["制芯造型", ["C", "非引领性"], "missing", "stop", "missing"]],
}
Law = Callable[..., Path]


def grid_of(folder: Path, **asked: object) -> Coverage:
    book = Rulebook.load([folder], shipped=False)
    return coverage(book, DAY, place_of(book, "大同"), **asked)


def cell_of(found: Coverage, industry: str, process: str, grade: str, level: str) -> Cell:
    wanted = (industry, process, grade, level)
    [cell] = [c for c in found.cells if (c.industry, c.process, c.grade, c.level) == wanted]
    return cell


class TestGrid:
    def test_every_industry_on_file_is_there(self, law: Law) -> None:
        """The 39 numbered industries and the others."""
        found = grid_of(law(a={}))
        assert {cell.industry for cell in found.cells} == set(Rulebook.load().lists.industries)
        assert {cell.number for cell in found.cells} - {None} == set(range(1, 40))
        assert found.counts()["undetermined"] == len(found.cells)

    def test_a_decided_cell_names_rule_words_and_standing(self, law: Law) -> None:
        cell = cell_of(grid_of(law(a={"tables": [GRID]})), "铸造", "熔炼", "B", "yellow")
        assert (cell.state, cell.codes, cell.share, cell.standing) == ("primary", "limit", 0.2, "primary")
        assert (cell.rules, cell.measure) == ("grid-熔炼.B-yellow", "限产20%")
        assert cell.basis.endswith("附表")

    def test_holes_gaps_and_silence_are_told_apart(self, law: Law) -> None:
        found = grid_of(law(a={"tables": [GRID]}))
        assert cell_of(found, "铸造", "制芯造型", "C", "red").state == "missing"
        assert "grid" in cell_of(found, "铸造", "制芯造型", "C", "red").note
        assert cell_of(found, "铸造", "制芯造型", "C", "orange").state == "primary"
        assert cell_of(found, "铸造", "熔炼", "C", "red").state == "undetermined"
        assert cell_of(found, "铸造", "熔炼", "B", "orange").state == "undetermined"

    def test_what_a_document_leaves_to_the_plan_is_referred(self, law: Law) -> None:
        left = rule("r", when={"industry": "煤炭洗选"}, then={"refer": "由市清单规定"})
        cell = cell_of(grid_of(law(a={"rules": [left]})), "煤炭洗选", "", "C", "yellow")
        assert (cell.state, cell.status, cell.measure) == ("refer", "refer", "由市清单规定")

    def test_grades_off_the_ladder_only_where_a_rule_or_hole_uses_one(self, law: Law) -> None:
        found = grid_of(law(a={"tables": [GRID]}))
        off = {"引领性", "非引领性"}
        assert off <= {cell.grade for cell in found.cells if cell.industry == "铸造"}
        others = {cell.grade for cell in found.cells if cell.industry == "炭素"}
        assert not off & others
        assert "未评级" in others

    def test_processes_are_those_that_rules_name_for_the_industry(self, law: Law) -> None:
        when = {"any": [{"industry": "铸造", "process": ["熔炼"]}, {"industry": "煤炭洗选"}]}
        found = grid_of(law(a={"rules": [rule("r", when=when, then="stop")]}))
        assert {c.process for c in found.cells if c.industry == "铸造"} == {"熔炼", ""}
        assert {c.process for c in found.cells if c.industry == "煤炭洗选"} == {""}

    def test_later_phases_are_said_too(self, law: Law) -> None:
        then = [{"stop": True, "until_hours": 24}, {"limit": 0.3, "after_hours": 24}]
        found = grid_of(law(a={"rules": [rule("r", when={"industry": "煤炭洗选"}, then=then)]}))
        cell = cell_of(found, "煤炭洗选", "", "C", "red")
        assert (cell.codes, cell.share) == ("stop;limit", 1.0)

    def test_vehicles_stand_apart_from_production(self, law: Law) -> None:
        ban = rule("v", kind="transport", when={"industry": "煤炭洗选"}, then={"vehicle_ban": "禁止货车"})
        cell = cell_of(grid_of(law(a={"rules": [ban]})), "煤炭洗选", "", "C", "red")
        assert (cell.state, cell.rules, cell.transport, cell.transport_rules) == ("undetermined", "", "禁止货车", "v")

    def test_counts_add_up(self, law: Law) -> None:
        found = grid_of(law(a={"tables": [GRID]}))
        counts, rows = found.counts(), found.by_industry()
        assert sum(counts.values()) == len(found.cells) == sum(row["cells"] for row in rows)
        assert sum(row["decided"] for row in rows) == sum(counts[state] for state in DECIDED)


class TestLaw:
    def test_only_what_is_in_force_there_and_then_counts(self, law: Law) -> None:
        late = rule("late", valid={"from": "2022-01-01"}, when={"industry": "煤炭洗选"}, then="stop")
        far = rule("far", area="太原市", when={"industry": "煤炭洗选"}, then="stop")
        season = rule("s", kind="season", when={"industry": "煤炭洗选"}, then="stop")
        found = grid_of(law(a={"rules": [late, far, season]}))
        assert found.counts()["undetermined"] == len(found.cells)

    def test_what_was_not_issued_yet_is_unknown_and_so_are_its_holes(self, law: Law) -> None:
        folder = law(a={"issued": "2021-06-01", "tables": [GRID]})
        assert grid_of(folder, known_on=date(2021, 5, 31)).counts()["undetermined"] > 0
        before, after = (grid_of(folder, known_on=date(2021, month, 1)).counts() for month in (5, 7))
        assert {state: before[state] for state in STATES if before[state]} == {"undetermined": before["undetermined"]}
        assert after["primary"] == 4
        assert after["missing"] == 4

    def test_the_weakest_text_a_cell_rests_on_gives_its_state(self, law: Law) -> None:
        weak = rule("r", when={"industry": "煤炭洗选"}, then="stop", source="inferred")
        assert cell_of(grid_of(law(a={"rules": [weak]})), "煤炭洗选", "", "A", "red").state == "inferred"

    def test_shipped_rules_leave_more_cells_open_than_they_decide(self) -> None:
        """Honest counts: until the guide itself is read, most of the grid is open."""
        book = Rulebook.load()
        counts = coverage(book, date(2021, 1, 10), place_of(book, "临汾")).counts()
        decided = sum(counts[state] for state in DECIDED)
        assert 0 < decided < counts["missing"] + counts["undetermined"]


class TestPage:
    def test_the_page_is_offline_and_holds_every_cell(self, law: Law) -> None:
        folder = law(a={"tables": [GRID]})
        found = grid_of(folder)
        page = coverage_report(found, Rulebook.load([folder], shipped=False))
        assert len(re.findall(r"<td class=\"[a-z]+(?: g)?\" data-d=", page)) == len(found.cells)
        assert not re.search(r'(?:src|href)="http|@import|url\(', page)
        assert "大同市" in page

    def test_every_state_has_a_sign_beside_its_colour(self) -> None:
        signs = [STATE_WORDS[state][0] for state in STATES]
        assert len(set(signs)) == len(STATES)

    def test_details_cannot_break_out_of_the_script(self, law: Law) -> None:
        bad = rule("x", article="</script><b>", title="<i>", when={"industry": "煤炭洗选"}, then="stop")
        folder = law(a={"rules": [bad]})
        page = coverage_report(grid_of(folder), Rulebook.load([folder], shipped=False))
        assert page.count("</script>") == 1
        assert "<i></" not in page


class TestCommand:
    def test_csv_has_a_row_for_each_cell(self, tmp_path: Path) -> None:
        target = tmp_path / "c.csv"
        run = CliRunner().invoke(
            main, ["rules", "coverage", "--city", "临汾", "--date", "2021-01-10", "-o", str(target)]
        )
        assert run.exit_code == 0, run.output
        table = pd.read_csv(target, dtype=str)
        assert len(table) == int(re.search(r"(\d+) cells", run.stderr)[1])
        assert "declared missing" in run.stderr

    def test_json_is_the_whole_grid(self) -> None:
        run = CliRunner().invoke(main, ["rules", "coverage", "--date", "2021-01-10", "--json"])
        rows = json.loads(run.stdout)
        assert {row["level"] for row in rows} == {"yellow", "orange", "red"}

    @pytest.mark.parametrize("name", ["c.txt", "c"])
    def test_another_suffix_is_refused(self, tmp_path: Path, name: str) -> None:
        run = CliRunner().invoke(main, ["rules", "coverage", "-o", str(tmp_path / name)])
        assert run.exit_code == 2
        assert not (tmp_path / name).exists()
