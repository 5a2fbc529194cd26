"""Explaining from the files: an order of a table, the list it was made for, the rules of its day."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from alertengine.engine import Engine, Response, Segment
from alertengine.files import lies_in, lists_folder, read_json
from alertengine.lists import EnterpriseList, line_keys, read_list
from alertengine.orders._decide import Orders, decide_lines
from alertengine.orders._explain.lighter import LighterFacts, in_sentences, lighter_changes
from alertengine.orders._explain.why import Explainer, Reason
from alertengine.orders.read import plain_texts, read_orders
from alertengine.orders.shares_before import SharesBefore
from alertengine.rulebook import Rulebook, load_rules
from alertengine.vocabulary import (
    STATUS_TEXT,
    Flag,
    InputError,
    Level,
    Problem,
    Result,
    Status,
    as_day,
    flags_of,
    gathering,
    refuse_together,
    require,
    to_minute,
)

#: Lines named when an id is not found.
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Explanation(Result):
    """The reasoning of each phase of one line's order, and what would lighten the first phase of each warning."""

    phases: list[Reason]
    changes: list[LighterFacts]
    #: The list, or the orders.
    made_from: Sequence[Result] = field(default=(), repr=False)
    #: Orders that come out otherwise than they were given.
    own_problems: Sequence[Problem] = ()

    def _repr_html_(self) -> str:
        """The reasons in a notebook, as nested lists, and what would bring a lighter order."""
        lighter = "".join(f"<li>{escape(sentence)}</li>" for sentence in in_sentences(self.changes))
        trees = "".join(_list_html(phase) for phase in self.phases)
        return f"<ul>{trees}</ul>" + (f"<p>怎样会更轻（其他事实不变）</p><ul>{lighter}</ul>" if lighter else "")


def _list_html(reason: Reason) -> str:
    below = "".join(_list_html(one) for one in reason.below)
    return f"<li>{escape(reason.text)}" + (f"<ul>{below}</ul>" if below else "") + "</li>"


def explain(
    orders: Orders | Path | str,
    line: str,
    book: Rulebook | None = None,
    enterprise_list: EnterpriseList | pd.DataFrame | Path | str | None = None,
    known_on: date | str | None = None,
    *,
    decisions: Path | str | None = None,
) -> Explanation:
    """Why a line got its order, why not a lighter one, and what would change it.

    >>> from alertengine import decide, explain, load_rules, read_list
    >>> book = load_rules()
    >>> lines = read_list("enterprise_lists/linfen-synthetic.csv", book)
    >>> why = explain(decide(lines, book, level="red", date="2021-01-20"), "临汾洪洞合成化肥有限公司/01")
    >>> why.phases[0].below[0].text
    '结论：红色，2021-01-20 00:00 至 另行通知，执行减排，减排比例50%'
    >>> why.changes[0].facts
    (('grade', '引领性'),)

    Args:
        orders: what ``decide`` gave, or the file that ``orders`` or ``respond`` wrote.
        line: an order id, ``ENTERPRISE/LINE`` (credit code or name), or a line id where it is unique.
        book: of a file: the rulebook, with what the orders adopted; None: the shipped one.
        enterprise_list: of a file: the list; None: the one the run's summary.json names.
        known_on: of a file: only documents issued by that day count, as they did for the orders.
        decisions: of a file: what authorities decided; None: what stands beside the list.

    Raises:
        InputError: no such line, or the list does not hold it.
        TypeError: an argument is an object of another class.

    """
    require(orders, "orders", Orders, str, PathLike)
    require(line, "line", str)
    if isinstance(orders, Orders):
        engine = Engine(orders.book, orders.known_on)
        found = explain_order(plain_texts(orders.table), line, engine, orders.enterprises, "orders")
        return replace(found, made_from=[orders])
    orders = Path(orders)
    book = book or load_rules()
    problems, enterprises, why = list[Problem](), None, None
    with gathering(problems):
        if isinstance(enterprise_list, EnterpriseList):
            enterprises = enterprise_list
        elif enterprise_list is not None or orders.is_file():  # else there is nothing that names a list
            listed = list_beside(orders) if enterprise_list is None else enterprise_list
            enterprises = read_list(listed, book, decisions=decisions)
    with gathering(problems):
        table = read_orders(orders)
        engine = Engine(book, as_day(known_on, "known_on") or book.known_on)
        if enterprises is not None:
            why = explain_order(table, line, engine, enterprises, str(orders))
    refuse_together(problems, enterprises)
    assert why is not None  # noqa: S101 -- as nothing was refused
    return why


def explain_order(
    table: pd.DataFrame, line: str, engine: Engine, enterprises: EnterpriseList, file: str
) -> Explanation:
    """Explain one line of orders at hand.

    Args:
        table: the orders: ORDER_COLUMNS, times as ``YYYY-MM-DD HH:MM`` texts.
        line: as in :func:`explain`.
        engine: of the rulebook they were decided by, with the ``known_on`` of that decision.
        enterprises: the list they were made for.
        file: where the orders come from, for messages.

    Raises:
        InputError: no such line, or the list does not hold it.

    """
    rows = rows_of(table, line, file)
    responses = responses_of(rows)
    own = enterprises.lines
    plants, asked = (line_keys(table).droplevel("line_id") for table in (own, rows))
    own = own[plants.isin(asked)].reset_index(drop=True)
    at = own.index[line_keys(own).isin(line_keys(rows))]
    if not len(at):
        raise InputError([Problem("line_not_on_list", file=enterprises.file, value=line)])
    published = enterprises.version.status == "published"
    before = SharesBefore(table)  # which lines of the enterprise stop is as these orders say
    made = [decide_lines(engine, own, one, published=published, before=before) for one in responses]
    decided = [one.decisions for one in made]
    ends = dict(zip(rows["starts"].astype("str"), rows["ends"].fillna("").astype("str"), strict=True))
    shown = [
        (one, start) for decisions in decided for one in decisions if (start := to_minute(one.slice.starts)) in ends
    ]
    phases = [
        Explainer(engine, own, decision, int(at[0]), enterprises.citation, ends[start]).tree()
        for decision, start in shown
    ]
    several = len(responses) > 1
    changes = [
        replace(change, starts=one.segments[0].starts if several else None)
        for one in responses
        for change in lighter_changes(engine, own, one, published=published, row=int(at[0]))
    ]
    anew = plain_texts(pd.concat([one.table for one in made], ignore_index=True))
    anew = anew[(anew["line_id"] == str(rows["line_id"].iloc[0])).to_numpy(dtype=bool)].sort_values("starts")
    return Explanation(phases, changes, [enterprises], _otherwise(rows, anew, file))


def _otherwise(rows: pd.DataFrame, anew: pd.DataFrame, file: str) -> list[Problem]:
    """A problem for each order of a line that is not what is decided ``anew``: its reasons are of another one.

    What a person decided otherwise than the rules is no such order.
    """
    problems = []
    for row in rows.to_dict("records"):
        held = anew[(anew["starts"] <= row["starts"]).to_numpy(dtype=bool)].tail(1).to_dict("records")
        if Flag.OVERRIDDEN in flags_of(str(row.get("flags", ""))):
            continue
        if not held or any(_told(row, name) != _told(held[0], name) for name in ("status", "measure", "share")):
            found = str(held[0]["measure_text"]) if held else STATUS_TEXT[Status.NONE]
            said: dict[str, Any] = {"told": str(row["measure_text"]), "found": found}
            problems.append(Problem("explained_otherwise", file=file, value=str(row["order_id"]), **said))
    return problems


def _told(row: dict[Hashable, Any], name: str) -> str:
    """A cell of an order, shares to the digits that both a file and a decision keep."""
    return str(round(float(row[name]), 4) if name == "share" else row[name])


def rows_of(table: pd.DataFrame, line: str, file: str) -> pd.DataFrame:
    """The rows of one line in a table of orders, in order of time.

    Raises:
        InputError: as :func:`line_named`.

    """
    return line_named(table, line, file).sort_values("starts").reset_index(drop=True)


def line_named(table: pd.DataFrame, line: str, file: str) -> pd.DataFrame:
    """The rows of one line in a table of orders or of a list.

    Args:
        table: columns city, enterprise_id, enterprise and line_id, and of orders order_id.
        line: an order id, ``ENTERPRISE/LINE`` with the enterprise by id or name, the enterprise alone where it has one
            line, or a line id where it is unique; before an enterprise may stand its city (太原市/…).
        file: where the table comes from, for messages.

    Raises:
        InputError: no line answers to this, or several; lines of the enterprise are named where there is one.

    """
    city, code, firm, number = (
        table[name].astype("str") for name in ("city", "enterprise_id", "enterprise", "line_id")
    )
    name, _, own = line.rpartition("/")
    called = [code, firm, city + "/" + code, city + "/" + firm]
    whole, part = (pd.concat([text == one for text in called], axis=1).any(axis=1) for one in (line, name))
    asked = [part & (number == own), number == line, whole]
    if "order_id" in table:
        asked.insert(0, table["order_id"].astype("str") == line)
    found = next((rows for rows in asked if rows.any()), None)
    ids = code + "/" + number
    ids = ids.where(city.groupby(ids).transform("nunique") == 1, city + "/" + ids)  # of one code in two cities
    names = ids[found if found is not None else part if part.any() else slice(None)].drop_duplicates()
    if found is None:
        raise InputError([Problem("no_such_line", file=file, value=line, names=list(names.head(_SHOWN)))])
    if len(names) > 1:
        shown = list(names.head(_SHOWN))
        raise InputError([Problem("several_lines", file=file, value=line, count=len(names), names=shown)])
    return table[ids == names.iloc[0]]


def responses_of(rows: pd.DataFrame) -> list[Response]:
    """The responses that rows of one line belong to, in order of time: of each warning its segments and life.

    Hours count from the start of the life, which a row's time and phase tell: two warnings of one evening are two.

    Raises:
        InputError: the rows, of another office's record, hold no levels, times and phases.

    """
    lives: dict[datetime, list[Segment]] = {}
    try:
        for row in rows.to_dict("records"):
            starts = datetime.fromisoformat(str(row["starts"]))
            ends = datetime.fromisoformat(str(row["ends"])) if row["ends"] else None
            since = float(str(row["phase"]).split("-")[0] or 0)
            lives.setdefault(starts - timedelta(hours=since), []).append(
                Segment(starts, ends, Level(str(row["level"])))
            )
    except (ValueError, OverflowError):
        value = f"{rows['enterprise_id'].iloc[0]}/{rows['line_id'].iloc[0]}"
        raise InputError([Problem("order_rows_unusable", where="orders", value=value)]) from None
    return [Response(tuple(segments), start) for start, segments in lives.items()]


def list_beside(orders: Path) -> Path:
    """The list that the summary.json beside the orders names: with the run, beside its folder, here, or a shipped one.

    Raises:
        InputError: there is none, or it lies elsewhere; the summary may be another office's.

    """
    summary = orders.parent / "summary.json"
    try:
        path = Path(read_json(summary.read_text(encoding="utf-8"))["inputs"]["list"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError([Problem("list_not_known", file=str(orders))]) from None
    if not lies_in(path, [orders.absolute().parent.parent, Path.cwd(), lists_folder()]):
        raise InputError([Problem("list_elsewhere", file=str(summary), column="inputs.list", value=str(path))])
    return path
