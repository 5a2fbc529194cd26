"""Who may do what on the page: roles, their Chinese names, and what each allows."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """One thing a person may be allowed."""

    READ = "read"
    WORK = "work"
    REVIEW = "review"
    APPROVE = "approve"
    AUDIT = "audit"
    SIMULATE = "simulate"
    MANAGE = "manage"


class Role(StrEnum):
    """What a person is in the bureau; one person may be several things."""

    OFFICER = "officer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    READER = "reader"
    KEEPER = "keeper"


ROLE_TEXT: Final = {
    Role.OFFICER: "经办",
    Role.REVIEWER: "审核",
    Role.APPROVER: "批准",
    Role.AUDITOR: "核查",
    Role.READER: "查看",
    Role.KEEPER: "账号管理",
}
RIGHT_TEXT: Final = {
    Right.READ: "查看",
    Right.WORK: "录入预报和清单、拟稿、发出",
    Right.REVIEW: "审核",
    Right.APPROVE: "批准",
    Right.AUDIT: "核查台账和个人信息",
    Right.SIMULATE: "推演",
    Right.MANAGE: "管理账号和接口密钥",
}
#: The keeper of accounts signs nothing: whoever can make accounts must not be able to issue by them.
_RIGHTS: Final = {
    Role.OFFICER: {Right.READ, Right.WORK, Right.SIMULATE},
    Role.REVIEWER: {Right.READ, Right.REVIEW, Right.SIMULATE},
    Role.APPROVER: {Right.READ, Right.APPROVE, Right.SIMULATE},
    Role.AUDITOR: {Right.READ, Right.AUDIT, Right.SIMULATE},
    Role.READER: {Right.READ},
    Role.KEEPER: {Right.MANAGE},
}


#: Roles that one account never holds together: drafting and approving, keeping accounts and signing.
_CLASHING: Final = (
    frozenset({Role.OFFICER, Role.APPROVER}),
    *(frozenset({Role.KEEPER, role}) for role in (Role.OFFICER, Role.REVIEWER, Role.APPROVER)),
)
_SIGNING: Final = frozenset({Right.WORK, Right.REVIEW, Right.APPROVE})


def clashing(roles: frozenset[Role]) -> bool:
    """Whether two of some roles exclude each other."""
    return any(pair <= roles for pair in _CLASHING)


def rights_of(roles: frozenset[Role]) -> frozenset[Right]:
    """All that several roles allow together; an account of before whose roles exclude each other signs nothing."""
    rights: frozenset[Right] = frozenset().union(*(_RIGHTS[role] for role in roles))
    return rights - _SIGNING if clashing(roles) else rights
