"""Orders as a table: one row per line and phase, the columns of the contract."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.engine import STATUSES, Decision, Facts, Numbers, Response, Slice, next_turns
from alertengine.files import (
    CodedTable,
    Codes,
    Held,
    Index,
    Numbered,
    categorical,
    joined,
    narrowed,
    numbers_of,
    ranks,
    text_array,
)
from alertengine.orders.filed_doubts import doubts_of, filed_texts
from alertengine.orders.phrases import Phrase, Phrases, industries_not_on_file, places_that_matter
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import ORDER_COLUMNS, POLLUTANTS, to_minute, uncollected

if TYPE_CHECKING:
    import pandas as pd

_LIST_COLUMNS = ("city", "county", "enterprise_id", "enterprise", "line_id", "line", "industry", "process", "grade")
_PHRASE_COLUMNS = tuple(Phrase.__slots__)


@dataclass(slots=True)
class _Piece:
    """One decision with the number of each line's phrase, and who composed them."""

    decision: Decision
    phrase: Index
    composer: Phrases


@uncollected()
def orders_of(
    book: Rulebook,
    lines: CodedTable,
    decisions: Sequence[Decision],
    response: Response,
    *,
    source: str = "应急减排清单",
) -> CodedTable:
    """The orders of a response by enterprise, line, phase.

    Columns of ORDER_COLUMNS, one row per line and phase; phases in which a line's order does not change are one row.
    """
    phrases: dict[Phrase, int] = {}
    pieces: list[_Piece] = []
    for decision in decisions:
        pieces.append(_piece(book, lines, decision, source, phrases, pieces[-1] if pieces else None))
    rows = _sorted(lines, _rows(pieces, book, Facts(lines, book.lists, date.max)))
    columns = _columns(lines, rows, list(phrases), response.warning_id)
    return CodedTable({name: columns[name] for name in ORDER_COLUMNS}, len(rows.line))


def _piece(
    book: Rulebook,
    lines: CodedTable,
    decision: Decision,
    source: str,
    phrases: dict[Phrase, int],
    before: _Piece | None,
) -> _Piece:
    """A decision's phrases: of lines that go on as in the piece before, where the law reads the same, those of then."""
    composer = Phrases(book, lines, decision, source)
    phrase, rows = np.zeros(len(lines), dtype=np.int64), np.arange(len(lines))
    if before is not None and decision.anew is not None and composer.reads_like(before.composer):
        phrase, rows = before.phrase.copy(), decision.anew
    caps = _caps(book, lines, decision)[rows]
    capped = np.where(np.isnan(caps), -1, lines.text("capacity_unit").codes[rows])
    told = (column[rows] for column in _distinguishing(book, lines, decision))
    key, firsts = joined(*told, numbers_of(caps), capped)
    composed = (composer.of(int(rows[first]), float(caps[first])) for first in firsts)
    numbers = [phrases.setdefault(one, len(phrases)) for one in composed]
    phrase[rows] = np.array(numbers, dtype=np.int64)[key]
    return _Piece(decision, phrase, composer)


def _distinguishing(book: Rulebook, lines: CodedTable, decision: Decision) -> list[npt.NDArray[np.integer]]:
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
        (lines.truth("long_stopped") == 2).astype(np.int8),
        lines.text("grade").codes,
        lines.text("decisions").codes,
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
        keys += [plans.codes, numbers_of(decision.filed.share)]
    if decision.from_lower is not None:
        keys.append(decision.from_lower)
    return keys


def _unfiled_codes(lines: CodedTable, book: Rulebook) -> Index:
    """Each line's industry as a number where the vocabulary has no such name, else -1; shape (lines,)."""
    column, unfiled = industries_not_on_file(lines, book)
    return np.array([*(-1 if name is None else number for number, name in enumerate(unfiled)), -1])[column]


def _caps(book: Rulebook, lines: CodedTable, decision: Decision) -> npt.NDArray[np.float64]:
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
    starts: Numbered
    ends: Numbered
    phases: Numbered


def _rows(pieces: Sequence[_Piece], book: Rulebook, facts: Facts) -> _Rows:
    """Join the phases in which a line's order stays the same; ``facts``: the list, of any day."""
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
        lapsing = np.array([not text for text in closing])[final]
        if not lapsing.any():
            ends.add(closing, final)
            continue
        expiries, which = _expiries(piece.decision, next_turns(facts, book, piece.decision.slice.day))
        ends.add([*closing, *expiries], np.where(lapsing, len(closing) + which[rows], final))  # open: until it lapses
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

    def category(self) -> Numbered:
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


def _expiries(decision: Decision, turns: Index) -> tuple[list[str], Index]:
    """When open orders lapse by date, as texts (blank where no date says so), and which of them is each line's."""
    key, firsts = joined(decision.binding, turns)
    out = []
    for line in firsts.tolist():
        turn = datetime.combine(date.fromordinal(int(turns[line])), time()) if turns[line] else None
        ends = decision.bindings[decision.binding[line]].expires, turn
        out.append(_text(min((end for end in ends if end), default=None)))
    return out, key


def _phase(first: Slice, last: Slice) -> str:
    return f"{first.phase.split('-')[0]}-{last.phase.split('-')[1]}"


def _text(moment: datetime | None) -> str:
    return to_minute(moment)


def _columns(lines: CodedTable, rows: _Rows, phrases: list[Phrase], warning_id: str) -> dict[str, Held]:
    """The columns of the table."""
    columns: dict[str, Held] = {name: lines.text(name).take(rows.line) for name in _LIST_COLUMNS}
    columns |= {"starts": rows.starts, "ends": rows.ends, "phase": rows.phases}
    columns["order_id"] = _order_ids(columns, rows.starts, warning_id)
    picks = [(rows.piece == number, piece) for number, piece in enumerate(rows.pieces)]
    levels = [str(piece.decision.slice.level) for piece in rows.pieces]
    columns["level"] = _category(rows.piece, levels)
    columns["status"] = _category(
        _gather(rows, picks, lambda p, at: p.decision.status[at], np.int8), [str(status) for status in STATUSES]
    )
    columns["effective_grade"] = _effective(rows, picks)
    columns["share"] = _gather(rows, picks, lambda p, at: np.round(p.decision.share[at], 6), np.float64)
    for pollutant in POLLUTANTS:
        columns[f"{pollutant}_kg_d"] = _gather(
            rows, picks, lambda p, at, name=pollutant: np.round(p.decision.reduced[name], 3)[at], np.float64
        )
    numbers = _gather(rows, picks, lambda p, at: p.phrase[at], np.int64)
    for name in _PHRASE_COLUMNS:
        places: dict[str, int] = {}
        of_phrase = np.array([places.setdefault(getattr(phrase, name), len(places)) for phrase in phrases])
        columns[name] = categorical(narrowed(of_phrase, places).take(numbers), list(places))
    return columns


def _order_ids(columns: Mapping[str, Any], starts: Numbered, warning_id: str) -> Numbered:
    """``enterprise-line-start`` of each row, the start in digits alone; the id of its warning before it."""
    stamps = replace(starts, texts=text_array(re.sub(r"\D", "", start) for start in starts.names))
    parts = [_spelled(column) for column in (columns["enterprise_id"], columns["line_id"], stamps)]
    if warning_id:
        parts.insert(0, _spelled(Numbered(np.zeros(len(starts), dtype=np.int8), text_array([warning_id]))))
    ids = pc.binary_join_element_wise(*parts, text_array(["-"], parts[0].type)[0])
    return Numbered(np.arange(len(starts), dtype=np.int32), ids)


def _spelled(column: Numbered) -> pa.Array:
    """The text of each row."""
    return column.arrow().dictionary_decode()


def _category(codes: Codes, names: Sequence[str]) -> Numbered:
    """A category from codes (0..) and their names, which may repeat: only what occurs, in order of name."""
    present = np.flatnonzero(np.bincount(codes, minlength=len(names)))
    distinct = sorted({names[int(code)] for code in present})
    place = {name: number for number, name in enumerate(distinct)}
    table = narrowed(np.array([place.get(name, -1) for name in names]), distinct)
    return categorical(table.take(codes), distinct)


def _gather(
    rows: _Rows, picks: list[tuple[npt.NDArray[np.bool_], _Piece]], values: object, dtype: object
) -> np.ndarray:
    """One column: for each row the value of its line in its piece."""
    if len(picks) == 1:
        return np.asarray(values(picks[0][1], rows.line), dtype=dtype)  # type: ignore[operator,call-overload]
    out = np.empty(len(rows.line), dtype=dtype)  # type: ignore[call-overload]
    for mask, piece in picks:
        out[mask] = values(piece, rows.line[mask])  # type: ignore[operator]
    return out


def _effective(rows: _Rows, picks: list[tuple[npt.NDArray[np.bool_], _Piece]]) -> Numbered:
    """The effective grade of each row, blank where unknown."""
    names = list(dict.fromkeys(name for piece in rows.pieces for name in piece.decision.effective.categories))
    place = {name: number for number, name in enumerate([*names, ""])}

    def codes(piece: _Piece, at: Index) -> npt.NDArray[np.int64]:
        column = piece.decision.effective
        return np.array([place[name] for name in (*column.categories, "")])[column.codes[at]]

    return _category(_gather(rows, picks, codes, np.int64), list(place))


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of several tables by enterprise, line, phase; index 0..n-1."""
    coded = CodedTable.of(table)
    return table.iloc[_order(coded, np.arange(len(table)), coded.text("starts"))].reset_index(drop=True)


def _sorted(lines: CodedTable, rows: _Rows) -> _Rows:
    """The rows of some lines by enterprise, line, phase."""
    order = _order(lines, rows.line, rows.starts)
    starts, ends, phases = (column.take(order) for column in (rows.starts, rows.ends, rows.phases))
    return _Rows(rows.line[order], rows.piece[order], rows.pieces, starts, ends, phases)


def _order(lines: CodedTable, at: Index, starts: Numbered) -> Index:
    """The order of rows by enterprise, line (numbers in their natural order) and start; ``at`` is the line of each."""
    enterprise, line = lines.text("enterprise_id"), lines.text("line_id")
    key = enterprise.table(ranks(enterprise.texts), missing=len(enterprise.texts)) * (len(line.texts) + 1)
    key += line.table(ranks(line.texts, natural=True), missing=len(line.texts))
    start = starts.table(ranks(starts.texts), missing=len(starts.texts))
    return np.argsort(key[at] * (len(starts.texts) + 1) + start, kind="stable")
