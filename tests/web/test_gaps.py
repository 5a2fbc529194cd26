"""The grid of missing cells, the life of documents, and what of a list whoever sees some counties is shown."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from alertengine.files import lists_folder
from alertengine.ledger import Ledger
from alertengine.rulebook import Rulebook
from alertengine.web.lists import lists_on_file, publish_uploads
from alertengine.web.pages.rules import grid, life_strip
from alertengine.web.roles import Scope
from alertengine.web.rulesview import Gap, lives
from alertengine.workflow import Upload


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load(())


def test_a_missing_cell_leads_to_the_form_and_another_to_its_rule() -> None:
    ladder = ("A", "B")
    found = [
        Gap(5, "石<b>灰窑", ladder, grade, level, "missing" if grade == "B" else "secondary", "", "停产", "a-rule")
        for grade in ladder
        for level in ("yellow", "red")
    ]
    page = grid(found)
    assert "2 格缺，共 4 格" in page
    assert "<b>灰窑" not in page
    assert len(re.findall(r'href="/rules\?view=text&amp;industry=', page)) == 2
    assert len(re.findall(r'href="/rules\?rule=a-rule"', page)) == 2
    assert re.findall(r'data-cell="(\d,\d)"', page) == ["0,0", "1,0", "2,0", "3,0"]
    assert page.count('tabindex="0"') == 1  # one stop of the tabulator


def test_a_document_is_in_force_before_and_ended_after_its_last_day(book: Rulebook) -> None:
    (ended,) = [one for one in lives(book, date(2026, 9, 1)) if one.document == "law-air"]
    (held,) = [one for one in lives(book, date(2026, 8, 1)) if one.document == "law-air"]
    assert (held.state, ended.state, ended.last) == ("holds", "ended", date(2026, 8, 14))
    assert life_strip([ended], date(2026, 9, 1)).count("<li>") == 1


def test_whoever_sees_a_county_is_told_its_counts_of_a_list(book: Rulebook, tmp_path: Path) -> None:
    path, folder, name = tmp_path / "record.db", lists_folder(), "linfen-synthetic"
    given = {one: Upload(one, (folder / one).read_bytes()) for one in (f"{name}.csv", f"{name}.totals.csv")}
    Ledger.writable(path).close()
    version = ("2026年版", "局长 丁", date(2026, 11, 1))
    publish_uploads(path, book, given[f"{name}.csv"], [given[f"{name}.totals.csv"]], {}, version, "试")
    with Ledger.open(path) as ledger:
        (whole,) = lists_on_file(ledger)
        (own,) = lists_on_file(ledger, Scope.said(["临汾市/曲沃县"]))
        assert lists_on_file(ledger, Scope.said(["太原市/古交市"])) == []
    assert 0 < own.enterprises < whole.enterprises
    assert own.enterprises <= own.lines < whole.lines
