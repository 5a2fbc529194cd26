"""The catalogue: every code is used, and says the same in English and in Chinese."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import alertengine
from alertengine.vocabulary import CATALOGUE, KINDS, Message
from alertengine.vocabulary.messages.message import named_in

PACKAGE = Path(alertengine.__file__).parent
#: What a problem itself fills in; a sentence may name it in one language alone.
PLACE = {"file", "row", "column", "value", "sheet"}
#: Arguments that are Chinese because they are typed or stand in a file or on a page so.
_TYPED = {
    "wanted_or_hole hole", "wanted_or_hole silent", "one_of names", "plan_cell_needed names", "signed_origin by",
    "signed_origin checked", "signed_origin pages",
}  # fmt: skip
_CHINESE = re.compile(r"[一-鿿]")
#: Makers of problems, and the place of the code among their arguments.
_FROM = {"alertengine.vocabulary", "alertengine.vocabulary.problems", "alertengine.commands.common"}
_MAKERS = {"Problem": 0, "Words": 0, "SaidError": 0, "refuse": 1, "said": 0, "say": 0}


@cache
def _modules() -> list[tuple[Path, list[ast.AST]]]:
    """Every module with the nodes that these tests ask for: strings, imports, calls and refusals."""
    asked = (ast.Constant, ast.ImportFrom, ast.Call, ast.Raise)
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent.name != "messages"]
    trees = [ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for path in paths]
    return [(path, [node for node in tree if isinstance(node, asked)]) for path, tree in zip(paths, trees, strict=True)]


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every problem made under a code written out: where, the code, the call."""
    for path, nodes in _modules():
        taken = {
            alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom) and node.module in _FROM
            for alias in node.names
        }
        for call in nodes:
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in taken & _MAKERS.keys()
            ):
                at = _MAKERS[call.func.id]
                code = call.args[at] if len(call.args) > at else None
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield f"{path.relative_to(PACKAGE)}:{call.lineno}", code.value, call


def _arguments(*sentences: str) -> set[str]:
    return set().union(*map(named_in, sentences)) - PLACE


@pytest.mark.parametrize(("code", "message"), CATALOGUE.items(), ids=list(CATALOGUE))
def test_both_languages_say_the_same(code: str, message: Message) -> None:
    """Both sentences are there, both expect something or neither does, and both take the same arguments."""
    assert message.message
    assert message.text
    assert bool(message.expected) == bool(message.wanted)
    assert _arguments(message.message, message.expected) == _arguments(message.text, message.wanted)
    assert len(_CHINESE.findall(message.message)) <= len(_CHINESE.findall(message.text))
    only_arguments = not re.sub(r"\{[^}]*\}", "", message.text).strip(" ，。：；（）、/.-\"'")
    assert only_arguments or _CHINESE.search(message.text) or code in {"mass_units", "one_or_none"}


@pytest.mark.parametrize(("code", "message"), CATALOGUE.items(), ids=list(CATALOGUE))
def test_an_english_sentence_has_no_chinese_but_what_is_typed_or_seen_so(code: str, message: Message) -> None:
    """A header, a cell or a mark may be quoted; no Chinese stands against an argument."""
    for said in message.sentences("en"):
        assert not re.search(r"\}[一-鿿，。；：]|[一-鿿，。；：]\{", said), said
        assert ":level_text}" not in said, said


def test_no_argument_of_an_english_sentence_is_in_chinese_alone() -> None:
    """A text table or a Chinese text that is an argument goes through ``Both``, ``Words``, ``coded`` or a format."""
    wrong = []
    for where, code, call in _calls():
        english = named_in(" ".join(CATALOGUE[code].sentences("en"))) - PLACE
        for given in (one for one in call.keywords if one.arg in english):
            made = given.value.func if isinstance(given.value, ast.Call) else None
            if isinstance(made, ast.Name) and made.id in {"Both", "Words", "coded", "origin_words"}:
                continue
            named = [node for node in ast.walk(given.value) if isinstance(node, (ast.Constant, ast.Name))]
            texts = [str(node.value if isinstance(node, ast.Constant) else node.id) for node in named]
            if any(_CHINESE.search(text) or text.endswith("_TEXT") for text in texts):
                wrong.append(f"{where}: {code} {given.arg}")
    assert [one for one in wrong if one.split(": ")[1] not in _TYPED] == []


def test_every_code_is_used() -> None:
    """A sentence that nobody says is deleted."""
    said = {
        node.value
        for _, nodes in _modules()
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(CATALOGUE.keys() - said - KINDS.keys()) == []
    reader = " ".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "lists").glob("*.py"))
    reader += " ".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "checking" / "lists").glob("*.py"))
    reader += " ".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "files").glob("*.py"))
    assert [kind for kind in KINDS if f'"{kind}"' not in reader] == []


def test_every_problem_is_of_the_catalogue_and_has_its_arguments() -> None:
    """No literal sentence is a problem; what a sentence names is given where the problem is made."""
    wrong = []
    for where, code, call in _calls():
        if code not in CATALOGUE:
            wrong.append(f"{where}: no code {code!r}")
            continue
        given = {keyword.arg for keyword in call.keywords}
        if None in given:  # arguments of a mapping: seen when the problem is made
            continue
        asked = CATALOGUE[code].arguments - PLACE
        if given - PLACE - ({"where"} - asked) != asked:
            wrong.append(f"{where}: {code} takes {sorted(asked)}, given {sorted(map(str, given))}")
    assert wrong == []


def test_a_code_says_how_its_door_ends() -> None:
    """Every code is an error or a finding (exit status 1, or 2 where it refuses), a warning (0), or a phrase."""
    assert {message.severity for message in CATALOGUE.values()} == {"error", "finding", "warning", ""}
    notes = [code for code, message in CATALOGUE.items() if message.severity == ""]
    problems = {
        code for _, code, call in _calls() if isinstance(call.func, ast.Name) and call.func.id in {"Problem", "refuse"}
    }
    assert sorted(problems.intersection(notes)) == []


def test_rules_and_settings_refuse_values_under_a_code() -> None:
    """What a person wrote is never refused with an English sentence of the program's own."""
    rooms = {"checking", "lists", "orders", "rulebook", "simulation", "warning"}
    plain = [
        f"{where.relative_to(PACKAGE)}:{node.lineno}"
        for where, nodes in _modules()
        if where.relative_to(PACKAGE).parts[0] in rooms
        for node in nodes
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
        and node.exc.func.id == "ValueError"
    ]
    assert [place for place in plain if not place.startswith("lists/credit_code.py")] == []
