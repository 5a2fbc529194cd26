"""Recording a run: what it rests on, who may approve it, and getting the same again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from alertengine.ledger import Head, Ledger, compare_orders, verify
from alertengine.orders import read_scenario, respond, write_orders
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import ERASED, MASKED, WARNING_COLUMNS, InputError, Level
from alertengine.vocabulary import times as clock
from alertengine.workflow import (
    Correction,
    Prepared,
    Signed,
    Signers,
    collect_orders,
    collect_scenario,
    erase,
    explain_line,
    list_of,
    prepare,
    record,
    replay,
    retention,
    snapshot,
)
from alertengine.workflow.act_opened import rulebook_of
from alertengine.workflow.signatures import compare, is_office, levels_of
from tests.conftest import BookMaker
from tests.ledger.conftest import HEADER, LINES, SIGNED

pytestmark = pytest.mark.whole

Make = Callable[[], Ledger]


@pytest.mark.slow
def test_a_scenario_is_recorded_as_respond_gives_it_and_replays_identical(make: Make, tmp_path: Path) -> None:
    scenario = read_scenario("2020-01-22-province")
    given = respond(scenario)
    with make() as ledger:
        act, findings = record(ledger, prepare(collect_scenario(scenario), scenario.title), SIGNED)
        write_orders(given.orders.table, tmp_path / "given.csv")
        write_orders(ledger.orders(act.act), tmp_path / "recorded.csv")
        assert (tmp_path / "given.csv").read_bytes() == (tmp_path / "recorded.csv").read_bytes()
        assert set(ledger.warnings(1)["city"]) == {"临汾市"}, "what other cities do is theirs to issue"
        found = replay(ledger, act.act)
        assert found.identical, found.differences
        assert found.rows == len(given.orders.table)
        folders = {one.path.split("/")[0] for one in ledger.inputs(1)}
        assert folders == {"forecast", "list", "list-public", "rules", "scenario"}
        assert rulebook_of(ledger, 1).fingerprint == act.head["rulebook"] == given.orders.book.fingerprint
        pd.testing.assert_frame_equal(list_of(ledger, 1).lines, given.orders.enterprises.lines)
    assert {(one.city, one.role, one.verdict) for one in findings} >= {("临汾市", "approved_by", "missing")}
    assert verify(tmp_path / "record.db").sound


@pytest.mark.usefixtures("quick")
def test_what_was_read_then_is_explained_though_rules_and_list_are_gone(make: Make, tmp_path: Path, kiln: Path) -> None:
    rules = tmp_path / "more"
    rules.mkdir()
    law = rules / "more.yaml"
    law.write_text(
        "document: more\ntitle: 例\narea: 临汾市\nvalid: {from: 2019-01-01}\nsource: primary\nrules:\n"
        "  - {id: more-kiln, article: 一, title: 例, kind: measure, levels: red, when: {industry: 水泥}, "
        "then: {limit: 0.77}}\n",
        encoding="utf-8",
    )
    ready = prepare(collect_orders(kiln, level="red", date=date(2021, 1, 10), rules=[rules]), "例")
    with make() as ledger:
        record(ledger, ready, SIGNED)
        law.unlink()
        kiln.unlink()
        found = explain_line(ledger, 1, "91000000HC0000001B/1")
        assert "more-kiln" in repr(found.phases)
        assert "340号" in repr(found.phases)


@pytest.fixture
def kiln(tmp_path: Path) -> Path:
    path = tmp_path / "k.csv"
    path.write_text(
        "统一社会信用代码,企业名称,城市,行业,生产线编号,工序,绩效等级,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n"
        "91000000HC0000001B,甲合成水泥厂,临汾,水泥,1,熟料,B,10,20,5,1\n",
        encoding="utf-8",
    )
    return path


def test_what_no_run_can_be_asked_is_refused_where_it_is_collected(kiln: Path) -> None:
    never = read_scenario("linfen-red-episode").model_copy(update={"known_on": date(9999, 1, 1)})
    for collect in (
        lambda: collect_scenario(never),
        lambda: collect_orders(kiln, level="red", date=date(9999, 1, 1)),
        lambda: collect_orders(kiln, level="red", date=date(2021, 1, 10), hours=1e9),
    ):
        with pytest.raises(InputError) as refused:
            collect()
        assert [(one.code, one.file) for one in refused.value.problems] == [("key_refused", "options")]


@pytest.mark.usefixtures("quick")
def test_the_second_clock_of_the_run_is_that_of_its_explanation(make: Make, kiln: Path) -> None:
    collected = collect_orders(kiln, level="red", date=date(2021, 1, 10), known_on=date(2020, 1, 1))
    with make() as ledger:
        record(ledger, prepare(collected, "例"), SIGNED)
        assert "340号" not in repr(explain_line(ledger, 1, "1").phases)
        with pytest.raises(InputError, match=r"record.db act 1: no such line"):
            explain_line(ledger, 1, "nothing")


def test_a_replay_that_differs_says_where(make: Make, prepared: Prepared) -> None:
    changed = prepared.run.orders.copy()
    changed["so2_kg_d"] = changed["so2_kg_d"] + [1.0, 0, 0][: len(changed)]
    other = dataclasses.replace(prepared, run=dataclasses.replace(prepared.run, orders=changed))
    with make() as ledger:
        record(ledger, other, SIGNED)
        found = replay(ledger, 1)
    assert [(one.table, one.column) for one in found.differences] == [("orders", "so2_kg_d")]


@pytest.mark.usefixtures("quick")
def test_files_changed_after_the_start_change_nothing(make: Make, kiln: Path) -> None:
    collected = collect_orders(kiln, level="red", date=date(2021, 1, 10))
    kiln.write_text("broken", encoding="utf-8")
    with make() as ledger:
        record(ledger, prepare(collected, "例"), SIGNED)
        assert replay(ledger, 1).identical


@pytest.mark.usefixtures("quick")
def test_a_bad_list_is_said_by_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("企业名称,城市,行业\n甲,临汾,水泥\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        prepare(collect_orders(path, level="red", date=date(2021, 1, 10)), "例")
    assert all(problem.file.startswith(str(path)) for problem in caught.value.problems)


def test_a_correction_says_what_and_why(make: Make, prepared: Prepared) -> None:
    with make() as ledger:
        record(ledger, prepared, SIGNED)
        for wrong, told in ((Correction(1, " "), "a correction says why"), (Correction(7, "理由"), "no such act")):
            with pytest.raises(InputError, match=told):
                record(ledger, prepared, SIGNED, wrong)
        act, _ = record(ledger, prepared, SIGNED, Correction(1, "清单有误"))
        assert (act.act, act.corrects, act.reason) == (2, 1, "清单有误")
        assert compare_orders(ledger.orders(1), ledger.orders(2)) == []


# -- roles


@pytest.mark.parametrize(
    ("office", "actor", "same"),
    [
        ("市长", "市长", True),
        ("太原市市长", "市长", True),
        ("太原市长", "市长", True),
        ("太原市人民政府市长", "市长", True),
        ("副市长", "市长", False),
        ("太原市副市长", "市长", False),
        ("临汾市市长", "市长", False),
        ("市长", "主管副市长", False),
        ("", "市长", False),
    ],
)
def test_an_office_is_the_one_the_rule_names(office: str, actor: str, *, same: bool) -> None:
    assert is_office(office, actor, "太原市") is same


def test_a_signature_is_an_office_and_a_name() -> None:
    assert Signed.read("太原市 市长 丙") == Signed("太原市 市长", "丙")
    assert Signed.read("丙") == Signed("", "丙")


ROLES = {"drafted_by": "办公室 甲", "reviewed_by": "科长 乙", "approved_by": "市长 丙"}


def verdicts(book: Rulebook, city: str, level: Level, day: date, **roles: str) -> dict[str, str]:
    return {one.role: one.verdict for one in compare(book, {city: (level, day)}, ROLES | roles)}


def test_the_procedure_of_a_city_is_its_own(shipped: Rulebook) -> None:
    day = date(2020, 12, 1)
    assert verdicts(shipped, "太原市", Level.RED, day)["approved_by"] == "meets"
    assert verdicts(shipped, "太原市", Level.RED, day, approved_by="主管副市长 丁")["approved_by"] == "differs"
    assert verdicts(shipped, "太原市", Level.ORANGE, day, approved_by="主管副市长 丁")["approved_by"] == "meets"
    for city in shipped.lists.cities():
        if city != "太原市":
            assert verdicts(shipped, city, Level.RED, day)["approved_by"] == "missing"


def test_who_approves_a_grade_does_not_approve_a_warning(shipped: Rulebook) -> None:
    assert verdicts(shipped, "临汾市", Level.RED, date(2027, 1, 10))["approved_by"] == "missing"


def test_the_wrong_office_is_refused_unless_a_person_says_why(
    make: Make, make_book: BookMaker, prepared: Prepared
) -> None:
    rule = {"id": "who", "kind": "procedure", "step": "approve", "levels": ["red"], "actor": "市长", "text": "签发"}
    book = make_book(rules=[{**rule, "article": "三", "title": "市长签发"}])
    ready = dataclasses.replace(prepared, run=dataclasses.replace(prepared.run, book=book))
    wrong = dataclasses.replace(SIGNED, approved_by="副市长 丁")
    with make() as ledger:
        with pytest.raises(InputError, match="expected 市长 and a name"):
            record(ledger, ready, wrong)
        assert ledger.acts() == []
        act, findings = record(ledger, ready, wrong, despite="市长出国，副市长代行")
        assert act.head["despite"] == "市长出国，副市长代行"
        assert ("approved_by", "differs") in {(one.role, one.verdict) for one in findings}
        _, findings = record(ledger, ready, SIGNED)
        assert "approved_by" not in {one.role for one in findings}


def test_nobody_signs_blank(make: Make, prepared: Prepared) -> None:
    with make() as ledger, pytest.raises(InputError, match="nobody signed"):
        record(ledger, prepared, Signers("甲", " ", "丙"))


ORANGE = ("issue", "orange", "03 15:00", "2021-01-04", "2021-01-07", "")
RED = ("raise", "red", "04 15:00", "2021-01-04 16:00", "2021-01-09", "")
LIFT_RED = ("lift", "red", "07 15:00", "2021-01-07 16:00", None, "")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], (Level.YELLOW, 10)),  # a list alone
        ([ORANGE], (Level.ORANGE, 4)),
        ([ORANGE, RED], (Level.RED, 4)),
        ([ORANGE, RED, ("lower", "orange", "06 15:00", "2021-01-06 16:00", "2021-01-09", "")], (Level.RED, 6)),
        ([ORANGE, RED, LIFT_RED], (Level.RED, 7)),
        # another warning after it was over: what was red before is not decided again
        ([ORANGE, RED, LIFT_RED, ("issue", "orange", "10 15:00", "2021-01-11", "2021-01-14", "")], (Level.ORANGE, 11)),
        ([ORANGE, ("issue", "red", "04 15:00", "2021-01-04 16:00", "2021-01-09", "甲县")], (Level.RED, 4)),
        ([("advise", "", "03 15:00", "2021-01-04", None, "")], (Level.YELLOW, 10)),
    ],
)
def test_the_gravest_level_that_an_act_decides_on_in_a_city_counts(
    rows: list[tuple[str, str, str, str, str | None, str]], expected: tuple[Level, int]
) -> None:
    levels, days = ["none", "yellow"], ["2021-01-11 00:00", "2021-01-10 08:00"]
    orders = pd.DataFrame({"city": ["甲市", "甲市"], "level": levels, "starts": days})
    said = [
        {"warning_id": f"{start[:10] if action == 'issue' and issued == '10 15:00' else 'W'}{counties}", "city": "甲市",
         "counties": counties, "action": action, "level": level, "issued": pd.Timestamp(f"2021-01-{issued}"),
         "starts": pd.Timestamp(start), "ends": pd.Timestamp(end) if end else pd.NaT}
        for action, level, issued, start, end, counties in rows
    ]  # fmt: skip
    warnings = pd.DataFrame(said).reindex(columns=list(WARNING_COLUMNS))
    level, day = expected
    assert levels_of(orders, warnings) == {"甲市": (level, date(2021, 1, day))}


# -- personal data


def test_a_list_that_names_persons_is_kept_apart(make: Make, prepared: Prepared) -> None:
    with make() as ledger:
        record(ledger, prepared, SIGNED)
        files = {one.path: one for one in ledger.inputs(1)}
        assert files["list/l.csv"].personal
        public = (ledger.input(1, "list-public/l.csv") or b"").decode("utf-8-sig")
        for secret in ("王某某", "13000000000", "乙某合成砖厂", "旁注", "备注栏"):
            assert secret not in public
        assert "甲合成水泥厂" in public
        assert "乙某合成砖厂" in set(ledger.orders(1)["enterprise"])
        assert MASKED in set(ledger.orders(1, personal=False)["enterprise"])


def test_erasing_keeps_the_chain_and_the_orders(
    make: Make, prepared: Prepared, shipped: Rulebook, tmp_path: Path
) -> None:
    head = Head("删除", approved_by="局长 戊", reason="保存期满")
    with make() as ledger:
        record(ledger, prepared, SIGNED)
        hashes = [act.hash for act in ledger.acts()]
        done = erase(ledger, shipped, date(2030, 1, 1), head)
        assert done.values == 2
        assert done.missing == ("临汾市",), "no rule on file gives the archive a term"
        assert [act.hash for act in ledger.acts()][:1] == hashes
        assert ERASED in set(ledger.orders(1)["enterprise"])
        assert not {one.path: one.kept for one in ledger.inputs(1)}["list/l.csv"]
        found = replay(ledger, 1)
        assert found.identical, found.differences
        assert found.erased
        with pytest.raises(InputError, match="nothing personal"):
            erase(ledger, shipped, date(2030, 1, 1), head)
        record(ledger, prepared, SIGNED)
        assert "乙某合成砖厂" in set(ledger.orders(3)["enterprise"])
    assert verify(tmp_path / "record.db").sound
    # the content that act 3 brought again is not what act 1 spoke of
    data = (tmp_path / "record.db").read_bytes()
    assert data.count("乙某合成砖厂".encode()) <= 1


def test_erased_values_are_nowhere_in_the_file(
    make: Make, prepared: Prepared, shipped: Rulebook, tmp_path: Path
) -> None:
    path = tmp_path / "record.db"
    with make() as ledger:
        record(ledger, prepared, SIGNED)
        assert "乙某合成砖厂".encode() in b"".join(file.read_bytes() for file in path.parent.glob("record.db*"))
        erase(ledger, shipped, date(2030, 1, 1), Head("删除", approved_by="局长 戊", reason="期满"))
        assert "乙某合成砖厂".encode() not in b"".join(file.read_bytes() for file in path.parent.glob("record.db*"))
    assert "乙某合成砖厂".encode() not in path.read_bytes()


def test_what_a_later_act_uses_is_not_erased(make: Make, prepared: Prepared, shipped: Rulebook) -> None:
    late = dataclasses.replace(SIGNED, issued_at=datetime(2024, 1, 1))
    with make() as ledger:
        record(ledger, prepared, SIGNED)
        record(ledger, prepared, late)
        with pytest.raises(InputError, match="nothing personal that only acts before 2022-01-01 use"):
            erase(ledger, shipped, date(2022, 1, 1), Head("删除", approved_by="局长 戊", reason="期满"))


def test_a_term_on_file_is_kept(
    make: Make, make_book: BookMaker, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = {
        "id": "keep",
        "kind": "procedure",
        "step": "archive",
        "actor": "档案室",
        "text": "归档",
        "retention_days": 3650,
    }
    book = make_book(rules=[rule])
    head = Head("删除", approved_by="局长 戊", reason="期满")
    with make() as ledger:
        record(ledger, prepared, SIGNED)
        [kept] = retention(ledger, book, date(2022, 1, 1))
        assert (kept.what, kept.state, kept.until) == ("archive", "keep", date(2031, 1, 11))
        with pytest.raises(InputError, match="must still be kept"):
            erase(ledger, book, date(2040, 1, 1), head)
        later = datetime(2031, 1, 12, tzinfo=clock.ZONE)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert erase(ledger, book, date(2030, 1, 1), head).missing == ()


@pytest.mark.usefixtures("quick")
def test_plants_keep_their_logs_at_least_a_year(make: Make, shipped: Rulebook, kiln: Path) -> None:
    ready = prepare(collect_orders(kiln, level="red", date=date(2020, 1, 10), hours=72), "例")
    with make() as ledger:
        record(ledger, ready, SIGNED)
        kept = {one.what: one for one in retention(ledger, shipped, date(2021, 1, 1))}
        assert (kept["gate"].days, kept["gate"].state, kept["gate"].until) == (365, "keep", date(2021, 1, 12))
        assert kept["video"].days == 365
        assert kept["archive"].state == "missing"
        assert {one.what: one.state for one in retention(ledger, shipped, date(2021, 1, 13))}["gate"] == "passed"


def test_names_in_a_table_of_decisions_lie_apart_and_are_erased(
    make: Make, shipped: Rulebook, tmp_path: Path, few_rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lay in the record in the clear: a sole trader's name could not be erased."""
    monkeypatch.setattr(snapshot, "rules_folder", lambda: few_rules)
    source, decided = tmp_path / "l.csv", tmp_path / "decided.csv"
    source.write_text(
        "\n".join([HEADER, LINES[0].replace("王某某,13000000000", ","), *LINES[2:]]) + "\n", encoding="utf-8"
    )
    decided.write_text(
        "企业名称,统一社会信用代码,决定文号,决定日期,决定种类,理由\n"
        "甲合成水泥厂,91000000HC0000001B,一号,2020-12-01,责令停产整治,超标排放\n"
        "丁某合成加工点,,二号,2020-12-02,责令停产整治,超标排放\n",
        encoding="utf-8",
    )
    name = "丁某合成加工点".encode()
    ready = prepare(collect_orders(source, level="red", date=date(2021, 1, 10), hours=72, decisions=decided), "例")
    with make() as ledger:
        record(ledger, ready, SIGNED)
        personal = {one.path for one in ledger.inputs(1) if one.personal}
        assert "list/l.decisions.csv" in personal
        assert all(name not in (ledger.input(1, one.path) or b"") for one in ledger.inputs(1) if not one.personal)
        assert replay(ledger, 1).identical
        erase(ledger, shipped, date(2030, 1, 1), Head("删除", approved_by="局长 戊", reason="期满"))
        found = replay(ledger, 1)
        assert (found.identical, found.erased) == (True, True), found.differences
    assert verify(tmp_path / "record.db").sound
    assert name not in (tmp_path / "record.db").read_bytes()
