"""The papers of an act of the record: orders, boards, notice and the pack, as drafts or by the release on record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alertengine.documents import (
    CONTENTS,
    FILES,
    PACK,
    DocumentOptions,
    Evening,
    Footing,
    Paper,
    Release,
    release_of,
    write_documents,
    write_packs,
)
from alertengine.ledger import Act, Ledger
from alertengine.orders import plain_texts
from alertengine.workflow.act_opened import decided_on
from alertengine.workflow.acts_in_force import decided_of
from alertengine.workflow.issue import readings_of
from alertengine.workflow.record_release import RELEASE, record_releases


def write_act_documents(
    ledger: Ledger,
    number: int,
    folder: Path,
    release: Release | None = None,
    tick: Callable[[int, int], None] = lambda _done, _of: None,
) -> None:
    """Write the papers of an act into a folder; ``release`` lets those with open matters go out.

    ``tick`` is told how many more orders are done, of how many.

    The pack of an act that does not say what was open of its forecast comes without approval form and table of
    contents: they would say that nothing was.

    Raises:
        InputError: no such act, or one that never binds is to be released.

    """
    act = ledger.act(number)
    orders = plain_texts(ledger.orders(number))
    decided = decided_of(ledger, act)
    footing = Footing(*decided_on(ledger, number), decided.record if decided else None)
    setting = act.head.get("options", {}).get("scenario", {}).get("mode", "live")
    wish = DocumentOptions(setting=setting, workers=1, now=decided.now if decided else None, release=release)
    write_documents(orders, footing, folder, wish, tick)
    if decided is None or footing.enterprises is None:
        return
    record, doubts = decided.record, left_open_of(act)
    evening = Evening(
        footing.book,
        footing.enterprises,
        record[record["issued"] == decided.at],
        orders,
        act.head.get("summaries", []),
        setting=setting,
        history=record,
        doubts=doubts or (),
        readings=readings_of(act),
        release=release,
    )
    write_packs(evening, folder)
    if doubts is not None:
        return
    for name in (FILES[Paper.APPROVAL], CONTENTS):
        for path in (folder / PACK).rglob(name):
            path.unlink()


def left_open_of(act: Act) -> tuple[tuple[str, str, str], ...] | None:
    """What was open of an act's forecast: city (blank: all), code and words; None where it does not say."""
    said = act.head.get("doubts")
    return None if said is None else tuple((str(city), str(code), str(words)) for city, code, words in said)


def release_on_record(ledger: Ledger, number: int) -> Release | None:
    """The last release of an act's papers on record."""
    found = [one for one in ledger.acts(RELEASE) if one.head.get("about") == number]
    return Release(found[-1].approved_by, found[-1].reason) if found else None


def release_act(ledger: Ledger, number: int, by: str, reason: str, folder: Path) -> list[Act]:
    """Let all papers of an act go out by the decision of a named person, on record with what was open.

    Args:
        ledger: opened for writing.
        number: the act.
        by: who decides, as acts name persons.
        reason: why.
        folder: an empty folder to write the papers in.

    Returns:
        The act of the release; none where nothing was open.

    Raises:
        InputError: a blank reason, no such act, or one that never binds.

    """
    mode = ledger.act(number).head.get("options", {}).get("scenario", {}).get("mode", "live")
    release = release_of(by, reason, mode)
    write_act_documents(ledger, number, folder, release)
    return record_releases(ledger, number, folder, signer=by)
