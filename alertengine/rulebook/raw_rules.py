"""The rules of a document as plain mappings: tables written out, ``like`` and ``defaults`` resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from alertengine.rulebook.conditions import ConditionError, ConditionReader
from alertengine.rulebook.decision_tables import GRID_KEYS, Expanded, Hole, TableError, expand
from alertengine.vocabulary import Problem, SaidError, Words

#: Keys of a rule that hold one name.
_NAMED: Final = ("article", "kind", "like", "layer", "about", "during", "source", "regime", "level")
#: Texts that say as much blank as left out, and the article, which a form of a plan may still lack.
_MAY_BE_BLANK: Final = ("note", "interpretation", "article")
#: Keys that say the same thing: one of them stands in a rule, in the place of either that it takes over.
_SYNONYMS: Final = ({"level", "levels"}, {"regime", "regimes"})


@dataclass(slots=True)
class RawRules:
    """The rules of one file, the holes that its tables declare, and what is wrong with either."""

    path: Path
    rules: list[dict[str, Any]] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def defect(self, code: str, column: str, **said: Any) -> None:
        """Note what is wrong in one place."""
        self.problems.append(Problem(code, file=str(self.path), column=column, **said))


def raw_rules(content: Mapping[str, Any], path: Path, conditions: ConditionReader) -> RawRules:
    """All rules of a file; of what cannot be read there are problems in the place of rules."""
    out = RawRules(path)
    listed = {key: content.get(key) or [] for key in ("tables", "rules")}
    for key in [key for key, value in listed.items() if not isinstance(value, list)]:
        out.defect("not_a_yaml_list", key, key=key)
        listed[key] = []
    defaults = content.get("defaults") or {}
    for article, keys in defaults.items() if isinstance(defaults, dict) else ():
        _says(out, f"defaults {article}", keys)
    raw: list[dict[str, Any]] = []
    refused: set[str] = set()
    unmade: list[str] = []  # how the rules begin that a refused table or row would have made
    for table in listed["tables"]:
        before = len(out.problems)
        raw += _of_table(out, table, conditions)
        if len(out.problems) > before and isinstance(table, dict):
            unmade.append(f"{table.get('id')}-")
    for at, rule in enumerate(listed["rules"]):
        if not (isinstance(rule, dict) and rule.get("id") and isinstance(rule["id"], str)):
            out.defect("rule_without_id", f"rules.{at}", value=str(rule)[:60])
        elif _says(out, f"rule {rule['id']}", rule):
            raw.append(rule)
        else:
            refused.add(rule["id"])
    by_id = {rule["id"]: rule for rule in raw}
    refused |= {name for rule in raw if (name := str(rule.get("like"))).startswith(tuple(unmade))} - by_id.keys()
    while heirs := {rule["id"] for rule in raw if rule.get("like") in refused} - refused:
        refused |= heirs
    for rule in raw:
        if rule["id"] not in refused:
            try:
                out.rules.append(_with_defaults(_inherit(rule, by_id, ()), defaults))
            except SaidError as error:
                out.defect("rule_refused", f"rule {rule['id']} like", error=error)
    _check_articles(out, defaults, (*out.rules, *listed["tables"], *listed["rules"]))
    return out


def _check_articles(out: RawRules, defaults: Any, rules: tuple[Any, ...]) -> None:
    """Each article of ``defaults`` is one that a rule has."""
    articles = [one.get("article") for one in rules if isinstance(one, dict)]
    for article in defaults if isinstance(defaults, dict) else ():
        if not isinstance(article, str):
            out.defect("not_a_name", f"defaults {article}", value=str(article))
        elif article not in (*articles, "*"):
            names = sorted({str(one) for one in articles if one})
            out.defect("defaults_unused", f"defaults {article}", value=article, names=names)


def _says(out: RawRules, where: str, keys: Any) -> bool:
    """Whether the keys of a rule, a table or defaults each say something, and none what another says too."""
    before = len(out.problems)
    said = keys if isinstance(keys, dict) else {}
    for key, value in said.items():
        blank = value is None or value in ("", [])
        unsaid = blank and (value is None or key not in _MAY_BE_BLANK)
        if unsaid and "like" not in said:  # an heir may blank what it would take over
            out.defect("key_blank", f"{where} {key}")
        elif not blank and key in _NAMED and not isinstance(value, str):
            out.defect("not_a_name", f"{where} {key}", value=str(value))
    for pair in _SYNONYMS:
        if pair <= said.keys():
            both = sorted(pair)
            out.defect("key_refused", f"{where} {both[0]}", message=Words("either_or", names=both))
    return len(out.problems) == before


def _of_table(out: RawRules, table: Any, conditions: ConditionReader) -> list[dict[str, Any]]:
    """The rules of a table; its holes are taken in."""
    table = table if isinstance(table, dict) else {}
    said = {key: value for key, value in table.items() if value or key not in GRID_KEYS}
    if not _says(out, f"rule {table.get('id')}", said):
        return []
    try:
        expanded = expand(table)
    except TableError as error:
        out.defect("rule_refused", error.where, error=error)
        return []
    for one in expanded.errors:
        out.defect("rule_refused", one.where, error=one)
    out.holes += expanded.holes
    _check_holes(out, expanded, conditions)
    return expanded.rules


def _check_holes(out: RawRules, expanded: Expanded, conditions: ConditionReader) -> None:
    """What the rows of a table that make no rule are about must be on file as well."""
    seen = [rule["when"] for rule in expanded.rules]
    for hole in expanded.holes:
        when = hole.rule["when"]
        try:
            conditions.read(when if when not in seen else {})
        except ConditionError as error:
            for one in (error, *error.others):
                out.defect("rule_refused", f"rule {hole.table} {one.field}", error=one)
        seen.append(when)


def _over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """What is said of one's own in the place of what is taken over."""
    spoken = {other for pair in _SYNONYMS if pair & own.keys() for other in pair}
    return {**{key: value for key, value in base.items() if key not in spoken}, **own}


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
    merged = _over(parent, own)
    if isinstance(parent.get("when"), dict) and isinstance(own.get("when"), dict):
        merged["when"] = {**parent["when"], **own["when"]}
    return merged


def _with_defaults(rule: dict[str, Any], defaults: Any) -> dict[str, Any]:
    """The rule with what ``defaults`` of its article (or of ``*``) spare it from repeating."""
    if not isinstance(defaults, dict) or not all(isinstance(keys, dict | None) for keys in defaults.values()):
        raise SaidError("defaults_form")
    said = _over(_over(defaults.get("*") or {}, defaults.get(rule.get("article")) or {}), rule)
    return {key: value for key, value in said.items() if value is not None}  # blanked by an heir
