"""The papers of an act: before a signature which would go out as they are, what keeps the others back and removes it.

After it all of them as one zip, letting drafts out under a name, the orders to be printed, the evaluation.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pandas as pd

from alertengine.documents import (
    KEEPS_DRAFT,
    KINDS,
    Builder,
    Footing,
    OpenMatter,
    grouped,
    has_duty,
    plan_matters,
    read_pack_templates,
)
from alertengine.files import environment, scratch
from alertengine.ledger import Ledger
from alertengine.orders import InForce, in_force, plain_texts
from alertengine.vocabulary import STATUS_TEXT, InputError, Problem, plain
from alertengine.vocabulary import times as clock
from alertengine.web.kept import KeptLedger
from alertengine.web.orderrows import marks
from alertengine.web.roles import Scope
from alertengine.workflow import release_act, release_on_record, write_act_documents

if TYPE_CHECKING:
    from alertengine.ledger import Act


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause: how many documents it keeps back, what removes it, where (blank: on this screen)."""

    text: str
    count: int
    removed: str
    address: str


@dataclass(frozen=True, slots=True)
class Ready:
    """Documents in all, those that would be drafts, and why; ``compared``: the laws (ids) that must be compared.

    ``blanks``: by city how many places of the evening's papers stay blank because of its plan, and its form.
    """

    documents: int = 0
    drafts: int = 0
    causes: tuple[Cause, ...] = ()
    compared: tuple[str, ...] = ()
    blanks: tuple[Cause, ...] = ()


def ready(orders: pd.DataFrame, footing: Footing, now: pd.Timestamp | None) -> Ready:
    """What of some orders could go out.

    Args:
        orders: ORDER_COLUMNS.
        footing: list, warnings and rulebook behind them.
        now: the moment of the decision.

    """
    builder = Builder(footing)
    holds = in_force(plain_texts(orders), footing.warnings, now)
    made = [builder.matters(rows) for rows in grouped(holds.rows) if has_duty(rows)]
    counts = Counter(cause for one in made for cause in one)
    cited = {name: document.citation for name, document in footing.book.documents.items()}
    causes = tuple(
        Cause(_in_words(one, cited), count, KINDS[one.kind].on_page, one.address) for one, count in counts.most_common()
    )
    compared = tuple(dict.fromkeys(name for one in counts for name in one.compared))
    blanks = tuple(_blanks(footing, str(city), now) for city in pd.unique(holds.rows["city"])) if made else ()
    return Ready(len(made), sum(map(bool, made)), causes, compared, tuple(one for one in blanks if one.count))


def _blanks(footing: Footing, city: str, now: pd.Timestamp | None) -> Cause:
    """What the evening's papers of a city leave blank because its plan is not entered, or not in full."""
    day = clock.today() if now is None else now.date()
    found = plan_matters(footing.book, city, day, read_pack_templates().departments)
    count = sum(one.keeps != KEEPS_DRAFT for one in found)
    kind = KINDS["no_plan"]
    return Cause(f"{city}的审批表、通知、部门任务单", count, kind.on_page, kind.address.format(about=quote(city)))


def _in_words(one: OpenMatter, cited: Mapping[str, str]) -> str:
    """A matter in words; of lines with the documents it is about in the place of their names."""
    documents = [cited[name] for name in one.about if name in cited]
    return f"{one}：{'、'.join(documents)}" if documents and not one.detail else str(one)


def zipped(path: Path, number: int, tick: Callable[[int, int], None] = lambda _more, _all: None) -> bytes:
    """The papers of an act as one zip, released where a release of them is on record.

    ``tick`` is told how many more orders are done, of how many.

    Raises:
        InputError: there is no such act of warnings and orders.

    """
    with Ledger.open(path) as ledger, scratch() as name:
        write_act_documents(ledger, number, Path(name), release_on_record(ledger, number), tick)
        return zip_of(Path(name))


def release(path: Path, number: int, by: str, reason: str) -> list[Act]:
    """Let the drafts of an act go out under a name, on record with the hash of each and the matters open in it.

    Raises:
        InputError: no reason, nothing to release, or the act is a simulation; nothing was written.

    """
    if not (reason := plain(reason)):
        raise InputError([Problem("reason_wanted", where="session")])
    with Ledger.writable(path) as ledger, scratch() as name:
        return release_act(ledger, number, by, reason, Path(name))


def zip_of(folder: Path) -> bytes:
    """A folder's files as one zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                packed.write(file, file.relative_to(folder).as_posix())
    return made.getvalue()


def printed(title: str, orders: pd.DataFrame, holds: InForce, *, masked: bool) -> str:
    """All orders (ORDER_COLUMNS) as a page to be printed, with the mark of each; ``masked``: no names of persons."""
    table = (
        plain_texts(orders).assign(mark=marks(orders, holds=holds)).sort_values(["county", "enterprise"], kind="stable")
    )
    said = {"title": title, "rows": table.to_dict("records"), "masked": masked}
    return environment("alertengine.web").get_template("print.html.j2").render(**said, texts=STATUS_TEXT)


def evaluated(path: Path, number: int, scope: Scope) -> str:
    """The evaluation of an act as a whole page, persons' names masked.

    Raises:
        InputError: the act has no orders, plotly is not installed, or some counties alone may be seen: it is of all.

    """
    from alertengine.report import evaluation_page
    from alertengine.workflow import evaluate

    if not scope.whole:
        raise InputError([Problem("evaluation_of_all", where="session")])
    with KeptLedger.open(path) as ledger:
        return evaluation_page(evaluate(ledger, number))
