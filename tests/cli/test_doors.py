"""Nothing is lost at a door: one bad cell of any input is told by every command that takes it, with its exit status.

A command or an option that takes a file and stands in no table here fails: a new door is in this test by itself.
"""

from __future__ import annotations

import contextvars
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click
import pytest
from click.testing import CliRunner, Result

from alertengine.cli import main
from alertengine.vocabulary import HELP
from tests.conftest import of_a_run
from tests.door_inputs import AIR, BAD, FORECAST, INPUTS, LIST, write

pytestmark = pytest.mark.whole

#: Each command and the input of each of its parameters that takes a file: kind of input by parameter, then the call.
#: ``{kind}`` is the file of an input, ``{orders}``, ``{ledger}``, ``{findings}`` and ``{table}`` are made once.
DOORS: Final[dict[str, tuple[Mapping[str, str], str]]] = {
    "warn": (
        {"forecast": "forecast", "observed": "observed", "active": "warnings", "list_file": "list", "rules": "rules"},
        "{forecast} --observed {observed} --active {warnings} --list {list} --rules {rules}",
    ),
    "orders": (
        {"enterprise_list": "list", "totals": "totals", "decisions": "decisions", "rules": "rules"},
        "{list} --totals {totals} --decisions {decisions} --rules {rules} --level red --date 2021-01-04",
    ),
    "check": (
        {
            "enterprise_list": "list",
            "totals": "totals",
            "decisions": "decisions",
            "permits": "permits",
            "outlines": "outlines",
            "rules": "rules",
        },
        (
            "{list} --totals {totals} --decisions {decisions} --permits {permits} --outlines {outlines} --rules {rules}"
            " --date 2021-01-04"
        ),
    ),
    "map": ({"geojson": "geojson", "rules": "rules"}, "--geojson {geojson} --rules {rules} -o {out}.geojson"),
    "respond": (
        {"scenario": "scenario forecast observed warnings active_orders list totals decisions"},
        "{scenario} -o {out} --no-pack",
    ),
    "simulate": (
        {"scenario": "season", "history": "history", "lists": "list", "totals": "totals"},
        "{season} --history {history} --list {list} --totals {totals} -o {out}",
    ),
    "backtest": (
        {"history": "history", "alerts": "notices", "observed": "observed", "rules": "rules"},
        "{history} --alerts {notices} --observed {observed} --rules {rules} --regime mee-2018-875",
    ),
    "documents": (
        {
            "orders": "orders",
            "enterprise_list": "list",
            "warnings": "warnings",
            "decisions": "decisions",
            "since": "",  # orders, read as ORDERS is
            "scenario": "",  # names the same inputs
            "rules": "rules",
        },
        "{orders} --list {list} --warnings {warnings} --decisions {decisions} --rules {rules} -o {out}",
    ),
    "explain": (
        {"orders": "orders", "enterprise_list": "list", "decisions": "decisions", "rules": "rules"},
        "{orders} --line 91140000000000000X/1 --list {list} --decisions {decisions} --rules {rules}",
    ),
    "audit": (
        {
            "orders": "orders",
            "evidence": "evidence",
            "enterprise_list": "list",
            "decisions": "decisions",
            "rules": "rules",
        },
        "{orders} --evidence {evidence} --list {list} --decisions {decisions} --rules {rules}",
    ),
    "plan": (
        {"enterprise_list": "list production", "totals": "totals", "decisions": "decisions", "rules": "rules"},
        "{list} --totals {totals} --decisions {decisions} --rules {rules} --level red --date 2021-01-04 --value 年产量",
    ),
    "lists diff": ({"old": "list", "new": "list", "rules": "rules"}, "{list} {list} --rules {rules}"),
    "lists partition": (
        {"enterprise_list": "list", "totals": "totals", "decisions": "decisions", "rules": "rules"},
        "{list} --totals {totals} --decisions {decisions} --rules {rules} -o {out}",
    ),
    "lists publish": (
        {
            "source": "list",
            "counties": "counties",
            "objections": "objections",
            "filing": "filings",
            "rules": "rules",
        },
        (
            "{list} --version v1 --approver 甲 --on 2021-01-01 --counties {counties} --objections {objections}"
            " --filing {filings} --rules {rules} --despite 测试 -o {out}"
        ),
    ),
    "ledger issue": (
        {
            "scenario": "scenario forecast observed warnings active_orders list totals decisions",
            "rules": "",
            "enterprise_list": "",
            "totals": "",
            "decisions": "",
        },
        "{new} {scenario} --drafted-by 甲 --reviewed-by 乙 --approved-by 丙",
    ),
    "ledger decisions": ({"table": "decisions"}, "{ledger} {decisions} --by 甲"),
    "ledger deliver": ({"receipts": "receipts"}, "{ledger} 1 --receipts {receipts} --by 甲"),
    "ledger findings": (
        {"source": "findings", "evidence": ""},
        "{ledger} {findings} --evidence {evidence} --approved-by 甲",
    ),
    "rules check": ({"rules": "rules"}, "--rules {rules}"),
    "rules test": ({"rules": "rules"}, "--rules {rules}"),
    "rules coverage": ({"enterprise_list": "list", "rules": "rules"}, "--rules {rules} --list {list} --city 临汾市"),
    "rules schema": ({"rules": "rules"}, "--rules {rules}"),
    "rules export": ({"rules": "rules"}, "doors --rules {rules} -o {out}.xlsx"),
    "rules show": (
        {"enterprise_list": "list", "rules": "rules"},
        "--list {list} --line 91140000000000000X/1 --rules {rules} --date 2021-01-04 --level red",
    ),
    "rules diff": ({"old": "", "new": "rules", "enterprise_list": "list"}, "shipped {rules} --list {list}"),
    "rules import": (
        {"table": "table", "enterprise_list": "list", "rules": "rules"},
        "{table} --list {list} --rules {rules}",
    ),
    "rules new": ({"rules": "rules"}, "trial -o {out} --title 题 --area 临汾市 --rules {rules}"),
    "rules plan": ({"rules": "rules"}, "临汾市 -o {out}.xlsx --rules {rules}"),
    **{
        f"rules {name}": (
            {"enterprise_list": "list", "rules": "rules"},
            (
                f"guide-2020-340 {more} --document own --title 题 --area 临汾市 --from 2021-01-01 --list {{list}}"
                " --rules {rules} --into {out} --yes"
            ),
        )
        for name, more in (("continue", "--by 甲"), ("compared", "--by 甲 --edition 乙 --page 1"), ("end", ""))
    },
    "rules members": (
        {"table": "members", "enterprise_list": "list", "rules": "rules"},
        ("错峰豁免清单 {members} --source 甲 --from 2021-01-01 --list {list} --rules {rules} --into {out} --yes"),
    ),
    "rules chapter": (
        {"text": "", "rules": "rules"},  # every cell of a text waits for a person
        "{chapter} --document trial --industry 铸造 --rules {rules} -o {out}.xlsx",
    ),
    "ledger retention": ({"rules": "rules"}, "{ledger} --rules {rules}"),
    "ledger erase": (
        {"rules": "rules"},
        "{ledger} --before 2021-01-01 --reason x --approved-by 甲 --rules {rules}",
    ),
    "tables map": ({"table": "list"}, "{list} --as list"),
    "serve": ({"rules": "rules"}, "{ledger} --rules {rules}"),
}
#: Kinds that are read because they stand beside another.
BESIDE: Final = {"list": ("register",)}
#: Parameters that take a file which is no table of data, and why no bad cell can stand there.
NO_CELLS: Final = {
    "path": "the record: its defects are found by ledger verify and before every command",
    "ledger": "the record",
    "output": "written",
    "outputs": "written",
    "folder": "written",
    "rules_out": "written",
    "measures": "written",
    "into": "a folder written to",
    "write_template": "written",
    "template": "a Word template",
    "pack_template": "Word templates",
    "progress": "written; a row of it that is none refuses the file",
    "key": "a key",
    "certificate": "a certificate",
    "cluster_ca": "a certificate",
    "cluster_certificate": "a certificate",
    "cluster_key": "a key",
    "checkpoints": "a signed checkpoint",
    "documents": "a folder of documents and their hashes",
    "findings": "recorded findings, read as ledger findings reads them",
    "steps": "a setting of the plan",
}
#: Commands without an input of data of their own, and why.
NO_INPUT: Final = {
    "lists generate": "made from settings",
    **dict.fromkeys(
        (f"ledger {name}" for name in (
            "active", "archive", "browse", "checkpoint", "diff", "dossier", "evaluate", "explain", "export", "keygen",
            "log", "release", "replay", "show", "sign", "upgrade", "verify", "witness",
        )),
        "reads the record alone",
    ),
}  # fmt: skip
#: Inputs that say which the others are or by what names they are read: those are refused alone.  ``production`` is a
#: column of the list.
_FIRST: Final = ("rules", "scenario", "season", "production")
_TEXT_INPUTS: Final = {"scenario", "old", "new"}


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def _takes_file(parameter: click.Parameter) -> bool:
    kinds = parameter.type.types if isinstance(parameter.type, click.Tuple) else [parameter.type]
    return parameter.name in _TEXT_INPUTS or any(isinstance(kind, click.Path) for kind in kinds)


def test_every_door_and_every_file_it_takes_is_in_the_table() -> None:
    """A new command, or a new option that takes a file, has a row here or a reason."""
    missing = []
    for name, command in _commands(main):
        if name in NO_INPUT:
            continue
        if name not in DOORS:
            missing.append(name)
            continue
        taken, call = DOORS[name]
        files = {str(parameter.name) for parameter in command.params if _takes_file(parameter)}
        missing += [f"{name}: {parameter}" for parameter in sorted(files - taken.keys() - NO_CELLS.keys())]
        for kind in " ".join(taken.values()).split():
            assert kind in {*INPUTS, "orders", "findings", "table"}, kind
            assert f"{{{kind}}}" in call or "{scenario}" in call or kind == "production", (name, kind)
    assert missing == []
    used = {kind for taken, _ in DOORS.values() for kind in _kinds(taken)}
    assert sorted(INPUTS.keys() - used) == [], "a kind of input that no door takes"


def test_every_command_that_reads_a_table_of_others_reads_it_with_a_profile() -> None:
    """Kinds that a profile can be of, and the scenarios that name such files."""
    profiled = {"list", "totals", "permits", "forecast", "observed", "history", "evidence", "season", "members"}
    without = [
        name
        for name, command in _commands(main)
        if name in DOORS and profiled & set(" ".join(DOORS[name][0].values()).split())
        if "profile" not in {parameter.name for parameter in command.params}
    ]
    assert without == []


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every input in order, and what commands made of them."""
    folder = tmp_path_factory.mktemp("doors")
    for name, text, good in INPUTS.values():
        write(folder / name, text, good.split("=", 1)[1])
    (folder / "chapter.txt").write_text("橙色预警期间：D级企业停产。", encoding="utf-8")
    issued = f"ledger issue {folder}/made.db --list {folder}/list.csv --level red --date 2021-01-04"
    made = [
        f"orders {folder}/list.csv --level red --date 2021-01-04 -o {folder}/orders.csv",
        f"audit {folder}/orders.csv --evidence {folder}/power.csv --list {folder}/list.csv -o {folder}/findings.csv",
        f"{issued} --drafted-by 甲 --reviewed-by 乙 --approved-by 丙 --issued-at 2021-01-03",
        f"rules export doors --rules {folder}/rules -o {folder}/table.xlsx",
    ]
    for call in made:
        result = CliRunner().invoke(main, call.split())
        assert result.exit_code in (0, 1), result.output
    return folder


def _spoil(folder: Path, kind: str) -> None:
    """Put one bad cell into an input of a folder."""
    if kind == "orders":
        path = folder / "orders.csv"
        path.write_text(path.read_text("utf-8-sig").replace("2021-01-04 00:00", BAD), encoding="utf-8")
    elif kind == "findings":
        path = folder / "findings.csv"
        path.write_text(path.read_text("utf-8-sig").replace("2021-01-04", BAD), encoding="utf-8")
    elif kind == "table":
        import openpyxl

        book = openpyxl.load_workbook(folder / "table.xlsx")
        for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, str):
                cell.value = cell.value.replace("行业=", f"{BAD}=")
        book.save(folder / "table.xlsx")
    else:
        name, text, _ = INPUTS[kind]
        write(folder / ("list.csv" if kind == "production" else name), text, BAD)


def _cases() -> Iterator[tuple[str, str, str]]:
    for door, (taken, call) in DOORS.items():
        for kind in _kinds(taken):
            yield door, kind, call


def _kinds(taken: Mapping[str, str]) -> list[str]:
    """The kinds of input a command takes, and those that it takes up beside them."""
    named = " ".join(taken.values()).split()
    return list(dict.fromkeys([*named, *(one for kind in named for one in BESIDE.get(kind, ()))]))


def _is_slow(door: str, kind: str) -> bool:
    """Slow: what is read beside a list, and the doors that enter law and decide a list as ``rules continue`` does."""
    return kind in BESIDE["list"] or (kind == "list" and door in {"rules members", "rules compared", "rules end"})


@pytest.mark.parametrize(
    ("door", "kind", "call"),
    [
        pytest.param(door, kind, call, id=f"{door}-{kind}", marks=[pytest.mark.slow] if _is_slow(door, kind) else [])
        for door, kind, call in _cases()
    ],
)
def test_one_bad_cell_is_told(door: str, kind: str, call: str, inputs: Path, tmp_path: Path) -> None:
    """With one bad cell in one input the command names it, and a person must look or nothing was done."""
    folder = tmp_path / "in"
    shutil.copytree(inputs, folder)
    _spoil(folder, kind)
    of_a_run(folder / "orders.csv", folder / "warnings.csv")  # the cell is bad, not the file another's
    result = _called(f"{door} {call}", folder)
    assert result.exit_code in (1, 2), result.output[-800:]
    assert BAD in result.stderr, result.stderr[-800:]


def _called(call: str, folder: Path) -> Result:
    """What came of a command with the inputs that lie in a folder."""
    out = folder.parent
    files = {name: str(folder / file) for name, (file, _, _) in INPUTS.items()} | {
        "rules": str(folder / "rules"),
        "orders": str(folder / "orders.csv"),
        "findings": str(folder / "findings.csv"),
        "chapter": str(folder / "chapter.txt"),
        "table": str(folder / "table.xlsx"),
        "ledger": str(folder / "made.db"),
        "new": str(out / "new.db"),
        "out": str(out / "out"),
    }
    result = CliRunner().invoke(main, [part.format(**files) for part in call.split()])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


#: Calls that take a record, each with the record in the first place.
_RECORDS: Final = (
    "ledger log {ledger}", "ledger show {ledger} 1", "ledger verify {ledger}",
    "ledger upgrade {ledger} --approved-by 甲",
    "ledger active {ledger}", "ledger deliver {ledger} 1 --open", "ledger decisions {ledger}",
    "ledger retention {ledger}", "map {ledger}", "audit {ledger} --evidence {evidence}", "serve {ledger}",
    "ledger issue {ledger} {scenario} --drafted-by 甲 --reviewed-by 乙 --approved-by 丙",
)  # fmt: skip


@pytest.mark.parametrize(
    ("file", "call"),
    [
        *(
            pytest.param(kind, f"{door} {call}", id=f"{door}-{kind}")
            for door, (taken, call) in DOORS.items()
            for kind in " ".join(taken.values()).split()
            if kind not in ("rules", "production")
        ),
        *(("ledger", call) for call in _RECORDS),
        ("chapter", "rules chapter {chapter} --document trial --industry 铸造 -o {out}.xlsx"),
        ("chapter", "serve {ledger} --certificate {chapter} --key {chapter}"),
    ],
)
def test_a_folder_in_place_of_a_file_is_said(file: str, call: str, inputs: Path, tmp_path: Path) -> None:
    """By its path, as a folder, with what was expected; nothing is written."""
    folder = tmp_path / "in"
    shutil.copytree(inputs, folder)
    path = _file(folder, file)
    of_a_run(folder / "orders.csv", folder / "warnings.csv")
    path.unlink()
    path.mkdir()
    result = _called(call, folder)
    assert result.exit_code == 2, result.output[-800:]
    said = next((line for line in result.stderr.splitlines() if path.name in line), result.stderr)
    assert "a folder" in said or "Is a directory" in said, result.stderr[-800:]
    assert "expected" in said
    assert [one.name for one in tmp_path.iterdir()] == ["in"]


#: Doors that have nothing to answer of a list without lines; ``respond`` says which city under a warning has none.
_LINES_WANTED: Final = (
    "orders", "check", "simulate", "plan", "explain", "lists publish", "rules coverage", "rules show", "rules diff",
    "rules import", "rules continue", "rules compared", "rules end", "rules members",
)  # fmt: skip


@pytest.mark.parametrize("door", _LINES_WANTED)
def test_a_list_without_lines_is_said(door: str, inputs: Path, tmp_path: Path) -> None:
    """It answers nothing that is asked of it; nothing is written."""
    folder = tmp_path / "in"
    shutil.copytree(inputs, folder)
    (folder / "list.csv").write_text(LIST.splitlines()[0] + "\n", encoding="utf-8")
    result = _called(f"{door} {DOORS[door][1]}", folder)
    assert result.exit_code == 2, result.output[-800:]
    assert "list.csv" in result.stderr, result.stderr[-800:]
    assert [one.name for one in tmp_path.iterdir()] == ["in"]


def _file(folder: Path, kind: str) -> Path:
    """Where an input of a kind lies."""
    made = {"ledger": "made.db", "chapter": "chapter.txt", "table": "table.xlsx"}
    return folder / (INPUTS[kind][0] if kind in INPUTS else made.get(kind, f"{kind}.csv"))


@pytest.mark.parametrize(
    ("kind", "others", "call"),
    [
        pytest.param(kind, others, f"{door} {call}", id=f"{door}-{kind}")
        for door, (taken, call) in DOORS.items()
        if door != "tables map"  # it says how a table would be read, whatever stands beside it
        for told in [[kind for kind in _kinds(taken) if kind not in _FIRST]]
        for kind in told
        if (others := [other for other in told if other != kind])
    ],
)
def test_beside_an_input_that_cannot_be_used_each_bad_cell_of_the_others_is_told(
    kind: str, others: list[str], call: str, inputs: Path, tmp_path: Path
) -> None:
    """Whoever mends it need not call again to learn of them; nothing is written."""
    folder = tmp_path / "in"
    shutil.copytree(inputs, folder)
    for other in others:
        _spoil(folder, other)
    unusable = _file(folder, kind)
    unusable.write_text("[]" if unusable.suffix == ".geojson" else "甲\n1\n", encoding="utf-8")
    of_a_run(folder / "orders.csv", folder / "warnings.csv")
    result = _called(call, folder)
    assert result.exit_code == 2, result.output[-800:]
    told = [line for line in result.stderr.splitlines() if BAD in line]
    unsaid = [other for other in others if not any(f"{os.sep}{_file(folder, other).name}" in line for line in told)]
    assert (unsaid, unusable.name in result.stderr) == ([], True), result.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["in"]


def _mild(inputs: Path, folder: Path, cell: str, city: str = "临汾市") -> None:
    """A scenario of clean air whose forecast has one other cell and one city."""
    shutil.copytree(inputs, folder)
    text = FORECAST.replace("310", "80").replace("临汾市", city)
    write(folder / "forecast.csv", text, cell)
    write(folder / "observed.csv", AIR.replace("300", "80").replace("临汾市", city), "80")
    scenario = (folder / "scenario.yaml").read_text("utf-8").replace("active: warnings.csv\n", "")
    (folder / "scenario.yaml").write_text(scenario, encoding="utf-8")


def test_an_act_refused_for_want_of_a_warning_tells_the_bad_cell_too(inputs: Path, tmp_path: Path) -> None:
    """The cell may be why there is no warning."""
    _mild(inputs, tmp_path / "in", BAD)
    signed = "--drafted-by 甲 --reviewed-by 乙 --approved-by 丙"
    call = f"ledger issue {tmp_path}/new.db {tmp_path}/in/scenario.yaml {signed}"
    result = CliRunner().invoke(main, call.split())
    assert result.exit_code == 2
    assert "nothing to record" in result.stderr
    assert BAD in result.stderr


def test_a_city_without_a_row_is_told_first_and_nobody_is_said_to_need_no_telling(inputs: Path, tmp_path: Path) -> None:
    _mild(inputs, tmp_path / "in", "80", city="太原市")
    result = CliRunner().invoke(main, ["respond", f"{tmp_path}/in/scenario.yaml", "-o", f"{tmp_path}/out", "--no-pack"])
    assert result.exit_code == 1
    assert "no readable row of 临汾市" in result.stderr.splitlines()[0]
    assert result.stderr.count("no readable row of 临汾市") == 1
    assert "不需提前告知" not in result.stderr
    assert "is not judged" in result.stderr


@pytest.mark.parametrize(("cell", "said"), [("80", "不需提前告知"), (BAD, "is not judged")])
def test_nobody_need_be_told_early_only_where_the_forecast_is_whole(
    inputs: Path, tmp_path: Path, cell: str, said: str
) -> None:
    _mild(inputs, tmp_path / "in", cell)
    call = f"warn {tmp_path}/in/forecast.csv --list {tmp_path}/in/list.csv"
    assert said in CliRunner().invoke(main, call.split()).stderr


def test_every_help_is_in_chinese_too() -> None:
    """Each command and each option says what it does in Chinese; nothing is said of what is not there."""
    wanted = {"", "*.version", "*.lang", "*.help"}
    for name, command in _commands(main):
        parts = name.split()
        wanted |= {" ".join(parts[: number + 1]) for number in range(len(parts))}
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.help:
                own = f"{name}.{parameter.name}"
                wanted.add(own if own in HELP else f"*.{parameter.name}")
    assert wanted == HELP.keys()
    for call in (["--lang", "zh", "--help"], ["--lang", "zh", "ledger", "issue", "--help"]):
        shown = contextvars.copy_context().run(CliRunner().invoke, main, call)
        assert shown.exit_code == 0
        assert "指令" in shown.output
    assert "指令" not in CliRunner().invoke(main, ["ledger", "issue", "--help"]).output
