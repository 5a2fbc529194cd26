"""What holds of a city, in whole sentences."""

from __future__ import annotations

from typing import Any, Final

import pytest

from alertengine.orders import state_head, state_words

STATE: Final[dict[str, Any]] = {
    "city": "临汾市", "at": "2021-01-10 08:00", "decision": "", "level": "orange", "since": "2021-01-10 08:00",
    "ends": "2021-01-12 00:00", "then": None, "lines": 0, "ordered": 0, "stopped": 0, "undetermined": 0, "kg": {},
}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "自2021年1月10日8时起执行Ⅱ级（橙色）响应"),
        ({"decision": "issue"}, "自2021年1月10日8时起执行Ⅱ级（橙色）响应（发布，至2021年1月12日0时）"),
        ({"decision": "issue", "ends": ""}, "自2021年1月10日8时起执行Ⅱ级（橙色）响应（发布）"),
        ({"decision": "raise", "level": "red"}, "自2021年1月10日8时起执行Ⅰ级（红色）响应（升级，至2021年1月12日0时）"),
        ({"since": "2021-01-09 18:30"},
         "2021年1月10日8时执行中：Ⅱ级（橙色）响应（自2021年1月9日18时30分起，至2021年1月12日0时）"),
        ({"since": "2021-01-09 18:00", "ends": ""}, "2021年1月10日8时执行中：Ⅱ级（橙色）响应（自2021年1月9日18时起）"),
        ({"since": "2021-01-11 00:00"}, "自2021年1月10日8时起执行Ⅱ级（橙色）响应"),
        ({"since": "", "at": ""}, "Ⅱ级（橙色）响应"),
        ({"since": "", "at": "", "decision": "extend"}, "Ⅱ级（橙色）响应"),
        ({"areas": [["侯马市", "red", "2021-01-11 00:00"], ["", "orange", ""]], "level": "red",
          "decision": "change"},
         ("自2021年1月10日8时起执行侯马市Ⅰ级（红色）、其余县（市、区）Ⅱ级（橙色）响应"
           "（调整，侯马市至2021年1月11日0时，其余县（市、区）至另行通知）")),
        ({"areas": [["侯马市、曲沃县", "orange", ""]], "ends": "", "since": "2021-01-09 18:00"},
         "2021年1月10日8时执行中：侯马市、曲沃县Ⅱ级（橙色）响应（自2021年1月9日18时起）"),
        ({"decision": "lift"}, "自2021年1月10日8时起终止响应"),
        ({"decision": "cancel", "since": "2021-01-11 00:00"}, "原定2021年1月11日0时启动的响应取消"),
        # the level goes on since then, and was to change at the moment of the state
        ({"decision": "stay", "since": "2021-01-09 18:00"},
         "取消原定自2021年1月10日8时起的级别调整，继续执行Ⅱ级（橙色）响应"),
    ],
)  # fmt: skip
def test_a_state_is_told_from_when_it_holds(said: dict[str, Any], told: str) -> None:
    assert state_head({**STATE, **said}) == told  # type: ignore[typeddict-item]


def test_states_are_told_with_their_figures_and_what_a_decision_changes_later() -> None:
    counted = {"lines": 12, "ordered": 9, "stopped": 3, "kg": {"so2": 1234.5}}
    later = {**STATE, "decision": "lift", "since": "2021-01-11 00:00"}
    other = {
        **STATE,
        "city": "太原市",
        "lines": 7,
        "ordered": 4,
        "stopped": 1,
        "undetermined": 2,
        "kg": {"nox": 0.3, "pm": 5.0},
    }
    states: Any = [{**STATE, **counted, "then": later}, other]
    assert state_words(states) == [
        "临汾市自2021年1月10日8时起执行Ⅱ级（橙色）响应：12条生产线，执行减排9条，全停3条；减排SO₂ 1,234.5千克/日",
        "临汾市自2021年1月11日0时起终止响应",
        "太原市自2021年1月10日8时起执行Ⅱ级（橙色）响应：7条生产线，执行减排4条，全停1条，依据缺失2条；减排NOₓ 0.3、颗粒物 5千克/日",  # noqa: E501
    ]
