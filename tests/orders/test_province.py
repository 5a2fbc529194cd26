"""Several lists in one run: every city decided by its own list, who must act and who is late."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.commands.printing import tell_undetermined
from alertengine.files import lists_folder, one_run
from alertengine.orders import read_scenario, respond_province
from alertengine.report.response import province_record
from alertengine.vocabulary import InputError
from alertengine.warning import write_warnings

pytestmark = pytest.mark.whole

HEAD = "city,target_date,issue_time,aqi,primary\n"


def forecast(days: dict[str, list[int]]) -> str:
    rows = [
        f"{city},2026-11-{27 + place},2026-11-26 15:00,{aqi},PM2.5"
        for city, values in days.items()
        for place, aqi in enumerate(values)
    ]
    return HEAD + "\n".join(rows) + "\n"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Two cities with a list, 长治市 under a warning without one, 太原市 clean: 临汾市 at once, 运城市 in two days."""
    for name in ("linfen", "yuncheng"):
        table = pd.read_csv(lists_folder() / f"{name}-synthetic.csv", dtype="str", keep_default_na=False)
        pd.concat([table.head(6), table.tail(6)]).to_csv(tmp_path / f"{name}.csv", index=False)
    bad, clean = [230, 240, 250, 90], [60, 60, 60, 60]
    said = {"临汾市": bad, "运城市": [60, 60, 230, 240], "长治市": bad, "太原市": clean}
    (tmp_path / "f.csv").write_text(forecast(said), encoding="utf-8")
    path = tmp_path / "s.yaml"
    path.write_text(
        "title: 合成\nmode: simulation\nforecast: f.csv\nlist: [linfen.csv, yuncheng.csv]\n", encoding="utf-8"
    )
    return path


def test_who_must_act_and_who_is_late(scenario: Path) -> None:
    whole = respond_province(read_scenario(str(scenario), several=True))
    rows = whole.table.set_index("city")
    assert rows["state"].to_dict() == {"临汾市": "late", "长治市": "late", "运城市": "act", "太原市": "none"}
    assert (rows.loc["临汾市", "lead_hours"], rows.loc["临汾市", "lead_required"]) == (9, 24)
    assert rows.loc["运城市", "lead_hours"] == 57
    assert [(one.code, dict(one.arguments)["city"]) for one in whole.own_problems] == [("city_without_list", "长治市")]
    assert whole.exit_status == 1
    for part in whole.parts:
        (city,) = part.scenario.cities
        assert set(part.orders.table["city"]) == {city}
        assert rows.loc[city, "ordered"] == part.in_force.of(city).figures["ordered"]


@pytest.mark.slow
def test_a_city_whose_warning_is_lifted_has_nothing_left_to_meet(scenario: Path) -> None:
    first = respond_province(read_scenario(str(scenario), several=True))
    assert first.table.set_index("city").loc["临汾市", "met"] != ""
    write_warnings(first.warnings.record, scenario.parent / "w.csv")
    said = {city: [60, 60, 60, 60] for city in ("临汾市", "运城市", "长治市", "太原市")}
    later = forecast(said).replace("2026-11-26 15:00", "2026-11-27 15:00")
    (scenario.parent / "f.csv").write_text(later, encoding="utf-8")
    scenario.write_text(scenario.read_text(encoding="utf-8") + "active: w.csv\n", encoding="utf-8")
    row = respond_province(read_scenario(str(scenario), several=True)).table.set_index("city").loc["临汾市"]
    assert (row["action"], row["ordered"], row["met"]) == ("lift", 0, "")


def test_the_record_of_all_cities_says_what_the_run_was_for(scenario: Path) -> None:
    text = scenario.read_text(encoding="utf-8")
    for mode in ("simulation", "drill", "live"):
        scenario.write_text(text.replace("mode: simulation", f"mode: {mode}"), encoding="utf-8")
        whole = respond_province(read_scenario(str(scenario), several=True))
        assert province_record(whole).inputs["scenario"].get("mode", "live") == mode


def test_the_record_of_all_cities_keeps_those_not_decided_and_a_list_has_its_own(scenario: Path) -> None:
    write_warnings(
        respond_province(read_scenario(str(scenario), several=True)).warnings.record, scenario.parent / "w.csv"
    )
    later = (scenario.parent / "f.csv").read_text(encoding="utf-8").replace("2026-11-26 15:00", "2026-11-26 17:00")
    (scenario.parent / "f.csv").write_text(later, encoding="utf-8")
    more = "active: w.csv\ncities: [临汾, 运城]\n"
    scenario.write_text(scenario.read_text(encoding="utf-8") + more, encoding="utf-8")
    whole = respond_province(read_scenario(str(scenario), several=True))
    assert {row["city"] for row in whole.warnings.handed_on} == {"临汾市", "运城市", "长治市"}
    assert [[*{row["city"] for row in part.warnings.handed_on}] for part in whole.parts] == [["临汾市"], ["运城市"]]
    assert "长治市" not in set(whole.table["city"])


@pytest.mark.slow
def test_every_list_leaves_a_run_of_its_own(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["respond", str(scenario), "-o", str(out), "--no-pack"])
    assert result.exit_code == 1, result.output
    for city in ("临汾市", "运城市"):
        run = one_run(out / city / "orders.csv", out / city / "warnings.csv")
        assert run.inputs["list"]["file"] == {"临汾市": "linfen.csv", "运城市": "yuncheng.csv"}[city]
    whole = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert {"province.csv", "province.html", "临汾市/run.json", "运城市/orders.csv"} <= set(whole["outputs"])
    assert "已迟" in (out / "province.html").read_text(encoding="utf-8")


def test_a_city_in_two_lists_and_lists_where_one_is_meant_are_refused(scenario: Path) -> None:
    text = scenario.read_text(encoding="utf-8")
    with pytest.raises(InputError, match="several lists"):
        read_scenario(str(scenario))
    scenario.write_text(text.replace("yuncheng.csv", "again.csv"), encoding="utf-8")
    (scenario.parent / "again.csv").write_bytes((scenario.parent / "linfen.csv").read_bytes())
    with pytest.raises(InputError, match=r"stands in .*linfen\.csv too"):
        respond_province(read_scenario(str(scenario), several=True))
    scenario.write_text(text.replace("yuncheng.csv", "none.csv"), encoding="utf-8")
    with pytest.raises(InputError, match="no such file"):
        read_scenario(str(scenario), several=True)


def test_lines_without_a_ground_are_counted_once_whatever_their_phases(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = respond_province(read_scenario(str(scenario), several=True))
    (part,) = [one for one in whole.parts if one.scenario.cities == ("临汾市",)]
    lines = part.in_force.now
    open_lines = lines[lines["status"] == "undetermined"]
    tell_undetermined(pd.concat([lines, lines]))
    said = capsys.readouterr().err
    assert len(open_lines)
    assert f"依据缺失 {len(open_lines)} 条" in said


def test_a_county_with_a_warning_of_its_own_has_a_row_of_its_own(scenario: Path) -> None:
    """The cities are clean; the province orders one county to act."""
    said = {city: [60, 60, 60, 60] for city in ("临汾市", "运城市")}
    (scenario.parent / "f.csv").write_text(forecast(said), encoding="utf-8")
    order = "{area: 临汾市/尧都区, level: orange, from: 2026-11-26 20:00, source: 调度令}"
    scenario.write_text(scenario.read_text(encoding="utf-8") + f"orders: [{order}]\n", encoding="utf-8")
    whole = respond_province(read_scenario(str(scenario), several=True))
    table = whole.table.set_index("city")
    assert table["state"].to_dict() == {"临汾市尧都区": "late", "临汾市": "none", "运城市": "none"}
    assert (table.loc["临汾市尧都区", "lead_hours"], table.loc["临汾市尧都区", "level"]) == (5, "orange")
    assert table.index[0] == "临汾市尧都区", "who is late stands first"
    (part,) = [one for one in whole.parts if one.scenario.cities == ("临汾市",)]
    now = part.in_force.of("临汾市").now
    assert set(now["county"]) == {"尧都区"}
    assert table.loc["临汾市尧都区", "ordered"] == int((now["status"] == "ordered").sum())
    assert table.loc["临汾市尧都区", "ordered"] + table.loc["临汾市尧都区", "undetermined"] > 0
