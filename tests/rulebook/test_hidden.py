"""What a rule workbook hides is read as the rest of it, and said: nobody makes law of it without knowing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from alertengine.checking import propose, read_passages
from alertengine.engine import check_dialect
from alertengine.rulebook import Rulebook, export_document, read_import
from alertengine.vocabulary import InputError

DOCUMENT = "guide-2020-340"


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return Rulebook.load()


@pytest.fixture(scope="module")
def exported(shipped: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("law") / "law.xlsx"
    export_document(shipped, DOCUMENT, path)
    return path


def changed(path: Path, to: Path, change: Callable[[Any], None]) -> Path:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(to)
    return to


def row(sheet: Any) -> None:
    sheet.row_dimensions[2].hidden = True


def column(sheet: Any) -> None:
    sheet.column_dimensions["B"].hidden = True


def unseen(sheet: Any) -> None:
    sheet.sheet_state = "hidden"


def very(sheet: Any) -> None:
    sheet.sheet_state = "veryHidden"


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        (row, "hidden_rows", ("2",)),
        (column, "hidden_columns", ("B",)),
        (unseen, "hidden_kept", ("规则",)),
        (very, "hidden_kept", ("规则",)),
    ],
)
def test_hidden_parts_of_a_document_are_read_and_said(
    shipped: Rulebook, exported: Path, tmp_path: Path, change: Callable[[Any], None], code: str, named: tuple[str, ...]
) -> None:
    path = changed(exported, tmp_path / "law.xlsx", lambda book: change(book["规则"]))
    found = read_import(shipped, path, check_dialect)
    assert found.changes == []  # read as the rest
    [note] = [one for one in found.notes if one.code.startswith("hidden_")]
    assert (note.code, dict(note.arguments)["names"], note.file) == (code, named, str(path))
    assert note.sheet == ("" if code == "hidden_kept" else "规则")


def test_what_hides_nothing_is_no_news(shipped: Rulebook, exported: Path, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["规则"].row_dimensions[900].hidden = True
        book["规则"].column_dimensions["ZZ"].hidden = True
        book.create_sheet("空").sheet_state = "hidden"

    path = changed(exported, tmp_path / "law.xlsx", change)
    assert not [one for one in read_import(shipped, path, check_dialect).notes if one.code.startswith("hidden_")]


def test_a_hidden_row_of_a_chapter_is_left_to_a_person(shipped: Rulebook, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in (["等级", "黄色", "橙色"], ["C级", "限产20%", "停产"], ["D级", "停产", "停产"]):
        book.active.append(cells)
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "t.xlsx")
    chapter = propose(read_passages(tmp_path / "t.xlsx"), "焦化", shipped.lists)
    assert ("D", "黄色") in {(cell.grade, {"yellow": "黄色"}.get(str(cell.level))) for cell in chapter.cells}
    assert [(said.where, said.text) for said, _ in chapter.left] == [("Sheet", "有1行被隐藏，照常读取：第3行")]


def test_a_sheet_copied_within_a_workbook_is_named_by_its_sheet(
    shipped: Rulebook, exported: Path, tmp_path: Path
) -> None:
    """No rule of it is law twice, and what is said names the workbook, not a file that nobody has."""
    path = changed(exported, tmp_path / "law.xlsx", lambda book: book.copy_worksheet(book["表 clinker"]))
    with pytest.raises(InputError) as caught:
        read_import(shipped, path, check_dialect)
    first = caught.value.problems[0]
    assert (first.code, first.file, first.value) == ("id_twice", f"{path} [表 clinker Copy]", "clinker")
    assert not [one for one in caught.value.problems if "document.yaml" in one.text("zh")]
