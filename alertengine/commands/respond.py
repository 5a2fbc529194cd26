"""``respond``: the main job."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertengine.commands.common import FILE, finish, guarded, json_option, reading_options, say, tell, with_decisions
from alertengine.commands.printing import print_table, summary_rows, tell_early, tell_undetermined, warning_rows
from alertengine.vocabulary import InputError, Problem, Words, count_plants, to_minute

if TYPE_CHECKING:
    from alertengine.documents import PackTemplates, PackWritten, Release
    from alertengine.files import Staging
    from alertengine.orders import Responded, Scenario
    from alertengine.warning import Warnings


@click.command()
@click.argument("scenario")
@click.option("-o", "--output", "folder", type=FILE, required=True, help="Folder the results are written to.")
@click.option("--pack/--no-pack", "packed", default=True, help="The papers of the evening for each city.")
@click.option("--pack-template", type=FILE, help="A folder with templates of the pack edited by the bureau.")
@click.option("--release-by", help="Who decides that papers with open matters go out, by name.")
@click.option("--release-reason", help="Why; it stands on the approval form.")
@json_option
@reading_options
@guarded
def respond(
    scenario: str,
    folder: Path,
    packed: bool,
    pack_template: Path | None,
    release_by: str | None,
    release_reason: str | None,
    as_json: bool,
) -> int:
    """Forecast and list in, warnings and an order for every line out.

    SCENARIO is a YAML file or the name of a shipped scenario.  Writes warnings.csv,
    orders.csv, orders.xlsx, summary.json and report.html; and for each city with a new or changed
    warning pack/CITY/: approval form, notices, task sheets, public texts, inspection list.

    A scenario of several lists (list: [FILE, FILE]) makes such a folder for each, and province.csv and
    province.html: who must act, who is late.

    \b
    alertengine respond 2020-01-22-province -o out
    """
    from alertengine.documents import read_pack_templates, release_of
    from alertengine.files import Staging
    from alertengine.orders import read_scenario
    from alertengine.orders import respond as run_scenario
    from alertengine.report import run_record, write_outputs

    found = with_decisions(read_scenario(scenario, several=True))
    release = release_of(release_by, release_reason, found.mode)
    templates = read_pack_templates(pack_template) if packed else None
    if found.lists:
        return _province(found, folder, templates, release, as_json=as_json)
    run = run_scenario(found)
    before = _decided_before(found, run.warnings, folder)
    with Staging(folder) as staged:
        papers = _stage_pack(run, staged, templates, release) if templates is not None else None
        write_outputs(run, staged, papers.readiness if papers is not None else None)
        made = staged.commit(run_record(run))
    absent = [problem for problem in run.orders.own_problems if problem.code == "no_row_of_city"]
    tell(absent)
    tell_undetermined(run.in_force.rows)
    print_table([] if as_json else warning_rows(run.warnings.rows, run.warnings.rows), as_json=False)
    tell_early(run.warnings, run.orders.enterprises.lines, run.orders.book, as_json=as_json, doubtful=bool(absent))
    print_table(run.orders.summaries if as_json else summary_rows(run.orders.summaries), as_json=as_json)
    if papers is not None:
        _tell_pack(papers, folder)
    _tell_changed(run, folder)
    say("written_to", files=Words("folder_of_run", folder=folder, run=made.run) if made else folder)
    return finish(run.orders, problems=before, told=absent)


def _tell_changed(run: Responded, folder: Path) -> None:
    """Whose orders change though no warning of their city does, and the command for the papers that say so."""
    from alertengine.documents import changes
    from alertengine.orders import in_force_between, plain_texts
    from alertengine.warning import next_full_hour

    listed, decided = set(run.orders.table["city"]), {row["city"] for row in run.warnings.new}
    if run.before is None or run.before.shares_alone or listed <= decided:
        return
    since = next_full_hour(run.warnings.now)
    tables = (run.before.orders, plain_texts(run.orders.table))
    old, new = (table[table["city"].isin(listed - decided)] for table in tables)
    found = changes(in_force_between(old, since, datetime.max), new, to_minute(since))
    for file, cities in old.groupby("file")["city"].unique().items():
        own = found[found["city"].isin(cities)]
        if len(own):
            names, count = list(own["city"].unique()), count_plants(own)
            say("orders_changed", cities=names, count=count, new=folder / "orders.csv", old=file)


def _decided_before(scenario: Scenario, warnings: Warnings, folder: Path) -> list[Problem]:
    """What was decided before of the same: at this very moment, so that no paper says it, or on an undated forecast.

    Raises:
        InputError: a record or papers would be lost: the folder has the run of a later moment, or this one's record.

    """
    from alertengine.files import run_in
    from alertengine.warning import given_in_runs

    now, held = to_minute(warnings.now), run_in(folder)
    if held is not None and str(held.decided) > now:
        raise InputError([Problem("decided_since", file=str(folder), value=held.decided, now=now)])
    again = given_in_runs(warnings.notes, scenario.path(scenario.forecast), folder)
    before = warnings.rows[: len(warnings.rows) - len(warnings.new)]
    if warnings.new or all(row["issued"] != warnings.now for row in before):
        return again
    record = scenario.path(scenario.active)
    said = [Problem("decided_before", file=str(record), now=now)]
    if record.resolve().parent == folder.resolve():
        raise InputError(said)
    return said + again


def _province(
    scenario: Scenario, folder: Path, templates: PackTemplates | None, release: Release | None, *, as_json: bool
) -> int:
    """A run over several lists: a folder a list with all that one run leaves, and who must act and who is late."""
    from alertengine.files import Staging
    from alertengine.orders import PROVINCE_COLUMNS, SHOWN, respond_province
    from alertengine.report import part_names, province_record, run_record, write_outputs, write_province

    whole = respond_province(scenario)
    before = _decided_before(scenario, whole.warnings, folder)
    names = part_names(whole)
    packs = []
    with Staging(folder) as staged:
        for name, part in zip(names, whole.parts, strict=True):
            own = staged.part(name)
            papers = _stage_pack(part, own, templates, release) if templates is not None else None
            packs.append(papers)
            write_outputs(part, own, papers.readiness if papers is not None else None)
            own.commit(run_record(part))
        write_province(whole, names, staged)
        made = staged.commit(province_record(whole))
    shown = [PROVINCE_COLUMNS[name] for name in SHOWN]
    rows = whole.records() if as_json else [{name: row[name] for name in shown} for row in whole.rows()]
    print_table(rows, as_json=as_json)
    for name, part, papers in zip(names, whole.parts, packs, strict=True):
        tell_undetermined(part.in_force.rows)
        if papers is not None:
            _tell_pack(papers, folder / name)
        _tell_changed(part, folder / name)
    say("written_to", files=Words("folder_of_run", folder=folder, run=made.run) if made else folder)
    return finish(whole, problems=before)


def _stage_pack(run: Responded, staged: Staging, templates: PackTemplates, release: Release | None) -> PackWritten:
    """The papers of the evening."""
    from alertengine.documents import Evening, stage_packs
    from alertengine.files import protocols_of

    evening = Evening(
        run.orders.book,
        run.orders.enterprises,
        run.warnings.table,
        run.orders.table,
        run.orders.summaries,
        setting=run.scenario.mode,
        known_on=run.scenario.known_on,
        cities=run.scenario.cities,
        readings=protocols_of(run.orders),
        history=run.warnings.record,
        doubts=run.doubts,
        release=release,
        before=run.left_before,
    )
    return stage_packs(evening, staged, templates)


def _tell_pack(written: PackWritten, folder: Path) -> None:
    """What was written for whom, and what must be filled in, to stderr."""
    from alertengine.documents import KEEPS_DRAFT, PACK

    for city, count in written.cities.items():
        place = folder / PACK / city
        say("papers_of_city", count=count, city=city, length=written.sms[city], place=place)
    for city, said in written.readiness.items():
        kept = [one["text"] for one in said["matters"] if one["keeps"] == KEEPS_DRAFT]
        if kept and not said["released"]:
            say("papers_are_drafts", city=city, count=len(kept), matters=kept)
    for name in written.to_fill:
        say("to_be_filled", name=name)
    for name in written.kept:
        say("left_edited", name=name)
    for path in written.copies:
        say("made_anew", path=path)
