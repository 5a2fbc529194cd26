"""Ledgers with a right chain over nonsense: what a writer of its own would hand over, made by chance from a seed.

    python -m tests.ledger.forged BASE.db --rounds 200 --seed 1

runs every command that reads a ledger over forged copies of BASE.db and prints what ended one.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd
from click.testing import CliRunner

from alertengine.cli import main as alertengine
from alertengine.ledger import Ledger, verify
from alertengine.ledger.canonical_bytes import BEGINNING, HashedInput, PartHash, act_hash, canonical
from alertengine.ledger.schema import PLAIN_COLUMNS
from alertengine.vocabulary import InputError
from alertengine.web.api import reading
from alertengine.web.api.keys import Keys
from alertengine.web.api.problems import ApiProblemError
from alertengine.web.auditview import act_rows, act_view, finding_rows, order_links
from alertengine.web.kept import acts_with_orders, standing_at
from alertengine.web.lists import lists_on_file
from alertengine.web.today import gauges
from alertengine.workflow import drafts, search, service, standing_issues

_NOW: Final = pd.Timestamp("2021-01-11 08:00")
#: What is put in the place of anything.
NONSENSE: Final[tuple[Any, ...]] = (
    None, True, 0, -1, -(2**63), 2**63 - 1, 10**19, 0.5, 1e308, "", "²", "x", "9" * 19, "9999-12-31 23:59",
    "0001-01-01", "2021-13-01", "2021-01-10T00:00:00+25:00", "../x", "\0", "\n", "￾", [], ["x"], [None], [[]], {},
    {"x": []}, {"": None}, [{"city": 1}], {"a": {"b": [1]}},
)  # fmt: skip
_COLUMNS: Final = ("kind", "title", "issued_at", "recorded_at", "drafted_by", "approved_by", "reason", "corrects")
#: Details that no act of the base need have.
_DETAILS: Final = (
    "options", "versions", "list", "summaries", "told", "readings", "procedure", "judges", "timing", "doubts",
    "decided", "about", "draft", "replaces", "accounts", "levels", "signers", "cities", "what", "version", "event",
    "digests", "clock", "rulebook", "despite", "signature", "key", "released_at", "zone", "enterprises", "lines",
    "passed",
)  # fmt: skip


def forge(path: Path, rng: random.Random) -> str:
    """Put nonsense at one to three places of a ledger and make its chain right again; what was done."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA ignore_check_constraints = ON")
    guards = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        db.execute(f"DROP TRIGGER {name}")
    ways = (_head, _head, _head, _column, _cell, _cell, _order, _order, _columns_of)
    done = [rng.choice(ways)(db, rng) for _ in range(rng.randint(1, 3))]
    rechain(db)
    for _, sql in guards:
        db.execute(sql)
    db.close()
    return "; ".join(done)


def _act(db: sqlite3.Connection, rng: random.Random) -> int:
    return int(rng.choice(db.execute("SELECT act FROM acts").fetchall())[0])


def _head(db: sqlite3.Connection, rng: random.Random) -> str:
    act = _act(db, rng)
    head = json.loads(db.execute("SELECT head FROM acts WHERE act = ?", [act]).fetchone()[0])
    place: Any = head
    key: Any = rng.choice([*head, *_DETAILS])
    said = [key]
    while isinstance(place.get(key) if isinstance(place, dict) else place[key], (dict, list)) and rng.random() < 0.7:
        place = place[key]
        if not place:
            key = "x" if isinstance(place, dict) else None
            break
        key = rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
        said.append(key)
    value = rng.choice(NONSENSE)
    if key is None:
        place.append(value)
    elif isinstance(place, dict) and rng.random() < 0.2:
        place.pop(key, None)
        value = "(gone)"
    else:
        place[key] = value
    db.execute("UPDATE acts SET head = ? WHERE act = ?", [canonical(head), act])
    return f"act {act}, {said}: {value!r}"


def _column(db: sqlite3.Connection, rng: random.Random) -> str:
    act, name = _act(db, rng), rng.choice(_COLUMNS)
    value: Any = rng.choice([one for one in NONSENSE if isinstance(one, str)])
    if name == "kind":
        value = rng.choice([*(row[0] for row in db.execute("SELECT DISTINCT kind FROM acts")), "key", "account", value])
    if name == "corrects":
        value = rng.choice([act, 1, None])
    db.execute(f"UPDATE acts SET {name} = ? WHERE act = ?", [value, act])
    return f"act {act}, column {name}: {value!r}"


def _cell(db: sqlite3.Connection, rng: random.Random) -> str:
    rows = db.execute("SELECT act, part, row, content FROM part_rows").fetchall()
    if not rows:
        return "nothing"
    act, part, row, content = rng.choice(rows)
    cells = json.loads(content)
    place, value = rng.randrange(len(cells)), rng.choice(NONSENSE)
    cells[place] = value
    if rng.random() < 0.1:
        cells = cells[:place]
    db.execute(
        "UPDATE part_rows SET content = ? WHERE act = ? AND part = ? AND row = ?", [canonical(cells), act, part, row]
    )
    return f"act {act}, {part}, row {row}, cell {place}: {value!r}"


def _order(db: sqlite3.Connection, rng: random.Random) -> str:
    rows = db.execute("SELECT act, row FROM order_rows").fetchall()
    if not rows:
        return "nothing"
    act, row = rng.choice(rows)
    names = [name for _, name, *_ in db.execute("PRAGMA table_info(order_rows)")][2:]
    name = rng.choice([*names, "level", "starts", "ends", "status", "rules", "hangs_on"])
    value: Any = rng.choice([one for one in NONSENSE if isinstance(one, str)])
    stored: Any = value
    if name == "order_id":
        pass
    elif name in PLAIN_COLUMNS:
        value = stored = rng.choice([None, -1.0, 1e308, 2.0])
    else:
        db.execute("INSERT OR IGNORE INTO texts (text) VALUES (?)", [value])
        stored = db.execute("SELECT id FROM texts WHERE text = ?", [value]).fetchone()[0]
        stored = rng.choice([stored, stored, None])
    db.execute(f"UPDATE order_rows SET {name} = ? WHERE act = ? AND row = ?", [stored, act, row])
    return f"act {act}, orders, row {row}, {name}: {value!r}"


def _columns_of(db: sqlite3.Connection, rng: random.Random) -> str:
    rows = db.execute("SELECT act, part, columns FROM parts WHERE part <> 'orders'").fetchall()
    if not rows:
        return "nothing"
    act, part, columns = rng.choice(rows)
    names = json.loads(columns)
    place = rng.randrange(len(names))
    names[place] = rng.choice(["x", "", names[0], "act", "²"])
    db.execute("UPDATE parts SET columns = ? WHERE act = ? AND part = ?", [canonical(names), act, part])
    return f"act {act}, {part}, columns {names}"


def rechain(db: sqlite3.Connection) -> None:
    """Hashes of every table and act as its present content has them."""
    used = " UNION ".join(
        f"SELECT {name} FROM order_rows" for _, name, *_ in db.execute("PRAGMA table_info(order_rows)").fetchall()[2:]
        if name not in PLAIN_COLUMNS
    )  # fmt: skip
    keep = {row[0] for row in db.execute(used)}
    for (number,) in db.execute("SELECT id FROM texts").fetchall():
        if number not in keep:
            db.execute("DELETE FROM texts WHERE id = ?", [number])
    texts = dict(db.execute("SELECT id, text FROM texts"))
    [[identity]] = db.execute("SELECT id FROM identity").fetchall()
    names = [name for _, name, *_ in db.execute("PRAGMA table_info(acts)")]
    previous = BEGINNING
    for row in db.execute("SELECT * FROM acts ORDER BY act").fetchall():
        act = dict(zip(names, row, strict=True)) | {"previous": previous}
        tables = []
        sql = "SELECT part, columns FROM parts WHERE act = ? ORDER BY part"
        for part, columns in db.execute(sql, [act["act"]]).fetchall():
            said = PartHash(json.loads(columns))
            said.add(_rows(db, act["act"], part, json.loads(columns), texts))
            sql = "UPDATE parts SET rows = ?, sha256 = ? WHERE act = ? AND part = ?"
            db.execute(sql, [said.rows, said.hex(), act["act"], part])
            tables.append([part, json.loads(columns), said.rows, said.hex()])
        sql = (
            "SELECT i.path, coalesce(s.sha256, i.personal), i.personal IS NOT NULL FROM inputs i"
            " LEFT JOIN snapshots s ON s.id = i.snapshot WHERE act = ? ORDER BY path"
        )
        files = [HashedInput(path, digest, bool(apart)) for path, digest, apart in db.execute(sql, [act["act"]])]
        del act["hash"]
        digest = act_hash(act, tables, files, identity)
        db.execute("UPDATE acts SET previous = ?, hash = ? WHERE act = ?", [previous, digest, act["act"]])
        previous = digest


def _rows(db: sqlite3.Connection, act: int, part: str, columns: list[str], texts: dict[int, str]) -> list[str]:
    if part != "orders":
        sql = "SELECT content FROM part_rows WHERE act = ? AND part = ? ORDER BY row"
        return [row[0] for row in db.execute(sql, [act, part])]
    rows = db.execute(f"SELECT {', '.join(columns)} FROM order_rows WHERE act = ? ORDER BY row", [act]).fetchall()
    plain = [name in PLAIN_COLUMNS for name in columns]
    return [canonical([v if own or v is None else texts[v] for v, own in zip(row, plain, strict=True)]) for row in rows]


def readings(path: Path) -> dict[str, Callable[[], Any]]:
    """What the page and the interface read of a ledger."""
    found: dict[str, Callable[[], Any]] = {"keys": Keys(path).all}
    whole: dict[str, Callable[[Ledger], Any]] = {
        "record": lambda ledger: act_rows(ledger, every=True), "findings": finding_rows, "lists": lists_on_file,
        "drafts": lambda ledger: [one.as_dict() for one in drafts(ledger)],
        "orders of an enterprise": lambda ledger: order_links(ledger, "91000000HC0000001B"),
        "search": lambda ledger: search(ledger, "合成", 5), "today": lambda ledger: acts_with_orders(ledger, _NOW),
        "held": lambda ledger: (acts := standing_issues(ledger)) and standing_at(ledger, acts, _NOW),
        "API acts": lambda ledger: reading.acts(ledger, 100, 0, binding=None),
        "API enterprise": lambda ledger: reading.orders_of_enterprise(ledger, "91000000HC0000001B", 100, 0),
    }  # fmt: skip
    for act in range(1, verify(path).acts + 1):
        whole |= {
            f"act {act}": lambda ledger, act=act: act_view(ledger, act),
            f"gauges {act}": lambda ledger, act=act: gauges(ledger.act(act).head.get("summaries") or []),
            f"service {act}": lambda ledger, act=act: service(ledger, act, _NOW),
            f"API act {act}": lambda ledger, act=act: reading.act_detail(ledger, act),
            f"API orders {act}": lambda ledger, act=act: reading.orders(ledger, act, {}, 100, 0),
        }
    return found | {name: partial(_with, path, read) for name, read in whole.items()}


def _with(path: Path, read: Callable[[Ledger], Any]) -> Any:
    with Ledger.open(path) as ledger:
        return read(ledger)


def commands(path: Path, folder: Path, acts: int) -> list[list[str]]:
    """Every command that reads a ledger, over each act where it takes one."""
    record, who = str(path), ["--by", "甲", "--reason", "核对"]
    out = [
        ["verify", record], ["verify", record, "--json"], ["log", record], ["log", record, "--json"],
        ["active", record], ["active", record, "--json"], ["decisions", record],
        ["decisions", record, "--personal", *who],
        ["retention", record], ["export", record, "-o", str(folder / "e.csv")], ["replay", record],
        ["export", record, "-o", str(folder / "w.jsonl"), "--what", "warnings"],
        ["export", record, "-o", str(folder / "a.csv"), "--what", "acts"], ["witness", str(folder)],
        ["dossier", record, "91000000HC0000001B", "-o", str(folder / "d")], ["dossier", record, "合成"],
        ["erase", record, "--before", "2020-01-01", "--reason", "x", "--approved-by", "甲"],
        ["findings", record, str(folder / "f.csv"), "--approved-by", "甲"], ["diff", record, "1", "2"],
    ]  # fmt: skip
    for act in map(str, range(1, acts + 1)):
        out += [
            ["show", record, act], ["show", record, act, "--json"], ["show", record, act, "--table", "orders"],
            ["show", record, act, "--table", "warnings"], ["evaluate", record, act],
            ["evaluate", record, act, "-o", str(folder / "e.html")],
            ["archive", record, act, "-o", str(folder / "a.zip")],
            ["explain", record, act, "--line", "91000000HC0000001B/1"], ["deliver", record, act],
            ["deliver", record, act, "--json"],
        ]  # fmt: skip
    return out


def ended(words: list[str]) -> str:
    """The traceback of a command over a ledger, blank where it left as it should."""
    done = CliRunner().invoke(alertengine, ["ledger", *words])
    if done.exception is None or isinstance(done.exception, SystemExit):
        return "" if done.exit_code in (0, 1, 2) else f"exit status {done.exit_code}"
    return "".join(traceback.format_exception(*done.exc_info)) if done.exc_info else str(done.exception)


def failed(read: Callable[[], Any]) -> str:
    """The traceback of a reading of the page, blank where it answered or was refused in words."""
    try:
        read()
    except (InputError, ApiProblemError):
        pass
    except Exception:  # noqa: BLE001 -- that is what is looked for
        return traceback.format_exc()
    return ""


def main() -> int:
    """Forge, run, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sound, faults, runs = 0, 0, 0
    with tempfile.TemporaryDirectory() as name:
        for number in range(asked.rounds):
            rng = random.Random(asked.seed * 100_003 + number)
            path = Path(shutil.copy(asked.base, Path(name) / f"{number}.db"))
            said = forge(path, rng)
            with closing(sqlite3.connect(path)) as db:
                every = commands(path, Path(name), db.execute("SELECT count(*) FROM acts").fetchone()[0])
            first = CliRunner().invoke(alertengine, ["ledger", "verify", str(path)])
            sound += first.exit_code == 0
            print(number, said, "SOUND" if first.exit_code == 0 else first.stderr[-200:] + first.stdout[-300:])
            for words in [every[0], *rng.sample(every[1:], min(12, len(every) - 1))]:
                runs += 1
                if fault := ended(words):
                    faults += 1
                    print(f"FAULT {number} {said}\n  {words}\n{fault[-900:]}", flush=True)
            for words, read in readings(path).items():
                runs += 1
                if fault := failed(read):
                    faults += 1
                    print(f"FAULT {number} {said}\n  {words}\n{fault[-900:]}", flush=True)
            path.unlink()
    print(f"{asked.rounds} ledgers, {runs} commands, {faults} faults, {sound} called sound")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
