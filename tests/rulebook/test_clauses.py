"""Every clause the source documents ask for ends as rules, a feature or a reason; the README's table is up to date."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.files import rules_folder
from alertengine.rulebook import Rulebook
from tests.readme_tables import clause_table

#: The rows of the five source documents: document and clause as its entry names it.
ASKED = [
    ("shanxi-2014-plan", "二(一)18"),
    ("shanxi-2014-plan", "二(二)8"),
    ("shanxi-2014-plan", "文件头"),
    ("shanxi-2019-39", "三(一)2"),
    ("shanxi-2019-39", "三(二)5"),
    ("shanxi-2019-39", "三(二)7"),
    ("shanxi-2019-39", "三(二)10"),
    ("shanxi-2019-39", "三(二)11"),
    ("shanxi-2019-39", "三(二)12"),
    ("shanxi-2019-39", "三(四)18"),
    ("shanxi-2019-39", "三(四)20"),
    ("shanxi-2019-39", "三(五)28"),
    ("shanxi-2019-39", "三(六)32"),
    ("shanxi-2019-39", "三(六)32第二、三款"),
    ("shanxi-2019-39", "三(六)33"),
    ("shanxi-2019-39", "二(二)5"),
    ("shanxi-2019-39", "四(二)"),
    ("shanxi-2019-39", "三(三)16"),
    ("shanxi-2019-39", "三(五)29"),
    ("shanxi-2019-39", "四(三)"),
    ("shanxi-2019-39", "四(五)、四(六)"),
    ("taiyuan-2018-40", "二(一)1"),
    ("taiyuan-2018-40", "二(一)4"),
    ("taiyuan-2018-40", "二(一)1第二句"),
    ("taiyuan-2018-40", "二(二)9"),
    ("taiyuan-2018-40", "二(四)18（降尘）"),
    ("taiyuan-2018-40", "三(三)"),
    ("taiyuan-2018-40", "二(四)20、21"),
    ("taiyuan-2018-40", "二(五)24"),
    ("taiyuan-2018-40", "二(六)26"),
    ("taiyuan-2018-40", "二(六)27"),
    ("taiyuan-2018-40", "二(六)28"),
    ("taiyuan-2018-40", "二(六)28第二款"),
    ("jincheng-2024-plan", "三(一)3"),
    ("jincheng-2024-plan", "三(六)25"),
    ("jincheng-2024-plan", "二(二)5"),
    ("jincheng-2024-plan", "三(六)24"),
    ("jincheng-2024-plan", "二(一)2"),
    ("jincheng-2024-plan", "二(二)9"),
    ("jincheng-2024-plan", "二(四)13"),
    ("jincheng-2024-plan", "实施方案三(一)1、二(一)1"),
    ("jincheng-2024-plan", "实施方案三(二)9、二(一)4"),
    ("jincheng-2024-plan", "二(二)7"),
    ("jincheng-2024-plan", "二(三)11"),
    ("jincheng-2024-plan", "实施方案33"),
    ("yangquan-2020-131", "一(二)、附件1、2"),
    ("yangquan-2020-131", "一(一)"),
    ("yangquan-2020-131", "二(一)"),
    ("yangquan-2020-131", "二(二)"),
    ("yangquan-2020-131", "二(三)"),
    ("yangquan-2020-131", "二(四)"),
    ("yangquan-2020-131", "三(五)"),
    ("yangquan-2020-131", "四(二)、四(三)"),
    ("yangquan-2020-131", "三(七)、附件3（锅炉）"),
    ("yangquan-2020-131", "三(七)、附件3（炉窑）"),
    ("yangquan-2020-131", "三(九)、附件3（降尘）"),
    ("yangquan-2020-131", "附件3"),
]


@pytest.mark.parametrize(("document", "clause"), ASKED)
def test_a_clause_of_a_source_ends_as_rules_a_feature_or_a_reason(
    shipped: Rulebook, document: str, clause: str
) -> None:
    found = [entry for entry in shipped.documents[document].clauses if entry.clause == clause]
    assert len(found) == 1
    assert found[0].text
    assert found[0].rules or found[0].feature or found[0].reason


def test_every_document_lists_its_clauses_and_every_entry_says_something(shipped: Rulebook) -> None:
    for document in shipped.documents.values():
        assert document.clauses, document.document
        for entry in document.clauses:
            assert entry.rules or entry.feature or entry.reason, (document.document, entry.clause)
            assert "后续录入" not in entry.reason


def test_every_rule_of_a_source_stands_under_one_of_its_clauses(shipped: Rulebook) -> None:
    for document in {name for name, _ in ASKED}:
        named = {name for entry in shipped.documents[document].clauses for name in entry.rules}
        own = {rule.id for rule in shipped.rules.values() if rule.document == document}
        assert own - named == set(), document


def test_a_cell_keeps_its_row() -> None:
    assert all(line.replace("\\|", "").count("|") == 4 for line in clause_table().splitlines())


@pytest.mark.parametrize("language", ["README.md", "README.zh-CN.md"])
def test_the_complete_example_of_the_readme_holds(tmp_path: Path, language: str) -> None:
    readme = (rules_folder() / language).read_text(encoding="utf-8")
    document, cases = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)[:2]
    name = re.findall(r"^document: (\S+)", document)[0]
    (tmp_path / f"{name}.yaml").write_text(document, encoding="utf-8")
    (tmp_path / f"{name}.test.yaml").write_text(cases, encoding="utf-8")
    run = CliRunner().invoke(main, ["rules", "test", "--rules", str(tmp_path), "--document", name])
    assert (run.exit_code, run.output.strip()) == (0, f"{cases.count('- name:')} cases hold, 0 fail")
