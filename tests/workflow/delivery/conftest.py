"""An order of six synthetic plants at midnight, issued at six in the evening before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from alertengine.ledger import Head, Ledger, names_apart
from tests.ledger.conftest import orders_of

HEADER = "企业名称,事项,时间,送达方式,签收人,经办人,生产线编号,截止时间,说明"
STATUS = ["ordered", "ordered", "self_directed", "ordered", "exempt", "undetermined"]
#: The sole traders are 1, 3 and 5.
CODES = [f"{('91', '92')[place % 2]}000000HC{place:08d}" for place in range(6)]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A ledger of one act; plants 0 to 3 have something to do."""
    orders = orders_of(6)
    orders["status"], orders["transport"], orders["city"] = STATUS, "", "临汾市"
    orders["county"] = ["尧都区", "尧都区", "襄汾县", "襄汾县", "襄汾县", "洪洞县"]
    path = tmp_path / "record.db"
    with Ledger.writable(path) as ledger:
        ledger.append("issue", Head("合成红色指令", datetime(2021, 1, 9, 18)), {"orders": names_apart(orders)})
    return path


@pytest.fixture
def receipts(tmp_path: Path) -> Callable[..., Path]:
    """A file of receipts from its rows."""

    def write(*rows: str, header: str = HEADER, name: str = "receipts.csv") -> Path:
        path = tmp_path / name
        width = header.count(",")
        path.write_text("\n".join([header, *(row + "," * (width - row.count(",")) for row in rows)]) + "\n")
        return path

    return write
