"""The warnings on record are what the next run starts from."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pandas as pd
from click.testing import CliRunner, Result

from alertengine.cli import main
from alertengine.ledger import Head, Ledger
from alertengine.warning import read_warnings
from alertengine.warning.record import table_of
from alertengine.workflow import warnings_so_far
from tests.ledger.conftest import warnings_of


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["ledger", "active", *map(str, words)])


def rows(*levels: tuple[str, str]) -> pd.DataFrame:
    base = warnings_of().iloc[0].to_dict() | {"city": "临汾市", "counties": "", "warning_id": "W1", "primary": "pm25"}
    return table_of([{**base, "level": level, "issued": pd.Timestamp(issued)} for level, issued in levels])


def test_each_change_once_and_no_corrected_act(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    first, second = ("yellow", "2021-01-08 10:00"), ("red", "2021-01-09 10:00")
    with Ledger.writable(path) as ledger:
        ledger.append("issue", Head("一", datetime(2021, 1, 8, 11)), {"warnings": rows(first)})
        ledger.append("issue", Head("误", datetime(2021, 1, 9, 11)), {"warnings": rows(first, ("orange", second[1]))})
        ledger.append("issue", Head("二", datetime(2021, 1, 9, 12), corrects=2, reason="级别有误"),
                      {"warnings": rows(first, second)})  # fmt: skip
        assert warnings_so_far(ledger)["level"].tolist() == ["yellow", "red"]
        assert warnings_so_far(ledger, pd.Timestamp("2021-01-08 12:00"))["level"].tolist() == ["yellow"]
    assert run(path, "-o", tmp_path / "a.csv").exit_code == 0
    assert read_warnings(tmp_path / "a.csv")["level"].tolist() == ["yellow", "red"], "what warn --active reads"
    assert [row["level"] for row in json.loads(run(path, "--json").stdout)] == ["yellow", "red"]
    assert run(path, "-o", tmp_path / "a.xlsx").exit_code == 2


def test_a_record_without_warnings(tmp_path: Path) -> None:
    Ledger.writable(tmp_path / "record.db").close()
    with Ledger.writable(tmp_path / "record.db") as ledger:
        ledger.append("erasure", Head("例"))
    assert run(tmp_path / "record.db", "-o", tmp_path / "a.csv").exit_code == 0
    assert read_warnings(tmp_path / "a.csv").empty
