"""The public notice (通告): one offline page and one workbook, nothing personal in either.

Only what the public may read enters: no contact, phone, address, place, meter or plate; phones
and identity numbers inside free texts are left out.  Remarks of the authority stay inside.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.documents.document import WarningSpan
from alertengine.documents.formal_or_draft import grounds_of, highest, mark_of, marked_measure
from alertengine.files import environment, new_workbook
from alertengine.orders import REST, InForce, figures_of
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    LEVEL_COLOUR,
    OPEN_END,
    ORDER_COLUMNS,
    STATUS_TEXT,
    Level,
    Status,
    level_words,
    moment,
    percent,
    public,
)

#: Columns of the orders that may be published.
PUBLIC_COLUMNS: Final = (
    "city", "county", "industry", "enterprise", "enterprise_id", "line", "process", "effective_grade",
    "level", "status", "measure_text", "share", "transport", "starts", "ends", "basis",
)  # fmt: skip
#: How many enterprises each notice names as not ready, at most.
_NO_COUNTY: Final = "未注明区县"
_WIDTHS: Final = {"enterprise": 32, "enterprise_id": 21, "measure_text": 44, "transport": 30, "basis": 48}


@dataclass(frozen=True, slots=True)
class CityNotice:
    """The notice of one city; ``response``: its level, of a city whose counties stand apart each with its places."""

    city: str
    level: str
    response: str
    colour: str
    alerts: tuple[WarningSpan, ...]
    grounds: tuple[str, ...]
    enterprises: int
    lines: int
    stopped: int
    kg: dict[str, float]
    statuses: tuple[tuple[str, int], ...]
    counties: tuple[dict[str, Any], ...]
    industries: tuple[dict[str, Any], ...]
    named: tuple[dict[str, Any], ...]
    issuer: str


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """All cities of a table of orders, and whether the notice is a draft."""

    cities: tuple[CityNotice, ...]
    table: pd.DataFrame
    draft: bool
    open_enterprises: int
    list_words: str
    setting: str = ""

    @property
    def mark(self) -> str:
        """推演 or 演练, or 草稿—待法制审核, or nothing."""
        return mark_of(self.setting, draft=self.draft)


def public_notice(
    holds: InForce,
    *,
    open_enterprises: int,
    draft: bool,
    list_words: str = "",
    issuers: Mapping[str, str] | None = None,
    ranked: Callable[[Iterable[str]], Iterable[str]] = dict.fromkeys,
    setting: str = "",
    apart: Mapping[str, Collection[str]] | None = None,
) -> PublicNotice:
    """The notice of what is ordered from a decision on.

    Args:
        holds: the orders; the counts are of what holds at the moment of each city.
        open_enterprises: enterprises whose order cannot go out yet.
        draft: whether the notice is one.
        list_words: the list the orders rest on, in words.
        issuers: who issues, by city, where a rule says so.
        ranked: puts grounds in the order they are cited.
        setting: the mark of a simulation or drill.
        apart: by city its counties with a warning of their own.

    """
    orders = pd.concat([holds.now.assign(held=True), holds.later.assign(held=False)]).sort_index(kind="stable")
    # a city of which a lift leaves nothing now is not in it: what begins there later was announced before
    orders = orders[orders["city"].isin(holds.now["city"].unique())]
    table = orders[[*PUBLIC_COLUMNS, "line_id", "held", *EMISSION_FIELDS.values()]].copy()
    for name in ("county", "industry", "enterprise", "line", "process", "measure_text", "transport"):
        table[name] = table[name].map(lru_cache(maxsize=None)(public))
    measures = zip(table["measure_text"], table["basis"], strict=True)
    table["measure_text"] = [marked_measure(text, basis) for text, basis in measures]
    table["enterprise_id"] = table["enterprise_id"].map(public)
    table.loc[table["line"] == "", "line"] = orders.loc[table["line"] == "", "line_id"]
    table.loc[table["county"] == "", "county"] = _NO_COUNTY
    keys = ["city", "county", "industry", "enterprise", "enterprise_id"]
    table = table.sort_values(keys, kind="stable", ignore_index=True)
    cities = tuple(
        _city(str(name), own, (issuers or {}).get(str(name), ""), ranked, (apart or {}).get(str(name), ()))
        for name, own in table.groupby("city", sort=True)
    )
    return PublicNotice(cities, table, draft, open_enterprises, list_words, setting)


def _city(
    name: str,
    table: pd.DataFrame,
    issuer: str,
    ranked: Callable[[Iterable[str]], Iterable[str]],
    apart: Collection[str],
) -> CityNotice:
    table = table.assign(place=table["county"].where(table["county"].isin(list(apart)), REST) if apart else "")
    now = table[table["held"]]
    level = highest(now["level"].unique())
    figures = figures_of(now)
    counts = now["status"].value_counts()
    return CityNotice(
        city=name,
        level=level_words(level),
        response="、".join(_levels(now)),
        colour=LEVEL_COLOUR[level],
        alerts=tuple(_alerts(table)),
        grounds=tuple(ranked(text for basis in table["basis"].unique() for text in grounds_of(basis))),
        enterprises=figures["enterprises"],
        lines=figures["lines"],
        stopped=figures["stopped"],
        kg=figures["kg"],
        statuses=tuple((STATUS_TEXT[code], int(counts[code])) for code in Status if code in counts),
        counties=tuple(_counts(now, "county")),
        industries=tuple(_counts(now, "industry")),
        named=tuple(_named(table)),
        issuer=issuer,
    )


def _levels(now: pd.DataFrame) -> Iterable[str]:
    """The levels that hold, the highest first; where they differ by place, each with its places."""
    held = {Level(str(code) or "none"): own for code, own in now.groupby("level")}
    for level in sorted(filter(level_words, held), key=lambda one: -one.rank):
        places = held[level]["place"].unique().tolist()
        yield level_words(level) + (
            f"（{'、'.join(places)}）" if any(places) and (len(held) > 1 or REST not in places) else ""
        )


def _alerts(table: pd.DataFrame) -> Iterable[WarningSpan]:
    """The stretches of each level of a city's orders, by place where counties stand apart."""
    for (level, place), own in sorted(table.groupby(["level", "place"]), key=lambda item: min(item[1]["starts"])):
        if level_words(str(level)):
            ends = "" if (own["ends"] == "").any() else moment(max(own["ends"]))
            words = level_words(str(level)) + (f"（{place}）" if place else "")
            yield WarningSpan(words, moment(min(own["starts"])), ends or OPEN_END)


def _counts(now: pd.DataFrame, by: str) -> Iterable[dict[str, Any]]:
    """Enterprises and lines by county or industry, with how many stop whole."""
    for name, own in now.groupby(by, sort=False):
        figures = figures_of(own)
        yield {
            "name": str(name),
            "enterprises": figures["enterprises"],
            "lines": figures["lines"],
            "stopped": figures["stopped"],
            "statuses": {str(code): int(count) for code, count in own["status"].value_counts().items()},
        }


def _named(table: pd.DataFrame) -> Iterable[dict[str, Any]]:
    """Counties, their industries, their enterprises, and the lines of each: what the page prints."""
    for county, own in table.groupby("county", sort=False):
        industries = []
        for industry, rows in own.groupby("industry", sort=False):
            enterprises = [_enterprise(plants) for _, plants in rows.groupby(["enterprise_id"], sort=False)]
            industries.append({"name": industry, "enterprises": enterprises})
        yield {"name": county, "count": int(own["enterprise_id"].nunique()), "industries": industries}


def _enterprise(rows: pd.DataFrame) -> dict[str, Any]:
    """An enterprise with its lines, those that do the same joined."""
    said: dict[tuple[str, ...], list[str]] = {}
    names = ("status", "measure_text", "share", "transport", "starts", "ends", "process", "line")
    for status, measure, share, transport, starts, ends, process, line in zip(*(rows[n] for n in names), strict=True):
        key = (status, measure, percent(share), transport, moment(starts), moment(ends) or OPEN_END, process)
        said.setdefault(key, []).append(line)
    fields = ("status", "measure", "share", "transport", "starts", "ends", "process")
    lines = [{**dict(zip(fields, key, strict=True)), "lines": "、".join(own)} for key, own in said.items()]
    return {"name": rows["enterprise"].iloc[0], "lines": lines}


def notice_page(notice: PublicNotice) -> str:
    """The notice as one HTML page that needs nothing else."""
    pages = environment("alertengine.documents")
    return pages.get_template("notice.html.j2").render(notice=notice, status_text=STATUS_TEXT)


def write_notice_workbook(notice: PublicNotice, target: Path) -> None:
    """The notice as a workbook: the lines, and counts by county and by industry; texts never become formulas."""
    with new_workbook(target) as book:
        book.set_properties({"created": _EPOCH})
        head = book.add_format({"bold": True, "bg_color": "#1f4e79", "font_color": "white", "border": 1})
        red = book.add_format({"bold": True, "font_color": "#b3261e"})
        headers = [ORDER_COLUMNS[name] for name in PUBLIC_COLUMNS]
        widths = [_WIDTHS.get(name, 13) for name in PUBLIC_COLUMNS]
        _sheet(book, "企业名单", headers, _public_rows(notice.table), widths, (head, red), notice.mark)
        for name, attribute in (("按区县", "counties"), ("按行业", "industries")):
            headers = ["城市", name[1:], "企业数", "生产线数", "全停生产线", *(STATUS_TEXT[code] for code in Status)]
            _sheet(book, name, headers, _count_rows(notice, attribute), [14, 22] + [12] * 8, (head, red), notice.mark)


_EPOCH: Final = pd.Timestamp("1980-01-01").to_pydatetime()


def _public_rows(table: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    words: dict[str, Callable[[Any], str]] = {
        "level": level_words,
        "status": STATUS_TEXT.__getitem__,
        "starts": moment,
        "ends": lambda stamp: moment(stamp) or OPEN_END,
        "share": percent,
    }
    columns = [table[name].map(words[name]) if name in words else table[name] for name in PUBLIC_COLUMNS]
    return zip(*columns, strict=True)


def _count_rows(notice: PublicNotice, attribute: str) -> Iterable[tuple[Any, ...]]:
    for city in notice.cities:
        for one in getattr(city, attribute):
            statuses = [one["statuses"].get(code, 0) for code in Status]
            yield (city.city, one["name"], one["enterprises"], one["lines"], one["stopped"], *statuses)


def _sheet(
    book: Any,
    name: str,
    headers: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    widths: Sequence[float],
    formats: tuple[Any, Any],
    mark: str,
) -> None:
    """A sheet with its header; a draft says so in the row above."""
    sheet = book.add_worksheet(name)
    top = 1 if mark else 0
    if mark:
        sheet.write_string(0, 0, mark, formats[1])
    for place, (header, width) in enumerate(zip(headers, widths, strict=False)):
        sheet.set_column(place, place, width)
        sheet.write_string(top, place, header, formats[0])
    sheet.freeze_panes(top + 1, 0)
    last = top
    for last, values in enumerate(rows, start=top + 1):
        for place, value in enumerate(values):
            if isinstance(value, str):
                if value:
                    sheet.write_string(last, place, value)
            else:
                sheet.write_number(last, place, value)
    sheet.autofilter(top, 0, max(last, top), len(headers) - 1)
