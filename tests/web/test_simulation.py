"""推演 as it is run: scenarios taken in, variants by controls, a run of its own process, and what is refused."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from alertengine.rulebook import Rulebook
from alertengine.simulation.season.season_scenario import Variant
from alertengine.vocabulary import InputError
from alertengine.web.jobs.queue import Jobs
from alertengine.web.jobs.store import Job
from alertengine.web.simulation import (
    Wish,
    begin_run,
    content_from,
    content_of,
    documents_of,
    results_of,
    run_of,
    shipped,
    variant_words,
)
from alertengine.workflow import Upload

pytestmark = pytest.mark.whole

NAME = "linfen-winter-synthetic"


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(tmp_path / "record.db")
    yield made
    made.close()


def ended(jobs: Jobs, run: Job) -> Job:
    while run.open:
        run = jobs.get(run.key)
        time.sleep(0.05)
    return run


def week() -> dict[str, object]:
    return {**content_of(NAME), "season": {"from": "2025-12-01", "to": "2025-12-07"}, "variants": []}


def uploaded(content: object) -> Upload:
    return Upload("情景.yaml", yaml.safe_dump(content, allow_unicode=True).encode())


def test_shipped_seasons_are_offered_and_single_runs_are_not() -> None:
    assert NAME in shipped()
    assert "linfen-red-episode" not in shipped()
    assert content_from(uploaded(content_of(NAME))) == content_of(NAME)


@pytest.mark.parametrize(
    "change",
    [
        {"history": "/etc/passwd"},
        {"list": ["../清单.csv"]},
        {"variants": [{"name": "甲", "totals": "a/b.csv"}]},
        {"sweep": {"history": ["..\\天气.csv"]}},
        {"rules": [".."]},
    ],
)
def test_an_uploaded_scenario_names_no_file_of_the_machine(change: dict[str, object]) -> None:
    with pytest.raises(InputError, match="不能写路径"):
        content_from(uploaded({**content_of(NAME), **change}))


def test_what_is_no_season_is_refused() -> None:
    for content in ({"title": "甲"}, ["甲"], "甲"):
        with pytest.raises(InputError, match="季节推演"):
            content_from(uploaded(content))


@pytest.mark.parametrize(
    "wrong",
    [
        {"variants": "a"},
        {"variants": ["a"]},
        {"variants": [None]},
        {"variants": [{"name": "a", "raise": "A"}]},
        {"variants": [{"name": "a", "sectors": "工业"}]},
        {"variants": [{"name": "a", "forecast_change": 2}]},
        {"variants": [{"name": "a"}, {"name": "a"}]},
        {"sweep": "a"},
        {"sweep": {"regime": 1}},
        {"season": "冬天"},
        {"title": [1]},
        {"list": {"a": 1}},
    ],
)
def test_an_uploaded_scenario_of_another_form_is_refused_with_its_place(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        content_from(uploaded(week() | wrong))
    key = next(iter(wrong))
    assert {one.column.partition(".")[0].partition("[")[0] for one in refused.value.problems} <= {key, "variants"}
    assert {Path(one.file).name for one in refused.value.problems} == {uploaded(week()).plain_name}


def test_controls_say_variants_of_the_language() -> None:
    book = Rulebook.load()
    regime, ratio = next(iter(documents_of(book, "grading"))), next(iter(documents_of(book, "ratio")))
    wish = Wish("都改", regime, ratio, ("guofa-2023-24",), 1.2, {"移动源": 0.8, "工业": 1}, "焦化", "A", 5)
    said = wish.as_variant()
    assert Variant.model_validate(said).forecast_change.scale == 1.2
    assert said["sectors"] == {"移动源": 0.8}
    titles = {key: one.citation for key, one in book.documents.items()}
    words = variant_words(said, titles)
    assert "行业=焦化的企业中产能最大的5家升为A级" in words
    assert "预报浓度为实际的1.2倍" in words
    assert {regime, ratio, "guofa-2023-24"} & set(re.findall(r"[a-z][\w-]+", words)) == set()
    assert all(titles[one] in words for one in (regime, ratio, "guofa-2023-24"))
    for empty, told in ((Wish("名"), "方案没有任何改变"), (Wish(" ", regime), "请给方案起名")):
        with pytest.raises(InputError, match=told):
            empty.as_variant()


def test_a_run_is_a_job_whose_result_is_not_made_twice(jobs: Jobs) -> None:
    content = week() | {"variants": [Wish("偏重", scale=1.3).as_variant()]}
    run = ended(jobs, begin_run(jobs, content, [], "officer"))
    assert run.state == "done", run.problems
    assert [row["方案"] for row in run.said["rows"]] == ["基准", "偏重"]
    assert (results_of(jobs, run) / "report.html").is_file()
    assert run_of(jobs, run.key, "officer").title == run.title
    again = begin_run(jobs, content, [], "reviewer")
    assert (again.state, results_of(jobs, again)) == ("done", results_of(jobs, run))
    for key, user in ((run.key, "somebody else"), ("none", "officer")):
        with pytest.raises(InputError, match="没有这个任务"):
            run_of(jobs, key, user)


def test_a_wrong_scenario_says_every_problem_and_a_run_can_be_stopped(jobs: Jobs) -> None:
    wrong = ended(jobs, begin_run(jobs, week() | {"history": "没有.csv", "list": "也没有.csv"}, [], "officer"))
    assert wrong.state == "failed"
    assert {problem.value for problem in wrong.problems} == {"没有.csv", "也没有.csv"}
    going = begin_run(jobs, week() | {"title": "取消"}, [], "officer")
    jobs.stop(going.key)
    assert jobs.get(going.key).state == "stopped"
