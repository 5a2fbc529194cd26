"""The form of a city's emergency plan (预案表): what a plan says, a question a row, filled in by who has the text.

It is the workbook of ``rules export`` with sheets of its own for procedure, measures of departments, counties, linkage
and contacts.  What nobody has filled in says 【待填】 and becomes a declared hole of the document, with what was filled
in beside it; the form made of the document again is the form as it was left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from alertengine.rulebook.excel.draft import Draft, DraftSheet, Rows
from alertengine.rulebook.excel.measure_cells import EXPECTED
from alertengine.rulebook.excel.plan_guides import GUIDES, HEAD_GUIDES, Guide
from alertengine.rulebook.excel.plan_rows import (
    CONTACT,
    COUNTY,
    LEVEL_WORDS,
    LINKAGE,
    PARTS,
    PROCEDURE,
    RESPONSE,
    SILENT,
    TO_FILL,
    FormSheet,
)
from alertengine.rulebook.excel.rule_rows import HEAD, OTHER, from_cells, to_cells
from alertengine.rulebook.excel.sheets import BODY, HEAD_SHEET, RULE_SHEET, document_sheets, read_sheets
from alertengine.vocabulary import GROUP_TEXT, STANDING_TEXT, STEP_TEXT, SUBJECT_TEXT

HELP, LACKS = "怎样填", "不填会怎样"
#: Why a hole is declared that the form left open, and why a row has no rule.
OPEN_REASON, SILENT_REASON = TO_FILL, "预案未作规定"
#: A mobile number: no contact of an office, and no business of a rulebook.
_MOBILE: Final = re.compile(r"(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)")
#: A rule is offered to the parts in this order: counties and contacts are procedures too.
_OFFERED: Final = (COUNTY, CONTACT, PROCEDURE, RESPONSE, LINKAGE)
_STEMS: Final = {"procedure": "step", "response": "about"}


@dataclass(frozen=True, slots=True)
class Form:
    """The form to write: its sheets, and by sheet and column what a cell may be chosen from."""

    sheets: list[DraftSheet]
    choices: dict[str, dict[int, tuple[str, ...]]]


def is_form(sheets: Mapping[str, Rows]) -> bool:
    """Whether a workbook is the form of a plan."""
    return PROCEDURE.sheet in sheets and HEAD_SHEET in sheets


# -- reading


def read_form(sheets: Mapping[str, Rows], file: str) -> Draft:
    """The document that the sheets of a workbook hold, the form of a plan among them or not."""
    if not is_form(sheets):
        return read_sheets(sheets, file)
    own = {part.sheet for part in PARTS}
    head = [[*row[:1], *("" if _is_open(text) else text for text in row[1:2])] for row in sheets[HEAD_SHEET]]
    rest = {name: rows for name, rows in sheets.items() if name not in own and name != "填写说明"}
    draft = read_sheets({**rest, HEAD_SHEET: head}, file)
    _Reader(draft, sheets).read()
    return draft


def _is_open(text: str) -> bool:
    return text.startswith(TO_FILL[:-1])


@dataclass
class _Reader:
    """Reads the sheets of the form into a draft."""

    draft: Draft
    sheets: Mapping[str, Rows]
    rules: list[dict[str, Any]] = field(default_factory=list)
    holes: list[dict[str, Any]] = field(default_factory=list)
    clauses: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> None:
        self._head()
        for part in PARTS:
            self._part(part)
        raw = self.draft.raw
        parts = {"rules": self.rules, "missing": self.holes, "clauses": self.clauses}
        for key, found in parts.items():
            if found:
                raw[key] = [*found, *raw.get(key, [])]
                self.draft.listed[key] = [(HEAD_SHEET, None)] * len(found) + self.draft.listed.get(key, [])

    def _head(self) -> None:
        for row in self.sheets[HEAD_SHEET]:
            label, said = (*row, "", "")[:2]
            if label in HEAD_GUIDES and _is_open(said):
                self._hole(HEAD_SHEET, label, {})
        if "source" not in self.draft.raw and self.draft.raw:
            self.draft.raw["source"] = "secondary"  # nobody has said that the official text was read

    def _hole(self, sheet: str, what: str, cells: Mapping[str, str], rule: str = "") -> None:
        said = [sheet, rule, dict(cells)] if rule or cells else [sheet]
        source = str(self.draft.raw.get("title", "")) or "本市预案"
        self.holes.append({"what": f"{sheet}：{what}", "source": source, "reason": OPEN_REASON, "cells": said})

    def _part(self, part: FormSheet) -> None:
        rows = self.sheets.get(part.sheet, [])
        top = next((number for number, row in enumerate(rows) if any(row)), None)
        if top is None:
            return
        columns = rows[top]
        self.draft.header(part.sheet, top + 1, columns, [*part.headers, HELP, LACKS])
        for number, row in enumerate(rows[top + 1 :], start=top + 2):
            self.draft.headless(part.sheet, number, columns, row)
        taken = {cells.get("编号", "") for _, cells in self._cells(rows, columns, top)}
        left: list[str] = []
        for number, cells in self._cells(rows, columns, top):
            self._row(part, number, cells, taken, left)
        if left:
            self._hole(part.sheet, "、".join(left), {})

    def _cells(self, rows: Rows, columns: Sequence[str], top: int) -> Iterator[tuple[int, dict[str, str]]]:
        for number, row in enumerate(rows[top + 1 :], start=top + 2):
            cells = {name: said for name, said in zip(columns, row, strict=False) if name and said}
            cells = {name: said for name, said in cells.items() if name not in (HELP, LACKS)}
            if cells:
                yield number, cells

    def _row(self, part: FormSheet, number: int, cells: dict[str, str], taken: set[str], left: list[str]) -> None:
        waits = [name for name, said in cells.items() if _is_open(said)]
        filled = {name: said for name, said in cells.items() if name not in waits}
        first = part.label[0]
        for name, said in filled.items():
            if part is CONTACT and _MOBILE.search(said):
                self.draft.defect(part.sheet, number, name, "plan_mobile", said)
        if not filled.get(first) and filled:
            self.draft.defect(part.sheet, number, first, "plan_cell_needed", names=[first])
            return
        if part is COUNTY and filled:
            self.draft.counties.append((filled[first], number))
        silent = [name for name in part.need if filled.get(name) == SILENT]
        known = {name: said for name, said in filled.items() if said != SILENT}
        mapping, errors = from_cells(known, part.handlers)
        self.draft.cell_defects(part.sheet, number, errors)
        if errors or not filled:
            return
        if silent:
            self.clauses.append({"clause": part.sheet, "text": part.named(known), "reason": SILENT_REASON})
        elif any(name not in filled for name in part.need) or "级别" in waits:
            if part is COUNTY and set(filled) == {first}:
                left.append(filled[first])
            else:
                self._hole(part.sheet, part.named(filled), filled | dict.fromkeys(waits, TO_FILL))
        else:
            self._rule(part, number, mapping, waits, taken)

    def _rule(self, part: FormSheet, number: int, mapping: dict[str, Any], waits: list[str], taken: set[str]) -> None:
        row = part.unfold({"article": "", **mapping})
        county = row.pop("_county", "")
        if county:
            same = next((one for one in self.rules if _but_who(one) == _but_who(row)), None)
            if same is not None:
                same["actor"] += f"、{row['actor']}"
                return
        row["id"] = str(row.get("id") or self._id(part, row, taken))
        if row["id"] in self.draft.places:
            sheet, first = self.draft.places[row["id"]]
            self.draft.defect(part.sheet, number, "编号", "id_twice", row["id"], first=first, other=sheet)
        self.draft.places[row["id"]] = (part.sheet, number)
        taken.add(row["id"])
        self.rules.append({"id": row["id"], "article": row["article"], "title": row["title"], **row})
        if waits:
            self._hole(part.sheet, f"{row['title']}的{'、'.join(waits)}", dict.fromkeys(waits, TO_FILL), row["id"])

    def _id(self, part: FormSheet, row: Mapping[str, Any], taken: set[str]) -> str:
        """A name of its own for a rule that has none yet: document, what it is about, level."""
        words = [str(self.draft.raw.get("document") or "plan")]
        stem = row.get(_STEMS.get(part.kind, ""), part.kind)
        words += ["counties" if part is COUNTY else "contact" if part is CONTACT else str(stem).replace("_", "-")]
        words += [str(row["about"])] if part is PROCEDURE and row.get("about") else []
        words += [str(row["group"])] if part is RESPONSE else []
        words += [row["levels"]] if isinstance(row.get("levels"), str) else []
        name, count = "-".join(words), 1
        while name in taken or name in self.draft.places:
            count += 1
            name = f"{'-'.join(words)}-{count}"
        return name


def _but_who(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key not in ("actor", "id")}


# -- writing


def form_of(
    raw: Mapping[str, Any], counties: Sequence[str], departments: Sequence[str], lacks: Mapping[str, str]
) -> Form:
    """The form of a plan, filled in as far as a document has it.

    Args:
        raw: the document's mapping, or what is known of its head.
        counties: the counties of the city.
        departments: who takes measures by the bureau's task sheets.
        lacks: by the key of a guide what papers lack where its row stays open.

    """
    return _Writer(raw, counties, departments, lacks).form()


@dataclass
class _Writer:
    raw: Mapping[str, Any]
    counties: Sequence[str]
    departments: Sequence[str]
    lacks: Mapping[str, str]

    def form(self) -> Form:
        placed, rest = self._placed()
        holes = [one for one in self.raw.get("missing") or [] if one.get("reason") != OPEN_REASON]
        clauses = [one for one in self.raw.get("clauses") or [] if not _is_silence(one)]
        other = document_sheets({**self.raw, "rules": rest, "missing": holes, "clauses": clauses})
        other = [one for one in other[1:] if one.name != RULE_SHEET or rest]
        parts = [self._sheet(part, placed[part.sheet]) for part in PARTS]
        choices = {part.sheet: self._choices(part) for part in PARTS}
        return Form([self._head(), *parts, *other], choices)

    def _placed(self) -> tuple[dict[str, list[dict[str, str]]], list[Any]]:
        """The rows of each sheet, and the rules that no sheet of the form has room for."""
        rows: dict[str, list[dict[str, str]]] = {part.sheet: [] for part in PARTS}
        rest = []
        waits = {cells[1]: cells[2] for sheet, cells in self._open() if len(cells) > 1 and cells[1]}
        for rule in self.raw.get("rules") or []:
            found = self._cells_of(rule)
            if found is None:
                rest.append(rule)
                continue
            part, many = found
            rows[part.sheet] += [{**cells, **waits.get(rule.get("id"), {})} for cells in many]
        for sheet, cells in self._open():
            if len(cells) > 1 and not cells[1]:
                rows[sheet].append(dict(cells[2]))
        for one in filter(_is_silence, self.raw.get("clauses") or []):
            rows[one["clause"]].append(_silent_row(one))
        return rows, rest

    def _open(self) -> Iterator[tuple[str, list[Any]]]:
        for one in self.raw.get("missing") or []:
            cells = one.get("cells")
            if one.get("reason") == OPEN_REASON and isinstance(cells, list) and cells:
                yield str(cells[0]), cells

    def _cells_of(self, rule: Any) -> tuple[FormSheet, list[dict[str, str]]] | None:
        """The part a rule belongs to, with its row, or a row a county."""
        if not isinstance(rule, dict) or "like" in rule:
            return None
        for part in _OFFERED:
            folded = part.fold(rule) if rule.get("kind") == part.kind else None
            if folded is None:
                continue
            cells = {name: said for name, said in to_cells(folded, part.handlers).items() if said != "（空）"}
            if part is not COUNTY:
                return part, [cells]
            names = str(rule.get("actor", "")).split("、")
            owners = [next((one for one in self.counties if name.startswith(one)), "") for name in names]
            if all(owners):
                return part, [{**cells, "区县": one, "责任单位": said} for one, said in zip(owners, names, strict=True)]
        return None

    def _sheet(self, part: FormSheet, rows: list[dict[str, str]]) -> DraftSheet:
        guides = self._guides(part)
        last = len(guides)  # rows that no guide is about
        told = [(next((at for at, one in enumerate(guides) if one.is_of(cells)), last), cells) for cells in rows]
        for at, guide in enumerate(guides):
            if not any(guide.is_of(cells) for cells in rows):
                told.append((at, {**guide.cells, **dict.fromkeys(guide.open, TO_FILL)}))
        told.sort(key=lambda one: one[0])
        columns = [*part.headers, HELP, LACKS]
        out = [columns]
        for at, cells in told:
            shown = {**{name: TO_FILL for name in part.need if not cells.get(name)}, **cells}
            beside = [guides[at].help, self.lacks.get(guides[at].key, "")] if at < last else ["", ""]
            out.append([*(shown.get(name, "") for name in part.headers), *beside])
        return DraftSheet(part.sheet, out, {0})

    def _guides(self, part: FormSheet) -> list[Guide]:
        if part is COUNTY:
            help_text = "谁在本区县启动响应；各区县相同的，向下复制"
            return [Guide("counties", {"区县": name}, ("责任单位",), help_text) for name in self.counties]
        if part is CONTACT:
            help_text = "填值班电话，不填个人手机号码；单位可写全称"
            return [Guide("contacts", {"单位": name}, ("值班电话",), help_text) for name in self.departments]
        return list(GUIDES[part.sheet])

    def _head(self) -> DraftSheet:
        said = to_cells({key: value for key, value in self.raw.items() if key not in BODY}, HEAD)
        rows = [["项目", "内容", HELP, LACKS]]
        for one in self.raw.get("missing") or []:
            if one.get("reason") == OPEN_REASON and one.get("cells") == [HEAD_SHEET]:
                said.pop(str(one["what"]).removeprefix(f"{HEAD_SHEET}："), None)
        for name, (must, help_text) in HEAD_GUIDES.items():
            rows.append([name, said.pop(name, TO_FILL if must else ""), help_text, self.lacks.get(name, "")])
        rows += [[name, text, "", ""] for name, text in said.items()]
        return DraftSheet(HEAD_SHEET, rows, {0})

    def _choices(self, part: FormSheet) -> dict[int, tuple[str, ...]]:
        levels = tuple(LEVEL_WORDS.values())
        steps = (*levels[:2], "黄色、橙色、红色", "黄色、橙色", "橙色、红色", levels[2])
        of = {
            "级别": steps, "类别": tuple(GROUP_TEXT.values()), "对象": tuple(SUBJECT_TEXT.values()),
            "责任部门": tuple(self.departments), "文本性质": tuple(STANDING_TEXT.values()), "达到级别": levels,
            "联动级别": levels, "环节": tuple(STEPS_SHOWN), "从哪一环节起算": tuple(STEP_TEXT.values()),
        }  # fmt: skip
        return {place: of[name] for place, name in enumerate(part.headers) if of.get(name)}


STEPS_SHOWN: Final = tuple(dict.fromkeys(guide.cells["环节"] for guide in GUIDES[PROCEDURE.sheet]))


def _is_silence(clause: Mapping[str, Any]) -> bool:
    sheets = {part.sheet for part in PARTS}
    return clause.get("reason") == SILENT_REASON and clause.get("clause") in sheets


def _silent_row(clause: Mapping[str, Any]) -> dict[str, str]:
    """The row that a clause without a rule stands for."""
    part = next(one for one in PARTS if one.sheet == clause["clause"])
    first, _, rest = str(clause.get("text", "")).partition("（")
    cells = dict(zip(part.label, [first, *rest.removesuffix("）").split("，")], strict=False))
    last = part.need[-1]
    return {**{name: said for name, said in cells.items() if said}, last: SILENT}


#: The page on how to fill the form in.
FORM_GUIDE: Final = (
    ("怎样填", "左手拿预案原文，右手填表。一行一件事；行可以增加、复制、删去，列和工作表不要改名。"),
    (TO_FILL, "没有填的保留【待填】：不影响读入，文件中记为缺项；“不填会怎样”说明哪一份文书因此缺什么。不要猜。"),
    (SILENT, "原文确实没有规定的，在【待填】处写“—”，以后不再提示。"),
    ("级别", "橙色；黄色、橙色；橙色及以上；各级别。各级别不同的，一级一行。"),
    ("时限", "只写小时数，并选“从哪一环节起算”，如提出＝会商后2小时内。"),
    ("措施", "照抄原文的一句，文书原样印出；“具体要求”留空即与“措施”相同。"),
    ("文本性质", "官方文本须有发文机关、文号、发文日期、页码，并由另一人对照原文核对；否则按转载，文书是草稿。"),
    ("读入", "alertengine rules import 预案表.xlsx --into 我的规则 --list 清单.xlsx；或在“规则—本市预案”页上传。"),
    ("编号", "留空由程序编；已有编号的不要改，修改后再读入即替换原来的一条。"),
    (OTHER, "表内写不下的少见内容，用花括号内的YAML写，一般不用。"),
    ("规则、表…", "同一份文件里对生产线的措施，写法见rules/README.zh-CN.md。" + EXPECTED),
)
