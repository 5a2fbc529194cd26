"""Papers of an act of the record: drafts until a person lets them go out, by name and on record."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from alertengine.files import lists_folder, scenarios_folder
from alertengine.ledger import Head, Ledger
from alertengine.orders import read_scenario
from alertengine.vocabulary import InputError
from alertengine.workflow import (
    Correction,
    Signers,
    collect_scenario,
    collected_of,
    enter_decisions,
    prepare,
    record,
    release_act,
    release_on_record,
    submit,
    unused_decisions,
    write_act_documents,
)
from tests.documents.conftest import text_of

CITY = "临汾市"


@pytest.fixture(scope="module", params=["live", "simulation"])
def issued(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A record with one act over four lines, in earnest and as a simulation."""
    folder = tmp_path_factory.mktemp("act")
    table = pd.read_csv(lists_folder() / "linfen-synthetic.csv", dtype="str", keep_default_na=False)
    table.head(4).to_csv(folder / "list.csv", index=False)
    name = "linfen-red-episode.forecast.csv"
    (folder / name).write_bytes((scenarios_folder() / name).read_bytes())
    text = f"title: 合成\nmode: {request.param}\nforecast: {name}\nlist: list.csv\ncities: [临汾市]\n"
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    path = folder / "record.db"
    with Ledger.writable(path) as ledger:
        prepared = prepare(collect_scenario(read_scenario(str(folder / "s.yaml"))), "合成")
        record(ledger, prepared, Signers("办公室 甲", "科长 乙", "市长 丙"))
    return request.param, path


@pytest.mark.slow
def test_a_release_goes_for_the_whole_pack_and_stands_on_record(issued: tuple[str, Path], tmp_path: Path) -> None:
    mode, path = issued
    with Ledger.writable(path) as ledger:
        if mode != "live":
            with pytest.raises(InputError, match="never released"):
                release_act(ledger, 1, "市长 丙", "急", tmp_path)
            return
        with pytest.raises(InputError, match="--release-reason"):
            release_act(ledger, 1, "市长 丙", "", tmp_path)
        assert release_on_record(ledger, 1) is None
        write_act_documents(ledger, 1, tmp_path / "draft")
        assert unused_decisions(ledger, 1) == []
        heads = "企业名称,决定文号,决定日期,决定机关,决定种类,理由\n"
        (tmp_path / "决定.csv").write_text(f"{heads}某厂,一号,2019-01-02,市局,罚款,超标排放\n", encoding="utf-8")
        enter_decisions(ledger, tmp_path / "决定.csv", Head("", drafted_by="法制科 丁"))
        (act,) = release_act(ledger, 1, "市长 丙", "已核对原件", tmp_path / "out")
        assert act.head["decisions_unused"] == ["一号"]
        assert (act.approved_by, act.reason, act.head["about"]) == ("市长 丙", "已核对原件", 1)
        release = release_on_record(ledger, 1)
        assert release is not None
        assert (release.by, release.reason) == ("市长 丙", "已核对原件")
        with pytest.raises(InputError, match="released already"):
            release_act(ledger, 1, "副市长 戊", "再放行", tmp_path / "again")
        signers = Signers("办公室 甲", "科长 乙", "市长 丙")
        again = prepare(collected_of(ledger, 1), ledger.act(1).title)
        second = record(ledger, again, signers, Correction(1, "清单有误"))[0].act
        third = record(ledger, again, signers, Correction(second, "仍有误"))[0].act
        assert release_on_record(ledger, second) is None  # its papers are drafts again
        with pytest.raises(InputError, match=f"corrected by act {third}"):
            release_act(ledger, second, "市长 丙", "急", tmp_path / "late")
        assert len(ledger.acts("release")) == 1
    texts = {}
    for name in ("draft", "out"):
        (sms,) = (tmp_path / name / "pack").rglob("05-短信.txt")
        texts[name] = sms.read_text(encoding="utf-8")
    assert "草稿" in texts["draft"]
    assert "草稿" not in texts["out"]
    assert json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["releases"]


@pytest.mark.slow
def test_the_approval_form_says_what_was_open_that_evening(issued: tuple[str, Path], tmp_path: Path) -> None:
    """Of an act and of the draft before it; an act that does not say what was open of its forecast has no form."""
    mode, path = issued
    if mode != "live":
        return
    shutil.copy(path, tmp_path / "record.db")
    prepared = prepare(collect_scenario(read_scenario(str(path.parent / "s.yaml"))), "合成")
    doubts = [*prepared.run.doubts, (CITY, "observation_missing", "昨日观测未给出")]
    prepared.run.doubts = doubts
    with Ledger.writable(tmp_path / "record.db") as ledger:
        draft = submit(ledger, prepared, "办公室 甲").act
        write_act_documents(ledger, draft, tmp_path / "draft")
        act, _ = record(ledger, prepared, Signers("办公室 甲", "科长 乙", "市长 丙"))
        write_act_documents(ledger, act.act, tmp_path / "act")
        older = ledger.act(act.act).head
        assert [tuple(one) for one in older["doubts"]] == doubts
    for name in ("draft", "act"):
        (form,) = (tmp_path / name / "pack").rglob("01-预警审批表.docx")
        assert "昨日观测未给出" in text_of(form)
        assert (form.parent / "00-目录.txt").is_file()


@pytest.mark.slow
def test_an_act_of_before_has_no_form(
    issued: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = issued
    monkeypatch.setattr("alertengine.workflow.act_documents.left_open_of", lambda _act: None)
    with Ledger.open(path) as ledger:
        write_act_documents(ledger, 1, tmp_path)
    assert list((tmp_path / "pack").rglob("04-公众提示.txt"))
    assert not list((tmp_path / "pack").rglob("01-预警审批表.docx"))
