"""Which words of a text became which cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alertengine.checking import passages_of, pieces_of, propose
from alertengine.files import rules_folder
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import Level

LISTS = OpenLists.load([rules_folder()])
TEXT = (
    "石灰窑\n"
    "B级企业：黄色预警期间，停产20%（以生产线计）；橙色预警期间，停产50%（以生产线计）；红色预警期间，停产。\n"
    "C级企业：黄色预警期间，装窑量减少30%；橙色预警期间，停产；红色预警期间，停产。\n"
    "D级企业：各级别预警期间，停产。\n"
)


def _said(text: str) -> list[list[tuple[str, list[tuple[str, Level | None]]]]]:
    passages = list(passages_of(text))
    found = pieces_of(passages, propose(passages, "石灰窑", LISTS))
    return [[(piece.text, [(one.grade, one.level) for one in piece.cells]) for piece in line] for line in found]


def test_equal_words_of_two_cells_are_told_apart() -> None:
    lines = _said(TEXT)
    read = [(text, cells) for line in lines for text, cells in line if cells]
    assert ("停产20%（以生产线计）", [("B", Level.YELLOW)]) in read
    assert [cells for text, cells in read if text == "停产"] == [
        [("B", Level.RED)],
        [("C", Level.ORANGE)],
        [("C", Level.RED)],
    ]
    assert read[-1][1] == [("D", None)]
    assert ("装窑量减少30%", [("C", Level.YELLOW)]) in read
    assert ("B级企业：黄色预警期间，", []) in lines[1]  # what only says where it stands becomes no cell


def test_a_row_of_a_table_is_coloured_cell_by_cell() -> None:
    lines = _said("等级\t黄色\t橙色\t红色\nB\t限产20%\t停产\t停产\n")
    assert lines[1] == [
        ("B | ", []),
        ("限产20%", [("B", Level.YELLOW)]),
        (" | ", []),
        ("停产", [("B", Level.ORANGE)]),
        (" | ", []),
        ("停产", [("B", Level.RED)]),
    ]


@given(st.text(alphabet="BCD级企业黄橙红色预警期间：，；。停产限%5０ \n\t①（）", max_size=80))
def test_pieces_joined_are_the_text(text: str) -> None:
    passages = list(passages_of(text))
    found = pieces_of(passages, propose(passages, "石灰窑", LISTS))
    joined = ["".join(piece.text for piece in line) for line in found]
    assert joined == [" | ".join(one.cells) if one.cells else one.text for one in passages]
