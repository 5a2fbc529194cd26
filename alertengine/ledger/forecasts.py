"""Forecasts as acts of the record: what came in when, by whose hand, before anything is decided on it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from alertengine.ledger.model import Act, Head, InputFile
from alertengine.warning.forecast import Forecast, read_forecast

if TYPE_CHECKING:
    from alertengine.ledger.store import Ledger
    from alertengine.rulebook.openlists import OpenLists

KIND: Final = "forecast"
#: Kinds of acts that rest on a forecast, under these names among their inputs.
_KINDS: Final = (KIND, "draft", "issue")
_FORECAST, _OBSERVED = "forecast", "observed"


@dataclass(frozen=True, slots=True)
class Given:
    """A forecast on record: the act, and what it says; ``observed`` where observations came with it."""

    act: Act
    forecast: Forecast
    observed: Forecast | None = None


def record_forecast(
    ledger: Ledger,
    lists: OpenLists,
    file: tuple[str, bytes],
    by: str,
    observed: tuple[str, bytes] | None = None,
) -> Given:
    """Read a forecast, and observations with it, and record both as they came; ``file``: name and bytes.

    Raises:
        InputError: a file cannot be used; nothing was recorded.

    """
    files = {_FORECAST: file} | ({_OBSERVED: observed} if observed is not None else {})
    inputs = [InputFile(f"{key}/{PurePosixPath(name).name}", data) for key, (name, data) in files.items()]
    ahead, behind = _read(inputs, lists)
    title = f"录入预报 {ahead.issue_time:%Y-%m-%d %H:%M}"
    details = {"issue_time": f"{ahead.issue_time:%Y-%m-%d %H:%M}", "problems": len(ahead.problems)}
    act = ledger.append(KIND, Head(title, drafted_by=by, details=details), inputs=inputs)
    return Given(act, ahead, behind)


def latest_forecast(ledger: Ledger, lists: OpenLists) -> Given | None:
    """The forecast that came in last, with any act; None where there is none yet."""
    for act in reversed(ledger.acts()):
        if act.kind not in _KINDS:
            continue
        held = [one.path for one in ledger.inputs(act.act) if one.path.startswith((f"{_FORECAST}/", f"{_OBSERVED}/"))]
        if not any(path.startswith(f"{_FORECAST}/") for path in held):
            continue
        if act.head.get("options", {}).get("scenario", {}).get("perfect"):
            continue  # observations taken as a forecast: a rehearsal
        files = [InputFile(path, ledger.input(act.act, path) or b"") for path in held]
        ahead, behind = _read(files, lists)
        return Given(act, ahead, behind)
    return None


def _read(files: list[InputFile], lists: OpenLists) -> tuple[Forecast, Forecast | None]:
    """The forecast and the observations among some files."""
    with tempfile.TemporaryDirectory(prefix="alertengine-") as name:
        found: dict[str, Forecast] = {}
        for file in files:
            path = Path(name) / file.path
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(file.data)
            found[path.parent.name] = read_forecast(path, lists, observed=path.parent.name == _OBSERVED)
    return found[_FORECAST], found.get(_OBSERVED)
