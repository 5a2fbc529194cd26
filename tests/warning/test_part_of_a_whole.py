"""Grading some days of a place by what was found once of all of its days is as if only those days had been given."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alertengine.rulebook import Place, Rulebook
from alertengine.warning import Rows, timelines
from alertengine.warning.grade import Graded, grade
from alertengine.warning.law_in_force import laws_of
from tests.synthetic import daily_forecast

FIRST = pd.Timestamp("2018-12-20")
DAYS = 24
PLACE = Place(province="山西省", city="临汾市", county="")


def air(seed: int, kind: str) -> pd.DataFrame:
    """Rows of 24 days near the numbers of the law: by the hour, by the day as ranges, both, one after the other."""
    draw = np.random.default_rng(seed)
    said = {str((FIRST + pd.Timedelta(days=day)).date()): 100.0 for day in range(DAYS)}
    days = daily_forecast("临汾市", said, FIRST - pd.Timedelta(hours=9)).table
    middle = draw.choice([90.0, 149.6, 150.4, 160.0, 199.6, 200.4, 230.0, 299.6, 300.4, 320.0], DAYS)
    wide = draw.choice([0.0, 1.0, 40.0], DAYS)
    days = days.assign(aqi_low=middle - wide, aqi_mid=np.floor(middle), aqi_high=middle + wide)
    if kind == "days":
        return days[draw.random(DAYS) > 0.1]
    each = days.loc[days.index.repeat(24)].assign(
        hours=1, start=[FIRST + pd.Timedelta(hours=hour) for hour in range(DAYS * 24)]
    )
    values = np.repeat(middle, 24) + draw.choice([-0.6, 0.0, 0.5, 12.0], DAYS * 24)
    each = each.assign(aqi_low=values, aqi_mid=values, aqi_high=values)[draw.random(DAYS * 24) > 0.02]
    cut = FIRST + pd.Timedelta(days=DAYS // 2)
    if kind == "both":
        return pd.concat([each, days])
    return each if kind == "hours" else pd.concat([each[each["start"] < cut], days[days["start"] >= cut]])


def told(graded: Graded) -> list[Any]:
    """All that a grading says, in plain values; runs with the windows that prove them."""
    other = None if graded.otherwise is None else graded.otherwise.tolist()
    proofs = [[tuple(proof) for proof in run.proofs()] for run in graded.runs]
    ranks = {end: found.tolist() for end, found in graded.ranks.items()}
    days = graded.missing, graded.ungraded, graded.unread
    return [
        graded.timeline.origin,
        ranks,
        graded.runs,
        proofs,
        graded.advice,
        graded.known.tolist(),
        days,
        graded.unseen,
        other,
    ]


@pytest.mark.parametrize("kind", ["hours", "days", "both", "hours, then days"])
@pytest.mark.parametrize("regime", ["mee-2018-875", "mee-2024-6", "jjj-2016"])
@pytest.mark.parametrize("seed", range(4))
def test_a_part_is_graded_as_alone(shipped: Rulebook, kind: str, regime: str, seed: int) -> None:
    table = air(seed, kind)
    laws = laws_of(shipped, PLACE, date(2018, 12, 1), date(2019, 2, 1), regime=regime)
    whole = timelines(Rows.of(table))["临汾市", ""]
    for first in range(0, DAYS - 3, 2):
        begin, end = (FIRST + pd.Timedelta(days=day) for day in (first, first + 9))
        part = whole.between(begin, end)
        alone = timelines(Rows.of(table[(table["start"] >= begin) & (table["start"] < end)]))["临汾市", ""]
        assert part is not None
        assert told(grade(part, laws)) == told(grade(alone, laws))
