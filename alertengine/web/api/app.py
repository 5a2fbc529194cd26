"""The interface for other systems: an application of its own, beside the pages, that knows keys and no sessions."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from alertengine.ledger import Ledger
from alertengine.vocabulary import CATALOGUE, InputError, program_version
from alertengine.web.accounts import Account
from alertengine.web.api import problems, reading
from alertengine.web.api.keys import ANSWERS, EXPLANATIONS, REACH_TEXT, WRONG, Key, Limit, Reach
from alertengine.web.api.models import (
    ActDetail,
    ActSummary,
    Code,
    Codes,
    EnterpriseOrder,
    Explanation,
    Health,
    Level,
    Order,
    Page,
    ReleaseAsked,
    Released,
    StandingNow,
    StatusCode,
    Transition,
    Warnings,
)
from alertengine.web.api.problems import ApiProblemError
from alertengine.web.api.standing import asked_at, standing_now, zoned
from alertengine.web.api.transport import Transport, allowed, described, documented, once
from alertengine.web.desk import Desk
from alertengine.web.kept import read_record
from alertengine.web.papers import release
from alertengine.web.roles import Right

#: Why an act's papers are not released, where the record says so.
_KEPT_BACK: Final = frozenset({"nothing_released", "never_released", "act_orders_nothing", "release_of_corrected"})


#: Numbers stay whole in every system's JSON, and in SQLite.
_LARGEST: Final = 2**53 - 1
_MOST: Final = 1000
#: Explanations kept: an act never changes, so its reasons do not either.
_KEPT: Final = 512
_log = logging.getLogger(__name__)
_bearer = HTTPBearer(auto_error=False, scheme_name="key", description="接口密钥，由账号管理在“账号”页建立")


class _Asked(BaseModel):
    """Parameters of a request: a misspelt one is an error, not a wider answer."""

    model_config = ConfigDict(extra="forbid")


class _Listed(_Asked):
    limit: int = Field(100, ge=1, le=_MOST, description=f"本页最多几项，1 至 {_MOST}")
    after: int = Field(0, ge=0, le=_LARGEST, description="从上一页的 next 之后开始；首页为 0")


def _written(value: object) -> object:
    """A time as it is written; a bare number would be taken for seconds since 1970."""
    if isinstance(value, str) and not re.match(r"\d{4}-\d\d-\d\d", value):
        raise PydanticCustomError("datetime_parsing", "not ISO 8601")
    return value


class _AtTime(_Asked):
    at: Annotated[datetime | None, BeforeValidator(_written)] = Field(
        None,
        description="查询时刻，ISO 8601，不带时区时按北京时间；只用该时刻以前发布的预警；缺省为当前时刻",
        examples=["2021-01-05T08:00:00+08:00"],
    )


class _OfCity(_Listed):
    city: str | None = Field(None, max_length=60, description="城市全称；缺省为全部")


class _OfEnterprise(_Listed):
    city: str | None = Field(None, max_length=60, description="城市全称；多个城市的企业用这一代码时必须给出")


class _OfActs(_Listed):
    binding: bool | None = Field(None, description="true 只列有约束力的，false 只列推演、演练和已被更正的；缺省为全部")


class _OfOrders(_OfCity):
    county: str | None = Field(None, max_length=60, description="区县；缺省为全部")
    enterprise_id: str | None = Field(None, max_length=60, description="统一社会信用代码；缺省为全部")
    status: StatusCode | None = Field(None, description="状态；缺省为全部")
    level: Level | None = Field(None, description="预警级别；缺省为全部")


#: No parameters: any other is refused.
_Nothing = Annotated[_Asked, Query()]
_Act = Annotated[int, Path(ge=1, le=_LARGEST, description="台账序号")]
_OrderId = Annotated[str, Path(max_length=200, description="指令编号，地址中须编码")]
_Enterprise = Annotated[str, Path(max_length=60, description="统一社会信用代码，地址中须编码")]


#: What is answered where: summary, tag and description.
_ANSWERS: Final = {
    "/v1/health": ("健康检查", "服务",
        "无须密钥；不含任何个人信息。"),
    "/problems": ("错误代码", "服务",
        "无须密钥；全部错误代码和改正办法。"),
    "/v1/warnings": ("生效中的预警", "预警",
        "某一时刻生效中和已发布未开始的预警；推演、演练和已被更正的不计。"),
    "/v1/warnings/transitions": ("预警变更记录", "预警",
        "发布、延长、升级、降级、解除和提示，按发布先后；推演、演练和已被更正的不计。"),
    "/v1/acts": ("预警与指令各条", "指令",
        "按台账序号；只列已发布的预警与指令，含推演和演练（见 mode、binding）。"),
    "/v1/in-force": ("执行中的响应", "指令",
        "某一时刻各城市执行的响应、生产线数和减排量，和已决定的下一次变更；限定区县的密钥只计那些区县的。"),
    "/v1/acts/{act}": ("一条预警与指令", "指令",
        "一条的依据和减排比例；限定区县的密钥不给全市的减排比例。"),
    "/v1/acts/{act}/orders": ("一条的指令", "指令",
        "按记录次序，照发布时原样；限定区县的密钥只给那些区县的；后来的指令是否使其提前结束，见企业的指令。"),
    "/v1/acts/{act}/orders/{order_id:path}/explanation": ("指令理由", "指令",
        "按该条所依据的规则、清单和日期重新推理，说明为什么是这样、为什么没有更轻、怎样会更轻。"),
    "/v1/enterprises/{enterprise_id:path}/orders": ("一个企业的指令", "指令",
        "历次有约束力的指令，以及后来的指令使其有何变化；没有指令的企业为空。"),
}  # fmt: skip


class Interface:
    """The interface over one desk."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk; limits are in memory."""
        self.desk = desk
        self.answers = Limit(ANSWERS)
        self.explanations = Limit(EXPLANATIONS)
        self.wrong = Limit(WRONG)
        self._explained: OrderedDict[tuple[int, str], Explanation] = OrderedDict()
        #: Releases one at a time: papers go out once.
        self._turn = asyncio.Lock()

    def application(self) -> Transport:
        """All of it as an ASGI application, to be mounted under ``/api``."""
        app = FastAPI(
            title="重污染天气应急接口",
            version="1",
            description=(
                "供本局其他系统读取预警、指令和指令理由；批准人可用本人的密钥具名放行文书，除此只读。除健康检查、本文件和错误代码外，"
                "都须在请求头写明 Authorization: Bearer 接口密钥。时间均带时区。"
                f"每个密钥每分钟至多 {ANSWERS} 次，指令理由每分钟至多 {EXPLANATIONS} 次。"
            ),
            openapi_url="/openapi.json", docs_url=None, redoc_url=None, redirect_slashes=False,
            servers=[{"url": "/api"}], root_path_in_servers=False, separate_input_output_schemas=False,
        )  # fmt: skip
        self._open(app)
        self._warnings(app)
        self._acts(app)
        self._orders(app)
        self._releases(app)
        for kind in (ApiProblemError, HTTPException, RequestValidationError, InputError, Exception):
            app.add_exception_handler(kind, _on_failure)
        app.openapi = cache(partial(described, app))  # type: ignore[method-assign]
        return Transport(app)

    # -- who asks

    def _permit(self, reach: Reach) -> Any:
        """A dependency: the request's key, if it reaches this far."""

        def permit(
            request: Request, said: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)] = None
        ) -> Key:
            return self._key(request, said.credentials if said else "", reach)

        return Depends(permit)

    def _person(
        self, request: Request, said: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)] = None
    ) -> None:
        """A dependency: the key is a person's who may release by now."""
        key = self._key(request, said.credentials if said else "", None)
        if not key.user:
            raise ApiProblemError("key-of-nobody")
        account = self.desk.accounts.get(key.user)
        if account is None or Right.APPROVE not in account.rights:
            raise ApiProblemError("may-not-release")
        request.state.account = account

    def _key(self, request: Request, text: str, reach: Reach | None) -> Key:
        address = request.client.host if request.client else ""
        key = self.desk.keys.find(text) if text else None
        if key is None:
            wait = self.wrong.take(address)
            if wait:
                raise ApiProblemError("too-many-requests", headers={"retry-after": str(wait)})
            code, told = ("key-invalid", ', error="invalid_token"') if text else ("key-required", "")
            raise ApiProblemError(code, headers={"www-authenticate": f'Bearer realm="alertengine"{told}'})
        wait = self.answers.take(key.number)
        if wait:
            raise ApiProblemError("too-many-requests", headers={"retry-after": str(wait)})
        if reach is not None and reach not in key.reach:
            told = f'Bearer realm="alertengine", error="insufficient_scope", scope="{reach}"'
            raise ApiProblemError("reach-missing", f"须有“{REACH_TEXT[reach]}”权限", {"www-authenticate": told})
        self.desk.keys.use(key, address)
        request.state.key, request.state.scope = key.number, key.scope
        return key

    # -- what is answered

    def _read(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return read_record(self.desk.path, work, *args, **kwargs)

    def _get(self, app: FastAPI, path: str, reach: Reach | None = None, *statuses: int) -> Callable[[Any], Any]:
        """Puts what answers at an address, to a key that reaches so far; ``statuses`` beside the usual."""
        summary, tag, description = _ANSWERS[path]
        keyed = () if reach is None else (401, 403, 422, 429, 503)
        return app.get(
            path, summary=summary, tags=[tag], description=description, responses=documented(*keyed, *statuses),
            dependencies=[] if reach is None else [self._permit(reach), Depends(once)],
        )  # fmt: skip

    def _open(self, app: FastAPI) -> None:
        @self._get(app, "/v1/health", None, 503)
        def health() -> Health:
            with Ledger.open(self.desk.path) as ledger:
                last = ledger.last()
            return Health(
                status="ok", version=program_version(), rulebook=self.desk.book.fingerprint,
                acts=last.act if last else 0, last_act_at=zoned(last.recorded_at) if last else None,
            )  # fmt: skip

        @self._get(app, "/problems")
        def codes() -> Codes:
            said = [
                Code(code=code, status=status, title=CATALOGUE[code].text, advice=CATALOGUE[code].wanted)
                for code, status in problems.STATUS.items()
            ]
            return Codes(problems=said)

    def _warnings(self, app: FastAPI) -> None:
        @self._get(app, "/v1/warnings", Reach.WARNINGS)
        def warnings(asked: Annotated[_AtTime, Query()]) -> Warnings:
            return self._read(reading.warnings_at, asked_at(asked.at))

        @self._get(app, "/v1/warnings/transitions", Reach.WARNINGS)
        def transitions(asked: Annotated[_OfCity, Query()]) -> Page[Transition]:
            return self._read(reading.transitions, asked.city, asked.limit, asked.after)

    def _acts(self, app: FastAPI) -> None:
        @self._get(app, "/v1/acts", Reach.ORDERS)
        def acts(asked: Annotated[_OfActs, Query()], request: Request) -> Page[ActSummary]:
            scope = request.state.scope
            return self._read(reading.acts, asked.limit, asked.after, binding=asked.binding, scope=scope)

        @self._get(app, "/v1/in-force", Reach.ORDERS)
        def in_force(asked: Annotated[_AtTime, Query()], request: Request) -> StandingNow:
            return self._read(standing_now, asked_at(asked.at), request.state.scope)

        @self._get(app, "/v1/acts/{act}", Reach.ORDERS, 404)
        def act(act: _Act, _asked: _Nothing, request: Request) -> ActDetail:
            return self._read(reading.act_detail, act, request.state.scope)

        @self._get(app, "/v1/acts/{act}/orders", Reach.ORDERS, 404)
        def orders(act: _Act, asked: Annotated[_OfOrders, Query()], request: Request) -> Page[Order]:
            wanted = asked.model_dump(exclude={"limit", "after"})
            return self._read(reading.orders, act, wanted, asked.limit, asked.after, request.state.scope)

    def _orders(self, app: FastAPI) -> None:
        @self._get(app, "/v1/acts/{act}/orders/{order_id:path}/explanation", Reach.EXPLAIN, 404, 409)
        async def explanation(act: _Act, order_id: _OrderId, _asked: _Nothing, request: Request) -> Explanation:
            if not request.state.scope.whole:
                await run_in_threadpool(self._read, reading.seen_order, act, order_id, request.state.scope)
            if (held := self._explained.get((act, order_id))) is not None:
                return held
            # only what must be opened anew counts: it keeps other questions waiting
            if wait := self.explanations.take(request.state.key):
                raise ApiProblemError("too-many-requests", headers={"retry-after": str(wait)})
            made: Explanation = await self.desk.ask(read_record, self.desk.path, reading.explanation, act, order_id)
            self._explained[act, order_id] = made
            if len(self._explained) > _KEPT:
                self._explained.popitem(last=False)
            return made

        @self._get(app, "/v1/enterprises/{enterprise_id:path}/orders", Reach.ORDERS)
        def of_enterprise(
            enterprise_id: _Enterprise, asked: Annotated[_OfEnterprise, Query()], request: Request
        ) -> Page[EnterpriseOrder]:
            scope, page = request.state.scope, (asked.limit, asked.after)
            return self._read(reading.orders_of_enterprise, enterprise_id, *page, scope, asked.city)

    def _releases(self, app: FastAPI) -> None:
        body = {"required": True, "content": {"application/json": {"schema": ReleaseAsked.model_json_schema()}}}

        @app.post(
            "/v1/acts/{act}/release",
            summary="具名放行一条的文书",
            tags=["指令"],
            dependencies=[Depends(self._person), Depends(once)],
            status_code=201,
            responses=documented(401, 403, 404, 409, 422, 429, 503),
            openapi_extra={"requestBody": body},
            description="以密钥所属批准人的名义放行该条仍是草稿的全部文书，未决事项逐份载明，记入台账；只能放行一次。",
        )
        async def let_out(act: _Act, _asked: _Nothing, request: Request) -> Released:
            # the body is read here: a wrong one is told to those alone who may release
            return await self._release(act, request.state.account, await request.body())

    async def _release(self, act: int, account: Account, body: bytes) -> Released:
        """Release the papers of an act as ``account``; ``body`` is a :class:`ReleaseAsked` as JSON.

        Raises:
            RequestValidationError: the body is none.
            ApiProblemError: no such act, one whose papers cannot be released, or are released already.
            InputError: the ledger cannot be written just now.

        """
        try:
            asked = ReleaseAsked.model_validate_json(body)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_input=False)
            raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in wrong]) from None
        async with self._turn:
            await self.desk.read(reading.to_release, act)
            try:
                await self.desk.ask(release, self.desk.path, act, account.signer(Right.APPROVE), asked.reason)
            except InputError as error:
                if any(one.code == "released_already" for one in error.problems):  # on the page, meanwhile
                    raise ApiProblemError("released-already") from None
                told = [one for one in error.problems if one.code in _KEPT_BACK]
                if not told:
                    raise
                raise ApiProblemError("cannot-release", "；".join(one.words("zh")[0] for one in told)) from None
            return (await self.desk.read(reading.releases_of, act))[-1]


def _answer(said: problems.ProblemBody, headers: dict[str, str] | None = None) -> Response:
    return Response(problems.as_json(said), said.status, headers, problems.MEDIA)


async def _on_failure(_request: Request, error: Exception) -> Response:
    """What went wrong, as the problem that says so."""
    if isinstance(error, ApiProblemError):
        return _answer(problems.body(error.code, error.detail), error.headers)
    if isinstance(error, RequestValidationError):
        return _answer(problems.body("invalid-request", errors=problems.of_fields(error.errors())))
    if isinstance(error, InputError):
        _log.warning("the interface could not read the ledger: %s", error)
        return _answer(problems.body("ledger-unavailable"))
    if not isinstance(error, HTTPException):
        _log.error("the interface failed", exc_info=error)
        return _answer(problems.body("internal"))
    known = {404: "not-found", 405: "method-not-allowed", 401: "key-required", 413: "too-large"}
    code = known.get(error.status_code, "invalid-request" if error.status_code < 500 else "internal")
    taken = (error.headers or {}).get("allow", (error.headers or {}).get("Allow", ""))
    return _answer(problems.body(code), {"allow": allowed(taken)} if code == "method-not-allowed" else None)
