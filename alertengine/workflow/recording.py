"""What recording any kind of act asks and says: who signed, for what reason, what it corrects, which problems."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Any, Final

from alertengine.ledger import in_words, refuse_corrected, user_of
from alertengine.vocabulary import Problem, Words, plain, program_version, refuse, unsaid

if TYPE_CHECKING:
    from alertengine.ledger import Act, Ledger

#: Libraries that can change a result.
_LIBRARIES: Final = ("durable-rules", "numpy", "opencc", "pandas", "pyarrow", "pydantic", "python-calamine", "pyyaml")


@dataclass(frozen=True, slots=True)
class Correction:
    """The act that is corrected (None: none is), and why."""

    act: int | None = None
    reason: str = ""


NO_CORRECTION: Final = Correction()


def correction_of(draft: Act) -> Correction:
    """What a draft is to correct once it is issued, as its head has it."""
    return Correction(draft.head.get("corrects"), str(draft.head.get("correction_reason", "")))


def names_differ(ledger: Ledger, by: str, others: Iterable[tuple[str, str, str]]) -> None:
    """Refuse a signer who did another step already; ``others`` are (step of DRAFT_STEP_TEXT, signature, user or blank).

    One account is one person whatever its signature was made to say in between.

    Raises:
        InputError: nobody signed, or the same person twice.

    """
    if unsaid(by):
        raise refuse(ledger.path, "nobody_signed", value=by)
    for step, signature, user in others:
        if (user and user == user_of(by)) or (signature and person(signature) == person(by)):
            raise refuse(ledger.path, "same_person_twice", value=by, step=step)


def person(signature: str) -> str:
    """The name in a signature ``office name``, however its spaces are written and whatever nobody sees is in it."""
    return plain(signature).rpartition(" ")[2]


def reasoned(ledger: Ledger, reason: str, doing: str) -> str:
    """A reason that is there; ``doing``: the code of the words for what takes one.

    Raises:
        InputError: it is blank.

    """
    if unsaid(reason):
        raise refuse(ledger.path, "doing_takes_reason", value=reason, doing=Words(doing))
    return reason.strip()


def check_correction(ledger: Ledger, corrects: int | None, reason: str, kind: str, code: str, /, **words: Any) -> None:
    """Refuse a correction without a reason, of an act of another kind, or of one that another corrects already.

    Args:
        ledger: the record.
        corrects: the act that is corrected; None: none is.
        reason: why.
        kind: the kind it must be of; with ``about`` among the words also what it must be about.
        code: of the message for another one.
        words: the arguments of its sentences.

    Raises:
        InputError: no such act, or it may not be corrected so.

    """
    if corrects is None:
        return
    if unsaid(reason):
        raise refuse(ledger.path, "correction_without_reason")
    before = ledger.act(corrects)
    if before.kind != kind or ("about" in words and before.head.get("about") != words["about"]):
        raise refuse(ledger.path, code, value=before.kind, **words)
    with in_words(ledger.path):
        refuse_corrected(ledger.db, ledger.path, corrects)


def about(number: int) -> Callable[[Act], bool]:
    """Whether an act is about the act of a number."""
    return lambda act: act.head.get("about") == number


def unchanged(
    ledger: Ledger, kind: str, same: Callable[[Act], bool] = lambda _: True, seen: int | None = None
) -> Callable[[], None]:
    """A guard of :meth:`Ledger.append` that refuses where an act of a kind was added since this was called.

    What is on record already was looked at before: two processes that bring in the same would record it twice.  The
    guard may be asked again after an act that it let pass, which then counts as known.

    Args:
        ledger: the record.
        kind: of the acts.
        same: whether one that was added is about the same; absent: each is.
        seen: how many acts of the kind there were where that was looked at earlier.

    """
    known = len(ledger.acts(kind)) if seen is None else seen

    def check() -> None:
        nonlocal known
        acts = ledger.acts(kind)
        if added := [one for one in acts[known:] if same(one)]:
            raise refuse(ledger.path, "added_meanwhile", act=added[-1].act)
        known = len(acts) + 1

    return check


def told(problem: Problem) -> dict[str, Any]:
    """A problem as an act holds it: its code and place, without the value, which may be a person's."""
    place = {"sheet": problem.sheet, "row": problem.row, "column": problem.column, "where": problem.where}
    file = PureWindowsPath(problem.file).name
    return {"code": problem.code, "file": file, **{name: said for name, said in place.items() if said}}


def versions() -> dict[str, str]:
    """The versions of the program and of what can change a result."""
    libraries = {name: version(name) for name in _LIBRARIES}
    return {
        "alertengine": program_version(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **libraries,
    }
