"""规则 as it is computed: documents found, rules in words, and the bench that decides one line as it is typed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from alertengine.files import Profile, scenarios_folder
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import KIND_TEXT, InputError, Level
from alertengine.web.asked import coverage_page
from alertengine.web.bench import FIRST, NO, YES, Bench, BenchQuestion, askable, choices, typed
from alertengine.web.entering import fill, form_file, matters_after, members_taken, workbook_taken
from alertengine.web.intake import DOORS, learn, taken_in
from alertengine.web.rulesview import document_view, rule_view, shelf
from alertengine.web.ruletext import decided, filled, place_of, proposed
from alertengine.workflow import Upload, plan_form, write_entry

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def book() -> Rulebook:
    assert scenarios_folder().is_dir()
    return Rulebook.load()


def test_documents_are_found_by_any_word_of_them_and_by_day(book: Rulebook) -> None:
    assert len(shelf(book)) == len(book.documents)
    assert {row["document"] for row in shelf(book, "柴油货车")} == {
        rule.document for rule in book.rules.values() if "柴油货车" in rule.title
    }
    assert shelf(book, "没有这样的词") == []
    assert all(
        book.documents[row["document"]].valid.holds(date(2021, 1, 5)) for row in shelf(book, "", date(2021, 1, 5))
    )


def test_every_rule_of_the_rulebook_can_be_said_in_chinese(book: Rulebook) -> None:
    for rule in book.rules.values():
        view = rule_view(book, rule)
        assert view.kind in KIND_TEXT.values()
        assert view.then or view.parameters, rule.id
        assert not any("_" in text for text in (*view.when, *view.then)), rule.id


def test_a_document_shows_its_clauses_its_holes_and_its_rules(book: Rulebook) -> None:
    for name, document in book.documents.items():
        view = document_view(book, name)
        assert len(view.clauses) == len(document.clauses)
        assert len(view.missing) == len(document.missing)
        assert {rule.id for rule in view.rules} == {rule.id for rule in book.rules.values() if rule.document == name}
    with pytest.raises(InputError, match="规则库中没有文件"):
        document_view(book, "nothing")


@pytest.mark.slow
def test_the_bench_decides_as_facts_are_typed(book: Rulebook) -> None:
    bench = Bench(book)
    facts = {"city": "长治市", "industry": "长流程联合钢铁", "process": "烧结", "nox_kg_d": "100", "grade": ""}
    early = bench.ask(BenchQuestion(facts, date(2020, 1, 6), Level.ORANGE))
    late = bench.ask(BenchQuestion(facts, date(2020, 1, 6), Level.ORANGE, hours=120))
    assert (early.order["measure"], late.order["measure"]) == ("stop", "stop_share")
    assert early.order["nox_kg_d"] == 100
    # a notice from 18:00 on says nothing of the day's first hour
    hours = [bench.ask(BenchQuestion(facts, date(2020, 1, 5), Level.ORANGE, hour=hour)).order for hour in (0, 17, 18)]
    assert [order["measure"] for order in hours] == ["", "", "stop"]
    assert early.explanation.phases[0].below
    none = bench.ask(BenchQuestion({"industry": "焦化", "city": "临汾市"}, date(2026, 11, 26), Level.RED))
    assert none.hangs_on
    assert set(none.hangs_on) <= set(askable()) | set(FIRST)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_day_of_no_law_is_told(book: Rulebook, day: date) -> None:
    with pytest.raises(InputError, match="日期"):
        Bench(book).ask(BenchQuestion({"industry": "焦化"}, day, Level.RED, hours=120))


def test_what_no_list_could_hold_is_said_all_at_once() -> None:
    with pytest.raises(InputError) as wrong:
        typed({"nox_kg_d": "很多", "small": "也许", "county": " "})
    assert len(wrong.value.problems) == 2
    assert typed({"small": YES, "stable": NO, "county": ""}) == {"small": True, "stable": False}


def test_fields_offer_what_they_may_hold(book: Rulebook) -> None:
    assert choices("industry", book) == list(book.lists.industries)
    assert choices("small", book) == [YES, NO]
    assert choices("county", book) == []


def test_a_pasted_chapter_is_decided_cell_by_cell_and_handed_back(book: Rulebook) -> None:
    lines = ["熟料", "C级企业：黄色预警期间：停产50%；橙色及以上预警期间：停产。", "D级企业：预警期间停产。"]
    text = "\n".join([*lines, "注：另有规定的除外。"])
    head = {"document": "my-cement", "title": "某市措施", "area": "大同市", "issued": "2027-01-01",
            "valid": {"from": "2027-01-01", "to": "not stated"}, "source": "secondary",
            "entered": {"by": "某局张三", "on": "2027-01-01"}}  # fmt: skip
    found = proposed(book, text, head, "附件", "水泥", "")
    assert found.open == [("表 水泥熟料", "C", "黄色")]
    assert [row["原文"] for row in found.left] == ["注：另有规定的除外。"]
    with pytest.raises(InputError) as refused:
        workbook_taken((), decided(found, {}))
    assert [problem.code for problem in refused.value.problems] == ["cell_not_decided"]
    form = decided(found, {found.open[0]: "停产50%（按生产线）", ("表 水泥熟料", "D", "各级别"): "停产"})
    done = workbook_taken((), form)
    assert set(done.files) == {"my-cement.yaml", "my-cement.test.yaml"}
    document = yaml.safe_load(done.files["my-cement.yaml"])
    assert document["tables"][0]["rows"][0] == ["C", {"stop_share": 0.5, "by": "line"}, "stop", "stop"]
    assert document["tables"][0]["all_levels"][-1] == ["D", "stop"]
    assert done.changes
    shown = {place_of(row): row["录入"] for row in filled(form).cells}
    assert shown[("表 水泥熟料", "C", "黄色")] == "停产50%（按生产线）"
    other = workbook_taken((), form, {"checked_by": "某局李四", "checked_on": "2027-01-02"})
    assert yaml.safe_load(other.files["my-cement.yaml"])["entered"]["checked_by"] == "某局李四"
    with pytest.raises(InputError) as same:
        workbook_taken((), form, {"checked_by": "某局张三", "checked_on": "2027-01-02"})
    assert "核对人须不是录入人" in same.value.problems[0].text("zh")
    with pytest.raises(InputError, match="没有读到等级和预警级别"):
        proposed(book, "没有等级的一段话。", head, "", "水泥", "")


@pytest.mark.slow
def test_a_plan_typed_into_the_page_is_the_form_that_excel_fills_in(book: Rulebook, tmp_path: Path) -> None:
    form = plan_form(book, "临汾市", {"entered": {"by": "甲", "on": date(2026, 11, 1)}}, date(2026, 11, 28)).form
    names = [sheet.name for sheet in form.sheets]
    head, steps = (form.sheets[names.index(name)].rows for name in ("文件", "程序"))
    place = {row[0]: number for number, row in enumerate(head)}
    actor = steps[0].index("责任单位或责任人")
    cells = {("文件", place["标题"], 1): "合成预案", ("文件", place["生效"], 1): "2026-10-08",
             ("程序", 1, actor): "合成局", ("程序", len(steps), 0): "救济",
             ("程序", len(steps), actor): "市司法局"}  # fmt: skip
    upload = Upload("本页.xlsx", form_file(fill(form, cells, {"程序": 1})))
    entry = workbook_taken((tmp_path,), upload)
    document = yaml.safe_load(entry.files["linfen-plan.yaml"])
    assert [rule["actor"] for rule in document["rules"]] == ["合成局", "市司法局"]
    assert document["entered"]["by"] == "甲"
    assert any(one["what"] == "程序：签发（红色）" for one in document["missing"])
    after = matters_after((tmp_path,), entry, "临汾市")
    assert not any("未录入：临汾市" in row["text"] for row in after)
    assert sorted(path.name for path in write_entry(entry, tmp_path)) == ["linfen-plan.test.yaml", "linfen-plan.yaml"]
    cells["程序", 1, 0] = "会伤"
    with pytest.raises(InputError) as told:
        workbook_taken((tmp_path,), Upload("本页.xlsx", form_file(fill(form, cells, {"程序": 1}))))
    assert [(one.file, one.row) for one in told.value.problems] == [("本页.xlsx [程序]", 2)]


def test_a_list_of_members_with_headers_of_its_own_is_learned_once(
    book: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a person says of the columns holds for the table itself, not only for what is shown of it."""
    monkeypatch.setenv("ALERTENGINE_PROFILES", str(tmp_path / "profiles"))
    rows = "序,厂子,备查号\n1,甲铸造（合成）有限公司,\n2,乙砖厂（合成）,91140000MA0K00003A\n"
    upload, door = Upload("豁免.csv", rows.encode("gb18030")), DOORS["rules.members"]
    found = taken_in(upload, door, book.lists)
    assert found.refused
    assert found.sheets[0].headers == ("序", "厂子", "备查号")
    given = ("错峰豁免清单", "合成名单", date(2026, 11, 15), None)
    with pytest.raises(InputError, match=r"表头|header"):
        members_taken((), upload, *given, whole=False)
    said = Profile.model_validate({"as": "members", "fields": {"厂子": "企业名称", "备查号": "统一社会信用代码"}})
    assert not learn(upload, "members", said, "豁免", book.lists).refused
    entry = members_taken((), upload, *given, whole=False)
    members = yaml.safe_load(entry.files["vocabulary/错峰豁免清单.yaml"])["named_lists"][0]["members"]
    assert {"name": "甲铸造（合成）有限公司"}.items() <= members[-2].items()
    assert {"name": "乙砖厂（合成）", "code": "91140000MA0K00003A"}.items() <= members[-1].items()


def test_coverage_asks_for_a_day_and_a_known_city() -> None:
    assert "覆盖" in coverage_page((), "2026-11-26", "临汾市")
    for day, city, told in (("", "", "请选择日期"), ("2026-11-26", "无此市", "没有这个城市")):
        with pytest.raises(InputError, match=told):
            coverage_page((), day, city)
