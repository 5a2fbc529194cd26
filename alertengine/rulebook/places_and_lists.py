"""The open lists of the vocabulary: industries, sectors, processes, places, areas, ladders, periods.

They are data (``rules/vocabulary/*.yaml``); a further rules folder may add to them, so a
bureau can speak of a city, an industry or a process that the shipped rules do not know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from alertengine.files import problems_of, read_yaml, with_lines
from alertengine.rulebook._nearest import Recognised, folded, nearest
from alertengine.rulebook.counties import Counties
from alertengine.rulebook.open_list_rows import NATION, Area, Industry, NamedList, Period, Process, Province, Trade
from alertengine.rulebook.plausible import Plausible
from alertengine.rulebook.recurring_periods import Periods
from alertengine.vocabulary import InputError, Problem, SaidError, Standing, plain_name

__all__ = ["NATION", "OpenLists", "Place", "Recognised"]


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
        self.sectors: list[str] = []
        #: How it is known which industries a sector is.
        self.sector_standing: Standing = "primary"
        self.processes: dict[str, Process] = {}
        self.provinces: dict[str, Province] = {}
        self.areas: dict[str, Area] = {}
        self.periods = Periods()
        self.ladders: dict[str, tuple[str, ...]] = {}
        self.off_ladder: tuple[str, ...] = ()
        self.industry_ladder: dict[str, str] = {}
        self.default_province = ""
        self.plausible = Plausible()
        self.named_lists: dict[str, NamedList] = {}
        self.counties = Counties()
        #: By 城市/区县 the townships that documents name.
        self.townships: dict[str, tuple[str, ...]] = {}
        self._trades: dict[str, Trade] = {}
        self._questions: dict[str, dict[str, tuple[str, ...]]] = {}
        self._aliases: dict[str, dict[str, str]] = {
            "industries": {}, "processes": {}, "places": {}, "named_lists": {}
        }  # fmt: skip

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
        """Take in one file's content: any of the known tables, each optional."""
        if not isinstance(content, dict):
            raise InputError([Problem("not_a_vocabulary", file=file)])
        problems: list[Problem] = []
        for key, value in content.items():
            handler = getattr(self, f"_add_{key}", None)
            if key == "standing" and isinstance(content.get("industries"), list):
                self.sector_standing = value
            if key in ("standing", "note", "source"):
                continue
            if handler is None:
                known = sorted(n.removeprefix("_add_") for n in dir(self) if n.startswith("_add_"))
                problems.append(Problem("unknown_vocabulary", file=file, column=str(key), names=known))
                continue
            try:
                handler(value)
            except ValidationError as error:
                problems.extend(problems_of(error, file, str(key)))
            except (TypeError, ValueError, AttributeError) as error:
                problems.append(Problem("malformed_table", file=file, column=str(key), error=error))
        if problems:
            raise InputError(problems)

    def _add_industries(self, rows: Any) -> None:
        if isinstance(rows, dict):  # grades.yaml: industry -> ladder
            self.industry_ladder.update(rows)
            return
        for row in rows:
            self._keep("industries", self.industries, Industry.model_validate(row))

    def _add_sectors(self, rows: list[str]) -> None:
        self.sectors += [name for name in rows if name not in self.sectors]

    def _add_processes(self, rows: list[Any]) -> None:
        for row in rows:
            said = {"name": row} if isinstance(row, str) else row
            self._keep("processes", self.processes, Process.model_validate(said))

    def _add_default_province(self, name: str) -> None:
        self.default_province = name

    def _add_provinces(self, rows: list[Any]) -> None:
        for row in rows:
            new = Province.model_validate(row)
            old = self.provinces.get(new.name)
            if old is not None:
                cities = dict.fromkeys((*old.cities, *new.cities))
                new = new.model_copy(update={"cities": tuple(cities), "aliases": (*old.aliases, *new.aliases)})
            self._keep("places", self.provinces, new)
            for city in new.cities:
                self._aliases["places"].update({city: city, city.removesuffix("市"): city})

    def _add_city_aliases(self, rows: dict[str, list[str]]) -> None:
        for city, spellings in rows.items():
            if city not in self.cities():
                raise SaidError("alias_of_no_city", found=city)
            self._aliases["places"].update(dict.fromkeys(spellings, city))

    def _add_areas(self, rows: list[Any]) -> None:
        for row in rows:
            area = Area.model_validate(row)
            self.areas[area.name] = area
            self._aliases["places"].update(dict.fromkeys((area.name, *area.aliases), area.name))

    def _add_periods(self, rows: list[Any]) -> None:
        self.periods += [Period.model_validate(row) for row in rows]

    def _add_ladders(self, rows: dict[str, list[str]]) -> None:
        self.ladders.update({name: tuple(steps) for name, steps in rows.items()})

    def _add_off_ladder(self, rows: list[str]) -> None:
        self.off_ladder = tuple(dict.fromkeys((*self.off_ladder, *rows)))

    def _add_plausible(self, content: dict[str, Any]) -> None:
        self.plausible = self.plausible.with_changes(content)

    def _add_named_lists(self, rows: list[Any]) -> None:
        for row in rows:
            self._keep("named_lists", self.named_lists, NamedList.model_validate(row))

    def _add_counties(self, rows: Mapping[str, Sequence[str]]) -> None:
        for city, names in rows.items():
            if city not in self.cities():
                raise SaidError("alias_of_no_city", found=city)
            self.counties.add(city, names)

    def _add_former_counties(self, rows: dict[str, dict[str, list[str]]]) -> None:
        for city, later in rows.items():
            self._add_counties({city: ()})
            self.counties.add(city, (), later)

    def _add_townships(self, rows: dict[str, list[str]]) -> None:
        for county, names in rows.items():
            if county.partition("/")[0] not in self.cities():
                raise SaidError("alias_of_no_city", found=county)
            self.townships[county] = tuple(dict.fromkeys((*self.townships.get(county, ()), *names)))

    def _add_zone_words(self, rows: list[str]) -> None:
        self.counties.add_zone_words(rows)

    def _add_trades(self, rows: list[Any]) -> None:
        for row in rows:
            trade = Trade.model_validate(row)
            unknown = [name for name in (trade.industry, *trade.one_of) if name and name not in self.industries]
            if unknown:
                raise SaidError("trade_of_no_industry", found=unknown)
            self._trades.update(dict.fromkeys((*map(folded, trade.names), *trade.codes), trade))

    def _add_questions(self, tables: dict[str, dict[str, list[str]]]) -> None:
        for table, rows in tables.items():
            held = self._questions.setdefault(table, {})
            held.update({folded(text): tuple(names) for text, names in rows.items()})

    def _keep(self, table: str, into: dict[str, Any], row: Any) -> None:
        into[row.name] = row
        self._aliases[table].update(dict.fromkeys((row.name, *row.aliases), row.name))

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
        return self.ladders.get(self.industry_ladder.get(industry, "default"), ())

    def members(self, name: str, inside: tuple[str, ...] = ()) -> frozenset[str]:
        """The places a name stands for (provinces, cities, 城市/区县, 城市/区县/乡镇), areas opened up.

        Raises:
            KeyError: the name is neither a place nor an area on file, or the area stands ``inside`` itself.

        """
        if name == NATION:
            return frozenset({NATION})
        if "/" in name:
            city = self.standard_name("places", name.split("/", 1)[0])
            if city is None:
                raise KeyError(name)
            return frozenset(f"{city}/{one}" for one in self.counties.later(city, name.split("/", 1)[1]))
        standard = self.standard_name("places", name)
        if standard is None or standard in inside:
            raise KeyError(name)
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
