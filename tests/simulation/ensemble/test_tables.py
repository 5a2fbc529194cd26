"""The tables: distributions that add up, scores against both references, the ratio missed, kilograms."""

from __future__ import annotations

import numpy as np
import pytest

from alertengine.rulebook import Rulebook
from alertengine.simulation.ensemble.draws import BLOCK, EnsembleSpec, NoError, Stated, StatedError
from alertengine.simulation.ensemble.run import EnsembleSeason, ensemble
from alertengine.simulation.ensemble.tables import Ensemble
from alertengine.simulation.ensemble.truth import truth_of
from alertengine.vocabulary import InputError
from tests.simulation.ensemble.conftest import observed

WINTERS = 2600
AIR = {"临汾市": [80, 90, 160, 210, 260, 310, 240, 120, 80, 70, 160, 180, 90, 80], "太原市": [70] * 14}
ERROR = {"source": "a test", "bias": 0, "sd": [10, 30, 40, 50], "between_days": 0.3, "between_issues": 0.5,
         "between_cities": 0.2}  # fmt: skip


def run(book: Rulebook, winters: int = WINTERS, **more: object) -> Ensemble:
    spec = EnsembleSpec.model_validate({"winters": winters, "seed": 7, "error": {**ERROR, **more}})
    truth = truth_of(observed(AIR, "2025-01-04"), book)
    return ensemble(truth, book, spec, draws=Stated(spec.error, spec.seed, truth.cities, 4), days_ahead=3)


def levels_of(book: Rulebook, winters: int) -> list[np.ndarray]:
    """The levels of as many winters, block by block."""
    truth = truth_of(observed(AIR, "2025-01-04"), book)
    draws = Stated(StatedError.model_validate(ERROR), 7, truth.cities, 4)
    season = EnsembleSeason(truth, book, 3, 15, [])
    counts = [min(BLOCK, winters - first) for first in range(0, winters, BLOCK)]
    return [season.winters(draws, number, count).levels for number, count in enumerate(counts)]


@pytest.fixture(scope="module")
def many(book: Rulebook) -> Ensemble:
    return run(book)


def test_days_add_up(book: Rulebook, many: Ensemble) -> None:
    table = many.days_table().set_index(["city", "level"])
    assert many.winters == WINTERS
    for city in ("临汾市", "太原市", ""):
        parts = table.loc[[(city, level) for level in ("yellow", "orange", "red")]]
        assert parts["days_mean"].sum() == pytest.approx(table.loc[(city, "any"), "days_mean"])
        assert (parts["days_p05"] <= parts["days_p95"]).all()
    levels = np.concatenate(levels_of(book, WINTERS), axis=-1)
    top = levels.reshape(2, 14, -1, WINTERS).max(axis=2)
    assert table.loc[("临汾市", "red"), "days_mean"] == pytest.approx((top[0] == 3).sum(axis=0).mean())
    assert table.loc[("临汾市", "any"), "perfect_days"] >= table.loc[("临汾市", "any"), "observed_days"] > 0
    shares = many.calendar_table()[["none", "yellow", "orange", "red"]]
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_scores_add_up(many: Ensemble) -> None:
    table = many.scores_table()
    days = table["hits"] + table["misses"] + table["false_alarms"] + table["correct_none"]
    np.testing.assert_allclose(days, np.where(table["city"] == "", 28, 14))
    assert set(table["reference"]) == {"perfect forecast", "observed air"}
    both = many.thresholds_table()
    cases = both[["hits", "misses", "false_alarms", "correct_none"]].sum(axis=1)
    assert (cases == WINTERS * (14 - both["lead"])).all()
    own = both[(both["city"] == "临汾市") & (both["threshold"] == ">200")].set_index("lead")
    assert own.loc[0, "miss_rate"] < own.loc[3, "miss_rate"]
    assert (own["hits"] + own["misses"]).loc[0] == 4 * WINTERS
    leads = many.lead_table()
    assert leads["caught"].between(0, 1).all()
    assert leads["lead_hours_mean"].dropna().between(1, 24 * 4).all()


def test_without_error_nothing_is_missed(book: Rulebook) -> None:
    exact = run(book, 5, sd=0)
    of_perfect = exact.scores_table().query("reference == 'perfect forecast'")
    assert (of_perfect[["misses", "false_alarms"]] == 0).all(axis=None)
    table = exact.days_table()
    assert (table["days_mean"] == table["perfect_days"]).all()
    warnings = exact.warnings_table()
    assert (warnings["count_mean"] == warnings["perfect_count"]).all()


def test_fewer_winters_are_the_first_of_more(book: Rulebook) -> None:
    (few,), (first, second) = levels_of(book, 40), levels_of(book, WINTERS)
    np.testing.assert_array_equal(few, first[:, :, :40])
    assert second.shape[-1] == WINTERS - BLOCK
    assert not np.array_equal(second[:, :, :40], few)


def test_the_chance_to_miss_the_ratio(many: Ensemble) -> None:
    met = {("临汾市", "yellow"): True, ("临汾市", "orange"): False, ("太原市", "yellow"): True}
    table = many.missed_table(met).set_index("city")
    days = many.days_table().set_index(["city", "level"])
    assert table.loc["临汾市", "chance"] == pytest.approx(days.loc[("临汾市", "orange"), "chance"])
    assert table.loc["临汾市", "days_mean"] == pytest.approx(days.loc[("临汾市", "orange"), "days_mean"])
    assert table.loc["临汾市", "unknown_chance"] == pytest.approx(days.loc[("临汾市", "red"), "chance"])
    assert table.loc["太原市", "chance"] == 0
    assert table.loc["", "chance"] == table.loc["临汾市", "chance"]


def test_kilograms_follow_the_hours_in_force(many: Ensemble) -> None:
    kg = {("临汾市", level): {"so2": 240.0} for level in ("yellow", "orange", "red")}
    table = many.reduction_table(kg).set_index("city")
    hours = many.days_table().set_index(["city", "level"]).loc[("临汾市", "any"), "hours_mean"]
    assert table.loc["临汾市", "kg_mean"] == pytest.approx(10 * hours, rel=1e-4)
    assert table.loc["临汾市", "unknown_hours_mean"] == 0
    assert many.reduction_table({}).empty
    third = {(city, level): {"so2": kg["so2"] / 3} for (city, level), kg in kg.items()}
    exact = many.reduction_table(third).set_index("city").loc["临汾市", "perfect_kg"]
    days = many.reference_summary.hours[0, 1:].astype(np.float64).sum() / 24
    assert exact == pytest.approx(80 * days, rel=1e-14), "kilograms are not rounded as hours are"
    part = many.reduction_table({("临汾市", "yellow"): {"so2": 1.0}}).set_index("city")
    assert part.loc["临汾市", "unknown_hours_mean"] > 0


def test_a_horizon_that_cannot_be_is_refused(book: Rulebook) -> None:
    spec = EnsembleSpec.model_validate({"winters": 1, "seed": 1, "error": ERROR})
    with pytest.raises(InputError, match=r"0\.\.30"):
        ensemble(truth_of(observed(AIR, "2025-01-04"), book), book, spec, draws=NoError(), days_ahead=31)
