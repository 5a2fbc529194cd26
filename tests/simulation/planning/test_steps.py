"""Which of two measures asks more, and the file of steps."""

from __future__ import annotations

from operator import le
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.files import rules_folder
from alertengine.rulebook import Measure, OpenLists, read_measure
from alertengine.simulation.planning.steps import load_steps, strictness
from alertengine.vocabulary import InputError
from tests.simulation.planning.brute import lighter
from tests.simulation.planning.conftest import STEPS

shares = st.sampled_from([0.1, 0.2, 0.25, 0.3, 0.5, 0.75])
measures = st.one_of(
    st.just("stop"),
    shares.map(lambda share: {"limit": share}),
    shares.map(lambda share: {"stop_share": share, "by": "line"}),
).map(read_measure)


@settings(max_examples=60)
@given(st.lists(measures, min_size=1, max_size=2), st.lists(measures, min_size=1, max_size=2))
def test_not_lighter_means_not_lighter_for_a_plant_of_any_size(one: list[Measure], other: list[Measure]) -> None:
    if all(map(le, strictness(one), strictness(other))):
        assert not lighter(other, one)
    elif len(one) == len(other) == 1:
        assert lighter(other, one)


def test_hours_and_caps_are_compared_in_their_own_measure() -> None:
    longer, shorter = (strictness([read_measure({"coking_time": hours})]) for hours in (48, 36))
    assert all(map(le, shorter, longer))
    assert longer != shorter
    strict, loose = (strictness([read_measure({"emission_cap": {"so2": cap}})]) for cap in (20, 35))
    assert all(map(le, loose, strict))
    half = strictness([read_measure({"limit": 0.5})])
    assert not all(map(le, longer, half))
    assert not all(map(le, half, longer))
    assert all(map(le, longer, strictness([read_measure("stop")])))


def test_the_shipped_steps_name_industries_and_processes_on_file() -> None:
    lists = OpenLists.load([rules_folder()])
    steps = load_steps()
    for family in steps.families:
        assert all(lists.standard_name("industries", name) == name for name in family.when.industry)
        assert all(lists.standard_name("processes", name) == name for name in family.when.process)
    assert not any(steps.families[-1].when.model_dump().values()), "the last family is for all others"
    assert [step.then for step in steps.of("焦化", "焦炉").steps][:1] == [{"coking_time": 36}]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{limit: 0.30}", "{limit: 30}", "0.2, not 20"),
        ("{limit: 0.30}", "none", "a step must be"),
        ("{limit: 0.30}", "{advice: 减产}", "a step must be"),
        (
            "source: 例, standing: inferred}\n      - {then: stop,",
            "standing: inferred}\n      - {then: stop,",
            "source",
        ),
        ("standing: practice", "standing: law", "standing"),
    ],
)
def test_a_step_without_number_or_source_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "steps.yaml"
    assert old in STEPS
    path.write_text(STEPS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_steps(path)
    assert said in str(error.value)
    assert str(path) in str(error.value)
