"""Start-up: what the program costs before it does anything, against importing pandas."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from .bench_table import Row, Table

#: A forecast (synthetic) of three quiet days: nothing to decide.
FORECAST = "issue_time,issuer,city,target_date,aqi\n" + "".join(
    f"2021-12-10 15:00,合成,太原市,2021-12-{day},80\n" for day in (11, 12, 13)
)


def compiled(folder: Path) -> dict[str, str]:
    """The environment of a program whose modules are compiled, as those of an installed one are."""
    told = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return told | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def start_up(folder: Path, repeats: int) -> Table:
    """Seconds from process start to end: a bare interpreter, pandas alone, ``--help`` and ``warn``."""
    forecast = folder / "forecast.csv"
    forecast.write_text(FORECAST, encoding="utf-8")
    runs = {
        "python alone": ["-c", "pass"],
        "import pandas": ["-c", "import pandas"],
        "alertengine --help": ["-m", "alertengine", "--help"],
        "alertengine warn FORECAST": ["-m", "alertengine", "warn", str(forecast)],
    }
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(max(repeats, 2)):  # the first compiles
        for name, arguments in runs.items():
            start = time.perf_counter()
            command = [sys.executable, *arguments]
            subprocess.run(command, check=False, capture_output=True, env=compiled(folder))  # noqa: S603 -- ourselves
            best[name] = min(best[name], time.perf_counter() - start)
    table = Table("Start-up", "whole processes, against `python -c 'import pandas'`")
    for name, taken in best.items():
        ours = name.startswith("alertengine")
        ratio = taken / best["import pandas"] if ours else None
        table.rows.append(Row(name, "", f"{taken:.2f} s", "start over import pandas", ratio, less=True))
    return table
