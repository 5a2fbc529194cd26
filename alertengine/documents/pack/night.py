"""The night's inspection list: by county and plant, where the most kilograms a day are at risk first."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any, Final

import pandas as pd
import xlsxwriter

from alertengine.documents.pack.build import KG, first_phase
from alertengine.documents.pack.model import Pack
from alertengine.vocabulary.fields import POLLUTANT_TEXT, POLLUTANTS, Status
from alertengine.vocabulary.plain_text import plain
from alertengine.vocabulary.times import OPEN_END, short_moment

#: Columns of the list with their width; the last ones are filled in by hand.
COLUMNS: Final = {
    "序号": 5, "区县": 8, "企业名称": 24, "统一社会信用代码": 20, "生产线": 13, "工序": 8, "等级": 6,
    "应执行的措施": 30, "运输要求": 22, "起止时间": 13, **{f"{POLLUTANT_TEXT[n]} kg/d": 8 for n in POLLUTANTS},
    "合计 kg/d": 9, "检查时间": 9, "现场情况": 18, "检查人": 8,
}  # fmt: skip
_BY_HAND: Final = 3
_NOTE: Final = (
    "按区县、企业应减排千克合计由高到低排列（首个时段，四项污染物相加，仅作排序）；"
    "合计为“—”的减排量无法核算，列在所在企业内。"
)
_COUNTY_NOTE: Final = "依据缺失的生产线先由人确定措施，不列入检查。"


def inspection_rows(orders: pd.DataFrame) -> pd.DataFrame:
    """The lines to look at in the first night, in the order to look at them.

    Args:
        orders: ORDER_COLUMNS of one city, texts as text.

    Returns:
        The first row of every line that must reduce or whose transport is bound, with ``amount`` (kg/d of the four
        pollutants, NaN where none is known), counties by their sum, then enterprises, then lines.

    """
    first = first_phase(orders)
    first = first[(first["status"] == Status.ORDERED) | (first["transport"] != "")].copy()
    first["amount"] = first[KG].sum(axis=1, min_count=1)
    known = first["amount"].fillna(0.0)
    first["_county"] = known.groupby(first["county"]).transform("sum")
    first["_firm"] = known.groupby([first["county"], first["enterprise_id"]]).transform("sum")
    keys = ["_county", "county", "_firm", "enterprise_id", "amount", "line_id"]
    down = [False, True, False, True, False, True]
    ordered = first.sort_values(keys, ascending=down, kind="stable", ignore_index=True)
    return ordered.drop(columns=["_county", "_firm"])


def night_book(pack: Pack, orders: pd.DataFrame) -> bytes:
    """The list as a workbook: counties on the first sheet, lines on the second."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": datetime(1980, 1, 1)})
        formats = {
            "title": book.add_format({"bold": True, "font_size": 16}),
            "mark": book.add_format({"bold": True, "font_color": "#b3261e"}),
            "soft": book.add_format({"font_color": "#5b6775"}),
            "head": book.add_format(
                {"bold": True, "bg_color": "#1f4e79", "font_color": "white", "border": 1, "text_wrap": True}
            ),
            "cell": book.add_format({"border": 1, "text_wrap": True, "valign": "top"}),
            "number": book.add_format({"border": 1, "num_format": "#,##0.0", "valign": "top"}),
        }
        _counties(book.add_worksheet("按区县"), pack, formats)
        _lines(book.add_worksheet("夜间检查清单"), pack, inspection_rows(orders), formats)
    return buffer.getvalue()


def _top(sheet: Any, pack: Pack, formats: dict[str, Any], widths: list[float], note: str) -> int:
    """Title, mark, period and note; the number of the next row."""
    sheet.write_string(0, 0, f"{pack.city}重污染天气{pack.level}应急响应夜间检查清单", formats["title"])
    sheet.write_string(1, 0, f"响应时间：{pack.starts}至{pack.ends}　{pack.list_words}", formats["soft"])
    sheet.write_string(2, 0, note, formats["soft"])
    sheet.write_string(3, 0, pack.mark, formats["mark"])
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(4)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.freeze_panes(5, 0)
    return 4


def _counties(sheet: Any, pack: Pack, formats: dict[str, Any]) -> None:
    headers = ("区县", "企业数", "生产线数", "执行减排", "全停", "依据缺失", "应减排合计(千克/日)", "检查组", "负责人")
    row = _top(
        sheet, pack, formats, [16, 10, 10, 10, 10, 10, 20, 16, 16], "依据缺失的生产线先由人确定措施，不列入检查。"
    )
    for place, header in enumerate(headers):
        sheet.write_string(row, place, header, formats["head"])
    for number, one in enumerate(pack.counties, start=row + 1):
        counts = (one.enterprises, one.lines, one.ordered, one.stopped, one.undetermined)
        sheet.write_string(number, 0, one.name, formats["cell"])
        for place, count in enumerate(counts, start=1):
            sheet.write_number(number, place, count, formats["cell"])
        sheet.write_string(number, 6, one.amount, formats["cell"])
        for place in (7, 8):
            sheet.write_blank(number, place, None, formats["cell"])


def _lines(sheet: Any, pack: Pack, rows: pd.DataFrame, formats: dict[str, Any]) -> None:
    top = _top(sheet, pack, formats, list(COLUMNS.values()), _NOTE)
    for place, header in enumerate(COLUMNS):
        sheet.write_string(top, place, header, formats["head"])
    widths = list(COLUMNS.values())[1:]
    for number, line in enumerate(rows.itertuples(index=False), start=1):
        row: Any = line
        until = short_moment(row.ends) or OPEN_END
        amounts = [*(getattr(row, name) for name in KG), row.amount]
        texts = (
            row.county or "未注明", row.enterprise, row.enterprise_id, row.line or row.line_id, row.process,
            row.effective_grade or row.grade, row.measure_text, row.transport, f"{short_moment(row.starts)}至{until}",
        )  # fmt: skip
        # two columns' width a Chinese character; no program but Excel fits rows by itself
        height = max(-(-2 * len(text) // int(width)) for text, width in zip(texts, widths, strict=False))
        sheet.set_row(top + number, 14 * max(height, 1) + 2)
        sheet.write_number(top + number, 0, number, formats["cell"])
        for place, text in enumerate(texts, start=1):
            sheet.write_string(top + number, place, plain(text), formats["cell"])
        for place, amount in enumerate(amounts, start=len(texts) + 1):
            if pd.isna(amount):
                sheet.write_string(top + number, place, "—", formats["cell"])
            else:
                sheet.write_number(top + number, place, float(amount), formats["number"])
        for place in range(len(COLUMNS) - _BY_HAND, len(COLUMNS)):
            sheet.write_blank(top + number, place, None, formats["cell"])
    sheet.autofilter(top, 0, top + max(len(rows), 1), len(COLUMNS) - 1)
