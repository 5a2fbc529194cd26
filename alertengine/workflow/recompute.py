"""The one way from files and options to warnings and orders: recording and replaying both take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import pandas as pd
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from alertengine.files import checked_model, inside, leads_out, problems_of
from alertengine.ledger import option_paths
from alertengine.lists import EnterpriseList, read_list
from alertengine.orders import Orders, Scenario, SummaryEntry, decide, read_overrides, respond
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import (
    ERASED,
    FIELDS,
    LAW_YEARS,
    MOST_HOURS,
    InputError,
    Level,
    Problem,
    Result,
    SaidError,
    sole_traders,
)
from alertengine.warning import empty_table

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


def _day(value: Any) -> Any:
    """A day as the record holds one: a text, of the years that anything is on file for."""
    with suppress(TypeError, ValueError):
        if date.fromisoformat(value).year in LAW_YEARS:
            return value
    raise SaidError("key_day")


class _Options(BaseModel):
    """The form of the options of a run for a list alone, and of what every run has."""

    adopt: dict[str, str] = Field(default_factory=dict)
    known_on: Annotated[str, BeforeValidator(_day)] | None = None
    list_file: str = Field(alias="list")


class _ListOptions(_Options):
    way: Literal["orders"]
    level: Level
    date: Annotated[str, BeforeValidator(_day)]
    hours: Annotated[float, Field(gt=0, le=MOST_HOURS)] | None = None
    city: str | None = None


def _checked_options(options: Any) -> Mapping[str, Any]:
    """What the options of a run say, once they have the form that this program writes; a foreign record's may not.

    Raises:
        InputError: they have another form.

    """
    of_scenario = isinstance(options, Mapping) and options.get("way") == "scenario"
    said: Mapping[str, Any] = options.get("scenario") if of_scenario else options
    try:
        (_Options if of_scenario else _ListOptions).model_validate(said)
    except ValidationError as error:
        raise InputError(problems_of(error, "options")) from None
    return said


def check_options(options: Any) -> None:
    """Refuse the options of a run that have not the form this program writes, or name a file outside the record's own.

    Raises:
        InputError: with every such option.

    """
    _checked_options(options)
    known_on(options)
    out = [path for _, path in option_paths(options) if leads_out(path)]
    if out:
        raise InputError([Problem("path_leads_out", file="options", value=path) for path in out])


def load_rules(folder: Path, options: Mapping[str, Any], *, recorded: bool = False) -> Rulebook:
    """The rulebook of unpacked inputs, with what the run adopted; ``recorded``: those of an act, read as then.

    Raises:
        InputError: the options have another form or name a file outside the folder, there are no rules, or this
            program cannot read them.

    """
    said = _checked_options(options)
    for _, path in option_paths(options):
        inside(folder, path, "options")
    folders = [path for path in (folder / "rules").glob("*") if path.name.isdecimal()]
    folders.sort(key=lambda path: int(path.name))
    if not folders:
        raise InputError([Problem("act_without_rules", file=str(folder))])
    book = Rulebook.load(folders, shipped=False, adopt=said.get("adopt") or {}, recorded=recorded)
    _ = book.fingerprint  # reads the files, which need not outlive this
    return book


def run_inputs(folder: Path, options: Mapping[str, Any], *, recorded: bool = False) -> RecomputedRun:
    """Decide unpacked inputs by options as the ledger holds them; ``recorded``: those of an act, read as then.

    Raises:
        InputError: an input cannot be used.

    """
    book, overrides = load_rules(folder, options, recorded=recorded), read_overrides(options)
    if options["way"] == "scenario":
        said = {**options["scenario"], "list": list_file(folder, options)}
        scenario = checked_model(Scenario, {**said, "file": str(folder / "scenario.yaml"), "rules": []}, "options")
        found = respond(scenario, book, overrides)
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


def _run(orders: Orders, warnings: pd.DataFrame, now: datetime | None = None) -> RecomputedRun:
    return RecomputedRun(orders.book, orders.enterprises, warnings, orders.table, orders.summaries, (orders,), now)


def known_on(options: Mapping[str, Any]) -> date | None:
    """The day up to whose documents a run was decided (option ``known_on``); None: by all on file.

    Raises:
        InputError: it is no day.

    """
    said = options.get("scenario", options)
    known = said.get("known_on") if isinstance(said, Mapping) else None
    try:
        return date.fromisoformat(_day(known)) if known is not None else None
    except SaidError as error:
        problem = Problem("key_refused", file="options", column="known_on", value=str(known), message=error.said)
        raise InputError([problem]) from None


def list_file(folder: Path, options: Mapping[str, Any]) -> str:
    """The list among unpacked inputs: the file itself, or once that is erased its copy without personal fields."""
    said: str = _checked_options(options)["list"]
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
