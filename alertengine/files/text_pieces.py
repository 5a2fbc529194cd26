"""A file of text, taken in pieces that end where a line ends, as UTF-8 whatever its encoding."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from alertengine.files.encoding import BIG5, encoding_of
from alertengine.vocabulary import Words, refuse

#: Bytes of a piece, and of the first one, in which a header stands: that one is looked at before the others are read.
PIECE: Final = 1 << 24
HEAD: Final = 1 << 18
#: Bytes at the end of a file among which empty lines are left out.
_TAIL: Final = 4096
#: Line ends looked at, from the end of a piece back, for one that stands in no quotes.
_TRIES: Final = 256


class NotUtf8Error(Exception):
    """Some piece of a file taken for UTF-8 is not."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Whole lines of a file: where they stand in it (bytes), how many bytes they take there, and they as UTF-8."""

    start: int
    length: int
    text: bytes = field(repr=False)


def file_head(path: Path) -> bytes:
    """The first bytes of a file.

    Raises:
        InputError: it cannot be read.

    """
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise refuse(path, "unreadable_file", error=error, kind=Words("a_readable_file")) from None


def whole_text(path: Path, data: bytes | None = None) -> bytes:
    """The text of a file (or its bytes ``data``) as UTF-8 without BOM and without line ends at its end.

    Raises:
        InputError: it cannot be read or decoded.

    """
    try:
        data = path.read_bytes() if data is None else data
    except OSError as error:
        raise refuse(path, "unreadable_file", error=error, kind=Words("a_readable_file")) from None
    encoding = encoding_of(data[:HEAD])
    if encoding == BIG5:
        raise refuse(path, "big5_file")
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    try:
        if encoding != "utf-8":
            data = data.decode(encoding).encode()
        elif not is_utf8(data):
            data = data.decode("gb18030").encode()
    except UnicodeError as error:
        # Whether UTF-8 ends inside a character.
        if encoding == "utf-8" and any(is_utf8(data[:-cut]) for cut in (1, 2, 3)):
            raise refuse(path, "cut_file", row=data.count(b"\n") + 1) from None
        raise refuse(path, "undecoded_file", error=error) from None
    return data[: len(data) - _blank_end(data)]


def head_text(path: Path, head: bytes) -> bytes:
    """The first bytes of a file (:func:`file_head`) as UTF-8 without BOM, a character cut at their end left out.

    Raises:
        InputError: they are Big5.

    """
    encoding = encoding_of(head)
    if encoding == BIG5:
        raise refuse(path, "big5_file")
    return head.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="ignore").encode()


def is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8, by Arrow, which makes no text of them."""
    offsets = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _blank_end(data: bytes) -> int:
    """How many of the last bytes are line ends."""
    tail = data[-_TAIL:]
    return len(tail) - len(tail.rstrip(b"\r\n"))


class TextFile:
    """A file read piece by piece, never held as a whole.

    Args:
        path: the file; one in UTF-16 is not read so (``whole_text``).
        encoding: ``utf-8`` or ``gb18030``: in both, no byte of a line end or a quote is part of a character.

    """

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        """Look where the text begins and ends."""
        self._path, self.encoding = path, encoding
        with path.open("rb") as file:
            mark = file.read(3)
            self.start = 3 if mark == b"\xef\xbb\xbf" else 0
            size = file.seek(0, io.SEEK_END)
            file.seek(max(self.start, size - _TAIL))
            self._end = size - _blank_end(file.read())

    def pieces(self) -> Iterator[TextPiece]:
        """The text from its begin to its end.

        Raises:
            NotUtf8Error: the file was taken for UTF-8 and a piece is not.
            UnicodeDecodeError: it is no GB18030 either.

        """
        at, rest, size = self.start, b"", HEAD
        with self._path.open("rb") as file:
            file.seek(at)
            while at < self._end:
                data = rest + file.read(min(size, self._end - at - len(rest)))
                last = at + len(data) >= self._end
                cut = len(data) if last else _line_end(data)
                if not cut:  # no end of a line, or none that stands in no quotes: all that is left together
                    data += file.read(self._end - at - len(data))
                    cut = len(data)
                yield TextPiece(at, cut, self._decoded(data[:cut]))
                at, rest, size = at + cut, data[cut:], PIECE

    def again(self, start: int, length: int) -> bytes:
        """A piece read once more."""
        with self._path.open("rb") as file:
            file.seek(start)
            return self._decoded(file.read(length))

    def _decoded(self, data: bytes) -> bytes:
        """A piece as UTF-8."""
        if self.encoding != "utf-8":
            return data.decode(self.encoding).encode()
        if not is_utf8(data):
            raise NotUtf8Error
        return data


def _line_end(data: bytes) -> int:
    """Behind the last end of a line that stands in no quotes; 0 where none of the last ones does."""
    cut = data.rfind(b"\n") + 1
    if not cut or b'"' not in data:
        return cut
    inside = data.count(b'"', 0, cut) % 2
    for _ in range(_TRIES):
        if not inside:
            return cut
        before = data.rfind(b"\n", 0, cut - 1) + 1
        if not before:
            return 0
        inside ^= data.count(b'"', before, cut) % 2
        cut = before
    return 0
