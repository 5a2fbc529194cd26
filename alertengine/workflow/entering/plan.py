"""The form of a city's plan, made from what is on file of it: a second evening goes on where the first ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from alertengine.documents import LACKS, read_pack_templates
from alertengine.files import read_yaml, rules_folder
from alertengine.lists import EnterpriseList
from alertengine.rulebook import Document, DocumentLoader, Form, Loaded, Rulebook, form_of, nearest, write_plan_form
from alertengine.vocabulary import InputError, Problem


@dataclass(frozen=True, slots=True)
class PlanForm:
    """The form of a city; ``known`` is the document it goes on with, ``after`` one that it takes the place of."""

    city: str
    form: Form
    known: Loaded | None = None
    after: Document | None = None

    @property
    def open(self) -> int:
        """How many cells wait to be filled in."""
        return sum(cell.startswith("【待填") for sheet in self.form.sheets for row in sheet.rows for cell in row)


def plan_form(book: Rulebook, city: str, head: Mapping[str, Any], day: date) -> PlanForm:
    """The form of a city's plan.

    A plan of the bureau's own folders is gone on with.  One that is shipped is no file of the bureau's: the form begins
    a new document with what it says, and takes its place.

    Raises:
        InputError: no such city, or no name for the document can be made of the city's.

    """
    name = city_of(book, city)
    plan = plan_on_file(book, name, day, head.get("document"))
    own = plan is not None and not Path(plan.file).resolve().is_relative_to(rules_folder().resolve())
    raw: dict[str, Any] = {}
    if plan is not None:
        raw = dict(read_yaml(Path(plan.file)))
        raw = raw if own else _begun_anew(raw, plan)
    said = {key: value for key, value in head.items() if value}
    if raw.get("entered"):
        said.pop("entered", None)  # who entered what is on file
    raw = {"document": _document_id(book, name, plan if own else None), "area": name, **raw, **said}
    raw.setdefault("emergency_plan", True)
    known = DocumentLoader(book.lists, book.layers).load(Path(plan.file)) if plan is not None and own else None
    departments = [one.name for one in read_pack_templates().departments]
    counties = book.lists.counties.of(name)
    return PlanForm(name, form_of(raw, counties, departments, LACKS), known, None if own else plan)


def write_plan(book: Rulebook, found: PlanForm, target: Path) -> None:
    """Write the form as a workbook.

    Raises:
        InputError: the file cannot be written.

    """
    write_plan_form(book, found.form, found.known, target)


def city_of(book: Rulebook, text: str) -> str:
    """The standard name of a city.

    Raises:
        InputError: there is none of that name; the nearest are named.

    """
    name = book.lists.standard_name("places", text)
    if name is None or name not in book.lists.cities():
        near = nearest(text, {one: one for one in book.lists.cities()}) or tuple(book.lists.cities())
        raise InputError([Problem("name_not_on_file", where="CITY", value=text, names=near)])
    return name


def plan_on_file(book: Rulebook, city: str, day: date, name: str | None = None) -> Document | None:
    """The emergency plan of a city: the one named, else the newest, one in force before one that is over."""
    plans = [one for one in book.documents.values() if one.emergency_plan]
    found = [one for one in plans if any(city in book.lists.members(area) for area in one.area)]
    if name:
        found = [one for one in found if one.document == name]
    return max(found, key=lambda one: (one.valid.holds(day), one.valid.bounds()[0]), default=None)


def without_plan(book: Rulebook, enterprises: EnterpriseList, day: date) -> list[str]:
    """The cities of a list whose emergency plan is not on file, so that every paper there is a draft."""
    stated = dict.fromkeys(enterprises.lines["city"].astype("object").dropna().astype(str))
    found = ((city, plan_on_file(book, city, day)) for city in stated if city in book.lists.cities())
    return [city for city, plan in found if plan is None or not plan.valid.holds(day)]


def _begun_anew(raw: dict[str, Any], plan: Document) -> dict[str, Any]:
    """What a plan on file says, as the beginning of another document: its rules get names of their own."""
    aside = ("document", "number", "issuer", "issued", "valid", "source", "url", "entered", "tables", "clauses", "note")
    kept = {key: value for key, value in raw.items() if key not in aside}
    rules = [
        {key: value for key, value in rule.items() if key not in ("id", "source")}
        for rule in kept.get("rules") or []
        if isinstance(rule, dict) and rule.get("kind") in ("procedure", "response", "linkage")
    ]
    return {**kept, "rules": rules, "missing": [], "replaces": [{"document": plan.document}]}


def _document_id(book: Rulebook, city: str, own: Document | None) -> str:
    if own is not None:
        return own.document
    spelt = [text for text, name in book.lists.spellings("places").items() if name == city and text.isascii()]
    stem = min((text.lower() for text in spelt), default="")
    taken = {one.document for one in book.documents.values()}
    if not stem:
        raise InputError([Problem("plan_needs_id", where="--document", value=city)])
    name, count = f"{stem}-plan", 1
    while name in taken:
        count += 1
        name = f"{stem}-plan-{count}"
    return name
