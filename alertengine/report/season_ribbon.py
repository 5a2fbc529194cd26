"""A winter of daily AQI as a row of bars with the warnings below it, in plain SVG.

Readable without colour: height says the AQI, lines mark the classes, each level of a
warning has its own hatching and its word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.vocabulary import AQI_CLASSES, LEVEL_COLOUR, LEVEL_TEXT, short_moment
from alertengine.warning import LEVEL_OF, class_bounds, classes_of

#: Colours of the classes as HJ 633 prints them (绿 黄 橙 红 紫 褐红), as red, green and blue.
CLASS_COLOUR: Final = {
    "优": "#00e400", "良": "#ffff00", "轻度污染": "#ff7e00", "中度污染": "#ff0000", "重度污染": "#99004c",
    "严重污染": "#7e0023",
}  # fmt: skip
LEFT, RIGHT, TOP, CHART, BAND, WIDTH = 118, 14, 16, 96, 15, 1120
_TOP_AQI: Final = AQI_CLASSES[-1][1]
_SHORT: Final = {"yellow": "黄", "orange": "橙", "red": "红"}
#: Lowest AQI that is written over its bar, and how many bars apart two such numbers stand.
_NAMED_FROM, _NAMED_APART = class_bounds("严重污染")[0], 4


@dataclass(frozen=True)
class Band:
    """One row under the chart: whose warnings, and their level at each hour.

    ``unnamed`` hours have no level named; at ``going_on`` hours a notice was last known to hold, its end is not told.
    """

    name: str
    ranks: npt.NDArray[np.int64]
    unnamed: npt.NDArray[np.bool_] | None = None
    going_on: npt.NDArray[np.bool_] | None = None


def patterns() -> str:
    """The hatchings of the levels, once a page."""
    lines = {
        "yellow": '<circle cx="3" cy="3" r="1.1" fill="#5a4700"/>',
        "orange": '<path d="M0 6 L6 0" stroke="#5b2500" stroke-width="1.2"/>',
        "red": '<path d="M0 6 L6 0 M0 0 L6 6" stroke="#fff" stroke-width="1"/>',
    }
    drawn = "".join(
        f'<pattern id="hatch-{level}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="{LEVEL_COLOUR[level]}"/>{line}</pattern>'
        for level, line in lines.items()
    )
    none = (
        '<pattern id="hatch-open" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6"'
        ' fill="#fff"/><path d="M0 3 H6" stroke="#3d4652" stroke-width="1"/></pattern>'
    )
    return f'<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>{drawn}{none}</defs></svg>'


def ribbon(title: str, dates: pd.DatetimeIndex, daily: npt.NDArray[np.float64], bands: Sequence[Band]) -> str:
    """One city and season: a bar a day, and a row of warnings for each regime and for the real notices."""
    height = TOP + CHART + 8 + BAND * len(bands) + 20
    day = (WIDTH - LEFT - RIGHT) / max(len(dates), 1)
    parts = [
        f'<svg class="ribbon" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">',
        _grid(),
        *_months(dates, day, height),
        *_bars(dates, daily, day),
    ]
    for row, band in enumerate(bands):
        parts += _band(band, dates, day, TOP + CHART + 8 + row * BAND)
    return "".join([*parts, "</svg>"])


def _y(aqi: float) -> float:
    return round(TOP + CHART - CHART * min(aqi, _TOP_AQI) / _TOP_AQI, 1)


def _grid() -> str:
    """Lines at the tops of the classes that a warning turns on, with their AQI."""
    said = []
    for _, top in AQI_CLASSES[1:]:
        y = _y(top)
        said.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" class="grid"/>'
            f'<text x="{LEFT - 6}" y="{y + 3.5}" class="tick">{top}</text>'
        )
    base = TOP + CHART
    return "".join(said) + f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}" class="base"/>'


def _months(dates: pd.DatetimeIndex, day: float, height: int) -> list[str]:
    """A line and a name where a month begins."""
    out = []
    for place, date in enumerate(dates):
        if place and date.day != 1:
            continue
        x = round(LEFT + place * day, 1)
        out.append(f'<line x1="{x}" x2="{x}" y1="{TOP}" y2="{height - 16}" class="month"/>')
        rest = (date.days_in_month - date.day + 1) * day
        if rest > 46:
            said = f"{date.year}年{date.month}月" if not place or date.month == 1 else f"{date.month}月"
            out.append(f'<text x="{x + 3}" y="{height - 5}" class="name">{said}</text>')
    return out


def _bars(dates: pd.DatetimeIndex, daily: npt.NDArray[np.float64], day: float) -> list[str]:
    out: list[str] = []
    classes = classes_of(daily)
    last = -_NAMED_APART
    for place, (date, aqi, name) in enumerate(zip(dates, daily, classes, strict=True)):
        x = LEFT + place * day
        if np.isnan(aqi):
            out.append(
                f'<text x="{x + day / 2:.1f}" y="{TOP + CHART - 2}" class="gap">×<title>{date:%Y-%m-%d} 无有效数据'
                "</title></text>"
            )
            continue
        y = _y(aqi)
        out.append(
            f'<rect x="{x + 0.3:.1f}" y="{y}" width="{day - 0.6:.1f}" height="{TOP + CHART - y:.1f}" fill="'
            f'{CLASS_COLOUR[str(name)]}" class="bar"><title>{date:%Y-%m-%d} AQI {aqi:.0f} {name}</title></rect>'
        )
        near = daily[max(0, place - _NAMED_APART + 1) : place + _NAMED_APART]
        if aqi >= _NAMED_FROM and aqi == np.nanmax(near) and place - last >= _NAMED_APART:
            out.append(f'<text x="{x + day / 2:.1f}" y="{y - 3}" class="peak">{aqi:.0f}</text>')
            last = place
    return out


def _band(band: Band, dates: pd.DatetimeIndex, day: float, y: float) -> list[str]:
    """The hours of each level, hatched, named where there is room."""
    out = [f'<text x="{LEFT - 6}" y="{y + BAND - 4}" class="tick">{escape(band.name)}</text>']
    ranks = np.where(band.unnamed & (band.ranks == 0), -1, band.ranks) if band.unnamed is not None else band.ranks
    cuts = [0, *(np.flatnonzero(np.diff(ranks)) + 1).tolist(), len(ranks)]
    for first, last in pairwise(cuts):
        rank = int(ranks[first]) if first < last else 0
        if not rank:
            continue
        x, width = LEFT + first * day / 24, (last - first) * day / 24
        level = LEVEL_OF.get(rank, "")
        begin, end = (dates[0] + pd.Timedelta(hours=hour) for hour in (first, last))
        said = f"{band.name} {LEVEL_TEXT[level] if level else '级别未定'} {short_moment(begin)}至{short_moment(end)}"
        fill = f"url(#hatch-{level or 'open'})"
        out.append(
            f'<rect x="{x:.1f}" y="{y + 1}" width="{width:.1f}" height="{BAND - 3}" fill="{fill}"'
            f' class="band"><title>{escape(said)}</title></rect>'
        )
        if width > 13 and level:
            middle = x + width / 2
            out.append(
                f'<rect x="{middle - 6.5:.1f}" y="{y + 1.5}" width="13" height="{BAND - 4}" fill="#fff" rx="2"/>'
                f'<text x="{middle:.1f}" y="{y + BAND - 4}" class="level">{_SHORT[level]}</text>'
            )
    for hour in np.flatnonzero(band.going_on) if band.going_on is not None else ():
        x, middle = LEFT + (hour + 1) * day / 24, y + BAND / 2 - 0.5
        out.append(
            f'<path d="M{x:.1f} {middle} h14 m-4 -3.5 l4 3.5 l-4 3.5" fill="none" class="band" stroke-dasharray="none">'
            f"<title>{escape(band.name)} 结束时间未载明</title></path>"
        )
    return out


def legend() -> str:
    """What colours, heights and hatchings mean."""
    classes = "".join(
        f'<span class="key"><i style="background:{CLASS_COLOUR[name]}"></i>{name} {class_bounds(name)[0]}–{top}</span>'
        for name, top in AQI_CLASSES
    )
    levels = "".join(
        f'<span class="key"><svg width="26" height="12"><rect width="26" height="12" fill="url(#hatch-{level})"'
        f' stroke="#3d4652"/></svg>{LEVEL_TEXT[level]}（{_SHORT[level]}）</span>'
        for level in _SHORT
    )
    unnamed = (
        '<svg width="26" height="12"><rect width="26" height="12" fill="url(#hatch-open)" stroke="#3d4652"/></svg>'
    )
    return (
        f'<div class="legend"><b>日AQI（柱高与颜色）</b>{classes}<b>预警（下方横条）</b>{levels}'
        f'<span class="key">{unnamed}通知未定级别</span>'
        '<span class="key">→ 通知未载明结束</span><span class="key">× 无有效日均值</span></div>'
    )
