"""The open lists of the vocabulary: industries, sectors, processes, places, areas, ladders, periods.

They are data (``rules/vocabulary/*.yaml``); a further rules folder may add to them, so a
bureau can speak of a city, an industry or a process that the shipped rules do not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from alertengine.files import checked_model, read_yaml, with_lines
from alertengine.rulebook._nearest import Recognised, folded, nearest
from alertengine.rulebook.counties import Counties
from alertengine.rulebook.open_list_rows import (
    NATION,
    Area,
    Industry,
    NamedList,
    Names,
    Period,
    Process,
    Province,
    Trade,
    Vocabulary,
)
from alertengine.rulebook.plausible import Plausible
from alertengine.rulebook.recurring_periods import Periods
from alertengine.vocabulary import InputError, Problem, Standing, Words, gathering, plain_name

_T = TypeVar("_T")
#: Tables of rows with a name, and among which spellings their names count.
_NAMED: Final = {
    "provinces": "places",
    "areas": "places",
    "industries": "industries",
    "processes": "processes",
    "named_lists": "named_lists",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: province, city and, where known, county and township."""

    province: str
    city: str
    county: str = ""
    township: str = ""

    def names(self) -> tuple[str, ...]:
        """The ways a member list may name a place that holds this one, widest first."""
        held = [NATION, self.province, self.city]
        if self.county:
            held.append(f"{self.city}/{self.county}")
            held += [f"{self.city}/{self.county}/{self.township}"] if self.township else []
        return tuple(held)


#: A code of a trade before, behind or in place of its name: 3011 水泥制造, C3011.
_TRADE_CODE: Final = re.compile(r"[A-Z]?(\d{4})")


#: What the name of a township ends with, and what may be left out.
_TOWNSHIP_WORDS: Final = re.compile(r"(?<=..)(街道办事处|街道办|街道|镇|乡)(人民政府|政府)?$")


def _bare(township: str) -> str:
    return _TOWNSHIP_WORDS.sub("", township)


class OpenLists:
    """All open lists together, with the look-ups the other rooms need."""

    def __init__(self) -> None:
        """Start empty; ``load`` and ``add`` fill it."""
        self.industries: dict[str, Industry] = {}
        self.sectors: Names = ()
        #: How it is known which industries a sector is.
        self.sector_standing: Standing = "primary"
        self.processes: dict[str, Process] = {}
        self.provinces: dict[str, Province] = {}
        self.areas: dict[str, Area] = {}
        self.periods = Periods()
        self.ladders: dict[str, tuple[str, ...]] = {}
        self.off_ladder: tuple[str, ...] = ()
        self.industry_ladders: dict[str, str] = {}
        self.default_province = ""
        self.plausible = Plausible()
        self.named_lists: dict[str, NamedList] = {}
        self.counties = Counties()
        #: By 城市/区县 the townships that documents name.
        self.townships: dict[str, tuple[str, ...]] = {}
        self._trades: dict[str, Trade] = {}
        self._questions: dict[str, dict[str, tuple[str, ...]]] = {}
        self._aliases: dict[str, dict[str, str]] = {table: {} for table in _NAMED.values()}
        #: Of the file being read: what in it cannot be meant, by where it stands.
        self._doubts: list[tuple[str, Words]] = []

    @classmethod
    def load(cls, folders: list[Path]) -> OpenLists:
        """Read ``vocabulary/*.yaml`` of each rules folder; later folders add to earlier ones.

        Raises:
            InputError: with every defect of every file.

        """
        lists = cls()
        problems: list[Problem] = []
        for folder in folders:
            for path in sorted((folder / "vocabulary").glob("*.yaml")):
                try:
                    lists.add(read_yaml(path), str(path))
                except InputError as error:
                    problems.extend(with_lines(error.problems, path))
        if problems:
            raise InputError(problems)
        return lists

    def add(self, content: Any, file: str) -> None:
        """Take in one file's content: any of the known tables, each optional.

        Raises:
            InputError: with every defect of it.

        """
        if not isinstance(content, dict):
            raise InputError([Problem("not_a_vocabulary", file=file)])
        ladders = isinstance(content.get("industries"), dict)  # grades.yaml: industry -> ladder
        tables = {"industry_ladders" if ladders and key == "industries" else key: one for key, one in content.items()}
        known = [key for key in tables if key in Vocabulary.model_fields]
        problems = [
            Problem("unknown_vocabulary", file=file, column=str(key), names=sorted(Vocabulary.model_fields))
            for key in tables if key not in known
        ]  # fmt: skip
        with gathering(problems):
            said = checked_model(Vocabulary, {key: tables[key] for key in known}, file)
            self._doubts = []
            for key in known:
                self._take(key, getattr(said, key))
            if said.industries and "standing" in said.model_fields_set:
                self.sector_standing = said.standing
            problems += [Problem("malformed_table", file=file, column=at, error=why) for at, why in self._doubts]
        if problems:
            raise InputError(problems)

    def _take(self, key: str, said: Any) -> None:
        """Take in what a file says in one table."""
        if key in _NAMED:
            self._keep(key, said)
        elif key in ("ladders", "industry_ladders"):
            getattr(self, key).update(said)
        elif key in ("sectors", "off_ladder"):
            setattr(self, key, tuple(dict.fromkeys((*getattr(self, key), *said))))
        elif key == "default_province":
            self.default_province = said
        elif handler := getattr(self, f"_add_{key}", None):
            handler(said)

    def _add_city_aliases(self, rows: dict[str, Names]) -> None:
        for city, spellings in self._of_cities("city_aliases", rows):
            self._spelt("places", f"city_aliases {city}", city, spellings)

    def _add_periods(self, rows: tuple[Period, ...]) -> None:
        self.periods += rows

    def _add_plausible(self, said: Plausible) -> None:
        self.plausible = self.plausible.with_changes(said)

    def _add_counties(self, rows: dict[str, Names]) -> None:
        for city, names in self._of_cities("counties", rows):
            self.counties.add(city, names)

    def _add_former_counties(self, rows: dict[str, dict[str, Names]]) -> None:
        for city, later in self._of_cities("former_counties", rows):
            self.counties.add(city, (), later)

    def _add_townships(self, rows: dict[str, Names]) -> None:
        for county, names in self._of_cities("townships", rows):
            self.townships[county] = tuple(dict.fromkeys((*self.townships.get(county, ()), *names)))

    def _add_zone_words(self, rows: Names) -> None:
        self.counties.add_zone_words(rows)

    def _add_trades(self, rows: tuple[Trade, ...]) -> None:
        for at, trade in enumerate(rows):
            self._doubts += [
                (f"trades.{at}", Words("trade_of_no_industry", found=name))
                for name in (trade.industry, *trade.one_of) if name and name not in self.industries
            ]  # fmt: skip
            self._trades.update(dict.fromkeys((*map(folded, trade.names), *trade.codes), trade))

    def _add_questions(self, tables: dict[str, dict[str, Names]]) -> None:
        for table, rows in tables.items():
            held = self._questions.setdefault(table, {})
            held.update({folded(text): names for text, names in rows.items()})

    def _of_cities(self, table: str, rows: Mapping[str, _T]) -> Iterator[tuple[str, _T]]:
        """The rows of cities and their counties that are on file; of others it is said that there is no such city."""
        known = self.cities()
        for place, row in rows.items():
            if place.partition("/")[0] in known:
                yield place, row
            else:
                self._doubts.append((f"{table} {place}", Words("alias_of_no_city", found=place)))

    def _keep(self, key: str, rows: Sequence[Any]) -> None:
        """Take rows in; one of a name on file says more of it: what it does not say stays, spellings and cities add."""
        into, table = getattr(self, key), _NAMED[key]
        for at, new in enumerate(rows):
            old, row = into.get(new.name), new
            if old is not None:
                own = {name: getattr(new, name) for name in new.model_fields_set}
                more = {name: (*getattr(old, name), *own[name]) for name in ("aliases", "cities") if name in own}
                row = old.model_copy(update=own | {name: tuple(dict.fromkeys(both)) for name, both in more.items()})
            into[row.name] = row
            self._spelt(table, f"{key}.{at}", row.name, (row.name, *new.aliases))
            for city in getattr(new, "cities", ()):
                self._spelt(table, f"{key}.{at}", city, (city, city.removesuffix("市")))

    def _spelt(self, table: str, where: str, name: str, spellings: Names) -> None:
        """Let spellings stand for a name; of one that stands for another it is said."""
        held = self._aliases[table]
        for said in spellings:
            if held.setdefault(said, name) != name:
                self._doubts.append((where, Words("spelling_of_another", found=said, other=held[said])))

    # -- look-ups

    def standard_name(self, table: str, text: str) -> str | None:
        """The standard name behind a spelling, in ``industries``, ``processes``, ``places`` or ``named_lists``.

        A city may stand behind its province: 山西省太原市, 山西太原.
        """
        held = self._aliases[table]
        name = held.get(text.strip()) or held.get(plain_name(text))
        return name or (self._behind_province(plain_name(text)) if table == "places" else None)

    def _behind_province(self, text: str) -> str | None:
        held = self._aliases["places"]
        for province in self.provinces.values():
            for spelling in (province.name, *province.aliases):
                city = held.get(text.removeprefix(spelling).strip("-·、/")) if text.startswith(spelling) else None
                if city in province.cities:
                    return city
        return None

    def recognise(self, table: str, text: str) -> Recognised:
        """What a text of a list stands for in ``industries``, ``processes``, ``places`` or ``named_lists``.

        Width, spaces and brackets do not matter, nor 业 at the end; trades of the national classification count as
        the industry they are.  Where nothing is known under the text, the nearest names are candidates for a
        question: they never take its place.
        """
        held = self._aliases[table]
        name = self.standard_name(table, text)
        if name is None:
            names = {held[spelling] for spelling in held if folded(spelling) == folded(text)}
            name = names.pop() if len(names) == 1 else None
        if name is not None:
            return Recognised(name)
        if table == "industries" and (found := self._trade(text)) is not None:
            return found
        asked = self._questions.get(table, {}).get(folded(text))
        if asked is None and table == "places":
            asked = self.counties.cities_of(text.strip()) or None
        if table == "places":
            cities = set(self.cities())
            held = {spelling: name for spelling, name in held.items() if name in cities}
        return Recognised(None, asked or nearest(text, held))

    def _trade(self, text: str) -> Recognised | None:
        """The industry of a trade by its name, its code or both; None where it is no trade on file."""
        plain = folded(text)
        code = _TRADE_CODE.search(plain)
        of_code = self._trades.get(code[1]) if code else None
        rest = folded(plain.replace(code[0], "").strip("()-_:")) if code else plain
        industries = self._aliases["industries"]
        named = next((industries[spelling] for spelling in industries if folded(spelling) == rest), None)
        of_name = Trade(industry=named) if named else self._trades.get(rest)
        found = [trade for trade in (of_name, of_code) if trade is not None]
        allowed = [{trade.industry, *trade.one_of} - {""} for trade in found]
        first = found[0].industry if found else ""
        if first and all(first in names for names in allowed) and (of_name is not None or not rest):
            return Recognised(first)
        candidates = dict.fromkeys(name for trade in found for name in (trade.industry, *trade.one_of) if name)
        return Recognised(None, tuple(candidates)) if candidates else None

    def recognise_county(self, city: str, text: str) -> Recognised:
        """What a text of the column 区县 stands for in a city; see :meth:`.Counties.recognise`."""
        home = self.provinces.get(self.province_of(city))
        return self.counties.recognise(city, text, (home.name, *home.aliases) if home else ())

    def township(self, city: str, county: str, text: str) -> str | None:
        """A text of the column 乡镇街道 as the areas on file name it in its county, else as it stands; None: blank.

        Before it may stand its city and county; 镇, 乡 and 街道 may be left out or written in full (街道办事处).
        """
        plain = folded(text).removeprefix(city).removeprefix(city.removesuffix("市"))
        plain = plain.removeprefix(county).strip("-·、/") or folded(text)
        near = {name for name in self.townships.get(f"{city}/{county}", ()) if _bare(name) == _bare(plain)}
        return near.pop() if len(near) == 1 else plain or None

    def spellings(self, table: str) -> dict[str, str]:
        """Every known spelling of a table and the standard name it stands for."""
        return self._aliases[table]

    def cities(self) -> list[str]:
        """All cities, in the order of their provinces."""
        return [city for province in self.provinces.values() for city in province.cities]

    def province_of(self, city: str) -> str:
        """The province of a city; the default one where the city is not on file."""
        for province in self.provinces.values():
            if city in province.cities:
                return province.name
        return self.default_province

    def wider(self, name: str) -> tuple[str, ...]:
        """The names of a place and of all that hold it, widest first, as member lists write them."""
        if name == NATION or name in self.provinces:
            return tuple(dict.fromkeys((NATION, name)))
        city, _, rest = name.partition("/")
        county, _, township = rest.partition("/")
        return Place(province=self.province_of(city), city=city, county=county, township=township).names()

    def sector_of(self, industry: str) -> str | None:
        """The wide class of an industry, or None where the industry is not on file."""
        known = self.industries.get(industry)
        return known.sector if known else None

    def ladder_of(self, industry: str) -> tuple[str, ...]:
        """The ladder of grades of an industry, best first."""
        return self.ladders.get(self.industry_ladders.get(industry, "default"), ())

    def members(self, name: str, inside: tuple[str, ...] = ()) -> frozenset[str]:
        """The places a name stands for (provinces, cities, 城市/区县, 城市/区县/乡镇), areas opened up.

        Raises:
            KeyError: the name is neither a place nor an area on file, or the area stands ``inside`` itself.

        """
        if name == NATION:
            return frozenset({NATION})
        first, *rest = name.split("/")
        standard = self.standard_name("places", first)
        if standard is None or standard in inside or len(rest) > 2:
            raise KeyError(name)
        if rest:
            known = self.recognise_county(standard, rest[0]).name or rest[0]
            return frozenset("/".join((standard, one, *rest[1:])) for one in self.counties.later(standard, known))
        if standard in self.areas:
            held = (self.members(member, (*inside, standard)) for member in self.areas[standard].members)
            return frozenset().union(*held)
        return frozenset({standard})

    def nearest_places(self, name: str) -> tuple[str, ...] | None:
        """The places and areas nearest to a name that is none of them, as documents write them; None of one that is."""
        city, _, county = name.partition("/")
        standard = NATION if name == NATION else self.standard_name("places", city)
        if standard is None:
            homes = tuple(
                f"{one}/{city}{end}" for end in ("", *"区县市") for one in self.counties.cities_of(city + end)
            )
            return homes or nearest(plain_name(city), self._aliases["places"])
        county = county.split("/")[0]
        if not county or standard in self.counties.cities_of(county):
            return None
        found = self.recognise_county(standard, county)
        return None if found.name is not None else tuple(f"{standard}/{one}" for one in found.candidates)

    def cities_of(self, name: str) -> list[str]:
        """The whole cities a name stands for; a county counts as its city."""
        held = self.members(name)
        if NATION in held:
            return self.cities()
        found = [c for p in self.provinces.values() for c in p.cities if c in held or p.name in held]
        found += [m.split("/")[0] for m in sorted(held) if "/" in m]
        return list(dict.fromkeys(found))

    def period(self, name: str, place: Place | None = None) -> Period | None:
        """The period of a name, the nearest place's own one first."""
        held = place.names() if place else (NATION,)
        for area in reversed(held):
            for period in reversed(self.periods.named(name)):
                if period.area == area or (period.area != NATION and area in self._members_or_none(period.area)):
                    return period
        return None

    def _members_or_none(self, name: str) -> frozenset[str]:
        try:
            return self.members(name)
        except KeyError:
            return frozenset()
