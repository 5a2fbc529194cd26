"""What verification of a ledger found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from alertengine.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong: the act (None: of the file), the table, what was found.

    ``unseen`` is what hides acts, ``foreign`` what this program did not write under a chain that is right.
    """

    kind: Literal["changed", "torn", "unseen", "unsigned", "foreign"]
    act: int | None
    table: str
    message: str

    def __str__(self) -> str:
        """One line."""
        where = f"act {self.act}" if self.act is not None else "file"
        return f"{where}, {self.table}: {self.message} [{self.kind}]"


@dataclass(slots=True)
class Verified:
    """What verification came to; ``flags`` are worth knowing and no defect, ``unseen`` is what it cannot tell."""

    path: Path
    acts: int = 0
    last: str = ""
    defects: list[Defect] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    unseen: list[Words] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.defects

    def changed(self, table: str, message: str, act: int | None = None) -> None:
        """Note a change."""
        self.defects.append(Defect("changed", act, table, message))

    def unsigned(self, message: str, act: int) -> None:
        """Note a signature that is missing or another's."""
        self.defects.append(Defect("unsigned", act, "acts", message))

    def foreign(self, table: str, message: str, act: int | None = None) -> None:
        """Note what has not the form that this program writes."""
        self.defects.append(Defect("foreign", act, table, message))

    def torn(self, table: str, message: str, act: int | None = None) -> None:
        """Note a torn end."""
        self.defects.append(Defect("torn", act, table, message))
