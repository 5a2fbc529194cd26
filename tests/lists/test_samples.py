"""The shipped sample lists are what their settings make, and stay small."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertengine.files import lists_folder
from alertengine.lists import load_settings, samples
from alertengine.rulebook import OpenLists


@pytest.mark.parametrize("city", load_settings().samples)
def test_a_shipped_sample_is_that_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, city: str) -> None:
    settings = load_settings()
    alone = settings.model_copy(update={"samples": {city: settings.samples[city]}})
    monkeypatch.setattr(samples, "load_settings", lambda: alone)
    (path,) = samples.write_samples(tmp_path)
    made = list(tmp_path.glob(f"{path.stem}.*"))
    assert len(made) == 3  # the list, its totals, its version
    for one in made:
        assert (lists_folder() / one.name).read_bytes() == one.read_bytes(), one.name


def test_each_city_has_a_small_sample(open_lists: OpenLists) -> None:
    cities = {*load_settings().samples, "临汾市"}
    assert cities == set(open_lists.cities())
    assert all(path.stat().st_size < 150_000 for path in lists_folder().glob("*-synthetic.csv"))
