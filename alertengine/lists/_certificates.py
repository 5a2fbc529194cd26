"""The certificate behind a grade and the day it ends, where the list carries them as columns of its own."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date
from typing import Final

import pandas as pd

from alertengine.files import normal, parse_stamp
from alertengine.lists.enterprise_list import EnterpriseList

#: Headers, any of which says what the certificate is, or until when it holds.
CERTIFICATE: Final = ("等级证书编号", "绩效等级证书", "绩效等级证书编号", "评级证书编号", "绩效评级文号", "等级文号")
UNTIL: Final = ("等级有效期", "等级有效期至", "绩效等级有效期", "绩效等级有效期至", "证书有效期", "证书有效期至")
#: A day, a month or a year among other words: 2021-07-01至2024年6月.
_DAY: Final = re.compile(r"(?<!\d)(20\d\d)[年./-](?:\s*(\d{1,2})(?:[月./-]\s*(\d{1,2}))?)?(?!\d)")
COLUMNS: Final = ("certificate", "until")
_NAMES: Final = {
    normal(header): name for name, headers in zip(COLUMNS, (CERTIFICATE, UNTIL), strict=True) for header in headers
}


def certificates(enterprises: EnterpriseList) -> pd.DataFrame:
    """``certificate`` and ``until`` of each line as objects, ``""`` where the list does not say.

    ``until`` is ``YYYY-MM-DD``, or what stands there where that is no day.
    """
    index = enterprises.lines.index
    found = pd.DataFrame({name: pd.Series([""] * len(index), index=index, dtype="object") for name in COLUMNS})
    for header in enterprises.extras.columns:
        name = _NAMES.get(normal(str(header)))
        if name is not None:
            column = enterprises.extras[header].astype("object")
            texts = column.where(column.notna(), "").astype("str").str.strip().set_axis(index)
            found[name] = found[name].where(found[name] != "", texts).astype("object")
    found["until"] = found["until"].map({text: _day(text) for text in found["until"].unique()}).astype("object")
    return found


def expired(found: pd.DataFrame, day: date) -> pd.Series:
    """Of :func:`certificates` which have ended before a day; bool."""
    ended = {text: _ended(text, day) for text in found["until"].unique()}
    return found["until"].map(ended).astype("bool")


def said(certificate: str, until: str) -> str:
    """A certificate as people read it; empty where there is none."""
    return certificate + (f"（有效期至{until}）" if until else "")


def _day(text: str) -> str:
    """The day until which a text says that something holds: of a span its end, of a month or year the last day."""
    try:
        return f"{parse_stamp(text):%Y-%m-%d}"
    except (ValueError, OverflowError):
        found = [match.groups() for match in _DAY.finditer(unicodedata.normalize("NFKC", text))]
    if not found:
        return text
    year, month, day = (int(part) if part else None for part in found[-1])
    try:
        month = month or 12
        return f"{date(year or 0, month, day or monthrange(year or 0, month)[1]):%Y-%m-%d}"
    except ValueError:
        return text


def _ended(text: str, day: date) -> bool:
    try:
        return date.fromisoformat(text) < day
    except ValueError:
        return False
