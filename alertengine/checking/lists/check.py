"""A check from beginning to end: read, decide at every level, find."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from alertengine.checking.lists.cells import add_needs, add_reader_findings
from alertengine.checking.lists.findings import CHECKED, Collector, ListDefect
from alertengine.checking.lists.identity import add_identity_findings, add_vocabulary_findings
from alertengine.checking.lists.permits import add_permit_findings, read_permits
from alertengine.checking.lists.plans import add_plan_findings
from alertengine.checking.lists.totals import add_amount_findings, add_ratio_findings
from alertengine.checking.lists.whereabouts import add_whereabouts
from alertengine.engine import STATUSES, Decision, Engine, Response
from alertengine.files import Findings
from alertengine.lists import EnterpriseList, read_list
from alertengine.orders import SummaryEntry, decide_lines, summarise
from alertengine.rulebook import Rulebook, outlines_file, read_outlines
from alertengine.vocabulary import (
    KINDS,
    Level,
    Problem,
    Status,
    as_day,
    count_plants,
    gathering,
    refuse_together,
    require,
    times,
)


@dataclass(slots=True)
class CheckRun:
    """What a check found.

    ``needs`` counts the lines whose order hangs on a field; ``without_lines`` the enterprises of one row
    that name neither process nor line.
    """

    enterprises: EnterpriseList
    day: date
    findings: list[ListDefect]
    summaries: list[SummaryEntry]
    needs: dict[str, int] = field(default_factory=dict)

    @property
    def unusable(self) -> bool:
        """Whether the same line stands twice, so that no order can be given."""
        return any(finding.kind == "line_twice" for finding in self.findings)

    @property
    def exit_status(self) -> int:
        """0 clean, 1 an error or a finding, 2 unusable."""
        if self.unusable:
            return 2
        return int(any(finding.problem.severity != "warning" for finding in self.findings))

    @property
    def firms(self) -> int:
        """How many enterprises are on the list."""
        return count_plants(self.enterprises.lines)

    def without_lines(self) -> int:
        """How many enterprises have no lines."""
        return sum(finding.kind == "no_lines" for finding in self.findings)

    def counts(self) -> dict[str, int]:
        """Findings by kind, in the order of ``KINDS``."""
        seen = Counter(finding.kind for finding in self.findings)
        return {kind: seen[kind] for kind in KINDS if kind in seen}


def check_list(
    book: Rulebook,
    path: Path,
    day: date | str | None = None,
    *,
    permits: Path | None = None,
    totals: Path | None = None,
    decisions: Path | None = None,
    known_on: date | str | None = None,
    outlines: Path | None = None,
) -> CheckRun:
    """Every defect of a list, by the law of a day.

    ``day`` absent: the day the list was published, else today.  ``outlines``: a file that ``alertengine map`` made;
    absent: the one that ``ALERTENGINE_OUTLINES`` names, and without either coordinates are not judged.

    Raises:
        InputError: the list or the outlines cannot be read, the list lacks a required column or has no lines.

    """
    require(book, "book", Rulebook)
    day, known_on = as_day(day, "day"), as_day(known_on, "known_on")
    drawn, problems, places, content, table = outlines or outlines_file(), list[Problem](), None, None, None
    said = Findings(str(permits))
    with gathering(problems):
        places = None if drawn is None else read_outlines(drawn)
    with gathering(problems):
        content = read_list(path, book.lists, totals=totals, decisions=decisions, keep_repeats=True)
        if content.lines.empty:
            problems.append(Problem("no_line", file=str(path)))
    with gathering(problems):
        table = None if permits is None else read_permits(permits, book.lists, said)
    refuse_together(problems, content, said)
    assert content is not None  # noqa: S101 -- as nothing was refused
    day = day or content.version.published_on or times.today()
    decided = decide_all(book, content, day, known_on)
    asked = [STATUSES.index(status) for status in (Status.ORDERED, Status.UNDETERMINED, Status.SELF_DIRECTED)]
    collector = Collector(content, np.stack([np.isin(decided[level].status, asked) for level in CHECKED]))
    add_reader_findings(collector)
    add_identity_findings(collector)
    add_vocabulary_findings(collector, book.lists)
    add_amount_findings(collector)
    add_plan_findings(collector, decided)
    if drawn is not None and places is not None:
        add_whereabouts(collector, places, drawn)
    needs = add_needs(collector, decided)
    warned = [decided[level] for level in CHECKED if level is not Level.NONE]
    city = content.lines["city"].astype("object").fillna("")  # a line without one belongs to no city's ratio
    summaries = summarise(book, content.lines.assign(city=city), warned, content.totals, known_on)
    summaries = [entry for entry in summaries if entry["city"]]
    add_ratio_findings(collector, summaries)
    if permits is not None and table is not None:
        collector.content.beside.extend(said.protocols)
        collector.found += map(ListDefect, [*said.problems, *said.warnings])
        add_permit_findings(collector, permits, table)
    return CheckRun(content, day, collector.sorted(), summaries, needs)


def decide_all(book: Rulebook, content: EnterpriseList, day: date, known_on: date | None) -> dict[Level, Decision]:
    """The first slice of each level, from midnight of the day."""
    engine = Engine(book, known_on)
    published = content.version.status == "published"
    return {
        level: decide_lines(engine, content.lines, Response.single(level, day), published=published).decisions[0]
        for level in CHECKED
    }
