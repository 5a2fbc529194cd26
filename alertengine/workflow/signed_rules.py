"""A document that one bureau entered, handed to another: signed by the keys of those who entered and checked it.

The file is JSON: the text and worked cases of the document, the bureau, the time, and a signature (Ed25519) of each
person over all of it.  Whose key is whose is told by who reads it, as for the record (``ledger keygen``).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from alertengine.checking import read_cases
from alertengine.files import Limits, check_size, parse_yaml, read_json, replacing_text
from alertengine.ledger import as_bytes, canonical, holds, read_private, sha256
from alertengine.rulebook import (
    Document,
    Import,
    LineRule,
    Rulebook,
    import_text,
    nearest,
    origin_words,
    sha256_of,
    with_origin,
)
from alertengine.vocabulary import InputError, Problem, Words, problems_as, refuse, unsaid
from alertengine.vocabulary import times as clock

_DOMAIN: Final = "alertengine rule document 1"
#: MB of a package: a document is some hundred kilobytes.
_MOST: Final = 20


def _moment(text: str) -> str:
    """A time with its zone, as it is written."""
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(text)
    return text


class Signature(BaseModel):
    """A person, as the document names them, with their public key and what they signed with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: str = Field(min_length=1)
    key: str = Field(pattern=r"^[0-9a-f]{64}$")
    signature: str = Field(pattern=r"^[0-9a-f]{128}$")

    @property
    def fingerprint(self) -> str:
        """The key as people compare it: the first 16 digits of its SHA-256."""
        return sha256(bytes.fromhex(self.key))[:16]


class Package(BaseModel):
    """A document handed on: each signature is over everything but the signatures, and over whose it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["alertengine rule document 1"] = "alertengine rule document 1"
    document: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    bureau: str = Field(min_length=1)
    exported_at: Annotated[str, AfterValidator(_moment)]
    text: str
    cases: str = ""
    signatures: tuple[Signature, ...] = ()

    def signed_bytes(self, by: str) -> bytes:
        """What the signature of a person is over."""
        return as_bytes(canonical({**self.model_dump(exclude={"signatures"}), "domain": _DOMAIN, "by": by}))


@dataclass(frozen=True, slots=True)
class Received:
    """A package read: what it would change, its worked cases, and what is said of where it came from."""

    found: Import
    cases: str
    problems: list[Problem]


def hand_on(book: Rulebook, name: str, bureau: str, keys: Mapping[str, Path], target: Path) -> Package:
    """Write a document as a package for other bureaus, signed by who entered and who checked it.

    Args:
        book: the rulebook that has it.
        name: its id.
        bureau: who hands it on.
        keys: private keys by signature, as the document names who entered and who checked it.
        target: the .json to write.

    Raises:
        InputError: there is no such document, it was not entered here, a key is of neither person, or cannot be used.

    """
    document = book.documents.get(name)
    if document is None:
        near = nearest(name, {one: one for one in book.documents}) or tuple(book.documents)
        raise InputError([Problem("adopt_no_document", where="rules", value=name, names=near)])
    if unsaid(bureau):
        raise InputError([Problem("bureau_wanted", where="--bureau")])
    if document.entered is None:
        raise refuse(document.file, "not_handed_on", why=Words("nobody_entered"))
    if document.origin is not None:
        raise refuse(document.file, "not_handed_on", why=Words("from_another_bureau", bureau=document.origin.bureau))
    _refuse_others(document, keys, document.file)
    file = Path(document.file)
    cases = file.with_suffix(".test.yaml")
    plain = Package(
        document=name,
        bureau=bureau.strip(),
        exported_at=clock.stamp(clock.now()),
        text=file.read_text(encoding="utf-8"),
        cases=cases.read_text(encoding="utf-8") if cases.is_file() else "",
    )
    private = {by: read_private(path) for by, path in keys.items()}
    signatures = tuple(
        Signature(
            by=by, key=key.public_key().public_bytes_raw().hex(), signature=key.sign(plain.signed_bytes(by)).hex()
        )
        for by, key in private.items()
    )
    if len({one.key for one in signatures}) != len(signatures):
        raise InputError([Problem("signer_wanted", where="--signed-by", value="; ".join(map(str, keys.values())))])
    made = plain.model_copy(update={"signatures": signatures})
    replacing_text(target, json.dumps(made.model_dump(), ensure_ascii=False, indent=1) + "\n")
    return made


def _refuse_others(document: Document, signers: Mapping[str, Any], where: str) -> None:
    """Refuse whoever neither entered nor checked a document, and a document that nobody signs."""
    entered = document.entered
    names = [name for name in (entered.by, entered.checked_by) if name] if entered else []
    others = [by for by in signers if by not in names]
    if others or not signers:
        raise InputError([Problem("signer_no_hand", file=where, value=by, names=names) for by in others or ["-"]])


def receive(
    book: Rulebook, path: Path, known: Mapping[str, str], accepts: Callable[[LineRule], None], today: date
) -> Received:
    """Read a signed document, checked like any that is imported.

    Args:
        book: the rulebook that it would join.
        path: the file.
        known: public keys (64 hexadecimal digits) by signature, as this bureau holds them.
        accepts: raises an :class:`EngineError` for a rule that the engine cannot match.
        today: the day it is read.

    Raises:
        InputError: no such file or signature, one that does not hold, or that is by another key than the one known.

    """
    package = read_package(path)
    for one in package.signatures:
        if not holds(one.key, one.signature, package.signed_bytes(one.by)):
            raise refuse(path, "signed_document_changed", by=one.by)
    for one in package.signatures:
        if known.get(one.by, one.key) != one.key:
            key = sha256(bytes.fromhex(known[one.by]))[:16]
            raise refuse(path, "signed_by_other_key", value=f"{one.by} {one.fingerprint}", key=key)
    try:
        raw = parse_yaml(package.text)
    except ValueError:
        raise refuse(path, "not_a_signed_document") from None
    if not isinstance(raw, dict) or raw.get("document") != package.document or "origin" in raw:
        raise refuse(path, "not_a_signed_document")
    unknown = [one for one in package.signatures if one.by not in known]
    digest = sha256_of(package.text)
    origin = {
        "bureau": package.bureau,
        "signed": {one.by: one.fingerprint for one in package.signatures},
        "exported": package.exported_at,
        "loaded": today.isoformat(),
        "sha256": digest,
        "known": not unknown,
    }
    found = import_text(book, with_origin(package.text, origin), str(path), accepts)
    _refuse_others(found.head, {one.by: one for one in package.signatures}, str(path))
    _refuse_bad_cases(package.cases, path)
    problems = [Problem("signed_by_unknown_key", file=str(path), by=one.by, key=one.fingerprint) for one in unknown]
    problems += _older(book, package, str(path))
    found.notes.append(_origin_note(found.head, package, digest))
    return Received(found, package.cases, problems)


def _older(book: Rulebook, package: Package, path: str) -> list[Problem]:
    """A problem where what is on file of the document was handed on after this."""
    document = book.documents.get(package.document)
    held = document.origin.exported if document is not None and document.origin is not None else package.exported_at
    with suppress(ValueError, TypeError):  # what a person wrote there by hand is no time
        if datetime.fromisoformat(held) > datetime.fromisoformat(package.exported_at):
            return [Problem("signed_older", file=path, value=package.exported_at, held=held)]
    return []


def _refuse_bad_cases(text: str, source: Path) -> None:
    if not text:
        return
    with tempfile.TemporaryDirectory() as folder, problems_as(lambda problem: problem.at(file=str(source))):
        file = Path(folder) / "cases.test.yaml"
        file.write_bytes(text.encode())
        read_cases(file)


def read_package(path: Path) -> Package:
    """Read the signed document of a file; its signatures are not verified here.

    Raises:
        InputError: it is none, or nobody signed it.

    """
    try:
        check_size(path, replace(Limits.of_environment(), file_mb=_MOST))
        content = read_json(path.read_bytes())
        package = Package.model_validate({**content, "signatures": tuple(content.get("signatures", ()))})
        for one in package.signatures:
            package.signed_bytes(one.by)  # half a surrogate is no text
    except (OSError, ValueError, TypeError, AttributeError, ValidationError):
        raise refuse(path, "not_a_signed_document") from None
    if not package.signatures:
        raise refuse(path, "not_a_signed_document")
    return package


def _origin_note(document: Document, package: Package, digest: str) -> Problem:
    said = origin_words(document)
    return Problem(
        "signed_origin", bureau=package.bureau, by=said["录入"], checked=said["核对"], citation=document.citation,
        issued=document.issued or "—", pages=said.get("页码", "—"), sha=digest,
    )  # fmt: skip
