"""The index for those who review and sign: every enterprise, its file, whether it may go out and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alertengine.documents.document import OrderPaper
from alertengine.files import new_workbook

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """The paper of one enterprise, and its file (blank where none was made)."""

    paper: OrderPaper
    file: str

    @property
    def state(self) -> str:
        """Whether the paper may go out, in Chinese: drill or simulation, draft, released, ready, or none was made."""
        if not self.file:
            return "未出具"
        return self.paper.setting or ("草稿" if self.paper.draft else "经决定签发" if self.paper.release else "可签发")


def write_index(entries: Sequence[IndexEntry], target: Path) -> None:
    """The index as a workbook: enterprises, and the reasons by how many they hold up."""
    with new_workbook(target) as book:
        book.set_properties({"created": datetime(1980, 1, 1)})
        head = book.add_format({"bold": True, "bg_color": "#1f4e79", "font_color": "white", "border": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("企业")
        headers = ("企业名称", "统一社会信用代码", "城市", "区县", "签发状态", "须处理事项", "文件")
        for place, (header, width) in enumerate(zip(headers, (32, 21, 10, 12, 10, 70, 60), strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, header, head)
        for row, entry in enumerate(entries, start=1):
            paper, open_items = entry.paper, "\n".join(map(str, entry.paper.reasons))
            whose = (paper.enterprise, paper.enterprise_id, paper.city, paper.county)
            for place, text in enumerate((*whose, entry.state, open_items, entry.file)):
                sheet.write_string(row, place, text, wrap)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(entries), 1), len(headers) - 1)
        _reasons(book.add_worksheet("事项汇总"), entries, head)


def _reasons(sheet: Worksheet, entries: Sequence[IndexEntry], head: Format) -> None:
    """What is open, and for how many enterprises; the lines each names left out."""
    counts = Counter(
        kind for entry in entries for kind in dict.fromkeys(one.without_lines() for one in entry.paper.reasons)
    )
    sheet.set_column(0, 0, 60)
    sheet.set_column(2, 2, 60)
    for place, header in enumerate(("须处理事项", "企业数", "如何解决")):
        sheet.write_string(0, place, header, head)
    for row, (reason, count) in enumerate(counts.most_common(), start=1):
        sheet.write_string(row, 0, str(reason))
        sheet.write_number(row, 1, count)
        sheet.write_string(row, 2, reason.settled_by)
