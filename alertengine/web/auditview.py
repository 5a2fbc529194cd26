"""What the page of audits shows: acts of the ledger, one act with what it rests on, an order with its articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from alertengine.audit import KIND_TEXT
from alertengine.files import Protocol
from alertengine.ledger import KINDS, Verified, corrections, verify
from alertengine.orders import Explanation, rows_of, state_words
from alertengine.rulebook import LineRule
from alertengine.vocabulary import (
    LEVEL_TEXT,
    MASKED,
    ORDER_COLUMNS,
    ORDER_STATE_TEXT,
    SOLE_TRADER,
    STATUS_TEXT,
    VERDICT_TEXT,
    kilograms,
    moment,
    percent,
)
from alertengine.web.orderrows import text_rows
from alertengine.web.roles import WHOLE, Scope
from alertengine.web.rulesview import RuleView, rule_view
from alertengine.workflow import (
    STEP_TEXT,
    Opened,
    check_contents,
    decided_of,
    dossier,
    orders_in_force,
    readings_of,
    recorded_findings,
)

if TYPE_CHECKING:
    from pathlib import Path

    from alertengine.ledger import Act, Ledger
    from alertengine.rulebook import Clause

#: Acts that say only who came and went; shown where they are asked for.
BESIDE: Final = frozenset({"signin", "account", "key"})
ISSUE: Final = "issue"
#: Acts and findings shown, the latest.
_MOST: Final = 200
_ORDER_CELLS: Final = (
    "measure_text", "share", "level", "starts", "ends", "status", "transport", "grade", "effective_grade",
    "so2_kg_d", "nox_kg_d", "pm_kg_d", "vocs_kg_d", "basis", "standing", "remark",
)  # fmt: skip
_TABLES: Final = {
    "orders": "指令", "warnings": "预警", "findings": "核查结论", "receipts": "送达", "decisions": "处罚决定",
}  # fmt: skip
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {"level": LEVEL_TEXT, "status": STATUS_TEXT}


@dataclass(frozen=True, slots=True)
class ActView:
    """One act: ``facts`` as name and text, files it holds and how they were read, whether it can be decided again."""

    title: str
    facts: tuple[tuple[str, str], ...]
    procedure: tuple[dict[str, str], ...]
    files: tuple[dict[str, str], ...]
    readings: tuple[Protocol, ...]
    replayable: bool


@dataclass(frozen=True, slots=True)
class Article:
    """A rule an order rests on or set aside, with the clauses of its document that became it."""

    rule: RuleView
    clauses: tuple[Clause, ...]
    binds: bool


@dataclass(frozen=True, slots=True)
class OrderView:
    """One line's orders of an act: a mapping of Chinese names a phase, the reasoning, the articles."""

    title: str
    phases: tuple[tuple[tuple[str, str], ...], ...]
    explanation: Explanation
    articles: tuple[Article, ...]


def act_rows(ledger: Ledger, *, every: bool = False) -> list[dict[str, str]]:
    """The latest acts first; without ``every`` those of accounts and signing in are left out."""
    acts = ledger.acts()
    after = corrections(acts)
    shown = [act for act in reversed(acts) if every or act.kind not in BESIDE][:_MOST]
    return [
        {
            "act": str(act.act),
            "kind": KINDS.get(act.kind, act.kind),
            "title": act.title,
            "at": moment(act.recorded_at),
            "by": "，".join(dict.fromkeys(who for who in (act.drafted_by, act.reviewed_by, act.approved_by) if who)),
            "after": _corrected(act, after),
            "hash": act.hash[:12],
        }
        for act in shown
    ]


def _states(ledger: Ledger, act: Act, scope: Scope) -> list[str]:
    """What holds at the decision of an act with orders, and from what it decided on, of the lines that may be seen."""
    if not ledger.rows(act.act, "orders"):
        return []
    found = orders_in_force(scope.of(ledger.orders(act.act, personal=False)), decided_of(ledger, act))
    return state_words([one for one in found.cities() if scope.whole or one["lines"]])


def _corrected(act: Act, after: Mapping[int, int]) -> str:
    said = [f"更正第{act.corrects}号"] if act.corrects else []
    said += [f"已由第{after[act.act]}号更正"] if act.act in after else []
    return "；".join(said)


def act_view(ledger: Ledger, number: int, scope: Scope = WHOLE) -> ActView:
    """One act; whoever sees some counties alone sees neither its files nor how they were read.

    Raises:
        InputError: no such act.

    """
    act = ledger.act(number)
    facts = {
        "种类": KINDS.get(act.kind, act.kind),
        "发布时间": moment(act.issued_at),
        "记录时间": moment(act.recorded_at),
        "拟稿": act.drafted_by,
        "审核": act.reviewed_by,
        "批准": act.approved_by,
        "更正": _corrected(act, corrections(ledger.acts())),
        "理由": act.reason,
        "表": "，".join(
            f"{_TABLES.get(one.part, one.part)} {one.rows:,} 行" for one in ledger.parts(number) if scope.whole
        ),
        "执行中的和决定的": "；".join(_states(ledger, act, scope)),
        "前一条摘要": act.previous,
        "本条摘要": act.hash,
    }
    files = [
        {"path": one.path, "sha256": one.sha256, "kept": "在" if one.kept else "已删除"}
        for one in ledger.inputs(number)
        if scope.whole
    ]
    steps = tuple(_step(one) for one in act.head.get("procedure", []))
    shown = tuple((name, text) for name, text in facts.items() if text)
    read = tuple(readings_of(act)) if scope.whole else ()
    replayable = act.kind == ISSUE and "options" in act.head
    return ActView(act.title, shown, steps, tuple(files), read, replayable)


def _step(one: Mapping[str, Any]) -> dict[str, str]:
    """Who signed against who had to."""
    level = str(one.get("level") or "")
    said = {name: str(one.get(name) or "") for name in ("city", "given", "actor", "basis")}
    step = STEP_TEXT.get(str(one.get("step")), str(one.get("step")))
    return said | {"level": LEVEL_TEXT.get(level, level), "step": step, "actor": said["actor"] or "程序未录入"}


def order_links(ledger: Ledger, code: str, scope: Scope = WHOLE) -> list[dict[str, str]]:
    """One row an order that any act gave an enterprise, the latest first.

    Raises:
        InputError: no act gave it one that may be seen.

    """
    names = ("act", "line_id", "line", "level", "starts", "ends", "measure_text", "state")
    rows = sorted(
        dossier(ledger, code, places=scope.places).orders, key=lambda row: (row["act"], row["starts"]), reverse=True
    )
    said = [{name: str(row[name] or "") for name in names} for row in rows]
    return [row | {"level": LEVEL_TEXT[row["level"]], "state": ORDER_STATE_TEXT[row["state"]]} for row in said]


def order_view(found: Opened, line: str) -> OrderView:
    """A line's orders in an act, with why and by which articles; call in the deciding thread.

    Raises:
        InputError: no such line.

    """
    rows = rows_of(found.orders, line, found.name)
    first = rows.iloc[0]
    name = MASKED if str(first["enterprise_id"]).startswith(SOLE_TRADER) else str(first["enterprise"])
    phases = [tuple(_cells(row)) for row in rows.to_dict("records")]
    book = found.engine.book
    binding = [rule for cell in rows["rules"] for rule in str(cell).split(";") if rule]
    aside = [rule for cell in rows["set_aside"] for rule in str(cell).split(";") if rule]
    articles: list[Article] = []
    for rule in dict.fromkeys((*binding, *aside)):
        if rule in book.rules:
            own = book.rules[rule]
            seen = rule_view(book, own)
            names = {rule, *(own.cell[:1] if isinstance(own, LineRule) and own.cell else ())}
            clauses = (one for one in book.documents[own.document].clauses if not names.isdisjoint(one.rules))
            articles.append(Article(seen, tuple(clauses), rule in binding))
    title = f"{name} {first['line'] or first['line_id']}"
    return OrderView(title, tuple(phases), found.explain(line, personal=False), tuple(articles))


def _cells(row: Mapping[Any, Any]) -> list[tuple[str, str]]:
    out = []
    for name in _ORDER_CELLS:
        value = row[name]
        if value is None or value == "" or value != value:  # noqa: PLR0124 -- NaN differs from itself
            continue
        if name == "share":
            text = percent(value)
        elif isinstance(value, float):
            text = kilograms(value)
        else:
            text = _WORDS.get(name, {}).get(str(value), str(value))
        out.append((ORDER_COLUMNS[name], text))
    return out


def finding_rows(ledger: Ledger, scope: Scope = WHOLE) -> list[dict[str, str]]:
    """The latest findings of audits that may be seen, persons' words masked."""
    table = scope.of(recorded_findings(ledger, personal=False))
    names = (
        "act", "day", "enterprise", "line", "evidence", "finding", "finding_text", "consequence", "basis",
        "enterprise_id", "city",
    )  # fmt: skip
    kept = table.sort_values("day", ascending=False, kind="stable").head(_MOST)[list(names)]
    words = {"evidence": KIND_TEXT, "finding": VERDICT_TEXT}
    return [row | {name: texts.get(row[name], row[name]) for name, texts in words.items()} for row in text_rows(kept)]


def verified(path: Path) -> tuple[str, list[str], Verified]:
    """What verification came to, in a sentence, and every defect in words."""
    found = verify(path)
    if found.sound:
        check_contents(found)
    if found.sound:
        return f"台账完好：{found.acts:,} 条，首尾相接，末条摘要 {found.last[:16]}", [], found
    said = [one.words("zh")[0] for one in found.defects]
    return f"台账有 {len(found.defects)} 处问题", said, found
