"""The summary of a city: counts, kilograms, ratios, and whether the required ratio is met."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.engine import Engine, Response, Segment
from alertengine.lists import lines_from
from alertengine.orders import phase_words, phases_of, summarise
from alertengine.orders.summary import needs_a_person
from alertengine.vocabulary import POLLUTANTS, Level
from tests.conftest import WINTER, BookMaker, document, response_of, rows_of

RATIO = {
    "id": "ratio",
    "kind": "ratio",
    "required": {level: dict.fromkeys(POLLUTANTS, share) for level, share in (("yellow", 0.1), ("red", 0.3))},
}
Summarise = Callable[..., list[dict[str, Any]]]


def totals(city: str = "临汾市", so2: float = 1000, **more: Any) -> pd.DataFrame:
    """Whole-society emissions of a city in one row."""
    row = {"city": city, "sector": "工业", **{f"{p}_kg_d": so2 for p in POLLUTANTS}, "inventory_year": 2020, **more}
    return pd.DataFrame([row])


@pytest.fixture(scope="module")
def summary(make_book: BookMaker) -> Summarise:
    """The summaries of some lines under some rules."""

    def run(
        rules: Sequence[dict[str, Any]],
        lines: Sequence[dict[str, Any]],
        society: pd.DataFrame | None,
        *,
        level: str = "red",
        published: bool = False,
        response: Response | None = None,
    ) -> list[dict[str, Any]]:
        book = make_book(document(rules=[*rules, RATIO]))
        table = lines_from(rows_of(lines, apart=True), book.lists)
        asked = response or response_of(level, WINTER)
        return summarise(book, table, Engine(book).decide(table, asked, published=published), society)

    return run


LIMIT = {"id": "limit", "when": {"process": "焦炉"}, "then": {"limit": 0.5}}
SO2 = {"nox_kg_d": 0, "pm_kg_d": 0, "vocs_kg_d": 0}


def test_counts_per_city(summary: Summarise) -> None:
    rules = [
        LIMIT,
        {"id": "free", "layer": "exemption", "when": {"green_factory": True}, "then": "exempt"},
        {"id": "own", "layer": "exemption", "when": {"effective_grade": "A"}, "then": "self_directed"},
        {"id": "left", "when": {"process": "烧结"}, "then": {"refer": "由市方案规定"}},
    ]
    lines = [
        {"enterprise_id": "A"},
        {"enterprise_id": "A", "green_factory": True, "grade": "B"},
        {"grade": "A", "green_factory": False},
        {"process": "熔炼", "grade": "B", "green_factory": False},
        {"process": "烧结", "grade": "B", "green_factory": False},
        {"city": "太原市", "grade": "B", "green_factory": False},
    ]
    linfen, taiyuan = summary(rules, lines, None)
    assert (linfen["city"], taiyuan["city"]) == ("临汾市", "太原市")
    assert (linfen["lines"], linfen["enterprises"], taiyuan["lines"]) == (5, 4, 1)
    assert linfen["status"] == {"ordered": 1, "undetermined": 2, "self_directed": 1, "exempt": 1, "none": 0}
    assert (linfen["undetermined"], linfen["referred_to_city_plan"]) == (1, 1)
    assert linfen["hangs_on"] == {"grade": 1, "green_factory": 1}
    assert needs_a_person([linfen])
    assert not needs_a_person([taiyuan])


def test_lines_bound_by_a_lower_level_are_counted_and_others_beside_them_are_not(summary: Summarise) -> None:
    lines = [{"plan_orange": "限产40%"}, {"plan_red": "停产"}, {"plan_red": "停产"}]
    (entry,) = summary([], lines, None)
    assert (entry["bound_by_lower_level"], entry["lines"]) == (1, 3)


def test_a_line_left_to_the_citys_plan_does_not_by_itself_call_a_person(summary: Summarise) -> None:
    entries = summary([{"id": "left", "then": {"refer": "由市方案规定"}}], [{}], None)
    assert entries[0]["referred_to_city_plan"] == 1
    assert not needs_a_person(entries)


def test_a_rule_stricter_than_the_published_list_calls_a_person(summary: Summarise) -> None:
    lines = [{"plan_red": "限产20%"}, {"plan_red": "停产"}]
    entries = summary([LIMIT], lines, None, published=True)
    assert entries[0]["rule_asks_more_than_published"] == 1
    assert needs_a_person(entries)


def test_the_ratio_is_over_whole_society_and_never_over_industry(summary: Summarise) -> None:
    (entry,) = summary([LIMIT], [{"so2_kg_d": 100}], totals(so2=400))
    assert entry["reduced_kg_d"]["so2"] == 50
    assert entry["whole_society_kg_d"]["so2"] == 400
    assert entry["inventory_year"] == 2020
    assert entry["ratio"]["so2"]["warning"] == 0.125
    several = pd.concat([totals(so2=300), totals(so2=100, sector="移动源")])
    (entry,) = summary([LIMIT], [{"so2_kg_d": 100}], several)
    assert entry["ratio"]["so2"]["warning"] == 0.125


def test_the_denominator_is_that_of_the_city_alone(summary: Summarise) -> None:
    both = pd.concat([totals(so2=400), totals("太原市", so2=100)])
    entries = summary([LIMIT], [{"so2_kg_d": 100}, {"so2_kg_d": 100, "city": "太原市"}], both)
    assert [entry["ratio"]["so2"]["warning"] for entry in entries] == [0.125, 0.5]


@pytest.mark.parametrize("society", [None, totals("太原市")])
def test_without_totals_there_is_no_ratio(summary: Summarise, society: pd.DataFrame | None) -> None:
    (entry,) = summary([LIMIT], [{}], society)
    assert entry["ratio"] is None
    assert entry["whole_society_kg_d"] is None
    assert entry["met"] == "unknown"
    assert entry["reduced_kg_d"]["so2"] == 50


@pytest.mark.parametrize(
    ("emission", "met", "margin"),
    [(600, "yes", 0.0), (601, "yes", 0.5), (599, "no", -0.5)],
)
def test_met_at_the_very_ratio_and_by_how_much(summary: Summarise, emission: float, met: str, margin: float) -> None:
    (entry,) = summary([LIMIT], [dict.fromkeys((f"{p}_kg_d" for p in POLLUTANTS), emission)], totals())
    for pollutant in POLLUTANTS:
        said = entry["ratio"][pollutant]
        assert (said["required"], said["met"], said["margin_kg_d"]) == (0.3, met, margin)
    assert entry["met"] == met


def test_kilograms_are_those_of_the_orders_added_up_and_met_is_exact(summary: Summarise) -> None:
    thirds = dict.fromkeys((f"{p}_kg_d" for p in POLLUTANTS), 200.0008 / 3)
    (entry,) = summary([LIMIT], [thirds] * 3, totals(so2=1000.004 / 3))
    assert entry["reduced_kg_d"]["so2"] == entry["reduced_with_season_kg_d"]["so2"] == 99.999, "three times 33.333"
    assert entry["met"] == "yes", "100.0004 of 100.0004"


def test_one_pollutant_short_fails_the_city(summary: Summarise) -> None:
    line = {**dict.fromkeys((f"{p}_kg_d" for p in POLLUTANTS), 900), "vocs_kg_d": 10}
    (entry,) = summary([LIMIT], [line], totals())
    assert [entry["ratio"][p]["met"] for p in POLLUTANTS] == ["yes", "yes", "yes", "no"]
    assert entry["met"] == "no"
    assert needs_a_person([entry])


def test_blank_shares_count_nothing_and_leave_it_unknown_where_they_could_close_the_gap(summary: Summarise) -> None:
    rules = [LIMIT, {"id": "bank", "when": {"process": "高炉"}, "then": "bank"}]
    sure = dict.fromkeys((f"{p}_kg_d" for p in POLLUTANTS), 400)  # reduces 200 of the 300 asked for
    for blank, met in ((100, "unknown"), (99, "no")):
        open_line = {"process": "高炉", **dict.fromkeys((f"{p}_kg_d" for p in POLLUTANTS), blank)}
        (entry,) = summary(rules, [sure, open_line], totals())
        assert entry["reduced_kg_d"]["so2"] == 200
        assert entry["met"] == met
        assert entry["lower_bound_lines"] == 1
        so2 = entry["ratio"]["so2"]
        assert (so2["warning"], so2["at_most"], "open_stopped" in so2) == (0.2, (200 + blank) / 1000, False)


def test_undetermined_lines_are_blanks_too(summary: Summarise) -> None:
    line = dict.fromkeys((f"{p}_kg_d" for p in POLLUTANTS), 500)
    lines = [{**line, "process": "熔炼"}, {**line, "process": "熔炼", "long_stopped": True}]
    (entry,) = summary([LIMIT], lines, totals())
    assert entry["reduced_kg_d"]["so2"] == 0
    assert entry["met"] == "unknown"
    so2 = entry["ratio"]["so2"]
    assert (so2["warning"], so2["open_stopped"], "at_most" in so2) == (0, 0.5, False)  # the stopped one saves nothing


@pytest.mark.parametrize(("season", "added", "everything"), [(0.2, 30, 50), (0.5, 0, 50), (0.8, 0, 80)])
def test_a_warning_saves_what_it_adds_to_the_season(
    summary: Summarise, season: float, added: float, everything: float
) -> None:
    rules = [LIMIT, {"id": "winter", "kind": "season", "then": {"limit": season}}]
    (entry,) = summary(rules, [{"so2_kg_d": 100}], totals())
    assert entry["reduced_kg_d"]["so2"] == pytest.approx(added)
    assert entry["reduced_with_season_kg_d"]["so2"] == everything
    assert entry["ratio"]["so2"]["warning"] == pytest.approx(added / 1000)
    assert entry["ratio"]["so2"]["with_season"] == everything / 1000


def test_a_concentration_of_a_standing_order_is_not_the_warning_s_doing(summary: Summarise) -> None:
    standing = {"id": "always", "regime": "always", "then": {"emission_cap": {"so2": 30}}}
    (entry,) = summary([LIMIT, standing], [{"so2_kg_d": 100, "so2_mg_m3": 100}], totals())
    assert entry["reduced_kg_d"]["so2"] == 0
    assert entry["reduced_with_season_kg_d"]["so2"] == pytest.approx(70)


@pytest.mark.slow
@given(
    season=st.floats(0.05, 1).map(lambda share: round(share, 2)),
    asked=st.lists(st.floats(0.05, 1).map(lambda share: round(share, 2)), min_size=2, max_size=4),
)
@settings(max_examples=25)
def test_another_measure_never_lowers_what_a_warning_saves(
    summary: Summarise, season: float, asked: list[float]
) -> None:
    winter = {"id": "winter", "kind": "season", "then": {"limit": season}}
    rules = [{"id": f"r{number}", "then": {"limit": share}} for number, share in enumerate(asked)]
    saved = [
        summary([winter, *rules[:count]], [{"so2_kg_d": 100}], None)[0]["reduced_kg_d"]["so2"]
        for count in range(1, len(rules) + 1)
    ]
    assert saved == sorted(saved)
    assert saved[-1] == pytest.approx(100 * max(0.0, max(asked) - season), abs=1e-3)


def test_vehicles_and_sites_stand_apart_and_save_nothing_without_a_warning(summary: Summarise) -> None:
    more = {f"reduced_{p}_kg_d": 280 for p in POLLUTANTS}
    (warned,) = summary([LIMIT], [{"so2_kg_d": 40}], totals(**more))
    assert (warned["reduced_kg_d"]["so2"], warned["beside_kg_d"]["so2"]) == (300, 280)
    (quiet,) = summary([LIMIT], [{"so2_kg_d": 40}], totals(**more), level="none")
    assert quiet["reduced_kg_d"]["so2"] == quiet["beside_kg_d"]["so2"] == quiet["reduced_with_season_kg_d"]["so2"] == 0


@pytest.mark.parametrize(
    "idle",
    [
        {"long_stopped": True},
        {"retrofit_done": False},
    ],
)
def test_a_line_stopped_for_other_reasons_earns_no_emergency_reduction(
    summary: Summarise, idle: dict[str, Any]
) -> None:
    rules = [LIMIT, {"id": "stop", "regime": "always", "when": {"retrofit_done": False}, "then": "stop"}]
    (entry,) = summary(rules, [{"so2_kg_d": 100, **idle}], totals())
    assert entry["reduced_kg_d"]["so2"] == 0
    assert entry["met"] == "no"
    assert entry["reduced_with_season_kg_d"]["so2"] == (0 if "long_stopped" in idle else 100)


def test_reductions_of_vehicles_and_sites_from_the_bureau_count(summary: Summarise) -> None:
    more = {f"reduced_{p}_kg_d": 280 for p in POLLUTANTS}
    (entry,) = summary([LIMIT], [dict.fromkeys((f"{q}_kg_d" for q in POLLUTANTS), 40)], totals(**more))
    assert entry["reduced_kg_d"]["so2"] == 300
    assert entry["met"] == "yes"


def test_an_unknown_emission_counts_nothing(summary: Summarise) -> None:
    (entry,) = summary([LIMIT], [{"so2_kg_d": None, **SO2}], totals())
    assert entry["reduced_kg_d"]["so2"] == 0


def test_a_society_of_nought_has_no_ratio(summary: Summarise) -> None:
    (entry,) = summary([LIMIT], [{}], totals(so2=0))
    assert entry["ratio"]["so2"]["warning"] is None
    assert entry["ratio"]["so2"]["met"] == "unknown"


def test_no_ratio_is_required_without_a_warning(summary: Summarise) -> None:
    (entry,) = summary([{**LIMIT, "kind": "season"}], [{}], totals(), level="none")
    assert "required" not in entry["ratio"]["so2"]
    assert entry["met"] == "unknown"


def test_one_entry_a_city_and_level_of_a_response(summary: Summarise) -> None:
    days = [datetime(2021, 12, day) for day in (10, 11, 12, 13)]
    levels = (Level.YELLOW, Level.RED, Level.YELLOW)
    segments = tuple(Segment(days[n], days[n + 1], level) for n, level in enumerate(levels))
    rules = [{**LIMIT, "levels": ["red"]}, {"id": "y", "levels": ["yellow"], "then": {"limit": 0.2}}]
    entries = summary(rules, [{"so2_kg_d": 100}], totals(), response=Response(segments, days[0]))
    assert [(e["level"], e["date"], e["reduced_kg_d"]["so2"]) for e in entries] == [
        ("yellow", date(2021, 12, 10).isoformat(), 20),
        ("red", "2021-12-11", 50),
    ]
    assert [e["ratio"]["so2"]["required"] for e in entries] == [0.1, 0.3]


def test_a_share_order_that_cannot_be_met_needs_a_person(summary: Summarise) -> None:
    order = {"id": "sized", "then": {"stop_units": 1, "size_at_least": 200, "size_at_most": 200}}
    unmet = summary([order], [{"unit_size": 198}, {"unit_size": 200}], None)
    assert unmet[0]["share_order_unmet"] == 1
    assert needs_a_person(unmet)
    met = summary([order], [{"unit_size": 200}], None)
    assert met[0]["share_order_unmet"] == 0
    assert not needs_a_person(met)


# -- phases

FADING = {"id": "fading", "then": [{"stop": True, "until_hours": 120}, {"limit": 0.2, "after_hours": 120}]}
ENDING = {"id": "ending", "then": {"stop": True, "until_hours": 24}}


def test_a_ratio_missed_after_hour_120_is_missed(summary: Summarise) -> None:
    (entry,) = summary([FADING], [{"so2_kg_d": 100}], totals(so2=300), response=response_of("red", WINTER, 144))
    assert entry["met"] == "no"
    assert entry["ratio"]["so2"] == entry["phases"][0]["ratio"]["so2"]
    assert entry["reduced_kg_d"]["so2"] == 20
    assert [(phase["phase"], phase["reduced_kg_d"]["so2"]) for phase in entry["phases"]] == [
        ("120-144", 20),
        ("0-120", 100),
    ]
    assert entry["worst_phase"]["ratio"] == "120-144"


def test_a_ratio_holds_its_hours_and_not_the_day(make_book: BookMaker) -> None:
    """A decree asks 60 % from noon on; the plan's 30 % were enough until then."""
    noon = {"id": "decree", "kind": "ratio", "required": {"red": dict.fromkeys(POLLUTANTS, 0.6)}}
    noon["valid"] = {"from": f"{WINTER} 12:00", "to": f"{WINTER} 18:00"}
    book = make_book(document(rules=[LIMIT, RATIO, noon]))
    table = lines_from(rows_of([dict.fromkeys((f"{p}_kg_d" for p in POLLUTANTS), 900)]), book.lists)
    decisions = Engine(book).decide(table, response_of("red", WINTER, 48))
    (entry,) = summarise(book, table, decisions, totals())
    found = {phase["phase"]: (phase["met"], phase["ratio"]["so2"]["required"]) for phase in entry["phases"]}
    assert found == {"12-18": ("no", 0.6), "0-12": ("yes", 0.3), "18-48": ("yes", 0.3)}
    assert needs_a_person([entry])


def test_a_line_without_a_ground_in_a_later_phase_is_counted(summary: Summarise) -> None:
    (entry,) = summary([ENDING], [{}], None, response=response_of("red", WINTER, 48))
    assert (entry["undetermined"], entry["worst_phase"]["counts"]) == (1, "24-48")
    assert entry["ground"] == {"undetermined": 1}
    assert {phase["phase"]: phase["ground"] for phase in entry["phases"]} == {
        "24-48": {"undetermined": 1},
        "0-24": {"rule": 1},
    }
    assert needs_a_person([entry])


def test_what_a_lower_level_stands_in_for_calls_a_person(summary: Summarise) -> None:
    (entry,) = summary([{**LIMIT, "when": {"process": "熔炼"}}], [{"plan_orange": "停产"}], None)
    assert (entry["bound_by_lower_level"], entry["undetermined"]) == (1, 0)
    assert needs_a_person([entry])


def test_a_plan_lighter_than_at_a_lower_level_calls_a_person(summary: Summarise) -> None:
    elsewhere = {**LIMIT, "when": {"process": "熔炼"}}
    (entry,) = summary([elsewhere], [{"plan_orange": "停产", "plan_red": "限产50%"}], None)
    assert entry["lighter_than_lower_level"] == 1
    assert needs_a_person([entry])
    (entry,) = summary([elsewhere], [{"plan_orange": "限产50%", "plan_red": "停产"}], None)
    assert not needs_a_person([entry])


@pytest.mark.parametrize("red", ["错峰生产", "停1台", "高炉焖炉"])
def test_a_plan_that_is_not_read_as_a_stop_above_a_stop_calls_a_person(summary: Summarise, red: str) -> None:
    """Higher is not lighter, and nothing shows that the higher one is a stop too; above a limit it may well be."""
    elsewhere = {**LIMIT, "when": {"process": "熔炼"}}
    (entry,) = summary([elsewhere], [{"plan_orange": "停产", "plan_red": red}], None)
    assert entry["lighter_than_lower_level"] == 1
    assert needs_a_person([entry])
    (entry,) = summary([elsewhere], [{"plan_orange": "限产30%", "plan_red": red}], None)
    assert entry["lighter_than_lower_level"] == 0


def test_an_entry_recorded_without_phases_is_one_phase(summary: Summarise) -> None:
    (entry,) = summary([LIMIT], [{}], None)
    old = {name: value for name, value in entry.items() if name not in ("phases", "worst_phase")}
    assert phases_of(old) == [old]
    assert phase_words(entry, phases_of(entry)[0]) == ""


@pytest.mark.slow
@given(
    cuts=st.lists(st.sampled_from((24, 48, 72, 96, 120)), min_size=1, max_size=4, unique=True).map(sorted),
    shares=st.lists(st.sampled_from((None, 0.1, 0.3, 0.5, 1.0)), min_size=5, max_size=5),
    society=st.sampled_from((100, 300, 900)),
)
@settings(max_examples=25, deadline=None)
def test_a_response_is_judged_by_its_worst_phase(
    summary: Summarise, cuts: list[int], shares: list[float | None], society: int
) -> None:
    measures = []
    for number, (begin, end) in enumerate(itertools.pairwise([0, *cuts, 144])):
        share = shares[number]
        if share is not None:
            measures.append({"limit": share, "after_hours": begin, "until_hours": end})
    rules = [{"id": "r", "then": measures}] if measures else [{**LIMIT, "when": {"process": "熔炼"}}]
    emitted = dict.fromkeys((f"{pollutant}_kg_d" for pollutant in POLLUTANTS), 100)
    (entry,) = summary(rules, [emitted], totals(so2=society), response=response_of("red", WINTER, 144))
    phases = entry["phases"]
    order = ["no", "unknown", "yes"]
    assert entry["met"] == min((phase["met"] for phase in phases), key=order.index)
    worst = min((order.index(phase["met"]), phase["ratio"]["so2"]["warning"]) for phase in phases)
    assert (order.index(entry["met"]), entry["ratio"]["so2"]["warning"]) == worst
    assert entry["undetermined"] == max(phase["undetermined"] for phase in phases)
    assert [phase["met"] for phase in phases] == sorted((phase["met"] for phase in phases), key=order.index)
    assert needs_a_person([entry]) == any(needs_a_person([phase]) for phase in phases)
    hours = sorted(tuple(map(float, phase["phase"].split("-"))) for phase in phases)
    assert hours[0][0] == 0
    assert hours[-1][1] == 144
    assert all(one[1] == other[0] for one, other in itertools.pairwise(hours))
