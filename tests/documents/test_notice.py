from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from alertengine.documents import Footing, write_documents
from alertengine.documents.board import board_items
from alertengine.documents.document import file_name
from alertengine.documents.formal_or_draft import DRAFT_MARK
from alertengine.documents.notice import notice_page, public_notice
from alertengine.orders import in_force
from alertengine.vocabulary import moment, plain, public
from tests.documents.conftest import Maker

Footer = Callable[..., Footing]
PRIVATE = {
    "contact": "张三丰",
    "phone": "13912345678",
    "address": "某路88号",
    "lon": "111.5155",
    "lat": "36.0833",
    "meter_no": "1400012345",
}


def test_nothing_personal_enters_what_is_published(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    """Not from the list, and not from a plan that names a phone or an identity number."""
    table = orders(
        {"measure_text": "停产，有事拨打13912345678或0357-2012345", "remark": "处罚决定：某罚字1号；联系张三丰"},
        {"line_id": "02", "transport": "停运（负责人身份证142601198001011234）", "line": "窑（0357 2012345）"},
    )
    write_documents(table, footing(table, **PRIVATE), tmp_path)
    page = (tmp_path / "notice.html").read_text(encoding="utf-8")
    sheets = CalamineWorkbook.from_path(tmp_path / "notice.xlsx")
    cells = str([sheets.get_sheet_by_name(name).to_python() for name in sheets.sheet_names])
    for text in (page, cells):
        assert "合成焦化一厂" in text
        for value in (*PRIVATE.values(), "142601198001011234", "2012345", "处罚决定"):
            assert value not in text, value


def test_the_notice_counts_and_names(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders(
        {},
        {"line_id": "02", "status": "exempt", "share": 0.0},
        {"enterprise_id": "E2", "enterprise": "合成砖厂", "county": "", "industry": "砖瓦窑", "transport": "停运"},
    )
    write_documents(table, footing(table), tmp_path)
    page = (tmp_path / "notice.html").read_text(encoding="utf-8")
    for said in ("<b>2</b>家企业", "<b>3</b>条生产线", "<b>1</b>条豁免", "Ⅰ级（红色）", "未注明区县", "运输：停运"):
        assert said in page, said
    assert DRAFT_MARK not in page
    assert not re.search(r"(src|href)=[\"'](?!#)", page), "nothing is loaded from elsewhere"
    book = CalamineWorkbook.from_path(tmp_path / "notice.xlsx")
    rows = {row[1]: row[2:5] for row in book.get_sheet_by_name("按行业").to_python()}
    assert rows["焦化"] == [1, 2, 1]
    assert rows["砖瓦窑"] == [1, 1, 1]


def test_a_ground_without_end_marks_its_measure_in_notice_and_board(orders: Maker) -> None:
    ground = "《某方案》三(六)（为2019年制定，有效期未载明）"
    table = orders({"basis": ground}, {"line_id": "02", "line": "2#焦炉"})
    notice = public_notice(in_force(table), open_enterprises=0, draft=False)
    marks = [text.endswith("（有效期未载明）") for text in notice.table.sort_values("line")["measure_text"]]
    assert sorted(marks) == [False, True]
    assert "（有效期未载明）" in notice_page(notice)
    items, _ = board_items(list(table.itertuples(index=False)), {})
    assert [item.measure.endswith("（有效期未载明）") for item in items] == [True, False]


RED, ORANGE = {"county": "甲县"}, {"line_id": "02", "county": "乙县", "level": "orange"}


@pytest.mark.parametrize(
    ("rows", "apart", "title", "spans"),
    [
        ([RED, {**ORANGE, "level": "red"}], [], "Ⅰ级（红色）", ["Ⅰ级（红色）"]),
        (
            [RED, ORANGE],
            ["甲县"],
            "Ⅰ级（红色）（甲县）、Ⅱ级（橙色）（其余县（市、区））",
            ["Ⅰ级（红色）（甲县）", "Ⅱ级（橙色）（其余县（市、区））"],
        ),
        ([RED], ["甲县"], "Ⅰ级（红色）（甲县）", ["Ⅰ级（红色）（甲县）"]),  # nothing holds in the rest of the city
        (
            [RED, {**ORANGE, "level": "red"}],  # of one level, in each place until an hour of its own
            ["甲县"],
            "Ⅰ级（红色）",
            ["Ⅰ级（红色）（其余县（市、区））", "Ⅰ级（红色）（甲县）"],
        ),
    ],
)
def test_a_notice_names_the_counties_that_stand_apart(
    orders: Maker, rows: list[dict[str, str]], apart: list[str], title: str, spans: list[str]
) -> None:
    holds = in_force(orders(*rows))
    notice = public_notice(holds, open_enterprises=0, draft=False, apart={"临汾市": apart})
    [city] = notice.cities
    assert (city.response, sorted(one.level for one in city.alerts)) == (title, sorted(spans))
    assert f"关于临汾市启动重污染天气{title}应急响应期间" in notice_page(notice)


def test_markup_in_a_name_is_text(orders: Maker) -> None:
    table = orders({"enterprise": "<script>alert(1)</script>", "county": '"><img src=x>'})
    page = notice_page(public_notice(in_force(table), open_enterprises=0, draft=False))
    assert "<script>" not in page
    assert "<img" not in page


def test_no_orders_make_an_empty_notice(orders: Maker) -> None:
    page = notice_page(public_notice(in_force(orders().iloc[:0]), open_enterprises=0, draft=True))
    assert "没有须公告的减排指令" in page
    assert DRAFT_MARK in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("拨打13912345678", "拨打（略）"),
        ("0357-2012345", "（略）"),
        ("日产量不超过13912.5吨", "日产量不超过13912.5吨"),
        ("91140000123456789X", "91140000123456789X"),
        ("自2021年1月4日0时", "自2021年1月4日0时"),
    ],
)
def test_phones_and_only_phones_are_withheld(text: str, shown: str) -> None:
    assert public(text) == shown


@pytest.mark.slow
@settings(deadline=None)
@given(st.text(max_size=400), st.text(max_size=60))
def test_a_file_name_is_one_name(name: str, code: str) -> None:
    """Whatever a list holds: one part of a path, not hidden, within what systems allow."""
    got = file_name(name, code)
    assert got
    assert Path(got).name == got
    assert got[0] not in ". "
    assert got[-1] not in ". "
    assert len(got.encode()) <= 230
    assert not re.search(r'[\\/:*?"<>|\x00-\x1f]', got)


@settings(deadline=None)
@given(st.text())
def test_plain_text_fits_xml(text: str) -> None:
    from lxml import etree

    node = etree.Element("x")
    node.text = plain(text)
    assert plain(plain(text)) == plain(text)


def test_midnight_and_minutes() -> None:
    assert moment("2021-01-04 00:00") == "2021年1月4日0时"
    assert moment("2021-12-31 23:30") == "2021年12月31日23时30分"
    assert moment("") == ""


def test_a_board_joins_lines_that_do_the_same_and_says_what_it_leaves_out(orders: Maker) -> None:
    rows = list(orders(*({"line_id": f"{n}", "line": f"{n}#"} for n in range(9))).itertuples(index=False))
    items, left = board_items(rows, {})
    assert ([item.lines for item in items], left) == (["、".join(f"{n}#" for n in range(9))], 0)
    apart = orders(*({"line_id": f"{n}", "line": f"{n}#", "measure_text": f"限产{n}" * 20} for n in range(40)))
    items, left = board_items(list(apart.itertuples(index=False)), {})
    assert 3 < len(items) < 10
    assert len(items) + left == 40


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["1#窑", "2#窑"], "1#窑、2#窑"),
        (["窑", "窑"], "窑"),
        (["甲" * 59, "乙" * 60], "甲" * 59 + "、" + "乙" * 60),
        (["甲" * 59, "乙" * 61], "甲" * 59 + "等2条"),
        (["甲" * 200, "乙"], "甲" * 120 + "…等2条"),
        ([f"{n:03}#窑" for n in range(600)], "、".join(f"{n:03}#窑" for n in range(20)) + "等600条"),
    ],
)
def test_a_board_names_whole_lines_and_says_how_many_they_are(orders: Maker, names: list[str], shown: str) -> None:
    table = orders(*({"line_id": str(place), "line": name} for place, name in enumerate(names)))
    [item], _ = board_items(list(table.itertuples(index=False)), {})
    assert item.lines == shown
