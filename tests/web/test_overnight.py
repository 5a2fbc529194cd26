"""A page, a form or a draft that stays open overnight, while forecast, list and clock go on."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from alertengine.ledger import Head, InputFile, Ledger
from alertengine.lists import ListVersion
from alertengine.vocabulary import InputError
from alertengine.web import Desk
from alertengine.web.lists import OnFile, behind
from alertengine.web.pages import typed
from alertengine.web.pages.frame import Visit
from alertengine.web.pages.issue import _Form
from alertengine.workflow import RunOptions, Upload


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with nothing on record."""
    path = tmp_path / "record.db"
    Ledger.writable(path).close()
    return path


@pytest.mark.parametrize(
    ("typed_in", "then"),
    [
        (None, "2026-12-02 08:10"),  # untouched it goes with the clock
        ("2026-12-01 20:30", "2026-12-01 20:30"),
        ("", ""),
    ],
)
def test_a_time_that_nobody_typed_is_now(monkeypatch: pytest.MonkeyPatch, typed_in: str | None, then: str) -> None:
    ticks: list[Any] = []
    drawn = SimpleNamespace(
        input=lambda _name, value: SimpleNamespace(value=value), timer=lambda _seconds, tick: ticks.append(tick)
    )
    monkeypatch.setattr(typed, "ui", drawn)
    times = iter(["2026-12-01 21:00", "2026-12-01 21:01", "2026-12-02 08:10"])
    field = typed.now_field("时间", lambda: next(times))
    (tick,) = ticks
    tick()
    assert field.value == "2026-12-01 21:01"
    field.value = field.value if typed_in is None else typed_in
    tick()
    assert field.value == then


def _version(act: int, *cities: str) -> OnFile:
    return OnFile(act, f"第{act}版", "2026-12-01", "市长 丙", cities, 1, 1)


#: Published lists, the newest first: one of another city, two of the own.
_LISTS = (_version(9, "运城市"), _version(5, "临汾市", "太原市"), _version(3, "临汾市"))


@pytest.mark.parametrize(
    ("held", "named", "version", "cities"),
    [
        ({}, "", 9, ["运城市"]),
        ({}, "临汾市", 5, ["临汾市"]),
        ({"note": "填了一半", "newest": 9}, "", 9, ["运城市"]),
        # a version that was chosen among those that are there still
        ({"version": 3, "newest": 9}, "", 3, ["临汾市"]),
        # and one that was chosen before another was published: the newest that has the cities chosen
        ({"version": 3, "newest": 5}, "", 9, ["运城市"]),
        ({"version": 3, "cities": ["临汾市"], "newest": 5}, "", 5, ["临汾市"]),
        ({"version": 3, "cities": ["临汾市"]}, "", 5, ["临汾市"]),  # kept by a program of before
        ({"version": 3, "cities": ["太原市"], "newest": 9}, "临汾市", 5, ["临汾市"]),
    ],
)
def test_a_form_kept_overnight_takes_the_list_published_since(
    path: Path, held: dict[str, Any], named: str, version: int, cities: list[str]
) -> None:
    desk = Desk(path)
    desk.works.store.put_form("jia", {**held, "files": {}})
    visit = SimpleNamespace(desk=desk, account=SimpleNamespace(user="jia"), allow=lambda _right: None)
    form = _Form(cast("Visit", visit))
    form.offer(_LISTS, [], named)
    assert (form.whole["version"], form.whole["cities"]) == (version, cities)
    form.say("note", "再填")  # what the page chose is not kept as if it were said
    kept = desk.works.store.form("jia")
    assert kept.get("version") == (held.get("version") if version == held.get("version") else None)


@pytest.mark.parametrize(
    ("since", "cities", "refused"),
    [((), [], False), ((9,), ["临汾市"], True), ((9,), [], True), ((9,), ["太原市"], False), ((5,), ["临汾市"], False)],
)
def test_a_page_left_open_says_that_a_list_was_published_since(
    path: Path, monkeypatch: pytest.MonkeyPatch, since: tuple[int, ...], cities: list[str], refused: bool
) -> None:
    desk = Desk(path)
    person = SimpleNamespace(user="jia", signature="办公室 甲")
    visit = SimpleNamespace(desk=desk, account=person, allow=lambda _right: person)
    form = _Form(cast("Visit", visit))
    form.offer([_version(5, "临汾市", "太原市")], [])
    form.said["cities"] = cities
    monkeypatch.setattr("alertengine.web.pages.issue.lists_on_file", lambda _: [_version(n, "临汾市") for n in since])
    files = (Upload("清单.csv", b"x"), [Upload("清单.totals.csv", b"y")])
    monkeypatch.setattr("alertengine.web.pages.issue.list_files", lambda *_: files)
    if refused:
        with pytest.raises(InputError, match="重新打开本页"):
            asyncio.run(form.asked())
    else:
        assert asyncio.run(form.asked())["files"]["list"]["name"] == "清单.csv"


@pytest.mark.parametrize(
    ("forecast", "listed", "mode", "codes"),
    [
        (b"F2", b"L2", "live", []),
        (b"F1", b"L2", "live", ["forecast_since"]),
        (b"F2", b"L1", "live", ["list_since"]),
        (b"F1", b"L1", "live", ["forecast_since", "list_since"]),
        (b"F1", b"L1", "drill", []),
        (None, None, "live", []),  # erased
    ],
)
def test_a_draft_says_that_forecast_or_list_is_not_the_newest(
    tmp_path: Path, forecast: bytes | None, listed: bytes | None, mode: str, codes: list[str]
) -> None:
    def published(cities: list[str]) -> dict[str, Any]:
        version = ListVersion(version="一", published_on=date(2026, 12, 1), approver="市长 丙").model_dump(mode="json")
        return {"version": version, "cities": cities, "enterprises": 1, "lines": 1, "file": "清单.csv"}

    with Ledger.writable(tmp_path / "record.db") as ledger:
        for name in (b"F1", b"F2"):
            ledger.append("forecast", Head("预报"), inputs=[InputFile("forecast/预报.csv", name)])
        for name, cities in ((b"L1", ["临汾市"]), (b"L2", ["临汾市"]), (b"L3", ["运城市"])):
            files = [InputFile("list/清单.csv", name)]
            ledger.append("publication", Head("清单", details=published(cities)), inputs=files)
        said = {"mode": mode, "forecast": "forecast/预报.csv", "list": "list/清单.csv"}
        options = RunOptions.read({"way": "scenario", "scenario": said})
        own = {"forecast/预报.csv": forecast, "list/清单.csv": listed}
        found = behind(ledger, options, {"临汾市"}, own.get)
    assert [one.code for one in found] == codes
    assert all(one.words("zh")[0] and one.words("en")[0] for one in found)
