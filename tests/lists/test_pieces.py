"""A csv read in pieces is the list it is as a whole, wherever they are cut."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.files import csv_reader as csvfile
from alertengine.files import text_pieces as textfile
from alertengine.lists import EnterpriseList, read_list
from alertengine.rulebook import OpenLists

from .conftest import BASE, Reader, table

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "企业名称": st.text(st.sampled_from("合成厂甲,\n\"'a"), max_size=6).map(lambda text: "合" + text.strip()),
            "区县": st.sampled_from(["襄汾县", "洪洞县", "", "𠮷县"]),
            "SO2排放量": st.sampled_from(["10", "1,000", "1e3", " 3", "", "x", "nan", "-1"]),
            "备注": st.sampled_from(["", "一\n二", "1", 'a"b']),
        }
    ),
    min_size=1,
    max_size=30,
)


def _text(rows: list[dict[str, str]]) -> str:
    out = io.StringIO(newline="")
    full = [{**BASE, "生产线编号": str(number), **row} for number, row in enumerate(rows, start=1)]
    writer = csv.DictWriter(out, list(full[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(full)
    return out.getvalue()


def _same(one: EnterpriseList, other: EnterpriseList) -> None:
    pd.testing.assert_frame_equal(one.lines, other.lines)
    pd.testing.assert_frame_equal(one.extras, other.extras)
    assert (one.rows.tolist(), one.problems, one.notes) == (other.rows.tolist(), other.problems, other.notes)


@pytest.mark.slow
@settings(max_examples=15)
@given(ROWS, st.integers(1, 900), st.integers(1, 900), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_cut_anywhere(open_lists: OpenLists, rows: list[dict[str, str]], head: int, size: int, encoding: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(_text(rows).encode(encoding))
        whole = read_list(path, open_lists)
        with (
            patch.multiple(textfile, HEAD=head, PIECE=size),
            patch.object(csvfile, "_BLOCK", 1000),  # a row is shorter
            patch.object(csvfile, "_by_rows", side_effect=AssertionError("not read in pieces")),
        ):
            _same(read_list(path, open_lists), whole)


@pytest.mark.parametrize("late", ["3.5", "不明", "x"])
def test_a_column_whose_first_cell_stands_far_behind_the_header(
    tmp_path: Path, open_lists: OpenLists, late: str
) -> None:
    rows = [{"SO2排放量": "", "备注": ""} for _ in range(40)]
    rows[30] = {"SO2排放量": late, "备注": late}
    path = tmp_path / "list.csv"
    path.write_text(_text(rows), encoding="utf-8")
    whole = read_list(path, open_lists)
    with patch.multiple(textfile, HEAD=700, PIECE=700):
        found = read_list(path, open_lists)
    _same(found, whole)
    assert found.extras["备注"].notna().tolist() == [number == 30 for number in range(40)]


def test_pieces_end_where_a_line_ends_and_are_the_whole_text(tmp_path: Path) -> None:
    text = _text([{"企业名称": "合成\n二"}, {"企业名称": "合成,三"}] * 40).encode()
    path = tmp_path / "list.csv"
    path.write_bytes(text)
    with patch.multiple(textfile, HEAD=500, PIECE=700):
        pieces = list(textfile.TextFile(path).pieces())
    assert len(pieces) > len(text) // 800
    assert b"\n".join(piece.text.rstrip(b"\n") for piece in pieces) == text.rstrip(b"\n")
    rows = [row for piece in pieces for row in csv.reader(io.StringIO(piece.text.decode(), newline=""))]
    assert {len(row) for row in rows} == {len(BASE)}
    assert [piece.start for piece in pieces[1:]] == [piece.start + piece.length for piece in pieces[:-1]]


def test_a_byte_that_is_no_utf8_far_behind_the_header(read: Reader) -> None:
    text = table(*({"区县": "襄汾县"} for _ in range(40)))
    with patch.multiple(textfile, HEAD=300, PIECE=400):
        found = read(text, "gb18030")
    assert found.lines["county"].tolist() == ["襄汾县"] * 40
