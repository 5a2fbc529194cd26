"""The dossier as one offline page in Chinese."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from alertengine.files import rules_folder
from alertengine.report.dossier_strip import MOST_LINES, fill, strips
from alertengine.report.pages import page
from alertengine.report.season_ribbon import patterns
from alertengine.rulebook import SEASON, OpenLists, Place
from alertengine.vocabulary import STANDING_TEXT, Level
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
