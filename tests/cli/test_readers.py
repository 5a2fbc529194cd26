"""One reader for all tables, and no kind of table beside those that the tests of the doors and the fuzzing spoil."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import alertengine
from tests.door_inputs import INPUTS
from tests.fuzz.__main__ import KINDS

ROOT: Final = Path(alertengine.__file__).parent
#: What reads a table in the room of files; whoever calls it takes a kind of input.
_ROOM: Final = frozenset({"read_table", "read_form", "raw_rows", "read_geojson"})
#: What reads a table or a workbook elsewhere.
_OTHERS: Final = frozenset({"read_csv", "read_excel", "read_fwf", "load_workbook", "DictReader", "Sniffer", "from_csv"})
#: Each module that reads tables of others: the inputs that the doors are tried with; the last three are made there.
READERS: Final = {
    "audit/_read_evidence.py": ("evidence",),
    "checking/lists/permits.py": ("permits",),
    "lists/decisions.py": ("decisions",),
    "lists/read.py": ("list",),
    "lists/register.py": ("register",),
    "lists/totals.py": ("totals",),
    "orders/read.py": ("orders",),
    "rulebook/make_outlines.py": ("geojson",),
    "rulebook/outlines.py": ("outlines",),
    "simulation/backtest/real_notices.py": ("notices",),
    "simulation/ensemble/pairs.py": ("forecast",),
    "warning/forecast_cells.py": ("forecast", "observed", "history"),
    "warning/record_reader.py": ("warnings",),
    "workflow/_record_findings.py": ("findings",),
    "workflow/delivery/read.py": ("receipts",),
    "workflow/entering/members.py": ("members",),
    "workflow/publication/publication.py": ("counties", "objections", "filings"),
}
#: Modules that read what the program itself wrote, or write a copy, and why no kind of input stands there.
OWN: Final = {
    "checking/lists/marked.py": "colours a copy of a list that was read",
    "workflow/entering/progress.py": "the file of progress that it writes",
    "rulebook/excel/exchange.py": "rule workbooks, read by the sheets of files.Workbook; its read_form is of a draft",
    "simulation/on_cluster/folder.py": "parquet that the run wrote",
    "web/intake.py": "names the rows of an upload that was read",
    "web/lists.py": "the public form of a list on record",
    "web/ruletext.py": "fills a form that it made",
}
_MADE_THERE: Final = frozenset({"orders", "findings", "table"})
#: Inputs fuzzed under another name, or text and outlines with tests of their own.
_FUZZED_AS: Final = {
    "history": "observed", "production": "list", "rules": "yaml", "scenario": "yaml", "season": "yaml",
    "counties": "filings", "objections": "filings", "active_orders": "orders",
}  # fmt: skip
_NOT_FUZZED: Final = frozenset({"geojson", "outlines"})


def _calls() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.rglob("*.py")):
        if path.relative_to(ROOT).parts[0] == "files":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                whose = getattr(getattr(node.func, "value", None), "id", "")
                yield str(path.relative_to(ROOT)), f"{whose}.{name}" if name == "reader" else name


@pytest.mark.slow
def test_every_module_that_reads_a_table_reads_a_kind_that_the_doors_are_tried_with() -> None:
    found = {module for module, name in _calls() if name in _ROOM}
    assert found - OWN.keys() == set(READERS)
    kinds = {kind for several in READERS.values() for kind in several}
    assert kinds - INPUTS.keys() - _MADE_THERE == set()


@pytest.mark.slow
def test_nobody_else_reads_csv_or_workbooks() -> None:
    found = {(module, name) for module, name in _calls() if name in _OTHERS or name == "csv.reader"}
    assert found == {("checking/lists/marked.py", "load_workbook"), ("web/ruletext.py", "load_workbook")}


def test_every_kind_of_input_is_fuzzed() -> None:
    kinds = {_FUZZED_AS.get(kind, kind) for kind in (INPUTS.keys() | _MADE_THERE) - _NOT_FUZZED}
    assert kinds - KINDS.keys() == set()
