"""What is said in the room ``web``."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding

MESSAGES: Final[dict[str, Message]] = {
    "own_cities_wanted": error("choose cities of the vocabulary; no city: {value!r}", "请选择本单位的城市{value}"),
    "forecast_cell": error(
        "{city} {day}: {value!r} is no AQI, no range and no class",
        "{city}{day}：“{value}”不是AQI、AQI范围或空气质量级别",
    ),
    "forecast_blank": error("no city and day has a value", "没有一个城市、一天填了数"),
    "issue_time_wanted": error(
        "when was the forecast issued?", "请写明预报何时发布，如 2026-11-28 15:00；现为“{value}”"
    ),
    "end_time_wanted": error(
        "from when on does it no longer hold?", "请写明自何时起不再有效，如 2026-11-28 15:00；现为“{value}”"
    ),
    "forecast_ahead": error(
        "issued {value}, which is still to come; say why it is to count",
        "这份预报写的发布时间{value}还没有到；有误请改正，要采用须写明理由",
    ),
    "older_forecast": error(
        "issued {value}, older than the forecast on file ({there}); say why it is to count",
        "这份预报{value}发布，早于已录入的{there}发布的预报；要采用须写明理由",
    ),
    "facts_unreadable": error("cannot be read: {error}", "不能识别：{error}"),
    "yes_or_no_wanted": error("{name}: 是 or 否", "{name}：应为是或否"),
    "number_wanted": error("{name}: a number wanted, found {said!r}", "{name}：应为数字，现为“{said}”"),
    "signed_out": error("the session has ended; sign in again", "登录已结束，请重新登录"),
    "right_missing": error("{who} has not the right {right}", "{who}没有“{right}”的权限"),
    "day_wanted": error("choose a day", "请选择日期"),
    "access_without_reason": error("say why before personal data are shown", "查阅个人信息须先写明理由"),
    "measure_wanted": error("choose the measure to put in its place", "请选择改为何种措施"),
    "share_wanted": error(
        "limiting takes per cent, 1 to 99, found {value!r}", "限产须填1至99之间的百分数，现为“{value}”"
    ),
    "evidence_wanted": error("bring evidence first: a file or a note", "请先放进证据：选择文件，或在现场记一条"),
    "published_list_gone": error(
        "act {act} holds no list any more", "第{act}号没有可用的清单文件（不是清单发布，或文件已删除）"
    ),
    "files_unread": error(
        "brought and not read: {names}",
        "选了而未能读取：{names}；请改正后重新选择，或刷新本页不用它",
    ),
    "version_blank": error("not filled in: {names}", "没有填写：{names}"),
    "all_stands": error(
        "every order of it was given already by act {acts} and holds; nothing is issued twice",
        "全部指令都已由第{acts}号发布，仍然有效，没有新内容，不再发布",
    ),
    "correction_unchanged": error(
        "it is just as act {act}, which it is to correct: change its list, forecast or a line, or drop it",
        "与所更正的第{act}号完全相同，没有更正任何内容：请先改清单、预报或某条生产线；不再更正的，放弃拟稿",
    ),
    "reason_wanted": error("say why", "请写明理由"),
    "upload_kind": error(
        "not a kind of file taken here: {name} (taken: {kinds})", "不收这种文件：{name}（可收 {kinds}）"
    ),
    "no_document": error("no document {name!r} in the rulebook", "规则库中没有文件“{name}”"),
    "no_season_file": error(
        "not a scenario of a season: it needs season, history, list",
        "不是季节推演的情景文件：须有 season、history、list 等项",
    ),
    "path_in_scenario": error("a scenario names files, not paths: {path}", "情景文件只能写文件名，不能写路径：{path}"),
    "variant_without_name": error("give the variant a name", "请给方案起名"),
    "variant_without_change": error("the variant changes nothing", "方案没有任何改变"),
    "process_died": error(
        "the work ended unexpectedly, perhaps for lack of memory", "任务进程意外终止，可能内存不足，请再试一次"
    ),
    "job_failed": error("the work failed ({error}); the log has the cause", "任务未能完成（{error}），原因见服务日志"),
    "job_stopped": error("the work was stopped", "任务已取消"),
    "too_many_runs": error(
        "{count} of your jobs wait or go on; wait for one or stop it", "您已有 {count} 个任务在进行，请等其结束或取消"
    ),
    "too_many_works": error(
        "you have {count} unsubmitted drafts; submit or drop one first",
        "您已有 {count} 份未提交的拟稿，请先提交或放弃一份",
    ),
    "work_changed_meanwhile": error(
        "others change this draft at the same time; try again", "他人正在修改这份拟稿，请稍后再试"
    ),
    "work_undecided": error("the draft must be decided again; open it", "拟稿须重新计算，请打开它"),
    "work_store_unusable": error(
        "the works in hand cannot be read or written: {error}",
        "未提交工作的文件不能读写：{error}",
        "a file and folder that can be read and written",
        "可读写的文件和文件夹",
    ),
    "work_file_lost": error(
        "a file of an unsubmitted draft is gone or was changed", "未提交拟稿的文件缺失或被改动，请重新上传"
    ),
    "too_many_variants": error("too many variants, at most {most:,}", "方案过多，上限 {most:,}"),
    "no_such_run": error("no such job: it is kept for 14 days", "没有这个任务：任务和结果保留14天"),
    "draft_gone": error(
        "this unsubmitted draft is gone: it was submitted or dropped", "这份未提交的拟稿已提交或已放弃"
    ),
    "forecast_since": finding(
        "the last forecast on record is another: {name}",
        "台账里最近录入的是{name}，这份拟稿按另一份预报计算",
    ),
    "list_since": finding(
        "the last list published for its cities is another (act {act}: {version})",
        "这些城市最近发布的清单是{version}（第{act}号），这份拟稿用的是另一份",
    ),
    "list_published_since": error(
        "a list was published since this page was opened (act {act}); open it anew and choose",
        "打开本页以后发布了清单（第{act}号）：请重新打开本页，选定清单版本再计算（已填的都在）",
    ),
    "draft_changed": error(
        "this draft was changed meanwhile by {by} (version {version}); look at it and submit it again",
        "这份拟稿在此期间已由{by}改过（第{version}版），请看过再提交",
    ),
    "no_forecast_yet": error(
        "no forecast yet: upload one, or record it under 今日", "尚未录入预报：请上传预报，或先在“今日”录入"
    ),
    "list_wanted": error("upload an enterprise list (xlsx, csv or parquet)", "请上传企业清单（xlsx、csv 或 parquet）"),
    "key_without_name": error("say which system uses the key", "写明密钥给哪个系统使用"),
    "key_without_reach": error("choose at least one thing to be read", "至少选择一项可读内容"),
    "key_name_taken": error(
        "{name!r} has a key in use; stop it first or take another name", "“{name}”已有启用的密钥，请先停用或换一个名称"
    ),
    "no_such_key": error("no such key in use", "没有这个启用的密钥"),
    "user_name_form": error(
        "a user name is of English letters, digits and underscores, a letter first",
        "用户名由英文字母、数字和下划线组成，以字母开头",
    ),
    "account_changed_meanwhile": error(
        "the account was changed meanwhile; nothing was written",
        "账号已在此期间变更，未写入",
        "a look at it as it is now",
        "刷新页面后再试",
    ),
    "account_store_unusable": error(
        "the accounts cannot be read or written: {error}",
        "账号文件不能读写：{error}",
        "a file and folder that can be read and written",
        "可读写的文件和文件夹",
    ),
    "sign_in_busy": error("too many people are signing in just now", "登录人数过多，请稍后再试"),
    "roles_clash": error(
        "roles that one account never holds together",
        "同一账号不得兼任这些角色",
        "drafting apart from approving, keeping accounts apart from signing",
        "经办与批准分设，账号管理与经办、审核、批准分设",
    ),
    "counties_of_readers": error(
        "only an account that reads and does nothing else is bound to counties",
        "限定区县的只能是仅有“查看”角色的账号",
        "the role of a reader alone, or no counties",
        "只选“查看”，或不限区县",
    ),
    "answer_wanted": error(
        "answer at least one question: choose a name, or write another", "至少答一处：选一个名称，或写出另一个"
    ),
    "note_wanted": error("say what was seen", "请选择现场看到的情况"),
    "note_time": error(
        "the time of the inspection is no day and hour up to now",
        "检查时间须写明日期和时刻，不晚于现在，如2020-01-22 15:00",
    ),
    "photo_wanted": error(
        "photos are JPEG or PNG of at most {size} MB, at most {most}",
        "照片须为JPEG或PNG，每张{size} MB以内，最多{most}张",
    ),
    "evaluation_of_all": error(
        "an evaluation is of a whole city; your account is bound to counties",
        "响应评估是全市的，您的账号限定区县，不能查看",
    ),
    "signature_taken": error(
        "the account {user} signs alike; the record could not tell them apart",
        "与账号{user}的署名相同，台账中无法区分",
        "a name or an office that tells them apart",
        "能区分两人的姓名或职务",
    ),
    "user_taken": error("the user name is taken", "用户名已被使用"),
    "no_such_account": error("no such account", "没有这个账号"),
    "name_blank": error("the name is blank", "姓名不能为空"),
    "role_wanted": error("choose at least one role", "至少选择一个角色"),
    "last_keeper": error("at least one keeper of accounts must remain", "至少保留一个账号管理员"),
    "old_password_wrong": error("the old password is wrong", "原密码不正确"),
    "password_form": error(
        "a new password has {shortest} to {longest} characters, is another than the old one "
        "and does not hold the user name",
        "新密码须为{shortest}至{longest}个字符，不同于原密码，且不含用户名",
    ),
    "said_so": error("{text}", "{text}"),
}
