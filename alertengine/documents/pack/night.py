"""The night's inspection list: by county and plant, what weighs most first."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any, Final

import pandas as pd
import xlsxwriter

from alertengine.documents.pack.evening_pack import Pack
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    LEVEL_TEXT,
    LINE_KEY,
    OPEN_END,
    PLANT_KEY,
    POLLUTANT_TEXT,
    POLLUTANTS,
    Level,
    Status,
    level_words,
    plain,
    short_moment,
)

#: Columns of the list with their width; the last ones are filled in by hand.
COLUMNS: Final = {
    "序号": 5, "区县": 8, "级别": 6, "企业": 22, "地址、联系人": 18, "生产线": 14, "应执行的措施": 26, "运输要求": 18,
    "查看什么": 20, "起止时间": 12, **{f"{POLLUTANT_TEXT[name]}减排量(千克/日)": 9 for name in POLLUTANTS},
    "权重(%)": 7, "检查时间": 9, "现场情况": 16, "检查人": 8,
}  # fmt: skip
_BY_HAND: Final = 3
#: What shows in place whether a measure is kept, by its code.
_LOOK: Final = {
    "stop": "是否停运：设备、用电、出料",
    "stop_share": "应停的是哪几条，是否停运",
    "stop_units": "应停设备的编号，是否停运",
    "limit": "当班产量或投料量与限产比例",
    "coking_time": "结焦时间记录、推焦记录",
    "feed_cap": "投料记录",
    "cycle_cap": "炉次记录",
    "emission_cap": "在线监测小时浓度",
    "bank": "是否焖炉、装煤记录",
    "demand_cap": "负荷记录",
    "filed": "备案措施逐项对照",
    "self_directed": "自主减排措施逐项对照",
}
_MOVES: Final = "门禁记录、进出车辆"
_NOTE: Final = (
    "检查顺序按权重由高到低：每项污染物减排量占全市该污染物减排量的百分比，取四项的平均；不同污染物的千克数不相加。"
    "区县、企业的权重为所含生产线之和。“—”为无法核算。"
)
_COUNTY_NOTE: Final = "依据缺失的生产线先由人确定措施，不列入检查。"


def inspection_rows(now: pd.DataFrame) -> pd.DataFrame:
    """The lines to look at, in the order to look at them.

    Args:
        now: what holds now of one city, a row a line (ORDER_COLUMNS, texts as text).

    Returns:
        Every line that must reduce or whose transport is bound, with ``weight``: of each pollutant the line's share
        of the city's kilograms, the mean of the four, in percent.  Counties by their sum, then enterprises, lines.

    """
    rows = now[(now["status"] == Status.ORDERED) | (now["transport"] != "")].copy()
    shares = [
        rows[column].fillna(0.0) / total for column in EMISSION_FIELDS.values() if (total := rows[column].sum()) > 0
    ]
    rows["weight"] = sum(shares, pd.Series(0.0, index=rows.index)) / len(POLLUTANTS) * 100
    rows["_county"] = rows["weight"].groupby(rows["county"]).transform("sum")
    rows["_firm"] = rows["weight"].groupby([rows["county"], rows["enterprise_id"]]).transform("sum")
    keys = ["_county", "county", "_firm", "enterprise_id", "weight", "line_id"]
    down = [False, True, False, True, False, True]
    ordered = rows.sort_values(keys, ascending=down, kind="stable", ignore_index=True)
    return ordered.drop(columns=["_county", "_firm"])


def night_book(pack: Pack, now: pd.DataFrame, lines: pd.DataFrame) -> bytes:
    """The list as a workbook: counties on the first sheet, lines on the second.

    Args:
        pack: the city's values.
        now: what holds now of the city.
        lines: the enterprise list: contacts and addresses.

    """
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": datetime(1980, 1, 1)})
        formats = {
            "title": book.add_format({"bold": True, "font_size": 16}),
            "mark": book.add_format({"bold": True, "font_color": "#b3261e"}),
            "soft": book.add_format({"font_color": "#5b6775"}),
            "head": book.add_format(
                {"bold": True, "bg_color": "#1f4e79", "font_color": "white", "border": 1, "text_wrap": True,
                 "valign": "vcenter"}
            ),
            "cell": book.add_format({"border": 1, "text_wrap": True, "valign": "top"}),
            "amount": book.add_format({"border": 1, "align": "right", "valign": "top"}),
            "number": book.add_format({"border": 1, "num_format": "#,##0.0", "valign": "top"}),
        }  # fmt: skip
        _counties(book.add_worksheet("按区县"), pack, now, formats)
        _lines(book.add_worksheet("夜间检查清单"), pack, inspection_rows(now), _reached(lines), formats)
    return buffer.getvalue()


def _reached(lines: pd.DataFrame) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Address, contact and phone by LINE_KEY; of an enterprise the first that is filled in."""
    names = ["address", "contact", "phone"]
    table = lines[[*LINE_KEY, *names]].astype("object")
    table = table.where(table.notna(), "").astype("str")
    filled = table[names].replace("", None).groupby([table[key] for key in PLANT_KEY]).first().fillna("")
    out: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in table.itertuples(index=False):
        said: Any = row
        of_firm = filled.loc[(said.city, said.enterprise_id)]
        out[said.city, said.enterprise_id, said.line_id] = tuple(
            getattr(said, name) or str(of_firm[name]) for name in names
        )
    return out


def _top(sheet: Any, pack: Pack, formats: dict[str, Any], widths: list[float], note: str) -> int:
    """Title, mark, period and note; the number of the next row."""
    sheet.write_string(0, 0, f"{pack.city}重污染天气{pack.level}应急响应夜间检查清单", formats["title"])
    sheet.write_string(1, 0, f"响应时间：{pack.hours}　{pack.list_words}", formats["soft"])
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


def _counties(sheet: Any, pack: Pack, now: pd.DataFrame, formats: dict[str, Any]) -> None:
    levels = {}
    for county, own in now.groupby("county"):
        found = sorted({Level(code or "none") for code in own["level"]}, key=lambda one: one.rank, reverse=True)
        levels[str(county)] = "、".join(filter(None, map(level_words, found)))
    amounts = [f"{POLLUTANT_TEXT[name]}减排量(千克/日)" for name in POLLUTANTS]
    headers = ("区县", "级别", "企业数", "生产线数", "执行减排", "全停", "依据缺失", *amounts, "检查组", "负责人")
    row = _top(sheet, pack, formats, [16, 14, 10, 10, 10, 10, 10, *[19] * len(POLLUTANTS), 12, 12], _COUNTY_NOTE)
    sheet.set_row(row, 32)
    for place, header in enumerate(headers):
        sheet.write_string(row, place, header, formats["head"])
    for number, one in enumerate(pack.counties, start=row + 1):
        counts = (one.enterprises, one.lines, one.ordered, one.stopped, one.undetermined)
        sheet.write_string(number, 0, one.name, formats["cell"])
        sheet.write_string(number, 1, levels.get(one.name, levels.get("", "")), formats["cell"])
        for place, count in enumerate(counts, start=2):
            sheet.write_number(number, place, count, formats["cell"])
        for place, name in enumerate(POLLUTANTS, start=7):
            sheet.write_string(number, place, getattr(one, name), formats["amount"])
        for place in (11, 12):
            sheet.write_blank(number, place, None, formats["cell"])


def _lines(
    sheet: Any, pack: Pack, rows: pd.DataFrame, reached: dict[tuple[str, ...], tuple[str, ...]], formats: dict[str, Any]
) -> None:
    top = _top(sheet, pack, formats, list(COLUMNS.values()), _NOTE)
    sheet.set_row(top, 44)
    for place, header in enumerate(COLUMNS):
        sheet.write_string(top, place, header, formats["head"])
    widths = list(COLUMNS.values())[1:]
    for number, line in enumerate(rows.itertuples(index=False), start=1):
        row: Any = line
        until = short_moment(row.ends) or OPEN_END
        amounts = [*(getattr(row, name) for name in EMISSION_FIELDS.values()), row.weight]
        address, *person = reached.get((row.city, row.enterprise_id, row.line_id), ("", "", ""))
        texts = (
            row.county or "未注明", LEVEL_TEXT[row.level or "none"], f"{row.enterprise}（{row.enterprise_id}）",
            "，".join(filter(None, (address, " ".join(filter(None, person))))) or "清单未填",
            "，".join(filter(None, (row.line or row.line_id, row.process, row.effective_grade or row.grade))),
            row.measure_text, row.transport, look_at(row), f"{short_moment(row.starts)}至{until}",
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


def look_at(row: Any) -> str:
    """What an inspector looks at on site to see whether an order (a row of orders) is kept, in Chinese."""
    said = [_LOOK[code] for code in row.measure.split(";") if code in _LOOK]
    return "；".join(dict.fromkeys([*said, *([_MOVES] if row.transport else [])]))
