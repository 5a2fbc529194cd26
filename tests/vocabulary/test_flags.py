"""Flags of orders: one closed vocabulary, decided once, read without the sentences."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertengine import decide, read_list
from alertengine.files import lists_folder
from alertengine.orders import read_orders, write_orders
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import (
    FLAG_TEXT,
    FLAGS,
    Flag,
    Ground,
    flagged,
    flags_of,
    flags_text,
    ground_of,
    left_open,
    rests_on,
    with_flags,
)


@pytest.fixture(scope="module")
def table(shipped: Rulebook) -> pd.DataFrame:
    """Orders of a sample list at every level."""
    lines = read_list(lists_folder() / "linfen-synthetic.csv", shipped)
    every = [decide(lines, shipped, level=level, date="2021-01-20").table for level in ("none", "yellow", "red")]
    return pd.concat(every, ignore_index=True)


@given(st.sampled_from(list(Ground)), st.sets(st.sampled_from(list(Flag))))
def test_a_cell_says_its_ground_and_its_flags(ground: Ground, flags: set[Flag]) -> None:
    text = flags_text(ground, flags)
    assert ground_of(text) is ground
    assert flags_of(text) == flags
    assert set(text.split(";")) <= set(FLAGS)


def test_every_code_has_words_of_its_own_that_a_workbook_can_join() -> None:
    assert set(FLAG_TEXT) == set(Flag)
    assert len(set(FLAGS.values())) == len(FLAGS)
    assert not [text for text in FLAGS.values() if set(text) & set(";、")]


def test_flags_and_sentences_of_an_order_agree(table: pd.DataFrame) -> None:
    ended = table["remark"].astype("str").str.contains(FLAG_TEXT[Flag.END_NOT_STATED], regex=False)
    assert flagged(table, Flag.END_NOT_STATED).tolist() == ended.tolist()
    for flag in (Flag.NO_GROUND, Flag.LOWER_BOUND, Flag.SHARE_UNKNOWN):
        said = table["remark"].astype("str").str.split("；").map(lambda parts, text=FLAG_TEXT[flag]: text in parts)
        assert flagged(table, flag).tolist() == said.tolist()
    assert table["flags"].map(ground_of).notna().all()
    assert left_open(table).any()


def test_orders_of_before_the_column_are_read_by_what_their_remarks_state(table: pd.DataFrame, tmp_path: Path) -> None:
    write_orders(table[table["level"] == "red"], tmp_path / "new.csv")
    write_orders(table[table["level"] == "red"].drop(columns="flags"), tmp_path / "old.csv")
    old, new = read_orders(tmp_path / "old.csv"), read_orders(tmp_path / "new.csv")
    assert left_open(old).tolist() == left_open(new).tolist()
    acted_on = (Flag.NO_GROUND, Flag.FROM_LOWER_LEVEL, Flag.LOWER_BOUND, Flag.NOT_OFFICIAL)
    for flag in acted_on:
        assert flagged(old, flag).tolist() == flagged(new, flag).tolist()
    assert not old["flags"].map(ground_of).notna().any()


def test_a_workbook_says_flags_in_words_and_is_read_back(table: pd.DataFrame, tmp_path: Path) -> None:
    red = table[table["level"] == "red"]
    write_orders(red, tmp_path / "o.xlsx")
    write_orders(red, tmp_path / "o.csv")
    assert read_orders(tmp_path / "o.xlsx")["flags"].tolist() == read_orders(tmp_path / "o.csv")["flags"].tolist()


def test_a_phrase_in_the_remark_of_todays_orders_changes_nothing() -> None:
    rows = pd.DataFrame({"status": ["ordered"], "remark": ["预警措施依据缺失"], "flags": ["ground_rule"]})
    assert not left_open(rows).any()
    assert with_flags(rows) is rows


@pytest.mark.parametrize(("ground", "status"), [*itertools.product(Ground, ("ordered", "undetermined"))])
def test_what_an_order_rests_on_is_one_sentence(ground: Ground, status: str) -> None:
    said = rests_on(ground, ["①", "②"], status=status, grade="A")
    assert said
    assert "。" not in said
    cited = status == "ordered" or ground not in (Ground.NONE, Ground.UNDETERMINED)
    assert ("①" in said and "②" in said) == cited


def test_orders_of_before_grounds_say_nothing_of_them() -> None:
    assert rests_on(None, ["①"], status="ordered") == ""
