"""What is decided of a list in one slice of a response: arrays by line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt

from alertengine.engine._resolve import Resolution
from alertengine.engine.account import Floats
from alertengine.engine.allot_list import Allotted
from alertengine.engine.facts import TextColumn
from alertengine.engine.filed_or_rule import Filed
from alertengine.engine.group_index import Index
from alertengine.engine.response import Slice
from alertengine.vocabulary import Status

STATUSES = tuple(Status)


@dataclass(slots=True)
class Binding:
    """What one kind of line is bound to in a slice: the resolution and what it hangs on."""

    resolution: Resolution
    classified: tuple[str, ...]
    hangs_on: tuple[str, ...]
    expires: datetime | None

    @property
    def key(self) -> object:
        """Equal of bindings that say the same, of one moment of the law."""
        return id(self.resolution), self.classified, self.hangs_on, self.expires


@dataclass(slots=True)
class Decision:
    """All lines in one slice.

    ``binding`` (lines,) numbers into ``bindings``; shares are 0..1 or NaN: ``share`` of everything that
    binds, ``warning_share`` of the warning measures, ``other_share`` of what binds without one; ``partial``
    marks shares that are a lower bound; ``reduced`` kg/d by pollutant of everything that binds, ``warning_reduced``
    what the warning adds to what binds without one; ``status`` codes of STATUSES;
    ``ground`` codes of GROUNDS; ``undetermined`` lines without a ground that no document leaves to the city;
    ``from_lower`` (lines,) is the rank of the lower level that binds a line because this one has no measure for
    it, 0 where its own binds (None: everywhere); binding and filed plan of such a line are those of that level.
    ``doubts`` is for ``orders`` to keep what it finds doubtful about the filed plans.
    """

    slice: Slice
    bindings: list[Binding]
    binding: Index
    effective: TextColumn
    share: Floats
    warning_share: Floats
    other_share: Floats
    partial: npt.NDArray[np.bool_]
    reduced: dict[str, Floats]
    warning_reduced: dict[str, Floats]
    status: npt.NDArray[np.int8]
    undetermined: npt.NDArray[np.bool_]
    filed: Filed
    allotted: Allotted
    ground: npt.NDArray[np.int8]
    lacking: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict)
    from_lower: npt.NDArray[np.int8] | None = None
    doubts: object = None
