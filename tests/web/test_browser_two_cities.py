"""An evening in a browser over one list with a plant of one code in each of two cities: raised and corrected in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest

from alertengine.ledger import Ledger
from alertengine.vocabulary import times as clock
from alertengine.web.roles import Role
from alertengine.workflow import service
from tests.synthetic import make_code

from .browsing import CHROMIUM, browsers, confirmed, forecast, put
from .conftest import Served, new_bureau
from .test_browser_evening import ORANGE, RED, issued, step

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]
PEOPLE = {"officer": Role.OFFICER, "reviewer": Role.REVIEWER, "approver": Role.APPROVER}
CODE, NAME, HERE, THERE = make_code("91000000HC0000001"), "合成建材公司", "临汾市", "运城市"
HEAD = (
    "统一社会信用代码,企业名称,城市,区县,行业,绩效等级,长期停产,生产线编号,生产线名称,工序,SO2排放量(千克/日),"
    "NOx排放量(千克/日),颗粒物排放量(千克/日),VOCs排放量(千克/日),黄色预警减排措施,橙色预警减排措施,红色预警减排措施\n"
)


def listed(amount: int) -> bytes:
    """A plant of two lines in each city; the amount of NOx of the lines there."""
    lines = (
        (HERE, "尧都区", "1", 20),
        (HERE, "尧都区", "2", 21),
        (THERE, "盐湖区", "3", amount),
        (THERE, "盐湖区", "4", 41),
    )
    rows = (
        f"{CODE},{NAME},{city},{county},砖瓦窑,C,否,{line},{line}号窑,焙烧,10,{nox},5,1,停产,停产,停产\n"
        for city, county, line, nox in lines
    )
    return (HEAD + "".join(rows)).encode()


def ahead(here: tuple[int, ...], there: tuple[int, ...], ago: int) -> dict[str, Any]:
    """A forecast of both cities, as a file to be uploaded."""
    one, other = (forecast(aqi, ago).decode() for aqi in (here, there))
    rows = [*one.splitlines(), *(row.replace(HERE, THERE) for row in other.splitlines()[1:])]
    return {"name": f"预报{ago}.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A page of its own, with nothing on record."""
    with new_bureau(tmp_path_factory.mktemp("bureau"), PEOPLE) as page:
        yield page


def give(page: Any, served: Served, file: dict[str, Any]) -> None:
    page.goto(f"{served.url}/forecast")
    page.locator(".upload", has_text="预报文件").locator("input[type=file]").set_input_files(file)
    page.wait_for_url(f"{served.url}/")
    page.locator(".heat").wait_for()


def served_by_hand(page: Any, served: Served, act: int, city: str) -> None:
    """The plant of a city is served in person; of two of one name the city is chosen."""
    page.goto(f"{served.url}/deliver?act={act}")
    page.get_by_label("企业", exact=True).click()
    page.get_by_role("option", name=f"{city} {NAME}", exact=True).click()
    page.get_by_label("签收人").fill("丁")
    page.get_by_role("button", name="记一条").click()
    page.get_by_text("记入1条回执").first.wait_for()


def given(path: Path, act: int, city: str) -> list[tuple[str, str, float]]:
    """What an act orders in a city: line, level and NOx, kg/d."""
    with Ledger.open(path) as ledger:
        rows = ledger.orders(act, personal=False)
    own = rows[rows["city"] == city]
    return sorted((str(row.line_id), str(row.level), float(row.nox_kg_d)) for row in own.itertuples())


def test_an_evening_over_a_list_of_two_cities(bureau: Served, tmp_path: Path) -> None:
    path = bureau.path
    with browsers(bureau) as opened:
        people = {user: opened(user) for user in PEOPLE}
        page = people["officer"]
        page.goto(f"{bureau.url}/lists")
        put(page, "应急减排清单", {"name": "两市.csv", "mimeType": "text/csv", "buffer": listed(40)})
        for label, text in {"版本，如": "2026年版", "批准人": "市长 丙", "有不达标": "合成清单"}.items():
            page.get_by_label(label).fill(text)
        confirmed(page, "发布")
        row = page.get_by_role("row", name="2026年版")
        assert "2\t4" in row.inner_text(), "two enterprises, four lines"

        give(page, bureau, ahead(ORANGE, ORANGE, 3))
        first = issued(people, bureau)
        served_by_hand(page, bureau, first, THERE)
        with Ledger.open(path) as ledger:
            table = service(ledger, first, pd.Timestamp(clock.now().replace(tzinfo=None)))
        assert table.set_index("city")["state"].to_dict()[HERE] == "untouched"
        page.goto(f"{bureau.url}/deliver?act={first}")
        link = page.get_by_role("link", name=CODE)
        assert unquote(link.get_attribute("href")) == f"/audit?enterprise={HERE}/{CODE}"
        link.click()
        page.get_by_role("heading", name=NAME).first.wait_for()
        page.get_by_role("cell", name="1号窑", exact=True).first.wait_for()
        assert page.get_by_text("3号窑").count() == 0, "of the other city"
        page.locator(f"a[href*='act={first}&line=']").first.click()
        page.get_by_text(f"{NAME} 1号窑").first.wait_for()
        page.goto(f"{bureau.url}/audit?find={CODE}")
        for city in (HERE, THERE):
            page.get_by_role("link", name=f"{NAME}（{city}/{CODE}）").wait_for()

        give(page, bureau, ahead(ORANGE, RED, 2))
        second = issued(people, bureau)
        assert given(path, second, HERE) == given(path, first, HERE)
        assert {level for _, level, _ in given(path, second, THERE)} == {"orange", "red"}

        page.goto(f"{bureau.url}/audit?act={second}")
        page.get_by_label("更正理由").fill("运城市的排放量有误")
        confirmed(page, "更正", "开始更正")
        page.wait_for_url("**/issue?work=*")
        page.get_by_text("换清单、预报或实测，重新计算").click()
        put(page, "企业清单", {"name": "两市.csv", "mimeType": "text/csv", "buffer": listed(60)})
        page.get_by_role("button", name="按所选重新计算").click()
        page.get_by_role("gridcell", name="60", exact=True).first.wait_for()
        confirmed(page, "提交审核", "送审")
        page.wait_for_url("**/issue?draft=*")
        address = page.url
        for user, name, said in (
            ("reviewer", "审核通过", "待批准"),
            ("approver", "批准", "已批准，待发布"),
            ("officer", "发布", "已发布，台账第"),
        ):
            step(people[user], address, name, said)
        with Ledger.open(path) as ledger:
            third = ledger.acts("issue")[-1].act
        assert given(path, third, HERE) == given(path, second, HERE)
        assert {nox for line, _, nox in given(path, third, THERE) if line == "3"} == {60.0}
        for user, one in people.items():
            assert (user, one.errors, one.strangers) == (user, [], [])
