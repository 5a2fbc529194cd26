"""The laws of a place: where one ends and the next begins, which rule comes first, which says how a warning lives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alertengine.files import rules_folder
from alertengine.rulebook import AqiRule, DocumentLoader, Place, Rulebook
from alertengine.warning import Forecast, laws_of, warn
from alertengine.warning.law_in_force import forecast_duty, law_on

CITY, COUNTY = Place("山西省", "临汾市"), Place("山西省", "临汾市", "尧都区")
FIRST, LAST = date(2020, 1, 3), date(2020, 1, 5)


def document(name: str, area: str, valid: str, more: str = "", rule: str = "") -> str:
    """A document of one yellow, ``rule`` beside what it says of its own."""
    return (
        f"document: {name}\ntitle: {name}\narea: {area}\nsource: primary\nvalid: {valid}\n{more}rules:\n"
        f"  - {{id: {name}, article: 一, title: 黄色, kind: grading, level: yellow, start: {{above: 100, hours: 24}}"
        f"{rule}}}\n"
    )


def book_of(book: Rulebook, folder: Path, *texts: str, shipped: Sequence[str] = ("hj-633-2012", "mee-2018-875")) -> Any:
    """Some shipped documents and those of a test."""
    paths = [rules_folder() / "national" / f"{name}.yaml" for name in shipped]
    for number, text in enumerate(texts):
        paths.append(folder / f"{number}.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    loader = DocumentLoader(book.lists, book.layers)
    return Rulebook(book.lists, book.layers, [loader.load(path) for path in paths])


OLD = ("875-red", "875-orange", "875-yellow")
NOON = "2020-01-04 12:00"
ENDS = "replaces: [{document: mee-2018-875, kind: grading"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [("03 00", "06 00", OLD)]),
        (document("new", "临汾市", "{from: 2020-01-05}"), [("03 00", "05 00", OLD), ("05 00", "06 00", (*OLD, "new"))]),
        (document("new", "临汾市", "{from: 2020-01-03}"), [("03 00", "06 00", (*OLD, "new"))]),
        (document("new", "临汾市", "{from: 2020-01-06}"), [("03 00", "06 00", OLD)]),
        (document("new", "临汾市", "{from: 2019, to: 2020-01-03}"),
         [("03 00", "04 00", (*OLD, "new")), ("04 00", "06 00", OLD)]),
        (document("new", "临汾市", "{from: 2019, to: not stated}", "concerns: {from: 2019-11-01, to: 2020-01-03}\n"),
         [("03 00", "04 00", (*OLD, "new")), ("04 00", "06 00", OLD)]),
        (document("new", "临汾市", "{from: 2019}", f"{ENDS}, from: {NOON}}}]\n"),
         [("03 00", "04 12", (*OLD, "new")), ("04 12", "06 00", ("new",))]),
        (document("new", "临汾市", f"{{from: {NOON}}}", f"{ENDS}}}]\n", ", valid: {from: 2020-01-05}"),
         [("03 00", "04 12", OLD), ("04 12", "05 00", ()), ("05 00", "06 00", ("new",))]),
    ],
    ids=["one", "begins within", "begins with the first day", "begins after the last", "ends within", "past its winter",
         "ends another from an hour on", "ends another as it begins itself"],
)  # fmt: skip
def test_one_law_follows_another_where_a_rule_begins_or_ends(
    book: Rulebook, tmp_path: Path, text: str, parts: Sequence[tuple[str, str, Sequence[str]]]
) -> None:
    found = laws_of(book_of(book, tmp_path, *filter(None, [text])), CITY, FIRST, LAST)
    told = [(f"{one.begins:%d %H}", f"{one.until:%d %H}", sorted(rule.id for rule in one.levels)) for one in found]
    assert told == [(begin, until, sorted(rules)) for begin, until, rules in parts]
    assert {one.aqi.id if one.aqi else "" for one in found} == {"hj633-2012-aqi"}


@pytest.mark.parametrize(
    "text",
    [
        document("new", "太原市", "{from: 2020-01-05}"),  # a grading of another city
        document("new", "临汾市", "{from: 2020-01-05}").partition("rules:")[0]
        + "replaces: [{document: gone}]\nrules: []\n",
    ],
    ids=["elsewhere", "of another kind"],
)
def test_what_changes_elsewhere_or_of_another_kind_is_no_other_law(book: Rulebook, tmp_path: Path, text: str) -> None:
    """A run over that day is one run, and its reason says all its hours."""
    (law,) = laws_of(book_of(book, tmp_path, text), CITY, FIRST, LAST)
    assert (law.begins.day, law.until.day) == (FIRST.day, LAST.day + 1)


def test_of_a_level_the_rule_of_the_smallest_area_comes_first(book: Rulebook, tmp_path: Path) -> None:
    valid = "{from: 2019}"
    texts = [document(name, area, valid) for name, area in
             (("nation", "全国"), ("city", "临汾市"), ("county", "临汾市/尧都区"), ("province", "山西省"))]  # fmt: skip
    rules = book_of(book, tmp_path, *texts, shipped=("hj-633-2012", "mee-2018-875"))
    for place, own in ((CITY, ["city"]), (COUNTY, ["county", "city"])):
        (law,) = laws_of(rules, place, FIRST, LAST)
        yellow = [rule.id for rule in law.levels if rule.level == "yellow"]
        assert yellow[: len(own) + 1] == [*own, "province"]
        assert set(yellow[len(own) + 1 :]) == {"nation", "875-yellow"}
        assert [rule.level for rule in law.levels[:2]] == ["red", "orange"]


def test_a_regime_before_any_standard_takes_the_nearest_one(book: Rulebook) -> None:
    for first, near in ((date(2000, 1, 1), "hj633-2012-aqi"), (date(2027, 1, 1), "hj633-2026-aqi")):
        (law,) = laws_of(book, CITY, first, first, regime="mee-2024-6")
        assert law.aqi is not None
        assert law.aqi.id == near
    (bare,) = laws_of(book, CITY, date(2000, 1, 1), date(2000, 1, 1))
    assert (bare.aqi, bare.levels, bare.life) == (None, (), None)


@pytest.mark.parametrize(
    ("when", "found"),
    [("01 00", 0), ("03 23", 0), ("04 00", 1), ("05 12", 1), ("06 00", 1), ("06 11", 1), ("07 13", 3), ("09 00", 3)],
)
def test_the_law_of_a_moment_is_that_which_says_how_a_warning_lives(when: str, found: int) -> None:
    """From 6 to 8 January none does: the nearest one is taken."""
    days = [(1, 4, "life"), (4, 6, "life"), (6, 8, None), (8, 9, "life")]
    laws: Any = [
        SimpleNamespace(begins=datetime(2020, 1, first), until=datetime(2020, 1, last), life=life)
        for first, last, life in days
    ]
    assert law_on(laws, datetime.strptime(f"2020-01-{when}", "%Y-%m-%d %H")) is laws[found]
    assert law_on([laws[2]], datetime(2020, 1, 7)) is None


@pytest.mark.parametrize(
    ("day", "asked"), [("2010-01-01", "b"), ("2013-01-01", "b"), ("2018-06-01", "c"), ("2030-01-01", "b")]
)
def test_a_forecast_owes_what_the_standard_of_its_day_says_or_the_first_that_says_anything(
    aqi_rule: Any, day: str, asked: str
) -> None:
    """The first of three standards says nothing."""
    rule: AqiRule = aqi_rule(2026)
    valid = type(rule.valid)
    rules = [
        rule.model_copy(
            update={"id": name, "forecast": duty, "valid": valid.model_validate({"from": first, "to": last})}
        )
        for name, duty, first, last in (
            ("c", rule.forecast, "2018-01-01", "2019-12-31"),
            ("a", None, "2012-01-01", "2014-12-31"),
            ("b", rule.forecast, "2015-01-01", "2017-12-31"),
        )
    ]
    held: Any = SimpleNamespace(rules_of=lambda _: rules)
    found = forecast_duty(held, date.fromisoformat(day))
    assert found is not None
    assert found[0].id == asked
    assert forecast_duty(SimpleNamespace(rules_of=lambda _: [rules[1]]), date(2013, 1, 1)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("first", "told"), [("2017-12-28", True), ("2017-12-29", False), ("2018-01-01", False)])
def test_a_forecast_of_days_before_the_first_rule_on_the_life_of_warnings_is_told(
    book: Rulebook, days: Callable[..., Forecast], first: str, told: bool
) -> None:
    """Of four days; that rule holds from 2018 on."""
    found = warn(days(first, [260.0] * 4), book)
    places = [dict(one.arguments)["place"] for one in found.problems if one.code == "no_life_rule"]
    assert places == ["临汾市"] * told
