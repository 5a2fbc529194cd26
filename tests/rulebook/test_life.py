"""The life of a ground: in force, lapsed, continued, succeeded, unconfirmed; and its standing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from alertengine.rulebook import Place, Rulebook, RuleHead, rule_as_dict, variant
from alertengine.rulebook.life import RuleLife, RuleState
from alertengine.rulebook.records import VerificationRule
from alertengine.vocabulary import InputError
from tests.conftest import BookMaker, Decider, document

YEAR = {"from": "2019-01-01", "to": "2019-12-31"}
LAST, NEXT = date(2019, 12, 31), date(2020, 1, 1)
OFFICIAL = {"number": "甲〔2019〕1号", "issuer": "甲市人民政府", "issued": "2019-01-01"}
LINE = {"city": "太原市", "industry": "铸造", "process": "熔炼", "retrofit_done": False}
STOP = {"id": "stop", "when": {"retrofit_done": False}, "regime": "always", "kind": "season", "then": "stop"}


def _plan(**keys: Any) -> dict[str, Any]:
    return document("plan", **{"concerns": YEAR, "rules": [STOP], **OFFICIAL, **keys})


def _continued(first: str = "2021-03-01", name: str = "notice", **keys: Any) -> dict[str, Any]:
    own = {"id": f"{name}-go-on", "kind": "continuation", "continues": "plan", "by": "乙市人民政府", **keys}
    return document(name, valid={"from": first, "to": "2022-12-31"}, rules=[own], number="乙〔2021〕2号")


def _decided(decide: Decider, book: Rulebook, day: date, city: str = "太原市") -> Any:
    return decide(book, [{**LINE, "city": city}], level="none", day=day).iloc[0]


def test_a_year_plan_binds_to_the_last_day_of_its_year(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(_plan())
    assert book.life(book.rules["stop"], LAST) == RuleLife(RuleState.IN_FORCE)
    assert book.life(book.rules["stop"], NEXT) == RuleLife(RuleState.LAPSED)
    before, after = _decided(decide, book, LAST), _decided(decide, book, NEXT)
    assert (before["status"], before["rules"]) == ("ordered", "stop")
    assert (after["status"], after["rules"], after["basis"], after["standing"]) == ("none", "", "", "")
    assert after["set_aside"] == "stop"
    assert "为2019年制定" in after["remark"]
    assert "end_not_stated" in after["flags"]
    assert [rule.id for rule in book.lapsed(NEXT)] == ["stop"]
    assert book.lapsed(LAST) == []


def test_a_continuation_on_record_binds_from_its_day_and_is_cited(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(_plan(), _continued())
    assert _decided(decide, book, date(2021, 2, 28))["status"] == "none"
    bound = _decided(decide, book, date(2021, 3, 1))
    assert (bound["status"], bound["rules"]) == ("ordered", "stop")
    assert "乙市人民政府自2021-03-01沿用，见《notice方案》（乙〔2021〕2号）一" in bound["basis"]
    assert "end_not_stated" not in bound["flags"]
    assert book.life(book.rules["stop"], date(2021, 3, 1)) == RuleLife(RuleState.IN_FORCE, ("notice-go-on",))
    assert _decided(decide, book, date(2023, 1, 1))["status"] == "none"


def test_a_city_continues_for_itself_alone(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(_plan(), _continued(area="大同市"))
    day = date(2021, 6, 1)
    assert _decided(decide, book, day, "大同市")["status"] == "ordered"
    assert _decided(decide, book, day, "太原市")["status"] == "none"
    place = Place(province="山西省", city="太原市")
    assert book.lapsed_on(book.rules["stop"], day, place=place)


def test_what_one_city_continues_is_advice_in_the_others(make_book: BookMaker, decide: Decider) -> None:
    day = date(2021, 6, 1)
    for area in ("山西省", ["大同市", "太原市"]):
        book = make_book(_plan(area=area), _continued(area="大同市"))
        bound, advised = (_decided(decide, book, day, city) for city in ("大同市", "太原市"))
        assert (bound["status"], bound["rules"], bound["set_aside"]) == ("ordered", "stop", "")
        assert "仅供参考" not in bound["remark"]
        assert "end_not_stated" not in bound["flags"]
        assert (advised["status"], advised["rules"], advised["set_aside"]) == ("none", "", "stop")
        assert "为2019年制定" in advised["remark"]
        assert "end_not_stated" in advised["flags"]
        places = [Place(province="山西省", city=city) for city in ("大同市", "太原市")]
        assert [[rule.id for rule in book.lapsed(day, places=[place])] for place in places] == [[], ["stop"]]


def test_each_city_is_shown_what_it_continued_itself(make_book: BookMaker, decide: Decider) -> None:
    own = _continued(name="own", area="太原市", by="太原市人民政府")
    book = make_book(_plan(area="山西省"), _continued(area="大同市", by="大同市人民政府"), own)
    lines = [{**LINE, "line_id": city, "city": city} for city in ("大同市", "太原市")]
    datong, taiyuan = decide(book, lines, level="none", day=date(2021, 6, 1))["basis"]
    assert "大同市人民政府自2021-03-01沿用" in datong
    assert "太原市人民政府" not in datong
    assert "太原市人民政府自2021-03-01沿用" in taiyuan
    assert "大同市人民政府" not in taiyuan


def test_a_continuation_past_its_winter_binds_where_it_is_continued_in_its_turn(
    make_book: BookMaker, decide: Decider
) -> None:
    winter = {"from": "2021-10-01", "to": "2022-03-31"}
    notice = {**_continued(), "valid": {"from": "2021-10-01", "to": "not stated"}, "concerns": winter}
    later = _continued("2022-10-01", "later", continues="notice", by="大同市人民政府", area="大同市")
    book = make_book(_plan(area="山西省"), notice, later)
    assert _decided(decide, book, date(2022, 6, 1), "大同市")["status"] == "none"
    bound = _decided(decide, book, date(2022, 11, 1), "大同市")
    assert (bound["status"], bound["rules"]) == ("ordered", "stop")
    assert "大同市人民政府自2022-10-01沿用" in bound["basis"]
    assert _decided(decide, book, date(2022, 11, 1), "太原市")["status"] == "none"


def test_records_that_continue_each_other_continue_nothing(make_book: BookMaker, decide: Decider) -> None:
    year = {"from": "2021-01-01", "to": "2021-12-31"}
    one, other = (
        {**_continued(name=name, continues=["plan", of]), "valid": {"from": "2021-03-01"}, "concerns": year}
        for name, of in (("one", "other"), ("other", "one"))
    )
    assert _decided(decide, make_book(_plan(), one, other), date(2022, 6, 1))["status"] == "none"


def test_what_one_county_continues_is_open_where_the_county_is_unknown(make_book: BookMaker, decide: Decider) -> None:
    book = make_book(_plan(), _continued(area="太原市/清徐县"))
    lines = [{**LINE, "county": county} for county in ("清徐县", "小店区", None)]
    rows = decide(book, lines, level="none", day=date(2021, 6, 1))
    assert list(rows["status"]) == ["ordered", "none", "none"]
    assert ["为2019年制定" in remark for remark in rows["remark"]] == [False, True, True]
    assert list(rows["hangs_on"]) == ["", "", "county"]


def test_a_continuation_made_for_one_winter_ends_with_it(make_book: BookMaker, decide: Decider) -> None:
    winter = {"from": "2021-10-01", "to": "2022-03-31"}
    notice = {**_continued(), "valid": {"from": "2021-10-01", "to": "not stated"}, "concerns": winter}
    book = make_book(_plan(), notice)
    rows = decide(book, [LINE], level="none", day=date(2022, 3, 31), hours=48)
    assert list(zip(rows["ends"], rows["status"], strict=True)) == [
        ("2022-04-01 00:00", "ordered"),
        ("2022-04-02 00:00", "none"),
    ]


def test_a_continuation_binds_from_its_hour(make_book: BookMaker, decide: Decider) -> None:
    rows = decide(make_book(_plan(), _continued("2021-03-01 08:00")), [LINE], level="none", day=date(2021, 3, 1))
    assert list(zip(rows["starts"], rows["status"], strict=True)) == [
        ("2021-03-01 00:00", "none"),
        ("2021-03-01 08:00", "ordered"),
    ]


def test_a_rule_that_states_its_own_end_or_its_own_winter_keeps_it(make_book: BookMaker) -> None:
    winter = {**STOP, "id": "winter", "concerns": {"from": "2019-10-01", "to": "2020-03-31"}}
    dated = {**STOP, "id": "dated", "valid": {"to": "2020-06-30"}}
    book = make_book(_plan(rules=[winter, dated]))
    states = [book.life(book.rules["winter"], date(2020, *day)).state for day in ((3, 31), (4, 1))]
    assert states == [RuleState.IN_FORCE, RuleState.LAPSED]
    states = [book.life(book.rules["dated"], date(2020, *day)).state for day in ((6, 30), (7, 1))]
    assert states == [RuleState.IN_FORCE, RuleState.LAPSED]


def test_a_first_day_known_to_the_month_is_unconfirmed_within_it(make_book: BookMaker) -> None:
    book = make_book(document(valid={"from": "2020-03", "to": "not stated"}, rules=[{**STOP, "id": "r"}]))
    days = ((2, 29), (3, 31), (4, 1))
    states = [book.life(book.rules["r"], date(2020, *day)).state for day in days]
    assert states == [RuleState.NOT_YET, RuleState.UNCONFIRMED, RuleState.IN_FORCE]


def test_a_notice_of_one_episode_runs_until_its_lift_is_on_record(make_book: BookMaker) -> None:
    head = {"episode": True, "valid": {"from": "2020-01-05", "to": "not stated"}}
    with pytest.raises(InputError, match="last day"):
        make_book(document(rules=[{**STOP, "id": "r"}], **head))
    notice = document("notice", rules=[STOP], concerns={"to": "2020-03-31"}, **head)
    lift = document("lift", valid={"from": "2020-01-12 09:00"}, replaces=[{"document": "notice"}])
    alone, lifted = make_book(notice), make_book(notice, lift)
    for day, open_, closed in ((11, True, True), (13, True, False)):
        assert alone.holds(alone.rules["stop"], date(2020, 1, day)) is open_
        assert lifted.holds(lifted.rules["stop"], date(2020, 1, day)) is closed
    assert not alone.holds(alone.rules["stop"], date(2020, 4, 1))
    assert alone.lapsed(date(2020, 4, 1)) == []


@pytest.mark.parametrize("ended", ["", "to", "lift"])
def test_an_episode_without_a_lift_on_record_says_so_after_its_first_day(
    make_book: BookMaker, decide: Decider, ended: str
) -> None:
    valid = {"from": "2020-01-05", "to": "2020-01-12" if ended == "to" else "not stated"}
    notice = document("notice", rules=[STOP], episode=True, valid=valid, concerns={"to": "2020-03-31"})
    lift = document("lift", valid={"from": "2020-01-12 09:00"}, replaces=[{"document": "notice"}])
    book = make_book(notice, *([lift] if ended == "lift" else []))
    first, next_ = (_decided(decide, book, date(2020, 1, day)) for day in (5, 6))
    assert (first["status"], next_["status"]) == ("ordered", "ordered")
    assert "解除未在案" not in first["remark"]
    assert ("2020-01-05起的响应解除未在案，当日是否仍在执行须核对" in next_["remark"]) is (ended == "")
    assert first["flags"] == next_["flags"]


def test_a_rule_that_is_shown_names_the_winter_it_is_made_for(make_book: BookMaker) -> None:
    book = make_book(_plan(rules=[STOP, {**STOP, "id": "ended", "valid": {"to": "2019-12-31"}}]))
    shown = [rule_as_dict(book.rules[name], book) for name in ("stop", "ended")]
    assert [one.get("concerns") for one in shown] == [YEAR, None]


def test_shipped_official_texts_say_by_what_they_are_found(shipped: Rulebook) -> None:
    """A head without number, issuer or day makes drafts of all that cite it."""
    lacking = {name for name, one in shipped.documents.items() if one.source == "primary" != one.standing}
    assert lacking == {"jincheng-2024-plan"}


@pytest.mark.parametrize("left_out", ["number", "issuer", "issued"])
def test_what_lacks_number_issuer_or_day_is_not_primary(make_book: BookMaker, left_out: str) -> None:
    head = {name: value for name, value in OFFICIAL.items() if name != left_out}
    whole, part = make_book(document("plan", rules=[STOP], **OFFICIAL)), make_book(document(rules=[STOP], **head))
    assert whole.standing(whole.rules["stop"]) == "primary"
    assert part.standing(part.rules["stop"]) == "secondary"


def test_a_statute_needs_no_number(make_book: BookMaker) -> None:
    head = {"issuer": "甲", "issued": "2019-01-01", "statute": True}
    book = make_book(document(rules=[STOP], **head))
    assert book.standing(book.rules["stop"]) == "primary"


def test_a_rule_has_the_standing_of_the_sectors_it_leans_on(make_book: BookMaker) -> None:
    book = make_book(document("plan", rules=[{**STOP, "when": {"sector": "建材"}}], **OFFICIAL))
    assert book.standing(book.rules["stop"]) == book.lists.sector_standing == "inferred"


def _compared(**keys: Any) -> dict[str, Any]:
    own = {
        "id": "seen",
        "kind": "verification",
        "verifies": "plan",
        "by": "法制科 甲",
        "edition": "政府公报2019年第3期",
    }
    return document("record", rules=[{**own, "page": "12", "valid": {"from": "2026-09-01"}, **keys}])


def test_a_text_compared_with_its_official_edition_is_primary_from_that_day(
    make_book: BookMaker, decide: Decider
) -> None:
    plan = document("plan", source="secondary", rules=[STOP], **OFFICIAL)
    book = make_book(plan, _compared())
    assert [book.standing(book.rules["stop"], date(2026, *day)) for day in ((8, 31), (9, 1))] == [
        "secondary",
        "primary",
    ]
    before, after = _decided(decide, book, date(2026, 8, 31)), _decided(decide, book, date(2026, 9, 1))
    assert "not_official" in before["flags"]
    assert "not_official" not in after["flags"]
    assert after["standing"] == "primary"


def test_a_reading_of_ours_stays_one_when_the_text_was_compared(make_book: BookMaker) -> None:
    plan = document("plan", source="secondary", rules=[{**STOP, "source": "inferred"}], **OFFICIAL)
    book = make_book(plan, _compared())
    assert book.standing(book.rules["stop"]) == "inferred"


ENTERED = {"by": "某局 张三", "on": "2026-08-01", "pages": "1"}


@pytest.mark.parametrize(
    ("plan", "said", "standing"),
    [
        ({}, {}, "secondary"),  # nobody could find the official text
        ({"issuer": "某局", "issued": "2026-01-01"}, {}, "secondary"),
        ({"issuer": "某局", "issued": "2026-01-01", "statute": True}, {}, "primary"),
        ({}, {"issuer": "某局", "issued": "2026-01-01", "number": "某〔2026〕1号"}, "primary"),
        ({"entered": ENTERED, **OFFICIAL}, {"by": "张三"}, "secondary"),  # two people, not one
        ({"entered": ENTERED, **OFFICIAL}, {"by": "某局李四"}, "primary"),
    ],
)
def test_a_comparison_vouches_for_a_text_that_can_be_found_and_another_entered(
    plan: dict[str, Any], said: dict[str, Any], standing: str, make_book: BookMaker
) -> None:
    book = make_book(document("plan", source="secondary", rules=[STOP], **plan), _compared(**said))
    assert book.standing(book.rules["stop"], date(2026, 9, 1)) == standing
    assert book.standing_of(book.documents["plan"]) == standing


def test_what_only_a_program_transcribes_has_a_standing_of_its_own(make_book: BookMaker, decide: Decider) -> None:
    plan = document("plan", source="secondary", rules=[{**STOP, "source": "third_party_code"}], **OFFICIAL)
    alone, compared = make_book(plan), make_book(plan, _compared(verifies=["stop"]))
    row = _decided(decide, alone, LAST)
    assert row["standing"] == "third_party_code"
    assert "依据文本性质：第三方程序抄录，须核对官方文本" in row["remark"]
    assert compared.standing(compared.rules["stop"], date(2026, 9, 1)) == "primary"


def test_grades_of_glass_are_known_from_a_program_alone(shipped: Rulebook) -> None:
    glass = [rule for name, rule in shipped.rules.items() if name.startswith("glass-")]
    assert {shipped.standing(rule) for rule in glass} == {"third_party_code"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"page": ""}, "named by its page"), ({"valid": {}}, "day of the comparison"), ({"sha256": "12"}, "sha256\n")],
)
def test_a_comparison_says_where_and_when(wrong: dict[str, Any], told: str) -> None:
    said = {
        "id": "v", "article": "一", "title": "核对", "kind": "verification", "verifies": "plan", "by": "甲",
        "edition": "公报", "page": "1", "valid": {"from": "2026-09-01"},
    }  # fmt: skip
    VerificationRule.model_validate(said)
    with pytest.raises(ValidationError, match=told):
        VerificationRule.model_validate({**said, **wrong})


def test_a_primary_ground_that_suffices_is_not_dragged_down(make_book: BookMaker, decide: Decider) -> None:
    plan = document("plan", rules=[STOP], **OFFICIAL)
    reprint = document("reprint", source="secondary", rules=[{**STOP, "id": "again"}])
    both = _decided(decide, make_book(plan, reprint), LAST)
    assert both["rules"] == "again;stop"
    assert both["standing"] == "primary"
    other = document("other", source="secondary", rules=[{**STOP, "id": "more", "then": {"vehicle_ban": "货车"}}])
    assert _decided(decide, make_book(plan, other), LAST)["standing"] == "secondary"


def test_the_sanction_of_a_plan_gone_by_rests_on_its_decision(make_book: BookMaker) -> None:
    book = make_book(_plan(rules=[{**STOP, "layer": "sanction"}]))
    rule: RuleHead = book.rules["stop"]
    assert book.life(rule, NEXT).state is RuleState.IN_FORCE
    assert book.cite(rule, NEXT).endswith("（为2019年制定，有效期未载明）")
    assert book.cite(rule, LAST) == "《plan方案》（甲〔2019〕1号）一"


def test_a_rulebook_without_a_continuation_keeps_nothing_that_was_worked_out_from_it(make_book: BookMaker) -> None:
    book, day = make_book(_plan(), _continued()), date(2021, 3, 1)
    assert book.life(book.rules["stop"], day) != RuleLife(RuleState.LAPSED)
    edge = datetime(2021, 2, 28), datetime(2021, 3, 2)
    assert book.changes(*edge) == [datetime(2021, 3, 1)]
    without = variant(book, without=[rule.id for rule in book.rules_of("continuation")])
    assert without.life(without.rules["stop"], day) == RuleLife(RuleState.LAPSED)
    assert without.changes(*edge) == []


def test_a_changed_rule_that_lapsed_is_advice_in_its_changed_words(make_book: BookMaker) -> None:
    book = make_book(_plan())
    (rule,) = book.line_rules()
    (whole,) = book.held(rule, NEXT)
    changed = variant(book, [rule.model_copy(update={"measures": whole.rule.measures})])
    assert changed.held(changed.line_rules()[0], NEXT)[0].rule.measures != whole.rule.measures
    assert book.held(rule, NEXT) == (whole,)
