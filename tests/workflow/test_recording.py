"""Two processes that bring in the same at once record it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from alertengine.documents import Manifest
from alertengine.ledger import Head, Ledger
from alertengine.lists import ListVersion
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.workflow import (
    Wanted,
    deliver,
    enter_decisions,
    lift_decision,
    publish,
    ready_to_publish,
    record_findings,
    record_releases,
)
from alertengine.workflow.recording import about, check_correction, names_differ, reasoned, unchanged
from tests.ledger.conftest import HEADER, LINES
from tests.ledger.findings import write_findings_of
from tests.workflow.delivery.conftest import CODES
from tests.workflow.delivery.conftest import book as book  # noqa: PLC0414 -- a fixture

FIRM = "91000000HC00000000"
DECIDED = f"统一社会信用代码,文号,决定日期,决定机关,种类,理由\n{FIRM},一号,2019-01-02,某局,停产整治,超标排放\n"


def receipts(ledger: Ledger, folder: Path) -> Callable[[], object]:
    path = folder / "r.csv"
    path.write_text(f"统一社会信用代码,事项,时间,签收人\n{CODES[0]},签收,2021-01-09 20:00,张某\n", encoding="utf-8")
    return lambda: deliver(ledger, 1, path, Head("", drafted_by="甲"))


def findings(ledger: Ledger, folder: Path) -> Callable[[], object]:
    path = write_findings_of(folder / "f.csv", ledger.orders(1), {(CODES[0], "0"): {"2021-01-10": "breached"}})
    return lambda: record_findings(ledger, path, Head("", approved_by="科长 丁"))


def decisions(ledger: Ledger, folder: Path) -> Callable[[], object]:
    path = folder / "d.csv"
    path.write_text(DECIDED, encoding="utf-8")
    return lambda: enter_decisions(ledger, path, Head("", drafted_by="甲"))


def lifting(ledger: Ledger, folder: Path) -> Callable[[], object]:
    decisions(ledger, folder)()
    return lambda: lift_decision(ledger, "一号", date(2019, 2, 1), Head("", drafted_by="甲"))


def releases(ledger: Ledger, folder: Path) -> Callable[[], object]:
    name = f"合成-{CODES[0]}.docx"
    manifest = Manifest(folder, {name: ("made of", "")}, run="run-1")
    (folder / name).write_bytes(b"paper")
    for reason in ("依据已核对", "再次放行"):
        manifest.release("法制科 甲", reason, {name: ("清单未发布",)})
    manifest.write()
    return lambda: record_releases(ledger, 1, folder)


def publications(ledger: Ledger, folder: Path) -> Callable[[], object]:
    path = folder / "list.csv"
    path.write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")
    version = ListVersion(version="v1", approver="市长 丙", published_on=date(2020, 9, 30), status="published")
    ready = ready_to_publish(Rulebook.load(), path, Wanted(version, despite="急"), ledger=ledger.path)
    return lambda: publish(path, *ready, folder / "public", ledger=ledger.path)


@pytest.mark.parametrize("of", [receipts, findings, decisions, lifting, releases, publications])
def test_what_two_bring_in_at_once_is_recorded_once(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: Callable[..., Callable[[], object]]
) -> None:
    """The other comes between the look at what is on record and the writing."""
    with Ledger.writable(book) as ledger, Ledger.writable(book) as other:
        mine, theirs, append = of(ledger, tmp_path), of(other, tmp_path), Ledger.append

        def between(self: Ledger, *args: Any, **keys: Any) -> object:
            monkeypatch.setattr(Ledger, "append", append)
            theirs()
            return append(self, *args, **keys)

        before = len(ledger.acts())
        monkeypatch.setattr(Ledger, "append", between)
        with pytest.raises(InputError) as refused:
            mine()
        assert [one.code for one in refused.value.problems] == ["added_meanwhile"]
        assert len(ledger.acts()) == before + (2 if of is releases else 1)


def test_receipts_of_another_act_and_one_s_own_do_not_come_between(book: Path) -> None:
    with Ledger.writable(book) as ledger:
        guard = unchanged(ledger, "delivery", about(1))
        for whose, own in ((7, False), (1, True), (7, False), (1, True), (1, False)):
            ledger.append("delivery", Head("回执", details={"about": whose}), guard=guard if own else None)
        with pytest.raises(InputError, match="act 6 was added meanwhile"):
            guard()


@pytest.mark.parametrize("nothing", ["", " ", "\u200b\ufeff", "\0", "\u202e\u3000"])
def test_a_reason_or_signature_that_nobody_sees_is_none(book: Path, nothing: str) -> None:
    refusals: dict[str, Callable[[Ledger], object]] = {
        "doing_takes_reason": lambda ledger: reasoned(ledger, nothing, "returning_a_draft"),
        "correction_without_reason": lambda ledger: check_correction(
            ledger, 1, nothing, "issue", "only_orders_corrected"
        ),
        "nobody_signed": lambda ledger: names_differ(ledger, nothing, []),
    }
    with Ledger.open(book) as ledger:
        for code, refused in refusals.items():
            with pytest.raises(InputError) as found:
                refused(ledger)
            assert [one.code for one in found.value.problems] == [code]


@pytest.mark.parametrize("again", ["科长 乙", "科长\u3000乙 ", "科长 乙\u200b", "科\u2060长 \ufeff乙", "处长 乙"])
def test_a_person_is_the_same_whatever_nobody_sees_in_the_signature(book: Path, again: str) -> None:
    with Ledger.open(book) as ledger:
        names_differ(ledger, "科长 丙", [("drafted", "科长 乙", "")])
        with pytest.raises(InputError) as found:
            names_differ(ledger, again, [("drafted", "科长 乙", "")])
    assert [one.code for one in found.value.problems] == ["same_person_twice"]
