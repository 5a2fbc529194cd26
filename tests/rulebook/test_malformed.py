"""Malformed rule documents: one file, one error, and the error names file, rule and what was expected."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.rulebook.book import Rulebook
from alertengine.vocabulary.problems import InputError

FOLDER = Path(__file__).parent / "malformed"
FILES = sorted(FOLDER.glob("*.yaml"))


def expected(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_malformed_document_is_refused_with_its_reason(path: Path, tmp_path: Path) -> None:
    shutil.copy(path, tmp_path / path.name)
    with pytest.raises(InputError) as caught:
        Rulebook.load([tmp_path])
    said = "\n".join(map(str, caught.value.problems))
    assert expected(path) in said
    assert path.name in said
    assert len(caught.value.problems) <= 2


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
