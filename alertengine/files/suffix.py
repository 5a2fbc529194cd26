"""The suffix of a file that is read or written, by which its format is chosen."""

from __future__ import annotations

from pathlib import Path

from alertengine.vocabulary import refuse


def suffix_of(path: Path, *known: str) -> str:
    """The suffix of a file in small letters, one of ``known`` (``.csv``).

    Raises:
        InputError: it is none of them.

    """
    suffix = path.suffix.lower()
    if suffix not in known:
        raise refuse(path, "unknown_suffix", value=path.suffix, suffixes=known)
    return suffix
