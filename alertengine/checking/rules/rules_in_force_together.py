"""Situations: the distinct sets of line rules that are in force together, somewhere, some day.

Days are cut where a rule, a repeal, a recurring period or an industry's standard begins or
ends, places where an area does; days and places with the same rules in force count once.
Measures read the effective grade, so within a situation every condition is first carried
back through the classification rules to the listed grade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from alertengine.checking.rules.profile_space import EVERYTHING, Box, Region, Space, meet, union
from alertengine.rulebook import NATION, LineRule, Place, Rulebook
from alertengine.vocabulary import GRADES, UNGRADED

_PLACE_FIELDS = ("city", "province", "county", "township")
#: A year holds every recurring period once.
_ROUND = timedelta(days=366)
#: Where the law never changes.
_ANY = datetime(2000, 1, 1)


def whole(book: Rulebook) -> Rulebook:
    """The rulebook with every document that awaits adoption adopted where it was issued."""
    waiting = {
        name: document.area[0]
        for name, document in book.documents.items()
        if document.only_where_adopted and name not in book.adopted
    }
    return book.adopting(waiting) if waiting else book


@dataclass
class Situation:
    """Rules in force together: ``day`` and ``place`` are one example of when and where."""

    book: Rulebook
    day: date
    place: Place
    rules: tuple[LineRule, ...]
    space: Space
    _regions: dict[str, Region] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The example day and place, in words."""
        return f"{self.place.city or NATION}{self.place.county}{self.place.township} {self.day}"

    def region(self, rule: LineRule) -> Region:
        """Where a rule surely holds, in terms of the listed grade."""
        if rule.id not in self._regions:
            plain = self.space.region(rule.when)
            if rule.kind == "classification":
                self._regions[rule.id] = plain
            else:
                self._regions[rule.id] = union([self._graded(box) for box in plain])
        return self._regions[rule.id]

    def regions(self, names: Iterable[str]) -> Region:
        """Where at least one of some rules holds; rules not in force hold nowhere."""
        wanted = set(names)
        return union([self.region(rule) for rule in self.rules if rule.id in wanted])

    def _graded(self, box: Box) -> Region:
        """A box on the effective grade as a region on the listed one."""
        if "effective_grade" not in box:
            return (box,)
        rest = {variable: worlds for variable, worlds in box.items() if variable != "effective_grade"}
        column = self.space.columns[self.space.column("effective_grade")]
        codes = frozenset(self.space.worlds["effective_grade"][n][0] for n in box["effective_grade"])
        grades = frozenset(str(column.constants[code - 1]) if code else None for code in codes)
        found = union([meet(region, self._before(said, grades)) for region, said in self._classes])
        return meet((rest,), found)

    def _before(self, said: str | int, grades: frozenset[str | None]) -> Region:
        """Where a line has one of some effective grades after a grade set outright or a drop by steps."""
        if isinstance(said, str):
            return EVERYTHING if said in grades else ()
        return self._listed(lambda grade, ladder: lowered(grade, said, ladder) in grades)

    def unchanged(self, said: str | int) -> Region:
        """Where a grade set outright, or a drop by steps, leaves the listed grade as it is."""
        if isinstance(said, str):
            return self.space.leaf(self.space.column("grade"), self._codes([said]))
        return self._listed(lambda grade, ladder: lowered(grade, said, ladder) == grade)

    def _listed(self, keeps: Callable[[str | None, tuple[str, ...]], bool]) -> Region:
        """Where the listed grade is one that is kept on the ladder of the line's industry."""
        column, out = self.space.column("grade"), []
        for ladder, industries in self._ladders.items():
            codes = self._codes(grade for grade in (None, *GRADES) if keeps(grade, ladder))
            out.append(meet(industries, self.space.leaf(column, codes)))
        return union(out)

    def _codes(self, grades: Iterable[str | None]) -> frozenset[int]:
        constants = self.space.columns[self.space.column("grade")].constants
        return frozenset(0 if grade is None else constants.index(grade) + 1 for grade in grades)

    @cached_property
    def _ladders(self) -> dict[tuple[str, ...], Region]:
        """Each ladder and the industries graded on it."""
        lists = self.book.lists
        other = [name for name in lists.industry_ladders if name in lists.industries]
        found = {lists.ladder_of(name) for name in other}
        return {
            **{ladder: self.space.industries(n for n in other if lists.ladder_of(n) == ladder) for ladder in found},
            lists.ladder_of(""): self.space.industries(other, outside=True),
        }

    @cached_property
    def _classes(self) -> list[tuple[Region, str | int]]:
        """The regions of what classification says: a grade set outright, or steps to drop (0: nothing)."""
        left: Region = EVERYTHING
        out: list[tuple[Region, str | int]] = []
        classifying = [rule for rule in self.rules if rule.regrade is not None]
        outright = {rule.regrade.grade for rule in classifying if rule.regrade and rule.regrade.grade}
        steps = {rule.regrade.drop for rule in classifying if rule.regrade and rule.regrade.drop}
        worst_first = sorted(outright, key=lambda grade: (grade != UNGRADED, -GRADES.index(grade)))
        grounds: list[str | int] = [*worst_first, *sorted(steps, reverse=True)]
        for said in grounds:
            rules = [r for r in classifying if r.regrade and said in (r.regrade.grade, r.regrade.drop)]
            held = union([self.region(rule) for rule in rules])
            out.append((meet(left, held), said))
            left = self.space.minus(left, held)
        return [*out, (left, 0)]


def lowered(grade: str | None, steps: int, ladder: tuple[str, ...]) -> str | None:
    """A grade some steps down its ladder, never below the last; off the ladder it stays."""
    if not steps or grade not in ladder:
        return grade
    return ladder[min(ladder.index(grade) + steps, len(ladder) - 1)]


def situations(book: Rulebook) -> Iterator[Situation]:
    """Every distinct situation of a rulebook; documents that await adoption are taken as adopted."""
    rules = book.line_rules()
    if not rules:
        return
    conditions = [rule.when for rule in rules]
    by_place = any(rule.reads & set(_PLACE_FIELDS) for rule in rules)
    placed = [(place, frozenset(r.id for r in rules if book.reaches(r, place))) for place in _places(book)]
    spaces: dict[tuple[object, ...], Space] = {}
    seen: set[tuple[object, ...]] = set()
    for when in moments(book):
        day = when.date()
        holding = [rule for rule in rules if book.holds(rule, when)]
        epoch = frozenset(
            i.name for i in book.lists.industries.values() if i.ultra_low_from and i.ultra_low_from <= day
        )
        for place, reached in placed:
            active = tuple(r for r in holding if r.id in reached and book.in_period(r, day, place))
            where = place if by_place else None
            key = (frozenset(rule.id for rule in active), epoch, where)
            if not active or key in seen:
                continue
            seen.add(key)
            if (epoch, where) not in spaces:
                spaces[epoch, where] = Space(conditions, book.lists, day, where)
            yield Situation(book, day, place, active, spaces[epoch, where])


def moments(book: Rulebook) -> list[datetime]:
    """Moments at which the law may change, from the day before the first one and one round of the seasons on."""
    ends = [end for rule in book.line_rules() for end in rule.valid.moments() if datetime.min < end < datetime.max]
    since = [i.ultra_low_from for i in book.lists.industries.values() if i.ultra_low_from]
    ends += [datetime.combine(day, time()) for day in since]
    first, last = min(ends, default=_ANY), max(ends, default=_ANY) + _ROUND
    before = first - timedelta(days=1)
    return sorted({before, first, *ends, *book.changes(before, last)})


def _places(book: Rulebook) -> list[Place]:
    """One place for each way an area can reach a line: every city, every county and township named, and elsewhere."""
    lists = book.lists
    cities = [Place(province=lists.province_of(city), city=city) for city in lists.cities()]
    held = {member for rule in book.line_rules() for member in book.members(rule)}
    named = [dict(zip(("city", "county", "township"), m.split("/"), strict=False)) for m in sorted(held) if "/" in m]
    parts = [Place(province=lists.province_of(one["city"]), **one) for one in named]
    return [Place(province="", city=""), *cities, *parts]
