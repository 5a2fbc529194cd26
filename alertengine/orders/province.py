"""Several lists in one run, as a province has them: every list decided, and who must act and who is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import pandas as pd

from alertengine.lists import EnterpriseList
from alertengine.orders._decided_state import StateDecision, decisions
from alertengine.orders._respond import (
    Responded,
    by_standard_names,
    decide_list,
    list_of,
    of_cities,
    orders_before,
    scenario_warnings,
)
from alertengine.orders.figures import figures_of
from alertengine.orders.scenario import Scenario, rulebook_of
from alertengine.orders.shares_before import SharesBefore
from alertengine.orders.summary import phases_of
from alertengine.rulebook import Place, Rulebook
from alertengine.vocabulary import (
    DECISION_TEXT,
    LEVEL_TEXT,
    MET_TEXT,
    OPEN_END,
    Problem,
    Result,
    gathering,
    listening,
    refuse_together,
    to_minute,
)
from alertengine.warning import Warnings, law_on, laws_of

#: What a city has to do, gravest first, as people read it.
STATES: Final = {
    "late": "须立即行动，已迟", "act": "须行动", "not_covered": "预报未覆盖，不能判断", "holds": "生效中，无变更",
    "none": "无须行动",
}  # fmt: skip
#: Columns of province.csv.
PROVINCE_COLUMNS: Final = {
    "city": "城市", "state": "行动", "action": "动作", "level": "级别", "starts": "开始", "ends": "结束",
    "due_since": "启动条件自", "lead_hours": "提前小时", "lead_required": "要求提前小时", "list": "清单",
    "enterprises": "企业", "ordered": "减排生产线", "stopped": "停产生产线", "undetermined": "依据缺失",
    "met": "减排比例",
}  # fmt: skip
_COUNTS: Final = ("enterprises", "ordered", "stopped", "undetermined")
#: Columns shown where there is little room.
SHOWN: Final = ("city", "state", "action", "level", "starts", "ends", "lead_hours", "ordered", "undetermined", "met")
_HOUR: Final = pd.Timedelta(hours=1)


@dataclass
class ProvinceRun(Result):
    """A run over several lists: the warnings of all cities and what each list came to."""

    scenario: Scenario
    book: Rulebook
    warnings: Warnings
    parts: Sequence[Responded]
    own_problems: list[Problem] = field(default_factory=list)
    own_notes: list[Problem] = field(default_factory=list)

    @property
    def made_from(self) -> list[Result]:
        """What every list came to."""
        return [self.warnings, *(part.orders for part in self.parts)]

    @property
    def exit_status(self) -> int:
        """0 done, 1 done and a person must look."""
        return int(bool(self.problems) or any(part.orders.exit_status for part in self.parts))

    @cached_property
    def table(self) -> pd.DataFrame:
        """PROVINCE_COLUMNS, a row a city, and one a county that has warnings of its own (``城市区县``).

        Who must act and who is late come first.
        """
        rows = [self._row(city, county) for city in self._cities() for county in ("", *self._apart(city))]
        table = pd.DataFrame(rows, columns=list(PROVINCE_COLUMNS)).astype(dict.fromkeys(_COUNTS, "Int64"))
        rank = {state: place for place, state in enumerate(STATES)}
        return table.sort_values("state", key=lambda own: own.map(rank), kind="stable", ignore_index=True)

    def records(self) -> list[dict[str, Any]]:
        """The rows of the table, what is not known None."""
        table = self.table.astype("object")
        return [
            {str(name): value for name, value in row.items()}
            for row in table.where(table.notna(), None).to_dict("records")
        ]

    def rows(self) -> list[dict[str, Any]]:
        """The table with its words in Chinese."""
        texts = {"state": STATES, "action": DECISION_TEXT, "level": LEVEL_TEXT, "met": MET_TEXT}
        return [
            {
                PROVINCE_COLUMNS[name]: texts.get(name, {}).get(str(value), "" if value is None else value)
                for name, value in row.items()
            }
            for row in self.records()
        ]

    def _cities(self) -> list[str]:
        named = {city for city, _ in self.warnings.graded} | {str(row["city"]) for row in self.warnings.rows}
        named |= {city for part in self.parts for city in part.scenario.cities} | set(self.scenario.cities)
        wanted = set(self.scenario.cities) or named
        return [city for city in self.book.lists.cities() if city in named & wanted]

    def _apart(self, city: str) -> list[str]:
        """The counties of a city that have a warning of their own: decided now, or going on."""
        found = {str(row["county"]) for row in self.warnings.standing if row["city"] == city}
        found |= {one for row in self.warnings.new if row["city"] == city for one in _counties(row["counties"])}
        return sorted(found - {""})

    def _decided(self, city: str, county: str) -> StateDecision | None:
        """The decision of a city, or of a county of its own."""
        record = self.warnings.record
        own = record["counties"].map(lambda said: county in (_counties(said) or [""]))
        return decisions(record[(record["city"] == city) & own], self.warnings.now).get(city)

    def _row(self, city: str, county: str) -> dict[str, Any]:
        made = self._decided(city, county)
        held = self.warnings.segments
        held = held[(held["city"] == city) & (held["county"] == county)]
        part = next((one for one in self.parts if city in one.scenario.cities), None)
        out: dict[str, Any] = {
            "city": f"{city}{county}",
            "list": part.orders.enterprises.file.rsplit("/", 1)[-1] if part else "",
        }
        if made is None:
            covered = any(name == city for name, _ in self.warnings.graded)
            out["state"] = "holds" if len(held) else "none" if covered else "not_covered"
            if len(held):
                at = part.in_force.from_decision.at.get(city) if part else None
                own = _stretch(held.sort_values("starts"), pd.Timestamp(at or self.warnings.now).ceil("h"))
                out |= {"level": own["level"], "starts": _text(own["starts"]), "ends": _text(own["ends"])}
        else:
            ends = "" if made.over else made.ends or OPEN_END
            out |= {"action": made.kind, "level": made.level, "starts": made.since, "ends": ends}
            out |= self._timeliness(city, county, made)
        if part is not None:
            out |= _figures(part, city, county)
        return out

    def _timeliness(self, city: str, county: str, made: StateDecision) -> dict[str, Any]:
        """How far ahead a new warning comes, against what its law asks; late where it is less, or has begun."""
        if made.kind != "issue":
            return {"state": "act"}
        start, now = datetime.fromisoformat(made.since), self.warnings.now
        place = Place(province=self.book.lists.province_of(city), city=city, county=county)
        law = law_on(laws_of(self.book, place, now.date(), start.date(), self.scenario.known_on), now)
        asked = law.life.lead_hours if law is not None and law.life is not None else None
        graded = self.warnings.graded.get((city, county)) or self.warnings.graded.get((city, ""))
        due = min((run.start for run in graded.runs if run.end > start), default=start) if graded else start
        lead = (due - now) / _HOUR
        return {
            "state": "late" if asked is not None and lead < asked else "act",
            "due_since": _text(due), "lead_hours": round(lead, 1), "lead_required": asked,
        }  # fmt: skip


def _text(time: Any) -> str:
    return OPEN_END if pd.isna(time) else to_minute(pd.Timestamp(time))


def _stretch(held: pd.DataFrame, at: pd.Timestamp) -> pd.Series[Any]:
    """The first stretch of one level that is not over at a time: of that moment the figures beside it are."""
    left = held[held["ends"].isna() | (held["ends"] > at)]
    return (left if len(left) else held).iloc[0]


def _counties(said: Any) -> list[str]:
    """The counties of a transition; none where it is the city's."""
    return [] if pd.isna(said) else [name for name in str(said).split(";") if name]


def _figures(part: Responded, city: str, county: str) -> dict[str, Any]:
    """What holds of a city, or of a county of it, from the decision on; the ratio is the city's."""
    holds = part.in_force.from_decision.of(city)
    now, at = holds.now, holds.at.get(city, "")
    figures = figures_of(now[now["county"] == county] if county else now)
    own = [phase for entry in part.orders.summaries if entry["city"] == city for phase in phases_of(entry)]
    left = {phase.get("met") for phase in own if not phase.get("ends") or phase["ends"] > at}
    met = "" if county else next((word for word in ("no", "unknown", "yes") if word in left), "")
    return {
        "enterprises": figures["bound"], "ordered": figures["ordered"], "stopped": figures["stopped"],
        "undetermined": figures["undetermined"], "met": met,
    }  # fmt: skip


def respond_province(scenario: Scenario) -> ProvinceRun:
    """Run a scenario of several lists: the warnings of all cities once, then each list.

    Raises:
        InputError: an input cannot be used, or a city stands in two lists; with every defect.

    """
    book = rulebook_of(scenario)
    scenario = by_standard_names(scenario, book)
    lists, problems, warnings, orders = [], list[Problem](), None, None
    for name in scenario.lists:
        with gathering(problems):
            lists.append(list_of(scenario.model_copy(update={"list_file": name}), book))
    owners: dict[str, list[EnterpriseList]] = {}
    for one in lists:
        for city in one.columns.text("city").present:
            owners.setdefault(city, []).append(one)
    problems += [
        Problem("city_in_two_lists", file=several[1].file, column="city", value=city, other=several[0].file)
        for city, several in owners.items()
        if len(several) > 1
    ]
    with gathering(problems):
        warnings = scenario_warnings(scenario, book)
    with listening() as told, gathering(problems):
        orders = orders_before(scenario)
    refuse_together(problems, *lists, warnings)
    assert warnings is not None  # noqa: S101 -- as nothing was refused
    before = None if orders is None else SharesBefore(orders, warnings.now)
    parts, decided = [], replace(warnings, others=())  # the record of all cities is the whole's
    for name, one in zip(scenario.lists, lists, strict=True):
        cities = tuple(city for city, (own,) in owners.items() if own is one and city in (scenario.cities or owners))
        if cities:
            own_scenario = scenario.model_copy(update={"list_file": name, "lists": (), "cities": cities})
            parts.append(decide_list(own_scenario, book, one, of_cities(decided, cities), before))
    held = dict.fromkeys(str(row["city"]) for row in warnings.standing)
    wanted = [city for city in held if city in (scenario.cities or held)]
    out = ProvinceRun(scenario, book, of_cities(warnings, scenario.cities), parts, own_notes=told)
    out.own_problems += [Problem("city_without_list", file=scenario.file, city=c) for c in wanted if c not in owners]
    return out
