"""Whether what an act holds has the form this program writes.

A chain proves that nothing was changed since it was written; a record that another office made may hold nonsense all
the same, and whoever asks it gets one sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.vocabulary import ACTION_TEXT, LEVEL_TEXT, WARNING_COLUMNS, refuse

#: What the head of an act says beside its title, by type; only where it says it.
_HEAD: Final[Mapping[str, type]] = {
    **dict.fromkeys(("options", "versions", "list"), dict),
    **dict.fromkeys(("summaries", "told", "readings", "procedure", "judges"), list),
    **dict.fromkeys(("decided", "rulebook", "despite", "about_hash", "released_at"), str),
    **dict.fromkeys(("about", "draft", "replaces"), int),
}
#: Lists of the head whose items are mappings.
_ROWS: Final = ("summaries", "readings", "procedure")
#: The columns of warnings and orders that hold times, and the years that these lie in.
WARNING_TIMES: Final = ("starts", "ends", "issued")
_ORDER_TIMES: Final = ("starts", "ends")
_YEARS: Final = range(1900, 2201)


def check_head(path: Path, act: object, head: Mapping[str, Any]) -> None:
    """Refuse the head of an act whose details have other types than this program gives them.

    Raises:
        InputError: naming the detail.

    """
    for name, kind in _HEAD.items():
        said = head.get(name)
        rows = said if name in _ROWS and isinstance(said, list) else ()
        wrong = said is not None and (not isinstance(said, kind) or isinstance(said, bool))
        if wrong or not all(isinstance(row, dict) for row in rows):
            raise refuse(path, "act_contents", act=act, column=name, value=str(said)[:60])


def typed_warnings(path: Path, act: int, table: pd.DataFrame) -> pd.DataFrame:
    """Warnings with times as ``datetime64``.

    Raises:
        InputError: a column is missing, or a level, action or time is none.

    """
    check_columns(path, act, table, WARNING_COLUMNS)
    _codes(path, act, table["level"], {*LEVEL_TEXT, ""})
    _codes(path, act, table["action"], {*ACTION_TEXT, ""})
    for name in WARNING_TIMES:
        _times(path, act, table[name])
        table[name] = pd.to_datetime(table[name]).astype("datetime64[us]")
    return table


def check_orders(path: Path, act: int, table: pd.DataFrame) -> None:
    """Refuse orders without a level or time that can be read.

    Raises:
        InputError: naming the first.

    """
    if "level" in table:
        _codes(path, act, table["level"], LEVEL_TEXT)
    for name in _ORDER_TIMES:
        if name in table:
            _times(path, act, table[name])


def check_columns(path: Path, act: int, table: pd.DataFrame, columns: Iterable[str]) -> None:
    """Refuse a table of an act that lacks a column.

    Raises:
        InputError: naming it.

    """
    for name in columns:
        if name not in table:
            raise refuse(path, "act_contents", act=act, column=name)


def _codes(path: Path, act: int, column: pd.Series, known: Iterable[str]) -> None:
    for value in column.dropna().unique():
        if value not in known:
            raise refuse(path, "act_contents", act=act, column=str(column.name), value=str(value)[:60])


def _times(path: Path, act: int, column: pd.Series) -> None:
    for value in column.dropna().unique():
        if value == "":
            continue
        with suppress(TypeError, ValueError):
            if datetime.fromisoformat(value).year in _YEARS:
                continue
        raise refuse(path, "act_contents", act=act, column=str(column.name), value=str(value)[:60])
