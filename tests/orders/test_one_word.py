"""The word for a state is that of the decision by which it began, whoever asks and however much later."""

from __future__ import annotations

import pandas as pd
import pytest

from alertengine.orders import decisions, held_now, holding
from alertengine.vocabulary import ORDER_COLUMNS, WARNING_COLUMNS

#: Place, action, level, the hours of start and end; the second evening decides at 15:00.
Row = tuple[str, str, str, int, int]
CITY: Row = ("", "issue", "red", 0, 40)
COUNTY: Row = ("甲县", "issue", "orange", 0, 40)
NOTHING = pd.DataFrame(columns=list(ORDER_COLUMNS))


def _hour(hour: int) -> pd.Timestamp:
    return pd.Timestamp("2021-01-01") + pd.Timedelta(hours=hour)


def _record(*evenings: tuple[int, list[Row]]) -> pd.DataFrame:
    made = [
        {"warning_id": county or "w", "city": "某市", "counties": county, "action": action, "level": level}
        | {"starts": _hour(first), "ends": _hour(last) if last else pd.NaT, "issued": _hour(issued)}
        for issued, rows in evenings
        for county, action, level, first, last in rows
    ]
    return pd.DataFrame(made).reindex(columns=list(WARNING_COLUMNS)).astype({"ends": "datetime64[us]"})


@pytest.mark.parametrize(
    ("before", "tonight", "hour", "word"),
    [
        # a county parts from its city, and both only go on
        ([CITY], [("", "extend", "red", 40, 50), ("甲县", "issue", "red", 16, 50)], 16, "extend"),
        ([CITY, COUNTY], [("", "lower", "orange", 16, 40), ("甲县", "raise", "red", 16, 40)], 16, "change"),
        # one of both is decided, and the other is left as it is
        ([CITY, COUNTY], [("甲县", "raise", "red", 16, 40)], 16, "raise"),
        ([CITY, COUNTY], [("", "extend", "red", 40, 50), ("甲县", "raise", "red", 16, 40)], 16, "change"),
        ([CITY, COUNTY], [("", "lower", "orange", 16, 40), ("甲县", "lift", "orange", 16, 0)], 16, "change"),
        # what both announced for a later hour begins by what each of them announced
        ([CITY, COUNTY, ("", "lower", "orange", 20, 40)], [("甲县", "raise", "red", 16, 40)], 20, "lower"),
        (
            [CITY, COUNTY, ("", "lower", "orange", 20, 40), ("甲县", "raise", "red", 20, 40)],
            [("甲县", "extend", "red", 40, 50)],
            20,
            "change",
        ),
    ],
)
def test_a_state_has_the_word_of_the_decision_that_began_it(
    before: list[Row], tonight: list[Row], hour: int, word: str
) -> None:
    record = _record((-9, before), (15, tonight))
    state = holding(record, "某市", _hour(hour))
    assert state is not None
    assert state.whole == word
    if hour == 16:
        assert decisions(record)["某市"].whole == held_now(NOTHING, record).decided["某市"].whole == word
    later = _record((-9, before), (15, tonight), (24, [("乙县", "issue", "red", 30, 40)]))
    again = holding(later, "某市", _hour(25))
    assert again is not None
    assert again.whole == word


def test_a_change_taken_back_in_its_last_hour_is_told_at_that_hour() -> None:
    """The level has held for long: nobody was to change it then."""
    announced = [("", "lower", "orange", 16, 40)]
    record = _record((-9, [CITY]), (14, announced), (15, [("", "raise", "red", 16, 40)]))
    (state,) = held_now(NOTHING, record).cities()
    assert (state["decision"], state["at"], state["since"]) == ("stay", "2021-01-01 16:00", "2021-01-01 00:00")
