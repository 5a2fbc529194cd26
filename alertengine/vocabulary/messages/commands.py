"""What the commands say of themselves."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, phrase

MESSAGES: Final[dict[str, Message]] = {
    # -- tables
    "pair_unreadable": error("cannot be read", "无法识别", "HEADER=what it is", "“表头=内容”"),
    "nothing_said": error(
        "nothing to save",
        "没有可保存的内容",
        "--field, --unit, --value or --sheet",
        "--field、--unit、--value或--sheet",
    ),
    "profile_saved": phrase("profile saved to {file}", "对照已存为{file}"),
    "note": phrase("note: ", "提示："),
    "error": phrase("error: {text}", "错误：{text}"),
    "read_as": phrase("read: ", "读取："),
    "more_of_the_kind": phrase("and {count} more of the same kind", "另有{count}条同类问题"),
    "place_not_on_file": error("not on file", "不在规则库中", "a city or region on file", "规则库中的城市或区域"),
    "early_not_judged": phrase(
        "a person must look at what is told here: whether lines must be told early is not judged",
        "有待人工核对的问题，不能判断是否须提前告知",
    ),
    # -- lines of usage
    "usage_no_day": error("{value!r} is not a day; expected YYYY-MM-DD", "'{value}'不是日期；应为YYYY-MM-DD"),
    "usage_day_beyond": error(
        "{value!r} is not a day of the years {first} to {last}", "'{value}'不在{first}年至{last}年之内"
    ),
    "usage_no_time": error(
        "{value!r} is not a time; expected YYYY-MM-DD or 'YYYY-MM-DD HH:MM'",
        "'{value}'不是时间；应为YYYY-MM-DD或'YYYY-MM-DD HH:MM'",
    ),
    "usage_time_beyond": error(
        "{value!r} is not a local time of the years {first} to {last}", "'{value}'不是{first}年至{last}年的当地时间"
    ),
    "usage_no_hours": error(
        "{value!r} is not a length; expected hours, a minute at least and up to {most}",
        "'{value}'不是时长；应为不短于1分钟、不超过{most}小时的时长，以小时计",
    ),
    "usage_no_course": phrase(
        "{value!r}: expected a level and hours, as yellow:48", "'{value}'：应为级别和小时数，如yellow:48"
    ),
    "usage_folder_gone": phrase("the folder this runs in is gone", "运行所在的文件夹已不存在"),
    "usage_no_unicode": phrase(
        "{value!r}: characters in another encoding than this machine's; rename the file or type it anew",
        "{value!r}含有非本机编码的字符；请改名或重新输入",
    ),
    "usage_level_or_course": phrase(
        "give --level (and --hours), or --course", "--level（可加--hours）和--course须且只须写一种"
    ),
    "usage_too_many": phrase("arguments too many: {names}", "多出的参数({names})"),
    "usage_no_choice": error("{value!r} is not one of {names:or}", "'{value}'不在可选值之内；应为{names:or}"),
    "usage_no_whole": phrase("{value!r} is not a whole number", "'{value}'不是整数"),
    "usage_no_number": phrase("{value!r} is not a number", "'{value}'不是数"),
    "usage_out_of_range": phrase("{value} is not within {range}", "{value}不在{range}之内"),
    "usage_no_value": phrase("{value!r} cannot be used", "'{value}'不能识别"),
    "usage_choice_wanted": phrase("expected {names:or}", "应为{names:or}"),
    "usage_whole_wanted": phrase("expected a whole number", "应为整数"),
    "usage_value_wanted": phrase("cannot be used", "不能识别"),
    "adopt_unreadable": error("cannot be read", "不能识别", "DOCUMENT=AREA", "文件=地区"),
    "adopted_twice": error(
        "adopted for {other} too",
        "又用于{other}",
        "one area for a document; that of several cities stands in vocabulary/areas.yaml of a rules folder",
        "一份文件只用于一处；几个城市的区域写在规则文件夹的vocabulary/areas.yaml",
    ),
    "effective_without_since": error(
        "speaks of a change", "须有变更前的指令", "--since with the earlier orders", "--since 变更前的指令"
    ),
    "decisions_without_list": error(
        "decisions speak of the lines of a list", "处罚决定须与清单一并给出", "--list with them", "同时给出--list"
    ),
    "scenario_not_live": error("the scenario is a {mode}", "情景是{mode}", "a live scenario", "正式运行的情景"),
    "scenario_says_itself": error("a scenario says this itself", "情景中已有", "one or the other", "二者择一"),
    "nothing_to_issue": error(
        "nothing to issue",
        "没有要发布的内容",
        "SCENARIO, or --list with --level and --date",
        "情景，或--list加--level和--date",
    ),
    "nothing_to_do": error(
        "nothing to do", "没有要做的事", "--receipts FILE, --open, or both", "--receipts 文件、--open，或两者"
    ),
    "not_dossier_suffix": error(
        "unknown suffix", "不支持的文件类型", ".html, .json or a folder", ".html、.json或文件夹"
    ),
    "only_html": error("unknown suffix", "不支持的文件类型", ".html", ".html"),
    "by_without_personal": error(
        "belong to --with-personal", "只能与--with-personal同用", "--with-personal", "--with-personal"
    ),
    "record_was_changed": error(
        "the record was changed: {defect}",
        "台账被改动：{defect}",
        "an untouched ledger; see ledger verify",
        "未被改动的台账，见ledger verify",
    ),
    "record_foreign": error(
        "the record is not as this program writes it: {defect}",
        "台账不是本程序写出的样式：{defect}",
        "a record that this program kept; see ledger verify",
        "本程序保管的台账，见ledger verify",
    ),
    "measure_weakened": finding(
        "{enterprise}, line {line}: the filed measure asks less than before",
        "{enterprise}，生产线{line}：备案措施轻于以前",
        "at least {before}",
        "不轻于{before}",
    ),
    "option_blank": error("is blank", "空白", "a text", "文字"),
    "scipy_missing": error(
        "scipy is missing", "未安装scipy", "pip install 'alertengine[plan]'", "pip install 'alertengine[plan]'"
    ),
    "list_and_line": error(
        "--list and --line go together", "--list和--line须同用", "both, or neither", "都给，或都不给"
    ),
    "into_beside_output": error("cannot stand beside -o", "不能与-o同用", "one of the two", "二者择一"),
    "into_no_folder": error("no such folder", "没有这个文件夹", "a folder of rules", "规则文件夹"),
    "one_or_each": error(
        "neither once nor once a document",
        "既不是一次，也不是每份文件一次",
        "once, or {count} times",
        "写一次，或写{count}次",
    ),
    "belongs_to_lift": error("belongs to --lift", "只能与--lift同用", "--lift", "--lift"),
    "correction_without_table": error(
        "corrects decisions by a table", "更正须给出决定表", "TABLE as well", "同时给出决定表"
    ),
    "lift_without_day": error("says no day", "没有说明日期", "--on YYYY-MM-DD", "--on 年-月-日"),
    "table_or_lift": error(
        "a table and --lift are two acts", "录入决定表和--lift是两次记录", "one of the two", "二者择一"
    ),
    "belongs_to_open": error("belongs to --open", "只能与--open同用", "--open", "--open"),
    "and_more_named": phrase(
        "and {count} more; -o problems.csv names them all", "另有{count}处；-o problems.csv列出全部"
    ),
    "lines_checked": phrase(
        "{lines} lines; {without} of {firms} enterprises without lines; law of {day}",
        "{lines}条生产线；{firms}家企业中{without}家没有生产线；适用{day}的规定",
    ),
    "line_stands_twice": phrase(
        "the same line stands twice: no order can be given, nothing written", "同一生产线重复：不能下达指令，未写入"
    ),
    "cases_ran": phrase("{held} cases hold, {failed} fail", "{held}个案例成立，{failed}个不成立"),
    "values_moved": phrase(
        "{tried} values moved, {unnoticed} noticed by no case", "改动了{tried}个数值，{unnoticed}个没有案例察觉"
    ),
    "written_to": phrase("written to {files}", "已写入{files}"),
    "folder_of_run": phrase("{folder} (run {run})", "{folder}（运行{run}）"),
    "despite": phrase("despite: {problem}", "尽管：{problem}"),
    "version_published": phrase(
        "{version}: published on {day}, sha256 {digest}", "{version}：{day}发布，sha256 {digest}"
    ),
    "act_of_ledger": phrase("act {act} of {ledger}, hash {hash}", "{ledger}第{act}号，哈希{hash}"),
    "lines_partitioned": phrase(
        "{lines} lines of {cities} cities written to {folder}", "{cities}个城市的{lines}条生产线已写入{folder}"
    ),
    "outlines_written": phrase(
        "outlines of {cities} cities and {counties} counties written to {file}",
        "{cities}个市、{counties}个区县的轮廓已写入{file}",
    ),
    "outlines_inside": phrase(
        "note: without an approval number (审图号) the map stays off public pages",
        "提示：没有审图号，地图不得用于公开页面",
    ),
    "map_of_package": error(
        "is said of the bureau's own outlines alone", "只用于本单位自己的轮廓", "--geojson with it", "同时给出--geojson"
    ),
    "map_whereto": error(
        "either a ledger or --output, not both", "台账与--output须给且只给一个", "LEDGER, or -o FILE", "台账，或-o 文件"
    ),
    "written_file": phrase("written {path}", "已写入{path}"),
    "compared_at_once": phrase("all comparisons at once: {command}", "核对结果可一次录入：{command}"),
    "not_ready": phrase(
        "{open} of {all} enterprises are not ready to be served", "{all}家企业中有{open}家的文书尚不能送达"
    ),
    "made_anew": phrase(
        "note: edited by hand since and made anew; the edited one is kept as {path}",
        "提示：改过的文书已重新生成，原改动存为{path}",
    ),
    "left_edited": phrase("note: edited by hand since, left as it is: {name}", "提示：人工改过，未作改动：{name}"),
    "without_duty": phrase(
        "note: {count} enterprises without any duty: no document", "提示：{count}家企业没有应执行的措施，不出文书"
    ),
    "documents_removed": phrase(
        "note: {count} documents of an earlier run removed", "提示：已移除上一次运行的{count}份文书"
    ),
    "documents_made": phrase(
        "{made} documents made, {stood} stood already: {folder}", "已生成{made}份文书，{stood}份原已存在：{folder}"
    ),
    "no_notice": phrase("note: no public notice was made", "提示：没有生成公告"),
    "rows_written": phrase("{count} rows written to {file}", "{count}行已写入{file}"),
    "checkpoint_shown": phrase(
        "checkpoint of {time}: act {act}, signed by {key} ({known})",
        "{time}的检查点：第{act}号，由{key}签署（{known}）",
    ),
    "note_of": phrase("note: {text}", "提示：{text}"),
    "ledger_unchanged": phrase(
        "{path}: {acts} acts, unchanged; last {last}", "{path}：{acts}条记录，未被改动；末条{last}"
    ),
    "key_given": phrase("the key given", "已用所给密钥核对"),
    "key_not_given": phrase("not compared with a known key: give --key", "未与已知密钥核对，请给出--key"),
    "ledger_defects": phrase("{path}: {count} defects: {text}", "{path}：{count}处缺陷：{text}"),
    "ledger_changed": phrase("changed", "被改动"),
    "ledger_torn": phrase("its end is torn, the acts before stand", "末尾残缺，其前各号有效"),
    "ledger_cut": phrase("it was cut off, no act of it can be read", "文件被截断，各号均不能读取"),
    "ledger_unseen": phrase("acts are hidden", "有记录被隐去"),
    "ledger_unsigned": phrase("signatures are missing", "缺少签名"),
    "ledger_foreign": phrase(
        "the chain is right, and what acts hold has not the form that this program writes",
        "哈希链正确，记录的内容不是本程序写出的样式",
    ),
    "key_written": phrase("written to {private} and {public}; key {key}", "已写入{private}和{public}；密钥{key}"),
    "act_signed": phrase("act {act}, hash {hash}; written to {file}", "第{act}号，哈希{hash}；已写入{file}"),
    "ledger_as_it_was": phrase("the ledger as it was: {file}", "原台账：{file}"),
    "papers_of_city": phrase(
        "{count} papers for {city}, SMS of {length} characters: {place}",
        "{city}：{count}份文书，短信{length}字：{place}",
    ),
    "orders_changed": phrase(
        "note: in {cities} no warning changes, orders of {count} enterprises do; their change orders: documents {new} "
        "--since {old}",
        "提示：{cities}预警未变，{count}家企业的指令与上一次不同；变更指令：documents {new} --since {old}",
    ),
    "papers_are_drafts": phrase(
        "note: the papers for {city} are drafts for {count} open matters (summary.json, readiness): {matters}",
        "提示：{city}文书为草稿，未决{count}项（summary.json的readiness）：{matters}",
    ),
    "to_be_filled": phrase("note: to be filled in before it goes out (待填): {name}", "提示：发出前须补填：{name}"),
    "releases_recorded": phrase("all releases are recorded already; no act was added", "放行都已记录，未增加记录"),
    "decisions_recorded": phrase(
        "all {count} decisions are recorded already; no act was added", "{count}件决定都已记录，未增加记录"
    ),
    "case_left_out": phrase("{file}: {name}: fails as things are, left out", "{file}：{name}：现状下不通过，未计入"),
    "rules_found": phrase("{count} rules", "{count}条规则"),
    "line_decided": phrase("{day} {level}: {said}", "{day}，{level:level}：{said}"),
    "line_misses": phrase("{misses:then}", "{misses:then}"),
    "rules_further": phrase(
        "{summary}; {count} rules further from holding not shown", "{summary}；另有{count}条相去较远的规则未列出"
    ),
    "exported": phrase("{document} -> {path}", "{document}已写成{path}"),
    "handed_on": phrase(
        "{document} -> {path}, signed by {by} with the key {key}: have its fingerprint read out to whoever receives it",
        "{document}已写成{path}，由{by}以密钥{key}签名：请向接收单位口头核对密钥指纹",
    ),
    "rules_imported": phrase(
        "{document}: {rules} rules, {changes} changes", "{document}：{rules}条规则，{changes}处变化"
    ),
    "nothing_written": phrase("nothing written; --yes writes {target}", "未写入；--yes写入{target}"),
    "rulebook_checked": phrase(
        "{documents} documents, {rules} rules, {cases} worked cases, {holes} declared holes, {findings} findings",
        "{documents}份文件、{rules}条规则、{cases}个案例，声明的缺项{holes}处，问题{findings}处",
    ),
    "coverage_counted": phrase(
        "{where} {day}: {cells} cells; {decided} decided{share}: {by}; {refer} left to the city's plan, "
        "{missing} declared missing, {undetermined} without rule or declaration",
        "{where}，{day}：共{cells}格；已定{decided}格{share}：{by}；由地方方案规定{refer}格，声明的缺项{missing}格，"
        "既无规则也无声明{undetermined}格",
    ),
    "orders_differ": phrase(", {count} orders differ", "，{count}条指令不同"),
    "write_it": phrase("Write {target}?", "写入{target}吗？"),
    "web_missing": error(
        "{module} is missing", "未安装{module}", "pip install 'alertengine[web]'", "pip install 'alertengine[web]'"
    ),
    "certificate_and_key": error(
        "--certificate and --key go together", "--certificate和--key须同用", "both, or neither", "都给，或都不给"
    ),
    "pem_absent": error("{there}", "{there}", "a PEM file", "PEM文件"),
    "rules_differ": phrase(
        "{count} differences of {rules} rules and documents{more}", "{rules}条规则和文件有{count}处不同{more}"
    ),
    "bar_documents": phrase("documents", "文书"),
    "bar_cases": phrase("cases", "案例"),
    "bar_values": phrase("values", "数值"),
    "bar_simulate": phrase("simulate", "模拟"),
    "bar_planning": phrase("planning", "优化"),
    "findings_shown": phrase(
        "{count} findings, {shown} of them breached or doubtful", "{count}条核查结果，其中{shown}条为违反或存疑"
    ),
    "archive_written": phrase(
        "{files} files, sha256 {digest}; written to {path}", "{files}个文件，sha256 {digest}；已写入{path}"
    ),
    "no_change": phrase(
        "no change: no warning to issue, extend, raise, lower or lift",
        "无变化：没有需要发布、延长、升级、降级或解除的预警",
    ),
    "receipts_recorded": phrase(
        "all {count} receipts are recorded already; no act was added", "{count}条回执都已记录，未增加记录"
    ),
    "first_sign_in": phrase(
        "first sign-in: user admin, one-time password {password}", "首次登录：用户admin，一次性密码{password}"
    ),
    "unencrypted": phrase(
        "note: other machines reach this page unencrypted: give --certificate and --key",
        "提示：其他机器访问本页未加密：请给--certificate和--key",
    ),
    "served_at": phrase("{scheme}://{host}:{port}  (Ctrl+C ends it)", "{scheme}://{host}:{port} （Ctrl+C结束）"),
    "acts_differ": phrase(
        "{count} differences between act {before} and act {after}{counted}",
        "第{before}号与第{after}号有{count}处不同{counted}",
    ),
    "act_replayed": phrase(
        "act {act}: {rows} orders, {text}{erased}{since}", "第{act}号：{rows}条指令，{text}{erased}{since}"
    ),
    "replay_same": phrase("identical", "逐字节相同"),
    "replay_differs": phrase("{count} differences{counted}", "{count}处不同{counted}"),
    "replay_erased": phrase(
        ", from the list without personal fields (erased)", "，按删去个人信息栏目的清单（个人信息已删除）"
    ),
    "replay_since": phrase("; since then {versions}", "；其后{versions}"),
    "counted_by_column": phrase(": {columns}", "：{columns}"),
    "and_more_rows": phrase("and {count} more: {ways:or}", "另有{count}行，见{ways:or}"),
    "browsed_at": phrase(
        "http://127.0.0.1:{port}/ledger  (Ctrl+C ends it)", "http://127.0.0.1:{port}/ledger （Ctrl+C结束）"
    ),
    "cases_there": phrase("cases are there already: none were written", "已有案例文件，未另写"),
    "list_covered": phrase(
        "{day}: a rule decides {covered} of {lines} running lines at every level, {weight} of what the list emits",
        "{day}：{lines}条在产生产线中，{covered}条各级别都有规定，占清单排放的{weight}",
    ),
    "chapter_written": phrase(
        "{path}: {open} cells to decide, {left} passages not read", "{path}：{open}格待决定，{left}处原文未读入"
    ),
    "orders_would_change": phrase(
        "{count} orders would change under the law of {day}", "按{day}的规定，将有{count}条指令改变"
    ),
    "city_without_plan": phrase(
        "{city}: no emergency plan in force is on file, every paper is a draft: alertengine rules plan {city} -o"
        " 预案表.xlsx",
        "{city}没有现行的应急预案在案，全部文书为草稿：alertengine rules plan {city} -o 预案表.xlsx",
    ),
    "list_progress": phrase(
        "since {since}: {before} of the emissions covered then, {now} now; {texts} texts were missing",
        "自{since}以来：当时已有规定的占排放{before}，现在{now}；当时缺{texts}份文本",
    ),
    "progress_unread": error(
        "not a file of progress", "不是进度文件", "a csv with the columns {names}", "含{names}各列的csv"
    ),
    "plan_written": phrase("{path}: the form of the plan, {open} cells to fill in", "{path}：预案表，{open}格待填"),
    "plan_after": phrase(
        "begun with what {document} 《{title}》 says; the new document takes its place",
        "已按{document}《{title}》的内容预填；新文件取代该文件",
    ),
    "plan_open": phrase("{city}: {open} matters of its plan are open", "{city}：预案尚有{open}项未决"),
    "written_here": phrase("written: {path}", "已写入：{path}"),
}
