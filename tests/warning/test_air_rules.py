"""The kinds of rule about air: what they accept, what they refuse, and areas that act together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from alertengine.files import rules_folder
from alertengine.rulebook import AqiRule, DocumentLoader, Exceed, GradingRule, Place, RatioRule, Rulebook
from alertengine.rulebook.air import AIR_KINDS
from alertengine.vocabulary import InputError
from alertengine.warning import Forecast, laws_of, warn
from tests.synthetic import daily_forecast, join

DAY = {"above": 200, "hours": 24}
HEAD = {"id": "r", "article": "一", "title": "规则"}


def grading(**keys: Any) -> GradingRule:
    return GradingRule.model_validate({**HEAD, "kind": "grading", **keys})


def test_a_start_condition_reads_as_text() -> None:
    both = {"all": [{"above": 200, "hours": 96}, {"above": 300, "hours": 48}]}
    rule = grading(level="red", start={"any": [both, {"reach": 500, "hours": 24}]})
    assert rule.start is not None
    assert (
        rule.start.text()
        == "日均AQI大于200持续96小时及以上且日均AQI大于300持续48小时及以上；或日均AQI达到500持续24小时及以上"
    )
    assert Exceed(above=200, hours=24).threshold == 200


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({}, "exactly one of: level with start, life"),
        ({"level": "red"}, "level and start go together"),
        ({"level": "blue", "start": {"above": 200, "hours": 24}}, "level\n.*'yellow', 'orange' or 'red'"),
        ({"level": "red", "start": {"above": 200, "hours": 36}}, "multiple of 24"),
        ({"level": "red", "start": {"above": 200, "reach": 300, "hours": 24}}, "either above or reach, and not both"),
        ({"level": "red", "start": {"hours": 24}}, "either above or reach, and not both"),
        ({"level": "red", "start": {"all": [{"above": 200, "hours": 24}]}}, "at least 2 items"),
        ({"level": "red", "start": DAY, "advise": {"dust": True, "start": DAY, "text": "提示"}}, "exactly one of"),
        ({"advise": {"start": DAY, "text": "提示"}}, "either primary: .* or dust: true"),
        ({"advise": {"primary": ["smoke"], "start": DAY, "text": "提示"}}, "unknown pollutant smoke"),
        ({"life": {"join_gap_hours": 36}}, "life.lift_hours\n *Field required"),
        ({"level": "red", "start": "above 200"}, "valid dictionary"),
        ({"level": "red", "start": {"above": 200, "hours": 24}, "unknown": 1}, "unknown\n *Extra inputs"),
    ],
)  # fmt: skip
def test_a_malformed_grading_is_refused(keys: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        grading(**keys)


def test_a_malformed_standard_is_refused(aqi_rule: Callable[[int], AqiRule]) -> None:
    good = aqi_rule(2012).model_dump(exclude={"valid"})
    assert AqiRule.model_validate(good).id == "hj633-2012-aqi"
    table = good["breakpoints"]
    for bad, told in (
        ({"breakpoints": {**table, "pm25_24h": (0, 35, 35)}}, "pm25_24h: expected rising numbers"),
        ({"breakpoints": {**table, "pm1_24h": (0, 35)}}, "expected the columns iaqi, so2_24h"),
        ({"breakpoints": {**table, "pm25_24h": (*table["pm25_24h"], 600)}}, "no more than in iaqi"),
        ({"daily": ["pm25"]}, "'pm25' is no breakpoint column"),
        ({"concentration_decimals": {"lead": 1}}, "unknown pollutant lead"),
        ({"beyond": {"so2_1h": "unknown"}}, "beyond.so2_1h"),
    ):
        with pytest.raises(ValidationError, match=told):
            AqiRule.model_validate({**good, **bad})


def test_a_graver_level_asks_no_less() -> None:
    with pytest.raises(ValidationError, match="asks less"):
        RatioRule.model_validate({**HEAD, "kind": "ratio", "required": {"yellow": {"so2": 0.2}, "red": {"so2": 0.1}}})
    with pytest.raises(ValidationError, match="unknown pollutant"):
        RatioRule.model_validate({**HEAD, "kind": "ratio", "required": {"red": {"pm25": 0.1}}})


def test_every_kind_is_named_by_its_model() -> None:
    assert set(AIR_KINDS) == {"aqi", "grading", "ratio", "linkage"}
    assert all(model.model_fields["kind"].annotation is not str for model in AIR_KINDS.values())


LINKAGE = """
document: link-test
title: 联动规则
area: 山西省
valid: {from: 2018-01-01, to: not stated}
source: inferred
rules:
  - id: link
    article: 一
    title: 三市联动
    kind: linkage
    members: [临汾市, 运城市, 长治市]
    trigger: {cities: 2, level: yellow}
"""


def linked(book: Rulebook, folder: Path, text: str) -> Rulebook:
    path = folder / "link-test.yaml"
    path.write_text(text, encoding="utf-8")
    loader = DocumentLoader(book.lists, book.layers)
    shipped = [rules_folder() / "national" / f"{name}.yaml" for name in ("hj-633-2012", "mee-2018-875")]
    return Rulebook(book.lists, book.layers, [loader.load(one) for one in (*shipped, path)])


def test_areas_act_together_when_enough_cities_do(book: Rulebook, tmp_path: Path) -> None:
    rulebook = linked(book, tmp_path, LINKAGE)

    def forecast(*heavy: str) -> Forecast:
        said = [
            daily_forecast(city, {"2019-01-04": aqi, "2019-01-05": aqi, "2019-01-06": 60.0}, "2019-01-03 15:00")
            for city in ("临汾市", "运城市", "长治市", "太原市")
            for aqi in (250.0 if city in heavy else 150.0,)
        ]
        return join(said)

    alone = warn(forecast("临汾市"), rulebook)
    assert alone.table["city"].tolist() == ["临汾市"]
    together = warn(forecast("临汾市", "运城市"), rulebook)
    assert together.table["city"].tolist() == ["临汾市", "运城市", "长治市"]
    last = together.table.iloc[-1]
    assert (last["level"], last["grading"], last["basis"]) == ("yellow", "", "《联动规则》一")


def test_a_floor_needs_a_trigger(book: Rulebook, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a floor without a trigger"):
        linked(book, tmp_path, LINKAGE.replace("trigger: {cities: 2, level: yellow}", "floor: red"))


def test_a_regime_without_advice_takes_that_of_the_rules_in_force(book: Rulebook, tmp_path: Path) -> None:
    """A trial of stricter levels leaves what brings advice only as it is; one with its own has that alone."""
    trial = (
        "document: trial\ntitle: 试行\narea: 临汾市\nsource: primary\n"
        "valid: {from: 2030-01-01, to: not stated}\nrules:\n"
        "  - {id: trial, article: 一, title: 黄色, kind: grading, level: yellow, start: {above: 100, hours: 24}}\n"
    )
    start = "{above: 150, hours: 24}"
    own = f"  - {{id: own, article: 二, title: 提, kind: grading, advise: {{dust: true, start: {start}, text: 提}}}}\n"
    day = date(2020, 1, 4)
    place = Place("山西省", "临汾市")
    for text, advice in ((trial, ["875-advise-dust", "875-advise-o3"]), (trial + own, ["own"])):
        (found,) = laws_of(linked(book, tmp_path, text), place, day, day, regime="trial")
        assert [rule.id for rule in found.levels] == ["trial"]
        assert sorted(rule.id for rule in found.advise) == advice
        assert found.life is not None, "the life of warnings too is that in force"


def test_a_grading_holds_its_hours_and_not_the_day(book: Rulebook, tmp_path: Path) -> None:
    """A decree of 临汾 grades AQI above 100 yellow from noon to noon: its warning has those hours alone."""
    path = tmp_path / "decree.yaml"
    path.write_text(
        "document: decree\ntitle: 会期保障\narea: 临汾市\nsource: primary\n"
        "valid: {from: 2020-01-03 12:00, to: 2020-01-04 12:00}\nrules:\n"
        "  - {id: decree, article: 一, title: 会期, kind: grading, level: yellow, start: {above: 100, hours: 24}}\n",
        encoding="utf-8",
    )
    names = ("hj-633-2012", "mee-2018-875")
    loader = DocumentLoader(book.lists, book.layers)
    shipped = [loader.load(rules_folder() / "national" / f"{name}.yaml") for name in names]
    held = Rulebook(book.lists, book.layers, [*shipped, loader.load(path)])
    said = daily_forecast("临汾市", {f"2020-01-0{day}": 120.0 for day in range(1, 7)}, "2020-01-01 09:00")
    assert warn(said, book).record.empty
    [issued] = warn(said, held).record.to_dict("records")
    assert (str(issued["starts"]), str(issued["ends"])) == ("2020-01-03 12:00:00", "2020-01-04 12:00:00")
