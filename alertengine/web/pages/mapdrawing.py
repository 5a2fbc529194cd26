"""Inline SVG made here, every text escaped: maps with areas by class, name and number, plants as circles; a chart."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

from alertengine.rulebook import Outline
from alertengine.vocabulary import kilograms, rounded
from alertengine.web.inspecting import PlantPower
from alertengine.web.mapview import Plant

#: Classes of amounts above none, palest first, and those under whose names white text stands.
_RAMP: Final = ("r1", "r2", "r3", "r4", "r5")
_DARK: Final = ("r4", "r5", "red")
#: Plants drawn one by one; more of them are put together by cells of this many units.
_SINGLE: Final = 150
_CELL: Final = 22.0
_PAD: Final = 5.0
#: Radius of the smallest and the largest circle.
_RADII: Final = (2.6, 11.0)
#: How many times a map may be drawn larger.
ZOOMS: Final = (1, 2, 4, 8)
#: Plants that are links, so many in the picture at most.
_LINKED: Final = 40

#: Units by which a way must become shorter to be changed.
_TURNED: Final = 1e-6

At = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Look:
    """How an area is drawn: its class, the number under its name, the sentence for whoever asks, where it leads.

    ``badge``: lines without a ground, in a red frame, 0 for none.
    """

    kind: str = "none"
    number: str = ""
    said: str = ""
    address: str = ""
    badge: int = 0
    mine: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """The part of a map that is drawn: ``zoom`` times as large around a place of the whole, 0 to 1 across and down."""

    zoom: int = 1
    x: float = 0.5
    y: float = 0.5

    @classmethod
    def of(cls, zoom: str, at: str, middle: tuple[float, float] = (0.5, 0.5)) -> View:
        """As an address says it (``4`` and ``250,500`` in thousandths); what it does not say well is left out."""
        times = int(zoom) if zoom in map(str, ZOOMS) else 1
        said = at.split(",")
        good = len(said) == 2 and all(one.isascii() and one.isdecimal() and len(one) < 5 for one in said)
        x, y = (int(one) / 1000 for one in said) if good else middle
        return cls(times).towards(x, y)

    def towards(self, x: float, y: float) -> View:
        """Around another place, as far as the map goes."""
        half = 0.5 / self.zoom
        return View(self.zoom, *(min(max(one, half), 1 - half) for one in (x, y)))

    def times(self, zoom: int) -> View:
        """The same place larger or smaller."""
        return View(zoom).towards(self.x, self.y)

    def moved(self, across: int, down: int) -> View:
        """A third of what is seen to a side."""
        return self.towards(self.x + across / 3 / self.zoom, self.y + down / 3 / self.zoom)

    @property
    def said(self) -> dict[str, str]:
        """As an address says it; nothing of the whole map."""
        if self.zoom == 1:
            return {}
        return {"zoom": str(self.zoom), "at": f"{self.x * 1000:.0f},{self.y * 1000:.0f}"}

    def over(self, at: At, size: tuple[int, int]) -> At:
        """A projection of the whole onto a picture, cut to this part."""
        width, height = size
        left, top = self.x * width - width / 2 / self.zoom, self.y * height - height / 2 / self.zoom

        def moved(lon: float, lat: float) -> tuple[float, float]:
            x, y = at(lon, lat)
            return (x - left) * self.zoom, (y - top) * self.zoom

        return moved if self.zoom > 1 else at


def steps(amounts: Sequence[float], *, whole: bool = False) -> list[float]:
    """Where the classes of amounts begin: halves of the largest 1, 2 or 5 of a power of ten that is reached."""
    top = max(filter(math.isfinite, amounts), default=0.0)
    if top < 1e-6:
        return []
    power = 10.0 ** math.floor(math.log10(top))
    nice = max(one * power for one in (0.5, 1, 2, 5) if one * power <= top)
    found = [nice / part for part in (8, 4, 2, 1)]
    return sorted({float(max(2, math.ceil(one))) for one in found}) if whole else found


def class_of(amount: float, edges: Sequence[float]) -> str:
    """The class of an amount among edges: r0 where there is none."""
    return "r0" if not amount > 0 else _RAMP[sum(amount >= edge for edge in edges)]


def key_of(edges: Sequence[float], unit: str) -> str:
    """The classes with their edges."""
    parts = ['<span><i class="k0"></i>无</span>']
    for place, kind in enumerate(_RAMP[: len(edges) + 1]):
        last = place == len(edges)
        said = f"≥{edges[-1]:,.4g} {unit}" if last and edges else f"＜{edges[place]:,.4g}" if edges else unit
        parts.append(f'<span><i class="k{kind[1:]}"></i>{escape(said)}</span>')
    return "".join(parts)


def plant_key(plants: Sequence[Plant], by: str, pollutant: str) -> str:
    """What circles are: their areas, the largest of them, those with a line without a ground, those put together."""
    if not plants:
        return ""
    most = max(plants, key=lambda one: one.kg[by])
    parts = [f'<span><i class="kp"></i>企业，面积按{escape(pollutant)}，最大{most.kg[by]:,.0f}千克/日</span>']
    if any(one.open for one in plants):
        parts.append('<span><i class="kp open"></i>有依据缺失的企业</span>')
    if len(plants) > _SINGLE:
        parts.append("<span>圈中数字：放在一起的企业数，放大后分开</span>")
    return "".join(parts)


def short(name: str) -> str:
    """A place's name as it stands on a map: without 市, 县, 区 where two signs are left."""
    return name[:-1] if len(name) > 2 and name[-1] in "市县区" else name


def drawn(
    places: Sequence[Outline],
    look: Mapping[str, Look],
    title: str,
    size: tuple[int, int],
    plants: Sequence[Plant] = (),
    by: str = "nox",
    view: View | None = None,
) -> str:
    """A map.

    Args:
        places: what is drawn, neighbours over one another as they come.
        look: how, by name; a place that is not among them is drawn without a number.
        title: what the map is of, for a screen reader.
        size: of the picture, in its own units.
        plants: points, sized by kilograms a day.
        by: the pollutant of those.
        view: the part that is drawn; absent: the whole.

    """
    at = (view or View()).over(_projection(places, size), size)
    shapes, names, mine = [], [], []
    for place in places:
        own = look.get(place.name, Look())
        if not _seen(place, at, size):
            continue
        line = _path(place, at)
        said = escape(own.said or place.name)
        shape = f'<path class="c {own.kind}" d="{line}"><title>{said}</title></path>'
        shapes.append(f'<a href="{escape(own.address)}" aria-label="{said}">{shape}</a>' if own.address else shape)
        names.append(_name(place, own, at, [at(*one.label) for one in places if one is not place]))
        mine += [f'<path class="mine" d="{line}"/>'] if own.mine else []
    inside = [one for one in plants if all(0 <= x <= most for x, most in zip(at(one.lon, one.lat), size, strict=True))]
    points = _points(inside, at, by)
    role = "group" if any(one.address for one in look.values()) else "img"
    width, height = size
    return (
        f'<svg class="map" viewBox="0 0 {width} {height}" role="{role}" aria-label="{escape(title)}">'
        f'{"".join(shapes)}{"".join(mine)}{points}<g aria-hidden="true">{"".join(names)}</g></svg>'
    )


def routed(places: Sequence[Outline], stops: Sequence[tuple[int, str, float, float]], size: tuple[int, int]) -> str:
    """A route: stops (number in the list, name, longitude, latitude) over the outlines there, if any.

    A way that never crosses itself leads from the first to all others.  The picture is cut to the stops.
    """
    west, east = min(one[2] for one in stops), max(one[2] for one in stops)
    south, north = min(one[3] for one in stops), max(one[3] for one in stops)
    edge = max(0.15 * max(east - west, north - south), 0.04)
    at = _fitted([(west - edge, south - edge), (east + edge, north + edge)], size)
    shapes = "".join(f'<path class="c none" d="{_path(one, at)}"/>' for one in places)
    names = "".join(_name(one, Look(), at, ()) for one in places)
    points = [at(lon, lat) for _, _, lon, lat in stops]
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in way_through(points))
    marks = "".join(
        f'<a href="#stop-{number}"><circle class="stop-at" cx="{x:.1f}" cy="{y:.1f}" r="10"><title>{escape(name)}'
        f'</title></circle><text class="stop-number" x="{x:.1f}" y="{y + 4:.1f}">{number}</text></a>'
        for (number, name, _, _), (x, y) in reversed(list(zip(stops, points, strict=True)))
    )
    return (
        f'<svg class="map route" viewBox="0 0 {size[0]} {size[1]}" role="group" aria-label="今晚路线图，次序见下表">'
        f'{shapes}<g aria-hidden="true">{names}</g><path class="way" d="M{line}"/>{marks}</svg>'
    )


def way_through(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """All points, the first one first: each next the nearest, then pieces turned round as long as that is shorter."""
    left, way = list(points[1:]), [points[0]]
    while left:
        way.append(left.pop(min(range(len(left)), key=lambda place: math.dist(left[place], way[-1]))))
    shorter = True
    while shorter:
        shorter = False
        for first, last in itertools.combinations(range(1, len(way)), 2):
            turned = way[:first] + way[first : last + 1][::-1] + way[last + 1 :]
            if _length(turned) < _length(way) - _TURNED:
                way, shorter = turned, True
    return way


def _length(way: Sequence[tuple[float, float]]) -> float:
    return sum(itertools.starmap(math.dist, itertools.pairwise(way)))


def middle_of(places: Sequence[Outline], place: Outline, size: tuple[int, int]) -> tuple[float, float]:
    """Where the name of a place stands on the whole map, 0 to 1 across and down."""
    x, y = _projection(places, size)(*place.label)
    return x / size[0], y / size[1]


def _projection(places: Sequence[Outline], size: tuple[int, int]) -> At:
    """Degrees to units of the picture: plane, shrunk by the middle latitude."""
    return _fitted(
        [position for place in places for polygon in place.polygons for ring in polygon for position in ring], size
    )


def _fitted(every: Sequence[tuple[float, float]], size: tuple[int, int]) -> At:
    west, east = min(one[0] for one in every), max(one[0] for one in every)
    south, north = min(one[1] for one in every), max(one[1] for one in every)
    shrink = math.cos(math.radians((south + north) / 2))
    width, height = (east - west) * shrink or 1.0, (north - south) or 1.0
    scale = min((size[0] - 2 * _PAD) / width, (size[1] - 2 * _PAD) / height)
    left, top = (size[0] - width * scale) / 2, (size[1] - height * scale) / 2
    return lambda lon, lat: ((lon - west) * shrink * scale + left, (north - lat) * scale + top)


def _seen(place: Outline, at: At, size: tuple[int, int]) -> bool:
    """Whether any of a place may lie in the picture: its frame does."""
    every = [at(*one) for polygon in place.polygons for one in polygon[0]]
    return all(
        max(one[axis] for one in every) >= 0 and min(one[axis] for one in every) <= size[axis] for axis in (0, 1)
    )


def _path(place: Outline, at: At) -> str:
    out = []
    for ring in (ring for polygon in place.polygons for ring in polygon):
        line: list[str] = []
        for x, y in (at(*one) for one in ring[:-1]):
            said = f"{x:.1f} {y:.1f}"
            if not line or line[-1] != said:
                line.append(said)
        out.append(f"M{'L'.join(line)}Z")
    return "".join(out)


def _name(place: Outline, own: Look, at: At, others: Sequence[tuple[float, float]]) -> str:
    """Name, number and badge; the badge stands on the left where another name is on the right."""
    x, y = at(*place.label)
    on = "on" if own.kind in _DARK else ""
    said = f'<text class="{on}" x="{x:.1f}" y="{y + (0 if own.number else 4):.1f}">{escape(short(place.name))}</text>'
    if own.number:
        said += f'<text class="num {on}" x="{x:.1f}" y="{y + 12:.1f}">{escape(own.number)}</text>'
    if own.badge:
        wide = 8 + 6 * len(str(own.badge))
        half, top = 6 * len(short(place.name)), y - 16
        taken = any(0 < to - x < half + wide + 12 and abs(down - y) < 18 for to, down in others)
        left = x - half - wide if taken else x + half
        said += (
            f'<rect class="badge" x="{left:.1f}" y="{top:.1f}" width="{wide}" height="14" rx="3"/>'
            f'<text class="badge" x="{left + wide / 2:.1f}" y="{top + 11:.1f}">{own.badge}</text>'
        )
    return said


def _points(plants: Sequence[Plant], at: At, by: str) -> str:
    """Circles whose areas are kilograms; many plants are put together by where they lie, few are links."""
    groups: dict[object, list[Plant]] = {}
    for number, one in enumerate(plants):
        x, y = at(one.lon, one.lat)
        groups.setdefault(number if len(plants) <= _SINGLE else (int(x / _CELL), int(y / _CELL)), []).append(one)
    most = max((sum(one.kg[by] for one in own) for own in groups.values()), default=0.0)
    out = []
    for own in sorted(groups.values(), key=lambda own: -sum(one.kg[by] for one in own)):
        kg = sum(one.kg[by] for one in own)
        places = [at(one.lon, one.lat) for one in own]
        x, y = (sum(one[axis] for one in places) / len(own) for axis in (0, 1))
        radius = max(_RADII[0], _RADII[1] * math.sqrt(kg / most)) if most > 0 else _RADII[0]
        radius = max(radius, 7.0) if len(own) > 1 else radius
        name = own[0].enterprise if len(own) == 1 else f"{len(own)}家企业"
        missing = sum(one.open for one in own)
        said = f"{name}：{kilograms(kg)}千克/日" + (f"，依据缺失{missing}条" if missing else "")
        kind = "plant open" if missing else "plant"
        circle = (
            f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{escape(said)}</title></circle>'
        )
        if len(own) == 1 and len(plants) <= _LINKED:
            address = f"/audit?enterprise={quote(f'{own[0].city}/{own[0].enterprise_id}', safe='')}"
            circle = f'<a href="{address}" aria-label="{escape(said)}">{circle}</a>'
        out.append(circle)
        if len(own) > 1:
            out.append(f'<text class="count-in" x="{x:.1f}" y="{y + 3:.1f}">{len(own)}</text>')
    return "".join(out)


def power_chart(found: PlantPower) -> str:
    """A small chart of one plant's electricity, as SVG."""
    kwh = found["kwh"]
    top = max(kwh, default=0.0) or 1.0
    wide = 340 / max(len(kwh), 1)
    bars = "".join(
        f'<rect x="{at * wide:.1f}" y="{60 - 56 * value / top:.1f}" width="{max(wide - 1.5, 1):.1f}"'
        f' height="{56 * value / top:.1f}"/>'
        for at, value in enumerate(kwh)
    )
    each = "每时" if found["hourly"] else "每日"
    said = escape(f"{found['day']} 用电，{each}，最高{rounded(max(kwh, default=0))}千瓦时，合计{rounded(sum(kwh))}")
    return (
        f'<figure class="power"><svg viewBox="0 0 340 62" role="img" aria-label="{said}"><g>{bars}</g>'
        f'<path d="M0 60.5H340"/></svg><figcaption class="small soft">{said}</figcaption></figure>'
    )
