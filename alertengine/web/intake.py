"""The page's one way in for files: each is read in a process of its own, under limits, before it is used."""

from __future__ import annotations

import csv
import io
import itertools
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from alertengine.checking import read_passages
from alertengine.files import (
    SUFFIX,
    CellAnswer,
    Limits,
    Profile,
    load_profile,
    profile_file,
    raw_rows,
    read_guarded,
    read_yaml,
    save_profile,
)
from alertengine.vocabulary import DOUBTS, InputError, Problem, Words, answered_itself, problems_as
from alertengine.web.roles import Right
from alertengine.workflow import SCHEMAS, Understood, Upload, look_at_table, read_package

if TYPE_CHECKING:
    from alertengine.rulebook import OpenLists

_T = TypeVar("_T")
#: A paper kept as it came, read by persons alone.
PAPER: Final = "paper"
#: What is no table but a small file of settings beside one.
YAML: Final = "yaml"
#: A small form whose columns are read by who takes it: here only that it can be opened is looked at.
FORM: Final = "form"
#: A document that another bureau signed.
SIGNED: Final = "signed"
#: The text of a rule document, or a workbook of rules: read by who takes it, in a worker too.
TEXT: Final = "text"
_YAML_SUFFIXES: Final = (".yaml", ".yml")
#: Endings of tables, as every door of the program reads them.
_TABLES: Final = ".xlsx,.xls,.csv,.parquet"


@dataclass(frozen=True, slots=True)
class Door:
    """A place of the page that takes files: its name there, the endings it takes and what each file is read as.

    ``kinds`` are those of ``workflow.intake.SCHEMAS`` or :data:`YAML`; of several a table is read as the first it can
    be.  ``right`` is what whoever brings a file must have, ``most`` the largest file in MB.
    """

    name: str
    endings: str
    kinds: tuple[str, ...]
    right: Right = Right.WORK
    several: bool = False
    most: int = 150

    def kinds_of(self, upload: Upload) -> list[str]:
        """What an uploaded file can be read as here.

        Raises:
            InputError: files of its ending are not taken here.

        """
        name = upload.plain_name.lower()
        if not name.endswith(tuple(self.endings.split(","))):
            raise InputError([Problem("upload_kind", where="session", name=upload.plain_name, kinds=self.endings)])
        if name.endswith(_YAML_SUFFIXES):
            return [YAML]
        return [kind for kind in self.kinds if kind != YAML]


#: Every place of the page that takes files.  A field for files draws one of these and nothing else.
DOORS: Final[Mapping[str, Door]] = {
    # a forecast of a province for a week is some kilobytes; the hourly feed of a month some MB
    "today.forecast": Door("预报文件", _TABLES + ",.gz", ("forecast",), most=40),
    "superior.file": Door("调度令原件", ".pdf,.docx,.doc,.jpg,.png,.txt", (PAPER,), most=20),
    "issue.list": Door("企业清单", _TABLES, ("list",)),
    "issue.totals": Door("全社会排放量", _TABLES, ("totals",)),
    "issue.forecast": Door("预报", _TABLES + ",.gz", ("forecast",)),
    "issue.observed": Door("实测", _TABLES + ",.gz", ("observed",)),
    "issue.beside": Door(
        "清单旁文件（版本、排放量、名录）", _TABLES + ",.yaml", ("totals", "register", YAML), several=True
    ),
    "lists.list": Door("应急减排清单", _TABLES, ("list",)),
    "lists.beside": Door(
        "清单旁文件（排放量、名录、上一版）", _TABLES + ",.yaml", ("totals", "register", YAML), several=True
    ),
    "lists.counties": Door("区县报送", _TABLES, (FORM,), most=10),
    "lists.objections": Door("异议和答复", _TABLES, (FORM,), most=10),
    "lists.filing": Door("报备", _TABLES, (FORM,), most=10),
    "deliver.receipts": Door("回执文件", _TABLES, (FORM,), most=40),
    "audit.evidence": Door(
        "证据（用电、在线、门禁、扬尘、检查、台账）", _TABLES, ("evidence",), Right.AUDIT, several=True
    ),
    "audit.decisions": Door("处罚决定表", _TABLES, (FORM,), Right.AUDIT, most=10),
    "rules.text": Door("上传原文", ".docx,.pdf,.xlsx,.csv,.txt", (TEXT,), Right.READ, most=20),
    "rules.form": Door("录入的工作簿", ".xlsx", (FORM,), Right.READ, most=20),
    "rules.plan": Door("填好的预案表", ".xlsx", (FORM,), Right.READ, most=10),
    "rules.members": Door("名单（企业名称、信用代码）", _TABLES, ("members",), Right.READ, most=10),
    "rules.signed": Door("签名文件", ".json", (SIGNED,), Right.READ, most=20),
    "simulate.scenario": Door("上传情景文件", ".yaml,.yml", (YAML,), Right.SIMULATE),
    "simulate.files": Door(
        "清单、排放量、天气",
        _TABLES + ",.gz,.yaml",
        ("list", "totals", "observed", YAML),
        Right.SIMULATE,
        several=True,
    ),
}


def rows_upload(name: str, *rows: Sequence[str]) -> Upload:
    """Rows put in by hand, their headers first, as a csv file of a name."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(rows)
    return Upload(name, made.getvalue().encode())


def looked(upload: Upload, kind: str, lists: OpenLists, profile: Profile | None = None) -> Understood:
    """What is understood of an uploaded file; whatever it does to its reader is one problem of it.

    ``kind`` is one of ``workflow.intake.SCHEMAS`` or :data:`YAML`.  Problems name the file as it was given.
    """
    plain: Mapping[str, Callable[[Path], Any]] = {YAML: read_yaml, FORM: _opened, TEXT: read_passages, SIGNED: _signed}
    if kind == PAPER:
        return Understood(kind)
    try:
        if kind in plain:
            read_in_worker(upload, plain[kind])
            return Understood(kind)
        found = read_in_worker(upload, look_at_table, kind, lists, profile)
    except InputError as error:
        return Understood(kind, problems=tuple(error.problems), refused=True)
    problems, notes = (tuple(one.at(file=upload.name) for one in said) for said in (found.problems, found.notes))
    protocol = None if found.protocol is None else replace(found.protocol, file=upload.name)
    return replace(found, protocol=protocol, problems=problems, notes=notes)


def _signed(path: Path) -> int:
    """How many people signed a document."""
    return len(read_package(path).signatures)


def _opened(path: Path) -> int:
    """How many sheets a table has; each is gone through to its end."""
    return sum(1 for _, _, rows in raw_rows(path, {}) for _ in [sum(1 for _ in rows)])


def taken_in(upload: Upload, door: Door, lists: OpenLists) -> Understood:
    """What is understood of a file brought to a door: as the first kind it can be read as, else as the likeliest.

    Raises:
        InputError: files of its ending are not taken there.

    """
    tried: list[Understood] = []
    for kind in door.kinds_of(upload):
        tried.append(looked(upload, kind, lists))
        if not tried[-1].refused:
            return tried[-1]
    return max(tried, key=lambda one: sum(bool(heading.fields) for heading in one.headings))


def learn(upload: Upload, kind: str, said: Profile, name: str, lists: OpenLists) -> Understood:
    """Save what a person said of a file as a profile of a name, and read the file with it.

    Raises:
        InputError: what was said is not of this file, or the name is none of a file; nothing was saved.

    """
    found = looked(upload, kind, lists, said.model_copy(update={"path": str(profile_file(name))}))
    if not found.headers:
        raise InputError(list(found.problems))
    save_profile(said.model_copy(update={"headers": found.headers}), name)
    return found


@dataclass(frozen=True, slots=True)
class IntakeQuestion:
    """A text of a column that a reader did not know or took for doubtful: what it may be, and where it first stands."""

    column: str
    text: str
    candidates: tuple[str, ...]
    problem: Problem


def questions(problems: Iterable[Problem], notes: Iterable[Problem] = ()) -> list[IntakeQuestion]:
    """The problems that a name answers, each text of a column once; not those that ``notes`` say are answered."""
    settled = answered_itself(notes)
    found: dict[tuple[str, str], IntakeQuestion] = {}
    for one in problems:
        near = _near(one)
        if near is not None and one.column and one.value and (one.column, one.value) not in settled:
            found.setdefault((one.column, one.value), IntakeQuestion(one.column, one.value, near, one))
    return list(found.values())


#: What asks for a name, and which of its arguments holds those that are near; blank where it knows none.
_NAMES: Final[Mapping[str, str]] = {
    "perhaps_one": "names",
    "a_city_nearly": "names",
    "or_one_added": "",
    "a_city_or_region": "",
    **dict.fromkeys(DOUBTS, "near"),
}


def _near(said: Words) -> tuple[str, ...] | None:
    """The names that something said offers; empty where it asks for a name and knows none, None where for none."""
    if said.code in _NAMES:
        near = dict(said.arguments).get(_NAMES[said.code], ())
        return (near,) if isinstance(near, str) else tuple(near)
    inner = [found for _, held in said.arguments if isinstance(held, Words) if (found := _near(held)) is not None]
    return inner[0] if inner else None


def answer(upload: Upload, found: Understood, answers: Iterable[CellAnswer], lists: OpenLists) -> Understood:
    """Keep what a person answered in the profile that a file is read with, and read it again.

    A file that none is of gets one, by the file's name; the next file with the same headers is read with it.

    Raises:
        InputError: nothing was answered, or the profile cannot be kept; nothing was saved.

    """
    used = found.protocol.profile if found.protocol is not None else ""
    keep_answers(upload, SCHEMAS[found.kind].kind, found.headers, used, answers)
    return looked(upload, found.kind, lists)


def answer_again(upload: Upload, key: str, answers: Iterable[CellAnswer], lists: OpenLists) -> None:
    """Keep what was answered after a run of a file that was brought to the door ``key``.

    Raises:
        InputError: as :func:`answer`.

    """
    found = taken_in(upload, DOORS[key], lists)
    if found.refused:
        raise InputError(list(found.problems))
    answer(upload, found, answers, lists)


def keep_answers(upload: Upload, kind: str, headers: Sequence[str], used: str, answers: Iterable[CellAnswer]) -> None:
    """Keep answers in the profile ``used`` that a file was read with, else in a new one of its headers.

    Raises:
        InputError: nothing was answered, or the profile cannot be kept; nothing was saved.

    """
    new = list(answers)
    if not new:
        raise InputError([Problem("answer_wanted", where="session")])
    held = load_profile(profile_file(Path(used).name.removesuffix(SUFFIX))) if used else None
    if held is None:
        held = Profile.model_validate({"as": kind, "headers": tuple(headers)})
    told = {(one.header, one.text) for one in new}
    kept = [one for one in held.answers if (one.header, one.text) not in told]
    stem = Path(upload.plain_name).stem.lstrip(".") or "对照"
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    free = next(name for name in names if not profile_file(name).exists())
    save_profile(held.model_copy(update={"answers": (*kept, *new)}), held.name or free)


def read_in_worker(upload: Upload, read: Callable[..., _T], *args: Any) -> _T:
    """``read(path, *args)`` of an uploaded file in a process of its own; problems name the file as it was given.

    Raises:
        InputError: what it raises, or it took too much.

    """
    with tempfile.TemporaryDirectory(prefix="alertengine-") as folder:
        path = Path(folder) / upload.plain_name
        path.write_bytes(upload.data)
        with problems_as(lambda one: one.at(file=upload.name) if one.file.startswith(str(path)) else one):
            return read_guarded(read, path, *args, limits=Limits.of_environment())
