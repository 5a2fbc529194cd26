"""Work in hand: decided from uploads, ordered otherwise, submitted; nothing of it before that in the ledger."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import pytest

from alertengine.files import lists_folder, scenarios_folder
from alertengine.ledger import Ledger
from alertengine.orders import Override, in_force
from alertengine.vocabulary import InputError
from alertengine.web import Desk
from alertengine.web.asked import decisions_taken
from alertengine.web.orderrows import GROUPS, groups, rows
from alertengine.web.papers import zipped
from alertengine.web.work import Work, WorkInput, again, begin, hand_in
from alertengine.workflow import Stage, Upload, approve, draft, issue_draft, record_forecast, replay, review

from .browsing import forecast
from .conftest import decided, overrides_in

pytestmark = pytest.mark.whole


def _upload(path: Path) -> Upload:
    return Upload(path.name, path.read_bytes())


@pytest.fixture(scope="module")
def asked() -> WorkInput:
    folder = lists_folder()
    beside = [_upload(folder / f"linfen-synthetic.{name}") for name in ("version.yaml", "totals.csv")]
    return WorkInput("响应", "live", {"list": _upload(folder / "linfen-synthetic.csv")}, beside)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    path = tmp_path / "record.db"
    data = (scenarios_folder() / "linfen-red-episode.forecast.csv").read_bytes()
    with Ledger.writable(path) as ledger:
        record_forecast(ledger, "forecast.csv", data, "办公室 甲")
    return Desk(path)


@pytest.fixture
def work(desk: Desk, asked: WorkInput) -> Work:
    return begin(desk.path, desk.rules, asked, "jia")


def test_the_forecast_on_record_serves_where_none_is_uploaded(desk: Desk, asked: WorkInput, tmp_path: Path) -> None:
    assert len(begin(desk.path, desk.rules, asked, "jia").orders) == 104
    Ledger.writable(tmp_path / "new.db").close()
    with pytest.raises(InputError, match="尚未录入预报"):
        begin(tmp_path / "new.db", (), asked, "jia")


@pytest.mark.parametrize(
    ("mode", "ago", "note", "refused"),
    [("live", -48, "", True), ("live", -48, "省站早写", False), ("drill", -48, "", False), ("live", 3, "", False)],
)
def test_what_binds_rests_on_no_forecast_that_is_still_to_come_out(
    desk: Desk, asked: WorkInput, mode: str, ago: int, note: str, refused: bool
) -> None:
    files = {**asked.files, "forecast": Upload("预报.csv", forecast((240, 262, 271, 255, 188), ago))}
    with pytest.raises(InputError, match="还没有到") if refused else nullcontext():
        begin(desk.path, desk.rules, WorkInput("响应", mode, files, asked.beside, note=note), "jia")


def test_a_draft_takes_the_decisions_on_record(desk: Desk, work: Work, asked: WorkInput) -> None:
    line = work.orders[(work.orders["share"] < 1) & (work.orders["status"] == "ordered")].iloc[0]
    code, number, name = (str(line[column]) for column in ("enterprise_id", "line_id", "enterprise"))
    heads = "企业名称,统一社会信用代码,生产线编号,决定文号,决定日期,决定机关,决定种类,理由\n"
    text = f"{heads}{name},{code},{number},一号,2021-01-01,市局,责令停产整治,超标排放\n"
    decisions_taken(desk.path, Upload("决定.csv", text.encode()), "法制科 丁")
    again = begin(desk.path, desk.rules, asked, "jia").orders
    mine = again[(again["enterprise_id"] == code) & (again["line_id"] == number)]
    assert "一号" in mine.to_csv()
    assert "一号" not in work.orders.to_csv()


def test_a_list_that_cannot_be_read_is_refused_with_its_place(desk: Desk) -> None:
    files = {"list": Upload("清单.csv", "企业名称,城市\n甲,临汾市\n".encode())}
    with pytest.raises(InputError) as refused:
        begin(desk.path, desk.rules, WorkInput("响应", "live", files), "jia")
    assert {problem.file for problem in refused.value.problems} == {"清单.csv"}
    with Ledger.open(desk.path) as ledger:
        assert [act.kind for act in ledger.acts()] == ["forecast"]


@pytest.mark.slow
def test_an_override_is_in_the_orders_the_act_its_replay_and_the_revision(desk: Desk, work: Work) -> None:
    line = work.orders[work.orders["share"] == 1].iloc[0]
    at = datetime(2021, 1, 3, 17)
    code, number = str(line["enterprise_id"]), str(line["line_id"])
    said = {"measure": "limit", "share": 0.4, "reason": "供暖", "by": "办公室 甲", "at": at}
    work = decided(work, [Override(enterprise_id=code, line_id=number, **said)])
    changed = next(row for row in rows(work.orders) if (row["enterprise_id"], row["line_id"]) == (code, number))
    assert "40%" in changed["measure_text"]
    assert "供暖" in changed["remark"]
    act = hand_in(desk.path, work, "办公室 甲", "请审核")
    assert overrides_in(again(desk.path, act.act, "jia")).keys() == {(code, number)}
    with Ledger.writable(desk.path) as ledger:
        review(ledger, act.act, "科长 乙", True)
        approve(ledger, act.act, "市长 丙", True)
        issued, _ = issue_draft(ledger, act.act, "办公室 甲")
        assert replay(ledger, issued.act).identical
        assert draft(ledger, act.act).stage is Stage.ISSUED
        assert draft(ledger, act.act).overrides == 1
    with pytest.raises(InputError, match=f"已作为第{issued.act}号发布"):
        again(desk.path, act.act, "jia")
    work = decided(work, drop=[(code, number)])
    assert not overrides_in(work)
    assert not any("人工变更" in row["measure_text"] for row in rows(work.orders))


def test_lines_a_person_must_decide_stand_first_and_groups_add_up(work: Work) -> None:
    shown = rows(work.orders)
    open_rows = [row["open"] for row in shown]
    assert all(row["open"] for row in shown if row["status"] == "依据缺失")
    assert open_rows == sorted(open_rows, reverse=True)
    assert sum(open_rows) == 15  # 12 without a ground, 2 held by a lower level, 1 that would direct itself
    run = work.prepared.run
    for by in GROUPS:
        assert (
            sum(int(one["lines"].replace(",", "")) for one in groups(in_force(run.orders, run.warnings, run.now), by))
            == 104
        )


@pytest.mark.slow
def test_the_documents_of_an_issued_act_come_as_a_zip(desk: Desk, work: Work) -> None:
    act = hand_in(desk.path, work, "办公室 甲", "")
    data = zipped(desk.path, act.act)
    assert data.startswith(b"PK")
