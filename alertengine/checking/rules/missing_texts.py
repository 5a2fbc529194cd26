"""Coverage by a bureau's own list: which of its lines hang on which missing text, the heaviest first.

An afternoon's typing should close the largest hole: texts are in order of what the lines that hang on them emit, as
the mean of their shares of each pollutant of the list (pollutants are never added).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from alertengine.checking.rules.coverage import declared_for, holes_in_force, of_warnings, state_of
from alertengine.engine import GROUNDS, LAPSED, Engine, Resolution, Response
from alertengine.lists import EnterpriseList
from alertengine.orders import decide_lines
from alertengine.rulebook import WARNING_LEVELS, LineRule, Place, Rulebook
from alertengine.vocabulary import EMISSION_FIELDS, LEVEL_TEXT, POLLUTANT_TEXT, POLLUTANTS, Ground, kilograms, percent

REFERRED: Final = "本地预案或方案（文件交由地方规定）"
UNDECLARED: Final = "没有规则，也没有声明的缺项"
CONTINUABLE: Final = "（已过所为制定的年份，沿用未在案）"
COLUMNS: Final = (
    "text", "industry", "process", "grade", "levels", "enterprises", "lines", "lines_without_ground",
    *EMISSION_FIELDS.values(), "weight", "fill", "page",
)  # fmt: skip
HEADERS: Final = {
    "text": "缺的文本", "industry": "行业", "process": "工序", "grade": "等级", "levels": "级别", "enterprises": "企业",
    "lines": "生产线", "lines_without_ground": "其中依据缺失",
    **{column: f"{POLLUTANT_TEXT[name]}（千克/日）" for name, column in EMISSION_FIELDS.items()},
    "weight": "占清单排放", "fill": "补录",
}  # fmt: skip


def shown(column: str, value: object) -> str:
    """What stands in a column of :data:`HEADERS`: a share in per cent, kilograms."""
    if not isinstance(value, float):
        return str(value)
    return percent(value) if column == "weight" else kilograms(value)


@dataclass(frozen=True)
class MissingTexts:
    """The holes of a list on a day: ``table`` (COLUMNS), the heaviest first; running lines, and those with every text.

    ``weight`` is 0 to 1, as is ``covered_weight`` of the lines that a rule decides at every level.
    """

    table: pd.DataFrame
    lines: int
    covered: int
    covered_weight: float


def missing_texts(book: Rulebook, enterprises: EnterpriseList, day: date, known_on: date | None = None) -> MissingTexts:
    """Which lines of a list hang on which missing text at some level of a warning."""
    lines = enterprises.lines
    running = ~lines["long_stopped"].fillna(value=False).to_numpy(dtype=bool)
    emitted = lines[list(EMISSION_FIELDS.values())].fillna(0.0).mul(running, axis=0)
    total = emitted.sum()
    weight = (emitted / total.where(total > 0, 1.0)).mean(axis=1).to_numpy()
    inside = _holes_of(book, lines, day, known_on)
    lapsed: dict[str, str] = {}
    engine, whole = Engine(of_warnings(book), known_on), Engine(book, known_on)
    rows: dict[int, dict[str, list[str]]] = {}
    groundless = np.zeros(len(lines), dtype=bool)
    for level in WARNING_LEVELS:
        response = Response.single(level, day)
        decision = decide_lines(engine, lines, response, published=False).decisions[0]
        full = decide_lines(whole, lines, response, published=False).decisions[0]
        for number in np.flatnonzero(running).tolist():
            hole = next((one for one in inside[number] if level in one.rule.levels), None)
            bound = decision.binding_of(number).resolution
            state = state_of(bound, "primary", hole)
            if state in ("missing", "undetermined", "refer"):
                text = hole.name if state == "missing" and hole else REFERRED if state == "refer" else UNDECLARED
                if state != "missing" and (over := _lapsed_of(book, bound)):
                    text = f"{book.documents[over].citation}{CONTINUABLE}"
                    lapsed[text] = over
                rows.setdefault(number, {}).setdefault(text, []).append(LEVEL_TEXT[level])
                groundless[number] |= GROUNDS[full.ground[number]] is Ground.UNDETERMINED
    table = _table(lines, rows, weight, groundless)
    for text, over in lapsed.items():
        of = table["text"] == text
        table.loc[of, "fill"] = f"alertengine rules continue {over} --by 决定机关"
        table.loc[of, "page"] = f"/rules?{urlencode({'view': 'record', 'kind': 'continue', 'of': over})}"
    covered = running & ~np.isin(np.arange(len(lines)), list(rows))
    return MissingTexts(table, int(running.sum()), int(covered.sum()), float(weight[covered].sum()))


def _lapsed_of(book: Rulebook, bound: Resolution) -> str:
    """The document that would rule a line's warnings if it went on after its year; blank where there is none."""
    lapsed = (book.rules[one.rule] for one in bound.set_aside if one.why == LAPSED)
    for rule in (one for one in lapsed if isinstance(one, LineRule) and "warning" in one.regimes):
        if any(one.track == "production" and one.code != "refer" for one in rule.measures):
            return rule.document
    return ""


def _holes_of(book: Rulebook, lines: pd.DataFrame, day: date, known_on: date | None) -> list[list[Any]]:
    """The declared holes each line falls into, those of its own city."""
    out: list[list[Any]] = [[] for _ in range(len(lines))]
    cities = lines["city"].astype("object").fillna("").astype(str)
    for city, index in cities.groupby(cities, sort=False).groups.items():
        place = Place(province=book.lists.province_of(str(city)), city=str(city))
        own = lines.loc[index].reset_index(drop=True)
        found = declared_for(book, own, day, holes_in_force(book, day, place, known_on))
        for number, holes in zip(index, found, strict=True):
            out[number] = holes
    return out


def _table(
    lines: pd.DataFrame, rows: dict[int, dict[str, list[str]]], weight: np.ndarray, groundless: np.ndarray
) -> pd.DataFrame:
    """Lines that lack the same text for the same industry, process, grade and levels together."""
    facts = {name: lines[name].astype("object").fillna("").to_numpy() for name in ("industry", "process", "grade")}
    found = pd.DataFrame([
        {
            "text": text, "levels": "、".join(levels), **{name: str(facts[name][number]) for name in facts},
            "enterprise": lines["enterprise_id"].iloc[number], "lines": 1, "weight": weight[number],
            "lines_without_ground": int(groundless[number]),
            **{EMISSION_FIELDS[p]: np.nan_to_num(lines[EMISSION_FIELDS[p]].iloc[number]) for p in POLLUTANTS},
        }
        for number, texts in rows.items()
        for text, levels in texts.items()
    ])  # fmt: skip
    if found.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    keys = ["text", "industry", "process", "grade", "levels"]
    groups = found.groupby(keys, sort=True)
    sums = groups[["lines", "lines_without_ground", *EMISSION_FIELDS.values(), "weight"]].sum()
    out = sums.assign(enterprises=groups["enterprise"].nunique()).reset_index()
    fills = []  # the command that begins to fill each hole, and the form of the page
    for industry, process in zip(out["industry"], out["process"], strict=True):
        named = {"industry": industry, **({"process": process} if process else {})}
        command = " ".join(["alertengine rules chapter 原文", *(f"--{key} {name}" for key, name in named.items())])
        fills.append((command, f"/rules?{urlencode({'view': 'text', **named})}") if industry else ("", ""))
    out["fill"], out["page"] = map(list, zip(*fills, strict=True))
    order = ["weight", "lines", "industry", "process", "grade"]
    return out.sort_values(order, ascending=[False, False, True, True, True], kind="stable", ignore_index=True)[
        list(COLUMNS)
    ]
