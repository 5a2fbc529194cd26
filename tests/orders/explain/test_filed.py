"""What an explanation says of the filed measure of a line, and what became of it."""

from __future__ import annotations

from typing import Any

import pytest

from alertengine.engine import Engine
from alertengine.lists import lines_from
from alertengine.orders import Explainer
from tests.conftest import WINTER, BookMaker, response_of, rows_of

ELSEWHERE = {"id": "elsewhere", "when": {"process": "熔炼"}, "then": "stop"}


@pytest.mark.parametrize(
    ("then", "plan", "how", "told"),
    [
        (None, "限产30%", {}, "限产30%（减排比例30%），没有可适用的规定，按备案措施执行"),
        ({"limit": 0.2}, "限产30%", {}, "限产30%（减排比例30%），严于规定，按备案措施执行"),
        ({"limit": 0.5}, "限产30%", {}, "限产30%（减排比例30%），不严于规定，按规定执行"),
        ({"limit": 0.5}, "按要求执行错峰", {}, "按要求执行错峰（减排比例未读出），与规定一并执行"),
        ({"limit": 0.5}, "限产30%", {"published": True}, "限产30%（减排比例30%），清单已发布，按清单执行"),
        ({"limit": 0.5}, "正常生产", {"published": True}, "正常生产（减排比例0%），已发布清单未载明，须人工决定"),
        (None, "正常生产", {}, "正常生产（减排比例0%），没有提出减排要求或没有规定允许，不作依据"),
        ("exempt", "限产30%", {}, "限产30%（减排比例30%），仅作企业承诺"),
        (None, "停产50%（以生产线计）", {}, "停产50%（以生产线计）（本生产线停产），没有可适用的规定，按备案措施执行"),
        ({"limit": 0.5}, None, {}, None),
        (None, None, {"published": True}, None),
        (None, "限产30%", {"level": "none"}, None),
        (None, "限产30%", {"level": "orange"}, None),
    ],
)
def test_a_filed_measure_is_told_with_what_became_of_it(
    make_book: BookMaker, then: Any, plan: str | None, how: dict[str, Any], told: str | None
) -> None:
    layer = "exemption" if then == "exempt" else "measure"
    book = make_book(rules=[ELSEWHERE, *([{"id": "r", "layer": layer, "then": then}] if then else [])])
    lines = lines_from(rows_of([{"plan_red": plan}]), book.lists)
    engine, asked = Engine(book), response_of(how.get("level", "red"), WINTER, 24)
    (decision,) = engine.decide(lines, asked, published=how.get("published", False))
    below = [one.text for one in Explainer(engine, lines, decision, 0).tree().below]
    assert [one for one in below if one.startswith("清单备案措施")] == ([f"清单备案措施：{told}"] if told else [])
