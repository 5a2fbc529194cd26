"""The same rules in other engines: each takes lines and gives, for every line, the rules that match.

What can be made ready before the first line (compiling, converting the lines) is done by ``__init__`` and is
not measured: in the others' favour.
"""

from __future__ import annotations

import itertools
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib.util import find_spec
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.engine import Facts, Matcher
from alertengine.engine.durable import _QuietHost
from alertengine.engine.match import Matched
from alertengine.files import CodedTable
from alertengine.rulebook import LineRule, OpenLists, Rulebook
from alertengine.vocabulary import FIELDS

from .bench_laws import GridRule

#: A day on which the synthetic law and the shipped law of a winter hold, and that no notice follows in its warning:
#: each law that begins within a response is a phase more to decide.
DAY = date(2020, 2, 10)
Matches = list[set[str]]
Record = dict[str, Any]
_OPS = {"lt": "<", "ge": ">="}


def records(lines: pd.DataFrame, rules: Sequence[GridRule]) -> list[Record]:
    """The lines as plain mappings of the fields that the rules read; unknown fields are absent."""
    names = sorted({field for rule in rules for field, _, _ in rule.tests})
    columns = [lines[name].astype("object").where(lines[name].notna(), None).tolist() for name in names]
    rows = zip(*columns, strict=True)
    return [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows]


class Contestant(ABC):
    """An engine with the rules and the lines ready."""

    name: ClassVar[str]
    #: Lines it is given: enough for a second or so; its speed per line does not depend on how many.
    most: ClassVar[int]

    def __init__(self, rules: Sequence[GridRule], rows: Sequence[Record]) -> None:
        """Compile the rules and convert the lines."""
        self.rules = list(rules)
        self.rows = list(rows)

    @abstractmethod
    def run(self) -> None:
        """Match every line: what is measured."""

    @abstractmethod
    def matches(self) -> Matches:
        """What the last run matched, line by line."""


class _ActingHost(_QuietHost):
    """The host with actions, as the library is used."""

    def __init__(self, actions: Mapping[str, Callable[[Any], None]], rulesets: dict[str, Any]) -> None:
        self._actions = actions
        super().__init__(rulesets)

    def get_action(self, action_name: str) -> Callable[[Any], None]:
        return self._actions[action_name]


class DurableLines(Contestant):
    """durable-rules alone, line by line, in the dialect in which it is right: whole numbers, one session."""

    name = "durable-rules, line by line"
    most = 2_000
    #: Rules to a shard: as many as is known to be safe where equality on the first fields tells rules apart.
    _shard = 125

    def __init__(self, rules: Sequence[GridRule], rows: Sequence[Record]) -> None:
        """Code texts as whole numbers and numbers in tenths."""
        super().__init__(rules, rows)
        texts = itertools.count(1)
        self._code: dict[str, int] = {}
        self._of = lambda text: self._code.setdefault(text, next(texts))
        self._hits: list[str] = []
        sets = {
            f"s{start}": {
                **{rule.id: self._rule(rule) for rule in self.rules[start : start + self._shard]},
                "all": {"all": [{"m": {"k": 1}}], "run": "all"},
            }
            for start in range(0, len(self.rules), self._shard)
        }
        actions = {name: self._collector(name) for name in ("all", *(rule.id for rule in self.rules))}
        self._shards = list(sets)
        self._host = _ActingHost(actions, sets)
        self._facts = [{field: self._number(field, value) for field, value in row.items()} for row in self.rows]
        self._ids = itertools.count()
        self._found: Matches = []

    def _collector(self, name: str) -> Callable[[Any], None]:
        hits = self._hits

        def collect(_context: Any) -> None:
            hits.append(name)

        return collect

    def _number(self, field: str, value: Any) -> int:
        kind = FIELDS[field].type
        return int(value) if kind == "bool" else round(value * 10) if kind in ("number", "integer") else self._of(value)

    def _rule(self, rule: GridRule) -> dict[str, Any]:
        parts: list[dict[str, Any]] = [{"k": 1}]
        for field, op, value in rule.tests:
            atom = {field: self._number(field, value)}
            parts.append(atom if op == "is" else {"$lt" if op == "lt" else "$gte": atom})
        return {"all": [{"m": {"$and": parts}}], "run": rule.id}

    def run(self) -> None:
        """Assert and retract every line in every shard."""
        self._found = []
        for fact in self._facts:
            self._hits.clear()
            told = {"k": 1, "sid": "s", "id": next(self._ids), **fact}
            for shard in self._shards:
                self._host.assert_fact(shard, told)
                self._host.retract_fact(shard, told)
            self._found.append(set(self._hits) - {"all"})

    def matches(self) -> Matches:
        """What the last run matched."""
        return self._found


class ZenBatch(Contestant):
    """zen-engine: one decision table that collects, ``evaluate_batch`` on lines serialised beforehand."""

    name = "zen-engine, evaluate_batch"
    most = 10_000

    def __init__(self, rules: Sequence[GridRule], rows: Sequence[Record]) -> None:
        """Write the table; the lines as bytes are what it takes fastest."""
        import zen

        super().__init__(rules, rows)
        fields = sorted({field for rule in rules for field, _, _ in rule.tests})
        table = {
            "hitPolicy": "collect",
            "inputs": [{"id": field, "name": field, "field": field} for field in fields],
            "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
            "rules": [
                {"_id": rule.id, "rule": json.dumps(rule.id), **dict.fromkeys(fields, ""), **_cells(rule)}
                for rule in rules
            ],
        }
        nodes = [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "t", "name": "t", "type": "decisionTableNode", "content": table},
            {"id": "out", "name": "out", "type": "outputNode"},
        ]
        ends = (("in", "t"), ("t", "out"))
        edges = [{"id": a + b, "sourceId": a, "targetId": b, "type": "edge"} for a, b in ends]
        content = {"grid": {"nodes": nodes, "edges": edges}}
        self._engine = zen.ZenEngine({"loader": {"type": "static", "content": content}})
        told = [json.dumps(row, ensure_ascii=False).encode() for row in self.rows]
        self._requests = [{"key": "grid", "context": context} for context in told]
        self._found: list[Any] = []

    def run(self) -> None:
        """One batch."""
        self._found = self._engine.evaluate_batch(self._requests)

    def matches(self) -> Matches:
        """What the last run matched."""
        return [{hit["rule"] for hit in found["data"]["result"] or []} for found in self._found]


def _cells(rule: GridRule) -> dict[str, str]:
    return {
        field: json.dumps(value, ensure_ascii=False) if op == "is" else f"{_OPS[op]} {value}"
        for field, op, value in rule.tests
    }


class Clips(Contestant):
    """CLIPS by clipspy: one fact a line, asserted, run and retracted."""

    name = "clipspy"
    most = 2_000

    def __init__(self, rules: Sequence[GridRule], rows: Sequence[Record]) -> None:
        """Build one template and a rule for each rule."""
        import clips

        super().__init__(rules, rows)
        self._environment = clips.Environment()
        self._hits: list[str] = []
        self._environment.define_function(lambda name: self._hits.append(str(name)), "hit")
        fields = sorted({field for rule in rules for field, _, _ in rule.tests})
        self._environment.build(f"(deftemplate line {' '.join(f'(slot {field})' for field in fields)})")
        for rule in rules:
            slots = " ".join(_slot(test) for test in rule.tests)
            self._environment.build(f'(defrule {rule.id} (line {slots}) => (hit "{rule.id}"))')
        self._template = self._environment.find_template("line")
        self._facts = [{field: _symbol(value) for field, value in row.items()} for row in self.rows]
        self._found: Matches = []

    def run(self) -> None:
        """Assert, run and retract every line."""
        self._found = []
        for row in self._facts:
            self._hits.clear()
            fact = self._template.assert_fact(**row)
            self._environment.run()
            fact.retract()
            self._found.append(set(self._hits))

    def matches(self) -> Matches:
        """What the last run matched."""
        return self._found


def _symbol(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _slot(test: tuple[str, str, Any]) -> str:
    field, op, value = test
    if op == "is":
        return f'({field} "{value}")' if isinstance(value, str) else f"({field} {_symbol(value)})"
    return f"({field} ?{field}&:(numberp ?{field})&:({_OPS[op]} ?{field} {value}))"


class Masks:
    """The floor: a boolean mask of numpy for every rule, and the strictest share of each line; columns coded before."""

    name = "numpy masks"

    def __init__(self, rules: Sequence[GridRule], lines: pd.DataFrame, lists: OpenLists) -> None:
        """Code the columns."""
        self.rules = list(rules)
        facts = Facts(lines, lists, DAY)
        names = {field for rule in rules for field, _, _ in rule.tests}
        self._count = len(lines)
        self._columns: dict[str, npt.NDArray[Any]] = {}
        self._codes: dict[str, Mapping[Any, int]] = {}
        for name in names:
            kind = FIELDS[name].type
            if kind == "bool":
                self._columns[name], self._codes[name] = facts.boolean(name), {False: 1, True: 2}
            elif kind in ("number", "integer"):
                self._columns[name] = facts.number(name)
            else:
                text = facts.text(name)
                self._columns[name] = text.codes.astype(np.int16)
                self._codes[name] = {item: code for code, item in enumerate(text.categories)}

    def mask(self, rule: GridRule) -> npt.NDArray[np.bool_]:
        """The lines that a rule matches."""
        out: npt.NDArray[np.bool_] | None = None
        for field, op, value in rule.tests:
            column = self._columns[field]
            if op == "is":
                part = column == self._codes[field].get(value, -2)
            else:
                part = column < value if op == "lt" else column >= value
            out = part if out is None else np.logical_and(out, part, out=out)
        return np.ones(self._count, dtype=bool) if out is None else out

    def run(self) -> npt.NDArray[np.float64]:
        """The strictest share of every line, 0 where no rule matches."""
        best = np.zeros(self._count)
        for rule in self.rules:
            mask = self.mask(rule)
            best[mask] = np.maximum(best[mask], rule.share)
        return best


class Profiles:
    """Ours: the matcher on the lines as they are read, every step from the table on measured."""

    name = "alertengine"

    def __init__(self, rules: Sequence[GridRule], book: Rulebook) -> None:
        """Compile the rules."""
        share = {rule.id: rule.share for rule in rules}
        self._book = book
        law: list[LineRule] = list(book.line_rules())
        self._shares = np.array([share[rule.id] for rule in law])
        self.matcher = Matcher([(rule, book.members(rule)) for rule in law])

    def _match(self, lines: CodedTable | pd.DataFrame) -> Matched:
        facts = Facts(lines, self._book.lists, DAY)
        return self.matcher.match(facts.with_grade(facts.text("grade")))

    def run(self, lines: CodedTable | pd.DataFrame) -> npt.NDArray[np.float64]:
        """The strictest share of every line, 0 where no rule surely matches."""
        matched = self._match(lines)
        kind, rule = matched.matches.sure()
        best = np.zeros(len(matched.matches))
        np.maximum.at(best, kind, self._shares[rule])
        return best[matched.index]

    def told(self, lines: CodedTable | pd.DataFrame) -> str:
        """How many profiles of the rules a list meets (the law bounds them), and how many kinds of line."""
        kinds = self._match(lines).matches
        return f"{len(np.unique(kinds.said)):,} profiles; {len(kinds):,} kinds of line"

    def matches(self, lines: pd.DataFrame) -> Matches:
        """The rules that surely match, line by line."""
        matched = self._match(lines)
        return [set(matched.matches[number].sure) for number in matched.index]


#: The other engines; those of the extra ``bench`` where it is installed.
RIVALS: tuple[type[Contestant], ...] = (
    DurableLines,
    *(rival for rival, package in ((ZenBatch, "zen"), (Clips, "clips")) if find_spec(package)),
)
