"""What the commands that read a record print: whole rows, both forms, and the words of each kind of defect."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from alertengine.ledger import Ledger
from alertengine.ledger.defects import Defect, Verified
from alertengine.vocabulary import MASKED, Words
from tests.ledger.test_commands import run


def test_the_log_has_a_row_an_act_short_for_people_and_whole_as_json(small: Path) -> None:
    with Ledger.open(small) as ledger:
        acts = ledger.acts()
    rows = json.loads(run("log", small, "--json").stdout)
    assert rows == [
        {
            "act": act.act,
            "kind": act.kind,
            "title": act.title,
            "issued_at": act.issued_at,
            "recorded_at": act.recorded_at,
            "approved_by": act.approved_by,
            "corrects": 1 if act.act == 2 else None,
            "corrected_by": 2 if act.act == 1 else None,
            "orders": 3 if act.kind == "issue" else None,
            "warnings": 1 if act.kind == "issue" else None,
            "deliveries": 2 if act.kind == "delivery" else None,
            "hash": act.hash,
        }
        for act in acts
    ]
    assert list(rows[0])[-1] == "hash"
    shown = run("log", small).stdout
    for act in acts:
        assert act.hash[:12] in shown
        assert act.hash[:13] not in shown
        assert act.recorded_at[:16] in shown
        assert act.recorded_at[:17] not in shown
    of_kind = json.loads(run("log", small, "--kind", "issue", "--json").stdout)
    assert [(row["act"], row["corrected_by"]) for row in of_kind] == [(1, 2), (2, None)]
    assert json.loads(run("log", small, "--kind", "none", "--json").stdout) == []


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
    for words, said_ in ((("show", small, 9), "9"), (("show", small, 1, "--table", "none"), "none")):
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


SAID = {
    "changed": "changed",
    "torn": "its end is torn, the acts before stand",
    "unseen": "acts are hidden",
    "unsigned": "signatures are missing",
    "foreign": "the chain is right, and what acts hold has not the form that this program writes",
}


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        *((kind, SAID[kind[0]]) for kind in [(one,) for one in SAID]),
        (("torn", "torn"), SAID["torn"]),
        (("torn", "changed"), "changed"),
        (("foreign", "unsigned"), "changed"),
        ((), ""),
    ],
)
def test_a_record_is_said_to_be_what_its_defects_make_it(
    small: Path, monkeypatch: pytest.MonkeyPatch, kinds: Sequence[str], words: str
) -> None:
    found = Verified(small, acts=3, last="abc", flags=["a flag"], unseen=[Words("verify_without_checkpoint")])
    found.defects = [Defect(kind, 2, "acts", f"{kind} {number}") for number, kind in enumerate(kinds)]  # type: ignore[arg-type]
    monkeypatch.setattr("alertengine.ledger.verify", lambda *_: found)
    monkeypatch.setattr("alertengine.workflow.check_contents", lambda _: None)
    done = run("verify", small, "--json")
    assert done.exit_code == int(bool(kinds))
    assert json.loads(done.stdout) == [
        {"act": 2, "table": "acts", "kind": kind, "message": f"{kind} {number}"} for number, kind in enumerate(kinds)
    ]
    lines = done.stderr.splitlines()
    assert "a flag" in lines[0]
    assert lines[-1].startswith(f"{small}: ")
    if kinds:
        assert lines[-1] == f"{small}: {len(kinds)} defects: {words}"
    else:
        assert "3 acts, unchanged" in lines[-1]
