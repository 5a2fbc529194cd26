"""A ledger whose orders and lists stay at hand: pages ask for those of the acts in force again and again.

What was read of the record once lies beside it as tables, by what it rests on and without names of persons, so that
every process of the page finds it; what was erased since is not asked for any more.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from alertengine.ledger import Ledger
from alertengine.vocabulary import MASKED, sole_traders
from alertengine.web.jobs.store import WorkFolder, hash_of
from alertengine.workflow import list_of

if TYPE_CHECKING:
    from alertengine.ledger import Act

_TABLE: Final = "table"
#: Columns of plain texts, which come back from Parquet as another kind.
_OBJECTS: Final = "objects"
#: Acts whose orders a process keeps; those of 30,000 lines take some ten megabytes.
_KEPT: Final = 4
#: What pages show of a line of a list, as far as the list has it.
_OF_A_LINE: Final = (
    "enterprise_id", "enterprise", "line_id", "line", "city", "county", "industry", "process", "interruptible", "lon",
    "lat",
)  # fmt: skip
#: Where the inputs lie that a list is read from.
_OF_A_LIST: Final = ("list", "list-public", "totals", "rules")


class KeptLedger(Ledger):
    """The same record, read by pages; what was erased since is not kept."""

    def orders(self, act: int, *, personal: bool = True) -> pd.DataFrame:
        """As of the ledger; with names of persons they are read each time."""
        if personal:
            return super().orders(act, personal=True)
        return _orders(self.path, act, self.act(act).hash, last_erasure(self)).copy(deep=False)


@lru_cache(_KEPT)
def _orders(path: Path, act: int, mark: str, erased: int) -> pd.DataFrame:
    def read() -> pd.DataFrame:
        with Ledger.open(path) as ledger:
            return ledger.orders(act, personal=False)

    return table_once(path, ["orders", mark, erased], read)


def last_erasure(ledger: Ledger) -> int:
    """The last act that erased something: what was read before it is not what is there now."""
    return max((act.act for act in ledger.acts("erasure")), default=0)


def forget_erased(path: Path) -> None:
    """Drop the tables that were read before something was erased."""
    with Ledger.open(path) as ledger:
        since = datetime.fromisoformat(ledger.act(last_erasure(ledger)).recorded_at).timestamp()
    for file in WorkFolder(path).results.glob(f"*/{_TABLE}.parquet"):
        if file.stat().st_mtime < since:
            file.unlink(missing_ok=True)


def table_once(path: Path, rests_on: Sequence[Any], make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """A table kept beside a ledger by what it rests on; ``make`` finds it where it was not kept yet.

    Raises:
        InputError: it cannot be written.

    """

    def packed() -> bytes:
        table, made = make(), io.BytesIO()
        table.attrs = {_OBJECTS: [str(name) for name, kind in table.dtypes.items() if kind == "object"]}
        table.to_parquet(made)
        return made.getvalue()

    found = pd.read_parquet(WorkFolder(path).file_once(hash_of(_TABLE, *rests_on), f"{_TABLE}.parquet", packed))
    return found.astype(dict.fromkeys(found.attrs.pop(_OBJECTS), "object"))


def lines_of(ledger: Ledger, act: Act) -> pd.DataFrame:
    """The lines of the list an act was decided on, as pages show them; acts on the same files share them.

    Code, names, place, industry, process, ``interruptible``, longitude and latitude; of sole traders neither name nor
    place on the map.

    Raises:
        InputError: the list was erased, or cannot be read.

    """
    options = act.head["options"]
    said = options.get("scenario", options)
    inputs = [one for one in ledger.inputs(act.act) if PurePath(one.path).parts[0] in _OF_A_LIST]
    files = [[one.path, one.sha256, one.kept] for one in inputs]
    rests_on = ["lines", files, said.get("list"), said.get("totals"), said.get("adopt") or {}]

    def read() -> pd.DataFrame:
        lines = list_of(ledger, act.act).lines
        mine = sole_traders(lines)
        table = lines[[name for name in _OF_A_LINE if name in lines]]
        table = table.assign(enterprise=table["enterprise"].astype("object").mask(mine, MASKED))
        return table.assign(**{name: table[name].mask(mine) for name in ("lon", "lat") if name in table})

    return table_once(ledger.path, rests_on, read)
