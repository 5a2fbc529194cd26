"""Synthetic enterprise lists of any size.

Every share and amount comes from ``enterprise_lists/generator.yaml``; every name carries the
label 合成 and every credit code is of a division that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files import categorical, series_of, text_series, unknown_category, unknown_text
from alertengine.lists.credit_code import synthetic_codes
from alertengine.lists.enterprise_list import EnterpriseList, ListVersion, category_names
from alertengine.lists.generate_settings import Inside, LineSettings, Settings
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    FIELDS,
    GUARANTEE_NONE,
    LIST_FIELDS,
    PLAN_FIELDS,
    POLLUTANTS,
    TOTAL_COLUMNS,
    TOTAL_SECTORS,
    InputError,
    Problem,
)

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

#: Plans of lines that a guarantee covers, whatever their grade.
_GUARDED: Final = "保障"
#: Keys of ``plans`` that are no grade: guaranteed lines, and lines without a grade.
_OTHER_PLANS: Final = (_GUARDED, "")

#: Kilometres of a degree of latitude.
_KM: Final = 111.2
#: What the places of enterprises are drawn by, beside the seed.
_PLACES: Final = 1


class Maker:
    """Makes one list; the order of its random draws is part of what a seed means."""

    def __init__(self, count: int, seed: int, settings: Settings, lists: OpenLists, cities: Sequence[str]) -> None:
        """Lay out ``count`` lines over enterprises of the given cities."""
        self.settings = settings
        self.lists = lists
        self.cities = list(cities)
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self.kinds = [(name, line) for name, industry in settings.industries.items() for line in industry.lines]
        self.columns: dict[str, pd.Series] = {}
        self.industry = self._draw({name: industry.share for name, industry in settings.industries.items()}, count)
        self.owner, self.kind = self._lay_out(count)
        self.firms = int(self.owner[-1]) + 1 if count else 0
        self.industry = self.industry[: self.firms]

    def _draw(self, weights: Mapping[str, float], count: int) -> Places:
        """Places in ``weights``, drawn by weight."""
        share = np.array(list(weights.values()), dtype=np.float64)
        return self.rng.choice(len(share), size=count, p=share / share.sum())

    def _lay_out(self, count: int) -> tuple[Places, Places]:
        """The enterprise and the kind of each line, enterprises in order, ``count`` lines in all."""
        names = list(self.settings.industries)
        owners, kinds = [], []
        for place, (name, line) in enumerate(self.kinds):
            firms = np.flatnonzero(self.industry == names.index(name))
            times = self.rng.integers(line.count[0], line.count[1], size=len(firms), endpoint=True)
            owners.append(np.repeat(firms, times))
            kinds.append(np.full(int(times.sum()), place))
        owner, kind = np.concatenate(owners), np.concatenate(kinds)
        order = np.argsort(owner, kind="stable")[:count]
        return np.unique(owner[order], return_inverse=True)[1], kind[order]

    # -- putting columns

    def _put(self, name: str, codes: Places, names: Sequence[str]) -> None:
        """A text or category column; the empty name is unknown."""
        closed = FIELDS[name].values
        kept = list(closed) or sorted(set(names) - {""})
        of = np.array([kept.index(n) if n else -1 for n in names], dtype=np.int32)
        column = categorical(of[codes], kept)
        self.columns[name] = series_of(replace(column, few=name in category_names()))

    def _blank(self, values: Floats) -> Floats:
        return np.where(self.rng.random(len(values)) < self.settings.blank, np.nan, values)

    # -- the parts of a list

    def enterprises(self) -> None:
        """What all lines of an enterprise share."""
        setting = self.settings
        city = self._draw({name: setting.cities[name].weight for name in self.cities}, self.firms)
        counties = [(name, county) for name in self.cities for county in setting.cities[name].counties]
        county = np.zeros(self.firms, dtype=np.int64)
        for place, name in enumerate(self.cities):
            own = [at for at, (home, _) in enumerate(counties) if home == name]
            here = city == place
            county[here] = self.rng.choice(own, size=int(here.sum()))
        self._put("city", city[self.owner], self.cities)
        self._put("county", county[self.owner], [name for _, name in counties])
        self._locate(county, counties)
        self.columns["enterprise_id"] = series_of(synthetic_codes(np.arange(self.firms)).take(self.owner))
        industries = list(setting.industries)
        stems = [f"{name.removesuffix('市')}{c}{setting.label}{i}" for name, c in counties for i in industries]
        stem = pa.array(stems).take(pa.array(county * len(industries) + self.industry))
        serial = pa.array(np.arange(1, self.firms + 1)).cast(pa.string())
        firm = pc.binary_join_element_wise(stem, serial, "号企业", "")
        self.columns["enterprise"] = text_series(firm.take(pa.array(self.owner)))
        self._put("industry", self.industry[self.owner], industries)
        guarantees = [kind.guarantee or GUARANTEE_NONE for kind in setting.industries.values()]
        self._put("guarantee", self.industry[self.owner], guarantees)
        for name, weights in (
            ("zone", setting.zones),
            ("catalogue", setting.catalogues),
            ("named_lists", setting.named_lists),
        ):
            self._put(name, self._draw(weights, self.firms)[self.owner], list(weights))
        for name, chance in setting.chance_of_yes.items():
            truth = self.rng.random(self.firms) < chance
            unknown = self.rng.random(self.firms) < self.settings.blank
            self.columns[name] = pd.Series(pd.arrays.BooleanArray(truth[self.owner], unknown[self.owner]))
        for name, numbers in (
            ("city_distance_km", setting.city_distance_km),
            ("trucks_per_day", setting.trucks_per_day),
        ):
            drawn = numbers.median * np.exp(numbers.spread * self.rng.standard_normal(self.firms))
            self.columns[name] = pd.Series(self._blank(np.round(drawn, 1))[self.owner])
        self._grades()

    def _locate(self, county: Places, counties: Sequence[tuple[str, str]]) -> None:
        """A place inside its county for each enterprise, to 0.001°; blank where the settings have no point of it."""
        rng = np.random.default_rng((self.seed, _PLACES))  # its own, so that all else stays what a seed meant before
        known = self.settings.points
        today = [(city, self.lists.counties.later(city, name)[0]) for city, name in counties]
        held = [known.get(city, {}).get(name, Inside(np.nan, np.nan, 0)) for city, name in today]
        lon, lat, km = np.array(held, dtype=np.float64)[county].T
        away = km * np.sqrt(rng.random(self.firms))
        turn = rng.uniform(0, 2 * np.pi, self.firms)
        lon, lat = lon + away * np.cos(turn) / (_KM * np.cos(np.radians(lat))), lat + away * np.sin(turn) / _KM
        for name, degrees in (("lon", lon), ("lat", lat)):
            self.columns[name] = pd.Series(np.round(degrees, 3)[self.owner])

    def _grades(self) -> None:
        """Grades: one draw an enterprise, read in the table of the industry or, where it has its own, of the line."""
        industries = list(self.settings.industries.values())
        tables = [line.grades or self.settings.industries[name].grades for name, line in self.kinds]
        luck = self.rng.random(self.firms)[self.owner]
        names = ["", *FIELDS["grade"].values]
        codes = np.zeros(len(self.owner), dtype=np.int64)
        for table in sorted({*tables, *(industry.grades for industry in industries)}):
            weights = self.settings.grades[table]
            edges = np.cumsum(list(weights.values())) / sum(weights.values())
            of = np.array([names.index(name) for name in weights])
            here = np.array([name == table for name in tables])[self.kind]
            codes[here] = of[np.minimum(np.searchsorted(edges, luck[here], side="right"), len(of) - 1)]
        self._put("grade", codes, names)

    def lines(self) -> None:
        """What each line has of its own."""
        setting = self.settings
        order = np.arange(len(self.owner)) - np.searchsorted(self.owner, self.owner) + 1
        self.columns["line_id"] = text_series(pa.array(order).cast(pa.string()))
        kinds = [line for _, line in self.kinds]
        self._put("process", self.kind, [line.process for line in kinds])
        named = pa.array([line.process for line in kinds]).take(pa.array(self.kind))
        label = pc.binary_join_element_wise(named, pa.array(order).cast(pa.string()), "号线", "")
        self.columns["line"] = text_series(label)
        self.columns["units"] = pd.Series(np.ones(len(self.owner)))
        for name, unit in (("size", "unit_size"), ("capacity", "capacity")):
            self._sized(name, unit, kinds)
        for name, bounds in (("load_pct", setting.load_pct), ("production_days", setting.production_days)):
            drawn = np.round(self.rng.uniform(bounds.low, bounds.high, len(self.owner)))
            self.columns[name] = pd.Series(self._blank(drawn))
        for pollutant, field in EMISSION_FIELDS.items():
            median = np.array([line.kg_d.get(pollutant, 0.0) for line in kinds])[self.kind]  # type: ignore[call-overload]
            drawn = median * np.exp(setting.spread * self.rng.standard_normal(len(self.owner)))
            self.columns[field] = pd.Series(np.round(drawn, 1))
        self._plans()

    def _sized(self, name: str, field: str, kinds: Sequence[LineSettings]) -> None:
        bounds = np.array([getattr(line, name) or (np.nan, np.nan) for line in kinds])[self.kind]
        drawn = bounds[:, 0] + (bounds[:, 1] - bounds[:, 0]) * self.rng.random(len(self.owner))
        self.columns[field] = pd.Series(np.round(drawn, 1))
        self._put(f"{field}_unit", self.kind, [getattr(line, f"{name}_unit") for line in kinds])

    def _plans(self) -> None:
        """Filed plans by grade, on a share of the enterprises."""
        filed = (self.rng.random(self.firms) < self.settings.filed)[self.owner]
        grade, plans = self.columns["grade"], self.settings.plans
        keys = [*map(str, grade.cat.categories), *_OTHER_PLANS]
        key = grade.cat.codes.to_numpy().astype(np.int64)
        key[key < 0] = keys.index("")
        guarded = (self.columns["guarantee"] != GUARANTEE_NONE).to_numpy()
        key[guarded & (_GUARDED in plans)] = keys.index(_GUARDED)
        for level, field in enumerate(PLAN_FIELDS.values()):
            texts = ["", *(plans[name][level] if name in plans else "" for name in keys)]
            self._put(field, np.where(filed, key + 1, 0), texts)

    def totals(self, lines: pd.DataFrame) -> pd.DataFrame:
        """City totals that hold the listed lines: kg/d by sector and pollutant."""
        listed = self.settings.totals["listed"]
        sums = lines.groupby("city", observed=True)[list(EMISSION_FIELDS.values())].sum()
        rows = []
        for city, industrial in sums.iterrows():
            for sector in TOTAL_SECTORS:
                factors = self.settings.totals.get(sector)
                row: dict[str, object] = {
                    "city": city,
                    "sector": sector,
                    "inventory_year": self.settings.inventory_year,
                }
                for pollutant in POLLUTANTS:
                    factor = dict(factors).get(pollutant, 0.0) if isinstance(factors, dict) else 1.0
                    whole = industrial[EMISSION_FIELDS[pollutant]] / float(str(listed))
                    row[EMISSION_FIELDS[pollutant]] = round(whole * factor, 1)
                rows.append(row)
        return pd.DataFrame(rows, columns=list(TOTAL_COLUMNS))


def generate_list(
    count: int, seed: int, lists: OpenLists, settings: Settings, cities: Sequence[str] = ()
) -> EnterpriseList:
    """A synthetic list of ``count`` lines, the same for the same seed, settings and cities.

    ``cities`` are standard names of the settings; none means all of them.

    Raises:
        InputError: a city is not in the settings.

    """
    unknown = [city for city in cities if city not in settings.cities]
    if unknown:
        known = list(settings.cities)
        raise InputError([Problem("unknown_city", file="generator.yaml", value=c, names=known) for c in unknown])
    maker = Maker(count, seed, settings, lists, cities or list(settings.cities))
    maker.enterprises()
    maker.lines()
    provinces = [lists.province_of(city) for city in maker.cities]
    home = maker.columns["city"].cat.categories
    of = np.array([provinces[maker.cities.index(str(city))] for city in home], dtype=object)
    codes, names = pd.factorize(of[maker.columns["city"].cat.codes.to_numpy()], sort=True)
    maker.columns["province"] = series_of(categorical(codes.astype(np.int32), [str(name) for name in names]))
    size = len(maker.owner)
    lines = pd.DataFrame(
        {field.name: maker.columns.get(field.name, _unknown(field.name, size)) for field in LIST_FIELDS}
    )
    label = f"{settings.label}清单 seed {seed}"
    return EnterpriseList(
        file=label,
        lines=lines,
        extras=pd.DataFrame(index=lines.index),
        rows=pd.Series(np.arange(2, size + 2)),
        version=ListVersion(version=label, year=settings.inventory_year),
        totals=maker.totals(lines),
    )


def _unknown(name: str, size: int) -> pd.Series:
    field = FIELDS[name]
    if field.type == "bool":
        return series_of(np.zeros(size, dtype=np.int8))
    if field.type in ("number", "integer"):
        return series_of(np.full(size, np.nan))
    return series_of(unknown_category(size, field.values) if name in category_names() else unknown_text(size))
