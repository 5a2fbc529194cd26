"""The ledger as answers: only acts of warnings and orders, drafts never, sole traders' names masked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.ledger import Act, check_orders, in_words
from alertengine.vocabulary import LEVEL_TEXT, ORDER_COLUMNS, POLLUTANTS, STATUS_TEXT, ZONE, InputError, refuse
from alertengine.warning import Record
from alertengine.web.api.models import (
    ActDetail,
    ActiveWarning,
    ActSummary,
    Change,
    EnterpriseOrder,
    Explanation,
    OpenProblem,
    Order,
    Page,
    Ratio,
    Reason,
    Released,
    Transition,
    Warnings,
)
from alertengine.web.api.problems import ApiProblemError
from alertengine.web.api.standing import standing_of, zoned, zoned_always
from alertengine.web.orderrows import text_of
from alertengine.web.roles import WHOLE, Scope
from alertengine.workflow import (
    PART,
    RELEASE,
    Signed,
    explain_line,
    is_live,
    mode_of,
    plain_orders,
    responses,
    standing_issues,
    warnings_so_far,
    what_bound,
    with_corrected,
)

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

KIND: Final = "issue"
#: Cells that hold several codes, joined.
_LISTS: Final = ("measure", "rules", "set_aside", "hangs_on", "flags")
_IN_PLACES: Final = (
    " AND (SELECT text FROM texts WHERE id = city) || '/' || (SELECT text FROM texts WHERE id = county)"
    " IN (SELECT value FROM json_each(?))"
)
_FILTERS: Final = ("city", "county", "enterprise_id", "status", "level")


# -- warnings


def warnings_at(ledger: Ledger, at: datetime) -> Warnings:
    """What was active and upcoming at a time, by what had been issued by then."""
    civil = pd.Timestamp(at.astimezone(ZONE).replace(tzinfo=None))
    rows = Record(warnings_so_far(ledger, civil)).segments(civil)
    rows = rows.sort_values(["starts", "city", "county"], kind="stable")
    held = [
        ActiveWarning(
            warning_id=str(row["warning_id"]), city=str(row["city"]), county=str(row["county"]), level=row["level"],
            level_text=LEVEL_TEXT[row["level"]], starts=zoned_always(row["starts"]), ends=zoned(row["ends"]),
            since=zoned_always(row["life_start"]),
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip
    return Warnings(
        at=at, active=[one for one in held if one.starts <= at], upcoming=[one for one in held if one.starts > at]
    )


def transitions(ledger: Ledger, city: str | None, limit: int, after: int) -> Page[Transition]:
    """Changes of warnings in the order they were issued; ``after`` is the number of those seen."""
    table = warnings_so_far(ledger)
    if city is not None:
        table = table[table["city"] == city]
    return _page(table.to_dict("records"), limit, after, _transition)


def _transition(row: Mapping[Any, Any]) -> Transition:
    texts = {name: text_of(row[name]) for name in ("warning_id", "city", "primary", "grading", "basis", "reason")}
    level: Any = text_of(row["level"]) or None
    return Transition(
        **texts, counties=list(filter(None, text_of(row["counties"]).split(";"))), action=row["action"], level=level,
        starts=zoned_always(row["starts"]), ends=zoned(row["ends"]), issued=zoned(row["issued"]),
    )  # fmt: skip


def _page(rows: Sequence[Any], limit: int, after: int, as_item: Callable[[Any], Any]) -> Page[Any]:
    """Some rows of all, ``after`` those seen."""
    items = [as_item(row) for row in rows[after : after + limit]]
    return Page(items=items, total=len(rows), next=after + len(items) if after + len(items) < len(rows) else None)


# -- acts


def acts(ledger: Ledger, limit: int, after: int, *, binding: bool | None, scope: Scope = WHOLE) -> Page[ActSummary]:
    """Acts in the order they were recorded; ``after`` is the number of the last one seen."""
    found = [ActSummary(**_summary(ledger, act, scope)) for act in ledger.acts(KIND)]
    found = [one for one in found if binding is None or one.binding == binding]
    rest = [one for one in found if one.act > after]
    items = rest[:limit]
    return Page(items=items, total=len(found), next=items[-1].act if len(rest) > limit else None)


def act_of(ledger: Ledger, number: int) -> Act:
    """An act of warnings and orders.

    Raises:
        ApiProblemError: none of that number; other kinds are not told apart from it.

    """
    try:
        act = ledger.act(number)
    except InputError:
        raise ApiProblemError("act-not-found") from None
    if act.kind != KIND:
        raise ApiProblemError("act-not-found")
    return act


def act_detail(ledger: Ledger, number: int, scope: Scope = WHOLE) -> ActDetail:
    """An act with what it rests on; ratios are of whole cities, for who may see these."""
    act = act_of(ledger, number)
    version = act.head.get("list") or {}
    return ActDetail(
        **_summary(ledger, act, scope),
        previous=act.previous,
        reason=act.reason,
        rulebook=str(act.head.get("rulebook") or ""),
        list_version=str(version.get("version") or ""),
        list_status=str(version.get("status") or ""),
        ratios=[one for entry in act.head.get("summaries", []) if scope.whole for one in _ratios(entry)],
        in_force=standing_of(ledger, act, scope),
        problems=[as_problem_json(one) for one in act.head.get("told", [])],
        releases=releases_of(ledger, number),
    )


def releases_of(ledger: Ledger, number: int) -> list[Released]:
    """The releases of an act's papers on record."""
    return [
        Released(
            act=one.act,
            released_at=datetime.fromisoformat(one.recorded_at),
            by_office=Signed.read(one.approved_by).office,
            reason=one.reason,
            documents=ledger.rows(one.act, PART),
        )
        for one in ledger.acts(RELEASE)
        if one.head.get("about") == number
    ]


def to_release(ledger: Ledger, number: int) -> None:
    """Refuse an act whose papers cannot be released.

    Raises:
        ApiProblemError: no such act, one that binds nobody or was corrected, or one released already.

    """
    if not _summary(ledger, act_of(ledger, number), WHOLE)["binding"]:
        raise ApiProblemError("cannot-release", "该条是推演、演练，或已被更正，其文书不能放行")
    if releases_of(ledger, number):
        raise ApiProblemError("released-already")


def as_problem_json(told: Mapping[str, Any]) -> OpenProblem:
    """A problem as an act holds it."""
    texts = {name: str(told.get(name) or "") for name in ("code", "file", "sheet", "column")}
    return OpenProblem(**texts, row=told.get("row"))


def _summary(ledger: Ledger, act: Act, scope: Scope) -> dict[str, Any]:
    with in_words(ledger.path):
        sql = "SELECT min(act) FROM acts WHERE corrects = ?"
        corrected_by = ledger.db.conn.execute(sql, [act.act]).fetchone()[0]
        within, places = _within(scope)
        sql = f"SELECT count(*) FROM order_rows WHERE act = ?{within}"  # noqa: S608 -- our own words
        count = int(ledger.db.conn.execute(sql, [act.act, *places]).fetchone()[0])
    return {
        "act": act.act,
        "title": act.title,
        "mode": mode_of(act),
        "binding": corrected_by is None and is_live(act),
        "issued_at": zoned_always(act.issued_at),
        "recorded_at": zoned_always(act.recorded_at),
        "corrects": act.corrects,
        "corrected_by": corrected_by,
        "approved_by_office": Signed.read(act.approved_by).office,
        "orders": count,
        "hash": act.hash,
    }


def _ratios(entry: Mapping[str, Any]) -> list[Ratio]:
    held = entry.get("ratio") or {}
    place = {"city": str(entry["city"]), "county": str(entry.get("county") or ""), "level": entry["level"]}
    return [
        Ratio(
            **place, pollutant=name, warning=held[name].get("warning"), with_season=held[name].get("with_season"),
            required=held[name].get("required"), met=held[name].get("met") or "unknown",
            basis=str(held[name].get("basis") or ""),
        )
        for name in POLLUTANTS
        if held.get(name)
    ]  # fmt: skip


# -- orders


def _within(scope: Scope) -> tuple[str, list[str]]:
    """What bounds rows of orders to a scope, as SQL and its values."""
    if scope.places is None:
        return "", []
    return _IN_PLACES, [json.dumps(sorted(scope.places))]


def orders(
    ledger: Ledger, number: int, wanted: Mapping[str, str | None], limit: int, after: int, scope: Scope = WHOLE
) -> Page[Order]:
    """Orders of an act as recorded; ``after`` is the row of the last one seen.

    Args:
        ledger: the ledger.
        number: the act.
        wanted: values asked for, by column.
        limit: the most of them.
        after: the row after which they begin.
        scope: the counties whose orders are answered.

    """
    act_of(ledger, number)
    asked = {name: wanted[name] for name in _FILTERS if wanted.get(name) is not None}
    where = "".join(f" AND {name} = (SELECT id FROM texts WHERE text = ?)" for name in asked)  # noqa: S608 -- our own names
    # which rows is asked of the table itself: the view joins every text of every row it looks at
    within, places = _within(scope)
    chosen, values = f"FROM order_rows WHERE act = ?{where}{within}", [number, *asked.values(), *places]
    with in_words(ledger.path):
        total = ledger.db.conn.execute(f"SELECT count(*) {chosen}", values).fetchone()[0]
        sql = f"SELECT row {chosen} AND row > ? ORDER BY row LIMIT ?"
        rows = [row for (row,) in ledger.db.conn.execute(sql, [*values, after, limit + 1])]
        cells = ", ".join(ORDER_COLUMNS)
        sql = f"SELECT {cells} FROM orders WHERE act = ? AND row IN (SELECT value FROM json_each(?)) ORDER BY row"  # noqa: S608
        found = ledger.db.conn.execute(sql, [number, json.dumps(rows[:limit])]).fetchall()
    items = [Order(**_order(number, row)) for row in _table(ledger, number, found).to_dict("records")]
    return Page(items=items, total=int(total), next=rows[limit - 1] if len(rows) > limit else None)


def _table(ledger: Ledger, act: int, rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Rows of the view of orders as a table."""
    table = pd.DataFrame(rows, columns=list(ORDER_COLUMNS), dtype="object")
    check_orders(ledger.path, act, table)
    return table


def _order(act: int, row: Mapping[Any, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {name: text_of(row[name]) for name in ORDER_COLUMNS}
    out |= {name: list(filter(None, text_of(row[name]).split(";"))) for name in _LISTS}
    numbers = ("share", *(f"{name}_kg_d" for name in POLLUTANTS))
    out |= {name: None if pd.isna(row[name]) else float(row[name]) for name in numbers}
    status = str(row["status"])
    if status not in STATUS_TEXT:  # a record that another program wrote
        raise refuse("", "act_contents", act=act, column="status", value=status[:60])
    out |= {"act": act, "status": status, "status_text": STATUS_TEXT[status]}
    return out | {"starts": zoned_always(row["starts"]), "ends": zoned(row["ends"])}


def orders_of_enterprise(
    ledger: Ledger, code: str, limit: int, after: int, scope: Scope = WHOLE, city: str | None = None
) -> Page[EnterpriseOrder]:
    """Orders that acts in force ever gave an enterprise, with what later acts left of them, as far as may be seen.

    Raises:
        ApiProblemError: no ``city`` is said, and plants of several have the code.

    """
    standing = standing_issues(ledger)
    acts = with_corrected(ledger, standing)
    every = {act.act: scope.of(_rows_of(ledger, act.act, code)) for act in acts}
    cities = sorted({str(one) for table in every.values() for one in table["city"].unique()})
    if city is None and len(cities) > 1:
        raise ApiProblemError("city-required", f"参数 city 写明其中一个：{'、'.join(cities)}")
    every = {act: table[table["city"] == (city or table["city"])] for act, table in every.items()}
    rows = [row for act in standing for row in every[act.act].to_dict("records")]
    until = _until(acts, every, ledger) if rows else {}
    return _page(rows, limit, after, partial(_left, until))


def _rows_of(ledger: Ledger, act: int, code: str) -> pd.DataFrame:
    sql = (
        f"SELECT {', '.join(ORDER_COLUMNS)} FROM orders WHERE act = ? AND row IN"  # noqa: S608 -- our own names
        " (SELECT row FROM order_rows WHERE act = ? AND enterprise_id = (SELECT id FROM texts WHERE text = ?))"
        " ORDER BY row"
    )
    with in_words(ledger.path):
        rows = ledger.db.conn.execute(sql, [act, act, code]).fetchall()
    return plain_orders(_table(ledger, act, rows), act)


def _until(acts: Sequence[Act], every: Mapping[int, pd.DataFrame], ledger: Ledger) -> dict[tuple[int, str, str], str]:
    """Until when each order that still stands holds, by act, city and order id."""
    out: dict[tuple[int, str, str], str] = {}
    for members in responses(ledger, acts):
        _, stands = what_bound(ledger, members, every)
        keys = zip(stands["act"], stands["city"], stands["order_id"], stands["ends"], strict=True)
        out |= {(int(act), str(city), str(order)): str(ends) for act, city, order, ends in keys}
    return out


def _left(until: Mapping[tuple[int, str, str], str], row: Mapping[Any, Any]) -> EnterpriseOrder:
    said = _order(int(row["act"]), row)
    ends = until.get((said["act"], said["city"], said["order_id"]))
    if ends is None:
        return EnterpriseOrder(**said, state="replaced", holds_until=said["starts"])
    state: Any = "stands" if ends == row["ends"] else "cut"
    return EnterpriseOrder(**said, state=state, holds_until=zoned(ends))


# -- reasons


def seen_order(ledger: Ledger, number: int, order_id: str, scope: Scope) -> None:
    """Refuse an order that may not be seen as one that is not there.

    Raises:
        ApiProblemError: no such act, or no such order there.

    """
    act_of(ledger, number)
    within, places = _within(scope)
    sql = f"SELECT 1 FROM order_rows WHERE act = ? AND order_id = ?{within}"  # noqa: S608 -- our own words
    with in_words(ledger.path):
        if ledger.db.conn.execute(sql, [number, order_id, *places]).fetchone() is None:
            raise ApiProblemError("order-not-found")


def explanation(ledger: Ledger, number: int, order_id: str) -> Explanation:
    """Why a line got an order; a sole trader's name stands in none of it.

    Raises:
        ApiProblemError: no such act or order, or this program cannot decide it again.

    """
    act_of(ledger, number)
    sql = (
        "SELECT e.text, l.text FROM order_rows o JOIN texts e ON e.id = o.enterprise_id"
        " JOIN texts l ON l.id = o.line_id WHERE o.act = ? AND o.order_id = ?"
    )
    with in_words(ledger.path):
        row = ledger.db.conn.execute(sql, [number, order_id]).fetchone()
    if row is None:
        raise ApiProblemError("order-not-found")
    code, line = map(str, row)
    try:
        found = explain_line(ledger, number, order_id, personal=False)
    except InputError:
        raise ApiProblemError("cannot-explain") from None
    return Explanation(
        act=number,
        order_id=order_id,
        enterprise_id=code,
        line_id=line,
        phases=[Reason.model_validate(tree, from_attributes=True) for tree in found.phases],
        lighter=[
            Change(
                text=one.words(), status=one.status.value, share=None if pd.isna(one.share) else float(one.share)
            )
            for one in found.changes
        ],
    )  # fmt: skip
