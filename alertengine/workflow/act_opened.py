"""An act opened for questions: its orders, its list and its rules of then, read once and asked often."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from alertengine.files import scratch
from alertengine.ledger import Act
from alertengine.orders import OVERRIDDEN, Override, plain_texts, read_overrides
from alertengine.vocabulary import MASKED, SOLE_TRADER, problems_as, refuse
from alertengine.workflow.recompute import PUBLIC, known_on, list_file, load_rules

if TYPE_CHECKING:
    from alertengine.engine import Engine
    from alertengine.ledger import Ledger
    from alertengine.lists import EnterpriseList
    from alertengine.orders import Explanation, Reason


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
    from alertengine.lists import read_list

    act, orders = ledger.act(number), ledger.orders(number)
    with unpacked(ledger, act) as folder:
        options = act.head["options"]
        book = load_rules(folder, options)
        enterprises = read_list(folder / list_file(folder, options), book.lists)
    engine = Engine(book, known_on(options))
    overrides = tuple(read_overrides(options))
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
