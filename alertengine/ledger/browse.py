"""The record in a browser, read-only: Datasette with titles, descriptions, facets and questions in Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from alertengine.errors import InputError, Problem
from alertengine.ledger.model import KINDS
from alertengine.ledger.questions import QUESTIONS
from alertengine.ledger.store import Ledger
from alertengine.vocabulary import LEVEL_TEXT, MEASURES, ORDER_COLUMNS, STATUS_TEXT, WARNING_COLUMNS

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
#: Tables that only serve the views, and those that say something about persons.
_HIDDEN: Final = ("texts", "order_rows", "part_rows", "parts", "snapshots")
_CODES: Final = {"level": LEVEL_TEXT, "status": STATUS_TEXT, "measure": {k: word.text for k, word in MEASURES.items()}}


def metadata() -> dict[str, Any]:
    """Datasette's metadata: titles, descriptions of columns, facets and questions."""
    tables: dict[str, Any] = {name: {"hidden": True} for name in _HIDDEN}
    tables["personal"] = {"hidden": True, "allow": False}
    tables["acts"] = {
        "title": "台账",
        "description": "每一条是一次发布、更正或其他行为，只增不改，按哈希相连",
        "columns": _ACTS,
        "facets": ["kind", "approved_by"],
        "sort_desc": "act",
    }
    tables["orders"] = {
        "title": "指令",
        "description": "每条生产线每阶段一行",
        "columns": {"act": "台账序号", "row": "行号"} | {name: _described(name) for name in ORDER_COLUMNS},
        "facets": ["act", "city", "level", "status", "industry", "grade"],
    }
    tables["warnings"] = {
        "title": "预警",
        "description": "发布、延长、升级、降级、解除",
        "columns": {"act": "台账序号", "row": "行号"} | dict(WARNING_COLUMNS),
        "facets": ["city", "action", "level"],
    }
    tables["inputs"] = {"title": "所依据的文件", "columns": {"act": "台账序号", "path": "文件"}, "facets": ["act"]}
    database = {
        "title": "预警与指令台账",
        "description": "只读；个人信息不在此显示",
        "allow_sql": False,
        "tables": tables,
        "queries": {q.name: {"title": q.title, "description": q.description, "sql": q.sql} for q in QUESTIONS},
    }
    return {"title": "重污染天气应急台账", "databases": {DATABASE: database}}


def _described(name: str) -> str:
    """A column of orders in Chinese, its codes explained."""
    codes = _CODES.get(name)
    return ORDER_COLUMNS[name] + ("：" + "、".join(f"{c}＝{t}" for c, t in codes.items()) if codes else "")


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
        raise InputError([Problem("datasette", "not installed", expected="the extra alertengine[browse]")]) from None
    settings = {
        "allow_download": False,
        "sql_time_limit_ms": 10_000,
        "facet_time_limit_ms": 3_000,
        "suggest_facets": False,
    }
    made = Datasette([], metadata=metadata(), settings=settings)
    made.add_database(Database(made, path=str(path.resolve()), is_mutable=True), name=DATABASE)
    return made


def serve(path: Path, port: int) -> None:
    """Serve a ledger on this machine alone until interrupted.

    Raises:
        InputError: no ledger, or Datasette is not installed.

    """
    made = application(path)
    import uvicorn

    uvicorn.run(made.app(), host="127.0.0.1", port=port, log_level="warning")
