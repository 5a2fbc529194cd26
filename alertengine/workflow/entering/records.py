"""What became of a document: it goes on after its year (沿用), it is replaced, or its notice was lifted (解除)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from alertengine.files import read_yaml
from alertengine.rulebook import Rulebook, RuleHead, Side, Valid, book_changes, nearest
from alertengine.vocabulary import InputError, Problem, gathering
from alertengine.workflow.entering.entry import RulesEntry, begins_of, document_files, rulebook, trial

#: Keys of a head that a document of a record must have, beside its id.
_MUST = ("title", "area", "from")
#: Keys of a new document in the order in which they are written.
_HEAD = ("document", "title", "number", "issuer", "issued", "area", "valid", "source", "entered")


@dataclass(frozen=True, slots=True)
class Named:
    """A document of the rulebook or one of its rules."""

    document: str
    rule: str = ""

    @property
    def id(self) -> str:
        """What records name it by."""
        return self.rule or self.document


def named(book: Rulebook, texts: Sequence[str]) -> list[Named]:
    """The documents and rules that some texts name: by id, by number (文号) or by title.

    Raises:
        InputError: for each that names none, with the nearest.

    """
    spelt = {one.number: name for name, one in book.documents.items() if one.number}
    spelt |= {one.title: name for name, one in book.documents.items()}
    spelt |= {name: name for name in book.documents}
    found, problems = [], []
    for text in texts:
        plain = text.strip().removeprefix("《").removesuffix("》")
        if plain in spelt:
            found.append(Named(spelt[plain]))
        elif plain in book.rules:
            found.append(Named(book.rules[plain].document, plain))
        else:
            near = nearest(plain, spelt) or tuple(book.documents)[:3]
            problems.append(Problem("record_of_nothing", where="WHAT", value=text, names=near))
    if not texts:
        problems.append(Problem("scaffold_needs", where="WHAT"))
    if problems:
        raise InputError(problems)
    return found


@dataclass(frozen=True, slots=True)
class NewRecord:
    """What is put on record of documents or rules: ``kind`` of the rule, ``keys`` of its own, ``says`` behind names."""

    kind: str
    of: str
    stem: str
    says: str
    keys: Mapping[str, Any]
    #: What may be absent.
    more: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def continued(cls, by: str) -> NewRecord:
        """They go on binding after the year they were made for (沿用), as ``by`` decided."""
        return cls("continuation", "continues", "continues", "继续执行", {"by": by.strip()})

    @classmethod
    def compared(cls, by: str, edition: str, page: str, text: Mapping[str, str] = MappingProxyType({})) -> NewRecord:
        """``by`` compared their text with an official edition, where it stands on a page (核对原文).

        ``text``: ``issuer``, ``issued`` (a day) and ``number`` of the official text, where what is on file lacks them.
        """
        keys = {"by": by.strip(), "edition": edition.strip(), "page": page.strip()}
        stated = {key: said.strip() for key, said in text.items() if said.strip()}
        return cls("verification", "verifies", "compares", "已对照官方文本核对", keys, stated)


def recorded(
    folders: Sequence[Path],
    folder: Path | None,
    what: Sequence[str],
    head: Mapping[str, Any],
    record: NewRecord | Sequence[NewRecord],
    article: str = "",
) -> RulesEntry:
    """The record that documents or rules go on after their year, or were compared with their official text.

    Args:
        folders: the folders of rules read beside the shipped ones.
        folder: the one that is written to, among them; None: nothing is written, the files are handed over.
        what: the documents or rules.
        head: keys of the document that says so; one of its id that stands in ``folder`` gets the record.
        record: what is put on record of them: one of all, or one of each in their order.
        article: where the document says so.

    Raises:
        InputError: with all that is missing or wrong.

    """
    book = rulebook(folders)
    of, raw, problems = _begun(book, folder, what, head)
    each = [record] if isinstance(record, NewRecord) else list(record)
    blank = dict.fromkeys(key for one in each for key, said in one.keys.items() if not said)
    problems += [Problem("scaffold_needs", where=f"--{key}") for key in blank]
    groups = [of] if isinstance(record, NewRecord) else [[one] for one in of]
    if not problems:
        pairs = list(zip(groups, each, strict=True))
        problems = [problem for group, one in pairs for problem in _not_vouched(book, group, one)]
    if problems:
        raise InputError(list(dict.fromkeys(problems)))
    name = str(raw["document"])
    stated = dict(head.get("valid") or {})
    own = {"valid": stated} if stated != dict(raw.get("valid") or {}) and stated.get("from") else {}
    for group, one in pairs:
        held = {str(rule.get("id")) for rule in raw.get("rules") or []}
        lacking = {key for each_of in group for key in book.documents[each_of.document].lacking()}
        rule: dict[str, Any] = {
            "id": _free(f"{name}-{one.stem}-{group[0].id}", held | set(book.rules)),
            "article": article,
            "title": "、".join(_title(book, each_of) for each_of in group) + one.says,
            "kind": one.kind,
            one.of: [each_of.id for each_of in group],
            **one.keys,
            **{key: said for key, said in one.more.items() if key in lacking},
            **own,
        }
        raw["rules"] = [*(raw.get("rules") or []), rule]
    entry = _entry(book, folders, folder, raw, f"{rule['title']}", head.get("valid"))
    for one_of in of if each[0].kind == "continuation" else ():
        if not any(book.overdue(rule_of, entry.day) for rule_of in _rules(book, one_of)):
            entry.own_notes = [*entry.own_notes, Problem("record_not_lapsed", where=one_of.id, day=str(entry.day))]
    return entry


def _not_vouched(book: Rulebook, of: Sequence[Named], record: NewRecord) -> Iterator[Problem]:
    """Why a comparison does not make texts official: nobody could find them, or who entered them compares them."""
    if record.kind != "verification":
        return
    for one in of:
        document = book.documents[one.document]
        for key in document.lacking(record.more):
            yield Problem("compared_needs", where=f"--text-{key}", value=document.citation)
        if document.entered is not None and document.entered.is_by(str(record.keys["by"])):
            yield Problem("compared_by_enterer", where="--by", value=str(record.keys["by"]), document=document.citation)


def ended(folders: Sequence[Path], folder: Path | None, what: Sequence[str], head: Mapping[str, Any]) -> RulesEntry:
    """The record that a document takes the place of others, or lifts them, from a moment on.

    Args:
        folders: the folders of rules read beside the shipped ones.
        folder: the one that is written to, among them; None: nothing is written, the files are handed over.
        what: the documents or rules that end.
        head: keys of the document that ends them; one of its id that stands in ``folder`` gets the record.

    Raises:
        InputError: with all that is missing or wrong.

    """
    book = rulebook(folders)
    of, raw, problems = _begun(book, folder, what, head)
    name = str(raw["document"])
    problems += [Problem("record_of_itself", where="WHAT", value=name) for one in of if one.document == name]
    if problems:
        raise InputError(problems)
    first = (head.get("valid") or {}).get("from") or raw["valid"]["from"]
    repeals = [{"rule": one.rule} if one.rule else {"document": one.document} for one in of]
    held = [one for one in raw.get("replaces") or [] if {k: v for k, v in one.items() if k != "from"} not in repeals]
    raw["replaces"] = [*held, *({**one, "from": str(first)} for one in repeals)]
    entry = _entry(book, folders, folder, raw, f"终止：{'、'.join(one.id for one in of)}", head.get("valid"))
    for one in of:
        if not any(book.holds(each, entry.begins) for each in _rules(book, one)):
            entry.own_notes = [
                *entry.own_notes,
                Problem("record_not_in_force", where=one.id, day=str(entry.begins)[:16]),
            ]
    return entry


def _begun(
    book: Rulebook, folder: Path | None, what: Sequence[str], head: Mapping[str, Any]
) -> tuple[list[Named], dict[str, Any], list[Problem]]:
    """What a record is of, the document it will stand in, and what is wrong with either."""
    problems: list[Problem] = []
    of: list[Named] = []
    with gathering(problems):
        of = named(book, what)
    name = str(head.get("document") or "")
    known = book.documents.get(name)
    said = {key: value for key, value in head.items() if value}
    if known is None:
        flat = {**said, **(said.get("valid") or {})}
        problems += [Problem("scaffold_needs", where=f"--{key}") for key in ("document", *_MUST) if not flat.get(key)]
        return of, {key: said[key] for key in _HEAD if key in said}, problems
    file = Path(known.file)
    if folder is None or not file.resolve().is_relative_to(folder.resolve()):
        problems.append(Problem("record_in_foreign", file=known.file, value=name))
        return of, {"document": name, "valid": {}}, problems
    return of, dict(read_yaml(file)), problems


def _entry(
    book: Rulebook, folders: Sequence[Path], folder: Path | None, raw: dict[str, Any], came: str, valid: Any
) -> RulesEntry:
    files = document_files(raw, folders, folder, came)
    changes = book_changes(Side(book), Side(trial(folders, files)))
    return RulesEntry(str(raw["document"]), files, begins_of(Valid.model_validate(valid or raw["valid"])), changes)


def _rules(book: Rulebook, one: Named) -> list[RuleHead]:
    return [book.rules[one.rule]] if one.rule else [r for r in book.rules.values() if r.document == one.document]


def _title(book: Rulebook, one: Named) -> str:
    return book.rules[one.rule].title if one.rule else f"《{book.documents[one.document].title}》"


def _free(name: str, taken: set[str]) -> str:
    found, count = name, 1
    while found in taken:
        count += 1
        found = f"{name}-{count}"
    return found
