"""规则 as it is computed: documents found, rules in words, and the bench that decides one line as it is typed."""

from __future__ import annotations

from datetime import date

import pytest

from alertengine.files.shipped import scenarios_folder
from alertengine.rulebook.book import Rulebook
from alertengine.vocabulary.fields import Level
from alertengine.vocabulary.problems import InputError
from alertengine.vocabulary.rule_words import KIND_TEXT
from alertengine.web.asked import covered
from alertengine.web.bench import FIRST, NO, YES, Bench, Question, askable, choices, typed
from alertengine.web.rulesview import document_view, rule_view, shelf


@pytest.fixture(scope="module")
def book() -> Rulebook:
    assert scenarios_folder().is_dir()
    return Rulebook.load()


def test_documents_are_found_by_any_word_of_them_and_by_day(book: Rulebook) -> None:
    assert len(shelf(book)) == len(book.documents)
    assert {row["document"] for row in shelf(book, "柴油货车")} == {
        rule.document for rule in book.rules.values() if "柴油货车" in rule.title
    }
    assert shelf(book, "没有这样的词") == []
    assert all(
        book.documents[row["document"]].valid.holds(date(2021, 1, 5)) for row in shelf(book, "", date(2021, 1, 5))
    )


def test_every_rule_of_the_rulebook_can_be_said_in_chinese(book: Rulebook) -> None:
    for rule in book.rules.values():
        view = rule_view(book, rule)
        assert view.kind in KIND_TEXT.values()
        assert view.then or view.parameters, rule.id
        assert not any("_" in text for text in (*view.when, *view.then)), rule.id


def test_a_document_shows_its_clauses_its_holes_and_its_rules(book: Rulebook) -> None:
    for name, document in book.documents.items():
        view = document_view(book, name)
        assert len(view.clauses) == len(document.clauses)
        assert len(view.missing) == len(document.missing)
        assert {rule.id for rule in view.rules} == {rule.id for rule in book.rules.values() if rule.document == name}
    with pytest.raises(InputError):
        document_view(book, "nothing")


def test_the_bench_decides_as_facts_are_typed(book: Rulebook) -> None:
    bench = Bench(book)
    facts = {"city": "长治市", "industry": "长流程联合钢铁", "process": "烧结", "nox_kg_d": "100", "grade": ""}
    early = bench.ask(Question(facts, date(2020, 1, 5), Level.ORANGE))
    late = bench.ask(Question(facts, date(2020, 1, 5), Level.ORANGE, hours=120))
    assert (early.order["measure"], late.order["measure"]) == ("stop", "stop_share")
    assert early.order["nox_kg_d"] == 100
    assert early.explanation.phases[0].below
    none = bench.ask(Question({"industry": "焦化", "city": "临汾市"}, date(2026, 11, 26), Level.RED))
    assert none.hangs_on
    assert set(none.hangs_on) <= set(askable()) | set(FIRST)


def test_what_no_list_could_hold_is_said_all_at_once() -> None:
    with pytest.raises(InputError) as wrong:
        typed({"nox_kg_d": "很多", "small": "也许", "county": " "})
    assert len(wrong.value.problems) == 2
    assert typed({"small": YES, "stable": NO, "county": ""}) == {"small": True, "stable": False}


def test_fields_offer_what_they_may_hold(book: Rulebook) -> None:
    assert choices("industry", book) == list(book.lists.industries)
    assert choices("small", book) == [YES, NO]
    assert choices("county", book) == []


def test_coverage_asks_for_a_day_and_a_known_city(book: Rulebook) -> None:
    assert "覆盖" in covered(book, "2026-11-26", "临汾市")
    for day, city in (("", ""), ("2026-11-26", "无此市")):
        with pytest.raises(InputError):
            covered(book, day, city)
