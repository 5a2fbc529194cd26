"""Which cities are decided: each that is named is known and has lines, or that is told of the argument."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alertengine import decide, read_list
from alertengine.cli import main
from alertengine.lists import EnterpriseList
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.warning import warn
from tests.synthetic import daily_forecast

HEAD = "城市,企业名称,行业,生产线编号,工序,绩效等级,SO2排放量,NOx排放量,颗粒物排放量,VOCs排放量,橙色预警减排措施"
ROWS = [f"{city},甲厂,铸造,1,熔炼,C,1,1,1,1,停产" for city in ("临汾市", "运城市")]
AT: dict[str, Any] = {"level": "orange", "date": "2026-11-30"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of two cities."""
    path = tmp_path_factory.mktemp("list") / "list.csv"
    path.write_text("\n".join([HEAD, *ROWS, ""]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def listed(path: Path, shipped: Rulebook) -> EnterpriseList:
    """The list, read."""
    return read_list(path, shipped)


@pytest.mark.parametrize("said", ["火星市", "临汾市/侯马市", "", "山西省"])
def test_what_is_no_city_is_told_of_the_argument_and_of_the_option(
    said: str, path: Path, listed: EnterpriseList, shipped: Rulebook
) -> None:
    """A county of a city is none either: its city was not asked for."""
    with pytest.raises(InputError) as refused:
        decide(listed, shipped, cities=["临汾市", said], **AT)
    (problem,) = refused.value.problems
    assert (problem.code, problem.where, problem.value) == ("no_such_city", "cities", said)
    if said:
        asked = ["orders", str(path), "--level", "orange", "--date", "2026-11-30", "--city", said]
        result = CliRunner().invoke(main, asked, env={"ALERTENGINE_LANGUAGE": "zh"})
        assert result.exit_code == 2
        assert "--city" in result.stderr
        assert said in result.stderr


@pytest.mark.parametrize(
    ("cities", "absent"),
    [
        ((), ()),
        (("临汾市",), ()),
        (("运城", "临汾"), ()),
        (("临汾市", "太原市"), ("太原市",)),
        (("临汾市", "太原市", "大同市"), ("大同市", "太原市")),
    ],
)
def test_a_city_without_a_line_is_told_beside_those_that_have_lines(
    cities: tuple[str, ...], absent: tuple[str, ...], listed: EnterpriseList, shipped: Rulebook
) -> None:
    """At a level and under warnings alike; a city under a warning is told by that."""
    warned = warn(daily_forecast("临汾市", {"2026-12-01": 90.0}, "2026-11-30 15:00"), shipped)
    for run in (decide(listed, shipped, cities=cities, **AT), decide(listed, shipped, warned, cities=cities)):
        told = [one for one in run.own_problems if one.code == "no_line_of"]
        assert [tuple(dict(one.arguments)["names"]) for one in told] == ([absent] if absent else [])
        assert run.exit_status == bool(absent)


def test_no_line_of_any_city_named_is_refused(listed: EnterpriseList, shipped: Rulebook) -> None:
    with pytest.raises(InputError) as refused:
        decide(listed, shipped, cities=["太原市", "大同市"], **AT)
    (problem,) = refused.value.problems
    assert (problem.code, dict(problem.arguments)["names"]) == ("no_line_of", ("大同市", "太原市"))
