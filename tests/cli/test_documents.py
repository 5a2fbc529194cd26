"""The ``documents`` command: exit statuses, what it writes, what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document

from alertengine.cli import main
from alertengine.files import lists_folder
from alertengine.orders import write_orders
from tests.conftest import of_a_run

pytestmark = pytest.mark.whole

LIST = lists_folder() / "linfen-synthetic.csv"


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    CliRunner().invoke(main, ["respond", "linfen-red-episode", "-o", str(folder)])
    return folder


def call(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["documents", *map(str, args)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_a_red_episode_from_end_to_end(run_folder: Path, tmp_path: Path) -> None:
    """The shipped list is a draft, so every document is one, and a person must look."""
    warnings = run_folder / "warnings.csv"
    status, said = call(
        run_folder / "orders.xlsx", "-o", tmp_path, "--scenario", "linfen-red-episode", "--warnings", warnings
    )
    assert status == 1
    assert "应急减排清单未发布（草案）" in said
    orders = list((tmp_path / "减排指令").rglob("*.docx"))
    assert len(orders) == len(list((tmp_path / "公示牌").rglob("*.docx"))) > 50
    assert {"notice.html", "notice.xlsx", "manifest.json", "签发核查.xlsx"} <= {p.name for p in tmp_path.iterdir()}
    status, said = call(
        run_folder / "orders.csv", "-o", tmp_path, "--scenario", "linfen-red-episode", "--warnings", warnings
    )
    assert f"0 documents made, {2 * len(orders)} stood already" in said, "csv and workbook are the same orders"


def test_the_papers_of_a_simulation_are_marked_though_no_scenario_is_named(run_folder: Path, tmp_path: Path) -> None:
    name = "临汾尧都合成水泥一有限公司"
    call(run_folder / "orders.csv", "-o", tmp_path, "--list", LIST, "--enterprise", name)
    papers = list(tmp_path.rglob("*.docx"))
    assert papers
    for paper in papers:
        heads = [text.text for section in Document(str(paper)).sections for text in section.header.paragraphs]
        assert any("推演" in text for text in heads), paper
    status, said = call(run_folder / "orders.csv", "-o", tmp_path / "live", "--mode", "live")
    assert (status, (tmp_path / "live").exists()) == (2, False)
    assert "simulation" in said


def test_formal_without_a_published_list_makes_none(run_folder: Path, tmp_path: Path) -> None:
    status, said = call(run_folder / "orders.csv", "-o", tmp_path, "--list", LIST, "--formal")
    assert status == 1
    assert not list(tmp_path.rglob("*.docx"))
    assert "no public notice" in said


def test_changes_of_nothing_are_no_documents(run_folder: Path, tmp_path: Path) -> None:
    orders = run_folder / "orders.csv"
    status, said = call(orders, "-o", tmp_path, "--since", orders, "--list", LIST)
    # the list names an industry that the vocabulary does not know: a person must look
    assert (status, "0 documents made" in said) == (1, True)


@pytest.mark.parametrize(
    "options",
    [
        ["--list", "none.csv"],
        ["--template", "none.docx"],
        ["--enterprise", "无此厂"],
        ["--warnings", "none.csv"],
        ["--effective", "2021-01-04"],
        ["--scenario", "no-such-scenario"],
    ],
)
def test_an_unusable_input_writes_nothing(run_folder: Path, tmp_path: Path, options: list[str]) -> None:
    assert call(run_folder / "orders.csv", "-o", tmp_path / "out", *options)[0] == 2
    assert not (tmp_path / "out").exists()


def test_orders_that_cannot_be_read(tmp_path: Path) -> None:
    assert call(tmp_path / "none.csv", "-o", tmp_path / "out")[0] == 2


def test_warnings_that_are_not_there_are_told_once(run_folder: Path, tmp_path: Path) -> None:
    status, said = call(run_folder / "orders.csv", "-o", tmp_path / "out", "--warnings", tmp_path / "none.csv")
    assert (status, said.count("none.csv")) == (2, 1)


def test_no_orders_give_an_empty_notice(run_folder: Path, tmp_path: Path) -> None:
    from alertengine.orders import read_orders

    write_orders(read_orders(run_folder / "orders.csv").iloc[:0], tmp_path / "none.csv")
    of_a_run(tmp_path / "none.csv")
    assert call(tmp_path / "none.csv", "-o", tmp_path / "out")[0] == 0
    assert (tmp_path / "out" / "notice.html").exists()


def test_the_template_is_copied_out(tmp_path: Path) -> None:
    assert call("--write-template", tmp_path / "mine.docx")[0] == 0
    assert (tmp_path / "mine.docx").stat().st_size > 1000
    assert call("--write-template", tmp_path / "mine.docx")[0] == 2
