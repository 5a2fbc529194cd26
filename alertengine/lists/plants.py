"""The plants of a list by code and by every name the register has: of whose lines a table beside it speaks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from alertengine.lists.register import NEARLY, Register
from alertengine.rulebook import nearest
from alertengine.vocabulary import Words, plain_name

if TYPE_CHECKING:
    import pandas as pd

_NONE: Final = np.zeros(0, dtype=np.int64)
#: What is asked of a row: its column and value, the code of a message, and its arguments.
Doubt = tuple[str, str, str, dict[str, Any]]


class PlantsOfList:
    """Whose the lines of a list are."""

    def __init__(self, lines: pd.DataFrame, register: Register | None = None) -> None:
        """``lines``: ``enterprise_id``, ``enterprise``, ``line_id``; ``register``: who is known by which other name."""
        self._lines, self._register = lines, register or Register()
        names = lines["enterprise"].map(lambda name: self._own(str(name)), na_action="ignore")
        self._of_id, self._of_name = (_places(column.astype("object")) for column in (lines["enterprise_id"], names))

    def lines_of(self, row: Mapping[str, str]) -> npt.NDArray[np.int64]:
        """The places of the lines a row speaks of by code, else by name, and by line where it says one."""
        here = self._plants_lines(row)
        if row["line_id"]:
            here = here[(self._lines["line_id"].iloc[here] == row["line_id"]).to_numpy(dtype=bool)]
        return here

    def doubt(self, row: Mapping[str, str]) -> Doubt | None:
        """What must be asked of a row: it is on no line, its name is of several plants, or not that of its code."""
        here = self._plants_lines(row)
        code, name = row["enterprise_id"], row["enterprise"]
        if not len(here):
            near = self.near(row)
            wanted = Words("an_enterprise_listed")
            said = {"expected": Words("perhaps", expected=wanted, near=near) if near else wanted}
            return (*(("enterprise", name) if name else ("enterprise_id", code)), "decision_not_listed", said)
        if not len(self.lines_of(row)):
            ids = self._lines["line_id"].iloc[here].dropna().unique().tolist()
            return "line_id", row["line_id"], "decision_not_listed", {"expected": Words("one_of", names=ids)}
        if name and code in self._of_id:
            others = sorted(set(self._lines["enterprise"].iloc[here].dropna().astype("str")))
            if self._own(name) not in map(self._own, others):
                return "enterprise", name, "decision_code_and_name", {"names": others}
        firms = self._lines.iloc[here].drop_duplicates("enterprise_id")
        if len(firms) > 1:
            several = [f"{firm.city}{firm.enterprise}（{firm.enterprise_id}）" for firm in firms.itertuples()]
            return "enterprise", name, "decision_of_several_plants", {"names": several}
        return None

    def near(self, row: Mapping[str, str], least: float | None = None) -> tuple[str, ...]:
        """The plants of the list that are nearest to the one a row names; ``least``: as :func:`nearest` has it."""
        bound = {} if least is None else {"least": least}
        if row["enterprise"]:
            return nearest(plain_name(row["enterprise"]), self._spelt, **bound)
        return nearest(row["enterprise_id"], {code: code for code in self._of_id}, **bound)

    def nearly(self, row: Mapping[str, str]) -> bool:
        """Whether a row on no line may all the same be of a plant of the list."""
        return bool(self.near(row, NEARLY))

    def _plants_lines(self, row: Mapping[str, str]) -> npt.NDArray[np.int64]:
        found = self._of_id.get(row["enterprise_id"]) if row["enterprise_id"] else None
        if found is None and row["enterprise"]:
            found = self._of_name.get(self._own(row["enterprise"]))
        return _NONE if found is None else found

    def _own(self, name: str) -> str:
        return self._register.own_name(plain_name(name))

    @cached_property
    def _spelt(self) -> dict[str, str]:
        """Every name of a plant of the list, former ones too, with the name that the list has."""
        listed = {plain_name(name): name for name in self._lines["enterprise"].dropna().astype("str").unique()}
        own = {self._own(name): name for name in listed.values()}
        former = {
            name: own[plain_name(found[0])]
            for name, found in self._register.named.items()
            if len(found) == 1 and plain_name(found[0]) in own
        }
        return {**former, **listed}


def _places(column: pd.Series) -> dict[str, npt.NDArray[np.int64]]:
    return {str(value): np.asarray(lines) for value, lines in column.groupby(column).indices.items()}
