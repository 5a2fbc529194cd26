"""How much text a Word or PDF document holds: told before it is opened by what reads it."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import Final

from alertengine.files.limits import Limits, check_size
from alertengine.vocabulary import Words, refuse

_MEGABYTE: Final = 1 << 20
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
            total += _unpacked(memoryview(data)[found.end() :], most - total)
        if total > most:
            break
    return total


def _unpacked(piece: memoryview, most: int) -> int:
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
