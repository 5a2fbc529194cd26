"""A slice made from the one before it, in pieces: which columns are kept, which are laid over, who is decided anew."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from alertengine.engine import Decision, Engine, turns_of_list
from alertengine.engine._resolve import resolve
from alertengine.engine.allotted import Allotted, Share
from alertengine.engine.decision import Binding, Slice
from alertengine.engine.facts import TextColumn
from alertengine.engine.filed_or_rule import Filed
from alertengine.engine.kilograms import Kilograms
from alertengine.engine.taken_over import bind_lower, with_anew
from alertengine.lists import lines_from
from alertengine.rulebook import Measure, Member, NamedList
from alertengine.rulebook.open_list_rows import Industry
from alertengine.vocabulary import Level, Status
from tests.conftest import BookMaker, Decider, rows_of

NAN = float("nan")
FIRST = Slice(datetime(2021, 12, 10), datetime(2021, 12, 11), Level.RED, 0)
NEXT = Slice(datetime(2021, 12, 11), None, Level.RED, 24)
ORDER, OTHER = (Measure(code="stop_share", share=share) for share in (0.3, 0.5))
A, B, C, D, E = (Binding(resolve([], ("measure",), Level.RED, 0), (name,), (), None) for name in "abcde")
#: Of four lines the second and the last are decided anew.
ROWS = np.array([1, 3])


def _marks(*set_: int, count: int = 4) -> Any:
    return np.isin(np.arange(count), set_)


def _share(rows: list[int], stopped: list[float], population: list[int], free: int) -> Share:
    said = np.array(stopped, dtype=np.float64)
    return Share(np.array(rows, dtype=np.int64), said, said / 2, said * 10, np.array(population), free)


def _decision(count: int, unit: float, bindings: list[Binding], binding: list[int], **more: Any) -> Decision:
    """Lines of which every column says something of its own; ``unit`` tells two decisions apart."""
    numbers = np.arange(count) + unit
    codes = numbers.astype(np.int8)
    kind = TextColumn((np.arange(count) - 1).astype(np.int32), tuple(f"{unit}{name}" for name in "xyz"[: count - 1]))
    by = TextColumn(np.zeros(count, dtype=np.int32), ("line",))
    odd = codes % 2 == 1
    filed = Filed(odd, ~odd, kind, numbers / 7, codes, odd.copy(), by, ~odd)
    emissions = {"so2": np.full(count, 100.0), "nox": np.full(count, 10.0)}
    columns = {
        "share": numbers / 2,
        "warning_share": numbers / 3,
        "other_share": numbers / 4,
        "partial": odd.copy(),
        "reduced": Kilograms(emissions, numbers / 5, odd.copy()),
        "warning_reduced": Kilograms(emissions, numbers / 6, ~odd, {"nox": numbers / 8}),
        "status": codes + 1,
        "undetermined": ~odd,
        "ground": codes + 2,
    }
    effective = TextColumn(np.zeros(count, dtype=np.int32), ("A",))
    given = {"slice": FIRST, "effective": effective, "filed": filed, "allotted": Allotted(), **columns, **more}
    return Decision(bindings=bindings, binding=np.array(binding), **given)


def _before(**more: Any) -> Decision:
    return _decision(4, 0, [A, B, C], [0, 1, 2, 0], doubts=object(), **more)


def _anew(**more: Any) -> Decision:
    return _decision(2, 51, [D, A, E], [2, 1], **more)


def _plain(value: Any) -> Any:
    """What a decision says, to be compared; bindings are told apart by what grounds them."""
    if isinstance(value, Binding):
        return value.classified
    if is_dataclass(value) and not isinstance(value, (Slice, Measure, type)):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return [str(one) for one in value.tolist()] if isinstance(value, np.ndarray) else value


def _laid(before: Any, anew: Any) -> list[Any]:
    return [before[0], anew[0], before[2], anew[1]]


def test_lines_decided_anew_say_what_is_said_of_them_now_and_the_others_what_was() -> None:
    before, anew = _before(), _anew()
    kept = _plain(before)
    out = with_anew(before, NEXT, anew, ROWS)
    assert (out.slice, out.doubts, out.from_lower, out.lacking) == (NEXT, None, None, {})
    assert out.anew is ROWS
    assert [out.bindings[number] for number in out.binding] == [A, E, C, A]
    assert out.bindings == [A, B, C, E]  # D binds nobody
    for name in ("share", "warning_share", "other_share", "partial", "status", "undetermined", "ground"):
        assert getattr(out, name).tolist() == _laid(getattr(before, name), getattr(anew, name)), name
    for name in ("present", "asks", "share", "use", "finding", "adds"):
        assert getattr(out.filed, name).tolist() == _laid(getattr(before.filed, name), getattr(anew.filed, name)), name
    kinds = [None if code < 0 else out.filed.kind.categories[code] for code in out.filed.kind.codes.tolist()]
    assert kinds == [None, None, "0y", "51x"]
    for name in ("reduced", "warning_reduced"):
        mine, was, now = (getattr(one, name) for one in (out, before, anew))
        for pollutant in ("so2", "nox"):
            assert mine[pollutant].tolist() == _laid(was[pollutant], now[pollutant]), (name, pollutant)
        assert mine.still.tolist() == _laid(was.still, now.still)
    assert _plain(before) == kept  # the slice before says what it said


def test_nothing_is_laid_over_where_no_line_is_decided_anew() -> None:
    own = Kilograms({"nox": np.full(4, 10.0)}, np.zeros(4), _marks(), {"nox": np.ones(4)})
    lower = np.array([0, 0, 2, 0], dtype=np.int8)
    before = _before(lacking={"units": _marks(2)}, from_lower=lower, reduced=own)
    out = with_anew(before, NEXT, None, np.array([], dtype=np.int64))
    said = _plain(out)
    assert said == {**_plain(before), "slice": NEXT, "doubts": None, "anew": []}
    for column in (out.share, out.from_lower, out.lacking["units"], out.reduced.own["nox"], out.filed.share):
        assert column is not None
        column[:] = 3
    out.bindings.append(D)
    assert (before.share.tolist(), before.bindings) == ([0, 0.5, 1, 1.5], [A, B, C])
    assert (lower.tolist(), own.own["nox"].tolist()) == ([0, 0, 2, 0], [1] * 4)
    assert before.lacking["units"].tolist() == _marks(2).tolist()
    assert before.filed.share.tolist() == [0, 1 / 7, 2 / 7, 3 / 7]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (None, None, None),
        (None, [0, 2], [0, 0, 0, 2]),
        ([1, 2, 3, 1], None, [1, 0, 3, 0]),
        ([1, 2, 3, 1], [3, 0], [1, 3, 3, 0]),
    ],
)
def test_the_lower_level_that_binds_a_line_is_that_of_now(before: Any, now: Any, expected: Any) -> None:
    was, is_ = (None if one is None else np.array(one, dtype=np.int8) for one in (before, now))
    out = with_anew(_before(from_lower=was), NEXT, _anew(from_lower=is_), ROWS)
    assert (None if out.from_lower is None else out.from_lower.tolist()) == expected
    assert out.from_lower is None or out.from_lower.dtype == np.int8


def test_figures_that_lacked_lack_no_more_where_now_nothing_lacks() -> None:
    before = _before(lacking={"units": _marks(0, 1), "chambers": _marks(2, 3)})
    anew = _anew(lacking={"units": _marks(1, count=2), "capacity": _marks(0, count=2)})
    found = {
        name: np.flatnonzero(marks).tolist() for name, marks in with_anew(before, NEXT, anew, ROWS).lacking.items()
    }
    assert found == {"units": [0, 3], "chambers": [2], "capacity": [1]}


def test_a_pollutant_has_a_share_of_its_own_where_either_gave_one() -> None:
    emissions = {"so2": np.full(4, 100.0), "nox": np.full(4, 100.0)}
    still = np.zeros(4, dtype=bool)
    with_own = Kilograms(emissions, np.full(4, 0.2), still, {"nox": np.full(4, 0.3)})
    without = Kilograms(emissions, np.full(4, 0.2), still)
    part = {name: column[:2] for name, column in emissions.items()}
    now_own = Kilograms(part, np.full(2, 0.4), still[:2], {"nox": np.array([0.5, 0.6])})
    now_without = Kilograms(part, np.full(2, 0.4), still[:2])
    for before, anew, nox in (
        (with_own, now_own, [30, 50, 30, 60]),
        (with_own, now_without, [30, 40, 30, 40]),
        (without, now_own, [20, 50, 20, 60]),
        (without, now_without, [20, 40, 20, 40]),
    ):
        out = with_anew(_before(reduced=before), NEXT, _anew(reduced=anew), ROWS).reduced
        assert out["nox"].tolist() == pytest.approx(nox)
        assert out["so2"].tolist() == pytest.approx([20, 40, 20, 40])


def test_what_is_allotted_is_that_of_now_for_lines_decided_anew() -> None:
    """Two populations of the slice before, of which one loses a line; that of now is numbered after them."""
    before = Allotted(
        {ORDER: _share([0, 1, 2, 3], [1, 0.5, 0.25, 0], [0, 0, 1, 1], 2)},
        _share([1, 2], [1, 0.75], [-1, -1], 0),
        unmet=_marks(1, 2),
        unproven=_marks(3),
    )
    now = Allotted(
        {ORDER: _share([0, 1], [0, 1], [0, 0], 1), OTHER: _share([1], [0.5], [-1], 0)},
        unmet=_marks(1, count=2),
        unproven=None,
    )
    out = with_anew(_before(allotted=before), NEXT, _anew(allotted=now), ROWS).allotted
    assert list(out.orders) == [ORDER, OTHER]
    assert _plain(out.orders[ORDER]) == _plain(_share([0, 1, 2, 3], [1, 0, 0.25, 1], [0, 2, 1, 2], 3))
    assert _plain(out.orders[OTHER]) == _plain(_share([3], [0.5], [-1], 0))
    assert _plain(out.plan) == _plain(_share([2], [0.75], [-1], 0))
    for allotted, expected in ((out, [[2, 3], []]), (before, [[1, 2], [3]])):
        marks = (allotted.unmet, allotted.unproven)
        assert [None if one is None else np.flatnonzero(one).tolist() for one in marks] == expected
    assert before.orders[ORDER].rows.tolist() == [0, 1, 2, 3]


def test_of_lines_left_out_nothing_is_allotted_and_the_others_keep_their_numbers() -> None:
    share = _share([0, 2, 5], [1, 0.5, 0], [3, -1, 3], 4)
    assert _plain(share.without(np.array([2, 3]))) == _plain(_share([0, 5], [1, 0], [3, 3], 4))
    assert _plain(share.without(np.array([], dtype=np.int64))) == _plain(share)
    bare = Allotted().without(ROWS)
    assert (bare.orders, bare.plan, bare.unmet, bare.unproven) == ({}, None, None, None)


@pytest.mark.parametrize("whole", [False, True])
def test_a_lower_level_gives_a_line_all_but_what_binds_it_without_a_warning(whole: bool) -> None:
    """Lines 1 and 3 of four were decided at yellow, which binds line 3 alone."""
    own, lower = _before(undetermined=np.ones(4, dtype=bool)), _anew()
    lower.slice = replace(FIRST, level=Level.YELLOW)
    lower.share[1] = 1.0 if whole else 0.5
    lower.bindings[1] = replace(A, resolution=replace(A.resolution, status=Status.ORDERED))
    was = {name: list(getattr(own, name)) for name in ("share", "warning_share", "other_share", "status", "ground")}
    emitted = {name: list(getattr(own, name)["nox"]) for name in ("reduced", "warning_reduced")}
    partial = own.partial.tolist()
    bind_lower(own, lower, ROWS, np.array([False, True]))
    for name in ("share", "warning_share", "status", "ground"):
        assert list(getattr(own, name)) == [*was[name][:3], getattr(lower, name)[1]], name
    for name, before in emitted.items():
        np.testing.assert_array_equal(getattr(own, name)["nox"], [*before[:3], getattr(lower, name)["nox"][1]])
    assert list(own.other_share) == was["other_share"]
    assert own.partial.tolist() == [*partial[:3], not whole]
    assert own.undetermined.tolist() == [True, True, True, False]
    assert own.from_lower is not None
    assert own.from_lower.tolist() == [0, 0, 0, Level.YELLOW.rank]
    assert [own.bindings[number].classified for number in own.binding] == [("a",), ("b",), ("c",), ("a",)]
    assert own.filed.share.tolist() == [0, 1 / 7, 2 / 7, lower.filed.share[1]]
    assert own.bindings[own.binding[3]].resolution.status is Status.ORDERED  # the lower level's
    made = len(own.bindings)
    bind_lower(own, lower, ROWS, np.array([True, True]))
    assert [own.bindings[number].classified for number in own.binding] == [("a",), ("b", "e"), ("c",), ("a",)]
    assert len(own.bindings) == made + 2


# -- who is decided anew


def _decided(
    make_book: BookMaker, decide: Decider, rules: list[Any], lines: list[Any], **asked: Any
) -> tuple[list[list[str]], list[tuple[Any, ...]]]:
    """The enterprises of each decision of a slice, and the orders."""
    decided: list[list[str]] = []
    real = Engine._decide_kept

    def counted(self: Engine, facts: Any, *given: Any, **keys: Any) -> Decision:
        decided.append(list(facts.lines.text("enterprise_id").compact().names))
        return real(self, facts, *given, **keys)

    with patch.object(Engine, "_decide_kept", counted):
        table = decide(make_book(rules=rules), lines, **asked)
    rows = [(str(row.enterprise_id), str(row.phase), row.share) for row in table.itertuples()]
    return decided, rows


LATE = {"id": "late", "when": {"process": "焦炉"}, "then": {"stop": True, "after_hours": 48}}
LIMIT = {"id": "limit", "then": {"limit": 0.2}}


@pytest.mark.parametrize(
    ("bound", "again"),
    [(0, []), (1, [["E0"]]), (2, [["E0", "E1"]]), (3, [["E0", "E1", "E2", "E3"]])],
)
def test_the_whole_list_is_decided_anew_where_more_than_half_of_it_is_bound_otherwise(
    make_book: BookMaker, decide: Decider, bound: int, again: list[list[str]]
) -> None:
    lines = [{"enterprise_id": f"E{n}", "process": "焦炉" if n < bound else "烧结"} for n in range(4)]
    other = {**LATE, "id": "nobody", "when": {"process": "锅炉"}}
    decided, rows = _decided(make_book, decide, [LATE, LIMIT, other], lines, hours=72)
    assert decided[1:] == again
    stopped = [(f"E{n}", phase, share) for n in range(bound) for phase, share in (("0-48", 0.2), ("48-72", 1.0))]
    assert rows == [*stopped, *((f"E{n}", "0-72", 0.2) for n in range(bound, 4))]


def test_of_two_measures_one_ends_and_the_other_goes_on(make_book: BookMaker, decide: Decider) -> None:
    both = [{"limit": 0.4, "until_hours": 24}, {"limit": 0.3}]
    rules = [{"id": "both", "when": {"process": "焦炉"}, "then": both}, LIMIT]
    lines = [{"enterprise_id": name, "process": said} for name, said in (("A", "焦炉"), ("B", "烧结"))]
    decided, rows = _decided(make_book, decide, rules, lines, hours=48)
    assert decided == [["A", "B"], ["A"]]
    assert rows == [("A", "0-24", 0.4), ("A", "24-48", 0.3), ("B", "0-48", 0.2)]


def test_what_ends_at_a_lower_level_concerns_those_that_rest_on_it_or_have_nothing(
    make_book: BookMaker, decide: Decider
) -> None:
    """焦炉 has rules at yellow alone; 轧钢 and 烧结 have one of their own, 锅炉 rests on a yellow one that stays."""
    rules = [
        {
            "id": "below", "levels": ["yellow"], "when": {"process": ["焦炉", "烧结"]},
            "then": [{"limit": 0.3, "until_hours": 24}, {"limit": 0.5, "after_hours": 24}],
        },
        {
            "id": "late", "levels": ["yellow"], "when": {"process": "熔炼"}, "then": {"stop": True, "after_hours": 48},
        },
        {"id": "own", "levels": ["orange"], "when": {"process": ["烧结", "轧钢"]}, "then": {"limit": 0.2}},
        {"id": "stays", "levels": ["yellow"], "when": {"process": "锅炉"}, "then": {"limit": 0.1}},
        {
            "id": "cuts", "levels": ["orange"], "when": {"process": "气化"},
            "then": [{"limit": 0.2, "until_hours": 24}, {"limit": 0.1, "until_hours": 48}],
        },
    ]  # fmt: skip
    plans = {"plan_yellow": "限产10%"}
    said = ("焦炉", "烧结", "轧钢", "锅炉", "熔炼", "焦炉", "轧钢", "轧钢", "轧钢")
    lines = [{"enterprise_id": f"E{n}", "process": one, **plans} for n, one in enumerate(said)]
    lines[5].pop("plan_yellow")  # nothing is asked of it at yellow: it has no measure before and after
    decided, rows = _decided(make_book, decide, rules, lines, level="orange", hours=72)
    every = [f"E{n}" for n in range(9)]
    assert decided == [every, ["E0"], ["E4"]]
    assert [row for row in rows if row[0] in ("E0", "E1", "E3", "E4")] == [
        ("E0", "0-24", 0.3), ("E0", "24-72", 0.5), ("E1", "0-72", 0.2), ("E3", "0-72", 0.1),
        ("E4", "0-48", 0.1), ("E4", "48-72", 1.0),
    ]  # fmt: skip


# -- from which days on other facts may hold


def test_facts_may_turn_where_a_decision_a_membership_or_a_standard_begins_or_is_over(
    make_book: BookMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"id": "r", "when": {"open_decision": "停产整治:超标排放"}, "then": "stop"}
    book, careless = make_book(rules=[asked]), make_book(rules=[LIMIT])
    since = (("焦化", None), ("钢铁", date(2025, 1, 1)))
    trades = [Industry.model_construct(name=name, ultra_low_from=day) for name, day in since]
    members = [
        Member.model_validate({"name": "甲厂", "from": date(2026, 11, 6), "to": date(2026, 11, 7)}),
        Member.model_validate({"name": "乙厂", "to": date(2026, 11, 5)}),
        Member.model_validate({"name": "丙厂"}),
    ]
    decision = "停产整治:超标排放@2026-10-01..2026-10-31#一号"
    bare, decided = (lines_from(rows_of([{}, {"decisions": one}]), book.lists) for one in (None, decision))
    monkeypatch.setattr(book.lists, "industries", {})
    monkeypatch.setattr(book.lists, "named_lists", {})
    days = [date(2026, 10, 1), date(2026, 11, 1)]
    assert turns_of_list(bare, book) == []
    assert turns_of_list(decided, book) == days
    assert turns_of_list(decided, careless) == []
    named = {"一": NamedList(name="一", source="试验", members=tuple(members[:1])),
             "二": NamedList(name="二", source="试验", members=tuple(members))}  # fmt: skip
    monkeypatch.setattr(book.lists, "named_lists", named)
    turns = [date(2026, 11, 6), date(2026, 11, 8)]
    assert turns_of_list(bare, book) == turns
    assert turns_of_list(decided, book) == [*days, *turns]
    monkeypatch.setattr(book.lists, "industries", {one.name: one for one in trades})
    assert turns_of_list(bare, book) == [date(2025, 1, 1), *turns]
