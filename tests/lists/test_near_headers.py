"""Columns under a header of somebody's own: asked about where they may be a field that the list lacks."""

from __future__ import annotations

import pytest

from alertengine.files import Column, normal
from alertengine.lists.list_headers import LIST_NAMES, near_headers
from alertengine.vocabulary import FIELDS

NEEDED = ("enterprise", "city", "industry", "process")


def _asked(*headers: str, there: tuple[str, ...] = NEEDED) -> list[tuple[str, str]]:
    columns = [Column(place, FIELDS[name].text, (name,)) for place, name in enumerate(there)]
    columns += [Column(place, header) for place, header in enumerate(headers, len(there))]
    told = near_headers(columns, "list.csv", 3)
    assert all((one.code, one.file, one.row) == ("header_nearly", "list.csv", 3) for one in told)
    return [(str(one.column), str(dict(one.arguments)["near"])) for one in told]


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("grade", ("分级", "级别", "企业等级", "评级", "重污染天气绩效等级", "绩效分级结果")),
        ("guarantee", ("是否民生保障", "民生类", "豁免类型", "是否保障类企业", "保障类别")),
        ("plan_red", ("Ⅰ级响应措施", "I级应急减排措施", "1级措施", "红色预警", "红色预警停限产措施", "红警措施")),
        ("plan_orange", ("Ⅱ级响应措施", "II级预警减排措施", "二级响应限产", "橙色响应", "橙警措施")),
        ("plan_yellow", ("Ⅲ级响应措施", "iii级预警", "三级响应停产", "黄色响应", "黄色停限产措施", "黄色预警（三级）")),
        ("county", ("区/县", "区（县）", "旗县区", "行政区划", "区县名称")),
        ("long_stopped", ("是否停产", "停产状态", "是否长停", "长期停产企业", "生产状态", "企业状况", "在产情况")),
        ("enterprise_id", ("信用代码", "组织机构代码", "企业代码")),
        ("capacity", ("年产能", "设计产能", "生产能力", "日产能(吨/年)")),
        ("eia_daily", ("环评批复产能", "环评产能(吨/日)")),
        ("production_days", ("年运行天数", "年工作日", "年运行时间(天)", "年运行小时数")),
        ("city_distance_km", ("距市区距离(km)", "离建成区(公里)")),
        ("units", ("台数", "数量")),
        ("chambers", ("孔数",)),
        ("chamber_height_m", ("炉高",)),
        ("oven_type", ("炉型",)),
        ("coking_hours", ("结焦周期", "周转时间")),
        ("trucks_per_day", ("日均车辆", "每日运输车次")),
        ("boiler_t_h", ("锅炉容量", "锅炉规模(蒸吨)")),
        ("so2_mg_m3", ("二氧化硫浓度", "SO₂排放浓度(mg/m³)")),
        ("plan_red_share", ("红色减排率", "Ⅰ级限产比例")),
        ("local_class", ("管控分类",)),
        ("permit_no", ("许可证号",)),
        ("small", ("小微企业", "是否为小微涉气企业")),
        ("named_lists", ("所属名单", "豁免名单")),
        ("permit_held", ("排污许可证", "是否持证", "是否取得排污许可证")),
        ("retrofit_done", ("是否完成治理任务", "超低改造是否完成")),
        ("decision_no", ("行政处罚",)),
        ("load_pct", ("开工率", "当前负荷")),
        ("catalogue", ("产业政策类别",)),
    ],
)
def test_a_header_that_tells_a_field_is_asked_about(name: str, headers: tuple[str, ...]) -> None:
    others = {"guarantee", "ultra_low", "plan_red"} - {name}  # 豁免名单, 超低改造, Ⅰ级限产比例 tell of two
    for header in headers:
        assert normal(header) not in LIST_NAMES
        assert _asked(header, there=(*NEEDED, *others)) == [(header, FIELDS[name].text)]


def test_nothing_is_asked_where_the_list_has_the_field() -> None:
    there = tuple(field for field in FIELDS if not FIELDS[field].derived)
    assert _asked("是否民生保障", "Ⅰ级响应措施", "分级", "停产状态", "区/县", there=there) == []


def test_what_tells_no_field_is_not_asked_about() -> None:
    assert (
        _asked(
            "停产原因",
            "法定代表人",
            "红色标识",
            "备用",
            "投产年份",
            "环评批复文号",
            "产品名称",
            "燃料",
            "生产工艺",
            "状态说明",
        )
        == []
    )
