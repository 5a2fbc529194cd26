"""Coordinates that lie outside the county a plant names, by an outlines file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import Field

from alertengine.checking.lists.findings import Collector
from alertengine.files import checked_model, lists_folder, read_yaml
from alertengine.rulebook import Outlines, Strict
from alertengine.vocabulary import InputError, Problem, Words, number, rounded

#: Kilometres of a degree of latitude.
_KM: Final = 111.2


class Outside(Strict):
    """How far a plant may lie outside its county before it is said, km."""

    most_km: Annotated[float, Field(gt=0)]
    reason: Annotated[str, Field(min_length=1)]


class CheckLimits(Strict):
    """The plausibility limits of a check: the whole of ``check.yaml``."""

    standing: Literal["plausibility"]
    outside_county: Outside


def load_limits() -> CheckLimits:
    """The shipped limits, ``enterprise_lists/check.yaml``.

    Raises:
        InputError: the file cannot be read or is malformed.

    """
    path = lists_folder() / "check.yaml"
    return checked_model(CheckLimits, read_yaml(path), str(path))


def add_whereabouts(collector: Collector, outlines: Outlines, path: Path) -> None:
    """Each place given outside its county by more than the limit, once; where it lies instead is said.

    Plants without coordinates, and counties without an outline in the file, are not judged.

    Raises:
        InputError: the extra ``map`` is not installed, or the limits cannot be read.

    """
    try:
        import shapely
        from shapely.geometry import shape
    except ImportError:
        raise InputError([Problem("map_missing", where="shapely")]) from None
    most_km, lines = load_limits().outside_county.most_km, collector.content.lines
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
        for line in here[away > most_km]:
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
            there=Words("in_county", place=f"{found[0].city}{found[0].name}") if found else Words("in_no_county"),
            km=rounded(_kilometres(known[city, name], np.array([x]), np.array([y]))[0]),
            outlines=path.name,
        )


def _kilometres(area: object, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """How far places lie outside an area, km; 0 inside.  Plane about each place: near enough at this distance."""
    import shapely

    shrink = float(np.cos(np.radians(area.centroid.y)))  # type: ignore[attr-defined]
    plane = shapely.transform(area, lambda at: at * [shrink * _KM, _KM])
    return np.asarray(shapely.distance(plane, shapely.points(lon * shrink * _KM, lat * _KM)))
