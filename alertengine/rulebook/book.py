"""The rulebook: all documents together, and what is in force there and then.

Two clocks: the day of the law, and ``known_on``: only documents issued by that day count,
so that an audit judges with what could be known.
"""

from __future__ import annotations

import copy
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Self

from alertengine.files import lined, result_html, rules_folder
from alertengine.rulebook.decision_tables import Hole
from alertengine.rulebook.head import RuleHead, worst
from alertengine.rulebook.kept import keep, kept, key_of
from alertengine.rulebook.law_in_time import LawInTime
from alertengine.rulebook.load import DocumentLoader, Loaded, brings_words, document_files, read_layers
from alertengine.rulebook.places_and_lists import OpenLists, Place
from alertengine.rulebook.records import VerificationRule
from alertengine.rulebook.schema import Document, LineRule
from alertengine.vocabulary import InputError, Problem, Standing, as_day, aside, gathering, require


class Rulebook(LawInTime):
    """Documents, rules and open lists of one or several rules folders."""

    def __init__(
        self,
        lists: OpenLists,
        layers: tuple[str, ...],
        loaded: Iterable[Loaded],
        adopted: Mapping[str, str] | None = None,
    ) -> None:
        """Put loaded documents together; ``adopted`` maps a document to the place it is adopted for."""
        super().__init__(lists, adopted or {})
        self.layers = layers
        self.loaded = list(loaded)
        self.holes: list[tuple[str, Hole]] = []
        problems: list[Problem] = []
        for one in self.loaded:
            self._take(one, problems)
        waiting = [name for name, one in self.documents.items() if one.only_where_adopted]
        for name, place in self.adopted.items():
            if lists.nearest_places(place) is not None:
                problems.append(Problem("adopt_unknown_area", where="adopt", value=place))
            if name not in waiting:
                problems.append(Problem("adopt_not_waiting", where="adopt", value=name, names=waiting))
        if problems:
            raise InputError(lined(problems))

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
        cls,
        folders: Iterable[Path] = (),
        *,
        shipped: bool = True,
        adopt: Mapping[str, str] | None = None,
        recorded: bool = False,
    ) -> Rulebook:
        """Load the shipped rules and further folders; what was read before is kept in the user's cache.

        ``recorded``: the folders are copies that a record holds, read as they were then and kept nowhere.

        Raises:
            InputError: with every defect of every file.

        """
        all_folders = ([rules_folder()] if shipped else []) + list(folders)
        problems = [Problem("no_rules_folder", file=str(folder)) for folder in all_folders if not folder.is_dir()]
        if problems:
            raise InputError(problems)
        for folder in all_folders:
            if not any(folder.rglob("*.yaml")):
                aside(Problem("rules_folder_empty", file=str(folder)))
        key = None if recorded else key_of(all_folders)
        book = kept(key) if key else None
        if not isinstance(book, cls):
            book = cls.read(all_folders, recorded=recorded)
            if key and key == key_of(all_folders):  # nobody wrote meanwhile
                keep(key, book)
        for name in dict.fromkeys(rule.document for rule in book.rules.values() if rule.valid.last is None):
            aside(Problem("held_without_end", file=book.documents[name].file, column="valid"))
        return book.adopting(adopt) if adopt else book

    @classmethod
    def read(cls, folders: Sequence[Path], *, overlaid: bool = False, recorded: bool = False) -> Self:
        """Read the files of some folders.

        Where folders beside the shipped one bring documents alone, the shipped ones are taken as they are kept.

        Args:
            folders: rules folders, in the order in which their open lists and layers count.
            overlaid: whether a document of a later folder stands in the place of its namesake; otherwise an id that
                stands twice is a defect.
            recorded: whether they are copies that a record holds, read as they were then.

        Raises:
            InputError: with every defect of every file.

        """
        first, *further = folders or [Path()]
        if further and first == rules_folder() and not any(map(brings_words, further)):
            shipped = Rulebook.load()
            lists, layers, loaded = shipped.lists, shipped.layers, [*shipped.loaded]
        else:
            lists, layers, loaded, further = OpenLists.load(list(folders)), read_layers(list(folders)), [], [*folders]
        problems: list[Problem] = []
        loader = DocumentLoader(lists, layers, recorded=recorded)
        for path in document_files(further):
            with gathering(problems):
                loaded.append(loader.load(path))
        if problems:
            raise InputError(problems)
        if overlaid:
            loaded = list({one.document.document: one for one in loaded}.values())
        book = cls(lists, layers, loaded)
        book.folders = tuple(folders)
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
    #: Documents issued after this day were left out when the rulebook was loaded; None: none was.
    known_on: date | None = None

    def adopting(self, adopt: Mapping[str, str]) -> Rulebook:
        """The same rulebook with further documents adopted for a place each.

        Raises:
            InputError: no such document or place.

        """
        book = Rulebook(self.lists, self.layers, self.loaded, {**self.adopted, **adopt})
        book.folders = self.folders
        return book

    def adding(self, loaded: Iterable[Loaded]) -> Rulebook:
        """The same rulebook with further documents; ``fingerprint`` stays that of the folders.

        Raises:
            InputError: a document or rule id stands in it already.

        """
        book = Rulebook(self.lists, self.layers, [*self.loaded, *loaded], self.adopted)
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
        kept = [one for one in self.loaded if one.document.document not in gone]
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

    # -- how a ground is known and cited

    @cached_property
    def _verifying(self) -> list[VerificationRule]:
        return [rule for rule in self.rules.values() if isinstance(rule, VerificationRule)]

    @cached_property
    def by_citation(self) -> dict[str, RuleHead]:
        """The rules by how their ground is cited; of several cited alike the last."""
        return {self.cite(rule): rule for rule in self.rules.values()}

    def standing(self, rule: RuleHead, day: date | None = None) -> Standing:
        """The standing of a rule with that of all it leans on: period, named areas, and which industries a sector is.

        A text that was compared with its official edition is ``primary`` from that day on (without a day: now).
        """
        document = self.documents[rule.document]
        compared = any(one.vouches(document, rule) and (day is None or one.valid.holds(day)) for one in self._verifying)
        return self._with_leans(rule, compared=compared)

    def standing_if_compared(self, rule: RuleHead) -> Standing:
        """The standing that a rule would have once its text is compared: a reading of ours stays one."""
        return self._with_leans(rule, compared=True)

    def _with_leans(self, rule: RuleHead, *, compared: bool) -> Standing:
        own = rule.source
        if compared and own in (self.documents[rule.document].standing, "third_party_code"):
            own = "primary"
        during = getattr(rule, "during", "")
        period = self.lists.period(during) if during else None
        leans = [self.lists.areas[area].standing for area in rule.area if area in self.lists.areas]
        leans += [period.standing] if period else []
        leans += [self.lists.sector_standing] if isinstance(rule, LineRule) and "sector" in rule.reads else []
        return worst(own, *leans)

    def standing_of(self, document: Document) -> Standing:
        """The standing of a document: that of its text, or of what it was compared with."""
        return "primary" if any(one.vouches(document) for one in self._verifying) else document.standing

    def official(self, document: Document, key: str) -> str:
        """``issuer`` or ``number`` of a document: as on file, or where that is silent as who compared it says."""
        said = [getattr(one, key) for one in self._verifying if one.vouches(document)]
        return str(getattr(document, key) or next(filter(None, said), ""))

    def document_cited(self, ground: str) -> Document | None:
        """The document that a ground of an order cites; None where it cites none on file."""
        rule = self.by_citation.get(ground)
        if rule is not None:
            return self.documents[rule.document]
        return next((one for cited, one in self._by_title if ground.startswith(cited)), None)

    @cached_property
    def _by_title(self) -> list[tuple[str, Document]]:
        """Documents by how they are cited, the longest first."""
        return sorted(((one.citation, one) for one in self.documents.values()), key=lambda one: -len(one[0]))

    def cite(self, rule: RuleHead, day: date | None = None, place: Place | None = None) -> str:
        """《title》（number） article: the legal ground as people read it.

        On a day past the year it was made for, with what continues it (at a place, if given), or the mark that
        nothing on file does.
        """
        cited = f"{self.documents[rule.document].citation}{rule.article}"
        concerns = self.made_for(rule)
        if day is None or concerns is None or not self.overdue(rule, day):
            return cited
        records = self.continuations(rule, day, place=place)
        continued = [f"{one.by}自{one.valid.first}沿用，见{self.cite(one, day, place)}" for one in records]
        return f"{cited}（{'；'.join(continued) or f'为{concerns.years}制定，有效期未载明'}）"


def variant(book: Rulebook, changed: Iterable[RuleHead] = (), without: Iterable[str] = ()) -> Rulebook:
    """The rulebook with some rules in place of those of the same id, and without others."""
    out = copy.copy(book)
    vars(out).update(_advice={})  # like what is cached, computed from the rules as they were
    for name in list(out.__dict__):
        if isinstance(getattr(type(book), name, None), cached_property):
            del out.__dict__[name]
    gone = set(without)
    out.rules = {name: rule for name, rule in book.rules.items() if name not in gone}
    out.rules.update({rule.id: rule for rule in changed})
    return out


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
        TypeError: an argument is an object of another class.

    """
    for folder in folders:
        require(folder, "folders", str, PathLike)
    if adopt is not None:
        require(adopt, "adopt", Mapping)
    book = Rulebook.load([Path(folder) for folder in folders], adopt=adopt)
    book.known_on = as_day(known_on, "known_on")
    return book
