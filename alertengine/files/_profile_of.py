"""The profile that a table was read by before."""

from __future__ import annotations

from pathlib import Path

from alertengine.files._raw_rows import tops
from alertengine.files.header_finder import Grid, find_header
from alertengine.files.headers import known
from alertengine.files.profiles import Profile, chosen_for, saved_for
from alertengine.files.schema import Schema, with_profile


def profile_of(path: Path, schema: Schema) -> Profile | None:
    """The profile to read a file with: the one asked for, beside it, or saved of a file with the same headers."""
    if not schema.kind:
        return None
    profile = chosen_for(schema.kind, path)
    saved = saved_for(schema.kind) if profile is None else []
    found = tops(path, schema.names) if saved else []
    return next((one for one in saved if any(_is_of(one, schema, rows) for _, rows in found)), profile)


def _is_of(profile: Profile, schema: Schema, rows: Grid) -> bool:
    """Whether the header among the first rows of a sheet is that of the file a profile was said of."""
    if any(profile.is_of(row) for row in rows):
        return True
    header = find_header(rows, known(with_profile(schema, profile).names), schema.least)
    return header is not None and profile.is_of(header.names)
