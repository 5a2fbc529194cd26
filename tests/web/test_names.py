"""Names a reader does not know, or takes for nearly another's, are answered on the page and read so from then on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from alertengine.files import CellAnswer, load_profile, reading_with, rules_folder
from alertengine.ledger import Head, Ledger, names_apart
from alertengine.lists import read_list
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import InputError
from alertengine.web.asked import receipts_taken
from alertengine.web.intake import IntakeQuestion, answer, keep_answers, looked, questions
from alertengine.workflow import RECEIPTS, Upload
from tests.ledger.conftest import orders_of

pytestmark = pytest.mark.whole

HEADERS = "企业名称,城市,区县,行业,工序,生产线编号,绩效等级,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"


@pytest.fixture(autouse=True)
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of profiles of a test; files are read in this process, which is quicker."""
    monkeypatch.setattr("alertengine.web.intake.read_guarded", lambda read, path, *args, limits: read(path, *args))
    monkeypatch.setenv("ALERTENGINE_PROFILES", str(tmp_path / "profiles"))
    return tmp_path / "profiles"


@pytest.fixture(scope="module")
def lists() -> OpenLists:
    return OpenLists.load([rules_folder()])


def _said(asked: IntakeQuestion, meant: str, by: str = "大气科 甲") -> CellAnswer:
    return CellAnswer(header=asked.column, text=asked.text, meant=meant, by=by, at="2026-11-28")


def test_names_of_a_list_are_answered_kept_under_a_name_and_used_by_the_next(profiles: Path, lists: OpenLists) -> None:
    text = f"{HEADERS}甲厂,临汾市,尧头区,铸造,熔炼,1,C,1,10,1,1\n乙厂,临份市,襄汾县,铸造,熔炼,1,C,1,10,1,1\n"
    upload = Upload("清单.csv", text.encode())
    found = looked(upload, "list", lists)
    asked = {one.text: one for one in questions(found.problems)}
    assert "临汾市" in asked["临份市"].candidates
    assert "尧都区" in asked["尧头区"].candidates
    with pytest.raises(InputError, match="至少答一处"):
        answer(upload, found, [], lists)
    again = answer(upload, found, [_said(asked["临份市"], "临汾市")], lists)
    assert {one.text for one in questions(again.problems)} == {"尧头区"}
    assert any(one.code == "answered" and "大气科 甲" in one.text("zh") for one in again.notes)
    third = answer(upload, again, [_said(asked["尧头区"], "襄汾县", "大气科 乙")], lists)
    assert not questions(third.problems)
    (kept,) = profiles.iterdir()  # one profile holds both
    assert {(one.meant, one.by) for one in load_profile(kept).answers} == {
        ("临汾市", "大气科 甲"),
        ("襄汾县", "大气科 乙"),
    }
    other = looked(Upload("次月.csv", text.replace("乙厂", "丙厂").encode()), "list", lists)
    assert not questions(other.problems)
    assert other.protocol is not None
    assert other.protocol.profile.endswith(kept.name)


def test_a_city_of_a_forecast_is_answered_under_whatever_header(lists: OpenLists) -> None:
    rows = "2026-11-28 10:00,省站,临份市,2026-11-29,210,PM2.5\n2026-11-28 10:00,省站,太原市,2026-11-29,210,PM2.5\n"
    upload = Upload("预报.csv", f"发布时间,发布单位,城市,预报日期,AQI,首要污染物\n{rows}".encode())
    found = looked(upload, "forecast", lists)
    (asked,) = questions(found.problems)
    again = answer(upload, found, [_said(asked, "临汾市")], lists)
    assert (asked.text, again.problems) == ("临份市", ())


def test_a_text_that_is_none_of_those_near_stays_and_is_not_asked_again(lists: OpenLists) -> None:
    upload = Upload("清单.csv", f"{HEADERS}甲厂,临份市,尧都区,铸造,熔炼,1,C,1,10,1,1\n".encode())
    found = looked(upload, "list", lists)
    (asked,) = [one for one in questions(found.problems) if one.text == "临份市"]
    again = answer(upload, found, [_said(asked, asked.text)], lists)
    assert any(one.code == "answered_itself" for one in again.notes)
    assert "临份市" in {one.value for one in again.problems}
    assert "临份市" not in {one.text for one in questions(again.problems, again.notes)}


def test_an_answer_takes_no_other_profile_s_place(profiles: Path, lists: OpenLists) -> None:
    profiles.mkdir()
    held = profiles / "清单.profile.yaml"
    held.write_text("as: list\nheaders: [别的]\n", encoding="utf-8")
    upload = Upload("清单.csv", f"{HEADERS}甲厂,临份市,尧都区,铸造,熔炼,1,C,1,10,1,1\n".encode())
    found = looked(upload, "list", lists)
    answer(upload, found, [_said(questions(found.problems)[0], "临汾市")], lists)
    assert load_profile(held).headers == ("别的",)
    assert len(list(profiles.iterdir())) == 2


def test_none_of_those_near_is_remembered_by_the_run(lists: OpenLists, tmp_path: Path) -> None:
    """A doubt that a person settled is no problem of the run any more, and stands as a note."""
    (tmp_path / "清单.csv").write_text(
        f"{HEADERS}甲合成铸造厂,临汾市,尧都区,铸造,熔炼,1,C,1,10,1,1\n", encoding="utf-8"
    )
    register = "企业名称,统一社会信用代码\n甲合成铸造一厂,91110000000000001A\n"
    (tmp_path / "清单.register.csv").write_text(register, encoding="utf-8")
    with reading_with():
        before = read_list(tmp_path / "清单.csv", lists)
    (asked,) = [one for one in questions(before.problems) if one.problem.code == "plant_perhaps"]
    upload = Upload("清单.csv", (tmp_path / "清单.csv").read_bytes())
    answer(upload, looked(upload, "list", lists), [_said(asked, asked.text)], lists)
    with reading_with():
        after = read_list(tmp_path / "清单.csv", lists)
    assert "plant_perhaps" not in {one.code for one in after.problems}
    assert "answered_itself" in {one.code for one in after.notes}


def test_a_name_of_receipts_is_answered_and_its_row_recorded(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    orders = orders_of(2)
    orders["enterprise"], orders["transport"] = ["晋东合成焦化有限公司", "晋南合成铸造有限公司"], ""
    with Ledger.writable(path) as ledger:
        ledger.append("issue", Head("合成指令", datetime(2021, 1, 9, 18)), {"orders": names_apart(orders)})
    text = "企业名称,事项,时间,签收人\n晋东合成焦化有限责任公司,签收,2021-01-09 19:00,王某\n"
    upload = Upload("回执.csv", text.encode())
    done = receipts_taken(path, 1, upload, "办公室 甲")
    (asked,) = questions(done.notes, done.read.warnings)
    assert (done.new, asked.candidates) == (0, ("晋东合成焦化有限公司",))
    (read,) = done.read.protocols
    headers = [header for header, _ in read.columns]
    keep_answers(upload, RECEIPTS, headers, read.profile, [_said(asked, asked.text)])
    none = receipts_taken(path, 1, upload, "办公室 甲")
    assert (none.new, none.notes) == (0, ())
    assert [one.code for one in none.read.warnings] == ["answered_itself"]
    keep_answers(upload, RECEIPTS, headers, none.read.protocols[0].profile, [_said(asked, asked.candidates[0])])
    assert receipts_taken(path, 1, upload, "办公室 甲").new == 1
