"""Every planted defect is found, once, where it stands; the clean list raises no alarm."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alertengine.checking import CheckRun, check_list
from alertengine.checking.lists.findings import COLUMNS
from alertengine.files import lists_folder
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import KINDS

from . import planting
from .conftest import DAY


def test_the_shipped_files_are_those_of_the_planting(planted: Path) -> None:
    for path in sorted(planted.iterdir()):
        assert (lists_folder() / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_clean_list_raises_no_alarm(planted: Path, law: Rulebook, tmp_path: Path) -> None:
    path, outlines = planted / "clean-synthetic.csv", planting.squares(tmp_path / "squares.geojson")
    run = check_list(law, path, DAY, permits=path.with_suffix(".permits.csv"), outlines=outlines)
    assert [str(finding.problem) for finding in run.findings] == []
    assert run.exit_status == 0


def test_what_was_left_out_of_the_permits_is_told(planted: Path, law: Rulebook, tmp_path: Path) -> None:
    path, permits = planted / "clean-synthetic.csv", tmp_path / "permits.csv"
    text = path.with_suffix(".permits.csv").read_text(encoding="utf-8")
    permits.write_text(text.rstrip("\n") + "\n填表人：甲\n", encoding="utf-8")
    run = check_list(law, path, DAY, permits=permits)
    assert [one.problem.code for one in run.findings] == ["note_left_out"]


def test_every_kind_is_planted() -> None:
    assert {*planting.CHANGED, *planting.ELSEWHERE, planting.TWICE} == set(KINDS)


def test_each_defect_is_found_once(defective: CheckRun) -> None:
    assert defective.counts() == dict.fromkeys((kind for kind in KINDS if kind != planting.TWICE), 1)
    assert defective.exit_status == 1


@pytest.mark.parametrize("kind", planting.CHANGED)
def test_where_it_stands(defective: CheckRun, kind: str) -> None:
    line, cells = planting.CHANGED[kind]
    found = next(finding for finding in defective.findings if finding.kind == kind)
    if kind == "yearly_365":  # said once for the whole column
        return
    assert found.problem.row == line + 2
    assert found.problem.column == next(iter(cells))
    assert found.line == line


def test_what_was_there_what_was_expected_and_what_hangs_on_it(defective: CheckRun) -> None:
    rows = {finding.kind: finding.as_row() for finding in defective.findings}
    assert rows["plan_below_rule"] == {
        "file": defective.enterprises.file,
        "row": 30,
        "column": "橙色预警减排措施",
        "value": "限产50%",
        "kind": "plan_below_rule",
        "severity": "finding",
        "message": "the filed measure asks less than the rules",
        "expected": "停产 (c-orange)",
        "hangs_on": "order: orange",
    }
    assert rows["missing"]["hangs_on"] == "order: yellow orange red"
    assert rows["grade_not_in_use"]["expected"] == "A+ A B C D 引领性 非引领性 未评级"
    assert rows["column_absent"]["hangs_on"] == "order: none yellow orange red (72 lines)"
    assert rows["listed_without_permit"]["hangs_on"] == "order: yellow orange red (2 lines)"
    assert rows["ratio_missed"]["hangs_on"] == "ratio: red"
    assert rows["permit_not_listed"]["file"].endswith("defective-synthetic.permits.csv")


def test_needs_count_lines_by_field(defective: CheckRun) -> None:
    assert defective.needs == {"retrofit_done": 72, "grade": 1}
    assert (defective.firms, defective.without_lines()) == (33, 1)


def test_every_sentence_is_whole(defective: CheckRun) -> None:
    for finding in defective.findings:
        for text in (*finding.problem.words("en"), *finding.problem.words("zh"), finding.hangs_on_text):
            assert "{" not in text
            assert "None" not in text
        assert finding.problem.words("zh")[0]
        assert list(finding.as_row()) == list(COLUMNS)


def test_the_same_line_twice_names_every_row(planted: Path, law: Rulebook) -> None:
    run = check_list(law, planted / "twice-synthetic.csv", DAY)
    assert [finding.problem.row for finding in run.findings if finding.kind == "line_twice"] == [2, 5, 8, 9]
    assert len(run.enterprises.lines) == 6
    assert run.unusable
    assert run.exit_status == 2


@pytest.mark.slow
def test_the_shipped_law_finds_the_same_errors(planted: Path, shipped: Rulebook) -> None:
    path = planted / "defective-synthetic.csv"
    run = check_list(shipped, path, DAY, permits=path.with_suffix(".permits.csv"))
    assert set(run.counts()) >= {kind for kind in KINDS if KINDS[kind].severity == "error"} - {planting.TWICE}
    clean = check_list(shipped, planted / "clean-synthetic.csv", DAY)
    assert [finding for finding in clean.findings if finding.problem.severity == "error"] == []


@pytest.mark.parametrize("path", sorted(lists_folder().glob("*-synthetic.totals.csv")), ids=lambda path: path.name)
def test_sample_lists_have_no_errors(law: Rulebook, path: Path) -> None:
    if path.name.startswith("defective"):
        return
    run = check_list(law, path.with_name(path.name.replace(".totals", "")), DAY)
    assert [str(finding.problem) for finding in run.findings if finding.problem.severity == "error"] == []
    assert len(run.summaries) == 3


@pytest.mark.slow
def test_some_samples_reach_the_ratio_and_some_miss_it(law: Rulebook) -> None:
    met = {}
    for name in ("taiyuan", "datong", "shuozhou", "yangquan", "yuncheng"):
        run = check_list(law, lists_folder() / f"{name}-synthetic.csv", DAY)
        met[name] = {entry["met"] for entry in run.summaries}
    assert met["taiyuan"] == met["datong"] == met["shuozhou"] == {"yes"}
    assert "no" in met["yangquan"] | met["yuncheng"]


def test_linfen_keeps_its_two_deliberate_warnings_of_the_reader(law: Rulebook) -> None:
    run = check_list(law, lists_folder() / "linfen-synthetic.csv", DAY)
    told = {finding.kind: finding for finding in run.findings}
    assert told["no_code"].problem.row == 95
    assert [f.problem.value for f in run.findings if f.kind == "plan_unread"] == ["停产20天", "停产20天"]


def test_the_readme_tells_every_kind() -> None:
    readme = (lists_folder() / "README.md").read_text(encoding="utf-8")
    assert pd.Series([f"| `{kind}` |" in readme for kind in KINDS], index=list(KINDS)).all()
