"""What goes into a ledger comes out the same; nothing recorded can be changed; one writer at a time."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, nullcontext
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertengine.ledger import Act, Head, InputFile, Ledger, as_bytes, canonical, cell, hashed, sha256, verify, writing
from alertengine.ledger.canonical_bytes import BEGINNING
from alertengine.ledger.connect import in_words
from alertengine.ledger.schema import ORDERS_2, WARNINGS_1
from alertengine.vocabulary import MASKED, ORDER_COLUMNS, WARNING_COLUMNS, InputError
from alertengine.vocabulary import times as clock
from tests.ledger.conftest import orders_of, warnings_of


def plain(table: pd.DataFrame) -> list[list[object]]:
    return [[cell(value) for value in row] for row in table.astype("object").itertuples(index=False)]


def test_the_layout_holds_the_columns_of_the_contract() -> None:
    assert tuple(ORDER_COLUMNS) == ORDERS_2, "a new column of the orders needs a new version of the layout"
    assert tuple(WARNING_COLUMNS) == WARNINGS_1, "a new column of the warnings needs a new version of the layout"


def test_orders_and_warnings_come_out_as_they_went_in(small: Path) -> None:
    with Ledger.open(small) as ledger:
        assert plain(ledger.orders(1)) == plain(orders_of())
        assert list(ledger.orders(1).columns) == list(ORDER_COLUMNS)
        assert plain(ledger.orders(2)) == plain(orders_of(share=0.5))
        pd.testing.assert_frame_equal(ledger.warnings(1), warnings_of(), check_dtype=False)


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
numbers = st.floats(allow_nan=True, allow_infinity=False)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(texts, st.none() | texts, numbers), min_size=1, max_size=6))
def test_any_orders_come_out_as_they_went_in(
    rows: list[tuple[str, str | None, float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / "r.db"
    table = orders_of(len(rows))
    table["basis"] = pd.Series([row[0] for row in rows], dtype="object")
    table["remark"] = pd.Series([row[1] for row in rows], dtype="object")
    table["share"] = [row[2] for row in rows]
    with Ledger.writable(path) as ledger:
        ledger.append("issue", Head("例"), {"orders": table})
        assert plain(ledger.orders(1)) == plain(table)
    assert verify(path).sound


def test_the_hash_is_what_the_room_says_it_is(small: Path) -> None:
    with Ledger.open(small) as ledger:
        before = BEGINNING
        for act in ledger.acts():
            assert sha256(as_bytes(canonical(hashed(ledger, act)))) == act.hash
            assert act.previous == before
            before = act.hash
        lines = [canonical(list(ORDER_COLUMNS)), *(canonical(row) for row in plain(ledger.orders(1)))]
        named = "\n".join(lines) + "\n"
        [orders] = [part for part in ledger.parts(1) if part.part == "orders"]
        assert sha256(named.encode()) != orders.sha256, "a sole trader's name is hashed with salt, not as it is"
    assert json.loads(canonical({"b": 1, "a": -0.0 + cell(-0.0)})) == {"a": 0.0, "b": 1}


def test_a_file_is_kept_once_for_all_acts(small: Path) -> None:
    with Ledger.open(small) as ledger:
        assert ledger.db.table("snapshots").count == 1
        assert [one.path for one in ledger.inputs(1)] == ["list/l.csv", "rules/0/x.yaml"]
        assert ledger.input(2, "rules/0/x.yaml") == b"document: x\n"
        assert ledger.input(1, "list/l.csv") == "联系人\n某".encode()
        with pytest.raises(InputError, match="rests on no such file"):
            ledger.input(2, "list/l.csv")


def test_personal_values_are_told_apart_and_masked_on_request(small: Path) -> None:
    with Ledger.open(small) as ledger:
        assert ledger.orders(1)["enterprise"][1] == "合成企业1"
        masked = ledger.orders(1, personal=False)["enterprise"]
        assert list(masked) == ["合成企业0", MASKED, "合成企业2"]
        assert list(ledger.part(3, "deliveries")["signed_by"]) == ["李某某", None]
        assert list(ledger.part(3, "deliveries", personal=False)["signed_by"]) == [MASKED, None]


def test_personal_values_stand_nowhere_but_in_their_table(small: Path) -> None:
    db = sqlite3.connect(small)
    db.execute("DROP TRIGGER personal_keep")
    db.execute("UPDATE personal SET salt = NULL, value = NULL")
    db.commit()
    db.execute("VACUUM")
    db.close()
    data = small.read_bytes()
    assert "李某某".encode() not in data
    assert "合成企业1".encode() not in data
    assert "合成企业2".encode() in data


TABLES = ("acts", "parts", "part_rows", "order_rows", "texts", "snapshots", "personal", "inputs")


@pytest.mark.parametrize("table", TABLES)
def test_nothing_recorded_can_be_changed_or_deleted(small: Path, table: str) -> None:
    db = sqlite3.connect(small)
    column = db.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchone()[0]
    for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(sql)
    db.close()


@pytest.mark.parametrize("act", [1, 3, 5])
def test_a_recorded_act_takes_no_further_rows(small: Path, act: int) -> None:
    db = sqlite3.connect(small)
    with pytest.raises(sqlite3.IntegrityError, match="closed"):
        db.execute("INSERT INTO parts VALUES (?, 'x', '[]', 0, '')", [act])
    with pytest.raises(sqlite3.IntegrityError, match="follows the last"):
        db.execute(
            "INSERT INTO acts SELECT 4, format, kind, title, issued_at, recorded_at, drafted_by, reviewed_by,"
            " approved_by, corrects, reason, head, 'no', 'x' FROM acts WHERE act = 3"
        )
    db.close()


def test_an_act_is_recorded_whole_or_not_at_all(small: Path) -> None:
    before = small.read_bytes()
    with Ledger.writable(small) as ledger, pytest.raises(ValueError, match="JSON"):
        ledger.append("issue", Head("例"), {"orders": orders_of(), "zzz": pd.DataFrame({"a": [float("inf")]})})
    assert verify(small).acts == 3
    assert verify(small).sound
    assert len(small.read_bytes()) == len(before)


@pytest.mark.parametrize("corrects", [4, 9, 0, -1])
def test_the_act_that_is_corrected_must_be_there(small: Path, corrects: int) -> None:
    with Ledger.writable(small) as ledger, pytest.raises(InputError, match="no such act to correct") as refused:
        ledger.append("issue", Head("例", corrects=corrects), {})
    (told,) = refused.value.problems
    assert (told.file, told.value, dict(told.arguments)) == (str(small), str(corrects), {"last": 3})


@pytest.mark.parametrize(("issued", "refused"), [("2021-01-09 17:59", True), ("2021-01-09 18:00", False)])
def test_a_correction_is_not_issued_before_what_it_corrects(small: Path, issued: str, refused: bool) -> None:
    with Ledger.writable(small) as ledger:
        first = ledger.append("issue", Head("例", datetime(2021, 1, 9, 18)))
        head = Head("更正", datetime.fromisoformat(issued), corrects=first.act, reason="误")
        with pytest.raises(InputError, match="before it was issued") if refused else nullcontext():
            ledger.append("issue", head)
        assert len(ledger.acts()) == (4 if refused else 5)


@pytest.mark.parametrize("corrects", [1, 2])
def test_an_act_is_corrected_once_and_then_its_correction_is(small: Path, corrects: int) -> None:
    """Act 2 corrects act 1: of two corrections of one act both would stand."""
    with Ledger.writable(small) as ledger:
        if corrects == 1:
            with pytest.raises(InputError, match="act 2 stands in its place"):
                ledger.append("issue", Head("再次更正", corrects=1, reason="误"))
        else:
            ledger.append("issue", Head("再次更正", corrects=2, reason="误"))
            with pytest.raises(InputError, match="act 4 stands in its place"):
                ledger.append("issue", Head("又一次", corrects=1, reason="误"))
        assert len(ledger.acts()) == (3 if corrects == 1 else 4)


def test_a_guard_looks_once_more_where_no_other_writer_can_come_between(small: Path) -> None:
    with Ledger.writable(small) as ledger, Ledger.writable(small, busy=0.05) as other:
        held: list[bool] = []

        def refusing() -> None:
            held.append(ledger.db.conn.in_transaction)
            other.append("delivery", Head("例"))

        with pytest.raises(InputError, match="another process is writing"):
            ledger.append("delivery", Head("例"), guard=refusing)
        assert held == [True]
        assert len(ledger.acts()) == 3
        assert ledger.append("delivery", Head("例"), guard=lambda: None).act == 4


def test_two_writers_at_once_wait_then_say_so(small: Path) -> None:
    with Ledger.writable(small) as one, Ledger.writable(small, busy=0.05) as other:
        with writing(one.db), pytest.raises(InputError, match="another process is writing; nothing was written"):
            other.append("delivery", Head("例"))
        assert other.append("delivery", Head("例")).act == 4
        assert one.append("delivery", Head("例")).act == 5
    assert verify(small).sound


def test_reading_leaves_nothing_beside_the_file(small: Path) -> None:
    before = small.read_bytes()
    with Ledger.open(small) as one, Ledger.open(small) as other:
        assert one.acts() == other.acts()
    assert verify(small).sound
    assert [file.name for file in small.parent.iterdir()] == [small.name]
    assert small.read_bytes() == before


def test_reading_goes_on_while_another_writes(small: Path) -> None:
    with Ledger.open(small) as reader, Ledger.writable(small) as writer, writing(writer.db):
        assert len(reader.acts()) == 3


def test_a_full_disk_leaves_nothing(small: Path) -> None:
    with Ledger.writable(small) as ledger:
        pages = ledger.db.conn.execute("PRAGMA page_count").fetchone()[0]
        ledger.db.conn.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(InputError, match=r"nothing was written: .* expected room on the disk"):
            ledger.append("issue", Head("例"), {"orders": orders_of(2_000)})
        assert len(ledger.acts()) == 3
    assert verify(small).sound


def test_a_clock_that_goes_backwards_is_refused_unless_a_person_says_why(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = clock.now() - timedelta(days=400)
    monkeypatch.setattr(clock, "now", lambda: earlier)
    with Ledger.writable(small) as ledger:
        with pytest.raises(InputError, match=r"clock has gone backwards: .*nothing was written"):
            ledger.append("delivery", Head("例"))
        act = ledger.append("delivery", Head("例"), clock_reason="上次时钟有误")
        assert act.head["clock"]["reason"] == "上次时钟有误"
    found = verify(small)
    assert found.sound
    assert [one.words("en")[0] for one in found.flags] == ["act 4 was recorded before the one before it: 上次时钟有误"]


def test_times_have_a_zone(small: Path) -> None:
    with Ledger.open(small) as ledger:
        act = ledger.act(1)
    assert act.issued_at == "2021-01-09T18:00:00+08:00"
    assert datetime.fromisoformat(act.recorded_at).utcoffset() == timedelta(hours=8)


def test_what_is_not_issued_yet_is_not_recorded(small: Path) -> None:
    at = clock.now()
    with pytest.MonkeyPatch.context() as patch, Ledger.writable(small) as ledger:
        patch.setattr(clock, "now", lambda: at)
        with pytest.raises(InputError, match="issued later than it is recorded") as refused:
            ledger.append("issue", Head("例", issued_at=at + timedelta(seconds=1)))
        assert ledger.append("issue", Head("例", issued_at=at)).act == 4
    (told,) = refused.value.problems
    assert told.value == clock.stamp(at + timedelta(seconds=1))
    assert dict(told.arguments) == {"recorded": clock.stamp(at)}


@pytest.mark.parametrize("content", [b"", b"no database at all" * 50, None])
def test_what_is_no_ledger_is_said(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"empty file|not a ledger|no such file"):
        Ledger.open(path)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "ledger_busy"),
        (sqlite3.SQLITE_LOCKED, "ledger_busy"),
        (sqlite3.SQLITE_FULL, "ledger_disk_full"),
        (sqlite3.SQLITE_IOERR_WRITE, "ledger_disk_full"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "ledger_unopened"),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, "ledger_unopened"),
        (sqlite3.SQLITE_NOTADB, "not_a_ledger"),
        (sqlite3.SQLITE_CORRUPT_VTAB, "ledger_damaged"),
        (None, "ledger_damaged"),
    ],
)
def test_errors_of_sqlite_are_told_by_their_code(tmp_path: Path, code: int | None, told: str) -> None:
    """Its sentences are for people: a name of a table may stand in them (``database disk image is full``)."""
    error = sqlite3.OperationalError("database is locked or busy: full, readonly, not a database")
    if code is not None:
        error.sqlite_errorcode = code
    with pytest.raises(InputError) as caught, in_words(tmp_path / "l.db"):
        raise error
    assert [one.code for one in caught.value.problems] == [told]


def test_another_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE t (a)")
    db.close()
    for opening in (Ledger.open, Ledger.writable):
        with pytest.raises(InputError, match="not a ledger"):
            opening(path)
    with closing(sqlite3.connect(path)) as left:
        assert [row[0] for row in left.execute("SELECT name FROM sqlite_schema")] == ["t"]


def test_the_same_content_in_another_ledger_has_another_salt(tmp_path: Path) -> None:
    digests = []
    for name in ("a.db", "b.db"):
        with Ledger.writable(tmp_path / name) as ledger:
            ledger.append("delivery", Head("例"), inputs=[InputFile("f", b"x", personal=True)])
            digests.append(ledger.inputs(1)[0].sha256)
    assert digests[0] != digests[1]


def test_an_act_is_plain_data(small: Path) -> None:
    with Ledger.open(small) as ledger:
        assert [act.kind for act in ledger.acts()] == ["issue", "issue", "delivery"]
        assert [act.act for act in ledger.acts("issue")] == [1, 2]
        assert isinstance(ledger.act(1), Act)
        assert ledger.act(1).head == {"a": {"b": [1, 0.5, None]}}
        assert ledger.act(2).corrects == 1
        for number in (4, 0, -1, 2**63, -(2**63) - 1, 10**30):
            with pytest.raises(InputError, match="no such act"):
                ledger.act(number)
        with pytest.raises(InputError, match="no such table"):
            ledger.orders(3)
