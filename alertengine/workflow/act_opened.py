"""An act opened: its orders, list and rules of then to be asked, told, or recomputed today and compared."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from alertengine.engine import Decision, Engine, Response
from alertengine.files import scratch
from alertengine.ledger import Act, Difference, compare_orders, compare_warnings
from alertengine.lists import EnterpriseList, line_keys, read_list
from alertengine.orders import (
    OVERRIDDEN,
    Explainer,
    Explanation,
    Override,
    Reason,
    SharesBefore,
    decide_lines,
    explain_order,
    plain_texts,
    responses_of,
    rows_of,
)
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import (
    ERASED,
    LEVEL_TEXT,
    LINE_KEY,
    MASKED,
    SOLE_TRADER,
    problems_as,
    refuse,
    sole_traders,
    to_minute,
    with_flags,
)
from alertengine.workflow.acts_in_force import plain_orders
from alertengine.workflow.issue import plain
from alertengine.workflow.recompute import PUBLIC, RecomputedRun, list_file, load_rules, read_run_list, run_inputs
from alertengine.workflow.recording import versions
from alertengine.workflow.run_options import RunOptions

if TYPE_CHECKING:
    from alertengine.ledger import Ledger


def options_of(ledger: Ledger, act: Act) -> RunOptions:
    """What the run of an act was asked.

    Raises:
        InputError: the act holds no run: it is of another kind, or another program wrote it.

    """
    options = RunOptions.of_act(act)
    if options is None:
        raise refuse(ledger.path, "nothing_to_recompute", value=act.kind, act=act.act)
    return options


@contextmanager
def unpacked(ledger: Ledger, act: Act) -> Iterator[Path]:
    """The inputs of an act of warnings and orders in a folder that goes away.

    Raises:
        InputError: as :func:`options_of`.

    """
    options_of(ledger, act)
    with scratch() as name:
        folder = Path(name)
        ledger.unpack(act.act, folder)
        if (folder / PUBLIC).is_dir() and not all(one.kept for one in ledger.inputs(act.act)):
            shutil.rmtree(folder / "list", ignore_errors=True)  # a part of it is erased: the copy is whole
        with problems_as(lambda one: one.at(file=one.file.replace(name, f"{ledger.path} act {act.act}"))):
            yield folder


def rulebook_of(ledger: Ledger, number: int) -> Rulebook:
    """The rulebook an act was decided by."""
    act = ledger.act(number)
    with unpacked(ledger, act) as folder:
        return load_rules(folder, options_of(ledger, act), recorded=True)


def decided_on(ledger: Ledger, number: int) -> tuple[Rulebook, EnterpriseList]:
    """The rulebook and the list, with its city totals, that an act was decided on."""
    act = ledger.act(number)
    with unpacked(ledger, act) as folder:
        options = options_of(ledger, act)
        book = load_rules(folder, options, recorded=True)
        return book, read_run_list(folder, options, book.lists)


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
    act, orders = ledger.act(number), ledger.orders(number)
    book, enterprises = decided_on(ledger, number)
    options, name = options_of(ledger, act), f"{ledger.path} act {number}"
    engine = Engine(book, options.known_on)
    return Opened(act, plain_texts(with_flags(orders)), enterprises, engine, options.overrides, name)


def with_override(found: Explanation, rows: pd.DataFrame, overrides: Iterable[Override]) -> Explanation:
    """The reasoning of a line with what a person ordered in its place at its head; ``rows`` are its orders."""
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
    options = options_of(ledger, act)
    with unpacked(ledger, act) as folder:
        run = run_inputs(folder, options, recorded=True)
        erased = PUBLIC in Path(run.enterprises.file).parts
    differences = differences_from(ledger, number, run, nameless=erased)
    then = act.head.get("versions") or {}
    changed = {name: (then.get(name, ""), now) for name, now in versions().items() if then.get(name, "") != now}
    return Replayed(number, ledger.rows(number, "orders"), differences, changed, erased)


def differences_from(ledger: Ledger, number: int, run: RecomputedRun, *, nameless: bool = False) -> list[Difference]:
    """How a run differs from an act or draft: warnings, orders and totals; ``nameless``: but for sole traders' names.

    Raises:
        InputError: no such act.

    """
    recorded, orders = ledger.orders(number), run.orders
    if nameless:
        recorded, orders = _nameless(recorded), _nameless(orders)
    out = compare_warnings(ledger.warnings(number), run.warnings) + compare_orders(recorded, orders)
    if plain(run.summaries) != ledger.act(number).head.get("summaries"):
        out.append(Difference("summaries", "", "", "", "recorded", "other totals"))
    return out


def _nameless(orders: pd.DataFrame) -> pd.DataFrame:
    names = orders["enterprise"].astype("object").mask(sole_traders(orders), ERASED)
    return orders.assign(enterprise=names.astype("str"))


def explain_line(ledger: Ledger, number: int, line: str, *, personal: bool = True) -> Explanation:
    """The reasoning of one line's order as of then: its rules, its list, its day.

    Raises:
        InputError: no such act or line.

    """
    return opened(ledger, number).explain(line, personal=personal)


# -- in plain text

#: Kinds of lines explained; of more the rest is counted.
MOST: Final = 400
_ALIKE: Final = ("city", "industry", "process", "effective_grade", "level", "starts", "rules", "measure_text", "status")


def explanation_text(ledger: Ledger, number: int, *, personal: bool) -> str:
    """The reasoning of an act, in Chinese, by its rules and its list; without personal fields unless asked for.

    Raises:
        InputError: the act has no orders, or today's program cannot read its inputs.

    """
    act = ledger.act(number)
    orders = plain_orders(ledger.orders(number, personal=personal), number)
    options = options_of(ledger, act)
    with unpacked(ledger, act) as folder:
        book = load_rules(folder, options, recorded=True)
        # The list to explain from: its copy without personal fields where there is one
        file = Path(list_file(folder, options))
        public = folder / PUBLIC / f"{file.stem}.csv"
        enterprises = read_list(folder / file if personal or not public.is_file() else public, book.lists)
        engine = Engine(book, options.known_on)
        told = _reasons_text(engine, enterprises, orders)
    head = f"第{number}号《{act.title}》各类生产线的理由（同类以一条为例）\n\n"
    return head + told.replace(ERASED, MASKED)


def _reasons_text(engine: Engine, enterprises: EnterpriseList, orders: pd.DataFrame) -> str:
    lines, published = enterprises.lines, enterprises.version.status == "published"
    places = {key: place for place, key in enumerate(line_keys(lines))}
    of_line = orders.groupby(LINE_KEY, sort=False).indices
    before, decided = SharesBefore(orders), dict[Response, list[Decision]]()
    groups = list(orders.groupby(list(_ALIKE), sort=True))
    out = []
    for _, group in groups[:MOST]:
        first = group.iloc[0]
        key = tuple(first[LINE_KEY])
        own = orders.iloc[of_line[key]]
        responses = responses_of(own.sort_values("starts").reset_index(drop=True))
        starts = datetime.fromisoformat(first["starts"])
        response = next(one for one in responses if any(piece.starts == starts for piece in one.segments))
        if response not in decided:
            decided[response] = decide_lines(engine, lines, response, published=published, before=before).decisions
        place = places.get(key)
        shown = [one for one in decided[response] if to_minute(one.slice.starts) == first["starts"]]
        if place is None or not shown:
            continue
        level = LEVEL_TEXT[first["level"]]
        out.append(
            f"【{first['city']}　{first['industry']}　{first['process']}　{level}】同类{len(group)}条，以下为其中一条"
        )
        out.append(_indented(Explainer(engine, lines, shown[0], place, enterprises.citation).tree()))
    if len(groups) > MOST:
        out.append(f"另有{len(groups) - MOST}类未列，可用 alertengine ledger explain 逐条查看")
    return "\n".join(out) + "\n"


def _indented(reason: Reason, depth: int = 0) -> str:
    lines = ["　" * depth + reason.text.replace("\n", "；")]
    lines += [_indented(one, depth + 1) for one in reason.below]
    return "\n".join(lines) + ("\n" if not depth else "")
