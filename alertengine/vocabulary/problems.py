"""What can go wrong with what a user gives us: a code with a place, said in words only when it is shown.

A command collects every problem of an input before it refuses it, so that a person mends them all in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from alertengine.vocabulary._language import Language, language
from alertengine.vocabulary.column_names import column_text
from alertengine.vocabulary.fields import FIELDS
from alertengine.vocabulary.messages import CATALOGUE
from alertengine.vocabulary.messages.message import Message, Severity, filled
from alertengine.vocabulary.system_words import BROKEN, system_words

#: How the name of a ledger ends, which pages tell as 台账.
_RECORD: Final = (".db", ".sqlite", ".sqlite3")
#: Files that the page itself makes of what a person fills in.
_MADE_HERE: Final = {"scenario.yaml": "情景"}
#: The Chinese names of places that are no file.  One not named here (an option) stands as it is.
_WHERE: Final = {
    "session": "", "right": "", "account": "", "rules": "规则库", "forecast": "预报", "linkage": "区域联动",
    "floors": "上级要求", "orders": "指令", "NAME": "名单名称", "WHAT": "文件或规则", "CITY": "城市", "LEDGER": "台账",
}  # fmt: skip
#: Characters of a value that a problem tells: what was taken for one may be a whole file.
_MOST: Final = 300
#: What says where a problem is, and what stands there.
_PLACE: Final = ("file", "row", "column", "value", "sheet", "where")


@dataclass(frozen=True, slots=True, init=False)
class Words:
    """Something said in words: a code of the catalogue and its arguments.  Equal words are said once."""

    code: str
    arguments: tuple[tuple[str, Any], ...]

    def __init__(self, code: str, **arguments: Any) -> None:
        """Take the arguments that the sentences of the code name."""
        self._set(code, arguments, {})

    def _set(self, code: str, arguments: Mapping[str, Any], place: Mapping[str, Any]) -> None:
        missing = CATALOGUE[code].arguments - arguments.keys() - place.keys()
        if missing:
            raise TypeError(f"{code} needs {', '.join(sorted(missing))}")
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "arguments", tuple((name, _comparable(value)) for name, value in arguments.items()))

    @property
    def of_code(self) -> Message:
        """What the catalogue holds under the code."""
        return CATALOGUE[self.code]

    def words(self, language: Language) -> tuple[str, str]:
        """What is wrong and what was expected, in a language, without the place."""
        message, expected = self.of_code.sentences(language)
        named = self._named()
        return filled(message, named, language), filled(expected, named, language)

    def _named(self) -> dict[str, Any]:
        """What the arguments in its sentences stand for."""
        return dict(self.arguments)


def perhaps(names: Iterable[str]) -> Words | str:
    """The argument that names what may be meant; blank where nothing comes near."""
    return Words("perhaps_one", names=near) if (near := tuple(names)) else ""


@dataclass(frozen=True, slots=True)
class Both:
    """An argument that is another thing in each language, such as the id and the source of a rule."""

    english: str
    chinese: str

    def words(self, language: Language) -> tuple[str, str]:
        """The argument in a language."""
        return (self.chinese if language == "zh" else self.english), ""


def coded(codes: Iterable[str], texts: Mapping[str, str]) -> list[Both]:
    """Codes that may be written, each behind its Chinese name in Chinese."""
    return [Both(code, f"{texts[code]}（{code}）" if code in texts else code) for code in codes]


@dataclass(frozen=True, slots=True, init=False)
class Problem(Words):
    """One defect of an input: what is wrong, where it is and what stands there.

    ``code`` is one of the catalogue (``vocabulary/messages``), ``arguments`` fill its sentences.  The place is a
    ``file``, its ``sheet``, ``row`` and ``column`` (a field or a header as written), or ``where`` for what is no file
    (an option such as ``--city``, ``session``, ``rules``).  ``value`` is what stands there, cut after 300 characters.
    """

    file: str
    row: int | None
    column: str
    value: str
    sheet: str
    where: str

    def __init__(
        self,
        code: str,
        *,
        file: str = "",
        row: int | None = None,
        column: str = "",
        value: str = "",
        sheet: str = "",
        where: str = "",
        **arguments: Any,
    ) -> None:
        """Take a code, its place, and the arguments that its sentences name."""
        file, value = str(file), str(value)  # a path, a number: told as they read
        value = value if len(value) <= _MOST else f"{value[:_MOST]}…"
        place = {"file": file, "row": row, "column": column, "value": value, "sheet": sheet, "where": where}
        self._set(code, arguments, place)
        for name, held in place.items():
            object.__setattr__(self, name, held)

    def at(self, **place: Any) -> Problem:
        """The same problem at another place: ``file``, ``row``, ``column``, ``value``, ``sheet`` or ``where``."""
        if unknown := place.keys() - set(_PLACE):
            raise TypeError(f"no place: {', '.join(sorted(unknown))}")
        made = object.__new__(type(self))
        for name in self.__dataclass_fields__:
            object.__setattr__(made, name, place.get(name, getattr(self, name)))
        return made

    def _placed(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _PLACE}

    def _named(self) -> dict[str, Any]:
        """What the arguments in its sentences stand for, its place among them."""
        return self._placed() | dict(self.arguments)

    def as_dict(self) -> dict[str, Any]:
        """The problem as JSON can hold it; :meth:`from_dict` makes it again."""
        return {
            "code": self.code,
            **self._placed(),
            "arguments": {name: _plain(value) for name, value in self.arguments},
        }

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> Problem:
        """A problem of :meth:`as_dict`."""
        place = {name: value for name, value in held.items() if name not in ("code", "arguments")}
        return cls(held["code"], **place, **{name: _from_plain(value) for name, value in held["arguments"].items()})

    def under(self, code: str) -> Problem:
        """The same place and arguments under another code."""
        return Problem(code, **self._named())

    @property
    def severity(self) -> Severity:
        """How grave it is: ``error``, ``finding`` or ``warning``; blank where the catalogue does not say."""
        return self.of_code.severity

    @property
    def message(self) -> str:
        """What is wrong, in the language now spoken."""
        return self.words(language())[0]

    @property
    def expected(self) -> str:
        """What was expected, in the language now spoken."""
        return self.words(language())[1]

    def text(self, language: Language, *, short: bool = False) -> str:
        """One line: file, row, column, what is wrong, the value and what was expected.

        ``short`` names a file without its folders, as pages do.
        """
        message, expected = self.words(language)
        place = self.place(language, short=short)
        said = self.of_code.sentences(language)
        shown = self.value if self.value and "{value" not in said[0] else ""
        if language == "zh":
            text = f"{place}：{message}" if place else message
            return text + (f"（现为“{shown}”）" if shown else "") + (f"；应为{expected}" if expected else "")
        text = f"{place}: {message}" if place else message
        return text + (f" (found {shown!r})" if shown else "") + (f"; expected {expected}" if expected else "")

    @property
    def column_text(self) -> str:
        """The column as an official reads it."""
        return FIELDS[self.column].text if self.column in FIELDS else column_text(self.column)

    def place(self, language: Language, *, short: bool = False) -> str:
        """Where it is: file with sheet, row and column; empty for what concerns the person who asks."""
        name = PurePosixPath(self.file.replace("\\", "/")).name if short else self.file
        if self.where:
            name = _WHERE.get(self.where, self.where) if language == "zh" else self.where
        if short and language == "zh":
            name = "台账" if name.endswith(_RECORD) else _MADE_HERE.get(name, name)
        sheet = f"[{self.sheet}]" if self.sheet and not name.endswith(f"[{self.sheet}]") else ""
        if language == "zh":
            row = f"第{self.row}行" if self.row is not None else ""
            return f"{name}{sheet}{row}" + (f"“{self.column_text}”" if self.column else "")
        row = f"row {self.row}" if self.row is not None else ""
        return ", ".join(part for part in (name + sheet, row, self.column) if part)

    def __str__(self) -> str:
        """One line in the language now spoken."""
        return self.text(language())


def _comparable(value: Any) -> Any:
    """An argument as it is kept: lists as tuples and errors as their words, so that equal problems are found equal."""
    if isinstance(value, SaidError):
        return value.said
    if isinstance(value, BaseException):
        chinese = system_words(value)
        english = getattr(value, "strerror", None) or str(value)  # without the path, which the problem names
        return Both(english, chinese) if chinese else english
    return tuple(value) if isinstance(value, (list, set, frozenset, dict)) else value


def foreign(error: BaseException) -> Both:
    """What a reader says of a foreign file, as an argument: the library's own words in English, ours in Chinese."""
    return Both(str(error), system_words(error) or BROKEN)


def _plain(value: Any) -> Any:
    """An argument as JSON can hold it."""
    if isinstance(value, Words):
        return {"code": value.code, "arguments": {name: _plain(one) for name, one in value.arguments}}
    if isinstance(value, Both):
        return {"english": value.english, "chinese": value.chinese}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, (str, int, float)) else str(value)


def _from_plain(value: Any) -> Any:
    if isinstance(value, dict) and "code" in value:
        return Words(value["code"], **{name: _from_plain(one) for name, one in value["arguments"].items()})
    if isinstance(value, dict):
        return Both(value["english"], value["chinese"])
    return tuple(map(_from_plain, value)) if isinstance(value, list) else value


#: Problems that ask which of several near names or numbers is meant; whoever answered none of them is not asked again.
DOUBTS: Final = (
    "plant_perhaps", "plant_nearly", "city_nearly", "firm_nearly", "number_nearly", "receipt_perhaps",
    "absurd", "unit_off",
)  # fmt: skip


def answered_itself(notes: Iterable[Problem]) -> set[tuple[str, str]]:
    """Column and text of each cell that a person said is none of those it is near to."""
    return {(one.column, one.value) for one in notes if one.code == "answered_itself"}


def unsettled(problems: list[Problem], notes: Callable[[], Iterable[Problem]]) -> list[Problem]:
    """The problems but the doubts that ``notes`` say a person answered."""
    if not any(one.code in DOUBTS for one in problems):
        return problems
    settled = answered_itself(notes())
    return [one for one in problems if one.code not in DOUBTS or (one.column, one.value) not in settled]


class Result:
    """What every result is: its problems and notes, and those of everything it was made from.

    A subclass has ``own_problems`` (a person must look), ``own_notes`` (need no mending) and ``made_from`` (the
    results it was made from) as fields or properties; whoever holds a result has the problems of all its inputs.
    """

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        """Keep dataclasses from comparing and printing tables: a result equals itself alone and is shown in a line."""
        for name in ("__eq__", "__hash__", "__repr__"):
            if name not in cls.__dict__:
                setattr(cls, name, getattr(Result, name))

    def __repr__(self) -> str:
        """The class, and how many problems and notes there are."""
        return f"<{type(self).__name__}: {len(self.problems)} problems, {len(self.notes)} notes>"

    if TYPE_CHECKING:

        @property
        def own_problems(self) -> Sequence[Problem]:
            """Those found while this result was made."""

        @property
        def own_notes(self) -> Sequence[Problem]:
            """What was noticed while this result was made."""

        @property
        def made_from(self) -> Sequence[Result]:
            """The results this one was made from."""
    else:
        own_problems = own_notes = made_from = ()

    @property
    def problems(self) -> list[Problem]:
        """What a person must look at: first that of the inputs, then its own, each once; no doubt that was settled."""
        found = _once([*(p for one in self.made_from for p in one.problems), *self.own_problems])
        return unsettled(found, lambda: self.notes)

    @property
    def notes(self) -> list[Problem]:
        """What is worth knowing, in the same order."""
        return _once([*(note for one in self.made_from for note in one.notes), *self.own_notes])

    @property
    def exit_status(self) -> int:
        """0 done; 1 done, and a person must look."""
        return 1 if self.problems else 0


@dataclass(frozen=True, slots=True)
class Gathered(Result):
    """Problems, notes and results of which no other result was made."""

    own_problems: Sequence[Problem] = ()
    own_notes: Sequence[Problem] = ()
    made_from: Sequence[Result] = field(default=(), repr=False)


def _once(problems: Iterable[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


class AlertEngineError(Exception):
    """Base of every error a user can meet."""


class InputError(AlertEngineError):
    """An input cannot be used; carries every problem found.  Exit status 2."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep all problems, not only the first."""
        self.problems = problems
        super().__init__(problems)

    def __str__(self) -> str:
        """All problems, one a line, in the language now spoken."""
        return "\n".join(map(str, self.problems))


def problems_and_notes(told: Iterable[Problem]) -> tuple[list[Problem], list[Problem]]:
    """Of what was told, in its order, what a person must look at and what informs alone (severity ``warning``)."""
    problems, notes = list[Problem](), list[Problem]()
    for one in told:
        (notes if one.severity == "warning" else problems).append(one)
    return problems, notes


@contextmanager
def gathering(problems: list[Problem]) -> Iterator[None]:
    """Where an input is refused inside, its problems are added to others; the rest inside is left."""
    try:
        yield
    except InputError as error:
        problems += error.problems


@contextmanager
def problems_as(change: Callable[[Problem], Problem]) -> Iterator[None]:
    """Where an input is refused inside, each of its problems is told as ``change`` gives it back."""
    try:
        yield
    except InputError as error:
        raise InputError([change(one) for one in error.problems]) from None


class SaidError(ValueError):
    """A value that cannot be used: ``said`` is a code of the catalogue with its arguments; the text is English."""

    def __init__(self, code: str, **arguments: Any) -> None:
        """Take a code and the arguments that its sentences name."""
        self.said = Words(code, **arguments)
        super().__init__(self.said.words("en")[0])


class EngineError(AlertEngineError):
    """The engine's own proof failed: a result exists that must not be trusted."""


def refuse(path: Path | str, code: str, **fields: Any) -> InputError:
    """The error for a file that cannot be used: a code with its fields."""
    return InputError([Problem(code, file=str(path), **fields)])
