"""What verification of a ledger found."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partialmethod
from pathlib import Path
from typing import Any, Final, Literal

from alertengine.vocabulary import Both, Language, Words, language

Kind = Literal["changed", "torn", "unseen", "unsigned", "foreign"]
#: Kinds of defects.
DEFECT_TEXT: Final = {
    "changed": "被改动", "torn": "末尾残缺", "unseen": "有记录看不到", "unsigned": "缺个人签名",
    "foreign": "哈希链成立，内容不是本程序写出的样式",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong: the act (None: of the file), the table, what was found.

    ``unseen`` is what hides acts, ``foreign`` what this program did not write under a chain that is right.
    """

    kind: Kind
    act: int | None
    table: str
    said: Words

    @property
    def message(self) -> str:
        """What was found, in the language now spoken."""
        return self.said.words(language())[0]

    def words(self, language: Language) -> tuple[str, str]:
        """One line in a language, and nothing that was expected."""
        where = Words("defect_of_file") if self.act is None else Words("defect_of_act", act=self.act)
        kind = Both(self.kind, DEFECT_TEXT[self.kind])
        return Words("defect_line", where=where, table=self.table, said=self.said, kind=kind).words(language)

    def __str__(self) -> str:
        """One line in the language now spoken."""
        return self.words(language())[0]


@dataclass(slots=True)
class Verified:
    """What verification came to; ``flags`` are worth knowing and no defect, ``unseen`` is what it cannot tell."""

    path: Path
    acts: int = 0
    last: str = ""
    defects: list[Defect] = field(default_factory=list)
    flags: list[Words] = field(default_factory=list)
    unseen: list[Words] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.defects

    def note(self, kind: Kind, table: str, code: str, act: int | None = None, /, **arguments: Any) -> None:
        """Note a defect."""
        self.defects.append(Defect(kind, act, table, Words(code, **arguments)))

    changed = partialmethod(note, "changed")
    torn = partialmethod(note, "torn")
