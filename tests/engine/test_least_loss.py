"""The least loss that covers several counts: against every choice there is, on each way of searching."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from alertengine.engine import least_loss as search
from alertengine.engine.least_loss import Table, least_loss

SEEDS = range(12)


def problem(seed: int, lines: int, counts: int, *, whole: bool = False) -> tuple[list[Table], np.ndarray]:
    """Lines that stop not at all, whole or (``not whole``) in halves; of some there is more than enough."""
    chance = np.random.default_rng(seed)
    tables = []
    for _ in range(lines):
        steps = np.array([0.0, 1.0]) if whole or chance.random() < 0.5 else np.array([0.0, 1.0, 2.0])
        gives = chance.integers(0, 12, counts) * steps[:, None]
        tables.append((gives, float(chance.integers(1, 40)) * steps))
    most = np.sum([gives[-1] for gives, _ in tables], axis=0)
    return tables, np.floor(most * chance.choice([0.2, 0.5, 0.7, 0.9], counts))


def lost(tables: Sequence[Table], options: Sequence[int]) -> float:
    return float(sum(loss[option] for (_, loss), option in zip(tables, options, strict=True)))


def given(tables: Sequence[Table], options: Sequence[int]) -> np.ndarray:
    return np.sum([gives[option] for (gives, _), option in zip(tables, options, strict=True)], axis=0)


def best(tables: Sequence[Table], needs: np.ndarray) -> float | None:
    every = itertools.product(*(range(len(loss)) for _, loss in tables))
    return min((lost(tables, one) for one in every if (given(tables, one) >= needs).all()), default=None)


@pytest.mark.parametrize("counts", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_loses_less_and_all_is_covered(monkeypatch: pytest.MonkeyPatch, seed: int, counts: int) -> None:
    """All choices listed; with weights and bounds; with so few states kept that most are given up."""
    tables, needs = problem(seed, 7, counts)
    least = best(tables, needs)
    for few, passes in ((20_000, search.PASSES), (0, search.PASSES), (0, (2, 30_000)), (0, (1, 2))):
        monkeypatch.setattr(search, "_FEW", few)
        monkeypatch.setattr(search, "PASSES", passes)
        found = least_loss(tables, needs)
        if passes == (1, 2) and found is None:
            continue  # it may find none where all states that would do were given up
        assert found is not None
        assert (given(tables, found.options) >= needs).all()
        loss = lost(tables, found.options)
        assert loss == least if found.proven else loss >= (least or 0)
        assert found.proven or passes == (1, 2)
    too_much = needs + np.sum([gives.max(axis=0) for gives, _ in tables], axis=0) + 1
    assert least_loss(tables, too_much) is None


@pytest.mark.parametrize(
    ("tables", "needs", "options"),
    [
        ([], [], ()),
        ([([[0.0], [5]], [0.0, 3]), ([[0.0], [5]], [0.0, 3])], [5.0], (1, 0)),  # of equal ones the earlier
        ([([[0.0], [5]], [0.0, 3]), ([[0.0], [5]], [0.0, 3])], [6.0], (1, 1)),
        ([([[0.0], [5]], [0.0, 3]), ([[0.0], [5]], [0.0, 2])], [5.0], (0, 1)),
        ([([[0.0], [5]], [0.0, 3]), ([[0.0], [5]], [0.0, 2])], [0.0], (0, 0)),
        ([([[0.0], [5]], [0.0, 3]), ([[0.0], [5], [10]], [0.0, 2, 4])], [10.0], (0, 2)),
        ([([[0.0], [5], [10]], [0.0, 2, 4])] * 3, [15.0], (2, 1, 0)),
        ([([[5.0]], [3.0]), ([[0.0], [5]], [0.0, 2])], [5.0], (0, 0)),
        ([([[0.0, 0], [5, 1]], [0.0, 3]), ([[0.0, 0], [1, 5]], [0.0, 3])], [5.0, 5], (1, 1)),
        ([([[0.0], [5]], [0.0, 3])], [5.5], None),
        ([([], [])], [5.0], None),
    ],
)
def test_what_is_chosen(tables: list[tuple[list, list]], needs: list[float], options: tuple[int, ...] | None) -> None:
    made = [(np.array(gives, dtype=float).reshape(len(loss), len(needs)), np.array(loss)) for gives, loss in tables]
    found = least_loss(made, np.array(needs))
    assert (found is None) == (options is None)
    assert found is None or (found.options, found.proven) == (options, True)
    if not needs:
        free = least_loss([(np.zeros((2, 0)), np.array([3.0, 1]))], np.zeros(0))
        assert free is not None
        assert free.options == (1,)


@pytest.mark.parametrize("counts", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_only_states_that_another_equals_or_betters_are_dropped(
    monkeypatch: pytest.MonkeyPatch, seed: int, counts: int
) -> None:
    chance = np.random.default_rng(seed)
    needs, paid = chance.integers(0, 4, (20, counts)).astype(float), chance.integers(0, 4, 20).astype(float)
    states = [(*need, loss) for need, loss in zip(needs.tolist(), paid.tolist(), strict=True)]

    def no_better(one: tuple[float, ...]) -> bool:
        return not any(other != one and all(a <= b for a, b in zip(other, one, strict=True)) for other in states)

    undominated = {one for one in states if no_better(one)}
    kept = search._undominated(needs, paid)
    assert sorted(states[n] for n in kept) == sorted(undominated)
    assert kept.tolist() == sorted(kept.tolist())
    monkeypatch.setattr(search, "_PAIRWISE", 0)  # too many to be sought pair by pair: equal ones alone are dropped
    some = search._undominated(needs, paid)
    assert undominated <= {states[n] for n in some}
    assert len(some) == len({states[n] for n in some})
    assert counts < 3 or len(some) > len(kept)


@pytest.mark.parametrize(("counts", "asked"), [(1, [0]), (2, [0, 1]), (3, [0, 1, 2]), (3, [1]), (3, [0, 2])])
@pytest.mark.parametrize("seed", SEEDS)
def test_weights_give_a_bound_that_no_others_much_better(seed: int, counts: int, asked: list[int]) -> None:
    tables, needs = problem(seed, 8, counts)
    needs = np.where(np.isin(np.arange(counts), asked), needs, 0.0)

    def bound(weights: np.ndarray) -> float:
        return float(weights @ needs + sum((loss - gives @ weights).min() for gives, loss in tables))

    found = search._weights(tables, needs)
    assert (found >= 0).all()
    assert not found[[n for n in range(counts) if needs[n] == 0]].any()
    least = best(tables, needs)
    assert bound(found) <= (least or 0) + 1e-9
    chance = np.random.default_rng(seed)
    others = chance.uniform(0, 12, (300, counts)) * np.isin(np.arange(counts), asked)
    nearby = np.abs(found + chance.normal(0, 0.3, (300, counts))) * np.isin(np.arange(counts), asked)
    most = max(map(bound, (*others, *nearby)))
    assert bound(found) >= most - (1e-6 if len(asked) == 1 else 0.3 * abs(most))  # of several: sound, and near it


@pytest.mark.parametrize("counts", [1, 2])
@pytest.mark.parametrize("seed", SEEDS)
def test_an_exchange_of_lines_loses_less_and_still_covers(seed: int, counts: int) -> None:
    """From all stopped on, until neither leaving a line out nor taking another for it saves anything."""
    tables, needs = problem(seed, 9, counts, whole=True)
    searched = search._Search(tables, needs, np.zeros(counts))
    found = searched.exchanged((1,) * 9)
    assert (given(tables, found) >= needs).all()
    for out, into in itertools.product((n for n in range(9) if found[n]), range(9)):
        other = list(found)
        other[out] = 0
        for choice in (other, [*other[:into], 1, *other[into + 1 :]]):
            assert (given(tables, choice) < needs).any() or lost(tables, choice) >= lost(tables, found)


@pytest.mark.parametrize("counts", [1, 2])
@pytest.mark.parametrize("seed", SEEDS)
def test_two_exchanges_at_once_save_nothing_any_more(seed: int, counts: int) -> None:
    """Of five lines every pair of exchanges is tried, whatever stops at first: two left out, two taken for them."""
    tables, needs = problem(seed, 5, counts, whole=True)
    every = [one for one in itertools.product((0, 1), repeat=5) if (given(tables, one) >= needs).all()]
    for first in every:
        found = search._Search(tables, needs, np.zeros(counts)).exchanged(first)
        assert found in every
        for other in every:
            out = sum(a > b for a, b in zip(found, other, strict=True))
            into = sum(a < b for a, b in zip(found, other, strict=True))
            assert out > 2 or into > 2 or lost(tables, other) >= lost(tables, found)


def test_lines_that_give_something_already_are_not_exchanged() -> None:
    tables = [(np.array([[1.0], [5]]), np.array([0.0, 9])), (np.array([[0.0], [3], [6]]), np.array([0.0, 1, 2]))]
    assert search._Search(tables, np.array([6.0]), np.zeros(1)).exchanged((1, 2)) == (1, 2)


@pytest.mark.parametrize(
    ("least", "over", "proven"),
    [(0, 0.5, True), (0, 0.75, False), (1e6, 0.5, True), (1e9, 9, True), (1e9, 11, False)],
)
def test_a_choice_is_proven_where_it_loses_next_to_nothing_above_the_bound(
    monkeypatch: pytest.MonkeyPatch, least: float, over: float, proven: bool
) -> None:
    """The second of two options is found without a look at all; the first says how little could be lost."""
    tables = [(np.array([[1.0], [1.0]]), np.array([least, least + over]))]
    monkeypatch.setattr(search._Search, "run", lambda *_: ((1,), False))
    found = least_loss(tables, np.array([1.0]))
    assert found is not None
    assert found.proven == proven
