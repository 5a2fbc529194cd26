"""From an evening's run to its papers: what is said of each city with a new or changed warning."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from alertengine.documents.build import basis_of
from alertengine.documents.formal_or_draft import (
    SETTING_TEXT,
    Footing,
    Release,
    endless_matter,
    mark_of,
    warning_matters,
    without_end,
)
from alertengine.documents.legal_particulars import ParticularsOf
from alertengine.documents.open_matters import OpenMatter
from alertengine.documents.pack.decision_text import (
    by_area,
    decision_text,
    hours_by_area,
    public_title,
    title_lines,
    title_words,
)
from alertengine.documents.pack.departments import Department, duties_of, tasks_of, unassigned
from alertengine.documents.pack.evening_pack import (
    KEEPS_DRAFT,
    KEEPS_LOOK,
    Action,
    Count,
    Haul,
    Matter,
    Pack,
    RatioReached,
    Transition,
)
from alertengine.documents.pack.rules import APPROVAL, LawOnDay, groups_without_any, of_group
from alertengine.files import Protocol
from alertengine.lists import EnterpriseList
from alertengine.orders import (
    REST,
    InForce,
    StateDecision,
    figures_of,
    goes_on,
    held_now,
    holding,
    in_force,
    left_standing,
    phase_words,
    phases_of,
    told,
)
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import (
    AMBIENT_TEXT,
    DECISION_TEXT,
    GROUND_TEXT,
    LEVEL_CLASS,
    LEVEL_TEXT,
    LINE_KEY,
    MET_TEXT,
    OPEN_END,
    POLLUTANT_TEXT,
    POLLUTANTS,
    RESPONSE_TEXT,
    STANDING_TEXT,
    STAY,
    Ground,
    Level,
    Setting,
    Status,
    kilograms,
    level_words,
    moment,
    percent,
)
from alertengine.warning import Record, kinds, lead_of, outward


@dataclass(frozen=True)
class Evening:
    """The results of a run that the papers of an evening are made from.

    ``table``: the new transitions (WARNING_COLUMNS, timestamps); ``orders``: ORDER_COLUMNS; ``summaries``: the
    entries of summary.json; ``cities``: only these where any is named; ``history``: the record of warnings, the new
    transitions in it (None: there was none before); ``doubts``: what a person must know of forecast, observations and
    list before signing, each with the city it is about (blank: all); ``release``: the decision of a person that drafts
    go out, never of a simulation; ``readings``: how its files were read; ``before``: what earlier orders ask of others;
    ``corrects``: by city what the decision says of the one that it corrects.
    """

    book: Rulebook
    enterprises: EnterpriseList
    table: pd.DataFrame
    orders: pd.DataFrame
    summaries: Sequence[Mapping[str, Any]]
    setting: Setting = "live"
    known_on: date | None = None
    cities: tuple[str, ...] = ()
    readings: Sequence[Protocol] = ()
    history: pd.DataFrame | None = None
    doubts: tuple[tuple[str, str, str], ...] = ()
    release: Release | None = None
    before: pd.DataFrame | None = None
    corrects: Mapping[str, str] = field(default_factory=dict)

    @property
    def setting_mark(self) -> str:
        """推演 or 演练; blank in earnest."""
        return SETTING_TEXT[self.setting]

    @property
    def record(self) -> pd.DataFrame:
        """The record of warnings with the new transitions in it."""
        return self.table if self.history is None else self.history

    @property
    def now(self) -> pd.Timestamp | None:
        """The moment of the decision; None where there is none."""
        return self.table["issued"].max() if len(self.table) else None

    @cached_property
    def left_standing(self) -> dict[str, StateDecision]:
        """By city the response that goes on beside what is decided, and before it."""
        return left_standing(self.record, self.now)

    def standing_before(self, city: str) -> pd.DataFrame:
        """What holds of ``before`` in a city, a row a line."""
        rows = self.orders.iloc[:0] if self.before is None else self.before.sort_values("starts")
        return rows[rows["city"] == city].drop_duplicates(LINE_KEY)

    @cached_property
    def held_now(self) -> InForce:
        """What holds at the decision, though what was decided may begin later."""
        return held_now(self.orders, self.record, self.now)

    @cached_property
    def in_force(self) -> InForce:
        """What holds from the decision on."""
        return in_force(self.orders, self.record, self.now)


def packs(evening: Evening, departments: Sequence[Department]) -> Iterator[Pack]:
    """The papers of each city whose warning is new or changed; advice makes none."""
    table = evening.table[evening.table["action"].astype("str") != "advise"]
    acts = ParticularsOf(evening.book)
    for city, rows in table.groupby("city", sort=True):
        if not evening.cities or city in evening.cities:
            yield _pack(evening, acts, str(city), rows.to_dict("records"), departments)


def task_sheets(pack: Pack, evening: Evening, departments: Sequence[Department]) -> Iterator[Pack]:
    """The pack of each department: what it must do."""
    said = _law_on_day(evening, pack.city)
    actions, steps = said.actions(), (*said.steps(), *said.contacts())
    for one in departments:
        yield replace(
            pack,
            title=f"重污染天气应急响应部门任务单（{one.name}）",
            department=one.name,
            tasks=tasks_of(one, departments, actions),
            duties=duties_of(one, steps),
            production=one.production,
            transport=one.transport,
        )


def tonight(pack: Pack, evening: Evening) -> tuple[Pack, pd.DataFrame]:
    """What is inspected tonight, and the head of its list: what holds first, though the decision may begin later."""
    left = evening.left_standing.get(pack.city)
    now = (evening.in_force if left is None else evening.held_now).of(pack.city)
    made = left or holding(evening.record, pack.city, pd.Timestamp(now.at.get(pack.city, "")))
    rows = pd.concat([now.now, evening.standing_before(pack.city)])
    if made is None:
        return pack, rows
    later = ""
    if left and evening.in_force.decided[pack.city].kind != STAY:
        again = "" if pack.ended else "，届时另行检查"
        later = f"按{moment(made.issued)}的决定；本次{pack.kind}自{pack.starts}起执行{again}　"
    head = replace(
        pack,
        level=by_area(made, {str(one): level_words(str(one)) for one in Level}),
        hours=hours_by_area(made),
        list_words=later + pack.list_words,
        counties=tuple(_counts(rows, "county")),
    )
    return head, rows


def _law_on_day(evening: Evening, city: str) -> LawOnDay:
    made = evening.in_force.decided[city]
    issued = date.fromisoformat(made.issued[:10]) if made.issued else None
    return LawOnDay(evening.book, city, date.fromisoformat(made.since[:10]), made.level, evening.known_on, issued)


def _pack(
    evening: Evening,
    acts: ParticularsOf,
    city: str,
    rows: Sequence[Mapping[Any, Any]],
    departments: Sequence[Department],
) -> Pack:
    """All values of a city."""
    made, said = evening.in_force.decided[city], _law_on_day(evening, city)
    holds = evening.in_force.of(city)
    actions = said.actions() if not made.over else ()
    left = unassigned(departments, actions)
    signed = replace(said, level=made.gravest)
    act = acts.of(city, "", said.issued or said.day, said.level)
    footing = Footing(evening.book, evening.enterprises)
    now, figures = holds.now, holds.figures
    released = figures_of(holds.ended if made.whole == "lift" else holds.ended.iloc[:0])
    formal = [*act.gaps, *footing.list_reasons([]), *warning_matters(evening.book, rows)]
    beside = [
        *_unready(now, evening.book),
        *_before(evening.standing_before(city)),
        *(OpenMatter.of(code, text) for place, code, text in evening.doubts if not place or place.startswith(city)),
        *([OpenMatter.of("no_department", "；".join(one.text for one in left))] if left else []),
        *(  # departments whose measures no rule gives them
            OpenMatter.of("department_assumed", f"{one.name}{count}项", [city])
            for one in departments
            if (count := sum(task.assumed for task in tasks_of(one, departments, actions)))
        ),
        *(() if made.over else _not_on_file(city, said, actions)),
    ]
    released_by = evening.release.words(formal) if evening.release and not evening.setting_mark else ()
    setting = evening.setting_mark
    primary = next((str(row["primary"]) for row in rows if row["level"] == made.level and row["primary"]), "")
    title, words_of = title_words(made), {str(one): level_words(str(one)) for one in Level}
    state = None if made.over else holding(evening.record, city, pd.Timestamp(made.since))
    newest, lives = told(rows), Record(evening.record)
    said_of = [row for row in newest if not goes_on(row, newest, lives)]
    actions_of = kinds(pd.DataFrame(said_of), evening.record)
    return Pack(
        title="".join(title),
        title_lines=title_lines(title),
        public_title=public_title(made, city) + ("（更正）" if city in evening.corrects else ""),
        mark=mark_of(setting, draft=bool(formal) and not released_by),
        setting=setting,
        kind=DECISION_TEXT[made.whole],
        verb=RESPONSE_TEXT[made.whole],
        decision="；".join(filter(None, (decision_text(made), evening.corrects.get(city)))),
        ended=made.over,
        city=city,
        level=by_area(made, words_of),
        before=by_area(made, words_of | {"": ""}, "before"),
        colour="、".join(dict.fromkeys(LEVEL_TEXT[one.level] for one in (made, *made.apart))),
        response=by_area(state or made, LEVEL_CLASS),
        starts=moment(made.since),
        ends="" if made.over else moment(made.ends) or OPEN_END,
        hours=hours_by_area(made),
        tomorrow=moment(f"{said.day} 00:00").removesuffix("0时"),
        primary=AMBIENT_TEXT.get(primary, primary),
        transitions=tuple(_transition(row, kind) for row, kind in zip(said_of, actions_of, strict=True)),
        signatures=signed.signatures(),
        steps=(*signed.steps(*APPROVAL), *said.steps(*(("lift",) if made.over else ("start", "supervise", "report")))),
        start_rules=said.steps("lift" if made.over else "start", own=True),
        supervision=said.steps("supervise", own=True),
        reporting=said.steps("report", own=True),
        plan=act.plan if not act.gaps else "",
        left_out=tuple(one.text("zh", short=True) for one in map(Protocol.left_out_said, evening.readings) if one),
        issuer=act.issuer,
        consequences=act.consequences_for(),
        remedies=act.remedies,
        open_matters=tuple(dict.fromkeys(map(str, [*formal, *beside]))),
        matters=(
            *(Matter.of(one, KEEPS_DRAFT) for one in dict.fromkeys(formal)),
            *(Matter.of(one, KEEPS_LOOK) for one in dict.fromkeys(beside)),
        ),
        release=released_by,
        list_words=footing.list_words(),
        total=_count("合计", now),
        released=released["ordered"],
        exempt=figures["exempt"],
        self_directed=figures["self_directed"],
        shares=tuple(_shares(evening, city, made)) if not made.over else (),
        counties=tuple(_counts(now, "county")),
        industries=tuple(_counts(now, "industry")),
        haulage=tuple(_haulage(now)),
        health=of_group(actions, "health"),
        advisory=of_group(actions, "advisory"),
        mandatory=of_group(actions, "mandatory"),
    )


def _transition(row: Mapping[Any, Any], kind: str) -> Transition:
    return Transition(
        action=DECISION_TEXT[kind],
        area="、".join(filter(None, str(row["counties"] or "").split(";"))) or str(row["city"]),
        level=level_words(str(row["level"])) if row["level"] else "",
        starts=moment(row["starts"]),
        ends=moment(row["ends"]) or ("" if row["action"] == "lift" else OPEN_END),
        issued=moment(row["issued"]),
        primary=AMBIENT_TEXT.get(str(row["primary"]), str(row["primary"])),
        reason=outward(str(row["reason"])).removesuffix("。"),
        basis=basis_of(row),
        lead=lead_of(str(row["reason"])),
    )


def _unready(now: pd.DataFrame, book: Rulebook) -> Iterator[OpenMatter]:
    """What is open about the orders, counted."""
    undetermined = int((now["status"] == Status.UNDETERMINED).sum())
    if undetermined:
        yield OpenMatter.of("lines_undetermined", f"{undetermined}条，须人工确定")
    if hanging := int((now["hangs_on"] != "").sum()):
        yield OpenMatter.of("lines_to_verify", f"{hanging}条")
    for ground in dict.fromkeys(one for basis in now["basis"].unique() for one in without_end(basis)):
        yield endless_matter(book, ground)


def _before(left: pd.DataFrame) -> list[OpenMatter]:
    """That lines are ordered something which these papers do not count."""
    named = [f"{one.enterprise}{one.line_id}（至{moment(str(one.ends)) or OPEN_END}）" for one in left.itertuples()]
    return [OpenMatter.of("ordered_before", f"{len(named)}条，{'、'.join(named)}")] if named else []


def _not_on_file(city: str, said: LawOnDay, actions: Sequence[tuple[str, Action]]) -> Iterator[OpenMatter]:
    """What the papers leave blank or rest on other than official text."""
    yield from groups_without_any(city, actions)
    steps = said.steps("start", "supervise", "report")
    if not any(one.due for one in said.steps("report")):
        yield OpenMatter.of("no_report_due", "规则库未录入", [city])
    rested = [(one.standing, one.basis) for one in steps] + [(one.standing, one.basis) for _, one in actions]
    for standing, basis in rested:
        if standing != STANDING_TEXT["primary"]:
            document = said.book.document_cited(basis)
            about = [document.document] if document is not None else []
            yield OpenMatter.of("measure_standing", basis, about, standing=standing)


def _count(name: str, now: pd.DataFrame) -> Count:
    figures = figures_of(now)
    return Count(
        name=name or "未注明",
        enterprises=figures["enterprises"],
        bound=figures["bound"],
        lines=figures["lines"],
        ordered=figures["ordered"],
        stopped=figures["stopped"],
        undetermined=figures["undetermined"],
        **{name: kilograms(amount) for name, amount in figures["kg"].items()},
    )


def _counts(now: pd.DataFrame, by: str) -> list[Count]:
    """Counts by county or industry, most lines that stop or reduce first."""
    parts = {str(name): own for name, own in now.groupby(by, sort=True)}
    binding = {name: int((own["status"] == Status.ORDERED).sum()) for name, own in parts.items()}
    return [_count(name, parts[name]) for name in sorted(parts, key=lambda name: (-binding[name], name))]


def _haulage(now: pd.DataFrame) -> Iterator[Haul]:
    """Demands on transport, of the most enterprises first; not said of each that the list files it."""
    filed = f"{GROUND_TEXT[Ground.FILED]}："
    said = now.assign(text=now["transport"].str.split("；")).explode("text")
    said = said[said["text"].fillna("") != ""]
    said["text"] = said["text"].str.removeprefix(filed)
    found = [
        Haul(str(text), int(own["enterprise_id"].nunique()), len(own)) for text, own in said.groupby("text", sort=True)
    ]
    yield from sorted(found, key=lambda one: (-one.enterprises, one.text))


def _shares(evening: Evening, city: str, made: StateDecision) -> Iterator[RatioReached]:
    """What is reduced of each pollutant against what is required, in each phase from the decision on.

    By place where counties stand apart; the phase that begins with the decision first.
    """
    own = [one for one in evening.summaries if one["city"] == city]
    decided = {(place, one.level) for one in (made, *made.apart) for place in one.area.split("、")}
    entries = [one for one in own if (one.get("county") or "", one["level"]) in decided]
    alone = [one for one in own if one["level"] == made.level]
    for entry in entries or (alone if len(alone) == 1 else []):
        left = [one for one in phases_of(entry) if not one.get("ends") or one["ends"] > made.since]
        for phase, name in itertools.product(sorted(left, key=lambda one: str(one.get("starts", ""))), POLLUTANTS):
            apart = (entry.get("county") or REST) if made.area or made.apart or made.beside else ""
            hours = "，".join(filter(None, (apart, phase_words(entry, phase))))
            ratio = (phase["ratio"] or {}).get(name, {})
            yield RatioReached(
                pollutant=POLLUTANT_TEXT[name] + (f"（{hours}）" if hours else ""),
                reduced=kilograms(phase["reduced_kg_d"].get(name)),
                whole=kilograms((phase["whole_society_kg_d"] or {}).get(name)),
                ratio=percent(ratio.get("warning"), ratio.get("required")),
                required=percent(ratio.get("required")),
                met=MET_TEXT.get(str(ratio.get("met", "")), "无法判定"),
            )
