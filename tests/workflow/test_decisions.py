"""Decisions of authorities entered into the record, lifted, shown, and read back by orders."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.ledger import Head, Ledger, verify
from alertengine.orders import read_orders
from alertengine.vocabulary import MASKED
from alertengine.workflow import collect_orders, decisions_of, ordered, prepare, state_on, submit
from alertengine.workflow._decisions_on_record import COLUMNS
from tests.cli.made import runner
from tests.ledger.conftest import HEADER, LINES

HEAD = "企业名称,统一社会信用代码,生产线编号,决定文号,决定日期,决定机关,决定种类,理由,起始日期,截止日期,解除日期\n"
STOP = "合成甲厂,91000000HC0000001B,,一号,2019-01-02,市局,责令停产整治,超标排放,,,\n"
TRADER = "个体户某,92000000HC00000021,,二号,2019-01-03,市局,罚款,无证排污,,,\n"


run = runner("ledger", "decisions")


def table(folder: Path, rows: str, name: str = "decided.csv") -> Path:
    (folder / name).write_text(HEAD + rows, encoding="utf-8")
    return folder / name


def shown(path: Path, day: str = "2019-03-01") -> list[dict[str, Any]]:
    done = run(path, "--on", day, "--json")
    assert done.exit_code == 0, done.stderr
    return list(json.loads(done.stdout))


def test_decisions_are_entered_once_masked_and_chained(small: Path, tmp_path: Path) -> None:
    decided = table(tmp_path, STOP + TRADER)
    assert run(small, decided, "--by", "法制科 甲").exit_code == 0
    again = run(small, decided, "--by", "法制科 甲")
    assert (again.exit_code, "recorded already" in again.stderr) == (0, True)
    with Ledger.open(small) as ledger:
        [act] = ledger.acts("decision")
        assert (act.title, act.drafted_by) == ("处罚决定2件入账", "法制科 甲")
    rows = shown(small)
    assert [(row["number"], row["kind"], row["state"]) for row in rows] == [
        ("一号", "停产整治", "open"),
        ("二号", "罚款", "open"),
    ]
    assert [row["enterprise"] for row in rows] == ["合成甲厂", MASKED]
    named = run(small, "--personal", "--by", "法制科 甲", "--reason", "核对", "--json")
    assert json.loads(named.stdout)[1]["enterprise"] == "个体户某"
    assert run(small, "--personal").exit_code == 2
    assert verify(small).sound


def test_a_name_without_a_code_may_be_a_persons(small: Path, tmp_path: Path) -> None:
    assert run(small, table(tmp_path, STOP.replace("91000000HC0000001B", "")), "--by", "甲").exit_code == 0
    assert [row["enterprise"] for row in shown(small)] == [MASKED]


def test_lifting_is_an_act_of_its_own(small: Path, tmp_path: Path) -> None:
    run(small, table(tmp_path, STOP + TRADER), "--by", "法制科 甲")
    done = run(small, "--lift", "一号", "--on", "2019-02-10", "--by", "法制科 甲", "--reason", "验收通过", "--json")
    assert done.exit_code == 0, done.stderr
    with Ledger.open(small) as ledger:
        before, after = ledger.acts("decision")
        assert (after.title, after.reason) == ("解除处罚决定一号", "验收通过")
        assert ledger.part(before.act, "decisions")["lifted"].fillna("").tolist() == ["", ""]
    states = {day: [row["state"] for row in shown(small, day)] for day in ("2019-01-01", "2019-02-09", "2019-02-10")}
    assert states == {
        "2019-01-01": ["awaited", "awaited"],
        "2019-02-09": ["open", "open"],
        "2019-02-10": ["lifted", "open"],
    }
    again = run(small, "--lift", "一号", "--on", "2019-02-11", "--by", "甲")
    assert (again.exit_code, "2019-02-10" in again.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--lift", "三号", "--on", "2019-02-10", "--by", "甲"), "一号"),
        (("--lift", "一号", "--on", "2019-01-01", "--by", "甲"), "2019-01-02"),
        (("--lift", "一号", "--by", "甲"), "--on"),
        (("--lift", "一号", "--on", "2019-02-10"), "nobody signed"),
        (("--enterprise", "合成甲厂"), "--lift"),
        (("--corrects", "4"), "TABLE"),
    ],
)
def test_what_no_lifting_can_be(small: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    bare = run(small, "--lift", "一号", "--on", "2019-02-10", "--by", "甲")
    assert (bare.exit_code, "no decision is on record" in bare.stderr) == (2, True)
    run(small, table(tmp_path, STOP), "--by", "甲")
    done = run(small, *words)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    with Ledger.open(small) as ledger:
        assert len(ledger.acts("decision")) == 1


def test_several_of_one_number_are_told_apart_by_name(small: Path, tmp_path: Path) -> None:
    run(small, table(tmp_path, STOP + STOP.replace("甲厂", "乙厂").replace("01B", "02B")), "--by", "甲")
    asked = ["--lift", "一号", "--on", "2019-02-10", "--by", "甲"]
    assert "--enterprise" in run(small, *asked).stderr
    assert run(small, *asked, "--enterprise", "合成乙厂").exit_code == 0
    assert [row["state"] for row in shown(small)] == ["open", "lifted"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (STOP.replace("一号", ""), "决定文号"),
        (STOP.replace("市局", ""), "决定机关"),
        (STOP.replace("2019-01-02", ""), "决定日期"),
        (STOP.replace("超标排放", ""), "理由"),
        (STOP.replace("超标排放", "不好"), "理由"),
        (STOP.replace(",,,\n", ",2019-02-01,2019-01-01,\n"), "截止日期"),
        (STOP.replace("合成甲厂,91000000HC0000001B", ","), "企业名称"),
    ],
)
def test_what_cannot_be_entered_is_named_and_nothing_written(
    small: Path, tmp_path: Path, row: str, column: str
) -> None:
    done = run(small, table(tmp_path, TRADER + row), "--by", "甲")
    assert (done.exit_code, column in done.stderr) == (2, True), done.stderr
    with Ledger.open(small) as ledger:
        assert not ledger.acts("decision")


def test_a_later_table_fills_in_and_another_word_takes_a_correction(small: Path, tmp_path: Path) -> None:
    run(small, table(tmp_path, STOP + TRADER), "--by", "甲")
    lifted = table(tmp_path, STOP.replace(",,,\n", ",,,2019-02-10\n"))
    assert run(small, lifted, "--by", "甲").exit_code == 0
    assert [row["lifted"] for row in shown(small)] == ["2019-02-10", ""]
    assert run(small, table(tmp_path, STOP), "--by", "甲").exit_code == 0, "a blank cell opens nothing again"
    assert [row["lifted"] for row in shown(small)] == ["2019-02-10", ""]
    other = table(tmp_path, STOP.replace("超标排放", "无证排污") + TRADER)
    refused = run(small, other, "--by", "甲")
    assert (refused.exit_code, "超标排放" in refused.stderr) == (2, True)
    with Ledger.open(small) as ledger:
        first = ledger.acts("decision")[0].act
    assert run(small, other, "--by", "甲", "--corrects", first).exit_code == 2, "without a reason"
    assert run(small, other, "--by", "甲", "--corrects", 1, "--reason", "理由录错").exit_code == 2, (
        "no entry of decisions"
    )
    done = run(small, other, "--by", "甲", "--corrects", first, "--reason", "理由录错")
    assert done.exit_code == 0, done.stderr
    assert [(row["ground"], row["lifted"]) for row in shown(small)] == [("无证排污", "2019-02-10"), ("无证排污", "")]


def test_orders_follow_the_record_through_the_lifting(small: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(
        "企业名称,统一社会信用代码,城市,行业,生产线编号,工序,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"
        "合成甲厂,91000000HC0000001B,太原市,制鞋,1,其他,1,1,1,1\n"
        "个体户某,92000000HC00000021,太原市,制鞋,1,其他,1,1,1,1\n",
        encoding="utf-8",
    )
    asked = ["orders", str(listed), "--level", "none", "--date", "2019-03-01", "--json", "--decisions", str(small)]
    assert CliRunner().invoke(main, asked).exit_code == 2, "nothing entered yet"
    run(small, table(tmp_path, STOP + TRADER), "--by", "甲")
    orders = [json.loads(CliRunner().invoke(main, asked).stdout)]
    run(small, "--lift", "一号", "--on", "2019-02-10", "--by", "甲")
    orders.append(json.loads(CliRunner().invoke(main, asked).stdout))
    run(small, "-o", tmp_path / "stands.csv")
    orders.append(json.loads(CliRunner().invoke(main, [*asked[:-1], str(tmp_path / "stands.csv")]).stdout))
    assert orders[1] == orders[2]
    assert orders[0] != orders[1]


@pytest.mark.slow
def test_a_scenario_names_a_record_as_its_decisions(small: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"{HEADER}\n{''.join(line + chr(10) for line in LINES)}", encoding="utf-8")
    (tmp_path / "f.csv").write_text(
        "issue_time,issuer,city,target_date,aqi,primary\n"
        + "".join(f"2021-01-03 15:00,合成,临汾市,2021-01-0{day},{aqi},PM2.5\n" for day, aqi in ((4, 316), (5, 330))),
        encoding="utf-8",
    )
    decided = table(tmp_path, STOP.replace("合成甲厂", "甲合成水泥厂"))
    run(small, decided, "--by", "甲")
    for name in (small.name, decided.name):
        (tmp_path / "s.yaml").write_text(f"title: 某\nforecast: f.csv\nlist: list.csv\ndecisions: {name}", "utf-8")
        done = CliRunner().invoke(
            main, ["respond", str(tmp_path / "s.yaml"), "-o", str(tmp_path / name[:3]), "--no-pack"]
        )
        assert done.exit_code in (0, 1), done.stderr
    of_record, of_table = (read_orders(tmp_path / name[:3] / "orders.csv") for name in (small.name, decided.name))
    pd.testing.assert_frame_equal(of_record, of_table)
    assert "一号" in of_record.to_csv()


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_an_audit_and_an_issue_of_the_ledger_know_what_was_entered(tmp_path: Path) -> None:
    listed, record = tmp_path / "list.csv", tmp_path / "record.db"
    listed.write_text(f"{HEADER}\n{''.join(line + chr(10) for line in LINES)}", encoding="utf-8")
    asked = ["ledger", "issue", str(record), "--list", str(listed), "--level", "red", "--date", "2021-01-04"]
    asked += ["--drafted-by", "办公室 甲", "--reviewed-by", "科长 乙", "--approved-by", "市长 丙"]
    assert "decisions on record" not in CliRunner().invoke(main, asked).stderr
    before = ordered(record).lines
    run(record, table(tmp_path, STOP.replace("合成甲厂", "甲合成水泥厂")), "--by", "甲")
    after = ordered(record).lines
    assert before is not None
    assert after is not None
    assert before["decisions"].notna().sum() == 0
    assert after["decisions"].dropna().tolist() == ["停产整治:超标排放@2019-01-02..#一号"]
    told = CliRunner().invoke(main, asked)
    assert (told.exit_code, "1 decisions on record here are not lifted" in told.stderr) == (1, True)
    assert "decisions on record" not in CliRunner().invoke(main, [*asked, "--decisions", str(record)]).stderr
    with Ledger.writable(record) as ledger:
        collected = collect_orders(listed, level="red", date=date(2021, 1, 4))
        drafted = submit(ledger, prepare(collected, "拟稿"), "办公室 甲")
    assert "decisions_left_unused" in str(drafted.head["told"])


def test_a_wrong_option_leaves_no_folder_behind(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(small, table(tmp_path, STOP), "--by", "甲")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    done = CliRunner().invoke(main, ["orders", "x.csv", "--decisions", str(small), "--level", "none", "--date", "某日"])
    assert done.exit_code == 2
    assert CliRunner().invoke(main, ["orders", "x.csv", "--decisions", str(small), "--level", "none"]).exit_code == 2
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize(
    ("column", "value"), [("last", "某日"), ("kind", "训诫"), ("ground", "不好"), ("lifted", None)]
)
def test_a_record_of_another_program_is_refused_in_words(small: Path, column: str, value: str | None) -> None:
    cells = dict.fromkeys(COLUMNS, "") | {"number": "一号", "day": "2019-01-02", "kind": "罚款", "ground": "超标排放"}
    strange = pd.DataFrame([cells | {column: value}])
    with Ledger.writable(small) as ledger:
        ledger.append("decision", Head("处罚决定"), {"decisions": strange if value else strange.drop(columns=column)})
    done = run(small)
    assert (done.exit_code, (value or column) in done.stderr) == (2, True), done.output


def test_what_stands_can_be_read_from_python(small: Path, tmp_path: Path) -> None:
    run(small, table(tmp_path, STOP.replace(",,,\n", ",2019-01-05,2019-02-05,\n")), "--by", "甲")
    with Ledger.open(small) as ledger:
        [(_, row)] = decisions_of(ledger)
    days = (date(2019, 1, 4), date(2019, 1, 5), date(2019, 2, 5), date(2019, 2, 6))
    assert [state_on(row, day) for day in days] == ["awaited", "open", "open", "ended"]


@pytest.mark.parametrize(
    ("was", "becomes", "column"),
    [
        ("责令停产整治", "", "决定种类"),
        ("责令停产整治", "训诫", "决定种类"),
        ("超标排放", "不好", "理由"),
        ("超标排放", "", "理由"),
        ("2019-01-02", "某日", "决定日期"),
        ("2019-01-02", "", "决定日期"),
    ],
)
def test_a_cell_that_cannot_be_entered_is_told_once(
    small: Path, tmp_path: Path, was: str, becomes: str, column: str
) -> None:
    done = run(small, table(tmp_path, STOP.replace(was, becomes)), "--by", "甲")
    assert (done.exit_code, [line for line in done.stderr.splitlines() if column in line]) == (
        2,
        done.stderr.splitlines()[:1],
    )


def cities(small: Path, tmp_path: Path, *said: str) -> int:
    """Enter the stop of plant 甲 for each of some cities under one number; the exit status."""
    rows = "".join(STOP.replace(",,", f",{city},,", 1) for city in said)
    path = tmp_path / "cities.csv"
    path.write_text(HEAD.replace("生产线编号", "城市,生产线编号") + rows, encoding="utf-8")
    return int(run(small, path, "--by", "甲").exit_code)


def test_a_decision_of_each_city_is_one_of_its_own(small: Path, tmp_path: Path) -> None:
    assert cities(small, tmp_path, "太原", "临汾市") == 0
    assert [row["city"] for row in shown(small)] == ["太原市", "临汾市"]
    asked = ["--lift", "一号", "--on", "2019-02-10", "--by", "甲"]
    for said in ((), ("--enterprise", "合成甲厂"), ("--enterprise", "运城市/合成甲厂")):
        assert run(small, *asked, *said).exit_code == 2
    assert run(small, *asked, "--enterprise", "临汾市/91000000HC0000001B").exit_code == 0
    assert [row["state"] for row in shown(small)] == ["open", "lifted"]
    assert run(small, *asked, "--enterprise", "太原市/合成甲厂").exit_code == 0
    assert [row["state"] for row in shown(small)] == ["lifted", "lifted"]


def test_a_later_table_says_of_which_city_a_decision_is(small: Path, tmp_path: Path) -> None:
    """What was entered without a city takes that of the next row; another city is another decision."""
    run(small, table(tmp_path, STOP), "--by", "甲")
    assert cities(small, tmp_path, "临汾市", "太原市") == 0
    assert [row["city"] for row in shown(small)] == ["临汾市", "太原市"]
    assert run(small, table(tmp_path, STOP), "--by", "甲").exit_code == 0, "without a city it is known already"
    assert [row["city"] for row in shown(small)] == ["临汾市", "太原市"]


def test_a_record_of_before_has_decisions_without_a_city(small: Path) -> None:
    cells = dict.fromkeys(COLUMNS, "") | {"number": "一号", "day": "2019-01-02", "kind": "罚款", "ground": "超标排放"}
    before = pd.DataFrame([cells | {"enterprise": "甲"}]).drop(columns="city")
    with Ledger.writable(small) as ledger:
        ledger.append("decision", Head("处罚决定"), {"decisions": before})
    assert [row["city"] for row in shown(small)] == [""]
