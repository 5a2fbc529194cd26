"""The exit status of ``plan`` by what a city's plan comes to, with the words printed; tiny lists, quick to solve."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alertengine.cli import main

pytestmark = pytest.mark.whole

HEADER = (
    "企业名称,城市,行业,生产线编号,工序,绩效等级,治理任务完成,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,产能,产能单位"
)
TOTALS = (
    "城市,部门,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量\n临汾市,工业,1000,1000,1000,1000\n临汾市,移动源,1,1,1,1\n"
)
LEVEL = ("--level", "orange")


def line(number: int, grade: str, amount: int, industry: str = "水泥", process: str = "熟料") -> str:
    each = ",".join([str(amount)] * 4)
    return f"合成{number}厂,临汾,{industry},1,{process},{grade},是,{each},100,万吨/年"


def plan(folder: Path, rows: Sequence[str], *words: str) -> Result:
    """The plan of a city whose law asks 30 % of its 1001 kg/d at orange (20 % of VOCs)."""
    (folder / "l.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    (folder / "l.totals.csv").write_text(TOTALS, encoding="utf-8")
    result = CliRunner().invoke(main, ["plan", str(folder / "l.csv"), "--date", "2021-01-10", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


CLOSED = (line(1, "B", 500), line(2, "B", 300))
BRICK = line(2, "C", 900, "砖瓦窑", "焙烧")


@pytest.mark.parametrize(
    ("rows", "more", "status", "said"),
    [
        (CLOSED, (), 0, "缺口可补齐"),
        ((line(1, "B", 500), line(2, "D", 500)), (), 0, "没有缺口"),
        ((line(1, "B", 50),), (), 1, "没有合规方案能补齐，下为最接近的方案"),
        ((line(1, "A", 500),), (), 1, "没有可供选择的措施"),
        ((line(1, "B", 50), BRICK), (), 0, "缺口可补齐"),
        ((line(1, "B", 50), BRICK), ("--leave-undetermined",), 1, "无法判定"),
    ],
)
def test_a_plan_that_does_not_close_the_gap_wants_a_person(
    tmp_path: Path, rows: Sequence[str], more: Sequence[str], status: int, said: str
) -> None:
    done = plan(tmp_path, rows, *LEVEL, *more)
    first = done.stdout.splitlines()[0]
    assert done.exit_code == status, done.output
    assert first.startswith(f"临汾市：{said}")
    assert first.endswith("（草案，待公示）")
    assert ("未减的排放量在哪里" in done.stdout) == bool(status)
    assert ("已证明最省" in done.stdout) == (said != "没有可供选择的措施")
    assert sum(text.startswith("未纳入") for text in done.stdout.splitlines()) == bool(more)


@pytest.mark.parametrize(
    ("rows", "more", "measures", "left_out"),
    [
        (CLOSED, (), 1, 0),
        ((line(1, "B", 50), BRICK), ("--leave-undetermined",), 1, 1),
        ((line(1, "A", 500),), (), 0, 0),
    ],
)
def test_a_plan_as_json_has_its_measures_and_what_is_left_out(
    tmp_path: Path, rows: Sequence[str], more: Sequence[str], measures: int, left_out: int
) -> None:
    (data,) = json.loads(plan(tmp_path, rows, *LEVEL, *more, "--json").stdout)
    assert (data["city"], data["certificate"]["proven"]) == ("临汾市", True)
    assert len(data["measures"]) == measures
    assert [(one["industry"], one["lines"]) for one in data["left_out"]] == [("砖瓦窑", 1)] * left_out
    assert all(one["reason"] for one in data["left_out"])


def test_what_is_planned_is_printed_with_measure_loss_and_burden(tmp_path: Path) -> None:
    shown = plan(tmp_path, CLOSED, *LEVEL).stdout
    for words in (
        "损失产能：现行0.4，拟定1，共2（折算生产线，",
        "已证明最省：下界1，相对差距0（",
        "限产50%",
        "99.7",
        "20%→50%",
    ):
        assert words in shown
    assert "各级别相加" not in shown
    both = plan(tmp_path, CLOSED, "--level", "yellow", "--level", "orange").stdout
    assert "；各级别相加）" in both
    course = plan(tmp_path, CLOSED, "--course", "yellow:48,orange:72").stdout
    assert "；按各段时长平均）" in course


def test_the_draft_and_its_table_are_written_whatever_it_comes_to(tmp_path: Path) -> None:
    out = ("-o", str(tmp_path / "p.csv"), "--rules-out", str(tmp_path / "p.yaml"))
    assert plan(tmp_path, (line(1, "B", 50),), *LEVEL, *out).exit_code == 1
    assert len((tmp_path / "p.csv").read_text(encoding="utf-8-sig").splitlines()) == 2
    assert "待公示" in (tmp_path / "p.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--level"),
        ((*LEVEL, "--course", "yellow:48"), "--course"),
        (("--course", "yellow:48", "--hours", "48"), "--course"),
        (("--course", "yellow"), "yellow"),
        (("--course", "none:48"), "none:48"),
        (("--course", "yellow:0"), "0"),
        ((*LEVEL, "--hours", "0"), "0"),
        ((*LEVEL, "--city", "无此市"), "无此市"),
        ((*LEVEL, "--adopt", "nothing"), "nothing"),
    ],
)
def test_a_plan_is_of_levels_or_of_one_course(tmp_path: Path, words: Sequence[str], said: str) -> None:
    done = plan(tmp_path, CLOSED, *words)
    assert (done.exit_code, said in done.stderr, done.stdout) == (2, True, ""), done.output
