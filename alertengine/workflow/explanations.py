"""Why the lines of an act got their orders, as plain text: one line for all that are alike."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from alertengine.engine import Decision, Engine, Response
from alertengine.lists import EnterpriseList, read_list
from alertengine.orders import Explainer, Reason, SharesBefore, decide_lines, responses_of
from alertengine.vocabulary import ERASED, LEVEL_TEXT, MASKED, to_minute
from alertengine.workflow.act_opened import unpacked
from alertengine.workflow.acts_in_force import plain_orders
from alertengine.workflow.recompute import PUBLIC, known_on, list_file, load_rules

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

#: Kinds of lines explained; of more the rest is counted.
MOST: Final = 400
_ALIKE: Final = ("city", "industry", "process", "effective_grade", "level", "starts", "rules", "measure_text", "status")


def explanation_text(ledger: Ledger, number: int, *, personal: bool = False) -> str:
    """The reasoning of an act, in Chinese, by its rules and its list; without personal fields unless asked for.

    Raises:
        InputError: the act has no orders, or today's program cannot read its inputs.

    """
    act = ledger.act(number)
    orders = plain_orders(ledger.orders(number, personal=personal), number)
    options = act.head.get("options", {})
    with unpacked(ledger, act) as folder:
        book = load_rules(folder, options)
        # The list to explain from: its copy without personal fields where there is one
        file = Path(list_file(folder, options))
        public = folder / PUBLIC / f"{file.stem}.csv"
        enterprises = read_list(folder / file if personal or not public.is_file() else public, book.lists)
        engine = Engine(book, known_on(options))
        told = _reasons_text(engine, enterprises, orders)
    head = f"第{number}号《{act.title}》各类生产线的理由（同类以一条为例）\n\n"
    return head + told.replace(ERASED, MASKED)


def _reasons_text(engine: Engine, enterprises: EnterpriseList, orders: pd.DataFrame) -> str:
    lines, published = enterprises.lines, enterprises.version.status == "published"
    keys = (lines["enterprise_id"].astype("str") + "/" + lines["line_id"].astype("str")).tolist()
    places = {key: place for place, key in enumerate(keys)}
    before, decided = SharesBefore(orders), dict[Response, list[Decision]]()
    groups = list(orders.groupby(list(_ALIKE), sort=True))
    out = []
    for _, group in groups[:MOST]:
        first = group.iloc[0]
        own = orders[(orders["enterprise_id"] == first["enterprise_id"]) & (orders["line_id"] == first["line_id"])]
        responses = responses_of(own.sort_values("starts").reset_index(drop=True))
        starts = datetime.fromisoformat(first["starts"])
        response = next(one for one in responses if any(piece.starts == starts for piece in one.segments))
        if response not in decided:
            decided[response] = decide_lines(engine, lines, response, published=published, before=before).decisions
        place = places.get(f"{first['enterprise_id']}/{first['line_id']}")
        shown = [one for one in decided[response] if to_minute(one.slice.starts) == first["starts"]]
        if place is None or not shown:
            continue
        level = LEVEL_TEXT[first["level"]]
        out.append(
            f"【{first['city']}　{first['industry']}　{first['process']}　{level}】同类{len(group)}条，以下为其中一条"
        )
        out.append(_indented(Explainer(engine, lines, shown[0], place, enterprises.citation).tree()))
    if len(groups) > MOST:
        out.append(f"另有{len(groups) - MOST}类未列，可用 alertengine ledger explain 逐条查看")
    return "\n".join(out) + "\n"


def _indented(reason: Reason, depth: int = 0) -> str:
    lines = ["　" * depth + reason.text.replace("\n", "；")]
    lines += [_indented(one, depth + 1) for one in reason.below]
    return "\n".join(lines) + ("\n" if not depth else "")
