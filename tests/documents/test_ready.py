from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from alertengine.documents import Builder, Footing, grouped, plan_matters, read_pack_templates
from alertengine.documents.formal_or_draft import readiness
from alertengine.documents.open_matters import KINDS
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import WARNING_COLUMNS
from tests.conftest import BookMaker, document
from tests.documents.conftest import LIST_GROUND, Maker

ENDLESS = "《某方案》三(六)（为2019年制定，有效期未载明）"
Footer = Callable[..., Footing]


def reasons(table: pd.DataFrame, footing: Footing) -> tuple[str, ...]:
    return tuple(map(str, readiness(next(grouped(table)), footing)))


def test_official_text_on_a_published_list_may_go_out(orders: Maker, footing: Footer) -> None:
    table = orders({}, {"line_id": "02", "basis": LIST_GROUND, "standing": ""})
    assert reasons(table, footing(table)) == ()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"status": "undetermined", "basis": ""}, "依据缺失：1#焦炉"),
        ({"remark": "预警措施依据缺失；有效期未载明"}, "预警措施依据缺失：1#焦炉"),
        ({"standing": "secondary"}, "转载或报道"),
        ({"standing": "inferred"}, "推定"),
        ({"hangs_on": "grade;stable"}, "绩效等级待核实：1#焦炉"),
        ({"enterprise": ""}, "企业名称待核实：1#焦炉"),
        ({"basis": "", "standing": ""}, "未载明法律依据"),
        ({"basis": f"《某方案》三(七)；{ENDLESS}"}, f"依据有效期未载明：{ENDLESS}"),
        ({"basis": "《应急减排清单》（另一版）", "standing": ""}, "版本不一致"),
    ],
)
def test_each_open_ground_is_named(orders: Maker, footing: Footer, cells: dict[str, Any], said: str) -> None:
    table = orders(cells)
    assert any(said in reason for reason in reasons(table, footing(table)))


def test_a_draft_list_an_absent_list_and_a_stranger_to_it(orders: Maker, footing: Footer, shipped: Rulebook) -> None:
    table = orders()
    assert reasons(table, footing(table, published=False)) == ("应急减排清单未发布（草案）",)
    assert "未附应急减排清单" in reasons(table, Footing(shipped))[0]
    assert reasons(orders({"enterprise_id": "X"}), footing(table)) == ("企业不在所附应急减排清单中",)


@pytest.mark.parametrize("kind", ["grading", "transition"])
def test_the_ground_of_the_warning_counts(kind: str, orders: Maker, footing: Footer, shipped: Rulebook) -> None:
    """A lift has no grading: what it cites counts."""
    row = {**dict.fromkeys(WARNING_COLUMNS, ""), "warning_id": "临汾市-2021010400", "action": "issue"}
    rule = shipped.rules_of(kind)[0]
    graded = {"grading": rule.id} if kind == "grading" else {"action": "lift"}
    record = pd.DataFrame([{**row, **graded, "basis": shipped.cite(rule)}])
    table = orders()
    found = reasons(table, footing(table, warnings=record))
    assert (found == ()) == (shipped.standing(rule) == "primary")
    assert reasons(orders({"order_id": "大同市-1-E0001-01-1"}), footing(table, warnings=record)) == ()


def test_acts_come_from_the_rules_alone(orders: Maker, footing: Footer, make_book: BookMaker) -> None:
    """Deadline, remedy and consequence with their ground where a rule says so; a ground not official makes a draft."""
    rules = [
        {"id": "p1", "kind": "procedure", "step": "stop_in_place", "actor": "企业", "text": "接到指令后四小时内到位"},
        {"id": "p2", "kind": "procedure", "step": "seek_remedy", "actor": "企业", "text": "可以依法申请行政复议"},
        {
            "id": "p3",
            "kind": "procedure",
            "step": "issue",
            "about": "order",
            "actor": "某市人民政府",
            "text": "由其发布",
            "area": "临汾市",
        },
        {"id": "n1", "kind": "penalty", "breach": "measure_not_done", "outcome": "by_law", "proposal": "建议依法查处"},
    ]
    table = orders()
    official = {"number": "甲〔2018〕1号", "issuer": "某市人民政府", "issued": "2018-01-01"}
    plan = document("plan", title="某市应急预案", area="临汾市", emergency_plan=True, rules=[], **official)
    book = make_book(document(rules=rules, **{**official, "number": "", "statute": True}), plan)
    got = Builder(footing(table, book=book)).order(next(grouped(table)))
    assert got.deadlines == ("接到指令后四小时内到位（《law方案》一）",)
    assert got.remedies == ("可以依法申请行政复议（《law方案》一）",)
    assert got.consequences == ("n1（《law方案》一）",)
    assert (got.issuer, got.draft) == ("某市人民政府", False)
    secondary = make_book(document(rules=rules, source="secondary"))
    assert Builder(footing(table, book=secondary)).order(next(grouped(table))).draft
    bare = Builder(footing(table, book=make_book(document(rules=[rules[3]])))).order(next(grouped(table)))
    assert (bare.deadlines, bare.remedies, bare.issuer) == ((), (), "")


@pytest.mark.parametrize("kind", KINDS)
def test_what_settles_a_matter_is_said_without_options_or_file_names(kind: str) -> None:
    words = (KINDS[kind].settled, KINDS[kind].on_page)
    assert words[0]
    assert not any(re.search("[A-Za-z-]{2,}", text) for text in words)


def test_grounds_are_cited_statute_first_and_the_list_last(
    orders: Maker, footing: Footer, make_book: BookMaker
) -> None:
    papers = [
        document("city", title="某市方案", area="临汾市", rules=[]),
        document("province", title="某省方案", rules=[]),
        document("nation", title="某国方案", area="全国", rules=[]),
        document("statute", title="某污染防治法", area="全国", rules=[]),
    ]
    table = orders({"basis": f"{LIST_GROUND}；《某市方案》一；《某省方案》二；《某国方案》三；《某污染防治法》四"})
    got = Builder(footing(table, book=make_book(*papers))).order(next(grouped(table)))
    assert got.grounds == (
        "①《某污染防治法》四",
        "②《某国方案》三",
        "③《某省方案》二",
        "④《某市方案》一",
        f"⑤{LIST_GROUND}",
    )
    assert got.lines[0].grounds == "⑤④③②①"


def test_what_a_plan_leaves_open_leads_to_its_form(shipped: Rulebook) -> None:
    matters = plan_matters(shipped, "大同市", date(2026, 11, 28), read_pack_templates().departments)
    assert matters
    for one in matters:
        assert one.address.startswith("/rules?view=plan&city=%E5%A4%A7%E5%90%8C%E5%B8%82"), one.text
        assert "rules plan 大同市" in one.command
    parts = {one.address.partition("&part=")[2] for one in matters}
    assert parts == {"", "程序", "响应措施"}


def test_a_department_is_named_by_the_name_its_form_offers() -> None:
    departments = read_pack_templates().departments
    offered = "、".join(one.name for one in departments)
    assert [one.name for one in departments if not one.named_in(offered)] == []
    [traffic] = [one for one in departments if one.name == "交通"]
    assert not traffic.named_in("公安交通管理部门")
