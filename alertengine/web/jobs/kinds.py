"""The kinds of jobs: which function does each, in which queue it waits, and whether it writes an act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alertengine.web.jobs.store import WorkFolder


@dataclass(frozen=True, slots=True)
class JobKind:
    """``body`` is the name of a function of :mod:`alertengine.web.jobs.bodies`, ``text`` its Chinese name."""

    body: str
    text: str
    queue: str = "short"
    act: bool = False


KINDS: Final = {
    "decide": JobKind("decide", "计算指令"),
    "redecide": JobKind("redecide", "重新计算"),
    "renew": JobKind("renew", "按现有台账重新计算"),
    "override": JobKind("override", "人工变更"),
    "revise": JobKind("revise", "打开拟稿修改"),
    "submit": JobKind("hand_in_work", "提交审核", act=True),
    "issue": JobKind("issue", "发布", act=True),
    "release": JobKind("let_out", "具名放行", "long", act=True),
    "documents": JobKind("documents", "制作文书", "long"),
    "replay": JobKind("replayed", "重放", "long"),
    "season": JobKind("season", "推演", "long"),
    "warm": JobKind("warmed", "备好页面", "warm"),
}


@dataclass(frozen=True, slots=True)
class JobPlace:
    """Where a job is done: the folder beside the ledger, further rules, and ``out``, where its files go.

    ``starts`` is how often it was begun before; ``progress`` takes how much is done of how much.
    """

    folder: WorkFolder
    rules: tuple[Path, ...]
    key: str
    starts: int
    out: Path
    progress: Callable[[int, int], None]

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder.ledger
