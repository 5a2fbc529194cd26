"""Profiles: what a person said of a sender's table, kept as a small YAML file and used for the next one like it.

A profile is ``NAME.profile.yaml``.  Whatever stands beside a file as ``<file>.profile.yaml`` is of that file; the
others lie in the folder that ``ALERTENGINE_PROFILES`` names, or in that of the user's settings.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml
from pydantic import BaseModel, ConfigDict, Field

from alertengine.files._arrow import as_text
from alertengine.files._checked_model import checked_model
from alertengine.files.atomic import replacing_text
from alertengine.files.header_finder import RawTable
from alertengine.files.headers import match, normal
from alertengine.files.limits import first_there
from alertengine.files.yaml_reader import read_yaml
from alertengine.vocabulary import InputError, Problem

#: The folder of profiles, where it is not that of the user's settings.
SETTING: Final = "ALERTENGINE_PROFILES"
SUFFIX: Final = ".profile.yaml"
#: What stands between the fields of a header that is more than one.
AND: Final = "+"
#: What stands before a header that a profile says is not to be read.
NOT_READ: Final = "不读·"

Names = Mapping[str, tuple[str, ...]]


class CellAnswer(BaseModel):
    """What a person said that a text of a column stands for: ``meant``, or itself and none of those it is near to.

    ``header`` is that of the column, ``by`` who said so, as ``office name``, on the day ``at``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    header: str
    text: str
    meant: str
    by: str = ""
    at: str = ""


class Profile(BaseModel):
    """What a sender's table is, beyond what its headers say.

    ``kind`` (in the file: ``as``) is what the table is read as.  ``headers`` are those of the file it was said of: a
    file with exactly these is read with it.  ``fields`` gives headers their field (``a+b``: both; empty: not read),
    ``units`` their unit, ``values`` fields what every row has and the table does not say; ``sheet`` is the one to read.
    ``hours`` is the field of columns that are headed by hours (0:00 … 23:00, 1时 … 24时, quarters of an hour too), as
    ``用电量`` or ``用电量(千瓦时)``: each becomes a row, at the day of its row and the hour of its header.
    ``answers`` say what texts of a column stand for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)

    kind: str = Field(alias="as", min_length=1)
    headers: tuple[str, ...] = ()
    sheet: str = ""
    fields: dict[str, str] = {}
    units: dict[str, str] = {}
    values: dict[str, str] = {}
    hours: str = ""
    answers: tuple[CellAnswer, ...] = ()
    path: str = Field(default="", exclude=True)

    @property
    def name(self) -> str:
        """The name by which it is asked for."""
        return Path(self.path).name.removesuffix(SUFFIX)

    def sheets(self, names: list[str]) -> list[str]:
        """The sheet it says to read, of those of a workbook.

        Raises:
            InputError: there is no such sheet.

        """
        if self.sheet not in names:
            raise InputError([Problem("no_sheet", file=self.path, name=self.sheet, names=names)])
        return [self.sheet]

    def names(self, known: Names) -> Names:
        """The headers of a table with those of the profile.

        Raises:
            InputError: a field is none of the table's.

        """
        problems = []
        said: dict[str, tuple[str, ...]] = {}
        for header, text in self.fields.items():
            found = {one: known.get(normal(one), ()) for one in text.split(AND) if one.strip()}
            problems += [self._unknown(known, header, one) for one, fields in found.items() if not fields]
            said[normal(header)] = tuple(field for fields in found.values() for field in fields)
        others = [*self.values, *([self.hours] if self.hours else [])]
        problems += [self._unknown(known, "", one) for one in others if not match(one, 0, known).fields]
        problems += [
            Problem("profile_unit_of_nothing", file=self.path, column=header, value=unit)
            for header, unit in self.units.items()
            if not match(header, 0, {**known, **said}).fields
        ]
        if problems:
            raise InputError(problems)
        names = copy(dict(known) if not isinstance(known, dict) else known)
        names.update(said)
        return names

    def _unknown(self, known: Names, header: str, field: str) -> Problem:
        from rapidfuzz import process  # only where something is not known

        near = [name for name, *_ in process.extract(normal(field), list(known), limit=3)]
        return Problem("profile_field_unknown", file=self.path, column=header, value=field, names=near)

    def applied(self, table: RawTable, known: Names) -> tuple[RawTable, dict[str, str]]:
        """A table under headers that mean by themselves what the profile says, and the file's own header of each."""
        names = self.names(known)
        fields = {normal(header) for header in self.fields}
        units = {normal(header): unit for header, unit in self.units.items()}
        headers: list[str] = []
        columns: list[pa.Array] = []
        own: dict[str, str] = {}
        places = dict(table.places)
        for place, header in enumerate(table.headers):
            column = match(header, place, names)
            key = normal(header)
            become = [header]
            if key in fields or key in units:
                unit = units.get(key, column.unit)
                become = [_header_of(field, known) + (f"({unit})" if unit else "") for field in column.fields]
                become = become or [NOT_READ + header]
            for new in become:
                headers.append(new)
                columns.append(table.columns[place])
                own[new] = header
                places |= {(sheet, new): at for (sheet, old), at in table.places.items() if old == header}
        places = {key: at for key, at in places.items() if key[1] in headers}
        return replace(table, headers=headers, columns=columns, places=places, said=None), own

    def filled(self, table: RawTable, known: Names) -> tuple[RawTable, dict[str, str]]:
        """A table with a column for what every row has, and what stands for the header of each."""
        own = {_header_of(known[normal(field)][0], known): f"={text}" for field, text in self.values.items()}
        columns = [pa.array([text] * len(table.rows), type=pa.string()) for text in self.values.values()]
        headers, columns = [*table.headers, *own], [*table.columns, *columns]
        return replace(table, headers=headers, columns=columns, said=None), own

    def by_hour(self, table: RawTable, known: Names) -> tuple[RawTable, dict[str, str]]:
        """A table with a row for each hour of its columns, and what stands for the header of the hours.

        Raises:
            InputError: no column is headed by an hour, or none says the day.

        """
        places = [place for place, header in enumerate(table.headers) if hour_of(header) is not None]
        hours = [hour_of(table.headers[place]) or "" for place in places]
        meant = match(self.hours, 0, known)
        days = [place for place, said in enumerate(table.headers) if set(match(said, place, known).fields) & _DAYS]
        if len(places) < 2 or not days:
            raise InputError([Problem("profile_no_hours", file=table.file, row=table.header_row, value=self.hours)])
        others = [place for place in range(len(table.headers)) if place not in places]
        count = len(places)
        line = np.repeat(np.arange(len(table.rows)), count)
        columns = []
        for place in others:
            column = as_text(table.columns[place]).take(pa.array(line))
            if place == days[0]:
                day = pc.replace_substring_regex(column, r"[ T]0?0:00(:00)?$", "")
                column = pc.binary_join_element_wise(day, pa.array(hours * len(table.rows), pa.string()), " ")
            columns.append(column)
        cells = [as_text(table.columns[place]).to_pylist() for place in places]
        values = [cell for row in zip(*cells, strict=True) for cell in row]
        columns.append(pa.array(values, pa.string()))
        new = _header_of(meant.fields[0], known) + (f"({meant.unit})" if meant.unit else "")
        headers = [*(table.headers[place] for place in others), new]
        places_of = {("", header): place for place, header in enumerate(headers)}
        own = {new: f"{table.headers[places[0]]} … {table.headers[places[-1]]}"}
        return replace(table, headers=headers, columns=columns, rows=table.rows[line], places=places_of, said=None), own

    def answered(self, table: RawTable, known: Names) -> tuple[RawTable, list[tuple[CellAnswer, int]]]:
        """A table with each text that was asked about as it is meant, and how many cells each answer is of."""
        columns, counted = list(table.columns), []
        fields = {one.header: set(match(one.header, 0, known).fields) for one in self.answers}
        for place, header in enumerate(table.headers):
            mine = set(match(header, place, known).fields)
            own = {
                one.text: one
                for one in self.answers
                if normal(one.header) == normal(header) or mine & fields[one.header]
            }
            if not own:
                continue
            held = as_text(columns[place]).dictionary_encode()
            texts = [str(text) for text in held.dictionary.to_pylist()]
            meant = [own[text.strip()].meant if text.strip() in own else text for text in texts]
            columns[place] = pa.array(meant, pa.string()).take(held.indices)
            found = [one for one in pc.value_counts(held.indices).to_pylist() if one["values"] is not None]
            counts = {texts[one["values"]].strip(): one["counts"] for one in found}
            counted += [(one, counts[text]) for text, one in own.items() if text in counts]
        return (replace(table, columns=columns, said=None), counted) if counted else (table, [])

    def absent(self, headers: Sequence[str]) -> list[str]:
        """The headers it speaks of that a table does not have."""
        there = {normal(header) for header in headers}
        return [header for header in {**self.fields, **self.units} if normal(header) not in there]

    def is_of(self, headers: Sequence[str]) -> bool:
        """Whether a header row is that of the file it was said of."""
        return bool(self.headers) and set(map(normal, self.headers)) == {normal(one) for one in headers if one.strip()}


#: Fields that say the day of a row.
_DAYS: Final = frozenset({"time", "target_date"})
_HOUR: Final = re.compile(r"(?:第)?(\d{1,2})(?:[:：](\d{2}))?(?:[:：]\d{2})?(?:小?时|点)?(?:(\d{1,2})分)?", re.ASCII)


def hour_of(header: str) -> str | None:
    """The hour a header is, as ``HH:MM``: ``0:00``, ``8时``, ``08:15``, ``24``; None where it is none."""
    found = _HOUR.fullmatch(unicodedata.normalize("NFKC", header).strip())
    if found is None or int(found[1]) > 24 or int(found[2] or found[3] or 0) > 59:
        return None
    return f"{int(found[1]):02}:{int(found[2] or found[3] or 0):02}"


def _header_of(field: str, known: Names) -> str:
    """A header that means a field by itself, in Chinese where there is one."""
    spellings = [name for name, fields in known.items() if fields == (field,)]
    return next((name for name in spellings if not name.isascii()), spellings[0])


_chosen: ContextVar[tuple[Profile, ...] | None] = ContextVar("profiles", default=None)


@contextmanager
def reading_with(*profiles: Profile) -> Iterator[None]:
    """Tables read inside, of the kinds of these profiles, are read with them; others with a saved one of their headers.

    Outside, only what stands beside a file counts: what the record holds is read alike on every machine.
    """
    token = _chosen.set((*(_chosen.get() or ()), *profiles))
    try:
        yield
    finally:
        _chosen.reset(token)


def folder() -> Path:
    """Where profiles are saved and looked for: ``ALERTENGINE_PROFILES``, else the user's settings."""
    said = os.environ.get(SETTING)
    if said:
        return Path(said)
    return Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "alertengine" / "profiles"


def load_profile(path: Path) -> Profile:
    """The profile of a file.

    Raises:
        InputError: it cannot be read, or is no profile.

    """
    return checked_model(Profile, read_yaml(path), str(path)).model_copy(update={"path": str(path)})


def profile_named(name: str) -> Profile:
    """The saved profile of a name.

    Raises:
        InputError: there is none, or it is malformed.

    """
    saved = [path.name.removesuffix(SUFFIX) for path in sorted(folder().glob(f"*{SUFFIX}"))]
    if name not in saved:
        raise InputError([Problem("no_profile", file=str(folder()), value=name, names=saved)])
    return load_profile(folder() / f"{name}{SUFFIX}")


def profile_file(name: str) -> Path:
    """Where the profile of a name is saved.

    Raises:
        InputError: the name is no name of a file.

    """
    if not name or name != Path(name).name or name.startswith("."):
        raise InputError([Problem("bad_profile_name", where="--save", value=name)])
    return folder() / f"{name}{SUFFIX}"


def save_profile(profile: Profile, name: str) -> Path:
    """Write a profile to the folder of profiles; where it then is.

    Raises:
        InputError: the name is no name of a file, or it cannot be written.

    """
    path = profile_file(name)
    said = {key: value for key, value in profile.model_dump(mode="json", by_alias=True).items() if value}
    replacing_text(path, yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=120))
    return path


def chosen_for(kind: str, path: Path) -> Profile | None:
    """The profile that was asked for by name, else the one beside a file."""
    named = next((one for one in reversed(_chosen.get() or ()) if one.kind == kind), None)
    beside = path.with_name(path.name + SUFFIX)
    if named is not None or first_there([beside]) is None:
        return named
    profile = load_profile(beside)
    return profile if profile.kind == kind else None


def saved_for(kind: str) -> list[Profile]:
    """The saved profiles of a kind of table, by name; none outside of :func:`reading_with`.

    Raises:
        InputError: one is malformed.

    """
    if _chosen.get() is None:
        return []
    profiles = [load_profile(path) for path in sorted(folder().glob(f"*{SUFFIX}"))]
    return [one for one in profiles if one.kind == kind]
