"""The dossier: who is meant, what it gathers, hours that add up, nothing said of persons."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.cli import main
from alertengine.ledger import Head, Ledger, names_apart
from alertengine.report import dossier_page
from alertengine.rulebook import OpenLists, Place
from alertengine.vocabulary import MASKED, InputError
from alertengine.workflow import dossier, readings_of, record_findings
from alertengine.workflow.find_enterprise import find_enterprise
from alertengine.workflow.ordered_hours import ordered_hours
from tests.cli.made import runner
from tests.ledger.conftest import orders_of, warnings_of
from tests.ledger.findings import write_findings_of

pytestmark = pytest.mark.whole

FIRM, TRADER = "91000000HC0000001B", "92000000HC00000021"
PLACE = {"city": "临汾市", "county": "尧都区", "industry": "铸造", "status": "ordered"}


def give(ledger: Ledger, orders: pd.DataFrame, warning: str, **head: object) -> int:
    """Record orders as an act of a response."""
    issued = pd.Timestamp(min(orders["starts"])) - pd.Timedelta(hours=8)
    warnings = warnings_of().assign(warning_id=warning, city="临汾市", issued=issued)
    parts = {"warnings": warnings, "orders": names_apart(orders)}
    details = {"list": {"version": "合成清单", "status": "draft"}}
    head = {"issued_at": issued.to_pydatetime(), **head}
    return ledger.append("issue", Head("合成指令", details=details, **head), parts).act  # type: ignore[arg-type]


def lines(firm: str, name: str, start: str, end: str, share: float = 1.0, **cells: object) -> pd.DataFrame:
    """Two lines of a plant, ordered alike."""
    table = orders_of(2, enterprise_id=firm, enterprise=name, starts=start, ends=end, share=share, **PLACE | cells)
    return table.assign(order_id=[f"{firm}-{line}-{start}" for line in table["line_id"]])


@pytest.fixture
def years(tmp_path: Path) -> Path:
    """Two winters: a plant that was renamed, a response in two acts, a correction; a sole trader beside it."""
    path = tmp_path / "years.db"
    with Ledger.writable(path) as ledger:
        first = lines(FIRM, "甲（合成）铸造厂", "2020-01-22 00:00", "2020-01-26 00:00", level="orange")
        trader = lines(TRADER, "乙某合成砖厂", "2020-01-22 00:00", "2020-01-24 00:00", level="orange")
        give(ledger, pd.concat([first, trader], ignore_index=True), "W1", issued_at=datetime(2020, 1, 21, 18))
        give(ledger, lines(FIRM, "甲合成铸造有限公司", "2021-01-04 00:00", "2021-01-09 00:00"), "W2")
        give(ledger, lines(FIRM, "甲合成铸造有限公司", "2021-01-07 00:00", "2021-01-08 00:00", 0.3), "W2")
        give(ledger, lines(FIRM, "甲合成铸造有限公司", "2021-02-01 00:00", ""), "W3")
        give(
            ledger, lines(FIRM, "甲合成铸造有限公司", "2021-02-01 00:00", "", 0.5), "W3", corrects=4, reason="等级有误"
        )
    return path


def test_orders_hours_and_corrections_of_two_winters(years: Path) -> None:
    with Ledger.open(years) as ledger:
        found = dossier(ledger, FIRM)
    assert [one["value"] for one in found.identity["names"]] == ["甲（合成）铸造厂", "甲合成铸造有限公司"]
    assert [one["line_id"] for one in found.identity["lines"]] == ["0", "1"]
    states = {(row["act"], row["line_id"]): (row["state"], row["ends"]) for row in found.orders}
    assert states[1, "0"] == ("stands", "2020-01-26 00:00")
    assert states[2, "0"] == ("cut", "2021-01-07 00:00")
    assert states[4, "1"][0] == "replaced"
    assert states[5, "1"] == ("stands", "")
    hours = {(one["season"][:9], one["level"]): one for one in found.hours}
    assert hours["2019-2020", "orange"]["plant_stopped"] == 96
    red = hours["2020-2021", "red"]
    assert (red["plant_stopped"], red["line_stopped"], red["line_limited"], red["open_lines"]) == (72, 144, 48, 2)
    assert red["responses"] == 2
    assert [(one["act"], one["corrected_by"]) for one in found.acts if one["corrected_by"]] == [(4, 5)]
    assert {one["list_version"] for one in found.grades} == {"合成清单"}
    assert all(one["issued_at"].endswith("+08:00") for one in found.acts)


@pytest.mark.parametrize(
    "said", [FIRM, FIRM.lower(), "甲合成铸造有限公司", "甲（合成）铸造厂", " 甲(合成)铸造厂 ", "甲合成铸造", "甲合成铸"]
)
def test_an_enterprise_answers_to_its_code_and_to_every_name_it_had(years: Path, said: str) -> None:
    with Ledger.open(years) as ledger:
        assert find_enterprise(ledger, said) == ("临汾市", FIRM)


def test_one_that_nobody_knows_is_refused_with_the_nearest_names_but_no_person(years: Path) -> None:
    with Ledger.open(years) as ledger:
        with pytest.raises(InputError) as refused:
            find_enterprise(ledger, "甲合成铸锻有限公司")
        assert "甲合成铸造有限公司" in str(refused.value)
        with pytest.raises(InputError) as refused:
            find_enterprise(ledger, "乙合成砖厂")
        assert "乙某合成砖厂" not in str(refused.value)
        assert find_enterprise(ledger, "乙某合成砖厂") == ("临汾市", TRADER)


def test_several_that_answer_are_named(years: Path) -> None:
    with Ledger.writable(years) as ledger:
        give(ledger, lines("91000000HC0000003X", "甲合成铸造二厂", "2021-12-01 00:00", "2021-12-02 00:00"), "W9")
        with pytest.raises(InputError, match="2 enterprises answer"):
            find_enterprise(ledger, "合成铸造")


def test_findings_stand_in_the_dossier_and_persons_are_masked(years: Path, tmp_path: Path) -> None:
    with Ledger.writable(years) as ledger:
        orders = ledger.orders(1)
        said = {(TRADER, "1"): {"2020-01-22": "doubtful"}, (FIRM, "0"): {"2020-01-23": "complied"}}
        source = write_findings_of(tmp_path / "f.csv", orders, said, finding_text="乙某承认在产")
        power, photo = tmp_path / "power.csv", tmp_path / "photo.jpg"
        power.write_text("企业名称,日期,用电量\n甲合成铸造厂,2020-01-22,3\n", encoding="utf-8")
        photo.write_bytes(b"\xff\xd8")
        act = record_findings(ledger, source, Head("", approved_by="科长 丁"), [power, photo])
        assert [one.file for one in readings_of(act)] == ["f.csv", "power.csv"]
        assert (act.kind, act.head["judges"]) == ("finding", [1])
        found, opened = dossier(ledger, TRADER), dossier(ledger, TRADER, personal=True)
    assert [(row["finding"], row["finding_text"]) for row in found.findings] == [("doubtful", MASKED)]
    assert opened.findings[0]["finding_text"] == "乙某承认在产"
    assert opened.identity["names"][0]["value"] == "乙某合成砖厂"
    text = dossier_page(found) + json.dumps(found.as_dict(), ensure_ascii=False)
    assert "乙某" not in text
    assert MASKED in text


def test_decisions_entered_stand_in_the_dossier_of_whom_they_speak_of(years: Path, tmp_path: Path) -> None:
    table = tmp_path / "decided.csv"
    table.write_text(
        "企业名称,统一社会信用代码,决定文号,决定日期,决定机关,决定种类,理由\n"
        f"甲合成铸造有限公司,{FIRM},一号,2020-02-02,市局,罚款,超标排放\n"
        "甲合成铸造有限公司,,二号,2020-02-03,市局,罚款,超标排放\n"
        "丙某,,三号,2020-02-04,市局,罚款,超标排放\n",
        encoding="utf-8",
    )
    entered = CliRunner().invoke(main, ["ledger", "decisions", str(years), str(table), "--by", "甲"])
    assert entered.exit_code == 0, entered.stderr
    with Ledger.open(years) as ledger:
        firm, trader = dossier(ledger, FIRM), dossier(ledger, TRADER)
    assert [row["number"] for row in firm.decisions] == ["一号", "二号"]
    assert trader.decisions == [], "two names that are not shown are not one name"
    assert "处罚决定1件入账" not in dossier_page(trader)
    own = str(firm.identity["city"][0]["value"])
    for city in ("太原市", own):
        table.write_text(
            "企业名称,统一社会信用代码,城市,决定文号,决定日期,决定机关,决定种类,理由\n"
            f"甲合成铸造有限公司,{FIRM},{city},{city}四号,2020-02-05,市局,罚款,超标排放\n",
            encoding="utf-8",
        )
        assert CliRunner().invoke(main, ["ledger", "decisions", str(years), str(table), "--by", "甲"]).exit_code == 0
    with Ledger.open(years) as ledger:
        numbers = [row["number"] for row in dossier(ledger, FIRM).decisions]
    assert numbers == ["一号", "二号", f"{own}四号"], "that of a plant in another city is not its own"
    assert "一号" in dossier_page(firm)


def test_the_page_is_whole_and_loads_nothing(years: Path) -> None:
    with Ledger.open(years) as ledger:
        page = dossier_page(dossier(ledger, FIRM))
    assert page.count('<svg class="strip"') == 2
    assert "http" not in page
    for text in ("甲合成铸造有限公司", "等级有误", "已由第5号更正", "2019年7月至2020年6月"):
        assert text in page


def test_names_are_escaped(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "x.db") as ledger:
        give(ledger, lines(FIRM, "<b>甲</b>&厂", "2021-01-04 00:00", "2021-01-05 00:00", line="<i>炉"), "W")
        page = dossier_page(dossier(ledger, FIRM))
    assert "<b>甲" not in page
    assert "<i>炉" not in page


def test_hours_of_one_line_id_in_two_cities_are_those_of_two_lines(vocabulary: OpenLists) -> None:
    rows = [(city, "1", 1.0, "2021-01-10 00:00", "2021-01-11 00:00") for city in ("临汾市", "运城市")]
    table = pd.DataFrame(rows, columns=["city", "line_id", "share", "starts", "ends"])
    orders = table.assign(status="ordered", level="red", act=1, response=0)
    (found,) = ordered_hours(orders, vocabulary, Place(province="山西省", city="临汾市"))
    assert (found.line_stopped, found.plant_stopped) == (48.0, 24.0)


SPANS = st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 99), st.sampled_from([1.0, 0.4, 0.0])), max_size=3)


@settings(max_examples=20)
@given(st.lists(SPANS, min_size=1, max_size=3))
def test_hours_of_lines_are_the_hours_of_their_orders(
    vocabulary: OpenLists, plant: list[list[tuple[int, int, float]]]
) -> None:
    begin, rows = pd.Timestamp("2020-09-01"), []
    for line, spans in enumerate(plant):
        at = 0
        for gap, length, share in spans:
            start, at = at + gap, at + gap + length
            rows.append((str(line), share, *(f"{begin + pd.Timedelta(hours=h):%Y-%m-%d %H:%M}" for h in (start, at))))
    table = pd.DataFrame(rows, columns=["line_id", "share", "starts", "ends"]).astype({"share": "float64"})
    table = table.assign(city="临汾市")
    found = ordered_hours(
        table.assign(level="red", status="ordered", response=0), vocabulary, Place(province="山西省", city="临汾市")
    )
    lengths = [(length, share) for spans in plant for _, length, share in spans]
    assert sum(one.line_stopped for one in found) == pytest.approx(sum(hours for hours, share in lengths if share == 1))
    assert sum(one.line_limited for one in found) == pytest.approx(sum(h for h, share in lengths if 0 < share < 1))
    assert all(one.plant_stopped <= one.line_stopped for one in found)


run = runner("ledger", "dossier")


@pytest.mark.slow
def test_the_command_writes_a_page_a_json_or_both(years: Path, tmp_path: Path) -> None:
    assert run(years, FIRM, "-o", tmp_path / "both").exit_code == 0
    assert {file.name for file in (tmp_path / "both").iterdir()} == {f"{FIRM}.html", f"{FIRM}.json"}
    done = run(years, "甲合成铸造有限公司", "--json")
    assert json.loads(done.stdout) == json.loads((tmp_path / "both" / f"{FIRM}.json").read_text(encoding="utf-8"))
    assert "甲合成铸造有限公司" in run(years, FIRM).stdout
    done = run(years, FIRM, "-o", tmp_path / "x.pdf")
    assert done.exit_code == 2
    assert ".html" in done.stderr
    assert run(years, "没有这家").exit_code == 2
    assert run(years, TRADER, "--personal").exit_code == 2
    done = run(years, TRADER, "--personal", "--by", "法规科 戊", "--reason", "复议")
    assert "乙某合成砖厂" in done.stdout
    with Ledger.open(years) as ledger:
        assert [act.head["what"] for act in ledger.acts("access")] == [f"dossier of {TRADER}"]


def test_a_plant_whose_code_was_corrected_has_one_dossier(tmp_path: Path) -> None:
    """The second act has another code; a plant of the same name that stands beside either is another."""
    codes, name, end = ["91000000HC0000001B", "91000000HC00000033"], "甲合成铸造厂", "2021-01-09 00:00"
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for code, start, level in zip(codes, ("2021-01-04 00:00", "2021-01-06 00:00"), ("orange", "red"), strict=True):
            give(ledger, lines(code, name, start, end, level=level), "W")
        said = [dossier(ledger, who) for who in (*codes, name)]
        assert [one.identity["enterprise_id"] for one in said] == [codes[1]] * 3
        assert [one["value"] for one in said[0].identity["codes"]] == codes
        assert {(one["act"], one["ends"], one["state"]) for one in said[0].orders} == {
            (1, "2021-01-06 00:00", "cut"), (2, end, "stands"),
        }  # fmt: skip
        assert sum(one["plant_stopped"] for one in said[0].hours) == 120
        both = pd.concat([lines(code, name, "2022-01-04 00:00", "2022-01-05 00:00") for code in codes])
        give(ledger, both, "W2")
        assert [dossier(ledger, code).identity["enterprise_id"] for code in codes] == codes
        with pytest.raises(InputError, match="2"):
            dossier(ledger, name)
    assert "各指令所用代码" in dossier_page(said[0])
