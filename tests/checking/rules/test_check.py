"""``rules check``: each seeded defect is found, and nothing else; a clean folder stays clean."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from alertengine.checking import check_rulebook, read_cases, run_cases
from alertengine.checking.rules.cases import case_files
from alertengine.checking.rules.findings import RuleDefect
from alertengine.checking.rules.overlaps import Overlaps
from alertengine.checking.rules.profile_space import Space, may_meet, meet
from alertengine.checking.rules.rerun_cases import Books, Rehearsal
from alertengine.cli import main
from alertengine.engine import SURELY, Coded, Leaf
from alertengine.engine.proof import CERTIFICATES, mark_of
from alertengine.rulebook import Atom, Condition, Group, OpenLists, Rulebook
from alertengine.vocabulary import InputError
from tests.conftest import BookMaker

pytestmark = pytest.mark.whole

DEFECTS = Path(__file__).parent / "defects"
FOLDERS = sorted(path.name for path in DEFECTS.iterdir() if path.name != "base")


def load(name: str) -> Rulebook:
    return Rulebook.load([DEFECTS / "base", DEFECTS / name], shipped=False)


def found_in(name: str) -> list[RuleDefect]:
    book = load(name)
    return check_rulebook(book, run_cases(book))


def expected_in(name: str) -> list[tuple[str, str, str]]:
    lines = (DEFECTS / name / "expected.txt").read_text(encoding="utf-8").splitlines()
    return [tuple(part.strip() for part in line.split("|")) for line in lines]


@pytest.mark.parametrize("name", FOLDERS)
def test_exactly_the_seeded_defect(name: str) -> None:
    expected = expected_in(name)
    if expected and expected[0][0] == "load":  # refused before it is checked
        with pytest.raises(InputError) as caught:
            load(name)
        assert [(p.column, expected[0][2] in p.message) for p in caught.value.problems] == [(expected[0][1], True)]
        return
    found = found_in(name)
    told = [f"{finding.kind} | {finding.problem}" for finding in found]
    assert len(found) == len(expected), told
    for finding, (kind, column, words) in zip(found, expected, strict=True):
        assert (finding.kind, finding.problem.column) == (kind, column), told
        assert words in f"{finding.problem.message} {finding.problem.value}"
        assert finding.problem.expected
        assert Path(finding.problem.file).exists()


def test_every_kind_of_finding_is_seeded() -> None:
    seeded = {kind for name in FOLDERS for kind, _, _ in expected_in(name)}
    assert seeded - {"load"} == {
        "dialect", "never_holds", "never_binds", "disagree", "grid", "dates", "reference", "untested", "hole",
        "subject", "unreachable",
    }  # fmt: skip


def test_the_command_says_findings_and_exits_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertengine.rulebook.book.rules_folder", lambda: DEFECTS / "base")
    result = CliRunner().invoke(main, ["rules", "check", "--rules", str(DEFECTS / "untested"), "--json"])
    assert result.exit_code == 1
    assert '"kind": "untested"' in result.stdout
    assert "rule b" in result.stdout


def test_the_command_exits_0_where_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertengine.rulebook.book.rules_folder", lambda: DEFECTS / "base")
    result = CliRunner().invoke(main, ["rules", "check", "--rules", str(DEFECTS / "clean")])
    assert result.exit_code == 0
    assert result.stdout.strip().endswith("0 findings")


def test_a_folder_that_does_not_load_exits_2(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("document: x\ntitle: [", encoding="utf-8")
    assert CliRunner().invoke(main, ["rules", "check", "--rules", str(tmp_path)]).exit_code == 2


@pytest.fixture(scope="module")
def shipped_findings() -> list[RuleDefect]:
    return check_rulebook(Rulebook.load())


#: Findings on the shipped rules that are real and wait for a mend in ``rules``.
WAITING: set[tuple[str, str]] = set()


def test_the_shipped_rulebook_is_clean(shipped_findings: list[RuleDefect]) -> None:
    left = [f.problem for f in shipped_findings if (f.kind, f.problem.column) not in WAITING]
    assert not left, "\n".join(map(str, left))


# -- the space of profiles, against enumeration


def conditions(seed: int) -> tuple[Condition, Condition]:
    """Two random conditions over fields that depend on each other."""
    chance = random.Random(seed)  # noqa: S311 -- a test, not a secret
    pool: list[Condition] = [
        Atom("industry", "in", ("水泥",)), Atom("sector", "in", ("建材",)), Atom("key_industry", "in", (False,)),
        Atom("stable", "in", (True,)), Atom("city_distance_km", "le", (10.0,)), Atom("city_distance_km", "gt", (5.0,)),
        Atom("units", "gt", (3.0,)), Atom("units", "lt", (4.0,)), Atom("named_lists", "in", ("甲", "乙")),
        Atom("named_lists", "missing"), Atom("grade", "in", ("A", "B")), Atom("enterprise_worst_grade", "in", ("A",)),
        Atom("industry", "in", ("焦化",), negated=True), Atom("stable", "missing", negated=True),
    ]  # fmt: skip

    def grow(depth: int) -> Condition:
        if depth == 0 or chance.random() < 0.3:
            return chance.choice(pool)
        return Group(chance.random() < 0.5, tuple(grow(depth - 1) for _ in range(chance.randint(1, 3))))

    return grow(3), grow(2)


def value(coded: Coded, row: list[int]) -> int:
    """Kleene's value of a condition under a profile, one profile at a time."""
    if isinstance(coded, Leaf):
        return coded.truth(row[coded.column])
    return (min if coded.every else max)(value(part, row) for part in coded.parts)


@pytest.mark.parametrize("seed", range(25))
def test_regions_agree_with_enumeration(seed: int) -> None:
    from alertengine.engine import encode, split_names

    one, other = conditions(seed)
    lists = OpenLists.load([DEFECTS / "base"])
    space = Space([one, other], lists, day=load("clean").line_rules()[0].valid.bounds()[0])
    coded = [encode(split_names(condition), space.columns) for condition in (one, other)]
    regions = [space.region(condition) for condition in (one, other)]
    both, left = meet(*regions), space.minus(regions[0], regions[1])
    used = {v for region in regions for box in region for v in box}
    variables = sorted(used | ({"named_lists"} if any(v.startswith("named_lists") for v in used) else set()))
    for point in itertools.product(*(range(len(space.worlds[variable])) for variable in variables)):
        row = [0] * len(space.columns)
        for variable, world in zip(variables, point, strict=True):
            for number, code in zip(space.members[variable], space.worlds[variable][world], strict=True):
                row[number] = code
        at = dict(zip(variables, point, strict=True))
        if not at.get("named_lists"):  # a blank cell is on no list and off none
            row = [
                0 if column.field == "named_lists" else code for column, code in zip(space.columns, row, strict=True)
            ]
        held = [value(condition, row) == SURELY for condition in coded]

        def inside(region, at=at) -> bool:
            return any(all(at[variable] in worlds for variable, worlds in box.items()) for box in region)

        assert [inside(region) for region in regions] == held
        assert inside(both) == all(held)
        assert inside(left) == (held[0] and not held[1])
    assert space.beyond(*regions) == bool(left)
    assert may_meet(*regions) == bool(both)


def test_many_names_of_a_list_are_checked_exactly(make_book: BookMaker) -> None:
    count = 60
    listed = [
        {"id": f"on{n}", "when": {"industry": "水泥", "named_lists": f"名单{n}"}, "then": {"limit": 0.1 + n / 100}}
        for n in range(count)
    ]
    both = {"named_lists": "名单0", "any": [{"named_lists": {"not": "名单0"}}, {"named_lists": {"missing": True}}]}
    rules = [*listed, {"id": "never", "when": both, "then": "stop"},
             {"id": "weak", "when": {"industry": "水泥", "named_lists": [f"名单{n}" for n in range(1, count)]},
              "then": {"limit": 0.1}}]  # fmt: skip
    found = [f for f in check_rulebook(make_book(rules=rules)) if f.kind in ("never_holds", "never_binds", "disagree")]
    assert [(f.kind, f.problem.column) for f in found] == [("never_holds", "rule never"), ("never_binds", "rule weak")]


def test_rules_on_names_of_lists_are_not_compared_pair_by_pair(
    make_book: BookMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = [{"id": f"on{n}", "when": {"named_lists": f"名单{n}"}, "then": {"limit": 0.1 + n / 100}} for n in range(40)]
    compared = []
    monkeypatch.setattr(Overlaps, "_prevails", lambda *of: compared.append(of) or False)
    assert not [f for f in check_rulebook(make_book(rules=rules)) if f.kind == "never_binds"]
    assert len(compared) <= len(rules)


@pytest.mark.slow
def test_cases_run_together_are_heard_of_and_come_out_as_one_by_one(shipped: Rulebook) -> None:
    cases = [(case, path) for path in case_files(shipped.folders)[:4] for case in read_cases(path)]
    heard: list[tuple[int, int]] = []
    together = Rehearsal(Books(shipped)).run_all(cases, lambda done, of: heard.append((done, of)))
    alone = Rehearsal(Books(shipped))
    assert together == [alone.run(case, path) for case, path in cases]
    assert sum(done for done, _ in heard) == len(cases)
    assert {of for _, of in heard} == {len(cases)}


def test_checking_certifies_the_rules(make_book: BookMaker) -> None:
    book = make_book(rules=[{"id": "r", "when": {"city_distance_km": {"le": 12.375}, "stable": True}, "then": "stop"}])
    check_rulebook(book)
    (rule,) = book.line_rules()
    assert mark_of(rule.when) in CERTIFICATES
