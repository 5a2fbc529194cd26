"""A file of text, in whatever encoding its bytes show: as a whole or in pieces of whole lines, as UTF-8."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import pyarrow as pa

from alertengine.vocabulary import Words, refuse

#: In UTF-8, the first byte of a sign of more than two bytes, and of one of two that Latin-1 has not.
_LONG, _TWO = re.compile(rb"[\xe0-\xf4]"), re.compile(rb"[\xc4-\xdf]")
#: A character of two bytes outside ASCII whose second byte is an ASCII sign: every other one in Big5, rare in GB18030.
_PAIR: Final = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]", re.DOTALL)
_WIDE_MARKS: Final = (
    (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
#: How the names of encodings begin whose characters are of two bytes or four.
WIDE: Final = ("utf-16", "utf-32")
#: Of the pairs of a text, the share with a low second byte from which on it is Big5.
_BIG5_SHARE: Final = 0.2
BIG5: Final = "big5"
#: Of the characters of a text in UTF-16, the least share that is ASCII.
_ZEROS: Final = 0.1


def encoding_of(head: bytes) -> str:
    """``utf-8``, ``utf-16`` and ``utf-32`` (``-le``, ``-be`` without a mark), ``gb18030`` or ``big5``."""
    for mark, encoding in _WIDE_MARKS:
        if head.startswith(mark):
            return encoding
    wide = _wide(head)
    if wide:
        return wide
    text = _as_utf8(head)
    if text is not None:
        return "gb18030" if _chance(head, text) else "utf-8"
    pairs = _PAIR.findall(head)
    low = sum(pair[1] < 0x80 for pair in pairs)
    if low > _BIG5_SHARE * len(pairs) and _is_big5(head):
        return BIG5
    return "gb18030"


def _wide(head: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: every other byte of most characters is 0, or two of four bytes of all are."""
    sample = head[:4096]
    if len(sample) < 4 or b"\0" not in sample:
        return ""
    for encoding, first in (("utf-32-le", 2), ("utf-32-be", 0)):
        if not any(sample[first::4]) and not any(sample[first + 1 :: 4]):
            return encoding
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    half = len(sample) // 2
    if low > _ZEROS * half and low > 4 * high:
        return "utf-16-le"
    return "utf-16-be" if high > _ZEROS * half and high > 4 * low else ""


def _as_utf8(head: bytes) -> str | None:
    """A text as UTF-8, a character cut at its end left out; None where it is none."""
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start < len(head) - 4:
                return None
    return None


def _chance(head: bytes, text: str) -> bool:
    """Whether GB18030 is UTF-8 by chance: 太原 is, read as two signs that no table holds."""
    said = text.encode()
    if _LONG.search(said) or not _TWO.search(said):
        return False
    try:
        return all(sign < "\u0080" or "\u4e00" <= sign <= "\u9fff" for sign in head.decode("gb18030"))
    except UnicodeDecodeError:
        return False


def _is_big5(head: bytes) -> bool:
    for cut in range(3):
        try:
            head[: len(head) - cut].decode(BIG5)
        except UnicodeDecodeError:
            continue
        return True
    return False


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
    """How many of the last bytes are line ends, the end mark of old programs or what a disk was filled up with."""
    tail = data[-_TAIL:]
    return len(tail) - len(tail.rstrip(b"\r\n\x1a\0"))


class TextFile:
    """A file read piece by piece, never held as a whole.

    Args:
        path: the file; one in UTF-16 or UTF-32 is not read so (``whole_text``).
        encoding: ``utf-8`` or ``gb18030``: in both, no byte of a line end or a quote is part of a character.
        data: its bytes, where it was unpacked.

    """

    def __init__(self, path: Path, encoding: str = "utf-8", data: bytes | None = None) -> None:
        """Look where the text begins and ends."""
        self._path, self.encoding, self._data = path, encoding, data
        with self._open() as file:
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
        with self._open() as file:
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
        with self._open() as file:
            file.seek(start)
            return self._decoded(file.read(length))

    def _open(self) -> BinaryIO:
        return self._path.open("rb") if self._data is None else io.BytesIO(self._data)

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
