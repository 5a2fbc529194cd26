"""From an evening's run to its papers: what is said of each city with a new or changed warning."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import pandas as pd

from alertengine.documents.build import list_words
from alertengine.documents.formal_or_draft import SETTING_TEXT, Footing, Setting, mark_of
from alertengine.documents.legal_particulars import Acts
from alertengine.documents.pack.departments import Department, duties_of, tasks_of, unassigned
from alertengine.documents.pack.model import Count, Haul, Pack, Share, Transition
from alertengine.documents.pack.rules import APPROVAL, Said, of_group
from alertengine.files.protocol import Protocol
from alertengine.lists.model import EnterpriseList
from alertengine.orders.summary import phase_words, phases_of
from alertengine.rulebook.book import Rulebook
from alertengine.vocabulary.fields import (
    ACTION_TEXT,
    AMBIENT_TEXT,
    LEVEL_CLASS,
    LEVEL_TEXT,
    POLLUTANT_TEXT,
    POLLUTANTS,
    STANDING_TEXT,
    Level,
    Status,
    level_words,
)
from alertengine.vocabulary.numbers import kilograms, percent_short
from alertengine.vocabulary.times import OPEN_END, moment
from alertengine.warning.reasons import outward

#: What is done to the response where the warning is issued, raised and so on: a warning is 解除, a response 终止.
VERBS: Final = {"issue": "启动", "extend": "延长", "raise": "升级", "lower": "降级", "lift": "终止"}
_MET: Final = {"yes": "达到", "no": "未达到", "unknown": "无法判定"}
KG: Final = [f"{name}_kg_d" for name in POLLUTANTS]


@dataclass(frozen=True)
class Evening:
    """What a run came to, as the papers need it.

    ``table``: the new transitions (WARNING_COLUMNS, timestamps); ``orders``: ORDER_COLUMNS; ``summaries``: the
    entries of summary.json; ``cities``: only these where any is named; ``readings``: how its files were read.
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


def packs(evening: Evening, departments: Sequence[Department]) -> Iterator[Pack]:
    """The papers of each city whose warning is new or changed; advice makes none."""
    table = evening.table[evening.table["action"].astype("str").isin(list(VERBS))]
    acts = Acts(evening.book)
    for city, rows in table.groupby("city", sort=True):
        if not evening.cities or city in evening.cities:
            yield _pack(evening, acts, str(city), rows.to_dict("records"), departments)


def task_sheets(pack: Pack, evening: Evening, departments: Sequence[Department]) -> Iterator[Pack]:
    """The pack of each department: what it must do."""
    said = _said(evening, pack.city)
    actions, steps = said.actions(), said.steps()
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


def first_phase(orders: pd.DataFrame) -> pd.DataFrame:
    """The first row of every line: what it does in the first night."""
    keys = ["enterprise_id", "line_id"]
    return orders.sort_values("starts", kind="stable").drop_duplicates(keys).reset_index(drop=True)


def orders_of(evening: Evening, city: str) -> pd.DataFrame:
    """The orders of a city under a warning, as text where they are codes."""
    own = evening.orders[evening.orders["city"].astype("str") == city]
    texts = [name for name in own if name != "share" and name not in KG]
    return own.assign(**{str(name): own[name].astype("object").fillna("").astype("str") for name in texts})


def _main(rows: Sequence[Mapping[Any, Any]]) -> Mapping[Any, Any]:
    """The transition an evening is about: the gravest level that holds, else what ends."""
    return max(rows, key=lambda row: (row["action"] != "lift", Level(str(row["level"]) or "none").rank))


def _said(evening: Evening, city: str) -> Said:
    rows = evening.table[(evening.table["city"] == city) & evening.table["action"].astype("str").isin(list(VERBS))]
    main = _main(rows.to_dict("records"))
    level = str(main["level"]) or "none"
    return Said(evening.book, city, pd.Timestamp(main["starts"]).date(), level, evening.known_on)


def _pack(
    evening: Evening, acts: Acts, city: str, rows: Sequence[Mapping[Any, Any]], departments: Sequence[Department]
) -> Pack:
    """All values of a city."""
    main, said = _main(rows), _said(evening, city)
    ended = main["action"] == "lift"
    actions = said.actions() if not ended else ()
    act = acts.of(city, "", said.day, said.level)
    footing = Footing(evening.book, evening.enterprises)
    orders = orders_of(evening, city) if not ended else evening.orders.iloc[:0]
    first = first_phase(orders)
    formal = [*act.gaps, *footing.list_reasons([]), *_grading(evening.book, rows)]
    open_matters = [*formal, *_unready(first), *(_unassigned(departments, actions))]
    setting = SETTING_TEXT[evening.setting]
    statuses = first["status"].value_counts()
    return Pack(
        title=_title(str(main["action"]), said.level),
        mark=mark_of(setting, draft=bool(formal)),
        setting=setting,
        verb=VERBS[str(main["action"])],
        ended=ended,
        city=city,
        level=level_words(said.level),
        colour=LEVEL_TEXT[said.level],
        response=LEVEL_CLASS[said.level],
        starts=_time(main["starts"]),
        ends="" if ended else _time(main["ends"]) or OPEN_END,
        tomorrow=moment(f"{said.day} 00:00").removesuffix("0时"),
        primary=AMBIENT_TEXT.get(str(main["primary"]), str(main["primary"])),
        transitions=tuple(_transition(row) for row in rows),
        signatures=said.signatures(),
        steps=said.steps(*APPROVAL),
        start_rules=said.steps("start") if not ended else said.steps("lift"),
        supervision=said.steps("supervise"),
        reporting=said.steps("report"),
        plan=act.plan if not act.gaps else "",
        open_matters=tuple(dict.fromkeys(open_matters)),
        left_out=tuple(one.text("zh", short=True) for one in map(Protocol.left_out_said, evening.readings) if one),
        list_words=list_words(footing),
        total=_count("合计", first),
        exempt=int(statuses.get(Status.EXEMPT, 0)),
        self_directed=int(statuses.get(Status.SELF_DIRECTED, 0)),
        shares=tuple(_shares(evening, city, said.level)) if not ended else (),
        counties=tuple(_counts(first, "county")),
        industries=tuple(_counts(first, "industry")),
        haulage=tuple(_haulage(first)),
        health=of_group(actions, "health"),
        advisory=of_group(actions, "advisory"),
        mandatory=of_group(actions, "mandatory"),
    )


def _title(action: str, level: str) -> str:
    words = level_words(level)
    return {
        "raise": f"关于将重污染天气应急响应升级为{words}的通知",
        "lower": f"关于将重污染天气应急响应降级为{words}的通知",
        "lift": "关于解除重污染天气预警、终止应急响应的通知",
    }.get(action, f"关于{VERBS[action]}重污染天气{words}预警应急响应的通知")


def _time(value: Any) -> str:
    return "" if pd.isna(value) else moment(f"{pd.Timestamp(value):%Y-%m-%d %H:%M}")


def _transition(row: Mapping[Any, Any]) -> Transition:
    return Transition(
        action=ACTION_TEXT[str(row["action"])],
        area="、".join(filter(None, str(row["counties"] or "").split(";"))) or str(row["city"]),
        level=level_words(str(row["level"])) if row["level"] else "",
        starts=_time(row["starts"]),
        ends=_time(row["ends"]) or ("" if row["action"] == "lift" else OPEN_END),
        issued=_time(row["issued"]),
        primary=AMBIENT_TEXT.get(str(row["primary"]), str(row["primary"])),
        reason=outward(str(row["reason"])).removesuffix("。"),
        basis=str(row["basis"]),
    )


def _grading(book: Rulebook, rows: Sequence[Mapping[Any, Any]]) -> Iterator[str]:
    """Grounds of the warning that are not official text."""
    for row in rows:
        for name in filter(None, str(row["grading"]).split(";")):
            rule = book.rules.get(name)
            if rule is not None and book.standing(rule) != "primary":
                yield f"预警分级依据的文本性质为{STANDING_TEXT[book.standing(rule)]}：{row['basis']}"


def _unready(first: pd.DataFrame) -> Iterator[str]:
    """What is open about the orders, counted."""
    undetermined = int((first["status"] == Status.UNDETERMINED).sum())
    if undetermined:
        yield f"依据缺失的生产线：{undetermined}条，须人工确定"
    if hanging := int((first["hangs_on"] != "").sum()):
        yield f"指令取决于待核实事项的生产线：{hanging}条"


def _unassigned(departments: Sequence[Department], actions: Any) -> Iterator[str]:
    if left := unassigned(departments, actions):
        yield f"没有归口部门的措施：{'；'.join(one.text for one in left)}"


def _count(name: str, first: pd.DataFrame) -> Count:
    amounts = first[KG].sum(axis=1, skipna=True)
    return Count(
        name=name or "未注明",
        enterprises=int(first["enterprise_id"].nunique()),
        bound=int(first.loc[first["status"] == Status.ORDERED, "enterprise_id"].nunique()),
        lines=len(first),
        ordered=int((first["status"] == Status.ORDERED).sum()),
        stopped=int((first["share"] >= 1).sum()),
        undetermined=int((first["status"] == Status.UNDETERMINED).sum()),
        amount=kilograms(float(amounts.sum())),
    )


def _counts(first: pd.DataFrame, by: str) -> list[Count]:
    """Counts by county or industry, the most kilograms first."""
    amounts = first[KG].sum(axis=1).groupby(first[by]).sum()
    names = sorted(amounts.index, key=lambda name: (-amounts[name], name))
    return [_count(str(name), first[first[by] == name]) for name in names]


def _haulage(first: pd.DataFrame) -> Iterator[Haul]:
    """Demands on transport, of the most enterprises first."""
    said = first.assign(text=first["transport"].str.split("；")).explode("text")
    said = said[said["text"].fillna("") != ""]
    found = [
        Haul(str(text), int(own["enterprise_id"].nunique()), len(own)) for text, own in said.groupby("text", sort=True)
    ]
    yield from sorted(found, key=lambda one: (-one.enterprises, one.text))


def _shares(evening: Evening, city: str, level: str) -> Iterator[Share]:
    """What is reduced of each pollutant against what is required, by place where counties stand apart.

    Each phase of the level, the worst first.
    """
    entries = [one for one in evening.summaries if one["city"] == city and one["level"] == level]
    for entry in entries[:1] if len(entries) == 1 else [one for one in entries if not one.get("county")]:
        for phase, name in itertools.product(phases_of(entry), POLLUTANTS):
            hours = phase_words(entry, phase)
            ratio = (phase["ratio"] or {}).get(name, {})
            yield Share(
                pollutant=POLLUTANT_TEXT[name] + (f"（{hours}）" if hours else ""),
                reduced=_number(phase["reduced_kg_d"].get(name)),
                whole=_number((phase["whole_society_kg_d"] or {}).get(name)),
                ratio=_percent(ratio.get("warning")),
                required=_percent(ratio.get("required")),
                met=_MET.get(str(ratio.get("met", "")), "无法判定"),
            )


def _number(value: float | None) -> str:
    return "—" if value is None else kilograms(float(value))


def _percent(value: float | None) -> str:
    return "—" if value is None else percent_short(float(value))
