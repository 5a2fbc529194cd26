"""What is said in the room ``checking``."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

MESSAGES: Final[dict[str, Message]] = {
    "chapter_suffix": error(
        "cannot be read as a text: {value!r}",
        "不能作为原文读取：“{value}”",
        "{names}, or - for pasted text",
        "{names}，或用-粘贴",
    ),
    "chapter_absent": error("{there}", "{there}", "{names}", "{names}"),
    "chapter_unreadable": error("cannot be opened: {error}", "文件不能打开：{error}"),
    "chapter_without_text": error(
        "no text in it",
        "没有可读的文字",
        "text, not pictures of pages: scan with recognition first",
        "文字，不是页面图像：须先识别",
    ),
    "chapter_without_cells": error(
        "no grade with a level was found in the text",
        "原文中没有读到等级和预警级别",
        "sentences as C级企业：橙色预警期间，停产, or a table 等级 黄色 橙色 红色",
        "“C级企业：橙色预警期间，停产”一类的句子，或表头为等级、黄色、橙色、红色的表",
    ),
    "pdf_reader_missing": error(
        "pdfplumber is not installed",
        "没有安装pdfplumber",
        "pip install 'alertengine[pdf]', or the text as .docx or .txt",
        "pip install 'alertengine[pdf]'，或改用.docx、.txt",
    ),
    "name_not_on_file": error(
        "not on file", "词表中没有", "a name on file, perhaps {names}", "词表中的名称，可能是{names}"
    ),
    "scaffold_there": error("already there", "已有这份文件"),
    "scaffold_needs": error("needed for a document", "规则文件须有此项"),
    "case_differs": phrase("{name}: expected {wanted}, got {got}", "{name}：应为{wanted}，实为{got}"),
    "case_rule_absent": phrase("{rule} is not on file", "规则库中没有{rule}"),
    "case_rule_holds": phrase("{rule} holds", "{rule}有效"),
    "case_rule_over": phrase("{rule} does not hold", "{rule}无效"),
    "case_line": phrase("line {number}: ", "第{number}条生产线："),
    "not_cases": error("not a list of cases", "不是案例列表", "- name: ...", "- name: ..."),
    "grid_hole": finding(
        "combinations of the table's own values have no row",
        "决策表所列取值的组合缺行",
        "a row: - where the document says nothing, missing where it was not read",
        "补一行：文件未规定的写“-”，未读到的写missing",
    ),
    "unknown_rule_or_table": finding(
        "names an unknown rule", "所指规则不存在", "id of a rule or table", "规则或决策表的编号"
    ),
    "unknown_document": finding("names an unknown document", "所指文件不存在", "a document on file", "规则库中的文件"),
    "unknown_rule": finding("names an unknown rule", "所指规则不存在", "id of a rule", "规则编号"),
    "file_unread": finding("not read as rules", "没有作为规则读取", "a name that ends in .yaml", "以.yaml结尾的文件名"),
    "ends_before_it_holds": finding(
        "ends another document before it holds itself",
        "在自己施行之前就终止了另一文件，其间没有规定",
        "{first} or later",
        "不早于{first}",
    ),
    "ends_each_other": finding(
        "the two documents end each other",
        "两份文件互相终止",
        "one that takes the place of the other",
        "一份取代另一份",
    ),
    "ends_elsewhere": finding(
        "ends a document of another place",
        "废止的是另一地区的文件",
        "a document whose area the ending one reaches",
        "本文件适用地区内的文件",
    ),
    "area_beyond": finding(
        "the area lies beyond that of the document",
        "地区超出文件的适用地区",
        "within {areas:pause}",
        "{areas:pause}之内",
    ),
    "ends_no_rule": finding(
        "ends no rule of another document",
        "没有废止其他文件的任何规则",
        "rules of an earlier document",
        "更早文件的规则",
    ),
    "names_unknown_rule": finding("{key} names an unknown rule", "{key}所指规则不存在", "id of a rule", "规则编号"),
    "names_itself": finding("{key} names the rule itself", "{key}指向规则自身", "id of another rule", "另一规则的编号"),
    "successor_on_file": finding(
        "{successor} takes its place from {day} and it states no end",
        "{successor}自{day}起取代本法，而本法没有写明终止日",
        "valid: {{to: the day before}}",
        "valid写明终止日（后继施行的前一日）",
    ),
    "binds_past_its_year": finding(
        "the title names a year or winter, and nothing ends the document with it",
        "标题所称年度或者秋冬季已有期限，文件却没有随之终止",
        "concerns: {{from, to}}, or valid: {{to}}",
        "写明concerns（所及期间）或者valid的终止日",
    ),
    "end_not_said": finding(
        "does not say when it ends",
        "没有写到何时为止",
        "to: YYYY-MM-DD, or where the text gives no end to: not stated",
        "to: YYYY-MM-DD，原文未载明的写to: not stated",
    ),
    "held_without_end": note(
        "does not say when it ends: taken to hold on",
        "没有写到何时为止：按一直有效执行",
        "to: YYYY-MM-DD, or where the text gives no end to: not stated",
        "to: YYYY-MM-DD，原文未载明的写to: not stated",
    ),
    "number_twice": finding(
        "the number of {other} too", "{other}也是这个文号", "one file for one document", "一份文件只录一次"
    ),
    "cites_ended_law": finding(
        "names a statute that ended on {day} and holds after it",
        "引用的法律已于{day}终止，本规则此后仍有效",
        "its successor, or an end of the rule",
        "改引后继法律，或者写明规则的终止日",
    ),
    "member_off_file": finding(
        "a member that is no place on file", "成员不是规则库中的地名", "a place on file", "规则库中的地名"
    ),
    "word_off_file": finding(
        "no such name in the vocabulary", "规则词表中没有这个名称", "a name of rules/vocabulary", "规则词表中的名称"
    ),
    "area_without_members": finding("an area without members", "区域没有成员", "a place on file", "规则库中的地名"),
    "outside_dialect": finding(
        "{error}",
        "超出匹配器所能表达：{error}",
        "a condition the matcher can carry; split the rule",
        "匹配器能表达的条件；请拆分规则",
    ),
    "never_holds": finding(
        "the condition can never hold ({fields})",
        "条件永远不能成立（{fields}）",
        "values that can meet",
        "能同时成立的取值",
    ),
    "part_never_holds": finding(
        "an alternative can never hold ({fields})",
        "有一个分支永远不能成立（{fields}）",
        "values that can meet",
        "能同时成立的取值",
    ),
    "subject_not_said": finding(
        "it does not say whom it speaks of",
        "没有写明说的是企业还是生产线",
        "about: enterprise or about: line, as the text says",
        "按原文写about: enterprise（企业）或about: line（设施、生产线）",
    ),
    "list_not_on_file": finding(
        "no list can trigger it: no name of 所在名单 on file is meant",
        "任何清单都不能使其成立：所在名单没有这个名称",
        "a name of vocabulary/named_lists.yaml",
        "vocabulary/named_lists.yaml中的名称",
    ),
    "evidence_of_no_file": finding(
        "it can weigh nothing: no file of evidence is of this kind, and it says no retention_days",
        "不起作用：没有哪种证据文件属于此类，也未规定保存天数",
        "one of {kinds}, or a paragraph under clauses that says why",
        "{kinds}之一，或在clauses中说明原因",
    ),
    "too_few_members": finding(
        "it can never start: its members lie in fewer than {least} cities",
        "不可能启动：成员不足{least}个市",
        "at least {least} cities among the members",
        "成员至少{least}个市",
    ),
    "untested": finding(
        "no worked case touches it",
        "没有案例用到",
        "a case in the document's .test.yaml in which it binds or is set aside",
        "文件的.test.yaml中有使其生效或被排除的案例",
    ),
    "period_outside": finding(
        "its period {period} never falls within its validity",
        "时段“{period}”不在其有效期内",
        "days in {period}",
        "{period}内的日子",
    ),
    "same_condition": finding(
        "has the same condition as {other}, is in force with it and says another value",
        "与{other}条件相同、同时有效而取值不同",
        "dates that do not overlap",
        "不重叠的日期",
    ),
    "hole_between": finding(
        "leaves a hole after {earlier}: neither is in force",
        "在{earlier}之后留有空档：两者都无效",
        "dates that follow on, or the hole declared under missing",
        "前后相接的日期，或在missing下声明空档",
    ),
    "decides_a_hole": finding(
        "decides what table {table} of the same document declares missing",
        "对同一文件决策表{table}声明缺项之处作了规定",
        "either the measure or missing",
        "措施或缺项，二者择一",
    ),
    "never_in_force": finding(
        "is never in force", "从未有效", "a day and a place where it is in force", "有效的日期和地点"
    ),
    "holds_for_no_line": finding(
        "holds for no line of its area on any of its days (effective grade, place)",
        "在其地域和有效期内不适用于任何生产线（有效等级、地点）",
        "a line that it can reach",
        "能适用的生产线",
    ),
    "never_binds": finding(
        "never binds: wherever it holds it is set aside by {by}",
        "从不生效：凡适用之处都被{by}排除",
        "a line, a day and a level at which it binds",
        "使其生效的生产线、日期和级别",
    ),
    "what_it_does": phrase("what it does", "其自身的作用"),
    "disagree": finding(
        "disagrees with {other} of the same layer: {mine} against {theirs}",
        "与同层级的{other}不一致：此处{mine}，彼处{theirs}",
        "one answer, or another layer",
        "同一结论，或另一层级",
    ),
    "case_ratio_city": phrase("a case about a ratio names its city", "核对减排比例的算例须写明城市"),
    "case_word": phrase("no such word; known are {names}", "没有这个词，可用的有{names}"),
    "case_asks_nothing": phrase("nothing is expected, so that it cannot fail", "没有写预期，不会失败"),
    "case_lines": phrase(
        "{lines} lines but {expectations} expectations", "有{lines}条生产线，却有{expectations}项预期"
    ),
}
