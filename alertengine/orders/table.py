"""Orders as a table: one row per line and phase, the columns of the contract."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine.account import Numbers
from alertengine.engine.decide import STATUSES, Decision
from alertengine.engine.facts import Facts
from alertengine.engine.numbering import Index, joined
from alertengine.engine.timeline import Response, Slice
from alertengine.orders.phrases import Phrase, Phrases, industries_not_on_file
from alertengine.rulebook.book import Rulebook
from alertengine.vocabulary import ORDER_COLUMNS, PLAN_FIELDS, POLLUTANTS, Level

_LIST_COLUMNS = ("city", "county", "enterprise_id", "enterprise", "line_id", "line", "industry", "process", "grade")
_PHRASE_COLUMNS = tuple(Phrase.__slots__)
TIME_FORMAT = "%Y-%m-%d %H:%M"


@dataclass(slots=True)
class _Piece:
    """One decision with the number of each line's phrase."""

    decision: Decision
    phrase: Index


def order_table(
    book: Rulebook,
    lines: pd.DataFrame,
    decisions: Sequence[Decision],
    response: Response,
    *,
    source: str = "应急减排清单",
) -> pd.DataFrame:
    """The orders of a response: columns of ORDER_COLUMNS, one row per line and phase.

    Phases in which a line's order does not change are one row.  Sorted by enterprise, line, phase.
    """
    table, _ = unsorted_orders(book, lines, decisions, response, source=source)
    return in_order(table)


def unsorted_orders(
    book: Rulebook,
    lines: pd.DataFrame,
    decisions: Sequence[Decision],
    response: Response,
    *,
    source: str = "应急减排清单",
) -> tuple[pd.DataFrame, Index]:
    """The rows of :func:`order_table` not yet in order, and for each the number of its line."""
    phrases: dict[Phrase, int] = {}
    pieces = [_piece(book, lines, decision, source, phrases) for decision in decisions]
    rows = _rows(pieces)
    columns = _columns(lines, rows, list(phrases))
    table = pd.DataFrame(columns, columns=list(ORDER_COLUMNS))
    if response.warning_id:
        table["order_id"] = response.warning_id + "-" + table["order_id"].astype(str)
    return table, rows.line


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by enterprise, line, phase; index 0..n-1."""
    return table.iloc[_sorted(table)].reset_index(drop=True)


def _piece(book: Rulebook, lines: pd.DataFrame, decision: Decision, source: str, phrases: dict[Phrase, int]) -> _Piece:
    caps = _caps(book, lines, decision)
    key, firsts = joined(*_distinguishing(book, lines, decision), pd.factorize(caps)[0])
    composer = Phrases(book, lines, decision, source)
    numbers = [phrases.setdefault(composer.of(int(line), float(caps[line])), len(phrases)) for line in firsts]
    return _Piece(decision, np.array(numbers, dtype=np.int64)[key])


def _distinguishing(book: Rulebook, lines: pd.DataFrame, decision: Decision) -> list[npt.NDArray[np.integer]]:
    """All that the texts of a line depend on, as numberings of the lines."""
    keys: list[npt.NDArray[np.integer]] = [
        decision.binding,
        decision.status,
        decision.filed.use,
        decision.partial.astype(np.int8),
        decision.undetermined.astype(np.int8),
        np.isnan(decision.share).astype(np.int8),
        decision.effective.codes,
        decision.filed.finding.astype(np.int8),
        decision.filed.kind.codes,
        lines["long_stopped"].fillna(False).to_numpy(dtype=bool).astype(np.int8),
        lines["grade"].astype("category").cat.codes.to_numpy(),
        pd.factorize(lines["decision_no"])[0],
        pd.factorize(industries_not_on_file(lines, book))[0],
    ]
    keys += [column.astype(np.int8) for column in decision.lacking.values()]
    keys += [pd.factorize(column)[0] for column in decision.allotted.fractions.values()]
    if decision.allotted.unmet is not None:
        keys.append(decision.allotted.unmet.astype(np.int8))
    if decision.slice.level is not Level.NONE and decision.filed.present.any():
        keys += [
            pd.factorize(lines[PLAN_FIELDS[decision.slice.level]].to_numpy())[0],
            pd.factorize(decision.filed.share)[0],
        ]
    return keys


def _caps(book: Rulebook, lines: pd.DataFrame, decision: Decision) -> npt.NDArray[np.float64]:
    """The ordered daily output of lines limited from a stated base, NaN elsewhere."""
    caps = np.full(len(lines), np.nan)
    facts = Facts(lines, book.lists, decision.slice.day)
    for number, one in enumerate(decision.bindings):
        for asked in one.resolution.production:
            measure = asked.measure
            if measure.code == "limit" and measure.base and measure.share is not None:
                rows = np.flatnonzero(decision.binding == number)
                caps[rows] = Numbers(facts, rows).base(measure) * (1 - measure.share)
    return caps


@dataclass(slots=True)
class _Rows:
    """Rows of the table: the line, its piece, when it starts and ends, and its phase."""

    line: Index
    piece: Index
    pieces: Sequence[_Piece]
    starts: list[npt.NDArray[np.object_]]
    ends: list[npt.NDArray[np.object_]]
    phases: list[npt.NDArray[np.object_]]


def _rows(pieces: Sequence[_Piece]) -> _Rows:
    """Join the phases in which a line's order stays the same."""
    count = len(pieces[0].phrase) if pieces else 0
    changes = [np.ones(count, dtype=bool)] + [_changed(a, b) for a, b in itertools.pairwise(pieces)]
    last = np.full(count, len(pieces) - 1)
    until: list[Index] = [last] * len(pieces)
    for number in range(len(pieces) - 1, -1, -1):
        until[number] = last.copy()
        last = np.where(changes[number], number - 1, last)
    out = _Rows(np.array([], dtype=np.int64), np.array([], dtype=np.int64), pieces, [], [], [])
    lines, numbers = [], []
    for number, piece in enumerate(pieces):
        rows = np.flatnonzero(changes[number])
        lines.append(rows)
        numbers.append(np.full(len(rows), number))
        final = until[number][rows]
        expiry = _expiries(piece.decision)[piece.decision.binding[rows]]
        ends = np.array([_text(p.decision.slice.ends) for p in pieces], dtype=object)[final]
        out.starts.append(np.full(len(rows), _text(piece.decision.slice.starts), dtype=object))
        out.ends.append(np.where(ends == "", expiry, ends))
        out.phases.append(
            np.array([_phase(piece.decision.slice, p.decision.slice) for p in pieces], dtype=object)[final]
        )
    if lines:
        out.line, out.piece = np.concatenate(lines), np.concatenate(numbers)
    return out


def _changed(before: _Piece, after: _Piece) -> npt.NDArray[np.bool_]:
    """Lines whose order differs between two consecutive slices."""
    one, other = before.decision, after.decision
    changed = before.phrase != after.phrase
    changed |= one.slice.level is not other.slice.level
    changed |= ~((one.share == other.share) | (np.isnan(one.share) & np.isnan(other.share)))
    return changed


def _expiries(decision: Decision) -> npt.NDArray[np.object_]:
    """When an open order lapses by date, as text; blank where no date says so."""
    return np.array([_text(one.expires) for one in decision.bindings], dtype=object)


def _phase(first: Slice, last: Slice) -> str:
    return f"{first.phase.split('-')[0]}-{last.phase.split('-')[1]}"


def _text(moment: datetime | None) -> str:
    return moment.strftime(TIME_FORMAT) if moment else ""


def _columns(lines: pd.DataFrame, rows: _Rows, phrases: list[Phrase]) -> dict[str, object]:
    """The columns of the table, not yet sorted."""
    base = lines.iloc[rows.line]
    columns: dict[str, object] = {name: base[name].reset_index(drop=True) for name in _LIST_COLUMNS}
    starts = np.concatenate(rows.starts) if rows.starts else np.array([], dtype=object)
    columns["starts"] = pd.Categorical(starts)
    columns["ends"] = pd.Categorical(np.concatenate(rows.ends) if rows.ends else starts)
    columns["phase"] = pd.Categorical(np.concatenate(rows.phases) if rows.phases else starts)
    stamp = pd.Series(starts, dtype="str").str.replace(r"\D", "", regex=True)
    ids = (
        base["enterprise_id"].astype("str").reset_index(drop=True)
        + "-"
        + base["line_id"].astype("str").reset_index(drop=True)
    )
    columns["order_id"] = ids + "-" + stamp
    picks = [(rows.piece == number, piece) for number, piece in enumerate(rows.pieces)]
    columns["level"] = pd.Categorical(
        _gather(rows, picks, lambda p, at: np.full(len(at), str(p.decision.slice.level), dtype=object))
    )
    columns["status"] = pd.Categorical(
        _gather(rows, picks, lambda p, at: np.array([str(s) for s in STATUSES], dtype=object)[p.decision.status[at]])
    )
    columns["effective_grade"] = pd.Categorical(_gather(rows, picks, _effective))
    columns["share"] = _gather(rows, picks, lambda p, at: np.round(p.decision.share[at], 6), np.float64)
    for pollutant in POLLUTANTS:
        columns[f"{pollutant}_kg_d"] = _gather(
            rows, picks, lambda p, at, name=pollutant: np.round(p.decision.reduced[name][at], 3), np.float64
        )
    numbers = _gather(rows, picks, lambda p, at: p.phrase[at], np.int64)
    for name in _PHRASE_COLUMNS:
        texts, distinct = pd.factorize(np.array([getattr(phrase, name) for phrase in phrases], dtype=object))
        columns[name] = pd.Categorical.from_codes(texts[numbers], categories=pd.Index(distinct))
    return columns


def _gather(
    rows: _Rows, picks: list[tuple[npt.NDArray[np.bool_], _Piece]], values: object, dtype: object = object
) -> np.ndarray:
    """One column: for each row the value of its line in its piece."""
    out = np.empty(len(rows.line), dtype=dtype)  # type: ignore[call-overload]
    for mask, piece in picks:
        out[mask] = values(piece, rows.line[mask])  # type: ignore[operator]
    return out


def _effective(piece: _Piece, at: Index) -> npt.NDArray[np.object_]:
    column = piece.decision.effective
    return np.array([*column.categories, ""], dtype=object)[column.codes[at]]


def _sorted(table: pd.DataFrame) -> Index:
    """Order of rows: enterprise, line (numbers in their natural order), phase."""
    enterprise, _ = pd.factorize(table["enterprise_id"], sort=True)
    line_text = table["line_id"].astype("str")
    line, _ = pd.factorize(line_text, sort=True)
    starts, _ = pd.factorize(table["starts"].astype("str"), sort=True)
    return np.lexsort((starts, line, line_text.str.len().to_numpy(), enterprise))
