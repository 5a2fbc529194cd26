"""Orders, lists and laws that the tests of documents share."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import etree

from alertengine.documents import Footing
from alertengine.lists import read_list
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import ORDER_COLUMNS
from tests.conftest import document

Maker = Callable[..., pd.DataFrame]
LIST_GROUND = "《应急减排清单》（合成清单甲）"
_ORDER = {
    "city": "临汾市",
    "county": "洪洞县",
    "enterprise": "合成焦化一厂",
    "line": "1#焦炉",
    "line_id": "01",
    "industry": "焦化",
    "process": "焦炉",
    "grade": "B",
    "effective_grade": "B",
    "level": "red",
    "starts": "2021-01-04 00:00",
    "ends": "2021-01-09 00:00",
    "phase": "0-120",
    "measure": "stop",
    "share": 1.0,
    "measure_text": "停产",
    "so2_kg_d": 100.0,
    "nox_kg_d": 200.0,
    "pm_kg_d": 50.0,
    "vocs_kg_d": 10.0,
    "basis": "《某方案》三(六)",
    "standing": "primary",
    "status": "ordered",
}


@pytest.fixture(scope="session")
def orders() -> Maker:
    """Orders of mappings, each with the cells that a test need not repeat."""

    def make(*rows: Mapping[str, Any]) -> pd.DataFrame:
        full = []
        for row in rows or ({},):
            one = {**dict.fromkeys(ORDER_COLUMNS, ""), **_ORDER, "enterprise_id": "E0001", **row}
            stamp = "".join(char for char in one["starts"] if char.isdigit())
            one["order_id"] = (
                row.get("order_id") or f"临汾市-2021010400-{one['enterprise_id']}-{one['line_id']}-{stamp}"
            )
            full.append(one)
        table = pd.DataFrame(full, columns=list(ORDER_COLUMNS))
        numbers = [name for name in table if name == "share" or str(name).endswith("_kg_d")]
        return table.astype(dict.fromkeys(table.columns.difference(numbers), object))

    return make


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """The shipped law and an emergency plan of the orders' city, read from its official text; the remedies compared."""
    folder = tmp_path_factory.mktemp("plan")
    compared = {
        "id": "compared", "article": "一", "title": "核对", "kind": "verification",
        "verifies": ["review-law-2023", "suit-law-2017"],
        "by": "某局", "edition": "国务院公报", "page": "1", "issuer": "合成机关", "issued": "2017-01-01",
        "valid": {"from": "2020-01-01"},
    }  # fmt: skip
    plan = document(
        "plan", title="某市重污染天气应急预案", number="某政办发〔2020〕1号", issuer="某市政府",
        issued="2020-01-01", area="临汾市", emergency_plan=True, rules=[compared],
    )  # fmt: skip
    (folder / "plan.yaml").write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
    return Rulebook.load([folder])


@pytest.fixture(scope="session")
def footing(planned: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Footing]:
    """A footing with a list of the enterprises of some orders, published unless told otherwise."""

    def make(
        table: pd.DataFrame,
        *,
        published: bool = True,
        book: Rulebook | None = None,
        warnings: pd.DataFrame | None = None,
        **cells: str,
    ) -> Footing:
        path = tmp_path_factory.mktemp("list") / "list.csv"
        names = ["enterprise_id", "enterprise", "city", "county", "industry", "line_id", "process"]
        rows = table[names].drop_duplicates().to_dict("records")
        columns = [*names, "so2_kg_d", "nox_kg_d", "pm_kg_d", "vocs_kg_d", *cells]
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            for row in rows:
                writer.writerow({**dict.fromkeys(columns, 1), **row, **cells})
        version = {"version": "合成清单甲", "city": "临汾市", "year": 2021, "status": "draft"}
        if published:
            version |= {"status": "published", "approver": "某局长", "published_on": "2020-10-01"}
        path.with_suffix(".version.yaml").write_text(json.dumps(version, ensure_ascii=False), encoding="utf-8")
        law = book or planned
        return Footing(law, read_list(path, law.lists), warnings)

    return make


def text_of(path: Path) -> str:
    """All text of a Word document: header, body and footer, paragraphs on lines of their own."""
    out = []
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith("word/") and name.endswith(".xml"):
                root = etree.fromstring(package.read(name))
                paragraphs = root.iter("{*}p")
                out += ["".join(node.text or "" for node in one.iter("{*}t")) for one in paragraphs]
    return "\n".join(out)
