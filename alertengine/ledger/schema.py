"""The layout of a ledger file, its versions, and the triggers that keep it append-only.

``acts``     one row an act: the columns every kind has, the rest as JSON in ``head``
``parts``    the tables of an act with their columns, number of rows and hash
``order_rows``  orders, texts by number (``texts``), so that years of orders stay small; read the view ``orders``
``part_rows``   the rows of all other parts, a JSON array each; read a view such as ``warnings``
``inputs``   the files an act rests on, by path
``snapshots``  their contents, once each
``personal``   what says something about a person, apart from the chain
``identity``   the id of the ledger, since version 3

The layout of a version never changes: a new version is a further step in :data:`STEPS`.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from functools import cache
from typing import Final

from sqlite_utils import Database

from alertengine.files import read_json
from alertengine.ledger.canonical_bytes import BEGINNING, MARK

#: Marks the file as a ledger ("AELG").
APPLICATION_ID: Final = 0x41454C47
NUMBER_COLUMNS: Final = ("share", "so2_kg_d", "nox_kg_d", "pm_kg_d", "vocs_kg_d")
#: Columns of the orders of version 1, in the order of the contract.
ORDERS_1: Final = (
    "order_id", "city", "county", "enterprise_id", "enterprise", "line_id", "line", "industry", "process", "grade",
    "effective_grade", "level", "starts", "ends", "phase", "measure", "share", "measure_text", "so2_kg_d", "nox_kg_d",
    "pm_kg_d", "vocs_kg_d", "transport", "rules", "set_aside", "basis", "standing", "status", "hangs_on", "remark",
)  # fmt: skip
#: Columns of the orders of version 2, as this program writes them; rows of before have no flags.
ORDERS_2: Final = (*ORDERS_1, "flags")
WARNINGS_1: Final = (
    "warning_id", "city", "counties", "action", "level", "starts", "ends", "issued", "primary", "grading", "basis",
    "reason",
)  # fmt: skip
#: Order columns held as they are; all others are numbers of ``texts``.
PLAIN_COLUMNS: Final = ("order_id", *NUMBER_COLUMNS)

_TABLES_1: Final = """
CREATE TABLE acts (
  act INTEGER PRIMARY KEY,
  format INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  issued_at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  drafted_by TEXT NOT NULL,
  reviewed_by TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  corrects INTEGER REFERENCES acts(act),
  reason TEXT NOT NULL,
  head TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE parts (
  act INTEGER NOT NULL REFERENCES acts(act) DEFERRABLE INITIALLY DEFERRED,
  part TEXT NOT NULL,
  columns TEXT NOT NULL,
  rows INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (act, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE part_rows (
  act INTEGER NOT NULL,
  part TEXT NOT NULL,
  row INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (act, part, row),
  FOREIGN KEY (act, part) REFERENCES parts(act, part) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, data BLOB NOT NULL
) STRICT;
CREATE TABLE personal (
  digest TEXT PRIMARY KEY, kind TEXT NOT NULL, salt BLOB, value BLOB,
  CHECK ((salt IS NULL) = (value IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE inputs (
  act INTEGER NOT NULL REFERENCES acts(act) DEFERRABLE INITIALLY DEFERRED,
  path TEXT NOT NULL,
  snapshot INTEGER REFERENCES snapshots(id),
  personal TEXT REFERENCES personal(digest),
  PRIMARY KEY (act, path),
  CHECK ((snapshot IS NULL) <> (personal IS NULL))
) STRICT, WITHOUT ROWID;
"""
_TABLES: Final = ("acts", "parts", "part_rows", "order_rows", "texts", "snapshots", "personal", "inputs")
#: Tables whose rows belong to an act.
ACT_TABLES: Final = ("parts", "part_rows", "order_rows", "inputs")


def _order_rows() -> str:
    kinds = dict.fromkeys(NUMBER_COLUMNS, "REAL") | {"order_id": "TEXT NOT NULL"}
    cells = ",\n  ".join(f"{name} {kinds.get(name, 'INTEGER REFERENCES texts(id)')}" for name in ORDERS_1)
    table = f"CREATE TABLE order_rows (\n  act INTEGER NOT NULL,\n  row INTEGER NOT NULL,\n  {cells},\n"
    keys = "  PRIMARY KEY (act, row),\n  FOREIGN KEY (act) REFERENCES acts(act) DEFERRABLE INITIALLY DEFERRED\n"
    return f"{table}{keys}) STRICT, WITHOUT ROWID;\nCREATE INDEX order_rows_enterprise ON order_rows(enterprise_id);\n"


def _orders_view(columns: tuple[str, ...]) -> str:
    text = {name: f"t_{name}.text" for name in columns}
    text["enterprise"] = f"CASE WHEN t_enterprise.text LIKE '{MARK}%' THEN '（个人信息）' ELSE t_enterprise.text END"
    cells = ", ".join(f"o.{n}" if n in PLAIN_COLUMNS else f"{text[n]} AS {n}" for n in columns)
    joins = "".join(f"\n  LEFT JOIN texts t_{n} ON t_{n}.id = o.{n}" for n in columns if n not in PLAIN_COLUMNS)
    return f"CREATE VIEW orders AS SELECT o.act, o.row, {cells}\nFROM order_rows o{joins};\n"


def part_view(part: str, columns: tuple[str, ...]) -> str:
    """A view of a part whose rows are JSON arrays."""
    cells = ", ".join(f"json_extract(content, '$[{place}]') AS \"{name}\"" for place, name in enumerate(columns))
    return f"CREATE VIEW {part} AS SELECT act, row, {cells}\nFROM part_rows WHERE part = '{part}';\n"


_APPEND_ONLY: Final = "RAISE(ABORT, 'the ledger is append-only')"


def _triggers() -> str:
    said = _APPEND_ONLY
    parts = []
    for table in _TABLES:
        parts.append(f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} BEGIN SELECT {said}; END;")
        # Erasing takes salt, value and kind away; the digest stays.
        spared = (
            " WHEN NOT (NEW.digest IS OLD.digest AND NEW.kind = '' AND NEW.value IS NULL)"
            if table == "personal"
            else ""
        )
        parts.append(f"CREATE TRIGGER {table}_keep BEFORE UPDATE ON {table}{spared} BEGIN SELECT {said}; END;")
    last = "(SELECT coalesce(max(act), 0) FROM acts)"
    parts += [
        f"CREATE TRIGGER {table}_open BEFORE INSERT ON {table} WHEN NEW.act <> {last} + 1 "
        f"BEGIN SELECT RAISE(ABORT, 'that act is closed'); END;"
        for table in ACT_TABLES
    ]
    before = f"coalesce((SELECT hash FROM acts ORDER BY act DESC LIMIT 1), '{BEGINNING}')"  # noqa: S608 -- our own words
    parts.append(
        f"CREATE TRIGGER acts_follow BEFORE INSERT ON acts WHEN NEW.act <> {last} + 1 OR NEW.previous <> {before} "
        f"BEGIN SELECT RAISE(ABORT, 'an act follows the last one'); END;"
    )
    return "\n".join(parts) + "\n"


def _version_1(db: Database) -> None:
    _run(db, _TABLES_1 + _order_rows() + _orders_view(ORDERS_1) + part_view("warnings", WARNINGS_1) + _triggers())


def _version_2(db: Database) -> None:
    """Orders have flags."""
    _run(
        db,
        "ALTER TABLE order_rows ADD COLUMN flags INTEGER REFERENCES texts(id);\nDROP VIEW orders;\n"
        + _orders_view(ORDERS_2),
    )


def _version_3(db: Database) -> None:
    """The id of the ledger, which the acts and commitments of format 2 carry."""
    keep = " ".join(
        f"CREATE TRIGGER identity_{name} BEFORE {event} ON identity BEGIN SELECT {_APPEND_ONLY}; END;\n"
        for name, event in (("stay", "DELETE"), ("keep", "UPDATE"))
    )
    one = "CREATE TRIGGER identity_one BEFORE INSERT ON identity WHEN (SELECT count(*) FROM identity) > 0 "
    one += f"BEGIN SELECT {_APPEND_ONLY}; END;\n"
    _run(db, "CREATE TABLE identity (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;\n" + keep + one)
    db.conn.execute("INSERT INTO identity VALUES (?)", [secrets.token_hex(16)])


def ledger_id(db: Database) -> str:
    """The id of a ledger; blank before version 3."""
    if version_of(db) < 3:
        return ""
    row = db.conn.execute("SELECT id FROM identity").fetchone()
    return str(row[0]) if row else ""


def read_as_today(db: Database) -> None:
    """On a connection that only reads a ledger of version 1: its orders with the columns of today."""
    if version_of(db) == 1:
        db.conn.execute("CREATE TEMP VIEW orders AS SELECT *, NULL AS flags FROM main.orders")


def _run(db: Database, script: str) -> None:
    """Statements one by one: ``executescript`` would commit the transaction it runs in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.conn.execute(statement)
            statement = ""


#: What leads from each version of the layout to the next, the first from nothing to version 1.
STEPS: list[Callable[[Database], None]] = [_version_1, _version_2, _version_3]


def current() -> int:
    """The version this program writes."""
    return len(STEPS)


def version_of(db: Database) -> int:
    """The version of the layout of a file."""
    return int(db.conn.execute("PRAGMA user_version").fetchone()[0])


def lay_out(db: Database) -> None:
    """Bring a file to the newest version of the layout, inside the caller's transaction."""
    for step in STEPS[version_of(db) :]:
        step(db)
    db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.conn.execute(f"PRAGMA user_version = {current()}")


def objects(db: Database) -> dict[tuple[str, str], str]:
    """Tables, views, indexes and triggers of a file: (kind, name) to the statement that made each."""
    rows = db.conn.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    return {(str(kind), str(name)): str(sql) for kind, name, sql in rows}


def expected_objects(version: int) -> dict[tuple[str, str], str]:
    """What :func:`objects` gives for an untouched file of a version."""
    return _laid_out(tuple(STEPS[:version]))


@cache
def _laid_out(steps: tuple[Callable[[Database], None], ...]) -> dict[tuple[str, str], str]:
    db = Database(memory=True)
    try:
        for step in steps:
            step(db)
        return objects(db)
    finally:
        db.close()


def columns_of(text: str) -> list[str]:
    """The column names of a part as stored."""
    return [str(name) for name in read_json(text)]
