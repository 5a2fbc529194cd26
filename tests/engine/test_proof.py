"""Lines are matched by our own tables, durable-rules is asked whether they are right: a disagreement stops the run."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alertengine.engine import UNKNOWN, Facts, Matcher, Table, durable, proof
from alertengine.engine._matching import signatures
from alertengine.engine._matching.table import table_of
from alertengine.engine.outcomes import TabledRule
from alertengine.engine.proof import CERTIFICATES, RuleProof, certificate_file, telling
from alertengine.lists import lines_from
from alertengine.rulebook import OpenLists, Rulebook
from alertengine.vocabulary import FIELDS, EngineError
from tests.conftest import WINTER, BookMaker, rows_of

pytestmark = pytest.mark.whole

NEAR = {"id": "near", "when": {"city_distance_km": {"lt": 10}}, "then": "stop"}


@pytest.fixture(autouse=True)
def _uncertified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is proven yet, and certificates go to a folder of the test."""
    monkeypatch.setenv("ALERTENGINE_CACHE", str(tmp_path / "cache"))
    CERTIFICATES.forget()
    yield
    CERTIFICATES.forget()


def _matcher(make_book: BookMaker, *rules: dict[str, Any]) -> Matcher:
    book = make_book(rules=list(rules or (NEAR,)))
    return Matcher([(rule, book.members(rule)) for rule in book.line_rules()])


def _facts(vocabulary: OpenLists, rows: list[dict[str, Any]]) -> Facts:
    return Facts(lines_from(rows_of(rows), vocabulary), vocabulary, WINTER)


def _distances(vocabulary: OpenLists) -> Facts:
    return _facts(vocabulary, [{"city_distance_km": distance} for distance in (5, 10, 20, None)])


# -- the whole law


def _single_faults(table: Table, dice: random.Random) -> Iterator[None]:
    """A table with one thing wrong at a time: an entry, or the class of a code, that says something else."""
    held = np.array([entry.held for entry in table.said])
    others = [[n for n in range(len(held)) if held[n] != held[own]] for own in range(len(held))]
    for at in dice.sample(range(len(table.entries)), min(12, len(table.entries))):
        right = table.entries[at]
        for wrong in others[right][:2]:
            table.entries[at] = wrong
            yield
        table.entries[at] = right
    for number, (step, column) in enumerate(zip(table.steps, table.columns, strict=True)):
        for code in range(len(step)):
            right = step[code]
            open_ = range(column.size - 1) if column.over is not None else ()  # they differ in what is asked for alone
            alike = set(step[list(open_)].tolist()) if code in open_ else set()
            for wrong in set(step.tolist()) - {right} - alike:
                if _no_fault(table, number, int(right), wrong):
                    continue
                step[code] = wrong
                yield
            step[code] = right


def _no_fault(table: Table, number: int, right: int, wrong: int) -> bool:
    """Whether one class of a column says in every row what another says: above a range is as below it."""
    rest = [sorted(set(step.tolist())) for place, step in enumerate(table.steps) if place != number]
    rows = [sum(row) for row in itertools.product(*rest)]
    return all(table.said[table.entries[row + right]] == table.said[table.entries[row + wrong]] for row in rows)


def test_every_single_fault_of_the_compiled_law_is_noticed(shipped: Rulebook) -> None:
    dice = random.Random(21)  # noqa: S311
    conditions = list(dict.fromkeys(rule.when for rule in shipped.line_rules()))
    small = [table for table in map(table_of, conditions) if 1 < len(table.entries) <= 100]
    noticed = injected = 0
    for table in dice.sample(small, 40):
        proof = RuleProof([("r", table)])
        proof._prove("r")
        for _ in _single_faults(table, dice):
            injected += 1
            try:
                proof._prove("r")
            except EngineError:
                noticed += 1
        proof._prove("r")
    assert injected > 500
    assert noticed == injected


def test_every_entry_of_the_shipped_law_is_shown(shipped: Rulebook) -> None:
    tables = [table_of(rule.when) for rule in shipped.line_rules()]
    for table in tables:
        shown = {sum(int(s[code]) for s, code in zip(table.steps, row, strict=True)) for row in telling(table)}
        assert shown == set(range(len(table.entries)))
        codes = {(number, code) for row in telling(table) for number, code in enumerate(row)}
        assert codes == {(n, code) for n, step in enumerate(table.steps) for code in range(len(step))}


@pytest.mark.parametrize("code", range(4))
def test_one_wrong_entry_is_found_out_though_no_line_shows_it(
    make_book: BookMaker, vocabulary: OpenLists, code: int
) -> None:
    matcher = _matcher(make_book, NEAR, {"id": "small", "when": {"small": True}, "then": "stop"})
    table = next(table for table in matcher.tables.values() if table.columns[0].field == "city_distance_km")
    at = table.steps[0][code]
    table.entries[at] = (table.entries[at] + 1) % len(table.said)
    with pytest.raises(EngineError, match="disagree on rules near"):
        matcher.match(_facts(vocabulary, [{"small": True, "city_distance_km": (None, 5, 10, 20)[code - 1]}]))


def test_durable_rules_that_misses_a_rule_stops_the_run(make_book: BookMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = durable.Shards.match
    monkeypatch.setattr(durable.Shards, "match", lambda *args: honest(*args)[1:])
    with pytest.raises(EngineError, match="disagree on rules near"):
        _matcher(make_book).prove()


def test_two_patterns_of_a_rule_in_different_shards_are_proven_each(make_book: BookMaker) -> None:
    rules = [{"id": f"r{n}", "when": {"units": {"ge": n}}, "then": {"advice": str(n)}} for n in range(1, 40)]
    matcher = _matcher(make_book, *rules)
    matcher.prove()
    homes = matcher._proof._homes
    assert {len(homes[rule]) for rule in homes} == {1, 2}


# -- certificates


def test_what_was_proven_is_not_proven_again_by_the_next_process(make_book: BookMaker) -> None:
    first = _matcher(make_book)
    first.prove()
    assert first.facts == 4
    CERTIFICATES.forget()  # as a new process: only the file is left
    again = _matcher(make_book)
    again.prove()
    assert again.facts == 0
    further = _matcher(make_book, NEAR, {"id": "small", "when": {"small": True}, "then": "stop"})
    further.prove()
    assert further.facts == 3


def test_another_state_of_the_program_proves_anew(make_book: BookMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    _matcher(make_book).prove()
    CERTIFICATES.forget()
    monkeypatch.setattr(proof, "_program", lambda: "changed")
    again = _matcher(make_book)
    again.prove()
    assert again.facts == 4


def test_a_cache_that_cannot_be_written_or_read_does_no_harm(
    make_book: BookMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("ALERTENGINE_CACHE", str(tmp_path / "file"))
    _matcher(make_book).prove()
    CERTIFICATES.forget()
    again = _matcher(make_book)
    again.prove()
    assert again.facts == 4


def test_a_broken_certificate_certifies_nothing(make_book: BookMaker) -> None:
    path = certificate_file()
    assert path is not None
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff\x00 not a mark")
    matcher = _matcher(make_book)
    matcher.prove()
    assert matcher.facts == 4


def test_a_law_that_fails_is_not_certified(make_book: BookMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(durable.Shards, "match", lambda *_: [])
        with pytest.raises(EngineError, match="disagree"):
            _matcher(make_book).prove()
    CERTIFICATES.forget()
    again = _matcher(make_book)
    again.prove()
    assert again.facts == 4


# -- the lines of a list


def test_every_kind_of_line_of_a_short_list_is_shown(make_book: BookMaker, vocabulary: OpenLists) -> None:
    matcher = _matcher(make_book)
    matcher.prove()
    matcher._proof._shards[0].seen.clear()
    found = matcher.match(_distances(vocabulary))
    assert [found.matches[number].sure for number in found.index] == [{"near"}, set(), set(), set()]
    assert matcher.facts == 4 + 3  # the law; near, not near, unknown
    matcher.match(_distances(vocabulary))
    assert matcher.facts == 4 + 3


def test_a_short_list_matched_otherwise_stops_the_run(
    make_book: BookMaker, vocabulary: OpenLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = _matcher(make_book)
    matcher.prove()
    lost = TabledRule.outcome
    monkeypatch.setattr(TabledRule, "outcome", lambda rule, said: lost(rule, 1 + said % (len(rule.table.said) - 1)))
    with pytest.raises(EngineError, match="disagree on rules near"):
        matcher.match(_distances(vocabulary))


def test_two_kinds_that_share_a_sum_are_told_apart_by_the_second(
    make_book: BookMaker, vocabulary: OpenLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = signatures.Signatures.sums

    def alike(*args: Any) -> Any:
        sums = honest(*args)
        sums[:, 0] = 0
        return sums

    monkeypatch.setattr(signatures.Signatures, "sums", alike)
    found = _matcher(make_book).match(_distances(vocabulary))
    assert [found.matches[number].sure for number in found.index] == [{"near"}, set(), set(), set()]
    assert [bool(found.matches[number].open) for number in found.index] == [False, False, False, True]


def test_a_condition_that_tells_too_many_cases_apart_is_refused_with_its_name(make_book: BookMaker) -> None:
    flags = ("stable", "small", "permit_held", "permit_kept", "retrofit_done", "ultra_low", "clean_transport",
             "green_factory", "dry_quenching", "is_kiln", "kiln_standard", "interruptible")  # fmt: skip
    wide = {**dict.fromkeys(flags, True), "city_distance_km": {"lt": 10}}
    with pytest.raises(EngineError, match=r"rule wide: .* 1,594,323 cases apart"):
        _matcher(make_book, {"id": "wide", "when": wide, "then": "stop"})


@pytest.mark.slow
def test_rules_of_many_alternatives_are_matched_rightly(make_book: BookMaker, vocabulary: OpenLists) -> None:
    threes = [("stable", "small", "ultra_low"), ("permit_held", "permit_kept", "is_kiln"),
              ("green_factory", "clean_transport", "retrofit_done")]  # fmt: skip
    wide = {"all": [{"any": [{name: True} for name in three]} for three in threes]}
    matcher = _matcher(make_book, {"id": "wide", "when": wide, "then": "stop"}, NEAR)
    every = {name: True for three in threes for name in three}
    found = matcher.match(_facts(vocabulary, [every, {"small": True, "city_distance_km": 5}]))
    first, second = (found.matches[number] for number in found.index)
    assert first.sure == {"wide"}
    assert second.sure == {"near"}
    assert [name for name, _ in second.open] == ["wide"]


def test_what_rules_come_to_is_bounded_by_the_law_where_thirteen_fields_are_independent(
    make_book: BookMaker, vocabulary: OpenLists
) -> None:
    dice = random.Random(13)  # noqa: S311
    flags = ("stable", "small", "ultra_low", "permit_held", "green_factory", "is_kiln", "clean_transport")
    numbers = ("city_distance_km", "units", "boiler_t_h", "trucks_per_day")
    wanted = [
        {
            "zone": dice.choice(("重点", "一般")),
            dice.choice(flags): dice.random() < 0.5,
            dice.choice(numbers): {"lt": dice.randrange(1, 40)},
        }
        for _ in range(60)
    ]
    rules = [{"id": f"r{n}", "when": when, "then": {"advice": str(n)}} for n, when in enumerate(wanted)]
    pools = dict.fromkeys(flags, (True, False, None)) | {name: (*range(40), None) for name in numbers}
    pools |= {"zone": ("重点", "一般", None), "catalogue": ("限制类", "鼓励类", None)}
    rows = [{name: dice.choice(pool) for name, pool in pools.items()} for _ in range(3000)]
    matcher = _matcher(make_book, *rules)
    found = matcher.match(_facts(vocabulary, rows))
    profiles = matcher.stats().profiles
    assert len(found.matches) > 1500  # nearly every line is of its own kind
    most = Counter("+".join(sorted(when)) for when in wanted)
    assert profiles.keys() == most.keys()
    assert all(count <= most[name] * 2**3 for name, count in profiles.items())  # each field known or not


@pytest.mark.slow
def test_a_list_matched_cell_by_cell_and_pair_by_pair_is_matched_alike(
    make_book: BookMaker, vocabulary: OpenLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(5)  # noqa: S311
    industries, grades = ("焦化", "水泥", "铸造"), ("A", "B", "C", "D")
    rules = [
        {
            "id": f"r{n}",
            "when": {"industry": dice.choice(industries), "effective_grade": dice.choice(grades),
                     dice.choice(("city_distance_km", "units")): {"lt": dice.randrange(1, 20)},
                     dice.choice(("stable", "small")): dice.random() < 0.5},
            "then": {"advice": str(n)},
        }
        for n in range(120)
    ]  # fmt: skip
    rows = [
        {"industry": dice.choice((*industries, None)), "grade": dice.choice(grades), "units": dice.randrange(1, 20),
         "city_distance_km": dice.choice((None, dice.randrange(20))), "stable": dice.choice((True, False, None)),
         "small": dice.random() < 0.5}
        for _ in range(4000)
    ]  # fmt: skip
    facts = _facts(vocabulary, rows)
    facts = facts.with_grade(facts.text("grade"))
    told = []
    for many in (0, 100, 1 << 30):
        monkeypatch.setattr(signatures, "_MANY", many)
        found = _matcher(make_book, *rules).match(facts)
        told.append([found.matches[number] for number in found.index])
    assert told[0] == told[1] == told[2]
    assert len({match.sure for match in told[0]}) > 50


def _can_be(row: tuple[int, ...], fields: list[str]) -> bool:
    """Whether all columns of one field say alike that it is unknown."""
    return len({(name, code == UNKNOWN) for name, code in zip(fields, row, strict=True)}) == len(set(fields))


def test_what_is_left_of_a_condition_decides_as_the_table_does_once_it_is_filled_in(shipped: Rulebook) -> None:
    dice = random.Random(8)  # noqa: S311
    asked = 0
    for table in map(table_of, dict.fromkeys(rule.when for rule in shipped.line_rules())):
        fields = [column.field for column in table.columns]
        open_rows = [row for row in telling(table) if table.at(row).left is not None and _can_be(row, fields)]
        for row in dice.sample(open_rows, min(30, len(open_rows))):
            rest = table_of(table.at(row).left)
            filled = [
                code if code or FIELDS[column.field].blank_is_none else dice.randint(1, column.size)
                for code, column in zip(row, table.columns, strict=True)
            ]
            by_key = {column.key: (column, code) for column, code in zip(table.columns, filled, strict=True)}
            by_key |= {  # of several names each is asked for alone: all are as the whole is
                (column.field, "name", (name,)): (column, code)
                for column, code in zip(table.columns, filled, strict=True)
                if column.kind == "name"
                for name in column.constants
            }
            own = [by_key[column.key][0].recoded(column)[by_key[column.key][1]] for column in rest.columns]
            assert rest.at(tuple(own)).held == table.at(tuple(filled)).held
            asked += 1
    assert asked > 500
