"""What the commands say of themselves."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, phrase

MESSAGES: Final[dict[str, Message]] = {
    "note": phrase("note: ", "提示："),
    "error": phrase("error: {text}", "错误：{text}"),
    "more_of_the_kind": phrase("and {count} more of the same kind", "另有{count}条同类问题"),
    "place_not_on_file": error("not on file", "不在规则库中", "a city or region on file", "规则库中的城市或区域"),
    "adopt_unreadable": error("cannot be read", "不能识别", "DOCUMENT=AREA", "文件=地区"),
    "effective_without_since": error(
        "speaks of a change", "须有变更前的指令", "--since with the earlier orders", "--since 变更前的指令"
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
    "belongs_to_open": error("belongs to --open", "只能与--open同用", "--open", "--open"),
}
