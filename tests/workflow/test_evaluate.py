"""The evaluation: nothing is claimed that evidence does not show, and the bounds hold whatever was done."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertengine.audit import FINDING_COLUMNS, write_findings
from alertengine.audit.findings import joined
from alertengine.files import Findings, RunManifest, write_beside
from alertengine.ledger import Head, Ledger, names_apart
from alertengine.vocabulary import InputError
from alertengine.workflow import GRAVITY, Prepared, Reached, evaluate, read_findings, record, record_findings
from alertengine.workflow._evaluate import _course, _duties, _group, _stands, _uncorrected, _verdicts, members_of
from alertengine.workflow._record_findings import findings_of_act
from alertengine.workflow.acts_in_force import plain_orders
from alertengine.workflow.reached import findings_within, judged_days, may_stagger, reached
from tests.cli.made import runner
from tests.conftest import BookMaker, document
from tests.ledger.conftest import SIGNED, orders_of, warnings_of
from tests.ledger.findings import findings_of, write_findings_of

pytestmark = pytest.mark.whole

CEMENT, BRICKS, COKE = "91000000HC0000001B", "92000000HC00000021", "91000000HC0000003X"
UNTIL = pd.Timestamp("2021-01-13")


def plant(count: int, **cells: object) -> pd.DataFrame:
    """Lines of one plant, stopped for two days, plain."""
    table = orders_of(count, enterprise_id="E", status="ordered", city="C", share=1.0, **cells)
    table = table.assign(starts="2021-01-10 00:00", ends="2021-01-12 00:00", phase="0-48")
    return table.astype({"level": "object", "grade": "object"})


def summary(warned: float, everything: float, required: float | None, **cells: object) -> dict[str, Any]:
    """Recorded totals of one pollutant over a society of 1,000 kg/d."""
    entry: dict[str, Any] = {"warning": warned / 1000}
    if required is not None:
        entry |= {"required": required, "basis": "某文", "met": "yes" if warned / 1000 >= required else "no"}
    said = {"city": "C", "level": "red", "ratio": {"so2": entry}, "whole_society_kg_d": {"so2": 1000.0}}
    return said | {"reduced_kg_d": {"so2": warned}, "reduced_with_season_kg_d": {"so2": everything}} | cells


def ratio_of(
    orders: pd.DataFrame, verdicts: dict[str, dict[str, str]], staggered: list[bool] | None = None, **said: Any
) -> Reached:
    findings = findings_of(orders, {("E", line): days for line, days in verdicts.items()})
    may = np.array(staggered or [True] * len(orders))
    [found] = reached([summary(**said)], orders, judged_days(orders, findings, UNTIL), may)
    return found


def both(verdict: str) -> dict[str, str]:
    return dict.fromkeys(("2021-01-10", "2021-01-11"), verdict)


def test_each_stage_takes_out_what_it_says() -> None:
    orders = plant(4).assign(so2_kg_d=[100.0, 50.0, 30.0, 20.0])
    verdicts = {"0": both("complied"), "1": both("breached"), "2": {"2021-01-10": "doubtful", "2021-01-11": "complied"}}
    found = ratio_of(orders, verdicts, warned=200.0, everything=200.0, required=0.18)
    assert [one.least for one in found.stages] == pytest.approx([0.2, 0.15, 0.135, 0.115])
    assert [one.most for one in found.stages] == pytest.approx([0.2, 0.15, 0.135, 0.115])
    assert found.met == "no", "what is not breached is less than required"


@pytest.mark.parametrize(
    ("required", "blanks", "met"),
    [(0.1, 0, "yes"), (0.12, 0, "unknown"), (0.16, 0, "no"), (0.16, 3, "unknown"), (None, 0, "")],
)
def test_met_only_where_evidence_is_enough(required: float | None, blanks: int, met: str) -> None:
    orders = plant(3).assign(so2_kg_d=[100.0, 50.0, 50.0])
    verdicts = {"0": both("complied"), "1": both("breached")}
    found = ratio_of(orders, verdicts, warned=200.0, everything=200.0, required=required, lower_bound_lines=blanks)
    assert found.met == met


def test_staggering_of_others_does_not_blur_a_breach() -> None:
    orders = plant(2).assign(so2_kg_d=[100.0, 60.0])
    verdicts = {"0": both("breached"), "1": both("complied")}
    found = ratio_of(orders, verdicts, [False, True], warned=130.0, everything=160.0, required=0.1)
    assert (found.stages[1].least, found.stages[1].most) == (0.03, 0.03)
    assert found.met == "no"


def test_what_the_warning_alone_saves_is_used_where_it_agrees_with_the_totals() -> None:
    orders = plant(2).assign(so2_kg_d=[100.0, 60.0])
    days = judged_days(orders, findings_of(orders, {("E", "0"): both("breached")}), UNTIL)
    for own, shown in (([70.0, 60.0], (0.06, 0.06)), ([70.0, 10.0], (0.03, 0.06))):
        warned = pd.DataFrame({"so2": own})
        [found] = reached([summary(130.0, 160.0, 0.1)], orders, days, np.array([True, True]), warned)
        assert (found.stages[1].least, found.stages[1].most) == shown


def test_an_order_may_be_staggered_where_a_rule_of_it_says_so(make_book: BookMaker) -> None:
    stop = {"then": [{"stop": True}], "when": {"industry": "焦化"}}
    book = make_book(rules=[{"id": "w", "levels": ["red"], **stop}, {"id": "s", "kind": "season", **stop}])
    rows = plant(4).assign(rules=["w", "w;s", "w", "gone"], set_aside=["", "", "s", ""])
    assert may_stagger(rows, book).tolist() == [False, True, True, True]


def test_without_findings_nothing_is_shown() -> None:
    found = ratio_of(plant(2).assign(so2_kg_d=[100.0, 50.0]), {}, warned=150.0, everything=150.0, required=0.1)
    assert (found.stages[1].least, found.stages[3].least, found.stages[3].most) == (0.15, 0.0, 0.0)
    assert found.met == "unknown"


LINES = st.tuples(
    st.floats(0, 100), st.sampled_from([0.0, 0.0, 7.5, 80.0]), st.sampled_from(GRAVITY), st.sampled_from(GRAVITY)
)


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(LINES, min_size=1, max_size=6))
def test_what_was_really_done_lies_between_the_bounds(lines: list[tuple[float, float, str, str]]) -> None:
    warned, staggered = [line[0] for line in lines], [line[1] for line in lines]
    orders = plant(len(lines)).assign(so2_kg_d=[w + s for w, s in zip(warned, staggered, strict=True)])
    days = {str(n): {"2021-01-10": line[2], "2021-01-11": line[3]} for n, line in enumerate(lines)}
    everything = sum(warned) + sum(staggered)
    may = [bool(s) or place % 2 == 0 for place, s in enumerate(staggered)]
    found = ratio_of(orders, days, may, warned=sum(warned), everything=everything, required=0.1)
    out: set[str] = set()
    for stage, gone in zip(found.stages, ("", "breached", "doubtful", "no_evidence"), strict=True):
        out.add(gone)
        true = sum(w * sum(day not in out for day in line[2:]) / 2 for w, line in zip(warned, lines, strict=True))
        assert stage.least - 2e-6 <= true / 1000 <= stage.most + 2e-6
    for before, after in zip(found.stages, found.stages[1:], strict=False):
        assert after.least <= before.least
        assert after.most <= before.most
    if not any(staggered):
        assert all(one.least == pytest.approx(one.most, abs=2e-6) for one in found.stages)


def test_a_breach_of_no_line_in_particular_makes_the_plant_doubtful() -> None:
    orders = plant(2)
    lines = findings_of(orders, {("E", "0"): both("complied"), ("E", "1"): both("breached")})
    whole = findings_of(orders, {("E", ""): {"2021-01-10": "breached"}}, evidence="inspection", subject="transport")
    gate = findings_of(orders, {("E", ""): {"2021-01-11": "breached"}}, evidence="gate", subject="transport")
    days = judged_days(orders, pd.concat([lines, whole, gate]), UNTIL)
    said = {(row["line_id"], row["day"]): row["verdict"] for row in days.to_dict("records")}
    assert said == {
        ("0", "2021-01-10"): "doubtful", ("0", "2021-01-11"): "complied",
        ("1", "2021-01-10"): "breached", ("1", "2021-01-11"): "breached",
    }  # fmt: skip


@settings(max_examples=12)
@given(st.permutations(GRAVITY), st.integers(1, 4))
def test_of_several_audits_the_gravest_word_prevails(words: list[str], count: int) -> None:
    orders = plant(1)
    said = [findings_of(orders, {("E", "0"): {"2021-01-10": word}}) for word in words[:count]]
    days = judged_days(orders, pd.concat(said), UNTIL)
    assert days["verdict"].iloc[0] == min(words[:count], key=GRAVITY.index)
    assert days["verdict"].iloc[1] == "no_evidence"


@pytest.mark.parametrize(
    ("cities", "said"),
    [
        (["阳泉市", "阳泉市"], {"城区": (2, 2, 2)}),
        (["阳泉市", "晋城市"], {"阳泉市城区": (1, 2, 0), "晋城市城区": (1, 0, 2)}),
    ],
)
def test_counties_of_one_name_are_not_one(cities: list[str], said: dict[str, tuple[int, int, int]]) -> None:
    orders = plant(2).assign(city=cities, county="城区")
    findings = findings_of(orders, {("E", "0"): both("complied"), ("E", "1"): both("breached")})
    rows = _group(orders, judged_days(orders, findings, UNTIL), "county")
    assert {one["county"]: (one["lines"], one["complied"], one["breached"]) for one in rows} == said


@pytest.mark.parametrize("line", ["0", ""])
def test_a_plant_of_two_cities_is_judged_in_each(line: str) -> None:
    """Branches under one code: what is found in one city says nothing of the other."""
    orders = pd.concat([plant(1), plant(1).assign(city="D")], ignore_index=True)
    days = judged_days(orders, findings_of(orders, {("E", line): both("breached")}), UNTIL)
    said = {city: set(own["verdict"]) for city, own in days.groupby("city")}
    assert said == {"C": {"breached" if line else "doubtful"}, "D": {"no_evidence"}}
    counted = _verdicts(days)
    assert (sum(counted["days"].values()), sum(counted["lines"].values())) == (4, 2)


@pytest.mark.parametrize(
    ("decided", "first", "second"),
    [
        ("2021-01-09 15:40", 0, 48),  # on the same evening: the second alone is carried out
        ("2021-01-10 15:40", 16, 32),
        ("2021-01-11 23:10", 48, 0),
    ],
)
def test_an_hour_that_two_acts_order_is_evaluated_once(tmp_path: Path, decided: str, first: int, second: int) -> None:
    """A raise repeats the hours of its response that the act before it ordered."""
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for at in ("2021-01-09 15:40", decided):
            parts = {"warnings": warnings_of().assign(city="C"), "orders": names_apart(plant(2))}
            ledger.append("issue", Head("合成", details={"decided": at}), parts)
        hours = []
        for act in ledger.acts():
            given = plain_orders(ledger.orders(act.act), act.act)
            stands = _stands(ledger, act, members_of(ledger, act), given)
            hours.append(judged_days(stands, findings_of(given, {}), UNTIL)["hours"].sum() / 2)
    assert hours == [first, second]


@pytest.mark.parametrize(
    ("order", "day", "city", "own"),
    [
        ("O1", "2021-01-09", "C", False),
        ("O1", "2021-01-10", "C", True),
        ("O1", "2021-01-11", "C", True),
        ("O1", "2021-01-12", "C", False),  # ends at its first minute: a later act repeats the order for that day
        ("O2", "2021-01-11", "C", False),  # replaced: not among what stands
        ("O3", "2021-03-01", "C", True),  # open
        ("", "2021-01-11", "C", True),  # a site
        ("", "2021-01-09", "C", False),
        ("", "2021-01-11", "D", False),
    ],
)
def test_a_finding_is_of_the_act_whose_hours_it_speaks_of(order: str, day: str, city: str, own: bool) -> None:
    hours = {"O1": ("2021-01-10 16:00", "2021-01-12 00:00"), "O3": ("2021-01-10 16:00", "")}
    stands = pd.DataFrame(
        [(name, "C", *at) for name, at in hours.items()], columns=["order_id", "city", "starts", "ends"]
    )
    findings = pd.DataFrame({"order_id": [order], "day": [day], "city": [city]})
    assert len(findings_within(findings, stands)) == own
    assert findings_within(findings, stands.iloc[:0]).empty


def test_orders_without_a_duty_to_produce_less_are_not_judged() -> None:
    orders = plant(3).assign(status=["ordered", "exempt", "ordered"], share=[0.3, 1.0, 0.0])
    days = judged_days(orders, findings_of(orders, {("E", "0"): both("complied")}), UNTIL)
    assert days["line_id"].unique().tolist() == ["0"]
    assert days["hours"].tolist() == [24.0, 24.0]


def test_the_duty_to_evaluate_its_deadline_and_its_holes_come_from_the_rules(make_book: BookMaker) -> None:
    rule = {"kind": "procedure", "step": "evaluate", "after": "lift", "actor": "市指挥部", "text": "总结评估"}
    hole = [{"what": "评估报告的格式", "source": "某文", "reason": "未读到"}]
    timed = document("plan", area="临汾市", rules=[{**rule, "id": "e", "within_hours": 72}], missing=hole)
    book = make_book(timed, document("other", area="太原市", rules=[{**rule, "id": "t"}]))
    given = pd.DataFrame({"city": ["临汾市"], "starts": ["2021-01-10 00:00"]})
    lift = {"city": "临汾市", "action": "lift", "starts": "2021-01-14 08:00"}
    duties, holes = _duties(book, None, given, [lift])
    assert [(one["rule"], one["due"]) for one in duties] == [("e", "2021-01-17 08:00")]
    assert [one["what"] for one in holes] == ["评估报告的格式"]
    assert _duties(book, None, given, [])[0][0]["due"] == ""
    later = make_book({**timed, "issued": "2018-01-01"})
    assert [_duties(later, date(year, 1, 1), given, [])[0] != [] for year in (2017, 2019)] == [False, True]


@pytest.fixture
def recorded(tmp_path: Path, prepared: Prepared) -> Path:
    """A ledger of one act of three enterprises, one a sole trader."""
    path = tmp_path / "record.db"
    with Ledger.writable(path) as ledger:
        record(ledger, prepared, SIGNED)
    return path


def said_of(ledger: Ledger) -> dict[tuple[str, str], dict[str, str]]:
    """A verdict for the first day of each ordered line."""
    orders = ledger.orders(1)
    own = orders[orders["status"] == "ordered"]
    keys = list(zip(own["enterprise_id"].astype("str"), own["line_id"].astype("str"), strict=True))
    return {key: {"2021-01-10": GRAVITY[place % 3]} for place, key in enumerate(keys)}


@pytest.mark.slow
def test_the_page_says_what_is_missing_and_masks_persons(recorded: Path, tmp_path: Path) -> None:
    pytest.importorskip("plotly", reason="the extra alertengine[report]")
    from alertengine.report import evaluation_page

    with Ledger.writable(recorded) as ledger:
        said = said_of(ledger)
        said[BRICKS, "1"] = {"2021-01-11": "doubtful"}
        table = findings_of(ledger.orders(1), said)
        table.loc[table["enterprise_id"] == BRICKS, "finding_text"] = "乙某在产"
        source = tmp_path / "f.csv"
        table.to_csv(source, index=False)
        from_file = evaluate(ledger, 1, read_findings(source))
        record_findings(ledger, source, Head("", approved_by="科长 丁"))
        from_record = evaluate(ledger, 1)
    assert from_file.verdicts == from_record.verdicts
    assert from_file.reached == from_record.reached
    page = evaluation_page(from_record)
    assert page == evaluation_page(from_record), "the same evaluation gives the same bytes"
    for found in (page, evaluation_page(from_file), json.dumps(from_record.as_dict(), default=str, ensure_ascii=False)):
        assert "乙某" not in found
    for text in ("评估规定未录入", "减排比例无法计算", "没有预警，只有指令", "未发送"):
        assert text in page


def test_the_course_of_a_response_goes_as_its_warnings_were_issued(tmp_path: Path) -> None:
    """An extension that begins after the lift was issued before it."""
    said = [("issue", 9, 10), ("extend", 10, 13), ("lift", 11, 12)]
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for action, issued, starts in said:
            times = {"issued": pd.Timestamp(f"2021-01-{issued} 16:00"), "starts": pd.Timestamp(f"2021-01-{starts}")}
            ledger.append("issue", Head("合成"), {"warnings": warnings_of().assign(action=action, **times)})
        assert [row["action"] for row in _course(ledger, ledger.acts())] == [action for action, _, _ in said]


def test_the_course_of_a_corrected_act_has_its_own_warnings_and_no_other_corrected_ones(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for number, level in enumerate(("yellow", "orange", "red")):
            head = Head("合成", corrects=number or None, reason="误")
            ledger.append("issue", head, {"warnings": warnings_of().assign(level=level)})
        acts = [ledger.act(number) for number in (1, 2, 3)]
        courses = [_course(ledger, _uncorrected(act, members_of(ledger, act))) for act in acts]
    assert [[row["level"] for row in course] for course in courses] == [["yellow", "red"], ["orange", "red"], ["red"]]


@pytest.mark.slow
def test_a_corrected_act_and_one_without_findings_say_so(recorded: Path, prepared: Prepared) -> None:
    from alertengine.workflow import Correction

    with Ledger.writable(recorded) as ledger:
        assert any("证据不足" in note for note in evaluate(ledger, 1).notes)
        record(ledger, prepared, SIGNED, Correction(1, "清单有误"))
        assert any("第2号更正" in note for note in evaluate(ledger, 1).notes)


@pytest.mark.slow
@pytest.mark.parametrize(("hours_before", "carried_out"), [(1, False), (-10, True)])
def test_what_was_corrected_before_it_began_reached_nothing(
    tmp_path: Path, prepared: Prepared, hours_before: int, carried_out: bool
) -> None:
    """A correction issued an hour before the first, or ten hours after it."""
    from alertengine.workflow import Correction

    begins = pd.Timestamp(prepared.run.orders["starts"].astype("str").min())
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for number, hours in enumerate((4, hours_before)):
            issued = (begins - pd.Timedelta(hours=hours)).to_pydatetime()
            record(
                ledger, prepared, replace(SIGNED, issued_at=issued), Correction(number or None, "误" if number else "")
            )
        first, second = evaluate(ledger, 1), evaluate(ledger, 2)
    assert any("没有一小时" in note for note in first.notes) != carried_out
    assert bool(sum(first.verdicts["days"].values())) == carried_out
    assert bool(first.reached) <= carried_out
    assert not any("没有一小时" in note for note in second.notes)


def test_findings_are_recorded_once_by_somebody_and_on_orders_that_are_there(recorded: Path, tmp_path: Path) -> None:
    head = Head("", approved_by="科长 丁")
    with Ledger.writable(recorded) as ledger:
        orders = ledger.orders(1)
        source = write_findings_of(tmp_path / "f.csv", orders, said_of(ledger))
        with pytest.raises(InputError, match="nobody signed"):
            record_findings(ledger, source, Head(""))
        first = record_findings(ledger, source, head)
        with pytest.raises(InputError, match="recorded already as act 2"):
            record_findings(ledger, source, head)
        strange = write_findings_of(tmp_path / "s.csv", orders, said_of(ledger), order_id="O-9")
        with pytest.raises(InputError, match="no binding act of the ledger gave this order"):
            record_findings(ledger, strange, head)
        with pytest.raises(InputError, match="findings correct findings"):
            record_findings(ledger, strange, Head("", approved_by="科长 丁", corrects=1, reason="误"))
        assert ledger.last() == first


@pytest.mark.parametrize(
    ("changed", "added"),
    [
        ({"consequence": "另一建议", "penalty_rules": "x", "basis": "另一文", "standing": "primary"}, 0),
        ({"proposal_rank": "移送线索", "evidence_rules": "y"}, 0),
        ({"observed": 5.0}, 1),
        ({"finding_text": "另一认定"}, 1),
        ({"source": "另一文件 row 2"}, 1),
    ],
)
def test_the_same_facts_under_another_proposal_are_on_record(
    recorded: Path, tmp_path: Path, changed: dict[str, Any], added: int
) -> None:
    """A breach on record changes what is proposed for the next audit of the same days, and nothing it found."""
    head, told = Head("", approved_by="科长 丁"), Findings("f.csv")
    with Ledger.writable(recorded) as ledger:
        table = findings_of(ledger.orders(1), said_of(ledger))
        table.to_csv(tmp_path / "f.csv", index=False)
        record_findings(ledger, tmp_path / "f.csv", head)
        later = table.assign(day="2021-01-11")
        pd.concat([table.assign(**changed), later]).to_csv(tmp_path / "g.csv", index=False)
        act = record_findings(ledger, tmp_path / "g.csv", head, told=told)
        assert ledger.parts(act.act)[0].rows == len(later) + added
        codes = [(one.code, dict(one.arguments)["acts"]) for one in told.warnings if one.code == "findings_known"]
        assert codes == ([] if added else [("findings_known", ("2",))])
        later.to_csv(tmp_path / "h.csv", index=False)
        with pytest.raises(InputError, match="recorded already as act 3"):
            record_findings(ledger, tmp_path / "h.csv", head)
        put_right = Head("", approved_by="科长 丁", corrects=2, reason="建议有误")
        assert record_findings(ledger, tmp_path / "f.csv", put_right).corrects == 2


def test_no_evidence_is_no_fact_beside_what_is_on_record_of_the_same_line_and_day(
    recorded: Path, tmp_path: Path
) -> None:
    """Another person's audit has other files: of what was found before by the first it says that there is nothing."""
    with Ledger.writable(recorded) as ledger:
        table = findings_of(ledger.orders(1), said_of(ledger))
        table.to_csv(tmp_path / "f.csv", index=False)
        first = record_findings(ledger, tmp_path / "f.csv", Head("", approved_by="科长 丁"))
        none = table.assign(finding="no_evidence", evidence="", finding_text="当日没有可用的证据", source="")
        none.to_csv(tmp_path / "g.csv", index=False)
        other = Head("", approved_by="科长 戊")
        with pytest.raises(InputError, match=f"recorded already as act {first.act}"):
            record_findings(ledger, tmp_path / "g.csv", other)
        pd.concat([none, none.assign(day="2021-01-12")]).to_csv(tmp_path / "h.csv", index=False)
        act = record_findings(ledger, tmp_path / "h.csv", other)
        assert set(findings_of_act(ledger, act.act, personal=False)["day"]) == {"2021-01-12"}


def test_a_file_that_audit_did_not_write_is_refused_with_every_cell(recorded: Path, tmp_path: Path) -> None:
    with Ledger.open(recorded) as ledger:
        table = findings_of(ledger.orders(1), said_of(ledger)).astype({"share": "object"})
    table.loc[0, ["finding", "day", "share"]] = ["guilty", "10.1.2021", "much"]
    table.to_csv(tmp_path / "f.csv", index=False)
    with pytest.raises(InputError) as refused:
        read_findings(tmp_path / "f.csv")
    assert {(one.row, one.column) for one in refused.value.problems} == {(2, "finding"), (2, "day"), (2, "share")}
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no header row found"):
        read_findings(tmp_path / "x.csv")


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet", ".csv.gz"])
def test_findings_are_read_from_whatever_tables_are_read_from(recorded: Path, tmp_path: Path, suffix: str) -> None:
    with Ledger.open(recorded) as ledger:
        table = findings_of(ledger.orders(1), said_of(ledger))
    table.to_csv(tmp_path / "f.csv", index=False)
    path = tmp_path / f"g{suffix}"
    if suffix == ".xlsx":
        named = table.rename(columns={name: text for name, (text, _) in FINDING_COLUMNS.items()})
        named.to_excel(path, index=False, startrow=2)
    elif suffix == ".parquet":
        table.to_parquet(path)
    else:
        table.to_csv(path, index=False)
    pd.testing.assert_frame_equal(read_findings(path), read_findings(tmp_path / "f.csv"))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_findings_are_recorded_from_every_file_that_audit_writes(recorded: Path, tmp_path: Path, suffix: str) -> None:
    """A workbook has the words people read, and sheets by gravity."""
    with Ledger.open(recorded) as ledger:
        table = findings_of(ledger.orders(1), said_of(ledger), standing="primary", share=0.35)
    verdicts = pd.concat([table.assign(finding=word, conclusion=word) for word in GRAVITY])
    write_findings(joined([verdicts]), tmp_path / f"f{suffix}")
    read = read_findings(tmp_path / f"f{suffix}")
    assert sorted(read["finding"]) == sorted(GRAVITY)
    assert set(read["conclusion"]) == {"breached"}
    assert [set(read[name]) for name in ("evidence", "subject", "level", "standing", "share")] == [
        {"electricity"}, {"production"}, {"red"}, {"primary"}, {0.35},
    ]  # fmt: skip


run = runner("ledger")


def test_the_commands_and_their_exit_statuses(recorded: Path, tmp_path: Path) -> None:
    pytest.importorskip("plotly", reason="the extra alertengine[report]")
    with Ledger.open(recorded) as ledger:
        source = write_findings_of(tmp_path / "f.csv", ledger.orders(1), said_of(ledger))
    refused = run("findings", recorded, source, "--approved-by", "科长 丁")
    assert (refused.exit_code, "no manifest names it" in refused.output) == (2, True)
    write_beside(source, RunManifest("audit", {}, {}))
    done = run("findings", recorded, source, "--approved-by", "科长 丁", "--evidence", source, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)[0]["title"] == "第1号指令的核查结论"
    done = run("evaluate", recorded, 1, "-o", tmp_path / "e.html", "--json")
    assert done.exit_code == 1, "a breach is for a person to look at"
    assert json.loads(done.stdout)["findings"]["acts"] == [2]
    assert (tmp_path / "e.html").is_file()
    assert run("evaluate", recorded, 2).exit_code == 2
    assert run("evaluate", recorded, 1, "-o", tmp_path / "e.pdf").exit_code == 2
    assert run("evaluate", recorded, 1, "--findings", tmp_path / "none.csv").exit_code == 2
    assert run("verify", recorded).exit_code == 0
