"""Changes that lighten an order, said together where they differ in the last value alone."""

from __future__ import annotations

from alertengine.orders import in_sentences
from alertengine.orders._explain.lighter import Change
from alertengine.vocabulary import Status


def test_values_of_one_fact_that_lead_to_the_same_are_one_sentence() -> None:
    changes = [
        Change((("grade", "A"),), Status.SELF_DIRECTED, 0.0),
        Change((("grade", "B"),), Status.ORDERED, 0.3),
        Change((("grade", "引领性"),), Status.SELF_DIRECTED, 0.0),
        Change((("grade", "B"), ("catalogue", "鼓励类")), Status.ORDERED, 0.2),
        Change((("grade", "B"), ("catalogue", "允许类")), Status.ORDERED, 0.2),
    ]
    assert in_sentences(changes) == [
        "绩效等级为A、引领性之一 → 自主减排，减排比例0%",
        "绩效等级为B → 执行减排，减排比例30%",
        "绩效等级为B，产业目录类别为鼓励类、允许类之一 → 执行减排，减排比例20%",
    ]
