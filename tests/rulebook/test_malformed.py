"""Malformed rule documents: one file, one error, and the error names file, rule and what was expected."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.files import read_yaml
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError, Words

pytestmark = pytest.mark.whole

FOLDER = Path(__file__).parent / "malformed"
FILES = sorted(FOLDER.glob("*.yaml"))


def expected(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ")


#: English words in a row that are no keys: a sentence.
_SENTENCE = re.compile(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}|\b(?:expected|found|must|unknown) ")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_malformed_document_is_refused_with_its_reason_in_both_languages(path: Path, tmp_path: Path) -> None:
    shutil.copy(path, tmp_path / path.name)
    with pytest.raises(InputError, match=re.escape(expected(path))) as caught:
        Rulebook.load([tmp_path])
    problems = caught.value.problems
    assert path.name in "\n".join(map(str, problems))
    assert len(problems) <= 2
    for problem in problems:
        said = " ".join(problem.words("zh"))
        assert re.search(r"[\u4e00-\u9fff]", said)
        assert not _SENTENCE.search(said), said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: b: c\n", "yaml_colon_inside"),
        ("a: - b\n", "yaml_dash_inside"),
        ("a: [1, 2\n", "yaml_list_open"),
        ("a: 1\nb: ]\n", "yaml_content_expected"),
        ("a: {b: 1\nc: 2\n", "yaml_mapping_open"),
        ("'a': 'b' c\n", "yaml_key_expected"),
        ("- a\nb: 1\n", "yaml_dash_expected"),
        ("a: @b\n", "yaml_bad_start"),
        ("a: !!timestamp x\n", "yaml_no_day"),
        ("a: !!map x\n", "yaml_otherwise"),
        ('a: "b\n', "yaml_ends_early"),
        ('a: "\\q"\n', "yaml_escape"),
        ("a: *b\n", "yaml_alias"),
        ("a: !python/name:os.system\n", "yaml_tag"),
        ("a: 2021-13-45\n", "yaml_no_day"),
        ("a: !!int x\n", "yaml_no_number"),
        ("a: !!int ''\n", "yaml_no_number"),
        ("a: !!float 1,5\n", "yaml_no_number"),
        ("a: !!bool x\n", "yaml_no_bool"),
        ("a: 1\na: 2\n", "yaml_key_twice"),
        ("[a]: 1\n", "yaml_key_plain"),
        ("a: \x07\n", "yaml_sign"),
        ("%YAML 3.9\n---\na: 1\n", "yaml_otherwise"),
    ],
)
def test_what_is_no_yaml_is_said_in_both_languages(text: str, code: str, tmp_path: Path) -> None:
    """The library's English stands in no Chinese sentence, whichever slip it is."""
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_yaml(path)
    [problem] = caught.value.problems
    said = dict(problem.arguments)["error"]
    assert isinstance(said, Words)
    assert said.code == code
    assert problem.row is not None
    assert not _SENTENCE.search(" ".join(problem.words("zh")))
    assert re.search(r"[a-z]{3,}", problem.words("en")[0])


def test_all_defects_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    chosen = [FOLDER / f"{name}.yaml" for name in ("unknown-field", "percent-for-share", "unknown-area")]
    for path in chosen:
        text = path.read_text(encoding="utf-8").replace("document: bad", f"document: {path.stem}")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Rulebook.load([tmp_path])
    assert {Path(problem.file).name for problem in caught.value.problems} == {path.name for path in chosen}


def test_several_defects_of_one_rule_are_said_together(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(
        "document: bad\ntitle: 错例\narea: 山西省\nvalid: {from: 2020-01-01}\nsource: primary\n"
        "rules:\n  - {id: r, article: 一, title: 例, kind: measure, layer: top,"
        " when: {colour: red}, then: {limit: 20}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        Rulebook.load([tmp_path])
    said = "\n".join(map(str, caught.value.problems))
    assert all(word in said for word in ("unknown layer", "unknown field", "share above 0"))


def test_a_command_says_it_and_writes_nothing(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "percent-for-share.yaml", tmp_path)
    result = CliRunner().invoke(main, ["rules", "check", "--rules", str(tmp_path)])
    assert result.exit_code == 2
    assert "rule r then" in result.output
    assert CliRunner().invoke(main, ["rules", "check", "--rules", str(tmp_path / "absent")]).exit_code == 2


#: Keys of a rule, each with something the rule language or its models refuse.
_REFUSED = {
    "field": "when: {colour: red}, then: stop",
    "comparison": "when: {capacity_10kt: {about: 3}}, then: stop",
    "bare number": "when: {capacity_10kt: 3}, then: stop",
    "value": "when: {industry: 没有的行业}, then: stop",
    "no mapping": "when: [a], then: stop",
    "measure": "when: {industry: 焦化}, then: {limit: 20}",
    "no such measure": "when: {industry: 焦化}, then: relax",
    "pydantic's own": "when: {industry: 焦化}, then: stop, title: {a: 1}",
    "need": "when: {industry: 焦化}, need: [1], then: stop",
}


@pytest.mark.parametrize("said", _REFUSED.values(), ids=_REFUSED.keys())
def test_what_the_language_refuses_is_said_in_chinese_too(said: str, tmp_path: Path) -> None:
    """No English sentence stands in the Chinese one; the English is as it was."""
    title = "" if "title" in said else "title: 测试, "
    text = (
        "document: a\ntitle: 测试\narea: 临汾市\nvalid: {from: 2018-01-01, to: not stated}\nsource: primary\nrules:\n"
        f"  - {{id: a-1, article: 一, {title}kind: measure, levels: [red], {said}}}\n"
    )
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Rulebook.load([tmp_path])
    for problem in caught.value.problems:
        message, expected = problem.words("zh")
        assert re.search(r"[\u4e00-\u9fff]", message)
        assert not re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", f"{message} {expected}"), message
        assert re.search(r"[a-z]{3,}", problem.words("en")[0])
