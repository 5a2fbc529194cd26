"""Works as the page shows them: what was decided, read from the files that a job left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from alertengine.files import Protocol
from alertengine.orders import InForce, Override, held_now
from alertengine.vocabulary import InputError, Problem
from alertengine.web.brief import Brief, read_brief
from alertengine.web.jobs.store import WorkFolder
from alertengine.web.workstore import WorkRow, WorkStore


@dataclass(frozen=True)
class DecidedWork:
    """What was decided on a work's files; tables are read when they are asked for."""

    folder: Path
    said: Mapping[str, Any]

    @cached_property
    def brief(self) -> Brief:
        """What must be known of it."""
        return read_brief(self.said["brief"])

    @property
    def first(self) -> list[dict[str, Any]]:
        """The rows that a grid is drawn with (:func:`~alertengine.web.orderrows.rows`)."""
        return list(self.said["first"])

    @property
    def now(self) -> pd.Timestamp | None:
        """The moment of the decision; None of orders for a list alone."""
        return None if self.said["now"] is None else pd.Timestamp(self.said["now"])

    @property
    def lines(self) -> int:
        """Rows of orders."""
        return int(self.said["lines"])

    @property
    def problems(self) -> list[Problem]:
        """What a person must look at."""
        return [Problem.from_dict(one) for one in self.said["problems"]]

    @property
    def notes(self) -> list[Problem]:
        """What is good to know."""
        return [Problem.from_dict(one) for one in self.said["notes"]]

    @property
    def readings(self) -> list[Protocol]:
        """How its files were read."""
        return [Protocol.from_record(one) for one in self.said["readings"]]

    @cached_property
    def orders(self) -> pd.DataFrame:
        """The orders, overrides in them."""
        return pd.read_parquet(self.folder / "orders.parquet")

    @cached_property
    def warnings(self) -> pd.DataFrame:
        """The warnings."""
        return pd.read_parquet(self.folder / "warnings.parquet")

    @property
    def in_force(self) -> InForce:
        """What holds at the moment of the decision in hand."""
        return held_now(self.orders, self.warnings, self.now)


@dataclass(frozen=True)
class HeldWork(DecidedWork):
    """A work as it was decided."""

    row: WorkRow
    overrides: Mapping[tuple[str, str], Override]


def decided_under(folder: WorkFolder, result: str) -> DecidedWork:
    """What was decided, by its hash.

    Raises:
        InputError: it must be decided first.

    """
    said = folder.said(result)
    if said is None:
        raise InputError([Problem("work_undecided", where="session")])
    return DecidedWork(folder.result(result), said)


class Works:
    """The works beside a ledger."""

    def __init__(self, ledger: Path) -> None:
        """``ledger``: its file."""
        self.folder = WorkFolder(ledger)
        self.store = WorkStore(self.folder)

    def of_cities(self) -> dict[str, WorkRow]:
        """The work of each city changed last, as far as they are decided."""
        found: dict[str, WorkRow] = {}
        for row in self.store.all():
            file = self.folder.result(row.result) / "warnings.parquet"
            if file.is_file():
                for city in pd.read_parquet(file, columns=["city"])["city"].astype("str").unique():
                    found.setdefault(str(city), row)
        return found

    def is_decided(self, row: WorkRow) -> bool:
        """Whether what was decided is there, made by this program."""
        return self.folder.said(row.result) is not None

    def held(self, key: str) -> HeldWork:
        """A work.

        Raises:
            InputError: there is none, or it must be decided again first.

        """
        row = self.store.get(key)
        found = decided_under(self.folder, row.result)
        return HeldWork(found.folder, found.said, row, self.store.overrides(row.content))

    def rows_file(self, key: str) -> Path:
        """The rows of a work's grid as a file of JSON, gzipped.

        Raises:
            InputError: there is no such work.

        """
        return self.folder.result(self.store.get(key).result) / "rows.json.gz"
