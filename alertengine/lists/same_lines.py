"""Which lines of an earlier table are which of a later one: codes are corrected, line ids are written otherwise."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from alertengine.files import Numbered, text_array
from alertengine.lists.identity import plain_line_ids
from alertengine.vocabulary import ERASED, LINE_KEY, MASKED, PLANT_KEY, plain_name

Index = npt.NDArray[np.int64]
#: Names that tell nobody from another.
_HIDDEN: Final = ("", ERASED, MASKED)


def line_keys(table: pd.DataFrame) -> pd.MultiIndex:
    """Which line each row of a list or of orders is of, by LINE_KEY as texts."""
    return pd.MultiIndex.from_frame(table[LINE_KEY].astype("object").fillna("").astype("str"))


def known_again(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, str]:
    """The enterprises whose code changed: by the key they have later the one they had before.

    Args:
        before: ``key`` of the enterprise, ``city`` and ``own``, its plain name; a row a line.
        after: the same of later.

    Returns:
        Those that left a city and came to it under one name, where no other of that name left or came.

    """
    gone = before[~before["key"].isin(after["key"])].drop_duplicates("key")
    come = after[~after["key"].isin(before["key"])].drop_duplicates("key")
    gone, come = (side.drop_duplicates(["city", "own"], keep=False) for side in (gone, come))
    pairs = come.merge(gone, on=["city", "own"], suffixes=("", "_old"))
    return dict(zip(pairs["key"], pairs["key_old"], strict=True))


def plain_ids(line_ids: Numbered) -> npt.NDArray[np.object_]:
    """Line ids in one spelling, a text a row; blank where there is none."""
    ids = plain_line_ids(line_ids)
    return ids.table(ids.names, "", object)


def line_pairs(before: pd.DataFrame, after: pd.DataFrame) -> tuple[Index, Index, Index, Index]:
    """Places of the lines of both (before, after), of those only before and only after.

    By ``key`` and ``plain_id``; where that tells lines of the enterprise not apart, by ``line_id`` as written.
    """
    alike = {key for side in (before, after) for key in side.loc[side.duplicated(["key", "plain_id"]), "key"]}
    ids = (side["plain_id"].where(~side["key"].isin(alike), side["line_id"]) for side in (before, after))
    one, other = (pd.MultiIndex.from_arrays([side["key"], own]) for side, own in zip((before, after), ids, strict=True))
    place = one.get_indexer(other)
    there = np.flatnonzero(place >= 0)
    return place[there], there, np.flatnonzero(~one.isin(other)), np.flatnonzero(place < 0)


def under_ids_of(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Earlier orders with the codes and line ids that later ones, or a list, have for the same lines.

    An enterprise is known by its code, else by city and name; a line by its id, however that is written.  A line that
    later ones do not have keeps its id.  An enterprise whose name is masked or blank is known by its code alone.

    Args:
        earlier: ``city``, ``enterprise_id``, ``enterprise``, ``line_id`` and any other columns.
        later: those four.

    """
    own, theirs = line_keys(earlier), line_keys(later)
    here, there = set(own), set(theirs)
    if here <= there or there <= here:
        return earlier  # no line left, or none came
    columns = [*LINE_KEY, "enterprise"]
    sides = [table[columns].astype("object").fillna("").astype("str") for table in (earlier, later)]
    before, after = (side.drop_duplicates(LINE_KEY) for side in sides)
    moved = before[~line_keys(before).isin(theirs)], after[~line_keys(after).isin(own)]
    touched = {pair for side in moved for pair in side[PLANT_KEY].itertuples(index=False, name=None)}
    before, after = (_keyed(side, touched) for side in (before, after))
    again = known_again(before, after)
    codes = {old.partition("\n")[::2]: new.partition("\n")[2] for new, old in again.items()}
    after["key"] = after["key"].replace(again)
    was, now, *_ = line_pairs(before, after)
    ids = dict(zip(line_keys(before.iloc[was]), line_keys(after.iloc[now]), strict=True))
    new = [ids.get(line) or (line[0], codes.get(line[:2], line[1]), line[2]) for line in own]
    return earlier.assign(**{name: [line[place] for line in new] for place, name in enumerate(LINE_KEY) if place})


def _keyed(lines: pd.DataFrame, touched: set[tuple[str, ...]]) -> pd.DataFrame:
    """The lines of some enterprises (city and code) with ``key``, ``own`` and ``plain_id``."""
    own = lines[pd.MultiIndex.from_frame(lines[PLANT_KEY]).isin(list(touched))].reset_index(drop=True)
    key = own["city"] + "\n" + own["enterprise_id"]
    names = own["enterprise"].map(plain_name).where(~own["enterprise"].isin(_HIDDEN), key)
    ids = plain_ids(Numbered(np.arange(len(own)), text_array(own["line_id"].tolist())))
    return own.assign(key=key, own=names, plain_id=ids)
