"""Receipts in, service out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.ledger import Head, Ledger, names_apart, verify
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import ERASED, MASKED
from alertengine.workflow import EVENT_TEXT, OPEN_STATES, erase, readings_of, service, still_open
from alertengine.workflow.delivery.receipts import PROOFS, RECEIPT_COLUMNS
from alertengine.workflow.delivery.record import receipts_of
from alertengine.workflow.delivery.state import _of_receipts, in_words
from tests.cli.made import runner
from tests.ledger.conftest import orders_of, warnings_of
from tests.workflow.delivery.conftest import CODES, HEADER

pytestmark = pytest.mark.whole

Write = Callable[..., Path]
NOON = pd.Timestamp("2021-01-10 12:00")
ROWS = (
    "合成企业0,已发送,2021-01-09 18:05,政务平台",
    "合成企业0,签收,2021-01-09 20:00,政务平台,张某某",
    "合成企业1,已发送,2021-01-09 18:05,政务平台",
    "合成企业1,拒收,2021-01-09 21:00,政务平台,,,,,门卫李某拒签",
    "合成企业1,补发,2021-01-09 22:00,电话",
    "合成企业1,当面送达,2021年1月10日9时30分,,王某某,执法队 丁",
    "合成企业2,已发送,2021-01-09 18:05,短信",
    "合成企业2,停炉风险,2021-01-09 23:00,电话,赵某,,2,,炉体",
)


run = runner("ledger", "deliver")


def test_receipts_are_one_act_and_come_in_once(book: Path, receipts: Write) -> None:
    path = receipts(*ROWS)
    done = run(book, 1, "--receipts", path, "--by", "办公室 甲", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    [said] = json.loads(done.stdout)
    assert (said["act"], said["receipts"], said["known"]) == (2, 8, 0)
    assert verify(book).sound
    again = run(book, 1, "--receipts", path)
    assert again.exit_code == 0
    assert "all 8 receipts are recorded already" in again.stderr
    grown = receipts(*ROWS, "合成企业2,签收,2021-01-10 08:00,短信,钱某")
    assert json.loads(run(book, 1, "--receipts", grown, "--json").stdout)[0]["receipts"] == 1
    with Ledger.open(book) as ledger:
        act = ledger.acts("delivery")[0]
        assert (act.head["about"], act.head["about_hash"]) == (1, ledger.act(1).hash)
        assert act.drafted_by == "办公室 甲"
        assert len(receipts_of(ledger, 1)) == 9


def test_how_receipts_were_read_stands_with_their_act(book: Path, tmp_path: Path) -> None:
    """Sheets, headers and what was left out; a bad row by its sheet and its row there."""
    head = HEADER.split(",")[:4]
    file = openpyxl.Workbook()
    for name, row in (("东区", ["合成企业0", "签收", "2021-01-09 20:00"]), ("西区", ["合成企业2", "签收", "某日"])):
        sheet = file.create_sheet(name)
        sheet.append(head)
        sheet.append(row)
    file.worksheets[1].row_dimensions[2].hidden = True
    file.save(tmp_path / "r.xlsx")
    refused = run(book, 1, "--receipts", tmp_path / "r.xlsx")
    assert refused.exit_code == 2
    assert "r.xlsx[西区], row 2" in refused.stderr
    file["西区"]["C2"] = "2021-01-09 21:00"
    file["西区"].append(["合计"])
    file.save(tmp_path / "r.xlsx")
    done = run(book, 1, "--receipts", tmp_path / "r.xlsx", "-v")
    assert done.exit_code == 1, "nobody is said to have signed"
    assert "1 hidden row" in done.stderr
    assert "read as xlsx" in done.stderr
    with Ledger.open(book) as ledger:
        [held] = readings_of(ledger.acts("delivery")[0])
    assert [(one.name, one.rows) for one in held.sheets] == [("东区", 1), ("西区", 1)]
    assert [(one.kind, one.row, one.sheet) for one in held.left_out] == [("sum", 3, "西区")]


@pytest.mark.parametrize(
    ("decided", "signed", "state", "run_until", "unproved"),
    [
        ("", "2021-01-10 16:40", "late", 36, 16.7),  # orders for a list alone: from their first hour
        ("2021-01-10 15:10", "2021-01-10 15:40", "served", 20, 0),  # what is repeated of before was ordered before
        ("2021-01-10 15:10", "2021-01-10 16:40", "late", 20, 0.7),
        ("2021-01-10 15:10", "2021-01-12 16:40", "late", 20, 20),  # no further than to the end of the order
        ("2021-01-11 15:10", "2021-01-11 15:40", "served", 0, 0),  # all had ended: the end is what is served
    ],
)
def test_an_act_is_served_for_what_it_decides(
    tmp_path: Path, receipts: Write, decided: str, signed: str, state: str, run_until: float, unproved: float
) -> None:
    """A response from 2021-01-10 00:00, raised at 16:00 and ended at 2021-01-11 12:00."""
    times = [("2021-01-10 00:00", "2021-01-10 16:00"), ("2021-01-10 16:00", "2021-01-11 12:00")]
    rows = [orders_of(1, starts=start, ends=end, status="ordered", city="临汾市") for start, end in times]
    parts: dict[str, pd.DataFrame] = {"orders": names_apart(pd.concat(rows, ignore_index=True))}
    parts |= {"warnings": warnings_of()} if decided else {}
    path = tmp_path / "raised.db"
    with Ledger.writable(path) as ledger:
        ledger.append("issue", Head("合成", datetime(2021, 1, 9, 18), details={"decided": decided}), parts)
    assert run(path, 1, "--receipts", receipts(f"合成企业0,签收,{signed},短信,张某")).exit_code in (0, 1)
    with Ledger.open(path) as ledger:
        (row,) = service(ledger, 1, pd.Timestamp("2021-01-13 00:00")).to_dict("records")
    assert (row["state"], row["hours_run"], row["hours_unproved"]) == (state, run_until, unproved)


def test_who_is_served_at_each_hour(book: Path, receipts: Write) -> None:
    run(book, 1, "--receipts", receipts(*ROWS))
    with Ledger.open(book) as ledger:
        early, noon = (
            service(ledger, 1, pd.Timestamp(text)).set_index("enterprise_id")
            for text in ("2021-01-09 19:00", "2021-01-10 12:00")
        )
        said = in_words(ledger, 1, NOON)
    assert set(noon.index) == set(CODES[:4]), "who has nothing to do is owed no service"
    assert dict(early["state"]) == dict(zip(CODES, ["sent", "sent", "sent", "untouched"], strict=False))
    assert dict(noon["state"]) == dict(zip(CODES, ["served", "late", "sent", "untouched"], strict=False))
    assert early.loc[CODES[0], "hours_run"] == -5
    assert dict(noon["hours_run"]) == dict.fromkeys(CODES[:4], 12)
    assert list(noon.loc[CODES[:4], "hours_unproved"]) == [0, 9.5, 12, 12]
    assert noon.loc[CODES[1], "tries"] == 2
    assert "未答复" in noon.loc[CODES[2], "relief"]
    assert said.startswith("应送达4家，截至2021-01-10 12:00：未发送1家、已发送未读1家、起始后送达1家、已送达1家")
    assert "最长晚9.5小时" in said
    assert "由人确定" in said


def test_the_open_list(book: Path, receipts: Write, tmp_path: Path) -> None:
    run(book, 1, "--receipts", receipts(*ROWS))
    done = run(book, 1, "--open", "--at", "2021-01-10 12:00", "-o", tmp_path / "open.csv")
    assert done.exit_code == 1
    assert "应送达4家，未送达2家" in done.stderr
    assert "起始后送达1家，最长晚9.5小时" in done.stderr
    table = pd.read_csv(tmp_path / "open.csv", dtype="str")
    assert set(table["enterprise_id"]) == {CODES[2], CODES[3]}
    assert table.loc[table["enterprise_id"] == CODES[3], "enterprise"].item() == MASKED, "a sole trader"
    rows = json.loads(run(book, 1, "--open", "--at", "2021-01-10 12:00", "--json").stdout)
    assert [row["enterprise_id"] for row in rows] == list(table["enterprise_id"])
    assert run(book, 1, "--open", "--personal").exit_code == 2
    shown = run(book, 1, "--open", "--json", "--personal", "--by", "办公室 甲", "--reason", "当面送达").stdout
    assert "合成企业3" in [row["enterprise"] for row in json.loads(shown)]
    with Ledger.open(book) as ledger:
        assert [act.reason for act in ledger.acts("access")] == ["当面送达"]
    before = run(book, 1, "--open", "--at", "2021-01-09 17:00")
    assert "尚余7" in before.stdout
    answered = (
        "合成企业2,同意,2021-01-09 23:40,,,副局长 戊,2,2021-01-10 08:00",
        *(f"合成企业{place},签收,2021-01-10 13:00,,某" for place in (2, 3)),
    )
    assert run(book, 1, "--receipts", receipts(*answered)).exit_code == 0
    assert run(book, 1, "--open").exit_code == 0
    with Ledger.open(book) as ledger:
        relief = service(ledger, 1, NOON).set_index("enterprise_id").loc[CODES[2], "relief"]
    assert relief == "生产线2：2021-01-09 23:00申请，2021-01-09 23:40副局长 戊同意安全减排，至2021-01-10 08:00"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("合成企叶0,签收,2021-01-09 19:00", "row 2, enterprise: the order names no such enterprise"),
        ("合成企叶0,签收,2021-01-09 19:00", "合成企业0"),
        ("合成企业0,收到了,2021-01-09 19:00", "row 2, event: not understood (found '收到了')"),
        ("合成企业0,签收,2021-01-09", "without its hour"),
        ("合成企业0,签收,昨晚", "row 2, time: cannot be read (found '昨晚')"),
        ("合成企业0,签收,2021-01-09 17:59", "before the order was issued"),
        ("合成企业0,签收,2199-01-09 17:59", "later than now"),
        (",签收,2021-01-09 19:00", "names no enterprise"),
        ("合成企业0,停炉风险,2021-01-09 19:00,,,,7", "no such line of this enterprise"),
        ("合成企业0,停炉风险,2021-01-09 19:00\n合成企业0,同意,2021-01-09 19:30", "nobody answers for it"),
        (
            "合成企业0,同意,2021-01-09 19:30,,,副局长 戊",
            "row 2, enterprise_id: relief_granted: an answer of 2021-01-09 19:30",
        ),
        ("合成企业0,签收,2021-01-09 19:00,,,,7", "no such line of this enterprise"),
        ("合成企业0,停炉风险,2021-01-09 19:00,,,,,2021-01-10", "row 2, until: without its hour"),
        (
            "合成企业0,停炉风险,2021-01-09 19:00\n合成企业0,同意,2021-01-09 19:30,,,副局长 戊,,2021-01-09 19:00",
            "row 3, until: not after the answer itself (found '2021-01-09 19:00'); expected after 2021-01-09 19:30",
        ),
    ],
)
def test_a_bad_row_is_one_clear_error_and_nothing_is_written(book: Path, receipts: Write, row: str, said: str) -> None:
    path = receipts(*row.split("\n"))
    done = run(book, 1, "--receipts", path)
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert said in done.stderr
    with Ledger.open(book) as ledger:
        assert len(ledger.acts()) == 1


@pytest.mark.parametrize(
    ("event", "time"),
    [
        ("签收", "20210109200000"),
        ("签 收", "2021年1月9日下午8点"),
        ("Signed", "2021-01-09 20"),
        ("SIGNED", "2021-01-09T12:00:00Z"),
    ],
)
def test_an_event_and_an_hour_in_other_words(book: Path, receipts: Write, event: str, time: str) -> None:
    assert run(book, 1, "--receipts", receipts(f"合成企业0,{event},{time},,张某某")).stderr == ""
    with Ledger.open(book) as ledger:
        assert list(receipts_of(ledger, 1)[["event", "time"]].iloc[0]) == ["signed", "2021-01-09 20:00"]


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("合成企业0,签收,2021-01-09 20:00,政务平台,张某某", ""),
        ("合成企业0,签收,2021-01-09 20:00,政务平台,李某某", "row 3, enterprise: a row above says the same"),
        ("合成企业0,签收,2021-01-09 20:00,政务平台,张某某,,,,代签", "row 3, enterprise: a row above says the same"),
    ],
)
def test_a_receipt_told_twice_is_one_and_what_differs_is_asked(
    book: Path, receipts: Write, second: str, told: str
) -> None:
    done = run(book, 1, "--receipts", receipts("合成企业0,签收,2021-01-09 20:00,政务平台,张某某", second))
    assert (done.exit_code, told in done.stderr, bool(done.stderr)) == (int(bool(told)), True, bool(told))
    with Ledger.open(book) as ledger:
        assert len(receipts_of(ledger, 1)) == 1


@pytest.mark.parametrize(("ends", "late"), [("2021-01-11 00:00", 1), ("", 0), ("2021-01-12 08:00", 0)])
def test_service_after_the_order_had_ended_is_told(tmp_path: Path, receipts: Write, ends: str, late: int) -> None:
    orders = orders_of(2)
    orders["starts"], orders["ends"] = "2021-01-10 00:00", ends
    path = tmp_path / "record.db"
    with Ledger.writable(path) as ledger:
        ledger.append("issue", Head("合成红色指令", datetime(2021, 1, 9, 18)), {"orders": names_apart(orders)})
    done = run(path, 1, "--receipts", receipts("合成企业0,签收,2021-01-12 08:00,政务平台,张某某"))
    assert (done.exit_code, "1 receipts of service after the order had ended" in done.stderr) == (late, bool(late))


def test_a_code_that_a_spreadsheet_ruined_is_told_beside_what_it_leads_to(book: Path, receipts: Write) -> None:
    header = "信用代码,单位名称,状态,签收时间"
    told = run(book, 1, "--receipts", receipts("9.1E+17,,签收,2021-01-09 19:00", header=header)).stderr.splitlines()
    assert ["9.1E+17" in line for line in told] == [True, False]
    assert "names no enterprise" in told[1]


def test_all_bad_rows_are_told_at_once(book: Path, receipts: Write) -> None:
    done = run(book, 1, "--receipts", receipts("某厂,签收,2021-01-09 19:00", "合成企业0,到,昨", ROWS[0]))
    assert [line.partition(": ")[0].rpartition(", row ")[2] for line in done.stderr.strip().splitlines()] == [
        "2, enterprise", "3, event", "3, time",
    ]  # fmt: skip


def test_code_and_name_of_two_enterprises(book: Path, receipts: Write) -> None:
    header = "信用代码,单位名称,状态,签收时间"
    done = run(book, 1, "--receipts", receipts(f"{CODES[0]},合成企业2,签收,2021-01-09 19:00", header=header))
    assert "code and name are of two" in done.stderr
    assert done.exit_code == 2
    good = receipts(f"{CODES[0].lower()},,签收,2021-01-09 19:00", header=header)
    assert run(book, 1, "--receipts", good).exit_code == 1, "nobody is named as having signed"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2021-01-09 17:59", "note: --at: before the order was issued (2021-01-09 18:00)"),
        ("1999-01-09", "note: --at: before the order was issued (2021-01-09 18:00)"),
        ("2021-01-09 18:00", ""),
        ("2021-01-10 12:00", ""),
        ("2199-01-09", "note: --at: later than now ("),
    ],
)
def test_an_hour_that_nothing_is_known_of_is_told(book: Path, at: str, said: str) -> None:
    done = run(book, 1, "--open", "--at", at)
    told = [line for line in done.stderr.splitlines() if line.startswith("note: --at")]
    assert (done.exit_code, len(told), all(line.startswith(said) for line in told)) == (1, int(bool(said)), True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to do"),
        (["--at", "2021-01-10"], "nothing to do"),
        (["--open", "-o", "x.xlsx"], "unknown suffix"),
        (["--receipts", "none.csv"], "cannot be read"),
    ],
)
def test_usage(book: Path, words: list[str], said: str) -> None:
    done = run(book, 1, *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_an_act_that_orders_nothing(book: Path, receipts: Write) -> None:
    run(book, 1, "--receipts", receipts(*ROWS))
    for words in (["--receipts", receipts(*ROWS)], ["--open"]):
        done = run(book, 2, *words)
        assert done.exit_code == 2
        assert "act 2 orders nothing" in done.stderr


def test_a_wrong_file_is_replaced(book: Path, receipts: Write) -> None:
    run(book, 1, "--receipts", receipts("合成企业3,签收,2021-01-09 19:00,,某"))
    right = receipts("合成企业3,已发送,2021-01-09 19:00,短信")
    assert "a correction says why" in run(book, 1, "--receipts", right, "--corrects", 2).stderr
    assert "brought in no receipts" in run(book, 1, "--receipts", right, "--corrects", 1, "--reason", "误").stderr
    assert run(book, 1, "--receipts", right, "--corrects", 2, "--reason", "误录").exit_code == 0
    with Ledger.open(book) as ledger:
        assert list(receipts_of(ledger, 1)["event"]) == ["sent"]


def test_signers_are_masked_and_can_be_erased(book: Path, receipts: Write) -> None:
    run(book, 1, "--receipts", receipts(*ROWS))
    with Ledger.open(book) as ledger:
        masked = receipts_of(ledger, 1)
        plain = receipts_of(ledger, 1, personal=True)
    assert set(masked["person"]) == {MASKED, ""}
    assert {"张某某", "王某某"} < set(plain["person"])
    assert "门卫李某拒签" in set(plain["note"])
    rules = Rulebook.load()
    with Ledger.writable(book) as ledger:
        erase(ledger, rules, date(2199, 1, 1), Head("删除", approved_by="局长 己", reason="期满"))
        left = receipts_of(ledger, 1, personal=True)
        assert set(left["person"]) == {ERASED, ""}
        assert ledger.input(2, "receipts/receipts.csv") is None
        states = list(service(ledger, 1, NOON)["state"])
    assert states.count("served") == 1
    assert verify(book).sound
    assert "张某某".encode() not in book.read_bytes()


_EVENTS = st.lists(
    st.tuples(st.sampled_from(sorted(EVENT_TEXT)), st.integers(0, 47)).map(lambda pair: (pair[1], pair[0])), max_size=8
)


@given(events=_EVENTS, start=st.integers(0, 47))
@settings(deadline=None, max_examples=60)
def test_only_proof_serves_and_only_by_its_hour(events: list[tuple[int, str]], start: int) -> None:
    def clock(hour: int) -> str:
        return (datetime(2021, 1, 9) + pd.Timedelta(hours=hour)).strftime("%Y-%m-%d %H:%M")

    rows = [dict.fromkeys(RECEIPT_COLUMNS, "") | {"event": name, "time": clock(hour)} for hour, name in sorted(events)]
    said = _of_receipts(list(rows), clock(start))
    proofs = [hour for hour, name in events if name in PROOFS]
    state = said["state"]
    assert (state in OPEN_STATES) == (not proofs)
    if proofs:
        assert said["served"] == clock(min(proofs))
        assert (state == "late") == (min(proofs) > start)


def test_nothing_ordered_is_owed_nothing(book: Path) -> None:
    with Ledger.open(book) as ledger:
        assert still_open(service(ledger, 1, NOON).iloc[:0]).empty
