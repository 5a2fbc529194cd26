"""A city with nothing on file comes to formal orders by forms alone: each cause of a draft leads to what removes it.

The plan filled in here and the editions named are synthetic; they stand in a temporary folder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
import yaml

from alertengine.documents import Footing
from alertengine.files import lists_folder
from alertengine.lists import read_list
from alertengine.orders import Orders, decide
from alertengine.rulebook import Rulebook
from alertengine.warning import read_forecast, warn
from alertengine.web.entering import form_file, workbook_taken
from alertengine.web.papers import Ready, ready
from alertengine.workflow import NewRecord, Upload, plan_form, recorded, write_entry
from tests.workflow.test_entering import fill, run

pytestmark = pytest.mark.slow
CITY, DAY = "大同市", date(2026, 11, 28)
TEXT = {"issuer": "合成机关", "issued": "2026-01-01", "number": "合成〔2026〕9号"}
PAPER = {
    "document": "dt-compared",
    "title": "核对原文记录（合成）",
    "area": CITY,
    "source": "secondary",
    "valid": {"from": DAY, "to": "not stated"},
}


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """The lines of a sample list that rest on plans filed and those that rest on the guide; published."""
    table = pd.read_csv(lists_folder() / "datong-synthetic.csv", dtype=str, keep_default_na=False)
    path = tmp_path / "list.csv"
    pd.concat([table[table["行业"] == "水泥"], table.head(6)]).drop_duplicates().to_csv(path, index=False)
    return path


def published(path: Path) -> None:
    """What `lists publish` writes beside a list."""
    done = run("lists", "publish", path, "--version", "合成版", "--approver", "市长 丙", "--on", "2026-10-30",
               "--despite", "合成清单")  # fmt: skip
    assert done.exit_code < 2, done.output


def causes(output: str) -> list[str]:
    return re.findall(r"(\S.*)：\d+ 项", output)


def test_by_commands(listed: Path, tmp_path: Path) -> None:
    law, form, orders, papers = (tmp_path / name for name in ("law", "form.xlsx", "o.csv", "papers"))

    def look() -> tuple[list[str], str]:
        rules = ["--rules", law] if law.exists() else []
        assert run("orders", listed, "--level", "red", "--date", str(DAY), *rules, "-o", orders).exit_code < 2
        done = run("documents", orders, "--list", listed, *rules, "-o", papers, "--no-boards")
        return causes(done.output), done.output

    found, output = look()
    assert "市级预案未录入：大同市，按上级文件分级" in found
    assert "rules plan 大同市" in output
    assert run("rules", "plan", CITY, "-o", form).exit_code == 1
    fill(form, 成员="大同市、朔州市")
    assert run("rules", "import", form, "--into", law, "--yes").exit_code == 0
    published(listed)
    found, output = look()
    assert found
    assert all("文本性质为转载" in one for one in found)
    (command,) = re.findall(r"rules compared ([^;\n]+)\n", output)
    names = command.split()
    assert {"eco-code-2026", "permit-2021", "guide-2020-340"} <= set(names)
    said = [word for at, _ in enumerate(names) for word in ("--edition", "合成公报", "--page", str(at + 1))]
    said += [word for key, text in TEXT.items() for word in (f"--text-{key}", text)]
    head = ["--document", "dt-compared", "--title", "核对原文记录", "--area", CITY, "--from", "2026-11-01"]
    refused = run("rules", "compared", *names, "--by", "甲", *said[2:], *head, "--into", law, "--yes")
    assert refused.exit_code == 2  # each text was compared in an edition of its own
    assert not (law / "dt-compared.yaml").exists()
    assert run("rules", "compared", *names, "--by", "甲", *said, *head, "--into", law, "--yes").exit_code == 0
    found, output = look()
    assert found == []
    assert not any("草稿" in one.name for one in papers.rglob("*.docx"))


def test_by_page(listed: Path, tmp_path: Path) -> None:
    law = tmp_path / "law"
    law.mkdir()
    forecast = tmp_path / "forecast.csv"
    days = "".join(f"2026-11-27 15:00,{CITY},2026-11-{day},{aqi}\n" for day, aqi in ((28, 260), (29, 310), (30, 280)))
    forecast.write_text(f"issue_time,city,target_date,aqi\n{days}", encoding="utf-8")

    def look() -> Ready:
        book = Rulebook.load([law])
        night = warn(read_forecast(forecast, book), book)
        orders: Orders = decide(read_list(listed, book.lists), book, night)
        return ready(orders.table, Footing(book, orders.enterprises, night.record), None)

    def way(found: Ready, kind: str) -> dict[str, Sequence[Any]]:
        """The one address of a form among the causes, as the page of rules takes it."""
        (address,) = {one.address for one in found.causes if f"view={kind}" in one.address}
        return parse_qs(urlsplit(address).query)

    found = look()
    assert found.drafts == found.documents > 0
    assert all(one.address.startswith(("/rules?view=", "/lists")) for one in found.causes)
    (city,) = way(found, "plan")["city"]
    form = tmp_path / "form.xlsx"
    form.write_bytes(form_file(plan_form(Rulebook.load(), city, {}, DAY).form))
    fill(form, 成员="大同市、朔州市")
    write_entry(workbook_taken((law,), Upload("预案表.xlsx", form.read_bytes())), law)
    published(listed)
    found = look()
    assert {one.address.partition("&of=")[0] for one in found.causes} == {"/rules?view=record&kind=compared"}
    records = [
        NewRecord.compared("法制科 甲", "合成公报", str(at), TEXT) for at, _ in enumerate(found.compared, start=1)
    ]
    write_entry(recorded((law,), law, found.compared, PAPER, records), law)
    found = look()
    assert (found.drafts, found.causes) == (0, ())
    said = yaml.safe_load((law / "dt-compared.yaml").read_text(encoding="utf-8"))
    assert {rule["page"] for rule in said["rules"]} == {str(at) for at in range(1, len(said["rules"]) + 1)}
