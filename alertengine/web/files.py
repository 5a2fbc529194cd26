"""What the page fetches as files: rows as JSON, documents zipped, reports as pages; each needs session and right."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path, PurePath
from types import MethodType
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.convertors import Convertor, register_url_convertor

from alertengine.ledger import ACCESS, Ledger
from alertengine.vocabulary import AlertEngineError, InputError, Problem, refuse
from alertengine.web.accounts import Account
from alertengine.web.asked import coverage_page
from alertengine.web.desk import Desk
from alertengine.web.guard import page, words_of
from alertengine.web.jobs.store import Job, state_of
from alertengine.web.opening import evaluation, printed_act, printed_work, rows_file
from alertengine.web.papers import zip_of
from alertengine.web.roles import Right
from alertengine.web.simulation import results_of, run_of
from alertengine.workflow import ORDER_TEXT, SUPERIOR_ORDER, release_on_record


class _ActNumber(Convertor[int]):
    """The number of an act in an address; longer than SQLite's largest, it is no address."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("act", _ActNumber())
P = ParamSpec("P")
#: Rights of those who sign; one of them is asked for.
_SIGNING: Final = (Right.WORK, Right.REVIEW, Right.APPROVE)
_NOT_OPENED: Final = "没有打开这个文件"
#: Rows are packed where they are made, not on their way in the thread that answers everybody.
_PACKED: Final = {"content-encoding": "gzip"}


#: The addresses of files, and what answers there.
_ANSWERS: Final[dict[str, Callable[..., Awaitable[Response]]]] = {}


def router(desk: Desk) -> APIRouter:
    """The routes."""
    made, files = APIRouter(include_in_schema=False), _Files(desk)
    for address, answer in _ANSWERS.items():
        made.add_api_route(f"/files/{address}", MethodType(answer, files), methods=["GET"], response_model=None)
    return made


def _at(address: str) -> Callable[[Callable[Concatenate[_Files, P], Awaitable[Response]]], Any]:
    """Puts what answers at an address: with what is asked for, or a page that says why it is refused."""

    def put(answer: Callable[Concatenate[_Files, P], Awaitable[Response]]) -> Any:
        @wraps(answer)
        async def answered(files: _Files, *args: P.args, **kwargs: P.kwargs) -> Response:
            try:
                return await answer(files, *args, **kwargs)
            except AlertEngineError as error:
                codes = {one.code for one in error.problems} if isinstance(error, InputError) else set()
                return page(403 if "right_missing" in codes else 404, _NOT_OPENED, words_of(error))

        _ANSWERS[address] = answered
        return answered

    return put


class _Files:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @_at("works/{key}.json")
    async def work(self, request: Request, key: str) -> Response:
        """The orders of a work in hand."""
        self.desk.allow(request.state.session, Right.WORK)
        found = self.desk.works.rows_file(key)
        if not found.is_file():
            return page(404, _NOT_OPENED, "须重新计算")
        return FileResponse(found, media_type="application/json", headers=_PACKED)

    @_at("acts/{act:act}.json")
    async def act(self, request: Request, act: int) -> Response:
        """The orders of an act, persons' names masked."""
        scope = self.desk.allow(request.state.session, Right.READ).scope
        found = await self.desk.ask(rows_file, self.desk.path, act, scope)
        return FileResponse(found, media_type="application/json", headers=_PACKED)

    @_at("acts/{act:act}/print.html")
    async def printed(self, request: Request, act: int) -> Response:
        """All orders of an act as a page to be printed, persons' names masked."""
        scope = self.desk.allow(request.state.session, Right.READ).scope
        found = await self.desk.ask(printed_act, self.desk.path, act, scope)
        return FileResponse(found, media_type="text/html", headers=_PACKED)

    @_at("works/{key}/print.html")
    async def work_printed(self, request: Request, key: str) -> Response:
        """All orders of a work in hand as a page to be printed."""
        self.desk.allow(request.state.session, Right.WORK)
        found = await self.desk.ask(printed_work, self.desk.path, key)
        return FileResponse(found, media_type="text/html", headers=_PACKED)

    @_at("acts/{act:act}/evaluation.html")
    async def evaluation(self, request: Request, act: int) -> Response:
        """The evaluation of an act with its charts."""
        scope = self.desk.allow(request.state.session, Right.READ).scope
        return HTMLResponse(await self.desk.ask(evaluation, self.desk.path, act, scope))

    @_at("acts/{act:act}.zip")
    async def documents(self, request: Request, act: int) -> Response:
        """Word orders, boards, the notice and the evening's papers of an issued act, zipped."""
        held = self.desk.account(request.state.session)
        right = next((one for one in _SIGNING if held is not None and one in held.rights), Right.WORK)
        account = self.desk.allow(request.state.session, right)
        job = await self.desk.jobs.done(await self.desk.look(documents_of, self.desk, act, account.user))
        found = self.desk.jobs.out(job) / "documents.zip"
        return FileResponse(found, media_type="application/zip", filename=f"act-{act}-documents.zip")

    @_at("orders/{act:act}")
    async def superior(self, request: Request, act: int) -> Response:
        """The paper of an order from above as it came, else its text."""
        self.desk.allow(request.state.session, Right.READ)
        name, data = await self.desk.look(_paper_of, self.desk.path, act)
        kept = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return Response(data, media_type="application/octet-stream", headers=kept)

    @_at("simulations/{key}/report.html")
    async def report(self, request: Request, key: str) -> Response:
        """The report of a person's own simulation."""
        account = self.desk.allow(request.state.session, Right.SIMULATE)
        found = results_of(self.desk.jobs, run_of(self.desk.jobs, key, account.user)) / "report.html"
        return FileResponse(found) if found.is_file() else page(404, _NOT_OPENED, "推演尚未完成")

    @_at("simulations/{key}.zip")
    async def tables(self, request: Request, key: str) -> Response:
        """Everything a simulation wrote, zipped."""
        account = self.desk.allow(request.state.session, Right.SIMULATE)
        folder = results_of(self.desk.jobs, run_of(self.desk.jobs, key, account.user))
        if not folder.is_dir():
            return page(404, _NOT_OPENED, "推演尚未完成")
        said = {"content-disposition": 'attachment; filename="simulation.zip"'}
        data = await asyncio.get_running_loop().run_in_executor(None, zip_of, folder)
        return Response(data, media_type="application/zip", headers=said)

    @_at("coverage.html")
    async def coverage(self, request: Request, day: str = "", city: str = "") -> Response:
        """The coverage of a place and day as a page of its own."""
        self.desk.allow(request.state.session, Right.READ)
        return HTMLResponse(await self.desk.ask(coverage_page, self.desk.rules, day, city))

    @_at("dossiers/{enterprise}.html")
    async def dossier(self, request: Request, enterprise: str, access: int | None = None) -> Response:
        """The dossier of an enterprise; with personal data where ``access`` is one's own act of asking for them."""
        right = Right.AUDIT if access else Right.READ
        account = self.desk.allow(request.state.session, right)
        page = await self.desk.look(dossier_of, self.desk.path, enterprise, access, account)
        return HTMLResponse(page)


def documents_of(desk: Desk, act: int, user: str) -> Job:
    """The job that makes the documents of an act, or has made them.

    Raises:
        InputError: no such act, one that decides nothing, or the person has too many jobs.

    """
    with Ledger.open(desk.path) as ledger:
        if not any(ledger.rows(act, name) for name in ("orders", "warnings")):  # said at once, not by a job that fails
            raise refuse(ledger.path, "act_without_orders", value=ledger.act(act).kind, act=act)
        allowed = release_on_record(ledger, act)
        made_from = [*state_of(ledger, act), "" if allowed is None else f"{allowed.by} {allowed.reason}"]
    return desk.jobs.begin("documents", f"第{act}号文书", {"act": act}, user, made_from)


def _paper_of(path: Path, number: int) -> tuple[str, bytes]:
    """The name and bytes of what an act of an order from above holds: the paper before its text.

    Raises:
        InputError: no such act, or it holds nothing.

    """
    with Ledger.open(path) as ledger:
        held = sorted(ledger.inputs(number), key=lambda one: PurePath(one.path).name == ORDER_TEXT)
        data = ledger.input(number, held[0].path) if held and ledger.act(number).kind == SUPERIOR_ORDER else None
        if data is None:
            raise refuse(path, "order_without_paper", act=number)
        return PurePath(held[0].path).name, data


def dossier_of(path: Path, enterprise: str, access: int | None, account: Account) -> str:
    """The dossier page, as far as the person may see it.

    Raises:
        InputError: no such enterprise there, or the act is no asking of this person for it.

    """
    from alertengine.report import dossier_page
    from alertengine.workflow import dossier

    with Ledger.open(path) as ledger:
        if access is not None:
            act = ledger.act(access)
            if (act.kind, act.user("drafted_by"), act.head.get("what")) != (ACCESS, account.user, asked_of(enterprise)):
                raise InputError([Problem("access_without_reason", where="right")])
        found = dossier(ledger, enterprise, personal=access is not None, places=account.scope.places)
        return dossier_page(found)


def asked_of(enterprise: str) -> str:
    """What an act of access says is shown, where it is a dossier."""
    return f"dossier {enterprise}"
