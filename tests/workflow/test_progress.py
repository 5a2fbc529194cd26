"""Progress of a list: a row a day, today's in place of today's, and what was covered on the last day before."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alertengine.vocabulary import InputError, times
from alertengine.workflow import keep_progress

HEAD = "on,list,lines,covered,covered_weight,texts\n"
BEFORE = "2021-01-09,某清单,3,1,0.250000,4\n2021-01-10,别的清单,9,9,1.000000,0\n"


def missing(covered: int, weight: float, texts: int) -> Any:
    """What a list of three lines lacks."""
    return SimpleNamespace(lines=3, covered=covered, covered_weight=weight, table=[0] * texts)


def test_progress_is_kept_a_row_a_day_and_told_since_the_day_before(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    assert keep_progress(path, missing(1, 0.25, 4), "某清单") is None
    assert keep_progress(path, missing(2, 0.5, 2), "某清单") is None, "today has no day before"
    today = f"{times.today()},某清单,3,2,0.500000,2\n"
    assert path.read_text(encoding="utf-8") == HEAD + today
    path.write_text(HEAD + BEFORE, encoding="utf-8")
    before = keep_progress(path, missing(2, 0.5, 2), "某清单")
    assert before is not None
    assert (before.on, before.weight, before.texts) == ("2021-01-09", 0.25, "4")
    assert path.read_text(encoding="utf-8") == HEAD + BEFORE + today
    assert keep_progress(path, missing(3, 1, 0), "又一清单") is None
    assert path.read_text(encoding="utf-8").startswith(HEAD + BEFORE + today)


@pytest.mark.parametrize("row", ["昨天,某清单,3,1,0.25,4\n", "2021-01-09,某清单,3,1,1.5,4\n", "a,b\n"])
def test_a_file_that_holds_no_progress_is_left_as_it_is(tmp_path: Path, row: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(HEAD + row, encoding="utf-8")
    with pytest.raises(InputError, match=r"p\.csv"):
        keep_progress(path, missing(1, 0.25, 4), "某清单")
    assert path.read_text(encoding="utf-8") == HEAD + row
