"""Numbers, shares, kilograms and times are printed by the functions of the vocabulary, and by nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alertengine
from alertengine.vocabulary import OPEN, kilograms, moment, percent, rounded, short_moment, signed, to_minute

PACKAGE = Path(alertengine.__file__).parent
#: Where a format is no print: coordinates of a drawing; texts that are read back, or compared and never shown.
DRAWN = {"report/dossier.py", "report/season_ribbon.py", "web/pages/mapdrawing.py"}
STYLED = {"web/pages/inspect.py", "web/pages/parts.py", "web/pages/rules.py"}
READ_BACK = {
    "checking/rules/mutants.py",  # a number as it stands in a document
    "files/cells.py",  # a number that a cell may have meant
    "files/number_formats.py",  # a number as a cell's format shows it
    "rulebook/excel/measure_options.py",  # a share in a workbook
    "workflow/entering/progress.py",  # a csv that is read again
    "warning/record.py",  # the hour in the number of a warning
}
VOCABULARY = {"vocabulary/numbers.py", "vocabulary/times.py", "vocabulary/messages/message.py"}
_DAY = re.compile(r"(%Y-)?%m-%d")


def formats(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every format of a number with decimals or of a time in a module, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            parts = [one.value if isinstance(one, ast.Constant) else "{}" for one in node.format_spec.values]
            spec = "".join(str(one) for one in parts)
            if re.search(r"[fgeGE%]$|%|[{]", spec) and not _DAY.fullmatch(spec):
                yield node.lineno, spec
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            said = [one.value for one in node.args if isinstance(one, ast.Constant)]
            if name == "strftime" and not (said and _DAY.fullmatch(str(said[0]))):
                yield node.lineno, f"strftime {said}"
            elif name == "format" and isinstance(node.func, ast.Name):
                yield node.lineno, f"format {said}"


@pytest.mark.slow
def test_no_module_prints_numbers_or_times_of_its_own() -> None:
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).as_posix()
        if name not in DRAWN | READ_BACK | VOCABULARY:
            own = formats(ast.parse(file.read_text(encoding="utf-8")))
            found += [f"{name}:{line} {spec}" for line, spec in own if not (name in STYLED and spec.endswith("%"))]
    assert not found, "print it with a function of alertengine.vocabulary (number, rounded, percent, moment, …)"


def test_no_page_prints_numbers_of_its_own() -> None:
    found = [
        f"{file.name}: {said}"
        for file in sorted(PACKAGE.rglob("*.j2"))
        for said in re.findall(r"\{[{%][^}]*(?:\.format\(|\|\s*round\b|\|\s*format\b)[^}]*\}", file.read_text("utf-8"))
        if "%04d" not in said  # the number of an act in the name of a folder
    ]
    assert not found


@pytest.mark.parametrize(
    ("share", "required", "text"),
    [
        (0.2, None, "20%"),
        (1 / 3, None, "33.3%"),
        (0.3333, None, "33.33%"),
        (0.1225, None, "12.25%"),
        (0.0996, 0.1, "9.96%"),
        (0.09999, 0.1, "9.999%"),
        (0.10004, 0.1, "10%"),
        (-0.000001, None, "0%"),
        (float("nan"), 0.1, "—"),
        (None, None, "—"),
    ],
)
def test_a_share(share: float | None, required: float | None, text: str) -> None:
    assert percent(share, required) == text


@given(st.integers(0, 1_000_000), st.integers(1, 10_000))
def test_a_share_short_of_what_is_required_never_prints_as_reached(millionths: int, hundredths: int) -> None:
    share, required = millionths / 1_000_000, hundredths / 10_000
    shown, wanted = float(percent(share, required)[:-1]), float(percent(required)[:-1])
    assert (shown < wanted) == (share < required)


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        (kilograms(1234.56), "1,234.6"),
        (kilograms(100), "100"),
        (kilograms(0.04), "0.04"),
        (kilograms(-0.0001), "0"),
        (kilograms(""), "—"),
        (rounded(23.97, 1, 24), "23.97"),
        (rounded(24.0, 1, 24), "24"),
        (rounded(1_234_567.8), "1,234,568"),
        (signed(percent(0.05)), "+5%"),
        (signed(percent(-0.05)), "-5%"),
        (signed(kilograms(0)), "±0"),
        (signed(kilograms(None)), "—"),
    ],
)
def test_an_amount(printed: str, text: str) -> None:
    assert printed == text


def test_a_time() -> None:
    at = datetime(2021, 1, 4, 16, 5)
    assert (moment(at), moment("2021-01-04 00:00"), moment("2021-01-04")) == (
        "2021年1月4日16时5分", "2021年1月4日0时", "2021年1月4日0时",
    )  # fmt: skip
    assert (short_moment(at), short_moment(""), to_minute(at)) == ("1月4日16时5分", "", "2021-01-04 16:05")
    assert (moment(None), moment(pd.NaT), to_minute(pd.NaT), moment(OPEN)) == ("", "", "", "另行通知")
