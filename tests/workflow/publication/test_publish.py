"""A version of a list: proved, locked, made public, on record."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from alertengine.cli import main
from alertengine.files import rules_folder
from alertengine.ledger import Ledger, verify
from alertengine.lists import EnterpriseList, diff_lists, read_list
from alertengine.rulebook import Rulebook
from alertengine.rulebook import book as book_module
from alertengine.vocabulary import MASKED
from alertengine.workflow import readings_of, snapshot

pytestmark = pytest.mark.whole

HEADER = (
    "统一社会信用代码,企业名称,城市,区县,行业,生产线编号,工序,绩效等级,治理任务完成,联系人,电话,SO2排放量,NOx排放量,"
    "颗粒物排放量,VOCs排放量,黄色预警减排措施,橙色预警减排措施,红色预警减排措施,绩效等级证书编号,等级有效期至"
)
LINES = (
    "91000000HC0000001G,甲合成水泥厂,临汾,尧都区,水泥,1,熟料,B,是,王某某,13000000000,10,20,5,1,限产50%,停产,停产,晋评1,2020-12-31",
    "92000000HC0000002G,乙某合成砖厂,临汾,襄汾县,砖瓦窑,1,焙烧,未评级,是,,,3,4,5,0.5,停产,停产,停产（联系李某13900000000）,,",
    "91000000HC0000003N,丙合成焦化,临汾,洪洞县,焦化,1,焦炉,C,是,,,30,40,5,2.5,限产30%,限产50%,停产,晋评3,2019-12-31",
)
TOTALS = (
    "城市,部门,SO2排放量(千克/日),NOx排放量(千克/日),颗粒物排放量(千克/日),VOCs排放量(千克/日),清单年份\n"
    "临汾,工业,43,64,15,4,2018\n"
)
SAY = ["--version", "v1", "--approver", "市长 丙", "--on", "2020-09-30"]


@pytest.fixture(scope="session")
def _law(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vocabulary, the guide and the ratios of 2018: quick to read again and again."""
    folder = tmp_path_factory.mktemp("law")
    shutil.copytree(rules_folder() / "vocabulary", folder / "vocabulary")
    for name in ("precedence.yaml", "national/guide-2020-340.yaml", "national/mee-2018-875.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(rules_folder() / name, folder / name)
    return folder


@pytest.fixture(autouse=True)
def _few(_law: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (snapshot, book_module):
        monkeypatch.setattr(module, "rules_folder", lambda: _law)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")
    (tmp_path / "list.totals.csv").write_text(TOTALS, encoding="utf-8")
    return path


def publish(path: Path, *words: object, say: list[str] = SAY) -> Result:
    return CliRunner().invoke(main, ["lists", "publish", str(path), *say, *map(str, words)])


def read(path: Path) -> EnterpriseList:
    return read_list(path, Rulebook.load().lists)


def form(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_version_is_locked_until_a_cell_changes(listed: Path) -> None:
    done = publish(listed)
    assert done.exit_code == 1, done.stderr
    assert (
        "certificates of the grades of 1 enterprises have ended before 2020-09-30 (found '丙合成焦化')" in done.stderr
    )
    found = read(listed)
    assert (found.version.status, found.version.version, found.version.city) == ("published", "v1", "临汾市")
    assert found.version.sha256 in done.stderr
    listed.write_text(listed.read_text(encoding="utf-8").replace("限产30%", "限产10%"), encoding="utf-8")
    assert read(listed).version.status == "draft"
    again = publish(listed)
    assert again.exit_code == 2
    assert "another file is published under this version" in again.stderr
    second = publish(listed, say=["--version", "v2", *SAY[2:]])
    assert second.exit_code == 1
    assert read(listed).version.version == "v2"


@pytest.mark.parametrize(
    ("text", "version", "said"),
    [
        (LINES[0], "v1", ""),  # the same once more: what came later is added
        (LINES[0], "v2", "is published already"),
        (LINES[0].replace("限产50%", "限产10%"), "v1", "another file is published under this version"),
        (LINES[0].replace("限产50%", "限产10%"), "v2", ""),
        (LINES[0].replace("临汾,尧都区", "太原,小店区"), "v1", ""),  # another city's list
    ],
)
def test_a_ledger_holds_a_version_once(tmp_path: Path, text: str, version: str, said: str) -> None:
    """Whatever stands beside the list: it may be a copy in another folder, or one that a page was given."""
    words = ("--ledger", tmp_path / "r.db", "--despite", "省厅要求先行发布")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for place, line in (("a", LINES[0]), ("b", text)):
        (tmp_path / place / "l.csv").write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
    assert publish(tmp_path / "a" / "l.csv", *words).exit_code == 1
    done = publish(tmp_path / "b" / "l.csv", *words, say=["--version", version, *SAY[2:]])
    assert done.exit_code == (2 if said else 1), done.stderr
    assert said in done.stderr
    assert (tmp_path / "b" / "l.version.yaml").exists() == (not said)
    with Ledger.open(tmp_path / "r.db") as ledger:
        assert len(ledger.acts("publication")) == (1 if said else 2)


def test_the_proof_is_of_this_very_version(listed: Path) -> None:
    rows = json.loads(publish(listed, "--json").stdout)
    assert {(row["city"], row["met"]) for row in rows} == {("临汾市", "yes")}
    red = next(row for row in rows if (row["level"], row["pollutant"]) == ("red", "so2"))
    assert (red["reached"], red["required"]) == (pytest.approx(40 / 43, abs=1e-6), 0.3), (
        "one text is not read as a stop"
    )
    yellow = next(row for row in rows if (row["level"], row["pollutant"]) == ("yellow", "so2"))
    assert yellow["reached"] == pytest.approx((0.5 * 10 + 3 + 0.3 * 30) / 43, abs=1e-6)


def test_a_missed_ratio_is_published_only_with_a_reason(listed: Path, tmp_path: Path) -> None:
    text = listed.read_text(encoding="utf-8")
    for words in ("限产50%", "限产30%", "停产（联系李某13900000000）"):
        text = text.replace(words, "限产1%")
    listed.write_text(text.replace("停产,", "限产1%,"), encoding="utf-8")
    done = publish(listed, "--ledger", tmp_path / "r.db")
    assert done.exit_code == 2
    assert "临汾市红色 SO₂: misses the ratio" in done.stderr
    assert "--despite REASON" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv", "list.totals.csv"], "nothing was written"
    done = publish(listed, "--ledger", tmp_path / "r.db", "--despite", "省厅要求先行发布")
    assert done.exit_code == 1
    assert "despite: " in done.stderr
    with Ledger.open(tmp_path / "r.db") as ledger:
        act = ledger.act(1)
    assert (act.kind, act.reason, act.approved_by) == ("publication", "省厅要求先行发布", "市长 丙")
    assert any("misses the ratio" in one for one in act.head["obstacles"])


def test_without_totals_the_ratio_cannot_be_proved(listed: Path) -> None:
    listed.with_suffix(".totals.csv").unlink()
    done = publish(listed)
    assert done.exit_code == 2
    assert "the ratio cannot be proved" in done.stderr


def test_bad_cells_stand_against_it(listed: Path) -> None:
    listed.write_text(listed.read_text(encoding="utf-8").replace(",10,20,5,1,", ",十,20,5,1,"), encoding="utf-8")
    done = publish(listed)
    assert done.exit_code == 2
    assert "1 defective cells, the first in row 2" in done.stderr


def test_no_person_is_made_public(listed: Path, tmp_path: Path) -> None:
    form(tmp_path / "o.csv", "收到日期,异议对象,提出人,异议内容,处理结果,答复内容,答复人,答复日期\n"
         "2020-08-01,乙某合成砖厂,乙某,请求调整,不采纳,已向乙某说明,科长 乙,2020-08-10\n")  # fmt: skip
    assert publish(listed, "--ledger", tmp_path / "r.db", "--objections", tmp_path / "o.csv").exit_code == 1
    folder = tmp_path / "list-public"
    texts = [path.read_text(encoding="utf-8-sig") for path in folder.iterdir() if path.suffix != ".xlsx"]
    book = pd.read_excel(folder / "list-public.xlsx", sheet_name=None, dtype="str", engine="openpyxl")
    texts.append("\n".join(sheet.to_csv() for sheet in book.values()))
    for text in texts:
        for person in ("王某某", "13000000000", "乙某", "13900000000"):
            assert person not in text
    table = pd.read_csv(folder / "list-public.csv", dtype="str")
    assert table["企业名称"].tolist() == ["甲合成水泥厂", MASKED, "丙合成焦化"]
    assert table["等级证书"].fillna("").tolist() == ["晋评1（有效期至2020-12-31）", "", "晋评3（有效期至2019-12-31）"]
    assert "排放量" not in "".join(table.columns)
    with Ledger.open(tmp_path / "r.db") as ledger:
        row = ledger.part(1, "objections", personal=False).iloc[0]
        assert tuple(row[["enterprise", "person", "content", "outcome"]]) == (MASKED, MASKED, MASKED, "不采纳")
        assert ledger.part(1, "objections").iloc[0]["person"] == "乙某"
        assert "某" not in json.dumps(dict(ledger.act(1).head), ensure_ascii=False)
        assert {one.path for one in ledger.inputs(1) if one.personal} == {"list/list.csv"}
    assert verify(tmp_path / "r.db").sound


def test_one_code_in_two_cities_is_two_enterprises_in_public(listed: Path) -> None:
    far = LINES[0].replace("临汾,尧都区", "运城,盐湖区").replace("水泥,1,", "水泥,2,")
    listed.write_text("\n".join([HEADER, *LINES, far]) + "\n", encoding="utf-8")
    assert publish(listed, "--despite", "试算").exit_code == 1
    folder = listed.parent / "list-public"
    page = (folder / "list-public.html").read_text(encoding="utf-8")
    said = json.loads((folder / "publication.json").read_text(encoding="utf-8"))
    assert "<b>4</b>家企业　<b>4</b>条生产线" in page
    assert (said["enterprises"], said["lines"]) == (4, 4)


@pytest.mark.parametrize("name", ["乙小刚", "王大力"])
@pytest.mark.parametrize(
    "column", ["生产线编号", "生产线名称", "橙色预警减排措施", "红色预警减排措施", "绩效等级证书编号"]
)
def test_a_person_s_name_stands_nowhere_in_what_is_public(tmp_path: Path, name: str, column: str) -> None:
    """A sole trader's own and a contact's, whichever cell they stand in."""
    cells = dict(zip(HEADER.split(","), LINES[1].split(","), strict=True)) | {"生产线名称": "1号窑"}
    cells |= {"企业名称": "乙小刚合成砖厂", "联系人": "王大力 乙小刚", "绩效等级证书编号": "晋评2"}
    cells[column] += f"（{name}合成砖厂13900000000）"
    (tmp_path / "list.csv").write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n", encoding="utf-8")
    done = publish(tmp_path / "list.csv", "--despite", "省厅要求先行发布")
    assert done.exit_code == 1, done.stderr
    folder = tmp_path / "list-public"
    texts = [path.read_text(encoding="utf-8-sig") for path in sorted(folder.iterdir()) if path.suffix != ".xlsx"]
    book = openpyxl.load_workbook(folder / "list-public.xlsx")
    texts.append("\n".join(str(row) for sheet in book for row in sheet.values))
    assert len(texts) == 4
    assert not any(name in text for text in texts)
    assert sum(MASKED in text for text in texts) == 3, "in all but the proof"


def test_objections_wait_for_an_answer_and_filing_comes_later(listed: Path, tmp_path: Path) -> None:
    header = "收到日期,异议对象,异议内容,处理结果,答复人,答复日期\n"
    path = form(tmp_path / "o.csv", header + "2020-08-01,丙合成焦化厂,等级有误,,,\n")
    done = publish(listed, "--objections", path)
    assert done.exit_code == 2
    assert "the objection of 2020-08-01 has no answer" in done.stderr
    form(path, header + "2020-08-01,丙合成焦化厂,等级有误,采纳,科长 乙,2020-08-09\n")
    done = publish(listed, "--objections", path, "--ledger", tmp_path / "r.db")
    assert done.exit_code == 1
    assert "not on the list" in done.stderr
    assert "expected 丙合成焦化" in done.stderr, "the near name"
    filed = form(tmp_path / "f.csv", "备案机关,备案日期,文号\n省生态环境厅,2020-10-10,合成函1号\n")
    assert publish(listed, "--filing", filed, "--ledger", tmp_path / "r.db").exit_code == 1
    with Ledger.open(tmp_path / "r.db") as ledger:
        assert [part.part for part in ledger.parts(2)] == ["filings", "proof"]
        assert ledger.part(2, "filings").loc[0, "reference"] == "合成函1号"
        assert {"list.csv", "f.csv"} <= {one.file for one in readings_of(ledger.act(2))}
    other = publish(listed, say=["--version", "v9", *SAY[2:]])
    assert other.exit_code == 2
    assert "this file is published already" in other.stderr


def test_what_is_wrong_with_all_forms_is_told_at_once(listed: Path, tmp_path: Path) -> None:
    """A count of 5000 figures ended in a traceback, an answer before its objection went on record."""
    counted = form(tmp_path / "c.csv", f"区县,报送日期,企业数\n没有县,2020-08-01,{'9' * 5000}\n")
    header = "收到日期,异议内容,处理结果,答复人,答复日期\n"
    objected = form(tmp_path / "o.csv", header + "2020-08-01,等级有误,采纳,科长 乙,2020-07-09\n")
    filed = form(tmp_path / "f.csv", "备案机关,备案日期,文号\n,2020-10-10,合成函1号\n")
    done = publish(listed, "--counties", counted, "--objections", objected, "--filing", filed)
    told = [(Path(line.split(", row")[0]).name, line.split(", ")[2].split(":")[0]) for line in done.stderr.splitlines()]
    assert (done.exit_code, told) == (
        2, [("c.csv", "county"), ("c.csv", "enterprises"), ("o.csv", "answered_on"), ("f.csv", "office")],
    )  # fmt: skip
    assert sorted(path.name for path in listed.parent.glob("*public*")) == []


def test_counties(listed: Path, tmp_path: Path) -> None:
    text = "县区,报送日期,报送单位,企业数\n尧都区,2020-08-01,尧都分局,1\n襄汾县,2020-08-02,襄汾分局,3\n"
    path = form(tmp_path / "c.csv", text)
    done = publish(listed, "--counties", path)
    assert done.exit_code == 1
    assert "the list has 1 enterprises of 襄汾县 (found '3')" in done.stderr
    assert "no submission of 洪洞县" in done.stderr
    assert len(json.loads((tmp_path / "list-public" / "publication.json").read_text())["counties"]) == 2
    form(path, "县区,报送日期,企业数\n尧都,2020-08-01,一\n襄汾县,8月2日,1\n襄汾县,2199-08-02,1\n")
    done = publish(listed, "--counties", path)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 5
    for said in (
        "row 2, county",
        "尧都区",
        "row 2, enterprises",
        "row 3, submitted_on",
        "as in row 3",
        "later than today",
    ):
        assert said in done.stderr


@pytest.mark.parametrize(
    ("say", "said"),
    [
        (["--version", " ", "--approver", "市长 丙", "--on", "2020-09-30"], "--version: is blank"),
        (["--version", "v", "--approver", "市长 丙", "--on", "2199-09-30"], "later than today"),
    ],
)
def test_what_is_refused_at_once(listed: Path, say: list[str], said: str) -> None:
    done = publish(listed, say=say)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not listed.with_suffix(".version.yaml").exists()


def test_a_ledger_that_cannot_be_written_publishes_nothing(listed: Path, tmp_path: Path) -> None:
    (tmp_path / "r.db").write_text("no ledger")
    assert publish(listed, "--ledger", tmp_path / "r.db").exit_code == 2
    assert not listed.with_suffix(".version.yaml").exists()
    assert not list((tmp_path / "list-public").glob("*"))


def test_a_workbook_is_published_too(listed: Path, tmp_path: Path) -> None:
    from alertengine.lists import write_list

    path = tmp_path / "book.xlsx"
    write_list(read(listed), path)
    assert publish(path).exit_code == 1
    assert read(path).version.status == "published"


def test_diff_says_certificate_and_expiry(listed: Path, tmp_path: Path) -> None:
    text = listed.read_text(encoding="utf-8")
    text = text.replace("焦炉,C", "焦炉,B").replace("晋评3,2019-12-31", "晋评9,2022年12月31日")
    new = form(tmp_path / "new.csv", text.replace("晋评1,2020-12-31", "晋评1,2021-12-31"))
    table = diff_lists(read(listed), read(new)).table.set_index("change")
    assert table.loc["regraded", ["old", "new", "certificate"]].tolist() == ["C", "B", "晋评9（有效期至2022-12-31）"]
    assert table.loc["recertified", "new"] == "晋评1（有效期至2021-12-31）"
