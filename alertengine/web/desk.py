"""What all pages share: the ledger, the rulebook, who is signed in, one thread that decides, processes that answer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

from alertengine.files import worker_context
from alertengine.ledger import Ledger
from alertengine.vocabulary import Both, InputError, Problem
from alertengine.vocabulary import times as clock
from alertengine.web.accounts import Account, Accounts
from alertengine.web.api.keys import Keys
from alertengine.web.asked import first_page
from alertengine.web.auditview import BESIDE
from alertengine.web.jobs.child import PRELOADED, settle
from alertengine.web.jobs.queue import Jobs
from alertengine.web.jobs.store import state_of
from alertengine.web.kept import forget_erased, last_erasure, read_record
from alertengine.web.mapview import MapView, map_view
from alertengine.web.roles import RIGHT_TEXT, Right
from alertengine.web.sessions import Session, Sessions, Tries
from alertengine.web.today import Today
from alertengine.web.workstore import Works

if TYPE_CHECKING:
    from alertengine.rulebook import Rulebook

P = ParamSpec("P")
T = TypeVar("T")
#: Reads of the ledger at a time.
_LOOKING: Final = 4
#: How old what 今日 showed may be where what waits is counted.
_LATELY: Final = timedelta(minutes=10)
#: Processes: one long answer keeps nobody else waiting.
_WORKERS: Final = 2


@dataclass
class Desk:
    """One running page: ``path`` is the ledger, ``rules`` further folders of rules.

    What is answered by a process beside it (:meth:`ask`, 今日, the map) is an ``InputError`` where that process died.
    """

    path: Path
    rules: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        """Prepare the accounts, the keys and the thread."""
        self.accounts = Accounts(self.path)
        self.sessions = Sessions(self.accounts.store)
        self.tries = Tries(self.accounts.store)
        self.jobs = Jobs(self.path, self.rules)
        self.works = Works(self.path)
        self._pool: ProcessPoolExecutor | None = None
        self._pool_lock = Lock()
        self._today: tuple[tuple[datetime, int], Today] | None = None
        self._map: tuple[tuple[datetime, int, bool], MapView] | None = None
        self._today_lock = asyncio.Lock()
        self._erased = self._warmed = 0
        self.keys = Keys(self.path)
        #: By user what was counted of the record as it stood at a minute.
        self.counted: dict[str, tuple[tuple[int, int], int]] = {}
        # durable-rules wants one thread; long work is a job, and what is asked of acts goes to other processes
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="deciding")
        self._looking = ThreadPoolExecutor(max_workers=_LOOKING, thread_name_prefix="looking")

    @cached_property
    def book(self) -> Rulebook:
        """The rulebook, read once: what is changed by other hands than the page's counts after a restart."""
        from alertengine.rulebook import Rulebook

        return Rulebook.load(self.rules)

    def renew(self) -> None:
        """Read the rulebook anew when it is next asked for: the page wrote into the bureau's folder."""
        self.__dict__.pop("book", None)
        self._today = None

    async def today(self) -> Today:
        """What 今日 shows, put together once a minute and after each act that says more than who came and went."""
        async with self._today_lock:
            mark = await self._stands()
            if self._today is None or self._today[0] != mark:
                self._today = (mark, await self.ask(first_page, self.path, self.rules, mark[0]))
            return self._today[1]

    async def _stands(self) -> tuple[datetime, int]:
        """The minute, and how far the record goes but for who came and went."""
        return clock.now().replace(tzinfo=None, second=0, microsecond=0), await self.read(_last_act)

    async def today_lately(self) -> Today:
        """What 今日 shows or showed some minutes ago, as long as no act was added since: enough to count what waits."""
        return await self.today_before() or await self.today()

    async def today_before(self) -> Today | None:
        """What 今日 showed some minutes ago, as long as no act was added since; None where it showed nothing."""
        kept = self._today
        now = clock.now().replace(tzinfo=None)
        if kept is not None and now - kept[0][0] < _LATELY and kept[0][1] == await self.read(_last_act):
            return kept[1]
        return None

    async def map_view(self, of: str = "", *, points: bool = False) -> MapView:
        """What the map shows (:func:`~alertengine.web.mapview.map_view`); that of the record is kept as 今日 is.

        Raises:
            InputError: no such work or act, or the process that puts it together died.

        """
        mark = (*await self._stands(), points)
        if of or self._map is None or self._map[0] != mark:
            found = await self.ask(map_view, self.path, self.rules, mark[0], of, points=points)
            if of:
                return found
            self._map = (mark, found)
        return self._map[1]

    async def warm(self) -> None:
        """Have what pages of the record open with found as a job, once after each act; it waits for nothing."""
        last = await self.read(_last_act)
        if last in (0, self._warmed):
            return
        self._warmed = last
        rests_on = await self.read(_changed, last)
        if rests_on is not None:
            with suppress(InputError):  # enough of them wait: the last of those finds what stands then
                await self.look(self.jobs.begin, "warm", f"第{last}号之后的页面", {}, "", rests_on)

    async def forget_erased(self) -> None:
        """Drop all that is kept of acts once the record has had something erased: names, places, points of the map."""
        newest = await self.read(last_erasure)
        if newest != self._erased:
            await self.look(forget_erased, self.path)
            self._erased, self._today, self._map = newest, None, None
            with self._pool_lock:
                pool, self._pool = self._pool, None
            if pool is not None:  # it goes with all that it keeps; what is being answered is answered still
                pool.shutdown(wait=False)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work in the deciding thread, so that the page goes on answering."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *args, **kwargs))

    async def look(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read the ledger beside the deciding thread: a long look keeps nobody else waiting."""
        return await asyncio.get_running_loop().run_in_executor(self._looking, partial(work, *args, **kwargs))

    async def read(self, work: Callable[Concatenate[Ledger, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``work(ledger, ...)`` finds, looked up beside the deciding thread."""
        return await self.look(partial(read_record, self.path, work, *args, **kwargs))

    async def ask(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have a function answer in a process beside this one, which keeps acts and works open.

        Raises:
            InputError: what it raises, or the process died; the next question has a new one.

        """
        await self.forget_erased()
        with self._pool_lock:  # the processes start with the first question and end with the page
            if self._pool is None:
                context = worker_context(*PRELOADED)
                self._pool = ProcessPoolExecutor(_WORKERS, context, settle, (dict(os.environ),))
            pool = self._pool
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, partial(work, *args, **kwargs))
        except BrokenProcessPool:
            with self._pool_lock:
                if self._pool is pool:
                    self._pool = None
            raise InputError([Problem("process_died", where="session")]) from None

    def account(self, session: Session | None) -> Account | None:
        """Who a session belongs to, as the accounts say now; None where it has ended."""
        if session is None or self.sessions.find(session.token) is None:
            return None
        account = self.accounts.get(session.user)
        return account if account is not None and account.active else None

    def allow(self, session: Session | None, right: Right) -> Account:
        """The person, if they may do this: asked anew before every act, not only when a page is drawn.

        Raises:
            InputError: signed out, closed, or not of that role.

        """
        account = self.account(session)
        if account is None:
            raise InputError([Problem("signed_out", where="session")])
        if right not in account.rights:
            who = account.signature or account.user
            raise InputError([Problem("right_missing", where="right", who=who, right=Both(right, RIGHT_TEXT[right]))])
        return account


def _changed(ledger: Ledger, act: int) -> list[Any] | None:
    """What pages hang on after an act; None where it is one of the many receipts, which change little."""
    return None if ledger.act(act).kind == "delivery" else state_of(ledger, act)


def _last_act(ledger: Ledger) -> int:
    return max((act.act for act in ledger.acts() if act.kind not in BESIDE), default=0)
