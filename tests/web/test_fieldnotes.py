"""Notes from a phone: nothing sent is lost or counted twice, and none is kept that no order can be held against."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alertengine.vocabulary import InputError, to_minute
from alertengine.vocabulary import times as clock
from alertengine.web.fieldnotes import SEEN, FieldNote, FieldNotes
from alertengine.web.jobs.store import WorkFolder
from alertengine.web.workstore import WorkStore
from alertengine.workflow import Upload

NOTE = FieldNote("A", "厂", "落实", "2026-01-03 08:15", "笔1号", "主机停运")
PHOTO = Upload("1.png", b"\x89PNG\r\n\x1a\n" + b"0" * 9)


@pytest.fixture
def notes(tmp_path: Path) -> FieldNotes:
    return FieldNotes(WorkStore(WorkFolder(tmp_path / "record.db")), "qian")


@pytest.mark.parametrize(
    "time",
    [
        "2026-01-03 08:15",
        "2026-01-03 08:15:30",
        "2026/1/3 8:15",
        "2026-01-03T08:15",
        "2026年1月3日8时",
        "20260103081500",
    ],
)
def test_a_time_of_a_day_is_taken(notes: FieldNotes, time: str) -> None:
    notes.add(replace(NOTE, time=time), [])
    assert [one.time for one in notes.open()] == [time]


@pytest.mark.parametrize(
    "time",
    [
        "",
        " ",
        "昨天",
        "08:15",
        "1月3日8时",
        "2026-01-03",
        "2026-01-03 25:61",
        "20260103 0815",
        "1799-01-03 08:15",
        "下午三点",
    ],
)
def test_what_is_no_time_of_a_day_is_refused(notes: FieldNotes, time: str) -> None:
    with pytest.raises(InputError, match="检查时间须写明日期和时刻"):
        notes.add(replace(NOTE, time=time), [PHOTO])
    assert notes.all() == []


def test_a_time_that_is_still_to_come_is_refused(notes: FieldNotes) -> None:
    with pytest.raises(InputError, match="不晚于现在"):
        notes.add(replace(NOTE, time=to_minute(clock.now() + timedelta(days=1))), [])


@pytest.mark.parametrize("seen", ["", "已落实", "x"])
def test_what_was_seen_is_one_of_the_words_of_evidence(notes: FieldNotes, seen: str) -> None:
    with pytest.raises(InputError, match="请选择现场看到的情况"):
        notes.add(replace(NOTE, seen=seen), [])


def test_a_note_sent_again_is_kept_once_before_and_after_it_is_on_record(notes: FieldNotes) -> None:
    notes.add(NOTE, [PHOTO])
    notes.add(NOTE, [PHOTO])
    (kept,) = notes.open()
    notes.recorded([kept], 7)
    notes.add(NOTE, [PHOTO])
    assert [one.act for one in notes.all()] == [7]
    notes.add(replace(NOTE, seen=SEEN[1]), [PHOTO])  # another thing seen at the same minute
    assert [(one.act, one.seen) for one in notes.all()] == [(7, SEEN[0]), (0, SEEN[1])]


def test_notes_sent_at_once_are_all_kept(notes: FieldNotes) -> None:
    with ThreadPoolExecutor(8) as phones:
        list(phones.map(lambda number: notes.add(replace(NOTE, text=str(number)), [PHOTO]), range(24)))
    assert {one.text for one in notes.all()} == {str(number) for number in range(24)}


def test_a_note_that_comes_while_others_are_judged_stays_open(notes: FieldNotes) -> None:
    notes.add(NOTE, [])
    judged = notes.open()
    notes.add(replace(NOTE, enterprise_id="B"), [])
    notes.recorded(judged, 7)
    assert [one.enterprise_id for one in notes.open()] == ["B"]


def test_a_note_is_taken_back_with_its_photos_until_it_is_on_record(notes: FieldNotes) -> None:
    notes.add(NOTE, [PHOTO])
    notes.add(replace(NOTE, enterprise_id="B"), [])
    first, second = notes.open()
    notes.recorded([second], 7)
    for code in (first.code, second.code, notes.all()[1].code, "none", ""):
        notes.drop(code)
    assert [one.act for one in notes.all()] == [7]
    with pytest.raises(InputError, match="缺失或被改动"):
        notes.photo(first.photos[0][1])
