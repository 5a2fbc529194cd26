"""The form of an order: who may give it, what it cites first, what is missing, and who let it go out all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.documents import (
    Builder,
    DocumentOptions,
    Footing,
    OpenMatter,
    Release,
    changes,
    grouped,
    write_documents,
)
from alertengine.documents.build import _notice
from alertengine.documents.document import spans
from alertengine.documents.formal_or_draft import DRAFT_MARK
from alertengine.documents.legal_particulars import ParticularsOf
from alertengine.documents.pack.build import _transition
from alertengine.orders import in_force
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import WARNING_COLUMNS, InputError
from tests.conftest import WINTER, BookMaker, document, of_a_run
from tests.documents.conftest import Maker, text_of

pytestmark = pytest.mark.whole

Footer = Callable[..., Footing]
LAW_96 = "《中华人民共和国大气污染防治法》第九十六条第一款"


def order_in(folder: Path) -> str:
    """The text of the only order of a folder."""
    (path,) = folder.glob("减排指令/**/*.docx")
    return text_of(path)


def test_an_order_comes_from_a_government_not_from_who_publishes_the_warning(shipped: Rulebook) -> None:
    """Taiyuan's plan says which office spreads a warning; that office gives no order to an enterprise."""
    act = ParticularsOf(shipped).of("太原市", "", WINTER, "red")
    assert (act.issuer, act.competent) == ("", "县级以上地方人民政府")
    assert act.grounds == (LAW_96, "《太原市重污染天气应急预案（2019年修订）》")
    assert (act.grounds[1], "secondary") in act.cited
    assert act.gaps == ()


def test_a_city_without_a_plan_says_so_and_takes_no_other_citys(shipped: Rulebook) -> None:
    act = ParticularsOf(shipped).of("临汾市", "洪洞县", WINTER, "red")
    assert act.gaps == (OpenMatter.of("no_plan", "临汾市，按上级文件分级", ["临汾市"]),)
    assert "太原" not in "".join(act.grounds)
    assert act.plan.startswith("《山西省重污染天气应急预案》")


def test_without_a_warning_neither_plan_nor_emergency_order_is_cited(shipped: Rulebook) -> None:
    act = ParticularsOf(shipped).of("临汾市", "", WINTER, "none")
    assert (act.grounds, act.gaps, act.competent) == ((), (), "")


def test_the_newest_plan_in_force_counts(make_book: BookMaker) -> None:
    plans = [
        document(f"p{year}", title=f"{year}年预案", area="临汾市", emergency_plan=True, valid={"from": year}, rules=[])
        for year in (2020, 2019, 2023)
    ]
    assert ParticularsOf(make_book(*plans)).of("临汾市", "", WINTER, "red").plan == "《2020年预案》"
    ended = [{**plans[0], "valid": {"from": 2020, "to": "2020-12-31"}}]
    assert ParticularsOf(make_book(*ended)).of("临汾市", "", WINTER, "red").gaps


@pytest.mark.parametrize(
    ("extended", "cited"),
    [("2026-08-14 15:00", "大气污染防治法"), ("2026-08-16 15:00", "生态环境法典")],
)
def test_an_order_that_an_extension_gives_anew_cites_the_law_of_that_day(
    orders: Maker, footing: Footer, extended: str, cited: str
) -> None:
    """The warning began on 13 August under the old statute; whoever extends it after 15 August acts under the new."""
    row = {"order_id": "临汾市-2026081300-E-1", "starts": "2026-08-13 00:00", "ends": "2026-08-21 00:00"}
    table = orders(row)
    table = table.assign(order_id=["临汾市-2026081300-" + table["enterprise_id"].iloc[0] + "-1"])
    base = {**dict.fromkeys(WARNING_COLUMNS, ""), "warning_id": "临汾市-2026081300", "city": "临汾市", "level": "red"}
    issued = {"action": "issue", "starts": "2026-08-13", "ends": "2026-08-19", "issued": "2026-08-12 15:00"}
    longer = {"action": "extend", "starts": "2026-08-19", "ends": "2026-08-21", "issued": extended}
    record = pd.DataFrame([{**base, **one} for one in (issued, longer)])
    times = {name: pd.to_datetime(record[name], format="mixed") for name in ("starts", "ends", "issued")}
    (rows,) = grouped(table)
    made = Builder(replace(footing(table), warnings=record.assign(**times))).order(rows)
    statutes = [one for one in made.grounds if "大气污染防治法" in one or "生态环境法典" in one]
    assert statutes
    assert all(cited in one for one in statutes)


def test_what_is_not_on_file_stands_in_the_order_as_missing(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders({}, {"line_id": "02"}, {"line_id": "04"})
    write_documents(table, footing(table), tmp_path, DocumentOptions(boards=False))
    text = order_in(tmp_path)
    for said in (
        "期限和机关由法制机构核定后填写：",
        "6个月内直接向人民法院提起",
        "清单第2至4行",
    ):
        assert said in text, said
    assert text.index(LAW_96) < text.index("《某方案》")


def test_a_release_names_who_why_and_what_was_open(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders({"standing": "secondary"})
    release = Release("市长 某某", "已核对原件")
    written = write_documents(table, footing(table), tmp_path, DocumentOptions(boards=False, release=release))
    assert (written.exit_status, written.entries[0].state) == (0, "经决定签发")
    text = order_in(tmp_path)
    for said in ("签发决定", "决定人：市长 某某", "理由：已核对原件", "未决事项：依据的文本性质为转载", "附签发决定"):
        assert said in text, said
    assert DRAFT_MARK not in text
    first = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    (record,) = json.loads(first)["releases"]
    assert (record["by"], record["reason"]) == ("市长 某某", "已核对原件")
    assert list(record["documents"]) == [written.entries[0].file]
    write_documents(table, footing(table), tmp_path, DocumentOptions(boards=False, release=release))
    assert (tmp_path / "manifest.json").read_text(encoding="utf-8") == first


def test_a_release_leaves_what_is_ready_alone(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders()
    write_documents(table, footing(table), tmp_path, DocumentOptions(boards=False, release=Release("某", "急")))
    assert "签发决定" not in order_in(tmp_path)
    assert "releases" not in json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("setting", "word"), [("simulation", "推演"), ("drill", "演练")])
def test_simulations_and_drills_are_marked_and_never_formal(
    orders: Maker, footing: Footer, tmp_path: Path, setting: str, word: str
) -> None:
    table = orders()
    written = write_documents(table, footing(table), tmp_path, DocumentOptions(boards=False, setting=setting))  # type: ignore[arg-type]
    text = order_in(tmp_path)
    assert f"{word}—不具效力" in text
    assert f"本件为{word}文书，不得送达" in text
    assert written.entries[0].state == word
    assert f"{word}—不具效力" in (tmp_path / "notice.html").read_text(encoding="utf-8")
    formal = write_documents(table, footing(table), tmp_path / "f", DocumentOptions(mode="formal", setting=setting))  # type: ignore[arg-type]
    assert formal.entries[0].file == ""


def test_releases_that_mean_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="blank"):
        Release("某某", "")
    with pytest.raises(InputError, match="never released"):
        DocumentOptions(setting="drill", release=Release("某某", "急"))
    with pytest.raises(InputError, match="never released"):
        DocumentOptions(mode="draft", release=Release("某某", "急"))


def test_the_command_refuses_half_a_release_and_a_live_simulation(orders: Maker, tmp_path: Path) -> None:
    table = orders()
    table.to_csv(tmp_path / "orders.csv", index=False)
    of_a_run(tmp_path / "orders.csv")
    common = ["documents", str(tmp_path / "orders.csv"), "-o", str(tmp_path / "out")]
    half = CliRunner().invoke(main, [*common, "--release-by", "某某"])
    assert (half.exit_code, "--release-reason" in half.output) == (2, True)
    live = CliRunner().invoke(main, [*common, "--scenario", "linfen-red-episode", "--mode", "live"])
    assert (live.exit_code, "simulation" in live.output) == (2, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("terms", "warned"), [("是", True), ("", True), ("否", False)])
def test_an_order_warns_of_the_permit_rule_where_the_permit_may_state_its_terms(
    orders: Maker, footing: Footer, terms: str, warned: bool
) -> None:
    table = orders({"starts": "2021-12-04 00:00", "ends": "2021-12-05 00:00"})
    got = Builder(footing(table, special_terms=terms)).order(next(grouped(table)))
    assert any("特殊时段" in text for text in got.consequences) is warned


def test_an_order_below_yellow_is_of_its_own_issuer_and_number(
    orders: Maker, footing: Footer, make_book: BookMaker
) -> None:
    below = document("below", title="某市应对不利气象条件调度令", issuer="某市生态环境保护委员会办公室", number="第1号")
    below |= {"area": "临汾市", "valid": {"from": "2021-01-04 18:00", "to": "2021-01-06 24:00"}, "issued": "2021-01-04"}
    rule = {"id": "b", "article": "一", "title": "停产", "kind": "measure", "regime": "adverse_weather", "then": "stop"}
    book = make_book(below | {"rules": [rule]})
    table = orders({"level": "none", "rules": "b", "basis": "《某市应对不利气象条件调度令》（第1号）一"})
    got = Builder(footing(table, book=book)).order(next(grouped(table)))
    assert (got.title, got.issuer, got.alerts) == ("不利气象条件应对减排指令", "某市生态环境保护委员会办公室", ())
    assert got.grounds == ("①《某市应对不利气象条件调度令》（第1号）一",)
    assert got.notices[0].reason == (
        "某市生态环境保护委员会办公室《某市应对不利气象条件调度令》（第1号），"
        "自2021年1月4日18时至2021年1月7日0时执行不利气象条件应对措施"
    )
    nameless = make_book(below | {"issuer": "", "number": "", "rules": [rule]})
    got = Builder(footing(table, book=nameless)).order(next(grouped(table)))
    assert {"发布机关未录入：《某市应对不利气象条件调度令》", "文号未录入：《某市应对不利气象条件调度令》"} <= set(
        map(str, got.reasons)
    )


def test_a_builder_marks_nothing_on_firm_ground(orders: Maker, footing: Footer) -> None:
    table = orders()
    got = Builder(footing(table)).order(next(grouped(table)))
    assert (got.mark, got.reasons, got.release) == ("", (), ())


@pytest.mark.parametrize(("rows", "said"), [([4, 2, 3, 7, None], "2至4、7"), ([], ""), ([5], "5")])
def test_rows_of_a_list_as_people_say_them(rows: list[int | None], said: str) -> None:
    assert spans(rows) == said


def test_each_line_says_in_one_sentence_what_it_rests_on(orders: Maker, shipped: Rulebook) -> None:
    """The sentence comes from the codes; a sentence of the remark that stands under the table is not repeated."""
    table = orders(
        {
            "line_id": "1",
            "basis": "《甲》一；《应急减排清单》",
            "flags": "ground_filed;lower_bound",
            "remark": "有效期未载明",
        },
        {"line_id": "2", "basis": "", "flags": "ground_undetermined;no_ground", "remark": "预警措施依据缺失"},
    )
    [rows] = grouped(table)
    made = Builder(Footing(shipped)).order(rows)
    assert [line.remark for line in made.lines] == [
        "本项依据清单备案措施④和规定③；有效期未载明",
        "预警措施没有依据，须人工决定",
    ]
    assert made.remarks == ("预警措施依据缺失",)
    assert made.lower_bound


def test_a_plant_that_left_the_list_is_told_that_its_order_ends_and_not_the_response(
    orders: Maker, footing: Footer
) -> None:
    """The warning is raised and the plant is on no list any more: sold, closed, renamed or forgotten."""
    old = orders()
    base = {**dict.fromkeys(WARNING_COLUMNS, ""), "warning_id": "临汾市-2021010400", "city": "临汾市", "level": "red"}
    issued = {"action": "issue", "level": "orange", "starts": "2021-01-04", "ends": "2021-01-09"}
    raised = {"action": "raise", "starts": "2021-01-05", "ends": "2021-01-09", "issued": "2021-01-04 15:00"}
    record = pd.DataFrame([{**base, "issued": "2021-01-03 15:00", **one} for one in (issued, raised)])
    times = {name: pd.to_datetime(record[name], format="mixed") for name in ("starts", "ends", "issued")}
    builder = Builder(replace(footing(old), warnings=record.assign(**times)))
    (rows,) = grouped(changes(old, old.iloc[:0], "2021-01-05 00:00"))
    got = builder.change(rows)
    assert (got.title, got.draft) == ("重污染天气应急减排终止通知书", True)
    assert "应急响应继续执行" in got.over
    assert "响应自" not in got.over
    (matter,) = [one for one in got.reasons if one.kind == "off_the_list"]
    assert matter.detail, "the lines are named"


@pytest.mark.parametrize(("at", "said"), [("2021-01-03 20:00", "取消"), ("2021-01-06 15:00", "终止")])
def test_a_paper_that_ends_a_response_never_says_that_it_goes_on(
    orders: Maker, footing: Footer, at: str, said: str
) -> None:
    old = orders()
    base = {**dict.fromkeys(WARNING_COLUMNS, ""), "warning_id": "临汾市-2021010400", "city": "临汾市", "level": "red"}
    issued = {"action": "issue", "starts": "2021-01-04", "ends": "2021-01-09", "issued": "2021-01-03 15:00"}
    lifted = {"action": "lift", "starts": max("2021-01-04", at), "ends": None, "issued": at}
    record = pd.DataFrame([{**base, **one} for one in (issued, lifted)])
    times = {name: pd.to_datetime(record[name], format="mixed") for name in ("starts", "ends", "issued")}
    record = record.assign(**times)
    ground = replace(footing(old), warnings=record)
    table = changes(old, old.iloc[:0], in_force(old, record).at)
    got = Builder(ground).change(next(grouped(table)))
    assert (got.title, got.alerts, said in got.over) == (f"重污染天气应急减排{said}通知书", (), True)
    assert "off_the_list" not in {one.kind for one in got.reasons}
    assert [notice.action for notice in got.notices] == [{"取消": "取消", "终止": "解除"}[said]]
    assert {(change.change, change.ends) for change in got.changes} == {(said, "")}
    assert not any("处于" in text for text in (got.over, *(one.reason for one in got.notices)))


#: Orders of a warning that is lifted at 16:00, and of others that are taken back before their start.
_LIFTED = ("", "临汾市-2021010400", "2021-01-04 00:00", "red")
_LATER = ("", "临汾市-2021010700", "2021-01-07 00:00", "orange")
_COUNTY = ("侯马市", "临汾市-侯马市-2021010700", "2021-01-07 00:00", "orange")
_ENDS = "重污染天气Ⅰ级（红色）预警应急响应自2021年1月5日16时起终止"
_NEVER = "原定自2021年1月7日0时起启动的重污染天气Ⅱ级（橙色）预警应急响应取消，不再启动"


@pytest.mark.parametrize(
    ("given", "paper", "over", "items"),
    [
        ([_COUNTY], "取消通知书", f"{_NEVER}；原指令撤回", ["取消"]),
        ([_LIFTED], "终止通知书", f"{_ENDS}，原指令不再执行", ["终止"]),
        ([_LATER], "取消通知书", f"{_NEVER}；原指令撤回", ["取消"]),
        ([_LIFTED, _LATER], "终止通知书", f"{_ENDS}；{_NEVER}，原指令不再执行", ["终止", "取消"]),
    ],
)  # fmt: skip
def test_what_ends_is_told_by_the_warning_of_each_order(
    orders: Maker, footing: Footer, given: list[tuple[str, ...]], paper: str, over: str, items: list[str]
) -> None:
    """One warning is lifted in the hour in which others, of a county and of later days, are taken back."""
    old = orders(*[
        {"county": county, "level": level, "starts": starts, "order_id": f"{name}-E0001-{starts}"}
        | ({"ends": "2021-01-06 00:00"} if name == _LIFTED[1] else {})
        for county, name, starts, level in given
    ])  # fmt: skip
    base = {**dict.fromkeys(WARNING_COLUMNS, ""), "city": "临汾市"}
    issued = {"action": "issue", "ends": "2021-01-09", "issued": "2021-01-03 15:00"}
    lifted = {"action": "lift", "ends": None, "issued": "2021-01-05 15:00"}
    record = pd.DataFrame([
        {**base, **said, "counties": county, "warning_id": name, "level": level, "starts": max(starts, first)}
        for said, first in ((issued, ""), (lifted, "2021-01-05 16:00"))
        for county, name, starts, level in (_LIFTED, _LATER, _COUNTY)
    ])  # fmt: skip
    times = {name: pd.to_datetime(record[name], format="mixed") for name in ("starts", "ends", "issued")}
    table = changes(old, old.iloc[:0], "2021-01-05 16:00")
    got = Builder(replace(footing(old), warnings=record.assign(**times))).change(next(grouped(table)))
    assert (got.title, got.cancelled) == (f"重污染天气应急减排{paper}", paper == "取消通知书")
    assert (got.over, [change.change for change in got.changes]) == (over, items)


def test_what_is_taken_back_beside_what_goes_on_is_no_end(orders: Maker, footing: Footer) -> None:
    """The warning begins later under another name: its first order is taken back, and the new one added."""
    old = orders({"starts": "2021-01-06 00:00", "ends": "2021-01-07 00:00"})
    new = orders({"starts": "2021-01-08 00:00", "order_id": "临汾市-2021010800-E0001"})
    base = {**dict.fromkeys(WARNING_COLUMNS, ""), "warning_id": "临汾市-2021010400", "city": "临汾市", "level": "red"}
    base |= {"starts": "2021-01-06", "ends": "2021-01-07"}
    record = pd.DataFrame([
        {**base, "action": "issue", "issued": "2021-01-03 15:00"},
        {**base, "action": "lift", "ends": None, "issued": "2021-01-05 15:00"},
    ])  # fmt: skip
    times = {name: pd.to_datetime(record[name], format="mixed") for name in ("starts", "ends", "issued")}
    table = changes(old, new, "2021-01-05 16:00")
    got = Builder(replace(footing(old), warnings=record.assign(**times))).change(next(grouped(table)))
    assert (got.title, got.over) == ("重污染天气应急减排变更指令", "")
    assert [(change.change, change.now) for change in got.changes] == [
        ("取消", "不再执行"),
        ("新增", "停产（减排100%）"),
    ]


@pytest.mark.parametrize(
    ("reason", "basis", "told"),
    [
        ("上级要求（厅〔2026〕明电9号）1日0时至2日0时不低于红色预警。", "厅〔2026〕明电9号", ""),
        ("1日0时至2日0时共24小时", "《指导意见》预警分级·橙色", "《指导意见》预警分级·橙色"),
    ],
)
def test_a_paper_names_a_basis_once(reason: str, basis: str, told: str) -> None:
    row = {"counties": "", "city": "临汾市", "level": "red", "starts": "2026-12-01 00:00", "ends": "2026-12-02 00:00"}
    more = {"issued": "2026-11-30 15:00", "primary": "PM2.5", "action": "issue"}
    said = row | more | {"reason": reason, "basis": basis}
    assert (_transition(said, "issue").basis, _notice(said, "issue").basis) == (told, told)
