"""The rulebook: all documents together, and what is in force there and then.

Two clocks: the day of the law, and ``known_on``: only documents issued by that day count,
so that an audit judges with what could be known.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from alertengine.files.notebook import result_html
from alertengine.files.shipped import rules_folder
from alertengine.files.yaml_reader import read_yaml
from alertengine.rulebook.decision_tables import Hole
from alertengine.rulebook.head import NOT_STATED, PartialDate, RuleHead, worst
from alertengine.rulebook.load import DocumentLoader, Loaded
from alertengine.rulebook.places_and_lists import OpenLists, Place
from alertengine.rulebook.schema import Document, LineRule, Repeal
from alertengine.vocabulary.fields import Level, Standing
from alertengine.vocabulary.problems import InputError, Problem
from alertengine.vocabulary.times import as_day

R = TypeVar("R", bound=RuleHead)
_NOT_DOCUMENTS = ("vocabulary",)


class Rulebook:
    """Documents, rules and open lists of one or several rules folders."""

    def __init__(
        self,
        lists: OpenLists,
        layers: tuple[str, ...],
        loaded: Iterable[Loaded],
        adopted: Mapping[str, str] | None = None,
    ) -> None:
        """Put loaded documents together; ``adopted`` maps a document to the place it is adopted for."""
        self.lists = lists
        self.layers = layers
        self._loaded = list(loaded)
        self.adopted = dict(adopted or {})
        self.documents: dict[str, Document] = {}
        self.rules: dict[str, RuleHead] = {}
        self.holes: list[tuple[str, Hole]] = []
        self._repeals: list[tuple[Document, Repeal]] = []
        self._members: dict[tuple[str, ...], frozenset[str]] = {}
        problems: list[Problem] = []
        for one in self._loaded:
            self._take(one, problems)
        for name, place in self.adopted.items():
            try:
                lists.members(place)
            except KeyError:
                problems.append(Problem("adopt_unknown_area", where="adopt", value=place))
            if name not in self.documents:
                problems.append(
                    Problem(
                        "adopt_no_document",
                        where="adopt",
                        value=name,
                        names=[d.document for d in self.documents.values() if d.only_where_adopted],
                    )
                )
        if problems:
            raise InputError(problems)

    def _take(self, one: Loaded, problems: list[Problem]) -> None:
        document = one.document
        if document.document in self.documents:
            other = self.documents[document.document].file
            problems.append(Problem("document_id_twice", file=document.file, value=document.document, other=other))
            return
        place = self.adopted.get(document.document)
        self.documents[document.document] = document
        self.holes += [(document.document, hole) for hole in one.holes]
        self._repeals += [(document, repeal) for repeal in document.replaces]
        for rule in one.rules:
            if rule.id in self.rules:
                other = self.documents[self.rules[rule.id].document].file
                problems.append(Problem("rule_id_twice", file=document.file, column=f"rule {rule.id}", other=other))
                continue
            self.rules[rule.id] = rule.model_copy(update={"area": (place,)}) if place else rule

    @classmethod
    def load(
        cls, folders: Iterable[Path] = (), *, shipped: bool = True, adopt: Mapping[str, str] | None = None
    ) -> Rulebook:
        """Load the shipped rules and further folders.

        Raises:
            InputError: with every defect of every file.

        """
        all_folders = ([rules_folder()] if shipped else []) + list(folders)
        problems = [Problem("no_rules_folder", file=str(folder)) for folder in all_folders if not folder.is_dir()]
        if problems:
            raise InputError(problems)
        lists = OpenLists.load(all_folders)
        layers = read_layers(all_folders)
        loader = DocumentLoader(lists, layers)
        loaded: list[Loaded] = []
        for path in document_files(all_folders):
            try:
                loaded.append(loader.load(path))
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(problems)
        book = cls(lists, layers, loaded, adopt)
        book.folders = tuple(all_folders)
        return book

    def _repr_html_(self) -> str:
        """The rulebook in a notebook: its documents and how many rules each has."""
        rules = Counter(rule.document for rule in self.rules.values())
        rows = [
            {
                "document": name,
                "title": one.title,
                "number": one.number,
                "area": "、".join(one.area),
                "rules": rules[name],
            }
            for name, one in self.documents.items()
        ]
        facts = {"documents": len(self.documents), "rules": len(self.rules)}
        return result_html("Rulebook", facts, rows)

    folders: tuple[Path, ...] = ()
    #: The second clock, where the rulebook was loaded for one.
    known_on: date | None = None

    def adopting(self, adopt: Mapping[str, str]) -> Rulebook:
        """The same rulebook with further documents adopted for a place each.

        Raises:
            InputError: no such document or place.

        """
        book = Rulebook(self.lists, self.layers, self._loaded, {**self.adopted, **adopt})
        book.folders = self.folders
        return book

    def adding(self, loaded: Iterable[Loaded]) -> Rulebook:
        """The same rulebook with further documents; ``fingerprint`` stays that of the folders.

        Raises:
            InputError: a document or rule id stands in it already.

        """
        book = Rulebook(self.lists, self.layers, [*self._loaded, *loaded], self.adopted)
        book.folders = self.folders
        return book

    def dropping(self, names: Iterable[str]) -> Rulebook:
        """The same rulebook without some documents; ``fingerprint`` stays that of the folders.

        Raises:
            InputError: no such document.

        """
        gone = set(names)
        unknown = sorted(gone - set(self.documents))
        if unknown:
            raise InputError([Problem("without_no_document", where="without", value=name) for name in unknown])
        kept = [one for one in self._loaded if one.document.document not in gone]
        book = Rulebook(self.lists, self.layers, kept, {k: v for k, v in self.adopted.items() if k not in gone})
        book.folders = self.folders
        return book

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every file of the rules folders, and what was adopted."""
        digest = hashlib.sha256(repr(sorted(self.adopted.items())).encode())
        for folder in self.folders:
            for path in sorted(folder.rglob("*.yaml")):
                if not path.name.endswith(".test.yaml"):
                    digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    # -- what is in force

    def rules_of(self, kind: str) -> list[RuleHead]:
        """All rules of a kind, whatever their dates, in the order they were read."""
        return [rule for rule in self.rules.values() if rule.kind == kind]

    def line_rules(self) -> list[LineRule]:
        """All rules about lines."""
        return [rule for rule in self.rules.values() if isinstance(rule, LineRule)]

    def members(self, rule: RuleHead) -> frozenset[str]:
        """The provinces, cities and counties a rule's area stands for; empty where it awaits adoption."""
        if self.documents[rule.document].only_where_adopted and rule.document not in self.adopted:
            return frozenset()
        if rule.area not in self._members:
            parts = [self.lists.members(area) for area in rule.area]
            self._members[rule.area] = frozenset().union(*parts)
        return self._members[rule.area]

    def reaches(self, rule: RuleHead, place: Place) -> bool:
        """Whether a place lies in a rule's area."""
        return not self.members(rule).isdisjoint(place.names())

    def holds(self, rule: RuleHead, when: date, known_on: date | None = None) -> bool:
        """Whether a rule is in force at a moment, its area and recurring period aside.

        Where only a day is given: whether it is at some moment of it.
        """
        if not rule.valid.holds(when):
            return False
        moments = (when,) if isinstance(when, datetime) else self.moments(when)
        return any(self._holds(rule, moment, known_on) for moment in moments)

    def _holds(self, rule: RuleHead, when: datetime, known_on: date | None) -> bool:
        if not rule.valid.holds(when) or not self.documents[rule.document].known(known_on):
            return False
        return not any(
            self._ends(repeal, document, rule, when) for document, repeal in self._repeals if document.known(known_on)
        ) and not any(
            rule.id in other.replaces and other.valid.holds(when) and self.documents[other.document].known(known_on)
            for other in self._replacing
        )

    def moments(self, day: date) -> tuple[datetime, ...]:
        """Midnight and every hour within a day at which a rule comes into force or lapses, in order."""
        return (datetime.combine(day, time()), *self._hours.get(day, ()))

    def unchanged_since(self, when: datetime) -> datetime:
        """The last of its day's ``moments`` up to a moment."""
        return max(moment for moment in self.moments(when.date()) if moment <= when)

    @cached_property
    def _hours(self) -> dict[date, list[datetime]]:
        """By day the moments within it, midnight aside, at which a rule comes into force or lapses."""
        ends = [end for rule in self.rules.values() for end in (rule.valid.first, rule.valid.last)]
        ends += [repeal.first or document.valid.first for document, repeal in self._repeals]
        hours = sorted({end.begins for end in ends if isinstance(end, PartialDate) and end.time})
        return {day: list(own) for day, own in groupby(hours, datetime.date)}

    @cached_property
    def _replacing(self) -> list[RuleHead]:
        return [rule for rule in self.rules.values() if rule.replaces]

    @staticmethod
    def _ends(repeal: Repeal, document: Document, rule: RuleHead, when: datetime) -> bool:
        """Whether a repeal ends a rule by a moment."""
        first = repeal.first or document.valid.first
        return (
            (first is None or first.begins <= when)
            and repeal.document in ("", rule.document)
            and repeal.kind in ("", rule.kind)
            and repeal.rule in ("", rule.id)
            and rule.document != document.document
        )

    def in_period(self, rule: RuleHead, day: date, place: Place | None = None) -> bool:
        """Whether a day lies in the recurring period a rule names (true where it names none)."""
        during = getattr(rule, "during", "")
        if not during:
            return True
        period = self.lists.period(during, place)
        return period is not None and period.holds(day)

    def in_force(
        self, kind: str, when: date, place: Place | None = None, known_on: date | None = None
    ) -> list[RuleHead]:
        """The rules of a kind in force at a moment or on a day, at a place where one is given."""
        day = when.date() if isinstance(when, datetime) else when
        return [
            rule
            for rule in self.rules_of(kind)
            if self.holds(rule, when, known_on)
            and self.in_period(rule, day, place)
            and (place is None or self.reaches(rule, place))
        ]

    def line_rules_on(self, when: date, level: Level, known_on: date | None = None) -> list[LineRule]:
        """Line rules in force at a moment or on a day at a level, any place; recurring periods not yet looked at."""
        return [
            rule
            for rule in self.line_rules()
            if self.holds(rule, when, known_on)
            and (
                rule.kind == "classification"
                or any(regime != "warning" for regime in rule.regimes)
                or level in rule.levels
            )
        ]

    def changes(self, after: datetime, before: datetime) -> list[datetime]:
        """Moments after one and before another at which the rules in force may change, of lines and of ratios."""
        days: set[date] = set()
        dated = (*self.line_rules(), *self.rules_of("ratio"))
        moments = {moment for rule in dated for moment in rule.valid.moments()}
        moments |= {repeal.first.begins for _, repeal in self._repeals if repeal.first}
        moments |= {document.valid.first.begins for document, _ in self._repeals if document.valid.first}
        used = {rule.during for rule in self.line_rules() if rule.during}
        for year in range(after.year, before.year + 1):
            for period in self.lists.periods:
                if period.name in used:
                    days.add(date.fromisoformat(f"{year}-{period.first}"))
                    days.add(date.fromisoformat(f"{year}-{period.last}") + timedelta(days=1))
        moments |= {datetime.combine(day, time()) for day in days}
        return sorted(moment for moment in moments if after < moment < before)

    def lapsed(self, day: date, known_on: date | None = None) -> list[LineRule]:
        """Line rules whose stated end has passed and that nothing replaced: holes that must show.

        A document made for one episode leaves no hole when the episode is over; one that was adopted
        for a place is named all the same, as it was asked for.
        """
        return [
            rule
            for rule in self.line_rules()
            if isinstance(rule.valid.last, PartialDate)
            and rule.valid.last.day < day
            and self.documents[rule.document].known(known_on)
            and (not self.documents[rule.document].episode or rule.document in self.adopted)
            and self.members(rule)
        ]

    def overdue(self, rule: RuleHead, day: date) -> bool:
        """Whether a rule rests on a document for a named year or winter that has passed, with no end stated."""
        document = self.documents[rule.document]
        concerns = document.concerns
        if concerns is None or not isinstance(concerns.last, PartialDate):
            return False
        return day > concerns.last.day and rule.valid.last in (NOT_STATED, None)

    def standing(self, rule: RuleHead) -> Standing:
        """The standing of a rule with that of the recurring period and the named areas it rests on."""
        during = getattr(rule, "during", "")
        period = self.lists.period(during) if during else None
        named = [self.lists.areas[area].standing for area in rule.area if area in self.lists.areas]
        return worst(rule.source, *named, *([period.standing] if period else []))

    def cite(self, rule: RuleHead) -> str:
        """《title》（number） article: the legal ground as people read it."""
        return f"{self.documents[rule.document].citation}{rule.article}"


def document_files(folders: Iterable[Path]) -> list[Path]:
    """All rule documents of some folders: every yaml that is neither a test nor vocabulary."""
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*.yaml"))
        if not path.name.endswith(".test.yaml")
        and path.relative_to(folder).parts[0] not in _NOT_DOCUMENTS
        and path.name != "precedence.yaml"
    ]


def read_layers(folders: list[Path]) -> tuple[str, ...]:
    """The layers of the last folder that names them, highest first."""
    layers: tuple[str, ...] = ("livelihood", "sanction", "exemption", "measure")
    for folder in folders:
        path = folder / "precedence.yaml"
        if not path.is_file():
            continue
        content = read_yaml(path)
        names = content.get("layers") if isinstance(content, dict) else None
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            raise InputError([Problem("no_layers", file=str(path))])
        layers = tuple(names)
    return layers


def load_rules(
    *folders: Path | str, known_on: date | str | None = None, adopt: Mapping[str, str] | None = None
) -> Rulebook:
    """The shipped law, and further folders of rule documents.

    >>> book = load_rules()
    >>> book.documents["guide-2020-340"].number
    '环办大气函〔2020〕340号'
    >>> load_rules(known_on="2020-06-01").known_on
    datetime.date(2020, 6, 1)

    Args:
        folders: folders added to the shipped rules, such as a local draft.
        known_on: only documents issued by that day count in what is decided by this rulebook.
        adopt: documents that await adoption, each with the place that adopts it.

    Raises:
        InputError: with every defect of every file.

    """
    book = Rulebook.load([Path(folder) for folder in folders], adopt=adopt)
    book.known_on = as_day(known_on)
    return book
