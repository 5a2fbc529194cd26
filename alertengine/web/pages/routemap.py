"""Tonight's route as a map: the first plants that can be placed, with their numbers, and the others by county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alertengine.vocabulary import InputError
from alertengine.web.fieldfacts import places_of
from alertengine.web.inspecting import Stop, Unplaced, unplaced_by_county
from alertengine.web.mapview import outlines_of
from alertengine.web.pages.mapdrawing import routed

if TYPE_CHECKING:
    from alertengine.web.desk import Desk

#: Plants drawn.
ON_MAP: Final = 20


async def route_map(
    desk: Desk, stops: list[Stop], acts: list[int], size: tuple[int, int]
) -> tuple[str, list[Unplaced]]:
    """The first stops that can be placed as SVG, blank where none can; and those that cannot, by county."""
    try:
        at = await desk.ask(places_of, desk.path, acts, [one.enterprise_id for one in stops])
    except InputError:
        return "", []
    numbered = list(enumerate(stops, start=1))
    placed = [(number, one) for number, one in numbered if one.enterprise_id in at][:ON_MAP]
    unplaced = unplaced_by_county([(number, one) for number, one in numbered if one.enterprise_id not in at])
    outlines, _ = await desk.look(outlines_of, desk.path)
    cities = {one.city for _, one in placed}
    places = [one for city in sorted(cities) for one in outlines.counties(city)] if outlines else []
    points = [(number, one.enterprise, *at[one.enterprise_id]) for number, one in placed]
    return routed(places, points, size) if points else "", unplaced
