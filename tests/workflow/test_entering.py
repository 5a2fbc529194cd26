"""A bureau enters its own law by forms: a city's plan, what became of documents, who stands on a closed list.

What is filled in here is synthetic.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from alertengine.engine import Facts, check_dialect
from alertengine.files import Findings
from alertengine.lists import lines_from
from alertengine.rulebook import DocumentLoader, Rulebook, read_import
from alertengine.rulebook.excel.exchange import differences
from alertengine.rulebook.excel.plan_rows import TO_FILL
from alertengine.vocabulary import InputError
from alertengine.workflow import NewRecord, ended, members_entered, plan_form, recorded, write_entry, write_plan
from alertengine.workflow.entering.members import read_members
from tests.cli.made import runner

DAY = date(2026, 11, 28)
HEAD = {
    "标题": "合成市预案", "文号": "合成〔2026〕1号", "发文机关": "合成市政府", "发文日期": "2026-10-01",
    "生效": "2026-10-08", "文本性质": "官方文本", "录入人": "甲", "录入日期": "2026-11-01", "页码": "1-32",
    "核对人": "乙", "核对日期": "2026-11-02",
}  # fmt: skip
#: What fills a column wherever it waits.
CELLS = {
    "责任单位或责任人": "市指挥部", "几小时内": "2小时内", "级别": "各级别", "措施": "合成措施", "责任部门": "住建",
    "责任单位": "人民政府", "成员": "临汾市、运城市", "值班电话": "0357-0000000",
}  # fmt: skip


def fill(path: Path, skip: Callable[[str, dict[str, Any]], bool] = lambda _sheet, _row: False, **cells: str) -> None:
    """Fill in a form as a person does, but for the rows to be skipped."""
    book = openpyxl.load_workbook(path)
    for row in book["文件"].iter_rows(min_row=2):
        row[1].value = HEAD.get(row[0].value, row[1].value)
    for sheet in ("程序", "响应措施", "区县", "联动", "联系"):
        top, *rows = book[sheet].iter_rows()
        heads = [cell.value for cell in top]
        for row in rows:
            if skip(sheet, dict(zip(heads, (cell.value for cell in row), strict=True))):
                continue
            for name, cell in zip(heads, row, strict=True):
                if cell.value == TO_FILL:
                    cell.value = {**CELLS, **cells}.get(name, cell.value)
    book.save(path)


def cells_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(path)}


def waiting(path: Path) -> int:
    return sum(cell == TO_FILL for rows in cells_of(path).values() for row in rows for cell in row[:13])


run = runner()


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory, shipped: Rulebook) -> Path:
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    write_plan(shipped, plan_form(shipped, "临汾", {}, DAY), path)
    return path


@pytest.fixture
def form(blank: Path, tmp_path: Path) -> Path:
    path = tmp_path / "form.xlsx"
    path.write_bytes(blank.read_bytes())
    return path


@pytest.mark.slow
def test_a_city_without_a_plan_gets_one_by_its_form_alone(form: Path, tmp_path: Path) -> None:
    """Nothing is left open of the plan, and the worked cases written with it hold."""
    law = tmp_path / "law"
    law.mkdir()
    open_before = run("rules", "plan", "临汾市")
    assert open_before.exit_code == 1
    assert "全部文书为草稿" in open_before.output
    fill(form)
    done = run("rules", "import", form, "--into", law, "--yes")
    assert done.exit_code == 0, done.output
    assert "3 cases hold, 0 fail" in done.output
    assert run("rules", "plan", "临汾市", "--rules", law).exit_code == 0
    document = yaml.safe_load((law / "linfen-plan.yaml").read_text(encoding="utf-8"))
    kinds = [rule["kind"] for rule in document["rules"]]
    assert {"procedure", "response", "linkage"} == set(kinds)
    assert "missing" not in document
    counties = next(rule for rule in document["rules"] if rule["title"].startswith("各县"))
    assert counties["actor"].startswith("尧都区人民政府、曲沃县人民政府")


@pytest.mark.slow
def test_a_form_of_which_only_the_head_is_filled_in_leaves_rules_that_can_be_read(form: Path, tmp_path: Path) -> None:
    """There is no case to propose: no file of cases, and the end that nobody wrote is the only defect."""
    law = tmp_path / "law"
    law.mkdir()
    fill(form, lambda _sheet, _row: True)
    book = openpyxl.load_workbook(form)
    next(row for row in book["文件"].iter_rows() if row[0].value == "失效")[1].value = None
    book.save(form)
    done = run("rules", "import", form, "--into", law, "--yes")
    assert "0 cases hold, 0 fail" in done.output, done.output
    assert [path.name for path in law.iterdir()] == ["linfen-plan.yaml"]
    checked = run("rules", "check", "--rules", law)
    assert checked.exit_code == 1
    assert checked.output.count("does not say when it ends") == 1
    assert "1 findings" in checked.output


@pytest.mark.slow
def test_the_form_made_again_is_the_form_as_it_was_left(form: Path, tmp_path: Path, shipped: Rulebook) -> None:
    """Half filled in: what waits still waits, what was filled in stays, and the rules read from it are the same."""
    law = tmp_path / "law"
    law.mkdir()
    fill(
        form,
        lambda sheet, row: (
            row.get("环节") in ("审核", "报告") or sheet in ("联系", "区县") or row.get("对象") == "工地"
        ),
    )
    filled = openpyxl.load_workbook(form)
    next(row for row in filled["文件"].iter_rows() if row[0].value == "文本性质")[1].value = TO_FILL
    report = next(row for row in filled["程序"].iter_rows() if row[0].value == "报告")
    report[4].value, report[9].value = "2", "时限照抄"  # no actor yet
    silent = next(row for row in filled["程序"].iter_rows() if row[0].value == "用印")
    silent[2].value = "—"
    seen = next(row for row in filled["程序"].iter_rows() if row[0].value == "发布")
    seen[4].value = TO_FILL  # the hours alone wait
    filled.save(form)
    first = run("rules", "import", form, "--into", law, "--yes")
    assert first.exit_code == 1, first.output  # nobody said that the text is official: papers are drafts for it
    book = Rulebook.load([law])
    again = tmp_path / "again.xlsx"
    write_plan(book, plan_form(book, "临汾市", {}, DAY), again)
    assert waiting(again) == waiting(form)
    rows = cells_of(again)["程序"]
    kept = next(row for row in rows if row[0] == "报告")
    assert (kept[2], kept[4], kept[9]) == (TO_FILL, "2", "时限照抄")
    assert next(row for row in rows if row[0] == "用印")[2] == "—"
    read = read_import(book, again, check_dialect)
    assert read.changes == []
    document = yaml.safe_load(read.text)
    assert document == yaml.safe_load((law / "linfen-plan.yaml").read_text(encoding="utf-8"))
    open_matters = run("rules", "plan", "临汾市", "--rules", law)
    assert "审批表“审核”的责任人未录入" in open_matters.output
    assert "审批表“签发”的责任人未录入" not in open_matters.output


@pytest.mark.slow
def test_a_shipped_plan_begins_a_new_document_that_takes_its_place(shipped: Rulebook, tmp_path: Path) -> None:
    found = plan_form(shipped, "太原市", {}, DAY)
    assert found.after is not None
    assert found.after.document == "taiyuan-2019-plan"
    path = tmp_path / "form.xlsx"
    write_plan(shipped, found, path)
    rows = {row[0]: row[1] for row in cells_of(path)["文件"]}
    assert rows["文件编号"] == "taiyuan-plan"
    assert "taiyuan-2019-plan" in str(rows["替代"])
    approve = [row for row in cells_of(path)["程序"] if row[0] == "签发"]
    assert {row[2] for row in approve} == {"主管副市长", "市长"}
    fill(path)
    law = tmp_path / "law"
    law.mkdir()
    assert run("rules", "import", path, "--into", law, "--yes").exit_code == 0
    book = Rulebook.load([law])
    assert not book.holds(book.rules["typlan-approve"], DAY)


def test_all_errors_of_a_form_are_told_by_sheet_and_cell_and_nothing_is_written(form: Path, tmp_path: Path) -> None:
    fill(form)
    book = openpyxl.load_workbook(form)
    book["程序"]["A2"], book["程序"]["B4"], book["程序"]["E3"] = "会伤", "蓝色", "很快"
    book["响应措施"]["A2"] = "健康防户"
    book["联系"]["C2"] = "13800000000"
    book["区县"]["L1"] = "电话"
    book["文件"]["B6"] = "去年"
    book.save(form)
    law = tmp_path / "law"
    law.mkdir()
    told = run("rules", "import", form, "--into", law, "--yes")
    assert told.exit_code == 2
    assert list(law.iterdir()) == []
    for words in ("[程序], row 2, 环节", "会商", "[程序], row 4, 级别", "[程序], row 3, 几小时内",
                  "[响应措施], row 2, 类别", "健康防护", "[联系], row 2, 值班电话", "[区县], row 1, 电话",
                  "[文件], row 6, 发文日期"):  # fmt: skip
        assert words in told.output, words


def test_words_of_officers_are_taken(form: Path, shipped: Rulebook) -> None:
    fill(form, 级别="橙色预警及以上", 几小时内="1.5小时")
    document = yaml.safe_load(read_import(shipped, form, check_dialect).text)
    measures = [rule for rule in document["rules"] if rule["kind"] == "response"]
    assert {tuple(rule["levels"]) for rule in measures} == {("orange", "red")}
    propose = next(rule for rule in document["rules"] if rule.get("step") == "propose")
    assert (propose["within_hours"], propose["text"]) == (1.5, "会商后1.5小时内提出预警建议")


def test_every_plan_on_file_reads_back_from_its_form(shipped: Rulebook, tmp_path: Path) -> None:
    """Whatever a plan document holds beside the sheets of the form stays in sheets of its own."""
    law = tmp_path / "law"
    law.mkdir()
    raw = yaml.safe_load(Path(shipped.documents["taiyuan-2019-plan"].file).read_text(encoding="utf-8"))
    raw |= {"document": "own-plan", "area": "临汾市", "tables": [{
        "id": "own-kiln", "article": "五", "title": "表", "kind": "measure",
        "when": {"industry": "水泥", "process": "熟料"},
        "match": "effective_grade", "levels": ["yellow", "orange"], "rows": [["C", "missing", "stop"]]}]}  # fmt: skip
    for rule in raw["rules"]:
        rule["id"] = f"own-{rule['id']}"
    raw["rules"] += [
        {"id": "own-m", "article": "五", "title": "停产", "kind": "measure", "about": "line",
         "when": {"industry": "铸造"}, "then": "stop"},
        {"id": "own-like", "like": "own-typlan-issue", "title": "又一条", "levels": "red"},
        {"id": "own-r", "article": "六", "title": "限行", "kind": "response", "levels": "red", "group": "mandatory",
         "about": "vehicles", "text": "限行国四", "vehicles": {"stage_at_most": 4, "classes": "重型载货"}},
    ]  # fmt: skip
    raw["clauses"] = [{"clause": "六", "text": "其他", "reason": "无数值"}]
    (law / "own-plan.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    book = Rulebook.load([law])
    path = tmp_path / "form.xlsx"
    write_plan(book, plan_form(book, "临汾市", {}, DAY), path)
    (law / "back.yaml").write_text(read_import(book, path, check_dialect).text, encoding="utf-8")
    loader = DocumentLoader(book.lists, book.layers)
    one, other = (loader.load(law / name) for name in ("own-plan.yaml", "back.yaml"))
    assert differences(one, other) in ([], ["head"])  # what the form asks beside is declared missing
    assert {hole.what for hole in one.document.missing} <= {hole.what for hole in other.document.missing}


# -- what became of documents


PAPER = {
    "document": "own-paper", "title": "合成通知", "area": "临汾市", "source": "secondary",
    "valid": {"from": date(2026, 10, 1), "to": "not stated"},
}  # fmt: skip


def test_a_lapsed_document_goes_on_where_that_is_on_record(tmp_path: Path) -> None:
    law = tmp_path / "law"
    entry = recorded([], law, ["晋政办发〔2019〕39号"], PAPER, NewRecord.continued("合成市政府"))
    write_entry(entry, law)
    book = Rulebook.load([law])
    rule = next(one for one in book.rules.values() if one.document == "shanxi-2019-39" and book.overdue(one, DAY))
    assert book.continuations(rule, DAY)
    assert not book.continuations(rule, date(2026, 9, 30))
    assert entry.day == date(2026, 10, 1)
    assert entry.notes == []
    assert run("rules", "test", "--document", "own-paper", "--rules", law).exit_code == 0


def test_that_a_document_goes_on_which_has_not_lapsed_is_said(tmp_path: Path) -> None:
    entry = recorded([], None, ["linfen-2017-winter"], PAPER, NewRecord.continued("甲"))
    assert [one.code for one in recorded([], None, ["mee-2024-6"], PAPER, NewRecord.continued("甲")).notes] == [
        "record_not_lapsed"
    ]
    assert {Path(name).suffix for name in entry.files} == {".yaml"}


@pytest.mark.slow
def test_a_document_ends_another_from_an_hour_on_and_the_case_is_on_both_sides(tmp_path: Path) -> None:
    law = tmp_path / "law"
    head = {**PAPER, "area": "晋城市", "valid": {"from": "2023-03-19 12:00", "to": "not stated"}}
    entry = ended([], law, ["jincheng-2023-03-18"], head)
    assert entry.notes == []
    write_entry(entry, law)
    assert run("rules", "test", "--document", "own-paper", "--rules", law).exit_code == 0
    second = ended([law], law, ["jcw2301-in-force"], {"document": "own-paper", "valid": {"from": date(2026, 1, 1)}})
    document = yaml.safe_load(second.files["own-paper.yaml"])
    assert [one.get("document", one.get("rule")) for one in document["replaces"]] == [
        "jincheng-2023-03-18", "jcw2301-in-force"]  # fmt: skip
    again = ended([law], law, ["jincheng-2023-03-18"], {"document": "own-paper", "valid": {"from": date(2023, 3, 20)}})
    assert len(yaml.safe_load(again.files["own-paper.yaml"])["replaces"]) == 1


def test_a_text_that_was_compared_is_official_from_then_on(tmp_path: Path) -> None:
    law = tmp_path / "law"
    entry = recorded([], law, ["环大气〔2024〕6号"], PAPER, NewRecord.compared("甲", "公报", "12"))
    write_entry(entry, law)
    book = Rulebook.load([law])
    assert book.standing_of(book.documents["mee-2024-6"]) == "primary"


def test_each_text_is_compared_with_an_edition_of_its_own_and_found_by_what_is_said(tmp_path: Path) -> None:
    """What is on file already is not said again; who entered a text does not compare it."""
    law = tmp_path / "law"
    law.mkdir()
    own = {"document": "own", "title": "自录", "number": "甲〔2026〕1号", "issuer": "某局", "issued": "2026-01-01",
           "area": "临汾市", "valid": {"from": "2026-01-01", "to": "not stated"}, "source": "secondary",
           "entered": {"by": "某局张三", "on": "2026-01-02", "pages": "1"}, "rules": []}  # fmt: skip
    (law / "own.yaml").write_text(yaml.safe_dump(own, allow_unicode=True), encoding="utf-8")
    paper = ["--document", "seen", "--title", "题", "--area", "临汾市", "--from", "2026-11-01", "--into", law, "--yes"]
    texts = ["own", "shanxi-2021-season", "--edition", "甲报", "--edition", "乙报", "--page", "3"]
    refused = run("rules", "compared", *texts, "--by", "张三", *paper)
    assert refused.exit_code == 2
    for said in ("--text-issued", "--text-number", "自录", "张三"):
        assert said in refused.output
    assert not (law / "seen.yaml").exists()
    found = ["--text-issued", "2021-01-24", "--text-number", "合成令", "--text-issuer", "合成机关"]
    assert run("rules", "compared", *texts, *found, "--by", "李四", *paper).exit_code == 0
    rules = yaml.safe_load((law / "seen.yaml").read_text(encoding="utf-8"))["rules"]
    assert [(one["verifies"], one["edition"], one["page"]) for one in rules] == [
        (["own"], "甲报", "3"), (["shanxi-2021-season"], "乙报", "3")]  # fmt: skip
    assert [{"issuer", "issued", "number"} & set(one) for one in rules] == [set(), {"issued", "number"}]
    book = Rulebook.load([law])
    assert {book.standing_of(book.documents[name]) for name in ("own", "shanxi-2021-season")} == {"primary"}
    three = run("rules", "compared", "own", "shanxi-2021-season", "mee-2024-6", "--by", "丁", *texts[2:], *paper)
    assert three.exit_code == 2
    assert "--edition" in three.output


def test_all_that_a_record_lacks_is_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        recorded([], None, ["没有这份", "guide-2020-34"], {"document": "x"}, NewRecord.compared("", "", "1"))
    codes = [one.code for one in told.value.problems]
    assert codes.count("record_of_nothing") == 2
    assert {one.where for one in told.value.problems if one.code == "scaffold_needs"} >= {
        "--title", "--area", "--from", "--by", "--edition"}  # fmt: skip
    with pytest.raises(InputError) as foreign:
        ended([], None, ["guide-2020-340"], {**PAPER, "document": "mee-2024-6"})
    assert [one.code for one in foreign.value.problems] == ["record_in_foreign"]


# -- closed lists


def members(path: Path, *rows: tuple[str, str]) -> Path:
    book = openpyxl.Workbook()
    page: Any = book.active
    page.append(["附件：豁免清单（合成）"])
    page.append(["序号", "企业名称", "统一社会信用代码"])
    for number, row in enumerate(rows, start=1):
        page.append([number, *row])
    book.save(path)
    return path


def test_the_members_of_a_closed_list_stand_on_it_for_their_days(tmp_path: Path) -> None:
    law = tmp_path / "law"
    table = members(tmp_path / "a.xlsx", ("甲铸造（合成）有限公司", ""), ("", "91140000000000000X"))
    write_entry(members_entered([], "豁免清单", table, "合成名单", date(2026, 11, 15)), law)
    later = members(tmp_path / "b.xlsx", ("甲铸造(合成)有限公司", ""), ("乙", ""))
    write_entry(members_entered([law], "错峰豁免清单", later, "合成二", date(2026, 12, 1), whole=True), law)
    book = Rulebook.load([law])
    held = {one.name or one.code: (one.first, one.last) for one in book.lists.named_lists["错峰豁免清单"].members
            if one.source == "合成名单"}  # fmt: skip
    assert set(held.values()) == {(date(2026, 11, 15), date(2026, 11, 30))}
    rows = [
        {"enterprise": "甲铸造(合成)有限公司", "enterprise_id": "1", "city": "临汾市", "line_id": "1"},
        {
            "enterprise": "丙",
            "enterprise_id": "91140000000000000X",
            "city": "临汾市",
            "line_id": "2",
            "named_lists": "无",
        },
        {"enterprise": "丁", "enterprise_id": "3", "city": "临汾市", "line_id": "3"},
        {"enterprise": "乙", "enterprise_id": "4", "city": "临汾市", "line_id": "4", "named_lists": "炉窑清单"},
    ]
    lines = lines_from(rows, book.lists)

    def on(day: date) -> list[str | None]:
        column = Facts(lines, book.lists, day).text("named_lists")
        return [column.categories[code] if code >= 0 else None for code in column.codes]

    assert on(date(2026, 11, 14)) == [None, "无", None, "炉窑清单"]
    assert on(date(2026, 11, 20)) == ["其余未知;错峰豁免清单", "错峰豁免清单", None, "炉窑清单"]
    assert on(date(2026, 12, 1)) == ["其余未知;错峰豁免清单", "无", None, "炉窑清单;错峰豁免清单"]
    facts = Facts(lines, book.lists, date(2026, 11, 20))
    assert not facts.is_known("named_lists", "其余未知", {"炉窑清单"})  # it may stand on others


def test_what_a_table_of_members_lacks_is_told(tmp_path: Path) -> None:
    table = members(tmp_path / "a.xlsx", ("甲", "12345"))
    with pytest.raises(InputError) as told:
        members_entered([], "错峰豁", table, "", date(2026, 11, 15), date(2026, 1, 1))
    assert {one.code for one in told.value.problems} == {
        "scaffold_needs", "name_not_on_file", "members_reversed", "credit_code"}  # fmt: skip
    entry = members_entered([], "错峰豁免清单", table, "合成", date(2026, 11, 15))
    assert [one.code for one in entry.problems] == ["credit_code"]
    (tmp_path / "b.csv").write_text("序,厂子\n1,甲\n", encoding="utf-8")
    with pytest.raises(InputError) as both:
        members_entered([], "错峰豁", tmp_path / "b.csv", "合成", date(2026, 11, 15))
    assert "name_not_on_file" in {one.code for one in both.value.problems}
    assert len(both.value.problems) > 1


def test_those_that_act_together_are_places_on_file(form: Path, shipped: Rulebook) -> None:
    fill(form, 成员="吕粱市，临汾市/尧都")
    with pytest.raises(InputError) as told:
        read_import(shipped, form, check_dialect)
    wrong = [one for one in told.value.problems if one.code == "unknown_member"]
    assert [(one.value, one.column, one.row) for one in wrong] == [("吕粱市", "成员", 2)]
    assert "吕梁市" in wrong[0].words("zh")[1]
    fill(form, 成员="太原、晋中；吕梁")
    fresh = openpyxl.load_workbook(form)
    fresh["联动"]["B2"] = "太原、晋中；尧都区"
    fresh.save(form)
    with pytest.raises(InputError) as county:
        read_import(shipped, form, check_dialect)
    assert "临汾市/尧都区" in county.value.problems[0].words("zh")[1]


def test_a_member_without_a_name_or_code_that_can_be_seen_is_none(tmp_path: Path) -> None:
    table = tmp_path / "members.csv"
    table.write_text("企业名称,统一社会信用代码\n,\u200b\n合成厂,\u200b\n", encoding="utf-8")
    assert read_members(table, Findings(str(table))) == [{"name": "合成厂"}]
