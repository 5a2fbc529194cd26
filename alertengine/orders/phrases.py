"""What an order says of a line, in codes and in Chinese.

Texts depend on the binding, the allotment, the filed plan and what was missing; they are
composed once for each distinct combination and shared by all lines that have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from alertengine.engine import GROUNDS, LOWER_LAYER, STATUSES, Asked, Binding, Decision, Resolution, Use, merged
from alertengine.files import CodedTable, Codes, Numbered, text_array
from alertengine.orders.filed_doubts import RESTING, doubts_of
from alertengine.orders.line_measures import LineMeasures
from alertengine.orders.notes import Note, advice_note, source_notes
from alertengine.rulebook import Place, Rulebook, best, measure_words, worst
from alertengine.vocabulary import (
    FIELDS,
    FLAG_TEXT,
    LEVEL_TEXT,
    MEASURES,
    NOT_ON_FILE,
    REGIME_TEXT,
    UNKNOWN_WORD,
    Flag,
    Level,
    Standing,
    Status,
    flags_text,
    records_of,
)

LEFT_TO_PLAN = "由地方方案规定"
#: Said of a measure beside which a document leaves the rest to the city's plan.
OTHERWISE = "市方案另有规定的从其规定"
_RANK_OF_MEASURE: Final = {code: rank for rank, code in enumerate(MEASURES)}
_SELF_EVIDENT = ("exempt", "self_directed", "none")


@dataclass(frozen=True, slots=True)
class Phrase:
    """The text columns of an order."""

    measure: str
    measure_text: str
    transport: str
    rules: str
    set_aside: str
    basis: str
    standing: str
    hangs_on: str
    remark: str
    flags: str


def industries_not_on_file(lines: CodedTable, book: Rulebook) -> tuple[Codes, list[str | None]]:
    """For each line the code of its industry (-1 unknown), and of each code its name where the vocabulary has none."""
    column = lines.text("industry")
    return column.codes, [None if name in book.lists.industries else name for name in column.names]


def places_that_matter(lines: CodedTable, book: Rulebook) -> dict[str, Numbered]:
    """The columns of a line's place where what continues a rule past its year (沿用) is on file; else none."""
    names = ("province", "city", "county", "township") if book.rules_of("continuation") else ()
    return {name: lines.text(name) for name in names}


@dataclass(frozen=True, slots=True)
class _SharedTexts:
    """What a binding says of all its lines alike, by the use that is made of the filed plan."""

    asked: list[Asked]
    transport: list[str]
    rules: str
    set_aside: str
    basis: str
    standing: str
    hangs_on: str
    words: str
    referred: list[Note]
    advice: list[Note]
    sanctioned: bool
    sanction_below: bool
    sources: list[Note]


#: Rules and what each asks.
_Weighed = frozenset[tuple[str, object]]
#: What rules are cited as, their standing, and the remarks on it.
_Ground = tuple[list[str], str, list[Note]]


class Phrases:
    """Composes the texts of one decision's lines.

    Args:
        book: the rulebook the decision was made under.
        lines: the list.
        decision: the decision.
        source: how the list is cited where a filed plan binds.

    """

    def __init__(self, book: Rulebook, lines: CodedTable, decision: Decision, source: str) -> None:
        """Prepare what is shared by all lines."""
        self._book = book
        self._decision = decision
        self._source = source
        self.measures = LineMeasures(lines, decision)
        self._grades = lines.text("grade")
        self._decisions = _decided(lines, decision.slice.day)
        self._industry, unfiled = industries_not_on_file(lines, book)
        self._unfiled = [*unfiled, None]
        self._places = places_that_matter(lines, book)
        self._said: dict[tuple[int, Use, Place | None], _SharedTexts] = {}
        self._grounds: dict[tuple[tuple[str, ...], _Weighed, Place | None], _Ground] = {}
        self._standings: dict[str, Standing] = {}
        self._cited: dict[tuple[str, Place | None], str] = {}
        self._doubts = doubts_of(lines, decision)
        self._idle = lines.truth("long_stopped") == 2

    def of(self, line: int, cap: float) -> Phrase:
        """The texts of a line; ``cap`` is its ordered daily output where one is known, else NaN."""
        decision = self._decision
        number = int(decision.binding[line])
        binding = decision.bindings[number]
        status = STATUSES[decision.status[line]]
        use = Use(int(decision.filed.use[line]))
        place = self._place(line) if self._places else None
        said = self._said.get((number, use, place))
        if said is None:
            said = self._said[number, use, place] = self._say(binding, use, place)
        vehicles = self.measures.vehicles[line] if self.measures.vehicles is not None and use is not Use.NONE else None
        transport = [*said.transport, f"清单备案措施：{vehicles}"] if vehicles else said.transport
        below = self._below(line)
        notes = self._notes(binding, said, status, use, line)
        flags = [note.flag for note in notes if note.flag is not None]
        return Phrase(
            measure=self._codes(said.asked, status, use, line),
            measure_text=(f"不低于{below}措施：" if below else "")
            + self._text(binding, said.asked, status, use, line, cap),
            transport="；".join(dict.fromkeys(transport)),
            rules=said.rules,
            set_aside=said.set_aside,
            basis=said.basis,
            standing="inferred" if below else said.standing,
            hangs_on=said.hangs_on,
            remark="；".join(dict.fromkeys(note.text for note in notes)),
            flags=flags_text(GROUNDS[decision.ground[line]], flags),
        )

    def reads_like(self, other: Phrases) -> bool:
        """Whether lines that are decided alike are told alike: rules and decisions read the same on the days of both.

        Where a rule is continued past its year (沿用), or no longer, it binds under another name.
        """
        book, day, before = self._book, self._decision.slice.day, other._decision.slice.day
        mine, theirs = self._decisions, other._decisions
        if mine.names != theirs.names or not np.array_equal(mine.codes, theirs.codes):
            return False
        bound = (name for one in other._decision.bindings for name in (*one.classified, *one.resolution.rule_ids()))
        return day == before or all(
            book.standing(rule, day) == book.standing(rule, before) and book.cite(rule, day) == book.cite(rule, before)
            for rule in (book.rules[name] for name in dict.fromkeys(bound))
        )

    def _below(self, line: int) -> str:
        """The lower level that binds a line, in Chinese; blank where its own does."""
        ranks = self._decision.from_lower
        return LEVEL_TEXT[list(Level)[int(ranks[line])]] if ranks is not None and ranks[line] else ""

    def _place(self, line: int) -> Place:
        """Where a line stands, on which it hangs what continues a rule past its year."""
        at = {name: column[line] or "" for name, column in self._places.items()}
        return Place(**{**at, "province": at["province"] or self._book.lists.province_of(at["city"])})

    def _say(self, binding: Binding, use: Use, place: Place | None) -> _SharedTexts:
        """What is the same for all lines of a binding and a use, at a place where the ground differs by it."""
        resolution = binding.resolution
        ids = resolution.rule_ids()
        held = self._held(binding, ids, use)
        rules = (*binding.classified, *held)
        asked = (*resolution.production, *resolution.grounds, *resolution.transport, *resolution.advice)
        weighed = frozenset((a.rule.id, a.measure.code if a in resolution.grounds else a.measure) for a in asked)
        unlisted = [name for name in ids if name not in held] if use is Use.NOT_PUBLISHED else []
        key = rules, weighed, place
        if key not in self._grounds:
            self._grounds[key] = self._ground(*key)
        cited, standing, sources = self._grounds[key]
        filed = [self._source] if use in (Use.ALONE, Use.STRICTER, Use.PUBLISHED, Use.BESIDE) else []
        listed = use in (Use.PUBLISHED, Use.NOT_PUBLISHED)  # what a warning asks is then as the published list has it
        warned = [measure_words(a.measure) for a in merged(resolution.production) if a.regime == "warning"]
        return _SharedTexts(
            asked=merged(a for a in resolution.production if not (listed and a.regime == "warning")),
            transport=[measure_words(a.measure) for a in resolution.transport],
            rules=";".join(rules),
            set_aside=";".join(dict.fromkeys([*(aside.rule for aside in resolution.set_aside), *unlisted])),
            basis="；".join(dict.fromkeys([*cited, *filed])),
            standing=standing,
            hangs_on=";".join(binding.hangs_on),
            words="；".join(dict.fromkeys(warned)),
            referred=self._referred(resolution, use),
            advice=[advice_note(a.measure) for a in resolution.advice],
            sanctioned=any(self._layer(name) == "sanction" for name in ids),
            sanction_below=any(
                s.why == LOWER_LAYER and self._layer(s.rule) == "sanction" for s in resolution.set_aside
            ),
            sources=sources,
        )

    # -- codes

    def _codes(self, asked: list[Asked], status: Status, use: Use, line: int) -> str:
        if status is Status.UNDETERMINED:
            return ""
        if status is not Status.ORDERED:
            return str(status)
        codes = [a.measure.code for a in asked if self.measures.fraction(a.measure, line) != 0]
        plan = self._decision.allotted.plan
        at = None if plan is None else plan.place(line)
        spared = plan is not None and at is not None and plan.stopped[at] == 0
        if use in (Use.ALONE, Use.STRICTER, Use.PUBLISHED, Use.BESIDE) and not spared:
            kind = self.measures.plan_kind(line) or "filed"
            codes = [*codes, kind] if use is Use.BESIDE else [kind, *codes]
        wanted = [code for code in dict.fromkeys(codes) if code != "none"]
        return ";".join(sorted(wanted, key=_RANK_OF_MEASURE.__getitem__)) or "none"

    # -- texts

    def _text(self, binding: Binding, asked: list[Asked], status: Status, use: Use, line: int, cap: float) -> str:
        if status is Status.UNDETERMINED:
            referred = [a.measure.text for a in binding.resolution.grounds if a.measure.code == "refer"]
            return "；".join(dict.fromkeys(referred)) or "依据缺失，待人工确定"
        if status is Status.SELF_DIRECTED:
            plan = self.measures.plan(line)
            return "自主减排" + (f"（企业承诺：{plan}）" if plan else "")
        if status is Status.EXEMPT:
            grounds = [
                a.measure.text or a.rule.title for a in binding.resolution.grounds if a.measure.code in _SELF_EVIDENT
            ]
            return "不采取停限产措施" + (f"（{'；'.join(dict.fromkeys(grounds))}）" if grounds else "")
        if status is Status.NONE:
            return "无停限产要求"
        parts = [self._at_least(binding, a, self.measures.words(a, line, cap)) for a in asked]
        if use in (Use.ALONE, Use.STRICTER, Use.PUBLISHED):
            parts.insert(0, self.measures.filed(line))
        elif use is Use.BESIDE:
            parts.append(self.measures.filed(line))
        return "；".join(dict.fromkeys(parts)) or "本级别不要求停限产"

    @staticmethod
    def _at_least(binding: Binding, asked: Asked, text: str) -> str:
        """A measure as a lower bound where a document beside it leaves the rest to a plan that is not on file."""
        result = binding.resolution.regimes.get(asked.regime)
        return f"不低于：{text}，{OTHERWISE}" if result is not None and result.at_least else text

    # -- grounds

    @staticmethod
    def _held(binding: Binding, ids: Sequence[str], use: Use) -> Sequence[str]:
        """The rules that bind; where the published list prevails, not those of the warning it does not carry."""
        if use is not Use.NOT_PUBLISHED:
            return ids
        resolution = binding.resolution
        kept = [a.rule.id for a in (*resolution.production, *resolution.grounds) if a.regime != "warning"]
        return list(dict.fromkeys([*kept, *(a.rule.id for a in resolution.transport)]))

    def _ground(self, names: tuple[str, ...], weighed: _Weighed, place: Place | None) -> _Ground:
        """What some rules are cited as, their standing, and what is to be remarked on it.

        Of several rules that ask the same thing the best grounds it: a weaker one cited beside it takes nothing away.
        """
        book, day = self._book, self._decision.slice.day
        for name in names:
            if name not in self._standings:
                self._standings[name] = book.standing(book.rules[name], day)
            if (name, place) not in self._cited:
                self._cited[name, place] = book.cite(book.rules[name], day, place)
        of = {name: self._standings[name] for name in names}
        asking: dict[object, list[Standing]] = {}
        for name, what in weighed:
            if name in of:
                asking.setdefault(what, []).append(of[name])
        said = {name for name, _ in weighed}
        each = [best(*several) for several in asking.values()] + [of[name] for name in names if name not in said]
        standing = worst(*each) if each else ""
        cited = [self._cited[name, place] for name in names]
        return cited, standing, source_notes(book, names, day, standing, place)

    # -- remarks

    def _notes(self, binding: Binding, said: _SharedTexts, status: Status, use: Use, line: int) -> list[Note]:
        out: list[Note] = []
        if self._decision.undetermined[line]:
            out.append(Note(Flag.NO_GROUND, FLAG_TEXT[Flag.NO_GROUND]))
        if below := self._below(line):
            out.append(Note(Flag.FROM_LOWER_LEVEL, f"本级别无措施，以{below}措施为下限（推定），须人工决定"))
        out += said.referred
        out += self._plan_notes(said.words, status, use, line)
        out += self._arithmetic(status, line)
        unfiled = self._unfiled[self._industry[line]]
        if unfiled is not None and "industry" in binding.hangs_on:
            out.append(Note(Flag.INDUSTRY_NOT_ON_FILE, f"行业“{unfiled}”{NOT_ON_FILE}，须核对行业名称"))
        if said.sanctioned and (decided := self._decisions[line]):
            out.append(Note(None, f"处罚决定：{decided}"))
        if self._idle[line]:
            out.append(Note(Flag.LONG_STOPPED, "长期停产，不计减排量"))
        out += self._regraded(binding, line)
        out += said.advice
        if said.sanction_below:
            out.append(Note(Flag.SANCTION_SET_ASIDE, "处罚类措施因更高层级规定未执行，须人工决定"))
        return out + said.sources

    def _referred(self, resolution: Resolution, use: Use) -> list[Note]:
        """What documents leave to the city's plan, where no filed plan answers it."""
        return [
            Note(Flag.LEFT_TO_CITY_PLAN, f"{LEFT_TO_PLAN}（{REGIME_TEXT[name]}）")
            for name, result in resolution.regimes.items()
            if result.referred and not (name == "warning" and use not in (Use.NONE, Use.NO_GROUND))
        ] + [
            Note(Flag.OTHER_DOCUMENT, f"待核实文件（未在案）：{asked.measure.text}")
            for result in resolution.regimes.values()
            for asked in result.left
        ]

    def _layer(self, name: str) -> str:
        return str(getattr(self._book.rules[name], "layer", ""))

    def _plan_notes(self, words: str, status: Status, use: Use, line: int) -> list[Note]:
        plan, finding = self.measures.plan(line), self._decision.filed.finding[line]
        no_ground = plan and use in (Use.NO_GROUND, Use.NOT_PUBLISHED)
        silent = [Note(Flag.FILED_IS_NO_GROUND, self._no_ground(plan, line))] if no_ground else []
        if use is Use.NO_GROUND:
            out = silent
        elif finding and use is Use.NOT_PUBLISHED:
            text = f"已发布清单未载明本级别措施，规定要求：{words}，须人工决定"
            out = [Note(Flag.NOT_PUBLISHED, text), *silent]
        elif finding:
            out = [Note(Flag.STRICTER_THAN_PUBLISHED, f"规定严于已发布清单：{words}，须人工决定")]
        elif use is Use.WITHIN:
            out = [Note(None, f"备案措施：{plan}")]
        elif use is Use.STRICTER and words:
            out = [Note(None, f"规定要求：{words}，备案措施更严")]
        elif use is Use.COMMITMENT and status is not Status.SELF_DIRECTED:
            out = [Note(None, f"企业承诺：{plan}")]
        else:
            out = []
        if self._doubts.lighter[line]:
            out.append(Note(Flag.LIGHTER_THAN_LOWER_LEVEL, self._doubts.lighter_words(line, filed=use in RESTING)))
        if self._doubts.whose[line]:
            text = f"“{plan}”在本企业{self._doubts.whose[line]}条生产线重复填写，合计停还是每条线各停未载明，按合计计"
            out.append(Note(Flag.NUMBER_OF_WHOM, f"{text}，须人工决定"))
        return out

    def _no_ground(self, plan: str, line: int) -> str:
        """Why a filed measure is no ground for the order."""
        if self.measures.plan_kind(line) == "self_directed":
            code = int(self._decision.effective.codes[line])
            grade = self._decision.effective.categories[code] if code >= 0 else UNKNOWN_WORD
            return f"备案为“{plan}”，没有规定允许其自主减排（执行等级{grade}），不作依据"
        return f"备案为“{plan}”，没有提出减排要求，不作依据"

    def _arithmetic(self, status: Status, line: int) -> list[Note]:
        decision = self._decision
        out = []
        lacking = [FIELDS[name].text for name, column in decision.lacking.items() if column[line]]
        if lacking:
            out.append(Note(Flag.FIGURES_MISSING, f"缺核算数据：{'、'.join(sorted(lacking))}"))
        if status is Status.ORDERED and decision.partial[line]:
            flag = Flag.SHARE_UNKNOWN if np.isnan(decision.share[line]) else Flag.LOWER_BOUND
            out.append(Note(flag, FLAG_TEXT[flag]))
        unmet, unproven = decision.allotted.unmet, decision.allotted.unproven
        if unmet is not None and unmet[line] and status is Status.ORDERED:
            out.append(Note(Flag.SHARE_UNMET, "停产比例无法满足或缺少计数数据，全部停产"))
        if unproven is not None and unproven[line]:
            out.append(Note(Flag.LOSS_UNPROVEN, "停产组合满足要求，未证明产能损失最小"))
        return out

    def _regraded(self, binding: Binding, line: int) -> list[Note]:
        code = int(self._decision.effective.codes[line])
        effective = self._decision.effective.categories[code] if code >= 0 else UNKNOWN_WORD
        listed = self._grades[line] or UNKNOWN_WORD
        if effective == listed or not binding.classified:
            return []
        return [Note(Flag.REGRADED, f"执行等级由{listed}调整为{effective}")]


def _decided(lines: CodedTable, day: date) -> Numbered:
    """The numbers of the decisions that bind each line on a day; blank where there is none."""
    cells = lines.text("decisions")
    said = [
        "、".join(record.number for record in records_of(text) if record.number and record.names_on(day))
        for text in cells.names
    ]
    return cells.mapped(text_array(said))
