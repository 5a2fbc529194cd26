"""axe-core over every page and role, on a phone and a desk: nothing serious; nothing wider than its screen."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alertengine.files import lists_folder
from alertengine.ledger import Ledger
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import times as clock
from alertengine.web.forecasts import take_forecast
from alertengine.web.lists import list_files, lists_on_file, publish_uploads
from alertengine.web.pages.registry import PAGES
from alertengine.web.roles import Role
from alertengine.web.work import WorkInput, begin, hand_in
from alertengine.workflow import Upload, approve, issue_draft, review

from .browsing import CHROMIUM, SignIn, browsers, forecast
from .conftest import Served, serving, signed_up

NPM = shutil.which("npm")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
    pytest.mark.skipif(NPM is None, reason="no npm on this machine, from which axe-core comes"),
]
#: What axe calls grave enough that a person is kept out.
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core."""
    folder = tmp_path_factory.mktemp("axe")
    command = [str(NPM), "install", "--no-save", "--prefix", str(folder), "axe-core"]
    got = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)  # noqa: S603
    file = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not file.is_file():
        pytest.skip(f"axe-core cannot be had: {got.stderr.strip()[-200:]}")
    return file.read_text(encoding="utf-8")


def evening_on_record(path: Path) -> dict[str, int]:
    """A ledger with a published list, a forecast, an act in force, and a draft that waits: numbers of both."""
    book, folder = Rulebook.load(()), lists_folder()
    source, totals = (
        Upload(name, (folder / name).read_bytes()) for name in ("linfen-synthetic.csv", "linfen-synthetic.totals.csv")
    )
    publish_uploads(path, book, source, [totals], {}, ("2026年版", "市长 丙", clock.now().date()), "合成清单")
    drafts = []
    for aqi, ago in (((240, 262, 271, 255, 188), 3), ((316, 410, 335, 430, 376), 1)):
        with Ledger.writable(path) as ledger:
            take_forecast(ledger, Upload("预报.csv", forecast(aqi, ago)), book.lists, "办公室 甲")
            (held,) = lists_on_file(ledger)
            listed, beside = list_files(ledger, held.act)
        work = begin(path, (), WorkInput("应急响应", "live", {"list": listed}, beside), "officer")
        drafts.append(hand_in(path, work, "办公室 甲", "").act)
        if len(drafts) == 1:
            with Ledger.writable(path) as ledger:
                review(ledger, drafts[0], "科长 乙", passed=True)
                approve(ledger, drafts[0], "市长 丙", passed=True)
                act = issue_draft(ledger, drafts[0], "办公室 甲")[0].act
    return {"act": act, "issued": drafts[0], "draft": drafts[1]}


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, int]]]:
    """A page in the middle of an evening, and its acts."""
    path = tmp_path_factory.mktemp("bureau") / "record.db"
    signed_up(path, **{str(role): role for role in Role})
    with Ledger.writable(path):
        pass
    numbers = evening_on_record(path)
    with serving(path) as (served, _):
        yield served, numbers


@pytest.fixture(scope="module")
def sign_in(bureau: tuple[Served, dict[str, int]]) -> Iterator[SignIn]:
    with browsers(bureau[0]) as opened:
        yield opened


def addresses(role: Role, numbers: dict[str, int]) -> list[str]:
    """Every page as a role may meet it."""
    if role is Role.KEEPER:
        return ["/accounts", "/password"]
    more = [f"/issue?draft={numbers['draft']}", f"/issue?draft={numbers['issued']}", f"/audit?act={numbers['act']}"]
    more += [f"/deliver?act={numbers['act']}", f"/evaluate?act={numbers['act']}"]
    more += ["/rules?view=bench", "/rules?view=text"] if role is Role.OFFICER else []
    more += ["/field", "/field/judge"] if role is Role.AUDITOR else []
    listed = [page.address for page in PAGES if page.address != "/accounts"]
    return [*(one for one in listed if role is Role.OFFICER or one != "/forecast"), *more]


def faults(page: Any, axe: str) -> list[str]:
    """What axe finds serious on a page, and still finds a second later: a page is drawn bit by bit."""
    if not _faults(page, axe):
        return []
    page.wait_for_timeout(1000)
    return _faults(page, axe)


def _faults(page: Any, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("role", list(Role))
def test_axe_finds_nothing_serious(
    role: Role, bureau: tuple[Served, dict[str, int]], sign_in: SignIn, axe: str
) -> None:
    served, numbers = bureau
    page, found = sign_in(str(role)), []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses(role, numbers):
            page.goto(f"{served.url}{address}")
            plain = address.startswith(("/field", "/password"))  # no scripts; the others are drawn bit by bit
            end = page.locator("h1, h2" if plain else "p.keys").or_(page.get_by_text("您的角色不能查看此页"))
            end.first.wait_for(state="attached")
            page.wait_for_load_state("networkidle")
            found += [f"{address} at {width}: {one}" for one in faults(page, axe)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{address} at {width}: {wide} wide"] if wide > width else []
    assert not found, "\n".join(found)
    assert (page.errors, page.strangers) == ([], [])
