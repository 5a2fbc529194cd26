"""What an inspector wrote at a plant: kept on disk as it is sent, until it is judged and put on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from alertengine.vocabulary import InputError, Problem
from alertengine.vocabulary import times as clock
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
    """One look at a plant; ``photos`` are names with SHA-256, ``act`` the record it went into, 0 until then."""

    enterprise_id: str
    enterprise: str
    seen: str
    time: str
    number: str
    text: str
    photos: list[list[str]] = field(default_factory=list)
    act: int = 0
    day: str = ""

    def evidence(self, inspector: str) -> Upload:
        """The note as a file of evidence; photos by the beginning of their hashes."""
        taken = (
            f"（照片{len(self.photos)}张：{'、'.join(code[:12] for _, code in self.photos)}）" if self.photos else ""
        )
        seen = (self.time, self.seen, self.number, self.text + taken)
        return note_of((self.enterprise_id, self.enterprise, "", *seen, inspector))


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
        """Keep a note with its photos.

        Raises:
            InputError: it says not what was seen or when, a photo is none, or there are too many; nothing was kept.

        """
        problems = [] if note.seen in SEEN and note.time.strip() else [Problem("note_wanted", where="session")]
        if len(photos) > MOST_PHOTOS or any(not _is_photo(one.data) for one in photos):
            problems.append(Problem("photo_wanted", where="session", most=MOST_PHOTOS, size=PHOTO_MB))
        if problems:
            raise InputError(problems)
        held = self._store.form(self._key)
        files = dict(held.get("files", {}))
        codes = [[one.plain_name, sha256(one.data).hexdigest()] for one in photos]
        files |= {code: [self._store.put_upload(one)] for (_, code), one in zip(codes, photos, strict=True)}
        today = clock.today().isoformat()
        new = FieldNote(**asdict(note) | {"photos": codes, "day": today})
        self._put([*self.all(), new], files)

    def recorded(self, act: int) -> None:
        """Say of every open note which act it went into; old ones go with their photos."""
        since = clock.today().toordinal() - _KEPT
        notes = [FieldNote(**asdict(one) | {"act": one.act or act}) for one in self.all()]
        notes = [one for one in notes if date.fromisoformat(one.day).toordinal() >= since]
        self._put(notes, self._store.form(self._key).get("files", {}))

    def photo(self, code: str) -> Upload:
        """A photo by its SHA-256.

        Raises:
            InputError: there is none.

        """
        held = self._store.form(self._key).get("files", {}).get(code)
        if not held:
            raise InputError([Problem("work_file_lost", where="session")])
        return self._store.upload(held[0])

    def _put(self, notes: Sequence[FieldNote], files: dict[str, Any]) -> None:
        used = {code for one in notes for _, code in one.photos}
        kept = {code: one for code, one in files.items() if code in used}
        self._store.put_form(self._key, {"notes": [asdict(one) for one in notes], "files": kept})


def image_type(data: bytes) -> str:
    """The type of a photo by its first bytes; blank where it is none."""
    for name, (first, at, then) in _IMAGES.items():
        if data.startswith(first) and data.startswith(then, at):
            return name
    return ""


def _is_photo(data: bytes) -> bool:
    return 0 < len(data) <= PHOTO_MB * 1024 * 1024 and bool(image_type(data))
