"""An undated forecast that is given again on a later day is asked about, wherever the program can know."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alertengine.cli import main
from alertengine.ledger import Ledger
from tests.door_inputs import LIST

pytestmark = pytest.mark.whole

UNDATED = "城市,预报日期,AQI,首要污染物\n" + "".join(f"临汾市,2021-01-{day:02},310,PM2.5\n" for day in range(4, 9))
OTHER = UNDATED.replace("310", "311")
DATED = UNDATED.replace("城市", "发布时间,城市", 1).replace("临汾市", "2021-01-03 15:00,临汾市")
SCENARIO = "title: 测试\nmode: live\nforecast: forecast.csv\nlist: list.csv\nnow: 2021-01-0{day} 16:00\n{more}"
MORE = "active: {folder}/warnings.csv\nactive_orders: {folder}/orders.csv\n"
SAID = "decided on already, at 2021-01-03 16:00"


def call(text: str) -> Result:
    result = CliRunner().invoke(main, text.split())
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


def evening(folder: Path, day: int, forecast: str, more: str = "") -> Path:
    """A scenario of an evening, with its files."""
    (folder / "list.csv").write_text(LIST.replace("{nox}", "20").replace("{made}", "1"), encoding="utf-8")
    (folder / "forecast.csv").write_text(forecast, encoding="utf-8")
    path = folder / f"evening{day}.yaml"
    path.write_text(SCENARIO.format(day=day, more=more), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("forecast", "day", "again"),
    [(UNDATED, 4, True), (OTHER, 4, False), (UNDATED, 3, False), (DATED, 4, False)],
)
@pytest.mark.parametrize(("out", "more"), [("two", True), ("one", False)])
def test_respond_asks_by_the_run_before_and_by_the_run_its_folder_has(
    tmp_path: Path, forecast: str, day: int, again: bool, out: str, more: bool
) -> None:
    call(f"respond {evening(tmp_path, 3, DATED if forecast == DATED else UNDATED)} -o {tmp_path}/one --no-pack")
    second = evening(tmp_path, day, forecast, MORE.format(folder=tmp_path / "one") if more else "")
    result = call(f"respond {second} -o {tmp_path}/{out} --no-pack")
    assert result.exit_code in ((1,) if again else (0, 1))
    assert (SAID in result.stderr) == again, result.stderr


def test_warn_asks_by_the_warnings_before(tmp_path: Path) -> None:
    evening(tmp_path, 3, UNDATED)
    first = call(f"warn {tmp_path}/forecast.csv --date 2021-01-03T16:00 -o {tmp_path}/one.csv")
    assert SAID not in first.stderr
    more = f"--date 2021-01-04T16:00 --active {tmp_path}/one.csv -o {tmp_path}/two.csv"
    result = call(f"warn {tmp_path}/forecast.csv {more}")
    assert (result.exit_code, SAID in result.stderr) == (1, True), result.stderr


@pytest.mark.parametrize(("forecast", "again"), [(UNDATED, True), (OTHER, False)])
def test_an_act_on_it_tells_and_keeps_that(tmp_path: Path, forecast: str, again: bool) -> None:
    signed = "--drafted-by 甲 --reviewed-by 乙 --approved-by 丙"
    for day, given in ((3, UNDATED), (4, forecast)):
        at = f"--issued-at 2021-01-0{day}T17:00"
        result = call(f"ledger issue {tmp_path}/r.db {evening(tmp_path, day, given)} {signed} {at}")
        assert result.exit_code in (0, 1), result.output
        assert (SAID in result.stderr) == (again and day == 4), result.stderr
    with Ledger.open(tmp_path / "r.db") as ledger:
        told = [one["code"] for one in ledger.acts()[-1].head["told"]]
    assert ("forecast_given_again" in told) == again
