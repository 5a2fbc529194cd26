"""What findings say of each ordered line and day, and what share of the reduction evidence carries.

Nothing is taken as done that evidence does not show: a line and day without a finding counts as one
without evidence; a breach found somewhere in a plant, of no line in particular, makes its lines doubtful.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.audit import days_of_spans
from alertengine.engine import Engine
from alertengine.ledger import Act
from alertengine.orders import SharesBefore, decide_lines, phase_words, phases_of, responses_of
from alertengine.rulebook import LineRule, Rulebook
from alertengine.vocabulary import EMISSION_FIELDS, LINE_KEY, ORDER_KEY, POLLUTANTS, InputError, to_minute
from alertengine.workflow.act_opened import decided_on, options_of
from alertengine.workflow.ordered_hours import held_on_day

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

#: The gravest first: of several audits the gravest word on a line and day prevails.
GRAVITY: Final = ("breached", "doubtful", "complied", "no_evidence")
#: What a finding must be about to speak of a line's production, and evidence that never does.
_SUBJECTS: Final = ("production", "emission")
_BESIDE: Final = ("", "gate", "site_pm10")
#: By how much recomputed kilograms a day may differ from the recorded totals, which are rounded.
_AGREES: Final = 0.5
_SEPARATOR: Final = "\x1f"


def by_day(rows: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Orders by day: ``row`` (place in ``rows``), ``day`` as text, ``hours``; an open order ends at ``until``."""
    starts = pd.to_datetime(rows["starts"]).to_numpy("datetime64[s]")
    ends = pd.to_datetime(rows["ends"].replace("", None)).fillna(until).to_numpy("datetime64[s]")
    row, day = days_of_spans(starts, ends)
    begin = np.maximum(starts[row], day.astype("datetime64[s]"))
    end = np.minimum(ends[row], (day + np.timedelta64(1, "D")).astype("datetime64[s]"))
    hours = (end - begin) / np.timedelta64(3600, "s")
    return pd.DataFrame({"row": row, "day": np.datetime_as_string(day), "hours": hours})


def judged_days(rows: pd.DataFrame, findings: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Ordered lines by day with their verdict: the columns of :func:`by_day` and ``verdict``, the order's own beside.

    Args:
        rows: orders (ORDER_COLUMNS, texts as objects).
        findings: FINDING_COLUMNS.
        until: when open orders are taken to end.

    """
    ordered = rows[(rows["status"] == "ordered") & ~(rows["share"] == 0)].reset_index(drop=True)
    days = by_day(ordered, until)
    own = ordered.iloc[days["row"].to_numpy()].reset_index(drop=True)
    keys = _keys(own["city"], own["enterprise_id"], own["line_id"], days["day"])
    about = findings[about_production(findings) & (findings["enterprise_id"] != "")]
    lines, plants = about[about["line_id"] != ""], about[about["line_id"] == ""]
    said = _gravest(_keys(lines["city"], lines["enterprise_id"], lines["line_id"], lines["day"]), lines["conclusion"])
    verdict = keys.map(said).fillna(len(GRAVITY) - 1).to_numpy(dtype=np.int64)
    whole = _gravest(_keys(plants["city"], plants["enterprise_id"], plants["day"]), plants["conclusion"])
    firms = _keys(own["city"], own["enterprise_id"], days["day"])
    of_plant = firms.map(whole).fillna(len(GRAVITY) - 1).to_numpy(dtype=np.int64)
    doubted = (of_plant <= GRAVITY.index("doubtful")) & (verdict > GRAVITY.index("doubtful"))
    verdict = np.where(doubted, GRAVITY.index("doubtful"), verdict)
    return own.assign(day=days["day"], hours=days["hours"], verdict=np.array(GRAVITY, dtype=object)[verdict])


def findings_within(findings: pd.DataFrame, stands: pd.DataFrame) -> pd.DataFrame:
    """Findings on days of what stands of an act's orders, and on sites of its cities in those days.

    A later act that repeats or corrects an order has its number too, for other hours.
    """
    findings = findings.reset_index(drop=True)
    days = findings[[*ORDER_KEY, "day"]].reset_index()
    held = held_on_day(days, stands[[*ORDER_KEY, "starts", "ends"]], ORDER_KEY)
    begins, ends = stands["starts"].min(), "9" if (stands["ends"] == "").any() else stands["ends"].max()
    sites = findings[(findings["order_id"] == "") & findings["city"].isin(set(stands["city"]))]
    if len(stands):
        sites = sites[(sites["day"] + " 23:59" >= begins) & (sites["day"] + " 00:00" < ends)]
    return findings.loc[sorted({*held["index"], *sites.index})].reset_index(drop=True)


def about_production(findings: pd.DataFrame) -> pd.Series:
    """Which findings bear on production; one of a whole plant does, unless it comes from a gate or a site."""
    whole = (findings["line_id"] == "") & ~findings["evidence"].isin(_BESIDE)
    return findings["subject"].isin(_SUBJECTS) | whole


def _keys(*columns: pd.Series) -> pd.Series:
    out = columns[0].astype("str")
    for column in columns[1:]:
        out = out + _SEPARATOR + column.astype("str")
    return out


def _gravest(keys: pd.Series, conclusions: pd.Series) -> dict[str, int]:
    places = conclusions.map({word: place for place, word in enumerate(GRAVITY)})
    return {str(key): int(place) for key, place in places.groupby(keys).min().items()}


def counted(days: pd.DataFrame, name: str) -> list[dict[str, Any]]:
    """Lines and days by verdict for each value of a column, the most first."""
    table = pd.crosstab(days[name].astype("str"), days["verdict"]).reindex(columns=list(GRAVITY), fill_value=0)
    table = table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    return [{name: str(key), **{word: int(row[word]) for word in GRAVITY}} for key, row in table.iterrows()]


@dataclass(frozen=True, slots=True)
class BoundedReduction:
    """A pollutant's reduction when some of the ordered is taken as not done: ratio between two bounds, 0 to 1."""

    name: str
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Reached:
    """Required and reached ratio of one city, level, phase and pollutant; reached by how much of it evidence supports.

    ``phase`` in hours of the response, blank where the level has but one.
    ``blanks``: orders without a computable share count nothing, so that all stages are lower bounds.
    Stages: ``ordered``; ``unbreached`` without what is breached; ``undoubted`` also without what is doubtful;
    ``shown`` what evidence shows.  ``met`` is ``yes`` where what is shown is enough, ``no`` where even all that
    is not breached is too little, else ``unknown``.
    """

    city: str
    level: str
    pollutant: str
    society_kg_d: float
    required: float | None
    required_by: str
    stages: tuple[BoundedReduction, ...]
    met: str
    blanks: bool
    phase: str = ""


def may_stagger(rows: pd.DataFrame, book: Rulebook) -> npt.NDArray[np.bool_]:
    """Which orders may hold back production outside the warning too: a rule they name or set aside says so."""
    known: dict[str, bool] = {}
    for text in set(rows["rules"]) | set(rows["set_aside"]):
        known[text] = any(_staggers(book, name) for name in text.split(";") if name)
    return np.array([known[a] or known[b] for a, b in zip(rows["rules"], rows["set_aside"], strict=True)], dtype=bool)


def _staggers(book: Rulebook, name: str) -> bool:
    rule = book.rules.get(name)
    if not isinstance(rule, LineRule):
        return rule is None
    return set(rule.regimes) != {"warning"} and any(one.track == "production" for one in rule.measures)


def reached(
    summaries: Sequence[Mapping[str, Any]],
    rows: pd.DataFrame,
    days: pd.DataFrame,
    staggered: npt.NDArray[np.bool_],
    warned: pd.DataFrame | None = None,
    since: str = "",
) -> list[Reached]:
    """The ratios reached, for each city and level whose whole-society emission is on file.

    Each recorded phase is judged, the worst first; verdicts weigh each line by its ordered hours on the days of the
    phase.  Orders give a line's reduction with staggering, the ratio counts the warning alone: where ``warned``
    does not say and agree with the totals, what failing lines take from it lies between two bounds, which meet
    where none of them can have been staggered.

    Args:
        summaries: the totals an act recorded.
        rows: its orders as given.
        days: what :func:`judged_days` made of what stands of them.
        staggered: of ``rows`` what :func:`may_stagger` says.
        warned: what each of ``rows`` saves by the warning alone, kg/d by pollutant, NaN unknown.
        since: phases that ended by then are of an earlier act.

    """
    rows, out = rows.assign(staggered=staggered), []
    for entry_of, one in ((entry, phase) for entry in summaries for phase in phases_of(entry)):
        ratios = one.get("ratio")
        if not ratios or "" < str(one.get("ends") or "") <= since:
            continue
        own = rows[(rows["city"] == one["city"]) & (rows["level"] == one["level"])]
        if one.get("county"):
            own = own[own["county"] == one["county"]]
        first = _at(own, one.get("starts", ""))
        parts = _parts(first, _within(days[days["level"] == one["level"]], one))
        for pollutant in POLLUTANTS:
            entry = ratios.get(pollutant)
            if entry and entry["warning"] is not None:
                kilograms = first[EMISSION_FIELDS[pollutant]].fillna(0.0).to_numpy()
                exact = None if warned is None else _exact(one, pollutant, kilograms, warned.loc[first.index])
                may = first["staggered"] & (exact is None)
                saved = kilograms if exact is None else exact
                held = {word: _saved_and_staggered(saved * share, may) for word, share in parts.items()}
                held[""] = _saved_and_staggered(saved, may)
                found = _reached(one, pollutant, entry, held, known=exact is not None)
                out.append(replace(found, phase=phase_words(entry_of, one)))
    return out


def _at(own: pd.DataFrame, starts: str) -> pd.DataFrame:
    """The orders in force when a phase starts; of a record without phases, the first."""
    if not starts:
        return own[own["starts"] == own["starts"].min()]
    return own[(own["starts"] <= starts) & ((own["ends"] > starts) | (own["ends"] == ""))]


def _within(days: pd.DataFrame, phase: Mapping[str, Any]) -> pd.DataFrame:
    """The days that a phase touches; all where the record has no phases."""
    if not phase.get("starts"):
        return days
    last = pd.Timestamp(phase["ends"]) - pd.Timedelta(minutes=1) if phase["ends"] else pd.Timestamp.max
    return days[(days["day"] >= str(phase["starts"])[:10]) & (days["day"] <= f"{last:%Y-%m-%d}")]


def _parts(first: pd.DataFrame, days: pd.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
    """For each verdict the share of each line's ordered hours it holds; lines never judged have none."""
    keys = _keys(days["city"], days["enterprise_id"], days["line_id"])
    hours = pd.DataFrame({word: days["hours"].where(days["verdict"] == word, 0.0) for word in GRAVITY})
    hours = hours.groupby(keys).sum()
    share = hours.div(hours.sum(axis=1), axis=0)
    own = share.reindex(_keys(first["city"], first["enterprise_id"], first["line_id"])).fillna(0.0)
    return {word: own[word].to_numpy(dtype=np.float64) for word in GRAVITY}


def _exact(
    one: Mapping[str, Any], pollutant: str, kilograms: npt.NDArray[np.float64], warned: pd.DataFrame
) -> npt.NDArray[np.float64] | None:
    """What each line saves by the warning alone; None where that does not agree with the recorded totals."""
    own = warned[pollutant].fillna(0.0).to_numpy(dtype=np.float64)
    beside = float(one["reduced_with_season_kg_d"][pollutant]) - float(kilograms.sum())
    off = float(own.sum()) + beside - float(one["reduced_kg_d"][pollutant])
    return own if abs(off) < _AGREES + 1e-6 * float(kilograms.sum()) else None


#: Kilograms a day of some lines, and of those among them that may be staggered.
_Held = tuple[float, float]


def _saved_and_staggered(kilograms: npt.NDArray[np.float64], staggered: pd.Series) -> _Held:
    return float(kilograms.sum()), float(kilograms[staggered.to_numpy(dtype=bool)].sum())


def _reached(
    one: Mapping[str, Any], pollutant: str, entry: Mapping[str, Any], held: Mapping[str, _Held], *, known: bool
) -> Reached:
    society = float(one["whole_society_kg_d"][pollutant])
    warned, everything = float(one["reduced_kg_d"][pollutant]), float(one["reduced_with_season_kg_d"][pollutant])
    everything = warned if known else everything
    breached, doubtful, complied, every = (held[word] for word in ("breached", "doubtful", "complied", ""))
    gone: dict[str, _Held] = {
        "ordered": (0.0, 0.0),
        "unbreached": breached,
        "undoubted": (breached[0] + doubtful[0], breached[1] + doubtful[1]),
        "shown": (max(0.0, everything - complied[0]), max(0.0, every[1] - complied[1])),
    }
    season = max(0.0, everything - warned)
    stages = tuple(_stage(name, warned, season, lost, every[1], society) for name, lost in gone.items())
    required = entry.get("required")
    # with blanks among the orders more may have been saved than was counted
    blanks = bool(one.get("lower_bound_lines") or one.get("undetermined"))
    met = "unknown"
    if required is None:
        met = ""
    elif stages[-1].least >= required - 1e-9:
        met = "yes"
    elif entry.get("met") == "no" or (not blanks and stages[1].most < required - 1e-9):
        met = "no"
    basis = str(entry.get("basis", ""))
    return Reached(str(one["city"]), str(one["level"]), pollutant, society, required, basis, stages, met, blanks)


def _stage(name: str, warned: float, season: float, gone: _Held, staggered: float, society: float) -> BoundedReduction:
    """What is left of the warning's reduction without lines that save ``gone``, staggering among it.

    ``season`` is what staggering saves in all, ``staggered`` what the lines save that may bear it: those taken
    out bear at least what the others cannot, at the most what they save.
    """
    kilograms, theirs = gone
    least = warned - (kilograms - max(0.0, season - (staggered - theirs)))
    most = warned - (kilograms - min(season, theirs))
    low, high = (min(max(0.0, value), warned) / society for value in (least, most))
    return BoundedReduction(name, round(min(low, high), 6), round(high, 6))


# -- by the warning alone

#: Courses of levels and phases that are decided; lines of further ones stay unknown.
_MOST: Final = 24


def warned_kilograms(ledger: Ledger, act: Act, orders: pd.DataFrame) -> pd.DataFrame:
    """kg/d by pollutant, one row an order in the same place; NaN where it cannot be recomputed.

    Args:
        ledger: the record.
        act: the act.
        orders: its orders as given, texts as objects.

    """
    out = pd.DataFrame(np.nan, index=orders.index, columns=list(POLLUTANTS))
    try:
        book, enterprises = decided_on(ledger, act.act)
    except InputError:  # today's program cannot read what the act rests on
        return out
    options, lines, before = options_of(ledger, act), enterprises.lines, SharesBefore(orders)
    engine = Engine(book, options.known_on)
    keys = _keys(*(orders[name] for name in LINE_KEY))
    places = pd.Series(range(len(lines)), index=_keys(*(lines[name] for name in LINE_KEY)))
    at = keys.map(places).to_numpy(dtype=np.float64)
    phases = orders["starts"] + "|" + orders["ends"] + "|" + orders["level"] + "|" + orders["phase"]
    courses = keys.map(phases.groupby(keys).agg("\n".join))
    for course in courses.value_counts().index[:_MOST]:
        own = orders[courses == course]
        example = own[keys[own.index] == keys[own.index[0]]].sort_values("starts").reset_index(drop=True)
        published = enterprises.version.status == "published"
        decided = [
            decide_lines(
                engine, lines, response, published=published, overrides=options.overrides, before=before
            ).decisions
            for response in responses_of(example)
        ]
        for decision in itertools.chain.from_iterable(decided):
            rows = own.index[(own["starts"] == to_minute(decision.slice.starts)) & ~np.isnan(at[own.index])]
            for pollutant in POLLUTANTS:
                out.loc[rows, pollutant] = decision.warning_reduced.at(pollutant, at[rows].astype(np.int64))
    return out
