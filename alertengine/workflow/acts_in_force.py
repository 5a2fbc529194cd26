"""What acts come to together: which stand and bind, which speak of one response, what of warnings and orders stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypedDict, cast

import pandas as pd

from alertengine.orders import InForce, held_now, in_force, prevailing, share_orders
from alertengine.vocabulary import (
    CANCEL,
    EMISSION_FIELDS,
    ORDER_COLUMNS,
    WARNING_COLUMNS,
    Problem,
    Setting,
    civil,
    to_minute,
    with_flags,
)
from alertengine.warning import Record, empty_table, kinds, next_full_hour
from alertengine.workflow.recording import correction_of

if TYPE_CHECKING:
    from alertengine.ledger import Act, Ledger


class ActEntry(TypedDict):
    """An act as papers name it, for JSON."""

    act: int
    kind: str
    title: str
    issued_at: str
    recorded_at: str
    drafted_by: str
    reviewed_by: str
    approved_by: str
    corrects: int | None
    reason: str
    hash: str


NUMBERS = ("share", *EMISSION_FIELDS.values())


def act_entry(act: Act) -> ActEntry:
    """An act as a paper names it."""
    return cast("ActEntry", {name: getattr(act, name) for name in ActEntry.__annotations__})


def warning_ids(ledger: Ledger, act: int) -> frozenset[str]:
    """The warnings that an act speaks of; none where it gives orders for a list alone."""
    if not ledger.has(act, "warnings"):
        return frozenset()
    return frozenset(ledger.part(act, "warnings", columns=["warning_id"])["warning_id"].dropna().astype("str"))


def responses(ledger: Ledger, acts: Sequence[Act]) -> list[list[Act]]:
    """Acts by response: those that share a warning belong together, and a correction with what it corrects.

    In the order they were recorded.
    """
    groups: list[tuple[set[str | int], list[Act]]] = []
    for act in acts:
        spoken: set[str | int] = {*warning_ids(ledger, act.act), act.act, act.corrects or act.act}
        joined = [group for group in groups if group[0] & spoken]
        rest = [group for group in groups if not group[0] & spoken]
        members = sorted([one for _, own in joined for one in own] + [act], key=lambda one: one.act)
        groups = [*rest, (spoken.union(*(ids for ids, _ in joined)), members)]
    return sorted((members for _, members in groups), key=lambda own: own[0].act)


def plain_orders(table: pd.DataFrame, act: int) -> pd.DataFrame:
    """Orders of an act with texts as objects, blank ``""``, numbers as ``float64``, and the column ``act``."""
    table = with_flags(table)
    texts = [name for name in ORDER_COLUMNS if name not in NUMBERS]
    out = {name: table[name].astype("object").where(table[name].notna(), "") for name in texts}
    out |= {name: table[name].astype("float64") for name in NUMBERS}
    return pd.DataFrame(out, columns=list(ORDER_COLUMNS)).astype(dict.fromkeys(texts, "object")).assign(act=act)


@dataclass(frozen=True, slots=True)
class DecidedWarnings:
    """The record of warnings of an act, and the moment it was decided at; None where it was not recorded.

    ``binds``: the hour from which a correction binds; blank: the act corrects none.
    """

    record: pd.DataFrame
    now: pd.Timestamp | None = None
    binds: str = ""

    @property
    def at(self) -> pd.Timestamp:
        """The moment, else that of the newest transition."""
        return self.record["issued"].max() if self.now is None else self.now

    @property
    def since(self) -> str:
        """The hour from which the act speaks: what its orders repeat of before was ordered before; blank: unknown."""
        return "" if pd.isna(self.at) else max(self.binds, to_minute(next_full_hour(self.at)))

    @property
    def lifts(self) -> list[tuple[str, str]]:
        """The warnings that the act itself lifts, each with the hour of its end."""
        own = self.record[(self.record["action"].astype("str") == "lift") & (self.record["issued"] == self.at)]
        starts = (max(self.binds, to_minute(start)) for start in own["starts"])
        return list(zip(own["warning_id"].astype("str"), starts, strict=True))

    @property
    def cancels(self) -> list[str]:
        """The warnings of these that it takes back before their start."""
        own = self.record[(self.record["action"].astype("str") == "lift") & (self.record["issued"] == self.at)]
        said = zip(own["warning_id"].astype("str"), kinds(own, self.record), strict=True)
        return [name for name, kind in said if kind == CANCEL]


def what_stands(tables: Sequence[pd.DataFrame], decided: Sequence[DecidedWarnings | None] = ()) -> pd.DataFrame:
    """Orders of one response, each ended where an act decided later speaks of the line; ``said_end`` is as ordered.

    A correction stands among the acts where its own decision does, and so ends nothing of what was decided since.

    Args:
        tables: the orders of each act, in the order of the acts.
        decided: what each act decided: of a city of which an act before told a warning of its own it speaks from the
            hour after, and what it lifts of an earlier act's orders ends there; None or absent: from its first row.

    """
    said = [*decided, *[None] * (len(tables) - len(decided))]
    moments = list[pd.Timestamp]()
    for one in said:  # orders for a list alone go on from what is there
        at = pd.NaT if one is None else one.at
        moments.append(max(moments, default=pd.Timestamp.min) if pd.isna(at) else at)
    turns = sorted(range(len(said)), key=moments.__getitem__)
    acts, own = [said[turn] for turn in turns], [tables[turn].assign(said_end=tables[turn]["ends"]) for turn in turns]
    since, told = [], set[str]()
    for number, act in enumerate(acts):
        if act is None or pd.isna(act.at):
            since.append(dict[str, str]())
            continue
        goes_on = act.record["warning_id"].isin(told)
        since.append(dict.fromkeys(act.record.loc[goes_on, "city"].astype("str"), act.since))
        told.update(act.record["warning_id"].astype("str"))
        own[:number] = [_lifted(table, act.lifts) for table in own[:number]]
    return prevailing(own, since)


def what_bound(
    ledger: Ledger, acts: Sequence[Act], tables: Mapping[int, pd.DataFrame]
) -> tuple[dict[int, tuple[pd.DataFrame, DecidedWarnings | None]], pd.DataFrame]:
    """The orders of acts for the hours in which each bound: what an act corrects binds until the correction does.

    Args:
        ledger: the record.
        acts: the acts, in their order, the corrected ones with them.
        tables: their orders by act, as :func:`plain_orders` gives them.

    Returns:
        The orders by act with what it decided, without the acts that were corrected before they began; and what
        stands of them all, as :func:`what_stands` tells it.

    """
    # of several corrections of one act, which records of before may hold, the first ends it
    until = {act.corrects: binds_from(act) for act in reversed(acts) if act.corrects}
    bound = {}
    for act in acts:
        made, table, begins, end = decided_of(ledger, act), tables[act.act], binds_from(act), until.get(act.act, "")
        table = table[(table["ends"] == "") | (table["ends"] > begins)]
        table = table.assign(starts=table["starts"].where(table["starts"] >= begins, begins))
        if end:
            table = ended(table, end)
            made = made and replace(made, record=made.record[made.record["starts"] < pd.Timestamp(end)])
        if not end or len(table) or (made and made.lifts):
            bound[act.act] = table, made
    return bound, what_stands([table for table, _ in bound.values()], [made for _, made in bound.values()])


def with_corrected(ledger: Ledger, acts: Sequence[Act]) -> list[Act]:
    """Acts and all that they correct, in the order they were recorded.

    What a corrected act took over of an earlier one's orders is not given back by a correction that names it no more.
    """
    found = {act.act: act for act in acts}
    for act in acts:
        number = act.corrects
        while number and number not in found:
            found[number] = ledger.act(number)
            number = found[number].corrects
    return [found[number] for number in sorted(found)]


def left_beside(ledger: Ledger, act: Act, *, personal: bool) -> pd.DataFrame:
    """What an act, or a draft, leaves standing of earlier acts' orders in its response: of lines that it does not name.

    ORDER_COLUMNS and ``act``, as :func:`plain_orders` gives them, of the hours after its decision.
    """
    act = replace(act, corrects=act.corrects or correction_of(act).act)
    before = [one for one in ledger.acts("issue") if one.act < act.act and mode_of(one) == mode_of(act)]
    members = next(own for own in responses(ledger, [*before, act]) if act in own)
    tables = {one.act: plain_orders(ledger.orders(one.act, personal=personal), one.act) for one in members}
    made, (_, stands) = decided_of(ledger, act), what_bound(ledger, members, tables)
    since = made.since if made else binds_from(act)
    return stands[(stands["act"] != act.act) & ((stands["ends"] == "") | (stands["ends"] > since))]


def _lifted(table: pd.DataFrame, lifts: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Orders without what was lifted of their warnings."""
    for name, at in lifts:
        mine = table["order_id"].str.startswith(f"{name}-")
        table = pd.concat([ended(table[mine], at), table[~mine]]).sort_index(kind="stable")
    return table


def ended(table: pd.DataFrame, at: str) -> pd.DataFrame:
    """Orders as far as they go before an hour."""
    left = table[table["starts"] < at]
    return left.assign(ends=left["ends"].where((left["ends"] != "") & (left["ends"] < at), at))


def decided_of(ledger: Ledger, act: Act) -> DecidedWarnings | None:
    """What an act decided, None where it gives orders for a list alone."""
    if not ledger.rows(act.act, "warnings"):
        return None
    said = act.head.get("decided")
    return DecidedWarnings(ledger.warnings(act.act), pd.Timestamp(said) if said else None, binds_from(act))


def binds_from(act: Act) -> str:
    """The hour after its issue, from which a correction binds: until then what it corrects does; blank: it is none."""
    return to_minute(next_full_hour(pd.Timestamp(civil(act.issued_at)))) if act.corrects else ""


def share_orders_so_far(ledger: Ledger, now: datetime) -> pd.DataFrame:
    """The share orders (ORDER_COLUMNS) of the responses of which a binding act holds that was decided by a moment."""
    at = pd.Timestamp(now)
    acts = standing_issues(ledger)
    made = [act for act in acts if pd.Timestamp(act.head.get("decided") or civil(act.issued_at)) <= at]
    standing = []
    for own in responses(ledger, made):
        if any(holds(ledger, act, at) for act in own):  # with the act that lifts: it ends what those before it ordered
            members = with_corrected(ledger, own)
            tables = {act.act: plain_orders(ledger.orders(act.act), act.act) for act in members}
            standing.append(what_bound(ledger, members, tables)[1])
    none = pd.DataFrame(columns=list(ORDER_COLUMNS))
    return share_orders(pd.concat(standing) if standing else none)[list(ORDER_COLUMNS)]


def orders_in_force(orders: pd.DataFrame, decided: DecidedWarnings | None) -> InForce:
    """What holds of orders of an act at the moment of its decision."""
    return in_force(orders) if decided is None else held_now(orders, decided.record, decided.now)


# -- warnings on record: what the next run starts from

#: What makes two rows the same transition: a later act carries those before it.
_SAME: Final = ("warning_id", "city", "counties", "action", "level", "starts", "ends", "issued")


def standing_issues(ledger: Ledger) -> list[Act]:
    """The acts of warnings and orders that bind: not corrected by a later one, no simulation, no drill."""
    return [act for act in ledger.standing("issue") if is_live(act)]


def is_live(act: Act) -> bool:
    """Whether an act binds."""
    return mode_of(act) == "live"


def mode_of(act: Act) -> Setting:
    """What an act is for: a simulation or drill says so among its options, of which nothing else is read here."""
    keys = options.get("scenario") if isinstance(options := act.head.get("options"), Mapping) else None
    said = keys.get("mode", "live") if isinstance(keys, Mapping) else "live"
    return cast("Setting", said)


def acts_since(
    issued: Iterable[Act], mode: Setting, cities: Set[str], since: int, own: int | None = None
) -> dict[str, list[int]]:
    """By city, of some, the acts of an issue of a mode that speak of it, be it to lift its warnings.

    Since a draft, or the act that it corrects, and before the act it became (None: it is not issued).
    """
    found: dict[str, list[int]] = {}
    for one in issued:
        if one.act > since and (own is None or one.act < own) and mode_of(one) == mode:
            for city in sorted(cities & cities_of(one)):
                found.setdefault(city, []).append(one.act)
    return found


def cities_of(issued: Act) -> set[str]:
    """The cities that an act gives orders in, and those that its signatures were held against the procedure of."""
    entries = (*issued.head.get("summaries", ()), *issued.head.get("procedure", ()))
    return {str(one["city"]) for one in entries}


def warnings_so_far(ledger: Ledger, at: pd.Timestamp | None = None, acts: Sequence[Act] | None = None) -> pd.DataFrame:
    """The warnings of all acts that no later one corrects, each transition once: WARNING_COLUMNS.

    In the order of issue; ``at``: only what was issued by then; ``acts``: of these alone.  Simulations and drills bind
    nobody.
    """
    every = standing_issues(ledger) if acts is None else acts
    tables = [ledger.warnings(act.act) for act in every if ledger.rows(act.act, "warnings")]
    if not tables:
        return empty_table()
    table = pd.concat(tables, ignore_index=True)[list(WARNING_COLUMNS)]
    table = table[~table[list(_SAME)].fillna("").duplicated()]
    if at is not None:
        table = table[table["issued"] <= at]
    return table.sort_values("issued", kind="stable").reset_index(drop=True)


def holds(ledger: Ledger, act: Act, now: pd.Timestamp) -> bool:
    """Whether anything that an act warned of has not ended; orders for a list alone: whether any of them runs."""
    if ledger.rows(act.act, "warnings"):
        return bool(len(Record(ledger.warnings(act.act)).segments(now)))
    ends = ledger.orders(act.act, personal=False)["ends"].astype("object").fillna("")
    return bool(((ends == "") | (ends > to_minute(now))).any())


def out_of_step(ledger: Ledger, act: Act) -> list[Problem]:
    """What of the record the act of kind ``issue`` recorded last does not go on from, each for a person.

    Decisions on warnings of its cities that stood when it was decided and that it was decided without, an earlier act
    that orders just the same, a time of issue before that of the decision.
    """
    if not is_live(act) or not act.head.get("decided"):
        return []
    file, now = str(ledger.path), pd.Timestamp(act.head["decided"])
    earlier = [one for one in standing_issues(ledger) if one.act < act.act]
    same = [one.act for one in earlier if ledger.parts(one.act) == ledger.parts(act.act)]
    own, held = ledger.warnings(act.act), warnings_so_far(ledger, now)
    cities = {*own["city"], *ledger.orders(act.act, personal=False)["city"]}
    standing = set(Record(held).segments(now)["warning_id"])
    unseen = ~_transitions(held).isin(_transitions(own))
    left = held[held["city"].isin(cities) & held["warning_id"].isin(standing) & unseen]
    out = [Problem("issued_already", file=file, act=same[-1])] if same else []
    if len(left):
        names = list(dict.fromkeys(left["warning_id"].astype("str")))
        out.append(Problem("warnings_left_out", file=file, count=len(left), names=names))
    if civil(act.issued_at) < now:
        issued = to_minute(civil(act.issued_at))
        out.append(Problem("issued_too_early", file=file, column="issued_at", value=issued, decided=to_minute(now)))
    return out


def _transitions(warnings: pd.DataFrame) -> pd.MultiIndex:
    """What tells transitions apart."""
    return pd.MultiIndex.from_frame(warnings[list(_SAME)].astype("str"))
