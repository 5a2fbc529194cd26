"""Work in hand: a run that an officer has made and not yet submitted, as jobs decide, change and submit it.

What is submitted is an act of the ledger; what is not yet is kept by :mod:`alertengine.web.workstore`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePath
from types import MappingProxyType

import pandas as pd

from alertengine.files import SUFFIX, reading_with, rules_folder, scratch
from alertengine.ledger import Act, Ledger, corrections
from alertengine.lists import decisions_file
from alertengine.orders import Override
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import InputError, Problem, Setting, gathering, listening, to_minute, unsaid
from alertengine.vocabulary import times as clock
from alertengine.warning import next_full_hour
from alertengine.web.compared import standing_orders
from alertengine.web.forecasts import refuse_ahead
from alertengine.web.intake import DOORS, taken_in
from alertengine.web.kept import acts_in_force, acts_with_orders, stands_of
from alertengine.web.workstore import overrides_by_line
from alertengine.workflow import (
    NO_CORRECTION,
    NOT_OVER,
    Collected,
    Correction,
    Prepared,
    RecordBefore,
    RunOptions,
    Upload,
    acts_since,
    check_act_corrected,
    cities_of,
    collect_uploads,
    collected_of,
    decided_of,
    decisions_of,
    demand,
    differences_from,
    latest_forecast,
    levels_of,
    orders_for,
    orders_left_out,
    overtaken_cities,
    prepare,
    read_upload,
    record_before,
    responses,
    share_orders_so_far,
    standing_issues,
    submit,
    warnings_so_far,
    with_overrides,
    write_decisions,
)


@dataclass
class Work:
    """A run in hand; ``replaces`` is the draft it takes the place of."""

    prepared: Prepared
    user: str
    replaces: int | None = None

    @property
    def orders(self) -> pd.DataFrame:
        """The orders as they stand, overrides in them."""
        return self.prepared.run.orders


def decided_otherwise(
    collected: Collected, title: str, put: Iterable[Override], drop: Iterable[tuple[str, str]]
) -> Prepared:
    """A run decided again with other overrides.

    Args:
        collected: what the run was decided on, with the overrides it has.
        title: of the run.
        put: overrides to add; one of the same line takes the other's place.
        drop: enterprise and line of those to leave out.

    Raises:
        InputError: a line is not in the list, or may not be ordered so.

    """
    left_out = set(drop)
    overrides = {line: one for line, one in overrides_by_line(collected.options).items() if line not in left_out}
    overrides |= {(one.enterprise_id, one.line_id): one for one in put}
    return prepare(with_overrides(collected, list(overrides.values())), title)


@dataclass(slots=True)
class WorkInput:
    """What an officer puts in: files as name and bytes; no forecast: the one recorded last.

    ``overrides`` are decisions of persons to decide with, ``known_on`` and ``adopt`` say which law holds.
    ``correction`` is the act it is to correct, ``before`` what is gone on from in place of the record as it stands.
    """

    title: str
    mode: str
    files: dict[str, Upload]
    beside: list[Upload] = field(default_factory=list)
    cities: tuple[str, ...] = ()
    note: str = ""
    overrides: tuple[Override, ...] = ()
    known_on: date | None = None
    adopt: Mapping[str, str] = field(default_factory=dict)
    correction: Correction = NO_CORRECTION
    before: RecordBefore | None = None


def begin(path: Path, rules: tuple[Path, ...], asked: WorkInput, user: str) -> Work:
    """Decide on uploaded files over the ledger at ``path``, further folders of rules beside the shipped ones.

    Call in the deciding thread.

    Raises:
        InputError: with every problem of the files, there is no forecast, or what binds is to rest on a forecast file
            that says it is still to come out, and no note says why.

    """
    with Ledger.open(path) as ledger:
        active = warnings_so_far(ledger) if asked.before is None else asked.before.active
        forecast, observed, dated = asked.files.get("forecast"), asked.files.get("observed"), None
        recorded = [row for _, row in decisions_of(ledger)]
        if forecast is None:
            with listening() as unread:
                held = latest_forecast(ledger)
            if unread:  # an act that may hold a later one
                raise InputError(unread)
            if held is None:
                raise InputError([Problem("no_forecast_yet", where="session")])
            forecast, observed, dated = held.forecast, observed or held.observed, held.issued
    if "list" not in asked.files:
        raise InputError([Problem("list_wanted", where="session")])
    lists = OpenLists.load([rules_folder(), *rules])
    _refuse_unusable(asked, lists)
    with Ledger.open(path) as ledger, reading_with():
        issued = read_upload(forecast, lists, observed=False, issued=dated).issue_time
        if asked.mode == "live" and "forecast" in asked.files and not asked.note.strip():
            refuse_ahead(issued)  # of the one on record the reason is there
        orders, now = orders_for(ledger, lists, issued, active)
        if asked.before is None:
            active_orders: pd.DataFrame | None = share_orders_so_far(ledger, now)
        else:
            now, active_orders = max(now, asked.before.now or now), asked.before.active_orders
    beside = [*asked.beside, *_decisions(asked, recorded)]

    def decided(cities: Sequence[str]) -> Prepared:
        with reading_with():
            collected = collect_uploads(
                forecast,
                asked.files["list"],
                title=asked.title,
                mode=asked.mode,
                beside=beside,
                totals=asked.files.get("totals"),
                observed=observed,
                active=active,
                active_orders=active_orders,
                cities=cities,
                now=None if now == issued and dated is None else now,
                note=asked.note,
                known_on=asked.known_on,
                adopt=asked.adopt,
                orders=[one.options for one in orders],
                rules=rules,
            )
        collected.correction = asked.correction
        return prepare(with_overrides(collected, asked.overrides), asked.title)

    prepared = decided(asked.cities)
    if not asked.cities:  # a city without a line in the list is warned by nobody's choice
        listed = dict.fromkeys(str(city) for city in prepared.run.enterprises.lines["city"].dropna())
        if set(prepared.run.warnings["city"].astype("str")) - set(listed):
            prepared = decided(tuple(listed))
    return Work(prepared, user)


def _decisions(asked: WorkInput, recorded: Sequence[dict[str, str]]) -> list[Upload]:
    """The decisions on record as the table beside a list, where the officer brought no other."""
    if not recorded:
        return []
    with scratch() as folder:
        place = Path(folder) / asked.files["list"].plain_name
        for one in (asked.files["list"], *asked.beside):
            (Path(folder) / one.plain_name).write_bytes(one.data)
        if decisions_file(place, None) is not None:
            return []
        table = place.with_name(f"{place.stem}.decisions.csv")
        write_decisions(table, recorded)
        return [Upload(table.name, table.read_bytes())]


def _refuse_unusable(asked: WorkInput, lists: OpenLists) -> None:
    """Read every uploaded file where it can harm nobody.

    Raises:
        InputError: with every problem of all files that cannot be used.

    """
    given = [(f"issue.{key}", one) for key, one in asked.files.items()]
    problems: list[Problem] = []
    for key, one in [*given, *(("issue.beside", one) for one in asked.beside)]:
        found = taken_in(one, DOORS[key], lists)
        problems += found.problems if found.refused else ()
    if problems:
        raise InputError(problems)


def again(path: Path, number: int, user: str, rules: tuple[Path, ...] = ()) -> Work:
    """A draft of the ledger in hand once more, to be revised; call in the deciding thread.

    Where the record goes on beneath it, with an order from above or another act of its cities, it is decided on that; a
    correction stays at the moment of the act it corrects, and leaves cities to the acts that decided of them since.

    Raises:
        InputError: no such draft, it is issued or withdrawn, the act it is to correct no longer can be, its files were
            erased, or they can no longer be decided on.

    """
    with Ledger.open(path) as ledger:
        state, act = demand(ledger, number, NOT_OVER, "replaced"), ledger.act(number)
        check_act_corrected(ledger, state.correction, state.mode)
        decided, options = decided_of(ledger, act), RunOptions.of_act(act)
        lists = OpenLists.load([rules_folder(), *rules])
        left = decided and options and orders_left_out(ledger, lists, options, decided.record, decided.at)
        goes_on = decided and (left or state.overtaken)
        collected, title = _of_open_cities(ledger, collected_of(ledger, number), act.title, set(state.cities))
        if not goes_on or collected.correction.act is not None:
            return Work(prepare(collected, title), user, number)
    return replace(renewed(path, rules, collected, act.title, user), replaces=number)


def may_correct(ledger: Ledger, number: int) -> bool:
    """Whether a correction of an act is offered: it binds, none corrects it, and it still tells what is to be done.

    From the next full hour on, from which a correction binds: an order of it stands, or it lifts, and no later act
    decides of the city, what would bind still.
    """
    now = pd.Timestamp(next_full_hour(clock.now().replace(tzinfo=None)))
    if number in {act.act for act in acts_in_force(ledger, acts_with_orders(ledger, now), now)}:
        return number not in corrections(ledger.acts())
    live = [act for act in standing_issues(ledger) if act.act <= number]
    act = next((act for act in live if act.act == number), None)
    made = None if act is None else decided_of(ledger, act)
    if act is None or made is None or not made.lifts:
        return False
    lifted = cities_of(act) - acts_since(ledger.acts("issue"), "live", cities_of(act), number).keys()
    others = [one for one in next(own for own in responses(ledger, live) if act in own) if one.act != number]
    if not others:
        return False
    left = stands_of(ledger, others)
    return bool((left["city"].isin(lifted) & ((left["ends"] == "") | (left["ends"] > to_minute(now)))).any())


def standing_against(ledger: Ledger, correction: Correction, mode: Setting, cities: Set[str]) -> list[Problem]:
    """What keeps a correction of some cities from being issued, or asks for a reason; nothing where there is none."""
    found = list[Problem]()
    with gathering(found):
        check_act_corrected(ledger, correction, mode)
    return found + overtaken_cities(ledger, correction, mode, cities)


def correct(path: Path, number: int, reason: str, user: str) -> Work:
    """An issued act in hand, to be corrected: decided from its own files at its own moment.

    Where later acts speak of some of its cities, it is of the others alone: what was taken over or lifted is not
    ordered again.  Call in the deciding thread.

    Raises:
        InputError: no reason, the act may not be corrected, its files were erased, or they can no longer be decided on.

    """
    if unsaid(reason):
        raise InputError([Problem("reason_wanted", where="session")])
    correction = Correction(number, reason.strip())
    with Ledger.open(path) as ledger:
        act = ledger.act(number)
        check_act_corrected(ledger, correction, "live")
        collected = replace(collected_of(ledger, number), correction=correction)
        again = act.title.startswith(f"更正第{act.corrects}号")
        title = f"更正第{number}号：{act.title.partition('：')[2] if again else act.title}"
        collected, title = _of_open_cities(ledger, collected, title, cities_of(act))
    return Work(prepare(collected, title), user)


def _of_open_cities(ledger: Ledger, collected: Collected, title: str, cities: Set[str]) -> tuple[Collected, str]:
    """A correction of those of some cities alone of which no act decided since the one it corrects, with its title.

    Where later acts decided of all of them, or it has no forecast, it stays as it is; so does what corrects nothing.
    """
    correction, options = collected.correction, collected.options
    if correction.act is None:
        return collected, title
    left = sorted(cities - acts_since(ledger.acts("issue"), options.mode, cities, correction.act).keys())
    if not options.forecast or not 0 < len(left) < len(cities):
        return collected, title
    said = options.as_json()
    said["scenario"] |= {"cities": left}
    title = f"更正第{correction.act}号（{'、'.join(left)}）：{title.partition('：')[2]}"
    narrowed = replace(collected, options=RunOptions.read(said))
    return with_overrides(narrowed, options.overrides), title  # what a run made of its list is made anew


def renewed(
    path: Path,
    rules: tuple[Path, ...],
    collected: Collected,
    title: str,
    user: str,
    put: Mapping[str, Upload] = MappingProxyType({}),
    put_beside: Sequence[Upload] = (),
) -> Work:
    """The same files and decisions of persons, decided anew on the record as it stands: orders from above, warnings.

    A correction goes on from the warnings that the act it corrects went on from, and leaves cities to later acts.

    Args:
        path: the ledger.
        rules: further folders of rules, as they are now.
        collected: what it was decided on: a forecast and a list, as a scenario names them.
        title: of the run.
        user: whose it is.
        put: files in place of its own, by their key in a scenario.
        put_beside: what stands beside the list; of its own what has the same name, or all where the list is another.

    Raises:
        InputError: the files can no longer be decided on.

    """
    said = collected.options
    paths = {"forecast": said.forecast, "observed": said.observed, "list": said.list_file, "totals": said.totals}
    given = {key: one for key, one in paths.items() if one}
    files = {key: _given(collected, one) for key, one in given.items()} | dict(put)
    named = {f"{one}{end}" for one in given.values() for end in ("", SUFFIX)}
    own = [one for one in collected.files if one.startswith("list/") and one not in named and "list" not in put]
    beside = {one.plain_name: one for one in (*(_given(collected, path) for path in own), *put_beside)}
    correction = collected.correction
    asked = WorkInput(
        title, said.mode, files, list(beside.values()), said.cities, said.note, said.overrides, said.known_on,
        said.adopt, correction, None if correction.act is None else record_before(collected),
    )  # fmt: skip
    work = begin(path, rules, asked, user)
    run = work.prepared.run
    with Ledger.open(path) as ledger:
        cities = levels_of(run.orders, run.warnings).keys()
        narrowed, title = _of_open_cities(ledger, work.prepared.collected, title, cities)
    return work if narrowed is work.prepared.collected else replace(work, prepared=prepare(narrowed, title))


def _given(collected: Collected, path: str) -> Upload:
    """A file among those collected as it came."""
    return Upload(PurePath(path).name, collected.files[path], collected.files.get(f"{path}{SUFFIX}", b""))


def _keys(warnings: pd.DataFrame) -> pd.MultiIndex:
    """What tells changes of warnings apart: which, what, from when to when."""
    names, times = (warnings[kind].astype("str") for kind in ("warning_id", "action")), warnings[["starts", "ends"]]
    return pd.MultiIndex.from_arrays([*names, *times.fillna(pd.Timestamp(0)).to_numpy().T])


def hand_in(path: Path, work: Work, by: str, note: str) -> Act:
    """Submit a work as a draft.

    Raises:
        InputError: every order of it stands already and no warning changes; of a correction, it is as the act it
            corrects; or what :func:`~.draft_to_issue.submit` refuses.

    """
    with Ledger.writable(path) as ledger:
        now, run = pd.Timestamp(clock.now().replace(tzinfo=None)), work.prepared.run
        if (corrected := work.prepared.collected.correction.act) is not None:
            if not differences_from(ledger, corrected, run):
                raise InputError([Problem("correction_unchanged", where="session", act=corrected)])
            return submit(ledger, work.prepared, by, note, work.replaces)
        stands = standing_orders(ledger, work.orders, now)
        mode = work.prepared.collected.options.mode
        same = _keys(run.warnings).isin(_keys(warnings_so_far(ledger))).all()
        if len(stands) and (stands > 0).all() and same and mode == "live":
            acts = [str(act) for act in sorted(set(stands))]
            raise InputError([Problem("all_stands", where="session", acts=acts)])
        return submit(ledger, work.prepared, by, note, work.replaces)
