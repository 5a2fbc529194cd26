"""Where each draft stands: read from the acts that speak of it, never stored apart from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from alertengine.ledger import DRAFT, Act
from alertengine.vocabulary import STAGE_TEXT, Setting, Words, civil, refuse
from alertengine.workflow.acts_in_force import acts_since, mode_of
from alertengine.workflow.recording import NO_CORRECTION, Correction, correction_of
from alertengine.workflow.run_options import RunOptions

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

REVIEW: Final = "review"
APPROVAL: Final = "approval"
WITHDRAWAL: Final = "withdrawal"
ISSUE: Final = "issue"


class Stage(StrEnum):
    """How far a draft has come; ``text`` is the word people read."""

    DRAFTED = "drafted"
    REVIEWED = "reviewed"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    ISSUED = "issued"

    @property
    def text(self) -> str:
        """The Chinese word."""
        return STAGE_TEXT[self.value]

    @property
    def open(self) -> bool:
        """Whether somebody has still to act on it."""
        return self in (Stage.DRAFTED, Stage.REVIEWED, Stage.APPROVED)


#: Where a draft may be withdrawn, or another take its place.
NOT_OVER: Final = (Stage.DRAFTED, Stage.REVIEWED, Stage.APPROVED, Stage.RETURNED)


@dataclass(frozen=True, slots=True)
class DraftState:
    """A draft and what became of it.

    Times are civil time without zone.  ``reason`` is why it was returned or withdrawn, ``issued`` the act of
    warnings and orders made of it, ``replaces`` and ``replaced_by`` drafts.  ``levels`` the gravest level of each
    city; ``overrides`` how many lines an officer ordered otherwise; ``signers`` what the procedure on file says of
    review and approval (mappings of a :class:`~alertengine.workflow.signatures.StepFinding`); ``overtaken`` acts of
    the same cities issued since it was drafted, or of a correction since the act it corrects; ``accounts`` the user
    and role of each step on record; ``correction`` the act that it is to correct.
    """

    act: int
    title: str
    stage: Stage
    mode: Setting
    note: str
    drafted_by: str
    drafted_at: datetime
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    reason: str = ""
    despite: str = ""
    issued: int | None = None
    replaces: int | None = None
    replaced_by: int | None = None
    orders: int = 0
    warnings: int = 0
    levels: tuple[tuple[str, str], ...] = ()
    overrides: int = 0
    signers: tuple[dict[str, Any], ...] = ()
    overtaken: tuple[int, ...] = ()
    review_act: int | None = None
    approval_act: int | None = None
    accounts: tuple[tuple[str, dict[str, str]], ...] = ()
    correction: Correction = NO_CORRECTION

    def user(self, step: str) -> str:
        """The user who did a step, blank where none is on record."""
        return dict(self.accounts).get(step, {}).get("user", "")

    @property
    def cities(self) -> tuple[str, ...]:
        """The cities it speaks of."""
        return tuple(city for city, _ in self.levels)


def drafts(ledger: Ledger) -> list[DraftState]:
    """Every draft in the order they were made; one whose options cannot be read is left out and told (``aside``)."""
    acts = ledger.acts()
    about: dict[int, list[Act]] = defaultdict(list)
    for act in acts:
        if act.kind in (REVIEW, APPROVAL, WITHDRAWAL):
            about[int(act.head.get("about", 0))].append(act)
        elif act.kind == ISSUE and act.head.get("draft"):
            about[int(act.head["draft"])].append(act)
        elif act.kind == DRAFT and act.head.get("replaces"):
            about[int(act.head["replaces"])].append(act)
    issued = [act for act in acts if act.kind == ISSUE]
    made = [(act, RunOptions.readable(act)) for act in acts if act.kind == DRAFT]
    return [
        _state(ledger, act, options, about[act.act], issued)
        for act, options in made
        if options is not None or not act.head.get("options")
    ]


def draft(ledger: Ledger, number: int) -> DraftState:
    """One draft.

    Raises:
        InputError: there is no such act, it is no draft, or its options cannot be read.

    """
    act = ledger.act(number)
    if act.kind != DRAFT:
        raise refuse(ledger.path, "not_a_draft", value=act.kind, act=number)
    RunOptions.of_act(act)
    return next(one for one in drafts(ledger) if one.act == number)


def demand(ledger: Ledger, number: int, stages: Sequence[Stage], doing: str) -> DraftState:
    """A draft that stands where something can be done to it; ``doing`` is the step (DRAFT_STEP_TEXT).

    Raises:
        InputError: no such draft, or it stands elsewhere.

    """
    state = draft(ledger, number)
    if state.stage not in stages:
        words = {"act": number, "doing": doing, "stands": _stands(state), "stages": [one.text for one in stages]}
        raise refuse(ledger.path, "draft_stands_elsewhere", **words)
    return state


def _stands(state: DraftState) -> Words:
    if state.stage is Stage.ISSUED:
        return Words("stands_issued", act=state.issued)
    if state.replaced_by:
        return Words("stands_replaced", act=state.replaced_by)
    return Words("stands_at", stage=str(state.stage), why=f" ({state.reason})" if state.reason else "")


def _state(
    ledger: Ledger, act: Act, options: RunOptions | None, about: Iterable[Act], issued: Sequence[Act]
) -> DraftState:
    rows = {part.part: part.rows for part in ledger.parts(act.act)}
    head, levels = act.head, tuple((str(city), str(level)) for city, level in act.head.get("levels", {}).items())
    said, correction, mode = dict[str, Any](stage=Stage.DRAFTED), correction_of(act), mode_of(act)
    since = correction.act or act.act
    accounts = dict(act.head.get("accounts", {}))
    for one in about:
        said |= _changed_by(one)
        if one.kind in (REVIEW, APPROVAL):
            accounts |= one.head.get("accounts", {})
    later = acts_since(issued, mode, {city for city, _ in levels}, since, said.get("issued"))
    return DraftState(
        act=act.act,
        title=act.title,
        mode=mode,
        note=str(head.get("note", "")),
        drafted_by=act.drafted_by,
        drafted_at=civil(act.issued_at),
        replaces=head.get("replaces"),
        orders=rows.get("orders", 0),
        warnings=rows.get("warnings", 0),
        levels=levels,
        overrides=len(options.overrides) if options else 0,
        accounts=tuple(accounts.items()),
        signers=tuple(head.get("signers", ())),
        overtaken=tuple(sorted({act for acts in later.values() for act in acts})),
        correction=correction,
        **said,
    )


def _changed_by(one: Act) -> dict[str, Any]:
    """What a later act changes of a draft's state."""
    moment, passed = civil(one.issued_at), bool(one.head.get("passed"))
    if one.kind == REVIEW:
        stage = Stage.REVIEWED if passed else Stage.RETURNED
        said = {"reviewed_by": one.reviewed_by, "reviewed_at": moment, "review_act": one.act}
        return {"stage": stage, **said, "reason": one.reason}
    if one.kind == APPROVAL:
        stage = Stage.APPROVED if passed else Stage.RETURNED
        said = {"approved_by": one.approved_by, "approved_at": moment, "approval_act": one.act}
        return {"stage": stage, **said, "reason": one.reason, "despite": one.head.get("despite", "")}
    if one.kind == ISSUE:
        return {"stage": Stage.ISSUED, "issued": one.act}
    if one.kind == DRAFT:
        return {"stage": Stage.WITHDRAWN, "replaced_by": one.act, "reason": f"由第{one.act}号拟稿代替"}
    return {"stage": Stage.WITHDRAWN, "reason": one.reason}
