"""Small ledgers: synthetic orders, written once and copied."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from alertengine.files import rules_folder
from alertengine.ledger import Head, InputFile, Ledger, Personal, names_apart
from alertengine.vocabulary import ORDER_COLUMNS, WARNING_COLUMNS
from alertengine.workflow import Prepared, Signers, collect_orders, prepare, snapshot

SIGNED = Signers("市应急指挥部办公室 甲", "科长 乙", "市长 丙", datetime(2021, 1, 9, 18))
HEADER = (
    "统一社会信用代码,企业名称,城市,区县,行业,生产线编号,工序,绩效等级,治理任务完成,联系人,电话,"
    "SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,备注栏"
)
#: A sole trader by the second digit of the code, a contact and a telephone: all invented.
LINES = (
    "91000000HC0000001B,甲合成水泥厂,临汾,尧都区,水泥,1,熟料,B,是,王某某,13000000000,10,20,5,1,旁注",
    "92000000HC00000021,乙某合成砖厂,临汾,襄汾县,砖瓦窑,1,焙烧,未评级,是,,,3,4,5,0.5,",
    "91000000HC0000003X,丙合成焦化,临汾,洪洞县,焦化,1,焦炉,C,是,,,30,40,5,2.5,",
)


def orders_of(count: int = 3, **cells: object) -> pd.DataFrame:
    """Orders without meaning, of the shape of real ones; one enterprise is a sole trader."""
    rows = []
    for place in range(count):
        row: dict[str, object] = dict.fromkeys(ORDER_COLUMNS, "某")
        code = ("91", "92")[place % 2]
        row |= {
            "order_id": f"O-{place}",
            "enterprise_id": f"{code}000000HC{place:08d}",
            "enterprise": f"合成企业{place}",
            "line_id": str(place),
            "level": "red",
            "starts": "2021-01-10 00:00",
            "ends": "" if place == 0 else "2021-01-14 00:00",
            "share": None if place == 1 else 0.1 * place,
            "hangs_on": "",
            "grade": None if place == 2 else "B",
            "flags": "ground_rule",
        }
        row |= {f"{name}_kg_d": place / 7 - 0.0 for name in ("so2", "nox", "pm", "vocs")}
        rows.append(row | cells)
    table = pd.DataFrame(rows, columns=list(ORDER_COLUMNS))
    numbers = ["share", "so2_kg_d", "nox_kg_d", "pm_kg_d", "vocs_kg_d"]
    return table.astype(dict.fromkeys(numbers, "float64")).astype({"level": "category", "grade": "category"})


def warnings_of() -> pd.DataFrame:
    """One warning without meaning."""
    row = dict.fromkeys(WARNING_COLUMNS, "某") | {"level": "red", "action": "issue"}
    row |= {"starts": pd.Timestamp("2021-01-10"), "ends": pd.NaT, "issued": pd.Timestamp("2021-01-09 15:40")}
    return pd.DataFrame([row], columns=list(WARNING_COLUMNS))


def write_small(path: Path) -> None:
    """Three acts: an issue with a personal file, its correction, and a delivery that names a person."""
    head = Head(
        "合成", datetime(2021, 1, 9, 18), "办公室 甲", "科长 乙", "市长 丙", details={"a": {"b": [1, 0.5, None]}}
    )
    with Ledger.writable(path) as ledger:
        files = [
            InputFile("rules/0/x.yaml", b"document: x\n"),
            InputFile("list/l.csv", "联系人\n某".encode(), personal=True),
        ]
        parts = {"warnings": warnings_of(), "orders": names_apart(orders_of())}
        ledger.append("issue", head, parts, inputs=files)
        corrected = {"warnings": warnings_of(), "orders": names_apart(orders_of(share=0.5))}
        ledger.append("issue", Head("合成更正", corrects=1, reason="清单有误"), corrected, inputs=files[:1])
        who = [Personal("李某某"), None]
        delivered = pd.DataFrame({"order_id": ["O-0", "O-1"], "signed_by": who, "hours": [1.5, float("nan")]})
        delivered["signed_by"] = delivered["signed_by"].astype("object")
        delivered["signed_by"] = pd.Series(who, dtype="object")
        ledger.append("delivery", Head("送达"), {"deliveries": delivered})


@pytest.fixture(scope="session")
def _small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledgers") / "small.db"
    write_small(path)
    return path


@pytest.fixture
def small(_small: Path, tmp_path: Path) -> Path:
    """A ledger of three acts, a copy to play with."""
    return Path(shutil.copy(_small, tmp_path / "small.db"))


@pytest.fixture(scope="session")
def few_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped rules, the vocabulary and one document alone: quick to read again and again."""
    folder = tmp_path_factory.mktemp("few")
    shutil.copytree(rules_folder() / "vocabulary", folder / "vocabulary")
    for name in ("precedence.yaml", "national/guide-2020-340.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(rules_folder() / name, folder / name)
    return folder


@pytest.fixture
def quick(few_rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of this test rest on few rules."""
    monkeypatch.setattr(snapshot, "rules_folder", lambda: few_rules)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, few_rules: Path) -> Prepared:
    """Orders at red for a list that names a contact and a sole trader, ready to be recorded."""
    path = tmp_path_factory.mktemp("lists") / "l.csv"
    path.write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "rules_folder", lambda: few_rules)
        return prepare(collect_orders(path, level="red", date=date(2021, 1, 10), hours=72), "合成红色指令")


@pytest.fixture
def make(tmp_path: Path) -> Callable[[], Ledger]:
    """An empty ledger to add to."""
    return lambda: Ledger.writable(tmp_path / "record.db")
