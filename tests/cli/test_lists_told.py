"""What the commands about lists and outlines hand on, print and end with, from results made by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from alertengine.commands import lists
from alertengine.lists import ListVersion
from tests.cli.made import DOUBT, HINT, Stage, call, made, message, of, staged

DAY = date(2021, 1, 10)


stage = staged(lists, lists="lists", fingerprint="f")


def test_a_list_is_made_of_the_cities_asked_for(stage: Stage) -> None:
    names = {("places", "临汾"): "临汾市"}
    known = of(standard_name=lambda table, name: names.get((table, name)))
    stage.mock("rulebook.Rulebook.load", of(lists=known))
    stage.mock("lists.load_settings", "settings")
    made_list = stage.mock("lists.generate_list", "list")
    write = stage.mock("lists.write_list")
    done = call("lists generate --lines 5 --seed 3 --city 临汾 --city 某市 -o l.csv")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    made_list.assert_called_once_with(5, 3, known, "settings", cities=["临汾市", "某市"])
    write.assert_called_once_with("list", Path("l.csv"))
    call("lists generate --lines 5 -o l.csv")
    assert made_list.call_args.args[1] == 0


def test_a_list_is_cut_by_city(stage: Stage) -> None:
    read = stage.mock("lists.read_list", made(lines=[1, 2, 3], own_problems=[DOUBT]))
    write = stage.mock("simulation.write_folder", 2)
    done = call("lists partition l.csv --totals t.csv --decisions d.csv -o parts")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"3 lines of 2 cities written to parts\n{DOUBT}\n"
    read.assert_called_once_with(Path("l.csv"), "lists", totals=Path("t.csv"), decisions=Path("d.csv"))
    write.assert_called_once_with(read.return_value, Path("parts"))


@pytest.mark.parametrize("weakened", [True, False])
@pytest.mark.parametrize("form", ["", " --json"])
def test_what_changed_between_two_lists(stage: Stage, weakened: bool, form: str) -> None:
    of_list = {name: made(own_notes=[message(name)]) for name in ("old", "new")}
    read = stage.mock("lists.read_list", side_effect=lambda path, known: of_list[path.stem])
    row = {"change": "weakened" if weakened else "renamed", "field": "plan_red", "new": "限产", "old": "停产"}
    row |= {"enterprise": "甲", "line_id": "1"}
    changes = of(table=pd.DataFrame([row]), counts={row["change"]: 1}, questions=[], weakened=weakened)
    compared = stage.mock("lists.diff_lists", changes)
    written = stage.mock("files.write_rows", side_effect=lambda target, columns, rows: target.write_text("x"))
    done = call(f"lists diff old.csv new.csv -o c.csv{form}")
    assert done.exit_code == int(weakened)
    *notes, last = [*done.stderr.splitlines(), ""][:3]
    assert notes == [f"note: {message('old')}", f"note: {message('new')}"]
    assert last.startswith("new.csv, plan_red: 甲, line 1: the filed measure asks less") == (weakened and not form)
    first, *rest = stage.tables
    assert first[1] == bool(form)
    assert [one["count"] for one in first[0]] == [1] if not form else first[0] == [row]
    assert rest == ([] if form else [([], False)])
    assert written.call_args.args[2] == [row]
    assert [one.args for one in read.call_args_list] == [(Path("old.csv"), "lists"), (Path("new.csv"), "lists")]
    compared.assert_called_once_with(of_list["old"], of_list["new"])


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("public", [True, False])
def test_outlines_are_the_bureaus_or_of_the_package(stage: Stage, own: bool, public: bool) -> None:
    places = [of(level="city"), of(level="county"), of(level="county")]
    found = of(outlines=of(places=places, origin=of(public=public)), problems=[DOUBT])
    files, package = stage.mock("rulebook.of_files", found), stage.mock("rulebook.of_package", found)
    write = stage.mock("rulebook.write_outlines")
    words = " --geojson a/a.geojson --geojson b.geojson --approval 审图号" if own else ""
    done = call(f"map -o o.geojson{words}")
    assert done.exit_code == 1
    inside = "note: without an approval number (审图号) the map stays off public pages"
    assert done.stderr.splitlines() == [
        "outlines of 1 cities and 2 counties written to o.geojson",
        *([] if public else [inside]),
        str(DOUBT),
    ]
    asked = (Path("a/a.geojson"), Path("b.geojson"))
    assert [one.args for one in files.call_args_list] == [(asked, "lists", "a.geojson、b.geojson", "审图号")] * own
    assert [one.args for one in package.call_args_list] == [("lists",)] * (not own)
    write.assert_called_once_with(Path("o.geojson"), found.outlines)
    if own:
        call(f"map -o o.geojson{words} --source 省院")
        assert files.call_args.args[2] == "省院"


@pytest.mark.parametrize("form", ["", " --json"])
@pytest.mark.parametrize(("words", "folder"), [("", "l-public"), (" -o out --ledger r.db", "out")])
def test_a_version_is_published(stage: Stage, form: str, words: str, folder: str) -> None:
    from alertengine.workflow import Wanted

    found = made(tables={"proof": "proof"}, obstacles=["one", "two"], version=of(sha256="ff"), own_notes=[HINT])
    ready = stage.mock("workflow.ready_to_publish", ("enterprises", found))
    act = of(act=2, hash="h") if "ledger" in words else None
    publish = stage.mock("workflow.publish", (["a.csv", "b.csv"], act))
    stage.patch.setattr(lists, "_rows", lambda proof, *, codes: [{"proof": proof, "codes": codes}])
    files = "--counties c.csv --objections j.csv --filing f.csv --despite 急 --adopt a=b --rules own"
    done = call(f"lists publish l.csv --version ' v1 ' --approver ' 丙 ' --on {DAY} {files}{words}{form}")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        "despite: one", "despite: two", f"v1: published on {DAY}, sha256 ff", *["act 2 of r.db, hash h"] * bool(act),
        "written to a.csv, b.csv", f"note: {HINT}",
    ]  # fmt: skip
    assert stage.tables == [([{"proof": "proof", "codes": bool(form)}], bool(form))]
    said = ListVersion(version="v1", approver="丙", published_on=DAY, status="published")
    wanted = Wanted(
        said, counties=Path("c.csv"), objections=Path("j.csv"), filing=Path("f.csv"), despite="急", adopt={"a": "b"}
    )
    record = Path("r.db") if act else None
    ready.assert_called_once_with(stage.book, Path("l.csv"), wanted, ledger=record)
    publish.assert_called_once_with(
        Path("l.csv"), "enterprises", found, Path(folder), ledger=record, rules=(Path("own"),)
    )


def test_a_version_has_a_name_and_an_approver(stage: Stage) -> None:
    ready = stage.mock("workflow.ready_to_publish")
    done = call(f"lists publish l.csv --version ' ' --approver '' --on {DAY}")
    assert done.exit_code == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["l.csv, --version", "l.csv, --approver"]
    ready.assert_not_called()


def test_the_proof_is_printed_in_words_or_as_it_is(stage: Stage) -> None:
    from alertengine.workflow import PROOF_COLUMNS

    words = stage.mock("workflow.proof_rows", [{"词": 1}])
    proof = pd.DataFrame([dict.fromkeys(PROOF_COLUMNS, 1.5) | {"more": 1, list(PROOF_COLUMNS)[-1]: None}])
    assert lists._rows(proof, codes=False) == [{"词": 1}]
    words.assert_called_once_with(proof)
    assert lists._rows(proof, codes=True) == [dict.fromkeys(PROOF_COLUMNS, 1.5) | {list(PROOF_COLUMNS)[-1]: None}]
