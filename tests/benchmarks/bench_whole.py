"""Whole runs in processes of their own: a list in, orders out; against only reading and writing the same rows.

``python -m tests.benchmarks.bench_whole MODE LIST ORDERS OUTPUT`` runs one and prints its seconds and peak
memory as JSON.  Every clock runs from before the first import, so start-up counts for all; loading what the
others write (``ORDERS``, a parquet of our own orders) does not count.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .bench_start import compiled

MODES = ("alertengine", "polars", "pandas")


def _ours(file: Path, _orders: Path, output: Path) -> float:
    start = time.perf_counter()
    from datetime import date

    from alertengine.lists import read_list
    from alertengine.orders import decide, write_orders
    from alertengine.rulebook import Rulebook
    from alertengine.vocabulary import Level

    book = Rulebook.load(())
    run = decide(read_list(file, book), book, level=Level.ORANGE, date=date(2020, 2, 10))  # as DAY
    write_orders(run.columns, output, run.summaries)
    return time.perf_counter() - start


def _polars(file: Path, orders: Path, output: Path) -> float:
    start = time.perf_counter()
    import polars as pl

    begun = time.perf_counter()
    rows = pl.read_parquet(orders)
    start += time.perf_counter() - begun
    lines = pl.read_csv(file, infer_schema_length=0) if file.suffix == ".csv" else pl.read_parquet(file)
    _ = rows.write_csv(output) if output.suffix == ".csv" else rows.write_parquet(output)
    del lines
    return time.perf_counter() - start


def _pandas(file: Path, orders: Path, output: Path) -> float:
    start = time.perf_counter()
    import pandas as pd

    begun = time.perf_counter()
    rows = pd.read_parquet(orders)
    start += time.perf_counter() - begun
    lines = pd.read_csv(file, dtype="str") if file.suffix == ".csv" else pd.read_parquet(file)
    _ = rows.to_csv(output, index=False) if output.suffix == ".csv" else rows.to_parquet(output, index=False)
    del lines
    return time.perf_counter() - start


def main(arguments: Sequence[str]) -> None:
    """One run in this process."""
    mode, *paths = arguments
    run = {"alertengine": _ours, "polars": _polars, "pandas": _pandas}[mode]
    seconds = run(*(Path(path) for path in paths))
    status = Path("/proc/self/status").read_text(encoding="utf-8")  # getrusage would count the parent's peak too
    peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    sys.stdout.write(json.dumps({"seconds": seconds, "peak": peak}) + "\n")


def _alone(mode: str, *paths: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_whole", mode, *map(str, paths)]
    env = compiled(paths[-1].parent)
    found = subprocess.run(command, check=True, capture_output=True, text=True, env=env)  # noqa: S603 -- ourselves
    told: dict[str, float] = json.loads(found.stdout)
    return told


def whole_runs(lists: Any, folder: Path, sizes: Sequence[int], repeats: int) -> Any:
    """Whole runs by size and format: seconds, peak memory, bytes a line."""
    from alertengine.lists import write_list

    from .bench_lists import plain
    from .bench_table import Row, Table

    said = "`orders` from list to file with start-up, the others with theirs only reading and writing the same rows"
    table = Table("Whole run", said)
    empty = folder / "one.csv"
    write_list(plain(1, lists), empty)
    ground = _alone("alertengine", empty, empty, folder / "one-orders.csv")["peak"]
    for size in sizes:
        listed = plain(size, lists)
        for suffix in (".parquet", ".csv"):
            file, output = folder / f"list{size}{suffix}", folder / f"orders{size}{suffix}"
            orders = folder / f"orders{size}.parquet"
            write_list(listed, file)
            _alone("alertengine", file, orders, orders)
            runs = [{mode: _alone(mode, file, orders, output) for mode in MODES} for _ in range(repeats)]
            least = {mode: min(run[mode]["seconds"] for run in runs) for mode in MODES}
            case = f"{size:,} lines, {suffix[1:]}"
            for mode in MODES:
                peak = max(run[mode]["peak"] for run in runs)
                note = f"peak {peak / 1e6:,.0f} MB"
                if mode == "alertengine":
                    note += f", {(peak - ground) / size:,.0f} bytes a line over {ground / 1e6:,.0f} MB"
                    table.rows.append(Row(case, mode, f"{least[mode]:.2f} s", note=note))
                else:
                    ratio = least["alertengine"] / least[mode]
                    table.rows.append(
                        Row(
                            case,
                            f"{mode}, no decision",
                            f"{least[mode]:.2f} s",
                            f"whole run over {mode}",
                            ratio,
                            note,
                            less=True,
                        )
                    )
    return table


if __name__ == "__main__":
    main(sys.argv[1:])
