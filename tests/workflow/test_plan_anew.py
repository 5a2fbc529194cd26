"""The Taiyuan plan and a Taiyuan order, typed anew into an empty form from their sentences, are the shipped rules.

What is typed is what stands in the texts as the project holds them; ids, headings and remarks are nobody's law.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from alertengine.engine import check_dialect
from alertengine.rulebook import Rulebook, read_import
from alertengine.rulebook.excel.plan_rows import TO_FILL
from alertengine.workflow import plan_form, write_plan

Row = Mapping[str, str]
DAY = date(2026, 11, 28)
OFFICE = "市应急指挥部办公室"
PLAN: dict[str, list[Row]] = {
    "程序": [
        {"环节": "预案", "责任单位或责任人": "太原市", "条款": "适用范围",
         "原文内容": "沙尘暴天气应对工作不适用本预案"},
        {"环节": "提出", "责任单位或责任人": OFFICE, "从哪一环节起算": "会商", "几小时内": "2小时内", "条款": "§3.3",
         "原文内容": "根据重污染天气预报会商意见，于2小时内完成预警信息发布（调整、解除）审批表，报请市领导签发"},
        {"环节": "签发", "级别": "黄色、橙色", "责任单位或责任人": "主管副市长", "从哪一环节起算": "提出",
         "条款": "§3.3", "原文内容": "签发黄色、橙色预警"},
        {"环节": "签发", "级别": "红色预警", "责任单位或责任人": "市长", "从哪一环节起算": "提出", "条款": "§3.3",
         "原文内容": "签发红色预警"},
        {"环节": "发布", "级别": "各级别", "责任单位或责任人": OFFICE, "从哪一环节起算": "签发", "几小时内": "2",
         "条款": "§3.3",
         "原文内容": "向需要采取措施的市政府部门、各县（市、区）政府和综改示范区、不锈钢园区、西山生态文化旅游示范区"
                     "管委会发布，内容包括时段、级别、发布时间、气象条件、趋势和措施"},
        {"环节": "发布", "级别": "黄色及以上", "责任单位或责任人": OFFICE, "从哪一环节起算": "通报", "条款": "§3.3",
         "几小时内": "两小时内",
         "原文内容": "接到生态环境部或山西省通报的区域预警信息时，按通报的级别和启动时间启动预警，"
                     "2小时内向相关部门发布"},
        {"环节": "调整", "级别": "各级别", "责任单位或责任人": OFFICE, "条款": "§3.4.1",
         "原文内容": "气象条件变化，监测预警组会商认为预警需要升级或降级的，按预警发布程序调整；"
                     "空气质量指数在不同预警级别条件内频繁波动的，按高级别执行"},
        {"环节": "解除", "级别": "各级别", "责任单位或责任人": OFFICE, "条款": "§3.4.2",
         "原文内容": "空气质量降至相应级别启动条件以下且预测持续36小时以上，可以解除并提前发布；按区域通知启动的，"
                     "按通知解除"},
    ],
}  # fmt: skip
_ORANGE = {"类别": "强制性", "级别": "橙色"}
ORDER: dict[str, list[Row]] = {
    "响应措施": [
        {**_ORANGE, "对象": "非道路移动机械", "条款": "移动源",
         "措施": "全市停止使用国三以下（不含国三）非道路移动机械",
         "车辆": "国二及以下，车型：非道路移动机械，除外：紧急抢修作业机械"},
        {**_ORANGE, "对象": "机动车", "条款": "移动源", "地点": "太原高速环内",
         "措施": "禁止国五及以下燃油、燃气货车通行；引导燃油、燃气过境货车避开主城区行驶",
         "车辆": "国五及以下，车型：货车，燃料：燃油、燃气，除外：插电式混合动力、"
                 "运输瓜果蔬菜等鲜活农产品车辆、清障车、环卫车（含道路冲洗）、园林车、道路养护车、喷雾降尘等专项作业车辆"},
        {**_ORANGE, "对象": "渣土车", "条款": "移动源",
         "措施": "禁止渣土运输车辆和建筑垃圾清运车辆上路行驶"},
        {**_ORANGE, "对象": "工地", "条款": "扬尘", "除外": "应急抢险、经市政府批准的重点工程", "文本性质": "推定",
         "措施": "停止土石方作业、现场搅拌、石材切割、喷涂、浇筑；覆盖物料，湿润道路"},
        {**_ORANGE, "对象": "矿山", "条款": "扬尘", "措施": "矿山、砂石料厂、石材厂、石板厂等停止露天作业"},
    ],
    "程序": [
        {"环节": "会商", "级别": "橙色", "责任单位或责任人": "太原市、吕梁市、晋中市", "条款": "联动",
         "原文内容": "与吕梁市、晋中市共同分析研判"},
        {"环节": "启动", "级别": "橙色", "责任单位或责任人": "太原市生态环境保护委员会办公室", "条款": "预警",
         "从哪一环节起算": "",
         "原文内容": "启动重污染天气二级（橙色预警）应急响应"},
    ],
}  # fmt: skip


def typed(book: Rulebook, head: Mapping[str, str], rows: Mapping[str, Sequence[Row]], path: Path) -> dict[str, Any]:
    """The document that comes of an empty form of Taiyuan with some rows typed into it; guide rows are left open."""
    without = book.dropping({name for name, one in book.documents.items() if one.emergency_plan})
    write_plan(without, plan_form(without, "太原", {}, DAY), path)
    form = openpyxl.load_workbook(path)
    for entry in form["文件"].iter_rows(min_row=2):
        entry[1].value = head.get(entry[0].value, entry[1].value)
    for sheet, said in rows.items():
        _type(form[sheet], said)
    form.save(path)
    found: dict[str, Any] = yaml.safe_load(read_import(book, path, check_dialect).text)
    return found


def _type(sheet: Any, said: Sequence[Row]) -> None:
    """Fill the row that asks for it, add one where there is none, and strike what asks again for what was answered."""
    heads = [cell.value for cell in sheet[1]]
    assert {name for row in said for name in row} <= set(heads)
    first = [name for name in heads if name in ("环节", "类别", "对象")]
    answered = [tuple(row.get(name) for name in first) for row in said]
    for row, asked in zip(said, answered, strict=True):
        place = next((at for at in _asking(sheet, heads, first) if at[0] == asked), None)
        if place is None:
            sheet.append([row.get(name, "") for name in heads])
            continue
        for name, cell in zip(heads, sheet[place[1]], strict=True):
            cell.value = row.get(name) or (None if name in row or cell.value == TO_FILL else cell.value)
    for asked, number in reversed(list(_asking(sheet, heads, first))):
        if asked in answered:
            sheet.delete_rows(number)


def _asking(sheet: Any, heads: Sequence[str], first: Sequence[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    """The rows that wait for something: what they ask about, and their number."""
    for number, row in enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2):
        cells = dict(zip(heads, row, strict=True))
        if TO_FILL in row:
            yield tuple(cells[name] for name in first), number


def law(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What rules say without their ids, headings and remarks."""
    said = [{key: value for key, value in rule.items() if key not in ("id", "title", "note")} for rule in rules]
    for rule in said:
        rule["levels"] = [rule["levels"]] if isinstance(rule.get("levels"), str) else rule.get("levels")
    return sorted(said, key=lambda rule: json.dumps(rule, ensure_ascii=False, sort_keys=True))


@pytest.mark.parametrize(
    ("shipped_name", "first", "rows"),
    [("taiyuan-2019-plan", "2019-10-22", PLAN), ("taiyuan-2025-12-10", "2025-12-10", ORDER)],
)
def test_what_is_typed_anew_from_the_text_is_the_shipped_law(
    shipped: Rulebook, tmp_path: Path, shipped_name: str, first: str, rows: Mapping[str, Sequence[Row]]
) -> None:
    one = shipped.documents[shipped_name]
    head = {"标题": one.title, "生效": first, "失效": "未载明", "文本性质": "转载"}
    found = typed(shipped, head, rows, tmp_path / "form.xlsx")
    held = yaml.safe_load(Path(one.file).read_text(encoding="utf-8"))
    kinds = ("procedure", "response", "linkage")
    assert len(found["rules"]) == sum(map(len, rows.values())) > 5, "every row typed is a rule, and there are some"
    assert law(found["rules"]) == law([rule for rule in held["rules"] if rule["kind"] in kinds])
    for key in ("title", "area", "source"):
        assert found[key] == held[key]
    assert str(found["valid"]["from"]) == str(held["valid"]["from"])
    holes = {hole["what"] for hole in found["missing"]}
    assert {hole["reason"] for hole in found["missing"]} == {TO_FILL}, "what nobody read is a hole, not an answer"
    for sheet in rows:
        for row in rows[sheet]:
            said = f"{sheet}：{row['环节']}" if "环节" in row else f"{sheet}：{row['类别']}（{row['对象']}"
            again = [what for what in holes if what == said or what.startswith((f"{said}（", f"{said}，"))]
            assert not again, "what was answered is no hole"
