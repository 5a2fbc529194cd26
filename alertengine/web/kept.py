"""A ledger whose orders stay in memory: pages ask for those of the acts in force again and again."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import pandas as pd

from alertengine.ledger import Ledger

#: Acts whose orders a process keeps; those of 30,000 lines take some ten megabytes.
_KEPT: Final = 4


class KeptLedger(Ledger):
    """The same record, read by pages; what was erased since is not kept."""

    def orders(self, act: int, *, personal: bool = True) -> pd.DataFrame:
        """As of the ledger; with names of persons they are read each time."""
        if personal:
            return super().orders(act, personal=True)
        return _orders(self.path, act, self.act(act).hash, last_erasure(self)).copy(deep=False)


@lru_cache(_KEPT)
def _orders(path: Path, act: int, _hash: str, _erased: int) -> pd.DataFrame:
    with Ledger.open(path) as ledger:
        return ledger.orders(act, personal=False)


def last_erasure(ledger: Ledger) -> int:
    """The last act that erased something: what was read before it is not what is there now."""
    return max((act.act for act in ledger.acts("erasure")), default=0)
