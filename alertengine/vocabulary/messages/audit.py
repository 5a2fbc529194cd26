"""What is said of evidence and of findings."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, note

MESSAGES: Final[dict[str, Message]] = {
    "no_evidence_header": error("no header row of evidence found", "没有找到证据数据的表头行", "{kinds}", "{kinds}"),
    "evidence_of_two_kinds": error(
        "could be {kinds:or}", "可能是{kinds:or}", "--evidence KIND={file}", "用--evidence 种类={file}写明"
    ),
    "evidence_unknown": error("evidence of no known kind", "不能识别是哪一种证据", "{kinds}", "{kinds}"),
    "rows_repeated": note("{count} rows repeat another row; counted once", "{count}行与其他行重复，只计一次"),
}
