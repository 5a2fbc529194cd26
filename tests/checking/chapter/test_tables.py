"""Tables of guides as they are laid out: what a person reads off is proposed, what is not sure is marked or left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from alertengine.checking import passages_of, propose, read_passages, write_form
from alertengine.checking.chapter.propose import Chapter
from alertengine.engine import check_dialect
from alertengine.rulebook import Rulebook, read_import
from alertengine.vocabulary import LEVEL_TEXT, InputError
from tests.checking.chapter.made import pdf_table

#: The same measures, laid out in every way that guides and plans have.
WANTED = {
    ("B", "黄色"): "限产20%", ("B", "橙色"): "限产50%", ("B", "红色"): "停产50%（按生产线）",
    ("C", "黄色"): "停产50%（按生产线）", ("C", "橙色"): "停产", ("C", "红色"): "停产",
    ("D", "黄色"): "停产50%（按生产线）", ("D", "橙色"): "停产", ("D", "红色"): "停产",
}  # fmt: skip
HALF = "停产50%（以生产线计）"
LAYOUTS = {
    "levels across": f"""
        绩效等级|黄色预警|橙色预警|红色预警
        B级|限产20%|限产50%|{HALF}
        C级、D级|{HALF}|停产|停产""",
    "grades across": f"""
        预警级别|B级|C级|D级
        红色（Ⅰ级）|{HALF}|停产|停产
        橙色（Ⅱ级）|限产50%|停产|停产
        黄色（Ⅲ级）|限产20%|{HALF}|{HALF}""",
    "several grades in a header, several levels in a row": f"""
        级别|B级企业|C级及以下
        黄色预警|限产20%|{HALF}
        橙色预警|限产50%|停产
        红色预警|{HALF}|停产""",
    "a level and those above it": f"""
        等级|黄色|橙色及以上
        C、D级|{HALF}|停产
        等级|黄色|橙色|红色
        B级|限产20%|限产50%|{HALF}""",
    "two header rows": f"""
        序号|绩效等级|减排措施|减排措施|减排措施
        序号|绩效等级|Ⅲ级（黄色）预警|Ⅱ级（橙色）预警|Ⅰ级（红色）预警
        1|B级|限产20%|限产50%|{HALF}
        2|C级|{HALF}|停产|停产
        3|D级|{HALF}|停产|停产""",
    "grade over level": f"""
        工序|B级|B级|B级|C级、D级|C级、D级|C级、D级
        工序|黄|橙|红|黄|橙|红
        焦化|限产20%|限产50%|{HALF}|{HALF}|停产|停产""",
    "a row for each": f"""
        绩效分级|预警级别|减排措施
        B级|黄色|限产20%
        B级|橙色|限产50%
        B级|红色|停产50%\n（以生产线计）
        C级、D级|黄色|{HALF}
        C级、D级|橙色、红色|停产""",
    "the grade over its rows": f"""
        预警级别|措施
        B级企业|B级企业
        黄色|限产20%
        橙色|限产50%
        红色|{HALF}
        C级及以下企业|C级及以下企业
        黄色|{HALF}
        橙色及以上|停产""",
    "sentences in cells": f"""
        等级|减排措施
        B级|黄色预警期间：限产20%；橙色预警期间：限产50%；红色预警期间：{HALF}。
        C级、D级|黄色预警期间：{HALF}；橙色及以上预警期间：停产。""",
    "sentences by level": f"""
        级别|措施
        黄色|B级企业限产20%，C级、D级企业{HALF}
        橙色|B级企业限产50%；C级、D级企业停产
        红色|B级企业{HALF}；C级、D级企业停产""",
}


def grid(text: str) -> list[list[str]]:
    """The cells of a table drawn with bars; a broken line of a cell stays in it."""
    rows: list[list[str]] = []
    for line in text.strip().splitlines():
        if line.startswith("（"):
            rows[-1][-1] += f"\n{line}"
        elif line.strip():
            rows.append([cell.strip() for cell in line.split("|")])
    return rows


def pasted(text: str, book: Rulebook, before: str = "", after: str = "") -> Chapter:
    quoted = ("\t".join(f'"{cell}"' if "\n" in cell else cell for cell in row) for row in grid(text))
    return propose(passages_of("\n".join([before, *quoted, after])), "焦化", book.lists)


def cells(chapter: Chapter) -> dict[Any, str]:
    """What is proposed without a doubt, by grade and level, with the process where there is one."""
    out = {}
    for cell, found in chapter.cells.items():
        level = LEVEL_TEXT[cell.level] if cell.level else "各级别"
        key = (cell.grade, level) if not cell.process else (cell.process, cell.grade, level)
        out[key] = "；".join(one.reading.cell for one in found)
    return out


def doubts(chapter: Chapter) -> dict[tuple[str, str], list[str]]:
    return {
        (cell.grade, LEVEL_TEXT[cell.level] if cell.level else "各级别"): [
            d for one in found for d in one.reading.doubts
        ]
        for cell, found in chapter.cells.items()
        if any(one.reading.doubts for one in found)
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_measures_are_read_from_every_layout(layout: str, shipped: Rulebook) -> None:
    chapter = pasted(LAYOUTS[layout], shipped)
    assert cells(chapter) == WANTED
    assert chapter.left == []
    assert doubts(chapter) == {}


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pdf"])
def test_merged_cells_of_a_file_say_the_same_in_all_their_places(kind: str, shipped: Rulebook, tmp_path: Path) -> None:
    rows = [
        ["工序", "等级", "黄色", "橙色", "红色"],
        ["焦炉", "B级", "限产10%", "限产20%", "限产30%"],
        ["", "C级、D级", "停产", "停产", "停产"],
    ]
    path = tmp_path / f"t.{kind}"
    if kind == "docx":
        document = docx.Document()
        table = document.add_table(rows=3, cols=5)
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        table.cell(1, 0).merge(table.cell(2, 0)).text = "焦炉"
        document.save(str(path))
    elif kind == "xlsx":
        book = openpyxl.Workbook()
        for texts in rows:
            book.active.append(texts)
        book.active.merge_cells("A2:A3")
        book.save(path)
    else:
        pytest.importorskip("pdfplumber")
        path.write_bytes(pdf_table(rows))
    found = cells(propose(read_passages(path), "焦化", shipped.lists))
    assert found[("焦炉", "B", "橙色")] == "限产20%"
    assert {found[("焦炉", grade, "黄色")] for grade in "CD"} == {"停产"}
    assert len(found) == 9


def test_a_pdf_whose_table_has_no_rules_is_said_and_not_guessed(shipped: Rulebook, tmp_path: Path) -> None:
    pytest.importorskip("pdfplumber")
    rows = [["等级", "黄色预警", "橙色预警", "红色预警"], ["C级", "停产", "停产", "停产"]]
    path = tmp_path / "t.pdf"
    path.write_bytes(pdf_table(rows, ruled=False))
    chapter = propose(read_passages(path), "焦化", shipped.lists)
    assert chapter.cells == {}
    assert len(chapter.left) == 2
    assert all("没有框线" in why for _, why in chapter.left)


def test_radicals_of_a_pdf_are_the_signs_they_stand_for(shipped: Rulebook, tmp_path: Path) -> None:
    pytest.importorskip("pdfplumber")
    path = tmp_path / "t.pdf"
    path.write_bytes(pdf_table([["等级", "⻩色预警"], ["C级", "停⽌⽣产"]], notes=["D级企业：⻩色预警期间：停产。"]))
    chapter = propose(read_passages(path), "焦化", shipped.lists)
    assert cells(chapter) == {("C", "黄色"): "停产", ("D", "黄色"): "停产"}


def test_a_mark_stands_beside_its_note_whatever_it_is_on(shipped: Rulebook) -> None:
    chapter = pasted(
        f"等级①|黄色|橙色*|红色\nC级|{HALF}②|停产|停产[3]",
        shipped,
        after="①含未评级企业。\n*橙色升级的除外。\n②只有一条线的限产50%。\n[3]另行通知的除外。",
    )
    said = doubts(chapter)
    assert said[("C", "黄色")] == ["带注，须看注的内容", "注：②只有一条线的限产50%。"]
    assert said[("C", "橙色")] == ["表头带注，须看注的内容", "注：*橙色升级的除外。"]
    assert said[("C", "红色")] == ["带注，须看注的内容", "注：[3]另行通知的除外。"]
    assert len(chapter.notes) == 4
    listed = propose(passages_of("C级企业：\n①黄色预警期间：停产；\n②橙色预警期间：停产。"), "焦化", shipped.lists)
    assert not listed.notes
    assert doubts(listed) == {}, "a numbered list is no note"


def test_a_figure_above_the_line_and_a_footnote_of_word_are_marks(shipped: Rulebook, tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("C级企业：黄色预警期间：停产50%（以生产线计）")
    paragraph.add_run("1").font.superscript = True
    paragraph.add_run("；橙色预警期间：停产。")
    note = document.add_paragraph()
    note.add_run("1").font.superscript = True
    note.add_run("只有一条线的限产50%。")
    inserted = parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>D级企业：黄色预警期间：停产。</w:t></w:r></w:ins>")
    document.add_paragraph()._p.append(inserted)
    document.save(str(tmp_path / "t.docx"))
    chapter = propose(read_passages(tmp_path / "t.docx"), "焦化", shipped.lists)
    assert cells(chapter)[("C", "黄色")] == "停产50%（按生产线）"
    assert doubts(chapter) == {("C", "黄色"): ["带注，须看注的内容", "注：①只有一条线的限产50%。"]}
    assert cells(chapter)[("D", "黄色")] == "停产"


_BOX = """<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" {w}>
<mc:{kind}><w:txbxContent>{inside}</w:txbxContent></mc:{kind}></mc:AlternateContent>"""


def test_text_boxes_of_word_stand_for_themselves_and_once(shipped: Rulebook, tmp_path: Path) -> None:
    """Word writes a box twice, for itself and for older programs; a table may stand in it."""
    document = docx.Document()
    document.add_paragraph("等级|黄色")
    inner = document.add_table(2, 2)
    for cell, text in zip((c for row in inner.rows for c in row.cells), ("等级", "红色", "D级", "停产"), strict=True):
        cell.text = text
    ruled = inner._tbl.xml.partition("?>")[2] or inner._tbl.xml
    inner._tbl.getparent().remove(inner._tbl)
    run = document.add_paragraph("C级企业：黄色预警期间：停产。").runs[0]._r
    said = f"<w:p {nsdecls('w')}><w:r><w:t>B级企业：黄色预警期间：限产20%。</w:t></w:r></w:p>"
    for kind in ("Choice", "Fallback"):
        run.append(parse_xml(_BOX.format(w=nsdecls("w"), kind=kind, inside=said + ruled)))
    moved = f"<w:moveFrom {nsdecls('w')}><w:r><w:t>C级企业：黄色预警期间：限产20%。</w:t></w:r></w:moveFrom>"
    document.add_paragraph()._p.append(parse_xml(moved))
    document.save(str(tmp_path / "t.docx"))
    chapter = propose(read_passages(tmp_path / "t.docx"), "焦化", shipped.lists)
    assert cells(chapter) == {("C", "黄色"): "停产", ("B", "黄色"): "限产20%", ("D", "红色"): "停产"}
    assert doubts(chapter) == {}


def test_a_hyphen_that_keeps_a_line_together_is_one(shipped: Rulebook, tmp_path: Path) -> None:
    """B-级 with Word's own hyphen is no B级."""
    document = docx.Document()
    run = document.add_paragraph("").add_run("B")
    run._r.append(parse_xml(f"<w:noBreakHyphen {nsdecls('w')}/>"))
    run.add_text("级企业：黄色预警期间：停产。")
    document.save(str(tmp_path / "t.docx"))
    assert cells(propose(read_passages(tmp_path / "t.docx"), "水泥", shipped.lists)) == {("B-", "黄色"): "停产"}


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
@pytest.mark.parametrize("sign", [",", "\t"])
def test_a_table_as_text_is_read_whatever_its_name_says(
    name: str, sign: str, shipped: Rulebook, tmp_path: Path
) -> None:
    rows = [["等级", "黄色", "橙色"], ["C级", "停产50%（以生产线计）", "停产"]]
    (tmp_path / name).write_bytes("\r\n".join(sign.join(row) for row in rows).encode("gb18030"))
    chapter = propose(read_passages(tmp_path / name), "焦化", shipped.lists)
    assert cells(chapter) == {("C", "黄色"): "停产50%（按生产线）", ("C", "橙色"): "停产"}


UNSURE = [
    ("等级|黄色|橙色\nC级|停产50%|停产", ("C", "黄色"), "停产比例未写以何计：有两种读法"),
    ("企业类型|等级|黄色|橙色\n独立焦化|C级|停产|停产", ("C", "黄色"), "企业类型：独立焦化"),
    ("等级|黄色|橙色|备注\nC级|停产|停产|保供暖的除外", ("C", "橙色"), "备注：保供暖的除外"),
    ("等级|级别|措施\nC级|黄色|限产20%\n|橙色|停产", ("C", "橙色"), "本行未写等级，按上一行"),
    ("等级|黄色|橙色\nC级|限产20%|同左", ("C", "橙色"), "原文：同左"),
    ("等级|黄色|橙色\nB级|停产|停产\nC级|停产|同上", ("C", "橙色"), "原文：同上"),
    ("等级|黄色|橙色\nC级|/|停产", ("C", "黄色"), "原文：/"),
    ("等级|黄色|橙色\nC级|夜间停产|停产", ("C", "黄色"), "未读懂"),
    ("等级|黄色|橙色\nC级|停产（保供暖的除外）|停产", ("C", "黄色"), "未读懂"),
    ("等级|减排措施\nC级|停产", ("C", "各级别"), "表中未写明级别"),
]


@pytest.mark.parametrize(("text", "cell", "doubt"), UNSURE)
def test_what_a_person_would_have_to_infer_is_a_doubt_of_the_cell(
    text: str, cell: tuple[str, str], doubt: str, shipped: Rulebook
) -> None:
    assert doubt in doubts(pasted(text, shipped))[cell]


def test_what_has_no_grade_or_no_header_is_left_with_its_reason(shipped: Rulebook) -> None:
    without = pasted("甲公司|限产|停产\n乙公司|停产|停产", shipped)
    assert without.cells == {}
    assert {why for _, why in without.left} == {"表头未读懂"}
    unnamed = pasted("企业|黄色|橙色\n甲公司|限产20%|停产", shipped)
    assert unnamed.cells == {}
    assert {why for _, why in unnamed.left} == {"未写明等级，未读入"}
    twice = pasted("等级|B级|C级\nB级|限产20%|停产", shipped)
    assert "行和列都写了等级，未读入" in {why for _, why in twice.left}


def test_two_rows_for_one_cell_leave_it_open_and_nothing_ruled_is_said_so(shipped: Rulebook, tmp_path: Path) -> None:
    chapter = pasted(
        "类型|等级|黄色|橙色|红色\n独立|B级|限产10%|停产|停产\n联合|B级|限产20%|停产|停产\n|B-级|—|不作要求|停产",
        shipped,
    )
    form = tmp_path / "f.xlsx"
    head = {"document": "x", "title": "题", "area": "全国", "valid": {"from": "2027-01-01", "to": "not stated"},
            "source": "secondary"}  # fmt: skip
    counts = write_form(chapter, head, "一", shipped.lists, form)
    assert counts["open"] == 1
    assert cells(chapter)[("B-", "橙色")] == "—"
    sheet = openpyxl.load_workbook(form)["表 焦化"]
    for row in sheet.iter_rows():
        for cell in row:
            if str(cell.value or "").startswith("【"):
                cell.value = "停产"
    sheet.parent.save(form)
    assert read_import(shipped, form, check_dialect).rules


def test_a_pdf_of_too_many_pages_is_refused_by_its_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pdfplumber")
    path = tmp_path / "t.pdf"
    page = pdf_table([["等级", "黄色预警"], ["C级", "停产"]])
    path.write_bytes(page.replace(b"/Kids [3 0 R] /Count 1", b"/Kids [3 0 R 6 0 R] /Count 2"))
    assert read_passages(path)
    monkeypatch.setenv("ALERTENGINE_MAX_PAGES", "1")
    second = b"6 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>\nendobj\n"
    body, _, _ = path.read_bytes().partition(b"xref\n0 ")
    path.write_bytes(body + second + b"trailer << /Size 7 /Root 1 0 R >>\n%%EOF\n")
    with pytest.raises(InputError, match="PAGES"):
        read_passages(path)
