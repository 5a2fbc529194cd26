"""The one way from files and options to warnings and orders: recording and replaying both take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import pandas as pd

from alertengine.files import checked_model, scratch
from alertengine.lists import EnterpriseList, read_list
from alertengine.orders import Orders, Scenario, SummaryEntry, decide, orders_before, respond
from alertengine.rulebook import OpenLists, Rulebook
from alertengine.vocabulary import ERASED, FIELDS, InputError, Problem, Result, sole_traders
from alertengine.warning import empty_table, read_warnings
from alertengine.workflow.run_options import ListOptions, RunOptions
from alertengine.workflow.snapshot import Collected

#: Where the copy of a list without personal fields lies among the inputs.
PUBLIC: Final = "list-public"


@dataclass(slots=True)
class RecomputedRun(Result):
    """What a run came to, either way it was asked for: ``made_from`` its orders, with all they rest on."""

    book: Rulebook
    enterprises: EnterpriseList
    warnings: pd.DataFrame
    orders: pd.DataFrame
    summaries: list[SummaryEntry]
    made_from: Sequence[Orders]
    #: The moment of the decision; None of orders for a list alone.
    now: datetime | None = None
    #: What is missing of forecast and observations: the city it is about (blank: all), the code and the words.
    doubts: Sequence[tuple[str, str, str]] = ()

    @property
    def exit_status(self) -> int:
        """0 done, 1 done and a person must look."""
        return max(one.exit_status for one in self.made_from)


def load_rules(folder: Path, options: RunOptions, *, recorded: bool = False) -> Rulebook:
    """The rulebook of unpacked inputs, with what the run adopted; ``recorded``: those of an act, read as then.

    Raises:
        InputError: there are no rules, or this program cannot read them.

    """
    folders = [path for path in (folder / "rules").glob("*") if path.name.isdecimal()]
    folders.sort(key=lambda path: int(path.name))
    if not folders:
        raise InputError([Problem("act_without_rules", file=str(folder))])
    book = Rulebook.load(folders, shipped=False, adopt=options.adopt, recorded=recorded)
    _ = book.fingerprint  # reads the files, which need not outlive this
    return book


def read_run_list(folder: Path, options: RunOptions, lists: OpenLists) -> EnterpriseList:
    """The list among unpacked inputs, with its city totals.

    Raises:
        InputError: it is gone, or cannot be read.

    """
    totals = folder / options.totals if options.totals else None
    return read_list(folder / list_file(folder, options), lists, totals=totals)


def run_inputs(folder: Path, options: RunOptions, *, recorded: bool = False) -> RecomputedRun:
    """Decide unpacked inputs; ``recorded``: those of an act, read as then.

    Raises:
        InputError: an input cannot be used.

    """
    book = load_rules(folder, options, recorded=recorded)
    if isinstance(options, ListOptions):
        orders = decide(
            read_run_list(folder, options, book.lists),
            book,
            level=options.level,
            date=options.date,
            hours=options.hours,
            cities=[options.city] if options.city else (),
            known_on=options.known_on,
            overrides=options.overrides,
        )
        return _run(orders, empty_table())
    found = respond(_scenario(folder, options), book, options.overrides)
    return replace(_run(found.orders, found.warnings.record, found.warnings.now), doubts=found.doubts)


def _scenario(folder: Path, options: RunOptions) -> Scenario:
    own = {"list": list_file(folder, options), "file": str(folder / "scenario.yaml"), "rules": []}
    return checked_model(Scenario, options.as_json()["scenario"] | own, "options")


@dataclass(frozen=True, slots=True)
class RecordBefore:
    """What a run goes on from: ``active``, the warnings so far (WARNING_COLUMNS).

    ``active_orders`` are the share orders so far (ORDER_COLUMNS), None where they are not known; ``now`` is the moment
    of the decision, None where it is that of the forecast.
    """

    active: pd.DataFrame
    active_orders: pd.DataFrame | None
    now: datetime | None


def record_before(collected: Collected) -> RecordBefore:
    """What a run of a scenario was collected to go on from.

    Raises:
        InputError: a file cannot be used.

    """
    with scratch() as name:
        collected.write(Path(name))
        scenario = _scenario(Path(name), collected.options)
        active = read_warnings(scenario.path(scenario.active)) if scenario.active else empty_table()
        orders = orders_before(scenario)
        return RecordBefore(active, None if orders is None else orders.drop(columns="file"), scenario.now)


def _run(orders: Orders, warnings: pd.DataFrame, now: datetime | None = None) -> RecomputedRun:
    return RecomputedRun(orders.book, orders.enterprises, warnings, orders.table, orders.summaries, (orders,), now)


def list_file(folder: Path, options: RunOptions) -> str:
    """The list among unpacked inputs: the file itself, or once that is erased its copy without personal fields."""
    said = options.list_file
    if (folder / said).is_file():
        return said
    public = Path(PUBLIC) / f"{Path(said).stem}.csv"
    if not (folder / public).is_file():
        raise InputError([Problem("act_list_missing", file=str(folder), value=said)])
    return public.as_posix()


def without_persons(enterprises: EnterpriseList, *, decided: bool = False) -> EnterpriseList | None:
    """The list without what says something about persons; None where it and its table of decisions say nothing.

    ``decided``: there is a table of decisions, which may name persons and is not part of the copy.
    Left out: private fields, columns the vocabulary does not know, sole traders' names, a register on a sheet.
    """
    lines = enterprises.lines
    private = [name for name, one in FIELDS.items() if one.private and name in lines]
    filled = [name for name in private if _filled(lines[name])]
    extras = [name for name in enterprises.extras.columns if _filled(enterprises.extras[name])]
    mine = sole_traders(lines)
    registered = bool(enterprises.file) and enterprises.register.file == enterprises.file
    if not (decided or filled or extras or registered or mine.any()):
        return None
    names = lines["enterprise"].astype("object").mask(mine, ERASED)
    kept = lines.drop(columns=private).assign(enterprise=names.astype("str"))
    return EnterpriseList(
        file=enterprises.file,
        lines=kept,
        extras=enterprises.extras.iloc[:, :0],
        rows=enterprises.rows,
        version=enterprises.version,
        totals=enterprises.totals,
        stated=enterprises.stated,
    )


def _filled(column: pd.Series) -> bool:
    texts = column.astype("object").where(column.notna(), "")
    return bool((texts.astype("str").str.strip() != "").any())
