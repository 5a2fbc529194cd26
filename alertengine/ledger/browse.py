"""The record in a browser, read-only: Datasette with titles, descriptions, facets and questions in Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from alertengine.errors import InputError, Problem
from alertengine.ledger.model import KINDS
from alertengine.ledger.store import Ledger
from alertengine.vocabulary import FIELDS, LEVEL_TEXT, MEASURES, ORDER_COLUMNS, STATUS_TEXT, WARNING_COLUMNS

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
#: Questions: title, SQL, and what it answers.  ``act_of`` are the acts that no later one corrects.
_STANDING: Final = "act NOT IN (SELECT corrects FROM acts WHERE corrects IS NOT NULL)"
_CODES: Final = {"level": LEVEL_TEXT, "status": STATUS_TEXT, "measure": {k: word.text for k, word in MEASURES.items()}}


def queries() -> dict[str, dict[str, str]]:
    """The canned questions by the name in their address."""
    level = _case("level")
    status = _case("status")
    names = "enterprise AS 企业名称, line AS 生产线, measure_text AS 减排措施, starts AS 开始, ends AS 结束"
    kg = ", ".join(f'round(sum({p}_kg_d), 1) AS "{t}"' for p, t in _KG.items())
    asked = {
        "acts-overview": (
            "台账一览",
            "每一条的拟稿、审核、签发，和预警、指令的行数",
            "SELECT a.act AS 序号, a.kind AS 种类, a.title AS 标题, a.issued_at AS 发布时间, a.drafted_by AS 拟稿,"
            " a.reviewed_by AS 审核, a.approved_by AS 签发, a.corrects AS 更正, a.reason AS 理由,"
            " (SELECT rows FROM parts p WHERE p.act = a.act AND part = 'orders') AS 指令行数, a.hash AS 哈希"
            " FROM acts a ORDER BY a.act DESC",
        ),
        "in-force-at": (
            "某一时刻有效的指令",
            "时刻写作 2020-01-23 08:00；已被更正的不列",
            f"SELECT act AS 序号, city AS 城市, county AS 区县, {names}, {level} AS 级别 FROM orders WHERE {_STANDING}"
            " AND starts <= :moment AND (ends = '' OR ends IS NULL OR ends > :moment) ORDER BY city, county, enterprise",
        ),
        "of-an-enterprise": (
            "一个企业的历次指令",
            "按统一社会信用代码",
            f"SELECT act AS 序号, {level} AS 级别, {status} AS 状态, {names}, rules AS 依据规则, basis AS 法律依据"
            " FROM orders WHERE enterprise_id = :enterprise_id ORDER BY act, line_id, starts",
        ),
        "no-ground": (
            "依据缺失的生产线",
            "没有规则也没有备案措施可依，须人工确定",
            f"SELECT act AS 序号, city AS 城市, county AS 区县, {names}, industry AS 行业, process AS 工序, remark AS 备注"
            f" FROM orders WHERE status = 'undetermined' AND {_STANDING} ORDER BY act DESC, city, county",
        ),
        "to-verify": (
            "待核实事项",
            "哪些未知的事实会改变指令",
            f"SELECT hangs_on AS 待核实事项, city AS 城市, count(*) AS 行数 FROM orders WHERE hangs_on <> '' AND {_STANDING}"
            " GROUP BY hangs_on, city ORDER BY count(*) DESC",
        ),
        "by-county": (
            "各区县减排量（千克/日）",
            "按条、级别和区县合计；分阶段的指令每阶段一行，不可跨阶段相加",
            f"SELECT act AS 序号, {level} AS 级别, city AS 城市, county AS 区县, phase AS 阶段, count(*) AS 行数, {kg}"
            f" FROM orders WHERE {_STANDING} GROUP BY act, level, city, county, phase ORDER BY act DESC, city, county",
        ),
        "files": (
            "每一条所依据的文件",
            "规则、清单、预报的快照，按内容的哈希",
            "SELECT i.act AS 序号, i.path AS 文件, s.size AS 字节, coalesce(s.sha256, i.personal) AS 哈希"
            " FROM inputs i LEFT JOIN snapshots s ON s.id = i.snapshot ORDER BY i.act DESC, i.path",
        ),
    }
    return {name: {"title": t, "description": d, "sql": sql} for name, (t, d, sql) in asked.items()}


_KG: Final = {name.removesuffix("_kg_d"): text for name, text in ORDER_COLUMNS.items() if name.endswith("_kg_d")}


def _case(column: str) -> str:
    """Codes of a column as their Chinese words."""
    words = " ".join(f"WHEN '{code}' THEN '{text}'" for code, text in _CODES[column].items())
    return f"CASE {column} {words} ELSE {column} END"


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
        "facets": ["act", "city", "level", "status"] + [n for n in ("industry", "grade") if n in FIELDS],
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
        "queries": queries(),
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
    made.add_database(Database(made, path=str(path.resolve()), is_mutable=True, mode="ro"), name=DATABASE)
    return made


def serve(path: Path, port: int) -> None:
    """Serve a ledger on this machine alone until interrupted.

    Raises:
        InputError: no ledger, or Datasette is not installed.

    """
    made = application(path)
    import uvicorn

    uvicorn.run(made.app(), host="127.0.0.1", port=port, log_level="warning")
