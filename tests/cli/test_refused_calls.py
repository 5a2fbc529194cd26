"""Calls that contradict themselves: exit status 2, the option named, nothing written; beside each one that does not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.commands import ledgerfiles
from alertengine.commands.common import adopted
from alertengine.commands.map import _target
from alertengine.commands.rulesexchange import _import_folder, named_keys
from alertengine.commands.rulesrecord import _Record
from alertengine.commands.serve import _is_loopback
from alertengine.commands.tables import _pairs
from alertengine.rulebook import beside as outlines_beside
from alertengine.vocabulary import InputError


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("ledger decisions r.db t.csv --lift 1号", "--lift"),
        ("ledger decisions r.db --enterprise 甲", "--enterprise"),
        ("ledger decisions r.db --corrects 1", "--corrects"),
        ("ledger deliver r.db 1", "ledger deliver"),
        ("ledger deliver r.db 1 --receipts t.csv --at 2021-01-10", "--at"),
        ("ledger deliver r.db 1 --receipts t.csv -o o.csv", "--output"),
        ("ledger deliver r.db 1 --receipts t.csv --personal", "--personal"),
        ("ledger deliver r.db 1 --open -o o.xlsx", "o.xlsx"),
        ("ledger archive r.db 1 -o o.zip --by 甲", "--by, --reason"),
        ("ledger archive r.db 1 -o o.zip --reason 复议", "--by, --reason"),
        ("ledger evaluate r.db 1 -o o.pdf", "o.pdf"),
        ("lists diff a.csv b.csv -o o.xlsx", "o.xlsx"),
        ("map r.db --source 省院", "LEDGER|r.db"),
        ("map", "LEDGER"),
        ("map t.db -o o.geojson", "LEDGER"),
        ("map -o o.json", "o.json"),
        ("map -o o.geojson --source 省院", "--source"),
        ("map -o o.geojson --approval 审图号", "--approval"),
        ("rules chapter t.txt --document d --industry 水泥 -o o.csv", "o.csv"),
        ("serve o.db --certificate c.pem", "--certificate and --key go together"),
        ("serve o.db --key k.pem", "--certificate and --key go together"),
        ("serve o.db --certificate c.pem --key k.pem", "c.pem: no such file"),
        ("tables map t.csv --as list --save o", "--save"),
        ("tables map t.csv --as list --field =企业名称", "--field"),
        ("tables map t.csv --as list --unit SO2", "--unit"),
        ("orders t.csv --level red --date 2021-01-10 --adopt x -o o.csv", "--adopt"),
    ],
)
def test_a_call_that_contradicts_itself_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = CliRunner().invoke(main, call.split())
    assert done.exit_code == 2, done.output
    assert any(word in done.stderr for word in words.split("|")), done.stderr
    assert done.stdout == ""
    assert not list(tmp_path.glob("o*"))


@pytest.mark.parametrize(
    "call",
    [
        "orders a.csv --level red --date 2021-01-10 -o a.csv",
        "orders a.csv --totals b.csv --level red --date 2021-01-10 -o ./b.csv",
        "plan a.csv --level red --date 2021-01-10 -o a.csv",
        "plan a.csv --level red --date 2021-01-10 --steps b.yaml --rules-out b.yaml",
        "warn a.csv --observed b.csv -o link.csv",
        "check a.csv -o c.csv -o a.csv",
        "lists diff a.csv b.csv -o b.csv",
        "audit a.csv --evidence c.csv --list b.csv -o b.csv",
        "backtest out/backtest.csv -o out",
        "simulate s.yaml --measures a.csv -o out",
        "simulate s.yaml -o out --measures m.parquet",
        "ledger export record.db -o record.db",
        "ledger dossier record.db 甲 -o record.db",
        "rules coverage --list a.csv -o a.csv",
    ],
)
def test_nothing_is_written_over_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    for name in ("a.csv", "b.csv", "b.yaml", "record.db", "out/backtest.csv", "out/days.csv"):
        (tmp_path / name).write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "link.csv").hardlink_to(tmp_path / "b.csv")
    season = "{title: 季, season: {from: 2020-12-01, to: 2020-12-02}, history: out/days.csv, list: a.csv}"
    (tmp_path / "s.yaml").write_text(season, encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = CliRunner().invoke(main, ["--lang", "en", *call.split()])
    assert (done.exit_code, "would be written over" in done.stderr, done.stdout) == (2, True, ""), done.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_where_outlines_are_written(tmp_path: Path) -> None:
    ledger, output = tmp_path / "record.db", tmp_path / "o.geojson"
    ledger.touch()
    assert _target(ledger, None) == outlines_beside(ledger)
    assert _target(None, output) == output
    with pytest.raises(InputError, match=r"none\.db"):
        _target(tmp_path / "none.db", None)


def test_where_an_import_is_written(tmp_path: Path) -> None:
    assert _import_folder(None, None) is None
    assert _import_folder(tmp_path / "o", None) == tmp_path / "o"
    assert _import_folder(None, tmp_path) == _import_folder(None, tmp_path / "new").parent == tmp_path  # type: ignore[union-attr]
    (tmp_path / "file").touch()
    for output, into in ((tmp_path / "o", tmp_path), (None, tmp_path / "file")):
        with pytest.raises(InputError, match="--into"):
            _import_folder(output, into)


def test_folders_of_rules_with_the_one_written_to_last(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    other.mkdir()
    rest = {"enterprise_list": None, "day": None, "yes": False}
    record = _Record(into=own, rules=(own, other), **rest)
    assert record.folders == [other]
    own.mkdir()
    assert record.folders == [other, own]
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="--into"):
        _ = _Record(into=tmp_path / "file", rules=(), **rest).folders


def test_pairs_of_an_option_are_parted_at_the_last_sign() -> None:
    assert _pairs("--field", ["a=b", " c = d ", "x=y=z", "n="]) == {"a": "b", "c": "d", "x=y": "z", "n": ""}
    assert named_keys(("科长 乙=k.pub",), "--signer") == {"科长 乙": Path("k.pub")}
    assert adopted(["d=吕梁市/孝义市"]) == {"d": "吕梁市/孝义市"}
    for call, option in ((lambda: _pairs("--field", ["a=b", "=c"]), "--field"),
                         (lambda: named_keys(("k.pub",), "--signer"), "--signer"),
                         (lambda: named_keys(("甲=a", "甲=b"), "--signer"), "--signer"),
                         (lambda: adopted(["d="]), "--adopt"), (lambda: adopted(["=x"]), "--adopt")):  # fmt: skip
        with pytest.raises(InputError, match=option):
            call()


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("bureau", False),
    ],
)
def test_a_page_on_this_machine_alone(host: str, own: bool) -> None:
    assert _is_loopback(host) is own


def test_the_files_of_a_dossier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertengine.report.dossier_page", lambda _: "<html>")
    found: Any = SimpleNamespace(as_dict=lambda: {"名": "甲"}, identity={"enterprise_id": "E", "asked_as": "E"})
    text = '{\n "名": "甲"\n}\n'
    assert ledgerfiles._dossier_files(found, Path("o.json")) == [(Path("o.json"), text)]
    assert ledgerfiles._dossier_files(found, Path("o.html")) == [(Path("o.html"), "<html>")]
    both = ledgerfiles._dossier_files(found, Path("folder"))
    assert sorted(both) == [(Path("folder/E.html"), "<html>"), (Path("folder/E.json"), text)]
    with pytest.raises(InputError, match=r"o\.doc"):
        ledgerfiles._dossier_files(found, Path("o.doc"))
