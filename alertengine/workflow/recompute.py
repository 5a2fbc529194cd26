"""The one way from files and options to warnings and orders: recording and replaying both take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.files.path_gate import inside
from alertengine.ledger.act import option_paths
from alertengine.lists.model import EnterpriseList
from alertengine.lists.read import read_list
from alertengine.orders.decide import Orders, decide
from alertengine.orders.overrides import read_overrides
from alertengine.orders.respond import respond
from alertengine.orders.scenario import Scenario
from alertengine.rulebook.book import Rulebook
from alertengine.vocabulary.fields import FIELDS
from alertengine.vocabulary.personal import ERASED, sole_traders
from alertengine.vocabulary.problems import InputError, Problem, Result
from alertengine.warning.record import empty_table

#: Where the copy of a list without personal fields lies among the inputs.
PUBLIC: Final = "list-public"


@dataclass(slots=True)
class Run(Result):
    """What a run came to, either way it was asked for: ``made_from`` its orders, with all they rest on."""

    book: Rulebook
    enterprises: EnterpriseList
    warnings: pd.DataFrame
    orders: pd.DataFrame
    summaries: list[dict[str, Any]]
    made_from: Sequence[Orders]
    #: The moment of the decision; None of orders for a list alone.
    now: pd.Timestamp | None = None
    #: What is missing of forecast and observations: the city it is about (blank: all), the code and the words.
    doubts: Sequence[tuple[str, str, str]] = ()

    @property
    def exit_status(self) -> int:
        """0 done, 1 done and a person must look."""
        return max(one.exit_status for one in self.made_from)


def load_rules(folder: Path, options: Mapping[str, Any]) -> Rulebook:
    """The rulebook of unpacked inputs, with what the run adopted.

    Raises:
        InputError: an option names a file outside the folder, there are no rules, or this program cannot read them.

    """
    for path in option_paths(options).values():
        inside(folder, path, folder)
    folders = [path for path in (folder / "rules").glob("*") if path.name.isdecimal()]
    folders.sort(key=lambda path: int(path.name))
    if not folders:
        raise InputError([Problem("act_without_rules", file=str(folder))])
    adopt = options.get("scenario", options).get("adopt") or {}
    book = Rulebook.load(folders, shipped=False, adopt=adopt)
    _ = book.fingerprint  # reads the files, which need not outlive this
    return book


def run_inputs(folder: Path, options: Mapping[str, Any]) -> Run:
    """Decide unpacked inputs by options as the ledger holds them.

    Raises:
        InputError: an input cannot be used.

    """
    book, overrides = load_rules(folder, options), read_overrides(options)
    if options["way"] == "scenario":
        said = {**options["scenario"], "list": list_file(folder, options)}
        found = respond(
            Scenario.model_validate({**said, "file": str(folder / "scenario.yaml"), "rules": []}), book, overrides
        )
        return replace(_run(found.orders, found.warnings.record, found.warnings.now), doubts=found.doubts)
    totals = folder / options["totals"] if options.get("totals") else None
    orders = decide(
        read_list(folder / list_file(folder, options), book.lists, totals=totals),
        book,
        level=options["level"],
        date=options["date"],
        hours=options.get("hours"),
        cities=[options["city"]] if options.get("city") else (),
        known_on=known_on(options),
        overrides=overrides,
    )
    return _run(orders, empty_table())


def _run(orders: Orders, warnings: pd.DataFrame, now: pd.Timestamp | None = None) -> Run:
    return Run(orders.book, orders.enterprises, warnings, orders.table, orders.summaries, (orders,), now)


def known_on(options: Mapping[str, Any]) -> date | None:
    """The second clock of a run."""
    said = options.get("scenario", options).get("known_on")
    return date.fromisoformat(said) if said else None


def list_file(folder: Path, options: Mapping[str, Any]) -> str:
    """The list among unpacked inputs: the file itself, or once that is erased its copy without personal fields."""
    said: str = options.get("scenario", options)["list"]
    if (folder / said).is_file():
        return said
    public = Path(PUBLIC) / f"{Path(said).stem}.csv"
    if not (folder / public).is_file():
        raise InputError([Problem("act_list_missing", file=str(folder), value=said)])
    return public.as_posix()


def without_persons(enterprises: EnterpriseList) -> EnterpriseList | None:
    """The list without what says something about persons; None where it says nothing.

    Left out: private fields, columns the vocabulary does not know, sole traders' names, a register on a sheet.
    """
    lines = enterprises.lines
    private = [name for name, one in FIELDS.items() if one.private and name in lines]
    filled = [name for name in private if _filled(lines[name])]
    extras = [name for name in enterprises.extras.columns if _filled(enterprises.extras[name])]
    mine = sole_traders(lines)
    registered = bool(enterprises.file) and enterprises.register.file == enterprises.file
    if not (filled or extras or registered or mine.any()):
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
