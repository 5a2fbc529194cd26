"""What is said in the room ``rulebook``."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, note, phrase

MESSAGES: Final[dict[str, Message]] = {
    "adopt_unknown_area": error("unknown area", "没有这个地区", "a city, 城市/区县 or area", "城市、城市/区县或区域"),
    "adopt_not_waiting": error(
        "no document that awaits adoption", "没有这份须经采用方适用的文件", "{names}", "{names}"
    ),
    "adopt_no_document": error("no such document", "没有这份文件", "{names}", "{names}"),
    "document_id_twice": error("the document id stands in {other} too", "文件编号在{other}中也有"),
    "rule_id_twice": error("the rule id stands in {other} too", "规则编号在{other}中也有"),
    "without_no_document": error("no such document", "没有这份文件", "a document on file", "规则库中的文件"),
    "layers_each_once": error(
        "layers that are left out or stand twice",
        "漏写或重复的层级",
        "every layer of the rules before once, further ones among them",
        "之前规则的层级各写一次，新的插在其中",
    ),
    "no_layers": error("no layers", "没有层级", "layers: [highest, ..., lowest]", "layers: [最高, ..., 最低]"),
    "no_folder_or_shipped": error(
        "no such folder", "没有这个文件夹", "a folder of rule documents, or {shipped}", "规则文件夹，或{shipped}"
    ),
    "blank_holes": note(
        "{count} blank cells of decision tables count as declared holes (缺项)",
        "决策表中{count}个空格按已声明的缺项处理",
    ),
    "county_renamed": note(
        "a county's former name: taken as {name}, as it is called today", "区县的旧名，按现名“{name}”处理"
    ),
    "rule_refused": error("{error}", "规则语言有误：{error}"),
    "not_a_rule_document": error(
        "not a rule document", "不是规则文件", "a mapping with the key 'document'", "含有document一项的映射"
    ),
    "not_a_yaml_list": error("not a list", "不是列表", "{key}: [...]", "{key}: [...]"),
    "rule_without_id": error("a rule without id", "规则没有编号", "id: name", "id: 名称"),
    "not_a_name": error(
        "not a name",
        "不是名称",
        "a word, in quotes where it looks like a number, a date or yes and no",
        "一个词；像数字、日期或者yes、no的加引号",
    ),
    "defaults_unused": error(
        "no rule of this document has this article",
        "本文件没有这一条款的规则",
        "* or one of {names}",
        "*，或者{names}之一",
    ),
    "unknown_kind": error("unknown kind", "没有这一类规则", "{names}", "{names}"),
    "unknown_standing": error("unknown standing", "没有这种依据来源", "{names}", "{names}"),
    "unknown_regime": error("unknown regime", "没有这种情形", "{names}", "{names}"),
    "unknown_level": error("unknown level", "没有这个级别", "{names}", "{names}"),
    "unknown_layer": error("unknown layer", "没有这个层级", "{names}", "{names}"),
    "unknown_period": error(
        "unknown period",
        "没有起止日期的时段",
        "a period with days on file, perhaps {names}; or its days as the text gives them: {value}（MM-DD至MM-DD）",
        "有起止日期的时段：原文（或本市文件）写明起止的，连起止写成“{value}（某月某日至次年某月某日）”；"
        "所指就是词表中的时段的，写它的名称，如{names:pause}；原文没有写明的，向制定机关核实，不猜",
    ),
    "period_within_day": error(
        "not a period of the year",
        "不是一年之中的时段",
        "hours of a day stand with the measure, as 停产（每日20:00-08:00）; periods on file are {names}",
        "一天之内的时段写在措施后，照原文的钟点，如“停产（每日20:00-08:00）”；一年之中的时段有{names:pause}",
    ),
    "unknown_area": error(
        "unknown area",
        "没有这个地区",
        "全国, a province, a city, 城市/区县 or an area of rules/vocabulary",
        "全国、省、城市、城市/区县或规则词表中的区域",
    ),
    "document_elsewhere": error(
        "a document of this id stands there, and can stand only once",
        "那里已有这个编号的文件，同一编号只能有一份",
        "another id, and where it takes the place of the other: 替代",
        "另用一个文件编号；代替原文件的，在“替代”中写明",
    ),
    "unknown_area_near": error(
        "unknown area",
        "没有这个地区",
        "全国, a province, a city, 城市/区县 or an area of rules/vocabulary, perhaps {names}",
        "全国、省、城市、城市/区县或规则词表中的区域，可能是{names:pause}",
    ),
    "unknown_member": error(
        "no such place",
        "没有这个市、县或区域",
        "a city, 城市/区县 or an area of rules/vocabulary, perhaps {names}",
        "城市、城市/区县或规则词表中的区域，可能是{names:pause}",
    ),
    "not_a_vocabulary": error(
        "not a vocabulary file", "不是词表文件", "a mapping such as 'industries: [...]'", "industries: [...]一类的映射"
    ),
    "unknown_vocabulary": error("unknown vocabulary table", "没有这种词表", "{names}", "{names}"),
    "malformed_table": error("malformed table: {error}", "词表格式有误：{error}"),
    "no_such_rule": error("no such rule", "没有这条规则", "an id that rules show lists", "rules show列出的编号"),
    "no_such_kind": error("no such kind", "没有这一类", "{names}", "{names}"),
    # -- conditions
    "when_too_deep": phrase("nested deeper than {most}; split the rule", "嵌套超过{most}层，请拆成几条规则"),
    "when_no_mapping": phrase("expected a mapping of field: condition", "应为“字段: 条件”的映射"),
    "when_no_list": phrase("expected a list of mappings", "应为映射的列表"),
    "when_unknown_field": phrase(
        "unknown field {found!r}; expected a field of the vocabulary, any, all, not, any_line or every_line",
        "没有字段“{found}”，应为词表中的字段，或any、all、not、any_line、every_line",
    ),
    "when_field_barred": phrase("a rule may not read this field", "规则不得使用这个字段"),
    "when_expected_true": phrase("expected {op}: true", "应为{op}: true"),
    "when_unknown_comparison": phrase(
        "unknown comparison {op}; expected lt, le, gt, ge, between, in, not, missing or present",
        "没有{op}这种比较，应为lt、le、gt、ge、between、in、not、missing、present之一",
    ),
    "when_empty": phrase("empty condition", "条件是空的"),
    "when_empty_list": phrase("an empty list can never hold", "空的列表永远不会成立"),
    "when_too_many": phrase("more than {most} alternatives; split the rule", "可选的值超过{most}个，请拆成几条规则"),
    "when_not_number_field": phrase("this field is not a number", "这个字段不是数字"),
    "when_in_unit": phrase(" in {unit}", "（{unit}）"),
    "when_number": phrase("expected a number{unit}, found {found}", "应为数字{unit}，现为{found}"),
    "when_between": phrase("between: expected [low, high], both inclusive", "between应为[下限, 上限]，两端都含"),
    "when_between_reversed": phrase("between: {low} is above {high}", "between的下限{low}高于上限{high}"),
    "when_bool": phrase("expected true or false, found {found}", "应为true或false，现为{found}"),
    "when_text": phrase("expected text, found {found}", "应为文字，现为{found}"),
    "when_not_one_of": phrase("{found} is not one of {names:space}", "{found}不是可选的值：{names}"),
    "when_no_decision": phrase(
        "{found}: expected a kind or kind:ground of a decision, kinds {kinds:space}, grounds {grounds:space}",
        "{found}不是处罚决定的种类或“种类:理由”，种类为{kinds}，理由为{grounds}",
    ),
    "when_lines_graded": phrase(
        "the lines of an enterprise are asked for grade, not effective_grade",
        "对企业各条生产线只能问grade，不能问effective_grade",
    ),
    "when_lines_blank": phrase(
        "{name}: a blank cell is a matter of one line; ask it there", "{name}：是否空缺只能问一条生产线"
    ),
    "when_lines_nested": phrase(
        "any_line and every_line do not stand inside each other", "any_line、every_line不能互相嵌套"
    ),
    "when_not_on_file": phrase(
        "{found} is not in rules/vocabulary ({names}); add it there", "规则词表（{names}）中没有{found}，请先加入词表"
    ),
    "when_near_one": phrase(
        "{found} is not in rules/vocabulary ({names}), perhaps {near}; or add it there",
        "规则词表（{names}）中没有{found}，可能是{near:pause}；确有的请先加入词表",
    ),
    "when_compared": phrase(
        "a measured quantity needs a comparison: {{le: {one}}} (at most), {{ge: {one}}} (at least),"
        " {{in: [{one}]}} (exactly); found {found}",
        "量须写明比较：{{le: {one}}}（不超过）、{{ge: {one}}}（不低于）、{{in: [{one}]}}（恰为）；现为{found}",
    ),
    "need_form": phrase("expected {{if: {{...}}, then: {{...}}}}", "应为{{if: {{...}}, then: {{...}}}}"),
    # -- tables, like and defaults
    "table_id_missing": phrase("id is missing", "缺少id"),
    "table_unknown_field": phrase("unknown field {found!r}", "没有字段“{found}”"),
    "table_no_rows": phrase("the table has no rows", "决策表没有行"),
    "table_width": phrase("expected {width} cells, found {found}", "应有{width}格，现为{found}"),
    "table_no_names": phrase("expected a list of names", "应为名称的列表"),
    "like_no_rule": phrase(
        "like names {found!r}, which is not a rule of this document", "like所写的“{found}”不是本文件的规则"
    ),
    "like_in_a_circle": phrase("like runs in a circle through {names:space}", "like循环引用：{names}"),
    "defaults_form": phrase("defaults: expected a mapping of article: keys", "defaults应为“条款: 各项”的映射"),
    # -- measures
    "window_form": phrase('expected a daily window such as "20:00-08:00"', "应为每日时段，如20:00-08:00"),
    "window_empty": phrase("the daily window is empty", "每日时段是空的"),
    "hours_reversed": phrase("until_hours must lie after after_hours", "until_hours应晚于after_hours"),
    "then_empty": phrase(
        "then is empty: a rule that asks nothing says none or exempt", "then是空的：不作要求的规则写none或exempt"
    ),
    "measure_without_value": phrase(
        "{found!r}: needs a value, as in {{limit: 0.2}}", "“{found}”须写明数值，如{{limit: 0.2}}"
    ),
    "measure_unknown": phrase("{found!r}: unknown measure; expected {names}", "没有“{found}”这种措施，应为{names}之一"),
    "measure_form": phrase("expected a measure, found {found}", "应为措施，现为{found}"),
    "measure_one": phrase(
        "expected exactly one measure of {names}; found {found}", "应恰有一项措施（{names}），现为{found}"
    ),
    "measure_takes_not": phrase("{name} does not take {names}", "{name}不能带{names}"),
    "measure_by": phrase(
        "stop_share: by: expected one of {names} or a list, found {found}",
        "stop_share的by应为{names}之一或列表，现为{found}",
    ),
    "measure_filed": phrase("filed is what a list says, not what a rule may ask", "filed是清单所载，规则不得以此要求"),
    "compared_where": phrase(
        "what was compared is named by its page: or the sha256: of its file",
        "核对的版本须写明page（页码）或者文件的sha256",
    ),
    "rule_id": phrase("the id of a rule has no blanks, ; or /, as lf-12-a", "规则编号不含空格、;和/，如lf-12-a"),
    "document_id": phrase(
        "the id of a document has small letters, figures, . and - only, as lf-2026-plan",
        "文件编号只用小写字母、数字、.和-，如lf-2026-plan",
    ),
    "compared_when": phrase(
        "the day of the comparison is missing: valid: {{from: YYYY-MM-DD}}", "缺核对日期：valid: {{from: YYYY-MM-DD}}"
    ),
    "measure_lapsed": phrase(
        "lapsed is what becomes of a rule past its year, not what one may ask",
        "lapsed是过期规定的状态，规则不得以此要求",
    ),
    "measure_true_or_text": phrase(
        "{name}: expected true or a text, found {found}", "{name}应为true或文字，现为{found}"
    ),
    "measure_whole": phrase("{name}: expected a whole number, found {found}", "{name}应为整数，现为{found}"),
    "measure_share": phrase(
        "{name}: expected a share above 0 and up to 1 (0.2, not 20), found {found}",
        "{name}应为大于0且不超过1的比例（0.2，不是20），现为{found}",
    ),
    "measure_number": phrase("{name}: expected a number above 0, found {found}", "{name}应为大于0的数，现为{found}"),
    "measure_cap": phrase(
        "{name}: expected a number a day, {{to: number}} or {{cut: share}}",
        "{name}应为每日的数、{{to: 数}}或{{cut: 比例}}",
    ),
    "measure_caps": phrase(
        "{name}: expected mg/m³ by pollutant ({names}), found {found}",
        "{name}应为各污染物（{names}）的mg/m³，现为{found}",
    ),
    "measure_demand": phrase(
        "{name}: expected heat (以热定产), gas (以气定产), output (以量定产) or verified_load, found {found}",
        "{name}应为heat（以热定产）、gas（以气定产）、output（以量定产）或verified_load，现为{found}",
    ),
    "measure_text_wanted": phrase("{name}: expected a text, found {found}", "{name}应为文字，现为{found}"),
    # -- acts, air, evidence, heads and vocabularies
    "level_twice": phrase("a level is named twice", "同一级别写了两次"),
    "either_or": phrase("expected either {names:or}, and not both", "{names:or}须写一项且只写一项"),
    "one_of_keys": phrase("expected {names:or}", "应写明{names:or}"),
    "month_day": phrase("expected a day of the year as MM-DD", "应为MM-DD的日子，如10-01"),
    "period_form": phrase(
        "{found!r} is no period: expected 2020-10 or 2020-10..2020-12",
        "“{found}”不是时段，应如2020-10或者2020-10..2020-12",
    ),
    "period_reversed": phrase("{found!r} ends before it begins", "时段“{found}”的结束早于开始"),
    "target_places": phrase("each row begins with a place of its own", "每行应以地名开头，且地名不重复"),
    "target_numbers": phrase("row {place}: expected {count} numbers, 0 or more", "{place}一行应有{count}个不小于0的数"),
    "target_share": phrase(
        "row {place}: a fall is a share, 0.30 and not 30", "{place}一行：降幅为比例（0.30，不是30）"
    ),
    "target_upward": phrase("only good days are counted upward", "at_least只用于good_days（优良天数）"),
    "threshold_of_electricity": phrase(
        "a threshold of consumption belongs to electricity", "threshold（用电量阈值）只用于electricity（用电数据）"
    ),
    "evidence_empty": phrase(
        "the rule says nothing: expected of:, retention_days: or baseline:",
        "规则没有内容：应写明of、retention_days或者baseline",
    ),
    "baseline_weighs": phrase(
        "a comparison with a baseline is a reference, never valid on its own", "与基线的比较只作参考，weighs不能为valid"
    ),
    "baseline_days": phrase("least_days cannot be more than look_back_days", "least_days不能大于look_back_days"),
    "fine_reversed": phrase("the fine ends below where it begins", "罚款上限低于下限"),
    "breach_unknown": phrase("{found!r} is no breach; expected {names}", "没有“{found}”这种违法情形，应为{names}之一"),
    "penalty_proposal": phrase(
        "a penalty is a proposal to a person: the text begins with 建议", "处罚只能是建议，文字须以“建议”开头"
    ),
    "fine_and_outcome": phrase("fine: and outcome: fine go together", "fine与outcome: fine须同时写明"),
    "other_reading": phrase(
        "another reading stands beside times_limit and an interpretation",
        "写times_limit_other（另一种理解）时，须同时写明times_limit和interpretation",
    ),
    "retention_of_archive": phrase(
        "retention_days belongs to the step archive", "retention_days只用于archive（归档）这一步"
    ),
    "within_hours_after": phrase(
        "within_hours counts from a step: after is missing",
        "几小时内（within_hours）须写从哪一环节起算（after）",
    ),
    "after_itself": phrase("a step cannot count from itself", "环节不能从它自己起算（after）"),
    "vehicles_none": phrase(
        "no vehicles: expected stage, stage_at_most, classes or total",
        "没有写明车辆：应写stage、stage_at_most、classes或者total",
    ),
    "vehicles_elsewhere": phrase(
        "vehicles: belongs to vehicles, machinery or slag_trucks",
        "vehicles只用于about为vehicles、machinery、slag_trucks的规则",
    ),
    "breakpoint_columns": phrase("expected the columns {names}", "应有这些列：{names}"),
    "breakpoint_rising": phrase(
        "{name}: expected rising numbers, no more than in iaqi", "{name}应为递增的数，个数不多于iaqi一列"
    ),
    "breakpoint_unknown": phrase(
        "{found!r} is no breakpoint column; expected {names}", "分指数表没有“{found}”这一列，应为{names}之一"
    ),
    "pollutant_unknown": phrase(
        "{place}: unknown pollutant {found}; expected {names}", "{place}：没有{found}这种污染物，应为{names}之一"
    ),
    "advise_cause": phrase(
        "expected either primary: [...] or dust: true", "应写primary: [...]，或者dust: true，只写一项"
    ),
    "level_and_start": phrase("level and start go together", "level与start须同时写明"),
    "grading_one": phrase(
        "expected exactly one of: level with start, life, advise, tier",
        "level（连同start）、life、advise、tier须写一项且只写一项",
    ),
    "ratio_falls": phrase("a graver level asks less than a lighter one", "较重级别的减排比例低于较轻级别"),
    "floor_alone": phrase(
        "a floor without a trigger: an order from above is an input, not a rule",
        "有floor而没有trigger：上级的要求是输入，不是规则",
    ),
    "clock_form": phrase("{found!r} is no time HH:MM", "“{found}”不是HH:MM的时刻"),
    "regrade_one": phrase("expected either grade: X or drop: 1", "应写grade（等级）或者drop（降几级），只写一项"),
    "classification_then": phrase(
        "a classification rule says then: {{grade: X}} or {{drop: 1}}",
        "定级规则的then应为{{grade: 等级}}或者{{drop: 1}}",
    ),
    "classification_reads": phrase(
        "a classification rule reads grade, not effective_grade", "定级规则只能用grade，不能用effective_grade"
    ),
    "then_missing": phrase("the rule asks nothing: then is missing", "规则没有要求：缺少then"),
    "measures_read": phrase(
        "this rule reads grade; measures read effective_grade", "这条规则用了grade，措施规则应用effective_grade"
    ),
    "levels_of_warning": phrase("levels belong to the warning regime", "levels只用于warning（预警）情形"),
    "checked_by_another": phrase("checked by whoever entered it: {found}", "核对人须不是录入人（{found}）"),
    "entered_unchecked": note(
        "not yet checked by a second person: it counts as secondary until checked_by and checked_on are given",
        "尚未由另一人核对：填写核对人和核对日期之前按转载对待",
    ),
    "primary_needs": phrase(
        "an official text that a bureau entered says its {names}: absent, it is secondary",
        "文本性质写官方文本的，须写明{names}；没有的，写转载",
    ),
    "primary_number": phrase("number", "文号"),
    "primary_issued": phrase("date of issue", "发文日期"),
    "primary_issuer": phrase("issuer", "发文机关"),
    "primary_pages": phrase("pages", "页码"),
    "episode_end": phrase(
        "a document for one episode has a last day: valid: {{to: YYYY-MM-DD}}, or where its lift awaits another "
        "notice, to: not stated and the last day of the winter it concerns: concerns: {{to: YYYY-MM-DD}}",
        "只管一次过程的文件须有末日：valid: {{to: YYYY-MM-DD}}；解除另行通知的写to: not stated，"
        "并写明所属秋冬季的末日concerns: {{to: YYYY-MM-DD}}",
    ),
    "date_only": phrase("a date YYYY-MM-DD, YYYY-MM or YYYY", "日期（YYYY-MM-DD、YYYY-MM或者YYYY）"),
    "date_or_hour": phrase(
        "a date YYYY-MM-DD, YYYY-MM or YYYY, or a day with its hour YYYY-MM-DD HH:MM (local time)",
        "日期（YYYY-MM-DD、YYYY-MM或者YYYY），或者带时刻的日期YYYY-MM-DD HH:MM（北京时间）",
    ),
    "date_form": phrase("expected {wanted}", "应为{wanted}"),
    "date_without_year": phrase("the year is missing: expected {wanted}", "缺少年份，应为{wanted}"),
    "date_year": phrase("{year} is no year of a document: expected {wanted}", "{year}不是文件的年份，应为{wanted}"),
    "date_hour_or_unstated": phrase(
        "a date YYYY-MM-DD, YYYY-MM or YYYY, a day with its hour YYYY-MM-DD HH:MM (local time), or 'not stated'",
        "日期（YYYY-MM-DD、YYYY-MM或者YYYY）、带时刻的日期YYYY-MM-DD HH:MM（北京时间），原文未载明的写not stated",
    ),
    "concerns_end": phrase(
        "the last day of the year or winter is missing: to: YYYY-MM-DD", "缺所及年度或者秋冬季的末日：to: YYYY-MM-DD"
    ),
    "valid_outside": phrase(
        "outside the days of the document ({first} to {last})", "不在文件的有效期（{first}至{last}）之内"
    ),
    "interval_reversed": phrase(
        "the interval ends ({last}) before it begins ({first})", "期间的结束（{last}）早于开始（{first}）"
    ),
    "member_unnamed": phrase("a member without name or credit code", "名单成员没有名称，也没有统一社会信用代码"),
    "alias_of_no_city": phrase("{found}: no such city", "没有“{found}”这个城市"),
    "trade_of_no_industry": phrase("{found}: no such industry", "没有这种行业：{found}"),
    "fact_no_field": phrase(
        "{name}: no such column; expected an English column name of a list", "没有字段“{name}”，应为清单的英文列名"
    ),
    "fact_no_bool": phrase("{name}: expected true or false, found {found!r}", "“{name}”应为true或false，现为{found}"),
    "fact_no_number": phrase("{name}: expected a number, found {found!r}", "“{name}”应为数字，现为{found}"),
    "fact_no_text": phrase("{name}: expected one value, found {found!r}", "“{name}”应为一个值，现为{found}"),
    "fact_none_of": phrase("{name}: expected {allowed:or}, found {found!r}", "“{name}”应为{allowed}之一，现为{found}"),
    "case_line_and_lines": phrase("both line and lines", "line和lines只写一个"),
    "spelling_of_another": phrase("{found} stands for {other} already", "“{found}”已是“{other}”的写法"),
    "range_reversed": phrase(
        "the highest ({highest}) is below the lowest ({lowest})", "最高（{highest}）低于最低（{lowest}）"
    ),
    "row_twice": phrase("{found} stands in several rows", "{found}写了几行，一个名称只写一行"),
}
