"""Quotes left open, quotes inside cells, bytes in the place of texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from alertengine.lists.model import EnterpriseList
from alertengine.rulebook.book import Rulebook
from alertengine.vocabulary.problems import InputError
from alertengine.warning.forecast import read_forecast

from .conftest import LIST, line


@pytest.mark.parametrize(
    "rows",
    [
        '太原市,2020-01-03,"220\n',  # never closed: Arrow takes the rest for a cell
        '"太原市,2020-01-03,220\n太"原市,2020-01-03,220\n运城,2020-01-03,90\n',  # two open ones swallow a row
    ],
)
def test_a_quote_left_open_is_refused_by_row(tmp_path: Path, book: Rulebook, rows: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text("城市,预报日期,AQI\n" + rows, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_forecast(path, book, observed=True)
    assert [(one.code, one.row) for one in caught.value.problems] == [("quote_open", 2)]


def test_a_quote_inside_a_cell_is_one(listed: Callable[..., EnterpriseList]) -> None:
    assert listed(line('5"管厂'), header=LIST).lines["enterprise"].tolist() == ['5"管厂']


def test_parquet_of_bytes_is_text_or_refused(tmp_path: Path, book: Rulebook) -> None:
    frame = pd.DataFrame({"城市": ["临汾".encode()], "预报日期": ["2020-01-03"], "AQI": [220]})
    frame.to_parquet(tmp_path / "f.parquet")
    assert read_forecast(tmp_path / "f.parquet", book, observed=True).table["city"].tolist() == ["临汾市"]
    frame.assign(城市=[b"\xff"]).to_parquet(tmp_path / "f.parquet")
    with pytest.raises(InputError) as caught:
        read_forecast(tmp_path / "f.parquet", book, observed=True)
    assert [one.code for one in caught.value.problems] == ["unreadable_file"]
