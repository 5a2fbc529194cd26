"""What the commands that read a record print of what was recorded: whole rows, masked, in both forms."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from alertengine.ledger import Ledger
from alertengine.vocabulary import MASKED, speaking
from tests.ledger.test_commands import run


def test_an_act_is_shown_with_its_tables_files_and_head(small: Path) -> None:
    said = json.loads(run("show", small, 2, "--json").stdout)
    assert (said["act"], said["kind"], said["corrects"], said["reason"]) == (2, "issue", 1, "清单有误")
    assert [(one["table"], one["rows"]) for one in said["parts"]] == [("orders", 3), ("warnings", 1)]
    assert [(one["file"], one["kept"]) for one in said["inputs"]] == [("rules/0/x.yaml", True)]
    shown = run("show", small, 1).stdout
    for word in ("合成", "办公室 甲", "科长 乙", "市长 丙", "list/l.csv", "rules/0/x.yaml", "orders", "warnings"):
        assert word in shown
    assert "corrects" not in shown, "what an act does not say is not shown"
    assert "清单有误" in run("show", small, 2).stdout
    table = json.loads(run("show", small, 1, "--table", "orders", "--json").stdout)
    assert [row["order_id"] for row in table] == ["O-0", "O-1", "O-2"]
    assert [row["share"] for row in table] == [0.0, None, 0.2]
    assert [row["enterprise"] == MASKED for row in table] == [False, True, False], "a sole trader"
    for words, said_ in ((("show", small, 9), "9"), (("show", small, 1, "--table", "none"), "orders, warnings")):
        done = run(*words)
        assert (done.exit_code, said_ in done.stderr, done.stdout) == (2, True, "")


@pytest.mark.parametrize("more", [(), ("--all-columns",)])
def test_two_acts_that_differ_are_counted_by_column(small: Path, more: Sequence[str]) -> None:
    done = run("diff", small, 1, 2, "--json", *more)
    rows = json.loads(done.stdout)
    assert done.exit_code == 0, "nobody need look: corrections differ"
    assert {row["column"] for row in rows} == {"share"}
    assert [(row["before"], row["after"]) for row in rows] == [(0.0, 0.5), (0.2, 0.5), (None, 0.5)]
    assert [row["enterprise"] for row in rows] == ["合成企业0", "合成企业2", MASKED]
    assert done.stderr == "3 differences between act 1 and act 2: share 3\n"
    with speaking("zh"):
        assert run("diff", small, 1, 2).stderr.endswith("3处不同：减排比例3处\n")
    assert run("diff", small, 1, 1).stderr == "0 differences between act 1 and act 1\n"
    assert run("diff", small, 1, 3).exit_code == 2, "a delivery has no orders"


def test_an_export_has_each_row_with_its_act(small: Path, tmp_path: Path) -> None:
    with Ledger.open(small) as ledger:
        hashes = [act.hash for act in ledger.acts()]
    path = tmp_path / "o.csv"
    assert run("export", small, "-o", path).stderr == f"6 rows written to {path}\n"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [(row["act"], row["act_hash"], row["row"], row["order_id"], row["corrected_by"]) for row in rows] == [
        (str(act), hashes[act - 1], str(number + 1), f"O-{number}", "2" if act == 1 else "")
        for act in (1, 2)
        for number in range(3)
    ]
    assert MASKED in {row["enterprise"] for row in rows}
    lines = tmp_path / "d.jsonl"
    done = run("export", small, "-o", lines, "--what", "deliveries", "--act", 3)
    assert done.exit_code == 0
    rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [(row["act"], row["order_id"], row["signed_by"]) for row in rows] == [(3, "O-0", MASKED), (3, "O-1", None)]
    for words in (("--what", "none"), ("--what", "deliveries", "--act", 1), ("--act", 9)):
        done = run("export", small, "-o", tmp_path / "no.csv", *words)
        assert (done.exit_code, bool(done.stderr)) == (2, True), words
    assert run("export", small, "-o", tmp_path / "no.txt").exit_code == 2
    assert {one.name for one in tmp_path.iterdir()} == {"small.db", "o.csv", "d.jsonl"}
