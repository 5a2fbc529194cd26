"""What each kind of job does, in a process of its own: it takes and gives JSON, and files by hash."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import pandas as pd
import yaml

from alertengine.files import replacing_text
from alertengine.ledger import DRAFT, Ledger, Signer
from alertengine.orders import Override, held_now
from alertengine.vocabulary import InputError, Problem, to_minute
from alertengine.vocabulary import times as clock
from alertengine.web.accounts import Accounts
from alertengine.web.brief import KEPT_BRIEF, brief_of
from alertengine.web.compared import Without, standing_orders
from alertengine.web.jobs.store import JobPlace
from alertengine.web.opening import warm
from alertengine.web.orderrows import FIRST, packed, rows
from alertengine.web.papers import release, zipped
from alertengine.web.roles import Right
from alertengine.web.work import Work, WorkInput, again, begin, correct, decided_otherwise, hand_in, renewed
from alertengine.web.workstore import WorkRow, WorkStore, decided_under, result_of
from alertengine.workflow import (
    Collected,
    Prepared,
    RunOptions,
    issue_draft,
    plain,
    prepare,
    release_on_record,
    replay,
    with_overrides,
)

#: Differences of a replay that are kept, and tries to put a change in place where others change the same work.
_MOST_DIFFERENCES: Final = 200
_TRIES: Final = 5
#: The file of a season's scenario.
_SEASON: Final = "scenario.yaml"


def decide(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Decide on uploaded files: a new work."""
    works = WorkStore(place.folder)
    files = {key: works.upload(one) for key, one in asked["files"].items()}
    beside = [works.upload(one) for one in asked["beside"]]
    question = WorkInput(asked["title"], asked["mode"], files, beside, tuple(asked["cities"]), asked["note"])
    work = begin(place.ledger, place.rules, question, asked["user"])
    return _added(place, work, asked["by"])


def revise(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A draft of the record in hand once more: a new work."""
    return _added(place, again(place.ledger, asked["draft"], asked["user"], place.rules), asked["by"])


def begin_correction(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """An issued act in hand, to be corrected: a new work."""
    return _added(place, correct(place.ledger, asked["act"], asked["reason"], asked["user"]), asked["by"])


def _added(place: JobPlace, work: Work, by: str) -> dict[str, Any]:
    works = WorkStore(place.folder)
    row = works.add(work.prepared.title, work.user, by, work.prepared.collected, work.replaces)
    _save(place, row.result, work.prepared)
    return {"work": row.key}


def redecide(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Decide a work as it stands, whose result is gone or was of another program."""
    works = WorkStore(place.folder)
    row = works.get(asked["work"])
    _save(place, row.result, prepare(works.collected(row.content), row.title))
    return {"work": row.key}


def renew(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Decide a work anew on the record as it stands, with the decisions of persons it has and other files, if given."""
    works = WorkStore(place.folder)
    put = {key: works.upload(one) for key, one in asked.get("files", {}).items()}
    beside = [works.upload(one) for one in asked.get("beside", ())]

    def decided(row: WorkRow, held: Collected) -> Prepared:
        return renewed(place.ledger, place.rules, held, row.title, row.user, put, beside).prepared

    return _changed(place, asked, decided)


def override(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Order lines of a work otherwise, or let the rules decide them again, and decide all anew."""
    put = [Override.model_validate(one) for one in asked["put"]]
    drop = [(code, line) for code, line in asked["drop"]]

    return _changed(place, asked, lambda row, held: decided_otherwise(held, row.title, put, drop))


def _changed(
    place: JobPlace, asked: Mapping[str, Any], decide: Callable[[WorkRow, Collected], Prepared]
) -> dict[str, Any]:
    """Put what a work is decided to in the place of what it was; decided once more where that was changed meanwhile."""
    works = WorkStore(place.folder)
    for _ in range(_TRIES):
        row = works.get(asked["work"])
        prepared = decide(row, works.collected(row.content))
        content = works.keep(prepared.collected)
        _save(place, result_of(content), prepared)
        if works.change(row, content, prepared.title, asked["by"]):
            return {"work": row.key}
    raise InputError([Problem("work_changed_meanwhile", where="session")])


def _save(place: JobPlace, result: str, prepared: Prepared) -> None:
    """Leave what was decided under its hash: tables, and what the page says of them."""
    run, whole = prepared.run, place.folder.result(result)
    if (whole / "said.json").is_file():
        return
    part = place.folder.result(f"{result}.{place.key}.part")
    part.mkdir(mode=0o700, exist_ok=True)
    run.orders.to_parquet(part / "orders.parquet")
    run.warnings.to_parquet(part / "warnings.parquet")
    with Ledger.open(place.ledger) as ledger:
        stands = standing_orders(ledger, run.orders, pd.Timestamp(clock.now().replace(tzinfo=None)))
    held, overrides = held_now(run.orders, run.warnings, run.now), prepared.collected.options.overrides
    (part / "rows.json.gz").write_bytes(packed(run.orders, stands, held))
    given, sums, without = int((stands > 0).sum()), plain(run.summaries), _without(place, prepared)
    said = {
        "brief": KEPT_BRIEF.dump_python(brief_of(run.orders, held, sums, overrides, given, without), mode="json"),
        "first": rows(run.orders, stands, FIRST, held),
        "now": None if run.now is None else to_minute(run.now),
        "problems": [one.as_dict() for one in prepared.problems],
        "notes": [one.as_dict() for one in prepared.notes],
        "readings": [one.recorded() for one in prepared.readings],
    }
    replacing_text(part / "said.json", json.dumps(said, ensure_ascii=False))
    if not whole.exists():
        part.rename(whole)


def _without(place: JobPlace, prepared: Prepared) -> Without | None:
    """What it would be without the decisions of persons, decided once and kept under its own hash; None without any."""
    decided = prepared.collected.options.overrides
    if not decided:
        return None
    works = WorkStore(place.folder)
    bare = with_overrides(prepared.collected, [])
    result = result_of(works.keep(bare))
    if place.folder.said(result) is None:
        _save(place, result, prepare(bare, prepared.title))
    found = decided_under(place.folder, result)
    lines = [(one.enterprise_id, one.line_id) for one in decided]
    return Without.of(found.in_force.from_decision, found.brief.summaries, lines)


def hand_in_work(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Submit a work as a draft; one that the page's end cut off is not submitted twice.

    Raises:
        InputError: another than the ``version`` that was seen by whoever submits it.

    """
    by = _signer(place, asked["by"], Right.WORK)
    works = WorkStore(place.folder)
    row = works.get(asked["work"])
    if asked.get("version", row.version) != row.version:
        raise InputError([Problem("draft_changed", where="session", by=row.changed_by, version=row.version)])
    collected = works.collected(row.content)
    number = _submitted(place, row, collected.options, by) if place.starts else None
    if number is None:
        work = Work(prepare(collected, row.title), row.user, row.replaces)
        number = hand_in(place.ledger, work, by, asked["note"]).act
    works.drop(row.key)
    return {"act": number}


def _submitted(place: JobPlace, row: WorkRow, options: RunOptions, by: Signer) -> int | None:
    """The draft that this work has become already."""
    with Ledger.open(place.ledger) as ledger:
        for act in reversed(ledger.acts(DRAFT)):
            if datetime.fromisoformat(act.recorded_at).timestamp() < row.began - 1:
                return None
            if (act.title, str(act.drafted_by), act.head.get("options")) == (row.title, str(by), options.as_json()):
                return act.act
    return None


def issue(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Issue an approved draft."""
    by = _signer(place, asked["by"], Right.WORK)
    with Ledger.writable(place.ledger) as ledger:
        act, _ = issue_draft(ledger, asked["draft"], by, despite=asked["despite"])
    return {"act": act.act}


def _signer(place: JobPlace, user: str, right: Right) -> Signer:
    """The signature of a person, if they may sign by now.

    Raises:
        InputError: they may not.

    """
    account = Accounts(place.ledger).get(user)
    if account is None or right not in account.rights:
        raise InputError([Problem("signed_out", where="session")])
    return account.signer(right)


def let_out(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Let the drafts of an act go out under a name; once, whatever the page's end cut off."""
    by = _signer(place, asked["by"], Right.APPROVE)
    with Ledger.open(place.ledger) as ledger:
        before = release_on_record(ledger, asked["act"]) if place.starts else None
    acts = [] if before is not None else release(place.ledger, asked["act"], by, asked["reason"])
    return {"acts": [act.act for act in acts]}


def documents(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The documents of an act, as one zip."""
    data = zipped(place.ledger, asked["act"], tick=place.counting())
    (place.out / "documents.zip").write_bytes(data)
    return {"bytes": len(data)}


def warmed(place: JobPlace, _asked: Mapping[str, Any]) -> dict[str, Any]:
    """What pages of the record as it stands open with."""
    now = clock.now().replace(tzinfo=None, second=0, microsecond=0)
    return {"found": warm(place.ledger, place.rules, now)}


def replayed(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """An act decided again and compared."""
    with Ledger.open(place.ledger) as ledger:
        found = replay(ledger, asked["act"])
    return {
        "rows": found.rows,
        "erased": found.erased,
        "count": len(found.differences),
        "differences": [asdict(one) for one in found.differences[:_MOST_DIFFERENCES]],
        "versions": {name: list(both) for name, both in found.versions.items()},
    }


def season(place: JobPlace, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A season with its variants: tables and report."""
    from alertengine.report import compared, write_season
    from alertengine.simulation import read_season, simulate

    works, folder = WorkStore(place.folder), place.out / "in"
    folder.mkdir()
    for held in asked["files"]:
        upload = works.upload(held)
        (folder / upload.plain_name).write_bytes(upload.data)
    path = folder / _SEASON
    path.write_text(yaml.safe_dump(asked["content"], allow_unicode=True, sort_keys=False), encoding="utf-8")
    found = simulate(read_season(str(path)), place.counting())
    write_season(found, place.out / "out")
    notes = [one.as_dict() for one in (*found.problems, *found.notes)]
    return {"rows": compared(found), "notes": notes}
