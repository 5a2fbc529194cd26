"""Writing orders: csv and parquet as machines read them, workbooks as people do.

csv keeps the English names of the contract; a workbook has Chinese headers, the lines without a ground first, and a
sheet each for totals and undetermined lines. A file appears whole or not at all.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alertengine.files import CodedTable, new_workbook, replacing, suffix_of, write_csv, write_parquet
from alertengine.orders.summary import phases_of
from alertengine.orders.summary_entry import SummaryEntry
from alertengine.vocabulary import (
    FIELDS,
    FLAGS,
    LEVEL_TEXT,
    MEASURES,
    MET_TEXT,
    ORDER_COLUMNS,
    POLLUTANT_TEXT,
    POLLUTANTS,
    STANDING_TEXT,
    STATUS_TEXT,
    left_open,
)

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".xlsx", ".parquet")
_SHEET_ROWS = 1_048_575
_WIDTHS = {
    "enterprise": 30,
    "measure_text": 44,
    "basis": 48,
    "remark": 40,
    "transport": 30,
    "rules": 24,
    "order_id": 30,
}


def write_orders(table: CodedTable | pd.DataFrame, path: Path | str, summaries: Sequence[SummaryEntry] = ()) -> None:
    """Write orders (``Orders.columns`` or a table) as .csv, .parquet or .xlsx; an empty table still gives its header.

    Raises:
        InputError: another suffix, or the file cannot be written.

    """
    coded = CodedTable.of(table)
    writers: dict[str, Callable[[Path], None]] = {
        ".csv": lambda target: write_csv(coded, target),
        ".parquet": lambda target: write_parquet(coded, target),
        ".xlsx": lambda target: _write_workbook(coded.frame(), summaries, target),
    }
    replacing(path, writers[suffix_of(path, *writers)])


def _write_workbook(table: pd.DataFrame, summaries: Sequence[SummaryEntry], target: Path) -> None:
    import pandas as pd  # only workbooks need it

    with new_workbook(target, by_row=True) as book:
        head = book.add_format(
            {"bold": True, "bg_color": "#1f4e79", "font_color": "white", "border": 1, "text_wrap": True}
        )
        missing = left_open(table)
        shown = pd.concat([table[missing], table[~missing]]) if missing.any() else table
        for number in range(0, max(len(shown), 1), _SHEET_ROWS):
            name = "减排指令" if not number else f"减排指令{number // _SHEET_ROWS + 1}"
            _sheet(book, name, readable(shown.iloc[number : number + _SHEET_ROWS]), head)
        _sheet(book, "汇总", readable_totals(summaries), head)
        _sheet(book, "依据缺失", readable(table[missing]), head)


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Orders with Chinese headers and words in place of codes."""
    out = table.copy()
    words = {
        "level": LEVEL_TEXT,
        "status": STATUS_TEXT,
        "standing": STANDING_TEXT,
    }
    for name, texts in words.items():
        out[name] = _replaced(out[name], partial(_word, texts))
    out["measure"] = _replaced(out["measure"], _several(lambda code: MEASURES[code].text if code in MEASURES else code))
    out["hangs_on"] = _replaced(out["hangs_on"], _several(lambda name: FIELDS[name].text))
    out["flags"] = _replaced(out["flags"], _several(lambda code: FLAGS[code]))
    headers = {**ORDER_COLUMNS, "measure": "措施类别"}
    return out.rename(columns=headers)


def _word(texts: Mapping[str, str], code: str) -> str:
    return texts.get(code, code)


def _several(word: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "、".join(word(part) for part in text.split(";") if part)


def _replaced(column: pd.Series, word: Callable[[str], str]) -> pd.Series:
    """Each distinct text replaced by its word."""
    texts = column.astype("object").where(column.notna(), "")
    return texts.map({text: word(text) for text in texts.unique()})


def readable_totals(summaries: Sequence[SummaryEntry]) -> pd.DataFrame:
    """The summary as a table people read."""
    import pandas as pd  # only workbooks need it

    rows = total_rows(summaries)
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["城市", "预警级别", "污染物"])


def total_rows(summaries: Sequence[SummaryEntry]) -> list[dict[str, Any]]:
    """The summary as rows people read: one per city, level, phase (the worst first) and pollutant."""
    rows = []
    for entry, pollutant in itertools.product(itertools.chain.from_iterable(map(phases_of, summaries)), POLLUTANTS):
        ratio = (entry["ratio"] or {}).get(pollutant, {})
        rows.append(
            {
                "城市": entry["city"],
                "预警级别": LEVEL_TEXT[entry["level"]],
                "日期": entry["date"],
                "阶段(小时)": entry.get("phase", ""),
                "企业数": entry["enterprises"],
                "生产线数": entry["lines"],
                "依据缺失": entry["undetermined"],
                "污染物": POLLUTANT_TEXT[pollutant],
                "预警减排量(千克/日)": entry["reduced_kg_d"][pollutant],
                "含错峰减排量(千克/日)": entry["reduced_with_season_kg_d"][pollutant],
                "全社会排放量(千克/日)": (entry["whole_society_kg_d"] or {}).get(pollutant),
                "清单年份": entry["inventory_year"],
                "预警减排比例": ratio.get("warning"),
                "含错峰减排比例": ratio.get("with_season"),
                "要求比例": ratio.get("required"),
                "是否达到": MET_TEXT.get(ratio.get("met", ""), ""),
                "差额(千克/日)": ratio.get("margin_kg_d"),
                "要求依据": ratio.get("basis", ""),
            }
        )
    return rows


def _sheet(book: Any, name: str, table: pd.DataFrame, head: Any) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    widths = {ORDER_COLUMNS[key]: width for key, width in _WIDTHS.items()}
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, widths.get(column, 14))
        sheet.write_string(0, number, column, head)
    cells = table.astype("object").where(table.notna(), None)
    for row, values in enumerate(cells.itertuples(index=False, name=None), start=1):
        for number, value in enumerate(values):
            if isinstance(value, str):
                if value:
                    sheet.write_string(row, number, value)
            elif value is not None:
                sheet.write_number(row, number, value)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
