"""A person's browser in the tests: Chromium that keeps to this machine, what it asked and what went wrong in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from alertengine.vocabulary import times as clock

from .conftest import PASSWORD, Served

CHROMIUM = shutil.which("chromium")
#: Chromium as root, keeping to this machine.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SignIn = Callable[..., Any]


@contextmanager
def browsers(served: Served) -> Iterator[SignIn]:
    """What opens a browser of one's own for a user.

    Its ``errors`` are what its console said, ``strangers`` what it asked of another machine.
    """
    sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright")
    with sync_api.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)

        def opened(user: str, width: int = 1280, height: int = 900) -> Any:
            page = browser.new_context(viewport={"width": width, "height": height}).new_page()
            page.set_default_timeout(120_000)
            page.errors, page.strangers = [], []
            page.on("request", lambda asked: page.strangers.append(asked.url) if _far(asked.url, served) else None)
            page.on("websocket", lambda to: page.strangers.append(to.url) if _far(to.url, served) else None)
            page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: page.errors.append(str(error)))
            page.goto(served.url)
            signed(page, user)
            return page

        try:
            yield opened
        except Exception as error:
            for page in (page for context in browser.contexts for page in context.pages):
                error.add_note(f"{page.url} showed:\n{page.inner_text('body', timeout=5_000)}\n{page.errors}")
            raise
        finally:
            browser.close()


def signed(page: Any, user: str) -> None:
    """Fill in the form of signing in."""
    page.fill("#user", user)
    page.fill("#password", PASSWORD)
    page.click("button")
    page.wait_for_selector("nav")


def _far(url: str, served: Served) -> bool:
    """Whether a request goes anywhere but to the page's own server."""
    return not url.startswith((served.url, served.url.replace("http", "ws", 1), "data:", "blob:"))


def put(page: Any, field: str, files: Any) -> None:
    """Put files into the upload field of a name; fields come one after the other while a page is drawn."""
    field_of = page.locator(".upload", has_text=field)
    field_of.locator("input[type=file]").set_input_files(files)
    field_of.get_by_text("✓").wait_for()


def forecast(aqi: tuple[int, ...], ago: int = 3) -> bytes:
    """A forecast issued hours ago for today and the next days: what is issued on it is in force now."""
    now = clock.now()
    issued = f"{now - timedelta(hours=ago):%Y-%m-%d %H:00}"
    days = [f"{issued},合成,临汾市,{now + timedelta(days=n):%Y-%m-%d},{one},PM2.5" for n, one in enumerate(aqi)]
    return "\n".join(["issue_time,issuer,city,target_date,aqi,primary", *days]).encode()


def confirmed(page: Any, step: str, yes: str = "") -> None:
    """A step is asked in numbers first, the focus on going back; lines lighter than the rules are ticked as seen.

    A double click asks once.
    """
    page.get_by_role("button", name=f"{step}…", exact=True).dblclick()
    asked = page.get_by_role("alertdialog")
    asked.get_by_role("button", name="再看看").wait_for()
    for tick in asked.get_by_role("checkbox").all():
        tick.click()
    asked.get_by_role("button", name=yes or step, exact=True).click()
