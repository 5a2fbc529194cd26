"""Recomputing an act from its snapshots with today's program, and explaining it as of then."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from alertengine.errors import InputError
from alertengine.ledger.connect import refuse
from alertengine.ledger.diff import Difference, compare_orders, compare_warnings
from alertengine.ledger.issue import plain
from alertengine.ledger.model import Act
from alertengine.ledger.personal import ERASED, sole_traders
from alertengine.ledger.recompute import PUBLIC, known_on, list_file, load_rules, run_inputs
from alertengine.ledger.snapshot import versions
from alertengine.orders.override import OVERRIDDEN, Override, read_overrides

if TYPE_CHECKING:
    from alertengine.explaining.run import Explanation
    from alertengine.ledger.store import Ledger
    from alertengine.lists.model import EnterpriseList
    from alertengine.rulebook.book import Rulebook


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


@contextmanager
def unpacked(ledger: Ledger, act: Act) -> Iterator[Path]:
    """The inputs of an act of warnings and orders in a folder that goes away.

    Raises:
        InputError: the act is of another kind.

    """
    if "options" not in act.head:
        raise refuse(ledger.path, f"act {act.act} has no orders to recompute", "an act of kind issue", act.kind)
    with tempfile.TemporaryDirectory(prefix="alertengine-") as name:
        ledger.unpack(act.act, Path(name))
        yield Path(name)


def rulebook_of(ledger: Ledger, number: int) -> Rulebook:
    """The rulebook an act was decided by."""
    act = ledger.act(number)
    with unpacked(ledger, act) as folder:
        return load_rules(folder, act.head["options"])


def list_of(ledger: Ledger, number: int) -> EnterpriseList:
    """The list an act was decided on."""
    from alertengine.lists.read import read_list

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
    if plain(run.summaries) != act.head["summaries"]:
        differences.append(Difference("summaries", "", "", "", "recorded", "other totals"))
    then = act.head["versions"]
    changed = {name: (then.get(name, ""), now) for name, now in versions().items() if then.get(name, "") != now}
    return Replayed(number, len(recorded), differences, changed, erased)


def _nameless(orders: pd.DataFrame) -> pd.DataFrame:
    names = orders["enterprise"].astype("object").mask(sole_traders(orders), ERASED)
    return orders.assign(enterprise=names.astype("str"))


def explain_line(ledger: Ledger, number: int, line: str) -> Explanation:
    """The reasoning of one line's order as of then: its rules, its list, its day.

    Raises:
        InputError: no such act or line.

    """
    from alertengine.explaining.run import explain, rows_of
    from alertengine.orders.write import write_orders

    act = ledger.act(number)
    orders = ledger.orders(number)
    with unpacked(ledger, act) as folder:
        table = folder / f"act-{number}-orders.csv"
        write_orders(orders, table)
        options = act.head["options"]
        book = load_rules(folder, options)
        try:
            found = explain(table, line, book, folder / list_file(folder, options), known_on(options))
            return with_override(found, rows_of(orders, line, str(table)), read_overrides(options))
        except InputError as error:
            named = f"{ledger.path} act {number}"
            raise InputError([replace(one, file=named) for one in error.problems]) from None


def with_override(found: Explanation, rows: pd.DataFrame, overrides: Iterable[Override]) -> Explanation:
    """The reasoning of a line with what a person ordered in its place at its head; ``rows`` are its orders."""
    from alertengine.explaining.why import Reason

    line = f"{rows['enterprise_id'].iloc[0]}/{rows['line_id'].iloc[0]}"
    for one in overrides:
        if one.line == line:
            said = f"{OVERRIDDEN}：{one.words}。理由：{one.reason}。{one.decided}。以下为规则所定"
            for phase in found.phases:
                phase.below.insert(0, Reason(said))
    return found
