"""Loading a rule document: from its YAML to checked rules, every defect at once.

``like`` and ``defaults`` are resolved here, tables written out, conditions and measures
read, dates cut to those of the document.  A file that fails is refused whole.
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
from alertengine.rulebook.decision_tables import Hole, TableError, expand
from alertengine.rulebook.head import NOT_STATED, RuleHead, Valid, as_tuple, worst
from alertengine.rulebook.measures import read_measures
from alertengine.rulebook.places_and_lists import NATION, OpenLists
from alertengine.rulebook.records import RECORD_KINDS
from alertengine.rulebook.schema import LINE_KINDS, WARNING_LEVELS, Document, LineRule, default_regimes
from alertengine.vocabulary import (
    FIELDS,
    KIND_TEXT,
    LAYER_TEXT,
    REGIME_TEXT,
    REGIMES,
    STANDING_TEXT,
    STANDINGS,
    InputError,
    Problem,
    SaidError,
    coded,
)  # fmt: skip

_OTHER_KINDS = {**AIR_KINDS, **ACT_KINDS, **RECORD_KINDS}
KINDS = (*LINE_KINDS, *_OTHER_KINDS)
_BODY = ("defaults", "rules", "tables")
#: A head that says nothing, in place of one that cannot be used.
_ANY_HEAD = {
    "document": "draft", "title": "-", "area": NATION, "valid": {"from": "1900", "to": NOT_STATED}, "source": "primary",
}  # fmt: skip
_NOT_DOCUMENTS = ("vocabulary",)
#: Words of hours of a day where a period of the year is asked for.
_WITHIN_DAY = re.compile(r"[夜昼早晚]|白天|\d\s*[时点:：]")
#: How many names of periods are offered for one that is not known.
_MOST_NAMED = 6
#: Keys of a rule that hold one name.
_NAMED = ("article", "kind", "like", "layer", "about", "during", "source", "regime", "level")


@dataclass(slots=True)
class Loaded:
    """One document with its rules and the holes its tables declare."""

    document: Document
    rules: list[RuleHead] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)


class DocumentLoader:
    """Loads documents against one set of open lists and layers."""

    def __init__(self, lists: OpenLists, layers: tuple[str, ...]) -> None:
        """Take what rules may refer to."""
        self._lists = lists
        self._layers = layers
        self._conditions = ConditionReader(lists)

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
            document = checked_model(Document, {**head, "file": str(path)}, str(path), "head")
        except InputError as error:
            problems += error.problems
            document = Document.model_validate(_ANY_HEAD)  # what is wrong with the rules is told all the same
        areas = as_tuple(head.get("area"))
        for area in areas if isinstance(areas, (list, tuple)) else ():  # whatever else stands there the head refuses
            if isinstance(area, str):
                self._check_area(area, path, "head area", problems)
        loaded = Loaded(document)
        raw = self._raw_rules(content, path, loaded, problems)
        for rule in raw:
            made = self._rule(rule, document, path, problems)
            if made is not None:
                loaded.rules.append(made)
        if problems:
            raise InputError(problems)
        return loaded

    def _raw_rules(self, content: Any, path: Path, loaded: Loaded, problems: list[Problem]) -> list[dict[str, Any]]:
        """All rules of a file as plain mappings: tables out, ``like`` and ``defaults`` in."""
        raw: list[dict[str, Any]] = []
        listed = {key: content.get(key) or [] for key in ("tables", "rules")}
        for key in [key for key, value in listed.items() if not isinstance(value, list)]:
            problems.append(Problem("not_a_yaml_list", file=str(path), column=key, key=key))
            listed[key] = []
        for table in listed["tables"]:
            try:
                expanded = expand(table if isinstance(table, dict) else {})
            except TableError as error:
                problems.append(Problem("rule_refused", file=str(path), column=error.where, error=error))
                continue
            raw += expanded.rules
            loaded.holes += expanded.holes
        for at, rule in enumerate(listed["rules"]):
            if isinstance(rule, dict) and rule.get("id") and isinstance(rule["id"], str):
                raw.append(rule)
            else:
                problems.append(Problem("rule_without_id", file=str(path), column=f"rules.{at}", value=str(rule)[:60]))
        unnamed = [
            (rule["id"], key, value)
            for rule in raw
            for key, value in rule.items()
            if key in _NAMED and value is not None and not isinstance(value, str)
        ]
        problems += [
            Problem("not_a_name", file=str(path), column=f"rule {name} {key}", value=str(value))
            for name, key, value in unnamed
        ]
        refused = {name for name, _, _ in unnamed}
        raw = [rule for rule in raw if rule["id"] not in refused]
        by_id = {rule["id"]: rule for rule in raw}
        defaults = content.get("defaults") or {}
        out = []
        for rule in raw:
            try:
                out.append(_with_defaults(_inherit(rule, by_id, ()), defaults))
            except ValueError as error:
                problems.append(Problem("rule_refused", file=str(path), column=f"rule {rule['id']} like", error=error))
        return out

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
        try:
            valid = Valid.model_validate(data.pop("valid", {}))
        except ValidationError as error:
            problems += problems_of(error, str(path), f"{where} valid")
            return None
        valid = valid.within(document.valid)
        if data.get("source", document.source) not in STANDINGS:
            known = coded(STANDINGS, STANDING_TEXT)
            problems.append(Problem("unknown_standing", file=str(path), column=f"{where} source", names=known))
            return None
        standing = worst(data.get("source", document.source), document.standing)
        if not valid.exact:
            standing = "inferred"
        data |= {"document": document.document, "source": standing}
        data.setdefault("area", document.area)
        if kind in LINE_KINDS:
            self._read_line_rule(data, path, where, problems)
            if len(problems) > before:
                return None
        model = LineRule if kind in LINE_KINDS else _OTHER_KINDS[kind]
        try:
            rule = model.model_validate({**data, "valid": valid})
        except ValidationError as error:
            problems += problems_of(error, str(path), where)
            return None
        for area in rule.area if "area" in raw else ():  # that of the document is told of its head
            self._check_area(area, path, f"{where} area", problems)
        if isinstance(rule, LinkageRule):
            self._check_members(rule.members, path, f"{where} members", problems)
        return rule

    def _read_line_rule(self, data: dict[str, Any], path: Path, where: str, problems: list[Problem]) -> None:
        """Turn when, need and then of a line rule into what they mean, in place."""
        file = str(path)
        try:
            data["when"] = self._condition(data.get("when"), data.pop("need", None))
            if data.get("about") == "enterprise" and not _asks_the_enterprise(data["when"]):
                data["when"] = self._conditions.over(data["when"], every=_eases(data))
        except ConditionError as error:
            row = None if error.value is None else line_of(path, data["id"], error.field.split("."), error.value)
            column = f"{where} {error.field}"
            problems.append(Problem("rule_refused", file=file, row=row, column=column, error=error))
        then = data.pop("then", None)
        if data["kind"] == "classification":
            data["regrade"] = then
        elif then is not None:
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
            names = []
        data["regimes"] = tuple(names)
        level = data.pop("level", None)
        levels = data.pop("levels", None) or ([level] if level else [])
        if not levels and "warning" in names:
            levels = list(WARNING_LEVELS)
        data["levels"] = tuple(levels) if isinstance(levels, list) else (levels,)
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
        condition = self._conditions.read(when) if when else ALWAYS
        needs = need if isinstance(need, list) else [need] if need else []
        for item in needs:
            if not isinstance(item, dict) or not set(item) <= {"if", "then"} or "then" not in item:
                raise ConditionError("need", "need_form")
            required = self._conditions.read(item["then"])
            if item.get("if"):
                required = Group(every=False, parts=(negate(self._conditions.read(item["if"])), required))
            condition = conjoin(condition, required)
        return condition

    def _check_members(self, members: tuple[str, ...], path: Path, where: str, problems: list[Problem]) -> None:
        """The places that act together must be on file; of others the nearest are named."""
        for name in members:
            near = self._lists.nearest_places(name)
            if near is not None:
                problems.append(Problem("unknown_member", file=str(path), column=where, value=name, names=near))

    def _check_area(self, area: str, path: Path, where: str, problems: list[Problem]) -> None:
        try:
            self._lists.members(area)
        except KeyError:
            near = self._lists.nearest_places(area)
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


def _asks_the_enterprise(condition: Condition) -> bool:
    """Whether a condition says itself which of its parts look at all lines of the enterprise."""
    aggregates = [name for name, field in FIELDS.items() if field.derived and field.belongs_to == "enterprise"]
    return any(isinstance(leaf, OverLines) or leaf.field in aggregates for leaf in leaves(condition))


#: Keys that say the same thing: an heir that uses one does not keep its parent's other.
_SYNONYMS = ({"level", "levels"}, {"regime", "regimes"})


def _inherit(rule: dict[str, Any], by_id: dict[str, dict[str, Any]], seen: tuple[str, ...]) -> dict[str, Any]:
    """The rule with every key of the one it is ``like``; ``when`` merged per key."""
    like = rule.get("like")
    if like is None:
        return rule
    if like not in by_id:
        raise SaidError("like_no_rule", found=like)
    if rule["id"] in seen:
        raise SaidError("like_in_a_circle", names=seen)
    parent = _inherit(by_id[like], by_id, (*seen, rule["id"]))
    own = {key: value for key, value in rule.items() if key != "like"}
    spoken = {other for pair in _SYNONYMS if pair & own.keys() for other in pair}
    merged = {**{key: value for key, value in parent.items() if key not in spoken}, **own}
    if isinstance(parent.get("when"), dict) and isinstance(own.get("when"), dict):
        merged["when"] = {**parent["when"], **own["when"]}
    return merged


def _with_defaults(rule: dict[str, Any], defaults: Any) -> dict[str, Any]:
    """The rule with what ``defaults`` of its article (or of ``*``) spare it from repeating."""
    if not isinstance(defaults, dict) or not all(isinstance(keys, dict | None) for keys in defaults.values()):
        raise SaidError("defaults_form")
    spared = {**(defaults.get("*") or {}), **(defaults.get(rule.get("article")) or {})}
    return {**spared, **rule}


def document_files(folders: Iterable[Path]) -> list[Path]:
    """All rule documents of some folders: every yaml that is neither a test nor vocabulary."""
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*.yaml"))
        if not path.name.endswith(".test.yaml")
        and path.relative_to(folder).parts[0] not in _NOT_DOCUMENTS
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
