"""An issued act is corrected on the page: from its own files, by four hands, and its correction alone stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.ledger import Ledger, compare_orders, verify
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.vocabulary import times as clock
from alertengine.web.auditview import act_view
from alertengine.web.forecasts import take_forecast
from alertengine.web.jobs import bodies
from alertengine.web.jobs.store import WorkFolder
from alertengine.web.lists import list_files, lists_on_file, publish_uploads
from alertengine.web.opening import against_act, against_work
from alertengine.web.roles import Role
from alertengine.web.today import today
from alertengine.web.work import WorkInput, begin, correct, hand_in, may_correct, standing_against
from alertengine.web.workstore import Works
from alertengine.workflow import (
    Correction,
    Upload,
    approve,
    check_contents,
    draft,
    issue_draft,
    ordered,
    release_act,
    replay,
    review,
    service,
    warnings_so_far,
    write_act_documents,
)

from .browsing import forecast
from .conftest import signed_up
from .test_jobs import here
from .test_second_evening import CLEAN, ORANGE, RED, _issued, _plant, _work

pytestmark = [pytest.mark.slow, pytest.mark.whole]
REASON = "清单有误：三号、四号线已拆除"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A record as :func:`_record` makes it."""
    return _record(tmp_path / "record.db")


def _record(ledger: Path) -> Path:
    """A record with an act over four lines from the day after tomorrow on, and an officer."""
    book = Rulebook.load(())
    signed_up(ledger, jia=Role.OFFICER)
    WorkFolder(ledger).make()
    version = ("一", "市长 丙", clock.now().date())
    publish_uploads(ledger, book, Upload("清单.csv", _plant(10, 20, 30, 40)), [], {}, version, "清单")
    _issued(ledger, hand_in(ledger, _work(ledger, book, (80, 80, *ORANGE), 3), "办公室 甲", "").act)
    return ledger


def _acts(path: Path) -> list[int]:
    with Ledger.open(path) as ledger:
        return [act.act for act in ledger.acts("issue")]


def _begun(path: Path, act: int, reason: str = REASON) -> str:
    """A correction in hand; its key."""
    asked = {"act": act, "reason": reason, "user": "jia", "by": "办公室 名jia"}
    return str(bodies.begin_correction(here(path), asked)["work"])


def _other_list(path: Path, key: str) -> None:
    """The work decided on a list that two lines left."""
    other = Works(path).store.put_upload(Upload("改正.csv", _plant(10, 20)))
    bodies.renew(here(path), {"work": key, "by": "办公室 名jia", "files": {"list": other}, "beside": []})


def _drafted(path: Path, key: str) -> int:
    return int(bodies.hand_in_work(here(path), {"work": key, "by": "jia", "note": ""})["act"])


def _audited(path: Path) -> set[str]:
    """The lines that the audit holds plants to."""
    return set(ordered(path).orders["line_id"])


def test_a_correction_begins_with_its_act_s_own_files_and_moment_and_is_submitted_once_changed(path: Path) -> None:
    (first,) = _acts(path)
    key = _begun(path, first)
    held = Works(path).held(key)
    with Ledger.open(path) as ledger:
        act, before = ledger.act(first), ledger.orders(first)
    assert (held.correction, held.row.title) == (Correction(first, REASON), f"更正第{first}号：{act.title}")
    assert compare_orders(before, held.orders) == []  # its own files at its own moment
    assert str(held.now) == f"{act.head['decided']}:00"
    with pytest.raises(InputError, match="没有更正任何内容"):
        _drafted(path, key)


def test_a_correction_goes_through_four_hands_and_stands_alone(path: Path, tmp_path: Path) -> None:
    (first,) = _acts(path)
    key = _begun(path, first)
    _other_list(path, key)
    held = Works(path).held(key)
    (line, *_) = [one for one in held.orders.itertuples() if one.line_id == "2"]
    put = {"enterprise_id": str(line.enterprise_id), "line_id": "2", "measure": "limit", "share": 0.3}
    put |= {"reason": "会商", "by": "办公室 名jia", "at": "2026-11-28T17:00"}
    bodies.override(here(path), {"work": key, "put": [put], "drop": [], "by": "办公室 名jia"})
    beside = against_work(path, key)
    assert (beside.acts, beside.counts["终止"], beside.kept) == ((first,), 2, 0)
    assert {row["line_id"] for row in beside.rows} == {"2", "3", "4"}  # the first stops as before
    number = _drafted(path, key)
    with Ledger.open(path) as ledger:
        state, drawn = draft(ledger, number), ledger.act(number)
        assert (state.correction, drawn.corrects) == (Correction(first, REASON), None)
        assert (drawn.head["corrects"], drawn.head["correction_reason"]) == (first, REASON)
        assert [one.act for one in ledger.standing("issue")] == [first]  # a draft corrects nothing yet
        write_act_documents(ledger, number, tmp_path / "draft")
    assert against_act(path, number) == beside
    audited, act_number = _audited(path), _issued(path, number)
    with Ledger.open(path) as ledger:
        issued = ledger.act(act_number)
        assert (issued.corrects, issued.reason) == (first, REASON)
        assert replay(ledger, act_number).identical
        assert (may_correct(ledger, first), may_correct(ledger, act_number)) == (False, True)
        assert dict(act_view(ledger, first).facts)["更正"] == f"已由第{act_number}号更正"
        assert set(warnings_so_far(ledger)["warning_id"]) == set(ledger.warnings(act_number)["warning_id"])
        later = clock.now() + timedelta(hours=2)
        page = today(ledger, Rulebook.load(()), later.replace(tzinfo=None))
        write_act_documents(ledger, act_number, tmp_path / "act")
    assert against_act(path, number) == against_act(path, act_number) == beside
    assert [*page.orders_acts] == [act_number]
    assert ["2条生产线" in said for said in page.states] == [True]
    assert (audited, _audited(path)) == ({"1", "2", "3", "4"}, {"1", "2"})
    shares = tmp_path / "active.csv"
    told = CliRunner().invoke(main, ["ledger", "active", str(path), "--orders", str(shares)])
    assert told.exit_code == 0
    assert "停3号" not in shares.read_text(encoding="utf-8")
    for made in ("draft", "act"):  # the papers of the draft are those of the act: no order of before goes on beside it
        (contents,) = (tmp_path / made / "pack").rglob("00-目录.txt")
        assert "未计入本件数字" not in contents.read_text(encoding="utf-8")
    with Ledger.writable(path) as ledger, pytest.raises(InputError, match=f"第{act_number}号"):
        release_act(ledger, first, "市长 丙", "急", tmp_path / "late")
    found = verify(path)
    check_contents(found)
    assert found.sound


def test_what_was_corrected_meanwhile_is_corrected_by_nobody_else(path: Path) -> None:
    (first,) = _acts(path)
    keys = [_begun(path, first) for _ in range(3)]
    for key in keys:
        _other_list(path, key)
    number, other = (_drafted(path, key) for key in keys[:2])
    with Ledger.writable(path) as ledger:
        review(ledger, other, "科长 乙", passed=True)
        approve(ledger, other, "市长 丙", passed=True)
        assert standing_against(ledger, draft(ledger, other).correction, "live", {"临汾市"}) == []
    act = _issued(path, number)
    with Ledger.open(path) as ledger:
        count, told = len(ledger.acts()), standing_against(ledger, Correction(first, REASON), "live", {"临汾市"})
    assert [one.code for one in told] == ["corrected_already", "corrected_overtaken"]
    with pytest.raises(InputError, match=f"现由第{act}号代替"):
        _begun(path, first)
    with pytest.raises(InputError, match=f"现由第{act}号代替"):
        _drafted(path, keys[2])
    with Ledger.writable(path) as ledger:
        with pytest.raises(InputError, match=f"现由第{act}号代替"):
            issue_draft(ledger, other, "办公室 甲", despite="仍发")
        assert len(ledger.acts()) == count


def test_of_a_correction_of_a_correction_the_last_alone_is_compared(path: Path) -> None:
    (first,) = _acts(path)
    key = _begun(path, first)
    _other_list(path, key)
    second = _issued(path, _drafted(path, key))
    again = _begun(path, second, "仍有误")
    held = Works(path).held(again)
    assert (held.correction.act, held.row.title.count("更正第")) == (second, 1)
    beside = against_work(path, again)
    assert (beside.acts, beside.changed) == ((second,), 0)


@pytest.mark.parametrize("aqi", [(80, 80, *RED), CLEAN])
def test_a_correction_of_what_a_later_act_took_over_or_lifted_takes_a_reason(path: Path, aqi: tuple[int, ...]) -> None:
    """An ordinary draft of before too: what takes all back orders nothing, and speaks of its city all the same."""
    (first,) = _acts(path)
    key = _begun(path, first)
    _other_list(path, key)
    number = _drafted(path, key)
    plain = hand_in(path, _work(path, Rulebook.load(()), (80, 80, *RED), 2), "办公室 甲", "").act
    later = _issued(path, hand_in(path, _work(path, Rulebook.load(()), aqi, 1), "办公室 甲", "").act)
    with Ledger.writable(path) as ledger:
        assert not may_correct(ledger, first)
        review(ledger, number, "科长 乙", passed=True)
        approve(ledger, number, "市长 丙", passed=True)
        assert draft(ledger, number).overtaken == draft(ledger, plain).overtaken == (later,)
        with pytest.raises(InputError, match=f"第{first}号之后又发布了同一城市的指令：临汾市（第{later}号）"):
            issue_draft(ledger, number, "办公室 甲")


@pytest.mark.parametrize("aqi", [RED, CLEAN])
def test_a_correction_leaves_alone_the_cities_that_a_later_act_raised_or_lifted(
    tmp_path: Path, aqi: tuple[int, ...]
) -> None:
    path, book, there = tmp_path / "record.db", Rulebook.load(()), "运城市"
    signed_up(path, jia=Role.OFFICER)
    WorkFolder(path).make()
    other = _plant(30, 40).replace("临汾市".encode(), there.encode()).replace(b"91141000", b"91140000")
    listed = _plant(10, 20) + b"\n" + other.partition(b"\n")[2]
    publish_uploads(path, book, Upload("清单.csv", listed), [], {}, ("一", "市长 丙", clock.now().date()), "清单")
    acts = list[int]()
    for ago, own, cities in ((3, ORANGE, ("临汾市", there)), (1, aqi, ("临汾市",))):
        rows = forecast(ORANGE, ago).replace("临汾市".encode(), there.encode()).partition(b"\n")[2]
        with Ledger.writable(path) as ledger:
            take_forecast(ledger, Upload("预报.csv", forecast(own, ago) + b"\n" + rows), book.lists, "办公室 甲")
            files, beside = list_files(ledger, lists_on_file(ledger)[0].act)
        work = begin(path, (), WorkInput("应急响应", "live", {"list": files}, beside, cities), "officer")
        acts.append(_issued(path, hand_in(path, work, "办公室 甲", "").act))
    first = acts[0]
    key = _begun(path, first)
    put = Works(path).store.put_upload(Upload("改正.csv", listed.strip().rpartition(b"\n")[0]))
    bodies.renew(here(path), {"work": key, "by": "办公室 名jia", "files": {"list": put}, "beside": []})
    held = Works(path).held(key)
    assert ({*held.orders["city"]}, held.row.title) == ({there}, f"更正第{first}号（{there}）：应急响应")
    correction = _issued(path, _drafted(path, key))  # nothing is left that takes a reason
    now = clock.now().replace(tzinfo=None) + timedelta(hours=2)
    stands, told = ordered(path).orders, {said[:3] for said in _states(path, now)}
    left = stands[(stands["ends"] == "") | (stands["ends"] > str(now))]
    standing = {there} if aqi is CLEAN else {there, "临汾市"}
    assert {*left["city"]} == told == standing
    assert set(left.loc[left["city"] == "临汾市", "level"]) <= {"red"}
    assert set(left.loc[left["city"] == there, "line_id"]) == {"1"}
    with Ledger.open(path) as ledger:
        assert set(service(ledger, correction, pd.Timestamp(now))["city"]) == {there}
        assert not may_correct(ledger, first)
    assert verify(path).sound


def test_a_drill_is_corrected_by_nobody_and_overtakes_no_draft_that_binds(path: Path) -> None:
    (first,) = _acts(path)
    key = _begun(path, first)
    _other_list(path, key)
    number = _drafted(path, key)
    with Ledger.open(path) as ledger:
        listed, beside = list_files(ledger, lists_on_file(ledger)[0].act)
    work = begin(path, (), WorkInput("演练", "drill", {"list": listed}, beside), "jia")
    drill = _issued(path, hand_in(path, work, "办公室 甲", "").act)
    with pytest.raises(InputError, match="drill"):
        _begun(path, drill)
    with Ledger.open(path) as ledger:
        assert draft(ledger, number).overtaken == ()
        assert standing_against(ledger, Correction(first, REASON), "live", {"临汾市"}) == []


def _states(path: Path, now: datetime) -> list[str]:
    with Ledger.open(path) as ledger:
        return today(ledger, Rulebook.load(()), now).states


def test_a_correction_takes_a_reason_and_keeps_it_where_it_is_returned(path: Path) -> None:
    (first,) = _acts(path)
    with pytest.raises(InputError, match="请写明理由"):
        correct(path, first, " \u200b", "jia")
    with Ledger.open(path) as ledger:
        (forecast,) = ledger.acts("forecast")
    with pytest.raises(InputError, match="只能这样更正预警和指令"):
        correct(path, forecast.act, REASON, "jia")
    key = _begun(path, first)
    _other_list(path, key)
    number = _drafted(path, key)
    with Ledger.writable(path) as ledger:
        review(ledger, number, "科长 乙", passed=False, reason="改一处")
    asked = {"draft": number, "user": "jia", "by": "办公室 名jia"}
    held = Works(path).held(bodies.revise(here(path), asked)["work"])
    assert (held.correction, held.row.replaces, len(held.orders)) == (Correction(first, REASON), number, 2)
