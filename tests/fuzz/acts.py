"""Kinds of input that speak of an order given or of the law: receipts, orders.csv, rule workbooks."""

from __future__ import annotations

import io
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from alertengine.vocabulary import ORDER_COLUMNS

from .kinds import ODD, Kind, bytes_changed, table

CODE = "91000000HC00000000"
RECEIPTS = ["信用代码", "企业名称", "事项", "时间", "送达方式", "签收人", "经办人", "生产线编号", "截止时间", "说明"]
RECEIPT = [CODE, "合成厂", "签收", "2021-01-09 19:00", "短信", "王某", "执法队 丁", "", "", ""]
GIVEN = {
    "city": "临汾市", "enterprise_id": CODE, "enterprise": "合成厂", "line_id": "1", "level": "orange",
    "starts": "2021-01-09 00:00", "ends": "2021-01-12 00:00", "status": "ordered", "measure": "limit", "share": "0.5",
    "nox_kg_d": "12.5", "standing": "primary",
}  # fmt: skip


def order(number: int) -> list[str]:
    """A row of orders, each of a line of its own."""
    return [str(number) if name == "line_id" else GIVEN.get(name, "") for name in ORDER_COLUMNS]


@cache
def exported() -> bytes:
    """The workbook of the shipped document with many rules for lines, not the most: it is read often."""
    from alertengine.rulebook import LineRule, Rulebook, export_document

    book = Rulebook.load()
    named = Counter(rule.document for rule in book.rules.values() if isinstance(rule, LineRule))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.xlsx"
        export_document(book, named.most_common(4)[-1][0], path)
        return path.read_bytes()


def workbook(folder: Path, rng: random.Random) -> Path:
    """A rule workbook, changed by chance."""
    book = openpyxl.load_workbook(io.BytesIO(exported()))
    for _ in range(rng.choice([0, 1, 3, 10])):
        sheet = rng.choice(book.worksheets)
        row = rng.randint(1, max(sheet.max_row, 1))
        match rng.randrange(6):
            case 0:
                sheet.delete_rows(row)
            case 1:
                sheet.insert_rows(row)
            case 2:
                sheet.delete_cols(rng.randint(1, max(sheet.max_column, 1)))
            case 3:
                other = sheet.cell(row, rng.randint(1, max(sheet.max_column, 1))).value
                _put(sheet, rng.randint(1, max(sheet.max_row, 1)), rng, other)
            case _:
                _put(sheet, row, rng, rng.choice(ODD))
    stream = io.BytesIO()
    book.save(stream)
    path = folder / "file.xlsx"
    path.write_bytes(bytes_changed(stream.getvalue(), rng) if rng.random() < 0.1 else stream.getvalue())
    return path


def _put(sheet: Any, row: int, rng: random.Random, value: Any) -> None:
    """A value into a cell, or into the middle of what it says."""
    cell = sheet.cell(row, rng.randint(1, max(sheet.max_column, 1)))
    try:
        if isinstance(cell.value, str) and isinstance(value, str) and rng.random() < 0.5:
            at = rng.randint(0, len(cell.value))
            value = cell.value[:at] + value + cell.value[at:]
        cell.value = value
    except (AttributeError, ValueError, openpyxl.utils.exceptions.IllegalCharacterError):
        return  # a cell of a merged range, or what no workbook can hold


# -- who reads


def _receipts_reader() -> Callable[[Path], Any]:
    from alertengine.files import Findings
    from alertengine.lists import Register
    from alertengine.workflow.delivery.read import read_receipts

    firms = [["临汾市", "尧都区", CODE, "合成厂", "1"], ["临汾市", "尧都区", "91000000HC00000001", "合成二厂", "1"]]
    addressees = pd.DataFrame(firms, columns=["city", "county", "enterprise_id", "enterprise", "line_id"])
    register = Register("r.csv", {"合成老厂": ("合成厂",), "共用": ("合成厂", "合成二厂")}, {"合成厂": CODE})
    after, before = pd.Timestamp(2021, 1, 1), pd.Timestamp(2021, 2, 1)
    return lambda path: read_receipts(
        path, addressees, Findings(str(path)), after=after, before=before, register=register
    )


def _orders_reader() -> Callable[[Path], Any]:
    from alertengine.orders import read_orders

    return read_orders


def _workbook_reader() -> Callable[[Path], Any]:
    from alertengine.engine import check_dialect
    from alertengine.rulebook import Rulebook, read_import

    book = Rulebook.load()
    return lambda path: read_import(book, path, check_dialect)


KINDS: dict[str, Kind] = {
    "receipts": Kind(partial(table, RECEIPTS, RECEIPT), _receipts_reader),
    "orders": Kind(partial(table, list(ORDER_COLUMNS), order), _orders_reader),
    "rules": Kind(workbook, _workbook_reader),
}
