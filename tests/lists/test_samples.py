"""The shipped sample lists are what their settings make, and stay small."""

from __future__ import annotations

from pathlib import Path

from alertengine.files import lists_folder
from alertengine.lists import load_settings
from alertengine.lists.samples import write_samples
from alertengine.rulebook import OpenLists


def test_the_shipped_samples_are_those_of_the_settings(tmp_path: Path) -> None:
    for path in write_samples(tmp_path):
        for made in tmp_path.glob(f"{path.stem}.*"):
            assert (lists_folder() / made.name).read_bytes() == made.read_bytes(), made.name


def test_each_city_has_a_small_sample(open_lists: OpenLists) -> None:
    cities = {*load_settings().samples, "临汾市"}
    assert cities == set(open_lists.cities())
    assert all(path.stat().st_size < 150_000 for path in lists_folder().glob("*-synthetic.csv"))
