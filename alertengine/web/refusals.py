"""What a browser is shown where a request is refused or fails: one page in Chinese, whoever refuses it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from alertengine.files import environment, stylesheet

_UNREAD: Final = ("没有读懂所送的内容", "有一项缺少、过长或不是所要的那一种；什么也没有保存。请回到上一页重填。")
_SAID: Final = {
    404: ("没有这一页", "地址可能不完整，或这一页已不再有。"),
    405: ("这一页不这样打开", "这个地址不接受这种请求；什么也没有保存。"),
}
_FAILED: Final = (
    "这一页没有打开",
    "程序出错，已写入日志；台账和已保存的内容不变。请重试，仍不行时告诉系统管理人员。",
)


def page(status: int, title: str, said: str, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """A page that says why it is not the one asked for."""
    template = environment("alertengine.web").get_template("lost.html.j2")
    return HTMLResponse(template.render(title=title, said=said, design=stylesheet()), status, headers)


def said_in_chinese(*apps: FastAPI) -> None:
    """Put the page in place of the libraries' English answers."""
    for app in apps:
        for refused in (404, HTTPException, RequestValidationError):
            app.add_exception_handler(refused, _refused)
        app.add_exception_handler(Exception, _failed)


async def _refused(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 422
    return page(status, *_SAID.get(status, _UNREAD), getattr(error, "headers", None))


async def _failed(_request: Request, error: Exception) -> Response:
    logging.getLogger("nicegui").error("a page failed", exc_info=error)
    return page(500, *_FAILED)
