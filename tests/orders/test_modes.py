"""What a run was for: a record says it wherever it goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.orders import mode_beside, with_mode
from alertengine.warning import empty_table, write_warnings


@pytest.mark.parametrize(
    ("inputs", "mode"),
    [
        ({"scenario": {"file": "s.yaml", "mode": "drill"}}, "drill"),
        ({"active": {"file": "w.csv", "mode": "simulation"}, "forecast": {"file": "f.csv"}}, "simulation"),
        ({"scenario": {"file": "s.yaml"}}, "live"),
        ({"scenario": {"mode": "live"}}, "live"),
        ({"scenario": {"mode": ["drill"]}}, "live"),
        ({"scenario": "drill"}, "live"),
        (["drill"], "live"),
    ],
)
def test_the_manifest_of_a_run_says_what_it_was_for(tmp_path: Path, inputs: Any, mode: str) -> None:
    """The whole of a province has no summary.json, nor has a record that ``warn`` writes."""
    said = {"run": "1", "kind": "warn", "inputs": inputs, "outputs": {"w.csv": ""}}
    (tmp_path / "run.json").write_text(json.dumps(said), encoding="utf-8")
    assert mode_beside(tmp_path / "w.csv") == mode
    assert mode_beside(tmp_path / "other.csv") == "live"


@pytest.mark.parametrize(("name", "mode", "said"), [("a", "drill", "drill"), ("a", "live", None), ("b", "drill", None)])
def test_an_input_says_what_it_was_for_where_that_was_not_live(name: str, mode: Any, said: str | None) -> None:
    given = {"a": {"file": "w.csv"}}
    assert with_mode(given, name, mode).get("a", {}).get("mode") == said
    assert given == {"a": {"file": "w.csv"}}


def test_a_record_that_warn_writes_from_that_of_a_drill_is_of_a_drill(tmp_path: Path) -> None:
    (tmp_path / "drill").mkdir()
    write_warnings(empty_table(), tmp_path / "drill" / "warnings.csv")
    (tmp_path / "drill" / "summary.json").write_text('{"mode": "drill"}', encoding="utf-8")
    rows = [f"2021-01-09 15:00,临汾市,2021-01-{day:02},90,PM2.5" for day in (9, 10, 11, 12)]
    head = "issue_time,city,target_date,aqi,primary"
    (tmp_path / "f.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    for given, mode in ((["--active", str(tmp_path / "drill" / "warnings.csv")], "drill"), ([], "live")):
        out = tmp_path / f"{mode}.csv"
        done = CliRunner().invoke(main, ["warn", str(tmp_path / "f.csv"), *given, "-o", str(out)])
        assert (done.exit_code, mode_beside(out)) == (0, mode), done.output
