"""Every page of a bureau on a winter evening as pictures, at the sizes of a phone, a desk and a wall, and as PDF.

``python -m tests.web.pictures FOLDER [--only PART] [--sizes 390,1280,1920] [--pdf] [--empty]``: the bureau is made in
the folder once and used again.  What is wider than its screen, and what a finger cannot hit, is said as it is drawn.
Outlines are those that ``ALERTENGINE_OUTLINES`` names.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from alertengine.files import lists_folder
from alertengine.ledger import Ledger
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import times as clock
from alertengine.web.accounts import Account, Accounts
from alertengine.web.asked import receipts_taken
from alertengine.web.forecasts import enter_superior_order, take_forecast
from alertengine.web.inspecting import note_of, put_on_record, route
from alertengine.web.lists import list_files, lists_on_file, publish_uploads
from alertengine.web.orderrows import rows
from alertengine.web.pages.decide import overrides_of
from alertengine.web.roles import Role
from alertengine.web.work import Work, WorkInput, begin, hand_in
from alertengine.workflow import Upload, approve, issue_draft, review, set_bureau_cities

from .browsing import ARGUMENTS, CHROMIUM, signed
from .conftest import PASSWORD, Served, decided, serving

PEOPLE = {
    "officer": ("李经办", "大气科", Role.OFFICER),
    "reviewer": ("王审核", "大气科科长", Role.REVIEWER),
    "approver": ("赵批准", "副局长", Role.APPROVER),
    "auditor": ("钱核查", "执法支队", Role.AUDITOR),
    "reader": ("孙查看", "监测站", Role.READER),
    "keeper": ("周管理", "信息中心", Role.KEEPER),
}
OWN = ("临汾市", "运城市")
#: AQI of today and the days after, by city: as forecast yesterday, and an hour ago.
CITIES = ("太原市", "大同市", "阳泉市", "长治市", "晋城市", "朔州市", "晋中市", "运城市", "忻州市", "临汾市", "吕梁市")
BEFORE = {"临汾市": (240, 262, 271, 255, 188), "运城市": (190, 195, 180, 150, 120)}
LATER = {"临汾市": (316, 410, 335, 430, 376, 150), "运城市": (240, 255, 310, 280, 230, 120)}
OTHERS = ((120, 160, 215, 230, 150, 80), (60, 70, 80, 70, 60, 50), (160, 205, 220, 212, 150, 60))
SIZES = {360: 740, 390: 844, 768: 1024, 1280: 800, 1920: 1080}
#: How high a page is: a picture of the whole page that the browser itself makes is one without a finger.
_TALL = "document.documentElement.scrollHeight"
#: What a finger cannot hit on a phone: less than 44 px either way.
_SMALL = """() => [...document.querySelectorAll('button, a.btn, input:not([type=hidden]), select, summary, nav a')]
  .filter(e => e.offsetParent && !e.closest('.unseen'))
  .map(e => [e, (e.closest('.q-field__control') || e.closest('.q-checkbox') || e).getBoundingClientRect()])
  .filter(([e, box]) => box.width && (box.height < 43.5 || box.width < 43.5))
  .map(([e, box]) => `${e.tagName} ${(e.innerText || e.ariaLabel || e.className).slice(0, 20)} ` +
    `${Math.round(box.width)}x${Math.round(box.height)}`)"""


def bureau(path: Path) -> dict[str, int]:
    """Fill a ledger: lists, two forecasts, an order from above, an act with receipts and findings, drafts; numbers."""
    accounts, book = Accounts(path), Rulebook.load(())
    accounts.begin()
    for user, (name, office, role) in PEOPLE.items():
        accounts.choose(
            user, accounts.create(Account(user, name, office, frozenset({role})), "信息中心 周管理"), PASSWORD
        )
    with Ledger.writable(path) as ledger:
        set_bureau_cities(ledger, OWN, book.lists.cities(), "信息中心 周管理")
    day, listed = clock.now().date(), {}
    for city, name in zip(OWN, ("linfen", "yuncheng"), strict=True):
        source, totals = (
            Upload(one, (lists_folder() / one).read_bytes())
            for one in (f"{name}-synthetic.csv", f"{name}-synthetic.totals.csv")
        )
        publish_uploads(path, book, source, [totals], {}, (f"{city[:-1]}2026年版", "市长 丙", day), "合成清单")
        with Ledger.open(path) as ledger:
            listed[city] = list_files(ledger, lists_on_file(ledger)[0].act)
    _forecast(path, book, BEFORE, 20)
    draft = hand_in(path, _work(path, listed[OWN[0]]), "大气科 李经办", "").act
    with Ledger.writable(path) as ledger:
        review(ledger, draft, "大气科科长 王审核", passed=True)
        approve(ledger, draft, "副局长 赵批准", passed=True)
        act = issue_draft(ledger, draft, "大气科 李经办")[0].act
    _served(path, act)
    _inspected(path, book, act)
    source = "山西省生态环境厅《关于启动区域应急联动的调度令》晋环调〔2026〕18号"
    said = {"area": OWN[0], "level": "orange", "exact": False, "from": f"{clock.now():%Y-%m-%d %H:00}", "to": ""}
    enter_superior_order(path, book, said | {"source": source}, "大气科 李经办", None, "合成原文：请立即落实。")
    _forecast(path, book, LATER, 1)
    work = _work(path, listed[OWN[0]])
    asked = [row for row in rows(work.orders) if row["open"]][:3]
    work = decided(work, overrides_of(asked, "stop", "", "市政府会商：参照同类备案企业停产", "大气科 李经办"))
    lighter = next(row for row in rows(work.orders) if not row["mark"] and (row["share"] or 0) > 0.5)
    work = decided(work, overrides_of([lighter], "limit", "10", "企业报告熔窑保温，三日内只能降10%", "大气科 李经办"))
    waits = hand_in(path, work, "大气科 李经办", "请今晚办理").act
    return {"act": act, "issued": draft, "draft": waits}


def _forecast(path: Path, book: Rulebook, own: dict[str, tuple[int, ...]], ago: int) -> None:
    now = clock.now()
    issued = f"{now - timedelta(hours=ago):%Y-%m-%d %H:00}"
    lines = ["issue_time,issuer,city,target_date,aqi,primary"]
    for place, city in enumerate(CITIES):
        for ahead, aqi in enumerate(own.get(city, OTHERS[place % 3])):
            lines.append(
                f"{issued},山西省生态环境监测和应急保障中心,{city},{now + timedelta(days=ahead):%Y-%m-%d},{aqi},PM2.5"
            )
    with Ledger.writable(path) as ledger:
        take_forecast(ledger, Upload("全省预报.csv", "\n".join(lines).encode()), book.lists, "大气科 李经办")


def _work(path: Path, files: tuple[Upload, list[Upload]]) -> Work:
    asked = WorkInput("重污染天气应急响应", "live", {"list": files[0]}, files[1], (OWN[0],))
    return begin(path, (), asked, "officer")


def _served(path: Path, act: int) -> None:
    """Half the plants have signed, some were sent to, one failed."""
    with Ledger.open(path) as ledger:
        firms = list(dict.fromkeys(ledger.orders(act)["enterprise_id"].astype("str")))
    at = f"{clock.now():%Y-%m-%d %H:%M}"
    lines = ["统一社会信用代码,事项,时间,送达方式,签收人"]
    for place, firm in enumerate(firms[:40]):
        event = "签收" if place % 2 else "当面送达" if place % 5 == 0 else "已发送"
        lines.append(f"{firm},{event},{at},政务平台,{'' if event == '已发送' else '值班 丁'}")
    receipts_taken(path, act, Upload("政务平台回执.csv", "\n".join(lines).encode()), "大气科 李经办")


def _inspected(path: Path, book: Rulebook, act: int) -> None:
    """Three visits: one found running, two stopped."""
    import pandas as pd

    with Ledger.open(path) as ledger:
        stops, _ = route(ledger, pd.Timestamp(clock.now().replace(tzinfo=None)))
    notes = []
    for number, stop in enumerate(stops[1:4], start=101):
        seen, fact = ("未落实", "窑头有火，入窑皮带运行") if number == 101 else ("已落实", "主机停运，电流表为零")
        at = f"{clock.now():%Y-%m-%d %H:%M}"
        cells = [
            stop.enterprise_id,
            stop.enterprise,
            "",
            at,
            seen,
            f"临环笔〔2026〕{number}号",
            fact,
            "钱核查",
            stop.city,
        ]
        notes.append(note_of(cells))
    put_on_record(path, book, notes, "执法支队 钱核查")


def addresses(user: str, numbers: dict[str, int]) -> dict[str, str]:
    """Names and addresses of what a person may open."""
    if user == "keeper":
        return {"accounts": "/accounts", "password": "/password"}
    act, draft, issued = numbers.get("act"), numbers.get("draft"), numbers.get("issued")
    own = {"today": "/", "map": "/map", "superior": "/superior", "issue": "/issue", "simulate": "/simulate"}
    own |= {"audit": "/audit", "lists": "/lists", "rules": "/rules"}
    if act:
        own |= {"draft": f"/issue?draft={draft}", "issued": f"/issue?draft={issued}", "act": f"/audit?act={act}"}
        own |= {"deliver": f"/deliver?act={act}", "evaluate": f"/evaluate?act={act}"}
    if user == "officer":
        own |= {"forecast": "/forecast", "map-city": "/map?city=临汾市", "deliver-none": "/deliver"}
        own |= {f"rules-{one}": f"/rules?view={one}" for one in ("life", "coverage", "bench", "text", "record")}
        own |= {"rules-plan": "/rules?view=plan&city=临汾市", "rules-document": "/rules?document=shanxi-2019-39"}
    if user == "auditor":
        own = {"audit": "/audit", "field": "/field", "judge": "/field/judge", "find": "/audit?find=钢铁"}
    if user in ("reviewer", "approver", "reader"):
        own = {name: own[name] for name in ("today", "issue", "draft", "issued", "superior", "deliver") if name in own}
    return own


@contextmanager
def _opened(served: Served, width: int) -> Iterator[Any]:
    """A browser of one width, a phone's with a finger."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--lang=zh-CN"])
        phone = {"has_touch": True, "is_mobile": True} if width < 700 else {}
        yield lambda: browser.new_context(viewport={"width": width, "height": SIZES[width]}, locale="zh-CN", **phone)
        browser.close()


def _settled(page: Any) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)
    page.wait_for_function("!document.body.innerText.match(/正在(绘图|计算|逐|按没有|识读)/)", timeout=60_000)
    page.wait_for_timeout(300)


def main() -> None:
    """Make the bureau where it is not there, then the pictures asked for."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("folder", type=Path)
    asking.add_argument("--only", default="")
    asking.add_argument("--sizes", default="390,1280,1920")
    asking.add_argument("--pdf", action="store_true")
    asking.add_argument("--empty", action="store_true")
    said = asking.parse_args()
    ledger = said.folder / ("empty" if said.empty else "full") / "record.db"
    notes = ledger.with_name("numbers.json")
    if not notes.is_file():
        ledger.parent.mkdir(parents=True, exist_ok=True)
        numbers = {} if said.empty else bureau(ledger)
        if said.empty:
            accounts = Accounts(ledger)
            accounts.begin()
            for user, (name, office, role) in PEOPLE.items():
                once = accounts.create(Account(user, name, office, frozenset({role})), "信息中心 周管理")
                accounts.choose(user, once, PASSWORD)
        notes.write_text(json.dumps(numbers))
    numbers = json.loads(notes.read_text())
    with serving(ledger) as (served, _):
        for width in map(int, said.sizes.split(",")):
            with _opened(served, width) as context:
                _all(served, numbers, context, width, said)


def _all(served: Served, numbers: dict[str, int], context: Any, width: int, said: argparse.Namespace) -> None:
    where = said.folder / ("empty" if said.empty else "shots")
    where.mkdir(exist_ok=True)
    for user in PEOPLE:
        wanted = {
            name: address
            for name, address in addresses(user, numbers).items()
            if re.search(said.only, f"{user}-{name}")
        }
        if not wanted:
            continue
        page = context().new_page()
        page.set_default_timeout(60_000)
        page.goto(served.url)
        if user == "officer" and re.search(said.only, "officer-sign-in"):
            page.screenshot(path=str(where / f"sign-in-{width}.png"))
        signed(page, user)
        for name, address in wanted.items():
            page.goto(f"{served.url}{address}")
            _settled(page)
            page.set_viewport_size({"width": width, "height": max(SIZES[width], page.evaluate(_TALL))})
            page.screenshot(path=str(where / f"{user}-{name}-{width}.png"))
            page.set_viewport_size({"width": width, "height": SIZES[width]})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                print(f"WIDE {user} {name} {width}: {wide}", flush=True)
            if width < 700 and (small := page.evaluate(_SMALL)):
                print(f"SMALL {user} {name}: {len(small)} {sorted(set(small))[:12]}", flush=True)
            if said.pdf and width == 1280:
                page.pdf(path=str(where / f"{user}-{name}.pdf"), prefer_css_page_size=True)
        page.context.close()


if __name__ == "__main__":
    main()
