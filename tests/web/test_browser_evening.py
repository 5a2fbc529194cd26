"""The whole evening by five people in a browser, and the second one: raised, lowered, lifted."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alertengine.files import lists_folder
from alertengine.ledger import Ledger
from alertengine.web.roles import Role
from alertengine.workflow import drafts, replay

from .browsing import CHROMIUM, browsers, confirmed, forecast, put
from .conftest import Served, new_bureau

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]
PEOPLE = {
    "officer": Role.OFFICER,
    "reviewer": Role.REVIEWER,
    "approver": Role.APPROVER,
    "auditor": Role.AUDITOR,
    "keeper": Role.KEEPER,
}
#: AQI of today and the days after: the first evening, then raised, lowered, lifted.
ORANGE, RED, LOWER, CLEAN = (240, 262, 271, 255, 188), (316, 410, 335, 430, 376), (230, 225, 221, 180, 120), (60,) * 5
NAME = "linfen-synthetic"


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A page of its own, with nothing on record."""
    with new_bureau(tmp_path_factory.mktemp("bureau"), PEOPLE) as page:
        yield page


@pytest.fixture(scope="module")
def people(bureau: Served) -> Iterator[dict[str, Any]]:
    """The five, each at a browser; the inspector's is a phone."""
    with browsers(bureau) as opened:
        yield {user: opened(user, 390 if user == "auditor" else 1280) for user in PEOPLE}


def set_own_city(page: Any, served: Served) -> None:
    """The keeper says whose page it is."""
    page.goto(f"{served.url}/accounts")
    place = page.locator(".card", has_text="本单位城市")
    place.get_by_label("城市", exact=True).click()
    page.get_by_role("option", name="临汾市", exact=True).click()
    page.keyboard.press("Escape")
    place.get_by_role("button", name="设定").click()
    page.wait_for_load_state()
    page.locator(".card", has_text="本单位城市").get_by_text("临汾市").first.wait_for()


def publish_list(page: Any, served: Served) -> None:
    """The officer publishes a version once, ratios that are missed with a reason."""
    page.goto(f"{served.url}/lists")
    put(page, "应急减排清单", lists_folder() / f"{NAME}.csv")
    put(page, "清单旁文件", lists_folder() / f"{NAME}.totals.csv")
    for label, text in {"版本，如": "2026年版", "批准人": "市长 丙", "有不达标": "合成清单"}.items():
        page.get_by_label(label).fill(text)
    confirmed(page, "发布")
    page.get_by_role("cell", name="2026年版").wait_for()


def give_forecast(page: Any, served: Served, aqi: tuple[int, ...], ago: int) -> None:
    """The officer records a forecast and is led to what it proposes."""
    page.goto(f"{served.url}/forecast")
    field = page.locator(".upload", has_text="预报文件")
    field.locator("input[type=file]").set_input_files(
        {"name": f"预报{ago}.csv", "mimeType": "text/csv", "buffer": forecast(aqi, ago)}
    )
    page.wait_for_url(f"{served.url}/")
    page.locator(".heat").wait_for()


def drafted(page: Any, served: Served) -> str:
    """A draft on the published list, submitted; its address."""
    page.goto(f"{served.url}/issue")
    page.get_by_role("button", name="计算指令").click()
    page.wait_for_url("**/issue?work=*")
    confirmed(page, "提交审核", "送审")
    page.wait_for_url("**/issue?draft=*")
    return str(page.url)


def step(page: Any, address: str, name: str, said: str) -> None:
    """A person finds the draft under what waits for them, and takes the step."""
    page.goto(address)
    confirmed(page, name)
    page.get_by_text(said).first.wait_for()


def issued(people: dict[str, Any], served: Served) -> int:
    """From a draft to an act by three people; its number."""
    address = drafted(people["officer"], served)
    for user, name, said in (
        ("reviewer", "审核通过", "待批准"),
        ("approver", "批准", "已批准，待发布"),
        ("officer", "发布", "已发布，台账第"),
    ):
        page = people[user]
        page.goto(served.url)
        page.locator(f"a[href='{address.removeprefix(served.url)}']").first.wait_for()
        step(page, address, name, said)
    with Ledger.open(served.path) as ledger:
        number = drafts(ledger)[-1].issued
        assert number is not None
        assert replay(ledger, number).identical
    return number


def inspected(page: Any, served: Served) -> None:
    """The inspector's phone: the first plant of the route, a note with a photo, judged and put on record."""
    page.goto(f"{served.url}/field")
    page.locator("a[href^='/field/plant?']").first.click()
    page.get_by_text("未落实", exact=True).click()
    page.fill("#number", "笔〔2026〕1号")
    page.fill("#text", "窑头有火")
    page.set_input_files("#photos", {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + b"0" * 99})
    page.get_by_role("button", name="存下，下一家").click()
    page.goto(f"{served.url}/field/judge")
    page.get_by_text("窑头有火", exact=True).wait_for()
    page.get_by_role("button", name="记入台账").click()
    page.wait_for_url("**/field?said=*")


def judged(page: Any, served: Served) -> None:
    """The inspector's desk: what was judged goes as soon as a note is added, which a reload keeps."""
    page.goto(f"{served.url}/audit")
    part = page.locator(".card", has_text="现场记一条")
    recorded = page.get_by_role("button", name="记入台账…")
    for again, text in enumerate(("窑头有火", "又看了一处")):
        part.get_by_label("企业", exact=True).click()
        page.get_by_role("option").nth(1).click()
        part.get_by_label("现场看到").click()
        page.get_by_role("option", name="未落实", exact=True).click()
        part.get_by_label("看到的事实").fill(text)
        part.get_by_role("button", name="放进证据").click()
        page.get_by_text(f"已记下的现场{again + 1}条已在内").wait_for()
        assert recorded.count() == 0
        page.get_by_role("button", name="判断", exact=True).click()
        recorded.wait_for()
    page.reload()
    page.get_by_text("已记下的现场2条已在内").wait_for()


def delivered(page: Any, served: Served, act: int) -> None:
    """Receipts that cannot be used are refused cell by cell; one plant served in person."""
    page.goto(f"{served.url}/deliver?act={act}")
    wrong = {
        "name": "回执.csv",
        "mimeType": "text/csv",
        "buffer": "统一社会信用代码,事项,时间\n甲,收到,昨天\n".encode(),
    }
    page.locator(".upload", has_text="回执").locator("input[type=file]").set_input_files(wrong)
    page.get_by_role("cell", name="昨天", exact=True).wait_for()
    page.get_by_label("企业", exact=True).click()
    page.get_by_role("option").first.click()
    page.get_by_label("签收人").fill("丁")
    page.get_by_role("button", name="记一条").click()
    page.get_by_text("记入1条回执").wait_for()


def papers(page: Any, act: int) -> list[str]:
    """What the zip of an act holds."""
    page.goto(f"{page.url.split('/issue')[0]}/issue?draft={act}") if "/issue" not in page.url else None
    with page.expect_download(timeout=300_000) as download:
        page.get_by_text("下载第").first.click()
    with zipfile.ZipFile(Path(download.value.path())) as found:
        assert found.testzip() is None
        return found.namelist()


def test_an_evening_by_five_people(bureau: Served, people: dict[str, Any]) -> None:
    officer, approver, auditor, keeper = (people[user] for user in ("officer", "approver", "auditor", "keeper"))
    set_own_city(keeper, bureau)
    publish_list(officer, bureau)
    give_forecast(officer, bureau, ORANGE, 3)
    officer.get_by_text("还没有拟稿").first.wait_for()
    act = issued(people, bureau)
    assert any(name.endswith(".docx") for name in papers(officer, act))
    with Ledger.open(bureau.path) as ledger:
        draft, orders = drafts(ledger)[-1].act, ledger.rows(act, "orders")
    officer.goto(f"{bureau.url}/issue?draft={draft}")
    officer.wait_for_selector(".ag-row")
    officer.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert officer.locator(".paper-only tbody tr").count() == orders
    approver.goto(f"{bureau.url}/issue?draft={draft}")
    approver.get_by_label("具名放行的理由").fill("情况紧急")
    confirmed(approver, "具名放行")
    approver.get_by_text("具名放行：情况紧急").wait_for(timeout=300_000)
    delivered(officer, bureau, act)
    inspected(auditor, bureau)
    judged(auditor, bureau)
    officer.goto(f"{bureau.url}/evaluate?act={act}")
    officer.get_by_role("heading").first.wait_for()
    officer.goto(bureau.url)
    officer.get_by_text("执行中").first.wait_for()
    assert officer.get_by_text("还没有拟稿").count() == 0
    _sound(bureau, people)


def test_the_second_evening_raises_lowers_and_lifts(bureau: Served, people: dict[str, Any]) -> None:
    officer = people["officer"]
    for aqi, ago, said in ((RED, 2, "升级"), (LOWER, 1, "降级"), (CLEAN, 0, "解除")):
        give_forecast(officer, bureau, aqi, ago)
        officer.get_by_text(said).first.wait_for()
        issued(people, bureau)
        officer.goto(bureau.url)
        officer.locator("h1.clock").wait_for()
        assert officer.get_by_text("还没有拟稿").count() == 0
    with Ledger.open(bureau.path) as ledger:
        acts = [act.act for act in ledger.acts("issue")]
        assert "lift" in set(ledger.warnings(acts[-1])["action"])
    _sound(bureau, people)


def _sound(bureau: Served, people: dict[str, Any]) -> None:
    """No error in any browser, nothing asked of another machine, and the record whole."""
    for user, page in people.items():
        assert (user, page.errors, page.strangers) == (user, [], [])
