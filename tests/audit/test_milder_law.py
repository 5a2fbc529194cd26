"""Which law a breach falls under: that of its day, shown beside the one that took its place."""

from __future__ import annotations

from datetime import date

from alertengine.audit.evidence_rules import AuditLaw, Consequence
from alertengine.rulebook import Rulebook
from tests.conftest import BookMaker, document

OLD, NEW = "《中华人民共和国大气污染防治法》第九十八条", "《中华人民共和国生态环境法典》第一千二百二十九条"
MILDER = "适用违法行为发生时的法律；以后的法律较轻的，适用较轻的法律"


def _refused(book: Rulebook, day: date, known_on: date | None = None) -> Consequence:
    return AuditLaw(book, known_on).consequence(("refused_inspection",), "太原市", "", day, "orange")


def test_a_breach_before_the_change_shows_both_laws_and_the_rule_between_them(shipped: Rulebook) -> None:
    found = _refused(shipped, date(2026, 8, 14))
    assert found.rules == ("law-98",)
    assert found.basis == OLD
    assert f"建议责令改正，处二万元以上二十万元以下罚款（{OLD}）" in found.text
    assert "自2026-08-15起建议责令改正，处五万元以上二十万元以下罚款" in found.text
    assert NEW in found.text
    assert MILDER in found.text


def test_a_breach_from_that_day_on_knows_the_new_law_alone(shipped: Rulebook) -> None:
    found = _refused(shipped, date(2026, 8, 15))
    assert found.rules == ("eco-1229",)
    assert found.basis == NEW
    assert "大气污染防治法" not in found.text
    assert MILDER not in found.text


def test_who_could_not_know_the_code_is_told_nothing_of_it(shipped: Rulebook) -> None:
    found = _refused(shipped, date(2025, 12, 10), known_on=date(2025, 12, 31))
    assert OLD in found.text
    assert "法典" not in found.text


def test_a_penalty_that_one_city_continued_is_a_ground_there_alone(make_book: BookMaker) -> None:
    penalty = {
        "id": "fined",
        "kind": "penalty",
        "breach": "refused_inspection",
        "outcome": "stop",
        "proposal": "建议停产整治",
    }
    year = document("year", rules=[penalty], concerns={"from": "2019-01-01", "to": "2019-12-31"})
    own = {"id": "go-on", "kind": "continuation", "continues": "year", "by": "大同市人民政府"}
    book = make_book(year, document("notice", area="大同市", rules=[own]))
    law, day = AuditLaw(book), date(2020, 6, 1)
    bound = [law.consequence(("refused_inspection",), city, "", day, "orange").rules for city in ("大同市", "太原市")]
    assert bound == [("fined",), ()]
