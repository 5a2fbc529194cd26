"""What the first page shows: the forecast, what the engine proposes on it, what is active, and who must be told."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pandas as pd

from alertengine.files import Protocol, protocols_of
from alertengine.orders import phase_words, phases_of, state_words
from alertengine.vocabulary import (
    CANCEL,
    DECISION_TEXT,
    LEVEL_TEXT,
    LINE_KEY,
    MET_TEXT,
    POLLUTANT_TEXT,
    POLLUTANTS,
    STAY,
    InputError,
    Problem,
    gathering,
    left_open,
    listening,
    short_moment,
    to_minute,
)
from alertengine.vocabulary import times as clock
from alertengine.warning import Record, Warnings, early_notice, kinds, rows_of, warn
from alertengine.web.days_ahead import PlaceForecast, places_ahead
from alertengine.web.kept import acts_in_force, acts_with_orders, lines_of, standing_at
from alertengine.web.orderrows import fields_said, text_of, text_rows
from alertengine.web.roles import Scope
from alertengine.workflow import (
    DraftState,
    SuperiorOrder,
    bureau_cities,
    drafts,
    latest_forecast,
    orders_for,
    read_upload,
    superior_orders,
    warnings_so_far,
)

if TYPE_CHECKING:
    from alertengine.ledger import Ledger
    from alertengine.rulebook import Rulebook

#: A change of a warning: place, what is done, to which level, from when to when.
Change: TypeAlias = tuple[str, ...]
#: Rows of a table on the first page; all of them are in the orders.
SHOWN: Final = 200
OPEN_SHOWN: Final = 40
_OF_AN_OPEN_LINE: Final = (
    "act", "city", "county", "enterprise", "line", "industry", "process", "grade", "hangs_on", "remark",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gauge:
    """The ratio of one pollutant in one city and phase: shares 0 to 1, None where not known (of the last two: no more).

    ``stopped`` if the lines without a ground stopped, ``most`` if all that cannot be computed were saved whole.
    """

    city: str
    level: str
    pollutant: str
    warning: float | None
    with_season: float | None
    required: float | None
    met: str
    basis: str
    stopped: float | None = None
    most: float | None = None


@dataclass(slots=True)
class Today:
    """All of the first page at ``now``, civil time; ``issued`` is when the forecast came out, ``own`` whose page it is.

    ``proposals`` are those whose time is not over; ``active`` what is in force now, ``upcoming`` what is issued and
    begins later; ``states`` what the orders of each city come to now, and after its next change; ratios, the places
    without one (``unjudged``) and open lines
    are those of the orders in force or upcoming, of the acts ``orders_acts``, each with the draft it came from;
    ``undetermined`` are the lines left open, as rows of orders with their act; ``drafted`` are the live drafts that
    somebody has still to act on, ``changes`` what each decides (:func:`changes_of`); ``ordered`` what holds or will by
    an order from above.
    """

    now: pd.Timestamp
    own: tuple[str, ...] = ()
    issued: datetime | None = None
    places: list[PlaceForecast] = field(default_factory=list)
    proposals: list[dict[str, str]] = field(default_factory=list)
    active: list[dict[str, str]] = field(default_factory=list)
    upcoming: list[dict[str, str]] = field(default_factory=list)
    gauges: list[Gauge] = field(default_factory=list)
    unjudged: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    undetermined: pd.DataFrame = field(default_factory=pd.DataFrame)
    early: list[dict[str, str]] = field(default_factory=list)
    early_unknown: int = 0
    problems: list[Problem] = field(default_factory=list)
    readings: list[Protocol] = field(default_factory=list)
    orders_acts: Mapping[int, int | None] = field(default_factory=dict)
    drafted: list[DraftState] = field(default_factory=list)
    changes: Mapping[int, frozenset[Change]] = field(default_factory=dict)
    ordered: list[SuperiorOrder] = field(default_factory=list)

    def draft_for(self, row: dict[str, str]) -> DraftState | None:
        """The newest open draft that decides just what a proposal asks: one on an earlier forecast may ask another."""
        asked = change_of(row)
        return next((one for one in reversed(self.drafted) if asked in self.changes[one.act]), None)


def seen_by(page: Today, scope: Scope) -> Today:
    """The first page as far as somebody may see it: lines of their counties, no sums of a whole city."""
    if scope.whole:
        return page
    early = [row for row in page.early if scope.has(row["city"], row["county"])]
    own = scope.of(page.undetermined) if len(page.undetermined) else page.undetermined
    return replace(page, gauges=[], unjudged=[], states=[], early_unknown=0, undetermined=own, early=early)


def today(ledger: Ledger, book: Rulebook, now: datetime | None = None) -> Today:
    """Everything the first page shows, from the ledger alone; ``now`` is civil time, absent the clock's."""
    page = Today(pd.Timestamp(now or clock.now().replace(tzinfo=None)).floor("min"), bureau_cities(ledger))
    with listening() as told:  # acts that cannot be read stand among the problems, with the rest that can
        page.ordered = superior_orders(ledger, book.lists, to_minute(page.now))
        record = warnings_so_far(ledger)
        result: Warnings | None = None
        with gathering(page.problems):
            result = _decide(page, ledger, book, record)
        standing = _active(warnings_so_far(ledger, page.now), page.now)
        page.active = [row for row in standing if row["starts_at"] <= str(page.now)]
        page.upcoming = [row for row in standing if row["starts_at"] > str(page.now)]
        _orders(page, ledger)
        page.drafted = [one for one in drafts(ledger) if one.stage.open and one.mode == "live" and not one.replaced_by]
        page.changes = {one.act: changes_of(ledger.warnings(one.act)) for one in page.drafted}
        if result is not None:
            _early(page, result, ledger, book)
    page.problems += [one for one in told if one not in page.problems]
    return page


def _decide(page: Today, ledger: Ledger, book: Rulebook, record: pd.DataFrame) -> Warnings | None:
    """Put what the forecast on record says, and what is proposed on it, on the page; the warnings it comes to."""
    given = latest_forecast(ledger)
    if given is None:
        return None
    forecast = read_upload(given.forecast, book.lists, observed=False, issued=given.issued)
    observed = read_upload(given.observed, book.lists, observed=True) if given.observed else None
    page.issued = forecast.issue_time
    orders, at = orders_for(ledger, book.lists, page.issued, record)
    # decided as a draft on it would be; what was issued already is on record: a proposal is what is left to be done
    floors = [one.options for one in orders]
    result = warn(forecast, book, now=at, observed=observed, active=rows_of(record), floors=floors)
    page.problems += result.problems
    page.readings = protocols_of(forecast, *filter(None, [observed]))
    page.places = places_ahead(forecast, observed, page.now, result)
    rows = transitions(result.table, result.record)
    page.proposals = [row for row in rows if not row["ends_at"] or row["ends_at"] > str(page.now)]
    return result


def transitions(table: pd.DataFrame, record: pd.DataFrame | None = None) -> list[dict[str, str]]:
    """Changes of warnings (WARNING_COLUMNS) of a record (absent: they are all of it) as texts.

    ``action``, ``kind`` and ``level`` stay codes; ``kind`` and ``action_text`` say what is done to what is held, as
    :func:`alertengine.warning.kinds` has it, ``hours`` from when to when, or what was to be then.
    """
    said = kinds(table, table if record is None else record)
    return [_transition(row, kind) for row, kind in zip(table.to_dict("records"), said, strict=True)]


def new_changes(table: pd.DataFrame) -> list[dict[str, str]]:
    """Of changes of warnings (WARNING_COLUMNS) those of the newest decision, as texts: what a draft is about."""
    return transitions(table[table["issued"] == table["issued"].max()], table)


def change_of(row: Mapping[str, str]) -> Change:
    """What tells a change of a warning, as texts, apart from another."""
    return tuple(row[name] for name in ("city", "counties", "action", "level", "starts_at", "ends_at"))


def changes_of(table: pd.DataFrame) -> frozenset[Change]:
    """What the newest decision of changes of warnings (WARNING_COLUMNS) comes to, as :func:`change_of` tells it."""
    return frozenset(map(change_of, new_changes(table)))


def _transition(row: dict[Any, Any], kind: str) -> dict[str, str]:
    return {
        "city": str(row["city"]),
        "counties": text_of(row["counties"]),
        "action": str(row["action"]),
        "kind": kind,
        "action_text": DECISION_TEXT[kind],
        "level": text_of(row["level"]),
        "hours": _hours(kind, short_moment(row["starts"]), short_moment(row["ends"])),
        "starts": short_moment(row["starts"]),
        "ends": short_moment(row["ends"]),
        "starts_at": text_of(row["starts"]),
        "ends_at": text_of(row["ends"]),
        "reason": text_of(row["reason"]),
        "basis": text_of(row["basis"]),
    }


def _hours(kind: str, starts: str, ends: str) -> str:
    if not starts:
        return ""
    return {
        "lift": f"{starts}起",
        CANCEL: f"原定{starts}启动",
        STAY: f"原定{starts}调整，不变至 {ends or '另行通知'}",
    }.get(kind, f"{starts} 至 {ends or '另行通知'}")


def lasting(minutes: int) -> str:
    """Minutes as people say them."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}时{rest:02d}分" if hours else f"{rest}分"


def _active(record: pd.DataFrame, now: pd.Timestamp) -> list[dict[str, str]]:
    rows = Record(record).segments(now)
    return [
        {
            "place": f"{row['city']}{row['county']}",
            "city": str(row["city"]),
            "level": str(row["level"]),
            "starts_at": str(row["starts"]),
            "ends_at": text_of(row["ends"]),
            "starts": short_moment(row["starts"]),
            "ends": short_moment(row["ends"]) or "未定",
        }
        for row in rows.sort_values(["city", "county", "starts"]).to_dict("records")
    ]


def _orders(page: Today, ledger: Ledger) -> None:
    """Ratios of each city by the last act that has orders for it, while it stands; what holds, and lines left open."""
    every = acts_with_orders(ledger, page.now)
    if not every:
        return
    standing = standing_at(ledger, every, page.now)
    page.states = state_words(list(standing.cities()))
    acts = acts_in_force(ledger, every, page.now)
    if not acts:  # all is lifted, and the states say so
        return
    page.orders_acts = {act.act: act.head.get("draft") for act in acts}
    newest: dict[str, list[Any]] = {}
    for act in acts:
        own = act.head.get("summaries", [])
        newest |= {str(city): [one for one in own if one["city"] == city] for city in {one["city"] for one in own}}
    sums, stamp = [one for city in sorted(newest) for one in newest[city]], to_minute(page.now)
    page.gauges, page.unjudged = gauges(sums, stamp), unjudged(sums, stamp)
    orders = standing.rows
    asked = orders[left_open(orders)].drop_duplicates(LINE_KEY)
    page.undetermined = asked[list(_OF_AN_OPEN_LINE)].reset_index(drop=True)


def open_lines(page: Today) -> list[dict[str, str]]:
    """The first lines left open, as texts."""
    shown = text_rows(page.undetermined.head(OPEN_SHOWN))
    return [row | {"hangs_on": fields_said(row["hangs_on"])} for row in shown]


def gauges(summaries: Iterable[Mapping[str, Any]], at: str = "") -> list[Gauge]:
    """The ratios of summaries, city by city, phase by phase (the worst first) and pollutant by pollutant.

    ``at``, ``YYYY-MM-DD HH:MM``: phases that have ended by then are left out.
    """
    out = []
    for entry in summaries:
        left = [phase for phase in phases_of(entry) if not phase.get("ends") or str(phase["ends"]) > at]
        for phase, pollutant in itertools.product(left, POLLUTANTS):
            said = (phase.get("ratio") or {}).get(pollutant)
            if said is None:
                continue
            values = (said.get("warning"), said.get("with_season"), said.get("required"))
            words = (MET_TEXT.get(str(said.get("met")), "无法判定"), str(said.get("basis") or ""))
            city = f"{entry['city']}{entry.get('county') or ''} {phase_words(entry, phase)}".rstrip()
            least, most = said.get("open_stopped"), said.get("at_most")
            out.append(Gauge(city, str(entry["level"]), POLLUTANT_TEXT[pollutant], *values, *words, least, most))
    return out


def unjudged(summaries: Iterable[Mapping[str, Any]], at: str = "") -> list[str]:
    """The places of summaries whose ratios are not judged though a phase of them goes on, as :func:`gauges` has it."""
    return [
        f"{entry['city']}{entry.get('county') or ''}{LEVEL_TEXT[str(entry['level'])]}"
        for entry in summaries
        if any(not phase.get("ends") or str(phase["ends"]) > at for phase in phases_of(entry))
        and not gauges([entry], at)
    ]


def _early(page: Today, result: Warnings, ledger: Ledger, book: Rulebook) -> None:
    """Lines that cannot be interrupted, by the list of the last act that has one."""
    for act in reversed(ledger.acts()):
        if act.kind in ("draft", "issue") and act.head.get("options"):
            try:
                lines = lines_of(ledger, act)
            except InputError:
                continue
            table = early_notice(result, lines, book.lists)
            table, unknown = table[table["starts"] > page.now], table.attrs["unknown"]
            page.early_unknown = int(unknown)
            page.early = [
                {
                    "place": f"{row['city']}{text_of(row['county'])}",
                    "city": str(row["city"]),
                    "county": text_of(row["county"]),
                    "enterprise": str(row["enterprise"]),
                    "line": text_of(row["line"]) or str(row["line_id"]),
                    "process": str(row["process"]),
                    "starts": short_moment(row["starts"]),
                    "latest": short_moment(row["latest"]),
                    "remark": text_of(row["remark"]),
                }
                for row in table.to_dict("records")
            ]
            return
