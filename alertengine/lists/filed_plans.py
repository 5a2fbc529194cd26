"""The filed plans of a list: each distinct text read once, blank shares filled, and how much a plan asks.

Only what can be compared surely is: shares with shares, coking times with coking times, and anything that is no
stop with a stop.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from alertengine.files import Encoded, Findings, categorical, numbered, text_series
from alertengine.lists.plan_text import PlanReading, read_plan
from alertengine.vocabulary import (
    FIELDS,
    LEVEL_NUMERALS,
    LEVEL_TEXT,
    MEASURES,
    PLAN_FIELDS,
    PLAN_SHARE_FIELDS,
    Level,
    number,
)

#: Texts and statements that differ by no more than this agree.
AGREE = 0.005


def add_plans(
    lines: pd.DataFrame, rows: npt.NDArray[np.int64], findings: Findings
) -> tuple[pd.DataFrame, Mapping[str, PlanReading], pd.DataFrame]:
    """Add ``plan_<level>_kind``, ``_vehicles``, ``_by``, ``_demand`` to the lines; fill blank shares from the texts.

    Returns the lines, each distinct text with its reading, and where the list itself states a share
    (bool, shape: lines by the three share fields).
    """
    lines = _ditto(lines, rows, findings)
    stated_at = lines[list(PLAN_SHARE_FIELDS.values())].notna()
    known = (*MEASURES, "")
    readings: dict[str, PlanReading] = {}
    added: dict[str, pd.Series] = {}
    shares: dict[str, npt.NDArray[np.float64]] = {}
    for name in PLAN_FIELDS.values():
        column = numbered(lines[name])
        texts = column.texts.to_pylist()
        encoded = Encoded(column.codes, texts, texts)
        read = [readings.setdefault(text, read_plan(text)) for text in texts]
        kinds = [known.index(reading.kind) for reading in read]
        added[f"{name}_kind"] = categorical(encoded.take(kinds, missing=-1, dtype=np.int32), known)
        vehicles = pa.array([*(reading.vehicles or None for reading in read), None], type=pa.large_string())
        added[f"{name}_vehicles"] = text_series(vehicles.take(pa.array(encoded.codes % len(vehicles))))
        said = [np.nan if reading.share is None else reading.share for reading in read]
        share = encoded.take(said, missing=np.nan, dtype=np.float64)
        stated = lines[f"{name}_share"].to_numpy()
        shares[f"{name}_share"] = np.where(np.isnan(stated), share, stated)
        wide = ["", *sorted({reading.shared_by for reading in read} - {""})]
        by = encoded.take([wide.index(reading.shared_by) for reading in read], missing=0, dtype=np.int32)
        own = ~np.isnan(stated) & ~(np.abs(stated - share) <= AGREE)  # what is stated of a line, not of its enterprise
        added[f"{name}_by"] = categorical(np.where(own | (by == 0), -1, by).astype(np.int32), wide)
        asked = ["", *sorted({reading.demand for reading in read} - {""})]
        demand = encoded.take([asked.index(reading.demand) for reading in read], missing=0, dtype=np.int32)
        added[f"{name}_demand"] = categorical(np.where(demand == 0, -1, demand).astype(np.int32), asked)
        _warn_unread(name, encoded, read, rows, findings)
        _warn_differing(name, stated, share, rows, findings)
    return lines.assign(**shares, **added), readings, stated_at


_ABOVE: Final = re.compile(
    r"(?:措施)?[同与和]上(?:(?:一?[行条]|一?条?生产?线|述|面)的?)?(?:减排)?(?:措施)?(?:相同|一致|一样)?[。.]?|同前[。.]?|[〃″]"
)
_SAME_AS: Final = re.compile(
    r"(?:[同与按]|按照|参照|执行)([黄橙红]色|[一二三]级|I{1,3}级)(?:预警|应急响应|响应)*(?:期间)?(?:的?减排)?(?:措施|要求)?(?:相同|一致|一样|执行)?[。.]?"
)
_LEVEL_OF: Final = {
    word: level
    for level, numerals in LEVEL_NUMERALS.items()
    for word in (LEVEL_TEXT[level], *(f"{numeral}级" for numeral in numerals))
}


def _ditto(lines: pd.DataFrame, rows: npt.NDArray[np.int64], findings: Findings) -> pd.DataFrame:
    """The lines with 同上 replaced by what it means, and 同橙色 by the text of that level.

    同上 means the row above only where that is the next row of the file and of the same enterprise and says
    something itself; elsewhere it stays as it is.  One may point to another.
    """
    written = {name: lines[name] for name in PLAN_FIELDS.values()}
    same = {name: _pointing(column) for name, column in written.items()}
    if not any(same.values()):
        return lines
    texts = {name: column.astype("object").to_numpy(copy=True) for name, column in written.items()}
    owner = lines["enterprise_id"].astype("str").to_numpy()
    for _ in PLAN_FIELDS:  # as many steps from one level to another
        for name, pointing in same.items():
            for at in np.flatnonzero(written[name].isin(list(pointing)).to_numpy()).tolist():
                other = pointing.get(texts[name][at])
                if other == "":
                    above = at and owner[at - 1] == owner[at] and rows[at] == rows[at - 1] + 1
                    meant, known = (texts[name][at - 1] if above else None), pointing
                elif other not in (None, name):
                    meant, known = texts[other][at], same[other]
                else:
                    continue
                if isinstance(meant, str) and meant not in known:
                    texts[name][at] = meant
    changed: dict[str, pd.Series] = {}
    for name, column in written.items():
        said = np.flatnonzero(column.isin(list(same[name])).to_numpy() & (texts[name] != column.to_numpy(dtype=object)))
        if len(said):
            changed[name] = pd.Series(texts[name], index=lines.index, dtype=column.dtype)
            at, column_name, value = int(said[0]), FIELDS[name].text, str(column.iloc[said[0]])
            facts = {"count": len(said), "meant": str(texts[name][at])}
            findings.warn("plans_ditto", row=int(rows[at]), column=column_name, value=value, **facts)
    return lines.assign(**changed)


def _pointing(column: pd.Series) -> dict[str, str]:
    """The texts of a column that point elsewhere: to the plan of a level, by its name, or to the row above, blank."""
    out: dict[str, str] = {}
    for text in numbered(column).texts.to_pylist():
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
        found = _SAME_AS.fullmatch(plain)
        if found:
            out[text] = PLAN_FIELDS[_LEVEL_OF[found[1]]]
        elif _ABOVE.fullmatch(plain):
            out[text] = ""
    return out


def _warn_unread(
    name: str, encoded: Encoded, read: list[PlanReading], rows: npt.NDArray[np.int64], findings: Findings
) -> None:
    unread = [place for place, reading in enumerate(read) if not reading.read]
    if not unread:
        return
    distinct, first, counts = np.unique(encoded.codes, return_index=True, return_counts=True)
    where = {int(code): (int(line), int(count)) for code, line, count in zip(distinct, first, counts, strict=True)}
    for place in sorted(unread, key=lambda place: where[place][0]):
        line, count = where[place]
        value, column = encoded.raw[place], FIELDS[name].text
        findings.warn("plans_unread", row=int(rows[line]), column=column, value=value, count=count)


def _warn_differing(
    name: str,
    stated: npt.NDArray[np.float64],
    share: npt.NDArray[np.float64],
    rows: npt.NDArray[np.int64],
    findings: Findings,
) -> None:
    differ = np.flatnonzero(np.abs(stated - share) > AGREE)
    if len(differ):
        line = differ[0]
        value, said = number(stated[line] * 100), number(share[line] * 100)
        column = FIELDS[f"{name}_share"].text
        at = int(rows[line])
        findings.warn("plans_share", row=at, column=column, value=value, count=len(differ), share=said)


Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
#: Shares that differ by no more than this are the same.
SAME: Final = 0.005
#: Measures that ask no cut of production.
ASKING_NOTHING: Final = ("none", "exempt", "self_directed", "vehicle_ban", "vehicle_quota")
#: Measures whose share may be unknown and that are surely less than a stop.
LESS_THAN_STOP: Final = ("coking_time", "demand_cap")


@dataclass(frozen=True, slots=True)
class Strength:
    """What is asked of each line: the share (NaN unknown), the coking time in hours (NaN none), no full stop."""

    share: Floats
    hours: Floats
    partial: Bools

    def below(self, other: Strength) -> Bools:
        """Where this surely asks less than ``other``."""
        both = (self.share < other.share - SAME) | (self.hours < other.hours)
        stopped = other.share >= 1 - SAME
        nothing = self.share <= SAME
        return both | (self.partial & np.isnan(self.share) & stopped) | (nothing & (other.hours > 0))


def plan_strength(lines: pd.DataFrame, level: str) -> Strength:
    """What the filed plans of a list ask at a level."""
    name = PLAN_FIELDS[level]
    kind = lines[f"{name}_kind"]
    share = lines[PLAN_SHARE_FIELDS[level]].to_numpy(dtype=np.float64)
    share = np.where(np.isnan(share) & kind.isin(ASKING_NOTHING).to_numpy(), 0.0, share)
    hours = np.full(len(lines), np.nan)
    coking = np.flatnonzero((kind == "coking_time").to_numpy())
    codes, texts = pd.factorize(lines[name].iloc[coking])
    said = [read_plan(str(text)).value or np.nan for text in texts]
    hours[coking] = np.array([*said, np.nan])[codes]
    return Strength(share, hours, kind.isin(LESS_THAN_STOP).to_numpy())


def lighter_than(lines: pd.DataFrame, level: Level) -> npt.NDArray[np.int8]:
    """For each line the rank of the highest lower level whose filed plan asks more; 0 where none does."""
    out = np.zeros(len(lines), dtype=np.int8)
    for lower in list(Level)[1 : level.rank]:
        out[asks_less(lines, level, lower)] = lower.rank
    return out


def asks_less(lines: pd.DataFrame, level: str, lower: str) -> Bools:
    """Where the filed plan of a level asks less than that of a lower one.

    Surely less, or the lower one is a full stop and nothing shows that what stands for the level is one too.
    """
    under = plan_strength(lines, lower)
    unproven = unread_plans(lines, level) & (under.share >= 1 - SAME)
    return plan_strength(lines, level).below(under) | unproven


def unread_plans(lines: pd.DataFrame, level: str) -> Bools:
    """Which filed plans of a level ask something that is not read as a share, nor as surely less than a stop."""
    name = PLAN_FIELDS[level]
    other = lines[f"{name}_kind"].isin((*ASKING_NOTHING, *LESS_THAN_STOP)).to_numpy()
    return lines[name].notna().to_numpy() & lines[PLAN_SHARE_FIELDS[level]].isna().to_numpy() & ~other
