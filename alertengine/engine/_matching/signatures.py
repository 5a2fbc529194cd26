"""Matching by signatures: the sum of random words, one for what each rule comes to, tells kinds of line apart.

Guard columns (industry, process ...) cut the lines into cells; in a cell most rules have failed.  What is left is
looked up in the rules' tables: for few lines pair by pair of line and rule, for the many lines of a cell once for
all its rules that read the same columns.  Words are drawn for each process; two independent sums of 64 bits must
tell the same kinds apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from alertengine.engine._matching.table import Ints
from alertengine.engine.code_sets import CodedColumn
from alertengine.engine.facts import CodeArray
from alertengine.engine.outcomes import Numbered, TabledRule, Words
from alertengine.files import Index

#: The codes of a column; shape (lines,).
Coding = Callable[[CodedColumn], CodeArray]
#: Cells at most, and cells times rules.
_MOST_CELLS, _MOST_PLACES = 1 << 12, 1 << 23
#: A guard that leaves more than this share of the rules standing is not worth its cells.
_WORTH = 0.75
#: Lines of a cell from which on its rules are taken together; pairs of line and rule looked at in one go.
_MANY, _PAIRS = 256, 1 << 17


class Signatures:
    """Rules that may hold at the same places, laid out so that lines are told apart by what they come to."""

    def __init__(self, rules: Sequence[TabledRule], columns: Sequence[CodedColumn], outcomes: Numbered) -> None:
        """Lay the rules out; ``columns`` hold the fields they read with all constants in use."""
        self._rules, self._outcomes = tuple(rules), outcomes
        self.ids = frozenset(rule.id for rule in rules)
        index = {column.key: number for number, column in enumerate(columns)}
        reads = [[index[column.key] for column in rule.table.columns] for rule in rules]
        used = sorted({number for some in reads for number in some})
        self.columns = [columns[number] for number in used]
        self._sizes = [column.size + 1 for column in self.columns]
        self._slots = [[used.index(number) for number in some] for some in reads]
        #: For each rule and each column it reads: by code, how far it moves along the rule's entries.
        self._steps: list[list[Ints]] = [
            [
                step[self.columns[slot].recoded(own)]
                for step, slot, own in zip(rule.table.steps, slots, rule.table.columns, strict=True)
            ]
            for rule, slots in zip(rules, self._slots, strict=True)
        ]
        self._lay_entries()
        self._guards = self._choose_guards()
        self._lay_cells()

    def _lay_entries(self) -> None:
        """All tables one after the other: the number of what each entry says, and its word."""
        entries = [rule.table.entries for rule in self._rules]
        self._base = np.cumsum([0, *map(len, entries)])[:-1]
        said = [some.astype(np.int64) + rule.first for some, rule in zip(entries, self._rules, strict=True)]
        self._said = np.concatenate([np.zeros(0, np.int64), *said])
        self._word = self._outcomes.word[self._said]

    def _choose_guards(self) -> list[int]:
        """The text columns whose codes refuse most rules, as many as pay."""
        texts = [slot for slot, column in enumerate(self.columns) if column.kind == "text"]
        share = {slot: np.array([may[1:].mean() for may in self._may_hold(slot)]) for slot in texts}
        left, guards = np.ones(len(self._rules)), list[int]()
        while share and left.sum() > 1:
            most = min(_MOST_CELLS, _MOST_PLACES // len(self._rules))
            able = [slot for slot in share if math.prod(self._sizes[one] for one in (*guards, slot)) <= most]
            best = min(able, key=lambda slot: float((left * share[slot]).sum()), default=None)
            if best is None or (left * share[best]).sum() > _WORTH * left.sum():
                break
            left = left * share.pop(best)
            guards.append(best)
        return guards

    def _may_hold(self, slot: int) -> npt.NDArray[np.bool_]:
        """Under which codes of a column each rule can hold; shape (rules, size + 1)."""
        out = np.ones((len(self._rules), self._sizes[slot]), dtype=bool)
        for number, (rule, slots) in enumerate(zip(self._rules, self._slots, strict=True)):
            if slot in slots:
                own = slots.index(slot)
                out[number] = rule.table.may_hold(own)[self.columns[slot].recoded(rule.table.columns[own])]
        return out

    def _lay_cells(self) -> None:
        """The rules that can hold in each cell, and where their entries begin there once the guards are looked up."""
        count = len(self._rules)
        standing = np.ones((1, count), dtype=bool)
        begin = self._base[None, :].astype(np.int64)
        for guard in self._guards:
            moves = np.zeros((self._sizes[guard], count), dtype=np.int64)
            for number, (slots, steps) in enumerate(zip(self._slots, self._steps, strict=True)):
                if guard in slots:
                    moves[:, number] = steps[slots.index(guard)]
            standing = (standing[:, None, :] & self._may_hold(guard).T[None]).reshape(-1, count)
            begin = (begin[:, None, :] + moves[None]).reshape(-1, count)
        cell, self._rule = np.nonzero(standing)
        self._begin = begin[cell, self._rule]
        self._held = np.bincount(cell, minlength=len(standing))
        self._from = np.cumsum(self._held) - self._held
        further = [[(s, step) for s, step in zip(*both, strict=True) if s not in self._guards]
                   for both in zip(self._slots, self._steps, strict=True)]  # fmt: skip
        self._further = further
        self._width = np.array([len(some) for some in further], dtype=np.int64)
        #: The same for pairs: by turn the column of each rule, and where its steps begin in one array of all.
        flat = [step for some in further for _, step in some]
        at = iter(np.cumsum([0, *map(len, flat)]).tolist())
        self._flat = np.concatenate([np.zeros(0, np.int64), *flat])
        shape = (int(self._width.max(initial=0)), count)
        self._turn_slot, self._turn_from = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for number, some in enumerate(further):
            for turn, (slot, _) in enumerate(some):
                self._turn_slot[turn, number], self._turn_from[turn, number] = slot, next(at)

    # -- lines

    def _cell_of(self, codes: Sequence[CodeArray], rows: Index) -> Index:
        cell = np.zeros(len(rows), dtype=np.int64)
        for guard in self._guards:
            cell *= self._sizes[guard]
            cell += codes[guard].take(rows)
        return cell

    def sums(self, coding: Coding, rows: Index) -> Words:
        """Two signatures of each of some lines, ``rows`` of the codes."""
        codes = [coding(column) for column in self.columns]
        out = np.zeros((len(rows), 2), dtype=np.uint64)
        cell = self._cell_of(codes, rows)
        size = np.bincount(cell, minlength=len(self._held))
        many = (size > _MANY) & (self._held > 0)
        lines = np.flatnonzero(many[cell])
        lines = lines[np.argsort(cell[lines].astype(np.uint16), kind="stable")]  # 16 bits sort fast
        for one, chosen in zip(
            np.flatnonzero(many).tolist(), np.split(lines, np.cumsum(size[many])[:-1]), strict=False
        ):
            out[chosen, 0], out[chosen, 1] = self._of_cell(one, codes, rows[chosen]).T
        self._add_pairs(out, cell, codes, rows, np.flatnonzero(~many[cell]))
        return out

    def _of_cell(self, cell: int, codes: Sequence[CodeArray], lines: Index) -> Words:
        """The signatures of many lines of one cell: rules that read the same columns are looked up together."""
        alike: dict[tuple[int, ...], list[int]] = {}
        for item in range(self._from[cell], self._from[cell] + self._held[cell]):
            alike.setdefault(tuple(slot for slot, _ in self._further[self._rule[item]]), []).append(item)
        out = np.zeros((len(lines), 2), dtype=np.uint64)
        here = {slot: codes[slot].take(lines) for slot in {slot for slots in alike for slot in slots}}
        for slots, items in alike.items():
            if len(items) * math.prod(self._sizes[slot] for slot in slots) <= len(lines):
                out += self._fused(slots, items).take(self._place(slots, here), axis=0)
                continue
            for item in items:
                at = np.full(len(lines), self._begin[item])
                for slot, step in self._further[self._rule[item]]:
                    at += step.take(here[slot])
                out += self._word.take(at, axis=0)  # many times quicker than an index on rows of two
        return out

    def _fused(self, slots: Sequence[int], items: Sequence[int]) -> Words:
        """The words of some rules of a cell by the codes of the columns they all read; shape (codes, 2)."""
        shape = [self._sizes[slot] for slot in slots]
        out = np.zeros((math.prod(shape), 2), dtype=np.uint64)
        for item in items:
            at = np.full(shape, self._begin[item])
            for turn, (_, step) in enumerate(self._further[self._rule[item]]):
                at += step.reshape([-1 if n == turn else 1 for n in range(len(slots))])
            out += self._word.take(at.ravel(), axis=0)
        return out

    def _place(self, slots: Sequence[int], here: dict[int, CodeArray]) -> Index | int:
        """Where the codes of some columns lie in a fused table."""
        if not slots:
            return 0
        at = here[slots[0]].astype(np.int64)
        for slot in slots[1:]:
            at *= self._sizes[slot]
            at += here[slot]
        return at

    def _add_pairs(self, out: Words, cell: Index, codes: Sequence[CodeArray], rows: Index, lines: Index) -> None:
        """Add the words of some lines, pair by pair."""
        lines = lines[self._held[cell[lines]] > 0]
        for some in np.split(lines, self._cuts(cell[lines])):
            at, held = self._pairs(cell[some], [values.take(rows[some]) for values in codes])
            out[some] += np.add.reduceat(self._word.take(at, axis=0), np.cumsum(held) - held, axis=0)

    def _cuts(self, cell: Index) -> Index:
        """Where lines are cut so that few pairs are looked at in one go."""
        pairs = np.cumsum(self._held[cell])
        return np.searchsorted(pairs, np.arange(_PAIRS, pairs[-1], _PAIRS), "right") if len(pairs) else pairs

    def _pairs(self, cell: Index, codes: Sequence[CodeArray]) -> tuple[Index, Index]:
        """The entry of each pair of a line and a rule that can hold in its cell, line by line; pairs of each line."""
        held = self._held[cell]
        ends = np.cumsum(held)
        line = np.repeat(np.arange(len(cell)), held)
        item = np.arange(len(line)) + np.repeat(self._from[cell] - ends + held, held)
        rule, at = self._rule[item], self._begin[item]
        flat = np.concatenate([np.zeros(0, dtype=np.int16), *codes])
        width = self._width[rule]
        for turn, (slot, begin) in enumerate(zip(self._turn_slot, self._turn_from, strict=True)):
            asked = np.flatnonzero(width > turn)
            of = rule[asked]
            at[asked] += self._flat[begin[of] + flat[slot[of] * len(cell) + line[asked]]]
        return at, held

    def told(self, coding: Coding, rows: Index) -> tuple[Index, Index]:
        """What the rules come to on some lines: the numbers of the outcomes, line by line, and how many each has."""
        codes = [coding(column) for column in self.columns]
        cell = self._cell_of(codes, rows)
        said, counts = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for some in np.split(np.arange(len(rows)), self._cuts(cell)):
            at, held = self._pairs(cell[some], [values.take(rows[some]) for values in codes])
            holding = self._outcomes.holds[self._said[at]]
            said.append(self._said[at[holding]])
            passed, ends = np.concatenate([[0], np.cumsum(holding)]), np.cumsum(held)
            counts.append(passed[ends] - passed[ends - held])
        return np.concatenate(said), np.concatenate(counts)
