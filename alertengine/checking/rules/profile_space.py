"""The profiles a rulebook can distinguish, as finite sets.

Every field is cut at the constants in use, exactly as the matcher cuts it.  Fields that
depend on each other (industry with sector, ultra-low standard and key industry; a grade with
the worst of the enterprise) form one *variable* whose values, its *worlds*, are the combinations
that can occur.  A set field is one variable that says whether it is known, and one for each name;
while it is unknown the names say nothing, and no condition asks for them.  Variables are then
independent, so a condition is a union of boxes and questions about conditions have exact answers.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import reduce
from typing import Any

from alertengine.engine import UNKNOWN, Coded, CodedColumn, Leaf, columns_of, encode, split_names
from alertengine.files import number_range
from alertengine.rulebook import Atom, Condition, Group, OpenLists, OverLines, Place, condition_as_dict
from alertengine.vocabulary import FIELDS, GRADES, number, worst_last

#: Allowed worlds by variable; a variable that is absent is free.  Never holds an empty set.
Box = dict[str, frozenset[int]]
#: A union of boxes.
Region = tuple[Box, ...]

EVERYTHING: Region = ({},)
_OF_INDUSTRY = ("industry", "sector", "ultra_low_standard", "key_industry")
_NO_NAMES = ("\0",)
#: The worlds of the variable that says whether a set field is known, and those of one of its names.
_BLANK, _KNOWN = range(2)
_OFF_ON = (1, 2)
_OF_GRADE = ("grade", "enterprise_worst_grade")
#: More alternatives than this in one condition are not multiplied out.
MAX_BOXES = 4096


class Space:
    """The profiles that a set of conditions can distinguish on one day, at one place where one is given."""

    def __init__(
        self, conditions: Iterable[Condition], lists: OpenLists, day: date, place: Place | None = None
    ) -> None:
        """Cut the fields at the constants of ``conditions``; grades are cut at every grade."""
        self._lists = lists
        self._day = day
        self._place = place
        always = [Atom("grade", "in", GRADES), Atom("effective_grade", "in", GRADES)]
        always.append(Atom("industry", "in", tuple(lists.industry_ladders) or _NO_NAMES))
        self.columns = columns_of([*map(_as_asked, conditions), *always])
        self.members: dict[str, list[int]] = {}
        for at, column in enumerate(self.columns):
            self.members.setdefault(_variable(column), []).append(at)
        self.worlds: dict[str, list[tuple[int, ...]]] = {
            variable: list(self._worlds(variable, [self.columns[number] for number in numbers]))
            for variable, numbers in self.members.items()
        }
        self._named = {number: variable for variable, numbers in self.members.items() for number in numbers}
        for field in {column.field for column in self.columns if FIELDS[column.field].type == "names"}:
            self.members.setdefault(field, [])
            self.worlds[field] = [(code,) * len(self.members[field]) for code in (_BLANK, _KNOWN)]

    # -- worlds

    def _worlds(self, variable: str, columns: list[CodedColumn]) -> Iterator[tuple[int, ...]]:
        if variable == "industry":
            return iter(dict.fromkeys(self._industry_worlds(columns)))
        if variable == "grade":
            return _grade_worlds(columns, worst_last(self._lists.off_ladder))
        if columns[0].kind == "name":
            return ((code,) for code in _OFF_ON)
        return ((code,) for code in self._codes(columns[0]))

    def _codes(self, column: CodedColumn) -> list[int]:
        """The codes a column can take, unknown first."""
        if column.over is not None:
            return [UNKNOWN, column.size - 1, column.size]
        field = FIELDS[column.field]
        if self._place is not None and column.field in ("city", "province", "county", "township"):
            here = getattr(self._place, column.field)
            return [code_of(column, here)] if here else list(range(column.size + 1))
        if column.kind == "number":
            return [code for code in range(column.size + 1) if code == UNKNOWN or _region_exists(column, code)]
        closed = field.type == "code" and set(field.values) <= set(column.constants)
        return list(range(column.size + (0 if closed else 1)))

    def _industry_worlds(self, columns: list[CodedColumn]) -> Iterator[tuple[int, ...]]:
        yield (UNKNOWN,) * len(columns)
        derived: dict[str, Any] = {"industry": "", "sector": None, "ultra_low_standard": None, "key_industry": False}
        yield tuple(code_of(column, derived[column.field]) for column in columns)
        for name, industry in self._lists.industries.items():
            since = industry.ultra_low_from
            derived = {
                "industry": name,
                "sector": industry.sector,
                "ultra_low_standard": bool(since and since <= self._day),
                "key_industry": industry.number is not None,
            }
            yield tuple(code_of(column, derived[column.field]) for column in columns)

    # -- regions

    def region(self, condition: Condition) -> Region:
        """Where a condition surely holds.

        Raises:
            OverflowError: the condition has too many alternatives to be multiplied out.

        """
        return self._region(encode(_as_asked(condition), self.columns))

    def _region(self, coded: Coded) -> Region:
        if isinstance(coded, Leaf):
            return self.leaf(coded.column, coded.surely)
        if not coded.every:
            return tuple(box for part in coded.parts for box in self._region(part))
        return reduce(meet, map(self._region, coded.parts), EVERYTHING)

    def leaf(self, column: int, codes: frozenset[int]) -> Region:
        """Where one column has one of some codes."""
        variable = self._named[column]
        if self.columns[column].kind == "name":
            return self._of_name(variable, self.columns[column].field, codes)
        place = self.members[variable].index(column)
        worlds = frozenset(n for n, world in enumerate(self.worlds[variable]) if world[place] in codes)
        if len(worlds) == len(self.worlds[variable]):
            return EVERYTHING
        return ({variable: worlds},) if worlds else ()

    def _of_name(self, variable: str, field: str, codes: frozenset[int]) -> Region:
        """Where a line stands on a list or not, or it is unknown on which it stands."""
        blank: Region = ({field: frozenset({_BLANK})},) if UNKNOWN in codes else ()
        worlds = frozenset(n for n, code in enumerate(_OFF_ON) if code in codes)
        if len(worlds) == len(_OFF_ON):
            return EVERYTHING if blank else ({field: frozenset({_KNOWN})},)
        return (*blank, {field: frozenset({_KNOWN}), variable: worlds}) if worlds else blank

    def industries(self, names: Iterable[str], *, outside: bool = False) -> Region:
        """Where the industry is one of some names, or none of them; only names in use can be told apart."""
        number = self.column("industry")
        codes = frozenset(code_of(self.columns[number], name) for name in names)
        return self.leaf(number, self.columns[number].everything() - codes if outside else codes)

    def column(self, field: str) -> int:
        """The number of the (first) column of a field."""
        return next(number for number, column in enumerate(self.columns) if column.field == field)

    def minus(self, region: Region, other: Region) -> Region:
        """Where the first region holds and the second does not."""
        left = list(region)
        for cut in sorted(other, key=len):
            left = [piece for box in left for piece in self._cut(box, cut)]
        return tuple(left)

    def beyond(self, region: Region, other: Region) -> bool:
        """Whether the first region holds somewhere the second does not: one such place is looked for, not all."""
        cuts = sorted(other, key=len)
        left = [(box, 0) for box in region]
        while left:
            box, at = left.pop()
            while at < len(cuts) and not _meets(box, cuts[at]):
                at += 1
            if at == len(cuts):
                return True
            left += [(piece, at + 1) for piece in self._cut(box, cuts[at])]
        return False

    def _cut(self, box: Box, cut: Box) -> Iterator[Box]:
        if not _meets(box, cut):
            yield box
            return
        inside = dict(box)
        for variable, worlds in cut.items():
            held = inside.get(variable, frozenset(range(len(self.worlds[variable]))))
            if outside := held - worlds:
                yield {**inside, variable: outside}
            inside[variable] = held & worlds

    # -- for people

    def example(self, box: Box) -> str:
        """One profile of a box in words; fields that do not matter are left out."""
        said: dict[str, str] = {}
        for variable, worlds in sorted(box.items()):
            if FIELDS.get(variable) is not None and FIELDS[variable].type == "names":
                said[variable] = "none of these" if _KNOWN in worlds else "unknown"
                continue
            world = max((self.worlds[variable][n] for n in sorted(worlds)), key=self._plainness(variable))
            for at, code in zip(self.members[variable], world, strict=True):
                column = self.columns[at]
                text = shown(column, code)
                if column.over is not None and text:
                    said["other lines of the enterprise"] = f"{condition_as_dict(column.over)} {text}"
                    continue
                if text and not (column.kind == "name" and column.field in said and code != _OFF_ON[1]):
                    said[column.field] = text
        return ", ".join(f"{field}: {text}" for field, text in said.items()) or "any line"

    def _plainness(self, variable: str) -> Any:
        """Sorts worlds by how plainly they can be told: known and named constants last."""
        columns = [self.columns[number] for number in self.members[variable]]

        def rank(world: tuple[int, ...]) -> int:
            other = [c.kind == "text" and code > len(c.constants) for c, code in zip(columns, world, strict=True)]
            return sum(code != UNKNOWN for code in world) - sum(other)

        return rank


def _as_asked(condition: Condition) -> Condition:
    """The condition over variables that are independent: a line's own facts, and what its other lines come to."""
    if isinstance(condition, OverLines):
        return Group(condition.every, (split_names(condition.part), condition))
    if isinstance(condition, Group):
        return Group(condition.every, tuple(map(_as_asked, condition.parts)))
    return split_names(condition)


def _variable(column: CodedColumn) -> str:
    if column.over is not None:
        return f"enterprise\0{column.constants[0]}"
    if column.field in _OF_INDUSTRY:
        return "industry"
    if column.kind == "name":
        return f"{column.field}\0{column.constants[0]}"
    return "grade" if column.field in _OF_GRADE else column.field


def _grade_worlds(columns: list[CodedColumn], order: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """A grade with the worst of the enterprise, which is never better than it; ``order`` is the worst last."""
    graded = next(n for n, column in enumerate(columns) if column.field == "grade")
    ranks = []  # how bad the grade behind each code is, unknown first; other grades count as the worst of them
    for column in columns:
        others = [order.index(grade) for grade in set(GRADES) - set(column.constants)]
        ranks.append([-1, *(order.index(str(name)) for name in column.constants), *([max(others)] if others else [])])
    for world in itertools.product(*(range(len(rank)) for rank in ranks)):
        own = ranks[graded][world[graded]]
        if all(own <= ranks[n][code] for n, code in enumerate(world) if columns[n].field != "grade"):
            yield world


def code_of(column: CodedColumn, value: Any) -> int:
    """The code of one value of a text or boolean column; None is unknown."""
    if value is None:
        return UNKNOWN
    if column.kind == "bool":
        return 1 + bool(value)
    return column.constants.index(value) + 1 if value in column.constants else len(column.constants) + 1


def _bounds(column: CodedColumn, code: int) -> tuple[float, float]:
    """The open interval (or single constant) that a number code stands for."""
    cuts = [-math.inf, *map(float, column.constants), math.inf]
    return (cuts[code // 2], cuts[code // 2]) if code % 2 == 0 else (cuts[code // 2], cuts[code // 2 + 1])


def _region_exists(column: CodedColumn, code: int) -> bool:
    """Whether a list can hold a number of this region at all."""
    field = FIELDS[column.field]
    lowest, highest = number_range(field)
    low, high = _bounds(column, code)
    if low == high:
        return lowest <= low <= highest and (field.type != "integer" or low == int(low))
    if high <= lowest or low >= highest:
        return False
    return field.type != "integer" or math.isinf(high) or math.isinf(low) or math.floor(low) + 1 < high


def shown(column: CodedColumn, code: int) -> str:
    """A code of a column in words; empty where it says nothing."""
    if code == UNKNOWN:
        return "unknown"
    if column.kind in ("bool", "lines"):
        return "true" if code == (2 if column.over is None else column.size - 1) else "false"
    if column.kind == "name":
        return str(column.constants[0]) if code == 2 else "none of these"
    if column.kind == "text":
        other = "" if column.constants == _NO_NAMES else "other"
        return str(column.constants[code - 1]) if code <= len(column.constants) else other
    low, high = _bounds(column, code)
    if low == high:
        return number(low)
    return (
        f"above {number(low)}"
        if math.isinf(high)
        else f"below {number(high)}"
        if math.isinf(low)
        else number((low + high) / 2)
    )


def _meet(one: Box, other: Box) -> Box | None:
    """Where both boxes hold, None where nowhere."""
    out = dict(one)
    for variable, worlds in other.items():
        held = out[variable] & worlds if variable in out else worlds
        if not held:
            return None
        out[variable] = held
    return out


def _meets(one: Box, other: Box) -> bool:
    return all(variable not in one or not one[variable].isdisjoint(worlds) for variable, worlds in other.items())


def may_meet(one: Region, other: Region) -> bool:
    """Whether both regions hold somewhere."""
    return any(_meets(a, b) for a in one for b in other)


def meet(one: Region, other: Region) -> Region:
    """Where both regions hold."""
    out = tuple(box for a in one for b in other if (box := _meet(a, b)) is not None)
    if len(out) > MAX_BOXES:
        raise OverflowError(f"more than {MAX_BOXES} alternatives")
    return out


def union(regions: Sequence[Region]) -> Region:
    """Where at least one of the regions holds."""
    return tuple(box for region in regions for box in region)
