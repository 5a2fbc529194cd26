"""durable-rules, kept inside the dialect in which it is right.

One host without its background threads, flat facts of small integers, ``assert_fact`` then ``retract_fact`` under one
session with sequential ids, rules in shards of bounded width. Outside that dialect it crashes, hangs or misses in
silence; nothing else in the program imports it. Each shard holds a sentinel that fires for every fact, and every call
proves that it fired exactly once.
"""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from threading import Lock
from typing import Any

from alertengine.engine.code_sets import POSSIBLY, SURELY, Coded, CodedColumn, Leaf, Node
from alertengine.vocabulary import EngineError

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # the library calls utcfromtimestamp when imported
    import durable_rules_engine as _library
    from durable import engine as _durable

#: Comparisons and alternatives of one shard that may match together; above 64 the matcher fails.
SHARD_WIDTH = 60
#: Groups ($and, $or) of one pattern; with more the library builds nothing (error 113).
MAX_GROUPS = 15
#: A rule that holds, and whether SURELY or POSSIBLY.
Hit = tuple[str, int]
_SESSION = "s"
_SENTINEL = "sentinel"


class _QuietHost(_durable.Host):  # type: ignore[misc]
    """A host without timers and dispatcher (both walk freed memory), and without actions: it says what would fire."""

    def get_action(self, action_name: str) -> Callable[[Any], None]:  # noqa: ARG002 -- the library's signature
        return lambda _context: None

    def _run(self) -> None:
        """Start nothing."""

    def fired(self, ruleset: str, fact: Mapping[str, Any]) -> list[str]:
        """The rules that a fact fires, one after the other; the fact is taken back."""
        handle = self.get_ruleset(ruleset)._handle  # noqa: SLF001 -- the actions of Host.assert_fact cost most of it
        told = json.dumps(fact)
        status, state = _library.assert_fact(handle, told)
        if status:
            raise EngineError(f"it did not take the fact: status {status}")
        names = []
        begun = _library.start_action_for_state(handle, state)
        message = begun and begun[1]
        while message:
            names += json.loads(message)
            message = _library.complete_and_start_action(handle, state)
        _library.retract_fact(handle, told)
        return names


@dataclass(frozen=True)
class Pattern:
    """One thing to match in a shard: a rule and its coded condition, surely or possibly."""

    rule: str
    condition: Coded
    possibly: bool

    @property
    def name(self) -> str:
        """Its name in the shard."""
        return f"{self.rule}/{'possibly' if self.possibly else 'surely'}"

    @property
    def hit(self) -> Hit:
        """What it says when it holds."""
        return self.rule, POSSIBLY if self.possibly else SURELY

    @cached_property
    def width(self) -> int:
        """Comparisons and alternatives, an upper bound of the branches that match together."""
        return 1 + _width(self.condition, self.possibly)


class Shards:
    """Rules in shards, matched one profile at a time.

    Args:
        shards: for each shard its columns and patterns.

    Raises:
        EngineError: a pattern is too wide for the dialect.

    """

    def __init__(self, shards: Sequence[tuple[tuple[CodedColumn, ...], Sequence[Pattern]]]) -> None:
        """Build the host, which the library never frees: :func:`shards_of` builds each once."""
        self._lock = Lock()
        self._said = {pattern.name: pattern.hit for _, patterns in shards for pattern in patterns}
        self._ids = itertools.count()
        rulesets: dict[str, Any] = {}
        for number, (columns, patterns) in enumerate(shards):
            body: dict[str, Any] = {_SENTINEL: _rule([{"k": 1}], _SENTINEL)}
            if len(patterns) > 1 and sum(pattern.width for pattern in patterns) > SHARD_WIDTH:
                raise EngineError(f"shard {number} is wider than {SHARD_WIDTH}")
            for pattern in patterns:
                if pattern.width > SHARD_WIDTH:
                    raise EngineError(f"rule {pattern.rule} has more than {SHARD_WIDTH} comparisons; split it")
                said = _pattern(pattern.condition, columns, possibly=pattern.possibly)
                if said is False:
                    continue
                body[pattern.name] = _rule([{"k": 1}] if said is True else [{"k": 1}, said], pattern.name)
                if _groups(said) + 1 > MAX_GROUPS:
                    raise EngineError(f"rule {pattern.rule} nests more than {MAX_GROUPS} groups; split it")
            rulesets[f"shard{number}"] = body
        self._host = _QuietHost(rulesets) if rulesets else None

    def match(self, shard: int, row: tuple[int | None, ...]) -> list[Hit]:
        """What holds for a profile in a shard; a column may be left out of it (None).

        Raises:
            EngineError: the library failed, or the sentinel did not fire exactly once.

        """
        if self._host is None:
            return []
        name = f"shard{shard}"
        codes = {f"c{n}": code for n, code in enumerate(row) if code is not None}
        fact = {"k": 1, "sid": _SESSION, "id": next(self._ids), **codes}
        try:
            with self._lock:
                fired = self._host.fired(name, fact)
        except Exception as error:
            shards_of.cache_clear()
            raise EngineError(f"durable-rules failed on {fact}: {error}") from error
        if fired.count(_SENTINEL) != 1:
            shards_of.cache_clear()  # the host is not to be trusted any more
            raise EngineError(f"durable-rules saw {fact} {fired.count(_SENTINEL)} times in {name}")
        return [self._said[hit] for hit in dict.fromkeys(fired) if hit != _SENTINEL]


@cache
def shards_of(shards: tuple[tuple[tuple[CodedColumn, ...], tuple[Pattern, ...]], ...]) -> Shards:
    """Rules in shards; the same ones are built once in a process."""
    return Shards(shards)


def _rule(parts: list[Any], name: str) -> dict[str, Any]:
    return {"all": [{"m": parts[0] if len(parts) == 1 else {"$and": parts}}], "run": name}


def _groups(pattern: Any) -> int:
    """How many groups a pattern nests."""
    if not isinstance(pattern, dict):
        return 0
    return sum(1 + sum(map(_groups, parts)) for key, parts in pattern.items() if key in ("$and", "$or"))


def _split(coded: Coded, *, possibly: bool) -> tuple[dict[int, frozenset[int]], list[Node]]:
    """The parts of a condition: those over one column as its codes, taken together by column, and the others."""
    if isinstance(coded, Leaf):
        return {coded.column: coded.possibly if possibly else coded.surely}, []
    spans: dict[int, frozenset[int]] = {}
    others: list[Node] = []
    for part in coded.parts:
        inner, rest = _split(part, possibly=possibly)
        if isinstance(part, Node) and (rest or len(inner) != 1):
            others.append(part)
            continue
        for column, codes in inner.items():
            held = spans.get(column, codes)
            spans[column] = held & codes if coded.every else held | codes
    return spans, others


def _width(coded: Coded, possibly: bool) -> int:  # noqa: FBT001 -- surely or possibly, nothing else
    spans, others = _split(coded, possibly=possibly)
    runs = [_ranges(codes) for codes in spans.values()]
    # equalities of one field exclude each other; open-ended halves of ranges do not
    own = sum(1 + 2 * sum(first < last for first, last in ranges) for ranges in runs)
    return own + sum(_width(part, possibly) for part in others)


def _pattern(coded: Coded, columns: tuple[CodedColumn, ...], *, possibly: bool) -> Any:
    """A coded condition in the library's pattern language; True and False where it is constant."""
    every = isinstance(coded, Leaf) or coded.every
    spans, others = _split(coded, possibly=possibly)
    parts = [_within(column, codes, columns) for column, codes in spans.items()]
    parts += [_pattern(part, columns, possibly=possibly) for part in others]
    if (not every) in parts:
        return not every
    parts = [part for part in parts if part is not every]
    if not every:
        return _either(parts)
    if not parts:
        return True
    return parts[0] if len(parts) == 1 else {"$and": parts}


def _within(column: int, codes: frozenset[int], columns: tuple[CodedColumn, ...]) -> Any:
    if codes == columns[column].everything():
        return True
    return _either([_range(f"c{column}", first, last) for first, last in _ranges(codes)])


def _either(parts: list[Any]) -> Any:
    if not parts:
        return False
    return parts[0] if len(parts) == 1 else {"$or": parts}


def _range(name: str, first: int, last: int) -> dict[str, Any]:
    if first == last:
        return {name: first}
    return {"$and": [{"$gte": {name: first}}, {"$lte": {name: last}}]}


def _ranges(codes: frozenset[int]) -> list[tuple[int, int]]:
    """Codes as runs of consecutive numbers."""
    runs: list[tuple[int, int]] = []
    for code in sorted(codes):
        if runs and runs[-1][1] == code - 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs
