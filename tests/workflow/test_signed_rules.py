"""A document that one bureau entered, signed and handed to another: loaded with its origin, or refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from alertengine.cli import main
from alertengine.engine import check_dialect
from alertengine.ledger import make_key, read_public
from alertengine.rulebook import Rulebook
from alertengine.rulebook.origin import as_signed
from alertengine.vocabulary import InputError
from alertengine.web.entering import cases_of, signed_taken
from alertengine.web.rulesview import document_view
from alertengine.workflow import Upload, hand_on, receive

pytestmark = pytest.mark.whole

BY, CHECKED = "甲局 张三", "甲局 李四"
TEXT = f"""# 甲局录入
document: jia-kiln
title: 甲市减排措施
number: 甲政发〔2027〕1号
issuer: 甲市人民政府
issued: 2027-01-01
area: 大同市
valid: {{from: 2027-01-01, to: not stated}}
source: primary
entered: {{by: {BY}, on: 2027-01-05, pages: 3-4, checked_by: {CHECKED}, checked_on: 2027-01-06}}

rules:
  - id: jia-kiln-1
    article: 一
    title: 橙色预警期间铸造停产
    kind: measure
    level: orange
    when: {{industry: 铸造}}
    then: stop
"""
CASES = """- name: 橙色停产
  date: 2027-01-10
  level: orange
  line: {city: 大同市, industry: 铸造, process: 熔炼}
  expect: {status: ordered, measure: stop, share: 1, rules: [jia-kiln-1]}
"""
DAY = date(2027, 1, 10)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("zhang", "li", "other"):
        make_key(folder / name)
    return {BY: folder / "zhang", CHECKED: folder / "li", "other": folder / "other"}


@pytest.fixture(scope="module")
def entered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of rules of the bureau that entered it."""
    folder = tmp_path_factory.mktemp("jia")
    (folder / "jia-kiln.yaml").write_text(TEXT, encoding="utf-8")
    (folder / "jia-kiln.test.yaml").write_text(CASES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def book(shipped: Rulebook, entered: Path) -> Rulebook:
    return shipped.adding([_loaded(shipped, entered / "jia-kiln.yaml")])


def _loaded(book: Rulebook, path: Path) -> Any:
    from alertengine.rulebook import DocumentLoader

    return DocumentLoader(book.lists, book.layers).load(path)


@pytest.fixture(scope="module")
def package(book: Rulebook, keys: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("handed") / "jia.json"
    hand_on(book, "jia-kiln", "甲市生态环境局", {name: keys[name] for name in (BY, CHECKED)}, path)
    return path


def public(keys: dict[str, Path], *names: str) -> dict[str, str]:
    return {name: read_public(Path(f"{keys[name]}.pub")) for name in names}


def refused(shipped: Rulebook, path: Path, known: dict[str, str]) -> str:
    with pytest.raises(InputError) as error:
        receive(shipped, path, known, check_dialect, DAY)
    [problem] = error.value.problems
    return problem.code


def test_another_bureau_loads_it_and_sees_where_it_came_from(
    shipped: Rulebook, package: Path, keys: dict[str, Path], tmp_path: Path
) -> None:
    received = receive(shipped, package, public(keys, BY, CHECKED), check_dialect, DAY)
    assert received.problems == []
    assert received.cases == CASES
    file = tmp_path / "jia-kiln.yaml"
    file.write_text(received.found.text, encoding="utf-8")
    book = shipped.adding([_loaded(shipped, file)])
    document = book.documents["jia-kiln"]
    assert document.standing == "primary"
    assert as_signed(document)
    shown = dict(document_view(book, "jia-kiln").facts)
    assert shown["录入"] == f"{BY}，2027-01-05"
    assert shown["核对"] == f"{CHECKED}，2027-01-06"
    assert shown["页码"] == "3-4"
    assert shown["转自"].startswith("甲市生态环境局")
    assert "与签名时相同" in shown["原文指纹"]
    file.write_text(received.found.text.replace("停产\n", "限产\n"), encoding="utf-8")
    changed = shipped.adding([_loaded(shipped, file)])
    assert "已改动" in dict(document_view(changed, "jia-kiln").facts)["原文指纹"]


def test_by_an_unknown_key_it_is_read_and_is_no_official_text(
    shipped: Rulebook, package: Path, keys: dict[str, Path], tmp_path: Path
) -> None:
    received = receive(shipped, package, public(keys, BY), check_dialect, DAY)
    assert [problem.code for problem in received.problems] == ["signed_by_unknown_key"]
    file = tmp_path / "jia-kiln.yaml"
    file.write_text(received.found.text, encoding="utf-8")
    assert _loaded(shipped, file).document.standing == "secondary"


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ("2020-01-01T00:00:00+08:00", []),
        ("2999-01-01T00:00:00+08:00", ["signed_older"]),
        ("去年", []),  # no time to compare with
    ],
)
def test_a_package_older_than_what_is_on_file_is_told(
    held: str, told: list[str], shipped: Rulebook, package: Path, keys: dict[str, Path], tmp_path: Path
) -> None:
    known = public(keys, BY, CHECKED)
    received = receive(shipped, package, known, check_dialect, DAY)
    file = tmp_path / "jia-kiln.yaml"
    exported = json.loads(package.read_text("utf-8"))["exported_at"]
    file.write_text(received.found.text.replace(exported, held), encoding="utf-8")
    book = shipped.adding([_loaded(shipped, file)])
    assert [one.code for one in receive(book, package, known, check_dialect, DAY).problems] == told


FORGED = {
    "a share": lambda said: said | {"text": said["text"].replace("then: stop", "then: {limit: 0.1}")},
    "the bureau": lambda said: said | {"bureau": "乙市生态环境局"},
    "the cases": lambda said: said | {"cases": ""},
    "the time": lambda said: said | {"exported_at": "2020-01-01T00:00:00+08:00"},
    "whose it is": lambda said: (
        said | {"signatures": [{**said["signatures"][0], "by": CHECKED}, {**said["signatures"][1], "by": BY}]}
    ),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_was_changed_since_is_refused(what: str, shipped: Rulebook, package: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(FORGED[what](json.loads(package.read_text("utf-8")))), encoding="utf-8")
    assert refused(shipped, path, {}) == "signed_document_changed"


def test_a_forger_with_a_key_of_his_own_is_told_by_the_key_that_is_known(
    book: Rulebook, shipped: Rulebook, keys: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "x.json"
    hand_on(book, "jia-kiln", "甲市生态环境局", {BY: keys["other"]}, path)
    assert refused(shipped, path, public(keys, BY)) == "signed_by_other_key"


def test_what_is_no_package_is_refused_in_one_sentence(shipped: Rulebook, package: Path, tmp_path: Path) -> None:
    said = json.loads(package.read_text("utf-8"))
    path = tmp_path / "x.json"
    bad = ["", "[]", "{", "[" * 100_000, json.dumps(said | {"signatures": []}), json.dumps(said | {"more": 1})]
    bad += [json.dumps(said | {"document": "../../etc/x"}), json.dumps(said | {"text": 3})]
    bad += [json.dumps(said | {"bureau": "\ud800"}), json.dumps(said | {"format": 1})]
    bad += [json.dumps(said | {"exported_at": text}) for text in ("", "明天", "2027-01-10T08:00:00")]
    for text in bad:
        path.write_text(text, encoding="utf-8")
        assert refused(shipped, path, {}) == "not_a_signed_document", text[:80]
    assert refused(shipped, tmp_path / "none.json", {}) == "unreadable_file"


def test_only_who_entered_or_checked_it_signs_and_each_with_a_key_of_their_own(
    book: Rulebook, shipped: Rulebook, keys: dict[str, Path], tmp_path: Path
) -> None:
    out = tmp_path / "x.json"
    wrong: list[tuple[Rulebook, str, dict[str, Path], str, str]] = [
        (book, "jia-kiln", {"甲局 王五": keys[BY]}, "甲局", "signer_no_hand"),
        (book, "jia-kiln", {BY: keys[BY], CHECKED: keys[BY]}, "甲局", "signer_wanted"),
        (book, "jia-kiln", {BY: keys[BY]}, " ", "bureau_wanted"),
        (book, "guide-2020-340", {BY: keys[BY]}, "甲局", "not_handed_on"),
        (book, "no-such", {BY: keys[BY]}, "甲局", "adopt_no_document"),
    ]
    for rules, name, given, bureau, code in wrong:
        with pytest.raises(InputError) as error:
            hand_on(rules, name, bureau, given, out)
        assert [problem.code for problem in error.value.problems] == [code]
    assert not out.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("number: 甲政发〔2027〕1号\n", ""), "文号"),
        (("pages: 3-4, ", ""), "页码"),
        (("issued: 2027-01-01\n", ""), "发文日期"),
        ((f"checked_by: {CHECKED}", "checked_by: 张三"), "核对人须不是录入人"),
        ((f"checked_by: {CHECKED}", "checked_by: 甲局张三"), "核对人须不是录入人"),
    ],
)
def test_an_official_text_needs_what_it_is_found_by_and_two_people(
    change: tuple[str, str], said: str, shipped: Rulebook, tmp_path: Path
) -> None:
    file = tmp_path / "jia-kiln.yaml"
    file.write_text(TEXT.replace(*change), encoding="utf-8")
    with pytest.raises(InputError) as error:
        _loaded(shipped, file)
    assert said in "；".join(problem.text("zh") for problem in error.value.problems)


@pytest.mark.slow
def test_the_way_by_command(entered: Path, keys: dict[str, Path], tmp_path: Path) -> None:
    def run(*call: str) -> Result:
        return CliRunner().invoke(main, ["--lang", "zh", "rules", *call])

    out, into = str(tmp_path / "jia.json"), tmp_path / "yi"
    into.mkdir()
    signed = ["--signed-by", f"{BY}={keys[BY]}", "--bureau", "甲市生态环境局"]
    made = run("export", "jia-kiln", "--rules", str(entered), "-o", out, *signed)
    assert made.exit_code == 0, made.output
    assert run("export", "jia-kiln", "--rules", str(entered), "-o", f"{out}.xlsx", *signed).exit_code == 2
    unknown = run("import", out, "--into", str(into), "--yes")
    assert unknown.exit_code == 1
    assert "不在所给公钥之中" in unknown.output
    assert "1个案例成立" in unknown.output
    known = run("import", out, "--into", str(into), "--yes", "--signer", f"{BY}={keys[BY]}.pub")
    assert known.exit_code == 0, known.output
    assert "甲市生态环境局转来" in known.output
    shown = run("show", "jia-kiln-1", "--rules", str(into))
    assert "甲市生态环境局" in shown.output
    assert "与签名时相同" in shown.output
    Path(out).write_text(Path(out).read_text("utf-8").replace("铸造", "水泥"), encoding="utf-8")
    forged = run("import", out, "--into", str(into), "--yes")
    assert forged.exit_code == 2
    assert "签名不成立" in forged.output


def test_the_page_takes_a_signed_file_with_the_keys_that_are_pasted(package: Path, keys: dict[str, Path]) -> None:
    """Loaded with who signed it and its cases run; a key that is none, or another's, is refused by its owner's name."""
    upload = Upload("jia.json", package.read_bytes())
    pasted = {by: Path(f"{keys[by]}.pub").read_text(encoding="utf-8") for by in (BY, CHECKED, "other")}
    entry = signed_taken((), upload, {by: pasted[by] for by in (BY, CHECKED)})
    assert set(entry.files) == {"jia-kiln.yaml", "jia-kiln.test.yaml"}
    assert entry.problems == []
    assert cases_of((), entry.files) == (1, [])
    wrong = entry.files["jia-kiln.test.yaml"].replace("share: 1", "share: 0.5")
    count, [failed] = cases_of((), {**entry.files, "jia-kiln.test.yaml": wrong})
    assert (count, failed["case"]) == (1, "橙色停产")
    assert [one.code for one in signed_taken((), upload, {}).problems] == ["signed_by_unknown_key"] * 2
    for text, code in ((pasted["other"], "signed_by_other_key"), ("没有钥匙", "no_public_key")):
        with pytest.raises(InputError) as told:
            signed_taken((), upload, {BY: text})
        assert told.value.problems[0].code == code
