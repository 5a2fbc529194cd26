"""A plugin of pytest, ``-p tests.mutation.floor``: how many blocks of each room the suite runs, and whether enough.

It costs next to nothing (``blocks.py``), also spread over workers; code run in other processes does not count.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.mutation.blocks import SEEN, blocks_of, record

#: Per cent of the blocks of each room that the suite runs.
LEAST: Final = {"orders": 95, "engine": 94, "warning": 95, "lists": 95, "ledger": 93, "commands": 93}
_KEY: Final = "blocks run"

record()


def told(seen: set[int]) -> list[tuple[str, float]]:
    """Each room with the per cent of its blocks that were run."""
    return [(room, 100 * len(seen.intersection(own)) / len(own)) for room in LEAST if (own := blocks_of(room))]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker ran."""
    SEEN.update(getattr(node, "workeroutput", {}).get(_KEY, ()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what this worker ran, or fail where the whole suite ran too little."""
    worker = getattr(session.config, "workeroutput", None)
    if worker is not None:
        worker[_KEY] = sorted(SEEN)
    elif session.exitstatus == pytest.ExitCode.OK and any(share < LEAST[room] for room, share in told(SEEN)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line with each room's share."""
    rooms = ", ".join(f"{room} {share:.0f} % of {LEAST[room]} %" for room, share in told(SEEN))
    terminalreporter.write_line(f"blocks run, and the least: {rooms}")
