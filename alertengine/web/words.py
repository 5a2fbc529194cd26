"""Problems as the page says them: what commands say in English, in Chinese, with the place a person looks at.

A message that is not known here stands as it is: half a translation would say less than none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from alertengine.vocabulary.fields import FIELDS
from alertengine.vocabulary.problems import Problem

#: Problems about the person rather than about a file.
OURS: Final = frozenset({"登录", "权限", "账号"})
#: Whole messages as patterns, and what they say; groups are kept as they are.
_MESSAGES: Final = tuple(
    (re.compile(pattern, re.DOTALL), said)
    for pattern, said in (
        # lists
        (r"required column missing", "缺少必需的列"),
        (r"no row", "没有数据行"),
        (r"no lines( of .+)?", r"没有生产线\1"),
        (r"two columns are the same field (\w+): (.+) and (.+)", r"两列是同一字段：\2和\3"),
        (r"no column of emissions", "没有排放量列"),
        (r"unit not understood", "单位不能识别"),
        (r"the same line twice \(first on row (\d+)(?: of .+)?\)", r"同一生产线重复（首次在第\1行）"),
        (r"the same line twice \(first on (.+)\)", r"同一生产线重复（首次在\1）"),
        (r"the same line stands again below", "同一生产线在下面重复出现"),
        (r"no sheet '(.+)'", r"没有工作表“\1”"),
        (r"unknown kind of file '(.*)'", r"不支持的文件类型“\1”"),
        (r"a folder", "是文件夹，不是文件"),
        (r"no header row found", "没有找到表头行"),
        (r"no sheet with the table \(sheets: (.+)\)", r"没有含此表的工作表（现有：\1）"),
        (r"columns hold lists or structures: (.+)", r"列中含有嵌套结构：\1"),
        (r"not a csv file: .+", "不是可读的csv文件"),
        (r"not a table: it is empty", "文件是空的"),
        (r"not a table: .+", "不是表格文件"),
        (r"cannot be decoded: .+", "文字编码不能识别"),
        (r"cannot be (?:read|opened): .+", "文件不能读取"),
        (r"sheet (.+) cannot be read: .+", r"工作表“\1”不能读取"),
        (r"more cells than the header has", "该行的格子比表头多"),
        (r"cannot be read; counts as unknown", "不能识别，按未知处理"),
        (r"a note or a sum, not a line: left out", "是备注或合计，不是生产线，未计入"),
        (r"(\d+) more notes or sums left out", r"另有\1行备注或合计未计入"),
        (r"no enterprise name", "没有企业名称"),
        (r"no city: no law of a city applies to the line", "没有城市，任何城市的规定都不适用"),
        (r"city not on file; kept as it stands", "城市不在规则库中，照原样保留"),
        (r"every share is at most 1 %: .+", "各比例都不超过1%：此处应为百分数，不是小数"),
        (
            r"yearly emissions divided by 365 days where the production days are unknown \((\d+) lines\)",
            r"年排放量在生产天数未知处按365天折算（\1条）",
        ),
        (r"credit code wrong; kept as the id of the enterprise", "信用代码校验不符，仍用作企业标识"),
        (
            r"no credit code on (\d+) lines; .+",
            r"\1条生产线没有信用代码：取同名企业的代码，没有的以城市加名称为标识",
        ),
        (r"no line id on (\d+) lines; .+", r"\1条生产线没有编号，按在企业内的次序编号"),
        (r"filed measure not read, kept as text \((\d+) lines\)", r"备案措施未能读出，按文字保留（\1条）"),
        (
            r"stated share differs from the filed measure, the stated one holds \((\d+) lines\)",
            r"所填比例与备案措施文字不同，按所填比例（\1条）",
        ),
        (r"a published list names its approver and published_on", "已发布的清单须写明批准人和发布日期"),
        (r"not a list version", "不是清单版本文件"),
        (r"changed after it was published on (\S+): counts as a draft", r"\1发布后被改动，按草稿处理"),
        (r"the list is not published: these orders rest on a draft \((.*)\)", r"清单未发布，指令依据的是草稿（\1）"),
        (r"(\d+) lines of no city on file left out", r"\1条生产线的城市不在规则库中，未计入"),
        # totals
        (r"the same city and sector twice", "同一城市和部门重复"),
        (r"no city, row left out", "没有城市，该行未计入"),
        (r"unknown sector, row left out", "部门不能识别，该行未计入"),
        (r"(\d+) rows of sums left out of the city totals", r"排放量中\1行合计未计入"),
        # forecasts
        (r"no usable row", "没有可用的行"),
        (r"not on file", "不在规则库中"),
        (r"unreadable cell, counted as missing", "不能识别，按缺失处理"),
        (r"out of range, counted as missing", "超出范围，按缺失处理"),
        (r"not a range, counted as missing", "不是范围，按缺失处理"),
        (r"no value, counted as missing", "没有数值，按缺失处理"),
        (r"above the scale, read as (\d+)", r"超出指数上限，按\1处理"),
        (r"columns not read: (.+)", r"未读取的列：\1"),
        (r"(\d+) cities not on file left out: (.+)", r"\1个城市不在规则库中，未计入：\2"),
        (r"(\d+) rows without a value: missing days", r"\1行没有数值，按缺失的日子处理"),
        (r"PM2\.5 above PM10 in (\d+) rows, first in row (\d+)", r"\1行的PM2.5高于PM10，首见第\2行"),
        (r"no primary pollutant in rows (.+): counted as particulate", r"第\1行没有首要污染物，按颗粒物处理"),
        (r"the same place and time stands again below: the later row counts", "同一地点和时间在下面重复，以后一行为准"),
        (r"nothing had been issued by now", "在所定时刻以前没有已发布的预报"),
        (
            r"(.+): no rule on the life of warnings in force; nothing decided",
            r"\1：没有有效的预警启动和解除规定，未作判断",
        ),
        (
            r"(.+): too few hours ahead are known to lift or lower the warning in force",
            r"\1：已知的预报时长不足，不能判断解除或降级",
        ),
        (r"no grading in force on (.+): (.+) not graded", r"\1没有有效的分级规定：\2未分级"),
        (r"(.+): days missing or incomplete break a run", r"\1：缺失或不完整的日子中断了连续天数"),
        (r"covers (\d+) days after the day of issue", r"只覆盖发布日之后\1天"),
        (r"issued late in the day", "当日发布较晚"),
        # orders, scenarios, ledgers
        (r"(\d+) rules lapsed before (\S+), no later text on file: (.+)", r"\1条规则在\2前失效，没有读到后续文本：\3"),
        (r"no lines of (.+), which is under a warning", r"\1在预警中，清单里没有它的生产线"),
        (r"no ratio is required", "没有减排比例要求"),
        (r"no such file", "没有这个文件"),
        (r"no such city", "没有这个城市"),
        (r"no such line", "没有这条生产线"),
        (r"(\d+) lines answer to this", r"有\1条生产线与此相符"),
        (r"the list does not hold this line", "清单中没有这条生产线"),
        (r"no weather", "没有天气资料"),
        (r"no list", "没有清单"),
        (r"given twice", "重复上传"),
        (r"would not be read", "与本次无关，不会读取"),
        (r"no file name", "没有文件名"),
        (r"no such act", "台账中没有这一条"),
        (r"act (\d+) has no orders to recompute", r"第\1号没有可重新计算的指令"),
        (r"act (\d+) is no draft", r"第\1号不是拟稿"),
        (r"files of act (\d+) were erased", r"第\1号的文件已删除"),
        (r"no act gave this enterprise an order", "台账中没有哪一条给过这家企业指令"),
        (r"another process is writing; nothing was written", "另有程序正在写台账，本次未写入，请稍后再试"),
        (r"no warning and no order: nothing to record", "没有预警也没有指令，无可记录"),
        (r"nobody signed", "无人签署"),
        (r"the record was changed: (.+)", r"台账被改动：\1"),
        (
            r"(.+?): no procedure on file says who must (?:draft|propose|review|approve) \(程序未录入\)",
            r"\1：程序未录入",
        ),
        (r"overridden twice", "同一生产线变更两次"),
        (r"not a grade", "不是绩效等级"),
        (r"no such sector", "没有这个部门"),
        (r"no line of the cities asked for", "所选城市没有生产线"),
        (r"nothing left of the cities and days asked for", "所选城市和日期没有资料"),
        (r"the same line stands in two lists", "同一生产线在两份清单中"),
    )
)
#: What was expected, as patterns.
_EXPECTED: Final = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"a csv or xlsx file with a header row", "有表头的csv或xlsx文件"),
        (r"a csv or xlsx file", "csv或xlsx文件"),
        (r"csv, xlsx or parquet.*", "csv、xlsx或parquet文件"),
        (r"\.csv, \.xlsx or \.parquet", "csv、xlsx或parquet文件"),
        (r"an Excel workbook", "Excel工作簿"),
        (r"a text file in UTF-8 or GB18030", "UTF-8或GB18030编码的文本"),
        (r"(?:comma separated|plain) cells", "普通的格子"),
        (r"a readable file", "可读的文件"),
        (r"a parquet file", "parquet文件"),
        (r"a number in (\S+)(.*)", r"以\1计的数字\2"),
        (r"a number(.*)", r"数字\1"),
        (r"a whole number in (\S+)(.*)", r"以\1计的整数\2"),
        (r"a whole number(.*)", r"整数\1"),
        (r"0 to 100", "0到100"),
        (r"days a year", "一年的天数"),
        (r"one column", "一列"),
        (r"at least one (?:row below the headers|line)", "表头下至少一行"),
        (r"each line once", "每条生产线一行"),
        (r"each file once", "每个文件一次"),
        (r"one of (.+)", r"\1之一"),
        (r"a city or region on file", "规则库中的城市或区域"),
        (r"cities of vocabulary/places\.yaml.*", "规则库地名表中的城市"),
        (r"a city, a day and a value", "城市、日期和数值"),
        (r"a concentration ≥ 0", "不小于0的浓度"),
        (r"a day such as (.+)", r"日期，如\1"),
        (r"a time such as (.+)", r"时间，如\1"),
        (r"a lower and an upper end", "下限和上限"),
        (r"an AQI, a range, classes or concentrations", "AQI、范围、级别或浓度"),
        (r"a value for each day", "每日的数值"),
        (r"a column (\w+) \((.+)\)", r"一列“\2”"),
        (r"18 characters with the check character of GB 32100-2015", "GB 32100-2015规定的18位代码"),
        (r"lists publish before issuing", "先发布清单"),
        (r"the file as published, or a new version by lists publish", "发布时的文件，或另发布新版本"),
        (r"a file beside the scenario", "与情景文件一同上传的文件"),
        (r"--history FILE, or history: FILE", "上传天气资料"),
        (r"--list FILE, or list: FILE", "上传企业清单"),
        (r"a warning", "有预警"),
        (r"a list", "企业清单"),
    )
)


def said(problem: Problem) -> str:
    """A problem as one sentence: our own as it stands, those of a file with their place."""
    if problem.code:
        return problem.text("zh", short=True)
    message = in_chinese(problem.message)
    if problem.file in OURS:
        return message
    place = PurePosixPath(problem.file.replace("\\", "/")).name
    if problem.row is not None:
        place += f"第{problem.row}行"
    if problem.column:
        place += f"“{column_words(problem.column)}”"
    text = f"{place}：{message}"
    if problem.value:
        text += f"（现为“{problem.value}”）"
    if problem.expected:
        text += f"；应为{expected_words(problem.expected)}"
    return text


def sentences(problem: Problem) -> tuple[str, str]:
    """What is wrong and what was expected, in Chinese."""
    if problem.code:
        return problem.words("zh")
    return in_chinese(problem.message), expected_words(problem.expected)


def in_chinese(message: str) -> str:
    """A message in Chinese, as it stands where it is not known."""
    return _translated(message, _MESSAGES)


def expected_words(text: str) -> str:
    """What was expected, in Chinese where it is known; alternatives one by one."""
    found = _translated(text, _EXPECTED)
    return (found if found != text else text.replace(" or ", "或")).replace(" and <=", "且<=")


def column_words(name: str) -> str:
    """The Chinese name of a column that is called by its English one."""
    return FIELDS[name].text if name in FIELDS else name


@lru_cache(maxsize=4096)
def _translated(text: str, table: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, words in table:
        found = pattern.fullmatch(text)
        if found:
            return found.expand(words)
    return text
