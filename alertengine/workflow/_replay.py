"""Recomputing an act from its snapshots with today's program, and comparing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from alertengine.ledger import Difference, compare_orders, compare_warnings
from alertengine.vocabulary import ERASED, sole_traders
from alertengine.workflow.act_opened import opened, unpacked
from alertengine.workflow.issue import plain
from alertengine.workflow.recompute import PUBLIC, list_file, load_rules, run_inputs
from alertengine.workflow.snapshot import versions

if TYPE_CHECKING:
    from alertengine.ledger import Ledger
    from alertengine.lists import EnterpriseList
    from alertengine.orders import Explanation
    from alertengine.rulebook import Rulebook


@dataclass(slots=True)
class Replayed:
    """What a replay found: no difference is byte for byte the same; ``versions`` what changed since."""

    act: int
    rows: int
    differences: list[Difference] = field(default_factory=list)
    versions: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: The list was erased: replayed from its copy without personal fields.
    erased: bool = False

    @property
    def identical(self) -> bool:
        """Whether warnings, orders and totals came out the same."""
        return not self.differences


def rulebook_of(ledger: Ledger, number: int) -> Rulebook:
    """The rulebook an act was decided by."""
    act = ledger.act(number)
    with unpacked(ledger, act) as folder:
        return load_rules(folder, act.head["options"])


def list_of(ledger: Ledger, number: int) -> EnterpriseList:
    """The list an act was decided on."""
    from alertengine.lists import read_list

    act = ledger.act(number)
    options = act.head["options"]
    with unpacked(ledger, act) as folder:
        book = load_rules(folder, options)
        totals = folder / options["totals"] if options.get("totals") else None
        return read_list(folder / list_file(folder, options), book.lists, totals=totals)


def replay(ledger: Ledger, number: int) -> Replayed:
    """Recompute an act and compare: warnings, orders and totals.

    Raises:
        InputError: the act has no orders, or today's program cannot read its inputs.

    """
    act = ledger.act(number)
    recorded = ledger.orders(number)
    with unpacked(ledger, act) as folder:
        run = run_inputs(folder, act.head["options"])
        erased = PUBLIC in Path(run.enterprises.file).parts
    orders = run.orders
    if erased:
        recorded, orders = _nameless(recorded), _nameless(orders)
    differences = compare_warnings(ledger.warnings(number), run.warnings)
    differences += compare_orders(recorded, orders)
    if plain(run.summaries) != act.head.get("summaries"):
        differences.append(Difference("summaries", "", "", "", "recorded", "other totals"))
    then = act.head.get("versions") or {}
    changed = {name: (then.get(name, ""), now) for name, now in versions().items() if then.get(name, "") != now}
    return Replayed(number, len(recorded), differences, changed, erased)


def _nameless(orders: pd.DataFrame) -> pd.DataFrame:
    names = orders["enterprise"].astype("object").mask(sole_traders(orders), ERASED)
    return orders.assign(enterprise=names.astype("str"))


def explain_line(ledger: Ledger, number: int, line: str, *, personal: bool = True) -> Explanation:
    """The reasoning of one line's order as of then: its rules, its list, its day.

    Raises:
        InputError: no such act or line.

    """
    return opened(ledger, number).explain(line, personal=personal)
