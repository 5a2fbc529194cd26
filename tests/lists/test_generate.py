"""The generator of synthetic lists, and the column dictionary."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.files.series import numbered
from alertengine.lists import generate_list, load_settings, read_list
from alertengine.lists.credit_code import valid_codes
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import InputError

pytestmark = pytest.mark.whole


def _run(*arguments: str) -> int:
    return CliRunner().invoke(main, ["lists", "generate", *arguments]).exit_code


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert _run("--lines", "300", "--seed", seed, "-o", str(tmp_path / f"{name}{suffix}")) == 0
    first, again, other = ((tmp_path / f"{name}{suffix}").read_bytes() for name in "abc")
    assert first == again != other


def test_what_is_made_is_a_clean_synthetic_list(tmp_path: Path, open_lists: OpenLists) -> None:
    path = tmp_path / "made.csv"
    assert _run("--lines", "20000", "--seed", "3", "-o", str(path)) == 0
    made = read_list(path, open_lists)
    assert len(made.lines) == 20000
    assert made.problems == []
    assert {note.code for note in made.notes} == {"county_renamed"}  # 太谷县, as it was called in the samples' winters
    assert made.lines["enterprise"].str.contains("合成").all()
    assert valid_codes(numbered(made.lines["enterprise_id"]).texts).all()
    pd.testing.assert_frame_equal(
        made.lines[["enterprise", "so2_kg_d"]],
        generate_list(20000, 3, open_lists, load_settings()).lines[["enterprise", "so2_kg_d"]],
    )


def test_grades_and_lines_are_in_the_shares_of_the_settings(open_lists: OpenLists) -> None:
    lines = generate_list(50000, 1, open_lists, load_settings()).lines
    graded = lines[lines["grade"].notna() & (lines["grade"] != "未评级")].drop_duplicates("enterprise_id")
    low = graded["grade"].isin(["C", "D", "非引领性"]).mean()
    assert 0.955 < low < 0.985
    for industry in ("长流程联合钢铁", "焦化"):
        per_works = lines[lines["industry"] == industry].groupby("enterprise_id").size()
        assert per_works.median() >= 2


def test_city_totals_hold_the_listed_lines(open_lists: OpenLists) -> None:
    made = generate_list(2000, 1, open_lists, load_settings(), ["临汾市"])
    assert made.totals is not None
    assert set(made.lines["city"]) == set(made.totals["city"]) == {"临汾市"}
    assert made.totals["so2_kg_d"].sum() > made.lines["so2_kg_d"].sum()


def test_an_unknown_city_or_bad_settings_are_refused(tmp_path: Path, open_lists: OpenLists) -> None:
    with pytest.raises(InputError, match="东京"):
        generate_list(10, 1, open_lists, load_settings(), ["东京"])
    assert _run("--lines", "10", "--city", "东京", "-o", str(tmp_path / "x.csv")) == 2
    bad = tmp_path / "bad.yaml"
    bad.write_text("standing: real\n")
    assert not (tmp_path / "x.csv").exists()
    with pytest.raises(InputError, match="standing"):
        load_settings(bad)


@pytest.mark.parametrize("bad", [("--lines", "0"), ("--lines", "100000000000"), ("--lines", "5", "--seed", "-3")])
def test_no_list_of_no_size_or_seed(tmp_path: Path, bad: tuple[str, ...]) -> None:
    out = tmp_path / "list.csv"
    assert _run(*bad, "-o", str(out)) == 2
    assert not out.exists()
