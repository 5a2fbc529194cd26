"""Whose ledger it is: the cities a bureau warns, as an act of its record says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from alertengine.ledger import Act, Head
from alertengine.vocabulary import InputError, Problem
from alertengine.workflow.recording import names_differ

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

KIND: Final = "setting"
_WHAT: Final = "cities"


def bureau_cities(ledger: Ledger) -> tuple[str, ...]:
    """The bureau's own cities: those set last, else those of the list published last; empty where neither is."""
    for act in reversed(ledger.acts(KIND)):
        if act.head.get("what") == _WHAT:
            return tuple(str(city) for city in act.head[_WHAT])
    published = ledger.acts("publication")
    return tuple(str(city) for city in published[-1].head.get("cities", ())) if published else ()


def set_bureau_cities(ledger: Ledger, cities: Sequence[str], known: Sequence[str], by: str) -> Act:
    """Record which cities are the bureau's own.

    Args:
        ledger: the record.
        cities: their names.
        known: names that are cities.
        by: who sets them, as ``office name``.

    Raises:
        InputError: nobody signed, none was named, or one is no city; nothing was written.

    """
    names_differ(ledger, by, [])
    strange = [city for city in cities if city not in known]
    if strange or not cities:
        raise InputError([Problem("own_cities_wanted", where="session", value="、".join(strange))])
    said = list(dict.fromkeys(cities))
    return ledger.append(
        KIND, Head(f"本单位城市：{'、'.join(said)}", drafted_by=by, details={"what": _WHAT, _WHAT: said})
    )
