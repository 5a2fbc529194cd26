"""Dates and places are law: what is in force there and then, and what could be known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from alertengine.orders import required_ratios
from alertengine.rulebook import NOT_STATED, OpenLists, Place, Rulebook, Valid
from alertengine.rulebook.open_list_rows import Period
from alertengine.rulebook.recurring_periods import Periods
from alertengine.vocabulary import InputError, Level
from tests.conftest import BookMaker, document


def _place(city: str, county: str = "") -> Place:
    return Place(province="山西省", city=city, county=county)


def _on(book: Rulebook, day: date, place: Place | None = None, known_on: date | None = None) -> set[str]:
    return {rule.id for rule in book.in_force("measure", day, place, known_on)}


def _one(**keys: Any) -> dict[str, Any]:
    return {"id": "r", "then": "stop", **keys}


@pytest.mark.parametrize(
    ("said", "first", "exact"),
    [("2020-03-05", date(2020, 3, 5), True), ("2020-03", date(2020, 3, 1), False), (2020, date(2020, 1, 1), False)],
)
def test_a_partial_date_is_its_first_day_and_lowers_the_standing(
    make_book: BookMaker, said: Any, first: date, exact: bool
) -> None:
    official = {"number": "甲〔2019〕1号", "issuer": "甲市人民政府", "issued": "2019-12-01"}
    book = make_book(document(valid={"from": said, "to": "not stated"}, rules=[_one()], **official))
    assert _on(book, first) == {"r"}
    assert _on(book, date.fromordinal(first.toordinal() - 1)) == set()
    assert book.rules["r"].source == ("primary" if exact else "inferred")


def test_both_ends_are_inclusive(make_book: BookMaker) -> None:
    book = make_book(rules=[_one(valid={"from": "2020-01-10", "to": "2020-01-12"})])
    in_force = [day for day in range(8, 15) if _on(book, date(2020, 1, day))]
    assert in_force == [10, 11, 12]


def test_a_rule_never_reaches_beyond_its_document(make_book: BookMaker) -> None:
    law = document(
        valid={"from": "2020-01-01", "to": "2020-12-31"}, rules=[_one(valid={"from": "2019-01-01", "to": "2022-01-01"})]
    )
    book = make_book(law)
    assert [_on(book, date(year, 6, 1)) for year in (2019, 2020, 2021)] == [set(), {"r"}, set()]


def test_a_rule_may_lower_its_standing_and_never_raise_it(make_book: BookMaker) -> None:
    primary = make_book(rules=[_one(source="inferred")])
    assert primary.rules["r"].source == "inferred"
    secondary = make_book(document(source="secondary", rules=[_one(source="primary")]))
    assert secondary.rules["r"].source == "secondary"


# -- hours


@pytest.mark.parametrize(
    ("valid", "shown", "moments"),
    [
        ({"from": "2020-01-10 08:00", "to": "2020-01-12 20:30"}, ("2020-01-10 08:00", "2020-01-12 20:30"), (8, 68.5)),
        ({"from": "2020-01-10T08:00", "to": "2020-01-12"}, ("2020-01-10 08:00", "2020-01-12"), (8, 72)),
        ({"from": "2020-01-10 00:00", "to": "2020-01-12 24:00"}, ("2020-01-10", "2020-01-12"), (0, 72)),
        ({"from": "2020-01-10 24:00", "to": "2020-01-12 00:00"}, ("2020-01-11", "2020-01-11"), (24, 48)),
        (
            {"from": "2020-01-10 8:00", "to": "2020-01-10 08:01"},
            ("2020-01-10 08:00", "2020-01-10 08:01"),
            (8, 8 + 1 / 60),
        ),
        ({"from": datetime(2020, 1, 10, 8), "to": "not stated"}, ("2020-01-10 08:00", "not stated"), (8, None)),
    ],
)
def test_an_interval_from_hour_to_hour(
    valid: dict[str, Any], shown: tuple[str, str], moments: tuple[float, float | None]
) -> None:
    found = Valid.model_validate(valid)
    assert (str(found.first), str(found.last)) == shown
    since = [(moment - datetime(2020, 1, 10)).total_seconds() / 3600 for moment in found.moments()]
    assert since[0] == moments[0]
    assert moments[1] is None or since[1] == pytest.approx(moments[1])
    assert found.exact
    assert Valid.model_validate({"from": shown[0], "to": shown[1]}) == found  # what is shown reads back


@pytest.mark.parametrize(
    ("valid", "said"),
    [
        ({"from": "11月5日"}, "the year is missing"),
        ({"from": "11月5日8时"}, "the year is missing"),
        ({"to": "11-05"}, "the year is missing"),
        ({"to": "11-05 08:00"}, "the year is missing"),
        ({"to": "11/5"}, "the year is missing"),
        ({"to": 1105}, "1105 is no year"),
        ({"to": "1105"}, "1105 is no year"),
        ({"from": "2020-01-10 25:00"}, "YYYY-MM-DD HH:MM"),
        ({"from": "2020-01-10 24:30"}, "YYYY-MM-DD HH:MM"),
        ({"from": "2020-01-10 08:00+08:00"}, "local time"),
        ({"from": datetime(2020, 1, 10, 8, tzinfo=UTC)}, "local time"),
        ({"from": "2020-13-10 08:00"}, "YYYY-MM-DD HH:MM"),
        ({"from": "2020-01-10 08:00", "to": "2020-01-10 08:00"}, "before it begins"),
        ({"from": "2020-01-10 08:00", "to": "2020-01-10 00:00"}, "before it begins"),
    ],
)
def test_an_end_that_cannot_be_read_is_refused(valid: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Valid.model_validate(valid)


@pytest.mark.parametrize("issued", ["2020-01-10 08:00", "1月10日"])
def test_a_day_of_issue_is_a_day_of_a_year(make_book: BookMaker, issued: str) -> None:
    with pytest.raises(InputError, match="expected a date YYYY-MM-DD"):
        make_book(document(issued=issued, rules=[_one()]))


def test_a_rule_never_reaches_beyond_the_hours_of_its_document(make_book: BookMaker) -> None:
    outer, inner = {"from": "2020-01-10 08:00", "to": "2020-01-12 20:00"}, {"from": "2020-01-10", "to": "2020-01-12"}
    assert str(make_book(document(valid=outer, rules=[_one(valid=inner)])).rules["r"].valid) == str(
        make_book(document(valid=outer, rules=[_one()])).rules["r"].valid
    )
    kept = make_book(document(valid=inner, rules=[_one(valid=outer)])).rules["r"].valid
    assert kept == Valid.model_validate(outer)


# -- repeal


@pytest.mark.parametrize(
    ("repeal", "left"),
    [
        ({"document": "old"}, set()),
        ({"document": "old", "rule": "a"}, {"b"}),
        ({"document": "old", "kind": "measure"}, set()),
        ({"document": "old", "kind": "season"}, {"a", "b"}),
        ({"document": "another"}, {"a", "b"}),
    ],
)
def test_a_later_document_ends_a_document_a_kind_or_a_rule(
    make_book: BookMaker, repeal: dict[str, str], left: set[str]
) -> None:
    old = document("old", rules=[{"id": "a", "then": "stop"}, {"id": "b", "then": "stop"}])
    new = document("new", valid={"from": "2021-01-01", "to": "not stated"}, replaces=[repeal])
    book = make_book(old, new)
    assert _on(book, date(2020, 12, 31)) == {"a", "b"}
    assert _on(book, date(2021, 1, 1)) == left


def test_a_document_that_ends_a_kind_everywhere_keeps_its_own(make_book: BookMaker) -> None:
    new = document("new", replaces=[{"kind": "measure"}], rules=[_one(id="s")])
    assert _on(make_book(document("old", rules=[_one()]), new), date(2021, 1, 1)) == {"s"}


def test_a_repeal_may_have_a_day_of_its_own(make_book: BookMaker) -> None:
    new = document("new", replaces=[{"document": "old", "from": "2022-02-02"}])
    book = make_book(document("old", rules=[_one()]), new)
    assert _on(book, date(2022, 2, 1)) == {"r"}
    assert _on(book, date(2022, 2, 2)) == set()


def test_a_rule_takes_the_place_of_another_while_it_is_in_force(make_book: BookMaker) -> None:
    rules = [_one(), _one(id="s", replaces=["r"], valid={"from": "2021-01-01", "to": "2021-12-31"})]
    book = make_book(rules=rules)
    assert [_on(book, date(year, 6, 1)) for year in (2020, 2021, 2022)] == [{"r"}, {"s"}, {"r"}]


def test_what_was_issued_later_is_not_known_nor_what_it_repeals(make_book: BookMaker) -> None:
    old = document("old", issued="2018-01-01", rules=[_one()])
    new = document("new", issued="2021-06-01", replaces=[{"document": "old"}], rules=[_one(id="s")])
    book = make_book(old, new)
    assert _on(book, date(2021, 12, 1)) == {"s"}
    assert _on(book, date(2021, 12, 1), known_on=date(2021, 5, 31)) == {"r"}
    assert _on(book, date(2021, 12, 1), known_on=date(2021, 6, 1)) == {"s"}


def test_a_document_without_a_day_of_issue_is_known_from_its_first_day(make_book: BookMaker) -> None:
    book = make_book(document(valid={"from": "2020-05-01", "to": "not stated"}, rules=[_one()]))
    assert _on(book, date(2021, 1, 1), known_on=date(2020, 4, 30)) == set()
    assert _on(book, date(2021, 1, 1), known_on=date(2020, 5, 1)) == {"r"}


# -- places


@pytest.mark.parametrize(
    ("area", "reached"),
    [
        ("全国", {"太原市", "临汾市", "临汾市/尧都区"}),
        ("山西省", {"太原市", "临汾市", "临汾市/尧都区"}),
        ("临汾市", {"临汾市", "临汾市/尧都区"}),
        ("临汾", {"临汾市", "临汾市/尧都区"}),
        ("临汾市/尧都区", {"临汾市/尧都区"}),
        (["太原市", "临汾市/尧都区"], {"太原市", "临汾市/尧都区"}),
        ("汾渭平原山西四市", {"临汾市", "临汾市/尧都区"}),
    ],
)
def test_where_a_rule_reaches(make_book: BookMaker, area: Any, reached: set[str]) -> None:
    book = make_book(rules=[_one(area=area)])
    places = {"太原市": _place("太原市"), "临汾市": _place("临汾市"), "临汾市/尧都区": _place("临汾市", "尧都区")}
    assert {name for name, place in places.items() if book.reaches(book.rules["r"], place)} == reached


def test_a_document_that_awaits_adoption_binds_only_where_adopted(make_book: BookMaker) -> None:
    law = document("waits", area="吕梁市", only_where_adopted=True, rules=[_one()])
    book = make_book(law)
    filed = _place("吕梁市", "孝义市")
    assert _on(book, date(2021, 1, 1), filed) == set()
    adopted = book.adopting({"waits": "吕梁市/孝义市"})
    assert _on(adopted, date(2021, 1, 1), filed) == {"r"}
    assert _on(adopted, date(2021, 1, 1), _place("吕梁市", "离石区")) == set()
    assert _on(book, date(2021, 1, 1), filed) == set()  # the book itself is as it was
    assert adopted.fingerprint != book.fingerprint


@pytest.mark.parametrize("adopt", [{"nothing": "吕梁市"}, {"waits": "无名市"}])
def test_adopting_what_is_not_there_is_refused(make_book: BookMaker, adopt: dict[str, str]) -> None:
    book = make_book(document("waits", only_where_adopted=True, rules=[_one()]))
    with pytest.raises(InputError, match="adopt"):
        book.adopting(adopt)


# -- periods


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        (date(2020, 10, 31), False),
        (date(2020, 11, 1), True),
        (date(2021, 1, 1), True),
        (date(2021, 3, 31), True),
        (date(2021, 4, 1), False),
    ],
)
def test_a_period_over_the_turn_of_the_year_recurs(make_book: BookMaker, day: date, inside: bool) -> None:
    book = make_book(rules=[_one(during="采暖期")])
    assert bool(_on(book, day, _place("临汾市"))) == inside


def test_a_period_inside_a_year_has_both_ends_inclusive() -> None:
    period = Period.model_validate({"name": "夏", "from": "06-01", "to": "08-31"})
    assert [period.holds(date(2021, *day)) for day in ((5, 31), (6, 1), (8, 31), (9, 1))] == [False, True, True, False]


def test_the_nearest_places_own_period_prevails(vocabulary: OpenLists, monkeypatch: pytest.MonkeyPatch) -> None:
    def own(area: str, last: str) -> Period:
        return Period.model_validate({"name": "采暖期", "from": "10-15", "to": last, "area": area})

    more = [own("山西省", "04-05"), own("太原市", "04-10"), own("太原市/古交市", "04-15")]
    monkeypatch.setattr(vocabulary, "periods", Periods([*more, *vocabulary.periods]))
    ends = [
        (vocabulary.period("采暖期", place) or more[0]).last
        for place in (None, _place("临汾市"), _place("太原市"), _place("太原市", "古交市"))
    ]
    assert ends == ["03-31", "04-05", "04-10", "04-15"]


@pytest.mark.parametrize("day", ["13-01", "02-30", "1-1", "", "11/01"])
def test_a_period_ends_on_a_day_of_the_year(day: str) -> None:
    with pytest.raises(ValueError, match="MM-DD"):
        Period.model_validate({"name": "冬", "from": "11-01", "to": day})


# -- changes, lapse
@pytest.mark.slow
def test_the_rules_in_force_change_only_at_a_moment_of_change(shipped: Rulebook) -> None:
    first, last = date(2019, 1, 1), date(2021, 12, 31)
    said = {moment.date() for moment in shipped.changes(datetime(2019, 1, 1), datetime(2022, 1, 1))}

    def law(number: int) -> frozenset[str]:
        day = date.fromordinal(number)
        return frozenset(r.id for r in shipped.line_rules() if shipped.holds(r, day) and shipped.in_period(r, day))

    before = law(first.toordinal())
    for number in range(first.toordinal() + 1, last.toordinal() + 1):
        now = law(number)
        if now != before:
            assert date.fromordinal(number) in said
        before = now
    assert all(first < day <= last for day in said)


def test_a_lapsed_rule_shows_and_one_with_no_stated_end_does_not(make_book: BookMaker) -> None:
    rules = [_one(valid={"to": "2020-12-31"}), _one(id="open")]
    book = make_book(rules=rules)
    assert [rule.id for rule in book.lapsed(date(2021, 1, 1))] == ["r"]
    assert book.lapsed(date(2020, 12, 31)) == []


def test_an_episode_that_is_over_leaves_no_hole(make_book: BookMaker) -> None:
    valid = {"from": "2020-01-05", "to": "2020-01-06"}
    book = make_book(document("notice", valid=valid, episode=True, rules=[_one()]))
    assert book.lapsed(date(2021, 1, 1)) == []
    asked = document("notice", valid=valid, episode=True, only_where_adopted=True, rules=[_one()])
    adopted = make_book(asked).adopting({"notice": "吕梁市"})
    assert [rule.id for rule in adopted.lapsed(date(2021, 1, 1))] == ["r"]


def test_an_episode_has_a_last_day(make_book: BookMaker) -> None:
    with pytest.raises(InputError, match="last day"):
        make_book(document("notice", valid={"from": "2020-01-05", "to": "not stated"}, episode=True, rules=[_one()]))


def test_a_document_of_a_few_days_is_marked_as_one_episode(shipped: Rulebook) -> None:
    for name, head in shipped.documents.items():
        first, last = head.valid.bounds()
        if head.valid.last != NOT_STATED:
            assert head.episode == ((last - first).days < 20), name
        elif head.episode:  # its lift is not on record: it runs to the end of the winter it concerns
            assert head.concerns is not None, name
            assert first <= head.concerns.bounds()[1] < first + timedelta(days=200), name


def test_a_document_for_a_named_winter_is_overdue_after_it(make_book: BookMaker) -> None:
    concerns = {"from": "2019-10-01", "to": "2020-03-31"}
    book = make_book(
        document("winter", concerns=concerns, rules=[_one(), _one(id="ended", valid={"to": "2020-03-31"})])
    )
    assert [book.overdue(book.rules["r"], date(2020, *day)) for day in ((3, 31), (4, 1))] == [False, True]
    assert not book.overdue(book.rules["ended"], date(2020, 4, 1))


# -- the ratios of 晋政办发〔2019〕39号


EIGHT = ("太原市", "阳泉市", "长治市", "晋城市", "晋中市", "运城市", "临汾市", "吕梁市")
THREE = ("大同市", "朔州市", "忻州市")


@pytest.mark.parametrize("city", [*EIGHT, *THREE])
@pytest.mark.parametrize(
    ("level", "national", "eight"),
    [(Level.YELLOW, 0.10, 0.20), (Level.ORANGE, 0.20, 0.30), (Level.RED, 0.30, 0.40)],
)
def test_eight_cities_must_reduce_more_once_the_list_is_revised(
    shipped: Rulebook, city: str, level: Level, national: float, eight: float
) -> None:
    def asked(day: date) -> dict[str, float]:
        return {name: one.share for name, one in required_ratios(shipped, _place(city), day, level).items()}

    plain = dict.fromkeys(("so2", "nox", "pm", "vocs"), national)
    more = {**dict.fromkeys(("so2", "nox", "pm"), eight), "vocs": national}
    assert asked(date(2019, 8, 30)) == plain
    assert asked(date(2019, 8, 31)) == (more if city in EIGHT else plain)


def test_no_ratio_is_required_without_a_warning(shipped: Rulebook) -> None:
    assert required_ratios(shipped, _place("临汾市"), date(2019, 12, 1), Level.NONE) == {}
