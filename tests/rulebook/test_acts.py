"""Rules about acts beside the line: what they accept, what they refuse, and the shipped ones as numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from alertengine.cli import main
from alertengine.rulebook import (
    DustRule,
    EvidenceRule,
    Goal,
    PenaltyRule,
    Place,
    ProcedureRule,
    ResponseRule,
    Rulebook,
    TargetRule,
    rule_as_dict,
)
from alertengine.rulebook.acts import ACT_KINDS, ActRule, Bound, period_of
from alertengine.rulebook.life import RuleState
from alertengine.vocabulary import BREACHES, InputError

BookMaker = Callable[..., Rulebook]
HEAD = {"id": "r", "article": "一", "title": "规则"}
DUST = {"kind": "dust", "pollutant": "pm10", "hourly_ug_m3": {"ge": 250}, "text": "停止扬尘作业"}
TARGET = {
    "kind": "target",
    "of": "pm25_mean",
    "bound": "at_most",
    "per": "county",
    "periods": ["2020-10..2020-12", "2020-10"],
    "rows": [["盂县", 49, 37]],
}
BASELINE = {
    "look_back_days": 35,
    "least_days": 7,
    "least_same_weekday": 3,
    "noise": 3,
    "least_spread": 0.03,
    "unstable_above": 0.35,
    "idle_below": 0.15,
    "shift_above": 0.5,
    "least_hours_share": 0.75,
}
EVIDENCE = {"kind": "evidence", "evidence": "electricity", "weighs": "reference", "of": ["production"]}
PENALTY = {"kind": "penalty", "breach": "over_standard", "outcome": "by_law", "proposal": "建议依法查处"}
STEP = {"kind": "procedure", "step": "issue", "actor": "市政府", "text": "发布"}
RESPONSE = {"kind": "response", "group": "mandatory", "about": "vehicles", "text": "限行"}


def act(base: dict[str, Any], **keys: Any) -> Any:
    return ACT_KINDS[base["kind"]].model_validate({**HEAD, **base, **keys})


@pytest.mark.parametrize("base", [DUST, TARGET, EVIDENCE, PENALTY, STEP, RESPONSE])
def test_a_well_formed_act_holds_what_it_says(base: dict[str, Any]) -> None:
    loaded = act(base)
    assert isinstance(loaded, ActRule)
    assert loaded.model_dump(mode="json", exclude_unset=True) == HEAD | base


@pytest.mark.parametrize(
    ("base", "keys", "told"),
    [
        (DUST, {"hourly_ug_m3": {}}, "expected either ge or gt, and not both"),
        (DUST, {"hourly_ug_m3": {"ge": 250, "gt": 250}}, "expected either ge or gt, and not both"),
        (DUST, {"hourly_ug_m3": {"ge": 0}}, "ge\n.*greater than 0"),
        (DUST, {"hourly_ug_m3": 250}, "hourly_ug_m3\n.*valid dictionary"),
        (DUST, {"pollutant": "o3"}, "'pm10' or 'pm25'"),
        (DUST, {"text": ""}, "text\n.*at least 1 character"),
        (DUST, {"unknown": 1}, "unknown\n.*Extra inputs"),
        (TARGET, {"rows": [["盂县", 49]]}, "row 盂县: expected 2 numbers, 0 or more"),
        (TARGET, {"rows": [["盂县", 49, -1]]}, "row 盂县: expected 2 numbers, 0 or more"),
        (TARGET, {"rows": [["盂县", 49, "37"]]}, "row 盂县: expected 2 numbers, 0 or more"),
        (TARGET, {"rows": [["盂县", 49, 37], ["盂县", 50, 38]]}, "each row begins with a place of its own"),
        (TARGET, {"rows": [[49, 37, 36]]}, "each row begins with a place of its own"),
        (TARGET, {"rows": []}, "rows\n.*at least 1 item"),
        (TARGET, {"periods": ["2020-13", "2020-10"]}, "'2020-13' is no period"),
        (TARGET, {"periods": ["2020-12..2020-10", "2020-10"]}, "ends before it begins"),
        (TARGET, {"periods": []}, "periods\n.*at least 1 item"),
        (TARGET, {"bound": "at_least"}, "only good days are counted upward"),
        (TARGET, {"bound": "fall_at_least"}, "a fall is a share"),
        (TARGET, {"of": "ozone"}, "of\n.*'pm25_mean', 'so2_mean'"),
        (EVIDENCE, {"weighs": "proof"}, "'reference' or 'valid'"),
        (EVIDENCE, {"of": []}, "the rule says nothing"),
        (EVIDENCE, {"retention_days": 0}, "retention_days\n.*greater than 0"),
        (EVIDENCE, {"threshold": {}}, "expected stop_at_least or limit_at_least_of_share"),
        (EVIDENCE, {"threshold": {"stop_at_least": 80}}, "threshold.stop_at_least\n.*less than or equal to 1"),
        (EVIDENCE, {"baseline": {"look_back_days": 35}}, "baseline.least_days\n.*Field required"),
        (EVIDENCE, {"baseline": {**BASELINE, "least_days": 36}}, "least_days cannot be more than look_back_days"),
        (EVIDENCE, {"weighs": "valid", "baseline": BASELINE}, "a reference, never valid on its own"),
        (EVIDENCE, {"evidence": "gate", "threshold": {"stop_at_least": 0.8}}, "belongs to electricity"),
        (PENALTY, {"breach": "rudeness"}, "'rudeness' is no breach"),
        (PENALTY, {"proposal": "停产治理"}, "the text begins with 建议"),
        (PENALTY, {"outcome": "fine"}, "fine: and outcome: fine go together"),
        (PENALTY, {"fine": {"at_least_yuan": 10000, "at_most_yuan": 20000}}, "fine: and outcome: fine go together"),
        (PENALTY, {"outcome": "fine", "fine": {"at_least_yuan": 30000, "at_most_yuan": 20000}}, "fine ends below"),
        (PENALTY, {"times_limit_other": {"ge": 3}}, "stands beside times_limit"),
        (PENALTY, {"times_limit": {"ge": 2}, "times_limit_other": {"ge": 3}}, "stands beside times_limit"),
        (STEP, {"within_hours": 2}, "after is missing"),
        (STEP, {"after": "consult", "within_hours": 0}, "within_hours\n.*greater than 0"),
        (STEP, {"by": "13-01"}, "a day of the year as MM-DD"),
        (STEP, {"step": "celebrate"}, "step\n.*'forecast', 'consult'"),
        (STEP, {"actor": ""}, "actor\n.*at least 1 character"),
        (STEP, {"about": "weather"}, "about\n.*'warning', 'order'"),
        (STEP, {"step": "archive", "retention_days": 0}, "retention_days\n.*greater than 0"),
        (STEP, {"step": "issue", "retention_days": 365}, "belongs to the step archive"),
        (RESPONSE, {"levels": ["blue"]}, "levels.0\n.*'yellow', 'orange' or 'red'"),
        (RESPONSE, {"levels": ["red", "red"]}, "a level is named twice"),
        (RESPONSE, {"daily": "20:00"}, "expected a daily window"),
        (RESPONSE, {"daily": "08:00-08:00"}, "expected a daily window"),
        (RESPONSE, {"vehicles": {}}, "no vehicles: expected stage"),
        (RESPONSE, {"vehicles": {"stage": 6, "stage_at_most": 5}}, "either stage or stage_at_most, and not both"),
        (RESPONSE, {"vehicles": {"stage": 6, "cut": 50}}, "vehicles.cut\n.*less than or equal to 1"),
        (RESPONSE, {"vehicles": {"stage_at_most": 7}}, "vehicles.stage_at_most\n.*less than or equal to 6"),
        (RESPONSE, {"about": "schools", "vehicles": {"stage_at_most": 4}}, "vehicles: belongs to vehicles, machinery"),
        (RESPONSE, {"humidity_below_pct": 180}, "humidity_below_pct\n.*less than or equal to 100"),
    ],
)  # fmt: skip
def test_a_malformed_act_is_refused(base: dict[str, Any], keys: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        act(base, **keys)


def test_a_defect_in_a_file_names_file_rule_and_field(make_book: BookMaker) -> None:
    with pytest.raises(InputError) as caught:
        make_book(rules=[{**DUST, "hourly_ug_m3": {"ge": "viel"}, "id": "dust-x"}])
    text = str(caught.value.problems[0])
    assert "rule dust-x" in text
    assert "hourly_ug_m3" in text


def test_reaching_and_exceeding_differ_at_the_number_itself() -> None:
    assert [Bound(ge=250).passed(value) for value in (249.9, 250, 250.1)] == [False, True, True]
    assert [Bound(gt=10).passed(value) for value in (9, 10, 11)] == [False, False, True]


def test_periods_run_from_the_first_to_the_last_day_of_their_months() -> None:
    assert period_of("2021-02") == (date(2021, 2, 1), date(2021, 2, 28))
    assert period_of("2020-10..2020-12") == (date(2020, 10, 1), date(2020, 12, 31))
    with pytest.raises(ValueError, match="no period"):
        period_of("2020")


def test_an_act_without_levels_holds_at_every_level() -> None:
    assert act(RESPONSE).speaks_at("yellow")
    assert act(RESPONSE, levels="red").speaks_at("red")
    assert not act(RESPONSE, levels=["red"]).speaks_at("orange")


# -- the shipped acts


def one(book: Rulebook, rule_id: str) -> Any:
    return book.rules[rule_id]


def held(book: Rulebook, kind: str, day: str, city: str, county: str = "") -> set[str]:
    place = Place(province="山西省", city=city, county=county)
    return {rule.id for rule in book.in_force(kind, date.fromisoformat(day), place)}


@pytest.mark.parametrize("kind", sorted(ACT_KINDS))
def test_every_kind_is_in_use_and_shown_with_its_numbers(shipped: Rulebook, kind: str) -> None:
    rules = shipped.rules_of(kind)
    assert rules
    for rule in rules:
        assert rule.area
        assert json.dumps(rule_as_dict(rule, shipped), ensure_ascii=False, default=str)


def test_dust_work_stops_at_250_from_the_day_of_the_plan(shipped: Rulebook) -> None:
    rule = one(shipped, "39-dust-250")
    assert isinstance(rule, DustRule)
    assert (rule.pollutant, rule.hourly_ug_m3.ge, rule.regime) == ("pm10", 250, "always")
    assert rule_as_dict(rule, shipped)["hourly_ug_m3"] == {"ge": 250.0}
    assert "39-dust-250" not in held(shipped, "dust", "2019-05-30", "大同市")
    assert "39-dust-250" in held(shipped, "dust", "2019-05-31", "大同市")


def test_the_tables_of_yangquan_are_whole(shipped: Rulebook) -> None:
    pm25, days, stations = (one(shipped, name) for name in ("131-pm25-county", "131-good-county", "131-pm25-station"))
    assert isinstance(pm25, TargetRule)
    assert {row[0] for row in pm25.rows} == {"城区", "矿区", "开发区", "郊区", "平定县", "盂县"}
    assert len(list(pm25.goals())) == 24
    assert len(list(days.goals())) == 30
    assert len(list(stations.goals())) == 24
    assert Goal("盂县", date(2020, 10, 1), date(2020, 10, 31), 37) in set(pm25.goals())
    assert Goal("白羊墅站", date(2020, 11, 1), date(2020, 11, 30), 64) in set(stations.goals())
    assert next(one(shipped, "131-pm25-city").goals()) == Goal("阳泉市", date(2020, 10, 1), date(2020, 12, 31), 52)
    assert next(one(shipped, "131-pm25-q1").goals()).value == 77
    assert next(one(shipped, "131-heavy-q1").goals()).value == 9
    assert {goal.value for goal in one(shipped, "131-heavy-q4").goals()} == {1}
    assert (pm25.unit, days.unit, one(shipped, "39-so2-cities").unit) == ("µg/m³", "天", "")


def test_good_days_of_the_months_add_up_to_those_of_the_quarter(shipped: Rulebook) -> None:
    for name in ("131-good-city", "131-good-county"):
        for row in one(shipped, name).rows:
            two, three, october, november, december = (float(cell) for cell in row[1:])
            assert two == october + november
            assert three == two + december


def test_gate_records_are_kept_a_year_and_electricity_only_refers(shipped: Rulebook) -> None:
    assert one(shipped, "39-gate-records").retention_days == 365
    for rule in shipped.rules_of("evidence"):
        assert isinstance(rule, EvidenceRule)
        if rule.threshold is not None or rule.baseline is not None:
            assert rule.source == "inferred", "no document of an authority that was read gives a threshold or a method"
            assert rule.weighs == "reference"
        if rule.evidence == "electricity":
            assert rule.weighs == "reference"
    assert one(shipped, "40-cems").weighs == "valid"
    assert one(shipped, "env-penalty-36").only_marked


def test_every_penalty_is_a_proposal_to_a_person(shipped: Rulebook) -> None:
    for rule in shipped.rules_of("penalty"):
        assert isinstance(rule, PenaltyRule)
        assert rule.proposal.startswith("建议")
        assert rule.breach in BREACHES
    twice = one(shipped, "39-penalty-twice")
    assert [twice.times_limit.passed(value) for value in (1.99, 2, 2.5)] == [False, True, True]
    assert [twice.times_limit_other.passed(value) for value in (2.5, 3)] == [False, True]
    assert one(shipped, "39-penalty-repeat").repeat_within_months == 12
    assert one(shipped, "39-penalty-criminal").pollutants == ("so2", "nox")
    assert one(shipped, "law-121-site").fine.at_most_yuan == 100000
    assert one(shipped, "law-98").fine.at_least_yuan == 20000


def test_who_signs_in_taiyuan_and_within_how_many_hours(shipped: Rulebook) -> None:
    signs = {level: rule.actor for name in ("typlan-approve", "typlan-approve-red")
             for rule in [one(shipped, name)] for level in rule.levels}  # fmt: skip
    assert signs == {"yellow": "主管副市长", "orange": "主管副市长", "red": "市长"}
    timed = [one(shipped, name) for name in ("typlan-propose", "typlan-issue", "typlan-regional")]
    assert [(rule.after, rule.within_hours) for rule in timed] == [("consult", 2), ("approve", 2), ("notify", 2)]
    assert all(isinstance(rule, ProcedureRule) for rule in timed)
    assert one(shipped, "40-list").by == "08-31"


@pytest.mark.parametrize(
    ("rule_id", "city", "county", "day", "before", "after"),
    [
        ("yq1912-machinery", "阳泉市", "", "2019-12-13", "2019-12-12", "2020-04-01"),
        ("ty2001-odd-even", "太原市", "", "2020-01-11", "2020-01-10", "2020-01-13"),
        ("ty2011-schools", "太原市", "", "2020-11-16", "2020-11-15", "2020-11-18"),
        ("ty25-ring", "太原市", "", "2025-12-10", "2025-12-09", "2026-04-01"),
        ("zz21-trucks-6", "晋城市", "泽州县", "2021-12-06", "2021-12-05", "2021-12-12"),
        ("sy24-public", "晋中市", "寿阳县", "2024-11-23", "2024-11-22", "2025-04-01"),
        ("lf1801-sites", "临汾市", "", "2018-01-15", "2018-01-14", "2018-04-01"),
    ],
)  # fmt: skip
def test_a_notice_holds_until_its_lift_or_the_end_of_its_winter_in_the_place_that_was_read(
    shipped: Rulebook, rule_id: str, city: str, county: str, day: str, before: str, after: str
) -> None:
    assert rule_id in held(shipped, "response", day, city, county)
    assert rule_id not in held(shipped, "response", before, city, county)
    assert rule_id not in held(shipped, "response", after, city, county)
    assert rule_id not in held(shipped, "response", day, "大同市")
    if county:
        assert rule_id not in held(shipped, "response", day, city, "别县")


def test_vehicles_of_a_response_are_numbers(shipped: Rulebook) -> None:
    rule = one(shipped, "zz21-trucks-6")
    assert isinstance(rule, ResponseRule)
    assert (rule.vehicles.stage, rule.vehicles.cut) == (6, 0.5)
    assert one(shipped, "ty25-machinery").vehicles.stage_at_most == 2
    assert one(shipped, "ty25-ring").vehicles.stage_at_most == 5
    assert one(shipped, "ty1910-trucks-logistics").vehicles.trips_per_day.gt == 10
    assert one(shipped, "ty1910-transit").last_bus_minutes_more == 60
    roads = one(shipped, "yq1912-roads")
    assert (roads.sprinklings_more, roads.humidity_below_pct) == (2, 80)


def test_yellow_labels_from_the_end_of_2014(shipped: Rulebook) -> None:
    assert "2014-yellow-label" not in held(shipped, "response", "2014-12-30", "朔州市")
    assert "2014-yellow-label" in held(shipped, "response", "2014-12-31", "朔州市")


# -- air rules of earlier years


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2017-08-31", set()),
        ("2017-09-01", {"2017-86-red", "2017-86-orange", "2017-86-yellow"}),
        ("2017-12-31", {"2017-86-red", "2017-86-orange", "2017-86-yellow"}),
        ("2018-01-01", {"875-red", "875-orange", "875-yellow"}),
        ("2024-01-22", {"875-red", "875-orange", "875-yellow"}),
        ("2024-01-23", {"2024-6-red", "2024-6-orange", "2024-6-yellow"}),
    ],
)  # fmt: skip
def test_one_grading_holds_on_a_day(shipped: Rulebook, day: str, wanted: set[str]) -> None:
    place = Place(province="山西省", city="太原市")
    rules = shipped.in_force("grading", date.fromisoformat(day), place)
    assert {rule.id for rule in rules if getattr(rule, "level", None)} == wanted


def test_the_standard_of_2016_binds_only_where_adopted(shipped: Rulebook) -> None:
    place = Place(province="山西省", city="太原市")
    day = date(2016, 12, 1)
    assert not shipped.in_force("grading", day, place)
    adopted = shipped.adopting({"jjj-2016": "太原市"})
    found = {rule.id for rule in adopted.in_force("grading", day, place)}
    assert found == {"jjj2016-yellow", "jjj2016-orange", "jjj2016-red"}


def test_both_joint_areas_are_kept_each_from_its_day(shipped: Rulebook) -> None:
    assert held(shipped, "linkage", "2018-09-28", "太原市") == set()
    assert held(shipped, "linkage", "2018-09-29", "太原市") == {"40-linkage-taiyuan"}
    assert "39-linkage-taiyuan" in held(shipped, "linkage", "2019-05-31", "晋中市", "祁县")
    assert "39-linkage-taiyuan" not in held(shipped, "linkage", "2019-05-31", "晋中市", "榆次区")


LAST_DAY, FIRST_DAY = date(2026, 8, 14), date(2026, 8, 15)


def test_the_code_succeeds_the_air_law_article_by_article(shipped: Rulebook) -> None:
    old = [rule for rule in shipped.rules.values() if rule.document == "law-air"]
    assert old
    for rule in old:
        assert shipped.life(rule, LAST_DAY).state is RuleState.IN_FORCE
        life = shipped.life(rule, FIRST_DAY)
        assert life.state is RuleState.SUCCEEDED, rule.id
        assert {shipped.rules[name].document for name in life.by} == {"eco-code-2026"}
    new = [rule for rule in shipped.rules.values() if rule.document == "eco-code-2026"]
    assert {shipped.life(rule, LAST_DAY).state for rule in new} == {RuleState.NOT_YET}
    assert {shipped.life(rule, FIRST_DAY).state for rule in new} == {RuleState.IN_FORCE}
    assert {shipped.standing(rule) for rule in new} == {"secondary"}


def test_no_act_of_the_code_s_first_day_rests_on_the_air_law(shipped: Rulebook) -> None:
    place = Place(province="山西省", city="太原市")
    for day, there, gone in ((LAST_DAY, "law-air", "eco-code-2026"), (FIRST_DAY, "eco-code-2026", "law-air")):
        found = {r.document for kind in ("procedure", "penalty") for r in shipped.binding(kind, day, place)}
        assert there in found
        assert gone not in found


def test_rules_show_gives_the_numbers_as_json() -> None:
    result = CliRunner().invoke(main, ["rules", "show", "--kind", "dust", "--date", "2020-01-01", "--json"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.output)
    assert shown[0]["hourly_ug_m3"] == {"ge": 250.0}
