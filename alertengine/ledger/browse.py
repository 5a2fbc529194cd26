"""The record in a browser, read-only: Datasette with titles, descriptions, facets and questions in Chinese."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

from alertengine.ledger.act import KINDS
from alertengine.ledger.browse_queries import QUESTIONS
from alertengine.ledger.store import Ledger
from alertengine.vocabulary import (
    FIELDS,
    LEVEL_TEXT,
    MEASURES,
    ORDER_COLUMNS,
    STATUS_TEXT,
    WARNING_COLUMNS,
    InputError,
    Problem,
)

#: The name of the database in addresses.
DATABASE: Final = "ledger"
_ACTS: Final = {
    "act": "序号",
    "format": "格式",
    "kind": "种类：" + "、".join(f"{code}＝{text}" for code, text in KINDS.items()),
    "title": "标题",
    "issued_at": "发布时间",
    "recorded_at": "入账时间",
    "drafted_by": "拟稿",
    "reviewed_by": "审核",
    "approved_by": "签发",
    "corrects": "更正哪一条",
    "reason": "更正理由",
    "head": "其他内容（JSON）",
    "previous": "上一条的哈希",
    "hash": "本条的哈希（SHA-256）",
}
_INPUTS: Final = {"act": "台账序号", "path": "文件", "snapshot": "内容", "personal": "含个人信息的文件，只见加盐哈希"}
#: Tables that only serve the views.
_HIDDEN: Final = ("texts", "order_rows", "part_rows", "parts", "snapshots", "identity")
#: The table with people: nothing that Datasette asks reads it.
_PEOPLE: Final = "personal"
#: Names under which this machine is asked; another one may be a page that rebinds its name to this address.
_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
_CODES: Final = {"level": LEVEL_TEXT, "status": STATUS_TEXT, "measure": {k: word.text for k, word in MEASURES.items()}}


def metadata() -> dict[str, Any]:
    """Datasette's metadata: titles, descriptions of columns, facets and questions."""
    place = {"act": "台账序号", "row": "行号"}
    described = {
        name: text + ("：" + "、".join(f"{c}＝{t}" for c, t in codes.items()) if (codes := _CODES.get(name)) else "")
        for name, text in ORDER_COLUMNS.items()
    }
    listed = {name for name, field in FIELDS.items() if field.type in {"code", "open"}}  # drawn from a list of words
    shown = {
        "acts": _table(
            "台账", "每一条是一次发布、更正或其他行为，只增不改，按哈希相连", _ACTS, ["kind", "approved_by"]
        ),
        "orders": _table(
            "指令",
            "每条生产线每阶段一行",
            place | described,
            [name for name in ORDER_COLUMNS if name in {"level", "status", *listed}],
        ),
        "warnings": _table(
            "预警", "发布、延长、升级、降级、解除", place | dict(WARNING_COLUMNS), ["city", "action", "level"]
        ),
        "inputs": _table("所依据的文件", "规则、清单、预报的快照", _INPUTS, ["act"]),
    }
    hidden: dict[str, Any] = {name: {"hidden": True} for name in _HIDDEN}
    links = "　".join(f'<a href="{DATABASE}/{name}">{one["title"]}</a>' for name, one in shown.items())
    database = {
        "title": "预警与指令台账",
        "description_html": f"<p>只读；个人信息不在此显示</p><p>{links}</p>",
        "allow_sql": False,
        "tables": {**hidden, "personal": {"hidden": True, "allow": False}, **shown},
        "queries": {
            q.name: {"title": q.title, "description": q.description, "sql": q.sql, "hide_sql": True} for q in QUESTIONS
        },
    }
    return {"title": "重污染天气应急台账", "databases": {DATABASE: database}}


def _table(title: str, said: str, columns: Mapping[str, str], facets: list[str]) -> dict[str, Any]:
    """A table's page; what its columns mean opens on a click."""
    words = "".join(
        f"<dt><strong>{escape(name)}</strong></dt><dd>{escape(text)}</dd>" for name, text in columns.items()
    )
    page = f"<p>{escape(said)}</p><details><summary>各列含义</summary><dl>{words}</dl></details>"
    return {"title": title, "description_html": page, "facets": facets, "sort_desc": "act"}


def application(path: Path) -> Any:
    """A Datasette on a ledger, read-only.

    Raises:
        InputError: no ledger, or Datasette is not installed.

    """
    Ledger.open(path).close()
    try:
        from datasette.app import Datasette
        from datasette.database import Database
    except ImportError:
        raise InputError([Problem("datasette_missing", where="datasette")]) from None
    settings = {
        "allow_download": False,
        "sql_time_limit_ms": 10_000,
        "facet_time_limit_ms": 3_000,
        "suggest_facets": False,
        "default_facet_size": 12,
    }

    class OfLedger(Database):  # type: ignore[misc]
        """The ledger without the table of people."""

        def connect(self, *args: Any, **given: Any) -> sqlite3.Connection:
            """A connection that cannot read it."""
            connection: sqlite3.Connection = super().connect(*args, **given)
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.set_authorizer(_without_people)
            return connection

    made = Datasette([], metadata=metadata(), settings=settings)
    made.remove_database("_memory")  # the empty one that Datasette shows where it is given no file
    made.add_database(OfLedger(made, path=str(path.resolve()), is_mutable=True), name=DATABASE)
    return made


def _without_people(action: int, table: str | None, *_: object) -> int:
    read = action == sqlite3.SQLITE_READ and (table or "").lower() == _PEOPLE
    return sqlite3.SQLITE_DENY if read else sqlite3.SQLITE_OK


def own_host(app: Any) -> Any:
    """An ASGI app that answers under the names of this machine alone."""

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
            if re.sub(r":\d+$", "", host).lower() not in _HOSTS:
                plain = [(b"content-type", b"text/plain; charset=utf-8")]
                await send({"type": "http.response.start", "status": 421, "headers": plain})
                await send({"type": "http.response.body", "body": "此服务不以该主机名提供".encode()})
                return
        await app(scope, receive, send)

    return guarded


def serve(path: Path, port: int) -> None:
    """Serve a ledger on this machine alone until interrupted.

    Raises:
        InputError: no ledger, or Datasette is not installed.

    """
    made = application(path)
    import uvicorn

    uvicorn.run(own_host(made.app()), host="127.0.0.1", port=port, log_level="warning")
