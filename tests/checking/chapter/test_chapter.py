"""A chapter entered from its text: what a person would read is proposed, the rest is left for a person to decide."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from alertengine.checking import Passage, propose, proposed_cases, read_passages, write_form
from alertengine.checking.chapter.measures import read_measures
from alertengine.checking.chapter.propose import Chapter, ChapterCell
from alertengine.cli import main
from alertengine.engine import check_dialect
from alertengine.rulebook import DocumentLoader, Rulebook, read_import
from alertengine.vocabulary import InputError, Level
from tests.checking.chapter.made import pdf_page
from tests.conftest import Decider

TRUCKS = "禁止使用国四及以下重型载货车辆（含燃气）进行物料运输"
BASE = "（以环评批复产能、排污许可载明产能、前一年正常生产实际产量三者日均值的最小值为基数）"
CEMENT = f"""十五、水泥
（三）减排措施
1.水泥熟料企业
A级企业：自主采取减排措施。
B级企业：黄色预警期间：{TRUCKS}；橙色预警期间：水泥窑限产20%{BASE}，{TRUCKS}；红色预警期间：停产，{TRUCKS}。
C级企业：黄色预警期间：停产50%（以生产线计），{TRUCKS}；橙色及以上预警期间：停产，{TRUCKS}。
D级企业：黄色及以上预警期间：停产，停止公路运输。
2.独立粉磨站
引领性企业：自主采取减排措施。
非引领性企业：黄色预警期间：停产50%；橙色及以上预警期间：停产。
"""
HEAD = {
    "document": "our-cement", "title": "技术指南", "number": "试〔2020〕1号", "issuer": "试", "issued": "2020-06-29",
    "area": "全国", "valid": {"from": "2020-06-29", "to": "not stated"}, "source": "secondary",
    "entered": {"by": "甲局张三", "on": "2026-11-28", "pages": "88-95"},
}  # fmt: skip


def read(text: str, book: Rulebook, folder: Path, industry: str = "水泥") -> Chapter:
    path = folder / "chapter.txt"
    path.write_text(text, encoding="utf-8")
    return propose(read_passages(path), industry, book.lists)


def said(chapter: Chapter, process: str, grade: str, level: str) -> Any:
    [found] = chapter.cells[ChapterCell(process, grade, Level(level))]
    return found.reading


def decided(path: Path, changes: dict[tuple[str, str, str], str]) -> None:
    """Write what a person decides into a form: sheet, grade and level to a cell's text."""
    book = openpyxl.load_workbook(path)
    for (sheet, grade, level), text in changes.items():
        rows = list(book[sheet].iter_rows())
        top = next(row for row in rows if row[0].value == "执行等级")
        place = next(cell.column for cell in top if cell.value == level)
        row = next(row for row in rows[top[0].row :] if row[0].value == grade)
        row[place - 1].value = text
    book.save(path)


@pytest.fixture(scope="module")
def form(shipped: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cement chapter with its two open cells decided."""
    folder = tmp_path_factory.mktemp("chapter")
    chapter = read(CEMENT, shipped, folder)
    path = folder / "form.xlsx"
    counts = write_form(chapter, HEAD, "十五、水泥", shipped.lists, path)
    assert counts == {"filled": 12, "check": 1, "open": 1, "missing": 0}
    with pytest.raises(InputError) as refused:
        read_import(shipped, path, check_dialect)
    assert [problem.code for problem in refused.value.problems] == ["cell_not_decided"] * 2
    ban = '禁止车辆运输："国四及以下重型载货车辆（含燃气）"（国四及以下，车型：重型载货）'
    decided(path, {
        ("表 水泥熟料", "B", "黄色"): f"不要求停限产；{ban}",
        ("表 水泥粉磨", "非引领性", "黄色"): "缺项",
    })  # fmt: skip
    return path


def test_the_cement_chapter_entered_from_its_text_decides_as_the_shipped_one(
    shipped: Rulebook, form: Path, tmp_path: Path, decide: Decider
) -> None:
    found = read_import(shipped, form, check_dialect)
    (tmp_path / "our-cement.yaml").write_text(found.text, encoding="utf-8")
    loader = DocumentLoader(shipped.lists, shipped.layers)
    without = shipped.dropping([name for name in shipped.documents if name != "guide-2020-340"])
    ours = shipped.dropping(list(shipped.documents)).adding([loader.load(tmp_path / "our-cement.yaml")])
    assert {rule.document for rule in ours.rules.values()} == {"our-cement"}
    lines = [{"industry": "水泥", "process": "熟料", "grade": grade} for grade in ("A", "B", "C", "D")]
    lines += [{"industry": "水泥", "process": "粉磨", "grade": "引领性"}]
    columns = ["status", "measure", "measure_text", "share", "effective_grade"]
    for level in ("yellow", "orange", "red"):
        one, other = (
            decide(book, lines, level=level, day=date(2021, 5, 10), apart=True).sort_values("enterprise_id")
            for book in (without, ours)
        )
        pd.testing.assert_frame_equal(one[columns].astype("object"), other[columns].astype("object"))
        assert one["status"].isin(["ordered", "self_directed"]).sum() >= 4, "nothing is compared where nothing is asked"
        bans = [table["transport"].fillna("").str.contains("国四|公路") for table in (one, other)]
        assert bans[0].tolist() == bans[1].tolist()
        assert bans[0].tolist()[:4] == [False, True, True, True]


def test_the_document_says_who_entered_it_and_is_primary_only_once_another_checked_it(
    shipped: Rulebook, form: Path, tmp_path: Path
) -> None:
    raw = yaml.safe_load(read_import(shipped, form, check_dialect).text)
    assert raw["entered"] == {"by": "甲局张三", "on": "2026-11-28", "pages": "88-95"}
    assert {table["article"] for table in raw["tables"]} == {"十五、水泥"}
    checked = {"checked_by": "甲局李四", "checked_on": "2026-11-29"}
    loader = DocumentLoader(shipped.lists, shipped.layers)
    for more, standing in (({}, "secondary"), (checked, "primary")):
        file = tmp_path / "d.yaml"
        entered = {**raw["entered"], **more}
        file.write_text(yaml.safe_dump({**raw, "source": "primary", "entered": entered}, allow_unicode=True))
        assert loader.load(file).document.standing == standing
    alone = {**raw, "entered": {**raw["entered"], "checked_by": "甲局张三", "checked_on": "2026-11-29"}}
    file.write_text(yaml.safe_dump(alone, allow_unicode=True))
    with pytest.raises(InputError, match="checked by whoever entered it"):
        loader.load(file)


def test_every_cell_gets_a_worked_case_that_expects_what_it_says(shipped: Rulebook, form: Path) -> None:
    raw = yaml.safe_load(read_import(shipped, form, check_dialect).text)
    cases = {case["name"]: case for case in proposed_cases(raw, shipped.lists)}
    assert len(cases) == 11  # nine of clinker, two of grinding; A and 引领性 are said once for every level
    case = cases["水泥熟料C，橙色"]
    assert case["expect"] == {"status": "ordered", "measure": "stop", "share": 1.0}
    assert case["line"]["grade"] == "C"
    assert cases["水泥熟料B，黄色"]["expect"] == {"status": "ordered", "measure": "none", "share": 0.0}


TRAPS = [
    ("停产50%（以生产线计）", "停产50%（按生产线）", []),
    ("停产", "停产", []),
    ("停产50%", "", ["停产比例未写以何计：有两种读法"]),
    ("停产50%（以生产线计）①", "停产50%（按生产线）", ["带注，须看注的内容"]),
    ("限产30%（以环评批复产能为基数）", "限产30%（环评日产能）", []),
    ("限产30%（以核定产能为基数）", "限产30%", ["基数未读懂：以核定产能为基数"]),
    ("夜间停产", "", ["未读懂"]),
    (
        "停产50%（以生产线计，不足一条按一条计）",
        "停产50%（按生产线）",
        ["原文另写“不足一条按一条计”，须看取整"],
    ),
    ("原则上停产或限产50%", "", ["未读懂"]),
    ("停2台", "停运设备2台", ["台数未写是全厂的还是每条线的"]),
    ("全厂停2台", "停运设备2台（范围：全厂）", []),
    ("焦炉结焦时间延长至36小时以上，停止公路运输", "结焦时间延长至36小时；禁止车辆运输：停止公路运输（全部车辆）", []),
    ("限产50%（以设备计）", "停产50%（按设备）", ["限产以台数、条数计：按停产计"]),
]


@pytest.mark.parametrize(("sentence", "cell", "doubts"), TRAPS)
def test_what_is_sure_is_read_and_what_can_be_meant_otherwise_is_marked(
    sentence: str, cell: str, doubts: list[str]
) -> None:
    reading = read_measures(sentence, ["焦炉"])
    assert (reading.cell, reading.doubts) == (cell, doubts)
    if sentence == "停产50%":
        assert reading.other == ["停产50%（按生产线）", "限产50%"]


def test_a_word_table_with_merged_cells_is_read_as_a_person_reads_it(shipped: Rulebook, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("长流程联合钢铁")
    table = document.add_table(rows=6, cols=5)
    texts = [
        ["工序", "绩效等级", "黄色预警", "橙色预警", "红色预警"],
        ["烧结", "B级", "不限产", "停产30%", "停产50%（以生产线计）"],
        ["烧结", "C、D级", "停产50%（以生产线计）*", "停产", "停产"],
        ["高炉", "B级", "限产20%", "限产20%", "限产50%"],
        ["高炉", "C级及以下", "焖炉", "焖炉", "停产"],
        ["注：以生产线计的，只有一条生产线的企业限产50%。"] * 5,
    ]
    for row, cells in zip(table.rows, texts, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    for first, last, text in (((1, 0), (2, 0), "烧结"), ((3, 2), (3, 3), "限产20%"), ((5, 0), (5, 4), texts[5][0])):
        merged = table.cell(*first).merge(table.cell(*last))
        merged.text = text
    path = tmp_path / "table.docx"
    document.save(str(path))
    chapter = propose(read_passages(path), "长流程联合钢铁", shipped.lists)
    assert said(chapter, "烧结", "B", "yellow").cell == "不要求停限产"
    assert said(chapter, "烧结", "B", "orange").cell == ""
    assert said(chapter, "烧结", "D", "orange").cell == "停产"
    assert said(chapter, "烧结", "D", "yellow").doubts == ["带注，须看注的内容"]
    assert said(chapter, "高炉", "B", "orange").cell == said(chapter, "高炉", "B", "yellow").cell == "限产20%"
    assert said(chapter, "高炉", "D", "yellow").cell == "焖炉"
    assert [note.text for note in chapter.notes] == [texts[5][0]]
    counts = write_form(chapter, {**HEAD, "document": "x"}, "一", shipped.lists, tmp_path / "f.xlsx")
    assert (counts["open"], counts["check"]) == (1, 2)
    left = openpyxl.load_workbook(tmp_path / "f.xlsx")["未读入"]
    assert texts[5][0] in [row[1].value for row in left.iter_rows()]


def test_pasted_tables_and_other_layouts_come_to_the_same(shipped: Rulebook, tmp_path: Path) -> None:
    rows = ["等级\t黄色\t橙色\t红色", "B级\t限产10%\t限产20%\t停产", "C级\t停产\t停产\t停产"]
    pasted = read("\n".join(["熟料", *rows]), shipped, tmp_path)
    wide = read(
        "熟料\nB级企业：黄色预警时限产10%；橙色预警时限产20%；红色预警时停产\nC级：黄色及以上：停产\n",
        shipped,
        tmp_path,
    )
    sheet = openpyxl.Workbook()
    for row in rows:
        sheet.active.append(row.split("\t"))
    sheet.save(tmp_path / "t.xlsx")
    excel = propose(read_passages(tmp_path / "t.xlsx"), "水泥", shipped.lists, "熟料")
    for chapter in (wide, excel):
        assert {cell: found[0].reading.cell for cell, found in chapter.cells.items()} == {
            cell: found[0].reading.cell for cell, found in pasted.cells.items()
        }


def test_two_unequal_sentences_on_one_cell_leave_it_open(shipped: Rulebook, tmp_path: Path) -> None:
    chapter = read("熟料\nC级企业：橙色预警期间停产。\nC级企业：橙色预警期间限产50%。\n", shipped, tmp_path)
    counts = write_form(chapter, HEAD, "一", shipped.lists, tmp_path / "f.xlsx")
    assert counts["open"] == 1
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx")["出处"]
    row = [cell.value for cell in list(sheet.iter_rows())[1]]
    assert row[6] == "同一格有两处写法"
    assert row[7] == "停产；或：限产50%"


def test_a_paragraph_that_names_no_grade_is_never_taken_for_sure(shipped: Rulebook, tmp_path: Path) -> None:
    chapter = read("熟料\nC级企业：橙色预警期间：\n停产。\n停止公路运输。\n", shipped, tmp_path)
    first, second = chapter.cells[ChapterCell("熟料", "C", Level.ORANGE)]
    assert (first.reading.cell, first.reading.doubts) == ("停产", [])
    assert second.reading.doubts == ["本段未写明等级、级别，按上文"]
    general = read("停产企业须做好台账。\n熟料\nC级企业：橙色预警期间停产。\n", shipped, tmp_path)
    assert [passage.text for passage, _ in general.left] == ["停产企业须做好台账。"]


COKE = """四、焦化
（五）减排措施
1.A级企业
鼓励结合实际，自主采取减排措施。
2.B级企业
黄色预警期间：停止使用国四及以下重型载货车辆（含燃气）进行物料运输。
橙色及以上预警期间：焦炉出焦时间延长至28小时以上；停止使用国四及以下重型载货车辆（含燃气）进行物料运输。
3.C、D级企业
黄色预警期间：焦炉、气化炉停产50%（以生产线计）；锅炉限产20%；停止公路运输。
橙色预警期间：除保障民生供暖的以外停产。
"""


def test_headings_with_grades_and_sentences_of_several_processes(shipped: Rulebook, tmp_path: Path) -> None:
    chapter = read(COKE, shipped, tmp_path, "焦化")
    [own] = chapter.cells[ChapterCell("", "A", None)]
    assert (own.reading.cell, own.reading.doubts) == ("自主减排", [])
    assert said(chapter, "焦炉", "B", "red").cell == "结焦时间延长至28小时"
    assert said(chapter, "气化", "D", "yellow").cell == "停产50%（按生产线）"
    assert said(chapter, "锅炉", "C", "yellow").cell == "限产20%"
    assert said(chapter, "", "C", "yellow").cell == "禁止车辆运输：停止公路运输（全部车辆）"
    assert said(chapter, "", "C", "orange").doubts == ["未读懂"]
    assert not chapter.left
    counts = write_form(chapter, {**HEAD, "document": "x"}, "四、焦化", shipped.lists, tmp_path / "f.xlsx")
    assert counts["open"] == 2


def test_a_text_that_names_the_level_first_gives_each_grade_its_own_level(shipped: Rulebook, tmp_path: Path) -> None:
    prose = "橙色预警期间，B级企业限产30%，C级、D级企业停产；红色（Ⅰ级）预警期间，全部停产。\n"
    chapter = read(prose, shipped, tmp_path, "焦化")
    assert {(cell.grade, cell.level): found[0].reading.cell for cell, found in chapter.cells.items()} == {
        ("B", Level.ORANGE): "限产30%",
        ("C", Level.ORANGE): "停产",
        ("D", Level.ORANGE): "停产",
    }
    assert [passage.text for passage, _ in chapter.left] == ["全部停产"]
    first = "C级企业：黄色预警期间停产。"
    lines = [first, "橙色预警期间：", "B级企业：限产30%。", "红色预警期间：", "B级企业：停产。"]
    below = read("\n".join(lines), shipped, tmp_path, "焦化")
    assert said(below, "", "B", "orange").cell == "限产30%"
    assert said(below, "", "B", "red").cell == "停产"


def test_the_chapters_of_other_industries_are_passed_over(shipped: Rulebook, tmp_path: Path) -> None:
    stop = "C级企业：红色预警期间停产。"
    text = f"三、铁合金\n{stop}\n四、焦化\n1.焦炉\n{stop}\n五、石灰窑\nD级企业：红色预警期间停产。\n"
    chapter = read(text, shipped, tmp_path, "焦化")
    assert list(chapter.cells) == [ChapterCell("焦炉", "C", Level.RED)]
    assert {why for _, why in chapter.left} == {"属另一行业：铁合金", "属另一行业：石灰窑"}


def test_a_level_that_refers_to_another_is_proposed_to_be_looked_at(shipped: Rulebook, tmp_path: Path) -> None:
    chapter = read("D级企业：黄色预警期间：同红色预警措施；红色预警期间：停产。\n", shipped, tmp_path, "焦化")
    reading = said(chapter, "", "D", "yellow")
    assert (reading.cell, reading.doubts) == ("停产", ["原文：同红色预警措施"])


def test_a_text_that_is_none_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pdfplumber")
    (tmp_path / "scan.pdf").write_bytes(pdf_page([]))
    (tmp_path / "broken.pdf").write_bytes(b"%PDF nothing")
    (tmp_path / "boxed.pdf").write_bytes(pdf_page([]).replace(b"[0 0 600 800]", b"[0 0 (x) 0800]"))
    (tmp_path / "broken.docx").write_bytes(b"PK nothing")
    docx.Document().save(str(tmp_path / "whole.docx"))
    with zipfile.ZipFile(tmp_path / "whole.docx") as whole, zipfile.ZipFile(tmp_path / "other.docx", "w") as other:
        for name in whole.namelist():
            other.writestr(name, whole.read(name).replace(b"w:document", b"w:nothing"))
    (tmp_path / "empty.txt").write_text("\n")
    codes = {
        "scan.pdf": "chapter_without_text",
        "broken.pdf": "chapter_unreadable",
        "boxed.pdf": "chapter_unreadable",
        "broken.docx": "chapter_unreadable",
        "other.docx": "chapter_unreadable",
        "empty.txt": "chapter_without_text",
        "absent.txt": "chapter_absent",
        "old.doc": "chapter_suffix",
    }
    for name, code in codes.items():
        with pytest.raises(InputError) as refused:
            read_passages(tmp_path / name)
        (problem,) = refused.value.problems
        assert problem.code == code, name
        if code == "chapter_unreadable":
            assert problem.words("zh")[0] == "文件不能打开：内容损坏或格式不符", name


def test_passages_broken_in_the_middle_are_put_together(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("C级企业：橙色预警期间，按照要求停产百\n分之五十以上。\nD级企业：停产。\n", encoding="gb18030")
    assert read_passages(path) == [
        Passage("C级企业：橙色预警期间，按照要求停产百分之五十以上。", "第1行"),
        Passage("D级企业：停产。", "第3行"),
    ]


@pytest.mark.slow
def test_the_way_by_command_from_text_to_rules_and_cases(tmp_path: Path) -> None:
    text = tmp_path / "t.txt"
    text.write_text(
        "熟料\nC级企业：黄色预警期间：停产50%（以生产线计）；橙色及以上预警期间：停产。\n", encoding="utf-8"
    )
    list_file = tmp_path / "l.csv"
    emissions = "SO2排放量(千克/日),NOx排放量(千克/日),颗粒物排放量(千克/日),VOCs排放量(千克/日)"
    list_file.write_text(
        f"企业名称,城市,行业,工序,生产线编号,绩效等级,{emissions}\n甲,大同市,水泥,熟料,1,C,1,1,1,1\n", encoding="utf-8"
    )
    run = CliRunner().invoke
    form, rules = str(tmp_path / "f.xlsx"), tmp_path / "rules"
    rules.mkdir()
    made = ["--title", "大同市减排措施", "--area", "大同市", "--issued", "2027-01-01", "--entered-by", "大同局王五"]
    first = run(
        main, ["rules", "chapter", str(text), "-o", form, "--document", "dt-cement", "--industry", "水泥", *made]
    )
    assert first.exit_code == 0, first.output
    done = run(main, ["rules", "import", form, "--into", str(rules), "--yes", "--list", str(list_file), "--cases"])
    assert "orders would change" in done.output
    assert "3 cases hold" in done.output, done.output
    raw = yaml.safe_load((rules / "dt-cement.yaml").read_text(encoding="utf-8"))
    assert raw["entered"]["by"] == "大同局王五"
    assert [row[0] for row in raw["tables"][0]["rows"]] == ["C", "B", "D"], "grades not in the text are holes"
    again = run(main, ["rules", "import", form, "--into", str(rules), "--yes", "--cases"])
    assert "cases are there already" in again.output
    unknown = run(main, ["rules", "chapter", str(text), "-o", form, "--document", "x", "--industry", "水尼"])
    assert unknown.exit_code == 2
    assert "水泥" in unknown.output


def test_a_chapter_tells_at_once_what_an_import_would_refuse(tmp_path: Path) -> None:
    text, form = tmp_path / "t.txt", tmp_path / "f.xlsx"
    text.write_text("熟料\nC级企业：黄色预警期间停产。\n", encoding="utf-8")

    def refused(*options: str) -> str:
        done = CliRunner().invoke(main, ["rules", "chapter", str(text), "-o", str(form), *options])
        assert done.exit_code == 2
        assert not form.exists()
        return done.output

    output = refused("--document", "Dt 1", "--industry", "水尼", "--process", "熟聊", "--area", "云州区")
    for said in ("--document: ", "--industry: ", "--process: ", "--area: ", "大同市/云州区"):
        assert said in output
    assert "--document: " in refused("--document", "guide-2020-340", "--industry", "水泥")


def test_a_document_is_scaffolded_with_its_test(tmp_path: Path) -> None:
    arguments = ["rules", "new", "dt-plan", "-o", str(tmp_path), "--title", "大同市预案", "--area", "大同市"]
    run = CliRunner().invoke
    refused = run(main, arguments)
    assert refused.exit_code == 2
    assert "--from" in refused.output
    assert run(main, [*arguments, "--from", "2027-01-01"]).exit_code == 0
    book = Rulebook.load([tmp_path])
    assert book.documents["dt-plan"].missing[0].what == "全文"
    assert (tmp_path / "dt-plan.test.yaml").exists()
    assert run(main, [*arguments, "--from", "2027-01-01"]).exit_code == 2, "nothing is overwritten"
