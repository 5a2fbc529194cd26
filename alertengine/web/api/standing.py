"""What holds, as the interface answers it: by act at its decision, and of all acts at a time; times with zone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from alertengine.orders import CityState, InForce
from alertengine.vocabulary import LEVEL_TEXT, POLLUTANTS, ZONE
from alertengine.vocabulary import times as clock
from alertengine.web.api.models import Later, Standing, StandingNow
from alertengine.web.api.problems import ApiProblemError
from alertengine.web.kept import acts_with_orders, standing_at
from alertengine.web.roles import WHOLE, Scope
from alertengine.workflow import decided_of, orders_in_force

if TYPE_CHECKING:
    from alertengine.ledger import Act, Ledger


def zoned(value: Any) -> datetime | None:
    """A time of the record with zone; civil time where it has none, None where it is blank."""
    if value is None or value == "" or pd.isna(value):
        return None
    moment = pd.Timestamp(value).to_pydatetime()
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def zoned_always(value: Any) -> datetime:
    """:func:`zoned` of a time that is never blank."""
    if (moment := zoned(value)) is None:
        raise ValueError("a time that is always there is blank")
    return moment


def asked_at(at: datetime | None) -> datetime:
    """The time that is asked for, in civil time; the clock's minute where none is.

    Raises:
        ApiProblemError: it is out of reach.

    """
    at = at or clock.now().replace(second=0, microsecond=0)
    at = at if at.tzinfo else at.replace(tzinfo=ZONE)
    try:
        return at.astimezone(ZONE)
    except (OverflowError, ValueError):
        raise ApiProblemError("invalid-request", "at 超出可用范围") from None


def standing_of(ledger: Ledger, act: Act, scope: Scope = WHOLE) -> list[Standing]:
    """What holds of each city at the decision of an act, of the lines that may be seen."""
    if not ledger.rows(act.act, "orders"):
        return []
    orders = scope.of(ledger.orders(act.act, personal=False))
    return _cities(orders_in_force(orders, decided_of(ledger, act)), scope)


def standing_now(ledger: Ledger, at: datetime, scope: Scope = WHOLE) -> StandingNow:
    """What holds of each city at a time, by the acts decided by then."""
    now = pd.Timestamp(at.astimezone(ZONE).replace(tzinfo=None))
    acts = [act for act in acts_with_orders(ledger, now) if _decided(ledger, act) <= now]
    cities = _cities(standing_at(ledger, acts, now, scope.of), scope) if acts else []
    return StandingNow(at=at, acts=[act.act for act in acts], cities=cities)


def _decided(ledger: Ledger, act: Act) -> pd.Timestamp:
    """When an act was decided; of orders for a list alone, when it was issued."""
    decided = decided_of(ledger, act)
    if decided is None or pd.isna(decided.at):
        return pd.Timestamp(zoned_always(act.issued_at).astimezone(ZONE).replace(tzinfo=None))
    return decided.at


def _cities(found: InForce, scope: Scope) -> list[Standing]:
    """The state of each city; where some counties alone may be seen, of those with lines there."""
    return [
        Standing(**_state(one), then=None if one["then"] is None else Later(**_state(one["then"])))
        for one in found.cities()
        if scope.whole or one["lines"]
    ]


def _state(state: CityState) -> dict[str, Any]:
    """The figures of a state, times with zone."""
    one = dict[str, Any](state)
    counts = ("city", "level", "enterprises", "lines", "ordered", "stopped", "undetermined", "exempt", "self_directed")
    return {
        **{name: one[name] for name in counts},
        "level_text": LEVEL_TEXT[one["level"]],
        "decision": one["decision"] or None,
        **{name: zoned(one[name]) for name in ("at", "since", "ends")},
        **{f"{name}_kg_d": one["kg"][name] for name in POLLUTANTS},
    }
