"""How large a foreign file may be: told before it is opened, each limit a setting named in the message."""

from __future__ import annotations

import gzip
import os
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Final

from alertengine.vocabulary import InputError, Problem, Words, refuse

_MEGABYTE: Final = 1 << 20
#: Smaller parts of a zip do no harm, however well they are packed.
_LARGE: Final = 32 * _MEGABYTE
#: What stands before the name of a limit in the environment: ALERTENGINE_MAX_ROWS=100000.
PREFIX: Final = "ALERTENGINE_MAX_"
#: What is said of a file beyond a limit.
CODES: Final = {
    "file_mb": "too_much_file_mb",
    "unpacked_mb": "too_much_unpacked_mb",
    "ratio": "too_much_ratio",
    "sheets": "too_much_sheets",
    "rows": "too_much_rows",
    "columns": "too_much_columns",
    "cells": "too_much_cells",
    "cell_length": "too_much_cell_length",
    "text_mb": "too_much_text_mb",
    "pages": "too_much_pages",
    "passages": "too_much_passages",
    "memory_mb": "too_much_memory_mb",
    "seconds": "too_much_seconds",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a file that is read; a workbook is also held to what it says of itself.

    ``file_mb`` is its size, ``unpacked_mb`` that of all parts of a workbook or of what a .gz holds, ``ratio`` how many
    times as large as packed a large part may be, ``sheets`` how many a workbook has, ``rows``,
    ``columns`` and ``cells`` those of a table (``cells`` of a sheet's used rectangle), ``cell_length`` the characters
    of one cell, ``text_mb`` what a Word or PDF document unpacks to without its pictures, ``pages`` and ``passages``
    (paragraphs and rows) what it has, ``memory_mb`` and ``seconds`` what a guarded reading may take (see
    ``files.guarded``).  A YAML file has ``yaml_mb``, ``yaml_levels`` and, its references followed, ``yaml_entries``: a
    law has a tenth of each.
    """

    file_mb: int = 4096
    unpacked_mb: int = 1024
    ratio: int = 400
    sheets: int = 300
    rows: int = 20_000_000
    columns: int = 2000
    cells: int = 60_000_000
    cell_length: int = 32_767
    text_mb: int = 64
    pages: int = 2000
    passages: int = 50_000
    memory_mb: int = 1536
    seconds: int = 120
    yaml_mb: int = 8
    yaml_levels: int = 64
    yaml_entries: int = 200_000

    @staticmethod
    def of_environment() -> Limits:
        """The defaults, but for what the environment sets.

        Raises:
            InputError: a setting is no whole number above 0.

        """
        given = {}
        for field in fields(Limits):
            name = PREFIX + field.name.upper()
            text = os.environ.get(name, "").strip()
            if text and not (text.isascii() and text.isdigit() and int(text)):
                raise InputError([Problem("limit_bad", where=name, value=text)])
            if text:
                given[field.name] = int(text)
        return Limits(**given)

    def too_much(self, path: Path | str, name: str, found: object, row: int | None = None) -> InputError:
        """The error for a file that goes beyond one of the limits."""
        return refuse(path, CODES[name], row=row, found=found, most=getattr(self, name), setting=PREFIX + name.upper())


def of_file(path: Path) -> os.stat_result:
    """What the system says of a file or folder.

    Raises:
        OSError: there is none, or it is a pipe, a socket or a device, which would keep its reader waiting.

    """
    found = path.stat()
    if not (S_ISREG(found.st_mode) or S_ISDIR(found.st_mode)):
        raise OSError("not a regular file")
    return found


def first_there(paths: Iterable[Path]) -> Path | None:
    """The first of some paths at which something stands, be it what no reader takes: that is told, not passed over."""
    return next(filter(os.path.lexists, paths), None)


def check_size(path: Path, limits: Limits) -> None:
    """Refuse what is no regular file, and a file that is too large, packed or, if it is a zip, unpacked.

    Raises:
        InputError: it cannot be opened, or is too large.

    """
    try:
        size = of_file(path).st_size // _MEGABYTE
        unpacked, ratio = _unpacked(path)
    except OSError as error:
        raise refuse(path, "unreadable_file", error=error, kind=Words("a_readable_file")) from None
    except (NotImplementedError, ValueError) as error:  # its size cannot be told, though others might open it
        raise refuse(path, "unopened_file", error=error, kind=Words("a_workbook")) from None
    except zipfile.BadZipFile:
        unpacked = ratio = 0  # whoever reads it says so
    if size > limits.file_mb:
        raise limits.too_much(path, "file_mb", size)
    if unpacked > limits.unpacked_mb:
        raise limits.too_much(path, "unpacked_mb", unpacked)
    if ratio > limits.ratio:
        raise limits.too_much(path, "ratio", ratio)


def _unpacked(path: Path) -> tuple[int, int]:
    """The megabytes of all parts of a zip, and how many times its packed size its large part is; 0 of other files."""
    if path.is_dir() or not zipfile.is_zipfile(path):
        return 0, 0
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
    large = (part.file_size // max(part.compress_size, 1) for part in parts if part.file_size > _LARGE)
    return sum(part.file_size for part in parts) // _MEGABYTE, max(large, default=0)


def unpack(path: Path, limits: Limits) -> bytes:
    """What a .gz holds.

    Raises:
        InputError: it is broken or holds too much.

    """
    most = limits.unpacked_mb * _MEGABYTE
    try:
        with gzip.open(path) as packed:
            data = bytearray()
            while len(data) <= most and (piece := packed.read(_MEGABYTE)):
                data += piece
    except (OSError, EOFError, zlib.error) as error:
        raise refuse(path, "not_unpacked", error=error) from None
    if len(data) > most:
        raise limits.too_much(path, "unpacked_mb", limits.unpacked_mb + 1)
    return bytes(data)


#: Parts of a Word document that are read as a whole; pictures are not.
_READ_WHOLE: Final = (".xml", ".rels")
#: Where a stream of a PDF begins, how far before it says what it is, and that it is a picture.
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_BEFORE: Final = 4096
_PICTURE: Final = re.compile(rb"/Subtype\s*/Image\b")
#: A stream may be packed more than once.
_LAYERS: Final = 8


def check_document(path: Path, limits: Limits) -> None:
    """Refuse a Word or PDF document that is too large, packed or unpacked.

    Raises:
        InputError: it cannot be opened, or holds too much.

    """
    check_size(path, limits)
    try:
        found = _of_pdf(path, limits) if path.suffix.lower() == ".pdf" else _of_zip(path)
    except OSError as error:
        raise refuse(path, "unreadable_file", error=error, kind=Words("a_readable_file")) from None
    if found > limits.text_mb * _MEGABYTE:
        raise limits.too_much(path, "text_mb", found // _MEGABYTE)


def _of_zip(path: Path) -> int:
    """The bytes of text of a zip, by its directory: what unpacks to more is broken for whoever opens it."""
    try:
        with zipfile.ZipFile(path) as packed:
            return sum(part.file_size for part in packed.infolist() if part.filename.lower().endswith(_READ_WHOLE))
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return 0  # whoever reads it says so


def _of_pdf(path: Path, limits: Limits) -> int:
    """The bytes that the packed streams of a PDF unpack to, but for pictures; no further than the limit."""
    data = path.read_bytes()
    most, total = limits.text_mb * _MEGABYTE, 0
    for found in _STREAM.finditer(data):
        said = data[max(0, found.start() - _BEFORE) : found.start()].rpartition(b"obj")[2]
        if not _PICTURE.search(said):
            total += _stream_size(memoryview(data)[found.end() :], most - total)
        if total > most:
            break
    return total


def _stream_size(piece: memoryview, most: int) -> int:
    """The bytes of all layers of a stream together, up to one more than ``most``; 0 of one that is not packed."""
    total = 0
    for _ in range(_LAYERS):
        try:
            out = zlib.decompressobj().decompress(piece, most + 1 - total)
        except zlib.error:
            break
        total += len(out)
        if total > most:
            break
        piece = memoryview(out)
    return total
