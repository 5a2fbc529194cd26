"""Which vehicles a measure is about, in a cell, and back: ``国五及以下，车型：货车，燃料：燃油，除外：环卫车``."""

from __future__ import annotations

import re
from typing import Any, Final

from alertengine.rulebook.excel.cell_scanner import TextError, Unsayable, number_text, read_number
from alertengine.rulebook.excel.rule_rows import Handler

_STAGES: Final = "零一二三四五六"
_NAMES: Final = {"classes": "车型", "fuels": "燃料", "spared": "除外"}
_EXPECTED: Final = "国五及以下，车型：货车，燃料：燃油、燃气，除外：环卫车；或：全部车辆"
_SIGNS: Final = re.compile("[，,；;、：:（）()]")


def vehicles(key: str, header: str) -> Handler:
    """The vehicles of a measure outside production."""
    return Handler((key,), (header,), lambda _, value: (_say(value),), lambda texts: {key: _read(texts[0])}, _normal)


def _normal(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: one[0] if isinstance(one, list) and len(one) == 1 else one for key, one in value.items()}


def _say(value: Any) -> str:
    if not isinstance(value, dict) or not value:
        raise Unsayable
    return "，".join(_part(key, said) for key, said in value.items())


def _part(key: str, said: Any) -> str:
    if key in _NAMES:
        found = said if isinstance(said, list) else [said]
        if not all(isinstance(one, str) and one and not _SIGNS.search(one) for one in found):
            raise Unsayable
        return f"{_NAMES[key]}：{'、'.join(found)}"
    if key == "total" and said is True:
        return "全部车辆"
    if key in ("stage_at_most", "stage") and type(said) is int and 0 <= said < len(_STAGES):
        return f"国{_STAGES[said]}{'及以下' if key == 'stage_at_most' else ''}"
    if key == "cut":
        return f"减少{number_text(said * 100)}%"
    raise Unsayable


def _read(text: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for part in filter(None, (one.strip() for one in re.split("[，,；;]", text))):
        key, value = _one(part)
        if key in out:
            raise TextError("text_said_twice", part)
        out[key] = value
    return out


def _one(part: str) -> tuple[str, Any]:
    name, _, rest = part.replace(":", "：").partition("：")
    for key, word in _NAMES.items():
        found = [one.strip() for one in rest.split("、") if one.strip()]
        if name.strip() == word and found:
            return key, found[0] if len(found) == 1 else found
    if part in ("全部车辆", "所有车辆", "一切车辆"):
        return "total", True
    if stage := re.fullmatch(r"国([零一二三四五六0-6])(及以下)?(?:排放标准)?", part):
        number = int(stage[1]) if stage[1].isascii() else _STAGES.index(stage[1])
        return "stage_at_most" if stage[2] else "stage", number
    if cut := re.fullmatch(r"减少(\d+(?:\.\d+)?)[%％]", part):
        return "cut", read_number(cut[1]) / 100
    raise TextError("text_unread_option", part, _EXPECTED)
