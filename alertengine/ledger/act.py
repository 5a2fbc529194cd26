"""What goes into a ledger and comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

#: Kinds of acts, with the words people read.  Others may be added: the layout does not change.
KINDS: Final = {
    "issue": "预警与指令",
    "delivery": "送达",
    "publication": "清单发布",
    "release": "草稿放行",
    "finding": "核查结论",
    "decision": "处罚决定",
    "erasure": "个人信息删除",
    "access": "个人信息查阅",
    "upgrade": "台账升级",
    "forecast": "预报录入",
    "superior_order": "上级调度令",
    "account": "账号",
    "signin": "登录",
    "key": "接口密钥",
    "draft": "拟稿",
    "review": "审核",
    "approval": "批准",
    "withdrawal": "撤回",
    "signature": "个人签名",
    "setting": "设置",
}
#: The columns of an act that hold signatures.
STEPS: Final = ("drafted_by", "reviewed_by", "approved_by")
#: Holds warnings and orders that nobody has issued: they count nowhere as orders.
DRAFT: Final = "draft"
#: For SQL: rows of acts that are no draft.
NOT_DRAFTED: Final = f"act NOT IN (SELECT act FROM acts WHERE kind = '{DRAFT}')"  # noqa: S608 -- our own names
#: The version of the canonical form of :mod:`alertengine.ledger.canonical_bytes`.
FORMAT: Final = 2


#: Options of a run that name a file among its inputs.
PATH_OPTIONS: Final = ("list", "totals", "decisions", "forecast", "observed", "active", "active_orders")


def option_paths(options: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The paths that the options of a run name, each with its option."""
    said = options.get("scenario", options)
    several = {name: one if isinstance(one, list) else [one] for name in PATH_OPTIONS if (one := said.get(name))}
    return [(name, path) for name, paths in several.items() for path in paths]


class Signer(str):
    """A signature, ``office name``, with the account that gave it: its user and the role it acted in.

    An act records both beside the signature, which a keeper of accounts could change.
    """

    __slots__ = ("role", "user")
    user: str
    role: str

    def __new__(cls, signature: str, user: str, role: str) -> Signer:
        """The signature of an account."""
        made = super().__new__(cls, signature)
        made.user, made.role = user, role
        return made

    def __reduce__(self) -> tuple[type[Signer], tuple[str, str, str]]:
        """For copies."""
        return Signer, (str(self), self.user, self.role)

    def strip(self, chars: str | None = None, /) -> Signer:
        """The same account, blanks of the signature left out."""
        return Signer(super().strip(chars), self.user, self.role)


def user_of(signature: str) -> str:
    """The user whose signature it is, blank where no account gave it."""
    return signature.user if isinstance(signature, Signer) else ""


@dataclass(frozen=True, slots=True)
class Head:
    """What every act says of itself; ``details`` is what its kind adds, as JSON.

    A signature that is a :class:`Signer` is recorded with its account among the details, under ``accounts``.

    ``issued_at`` without a zone is civil time; absent: when it is recorded.  ``corrects`` is the act that this one
    puts right, with the ``reason``.
    """

    title: str
    issued_at: datetime | None = None
    drafted_by: str = ""
    reviewed_by: str = ""
    approved_by: str = ""
    corrects: int | None = None
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file an act rests on: its path among the inputs, its bytes, whether it says something about persons."""

    path: str
    data: bytes
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """An act as recorded; ``head`` is the details of its kind."""

    act: int
    format: int
    kind: str
    title: str
    issued_at: str
    recorded_at: str
    drafted_by: str
    reviewed_by: str
    approved_by: str
    corrects: int | None
    reason: str
    head: Mapping[str, Any]
    previous: str
    hash: str

    def user(self, step: str) -> str:
        """The user who gave a signature (``drafted_by``, ...), blank where none is on record."""
        return str(self.head.get("accounts", {}).get(step, {}).get("user", ""))


@dataclass(frozen=True, slots=True)
class ActTable:
    """A table of an act: its name, columns, number of rows and hash."""

    part: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Input:
    """A file of an act: its path, its hash (salted where it is personal), and whether it is still there."""

    path: str
    sha256: str
    personal: bool
    kept: bool


def uncorrected(acts: Sequence[Act]) -> list[Act]:
    """Acts that none of them corrects, in their order."""
    corrected = {act.corrects for act in acts}
    return [act for act in acts if act.act not in corrected]
