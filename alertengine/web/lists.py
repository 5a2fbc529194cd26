"""Lists on record: versions that were published, and their files as a draft takes them; publishing one from uploads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

import pandas as pd

from alertengine.files import Schema, normal, read_table, reading_with, scratch, text_frame
from alertengine.ledger import Ledger
from alertengine.lists import EnterpriseList, ListVersion, diff_lists, read_list
from alertengine.vocabulary import FIELDS, InputError, Problem, count_plants, listening, problems_as, unsaid
from alertengine.web.roles import WHOLE, Scope
from alertengine.workflow import Publication, RunOptions, Upload, Wanted, latest_forecast, publish, ready_to_publish

if TYPE_CHECKING:
    from alertengine.rulebook import Rulebook

KIND: Final = "publication"
_FOLDER: Final = "list"
#: Public forms of lists kept open.
_KEPT: Final = 8
_FORMS: Final = ("counties", "objections", "filing")


@dataclass(frozen=True, slots=True)
class OnFile:
    """A published version: the act that holds it, and what it says of it."""

    act: int
    version: str
    day: str
    approver: str
    cities: tuple[str, ...]
    enterprises: int
    lines: int

    @property
    def words(self) -> str:
        """As a person chooses it."""
        size = f"{self.enterprises:,}家{self.lines:,}条线"
        return f"{'、'.join(self.cities)} {self.version}，{self.day}发布，{size}（第{self.act}号）"


def lists_on_file(ledger: Ledger, scope: Scope = WHOLE) -> list[OnFile]:
    """The published versions, the newest first; of one whose files were erased none can be drafted on.

    Whoever sees some counties alone gets the counts of those, and no version without a line there.
    """
    out = []
    for act in reversed(ledger.acts(KIND)):
        said, facts = act.head["version"], act.head
        cities = tuple(str(city) for city in facts.get("cities", ()))
        names = (str(said["version"]), str(said["published_on"]), str(said["approver"]))
        if scope.whole:
            out.append(OnFile(act.act, *names, cities, int(facts["enterprises"]), int(facts["lines"])))
            continue
        own = scope.of(_public(ledger.path, act.act, act.hash))
        cities = tuple(dict.fromkeys(own["city"]))
        out += [OnFile(act.act, *names, cities, count_plants(own), len(own))] if len(own) else []
    return out


@lru_cache(_KEPT)
def _public(path: Path, number: int, _hash: str) -> pd.DataFrame:
    """Where the lines of a published list are, of its public form, which holds no personal data."""
    wanted = {FIELDS[name].text: name for name in ("city", "county", "enterprise_id")}
    schema = Schema({normal(header): (name,) for header, name in wanted.items()}, least=2)
    empty = pd.DataFrame(columns=list(wanted.values()), dtype="str")
    with Ledger.open(path) as ledger:
        for one in ledger.inputs(number):
            data = ledger.input(number, one.path) if one.path.startswith("public/") else None
            if data is not None:
                with scratch() as folder:
                    file = Path(folder) / "public.csv"
                    file.write_bytes(data)
                    cells, _, _ = text_frame(read_table(file, schema).table, schema.names)
                return cells.reindex(columns=list(wanted.values()), fill_value="").reset_index(drop=True)
    return empty


def list_files(ledger: Ledger, number: int) -> tuple[Upload, list[Upload]]:
    """The list of a publication and what lies beside it.

    Raises:
        InputError: no such publication, or its files were erased.

    """
    act = ledger.act(number)
    held = {
        PurePath(one.path).name: ledger.input(number, one.path)
        for one in ledger.inputs(number)
        if PurePath(one.path).parts[0] == _FOLDER
    }
    name = str(act.head.get("file", ""))
    if act.kind != KIND or held.get(name) is None:
        raise InputError([Problem("published_list_gone", where="session", act=number)])
    files = {one: Upload(one, data) for one, data in held.items() if data is not None}
    return files.pop(name), list(files.values())


def behind(
    ledger: Ledger, options: RunOptions, cities: Collection[str], read: Callable[[str], bytes | None]
) -> list[Problem]:
    """A problem where the last forecast on record, or the last list published for its cities, is not a draft's own.

    Args:
        ledger: the record.
        options: of the draft; of a drill, a simulation or orders for a list alone nothing is said.
        cities: that it speaks of.
        read: the bytes of a file of the draft by its path, None where it was erased.

    """
    out = list[Problem]()
    if options.mode != "live" or not options.forecast:
        return out
    with listening() as unread:
        held, own = latest_forecast(ledger), read(options.forecast)
    out += unread
    if held is not None and own is not None and own != held.forecast.data:
        out.append(Problem("forecast_since", where="session", name=held.words))
    newest = next((one for one in lists_on_file(ledger) if not set(cities).isdisjoint(one.cities)), None)
    own = read(options.list_file)
    if newest is not None and own is not None:
        with suppress(InputError):  # erased: there is nothing to compare with
            if list_files(ledger, newest.act)[0].data != own:
                out.append(Problem("list_since", where="session", act=newest.act, version=newest.version))
    return out


@contextmanager
def published_list(path: Path, number: int) -> Iterator[Path]:
    """The list of a publication in a folder with what lay beside it, for as long as it is looked at.

    Raises:
        InputError: no such publication, or its files were erased.

    """
    with Ledger.open(path) as ledger:
        source, beside = list_files(ledger, number)
    with scratch() as folder:
        for one in beside:
            one.put_into(Path(folder))
        yield source.put_into(Path(folder))


def publish_uploads(
    path: Path,
    book: Rulebook,
    source: Upload,
    beside: Sequence[Upload],
    forms: Mapping[str, Upload],
    version: tuple[str, str, date],
    despite: str = "",
    rules: Sequence[Path] = (),
    *,
    only_look: bool = False,
) -> Publication:
    """Publish a list from uploaded files, and what came of it or would.

    Args:
        path: the ledger.
        book: the rulebook, whose law proves the ratio.
        source: the list.
        beside: what stands beside it: totals, an earlier version.
        forms: ``counties``, ``objections``, ``filing``, where there are some.
        version: name, approver (office and name), day of publication.
        despite: why it is published despite what stands against it.
        rules: further folders of rules.
        only_look: say what would come of it and write nothing.

    Raises:
        InputError: a file cannot be used, or it may not be published so; nothing was written.

    """
    name, approver, day = version
    blank = [label for label, text in (("版本", name), ("批准人", approver)) if unsaid(text)]
    if blank:
        raise InputError([Problem("version_blank", where="session", names=blank)])
    with scratch() as folder, reading_with():
        place = Path(folder)
        for one in (source, *beside, *forms.values()):
            one.put_into(place)
        said = ListVersion(version=name.strip(), approver=approver.strip(), published_on=day, status="published")
        given = {key: place / forms[key].plain_name for key in _FORMS if key in forms}
        wanted = Wanted(said, given.get("counties"), given.get("objections"), given.get("filing"), despite.strip())
        with problems_as(lambda one: one.at(file=PurePath(one.file).name)):
            enterprises, found = ready_to_publish(book, place / source.plain_name, wanted, ledger=path)
            found.own_problems = [*found.own_problems, *_nearly(path, book, enterprises)]
            if only_look:
                return found
            publish(place / source.plain_name, enterprises, found, place / "public", ledger=path, rules=rules)
    return found


def _nearly(path: Path, book: Rulebook, enterprises: EnterpriseList) -> list[Problem]:
    """New plants whose names are nearly those of plants that left the version published before: a question each."""
    cities = {str(city) for city in enterprises.lines["city"].dropna().unique()}
    with Ledger.open(path) as ledger:
        before = next((one for one in lists_on_file(ledger) if cities & set(one.cities)), None)
    with ExitStack() as opened:
        try:
            listed = None if before is None else opened.enter_context(published_list(path, before.act))
        except InputError:  # erased: there is nothing to compare with
            listed = None
        return diff_lists(read_list(listed, book.lists), enterprises).questions if listed else []
