"""Outlines out of GeoJSON that others made (RFC 7946): features with names and areas, every defect told by feature."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alertengine.files.json_text import read_json
from alertengine.files.limits import of_file
from alertengine.vocabulary import InputError, Problem, Words, number, refuse, rounded

#: The most of a file that is read: a province with its counties, unsimplified, has a tenth of each.
MOST_MB: Final = 64
MOST_FEATURES: Final = 5_000
MOST_VERTICES: Final = 2_000_000
#: Positions of a ring, the last the same as the first.
_LEAST: Final = 4
_BEYOND: Final = {"lon": 180.0, "lat": 90.0}

Position = tuple[float, float]
Ring = tuple[Position, ...]
#: Rings of each polygon: the outer one, then its holes.
Polygons = tuple[tuple[Ring, ...], ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its number in the file from 1, what is said of it, and its area in degrees."""

    number: int
    properties: Mapping[str, Any]
    polygons: Polygons


def read_geojson(path: Path) -> tuple[Mapping[str, Any], list[Feature]]:
    """The members of a FeatureCollection beside its features, and its features.

    Raises:
        InputError: with every defect of every feature; nothing of such a file is used.

    """
    try:
        size = of_file(path).st_size
        if size > MOST_MB << 20:
            size_mb = rounded(size / (1 << 20), 0, MOST_MB)
            raise refuse(path, "geojson_too_large", found=size_mb, most=MOST_MB)
        content = read_json(path.read_bytes())
    except OSError as error:
        raise refuse(path, "unreadable_file", error=error, kind=Words("a_geojson")) from None
    except ValueError as error:  # no JSON, or no text
        raise refuse(path, "geojson_unread", error=error) from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection" or not features:
        raise refuse(path, "geojson_no_collection")
    if len(features) > MOST_FEATURES:
        raise refuse(path, "geojson_too_many", found=len(features), most=MOST_FEATURES)
    found, problems, vertices = [], list[Problem](), 0
    for at, one in enumerate(features, start=1):
        properties = one.get("properties") if isinstance(one, dict) else None
        said = properties if isinstance(properties, dict) else {}
        try:
            polygons = _polygons(one.get("geometry") if isinstance(one, dict) else None)
        except _BadError as error:
            name = next((str(value)[:40] for key, value in said.items() if isinstance(value, str) and value), "")
            problems.append(Problem(error.code, file=str(path), feature=at, value=name, **error.said))
            continue
        vertices += sum(len(ring) for polygon in polygons for ring in polygon)
        if vertices > MOST_VERTICES:
            raise refuse(path, "geojson_vertices", most=MOST_VERTICES)
        found.append(Feature(at, said, polygons))
    if problems:
        raise InputError(problems)
    return {name: value for name, value in content.items() if name != "features"}, found


class _BadError(Exception):
    def __init__(self, code: str, **said: Any) -> None:
        super().__init__(code)
        self.code, self.said = code, said


def _polygons(geometry: Any) -> Polygons:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    held = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(held, list) or not held:
        raise _BadError("geojson_no_area", found=str(kind)[:40])
    parts = [held] if kind == "Polygon" else held
    if not all(isinstance(part, list) and part for part in parts):
        raise _BadError("geojson_no_area", found=kind)
    return tuple(tuple(_ring(ring) for ring in part) for part in parts)


def _ring(ring: Any) -> Ring:
    if not isinstance(ring, list) or len(ring) < _LEAST:
        raise _BadError("geojson_ring_short")
    out = tuple(_position(one) for one in ring)
    if out[0] != out[-1]:
        raise _BadError("geojson_ring_open", first=_position_text(out[0]), last=_position_text(out[-1]))
    return out


def _position(one: Any) -> Position:
    numbers = one[:2] if isinstance(one, list) else ()
    if len(numbers) < 2 or not all(type(value) in (int, float) and math.isfinite(value) for value in numbers):
        raise _BadError("geojson_position", found=str(one)[:60])
    lon, lat = float(numbers[0]), float(numbers[1])
    if abs(lon) > _BEYOND["lon"] or abs(lat) > _BEYOND["lat"]:
        raise _BadError("geojson_not_degrees", found=_position_text((lon, lat)))
    return lon, lat


def _position_text(position: Sequence[float]) -> str:
    return ",".join(number(value) for value in position)
