"""Nonsense under a right chain, made by chance: verify says it, and no command or reading of the page ends badly."""

from __future__ import annotations

import random
import shutil
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from alertengine.ledger import Head, Ledger, cells_apart, names_apart, verify
from alertengine.web.api.keys import Keys, Reach
from alertengine.workflow import Correction, Prepared, check_contents, enter_decisions, record, submit
from alertengine.workflow.delivery.record import RECEIPT_COLUMNS
from tests.ledger.conftest import SIGNED, warnings_of
from tests.ledger.forged import commands, ended, failed, forge, readings, rechain
from tests.ledger.test_foreign import forging

pytestmark = pytest.mark.whole

DECIDED = """企业名称,统一社会信用代码,决定文号,决定日期,决定种类,决定机关,理由
甲合成水泥厂,91000000HC0000001B,一号,2020-12-01,责令停产整治,市局,超标排放
丁某,,二号,2020-12-02,责令停产整治,市局,超标排放
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Path:
    """A ledger with an act of most kinds."""
    folder = tmp_path_factory.mktemp("forged")
    path, decided = folder / "base.db", folder / "decided.csv"
    decided.write_text(DECIDED, encoding="utf-8")
    said = dict.fromkeys(RECEIPT_COLUMNS, "") | {"enterprise_id": "91000000HC0000001B", "event": "signed"}
    receipts = pd.DataFrame([said | {"time": "2021-01-10 08:00", "line_id": "1"}], dtype="object")
    version = {"version": "v1", "published_on": "2021-01-01", "approver": "甲", "sha256": ""}
    with Ledger.writable(path) as ledger:
        record(ledger, prepared, SIGNED)
        record(ledger, prepared, SIGNED, Correction(1, "清单有误"))
        head = {name: ledger.act(1).head[name] for name in ("options", "summaries")} | {"decided": "2021-01-09 15:40"}
        issued = Head("警", datetime(2021, 1, 9, 18), "办公室 甲", "科长 乙", "市长 丙", details=head)
        ledger.append("issue", issued, {"warnings": warnings_of(), "orders": names_apart(ledger.orders(2))})
        enter_decisions(ledger, decided, Head("", drafted_by="法制科 甲"))
        submit(ledger, prepared, "办公室 甲")
        apart = cells_apart(names_apart(receipts), ("person", "note"))
        ledger.append("delivery", Head("送达", details={"about": 2}), {"receipts": apart})
        facts = {"version": version, "cities": ["临汾市"], "enterprises": 3, "lines": 3, "file": "l.csv"}
        ledger.append("publication", Head("清单发布", details=facts))
    Keys(path).make("外部系统", [Reach.ORDERS], "管理员")
    return path


def test_a_record_of_this_program_has_its_form(base: Path) -> None:
    found = verify(base)
    check_contents(found)
    assert found.sound, found.defects


@pytest.mark.parametrize("seed", range(4))
def test_nonsense_under_a_right_chain_ends_nothing_badly(base: Path, tmp_path: Path, seed: int) -> None:
    path, rng = Path(shutil.copy(base, tmp_path / "forged.db")), random.Random(seed)
    said = forge(path, rng)
    every = commands(path, tmp_path, 8)
    faults = {" ".join(words): ended(words) for words in (every[0], *rng.sample(every[1:], 2))}
    read = readings(path)
    faults |= {name: failed(read[name]) for name in rng.sample(sorted(read), 8)}
    assert not {name: fault for name, fault in faults.items() if fault}, said


@pytest.mark.parametrize(("sql", "act"), [
    ("UPDATE acts SET head = json_set(head, '$.summaries[0].city', 1) WHERE act = 1", 1),
    ("UPDATE acts SET head = json_set(head, '$.options.level', 'purple') WHERE act = 5", 5),
    ("UPDATE acts SET head = json_set(head, '$.event', 'x') WHERE kind = 'key'", 8),
    ("UPDATE acts SET head = json_remove(head, '$.version') WHERE kind = 'publication'", 7),
    ("UPDATE acts SET issued_at = '2021-13-01' WHERE act = 2", 2),
    ("UPDATE part_rows SET content = replace(content, '\"signed\"', '\"eaten\"') WHERE part = 'receipts'", 6),
    ("UPDATE part_rows SET content = replace(content, '停产整治', '²') WHERE part = 'decisions'", 4),
    ("UPDATE part_rows SET content = replace(content, '\"red\"', '\"\"') WHERE part = 'warnings' AND act = 3", 3),
    ("UPDATE part_rows SET content = replace(content, '\"red\"', '[]') WHERE part = 'warnings' AND act = 3", 3),
    ("UPDATE order_rows SET status = county WHERE act = 2", 2),
    ("UPDATE order_rows SET level = NULL WHERE act = 2", 2),
])  # fmt: skip
def test_verify_does_not_call_nonsense_sound(base: Path, tmp_path: Path, sql: str, act: int) -> None:
    path = Path(shutil.copy(base, tmp_path / "forged.db"))
    with forging(path) as db:
        assert db.execute(sql).rowcount
        rechain(db)
    found = verify(path)
    assert found.sound, found.defects
    check_contents(found)
    assert [(one.kind, one.act) for one in found.defects] == [("foreign", act)]
