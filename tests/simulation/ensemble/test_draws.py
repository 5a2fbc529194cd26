"""Drawn errors: as stated, the same for the same seed, as they were where pairs are given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from alertengine.rulebook import Rulebook
from alertengine.simulation.ensemble.draws import BLOCK, EnsembleSpec, ErrorModel, PairsError, Stated, StatedError
from alertengine.simulation.ensemble.pairs import Pairs, draws_of, read_pairs
from alertengine.simulation.ensemble.run import ensemble
from alertengine.simulation.ensemble.truth import truth_of
from alertengine.vocabulary import InputError
from tests.simulation.ensemble.conftest import observed

SAID = {"source": "a test", "bias": 5, "sd": [10, 20, 40], "between_days": 0.6, "between_issues": 0.7,
        "between_cities": 0.5}  # fmt: skip
CITIES = ("临汾市", "太原市")


def errors(days: int = 3, cities: tuple[str, ...] = CITIES, seed: int = 3) -> list[np.ndarray]:
    block = Stated(StatedError.model_validate(SAID), seed, cities, 3).block(0)
    came = np.full((len(cities), 3), 200, dtype=np.float32)
    return [block.said(came) - 200 for _ in range(days)]


def test_errors_are_as_stated() -> None:
    first, second, third = errors()
    for one in (first, third):
        np.testing.assert_allclose(one.mean(axis=2), 5, atol=2.5)
        np.testing.assert_allclose(one.std(axis=2), [[10, 20, 40]] * 2, rtol=0.06)

    def correlation(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.corrcoef(one, other)[0, 1])

    assert correlation(third[0, 0], third[0, 1]) == pytest.approx(0.6, abs=0.06)  # neighbouring target days
    assert correlation(second[0, 1], third[0, 0]) == pytest.approx(0.7, abs=0.06)  # one target day, two issues
    assert correlation(first[0, 2], third[0, 0]) == pytest.approx(0.49, abs=0.07)
    assert correlation(second[0, 2], third[0, 2]) == pytest.approx(0.42, abs=0.07)  # both apart
    assert correlation(third[0, 1], third[1, 1]) == pytest.approx(0.5, abs=0.07)  # two cities


def test_a_seed_gives_the_same_winters_whatever_cities_stand_beside() -> None:
    both, alone, other = errors(), errors(cities=CITIES[1:]), errors(seed=4)
    for one, same, different in zip(both, alone, other, strict=True):
        np.testing.assert_array_equal(one[1], same[0])
        assert not np.array_equal(one, different)


@pytest.mark.parametrize("missing", ["source", "bias", "sd", "between_days", "between_issues", "between_cities"])
def test_no_figure_stands_in_for_one_not_stated(missing: str) -> None:
    said = {key: value for key, value in SAID.items() if key != missing}
    with pytest.raises(ValidationError, match=rf"stated\.{missing}\n|expected {missing}:"):
        EnsembleSpec.model_validate({"winters": 10, "seed": 1, "error": said})


def test_too_few_leads_are_said_all_at_once() -> None:
    said = StatedError.model_validate({**SAID, "bias": [1, 2]})
    with pytest.raises(InputError) as caught:
        Stated(said, 1, CITIES, 5)
    text = str(caught.value)
    assert "error.bias" in text
    assert "error.sd" in text


def pairs_file(folder: Path, days: int = 20, hole: int = -1) -> Path:
    """Forecasts that lie 10 and 20 above what came, by lead, and 5 more in the second city."""
    rows = []
    for day in pd.date_range("2019-01-01", periods=days):
        for number, city in enumerate(("临汾", "太原")):
            for lead in range(3):
                if day.day == hole and lead == 1:
                    continue
                said = 150 + 10 * lead + 5 * number + day.day
                rows.append([f"{day:%Y-%m-%d} 15:00", city, f"{day + pd.Timedelta(days=lead):%Y-%m-%d}", said, 150])
    table = pd.DataFrame(rows, columns=["发布时间", "城市", "预报日期", "AQI", "实况AQI"])
    path = folder / "pairs.csv"
    table.to_csv(path, index=False)
    return path


def model(**more: object) -> PairsError:
    said = {"source": "a test", "pairs": "pairs.csv", "block_days": 4, "residual": "difference", **more}
    one = TypeAdapter(ErrorModel).validate_python(said)
    assert isinstance(one, PairsError)
    return one


def test_pairs_come_again_in_whole_blocks(book: Rulebook, tmp_path: Path) -> None:
    pairs_file(tmp_path)
    pairs = read_pairs(model(), tmp_path.__truediv__, book.lists, seed=1, cities=CITIES, days_ahead=2)
    assert len(pairs.begins) == 17
    block = pairs.block(0)
    said = [block.said(np.full((2, 3), 100, dtype=np.float32)) - 100 for _ in range(6)]
    day = said[0][0, 0]  # the error of lead 0 is the day of issue
    assert set(day.astype(int)) == set(range(1, 18))
    for n, one in enumerate(said[:4]):
        np.testing.assert_allclose(one[0, 0], day + n)  # successive issues
        np.testing.assert_allclose(one[0] - one[0, 0], [[0] * BLOCK, [10] * BLOCK, [20] * BLOCK])
        np.testing.assert_allclose(one[1], one[0] + 5)  # cities err together
    assert not np.array_equal(said[4][0, 0], day + 4)


def test_a_hole_in_the_pairs_is_no_block_and_ratios_scale(book: Rulebook, tmp_path: Path) -> None:
    pairs_file(tmp_path, hole=10)
    path = tmp_path.__truediv__
    assert len(read_pairs(model(), path, book.lists, seed=1, cities=CITIES, days_ahead=2).begins) == 6 + 7
    with pytest.raises(InputError, match="block_days"):
        read_pairs(model(block_days=11), path, book.lists, seed=1, cities=CITIES, days_ahead=2)
    ratio = read_pairs(model(residual="ratio"), path, book.lists, seed=1, cities=CITIES, days_ahead=0).block(0)
    said = ratio.said(np.full((2, 1), 300, dtype=np.float32))
    assert said.min() == pytest.approx(2 * 151)
    with pytest.raises(InputError, match="阳泉市"):
        read_pairs(model(), path, book.lists, seed=1, cities=["阳泉市"], days_ahead=2)
    pooled = read_pairs(model(cities="pooled"), path, book.lists, seed=1, cities=["阳泉市"], days_ahead=2)
    assert pooled.block(0).said(np.full((1, 3), 100, dtype=np.float32)).shape == (1, 3, BLOCK)


def test_a_bad_observation_beside_a_forecast_is_told_and_no_pair(book: Rulebook, tmp_path: Path) -> None:
    path = pairs_file(tmp_path)
    whole = path.read_text("utf-8")
    lines = whole.splitlines()
    lines[4] = lines[4].removesuffix("150") + "约150"
    path.write_text("\n".join([*lines, "合计,,,,", ""]), encoding="utf-8")
    pairs = read_pairs(model(), tmp_path.__truediv__, book.lists, seed=1, cities=CITIES, days_ahead=2)
    assert [(one.row, one.value) for one in pairs.problems] == [(5, "约150")]
    assert len(pairs.begins) == 16


def test_pairs_without_observations_are_refused(book: Rulebook, tmp_path: Path) -> None:
    path = pairs_file(tmp_path)
    pd.read_csv(path).drop(columns="实况AQI").to_csv(path, index=False)
    with pytest.raises(InputError, match="observed_aqi"):
        read_pairs(model(), tmp_path.__truediv__, book.lists, seed=1, cities=CITIES, days_ahead=2)


def test_a_scenario_names_figures_or_pairs(book: Rulebook, tmp_path: Path) -> None:
    pairs_file(tmp_path)
    truth = truth_of(observed(dict.fromkeys(CITIES, [150.0] * 8), "2025-01-04"), book)
    for error, kind in ((model(), Pairs), (StatedError.model_validate(SAID), Stated)):
        spec = EnsembleSpec(winters=3, seed=1, error=error)
        draws = draws_of(spec, truth, book.lists, days_ahead=2, path=tmp_path.__truediv__)
        assert isinstance(draws, kind)
        assert ensemble(truth, book, spec, days_ahead=2, draws=draws).winters == 3


def test_pairs_carry_what_of_their_forecasts_could_not_be_read(book: Rulebook, tmp_path: Path) -> None:
    path = pairs_file(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(",151,", ",一百五,", 1), encoding="utf-8")
    pairs = read_pairs(model(), tmp_path.__truediv__, book.lists, seed=1, cities=CITIES, days_ahead=2)
    assert [problem.value for problem in pairs.problems] == ["一百五"]
    assert pairs.exit_status == 1
