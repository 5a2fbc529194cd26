"""Orders from above (调度令) on record: entered with their text and file, ended, and what a run must be decided on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.ledger import Act, Head, InputFile
from alertengine.orders import OrderFromAbove
from alertengine.vocabulary import (
    LEVEL_TEXT,
    OPEN,
    InputError,
    Problem,
    civil,
    gathering,
    moment,
    refuse,
    to_minute,
    unsaid,
)
from alertengine.warning import FloorSaid, Record, cities_ordered, order_time, read_floors
from alertengine.workflow.acts_in_force import standing_issues
from alertengine.workflow.recording import names_differ
from alertengine.workflow.run_options import RunOptions

if TYPE_CHECKING:
    from alertengine.ledger import Ledger
    from alertengine.rulebook import OpenLists
    from alertengine.workflow.snapshot import Upload

SUPERIOR_ORDER: Final = "superior_order"
#: The file of an act that holds the text of its order.
ORDER_TEXT: Final = "原文.txt"
_FOLDER: Final = "order"


@dataclass(frozen=True, slots=True)
class SuperiorOrder:
    """An order from above as the record has it: from ``first`` until before ``last`` an area holds a level.

    Times are ``YYYY-MM-DD HH:MM``, ``last`` blank until further notice; at least ``level``, or ``exact``-ly that.
    ``act`` said the last of it, ``entered`` is when it was first recorded by itself, None where it came with a run.
    """

    act: int
    area: str
    level: str
    first: str
    last: str = ""
    source: str = ""
    exact: bool = False
    entered: datetime | None = None

    @property
    def key(self) -> tuple[str, str, str, str, bool]:
        """What makes two sayings one order: all but its end."""
        return self.area, self.level, self.first, self.source, self.exact

    @property
    def options(self) -> FloorSaid:
        """The order as the ``orders`` of a scenario have it."""
        said: FloorSaid = {
            "area": self.area, "level": self.level, "from": self.first, "source": self.source, "exact": self.exact
        }  # fmt: skip
        return {**said, "to": self.last} if self.last else said

    @property
    def asks(self) -> str:
        """What it asks, in words."""
        word = "为" if self.exact else "不低于"
        return f"{self.area}{word}{LEVEL_TEXT[self.level]}预警，{moment(self.first)}至{moment(self.last) or '另行通知'}"

    def lasts(self, after: str) -> bool:
        """Whether it ends, or would have ended, after a time."""
        return self.last != self.first and (not self.last or self.last > after)


def record_superior_order(
    ledger: Ledger, said: Mapping[str, Any], lists: OpenLists, by: str, file: Upload | None = None, text: str = ""
) -> Act:
    """Record an order from above; one on record already, with another end, from then on has that end.

    Args:
        ledger: open for writing.
        said: the order as a scenario has it: ``area, level, from, to, source, exact``.
        lists: knows its area.
        by: who enters it, as ``office name``.
        file: the document as it came.
        text: its text.

    Raises:
        InputError: with all that is wrong of it, or it is on record already; nothing was written.

    """
    names_differ(ledger, by, [])
    problems: list[Problem] = []
    if not str(said.get("source", "")).strip():
        problems.append(Problem("order_source_wanted", where="floors", column="source"))
    try:
        floors = read_floors([{**said, "source": str(said.get("source", "")).strip()}], lists)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if problems:
        raise InputError(problems)
    floor = floors[0]
    last = "" if floor.end >= OPEN else to_minute(floor.end)
    order = SuperiorOrder(0, floor.area, floor.level, to_minute(floor.start), last, floor.source, exact=floor.exact)
    for one in superior_orders(ledger, lists):
        if one.key == order.key and one.last == order.last:
            raise refuse(ledger.path, "order_on_record", value=order.source, act=one.act)
    files = [InputFile(f"{_FOLDER}/{file.plain_name}", file.data)] if file is not None else []
    files += [InputFile(f"{_FOLDER}/{ORDER_TEXT}", text.encode())] if text.strip() else []
    return _append(ledger, order, f"{order.source}：{order.asks}", by, files=files)


def end_superior_order(ledger: Ledger, order: SuperiorOrder, at: datetime, by: str, reason: str) -> Act:
    """Record from when on an order from above no longer holds; before it began: that it never did.

    Raises:
        InputError: no reason, nobody signed, or it has ended by then; nothing was written.

    """
    names_differ(ledger, by, [])
    if unsaid(reason):
        raise refuse(ledger.path, "reason_wanted")
    last = max(to_minute(at), order.first)
    if order.last and last >= order.last:
        raise refuse(ledger.path, "order_ends_earlier", value=order.source, ends=moment(order.last))
    title = f"{order.source}：自{moment(last)}起不再执行" if last > order.first else f"{order.source}：撤销"
    return _append(ledger, replace(order, last=last), title, by, reason=reason.strip())


def _append(
    ledger: Ledger, order: SuperiorOrder, title: str, by: str, *, reason: str = "", files: Sequence[InputFile] = ()
) -> Act:
    head = Head(title, drafted_by=by, reason=reason, details={"order": order.options})
    return ledger.append(SUPERIOR_ORDER, head, inputs=files)


def superior_orders(ledger: Ledger, lists: OpenLists, after: str = "") -> list[SuperiorOrder]:
    """The orders from above on record that end after a time (``YYYY-MM-DD HH:MM``), in the order they begin.

    Those entered by themselves, and those that the warnings in force were decided on; of two sayings of one order
    the later counts, and what was entered by itself counts over what came with a run.  What came with a run is gone
    with a later run on the same cities that does not name it.  Of a run whose options cannot be read none is known: it
    is told (``aside``).
    """
    found: dict[tuple[Any, ...], SuperiorOrder] = {}
    for act in standing_issues(ledger):
        options = RunOptions.readable(act)
        named = [_on_record(ledger, one, act.act) for one in options.orders] if options else []
        if found and ledger.rows(act.act, "warnings"):
            cities = set(ledger.warnings(act.act)["city"].astype("str"))
            found = {key: one for key, one in found.items() if cities.isdisjoint(_cities(one, lists))}
        found |= {one.key: one for one in named}
    entered = dict[tuple[Any, ...], datetime]()
    for act in ledger.standing(SUPERIOR_ORDER):
        one = _on_record(ledger, act.head.get("order"), act.act)
        at = civil(act.recorded_at).replace(second=0, microsecond=0)
        found[one.key] = replace(one, entered=entered.setdefault(one.key, at))
    return sorted((one for one in found.values() if one.lasts(after)), key=lambda one: (one.first, one.act))


def orders_for(
    ledger: Ledger, lists: OpenLists, issued: datetime, record: pd.DataFrame
) -> tuple[list[SuperiorOrder], datetime]:
    """The orders from above that a run must be decided on, and the moment of its decision.

    That is when its forecast was issued, or an order that holds was entered later.  With those that hold come those
    that have ended since a warning that stands began: it may rest on them.

    Args:
        ledger: the record.
        lists: of places.
        issued: when the forecast was.
        record: the warnings so far (WARNING_COLUMNS).

    Raises:
        InputError: what orders a warning that goes on was decided on cannot be read.

    """
    _refuse_unread(ledger)
    begun = Record(record).segments(issued)["life_start"].min()
    since = issued if pd.isna(begun) else min(issued, begun)
    found = superior_orders(ledger, lists, to_minute(since))
    later = [one.entered for one in found if one.entered is not None and one.lasts(to_minute(one.entered))]
    return found, max([issued, *later])


def _refuse_unread(ledger: Ledger) -> None:
    """Refuse to decide where an act may have orders that still hold and cannot be read.

    A later run decided all its cities anew, and names what holds there.

    Raises:
        InputError: with what is wrong of each such act.

    """
    unread = dict[int, tuple[set[str], list[Problem]]]()
    for act in standing_issues(ledger):
        problems = list[Problem]()
        with gathering(problems):
            RunOptions.of_act(act)
        if not problems and not unread:
            continue
        cities = set(ledger.warnings(act.act)["city"].astype("str")) if ledger.rows(act.act, "warnings") else set()
        if problems:
            unread[act.act] = cities, problems
        else:
            unread = {one: (left - cities, said) for one, (left, said) in unread.items() if not left <= cities}
    if unread:
        raise InputError([one for _, said in unread.values() for one in said])


def orders_left_out(
    ledger: Ledger, lists: OpenLists, options: RunOptions, warnings: pd.DataFrame, now: datetime | None
) -> list[Problem]:
    """A problem for each order from above on record that a run on its cities was decided without.

    Args:
        ledger: the record.
        lists: of places.
        options: of the run.
        warnings: of the run (WARNING_COLUMNS).
        now: the moment of its decision; None, of orders for a list alone: nothing is said.

    Raises:
        InputError: as :func:`orders_for`.

    """
    if now is None or options.mode != "live" or options.perfect:
        return []
    _refuse_unread(ledger)
    used = {(one.key, one.last) for said in options.orders for one in [_read(said, 0)]}
    cities = set(warnings["city"].astype("str"))
    return [
        Problem("order_left_out", file=str(ledger.path), value=one.source, act=one.act, asks=one.asks)
        for one in superior_orders(ledger, lists, to_minute(now))
        if (one.key, one.last) not in used and not cities.isdisjoint(_cities(one, lists))
    ]


def _on_record(ledger: Ledger, said: Any, act: int) -> SuperiorOrder:
    """An order of an act.

    Raises:
        InputError: a record that another program wrote has something else there.

    """
    try:
        return _read(OrderFromAbove.model_validate(said), act)
    except ValueError:
        raise refuse(ledger.path, "act_contents", act=act, column="order", value=str(said)[:60]) from None


def _read(said: OrderFromAbove, act: int) -> SuperiorOrder:
    """An order as a scenario or an act has it; one taken back ends when it begins, in an hour's last minute too."""
    first = to_minute(order_time(said.first, end=False))
    last = to_minute(order_time(said.last, end=True)) if said.last else ""
    last = first if said.last == first else last
    return SuperiorOrder(act, said.area, said.level, first, last, said.source, exact=said.exact)


def _cities(order: SuperiorOrder, lists: OpenLists) -> set[str]:
    """The cities that an order reaches, or some county of; of an area that is no longer on file none."""
    try:
        return cities_ordered(read_floors([order.options], lists), lists)
    except InputError:
        return set()
