"""What a file is by its suffix, and by how it begins: an .xls that is a web page, a .csv that is a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alertengine.vocabulary import Words, refuse


def suffix_of(path: Path | str, *known: str) -> str:
    """The suffix of a file in small letters, one of ``known`` (``.csv``).

    Raises:
        InputError: it is none of them.

    """
    suffix = Path(path).suffix.lower()
    if suffix not in known:
        raise refuse(path, "unknown_suffix", value=Path(path).suffix, suffixes=known)
    return suffix


#: How files begin, and what they then are.
_BEGINNINGS: Final = (
    (b"PK\x03\x04", "a_zip_file"),
    (b"\xd0\xcf\x11\xe0", "an_old_workbook"),
    (b"%PDF", "a_pdf_file"),
    (b"PAR1", "a_parquet_file"),
    (b"\x1f\x8b", "a_gz_file"),
    (b"Rar!", "an_archive"),
    (b"7z\xbc\xaf", "an_archive"),
)
_PAGES: Final = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")
_WORKBOOKS: Final = frozenset({"a_zip_file", "an_old_workbook", ""})
_TEXTS: Final = frozenset({"a_text_file", ""})


def refuse_misnamed(path: Path, *, workbook: bool) -> None:
    """Refuse what is read as a ``workbook``, or else as text, and by its first bytes is something else.

    Raises:
        InputError: it is something else, or cannot be opened.

    """
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
    except OSError as error:
        raise refuse(path, "unreadable_file", error=error, kind=Words("a_readable_file")) from None
    found = _kind(head)
    if found not in (_WORKBOOKS if workbook else _TEXTS):
        raise refuse(path, "misnamed", found=Words(found), suffix=path.suffix.lower())


def _kind(head: bytes) -> str:
    """What a file is by how it begins; empty where it has nothing in it."""
    if not head:
        return ""
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if plain.startswith(_PAGES):
        return "a_web_page"
    return next((kind for begins, kind in _BEGINNINGS if head.startswith(begins)), "a_text_file")
