"""Fixed pieces of a page as HTML made here, every text of them escaped: heat table, spans of days, ratios, steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

import pandas as pd

from alertengine.vocabulary import AQI_CLASSES, LEVEL_MARK, LEVEL_TEXT, UNKNOWN_WORD, Level, marked, percent, rounded
from alertengine.warning import RANK
from alertengine.web.days_ahead import PlaceForecast
from alertengine.web.today import Gauge, Today, lasting
from alertengine.web.todo import Todo

_CLASS_AT: Final = {name: place for place, (name, _) in enumerate(AQI_CLASSES, start=1)}
_MET: Final = {"达到": ("✓", "good"), "未达到": ("✗", "bad")}
_RATIO_KEY: Final = (
    '<div class="legend below"><span><i class="sum"></i>预警措施</span>'
    '<span><i class="season"></i>含错峰</span>%s<span>竖线为要求</span></div>'
)
#: What could still be added, as the bar shows it.
_LEFT_KEY: Final = {"stopped": ("open", "没有依据的生产线若全停"), "most": ("most", "算不出的若全减，上限")}
#: What the bar of a warning shows.
_SPAN: Final = pd.Timedelta(days=6)
#: Days of a heat table, and the longest shown of its class names.
_DAYS: Final = 7
#: Things to do that stand open; the rest are folded.
_TO_DO: Final = 6


def level_mark(level: str) -> str:
    """A level as shape, word and colour."""
    return f'<span class="tag {level}">{marked(level)}</span>'


def heat(places: Sequence[PlaceForecast], own: Iterable[str]) -> str:
    """City by day in the colours of the AQI with the number in each cell; what is missing is hatched."""
    days = sorted({day.day for place in places for day in place.days})[:_DAYS]
    mine = set(own)
    head = "".join(f'<th scope="col">{int(day[5:7])}/{int(day[8:10])}</th>' for day in days)
    rows = []
    for place in sorted(places, key=lambda one: one.name not in mine):
        held = {day.day: day for day in place.days}
        gravest = max((Level(day.level) for day in place.days), key=lambda one: one.rank, default=Level.NONE)
        mark = "" if gravest is Level.NONE else f'<span class="{gravest}">{LEVEL_MARK[gravest]}</span>'
        cells = []
        for day in days:
            one = held.get(day)
            if one is None or one.mid != one.mid:
                cells.append('<td class="a0">—</td>')
                continue
            text = rounded(one.mid) if one.low == one.high else f"{rounded(one.low)}–{rounded(one.high)}"
            said = f"{one.aqi_class} {one.primary}".strip()
            kind = _CLASS_AT[one.aqi_class]
            cells.append(f'<td class="a{kind}" title="{escape(said)}">{text}</td>')
        name = f'<th scope="row" class="c" title="{escape(place.name)}">{escape(place.name)} {mark}</th>'
        rows.append(f'<tr class="{"mine" if place.name in mine else ""}">{name}{"".join(cells)}</tr>')
    heads = f'<thead><tr><th class="c">城市</th>{head}</tr></thead>'
    table = f'<table class="heat">{heads}<tbody>{"".join(rows)}</tbody></table>'
    key = "".join(
        f'<span class="a{place}">{name.removesuffix("污染")}≤{top}</span>'
        for place, (name, top) in enumerate(AQI_CLASSES, start=1)
    )
    return f'{table}<div class="legend below">{key}</div>'


def span(row: Mapping[str, str], first: pd.Timestamp, now: pd.Timestamp, *, plan: bool = True) -> str:
    """From when to when a warning runs against the six days from ``first`` on; a line is now."""
    start = pd.Timestamp(row["starts_at"]) if row["starts_at"] else first
    end = pd.Timestamp(row["ends_at"]) if row["ends_at"] else first + _SPAN
    left, right, at = (min(1.0, max(0.0, (moment - first) / _SPAN)) for moment in (start, end, now))
    bar = f'<i class="{row["level"] or "none"}" style="left:{left:.1%};width:{max(right - left, 0):.1%}"></i>'
    return f'<div class="span{" plan" if plan else ""}" aria-hidden="true">{bar}<u style="left:{at:.1%}"></u></div>'


def in_lines(page: Today) -> str:
    """What is in force and what begins later, a line each, the gravest first."""
    rows = []
    for row in sorted([*page.active, *page.upcoming], key=lambda one: -RANK[one["level"]]):
        begins = pd.Timestamp(row["starts_at"]) > page.now
        end = row["ends_at"] and not begins
        left = f"余{lasting(int((pd.Timestamp(row['ends_at']) - page.now) / pd.Timedelta(minutes=1)))}" if end else ""
        hours = f"{row['starts']}起" if begins else f"至{row['ends']}"
        rows.append(
            f'<tr><th scope="row">{escape(row["place"])}</th><td>{level_mark(row["level"])}</td>'
            f'<td class="nowrap">{hours}</td><td class="n nowrap">{left}</td></tr>'
        )
    heads = "".join(f'<th scope="col">{text}</th>' for text in ("地区", "级别", "起止", "还有"))
    return f'<table class="plain"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def until(start: str, now: pd.Timestamp) -> str:
    """How far a start lies ahead or behind, as a tag."""
    if not start:
        return ""
    minutes = int((pd.Timestamp(start) - now) / pd.Timedelta(minutes=1))
    kind = "bad" if minutes < 0 else "warn" if minutes < 24 * 60 else "fine"
    return f'<span class="tag {kind}">{"已过" if minutes < 0 else "还有"}{lasting(abs(minutes))}</span>'


def ratios(gauges: Sequence[Gauge]) -> str:
    """The ratio of each pollutant with the mark it must reach; several cities or phases under their names."""
    out, place = [], ""
    for gauge in gauges:
        if (name := f"{gauge.city} {LEVEL_TEXT[gauge.level]}") != place:
            place = name
            out.append(f"<h3>{escape(name)}</h3>")
        out.append(_ratio(gauge))
    left = "".join(
        f'<span><i class="{kind}"></i>{text}</span>'
        for name, (kind, text) in _LEFT_KEY.items()
        if any(getattr(gauge, name) is not None for gauge in gauges)
    )
    return f'<div class="ratios">{"".join(out)}</div>{_RATIO_KEY % left}'


def _ratio(gauge: Gauge) -> str:
    ends = (gauge.most, gauge.stopped, gauge.with_season, gauge.warning)
    top = max(0.4, *(value for value in (*ends, gauge.required) if value is not None)) * 1.15
    told = UNKNOWN_WORD if gauge.warning is None else percent(gauge.warning, gauge.required)
    need = "未载明" if gauge.required is None else percent(gauge.required)
    sign, kind = _MET.get(gauge.met, ("？", "unsure"))
    bars = "".join(
        f'<i class="{name}" style="width:{min(value / top, 1):.1%}"></i>'
        for value, name in zip(ends, ("most", "open", "season", "sum"), strict=True)
        if value is not None
    )
    mark = "" if gauge.required is None else f'<u style="left:{gauge.required / top:.1%}"></u>'
    named = zip(("算不出的若全减", "没有依据的若全停"), ends, strict=False)
    rise = "".join(f"，{words}{percent(value, gauge.required)}" for words, value in named if value is not None)
    end = gauge.most if gauge.stopped is None else gauge.stopped
    said = f"{gauge.pollutant}：{told}{rise}，要求{need}，{gauge.met}"
    missed = " missed" if gauge.met == "未达到" else ""
    upto = "" if end is None else f'<span class="soft">–{percent(end, gauge.required)}</span>'
    return (
        f'<div class="ratio" title="{escape(gauge.basis)}">'
        f"<b>{escape(gauge.pollutant)}</b>"
        f'<div class="track{missed}" role="img" aria-label="{escape(said)}">{bars}{mark}</div>'
        f'<span class="num"><b>{told}</b>{upto} / {need} <span class="{kind}">{sign} {gauge.met}</span></span></div>'
    )


def steps(done: Sequence[tuple[str, str]], now: int) -> str:
    """Steps with who did each; ``now`` is the place of the one that waits, past the end where none does."""
    out = []
    for place, (name, who) in enumerate(done):
        kind = "done" if place < now else "now" if place == now else ""
        sign = "✓" if place < now else str(place + 1)
        here = ' aria-current="step"' if place == now else ""
        out.append(f'<li class="{kind}"{here}><i>{sign}</i><span><b>{escape(name)}</b>{escape(who)}</span></li>')
    return f'<ol class="steps">{"".join(out)}</ol>'


def ratio_lines(gauges: Sequence[Gauge]) -> str:
    """City by city in a line whether each pollutant reaches its ratio, those that miss one first."""
    cities: dict[str, dict[str, Gauge]] = {}
    for gauge in gauges:  # of a city its worst phase comes first
        cities.setdefault(f"{gauge.city} {LEVEL_TEXT[gauge.level]}", {}).setdefault(gauge.pollutant, gauge)
    names = list(dict.fromkeys(gauge.pollutant for gauge in gauges))
    rows = []
    for city, own in sorted(cities.items(), key=lambda one: -sum(gauge.met == "未达到" for gauge in one[1].values())):
        cells = []
        for name in names:
            met = own[name].met if name in own else "不判定"
            sign, kind = _MET.get(met, ("？", "unsure")) if name in own else ("—", "soft")
            cells.append(f'<td class="n {kind}" title="{met}">{sign}</td>')
        rows.append(f'<tr><th scope="row">{escape(city)}</th>{"".join(cells)}</tr>')
    heads = "".join(f'<th scope="col" class="n">{escape(name)}</th>' for name in names)
    key = '<div class="legend below"><span>✓ 达到</span><span>✗ 未达到</span><span>？ 无法判定</span></div>'
    body = f'<thead><tr><th scope="col">城市</th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody>'
    return f'<table class="plain">{body}</table>{key}'


def todo_list(items: Sequence[Todo]) -> str:
    """What is to be done; the first way is the solid one, and what does not stand on the first screen is folded."""
    out = []
    for place, one in enumerate(items, start=1):
        mark = f'<span class="mk {"light" if place == 1 else "open" if one.grave else "over"}">{place}</span>'
        button = f'<a class="btn {"go" if place == 1 else ""}" href="{escape(one.address)}">{escape(one.way)}</a>'
        out.append(f"<li>{mark}<div><h3>{escape(one.what)}</h3><p>{escape(one.why)}</p></div>{button}</li>")
    first, rest = (out, []) if len(out) <= _TO_DO + 1 else (out[:_TO_DO], out[_TO_DO:])
    lists = [f'<ol class="todo">{"".join(own)}</ol>' for own in (first, rest)]
    said = f"<summary>另有{len(rest)}项</summary>"
    return f'{lists[0]}<details class="fold">{said}{lists[1]}</details>' if rest else lists[0]
