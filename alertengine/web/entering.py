"""What the page of rules takes in: a city's plan, what became of documents, members of closed lists.

Everything is tried and shown first.  It is written into the bureau's folder of rules, where the page has one, by who
may approve; anybody may take the files away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from alertengine.checking import HEADERS, MissingTexts, missing_texts, shown
from alertengine.documents import plan_matters, read_pack_templates
from alertengine.files import reading_with, scratch
from alertengine.ledger import read_public
from alertengine.lists import read_list
from alertengine.rulebook import FORM_GUIDE, HEAD_SHEET, Form, Rulebook, write_workbook
from alertengine.vocabulary import (
    LEVEL_TEXT,
    STATUS_TEXT,
    InputError,
    Level,
    Problem,
    percent,
    problems_as,
    speaking,
    times,
)
from alertengine.web.forecasts import day_said
from alertengine.web.lists import published_list
from alertengine.workflow import (
    RulesEntry,
    Upload,
    keep_progress,
    members_entered,
    orders_changed,
    signed_entered,
    trial,
    tried_cases,
    without_plan,
    workbook_entered,
)

MATTERS: Final = {"text": "未决事项", "keeps": "影响", "settled": "如何解决"}
MISSING: Final = {key: HEADERS[key] for key in HEADERS if key != "fill"}
CASES: Final = {"case": "案例", "differences": "与应有的不同"}
COUNTS: Final = {
    "level": "级别", "lines": "生产线", "changed": "指令改变", "other_basis": "只换依据",
    "undetermined_old": "现依据缺失", "undetermined_new": "录入后依据缺失",
}  # fmt: skip
ORDERS: Final = {
    "level": "级别", "enterprise": "企业", "line": "生产线", "measure_text_old": "现在", "measure_text_new": "录入后",
}  # fmt: skip
#: In the bureau's folder of rules: how far its list was covered, day by day.
_PROGRESS: Final = "录入进度.csv"
#: Orders that change shown at once.
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Changed:
    """What an entry does to a list: counts by level, and the lines whose orders change, the first of them."""

    counts: list[dict[str, str]]
    lines: list[dict[str, str]]
    all: int


def own_folder(rules: Sequence[Path]) -> Path | None:
    """The bureau's own folder of rules: the last that the page was given."""
    return rules[-1] if rules else None


def form_file(form: Form) -> bytes:
    """The form as a workbook."""
    with scratch() as folder:
        path = Path(folder) / "form.xlsx"
        write_workbook(form.sheets, path, FORM_GUIDE, form.choices)
        return path.read_bytes()


def fill(form: Form, cells: Mapping[tuple[str, int, int], str], added: Mapping[str, int]) -> Form:
    """A form with what was typed into it: texts by sheet, row and column; ``added`` rows by sheet."""
    sheets = []
    for sheet in form.sheets:
        width = len(sheet.rows[0])
        rows = [list(row) + [""] * (width - len(row)) for row in sheet.rows]
        rows += [[""] * width for _ in range(added.get(sheet.name, 0))]
        for (name, row, column), text in cells.items():
            if name == sheet.name:
                rows[row][column] = text.strip()
        sheets.append(replace(sheet, rows=rows))
    return replace(form, sheets=sheets)


def matters_of(book: Rulebook, city: str, day: date) -> list[dict[str, str]]:
    """What papers lack because of a city's plan, as rows of :data:`MATTERS`."""
    out = []
    for one in plan_matters(book, city, day, read_pack_templates().departments):
        address = one.address
        if "view=plan" in address:  # a part of the form on the same page, so that nothing typed is lost
            address = f"#part-{address.partition('&part=')[2] or HEAD_SHEET}"
        out.append({"text": one.text, "keeps": one.keeps, "settled": one.settled_by, "address": address})
    return out


def workbook_taken(
    rules: tuple[Path, ...], upload: Upload, checked: Mapping[str, str] = MappingProxyType({})
) -> RulesEntry:
    """What a filled workbook comes to; ``checked`` where a second person holds it against its text.

    Raises:
        InputError: with every defect of it; files are named as they were given.

    """
    return _of_upload(upload, lambda path: workbook_entered(rules, own_folder(rules), path, checked))


def members_taken(
    rules: tuple[Path, ...], upload: Upload, name: str, source: str, first: date, last: date | None, *, whole: bool
) -> RulesEntry:
    """What a table of members comes to.

    Raises:
        InputError: with all that is missing or wrong.

    """
    return _of_upload(upload, lambda path: members_entered(rules, name, path, source, first, last, whole=whole))


def signed_taken(rules: tuple[Path, ...], upload: Upload, keys: Mapping[str, str]) -> RulesEntry:
    """What a document signed by another bureau comes to.

    Args:
        rules: folders of rules beside the shipped ones.
        upload: the file.
        keys: public keys (the text of a .pub file) by who signed, as this bureau holds them.

    Raises:
        InputError: it was changed since, a signature does not hold or is by another key, or a key cannot be read.

    """

    def work(path: Path) -> RulesEntry:
        known = {}
        for by, text in keys.items():
            file = path.with_name("key.pub")
            file.write_text(text, encoding="utf-8")
            with problems_as(partial(Problem.at, file=f"{by}的公钥")):
                known[by] = read_public(file)
        return signed_entered(rules, own_folder(rules), path, known)

    return _of_upload(upload, work)


def _of_upload(upload: Upload, work: Callable[[Path], RulesEntry]) -> RulesEntry:
    with scratch() as folder, reading_with():

        def named(problem: Problem) -> Problem:
            """A problem that names the file as it was given."""
            return problem.at(file=problem.file.replace(f"{folder}/", ""))

        with problems_as(named):
            found = work(upload.put_into(Path(folder)))
        found.own_problems, found.own_notes = [*map(named, found.own_problems)], [*map(named, found.own_notes)]
        return found


def matters_after(rules: tuple[Path, ...], entry: RulesEntry, city: str) -> list[dict[str, str]]:
    """What papers would lack of a city's plan if an entry counted."""
    return matters_of(trial(rules, entry.files), city, max(times.today(), entry.day))


def changed_orders(path: Path, rules: tuple[Path, ...], entry: RulesEntry, number: int) -> Changed:
    """Whose orders in a published list would change if an entry counted; asked of a process beside the page's.

    Raises:
        InputError: no such list, or it cannot be read.

    """
    with published_list(path, number) as listed:
        found = orders_changed(entry, rules, listed)
    said = {str(level): LEVEL_TEXT[level] for level in Level}
    counts = [{key: said.get(str(row[key]), str(row[key])) for key in COUNTS} for row in found.counts()]
    asked = sorted(found.lines, key=lambda row: row["change"] == "rules")  # those that ask something else first
    lines = [{key: said.get(str(row[key]), str(row[key] or "")) for key in ORDERS} for row in asked[:_SHOWN]]
    for line, row in zip(lines, asked, strict=False):
        for end in ("old", "new"):
            line[f"measure_text_{end}"] = line[f"measure_text_{end}"] or STATUS_TEXT.get(str(row[f"status_{end}"]), "")
    return Changed(counts, lines, len(found.lines))


def missing_of(path: Path, rules: tuple[Path, ...], number: int, day: str) -> tuple[str, list[dict[str, str]]]:
    """What the lines of a published list lack, the heaviest first, as rows of :data:`MISSING`; and how much is covered.

    Raises:
        InputError: no such list or day.

    """
    book = Rulebook.load(rules)
    when = day_said(day)
    with published_list(path, number) as listed:
        enterprises = read_list(listed, book.lists)
    found = missing_texts(book, enterprises, when)
    rows = [{key: shown(key, row.get(key)) for key in (*MISSING, "page")} for row in found.table.to_dict("records")]
    plans = [
        {
            **dict.fromkeys(MISSING, ""),
            "text": f"{city}应急预案（没有它，全部文书为草稿）",
            "page": f"/rules?view=plan&city={city}",
        }
        for city in without_plan(book, enterprises, when)
    ]
    said = f"{found.lines}条生产线中{found.covered}条各级别都有规定，占清单排放{percent(found.covered_weight)}"
    return f"{said}{_since(rules, found, enterprises.citation)}", [*plans, *rows]


def _since(rules: Sequence[Path], found: MissingTexts, of: str) -> str:
    """What was entered since the last day that the list was looked at; kept beside the bureau's rules."""
    folder = own_folder(rules)
    if folder is None:
        return ""
    try:
        before = keep_progress(folder / _PROGRESS, found, of)
    except InputError as error:
        return f"（进度没有记下：{error.problems[0].text('zh', short=True)}）"
    now = f"今日已记入{_PROGRESS}"
    if before is None:
        return f"（{now}）"
    more = found.covered_weight - before.weight
    gained = f"{'多' if more >= 0 else '少'}{percent(abs(more))}"
    return f"；上次（{before.on}）为{percent(before.weight)}，缺{before.texts}份文本，此后{gained}（{now}）"


def cases_of(rules: tuple[Path, ...], files: Mapping[str, str]) -> tuple[int, list[dict[str, str]]]:
    """How many worked cases stand in the files of an entry, and those that fail if it counted, as rows of CASES."""
    with speaking("zh"):
        outcomes = tried_cases(files, rules)
    failed = [one for one in outcomes if one.differences]
    return len(outcomes), [{"case": one.case.name, "differences": "；".join(one.differences)} for one in failed]
