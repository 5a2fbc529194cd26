"""What a transition of the record does to what is held: its action, but for what was only announced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from alertengine.vocabulary import CANCEL, OPEN, STAY
from alertengine.warning.level_intervals import rank_at, rank_before
from alertengine.warning.record import Record, Row, Unit, rows_of

if TYPE_CHECKING:
    import pandas as pd


def kind_of(row: Mapping[Any, Any], lives: Record) -> str:
    """What a transition does to what is held, by the record with it: the action, but for what was only announced.

    CANCEL for a lift of what has not begun; STAY where the level goes on, for it was to change and no longer is; the
    way from the level held just before, whatever had been announced; ``issue`` where the warning has run out before or
    begins sooner than was announced.  A county that first stands apart goes on from the level that its city held by
    then.
    """
    action, start, unit = str(row["action"]), row["starts"], unit_of(row)
    found = [one for one in lives.lives(unit) if one.warning_id == str(row["warning_id"])]
    if not found:
        return action
    if action == "issue" and (held := lives.rank_gone_on_from(unit, start, row["issued"])):
        to = rank_at(found[0].pieces, start)
        return "extend" if to == held else "raise" if to > held else "lower"
    if action == "lift":
        return CANCEL if start <= found[0].life_start < OPEN else action
    before, after = rank_before(found[0].pieces, start), rank_at(found[0].pieces, start)
    announced = [one["starts"] for one in found[0].rows if one["issued"] < row["issued"]]
    if not before and (any(piece.end < start for piece in found[0].pieces) or start < min(announced, default=start)):
        return "issue"
    if action not in ("raise", "lower") or not before:
        return action
    return STAY if before == after else "raise" if after > before else "lower"


def kinds(rows: pd.DataFrame | Iterable[Row], record: pd.DataFrame | Iterable[Row]) -> list[str]:
    """:func:`kind_of` each row, by what of a record that has them all was decided until then."""
    asked, lives, said = rows_of(rows), Record(), dict[int, str]()
    of_moment: dict[Any, list[int]] = {}
    for place, row in enumerate(asked):
        of_moment.setdefault(_issued(row), []).append(place)
    for issued, told in groupby(sorted(rows_of(record), key=_issued), _issued):
        for row in told:
            lives.add(row)
        said |= {place: kind_of(asked[place], lives) for place in of_moment.get(issued, ())}
    return [said[place] for place in range(len(asked))]


def _issued(row: Row) -> datetime:
    """When a transition was decided; of one that does not say, before all others."""
    return row["issued"] or datetime.min


def unit_of(row: Mapping[Any, Any]) -> Unit:
    """The place of a transition as the record keeps it, by its first county."""
    return str(row["city"]), row["counties"].partition(";")[0] if isinstance(row["counties"], str) else ""
