"""How long what must be kept, as the rules say; and erasing what says something about persons.

Two keepers: plants keep their gate and video logs (``evidence`` rules with ``retention_days``),
the bureau its archive (``procedure`` rules, step ``archive``, with ``retention_days``).  Where no
rule gives the archive a term it is missing, and erasing takes a person's decision.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd

from alertengine.audit import KIND_TEXT
from alertengine.ledger import MARK, Act, Head, append, deposit, in_words, writing
from alertengine.rulebook import EvidenceRule, ProcedureRule, place_of
from alertengine.vocabulary import refuse, unsaid
from alertengine.vocabulary import times as clock

if TYPE_CHECKING:
    from alertengine.ledger import Ledger
    from alertengine.rulebook import Rulebook, RuleHead

ARCHIVE: Final = "archive"
_ERASE: Final = (
    "UPDATE personal SET kind = '', salt = NULL, value = NULL WHERE digest IN (SELECT value FROM json_each(?))"
)
#: Where acts use personal values: files, names in orders, cells of other tables.
_USES: Final = (
    "SELECT personal FROM inputs WHERE personal IS NOT NULL AND act IN (SELECT value FROM json_each(:acts))",
    """SELECT DISTINCT t.text FROM order_rows o JOIN texts t ON t.id = o.enterprise
    WHERE t.text LIKE :mark AND o.act IN (SELECT value FROM json_each(:acts))""",
    """SELECT j.value FROM part_rows r, json_each(r.content) j
    WHERE j.value LIKE :mark AND r.act IN (SELECT value FROM json_each(:acts))""",
)


#: Codes of :class:`Keep` in Chinese, by column.
KEEP_TEXT: Final = {
    "what": {**KIND_TEXT, "video": "视频监控", ARCHIVE: "归档"},
    "state": {"keep": "须保存", "passed": "已届满", "missing": "期限未录入"},
}


@dataclass(frozen=True, slots=True)
class Keep:
    """One thing that an act makes somebody keep in a city, and until when.

    ``what`` is a kind of evidence, or ``archive``; ``until`` is None while orders are open or where no
    rule gives a term; ``state`` is ``keep``, ``passed``, or ``missing`` (no term on file).
    """

    act: int
    city: str
    what: str
    sectors: str
    days: int | None
    until: date | None
    state: str
    basis: str
    standing: str


def retention(ledger: Ledger, book: Rulebook, day: date) -> list[Keep]:
    """What the acts of warnings and orders make plants and the bureau keep, seen from a day."""
    out = []
    for act in ledger.acts("issue"):
        orders = ledger.orders(act.act, personal=False)
        for city, own in orders.groupby(orders["city"].astype("str")):
            first, last = _days(own)
            out += _kept(book, act, str(city), first, last, day)
    return out


def _days(orders: pd.DataFrame) -> tuple[date, date | None]:
    """First and last day of some orders; None while one is open."""
    ends = orders["ends"].astype("object").where(orders["ends"].notna(), "")
    first = min(pd.Timestamp(text) for text in orders["starts"].unique()).date()
    return first, None if (ends == "").any() else max(pd.Timestamp(text) for text in ends.unique()).date()


def _kept(book: Rulebook, act: Act, city: str, first: date, last: date | None, day: date) -> list[Keep]:
    logs = [
        _keep(book, rule, act, city, (rule.evidence, ";".join(rule.sectors)), rule.retention_days, last, day)
        for rule in book.in_force("evidence", first, place_of(book, city))
        if isinstance(rule, EvidenceRule) and rule.retention_days is not None
    ]
    terms = [
        rule
        for rule in book.in_force("procedure", first, place_of(book, city))
        if isinstance(rule, ProcedureRule) and rule.step == ARCHIVE and rule.about == "warning" and rule.retention_days
    ]
    archive = [_keep(book, rule, act, city, (ARCHIVE, ""), rule.retention_days or 0, last, day) for rule in terms]
    return logs + (archive or [Keep(act.act, city, ARCHIVE, "", None, None, "missing", "", "")])


def _keep(
    book: Rulebook, rule: RuleHead, act: Act, city: str, what: tuple[str, str], days: int, last: date | None, day: date
) -> Keep:
    until = last + timedelta(days=days) if last else None
    state = "passed" if until is not None and until < day else "keep"
    return Keep(act.act, city, *what, days, until, state, book.cite(rule), book.standing(rule))


@dataclass(frozen=True, slots=True)
class Erased:
    """An act of erasing: how many values and files, and the cities whose archive has no term on file."""

    act: Act
    values: int
    missing: tuple[str, ...]


def erase(ledger: Ledger, book: Rulebook, before: date, head: Head, clock_reason: str = "") -> Erased:
    """Erase the personal values that only acts issued before a day use; the chain holds.

    Raises:
        InputError: nothing to erase, no reason or approver given, or a term on file has not passed.

    """
    if unsaid(head.reason) or unsaid(head.approved_by):
        raise refuse(ledger.path, "erasing_takes_reason")
    old = [act for act in ledger.acts() if datetime.fromisoformat(act.issued_at).date() < before]
    today = clock.today()
    kept = [
        one for one in retention(ledger, book, today) if one.act in {act.act for act in old} and one.what == ARCHIVE
    ]
    held = [one for one in kept if one.state == "keep"]
    if held:
        said = "; ".join(f"act {one.act} until {one.until or 'its orders end'} ({one.basis})" for one in held[:4])
        raise refuse(ledger.path, "must_be_kept", acts=said)
    with in_words(ledger.path):
        digests = sorted(_used(ledger, old) - _used(ledger, [a for a in ledger.acts() if a not in old]))
        if not digests:
            raise refuse(ledger.path, "nothing_to_erase", day=before)
        details = {**head.details, "before": before.isoformat(), "digests": digests}
        with writing(ledger.db):
            number = append(
                ledger.db, ledger.path, ledger.last(), "erasure", replace(head, details=details), {}, (), clock_reason
            )
            ledger.db.conn.execute(_ERASE, [json.dumps(digests)])
        ledger.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log still held the values
    deposit(ledger)
    missing = tuple(sorted({one.city for one in kept if one.state == "missing"}))
    return Erased(ledger.act(number), len(digests), missing)


def _used(ledger: Ledger, acts: list[Act]) -> set[str]:
    """The digests of personal values, not yet erased, that some acts use."""
    asked = {"acts": json.dumps([act.act for act in acts]), "mark": MARK + "%"}
    found = {row[0].removeprefix(MARK) for sql in _USES for row in ledger.db.conn.execute(sql, asked)}
    there = {row[0] for row in ledger.db.conn.execute("SELECT digest FROM personal WHERE value IS NOT NULL")}
    return found & there
