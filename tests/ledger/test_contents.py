"""What an act may hold, each thing it may not, and a file that is shorter than it says."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from alertengine.ledger import Ledger
from alertengine.ledger._verify import _whole
from alertengine.ledger.checkpoint import Checkpoint, check_against, checkpoint_json
from alertengine.ledger.contents import (
    check_cells,
    check_codes,
    check_columns,
    check_head,
    check_orders,
    check_times,
    typed_warnings,
)
from alertengine.ledger.defects import Verified
from alertengine.vocabulary import InputError
from tests.ledger.conftest import orders_of, warnings_of
from tests.ledger.test_foreign import forging

BOOK = Path("record.db")
HEAD = {
    "act": 3, "kind": "issue", "issued_at": "2021-01-09T18:00:00+08:00", "recorded_at": "2021-01-09T18:01:00+08:00",
    "corrects": None, "head": {},
}  # fmt: skip
PUBLISHED = {
    "version": {"version": "2026年版", "published_on": None, "approver": "市长 丙", "sha256": "0"},
    "enterprises": 1, "lines": 2,
}  # fmt: skip


@contextmanager
def refused_of(act: int, column: str, value: str | None = None) -> Iterator[None]:
    """Expect one problem, of an act of the ledger and of a column, and the value where one is given."""
    with pytest.raises(InputError) as refused:
        yield
    (told,) = refused.value.problems
    assert (told.code, told.file, told.column) == ("act_contents", str(BOOK), column)
    assert dict(told.arguments) == {"act": act}
    assert value is None or told.value == value


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"corrects": 1},
        {"corrects": 2},
        {"head": {"passed": True, "note": "x", "something": 1}},
        {"kind": "publication", "head": PUBLISHED},
        {"kind": "key", "head": {"event": "made", "reach": ["a"]}},
        {"head": {"decided": "2021-01-09 18:00"}},
        {"head": {"decided": ""}},
        {"head": {"summaries": [{"city": "临汾市", "level": "red"}]}},
    ],
)
def test_a_head_of_this_programs_form_is_taken(said: dict[str, Any]) -> None:
    check_head(BOOK, HEAD | said)


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"issued_at": "2021-01-09T18:00:00"}, "issued_at"),  # without a zone
        ({"recorded_at": "yesterday"}, "recorded_at"),
        ({"issued_at": None}, "issued_at"),
        ({"corrects": 0}, "corrects"),
        ({"corrects": 3}, "corrects"),
        ({"corrects": -1}, "corrects"),
        ({"head": {"passed": "yes"}}, "passed"),
        ({"head": {"summaries": [{"city": "临汾市", "level": "blue"}]}}, "summaries"),
        ({"head": {"doubts": [["a", "b"]]}}, "doubts"),
        ({"head": {"decided": "soon"}}, "decided"),
        ({"kind": "publication", "head": {**PUBLISHED, "lines": "2"}}, "lines"),
        ({"kind": "key", "head": {"event": "lost"}}, "event"),
    ],
)
def test_a_head_of_another_form_is_refused_by_its_column(said: dict[str, Any], column: str) -> None:
    with refused_of(3, column):
        check_head(BOOK, HEAD | said)


def test_a_table_has_its_columns_each_once_and_cells_of_plain_values() -> None:
    check_columns(BOOK, 1, pd.DataFrame(columns=["a", "b"]), ["a"])
    check_cells(BOOK, 1, ["a", "b"], [["x", 1], [None, True], [0.5, ""]])
    check_cells(BOOK, 1, [], [])


@pytest.mark.parametrize(
    ("columns", "rows", "said"),
    [
        (["a", "b", "a"], [], ("a, b, a", "")),
        (["a", "b"], [["x"]], ("", "['x']")),
        (["a", "b"], [["x", 1, 2]], ("", "['x', 1, 2]")),
        (["a", "b"], ["xy"], ("", "xy")),
        (["a", "b"], [["x", 1], ["x", [7]]], ("b", "[7]")),
        (["a", "b"], [[{"k": 7}, 1]], ("a", "{'k': 7}")),
    ],
)
def test_cells_that_are_none_are_refused(columns: list[str], rows: list[Any], said: tuple[str, str]) -> None:
    with refused_of(1, *said):
        check_cells(BOOK, 1, columns, rows)


def test_a_missing_column_a_foreign_code_and_a_bad_time_are_named() -> None:
    with refused_of(1, "b", ""):
        check_columns(BOOK, 1, pd.DataFrame(columns=["a"]), ["a", "b"])
    check_codes(BOOK, 1, pd.Series(["red", None, "red"], name="level"), ["red"])
    with refused_of(1, "level", "blue"):
        check_codes(BOOK, 1, pd.Series(["red", "blue"], name="level"), ["red"])
    check_times(BOOK, 1, pd.Series(["2021-01-10 00:00", None, ""], name="starts"))
    check_times(BOOK, 1, pd.Series(["1900-01-01 00:00", "2200-12-31 23:00"], name="starts"))
    for wrong in ("10 January", "1899-12-31 23:00", "2201-01-01 00:00"):
        with refused_of(1, "starts", wrong):
            check_times(BOOK, 1, pd.Series([wrong], name="starts"))


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"level": "blue"}, "level"),
        ({"starts": "soon"}, "starts"),
        ({"ends": "late"}, "ends"),
        *(({name: None}, name) for name in ("city", "enterprise_id", "line_id", "level", "starts", "status")),
    ],
)
def test_orders_have_a_place_a_line_a_level_and_times(cells: dict[str, Any], column: str) -> None:
    plain = orders_of(2).astype({"level": "object"})
    check_orders(BOOK, 1, plain)
    with refused_of(1, column, str(cells[column] or "")):
        check_orders(BOOK, 1, plain.assign(**cells))


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"level": "blue"}, "level"),
        ({"level": ""}, "level"),
        ({"action": "shout"}, "action"),
        ({"starts": None}, "starts"),
        ({"issued": ""}, "issued"),
        ({"ends": "late"}, "ends"),
    ],
)
def test_warnings_have_a_level_an_action_and_times(cells: dict[str, Any], column: str) -> None:
    told = {"starts": "2021-01-10 00:00", "ends": "", "issued": "2021-01-09 15:40"}
    plain = warnings_of().astype("object").assign(**told)
    typed = typed_warnings(BOOK, 1, plain.copy())
    assert typed["starts"].tolist() == [pd.Timestamp("2021-01-10")]
    assert typed["ends"].isna().all()
    with refused_of(1, column, str(cells[column] or "")):
        typed_warnings(BOOK, 1, plain.assign(**cells))
    with refused_of(1, column, ""):
        typed_warnings(BOOK, 1, plain.drop(columns=column))
    typed_warnings(BOOK, 1, plain.assign(action="lift", level=""))  # it has none of its own


@pytest.mark.parametrize(
    ("ask", "code", "column", "value", "about"),
    [
        (lambda book: book.part(3, "deliveries"), "act_contents", "signed_by", "[7]", {"act": 3}),
        (lambda book: book.part(2, "warnings", columns=["city", "x"]), "act_contents", "x", "", {"act": 2}),
        (lambda book: book.part(2, "x"), "act_without_table", "", "x", {"act": 2, "tables": "orders, warnings"}),
        (lambda book: book.orders(3), "act_without_table", "", "orders", {"act": 3, "tables": "deliveries"}),
        (lambda book: book.warnings(3), "act_without_table", "", "warnings", {"act": 3, "tables": "deliveries"}),
        (lambda book: book.input(2, "list/l.csv"), "act_without_file", "", "list/l.csv", {"act": 2}),
        (lambda book: book.act(4), "no_such_act", "", "4", {"last": 3}),
    ],
)  # fmt: skip
def test_what_a_ledger_does_not_hold_is_told_with_the_file_and_the_act(
    small: Path, ask: Callable[[Ledger], Any], code: str, column: str, value: str, about: dict[str, Any]
) -> None:
    with forging(small) as db:
        db.execute("""UPDATE part_rows SET content = '["O-0",[7],1.5]' WHERE act = 3 AND row = 1""")
    with Ledger.open(small) as ledger, pytest.raises(InputError) as refused:
        ask(ledger)
    (told,) = refused.value.problems
    assert (told.code, told.file, told.column, told.value) == (code, str(small), column, value)
    assert dict(told.arguments) == about


@pytest.mark.parametrize(
    ("length", "beside", "whole"),
    [(8192, None, True), (9000, None, True), (8191, None, False), (8191, b"", False), (8191, b"log", True)],
)
def test_a_file_shorter_than_it_says_is_torn_unless_a_log_stands_beside_it(
    tmp_path: Path, length: int, beside: bytes | None, whole: bool
) -> None:
    path = tmp_path / "record.db"
    path.write_bytes(bytes(length))
    if beside is not None:
        path.with_name("record.db-wal").write_bytes(beside)
    answers = {"PRAGMA page_count": 2, "PRAGMA page_size": 4096}
    conn = SimpleNamespace(execute=lambda asked: SimpleNamespace(fetchone=lambda: (answers.get(asked, 0),)))
    found, db = Verified(path), SimpleNamespace(conn=conn)
    assert _whole(db, found)  # type: ignore[arg-type]
    said = "file, pages: the file is cut: 8192 bytes were written, 8191 are there [torn]"
    assert [str(one) for one in found.defects] == ([] if whole else [said])


@pytest.mark.parametrize(
    ("act", "hash_", "ledger", "told"),
    [
        (2, "b", "id", []),
        (1, "a", "", []),
        (2, "x", "id", ["act 2, acts: the checkpoint of t saw another act 2: the past was rewritten [changed]"]),
        (5, "x", "id", ["act 3, acts: the checkpoint of t saw 5 acts, 2 are there: the end was cut off [changed]"]),
        (2, "b", "other", ["file, identity: the checkpoint of t is of another ledger [changed]"]),
    ],
)
def test_a_ledger_is_held_against_what_a_checkpoint_saw(act: int, hash_: str, ledger: str, told: list[str]) -> None:
    saw: Any = SimpleNamespace(act=act, hash=hash_, id=ledger, signed_at="t")
    found = Verified(BOOK)
    check_against(found, "id", {1: "a", 2: "b"}, [saw])
    assert [str(one) for one in found.defects] == told


def test_a_checkpoint_is_written_in_the_words_it_has() -> None:
    one = Checkpoint(ledger="临汾.db", id="i", act=1, hash="0" * 64, recorded_at="", signed_at="", key="0" * 64)
    text = checkpoint_json(one)
    assert "临汾.db" in text
    assert text.endswith("}\n")
    assert Checkpoint.model_validate_json(text) == one


@pytest.mark.parametrize(
    ("size", "length", "told"),
    [
        (4096, 8192, "file, pages: disk image is malformed [changed]"),
        (
            4096,
            8191,
            "file, pages: the file is cut: 2 pages of 4096 bytes were written; disk image is malformed [torn]",
        ),
        (1, 131_072, "file, pages: disk image is malformed [changed]"),  # so the largest size is written
        (
            1,
            131_071,
            "file, pages: the file is cut: 2 pages of 65536 bytes were written; disk image is malformed [torn]",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_cut_or_changed(tmp_path: Path, size: int, length: int, told: str) -> None:
    path = tmp_path / "record.db"
    head = bytearray(length)
    head[16:18], head[28:32] = size.to_bytes(2, "big"), (2).to_bytes(4, "big")
    path.write_bytes(head)

    def broken(_: str) -> None:
        raise sqlite3.DatabaseError("disk image is malformed")

    found, db = Verified(path), SimpleNamespace(conn=SimpleNamespace(execute=broken))
    assert not _whole(db, found)  # type: ignore[arg-type]
    assert [str(one) for one in found.defects] == [told]
