"""Loading a rule document: from its YAML to checked rules, every defect at once.

Conditions and measures are read, dates cut to those of the document.  A file that fails is refused whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from alertengine.files import checked_model, line_of, problems_of, read_yaml, with_lines
from alertengine.rulebook._nearest import nearest
from alertengine.rulebook.acts import ACT_KINDS
from alertengine.rulebook.air import AIR_KINDS, LinkageRule
from alertengine.rulebook.conditions import (
    ALWAYS,
    Condition,
    ConditionError,
    ConditionReader,
    Group,
    OverLines,
    conjoin,
    leaves,
    negate,
)
from alertengine.rulebook.decision_tables import Hole
from alertengine.rulebook.head import NOT_STATED, RuleHead, Valid, as_tuple, worst
from alertengine.rulebook.measures import read_measures
from alertengine.rulebook.open_list_rows import NATION
from alertengine.rulebook.places_and_lists import OpenLists
from alertengine.rulebook.raw_rules import raw_rules
from alertengine.rulebook.records import RECORD_KINDS
from alertengine.rulebook.schema import LINE_KINDS, WARNING_LEVELS, Document, LineRule, default_regimes
from alertengine.vocabulary import (
    FIELDS,
    KIND_TEXT,
    LAYER_TEXT,
    LEVEL_TEXT,
    REGIME_TEXT,
    REGIMES,
    STANDING_TEXT,
    STANDINGS,
    Both,
    InputError,
    Level,
    Problem,
    Words,
    coded,
)  # fmt: skip

_OTHER_KINDS = {**AIR_KINDS, **ACT_KINDS, **RECORD_KINDS}
KINDS = (*LINE_KINDS, *_OTHER_KINDS)
_BODY = ("defaults", "rules", "tables")
#: A head that says nothing, in place of one that cannot be used.
_ANY_HEAD = {
    "document": "draft", "title": "-", "area": NATION, "valid": {"from": "1900", "to": NOT_STATED}, "source": "primary",
}  # fmt: skip
#: Words of hours of a day where a period of the year is asked for.
_WITHIN_DAY = re.compile(r"[夜昼早晚]|白天|\d\s*[时点:：]")
#: How many names of periods are offered for one that is not known.
_MOST_NAMED = 6
#: Keys of a rule of production lines that are no fields of what it becomes, and fields that nobody writes.
_TURNED, _FILLED = ("like", "need", "then", "regime", "level"), ("measures", "regrade", "cell", "document")
#: Fields that look at all lines of an enterprise.
_AGGREGATES = frozenset(name for name, one in FIELDS.items() if one.derived and one.belongs_to == "enterprise")


@dataclass(slots=True)
class Loaded:
    """One document with its rules and the holes its tables declare."""

    document: Document
    rules: list[RuleHead] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)


class DocumentLoader:
    """Loads documents against one set of open lists and layers."""

    def __init__(self, lists: OpenLists, layers: tuple[str, ...], *, recorded: bool = False) -> None:
        """Take what rules may refer to; ``recorded``: they are the copies of a record, read as they were then."""
        self._lists = lists
        self._layers = layers
        self._conditions = ConditionReader(lists, recorded=recorded)

    def load(self, path: Path) -> Loaded:
        """Read one document file.

        Raises:
            InputError: with every defect, each naming file, line, rule and field.

        """
        content = read_yaml(path)
        try:
            return self.read(content, path)
        except InputError as error:
            raise InputError(with_lines(error.problems, path)) from None

    def read(self, content: Any, path: Path) -> Loaded:
        """Read one document that is already at hand as plain mappings; ``path`` names it in messages.

        Raises:
            InputError: with every defect, each naming file, rule and field.

        """
        if not isinstance(content, dict) or "document" not in content:
            raise InputError([Problem("not_a_rule_document", file=str(path))])
        problems: list[Problem] = []
        head = {key: value for key, value in content.items() if key not in _BODY}
        try:
            keys = [name for name in (*Document.model_fields, *_BODY) if name != "file"]
            document = checked_model(Document, {**head, "file": str(path)}, str(path), "head", keys)
        except InputError as error:
            problems += error.problems
            document = Document.model_validate(_ANY_HEAD)  # what is wrong with the rules is told all the same
        areas = as_tuple(head.get("area"))
        for area in areas if isinstance(areas, (list, tuple)) else ():  # whatever else stands there the head refuses
            if isinstance(area, str):
                self._check_area(area, path, "head area", problems)
        raw = raw_rules(content, path, self._conditions)
        problems += raw.problems
        loaded = Loaded(document, holes=raw.holes)
        for rule in raw.rules:
            made = self._rule(rule, document, path, problems)
            if made is not None:
                loaded.rules.append(made)
        if problems:
            raise InputError(problems)
        return loaded

    def _rule(self, raw: dict[str, Any], document: Document, path: Path, problems: list[Problem]) -> RuleHead | None:
        where = f"rule {raw['id']}"
        kind = raw.get("kind")
        before = len(problems)
        if kind not in KINDS:
            at = f"{where} kind"
            known = coded(KINDS, KIND_TEXT)
            problems.append(Problem("unknown_kind", file=str(path), column=at, value=str(kind or ""), names=known))
            return None
        data = dict(raw)
        valid = self._valid(data.pop("valid", {}), document, path, f"{where} valid", problems)
        source = data.get("source", document.source)
        if source not in STANDINGS:
            known = coded(STANDINGS, STANDING_TEXT)
            problems.append(
                Problem("unknown_standing", file=str(path), column=f"{where} source", value=str(source), names=known)
            )
            source = document.source
        standing = worst(source, document.standing)
        if not valid.exact:
            standing = "inferred"
        data |= {"document": document.document, "source": standing}
        data.setdefault("area", document.area)
        if kind in LINE_KINDS:
            self._read_line_rule(data, path, where, problems)
        model = LineRule if kind in LINE_KINDS else _OTHER_KINDS[kind]
        try:
            rule = model.model_validate({**data, "valid": valid})
        except ValidationError as error:
            may = [name for name in model.model_fields if name not in _FILLED]
            may += _TURNED if kind in LINE_KINDS else ("like",)
            problems += problems_of(error, str(path), where, model, may)
        if len(problems) > before:
            return None
        for area in rule.area if "area" in raw else ():  # that of the document is told of its head
            self._check_area(area, path, f"{where} area", problems)
        if isinstance(rule, LinkageRule):
            self._check_members(rule.members, path, f"{where} members", problems)
        return rule

    @staticmethod
    def _valid(said: Any, document: Document, path: Path, where: str, problems: list[Problem]) -> Valid:
        """The days of a rule within those of its document; those of the document where they cannot be used."""
        try:
            valid = Valid.model_validate(said).within(document.valid)
        except ValidationError as error:
            problems += problems_of(error, str(path), where, Valid)
            return document.valid
        begins, until = valid.moments()
        if begins < until:
            return valid
        last = document.valid.last or ""
        end = Both(last, "未载明") if isinstance(last, str) and last else str(last)
        outside = Words("valid_outside", first=str(document.valid.first or ""), last=end)
        problems.append(Problem("key_refused", file=str(path), column=where, message=outside))
        return document.valid

    def _read_line_rule(self, data: dict[str, Any], path: Path, where: str, problems: list[Problem]) -> None:
        """Turn when, need and then of a line rule into what they mean, in place."""
        file = str(path)
        try:
            data["when"] = self._condition(data.get("when"), data.pop("need", None))
            # A condition may say itself which of its parts look at all lines of the enterprise.
            if data.get("about") == "enterprise" and not any(
                isinstance(leaf, OverLines) or leaf.field in _AGGREGATES for leaf in leaves(data["when"])
            ):
                data["when"] = self._conditions.over(data["when"], every=_eases(data))
        except ConditionError as error:
            for one in (error, *error.others):
                row = None if one.value is None else line_of(path, data["id"], one.field.split("."), one.value)
                column = f"{where} {one.field}"
                problems.append(Problem("rule_refused", file=file, row=row, column=column, error=one))
            data["when"] = ALWAYS  # so that what else is wrong with the rule is told too
        then = data.pop("then", None)
        if data["kind"] == "classification":
            data["regrade"] = then
        elif then is not None:
            data["measures"] = read_measures("stop")
            try:
                data["measures"] = read_measures(then)
            except ValidationError as error:
                problems += problems_of(error, file, f"{where} then")
            except ValueError as error:
                problems.append(Problem("rule_refused", file=file, column=f"{where} then", error=error))
        self._read_scope(data, file, where, problems)

    def _read_scope(self, data: dict[str, Any], file: str, where: str, problems: list[Problem]) -> None:
        """Regime, levels, layer and period of a line rule, in place."""
        regime = data.pop("regime", None)
        names = as_tuple(data.pop("regimes", None)) or ([regime] if regime else list(default_regimes(data["kind"])))
        names = names if isinstance(names, list | tuple) else [names]
        if not all(name in REGIMES for name in names):
            at, said = f"{where} regime", "、".join(map(str, names))
            known = coded(REGIMES, REGIME_TEXT)
            problems.append(Problem("unknown_regime", file=file, column=at, value=said, names=known))
            names = list(default_regimes(data["kind"]))
        data["regimes"] = tuple(names)
        key = "level" if data.get("level") else "levels"
        levels = as_tuple(data.pop("levels", None)) or as_tuple(data.pop("level", None)) or ()
        wrong = [one for one in levels if one not in tuple(Level)] if isinstance(levels, list | tuple) else [levels]
        if wrong:
            at, known = f"{where} {key}", coded(Level, LEVEL_TEXT)
            problems.append(Problem("unknown_level", file=file, column=at, value=str(wrong[0]), names=known))
            levels = ()
        data.pop("level", None)
        data["levels"] = tuple(levels) or (WARNING_LEVELS if "warning" in data["regimes"] else ())
        if (layer := data.get("layer", "measure")) not in self._layers:
            at, known = f"{where} layer", coded(self._layers, LAYER_TEXT)
            problems.append(Problem("unknown_layer", file=file, column=at, value=str(layer), names=known))
        during = str(data.get("during") or "")
        name = self._lists.periods.name_of(during) if during else ""
        if name is None:
            held = {one.name: f"{one.name}（{one.first}至{one.last}）" for one in self._lists.periods}
            near = tuple(dict.fromkeys([*nearest(during, held), *held.values()]))[:_MOST_NAMED]
            code = "period_within_day" if _WITHIN_DAY.search(during) else "unknown_period"
            problems.append(Problem(code, file=file, column=f"{where} during", value=during, names=near))
        data["during"] = name or ""

    def _condition(self, when: Any, need: Any) -> Condition:
        condition = ALWAYS if when in (None, {}) else self._conditions.read(when)
        needs = need if isinstance(need, list) else [] if need is None else [need]
        for item in needs:
            if not isinstance(item, dict) or not set(item) <= {"if", "then"} or "then" not in item:
                raise ConditionError("need", "need_form")
            required = self._conditions.read(item["then"], "need.then")
            if "if" in item:
                required = Group(every=False, parts=(negate(self._conditions.read(item["if"], "need.if")), required))
            condition = conjoin(condition, required)
        return condition

    def _check_members(self, members: tuple[str, ...], path: Path, where: str, problems: list[Problem]) -> None:
        """The places that act together must be on file; of others the nearest are named."""
        for name in members:
            near = self._lists.nearest_places(name)
            if near is not None:
                problems.append(Problem("unknown_member", file=str(path), column=where, value=name, names=near))

    def _check_area(self, area: str, path: Path, where: str, problems: list[Problem]) -> None:
        near = self._lists.nearest_places(area)
        try:
            self._lists.members(area)
        except KeyError:
            near = near or ()
        if near is not None:
            said = Problem("unknown_area_near", names=near) if near else Problem("unknown_area")
            problems.append(said.at(file=str(path), column=where, value=area))


#: Words of ``then`` that leave a line more than the law asks of others.
_EASING = ("exempt", "self_directed")


def _eases(data: dict[str, Any]) -> bool:
    """Whether a rule exempts or leaves to the enterprise: then all of its lines must meet the condition."""
    then = data.get("then")
    said = then if isinstance(then, list) else [then]
    words = {word for one in said for word in (one if isinstance(one, dict) else [one]) if isinstance(word, str)}
    return data.get("layer") == "exemption" or not words.isdisjoint(_EASING)


def document_files(folders: Iterable[Path]) -> list[Path]:
    """All rule documents of some folders: every yaml that is neither a test nor vocabulary."""
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*.yaml"))
        if not path.name.endswith(".test.yaml")
        and path.relative_to(folder).parts[0] != "vocabulary"
        and path.name != "precedence.yaml"
    ]


def brings_words(folder: Path) -> bool:
    """Whether a rules folder has open lists or layers, which documents of other folders may be read with."""
    return (folder / "precedence.yaml").is_file() or any((folder / "vocabulary").glob("*.yaml"))


def read_layers(folders: list[Path]) -> tuple[str, ...]:
    """The layers of the last folder that names them, highest first."""
    layers: tuple[str, ...] = ("livelihood", "sanction", "exemption", "measure")
    earlier: tuple[str, ...] = ()
    for folder in folders:
        path = folder / "precedence.yaml"
        if not path.is_file():
            continue
        content = read_yaml(path)
        names = content.get("layers") if isinstance(content, dict) else None
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            raise InputError([Problem("no_layers", file=str(path))])
        wrong = [name for name in earlier if name not in names] + [
            n for n in dict.fromkeys(names) if names.count(n) > 1
        ]
        if wrong:
            raise InputError([Problem("layers_each_once", file=str(path), value="、".join(wrong))])
        layers = earlier = tuple(names)
    return layers
