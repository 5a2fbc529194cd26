"""A city with nothing on file is brought to formal orders in a browser, by the page's forms alone.

The plan filled in, the editions named and the list are synthetic; the folder of rules is a temporary one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
import yaml

from alertengine.files import lists_folder
from alertengine.web.roles import Role
from tests.workflow.test_entering import CELLS, HEAD

from .browsing import CHROMIUM, browsers, confirmed, forecast, put
from .conftest import Served, new_bureau
from .test_browser_evening import issued, papers

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]
CITY = "大同市"
PEOPLE = {"officer": Role.OFFICER, "reviewer": Role.REVIEWER, "approver": Role.APPROVER}
#: What fills a cell that waits, by its column; who signs is of the office of those who sign in.
FILLED = {
    **HEAD, **CELLS, "成员": f"{CITY}、朔州市", "责任单位或责任人": "办公室",
    "责任部门": "工信、住建、交警、交通、城管、教育、卫健、气象",
}  # fmt: skip
OFFICIAL = {
    "发文机关（官方文本所载）": "合成机关",
    "发文日期（官方文本所载）": "2026-01-01",
    "文号（官方文本所载）": "合成〔2026〕9号",
}


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bureau's folder of rules, with nothing in it."""
    return tmp_path_factory.mktemp("law")


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory, law: Path) -> Iterator[Served]:
    """A page of its own, with nothing on record and nothing of the city on file."""
    with new_bureau(tmp_path_factory.mktemp("bureau"), PEOPLE, law) as page:
        yield page


@pytest.fixture(scope="module")
def people(bureau: Served) -> Iterator[dict[str, Any]]:
    """The three, each at a browser; who enters the law has a phone."""
    with browsers(bureau) as opened:
        yield {user: opened(user, 390 if user == "approver" else 1280) for user in PEOPLE}


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Lines of a sample list that rest on plans filed, and on the guide."""
    table = pd.read_csv(lists_folder() / "datong-synthetic.csv", dtype=str, keep_default_na=False)
    path = tmp_path / "大同.csv"
    pd.concat([table[table["行业"] == "水泥"], table.head(6)]).drop_duplicates().to_csv(path, index=False)
    return path


def publish(page: Any, served: Served, path: Path) -> None:
    """The officer publishes the list."""
    page.goto(f"{served.url}/lists")
    put(page, "应急减排清单", path)
    for label, text in {"版本，如": "合成版", "批准人": "市长 丙", "有不达标": "合成清单"}.items():
        page.get_by_label(label).fill(text)
    confirmed(page, "发布")
    page.get_by_role("cell", name="合成版").wait_for()


def ways(page: Any, served: Served) -> tuple[str, dict[str, str]]:
    """Orders computed anew: what the page says of their documents, and where each cause leads, by its words."""
    page.goto(f"{served.url}/issue")
    page.get_by_role("button", name="计算指令").click()
    page.wait_for_url("**/issue?work=*")
    ready = page.locator(".card", has_text="签署前：文书能否发出")
    ready.get_by_text("家文书").wait_for(timeout=300_000)
    links = ready.locator("a").all()
    return ready.inner_text(), {one.inner_text(): unquote(str(one.get_attribute("href"))) for one in links}


def written(page: Any) -> None:
    """What was filled in is checked and written into the folder."""
    page.get_by_role("button", name="检查", exact=True).click()
    page.get_by_role("button", name="写入规则文件夹").click()
    page.get_by_text("已写入规则文件夹").wait_for()


def fill_plan(page: Any, address: str) -> int:
    """Every cell that waits; how many."""
    page.goto(address)
    page.get_by_label("文件第1行内容").wait_for()
    count = 0
    for field in page.locator("input[aria-label]").all():
        if field.input_value() != "【待填】":
            continue
        sheet, _, head = str(field.get_attribute("aria-label")).partition("第")
        head = head.partition("行")[2]
        if sheet == "文件":
            head = field.locator("xpath=ancestor::tr/td[1]").inner_text()
        field.fill(FILLED[head])
        count += 1
    return count


def fill_compared(page: Any, address: str) -> int:
    """Edition, page and what the file lacks of each document; how many cells."""
    page.goto(address)
    page.get_by_label("与哪个版本核对").first.wait_for()
    count = 0
    for label, text in {"与哪个版本核对": "合成公报", "在其中何处": "3", **OFFICIAL}.items():
        for field in page.get_by_label(f"{label}：").all():
            field.fill(text)
            count += 1
    page.get_by_label("适用地区", exact=True).fill(CITY)
    return count + 1


def test_a_city_with_nothing_on_file_comes_to_formal_orders(
    bureau: Served, people: dict[str, Any], law: Path, listed: Path
) -> None:
    officer, approver = people["officer"], people["approver"]
    publish(officer, bureau, listed)
    officer.goto(f"{bureau.url}/forecast")
    data = forecast((262, 310, 280)).replace("临汾市".encode(), CITY.encode())
    field = officer.locator(".upload", has_text="预报文件").locator("input[type=file]")
    field.set_input_files({"name": "预报.csv", "mimeType": "text/csv", "buffer": data})
    officer.wait_for_url(f"{bureau.url}/")
    said, links = ways(officer, bureau)
    assert "，0家可为正式件" in said
    plan = links["录入本市应急预案"]
    assert plan.startswith(f"/rules?view=plan&city={CITY}")
    assert fill_plan(approver, f"{bureau.url}{plan}") > 80
    written(approver)
    said, links = ways(officer, bureau)
    assert "市级预案未录入" not in said
    assert "因预案未载明而空白" not in said
    assert fill_compared(approver, bureau.url + next(way for text, way in links.items() if "一次录入" in text)) > 8
    written(approver)
    said, links = ways(officer, bureau)
    assert "只能出草稿" not in said
    assert links == {}
    names = papers(officer, issued(people, bureau))
    assert any(name.endswith(".docx") for name in names)
    assert not [name for name in names if "草稿" in name]
    files = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in law.glob("*[!t].yaml")}
    assert {one["area"] for one in files.values()} == {CITY}
    assert all((page.errors, page.strangers) == ([], []) for page in people.values())
