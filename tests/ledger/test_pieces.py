"""Small pieces of the record: signatures with accounts, cells, differences, personal values, keys of another kind."""

from __future__ import annotations

import copy
import pickle
import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.ledger import Head, Ledger, compare_orders, user_of
from alertengine.ledger.act import FORMAT, Act, Signer
from alertengine.ledger.canonical_bytes import FILE, SALT_BYTES, TEXT, cell, commitment, commits
from alertengine.ledger.chain import _act, _Look, _personal, check_acts
from alertengine.ledger.checkpoint import read_private, read_public, sign
from alertengine.ledger.defects import Defect, Verified
from alertengine.ledger.diff import Difference, compare_warnings
from alertengine.ledger.schema import ACT_TABLES
from alertengine.vocabulary import InputError, Words, foreign
from tests.ledger.conftest import orders_of, warnings_of


def test_a_signature_keeps_the_account_that_gave_it() -> None:
    one = Signer(" 科长 乙 ", "yi", "review")
    for again in (one, one.strip(), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):  # noqa: S301 -- our own
        assert (again.strip(), again.user, again.role) == ("科长 乙", "yi", "review")
        assert isinstance(again, Signer)
    assert one.strip() == "科长 乙"
    assert (user_of(one), user_of("科长 乙")) == ("yi", "")


def test_an_act_keeps_the_account_of_each_step_that_had_one(make: Callable[[], Ledger]) -> None:
    head = Head(
        "题", drafted_by=Signer("甲", "jia", "draft"), reviewed_by="乙", approved_by=Signer("丙", "bing", "approve")
    )
    with make() as ledger:
        act = ledger.append("issue", head)
        plain = ledger.append("issue", Head("题", drafted_by="甲"))
    accounts = {"drafted_by": {"user": "jia", "role": "draft"}, "approved_by": {"user": "bing", "role": "approve"}}
    assert act.head["accounts"] == accounts
    assert [act.user(step) for step in ("drafted_by", "reviewed_by", "approved_by")] == ["jia", "", "bing"]
    assert "accounts" not in plain.head


def test_what_cannot_be_read_or_has_no_known_form_is_a_change() -> None:
    look = _Look(Any, Verified(Path("r.db")), "id")  # type: ignore[arg-type]
    with look.attempt("parts", 3):
        raise ValueError("boom")
    _act(look, {"act": 4, "head": "{}", "hash": "x", "format": FORMAT + 1}, last=False)
    assert look.found.defects == [
        Defect("changed", 3, "parts", Words("cell_unreadable", error=foreign(ValueError("boom")))),
        Defect("changed", 4, "acts", Words("form_unknown", form=FORMAT + 1)),
    ]


def test_a_file_of_which_nothing_can_be_read_is_changed_in_every_table() -> None:
    def broken(*_: object) -> None:
        raise sqlite3.DatabaseError("disk image is malformed")

    found = Verified(Path("r.db"))
    db: Any = SimpleNamespace(conn=SimpleNamespace(execute=broken), execute=broken, table=broken)
    assert check_acts(db, found) == {}
    tables = ("identity", "texts", "snapshots", "acts", *ACT_TABLES, "part_rows", "personal")
    assert [str(one) for one in found.defects] == [
        f"file, {name}: cannot be read: disk image is malformed [changed]" for name in tables
    ]
    assert (found.acts, found.last) == (0, "")


@pytest.mark.parametrize(
    ("head", "user"), [({}, ""), ({"accounts": {}}, ""), ({"accounts": {"reviewed_by": {"user": "yi"}}}, "yi")]
)
def test_the_user_of_a_step_is_blank_where_none_is_on_record(head: dict[str, Any], user: str) -> None:
    texts = dict.fromkeys(("kind", "title", "issued_at", "recorded_at", "drafted_by", "reviewed_by"), "")
    rest = {"approved_by": "", "corrects": None, "reason": "", "previous": "", "hash": ""}
    assert Act(act=1, format=2, head=head, **texts, **rest).user("reviewed_by") == user


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, None), (pd.NA, None), (pd.NaT, None), (float("nan"), None), (np.float64("nan"), None),
        (np.int64(3), 3), (np.float32(0.5), 0.5), (np.bool_(True), True), (True, True), (-0.0, 0.0), ("甲", "甲"),
        (date(2021, 1, 2), "2021-01-02"), (pd.Timestamp("2021-01-02 03:04"), "2021-01-02 03:04:00"),
        (datetime(2021, 1, 2, 3), "2021-01-02T03:00:00"), (Path("a/b"), "a/b"),
    ],
)  # fmt: skip
def test_a_cell_is_text_number_yes_or_no_or_nothing(value: Any, said: Any) -> None:
    got = cell(value)
    assert (got, type(got)) == (said, type(said))
    assert str(got) != "-0.0"


def test_orders_that_differ_are_told_by_line_phase_and_column() -> None:
    one = orders_of(3)
    assert compare_orders(one, one.copy()) == []
    other = one.assign(share=[0.0, None, 0.9], level=["orange", "red", "red"])
    assert compare_orders(one, other) == [
        Difference("orders", "某/91000000HC00000000/0/1", "合成企业0", "level", "red", "orange"),
        Difference("orders", "某/91000000HC00000002/2/1", "合成企业2", "share", 0.2, 0.9),
    ]
    assert [d.column for d in compare_orders(one, other, ["level"])] == ["share"]


def test_rows_gone_new_or_in_another_order_and_other_columns_are_told() -> None:
    one = orders_of(3)
    last, first = "某/91000000HC00000002/2/1", "某/91000000HC00000000/0/1"
    assert compare_orders(one, one.iloc[:2]) == [Difference("orders", last, "合成企业2", "", "there", "")]
    assert compare_orders(one.iloc[1:], one) == [Difference("orders", first, "合成企业0", "", "", "there")]
    turned = Difference("orders", "", "", "", "rows in one order", "in another")
    assert compare_orders(one, one.iloc[::-1]) == [turned]
    columns = ";".join(one.columns)
    renamed = Difference("orders", "", "", "", columns, columns.replace(";share;", ";part;"))
    assert compare_orders(one, one.rename(columns={"share": "part"})) == [renamed]
    assert compare_orders(one, one.drop(columns="flags")) == []  # an act of before flags
    twice = pd.concat([one.iloc[:1], one.iloc[:1]], ignore_index=True)
    second = Difference("orders", f"{first[:-1]}2", "合成企业0", "", "there", "")
    assert compare_orders(twice, one.iloc[:1]) == [second]


def test_warnings_that_differ_are_told_by_place_and_start() -> None:
    one = warnings_of()
    said = Difference("warnings", "某/某/某/issue/1", "", "level", "red", "orange")
    assert compare_warnings(one, one.assign(level="orange")) == [said]


SALT = bytes(SALT_BYTES)
DIGEST = commitment("id", SALT, TEXT, "李某某".encode())
#: As a defect names it.
SHORT = f"2:{DIGEST[2:12]}"


@pytest.mark.parametrize(
    ("row", "used", "erased", "told"),
    [
        ((DIGEST, TEXT, SALT, "李某某".encode()), {DIGEST}, set(), []),
        ((DIGEST, TEXT, SALT, "张某某".encode()), {DIGEST}, set(), [f"{SHORT} was changed"]),
        ((DIGEST, TEXT, SALT, "李某某".encode()), set(), set(), [f"a value that no act uses: {SHORT}"]),
        ((DIGEST, "", None, None), {DIGEST}, {DIGEST}, []),
        ((DIGEST, "", None, None), {DIGEST}, set(), [f"{SHORT} was erased, and no act says so"]),
        ((DIGEST, TEXT, None, None), {DIGEST}, {DIGEST}, [f"{SHORT} was changed after it was erased"]),
        ((DIGEST, "", SALT, None), {DIGEST}, {DIGEST}, [f"{SHORT} was changed after it was erased"]),
        (
            (DIGEST, TEXT, SALT, "李某某".encode()),
            {DIGEST},
            {DIGEST},
            [f"{SHORT} is there, and an act says it was erased"],
        ),
        (None, {DIGEST}, set(), [f"{SHORT} is gone without an act that erased it"]),
        (None, set(), set(), []),
    ],
)
def test_a_personal_value_is_as_the_acts_say(
    row: tuple[Any, ...] | None, used: set[str], erased: set[str], told: list[str]
) -> None:
    found = Verified(Path("record.db"))
    look: Any = SimpleNamespace(
        personal=used, used_texts=[], texts=[], erased=erased, ledger="id", found=found,
        rows=lambda _: [row] if row else [],
    )  # fmt: skip
    _personal(look)
    assert [str(one) for one in found.defects] == [f"file, personal: {words} [changed]" for words in told]


@pytest.mark.parametrize(("salt", "kind"), [(SALT[1:], TEXT), (SALT + b"x", TEXT), (SALT, "other")])
def test_another_salt_or_kind_commits_to_nothing(salt: bytes, kind: str) -> None:
    with pytest.raises(ValueError, match="salt or kind"):
        commitment("id", salt, kind, b"x")
    assert not commits(DIGEST, "id", salt, kind, b"x")
    assert commits(commitment("id", SALT, FILE, b"x"), "id", SALT, FILE, b"x")
    assert not commits(commitment("id", SALT, FILE, b"x"), "id", SALT, TEXT, b"x")


def test_keys_of_another_kind_and_a_ledger_without_acts_sign_nothing(tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="the extra alertengine[sign]")
    from cryptography.hazmat.primitives import serialization as of
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    def written(name: str, key: Any) -> Path:
        path = tmp_path / name
        path.write_bytes(key.private_bytes(of.Encoding.PEM, of.PrivateFormat.PKCS8, of.NoEncryption()))
        public = key.public_key().public_bytes(of.Encoding.PEM, of.PublicFormat.SubjectPublicKeyInfo)
        path.with_suffix(".pub").write_bytes(public)
        return path

    ours, other = written("ours.pem", Ed25519PrivateKey.generate()), written("other.pem", X25519PrivateKey.generate())
    assert len(read_public(ours.with_suffix(".pub"))) == 64
    for read, path in ((read_private, other), (read_public, other.with_suffix(".pub"))):
        with pytest.raises(InputError, match="Ed25519"):
            read(path)
    empty: Any = SimpleNamespace(path=tmp_path / "record.db", id="i", last=lambda: None)
    with pytest.raises(InputError, match=r"record\.db.*no act"):
        sign(empty, ours)
