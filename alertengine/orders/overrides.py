"""Overrides: what an officer orders of a line in place of the rules, with a reason.

They are recorded among the options of a run, so that running it again gives the same; a line that
is overridden says so in its order, and its document is never formal by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from alertengine.files import CodedTable, problems_of
from alertengine.rulebook import Strict
from alertengine.vocabulary import LAW_YEARS, InputError, Problem, SaidError, Status, percent, to_minute

if TYPE_CHECKING:
    import pandas as pd

#: What marks an order that a person changed, at the head of its measures and its remark.
OVERRIDDEN: Final = "人工变更"
#: The key of a run's options that holds overrides.
OPTION: Final = "overrides"
_KEY: Final = ["enterprise_id", "line_id"]
_WORDS: Final = {
    "stop": "停产",
    "limit": "限产",
    "none": "不要求停限产",
    "exempt": "豁免，不采取停限产措施",
    "self_directed": "自主减排",
}
_STATUS: Final = {"exempt": Status.EXEMPT, "self_directed": Status.SELF_DIRECTED}
_NEAR: Final = 6


def _filled(text: str) -> str:
    if not text.strip():
        raise SaidError("override_blank")
    return " ".join(text.split())


def _without_zone(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise SaidError("time_with_zone")
    if moment.year not in LAW_YEARS:  # NaT among them
        raise SaidError("key_time")
    return moment


Filled = Annotated[str, AfterValidator(_filled)]


class Override(Strict):
    """What one line is ordered by a person, in all phases of its response.

    ``enterprise_id`` and ``line_id`` as the list has them, never a name; ``share`` 0 to 1, with ``limit`` alone;
    ``by`` is ``office name``, ``at`` civil time.
    """

    enterprise_id: Filled
    line_id: Filled
    measure: Literal["stop", "limit", "none", "exempt", "self_directed"]
    share: float | None = Field(default=None, gt=0, lt=1)
    reason: Filled
    by: Filled
    at: Annotated[datetime, AfterValidator(_without_zone)]

    @model_validator(mode="after")
    def _share_of_a_limit(self) -> Override:
        if (self.measure == "limit") != (self.share is not None):
            raise SaidError("override_share")
        return self

    @property
    def line(self) -> str:
        """``ENTERPRISE/LINE``."""
        return f"{self.enterprise_id}/{self.line_id}"

    @property
    def status(self) -> Status:
        """The status it gives the warning of its line."""
        return _STATUS.get(self.measure, Status.ORDERED)

    @property
    def words(self) -> str:
        """What is ordered: ``限产30%``."""
        return _WORDS[self.measure] + (percent(self.share) if self.share is not None else "")

    @property
    def decided(self) -> str:
        """Who decided it, and when, as a ground of the order."""
        return f"人工决定（{self.by.replace('；', '，')}，{to_minute(self.at)}）"


def as_options(overrides: Iterable[Override]) -> list[dict[str, Any]]:
    """Overrides as a run's options hold them, by enterprise and line, plain JSON."""
    ordered = sorted(overrides, key=lambda one: (one.enterprise_id, one.line_id))
    return [one.model_dump(mode="json", exclude_none=True) for one in ordered]


def read_overrides(given: Any) -> tuple[Override, ...]:
    """Overrides as a run's options hold them, read.

    Raises:
        InputError: with every defect of every one.

    """
    out, problems = [], []
    several = given if isinstance(given, (list, tuple)) else [given] if given else ()
    for said in several:
        try:
            out.append(Override.model_validate(said))
        except ValidationError as error:
            where = f"{said.get('enterprise_id', '')}/{said.get('line_id', '')}" if isinstance(said, Mapping) else ""
            problems += problems_of(error, f"{OPTION} {where}".strip())
    if problems:
        raise InputError(problems)
    return tuple(out)


def check_overrides(lines: pd.DataFrame, overrides: Sequence[Override], file: str) -> None:
    """Refuse overrides of lines that a list does not hold, and a line that is overridden twice.

    Raises:
        InputError: naming each.

    """
    if not overrides:
        return
    known = set(lines[_KEY].astype("str").itertuples(index=False, name=None))
    plants = {enterprise for enterprise, _ in known}
    problems, seen = [], set()
    for one in overrides:
        key = (one.enterprise_id, one.line_id)
        if key in seen:
            problems.append(Problem("overridden_twice", file=file, column=OPTION, value=one.line))
        elif key not in known:
            near = sorted(line for plant, line in known if plant == one.enterprise_id)[:_NEAR]
            if one.enterprise_id in plants:
                problems.append(Problem("override_of_no_line", file=file, column=OPTION, value=one.line, names=near))
            else:
                problems.append(Problem("override_of_nobody", file=file, column=OPTION, value=one.line))
        seen.add(key)
    if problems:
        raise InputError(problems)


def places(table: CodedTable, overrides: Sequence[Override]) -> dict[int, Override]:
    """The overrides of some lines by their place among them."""
    wanted = {(one.enterprise_id, one.line_id): one for one in overrides}
    if not wanted:
        return {}
    lines = table.frame(_KEY)
    mine = lines["enterprise_id"].astype("str").isin({enterprise for enterprise, _ in wanted}).to_numpy().nonzero()[0]
    keys = lines[_KEY].iloc[mine].astype("str").itertuples(index=False, name=None)
    return {int(place): wanted[key] for place, key in zip(mine, keys, strict=True) if key in wanted}
