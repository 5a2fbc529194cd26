"""Two plants with one code, line id and order id, one in each of two cities, on one record."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from docx import Document

from alertengine.documents import DocumentOptions, Footing, write_documents
from alertengine.documents.build import grouped
from alertengine.ledger import Head, Ledger, names_apart
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, with_flags
from alertengine.workflow import deliver, dossier, record_findings, recorded_findings, service
from alertengine.workflow._evaluate import _grave
from alertengine.workflow.act_documents import _documents, _firms
from alertengine.workflow.delivery.record import receipts_of
from alertengine.workflow.find_enterprise import search
from alertengine.workflow.reached import findings_within
from tests.ledger.conftest import orders_of
from tests.ledger.findings import write_findings_of

CODE, HERE, THERE = "91000000HC0000001B", "临汾市", "运城市"
NOON = pd.Timestamp("2021-01-10 12:00")


def orders(*cities: str) -> pd.DataFrame:
    """A stop of the plant of each city, numbered alike."""
    table = orders_of(1, status="ordered", transport="", enterprise_id=CODE, enterprise="合成一厂", order_id="O-1")
    return pd.concat([table.assign(city=city) for city in cities], ignore_index=True)


def issued(ledger: Ledger, *cities: str) -> int:
    head = Head("合成指令", datetime(2021, 1, 9, 18), approved_by="某局 甲")
    return ledger.append("issue", head, {"orders": names_apart(orders(*cities))}).act


def receipts(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["信用代码,企业名称,城市,事项,时间,送达方式,签收人,经办人", *rows]) + "\n")
    return path


@pytest.mark.parametrize(
    ("said", "served", "asked"),
    [
        (f"{CODE},,", [], ["receipt_of_several"]),
        (",合成一厂,", [], ["receipt_of_several"]),
        (f"{CODE},,运城", [THERE], []),
        (f",合成一厂,{HERE}", [HERE], []),
    ],
)
def test_a_receipt_is_of_the_plant_of_its_city(tmp_path: Path, said: str, served: list[str], asked: list[str]) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        act = issued(ledger, HERE, THERE)
        path = receipts(tmp_path / "r.csv", f"{said},签收,2021-01-09 20:00,政务平台,张某,")
        done = deliver(ledger, act, path, Head("", datetime(2021, 1, 10, 12)))
        assert [one.code for one in done.read.problems] == asked
        table = service(ledger, act, NOON)
    assert len(table) == 2
    assert table.loc[table["state"] == "served", "city"].tolist() == served


def test_a_city_the_order_does_not_speak_of_refuses_the_file(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        act = issued(ledger, HERE, THERE)
        path = receipts(tmp_path / "r.csv", f"{CODE},,太原,签收,2021-01-09 20:00,政务平台,张某,")
        with pytest.raises(InputError) as refused:
            deliver(ledger, act, path, Head("", datetime(2021, 1, 10, 12)))
    (problem,) = refused.value.problems
    assert (problem.code, problem.column, problem.value) == ("enterprise_not_in_order", "city", "太原")


def test_a_code_that_the_order_has_in_another_city_alone_is_told_with_that_city(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        other = orders(THERE).assign(enterprise_id="91000000HC00000002", enterprise="合成二厂")
        parts = {"orders": names_apart(pd.concat([orders(HERE), other]))}
        act = ledger.append("issue", Head("合成指令", datetime(2021, 1, 9, 18), approved_by="某局 甲"), parts).act
        path = receipts(tmp_path / "r.csv", f"{CODE},,{THERE},签收,2021-01-09 20:00,政务平台,张某,")
        with pytest.raises(InputError) as refused:
            deliver(ledger, act, path, Head("", datetime(2021, 1, 10, 12)))
        by_name = receipts(tmp_path / "n.csv", f",合成二厂,{HERE},签收,2021-01-09 20:00,政务平台,张某,")
        asked = deliver(ledger, act, by_name, Head("", datetime(2021, 1, 10, 12))).read.problems
    (problem,) = refused.value.problems
    assert dict(problem.arguments)["names"] == (f"{HERE}合成一厂（{CODE}）",)
    assert [(one.code, dict(one.arguments)["near"]) for one in asked] == [
        ("receipt_perhaps", (f"{THERE}合成二厂（91000000HC00000002）",))
    ]


def test_one_receipt_of_each_city_is_two_and_an_answer_is_of_its_request(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        act = issued(ledger, HERE, THERE)
        rows = [f"{CODE},,{city},签收,2021-01-09 20:00,政务平台,张某," for city in (HERE, THERE)]
        asked = f"{CODE},,{HERE},停炉风险,2021-01-09 21:00,电话,张某,"
        deliver(ledger, act, receipts(tmp_path / "r.csv", *rows, asked), Head("", datetime(2021, 1, 10, 12)))
        assert len(receipts_of(ledger, act)) == 3
        answer = f"{CODE},,{THERE},同意,2021-01-09 22:00,电话,,某局 乙"
        with pytest.raises(InputError) as refused:
            deliver(ledger, act, receipts(tmp_path / "a.csv", answer), Head("", datetime(2021, 1, 10, 12)))
        assert [one.code for one in refused.value.problems] == ["answer_without_request"]
        open_ = service(ledger, act, NOON).set_index("city")["relief_open"].to_dict()
    assert open_ == {HERE: 1, THERE: 0}


def found(folder: Path, **verdicts: str) -> Path:
    """Findings of the plants of some cities on the 10th, as audit writes them."""
    line = str(orders(HERE)["line_id"].iloc[0])
    tables = []
    for city, verdict in verdicts.items():
        path = write_findings_of(folder / f"{city}.csv", orders(city), {(CODE, line): {"2021-01-10": verdict}})
        tables.append(pd.read_csv(path, dtype=str, keep_default_na=False))
    path = folder / "findings.csv"
    pd.concat(tables).to_csv(path, index=False)
    return path


def test_findings_are_of_the_act_of_their_city(tmp_path: Path) -> None:
    """Two acts for a list alone number the orders of one code alike."""
    with Ledger.writable(tmp_path / "record.db") as ledger:
        _, there = issued(ledger, HERE), issued(ledger, THERE)
        head = Head("", approved_by="某局 甲")
        act = record_findings(ledger, found(tmp_path, **{THERE: "breached"}), head)
        assert act.head["judges"] == [there]
        with pytest.raises(InputError) as refused:
            record_findings(ledger, found(tmp_path, 太原市="breached"), head)
        assert {one.code for one in refused.value.problems} == {"order_of_no_act"}
        record_findings(ledger, found(tmp_path, **{HERE: "no_evidence"}), head)
        assert sorted(recorded_findings(ledger)["city"]) == [HERE, THERE]
        every = recorded_findings(ledger)
    assert [list(findings_within(every, orders(city))["finding"]) for city in (HERE, THERE)] == [
        ["no_evidence"], ["breached"]
    ]  # fmt: skip


def test_a_breach_stands_beside_the_service_of_its_own_plant(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        act = issued(ledger, HERE, THERE)
        path = receipts(tmp_path / "r.csv", f"{CODE},,{THERE},签收,2021-01-09 20:00,政务平台,张某,")
        deliver(ledger, act, path, Head("", datetime(2021, 1, 10, 12)))
        record_findings(
            ledger, found(tmp_path, **{HERE: "doubtful", THERE: "breached"}), Head("", approved_by="某局 甲")
        )
        grave = _grave(recorded_findings(ledger), service(ledger, act, NOON))
    assert {one["finding"]: one["service"] for one in grave} == {"breached": "served", "doubtful": "untouched"}


def test_a_dossier_is_of_one_plant_and_asks_for_the_city_of_two(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        here, there = issued(ledger, HERE), issued(ledger, THERE)
        path = receipts(tmp_path / "r.csv", f"{CODE},,,签收,2021-01-09 20:00,政务平台,张某,")
        deliver(ledger, here, path, Head("", datetime(2021, 1, 10, 12)))
        record_findings(ledger, found(tmp_path, **{THERE: "breached"}), Head("", approved_by="某局 甲"))
        for said in (CODE, "合成一厂", "合成一"):
            with pytest.raises(InputError) as refused:
                dossier(ledger, said)
            (problem,) = refused.value.problems
            assert problem.code == "several_answer"
            assert all(f"{city}/{CODE} 合成一厂" in str(problem) for city in (HERE, THERE))
        with pytest.raises(InputError) as refused:
            dossier(ledger, f"太原市/{CODE}")
        assert str(refused.value).count(CODE) == 2, "once as it was asked for, once as the nearest"
        one, other = dossier(ledger, f"{HERE}/{CODE}"), dossier(ledger, f"{THERE}/合成一厂")
        county = str(orders(HERE)["county"].iloc[0])
        assert dossier(ledger, CODE, places=[f"{HERE}/{county}"]).orders == one.orders
        assert search(ledger, CODE, 9) == [(f"{city}/{CODE}", "合成一厂") for city in sorted((HERE, THERE))]
        assert search(ledger, CODE, 9, [f"{HERE}/{county}"]) == [(CODE, "合成一厂")]
    assert [one.orders[0]["act"], other.orders[0]["act"]] == [here, there]
    assert (len(one.orders), len(one.receipts), len(one.findings)) == (1, 1, 0)
    assert (len(other.orders), len(other.receipts), len(other.findings)) == (1, 0, 1)
    assert [value["value"] for value in other.identity["city"]] == [THERE]
    assert [found.identity["asked_as"] for found in (one, other)] == [f"{HERE}/{CODE}", f"{THERE}/{CODE}"]


def test_a_released_paper_is_of_the_plant_of_its_city_s_folder(tmp_path: Path) -> None:
    names = [f"指令/{city}/未注明/合成一厂-{CODE}.docx" for city in (HERE, THERE)]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"paper")
    both = _firms(orders(HERE, THERE))
    assert list(_documents(dict.fromkeys(names, ()), both, set(), tmp_path)["city"]) == [HERE, THERE]
    alone = _documents({names[1]: ()}, _firms(orders(HERE)), set(), tmp_path)
    assert list(alone["city"]) == [HERE], "of a code that one city has, wherever the paper lies"
    with pytest.raises(InputError) as refused:
        _documents({f"指令/合成一厂-{CODE}.docx": ()}, both, set(), tmp_path)
    assert [one.code for one in refused.value.problems] == ["released_of_nobody"]


def test_an_order_paper_is_of_the_lines_of_one_city() -> None:
    papers = list(grouped(orders(HERE, THERE)))
    assert [[row.city for row in rows] for rows in papers] == [[HERE], [THERE]]


def test_the_paper_of_a_plant_says_what_it_takes_the_place_of_and_that_of_its_namesake_does_not(tmp_path: Path) -> None:
    table, said = with_flags(orders(HERE, THERE)), "1月4日16时发布的同一编号的指令"
    wish = DocumentOptions(boards=False, workers=1, corrects={(HERE, CODE): said})
    write_documents(table, Footing(Rulebook.load()), tmp_path, wish)
    papers = {city: next((tmp_path / "减排指令" / city).rglob("*.docx")) for city in (HERE, THERE)}
    texts = {city: "\n".join(one.text for one in Document(str(path)).paragraphs) for city, path in papers.items()}
    assert [f"本指令替代：{said}" in texts[city] for city in (HERE, THERE)] == [True, False]
