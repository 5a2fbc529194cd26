"""Orders as a table: one row per line and phase, the columns of the contract."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.engine import (
    STATUSES,
    Decision,
    Facts,
    Index,
    Numbers,
    Response,
    Slice,
    TextColumn,
    decisions_asked,
    joined,
    text_column,
    turns_of,
)
from alertengine.files import Numbered, numbered, text_series
from alertengine.orders.filed_doubts import doubts_of, filed_texts
from alertengine.orders.phrases import Phrase, Phrases, industries_not_on_file, places_that_matter
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import ORDER_COLUMNS, POLLUTANTS, to_minute, uncollected

_LIST_COLUMNS = ("city", "county", "enterprise_id", "enterprise", "line_id", "line", "industry", "process", "grade")
_PHRASE_COLUMNS = tuple(Phrase.__slots__)


@dataclass(slots=True)
class _Piece:
    """One decision with the number of each line's phrase."""

    decision: Decision
    phrase: Index


@uncollected()
def orders_of(
    book: Rulebook,
    lines: pd.DataFrame,
    decisions: Sequence[Decision],
    response: Response,
    *,
    source: str = "应急减排清单",
) -> pd.DataFrame:
    """The orders of a response by enterprise, line, phase; index 0..n-1.

    Columns of ORDER_COLUMNS, one row per line and phase; phases in which a line's order does not change are one row.
    """
    phrases: dict[Phrase, int] = {}
    pieces = [_piece(book, lines, decision, source, phrases) for decision in decisions]
    rows = _sorted(lines, _rows(pieces, book, text_column(lines["decisions"])))
    columns = _columns(lines, rows, list(phrases))
    table = pd.DataFrame(columns, columns=list(ORDER_COLUMNS))
    if response.warning_id:
        table["order_id"] = response.warning_id + "-" + table["order_id"].astype(str)
    return table


def _piece(book: Rulebook, lines: pd.DataFrame, decision: Decision, source: str, phrases: dict[Phrase, int]) -> _Piece:
    caps = _caps(book, lines, decision)
    capped = np.where(np.isnan(caps), -1, lines["capacity_unit"].astype("category").cat.codes.to_numpy())
    key, firsts = joined(*_distinguishing(book, lines, decision), pd.factorize(caps)[0], capped)
    composer = Phrases(book, lines, decision, source)
    numbers = [phrases.setdefault(composer.of(int(line), float(caps[line])), len(phrases)) for line in firsts]
    return _Piece(decision, np.array(numbers, dtype=np.int64)[key])


def _distinguishing(book: Rulebook, lines: pd.DataFrame, decision: Decision) -> list[npt.NDArray[np.integer]]:
    """All that the texts of a line depend on, as numberings of the lines."""
    keys: list[npt.NDArray[np.integer]] = [
        decision.binding,
        decision.status,
        decision.ground,
        decision.filed.use,
        decision.partial.astype(np.int8),
        decision.undetermined.astype(np.int8),
        np.isnan(decision.share).astype(np.int8),
        decision.effective.codes,
        decision.filed.finding.astype(np.int8),
        decision.filed.kind.codes,
        lines["long_stopped"].fillna(False).to_numpy(dtype=bool).astype(np.int8),
        lines["grade"].astype("category").cat.codes.to_numpy(),
        numbered(lines["decisions"]).codes,
        _unfiled_codes(lines, book),
        *(column.codes for column in places_that_matter(lines, book).values()),
    ]
    keys += [column.astype(np.int8) for column in decision.lacking.values()]
    allotted = decision.allotted
    some = (*allotted.orders.values(), *([allotted.plan] if allotted.plan else []))
    keys += [share.told_apart(len(lines)) for share in some]
    keys += [column.astype(np.int8) for column in (allotted.unmet, allotted.unproven) if column is not None]
    plans = filed_texts(lines, decision)
    doubts = doubts_of(lines, decision)
    keys += [column for column in (doubts.lighter, doubts.whose) if column.any()]
    if plans is not None and decision.filed.present.any():
        keys += [numbered(plans).codes, pd.factorize(decision.filed.share)[0]]
    if decision.from_lower is not None:
        keys.append(decision.from_lower)
    return keys


def _unfiled_codes(lines: pd.DataFrame, book: Rulebook) -> Index:
    """Each line's industry as a number where the vocabulary has no such name, else -1; shape (lines,)."""
    column, unfiled = industries_not_on_file(lines, book)
    return np.array([*(-1 if name is None else number for number, name in enumerate(unfiled)), -1])[column]


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
    starts: pd.Categorical
    ends: pd.Categorical
    phases: pd.Categorical


def _rows(pieces: Sequence[_Piece], book: Rulebook, decided: TextColumn) -> _Rows:
    """Join the phases in which a line's order stays the same; ``decided``: what authorities decided of each line."""
    count = len(pieces[0].phrase) if pieces else 0
    changes = [np.ones(count, dtype=bool)] + [_changed(a, b) for a, b in itertools.pairwise(pieces)]
    last = np.full(count, len(pieces) - 1)
    until: list[Index] = [last] * len(pieces)
    for number in range(len(pieces) - 1, -1, -1):
        until[number] = last.copy()
        last = np.where(changes[number], number - 1, last)
    lines, numbers, ends = [], [], _Texts()
    starts, phases = _Texts(), _Texts()
    closing = [_text(piece.decision.slice.ends) for piece in pieces]
    for number, piece in enumerate(pieces):
        rows = np.flatnonzero(changes[number])
        lines.append(rows)
        numbers.append(np.full(len(rows), number))
        final = until[number][rows]
        starts.add([_text(piece.decision.slice.starts)], np.zeros(len(rows), dtype=np.int64))
        phases.add([_phase(piece.decision.slice, p.decision.slice) for p in pieces], final)
        lapsing = np.array([not text for text in closing])[final]  # open: until what binds lapses, if it does
        expiries, which = _expiries(piece.decision, book, decided)
        ends.add([*closing, *expiries], np.where(lapsing, len(closing) + which[rows], final))
    none = np.array([], dtype=np.int64)
    return _Rows(
        np.concatenate(lines) if lines else none,
        np.concatenate(numbers) if numbers else none,
        pieces,
        starts.category(),
        ends.category(),
        phases.category(),
    )


class _Texts:
    """A column of few texts gathered piece by piece as codes."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._codes: list[Index] = []

    def add(self, names: Sequence[str], codes: Index) -> None:
        """More rows: codes (rows,) into ``names``."""
        self._codes.append(codes + len(self._names))
        self._names += names

    def category(self) -> pd.Categorical:
        """All rows so far."""
        codes = np.concatenate(self._codes) if self._codes else np.array([], dtype=np.int64)
        return _category(codes, self._names)


def _changed(before: _Piece, after: _Piece) -> npt.NDArray[np.bool_]:
    """Lines whose order differs between two consecutive slices."""
    one, other = before.decision, after.decision
    changed = before.phrase != after.phrase
    changed |= one.slice.level is not other.slice.level
    changed |= ~((one.share == other.share) | (np.isnan(one.share) & np.isnan(other.share)))
    return changed


def _expiries(decision: Decision, book: Rulebook, decided: TextColumn) -> tuple[list[str], Index]:
    """When open orders lapse by date, as texts (blank where no date says so), and which of them is each line's."""
    turns = _next_turns(decided.categories, book, decision.slice.day)
    key, firsts = joined(decision.binding, decided.codes)
    out = []
    for line in firsts.tolist():
        ends = decision.bindings[decision.binding[line]].expires, turns[decided.codes[line]]
        out.append(_text(min((end for end in ends if end), default=None)))
    return out, key


def _next_turns(cells: Sequence[str], book: Rulebook, day: date) -> list[datetime | None]:
    """For each cell of decisions, and last for none, when what it says next changes after a day."""
    asked = decisions_asked(book) if cells else frozenset()
    later = (next((turn for turn in turns_of([cell], asked) if turn > day), None) for cell in cells)
    return [*(datetime.combine(turn, time()) if turn else None for turn in later), None]


def _phase(first: Slice, last: Slice) -> str:
    return f"{first.phase.split('-')[0]}-{last.phase.split('-')[1]}"


def _text(moment: datetime | None) -> str:
    return to_minute(moment)


def _columns(lines: pd.DataFrame, rows: _Rows, phrases: list[Phrase]) -> dict[str, object]:
    """The columns of the table, not yet sorted."""
    base = lines[list(_LIST_COLUMNS)].take(rows.line).reset_index(drop=True)
    columns: dict[str, object] = {name: base[name] for name in _LIST_COLUMNS}
    columns |= {"starts": rows.starts, "ends": rows.ends, "phase": rows.phases}
    columns["order_id"] = _order_ids(base, rows.starts)
    picks = [(rows.piece == number, piece) for number, piece in enumerate(rows.pieces)]
    levels = [str(piece.decision.slice.level) for piece in rows.pieces]
    columns["level"] = _category(rows.piece, levels)
    columns["status"] = _category(
        _gather(rows, picks, lambda p, at: p.decision.status[at], np.int64), [str(status) for status in STATUSES]
    )
    columns["effective_grade"] = _effective(rows, picks)
    columns["share"] = _gather(rows, picks, lambda p, at: np.round(p.decision.share[at], 6), np.float64)
    for pollutant in POLLUTANTS:
        columns[f"{pollutant}_kg_d"] = _gather(
            rows, picks, lambda p, at, name=pollutant: np.round(p.decision.reduced.at(name, at), 3), np.float64
        )
    numbers = _gather(rows, picks, lambda p, at: p.phrase[at], np.int64)
    for name in _PHRASE_COLUMNS:
        texts, distinct = pd.factorize(np.array([getattr(phrase, name) for phrase in phrases], dtype=object))
        columns[name] = pd.Categorical.from_codes(texts.astype(np.int32)[numbers], categories=pd.Index(distinct))
    return columns


def _order_ids(base: pd.DataFrame, starts: pd.Categorical) -> pd.Series[str]:
    """``enterprise-line-start`` of each row, the start in digits alone."""
    stamps = pa.array([re.sub(r"\D", "", str(start)) for start in starts.categories], pa.large_string())
    ids = [pa.array(base[name].astype("str"), pa.large_string()) for name in ("enterprise_id", "line_id")]
    stamp = stamps.take(pa.array(starts.codes))
    return text_series(pc.binary_join_element_wise(*ids, stamp, pa.scalar("-", pa.large_string())))


def _category(codes: npt.NDArray[np.integer], names: Sequence[str]) -> pd.Categorical:
    """A category from codes (0..) and their names, which may repeat: only what occurs, in order of name."""
    present = np.flatnonzero(np.bincount(codes, minlength=len(names)))
    distinct = sorted({names[int(code)] for code in present})
    place = {name: number for number, name in enumerate(distinct)}
    table = np.array([place.get(name, -1) for name in names], dtype=np.int32)
    return pd.Categorical.from_codes(table[codes], categories=pd.Index(distinct, dtype="str" if distinct else object))


def _gather(
    rows: _Rows, picks: list[tuple[npt.NDArray[np.bool_], _Piece]], values: object, dtype: object = object
) -> np.ndarray:
    """One column: for each row the value of its line in its piece."""
    if len(picks) == 1:
        return np.asarray(values(picks[0][1], rows.line), dtype=dtype)  # type: ignore[operator,call-overload]
    out = np.empty(len(rows.line), dtype=dtype)  # type: ignore[call-overload]
    for mask, piece in picks:
        out[mask] = values(piece, rows.line[mask])  # type: ignore[operator]
    return out


def _effective(rows: _Rows, picks: list[tuple[npt.NDArray[np.bool_], _Piece]]) -> pd.Categorical:
    """The effective grade of each row, blank where unknown."""
    names = list(dict.fromkeys(name for piece in rows.pieces for name in piece.decision.effective.categories))
    place = {name: number for number, name in enumerate([*names, ""])}

    def codes(piece: _Piece, at: Index) -> npt.NDArray[np.int64]:
        column = piece.decision.effective
        return np.array([place[name] for name in (*column.categories, "")])[column.codes[at]]

    return _category(_gather(rows, picks, codes, np.int64), list(place))


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of several tables by enterprise, line, phase; index 0..n-1."""
    return table.iloc[_order(table, slice(None), numbered(table["starts"]))].reset_index(drop=True)


def _sorted(lines: pd.DataFrame, rows: _Rows) -> _Rows:
    """The rows of some lines by enterprise, line, phase."""
    order = _order(lines, rows.line, numbered(pd.Series(rows.starts)))
    return _Rows(
        rows.line[order], rows.piece[order], rows.pieces, rows.starts[order], rows.ends[order], rows.phases[order]
    )


def _order(lines: pd.DataFrame, at: Index | slice, starts: Numbered) -> Index:
    """The order of rows by enterprise, line (numbers in their natural order) and start; ``at`` is the line of each."""
    enterprise, line = numbered(lines["enterprise_id"]), numbered(lines["line_id"])
    key = _ranks(pa.table({"text": enterprise.texts}))[enterprise.codes] * (len(line.texts) + 1)
    key += _ranks(pa.table({"length": pc.utf8_length(line.texts), "text": line.texts}))[line.codes]
    start = _ranks(pa.table({"text": starts.texts}))[starts.codes]
    return np.argsort(key[at] * (len(starts.texts) + 1) + start, kind="stable")


def _ranks(texts: pa.Table) -> Index:
    """Of each row of distinct texts its place by all columns, and last that of an unknown one."""
    order = pc.sort_indices(texts, [(name, "ascending") for name in texts.column_names]).to_numpy()
    ranks = np.empty(len(order) + 1, dtype=np.int64)
    ranks[order], ranks[-1] = np.arange(len(order)), len(order)
    return ranks
