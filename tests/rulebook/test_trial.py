"""Restrictions as real notices print them, written as rules without touching Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertengine.checking import CaseRunner, read_cases
from alertengine.checking.rules.cases import Case, case_files
from alertengine.checking.rules.references import broken_references
from alertengine.rulebook import Rulebook

pytestmark = pytest.mark.whole

FOLDER = Path(__file__).parent / "trial"
CASES = [(path, case) for path in case_files([FOLDER]) for case in read_cases(path)]


@pytest.fixture(scope="module")
def runner() -> CaseRunner:
    return CaseRunner(Rulebook.load([FOLDER]))


@pytest.mark.parametrize(("path", "case"), CASES, ids=[case.name for _, case in CASES])
def test_a_trial_case_holds(runner: CaseRunner, path: Path, case: Case) -> None:
    assert runner.run(case, path).differences == []


def test_every_line_rule_of_the_trial_is_touched_and_its_clauses_name_rules(runner: CaseRunner) -> None:
    book = Rulebook.load([FOLDER])
    own = {rule.id for rule in book.line_rules() if rule.id.startswith("trial-")}
    outcomes = [runner.run(case, path) for path, case in CASES]
    assert own <= frozenset().union(*(outcome.touched for outcome in outcomes))
    assert list(broken_references(book, {})) == []
