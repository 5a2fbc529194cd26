"""What is said of acts that correct others; part of the room ``workflow``."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, note, phrase

MESSAGES: Final[dict[str, Message]] = {
    "act_corrected_whole": error(
        "no order of act {act} held for an hour: act {by} corrects it",
        "第{act}号的指令没有一小时由其执行：已由第{by}号更正",
        "--act {by}",
        "--act {by}",
    ),
    "act_corrected": note(
        "act {act} is judged until {since} alone: from then on act {by}, which corrects it, binds",
        "第{act}号只核查到{since}，其后执行的是更正它的第{by}号",
    ),
    "correction_without_reason": error("a correction says why", "更正须说明理由", "--reason REASON", "--reason 理由"),
    "corrected_overtaken": error(
        "of what act {act} is about, later acts decided since: {places:then}",
        "第{act}号之后又发布了同一城市的指令：{places:then}",
        "a run that goes on from them, or why act {act} is corrected all the same",
        "另拟稿接续，或说明为何仍更正第{act}号",
    ),
    "corrected_overtaken_in": error(
        "of some cities of act {act}, later acts decided since: {places:then}",
        "第{act}号之后又发布了其中一部分城市的指令：{places:then}",
        "a correction of the other cities alone ({open}): revise the draft, or name them as cities of the scenario; "
        "or why act {act} is corrected in all of them",
        "只更正其余城市（{open}）：“修改后重新提交”，场景里写cities；或说明为何仍一并更正第{act}号",
    ),
    "correction_narrowed": note(
        "since act {act}, later acts decided of some of its cities, which this correction leaves out: {places:then}",
        "第{act}号的下列城市已由后来的指令决定，不在这份更正里，仍按后来的执行：{places:then}",
    ),
    "correction_drops": finding(
        "the correction decides nothing of {cities}: what act {act} ordered there ends with it, and no paper says so",
        "更正后{cities}没有预警也没有指令：第{act}号在那里的预警和指令自更正发布后的下一个整点起失效，但没有该市的文书",
        "first an ordinary run that lifts the warning there, then the others corrected; or word to those it binds",
        "先照常拟稿解除该市的预警，再更正其余城市；否则须另行告知",
    ),
    "city_by_acts": phrase("{city} (act {acts})", "{city}（第{acts}号）"),
    "correction_of_nothing": error(
        "decided so there is no warning and no order: nothing takes the place of act {act}",
        "这样算来没有预警，也没有指令，没有可代替第{act}号的内容",
        "an ordinary run on this forecast, which lifts what act {act} warned of, or takes it back before it begins",
        "更正不能只作撤销：录入这份预报后照常拟稿，程序按现在的时刻解除第{act}号的预警（未开始的即取消）",
    ),
    "only_orders_corrected": error(
        "only warnings and orders are corrected so", "只能这样更正预警和指令", "an act of kind issue", "issue类的一条"
    ),
    "other_mode_corrected": error(
        "act {act} is of mode {mode}, this run of mode {own}: it corrects acts of its own mode alone",
        "第{act}号是{mode:mode}，本次是{own:mode}，只能更正性质相同的",
        "a run of mode {mode}",
        "{mode:mode}（mode: {mode}）",
    ),
}
