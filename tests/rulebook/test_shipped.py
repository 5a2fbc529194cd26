"""The shipped rules: every document loads, every worked case holds, every rule about lines has one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from alertengine.checking import CaseOutcome, CaseRunner
from alertengine.checking.rules.cases import case_files
from alertengine.files import rules_folder
from alertengine.rulebook import LineRule, PartialDate, Rulebook, rule_as_dict
from alertengine.rulebook.load import document_files

pytestmark = pytest.mark.whole

FILES = case_files([rules_folder()])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_case_holds(path: Path, shipped_outcomes: list[CaseOutcome]) -> None:
    own = [outcome for outcome in shipped_outcomes if outcome.file == path]
    assert own
    failed = {outcome.case.name: outcome.differences for outcome in own if outcome.differences}
    assert not failed


def test_names_of_cases_are_unique_in_their_file(shipped_outcomes: list[CaseOutcome]) -> None:
    names = [(outcome.file, outcome.case.name) for outcome in shipped_outcomes]
    assert len(names) == len(set(names))


def test_every_rule_about_lines_is_touched_by_a_case(shipped: Rulebook, shipped_outcomes: list[CaseOutcome]) -> None:
    touched = frozenset[str]().union(*(outcome.touched for outcome in shipped_outcomes))
    assert {rule.id for rule in shipped.line_rules()} <= touched


def test_every_change_has_a_case_on_the_day_before_of_and_after_it(
    shipped: Rulebook, shipped_outcomes: list[CaseOutcome]
) -> None:
    """A first day, and the day after a last one; the case stands beside the document or names a rule of it."""
    days: dict[str, set[date]] = {}
    beside = {str(Path(one.file).with_suffix(".test.yaml")): name for name, one in shipped.documents.items()}
    for outcome in shipped_outcomes:
        said = [name for one in outcome.case.expectations for name in (*one.in_force, *one.not_in_force)]
        told = {shipped.rules[name].document for name in said} | {beside.get(str(outcome.file), "")}
        for name in told:
            days.setdefault(name, set()).add(outcome.case.day)
    missing = set()
    for rule in shipped.rules.values():
        first, last = rule.valid.bounds()
        changes = [first] if isinstance(rule.valid.first, PartialDate) else []
        changes += [last + timedelta(days=1)] if isinstance(rule.valid.last, PartialDate) else []
        around = {change + timedelta(days=step) for change in changes for step in (-1, 0, 1)}
        missing |= {(rule.document, day) for day in around - days.get(rule.document, set())}
    assert sorted(missing) == []


def test_every_document_is_loaded_and_says_where_it_comes_from(shipped: Rulebook) -> None:
    assert {Path(d.file) for d in shipped.documents.values()} == set(document_files([rules_folder()]))
    for document in shipped.documents.values():
        assert document.title
        assert document.issuer or document.note, document.document
        assert document.file.endswith(f"{document.document}.yaml")
        if document.source != "primary":
            assert document.note or document.url, document.document


def test_every_rule_can_be_shown_as_plain_values(shipped: Rulebook) -> None:
    for rule in shipped.rules.values():
        shown = rule_as_dict(rule, shipped)
        assert shown["id"] == rule.id
        if isinstance(rule, LineRule) and rule.kind != "classification":
            assert shown["then"]
            for measure in shown["then"]:
                share = measure.get("share")
                assert share is None or (isinstance(share, float) and 0 < share <= 1), rule.id


def test_every_rule_is_in_chinese_and_names_its_article(shipped: Rulebook) -> None:
    for rule in shipped.rules.values():
        assert rule.article, rule.id
        assert any("一" <= sign <= "鿿" for sign in rule.title), rule.id
        assert "\n" not in rule.title, rule.id


def test_cases_decided_together_are_what_each_is_alone(shipped: Rulebook, shipped_outcomes: list[CaseOutcome]) -> None:
    runner = CaseRunner(shipped)
    for together in shipped_outcomes[::40]:
        alone = runner.run(together.case, together.file)
        assert (alone.differences, alone.touched) == (together.differences, together.touched), together.case.name
