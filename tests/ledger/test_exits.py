"""Each cause of an exit status of the commands that keep and erase, with a record that has it and one that has not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from alertengine.ledger import Ledger
from alertengine.workflow import collect_orders, prepare, record, snapshot
from tests.ledger.conftest import HEADER, LINES, SIGNED
from tests.ledger.test_commands import run

MISSING = "：归档保存期限未录入，"
WORDS = ("--reason", "期满", "--approved-by", "局长 戊")


@pytest.fixture(scope="module")
def _kept(tmp_path_factory: pytest.TempPathFactory, few_rules: Path) -> Path:
    """Orders of 10 to 13 January 2021 in two cities; the lines of both name persons."""
    folder = tmp_path_factory.mktemp("kept")
    listed = folder / "l.csv"
    other = LINES[0].replace("临汾,尧都区", "运城,盐湖区").replace("HC0000001B", "HC0000007Y")
    listed.write_text("\n".join([HEADER, *LINES, other]) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, Ledger.writable(folder / "record.db") as ledger:
        patch.setattr(snapshot, "rules_folder", lambda: few_rules)
        ready = prepare(collect_orders(listed, level="red", date=date(2021, 1, 10), hours=72), "合成红色指令")
        record(ledger, ready, SIGNED)
    return folder / "record.db"


@pytest.fixture
def book(_kept: Path, tmp_path: Path) -> Path:
    """A copy of the record to play with."""
    return Path(shutil.copy(_kept, tmp_path / "record.db"))


def terms(folder: Path, days: int, *cities: str) -> Path:
    """A folder of rules: how long each of some cities keeps its archive."""
    folder.mkdir()
    for number, city in enumerate(cities):
        (folder / f"keep-{number}.yaml").write_text(
            f"document: keep-{number}\ntitle: {city}档案规定\nissued: 2020-01-01\narea: {city}\nsource: primary\n"
            "valid: {from: 2020-01-01, to: not stated}\nrules:\n"
            f"  - {{id: keep-{number}, article: 一, title: 归档, kind: procedure, step: archive, actor: 档案室,"
            f" text: 归档, retention_days: {days}}}\n",
            encoding="utf-8",
        )
    return folder


@pytest.mark.parametrize(
    ("cities", "missing"),
    [((), "临汾市、运城市"), (("运城市",), "临汾市"), (("临汾市",), "运城市"), (("临汾市", "运城市"), "")],
)
@pytest.mark.parametrize("day", ["2021-01-23", "2021-01-24"])
def test_each_city_without_a_term_is_named_and_wants_a_person(
    book: Path, tmp_path: Path, cities: Sequence[str], missing: str, day: str
) -> None:
    rules = ("--rules", terms(tmp_path / "rules", 10, *cities)) if cities else ()
    done = run("retention", book, "--date", day, "--json", *rules)
    archive = {one["city"]: one for one in json.loads(done.stdout) if one["what"] == "archive"}
    assert done.exit_code == int(bool(missing)), done.output
    assert done.stderr == (f"{missing}{MISSING}删除个人信息须由人决定\n" if missing else "")
    assert {city: one["state"] for city, one in archive.items()} == {
        city: ("keep" if day == "2021-01-23" else "passed") if city in cities else "missing"
        for city in ("临汾市", "运城市")
    }
    assert {one["until"] for city, one in archive.items() if city in cities} <= {"2021-01-23"}
    assert {one["act"] for one in archive.values()} == {1}


@pytest.mark.parametrize(
    ("cities", "missing"),
    [((), "临汾市、运城市"), (("运城市",), "临汾市"), (("临汾市", "运城市"), "")],
)
def test_erasing_without_a_term_on_file_rests_on_who_decides(
    book: Path, tmp_path: Path, cities: Sequence[str], missing: str
) -> None:
    rules = ("--rules", terms(tmp_path / "rules", 10, *cities)) if cities else ()
    done = run("erase", book, "--before", "2021-01-10", *WORDS, *rules, "--json")
    assert done.exit_code == int(bool(missing)), done.output
    assert done.stderr == (f"{missing}{MISSING}依决定人的理由删除\n" if missing else "")
    ((row),) = json.loads(done.stdout)
    assert (row["act"], row["title"], row["erased"]) == (2, "删除2021-01-10以前的个人信息", 2)
    with Ledger.open(book) as ledger:
        act = ledger.act(2)
        assert (act.approved_by, act.reason, act.head["before"]) == ("局长 戊", "期满", "2021-01-10")
        assert "乙某合成砖厂" not in set(ledger.orders(1)["enterprise"])
    assert run("verify", book).exit_code == 0


@pytest.mark.parametrize(
    ("before", "words", "days", "said"),
    [
        ("2021-01-09", WORDS, 10, "nothing personal that only acts before 2021-01-09 use"),
        ("2021-01-10", WORDS, 36500, "must still be kept: act 1 until 2120-12-20"),
        ("2021-01-10", ("--reason", " ", "--approved-by", "局长 戊"), 10, "reason"),
        ("2021-01-10", ("--reason", "期满", "--approved-by", " "), 10, "reason"),
        ("2021-01-10", ("--reason", "期满"), 10, "--approved-by"),
        ("2021-01-10", ("--approved-by", "局长 戊"), 10, "--reason"),
        ("2021-02-30", WORDS, 10, "2021-02-30"),
    ],
)
def test_what_may_not_be_erased_is_refused_and_nothing_recorded(
    book: Path, tmp_path: Path, before: str, words: Sequence[str], days: int, said: str
) -> None:
    was = book.read_bytes()
    done = run(
        "erase", book, "--before", before, *words, "--rules", terms(tmp_path / "rules", days, "临汾市", "运城市")
    )
    assert (done.exit_code, said in done.stderr) == (2, True), done.output
    assert done.stdout == ""
    assert book.read_bytes() == was


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--date", "2021-13-01"), "2021-13-01"),
        (("--date", "1899-12-31"), "1899-12-31"),
        (("--rules", "no-such-folder"), "no-such-folder"),
    ],
)
def test_terms_of_no_day_and_under_no_law_are_refused(book: Path, words: Sequence[str], said: str) -> None:
    done = run("retention", book, *words)
    assert (done.exit_code, said in done.stderr, done.stdout) == (2, True, ""), done.output
