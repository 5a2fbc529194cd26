"""The command: the written draft, loaded by ``orders``, brings what was planned; messages and exit statuses."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from alertengine.cli import main
from alertengine.files import lists_folder
from alertengine.lists import read_list
from alertengine.orders import decide
from alertengine.rulebook import Rulebook
from alertengine.simulation import PlanOptions, plan_list
from alertengine.simulation.planning.table import PLAN_TABLE
from alertengine.vocabulary import InputError, Level

pytestmark = pytest.mark.whole

LINFEN = lists_folder() / "linfen-synthetic.csv"
DAY = date(2021, 12, 10)


def plan(*args: object) -> Result:
    result = CliRunner().invoke(main, ["plan", *map(str, args)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], int]:
    """Linfen at yellow, planned once: folder, JSON and exit status."""
    folder = tmp_path_factory.mktemp("plan")
    result = plan(
        LINFEN,
        "--level",
        "yellow",
        "--date",
        DAY,
        "-o",
        folder / "plan.csv",
        "--rules-out",
        folder / "rules/plan.yaml",
        "--json",
    )
    return folder, json.loads(result.stdout)[0], result.exit_code


@pytest.fixture(scope="module")
def drafted(made: tuple[Path, dict[str, Any], int]) -> Rulebook:
    """The law with the written draft, loaded as a folder of rules."""
    return Rulebook.load([made[0] / "rules"])


def test_orders_under_the_written_draft_reach_exactly_what_was_planned(
    made: tuple[Path, dict[str, Any], int], drafted: Rulebook
) -> None:
    _, data, status = made
    assert status == 1  # the list names an industry that the vocabulary does not know
    book = drafted
    run = decide(read_list(LINFEN, book.lists), book, level=Level.YELLOW, date=DAY)
    ratios = run.summaries[0]["ratio"]
    assert run.summaries[0]["met"] == "yes"
    for entry in data["certificate"]["requirements"]:
        found = ratios[entry["pollutant"]]
        assert found["warning"] == pytest.approx(entry["plan"], abs=1e-6)
        assert found["margin_kg_d"] == pytest.approx(entry["margin_kg_d"], abs=1e-2)  # a gram a line
    assert data["certificate"]["proven"]
    assert data["certificate"]["status"] == "closed"
    assert data["certificate"]["orders_differ_by_kg_d"] == pytest.approx(0, abs=1e-6)


@pytest.mark.slow
def test_no_line_is_asked_less_and_spared_lines_are_spared(drafted: Rulebook, shipped: Rulebook) -> None:
    for level in (Level.YELLOW, Level.ORANGE, Level.RED):
        before = decide(read_list(LINFEN, shipped.lists), shipped, level=level, date=DAY).table
        after = decide(read_list(LINFEN, drafted.lists), drafted, level=level, date=DAY).table
        assert before["line_id"].tolist() == after["line_id"].tolist()
        old, new = before["share"].to_numpy(float), after["share"].to_numpy(float)
        assert (np.nan_to_num(new) >= np.nan_to_num(old) - 1e-9).all()
        spared = before["status"].isin(["exempt", "self_directed"])
        assert after["status"][spared].tolist() == before["status"][spared].tolist()


def test_the_draft_says_what_it_is(made: tuple[Path, dict[str, Any], int], drafted: Rulebook) -> None:
    data = made[1]
    document = drafted.documents[data["document"]]
    assert "待公示" in document.title
    assert document.source == "inferred"
    orders = decide(read_list(LINFEN, drafted.lists), drafted, level=Level.YELLOW, date=DAY).table
    under = orders[orders["rules"].str.contains(data["document"])]
    assert len(under)
    assert (under["standing"] == "inferred").any()
    assert "primary" not in set(under["standing"])  # beside a text that asks the same, that text's standing counts
    assert under["basis"].str.contains("待公示").all()


def test_the_table_has_one_row_a_group_with_its_documented_columns(made: tuple[Path, dict[str, Any], int]) -> None:
    folder, data, _ = made
    table = pd.read_csv(folder / "plan.csv")
    assert list(table.columns) == list(PLAN_TABLE)
    assert not table.duplicated(["city", "level", "industry", "process", "grade"]).any()
    changed = table[table["changed"].astype(str) == "True"]
    assert len(changed) == len(data["measures"])
    assert changed["remark"].str.startswith("待公示").all()
    lost = data["certificate"]["production_lost"]
    assert (table["lost"] - table["lost_now"]).sum() == pytest.approx(lost["more"], abs=1e-6)


@pytest.mark.slow
def test_planning_again_under_the_draft_finds_no_gap(made: tuple[Path, dict[str, Any], int], drafted: Rulebook) -> None:
    again = plan_list(drafted, LINFEN, [Level.YELLOW], DAY)
    assert again.cities[0].certificate["status"] == "no_gap"
    assert again.document["document"] != made[1]["document"]


@pytest.mark.slow
def test_what_cannot_be_reached_is_said_in_kilograms_and_written_all_the_same(tmp_path: Path) -> None:
    result = plan(
        LINFEN, "--level", "red", "--date", DAY, "--rules-out", tmp_path / "r" / "plan.yaml", "-o", tmp_path / "p.csv"
    )
    assert result.exit_code == 1
    assert "没有合规方案" in result.stdout
    assert "最多可达" in result.stdout
    assert "仍差" in (tmp_path / "r" / "plan.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "p.csv").is_file()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--rules-out", "plan.yml"), "not read as a rule document"),
        (("--rules-out", "plan.test.yaml"), "not read as a rule document"),
        (("-o", "plan.xlsx"), "unknown suffix"),
        (("--steps", "nowhere.yaml"), "cannot be read"),
        (("--value", "日产值"), "no such column"),
    ],
)
def test_an_unusable_input_is_said_and_nothing_written(args: tuple[str, str], said: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    more = () if "-o" in args else ("-o", out)
    result = plan(LINFEN, "--level", "yellow", "--date", DAY, *args, *more)
    assert result.exit_code == 2
    assert said in result.output
    assert not out.exists()


@pytest.mark.slow
def test_a_column_of_the_list_can_say_what_production_is_worth(tmp_path: Path, shipped: Rulebook) -> None:
    table = pd.read_csv(LINFEN, dtype=str, encoding="utf-8-sig")
    table["日产值(万元)"] = [str(10 + n) for n in range(len(table))]
    valued = tmp_path / "list.csv"
    table.to_csv(valued, index=False)
    wish = PlanOptions(totals=LINFEN.with_suffix(".totals.csv"), value="日产值(万元)")
    found = plan_list(shipped, valued, [Level.YELLOW], DAY, wish).cities[0].certificate
    assert found["production_lost"]["unit"] == "日产值(万元)"
    assert found["status"] == "closed"
    table.loc[3:4, "日产值(万元)"] = ["约20", None]
    table.to_csv(valued, index=False)
    with pytest.raises(InputError) as error:
        plan_list(shipped, valued, [Level.YELLOW], DAY, wish)
    assert [(one.row, one.value) for one in error.value.problems][:2] == [(5, "约20"), (6, "")]


def test_a_missing_solver_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    result = plan(LINFEN, "--level", "yellow", "--date", DAY)
    assert result.exit_code == 2
    assert "alertengine[plan]" in result.output
