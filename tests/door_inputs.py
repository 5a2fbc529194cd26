"""The kinds of input that doors take, each with one cell that can be spoilt: shared by the tests of all doors."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alertengine.vocabulary import ORDER_COLUMNS

#: What stands in the bad cell: it must be told.
BAD: Final = "坏格"
LIST = (
    "企业名称,城市,区县,统一社会信用代码,行业,生产线编号,工序,绩效等级,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,年产量,红色预警减排措施\n"
    "合成焦化,临汾市,尧都区,91140000000000000X,焦化,1,焦炉,B,10,{nox},5,1,{made},停产\n"
)
AIR = "城市,预报日期,AQI,首要污染物\n临汾市,2021-01-02,{aqi},PM2.5\n临汾市,2021-01-03,300,PM2.5\n"
FORECAST = "发布时间,城市,预报日期,AQI,首要污染物\n2021-01-03 15:00,临汾市,2021-01-04,{aqi},PM2.5\n" + "".join(
    f"2021-01-03 15:00,临汾市,2021-01-{day:02},310,PM2.5\n" for day in range(5, 9)
)
WARNINGS = (
    "warning_id,city,counties,action,level,starts,ends,primary,reason,rules,rule_text,issued\n"
    "w1,临汾市,,issue,{level},2021-01-01 00:00,,PM2.5,x,r,r,2020-12-31 15:00\n"
)
RULES = """document: doors
title: 测试
area: 临汾市
valid: {{from: 2018-01-01, to: not stated}}
source: primary
rules:
  - {{id: doors-1, article: 一, title: 测试, kind: measure, levels: [{level}],
     when: {{industry: 焦化}}, then: {{limit: 0.1}}}}
"""
SCENARIO = """title: 测试
mode: simulation
forecast: forecast.csv
observed: observed.csv
active: warnings.csv
active_orders: active-orders.csv
list: list.csv
totals: totals.csv
decisions: decisions.csv
cities: [{city}]
"""
SEASON = """title: 测试
season: {{from: 2021-01-02, to: 2021-01-03}}
history: history.csv
list: list.csv
totals: totals.csv
variants: [{{name: a, regime: {regime}}}]
"""
TOTALS = "城市,部门,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n临汾市,工业,1000,{nox},1000,1000\n"
NOTICES = "地区,级别,开始时间,结束时间\n临汾市,红色,{starts},2021-01-05 00:00\n"
RECEIPTS = "信用代码,事项,时间,签收人\n91140000000000000X,{event},2021-01-04 10:00,甲\n"
OBJECTIONS = "收到日期,企业,异议内容,处理结果,答复人,答复日期\n2020-09-01,合成焦化,无,{outcome},甲,2020-09-02\n"
#: A square that stands for a county, as others' GeoJSON or, with a first member of ours, as outlines.
SQUARE = (
    '{"type": "FeatureCollection", %s"features": [{"type": "Feature", "properties": {"level": "%s", "city": "临汾市",'
    ' "name": "%s", "label": [111.5, 36.1]}, "geometry": {"type": "Polygon", "coordinates":'
    " [[[111.3, 35.9], [111.7, 35.9], [111.7, 36.3], [111.3, 36.3], [111.3, 35.9]]]}}]}"
)
OURS = '"alertengine": {"format": 1, "source": "合成"}, '
#: Half of a line that stops by a share since the evening before.
_SHARE = {
    "city": "临汾市", "enterprise_id": "91140000000000000X", "enterprise": "合成焦化", "line_id": "1",
    "level": "orange", "starts": "2021-01-01 00:00", "measure": "stop_share", "share": "{share}", "status": "ordered",
}  # fmt: skip
ACTIVE_ORDERS = "\n".join([",".join(ORDER_COLUMNS), ",".join((dict.fromkeys(ORDER_COLUMNS, "") | _SHARE).values()), ""])
#: Each kind of input: its file, its text, and the good filling of the one cell.
INPUTS: Final[dict[str, tuple[str, str, str]]] = {
    "list": ("list.csv", LIST.replace("{made}", "100"), "nox=20"),
    "totals": ("totals.csv", TOTALS, "nox=1000"),
    "register": ("list.register.csv", "企业名称,统一社会信用代码\n合成焦化,{code}\n", "code=91140000000000000X"),
    "decisions": (
        "decisions.csv",
        "统一社会信用代码,企业名称,决定文号,种类,理由,起始日期\n91140000000000000X,合成焦化,临环罚1号,{kind},超标排放,2020-12-01\n",
        "kind=停产整治",
    ),
    "permits": ("permits.csv", "企业名称,统一社会信用代码,是否涉气\n合成焦化,91140000000000000X,{air}\n", "air=是"),
    "forecast": ("forecast.csv", FORECAST, "aqi=310"),
    "observed": ("observed.csv", AIR, "aqi=290"),
    "history": ("history.csv", AIR, "aqi=290"),
    "warnings": ("warnings.csv", WARNINGS, "level=orange"),
    "active_orders": ("active-orders.csv", ACTIVE_ORDERS, "share=0.5"),
    "rules": ("rules/doors.yaml", RULES, "level=red"),
    "scenario": ("scenario.yaml", SCENARIO, "city=临汾市"),
    "season": ("season.yaml", SEASON, "regime=mee-2018-875"),
    "notices": ("notices.csv", NOTICES, "starts=2021-01-02 00:00"),
    "evidence": ("power.csv", "统一社会信用代码,日期,用电量\n91140000000000000X,2021-01-04,{kwh}\n", "kwh=100"),
    "receipts": ("receipts.csv", RECEIPTS, "event=已签收"),
    "counties": ("counties.csv", "区县,报送日期,企业数\n尧都区,2020-09-01,{count}\n", "count=1"),
    "objections": ("objections.csv", OBJECTIONS, "outcome=采纳"),
    "filings": ("filings.csv", "备案机关,备案日期\n省厅,{day}\n", "day=2020-09-10"),
    "geojson": ("counties.geojson", SQUARE % ("", "county", "<cell>"), "cell=尧都区"),
    "outlines": ("outlines.geojson", SQUARE % (OURS, "<cell>", "尧都区"), "cell=county"),
    "members": ("members.csv", "企业名称,统一社会信用代码\n合成焦化,{code}\n", "code=91140000000000000X"),
    "production": ("production.csv", LIST.replace("{nox}", "20"), "made=100"),
}  # fmt: skip


def write(path: Path, text: str, cell: str) -> None:
    """Write an input with a filling of its one cell."""
    path.parent.mkdir(exist_ok=True)
    if "<cell>" in text:  # JSON is all braces
        path.write_text(text.replace("<cell>", cell), encoding="utf-8")
        return
    name = text[text.index("{") + 1 : text.index("}")] if not text.startswith(("document", "title")) else ""
    path.write_text(text.format(**{name: cell}) if name else _filled(text, cell), encoding="utf-8")


def _filled(text: str, cell: str) -> str:
    return text.format(level=cell, city=cell, regime=cell)
