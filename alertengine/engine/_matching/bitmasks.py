"""Matching in words: every line gets one integer that says all about it that some rules can tell apart.

A word holds the number of the line's cell (see ``cells``) and a block of bits for every term that can
still hold there: whether it has not failed, and which of its columns are unknown.  Each column clears
the bits its code refuses by one table look-up and one *and* for all rules together; lines of equal
words are matched alike.  So the work of a line is a look-up a column, whatever the number of rules,
and distinct words grow with what the law can tell apart, not with the list.  Where more terms can
hold in a cell than a word has room for, its lines get further words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alertengine.engine._matching.alternatives import Term
from alertengine.engine._matching.buckets import allowed_codes, choose_guards, codes_of, possible
from alertengine.engine._matching.merge import Coding, Part
from alertengine.engine.code_sets import UNKNOWN, CodeArray, Column, Row
from alertengine.engine.group_index import Index, distinct
from alertengine.engine.outcomes import CodedRule, Outcome, Outcomes

#: Bits of a word left to terms, whatever the cells; a rule whose terms need more is matched by its rows.
ROOM = 50
#: Lines whose words are made together: what they need stays near the processor.
_AT_ONCE = 1 << 15
_WordArray = npt.NDArray[np.uint64]
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
#: What the bits of one rule's terms come to.
_Known = dict[int, Outcome | None]


@dataclass(frozen=True, slots=True)
class Worded:
    """A rule and its terms."""

    rule: CodedRule
    terms: tuple[Term, ...]


@dataclass(slots=True)
class _Slot:
    """Where the bits of a rule stand in the words of a cell, and what they come to."""

    shift: int
    mask: int
    known: _Known
    rule: CodedRule


class _Bank:
    """One word of every line: for each cell its word before any column is looked at, and a table a column."""

    def __init__(self, cells: int, first_bit: int) -> None:
        self.base: _WordArray = np.arange(cells, dtype=np.uint64) << np.uint64(first_bit)
        self.tables: dict[int, _WordArray] = {}
        #: By cell: the rules with the first bit of each and the terms that can hold.
        self.placed: dict[int, list[tuple[int, int, tuple[int, ...]]]] = {}
        self.memo: dict[int, Outcomes] = {}
        self.layouts: dict[int, list[_Slot]] = {}

    def table(self, column: int, size: int) -> _WordArray:
        """What each code of a column leaves standing; shape (cells, size + 1)."""
        if column not in self.tables:
            self.tables[column] = np.full((len(self.base), size + 1), _ALL)
        return self.tables[column]


class Words:
    """Rules that may hold at the same places, laid out in words; remembers every word it has seen."""

    def __init__(self, rules: Sequence[Worded], columns: tuple[Column, ...]) -> None:
        """Lay the rules out; ``columns`` are those their terms are coded over."""
        self.rules = tuple(rules)
        self.columns = columns
        terms = [term for worded in rules for term in worded.terms]
        self._guards = choose_guards(terms, columns)
        self._asking = [tuple(sorted(term.asking.difference(self._guards))) for term in terms]
        self._width = 1 + max((len(asking) for asking in self._asking), default=0)
        standing = possible(terms, self._guards, columns)
        self._cells = standing.shape[1]
        self._first_bit = 64 - max(1, (self._cells - 1).bit_length())  # the cell's number stands above
        self._banks: list[_Bank] = []
        #: How many words the lines of each cell have; shape (cells,).
        self._depth = np.zeros(self._cells, dtype=np.int64)
        self._lay_out(terms, standing)
        self._known: dict[tuple[int, tuple[int, ...], tuple[bool, ...]], _Known] = {}
        used = {column for bank in self._banks for column in bank.tables} | set(self._guards)
        self._used = sorted(used)

    def match(self, coding: Coding, count: int) -> list[Part]:
        """The outcomes of each line, a part for each word."""
        codes = {column: coding(self.columns[column]) for column in self._used}
        parts = []
        lines: Index | None = None
        for number, bank in enumerate(self._banks):
            if number:
                cell = self._cell_of(codes, 0, count)
                further = np.flatnonzero(self._depth[cell] > number)
                lines = further if lines is None else lines[further]
                codes = {column: values[further] for column, values in codes.items()}
                count = len(further)
                if not count:
                    break
            parts.append(self._match_bank(bank, codes, lines, count))
        return parts

    def profiles(self) -> dict[str, int]:
        """What was decided of the rules, by the fields they read: bounded by the law, whatever the lines."""
        out: dict[str, int] = {}
        for (number, _, _), known in self._known.items():
            columns = sorted({column for term in self.rules[number].terms for column, _ in term.allowed})
            name = "+".join(dict.fromkeys(self.columns[column].field for column in columns)) or "(none)"
            out[name] = out.get(name, 0) + len(known)
        return out

    def forget(self) -> None:
        """Forget every profile."""
        for known in self._known.values():
            known.clear()
        for bank in self._banks:
            bank.memo.clear()

    def _lay_out(self, terms: Sequence[Term], standing: npt.NDArray[np.bool_]) -> None:
        """Give every rule its bits in each cell where one of its terms can hold; its terms stay in one word."""
        room = self._first_bit // self._width
        taken = np.zeros(self._cells, dtype=np.int64)
        at = 0
        for number, worded in enumerate(self.rules):
            own = range(at, at + len(worded.terms))
            at += len(worded.terms)
            needed = standing[own.start : own.stop].sum(axis=0)
            cells = np.flatnonzero(needed)
            full = taken[cells] % room + needed[cells] > room
            taken[cells] += np.where(full, -taken[cells] % room, 0)  # the rest of a word stays empty
            self._place(number, terms, own, cells, taken[cells], standing)
            taken[cells] += needed[cells]
        self._depth = -(-taken // room)
        if not self._banks:
            self._banks.append(_Bank(self._cells, self._first_bit))

    def _place(
        self,
        number: int,
        terms: Sequence[Term],
        own: range,
        cells: Index,
        slots: Index,
        standing: npt.NDArray[np.bool_],
    ) -> None:
        """Lay out one rule: ``slots`` is the first free one in each cell."""
        room = self._first_bit // self._width
        banks = slots // room
        while len(self._banks) <= int(banks.max(initial=-1)):
            self._banks.append(_Bank(self._cells, self._first_bit))
        shifts = slots % room * self._width
        holding: dict[int, list[int]] = {int(cell): [] for cell in cells}
        first_shifts = shifts.copy()
        for term in own:
            here = standing[term, cells]
            for bank in np.unique(banks[here]):
                chosen = here & (banks == bank)
                self._fill(self._banks[bank], terms[term], self._asking[term], cells[chosen], shifts[chosen])
            for cell in cells[here].tolist():
                holding[cell].append(term)
            shifts = shifts + here * self._width
        for cell, bank, shift in zip(cells.tolist(), banks.tolist(), first_shifts.tolist(), strict=True):
            self._banks[bank].placed.setdefault(cell, []).append((number, shift, tuple(holding[cell])))

    def _fill(self, bank: _Bank, term: Term, asking: tuple[int, ...], cells: Index, shifts: Index) -> None:
        """Set the bits of a term in some cells, and clear them in the tables of the columns it reads."""
        stands = np.uint64(1) << shifts.astype(np.uint64)
        bank.base[cells] |= stands * np.uint64((1 << (1 + len(asking))) - 1)
        for column, _ in term.allowed:
            if column in self._guards:
                continue
            size = self.columns[column].size
            table = bank.table(column, size)
            refused = np.flatnonzero(~allowed_codes(term, column, size))
            table[np.ix_(cells, refused)] &= ~stands[:, None]
            if column in asking:
                unknown = stands << np.uint64(1 + asking.index(column))
                table[np.ix_(cells, np.arange(UNKNOWN + 1, size + 1))] &= ~unknown[:, None]

    def _match_bank(self, bank: _Bank, codes: dict[int, CodeArray], lines: Index | None, count: int) -> Part:
        index, words = distinct(self._words(bank, codes, count))
        said = words.tolist()
        fresh = [number for number, word in enumerate(said) if word not in bank.memo]
        where = _some_line(index, len(said))[fresh] if fresh else np.empty(0, dtype=np.int64)
        for number, row in zip(fresh, self._rows(codes, where), strict=True):
            bank.memo[said[number]] = self._outcomes(bank, said[number], row)
        numbers: dict[Outcomes, int] = {}
        of_word = np.array([numbers.setdefault(bank.memo[word], len(numbers)) for word in said], dtype=np.int64)
        return Part(lines, of_word[index], list(numbers), where if lines is None else lines[where])

    def _cell_of(self, codes: dict[int, CodeArray], start: int, stop: int) -> Index:
        cell = np.zeros(stop - start, dtype=np.int64)
        for guard in self._guards:
            cell *= self.columns[guard].size + 1
            cell += codes[guard][start:stop]
        return cell

    def _words(self, bank: _Bank, codes: dict[int, CodeArray], count: int) -> _WordArray:
        """The words of the lines; shape (lines,)."""
        out = np.empty(count, dtype=np.uint64)
        tables = [(table.ravel(), table.shape[1], codes[column]) for column, table in bank.tables.items()]
        room = min(_AT_ONCE, count)
        at, left = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.uint64)
        for start in range(0, count, _AT_ONCE):
            stop = min(start + _AT_ONCE, count)
            cell = self._cell_of(codes, start, stop)
            word, place, found = out[start:stop], at[: stop - start], left[: stop - start]
            np.take(bank.base, cell, out=word, mode="clip")
            for table, width, values in tables:
                np.multiply(cell, width, out=place)
                place += values[start:stop]
                np.take(table, place, out=found, mode="clip")
                word &= found
            self._cut_failed(word, found)
        return out

    def _cut_failed(self, word: _WordArray, room: _WordArray) -> None:
        """Clear what is unknown of terms that have failed: it tells nothing apart."""
        stands = sum(1 << shift for shift in range(0, self._first_bit - self._width + 1, self._width))
        np.bitwise_and(word, np.uint64(stands), out=room)
        room *= np.uint64((1 << self._width) - 1)
        room |= np.uint64((1 << 64) - (1 << self._first_bit))
        word &= room

    def _rows(self, codes: dict[int, CodeArray], lines: Index) -> list[Row]:
        """The profiles of some lines; columns that no term reads stay unknown."""
        blank = [UNKNOWN] * len(lines)
        columns = [codes[n][lines].tolist() if n in codes else blank for n in range(len(self.columns))]
        return list(zip(*columns, strict=True)) or [()] * len(lines)

    def _outcomes(self, bank: _Bank, word: int, row: Row) -> Outcomes:
        """What a word comes to; ``row`` is the profile of a line that has it."""
        cell = word >> self._first_bit
        slots = bank.layouts.get(cell)
        if slots is None:
            slots = bank.layouts[cell] = self._layout(bank, cell)
        out = []
        for slot in slots:
            bits = word >> slot.shift & slot.mask
            if not bits:
                continue
            if bits not in slot.known:
                slot.known[bits] = slot.rule.outcome(row)
            found = slot.known[bits]
            if found is not None:
                out.append(found)
        return tuple(out)

    def _layout(self, bank: _Bank, cell: int) -> list[_Slot]:
        codes = codes_of(cell, self._guards, self.columns)
        slots = []
        for number, shift, terms in bank.placed.get(cell, ()):
            worded = self.rules[number]
            unknown = tuple(codes[guard] == UNKNOWN for guard in self._guards)
            known = self._known.setdefault((number, terms, unknown), {})
            slots.append(_Slot(shift, (1 << len(terms) * self._width) - 1, known, worded.rule))
        return slots


def _some_line(index: npt.NDArray[np.integer], count: int) -> Index:
    """For each number a line that has it."""
    out = np.empty(count, dtype=np.int64)
    out[index] = np.arange(len(index))
    return out
