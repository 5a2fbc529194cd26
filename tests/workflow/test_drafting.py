"""A draft goes through four hands, and what is issued is what was approved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from alertengine.files import lists_folder, scenarios_folder
from alertengine.ledger import Ledger, Signer, verify
from alertengine.orders import read_scenario
from alertengine.vocabulary import InputError
from alertengine.workflow import (
    Prepared,
    Stage,
    Upload,
    approve,
    collect_scenario,
    collect_uploads,
    draft,
    issue_draft,
    latest_forecast,
    prepare,
    record_forecast,
    replay,
    review,
    submit,
    withdraw,
)

pytestmark = pytest.mark.whole

Make = Callable[[], Ledger]
OFFICE, HEAD, MAYOR = "市应急指挥部办公室 甲", "科长 乙", "市长 丙"
FORECAST = "2020-01-22-province.forecast.csv"
LIST = "linfen-synthetic.csv"


def through(ledger: Ledger, prepared: Prepared) -> int:
    """A draft that is approved."""
    number = submit(ledger, prepared, OFFICE).act
    review(ledger, number, HEAD, passed=True)
    approve(ledger, number, MAYOR, passed=True)
    return number


def test_a_draft_is_issued_as_it_was_approved(make: Make, prepared: Prepared, tmp_path: Path) -> None:
    with make() as ledger:
        number = submit(ledger, prepared, OFFICE, note="请急办").act
        state = draft(ledger, number)
        assert (state.stage, state.note, state.orders) == (Stage.DRAFTED, "请急办", len(prepared.run.orders))
        assert state.levels == (("临汾市", "red"),)
        reviewed = review(ledger, number, HEAD, passed=True)
        assert draft(ledger, number).stage is Stage.REVIEWED
        approved = approve(ledger, number, MAYOR, passed=True)
        act, _ = issue_draft(ledger, number, OFFICE)
        state = draft(ledger, number)
        assert (state.stage, state.issued) == (Stage.ISSUED, act.act)
        assert (act.drafted_by, act.reviewed_by, act.approved_by) == (OFFICE, HEAD, MAYOR)
        assert (act.head["draft"], act.head["review"], act.head["approval"]) == (number, reviewed.act, approved.act)
        pd.testing.assert_frame_equal(ledger.orders(act.act), ledger.orders(number))
        assert replay(ledger, number).identical
        assert replay(ledger, act.act).identical
        with pytest.raises(InputError, match=f"it was issued as act {act.act}") as told:
            issue_draft(ledger, number, OFFICE)
        said = (f"拟稿第{number}号不能发布：已作为第{act.act}号发布", "已批准，待发布")
        assert told.value.problems[0].words("zh") == said
    assert verify(tmp_path / "record.db").sound


def test_acts_record_the_account_beside_the_signature(make: Make, prepared: Prepared) -> None:
    by = {"jia": Signer(OFFICE, "jia", "officer"), "yi": Signer(HEAD, "yi", "reviewer"),
          "bing": Signer(MAYOR, "bing", "approver")}  # fmt: skip
    with make() as ledger:
        number = submit(ledger, prepared, by["jia"]).act
        review(ledger, number, by["yi"], passed=True)
        approve(ledger, number, by["bing"], passed=True)
        act, _ = issue_draft(ledger, number, by["jia"])
    assert (act.drafted_by, act.reviewed_by, act.approved_by) == (OFFICE, HEAD, MAYOR)
    roles = {step: (one["user"], one["role"]) for step, one in act.head["accounts"].items()}
    assert roles == {
        "drafted_by": ("jia", "officer"),
        "reviewed_by": ("yi", "reviewer"),
        "approved_by": ("bing", "approver"),
        "issued_by": ("jia", "officer"),
    }


def test_an_account_that_was_renamed_in_between_is_still_one_person(make: Make, prepared: Prepared) -> None:
    """Whoever keeps accounts could rename one after each step: three signatures, one person."""
    with make() as ledger:
        number = submit(ledger, prepared, Signer(OFFICE, "jia", "officer")).act
        with pytest.raises(InputError, match="same person"):
            review(ledger, number, Signer(HEAD, "jia", "reviewer"), passed=True)
        review(ledger, number, Signer(HEAD, "yi", "reviewer"), passed=True)
        for user in ("jia", "yi"):
            with pytest.raises(InputError, match="same person"):
                approve(ledger, number, Signer(MAYOR, user, "approver"), passed=True)
        assert draft(ledger, number).stage is Stage.REVIEWED


@pytest.mark.slow
def test_uploads_are_the_scenario_of_the_same_files(make: Make) -> None:
    scenario = read_scenario("2020-01-22-province")
    on_disk = collect_scenario(scenario)
    forecast = Upload(FORECAST, (scenarios_folder() / FORECAST).read_bytes())
    listed = Upload(LIST, (lists_folder() / LIST).read_bytes())
    beside = [Upload(path.name, path.read_bytes()) for path in lists_folder().glob("linfen-synthetic.*")
              if f"list/{path.name}" in on_disk.files and path.name != LIST]  # fmt: skip
    given = collect_uploads(
        forecast, listed, title=scenario.title, mode=scenario.mode, note=scenario.note, beside=beside, cities=["临汾市"]
    )
    assert given.options == on_disk.options
    apart = {name for name in given.files if name.startswith("scenario/")}
    assert {k: v for k, v in given.files.items() if k not in apart} == {
        k: v for k, v in on_disk.files.items() if not k.startswith("scenario/")
    }
    one, other = prepare(given, scenario.title), prepare(on_disk, scenario.title)
    pd.testing.assert_frame_equal(one.run.orders, other.run.orders)
    assert one.run.summaries == other.run.summaries
    with make() as ledger:
        number = through(ledger, one)
        act, _ = issue_draft(ledger, number, OFFICE)
        assert act.head["timing"] is not None
        found = latest_forecast(ledger)
        assert found is None, "a simulation is no forecast to go on from"
        recorded, problems = record_forecast(ledger, FORECAST, forecast.data, OFFICE)
        assert problems == []
        found = latest_forecast(ledger)
        assert found is not None
        assert (found.act.act, found.forecast, found.observed) == (recorded.act, forecast, None)


def test_what_takes_a_reason_is_said_in_the_language_of_the_door(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger, pytest.raises(InputError) as refused:
        withdraw(ledger, 1, OFFICE, " ")
    (problem,) = refused.value.problems
    assert problem.words("zh")[0] == "撤回拟稿须写明理由"
    assert problem.words("en")[0] == "withdrawing a draft takes a reason"
