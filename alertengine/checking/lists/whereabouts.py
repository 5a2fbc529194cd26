"""Coordinates that lie outside the county a plant names, by an outlines file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from alertengine.checking.lists.findings import Collector
from alertengine.checking.lists.settings import CheckLimits
from alertengine.rulebook import Outline, Outlines
from alertengine.vocabulary import InputError, Problem, Words, number, rounded

#: Kilometres of a degree of latitude.
_KM: Final = 111.2


def add_whereabouts(collector: Collector, outlines: Outlines, path: Path, limits: CheckLimits) -> None:
    """Each place given outside its county by more than the limit, once; where it lies instead is said.

    Plants without coordinates, and counties without an outline in the file, are not judged.

    Raises:
        InputError: the extra ``map`` is not installed.

    """
    try:
        import shapely
        from shapely.geometry import shape
    except ImportError:
        raise InputError([Problem("map_missing", where="shapely")]) from None
    lines = collector.content.lines
    counties = [one for one in outlines.places if one.level == "county"]
    areas = [shape({"type": "MultiPolygon", "coordinates": one.polygons}) for one in counties]
    known = {one.place: area for one, area in zip(counties, areas, strict=True)}
    tree = shapely.STRtree(areas)
    names = lines[["city", "county"]].astype("object").fillna("").itertuples(index=False, name=None)
    place = {pair: number for number, pair in enumerate(known)}
    county = np.array([place.get(pair, -1) for pair in names])
    lon, lat = (lines[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    told: dict[tuple[object, float, float], list[int]] = {}
    for at, area in enumerate(known.values()):
        here = np.flatnonzero((county == at) & ~np.isnan(lon) & ~np.isnan(lat))
        away = _kilometres(area, lon[here], lat[here])
        for line in here[away > limits.outside_county.most_km]:
            told.setdefault((str(lines["enterprise_id"].iloc[line]), lon[line], lat[line]), []).append(int(line))
    for (_, x, y), own in told.items():
        found = [counties[at] for at in tree.query(shapely.Point(x, y), predicate="within")]
        first = own[0]
        city, name = list(known)[county[first]]
        collector.at(
            "outside_county",
            first,
            "lon",
            f"{number(x)},{number(y)}",
            lines=np.array(own),
            county=f"{city}{name}",
            there=_where(found),
            km=rounded(_kilometres(known[city, name], np.array([x]), np.array([y]))[0]),
            outlines=path.name,
        )


def _kilometres(area: object, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """How far places lie outside an area, km; 0 inside.  Plane about each place: near enough at this distance."""
    import shapely

    shrink = float(np.cos(np.radians(area.centroid.y)))  # type: ignore[attr-defined]
    plane = shapely.transform(area, lambda at: at * [shrink * _KM, _KM])
    return np.asarray(shapely.distance(plane, shapely.points(lon * shrink * _KM, lat * _KM)))


def _where(found: list[Outline]) -> Words:
    if not found:
        return Words("in_no_county")
    return Words("in_county", place=f"{found[0].city}{found[0].name}")
