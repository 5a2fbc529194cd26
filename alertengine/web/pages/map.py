"""地图: cities and counties by level, kilograms or what is missing, plants as points; the same figures in tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from itertools import filterfalse
from math import isnan
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from nicegui import ui

from alertengine.rulebook import Outlines
from alertengine.vocabulary import LEVEL_MARK, LEVEL_TEXT, POLLUTANT_TEXT, InputError, kilograms, rounded
from alertengine.warning import RANK
from alertengine.web.mapview import SHOWN, MapArea, MapView, Plant, outlines_of
from alertengine.web.pages.frame import Visit, card, drawn_soon, heading, hint, nothing, problem_table
from alertengine.web.pages.mapdrawing import (
    ZOOMS,
    Look,
    View,
    class_of,
    drawn,
    key_of,
    middle_of,
    plant_key,
    steps,
)
from alertengine.web.pages.parts import heat, level_mark
from alertengine.web.pages.tables import framed_table, markup, plain_table
from alertengine.web.roles import Right
from alertengine.web.today import Today

if TYPE_CHECKING:
    from alertengine.rulebook import Outline
    from alertengine.vocabulary import Problem

#: How the map is made, where there is none.
HOW: Final = "台账旁没有轮廓文件，以下只有表；请系统管理人员放入市县轮廓，放入后这里即有图。"
#: Who may see where plants stand.
_NEAR: Final = (Right.WORK, Right.REVIEW, Right.APPROVE, Right.AUDIT)
_PROVINCE: Final = (430, 640)
_CITY: Final = (640, 600)
_MOST: Final = 200


async def show(visit: Visit) -> None:
    """The page; ``?show=`` what it is coloured by, ``?city=``, ``?county=``, ``?of=`` whose figures."""
    desk, asked = visit.desk, visit.query
    if not visit.scope.whole:
        heading("地图")
        nothing(f"地图按全市和各区县合计，您的账号只看{visit.scope.words}。")
        return
    of = asked.get("of", "")
    near = any(right in visit.account.rights for right in _NEAR)

    async def look() -> tuple[Today, MapView, Outlines | None, tuple[Problem, ...]]:
        if of.startswith("work:"):
            visit.allow(Right.WORK)
        page, view = await desk.today_lately(), await desk.map_view(of, points=near)
        return page, view, *await desk.look(outlines_of, desk.path)

    def draw(found: tuple[Today, MapView, Outlines | None, tuple[Problem, ...]]) -> None:
        page, view, outlines, problems = found
        own = page.own or tuple(one.city for one in view.cities)
        city = asked.get("city") if "city" in asked else own[0] if len(own) == 1 else ""
        shown = asked.get("show", "nox" if city and view.areas else "level")
        _Map(page, view, outlines, city or "", shown if shown in SHOWN else "level", dict(asked), near=near).draw()
        for problem in (*problems, *view.problems):
            ui.label(problem.text("zh", short=True)).classes("note warn")

    try:
        await drawn_soon(look, draw, "地图")
    except InputError as error:
        problem_table(error)


async def board(visit: Visit, page: Today, outlines: Outlines) -> str:
    """The small maps of 今日 as HTML: the province by level, and the one city of the bureau by kilograms of NOₓ."""
    view = await visit.desk.map_view()
    whole = _Map(page, view, outlines, "", "level", {}, near=False)
    parts = [whole.picture(outlines.cities(), (190, 326), small=True)]
    legend = ""
    if len(page.own) == 1 and (places := outlines.counties(page.own[0])):
        own = _Map(page, view, outlines, page.own[0], "nox", {}, near=False)
        parts.append(own.picture(places, (290, 300), small=True))
        legend = f'<div class="legend">{key_of(own.edges, "千克/日")}<span><i class="kb"></i>依据缺失条数</span></div>'
    of = f"右：NOₓ，{view.of}" if len(parts) > 1 and view.of else ""
    said = f'<p class="soft small">左：级别和预报各日最高AQI。{escape(of)}</p>' if of else ""
    way = '<a class="small" href="/map">全图和各区县数字</a>'
    return f'<div class="maps">{"".join(parts)}</div>{legend}{said}{way}'


class _Map:
    def __init__(
        self,
        page: Today,
        view: MapView,
        outlines: Outlines | None,
        city: str,
        shown: str,
        asked: dict[str, str],
        *,
        near: bool,
    ) -> None:
        self.page, self.view, self.outlines, self.city, self.shown = page, view, outlines, city, shown
        self.asked, self.near, self.county = asked, near, asked.get("county", "")
        self.names = [one.name for one in outlines.cities()] if outlines else []
        self.rows = [one for one in view.areas if one.city == city] if city else list(view.cities)
        amounts = [one.amount(shown) for one in self.rows] if self._unit() else []
        self.edges = steps(amounts, whole=shown == "open")

    def draw(self) -> None:
        with ui.element("section").classes("card"):
            with ui.element("div").classes("head"):
                heading(self.city or "全省")
                hint(self.view.of or "没有指令、草稿和已发布清单")
            self._ways("显示", "show", SHOWN, self.shown)
            known = [self.city, *self.page.own, *self.names, *(one.city for one in self.view.cities)]
            cities = {"": "全省"} | {name: name for name in dict.fromkeys(filter(None, known))}
            self._ways("地区", "city", cities, self.city)
        if self.outlines is None:
            ui.label(HOW).classes("note")
        forecast = heat(self.page.places, self.page.own) if self.page.places else ""
        with ui.element("div").classes(f"cols{' even' if self.outlines else ''} map-page"):
            if self.outlines is not None:
                with card(f"{SHOWN[self.shown]}（{self._unit()}）" if self._unit() else SHOWN[self.shown]):
                    self._svg(self.outlines)
            with ui.element("div").classes("pile"):
                with card("按区县" if self.city else "按城市"):
                    self._table()
                if forecast:
                    with card("预报 AQI，城市和日"):
                        markup(forecast)
        if self.city:
            self._plants()

    def _unit(self) -> str:
        return "" if self.shown == "level" else "条" if self.shown == "open" else "千克/日"

    def _ways(self, label: str, key: str, choices: dict[str, str], chosen: str) -> None:
        out = []
        for value, text in choices.items():
            here = ' aria-current="true"' if value == chosen else ""
            out.append(f'<a href="{escape(self._address(**{key: value}))}"{here}>{escape(text)}</a>')
        markup(f'<nav class="ways" aria-label="{label}">{"".join(out)}</nav>').classes("map-ways")

    def _address(self, **said: str) -> str:
        kept = {"show": self.shown, "city": self.city, "of": self.asked.get("of", "")} | said
        return "/map?" + urlencode({name: value for name, value in kept.items() if value or name == "city"})

    # -- the picture

    def _svg(self, outlines: Outlines) -> None:
        places = outlines.counties(self.city) if self.city else outlines.cities()
        if not places:
            nothing(f"轮廓文件中没有{self.city or '城市'}的{'区县' if self.city else '轮廓'}，见表。")
            return
        plants = [one for one in self.view.plants if one.city == self.city] if self.city else []
        size = _CITY if self.city else _PROVINCE
        chosen = next((place for place in places if place.name == self.county), None)
        middle = middle_of(places, chosen, size) if chosen else (0.5, 0.5)
        view = View.of(self.asked.get("zoom", ""), self.asked.get("at", ""), middle)
        markup(self._zoom(view))
        markup(self.picture(places, size, plants, view=view))
        by = self._pollutant()
        levels = "".join(map(level_mark, reversed(LEVEL_MARK)))
        key = key_of(self.edges, self._unit()) if self._unit() else levels
        key += plant_key(plants, by, POLLUTANT_TEXT[by])
        if self.city and any(one.open for one in self.rows):
            key += '<span><i class="kb"></i>依据缺失条数</span>'
        if not self.city and not self._unit():
            key += "<span>数字：预报各日最高AQI</span>"
        if self.county or any(place.name in self.page.own for place in places):
            key += f'<span><i class="km"></i>{"所选区县" if self.city else "本单位城市"}</span>'
        markup(f'<div class="legend" role="note" aria-label="图例">{key}</div>')
        origin = outlines.origin
        state = f"审图号：{origin.approval}" if origin.public else "无审图号，仅限单位内部，不得公开"
        hint(f"轮廓来源：{origin.source}。{state}。")
        for text in self._without_points():
            hint(text)

    def _zoom(self, view: View) -> str:
        """Larger, smaller and to the sides, as ways: a keyboard reaches them, and no script is asked."""
        place = ZOOMS.index(view.zoom)
        larger = view.times(ZOOMS[place + 1]) if place + 1 < len(ZOOMS) else None
        smaller = view.times(ZOOMS[place - 1]) if place else None
        sides = (("←", "往西", -1, 0), ("↑", "往北", 0, -1), ("↓", "往南", 0, 1), ("→", "往东", 1, 0))
        ways: list[tuple[str, str, View | None]] = [("＋", "放大", larger), ("－", "缩小", smaller)]
        ways += [(sign, word, to if (to := view.moved(x, y)) != view else None) for sign, word, x, y in sides]
        ways.append(("全图", "全图", View() if view.zoom > 1 else None))
        out = []
        for sign, word, target in ways:
            if target is None:
                out.append(f'<span class="off" aria-hidden="true">{sign}</span>')
            else:
                address = self._address(county=self.county, **target.said) + "#map"
                out.append(f'<a href="{escape(address)}" aria-label="{word}" title="{word}">{sign}</a>')
        said = f'<span class="soft small">{view.zoom}倍</span>' if view.zoom > 1 else ""
        return f'<a id="map"></a><nav class="ways zoom" aria-label="放大和移动">{"".join(out)}{said}</nav>'

    def _pollutant(self) -> str:
        return self.shown if self.shown in POLLUTANT_TEXT else "nox"

    def picture(
        self,
        places: Sequence[Outline],
        size: tuple[int, int],
        plants: Sequence[Plant] = (),
        *,
        small: bool = False,
        view: View | None = None,
    ) -> str:
        """The map as SVG; a small one of a city has no numbers but those missing."""
        look = {place.name: self._look(place) for place in places}
        if small and self.city:
            look = {name: replace(one, number="") for name, one in look.items()}
        title = f"{self.city or '全省'}{SHOWN[self.shown]}图，数字见表"
        return drawn(places, look, title, size, plants, self._pollutant(), view)

    def _without_points(self) -> list[str]:
        if not self.city:
            return []
        if not self.near:
            return ["企业点只对经办、审核、批准和核查显示。"]
        return [
            text
            for count, text in (
                (self.view.masked, f"个体工商户{self.view.masked}家不标点。"),
                (self.view.unplaced, f"{self.view.unplaced}家没有坐标，不标点。"),
            )
            if count
        ]

    def _look(self, place: Outline) -> Look:
        row = next((one for one in self.rows if (one.county or one.city) == place.name), None)
        level = self._level(place.name, row)
        number, kind = "", level or "r0"
        if self._unit():
            amount = row.amount(self.shown) if row else 0.0
            kind, number = class_of(amount, self.edges), rounded(amount) if row else ""
        elif not self.city:
            days = [day.mid for one in self.page.places if one.name == place.name for day in one.days]
            worst = max(filterfalse(isnan, days), default=None)
            number = LEVEL_MARK.get(level, "") + ("" if worst is None else rounded(worst))
        else:
            number = LEVEL_MARK.get(level, "")
        said = f"{place.name}：{LEVEL_TEXT.get(level, '没有指令')}"
        if row:
            kg = "，".join(f"{text} {kilograms(row.kg[name])}" for name, text in POLLUTANT_TEXT.items())
            said += f"，{row.plants}家{row.lines}条线，{kg} 千克/日，依据缺失{row.open}条"
        address = self._address(county=place.name) + "#plants" if self.city else self._address(city=place.name)
        mine = place.name in self.page.own or place.name == self.county
        return Look(kind, number, said, address, row.open if row and self.city else 0, mine)

    def _level(self, name: str, row: MapArea | None) -> str:
        """Of a city what its days come to as proposed; of a county what is in force there and its orders; or blank."""
        if self.asked.get("of") or self.city:
            held = [] if self.asked.get("of") else self.page.active
            of_city = [one["level"] for one in held if one["place"] in (self.city, f"{self.city}{name}")]
            levels = [*of_city, row.level if row else ""]
        else:
            days = [day.level for place in self.page.places if place.name == name for day in place.days]
            levels = [*days, *(one["level"] for one in self.page.active if one["city"] == name)]
        return max(filter(None, levels), key=RANK.__getitem__, default="")

    # -- the tables

    def _table(self) -> None:
        columns = {"name": "区县" if self.city else "城市", "level": "级别", "plants": "家/线", "open": "缺"}
        columns |= {"changed": "改"} | POLLUTANT_TEXT
        heads = "".join(
            f'<th scope="col"{"" if key in ("name", "level") else " class=n"}>{escape(text)}</th>'
            for key, text in columns.items()
        )
        named = {one.county or one.city: one for one in self.rows}
        drawn_too = [one.name for one in self.outlines.counties(self.city)] if self.outlines and self.city else []
        others = [*drawn_too, *([place.name for place in self.page.places] if not self.city else [])]
        by = self.shown if self._unit() else "nox"
        names = dict.fromkeys([*sorted(named, key=lambda one: -named[one].amount(by)), *others])
        body = "".join(self._row(name, named.get(name)) for name in names)
        if len(self.rows) > 1:
            body += self._cells("合计", "", _sum(self.rows), "sum")
        what = "指令" if self.view.ordered else "正常生产排放"
        caption = f'<caption class="soft small">{what}，千克/日；依据缺失的按0计</caption>'
        markup(framed_table(heads, body, "plain pinned", label="按地区", caption=caption))
        if not names:
            nothing("没有指令、草稿和已发布清单，也没有预报。")

    def _row(self, name: str, row: MapArea | None) -> str:
        address = self._address(county=name) + "#plants" if self.city else self._address(city=name)
        link = f'<a href="{escape(address)}">{escape(name)}</a>' if name else "（未填区县）"
        level = self._level(name, row)
        return self._cells(
            link, level_mark(level) if level else "—", row, "mine" if name and name == self.county else ""
        )

    def _cells(self, name: str, level: str, row: MapArea | None, kind: str) -> str:
        if row is None:
            figures = ["—"] * (3 + len(POLLUTANT_TEXT))
        else:
            missing = f'<b class="bad">{row.open}</b>' if row.open else "0"
            figures = [f"{row.plants:,}/{row.lines:,}", missing, str(row.changed)]
            figures += [kilograms(row.kg[one]) for one in POLLUTANT_TEXT]
        cells = "".join(f'<td class="n">{one}</td>' for one in figures)
        return f'<tr class="{kind}"><th scope="row">{name}</th><td>{level}</td>{cells}</tr>'

    def _plants(self) -> None:
        own = [one for one in self.view.plants if one.city == self.city and self.county in ("", one.county)]
        if not self.near or not own:
            return
        with card(f"{self.county or self.city}的企业（图上的点）"):
            ui.element("a").props("id=plants")
            columns = {"enterprise": "企业", "county": "区县", "open": "缺"} | POLLUTANT_TEXT
            rows = [
                {"enterprise": one.enterprise, "county": one.county, "open": str(one.open)}
                | {name: kilograms(one.kg[name]) for name in POLLUTANT_TEXT}
                | {"where": f"{rounded(one.lon, 3)}, {rounded(one.lat, 3)}"}
                for one in own[:_MOST]
            ]
            plain_table(
                columns | {"where": "经纬度"}, rows, ("open", *POLLUTANT_TEXT), links={"enterprise": "/audit?find={}"}
            )
            if len(own) > _MOST:
                hint(f"此处列出前 {_MOST} 家，共 {len(own)} 家")


def _sum(rows: Sequence[MapArea]) -> MapArea:
    counts = {name: sum(getattr(one, name) for one in rows) for name in ("plants", "lines", "open", "changed")}
    return MapArea("", "", "", **counts, kg={name: sum(one.kg[name] for one in rows) for name in POLLUTANT_TEXT})
