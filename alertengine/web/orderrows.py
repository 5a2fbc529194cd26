"""Orders as the grid shows them: rows with Chinese words, and what groups of them add up to."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import pandas as pd

from alertengine.orders import InForce
from alertengine.vocabulary import (
    FIELDS,
    LEVEL_TEXT,
    POLLUTANTS,
    STATUS_TEXT,
    Flag,
    flags_of,
    kilograms,
    left_open,
)

if TYPE_CHECKING:
    import numpy.typing as npt

#: Columns of the grid in order, the rest stand in the files; the first of them are what a person looks for.
COLUMNS: Final = (
    "enterprise", "line", "measure_text", "starts", "so2_kg_d", "nox_kg_d", "pm_kg_d", "vocs_kg_d", "ends", "share",
    "status", "county", "industry", "effective_grade", "process", "transport", "hangs_on", "remark", "city", "level",
    "line_id", "enterprise_id", "order_id",
)  # fmt: skip
#: Why a row wants a look: no ground, lighter than the rules, decided by a person, nothing, given already by an act.
MARKS: Final = ("缺", "轻", "改", "", "已")
#: Rows of each mark that a page is drawn with: more than a screen shows; the browser fetches all of them afterwards.
FIRST: Final = 24
#: What the remark of an order says where a person asks less than the rules.
LIGHTER: Final = "轻于规则"
#: What rows can be taken together by.
GROUPS: Final = ("city", "county", "industry", "effective_grade", "status", "level", "enterprise")
#: Rows are packed quickly rather than tightly.
_QUICK: Final = 4
_NUMBERS: Final = ("share", *(f"{name}_kg_d" for name in POLLUTANTS))
_WORDS: Final = {"level": LEVEL_TEXT, "status": STATUS_TEXT}


def readable(orders: pd.DataFrame) -> pd.DataFrame:
    """Orders with COLUMNS: texts as ``object`` with "" for blank, codes as words, numbers ``float64``."""
    orders = orders.reset_index(drop=True)
    out: dict[str, pd.Series] = {}
    for name in COLUMNS:
        column = orders[name]
        if name in _NUMBERS:
            out[name] = column.astype("float64")
            continue
        words = _WORDS.get(name)
        distinct = column.astype("category").cat
        said = [words.get(text, text) if words else text for text in map(str, distinct.categories)]
        if name == "hangs_on":
            said = [fields_said(text) for text in said]
        codes = distinct.codes
        out[name] = pd.Series([said[code] if code >= 0 else "" for code in codes], dtype="object")
    return pd.DataFrame(out)


def text_of(value: Any) -> str:
    """A cell of a table as text, "" for blank."""
    return "" if value is None or pd.isna(value) else str(value)


def text_rows(table: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of a table as texts, "" for blank."""
    plain = table.astype("object").where(table.notna(), "")
    return [{str(name): str(value) for name, value in row.items()} for row in plain.to_dict("records")]


def fields_said(text: str) -> str:
    """Columns an order hangs on, by their Chinese names."""
    return "、".join(FIELDS[name].text if name in FIELDS else name for name in text.split(";") if name)


def rows(
    orders: pd.DataFrame, stands: pd.Series | None = None, most: int | None = None, holds: InForce | None = None
) -> list[dict[str, Any]]:
    """The rows of the grid, those a person must look at first; an unknown number is None.

    ``mark`` says why: :data:`MARKS`; ``stands`` is the act that gave an order already, 0 where none did.  ``most``: of
    each mark no more rows than these.  ``holds``: what holds of them, so that what ends is not asked about.
    """
    table = _marked(orders, stands, holds)
    if most is not None:
        table = table.groupby("mark", sort=False).head(most)
    for name in _NUMBERS:
        table[name] = table[name].astype("object").where(table[name].notna(), None)
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def packed(orders: pd.DataFrame, stands: pd.Series | None = None, holds: InForce | None = None) -> bytes:
    """The same rows as gzipped JSON by columns: tens of thousands are read in a blink.

    ``{"rows": n, "columns": {name: [value, ...]}}``; a column of few texts is ``{"texts": [...], "at": [place, ...]}``.
    """
    table = _marked(orders, stands, holds)
    columns: dict[str, Any] = {}
    for name in map(str, table.columns):
        if name in _NUMBERS:
            columns[name] = table[name].astype("object").where(table[name].notna(), None).to_list()
            continue
        at, texts = pd.factorize(table[name])
        few = 2 * len(texts) < len(table)
        columns[name] = {"texts": list(texts), "at": at.tolist()} if few else table[name].to_list()
    return gzip.compress(orjson.dumps({"rows": len(table), "columns": columns}), _QUICK, mtime=0)


def is_lighter(flags: str, remark: str) -> bool:
    """Whether an order was made lighter than the rules by a person."""
    return Flag.OVERRIDDEN in flags_of(flags) and LIGHTER in remark.split("原为：", 1)[-1]


def _asked(orders: pd.DataFrame, holds: InForce | None) -> npt.NDArray[np.bool_]:
    """The rows left open, but for those that what was decided ends: nothing of them is missing."""
    if holds is None:
        return left_open(orders)
    decided = holds.from_decision
    return left_open(orders) & np.isin(np.arange(len(orders)), [*decided.now.index, *decided.later.index])


def marks(orders: pd.DataFrame, stands: pd.Series | None = None, holds: InForce | None = None) -> list[str]:
    """Why each order wants a look: :data:`MARKS`."""
    flags, remark = (orders[name].astype("object").fillna("").astype("str").to_list() for name in ("flags", "remark"))
    given = [0] * len(orders) if stands is None else stands.to_list()
    return [
        "缺" if open_ else "轻" if is_lighter(flag, text) else "改" if "overridden" in flag.split(";")
        else "已" if act else ""
        for open_, flag, text, act in zip(_asked(orders, holds), flags, remark, given, strict=True)
    ]  # fmt: skip


def _marked(orders: pd.DataFrame, stands: pd.Series | None, holds: InForce | None) -> pd.DataFrame:
    table, asked = readable(orders), _asked(orders, holds)
    given = [0] * len(table) if stands is None else stands.to_list()
    table = table.assign(
        mark=marks(orders, stands, holds), open=asked, stands=[f"第{act}号" if act else "" for act in given]
    )
    order = table["mark"].map(dict(zip(MARKS, range(len(MARKS)), strict=True)).__getitem__)
    return table.loc[order.sort_values(kind="stable").index]


#: What some orders come to by the values of a column, at each moment that differs, with the words for that.
Sums = list[tuple[str, list[dict[str, str]]]]


def sums(holds: InForce, by: str) -> Sums:
    """:func:`groups` at the moment of the decision, and from what it decided on where that comes later."""
    if not holds.changed_later:
        return [("", groups(holds, by))]
    return [("决定时执行中的", groups(holds, by)), ("本次决定生效起", groups(holds.from_decision, by))]


def groups(holds: InForce, by: str) -> list[dict[str, str]]:
    """Lines, stopped lines, lines left open and kg/d of each value of a column, most lines first, of what holds now."""
    now = holds.now.reset_index(drop=True)
    table = readable(now)
    table = table.assign(stopped=table["share"] >= 1, open=left_open(now))
    grouped = table.groupby(by, sort=False)
    sums = grouped[[f"{name}_kg_d" for name in POLLUTANTS]].sum()
    counts = pd.DataFrame({"lines": grouped.size(), "stopped": grouped["stopped"].sum(), "open": grouped["open"].sum()})
    found = counts.join(sums).sort_values("lines", ascending=False, kind="stable").reset_index()
    out = []
    for row in found.to_dict("records"):
        said = {f"{name}_kg_d": kilograms(row[f"{name}_kg_d"]) for name in POLLUTANTS}
        counted = {key: f"{row[key]:,}" for key in ("lines", "stopped", "open")}
        out.append({"value": str(row[by]), "name": str(row[by]) or "（未填）", **counted, **said})
    return out
