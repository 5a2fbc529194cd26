"""What is shared between kinds of line must be what each would have found alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alertengine.engine._matching.resolved_cache import Moment
from alertengine.engine.engine import Engine
from alertengine.engine.facts import Facts
from alertengine.engine.hangs_on import hangs_on
from alertengine.engine.response import Response
from alertengine.lists.generate import generate
from alertengine.lists.generate_settings import load_settings
from alertengine.rulebook.book import Rulebook
from alertengine.vocabulary.fields import Level

DAY = date(2020, 1, 10)


@pytest.mark.parametrize("level", [Level.YELLOW, Level.RED])
def test_kinds_that_share_a_search_hang_on_what_their_own_search_finds(shipped: Rulebook, level: Level) -> None:
    engine = Engine(shipped)
    lines = generate(3000, 5, shipped.lists, load_settings(None)).lines
    kinds = set(engine.match(Facts(lines, shipped.lists, DAY), DAY).kinds)
    law = engine.law(DAY)
    shared, alone = (Moment(law, shipped.layers, level, 0.0, published=False) for _ in range(2))
    speaking = law.that_can_matter(level)
    asking = [(kind, kind.question) for kind in kinds if kind.question is not None]
    assert len(asking) > len({(question.open, question.sure & speaking) for _, question in asking})
    for kind, question in asking:
        speakers = tuple(item for item in question.open if item[0] in speaking)
        found = hangs_on(replace(question, open=speakers), law.regrade(kind.ladder), alone.outcome)
        assert shared.hangs_on(question, kind.ladder) == found


def test_a_binding_stands_once_in_a_decision(shipped: Rulebook) -> None:
    lines = generate(3000, 5, shipped.lists, load_settings(None)).lines
    decision = Engine(shipped).decide(lines, Response.single(Level.ORANGE, DAY))[0]
    assert len({one.key for one in decision.bindings}) == len(decision.bindings)
    assert set(decision.binding.tolist()) == set(range(len(decision.bindings)))
