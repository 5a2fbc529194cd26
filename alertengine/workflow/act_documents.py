"""The papers of an act: made as drafts or by the release on record; and releases, by whom, why and with what open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.documents import (
    CONTENTS,
    FILES,
    MANIFEST,
    PACK,
    DocumentOptions,
    Evening,
    Footing,
    Manifest,
    Paper,
    Release,
    ReleaseEntry,
    release_of,
    write_documents,
    write_packs,
)
from alertengine.files import RUN_FILE, leads_out, run_in, scratch, sha256_of
from alertengine.ledger import Act, Head, Ledger, corrections, names_apart, sha256
from alertengine.orders import plain_texts
from alertengine.vocabulary import PLANT_KEY, InputError, Problem, civil, moment, refuse, with_flags
from alertengine.workflow._decisions_on_record import KIND as DECISION
from alertengine.workflow._decisions_on_record import decisions_among, list_files_of, unused_of
from alertengine.workflow.act_opened import decided_on, list_of
from alertengine.workflow.acts_in_force import cities_of, decided_of, left_beside, mode_of
from alertengine.workflow.delivery.record import act_of_orders
from alertengine.workflow.issue import readings_of
from alertengine.workflow.recording import about, correction_of, unchanged


def write_act_documents(
    ledger: Ledger,
    number: int,
    folder: Path,
    release: Release | None = None,
    tick: Callable[[int, int], None] = lambda _done, _of: None,
) -> None:
    """Write the papers of an act into a folder; ``release`` lets those with open matters go out.

    ``tick`` is told how many more orders are done, of how many.

    The pack of an act that does not say what was open of its forecast comes without approval form and table of
    contents: they would say that nothing was.

    Raises:
        InputError: no such act, or one that never binds is to be released.

    """
    act = ledger.act(number)
    orders = plain_texts(with_flags(ledger.orders(number)))
    decided = decided_of(ledger, act)
    footing = Footing(*decided_on(ledger, number), decided.record if decided else None)
    setting = mode_of(act)
    at, cities = decided.now if decided else None, dict[str, str]()
    instead = dict[tuple[str, str], str]()
    if (corrected := act.corrects or correction_of(act).act) is not None:
        before, plants = ledger.act(corrected), ledger.orders(corrected, personal=False)[PLANT_KEY].astype("str")
        issued, since = f"{moment(civil(before.issued_at))}发布", "发布后的下一个整点起"
        instead = dict.fromkeys(
            plants.itertuples(index=False, name=None),
            f"{issued}的同一编号的指令（台账第{corrected}号），自本指令{since}",
        )
        cities = dict.fromkeys(cities_of(before), f"更正{issued}的决定，自本次{since}以本次为准")
    wish = DocumentOptions(setting=setting, workers=1, now=at, release=release, corrects=instead)
    write_documents(orders, footing, folder, wish, tick)
    if decided is None or footing.enterprises is None:
        return
    record, doubts = decided.record, left_open_of(act)
    evening = Evening(
        footing.book,
        footing.enterprises,
        record[record["issued"] == decided.at],
        orders,
        act.head.get("summaries", []),
        setting=setting,
        history=record,
        doubts=doubts or (),
        readings=readings_of(act),
        release=release,
        before=left_beside(ledger, act, personal=True),
        corrects=cities,
    )
    write_packs(evening, folder)
    if doubts is not None:
        return
    for name in (FILES[Paper.APPROVAL], CONTENTS):
        for path in (folder / PACK).rglob(name):
            path.unlink()


def left_open_of(act: Act) -> tuple[tuple[str, str, str], ...] | None:
    """What was open of an act's forecast: city (blank: all), code and words; None where it does not say."""
    said = act.head.get("doubts")
    return None if said is None else tuple((str(city), str(code), str(words)) for city, code, words in said)


def release_on_record(ledger: Ledger, number: int) -> Release | None:
    """The last release of an act's papers on record."""
    found = [one for one in ledger.acts(RELEASE) if one.head.get("about") == number]
    return Release(found[-1].approved_by, found[-1].reason) if found else None


def release_act(ledger: Ledger, number: int, by: str, reason: str, folder: Path) -> list[Act]:
    """Let all papers of an act go out by the decision of a named person, on record with what was open.

    Args:
        ledger: opened for writing.
        number: the act.
        by: who decides, as acts name persons.
        reason: why.
        folder: an empty folder to write the papers in.

    Returns:
        The act of the release; none where nothing was open.

    Raises:
        InputError: a blank reason, no such act, one that never binds or that another corrects, or it is released
            already.

    """
    release, guard = release_of(by, reason, mode_of(ledger.act(number))), unchanged(ledger, RELEASE, about(number))
    if before := release_on_record(ledger, number):
        raise refuse(ledger.path, "released_already", value=str(before.by), act=number)
    if later := corrections(ledger.acts()).get(number):
        raise refuse(ledger.path, "release_of_corrected", act=number, by=later)
    write_act_documents(ledger, number, folder, release)
    return record_releases(ledger, number, folder, signer=by, guard=guard)


# -- releases

RELEASE: Final = "release"
PART: Final = "documents"
#: Columns of the table of an act: what was released, the hash of its file, the matters that were open.
COLUMNS: Final = ("city", "county", "enterprise_id", "enterprise", "document", "sha256", "open")
#: Documents named in one message; the rest are counted.
_NAMED: Final = 5


def record_releases(
    ledger: Ledger,
    number: int,
    folder: Path,
    run: str = "",
    signer: str = "",
    guard: Callable[[], object] | None = None,
) -> list[Act]:
    """Record the releases that a folder of documents holds of itself, each as an act; those on record are left out.

    The folder is one that ``documents`` wrote, or one of ``respond`` with the evening's ``pack`` in it; of the releases
    in it those of a ``run`` count, where one is given.  ``signer`` is the signature that decides now, with its account.
    ``guard`` is that of :meth:`Ledger.append`; absent: none of the act was recorded since this began.  Each says which
    decisions on record the orders were made without (``decisions_unused``).

    Raises:
        InputError: the act orders nothing or never binds, the folder holds no release, one without a name or reason
            or one of documents that are not of this act, a released document is gone, or the ledger cannot be written.

    """
    act, guard = act_of_orders(ledger, number), guard or unchanged(ledger, RELEASE, about(number))
    releases = [one for one in releases_in(folder) if one["documents"] and (not run or one.get("run") == run)]
    if not releases:
        raise InputError([Problem("nothing_released", file=str(folder / MANIFEST))])
    firms, cities = _firms(ledger.orders(number)), set[str]()
    if ledger.rows(number, "warnings"):  # a city whose warning is cancelled has no order left
        cities = set(ledger.warnings(number)["city"].astype("str"))
    known = {one[:-1] for one in _on_record(ledger) if one[-1] == number}
    unused = unused_decisions(ledger, number)
    ready, ordered = [], set(ledger.orders(number)["order_id"].astype("str"))
    for one in releases:
        by, reason, at = _who_why_when(one)
        if (by, reason, at) in known:
            continue
        release_of(by, reason, mode_of(act))
        known.add((by, reason, at))
        if strange := sorted({*str(one.get("orders", "")).split("\n")} - {"", *ordered}):
            value = "、".join(strange[:_NAMED])
            raise InputError([Problem("released_of_other_orders", file=str(folder), value=value, count=len(strange))])
        table = _documents(one["documents"], firms, cities, folder)
        details = {"about": number, "about_hash": act.hash, "released_at": at}
        details |= {"run": one["run"]} if one.get("run") else {}
        details |= {"decisions_unused": unused} if unused else {}
        title = f"第{number}号《{act.title}》{len(table)}份草稿放行"
        who = signer if signer == by else by
        ready.append((Head(title, _moment(at, ledger), approved_by=who, reason=reason, details=details), table))
    return [ledger.append(RELEASE, head, {PART: names_apart(table)}, guard=guard) for head, table in ready]


def unused_decisions(ledger: Ledger, number: int) -> list[str]:
    """Numbers of the decisions on record, not lifted, that the orders of an act were made without, each once.

    None are named where the list of the act was erased: what it held cannot be told any more.
    """
    if not ledger.acts(DECISION):
        return []
    try:
        lines = list_of(ledger, number).lines
    except InputError:
        return []
    with scratch() as folder:
        read = decisions_among(list_files_of(ledger, number), Path(folder)) is not None
    return list(dict.fromkeys(unused_of(ledger, lines, read=read)))


def _who_why_when(one: ReleaseEntry) -> tuple[str, str, str]:
    """By whom, why and when."""
    by, reason, at = (str(one.get(name, "")) for name in ("by", "reason", "at"))
    return by, reason, at


def _on_record(ledger: Ledger) -> set[tuple[Any, ...]]:
    """By whom, why, when and of which act what is on record was released."""
    return {(one.approved_by, one.reason, one.head.get("released_at"), one.head.get("about"))
            for one in ledger.acts(RELEASE)}  # fmt: skip


def releases_in(folder: Path) -> list[ReleaseEntry]:
    """What was released in a folder of documents, of its pack too; documents by their name in the folder."""
    out, whole = Manifest.read(folder).releases, run_in(folder)
    run: Any = {"run": whole.run} if whole is not None else {}
    for said in Manifest.read(folder / PACK).releases:
        papers = {f"{PACK}/{name}": open_ for name, open_ in said["documents"].items()}
        one: ReleaseEntry = {**said, **run, "documents": papers}
        who = (*_who_why_when(one)[:2], one.get("run"))
        same = next((had for had in reversed(out) if (*_who_why_when(had)[:2], had.get("run")) == who), None)
        if same is None:
            out.append(one)
        else:
            same["documents"] = {**same["documents"], **papers}
    return out


def of_one_run(ledger: Ledger, folder: Path) -> str:
    """The run that wrote what is released in a folder.

    Raises:
        InputError: a released document that no manifest names, that was changed since, or that another run wrote.

    """
    documents, whole = Manifest.read(folder), run_in(folder)
    if not documents.files and not Manifest.read(folder / PACK).files:
        raise InputError([Problem("of_no_run", file=str(folder / MANIFEST))])
    written = {name: (sha, MANIFEST) for name, (_, sha) in documents.files.items()}
    if whole is not None:
        written |= {name: (sha, RUN_FILE) for name, sha in whole.outputs.items() if not leads_out(name)}
    known = {one[:-1] for one in _on_record(ledger)}
    problems, first = list[Problem](), documents.run or (whole.run if whole is not None else "")
    for one in releases_in(folder):
        run = str(one.get("run", ""))
        for name in one["documents"]:
            path = folder / name
            if not run or name not in written:
                problems.append(Problem("of_no_run", file=str(path)))
            elif run == first and path.is_file() and sha256_of(path) != written[name][0]:
                problems.append(Problem("changed_since_run", file=str(path), manifest=written[name][1]))
            elif run != first and _who_why_when(one) not in known:
                other = str(folder / MANIFEST)
                problems.append(Problem("of_other_run", file=str(path), run=run, other=other, other_run=first))
    if problems:
        raise InputError(problems)
    return first


def _moment(text: str, ledger: Ledger) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise refuse(ledger.path, "release_without_time", value=text) from None


def _firms(orders: pd.DataFrame) -> dict[str, dict[str, dict[str, str]]]:
    """Code, city, county and name of the enterprises of each code, by city."""
    names = ["enterprise_id", "city", "county", "enterprise"]
    out: dict[str, dict[str, dict[str, str]]] = {}
    for row in orders[names].astype("object").fillna("").drop_duplicates(PLANT_KEY).to_dict("records"):
        out.setdefault(str(row["enterprise_id"]), {})[str(row["city"])] = {str(k): str(v) for k, v in row.items()}
    return out


def _documents(
    released: Mapping[str, Any], firms: Mapping[str, dict[str, dict[str, str]]], cities: set[str], folder: Path
) -> pd.DataFrame:
    """The released documents with their hashes as they stand.

    A file name ends in the code of its enterprise; of two cities that have it, the folder of its city tells which.
    """
    rows, strange, gone = [], [], []
    cities = cities | {city for of_code in firms.values() for city in of_code}
    for name, matters in released.items():
        path, parts = Path(name), name.split("/")
        paper = parts[0] == PACK
        code = next((part for part in reversed(path.stem.split("-")) if part in firms), "")
        named = firms.get(code, {})
        firm = next(iter(named.values())) if len(named) == 1 else named.get("".join(parts[1:2]))
        if leads_out(name) or (not set(parts[1:2]) & cities if paper else firm is None):
            strange.append(name)
        elif not (folder / path).is_file():
            gone.append(name)
        else:
            whose = {"city": parts[1]} if paper or firm is None else firm
            said = {
                "document": "/".join(parts[2:]) if paper else parts[0],
                "sha256": sha256((folder / path).read_bytes()),
                "open": "；".join(matters),
            }
            rows.append({**dict.fromkeys(COLUMNS, ""), **whose, **said})
    problems = [
        Problem(code, file=str(folder), value="、".join(names[:_NAMED]), count=len(names))
        for names, code in ((strange, "released_of_nobody"), (gone, "released_gone"))
        if names
    ]
    if problems:
        raise InputError(problems)
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")
