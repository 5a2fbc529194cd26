"""Worked cases: ``*.test.yaml`` beside each document, written by people who do not program.

A case gives a line (or several of one enterprise), a day and a level, and what the order
must say.  Running one decides it like any list; a failing case is shown as expected
against got.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import pandas as pd
from pydantic import (
    Discriminator,
    Field,
    NaiveDatetime,
    Tag,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from alertengine.engine import Engine, Response, Segment
from alertengine.files import problems_of, read_yaml
from alertengine.lists import RowError, lines_from
from alertengine.orders import decide_lines, required_ratios
from alertengine.rulebook import OpenLists, Rulebook, Strict, place_of
from alertengine.vocabulary import (
    MEASURES,
    MOST_HOURS,
    STANDING_TEXT,
    STATUS_TEXT,
    AlertEngineError,
    Both,
    InputError,
    Level,
    Problem,
    SaidError,
    Words,
    coded,
    language,
    to_minute,
)

#: The order of one line, by column.
Order = Mapping[Hashable, Any]
#: Columns compared as sets of ids.
_SETS = ("rules", "set_aside", "hangs_on", "flags")


class Expected(Strict):
    """What an order must say; only what is given is compared.

    ``rules``, ``set_aside``, ``hangs_on`` and ``flags`` are compared as whole sets, ``remark``, ``basis``,
    ``measure_text`` and ``transport`` as parts of the text.
    """

    status: str | None = None
    measure: str | None = None
    share: float | None = None
    effective_grade: str | None = None
    rules: tuple[str, ...] | None = None
    set_aside: tuple[str, ...] | None = None
    hangs_on: tuple[str, ...] | None = None
    transport: str | None = None
    measure_text: str | None = None
    remark: str | None = None
    basis: str | None = None
    flags: tuple[str, ...] | None = None
    standing: str | None = None
    so2_kg_d: float | None = None
    nox_kg_d: float | None = None
    pm_kg_d: float | None = None
    vocs_kg_d: float | None = None
    ratio: dict[str, float] | None = None
    #: Rules, of whatever kind, that hold at the moment of the case, and rules that do not; of a city, that reach it.
    in_force: tuple[str, ...] = ()
    not_in_force: tuple[str, ...] = ()
    #: Rules that hold, and what they say: keys and values as a document writes them; what is left out is not compared.
    says: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @field_validator("status", "measure")
    @classmethod
    def _known(cls, said: str | None, info: ValidationInfo) -> str | None:
        known = _VALUES[str(info.field_name)]
        if said and not known.keys() >= set(said.split(";")):
            raise SaidError("case_word", names=coded(known, known))
        return said

    @model_validator(mode="after")
    def _asks(self) -> Expected:
        if not self.model_fields_set:
            raise SaidError("case_asks_nothing")
        return self

    @property
    def of_law(self) -> bool:
        """Whether it asks of the law itself, not of an order."""
        return self.ratio is not None or bool(self.in_force or self.not_in_force or self.says)


class Case(Strict):
    """One worked case."""

    name: str
    #: A day, from its midnight, or a moment of it.
    when: NaiveDatetime = Field(alias="date")
    level: Level = Level.NONE
    hours: float = Field(default=0, ge=0, le=MOST_HOURS)
    known_on: date | None = None
    adopt: dict[str, str] = Field(default_factory=dict)
    published: bool = False
    city: str = ""
    line: dict[str, Any] | None = None
    lines: tuple[dict[str, Any], ...] = ()
    expect: Annotated[
        Annotated[Expected, Tag(":one")] | Annotated[tuple[Expected, ...], Tag(":each")],
        Discriminator(lambda value: ":each" if isinstance(value, (list, tuple)) else ":one"),
    ]

    @model_validator(mode="after")
    def _shape(self) -> Case:
        expected = self.expectations
        if self.line is not None and self.lines:
            raise SaidError("case_line_and_lines")
        if any(item.of_law for item in expected):
            if not self.city and any(item.ratio is not None for item in expected):
                raise SaidError("case_ratio_city")
        elif len(self.rows) != len(expected):
            raise SaidError("case_lines", lines=len(self.rows), expectations=len(expected))
        return self

    @property
    def day(self) -> date:
        """The day of the case."""
        return self.when.date()

    @property
    def rows(self) -> tuple[dict[str, Any], ...]:
        """The lines of the case."""
        return (self.line,) if self.line is not None else self.lines

    @property
    def expectations(self) -> tuple[Expected, ...]:
        """What is expected of each line; a single expectation is expected of every one."""
        return self.expect if isinstance(self.expect, tuple) else (self.expect,) * max(len(self.rows), 1)

    @property
    def adopted(self) -> tuple[tuple[str, str], ...]:
        """What is adopted, as a key."""
        return tuple(sorted(self.adopt.items()))

    @property
    def asks_what_is_open(self) -> bool:
        """Whether the case expects anything of what an order hangs on: a costly search, left out elsewhere."""
        return any(one.hangs_on is not None or one.remark is not None for one in self.expectations)


#: What is compared, and what stands there, as officers say it.
_NAMES: Final = {
    "status": "状态", "measure": "措施", "share": "减排比例", "effective_grade": "执行等级", "rules": "所依规则",
    "set_aside": "搁置的规则", "hangs_on": "待核实", "transport": "运输", "measure_text": "措施文字", "remark": "备注",
    "basis": "依据", "flags": "标记", "standing": "文本性质", "so2_kg_d": "SO₂千克/日", "nox_kg_d": "NOₓ千克/日",
    "pm_kg_d": "颗粒物千克/日", "vocs_kg_d": "VOCs千克/日", "ratio": "应达到的减排比例",
}  # fmt: skip
_VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "status": STATUS_TEXT,
    "measure": {code: one.text for code, one in MEASURES.items()},
    "standing": STANDING_TEXT,
}


@dataclass(slots=True)
class CaseOutcome:
    """What became of a case: the differences, empty when it holds, and the rules that bound or were set aside."""

    case: Case
    file: Path
    differences: list[str] = field(default_factory=list)
    touched: frozenset[str] = frozenset()


def case_files(folders: Iterable[Path]) -> list[Path]:
    """All files of worked cases in some folders."""
    return [path for folder in folders for path in sorted(folder.rglob("*.test.yaml"))]


def read_cases(path: Path) -> list[Case]:
    """The cases of a file; one with several dates is as many cases, each named with its day.

    Raises:
        InputError: with every malformed case.

    """
    content = read_yaml(path)
    if not isinstance(content, list):
        raise InputError([Problem("not_cases", file=str(path))])
    cases, problems = [], []
    for number, item in enumerate(content, start=1):
        name = item.get("name", number) if isinstance(item, dict) else number
        try:
            cases += [Case.model_validate(one) for one in _of_each_day(item)]
        except ValidationError as error:
            problems += problems_of(error, str(path), f"case {name}", Case)
    if problems:
        raise InputError(problems)
    return cases


def _of_each_day(item: Any) -> list[Any]:
    days = item.get("date") if isinstance(item, dict) else None
    if not isinstance(days, list) or not days:
        return [item]
    return [{**item, "name": f"{item.get('name', '')} {day}", "date": day} for day in days]


class CaseRunner:
    """Runs cases against a rulebook; keeps one engine per set of adopted documents."""

    def __init__(self, book: Rulebook) -> None:
        """Take the rulebook whose folders hold the cases."""
        self._book = book
        self._engines: dict[tuple[Any, ...], Engine] = {}

    def run(self, case: Case, path: Path) -> CaseOutcome:
        """Decide a case and compare."""
        outcome = CaseOutcome(case, path)
        try:
            if case.rows:
                lines = self._lines(case, self._engine(case).book.lists)
                _note_differences(outcome, self._orders(case, lines))
            self._compare_law(outcome)
        except (RowError, AlertEngineError) as error:
            outcome.differences.append(_now(error.said) if isinstance(error, RowError) else str(error))
        return outcome

    def run_all(
        self, cases: Iterable[tuple[Case, Path]], progress: Callable[[int, int], None] | None = None
    ) -> list[CaseOutcome]:
        """Decide many cases, those of one day, level and hour as one list: enterprises do not touch each other.

        ``progress(more, of)`` is called with how many more are done, of how many.
        """
        outcomes = [CaseOutcome(case, path) for case, path in cases]
        together: dict[tuple[Any, ...], list[CaseOutcome]] = {}
        for outcome in outcomes:
            case = outcome.case
            key = case.when, case.level, case.hours, case.published, self._engine(case)
            together.setdefault(key, []).append(outcome)
        for group in together.values():
            if progress is not None:
                progress(len(group), len(outcomes))
            try:
                self._compare_together([outcome for outcome in group if outcome.case.rows])
            except (RowError, AlertEngineError):  # one of them cannot be decided: each says so for itself
                for outcome in group:
                    alone = self.run(outcome.case, outcome.file)
                    outcome.differences, outcome.touched = alone.differences, alone.touched
                continue
            for outcome in group:
                self._compare_law(outcome)
        return outcomes

    def _compare_together(self, group: list[CaseOutcome]) -> None:
        """Compare the lines of several cases of one day, level and hour."""
        if not group:
            return
        rows = [row for number, outcome in enumerate(group) for row in _apart(outcome.case, number)]
        lines = lines_from(rows, self._engine(group[0].case).book.lists)
        orders = iter(self._orders(group[0].case, lines))
        for outcome in group:
            _note_differences(outcome, [next(orders) for _ in outcome.case.rows])

    def _engine(self, case: Case) -> Engine:
        key = (case.adopted, case.known_on, case.asks_what_is_open)
        if key not in self._engines:
            self._engines[key] = self._made(case)
        return self._engines[key]

    def _made(self, case: Case) -> Engine:
        """The engine of a case's adopted documents, and of what was known then."""
        book = self._book.adopting(case.adopt) if case.adopt else self._book
        return Engine(book, case.known_on, hanging=case.asks_what_is_open)

    def _lines(self, case: Case, lists: OpenLists) -> pd.DataFrame:
        """The lines of a case as a list holds them."""
        return lines_from(case.rows, lists)

    def _orders(self, case: Case, lines: pd.DataFrame) -> list[Order]:
        """The order of each line at the moment, level and hour of a case."""
        engine = self._engine(case)
        response = Response((Segment(case.when, None, case.level),), case.when - timedelta(hours=case.hours))
        table = decide_lines(engine, lines, response, published=case.published).table
        then = table[table["starts"].astype(str) == to_minute(case.when)]
        orders = {(order["enterprise_id"], order["line_id"]): order for order in then.to_dict("records")}
        return [orders[one] for one in zip(lines["enterprise_id"], lines["line_id"], strict=True)]

    def _compare_law(self, outcome: CaseOutcome) -> None:
        """Compare ratios and which rules hold at the moment of a case."""
        case, book = outcome.case, self._engine(outcome.case).book
        try:
            place = place_of(book, case.city) if case.city else None
        except InputError as error:
            outcome.differences.append(str(error))
            return
        for expected in case.expectations:
            if expected.ratio is not None and place is not None:
                got = required_ratios(book, place, case.when, case.level, case.known_on)
                outcome.touched |= {one.rule for one in got.values()}
                shares = {pollutant: one.share for pollutant, one in got.items()}
                if shares != expected.ratio:
                    outcome.differences.append(_differs("ratio", str(expected.ratio), str(shares)))
            for name in (*expected.in_force, *expected.says, *expected.not_in_force):
                rule = book.rules.get(name)
                reached = place is None or rule is None or not book.members(rule).isdisjoint(place.names())
                holds = rule is not None and reached and book.holds(rule, case.when, case.known_on)
                outcome.touched |= {name}
                if rule is None or holds == (name in expected.not_in_force):
                    state = "case_rule_absent" if rule is None else "case_rule_holds" if holds else "case_rule_over"
                    outcome.differences.append(_now(Words(state, rule=name)))
                    continue
                got = rule.model_dump(mode="json", exclude_none=True) if name in expected.says else {}
                for key, wanted in expected.says.get(name, {}).items():
                    if not _says(got.get(key), wanted):
                        outcome.differences.append(_differs(f"{name} {key}", str(wanted), str(got.get(key))))


def _apart(case: Case, number: int) -> list[dict[str, Any]]:
    """The rows of a case with enterprises of their own beside other cases'."""
    rows = []
    for place, row in enumerate(case.rows, start=1):
        named = row.get("enterprise_id") or row.get("enterprise") or ""
        rows.append({"line_id": str(place), **row, "enterprise_id": f"{number}/{named}"})
    return rows


def _note_differences(outcome: CaseOutcome, orders: list[Order]) -> None:
    """Compare the orders of a case's lines with what it expects of each."""
    touched: set[str] = set()
    for number, (expected, mine) in enumerate(zip(outcome.case.expectations, orders, strict=True), start=1):
        touched |= _ids(mine["rules"]) | _ids(mine["set_aside"])
        prefix = _now(Words("case_line", number=number)) if len(orders) > 1 else ""
        outcome.differences += [prefix + text for text in _differences(expected, mine)]
    outcome.touched = frozenset(touched)


def _differences(expected: Expected, order: Order) -> list[str]:
    """How an order differs from what was expected."""
    out = []
    for name in expected.model_fields_set - {"ratio", "in_force", "not_in_force", "says"}:
        wanted, got = getattr(expected, name), order[name]
        if name in _SETS:
            same = _ids(got) == set(wanted or ())
        elif wanted is None:
            same = bool(pd.isna(got)) or got == ""
        elif isinstance(wanted, float):
            same = not pd.isna(got) and abs(got - wanted) < 1e-6
        elif name in ("remark", "basis", "measure_text", "transport") and wanted:
            same = wanted in str(got)
        else:
            same = str(got) == wanted
        if not same:
            out.append(_differs(name, _shown(name, wanted), _shown(name, got)))
    return sorted(out)


def _says(got: Any, wanted: Any) -> bool:
    """Whether a value is the one written: of a map the keys written, of several names perhaps the only one."""
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(_says(got.get(key), value) for key, value in wanted.items())
    return bool(got in (wanted, [wanted]))


def _differs(name: str, wanted: str | Both, got: str | Both) -> str:
    return _now(Words("case_differs", name=Both(name, _NAMES.get(name, name)), wanted=wanted, got=got))


def _now(words: Words) -> str:
    return words.words(language())[0]


def _shown(name: str, value: Any) -> str | Both:
    if isinstance(value, tuple):
        return ";".join(value)
    if value is None or value == "":
        return Both("(blank)", "（空）")
    return Both(str(value), _VALUES.get(name, {}).get(str(value), str(value)))


def _ids(text: Any) -> set[str]:
    return {part for part in str(text).split(";") if part}
