"""Questions people ask of a ledger, as SQL with Chinese titles and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from alertengine.ledger.act import KINDS, NOT_DRAFTED
from alertengine.vocabulary import LEVEL_TEXT, ORDER_COLUMNS, POLLUTANTS, STATUS_TEXT


@dataclass(frozen=True, slots=True)
class BrowseQuery:
    """A question: the name in its address, its title, what it answers, and its SQL."""

    name: str
    title: str
    description: str
    sql: str


def _words(column: str, texts: Mapping[str, str]) -> str:
    """Codes of a column as their Chinese words."""
    cases = " ".join(f"WHEN '{code}' THEN '{text}'" for code, text in texts.items())
    return f"CASE {column} {cases} ELSE {column} END"


_LEVEL: Final = _words("level", LEVEL_TEXT) + " AS 级别"
_STATUS: Final = _words("status", STATUS_TEXT) + " AS 状态"
_KIND: Final = _words("a.kind", KINDS) + " AS 种类"
_ORDER: Final = "enterprise AS 企业名称, line AS 生产线, measure_text AS 减排措施, starts AS 开始, ends AS 结束"
_WHERE: Final = "city AS 城市, county AS 区县"
_KG: Final = ", ".join(f'round(sum({p}_kg_d), 1) AS "{ORDER_COLUMNS[f"{p}_kg_d"]}"' for p in POLLUTANTS)
#: Acts that no later one puts right, drafts left out.
_STANDING: Final = f"{NOT_DRAFTED} AND act NOT IN (SELECT corrects FROM acts WHERE corrects IS NOT NULL)"

QUESTIONS: Final = (
    BrowseQuery(
        "acts-overview",
        "台账一览",
        "每一条的拟稿、审核、签发和指令行数",
        f"""SELECT a.act AS 序号, {_KIND}, a.title AS 标题, a.issued_at AS 发布时间, a.drafted_by AS 拟稿,
  a.reviewed_by AS 审核, a.approved_by AS 签发, a.corrects AS 更正, a.reason AS 理由,
  (SELECT rows FROM parts p WHERE p.act = a.act AND p.part = 'orders') AS 指令行数, a.hash AS 哈希
FROM acts a ORDER BY a.act DESC""",
    ),
    BrowseQuery(
        "in-force-at",
        "某一时刻有效的指令",
        "时刻写作 2020-01-23 08:00；已被更正的不列",
        f"""SELECT act AS 序号, {_WHERE}, {_ORDER}, {_LEVEL} FROM orders
WHERE {_STANDING} AND starts <= :moment AND (ends = '' OR ends IS NULL OR ends > :moment)
ORDER BY city, county, enterprise""",
    ),
    BrowseQuery(
        "of-an-enterprise",
        "一个企业的历次指令",
        "按统一社会信用代码",
        f"""SELECT act AS 序号, {_LEVEL}, {_STATUS}, {_ORDER}, rules AS 依据规则, basis AS 法律依据 FROM orders
WHERE {NOT_DRAFTED} AND enterprise_id = :enterprise_id ORDER BY act, line_id, starts""",
    ),
    BrowseQuery(
        "no-ground",
        "依据缺失的生产线",
        "没有规则也没有备案措施可依，须人工确定",
        f"""SELECT act AS 序号, {_WHERE}, {_ORDER}, industry AS 行业, process AS 工序, remark AS 备注 FROM orders
WHERE status = 'undetermined' AND {_STANDING} ORDER BY act DESC, city, county""",
    ),
    BrowseQuery(
        "to-verify",
        "待核实事项",
        "哪些未知的事实会改变指令（字段代码，以分号相连）",
        f"""SELECT act AS 序号, hangs_on AS 待核实事项, city AS 城市, count(*) AS 行数 FROM orders
WHERE hangs_on <> '' AND {_STANDING} GROUP BY act, hangs_on, city ORDER BY count(*) DESC""",
    ),
    BrowseQuery(
        "by-county",
        "各区县减排量（千克/日）",
        "按条、级别、区县和阶段合计；各阶段先后相继，不可相加；比例无法计算的行未计入，是下限",
        f"""SELECT act AS 序号, {_LEVEL}, {_WHERE}, phase AS 阶段, count(*) AS 行数, {_KG} FROM orders
WHERE {_STANDING} GROUP BY act, level, city, county, phase ORDER BY act DESC, city, county""",
    ),
    BrowseQuery(
        "files",
        "每一条所依据的文件",
        "规则、清单、预报的快照，按内容的哈希",
        """SELECT i.act AS 序号, i.path AS 文件, s.size AS 字节, coalesce(s.sha256, i.personal) AS 哈希
FROM inputs i LEFT JOIN snapshots s ON s.id = i.snapshot ORDER BY i.act DESC, i.path""",
    ),
)
