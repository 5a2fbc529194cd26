"""Which vehicles a measure is about, in a cell, and back: ``国五及以下，车型：货车，燃料：燃油，除外：环卫车``."""

from __future__ import annotations

from typing import Any, Final

from alertengine.rulebook.excel.cell_scanner import Unsayable, split_outside
from alertengine.rulebook.excel.measure_options import read_options, say_option
from alertengine.rulebook.excel.rule_rows import Handler, single

_KEYS: Final = ("total", "stage_at_most", "stage", "classes", "fuels", "spared", "cut")
_EXPECTED: Final = "国五及以下，车型：货车，燃料：燃油、燃气，除外：环卫车；或：全部车辆"


def vehicles(key: str, header: str) -> Handler:
    """The vehicles of a measure outside production."""
    return Handler(
        (key,),
        (header,),
        lambda _, value: (_say(value),),
        lambda texts: {key: read_options(filter(None, split_outside(texts[0], "，,；;")), _KEYS, _EXPECTED, {})},
        lambda value: {name: single(one) for name, one in value.items()} if isinstance(value, dict) else value,
    )


def _say(value: Any) -> str:
    if not isinstance(value, dict) or not value or not set(value) <= set(_KEYS):
        raise Unsayable
    return "，".join(say_option(key, said) for key, said in value.items())
