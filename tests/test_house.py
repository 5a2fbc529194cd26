"""The house: no module imports another in a circle, and the guides to it name what is there."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name

import grimp
import pytest

from tests.readme_tables import TABLES, Table, room_table
from tests.rooms import PACKAGE, face

pytestmark = pytest.mark.whole


def test_no_modules_import_each_other_in_a_circle() -> None:
    """At the top of a file or inside a function."""
    graph = grimp.build_graph("alertengine")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert list(TopologicalSorter(imports).static_order())


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_a_readme_is_up_to_date(name: str) -> None:
    table = TABLES[name]
    assert table.renewed() == table.readme.read_text(encoding="utf-8"), "run python -m tests.readme_tables"


@pytest.mark.parametrize("text", ["no table here", "<begin> open", "<end> <begin>"])
def test_a_readme_without_the_marks_of_its_table_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="has no <begin> and <end>"):
        Table(tmp_path / "README.md", "<begin>", "<end>", lambda: "| |").renewed()


def test_every_room_says_its_purpose() -> None:
    rows = [row.split(" | ") for row in room_table().splitlines()[2:]]
    assert [row[0].strip("| `") for row in rows] == sorted(one.parent.name for one in PACKAGE.glob("*/__init__.py"))
    assert all(row[1].strip() for row in rows)


@pytest.fixture(scope="module")
def taken() -> dict[str, set[str]]:
    """By room, the names that modules of other rooms import from it."""
    names: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for line in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(line, ast.ImportFrom) and (line.module or "").startswith("alertengine."):
                room = str(line.module).removeprefix("alertengine.")
                if path.relative_to(PACKAGE).parts[0] != room:
                    names.setdefault(room, set()).update(one.name for one in line.names)
    return names


@pytest.mark.parametrize("room", sorted(one.parent.name for one in PACKAGE.glob("*/__init__.py")))
def test_a_room_offers_what_another_asks_for_and_nothing_else(room: str, taken: dict[str, set[str]]) -> None:
    """Every name of a face is there when asked for, and a name that no other room takes has left the face."""
    offered = face(PACKAGE / room)
    module = import_module(f"alertengine.{room}")
    assert set(module.__all__) == set(offered)
    assert [name for name in offered if getattr(module, name, None) is None] == []
    assert sorted(set(offered) - taken.get(room, set())) == []


def test_a_path_that_a_guide_names_is_there() -> None:
    """CONTRIBUTING.md and the READMEs of package and rooms name files; a file that moves takes its name along."""
    if not (root := PACKAGE.parent / "CONTRIBUTING.md").exists():
        pytest.skip("an installed package has no CONTRIBUTING.md")
    for guide, base in ((root, PACKAGE.parent), (PACKAGE / "README.md", PACKAGE)):
        named = re.findall(r"`([\w/.-]+\.(?:py|md|yaml|toml|json|ipynb))(?::\w+)?`", guide.read_text(encoding="utf-8"))
        missing = [path for path in named if "/" in path and not (base / path).exists()]
        assert named
        assert not missing, f"{guide.name} names {missing}"
    for guide in PACKAGE.glob("*/README.md"):
        text = guide.read_text(encoding="utf-8")
        named = re.findall(r"`([\w/.-]+\.(?:py|md|yaml))(?::\w+)?`|\]\(([\w/.-]+)\)", text)
        bases = (guide.parent, PACKAGE, PACKAGE.parent)
        every = {one.name for one in guide.parent.rglob("*.py")}  # a file of the room may be named alone
        paths = [path for path in map("".join, named) if path not in every]
        missing = [path for path in paths if not any((base / path).exists() for base in bases)]
        assert not missing, f"{guide.parent.name}/{guide.name} names {missing}"


def test_a_module_that_a_diagram_names_is_there() -> None:
    """A quoted box of a README's diagram begins with modules or folders of the room, with a room or with rules."""
    if not (PACKAGE.parent / "CONTRIBUTING.md").exists():
        pytest.skip("an installed package has no rules beside it")
    seen, missing = 0, []
    for guide in PACKAGE.glob("**/README.md"):
        bases = (guide.parent, PACKAGE, PACKAGE.parent)
        for diagram in re.findall(r"```mermaid\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL):
            for box in re.findall(r'[\[(]"(.+?)"[\])]', diagram):
                first = re.sub(r"</?b>", "", box).replace(",<br>", ", ").partition("<br>")[0].partition(":")[0]
                names = [re.fullmatch(r"([\w/]+?)/?(?:\.(?!csv|yaml)\w+)?", one) for one in first.split(", ")]
                found = [name[1] for name in names if name]
                seen += len(found)
                missing += [
                    f"{guide.parent.name}: {one}"
                    for one in found
                    if not any((base / one).is_dir() or (base / f"{one}.py").exists() for base in bases)
                ]
    assert (seen > 50, missing) == (True, [])


def test_modules_that_a_guide_names_exist() -> None:
    """Paths of Python files in the Markdown of the project, from its root, from the package or from the guide."""
    root = PACKAGE.parent
    guides = [
        *root.glob("*.md"),
        *(path for room in ("alertengine", "docs", "rules") for path in root.glob(f"{room}/**/*.md")),
    ]
    named = {
        (guide, path)
        for guide in guides
        if guide.name != "CHANGELOG.md"
        for path in re.findall(r"[`(]((?:\.\./)*[\w/]+/\w+\.pyi?)[`)]", guide.read_text(encoding="utf-8"))
    }
    missing = [
        f"{guide.relative_to(root)}: {path}"
        for guide, path in sorted(named)
        if not any((base / path).is_file() for base in (guide.parent, PACKAGE, root))
    ]
    assert (len(named) > 30, missing) == (True, [])


def test_the_guide_to_the_page_names_each_of_its_modules() -> None:
    guide = (PACKAGE / "web" / "README.md").read_text(encoding="utf-8")
    modules = [path.name for path in PACKAGE.glob("web/*.py") if not path.name.startswith("_")]
    assert [name for name in modules if f"`{name}`" not in guide] == []


def test_what_a_docstring_refers_to_by_its_whole_name_exists() -> None:
    named = {
        (path, name)
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r":[a-z]+:`~?(alertengine\.[\w.]+)`", path.read_text(encoding="utf-8"))
    }
    missing = []
    for path, name in sorted(named):
        try:
            resolve_name(name)
        except (ImportError, AttributeError):
            missing.append(f"{path.relative_to(PACKAGE)}: {name}")
    assert (len(named) > 30, missing) == (True, [])


def test_a_refusal_that_a_test_expects_is_looked_at() -> None:
    """``pytest.raises`` alone takes any error of its kind: it matches words, or what it caught is looked at."""
    blind = []
    for path in (PACKAGE.parent / "tests").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        caught = {id(one.context_expr) for one in nodes if isinstance(one, ast.withitem) and one.optional_vars}
        blind += [
            f"{path.name}:{one.lineno}"
            for one in nodes
            if isinstance(one, ast.Call)
            and isinstance(one.func, ast.Attribute)
            and ast.unparse(one.func) == "pytest.raises"
            and id(one) not in caught
            and all(word.arg != "match" for word in one.keywords)
        ]
    assert not blind
