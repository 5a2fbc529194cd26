"""A document that nobody has entered yet: a file that loads, and says in comments how it goes on."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from alertengine.files import replacing_text, rules_folder
from alertengine.rulebook import NATION, DocumentLoader, Rulebook, document_yaml
from alertengine.vocabulary import InputError, Problem, problems_as

_RULES: Final = """
# 规则，一条一条地写（写好后删去上面missing中的相应缺项）：
# rules:
#   - id: {document}-1
#     article: 三（二）
#     title: 橙色预警期间，距建成区10公里以内的铸造企业停产
#     kind: measure
#     level: orange
#     when: {{industry: 铸造, distance_km: {{le: 10}}}}
#     then: stop
# 表格，照原文的表写：
# tables:
#   - id: {document}-kiln
#     article: 附件2
#     title: 水泥熟料
#     kind: measure
#     when: {{industry: 水泥, process: 熟料}}
#     match: [effective_grade]
#     levels: [yellow, orange, red]
#     rows:
#       - [C, {{stop_share: 0.50, by: line}}, stop, stop]
#       - [D, missing, missing, missing]      # missing：原文有而未读到，不得猜测
# 各项写法见 rules/README.zh-CN.md；`alertengine rules schema -o rules.schema.json` 供编辑器边写边查。
"""
_CASES: Final = """# 《{title}》的案例：每条规则至少一例，写明依原文应得的结果。
# - name: C级熟料，橙色停产
#   date: {day}
#   level: orange
#   line: {{city: {city}, industry: 水泥, process: 熟料, grade: C}}
#   expect: {{status: ordered, measure: stop, share: 1, rules: [{document}-kiln-C-orange]}}
[]
"""


def head_defects(head: Mapping[str, Any], book: Rulebook) -> list[Problem]:
    """What an import would refuse of the head of a document as far as it is known now: its id, area and dates.

    Each names the key as its column; what is still to be filled in is no defect.
    """
    name = str(head.get("document") or "")
    valid = {"from": "1900", **head.get("valid", {})}
    known = {"document": "draft", "title": "-", "area": NATION, **head, "source": "secondary", "valid": valid}
    problems: list[Problem] = []
    try:
        DocumentLoader(book.lists, book.layers).read(known, Path())
    except InputError as error:
        problems += [one.at(file="", row=None) for one in error.problems]
    on_file = book.documents.get(name)
    if on_file is not None and Path(on_file.file).resolve().is_relative_to(rules_folder().resolve()):
        problems.append(Problem("document_elsewhere", column="head document", value=name))
    return problems


def write_scaffold(head: Mapping[str, Any], book: Rulebook, folder: Path) -> list[Path]:
    """Write a document's file and the file of its cases; returns both.

    Raises:
        InputError: a key of the head is missing or wrong, the document is on file already, or a file is there.

    """
    name = str(head["document"])
    files = [folder / f"{name}.yaml", folder / f"{name}.test.yaml"]
    problems = [Problem("scaffold_there", file=str(file)) for file in files if file.exists()]
    if name in book.documents:
        problems.append(Problem("scaffold_there", file=book.documents[name].file, value=name))
    absent = [key for key in ("title", "area") if not head.get(key)] + (["from"] if "from" not in head["valid"] else [])
    problems += [Problem("scaffold_needs", where=f"--{key}") for key in absent]
    if folder.exists() and not folder.is_dir():
        problems.append(Problem("into_no_folder", where="-o", value=str(folder)))
    if problems:
        raise InputError(problems)
    missing = [{"what": "全文", "source": head.get("number") or head["title"], "reason": "尚未录入"}]
    text = document_yaml({**head, "missing": missing}, f"《{head['title']}》") + _RULES.format(document=name)
    with tempfile.TemporaryDirectory() as place:
        trial = Path(place) / files[0].name
        trial.write_text(text, encoding="utf-8")
        with problems_as(lambda one: one.at(file=str(files[0]))):
            DocumentLoader(book.lists, book.layers).load(trial)
    area = head["area"] if isinstance(head["area"], str) else head["area"][0]
    city = next(iter(book.lists.cities_of(area)), area)
    replacing_text(files[0], text)
    cases = _CASES.format(document=name, title=head["title"], day=head["valid"]["from"], city=city)
    replacing_text(files[1], cases)
    return files
