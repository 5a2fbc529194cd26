"""Every complaint about a file of rules names the line it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertengine.checking import read_cases
from alertengine.rulebook import DocumentLoader, OpenLists, Rulebook
from alertengine.vocabulary import InputError

DOCUMENT = """\
document: bad
title: 试
area: {area}
valid: {{from: 2021-01-01, to: not stated}}
source: primary
{head}
rules:
  - id: a
    title: 甲
    article: 一
    kind: measure
    when: {{{when}: 水泥}}
    then: {{limit: {share}}}
  - id: b
    title: 乙
    article: 一
    kind: {kind}
    when: {{industry: 水泥}}
    then: stop
    {key}: 1
"""
GOOD = {"area": "临汾市", "head": "note: 无", "when": "industry", "share": "0.5", "kind": "measure", "key": "#"}


@pytest.mark.parametrize(
    ("bad", "rows"),
    [
        ({"area": "某某市"}, [3]),
        ({"head": "colour: red"}, [6]),
        ({"when": "industri"}, [12]),
        ({"share": "1.5"}, [13]),
        ({"kind": "measured"}, [17]),
        ({"key": "extra"}, [20]),
        ({"area": "某某市", "head": "colour: red", "share": "1.5", "kind": "measured"}, [6, 3, 13, 17]),
        ({"when": "industri", "key": "about: [line]\n    extra"}, [20, 12]),
    ],
)
def test_the_line(bad: dict[str, str], rows: list[int], shipped: Rulebook, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(DOCUMENT.format(**GOOD | bad), encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.yaml, row") as told:
        DocumentLoader(shipped.lists, shipped.layers).load(file)
    assert [problem.row for problem in told.value.problems] == rows


def test_the_line_of_a_case_and_of_a_vocabulary(tmp_path: Path) -> None:
    file = tmp_path / "bad.test.yaml"
    file.write_text("- name: 甲，一\n  date: 2021-01-01\n  level: purple\n  line: {city: 临汾市}\n", encoding="utf-8")
    with pytest.raises(InputError, match="purple") as told:
        read_cases(file)
    assert {problem.row for problem in told.value.problems} == {1, 3}  # the case lacks what it expects
    words = tmp_path / "vocabulary" / "own.yaml"
    words.parent.mkdir()
    words.write_text("note: 无\nperiods:\n  - {name: 冬, colour: red}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"own\.yaml, row 3") as told:
        OpenLists.load([tmp_path])
    assert {problem.row for problem in told.value.problems} == {3}
