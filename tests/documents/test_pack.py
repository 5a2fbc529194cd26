"""The evening pack: what each paper says, what is missing, who signs, where inspectors go first."""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from alertengine.cli import main
from alertengine.documents import KINDS, Evening, Footing, read_pack_templates, write_packs
from alertengine.documents.document import context, names_of
from alertengine.documents.pack import evening_pack
from alertengine.documents.pack.build import packs, task_sheets
from alertengine.documents.pack.departments import Department, read_departments, tasks_of, unassigned
from alertengine.documents.pack.evening_pack import Action, Pack
from alertengine.documents.pack.night import inspection_rows
from alertengine.documents.pack.write import PACK_TEMPLATES
from alertengine.files import Protocol
from alertengine.files.readings import LeftOut
from alertengine.orders._respond import DOUBTS
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import WARNING_COLUMNS, InputError
from alertengine.workflow.signatures import levels_of
from tests.conftest import BookMaker, document
from tests.documents.conftest import Maker, text_of

pytestmark = pytest.mark.whole

Footer = Callable[..., Footing]
EveningMaker = Callable[..., Evening]


@pytest.fixture(scope="module")
def departments() -> tuple[Department, ...]:
    return read_departments(PACK_TEMPLATES / "departments.yaml")


@pytest.fixture(scope="module")
def evening(orders: Maker, footing: Footer, shipped: Rulebook) -> EveningMaker:
    """An evening of some orders under one transition."""

    def make(
        *rows: Mapping[str, Any], book: Rulebook | None = None, city: str = "临汾市", known: Any = None, **cells: Any
    ) -> Evening:
        law = book or shipped
        table = orders(*[{"city": city, **row} for row in rows or ({},)])
        enterprises = footing(table, book=law).enterprises
        assert enterprises is not None
        warning = {
            **dict.fromkeys(WARNING_COLUMNS, ""),
            "warning_id": f"{city}-2021010400",
            "city": city,
            "action": "issue",
            "level": "red",
            "starts": pd.Timestamp("2021-01-04"),
            "ends": pd.Timestamp("2021-01-09"),
            "issued": pd.Timestamp("2021-01-03 15:00"),
            "primary": "PM2.5",
            "reason": "预报AQI大于300",
            "basis": "《某指导意见》",
            **cells,
        }
        return Evening(law, enterprises, pd.DataFrame([warning]), table, known or [])

    return make


def only(evening: Evening, departments: tuple[Department, ...]) -> Pack:
    (pack,) = packs(evening, departments)
    return pack


def test_a_city_signs_by_its_own_procedure(evening: EveningMaker, departments: tuple[Department, ...]) -> None:
    red = only(evening(city="太原市"), departments)
    assert [(one.step, one.actor, one.due) for one in red.signatures] == [
        ("提出", "市应急指挥部办公室", "会商后2小时内"),
        ("审核", "", ""),
        ("签发", "市长", ""),
        ("用印", "", ""),
    ]
    orange = only(evening({"level": "orange"}, city="太原市", level="orange"), departments)
    assert orange.signatures[2].actor == "主管副市长"
    assert red.plan.startswith("《太原市重污染天气应急预案")


@pytest.mark.parametrize(
    ("action", "level", "starts", "signer"),
    [("lower", "orange", "2021-01-06", "市长"), ("raise", "red", "2021-01-06", "市长"),
     ("extend", "orange", "2021-01-09", "主管副市长")],
)  # fmt: skip
def test_the_form_is_signed_as_the_record_asks(
    evening: EveningMaker, departments: tuple[Department, ...], action: str, level: str, starts: str, signer: str
) -> None:
    """By the gravest level that is decided on or gone on from, in form and record alike."""
    before = {"lower": "red"}.get(action, "orange")
    first = evening({"level": level}, city="太原市", level=before)
    (row,) = first.table.to_dict("records")
    more = {"action": action, "level": level, "issued": pd.Timestamp("2021-01-05 15:00")}
    changed = pd.DataFrame([{**row, **more, "starts": pd.Timestamp(starts), "ends": pd.Timestamp("2021-01-12")}])
    whole = replace(first, table=changed, history=pd.concat([first.table, changed], ignore_index=True))
    assert only(whole, departments).signatures[2].actor == signer
    assert str(levels_of(whole.orders, whole.record)["太原市"][0]) == ("red" if signer == "市长" else "orange")


@pytest.mark.slow
def test_the_approval_form_says_what_was_left_out_of_the_files(
    evening: EveningMaker, departments: tuple[Department, ...], tmp_path: Path
) -> None:
    """Which rows of which file were no lines; nothing where all were."""
    left = (
        LeftOut("sum", 7, "合计", "尧都区"),
        LeftOut("sum", 9, "合计", "尧都区"),
        LeftOut("note", 10, "填表人：张某"),
    )
    read = [Protocol("a/清单.xlsx", "xlsx", left_out=left, rows=3), Protocol("a/预报.csv", "csv", rows=4)]
    one = replace(evening(), readings=read)
    said = "清单.xlsx：未计入：合计行2行（“尧都区”第7行、“尧都区”第9行）；说明、签名等1行（第10行）"
    assert only(one, departments).left_out == (said,)
    write_packs(one, tmp_path / "with")
    write_packs(evening(), tmp_path / "without")
    assert said in text_of(tmp_path / "with/pack/临汾市/01-预警审批表.docx")
    assert "未计入" not in text_of(tmp_path / "without/pack/临汾市/01-预警审批表.docx")


def test_the_approval_form_names_a_ground_without_end(
    evening: EveningMaker, departments: tuple[Department, ...]
) -> None:
    ground = "《某方案》三(六)（为2019年制定，有效期未载明）"
    matters = [one.text for one in only(evening({"basis": ground}, {"line_id": "02"}), departments).matters]
    assert [text for text in matters if "有效期" in text] == [f"依据有效期未载明：{ground}"]


def test_no_citys_procedure_serves_another(evening: EveningMaker, departments: tuple[Department, ...]) -> None:
    pack = only(evening(), departments)
    assert [one.actor for one in pack.signatures] == [""] * 4
    assert pack.plan == ""
    assert any("市级预案未录入" in one.text and one.settled_by for one in pack.matters)
    assert any(one.basis.startswith("《中华人民共和国大气污染防治法》第九十五条") for one in pack.steps)
    assert not any("太原" in text for one in pack.steps for text in (one.actor, one.basis))


def test_measures_go_to_whom_the_rule_names_else_to_whom_the_bureau_assigns(
    departments: tuple[Department, ...],
) -> None:
    named = Action("强制性", "禁烧", "", "市公安局", "《甲》一", "官方文本")
    bare = Action("强制性", "停土方", "", "", "《甲》二", "官方文本")
    lost = Action("强制性", "矿山停工", "", "", "《甲》三", "官方文本")
    actions = [("burning", named), ("sites", bare), ("mines", lost)]
    got = {one.name: tasks_of(one, departments, actions) for one in departments}
    assert got["交警"] == (named,)
    assert got["城管"] == ()
    assert [(task.text, task.assumed) for task in got["住建"]] == [("停土方", True)]
    assert unassigned(departments, actions) == (lost,)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["sites", "roads", "mines", "public"]), st.sampled_from(["", "市教育局"]))))
def test_no_measure_is_lost_between_departments(pairs: list[tuple[str, str]]) -> None:
    every = read_departments(PACK_TEMPLATES / "departments.yaml")
    actions = [(about, Action("强制性", f"措施{n}", "", who, "《甲》", "")) for n, (about, who) in enumerate(pairs)]
    taken = {task.text for one in every for task in tasks_of(one, every, actions)}
    left = {action.text for action in unassigned(every, actions)}
    assert taken | left == {action.text for _, action in actions}
    assert not taken & left


def response(**keys: Any) -> dict[str, Any]:
    head = {"kind": "response", "levels": "red", "group": "health", "about": "public"}
    return {**head, "text": str(keys.get("title")), **keys}


def test_papers_carry_the_citys_measures_with_their_ground(
    evening: EveningMaker, make_book: BookMaker, departments: tuple[Department, ...], tmp_path: Path
) -> None:
    whole_year = response(id="y", title="全年禁烧", group="mandatory", about="burning")
    rules = [
        response(id="h", title="儿童留在室内"),
        response(id="s", title="停止土石方作业", group="mandatory", about="sites"),
        response(id="o", title="橙色才有的措施", levels="orange"),
        {name: said for name, said in whole_year.items() if name != "levels"},
    ]
    law = evening(book=make_book(document("city", title="某市预案", area="临汾市", emergency_plan=True, rules=rules)))
    pack = only(law, departments)
    assert [one.text for one in pack.health] == ["儿童留在室内"]
    assert [one.text for one in pack.mandatory] == ["停止土石方作业"]
    sheets = {one.department: one for one in task_sheets(pack, law, departments)}
    assert [(one.text, one.group) for one in sheets["城管"].tasks] == [("全年禁烧", "常年要求")]
    written = write_packs(law, tmp_path)
    folder = tmp_path / "pack" / "临汾市"
    sms = (folder / "05-短信.txt").read_text(encoding="utf-8").strip()
    assert (sms.endswith("儿童留在室内。"), written.to_fill) == (True, ["临汾市/04-公众提示.txt"])
    assert written.sms == {"临汾市": len(sms)}
    assert f"短信字数：{len(sms)}" in (folder / "00-目录.txt").read_text(encoding="utf-8")
    assert "停止土石方作业" in text_of(folder / "03-部门任务单/住建.docx")
    assert "归口" not in text_of(folder / "03-部门任务单/住建.docx"), "doubts stand on the approval form"
    assert "部门归口由分工文件确定、规则未载明：住建1项" in text_of(folder / "01-预警审批表.docx")
    assert "橙色才有的措施" not in "".join(text_of(path) for path in folder.rglob("*.docx"))


def test_what_is_not_on_file_is_said_and_not_invented(evening: EveningMaker, tmp_path: Path) -> None:
    written = write_packs(evening(), tmp_path)
    folder = tmp_path / "pack" / "临汾市"
    assert len(written.to_fill) == 2
    assert "程序未录入" in text_of(folder / "01-预警审批表.docx")
    assert "规则库未录入本市的强制性措施" in text_of(folder / "01-预警审批表.docx")
    assert "报送要求和时限：规则库未录入" in text_of(folder / "01-预警审批表.docx")
    for name in ("02-应急响应通知", "03-部门任务单/教育", "06-启动情况报告"):
        text = text_of(folder / f"{name}.docx")
        assert not any(word in text for word in ("未录入", "推定", "文本性质")), "doubts stand on the approval form"
    assert "【待填" in (folder / "05-短信.txt").read_text(encoding="utf-8")


def test_a_warning_is_lifted_and_the_response_ends(
    evening: EveningMaker, departments: tuple[Department, ...], tmp_path: Path
) -> None:
    lifted = evening(action="lift", level="red", ends=pd.NaT)
    pack = only(lifted, departments)
    title = "关于解除重污染天气红色预警并终止Ⅰ级应急响应的通知"
    assert (pack.title, pack.kind, pack.ended) == (title, "解除", True)
    write_packs(lifted, tmp_path)
    folder = tmp_path / "pack" / "临汾市"
    assert not (folder / "07-夜间检查清单.xlsx").exists()
    assert not (folder / "03-部门任务单").exists()
    sms = (folder / "05-短信.txt").read_text(encoding="utf-8")
    assert "解除重污染天气红色预警，终止Ⅰ级应急响应" in sms
    assert "终止Ⅰ级应急响应" in text_of(folder / "02-应急响应通知.docx")
    assert (folder / "06-终止情况报告.docx").is_file()


@pytest.mark.parametrize(
    ("action", "said"),
    [("raise", "升级为红色预警"), ("lower", "降级为红色预警"), ("extend", "延长重污染天气红色预警")],
)
def test_titles_of_changes(evening: EveningMaker, departments: tuple[Department, ...], action: str, said: str) -> None:
    assert said in only(evening(action=action), departments).title


def test_advice_and_other_cities_make_no_papers(evening: EveningMaker, departments: tuple[Department, ...]) -> None:
    assert list(packs(evening(action="advise", level=""), departments)) == []
    assert list(packs(replace(evening(), cities=("大同市",)), departments)) == []


def test_inspectors_go_where_most_is_at_risk(orders: Maker) -> None:
    table = orders(
        {"county": "甲县", "enterprise_id": "E1", "so2_kg_d": 1.0},
        {"county": "乙县", "enterprise_id": "E2", "so2_kg_d": 900.0},
        {"county": "乙县", "enterprise_id": "E3", "so2_kg_d": 5000.0},
        {"county": "甲县", "enterprise_id": "E4", "status": "exempt", "so2_kg_d": 9e6},
        {"county": "丙县", "enterprise_id": "E5", "status": "undetermined"},
        {"county": "甲县", "enterprise_id": "E6", "status": "exempt", "transport": "停运", "so2_kg_d": 0.0},
    )
    rows = inspection_rows(table)
    assert list(rows["enterprise_id"]) == ["E3", "E2", "E1", "E6"]


def test_inspectors_look_for_what_holds_now(evening: EveningMaker, tmp_path: Path) -> None:
    past = {"ends": "2021-01-05 00:00", "measure_text": "限产三成", "measure": "limit"}
    now = {"starts": "2021-01-05 00:00", "measure_text": "全线停产"}
    raised = evening(past, now, action="raise", starts=pd.Timestamp("2021-01-05"))
    write_packs(raised, tmp_path)
    book = (tmp_path / "pack" / "临汾市" / "07-夜间检查清单.xlsx").read_bytes()
    cells = [
        cell
        for row in CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(1).to_python()
        for cell in row
    ]
    assert "全线停产" in cells
    assert "限产三成" not in cells


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(amounts=st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(0, 5), st.floats(0, 1e5)), min_size=1))
def test_counties_and_plants_stay_together_and_fall(orders: Maker, amounts: list[tuple[str, int, float]]) -> None:
    table = orders(
        *(
            {"county": county, "enterprise_id": f"{county}{firm}", "line_id": f"{n:03}", "so2_kg_d": amount}
            for n, (county, firm, amount) in enumerate(amounts)
        )
    )
    rows = inspection_rows(table)
    assert len(rows) == len(amounts)
    for keys in (["county"], ["county", "enterprise_id"]):
        runs = (rows[keys] != rows[keys].shift()).any(axis=1).cumsum()
        assert runs.nunique() == len(rows[keys].drop_duplicates())
    sums = rows.groupby("county", sort=False)["weight"].sum().round(6)
    assert list(sums) == sorted(sums, reverse=True)


def test_the_inspection_list_is_a_workbook_to_write_on(evening: EveningMaker, tmp_path: Path) -> None:
    write_packs(evening({"so2_kg_d": float("nan"), "line": "=1+1"}), tmp_path)
    content = (tmp_path / "pack" / "临汾市" / "07-夜间检查清单.xlsx").read_bytes()
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["按区县", "夜间检查清单"]
    rows = book.get_sheet_by_name("夜间检查清单").to_python()
    assert rows[4][-3:] == ["检查时间", "现场情况", "检查人"]
    assert any("=1+1" in str(cell) for cell in rows[5])
    assert "—" in rows[5]


def test_whom_to_call_is_never_of_the_plant_of_another_city(evening: EveningMaker, tmp_path: Path) -> None:
    """Of an enterprise what its first line says stands for the others: of one city."""
    one = evening({"line_id": "1"}, {"line_id": "2", "city": "运城市"})
    lines = one.enterprises.lines
    one.enterprises.lines = lines.assign(phone=["", "000-1"]).replace({"phone": {"": None}})
    write_packs(one, tmp_path)
    content = (tmp_path / "pack" / "临汾市" / "07-夜间检查清单.xlsx").read_bytes()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("夜间检查清单").to_python()
    assert len(rows) == 6
    assert "000-1" not in rows[5]


def test_a_line_of_the_list_without_its_city_stops_no_paper(evening: EveningMaker, tmp_path: Path) -> None:
    """A list with a blank city on some rows ended in a traceback where a pack was written."""
    one = evening({"line_id": "1"}, {"line_id": "2", "city": "运城市"})
    lines = one.enterprises.lines
    one.enterprises.lines = lines.assign(city=lines["city"].astype("object").where(lines["city"] != "运城市"))
    write_packs(one, tmp_path)
    content = (tmp_path / "pack" / "临汾市" / "07-夜间检查清单.xlsx").read_bytes()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("夜间检查清单").to_python()
    assert len(rows) == 6


@pytest.mark.slow
def test_a_paper_edited_by_hand_is_never_lost(evening: EveningMaker, tmp_path: Path) -> None:
    write_packs(evening(), tmp_path)
    sms = tmp_path / "pack" / "临汾市" / "05-短信.txt"
    sms.write_text("我们改过的短信\n", encoding="utf-8")
    again = write_packs(evening(), tmp_path)
    assert (again.kept, sms.read_text(encoding="utf-8")) == (["临汾市/05-短信.txt"], "我们改过的短信\n")
    changed = write_packs(evening(starts=pd.Timestamp("2021-01-05")), tmp_path)
    assert [path.read_text(encoding="utf-8") for path in changed.copies if path.suffix == ".txt"] == [
        "我们改过的短信\n"
    ]


@pytest.mark.slow
def test_a_bureaus_own_templates_count_and_bad_ones_are_refused(evening: EveningMaker, tmp_path: Path) -> None:
    own = tmp_path / "mine"
    own.mkdir()
    (own / "sms.txt").write_text("本局短信：{{ 城市 }}", encoding="utf-8")
    write_packs(evening(), tmp_path, read_pack_templates(own))
    assert "本局短信：临汾市" in (tmp_path / "pack" / "临汾市" / "05-短信.txt").read_text(encoding="utf-8")
    (own / "sms.txt").write_text("{{ 没有的名称 }}", encoding="utf-8")
    with pytest.raises(InputError, match=r"sms\.txt"):
        write_packs(evening(), tmp_path / "other", read_pack_templates(own))
    assert not (tmp_path / "other").exists()
    (own / "departments.yaml").write_text("departments: [{name: 甲}]", encoding="utf-8")
    with pytest.raises(InputError, match="called"):
        read_pack_templates(own)
    with pytest.raises(InputError, match="no such folder"):
        read_pack_templates(tmp_path / "nowhere")


def test_names_are_text_in_every_paper(evening: EveningMaker, tmp_path: Path) -> None:
    write_packs(evening({"county": "{{ 7*7 }}<w:p/>&县"}), tmp_path)
    report = tmp_path / "pack" / "临汾市" / "06-启动情况报告.docx"
    assert "{{ 7*7 }}<w:p/>&县" in text_of(report)
    assert zipfile.ZipFile(report).testzip() is None


def test_the_guide_names_every_value(evening: EveningMaker, departments: tuple[Department, ...]) -> None:
    guide = (PACK_TEMPLATES.parent / "README.md").read_text(encoding="utf-8")
    kinds = [kind for kind in vars(evening_pack).values() if isinstance(kind, type) and is_dataclass(kind)]
    own = [kind for kind in kinds if kind.__module__ == evening_pack.__name__]
    assert Pack in own
    assert [name for kind in own for name in names_of(kind).values() if name not in guide] == []
    assert list(context(only(evening(), departments))) == list(names_of(Pack).values())


@pytest.mark.slow
def test_respond_writes_the_pack_and_tells_early(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["respond", "linfen-red-episode", "-o", str(tmp_path)])
    assert (result.exit_code, "papers for 临汾市" in result.stderr) == (1, True)
    assert "提前告知" in result.stdout + result.stderr
    assert "推演—不具效力" in text_of(tmp_path / "pack" / "临汾市" / "02-应急响应通知.docx")


def test_the_core_has_all_that_the_pack_needs() -> None:
    core = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "dependencies"
    ]
    assert {"docxtpl", "python-docx"} <= {one.partition(">")[0] for one in core}


@pytest.mark.slow
def test_a_pack_of_a_warning_lifted_drops_the_sheets_of_the_night_before(evening: EveningMaker, tmp_path: Path) -> None:
    write_packs(evening(), tmp_path)
    folder = tmp_path / "pack" / "临汾市"
    assert (folder / "03-部门任务单" / "住建.docx").is_file()
    write_packs(evening(action="lift", ends=pd.NaT), tmp_path)
    assert not (folder / "03-部门任务单" / "住建.docx").exists()
    assert not (folder / "06-启动情况报告.docx").exists()


def test_each_transition_of_an_evening_is_in_the_notice(evening: EveningMaker, tmp_path: Path) -> None:
    made = evening()
    later = {**made.table.iloc[0], "action": "lower", "level": "orange", "starts": pd.Timestamp("2021-01-07")}
    both = replace(made, table=pd.concat([made.table, pd.DataFrame([later])], ignore_index=True))
    write_packs(both, tmp_path)
    text = text_of(tmp_path / "pack" / "临汾市" / "02-应急响应通知.docx")
    assert "临汾市降级为Ⅱ级（橙色）预警（2021年1月7日0时至2021年1月9日0时）" in text
    assert "发布重污染天气红色预警" in text


@pytest.mark.slow
def test_a_template_that_cannot_be_filled_leaves_no_run_behind(tmp_path: Path) -> None:
    (tmp_path / "sms.txt").write_text("{{ 没有的名称 }}", encoding="utf-8")
    command = ["respond", "linfen-red-episode", "-o", str(tmp_path / "out"), "--pack-template", str(tmp_path)]
    result = CliRunner().invoke(main, command)
    assert (result.exit_code, "sms.txt" in result.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


def test_what_a_run_lacks_is_a_kind_of_open_matter() -> None:
    assert KINDS.keys() >= DOUBTS


_NAMES = "减排量|全社会排放量|比例|要求|企业数|生产线数|执行减排|全停|应执行企业|二氧化硫|颗粒物"
#: What a template says where a number will stand.
NUMBER = re.compile(rf"\{{\{{ (行|合计)\.({_NAMES}) \}}\}}")


@pytest.mark.parametrize("file", sorted(PACK_TEMPLATES.glob("*.docx")), ids=lambda file: file.name)
def test_numbers_of_a_paper_stand_flush_right_under_their_heads(file: Path) -> None:
    for table in Document(str(file)).tables:
        for row in table.rows:
            for place, cell in enumerate(row.cells):
                if NUMBER.fullmatch(cell.text):
                    held = (table.rows[0].cells[place], cell)
                    assert [one.paragraphs[0].alignment for one in held] == [WD_ALIGN_PARAGRAPH.RIGHT] * 2, cell.text


@pytest.mark.parametrize(
    ("paper", "text", "missing"),
    [
        ("notice", "{{ 决定 }}", "标记"),  # a draft would go out as a formal paper
        ("notice", "{{ 标记 }}", "决定"),
        ("task", "{{ 标记 }}", "任务"),
        ("daily", "{{ 城市 }}", "标记"),
    ],
)
def test_a_template_of_the_pack_names_what_its_paper_cannot_do_without(
    tmp_path: Path, paper: str, text: str, missing: str
) -> None:
    bare = Document()
    bare.add_paragraph(text)
    bare.save(tmp_path / f"{paper}.docx")
    with pytest.raises(InputError, match=rf"{paper}\.docx: .*cannot do without.*{missing}"):
        read_pack_templates(tmp_path)
