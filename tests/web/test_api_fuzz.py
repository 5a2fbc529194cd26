"""The interface as its own description has it, asked in every way that the description allows and forbids."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from alertengine.ledger import Ledger
from alertengine.web import Desk
from alertengine.web.api.app import Interface
from alertengine.web.api.keys import Limit, Reach
from alertengine.web.guard import Guard

from .test_api import TRADER, fill

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient`")
FEW = settings(
    max_examples=6,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    path = tmp_path_factory.mktemp("fuzz") / "record.db"
    fill(path)
    return Desk(path)


@pytest.fixture(scope="module")
def key(desk: Desk) -> str:
    return desk.keys.make("模糊测试", list(Reach), "管理员")


@pytest.fixture(scope="module")
def described(desk: Desk) -> schemathesis.BaseSchema:
    interface = Interface(desk)
    interface.answers = interface.explanations = interface.wrong = Limit(10**9)
    server = FastAPI()
    server.mount("/api", interface.application())
    app = Guard(server, desk.sessions, frozenset({"localhost", "testserver"}))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    schema.config.request_timeout = 300  # a busy machine is no wrong answer
    return schema


def _ask(
    described: schemathesis.BaseSchema,
    check: Callable[[schemathesis.Case], None],
    within: str = "/v1/(?!health)",
    modes: tuple[GenerationMode, ...] = tuple(GenerationMode),
) -> int:
    """Ask every operation whose path holds a pattern, as allowed and as forbidden; how many there were."""
    found = [result.ok() for result in described.get_all_operations()]
    found = [operation for operation in found if re.search(within, operation.path)]
    for operation in found:
        for mode in modes:
            strategy = operation.as_strategy(generation_mode=mode)
            FEW(given(case=strategy)(check))()
    return len(found)


@pytest.mark.slow
def test_every_answer_is_as_described(described: schemathesis.BaseSchema, key: str) -> None:
    def check(case: schemathesis.Case) -> None:
        # whatever stands in a query arrives as text: an object becomes an empty one, which may be allowed
        text_alone = [negative_data_rejection] if case.method in ("GET", "HEAD") else []
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=text_alone)

    assert _ask(described, check) == 17
    assert _ask(described, check, "/(problems|v1/health)$", (GenerationMode.POSITIVE,)) == 4


@pytest.mark.slow
def test_so_it_is_of_what_is_there(described: schemathesis.BaseSchema, desk: Desk, key: str) -> None:
    with Ledger.open(desk.path) as ledger:
        order = str(ledger.orders(1)["order_id"].iloc[3])
    there = {"act": 1, "order_id": order, "enterprise_id": TRADER}

    def check(case: schemathesis.Case) -> None:
        case.path_parameters = {name: there[name] for name in case.path_parameters}
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"})

    assert _ask(described, check, r"\{", (GenerationMode.POSITIVE,)) == 9


@pytest.mark.slow
def test_nothing_is_answered_without_a_key(described: schemathesis.BaseSchema) -> None:
    def check(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": "Bearer aek_guessed"})
        assert answer.status_code in (401, 404), answer.text

    assert _ask(described, check) == 17
