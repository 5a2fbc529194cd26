"""An act opened: its orders, list and rules of then to be asked, or recomputed by today's program and compared."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from alertengine.files import scratch
from alertengine.ledger import Act, Difference, compare_orders, compare_warnings
from alertengine.orders import OVERRIDDEN, Override, plain_texts, read_overrides
from alertengine.vocabulary import ERASED, MASKED, SOLE_TRADER, problems_as, refuse, sole_traders
from alertengine.workflow.issue import plain
from alertengine.workflow.recompute import PUBLIC, known_on, list_file, load_rules, run_inputs
from alertengine.workflow.snapshot import versions

if TYPE_CHECKING:
    from alertengine.engine import Engine
    from alertengine.ledger import Ledger
    from alertengine.lists import EnterpriseList
    from alertengine.orders import Explanation, Reason
    from alertengine.rulebook import Rulebook


@contextmanager
def unpacked(ledger: Ledger, act: Act) -> Iterator[Path]:
    """The inputs of an act of warnings and orders in a folder that goes away.

    Raises:
        InputError: the act is of another kind.

    """
    if "options" not in act.head:
        raise refuse(ledger.path, "nothing_to_recompute", value=act.kind, act=act.act)
    with scratch() as name:
        folder = Path(name)
        ledger.unpack(act.act, folder)
        if (folder / PUBLIC).is_dir() and not all(one.kept for one in ledger.inputs(act.act)):
            shutil.rmtree(folder / "list", ignore_errors=True)  # a part of it is erased: the copy is whole
        yield folder


def rulebook_of(ledger: Ledger, number: int) -> Rulebook:
    """The rulebook an act was decided by."""
    act = ledger.act(number)
    with unpacked(ledger, act) as folder:
        return load_rules(folder, act.head["options"])


def decided_on(ledger: Ledger, number: int) -> tuple[Rulebook, EnterpriseList]:
    """The rulebook and the list, with its city totals, that an act was decided on."""
    from alertengine.lists import read_list

    act = ledger.act(number)
    options = act.head["options"]
    with unpacked(ledger, act) as folder:
        book = load_rules(folder, options)
        totals = folder / options["totals"] if options.get("totals") else None
        return book, read_list(folder / list_file(folder, options), book.lists, totals=totals)


def list_of(ledger: Ledger, number: int) -> EnterpriseList:
    """The list an act was decided on."""
    return decided_on(ledger, number)[1]


@dataclass(frozen=True, slots=True)
class Opened:
    """An act: ``orders`` with texts as ``object`` and "" for blank, as a file of orders is read."""

    act: Act
    orders: pd.DataFrame
    enterprises: EnterpriseList
    engine: Engine
    overrides: tuple[Override, ...]
    name: str

    def explain(self, line: str, *, personal: bool = True) -> Explanation:
        """The reasoning of one line's order as of then; without ``personal`` no sole trader's name stands in it.

        Raises:
            InputError: no such line, or the list does not hold it.

        """
        from alertengine.orders import explain_order, rows_of

        with problems_as(lambda one: one.at(file=self.name)):
            found = explain_order(self.orders, line, self.engine, self.enterprises, self.name)
        rows = rows_of(self.orders, line, self.name)
        found = with_override(found, rows, self.overrides)
        name, code = str(rows["enterprise"].iloc[0]), str(rows["enterprise_id"].iloc[0])
        if personal or not name or not code.startswith(SOLE_TRADER):
            return found
        return replace(found, phases=[_without(name, tree) for tree in found.phases])


def opened(ledger: Ledger, number: int) -> Opened:
    """Open an act of warnings and orders.

    Raises:
        InputError: no such act, it has no orders, or today's program cannot read its inputs.

    """
    from alertengine.engine import Engine

    act, orders = ledger.act(number), ledger.orders(number)
    book, enterprises = decided_on(ledger, number)
    engine = Engine(book, known_on(act.head["options"]))
    overrides = tuple(read_overrides(act.head["options"]))
    return Opened(act, plain_texts(orders), enterprises, engine, overrides, f"{ledger.path} act {number}")


def with_override(found: Explanation, rows: pd.DataFrame, overrides: Iterable[Override]) -> Explanation:
    """The reasoning of a line with what a person ordered in its place at its head; ``rows`` are its orders."""
    from alertengine.orders import Reason

    line = f"{rows['enterprise_id'].iloc[0]}/{rows['line_id'].iloc[0]}"
    for one in overrides:
        if one.line == line:
            said = f"{OVERRIDDEN}：{one.words}。理由：{one.reason}。{one.decided}。以下为规则所定"
            for phase in found.phases:
                phase.below.insert(0, Reason(said))
    return found


def _without(name: str, reason: Reason) -> Reason:
    below = [_without(name, one) for one in reason.below]
    return replace(reason, text=reason.text.replace(name, MASKED), below=below)


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
