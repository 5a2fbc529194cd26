"""Which rows of a sheet are rows of its table: sums, notes and signatures are not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from alertengine.files._arrow import as_text, plain, text_array, valid
from alertengine.files.cells import plain_number, tidy
from alertengine.files.header_finder import RawTable

_SUM_WORDS: Final = "合计|总计|小计|共计|累计|汇总|总和|求和|[Tt]otals?|TOTALS?|SUM"
_SUM: Final = re.compile(rf"(.{{0,20}}?)[(]?(?:{_SUM_WORDS})[)]?(?:[:(\d共].*)?|其中[:,、]?(.{{0,20}})")
#: A sum of a list of plants: no name of one; elsewhere 全市 may be what a row is about.
_OF_PLANTS: Final = re.compile(r"全[省市县区厂]|.{0,8}?共?\d+家(?:企业)?|计")
#: A sum whatever else is filled in its row: no name of an enterprise.
_WHOLE_SUM: Final = re.compile(
    rf"(?:本页|以上|全省|全市|全县|全区|全厂|全镇|[^()]{{1,8}}[市县区镇乡])?[(]?(?:{_SUM_WORDS})[)]?(?:[:(\d共].*)?"
    r"|其中[:,、]?[^()]{1,8}[市县区镇乡](?:\(.*\))?|其中:.{1,20}|共?\d+家(?:企业)?"
)
#: A further line of a note, behind its first: 2.数据来源于排污许可平台.
_FURTHER: Final = re.compile(r"[(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[).、,:]?\D.*", re.DOTALL)
_LABELS: Final = (
    "注|备注|说明|填表|填报|制表|制单|编制|审核|审批|批准|复核|校核|核准|负责人|单位负责人|主要负责人|分管|经办|联系人|"
    "联系电话|电话|日期|时间|盖章|签字|签名|签发|单位|报送|上报|数据来源|资料来源|打印|以上|以下|截止|截至|"
    r"\(?[续接]上?[表页]|第\d+页|- ?\d+ ?-$"
)
#: Labels beside which a person's name stands, in a cell of its own.
_OF_PERSONS: Final = re.compile(
    r"(?:分管|主管|主要|单位|填表|制表|审核|审批|批准|复核|校核|经办|部门|科室)?"
    r"(?:负责人|填表人?|填报人?|制表人?|审核人?|审批人?|批准人?|复核人?|校核人?|经办人?|联系人|领导|局长|科长|签发人?|编制人?|签字|签名)"
)
_PERSON: Final = re.compile(r"[\u4e00-\u9fff·]{1,4}")
#: A heading of a part of a table, alone in its row: 一、尖草坪区（3家）.
_HEADING: Final = re.compile(r"\(?[一二三四五六七八九十]{1,3}[)、.,:]\D.{0,30}")
_NOTE_CELL: Final = re.compile(rf"(?:{_LABELS}).*|[^:]{{1,10}}:.*|.*\((?:盖章|签字|签章|公章)\).*", re.DOTALL)
#: What may stand beside a label in a row of signatures: a day or a number of a telephone.
_BESIDE: Final = re.compile(r"[\d年月日/.\-\s]+")
#: RE2: a cell that a sum, a note or a signature begins or ends with.
_LOOKS: Final = (
    r"^[\s\x{3000}]*(注|备注|说明|填表|填报|制表|制单|编制|审核|审批|批准|复核|校核|核准|负责人|单位负责人|主要负责人|分管|主管|经办|签发|联系人|联系电话|电话[:：]|其中|以下空白|以下无|[本此]页(以下)?[空无]|\(?（?[一二三四五六七八九十]{1,3}[)）、.．,，:：])"
    r"|(合[\s\x{3000}]*计|总[\s\x{3000}]*计|小[\s\x{3000}]*计|共[\s\x{3000}]*计|累[\s\x{3000}]*计|汇[\s\x{3000}]*总)[\s\x{3000}]*([:：(（0-9共]|$)"
    r"|盖章|签字|签名|签章|公章|数据来源|资料来源|[:：][\s\x{3000}]*$"
    r"|[（(](合计|总计|小计|共计)[)）]$|(?i:total)s?$|^SUM$|(总和|求和)$|^全[省市县区厂]$|\d家(企业)?$|^计$|^平均值?$"
    r"|^(总?共|合计|总计)?\s*\d+\s*[条行笔]|^总?(记录|行|条)总?数?[:：]?\s*\d"
    r"|^[\s\x{3000}]*[（(]?\d{1,2}[)）.、．,，:：]"
    r"|^[（(]?[续接]上?[表页]|^第\s*\d+\s*页|^- ?\d+ ?-$"
    r"|^(填写|填报)?(示例|样例|范例|举例)|^例[:：]?$|(局|政府|办公室|指挥部|委员会)$|^20\d\d[年./-]|^[-—–―.…·/\\\s]+$"
)
#: A row of a form that shows how to fill it in, or that is no row but the mean of others.
_EXAMPLE: Final = re.compile(r"(?:填写|填报)?(?:示例|样例|范例|举例)(?:[:].*)?|平均值?")
#: The same where a row begins with it; elsewhere it may be a name.
_FOR_EXAMPLE: Final = re.compile(r"例(?:[:].*)?")
#: Who signs a table: 太原市生态环境局, 指挥部办公室.
_OFFICE: Final = re.compile(r".{2,20}(?:局|政府|办公室|指挥部|委员会)(?:\(.*\))?")
#: A cell that says nothing: ——, ……, /.
_NOTHING: Final = re.compile(r"[-—–―.…·/\\\s]+")
#: A sum may be off by the rounding of so much of each of its rows.
_ROUNDING: Final = 0.005


@dataclass(frozen=True, slots=True)
class Left:
    """A row left out: its line (from 0), what it is and what it says."""

    line: int
    kind: str
    text: str
    cells: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Unequal:
    """A sum that is not that of its rows: its line, the column, what it says and what its rows add up to."""

    line: int
    place: int
    said: float
    found: float


def sums_and_notes(table: RawTable, subjects: Sequence[int], of_a_row: Sequence[int]) -> list[Left]:
    """Rows that are empty (without text), sums, notes and signatures.

    Args:
        table: the rows under the header.
        subjects: columns that say whom a row is about: where all are blank, the row is looked at closely.
        of_a_row: columns that a row of the table fills and a sum does not.

    """
    looks = np.zeros(len(table.rows), dtype=bool)
    blank = np.ones(len(table.rows), dtype=bool)
    for place in subjects:
        blank &= _blank(table.columns[place])
    for place in dict.fromkeys((*subjects, 0)):
        if _is_text(table.columns[place]):
            texts, codes = _distinct(table.columns[place])
            looks |= _spread(pc.match_substring_regex(texts, _LOOKS), codes)
    out: list[Left] = []
    for line, filled in filled_cells(table, np.flatnonzero(blank | looks)):
        cells = {} if all(map(_NOTHING.fullmatch, filled.values())) else filled
        kind = _kind_of_row(cells, subjects, of_a_row, blank=bool(blank[line])) if cells else "empty"
        alone = len(cells) == 1 < len(table.columns)  # of one column every row is, and may be numbered
        if not kind and alone and out and (out[-1].kind, out[-1].line) == ("note", line - 1):
            kind = "note" if _FURTHER.fullmatch(_bare(next(iter(cells.values())))) else ""
        if kind:
            first = next((cell for cell in cells.values() if _SUM.fullmatch(_bare(cell))), " ".join(cells.values()))
            out.append(Left(line, kind, first, cells))
    return out


def _kind_of_row(cells: Mapping[int, str], subjects: Sequence[int], of_a_row: Sequence[int], *, blank: bool) -> str:
    head = [cells[place] for place in dict.fromkeys((*sorted(cells)[:2], *subjects)) if place in cells]
    subject = [cells[place] for place in subjects if place in cells]
    sums = (_SUM, _OF_PLANTS) if of_a_row else (_SUM,)
    if any(said.fullmatch(_bare(cell)) for cell in head for said in sums) and not any(
        place in cells for place in of_a_row
    ):
        return "sum"
    whole = [*subject, *(cells[place] for place in of_a_row if place in cells and blank)]
    if any(_WHOLE_SUM.fullmatch(_bare(cell)) for cell in whole):
        return "sum"
    if any(_EXAMPLE.fullmatch(_bare(cell)) for cell in head) or any(map(_FOR_EXAMPLE.fullmatch, map(_bare, head[:1]))):
        return "note"
    labels = [cell for cell in map(tidy, cells.values()) if _NOTE_CELL.fullmatch(cell)]
    beside = [cell for cell in map(tidy, cells.values()) if _BESIDE.fullmatch(cell)]
    noted = bool(labels) and len(labels) + len(beside) >= len(cells)
    offices = [cell for cell in map(tidy, cells.values()) if _OFFICE.fullmatch(cell)]
    noted = noted or (bool(offices) and len(offices) + len(labels) + len(beside) >= len(cells))
    noted = noted or _signed([tidy(cell).rstrip(":") for cell in cells.values()])
    if len(cells) == 1 and _HEADING.fullmatch(_bare(next(iter(cells.values())))):
        return "heading"
    noted = noted or (len(cells) == 1 and (blank or bool(_NOTED.match(tidy(next(iter(cells.values())))))))
    return "note" if noted else ""


#: A cell that is a note where it is alone: by its label, or as it says how many rows there are: 共 2 条记录, 总数:2.
_NOTED: Final = re.compile(
    rf"{_LABELS}|(?:总?共|合计|总计)?\s*\d+\s*[条行笔](?:记录|数据|信息|企业)?$"
    r"|总?(?:记录|行|条)(?:总?数)?:?\s*\d+\s*条?$"
)


def _signed(cells: Sequence[str]) -> bool:
    """Whether a row is of labels with the names of persons, each in a cell of its own, and perhaps a day."""
    labels = [_OF_PERSONS.fullmatch(cell) is not None for cell in cells]
    behind = [False, *labels[:-1]]
    return any(labels) and all(
        label or (named and _PERSON.fullmatch(cell)) or _BESIDE.fullmatch(cell) or _NOTE_CELL.fullmatch(cell)
        for cell, label, named in zip(cells, labels, behind, strict=True)
    )


def in_one_cell(left: Sequence[Left], width: int) -> list[Left]:
    """Of what is left out the rows that stand in one cell: as many parts between other signs as there are columns."""
    alone = [one for one in left if one.kind == "note" and len(one.cells) == 1]
    return [one for one in alone if width > 3 and any(len(one.text.split(sign)) == width for sign in ",;\t|")]


def _bare(cell: str) -> str:
    return re.sub(r"\s", "", tidy(cell))


def unequal_sums(table: RawTable, left: Sequence[Left], amounts: Sequence[int], places: Sequence[int]) -> list[Unequal]:
    """The sums that are neither that of all rows above, nor of those since the last sum, nor of the place they name.

    Args:
        table: the rows with the sums still among them.
        left: what is left out of them.
        amounts: columns that are added up.
        places: columns of cities and counties.

    """
    sums = [one for one in left if one.kind == "sum"]
    if not sums:
        return []
    counted = np.ones(len(table.rows), dtype=bool)
    counted[[one.line for one in left]] = False
    out = []
    for place in amounts:
        values = _numbers(table.columns[place])
        begin = -1
        for one in sums:
            said = plain_number(one.cells.get(place, ""))
            if not np.isnan(said):
                groups = _groups(table, one, begin, counted, places)
                found = [(float(np.nansum(values[rows])), int(rows.sum())) for rows in groups if rows.any()]
                if not found:
                    continue
                if not any(abs(said - total) <= _ROUNDING * count + 1e-6 * abs(total) + 1e-9 for total, count in found):
                    nearest = min((total for total, _ in found), key=lambda total: abs(said - total))
                    out.append(Unequal(one.line, place, said, nearest))
            begin = one.line
    return out


def _groups(
    table: RawTable, one: Left, begin: int, counted: npt.NDArray[np.bool_], places: Sequence[int]
) -> list[npt.NDArray[np.bool_]]:
    """The rows a sum may be of."""
    lines = np.arange(len(table.rows))
    above = counted & (lines < one.line)
    groups = [above, above & (lines > begin), counted & (lines > one.line), counted]
    found = _SUM.fullmatch(_bare(one.text))
    name = re.sub(r"\(.*", "", (found[1] or found[2] or "").strip(":")) if found else ""
    if name:
        at = np.zeros(len(lines), dtype=bool)
        for place in places:
            at[equal_to(table.columns[place], [name])] = True
        groups += [counted & at, above & at]
    return groups


def _numbers(column: pa.Array) -> npt.NDArray[np.float64]:
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        return plain(column.cast(pa.float64()), np.nan)
    return np.array([plain_number(cell or "") for cell in as_text(column).to_pylist()], dtype=float)


def filled_cells(table: RawTable, lines: npt.NDArray[np.int64]) -> list[tuple[int, dict[int, str]]]:
    """The filled cells of some lines, by column."""
    if not len(lines):
        return []
    texts = zip(*table.texts(lines), strict=True)
    return [
        (int(line), {place: cell.strip() for place, cell in enumerate(row) if cell is not None and cell.strip()})
        for line, row in zip(lines, texts, strict=True)
    ]


def _is_text(column: pa.Array) -> bool:
    return pa.types.is_string(column.type) or pa.types.is_dictionary(column.type)


def _distinct(column: pa.Array) -> tuple[pa.Array, npt.NDArray[np.int64] | None]:
    """The texts of a column and, where it holds each once, the number of each cell's (-1: none)."""
    if pa.types.is_dictionary(column.type):
        return column.dictionary.cast(pa.string()), plain(column.indices.cast(pa.int64()), -1)
    return column, None


def _spread(found: pa.Array, codes: npt.NDArray[np.int64] | None) -> npt.NDArray[np.bool_]:
    mask = plain(found, missing=False)
    return np.asarray(mask if codes is None else np.append(mask, False)[codes])


def equal_to(column: pa.Array, said: Sequence[str]) -> npt.NDArray[np.int64]:
    """The lines where a column of texts says one of some texts."""
    if not _is_text(column):
        return np.array([], dtype=np.int64)
    texts, codes = _distinct(column)
    among = pc.is_in(pc.utf8_trim_whitespace(texts), value_set=text_array([text.strip() for text in said]))
    return np.flatnonzero(_spread(among, codes))


def _blank(column: pa.Array) -> npt.NDArray[np.bool_]:
    missing = ~valid(column)
    if not _is_text(column):
        return missing
    texts, codes = _distinct(column)
    return np.asarray(missing | _spread(pc.equal(pc.utf8_trim_whitespace(texts), text_array([""])[0]), codes))
