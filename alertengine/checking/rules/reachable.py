"""Rules that nothing can trigger, and rules that do not say whom they speak of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from alertengine.checking.rules.findings import RuleDefect, about
from alertengine.rulebook import EvidenceRule, FileEvidence, LinkageRule, Rulebook, atoms

_BROUGHT: Final[tuple[str, ...]] = get_args(FileEvidence)


def without_subject(book: Rulebook) -> Iterator[RuleDefect]:
    """Rules about lines that say neither ``about: enterprise`` nor ``about: line``."""
    for rule in book.line_rules():
        if not rule.about:
            yield about(book, rule, "subject", "subject_not_said")


def unreachable(book: Rulebook) -> Iterator[RuleDefect]:
    """Rules that no column of a list, no evidence and no area can trigger.

    A name of 所在名单 is not on file where no vocabulary has it: no list can hold it.  A kind of evidence that no file
    brings weighs nothing; how long its records are kept may still be asked.  An area of joint action to which no city
    but one belongs never starts.
    """
    for rule in book.rules_of("evidence"):
        if isinstance(rule, EvidenceRule) and rule.retention_days is None and rule.evidence not in _BROUGHT:
            yield about(book, rule, "unreachable", "evidence_of_no_file", value=rule.evidence, kinds=_BROUGHT)
    for rule in book.line_rules():
        asked = dict.fromkeys(atoms(rule.when))
        for atom in asked:
            if atom.field == "named_lists" and book.lists.named_lists:
                for name in atom.values:
                    if name not in book.lists.named_lists:
                        yield about(book, rule, "unreachable", "list_not_on_file", value=str(name))
    for joint in book.rules_of("linkage"):
        if isinstance(joint, LinkageRule):
            cities = dict.fromkeys(city for member in joint.members for city in book.lists.cities_of(member))
            least = joint.trigger.cities if joint.trigger else 2
            if len(cities) < max(2, least):
                yield about(book, joint, "unreachable", "too_few_members", value=";".join(cities), least=max(2, least))
