"""What is said of forecasts, observations and warnings."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

MESSAGES: Final[dict[str, Message]] = {
    # -- reading
    "forecast_column_missing": error(
        "required column missing", "缺少必需的列", "a column {name} ({header})", "一列“{header}”（{name}）"
    ),
    "values_are": note(
        "{count} columns of cities or days: their cells are taken as {names}",
        "城市或日期分列在{count}个列中：其中的数值按{names}读取",
    ),
    "header_without_year": error(
        "{count} columns of days whose headers have no year: {names}",
        "{count}列以日期为表头而没有年份：{names}",
        "each day with its year (2026-11-30), or a row a day with a column 预报日期",
        "表头写明年份（如2026-11-30），或每日一行、另设“预报日期”一列",
    ),
    "values_of_what": error(
        "{count} columns of cities or days ({names}), and nothing says what their numbers are",
        "城市或日期分列在{count}个列中（{names}），未说明其中的数值是什么",
        "a column of indicators, a title or sheet name with AQI or one pollutant, or a profile (tables map --value "
        "指标=AQI --save NAME)",
        "一列“指标”，或标题、工作表名写明AQI或一种污染物，或用对照说明（tables map --value 指标=AQI --save 名称）",
    ),
    "no_usable_row": error("no usable row", "没有可用的行", "a city, a day and a value", "城市、日期和数值"),
    "not_a_range": error(
        "not a range, counted as missing", "不是范围，按缺失处理", "a lower and an upper end", "下限和上限"
    ),
    "days_without_value": note("{count} rows without a value: missing days", "{count}行没有数值，按缺失的日子处理"),
    "no_value": error(
        "no value, counted as missing",
        "没有数值，按缺失处理",
        "an AQI, a range, classes or concentrations",
        "AQI、范围、级别或浓度",
    ),
    "pm25_above_pm10": note(
        "PM2.5 above PM10 in {count} rows, first in row {first}", "{count}行的PM2.5高于PM10，首见第{first}行"
    ),
    "foreign_cities": note(
        "{count} cities not on file left out: {names}{more}",
        "{count}个城市不在规则库中，未计入：{names}{more}",
        "cities of vocabulary/places.yaml; --rules adds a folder with more",
        "规则库地名表中的城市；--rules可增加规则文件夹",
    ),
    "no_primary": note(
        "no primary pollutant in rows {rows}{more}: counted as particulate",
        "第{rows}{more}行没有首要污染物，按颗粒物处理",
    ),
    "dust_not_set": note(
        "the remark speaks of 沙尘 but dust is not set in rows {rows}{more}: not counted as dust",
        "第{rows}{more}行备注写有沙尘，但未标明沙尘，不按沙尘处理",
        "1",
        "1",
    ),
    "days_with_hours": note(
        "the column of days has hours: each counts as the hour that ends then", "日期列带有小时：各按到该时为止的一小时"
    ),
    "issued_as_above": note(
        "no column of issue times: every row counts as issued at {time}, as it stands above the table",
        "没有发布时间一列：各行均按表上方所写的发布时间{time}计",
    ),
    "issued_as_decided": note(
        "no column of issue times: every row counts as issued at {time}, the time of the decision as it was given",
        "没有发布时间一列：各行均按所给的决定时间{time}发布计",
    ),
    "days_before_issue": error(
        "the days begin before {time}, when it counts as issued: perhaps an older forecast, or observations",
        "所报日期早于计作发布之时{time}：可能是较早的预报，或为实测",
        "issue times of its own, or days from that of the issue on",
        "自带的发布时间，或自发布之日起的日期",
    ),
    "row_without_place": error("no place: row left out", "没有地点，该行未计入"),
    "row_without_issue": error("no issue time: row left out", "没有发布时间，该行未计入"),
    "row_without_day": error("no day: row left out", "没有日期，该行未计入"),
    "an_aqi": phrase("an AQI, 0 to {top}", "AQI，0至{top}"),
    "classes": phrase("{names:space}, or two of them such as 轻至中度污染", "{names}，或轻至中度污染一类的两级"),
    "a_city_or_region": phrase("a city or region on file", "规则库中的城市或区域"),
    "a_concentration": phrase("a concentration ≥ 0", "不小于0的浓度"),
    # -- deciding
    "nothing_issued": error("nothing had been issued by now", "在所定时刻以前没有已发布的预报"),
    "forecast_given_again": error(
        "it does not say when it was issued and was decided on already, at {time}: perhaps the forecast of that day",
        "未注明发布时间，且{time}的决定已用过同一文件：可能是当日的旧预报",
        "the forecast of the day of the decision, or issue times of its own",
        "决定当日的预报，或自带的发布时间",
    ),
    "old_forecast": error(
        "the newest forecast is of a day before the decision",
        "最新的预报早于决定之日",
        "a forecast issued on the day of the decision",
        "决定当日发布的预报",
    ),
    "old_forecast_of": error(
        "{place}: the newest forecast of the place is of a day before the decision",
        "{place}最新的预报早于决定之日",
        "a forecast of the place issued on the day of the decision",
        "该地在决定当日发布的预报",
    ),
    "older_issue": note(
        "{place}: the newest issue does not have {days}: this older one counts for them",
        "{place}最新一期预报没有{days}，这些日子按此前这一期计",
    ),
    "standing_not_covered": error(
        "{place}: a warning is in force and no forecast covers the place: kept as it is",
        "{place}有生效中的预警，预报没有覆盖该地，维持原状",
    ),
    "county_not_covered": error(
        "{place}: a warning is in force and the forecast has no row of the county: decided by the air of {city}",
        "{place}有生效中的预警，预报没有该区县，按{city}的空气判定",
        "a forecast of the county, or an order from above that sets it apart",
        "该区县的预报，或者单列该区县的上级要求",
    ),
    "county_ended_before": error(
        "{place}: its own warning ended at {at} and that of {city} goes on: its lines are ordered by that again",
        "{place}单列的预警已于{at}结束，{city}的预警仍在持续，该区县的生产线又按全市预警下达",
        "a person's word whether the county follows its city",
        "该区县是否随全市执行，由人确定",
    ),
    "observation_missing": error(
        "{place}: no observations of {days} while a warning is in force: what began then is taken to go on",
        "{place}预警生效期间没有{days}的观测，按过程仍在持续处理",
        "observations of those days (--observed, observed; of a season its history)",
        "这些日子的观测（--observed，observed；推演为history）",
    ),
    "observation_of_run_missing": error(
        "{place}: no observations of {days} while a warning is in force: the level, decided from later days alone, "
        "may be too low",
        "{place}预警生效期间没有{days}的观测，仅按此后各日定级，级别可能偏低",
        "observations of those days (--observed, observed; of a season its history)",
        "这些日子的观测（--observed，observed；推演为history）",
    ),
    "observations_unused": error(
        "no observation of {names} up to {now}: nothing in this file was used",
        "没有{names}在{now}以前的观测，本文件未起作用",
        "observations of the cities of the forecast, up to the moment of the decision",
        "预报所列城市到决定时刻为止的观测",
    ),
    "open_order_absent": error(
        "{place}: the warning in force runs until further notice by an order from above that is not given now: decided "
        "as if it were withdrawn",
        "{place}生效中的预警依上级要求执行至另行通知，本次没有给出该要求，按已撤销判定",
        "the order (orders), with its end where it was withdrawn",
        "该上级要求（orders），已撤销的写明结束时间",
    ),
    "order_absent": error(
        "{place}: the warning in force rests on an order from above until {until} that is not given now: decided as if "
        "it were withdrawn",
        "{place}生效中的预警所依的上级要求执行至{until}，本次没有给出该要求，按已撤销判定",
        "the order (orders), with its end where it was withdrawn",
        "该上级要求（orders），已撤销的写明结束时间",
    ),
    "orders_disagree": error(
        "{place}: of the same hours this order asks {level} and another ({other}) {other_level}: this one holds",
        "{place}：同一时段本项上级要求为{level:level}，另一项（{other}）为{other_level:level}，按本项执行",
        "the end (to) of the order that no longer holds",
        "不再执行的一项写明结束时间（to）",
    ),
    "warning_torn": error(
        "the record ends in the middle of a row: it was cut",
        "预警记录在一行中间断开，不完整",
        "the whole file as the run wrote it",
        "原样完整的文件",
    ),
    "record_city_unknown": finding(
        "not a city on file: its warnings are kept as they are and decided by no forecast",
        "规则库中没有这个城市：其预警原样保留，不随预报判定",
        "a city on file{near}",
        "规则库中的城市{near}",
    ),
    "no_county_of_city": error(
        "{city} has no such county", "{city}没有这个区县", "a county of it{near}", "该市的区县{near}"
    ),
    "warning_changed": error(
        "is not as the run beside it wrote it",
        "与所在文件夹的运行写出时不同",
        "the file as it was written ({manifest})",
        "写出时的文件（{manifest}）",
    ),
    "warning_cell_blank": error("blank", "空白", "{name}", "{name}"),
    "warning_ends_early": error("ends before it starts", "结束不晚于开始", "a time after {starts}", "晚于{starts}"),
    "warning_contradicts": error(
        "contradicts row {row_of}: the same warning, decision and start",
        "与第{row_of}行矛盾：同一预警、同一决定、同一起始时间",
    ),
    "warning_of_two_places": error(
        "the warning of another place (row {row_of})",
        "是另一地的预警（第{row_of}行）",
        "one place a warning",
        "一次预警一地",
    ),
    "warning_not_issued": error(
        "speaks of a warning that no row before issued",
        "所说的预警此前没有发布",
        "a row 发布 before it",
        "此前的一行发布",
    ),
    "warning_backwards": error(
        "was decided before row {row_of} of the same warning",
        "早于同一预警的第{row_of}行作出",
        "the rows of a warning in the order of their decisions",
        "同一预警的各行按作出的先后排列",
    ),
    "decided_before": finding(
        "holds what was decided at {now}: nothing new, no papers are made",
        "已有{now}作出的决定：没有新的预警，不生成文书",
        "the record of before that decision, or a newer forecast",
        "作出该决定以前的预警记录，或更新的预报",
    ),
    "decided_since": error(
        "this folder holds the run of a later moment; this one is of {now}",
        "该文件夹已有更晚时刻的结果，本次为{now}",
        "another folder",
        "另一个文件夹",
    ),
    "decided_later": error(
        "this warning was last decided on at {decided}, after the moment of this decision ({now})",
        "该预警最近一次作出决定是{decided}，晚于本次决定的时刻（{now}）",
        "a forecast, or --date, not older than the record",
        "不早于预警记录的预报或--date",
    ),
    "decided_otherwise": error(
        "of the same hours of this warning something else was decided at this very moment ({now})",
        "该预警同一时段在本次决定的时刻（{now}）已另有决定",
        "the record of before that decision, or a later moment of this one (now, --date)",
        "作出该决定以前的预警记录，或更晚的决定时刻（now，--date）",
    ),
    "no_life_rule": error(
        "{place}: no rule on the life of warnings in force; nothing decided",
        "{place}：没有有效的预警启动和解除规定，未作判断",
    ),
    "too_few_hours": note(
        "{place}: too few hours ahead are known to lift or lower the warning in force",
        "{place}：已知的预报时长不足，不能判断解除或降级",
    ),
    "days_missing": error(
        "{place}: days missing or incomplete break a run",
        "{place}：缺失或不完整的日子中断了连续天数",
        "a value for each day",
        "每日的数值",
    ),
    "ends_of_range": note(
        "{place}: {mid:level} by the middle of the forecast, {low:level} by its lower end, {high:level} by its upper",
        "{place}：按预报中值{mid:level_text}，下限{low:level_text}，上限{high:level_text}",
    ),
    "rounding_decides": note(
        "{place}: the rounding of the AQI decides the highest level: {level} by the standard, {other} otherwise",
        "{place}：最高级别由AQI取整决定，按标准取整为{level:level_text}，按另一种取整为{other:level_text}",
    ),
    "no_grading": error(
        "no grading{issued} in force on {days}: {names} not graded", "{days}没有{issued}有效的分级规定：{names}未分级"
    ),
    "issued_by": phrase(" issued by {day} (known-on)", "{day}及以前发布的（known-on）、"),
    "issued_after_its_days": error(
        "issued after the last day it forecasts, {last}",
        "发布时间晚于所报的最后一天（{last}）",
        "an issue time before the days of the forecast",
        "早于所报日期的发布时间",
    ),
    "short_forecast": note(
        "covers {days} days after the day of issue",
        "只覆盖发布日之后{days}天",
        "{asked} ({rule})",
        "{asked}天（{rule}）",
    ),
    "late_forecast": note("issued late in the day", "当日发布较晚", "by {by} ({rule})", "{by}以前（{rule}）"),
    "no_such_regime": error("no such document", "没有这份文件", "{names}", "{names}"),
    "regime_without_levels": error("a document without levels", "这份文件没有预警分级", "{names}", "{names}"),
    "regional_start": note(
        "{title}: {reached} reach the trigger{least}; from {start} to {end} the region should start {level} or above "
        "together, {follow} ({source})",
        "{title}：{reached:pause}达到启动条件{least}，建议{start}至{end}区域同步启动{level:level_text}及以上预警；"
        "{follow}（{source}）",
    ),
    "regional_start_open": note(
        "{title}: {reached} reach the level of the trigger{least}, the air of {missing} is not known: "
        "whether the region starts together, {start} to {end}, stays open ({source})",
        "{title}：{reached:pause}达到启动所需级别{least}，{missing:pause}的预报缺失或未覆盖，"
        "{start}至{end}是否区域同步启动无法判定，须人工了解（{source}）",
    ),
    # -- orders from above
    "floor_wrong": error("order {number}: unreadable", "第{number}项上级要求：不能识别", "{expected}", "{expected}"),
    "floor_unknown_key": error("order {number}: unknown key", "第{number}项上级要求：没有这一项", "{names}", "{names}"),
    "a_floor_area": phrase("a province, city, 城市/区县 or area on file", "规则库中的省、城市、城市/区县或区域"),
    "a_floor_level": phrase("yellow, orange or red", "黄色、橙色或红色（yellow、orange、red）"),
    "a_floor_time": phrase("a time such as 2018-02-25 00:00", "时间，如2018-02-25 00:00"),
    "a_later_time": phrase("a time after from", "晚于from的时间"),
}
