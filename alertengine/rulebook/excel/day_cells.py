"""A day, or a day with its hour, in a cell of a workbook."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final

from alertengine.rulebook.excel.cell_scanner import TextError, Unsayable
from alertengine.rulebook.head import NOT_STATED, WITH_HOUR
from alertengine.vocabulary import Words, chinese_number, to_minute

UNSTATED: Final = "未载明"


def normal_day(value: Any) -> Any:
    """A day written as text is a date, a year written as a number a text, a day with its hour a text to the minute."""
    if isinstance(value, datetime):
        return to_minute(value) if not value.tzinfo and not value.second else value
    if isinstance(value, str) and (match := WITH_HOUR.fullmatch(value)):
        return f"{match[1]} {match[2]:0>2}:{match[3]}"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def day_text(value: Any) -> str:
    """A day of a document as a cell says it: 2021-01-04, 2021-01-04 16:00, 2021, 未载明."""
    value = normal_day(value)
    if isinstance(value, str) and WITH_HOUR.fullmatch(value):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if value == NOT_STATED:
        return UNSTATED
    if isinstance(value, str) and re.fullmatch(r"\d{4}(-\d{1,2})?", value):
        return value
    raise Unsayable


def read_day(said: str) -> Any:
    """What a cell says of a day, as documents write it; the reverse of :func:`day_text`.

    Raises:
        TextError: it is no day.

    """
    if said == UNSTATED:
        return NOT_STATED
    said = re.sub(r"\s*([年月日])\s*", r"\1", unicodedata.normalize("NFKC", said))
    said = re.sub("[〇零一二三四五六七八九十]+(?=[年月日])", lambda figures: str(chinese_number(figures[0])), said)
    said = re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", said)
    if hour := re.fullmatch(r"(.+?)(?:[ T]|(?<=日))\s*(\d{1,2})(?:[:：时点](\d\d)?分?)(?::00)?", said):
        with suppress(TextError):  # the whole cell is named below
            day = read_day(hour[1].strip())
            if isinstance(day, date):
                return f"{day} {hour[2]:0>2}:{hour[3] or '00'}"
    found = normal_day(re.sub(r"[年月/.]", "-", said.replace("日", "")).rstrip("-"))
    parts = found.split("-") if isinstance(found, str) else []
    if len(parts) == 3 and all(part.isascii() and part.isdecimal() for part in parts):
        found = normal_day(f"{parts[0]}-{parts[1]:0>2}-{parts[2]:0>2}")
    if isinstance(found, str) and not re.fullmatch(r"\d{4}(-\d{1,2})?", found):
        raise TextError("text_no_date", said, Words("wanted_date", unstated=UNSTATED))
    return found


def clock_hours(said: str) -> str:
    """Hours of a day as rules write them, 22:00-06:00 for 22时至次日6时; anything else as it stands."""
    found = re.fullmatch(r"(\d{1,2})[时点](?:至|到|[-—–~～]+)(?:次日)?(\d{1,2})[时点]", said)
    return f"{found[1]:0>2}:00-{found[2]:0>2}:00" if found else said
