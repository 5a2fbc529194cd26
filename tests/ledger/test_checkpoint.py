"""Signed checkpoints: the past cannot be rewritten, nor its end cut off, unseen by who holds one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from alertengine.ledger import Head, Ledger, checkpoint_json, make_key, read_public, sign, verify
from alertengine.ledger.checkpoint import read_checkpoint
from alertengine.vocabulary import InputError
from tests.ledger.conftest import orders_of

pytest.importorskip("cryptography", reason="the extra alertengine[sign]")


@pytest.fixture
def signed(small: Path, tmp_path: Path) -> Path:
    """A checkpoint of the small ledger."""
    make_key(tmp_path / "key")
    with Ledger.open(small) as ledger:
        text = checkpoint_json(sign(ledger, tmp_path / "key"))
    (tmp_path / "ck.json").write_text(text, encoding="utf-8")
    return tmp_path / "ck.json"


def test_a_checkpoint_of_what_still_stands(small: Path, signed: Path) -> None:
    checkpoint = read_checkpoint(signed, read_public(signed.with_name("key.pub")))
    assert verify(small, [checkpoint]).sound
    with Ledger.writable(small) as ledger:
        ledger.append("delivery", Head("后来"))
    assert verify(small, [checkpoint]).sound


def test_a_past_rewritten_with_a_right_chain_is_seen(small: Path, signed: Path) -> None:
    small.unlink()
    with Ledger.writable(small) as ledger:
        for place in range(4):
            ledger.append("issue", Head(f"改写{place}"), {"orders": orders_of(1)})
    assert verify(small).sound
    another, defect = verify(small, [read_checkpoint(signed)]).defects
    assert "of another ledger" in another.message
    assert defect.act == 3
    assert "the past was rewritten" in defect.message


def test_an_end_cut_off_is_seen_as_a_change(small: Path, signed: Path) -> None:
    copy = Path(shutil.copy(small, small.with_name("cut.db")))
    db = sqlite3.connect(copy)
    guards = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        db.execute(f"DROP TRIGGER {name}")
    for table in ("part_rows", "parts", "acts"):
        db.execute(f"DELETE FROM {table} WHERE act = 3")
    db.execute(
        "DELETE FROM personal WHERE digest NOT IN (SELECT personal FROM inputs WHERE personal IS NOT NULL)"
        " AND NOT EXISTS (SELECT 1 FROM texts WHERE text = 'personal:' || digest)"
    )
    for _, sql in guards:
        db.execute(sql)
    db.commit()
    db.close()
    assert verify(copy).sound, "without a checkpoint a shorter chain is a chain"
    [defect] = verify(copy, [read_checkpoint(signed)]).defects
    assert (defect.kind, defect.act) == ("changed", 3)
    assert "the end was cut off" in defect.message


@pytest.mark.parametrize("field", ["act", "hash", "signed_at", "ledger", "recorded_at", "key", "signature"])
def test_a_checkpoint_that_was_touched_is_refused(signed: Path, field: str) -> None:
    content = json.loads(signed.read_text(encoding="utf-8"))
    value = content[field]
    content[field] = value + 1 if isinstance(value, int) else ("0" if value[0] != "0" else "1") + value[1:]
    signed.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match=r"does not hold|signed by another key|not a checkpoint"):
        read_checkpoint(signed)


def test_another_key_is_refused(signed: Path, tmp_path: Path) -> None:
    make_key(tmp_path / "other")
    with pytest.raises(InputError, match="signed by another key"):
        read_checkpoint(signed, read_public(tmp_path / "other.pub"))


def test_a_key_is_its_owners_and_never_overwritten(tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="a new file"):
        make_key(tmp_path / "key")
    (tmp_path / "key").unlink()
    with pytest.raises(InputError, match=r"key\.pub"):
        make_key(tmp_path / "key")
    assert not (tmp_path / "key").exists(), "half a pair is no key"


def test_a_checkpoint_that_cannot_be_read_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_checkpoint(tmp_path)  # a folder
    assert [(one.code, one.file) for one in refused.value.problems] == [("checkpoint_unreadable", str(tmp_path))]


@pytest.mark.parametrize("content", ["", "{}", "no json"])
def test_what_is_no_checkpoint_or_key_is_said(small: Path, tmp_path: Path, content: str) -> None:
    path = tmp_path / "x"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="not a checkpoint"):
        read_checkpoint(path)
    with pytest.raises(InputError, match="no public key"):
        read_public(path)
    with Ledger.open(small) as ledger, pytest.raises(InputError, match="no private key"):
        sign(ledger, path)
