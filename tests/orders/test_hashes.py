"""The orders of all sample lists and scenarios, byte for byte, while the house is rebuilt.

``python -m tests.orders.test_hashes`` writes the hashes anew; a change of them is a change of somebody's orders and is
said in CHANGELOG.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import pytest

import alertengine as ae
from alertengine.files import lists_folder
from alertengine.orders import read_scenario, respond, write_orders
from alertengine.rulebook import Rulebook
from alertengine.warning import write_warnings

pytestmark = pytest.mark.whole

STORED = Path(__file__).with_name("hashes.json")
SAMPLES: dict[str, dict[str, str]] = json.loads(STORED.read_text(encoding="utf-8"))
LEVELS = ("none", "yellow", "orange", "red")


def found(name: str, book: Rulebook, folder: Path) -> dict[str, str]:
    """The first 16 hexadecimal digits of what a list (by level) or a scenario (by file) comes to."""
    if not name.endswith("-synthetic"):
        run = respond(read_scenario(name), book)
        write_warnings(run.warnings.record, folder / "warnings.csv")
        write_orders(run.orders.table, folder / "orders.csv")
    else:
        lines = ae.read_list(lists_folder() / f"{name}.csv", book)
        for level in LEVELS:
            write_orders(ae.decide(lines, book, level=level, date="2021-01-20").table, folder / f"{level}.csv")
    names = LEVELS if name.endswith("-synthetic") else ("warnings.csv", "orders.csv")
    files = {one: folder / (one if one.endswith(".csv") else f"{one}.csv") for one in names}
    return {one: hashlib.sha256(file.read_bytes()).hexdigest()[:16] for one, file in files.items()}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_orders_are_the_same_bytes(name: str, shipped: Rulebook, tmp_path: Path) -> None:
    assert found(name, shipped, tmp_path) == SAMPLES[name]


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    law = ae.load_rules()
    with tempfile.TemporaryDirectory() as place:
        anew = {name: found(name, law, Path(place)) for name in SAMPLES}
    STORED.write_text(json.dumps(anew, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
