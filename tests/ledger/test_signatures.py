"""Three people are three keys, and a second office holds what the ledger said after each act."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.ledger import (
    Head,
    Ledger,
    Personal,
    check_signers,
    contradictions,
    deposit,
    make_key,
    not_handed_over,
    read_deposited,
    read_public,
    sign_act,
    verify,
)
from alertengine.ledger._deposit import COMMAND, FOLDER, KEY
from alertengine.ledger.checkpoint import Checkpoint, read_checkpoint
from alertengine.vocabulary import InputError, Problem, aside, listening, logged
from tests.ledger.conftest import orders_of

pytest.importorskip("cryptography", reason="the extra alertengine[sign]")

NAMES = {"drafted_by": "办公室 甲", "reviewed_by": "科长 乙", "approved_by": "市长 丙"}


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, Path]:
    """The private key of each person."""
    made = {name: tmp_path / f"key{place}" for place, name in enumerate([*NAMES.values(), "他人"])}
    for path in made.values():
        make_key(path)
    return made


def public(path: Path) -> str:
    return read_public(path.with_name(path.name + ".pub"))


@pytest.fixture
def drafted(tmp_path: Path) -> Path:
    """A draft, its review and approval, and the act issued of it."""
    path = tmp_path / "record.db"
    with Ledger.writable(path) as ledger:
        ledger.append("draft", Head("例", drafted_by=NAMES["drafted_by"]), {"orders": orders_of(1, status="ordered")})
        ledger.append("review", Head("例", reviewed_by=NAMES["reviewed_by"], details={"about": 1}))
        ledger.append("approval", Head("例", approved_by=NAMES["approved_by"], details={"about": 1}))
        details = {"draft": 1, "review": 2, "approval": 3}
        ledger.append("issue", Head("例", details=details, **NAMES), {"orders": orders_of(1, status="ordered")})
    return path


def missing(path: Path, keys: dict[str, Path]) -> list[str]:
    """What is not signed as it should be."""
    found = verify(path)
    assert found.sound
    with Ledger.open(path) as ledger:
        check_signers(found, ledger, {name: public(keys[name]) for name in NAMES.values()})
    return [defect.message for defect in found.defects]


def test_each_step_is_signed_by_the_key_of_its_person(drafted: Path, keys: dict[str, Path]) -> None:
    assert len(missing(drafted, keys)) == 3
    with Ledger.writable(drafted) as ledger:
        for number, name in enumerate(NAMES.values(), start=1):
            sign_act(ledger, number, name, keys[name])
    assert missing(drafted, keys) == []


def test_whoever_keeps_accounts_supplies_no_three_people(drafted: Path, keys: dict[str, Path]) -> None:
    """With every account, and one key of his own, he still has not the others' keys."""
    with Ledger.writable(drafted) as ledger:
        for number, name in enumerate(NAMES.values(), start=1):
            sign_act(ledger, number, name, keys["他人"])
        made = sign_act(ledger, 1, NAMES["drafted_by"], keys[NAMES["drafted_by"]])
        # a signature of one act moved to another, under the right key
        details = {**made.head, "about": 2, "key": public(keys[NAMES["reviewed_by"]])}
        ledger.append("signature", Head("例", details=details))
    assert missing(drafted, keys) == [
        "reviewed_by: not signed by the key of 科长 乙",
        "approved_by: not signed by the key of 市长 丙",
    ]


def test_a_signature_stands_behind_a_text_of_the_act(drafted: Path, keys: dict[str, Path]) -> None:
    with Ledger.writable(drafted) as ledger, pytest.raises(InputError, match="does not carry this signature"):
        sign_act(ledger, 1, "市长 丙", keys["市长 丙"])


def test_the_commands_sign_and_check(drafted: Path, keys: dict[str, Path]) -> None:
    ask = CliRunner()
    named = [f"--signer={name}={keys[name]}.pub" for name in NAMES.values()]
    done = ask.invoke(main, ["ledger", "verify", str(drafted), *named])
    assert done.exit_code == 1
    assert "signatures are missing" in done.output
    for number, name in enumerate(NAMES.values(), start=1):
        done = ask.invoke(main, ["ledger", "sign", str(drafted), str(number), "--by", name, "--key", str(keys[name])])
        assert done.exit_code == 0, done.output
    assert ask.invoke(main, ["ledger", "verify", str(drafted), *named]).exit_code == 0
    twice = [named[0], f"--signer=科长 乙={keys['办公室 甲']}.pub"]
    assert ask.invoke(main, ["ledger", "verify", str(drafted), *twice]).exit_code == 2


# -- a second office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that takes checkpoints."""
    folder = tmp_path / "office"
    folder.mkdir()
    make_key(tmp_path / "ck")
    monkeypatch.setenv(KEY, str(tmp_path / "ck"))
    monkeypatch.setenv(FOLDER, str(folder))
    return folder


def test_after_each_act_a_checkpoint_is_handed_over(small: Path, office: Path) -> None:
    with Ledger.writable(small) as ledger:
        for _ in range(2):
            ledger.append("delivery", Head("例"))
    read = read_deposited(office, read_public(office.with_name("ck.pub")))
    assert [one.act for one in read] == [4, 5]
    assert contradictions(read) == []
    found = verify(small, read)
    assert found.sound
    assert found.unseen == []


def test_a_ledger_that_was_rewritten_contradicts_what_the_office_holds(small: Path, office: Path) -> None:
    before = Path(shutil.copy(small, small.with_name("before.db")))
    with Ledger.writable(small) as ledger:
        ledger.append("delivery", Head("如实"))
    with Ledger.writable(before) as ledger:
        ledger.append("delivery", Head("改写"))
    read = read_deposited(office)
    assert verify(before).sound, "by itself it is a chain"
    assert not verify(before, read).sound
    [said] = contradictions(read)
    assert "act 4 was another one" in said
    done = CliRunner().invoke(main, ["ledger", "witness", str(office), "--key", str(office.with_name("ck.pub"))])
    assert done.exit_code == 1
    assert "act 4 was another one" in done.output


def test_acts_that_are_gone_and_another_ledger_are_seen_without_the_ledger() -> None:
    def seen(act: int, day: int, ledger: str = "a") -> Checkpoint:
        said = {"act": act, "hash": f"{act:064x}", "recorded_at": "", "signed_at": f"2026-01-0{day}", "key": "0" * 64}
        return Checkpoint(ledger="x.db", id=ledger, **said)

    assert contradictions([seen(1, 1), seen(2, 2)]) == []
    assert "acts are gone" in contradictions([seen(5, 1), seen(2, 2)])[0]
    assert contradictions([seen(1, 1), seen(2, 2, "b")]) == ["they are of several ledgers"]


@pytest.mark.parametrize("hindrance", ["folder", "key"])
def test_an_office_that_cannot_be_reached_keeps_no_act_back(
    small: Path, office: Path, hindrance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv({"folder": FOLDER, "key": KEY}[hindrance], str(office / "away"))
    with Ledger.writable(small) as ledger:
        assert ledger.append("delivery", Head("例")).act == 4
    assert list(office.iterdir()) == []


def test_erasing_and_upgrading_hand_a_checkpoint_over_too(tmp_path: Path, office: Path) -> None:
    """Both acts were written past the second office, which held the ledger as it had been before them."""
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as db:
        db.executescript(Path(__file__).with_name("format_1.sql").read_text(encoding="utf-8"))
    assert CliRunner().invoke(main, ["ledger", "upgrade", str(old), "--approved-by", "x"]).exit_code == 0
    book = tmp_path / "record.db"
    with Ledger.writable(book) as ledger:
        table = pd.DataFrame({"signed_by": pd.Series([Personal("某")], dtype="object")})
        ledger.append("delivery", Head("例"), {"deliveries": table})
    asked = ["ledger", "erase", str(book), "--before", "2100-01-01", "--reason", "x", "--approved-by", "x"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    for path in (old, book):
        with Ledger.open(path) as ledger:
            last = ledger.last()
            assert last is not None
            assert (ledger.id, last.act, last.hash) in {(c.id, c.act, c.hash) for c in read_deposited(office)}


def witness_command(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "witness"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o700)
    return path


@pytest.fixture
def signing(small: Path, keys: dict[str, Path]) -> list[str]:
    """A command that puts an act on record."""
    with Ledger.writable(small) as ledger:
        ledger.append("draft", Head("例", drafted_by="办公室 甲"), {"orders": orders_of(1)})
    return ["ledger", "sign", str(small), "4", "--by", "办公室 甲", "--key", str(keys["办公室 甲"])]


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell")
def test_a_witness_command_is_given_the_checkpoint(
    tmp_path: Path, office: Path, signing: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FOLDER)
    monkeypatch.setenv(COMMAND, str(witness_command(tmp_path, f"cat > {tmp_path}/taken.json")))
    assert CliRunner().invoke(main, signing).exit_code == 0
    assert read_checkpoint(tmp_path / "taken.json", read_public(office.with_name("ck.pub"))).act == 5


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell")
@pytest.mark.parametrize("hindrance", ["fails", "is away", "folder is away", "no key"])
def test_an_office_that_takes_no_checkpoint_is_told_and_the_act_stays(
    tmp_path: Path, small: Path, office: Path, signing: list[str], hindrance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if hindrance == "fails":
        monkeypatch.setenv(COMMAND, str(witness_command(tmp_path, "cat > /dev/null; echo full >&2; exit 3")))
    elif hindrance == "is away":
        monkeypatch.setenv(COMMAND, str(tmp_path / "nowhere"))
    elif hindrance == "folder is away":
        monkeypatch.setenv(FOLDER, str(tmp_path / "nowhere"))
    else:
        monkeypatch.delenv(KEY)
    done = CliRunner().invoke(main, signing)
    assert done.exit_code == 1
    assert "its checkpoint was not handed over" in done.output
    if hindrance == "fails":
        assert "exit status 3 full" in done.output
    with Ledger.open(small) as ledger:
        assert len(ledger.acts()) == 5
        assert len(not_handed_over(small)) == 1  # a page says it until it is
        mark = small.with_name(small.name + ".handover")
        assert mark.stat().st_mode & 0o077 == 0, "for no other user of the machine"
        monkeypatch.setenv(KEY, str(office.with_name("ck")))
        monkeypatch.setenv(FOLDER, str(office))
        monkeypatch.delenv(COMMAND, raising=False)
        deposit(ledger)
    assert not_handed_over(small) == []


def test_a_checkpoint_of_format_1_still_holds(tmp_path: Path, small: Path, office: Path) -> None:
    from alertengine.ledger import read_private

    with Ledger.open(small) as ledger:
        last = ledger.last()
    assert last is not None
    key = read_private(tmp_path / "ck")
    said = {"format": 1, "ledger": "small.db", "act": 3, "hash": last.hash, "recorded_at": last.recorded_at,
            "signed_at": last.recorded_at, "key": key.public_key().public_bytes_raw().hex()}  # fmt: skip
    data = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    path = tmp_path / "old.json"
    path.write_text(json.dumps({**said, "signature": key.sign(data).hex()}), encoding="utf-8")
    assert verify(small, [read_checkpoint(path)]).sound


def test_a_checkpoint_of_another_ledger_is_said(small: Path, office: Path, tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "other.db") as ledger:
        for _ in range(3):
            ledger.append("delivery", Head("例"))
    assert any("of another ledger" in str(one) for one in verify(small, read_deposited(office)).defects)
    with pytest.raises(InputError, match="no checkpoint in the folder"):
        read_deposited(tmp_path)


def test_of_a_folder_every_checkpoint_that_is_none_is_told(small: Path, office: Path, tmp_path: Path) -> None:
    with Ledger.writable(small) as ledger:
        ledger.append("delivery", Head("例"))
    (good,) = office.iterdir()
    public = read_public(office.with_name("ck.pub"))
    signed = json.loads(good.read_text("utf-8"))
    (office / "a.json").write_text("no checkpoint", encoding="utf-8")
    (office / "b.json").write_text(json.dumps(signed | {"act": 3}), encoding="utf-8")
    (office / "z.json").write_text(json.dumps(signed | {"key": "0" * 64}), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_deposited(office, public)
    assert [(one.code, Path(one.file).name) for one in refused.value.problems] == [
        ("not_a_checkpoint", "a.json"), ("signature_broken", "b.json"), ("signed_by_other_key", "z.json"),
    ]  # fmt: skip
    assert [one.act for one in read_deposited(good, public)] == [4]


def test_what_a_server_is_told_aside_is_logged_at_once(caplog: pytest.LogCaptureFixture) -> None:
    with listening() as heard:
        with logged():
            aside(Problem("no_act_to_sign", file="record.db"))
        assert heard == []
        aside(Problem("no_act_to_sign", file="other.db"))
    assert [one.file for one in heard] == ["other.db"]
    assert ["record.db" in one for one in caplog.messages] == [True]
