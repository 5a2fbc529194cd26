"""What ``summary.json`` says of a city at a level: the shape of its entries, which acts record as they are."""

from __future__ import annotations

from typing import Literal, TypedDict

#: Whether a required ratio is reached; ``unknown``: it hangs on what cannot be computed.
Met = Literal["yes", "no", "unknown"]


class RatioEntry(TypedDict, total=False):
    """One pollutant: what is reduced as a share of whole-society emission, 0 to 1; None without such an emission.

    ``open_stopped`` and ``at_most`` are what ``warning`` would be if lines without a ground stopped, and if all that
    cannot be computed were saved whole; each is absent where it would be no more.
    """

    warning: float | None
    with_season: float | None
    required: float | None
    required_by: str  #: id of the rule
    basis: str  #: its citation
    met: str  #: a :data:`Met`; absent where no rule asks for a ratio
    margin_kg_d: float
    open_stopped: float
    at_most: float


class Amounts(TypedDict):
    """Kilograms a day by pollutant, and ratios against the totals of the place; None where there are none."""

    reduced_kg_d: dict[str, float]
    beside_kg_d: dict[str, float]  #: of it what vehicles and sites bring
    reduced_with_season_kg_d: dict[str, float]
    whole_society_kg_d: dict[str, float] | None
    inventory_year: int | None
    ratio: dict[str, RatioEntry] | None
    met: str  #: a :data:`Met`: of all pollutants together


class PhaseEntry(Amounts, total=False):
    """A part of a response in which nothing changes: numbers of lines, kilograms a day by pollutant, ratios.

    ``phase`` are hours since the warning's life began (``24-120``, ``120-``), ``starts`` and ``ends`` its times.
    """

    phase: str
    date: str
    starts: str
    ends: str
    status: dict[str, int]
    ground: dict[str, int]
    undetermined: int
    referred_to_city_plan: int
    rule_asks_more_than_published: int
    share_order_unmet: int
    bound_by_lower_level: int
    lighter_than_lower_level: int
    lower_bound_lines: int
    hangs_on: dict[str, int]


class SummaryEntry(PhaseEntry, total=False):
    """A city at a level: the counts of the phase that leaves most open, the amounts of the one that reaches least.

    ``phases`` are all of them, the worst first; ``worst_phase`` names the two.  Orders under a warning also have its
    ``warning_id`` and ``county``; ``overridden`` counts lines that a person ordered otherwise.
    """

    city: str
    level: str
    county: str
    warning_id: str
    lines: int
    enterprises: int
    overridden: int
    worst_phase: dict[str, str]
    phases: list[PhaseEntry]
