"""The ``documents`` command as a function: orders in, a folder of documents out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeVar

import pandas as pd

from alertengine.documents._changes import changes
from alertengine.documents.build import Builder, grouped, has_duty
from alertengine.documents.document import FOLDERS, DocumentKind, OrderPaper, context, file_name
from alertengine.documents.formal_or_draft import SETTING_TEXT, Footing, Release, highest
from alertengine.documents.index import IndexEntry, write_index
from alertengine.documents.legal_particulars import ParticularsOf
from alertengine.documents.manifest import Manifest
from alertengine.documents.notice import PublicNotice, notice_page, public_notice, write_notice_workbook
from alertengine.documents.print_run import Printed, PrintJob, print_documents
from alertengine.documents.template import WordTemplate
from alertengine.files import replacing, replacing_text, safe_table
from alertengine.orders import InForce, holding, in_force, speaks_from
from alertengine.rulebook import nearest
from alertengine.vocabulary import InputError, Problem, Setting, name_or_code, perhaps, to_minute
from alertengine.warning import next_full_hour

TEMPLATES: Final = Path(__file__).with_name("templates")
NOTICE_PAGE, NOTICE_BOOK, INDEX_BOOK, CHANGES_TABLE = "notice.html", "notice.xlsx", "签发核查.xlsx", "changes.csv"
_NO_PLACE: Final = "未注明"
#: What no paper can do without: whose it is, that it is a draft, a simulation or a drill, and what it orders.
_LEAST_NAMED: Final = {
    DocumentKind.ORDER: ("企业名称", "标记", "生产线"),
    DocumentKind.CHANGE: ("企业名称", "标记", "变更"),
    DocumentKind.BOARD: ("企业名称", "标记", "公示"),
}
T = TypeVar("T")

#: ``auto``: a document is a draft where something is open; ``draft``: all are; ``formal``: only what is ready is made.
Mode = Literal["auto", "draft", "formal"]


@dataclass(frozen=True, slots=True)
class DocumentOptions:
    """Options of a run of documents.

    Args:
        mode: see :data:`Mode`.
        since: the earlier orders; given, change orders are made instead of orders.
        effective: from when the later orders speak, ``YYYY-MM-DD HH:MM``; see ``changes``.
        enterprises: ids or names; given, only their documents are made, and no notice.
        template: a .docx for the orders (change orders with ``since``), or a folder of templates.
        boards: whether boards are made beside orders.
        workers: processes; default: as many as processors.
        setting: outside ``live`` every document bears the mark 推演 or 演练, and none is formal.
        release: the decision of a person that documents with open matters go out.
        run: the run whose orders they are.
        now: the moment of the decision; None: that of the newest warning.
        corrects: by city and code of an enterprise the order that the one of now takes the place of, in words.

    """

    mode: Mode = "auto"
    since: pd.DataFrame | None = None
    effective: str | None = None
    enterprises: tuple[str, ...] = ()
    template: Path | None = None
    boards: bool = True
    workers: int | None = None
    setting: Setting = "live"
    release: Release | None = None
    run: str = ""
    now: pd.Timestamp | None = None
    corrects: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a release of what can never be formal.

        Raises:
            InputError: a release of a simulation, a drill or a draft.

        """
        if self.release and (self.setting != "live" or self.mode == "draft"):
            what = "a draft" if self.setting == "live" else f"a {self.setting}"
            raise InputError([Problem("never_released", where="--release-by", what=what)])


@dataclass(slots=True)
class WrittenDocuments:
    """The files a run of documents wrote, and what is open about each enterprise.

    ``entries`` has one row per enterprise; ``printed`` what became of the files; ``removed``
    names files of an earlier run that no longer belong; ``notice`` is None where none was made.
    """

    entries: list[IndexEntry]
    printed: Printed
    notice: PublicNotice | None = None
    changes: pd.DataFrame | None = None
    removed: list[str] = field(default_factory=list)
    without_duty: int = 0

    @property
    def open(self) -> list[IndexEntry]:
        """Enterprises whose document cannot go out yet."""
        return [entry for entry in self.entries if entry.paper.reasons and not entry.paper.release]

    @property
    def exit_status(self) -> int:
        """0 done, 1 done and a person must look."""
        return int(bool(self.open) or bool(self.printed.copies))


def write_documents(
    orders: pd.DataFrame,
    footing: Footing,
    folder: Path,
    wish: DocumentOptions | None = None,
    tick: Callable[[int, int], None] = lambda _done, _all: None,
) -> WrittenDocuments:
    """Make the documents of some orders in a folder.

    Args:
        orders: ORDER_COLUMNS, as ``read_orders`` gives them.
        footing: the list, warnings and rulebook behind them.
        folder: where; what stands there whole and made from the same is left alone.
        wish: what is wanted.
        tick: told how many more documents are done, of how many.

    Raises:
        InputError: an enterprise without orders, or a template that cannot be used; nothing was written.

    """
    wish = wish or DocumentOptions()
    templates = read_templates(wish)
    holds = in_force(orders, footing.warnings, wish.now)
    changed = (
        None if wish.since is None else changes(wish.since, orders, wish.effective or _since(wish, holds, footing))
    )
    wanted = _chosen(holds.rows if changed is None else changed, wish.enterprises)
    builder = Builder(footing, forced_draft=wish.mode == "draft", setting=wish.setting, release=wish.release)
    every = list(grouped(wanted))
    dutiful = [rows for rows in every if changed is not None or has_duty(rows)]
    documents = [
        builder.order(rows, wish.corrects.get((rows[0].city, rows[0].enterprise_id), ""))
        if changed is None
        else builder.change(rows)
        for rows in dutiful
    ]
    jobs, entries = _jobs(documents, wish)
    manifest = Manifest.read(folder)
    manifest.run = wish.run
    workers = wish.workers or os.cpu_count() or 1
    printed = _guarded(
        manifest.folder,
        lambda: print_documents(jobs, templates, manifest, workers=workers, tick=lambda count: tick(count, len(jobs))),
    )
    if wish.release:
        released = {one.file: tuple(map(str, one.paper.reasons)) for one in entries if one.paper.release}
        # a change order is of orders that are no more, too
        orders_of = wanted["order_id"].astype("str").unique().tolist() if changed is None else []
        manifest.release(wish.release.by, wish.release.reason, released, orders_of)
        _guarded(folder, manifest.write)
    out = WrittenDocuments(entries, printed, changes=changed, without_duty=len(every) - len(dutiful))
    if not wish.enterprises:
        folders, made = tuple(f"{FOLDERS[kind]}/" for kind in _kinds(wish)), {job.name for job in jobs}
        stale = [name for name in manifest.files if name.startswith(folders) and name not in made]
        out.removed = [name for name in stale if manifest.drop(name)]
        _beside(out, holds, footing, folder, wish)
        manifest.write()
    return out


def _since(wish: DocumentOptions, holds: InForce, footing: Footing) -> dict[str, str]:
    """By city from when the orders speak; where none of a city are left, from the moment of the decision on."""
    out = {**holds.at, **(speaks_from(footing.warnings, wish.now) if footing.warnings is not None else {})}
    if wish.since is not None and wish.now is not None:
        out = dict.fromkeys(wish.since["city"].astype("str"), to_minute(next_full_hour(wish.now))) | out
    return out


def read_templates(wish: DocumentOptions) -> dict[DocumentKind, WordTemplate]:
    """The templates of a run: the shipped ones, but for those the bureau gives.

    Raises:
        InputError: a template cannot be used.

    """
    files = {kind: TEMPLATES / f"{kind}.docx" for kind in _kinds(wish)}
    if wish.template is not None and wish.template.is_dir():
        own = {kind: wish.template / f"{kind}.docx" for kind in files}
        files |= {kind: path for kind, path in own.items() if path.is_file()}
        if not any(path.is_file() for path in own.values()):
            raise InputError(
                [Problem("no_template", file=str(wish.template), names=[path.name for path in own.values()])]
            )
    elif wish.template is not None:
        files[_kinds(wish)[0]] = wish.template
    return {kind: WordTemplate.read(path, _LEAST_NAMED[kind]) for kind, path in files.items()}


def copy_templates(target: Path) -> list[Path]:
    """Copy the shipped templates out: the order's to a .docx, all of them into a folder.

    Raises:
        InputError: something stands there already, or it cannot be written.

    """
    single = target.suffix.lower() == ".docx"
    papers = sorted(f"pack/{path.name}" for path in (TEMPLATES / "pack").iterdir() if path.is_file())
    names = (
        [f"{DocumentKind.ORDER}.docx"] if single else [*(f"{kind}.docx" for kind in DocumentKind), "README.md", *papers]
    )
    pairs = [(TEMPLATES / name, target if single else target / name) for name in names]
    there = [Problem("stands_already", file=str(path)) for _, path in pairs if path.exists()]
    if there:
        raise InputError(there)
    for source, path in pairs:
        replacing(path, partial(shutil.copyfile, source))
    return [path for _, path in pairs]


def _kinds(wish: DocumentOptions) -> list[DocumentKind]:
    """The kinds of documents of a run, the main one first."""
    if wish.since is not None:
        return [DocumentKind.CHANGE]
    return [DocumentKind.ORDER, DocumentKind.BOARD] if wish.boards else [DocumentKind.ORDER]


def _chosen(table: pd.DataFrame, enterprises: Sequence[str]) -> pd.DataFrame:
    """The rows of some enterprises; all where none is named.

    Raises:
        InputError: one of them has no row.

    """
    if not enterprises:
        return table
    own = (table["enterprise_id"], table["enterprise"])
    plain = {str(name): name_or_code(str(name)) for column in own for name in column.unique()}
    spelt = {said: name for name, said in plain.items() if said}
    wanted = {name_or_code(name): name for name in enterprises}
    if absent := [name for said, name in wanted.items() if said not in spelt]:
        near = [perhaps(nearest(name_or_code(one), spelt)) for one in absent]
        named = zip(absent, near, strict=True)
        raise InputError([Problem("no_such_addressee", where="--enterprise", value=one, near=n) for one, n in named])
    chosen = [name for name, said in plain.items() if said in wanted]
    return table[own[0].isin(chosen) | own[1].isin(chosen)]


def _jobs(documents: Sequence[OrderPaper], wish: DocumentOptions) -> tuple[list[PrintJob], list[IndexEntry]]:
    """The files to make, and the row of each enterprise in the index."""
    jobs: list[PrintJob] = []
    entries: list[IndexEntry] = []
    taken: set[str] = set()
    for document in documents:
        names = [_name(document, kind, taken) for kind in _kinds(wish)]
        left_out = wish.mode == "formal" and document.draft
        entries.append(IndexEntry(document, "" if left_out else names[0]))
        if not left_out:
            values = context(document)
            jobs += [PrintJob(kind, name, values) for kind, name in zip(_kinds(wish), names, strict=True)]
    return jobs, entries


def _name(document: OrderPaper, kind: DocumentKind, taken: set[str]) -> str:
    """The name of a document in the folder, by city and county, no two the same on any system."""
    place = [file_name(part or _NO_PLACE) for part in (document.city, document.county)]
    stem = file_name(document.enterprise, document.enterprise_id, limit=90)
    name, number = "/".join([FOLDERS[kind], *place, f"{stem}.docx"]), 1
    while name.casefold() in taken:
        number += 1
        name = "/".join([FOLDERS[kind], *place, f"{stem}-{number}.docx"])
    taken.add(name.casefold())
    return name


def _guarded(place: Path, write: Callable[[], T]) -> T:
    """Writing, with what the system says against it told as a problem."""
    try:
        return write()
    except OSError as error:
        raise InputError([Problem("unwritten_file", file=str(place), error=error)]) from None


def _beside(out: WrittenDocuments, holds: InForce, footing: Footing, folder: Path, wish: DocumentOptions) -> None:
    """The public notice, the index for those who sign, and the table of changes."""
    replacing(folder / INDEX_BOOK, partial(write_index, out.entries))
    if out.changes is not None:
        replacing_text(folder / CHANGES_TABLE, safe_table(out.changes).to_csv(index=False, lineterminator="\n"))
    if wish.mode == "formal" and out.open:
        return
    notice = public_notice(
        holds,
        open_enterprises=len(out.open),
        draft=wish.mode == "draft" or bool(out.open) or wish.setting != "live",
        setting=SETTING_TEXT[wish.setting],
        list_words=footing.list_words(),
        issuers=_issuers(holds.now, footing),
        ranked=footing.ranked,
        apart=_apart(holds, footing),
    )
    out.notice = notice
    replacing_text(folder / NOTICE_PAGE, notice_page(notice))
    replacing(folder / NOTICE_BOOK, partial(write_notice_workbook, notice))


def _apart(holds: InForce, footing: Footing) -> dict[str, list[str]]:
    """By city its counties that hold a warning of their own at the moment of the orders."""
    states = (
        (city, holding(footing.warnings, city, pd.Timestamp(at)))
        for city, at in holds.at.items()
        if at and footing.warnings is not None
    )
    found = {city: (state, *state.apart) for city, state in states if state is not None}
    return {city: [name for one in held if one.area for name in one.area.split("、")] for city, held in found.items()}


def _issuers(orders: pd.DataFrame, footing: Footing) -> dict[str, str]:
    """Who issues, by city, where a rule says so."""
    acts = ParticularsOf(footing.book)
    out = {}
    for city, own in orders.groupby("city"):
        day = date.fromisoformat(min(own["starts"])[:10])
        out[str(city)] = acts.of(str(city), "", day, highest(own["level"].unique())).issuer
    return out
