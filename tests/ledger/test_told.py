"""What the commands that read and prove the record print, record and end with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY, Mock

import pytest

from alertengine.commands import ledger as commands
from alertengine.commands import ledgerview
from alertengine.commands.ledgerview import undamaged
from alertengine.ledger import Head, Ledger, names_apart
from alertengine.ledger.defects import Defect, Verified
from alertengine.vocabulary import InputError, Words
from tests.cli.made import Stage, call, of, staged
from tests.ledger.conftest import orders_of, warnings_of

PROCEDURE = ("city", "level", "step", "verdict", "given", "actor", "basis", "standing")


stage = staged(commands, ledgerview)


@pytest.fixture(scope="module")
def _two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("two") / "r.db"
    details = {
        "versions": {"程序": "1"},
        "procedure": [dict.fromkeys((*PROCEDURE, "rule"), "某")],
        "summaries": [],
        "empty": {},
    }
    head = Head("合成", datetime(2021, 1, 9, 18), "办公室 甲", "科长 乙", "市长 丙", details=details)
    with Ledger.writable(path) as ledger:
        ledger.append("issue", head, {"warnings": warnings_of(), "orders": names_apart(orders_of())})
        other = names_apart(orders_of(share=0.5, standing="primary"))
        ledger.append(
            "issue", Head("更正", corrects=1, reason="清单有误"), {"warnings": warnings_of(), "orders": other}
        )
    return path


@pytest.fixture
def book(_two: Path, stage: Stage, tmp_path: Path) -> Stage:
    """A ledger of an act and its correction, as r.db, and the tables printed of it."""
    shutil.copy(_two, tmp_path / "r.db")
    return stage


# -- reading


def test_the_log_is_cut_for_the_eye_and_whole_as_json(book: Stage, small: Path) -> None:
    for form in ("", " --json"):
        done = call(f"ledger log {small}{form}")
        assert (done.exit_code, done.stderr) == (0, "")
    (cut, plain), (whole, as_json) = book.tables
    assert (plain, as_json) == (False, True)
    assert list(whole[0]) == [
        "act", "kind", "title", "issued_at", "recorded_at", "approved_by", "corrects", "corrected_by", "orders",
        "warnings", "deliveries", "hash",
    ]  # fmt: skip
    assert [(row["act"], row["corrects"], row["corrected_by"], row["deliveries"]) for row in whole] == [
        (1, None, 2, None), (2, 1, None, None), (3, None, None, 2),
    ]  # fmt: skip
    for short, long in zip(cut, whole, strict=True):
        shorter = {
            "issued_at": long["issued_at"][:16],
            "recorded_at": long["recorded_at"][:16],
            "hash": long["hash"][:12],
        }
        assert short == long | shorter
        assert [len(long[name]) > len(short[name]) for name in shorter] == [True] * 3
    refused = call(f"ledger log {small} --kind none")
    assert (refused.exit_code, "no kind of act (found 'none')" in refused.stderr) == (2, True)
    for kind, acts in (("delivery", [3]), ("draft", [])):
        call(f"ledger log {small} --kind {kind}")
        assert [row["act"] for row in book.tables[-1][0]] == acts
    assert "warnings" not in book.tables[2][0][0]


def test_an_act_is_shown_with_its_head_procedure_tables_and_files(book: Stage) -> None:
    done = call("ledger show r.db 1")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    (head, procedure, parts, files), forms = zip(*book.tables, strict=True)
    assert not any(forms)
    said = {row["column"]: row["value"] for row in head}
    assert (said["title"], said["approved_by"], said["versions"]) == ("合成", "市长 丙", '{"程序": "1"}')
    assert not {"head", "procedure", "summaries", "empty", "corrects", "reason"} & set(said)
    assert procedure == [dict.fromkeys(PROCEDURE, "某")]
    assert [(row["table"], row["rows"]) for row in parts] == [("orders", 3), ("warnings", 1)]
    assert files == []
    done = call("ledger show r.db 2 --json")
    assert "更正" in done.stdout
    data = json.loads(done.stdout)
    assert (data["title"], data["corrects"], data["head"], data["inputs"]) == ("更正", 1, {}, [])
    assert data["parts"] == [{"table": one["table"], "rows": one["rows"], "sha256": ANY} for one in parts]
    assert len(book.tables) == 4


def test_a_table_of_an_act_is_shown_masked_or_to_a_named_person(book: Stage) -> None:
    for words in ("", " --personal --by '科长 乙' --reason 送达 --json"):
        done = call(f"ledger show r.db 1 --table orders{words}")
        assert (done.exit_code, done.stdout) == (0, "")
    (masked, plain), (whole, as_json) = book.tables
    assert (plain, as_json) == (False, True)
    assert [row["enterprise"] == other["enterprise"] for row, other in zip(masked, whole, strict=True)] == [
        True, False, True,
    ]  # fmt: skip
    assert whole[1]["enterprise"] == "合成企业1"
    assert masked[1]["share"] is None
    refused = call("ledger show r.db 1 --personal")
    assert (refused.exit_code, "named person" in refused.stderr, refused.stdout) == (2, True, "")
    with Ledger.open(Path("r.db")) as ledger:
        [access] = ledger.acts("access")
    assert (access.drafted_by, access.reason, dict(access.head)) == ("科长 乙", "送达", {"what": "orders", "acts": [1]})


def test_two_acts_are_compared_from_the_first_to_the_second(book: Stage) -> None:
    done = call("ledger diff r.db 1 2")
    assert (done.exit_code, done.stderr) == (0, "3 differences between act 1 and act 2: share 3\n")
    call("ledger diff r.db 1 2 --json --all-columns")
    (rows, plain), (every, as_json) = book.tables
    assert (plain, as_json) == (False, True)
    assert {row["column"] for row in rows} == {"share"}
    assert [str(row["after"]) for row in rows] == ["0.5"] * 3
    assert {row["column"] for row in every} == {"share", "standing"}


def test_the_record_is_shown_in_a_browser(book: Stage) -> None:
    ready, served = book.mock("ledger.application"), book.mock("ledger.serve")
    done = call("ledger browse r.db --port 99")
    assert (done.exit_code, done.stderr) == (0, "http://127.0.0.1:99/ledger  (Ctrl+C ends it)\n")
    ready.assert_called_once_with(Path("r.db"))
    served.assert_called_once_with(Path("r.db"), 99)


def test_a_line_of_an_act_is_explained(book: Stage) -> None:
    explained = book.mock("workflow.explain_line", "found")
    printed = Mock()
    book.patch.setattr(ledgerview, "print_explanation", printed)
    assert call("ledger explain r.db 2 --line E/1 --json").exit_code == 0
    explained.assert_called_once_with(ANY, 2, "E/1")
    printed.assert_called_once_with("found", as_json=True)


# -- a fault of ours is none of the record


def failing(error: BaseException) -> Any:
    @undamaged
    def command(_path: Path) -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("kinds", "contents", "code"),
    [
        ([], [], ""),
        (["changed"], [], "record_was_changed"),
        (["foreign", "changed"], [], "record_foreign"),
        (["changed", "foreign"], [], "record_was_changed"),
        ([], ["foreign"], "record_foreign"),
    ],
)
def test_a_command_that_fails_over_a_changed_record_says_so(
    stage: Stage, kinds: list[str], contents: list[str], code: str
) -> None:
    path = Path("r.db")
    path.touch()

    def defects(names: list[Any]) -> list[Defect]:
        return [Defect(name, 1, "acts", Words("row_changed")) for name in names]

    stage.mock("ledger.verify", Verified(path, defects=defects(kinds)))
    stage.mock("workflow.check_contents", side_effect=lambda found: found.defects.extend(defects(contents)))
    if not code:
        with pytest.raises(ValueError, match="ours"):
            failing(ValueError("ours"))(path)
        return
    with pytest.raises(InputError) as found:
        failing(ValueError("ours"))(path)
    [problem] = found.value.problems
    assert (problem.code, problem.file) == (code, "r.db")
    assert str(defects(kinds or contents)[0]) in str(problem)


def test_what_fails_without_a_record_fails_as_it_is(stage: Stage) -> None:
    verified = stage.mock("ledger.verify")
    with pytest.raises(OSError, match="ours"):
        failing(OSError("ours"))(Path("none.db"))
    with pytest.raises(KeyboardInterrupt, match="stop"):
        failing(KeyboardInterrupt("stop"))(Path("none.db"))
    verified.assert_not_called()


# -- proving


@pytest.mark.parametrize(
    ("kinds", "acts", "said"),
    [
        (["torn"], 1, "1 defects: its end is torn, the acts before stand"),
        (["torn"], 0, "1 defects: it was cut off, no act of it can be read"),
        (["unseen", "unseen"], 1, "2 defects: acts are hidden"),
        (["unsigned"], 1, "1 defects: signatures are missing"),
        (["changed"], 0, "1 defects: changed"),
        (["torn", "changed"], 0, "2 defects: changed"),
        (["foreign", "unsigned"], 1, "2 defects: changed"),
        (["foreign"], 1, "1 defects: the chain is right, and what acts hold has not the form that this program writes"),
    ],
)
@pytest.mark.parametrize("form", ["", " --json"])
def test_defects_are_said_by_their_kind(stage: Stage, kinds: list[Any], acts: int, said: str, form: str) -> None:
    defects = [Defect(kind, 1, "acts", Words("row_changed")) for kind in kinds]
    checked = stage.mock("workflow.check_contents")
    stage.mock("ledger.verify", Verified(Path("r.db"), acts, defects=defects))
    signers = stage.mock("ledger.check_signers")
    stage.mock("ledger.read_public", "key")
    done = call(f"ledger verify r.db --signer 甲=a.pub{form}")
    assert (done.exit_code, done.stderr) == (1, f"r.db: {said}\n")
    rows = [{"act": 1, "table": "acts", "kind": kind, "message": "a row was changed"} for kind in kinds]
    assert stage.tables == [(rows, bool(form))]
    checked.assert_not_called()
    signers.assert_not_called()


def test_a_sound_record_says_what_it_was_held_against(book: Stage) -> None:
    point = of(signed_at="2021-01-10", act=2, fingerprint="ff")
    read = book.mock("ledger.read_deposited", [point])
    book.mock("ledger.read_public", side_effect=lambda file: f"key of {file}")
    found = Verified(Path("r.db"), acts=2, last="abc", flags=["clock"], unseen=["time"])
    verified, checked = book.mock("ledger.verify", found), book.mock("workflow.check_contents")
    signers = book.mock("ledger.check_signers")
    done = call("ledger verify r.db --checkpoint a --checkpoint b")
    assert (done.exit_code, book.tables) == (0, [([], False)])
    unknown = "checkpoint of 2021-01-10: act 2, signed by ff (not compared with a known key: give --key)"
    last = "r.db: 2 acts, unchanged; last abc"
    assert done.stderr.splitlines() == [unknown, unknown, "note: clock", "note: time", last]
    assert [one.args for one in read.call_args_list] == [(Path("a"), ""), (Path("b"), "")]
    verified.assert_called_once_with(Path("r.db"), [point, point])
    checked.assert_called_once_with(found)
    signers.assert_not_called()
    done = call("ledger verify r.db --checkpoint a --key k.pub --signer 甲=a.pub")
    assert done.stderr.splitlines()[0] == "checkpoint of 2021-01-10: act 2, signed by ff (the key given)"
    assert read.call_args.args == (Path("a"), "key of k.pub")
    signers.assert_called_once_with(found, ANY, {"甲": "key of a.pub"})


@pytest.mark.parametrize(
    "words", ["--signer a.pub", "--signer 甲=a.pub --signer 甲=b.pub", "--signer 甲=a.pub --signer 乙=a.pub"]
)
def test_a_key_is_of_one_person(book: Stage, words: str) -> None:
    book.mock("ledger.read_public", side_effect=str)
    verified = book.mock("ledger.verify")
    done = call(f"ledger verify r.db {words}")
    assert (done.exit_code, "each key once" in done.stderr, "--signer" in done.stderr) == (2, True, True)
    verified.assert_not_called()


def test_a_ledger_that_is_none_is_told_beside_a_key_that_is_none(stage: Stage, tmp_path: Path) -> None:
    done = call(f"ledger verify {tmp_path / 'none.db'} --key {tmp_path / 'none.pub'}")
    told = [line.split(": ")[0] for line in done.stderr.splitlines()]
    assert (done.exit_code, told) == (2, [str(tmp_path / "none.pub"), str(tmp_path / "none.db")])


@pytest.mark.parametrize("found", [[], ["acts 2 and 2 differ"]])
def test_a_second_office_holds_checkpoints_against_each_other(stage: Stage, found: Sequence[str]) -> None:
    from alertengine.commands import ledger

    stage.watch(ledger)
    point = of(act=2, hash="h", recorded_at="r", signed_at="s", more=1)
    read = stage.mock("ledger.read_deposited", [point])
    stage.mock("ledger.read_public", side_effect=lambda file: f"key of {file}")
    against = stage.mock("ledger.contradictions", found)
    done = call("ledger witness folder --key k.pub --json")
    assert (done.exit_code, done.stderr) == (len(found), "".join(f"note: {text}\n" for text in found))
    assert stage.tables == [([{"act": 2, "hash": "h", "recorded_at": "r", "signed_at": "s"}], True)]
    read.assert_called_once_with(Path("folder"), "key of k.pub")
    against.assert_called_once_with([point])
    call("ledger witness folder")
    assert (read.call_args.args, stage.tables[1][1]) == ((Path("folder"), ""), False)


def test_a_key_and_what_it_signs(book: Stage) -> None:
    book.mock("ledger.make_key", (Path("k.pub"), "ff"))
    done = call("ledger keygen -o k")
    assert (done.exit_code, done.stderr) == (0, "written to k and k.pub; key ff\n")
    sign = book.mock("ledger.sign", of(act=2, hash="h"))
    book.mock("ledger.checkpoint_json", "签")
    done = call("ledger checkpoint r.db --key k -o c.json")
    assert (done.exit_code, done.stderr) == (0, "act 2, hash h; written to c.json\n")
    assert Path("c.json").read_text(encoding="utf-8") == "签"
    sign.assert_called_once_with(ANY, Path("k"))


def test_an_older_ledger_is_brought_to_todays_layout(book: Stage) -> None:
    act = of(act=3, title="t", recorded_at="r", hash="h")
    upgraded = book.mock("ledger.upgrade", (act, Path("r.db.1")))
    done = call("ledger upgrade r.db --approved-by 甲 --json")
    assert (done.exit_code, done.stderr) == (0, "the ledger as it was: r.db.1\n")
    assert book.tables == [([{"act": 3, "title": "t", "recorded_at": "r", "hash": "h"}], True)]
    upgraded.assert_called_once_with(Path("r.db"), "甲")
