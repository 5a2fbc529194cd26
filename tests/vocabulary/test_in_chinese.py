"""Problems as an official reads them: in Chinese, whatever a list or forecast brings."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from alertengine.files import lists_folder, scenarios_folder
from alertengine.lists import read_list
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, Problem
from alertengine.warning import read_forecast

_CHINESE = re.compile(r"[一-鿿]")
_HEAD = "企业名称,城市,生产线编号,行业,工序,绩效等级,NOx排放量(千克/日)\n"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load()


def found_in(path: Path, book: Rulebook) -> list[Problem]:
    try:
        enterprises = read_list(path, book.lists)
    except InputError as error:
        return error.problems
    return [*enterprises.problems, *enterprises.notes]


@pytest.mark.parametrize("path", sorted(lists_folder().glob("*-synthetic.csv")), ids=lambda path: path.stem)
def test_what_is_said_of_the_sample_lists_is_said_in_chinese(path: Path, book: Rulebook) -> None:
    for problem in found_in(path, book):
        assert _CHINESE.search(problem.words("zh")[0]), problem.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "企业名称,城市\n甲,临汾市\n",
        _HEAD,
        _HEAD + "甲厂,临汾市,1,焦化,焦炉,B,3\n甲厂,临汾市,1,焦化,焦炉,B,4\n",
        _HEAD + "甲厂,不知何处,1,焦化,焦炉,B,很多\n",
        _HEAD + "甲厂,临汾市,1,焦化,焦炉,B,3,多出的\n",
        _HEAD + ",,1,焦化,焦炉,B,3\n合计,,,,,,3\n",
    ],
)
def test_what_is_wrong_with_a_list_is_said_in_chinese(text: str, book: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    path.write_text(text, encoding="utf-8")
    problems = found_in(path, book)
    assert problems
    for problem in problems:
        assert _CHINESE.search(problem.words("zh")[0]), problem.message


def _halved(part: str) -> bytes:
    """A workbook with one of its parts cut in half."""
    made, cut = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(made)
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(cut, "w") as half:
        for name in whole.namelist():
            data = whole.read(name)
            half.writestr(name, data[: len(data) // 2] if name == part else data)
    return cut.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("文.xlsx", b"no workbook"),
        ("空.xlsx", b""),
        ("断.xlsx", _halved("xl/workbook.xml")),
        ("断.xlsx", _halved("xl/worksheets/sheet1.xml")),
        ("断.xlsx", _halved("xl/styles.xml")),
        ("页.xls", b"<html><table></table></html>"),
        ("坏.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)),
        ("坏.parquet", b"PAR1" + b"x" * 100 + b"PAR1"),
        ("短.parquet", b"abc"),
        ("坏.csv.gz", b"xx"),
        ("断.csv", b"\xff\xfe\x00"),
    ],
)
def test_no_library_speaks_of_a_broken_file(book: Rulebook, tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as refused:
        read_list(path, book.lists)
    for problem in refused.value.problems:
        said = re.sub("Excel|GB18030|UTF-8|UTF-16-LE|HTML|XML|PDF|parquet|xlsx?|csv|gz", "", problem.words("zh")[0])
        assert not re.search("[A-Za-z]{2}", said), said
        back = Problem.from_dict(problem.as_dict())
        assert back.text("zh") == problem.text("zh")


def test_what_is_wrong_with_a_forecast_is_said_in_chinese(book: Rulebook, tmp_path: Path) -> None:
    good = (scenarios_folder() / "linfen-red-episode.forecast.csv").read_text(encoding="utf-8-sig")
    head, *rows = good.splitlines()
    twice = "\n".join((head, *rows, *(row.replace(",PM2.5,", ",PM10,") for row in rows)))
    changed = [good.replace(*pair) for pair in (("临汾市", "不知何处"), ("316", "很高"), ("316", "9999"))]
    texts = ("", "城市,日期\n", twice, *changed)
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.csv"
        path.write_text(text, encoding="utf-8")
        try:
            problems = read_forecast(path, book.lists).problems
        except InputError as error:
            problems = error.problems
        assert problems, text
        for problem in problems:
            assert _CHINESE.search(problem.words("zh")[0]), problem.message
