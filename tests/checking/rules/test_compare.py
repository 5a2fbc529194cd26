from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.checking import order_changes
from alertengine.checking.rules.compare import LINE_COLUMNS
from alertengine.cli import main
from alertengine.rulebook import Rulebook, Side, book_changes, open_book
from alertengine.vocabulary import InputError, Level
from tests.checking.rules.conftest import rule

pytestmark = pytest.mark.whole

Law = Callable[..., Path]
DAY = date(2021, 12, 10)
LIMIT = rule("a", when={"industry": "铸造"}, then={"limit": 0.2})
STOP = {**LIMIT, "then": "stop"}
COKE = rule("c", when={"industry": "焦化"}, then={"coking_time": 36})
HEADER = "企业名称,城市,行业,生产线编号,工序,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,橙色预警减排措施"


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """Two foundry lines and a coke oven."""
    rows = [
        "甲铸造,临汾市,铸造,1,熔炼,10,20,30,40,",
        "甲铸造,临汾市,铸造,2,熔炼,1,2,3,4,限产50%",
        "乙焦化,临汾市,焦化,1,焦炉,100,0,0,0,",
    ]
    path = tmp_path / "lines.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def books(law: Law, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> tuple[Rulebook, Rulebook]:
    return open_book(str(law("old", own={"rules": old}))), open_book(str(law("new", own={"rules": new})))


class TestRules:
    def test_added_removed_and_changed_are_told_with_values(self, law: Law) -> None:
        old, new = books(law, [LIMIT, COKE], [STOP, rule("n", when={"industry": "水泥"}, then={"limit": 0.5})])
        changes = book_changes(Side(old), Side(new))
        said = {(c.change, c.id, c.field) for c in changes}
        assert said == {("removed", "c", ""), ("changed", "a", "then"), ("added", "n", "")}
        changed = next(c for c in changes if c.change == "changed")
        assert "0.2" in changed.old
        assert "stop" in changed.new
        assert next(c for c in changes if c.change == "added").new == "黄色、橙色、红色：行业=水泥 → 限产50%"

    def test_the_same_rulebook_differs_in_nothing(self, law: Law) -> None:
        old, new = books(law, [LIMIT], [LIMIT])
        assert book_changes(Side(old), Side(new)) == []

    def test_two_days_compare_what_is_in_force(self, law: Law) -> None:
        late = {**STOP, "id": "late", "valid": {"from": "2022-01-01"}}
        book = open_book(str(law(own={"rules": [LIMIT, late]})))
        changes = book_changes(Side(book, DAY), Side(book, date(2022, 1, 1)))
        assert [(c.change, c.id) for c in changes] == [("added", "late")]

    def test_a_hole_filled_is_a_change(self, law: Law) -> None:
        table = {"id": "t", "article": "一", "title": "表", "kind": "measure", "match": ["industry"], "levels": ["red"]}
        old = open_book(str(law("old", own={"tables": [{**table, "rows": [["铸造", "missing"]]}]})))
        new = open_book(str(law("new", own={"tables": [{**table, "rows": [["铸造", "stop"]]}]})))
        assert {(c.change, c.what) for c in book_changes(Side(old), Side(new))} == {
            ("removed", "hole"),
            ("added", "rule"),
        }


class TestOpening:
    def test_a_folder_without_places_is_added_to_the_shipped_rules(self, law: Law) -> None:
        folder = law(own={"rules": [LIMIT]})
        for path in (folder / "vocabulary").iterdir():
            path.unlink()
        (folder / "precedence.yaml").unlink()
        book = open_book(str(folder))
        assert {"own", *Rulebook.load().documents} == set(book.documents)

    def test_its_documents_take_the_place_of_their_namesakes(self, law: Law) -> None:
        name = next(iter(Rulebook.load().documents))
        folder = law(**{name: {"rules": [LIMIT]}})
        for path in (folder / "vocabulary").iterdir():
            path.unlink()
        book = open_book(str(folder))
        assert [rule.id for rule in book.line_rules() if rule.document == name] == ["a"]

    def test_a_folder_with_places_stands_alone(self, law: Law) -> None:
        assert set(open_book(str(law(own={"rules": [LIMIT]}))).documents) == {"own"}

    def test_a_folder_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(InputError, match="no such folder"):
            open_book("no-such-folder")


class TestOrders:
    def compare(self, law: Law, lines: Path, old: list[Any], new: list[Any], *levels: Level) -> Any:
        one, other = (Side(book, DAY) for book in books(law, old, new))
        return order_changes(one, other, lines, levels or [Level.ORANGE], book_changes(one, other))

    def test_only_lines_whose_order_changes_are_listed(self, law: Law, lines: Path) -> None:
        found = self.compare(law, lines, [LIMIT, COKE], [STOP, COKE])
        assert [(row["enterprise"], str(row["line_id"])) for row in found.lines] == [("甲铸造", "1"), ("甲铸造", "2")]
        first = found.lines[0]
        assert (first["share_old"], first["share_new"], first["because"]) == (0.2, 1.0, "a")
        assert first["so2_kg_d"] == pytest.approx(8)

    def test_totals_are_the_sum_of_the_differences(self, law: Law, lines: Path) -> None:
        found = self.compare(law, lines, [LIMIT, COKE], [STOP])
        [total] = found.totals
        assert total["changed"] == 3
        assert (total["undetermined_old"], total["undetermined_new"]) == (0, 1)
        assert total["nox_kg_d"] == pytest.approx(sum(row["nox_kg_d"] for row in found.lines))

    def test_another_ground_for_the_same_order_is_counted_apart(self, law: Law, lines: Path) -> None:
        found = self.compare(law, lines, [COKE], [{**COKE, "id": "renamed"}])
        assert [row["change"] for row in found.lines] == ["rules"]
        assert (found.totals[0]["changed"], found.totals[0]["other_basis"]) == (0, 1)

    def test_each_level_is_compared(self, law: Law, lines: Path) -> None:
        found = self.compare(law, lines, [LIMIT], [{**LIMIT, "level": "red"}], *Level)
        assert {row["level"] for row in found.lines} == {"yellow", "orange"}
        assert [total["level"] for total in found.totals] == ["none", "yellow", "orange", "red"]

    def test_phases_of_a_line_are_said_together(self, law: Law, lines: Path) -> None:
        phased = {**COKE, "then": [{"stop": True, "until_hours": 24}, {"coking_time": 36, "after_hours": 24}]}
        [row] = self.compare(law, lines, [COKE], [phased]).lines
        assert " → " in row["measure_text_new"]


class TestCommand:
    def test_csv_and_json(self, law: Law, lines: Path, tmp_path: Path) -> None:
        old, new = law("old", own={"rules": [LIMIT]}), law("new", own={"rules": [STOP]})
        words = ["rules", "diff", str(old), str(new), "--list", str(lines), "--date", "2021-12-10", "--level", "orange"]
        run = CliRunner().invoke(main, [*words, "--json", "-o", str(tmp_path / "d.csv")])
        assert run.exit_code == 0, run.output
        said = json.loads(run.stdout)
        assert [change["id"] for change in said["rules"]] == ["a"]
        table = pd.read_csv(tmp_path / "d.csv")
        assert list(table.columns) == LINE_COLUMNS
        assert len(table) == len(said["orders"]) == 2

    def test_an_empty_comparison_still_has_its_header(self, law: Law, tmp_path: Path) -> None:
        folder = str(law(own={"rules": [LIMIT]}))
        run = CliRunner().invoke(main, ["rules", "diff", folder, folder, "-o", str(tmp_path / "d.csv")])
        assert run.exit_code == 0
        assert (tmp_path / "d.csv").read_text().startswith("change,what,id")
