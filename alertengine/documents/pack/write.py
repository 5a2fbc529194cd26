"""Writing the papers of an evening into ``pack/<city>/``: Word, text and a workbook, from editable templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.documents.document import context, file_name
from alertengine.documents.manifest import MANIFEST, Manifest, digest, digest_of
from alertengine.documents.pack.build import Evening, packs, task_sheets, tonight
from alertengine.documents.pack.departments import Department, read_departments
from alertengine.documents.pack.evening_pack import (
    CONTENTS,
    FILES,
    KEEPS_DRAFT,
    NIGHT_BOOK,
    PUBLIC_TEXT,
    SMS_TEXT,
    Pack,
    Paper,
)
from alertengine.documents.pack.night import night_book
from alertengine.documents.template import WordTemplate, filled_text
from alertengine.files import Staging, encoding_of
from alertengine.orders import first_warning, told
from alertengine.vocabulary import InputError, Problem, refuse
from alertengine.warning import Record, rank_at

PACK: Final = "pack"
PACK_TEMPLATES: Final = Path(__file__).parents[1] / "templates" / PACK
DEPARTMENTS: Final = "departments.yaml"
_TEXTS: Final = {PUBLIC_TEXT: "public.txt", SMS_TEXT: "sms.txt"}
#: What no paper can do without: that it is a draft, and what is decided or must be done.
_LEAST_NAMED: Final = dict.fromkeys(Paper, ("标记", "决定")) | {Paper.TASK: ("标记", "任务"), Paper.DAILY: ("标记",)}
#: What stays in the house, and is never released.
INSIDE: Final = (FILES[Paper.APPROVAL], CONTENTS, NIGHT_BOOK)
#: What a text says where something must be filled in before it goes out.
TO_FILL: Final = "【待填"


@dataclass(frozen=True)
class PackTemplates:
    """The templates of a pack: Word papers, texts, and who is responsible for what."""

    papers: Mapping[Paper, WordTemplate]
    texts: Mapping[str, str]
    departments: tuple[Department, ...]


@dataclass(slots=True)
class PackWritten:
    """What became of the papers: by city the number of files and the length of the text message; edited ones kept."""

    cities: dict[str, int] = field(default_factory=dict)
    sms: dict[str, int] = field(default_factory=dict)
    to_fill: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    copies: list[Path] = field(default_factory=list)
    #: By city what keeps each paper back and what settles it, as summary.json has it.
    readiness: dict[str, dict[str, Any]] = field(default_factory=dict)


def read_pack_templates(folder: Path | None = None) -> PackTemplates:
    """The templates of a pack: the shipped ones, but for those the bureau's folder has.

    Raises:
        InputError: a template cannot be used.

    """
    if folder is not None and (folder / PACK).is_dir():
        folder = folder / PACK
    if folder is not None and not folder.is_dir():
        raise InputError([Problem("no_pack_folder", file=str(folder))])

    def of(name: str) -> Path:
        own = folder / name if folder is not None else None
        return own if own is not None and own.is_file() else PACK_TEMPLATES / name

    papers = {paper: WordTemplate.read(of(f"{paper}.docx"), _LEAST_NAMED[paper]) for paper in Paper}
    texts = {target: _text(of(name)) for target, name in _TEXTS.items()}
    return PackTemplates(papers, texts, read_departments(of(DEPARTMENTS)))


def _text(path: Path) -> str:
    """A text template, in whichever encoding an editor saved it."""
    data = path.read_bytes()
    try:
        return data.decode(encoding_of(data)).removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise refuse(path, "undecoded_file", error=error) from None


def write_packs(evening: Evening, folder: Path, templates: PackTemplates | None = None) -> PackWritten:
    """:func:`stage_packs`, put in place at once.

    Raises:
        InputError: a template cannot be filled, or the folder cannot be written.

    """
    with Staging(folder) as staged:
        out = stage_packs(evening, staged, templates)
        if out.cities:
            staged.commit()
    return out


def stage_packs(evening: Evening, staged: Staging, templates: PackTemplates | None) -> PackWritten:
    """The papers of every city with a new or changed warning, for ``pack/<city>/`` of a run's folder.

    Of several warnings of one place the one that begins first; the others have folders of their own names.

    A paper that a person edited stays where nothing changed, and is kept beside the new one where something did.

    Raises:
        InputError: a template cannot be filled, or the folder cannot be written.

    """
    templates = templates or read_pack_templates()
    out = PackWritten()
    made: dict[str, bytes] = {}
    released: dict[str, tuple[str, ...]] = {}
    for warning, part in apart(evening):
        for pack in packs(part, templates.departments):
            name = warning or pack.city
            files = _files(name, pack, part, templates, out)
            out.cities[name] = len(files)
            unfilled = [one.partition("/")[2] for one in out.to_fill if one.startswith(f"{name}/")]
            out.readiness[name] = _readiness(pack, list(files), unfilled)
            made |= {f"{file_name(name)}/{paper}": content for paper, content in files.items()}
            if pack.release:
                open_ = tuple(one.text for one in pack.matters if one.keeps == KEEPS_DRAFT)
                released |= {f"{file_name(name)}/{paper}": open_ for paper in files if paper not in INSIDE}
    manifest = Manifest.read(staged.folder / PACK)
    manifest.releases.clear()
    if evening.release:
        manifest.release(evening.release.by, evening.release.reason, released)
    try:
        _put(made, manifest, staged, out)
    except OSError as error:
        problem = Problem("unwritten_file", file=str(staged.folder / PACK), error=error)
        raise InputError([problem]) from None
    return out


def _files(name: str, pack: Pack, evening: Evening, templates: PackTemplates, out: PackWritten) -> dict[str, bytes]:
    """All files of a city by their name in its folder."""
    values = context(pack)
    wanted = [Paper.APPROVAL, Paper.NOTICE, Paper.REPORT] + ([] if pack.ended else [Paper.DAILY])
    files = {FILES[paper].format(pack.verb): templates.papers[paper].render(values) for paper in wanted}
    texts = {target: filled_text(_TEXTS[target], text, values) for target, text in templates.texts.items()}
    if not pack.ended:
        for sheet in task_sheets(pack, evening, templates.departments):
            task = FILES[Paper.TASK].format(file_name(sheet.department))
            files[task] = templates.papers[Paper.TASK].render(context(sheet))
    if name == pack.city and (pack.city in evening.left_standing or not pack.ended):
        files[NIGHT_BOOK] = night_book(*tonight(pack, evening), evening.enterprises.lines)
    elif not pack.ended:  # of a further warning: as it begins
        files[NIGHT_BOOK] = night_book(pack, evening.in_force.of(pack.city).now, evening.enterprises.lines)
    out.sms[name] = len(texts[SMS_TEXT])
    out.to_fill += [f"{name}/{target}" for target, text in texts.items() if TO_FILL in text]
    head = f"〔{pack.mark}〕\n" if pack.mark else ""
    files |= {target: f"{head}{text}\n".encode() for target, text in texts.items()}
    files[CONTENTS] = _contents(pack, sorted(files), texts).encode()
    return dict(sorted(files.items()))


def _readiness(pack: Pack, files: Sequence[str], unfilled: Sequence[str]) -> dict[str, Any]:
    """What keeps each paper of a city from going out, and what settles it.

    Returns:
        ``papers``: by file name whether it is a ``draft`` and what it ``waits_for``; ``matters``: every open one with
        what it keeps, what settles it and the command for it (blank: none); ``released``: who let the papers go out,
        why and with what open.

    """
    formal = [one.text for one in pack.matters if one.keeps == KEEPS_DRAFT]
    draft = bool(formal) and not pack.release
    blank = "有【待填】之处，由经办人填写"
    return {
        "papers": {
            name: {
                "draft": draft or bool(pack.setting),
                "waits_for": [*(formal if draft else ()), *([blank] if name in unfilled else ())],
            }
            for name in files
        },
        "matters": [asdict(one) for one in pack.matters],
        "released": list(pack.release),
    }


def _contents(pack: Pack, names: list[str], texts: Mapping[str, str]) -> str:
    """What lies in the folder, how long the texts are, and what is open."""
    lines = [f"{pack.city}　{pack.title}", pack.mark, "", *names, ""]
    lines += [f"{name.partition('-')[2].removesuffix('.txt')}字数：{len(text)}" for name, text in texts.items()]
    lines += [f"须填写后才能发出：{name}" for name, text in texts.items() if TO_FILL in text]
    said = [f"{one.text}（{one.keeps}；{one.settled_by}）" for one in pack.matters]
    lines += ["", "签发核查：", *(said or ["无"]), *([""] if pack.release else []), *pack.release]
    return "\n".join(line for line in lines if line is not None) + "\n"


def _put(made: Mapping[str, bytes], manifest: Manifest, staged: Staging, out: PackWritten) -> None:
    """Files to put in place; what a person edited is never lost."""
    for name, content in made.items():
        inputs = digest_of(digest(content))
        state = manifest.state(name, inputs)
        if state == "kept":
            out.kept.append(name)
            continue
        personal = name.endswith(NIGHT_BOOK)
        if state == "edited":
            copy, held = manifest.copy_of(name), (manifest.folder / name).read_bytes()
            staged.put(f"{PACK}/{copy.relative_to(manifest.folder).as_posix()}", held, personal=personal)
            out.copies.append(copy)
        staged.put(f"{PACK}/{name}", content, personal=personal)
        manifest.files[name] = (inputs, digest(content))
    cities = {name.partition("/")[0] for name in made}
    for name in [one for one in manifest.files if one not in made and one.partition("/")[0] in cities]:
        if manifest.forget(name):
            staged.remove(f"{PACK}/{name}")
    if made:
        staged.put(f"{PACK}/{MANIFEST}", manifest.text().encode())


# -- several warnings of one place


def apart(evening: Evening) -> Iterator[tuple[str, Evening]]:
    """The evening, and one more for each further warning that it decides of a place.

    Returns:
        Pairs of the name of the warning, blank for the evening itself, in which the warning of each place stays that
        begins first, and the evening as if it decided of nothing else.

    """
    lives = Record(evening.record)
    places = evening.table.groupby(["city", "counties"], dropna=False)
    others = [row for _, own in places for row in _others(own) if not _goes_on(lives, row)]
    further = dict.fromkeys((str(row["warning_id"]), str(row["city"])) for row in others)
    yield "", _without(evening, {name for name, _ in further}) if further else evening
    for name, city in further:
        if not evening.cities or city in evening.cities:
            yield name, replace(_without(evening, set(evening.table["warning_id"]) - {name}), cities=(city,))


def _others(own: pd.DataFrame) -> list[Mapping[Any, Any]]:
    """What is told of one place of other warnings than the one that begins first."""
    held: Sequence[Mapping[Any, Any]] = own.to_dict("records")
    rows = [row for row in told(held) if row["action"] != "advise"]
    first = first_warning(rows)[0]["warning_id"] if rows else ""
    return [row for row in rows if row["warning_id"] != first]


def _goes_on(lives: Record, row: Mapping[Any, Any]) -> bool:
    """Whether what is lifted goes on in another warning of its place."""
    start = pd.Timestamp(row["starts"])
    place = str(row["city"]), str(row["counties"] or "").partition(";")[0]
    return row["action"] == "lift" and any(rank_at(one.pieces, start) for one in lives.lives(place))


def _without(evening: Evening, names: set[str]) -> Evening:
    """The evening without what it decides of some warnings; what it ends of them has ended, as if said just before."""
    now, record = evening.table["issued"].max(), evening.record
    others = record["warning_id"].isin(names) & (record["issued"] == now)
    lifts = others & (record["action"] == "lift")
    before = record.assign(issued=record["issued"].mask(lifts, now - pd.Timedelta(minutes=1)))
    table = evening.table[~evening.table["warning_id"].isin(names)]
    return replace(evening, table=table, history=before[lifts | ~others])
