"""Outlines of provinces, cities and counties: a file beside the ledger that can be replaced, and what made it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from alertengine.files import Polygons, Position, read_geojson, replacing_text
from alertengine.vocabulary import InputError, Problem

#: What the file is called beside a ledger.
SUFFIX: Final = ".outlines.geojson"
#: Names the file where no option does, and no ledger has one beside it.
SETTING: Final = "ALERTENGINE_OUTLINES"
#: The member of the collection that says what the file is.
MEMBER: Final = "alertengine"
FORMAT: Final = 1
LEVELS: Final = ("province", "city", "county")


@dataclass(frozen=True, slots=True)
class Outline:
    """One place: ``name`` and, of a county, its city; its area in degrees, and where its name can be written."""

    level: str
    name: str
    city: str
    polygons: Polygons
    label: Position
    adcode: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """City and county as a list names them; the county is blank for a city, both for a province."""
        return {"county": (self.city, self.name), "city": (self.name, "")}.get(self.level, ("", ""))


@dataclass(frozen=True, slots=True)
class OutlineOrigin:
    """Where outlines come from: in words, with the notices they are passed on under.

    ``approval`` is the number under which the map was approved to be public (审图号); without one it is not.
    """

    source: str
    notices: tuple[str, ...] = ()
    approval: str = ""

    @property
    def public(self) -> bool:
        """Whether the map may stand on a public page."""
        return bool(self.approval)


@dataclass(frozen=True, slots=True)
class Outlines:
    """All outlines of a file."""

    origin: OutlineOrigin
    places: tuple[Outline, ...] = field(default=())

    def cities(self) -> list[Outline]:
        """The cities."""
        return [one for one in self.places if one.level == "city"]

    def counties(self, city: str) -> list[Outline]:
        """The counties of a city."""
        return [one for one in self.places if one.level == "county" and one.city == city]


def beside(ledger: Path) -> Path:
    """The file of outlines that belongs to a ledger: it stands beside it."""
    return ledger.with_name(ledger.name + SUFFIX)


def outlines_file(ledger: Path | None = None) -> Path | None:
    """The file in use: that beside the ledger, else the one that ``ALERTENGINE_OUTLINES`` names, if any."""
    if ledger is not None and beside(ledger).is_file():
        return beside(ledger)
    named = os.environ.get(SETTING, "").strip()
    return Path(named).expanduser() if named else None


def write_outlines(path: Path, outlines: Outlines) -> None:
    """Write the file whole or not at all; the same outlines give the same bytes.

    Raises:
        InputError: it cannot be written.

    """
    origin = outlines.origin
    said = {
        "format": FORMAT,
        "source": origin.source,
        "public": origin.public,
        "approval": origin.approval,
        "notices": list(origin.notices),
    }
    head = json.dumps({"type": "FeatureCollection", MEMBER: said}, ensure_ascii=False)[:-1]
    features = ",\n".join(
        json.dumps(
            {
                "type": "Feature",
                "properties": {key: getattr(one, key) for key in ("level", "name", "city", "adcode", "label")},
                "geometry": {"type": "MultiPolygon", "coordinates": one.polygons},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for one in outlines.places
    )
    replacing_text(path, f'{head}, "features": [\n{features}\n]}}\n')


def read_outlines(path: Path) -> Outlines:
    """The outlines of a file that ``alertengine map`` made.

    Raises:
        InputError: it cannot be read, or another program made it.

    """
    members, features = read_geojson(path)
    said = members.get(MEMBER)
    if not isinstance(said, Mapping) or said.get("format") != FORMAT:
        raise InputError([Problem("outlines_foreign", file=str(path))])
    places, problems = [], list[Problem]()
    for one in features:
        level, name, city, label = (one.properties.get(key) for key in ("level", "name", "city", "label"))
        named = isinstance(name, str) and bool(name)
        if level not in LEVELS or not named or not isinstance(city, str) or not _pair(label):
            problems.append(Problem("outline_unread", file=str(path), feature=one.number, value=f"{level} {name}"[:60]))
            continue
        assert label is not None  # noqa: S101 -- _pair
        code = str(one.properties.get("adcode") or "")
        where = (float(label[0]), float(label[1]))
        places.append(Outline(str(level), str(name), city, one.polygons, where, code))
    if problems:
        raise InputError(problems)
    notices = said.get("notices")
    kept = tuple(map(str, notices)) if isinstance(notices, list) else ()
    approval = str(said.get("approval") or "") if said.get("public") is True else ""
    return Outlines(OutlineOrigin(str(said.get("source") or ""), kept, approval), tuple(places))


def _pair(value: Any) -> bool:
    return isinstance(value, Sequence) and len(value) == 2 and all(type(one) in (int, float) for one in value)
