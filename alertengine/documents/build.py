"""From orders to documents: the rows of each enterprise put into what its templates print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final

import pandas as pd

from alertengine.documents._changes import OrderChange, What
from alertengine.documents.board import board_items
from alertengine.documents.document import ChangeItem, Haulage, LineItem, Notice, OrderPaper, Totals, WarningSpan, spans
from alertengine.documents.formal_or_draft import (
    SETTING_TEXT,
    Footing,
    Release,
    grounds_of,
    highest,
    mark_of,
    readiness,
)
from alertengine.documents.legal_particulars import LegalParticulars, ParticularsOf, issued_by
from alertengine.documents.open_matters import OpenMatter
from alertengine.orders import ADVISED_ONCE, source_notes, told
from alertengine.vocabulary import (
    AMBIENT_TEXT,
    CANCEL,
    DECISION_TEXT,
    FIELDS,
    FLAG_TEXT,
    OPEN_END,
    POLLUTANTS,
    STATUS_TEXT,
    UNKNOWN_WORD,
    Flag,
    Level,
    Setting,
    Status,
    flags_of,
    ground_of,
    kilograms,
    level_words,
    moment,
    numeral,
    percent,
    rests_on,
    with_flags,
)
from alertengine.warning import Record, kind_of, outward, rank_at

ORDER_TITLE: Final = "重污染天气应急减排指令"
CHANGE_TITLE: Final = "重污染天气应急减排变更指令"
END_TITLE: Final = "重污染天气应急减排终止通知书"
CANCEL_TITLE: Final = "重污染天气应急减排取消通知书"
STANDING_TITLE: Final = "大气污染物减排要求告知书"
#: Of an order below yellow (不利气象条件应对), which no warning stands behind.
WEATHER_TITLE: Final = "不利气象条件应对减排指令"
_NAMED: Final = 12
#: What of a row a matter may rest on.
_RESTS_ON: Final = attrgetter(
    "city", "county", "level", "starts", "status", "flags", "basis", "standing", "rules", "hangs_on"
)


class Builder:
    """Builds what the templates of an enterprise's documents print, from its rows of orders."""

    def __init__(
        self, footing: Footing, *, forced_draft: bool = False, setting: Setting = "live", release: Release | None = None
    ) -> None:
        """Take what the orders rest on.

        Args:
            footing: rulebook, list and warnings.
            forced_draft: marks every document a draft, whatever its grounds.
            setting: outside ``live`` every document bears its mark and none is formal.
            release: the decision that documents with open matters go out.

        """
        self._footing = footing
        self._forced = forced_draft
        self._setting = SETTING_TEXT[setting]
        self._release = release
        self._acts = ParticularsOf(footing.book)
        self._lives = Record(footing.warnings)
        self._plans = footing.lines()
        self._rows = footing.rows_of_lines()
        self._owners = {key[:2]: row for key, row in reversed(self._plans.items())}
        self._matters: dict[tuple[tuple[Any, ...], ...], tuple[OpenMatter, ...]] = {}

    def order(self, rows: Sequence[Any], instead_of: str = "") -> OrderPaper:
        """The order of an enterprise, in the place of another if so said in words, and what its board shows."""
        level = _highest(rows)
        title = ORDER_TITLE if level else WEATHER_TITLE if self._acts.below_yellow(rows) else STANDING_TITLE
        return self._document(title, rows, rows, (), (instead_of,) if instead_of else ())

    def matters(self, rows: Sequence[Any]) -> tuple[OpenMatter, ...]:
        """What keeps the order of an enterprise a draft, each once and without its lines; no document is made."""
        # All that a matter may rest on: enterprises whose orders rest on the same are many.
        own = (
            (
                row.order_id.partition(row.enterprise_id)[0],
                bool(row.enterprise),
                self._footing.lists(row),
                *_RESTS_ON(row),
            )
            for row in rows
        )
        kind = tuple(dict.fromkeys(own))
        if kind not in self._matters:
            act = self._act(rows)
            found = readiness(rows, self._footing, act.cited, act.gaps)
            self._matters[kind] = tuple(dict.fromkeys(one.without_lines() for one in found))
        return self._matters[kind]

    def change(self, rows: Sequence[Any]) -> OrderPaper:
        """The change order of an enterprise, of rows of ``changes``."""
        standing = [row for row in rows if row.change != OrderChange.ENDED]
        left = [row for row in rows if self._goes_on(row)]
        gaps = [OpenMatter.of("off_the_list", "、".join(map(_name, left)))] if left else []
        grounds = self._grounds(rows, self._act(rows))
        replaced = tuple(dict.fromkeys(row.old_order_id for row in rows if row.old_order_id))
        items = tuple(_change_item(row, grounds, cancelled=self._cancelled(row)) for row in rows)
        over = CANCEL_TITLE if all(map(self._cancelled, rows)) else END_TITLE
        return self._document(CHANGE_TITLE if standing else over, rows, standing, items, replaced, gaps)

    def _over(self, rows: Sequence[Any]) -> str:
        """What is over, of rows that all end: the response, or for who is no longer listed the order alone.

        A response that does not begin is told beside one that ends.
        """
        if all(map(self._goes_on, rows)):
            start = moment(min(row.starts for row in rows))
            return f"重污染天气预警应急响应继续执行，本次指令未列你单位，原指令自{start}起不再执行"
        said = []
        for cancelled in (False, True):
            if own := [row for row in rows if self._cancelled(row) is cancelled]:
                start, level = moment(min(row.starts for row in own)), _highest(own)
                response = f"重污染天气{level_words(level)}预警应急响应" if level else "减排要求"
                words = f"原定自{start}起启动的{response}取消，不再启动" if cancelled else f"{response}自{start}起终止"
                said.append(words)
        return f"{'；'.join(said)}{'；原指令撤回' if all(map(self._cancelled, rows)) else '，原指令不再执行'}"

    def _goes_on(self, row: Any) -> bool:
        """Whether an order ends although its place is still under a warning: the line left the list."""
        own = self._lives.lives((row.city, row.county)) or self._lives.lives((row.city, ""))
        ended = row.change == OrderChange.ENDED
        return ended and any(rank_at(one.pieces, pd.Timestamp(row.starts)) for one in own)

    def _cancelled(self, row: Any) -> bool:
        """Whether an order ends because its warning is taken back before its start."""
        if row.change != OrderChange.ENDED:
            return False
        return any(kind_of(one, self._lives) == CANCEL for one in told(self._footing.warnings_of([row])))

    def _document(
        self,
        title: str,
        rows: Sequence[Any],
        held: Sequence[Any],
        changed: tuple[ChangeItem, ...],
        replaced: tuple[str, ...],
        gaps: Sequence[OpenMatter] = (),
    ) -> OrderPaper:
        """All values of a document; ``held`` are the rows whose grounds must carry it."""
        first, level = rows[0], _highest(rows)
        act = self._act(rows)
        reasons = readiness(held, self._footing, act.cited, [*gaps, *act.gaps])
        released = self._release.words(reasons) if self._release and reasons else ()
        draft = bool(self._forced or self._setting or (reasons and not released))
        grounds = self._grounds(rows, act)
        board, more = board_items(rows, self._plans)
        owner = self._owners.get((first.city, first.enterprise_id))
        list_version, list_state = self._footing.words_of_list()
        opened = [row for row in rows if row.hangs_on]
        return OrderPaper(
            title=title,
            mark=mark_of(self._setting, draft=draft),
            draft=draft,
            setting=self._setting,
            reasons=reasons,
            release=released,
            document_id="".join(first.order_id.partition(first.enterprise_id)[:2]),  # all its lines share it
            enterprise=first.enterprise or UNKNOWN_WORD,
            enterprise_id=first.enterprise_id,
            city=first.city,
            county=first.county,
            industry="、".join(dict.fromkeys(row.industry for row in rows if row.industry)),
            grade="、".join(dict.fromkeys(row.effective_grade or row.grade or UNKNOWN_WORD for row in rows)),
            contact=getattr(owner, "contact", ""),
            phone=getattr(owner, "phone", ""),
            issuer=act.issuer,
            competent=act.competent,
            level=level_words(level),
            starts=moment(min(row.starts for row in rows)),
            ends=moment(_last(rows)) or OPEN_END,
            alerts=tuple(_alerts(held)) if held else (),
            over="" if held else self._over(rows),
            cancelled=not held and all(map(self._cancelled, rows)),
            notices=(
                *(_notice(row, kind_of(row, self._lives)) for row in told(self._footing.warnings_of(rows))),
                *(one.notice() for one in self._acts.below_yellow(rows)),
            ),
            list_version=list_version,
            list_state=list_state,
            list_rows=spans(self._rows.get((row.city, row.enterprise_id, row.line_id)) for row in rows),
            grounds=tuple(f"{mark}{text}" for text, mark in grounds.items()),
            lines=() if changed else tuple(_line_item(row, grounds, self._below(row)) for row in rows),
            changes=changed,
            totals=_totals(rows),
            lower_bound=any(
                row.status == Status.ORDERED and (pd.isna(row.share) or Flag.LOWER_BOUND in flags_of(row.flags))
                for row in rows
            ),
            haulage=() if changed else tuple(_haulage(rows)),
            deadlines=act.deadlines,
            replaced=replaced[:_NAMED] + ((f"等{len(replaced)}项",) if len(replaced) > _NAMED else ()),
            consequences=act.consequences_for(owner),
            remedies=act.remedies,
            open_items=tuple(dict.fromkeys(f"{_name(row)}：{_fields(row.hangs_on)}" for row in opened)),
            remarks=tuple(dict.fromkeys(text for row in rows for text in self._below(row))),
            board=board,
            board_more=more,
            plans=any(item.yellow or item.orange or item.red for item in board),
        )

    def _below(self, row: Any) -> list[str]:
        """Sentences of an order that stand under the table, once for all rows, and not in its own."""
        flags, names = flags_of(row.flags), [name for name in row.rules.split(";") if name in self._footing.book.rules]
        out = [FLAG_TEXT[Flag.NO_GROUND]] if Flag.NO_GROUND in flags else []
        if Flag.NOT_OFFICIAL in flags:
            notes = source_notes(self._footing.book, names, date.fromisoformat(row.starts[:10]), row.standing)
            out += [note.text for note in notes if note.flag is Flag.NOT_OFFICIAL]
        return out

    def _act(self, rows: Sequence[Any]) -> LegalParticulars:
        """What the rules say of the orders as an act, at their place, on the day of the last decision on their warning.

        An extension orders anew what began before it.  Without a record of the warning: on their first day.
        """
        first, level = rows[0], _highest(rows)
        days = [pd.Timestamp(one["issued"]).date() for one in self._footing.warnings_of(rows) if one["issued"]]
        day = max(days, default=date.fromisoformat(first.starts[:10]))
        act = self._acts.of(first.city, first.county, day, level or Level.NONE)
        return issued_by(act, self._acts.below_yellow(rows))

    def _grounds(self, rows: Sequence[Any], act: LegalParticulars) -> dict[str, str]:
        """Every ground of some orders with its numeral: statute first, then nation, province, city, the list."""
        texts = dict.fromkeys([*act.grounds, *(text for row in rows for text in grounds_of(row.basis))])
        return {text: numeral(number) for number, text in enumerate(self._footing.ranked(texts), start=1)}


def grouped(table: pd.DataFrame) -> Iterator[list[Any]]:
    """The rows of each enterprise of a city, in the order of the table."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in with_flags(table).itertuples(index=False, name="Order"):
        groups.setdefault((row.city, row.enterprise_id), []).append(row)  # type: ignore[arg-type]
    yield from groups.values()


def has_duty(rows: Sequence[Any]) -> bool:
    """Whether any of an enterprise's orders asks something of it."""
    return any(row.status != Status.NONE or row.transport for row in rows)


def _highest(rows: Sequence[Any]) -> str:
    """The highest level of some orders; empty without a warning."""
    level = highest(row.level for row in rows)
    return "" if level is Level.NONE else str(level)


def _last(rows: Sequence[Any]) -> str:
    """The last end; empty where one is open."""
    ends = [row.ends for row in rows]
    return "" if "" in ends else max(ends)


def _alerts(rows: Sequence[Any]) -> Iterator[WarningSpan]:
    """The stretches of each level, in order of time."""
    levels: dict[str, list[Any]] = {}
    for row in rows:
        levels.setdefault(row.level, []).append(row)
    for level, own in sorted(levels.items(), key=lambda item: min(row.starts for row in item[1])):
        if level_words(level):
            yield WarningSpan(
                level_words(level), moment(min(row.starts for row in own)), moment(_last(own)) or OPEN_END
            )


def _notice(warning: Mapping[str, Any], kind: str) -> Notice:
    issued = moment(warning["issued"])
    primary = str(warning["primary"])
    return Notice(
        action=DECISION_TEXT.get(kind, ""),
        issued=issued,
        primary=AMBIENT_TEXT.get(primary, primary),
        reason=outward(str(warning["reason"])),
        basis=basis_of(warning),
    )


def basis_of(warning: Mapping[Any, Any]) -> str:
    """The basis of a transition; blank where its reason names it, as that of an order from above does."""
    return "" if str(warning["basis"]) in str(warning["reason"]) else str(warning["basis"])


def _name(row: Any) -> str:
    return str(row.line or row.line_id)


def _parts(remark: str) -> list[str]:
    return [part for part in remark.split("；") if part]


def _fields(hangs_on: str) -> str:
    return "、".join(FIELDS[name].text for name in hangs_on.split(";") if name)


def _line_item(row: Any, grounds: Mapping[str, str], below: Sequence[str]) -> LineItem:
    cited = [grounds[text] for text in grounds_of(row.basis)]
    grade = row.effective_grade or row.grade
    rests = rests_on(ground_of(row.flags), cited, status=row.status, grade=grade)
    # what a lapsed document once asked binds nobody and stands in no order
    said = [part for part in _parts(row.remark) if part not in below and not part.startswith(ADVISED_ONCE)]
    remarks = [rests, *said]
    return LineItem(
        line=_name(row),
        line_id=row.line_id,
        process=row.process,
        grade=grade or UNKNOWN_WORD,
        status=STATUS_TEXT[row.status],
        measure=row.measure_text,
        share=percent(row.share),
        starts=moment(row.starts),
        ends=moment(row.ends) or OPEN_END,
        **_amounts({name: getattr(row, f"{name}_kg_d") for name in POLLUTANTS}),
        grounds="".join(cited) or "—",
        remark="；".join(filter(None, remarks)),
    )


def _amounts(values: Mapping[str, float]) -> dict[str, str]:
    return {name: kilograms(value) for name, value in values.items()}


def _totals(rows: Sequence[Any]) -> Totals:
    """Kilograms of what holds now: of each line the row that begins first, none has ended; unknown counts nothing."""
    now = {row.line_id: row for row in sorted(rows, key=lambda row: row.starts, reverse=True)}.values()
    sums = {}
    for name in POLLUTANTS:
        amounts = [getattr(row, f"{name}_kg_d") for row in now]
        known = [amount for amount in amounts if amount == amount]  # noqa: PLR0124
        sums[name] = sum(known) if known else float("nan")
    return Totals(**_amounts(sums))


def _haulage(rows: Sequence[Any]) -> Iterator[Haulage]:
    """What is asked of transport, each once, for the lines it is asked of."""
    said: dict[str, list[str]] = {}
    for row in rows:
        for text in _parts(row.transport):
            said.setdefault(text, []).append(_name(row))
    lines = {_name(row) for row in rows}
    for text, names in said.items():
        own = list(dict.fromkeys(names))
        yield Haulage("全部生产线" if set(own) == lines else "、".join(own), text)


def _change_item(row: Any, grounds: Mapping[str, str], *, cancelled: bool) -> ChangeItem:
    old = (row.old_status, row.old_measure_text, row.old_share, row.old_transport, row.old_ends)
    new = (row.status, row.measure_text, row.share, row.transport, row.ends)
    what = tuple(part for part in row.what.split(";") if part)
    ended = row.change == OrderChange.ENDED
    had = bool(row.old_status)
    over = "不再执行" if cancelled else "终止执行"
    return ChangeItem(
        change="取消" if cancelled else row.change,
        what="、".join(what),
        line=_name(row),
        line_id=row.line_id,
        process=row.process,
        before=_changed_part(old, what) if had else "—",
        now=over if ended or not (row.measure_text or row.transport) else _changed_part(new, what),
        starts=moment(row.starts),
        ends="" if ended else moment(row.ends) or OPEN_END,
        grounds="".join(grounds[text] for text in grounds_of(row.basis)) or "—",
    )


def _changed_part(values: tuple[str, str, float, str, str], what: Sequence[str]) -> str:
    """The part of an order that a change is about; all of it where it is new or ends."""
    status, measure, share, transport, ends = values
    parts = []
    if not what or {What.STATUS, What.MEASURE, What.SHARE} & set(what):
        shown = f"（减排{percent(share)}）" if share == share and share > 0 else ""  # noqa: PLR0124
        parts.append(f"{measure or STATUS_TEXT[status]}{shown}")
    if What.TRANSPORT in what or (not what and transport):
        parts.append(f"运输：{transport or '无要求'}")
    if What.ENDS in what:
        parts.append(f"至{moment(ends) or OPEN_END}")
    return "；".join(parts)
