"""Amounts in another unit than those of like lines, columns in tonnes, totals of another unit: told, and kept out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pytest

from alertengine.files import CodedTable, Column, Findings
from alertengine.files.series import TEXT, numbered
from alertengine.lists import EnterpriseList, read_list
from alertengine.lists.doubtful_amounts import AmountDoubts, doubted_totals
from alertengine.rulebook import Amounts, Rulebook
from alertengine.rulebook.plausible import AmountColumns, AmountTotals, HeavyLines, Peers
from alertengine.vocabulary import EMISSION_FIELDS

from .conftest import told

HEADERS = ("SO2排放量", "NOx排放量", "颗粒物排放量", "VOCs排放量")
Reads = Callable[..., EnterpriseList]


@pytest.fixture
def read(shipped: Rulebook, tmp_path: Path) -> Reads:
    """A list of brick kilns from their four amounts."""

    def make(
        rows: Iterable[tuple[object, ...]],
        headers: Iterable[str] = HEADERS,
        industry: str = "砖瓦窑",
        totals: str = "",
        profile: str = "",
    ) -> EnterpriseList:
        head = ",".join(["企业名称", "城市", "行业", "工序", "生产线编号", *headers])
        lines = [
            ",".join([f"合成{n}号", "临汾市", industry, "焙烧", "1", *map(str, row)]) for n, row in enumerate(rows)
        ]
        path = tmp_path / "list.csv"
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        for beside, text in ((".totals.csv", totals), (".csv.profile.yaml", profile)):
            if text:
                (tmp_path / f"list{beside}").write_text(text, encoding="utf-8")
        return read_list(path, shipped)

    return make


def kilns(count: int = 8, by: float = 1.0) -> list[tuple[object, ...]]:
    return [tuple(f"{amount * by:g}" for amount in (60 + n, 45 + n, 25 + n, 2 + n / 10)) for n in range(count)]


def said(found: EnterpriseList) -> list[tuple[str, int | None, str, str]]:
    return [(one.code, one.row, one.column, one.value) for one in found.problems]


@pytest.mark.parametrize(("cell", "code"), [("0.063", "unit_off"), ("63000", "unit_off"), ("630", "")])
def test_a_cell_of_another_unit_than_like_lines_counts_as_unknown(read: Reads, cell: str, code: str) -> None:
    rows = kilns()
    rows[3] = (cell, *rows[3][1:])
    found = read(rows)
    assert said(found) == ([(code, 5, "SO2排放量", cell)] if code else [])
    assert found.lines["so2_kg_d"].isna().tolist() == [bool(code) and n == 3 for n in range(8)]
    assert found.lines["nox_kg_d"].notna().all()


def test_the_cell_is_named_as_written_in_the_unit_of_its_header(read: Reads) -> None:
    rows = kilns(by=365 / 1000)
    rows[3] = ("23000", *rows[3][1:])
    found = read(rows, [f"{header}(吨/年)" for header in HEADERS])
    (asked,) = found.problems
    assert (asked.value, dict(asked.arguments)["near"]) == ("23000", ("23",))


def test_a_person_who_says_that_it_is_so_is_believed(read: Reads) -> None:
    rows = kilns()
    rows[3] = ("63000", *rows[3][1:])
    answer = "as: list\nanswers:\n- {header: SO2排放量, text: '63000', meant: '63000', by: 甲, at: '2021-01-01'}\n"
    found = read(rows, profile=answer)
    assert found.problems == []
    assert found.lines["so2_kg_d"].iloc[3] == 63000


def test_an_answer_is_of_the_number_that_stands_there(read: Reads) -> None:
    rows = kilns()
    for place, amount in ((2, "63001"), (3, "63000")):
        rows[place] = (amount, *rows[place][1:])
    answer = "as: list\nanswers:\n- {header: SO2排放量, text: '63001', meant: '63001', by: 甲, at: '2021-01-01'}\n"
    assert read(rows, profile=answer).lines["so2_kg_d"].isna().tolist() == [place == 3 for place in range(8)]


@pytest.mark.parametrize(
    ("count", "amount", "asked"),
    [(5, 0.19, True), (4, 0.19, False), (5, 0.2, False), (5, 10000, False), (5, 10001, True), (5, 0, False)],
)
def test_where_a_column_without_a_unit_is_none_of_kilograms(
    read: Reads, count: int, amount: float, *, asked: bool
) -> None:
    rows = [(0, 0, 0, 0), *[(amount, 20, 20, 2)] * count]
    found = read(rows, industry="工业涂装")
    assert [code for code, *_ in said(found)] == ["column_unit_doubted"] * asked
    assert found.lines["so2_kg_d"].isna().tolist() == [False, *[asked] * count]
    if asked:
        assert dict(found.problems[0].arguments)["count"] == count
        assert found.problems[0].row == 3


def test_more_than_a_line_can_emit(read: Reads) -> None:
    found = read([("50000", 1, 1, 1)])
    assert said(found) == [("absurd", 2, "SO2排放量", "50000")]
    assert found.lines["so2_kg_d"].isna().all()


@pytest.mark.parametrize("by", [1 / 1000, 1000.0])
def test_columns_in_tonnes_or_grams_without_a_unit_are_asked_about_once(read: Reads, by: float) -> None:
    found = read(kilns(by=by))
    own = [one for one in said(found) if one[0] == "column_unit_doubted"]
    assert {column for _, _, column, _ in own} >= set(HEADERS[:3])
    assert found.lines[list(EMISSION_FIELDS.values())[:3]].isna().all(axis=None)


def test_a_unit_in_the_header_is_believed(read: Reads) -> None:
    assert read(kilns(by=1 / 1000), [f"{header}(吨/日)" for header in HEADERS]).problems == []
    assert read(kilns(by=1 / 1000), [f"{header}(千克/日)" for header in HEADERS]).problems == []


def test_three_lines_of_a_heavy_industry_are_enough(read: Reads) -> None:
    rows = kilns(3, by=1 / 1000)
    assert {one[0] for one in said(read(rows, industry="焦化"))} == {"column_unit_doubted"}
    assert read(rows, industry="工业涂装").problems == []


TOTALS = (
    "城市,部门,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n临汾市,工业,{so2},4000,4000,4000\n临汾市,其他,5,5,5,5\n"
)


@pytest.mark.parametrize(
    ("so2", "by", "asked"),
    [(4000, 1.0, False), (4, 1.0, True), (1800, 1.0, False), (2_000_000, 1.0, True), (0.1, 1.0, True)],
)
def test_totals_of_another_unit_than_the_lines_make_no_ratio(
    read: Reads, so2: float, by: float, *, asked: bool
) -> None:
    found = read(kilns(25, by=by), totals=TOTALS.format(so2=so2))
    assert [one.code for one in found.problems] == ["totals_unit_doubted"] * asked
    assert found.totals is not None
    assert found.totals["so2_kg_d"].isna().all() == asked
    assert found.totals["nox_kg_d"].notna().all()


def _asked(found: EnterpriseList) -> list[tuple[object, ...]]:
    """Of each amount asked about: code, row, column, value; how far off, beside how many, what is usual, what else."""
    out: list[tuple[object, ...]] = []
    for one in found.problems:
        said: dict[str, Any] = dict(one.arguments)
        off = said.get("factor")
        told = (off.code, dict(off.arguments)["factor"], said["peers"]) if off else ()
        out.append((one.code, one.row, one.column, one.value, *told, said["expected"], *said["near"]))
    return out


@pytest.mark.parametrize(
    ("cell", "off", "usual"),
    [("0.063", ("part_of", "1/1,000"), "63"), ("63000", ("times_as_much", "977"), "64.5")],
)
def test_a_cell_far_from_its_peers_is_told_with_them(read: Reads, cell: str, off: tuple[str, str], usual: str) -> None:
    """The middle of the eight: of 62 and 64 with the lightest among them, of 64 and 65 with the heaviest."""
    rows = kilns()
    rows[3] = (cell, *rows[3][1:])
    assert _asked(read(rows)) == [("unit_off", 5, "SO2排放量", cell, *off, "8", usual, "63")]


@pytest.mark.parametrize(
    ("row", "blank", "asked"),
    [
        (  # all that the line emits is as of its peers: it is the capacity
            ("10000", "万块/年", *kilns()[3]), ["capacity"],
            [("unit_off", 5, "产能", "10000", "times_as_much", "1,000", "8", "10", "10")],
        ),
        (  # one amount goes with the capacity: it is the others; and more than a line can emit
            ("20000", "万块/年", 126000, 96, 56, 4.6), list(EMISSION_FIELDS.values()),
            [
                ("unit_off", 5, "NOx排放量", "96", "part_of", "1/1,000", "8", "96000", "96000"),
                ("unit_off", 5, "颗粒物排放量", "56", "part_of", "1/999", "8", "56000", "56000"),
                ("unit_off", 5, "VOCs排放量", "4.6", "part_of", "1/999", "8", "4600", "4600"),
                ("absurd", 5, "SO2排放量", "126000", "30000", "126"),
            ],
        ),
        (("10000", "块/日", *kilns()[3]), [], []),  # of another unit: without peers
        (("", "", *kilns()[3]), ["capacity"], []),
    ],
)  # fmt: skip
def test_amounts_are_held_beside_the_capacity(
    read: Reads, row: tuple[object, ...], blank: list[str], asked: list[tuple[object, ...]]
) -> None:
    rows: list[tuple[object, ...]] = [("10", "万块/年", *amounts) for amounts in kilns()]
    rows[3] = row
    found = read(rows, ("产能", "产能单位", *HEADERS))
    assert _asked(found) == asked
    names = ["capacity", *EMISSION_FIELDS.values()]
    unknown = found.lines[names].isna()
    assert [name for name in names if unknown.loc[3, name]] == blank
    assert not unknown.drop(index=3).any(axis=None)


#: Bounds of its own, on each of which a line can lie.
SOURCE: Final[Any] = {"source": "例"}
RULE: Final = Amounts(
    most=dict.fromkeys(EMISSION_FIELDS, 50.0),
    most_source="例",
    peers=Peers(least=3, factor=10, **SOURCE),
    columns=AmountColumns(least=3, below={"so2": 0.5}, above=40, **SOURCE),
    heavy=HeavyLines(least=2, below=2, industries=("焦化",), **SOURCE),
    totals=AmountTotals(least=3, below=0.5, above=10, **SOURCE),
)
NUMBERS: Final = (*EMISSION_FIELDS.values(), "capacity", "production_days")


def made(columns: dict[str, list[Any]]) -> CodedTable:
    """Lines of some columns, the others blank."""
    count = len(next(iter(columns.values())))
    names = ("city", "sector", "industry", "process", "capacity_unit", *NUMBERS)
    held = {name: columns.get(name, [None] * count) for name in names}
    return CodedTable(
        {
            name: np.array(cells, dtype=float) if name in NUMBERS else numbered(pd.Series(cells, dtype=TEXT))
            for name, cells in held.items()
        },
        count,
    )


@pytest.mark.parametrize(
    ("cells", "unit", "expected"),
    [  # beside like lines: the factor itself is doubted, and a line without an amount is no peer
        ({"so2_kg_d": [1, 1, 10]}, "kg/d", ["unit_off 4 so2_kg_d 10: (times_as_much 10) 3 1 0.01"]),
        ({"so2_kg_d": [1, 1, 0.1]}, "kg/d", ["unit_off 4 so2_kg_d 0.1: (part_of 1/10) 3 1 100"]),
        ({"so2_kg_d": [1, 1, 9.9]}, "kg/d", []),
        ({"so2_kg_d": [1, 1, 0.11]}, "kg/d", []),
        ({"so2_kg_d": [1, 16, 0, None]}, "kg/d", []),
        ({"so2_kg_d": [1, 1, 16, 0, None]}, "kg/d", ["unit_off 4 so2_kg_d 16: (times_as_much 16) 3 1 0.016"]),
        ({"so2_kg_d": [1, 1, 1, 16, 0.15]}, "kg/d", ["unit_off 5 so2_kg_d 16: (times_as_much 16) 5 1 0.016"]),
        ({"so2_kg_d": [1, 1, 1, 6, 0.06]}, "kg/d", ["unit_off 6 so2_kg_d 0.06: (part_of 1/17) 5 1 60"]),
        ({"so2_kg_d": [0, 1, None, 4, 0.01, 1]}, "kg/d", ["unit_off 6 so2_kg_d 0.01: (part_of 1/100) 4 1 10"]),
        ({"so2_kg_d": [1, 1, 1, 16, 16, 16], "industry": list("甲甲甲乙乙乙")}, "kg/d", []),
        ({"so2_kg_d": [1, 1, 1, 16, 16, 16], "process": list("甲甲甲乙乙乙")}, "kg/d", []),
        ({"so2_kg_d": [1, 1, 20, 1], "industry": list("甲乙乙乙"), "process": list("乙甲甲甲")}, "kg/d",
         ["unit_off 4 so2_kg_d 20: (times_as_much 20) 3 1 0.02"]),
        # per unit of capacity, where it has one
        ({"so2_kg_d": [1, 2, 16], "capacity": [10, 20, 160], "capacity_unit": ["吨"] * 3}, "kg/d", []),
        ({"so2_kg_d": [1, 2, 16], "capacity": [10, 20, 160], "capacity_unit": [None] * 3}, "kg/d", []),
        ({"so2_kg_d": [1, 1, 16], "capacity": [1, 1, 0], "capacity_unit": ["吨"] * 3}, "kg/d", []),
        # the capacity itself, where more than one amount is off with it
        ({"so2_kg_d": [1, 1, 1], "nox_kg_d": [2, 2, 2], "capacity": [9, 9, 900], "capacity_unit": ["吨"] * 3}, "kg/d",
         ["unit_off 4 capacity 900: (times_as_much 100) 3 9 0.9"]),
        ({"so2_kg_d": [1, 1, 1], "capacity": [9, 9, 900], "capacity_unit": ["吨"] * 3}, "kg/d",
         ["unit_off 4 so2_kg_d 1: (part_of 1/100) 3 100 1000"]),
        # as written: tonnes of a year, of the days it runs or of all
        ({"so2_kg_d": [1, 1, 10, 1], "production_days": [None, None, 300, None]}, "吨/年",
         ["unit_off 4 so2_kg_d 3: (times_as_much 10) 4 1 0.003"]),
        ({"so2_kg_d": [1, 1, 10, 1]}, "吨/年", ["unit_off 4 so2_kg_d 3.65: (times_as_much 10) 4 1 0.00365"]),
        # more than a line can emit: once, whatever else is told of it
        ({"so2_kg_d": [50]}, "kg/d", []),
        ({"so2_kg_d": [50.5]}, "kg/d", ["absurd 2 so2_kg_d 50.5: 50 0.0505"]),
        ({"so2_kg_d": [10, 10, 100]}, "kg/d", ["unit_off 4 so2_kg_d 100: (times_as_much 10) 3 10 0.1"]),
        # a column without a unit
        ({"so2_kg_d": [0.4, 0.4]}, "", []),
        ({"so2_kg_d": [0, 0.4, 0.4, 0.4]}, "", ["column_unit_doubted 3 so2_kg_d 0.4: 0.4 (tonnes_a_day) 3"]),
        ({"so2_kg_d": [0.5, 0.5, 0.5]}, "", []),
        ({"nox_kg_d": [0.4, 0.4, 0.4]}, "", []),
        ({"nox_kg_d": [40, 40, 40]}, "", []),
        ({"nox_kg_d": [41, 41, 41]}, "", ["column_unit_doubted 2 nox_kg_d 41: 41 (grams_a_day) 3"]),
        ({"nox_kg_d": [41, 41, 41]}, "kg/d", []),
        # of an industry that emits much, the largest amount of each line
        ({"nox_kg_d": [1, 1.5], "pm_kg_d": [None, 0.5], "industry": ["焦化"] * 2}, "",
         ["column_unit_doubted 2 nox_kg_d 1: 1.25 (grams_a_day) 2",
          "column_unit_doubted 3 pm_kg_d 0.5: 0.5 (tonnes_a_day) 1"]),
        ({"nox_kg_d": [1, 1.5], "pm_kg_d": [None, 0.5], "industry": ["焦化", "甲"]}, "", []),
        ({"nox_kg_d": [1, 0], "industry": ["焦化"] * 2}, "", []),
        ({"nox_kg_d": [1, 1], "pm_kg_d": [2, 2], "industry": ["焦化"] * 2}, "", []),
        ({"nox_kg_d": [1, 1], "industry": ["焦化"] * 2}, "kg/d", []),
    ],
)  # fmt: skip
def test_every_bound_of_an_amount_is_as_the_rule_has_it(
    cells: dict[str, list[Any]], unit: str, expected: list[str]
) -> None:
    lines, findings = made(cells), Findings("l.csv")
    columns = {name: Column(place, name, (name,), unit) for place, name in enumerate(NUMBERS)}
    columns["capacity"] = Column(len(NUMBERS), "capacity", ("capacity",))
    kept = AmountDoubts(lines, columns, np.arange(2, 2 + len(lines)), RULE, findings).kept()
    assert [told(one) for one in findings.problems] == expected
    out = {name: np.isnan(kept.number(name)) & ~np.isnan(lines.number(name)) for name in NUMBERS}
    assert all(out[one.column][(one.row or 0) - 2] for one in findings.problems)
    assert sum(map(np.sum, out.values())) == sum(dict(one.arguments).get("count", 1) for one in findings.problems)


@pytest.mark.parametrize(
    ("amounts", "whole", "below", "expected"),
    [
        ([5, 5, 5], 1.5, 0.5, ""),  # ten times the whole itself
        ([5, 5, 5], 1.4, 0.5, "totals_unit_doubted - - 1.4: 甲市 SO₂ 15"),
        ([5, 5, 5], 0, 0.5, ""),
        ([5, 5, 5], None, 0.5, ""),
        ([1, 1, 1], 6, 0.5, ""),  # half of it
        ([1, 1, 1], 400, 0.5, "totals_unit_doubted - - 400: 甲市 SO₂ 3"),
        ([1, 1, 1], 300, 0.5, "totals_unit_doubted - - 300: 甲市 SO₂ 3"),
        ([1, 1, 1], 299, 0.5, ""),  # a thousand times as much would be too much too
        ([1, 1, None], 400, 0.5, ""),  # of too few lines
        ([1, 1, 0], 400, 0.5, "totals_unit_doubted - - 400: 甲市 SO₂ 2"),
        ([0, 0, 0], 400, 0.5, ""),
        ([1, 1, 1], 400, 0.005, ""),
        ([1, 1, 1], 600, 0.005, ""),
        ([1, 1, 1], 601, 0.005, "totals_unit_doubted - - 601: 甲市 SO₂ 3"),
    ],
)
def test_every_bound_of_a_total_is_as_the_rule_has_it(
    amounts: list[Any], whole: float | None, below: float, expected: str
) -> None:
    """The lines of another city, or of none, are no part of it, nor is what is no industry."""
    lines = made({"city": ["乙市", *["甲市"] * 3, None], "so2_kg_d": [900, *amounts, 900]})
    said = {
        "city": ["丙市", "甲市", "甲市"],
        "sector": ["工业", "其他", "工业"],
        "so2_kg_d": [7, 8, whole],
        "nox_kg_d": [9, 9, 9],
    }
    rule = RULE.model_copy(update={"totals": RULE.totals.model_copy(update={"below": below})})
    findings = Findings("l.csv")
    found = doubted_totals(made(said), lines, rule, "t.csv", findings)
    assert [told(one) for one in findings.problems] == [expected] * bool(expected)
    assert {one.file for one in findings.problems} <= {"t.csv"}
    assert np.isnan(found.number("so2_kg_d")).tolist() == [False, bool(expected), bool(expected) or whole is None]
    assert not np.isnan(found.number("nox_kg_d")).any()


def test_a_rule_that_names_no_heavy_industry_doubts_none_of_them() -> None:
    lines, findings = made({"nox_kg_d": [1, 1], "industry": ["焦化"] * 2}), Findings("l.csv")
    columns = {name: Column(place, name, (name,)) for place, name in enumerate(NUMBERS)}
    AmountDoubts(lines, columns, np.arange(2), RULE.model_copy(update={"heavy": None}), findings).kept()
    assert findings.problems == []
