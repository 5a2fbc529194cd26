"""Cases of enterprise lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from alertengine.lists import read_list
from alertengine.rulebook import Rulebook
from tests.synthetic import make_code

from .case import LIST, Case, csv_of, plant, plants, xlsx_of

ORDERS = "orders l.csv --level red --date 2021-12-10 -o o.csv"
BOOK = ORDERS.replace("l.csv", "l.xlsx")
CODE = make_code("91000000HC0000001")
SHARE = "红色减排比例(%)"
#: What a line of the list of plants gets: all of it stops.
STOPS = [("甲厂", "1", "1"), ("乙厂", "1", "1")]
TWO = (plant("甲厂"), plant("乙厂"))
SUM = {"行业": None, "工序": None, "绩效等级": None, "生产线编号": None, "红色预警减排措施": None}
AMOUNTS = {"SO2排放量": 20, "NOx排放量": 40, "颗粒物排放量": 10, "VOCs排放量": 2}


def orders(id_: str, rows: list[list[Any]], **right: Any) -> Case:
    """A case of ``orders`` with a list as csv."""
    return Case(id_, {"l.csv": csv_of(rows)}, ORDERS, **right)


def book(id_: str, rows: list[list[Any]], change: Any = None, **right: Any) -> Case:
    """A case of ``orders`` with a list as workbook."""
    return Case(id_, {"l.xlsx": xlsx_of(rows, change)}, BOOK, **right)


def left_out(id_: str, *row: Any, says: str) -> Case:
    """A row under the header that is no line."""
    cells = [*row, *[None] * len(LIST)][: len(LIST)]
    return orders(id_, plants(cells, *TWO), says=(says,), ordered=STOPS)


def nox(header: str, *, value: Any = 20) -> list[list[Any]]:
    """A list with the header of one amount written otherwise."""
    return plants(plant("甲厂", NOx排放量=value), header=[header if one == "NOx排放量" else one for one in LIST])


def _nox(path: Path, law: Rulebook) -> list[float]:
    found = read_list(path, law)
    assert not found.problems
    return [float(one) for one in found.lines["nox_kg_d"]]


def _ids(path: Path, law: Rulebook) -> int:
    return len(set(read_list(path, law, keep_repeats=True).lines["enterprise_id"]))


def _cell(sheet: Any, place: str, value: Any, kind: str = "") -> None:
    sheet[place] = value
    if kind:
        sheet[place].data_type = kind


def _at(header: str, row: int) -> str:
    return f"{openpyxl.utils.get_column_letter(LIST.index(header) + 1)}{row}"


def _guarantee(sheet: Any) -> None:
    _cell(sheet, _at("保障类型", 2), "供暖")
    _cell(sheet, _at("保障类型", 3), "#N/A", "e")


def _percent(sheet: Any) -> None:
    for row in (2, 3):
        sheet[_at(SHARE, row)].number_format = "0%"


def _hidden(rows: list[list[Any]]) -> Any:
    def change(sheet: Any) -> None:
        other = sheet.parent.create_sheet("旧清单")
        for row in rows:
            other.append(row)
        other.sheet_state = "hidden"

    return change


def _far(place: str) -> Any:
    return lambda sheet: _cell(sheet, place, "x")


def _merged_tail(sheet: Any) -> None:
    sheet.merge_cells(start_row=3, end_row=9, start_column=2, end_column=2)


def _two_sheets(sheet: Any) -> None:
    sheet.title = "甲县"
    for title, rows in {"封面": [["某市清单"]], "乙县": plants(plant("乙厂"))}.items():
        other = sheet.parent.create_sheet(title)
        for row in rows:
            other.append(row)


def _groups(path: Path) -> None:
    top = [None] * len(LIST)
    top[LIST.index("SO2排放量")] = "排放量(千克/日)"
    bottom = [header.removesuffix("排放量") if header.endswith("排放量") else header for header in LIST]
    merged = f"{_at('SO2排放量', 1)}:{_at('VOCs排放量', 1)}"
    xlsx_of([top, bottom, *map(list, TWO)], lambda sheet: sheet.merge_cells(merged))(path)


def _county_sheet(path: Path) -> None:
    rows = [
        ["某县2026年重污染天气应急减排清单"],
        ["序号", "单位", "所属行业", "评级", "产线", "主工序", "SO2", "NOx", "PM", "VOCs", "红"],
        [1, "甲厂", "铸造", "C", "1#", "熔炼", 3.65, 7.3, 1.825, 0.365, "停产"],
        [None, "其中：一车间", None, None, None, None, 3.65, 7.3, 1.825, 0.365, None],
        ["填表人", "王某", "审核人", "李某"],
    ]
    xlsx_of(rows)(path)
    path.with_name(path.name + ".profile.yaml").write_text(
        "as: list\nfields: {单位: 企业名称, 所属行业: 行业, 评级: 绩效等级, 产线: 生产线编号, 主工序: 工序, SO2: SO2排放量, "
        "NOx: NOx排放量, PM: 颗粒物排放量, VOCs: VOCs排放量, 红: 红色预警减排措施}\n"
        "units: {SO2: 吨/年, NOx: 吨/年, PM: 吨/年, VOCs: 吨/年}\nvalues: {城市: 太原市}\n",
        encoding="utf-8",
    )


CASES = [
    book("P04", plants(plant("甲厂"), plant("甲厂", 2), plant("甲厂", 3)), _guarantee, status=1,
         says=("row 3", "保障类型", "#N/A")),
    book("P04a", plants(plant("甲厂")), lambda sheet: _cell(sheet, _at("NOx排放量", 2), "=10*2"), status=1,
         says=("row 2", "NOx排放量")),
    book("P05", plants(plant("甲厂", 红色预警减排措施=None, **{SHARE: 1}), plant("乙厂", 红色预警减排措施=None, **{SHARE: 0.5})), _percent,
         ordered=[("甲厂", "1", "1"), ("乙厂", "1", "0.5")], silent=("without its sign",)),
    orders("P05b", plants(plant("甲厂", **{SHARE: "50%"}), plant("乙厂", **{SHARE: "0.5"})), status=1,
           says=("row 3", "without its sign")),
    orders("P05b-all-fractions", plants(plant("甲厂", **{SHARE: 0.5}), plant("乙厂", **{SHARE: 0.5})), status=1,
           says=("without its sign", "2 lines")),
    orders("P05b-one", plants(plant("甲厂", **{SHARE: 50}), plant("乙厂", **{SHARE: 1})), status=1, says=("row 3",)),
    *(orders(f"P15-{name}", plants(*TWO, plant(name, **SUM, **AMOUNTS)), says=("a sum",), ordered=STOPS)
      for name in ("太原市合计", "尖草坪区小计", "全市总计", "合 计", "其中：尖草坪区", "汇总（2家）")),
    orders("P15-wrong", plants(*TWO, plant("全市总计", **SUM, **(AMOUNTS | {"NOx排放量": 60}))), status=1,
           says=("add up to 40",), ordered=STOPS),
    orders("P15-serial", [["序号", *LIST], *([n, *row] for n, row in enumerate(TWO, 1)),
                          ["合计", *plant("2家", **SUM, **AMOUNTS)]], says=("a sum",), ordered=STOPS),
    left_out("P16-numbers", *range(1, len(LIST) + 1), says="numbers of the columns"),
    left_out("P16-stems", *"甲乙丙丁戊己庚辛", *range(1, 12), says="numbers of the columns"),
    left_out("P16-letters", *"ABCDEFGHIJKLMNOPQRS", says="numbers of the columns"),
    left_out("P16-units", *[None] * 12, "千克/日", "kg·d-1", "单位：kg/d", "kg/d", None, "%", says="units of the columns"),
    orders("P16-repeated", plants(TWO[0], list(LIST), TWO[1]), says=("the headers once more",), ordered=STOPS),
    book("P17", plants(*TWO), lambda sheet: setattr(sheet.row_dimensions[3], "hidden", True), says=("1 hidden rows",),
         ordered=STOPS),
    orders("P18", plants(*(plant(name, 统一社会信用代码="9.11401E+17") for name in ("甲厂", "乙厂"))), status=1,
           says=("9.11401E+17",), ordered=STOPS),
    orders("P18b", plants(plant("甲厂", 统一社会信用代码=CODE), plant("丙厂", 2, 统一社会信用代码=CODE)), status=1,
           says=("one credit code on two names",)),
    *(orders(f"P19-{second}", plants(plant(first), plant(second)), status=2, says=("the same line",))
      for first, second in (("合成（集团）厂", "合成(集团)厂"), ("合成厂", "合 成 厂"), ("合成厂", "合成\u200b厂"),
                            ("合成鋼鐵廠", "合成钢铁厂"), ("ＡＢ厂", "AB厂"))),
    Case("P19a", {"l.csv": csv_of(plants(plant("合成（集团）铸造"), plant("乙厂"))),
                  "n.csv": csv_of(plants(plant("合成(集团)鑄造"), plant("乙厂 ")))}, "lists diff l.csv n.csv"),
    Case("P19c", {"l.csv": csv_of(plants(plant("合成⾦厂"), plant("合成金厂", 2)))}, read=_ids, gives=1),
    orders("P29", plants(plant('"甲厂'), plant("乙厂")), status=2, says=("quote", "row 2")),
    Case("Q12-semicolon", {"l.csv": csv_of(plants(*TWO), ";")}, ORDERS, ordered=STOPS),
    Case("Q12-cr", {"l.csv": csv_of(plants(*TWO), end="\r")}, ORDERS, ordered=STOPS),
    Case("Q12-utf16", {"l.csv": csv_of(plants(*TWO)).encode("utf-16")}, ORDERS, ordered=STOPS),
    Case("Q12-two-boms", {"l.csv": "\ufeff\ufeff" + csv_of(plants(*TWO))}, ORDERS, ordered=STOPS),
    Case("Q12-sep", {"l.csv": "sep=;\r\n" + csv_of(plants(*TWO), ";", "\r\n")}, ORDERS, ordered=STOPS),
    Case("Q12-title", {"l.csv": "某市清单\n\n" + csv_of(plants(*TWO))}, ORDERS, ordered=STOPS),
    Case("Q12-big5", {"l.csv": "企業名稱,城市,行業\n合成鑄造廠有限公司,太原市,鑄造\n".encode("big5")}, ORDERS, 2, says=("Big5",)),
    orders("Q13", plants(plant("甲厂", SO2排放量="20,5")), status=1, says=("20,5",)),
    *(orders(f"Q14-{unit}", nox(f"NOx排放量({unit})"), status=2, says=("unit not understood", unit))
      for unit in ("kg/h", "t", "g/d", "万吨/年")),
    *(Case(f"unit-{header}", {"l.csv": csv_of(nox(header))}, read=_nox, gives=[20.0])
      for header in ("NOx排放量：kg/d", "NOx排放量[kg/d]", "NOx排放量（kg／d）", "NOx排放量/kg·d-1", "NOx排放量【kg/d】",
                     "NOx排放量_kg_d", "NOx排放量 kg·d⁻¹", "NOx排放量（单位：千克／日）", "ＮＯｘ排放量(㎏/d)", "NOx排放量kg/d")),
    Case("unit-of-a-year", {"l.csv": csv_of(nox("NOx排放量：t·a⁻¹", value=6))}, read=_nox, gives=[20.0]),
    Case("unit-above", {"l.csv": "单位：吨/年,\n" + csv_of(nox("NOx排放量", value=6))}, read=_nox, gives=[20.0]),
    Case("unit-of-a-group", {"l.csv": csv_of([[None] * 12 + ["排放量（吨/年）", *[None] * 6], *nox("NOx排放量", value=6)])},
         read=_nox, gives=[20.0]),
    Case("unit-of-a-group-over-names", {"l.csv": csv_of([[None] * 12 + ["主要污染物排放量（吨/年）", *[None] * 6], *nox("NOx", value=6)])},
         read=_nox, gives=[20.0]),
    Case("unit-of-a-group-with-a-profile", {"l.csv": csv_of([[None] * 12 + ["排放情况（吨/年）", *[None] * 6], *nox("氮氧", value=6)]),
                                            "l.csv.profile.yaml": "as: list\nfields: {氮氧: NOx排放量}\n"}, read=_nox, gives=[20.0]),
    Case("unit-below", {"l.csv": csv_of([*nox("NOx排放量")[:1], [*[None] * 12, *["单位：吨/年"] * 4],
                                         *nox("NOx排放量", value=6)[1:]])}, read=_nox, gives=[20.0]),
    orders("Q15", plants(plant("甲厂", 统一社会信用代码=CODE[:-1] + ("A" if CODE[-1] != "A" else "B"))), status=1,
           says=("credit code",)),
    Case("Q16", {"l.csv": csv_of(plants(*(plant("甲厂", n, 统一社会信用代码=code) for n, code in enumerate(
        (CODE, CODE.lower(), f"{CODE}\u00a0", "".join(chr(ord(sign) + 0xFEE0) for sign in CODE), f"\t{CODE}")))))},
        read=_ids, gives=1),
    book("Q20", plants(*TWO), _hidden(plants(plant("丙厂"))), status=1, says=("旧清单", "1 rows"), ordered=STOPS),
    book("Q20-the-same", plants(*TWO), _hidden(plants(TWO[1])), says=("旧清单",), ordered=STOPS),
    orders("l_mix", plants(plant("甲厂", 行业="水泥", 工序="熟料"), plant("甲厂", 2, 行业="水泥制造业", 工序="熟料"),
                           plant("甲厂", 3, 行业="水泥", 工序="回转窑"), plant("甲厂", 4, 城市="临份市", 区县="尧都区")), status=1,
           says=("回转窑", "临份市", "perhaps 临汾市"), silent=("水泥制造业",)),
    *(orders(f"sig-{row[0]}", plants(*TWO, [*row, *[None] * len(LIST)][: len(LIST)]), says=("a note",), ordered=STOPS)
      for row in (("审核人：张某",), ("填表人：张某", None, "审核人：李某"), ("分管领导", "王某"), (None, "审核人", "王某"),
                  ("注：以上为2021年数据",), ("单位（盖章）", None, "2021年9月1日"))),
    book("区县上报-原样", [["县（市、区）", "单位", "所属行业"], ["尧都区", "甲厂", "铸造"]], status=2, says=("no sheet",)),
    Case("区县上报-原样-with-a-profile", {"l.xlsx": _county_sheet}, BOOK, 0, ordered=[("甲厂", "1#", "1")],
         says=("a sum", "a note")),
    book("far-row", plants(*TWO), _far("A1048576"), says=("far outside",), ordered=STOPS),
    book("far-corner", plants(*TWO), _far("XFD1048576"), says=("far outside",), ordered=STOPS),
    book("merged-tail", plants(*TWO), _merged_tail),
    orders("unknown-city-min", [["企业名称", "城市", "行业", "生产线编号", "工序", "SO2排放量", "NOx排放量", "颗粒物排放量", "VOCs排放量"],
                                ["甲厂", "火星市", "铸造", "1", "熔炼", 1, 1, 1, 1]], status=1, says=("火星市",)),
    book("several-sheets", plants(plant("甲厂")), _two_sheets, ordered=STOPS),
    Case("headers-over-two-rows", {"l.xlsx": _groups}, BOOK, ordered=STOPS),
    book("numbers-as-text", plants(*(plant(name, "1", SO2排放量="１０", NOx排放量=" 20 ", 颗粒物排放量="5.0\u00a0",
                                           VOCs排放量="'1" if name == "丙厂" else "1") for name in ("甲厂", "乙厂"))), ordered=STOPS),
    orders("province-and-city", plants(*(plant(name, 城市="山西省太原市") for name in ("甲厂", "乙厂"))), ordered=STOPS),
]  # fmt: skip
