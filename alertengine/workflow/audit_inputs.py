"""What is audited (orders, list and law of a ledger or of files), and what the audit opens with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from alertengine.audit import KIND_TEXT, AuditRun, Evidence, audit, with_cities
from alertengine.ledger import Act, Ledger
from alertengine.lists import EnterpriseList, ListVersion, Register, line_keys, under_ids_of
from alertengine.orders import SUFFIXES, mode_beside, read_orders
from alertengine.rulebook import Baseline, EvidenceRule, Rulebook
from alertengine.vocabulary import (
    ORDER_KEY,
    PLANT_KEY,
    STANDING_TEXT,
    InputError,
    Problem,
    civil,
    number,
    percent,
    records_of,
    times,
    to_minute,
)
from alertengine.workflow._decisions_on_record import with_recorded
from alertengine.workflow._record_findings import recorded_findings
from alertengine.workflow.act_opened import decided_on, list_of
from alertengine.workflow.acts_in_force import (
    DecidedWarnings,
    binds_from,
    mode_of,
    plain_orders,
    what_bound,
)
from alertengine.workflow.delivery.receipts import PROOFS
from alertengine.workflow.delivery.record import act_of_orders, receipts_of
from alertengine.workflow.delivery.state import in_words, relief_in_words
from alertengine.workflow.newest_names import NewestNames, as_ordered
from alertengine.workflow.ordered_hours import held_on_day


@dataclass(slots=True)
class Ordered:
    """Orders to audit (ORDER_COLUMNS, blank texts ``""``), the lines of their list, the law they were given under.

    ``lines`` and ``book`` are None where an orders file does not carry them.  ``said``, ``list_said``, ``served``
    and ``answered`` are what is known of the acts, of the list's version, of service, and of what plants asked
    and were answered, in Chinese.  ``proved`` is when service of each order is first proved (columns of
    :func:`_proved`); None where no receipt is on record.  ``register`` says who is who.  ``found`` has by city and
    code of an enterprise the days of breaches in the ledger.  ``problems`` are told with what is found: orders that
    bound nobody accuse nobody.  ``alone``: of one act only, its orders for the hours in which they held; findings of
    others are left out.  ``newest``: how the last orders call what earlier ones call otherwise.
    """

    orders: pd.DataFrame
    lines: pd.DataFrame | None = None
    book: Rulebook | None = None
    said: str = ""
    list_said: str = ""
    served: str = ""
    answered: str = ""
    proved: pd.DataFrame | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    register: Register = field(default_factory=Register)
    found: dict[tuple[str, str], list[date]] = field(default_factory=dict)
    alone: pd.DataFrame | None = None
    newest: NewestNames = field(default_factory=NewestNames)


def ordered(path: Path, act: int | None = None) -> Ordered:
    """The orders of a ledger or of a file.

    Args:
        path: a ledger, or a file as ``orders`` and ``respond`` write it.
        act: of a ledger only this act, in the hours in which it held; absent: every act that binds.  A later act takes
            the place of an earlier one for the lines and hours it speaks of, one that corrects it for all that follow
            its issue.

    Raises:
        InputError: the file cannot be read, the ledger has no orders, or those of the act held no hour.

    """
    if path.suffix.lower() in SUFFIXES:
        if act is not None:
            raise InputError([Problem("orders_file_has_no_acts", where="--act", value=str(act))])
        return Ordered(read_orders(path), problems=_bound_nobody(path, mode_beside(path)))
    with Ledger.open(path) as ledger:
        acts = ledger.acts()
        mode = "live" if act is None else mode_of(act_of_orders(ledger, act))
        given = {
            one.act: plain_orders(ledger.orders(one.act), one.act)
            for one in acts
            if one.kind == "issue" and mode_of(one) == mode and ledger.has(one.act, "orders")
        }
        issued = [one for one in acts if one.act in given]
        if not issued:
            raise InputError([Problem("no_act_with_orders", file=str(path))])
        bound, stands = what_bound(ledger, issued, given)
        alone, notes = (None, []) if act is None else _alone(path, issued, act, stands)
        own = bound if act is None else {act: bound[act]}
        last = max(own)
        note = Problem("orders_of_acts", file=str(path), acts=[str(one) for one in own], last=last)
        book, listed = decided_on(ledger, last)
        newest = NewestNames.of([stands[stands["act"] == number] for number in bound])
        receipts = {number: receipts_of(ledger, number) for number in bound}
        served, answered = _served(ledger, {number: receipts[number] for number in own})
        return Ordered(
            stands.drop(columns=["act", "said_end"]),
            with_recorded(_lines(ledger, [*bound], stands, listed), ledger),
            book,
            said="；".join(
                f"第{one.act}号《{one.title}》，{one.issued_at[:16].replace('T', ' ')}签发，{one.approved_by}批准"
                for one in acts
                if one.act in own
            ),
            list_said=version_said(listed.version) + _published(acts, listed.version),
            served=served,
            answered=answered,
            proved=_proved(stands, pd.concat([table for table, _ in bound.values()]), receipts),
            problems=_bound_nobody(path, mode),
            notes=[note, *notes, *_issued_late(ledger, own)],
            register=listed.register,
            found=breaches_found(ledger, newest),
            alone=alone,
            newest=newest,
        )


def _lines(ledger: Ledger, acts: Sequence[int], stands: pd.DataFrame, listed: EnterpriseList) -> pd.DataFrame:
    """The lines of the last list and, of those that were ordered and have left it, as the list of then has them."""
    lines = listed.lines
    for one in reversed(acts):
        known = line_keys(lines)
        if line_keys(under_ids_of(stands[stands["act"] == one], lines)).isin(known).all():
            continue
        with suppress(InputError):  # its list was erased
            before = under_ids_of(list_of(ledger, one).lines, lines)
            lines = pd.concat([lines, before[~line_keys(before).isin(known)]], ignore_index=True)
    return lines


def _alone(path: Path, acts: Sequence[Act], act: int, stands: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """The orders of one act for the hours in which they held, with notes of what ended them sooner than they said.

    Raises:
        InputError: they held no hour.

    """
    own, file = stands[stands["act"] == act], str(path)
    corrected = next((one for one in acts if one.corrects == act), None)
    if own.empty and corrected:
        raise InputError([Problem("act_corrected_whole", file=file, act=act, by=corrected.act)])
    if own.empty:
        raise InputError([Problem("act_held_no_hour", file=file, act=act)])
    notes = []
    if corrected:
        notes.append(Problem("act_corrected", file=file, act=act, by=corrected.act, since=binds_from(corrected)))
    if cut := int((own["ends"] != own["said_end"]).sum()):
        notes.append(Problem("act_taken_over", file=file, act=act, count=cut))
    return own, notes


def _bound_nobody(path: Path, mode: str) -> list[Problem]:
    """A problem where orders are of a drill or a simulation."""
    return [] if mode == "live" else [Problem("orders_not_live", file=str(path), mode=mode)]


def _issued_late(ledger: Ledger, bound: Mapping[int, tuple[pd.DataFrame, DecidedWarnings | None]]) -> Iterator[Problem]:
    """A note for each act that was issued after the orders it speaks of had begun: before, no plant could know them."""
    for act, (table, made) in bound.items():
        begun = max(made.since if made else "", min(table["starts"], default="9"))
        issued = to_minute(civil(ledger.act(act).issued_at))
        if issued > begun:
            yield Problem("issued_late", file=str(ledger.path), act=act, since=begun, issued=issued)


def take_list(given: Ordered, listed: EnterpriseList, path: Path | None) -> None:
    """Audit with a list in place of that of the orders.

    Args:
        given: what is audited.
        listed: the list.
        path: where the decisions stand that are added to it: of a ledger those entered there; any other file adds none.

    """
    given.lines, given.list_said, given.register = listed.lines, version_said(listed.version), listed.register
    if path is not None and path.suffix.lower() not in SUFFIXES:
        with Ledger.open(path) as ledger:
            given.lines = with_recorded(listed.lines, ledger)


def breaches_found(ledger: Ledger, newest: NewestNames) -> dict[tuple[str, str], list[date]]:
    """By city and last code of an enterprise the days of recorded breaches that stand."""
    table = newest.given(recorded_findings(ledger))
    breached = table[(table["finding"] == "breached") & (table["enterprise_id"] != "")]
    out: dict[tuple[str, str], list[date]] = {}
    for city, code, day in breached[[*PLANT_KEY, "day"]].drop_duplicates().itertuples(index=False, name=None):
        out.setdefault((str(city), str(code)), []).append(date.fromisoformat(str(day)))
    return out


def _served(ledger: Ledger, receipts: Mapping[int, pd.DataFrame]) -> tuple[str, str]:
    """What the receipts of some acts, by act, say of service, and of requests for relief with their answers."""
    at = pd.Timestamp(times.now().replace(tzinfo=None)).floor("min")
    served = [
        f"第{number}号：" + (in_words(ledger, number, at) if len(own) else "记录中没有送达回执")
        for number, own in receipts.items()
    ]
    return "；".join(served), "；".join(filter(None, map(relief_in_words, receipts.values())))


def _proved(stands: pd.DataFrame, given: pd.DataFrame, receipts: Mapping[int, pd.DataFrame]) -> pd.DataFrame | None:
    """For each order when its service is first proved: by a receipt of the act that first said so, or of a later one.

    ``given``: the orders of all acts.  Columns ``city``, ``order_id``, ``starts``, ``ends``, ``proved`` (later than any
    time where never); None: no receipt at all.
    """
    of_act = pd.concat([own.assign(of=number) for number, own in receipts.items()])
    if of_act.empty:
        return None
    proofs = of_act[of_act["event"].isin(PROOFS)]
    times_of: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for city, code, *proof in proofs[["city", "enterprise_id", "of", "time"]].itertuples(index=False, name=None):
        times_of.setdefault((city, code), []).append(tuple(proof))
    names = [*ORDER_KEY, "measure_text"]  # a list put right gives an order of the same number another measure
    acts = stands[names].merge(given.groupby(names, as_index=False)["act"].min(), on=names, how="left")["act"]
    said = [
        min((time for of, time in times_of.get((city, code), ()) if of >= act), default=_NEVER)
        for city, code, act in zip(stands["city"], stands["enterprise_id"], acts, strict=True)
    ]
    return stands[[*ORDER_KEY, "starts", "ends"]].assign(proved=said)


def _published(acts: list[Act], version: ListVersion) -> str:
    """The act that published this very version, where it is on record."""
    found = [
        one.act
        for one in acts
        if one.kind == "publication" and version.sha256 and one.head["version"]["sha256"] == version.sha256
    ]
    return f"，见第{found[0]}号记录" if found else ""


def version_said(version: ListVersion) -> str:
    """A list's version as people speak of it."""
    name = version.version or "未编号"
    if version.status != "published":
        return f"{name}（草稿，未发布）"
    return f"{name}，{version.published_on}发布，{version.approver}批准"


# -- what it opens with

#: Later than any time.
_NEVER: Final = "9"
#: Record numbers named; the rest are counted.
_NAMED: Final = 10
NOTHING: Final = "未录入"

Opening = list[tuple[str, str]]


def opening(given: Ordered, evidence: Sequence[Evidence], book: Rulebook) -> Opening:
    """The head of an audit: labels and texts in Chinese, in the order they are read; what is not on file is named."""
    return [
        ("指令", given.said or "指令文件，签发和批准未录入"),
        ("清单", given.list_said or NOTHING),
        ("送达", given.served or NOTHING),
        ("证据", "；".join(_file(one) for one in evidence)),
        ("基线", _methods(book, evidence)),
        ("现场检查", _inspections(evidence)),
        ("处罚记录", _penalties(given)),
        ("企业答复", given.answered or NOTHING),
    ]


def _penalties(given: Ordered) -> str:
    """What repeats are counted from."""
    if given.lines is None:
        decided = "未附清单和处罚决定表，不计屡罚"
    else:
        cells = given.lines[[*PLANT_KEY, "decisions"]].dropna(subset="decisions").drop_duplicates()
        count = len({one for cell in cells["decisions"].astype("str").unique() for one in records_of(cell)})
        decided = (
            f"处罚决定{count}件，涉及{len(cells.drop_duplicates(PLANT_KEY))}家"
            if count
            else "处罚决定表未录入或没有决定"
        )
    found = sum(map(len, given.found.values()))
    return decided + (f"；台账另载违反{found}家日，是否受罚须核实" if found else "")


def judged(
    given: Ordered, evidence: Sequence[Evidence], book: Rulebook, *, known_on: date | None = None, unmask: bool = False
) -> AuditRun:
    """Hold evidence against what was ordered, as :func:`alertengine.audit.audit` does, and tell what hangs on the acts.

    That is: their notes, and orders that bound nobody or that no receipt proves to have been served.  Evidence may name
    a plant or line as any of the lists did; findings name it as the order does.
    """
    for one in evidence if given.newest else ():
        with_cities(one, book)
        one.table = given.newest.given(one.table)
    run = audit(
        given.newest.given(given.orders),
        evidence,
        book,
        enterprises=given.lines,
        register=given.register,
        ordered_under=given.book,
        known_on=known_on,
        unmask=unmask,
        found_before=given.found,
    )
    if given.newest:
        run.table = as_ordered(run.table, given.orders)
    if given.alone is not None:
        run.table = _of_hours(run.table, given.alone)
    run.own_notes += given.notes
    run.own_problems += [*given.problems, *not_served(given, run.table)]
    return run


def _of_hours(found: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """The findings of days on which their order was one of these; those of a site: on which any of its city was."""
    # a correction gives an order of the same number another measure; that of a gate log is the ban
    key = [*ORDER_KEY, "measure_text"]
    keyed = found[[*key, "day"]].astype("str").assign(at=range(len(found)))
    keyed.loc[keyed["order_id"] == "", "measure_text"] = ""
    spans = orders[[*ORDER_KEY, "starts", "ends"]].astype("str")
    own = [spans.assign(measure_text=orders[name].astype("str")) for name in ("measure_text", "transport")]
    held = held_on_day(keyed, pd.concat([*own, spans.assign(order_id="", measure_text="")]).drop_duplicates(), key)
    return found[keyed["at"].isin(held["at"])].reset_index(drop=True)


def not_served(given: Ordered, found: pd.DataFrame) -> list[Problem]:
    """A problem where breaches or doubts are of days by whose end no receipt proves that the plant had the order."""
    if given.proved is None or given.proved.empty:  # no order stands where all was cancelled
        return []
    against = found[found["finding"].astype("str").isin(["breached", "doubtful"]) & (found["enterprise_id"] != "")]
    days = against[[*ORDER_KEY, "enterprise_id", "enterprise", "day"]].astype("str").drop_duplicates()
    held = held_on_day(days, given.proved, ORDER_KEY)
    proved = held.groupby([*ORDER_KEY, "day"])["proved"].transform("min")
    plants = held[proved > held["day"] + " 23:59"].drop_duplicates([*PLANT_KEY, "day"])
    late = [f"{name} {day}" for name, day in zip(plants["enterprise"], plants["day"], strict=True)]
    if not late:
        return []
    named = [*late[:_NAMED], *(["…"] if len(late) > _NAMED else [])]
    return [Problem("not_served", where="送达", count=len(late), named=named)]


def _file(one: Evidence) -> str:
    if one.table.empty:
        return f"{one.name}（{KIND_TEXT[one.kind]}，没有可用的行）"
    first, last = one.table["time"].min(), one.table["time"].max()
    return f"{one.name}（{KIND_TEXT[one.kind]}，{len(one.table)}行，{first.date()}至{last.date()}）"


def _methods(book: Rulebook, evidence: Sequence[Evidence]) -> str:
    kinds = {one.kind for one in evidence}
    rules = [
        rule
        for rule in book.rules_of("evidence")
        if isinstance(rule, EvidenceRule) and rule.baseline is not None and rule.evidence in kinds
    ]
    said = [
        f"{KIND_TEXT[rule.evidence]}：{_method(rule.baseline)}（{rule.id}，{STANDING_TEXT[rule.source]}）"
        for rule in rules
        if rule.baseline is not None
    ]
    return "；".join(said) or "没有用到"


def _method(method: Baseline) -> str:
    return (
        f"响应前{method.look_back_days}天内的同类日，至少{method.least_days}个，同星期{method.least_same_weekday}个以上取同星期，"
        f"节假日前后{method.around_holidays}天不计；容许{number(method.noise)}倍稳健离散度（不低于{percent(method.least_spread)}）"
    )


def _inspections(evidence: Sequence[Evidence]) -> str:
    tables = [one.table for one in evidence if one.kind == "inspection"]
    if not tables:
        return "没有现场检查记录"
    records = pd.concat(tables)
    numbers = records["record_no"].dropna().drop_duplicates().tolist()
    named = "、".join(numbers[:_NAMED]) + ("等" if len(numbers) > _NAMED else "")
    return f"{len(records)}条，笔录{len(numbers)}份" + (f"：{named}" if named else "")
