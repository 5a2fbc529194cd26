"""Every filed measure beside every rule: which of the two binds, with what share, on what ground, what is told.

The expectation is worked out here from the sentences of the law, a draft and a published list apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from alertengine.engine import GROUNDS, STATUSES, Decision, Use
from alertengine.vocabulary import Ground, Status
from tests.conftest import BookMaker

NAN = math.nan
#: What a rule asks, the share that it comes to (NaN: not computable), and the status it leaves the warning in.
RULES: dict[str, tuple[Any, float, Status]] = {
    "nothing said": (None, NAN, Status.UNDETERMINED),
    "left to the city": ({"refer": "由市方案规定"}, NAN, Status.UNDETERMINED),
    "no measure": ("none", 0.0, Status.ORDERED),
    "a part": ({"limit": 0.2}, 0.2, Status.ORDERED),
    "a stop": ("stop", 1.0, Status.ORDERED),
    "not computable": ("bank", NAN, Status.ORDERED),
    "exempt": ("exempt", 0.0, Status.EXEMPT),
    "self-directed": ("self_directed", 0.0, Status.SELF_DIRECTED),
}
#: Filed texts with the share they say (NaN: not read); None: they ask nothing.
PLANS: dict[str | None, float | None] = {
    None: None, "无": None, "正常生产": None, "自主减排": None, "限产10%": 0.1, "限产20%": 0.2, "限产50%": 0.5,
    "停产": 1.0, "按要求执行错峰": NAN,
}  # fmt: skip
Row = tuple[Status, float, Ground, Use, bool, bool, bool]


def _more(one: float, other: float) -> bool:
    """Whether one share is known and above another, or the other is not known."""
    return not math.isnan(one) and (math.isnan(other) or one > other)


def _expected(rule: str, plan: str | None, *, published: bool) -> Row:
    """Status, share, ground, use of the plan; whether it is a lower bound, without a ground, a finding."""
    _, asked, status = RULES[rule]
    said = PLANS[plan]
    referred = rule == "left to the city"
    if status in (Status.EXEMPT, Status.SELF_DIRECTED):  # a filed plan never turns it into an order
        promised = said if status is Status.SELF_DIRECTED and said is not None and not math.isnan(said) else 0.0
        ground = Ground.EXEMPTION if status is Status.EXEMPT else Ground.SELF_DIRECTION
        return status, promised, ground, Use.COMMITMENT if plan else Use.NONE, False, False, False
    if status is Status.UNDETERMINED:
        if said is None:
            return status, NAN, Ground.UNDETERMINED, Use.NO_GROUND if plan else Use.NONE, False, not referred, False
        use = Use.PUBLISHED if published else Use.ALONE
        return Status.ORDERED, said, Ground.FILED, use, math.isnan(said), False, False
    return _of_published_list(asked, plan, said) if published else _of_draft(asked, plan, said)


def _of_published_list(asked: float, plan: str | None, said: float | None) -> Row:
    full = not math.isnan(asked)
    asks = asked > 0 or not full
    if said is not None:
        finding = asks and (_more(asked, said) or (not full and not said >= 1))
        bound = (math.isnan(said) or not full) and not said >= 1
        return Status.ORDERED, said, Ground.FILED, Use.PUBLISHED, bound, False, finding
    if asks:  # the published list does not carry it
        return Status.UNDETERMINED, NAN, Ground.UNDETERMINED, Use.NOT_PUBLISHED, not full, True, True
    return Status.ORDERED, asked, Ground.RULE, Use.WITHIN if plan else Use.NONE, False, False, False


def _of_draft(asked: float, plan: str | None, said: float | None) -> Row:
    full = not math.isnan(asked)
    if said is None:
        return Status.ORDERED, asked, Ground.RULE, Use.WITHIN if plan else Use.NONE, not full, False, False
    if math.isnan(said):
        beside = not asked >= 1
        share = NAN if asked == 0 else asked
        return Status.ORDERED, share, Ground.RULE, Use.BESIDE if beside else Use.WITHIN, beside, False, False
    if _more(said, asked):
        return Status.ORDERED, said, Ground.FILED, Use.STRICTER, not full and said < 1, False, False
    return Status.ORDERED, asked, Ground.RULE, Use.WITHIN, not full, False, False


def _found(decision: Decision, line: int) -> Row:
    share = float(decision.share[line])
    flags = (decision.partial[line], decision.undetermined[line], decision.filed.finding[line])
    lower, alone, finding = (bool(one) for one in flags)
    ground, use = GROUNDS[decision.ground[line]], Use(int(decision.filed.use[line]))
    return STATUSES[decision.status[line]], share, ground, use, lower, alone, finding


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("rule", RULES)
def test_a_filed_measure_beside_a_rule(
    make_book: BookMaker, decisions: Callable[..., list[Decision]], rule: str, published: bool
) -> None:
    then = RULES[rule][0]
    layer = "exemption" if then in ("exempt", "self_directed") else "measure"
    elsewhere = {"id": "elsewhere", "when": {"process": "熔炼"}, "then": "stop"}
    own = [] if then is None else [{"id": "r", "layer": layer, "then": then}]
    lines = [{"plan_red": plan} for plan in PLANS]
    (decision,) = decisions(make_book(rules=[elsewhere, *own]), lines, published=published, apart=True)
    for line, plan in enumerate(PLANS):
        found, expected = _found(decision, line), _expected(rule, plan, published=published)
        assert (plan, *found[:1], *found[2:]) == (plan, *expected[:1], *expected[2:])
        assert found[1] == pytest.approx(expected[1], nan_ok=True), plan
        assert decision.reduced.at("so2", line) == pytest.approx(100 * expected[1], nan_ok=True)
        told = 0.0 if expected[0] in (Status.EXEMPT, Status.NONE) else 100 * decision.warning_share[line]
        assert decision.warning_reduced.at("so2", line) == pytest.approx(told, nan_ok=True)
