"""Start-up: a command imports what it uses, and nothing of what it does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from alertengine.files import lists_folder

pytestmark = pytest.mark.whole

#: A synthetic forecast of quiet days: all of ``warn`` runs, nothing is decided.
FORECAST = "issue_time,issuer,city,target_date,aqi\n" + "".join(
    f"2021-12-10 15:00,合成,太原市,2021-12-{day},80\n" for day in (11, 12, 13)
)
_RUN = """
import json, runpy, sys
status = 0
try:
    runpy.run_module("alertengine", run_name="__main__")
except SystemExit as leaving:
    status = leaving.code
print(json.dumps([status, sorted(name for name in sys.modules if "." not in name)]))
"""


def _imported(*arguments: str) -> set[str]:
    """The top-level modules that a command has imported when it is done."""
    run = subprocess.run(  # noqa: S603 -- ourselves
        [sys.executable, "-c", _RUN, *arguments], capture_output=True, text=True, encoding="utf-8", check=True
    )
    status, modules = json.loads(run.stdout.splitlines()[-1])
    assert status in (0, 1, None), run.stderr
    return set(modules)


def test_help_imports_nothing_but_click() -> None:
    heavy = {"pandas", "numpy", "pyarrow", "pydantic", "durable", "yaml", "rich", "jinja2", "scipy", "plotly"}
    assert not heavy & _imported("--help")


@pytest.mark.parametrize("command", ["respond", "warn", "simulate", "check", "explain"])
def test_the_help_of_a_command_imports_no_table_library(command: str) -> None:
    assert not {"pandas", "pyarrow", "durable", "scipy"} & _imported(command, "--help")


def test_warn_imports_no_table_library_reports_documents_keys_or_engine(tmp_path: Path) -> None:
    forecast = tmp_path / "forecast.csv"
    forecast.write_text(FORECAST, encoding="utf-8")
    unused = {"pandas", "scipy", "plotly", "cryptography", "datasette", "docx", "docxtpl", "jinja2", "xlsxwriter"}
    unused |= {"durable", "durable_rules_engine", "sqlite_utils", "distributed", "dask"}
    assert not unused & _imported("warn", str(forecast))


def test_a_list_becomes_orders_without_pandas(tmp_path: Path) -> None:
    listed = lists_folder() / "linfen-synthetic.csv"
    asked = ("--level", "orange", "--date", "2021-01-20", "-o", str(tmp_path / "orders.csv"))
    assert not {"pandas", "scipy", "jinja2", "xlsxwriter", "openpyxl"} & _imported("orders", str(listed), *asked)
