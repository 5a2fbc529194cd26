"""Records of HJ 212 (``##0136QN=…;ST=31;CN=2061;…;CP=&&DataTime=…;a21026-Avg=12.5,a21026-Flag=N&&1B80``) as a table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from alertengine.files.header_finder import RawTable
from alertengine.files.text_pieces import file_head
from alertengine.vocabulary import Problem

#: The name of the profile that says what the codes of the standard are.
PROFILE: Final = Path(__file__).with_name("hj212.profile.yaml")
#: Means of an hour, the one kind of record that is read.
_HOURLY: Final = "2061"
_BEGINS: Final = re.compile(rb"(?:\xef\xbb\xbf)?[^\n]{0,64}?##\d{4}(?:QN|ST|CN|MN)=")
_RECORD: Final = re.compile(r"##(\d{4})(.*?CP=&&.*?&&)([0-9A-Fa-f]{4})?")


def is_hj212(path: Path) -> bool:
    """Whether a text begins with a record of HJ 212, be it after a time of its log."""
    return path.suffix.lower() in (".txt", ".csv", ".log", ".dat") and _BEGINS.match(file_head(path)) is not None


def read_hj212(path: Path, text: str) -> tuple[RawTable, list[Problem], list[Problem]]:
    """A row a record of an hour: ``MN``, ``DataTime``, each ``<code>-<kind>``, and ``Flag``, the worst of its flags.

    Records whose length or check sum is not theirs are problems and left out; those of other kinds (realtime, minutes,
    days) are counted in a note.
    """
    rows: list[dict[str, str]] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    others = 0
    for number, line in enumerate(text.splitlines(), 1):
        for length, body, check in _RECORD.findall(line):
            if len(body.encode("gb18030")) != int(length) or (check and int(check, 16) != check_sum(body)):
                problems.append(Problem("record_damaged", file=str(path), row=number, value=line[:40]))
                continue
            held = _fields(body)
            if held.get("CN") != _HOURLY:
                others += 1
                continue
            rows.append(held)
            numbers.append(number)
    notes = [Problem("records_other", file=str(path), count=others)] if others else []
    headers = list(dict.fromkeys(name for row in rows for name in row)) or ["MN", "DataTime"]
    columns = [pa.array([row.get(name) for row in rows], pa.string()) for name in headers]
    places = {("", name): place for place, name in enumerate(headers)}
    table = RawTable(str(path), headers, columns, np.array(numbers, dtype=np.int64), places=places)
    return table, problems, notes


def check_sum(body: str) -> int:
    """The check sum of the standard (its annex A) of what stands between the length and itself."""
    register = 0xFFFF
    for byte in body.encode("gb18030"):
        register = (register >> 8) ^ byte
        for _ in range(8):
            register = (register >> 1) ^ (0xA001 if register & 1 else 0)
    return register


def _fields(body: str) -> dict[str, str]:
    """The fields of a record; flags other than N become that of the row."""
    held: dict[str, str] = {}
    for part in re.split("[;,]", body.replace("CP=&&", "").removesuffix("&&")):
        name, equals, value = part.partition("=")
        if equals and name.strip():
            held[name.strip()] = value.strip()
    flags = [value for name, value in held.items() if name.endswith("-Flag")]
    held["Flag"] = next((flag for flag in flags if flag != "N"), "N" if flags else "")
    return held
