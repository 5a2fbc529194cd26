"""The sentences of a reason: what a run rests on, the orders from above, the lead time, why nothing holds any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from alertengine.warning import reasons
from alertengine.warning.level_intervals import LevelInterval
from alertengine.warning.life import PlannedLife
from alertengine.warning.record import WarningStanding
from alertengine.warning.superior_orders import Floor

ZERO = datetime(2021, 1, 10)
RULE: Any = SimpleNamespace(join_gap_hours=36, lift_hours=36, lead_hours=24, early_hours=12, oscillation="higher")


def hour(number: float) -> datetime:
    return ZERO + timedelta(hours=number)


def run(first: float, last: float, rank: int = 1, **more: Any) -> Any:
    plain = {"windows": (210.0, 220.0), "primary": "PM2.5", "level": ("none", "yellow", "orange", "red")[rank]}
    plain |= {"carried": False, "lower": "", "upper": "", "otherwise": "", "origin": ZERO, "proofs": tuple}
    title = SimpleNamespace(title="条件", advise=None, tier=None)
    span = {"start": hour(first), "end": hour(last), "hours": int(last - first), "rank": rank, "rule": title}
    return SimpleNamespace(**(plain | span | more))


def proof(first: int, last: int, *windows: float, above: bool = True) -> Any:
    condition = SimpleNamespace(above=200.0 if above else None, threshold=200.0)
    return SimpleNamespace(first=first, last=last, windows=windows, condition=condition)


TELLS = "2021年1月10日0时至2021年1月12日0时共48小时"


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({}, f"{TELLS}，逐24小时AQI均值210、220，首要污染物PM2.5，达到黄色预警条件（条件）"),
        ({"primary": ""},
         f"{TELLS}，逐24小时AQI均值210、220，首要污染物未载明（按颗粒物计），达到黄色预警条件（条件）"),
        ({"windows": ()}, f"{TELLS}，首要污染物PM2.5，达到黄色预警条件（条件）"),
        ({"level": "none"}, f"{TELLS}，逐24小时AQI均值210、220，首要污染物PM2.5，属（条件）"),
        ({"carried": True}, f"生效中的黄色预警所依据的过程仍在持续，{TELLS}未回落至启动条件以下"),
        ({"lower": "none", "upper": "red"},
         f"{TELLS}，逐24小时AQI均值210、220，首要污染物PM2.5，达到黄色预警条件（条件）；按预报下限为无预警，按上限为红色"),
        ({"lower": "yellow", "upper": "orange"},
         f"{TELLS}，逐24小时AQI均值210、220，首要污染物PM2.5，达到黄色预警条件（条件）；按预报下限为黄色，按上限为橙色"),
        ({"lower": "yellow", "upper": "yellow"},
         f"{TELLS}，逐24小时AQI均值210、220，首要污染物PM2.5，达到黄色预警条件（条件）"),
    ],
)  # fmt: skip
def test_a_run_is_told(more: dict[str, Any], text: str) -> None:
    assert reasons.run_text(run(0, 48, **more)) == text


@pytest.mark.parametrize(("count", "more"), [(10, ""), (11, "等")])
def test_ten_windows_are_told(count: int, more: str) -> None:
    told = reasons.run_text(run(0, 24 * count, windows=(210.0,) * count))
    assert f"均值{'、'.join(['210'] * 10)}{more}，首要" in told


@pytest.mark.parametrize(
    ("proofs", "text"),
    [
        ([], ""),
        ([proof(0, 24, 210)], "，其中2021年1月10日0时至2021年1月11日0时连续24小时大于200"),
        ([proof(0, 48, 210, 220)], "，其中2021年1月10日0时至2021年1月12日0时连续48小时均大于200"),
        ([proof(5, 29, 215, above=False)], "，其中2021年1月10日5时至2021年1月11日5时连续24小时（215）不低于200"),
        ([proof(48, 72, 230)], "，其中2021年1月12日0时至2021年1月13日0时连续24小时（230）大于200"),  # beyond the run
        ([proof(24, 48, 220), proof(0, 24, 210)],
         "，其中2021年1月11日0时至2021年1月12日0时连续24小时大于200，2021年1月10日0时至2021年1月11日0时连续24小时大于200"),
    ],
)  # fmt: skip
def test_the_windows_that_meet_the_rule_are_told_with_their_air_where_it_was_not(proofs: list[Any], text: str) -> None:
    assert reasons.proof_text(run(0, 48, proofs=lambda: proofs)) == text
    long = run(0, 24 * 11, windows=(210.0,) * 11, proofs=lambda: [proof(0, 24, 210)])
    assert "（210）" in reasons.proof_text(long), "beyond ten not all were told"
    late = run(24, 72, proofs=lambda: [proof(0, 24, 210)])
    assert "（210）" in reasons.proof_text(late), "before the run"


@pytest.mark.parametrize(
    ("exact", "source", "text"),
    [
        (True, "令", "上级要求（令）2021年1月10日0时至2021年1月11日0时为红色预警"),
        (False, "令", "上级要求（令）2021年1月10日0时至2021年1月11日0时不低于红色预警"),
        (False, "", "上级要求2021年1月10日0时至2021年1月11日0时不低于红色预警"),
    ],
)
def test_an_order_is_told(exact: bool, source: str, text: str) -> None:
    assert reasons.floor_text(Floor("临汾市", "red", ZERO, hour(24), source, exact)) == text


@pytest.mark.parametrize(
    ("spans", "carried", "pieces"),
    [
        ([(0, 24)], False, 0),
        ([(0, 24), (24, 48)], False, 0),  # no gap between them
        ([(0, 24), (20, 48)], False, 0),
        ([(0, 24), (30, 48)], False, 2),
        ([(60, 72), (0, 24), (30, 48)], False, 3),
        ([(0, 24), (30, 48)], True, 0),  # what goes on unseen is none of them
    ],
)
def test_several_runs_of_one_life_are_told(spans: list[tuple[int, int]], carried: bool, pieces: int) -> None:
    runs = [run(*span, carried=carried and n == 0) for n, span in enumerate(spans)]
    for oscillation, how in (("higher", "，从高级别启动，逐段降至其后最高级别"), ("own", "，各按自身级别执行")):
        rule: Any = SimpleNamespace(join_gap_hours=36, oscillation=oscillation)
        said = f"共{pieces}段污染过程，间隔不足36小时，按一次计{how}" if pieces else ""
        assert reasons.joined_text(runs, rule) == said


@pytest.mark.parametrize(
    ("hours", "early", "text"),
    [
        (24, False, "发布距启动24小时，满足提前24小时的要求"),
        (23.5, False, "发布距启动23.5小时，不足提前24小时的要求"),
        (33, False, "发布距启动33小时，满足提前24小时的要求"),
        (1, True, "监测已达重污染且未来12小时无明显改善，提早启动"),
    ],
)
def test_the_lead_is_told_and_stays_in_the_bureau(hours: float, early: bool, text: str) -> None:
    assert reasons.lead_text(hour(hours), ZERO, RULE, early=early) == text
    reason = f"甲。{text}。"
    assert reasons.outward(reason) == (f"甲。{text}" if early else "甲")
    assert reasons.lead_of(reason) == ("" if early else text)


@pytest.mark.parametrize(
    ("begun", "into", "text"),
    [
        (None, None, "按最新预报不再达到启动条件，取消原定2021年1月10日12时启动的黄色预警"),
        (12, None, "按最新预报不再达到启动条件，取消原定2021年1月10日12时启动的黄色预警"),
        (11, None, "预计自2021年1月10日12时起回落至启动条件以下并将持续36小时以上，解除黄色预警"),
        (11, 5,
         ("与2021年1月10日5时启动的预警间隔不足36小时，按一次计，"
          "原定2021年1月10日11时启动的黄色预警并入该次预警，不再单列")),
    ],
)  # fmt: skip
def test_why_nothing_holds_from_an_hour_on_is_told(begun: int | None, into: int | None, text: str) -> None:
    old = None if begun is None else WarningStanding("w", [], hour(begun))
    life = PlannedLife([], continues=old, into=None if into is None else WarningStanding("v", [], hour(into)))
    assert reasons.end_text(life, LevelInterval(hour(12), hour(20), 1), RULE) == text


def test_advice_is_told_by_its_cause_or_its_tier() -> None:
    head = f"{TELLS}，逐24小时AQI均值210、220"
    advise = SimpleNamespace(cause=lambda: "沙尘", text="提示")
    by_dust = run(0, 48, 0, rule=SimpleNamespace(title="条件", advise=advise, tier=None))
    assert reasons.advice_text(by_dust) == f"{head}，由沙尘引起，不启动应急减排；提示"
    tier = SimpleNamespace(title="条件", advise=None, tier=SimpleNamespace(name="蓝色", text="巡查"))
    for primary, said in (("PM10", "，首要污染物PM10"), ("", "")):
        told = reasons.advice_text(run(0, 48, 0, rule=tier, primary=primary))
        assert told == f"{head}{said}，达到蓝色条件、未达到预警条件（条件），不启动应急减排；巡查"


@pytest.mark.parametrize(
    ("start", "end", "rank", "found"),
    [
        (0, 10, 1, 0),
        (12, 20, 1, 2),  # the one that meets these hours
        (10, 12, 1, 0),  # between two: the first
        (0, 10, 2, 1),
        (40, 50, 2, 1),  # none meets them: of that level all the same
        (0, 10, 3, None),
        (22, 26, 1, 3),  # seen before carried
    ],
)
def test_the_run_that_gives_a_level_is_the_first_that_meets_its_hours(
    start: int, end: int, rank: int, found: int | None
) -> None:
    runs = [run(0, 10, 1), run(5, 30, 2), run(12, 20, 1), run(25, 30, 1), run(21, 30, 1, carried=True)]
    bearing = PlannedLife([], runs[::-1]).bearing(LevelInterval(hour(start), hour(end), rank))
    assert bearing is (None if found is None else runs[found])
