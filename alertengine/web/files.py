"""What the page fetches as files: rows as JSON, documents zipped, reports as pages; each needs session and right."""

from __future__ import annotations

import asyncio
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from alertengine.files.scratch import scratch
from alertengine.ledger.personal_access import KIND
from alertengine.ledger.store import Ledger
from alertengine.orders.read import plain_texts
from alertengine.vocabulary.problems import AlertEngineError, InputError, Problem
from alertengine.web.desk import Desk
from alertengine.web.orderrows import rows
from alertengine.web.roles import Right
from alertengine.workflow.acts_in_force import decided_of
from alertengine.workflow.replay import list_of, rulebook_of

if TYPE_CHECKING:
    from alertengine.rulebook.book import Rulebook


def router(desk: Desk) -> APIRouter:
    """The routes."""
    files = _Files(desk)
    made = APIRouter(include_in_schema=False)
    made.add_api_route("/files/works/{key}.json", files.work, methods=["GET"], response_model=None)
    made.add_api_route("/files/acts/{act}.json", files.act, methods=["GET"], response_model=None)
    made.add_api_route("/files/acts/{act}.zip", files.documents, methods=["GET"], response_model=None)
    made.add_api_route("/files/simulations/{key}/report.html", files.report, methods=["GET"], response_model=None)
    made.add_api_route("/files/simulations/{key}.zip", files.tables, methods=["GET"], response_model=None)
    made.add_api_route("/files/coverage.html", files.coverage, methods=["GET"], response_model=None)
    made.add_api_route("/files/dossiers/{enterprise}.html", files.dossier, methods=["GET"], response_model=None)
    return made


class _Files:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def work(self, request: Request, key: str) -> Response:
        """The orders of a person's own work in hand."""
        try:
            account = self.desk.allow(request.state.session, Right.WORK)
            return _json(rows(self.desk.works.get(key, account.user).orders))
        except AlertEngineError as error:
            return _refused(error)

    async def act(self, request: Request, act: int) -> Response:
        """The orders of an act, persons' names masked."""
        try:
            self.desk.allow(request.state.session, Right.READ)
            return _json(await self.desk.look(self._rows, act))
        except AlertEngineError as error:
            return _refused(error)

    def _rows(self, act: int) -> list[dict[str, Any]]:
        with Ledger.open(self.desk.path) as ledger:
            return rows(ledger.orders(act, personal=False))

    async def documents(self, request: Request, act: int) -> Response:
        """Word orders, boards and the notice of an issued act, zipped."""
        try:
            self.desk.allow(request.state.session, Right.WORK)
            data = await self.desk.run(zipped_documents, self.desk.path, act)
        except AlertEngineError as error:
            return _refused(error)
        said = {"content-disposition": f'attachment; filename="act-{act}-documents.zip"'}
        return Response(data, media_type="application/zip", headers=said)

    async def report(self, request: Request, key: str) -> Response:
        """The report of a person's own simulation."""
        try:
            account = self.desk.allow(request.state.session, Right.SIMULATE)
            found = self.desk.simulations.get(key, account.user).results / "report.html"
        except AlertEngineError as error:
            return _refused(error)
        return FileResponse(found) if found.is_file() else PlainTextResponse("推演尚未完成", status_code=404)

    async def tables(self, request: Request, key: str) -> Response:
        """Everything a simulation wrote, zipped."""
        try:
            account = self.desk.allow(request.state.session, Right.SIMULATE)
            folder = self.desk.simulations.get(key, account.user).results
        except AlertEngineError as error:
            return _refused(error)
        said = {"content-disposition": 'attachment; filename="simulation.zip"'}
        data = await asyncio.get_running_loop().run_in_executor(None, _zip, folder)
        return Response(data, media_type="application/zip", headers=said)

    async def coverage(self, request: Request, day: str = "", city: str = "") -> Response:
        """The coverage of a place and day as a page of its own."""
        try:
            self.desk.allow(request.state.session, Right.READ)
            return HTMLResponse(await self.desk.run(covered, self.desk.book, day, city))
        except AlertEngineError as error:
            return _refused(error)

    async def dossier(self, request: Request, enterprise: str, access: int | None = None) -> Response:
        """The dossier of an enterprise; with personal data where ``access`` is one's own act of asking for them."""
        try:
            right = Right.AUDIT if access else Right.READ
            account = self.desk.allow(request.state.session, right)
            page = await self.desk.look(dossier_of, self.desk.path, enterprise, access, account.user)
            return HTMLResponse(page)
        except AlertEngineError as error:
            return _refused(error)


def covered(book: Rulebook, day: str, city: str) -> str:
    """The coverage page.

    Raises:
        InputError: no such day or city.

    """
    from alertengine.checking.rules.coverage import coverage
    from alertengine.report.coverage import coverage_report
    from alertengine.rulebook.query import place_of

    try:
        when = date.fromisoformat(day)
    except ValueError:
        raise InputError([Problem("day_wanted", where="session")]) from None
    return coverage_report(coverage(book, when, place_of(book, city) if city else None), book)


def dossier_of(path: Path, enterprise: str, access: int | None, user: str) -> str:
    """The dossier page.

    Raises:
        InputError: no such enterprise, or the act is no asking of this person for it.

    """
    from alertengine.report.dossier import dossier_page
    from alertengine.workflow.dossier import dossier

    with Ledger.open(path) as ledger:
        if access is not None:
            act = ledger.act(access)
            if (act.kind, act.user("drafted_by"), act.head.get("what")) != (KIND, user, asked_of(enterprise)):
                raise InputError([Problem("access_without_reason", where="right")])
        return dossier_page(dossier(ledger, enterprise, personal=access is not None))


def asked_of(enterprise: str) -> str:
    """What an act of access says is shown, where it is a dossier."""
    return f"dossier {enterprise}"


def _json(table: list[dict[str, Any]]) -> Response:
    return Response(orjson.dumps(table), media_type="application/json")


def _refused(error: AlertEngineError) -> Response:
    text = "；".join(one.words("zh")[0] for one in error.problems) if isinstance(error, InputError) else str(error)
    return PlainTextResponse(text, status_code=404)


def zipped_documents(path: Path, number: int) -> bytes:
    """The documents of an issued act, as one zip.

    Raises:
        InputError: there is no such act of warnings and orders.

    """
    from alertengine.documents.formal_or_draft import Footing
    from alertengine.documents.write_documents import Wish, write_documents

    with Ledger.open(path) as ledger, scratch() as name:
        act = ledger.act(number)
        orders = plain_texts(ledger.orders(number))
        warnings = ledger.warnings(number) if any(part.part == "warnings" for part in ledger.parts(number)) else None
        decided = decided_of(ledger, act)
        footing = Footing(rulebook_of(ledger, number), list_of(ledger, number), warnings)
        setting = act.head.get("options", {}).get("scenario", {}).get("mode", "live")
        write_documents(
            orders, footing, Path(name), Wish(setting=setting, workers=1, now=decided.now if decided else None)
        )
        return _zip(Path(name))


def _zip(folder: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                packed.write(file, file.relative_to(folder).as_posix())
    return made.getvalue()
