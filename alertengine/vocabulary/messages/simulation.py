"""What is said in the room ``simulation``."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

MESSAGES: Final[dict[str, Message]] = {
    "nothing_of_history": error(
        "nothing left of the cities and days asked for",
        "所选城市和日期没有资料",
        "days {span}, {names}",
        "日期{span}，{names}",
    ),
    "aqi_recomputed": note(
        "AQI differs from that of the concentrations in {off} of {compared} days; the latter counts",
        "{compared}天中有{off}天的AQI与浓度不符，以浓度计算为准",
    ),
    "notice_column_missing": error("required column missing", "缺少必需的列", "{header}", "{header}"),
    "no_hour_from": error("no hour from {day} on", "{day}起没有逐时数据", "a day within the feed", "数据所含的日期"),
    "no_grading_on_days": error(
        "{city}: no grading in force on {days} days, nothing decided on them",
        "{city}：有{days}天没有有效的分级规定，未作判断",
        "regime (of a backtest --regime) names a document to suppose",
        "以regime（回测为--regime）假定一份文件",
    ),
    "raise_not_reckoned": note(
        "{variant}: the measure of {lines} raised lines cannot be reckoned; raising them changes no sum",
        "{variant}：{lines}条提级生产线的措施无法核算，提级在减排量中不显示效果",
        "the figure in the list",
        "清单中补填该项",
    ),
    "raise_without_ground": note(
        "{variant}: {lines} raised lines have no measure on file at {level} for their new grade; what they no longer"
        " lose there is a gap of the law on file, no relief",
        "{variant}：{lines}条提级生产线的新等级在{level}级没有在库措施，由此减少的损失是依据缺失，不是减负",
        "a rule or a filed measure for that grade",
        "该等级的规定或备案措施",
    ),
    "beyond_area": note("applied beyond its area as a supposition: {cities}", "假定适用于其地域以外：{cities}"),
    "too_few_leads": error(
        "too few leads", "预见期不足", "{leads} (leads 0..{last}) or one", "{leads}个（0至{last}）或1个"
    ),
    "no_pairs_of_city": error(
        "no pairs of this city",
        "没有这个城市的预报与实况对照",
        "its pairs, or cities: pooled",
        "它的对照，或cities: pooled",
    ),
    "no_common_day": error(
        "no day both forecast and observed",
        "没有既有预报又有实况的日子",
        "forecasts of days that were observed",
        "有实况日子的预报",
    ),
    "observed_column_missing": error(
        "required column missing", "缺少必需的列", "observed AQI, or observed: a file", "实况AQI一列，或observed: 文件"
    ),
    "ratio_to_zero": error(
        "no ratio to an observed AQI of 0", "实况AQI为0，不能求比值", "residual: difference", "residual: difference"
    ),
    "ensemble_not_usable": error("not usable", "不能使用", "0..{most} and 0..23", "0至{most}和0至23"),
    "dask_missing": error("not installed", "未安装dask", "the extra alertengine[cluster]", "alertengine[cluster]"),
    "no_scheduler": error(
        "no scheduler answers",
        "没有调度程序应答",
        "the address of a running scheduler, or local",
        "运行中的调度程序地址，或local",
    ),
    "cluster_unusable": error(
        "cannot be used: {error}",
        "不能使用：{error}",
        "tcp://HOST:PORT, tls://HOST:PORT or local",
        "tcp://主机:端口、tls://主机:端口或local",
    ),
    "cluster_unencrypted": error(
        "not encrypted: whoever reaches that port can run code here and there",
        "未加密：能连到该端口的人都可以在集群和本机上运行代码",
        "tls://HOST:PORT; or --insecure on a network that nobody else is on",
        "tls://主机:端口；网络上别无他人的，可加--insecure",
    ),
    "cluster_certificates": error(
        "certificates are missing",
        "缺少证书文件",
        "--cluster-ca, --cluster-certificate and --cluster-key together, each a PEM file",
        "同时给出--cluster-ca、--cluster-certificate和--cluster-key，均为PEM文件",
    ),
    "no_worker": error("the scheduler has no worker", "调度程序没有工作进程", "at least one", "至少一个"),
    "part_lost": error(
        "a part was lost with every worker it was given to",
        "一部分计算随各工作进程一同丢失",
        "workers with more memory",
        "内存更大的工作进程",
    ),
    "worker_lacks": error(
        "a worker lacks the program: {error}",
        "工作进程缺少程序：{error}",
        "alertengine {version} and its libraries on every worker",
        "每个工作进程都有alertengine {version}及所需的库",
    ),
    "cluster_lost": error(
        "the cluster was lost: {error}", "集群中断：{error}", "a scheduler that stays", "稳定的调度程序"
    ),
    "worker_differs": error("a worker has another {name}", "工作进程的{name}不同", "{wanted}", "{wanted}"),
    "decisions_of_folder": error(
        "the list is a folder that holds its decisions",
        "清单是已含处罚决定的文件夹",
        "--decisions given to lists partition",
        "在lists partition时给出--decisions",
    ),
    "folder_there": error("is there already", "已经存在", "a new or empty folder", "新的或空的文件夹"),
    "other_format": error("another format", "格式版本不同", "{format}", "{format}"),
    "part_missing": error("is missing", "缺失", "a whole folder", "完整的文件夹"),
    "part_unreadable": error(
        "cannot be read: {error}",
        "文件不能读取：{error}",
        "the folder under the same path on every worker",
        "每个工作进程上同一路径的文件夹",
    ),
    "no_totals_of_city": error(
        "no whole-society emissions", "没有全社会排放量", "a table 全社会排放量 with the city", "含该市的全社会排放量表"
    ),
    "no_ratio_required": error(
        "no ratio is required",
        "没有减排比例要求",
        "a day and place with a ratio in force",
        "有减排比例要求的日期和地点",
    ),
    "no_output_value": note(
        "no column of output value named: an average line of every industry and process weighs the same",
        "没有写明产值列：各行业、工序按平均的生产线计",
        "--value HEADER where the list has one",
        "清单有此列的，用--value 表头",
    ),
    "planned_on_published": note(
        "a published list: planned as the draft of its revision",
        "清单已发布：按其修订草稿规划",
        "the plan published before it can bind",
        "发布后方可执行",
    ),
    "cities_left_out": note("{count} lines of no city on file left out", "{count}条生产线的城市不在规则库中，未计入"),
    "not_a_rules_place": error(
        "not read as a rule document there",
        "该位置的文件不会作为规则读取",
        "a name such as rules-draft/plan.yaml",
        "rules-draft/plan.yaml一类的名称",
    ),
    "no_such_column": error("no such column", "没有这一列", "{names}", "{names}"),
    "value_without_unit": error(
        "the column does not say its unit", "列名未写明单位", "as 日产值(万元)", "如“日产值(万元)”"
    ),
    "not_a_value": error(
        "not an amount of yuan ({place})",
        "不是产值金额（{place}）",
        "a number, 0 or more, or blank",
        "不小于0的数字，或留空",
    ),
    "not_production": error("not an amount of production", "不是产量", "a number, 0 or more", "不小于0的数字"),
    "not_a_season": error(
        "not a season",
        "不是整季情景",
        "a scenario with season: {{from: ..., to: ...}}, history and list",
        "含season: {{from: ..., to: ...}}、history和list的情景",
    ),
    "season_refused": error("{error}", "不符合要求：{error}"),
    "no_weather": error(
        "no weather", "没有天气资料", "--history FILE, or history: FILE", "--history 文件，或history: 文件"
    ),
    "no_list": error("no list", "没有清单", "--list FILE, or list: FILE", "--list 文件，或list: 文件"),
    "totals_count": error(
        "{given} totals",
        "{given}份排放量表",
        "none, or one for each of the {lists} lists",
        "不给，或{lists}份清单各给一份",
    ),
    "line_in_two_lists": error("the same line stands in two lists", "同一生产线在两份清单中"),
    "sector_in_two_totals": error(
        "the totals of two of the lists have the same city and sector: they would count twice",
        "两份清单的排放总量中有同一城市的同一部门，会重复计入",
        "each city's sector in the totals of one list",
        "每个城市的每个部门只在一份清单的总量中",
    ),
    "order_without_effect": note(
        "an order from above that touches no day or no place of this season: it changes nothing",
        "上级要求不涉及本季的任何一天或任何地方，不起作用",
    ),
    "leap_day_left_out": note(
        "the weather's 29 February has no day to go to and is left out: days around it join",
        "天气资料的2月29日在所移年份没有对应日期，未计入，前后两日相连",
    ),
    "no_such_sector": error("the totals have no such sector", "排放总量中没有这个部门", "{names}", "{names}"),
    "no_totals_of_sectors": error(
        "no totals: no emissions of a sector to change",
        "没有排放总量，部门的排放无从改变",
        "totals beside the list",
        "totals: 排放量表",
    ),
    "raise_of_none": note("raises no line of the list", "清单中没有由此提级的生产线"),
    "not_a_grade": error("not a grade", "不是绩效等级", "{names}", "{names}"),
    "units_not_compared": error(
        "capacities in several units cannot be compared",
        "产能单位不一，不能比较大小",
        "plants of one unit picked by when:, or by: an emission",
        "用when:选单位相同的企业，或用by:按排放量比较",
    ),
    "history_ends": note(
        "the history has nothing beyond the edge of the season: a warning there may be milder, or shorter, than it was",
        "天气资料在本季首尾之外没有数据：首尾处的预警可能比实际轻或短",
        "a history that goes on beyond the season",
        "比本季更长的天气资料",
    ),
    "raise_refused": error("{error}", "规则语言有误：{error}", "the rule language", "规则语言"),
    "ensemble_of_real": error(
        "an ensemble of real forecasts", "真实预报不能再作集合", "observations as history:", "以实况为history:"
    ),
    "real_forecasts": error("holds real forecasts; they are not changed", "是真实预报，不作改动"),
    "observed_not_used": note(
        "not used: the history is observations itself, no real forecasts",
        "未使用：回测的资料本身是观测，不是真实预报",
    ),
    "days_without_mean": note(
        "{cities}: days without a valid mean break a run", "{cities}：没有有效日均值的日子中断了连续天数"
    ),
    "months_missing": note(
        "{cities}: months without a single valid day: nothing is said of them",
        "{cities}：整月没有有效日均值，这些月份没有推演",
    ),
    "aqi_only": note(
        "indices alone, no concentrations: they cannot be recomputed under the standard of their day, and targets of"
        " concentrations cannot be judged",
        "只有AQI、没有污染物浓度：不能按当日标准重算，浓度类目标不能判断",
    ),
    "aqi_without_primary": note(
        "indices alone, no concentrations, no primary pollutant: rules that set ozone or dust apart cannot apply, all"
        " count as particulate; they cannot be recomputed, and targets of concentrations cannot be judged",
        "只有AQI，没有污染物浓度和首要污染物：臭氧、沙尘等另行对待的规定无从适用，均按颗粒物计；不能按当日标准重算，"
        "浓度类目标不能判断",
    ),
    "days_only": note(
        "days alone, no hours: warnings begin and end at midnight, windows across midnight cannot be seen",
        "只有日均值、没有小时值：预警只能在零时起止，跨日的连续24小时均值看不到",
    ),
    "city_not_observed": error("no observations of this city", "没有这个城市的实况"),
    "no_city_observed": error("no observations of a whole city", "没有整个城市的实况"),
    "no_whole_block": error(
        "no {days} successive days of issue with all leads",
        "没有连续{days}个发布日具备全部预见期",
        "issues that cover leads 0..{last}, observations of their days, or fewer block_days or days_ahead",
        "覆盖预见期0至{last}的预报及当日实况，或减小block_days、days_ahead",
    ),
    "notice_without_start": error("a notice left out", "一则通告未计入", "a time", "时间"),
    "notice_time_unread": finding(
        "a time of a notice cannot be read: it counts as not told",
        "通告的时间不能识别，按未载明计",
        "a time, or 另行通知",
        "时间，或者另行通知",
    ),
    "notice_backwards": error("a notice left out: it ends before it begins", "一则通告未计入：结束早于开始"),
    "notice_level_unread": finding(
        "its level cannot be read: the notice counts as one of no level",
        "级别不能识别，该通告按未载明级别计",
        "one of {levels}",
        "{levels}之一",
    ),
    "notice_city_unknown": finding(
        "no known city: the notice counts for the others it names",
        "城市不在目录内，通告只计所列其他城市",
        "a city on file{near}",
        "目录内的城市{near}",
    ),
    "notice_without_city": error("a notice left out", "一则通告未计入", "cities on file", "规则库中的城市"),
    "notice_year_own": note(
        "the year is inferred from the notice's other dates: {year}", "年份系推断：据该通告所载其他日期，为{year}年"
    ),
    "notice_year_beside": note(
        "the year is inferred from the notices beside it: {year}", "年份系推断：据文件中前后通告的日期，为{year}年"
    ),
    "notice_year_unknown": error(
        "a notice left out: its year is not written and cannot be told",
        "一则通告未计入：未写年份，也无从推断",
        "a date with its year",
        "带年份的日期",
    ),
    "partition_unreadable": error(
        "cannot be read: {error}", "文件不能读取：{error}", "a folder of lists partition", "lists partition写出的文件夹"
    ),
    "not_a_partition": error(
        "cannot be read", "不能读取", "a folder of lists partition", "lists partition写出的文件夹"
    ),
    "stated_spread": phrase(
        "expected sd: or sd_share:, one number per lead day from 0 on or one for all",
        "应写sd或者sd_share：自第0天起每个预见期一个数，或者共用一个数",
    ),
    "negative_spread": phrase("a standard deviation is not negative", "标准差不能为负"),
    "step_asks": phrase(
        "a step must be a stop, a share, a coking time or a cap on concentrations",
        "每一步应为停产、比例、结焦时间或者浓度上限",
    ),
    "season_reversed": phrase("to lies before from", "末日早于首日"),
    "weather_day": phrase(
        "weather_from must be the same day of another year than from", "weather_from应为另一年与from相同的月日"
    ),
    "variant_names": phrase(
        "variant names must differ, and {base!r} is the base: {names}", "方案名称不得重复，“{base}”留作基准：{names}"
    ),
    "sweep_key_twice": phrase(
        "{key} of the sweep says again what another of its keys has said", "组合中的{key}与另一键说的是同一项"
    ),
    "sweep_too_large": phrase(
        "the sweep comes to {count} variants; at most {most}", "组合共有{count}个方案，最多{most}个"
    ),
}
