"""Shifts that mean the same: no list could tell the moved rule from the one that is written.

A survivor says that the law could be mistyped unnoticed.  Where the semantics make two
spellings one law there is nothing to notice, and the shift is not made.
"""

from __future__ import annotations

from math import inf

from alertengine.rulebook import Atom, Condition, Group, LineRule, Measure, OpenLists, atoms


def means_the_same(old: LineRule, moved: LineRule, lists: OpenLists) -> bool:
    """Whether a moved rule asks the same of every line as the rule as it is written."""
    return _begins_under_a_stop(old, moved) or _spares_what_stays(old, moved, lists)


def _begins_under_a_stop(old: LineRule, moved: LineRule) -> bool:
    """A measure begins sooner, at an hour at which the rule's own stop still absorbs it."""
    if len(old.measures) != len(moved.measures):
        return False
    changed = [(a, b) for a, b in zip(old.measures, moved.measures, strict=True) if a != b]
    if len(changed) != 1:
        return False
    before, after = changed[0]
    if before.model_copy(update={"after_hours": after.after_hours}) != after or before.track != "production":
        return False
    return (after.after_hours or 0) < (before.after_hours or 0) and any(
        _stops_through(measure, after.after_hours or 0, before.after_hours or 0) for measure in old.measures
    )


def _stops_through(measure: Measure, first: float, last: float) -> bool:
    """Whether a measure stops the line whole in all hours of an interval."""
    whole = measure.code == "stop" and not measure.daily and not measure.on_top_of
    return whole and (measure.after_hours or 0) <= first and last <= (measure.until_hours or inf)


def _spares_what_stays(old: LineRule, moved: LineRule, lists: OpenLists) -> bool:
    """A drop no longer names a grade that it leaves as it is: the last of its ladder, or none of it."""
    if old.regrade is None or old.regrade.drop is None:
        return False
    pairs = [(a, b) for a, b in zip(atoms(old.when), atoms(moved.when), strict=True) if a != b]
    if len(pairs) != 1:
        return False
    before, after = pairs[0]
    spared = set(before.values) - set(after.values)
    named = before.field == "grade" and before.op == after.op == "in" and not (before.negated or after.negated)
    if not named or not spared or not set(after.values) < set(before.values):
        return False
    return all(grade not in ladder[:-1] for ladder in _ladders(old.when, lists) for grade in spared)


def _ladders(condition: Condition, lists: OpenLists) -> list[tuple[str, ...]]:
    """The ladders of the industries that a condition names, of every industry where it names none."""
    parts = condition.parts if isinstance(condition, Group) and condition.every else (condition,)
    for part in parts:
        if isinstance(part, Atom) and part.field == "industry" and part.op == "in" and not part.negated:
            return [lists.ladder_of(str(name)) for name in part.values]
    return list(lists.ladders.values())
