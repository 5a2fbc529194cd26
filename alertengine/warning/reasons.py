"""The reason of a transition, in one or two Chinese sentences with hours and numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from alertengine.rulebook import WarningLife
from alertengine.vocabulary import LEVEL_TEXT, moment, number, rounded
from alertengine.warning.grade import LEVEL_OF, GradedRun
from alertengine.warning.level_intervals import LevelInterval
from alertengine.warning.life import PlannedLife
from alertengine.warning.superior_orders import Floor

_SHOWN = 10
_DAY = timedelta(days=1)
#: How the sentence on the lead time begins: the bureau's own record of its timeliness.
_LEAD = "发布距启动"


def run_text(run: GradedRun) -> str:
    """Say what a run rests on."""
    span = f"{moment(run.start)}至{moment(run.end)}共{run.hours}小时"
    if run.carried:
        return f"生效中的{LEVEL_TEXT[run.level]}预警所依据的过程仍在持续，{span}未回落至启动条件以下"
    primary = f"，首要污染物{run.primary}" if run.primary else "，首要污染物未载明（按颗粒物计）"
    met = "属" if run.level == "none" else f"达到{LEVEL_TEXT[run.level]}预警条件"
    ends = ""
    if run.lower and run.upper and (run.lower, run.upper) != (run.level, run.level):
        ends = f"；按预报下限为{LEVEL_TEXT[run.lower]}，按上限为{LEVEL_TEXT[run.upper]}"
    said = f"{span}{_means(run)}{primary}，{met}（{run.rule.title}）"
    return f"{said}{proof_text(run)}{ends}{rounding_text(run)}"


def _means(run: GradedRun) -> str:
    """The AQI of its windows; nothing of less than a day, which lies in none of its own."""
    shown = "、".join(number(value) for value in run.windows[:_SHOWN]) + ("等" if len(run.windows) > _SHOWN else "")
    return f"，逐24小时AQI均值{shown}" if shown else ""


def proof_text(run: GradedRun) -> str:
    """Say which windows meet each part of the rule, with the start and end of their hours.

    Their AQI is said where they are not among the windows that the run itself is told by.
    """
    parts = []
    for one in run.proofs():
        start, end = (run.origin + timedelta(hours=hour) for hour in (one.first, one.last))
        word = "大于" if one.condition.above is not None else "不低于"
        within = (start - run.start) % _DAY == timedelta(0) and run.start <= start and end <= run.end
        values = "" if within and len(run.windows) <= _SHOWN else "、".join(number(value) for value in one.windows)
        many = "均" if len(one.windows) > 1 else ""
        parts.append(
            f"{moment(start)}至{moment(end)}连续{one.last - one.first}小时{f'（{values}）' if values else ''}"
            f"{many}{word}{number(one.condition.threshold)}"
        )
    return f"，其中{'，'.join(parts)}" if parts else ""


def rounding_text(run: GradedRun) -> str:
    """Say the level by the other rounding of the AQI, where rounding decides."""
    if run.otherwise in ("", run.level):
        return ""
    level, other = LEVEL_TEXT[run.level], LEVEL_TEXT[run.otherwise]
    how = f"按标准取整、预报区间中值舍去小数为{level}", f"按另一种取整（进位、四舍五入之别）、中值保留小数为{other}"
    return f"；级别由AQI取整决定：{'，'.join(how)}"


def floor_text(floor: Floor) -> str:
    """Say what an order from above asks."""
    word = "为" if floor.exact else "不低于"
    source = f"（{floor.source}）" if floor.source else ""
    return f"上级要求{source}{moment(floor.start)}至{moment(floor.end)}{word}{LEVEL_TEXT[floor.level]}预警"


def joined_text(runs: list[GradedRun], rule: WarningLife) -> str:
    """Say that several runs make one life, where they do."""
    own = sorted((run for run in runs if not run.carried), key=lambda run: run.start)
    gaps = [b.start - a.end for a, b in pairwise(own) if b.start > a.end]
    if not gaps:
        return ""
    how = "，从高级别启动，逐段降至其后最高级别" if rule.oscillation == "higher" else "，各按自身级别执行"
    return f"共{len(gaps) + 1}段污染过程，间隔不足{rule.join_gap_hours}小时，按一次计{how}"


def lead_text(start: datetime, now: datetime, rule: WarningLife, *, early: bool) -> str:
    """Say whether the lead time is kept."""
    if early:
        return f"监测已达重污染且未来{rule.early_hours}小时无明显改善，提早启动"
    hours = (start - now) / timedelta(hours=1)
    kept = "满足" if hours >= rule.lead_hours else "不足"
    return f"{_LEAD}{rounded(hours, 1, rule.lead_hours)}小时，{kept}提前{rule.lead_hours}小时的要求"


def outward(reason: str) -> str:
    """A reason as it leaves the bureau: without the sentence on the lead time, without a full stop at its end."""
    sentences = [sentence for sentence in reason.split("。") if sentence]
    return "。".join(sentence for sentence in sentences if not sentence.startswith(_LEAD))


def lead_of(reason: str) -> str:
    """The sentence of a reason on the lead time; blank where it has none."""
    return next((sentence for sentence in reason.split("。") if sentence.startswith(_LEAD)), "")


def advice_text(run: GradedRun) -> str:
    """Say why a run brings advice only."""
    span = f"{moment(run.start)}至{moment(run.end)}共{run.hours}小时{_means(run)}"
    advise, tier = run.rule.advise, run.rule.tier
    if tier:
        primary = f"，首要污染物{run.primary}" if run.primary else ""
        return f"{span}{primary}，达到{tier.name}条件、未达到预警条件（{run.rule.title}），不启动应急减排；{tier.text}"
    cause, said = (advise.cause(), advise.text) if advise else (run.primary, "")
    return f"{span}，由{cause}引起，不启动应急减排；{said}"


def end_text(life: PlannedLife, piece: LevelInterval, rule: WarningLife) -> str:
    """Why nothing of a warning holds from a time on: it goes on in one before it, is lifted, or taken back unbegun."""
    start, level, old = moment(piece.start), LEVEL_TEXT[LEVEL_OF[piece.rank]], life.continues
    if old is not None and life.into is not None:
        return (
            f"与{moment(life.into.life_start)}启动的预警间隔不足{rule.join_gap_hours}小时，按一次计，"
            f"原定{moment(old.life_start)}启动的{level}预警并入该次预警，不再单列"
        )
    if old is not None and old.life_start < piece.start:
        return f"预计自{start}起回落至启动条件以下并将持续{rule.lift_hours}小时以上，解除{level}预警"
    return f"按最新预报不再达到启动条件，取消原定{start}启动的{level}预警"
