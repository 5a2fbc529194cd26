"""What a ledger holds packed, unpacked under a limit: a few kilobytes of it can say gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from alertengine.files import Limits

_PIECE: Final = 1 << 20


def packed(data: bytes) -> bytes:
    """Bytes as a ledger stores them (zlib)."""
    return zlib.compress(data, 6)


def most_unpacked() -> int:
    """The bytes that one file of a ledger may have, as the environment sets it.

    Raises:
        InputError: a setting is no whole number above 0.

    """
    return Limits.of_environment().unpacked_mb * _PIECE


def pieces(data: bytes, most: int) -> Iterator[bytes]:
    """The content of packed bytes, a piece at a time.

    Raises:
        ValueError: it is broken, goes on after its end, or holds more than ``most`` bytes.

    """
    unpacker, done = zlib.decompressobj(), 0
    while not unpacker.eof:
        try:
            piece = unpacker.decompress(data, _PIECE)
        except zlib.error as error:
            raise ValueError(str(error)) from None
        data, done = unpacker.unconsumed_tail, done + len(piece)
        if done > most:
            raise ValueError(f"it unpacks to more than {most} bytes")
        if not piece and not data and not unpacker.eof:
            raise ValueError("it ends too early")
        yield piece
    if unpacker.unused_data:
        raise ValueError("something follows its end")


def unpacked(data: bytes, most: int) -> bytes:
    """The content of packed bytes.

    Raises:
        ValueError: as :func:`pieces`.

    """
    return b"".join(pieces(data, most))
