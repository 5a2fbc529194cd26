"""The archive of an act: one zip that opens, and can be checked, without this program.

The bytes that were hashed stand in it as they were: SHA-256 of ``act.json`` is the hash of the
act, that of each file under ``tables`` and ``inputs`` is the one ``act.json`` names.  The same
act with the same related acts gives the same zip, whatever else the ledger has taken in since.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alertengine.files import leads_out, replacing, safe_table, suffix_of
from alertengine.ledger import (
    DRAFT,
    MARK,
    PLAIN_COLUMNS,
    Act,
    as_bytes,
    canonical,
    hashed,
    in_words,
    record_access,
    require_reason,
    sha256,
)
from alertengine.report.evaluation import evaluation_page
from alertengine.report.pages import page
from alertengine.vocabulary import program_version, refuse
from alertengine.workflow import FINDING, evaluate, explanation_text

if TYPE_CHECKING:
    from alertengine.ledger import Ledger

README: Final = "README.txt"
MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"


@dataclass(slots=True)
class Archive:
    """The files of an archive by path, with what each is, in Chinese."""

    act: Act
    files: dict[str, bytes] = field(default_factory=dict)
    what: dict[str, str] = field(default_factory=dict)

    def add(self, path: str, data: bytes | str, what: str) -> None:
        """Take in a file.

        Raises:
            InputError: its path would leave the folder that the archive is unpacked to.

        """
        if leads_out(path):
            raise refuse(f"act {self.act.act}", "path_leads_out", value=path)
        self.files[path] = data.encode() if isinstance(data, str) else data
        self.what[path] = what

    def zipped(self) -> bytes:
        """The zip; its times are that of the act, so that the same act gives the same bytes."""
        at = datetime.fromisoformat(self.act.recorded_at)
        stamp = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
            for path in sorted(self.files):
                entry = zipfile.ZipInfo(f"act-{self.act.act}/{path}", stamp)
                entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
                file.writestr(entry, self.files[path])
        return target.getvalue()


def archive(ledger: Ledger, number: int, *, personal: bool = False) -> Archive:
    """The archive of an act of warnings and orders; personal data only where ``personal``.

    Raises:
        InputError: the act has no orders, the extra ``report`` is not installed, or today's program cannot read
            what the act rests on.

    """
    act = ledger.act(number)
    if act.kind != "issue":
        raise refuse(ledger.path, "act_without_orders", value=act.kind, act=number)
    made = Archive(act)
    # What corrects the act, what it corrects, and acts of other kinds that speak of its orders.
    related = [one for one in ledger.acts("issue") if one.corrects == act.act or one.act == act.corrects]
    related += [one for one in ledger.acts() if one.kind != "issue" and _speaks_of(ledger, one, act)]
    related.sort(key=lambda one: one.act)
    for one in [act, *related]:
        _add_act(made, ledger, one, personal=personal)
    _add_inputs(made, ledger, act, personal=personal)
    if personal:
        made.add("personal.json", _personal(ledger, [act, *related]), "个人信息的盐和原值，用以核对其哈希")
    found = evaluate(ledger, number, personal=personal)
    made.add("evaluation.html", evaluation_page(found), "应急响应评估")
    made.add("evaluation.json", _pretty(found.as_dict()), "应急响应评估的数据")
    made.add("explanation.txt", explanation_text(ledger, number, personal=personal), "各类生产线的理由")
    _close(made, ledger.id, act, related, personal=personal)
    return made


def _speaks_of(ledger: Ledger, one: Act, act: Act) -> bool:
    if one.kind == FINDING:
        return act.act in one.head.get("judges", [])
    if one.head.get("about") == act.act or act.head.get("draft") in (one.act, one.head.get("about", 0)):
        return True
    if one.act < act.act or "about" in one.head or one.kind == DRAFT:
        return False
    orders = {
        str(order)
        for part in ledger.parts(one.act) if "order_id" in part.columns
        for order in ledger.part(one.act, part.part, personal=False)["order_id"].dropna()
    }  # fmt: skip
    if not orders:
        return False
    sql = "SELECT 1 FROM order_rows WHERE act = ? AND order_id IN (SELECT value FROM json_each(?)) LIMIT 1"
    return ledger.db.conn.execute(sql, [act.act, canonical(sorted(orders))]).fetchone() is not None


def _add_act(made: Archive, ledger: Ledger, act: Act, *, personal: bool) -> None:
    """The bytes that were hashed, and the same to read."""
    folder = f"acts/{act.act:04d}"
    content = as_bytes(canonical(hashed(ledger, act)))
    if sha256(content) != act.hash:
        raise refuse(ledger.path, "record_changed", act=act.act)
    made.add(f"{folder}/act.json", content, f"第{act.act}号原文，SHA-256即该号哈希")
    readable = {name: getattr(act, name) for name in Act.__slots__}
    made.add(f"{folder}/act-readable.json", _pretty(readable), f"第{act.act}号，便于阅读")
    for part in ledger.parts(act.act):
        data = _table_bytes(ledger, act.act, part.part, part.columns)
        if sha256(data) != part.sha256:
            raise refuse(ledger.path, "part_changed", part=part.part, act=act.act)
        made.add(f"{folder}/tables/{part.part}.jsonl", data, f"第{act.act}号的表，SHA-256记于act.json")
        table = safe_table(ledger.part(act.act, part.part, personal=personal))
        text = table.to_csv(index=False, lineterminator="\n")
        made.add(f"{folder}/{part.part}.csv", text, f"第{act.act}号的表，便于阅读")


def _table_bytes(ledger: Ledger, act: int, part: str, columns: tuple[str, ...]) -> bytes:
    """A table in the very bytes that were hashed, personal values as their hashes."""
    with in_words(ledger.path):
        if part != "orders":
            sql = "SELECT content FROM part_rows WHERE act = ? AND part = ? ORDER BY row"
            rows = [content for (content,) in ledger.db.conn.execute(sql, [act, part])]
        else:
            cells = ", ".join(f"o.{n}" if n in PLAIN_COLUMNS else f"t_{n}.text" for n in columns)
            joins = " ".join(f"LEFT JOIN texts t_{n} ON t_{n}.id = o.{n}" for n in columns if n not in PLAIN_COLUMNS)
            sql = f"SELECT {cells} FROM order_rows o {joins} WHERE o.act = ? ORDER BY o.row"  # noqa: S608 -- our own names
            rows = [canonical(list(row)) for row in ledger.db.conn.execute(sql, [act])]
    return as_bytes("".join(f"{row}\n" for row in [canonical(list(columns)), *rows]))


def _add_inputs(made: Archive, ledger: Ledger, act: Act, *, personal: bool) -> None:
    """The files the act rests on, those that say something about persons only where asked for."""
    for one in ledger.inputs(act.act):
        data = ledger.input(act.act, one.path) if one.kept and (personal or not one.personal) else None
        if data is not None:
            made.add(f"acts/{act.act:04d}/inputs/{one.path}", data, "所据文件")


def _personal(ledger: Ledger, acts: list[Act]) -> str:
    """Salt and value of the personal texts that the tables of some acts use, by hash; files stand among the inputs."""
    digests: set[str] = set()
    for act in acts:
        for part in ledger.parts(act.act):
            lines = _table_bytes(ledger, act.act, part.part, part.columns).decode("utf-8", "surrogateescape")
            cells = (cell for line in lines.split("\n")[1:] if MARK in line for cell in json.loads(line))
            digests |= {c.removeprefix(MARK) for c in cells if isinstance(c, str) and c.startswith(MARK)}
    digests |= {one.sha256 for act in acts for one in ledger.inputs(act.act) if one.personal}
    sql = (
        "SELECT digest, kind, salt, value FROM personal WHERE value IS NOT NULL"
        " AND digest IN (SELECT value FROM json_each(?))"
    )
    out = {}
    for digest, kind, salt, value in ledger.db.conn.execute(sql, [canonical(sorted(digests))]):
        out[digest] = {"kind": kind, "salt": salt.hex()} | ({"value": value.decode()} if kind == "text" else {})
    return _pretty(dict(sorted(out.items())))


def _close(made: Archive, ledger: str, act: Act, related: list[Act], *, personal: bool) -> None:
    """README, manifest and sums."""
    numbers = [act, *related]
    inputs = f"acts/{act.act:04d}/inputs"
    said = {"act": act, "related": related, "personal": personal, "ledger": ledger, "zone": "UTC+8", "inputs": inputs}
    text = page("archive.txt.j2", **said)
    made.add(README, text, "说明和核对方法")
    files = [{"path": path, "sha256": sha256(data), "bytes": len(data), "what": made.what[path]}
             for path, data in sorted(made.files.items())]  # fmt: skip
    content: Mapping[str, Any] = {
        "ledger": ledger, "act": act.act, "hash": act.hash, "previous": act.previous, "issued_at": act.issued_at,
        "acts": {str(one.act): one.hash for one in numbers}, "personal": personal,
        "alertengine": program_version(), "files": files,
    }  # fmt: skip
    made.add(MANIFEST, _pretty(content), "目录")
    sums = "".join(f"{sha256(data)}  {path}\n" for path, data in sorted(made.files.items()))
    made.add(SUMS, sums, "各文件的SHA-256")


def _pretty(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def write_archive(
    ledger: Ledger, number: int, path: Path, *, personal: bool = False, by: str = "", reason: str = ""
) -> tuple[int, str]:
    """Write the archive of an act; the number of its files and the hash of the zip.

    With ``personal`` it goes to a named person for a reason; the act of access that says so comes before the
    file: no archive with personal data without one.

    Raises:
        InputError: nobody or no reason is named, as :func:`archive`, or ledger or file cannot be written.

    """
    suffix_of(path, ".zip")
    if personal:
        require_reason(ledger.path, by, reason)
    made = archive(ledger, number, personal=personal)
    data = made.zipped()
    if personal:
        record_access(ledger.path, f"archive of act {number}, sha256 {sha256(data)}", by, reason, [number])
    replacing(path, lambda target: target.write_bytes(data), private=personal)
    return len(made.files), sha256(data)
