"""What ``respond`` hands on, prints and ends with, for one list and for a province, from results made by hand."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self
from unittest.mock import Mock

import pytest

from alertengine.commands import respond
from alertengine.documents import KEEPS_DRAFT
from alertengine.files import RunManifest
from alertengine.vocabulary import Problem
from tests.cli.made import DOUBT, Stage, call, made, of, staged

NOW, EARLIER = datetime(2021, 1, 10, 15), datetime(2021, 1, 9, 15)
DAY, KNOWN = date(2021, 1, 10), date(2020, 12, 1)
ABSENT = Problem("no_row_of_city", city="太原市")


stage = staged(respond, lists="lists")


# -- respond


class Staged(SimpleNamespace):
    """A folder that keeps what would be put in place."""

    def __init__(self, folder: Path, made: Any = None) -> None:
        super().__init__(folder=folder, commit=Mock(return_value=made), parts={})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def part(self, name: str) -> Staged:
        self.parts[name] = Staged(self.folder / name)
        return self.parts[name]


PAPERS = of(readiness="readiness")


def run_of(name: str = "", *problems: Problem) -> Any:
    """What a scenario came to."""
    orders = made(
        own_problems=problems, summaries=[{"city": name}], enterprises=of(lines="lines"), book=f"book{name}", table="t"
    )
    warnings = of(record="record", rows="record", new="record", table="w", now=NOW, notes=[])
    return of(in_force=of(rows=f"rows{name}"), warnings=warnings, orders=orders, doubts="doubts",
              left_before="before", scenario=of(mode="drill", known_on=KNOWN, cities=("临汾市",)))  # fmt: skip


@pytest.fixture
def evening(stage: Stage) -> SimpleNamespace:
    """A scenario of one list, and what a run of it writes and says."""
    scenario = of(mode="drill", lists=(), forecast="f.csv", path=Path)
    staged: list[Staged] = []

    def staging(folder: Path) -> Staged:
        staged.append(Staged(folder, found.made))
        return staged[-1]

    stage.mock("orders.read_scenario", scenario)
    stage.mock("warning.given_in_runs", [])
    stage.patch.setattr(respond, "with_decisions", lambda one: one)
    stage.patch.setattr("alertengine.files.Staging", staging)
    stage.patch.setattr("alertengine.report.run_record", lambda run: ("record of", run))
    stage.patch.setattr(respond, "warning_rows", lambda record, _: [{"warning": record}])
    stage.patch.setattr(respond, "summary_rows", lambda rows: [{"words": one["city"]} for one in rows])
    for name in ("tell_undetermined", "tell_early", "_tell_pack", "_tell_changed"):
        stage.patch.setattr(respond, name, Mock())
    found = of(
        scenario=scenario, staged=staged, made=None, run=run_of(),
        release=stage.mock("documents.release_of", "release"),
        templates=stage.mock("documents.read_pack_templates", "templates"),
        papers=Mock(return_value=PAPERS), write=stage.mock("report.write_outputs"),
    )  # fmt: skip
    stage.patch.setattr(respond, "_stage_pack", found.papers)
    stage.mock("orders.respond", side_effect=lambda _: found.run)
    return found


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("form", ["", " --json"])
@pytest.mark.parametrize("run", [None, "0123"])
def test_a_run_writes_papers_and_says_what_it_came_to(
    stage: Stage, evening: Any, packed: bool, form: str, run: str | None
) -> None:
    evening.made = of(run=run) if run else None
    done = call(
        f"respond s -o out --release-by 甲 --release-reason 急 --pack-template p{'' if packed else ' --no-pack'}{form}"
    )
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == ("written to out (run 0123)\n" if run else "written to out\n")
    assert stage.tables == [([] if form else [{"warning": "record"}], False),
                            ([{"city": ""}] if form else [{"words": ""}], bool(form))]  # fmt: skip
    from alertengine.orders import read_scenario

    read_scenario.assert_called_once_with("s", several=True)
    evening.release.assert_called_once_with("甲", "急", "drill")
    assert [one.args for one in evening.templates.call_args_list] == [(Path("p"),)] * packed
    [staged] = evening.staged
    assert staged.folder == Path("out")
    evening.write.assert_called_once_with(evening.run, staged, "readiness" if packed else None)
    staged.commit.assert_called_once_with(("record of", evening.run))
    told: Any = respond
    told.tell_undetermined.assert_called_once_with("rows")
    told.tell_early.assert_called_once_with(evening.run.warnings, "lines", "book", as_json=bool(form), doubtful=False)
    papers = [(evening.run, staged, "templates", "release")] * packed
    assert [one.args for one in evening.papers.call_args_list] == papers
    assert [one.args for one in told._tell_pack.call_args_list] == [(PAPERS, Path("out"))] * packed
    told._tell_changed.assert_called_once_with(evening.run, Path("out"))


def test_a_city_without_a_row_is_told_first_and_once(evening: Any) -> None:
    evening.run = run_of("", DOUBT, ABSENT)
    done = call("respond s -o out")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [str(ABSENT), "written to out", str(DOUBT)]
    assert respond.tell_early.call_args.kwargs["doubtful"] is True


@pytest.mark.parametrize(
    ("before", "new", "folder", "code", "told"),
    [
        ([], [], "out", 0, False),
        ([EARLIER], [], "out", 0, False),
        ([EARLIER], [NOW], "out", 0, False),
        ([EARLIER, NOW], [NOW], "out", 0, False),  # a further decision of that moment
        ([EARLIER, NOW], [], "other", 1, True),
        ([NOW], [], "out", 2, True),  # its papers stand where they would be written anew
        ([NOW], [], "other/../out", 2, True),
    ],
)
def test_a_moment_decided_before_makes_no_papers_and_loses_none(
    evening: Any, tmp_path: Path, before: list[datetime], new: list[datetime], folder: str, code: int, told: bool
) -> None:
    rows = [{"issued": time} for time in (*before, *new)]
    evening.run.warnings = of(record="r", rows=rows, new=rows[len(before) :], now=NOW, table="w", notes=[])
    (tmp_path / "other").mkdir()
    record = tmp_path / "out" / "warnings.csv"
    for name, value in {"active": "out/warnings.csv", "path": lambda name: tmp_path / name}.items():
        setattr(evening.scenario, name, value)
    done = call(f"respond s -o {folder}")
    assert done.exit_code == code
    line = f"{record}: holds what was decided at 2021-01-10 15:00: nothing new, no papers are made"
    assert (line in done.stderr) == told
    assert bool(evening.staged) == (code < 2)


@pytest.mark.parametrize(
    ("decided", "refused"),
    [("2021-01-10 15:01", True), ("2021-01-10 15:00", False), ("2021-01-09 15:00", False), ("", False)],
)
def test_the_run_of_a_later_moment_is_not_written_over(
    evening: Any, tmp_path: Path, decided: str, refused: bool
) -> None:
    evening.run.warnings = of(record="r", rows=[], new=[], now=NOW, table="w", notes=[])
    (tmp_path / "out").mkdir()
    held = RunManifest("respond", {}, {}, decided=decided).text()
    (tmp_path / "out" / "run.json").write_text(held, encoding="utf-8")
    done = call("respond s -o out")
    assert done.exit_code == 2 * refused
    assert (
        "out: this folder holds the run of a later moment; this one is of 2021-01-10 15:00" in done.stderr
    ) == refused
    assert bool(evening.staged) != refused


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("form", ["", " --json"])
@pytest.mark.parametrize("run", [None, "0123"])
def test_a_province_is_a_folder_a_list_and_who_must_act(
    stage: Stage, evening: Any, packed: bool, form: str, run: str | None
) -> None:
    from alertengine.orders import PROVINCE_COLUMNS, SHOWN

    evening.scenario.lists = ("a", "b")
    evening.made = of(run=run) if run else None
    parts = [run_of("a"), run_of("b")]
    row = {text: name for name, text in PROVINCE_COLUMNS.items()}
    whole = made(
        own_problems=[DOUBT],
        parts=parts,
        warnings=parts[0].warnings,
        records=lambda: [{"city": "code"}],
        rows=lambda: [row],
    )
    province = stage.mock("orders.respond_province", whole)
    stage.mock("report.part_names", ["A", "B"])
    write = stage.mock("report.write_province")
    stage.mock("report.province_record", "record of all")
    done = call(f"respond s -o out --pack-template p{'' if packed else ' --no-pack'}{form}")
    assert done.exit_code == 1
    assert done.stderr == f"written to out{' (run 0123)' if run else ''}\n{DOUBT}\n"
    shown = {PROVINCE_COLUMNS[name]: name for name in SHOWN}
    assert stage.tables == [([{"city": "code"}], True) if form else ([shown], False)]
    province.assert_called_once_with(evening.scenario)
    [staged] = evening.staged
    ready = "readiness" if packed else None
    assert [one.args for one in evening.write.call_args_list] == [
        (part, staged.parts[name], ready) for part, name in zip(parts, "AB", strict=True)
    ]
    for part, name in zip(parts, "AB", strict=True):
        staged.parts[name].commit.assert_called_once_with(("record of", part))
    write.assert_called_once_with(whole, ["A", "B"], staged)
    staged.commit.assert_called_once_with("record of all")
    papers = [(part, staged.parts[name], "templates", "release") for part, name in zip(parts, "AB", strict=True)]
    assert [one.args for one in evening.papers.call_args_list] == papers * packed
    told: Any = respond
    assert [one.args for one in told.tell_undetermined.call_args_list] == [("rowsa",), ("rowsb",)]
    assert [one.args for one in told._tell_pack.call_args_list] == [
        (PAPERS, Path("out", name)) for name in "AB"
    ] * packed


def test_the_papers_rest_on_the_run(stage: Stage) -> None:
    run = run_of("a")
    run.orders.made_from = ()
    staged = stage.mock("documents.stage_packs", "papers")
    assert respond._stage_pack(run, "staged", "templates", "release") == "papers"
    evening, *rest = staged.call_args.args
    assert rest == ["staged", "templates"]
    assert [getattr(evening, name) for name in ("book", "enterprises", "table", "orders", "summaries")] == [
        "booka", run.orders.enterprises, "w", "t", [{"city": "a"}],
    ]  # fmt: skip
    assert (evening.setting, evening.known_on, evening.cities, evening.release) == (
        "drill",
        KNOWN,
        ("临汾市",),
        "release",
    )
    assert (evening.history, evening.doubts, evening.before) == ("record", "doubts", "before")


@pytest.mark.parametrize(
    ("keeps", "released", "told"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_papers_are_told_with_what_keeps_them_drafts(
    capsys: pytest.CaptureFixture[str], keeps: bool, released: bool, told: bool
) -> None:
    matters = [{"text": "程序未录入", "keeps": KEEPS_DRAFT if keeps else ""}, {"text": "其他", "keeps": ""}]
    written: Any = of(
        cities={"临汾市": 5}, sms={"临汾市": 60}, readiness={"临汾市": {"matters": matters, "released": released}},
        to_fill=["a.docx"], kept=["b.docx"], copies=["c.docx"],
    )  # fmt: skip
    respond._tell_pack(written, Path("out"))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "5 papers for 临汾市, SMS of 60 characters: out/pack/临汾市"
    assert ("note: the papers for 临汾市 are drafts for 1 open matters" in lines[1]) == told
    assert ["a.docx" in lines[-3], "b.docx" in lines[-2], "c.docx" in lines[-1]] == [True] * 3
    assert len(lines) == 4 + told
