"""The register of plants that a bureau keeps beside its list: codes, names now and before, meters, stacks, gates.

And the plants of a list by code and by every name that the register has: of whose lines a table beside it speaks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from alertengine.files import (
    WORKBOOK_SUFFIXES,
    Cells,
    CodedTable,
    Findings,
    Limits,
    Numbered,
    Schema,
    first_there,
    joined,
    matched,
    normal,
    open_workbook,
    read_table,
    text_array,
    text_column,
)
from alertengine.lists.credit_code import is_valid
from alertengine.rulebook import nearest
from alertengine.vocabulary import FIELDS, PLANT_KEY, InputError, Problem, Words, plain_name

if TYPE_CHECKING:
    import pandas as pd

#: The sheet of a list's workbook that holds the register.
REGISTER_SHEET: Final = "企业名录"
#: What the file beside ``list.csv`` ends with: ``list.register.csv``, ``list.企业名录.xlsx``.
ENDINGS: Final = tuple(f".{word}{suffix}" for word in ("register", REGISTER_SHEET) for suffix in (".csv", ".xlsx"))
#: Columns with their headers; a former name may be several, joined by ``;``.
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "enterprise": ("企业名称", "单位名称", "现用名"),
    "enterprise_id": ("统一社会信用代码", "信用代码"),
    "city": ("城市", "地市", "设区市"),
    "former": ("曾用名", "别名", "简称", "其他名称"),
    **{name: FIELDS[name].headers for name in ("meter_no", "cems_no", "gate_no")},
}
NUMBERS: Final = ("meter_no", "cems_no", "gate_no")
REGISTER_SCHEMA: Final = Schema(
    {normal(said): (name,) for name, texts in HEADERS.items() for said in (name, *texts)},
    least=2,
    sheets=lambda names: [REGISTER_SHEET] if REGISTER_SHEET in names else names,
    subjects=("enterprise", "enterprise_id"),
    kind="register",
)
#: RE2: what names of one plant differ in most often: the form of the company, the signs of its place, marks.
FORMS: Final = r"有限责任公司|股份有限公司|有限公司|公司|集团|[()省市县区*※。.,\"'“”‘’《》]"
#: What may stand between former names.
_BETWEEN: Final = re.compile(r"[;；、,，/|\n]+")
#: Names nearer than this (0 to 100) to one of the register are asked about.
NEARLY: Final = 85


@dataclass(frozen=True, slots=True)
class Register:
    """Who is who: ``named`` gives the registered name of every plain name a plant has or had (several: not sure).

    ``codes`` and ``numbers`` are by the plain form of the registered name.
    """

    file: str = ""
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, dict[str, str]] = field(default_factory=dict)

    def own_name(self, name: str) -> str:
        """The plain form of the name that a plant is registered under, by any plain name of it; else that name."""
        found = self.named.get(name, ())
        return plain_name(found[0]) if len(found) == 1 else name

    def own_names(self, names: Numbered) -> Numbered:
        """Plain names as :func:`own_name` gives them, each distinct one looked at once."""
        if not self.named:
            return names
        return names.mapped(text_array(map(self.own_name, names.names), names.texts.type))

    def with_numbers(self, lines: CodedTable, names: Numbered) -> CodedTable:
        """The lines with the register's meters, stacks and gates where the list has none of a plant."""
        added = {}
        for number, of in self.numbers.items():
            stated = lines.text(number)
            has = np.zeros(len(names.texts), dtype=bool)
            has[names.codes[stated.known & names.known]] = True
            wanted = names.mapped(text_array(map(of.get, names.names)))
            blank = ~names.table(has, missing=True) & wanted.known
            if blank.any():
                added[number] = stated.where(~blank, wanted)
        return lines.having(added)

    def ask(self, lines: CodedTable, ids: Numbered, rows: npt.NDArray[np.int64], findings: Findings) -> None:
        """Say which plants are known by another name, and ask about those that may be one of the register."""
        if not self.named:
            return
        every = {name: found for name, found in self.named.items() if found}
        names, header = lines.text("enterprise"), FIELDS["enterprise"].text
        spellings = {name: found[0] for name, found in every.items()}
        cores = {core: found for name, found in every.items() if (core := _core(name))}
        for line in joined(names.codes)[1].tolist():
            said = names[line]
            if said is None:
                continue
            plain, row = plain_name(said), int(rows[line])
            found = every.get(plain)
            near: Sequence[str] = found or nearest(plain, spellings, least=NEARLY) or cores.get(_core(plain), ())
            if found is None or len(found) > 1:
                if near:
                    findings.ask("plant_perhaps", row, header, said, near=list(near))
                continue
            own = plain_name(found[0])
            if own != plain:
                findings.warn("plant_known_as", row=row, column=header, value=said, name=found[0])
            code = self.codes.get(own)
            if code and ids[line] != code:
                findings.ask("plant_other_code", row, header, str(ids[line]), registered=code, name=found[0])


def _core(name: str) -> str:
    """A plain name without the form of the company and the signs of its place."""
    return re.sub(FORMS, "", name)


def register_beside(path: Path) -> Path | None:
    """The register beside a list."""
    return first_there(map(path.with_suffix, ENDINGS))


def register_of(path: Path) -> Path | None:
    """Where the register of a list stands: beside it, or on a sheet of its workbook.

    Raises:
        InputError: the workbook cannot be opened.

    """
    beside = register_beside(path)
    if beside is None and path.suffix.lower() in WORKBOOK_SUFFIXES:
        return path if REGISTER_SHEET in open_workbook(path, Limits.of_environment()).names else None
    return beside


def is_register(path: str) -> bool:
    """Whether a file is a register, by its name."""
    return path.endswith(ENDINGS)


def read_register(path: Path, findings: Findings) -> Register:
    """A register of plants; what is wrong with it goes to ``findings``.

    Raises:
        InputError: it cannot be read, or has no column of names.

    """
    reading = read_table(path, REGISTER_SCHEMA)
    raw = reading.table
    own = Findings(str(path), [*reading.problems], [*reading.notes], raw.labels)
    columns = matched(raw.headers, REGISTER_SCHEMA.names)
    of = {column.fields[0]: column for column in reversed(columns) if column.fields}
    if "enterprise" not in of:
        raise InputError([Problem("column_missing", file=str(path), row=raw.header_row, names=HEADERS["enterprise"])])
    table = {
        name: text_column(
            Cells(column.header, raw.columns[column.place], raw.rows, own),
            codes=name.endswith(("_id", "_no")),
            names=name == "enterprise",
        )
        for name, column in of.items()
    }
    named: dict[str, list[str]] = {}
    whose: dict[str, str] = {}
    codes: dict[str, str] = {}
    numbers: dict[str, dict[str, str]] = {name: {} for name in NUMBERS if name in of}
    for at in range(len(raw.rows)):
        row = {name: column[at] for name, column in table.items()}
        name = row["enterprise"]
        if not isinstance(name, str):
            own.bad_cells(of["enterprise"].header, raw.rows[[at]], [""], "cell_blank", names=["企业名称"])
            continue
        former = row.get("former")
        for said in (name, *(_BETWEEN.split(former) if isinstance(former, str) else ())):
            held = named.setdefault(plain_name(said), []) if said.strip() else []
            held += [] if name in held else [name]
        code = row.get("enterprise_id")
        if isinstance(code, str):
            code = plain_name(code).upper()
            if not is_valid(code):
                own.bad_cells(of["enterprise_id"].header, raw.rows[[at]], [code], "credit_code")
            other = whose.setdefault(code, plain_name(name))
            if other != plain_name(name):
                own.bad_cells(of["enterprise_id"].header, raw.rows[[at]], [code], "register_code_twice", name=other)
        for key, held_of in (("enterprise_id", codes), *numbers.items()):
            value = code if key == "enterprise_id" else row[key]
            if isinstance(value, str):
                there = held_of.setdefault(plain_name(name), value)
                if there != value:
                    own.bad_cells(
                        of[key].header, raw.rows[[at]], [value], "register_name_twice", name=name, there=there
                    )
    findings.problems += own.problems
    findings.warnings += own.warnings
    findings.protocols.append(reading.protocol)
    return Register(str(path), {name: tuple(found) for name, found in named.items()}, codes, numbers)


_NONE: Final = np.zeros(0, dtype=np.int64)
#: What is asked of a row: its column and value, the code of a message, and its arguments.
Doubt = tuple[str, str, str, dict[str, Any]]


class PlantsOfList:
    """Whose the lines of a list or of orders are: a plant is told by its city and code.

    ``plant``: the number of the plant of each line, from 0.
    """

    def __init__(self, lines: pd.DataFrame, register: Register | None = None) -> None:
        """``lines``: LINE_KEY and ``enterprise``; ``register``: who is known by which other name."""
        self._lines, self._register = lines, register or Register()
        firms = lines.groupby(PLANT_KEY, dropna=False, observed=True, sort=False)
        self.plant: npt.NDArray[np.int64] = np.asarray(firms.ngroup(), dtype=np.int64)
        names = lines["enterprise"].map(lambda name: self._own(str(name)), na_action="ignore")
        self._of_id, self._of_name = (
            {str(value): np.asarray(at) for value, at in column.groupby(column).indices.items()}
            for column in (lines["enterprise_id"].astype("object"), names.astype("object"))
        )

    def lines_of(self, row: Mapping[str, str]) -> npt.NDArray[np.int64]:
        """The places of the lines a row speaks of by :meth:`of`, and by line where it says one."""
        here = self.of(row)
        if row["line_id"]:
            here = here[(self._lines["line_id"].iloc[here] == row["line_id"]).to_numpy(dtype=bool)]
        return here

    def of(self, row: Mapping[str, str]) -> npt.NDArray[np.int64]:
        """The places of the lines of the plants a row speaks of: by code, else by name, and by ``city`` if it says one.

        Of plants with one code in several cities those of the name beside it, where there are any.
        """
        code, name = row["enterprise_id"], self._own(row["enterprise"]) if row["enterprise"] else ""
        found, named = self._of_id.get(code, _NONE) if code else _NONE, self._of_name.get(name, _NONE)
        if not len(found):
            found = named
        if city := row.get("city", ""):
            found = found[(self._lines["city"].iloc[found] == city).to_numpy(dtype=bool)]
        own = np.isin(self.plant[found], self.plant[named])
        return found[own] if own.any() else found

    def told(self, here: npt.NDArray[np.int64]) -> list[str]:
        """The plants of some lines by city, name and code."""
        firms = self._lines.iloc[here].drop_duplicates(PLANT_KEY)
        return [f"{firm.city}{firm.enterprise}（{firm.enterprise_id}）" for firm in firms.itertuples()]

    def doubt(self, row: Mapping[str, str]) -> Doubt | None:
        """What must be asked of a row: it is on no line, its name is of several plants, or not that of its code."""
        here = self.of(row)
        code, name = row["enterprise_id"], row["enterprise"]
        if not len(here):
            near = self.near(row)
            wanted = Words("an_enterprise_listed")
            said = {"expected": Words("perhaps", expected=wanted, near=near) if near else wanted}
            return (*(("enterprise", name) if name else ("enterprise_id", code)), "decision_not_listed", said)
        if not len(self.lines_of(row)):
            ids = self._lines["line_id"].iloc[here].dropna().unique().tolist()
            return "line_id", row["line_id"], "decision_not_listed", {"expected": Words("one_of", names=ids)}
        if name and code in self._of_id:
            others = sorted(set(self._lines["enterprise"].iloc[here].dropna().astype("str")))
            if self._own(name) not in map(self._own, others):
                return "enterprise", name, "decision_code_and_name", {"names": others}
        if len(several := self.told(here)) > 1:
            named = ("enterprise", name) if name else ("enterprise_id", code)
            return (*named, "decision_of_several_plants", {"names": several})
        return None

    def near(self, row: Mapping[str, str], least: float | None = None) -> tuple[str, ...]:
        """The plants of the list that are nearest to the one a row names; ``least``: as :func:`nearest` has it."""
        bound = {} if least is None else {"least": least}
        if row["enterprise"]:
            return nearest(plain_name(row["enterprise"]), self._spelt, **bound)
        return nearest(row["enterprise_id"], {code: code for code in self._of_id}, **bound)

    def nearly(self, row: Mapping[str, str]) -> bool:
        """Whether a row on no line may all the same be of a plant of the list; of another city it is of none."""
        city = row.get("city", "")
        return (not city or bool((self._lines["city"] == city).any())) and bool(self.near(row, NEARLY))

    def _own(self, name: str) -> str:
        return self._register.own_name(plain_name(name))

    @cached_property
    def _spelt(self) -> dict[str, str]:
        """Every name of a plant of the list, former ones too, with the name that the list has."""
        listed = {plain_name(name): name for name in self._lines["enterprise"].dropna().astype("str").unique()}
        own = {self._own(name): name for name in listed.values()}
        former = {
            name: own[plain_name(found[0])]
            for name, found in self._register.named.items()
            if len(found) == 1 and plain_name(found[0]) in own
        }
        return {**former, **listed}
