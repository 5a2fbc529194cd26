"""Whether an order may go out, and if not, why: no formal document on an open ground.

A document whose orders rest on anything but official text, on unknown facts, on no ground at
all or on a list nobody published is a draft.  The reasons are said on it, in the words of
the person who has to settle them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import pandas as pd

from alertengine.documents.open_matters import OpenMatter
from alertengine.lists import EnterpriseList, line_keys
from alertengine.rulebook import NATION, Rulebook
from alertengine.vocabulary import (
    ENTERPRISE_FLAGS,
    FIELDS,
    FLAG_TEXT,
    PLAN_FIELDS,
    STANDING_TEXT,
    STANDINGS,
    STATUS_TEXT,
    Flag,
    InputError,
    Level,
    Problem,
    Setting,
    Status,
    flags_of,
    moment,
    unsaid,
)
from alertengine.warning import Row

DRAFT_MARK: Final = "草稿—待法制审核"
#: The word for what a run is for.
SETTING_TEXT: Final[dict[str, str]] = {"live": "", "simulation": "推演", "drill": "演练"}
#: What stands in a basis between two grounds.
GROUND_MARK: Final = "；"
_NAMED: Final = 6
_STATUTE: Final = re.compile("(法|条例)》")
_STATUTE_RANK, _LIST_RANK = 0, 4


def highest(codes: Iterable[str]) -> Level:
    """The highest of some levels; a blank is none."""
    return max((Level(code or "none") for code in codes), key=lambda one: one.rank)


def mark_of(setting: str, *, draft: bool) -> str:
    """The mark across a document: what it is for (``推演``, ``演练``) before that it is a draft; nothing else."""
    return f"{setting}—不具效力" if setting else DRAFT_MARK if draft else ""


@dataclass(slots=True)
class Footing:
    """What all orders of a table rest on beside their own grounds.

    Args:
        book: the rulebook, which knows the standing of the grading behind a warning.
        enterprises: the list the orders were made from; None where it was not given.
        warnings: the record of warnings (WARNING_COLUMNS); None where it was not given.

    """

    book: Rulebook
    enterprises: EnterpriseList | None = None
    warnings: pd.DataFrame | None = None
    _known: frozenset[str] = field(init=False, default=frozenset())

    _ranks: dict[str, int] = field(init=False, default_factory=dict)
    _ids: list[str] = field(init=False, default_factory=list)
    _answered: dict[frozenset[str], list[Row]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Take the enterprises of the list, and how wide each document reaches."""
        provinces = set(self.book.lists.provinces)
        for one in self.book.documents.values():
            self._ranks[one.citation] = 1 if NATION in one.area else 2 if provinces & set(one.area) else 3
        if self.enterprises is not None:
            self._known = frozenset(self.enterprises.lines["enterprise_id"].astype("str"))
        if self.warnings is not None:
            self._ids = sorted({*self.warnings["warning_id"].astype(str)} - {""}, key=len, reverse=True)

    def ranked(self, grounds: Iterable[str]) -> list[str]:
        """Grounds in the order an order cites them: statute, nation, province, city, the list; each once."""
        return sorted(dict.fromkeys(grounds), key=self._rank)

    def _rank(self, ground: str) -> int:
        rank = next((rank for cited, rank in self._ranks.items() if ground.startswith(cited)), _LIST_RANK)
        return _STATUTE_RANK if rank == 1 and _STATUTE.search(ground) else rank

    def lines(self) -> dict[tuple[str, ...], Any]:
        """The lines of the list by LINE_KEY, blank texts ``""``; empty without a list."""
        if self.enterprises is None:
            return {}
        texts = ["contact", "phone", *PLAN_FIELDS.values()]
        table = self.enterprises.lines[[*texts, *ENTERPRISE_FLAGS]].astype("object")
        table[texts] = table[texts].where(table[texts].notna(), "")
        return dict(zip(line_keys(self.enterprises.lines), table.itertuples(index=False), strict=True))

    def rows_of_lines(self) -> dict[tuple[str, ...], int]:
        """The row in the list of each line, by LINE_KEY."""
        if self.enterprises is None:
            return {}
        return dict(zip(line_keys(self.enterprises.lines), map(int, self.enterprises.rows), strict=True))

    def words_of_list(self) -> tuple[str, str]:
        """The version of the list and whether it binds."""
        if self.enterprises is None:
            return "", "未附清单"
        version = self.enterprises.version
        if version.status == "published":
            day = moment(str(version.published_on)).removesuffix("0时")
            return version.version, f"{version.approver}批准，{day}发布"
        return version.version, "草案，未发布"

    def list_words(self) -> str:
        """The list the orders rest on, on one line."""
        version, state = self.words_of_list()
        return f"应急减排清单{f'（{version}）' if version else ''}：{state}"

    def list_reasons(self, rows: Sequence[Any]) -> list[OpenMatter]:
        """What is open about the list that the orders of an enterprise rest on."""
        if self.enterprises is None:
            return [OpenMatter.of("no_list")]
        version = self.enterprises.version
        out = [] if version.status == "published" else [OpenMatter.of("list_draft")]
        marker = self.enterprises.citation.partition("（")[0]
        cited = {ground for row in rows for ground in grounds_of(row.basis) if ground.startswith(marker)}
        if cited - {self.enterprises.citation}:
            out.append(OpenMatter.of("other_list", "、".join(sorted(cited))))
        if not all(map(self.lists, rows)):
            out.append(OpenMatter.of("not_in_list"))
        return out

    def lists(self, row: Any) -> bool:
        """Whether the list has the enterprise of an order."""
        return row.enterprise_id in self._known

    def warnings_of(self, rows: Iterable[Any]) -> list[Row]:
        """The rows of the warning record that some orders answer to, in order of issue."""
        if self.warnings is None:
            return []
        ids = (next((name for name in self._ids if row.order_id.startswith(f"{name}-")), "") for row in rows)
        mine = frozenset(ids) - {""}
        if mine not in self._answered:  # many orders answer to the same
            record = self.warnings
            found = record[record["warning_id"].astype(str).isin(mine) & (record["action"] != "advise")]
            self._answered[mine] = [
                {str(name): value for name, value in row.items()} for row in found.to_dict("records")
            ]
        return self._answered[mine]


def warning_matters(book: Rulebook, warnings: Iterable[Mapping[Any, Any]]) -> list[OpenMatter]:
    """Grounds of warnings that are not official text: the grading of a level, what a lift and others cite."""
    found = []
    for warning in warnings:
        grading, basis = str(warning["grading"] or ""), str(warning["basis"] or "")
        named = [book.rules.get(name) for name in grading.split(";")] if grading else []
        for rule in named or filter(None, map(book.by_citation.get, grounds_of(basis))):
            standing = book.standing(rule) if rule is not None else ""
            if standing != "primary":
                shown = STANDING_TEXT.get(standing, "规则库中没有")
                about = [rule.document] if rule is not None else []
                found.append(OpenMatter.of("grading_standing", basis, about, standing=shown))
    return list(dict.fromkeys(found))


def grounds_of(basis: str) -> list[str]:
    """The grounds of an order, one by one."""
    return [part for part in basis.split(GROUND_MARK) if part]


def without_end(basis: str) -> list[str]:
    """The grounds of an order that are past the year they were made for, state no end and are continued by nobody."""
    return [ground for ground in grounds_of(basis) if ground.endswith(f"{FLAG_TEXT[Flag.END_NOT_STATED]}）")]


def marked_measure(text: str, basis: str) -> str:
    """A measure as papers without remarks print it: with the mark of a ground that states no end."""
    return f"{text}（{FLAG_TEXT[Flag.END_NOT_STATED]}）" if text and without_end(basis) else text


@dataclass(frozen=True, slots=True)
class Release:
    """The decision of a named person that documents with open matters go out all the same."""

    by: str
    reason: str

    def __post_init__(self) -> None:
        """Refuse a release without a name or a reason.

        Raises:
            InputError: one of them is blank.

        """
        blank = [
            option for option, text in (("--release-by", self.by), ("--release-reason", self.reason)) if unsaid(text)
        ]
        if blank:
            raise InputError([Problem("release_blank", file=name) for name in blank])

    def words(self, reasons: Iterable[OpenMatter]) -> tuple[str, ...]:
        """What a released document says of it: who, why, and every matter that was open."""
        return (f"决定人：{self.by}", f"理由：{self.reason}", *(f"未决事项：{reason}" for reason in reasons))


def release_of(by: str | None, reason: str | None, setting: Setting) -> Release | None:
    """The release that two options ask for; None where neither is given.

    Raises:
        InputError: one of them is blank, or the run binds nobody.

    """
    if by is None and reason is None:
        return None
    if setting != "live":
        raise InputError([Problem("never_released", where="--release-by", what=f"a {setting}")])
    return Release((by or "").strip(), (reason or "").strip())


def readiness(
    rows: Sequence[Any], footing: Footing, cited: Iterable[tuple[str, str]] = (), gaps: Iterable[OpenMatter] = ()
) -> tuple[OpenMatter, ...]:
    """Why the document of some orders may not go out; nothing where it may.

    Args:
        rows: the orders of one enterprise, as ``itertuples`` gives them.
        footing: list, warnings and rulebook behind them.
        cited: further grounds the document cites (statute, plan, deadline, consequence, remedy) with their standing.
        gaps: what is not on file for the place, such as its emergency plan.

    """
    book = footing.book
    reasons = [
        *_open_lines(rows, book),
        *gaps,
        *footing.list_reasons(rows),
        *warning_matters(footing.book, footing.warnings_of(rows)),
    ]
    reasons += [cited_matter(book, *one) for one in dict.fromkeys(cited) if one[1] != "primary"]
    return tuple(dict.fromkeys(reasons))


def cited_matter(book: Rulebook, ground: str, standing: str) -> OpenMatter:
    """A cited ground that is not official text: a comparison makes it so, or where we read it ourselves its entry."""
    rule, document = book.by_citation.get(ground), book.document_cited(ground)
    kind = "cited_standing" if rule is None or book.standing_if_compared(rule) == "primary" else "cited_reading"
    about = [document.document] if document is not None else []
    return OpenMatter.of(kind, ground, about, standing=STANDING_TEXT[standing])


def endless_matter(book: Rulebook, ground: str) -> OpenMatter:
    """A ground past the year it was made for that nothing continues."""
    document = book.document_cited(ground)
    return OpenMatter.of("ground_without_end", ground, [document.document] if document is not None else [])


def _open_lines(rows: Sequence[Any], book: Rulebook) -> list[OpenMatter]:
    """What is open about the orders themselves."""
    groups = {
        OpenMatter.of("undetermined", status=STATUS_TEXT["undetermined"]): [
            r for r in rows if r.status == Status.UNDETERMINED
        ],
        OpenMatter.of("to_verify", field=FIELDS["enterprise"].text): [r for r in rows if not r.enterprise],
        OpenMatter.of("no_ground", flag=FLAG_TEXT[Flag.NO_GROUND]): [
            r for r in rows if Flag.NO_GROUND in flags_of(r.flags) and r.status != Status.UNDETERMINED
        ],
        OpenMatter.of("no_basis"): [
            r for r in rows if not r.basis and r.status not in (Status.UNDETERMINED, Status.NONE)
        ],
    }
    for standing in STANDINGS[1:]:
        own = [row for row in rows if row.standing == standing]
        named = [(book.rules.get(name), row.starts[:10]) for row in own for name in row.rules.split(";")]
        # The rules whose standing it is: comparisons settle it, or where one is a reading of ours its entry.
        weak = [rule for rule, day in named if rule and book.standing(rule, date.fromisoformat(day)) == standing]
        compared = all(book.standing_if_compared(rule) == "primary" for rule in weak)
        about = sorted({rule.document for rule in weak})
        code = "standing" if compared else "reading"
        groups[OpenMatter.of(code, about=about, standing=STANDING_TEXT[standing])] = own
    endless = dict.fromkeys(ground for row in rows for ground in without_end(row.basis))
    for row in rows:
        for name in filter(None, row.hangs_on.split(";")):
            groups.setdefault(OpenMatter.of("to_verify", field=FIELDS[name].text), []).append(row)
    open_ = [replace(one, detail=_lines(affected)) for one, affected in groups.items() if affected]
    return open_ + [endless_matter(book, ground) for ground in endless]


def _lines(rows: Sequence[Any]) -> str:
    names = list(dict.fromkeys(row.line or row.line_id for row in rows))
    return "、".join(names[:_NAMED]) + (f"等{len(names)}条生产线" if len(names) > _NAMED else "")
