"""An act whose options cannot be read, as another program may write it: told with its number, the rest is shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from alertengine.files import scenarios_folder
from alertengine.ledger import Head, InputFile, Ledger
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, listening
from alertengine.web.today import Today, today
from alertengine.workflow import draft, drafts, latest_forecast, orders_for, record_forecast, warnings_so_far
from tests.ledger.conftest import warnings_of

WARNED = warnings_of().assign(city="临汾市", counties="", issued="2020-01-22 15:00", starts="2020-01-23")
WARNED = WARNED.astype({"issued": "datetime64[ns]", "starts": "datetime64[ns]"})

NAME = "2020-01-22-province"
NOW = datetime(2020, 1, 22, 17)
FOREIGN = {"way": "scenario", "scenario": {"list": ["a"]}}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load(())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        data = (scenarios_folder() / f"{NAME}.forecast.csv").read_bytes()
        record_forecast(ledger, f"{NAME}.csv", data, "办公室 甲")
        ledger.append("draft", Head("稿"), {"warnings": WARNED})
    return tmp_path / "record.db"


def _add(path: Path, kind: str, options: object = FOREIGN) -> None:
    with Ledger.writable(path) as ledger:
        details = {"options": options, "decided": "2020-01-22 15:00"} if options else {}
        files = [InputFile("forecast/预报.csv", b"x")] if options else []
        ledger.append(kind, Head("他", details=details), {"warnings": WARNED}, inputs=files)


def _seen(path: Path, book: Rulebook) -> tuple[Today, list[str]]:
    with Ledger.open(path) as ledger:
        page = today(ledger, book, NOW)
    return page, [one.file for one in page.problems if one.file.endswith("/options")]


@pytest.mark.parametrize("options", [FOREIGN, {"way": "scenario", "scenario": "x"}])
def test_the_first_page_tells_an_act_it_cannot_read_and_shows_the_rest(
    path: Path, book: Rulebook, options: object
) -> None:
    _add(path, "draft", options)
    page, told = _seen(path, book)
    assert told == ["3/options"]
    assert [one.act for one in page.drafted] == [2]
    assert page.proposals
    assert page.places


def test_nothing_is_proposed_while_orders_from_above_of_a_run_cannot_be_read(path: Path, book: Rulebook) -> None:
    _add(path, "issue")
    page, told = _seen(path, book)
    assert (told, page.proposals, page.issued is None) == (["3/options"], [], False)
    assert page.active or page.upcoming, "what it warned of stands"
    _add(path, "issue", None)  # a later run of the same city decided it anew
    page, told = _seen(path, book)
    assert told == ["3/options"]
    assert page.proposals


def test_what_needs_the_options_is_refused(path: Path, book: Rulebook) -> None:
    _add(path, "draft")
    _add(path, "issue")
    with Ledger.open(path) as ledger:
        with listening() as told:
            assert [one.act for one in drafts(ledger)] == [2]
            found = latest_forecast(ledger)
        assert {one.file for one in told} == {"3/options", "4/options"}
        assert found is not None
        assert found.act.act == 1
        with pytest.raises(InputError, match="3/options"):
            draft(ledger, 3)
        with pytest.raises(InputError, match="4/options"):
            orders_for(ledger, book.lists, NOW, warnings_so_far(ledger))
