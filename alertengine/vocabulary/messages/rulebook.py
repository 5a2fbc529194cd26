"""What is said in the room ``rulebook``."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, note

MESSAGES: Final[dict[str, Message]] = {
    "adopt_unknown_area": error("unknown area", "没有这个地区", "a city, 城市/区县 or area", "城市、城市/区县或区域"),
    "adopt_no_document": error("no such document", "没有这份文件", "{names}", "{names}"),
    "document_id_twice": error("the document id stands in {other} too", "文件编号在{other}中也有"),
    "rule_id_twice": error("the rule id stands in {other} too", "规则编号在{other}中也有"),
    "without_no_document": error("no such document", "没有这份文件", "a document on file", "规则库中的文件"),
    "no_layers": error("no layers", "没有层级", "layers: [highest, ..., lowest]", "layers: [最高, ..., 最低]"),
    "no_folder_or_shipped": error(
        "no such folder", "没有这个文件夹", "a folder of rule documents, or {shipped}", "规则文件夹，或{shipped}"
    ),
    "not_written_as_xlsx": error("cannot write {suffix!r}", "不能写成“{suffix}”文件", ".xlsx", ".xlsx"),
    "blank_holes": note(
        "{count} blank cells of decision tables count as declared holes (缺项)",
        "决策表中{count}个空格按已声明的缺项处理",
    ),
    "rule_refused": error("{error}", "规则语言有误：{error}"),
    "not_a_rule_document": error(
        "not a rule document", "不是规则文件", "a mapping with the key 'document'", "含有document一项的映射"
    ),
    "not_a_yaml_list": error("not a list", "不是列表", "{key}: [...]", "{key}: [...]"),
    "rule_without_id": error("a rule without id", "规则没有编号", "id: name", "id: 名称"),
    "not_a_name": error("not a name", "不是名称", "a word", "一个词"),
    "unknown_kind": error("unknown kind", "没有这一类规则", "{names}", "{names}"),
    "unknown_standing": error("unknown standing", "没有这种依据来源", "{names}", "{names}"),
    "unknown_regime": error("unknown regime", "没有这种情形", "{names}", "{names}"),
    "unknown_layer": error("unknown layer", "没有这个层级", "{names}", "{names}"),
    "unknown_period": error("unknown period", "没有这个时段", "a name of periods.yaml", "periods.yaml中的名称"),
    "unknown_area": error(
        "unknown area",
        "没有这个地区",
        "全国, a province, a city, 城市/区县 or an area of rules/vocabulary",
        "全国、省、城市、城市/区县或规则词表中的区域",
    ),
    "not_a_vocabulary": error(
        "not a vocabulary file", "不是词表文件", "a mapping such as 'industries: [...]'", "industries: [...]一类的映射"
    ),
    "unknown_vocabulary": error("unknown vocabulary table", "没有这种词表", "{names}", "{names}"),
    "malformed_table": error("malformed table: {error}", "词表格式有误：{error}"),
    "no_such_rule": error("no such rule", "没有这条规则", "an id that rules show lists", "rules show列出的编号"),
    "no_such_kind": error("no such kind", "没有这一类", "{names}", "{names}"),
    "key_of_head": error("{said} ({key})", "{said}（{key}）", "{wanted}", "{wanted}"),
    "cell_text": error("{error}", "不能识别：{error}", "{expected}", "{expected}"),
    "head_sheet_missing": error(
        "the sheet is missing", "缺少工作表", "a sheet {name} with the document's head", "含文件信息的工作表“{name}”"
    ),
    "no_such_head_entry": error("no such entry of a head", "没有这一项文件信息", "{names:pause}", "{names:pause}"),
    "entry_twice": error("the entry stands twice (first in row {first})", "这一项重复（首次在第{first}行）"),
    "no_such_sheet_column": error("no such column", "没有这一列", "{names:pause}", "{names:pause}"),
    "rule_row_without_id": error(
        "a rule without id",
        "规则没有编号",
        "a name without blanks, unique in the rulebook",
        "不含空格、在规则库中唯一的名称",
    ),
    "id_twice": error(
        "the id stands twice (first in row {first} of {other})", "编号重复（首次在“{other}”第{first}行）"
    ),
    "no_table_header": error("no header row found", "没有找到表头行", "{wanted}", "{wanted}"),
    "no_such_table_entry": error("no such entry of a table", "决策表没有这一项", "{names:pause}", "{names:pause}"),
    "no_such_table_column": error("no such column", "没有这一列", "{wanted}", "{wanted}"),
}
