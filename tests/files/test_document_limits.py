"""A Word or PDF document is told to be too large before it is opened; pictures do not count."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from alertengine.checking import read_passages
from alertengine.documents.template import WordTemplate
from alertengine.files import Limits, check_document
from alertengine.files.limits import PREFIX
from alertengine.vocabulary import InputError, Problem

MEGABYTE = 1 << 20


def word(path: Path, part: str, size: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(part, b" " * size)
    return path


def pdf(path: Path, stream: bytes, said: bytes = b"/Filter /FlateDecode") -> Path:
    body = b"%%PDF-1.7\n1 0 obj\n<< /Length %d %s >>\nstream\n%s\nendstream\nendobj\n" % (len(stream), said, stream)
    path.write_bytes(body + b"trailer << /Root 1 0 R >>\n%%EOF\n")
    return path


def told(path: Path, check: Callable[[Path], object]) -> Problem:
    with pytest.raises(InputError) as error:
        check(path)
    (problem,) = error.value.problems
    return problem


def within(path: Path) -> None:
    check_document(path, Limits(text_mb=2))


def test_the_text_of_a_word_document_counts_and_its_pictures_do_not(tmp_path: Path) -> None:
    problem = told(word(tmp_path / "bomb.docx", "word/document.xml", 4 * MEGABYTE), within)
    assert problem.code == "too_much_text_mb"
    assert f"{PREFIX}TEXT_MB" in str(problem)
    within(word(tmp_path / "picture.docx", "word/media/image1.bmp", 4 * MEGABYTE))


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("said", [b"/Filter /FlateDecode", b"/Filter /Fl#61teDecode /X <41>"])
def test_the_streams_of_a_pdf_count_however_they_are_packed(tmp_path: Path, layers: int, said: bytes) -> None:
    stream = b"q " * (2 * MEGABYTE)
    for _ in range(layers):
        stream = zlib.compress(stream)
    assert told(pdf(tmp_path / "bomb.pdf", stream, said), within).code == "too_much_text_mb"
    within(pdf(tmp_path / "picture.pdf", stream, said + b" /Subtype /Image"))
    within(pdf(tmp_path / "broken.pdf", stream[: len(stream) // 40]))


def test_whoever_reads_a_document_asks_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}TEXT_MB", "2")
    chapter = word(tmp_path / "bomb.docx", "word/document.xml", 4 * MEGABYTE)
    for read in (read_passages, WordTemplate.read):
        assert told(chapter, read).code == "too_much_text_mb"  # type: ignore[arg-type]
    assert (
        told(pdf(tmp_path / "b.pdf", zlib.compress(b"q " * (2 * MEGABYTE))), read_passages).code == "too_much_text_mb"
    )


def test_more_paragraphs_than_a_chapter_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}PASSAGES", "3")
    path = tmp_path / "chapter.txt"
    path.write_text("橙色预警期间停产。\n" * 3, encoding="utf-8")
    assert len(read_passages(path)) == 3
    path.write_text("橙色预警期间停产。\n" * 4, encoding="utf-8")
    assert told(path, read_passages).code == "too_much_passages"
