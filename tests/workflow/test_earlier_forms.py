"""Rules as records of before hold them: read as they were meant, told by their act where they cannot be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alertengine.ledger import Ledger, schema
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.workflow import Prepared, record
from alertengine.workflow.act_documents import write_act_documents
from alertengine.workflow.act_opened import explain_line, replay, rulebook_of
from tests.conftest import document
from tests.ledger.conftest import SIGNED

FINE = {
    "kind": "penalty",
    "outcome": "fine",
    "fine": {"at_least_yuan": 1, "at_most_yuan": 2},
    "proposal": "建议罚款",
    "then": None,
}


def of_before(prepared: Prepared, files: Mapping[str, Any]) -> Prepared:
    """A run whose copies of the rules are, beside today's, in other forms."""
    said = {f"rules/0/{name}": json.dumps(content, ensure_ascii=False).encode() for name, content in files.items()}
    return replace(prepared, collected=replace(prepared.collected, files={**prepared.collected.files, **said}))


def law(**rule: Any) -> dict[str, Any]:
    rules = [{"id": "old", **{name: value for name, value in rule.items() if value is not None}}]
    return {**document("old", area="吕梁市"), "rules": rules}


@pytest.mark.parametrize(
    ("files", "read"),
    [
        ({"vocabulary/z.yaml": {"former_counties": {"晋中市": ["太谷县"]}}}, True),
        (
            {"old.yaml": law(kind="measure", article="一", title="停", when={"chamber_height_m": 4.3}, then="stop")},
            False,
        ),
        ({"old.yaml": law(article="一", title="罚", breach="unauthorised_warning", **FINE)}, True),
    ],
)
def test_rules_of_a_record_are_read_in_the_forms_of_then(
    tmp_path: Path, prepared: Prepared, files: Mapping[str, Any], read: bool
) -> None:
    """``read``: whether rules of today may be written so too."""
    with Ledger.writable(tmp_path / "record.db") as ledger:
        record(ledger, of_before(prepared, files), SIGNED)
        assert replay(ledger, 1).identical
        assert ("old" in rulebook_of(ledger, 1).rules) == ("old.yaml" in files)
        ledger.unpack(1, tmp_path / "now")
    try:
        Rulebook.load([tmp_path / "now" / "rules" / "0"], shipped=False)
    except InputError:
        assert not read
    else:
        assert read


def test_rules_of_a_record_that_cannot_be_read_are_told_by_their_act(tmp_path: Path, prepared: Prepared) -> None:
    path = tmp_path / "record.db"
    with Ledger.writable(path) as ledger:
        record(ledger, of_before(prepared, {"old.yaml": law(kind="of another program")}), SIGNED)
        for ask in (rulebook_of, replay):
            with pytest.raises(InputError) as refused:
                ask(ledger, 1)
            assert {one.file for one in refused.value.problems} == {f"{path} act 1/rules/0/old.yaml"}


def test_orders_of_the_first_layout_are_explained_and_written(
    tmp_path: Path, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = prepared.run.orders.drop(columns="flags")
    with monkeypatch.context() as then:
        then.setattr(schema, "STEPS", schema.STEPS[:1])
        then.setattr("alertengine.ledger._append.ORDERS_2", schema.ORDERS_1)
        then.setattr("alertengine.ledger._append.FORMAT", 1)
        with Ledger.writable(tmp_path / "record.db") as ledger:
            record(ledger, replace(prepared, run=replace(prepared.run, orders=orders)), SIGNED)
    with Ledger.open(tmp_path / "record.db") as ledger:
        assert explain_line(ledger, 1, f"{orders['enterprise_id'][0]}/1").phases
        write_act_documents(ledger, 1, tmp_path / "papers")
        assert replay(ledger, 1).identical
    assert len(list((tmp_path / "papers").rglob("*.docx"))) >= orders["enterprise_id"].nunique()
