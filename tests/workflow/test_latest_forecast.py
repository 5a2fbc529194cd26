"""Which forecast of a record counts: the one that came in last, whatever was decided on an earlier one since."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertengine.ledger import Head, InputFile, Ledger
from alertengine.workflow import latest_forecast


@pytest.mark.parametrize(
    ("acts", "counts"),
    [
        ((), None),
        (("forecast F1",), (1, "F1", None)),
        (("forecast F1", "issue F1"), (2, "F1", None)),
        (("forecast F1", "draft F1 O"), (2, "F1", "O")),  # with the observations beside it
        (("draft F1",), (1, "F1", None)),
        # a draft of yesterday, submitted today and issued
        (("forecast F1", "forecast F2", "draft F1 O", "issue F1 O"), (2, "F2", None)),
        (("draft F1", "forecast F2", "issue F1"), (2, "F2", None)),
        (("forecast F1", "draft F2", "issue F1"), (2, "F2", None)),
        (("forecast F1", "forecast F2", "forecast F1"), (3, "F1", None)),  # with a reason it counts again
        (("forecast F1", "forecast F2", "draft F3"), (3, "F3", None)),
        (("forecast F1", "drill F2"), (1, "F1", None)),
        (("draft F1", "issue F2", "draft F3", "issue F1"), (3, "F3", None)),
        (("forecast F1", "issue F2", "draft F1", "issue F3", "issue F2"), (4, "F3", None)),
    ],
)
def test_the_forecast_that_came_in_last_counts(
    tmp_path: Path, acts: tuple[str, ...], counts: tuple[int, str, str | None] | None
) -> None:
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for act in acts:
            kind, forecast, *observed = act.split()
            files = [InputFile("forecast/预报.csv", forecast.encode())]
            files += [InputFile("observed/实测.csv", one.encode()) for one in observed]
            mode = {"options": {"scenario": {"mode": "drill"}}} if kind == "drill" else {}
            ledger.append("issue" if kind == "drill" else kind, Head(act, details=mode), inputs=files)
        found = latest_forecast(ledger)
    said = found and (found.act.act, found.forecast.data.decode(), found.observed and found.observed.data.decode())
    assert said == counts


def test_a_record_of_years_is_not_read_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was decided on a forecast that is on record is found a few acts back."""
    with Ledger.writable(tmp_path / "record.db") as ledger:
        for number in range(20):
            for kind in ("forecast", "draft", "issue"):
                ledger.append(kind, Head(kind), inputs=[InputFile("forecast/预报.csv", f"F{number}".encode())])
        looked, inputs = [], Ledger.inputs
        monkeypatch.setattr(Ledger, "inputs", lambda self, act: (looked.append(act), inputs(self, act))[1])
        found = latest_forecast(ledger)
    assert found is not None
    assert (found.act.act, set(looked)) == (60, {58, 59, 60})
