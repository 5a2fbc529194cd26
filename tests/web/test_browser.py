"""The page as people use it, in a real browser: from files to an issued act by three people, and what is drawn."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from alertengine.files import lists_folder
from alertengine.ledger import Ledger
from alertengine.rulebook import Outline, Outlines, beside, write_outlines
from alertengine.rulebook.outlines import OutlineOrigin
from alertengine.workflow import Stage, drafts, record_forecast, replay

from .browsing import CHROMIUM, SignIn, browsers, confirmed, forecast, put
from .conftest import Served

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]
_AQI = (316, 410, 335, 430, 376)


@pytest.fixture(scope="module")
def sign_in(served: Served) -> Iterator[SignIn]:
    """Opens a browser of one's own for a user; whatever it writes to its console as an error fails the test."""
    with browsers(served) as opened:
        yield opened


def _upload(page: Any) -> None:
    lists, name = lists_folder(), "linfen-synthetic"
    put(page, "企业清单", lists / f"{name}.csv")
    page.get_by_text("另行上传").click() if page.locator("details[open] .upload").count() == 0 else None
    put(page, "预报", {"name": "预报.csv", "mimeType": "text/csv", "buffer": forecast(_AQI)})
    put(page, "清单旁文件", [lists / f"{name}.version.yaml", lists / f"{name}.totals.csv"])
    page.get_by_text(f"{name}.version.yaml").and_(page.get_by_text(f"{name}.totals.csv")).wait_for()


def _choose_first(page: Any) -> None:
    page.wait_for_selector(".ag-row")
    page.locator(".ag-center-cols-container .ag-row").first.locator(".ag-cell").nth(1).click()
    page.wait_for_selector(".panel details")


def _drafted(page: Any, served: Served) -> str:
    """From files to a submitted draft with one line ordered otherwise; the draft's address."""
    page.goto(f"{served.url}/issue")
    page.wait_for_selector("text=新拟稿")
    _upload(page)
    page.get_by_role("button", name="计算指令").click()
    _choose_first(page)
    panel = page.locator(".panel")
    panel.get_by_label("改为").click()
    page.get_by_role("option", name="限产", exact=True).click()
    panel.get_by_label("比例").fill("0.5")
    panel.get_by_label("理由").fill("<b>会商决定</b>")
    panel.get_by_role("button", name="变更").click()
    page.get_by_text("现为“0.5”").wait_for()
    assert panel.get_by_label("比例").input_value() == "0.5"
    panel.get_by_label("比例").fill("40")
    panel.get_by_role("button", name="变更").click()
    page.wait_for_selector("text=人工变更 1 条")
    _decided_at_once(page)
    confirmed(page, "提交审核", "送审")
    page.wait_for_url("**/issue?draft=*")
    assert page.locator("button", has_text="审核通过").count() == 0
    return str(page.url)


def _decided_at_once(page: Any) -> None:
    """Two lines by one decision with one reason, taken back in one step, and decided again; the filter stays."""
    page.locator(".tile").first.click()
    for turn in range(2):
        for place in (1, 2):
            page.locator(".ag-pinned-left-cols-container .ag-row .ag-checkbox-input").nth(place).click()
        page.wait_for_selector("text=已选 2 条")
        bulk = page.locator(".bulk")
        bulk.get_by_label("改为").click()
        page.get_by_role("option", name="停产", exact=True).click()
        bulk.get_by_label("理由").fill("会商")
        bulk.get_by_role("button", name="一次定下").click()
        page.wait_for_selector("text=人工变更 3 条")
        if turn == 0:
            bulk.get_by_role("button", name="撤销上一次").click()
            page.wait_for_selector("text=人工变更 1 条")
    assert page.locator(".tile").first.get_attribute("aria-pressed") == "true"


def _signed(page: Any, address: str, step: str, said: str) -> None:
    page.goto(address)
    confirmed(page, step, step)
    page.wait_for_selector(f"text={said}")


def _taken(page: Any, address: str, step: str, said: str) -> None:
    page.goto(address)
    page.get_by_role("button", name=step, exact=True).click()
    page.wait_for_selector(f"text={said}")


def _led_to_the_first_row(page: Any, address: str) -> None:
    """The second stop of a keyboard is a link to the first row of the grid; where there is no grid there is no link."""
    assert not page.locator(".skip[href='#orders']").is_visible()
    page.goto(address)
    page.wait_for_selector(".ag-row")
    for _ in range(2):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到指令表"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.ag-row').getAttribute('row-index')") == "0"


def _has_documents(page: Any) -> bool:
    with page.expect_download() as download:
        page.get_by_text("下载第").first.click()
    with zipfile.ZipFile(download.value.path()) as documents:
        return documents.testzip() is None and any(name.endswith(".docx") for name in documents.namelist())


def _audited(page: Any, served: Served, act: int) -> None:
    """The ledger verified, the act replayed, a line chosen by keyboard and seen with its articles."""
    page.goto(f"{served.url}/audit")
    page.get_by_role("button", name="校验台账").click()
    page.wait_for_selector("text=台账完好")
    _taken(page, f"{served.url}/audit?act={act}", "重放", "逐字节相同")
    _choose_first(page)
    chosen = page.inner_text(".panel")
    for pressed in ("ArrowDown", "Enter"):
        page.keyboard.press(pressed)
    page.wait_for_function("chosen => document.querySelector('.panel').innerText !== chosen", arg=chosen)
    page.get_by_text("全部理由和依据的条款").click()
    page.wait_for_selector("h2:has-text('依据的条款')")


def test_three_people_bring_a_warning_out(served: Served, sign_in: SignIn) -> None:
    officer, reviewer, approver, auditor = map(sign_in, ("officer", "reviewer", "approver", "auditor"))
    address = _drafted(officer, served)
    _led_to_the_first_row(reviewer, address)
    _signed(reviewer, address, "审核通过", "待批准")
    _signed(approver, address, "批准", "已批准，待发布")
    _signed(officer, address, "发布", "下载第")
    with Ledger.open(served.path) as ledger:
        (state,) = drafts(ledger)
        assert state.stage is Stage.ISSUED
        assert state.issued is not None
        assert replay(ledger, state.issued).identical
    assert _has_documents(officer)
    officer.goto(served.url)
    officer.wait_for_selector("text=执行中")
    assert "红色" in officer.inner_text("main")
    _audited(auditor, served, state.issued)
    for page in (officer, reviewer, approver, auditor):
        assert page.errors == []
        assert page.strangers == []


def test_a_wrong_role_is_shown_no_step_that_is_not_its_own(served: Served, sign_in: SignIn) -> None:
    reader, keyless = sign_in("reader"), ("计算指令", "提交审核…", "审核通过…", "批准…", "发布…", "校验台账", "重放")
    for address in ("/", "/issue", "/lists", "/deliver", "/audit", "/rules"):
        reader.goto(f"{served.url}{address}")
        reader.wait_for_selector("h1")
        shown = reader.locator("main button").all_inner_texts()
        assert not set(shown) & set(keyless), address
    for address in ("/simulate", "/accounts"):
        reader.goto(f"{served.url}{address}")
        reader.wait_for_selector("text=您的角色不能查看此页")
    assert reader.request.get(f"{served.url}/files/acts/1.zip").status == 403


def test_the_map_is_tables_without_outlines_and_drawn_with_them(served: Served, sign_in: SignIn) -> None:
    page, file = sign_in("reader"), beside(served.path)
    page.goto(f"{served.url}/map")
    page.wait_for_selector("text=请系统管理人员放入市县轮廓")
    assert page.locator("svg.map").count() == 0
    ring = ((111.0, 35.5), (111.8, 35.5), (111.8, 36.5), (111.0, 36.5), (111.0, 35.5))
    city = Outline("city", "临汾市", "", ((ring,),), (111.4, 36.0))
    write_outlines(file, Outlines(OutlineOrigin("合成"), (city,)))
    try:
        page.goto(f"{served.url}/map?city=")
        page.wait_for_selector("svg.map")
        page.wait_for_selector("text=不得公开")
        page.locator("svg.map a").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/map?*city=*%E4%B8%B4*")
        page.goto(served.url)
        page.wait_for_selector("svg.map")
    finally:
        file.unlink()
    page.goto(f"{served.url}/map?of=work:abc")
    page.wait_for_selector("text=没有")
    assert page.errors == []
    assert page.strangers == []


def test_a_season_is_run_and_its_report_opens_in_place(served: Served, sign_in: SignIn) -> None:
    page = sign_in("officer")
    page.goto(f"{served.url}/simulate")
    page.get_by_label("第一日").fill("2025-12-01")
    page.get_by_label("最后一日").fill("2025-12-05")
    page.get_by_role("button", name="开始推演").click()
    page.wait_for_selector("text=各方案比较")
    with page.expect_popup() as report:
        page.get_by_text("打开完整报告").click()
    report.value.locator("h1").first.wait_for()
    assert page.errors == []
    assert page.strangers == []


def test_the_bench_answers_while_facts_are_chosen(served: Served, sign_in: SignIn) -> None:
    page = sign_in("reader")
    page.goto(f"{served.url}/rules?view=bench")
    for label, value in (("城市", "临汾市"), ("行业", "焦化"), ("绩效等级", "A")):
        page.get_by_label(label, exact=True).click()
        page.get_by_role("option", name=value, exact=True).first.click()
    page.wait_for_selector("text=自主减排")
    assert page.errors == []


def test_a_pasted_chapter_becomes_a_document_to_take_away(served: Served, sign_in: SignIn) -> None:
    page = sign_in("reader")
    page.goto(f"{served.url}/rules?view=text")
    page.get_by_label("行业", exact=True).click()
    page.get_by_role("option", name="水泥", exact=True).first.click()
    said = {
        "文件编号（小写字母、数字）": "my-cement",
        "标题": "某市措施",
        "适用地区": "大同市",
        "发文日期": "2027-01-01",
    }
    for label, text in said.items():
        page.get_by_label(label, exact=True).fill(text)
    prose = "熟料\nC级企业：黄色预警期间：停产50%；橙色及以上预警期间：停产。\n"
    page.get_by_label("原文", exact=True).fill(prose)
    page.get_by_role("button", name="读取").click()
    page.get_by_text("停产比例未写以何计：有两种读法").wait_for()
    page.get_by_role("button", name="停产50%（按生产线）（表 水泥熟料C黄色的措施）").click()
    field = page.get_by_label("表 水泥熟料C黄色的措施", exact=True)
    page.wait_for_function("box => box.value === '停产50%（按生产线）'", arg=field.element_handle())
    page.get_by_role("button", name="检查并生成文件").click()
    page.get_by_text(re.compile("案例 .* 个，已运行")).wait_for()
    with page.expect_download() as taken:
        page.get_by_role("button", name="my-cement.yaml").click()
    assert "stop_share: 0.5" in taken.value.path().read_text(encoding="utf-8")
    page.get_by_text("没有可比较的清单").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("button", name="my-cement.xlsx").click()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    form = {"name": "my-cement.xlsx", "mimeType": kind, "buffer": taken.value.path().read_bytes()}
    page.locator(".upload", has_text="录入的工作簿").locator("input[type=file]").set_input_files([form])
    page.get_by_role("cell", name="停产50%（按生产线）", exact=True).wait_for()  # as it was decided, not as it was read
    page.get_by_role("button", name="已逐格对照原文核对").click()
    page.get_by_text("核对人须不是录入人").wait_for()  # the same person
    assert page.errors == []


def test_a_phone_shows_the_first_page_without_sideways_scrolling(served: Served, sign_in: SignIn) -> None:
    page = sign_in("reader", 390)
    page.wait_for_selector("h1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("input[type=file]").count() == 0
    assert page.errors == []
    with Ledger.writable(served.path) as ledger:  # how it was read is folded away under an icon
        record_forecast(ledger, "预报.csv", forecast(_AQI, 1), "办公室 甲")
    page.route("**/*.woff*", lambda asked: asked.abort())  # an icon is a word until its font has come
    page.reload()
    page.locator(".q-expansion-item .q-icon").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_broken_list_is_shown_with_its_cells_and_what_to_mend(served: Served, sign_in: SignIn) -> None:
    page = sign_in("officer")
    page.goto(f"{served.url}/issue")
    page.wait_for_selector("text=新拟稿")
    wrong = {"name": "清单.csv", "mimeType": "text/csv", "buffer": "企业名称,城市\n甲,临汾市\n".encode()}
    page.get_by_text("另行上传").click() if page.locator("details[open] .upload").count() == 0 else None
    field = page.locator(".upload", has_text="企业清单")
    field.locator("input[type=file]").set_input_files([wrong])
    field.get_by_text("✗ 清单.csv").wait_for()
    page.wait_for_selector("text=没有找到表头行")
    page.get_by_role("button", name="计算指令").click()
    page.get_by_text("选了而未能读取：清单.csv").wait_for()  # nothing is decided on another list
    assert "清单.csv" in page.inner_text("main")
