"""What leaves the bureau of an act: its papers, letting drafts out under a name, its evaluation."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from alertengine.files import environment, scratch
from alertengine.ledger import Ledger
from alertengine.orders import plain_texts
from alertengine.vocabulary import STATUS_TEXT, InputError, Problem
from alertengine.web.kept import KeptLedger
from alertengine.web.orderrows import marks
from alertengine.web.scope import WHOLE, Scope
from alertengine.workflow import release_act, release_on_record, write_act_documents

if TYPE_CHECKING:
    import pandas as pd

    from alertengine.ledger import Act


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
    if not reason.strip():
        raise InputError([Problem("reason_wanted", where="session")])
    with Ledger.writable(path) as ledger, scratch() as name:
        return release_act(ledger, number, by, " ".join(reason.split()), Path(name))


def zip_of(folder: Path) -> bytes:
    """A folder's files as one zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                packed.write(file, file.relative_to(folder).as_posix())
    return made.getvalue()


def printed(title: str, orders: pd.DataFrame, *, masked: bool) -> str:
    """All orders (ORDER_COLUMNS) as a page to be printed, with the mark of each; ``masked``: no names of persons."""
    table = plain_texts(orders).assign(mark=marks(orders)).sort_values(["county", "enterprise"], kind="stable")
    said = {"title": title, "rows": table.to_dict("records"), "masked": masked}
    return environment("alertengine.web").get_template("print.html.j2").render(**said, texts=STATUS_TEXT)


def evaluated(path: Path, number: int, scope: Scope = WHOLE) -> str:
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
