"""Forecasts into the record by themselves, and the latest one that it holds."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from alertengine.files import SUFFIX, protocols_of, rules_folder, scratch
from alertengine.ledger import DRAFT, Act, Head, InputFile
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import Problem, Result, problems_as, to_minute
from alertengine.warning import Forecast, given_again, read_forecast
from alertengine.workflow.acts_in_force import is_live
from alertengine.workflow.recording import names_differ, told, versions
from alertengine.workflow.run_options import RunOptions
from alertengine.workflow.snapshot import Collected, Upload

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

KIND: Final = "forecast"
_KINDS: Final = (KIND, DRAFT, "issue")


class Forecasted(NamedTuple):
    """A forecast on record: the act that holds it, the file, and the observations beside it."""

    act: Act
    forecast: Upload
    observed: Upload | None

    @property
    def words(self) -> str:
        """What a person is told it is, in Chinese: the title of its act, or that an act of another kind used it."""
        return self.act.title if self.act.kind == KIND else f"第{self.act.act}号《{self.act.title}》所用的预报"

    @property
    def issued(self) -> datetime | None:
        """When it counts as issued if it does not say so itself: as its act was decided."""
        said = self.act.head.get("decided")
        return datetime.fromisoformat(said) if said else None


class Recorded(NamedTuple):
    """A forecast just recorded: its act, and what of it could not be used."""

    act: Act
    problems: list[Problem]


def record_forecast(
    ledger: Ledger,
    name: str,
    data: bytes,
    by: str,
    *,
    reason: str = "",
    text: str = "",
) -> Recorded:
    """Record a forecast file after reading it.

    Args:
        ledger: the record.
        name: the name of the file.
        data: its bytes.
        by: who brings it in, as ``office name``.
        reason: why it counts although a later one is on record.
        text: the bulletin it was taken from, kept beside it.

    Raises:
        InputError: the file cannot be used, or nobody signed; nothing was written.

    """
    names_differ(ledger, by, [])
    given = Upload(name, data)
    read = read_upload(given, OpenLists.load([rules_folder()]), observed=False)
    given, table = with_profile_of(given, read), read.table
    details: dict[str, Any] = {
        "issue_time": read.issue_time.isoformat(),
        "cities": sorted({str(city) for city in table["city"]}),
        "first": table["start"].min().date().isoformat(),
        "last": table["start"].max().date().isoformat(),
        "rows": len(table),
        "problems": [str(one) for one in read.problems],
        "notes": [str(one) for one in read.notes],
        "told": [told(one) for one in read.problems],
        "readings": [one.recorded() for one in protocols_of(read)],
        "versions": versions(),
    }
    title = f"{to_minute(read.issue_time)}发布的预报"
    inputs = [InputFile(f"{KIND}/{path.name}", data) for path, data in given.files().items()]
    inputs += [InputFile("bulletin/原文.txt", text.encode())] if text.strip() else []
    head = Head(title, drafted_by=by.strip(), reason=reason.strip(), details=details)
    act = ledger.append(KIND, head, inputs=inputs)
    return Recorded(act, read.problems)


def read_upload(one: Upload, lists: OpenLists, *, observed: bool, issued: datetime | None = None) -> Forecast:
    """Read an upload as a forecast or observations; problems and notes name it as it was given.

    ``issued``: when a forecast counts as issued that does not say so itself; None: such a one cannot be used.

    Raises:
        InputError: it cannot be used.

    """
    with scratch() as folder:
        path = one.put_into(Path(folder))
        with problems_as(lambda problem: problem.at(file=one.name)):
            found = read_forecast(path, lists, observed=observed, issued=issued)
    problems, notes = ([said.at(file=one.name) for said in every] for every in (found.problems, found.notes))
    protocol = None if found.protocol is None else replace(found.protocol, file=one.name)
    return replace(found, file=one.name, own_problems=problems, own_notes=notes, protocol=protocol)


def with_profile_of(one: Upload, read: Forecast) -> Upload:
    """An upload with the profile it was read with, which is kept beside it: the record is read alike everywhere."""
    profile = "" if read.protocol is None else read.protocol.profile
    return replace(one, profile=Path(profile).read_bytes()) if profile and not one.profile else one


def latest_forecast(ledger: Ledger) -> Forecasted | None:
    """The forecast recorded last: by itself, with a draft or with an issue; simulations and drills left out.

    A draft or an issue on a forecast that was on record before it brings no newer one, whatever was recorded between.
    An act whose options cannot be read may be a simulation: it is left out and told (``aside``).
    """
    newest, holding, brought = "", dict[str, Act](), dict[str, int]()
    for act in reversed(ledger.acts()):  # the inputs of years need not be looked at
        if act.kind not in _KINDS or not is_live(act):
            continue
        options = RunOptions.readable(act)
        if (options is None and act.head.get("options")) or (options and options.perfect):
            continue
        if (digest := _kept_as(ledger, act.act)) is None:
            continue
        holding.setdefault(digest, act)
        if not newest and act.kind != KIND:
            brought[digest] = act.act
            continue
        newest = newest or digest
        brought.pop(digest, None)
        if not brought:
            break
    newest = max(brought, key=brought.__getitem__, default=newest)  # what no act of before had
    if not newest:
        return None
    act = holding[newest]
    forecast = _kept(ledger, act.act, KIND)
    return None if forecast is None else Forecasted(act, forecast, _kept(ledger, act.act, "observed"))


def given_before(ledger: Ledger, run: Result, collected: Collected) -> list[Problem]:
    """That the undated forecast of a run about to be recorded is one that an act of an earlier day rests on.

    ``run`` has the notes of its reading, ``collected`` the file.
    """
    place = next((path for path in collected.files if path.startswith(f"{KIND}/") and not path.endswith(SUFFIX)), None)
    if place is None:
        return []
    acts = ((one, str(one.head.get("decided") or "")) for one in ledger.acts() if one.kind in _KINDS)
    held = ((file.sha256, moment) for one, moment in acts for file in ledger.inputs(one.act))
    return given_again(run.notes, hashlib.sha256(collected.files[place]).hexdigest(), held)


def _kept_as(ledger: Ledger, number: int) -> str | None:
    """The SHA-256 of the forecast file of an act, None where it has none or it was erased."""
    files = (one for one in ledger.inputs(number) if one.kept and Path(one.path).parts[0] == KIND)
    return next((one.sha256 for one in files if not one.path.endswith(SUFFIX)), None)


def _kept(ledger: Ledger, number: int, key: str) -> Upload | None:
    """The file of an act that lies in a folder of its inputs."""
    held = {
        Path(one.path).name: ledger.input(number, one.path)
        for one in ledger.inputs(number)
        if Path(one.path).parts[0] == key and one.kept
    }
    for name, data in held.items():
        if data is not None and not name.endswith(SUFFIX):
            return Upload(name, data, held.get(name + SUFFIX) or b"")
    return None
