from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from alertengine.checking import CheckRun, check_list
from alertengine.rulebook import Rulebook
from tests.checking.lists import planting
from tests.conftest import BookMaker

DAY = date.fromisoformat(planting.DAY)
Checker = Callable[..., CheckRun]


@pytest.fixture(scope="session")
def law(make_book: BookMaker) -> Rulebook:
    """A small law that stays as it is: a classification, measures by grade, a ratio, one need."""
    ratio = {level: dict.fromkeys(("so2", "nox", "pm", "vocs"), share) for level, share in _REQUIRED.items()}
    clinker = {"industry": "水泥", "process": "熟料", "effective_grade": "C"}
    top = {"effective_grade": ["A", "引领性"], "key_industry": True}
    return make_book(
        rules=[
            {"id": "a", "layer": "exemption", "when": top, "then": "self_directed"},
            {"id": "c-yellow", "levels": ["yellow"], "when": clinker, "then": {"stop_share": 0.5, "by": "line"}},
            {"id": "c-orange", "levels": ["orange", "red"], "when": clinker, "then": "stop"},
            {"id": "untreated", "kind": "season", "regime": "always", "when": {"retrofit_done": False}, "then": "stop"},
            {"id": "ratio", "kind": "ratio", "required": ratio},
        ]
    )


_REQUIRED = {"yellow": 0.1, "orange": 0.2, "red": 0.3}


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clean and the defective list."""
    folder = tmp_path_factory.mktemp("planted")
    planting.write_all(folder)
    return folder


@pytest.fixture(scope="session")
def defective(planted: Path, law: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> CheckRun:
    """The defective list, checked under the small law with its permits and with outlines."""
    path = planted / "defective-synthetic.csv"
    outlines = planting.squares(tmp_path_factory.mktemp("outlines") / "squares.geojson")
    return check_list(law, path, DAY, permits=path.with_suffix(".permits.csv"), outlines=outlines)
