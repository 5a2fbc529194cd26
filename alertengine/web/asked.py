"""What the page asks of a process beside it: reasons of lines, whole orders, coverage, and steps of a draft.

Acts and works stay open there for the next question, as does the rulebook; the page's own process only waits.  What
is asked about and not there (an act, line, work, day, city), or may not be seen, is an ``InputError``, as is what a
function called here refuses; then nothing was written.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.engine import Engine
from alertengine.files import Findings, reading_with, scratch
from alertengine.ledger import Head, Ledger
from alertengine.lists import read_list
from alertengine.orders import Explanation, explain_order, in_force, plain_texts, rows_of
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, Problem, problems_as, unsaid, unsettled
from alertengine.vocabulary import times as clock
from alertengine.web.auditview import OrderView, order_view
from alertengine.web.compared import Without
from alertengine.web.forecasts import day_said, take_forecast
from alertengine.web.kept import KeptLedger
from alertengine.web.roles import WHOLE, Scope
from alertengine.web.rulesview import Gap, gaps_of
from alertengine.web.today import Today, today
from alertengine.web.workstore import Works
from alertengine.workflow import (
    Delivered,
    Opened,
    Upload,
    collected_of,
    deliver,
    enter_decisions,
    lift_decision,
    list_file,
    load_rules,
    opened,
    overrides_of,
    plain,
    prepare,
    service,
    standing_issues,
    with_override,
    with_overrides,
)

if TYPE_CHECKING:
    from alertengine.lists import EnterpriseList

#: Acts, works and rulebooks kept open; one of a province takes some hundred megabytes.
KEPT: Final = 2


@lru_cache(KEPT)
def _act(path: Path, number: int, _hash: str) -> Opened:
    with Ledger.open(path) as ledger:
        return opened(ledger, number)


def act_opened(path: Path, number: int, scope: Scope) -> Opened:
    """An act with what may be seen of its orders."""
    with Ledger.open(path) as ledger:
        mark = ledger.act(number).hash
    found = _act(path, number, mark)
    return found if scope.whole else replace(found, orders=scope.of(found.orders))


def rulebook(rules: tuple[Path, ...]) -> Rulebook:
    """The rulebook, kept as long as no file of the bureau's folders changes."""
    files = (path for folder in rules for path in sorted(folder.rglob("*.yaml")))
    return _kept_book(rules, tuple((str(path), path.stat().st_mtime_ns) for path in files))


@lru_cache(KEPT)
def _kept_book(rules: tuple[Path, ...], _mark: tuple[tuple[str, int], ...]) -> Rulebook:
    return Rulebook.load(rules)


@lru_cache(KEPT)
def work_opened(path: Path, content: str) -> tuple[Engine, EnterpriseList]:
    """What the work of some content was decided by: the engine with its rulebook, and the list."""
    collected = Works(path).store.collected(content)
    with scratch() as name:
        collected.write(Path(name))
        book = load_rules(Path(name), collected.options)
        lines = read_list(Path(name) / list_file(Path(name), collected.options), book.lists)
    return Engine(book, collected.options.known_on), lines


@lru_cache(KEPT)
def _orders(path: Path, key: str, _content: str) -> pd.DataFrame:
    return plain_texts(Works(path).held(key).orders)


def explain_act(path: Path, number: int, line: str, scope: Scope = WHOLE) -> Explanation:
    """The reasoning of a line in an act, persons' names masked."""
    return replace(act_opened(path, number, scope).explain(line, personal=False), made_from=())


def whole_order(path: Path, number: int, line: str, scope: Scope = WHOLE) -> OrderView:
    """A line's orders in an act, with why and by which articles."""
    view = order_view(act_opened(path, number, scope), line)
    return replace(view, explanation=replace(view.explanation, made_from=()))


def explain_work(path: Path, key: str, line: str) -> Explanation:
    """The reasoning of a line in a work."""
    works = Works(path)
    row = works.store.get(key)
    engine, lines = work_opened(path, row.content)
    table = _orders(path, key, row.content)
    found = explain_order(table, line, engine, lines, "拟稿")
    options, _ = works.store.asked(row.content)
    return replace(with_override(found, rows_of(table, line, "拟稿"), options.overrides), made_from=())


@lru_cache(2 * KEPT)
def _bare(path: Path, number: int, _hash: str) -> Without:
    with Ledger.open(path) as ledger:
        collected, title = collected_of(ledger, number), ledger.act(number).title
        lines = [(one.enterprise_id, one.line_id) for one in overrides_of(ledger, number)]
    run = prepare(with_overrides(collected, []), title).run
    return Without.of(in_force(run.orders, run.warnings, run.now), plain(run.summaries), lines)


def without_decisions(path: Path, number: int) -> Without:
    """What a draft or act would be without the decisions of persons, decided again by this program."""
    with Ledger.open(path) as ledger:
        mark = ledger.act(number).hash
    return _bare(path, number, mark)


def gaps(rules: tuple[Path, ...], day: str) -> list[Gap]:
    """What decides each industry, grade and level of the whole province on a day."""
    from alertengine.checking import coverage

    when = day_said(day)
    book = rulebook(rules)
    return gaps_of(book, coverage(book, when))


def coverage_page(rules: tuple[Path, ...], day: str, city: str) -> str:
    """The coverage of a place and day as a page."""
    from alertengine.checking import coverage
    from alertengine.report import coverage_report
    from alertengine.rulebook import place_of

    when, book = day_said(day), rulebook(rules)
    return coverage_report(coverage(book, when, place_of(book, city) if city else None), book)


def first_page(path: Path, rules: tuple[Path, ...], now: datetime) -> Today:
    """What 今日 shows at a civil time: the forecast and the list on record are read here."""
    with KeptLedger.open(path) as ledger:
        return today(ledger, rulebook(rules), now)


def forecast_taken(path: Path, rules: tuple[Path, ...], upload: Upload, by: str, reason: str, text: str) -> int:
    """Record a forecast; the act's number."""
    with Ledger.writable(path) as ledger:
        return take_forecast(ledger, upload, rulebook(rules).lists, by, reason=reason, text=text).act.act


def by_the_law(work: Callable[..., Any], path: Path, rules: tuple[Path, ...], *args: Any, **kwargs: Any) -> Any:
    """``work(path, book, ...)`` on foreign files, with the rulebook kept here."""
    return work(path, rulebook(rules), *args, **kwargs)


def _named_as_given(upload: Upload, folder: str) -> AbstractContextManager[None]:
    """Problems of an upload's copy in a folder name the file as it was given."""
    return problems_as(lambda one: one.at(file=upload.name) if folder in one.file else one)


def receipts_taken(path: Path, number: int, upload: Upload, by: str) -> Delivered:
    """Record receipts of an act."""
    with scratch() as folder, Ledger.writable(path) as ledger, reading_with(), _named_as_given(upload, folder):
        done = deliver(ledger, number, upload.put_into(Path(folder)), Head("", drafted_by=by))
    asked = [
        one.at(file=upload.name) for one in (*unsettled(done.read.problems, lambda: done.read.warnings), *done.notes)
    ]
    settled = [one.at(file=upload.name) for one in done.read.warnings if one.code in ("answered", "answered_itself")]
    read = Findings(upload.name, [], settled, protocols=done.read.protocols)
    return replace(done, act=None, notes=tuple(asked), read=read)


def service_now(path: Path, number: int | None, scope: Scope = WHOLE) -> tuple[int, pd.DataFrame]:
    """How far service of an act has come (absent: of the last that is to be served), as far as may be seen; 0: none."""
    now = pd.Timestamp(clock.now().replace(tzinfo=None)).floor("min")
    with KeptLedger.open(path) as ledger:
        if number is not None:
            return number, scope.of(service(ledger, number, now))
        acts = (act.act for act in reversed(standing_issues(ledger)) if ledger.has(act.act, "orders"))
        tables = ((act, service(ledger, act, now)) for act in acts)
        return next(((act, scope.of(table)) for act, table in tables if len(table)), (0, pd.DataFrame()))


def decisions_taken(path: Path, upload: Upload, by: str) -> tuple[int, int]:
    """Enter decisions of authorities; how many are new, and how many were on record."""
    with scratch() as folder, Ledger.writable(path) as ledger, reading_with(), _named_as_given(upload, folder):
        done = enter_decisions(ledger, upload.put_into(Path(folder)), Head("", drafted_by=by))
    return done.new, done.known


def decision_lifted(path: Path, number: str, enterprise: str, day: str, reason: str, by: str) -> int:
    """Record from which day (``YYYY-MM-DD``) on a decision no longer binds; the act's number.

    Raises:
        InputError: no reason or no day, or as :func:`~alertengine.workflow.lift_decision`; nothing was written.

    """
    if unsaid(reason):
        raise InputError([Problem("reason_wanted", where="session")])
    first = day_said(day)
    with Ledger.writable(path) as ledger:
        return lift_decision(ledger, number, first, Head("", drafted_by=by, reason=reason.strip()), enterprise).act
