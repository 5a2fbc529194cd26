"""Decisions of authorities as a ledger holds them: the table that the newest act with one was made from."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Final

from alertengine.ledger.store import Ledger
from alertengine.vocabulary.problems import refuse

#: How the table of decisions beside a list is called among the files of an act.
_DECISIONS: Final = re.compile(r"list/.+\.(decisions|处罚决定)\.(csv|xlsx|parquet)")


def decisions_on_record(path: Path, folder: Path) -> Path:
    """The newest table of decisions in a ledger, written into a folder.

    Raises:
        InputError: no ledger, or none of its acts was made from a table of decisions.

    """
    with Ledger.open(path) as ledger:
        for act in reversed(ledger.acts()):
            for one in ledger.inputs(act.act):
                if _DECISIONS.fullmatch(one.path) and (content := ledger.input(act.act, one.path)) is not None:
                    table = folder / PurePosixPath(one.path).name
                    table.write_bytes(content)
                    return table
    raise refuse(path, "no_decisions_on_record")
