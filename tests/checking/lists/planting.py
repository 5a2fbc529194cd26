"""The clean synthetic list and the defective one made from it, one defect of each kind.

``python -m tests.checking.lists.planting`` writes both, with their totals and permits, to ``enterprise_lists/``;
a test proves that the shipped files are these.
"""

from __future__ import annotations

import argparse
import csv
import io
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from alertengine.checking import check_list
from alertengine.checking.lists.findings import ListDefect
from alertengine.files import lists_folder, rules_folder
from alertengine.lists import generate_list, load_settings, write_list
from alertengine.lists.generate_settings import Settings
from alertengine.rulebook import OpenLists, Outline, Outlines, Rulebook, write_outlines
from alertengine.rulebook.outlines import OutlineOrigin
from alertengine.vocabulary import KINDS

CITY = "忻州市"
#: The day whose law both lists are checked by.
DAY = "2021-12-10"
CODE, NAME, LINE = "统一社会信用代码", "企业名称", "生产线编号"
YELLOW, ORANGE, RED = (f"{level}预警减排措施" for level in ("黄色", "橙色", "红色"))
VOCS, DAYS = "VOCs排放量(千克/日)", "年生产天数"
NEW_CODE, OTHER_CODE = "91000000HC0009001H", "91000000HC0009002L"
Table = list[dict[str, str]]

#: Kind of defect: the lines (by number from 0, or -1: a line appended) and the cells that are changed.
CHANGED: dict[str, tuple[int, dict[str, str]]] = {
    "credit_code": (25, {CODE: "91000000HC0000010X"}),
    "no_code": (24, {CODE: ""}),
    "name_two_codes": (34, {CODE: OTHER_CODE}),
    "code_two_names": (53, {NAME: "忻州原平市合成工业涂装23号新企业"}),
    "no_name": (66, {NAME: ""}),
    "no_city": (64, {"城市": ""}),
    "city_unknown": (32, {"城市": "合成市"}),
    "county_unknown": (14, {"区县": "定响县"}),
    "industry_unknown": (33, {"行业": "表面处理"}),
    "process_unknown": (6, {"工序": "隧道窑"}),
    "named_lists_unknown": (47, {"所在名单": "晋城15家"}),
    "no_line_id": (60, {LINE: ""}),
    "no_lines": (69, {"工序": "", "生产线名称": ""}),
    "bad_cell": (26, {"日进出车辆(辆)": "约40"}),
    "negative": (27, {"颗粒物排放量(千克/日)": "-5"}),
    "grade_not_in_use": (49, {"绩效等级": "B-"}),
    "guarantee_assumed": (58, {"绩效等级": "民生豁免-B"}),
    "absurd": (68, {"NOx排放量(千克/日)": "60000"}),
    "unit_off": (40, {"SO2排放量(千克/日)": "0.0682"}),
    "missing_figure": (11, {"SO2排放量(千克/日)": ""}),
    "missing": (45, {"绩效等级": ""}),
    "no_ground": (55, {YELLOW: "", ORANGE: "", RED: ""}),
    "plan_unread": (43, {YELLOW: "停产20天"}),
    "plan_share": (35, {"橙色减排比例(%)": "90"}),
    "daily_figure_plain": (36, {"环评日产能": "1393"}),
    "daily_figure_unit": (46, {"许可日产能": "0.0001"}),
    "share_fraction": (54, {"黄色减排比例(%)": "0.5"}),
    "a_grade_stop": (18, {RED: "停产"}),
    "plan_below_rule": (28, {ORANGE: "限产50%"}),
    "plan_order": (20, {RED: "限产80%"}),
    "yearly_365": (12, {DAYS: ""}),
    "outside_county": (69, {"经度": "112.669", "纬度": "38.354"}),
}
#: An industry outside the guide, its grade column at odds with its 长期停产.
OUTSIDE = {
    CODE: NEW_CODE, NAME: "忻州代县合成磨料32号企业", "行业": "磨料磨具", "绩效等级": "长期停产", "长期停产": "否",
    "排污许可证编号": f"{NEW_CODE}001P", YELLOW: "停产", ORANGE: "停产", RED: "停产",
}  # fmt: skip
#: What the whole list, its totals and the permit file lack.
ELSEWHERE = (
    "enterprise_contradicts",
    "line_repeated", "note_left_out", "column_absent", "industry_outside", "contradiction", "totals", "totals_missing",
    "listed_above_totals", "ratio_missed", "ratio_open", "permit_not_listed", "listed_without_permit", "permit_differs",
)  # fmt: skip
#: The one kind that makes a list unusable, and so stands in a list of its own.
TWICE = "line_twice"
DROPPED = "治理任务完成"
TOTALS = {
    "工业": (6000, 13000, 4200, 5200),
    "移动源": (150, 3000, 120, 900),
    "扬尘": (0, 0, 9000, 0),
    "其他": (500, 500, 680, 6233),
}


def _settings(lists: OpenLists) -> Settings:
    """The generator's settings with nothing left blank, every plan filed, and only industries of the guide."""
    shipped = load_settings()
    known = {name: kind for name, kind in shipped.industries.items() if lists.industries[name].number}
    always = dict.fromkeys((*shipped.chance_of_yes, "is_kiln", "kiln_standard", "dry_quenching"), 1.0)
    return shipped.model_copy(
        update={
            "industries": known,
            "grades": {
                "ladder": {"A": 0.1, "B": 0.15, "C": 0.5, "D": 0.25},
                "leading": {"引领性": 0.2, "非引领性": 0.8},
                "none": {"": 1},
            },
            "blank": 0.0,
            "filed": 1.0,
            "chance_of_yes": {**always, "long_stopped": 0.0, "small": 0.0},
            "named_lists": {"无": 1.0},
            "catalogues": {"允许类": 1.0},
        }
    )


def clean(folder: Path) -> Table:
    """Write the clean list with its totals and permits; its rows."""
    lists = OpenLists.load([rules_folder()])
    path = folder / "clean-synthetic.csv"
    made = generate_list(70, 5, lists, _settings(lists), [CITY])
    made.lines["permit_no"] = made.lines["enterprise_id"] + "001P"
    write_list(made, path)
    _write(folder / "clean-synthetic.permits.csv", _permits(rows := read(path)))
    return rows


def read(path: Path) -> Table:
    """The rows of a csv."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _permits(rows: Table) -> Table:
    firms = {row[NAME]: row for row in rows}
    return [
        {NAME: name, CODE: row[CODE], "排污许可证编号": row["排污许可证编号"], "涉气": "是"}
        for name, row in firms.items()
    ]


def _write(path: Path, rows: Table) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))


def defective(folder: Path, rows: Table) -> None:
    """Write the defective list, its totals and permits, and the list with the same line twice."""
    _write(folder / "twice-synthetic.csv", [*rows[:6], rows[3], rows[0]])
    permits = _permits(rows)
    rows = [dict(row) for row in rows]
    for line, cells in CHANGED.values():
        rows[line] |= cells
    outside = {**rows[33], **OUTSIDE, LINE: "1"}
    again = {**rows[42], LINE: "3"}
    sums = dict.fromkeys(rows[0], "") | {NAME: "合计", VOCS: "9000"}
    rows = [*rows, outside, again]
    for row in rows:
        row["VOCs排放量(吨/年)"] = f"{float(row[VOCS]) * float(row[DAYS] or 365) / 1000:.9g}"
    rows = [{name: row.get(name, "") for name in row if name not in (VOCS, DROPPED)} for row in [*rows, sums]]
    rows[-1] = {name: rows[-1].get(name, "") for name in rows[0]}
    _write(folder / "defective-synthetic.csv", rows)
    header = ["城市", "部门", "SO2排放量(千克/日)", "NOx排放量(千克/日)", "颗粒物排放量(千克/日)", VOCS, "清单年份"]
    totals = [[CITY, sector, *amounts, 2018] for sector, amounts in TOTALS.items()] + [[CITY, "农业", 0, 0, 0, 0, 2018]]
    _write(
        folder / "defective-synthetic.totals.csv",
        [dict(zip(header, map(str, row), strict=True)) for row in totals],
    )
    _write(folder / "defective-synthetic.permits.csv", _spoiled(permits, rows))


def _spoiled(permits: Table, rows: Table) -> Table:
    """The permit file with one holder too many, one too few and one other number."""
    holders = {row[NAME]: row for row in permits}
    del holders["忻州忻府区合成铸造17号企业"]
    holders["忻州定襄县合成铸造6号企业"]["排污许可证编号"] = "91000000HC0000005W002P"
    holders["忻州忻府区合成砖瓦窑11号企业"] |= {CODE: CHANGED["credit_code"][1][CODE], "排污许可证编号": ""}
    own = {NAME: OUTSIDE[NAME], CODE: NEW_CODE, "排污许可证编号": OUTSIDE["排污许可证编号"], "涉气": "是"}
    second = {NAME: rows[34][NAME], CODE: OTHER_CODE, "排污许可证编号": "", "涉气": "是"}
    missing = {NAME: "忻州代县合成铸造40号企业", CODE: "91000000HC0009003P", "排污许可证编号": "", "涉气": "是"}
    dry = {NAME: "忻州代县合成污水41号企业", CODE: "91000000HC0009004T", "排污许可证编号": "", "涉气": "否"}
    return [*holders.values(), own, second, missing, dry]


def write_all(folder: Path) -> None:
    """Write every file."""
    defective(folder, clean(folder))


def squares(path: Path) -> Path:
    """Squares about the points of the city's counties as an outlines file: no outline of any county."""
    places = []
    for name, point in load_settings().points[CITY].items():
        x, y = (1.2 * point.km / 111.2 * factor for factor in (1.3, 1.0))
        ring = [(point.lon + a * x, point.lat + b * y) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
        places.append(Outline("county", name, CITY, ((tuple(ring),),), (point.lon, point.lat)))
    write_outlines(path, Outlines(OutlineOrigin("合成方块"), tuple(places)))
    return path


def kinds_table() -> str:
    """The kinds of defect as a table, with where each stands in the defective list."""
    path = lists_folder() / "defective-synthetic.csv"
    book = Rulebook.load()
    permits = path.with_suffix(".permits.csv")
    with TemporaryDirectory() as folder:
        drawn = squares(Path(folder) / "squares.geojson")
        run = check_list(book, path, date.fromisoformat(DAY), permits=permits, outlines=drawn)
    places = {finding.kind: finding for finding in reversed(run.findings)}
    rows = ["| kind | severity | 问题 | planted in `defective-synthetic` |", "|---|---|---|---|"]
    for kind, said in KINDS.items():
        found = places.get(kind)
        where = "`twice-synthetic.csv`, rows 2, 5, 8, 9" if found is None else _where(found)
        rows.append(f"| `{kind}` | {said.severity} | {said.title} | {where} |")
    return "\n".join(rows)


def _where(found: ListDefect) -> str:
    other = Path(str(found.as_row()["file"])).name.removeprefix("defective-synthetic").removesuffix(".csv")
    parts = [
        f"`{other}.csv`" if other else "",
        f"row {found.problem.row}" if found.problem.row else "",
        found.problem.column,
        found.problem.value[:30],
    ]
    return ", ".join(part.replace("|", "/") for part in parts if part) or "the whole list"


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    write_all(lists_folder())
