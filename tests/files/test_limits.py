"""No foreign file can hurt: sizes are told before it is opened, and a reader that fails is one sentence."""

from __future__ import annotations

import multiprocessing
import os
import time
import warnings
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alertengine.files import (
    RUN_FILE,
    Limits,
    check_size,
    confine_readings,
    open_workbook,
    read_geojson,
    read_guarded,
    read_table,
    read_yaml,
    run_in,
)
from alertengine.files.confined import confined
from alertengine.files.limits import PREFIX
from alertengine.files.xlsx_marks import _Scanner
from alertengine.lists import LIST_SCHEMA, read_list
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, Problem

from .conftest import LIST, csv_text, line, workbook

SHEET = "xl/worksheets/sheet1.xml"


_BESIDE = ("list.totals.csv", "list.decisions.csv", "list.register.csv", "list.version.yaml", "list.csv.profile.yaml")


def refused(path: Path, limits: Limits | None = None) -> Problem:
    with pytest.raises(InputError) as error:
        read_table(path, LIST_SCHEMA, limits)
    (problem,) = error.value.problems
    return problem


def small_list(path: Path, rows: int = 3) -> Path:
    path.write_text(csv_text([LIST, *(line(f"合成厂{number}") for number in range(rows))]), encoding="utf-8")
    return path


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576"])
def test_a_cell_far_away_is_left_out_and_said(tmp_path: Path, cell: str) -> None:
    def change(sheet: Any) -> None:
        sheet[cell] = "x"

    path = workbook(tmp_path / "far.xlsx", [LIST, *(line(f"合成厂{number}") for number in range(30))], change)
    reading = read_table(path, LIST_SCHEMA)
    assert len(reading.table.rows) == 30
    assert {"far_cells", "note_left_out"} & {one.code for one in reading.notes}


def _shifted(parts: dict[str, bytes], path: Path) -> None:
    """Bytes that Python's zip reader cannot place and others pass over."""
    _packed(parts.items(), path)
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02") + 10
    path.write_bytes(data[:at] + b"x" * 43 + data[at:])


def _twice(parts: dict[str, bytes], path: Path) -> None:
    harmless = parts[SHEET].replace(b"XFD1048576", b"Z40")
    _packed([(SHEET, parts[SHEET]), *parts.items(), (SHEET, harmless)], path)


def _elsewhere(parts: dict[str, bytes], path: Path) -> None:
    links = "xl/_rels/workbook.xml.rels"
    _packed({**parts, links: parts[links].replace(b"sheet1.xml", b"none.xml")}.items(), path)


def _packed(parts: Iterable[tuple[str, bytes]], path: Path) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as book:
        warnings.simplefilter("ignore")  # a name that is there twice
        for name, data in parts:
            book.writestr(name, data)


@pytest.mark.parametrize("spoilt", [_shifted, _twice, _elsewhere])
def test_a_far_cell_hidden_from_whoever_measures_it_is_not_read(
    tmp_path: Path, spoilt: Callable[[dict[str, bytes], Path], None]
) -> None:
    """The reader would ask for memory for the whole rectangle, and end the process."""
    whole = workbook(tmp_path / "far.xlsx", [LIST, line("甲厂")], lambda sheet: sheet.cell(1048576, 16384, "x"))
    with zipfile.ZipFile(whole) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    path = tmp_path / "spoilt.xlsx"
    spoilt(parts, path)
    assert refused(path).code == "unopened_file"


@pytest.mark.parametrize("spelt", [str.upper, lambda name: name.replace("/", "\\")])
def test_parts_are_found_however_their_names_are_spelt(tmp_path: Path, spelt: Callable[[str], str]) -> None:
    whole = workbook(tmp_path / "l.xlsx", [LIST, line("甲厂")])
    with zipfile.ZipFile(whole) as book:
        parts = [(spelt(name) if name == SHEET else name, book.read(name)) for name in book.namelist()]
    path = tmp_path / "other.xlsx"
    _packed(parts, path)
    assert len(read_table(path, LIST_SCHEMA).table.rows) == 1


def test_a_rectangle_too_large_is_refused_by_its_setting(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", [LIST, line("甲厂"), line("乙厂")])
    problem = refused(path, Limits(cells=20))
    assert problem.code == "too_much_cells"
    assert f"{PREFIX}CELLS" in str(problem)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(rows=2), "too_much_rows"),
        (Limits(columns=5), "too_much_columns"),
        (Limits(cell_length=4), "too_much_cell_length"),
    ],
)
def test_a_csv_beyond_a_limit(tmp_path: Path, limits: Limits, code: str) -> None:
    assert refused(small_list(tmp_path / "l.csv"), limits).code == code


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of POSIX")
def test_a_pipe_is_refused_before_it_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list.csv")
    with pytest.raises(InputError, match="not a regular file"):
        check_size(tmp_path / "list.csv", Limits())
    os.mkfifo(tmp_path / RUN_FILE)
    assert run_in(tmp_path) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of POSIX")
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("rules/law.yaml", lambda path, _: Rulebook.load([path.parent])),
        ("rules/vocabulary/places.yaml", lambda path, _: Rulebook.load([path.parents[1]])),
        ("scenario.yaml", lambda path, _: read_yaml(path)),
        ("counties.geojson", lambda path, _: read_geojson(path)),
        *((name, lambda path, book: read_list(path.parent / "list.csv", book)) for name in _BESIDE),
    ],
)
@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("absent")])
def test_what_is_no_file_is_one_problem(
    tmp_path: Path, book: Rulebook, name: str, read: Callable[[Path, Rulebook], object], make: Callable[[Path], None]
) -> None:
    """It is neither waited for nor passed over: a law or a register of that name is meant."""
    small_list(tmp_path / "list.csv")
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path)
    with pytest.raises(InputError) as error:
        read(path, book)
    assert [(Path(one.file).name, one.code in ("unreadable_file", "is_folder")) for one in error.value.problems] == [
        (path.name, True)
    ]


def test_rows_of_a_parquet_are_told_by_its_footer(tmp_path: Path) -> None:
    path = tmp_path / "l.parquet"
    pq.write_table(pa.table({name: [name] * 50 for name in LIST}), path)
    assert refused(path, Limits(rows=49)).code == "too_much_rows"


def test_a_parquet_whose_footer_tells_other_rows_than_it_has_is_refused(tmp_path: Path) -> None:
    """It was read by as many numbers of rows as the footer told, and ended in a traceback."""
    path = tmp_path / "l.parquet"
    pq.write_table(pa.table({name: [name] * 5 for name in LIST}), path)
    data = path.read_bytes()
    begin = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    five, more = bytes([0x16, 5 * 2]), bytes([0x16, 63 * 2])  # an i64 field of the footer, zigzag
    path.write_bytes(data[:begin] + data[begin:-8].replace(five, more) + data[-8:])
    assert refused(path, Limits()).code == "unreadable_file"


def test_a_zip_bomb_is_refused_by_what_its_directory_says(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet2.xml", b"0" * (3 << 20))
    assert path.stat().st_size < 1 << 16
    assert refused(path, Limits(unpacked_mb=2)).code == "too_much_unpacked_mb"
    with pytest.raises(InputError, match="UNPACKED_MB"):  # as those do who look for one sheet
        open_workbook(path, Limits(unpacked_mb=2))


def test_a_gz_bomb_is_refused(tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "l.csv.gz"
    path.write_bytes(gzip.compress(b"0" * (3 << 20)))
    assert refused(path, Limits(unpacked_mb=1)).code == "too_much_unpacked_mb"


def test_a_workbook_with_a_document_type_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", [LIST, line("甲厂")])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + sheet
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    assert refused(path).code == "unopened_file"


def test_limits_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}ROWS", "7")
    assert Limits.of_environment() == Limits(rows=7)
    monkeypatch.setenv(f"{PREFIX}ROWS", "many")
    with pytest.raises(InputError, match="MAX_ROWS"):
        Limits.of_environment()


# -- in a worker


def _hungry(path: Path) -> int:
    return len(bytearray(4 << 30))


def _slow(path: Path) -> None:
    time.sleep(60)


def _dying(path: Path) -> None:
    os._exit(3)


def _failing(path: Path) -> None:
    raise RuntimeError("what a library may raise")


@pytest.mark.parametrize(
    ("read", "limits", "code"),
    [
        (_hungry, Limits(memory_mb=200), "too_much_memory_mb"),
        (_slow, Limits(seconds=1), "too_much_seconds"),
        (_dying, Limits(), "reader_died"),
        (_failing, Limits(), "reader_died"),
    ],
)
def test_a_reader_that_fails_is_one_problem(tmp_path: Path, read: Any, limits: Limits, code: str) -> None:
    with pytest.raises(InputError) as error:
        read_guarded(read, tmp_path / "x.csv", limits=limits)
    assert [one.code for one in error.value.problems] == [code]


def _read_in_a_job(path: Path, there: Any) -> None:
    """What a process that lives on does with files that are hungry, quick and slow."""
    confine_readings(lambda error: there.send(error.problems))
    book = open_workbook(workbook(path.with_name("b.xlsx"), [LIST]), Limits())
    book._read = lambda _: _hungry(path)  # type: ignore[method-assign, assignment, return-value]
    for hungry in (lambda: confined(_hungry)(path), lambda: book.sheet("Sheet")):
        try:
            hungry()
        except InputError as error:
            there.send(error.problems)
    there.send(len(bytearray(300 << 20)))  # the limit is of the reading alone
    confined(_slow)(path)


@pytest.mark.slow
def test_a_process_that_lives_on_reads_under_the_same_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERTENGINE_MAX_MEMORY_MB", "200")
    monkeypatch.setenv("ALERTENGINE_MAX_SECONDS", "1")
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    job = context.Process(target=_read_in_a_job, args=(tmp_path / "x.csv", there))
    job.start()
    [hungry], [sheet], free, [slow] = here.recv(), here.recv(), here.recv(), here.recv()
    assert (hungry.code, sheet.code) == ("too_much_memory_mb", "too_much_memory_mb")
    assert (free, slow.code) == (300 << 20, "too_much_seconds")
    job.join(30)
    assert job.exitcode == 1


def test_a_list_read_in_a_worker_is_the_same(book: Rulebook, tmp_path: Path) -> None:
    path = small_list(tmp_path / "l.csv")
    there, here = read_guarded(read_list, path, book.lists), read_list(path, book.lists)
    assert there.lines.equals(here.lines)
    assert there.problems == here.problems
    assert there.protocol == here.protocol
    with pytest.raises(InputError) as error:
        read_guarded(read_list, tmp_path / "absent.csv", book.lists)
    assert [one.code for one in error.value.problems] == ["unreadable_file"]


# -- yaml


@pytest.mark.parametrize(
    "text",
    [
        "[" * (Limits().yaml_levels * 2) + "]" * (Limits().yaml_levels * 2),
        "- " * (Limits().yaml_levels * 50) + "x",
        "- x\n" * ((Limits().yaml_mb << 20) // 4 + 1),
        "#" + "]" * 500 + "\n" + "[" * 500 + "]" * 500,  # brackets of a comment close nothing
        "\n".join(" " * depth + "a:" for depth in range(Limits().yaml_levels * 4)),
        "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)),
    ],
)
def test_yaml_that_is_too_deep_or_refers_too_often(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_yaml(path)
    assert [one.code for one in error.value.problems] == ["yaml_too_deep"]


@pytest.mark.parametrize(("name", "text"), [("LEVELS", "a: {b: {c: 1}}"), ("ENTRIES", "[1, 2, 3, 4]"), ("MB", "a: 1")])
def test_limits_of_yaml_are_settings(name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "law.yaml"
    path.write_text(text + "\n#" + "x" * (1 << 20), encoding="utf-8")
    assert read_yaml(path)
    monkeypatch.setenv(f"ALERTENGINE_MAX_YAML_{name}", "1" if name == "MB" else "2")
    with pytest.raises(InputError, match="ALERTENGINE_MAX_YAML"):
        read_yaml(path)


@pytest.mark.parametrize(
    ("text", "row", "why"),
    [
        ("a: 1\nb: &b [*b]", 2, "yaml_alias_inside"),
        ("a: &a\n  b:\n    - {c: *a}", 3, "yaml_alias_inside"),
        ("a: &a {<<: *a, b: 1}", 1, "yaml_alias_inside"),
        ("a:\n\t- b", 2, "yaml_tab"),
        ("a: 1\n---\na: 2", 2, "yaml_second_document"),
        (f"a: 1\nb: 1{'0' * 400}", 2, "yaml_no_number"),
    ],
)
def test_what_yaml_cannot_mean_is_refused_by_line(text: str, row: int, why: str, tmp_path: Path) -> None:
    path = tmp_path / "law.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_yaml(path)
    (problem,) = error.value.problems
    assert (problem.code, problem.row, dict(problem.arguments)["error"].code) == ("not_yaml", row, why)


def test_a_time_and_a_code_in_yaml_are_texts_as_written(tmp_path: Path) -> None:
    path = tmp_path / "law.yaml"
    path.write_text("[20:00, 1:30, 0610, 0x1f, 0, -3, 12, 1_000, 0.5]", encoding="utf-8")
    assert read_yaml(path) == ["20:00", "1:30", "0610", "0x1f", 0, -3, 12, 1000, 0.5]


def test_yaml_with_a_few_references_is_read(tmp_path: Path) -> None:
    path = tmp_path / "law.yaml"
    path.write_text("a: &a {x: 1}\nb: [*a, *a]\n", encoding="utf-8")
    assert read_yaml(path) == {"a": {"x": 1}, "b": [{"x": 1}, {"x": 1}]}


def test_a_zip_of_a_version_that_does_not_exist_is_refused(book: Rulebook, tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [LIST, line("甲厂")])
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")  # the first entry of its directory
    data[at + 6] = 76
    path.write_bytes(bytes(data))
    with pytest.raises(InputError) as refused:
        read_list(path, book)
    assert refused.value.problems


def repacked(path: Path, change: Any) -> Path:
    """A workbook with the bytes of its first sheet changed."""
    whole = workbook(path.with_name("whole.xlsx"), [LIST, line("合成厂")])
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name.endswith("sheet1.xml") else data)
    return path


def test_a_part_packed_as_no_table_is_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    cell = b"<row r='9'><c r='A9' t='inlineStr'><is><t>" + b"a" * (40 << 20) + b"</t></is></c></row></sheetData>"
    path = repacked(tmp_path / "bomb.xlsx", lambda data: data.replace(b"</sheetData>", cell))
    problem = refused(path)
    assert problem.code == "too_much_ratio"
    assert "ALERTENGINE_MAX_RATIO" in str(problem)


def test_hidden_columns_said_over_and_over_are_counted_once() -> None:
    scanner = _Scanner(frozenset())
    for _ in range(100):
        scanner.start("col", {"min": "1", "max": "16384", "hidden": "1"})
    assert scanner.hidden <= 1 << 17  # each of them, over and over, takes minutes
    assert len(scanner.marks.hidden_columns) == 16384


def test_a_workbook_of_too_many_sheets_is_refused(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        for number in range(4):
            sheet.parent.create_sheet(f"乙{number}")

    path = workbook(tmp_path / "sheets.xlsx", [LIST, line("合成厂")], change)
    assert refused(path, Limits(sheets=4)).code == "too_much_sheets"
    assert len(read_table(path, LIST_SCHEMA, Limits(sheets=5)).table.rows) == 1
