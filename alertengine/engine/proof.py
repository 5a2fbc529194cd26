"""The compiled law proven against durable-rules.

Every rule is also compiled to durable-rules, in shards.  Every entry of every rule's table is shown to it once,
and every code of every column it reads; a condition that was proven by this very program is not proven again
(see ``Certificates``).  The first new kinds of line of every list are shown as well.

Certificates lie in the user's cache, ``$XDG_CACHE_HOME/alertengine/proven`` or ``~/.cache/alertengine/proven`` (or in
the folder that ``ALERTENGINE_CACHE`` names): one file for each state of the program, a mark a line.  The folder may be
removed at any time; where it cannot be read or written, every process proves its law anew.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from alertengine.engine._matching.table import Table
from alertengine.engine.code_sets import NOT, POSSIBLY, SURELY, Coded, CodedColumn, Leaf, Node, Row
from alertengine.engine.durable import SHARD_WIDTH, Hit, Pattern, shards_of
from alertengine.engine.outcomes import Outcomes
from alertengine.files import cache_folder, replacing_text
from alertengine.rulebook import Condition
from alertengine.vocabulary import EngineError, InputError

_HERE = Path(__file__).resolve().parent
#: The code that a proof speaks of: how conditions are read, coded, laid out in tables and shown.
_PROGRAM = (_HERE, _HERE.parent / "rulebook" / "conditions.py", _HERE.parent / "vocabulary" / "fields.py")


def mark_of(condition: Condition) -> str:
    """The mark of a condition: equal conditions have the same."""
    return hashlib.sha256(repr(condition).encode()).hexdigest()


class Certificates:
    """The marks of conditions that were proven; read when first asked for, written as they are added."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._marks: set[str] | None = None

    def __contains__(self, mark: str) -> bool:
        """Whether a condition was proven."""
        return mark in self._known()

    def add(self, marks: Iterable[str]) -> None:
        """Certify conditions."""
        new = set(marks) - self._known()
        if not new or (path := certificate_file()) is None:
            self._known().update(new)
            return
        self._marks = self._known() | _read(path) | new
        try:
            replacing_text(path, "\n".join(sorted(self._marks)) + "\n")
        except InputError:
            return  # nothing kept: proven again by the next process

    def forget(self) -> None:
        """Read the file again when next asked."""
        self._marks = None

    def _known(self) -> set[str]:
        if self._marks is None:
            path = certificate_file()
            self._marks = set() if path is None else _read(path)
        return self._marks


def certificate_file() -> Path | None:
    """The file of this very program, None where the user has no home or the program no source to tell it by."""
    folder = cache_folder()
    try:
        return None if folder is None else folder / "proven" / f"{_program()}.txt"
    except OSError:
        return None


def _read(path: Path) -> set[str]:
    try:
        return set(path.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return set()


def _program() -> str:
    """A hash of the code that a proof speaks of."""
    digest = hashlib.sha256()
    for place in _PROGRAM:
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(path.read_bytes())
    return digest.hexdigest()


CERTIFICATES = Certificates()


#: A shard's columns under a profile, None where it says nothing of one.
Fact = tuple[int | None, ...]
#: A text column's codes that a rule could accept: rules that share them stand in shards that others' lines never see.
_Guard = tuple[CodedColumn, frozenset[int]]


@dataclass(slots=True)
class _Shard:
    guard: _Guard | None
    columns: list[CodedColumn] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)
    width: int = 0
    seen: dict[Fact, frozenset[Hit]] = field(default_factory=dict)

    @property
    def rules(self) -> set[str]:
        """The rules with a pattern here."""
        return {pattern.rule for pattern in self.patterns}

    def take(self, rule: str, table: Table, possibly: bool) -> bool:  # noqa: FBT001 -- surely or possibly
        """Take a pattern in where there is room."""
        pattern = Pattern(rule, table.coded, possibly)
        if self.patterns and self.width + pattern.width > SHARD_WIDTH:
            return False
        self.width += pattern.width
        self.columns += [column for column in table.columns if column not in self.columns]
        places = [self.columns.index(column) for column in table.columns]
        self.patterns.append(replace(pattern, condition=_moved(pattern.condition, places)))
        return True


class _Asked:
    """A shard that is asked about profiles of some columns, cut at the constants of all rules."""

    def __init__(self, number: int, shard: _Shard, columns: Sequence[CodedColumn]) -> None:
        self.number = number
        index = {column.key: at for at, column in enumerate(columns)}
        #: For each own column where it stands in a profile and its code there, None of one that no such rule reads.
        self._recoding = [
            None if own.key not in index else (index[own.key], columns[index[own.key]].recoded(own).tolist())
            for own in shard.columns
        ]
        self._guarded: tuple[int, list[bool]] | None = None
        if shard.guard is not None and (guard := self._recoding[shard.columns.index(shard.guard[0])]) is not None:
            self._guarded = guard[0], [code in shard.guard[1] for code in guard[1]]

    def accepts(self, row: Row) -> bool:
        """Whether its rules could accept a profile at all."""
        return self._guarded is None or self._guarded[1][row[self._guarded[0]]]

    def fact(self, row: Row) -> Fact:
        """A profile as the shard sees it."""
        return tuple([one and one[1][row[one[0]]] for one in self._recoding])


class RuleProof:
    """Rules in durable-rules, beside their tables.

    Args:
        rules: the rules' names and tables.

    """

    def __init__(self, rules: Sequence[tuple[str, Table]]) -> None:
        """Compile the rules to shards, build the host."""
        self._tables = dict(rules)
        self._shards = _packed(rules)
        self._homes: dict[str, list[int]] = {}
        for number, shard in enumerate(self._shards):
            for rule in shard.rules:
                self._homes.setdefault(rule, []).append(number)
        self._host = shards_of(tuple((tuple(shard.columns), tuple(shard.patterns)) for shard in self._shards))
        self._asked: dict[frozenset[str], list[_Asked]] = {}
        self._shown: set[tuple[frozenset[str], Row]] = set()
        self._proven = False
        self.facts = 0

    def prove(self) -> None:
        """Show every entry of every table that has no certificate, and certify it.

        Raises:
            EngineError: durable-rules finds otherwise.

        """
        if self._proven:
            return
        marks = {name: mark_of(table.condition) for name, table in self._tables.items()}
        new = [name for name, mark in marks.items() if mark not in CERTIFICATES]
        for name in new:
            self._prove(name)
        CERTIFICATES.add(marks[name] for name in new)
        self._proven = True

    def _prove(self, name: str) -> None:
        table = self._tables[name]
        homes = [(self._shards[n], n, [self._shards[n].columns.index(c) for c in table.columns])
                 for n in self._homes[name]]  # fmt: skip
        for row in telling(table):
            said = {(name, held) for held in _holding(table.at(row).held)}
            hits: set[Hit] = set()
            for shard, number, places in homes:
                fact: list[int | None] = [None] * len(shard.columns)
                for place, code in zip(places, row, strict=True):
                    fact[place] = code
                hits |= {hit for hit in self._ask(number, tuple(fact)) if hit[0] == name}
            _compare(hits, said)

    def show(
        self,
        columns: Sequence[CodedColumn],
        rules: frozenset[str],
        profiles: Iterable[Row],
        found: Callable[[int], Outcomes],
    ) -> None:
        """Show profiles of some rules, those shown before left out.

        Args:
            columns: the columns of the profiles, cut at the constants of all rules.
            rules: the rules that the profiles were matched against.
            profiles: the code of each column.
            found: the outcomes of a profile by its place.

        Raises:
            EngineError: durable-rules finds otherwise.

        """
        if rules not in self._asked:
            self._asked[rules] = [
                _Asked(number, shard, columns)
                for number, shard in enumerate(self._shards)
                if not rules.isdisjoint(shard.rules)
            ]
        for place, row in enumerate(profiles):
            if (rules, row) in self._shown:
                continue
            self._shown.add((rules, row))
            hits: set[Hit] = set()
            for asked in self._asked[rules]:
                if asked.accepts(row):
                    hits |= self._ask(asked.number, asked.fact(row))
            said = {(one.rule, held) for one in found(place) for held in _holding(one.held)}
            _compare({hit for hit in hits if hit[0] in rules}, said)

    def _ask(self, number: int, fact: Fact) -> frozenset[Hit]:
        """The rules of a shard that durable-rules finds to hold, and how."""
        seen = self._shards[number].seen
        if fact not in seen:
            self.facts += 1
            seen[fact] = frozenset(self._host.match(number, fact))
        return seen[fact]


def telling(table: Table) -> Iterator[Row]:
    """Profiles that show every entry of a table, and every code of its columns where its class tells."""
    classes = table.classes
    firsts = [
        dict(zip(*(found.tolist() for found in np.unique(some, return_index=True)), strict=True)) for some in classes
    ]
    yield from itertools.product(*(some.values() for some in firsts))
    held = np.array([entry.held for entry in table.said])[table.entries].reshape(table.shape)
    for column, of_code in enumerate(classes):
        others = [some for n, some in enumerate(firsts) if n != column]
        by_class = np.moveaxis(held, column, -1)[np.ix_(*map(list, others))].reshape(-1, table.shape[column])
        rows = list(itertools.product(*(some.values() for some in others)))
        for code, own in enumerate(of_code.tolist()):
            if firsts[column][own] == code:
                continue
            # a class that differs from its own does so first here: were the code of that class, it would show
            for at in sorted(set((by_class != by_class[:, [own]]).argmax(axis=0).tolist())):
                yield (*rows[at][:column], code, *rows[at][column:])


def _holding(held: int) -> tuple[int, ...]:
    """The patterns that hold where a condition comes to ``held``: what surely holds possibly does."""
    return {NOT: (), POSSIBLY: (POSSIBLY,), SURELY: (SURELY, POSSIBLY)}[held]


def _compare(hits: set[Hit], said: set[Hit]) -> None:
    if hits != said:
        wrong = sorted({name for name, _ in hits ^ said})
        raise EngineError(f"two ways of matching disagree on rules {', '.join(wrong[:4])}")


def _packed(rules: Sequence[tuple[str, Table]]) -> list[_Shard]:
    """The patterns of rules in shards, those that could accept the same texts of one column together."""
    asked = Counter(table.columns[leaf.column].field for _, table in rules for leaf in _asked(table))
    filling: dict[_Guard | None, _Shard] = {}
    out = []
    for name, table in rules:
        leaf = max(_asked(table), key=lambda leaf: asked[table.columns[leaf.column].field], default=None)
        guard = None if leaf is None else (table.columns[leaf.column], leaf.possibly)
        for possibly in (False, True):
            if guard not in filling or not filling[guard].take(name, table, possibly):
                filling[guard] = _Shard(guard)
                out.append(filling[guard])
                filling[guard].take(name, table, possibly)
    return out


def _asked(table: Table) -> list[Leaf]:
    """The comparisons of texts that a condition asks for whatever else."""
    parts = (table.coded,) if isinstance(table.coded, Leaf) else table.coded.parts if table.coded.every else ()
    return [leaf for leaf in parts if isinstance(leaf, Leaf) and table.columns[leaf.column].kind == "text"]


def _moved(coded: Coded, places: Sequence[int]) -> Coded:
    """A condition over other numbers of its columns."""
    if isinstance(coded, Leaf):
        return replace(coded, column=places[coded.column])
    return Node(coded.every, tuple(_moved(part, places) for part in coded.parts))
