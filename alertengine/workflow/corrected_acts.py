"""Which act a run may correct, and of which of its cities: of what later acts decided since, theirs holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

from alertengine.vocabulary import Problem, Setting, Words, refuse
from alertengine.workflow.acts_in_force import acts_since, cities_of, mode_of
from alertengine.workflow.recording import Correction, check_correction

if TYPE_CHECKING:
    from alertengine.ledger import Ledger


def check_act_corrected(ledger: Ledger, correction: Correction, mode: Setting) -> None:
    """Refuse what a run of a mode may not correct; where it corrects nothing, nothing is refused.

    Raises:
        InputError: no reason, no such act, it is no issue, another corrects it already, or it is of another mode.

    """
    check_correction(ledger, correction.act, correction.reason, "issue", "only_orders_corrected")
    if correction.act is not None and (before := mode_of(ledger.act(correction.act))) != mode:
        raise refuse(ledger.path, "other_mode_corrected", value=mode, act=correction.act, mode=before, own=mode)


def overtaken_cities(ledger: Ledger, correction: Correction, mode: Setting, cities: Set[str]) -> list[Problem]:
    """What asks for a reason to correct an act in some cities: of which of them acts after it decided since.

    One problem, which says of which cities it may be corrected without; none where it may be of all.
    """
    if correction.act is None or not (since := acts_since(ledger.acts("issue"), mode, cities, correction.act)):
        return []
    file, act, places = str(ledger.path), correction.act, _places(since)
    if left := sorted(cities - since.keys()):
        return [Problem("corrected_overtaken_in", file=file, act=act, places=places, open=left)]
    return [Problem("corrected_overtaken", file=file, act=act, places=places)]


def cities_left_out(ledger: Ledger, correction: Correction, mode: Setting, cities: Set[str]) -> list[Problem]:
    """What becomes of the other cities of the act that a correction of some corrects: nothing, where it has no other.

    Later acts decided of them, or what was decided of them is over with it and no paper says so.
    """
    if correction.act is None:
        return []
    file, act, others = str(ledger.path), correction.act, cities_of(ledger.act(correction.act)) - cities
    since = acts_since(ledger.acts("issue"), mode, others, act)
    out = [Problem("correction_narrowed", file=file, act=act, places=_places(since))] if since else []
    if dropped := sorted(others - since.keys()):
        out.append(Problem("correction_drops", file=file, act=act, cities=dropped))
    return out


def _places(since: Mapping[str, Sequence[int]]) -> list[Words]:
    return [Words("city_by_acts", city=city, acts=[str(act) for act in acts]) for city, acts in since.items()]
