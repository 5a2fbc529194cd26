"""Letting the papers of an act go out in the name of the person whose key asks for it."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from alertengine.ledger import Ledger
from alertengine.vocabulary import InputError
from alertengine.web.accounts import Account
from alertengine.web.api import reading
from alertengine.web.api.models import ReleaseAsked, Released
from alertengine.web.api.problems import ApiProblemError
from alertengine.web.desk import Desk
from alertengine.web.papers import release
from alertengine.web.roles import Right

#: Why an act's papers are not released, where the record says so.
_KEPT_BACK: Final = frozenset({"nothing_released", "never_released", "act_orders_nothing"})


class Releasing:
    """Releases over one desk, one at a time: papers go out once."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk."""
        self.desk = desk
        self._turn = asyncio.Lock()

    async def __call__(self, act: int, account: Account, body: bytes) -> Released:
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
            await self.desk.look(self._look, act)
            try:
                await self.desk.ask(release, self.desk.path, act, account.signer(Right.APPROVE), asked.reason)
            except InputError as error:
                told = [one for one in error.problems if one.code in _KEPT_BACK]
                if not told:
                    raise
                raise ApiProblemError("cannot-release", "；".join(one.words("zh")[0] for one in told)) from None
            return (await self.desk.look(self._found, act))[-1]

    def _look(self, act: int) -> None:
        with Ledger.open(self.desk.path) as ledger:
            reading.to_release(ledger, act)

    def _found(self, act: int) -> list[Released]:
        with Ledger.open(self.desk.path) as ledger:
            return reading.releases_of(ledger, act)
