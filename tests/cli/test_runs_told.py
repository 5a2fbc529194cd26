"""What the commands that run something hand on, print and end with, from results made by hand."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY, Mock

import numpy as np
import pandas as pd
import pytest

from alertengine.commands import backtest, simulate, warn
from tests.cli.made import DOUBT, HINT, Made, Stage, call, made, message, of, staged

DAY = date(2021, 1, 10)


@dataclass(eq=False)
class Tried(Made):
    """A grading tried on years."""

    table: Any = None
    runs: Any = ()
    air: Any = None


stage = staged(backtest, simulate, warn, lists="lists", fingerprint="f")


# -- the page


@pytest.mark.parametrize("password", [None, "一次"])
@pytest.mark.parametrize(
    ("words", "url", "warned"),
    [
        ("", "http://127.0.0.1:8080", False),
        (" --host 10.0.0.1 --port 99", "http://10.0.0.1:99", True),
        (" --host localhost", "http://localhost:8080", False),
        (" --host 10.0.0.1 --certificate c.pem --key k.pem", "https://10.0.0.1:8080", False),
        (" --certificate c.pem --key k.pem", "https://127.0.0.1:8080", False),
    ],
)
def test_the_page_is_served_and_says_where(
    stage: Stage, password: str | None, words: str, url: str, warned: bool
) -> None:
    for name in ("c.pem", "k.pem"):
        Path(name).touch()
    desk = of(book="book", accounts=of(begin=lambda: password))
    begun = stage.mock("web.Desk", desk)
    served = stage.mock("web.serve")
    done = call(f"serve r.db --rules own --name n --proxy p{words}")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        *([f"first sign-in: user admin, one-time password {password}"] if password else []),
        *(["note: other machines reach this page unencrypted: give --certificate and --key"] if warned else []),
        f"{url}  (Ctrl+C ends it)",
    ]
    begun.assert_called_once_with(Path("r.db"), (Path("own"),))
    host, _, port = url.partition("://")[2].partition(":")
    pair = (Path("c.pem"), Path("k.pem")) if "pem" in words else (None, None)
    served.assert_called_once_with(desk, host, int(port), ("n",), *pair, ("p",))


def test_the_page_says_what_it_lacks(stage: Stage) -> None:
    served = stage.mock("web.serve")
    Path("c.pem").touch()
    done = call("serve r.db --certificate c.pem --key k.pem")
    assert (done.exit_code, done.stderr) == (2, "k.pem: no such file; expected a PEM file\n")
    served.assert_not_called()
    stage.patch.setitem(sys.modules, "alertengine.web", None)
    done = call("serve r.db")
    assert (done.exit_code, "pip install 'alertengine[web]'" in done.stderr) == (2, True)


# -- a season


def test_a_season_is_run_on_this_machine_or_on_a_cluster(stage: Stage) -> None:
    drawn = stage.mock("report.plotly_objects")
    asked = stage.mock("simulation.read_season", "asked")
    season = made(own_notes=[HINT])
    here = stage.mock("simulation.simulate", season)
    there = stage.mock("simulation.simulate_at", season)
    write = stage.mock("report.write_season")
    places = stage.mock("report.check_places")
    rows = stage.mock("report.write_measures")
    stage.patch.setattr(simulate, "_rows", lambda one, *, codes: [{"codes": codes}])
    done = call("simulate s -o out")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", f"written to out\nnote: {HINT}\n")
    assert stage.tables == [([{"codes": False}], False)]
    asked.assert_called_once_with("s", {}, first=None, last=None)
    here.assert_called_once_with("asked", ANY)
    drawn.assert_called_once_with()
    write.assert_called_once_with(season, Path("out"))
    places.assert_called_once_with("asked", Path("out"), None)
    rows.assert_not_called()
    words = "--history h.csv --list l.csv --list m.csv --totals t.csv --value 产值 --from 2021-01-10 --to 2021-02-01"
    done = call(f"simulate s -o out {words} --measures m.parquet --cluster local --insecure --cluster-key k.pem --json")
    assert done.exit_code == 0
    assert stage.tables[1:] == [([{"codes": True}], True)]
    given = {
        "history": str(Path("h.csv").resolve()),
        "list": [str(Path(name).resolve()) for name in ("l.csv", "m.csv")],
        "totals": [str(Path("t.csv").resolve())],
        "value": "产值",
    }
    asked.assert_called_with("s", given, first=DAY, last=date(2021, 2, 1))
    from alertengine.simulation import Address

    there.assert_called_once_with(Address("local", True, None, None, Path("k.pem")), "asked", ANY, measures=True)
    rows.assert_called_once_with(season, Path("m.parquet"))
    places.assert_called_with("asked", Path("out"), Path("m.parquet"))
    assert call("simulate s -o out --cluster local").exit_code == 0
    assert there.call_args.kwargs == {"measures": False}


def test_the_rows_of_a_season_are_its_sums_in_chinese_or_all_with_codes(stage: Stage) -> None:
    compared = stage.mock("report.compared", ({"变体": "甲"},))
    table = pd.DataFrame({"row": ["season", "city"], "variant": ["a", "a"], "kg": [1.5, 2.0], "none": [None, 1]})
    season = of(totals=table)
    assert simulate._rows(season, codes=False) == [{"变体": "甲"}]
    compared.assert_called_once_with(season)
    assert simulate._rows(season, codes=True) == [{"row": "season", "variant": "a", "kg": 1.5}]


# -- years of air


@pytest.mark.parametrize("form", ["", " --json"])
def test_a_grading_is_tried_on_years(stage: Stage, form: str) -> None:
    book = of(lists=of(cities_of=lambda name: {"晋南": ["临汾市", "运城市"], "临汾": ["临汾市"]}[name]))
    stage.mock("rulebook.Rulebook.load", book)
    stage.mock("simulation.read_alerts", (["notice"], [DOUBT, HINT]))
    read = stage.mock(
        "warning.read_forecast",
        side_effect=lambda path, lists, observed: made(path=path, lists=lists, observed=observed),
    )
    past = stage.mock("simulation.history_of", "past")
    tried = stage.mock("simulation.run_backtest", made(table="table"))
    stage.patch.setattr(backtest, "_rows", lambda table, *, codes: [{"table": table, "codes": codes}])
    joined = stage.mock(
        "simulation.against_notices", side_effect=lambda test, said, unread: made(own_problems=unread, table=said)
    )
    written = Mock()
    stage.patch.setattr(backtest, "_write", written)
    more = " --alerts a.csv --observed o.csv --city 晋南 --city 临汾 --regime b --regime a --regime b --days 3 -o out"
    done = call(f"backtest h.csv --from 2021-01-10 --to 2021-02-01 --known-on 2020-12-01{more}{form}")
    assert done.exit_code == 1
    assert done.stderr.startswith("written to out\n")
    assert str(DOUBT) in done.stderr
    assert stage.tables == [([{"table": ["notice"], "codes": bool(form)}], bool(form))]
    history, seen = read.call_args_list
    assert (history.args, seen.args) == ((Path("h.csv"), book.lists), (Path("o.csv"), book.lists))
    assert history.kwargs == seen.kwargs == {"observed": True}
    assert (past.call_args.args[0].path, past.call_args.args[1]) == (Path("h.csv"), book)
    assert past.call_args.kwargs == {"cities": ["临汾市", "运城市"], "first": DAY, "last": date(2021, 2, 1)}
    asked = tried.call_args
    assert (asked.args, asked.kwargs["observed"].path) == (("past", book), Path("o.csv"))
    assert (asked.kwargs["regimes"], asked.kwargs["days_ahead"]) == (["b", "a"], 3)
    assert asked.kwargs["known_on"] == date(2020, 12, 1)
    joined.assert_called_once_with(tried.return_value, ["notice"], [DOUBT, HINT])
    assert written.call_args.args[1:] == (book, ["notice"], Path("out"), 3)


def test_a_grading_is_tried_on_a_history_alone(stage: Stage) -> None:
    stage.mock("warning.read_forecast", made())
    past = stage.mock("simulation.history_of", "past")
    tried = stage.mock("simulation.run_backtest", made(table="table"))
    stage.patch.setattr(backtest, "_rows", lambda *_, **__: [])
    stage.mock(
        "simulation.against_notices",
        side_effect=lambda test, said, unread: made(own_problems=[*said, *unread], table="table"),
    )
    written = Mock()
    stage.patch.setattr(backtest, "_write", written)
    done = call("backtest h.csv")
    assert (done.exit_code, done.stderr) == (0, "")
    assert past.call_args.kwargs == {"cities": [], "first": None, "last": None}
    assert (tried.call_args.kwargs["observed"], tried.call_args.kwargs["days_ahead"]) == (None, 7)
    written.assert_not_called()


def test_a_table_and_a_page_are_written(stage: Stage) -> None:
    table = pd.DataFrame({"city": ["=1", "乙"], "peak_day": [pd.Timestamp(DAY), pd.NaT], "at": [pd.Timestamp(DAY)] * 2})
    test: Any = of(table=table, air={"临汾市": 1}, history=of(first=DAY, last=date(2021, 2, 1)))
    stage.mock("simulation.observations_of", side_effect=lambda air: f"seen {air}")
    aims = stage.mock("simulation.targets_of", "aims")
    stage.mock("simulation.progress", side_effect=lambda targets, seen: (targets, seen))
    page = stage.mock("report.backtest_report", "<html>")
    backtest._write(test, "book", ["notice"], Path("out"), 3)
    aims.assert_called_once_with("book", ["临汾市"], DAY, date(2021, 2, 1))
    page.assert_called_once_with(test, "book", alerts=["notice"], targets=("aims", f"seen {test.air}"), days_ahead=3)
    assert Path("out/report.html").read_text(encoding="utf-8") == "<html>"
    assert Path("out/backtest.csv").read_text(encoding="utf-8").splitlines() == [
        "city,peak_day,at", "'=1,2021-01-10,2021-01-10 00:00", "乙,,2021-01-10 00:00",
    ]  # fmt: skip


def test_every_place_that_is_none_is_named_at_once(stage: Stage) -> None:
    def cities_of(name: str) -> list[str]:
        raise KeyError(name)

    stage.mock("rulebook.Rulebook.load", of(lists=of(cities_of=cities_of)))
    done = call("backtest h.csv --city 甲 --city 乙")
    assert done.exit_code == 2
    assert [("甲" in line, "乙" in line) for line in done.stderr.splitlines()] == [(True, False), (False, True)]


def test_seasons_are_printed_in_chinese_where_anything_was(stage: Stage) -> None:
    base = {
        "row": "season", "regime": "r", "season": "2020", "city": "临汾市", "known_days": 90, "heavy_days": 0,
        "warnings": 0, "hours": 12.25, "yellow_days": 1, "orange_days": 0, "red_days": 0, "peak_day_aqi": np.nan,
        "peak_day": pd.Timestamp(DAY),
    }  # fmt: skip
    rows = [
        base,
        base | {"warnings": 1},
        base | {"heavy_days": 1, "regime": "in-force"},
        base | {"row": "episode", "warnings": 1},
    ]
    table = pd.DataFrame(rows)
    shown = backtest._rows(table, codes=False)
    assert [(row["预警次数"], row["重度及以上日"]) for row in shown] == [(1, 0), (0, 1)]
    assert [row["规定"] for row in shown] == ["r", "当日有效的规定"]
    assert (shown[0]["小时"], shown[0]["最高日AQI"], shown[0]["有效日"]) == ("12", None, 90)
    coded = backtest._rows(table, codes=True)
    assert len(coded) == 4
    assert (coded[0]["peak_day"], coded[0]["hours"], coded[0]["peak_day_aqi"]) == ("2021-01-10 00:00:00", 12.25, None)


# -- a warning


@pytest.mark.parametrize(
    ("feed", "words", "way"),
    [
        (False, "", "decide"),
        (True, "", "replay"),
        (True, " --date 2021-01-10", "split"),
        (False, " --date 2021-01-10", "decide"),
    ],
)
@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize("form", ["", " --json"])
def test_a_feed_is_replayed_or_split_at_an_hour(
    stage: Stage, feed: bool, words: str, way: str, rows: int, form: str
) -> None:
    ahead = of(is_feed=feed, notes=[])
    stage.mock("warning.given_in_runs", [])
    read = stage.mock("warning.read_forecast", ahead)
    result = made(new=[1] * rows, rows="record", now=datetime(2021, 1, 10, 15), own_notes=[HINT])
    replayed = stage.mock("simulation.replay", result)
    split = stage.mock("warning.ahead_and_behind", ("ahead", "behind"))
    decided = stage.mock("warning.warn", result)
    stage.patch.setattr(warn, "warning_rows", lambda table, _, *, codes: [{"rows": len(table), "codes": codes}])
    done = call(f"warn f.csv --days 3 --known-on 2020-12-01{words}{form}")
    said = [] if rows or form else ["no change: no warning to issue, extend, raise, lower or lift"]
    assert (done.exit_code, done.stderr.splitlines()) == (0, [*said, f"note: {HINT}"])
    assert stage.tables == [([{"rows": rows, "codes": bool(form)}], bool(form))]
    time = datetime(2021, 1, 10) if words else None
    read.assert_called_once_with(Path("f.csv"), "lists", issued=time)
    known = date(2020, 12, 1)
    assert [one.args + tuple(one.kwargs.values()) for one in replayed.call_args_list] == (
        [(ahead, ANY, 3, known)] if way == "replay" else []
    )
    assert [one.args for one in split.call_args_list] == ([(ahead, time, 3)] if way == "split" else [])
    asked = [(one.args[0], one.kwargs) for one in decided.call_args_list]
    behind = {"now": time, "observed": "behind" if way == "split" else None, "active": None, "known_on": known}
    assert asked == ([] if way == "replay" else [("ahead" if way == "split" else ahead, behind)])


def test_a_warning_is_written_with_what_it_was_made_of(stage: Stage) -> None:
    for name in ("f.csv", "o.csv"):
        Path(name).write_text(name, encoding="utf-8")
    stage.mock(
        "warning.read_forecast",
        side_effect=lambda path, lists, observed=False, issued=None: of(
            is_feed=False, path=path, observed=observed, notes=["dated"]
        ),
    )
    again = stage.mock("warning.given_in_runs", [message("again")])
    standing = stage.mock("warning.read_record", "standing")
    listed = stage.mock("lists.read_list", made(lines="lines", own_problems=[DOUBT]))
    result = made(new=[1], rows="record", now=datetime(2021, 1, 10, 15))
    decided = stage.mock("warning.warn", result)
    stage.mock("warning.write_warnings", side_effect=lambda record, target: target.write_text(record, encoding="utf-8"))
    beside = stage.mock("files.write_beside")
    early = Mock()
    stage.patch.setattr(warn, "tell_early", early)
    stage.patch.setattr(warn, "warning_rows", lambda *_, **__: [])
    done = call("warn f.csv --observed o.csv --active a.csv --list l.csv -o w.csv --json")
    assert (done.exit_code, done.stderr) == (1, f"{DOUBT}\n{message('again')}\n")
    again.assert_called_once_with(["dated"], Path("f.csv"), Path("a.csv"), Path("w.csv"))
    assert Path("w.csv").read_text(encoding="utf-8") == "record"
    target, run = beside.call_args.args
    assert (target, run.kind, sorted(run.inputs), run.decided) == (
        Path("w.csv"), "warn", ["forecast", "observed"], "2021-01-10 15:00",
    )  # fmt: skip
    standing.assert_called_once_with(Path("a.csv"), "lists")
    assert (decided.call_args.kwargs["observed"].observed, decided.call_args.kwargs["active"]) == (True, "standing")
    early.assert_called_once_with(result, "lines", ANY, as_json=True)
    listed.assert_called_once_with(Path("l.csv"), "lists")
