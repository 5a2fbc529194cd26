"""What ``ledger issue`` and ``ledger retention`` hand on, print and end with, from a run made by hand."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY, Mock

import pytest

from alertengine.commands import ledger as commands
from alertengine.commands import ledgerview
from alertengine.ledger import Ledger
from alertengine.vocabulary import times
from tests.cli.made import DOUBT, HINT, Stage, call, made, message, of, staged

stage = staged(commands, ledgerview)


def issuing(stage: Stage) -> Any:
    """A run ready to be recorded, and what recording it finds."""
    findings = [
        of(role=role, verdict=verdict, problem=lambda _, told=f"{role}{verdict}": message(told))
        for role in ("approved_by", "reviewed_by")
        for verdict in ("missing", "differs")
    ]
    timing = [{"verdict": verdict, "step": verdict} for verdict in ("late", "within", "unknown")]
    act = of(act=1, title="题", recorded_at="r", hash="h", head={"timing": timing})
    run = of(orders=[1, 2], warnings=[1], book=of(lists="lists"), now="now")
    ready = made(run=run, collected=of(options=OPTIONS), own_problems=[DOUBT], own_notes=[HINT])
    stage.patch.setattr(
        "alertengine.workflow.Lapse", lambda **one: of(problem=lambda _: message(f"lapse {one['step']}"))
    )
    stage.patch.setattr(commands, "tell_undetermined", Mock())
    stage.mock("workflow.prepare", ready)
    stage.mock("workflow.given_before", [message("given before")])
    stage.mock("workflow.left_unused", [message("unused")])
    stage.mock("workflow.orders_left_out", [message("left out")])
    stage.mock("workflow.out_of_step", [message("out of step")])
    stage.mock("workflow.cities_left_out", [message("cities")])
    stage.mock("workflow.cities_of", {"临汾市"})
    return of(record=stage.mock("workflow.record", (act, findings)), ready=ready)


OPTIONS = of(mode="live")
SIGNED = "--drafted-by 甲 --reviewed-by 乙 --approved-by 丙"


def test_what_is_issued_is_recorded_and_told(stage: Stage) -> None:
    given = issuing(stage)
    from alertengine.workflow import Correction, Signers, left_unused, orders_left_out, prepare

    collected = of()
    collect = stage.mock("workflow.collect_orders", collected)
    more = "--city 临汾 --hours 48 --totals t.csv --decisions d.csv --known-on 2020-12-01 --adopt a=b --rules own"
    times = "--issued-at 2021-01-09 --notified-at 2021-01-08 --approved-at '2021-01-08 12:00'"
    why = "--corrects 2 --reason 误 --despite 急 --clock-reason 钟"
    done = call(f"ledger issue r.db --list l.csv --level red --date 2021-01-10 {more} {times} {why} {SIGNED} --json")
    assert done.exit_code == 1
    told = [
        "given before",
        "unused",
        "left out",
        "out of step",
        "cities",
        "approved_bymissing",
        "approved_bydiffers",
        "reviewed_bydiffers",
        "lapse late",
    ]
    assert done.stderr.splitlines() == [f"note: {HINT}", str(DOUBT), *(str(message(text)) for text in told)]
    row = {"act": 1, "title": "题", "recorded_at": "r", "warnings": 1, "orders": 2, "hash": "h"}
    assert stage.tables == [([row], True)]
    collect.assert_called_once_with(
        Path("l.csv"),
        level="red",
        date=date(2021, 1, 10),
        city="临汾",
        hours=48.0,
        known_on=date(2020, 12, 1),
        adopt={"a": "b"},
        rules=(Path("own"),),
        totals=Path("t.csv"),
        decisions=Path("d.csv"),
    )
    prepare.assert_called_once_with(collected, "2021-01-10 临汾红色减排指令")
    assert collected.correction == Correction(2, "误")
    steps = {"notify": datetime(2021, 1, 8), "approve": datetime(2021, 1, 8, 12)}
    signed = Signers("甲", "乙", "丙", datetime(2021, 1, 9), steps)
    given.record.assert_called_once_with(ANY, given.ready, signed, Correction(2, "误"), despite="急", clock_reason="钟")
    left_unused.assert_called_once_with(ANY, given.ready)
    orders_left_out.assert_called_once_with(ANY, "lists", OPTIONS, [1], "now")
    commands.tell_undetermined.assert_called_once_with([1, 2])


def test_a_list_without_more_and_a_scenario_are_issued(stage: Stage) -> None:
    issuing(stage)
    from alertengine.workflow import prepare

    collected = of()
    collect = stage.mock("workflow.collect_orders", collected)
    call(f"ledger issue r.db --list l.csv --level red --date 2021-01-10 {SIGNED}")
    assert prepare.call_args.args == (collected, "2021-01-10 红色减排指令")
    unsaid = dict.fromkeys(("city", "hours", "known_on", "totals", "decisions"))
    collect.assert_called_once_with(Path("l.csv"), level="red", date=date(2021, 1, 10), adopt={}, rules=(), **unsaid)
    scenario = of(title="某日")
    stage.mock("orders.read_scenario", scenario)
    stage.patch.setattr(commands, "with_decisions", lambda one: one)
    taken = stage.mock("workflow.collect_scenario", said := of(said="scenario"))
    call(f"ledger issue r.db s {SIGNED}")
    taken.assert_called_once_with(scenario)
    assert prepare.call_args.args == (said, "某日")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("s --list l.csv --date 2021-01-10", "'--list, --date'"),
        (
            "s --level red --city 临汾 --hours 4 --totals t --decisions d",
            "'--level, --city, --hours, --totals, --decisions'",
        ),
        ("s --known-on 2020-12-01 --adopt a=b --rules r", "'--known-on, --adopt, --rules'"),
        ("--list l.csv --level red", "ledger issue"),
        ("--list l.csv --date 2021-01-10", "ledger issue"),
        ("--level red --date 2021-01-10", "ledger issue"),
    ],
)
def test_a_scenario_or_a_list_is_issued(stage: Stage, words: str, named: str) -> None:
    record = issuing(stage).record
    done = call(f"ledger issue r.db {words} {SIGNED}")
    assert (done.exit_code, named in done.stderr, done.stdout) == (2, True, ""), done.stderr
    record.assert_not_called()
    assert not Path("r.db").exists()


def test_terms_are_seen_from_today_or_a_day(stage: Stage) -> None:
    Ledger.writable(Path("r.db")).close()
    stage.mock("rulebook.Rulebook.load", "law")
    kept = stage.mock("workflow.retention", [])
    assert call("ledger retention r.db").exit_code == 0
    assert kept.call_args.args[1:] == ("law", times.today())
    call("ledger retention r.db --date 2021-01-10")
    assert kept.call_args.args[1:] == ("law", date(2021, 1, 10))
