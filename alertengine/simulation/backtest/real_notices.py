"""Real notices against a backtest: same, higher, lower, missed, false, and how far ahead they came.

Real levels are often higher than the AQI alone asks, because a province ordered them for a
whole area: the comparison says what happened, it demands nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from alertengine.files.dates import parse_stamp
from alertengine.files.headers import normal
from alertengine.files.table_reader import Schema, read_table
from alertengine.files.text_frame import text_frame
from alertengine.rulebook.places_and_lists import OpenLists
from alertengine.simulation.backtest.run import CityAir, Run, episodes, hours_between
from alertengine.simulation.backtest.yearless import with_years
from alertengine.vocabulary.fields import LEVEL_TEXT
from alertengine.vocabulary.problems import InputError, Problem
from alertengine.warning.grade import LEVEL_OF, RANK

HEADERS: Final = {
    "id": ("编号", "预警编号"), "scope": ("范围",), "areas": ("地区", "区域", "city", "城市"), "action": ("动作",),
    "level": ("级别", "预警级别"), "starts": ("effective_start", "开始时间", "start"),
    "ends": ("effective_end", "结束时间", "end"), "announced": ("发布时间", "issued"), "note": ("备注", "说明"),
}  # fmt: skip
#: What a comparison can come to, as people read it; from the view of the real notice.
OUTCOMES: Final = {
    "same": "一致",
    "higher": "实际高于推演",
    "lower": "实际低于推演",
    "missed": "推演无预警",
    "false": "推演有、未见通知",
    "present": "级别未定，推演有预警",
    "lifted": "解除，推演亦无预警",
    "still": "解除，推演仍有预警",
    "no_data": "无观测",
}
_LIFTS: Final = frozenset({"lift", "cancel", "end", "解除", "终止", "取消", "结束"})
#: A level as notices name it: in words, or by its class.
_LEVEL: Final = re.compile(
    r"(?P<red>red|红色?|(?:Ⅰ|\bI|一|1)级)|(?P<orange>orange|橙色?|(?:Ⅱ|\bII|二|2)级)|"
    r"(?P<yellow>yellow|黄色?|(?:Ⅲ|\bIII|三|3)级)",
    re.IGNORECASE,
)
#: Between the level before and the level after.
_BECOMES: Final = re.compile(r"-+>|=>|→|⇒|➔|[升降调改转变][^至到为成]{0,6}[至到为成]|\bto\b", re.IGNORECASE)
_AT_LEAST: Final = re.compile(r"or_above|及以上|以上")
#: What a cell says where the notice itself names no level.
_NO_LEVEL: Final = frozenset({"", "unspecified", "none", "未载明", "未注明", "未说明", "不详", "无"})
_EXCEPT: Final = re.compile(r"除(.+?)外")
_WHOLE: Final = ("各市", "全省", "全域")
_DAY: Final = pd.Timedelta(days=1)
_HOUR: Final = pd.Timedelta(hours=1)


@dataclass(frozen=True)
class Alert:
    """One real notice: the cities it reached, its level (``""``: none named) and its hours.

    ``announced`` is the first moment it may have come out, ``by`` the last (a day is known, not the hour).
    """

    id: str
    cities: tuple[str, ...]
    action: str
    level: str
    at_least: bool
    starts: pd.Timestamp
    ends: pd.Timestamp | None
    announced: pd.Timestamp | None
    by: pd.Timestamp | None
    areas: str = ""
    note: str = ""
    #: Whether the notice writes a date without its year, and the year is inferred.
    year_inferred: bool = False


_SCHEMA: Final = Schema(
    {normal(said): (name,) for name, spellings in HEADERS.items() for said in (name, *spellings)}, least=2
)


def read_alerts(path: Path | str, lists: OpenLists) -> tuple[list[Alert], list[Problem]]:
    """Read real notices, what of them could not be read, and a note for each whose year is inferred.

    Raises:
        InputError: unreadable, or a required column missing.

    """
    path = Path(path)
    cells, _, _ = text_frame(read_table(path, _SCHEMA).table, _SCHEMA.names)
    absent = [name for name in ("areas", "level", "starts") if name not in cells]
    if absent:
        raise InputError(
            [Problem("notice_column_missing", file=str(path), column=n, header=HEADERS[n][0]) for n in absent]
        )
    cells = cells.loc[:, ~cells.columns.duplicated()].reindex(columns=list(HEADERS), fill_value="")
    texts = [{str(name): str(cell) for name, cell in row.items()} for row in cells.to_dict("records")]
    rows, problems = with_years(list(zip(map(int, cells.index), texts, strict=True)), str(path))
    inferred = {problem.row for problem in problems if problem.severity == "warning"}
    untold = {problem.row for problem in problems} - inferred
    read = [(number, _alert(number, row, str(path), lists, problems)) for number, row in rows if number not in untold]
    return [replace(one, year_inferred=n in inferred) for n, one in read if one is not None], problems


def _alert(number: int, row: Mapping[Any, Any], file: str, lists: OpenLists, problems: list[Problem]) -> Alert | None:
    starts, ends, announced = (_time(str(row[name])) for name in ("starts", "ends", "announced"))
    cities = _cities(str(row["areas"]), lists) or _cities(str(row["scope"]), lists)
    if starts is None or not cities:
        code, column = ("notice_without_start", "starts") if starts is None else ("notice_without_city", "areas")
        problems.append(Problem(code, file=file, row=number, column=column, value=str(row[column])))
        return None
    level = _level(str(row["level"]))
    if not level and str(row["action"]).strip().lower() not in _LIFTS and str(row["level"]).lower() not in _NO_LEVEL:
        place: dict[str, Any] = {"row": number, "column": "level", "value": str(row["level"])}
        problems.append(Problem("notice_level_unread", file=file, **place, levels=[*LEVEL_TEXT.values()][1:]))
    end = None if ends is None else ends[1] if _no_hour(str(row["ends"])) else ends[0]
    first, last = announced or (None, None)
    return Alert(
        str(row["id"] or number), cities, str(row["action"]), level,
        bool(_AT_LEAST.search(str(row["level"]))), starts[0], end, first, last, str(row["areas"]), str(row["note"]),
    )  # fmt: skip


def _level(text: str) -> str:
    """The level a notice brings: of a change the one after it, ``""`` where none or more than one is named."""
    *_, after = _BECOMES.split(text)
    named = {str(found.lastgroup) for found in _LEVEL.finditer(after)}
    return named.pop() if len(named) == 1 else ""


def _time(text: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last moment a cell may mean: a day alone is the whole day, ``2019-01-02/03`` two."""
    said = text.strip().rstrip("?？")
    days = re.fullmatch(r"(.+?-\d{1,2})/(\d{1,2})", said)
    try:
        first = parse_stamp(days[1] if days else said)
    except ValueError:
        return None
    last = first.replace(day=int(days[2])) if days else first
    return first, last + _DAY if days or _no_hour(said) else last


def _no_hour(text: str) -> bool:
    return not re.search(r"[:：时]", text)


def _cities(text: str, lists: OpenLists) -> tuple[str, ...]:
    """Every city a text names, in the order of the vocabulary; 除…外 and 各市 mean the default province.

    Of several parts the one that asks (被要求) counts; a county or word not on file is passed over.
    """
    parts = [part for part in re.split(r"[;；]", text) if "要求" in part] or [text]
    said = " ".join(parts)
    spellings = {name: lists.cities_of(name) for name in lists.spellings("places") if len(name) > 1}
    whole = lists.cities_of(lists.default_province) if lists.default_province else []
    left_out = _EXCEPT.search(said)
    if left_out:
        out = {city for name, cities in spellings.items() if name in left_out[1] for city in cities}
        return tuple(city for city in whole if city not in out)
    found = {city for name, cities in spellings.items() if name in said for city in cities}
    if not found and any(word in said for word in _WHOLE):
        found = set(whole)
    return tuple(city for city in lists.cities() if city in found)


# -- comparing


def compare(alerts: Sequence[Alert], run: Run, air: Mapping[str, CityAir]) -> list[dict[str, Any]]:
    """One row per notice and city, then the backtest's warnings that no notice meets (``false``)."""
    rows = [_against(alert, city, run, air[city]) for alert in alerts for city in alert.cities if city in air]
    if not rows:
        return []
    for city, own in air.items():
        of_city = [alert for alert in alerts if city in alert.cities and not _lifts(alert)]
        for one in episodes(run, own):
            if not any(_overlaps(one, alert, own_end=own.dates[-1] + _DAY) for alert in of_city):
                same = {name: one[name] for name in ("level", "starts", "ends", "hours", "peak_day_aqi", "peak_day")}
                rows.append(_row(run, city, one["id"], "false", **same))
    return rows


def _row(run: Run, city: str, name: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {"row": "alert", "regime": run.regime, "city": city, "id": name, "outcome": outcome, **more}


def _against(alert: Alert, city: str, run: Run, air: CityAir) -> dict[str, Any]:
    """One notice at one city."""
    lifted = _lifts(alert)
    inside = hours_between(air, alert.starts, alert.starts + _DAY if lifted else alert.ends or alert.starts + _DAY)
    days = inside.reshape(-1, 24).any(axis=1)
    known = inside & np.repeat(~np.isnan(air.daily), 24)
    rank = int(run.ranks[city][inside].max()) if inside.any() else 0
    more: dict[str, Any] = {
        "level": LEVEL_OF[rank] if rank else "", "real_level": alert.level, "starts": alert.starts,
        "ends": alert.ends or pd.NaT, "issued": alert.by or pd.NaT,
        "hours": int((run.ranks[city][inside] > 0).sum()), "remark": _remark(alert),
    }  # fmt: skip
    met = next((one for one in episodes(run, air) if _overlaps(one, alert, own_end=air.dates[-1] + _DAY)), None)
    if met and alert.announced is not None and not lifted:
        more["lead_hours"] = (met["starts"] - alert.announced) / _HOUR
    if not known.any():
        return _row(run, city, alert.id, "no_data", **more)
    worst = int(np.nanargmax(np.where(days, air.daily, np.nan)))
    more |= {"peak_day_aqi": float(air.daily[worst]), "peak_day": air.dates[worst]}
    return _row(run, city, alert.id, _outcome(alert, rank, lifted=lifted), **more)


def _lifts(alert: Alert) -> bool:
    return alert.action.strip().lower() in _LIFTS


def _overlaps(one: Mapping[str, Any], alert: Alert, own_end: pd.Timestamp) -> bool:
    """Whether a warning of the backtest and a notice share an hour."""
    end = own_end if pd.isna(one["ends"]) else one["ends"]
    return bool(alert.starts < end and (alert.ends is None or alert.ends > one["starts"]))


def _outcome(alert: Alert, rank: int, *, lifted: bool) -> str:
    if lifted:
        return "still" if rank else "lifted"
    if not rank:
        return "missed"
    if not alert.level:
        return "present"
    real = RANK[alert.level]
    if rank == real or (alert.at_least and rank > real):
        return "same"
    return "higher" if real > rank else "lower"


def _remark(alert: Alert) -> str:
    return "，".join(filter(None, (_lead(alert), "年份系推断" if alert.year_inferred else "")))


def _lead(alert: Alert) -> str:
    """How far ahead the real notice came, as far as its day tells."""
    if alert.announced is None or alert.by is None:
        return ""
    most, least = ((alert.starts - time) / _HOUR for time in (alert.announced, alert.by))
    if most == least:
        return f"提前{most:.0f}小时"
    return f"提前{max(least, 0):.0f}至{most:.0f}小时" if most > 0 else "当日启动"
