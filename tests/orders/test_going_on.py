"""What is told of lines that a slice orders what the one before it did: composed once, unless the words differ."""

from __future__ import annotations

from datetime import date
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest

from alertengine.orders.phrases import Phrases
from alertengine.rulebook import Rulebook
from alertengine.rulebook.open_list_rows import Member, NamedList
from tests.conftest import BookMaker, Decider, document

#: A response is cut after a day; only what is ordered of mills changes there.
LATER = {"id": "later", "when": {"process": "粉磨"}, "then": {"stop": True, "after_hours": 24}}
STOP = {"id": "stop", "when": {"process": "焦炉"}, "then": "stop"}
SANCTION = {**STOP, "when": {"open_decision": "停产整治"}, "layer": "sanction"}
KEPT = {"process": "焦炉", "line_id": "kept"}
CHANGED = {"process": "粉磨", "line_id": "changed"}
FIRST = "停产整治:超标排放@2026-01-01..#一号"
DAY = date(2026, 8, 31)


def _law(**keys: Any) -> dict[str, Any]:
    return document("plan", source="secondary", rules=[STOP, LATER], number="甲〔2019〕1号", issuer="甲", **keys)


def _compared() -> dict[str, Any]:
    own = {"id": "seen", "kind": "verification", "verifies": "plan", "by": "乙", "edition": "公报", "page": "1"}
    return document("record", rules=[{**own, "valid": {"from": "2026-09-01"}}])


def _kept(decide: Decider, book: Rulebook, **line: Any) -> pd.DataFrame:
    rows = decide(book, [{**KEPT, **line}, CHANGED], day=DAY, hours=72, apart=True)
    return rows[rows["line_id"] == "kept"]


def _decided(remark: str) -> str:
    """The decisions that a remark names."""
    return remark.partition("；")[0].removeprefix("处罚决定：")


def test_what_goes_on_is_one_row(make_book: BookMaker, decide: Decider) -> None:
    kept = _kept(decide, make_book(_law(issued="2019-01-01")))
    assert kept[["phase", "measure", "standing"]].to_numpy().tolist() == [["0-72", "stop", "secondary"]]


def test_a_text_compared_between_two_slices_is_primary_in_the_second(make_book: BookMaker, decide: Decider) -> None:
    kept = _kept(decide, make_book(_law(issued="2019-01-01"), _compared()))
    assert kept[["phase", "standing"]].to_numpy().tolist() == [["0-24", "secondary"], ["24-72", "primary"]]
    assert kept["flags"].tolist() == ["ground_rule;not_official", "ground_rule"]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("停产整治:超标排放@2026-09-01..#二号", [("0-24", "一号"), ("24-72", "一号、二号")]),
        ("停产整治:超标排放@2026-01-01..2026-08-31#二号", [("0-24", "一号、二号"), ("24-72", "一号")]),
        ("停产整治:超标排放@2026-01-01..#二号", [("0-72", "一号、二号")]),
    ],
)
def test_a_further_decision_of_a_kind_is_told_on_its_days(
    make_book: BookMaker, decide: Decider, second: str, said: list[tuple[str, str]]
) -> None:
    kept = _kept(decide, make_book(rules=[SANCTION, LATER]), decisions=f"{FIRST};{second}")
    assert list(zip(kept["phase"], map(_decided, kept["remark"]), strict=True)) == said


def test_a_decision_that_ends_is_told_apart_from_one_like_it_that_does_not(
    make_book: BookMaker, decide: Decider
) -> None:
    open_one, ended = "停产整治:超标排放@2026-01-01..#二号", "停产整治:超标排放@2026-01-01..2026-08-31#二号"
    cells = {"a": f"{FIRST};{open_one}", "b": FIRST, "c": f"{FIRST};{ended}"}
    lines = [{"line_id": line, "decisions": cell} for line, cell in cells.items()]
    rows = decide(make_book(rules=[SANCTION, LATER]), [*lines, CHANGED], day=DAY, hours=72, apart=True)
    said = {line: list(map(_decided, own["remark"])) for line, own in rows.groupby("line_id")}
    assert [said[line] for line in cells] == [["一号、二号"], ["一号"], ["一号、二号", "一号"]]


def test_what_is_continued_between_two_slices_is_cited_in_the_second(make_book: BookMaker, decide: Decider) -> None:
    go_on = {"id": "go-on", "kind": "continuation", "continues": "plan", "by": "乙市人民政府"}
    notice = document("notice", valid={"from": "2026-09-01", "to": "2027-12-31"}, rules=[go_on], number="乙〔2026〕2号")
    season = {"regime": "always", "kind": "season", "then": "stop"}
    plan = document(
        "plan", concerns={"from": "2019-01-01", "to": "2019-12-31"}, rules=[{**STOP, **season}, LATER],
        number="甲〔2019〕1号", issuer="甲", issued="2019-01-01",
    )  # fmt: skip
    kept = _kept(decide, make_book(plan, notice, document("other", rules=[{**LATER, "id": "other"}])))
    assert kept[["phase", "rules"]].to_numpy().tolist() == [["0-24", ""], ["24-72", "stop"]]
    assert "乙市人民政府自2026-09-01沿用" in kept["basis"].iloc[1]


def test_only_lines_decided_anew_are_told_anew(make_book: BookMaker, decide: Decider) -> None:
    with patch.object(Phrases, "of", autospec=True, side_effect=Phrases.of) as composed:
        _kept(decide, make_book(rules=[STOP, LATER]))
    assert [call.args[1] for call in composed.call_args_list] == [0, 1, 1]


LISTED = {"id": "listed", "when": {"named_lists": "豁免名单"}, "layer": "exemption", "then": "exempt"}


@pytest.mark.parametrize(
    ("member", "ends"),
    [
        ({"name": "甲厂", "to": "2026-09-05"}, "2026-09-06 00:00"),  # it leaves the list
        ({"name": "甲厂", "from": "2026-09-02", "to": "2026-09-05"}, "2026-09-02 00:00"),  # it comes onto it first
        ({"code": "91000000HC00000014", "to": "2026-09-05"}, "2026-09-06 00:00"),
        ({"name": "甲厂", "to": "2026-08-01"}, ""),  # it left long ago
        ({"name": "甲厂"}, ""),
        ({"name": "乙厂", "to": "2026-09-05"}, ""),  # another plant
    ],
)
def test_an_open_order_ends_where_its_plant_leaves_or_comes_onto_a_list_that_rules_ask_for(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch, member: dict[str, str], ends: str
) -> None:
    book = make_book(rules=[LISTED, STOP])
    one = NamedList(name="豁免名单", source="试验", members=(Member.model_validate(member),))
    monkeypatch.setattr(book.lists, "named_lists", {"豁免名单": one})
    line = {"process": "焦炉", "enterprise": "甲厂", "enterprise_id": "91000000HC00000014"}
    assert decide(book, [line], day=DAY)["ends"].tolist() == [ends]
    decided = {"decisions": f"停产整治:超标排放@2026-01-01..{date(2026, 9, 3)}#一号"}
    assert decide(book, [line | decided], day=DAY)["ends"].tolist() == [ends]  # no rule asks for a decision
    book = make_book(rules=[LISTED, STOP, {**SANCTION, "id": "sanction"}])
    monkeypatch.setattr(book.lists, "named_lists", {"豁免名单": one, "别的": one})
    assert decide(book, [line | decided], day=DAY)["ends"].tolist() == [min(filter(None, (ends, "2026-09-04 00:00")))]


def test_a_list_that_no_rule_asks_for_ends_no_order(
    make_book: BookMaker, decide: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book(rules=[STOP])
    member = Member.model_validate({"name": "甲厂", "to": "2026-09-05"})
    monkeypatch.setattr(
        book.lists, "named_lists", {"豁免名单": NamedList(name="豁免名单", source="试验", members=(member,))}
    )
    assert decide(book, [{"process": "焦炉", "enterprise": "甲厂"}], day=DAY)["ends"].tolist() == [""]
