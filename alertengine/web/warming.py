"""What pages of the record as it stands open with, found before anybody opens them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import pandas as pd

from alertengine.vocabulary import InputError
from alertengine.web.asked import first_page
from alertengine.web.kept import KeptLedger
from alertengine.web.mapview import map_view
from alertengine.web.opening import against_act, drafted, evaluation, given_already, ready_act, rows_file
from alertengine.web.standing import acts_with_orders
from alertengine.workflow import drafts

_Look: TypeAlias = Callable[[Path, int], Any]
#: Drafts and acts that are looked at, the newest.
_MOST: Final = 4


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
