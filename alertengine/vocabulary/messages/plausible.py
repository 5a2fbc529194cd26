"""What is said of values that cannot be, of rows that contradict each other and of names nobody knows."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

MESSAGES: Final[dict[str, Message]] = {
    "perhaps_one": phrase(", perhaps {names}", "，可能是{names}"),
    "or_one_added": phrase(", or one added in a rules folder", "，或在规则文件夹中增加"),
    "a_city_nearly": phrase("a city or region on file, perhaps {names}", "规则库中的城市或区域，可能是{names}"),
    "rows_from_here": phrase(", in {count} rows from here on", "（自此行起共{count}行）"),
    "air_no_data": error("a mark of missing data, counted as missing{more}", "缺测标记，不是数值，按缺失处理{more}"),
    "air_zero": error("no observation is exactly 0, counted as missing{more}", "实测值不会恰为0，按缺失处理{more}"),
    "air_zero_row": error(
        "every number of the row is 0: no such air, counted as missing{more}",
        "该行各项均为0，不是真实空气，按缺失处理{more}",
    ),
    "air_out_of_range": error(
        "not plausible, counted as missing{more}",
        "数值不可信，按缺失处理{more}",
        "{lowest:number}..{highest:number}",
        "{lowest:number}～{highest:number}",
    ),
    "number_implausible": error(
        "not plausible: counts as unknown",
        "数值不可信，按未知处理",
        "{lowest:number}..{highest:number}",
        "{lowest:number}～{highest:number}",
        stake="order",
    ),
    "air_jump": error(
        "one hour {times:number} times above the hours before and after it, counted as missing{more}",
        "该小时为前后两小时的{times:number}倍以上，按缺失处理{more}",
    ),
    "air_day_jump": error(
        "one day {times:g} times above or below the days before and after it, counted as missing{more}",
        "该日为前后两日的{times:g}倍以上或其{times:g}分之一以下，按缺失处理{more}",
    ),
    "days_copied": finding(
        "{city}: {count} days from {first} on have the same index and the same concentrations: was a day copied?",
        "{city}自{first}起{count}天的指数和各项浓度完全相同：是否把一天的数值复制到了各天？",
        "the values of each day",
        "各天自己的数值",
    ),
    "days_alike": note(
        "{city}: {count} days from {first} on have one and the same index",
        "{city}自{first}起{count}天的指数完全相同，请核对是否逐日填写",
    ),
    "air_level_contradiction": finding(
        "AQI and level of one row contradict each other (the level is {lowest:g}..{highest:g}){more}",
        "同一行的AQI与等级不符（该等级为{lowest:g}～{highest:g}）{more}",
        "an index of the level beside it",
        "与同行等级相符的指数",
    ),
    "perhaps_a_row_off": phrase(
        "; they are those of the row {where}: is a column shifted by one row?",
        "；却与{where}一行的相符：是否有一列错开了一行？",
    ),
    "row_above": phrase("above", "上"),
    "row_below": phrase("below", "下"),
    "air_unit_read": note(
        "{name} read as {unit} (its middle value is {middle:number}) and divided by {factor:number}",
        "{name}按{unit}读取（中位数{middle:number}），已除以{factor:number}",
    ),
    "air_unit_doubted": error(
        "{name} below {below:number} throughout (its middle value is {middle:number}): looks like {unit}, "
        "counted as missing",
        "{name}普遍低于{below:number}（中位数{middle:number}），疑似单位为{unit}，按缺失处理",
        "µg/m³",
        "µg/m³",
    ),
    "air_unit_stray": error(
        "looks like {unit}, unlike the rest of the column (its middle value is {middle:number}), "
        "counted as missing{more}",
        "与该列其他数值（中位数{middle:number}）不是同一单位，疑似{unit}，按缺失处理{more}",
    ),
    "day_far_from_issue": error(
        "no plausible day, left out{more}",
        "日期不可信，未采用{more}",
        "at most {before} days before and {after} after the issue",
        "发布日前{before}天至后{after}天之内",
    ),
    "day_far_from_others": error(
        "no plausible day, left out{more}",
        "日期不可信，未采用{more}",
        "within {days} days of the middle of the file ({middle})",
        "距文件中间日期（{middle}）{days}天之内",
    ),
    "air_contradiction": finding(
        "AQI is not that of the concentrations beside it in {off} of {compared} rows: "
        "is a header shifted by one, or a unit another?{shifted}",
        "{compared}行中有{off}行的AQI与同行各项浓度算得的不符：表头是否错了一列，或单位不同？{shifted}",
        "the index of its own row",
        "与同行浓度相符的指数",
    ),
    "stations_left_out": error(
        "rows of stations ({cities}), not of a city: left out",
        "是点位数据（{cities}），不是城市数据，未采用",
        "one row a city and time",
        "每城市每时刻一行",
    ),
    "stations_mean": note(
        "rows of stations: {cities} is the mean of its stations, {least} to {most} at a time",
        "点位数据：{cities}取同一时刻各点位的均值，点位数{least}至{most}个",
    ),
    "rows_unequal": finding(
        "rows {rows:and} say different things of one place and time; the range between them counts",
        "第{rows:and}行对同一地点同一时刻说法不一，按两者之间的范围计",
        "one row for a place and time",
        "同一地点同一时刻一行",
    ),
    "rows_repeat": note("rows that repeat another: {rows}", "与前面相同的重复行：第{rows}行"),
    "primary_unread": finding(
        "{place}: primary pollutant unreadable; no warning rests on these days, which may come to {level:level}",
        "{place}：首要污染物无法识别，这些日子不据以预警；若按颗粒物计可达{level:level}",
    ),
    "city_nearly": finding(
        "not a city on file, though {near} has no row of its own: left out",
        "目录内没有该城市，而{near}没有数据：未采用",
        "a city on file",
        "目录内的城市",
    ),
    "plant_nearly": finding(
        "new on the list, and {near} has left it under nearly the same name: one enterprise or two?",
        "为新增，而{near}以相近的名称退出：是否同一企业？",
        "the same name or credit code as before, if it is one",
        "如为同一企业，名称或信用代码应与原清单一致",
    ),
    "plants_alike": finding(
        "nearly the name of {there} ({place}), and no credit codes tell them apart: one plant or two?",
        "与{there}（{place}）名称相近，又没有信用代码可以区分：是否同一企业？",
        "one name, or the credit codes of both",
        "同一名称，或各填信用代码",
        title="疑似同一企业",
        stake="recipient",
        kind="name_two_codes",
    ),
    "register_code_twice": finding(
        "the register has this code for {name} too: one plant or two?",
        "企业名录中{name}也是这个代码：是否同一企业？",
        "one row a plant, other names among its former names (曾用名)",
        "每个企业一行，其他名称写入曾用名",
        title="企业名录重复",
        stake="recipient",
        kind="code_two_names",
    ),
    "register_name_twice": finding(
        "{name} stands in the register before, with {there}: that is taken",
        "企业名录中{name}在前面已有，为{there}：采用前者",
        "one row a plant; several numbers joined by ;",
        "每个企业一行，多个编号以分号隔开",
        title="企业名录重复",
        stake="recipient",
        kind="name_two_codes",
    ),
    "plant_perhaps": finding(
        "not in the register, though nearly the name of {near:or}: one plant or two?",
        "企业名录中没有，而与{near:or}相近：是否同一企业？",
        "the name of the register, or this one among its former names (曾用名)",
        "名录中的名称，或在名录的曾用名中写入本名称",
        title="疑似同一企业",
        stake="recipient",
        kind="name_two_codes",
    ),
    "plant_known_as": note(
        "known by the register as {name}", "企业名录中为{name}", kind="no_code", title="企业更名", stake="recipient"
    ),
    "plant_other_code": finding(
        "not the code that the register has of {name}",
        "与企业名录中{name}的代码不一致",
        "{registered}",
        "{registered}",
        title="代码与名录不符",
        stake="recipient",
        kind="name_two_codes",
    ),
    "number_zeros": note(
        "without its leading zeros, or with signs, the only one that can be meant is {near}: matched",
        "缺前导零或多出符号，只可能是{near}，已对上",
    ),
    "number_nearly": finding(
        "a number that may be one of several, or of none; not judged",
        "可能是其中之一，也可能都不是，未作判断",
        "{near:or}",
        "{near:or}",
    ),
    "firm_nearly": finding(
        "readings of no enterprise with orders, though the name nearly is one; not judged",
        "名称与收到指令的企业相近，未对上，未作判断",
        "{near:or}",
        "{near:or}",
    ),
    "no_row_of_city": finding(
        "no readable row of {city}, which is asked for: nothing is decided for it",
        "所要求的{city}没有可读的行，未对其作出判断",
        "at least one row of each city asked for",
        "所要求的每个城市至少一行",
    ),
}
