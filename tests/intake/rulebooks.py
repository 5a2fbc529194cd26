"""Cases of rules, of index arithmetic and of scenarios."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.rulebook import Rulebook
from alertengine.warning import AqiStandard

from .case import Case, csv_of, feed, forecast, plant, plants

LAW = """document: trial
title: 构造的用例文件，不是法规
area: 太原市
valid: {from: 2021-10-01, to: 2021-12-10}
source: inferred
note: 构造
rules:
"""
STOP = (
    "  - {id: t-stop, article: 一, title: 停产, kind: measure, levels: [orange], when: {industry: 铸造}, then: stop}\n"
)
LIMIT = "  - {id: t-limit, article: 二, title: 限产, kind: measure, levels: [orange], when: {industry: 铸造}, then: {limit: 0.3}}\n"
BARE = plants(plant("甲厂", 红色预警减排措施=None))
ORDERS = "orders l.csv --rules law --level orange --date {} -o o.csv"


def trial(id_: str, rules: str, call: str, status: int = 0, **right: Any) -> Case:
    """A case under a law of its own."""
    return Case(id_, {"law/trial.yaml": LAW + rules, "l.csv": csv_of(BARE)}, call, status, **right)


def _indices(path: Path, book: Rulebook) -> list[int]:
    standard = AqiStandard(book.rules["hj633-2012-aqi"])
    pairs = {"pm25_24h": [35, 36, 75, 250, 500], "co_24h": [2.2, 4, 36], "so2_24h": [50, 100, 150]}
    return [int(index) for name, values in pairs.items() for index in np.atleast_1d(standard.iaqi(name, values))]


def _workbook(path: Path, text: str) -> None:
    """The law as a workbook in which the share of its rule is another text."""
    law = str(path.parent / "law")
    CliRunner().invoke(main, ["rules", "export", "trial", "--rules", law, "-o", str(path)], catch_exceptions=False)
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == "限产30%"]
    cells[0].value = text
    if text.startswith("#"):
        cells[0].data_type = "e"
    book.save(path)


CASES: list[Case] = [
    Case("Q04", {"none": ""}, read=_indices, gives=[50, 52, 100, 300, 500, 55, 100, 300, 50, 75, 100]),
    Case("Q05", {"none": ""}, read=_indices, gives=[50, 52, 100, 300, 500, 55, 100, 300, 50, 75, 100]),
    Case("Q07", {"f.csv": csv_of(feed())}, "backtest f.csv -o out", 0),
    trial("Q08-last-day", STOP, ORDERS.format("2021-12-10"), ordered=[("甲厂", "1", "1")]),
    trial("Q08-day-after", STOP, ORDERS.format("2021-12-11"), 1, says=("lapsed before 2021-12-11",)),
    trial("Q09", STOP.replace("{industry: 铸造}", "{load_pct: {gt: 60, lt: 50}}"), "rules check --rules law", 1, says=("t-stop",)),
    trial("Q10", STOP.replace("{industry: 铸造}", "{industry: 铸造, load_pct: {lt: 50}}"), ORDERS.format("2021-12-10"), 1),
    trial("Q11", STOP + LIMIT, ORDERS.format("2021-12-10"), ordered=[("甲厂", "1", "1")]),
    *(Case(f"Q17-{text}", {"law/trial.yaml": LAW + LIMIT, "t.xlsx": partial(_workbook, text=text)},
           "rules import t.xlsx --rules law", 2, says=("row", text)) for text in ("#N/A", "约三成")),
    Case("nocity", {"s.yaml": "title: t\nforecast: f.csv\nlist: l.csv\ncities: [临汾市]\n",
                    "f.csv": csv_of(forecast(90, 90, 90)), "l.csv": csv_of(BARE)}, "respond s.yaml -o out", 1, says=("临汾市",)),
]  # fmt: skip
