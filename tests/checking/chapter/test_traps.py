"""Sentences that are easily misread: what a person would propose is proposed, the rest is marked and never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertengine.checking import passages_of, propose, write_form
from alertengine.checking.chapter.propose import Chapter
from alertengine.rulebook import Rulebook, read_workbook
from alertengine.vocabulary import LEVEL_TEXT

HALF = "停产50%（按生产线）"


def read(text: str, book: Rulebook) -> tuple[dict[str, str], dict[str, list[str]], Chapter]:
    """What is proposed by grade and level, the doubts of each, and the chapter."""
    chapter = propose(passages_of(text), "焦化", book.lists)
    said: dict[str, list[str]] = {}
    doubts: dict[str, list[str]] = {}
    for cell, found in chapter.cells.items():
        key = f"{cell.grade}{LEVEL_TEXT[cell.level] if cell.level else '各级别'}"
        said.setdefault(key, []).extend(one.reading.cell for one in found)
        doubts.setdefault(key, []).extend(doubt for one in found for doubt in one.reading.doubts)
    return {key: "；".join(texts) for key, texts in said.items()}, {k: d for k, d in doubts.items() if d}, chapter


SURE = [
    (
        "B级企业在发布橙色预警时，限产20%；发布红色预警时，停产50%（以生产线计）。",
        {"B橙色": "限产20%", "B红色": HALF},
    ),
    (
        "绩效引领性企业可自主采取减排措施，非绩效引领性企业橙色及以上预警期间均应停产。",
        {"引领性各级别": "自主减排", "非引领性橙色": "停产", "非引领性红色": "停产"},
    ),
    (
        "橙色预警：\n（1）B级企业：限产三成；\n（2）C级企业：停一半生产线；\n（3）D级企业：全部停产。",
        {"B橙色": "限产30%", "C橙色": HALF, "D橙色": "停产"},
    ),
    ("C级企业：黄色、橙色预警期间停产50%（按生产线计算），红色预警期间停产",
     {"C黄色": HALF, "C橙色": HALF, "C红色": "停产"}),
    ("黄色预警期间，B级及以上企业自主减排，C级及以下企业停产。",
     {"A+黄色": "自主减排", "A黄色": "自主减排", "B黄色": "自主减排", "C黄色": "停产", "D黄色": "停产"}),
    ("C级企业在橙色和红色预警期间均停产。", {"C橙色": "停产", "C红色": "停产"}),
    ("C级企业：橙色预警及以上期间停产。", {"C橙色": "停产", "C红色": "停产"}),
    ("（一）绩效分级为A级企业：自主采取减排措施。\n（二）评为B级企业，黄色预警期间继续停产！",
     {"A各级别": "自主减排", "B黄色": "停产"}),
    ("B-D级企业：红色预警期间停产。", {"B红色": "停产", "C红色": "停产", "D红色": "停产"}),
    ("B级至C级企业：红色预警期间全部焖炉。", {"B红色": "焖炉", "C红色": "焖炉"}),
    ("B级（含）以上企业：红色预警期间限产10%。", {"A+红色": "限产10%", "A红色": "限产10%", "B红色": "限产10%"}),
    ("A级企业：橙色及以下预警期间自主减排；红色预警期间限产20%。",
     {"A黄色": "自主减排", "A橙色": "自主减排", "A红色": "限产20%"}),
    ("C级企业：黄色限产20%，橙色限产30%，红色停产。", {"C黄色": "限产20%", "C橙色": "限产30%", "C红色": "停产"}),
    ("C级企业：Ⅲ级（黄色）预警期间限产20%；橙色预警期间停产。", {"C黄色": "限产20%", "C橙色": "停产"}),
    ("等级|黄色|橙色\n---|---|---\nC级|停产|停产".replace("\n", "|\n|").join("||"), {"C黄色": "停产", "C橙色": "停产"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), SURE)
def test_what_a_person_reads_off_is_proposed_without_a_doubt(
    text: str, wanted: dict[str, str], shipped: Rulebook
) -> None:
    said, doubts, chapter = read(text, shipped)
    assert said == wanted
    assert doubts == {}
    assert chapter.left == []


UNSURE = [
    # two readings beside one
    ("C级企业：黄色预警期间停产50%；橙色预警期间停产50%（以生产线计）；红色预警期间停产。", "C黄色"),
    # a condition in front of what comes after it
    ("C级企业：仅有一条生产线的，黄色预警期间限产50%；橙色预警期间停产。", "C黄色"),
    ("C级企业：黄色预警期间停产；如遇重大活动，红色预警期间限产20%。", "C红色"),
    # an exception, a permission, a part of the day, an end
    ("A、B级企业：红色预警期间，除A级外限产20%。", "B红色"),
    ("C级企业：橙色预警期间原则上停产。", "C橙色"),
    ("C级企业：橙色预警期间可停产。", "C橙色"),
    ("C级企业：橙色预警期间夜间停产。", "C橙色"),
    ("C级企业：橙色预警期间停产72小时。", "C橙色"),
    ("C级企业：橙色预警期间停产50%或限产50%。", "C橙色"),
    ("C级企业：黄色预警限产20%，橙色预警在黄色预警基础上再限产20%。", "C黄色"),
    # a level that is not said again, or only by its numeral, or not at all
    ("焦炉：B级企业橙色预警期间结焦时间延长至36小时，C级企业停产。", "C橙色"),
    ("D级企业：Ⅲ级响应期间停产50%（以生产线计），Ⅱ级及以上响应期间停产。", "D橙色"),
    ("C级企业：停产。", "C各级别"),
    ("等级\tⅢ级响应\tⅡ级响应\nC级\t停产\t停产", "C黄色"),
    # what another grade or the cell above says; an exception in a sentence of its own; what may go on
    ("C级企业：黄色预警期间限产20%。\nD级企业：按C级执行。", "D黄色"),
    ("等级\t黄色\t橙色\nB级\t停产\t停产\nC级\t停产\t同上\nD级\t停产\t〃", "D橙色"),
    ("C级企业：黄色预警期间停产；电炉除外。", "C黄色"),
    ("C级企业：黄色预警期间产量控制在50%以内。", "C黄色"),
]


@pytest.mark.parametrize(("text", "cell"), UNSURE)
def test_what_is_not_sure_has_a_doubt(text: str, cell: str, shipped: Rulebook) -> None:
    _, doubts, _ = read(text, shipped)
    assert cell in doubts


REFERS = [
    ("C级企业：黄色预警期间限产20%；橙色预警期间停产。\nD级企业：按C级执行。", {"D黄色": "限产20%", "D橙色": "停产"}),
    ("C级企业：黄色预警期间限产20%。\n未评级企业：黄色预警期间同C级企业。", {"未评级黄色": "限产20%"}),
    ("等级\t黄色\t橙色\nB级\t停产\t停产\nC级\t停产\t同上\nD级\t停产\t〃", {"C橙色": "停产", "D橙色": "停产"}),
]


@pytest.mark.parametrize(("text", "wanted"), REFERS)
def test_what_refers_to_another_cell_proposes_what_stands_there(
    text: str, wanted: dict[str, str], shipped: Rulebook
) -> None:
    said, doubts, _ = read(text, shipped)
    assert {key: said[key] for key in wanted} == wanted
    assert all(any(doubt.startswith("原文：") for doubt in doubts[key]) for key in wanted)


@pytest.mark.parametrize(
    ("text", "other"),
    [("不得超过设计产能的70%", "限产30%"), ("产量控制在50%以内", "限产50%"), ("负荷维持在60%", "限产40%")],
)
def test_what_may_go_on_is_never_taken_for_what_is_cut(text: str, other: str, shipped: Rulebook) -> None:
    _, _, chapter = read(f"C级企业：黄色预警期间，{text}。", shipped)
    ((found,),) = chapter.cells.values()
    assert (found.reading.cell, found.reading.other) == ("", [other])


@pytest.mark.parametrize(
    "text", ["非A级企业：停产。", "除A级外的企业：红色预警期间停产。", "D-B级企业：停产。", "B-引领性级企业：停产。"]
)
def test_grades_that_are_not_named_one_by_one_are_left(text: str, shipped: Rulebook) -> None:
    said, _, chapter = read(text, shipped)
    assert (said, len(chapter.left)) == ({}, 1)


def test_a_clause_without_a_grade_is_told_where_others_of_its_sentence_have_one(shipped: Rulebook) -> None:
    _, _, chapter = read("加强运输管理，C级企业橙色预警期间停产。", shipped)
    assert [(one.text, why) for one, why in chapter.left] == [("加强运输管理", "未写明等级，未读入")]


def test_no_doubtful_cell_leaves_the_form_without_a_mark(shipped: Rulebook, tmp_path: Path) -> None:
    head = {"document": "x", "title": "题", "area": "全国", "valid": {"from": "2027-01-01", "to": "not stated"},
            "source": "secondary"}  # fmt: skip
    for text, cell in UNSURE:
        _, _, chapter = read(text, shipped)
        counts = write_form(chapter, head, "一", shipped.lists, tmp_path / "f.xlsx")
        assert counts["open"] + counts["check"] >= 1, text
        rows = read_workbook(tmp_path / "f.xlsx")["出处"]
        assert any(f"{row[1]}{row[2]}" == cell and row[6] for row in rows[1:]), text
