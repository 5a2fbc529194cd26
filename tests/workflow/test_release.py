"""Releases of documents on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alertengine.documents import Manifest
from alertengine.files import RunManifest, Staging
from alertengine.ledger import Head, Ledger, names_apart, sha256, verify
from alertengine.vocabulary import MASKED
from tests.cli.made import runner
from tests.ledger.conftest import orders_of

DOCUMENTS = {
    "减排指令/某市/合成企业0-91000000HC00000000.docx": ("应急减排清单未发布（草案）", "治理任务完成待核实：1号线"),
    "减排指令/某市/合成企业1-92000000HC00000001.docx": ("应急减排清单未发布（草案）",),
}


run = runner("ledger", "release")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    manifest = Manifest(folder, run="run-1")
    for name in DOCUMENTS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
        manifest.files[name] = ("made of", sha256(name.encode()))
    manifest.release("法制科 甲", "依据已核对", DOCUMENTS)
    manifest.write()
    return folder


def of_the_next_run(folder: Path) -> None:
    """Orders of another run, made into the same folder for one enterprise."""
    manifest = Manifest.read(folder)
    manifest.run = "run-2"
    last = list(DOCUMENTS)[-1]
    manifest.release("法制科 甲", "再次放行", {last: DOCUMENTS[last]})
    manifest.write()


def of_other_orders(folder: Path) -> None:
    """Papers of the same enterprises by orders of another day."""
    manifest = Manifest.read(folder)
    manifest.releases.clear()
    manifest.release("法制科 甲", "依据已核对", DOCUMENTS, ["甲-1-202001220000"])
    manifest.write()


def test_a_release_is_an_act_and_comes_in_once(small: Path, folder: Path) -> None:
    done = run(small, 1, "--documents", folder, "--json")
    assert done.exit_code == 0, done.stderr
    [row] = json.loads(done.stdout)
    assert (row["title"], row["approved_by"]) == ("第1号《合成》2份草稿放行", "法制科 甲")
    assert "recorded already" in run(small, 1, "--documents", folder).stderr
    with Ledger.open(small) as ledger:
        [act] = ledger.acts("release")
        table = ledger.part(act.act, "documents", personal=False)
        assert (act.reason, act.head["about"], act.head["about_hash"]) == ("依据已核对", 1, ledger.act(1).hash)
    assert table["open"].tolist() == ["；".join(open_) for open_ in DOCUMENTS.values()]
    assert table["sha256"].tolist() == [sha256(name.encode()) for name in DOCUMENTS]
    assert table["enterprise"].tolist() == ["合成企业0", MASKED], "a sole trader"
    assert verify(small).sound


def by_hand(**changed: Any) -> Callable[[Path], None]:
    """The release in the manifest edited by hand."""

    def edit(folder: Path) -> None:
        content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        content["releases"][0] |= changed
        (folder / "manifest.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    return edit


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (by_hand(by=" "), "is blank"),
        (by_hand(reason="\u200b"), "is blank"),
        (by_hand(by=None), "nothing was released"),
        (by_hand(reason=["急"]), "nothing was released"),
        (by_hand(documents={}), "nothing was released"),
        (by_hand(documents=dict.fromkeys(DOCUMENTS, "未发布")), "nothing was released"),
        (by_hand(documents={"../r.docx": ["未发布"]}), "no manifest names it"),
        (by_hand(at="明天"), "a release without its time"),
        (lambda folder: (folder / next(iter(DOCUMENTS))).unlink(), "1 released documents are gone"),
        (lambda folder: (folder / "manifest.json").unlink(), "manifest.json: no manifest names it"),
        (lambda folder: (folder / next(iter(DOCUMENTS))).write_bytes(b"edited"), "is not as its run wrote it"),
        (lambda folder: Manifest(folder, {"减排指令/x.docx": ("", "")}, run="r").write(), "nothing was released"),
        (of_the_next_run, f"{next(iter(DOCUMENTS))}: is of run run-1"),
        (
            of_other_orders,
            "the released documents are of 1 orders that are none of the act (found '甲-1-202001220000')",
        ),
        (
            lambda folder: (folder / "manifest.json").write_text(
                (folder / "manifest.json").read_text().replace("91000000HC00000000", "91000000HC00000099")
            ),
            "of no enterprise of the act",
        ),
    ],
)
def test_what_is_refused(small: Path, folder: Path, change: object, said: str) -> None:
    change(folder)  # type: ignore[operator]
    done = run(small, 1, "--documents", folder)
    assert done.exit_code == 2
    assert said in done.stderr
    with Ledger.open(small) as ledger:
        assert not ledger.acts("release")


def test_a_release_that_a_manifest_holds_twice_is_recorded_once(small: Path, folder: Path) -> None:
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    content["releases"] *= 2
    (folder / "manifest.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    assert run(small, 1, "--documents", folder).exit_code == 0
    with Ledger.open(small) as ledger:
        assert len(ledger.acts("release")) == 1


def test_papers_of_a_drill_are_released_by_nobody(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "drill.db"
    with Ledger.writable(path) as ledger:
        drill = Head("演练", details={"options": {"scenario": {"mode": "drill"}}})
        ledger.append("issue", drill, {"orders": names_apart(orders_of())})
    done = run(path, 1, "--documents", folder)
    assert (done.exit_code, "a drill" in done.stderr) == (2, True), done.stderr
    with Ledger.open(path) as ledger:
        assert not ledger.acts("release")


def test_an_act_without_orders(small: Path, folder: Path) -> None:
    assert "orders nothing" in run(small, 3, "--documents", folder).stderr


def test_what_is_on_record_already_stands_in_no_later_run_s_way(small: Path, folder: Path) -> None:
    assert run(small, 1, "--documents", folder).exit_code == 0
    of_the_next_run(folder)
    assert run(small, 1, "--documents", folder).exit_code == 0
    with Ledger.open(small) as ledger:
        acts = ledger.acts("release")
    assert [(act.reason, act.head["run"]) for act in acts] == [("依据已核对", "run-1"), ("再次放行", "run-2")]


def test_the_pack_that_respond_released_comes_in_with_each_paper_s_hash(small: Path, tmp_path: Path) -> None:
    """One file changed by hand, or a folder whose run.json is gone, is refused by name."""
    with Ledger.open(small) as ledger:
        (city,) = set(ledger.orders(1)["city"])
    folder, name = tmp_path / "out", f"{city}/02-应急响应通知.docx"
    papers = Manifest(folder / "pack", {name: ("made of", sha256(b"notice"))})
    papers.release("市长 丙", "情况紧急", {name: ("应急减排清单未发布（草案）",)})
    with Staging(folder) as staged:
        staged.put(f"pack/{name}", b"notice")
        staged.put("pack/manifest.json", papers.text().encode())
        made = staged.commit(RunManifest("respond", {}, {}))
    assert made is not None
    (folder / "pack" / name).write_bytes(b"edited")
    assert "is not as its run wrote it (run.json)" in run(small, 1, "--documents", folder).stderr
    (folder / "pack" / name).write_bytes(b"notice")
    assert run(small, 1, "--documents", folder).exit_code == 0
    with Ledger.open(small) as ledger:
        [act] = ledger.acts("release")
        table = ledger.part(act.act, "documents")
    assert act.head["run"] == made.run
    assert table.to_dict("records") == [
        {"city": city, "county": "", "enterprise_id": "", "enterprise": "", "document": "02-应急响应通知.docx",
         "sha256": sha256(b"notice"), "open": "应急减排清单未发布（草案）"}
    ]  # fmt: skip
    (folder / "run.json").unlink()
    said = run(small, 1, "--documents", folder)
    assert (said.exit_code, f"pack/{name}: no manifest names it" in said.stderr) == (2, True)
