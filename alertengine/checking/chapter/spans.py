"""Which words of a text became which cells: the text in pieces, each with the cells that were read from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from alertengine.checking.chapter.pieces import Passage
from alertengine.checking.chapter.propose import Chapter, ChapterCell

#: What stands between the cells of one row of a table.
BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Words of a passage, and the cells read from them in the order of the chapter; empty where none was."""

    text: str
    cells: tuple[ChapterCell, ...] = ()


def pieces_of(passages: Sequence[Passage], chapter: Chapter) -> list[list[TextSpan]]:
    """The text of each passage in pieces; joined they are the passage, cells of a row with BETWEEN between them.

    Sentences are looked for in the order they were read, so that equal words of two cells are told apart.  A sentence
    that does not stand in its passage as it was read (a figure above the line) leaves no piece.
    """
    texts = [one.text if not one.cells else BETWEEN.join(one.cells) for one in passages]
    owners: list[list[list[ChapterCell]]] = [[[] for _ in text] for text in texts]
    for where, sentences in _sentences(chapter).items():
        places = [place for place, one in enumerate(passages) if one.where == where]
        flat = [_flat(texts[place]) for place in places]
        begin, at = 0, 0
        for sentence, cells in sentences:
            wanted = _flat(sentence)[0]
            # onwards from the one before; a table may be read by columns: then from its beginning
            found = _find(flat, wanted, begin, at) or _find(flat, wanted, 0, 0)
            if found is None:
                continue
            begin, first, at = found
            signs = flat[begin][1]
            for sign in range(signs[first], signs[at - 1] + 1):
                owners[places[begin]][sign] += [cell for cell in cells if cell not in owners[places[begin]][sign]]
    return [_cut(text, own) for text, own in zip(texts, owners, strict=True)]


def _sentences(chapter: Chapter) -> dict[str, list[tuple[str, list[ChapterCell]]]]:
    """By place the sentences in the order they were read, each with its cells."""
    found: dict[int, tuple[str, str, list[ChapterCell]]] = {}
    for cell, many in chapter.cells.items():
        for one in many:
            found.setdefault(one.turn, (one.where, one.sentence, []))[2].append(cell)
    out: dict[str, list[tuple[str, list[ChapterCell]]]] = {}
    for _, (where, sentence, cells) in sorted(found.items()):
        out.setdefault(where, []).append((sentence, cells))
    return out


def _flat(text: str) -> tuple[str, list[int]]:
    """A text without spaces in one width and case, and of which sign of it each of its signs comes."""
    signs = [
        (one, place)
        for place, sign in enumerate(text)
        for one in unicodedata.normalize("NFKC", sign).upper()
        if not one.isspace()
    ]
    return "".join(one for one, _ in signs), [place for _, place in signs]


def _find(flat: Sequence[tuple[str, list[int]]], wanted: str, begin: int, at: int) -> tuple[int, int, int] | None:
    """Passage, first sign and the one after the last of some words, from a sign of a passage on."""
    for place in range(begin, len(flat)) if wanted else ():
        first = flat[place][0].find(wanted, at if place == begin else 0)
        if first >= 0:
            return place, first, first + len(wanted)
    return None


def _cut(text: str, owners: Sequence[Sequence[ChapterCell]]) -> list[TextSpan]:
    out: list[TextSpan] = []
    begun = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or owners[place] != owners[begun]:
            out.append(TextSpan(text[begun:place], tuple(owners[begun])))
            begun = place
    return out
