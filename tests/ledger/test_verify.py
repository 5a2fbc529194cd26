"""Any change of any record is found, whichever way it was made, and its act is named."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.ledger import Head, Ledger, chain, verify
from alertengine.ledger.canonical_bytes import MARK
from alertengine.ledger.unpacking import unpacked
from alertengine.vocabulary import InputError
from tests.ledger.conftest import orders_of, write_small

pytestmark = pytest.mark.whole

TABLES = ("acts", "parts", "part_rows", "order_rows", "texts", "snapshots", "personal", "inputs")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger, left as it is, in a folder to make changed copies in."""
    path = tmp_path_factory.mktemp("tamper") / "ledger.db"
    write_small(path)
    return path


def loose(path: Path) -> tuple[sqlite3.Connection, list[str]]:
    """A connection on which nothing guards the ledger, and what puts the guards back."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA ignore_check_constraints = ON")
    guards = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        db.execute(f"DROP TRIGGER {name}")
    return db, [sql for _, sql in guards]


def columns(path: Path) -> list[tuple[str, str, str]]:
    """Every table, column and type."""
    db = sqlite3.connect(path)
    found = [(t, name, kind) for t in TABLES for _, name, kind, *_ in db.execute(f"PRAGMA table_info({t})")]
    db.close()
    return found


def said(value: Any) -> Any:
    """What a cell says: packed bytes unpacked, as the last byte and the head of a pack have bits that say nothing."""
    if isinstance(value, bytes):
        with suppress(ValueError):
            return unpacked(value, 1 << 20)
    return value


def content(path: Path) -> list[Any]:
    """Every record of every table; None where SQLite itself cannot read them."""
    db = sqlite3.connect(path)
    db.text_factory = bytes
    try:
        every = [db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES]
        rows: list[Any] = [[tuple(map(said, row)) for row in table] for table in every]
        rows.append(db.execute("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'").fetchall())
        return rows
    finally:
        db.close()


def altered(value: Any, kind: str, how: random.Random) -> Any:
    """Another value that the column takes."""
    if value is None:
        return {"INTEGER": 1, "REAL": 0.25, "BLOB": b"x"}.get(kind, "x")
    if isinstance(value, (int, float)):
        return value + how.choice([1, -1, 7]) if isinstance(value, int) else value + how.choice([1e-9, 1.0])
    if isinstance(value, str):
        return how.choice([value + " ", value[:-1], value.swapcase() if value.swapcase() != value else value + "x"])
    place = how.randrange(max(len(value), 1))
    return value[:place] + bytes([value[place] ^ how.randrange(1, 256)]) + value[place + 1 :] if value else b"x"


def tamper(path: Path, table: str, column: str, kind: str, how: random.Random) -> bool:
    """Change one cell by SQL with the guards taken away and put back; False where no other value fits."""
    db, guards = loose(path)
    keys = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[5]]
    rows = db.execute(f"SELECT {', '.join(keys)}, {column} FROM {table}").fetchall()
    test = " AND ".join(f"{key} = ?" for key in keys)
    try:
        *where, value = how.choice(rows) if rows else [None]
        for _ in range(5 if rows else 0):
            new = altered(value, kind, how)
            if said(new) == said(value):
                continue
            try:
                changed = db.execute(f"UPDATE {table} SET {column} = ? WHERE {test}", [new, *where]).rowcount
            except sqlite3.IntegrityError:
                continue
            return changed == 1
        return False
    finally:
        for sql in guards:
            db.execute(sql)
        db.close()


def test_an_untouched_ledger_is_sound(scene: Path) -> None:
    found = verify(scene)
    assert found.sound, found.defects
    assert found.acts == 3


@pytest.mark.slow
def test_every_column_of_every_table_is_watched(scene: Path) -> None:
    how = random.Random(7)
    missed, tried = [], 0
    for table, column, kind in columns(scene):
        copy = Path(shutil.copy(scene, scene.with_name("column.db")))
        if tamper(copy, table, column, kind, how):
            tried += 1
            if verify(copy).sound:
                missed.append(f"{table}.{column}")
    assert missed == []
    assert tried >= len(columns(scene)) - 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), place=st.integers(0, 10_000))
def test_a_change_of_any_cell_is_found(scene: Path, seed: int, place: int) -> None:
    every = columns(scene)
    copy = Path(shutil.copy(scene, scene.with_name("cell.db")))
    if tamper(copy, *every[place % len(every)], random.Random(seed)):
        assert not verify(copy).sound


def test_the_act_is_named(scene: Path) -> None:
    copy = Path(shutil.copy(scene, scene.with_name("named.db")))
    db, guards = loose(copy)
    db.execute("UPDATE order_rows SET share = 0.9 WHERE act = 2 AND row = 1")
    for sql in guards:
        db.execute(sql)
    db.close()
    assert [str(defect) for defect in verify(copy).defects] == ["act 2, orders: a row was changed [changed]"]
    assert [one.words("zh")[0] for one in verify(copy).defects] == ["第2号，orders：有一行被改动（被改动）"]


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(place=st.integers(0, 2**31), mask=st.integers(1, 255))
def test_a_flipped_byte_is_found_or_touches_no_record(scene: Path, place: int, mask: int) -> None:
    data = bytearray(scene.read_bytes())
    data[place % len(data)] ^= mask
    copy = scene.with_name("byte.db")
    copy.write_bytes(data)
    try:
        found = verify(copy)
    except InputError:
        return
    if found.sound:
        assert content(copy) == content(scene)


def test_a_ledger_whose_own_name_cannot_be_read_is_changed(scene: Path) -> None:
    db = sqlite3.connect(f"file:{scene}?mode=ro", uri=True)
    (page,), (size,) = (
        db.execute(sql).fetchone()
        for sql in ("SELECT rootpage FROM sqlite_master WHERE name = 'identity'", "PRAGMA page_size")
    )
    db.close()
    data = bytearray(scene.read_bytes())
    data[(page - 1) * size : page * size] = b"\xff" * size
    copy = scene.with_name("nameless.db")
    copy.write_bytes(data)
    assert "identity" in {defect.table for defect in verify(copy).defects}


def damage(scene: Path, name: str, *statements: str) -> list[str]:
    """Run statements on a copy without its guards, put them back, verify: the defects as text."""
    copy = Path(shutil.copy(scene, scene.with_name(name)))
    db, guards = loose(copy)
    for sql in statements:
        db.execute(sql)
    for sql in guards:
        db.execute(sql)
    db.close()
    return [str(defect) for defect in verify(copy).defects]


ALTERED = "acts: the act, its tables or its files were changed [changed]"
STRAY = "a row points to no row of"


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("DELETE FROM order_rows WHERE act = 1 AND row = 3",
         ["act 1, orders: 3 rows were written, 2 are there [changed]"]),
        ("UPDATE order_rows SET row = 9 WHERE act = 1 AND row = 3", ["act 1, orders: a row was changed [changed]"]),
        ("DELETE FROM acts WHERE act = 2", [
            *(f"file, {table}: {STRAY} acts [changed]" for table in ("parts", "parts", "inputs", *["order_rows"] * 3)),
            "act 3, acts: the act before 3 is gone [changed]",
            "act 3, acts: does not follow the act before [changed]",
            *(f"act 2, {rows} rows of no act [changed]"
              for rows in ("parts: 2", "part_rows: 1", "order_rows: 3", "inputs: 1")),
        ]),
        ("INSERT INTO part_rows VALUES (3, 'deliveries', 3, '[]')",
         ["act 3, deliveries: 2 rows were written, 3 are there [changed]"]),
        ("INSERT INTO part_rows VALUES (2, 'x', 1, '[]')", [
            f"file, part_rows: {STRAY} parts [changed]",
            "act 2, x: 1 rows of a table that the act does not have [changed]",
        ]),
        ("INSERT INTO parts VALUES (2, 'x', '[]', 0, '')",
         ["act 2, x: a row was changed [changed]", f"act 2, {ALTERED}"]),
        ("UPDATE parts SET columns = columns || ' ' WHERE act = 1 AND part = 'orders'",
         ["act 1, parts: columns of orders are not as they were written [changed]"]),
        ("UPDATE acts SET previous = 'x' WHERE act = 2",
         ["act 2, acts: does not follow the act before [changed]", f"act 2, {ALTERED}"]),
        ("UPDATE acts SET title = 'x' WHERE act = 2", [f"act 2, {ALTERED}"]),
        ("UPDATE acts SET format = 3 WHERE act = 2",
         ["act 2, acts: unknown form 3 [changed]", "act 3, acts: form 2 after form 3 [changed]"]),
        ("UPDATE acts SET head = '[' WHERE act = 2",
         ["act 2, acts: cannot be read: Expecting value: line 1 column 2 (char 1) [changed]"]),
        ("""UPDATE acts SET head = '{"options":{"list":"../l"}}' WHERE act = 2""", [
            "act 2, acts: the option list names a path that leads out: '../l' [changed]", f"act 2, {ALTERED}",
        ]),
        ("UPDATE inputs SET path = '../x' WHERE act = 2", [
            "act 2, inputs: the path '../x' leads out of the folder it is unpacked to [changed]", f"act 2, {ALTERED}",
        ]),
        ("UPDATE inputs SET snapshot = 1 WHERE act = 1",
         ["act 1, inputs: the file list/l.csv is said twice [changed]"]),
        ("UPDATE inputs SET snapshot = 7 WHERE act = 2", [
            f"file, inputs: {STRAY} snapshots [changed]",
            "act 2, inputs: the file rules/0/x.yaml is gone [changed]", f"act 2, {ALTERED}",
        ]),
        ("DELETE FROM inputs WHERE snapshot = 1",
         [f"act 1, {ALTERED}", f"act 2, {ALTERED}", "file, snapshots: 1 rows that no act uses [changed]"]),
        ("UPDATE snapshots SET size = size + 1",
         [f"act {act}, snapshots: the content of snapshot 1 was changed [changed]" for act in (1, 2)]),
        ("UPDATE texts SET text = 'x' WHERE text = 'red'",
         [f"act {act}, orders: a row was changed [changed]" for act in (1, 2)]),
        ("INSERT INTO texts VALUES (998, 'x'), (999, 'y')", ["file, texts: 2 rows that no act uses [changed]"]),
        ("INSERT INTO parts VALUES (5, 'x', '[]', 0, '')",
         [f"file, parts: {STRAY} acts [changed]", "act 5, parts: 1 rows of no act [changed]"]),
        ("UPDATE personal SET value = x'00' WHERE kind = 'text'", ["file, personal: 2:… was changed [changed]"] * 2),
        ("DELETE FROM personal WHERE kind = 'file'", [
            f"file, inputs: {STRAY} personal [changed]",
            "file, personal: 2:… is gone without an act that erased it [changed]",
        ]),
        ("DELETE FROM identity", [
            *(f"act {act}, {ALTERED}" for act in (1, 2, 3)), *["file, personal: 2:… was changed [changed]"] * 3,
        ]),
        (f"UPDATE part_rows SET content = '{MARK}[' WHERE act = 3 AND row = 2", [
            "act 3, deliveries: cannot be read: Expecting value: line 1 column 1 (char 0) [changed]",
        ]),
        # what the last writer had begun and not finished
        ("INSERT INTO inputs VALUES (4, 'x', 1, NULL); INSERT INTO texts VALUES (999, 'y')", [
            f"file, inputs: {STRAY} acts [changed]",
            "act 4, inputs: 1 rows of an act that was never finished [torn]",
            "file, texts: 1 rows that no act uses [torn]",
        ]),
        ("UPDATE parts SET rows = 4 WHERE act = 3", ["act 3, deliveries: rows 3 to 4 are not there [torn]"]),
        ("DELETE FROM part_rows WHERE act = 3 AND row = 2", ["act 3, deliveries: rows 2 to 2 are not there [torn]"]),
        ("DELETE FROM part_rows WHERE act = 3 AND row = 1", [
            "act 3, deliveries: 2 rows were written, 1 are there [changed]",
            "file, personal: a value that no act uses: 2:… [changed]",
        ]),
    ],
)  # fmt: skip
def test_every_change_is_told_with_its_act_and_table(scene: Path, sql: str, told: list[str]) -> None:
    said = damage(scene, "a.db", "PRAGMA foreign_keys = OFF", *sql.split("; "))
    assert [re.sub(r"\b2:[0-9a-f]{10}\b", "2:…", one) for one in said] == told  # no two ledgers have one salt


@pytest.mark.parametrize(
    "sql", ["DROP TRIGGER acts_keep", "CREATE TABLE extra (a)", "DROP VIEW warnings", "CREATE INDEX i ON parts(rows)"]
)
def test_a_changed_layout_is_a_change(scene: Path, sql: str) -> None:
    copy = Path(shutil.copy(scene, scene.with_name("e.db")))
    db = sqlite3.connect(copy)
    db.execute(sql)
    db.close()
    found = verify(copy)
    assert [defect.table for defect in found.defects] == ["layout"]


def test_a_file_cut_short_is_torn(scene: Path) -> None:
    copy = scene.with_name("cut.db")
    copy.write_bytes(scene.read_bytes()[: -4096 * 3])
    found = verify(copy)
    assert found.defects[0].kind == "torn"
    assert "the file is cut" in found.defects[0].message


def test_verifying_while_another_writes_sees_one_state(scene: Path) -> None:
    copy = Path(shutil.copy(scene, scene.with_name("live.db")))
    with Ledger.writable(copy) as ledger:
        for place in range(4, 8):
            ledger.append("delivery", Head("例"))
            assert verify(copy).acts == place
            assert verify(copy).sound


def test_an_act_recorded_while_it_is_looked_at_is_not_seen(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Path(shutil.copy(scene, scene.with_name("meanwhile.db")))
    acts = chain._acts

    def first_written(*args: Any) -> None:  # after its texts were read
        with Ledger.writable(copy) as ledger:
            ledger.append("issue", Head("新"), {"orders": orders_of(basis="又一段文字")})
        acts(*args)

    monkeypatch.setattr(chain, "_acts", first_written)
    found = verify(copy)
    assert (found.acts, found.defects) == (3, [])
    monkeypatch.undo()
    assert verify(copy).acts == 4


@pytest.mark.parametrize("page", [1, 2, 5, 9, 14])
def test_a_corrupted_page_is_said(scene: Path, page: int) -> None:
    data = bytearray(scene.read_bytes())
    data[page * 4096 : (page + 1) * 4096] = random.Random(page).randbytes(4096)
    copy = scene.with_name("page.db")
    copy.write_bytes(data)
    assert not verify(copy).sound


def test_what_another_program_writes_is_found(scene: Path) -> None:
    """A row that the guards let in, a text, is found all the same."""
    copy = Path(shutil.copy(scene, scene.with_name("other.db")))
    db = sqlite3.connect(copy)
    db.execute("INSERT INTO texts(text) VALUES ('x')")
    db.commit()
    db.close()
    assert not verify(copy).sound
    with Ledger.writable(copy) as ledger:
        ledger.append("delivery", Head("例"))
    assert not verify(copy).sound
