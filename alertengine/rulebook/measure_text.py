"""Measures in Chinese: what an order says a line must do."""

from __future__ import annotations

from alertengine.rulebook.measures import Measure
from alertengine.vocabulary import MEASURES, POLLUTANT_TEXT, number, percent

_BY = {"line": "生产线", "unit": "设备数量", "chamber": "炭化室孔数", "capacity": "产能规模", "load": "生产负荷"}
_OVER = {"process": "同一工序", "rule": "适用同一规定的生产线", "enterprise": "全厂"}
_BASE = {
    "capacity": "产能",
    "permit": "排污许可日产能",
    "eia": "环评日产能",
    "last_year": "上年日均产量",
    "least_of_three": "环评日产能、许可日产能、上年日均产量三者最小值",
}
_DEMAND = {
    "heat": "以热定产，按核定保障负荷生产",
    "gas": "以气定产，按核定保障负荷生产",
    "output": "以量定产，按核定保障负荷生产",
    "verified_load": "按主管部门核定的错峰负荷生产",
}


def measure_words(measure: Measure) -> str:
    """A measure as an order says it, its hours and window included."""
    return _timed(measure, _plain(measure)) + (f"（{measure.remark}）" if measure.remark else "")


def _plain(measure: Measure) -> str:  # noqa: PLR0911 -- one branch a measure, read as a list
    share = percent(measure.share) if measure.share is not None else ""
    more = "增停" if measure.on_top else ""
    match measure.code:
        case "limit":
            return f"限产{share}" + (f"（以{_BASE[measure.base]}为基数）" if measure.base else "")
        case "stop_share":
            by = "和".join(_BY[name] for name in measure.by)
            return f"{_OVER[measure.over]}{more or '停产'}{share}以上（以{by}计）"
        case "stop_units":
            return f"{_OVER[measure.over]}{more or '停运'}{_size(measure)}设备{number(measure.amount or 0)}台（套）"
        case "coking_time":
            return f"结焦时间延长至{number(measure.hours or 0)}小时以上"
        case "feed_cap":
            return f"日投料量减少{share}" if share else f"日投料量不超过{number(measure.amount or 0)}吨"
        case "cycle_cap":
            return f"日炉次减少{share}" if share else _heats(measure)
        case "emission_cap":
            caps = "、".join(f"{POLLUTANT_TEXT[name]}≤{number(value)}毫克/立方米" for name, value in measure.caps)
            return f"排放浓度{caps}" + (f"（基准氧{number(measure.o2_pct)}%）" if measure.o2_pct is not None else "")
        case "demand_cap":
            return _DEMAND[measure.demand or "heat"]
        case "vehicle_ban":
            asks = measure.text.startswith("不") or any(word in measure.text for word in ("禁止", "停止"))
            return measure.text if asks else f"禁止{measure.text}进出厂区"
        case "vehicle_quota":
            return f"{measure.vehicles or '车辆'}减少{share}" if share else measure.text
        case "advice" | "refer" | "lapsed":
            return measure.text
        case _:
            return MEASURES[measure.code].text


def _heats(measure: Measure) -> str:
    """A cap on heats, of the line or of each of its furnaces."""
    text = f"不超过{number(measure.amount or 0)}炉（孔）次"
    return f"每座炉{text}/日" if measure.per == "unit" else f"每日{text}"


def _size(measure: Measure) -> str:
    low, high = measure.size_at_least, measure.size_at_most
    if low is not None and low == high:
        return f"规格{number(low)}的"
    return (f"规格{number(low)}及以上的" if low is not None else "") + (
        f"规格{number(high)}及以下的" if high is not None else ""
    )


def _timed(measure: Measure, text: str) -> str:
    if measure.daily:
        text = f"每日{measure.daily.replace('-', '至')}{text}"
    if measure.after_hours and measure.until_hours:
        return f"响应{number(measure.after_hours)}小时后至{number(measure.until_hours)}小时内{text}"
    if measure.after_hours:
        return f"响应超过{number(measure.after_hours)}小时后{text}"
    return f"响应{number(measure.until_hours)}小时内{text}" if measure.until_hours else text
