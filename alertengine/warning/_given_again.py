"""A forecast that does not say when it was issued, given again on a later day."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from alertengine.files import inputs_before, sha256_of
from alertengine.vocabulary import Problem

_DAY: Final = len("2021-01-04")


def given_again(notes: Iterable[Problem], sha256: str, before: Iterable[tuple[str, str]]) -> list[Problem]:
    """That an undated forecast, which counts as issued now, was decided on already on an earlier day.

    Args:
        notes: those of its reading, which say when it counts as issued.
        sha256: of its file.
        before: of every file that earlier decisions rest on, its SHA-256 and the moment of the decision as text.

    """
    undated = next((one for one in notes if one.code == "issued_as_decided"), None)
    if undated is None:
        return []
    now = str(dict(undated.arguments)["time"])
    earlier = [moment for held, moment in before if held == sha256 and moment and moment[:_DAY] < now[:_DAY]]
    if not earlier:
        return []
    return [Problem("forecast_given_again", file=undated.file, column="issue_time", time=max(earlier))]


def given_in_runs(notes: Iterable[Problem], file: Path, *written: Path) -> list[Problem]:
    """As :func:`given_again`, of a forecast's file and of the runs that wrote some files or folders."""
    return given_again(notes, sha256_of(file), inputs_before(*written))
