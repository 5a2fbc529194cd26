"""Putting the page together: forms, pages and guard over one ledger; and running it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

import nicegui
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from nicegui import ui
from starlette.types import ASGIApp

from alertengine.files import stylesheet
from alertengine.vocabulary import program_version
from alertengine.web import files
from alertengine.web.api.app import Interface
from alertengine.web.desk import Desk
from alertengine.web.fieldforms import FieldForms
from alertengine.web.guard import Guard, said_in_chinese
from alertengine.web.pages.frame import framed
from alertengine.web.pages.registry import PAGES, PageEntry
from alertengine.web.signin import Forms

TITLE: Final = "重污染天气应急"
#: Seconds a browser may be gone before its page is drawn anew.
_GONE: Final = 30.0
#: The address of the stylesheet names its text: a browser may keep it.
_KEPT: Final = {"cache-control": "private, max-age=86400"}


def build(desk: Desk, hosts: Sequence[str]) -> ASGIApp:
    """The whole page as an ASGI app.

    NiceGUI keeps its pages in the process: one desk a process.
    """
    server = FastAPI(title="alertengine", version=program_version(), docs_url=None, redoc_url=None)
    forms = Forms(desk)
    server.include_router(forms.router())
    server.include_router(FieldForms(desk, forms).router())
    server.include_router(files.router(desk))

    @server.get("/health", include_in_schema=False)
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @server.get("/static/design.css", include_in_schema=False)
    def design() -> Response:
        return Response(stylesheet(), media_type="text/css", headers=_KEPT)

    server.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    server.mount("/api", Interface(desk).application())
    for entry in PAGES:
        _page(desk, forms, entry)
    ui.run_with(server, title=TITLE, favicon="🌫️", language="zh-CN", reconnect_timeout=_GONE, show_welcome_message=False)
    said_in_chinese(server, nicegui.app)
    nicegui.app.on_startup(desk.warm)
    # the browser takes scripts, fonts and styles of the page before anyone signs in: they are the package's own
    public = (f"/_nicegui/{nicegui.__version__}/",)
    return Guard(server, desk.sessions, frozenset(hosts), public)


def _page(desk: Desk, forms: Forms, entry: PageEntry) -> None:
    """Put one page at its address; its module is read when it is first asked for."""

    @ui.page(entry.address, title=f"{entry.name} · {TITLE}", response_timeout=60)
    async def _shown(request: Request) -> None:
        with framed(desk, request, forms.key_of(request.state.session), entry) as visit:
            if visit is not None:
                await import_module(f"alertengine.web.pages.{entry.module}").show(visit)


def serve(
    desk: Desk,
    host: str,
    port: int,
    names: Sequence[str] = (),
    certificate: Path | None = None,
    key: Path | None = None,
    proxies: Sequence[str] = (),
) -> None:
    """Run until interrupted; ``proxies`` are believed whom a request comes from, nobody else is."""
    hosts = {host, "127.0.0.1", "localhost", "::1", *names} - {"0.0.0.0", "::"}  # noqa: S104 -- taken out
    app = build(desk, sorted(hosts))
    logging.getLogger("nicegui").setLevel(logging.WARNING)
    desk.jobs.start()
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        ssl_certfile=certificate,
        ssl_keyfile=key,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        ws_max_size=16 * 1024 * 1024,
    )
