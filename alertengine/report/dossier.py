"""The dossier as one offline page in Chinese, with a strip a winter: a row a line, a bar an order, a mark a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import pandas as pd

from alertengine.files import rules_folder
from alertengine.report.pages import page
from alertengine.report.season_ribbon import patterns
from alertengine.rulebook import SEASON, OpenLists, Place
from alertengine.vocabulary import LEVEL_COLOUR, LEVEL_TEXT, STANDING_TEXT, Level, percent
from alertengine.workflow import FINDING, Dossier

#: Findings that say nothing against the plant, shown one by one up to this many.
_SHOWN: Final = 60
_GRAVITY: Final = ("breached", "doubtful", "complied", "no_evidence")


def dossier_page(found: Dossier) -> str:
    """The page as HTML; nothing is loaded from a network."""
    grave = [row for row in found.findings if row["finding"] in _GRAVITY[:2]]
    rest = [row for row in found.findings if row["finding"] not in _GRAVITY[:2]]
    counted = Counter(row["finding"] for row in found.findings)
    orders: dict[int, list[dict[str, Any]]] = {}
    for row in found.orders:
        orders.setdefault(row["act"], []).append(row)
    drawn = {row["line_id"] for row in found.orders if row["status"] == "ordered"}
    used = {row["level"] for row in found.orders if row["status"] == "ordered"}
    return page(
        "dossier.html.j2",
        d=found,
        name=found.identity["names"][-1]["value"],
        strips=strips(found.orders, found.findings),
        patterns=patterns(),
        levels=[(str(level), fill(str(level))) for level in Level if str(level) in used],
        most=MOST_LINES,
        more_lines=max(0, len(drawn) - MOST_LINES),
        issued=[act for act in found.acts if act["act"] in orders],
        checked=[act for act in found.acts if act["kind"] == FINDING],
        corrections=[act for act in found.acts if act["corrects"]],
        orders=orders,
        counts=[(verdict, counted[verdict]) for verdict in _GRAVITY if counted[verdict]],
        shown=sorted(grave + rest[:_SHOWN], key=lambda row: (row["day"], row["line_id"])),
        hidden=max(0, len(rest) - _SHOWN),
        season_standing=_season(found),
    )


def _season(found: Dossier) -> str:
    """The bounds of the season by which hours are grouped, and on what they rest."""
    lists = OpenLists.load([rules_folder()])
    city = found.identity["city"][-1]["value"] if found.identity["city"] else ""
    period = lists.period(SEASON, Place(province=lists.province_of(city), city=city))
    if period is None:
        return "未录入"
    return f"{period.first}至{period.last}，{STANDING_TEXT[period.standing]}"


# -- the strips

_WIDTH: Final = 1120
_LEFT: Final = 130
_ROW: Final = 17
_TOP: Final = 22
#: Lines drawn one by one; of more only those with the most ordered days.
MOST_LINES: Final = 16
#: What binds without a warning is not hatched.
_PLAIN: Final = LEVEL_COLOUR["none"]
_MARK: Final = {"breached": ("✕", "#b3261e"), "doubtful": ("?", "#8a6100")}


def fill(level: str) -> str:
    """How a level is painted: hatched beside its colour, by :func:`alertengine.report.season_ribbon.patterns`."""
    return _PLAIN if level == "none" else f"url(#hatch-{level})"


def strips(orders: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """One picture a year of orders (July to June): ``title`` and ``svg``; orders that were replaced are not drawn."""
    rows = pd.DataFrame([row for row in orders if row["state"] != "replaced" and row["status"] == "ordered"])
    if rows.empty:
        return []
    rows["begin"] = pd.to_datetime(rows["starts"])
    rows["end"] = pd.to_datetime(rows["ends"].replace("", None))
    rows["year"] = rows["begin"].dt.year - (rows["begin"].dt.month < 7)
    found = pd.DataFrame([row for row in findings if row["finding"] in _MARK], columns=["day", "line_id", "finding"])
    days = pd.to_datetime(found["day"])
    found["year"], found["at"] = days.dt.year - (days.dt.month < 7), days + pd.Timedelta(hours=12)
    return [
        {
            "title": f"{year}年7月至{year + 1}年6月",
            "svg": _strip(rows[rows["year"] == year], found[found["year"] == year], year),
        }
        for year in sorted({int(one) for one in rows["year"]})
    ]


def _strip(rows: pd.DataFrame, found: pd.DataFrame, year: int) -> str:
    first = rows["begin"].min().normalize().replace(day=1)
    seen = [rows["begin"].max(), rows["end"].max(), found["at"].max()]
    last = max(at for at in seen if not pd.isna(at))
    last = min((last + pd.offsets.MonthBegin(1)).normalize(), pd.Timestamp(year + 1, 12, 31))
    scale = (_WIDTH - _LEFT - 10) / ((last - first) / pd.Timedelta(days=1))

    def x(at: pd.Timestamp) -> float:
        return _LEFT + (min(at, last) - first) / pd.Timedelta(days=1) * scale

    # Lines drawn: those with the most orders, in the order of their ids.
    most = rows["line_id"].value_counts(sort=True).head(MOST_LINES).index
    drawn = rows[rows["line_id"].isin(most)].sort_values("line_id").drop_duplicates("line_id")
    lines = {str(one["line_id"]): str(one["line"] or one["line_id"]) for one in drawn.to_dict("records")}
    height = _TOP + _ROW * len(lines) + 8
    parts = [_axis(first, last, x, height)]
    for place, (line_id, name) in enumerate(lines.items()):
        top = _TOP + place * _ROW
        parts.append(f'<text class="end soft" x="{_LEFT - 8}" y="{top + 12}">{escape(name[:11])}</text>')
        parts += [_bar(row, top, x, last) for row in rows[rows["line_id"] == line_id].to_dict("records")]
        own = found[(found["line_id"] == line_id) | (found["line_id"] == "")]
        parts += [_mark(row, top, x) for row in own.drop_duplicates(["day", "finding"]).to_dict("records")]
    said = f'role="img" aria-label="{year}年7月至{year + 1}年6月{len(lines)}条生产线的受令时间，逐条见下表"'
    return f'<svg class="strip" viewBox="0 0 {_WIDTH} {height}" {said}>{"".join(parts)}</svg>'


def _axis(first: pd.Timestamp, last: pd.Timestamp, x: Any, height: int) -> str:
    out = [f'<rect x="{_LEFT}" y="{_TOP - 3}" width="{_WIDTH - _LEFT - 10}" height="{height - _TOP}" fill="#f4f6f9"/>']
    for month in pd.date_range(first, last, freq="MS"):
        out.append(f'<path d="M{x(month):.1f} {_TOP - 3}V{height - 3}" stroke="#c9d0d9"/>')
        if month < last:
            out.append(f'<text class="soft" x="{x(month) + 3:.1f}" y="13">{month.year}年{month.month}月</text>')
    if (last - first) < pd.Timedelta(days=63):
        for day in pd.date_range(first, last, freq="5D"):
            if 1 < day.day < 30:
                out.append(f'<path d="M{x(day):.1f} {_TOP - 3}v-4" stroke="#9aa4b1"/>')
                out.append(f'<text class="mid soft" x="{x(day):.1f}" y="13">{day.day}日</text>')
    return "".join(out)


def _bar(row: Mapping[Any, Any], top: int, x: Any, last: pd.Timestamp) -> str:
    """An order: as high as its share, at least a line; dashed where no end was said or no share is known."""
    end = last if pd.isna(row["end"]) else row["end"]
    left, wide = x(row["begin"]), max(2.0, x(end) - x(row["begin"]))
    unknown = pd.isna(row["share"])
    high = 13.0 if unknown else max(2.0, 13.0 * float(row["share"]))
    dashed = ' stroke-dasharray="3 2"' if unknown or pd.isna(row["end"]) else ""
    paint = "none" if unknown else fill(str(row["level"]))
    share = "比例无法计算" if unknown else percent(row["share"])
    said = f"{row['starts']}至{row['ends'] or '另行通知'} {LEVEL_TEXT[row['level']]} {share} {row['measure_text']}"
    return (
        f'<rect x="{left:.1f}" y="{top + 14 - high:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{paint}"'
        f' stroke="#1d2733" stroke-width=".6"{dashed}><title>{escape(said)}</title></rect>'
    )


def _mark(row: Mapping[Any, Any], top: int, x: Any) -> str:
    sign, colour = _MARK[row["finding"]]
    at = f"{x(row['at']):.1f}"
    style = f'style="fill:{colour};font-weight:700"'
    return (
        f'<circle cx="{at}" cy="{top + 8}" r="7" fill="#fff" stroke="{colour}"/>'
        f'<text class="mid" x="{at}" y="{top + 12}" {style}>{sign}</text>'
    )
