"""Cases worked by hand: a list, a command, and the orders that are right, each with other wordings of its kind."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.rulebook import Rulebook

pytestmark = pytest.mark.whole

COLUMNS = {
    "企业名称": "甲厂", "城市": "运城市", "区县": "闻喜县", "行业": "水泥", "绩效等级": "C", "工序": "熟料",
    "产能": 1000, "产能单位": "t/d", "SO2排放量": 100, "NOx排放量": 100, "颗粒物排放量": 100, "VOCs排放量": 100,
    "治理任务完成": "是", "稳定达标": "是", "产业目录类别": "允许类",
}  # fmt: skip
PLAN = {level: f"{name}预警减排措施" for level, name in (("yellow", "黄色"), ("orange", "橙色"), ("red", "红色"))}
SINTER = {"行业": "长流程联合钢铁", "工序": "烧结", "产能单位": "t/d"}
ALLOY = {"行业": "铁合金", "绩效等级": "", "工序": "精炼炉"}


@dataclass(frozen=True)
class Case:
    """Rows (cells beside COLUMNS) decided at a level and day; ``shares`` row by row and phase, None blank."""

    id: str
    rows: list[dict[str, Any]]
    level: str
    day: str
    shares: list[float | None]
    status: int = 0
    more: tuple[str, ...] = ()
    rules: list[dict[str, Any]] = field(default_factory=list)
    published: bool = False
    totals: float | None = None
    missed: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


def coke(plan: str, grade: str) -> dict[str, Any]:
    return {"行业": "焦化", "工序": "焦炉", "绩效等级": grade, "企业名称": f"{grade}{plan}", PLAN["red"]: plan}


def kilns(plan: str, *sizes: float, **cells: Any) -> list[dict[str, Any]]:
    return [{"产能": size, PLAN["yellow"]: plan, **cells} for size in sizes]


def sinters(*sizes: float) -> list[dict[str, Any]]:
    return [{**SINTER, "设备规格": size, "规格单位": "m2", "产能": size, "所在名单": "试验名单"} for size in sizes]


def loads(*lines: tuple[float, float | str]) -> list[dict[str, Any]]:
    return [{**ALLOY, "产能": size, "生产负荷(%)": load} for size, load in lines]


def always(then: Any, name: str = "r", **keys: Any) -> dict[str, Any]:
    return {"id": name, "article": "一", "title": name, "kind": "measure", "regime": "always", "then": then, **keys}


def machines(count: int, **more: Any) -> list[dict[str, Any]]:
    """A third of the sintering lines stops, and a number of machines on top of it."""
    third = always({"stop_share": 0.33, "by": "line"}, "third", when={"process": "烧结"})
    when = {"process": "烧结", "named_lists": "试验名单"}
    return [third, always({"stop_units": count, "on_top_of": ["third"], **more}, "more", when=when)]


def sized(count: int, size: int) -> list[dict[str, Any]]:
    then = {"stop_units": count, "size_at_least": size, "size_at_most": size}
    return [always(then, when={"process": "烧结", "named_lists": "试验名单"})]


def by_load(*by: str) -> list[dict[str, Any]]:
    then = {"stop_share": 0.5, "by": list(by)}
    return [{**always(then, when={"process": "精炼炉"}), "regime": "warning", "levels": ["orange"]}]


#: A stop on the first day of a warning, and nothing after it.
FIRST_DAY = [
    {**always("stop", when={"process": "涂装"}, valid={"from": "2020-01-05", "to": "2020-01-05"}), "regime": "warning",
     "levels": ["orange"]}
]  # fmt: skip
COATING = {"城市": "忻州市", "区县": "忻府区", "行业": "工业涂装", "工序": "涂装"}
SILENT = ("无", "暂无", "正常生产", "不停产", "豁免")
COUNTY = ("--hours", "144", "--adopt", "lvliang-county-2019-10-18=吕梁市/交城县")
STEEL = {**SINTER, "城市": "吕梁市", "区县": "交城县", "产能": 90}
HALF, MORE = "停产50%（以生产线计）", "停产60%（以生产线计）"
DAY, SUMMER, WINTER = "2021-01-20", "2018-07-20", "2019-12-10"
HOURS = ("--hours", "72")
STRICTER, UNMET = "规定严于已发布清单", "缺少计数数据，全部停产"
CASES = [
    # self-direction is the grade's, and a text that asks nothing is no ground
    Case("self-directed D", [coke("自主减排", "D")], "red", DAY, [None], 1),
    Case("self-directed B with a share", [coke("自主减排30%", "B")], "red", DAY, [None], 1),
    Case("self-directed A", [coke("自主减排", "A")], "red", DAY, [0]),
    *(Case(f"nothing asked {plan}", [coke(plan, "C")], "red", DAY, [None], 1) for plan in SILENT),
    # without a ground from the second phase on, each line for itself
    Case("phase without a ground", [COATING, {**COATING, PLAN["orange"]: "停产"}], "orange", "2020-01-05",
         [1, None, 1, 1], 1, ("--hours", "168"), rules=FIRST_DAY),
    Case("phase without a ground but a filed text", [{**COATING, PLAN["orange"]: "无"}], "orange", "2020-01-05",
         [1, None], 1, ("--hours", "168"), rules=FIRST_DAY),
    Case("phase never reached", [COATING], "orange", "2020-01-05", [1], 0, ("--hours", "24"), rules=FIRST_DAY),
    # a ratio missed after hour 120 is missed
    Case("ratio", [STEEL, STEEL], "yellow", "2019-10-18", [1, 1, 1, 0], 1, COUNTY, totals=800,
         missed=("so2", "nox", "pm")),
    Case("ratio reached in both phases", [STEEL, STEEL], "yellow", "2019-10-18", [1, 1, 1, 0], 0, COUNTY, totals=400),
    Case("ratio of the first phase alone", [STEEL, STEEL], "yellow", "2019-10-18", [1, 1], 0,
         ("--hours", "120", *COUNTY[2:]), totals=800),
    # rule and plan are one demand
    Case("plan as the rule", kilns(HALF, 5000, 2500, 2600), "yellow", DAY, [0, 1, 1], 0, HOURS,
         silent=("备案措施更严",)),
    Case("plan in other words", kilns("轮流停产一半（以生产线计）", 5000, 2500, 2600), "yellow", DAY, [0, 1, 1], 0,
         HOURS),
    *(Case(f"plan without its counting: {words}", kilns(words, 5000, 2500, 2600), "yellow", DAY, [0, 1, 1], 0, HOURS,
           silent=("备案措施更严",)) for words in ("停产50%", "停产一半", "停50%", "轮停一半", "停产比例不低于50%")),
    Case("plan without its counting, published", kilns("停产50%", 5000, 2500, 2600), "yellow", DAY, [0, 1, 1], 0,
         HOURS, published=True, silent=(STRICTER,)),
    Case("plan without its counting, above the rule", kilns("停产60%", 5000, 2500, 2600, 2700), "yellow", DAY,
         [0, 1, 1, 1], 0, HOURS, says=("备案措施更严",)),
    Case("two thirds in other words", kilns("停二留一（以生产线计）", 5000, 2500, 2600), "yellow", DAY, [0, 1, 1], 0,
         HOURS),
    Case("plan as the rule, two kilns", kilns(HALF, 1000, 1000, 城市="临汾市", 区县=""), "yellow", "2026-11-29",
         [1, 0]),
    Case("plan above the rule", kilns(MORE, 5000, 2500, 2600, 2700), "yellow", DAY, [0, 1, 1, 1], 0, HOURS,
         says=("备案措施更严",)),
    Case("plan below the rule", kilns("停产30%（以生产线计）", 5000, 2500, 2600), "yellow", DAY, [0, 1, 1], 0, HOURS),
    Case("published as the rule", kilns(HALF, 5000, 2500, 2600), "yellow", DAY, [0, 1, 1], 0, HOURS, published=True,
         silent=(STRICTER,)),
    Case("published above the rule", kilns(MORE, 5000, 2500, 2600, 2700), "yellow", DAY, [0, 1, 1, 1], 0, HOURS,
         published=True, silent=(STRICTER,)),
    Case("published below the rule", kilns("停产30%（以生产线计）", 5000, 2500, 2600), "yellow", DAY, [0, 1, 0], 1,
         HOURS, published=True, says=(STRICTER,)),
    # 增停 is on top, of what is left running
    Case("additional", sinters(200, 200, 360), "none", SUMMER, [1, 1, 0], 1,
         rules=machines(1, size_at_least=200, size_at_most=200)),
    Case("additional of any size", sinters(200, 200, 360), "none", SUMMER, [1, 1, 0], 1, rules=machines(1)),
    Case("additional two", sinters(200, 200, 360), "none", SUMMER, [1, 1, 1], 1, rules=machines(2)),
    # machines that are not there
    Case("no machine of the size", sinters(198, 360), "none", SUMMER, [1, 1], 1, rules=sized(1, 200), says=(UNMET,)),
    Case("fewer of the size than asked", sinters(200, 360), "none", SUMMER, [1, 1], 1, rules=sized(2, 200),
         says=(UNMET,)),
    Case("a machine of the size", sinters(200, 360), "none", SUMMER, [1, 0], 1, rules=sized(1, 200), silent=(UNMET,)),
    # load is load times capacity
    Case("load", loads((100, 50), (60, 100), (40, 100)), "orange", WINTER, [1, 0, 1], rules=by_load("load")),
    Case("load and lines", loads((100, 50), (60, 100), (40, 100)), "orange", WINTER, [1, 0, 1],
         rules=by_load("load", "line")),
    Case("load not known", loads((100, 50), (60, ""), (40, 100)), "orange", WINTER, [1, 1, 1], 1,
         rules=by_load("load"), says=("缺核算数据：生产负荷",)),
]  # fmt: skip


def _csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _laid(case: Case, folder: Path) -> list[str]:
    """Write the files of a case; the arguments of the command."""
    rows = [{**COLUMNS, "生产线编号": number, **row} for number, row in enumerate(case.rows, start=1)]
    call = ["orders", str(_csv(folder / "list.csv", rows)), "--level", case.level, "--date", case.day, *case.more]
    if case.published:
        head = {"version": "2020版", "city": "运城市", "year": 2020, "status": "published", "approver": "市人民政府"}
        (folder / "list.version.yaml").write_text(json.dumps({**head, "published_on": "2020-09-30"}), encoding="utf-8")
    if case.totals is not None:
        row = {name: case.totals for name in COLUMNS if name.endswith("排放量")}
        where = {"城市": rows[0]["城市"], "部门": "工业", "清单年份": 2018}
        call += ["--totals", str(_csv(folder / "totals.csv", [where | row]))]
    if case.rules:
        (folder / "law").mkdir()
        head = {"document": "law", "title": "试验", "area": "山西省", "source": "inferred"}
        valid = {"from": "2018-07-01", "to": "2020-12-31"}
        text = json.dumps({**head, "valid": valid, "rules": case.rules}, ensure_ascii=False)
        (folder / "law" / "law.yaml").write_text(text, encoding="utf-8")
        call += ["--rules", str(folder / "law")]
    return [*call, "-o", str(folder / "orders.csv"), "--json"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: Rulebook) -> None:
    if not case.rules and "--adopt" not in case.more:
        monkeypatch.setattr(Rulebook, "load", lambda *_, **__: shipped)
    result = CliRunner().invoke(main, _laid(case, tmp_path), catch_exceptions=False)
    orders = pd.read_csv(tmp_path / "orders.csv", dtype={"line_id": str}).sort_values(["line_id", "starts"])
    shares = [None if pd.isna(share) else share for share in orders["share"]]
    assert shares == pytest.approx(case.shares), orders[["line_id", "starts", "measure_text", "remark"]].to_string()
    assert result.exit_code == case.status, result.output
    said = orders.astype("str").to_string()
    assert [text for text in case.says if text not in said] == []
    assert [text for text in case.silent if text in said] == []
    undetermined = orders["status"] == "undetermined"
    assert [None if blank else 0 for blank in undetermined] == [None if share is None else 0 for share in case.shares]
    if case.totals is not None:
        (entry,) = json.loads(result.stdout)
        assert entry["met"] == ("no" if case.missed else "yes")
        ratio = entry["ratio"]
        assert {name for name, one in ratio.items() if one["warning"] < one["required"]} == set(case.missed)
