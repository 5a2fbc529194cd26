"""Places as the rows of forecasts and observations name them: cities, their counties, regions, provinces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from alertengine.files import is_blank, tidy
from alertengine.rulebook import NATION, OpenLists
from alertengine.vocabulary import Problem, perhaps

#: How near a row stands to its places; see :func:`rank_of`.
OWN, STATION, REGION, PROVINCE = range(4)
#: What may stand between the names of places.
_BETWEEN_PLACES: Final = re.compile(r"[|、;；,，\n]")
#: What a column of counties says of a row of the whole city.
_WHOLE_CITY: Final = frozenset({"全市", "全域", "全境"})


@dataclass(frozen=True, slots=True)
class SaidPlace:
    """The places of a row as one text, each ``城市`` or ``城市/区县``; blank where a city has no such county.

    ``unknown``: what to tell of that county, without file and row.
    """

    text: str
    unknown: Problem | None = None


def said_place(city: str, county: str, station: str, lists: OpenLists) -> SaidPlace:
    """The places of the cells of a row; the city alone where that is not on file."""
    text = _with_county(city, county, station)
    column, value = ("county", county) if text != city else ("city", city)
    if text != city and not _on_file(city, lists):
        return SaidPlace(city)
    for name in names_of(text):
        before, _, part = name.partition("/")
        home = lists.standard_name("places", before) or before
        if part and (text != city or home in lists.cities()) and not _on_file(name, lists):
            near = perhaps(lists.recognise_county(home, part).candidates)
            return SaidPlace("", Problem("no_county_of_city", column=column, value=value, city=home, near=near))
    return SaidPlace(text)


def places_of(text: str, lists: OpenLists) -> tuple[tuple[str, str], ...]:
    """City and county (blank: all of it) of each place that a text names; of a region its cities.

    Raises:
        KeyError: with a name that is not on file.

    """
    found: dict[tuple[str, str], None] = {}
    for name in names_of(text):
        named = [county_of(name, lists)] if "/" in name else [(c, "") for c in lists.cities_of(name)]
        found |= dict.fromkeys(named)
    return tuple(found)


def _on_file(text: str, lists: OpenLists) -> bool:
    try:
        return bool(places_of(text, lists))
    except KeyError:
        return False


def names_of(text: str) -> tuple[str, ...]:
    """The names that a cell of places joins."""
    return tuple(filter(None, map(str.strip, _BETWEEN_PLACES.split(tidy(text)))))


def counties_in(text: str) -> tuple[str, ...]:
    """The counties that a cell names; none where it is blank or says that it is the whole of the city."""
    return () if is_blank(text) or tidy(text) in _WHOLE_CITY else names_of(text)


def _with_county(city: str, county: str, station: str) -> str:
    """``城市/区县`` of a row that names both; the city where the county is blank or says that it is the whole of it.

    Of a row of a station the county is where that stands: it counts for its city.
    """
    counties = counties_in(county)
    if is_blank(city) or not counties or not is_blank(station):
        return city
    if tidy(city).endswith(tidy(county)):  # 临汾市 of 临汾市, 尧都区 of 临汾市/尧都区
        return city
    return "、".join(f"{before}/{name}" for before in names_of(city) for name in counties)


def county_of(name: str, lists: OpenLists) -> tuple[str, str]:
    """City and county of ``城市/区县``, by their standard names; no county where the city stands there again.

    Raises:
        KeyError: the city is not on file or has no such county: 太原/临汾 is none.

    """
    before, _, county = name.partition("/")
    city = lists.standard_name("places", before)
    if city is not None and lists.standard_name("places", county) == city:
        return city, ""
    known = lists.recognise_county(city, county).name if city in lists.cities() else None
    if city is None or known is None:
        raise KeyError(name)
    return city, known


def places_near(name: str, lists: OpenLists) -> tuple[str, ...]:
    """What comes nearest to a name that is no place on file; of a county alone or behind its city: 城市/区县."""
    if behind := _county_behind(name, lists):
        return (behind,)
    near = lists.nearest_places(name) or ()
    return near if any("/" in one for one in near) else lists.recognise("places", name).candidates


def _county_behind(name: str, lists: OpenLists) -> str:
    """The place that a name of a city and its county in one means, as ``城市/区县``; blank where it is none."""
    for province in ("", *lists.provinces):
        said = name.removeprefix(province)
        for city in lists.cities():
            for home in (city, city.removesuffix("市")):
                county = lists.recognise_county(city, said.removeprefix(home)).name if said.startswith(home) else None
                if county in lists.counties.of(city):
                    return f"{city}/{county}"
    return ""


def rank_of(names: tuple[str, ...], lists: OpenLists) -> int:
    """How near a row stands to its places: 0 it names one city or county, 2 a region or several, 3 a province."""
    if len(names) != 1:
        return REGION
    name = names[0]
    standard = NATION if name == NATION else lists.standard_name("places", name)
    if standard == NATION or standard in lists.provinces:
        return PROVINCE
    return REGION if standard in lists.areas else OWN
