"""Whether what the acts of a ledger hold can be read: a right chain proves nothing of who wrote it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from alertengine.ledger import Act, Ledger, Verified, check_codes
from alertengine.vocabulary import STATUS_TEXT, Both, InputError, foreign
from alertengine.workflow import _decisions_on_record as decisions
from alertengine.workflow import _record_findings as findings
from alertengine.workflow.acts_in_force import warnings_so_far
from alertengine.workflow.bureau import bureau_cities
from alertengine.workflow.delivery import record as deliveries
from alertengine.workflow.draft_state import drafts
from alertengine.workflow.issue import readings_of
from alertengine.workflow.run_options import RunOptions

#: What nonsense makes reading raise where nothing says so in words.
_BROKEN: Final = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, sqlite3.Error)
#: Tables that are read by more than their columns, by the kind of their act.
_TABLES: Final[dict[str, Callable[[Ledger, int], Any]]] = {
    decisions.KIND: lambda ledger, act: decisions.rows_of(ledger, act, personal=False),
    findings.FINDING: lambda ledger, act: findings.findings_of_act(ledger, act, personal=False),
    deliveries.KIND: lambda ledger, act: deliveries.receipts_of_act(ledger, act, personal=False),
}
#: What is read of all acts together.
_WHOLE: Final[tuple[Callable[[Ledger], Any], ...]] = (drafts, warnings_so_far, bureau_cities, decisions.decisions_of)


def check_contents(found: Verified) -> None:
    """Read all that the acts of an intact ledger hold; one defect for each act that cannot be read.

    ``found`` is what :func:`alertengine.ledger.verify` came to.

    Raises:
        InputError: the ledger cannot be opened any more.

    """
    with Ledger.open(found.path) as ledger:
        for number in range(1, found.acts + 1):
            _attempt(found, number, partial(_read, ledger, number))
        for read in _WHOLE:
            if found.sound:
                _attempt(found, None, partial(read, ledger))


def _attempt(found: Verified, act: int | None, read: Callable[[], Any]) -> None:
    try:
        read()
    except InputError as error:
        one = error.problems[0]
        if one.code == "act_contents":
            found.note(
                "foreign", "acts", "contents_not_ours", act, what=": ".join(filter(None, (one.column, one.value)))
            )
        else:
            found.note("foreign", "acts", "contents_refused", act, problem=one)
    except _BROKEN as error:
        english = f"{type(error).__name__}: {error}"[:280]
        found.note("foreign", "acts", "contents_unread", act, error=Both(english, foreign(error).chinese))


def _read(ledger: Ledger, number: int) -> None:
    act: Act = ledger.act(number)
    for part in ledger.parts(number):
        if part.part == "orders":
            orders = ledger.orders(number, personal=False)
            check_codes(ledger.path, number, orders["status"], STATUS_TEXT)
        elif part.part == "warnings":
            ledger.warnings(number)
        else:
            ledger.part(number, part.part, personal=False)
    readings_of(act)
    RunOptions.of_act(act)
    if act.kind in _TABLES:
        _TABLES[act.kind](ledger, number)
