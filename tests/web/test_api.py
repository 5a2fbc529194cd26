"""The interface over a ledger with a warning, a simulation, a draft, a correction and a sole trader."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import pandas as pd
import pytest
from fastapi import FastAPI

from alertengine.files import lists_folder
from alertengine.ledger import Head, Ledger, names_apart
from alertengine.orders import read_scenario
from alertengine.vocabulary import MASKED
from alertengine.web import Desk
from alertengine.web.api.app import Interface
from alertengine.web.api.keys import ANSWERS, Limit, Reach
from alertengine.web.roles import Role
from alertengine.workflow import Signers, collect_scenario, prepare, record

from .conftest import signed_up

pytestmark = pytest.mark.whole

SIGNED = Signers("办公室 甲", "科长 乙", "市长 丙")
#: An enterprise of the sample list that becomes a sole trader's.
OF_LIST, TRADER, NAME = "91000000HCLF000013", "92000000HCLF000013", "张三砖厂"


def fill(path: Path) -> None:
    """Act 1 binds, act 2 is a simulation, act 3 a draft; one enterprise of act 1 is a sole trader's."""
    text = (lists_folder() / "linfen-synthetic.csv").read_text(encoding="utf-8-sig")
    own = path.with_name("linfen-synthetic.csv")
    shutil.copy(lists_folder() / "linfen-synthetic.totals.csv", path.parent)
    own.write_text(text.replace(OF_LIST, TRADER).replace("临汾曲沃合成钢铁一有限公司", NAME), encoding="utf-8")
    live = read_scenario("linfen-red-episode").model_copy(update={"mode": "live", "list_file": str(own)})
    with Ledger.writable(path) as ledger:
        record(ledger, prepare(collect_scenario(live), "红色预警"), SIGNED)
        record(ledger, prepare(collect_scenario(read_scenario("linfen-red-episode")), "推演"), SIGNED)
        orders, warnings = ledger.orders(1), ledger.warnings(1)
        ledger.append("draft", Head("拟稿", drafted_by="办公室 甲"), {"orders": orders, "warnings": warnings})
        ledger.append("issue", Head("补充指令", approved_by="局长 丁"), {"orders": names_apart(orders.head(1))})


@dataclass
class Caller:
    """Another system: a key, and requests to the application in this process."""

    app: Any
    key: str = ""

    def __call__(self, path: str, method: str = "GET", content: bytes = b"", **headers: str) -> httpx.Response:
        if self.key:
            headers = {"authorization": f"Bearer {self.key}", **headers}

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://localhost") as to:
                return await to.request(method, f"/api{path}", headers=headers, content=content)

        return anyio.run(ask)


def close(desk: Desk, text: str) -> None:
    key = desk.keys.find(text)
    assert key is not None
    desk.keys.close(key.number, "管理员")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    path = tmp_path_factory.mktemp("api") / "record.db"
    fill(path)
    return Desk(path)


@pytest.fixture
def call(desk: Desk) -> Iterator[Caller]:
    app = FastAPI()
    interface = Interface(desk)
    app.mount("/api", interface.application())
    key = desk.keys.make("平台", list(Reach), "管理员")
    caller = Caller(app, key)
    caller.interface = interface  # type: ignore[attr-defined]
    yield caller
    close(desk, key)


def problem(answer: httpx.Response) -> str:
    """The code of a problem, which says its own status."""
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    return str(said["code"])


def test_health_says_what_runs_and_nothing_of_persons(desk: Desk, call: Caller) -> None:
    said = Caller(call.app)("/v1/health").json()
    assert set(said) == {"status", "version", "rulebook", "acts", "last_act_at"}
    assert said["rulebook"] == desk.book.fingerprint
    assert said["last_act_at"].endswith("+08:00")


def test_everything_else_asks_for_an_open_key_that_reaches_so_far(desk: Desk, call: Caller) -> None:
    assert problem(Caller(call.app)("/v1/acts")) == "key-required"
    assert problem(Caller(call.app, "aek_x")("/v1/acts")) == "key-invalid"
    answer = Caller(call.app)("/v1/acts", authorization=f"Basic {call.key}")
    assert problem(answer) == "key-required"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    narrow = Caller(call.app, desk.keys.make("大屏", [Reach.WARNINGS], "管理员"))
    assert narrow("/v1/warnings").status_code == 200
    for path in ("/v1/acts", "/v1/acts/1/orders", "/v1/enterprises/x/orders", "/v1/acts/1/orders/x/explanation"):
        assert problem(narrow(path)) == "reach-missing", path
    close(desk, narrow.key)
    assert problem(narrow("/v1/warnings")) == "key-invalid"


def test_warnings_are_those_active_at_a_time_and_no_simulation(call: Caller) -> None:
    held = call("/v1/warnings?at=2021-01-05T00:00:00Z").json()
    assert held["at"] == "2021-01-05T08:00:00+08:00"
    assert [(one["city"], one["level"], one["ends"]) for one in held["active"]] == [
        ("临汾市", "red", "2021-01-09T00:00:00+08:00")
    ]
    before = call("/v1/warnings?at=2021-01-03T16:00:00").json()
    assert (before["active"], len(before["upcoming"])) == ([], 1)
    assert call("/v1/warnings?at=2021-01-03T14:00:00").json()["upcoming"] == []
    assert call("/v1/warnings").json()["active"] == []
    record = call("/v1/warnings/transitions?city=临汾市").json()
    assert [one["action"] for one in record["items"]] == ["issue"]
    assert call("/v1/warnings/transitions?city=太原市").json()["total"] == 0


def test_acts_are_those_of_orders_alone_and_say_what_binds(call: Caller) -> None:
    acts = call("/v1/acts").json()["items"]
    assert [(one["act"], one["mode"], one["binding"]) for one in acts] == [
        (1, "live", True),
        (2, "simulation", False),
        (4, "live", True),
    ]
    assert acts[0]["approved_by_office"] == "市长"
    assert call("/v1/acts?binding=false").json()["total"] == 1
    assert "丙" not in call("/v1/acts/1").text
    assert {one["pollutant"] for one in call("/v1/acts/1").json()["ratios"]} == {"so2", "nox", "pm", "vocs"}
    for draft_or_key in (3, 5, 999):
        assert problem(call(f"/v1/acts/{draft_or_key}")) == "act-not-found"
        assert problem(call(f"/v1/acts/{draft_or_key}/orders")) == "act-not-found"


def test_what_is_in_force_is_told_at_a_time_and_at_the_decision_of_an_act(call: Caller) -> None:
    """Of the red response of January 2021, later acts of a list alone beside it."""
    held = call("/v1/in-force?at=2021-01-05T00:00:00Z").json()
    (city,) = [one for one in held["cities"] if one["city"] == "临汾市"]
    assert (held["at"], city["at"]) == ("2021-01-05T08:00:00+08:00", "2021-01-05T08:00:00+08:00")
    assert (city["level"], city["since"], city["ends"], city["then"]) == (
        "red", "2021-01-04T00:00:00+08:00", "2021-01-09T00:00:00+08:00", None,
    )  # fmt: skip
    assert 1 in held["acts"]
    assert 2 not in held["acts"], "a simulation binds nobody"
    (decided,) = call("/v1/acts/1").json()["in_force"]
    assert (decided["decision"], decided["at"]) == ("issue", "2021-01-04T00:00:00+08:00")
    assert decided["lines"] == decided["ordered"] + sum(
        decided[name] for name in ("undetermined", "exempt", "self_directed")
    )
    assert call("/v1/in-force?at=2000-01-01").json()["cities"] == []
    assert problem(call("/v1/in-force?at=never")) == "invalid-request"


def test_pages_of_orders_come_to_all_of_them_once(call: Caller) -> None:
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = call(f"/v1/acts/1/orders?limit=40&after={after}").json()
        seen += [one["order_id"] for one in page["items"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == page["total"] == 104


def test_orders_are_filtered_as_the_ledger_has_them(desk: Desk, call: Caller) -> None:
    with Ledger.open(desk.path) as ledger:
        table = ledger.orders(1)
    wanted = table[(table["county"] == "曲沃县") & (table["status"] == "ordered") & (table["level"] == "red")]
    page = call("/v1/acts/1/orders?county=曲沃县&status=ordered&level=red&limit=1000").json()
    assert [one["order_id"] for one in page["items"]] == list(wanted["order_id"])
    row, said = wanted.iloc[0], page["items"][0]
    assert said["share"] == row["share"]
    assert pd.Timestamp(said["starts"]).tz_localize(None) == pd.Timestamp(str(row["starts"]))
    assert call("/v1/acts/1/orders?county=没有县").json()["total"] == 0


def test_a_sole_traders_name_is_masked_wherever_it_stands(call: Caller) -> None:
    for path in ("/v1/acts/1/orders", f"/v1/acts/1/orders?enterprise_id={TRADER}", f"/v1/enterprises/{TRADER}/orders"):
        answer = call(path)
        assert NAME not in answer.text
        assert {one["enterprise"] for one in answer.json()["items"] if one["enterprise_id"] == TRADER} == {MASKED}
    order = call(f"/v1/acts/1/orders?enterprise_id={TRADER}").json()["items"][0]["order_id"]
    answer = call(f"/v1/acts/1/orders/{order}/explanation")
    assert NAME not in answer.text
    assert MASKED in answer.json()["phases"][0]["text"]


def test_an_order_is_explained_by_the_files_it_rests_on(desk: Desk, call: Caller) -> None:
    order = call("/v1/acts/1/orders?limit=1").json()["items"][0]
    answer = call(f"/v1/acts/1/orders/{order['order_id']}/explanation")
    said = answer.json()
    assert said["enterprise_id"] == order["enterprise_id"]
    assert said["phases"][0]["below"][0]["text"].startswith("结论：红色")
    assert "39-diesel-trucks" in json.dumps(said, ensure_ascii=False)
    assert problem(call("/v1/acts/1/orders/x/explanation")) == "order-not-found"
    again = call("/v1/acts/4/orders").json()["items"][0]["order_id"]
    assert problem(call(f"/v1/acts/4/orders/{again}/explanation")) == "cannot-explain"


def test_explanations_decided_anew_are_few_and_kept_ones_are_free(call: Caller) -> None:
    first, second = (one["order_id"] for one in call("/v1/acts/1/orders?limit=2").json()["items"])
    call.interface.explanations = Limit(1)  # type: ignore[attr-defined]
    for _ in range(3):
        assert call(f"/v1/acts/1/orders/{first}/explanation").status_code == 200
    answer = call(f"/v1/acts/1/orders/{second}/explanation")
    assert problem(answer) == "too-many-requests"
    assert 0 < int(answer.headers["retry-after"]) <= 60


@pytest.mark.slow
def test_an_enterprises_orders_say_what_later_acts_left_of_them(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    live = read_scenario("linfen-red-episode").model_copy(update={"mode": "live"})
    with Ledger.writable(path) as ledger:
        record(ledger, prepare(collect_scenario(live), "红色预警"), SIGNED)
        orders, warnings = ledger.orders(1), ledger.warnings(1)
        later = orders[orders["line_id"] == "01"].assign(starts="2021-01-06 00:00")
        ledger.append("issue", Head("调整"), {"orders": later, "warnings": warnings})
    desk = Desk(path)
    app = FastAPI()
    app.mount("/api", Interface(desk).application())
    call = Caller(app, desk.keys.make("平台", [Reach.ORDERS], "管理员"))
    items = call(f"/v1/enterprises/{orders['enterprise_id'].iloc[0]}/orders").json()["items"]
    found = {(one["act"], one["line_id"]): (one["state"], one["holds_until"]) for one in items}
    assert found[1, "01"] == ("cut", "2021-01-06T00:00:00+08:00")
    assert found[1, "02"] == ("stands", "2021-01-09T00:00:00+08:00")
    assert found[2, "01"] == ("stands", "2021-01-09T00:00:00+08:00")
    with Ledger.writable(path) as ledger:  # what names the plant no more ends its orders too
        at, lifted = pd.Timestamp("2021-01-07 15:00"), pd.Timestamp("2021-01-07 16:00")
        warnings = pd.concat([warnings, warnings.assign(action="lift", issued=at, starts=lifted, ends=pd.NaT)])
        ledger.append("issue", Head("解除"), {"warnings": warnings, "orders": later.iloc[:0]})
    items = call(f"/v1/enterprises/{orders['enterprise_id'].iloc[0]}/orders").json()["items"]
    assert {one["holds_until"] for one in items if one["state"] == "cut"} == {
        "2021-01-06T00:00:00+08:00",
        "2021-01-07T16:00:00+08:00",
    }
    assert not [one for one in items if one["state"] == "stands"]


def test_wrong_parameters_are_all_said_in_chinese(call: Caller) -> None:
    answer = call("/v1/acts/1/orders?limit=0&after=x&status=stop&cty=临汾市")
    assert problem(answer) == "invalid-request"
    assert {one["where"]: one["message"] for one in answer.json()["errors"]} == {
        "query.limit": "不得小于1",
        "query.after": "应为整数",
        "query.status": "应为'ordered', 'undetermined', 'self_directed', 'exempt'、'none'之一",
        "query.cty": "没有这个参数",
    }
    assert "%2B" in call("/v1/warnings?at=gestern").json()["errors"][0]["message"]
    assert problem(call("/v1/acts/99999999999999999999")) == "invalid-request"
    assert call("/v1/warnings?at=9999-12-31T23:59:59-12:00").status_code == 422


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/warnings?at=2021-01-05&at=2021-01-06", "at"),
        ("/v1/warnings/transitions?city=临汾市&limit=2&city=运城市", "city"),
        ("/v1/acts?binding=true&binding=false", "binding"),
        ("/v1/acts/1/orders?status=ordered&status=exempt", "status"),
        ("/v1/enterprises/x/orders?limit=1&limit=1", "limit"),
    ],
)
def test_a_parameter_given_twice_is_refused_and_not_answered_by_half(call: Caller, path: str, name: str) -> None:
    answer = call(path)
    assert problem(answer) == "invalid-request"
    assert answer.json()["errors"] == [{"where": f"query.{name}", "message": "只能给一次"}]


@pytest.mark.parametrize("name", ["1%23%2F2%23", "%3F%25", "a%20b", "%E7%82%89%2F"])
def test_a_name_with_any_sign_is_a_name_in_an_address(call: Caller, name: str) -> None:
    assert problem(call(f"/v1/acts/1/orders/{name}/explanation")) == "order-not-found"
    assert call(f"/v1/enterprises/{name}/orders").json() == {"items": [], "total": 0, "next": None}


def test_what_did_not_change_is_not_sent_again(call: Caller) -> None:
    answer = call("/v1/acts/1")
    again = call("/v1/acts/1", **{"if-none-match": f'"x", {answer.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]
    assert answer.headers["cache-control"] == "private, no-cache"


def test_other_methods(call: Caller) -> None:
    got, head = call("/v1/acts"), call("/v1/acts", "HEAD")
    assert (head.status_code, head.content, head.headers) == (200, b"", got.headers)
    asked = Caller(call.app)("/v1/acts", "OPTIONS")
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert problem(call("/v1/nothing", "OPTIONS")) == "not-found"
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
        answer = call("/v1/acts", method)
        assert problem(answer) == "method-not-allowed"
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_key_has_so_many_answers_a_minute_and_guessing_fewer(call: Caller) -> None:
    call.interface.answers, call.interface.wrong = Limit(2), Limit(1)  # type: ignore[attr-defined]
    assert [call("/v1/acts").status_code for _ in range(3)] == [200, 200, 429]
    assert [Caller(call.app)("/v1/acts").status_code for _ in range(2)] == [401, 429]
    assert ANSWERS >= 60


def test_a_failure_is_a_problem_and_says_nothing_of_the_inside(
    call: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("alertengine.web.api.reading.acts", lambda *_, **__: 1 / 0)
    assert problem(call("/v1/acts")) == "internal"
    assert "division" not in call("/v1/acts").text
    assert "division" in caplog.text


def test_the_description_needs_no_key_and_knows_every_code(call: Caller) -> None:
    said = Caller(call.app)("/openapi.json").json()
    assert said["openapi"].startswith("3.1")
    assert said["servers"] == [{"url": "/api"}]
    open_ones = {path for path, of in said["paths"].items() if any("security" not in one for one in of.values())}
    assert open_ones == {"/v1/health", "/problems"}
    codes = {one["code"] for one in Caller(call.app)("/problems").json()["problems"]}
    assert codes == set(said["components"]["schemas"]["ProblemBody"]["properties"]["code"]["enum"])
    for name, schema in said["components"]["schemas"].items():
        for field, of in schema.get("properties", {}).items():
            assert of.get("description"), f"{name}.{field}"


def test_papers_are_released_by_the_key_of_a_person_who_may_and_once(call: Caller, desk: Desk) -> None:
    signed_up(desk.path, cao=Role.APPROVER, du=Role.READER)
    approver, reader = (desk.keys.make(user, [Reach.ORDERS], user, user) for user in ("cao", "du"))
    path, said = "/v1/acts/1/release", json.dumps({"reason": " 情况\n紧急 "}).encode()

    def ask(key: str, path: str = path, content: bytes = said) -> httpx.Response:
        return Caller(call.app, key)(path, "POST", content)

    assert problem(ask("")) == "key-required"
    answer = ask(call.key)
    assert problem(answer) == "key-of-nobody"
    assert "不代表任何人" in answer.json()["title"]
    assert problem(ask(reader)) == "may-not-release"
    unsaid = [json.dumps({"reason": text}).encode() for text in (" ", "\u200b\ufeff", "\0", "\u202e\u3000")]
    for body in (b"", b"[]", b"{}", *unsaid, b'{"reason": "x", "by": "y"}', b'"\xff'):
        assert problem(ask(approver, content=body)) == "invalid-request"
    assert problem(ask(approver, "/v1/acts/3/release")) == "act-not-found"
    assert problem(ask(approver, "/v1/acts/2/release")) == "cannot-release"
    assert call("/v1/acts/1").json()["releases"] == []
    done = ask(approver)
    assert done.status_code == 201
    assert (done.json()["by_office"], done.json()["reason"]) == ("办公室", "情况 紧急")
    assert call("/v1/acts/1").json()["releases"] == [done.json()]
    with Ledger.open(desk.path) as ledger:
        act = ledger.act(done.json()["act"])
        papers = ledger.part(act.act, "documents", personal=False)
    assert (str(act.approved_by), act.user("approved_by")) == ("办公室 名cao", "cao")
    assert papers["document"].str.contains("应急响应通知").any(), "the notice goes with the orders"
    assert problem(ask(approver)) == "released-already"
    close(desk, approver)
    assert problem(ask(approver)) == "key-invalid"


def test_an_address_of_a_release_takes_nothing_but_one(call: Caller) -> None:
    assert Caller(call.app)("/v1/acts/1/release", "OPTIONS").headers["allow"] == "POST, OPTIONS"
    answer = call("/v1/acts/1/release")
    assert (problem(answer), answer.headers["allow"]) == ("method-not-allowed", "POST, OPTIONS")
