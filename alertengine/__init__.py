"""alertengine: a rule engine for heavy-pollution emergency response (重污染天气应急).

>>> import alertengine as ae
>>> book = ae.load_rules()
>>> lines = ae.read_list("enterprise_lists/linfen-synthetic.csv", book)
>>> orders = ae.decide(lines, book, level="red", date="2021-01-20")
>>> orders.table.shape
(104, 31)

``load_rules``, ``read_list``, ``read_forecast``, ``warn``, ``decide`` and ``explain`` are the public interface; what
they return tells its ``problems`` (a person must look) and those of everything it was made from, and its ``notes``.
An input that cannot be used raises ``InputError`` with every problem of it.
``scenarios/tutorial.ipynb`` shows all of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alertengine.lists import read_list
    from alertengine.orders import decide, explain
    from alertengine.rulebook import load_rules
    from alertengine.vocabulary import InputError
    from alertengine.warning import read_forecast, warn

__all__ = ["InputError", "decide", "explain", "load_rules", "read_forecast", "read_list", "warn"]

#: Where each public name lies; it is imported when it is asked for, so that ``--help`` loads no table library.
_HOME = {
    "InputError": "alertengine.vocabulary.problems",
    "decide": "alertengine.orders._decide",
    "explain": "alertengine.orders._explain.explain",
    "load_rules": "alertengine.rulebook.book",
    "read_forecast": "alertengine.warning.forecast",
    "read_list": "alertengine.lists.read",
    "warn": "alertengine.warning._warn",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("alertengine.vocabulary.version").program_version()
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
