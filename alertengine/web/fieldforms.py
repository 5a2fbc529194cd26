"""The inspector's evening on a phone: plain forms to addresses of their own, so that a dead spot loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote

import pandas as pd
from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from alertengine.ledger import record_access
from alertengine.vocabulary import VERDICT_TEXT, AlertEngineError, InputError, time_of_day, to_minute, unsaid
from alertengine.vocabulary import times as clock
from alertengine.web.asked import by_the_law
from alertengine.web.fieldnotes import MOST_PHOTOS, POWER, SEEN, FieldNote, FieldNotes, image_type
from alertengine.web.guard import words_of
from alertengine.web.inspecting import Stop, contacts_of, judge, put_on_record, recorded_words, route
from alertengine.web.pages.inspect import ON_MAP, TAGS, route_map
from alertengine.web.pages.mapdrawing import power_chart
from alertengine.web.roles import Right
from alertengine.workflow import Upload

if TYPE_CHECKING:
    from alertengine.web.accounts import Account
    from alertengine.web.desk import Desk
    from alertengine.web.signin import Forms

PLACE: Final = "/field"
_Text = Annotated[str, Form(max_length=600)]
_Said = dict[str, Any]
_SAID: Final = {"breached": "条违反", "doubtful": "条疑似", "complied": "条落实"}


class FieldForms:
    """The forms of one desk."""

    def __init__(self, desk: Desk, forms: Forms) -> None:
        """``forms`` know the keys of forms."""
        self.desk, self.forms = desk, forms

    def router(self) -> APIRouter:
        """The routes."""
        made = APIRouter(include_in_schema=False)
        made.add_api_route(PLACE, self.route, methods=["GET"], response_model=None)
        made.add_api_route(f"{PLACE}/plant", self.plant, methods=["GET"], response_model=None)
        made.add_api_route(f"{PLACE}/plant", self.keep, methods=["POST"], response_model=None)
        made.add_api_route(f"{PLACE}/phone", self.phone, methods=["POST"], response_model=None)
        made.add_api_route(f"{PLACE}/judge", self.judged, methods=["GET"], response_model=None)
        made.add_api_route(f"{PLACE}/judge", self.record, methods=["POST"], response_model=None)
        made.add_api_route(f"{PLACE}/drop", self.drop, methods=["POST"], response_model=None)
        made.add_api_route(f"{PLACE}/photos/{{code}}", self.photo, methods=["GET"], response_model=None)
        return made

    def _notes(self, account: Account) -> FieldNotes:
        return FieldNotes(self.desk.works.store, account.user)

    async def _route(self, request: Request) -> tuple[Account, list[Stop], list[int]]:
        """Who asks, tonight's plants for them and the acts these are ordered by."""
        account = self.desk.allow(request.state.session, Right.AUDIT)
        now = pd.Timestamp(clock.now().replace(tzinfo=None))
        return account, *await self.desk.read(route, now, account.scope)

    def _numbers(self, account: Account, stops: list[Stop]) -> _Said:
        """Kilograms at risk tonight and those seen, and the plants that have a note."""
        noted = {(one.city, one.enterprise_id) for one in self._notes(account).all()}
        visited = {one.asked for one in stops if not noted.isdisjoint([one.plant, ("", one.enterprise_id)])}
        seen = sum(one.at_risk for one in stops if one.asked in visited)
        return {"risk": sum(one.at_risk for one in stops), "seen": seen, "visited": visited}

    def _page(
        self, name: str, request: Request, account: Account, said: dict[str, Any], status: int = 200
    ) -> HTMLResponse:
        shown = {"name": account.name[:1], "clock": time_of_day(clock.now()), "tags": TAGS, **said}
        return self.forms.page(name, request, status, **shown)

    async def route(self, request: Request, said: str = "") -> Response:
        """Tonight's route, the gravest first."""
        try:
            account, stops, acts = await self._route(request)
        except AlertEngineError:
            return RedirectResponse("/", status_code=303)
        shown = self._numbers(account, stops)
        first = next((one for one in stops if one.asked not in shown["visited"]), None)
        drawn, unplaced = await route_map(self.desk, stops, acts, (374, 210))
        drawing = Markup(drawn)  # noqa: S704 -- made here, every text escaped
        shown |= {"most": max((one.at_risk for one in stops), default=0) or 1, "open": self._notes(account).open()}
        shown |= {"stops": stops, "first": first, "said": said, "map": drawing, "unplaced": unplaced, "shown": ON_MAP}
        shown["nowhere"] = {number for _, own in unplaced for number, _ in own}
        return self._page("route.html.j2", request, account, shown)

    async def plant(self, request: Request, enterprise: str = "") -> Response:
        """The form of one plant of the route."""
        return await self._plant(request, enterprise)

    async def phone(self, request: Request, enterprise: _Text, reason: _Text = "", key: _Text = "") -> Response:
        """The telephone of a plant's contact, once the reason is on record."""
        if not self.forms.checked(request, key):
            return await self._plant(request, enterprise, 403, "页面已过期，请再试一次")
        try:
            account, stops, acts = await self._route(request)
            stop = next((one for one in stops if one.asked == enterprise), None)
            if unsaid(reason) or stop is None:
                return await self._plant(request, enterprise, 400, "请写明理由")
            by = account.signer(Right.AUDIT)
            await self.desk.look(record_access, self.desk.path, f"phone {enterprise}", by, reason.strip())
            found = await self.desk.ask(contacts_of, self.desk.path, acts, stop.plant)
        except AlertEngineError as error:
            return await self._plant(request, enterprise, 400, words_of(error))
        return await self._plant(request, enterprise, contacts=found)

    async def _plant(
        self,
        request: Request,
        code: str,
        status: int = 200,
        said: str = "",
        contacts: list[tuple[str, str]] | None = None,
        held: Mapping[str, str] = MappingProxyType({}),
    ) -> Response:
        try:
            account, stops, _ = await self._route(request)
        except AlertEngineError:
            return RedirectResponse("/", status_code=303)
        place = next((number for number, one in enumerate(stops) if one.asked == code), None)
        if place is None:
            return RedirectResponse(PLACE, status_code=303)
        shown = self._numbers(account, stops)
        shown |= {"stop": stops[place], "place": place + 1, "count": len(stops), "words": SEEN, "most": MOST_PHOTOS}
        drawn = self.desk.works.store.form(POWER)
        power = drawn.get("/".join(stops[place].plant)) or drawn.get(code)
        chart = Markup(power_chart(power)) if power else ""  # noqa: S704 -- made here, every text escaped
        blank = {"time": to_minute(clock.now()), "result": "", "number": "", "text": ""}
        shown |= {"chart": chart, "contacts": contacts, "said": said, "warn": True, "held": {**blank, **held}}
        return self._page("plant.html.j2", request, account, shown, status)

    async def keep(
        self,
        request: Request,
        enterprise: _Text,
        time: _Text = "",
        result: _Text = "",
        number: _Text = "",
        text: _Text = "",
        key: _Text = "",
        photos: Annotated[list[UploadFile] | None, File()] = None,
    ) -> Response:
        """Keep a note and lead to the next plant that has none."""
        held = {"time": time, "result": result, "number": number, "text": text}
        if not self.forms.checked(request, key):
            return await self._plant(request, enterprise, 403, "页面已过期，请再存一次", held=held)
        try:
            account, stops, _ = await self._route(request)
            stop = next((one for one in stops if one.asked == enterprise), None)
            if stop is None:
                return RedirectResponse(PLACE, status_code=303)
            taken = [Upload(one.filename or "photo", await one.read()) for one in photos or () if one.size]
            note = FieldNote(stop.enterprise_id, stop.enterprise, result, time, number, text, city=stop.city)
            await self.desk.look(self._notes(account).add, note, taken)
        except InputError as error:
            return await self._plant(request, enterprise, 400, words_of(error), held=held)
        visited = self._numbers(account, stops)["visited"]
        after = next((one.asked for one in stops if one.asked not in visited), None)
        way = f"{PLACE}/plant?enterprise={quote(after)}" if after else PLACE
        return RedirectResponse(f"{way}{'&' if after else '?'}kept={quote(enterprise)}", status_code=303)

    async def judged(self, request: Request) -> Response:
        """What the open notes come to, asked in numbers before anything is put on record."""
        return await self._judged(request)

    async def _judged(self, request: Request, status: int = 200, said: str = "", *, anew: bool = True) -> Response:
        try:
            account = self.desk.allow(request.state.session, Right.AUDIT)
        except AlertEngineError:
            return RedirectResponse("/", status_code=303)
        notes = self._notes(account).open()
        found = None
        if notes and anew:
            try:
                files = [one.evidence(account.name) for one in notes]
                found = await self.desk.ask(by_the_law, judge, self.desk.path, self.desk.rules, files)
            except InputError as error:
                said = "；".join(one.text("zh", short=True) for one in error.problems)
        rows = [] if found is None else [row for row in found.rows if row["evidence"] == "inspection"]
        counts = [(sum(row["finding"] == name for row in rows), words) for name, words in _SAID.items()]
        told = [] if found is None else [one.text("zh", short=True) for one in found.problems[:20]]
        more = {"notes": notes, "rows": rows, "counts": counts, "problems": told, "said": said, "warn": True}
        more |= {"seen": _mark(notes), "verdicts": VERDICT_TEXT}
        return self._page("judge.html.j2", request, account, more, status)

    async def record(self, request: Request, key: _Text = "", seen: _Text = "") -> Response:
        """Put the findings of the open notes on record under the inspector's name: of those that were ``seen``."""
        if not self.forms.checked(request, key):
            return await self._judged(request, 403, "页面已过期，请再试一次")
        try:
            account = self.desk.allow(request.state.session, Right.AUDIT)
            notes = self._notes(account)
            judged = notes.open()
            if seen != _mark(judged):
                return await self._judged(request, 409, "判断之后现场记录有变，请看过再记入台账")
            files = [one.evidence(account.name) for one in judged]
            by = account.signer(Right.AUDIT)
            act = await self.desk.ask(by_the_law, put_on_record, self.desk.path, self.desk.rules, files, by)
            await self.desk.look(notes.recorded, judged, act.act)
        except InputError as error:
            words = "；".join(one.text("zh", short=True) for one in error.problems)
            return await self._judged(request, 400, words, anew=False)
        return RedirectResponse(f"{PLACE}?said={quote(recorded_words(act))}", status_code=303)

    async def drop(self, request: Request, note: _Text = "", key: _Text = "") -> Response:
        """Take a note back that is not on record yet."""
        if not self.forms.checked(request, key):
            return await self._judged(request, 403, "页面已过期，请再试一次")
        try:
            notes = self._notes(self.desk.allow(request.state.session, Right.AUDIT))
            await self.desk.look(notes.drop, note)
        except InputError as error:
            return await self._judged(request, 400, words_of(error))
        return RedirectResponse(f"{PLACE}/judge", status_code=303)

    async def photo(self, request: Request, code: str) -> Response:
        """One of the inspector's own photos."""
        try:
            account = self.desk.allow(request.state.session, Right.AUDIT)
            found = self._notes(account).photo(code)
        except InputError:
            return Response(status_code=404)
        return Response(found.data, media_type=image_type(found.data) or "application/octet-stream")


def _mark(notes: Sequence[FieldNote]) -> str:
    """What tells notes from others, and from the same with one more or one less."""
    return sha256(",".join(one.code for one in notes).encode()).hexdigest()[:16]
