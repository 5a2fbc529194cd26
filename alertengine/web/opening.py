"""What the page of a draft or work opens with, found once and kept by the hash of what it rests on.

What pages of the record as it stands open with is found before anybody opens them (:func:`warm`).  All of these raise
``InputError`` where there is no such act or work, or what was found cannot be kept.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import pandas as pd
from pydantic import TypeAdapter

from alertengine.documents import Footing
from alertengine.ledger import Ledger
from alertengine.orders import InForce
from alertengine.vocabulary import (
    EMISSION_FIELDS,
    POLLUTANT_TEXT,
    STATUS_TEXT,
    Flag,
    InputError,
    flagged,
    kilograms,
    left_open,
)
from alertengine.vocabulary import times as clock
from alertengine.web.asked import act_opened, first_page, work_opened
from alertengine.web.auditview import BESIDE
from alertengine.web.brief import Brief, brief_of
from alertengine.web.compared import Against, against, standing_orders
from alertengine.web.jobs.store import WorkFolder, hash_of, state_of
from alertengine.web.kept import KeptLedger, acts_with_orders
from alertengine.web.mapview import map_view
from alertengine.web.orderrows import FIRST, packed, rows, text_rows
from alertengine.web.papers import Ready, evaluated, printed, ready
from alertengine.web.roles import WHOLE, Scope
from alertengine.web.workstore import Works
from alertengine.workflow import correction_of, decided_of, drafts, orders_in_force, overrides_of

_T = TypeVar("_T")
#: Open lines that a phone shows as cards, and lines that a draft's page prints itself; all are on the page of orders.
CARDS: Final = 40
#: Acts that say nothing of what was ordered and done.
_NOT_EVALUATED: Final = BESIDE | {"forecast", "draft", "review", "approval", "withdrawal"}
PRINTED: Final = 400
_Look: TypeAlias = Callable[[Path, int], Any]
#: Makes a file of orders and what holds of them.
_Making: TypeAlias = Callable[[pd.DataFrame, InForce], bytes]
#: Drafts and acts that are looked at, the newest.
_MOST: Final = 4
_OF_A_CARD: Final = ("enterprise", "line", "line_id", "county", "industry", "measure_text", "hangs_on")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as its page opens: the brief, the first rows of the grid, and for a phone its open lines as cards.

    ``open`` are open lines in all; ``lower`` of a card says that a lower level's measure holds at least; ``rest`` is
    what all lines come to, in a sentence.
    """

    brief: Brief
    first: tuple[dict[str, Any], ...]
    cards: tuple[dict[str, str], ...]
    open: int
    lines: int
    rest: str


_SHAPES: Final[Mapping[type, TypeAdapter[Any]]] = {
    kind: TypeAdapter(kind) for kind in (Ready, Against, Drafted, int, str)
}


def _once(path: Path, kind: type[_T], rests_on: Sequence[Any], make: Callable[[], _T]) -> _T:
    """What is kept of a kind by what it rests on; ``make`` finds it where it was not kept yet."""
    shape: TypeAdapter[Any] = _SHAPES[kind]

    def made() -> bytes:
        return json.dumps(shape.dump_python(make(), mode="json"), ensure_ascii=False).encode()

    file = WorkFolder(path).file_once(hash_of(kind.__name__, *rests_on), "said.json", made)
    found: _T = shape.validate_python(json.loads(file.read_bytes()))
    return found


def _rests_on(ledger: Ledger, number: int, scope: Scope) -> list[Any]:
    """What all that is said of an act hangs on."""
    return [*state_of(ledger, number), None if scope.whole else sorted(scope.places or ())]


def _issues(ledger: Ledger) -> list[str]:
    """What hangs on the acts issued so far."""
    return [act.hash for act in ledger.acts("issue")]


def ready_work(path: Path, key: str) -> Ready:
    """What of a work's documents could go out."""
    held = Works(path).held(key)

    def found() -> Ready:
        engine, lines = work_opened(path, held.row.content)
        return ready(held.orders, Footing(engine.book, lines, held.warnings), held.now)

    return _once(path, Ready, [held.row.content], found)


def ready_act(path: Path, number: int, scope: Scope = WHOLE) -> Ready:
    """What of the documents of a draft or an act could go out."""
    with KeptLedger.open(path) as ledger:
        decided, rests_on = decided_of(ledger, ledger.act(number)), _rests_on(ledger, number, scope)
    record, now = (None, None) if decided is None else (decided.record, decided.now)

    def found() -> Ready:
        held = act_opened(path, number, scope)
        return ready(held.orders, Footing(held.engine.book, held.enterprises, record), now)

    return _once(path, Ready, [*rests_on, str(clock.today()) if now is None else ""], found)


def against_work(path: Path, key: str) -> Against:
    """What a work changes of what stands."""
    held = Works(path).held(key)
    with KeptLedger.open(path) as ledger:
        return _once(
            path,
            Against,
            [held.row.content, _issues(ledger)],
            lambda: against(
                ledger, held.in_force.from_decision, _moment(held.now), held.warnings, corrects=held.correction.act
            ),
        )


def against_act(path: Path, number: int, scope: Scope = WHOLE) -> Against:
    """What a draft or an act changes of what stood before it, as far as may be seen."""
    with KeptLedger.open(path) as ledger:
        act = ledger.act(number)
        decided, corrects = decided_of(ledger, act), act.corrects or correction_of(act).act

        def found() -> Against:
            own = orders_in_force(scope.of(ledger.orders(number, personal=False)), decided).from_decision
            issued = next((one.act for one in ledger.acts("issue") if one.head.get("draft") == number), number)
            at, record = (None, None) if decided is None else (decided.at, decided.record)
            return against(ledger, own, _moment(at), record, issued, scope.of, corrects)

        return _once(path, Against, [*_rests_on(ledger, number, scope), _issues(ledger)], found)


def _moment(decided: pd.Timestamp | None) -> pd.Timestamp:
    return pd.Timestamp(clock.now().replace(tzinfo=None)) if decided is None else decided


def drafted(path: Path, number: int, scope: Scope = WHOLE) -> Drafted:
    """A draft or act as its page opens, as far as may be seen."""
    with KeptLedger.open(path) as ledger:

        def found() -> Drafted:
            act = ledger.act(number)
            orders = scope.of(ledger.orders(number, personal=False))
            held = orders_in_force(orders, decided_of(ledger, act))
            summaries = act.head.get("summaries", []) if scope.whole else []
            brief = brief_of(orders, held, summaries, overrides_of(ledger, number))
            now = held.from_decision.now
            asked = now[left_open(now)]
            shown = asked.head(CARDS)
            told = zip(text_rows(shown[list(_OF_A_CARD)]), flagged(shown, Flag.FROM_LOWER_LEVEL), strict=True)
            cards = tuple(row | {"lower": "1" if low else ""} for row, low in told)
            first = tuple(rows(orders, most=FIRST, holds=held))
            return Drafted(brief, first, cards, len(asked), len(now), rest_of(now))

        return _once(path, Drafted, _rests_on(ledger, number, scope), found)


def rest_of(now: pd.DataFrame) -> str:
    """What all lines come to in a sentence: how many of each status, and the kilograms of each pollutant."""
    if now.empty:
        return "没有须执行的指令。"
    counts = now["status"].astype("str").value_counts()
    parts = "，".join(f"{text}{counts[name]:,}条" for name, text in STATUS_TEXT.items() if counts.get(name))
    sums = "，".join(
        f"{POLLUTANT_TEXT[name]} {kilograms(now[column].astype('float64').sum())}"
        for name, column in EMISSION_FIELDS.items()
    )
    return f"全部{len(now):,}条：{parts}。合计减排（千克/日，算不出的按0计）：{sums}。"


def given_already(path: Path, number: int, scope: Scope = WHOLE) -> int:
    """How many orders of a draft an act gave already that still holds."""
    now = pd.Timestamp(clock.now().replace(tzinfo=None))
    with KeptLedger.open(path) as ledger:
        holding = [act.act for act in acts_with_orders(ledger, now)]

        def found() -> int:
            return int((standing_orders(ledger, scope.of(ledger.orders(number, personal=False)), now) > 0).sum())

        return _once(path, int, [*_rests_on(ledger, number, scope), holding, _issues(ledger)], found) if holding else 0


def evaluation(path: Path, number: int, scope: Scope = WHOLE) -> str:
    """The evaluation of an act (:func:`~alertengine.web.papers.evaluated`), made anew once the record goes on.

    Raises:
        InputError: as there.

    """
    with KeptLedger.open(path) as ledger:
        last = [act.hash for act in ledger.acts() if act.kind not in _NOT_EVALUATED][-1:]
        rests_on = ["evaluation", *_rests_on(ledger, number, scope), *last]
    return _once(path, str, rests_on, lambda: evaluated(path, number, scope))


def rows_file(path: Path, number: int, scope: Scope = WHOLE) -> Path:
    """The rows of an act's grid as far as may be seen, persons' names masked: a file of JSON, gzipped."""
    return _file(path, number, scope, "rows", "rows.json.gz", lambda orders, holds: packed(orders, holds=holds))


def printed_act(path: Path, number: int, scope: Scope = WHOLE) -> Path:
    """All orders of an act as far as may be seen as a page to be printed, persons' names masked: HTML, gzipped."""
    return _file(
        path, number, scope, "printed", "print.html.gz",
        lambda orders, holds: _zipped(printed(f"第{number}号", orders, holds, masked=True)),
    )  # fmt: skip


def _file(path: Path, number: int, scope: Scope, kind: str, file: str, make: _Making) -> Path:
    """What is made of the orders of an act that may be seen, as a file kept by what it rests on."""
    with KeptLedger.open(path) as ledger:
        name = hash_of(kind, *_rests_on(ledger, number, scope))

        def made() -> bytes:
            orders = scope.of(ledger.orders(number, personal=False))
            return make(orders, orders_in_force(orders, decided_of(ledger, ledger.act(number))))

        return WorkFolder(path).file_once(name, file, made)


def printed_work(path: Path, key: str) -> Path:
    """All orders of a work in hand as a page to be printed: HTML, gzipped."""
    work = Works(path).held(key)
    title = f"{work.row.title}（未提交的拟稿，第{work.row.version}版）"
    name = hash_of("printed", work.row.content, title)
    return WorkFolder(path).file_once(
        name, "print.html.gz", lambda: _zipped(printed(title, work.orders, work.in_force, masked=False))
    )


def _zipped(page: str) -> bytes:
    return gzip.compress(page.encode(), 4)


def warm(path: Path, rules: tuple[Path, ...], now: datetime) -> int:
    """Find what 今日, the map, open drafts and acts in force open with; it is kept beside the ledger.

    Args:
        path: the ledger.
        rules: further folders of rules.
        now: civil time.

    Returns:
        How many were found; one that cannot be found says so where its page is opened.

    """
    with KeptLedger.open(path) as ledger:
        waiting = [state.act for state in drafts(ledger) if state.stage.open and not state.replaced_by][-_MOST:]
        acts = [act.act for act in acts_with_orders(ledger, pd.Timestamp(now))][-_MOST:]
    steps: list[Callable[[], Any]] = [
        partial(first_page, path, rules, now),
        partial(map_view, path, rules, now, points=True),
    ]
    of_drafts: list[_Look] = [drafted, given_already, rows_file, against_act, ready_act]
    of_acts: list[_Look] = [drafted, rows_file, ready_act, evaluation]
    for looks, numbers in ((of_drafts, waiting), (of_acts, acts)):
        steps += [partial(look, path, number) for look in looks for number in numbers]
    done = 0
    for step in steps:
        with suppress(InputError):
            step()
            done += 1
    return done
