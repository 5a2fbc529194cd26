"""The kinds of input beside an act or a law: orders, findings, receipts, notices, forms, workbooks, chapters."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from .kinds import ODD, Kind, bytes_changed, table

ORDER = {
    "warning_id": "w1", "city": "太原市", "county": "尖草坪区", "enterprise_id": "91140000000000000X",
    "enterprise": "合成厂", "line_id": "1", "line": "1号线", "level": "orange", "status": "ordered",
    "measure": "stop", "measure_text": "停产", "share": "1", "so2_kg_d": "10", "nox_kg_d": "20", "pm_kg_d": "5",
    "vocs_kg_d": "1", "start": "2020-01-03 00:00", "end": "", "phase": "0-", "rules": "r1", "basis": "《方案》一",
}  # fmt: skip
FINDING = {
    "enterprise_id": "91140000000000000X", "enterprise": "合成厂", "city": "太原市", "line_id": "1",
    "date": "2020-01-03", "evidence": "electricity", "verdict": "not_done",
}  # fmt: skip
RECEIPT = {
    "信用代码": "91140000000000000X", "企业": "合成厂", "事项": "已签收", "时间": "2020-01-03 10:00", "签收人": "甲",
}  # fmt: skip
NOTICE = {"地区": "太原市", "级别": "红色", "开始时间": "2020-01-03 00:00", "结束时间": "2020-01-05 00:00", "标题": ""}
MEMBER = {"企业名称": "合成厂", "统一社会信用代码": "91140000000000000X"}
FILING = {"备案机关": "省厅", "备案日期": "2020-09-10"}


def _table(columns: Callable[[], list[str]], known: dict[str, str], folder: Path, rng: random.Random) -> Path:
    header = columns()
    return table(header, [known.get(name, "") for name in header], folder, rng)


def _of(known: dict[str, str]) -> Callable[[Path, random.Random], Path]:
    return partial(table, list(known), list(known.values()))


def _order_columns() -> list[str]:
    from alertengine.vocabulary import ORDER_COLUMNS

    return list(ORDER_COLUMNS)


def _finding_columns() -> list[str]:
    from alertengine.audit import FINDING_COLUMNS

    return list(FINDING_COLUMNS)


@lru_cache(1)
def _exported() -> bytes:
    """A shipped document as the workbook that people edit."""
    from tempfile import TemporaryDirectory

    from alertengine.rulebook import Rulebook, export_document

    book = Rulebook.load()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "law.xlsx"
        export_document(book, "guide-2020-340", path)
        return path.read_bytes()


def rule_workbook(folder: Path, rng: random.Random) -> Path:
    """A document exported for editing, some of its cells and bytes changed by chance."""
    import openpyxl
    from openpyxl.utils.exceptions import IllegalCharacterError

    path = folder / "file.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(_exported()))
    for sheet in rng.sample(book.worksheets, min(3, len(book.worksheets))):
        for _ in range(rng.choice([1, 3, 8])):
            cell = sheet.cell(rng.randint(1, max(1, sheet.max_row)), rng.randint(1, max(1, sheet.max_column)))
            try:
                cell.value = rng.choice(ODD)
            except (AttributeError, ValueError, IllegalCharacterError):  # merged, or no text for a workbook
                continue
    book.save(path)
    if rng.random() < 0.3:
        path.write_bytes(bytes_changed(path.read_bytes(), rng))
    return path


def chapter(folder: Path, rng: random.Random) -> Path:
    """A chapter as Word or PDF, changed by chance: the parts of the Word document, the bytes of both."""
    if rng.random() < 0.5:
        from tests.checking.chapter.made import pdf_table

        rows = [["等级", "黄色预警", "红色预警"], *([str(rng.choice(ODD)) for _ in range(3)] for _ in range(3))]
        path = folder / "file.pdf"
        path.write_bytes(bytes_changed(pdf_table(rows), rng))
        return path
    import docx

    document = docx.Document()
    document.add_paragraph("橙色预警期间：D级企业停产。")
    held = document.add_table(3, 3)
    held.cell(0, 0).text, held.cell(1, 1).text = "等级", "停产50%"
    stream = io.BytesIO()
    document.save(stream)
    path = folder / "file.docx"
    with zipfile.ZipFile(stream) as packed, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in packed.namelist():
            data = packed.read(name)
            out.writestr(name, bytes_changed(data, rng) if rng.random() < 0.15 else data)
    if rng.random() < 0.3:
        path.write_bytes(bytes_changed(path.read_bytes(), rng))
    return path


# -- who reads


def _named(module: str, name: str) -> Callable[[Path], Any]:
    from importlib import import_module

    read: Callable[[Path], Any] = getattr(import_module(module), name)
    return read


def _told(module: str, name: str) -> Callable[[Path], Any]:
    from alertengine.files import Findings

    read = _named(module, name)
    return lambda path: read(path, Findings(str(path)))  # type: ignore[call-arg]


def _receipts() -> Callable[[Path], Any]:
    import pandas as pd

    from alertengine.files import Findings
    from alertengine.workflow.delivery.read import read_receipts

    line = {name: ORDER[name] for name in ("city", "county", "enterprise_id", "enterprise", "line_id")}
    after, before = pd.Timestamp("2020-01-02"), pd.Timestamp("2020-01-09")
    return lambda path: read_receipts(path, pd.DataFrame([line]), Findings(str(path)), after=after, before=before)


def _notices() -> Callable[[Path], Any]:
    from alertengine.rulebook import Rulebook
    from alertengine.simulation import read_alerts

    lists = Rulebook.load().lists
    return lambda path: read_alerts(path, lists)


def _import() -> Callable[[Path], Any]:
    from alertengine.engine import check_dialect
    from alertengine.rulebook import Rulebook, read_import

    book = Rulebook.load()
    return lambda path: read_import(book, path, check_dialect)


KINDS: dict[str, Kind] = {
    "orders": Kind(partial(_table, _order_columns, ORDER), partial(_named, "alertengine.orders", "read_orders")),
    "findings": Kind(
        partial(_table, _finding_columns, FINDING),
        partial(_named, "alertengine.workflow._record_findings", "read_findings"),
    ),
    "receipts": Kind(_of(RECEIPT), _receipts),
    "notices": Kind(_of(NOTICE), _notices),
    "members": Kind(_of(MEMBER), partial(_told, "alertengine.workflow.entering.members", "read_members")),
    "filings": Kind(_of(FILING), partial(_told, "alertengine.workflow.publication.publication", "filings")),
    "table": Kind(rule_workbook, _import),
    "chapter": Kind(chapter, partial(_named, "alertengine.checking", "read_passages")),
}
