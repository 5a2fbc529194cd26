"""Coverage by a bureau's own list: the heaviest hole first, and what closes it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.checking import missing_texts
from alertengine.checking.rules.missing_texts import CONTINUABLE, REFERRED, UNDECLARED
from alertengine.cli import main
from alertengine.lists import read_list
from alertengine.rulebook import Rulebook
from alertengine.workflow import NewRecord, recorded, write_entry

pytestmark = pytest.mark.whole

HEADER = (
    "企业名称,城市,行业,工序,生产线编号,绩效等级,长期停产,红色预警减排措施,"
    "SO2排放量(千克/日),NOx排放量(千克/日),颗粒物排放量(千克/日),VOCs排放量(千克/日)"
)
ROWS = [
    "甲水泥,大同市,水泥,熟料,1,C,否,,10,10,10,10",  # a rule at every level
    "乙焦化,大同市,焦化,焦炉,1,C,否,停产,50,50,50,0",  # the guide's chapter is missing; a plan is filed at red
    "乙焦化,大同市,焦化,焦炉,2,C,否,,20,20,20,0",
    "丙铸造,大同市,铸造,熔炼,1,D,否,,5,5,5,50",
    "丁铸造,大同市,铸造,熔炼,1,D,是,,900,900,900,900",  # long stopped: hangs on nothing
    "戊磨料,大同市,磨料磨具,,1,C,否,,1,1,1,1",  # no rule and no declared hole
]
DAY = date(2026, 1, 10)


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    """Six lines, five of them running."""
    path = tmp_path / "list.csv"
    path.write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    return path


def test_texts_stand_in_order_of_what_their_lines_emit(shipped: Rulebook, list_file: Path) -> None:
    found = missing_texts(shipped, read_list(list_file, shipped.lists), DAY)
    table = found.table
    assert (found.lines, found.covered) == (5, 1)
    assert table["industry"].tolist() == ["焦化", "铸造", "磨料磨具"]
    coke = table.iloc[0]
    assert (coke["lines"], coke["enterprises"], coke["lines_without_ground"]) == (2, 1, 2)
    assert (coke["so2_kg_d"], coke["vocs_kg_d"]) == (70, 0)
    assert coke["levels"] == "黄色、橙色、红色"
    assert "340号" in coke["text"]
    assert table.iloc[2]["text"] == UNDECLARED != REFERRED
    assert coke["fill"] == "alertengine rules chapter 原文 --industry 焦化 --process 焦炉"
    assert coke["page"] == "/rules?view=text&industry=%E7%84%A6%E5%8C%96&process=%E7%84%A6%E7%82%89"
    emitted = pd.Series({"so2": 86, "nox": 86, "pm": 86, "vocs": 61})
    assert coke["weight"] == pytest.approx((3 * 70 / emitted["so2"] + 0) / 4)
    assert found.covered_weight == pytest.approx((3 * 10 / 86 + 10 / 61) / 4)


def test_the_command_writes_them_and_calls_for_a_person(list_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "missing.csv"
    arguments = ["rules", "coverage", "--list", str(list_file), "--date", str(DAY)]
    result = CliRunner().invoke(main, [*arguments, "-o", str(out)])
    assert result.exit_code == 1
    assert "1 of 5 running lines" in result.output
    assert pd.read_csv(out)["industry"].iloc[0] == "焦化"
    refused = CliRunner().invoke(main, [*arguments, "-o", str(tmp_path / "missing.html")])
    assert refused.exit_code == 2


@pytest.mark.slow
def test_progress_is_kept_from_one_day_to_the_next(list_file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "progress.csv"
    arguments = ["rules", "coverage", "--list", str(list_file), "--date", str(DAY), "--progress", str(kept)]
    first = CliRunner().invoke(main, arguments)
    assert "rules plan 大同市" in first.output
    [today] = pd.read_csv(kept).to_dict("records")
    assert (today["lines"], today["covered"], today["texts"]) == (5, 1, 3)
    kept.write_text(kept.read_text("utf-8").replace(str(today["on"]), "2026-01-01"), encoding="utf-8")
    for _ in range(2):
        again = CliRunner().invoke(main, arguments)
        assert "since 2026-01-01" in again.output
    assert len(pd.read_csv(kept)) == 2
    held = pd.read_csv(kept)
    kept.write_bytes(held.to_csv(index=False, sep=";").encode("utf-16"))  # as a spreadsheet saves it
    assert "since 2026-01-01" in CliRunner().invoke(main, arguments).output
    assert len(pd.read_csv(kept)) == 2
    kept.write_text(held.to_csv(index=False).replace("2026-01-01", "昨天"), encoding="utf-8")
    assert CliRunner().invoke(main, arguments).exit_code == 2
    kept.write_text("别的,文件\n1,2\n", encoding="utf-8")
    assert CliRunner().invoke(main, arguments).exit_code == 2
    assert kept.read_text("utf-8").startswith("别的")


@pytest.mark.slow
def test_what_a_lapsed_document_would_rule_leads_to_its_continuation(list_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "law"
    folder.mkdir()
    (folder / "own-2019.yaml").write_text(
        "{document: own-2019, title: 合成方案, area: 大同市, source: primary,"
        " valid: {from: 2019-10-01, to: not stated}, concerns: {from: 2019-10-01, to: 2020-03-31},"
        " rules: [{id: own-m, article: 一, title: 停产, kind: measure, about: line, levels: [orange, red],"
        " when: {industry: 磨料磨具}, then: stop}]}",
        encoding="utf-8",
    )
    book = Rulebook.load([folder])
    table = missing_texts(book, read_list(list_file, book.lists), DAY).table
    row = table[table["text"].str.endswith(CONTINUABLE)].iloc[0]
    assert (row["industry"], row["levels"]) == ("磨料磨具", "橙色、红色")
    assert row["fill"] == "alertengine rules continue own-2019 --by 决定机关"
    assert row["page"] == "/rules?view=record&kind=continue&of=own-2019"
    rest = table[(table["industry"] == "磨料磨具") & (table["text"] == UNDECLARED)]
    assert rest["levels"].tolist() == ["黄色"]
    paper = {"document": "own-go-on", "title": "继续执行", "area": "大同市", "valid": {"from": date(2025, 10, 1)}}
    write_entry(
        recorded([folder], folder, ["own-2019"], {**paper, "source": "primary"}, NewRecord.continued("甲")), folder
    )
    went_on = Rulebook.load([folder])
    left = missing_texts(went_on, read_list(list_file, went_on.lists), DAY).table
    assert left[left["industry"] == "磨料磨具"]["levels"].tolist() == ["黄色"]
