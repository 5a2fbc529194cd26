"""Whose receipt it is: by code, by every name the register has, or a question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.ledger import Head, InputFile, Ledger, names_apart
from alertengine.workflow.delivery.record import receipts_of
from tests.ledger.conftest import orders_of

pytestmark = pytest.mark.whole

Write = Callable[..., Path]
Deliver = Callable[..., tuple[int, str, list[str]]]
NAMES = ["晋东合成焦化有限公司", "晋南合成铸造有限公司", "晋西合成水泥厂", "晋西合成水泥厂"]
CODES = [f"91000000HC{place:08d}" for place in range(4)]
OTHER = "91000000HC00000099"
REGISTER = f"""企业名称,统一社会信用代码,曾用名
晋东合成焦化有限公司,{OTHER},东山老焦化厂；共用旧名
晋南合成铸造有限公司,{CODES[1]},共用旧名
"""
HEADER = "信用代码,企业名称,事项,时间,签收人"
AT = "签收,2021-01-09 19:00,王某"
OPTIONS = {"way": "orders", "list": "list/l.csv", "level": "red", "date": "2021-01-09", "adopt": {}}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Orders for four plants of a list with a register beside it; two have one name."""
    orders = orders_of(4)
    orders["enterprise"], orders["enterprise_id"], orders["transport"] = NAMES, CODES, ""
    path = tmp_path_factory.mktemp("names") / "record.db"
    files = [InputFile("list/l.csv", b"\n"), InputFile("list/l.register.csv", REGISTER.encode())]
    head = Head("合成指令", datetime(2021, 1, 9, 18), details={"options": OPTIONS})
    with Ledger.writable(path) as record:
        record.append("issue", head, {"orders": names_apart(orders)}, inputs=files)
    return path


@pytest.fixture
def deliver(ledger: Path, receipts: Write, tmp_path: Path) -> Deliver:
    """Exit status, what was said, and the codes recorded, of a file of receipts for a copy of the ledger."""

    def run(*rows: str) -> tuple[int, str, list[str]]:
        book = tmp_path / "record.db"
        book.write_bytes(ledger.read_bytes())
        path = receipts(*rows, header=HEADER)
        done = CliRunner().invoke(main, ["ledger", "deliver", str(book), "1", "--receipts", str(path)])
        with Ledger.open(book) as record:
            return done.exit_code, done.stderr, list(receipts_of(record, 1)["enterprise_id"])

    return run


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        (",晋东合成焦化有限公司", CODES[0], False),
        (",东山老焦化厂", CODES[0], True),
        (",东山 老焦化廠", CODES[0], True),
        (f"{OTHER},", CODES[0], True),
        (f"{OTHER},东山老焦化厂", CODES[0], True),
        (f"{CODES[0]},东山老焦化厂", CODES[0], False),
        (",晋南合成铸造有限公司\u200b", CODES[1], False),
        ("９1000000ＨＣ00000001,晋南合成铸造有限公司", CODES[1], False),
    ],
)
def test_a_receipt_is_of_the_plant_by_any_of_its_names(deliver: Deliver, said: str, code: str, told: bool) -> None:
    status, words, recorded = deliver(f"{said},{AT}")
    assert (status, recorded) == (0, [code])
    assert ("known by the register as" in words) == told


@pytest.mark.parametrize(
    ("said", "candidate"),
    [
        (",晋东合成焦化有线公司", NAMES[0]),
        (",晋南合成铸造公司", NAMES[1]),
        (",共用旧名", CODES[1]),
        (",晋西合成水泥厂", CODES[3]),
        ("91000000HC00000055,晋南合成铸造有限公司", NAMES[1]),
        (f"{CODES[0]},晋东合成焦化有线公司", NAMES[0]),
    ],
)
def test_a_doubtful_name_is_a_question_and_the_others_are_recorded(deliver: Deliver, said: str, candidate: str) -> None:
    status, words, recorded = deliver(f"{said},{AT}", f"{CODES[2]},,{AT}")
    assert (status, recorded) == (1, [CODES[2]])
    assert candidate in words
    assert "the row is not recorded" in words
    status, words, recorded = deliver(f"{said},{AT}")
    assert (status, recorded) == (1, [])
    assert "recorded already" not in words


@pytest.mark.parametrize("said", [",远方某某电子厂", "91000000HC00000055,", f"{CODES[0]},晋南合成铸造有限公司"])
def test_who_is_certainly_nobody_of_the_order_refuses_the_file(deliver: Deliver, said: str) -> None:
    status, _, recorded = deliver(f"{said},{AT}", f"{CODES[2]},,{AT}")
    assert (status, recorded) == (2, [])
