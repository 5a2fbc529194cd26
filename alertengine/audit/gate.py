"""Gate logs: vehicles that came in while a transport measure kept them out, by stage, fuel and class."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.audit.baseline import Bools, Ints
from alertengine.audit.evidence_and_findings import Evidence, Verdict
from alertengine.audit.evidence_rules import AuditLaw, Weight, weighed
from alertengine.audit.findings import FIRM, columns_of, of_duties, of_enterprises
from alertengine.audit.judge_by_fall import weights_of
from alertengine.audit.meters import grouped
from alertengine.audit.ordered_days import Ban, Duties
from alertengine.files import tidy
from alertengine.rulebook import stage_number
from alertengine.vocabulary import Problem

#: Whether a vehicle is one the ban names: surely not, perhaps, surely.
_NO, _PERHAPS, _YES = 0, 1, 2
#: Plates named in a finding; the rest are counted.
_NAMED: Final = 5
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-Z][A-Z0-9]{4,6}[A-Z0-9挂学警港澳]?"
)
_NEW_ENERGY: Final = re.compile(r"电|氢|新能源|混合动力|混动")
_STAGE: Final = re.compile(r"国?([一二三四五六ⅠⅡⅢⅣⅤⅥ1-6]|VI|IV|V|I{1,3})(?:(?![IVX])[A-Z])?(阶段|标准|排放)?")
_GOODS: Final = ("货", "牵引", "自卸", "挂", "罐", "渣土", "搅拌")
_PEOPLE: Final = ("客", "轿", "小型", "微型客", "公交", "摩托")
_WEIGHTS: Final = ("重型", "中型", "轻型", "微型")


def find(
    evidence: Evidence, duties: Duties, law: AuditLaw, enterprises: pd.DataFrame | None, *, unmask: bool
) -> tuple[list[pd.DataFrame], Bools]:
    """Findings on transport, one an enterprise and day, and which duty days they speak of."""
    groups = grouped(evidence, duties.lines, "gate_no", enterprises)
    evidence.problems += groups.problems
    evidence.warnings += groups.notes
    days = duties.days
    seen = np.zeros(len(days), dtype=bool)
    firm = groups.plant
    passages = _passages(evidence, groups.of_reading, groups.of_line, firm)
    moves = np.flatnonzero(days["moves"].to_numpy())
    if not len(moves) or passages.empty:
        return [], seen
    duty = pd.DataFrame({"row": moves, "firm": firm[days["line"].to_numpy()[moves]], "day": _dates(days["day"])[moves]})
    duty = duty.sort_values("row").drop_duplicates(["firm", "day"])
    passages = passages.merge(duty, on=["firm", "day"])
    row = passages["row"].to_numpy()
    hour = passages["hour"].to_numpy()
    at = duties.at_hour(row, hour)
    inside = (at >= 0) & duties.phases["moves"].to_numpy()[at]
    passages = passages.assign(inside=inside, state=_states(evidence, duties, passages, inside, at))
    logged = np.isin(
        days["line"].map(dict(enumerate(firm))).to_numpy() * 100000 + _dates(days["day"]),
        passages["firm"].to_numpy() * 100000 + passages["day"].to_numpy(),
    )
    seen |= logged & days["moves"].to_numpy()
    return [_table(passages, evidence, duties, law, unmask=unmask)], seen


def _dates(days: pd.Series) -> Ints:
    return days.to_numpy().astype("datetime64[D]").astype(np.int64)


def _passages(evidence: Evidence, of_reading: Ints, of_line: Ints, firm: Ints) -> pd.DataFrame:
    """Every passage of an enterprise with orders: the reading, the enterprise, day and hour it came in."""
    firm_of_group = np.full(int(of_line.max(initial=-1)) + 1, -1, dtype=np.int64)
    firm_of_group[of_line[of_line >= 0]] = firm[of_line >= 0]
    at = np.flatnonzero(of_reading >= 0)
    stamp = evidence.table["time"].to_numpy()[at].astype("datetime64[s]")
    date = stamp.astype("datetime64[D]")
    hour = (stamp - date).astype(np.int64) / 3600
    return pd.DataFrame(
        {"reading": at, "firm": firm_of_group[of_reading[at]], "day": date.astype(np.int64), "hour": hour}
    )


def _states(evidence: Evidence, duties: Duties, passages: pd.DataFrame, inside: Bools, at: Ints) -> Ints:
    """Of each passage whether its vehicle was kept out: each distinct vehicle against each distinct ban once."""
    part = evidence.table.iloc[passages["reading"].to_numpy()]
    # the plate of a new-energy vehicle has eight characters
    green = {one: len(plain_plate(one)) == 8 and "挂" not in one for one in part["plate"].dropna().unique()}
    new_energy = part["plate"].astype("str").map(green) == True  # noqa: E712
    kind = pd.MultiIndex.from_arrays(
        [part["stage"].fillna(""), part["fuel"].fillna(""), part["vehicle_class"].fillna(""), new_energy]
    )
    codes, kinds = pd.factorize(kind)
    said = duties.phases["said"].to_numpy()[at]
    out = np.zeros(len(passages), dtype=np.int64)
    for number in np.unique(said[inside]):
        for ban in duties.said[number].bans:
            of_kind = np.array([against(ban, *one) for one in kinds], dtype=np.int64)
            mine = inside & (said == number) & _in_window(ban, passages["hour"].to_numpy())
            out[mine] = np.maximum(out[mine], of_kind[codes[mine]])
    return out


def _in_window(ban: Ban, hour: npt.NDArray[np.float64]) -> Bools:
    if not ban.daily:
        return np.ones(len(hour), dtype=bool)
    first, last = (int(part[:2]) + int(part[3:]) / 60 for part in ban.daily.split("-"))
    return (hour >= first) & (hour < last) if first < last else (hour >= first) | (hour < last)


def against(ban: Ban, stage: str, fuel: str, vehicle_class: str, new_energy: bool) -> int:  # noqa: FBT001 -- a fact of the vehicle
    """Whether a vehicle is one a ban names: 0 no, 1 perhaps (the log does not say), 2 yes."""
    if not ban.readable:
        return _NO
    class_is = _class_is(ban, vehicle_class)
    if new_energy or _NEW_ENERGY.search(fuel) or _NEW_ENERGY.search(stage):
        return min(class_is, _PERHAPS) if ban.total else _NO
    parts = [class_is]
    if ban.stage_at_most is not None:
        number = stage_of(stage)
        parts.append(_PERHAPS if number is None else _YES if number <= ban.stage_at_most else _NO)
    if ban.fuels:
        parts.append(_YES if any(one in fuel for one in ban.fuels) else _NO if fuel else _PERHAPS)
    return min(parts)


def _class_is(ban: Ban, vehicle_class: str) -> int:
    """By class; a ban without classes means goods vehicles, and what a log leaves open stays open."""
    text = tidy(vehicle_class)
    if not text:
        return _PERHAPS if ban.classes else _YES
    if any(word in text for word in _PEOPLE) and not any(word in text for word in _GOODS):
        return _NO
    if not ban.classes:
        return _YES
    best = _NO
    for named in ban.classes:
        weights = [word for word in _WEIGHTS if word in named]
        fits = _YES if not weights or any(word in text for word in weights) else _NO
        if fits == _NO and not any(word in text for word in _WEIGHTS):
            fits = _PERHAPS
        if any(word in named for word in ("货", "车")) and not any(word in text for word in _GOODS):
            fits = min(fits, _PERHAPS)
        best = max(best, fits)
    return best


def stage_of(text: str) -> int | None:
    """The number of an emission stage: 国四, 国Ⅳ, 国IV, 国4, 国六b, 4; None where it is not said."""
    found = _STAGE.fullmatch(tidy(text).upper().replace("国家第", "国").replace("第", ""))
    return stage_number(found[1]) if found else None


def plain_plate(text: str) -> str:
    """A plate without spaces and dots, in capitals."""
    return re.sub(r"[\s·.・\-]", "", tidy(text)).upper()


def masked(plate: str) -> str:
    """A plate that names no one: 晋A***56."""
    plain = plain_plate(plate)
    return f"{plain[:2]}***{plain[-2:]}" if len(plain) > 5 else "***"


def plate_problems(evidence: Evidence, *, unmask: bool) -> list[Problem]:
    """Plates that are none: told, and the passages still counted."""
    texts = evidence.table["plate"].dropna()
    distinct = texts.unique()
    bad = {text for text in distinct if not _PLATE.fullmatch(plain_plate(text))}
    at = np.flatnonzero(texts.isin(list(bad)).to_numpy())
    named = [(int(evidence.rows[texts.index[row]]), str(texts.iloc[row])) for row in at[:_NAMED]]
    out = [
        Problem("not_a_plate", file=evidence.file, row=row, column="plate", value=text if unmask else masked(text))
        for row, text in named
    ]
    if len(at) > _NAMED:
        out.append(Problem("more_plates", file=evidence.file, count=len(at) - _NAMED))
    return out


def _table(passages: pd.DataFrame, evidence: Evidence, duties: Duties, law: AuditLaw, *, unmask: bool) -> pd.DataFrame:
    counted = passages.groupby("row").agg(
        all=("reading", "size"),
        within=("inside", "sum"),
        banned=("state", lambda one: int((one == _YES).sum())),
        perhaps=("state", lambda one: int((one == _PERHAPS).sum())),
    )
    rows = counted.index.to_numpy(dtype=np.int64)
    codes, weights = weights_of(duties, rows, law, "gate", "transport")
    offending = passages[passages["state"] > _NO]
    of_row = {int(part["row"].iloc[0]): part for _, part in offending.groupby("row")}
    entries = []
    for row, code, entry in zip(rows.tolist(), codes, counted.to_dict("records"), strict=True):
        part = of_row.get(row)
        readable = any(ban.readable for ban in duties.said[int(duties.days["said"].iloc[row])].bans)
        made = _entry(entry, row, duties, law, weights[code], readable=readable)
        made["finding_text"] = _text(entry, part, evidence, readable=readable, unmask=unmask)
        entries.append(made | {"source": _source(evidence, part)})
    columns = columns_of(entries, subject="transport", evidence=evidence.kind, unit="vehicles")
    table = of_duties(duties, rows, columns)
    table[FIRM] = [one["rank"] == "违反" for one in entries]
    orders = duties.days["order"].iloc[rows]
    table["measure_text"] = pd.Categorical(duties.orders["transport"].iloc[orders].astype("str"))
    return of_enterprises(table)


def _entry(
    entry: dict[Any, Any], row: int, duties: Duties, law: AuditLaw, weight: Weight, *, readable: bool
) -> dict[str, Any]:
    """What the passages of a day make, as the rules weigh a gate log."""
    day = duties.days.iloc[row]
    line, level = duties.lines.iloc[int(day["line"])], str(duties.orders["level"].iloc[int(day["order"])])
    hit = readable and entry["banned"] + entry["perhaps"] > 0
    grounded = hit and weight.valid and not weight.needs_mark and entry["banned"] > 0
    verdict = Verdict.BREACHED if grounded else Verdict.DOUBTFUL if hit else Verdict.COMPLIED
    where = (line["city"], line["county"], day["day"].date(), level)
    of = str(line["enterprise_id"])
    follows = law.consequence(("measure_not_done",), *where, suspected=not grounded, enterprise=of)
    said = weighed(verdict if readable else Verdict.NO_EVIDENCE, weight, follows)
    return said | {"observed": float(entry["banned"] + entry["perhaps"]), "expected_at_most": 0.0}


def _text(entry: dict[Any, Any], part: pd.DataFrame | None, evidence: Evidence, *, readable: bool, unmask: bool) -> str:
    if not readable:
        return f"当日门禁记录{entry['all']}辆次；运输要求不能逐车比对（未载明阶段、燃料或车型），由人核查"
    text = f"受令时段进厂{entry['within']}辆次"
    if part is None:
        return text + "，未见受限车辆"
    text += f"，其中受限车辆{entry['banned']}辆次、排放阶段或车型未知而可能受限的{entry['perhaps']}辆次"
    plates = evidence.table["plate"].iloc[part["reading"]].dropna().map(plain_plate).drop_duplicates()
    shown = [plate if unmask else masked(plate) for plate in plates.head(_NAMED)]
    return f"{text}（{'、'.join(shown)}{'等' if len(plates) > _NAMED else ''}）。须人工核对车辆和用途"


def _source(evidence: Evidence, part: pd.DataFrame | None) -> str:
    if part is None:
        return evidence.name
    rows = part["reading"].tolist()
    return f"{evidence.name} row {' '.join(map(evidence.row, rows[:_NAMED]))}{' ...' if len(rows) > _NAMED else ''}"
