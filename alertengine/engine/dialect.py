"""Whether a rule lies inside the dialect in which durable-rules is right."""

from __future__ import annotations

from alertengine.engine.match import Matcher
from alertengine.rulebook import NATION, LineRule


def check_dialect(rule: LineRule) -> None:
    """Compile one rule alone.

    Raises:
        EngineError: the rule leaves the dialect.

    """
    Matcher([(rule, frozenset({NATION}))])
