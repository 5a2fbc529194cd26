"""Unified social credit codes (GB 32100-2015): checking them and making valid ones."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files import Numbered, arrow, plain, text_array

#: The 31 characters of the standard, each at the value it stands for (I, O, S, V, Z are not used).
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))

_VALUE_OF_BYTE: Final = np.array([ALPHABET.find(chr(byte)) for byte in range(256)], dtype=np.float32)


def is_valid(code: str) -> bool:
    """Whether a code has 18 characters of the alphabet and the right check character."""
    return bool(valid_codes(text_array([code]))[0])


def valid_codes(codes: pa.Array) -> npt.NDArray[np.bool_]:
    """Which of many codes (Arrow texts) are valid; shape (n,), unknown counts as not valid."""
    valid: npt.NDArray[np.bool_] = plain(pc.binary_length(codes), 0) == 18
    if not valid.any():
        return valid
    whole = codes.filter(arrow(valid)).cast(pa.large_binary()).cast(pa.binary(18))
    values = _VALUE_OF_BYTE.take(np.frombuffer(whole.buffers()[1], dtype=np.uint8)).reshape(-1, 18)
    total = values[:, :17] @ np.array(WEIGHTS, dtype=np.float32)  # sums of small whole numbers are exact
    valid[valid] = (values.min(axis=1) >= 0) & (values[:, 17] == -total % 31)
    return valid


def synthetic_codes(serials: npt.NDArray[np.int64]) -> Numbered:
    """Valid codes that no registry can have issued: division 000000, body ``HC`` (合成) and a serial below 10^7."""
    digits = (serials[:, None] // 10 ** np.arange(6, -1, -1)) % 10
    head = np.array([ALPHABET.index(character) for character in "91000000HC"])
    values = np.hstack([np.broadcast_to(head, (len(serials), head.size)), digits])
    last = -(values @ np.array(WEIGHTS)) % 31
    letters = np.frombuffer(ALPHABET.encode(), dtype="S1")[np.column_stack([values, last])]
    said = np.ascontiguousarray(letters).view("S18").ravel().astype("U18").tolist()
    return Numbered(np.arange(len(said), dtype=np.int32), text_array(said))
