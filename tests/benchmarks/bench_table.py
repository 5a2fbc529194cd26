"""The table that is printed, and the ratios in it that are stored and compared."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

#: Where the ratios of an earlier run are kept.
STORED = Path(__file__).parent / "ratios.json"
#: A ratio so many times worse than the stored one is a regression; less is the machine's noise.
WORSE = 1.6
_PACKAGES = ("numpy", "pandas", "pyarrow", "durable-rules", "polars", "zen-engine", "clipspy")


@dataclass(slots=True)
class Row:
    """One measurement: ``ratio`` is compared between runs under ``case`` and ``of``; ``less``: smaller is better."""

    case: str
    who: str
    value: str
    of: str = ""
    ratio: float | None = None
    note: str = ""
    less: bool = False

    @property
    def key(self) -> str:
        """What the ratio is stored under."""
        return f"{self.case}: {self.of}"


@dataclass(slots=True)
class Table:
    """Measurements of one kind; ``said`` explains what is measured."""

    title: str
    said: str
    rows: list[Row] = field(default_factory=list)

    def markdown(self) -> str:
        """The table as markdown."""
        head = ["| list and law | who | measured | ratio | |", "|---|---|---:|---:|---|"]
        body = []
        before = ""
        for row in self.rows:
            ratio = "" if row.ratio is None else f"{row.ratio:,.2f} ×" if row.ratio < 10 else f"{row.ratio:,.0f} ×"
            case = row.case if row.case != before else ""
            body.append(f"| {case} | {row.who} | {row.value} | {ratio} | {row.note} |")
            before = row.case
        return "\n".join([f"### {self.title}", "", self.said + ".", "", *head, *body, ""])


def rate(lines: float) -> str:
    """Lines a second."""
    return f"{lines / 1e6:.2f} M/s" if lines >= 1e6 else f"{lines:,.0f} /s"


def conditions() -> dict[str, Any]:
    """When, on what and with what the run was made."""
    return {
        "date": date.today().isoformat(),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
        "load": round(os.getloadavg()[0], 2),
        "versions": {"python": platform.python_version(), **_versions()},
    }


def _versions() -> dict[str, str]:
    """The versions of the packages measured that are installed."""
    out = {}
    for name in _PACKAGES:
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            continue
    return out


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    return names[0].partition(":")[2].strip() if names else platform.machine()


def store(tables: list[Table], said: dict[str, Any]) -> None:
    """Keep the ratios of a run, beside those of other cases already kept."""
    kept = json.loads(STORED.read_text(encoding="utf-8"))["ratios"] if STORED.exists() else {}
    for row in (row for table in tables for row in table.rows if row.ratio is not None):
        kept[row.key] = {"ratio": round(float(row.ratio or 0), 3), "less": row.less}
    content = {**said, "ratios": dict(sorted(kept.items()))}
    STORED.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def regressions(tables: list[Table]) -> list[str]:
    """The ratios that are worse than the stored ones by more than noise, in words."""
    kept = json.loads(STORED.read_text(encoding="utf-8"))["ratios"] if STORED.exists() else {}
    out = []
    for row in (row for table in tables for row in table.rows if row.ratio and row.key in kept):
        was = kept[row.key]["ratio"]
        worse = row.ratio / was if row.less else was / (row.ratio or 1e-9)
        if worse > WORSE:
            out.append(f"{row.key}: {row.ratio:.3g} now, {was:.3g} stored ({worse:.1f} times worse)")
    return out
