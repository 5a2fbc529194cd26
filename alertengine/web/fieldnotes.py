"""What an inspector wrote at a plant: kept on disk as it is sent, until it is judged and put on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from alertengine.vocabulary import InputError, Problem
from alertengine.vocabulary import times as clock
from alertengine.web.forecasts import time_said
from alertengine.web.inspecting import note_of
from alertengine.workflow import Upload

if TYPE_CHECKING:
    from alertengine.web.workstore import WorkStore

#: What can be seen at a plant, in the words of evidence of the kind ``inspection``.
SEEN: Final = ("落实", "未落实", "部分落实", "拒绝检查", "无法判断")
#: The form that holds the newest day of electricity of each plant, as last judged.
POWER: Final = "field power"
#: Photos of one note, and the largest of each in MB.
MOST_PHOTOS: Final = 6
PHOTO_MB: Final = 15
#: Types of photos by how a file of them begins: what stands from the first byte, and from the place after it.
_IMAGES: Final = {
    "image/jpeg": (b"\xff\xd8\xff", 0, b""),
    "image/png": (b"\x89PNG\r\n\x1a\n", 0, b""),
    "image/webp": (b"RIFF", 8, b"WEBP"),
    "image/heic": (b"\x00\x00\x00", 4, b"ftyp"),
}
#: Days that a note on record is kept with its photos.
_KEPT: Final = 14


@dataclass(frozen=True, slots=True)
class FieldNote:
    """One look at a plant; ``photos`` are names with SHA-256, ``act`` the record it went into, 0 until then.

    ``city`` is blank in notes of before plants of two cities could have one code.
    """

    enterprise_id: str
    enterprise: str
    seen: str
    time: str
    number: str
    text: str
    photos: list[list[str]] = field(default_factory=list)
    act: int = 0
    day: str = ""
    city: str = ""

    @property
    def code(self) -> str:
        """What names it among its inspector's notes."""
        return sha256(repr(self).encode()).hexdigest()[:16]

    def problems(self) -> list[Problem]:
        """What keeps it from being evidence: not said what was seen, no time of day, or one that is still to come."""
        out = [] if self.seen in SEEN else [Problem("note_wanted", where="session")]
        try:
            to_come = time_said(self.time, "note_time") > clock.now().replace(tzinfo=None)
        except InputError as error:
            return out + error.problems
        return out + ([Problem("note_time", where="session", value=self.time)] if to_come else [])

    def evidence(self, inspector: str) -> Upload:
        """The note as a file of evidence; photos by the beginning of their hashes."""
        taken = (
            f"（照片{len(self.photos)}张：{'、'.join(code[:12] for _, code in self.photos)}）" if self.photos else ""
        )
        seen = (self.time, self.seen, self.number, self.text + taken)
        return note_of((self.enterprise_id, self.enterprise, "", *seen, inspector, self.city))


class FieldNotes:
    """The notes of one inspector."""

    def __init__(self, store: WorkStore, user: str) -> None:
        """``store`` is where forms are kept."""
        self._store, self._key = store, f"field {user}"

    def all(self) -> list[FieldNote]:
        """Every note that is kept, in the order they were sent."""
        return [FieldNote(**one) for one in self._store.form(self._key).get("notes", [])]

    def open(self) -> list[FieldNote]:
        """Those that are not on record yet."""
        return [one for one in self.all() if not one.act]

    def add(self, note: FieldNote, photos: Sequence[Upload]) -> None:
        """Keep a note with its photos; one that is kept already, sent again, once.

        Raises:
            InputError: it says not what was seen or when, a photo is none, or there are too many; nothing was kept.

        """
        problems = note.problems()
        most = PHOTO_MB * 1024 * 1024
        if len(photos) > MOST_PHOTOS or not all(len(one.data) <= most and image_type(one.data) for one in photos):
            problems.append(Problem("photo_wanted", where="session", most=MOST_PHOTOS, size=PHOTO_MB))
        if problems:
            raise InputError(problems)
        codes = [[one.plain_name, sha256(one.data).hexdigest()] for one in photos]
        files = {code: [self._store.put_upload(one)] for (_, code), one in zip(codes, photos, strict=True)}
        new = replace(note, photos=codes, day=clock.today().isoformat())
        self._change(lambda notes: notes if new in [replace(one, act=0) for one in notes] else [*notes, new], files)

    def drop(self, code: str) -> None:
        """Take a note back that is not on record yet."""
        self._change(lambda notes: [one for one in notes if one.act or one.code != code])

    def recorded(self, judged: Sequence[FieldNote], act: int) -> None:
        """Say of notes which act they went into; old ones go with their photos."""
        since = clock.today().toordinal() - _KEPT

        def put(notes: list[FieldNote]) -> list[FieldNote]:
            said = [replace(one, act=act) if one in judged else one for one in notes]
            return [one for one in said if not one.act or date.fromisoformat(one.day).toordinal() >= since]

        self._change(put)

    def photo(self, code: str) -> Upload:
        """A photo by its SHA-256.

        Raises:
            InputError: there is none.

        """
        held = self._store.form(self._key).get("files", {}).get(code)
        if not held:
            raise InputError([Problem("work_file_lost", where="session")])
        return self._store.upload(held[0])

    def _change(
        self, change: Callable[[list[FieldNote]], list[FieldNote]], files: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        def put(held: dict[str, Any]) -> dict[str, Any]:
            notes = change([FieldNote(**one) for one in held.get("notes", [])])
            used = {code for one in notes for _, code in one.photos}
            kept = {code: one for code, one in {**held.get("files", {}), **files}.items() if code in used}
            return {"notes": [asdict(one) for one in notes], "files": kept}

        self._store.change_form(self._key, put)


def image_type(data: bytes) -> str:
    """The type of a photo by its first bytes; blank where it is none."""
    for name, (first, at, then) in _IMAGES.items():
        if data.startswith(first) and data.startswith(then, at):
            return name
    return ""
