"""From draft to issue by four hands: an officer drafts, another reviews, a third approves, and it is issued.

Each step is an act of its own in the chain; a draft holds all it rests on, and what is issued is run again from
that and must come out as it was approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alertengine.ledger import DRAFT, Act, Difference, Head, Signer, names_apart
from alertengine.orders import OPTION, Override, as_options
from alertengine.vocabulary import InputError, refuse, unsaid
from alertengine.workflow._decisions_on_record import left_unused
from alertengine.workflow.act_opened import differences_from, options_of, rulebook_of
from alertengine.workflow.corrected_acts import check_act_corrected, overtaken_cities
from alertengine.workflow.draft_state import APPROVAL, NOT_OVER, REVIEW, WITHDRAWAL, DraftState, Stage, demand
from alertengine.workflow.issue import Prepared, Signers, details_of, prepare, record
from alertengine.workflow.recompute import PUBLIC
from alertengine.workflow.record_forecasts import given_before
from alertengine.workflow.recording import correction_of, names_differ, reasoned
from alertengine.workflow.run_options import RunOptions
from alertengine.workflow.signatures import StepFinding, compare, levels_of, refuse_incompetent
from alertengine.workflow.snapshot import Collected

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

_BLANK: Final = {"drafted_by": "", "reviewed_by": "", "approved_by": ""}


def submit(ledger: Ledger, prepared: Prepared, by: str, note: str = "", replaces: int | None = None) -> Act:
    """Record a prepared run as a draft; it binds nobody.

    Args:
        ledger: the record.
        prepared: the run, what it rests on, any overrides among its options, and the act it is to correct, if any.
        by: who drafts, as ``office name``.
        note: what reviewer and approver should know.
        replaces: an earlier draft, returned or still open, that this one takes the place of.

    Raises:
        InputError: nobody signed, the draft replaced is issued, withdrawn or none, or the act may not be corrected so;
            nothing was written.

    """
    names_differ(ledger, by, [])
    correction = prepared.collected.correction

    def check() -> None:
        check_act_corrected(ledger, correction, prepared.collected.options.mode)
        if replaces is not None:
            demand(ledger, replaces, NOT_OVER, "replaced")

    check()
    prepared.own_problems += left_unused(ledger, prepared)
    prepared.own_problems += given_before(ledger, prepared, prepared.collected)
    run = prepared.run
    levels = levels_of(run.orders, run.warnings)
    findings = compare(run.book, levels, {**_BLANK, "drafted_by": by}, prepared.collected.options.known_on)
    details = {
        **details_of(prepared, [one for one in findings if one.role == "drafted_by"]),
        "signers": [asdict(one) for one in findings if one.role != "drafted_by"],
        "levels": {city: str(level) for city, (level, _) in sorted(levels.items())},
        "note": note.strip(),
        "replaces": replaces,
    }
    if correction.act is not None:
        details |= {"corrects": correction.act, "correction_reason": correction.reason}
    parts = {"warnings": run.warnings, "orders": names_apart(run.orders)}
    inputs = prepared.collected.inputs(prepared.personal)
    head = Head(prepared.title, drafted_by=by.strip(), details=details)
    return ledger.append(DRAFT, head, parts, inputs=inputs, guard=check)


def review(ledger: Ledger, draft: int, by: str, passed: bool, reason: str = "") -> Act:  # noqa: FBT001 -- an answer
    """Pass a draft on to be approved, or return it with a reason.

    Raises:
        InputError: it does not wait for review, its drafter reviews, or it is returned without a reason; nothing
            was written.

    """
    if not passed:
        reasoned(ledger, reason, "returning_a_draft")

    def check() -> DraftState:
        state = demand(ledger, draft, [Stage.DRAFTED], "reviewed")
        names_differ(ledger, by, [("drafted", state.drafted_by, state.user("drafted_by"))])
        return state

    title = f"{'审核通过' if passed else '退回'}第{draft}号拟稿《{check().title}》"
    head = Head(title, reviewed_by=by.strip(), reason=reason.strip(), details=_about(ledger, draft, passed=passed))
    return ledger.append(REVIEW, head, guard=check)


def approve(
    ledger: Ledger,
    draft: int,
    by: str,
    passed: bool,  # noqa: FBT001 -- an answer
    reason: str = "",
    despite: str = "",
) -> Act:
    """Approve a reviewed draft, or return it with a reason.

    ``despite`` is why it stands although the procedure on file names another office to approve.

    Raises:
        InputError: it does not wait for approval, its drafter or reviewer approves, the office may not (without
            ``despite``), or it is returned without a reason; nothing was written.

    """
    if not passed:
        reasoned(ledger, reason, "returning_a_draft")

    def check() -> DraftState:
        state = demand(ledger, draft, [Stage.REVIEWED], "approved")
        steps = {"drafted": "drafted_by", "reviewed": "reviewed_by"}
        names_differ(ledger, by, [(step, getattr(state, one), state.user(one)) for step, one in steps.items()])
        return state

    state = check()
    findings = competence(ledger, draft, by) if passed else []
    if passed and unsaid(despite):
        refuse_incompetent(findings, str(ledger.path))
    title = f"{'批准' if passed else '退回'}第{draft}号拟稿《{state.title}》"
    details = _about(ledger, draft, passed=passed) | {"despite": despite.strip()}
    details |= {"procedure": [asdict(one) for one in findings]}
    head = Head(title, approved_by=by.strip(), reason=reason.strip(), details=details)
    return ledger.append(APPROVAL, head, guard=check)


def withdraw(ledger: Ledger, draft: int, by: str, reason: str) -> Act:
    """Take back a draft that was not issued.

    Raises:
        InputError: it was issued or withdrawn, nobody signed, or there is no reason; nothing was written.

    """
    names_differ(ledger, by, [])
    reasoned(ledger, reason, "withdrawing_a_draft")

    def check() -> DraftState:
        return demand(ledger, draft, NOT_OVER, "withdrawn")

    title = f"撤回第{draft}号拟稿《{check().title}》"
    head = Head(title, drafted_by=by.strip(), reason=reason.strip(), details=_about(ledger, draft))
    return ledger.append(WITHDRAWAL, head, guard=check)


def issue_draft(ledger: Ledger, draft: int, by: str, despite: str = "") -> tuple[Act, list[StepFinding]]:
    """Issue an approved draft: run again from what it holds, and recorded with its three signatures.

    Args:
        ledger: the record.
        draft: the draft.
        by: who sends it out, as ``office name``; any of the three may.
        despite: why it stands although another office had to approve, or other acts of its cities were issued
            since (of a correction: since the act it corrects); absent: what the approval says.

    Raises:
        InputError: it is not approved or was issued, it comes out differently today, acts of the same cities were
            issued since, the act it is to correct no longer can be, or what
            :func:`~alertengine.workflow.issue.record` refuses; nothing was written.

    """
    names_differ(ledger, by, [])
    why = despite.strip()

    def check() -> DraftState:
        state = demand(ledger, draft, [Stage.APPROVED], "issued")
        check_act_corrected(ledger, state.correction, state.mode)
        if overtaken := not why and overtaken_cities(ledger, state.correction, state.mode, set(state.cities)):
            raise InputError(overtaken)
        if state.overtaken and not why:
            raise refuse(ledger.path, "draft_overtaken", value="、".join(map(str, state.overtaken)), draft=draft)
        return state

    state = check()
    prepared = prepare(collected_of(ledger, draft), ledger.act(draft).title)
    if differences := differences_from(ledger, draft, prepared.run):
        raise refuse(ledger.path, "draft_differs", value=_shown(differences), draft=draft)
    acts: dict[str, Any] = {"draft": draft, "review": state.review_act, "approval": state.approval_act}
    accounts = dict(state.accounts)
    if isinstance(by, Signer):
        accounts["issued_by"] = {"user": by.user, "role": by.role}
    further = {**acts, "issued_by": str(by).strip(), "draft_hash": ledger.act(draft).hash}
    if accounts:
        further["accounts"] = accounts
    steps = {"propose": state.drafted_at, "review": state.reviewed_at, "approve": state.approved_at}
    times = {step: moment for step, moment in steps.items() if moment is not None}
    signed = Signers(state.drafted_by, state.reviewed_by, state.approved_by, times=times)
    why = why or state.despite
    return record(ledger, prepared, signed, state.correction, despite=why, further=further, guard=check)


def _about(ledger: Ledger, number: int, **further: Any) -> dict[str, Any]:
    return {"about": number, "about_hash": ledger.act(number).hash, **further}


def competence(ledger: Ledger, draft: int, by: str) -> list[StepFinding]:
    """Whether a person may approve a draft by the procedure of each of its cities.

    Raises:
        InputError: no such draft, or today's program cannot read its rules.

    """
    act = ledger.act(draft)
    levels = levels_of(ledger.orders(draft), ledger.warnings(draft))
    signed = {**_BLANK, "approved_by": by.strip()}
    found = compare(rulebook_of(ledger, draft), levels, signed, options_of(ledger, act).known_on)
    return [one for one in found if one.role == "approved_by"]


def collected_of(ledger: Ledger, draft: int) -> Collected:
    """The files and options a draft, or an issued act, rests on, to be decided again: looked at, revised or issued.

    Raises:
        InputError: no such draft, or personal data among its files were erased.

    """
    act = ledger.act(draft)
    options = RunOptions.of_act(act)
    if options is None:
        raise refuse(ledger.path, "act_without_run", value=act.kind, act=draft)
    files = [one for one in ledger.inputs(draft) if Path(one.path).parts[0] != PUBLIC]
    gone = [one.path for one in files if not one.kept]
    if gone:
        raise refuse(ledger.path, "act_files_erased", value="、".join(gone), act=draft)
    read = {one.path: ledger.input(draft, one.path) or b"" for one in files}
    return Collected(read, {path: path for path in read}, options=options, correction=correction_of(act))


def with_overrides(collected: Collected, overrides: Iterable[Override]) -> Collected:
    """The same files and options with other overrides in place of any: to be prepared and submitted anew."""
    files = {path: data for path, data in collected.files.items() if Path(path).parts[0] != PUBLIC}
    options = RunOptions.read(collected.options.as_json() | {OPTION: as_options(overrides)})
    return replace(collected, files=files, origins=dict(collected.origins), options=options)


def overrides_of(ledger: Ledger, number: int) -> tuple[Override, ...]:
    """What persons ordered in place of the rules in a draft or an issued act.

    Raises:
        InputError: no such act.

    """
    options = RunOptions.of_act(ledger.act(number))
    return options.overrides if options else ()


def _shown(differences: Sequence[Difference]) -> str:
    """The first rows and columns that differ, and how many more do; no names, which may be a person's."""
    said = [" ".join(filter(None, (one.table, one.row, one.column))) for one in differences[:3]]
    rest = f" and {len(differences) - 3} more" if len(differences) > 3 else ""
    return "; ".join(said) + rest
