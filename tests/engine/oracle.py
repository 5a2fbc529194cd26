"""An independent plain evaluator of conditions, and strategies for random laws and lines.

It reads the YAML of ``when`` itself and evaluates raw facts with its own Kleene logic; it shares no code
with the engine.  (The reader of conditions only says here which random conditions are too deep to write.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

from hypothesis import strategies as st

from alertengine.files import rules_folder
from alertengine.rulebook import ConditionError, ConditionReader, OpenLists

UNKNOWN = object()
NOTHING = object()  #: a blank cell that says there is none
Truth = bool | None
Line = Mapping[str, Any]

BOOLS = ("stable", "small", "retrofit_done", "green_factory", "clean_transport")
CODES = {
    "zone": ("重点", "一般"),
    "catalogue": ("鼓励类", "允许类", "限制类", "淘汰类"),
    "oven_type": ("常规", "清洁热回收"),
}
OPENS = {"industry": ("焦化", "水泥", "铸造", "玻璃"), "process": ("焦炉", "熟料", "熔炼", "烧结")}
SECTORS = ("焦化", "建材", "铸造", "钢铁")
NUMBERS = {
    "city_distance_km": (0, 5, 10, 10.004, 20),
    "below_special_pct": (0, 20, 30),
    "boiler_t_h": (1, 10, 35),
    "units": (1, 2, 3),
}
NAMES = ("错峰豁免清单", "炉窑清单", "晋城14家")
TEXTS = ("甲", "乙")
GRADES = ("A", "B", "C", "D", "引领性", "未评级")
CITIES = ("临汾市", "太原市", "晋城市")
COUNTIES = ("尧都区", "曲沃县")
BLANK_IS_NONE = ("local_class", "decision_no")
_DERIVED = ("sector", "key_industry", "ultra_low_standard")


# -- the evaluator


def conjunction(values: Sequence[Truth]) -> Truth:
    """Kleene's and."""
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def negation(value: Truth) -> Truth:
    """Kleene's not."""
    return None if value is None else not value


def disjunction(values: Sequence[Truth]) -> Truth:
    """Kleene's or."""
    return negation(conjunction([negation(value) for value in values]))


class Oracle:
    """Evaluates ``when`` mappings on one line.

    ``blank_open`` reads a test of a blank cell for blankness as open too: filling the cell in would decide it
    otherwise.
    """

    def __init__(self, line: Line, lists: OpenLists, day: Any = None, *, blank_open: bool = False) -> None:
        self._line, self._lists, self._day, self._blank_open = line, lists, day, blank_open

    def fact(self, name: str) -> Any:
        """The value of a field, UNKNOWN, or NOTHING."""
        if name in _DERIVED:
            return self._derived(name)
        value = self._line.get(name)
        if value is None or value != value:  # noqa: PLR0124 -- NaN
            return NOTHING if name in BLANK_IS_NONE else {"units": 1}.get(name, UNKNOWN)
        return value

    def _derived(self, name: str) -> Any:
        industry = self._line.get("industry")
        if industry is None:
            return UNKNOWN
        known = self._lists.industries.get(industry)
        if name == "key_industry":
            return known is not None and known.number is not None
        if known is None:
            return UNKNOWN
        if name == "sector":
            return UNKNOWN if known.sector is None else known.sector
        return known.ultra_low_from is not None and known.ultra_low_from <= self._day

    def holds(self, when: Any) -> Truth:
        """Kleene's value of a ``when`` mapping."""
        return conjunction([self._entry(key, value) for key, value in (when or {}).items()])

    def _entry(self, key: str, value: Any) -> Truth:
        if key == "any":
            return disjunction([self.holds(item) for item in value])
        if key == "all":
            return conjunction([self.holds(item) for item in value])
        if key == "not":
            return negation(self.holds(value))
        return self._field(key, value)

    def _field(self, name: str, said: Any) -> Truth:
        if not isinstance(said, dict):
            return self._one_of(name, said)
        return conjunction([self._compare(name, op, operand) for op, operand in said.items()])

    def _compare(self, name: str, op: str, operand: Any) -> Truth:
        if op == "not":
            return negation(self._field(name, operand))
        if op == "in":
            return self._one_of(name, operand)
        fact = self.fact(name)
        asks_blank = op in ("missing", "present")
        if fact is UNKNOWN and (self._blank_open or not asks_blank):
            return None
        if asks_blank:
            return (fact is UNKNOWN or fact is NOTHING) == (op == "missing")
        if op == "between":
            return operand[0] <= fact <= operand[1]
        return {"lt": fact < operand, "le": fact <= operand, "gt": fact > operand, "ge": fact >= operand}[op]

    def _one_of(self, name: str, said: Any) -> Truth:
        fact = self.fact(name)
        if fact is UNKNOWN:
            return None
        wanted = said if isinstance(said, list) else [said]
        if name == "named_lists":
            names = fact.split(";")
            on_file = {"无", *self._lists.named_lists} if self._lists.named_lists else set(names)
            return True if set(names) & set(wanted) else False if on_file.issuperset(names) else None
        return fact is not NOTHING and fact in wanted


# -- random conditions


def _value_conditions(values: Sequence[Any]) -> st.SearchStrategy[Any]:
    one = st.sampled_from(values)
    some = st.lists(one, min_size=1, max_size=3, unique=True)
    plain = st.one_of(one, some)
    return st.one_of(plain, plain.map(lambda value: {"not": value}), _one_of(some))


def _one_of(some: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[Any]:
    return st.one_of(
        some.map(lambda value: {"in": value}),
        some.map(lambda value: {"not": {"in": value}}),
        st.just({"missing": True}),
        st.just({"present": True}),
        st.just({"not": {"missing": True}}),
    )


def _number_conditions(cuts: Sequence[float]) -> st.SearchStrategy[Any]:
    one = st.sampled_from(cuts)
    pair = st.tuples(one, one).map(sorted)
    bounds = st.one_of(
        st.tuples(st.sampled_from(("lt", "le", "gt", "ge")), one).map(lambda item: {item[0]: item[1]}),
        pair.map(lambda item: {"between": item}),
        pair.map(lambda item: {"ge": item[0], "lt": item[1]}),
    )
    some = st.lists(one, min_size=1, max_size=3, unique=True)
    return st.one_of(bounds, bounds.map(lambda item: {"not": item}), _one_of(some))


@cache
def conditions(*, grade: str | None = "effective_grade", derived: bool = True) -> st.SearchStrategy[Any]:
    """Random ``when`` mappings: every operator, groups nested to depth 3."""
    fields: list[tuple[str, st.SearchStrategy[Any]]] = [
        *((name, _value_conditions((True, False))) for name in BOOLS),
        *((name, _value_conditions(values)) for name, values in {**CODES, **OPENS}.items()),
        *((name, _number_conditions(cuts)) for name, cuts in NUMBERS.items()),
        ("named_lists", _value_conditions(NAMES)),
        ("local_class", _value_conditions(TEXTS)),
    ]
    if grade:
        fields.append((grade, _value_conditions(GRADES)))
    if derived:
        fields += [
            ("sector", _value_conditions(SECTORS)),
            ("key_industry", _value_conditions((True, False))),
            ("ultra_low_standard", _value_conditions((True, False))),
        ]
    leaf = st.sampled_from(fields).flatmap(lambda item: item[1].map(lambda said: {item[0]: said}))

    def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(inner, min_size=1, max_size=3)
        return st.one_of(
            several.map(lambda parts: {"any": parts}),
            several.map(lambda parts: {"all": parts}),
            inner.map(lambda part: {"not": part}),
            several.map(lambda parts: {key: value for part in parts for key, value in part.items()}),
        )

    # partial: of a plain function Hypothesis reads the source as the file is by then, which may have changed
    return st.recursive(leaf, partial(nested), max_leaves=6).filter(lambda when: _depth(when) <= 3 and _fits(when))


def _fits(when: Any) -> bool:
    """Whether a condition stays within the four groups that the language nests."""
    try:
        _reader().read(when)
    except ConditionError as error:
        if "nested deeper" in str(error):
            return False
        raise
    return True


@cache
def _reader() -> ConditionReader:
    return ConditionReader(OpenLists.load([rules_folder()]))


def _depth(when: Any) -> int:
    groups = [(key, value) for key, value in when.items() if key in ("any", "all", "not")]
    inner = [part for key, value in groups for part in (value if key != "not" else [value])]
    return 1 + max(map(_depth, inner)) if inner else 0


# -- random laws and lines

REAL_MEASURES = (
    "stop",
    {"limit": 0.2},
    {"limit": 0.5},
    {"limit": 0.35, "base": "permit"},
    {"stop_share": 0.5},
    {"stop_share": 0.3, "by": "unit"},
    {"coking_time": 30},
    {"coking_time": 24},
    {"feed_cap": {"cut": 0.3}},
    {"cycle_cap": 4},
    "bank",
    {"demand_cap": "heat"},
    {"emission_cap": {"so2": 30, "nox": 100}},
    {"stop": True, "daily": "20:00-08:00"},
    {"stop": True, "until_hours": 48},
    {"limit": 0.4, "after_hours": 48},
)
STATES = ("none", "exempt", "self_directed", {"refer": "由市方案规定"})
TRANSPORT = (
    {"vehicle_ban": "国四及以下重型载货车辆", "stage_at_most": 4},
    {"vehicle_ban": "全部公路运输", "total": True},
    {"vehicle_quota": 0.5},
)
AREAS = ("山西省", "临汾市", "太原市", "全国", "京津冀及周边山西四市")


@cache
def measures() -> st.SearchStrategy[Any]:
    """Random ``then`` of a measure rule."""
    real = st.sampled_from(REAL_MEASURES)
    one = st.one_of(real, real, st.sampled_from(STATES), st.sampled_from(TRANSPORT))
    return st.one_of(one, st.lists(one, min_size=1, max_size=2))


@cache
def line_rules(*, derived: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """Random rules about lines, without an id."""
    return _line_rules(derived=derived)


@st.composite
def _line_rules(draw: st.DrawFn, *, derived: bool) -> dict[str, Any]:
    kind = draw(st.sampled_from(("measure", "measure", "measure", "season", "season", "classification")))
    rule: dict[str, Any] = {"kind": kind, "area": draw(st.sampled_from(AREAS))}
    if kind == "classification":
        rule["when"] = draw(conditions(grade="grade", derived=derived))
        rule["then"] = draw(st.sampled_from(({"drop": 1}, {"grade": "未评级"}, {"grade": "D"})))
        return rule
    rule["when"] = draw(conditions(derived=derived))
    rule["then"] = draw(measures())
    rule["layer"] = draw(st.sampled_from(("measure", "measure", "exemption", "sanction", "livelihood")))
    if kind == "season":
        rule["regime"] = draw(st.sampled_from(("season", "always")))
    else:
        rule["levels"] = draw(
            st.lists(st.sampled_from(("yellow", "orange", "red")), min_size=1, max_size=3, unique=True)
        )
    return rule


@cache
def laws(*, most: int = 8, derived: bool = True) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Random lists of rules."""
    some = st.lists(line_rules(derived=derived), min_size=1, max_size=most)
    return some.map(lambda rules: [{"id": f"r{number}", **rule} for number, rule in enumerate(rules)])


#: The name of a list that is not on file.
NO_LIST = "别的名单"
#: Every value that a cell may be given, cut points and what lies between and beyond among them.
POOLS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(BOOLS, (True, False)),
    **CODES,
    "industry": (*OPENS["industry"], "家具制造", "制药"),
    "process": (*OPENS["process"], "轧钢"),
    "city_distance_km": (0, 3, 5, 10, 10.002, 10.004, 15, 20, 25),
    "below_special_pct": (0, 10, 20, 25, 30, 40),
    "boiler_t_h": (0.5, 1, 10, 20, 35, 75),
    "named_lists": ("无", *NAMES, "炉窑清单;错峰豁免清单", NO_LIST),
    "local_class": (*TEXTS, "丙"),
    "grade": (*GRADES, "A+", "非引领性"),
}


@cache
def lines() -> st.SearchStrategy[dict[str, Any]]:
    """Random lines; about half of their cells blank."""
    whole = {"city": st.sampled_from(CITIES), "county": st.sampled_from(COUNTIES), "units": st.sampled_from((1, 2, 3))}
    cells = {name: st.sampled_from((*pool, *[None] * len(pool))) for name, pool in POOLS.items()}
    return st.fixed_dictionaries({**whole, **cells})
