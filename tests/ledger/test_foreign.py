"""A ledger that another office hands over may be forged: it is said, and nothing of it reaches out of the record."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from alertengine.documents import MANIFEST, Manifest
from alertengine.files import changed_since
from alertengine.ledger import MARK, Head, InputFile, Ledger, Personal, connect, sha256, upgrade, verify
from alertengine.ledger import _append as appending
from alertengine.ledger.canonical_bytes import HashedInput, act_hash, commits
from alertengine.report.archive import Archive, _add_act
from alertengine.vocabulary import InputError
from alertengine.workflow import RunOptions, check_contents, dossier
from tests.ledger.conftest import orders_of, warnings_of

FORMAT_1 = Path(__file__).with_name("format_1.sql")
#: The hash of the last act of :data:`FORMAT_1`, as the program of then wrote it.
LAST_OF_FORMAT_1 = "1a83de5d98dbb59dfd1fda8211df8e03f08dd96a076932195fc419481fe60fda"
#: Options of a run for a list, as the program writes them.
LIST_OPTIONS = {"way": "orders", "list": "list/l.csv", "level": "red", "date": "2025-01-01"}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A ledger as the program of format 1 left it."""
    path = tmp_path / "old.db"
    db = sqlite3.connect(path)
    db.executescript(FORMAT_1.read_text(encoding="utf-8"))
    db.close()
    return path


@contextmanager
def forging(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection without the guards, which are put back."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA ignore_check_constraints = ON")
    guards = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        db.execute(f"DROP TRIGGER {name}")
    yield db
    for _, sql in guards:
        db.execute(sql)
    db.close()


def said_of(path: Path) -> str:
    """The defects of a ledger."""
    return "; ".join(str(defect) for defect in verify(path).defects)


# -- paths


@pytest.fixture
def forged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A ledger with a right chain over whatever its writer liked."""
    monkeypatch.setattr(appending, "leads_out", lambda path: False)

    def make(path: str = "rules/0/x.yaml", part: str = "t", **details: object) -> Path:
        file = tmp_path / "here" / "forged.db"
        file.parent.mkdir()
        with Ledger.writable(file) as ledger:
            table = pd.DataFrame({"a": ["x"]})
            ledger.append("issue", Head("例", details=details), {part: table}, inputs=[InputFile(path, b"owned")])
        return file

    return make


@pytest.mark.parametrize("path", ["../owned", "/alertengine-owned", "a/../../owned", "..\\owned", "C:/owned"])
def test_reading_a_forged_ledger_writes_nowhere(forged: Callable[..., Path], path: str) -> None:
    file = forged(path)
    folder = file.parent / "unpacked"
    folder.mkdir()
    with Ledger.open(file) as ledger, pytest.raises(InputError, match="leads out of its folder"):
        ledger.unpack(1, folder)
    assert not list(folder.iterdir())
    assert sorted(one.name for one in file.parent.parent.rglob("*owned*")) == []
    assert not Path("/alertengine-owned").exists()
    assert "leads out of the folder it is unpacked to [changed]" in said_of(file)


@pytest.mark.parametrize("path", ["acts/0001/inputs/../../../x", "acts/0001/tables/../../x.jsonl", "/x"])
def test_an_archive_takes_no_path_that_leads_out(small: Path, path: str) -> None:
    with Ledger.open(small) as ledger:
        made = Archive(ledger.act(1))
    with pytest.raises(InputError, match="leads out"):
        made.add(path, b"x", "所据文件")
    assert not made.files


def test_a_table_of_an_archive_that_people_open_runs_no_formula(tmp_path: Path) -> None:
    with Ledger.writable(tmp_path / "r.db") as ledger:
        table = pd.DataFrame({"note": ["=HYPERLINK(1)", "-1.5", "@x"], "hours": [-1.0, 2.0, 3.0]})
        made = Archive(ledger.append("delivery", Head("例"), {"deliveries": table}))
        _add_act(made, ledger, made.act, personal=False)
    assert made.files["acts/0001/deliveries.csv"] == b"note,hours\n'=HYPERLINK(1),-1.0\n-1.5,2.0\n'@x,3.0\n"
    assert b'"=HYPERLINK(1)"' in made.files["acts/0001/tables/deliveries.jsonl"], "the machine's stays as it was hashed"


@pytest.mark.parametrize("options", [
    {**LIST_OPTIONS, "list": "/etc/passwd"}, {"way": "scenario", "scenario": {"list": "l", "forecast": "../../passwd"}},
    {"way": "scenario", "scenario": {"list": "l", "decisions": "/etc/passwd"}},
])  # fmt: skip
def test_options_of_a_record_name_nothing_outside_it(forged: Callable[..., Path], options: dict[str, object]) -> None:
    file = forged(options=options)
    with Ledger.open(file) as ledger:
        act = ledger.act(1)
    with pytest.raises(InputError, match=r"1/options.*leads out"):
        RunOptions.of_act(act)
    assert "leads out" in said_of(file)


@pytest.mark.parametrize("options", [
    {}, {"way": "scenario"}, {"way": "scenario", "scenario": "x"}, {"way": "scenario", "scenario": {"list": ["a"]}},
    {**LIST_OPTIONS, "level": "purple"}, {**LIST_OPTIONS, "date": "x"}, {**LIST_OPTIONS, "date": "9999-12-31"},
    {**LIST_OPTIONS, "date": 5}, {**LIST_OPTIONS, "hours": "x"}, {**LIST_OPTIONS, "hours": 1e300},
    {**LIST_OPTIONS, "adopt": "x"}, {**LIST_OPTIONS, "adopt": {"x": 3}}, {**LIST_OPTIONS, "known_on": "zz"},
    {**LIST_OPTIONS, "city": ["a"]}, {"way": {"a": 1}, "list": "l"}, {**LIST_OPTIONS, "overrides": 5},
    {**LIST_OPTIONS, "overrides": [{"line_id": "1"}]}, *(
        {"way": "scenario", "scenario": {"list": "l", **wrong}} for wrong in (
            {"mode": "war"}, {"note": 5}, {"orders": "x"}, {"orders": [{"area": "临汾市"}]}, {"cities": "临汾市"},
            {"perfect": "x"}, {"forecast": 5}, {"totals": ["a"]},
        )
    ),
])  # fmt: skip
def test_options_of_another_form_are_one_clear_problem(options: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        RunOptions.read(options)
    assert {one.code for one in refused.value.problems} <= {"key_refused", "key_blank"}


@pytest.mark.parametrize("said", [
    {**LIST_OPTIONS, "hours": 72.0, "city": None, "known_on": "2020-01-01", "adopt": {"a": "b"}, "totals": "t/t.csv"},
    {"way": "scenario", "scenario": {"list": "list/l.csv", "active_orders": "", "new": {"key": 1}, "mode": "drill",
     "orders": [{"area": "临汾市", "level": "red", "from": "2021-01-05", "source": "省", "exact": False}]}},
    {**LIST_OPTIONS, "overrides": [{"enterprise_id": "E", "line_id": "1", "measure": "stop", "reason": "会商",
                                    "by": "办公室 甲", "at": "2021-12-09T17:00:00"}]},
])  # fmt: skip
def test_options_come_back_as_the_record_holds_them(said: dict[str, object]) -> None:
    """Keys of another version too: what is submitted again is asked as before."""
    assert RunOptions.read(said).as_json() == said


@pytest.mark.parametrize("said", ["zz", 5, "9999-12-31", ["2025-01-01"]])
def test_a_second_clock_that_is_no_day_is_one_clear_problem(said: object) -> None:
    for options in (
        {**LIST_OPTIONS, "known_on": said},
        {"way": "scenario", "scenario": {"list": "l", "known_on": said}},
    ):
        with pytest.raises(InputError, match="expected a day"):
            RunOptions.read(options)


@pytest.mark.parametrize("details", [
    {"options": "x"}, {"summaries": [1]}, {"summaries": {}}, {"versions": [1]}, {"decided": 5}, {"about": "x"},
    {"draft": True}, {"readings": ["x"]}, {"judges": "x"},
])  # fmt: skip
def test_a_head_of_other_types_is_one_clear_problem(tmp_path: Path, details: dict[str, object]) -> None:
    with (
        Ledger.writable(tmp_path / "r.db") as ledger,
        pytest.raises(InputError, match="act 1 does not hold") as refused,
    ):
        ledger.append("issue", Head("例", details=details), {"orders": orders_of(1)})
    assert [one.column for one in refused.value.problems] == list(details)


@pytest.mark.parametrize("cells", [
    {"level": "purple"}, {"starts": "x"}, {"starts": "9" * 19}, {"ends": "²"}, {"ends": "9999-12-31 23:59"},
    {"starts": "0001-01-01 00:00"}, {"ends": "2025-13-01"},
])  # fmt: skip
def test_tables_of_nonsense_under_a_right_chain_are_one_clear_problem(tmp_path: Path, cells: dict[str, str]) -> None:
    path = tmp_path / "r.db"
    warnings = warnings_of().astype("object").assign(**cells)
    with Ledger.writable(path) as ledger:
        ledger.append("issue", Head("例"), {"warnings": warnings, "orders": orders_of(2, **cells)})
        for ask in (ledger.orders, ledger.warnings):
            with pytest.raises(InputError, match="act 1 does not hold") as refused:
                ask(1)
            assert [one.column for one in refused.value.problems] == list(cells)
        ledger.append("issue", Head("例"), {"warnings": warnings_of().drop(columns="action")})
        with pytest.raises(InputError, match="act 2 does not hold"):
            ledger.warnings(2)
    found = verify(path)
    assert found.sound
    check_contents(found)
    assert {(one.kind, one.act) for one in found.defects} == {("foreign", 1), ("foreign", 2)}


def test_what_is_recorded_has_plain_paths(small: Path) -> None:
    with Ledger.writable(small) as ledger, pytest.raises(InputError, match="leads out") as refused:
        ledger.append("issue", Head("例"), inputs=[InputFile("../a", b""), InputFile("b", b""), InputFile("/c", b"")])
    assert [problem.value for problem in refused.value.problems] == ["../a", "/c"]
    assert verify(small).acts == 3


# -- contents


def test_a_file_is_unpacked_under_a_limit(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERTENGINE_MAX_UNPACKED_MB", "1")
    bomb = zlib.compress(b"\0" * (64 << 20), 9)
    with forging(small) as db:
        db.execute("UPDATE snapshots SET data = ?, size = ?", [bomb, 64 << 20])
    with Ledger.open(small) as ledger, pytest.raises(InputError, match="cannot be unpacked: it unpacks to more than"):
        ledger.input(1, "rules/0/x.yaml")
    with forging(small) as db:
        db.execute("UPDATE personal SET value = ? WHERE kind = 'file'", [bomb])
    with Ledger.open(small) as ledger, pytest.raises(InputError, match="cannot be unpacked: it unpacks to more than"):
        ledger.input(1, "list/l.csv")
    said = said_of(small)
    assert "snapshot 1 was changed" in said
    assert "it unpacks to more than" in said


@pytest.mark.parametrize("data", [b"", b"no zlib", zlib.compress(b"document: x\n")[:-3], zlib.compress(b"") + b"x"])
def test_a_file_that_cannot_be_unpacked_is_one_clear_problem(small: Path, tmp_path: Path, data: bytes) -> None:
    with forging(small) as db:
        db.execute("UPDATE snapshots SET data = ?", [data])
    with Ledger.open(small) as ledger, pytest.raises(InputError, match="a file of act 1 cannot be unpacked"):
        ledger.unpack(1, tmp_path)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER more AFTER INSERT ON acts BEGIN DELETE FROM texts; END",
        "DROP TRIGGER acts_keep",
        "CREATE VIEW more AS SELECT load_extension('x')",
        "DROP VIEW orders; CREATE VIEW orders AS SELECT 1 AS act",
    ],
)
def test_a_changed_layout_is_not_opened(small: Path, sql: str) -> None:
    db = sqlite3.connect(small)
    db.executescript(sql)
    db.close()
    for opening in (Ledger.open, Ledger.writable):
        with pytest.raises(InputError, match="the layout of the ledger was changed"):
            opening(small)
    assert not verify(small).sound


def test_a_connection_trusts_no_layout(small: Path) -> None:
    for opening in (Ledger.open, Ledger.writable):
        with opening(small) as ledger:
            assert ledger.db.conn.execute("PRAGMA trusted_schema").fetchone() == (0,)
            assert ledger.db.conn.execute("PRAGMA cell_size_check").fetchone() == (1,)


def test_a_text_that_looks_like_a_token_stands_for_itself(small: Path) -> None:
    """A list could name an enterprise so that another's value was shown, or the record seemed changed."""
    with Ledger.writable(small) as ledger:
        [digest] = ledger.db.conn.execute("SELECT digest FROM personal WHERE kind = 'text' LIMIT 1").fetchone()
        names = [f"{MARK}{digest}", f"{MARK}nothing", "合成企业"]
        table = orders_of(3)
        table["enterprise"] = names
        table["county"] = pd.Categorical(names)
        ledger.append("issue", Head("例"), {"orders": table})
        assert list(ledger.orders(4)["enterprise"]) == names
        assert list(ledger.orders(4)["county"]) == names
    assert verify(small).sound


# -- commitments


def test_a_ledger_of_format_1_opens_and_verifies_and_its_weakness_is_said(old: Path) -> None:
    found = verify(old)
    assert found.sound, found.defects
    assert (found.acts, found.last) == (3, LAST_OF_FORMAT_1)
    said = " ".join(one.words("en")[0] for one in found.unseen)
    assert "acts up to 3 are of format 1" in said
    with Ledger.open(old) as ledger:
        assert list(ledger.orders(1)["enterprise"]) == ["合成企业0", "合成企业1", "合成企业2"]
        assert ledger.input(1, "list/l.csv") == "联系人\n某".encode()
        assert ledger.id == ""
        assert dossier(ledger, "91000000HC00000000").orders
    with pytest.raises(InputError, match="an older layout"):
        Ledger.writable(old)


def test_an_upgraded_ledger_goes_on_in_format_2(old: Path) -> None:
    act, copy = upgrade(old, "科长 乙")
    assert (act.act, act.format, act.head["from"], act.head["to"]) == (4, 2, 1, 3)
    assert act.previous == LAST_OF_FORMAT_1
    with Ledger.writable(old) as ledger:
        assert act.head["ledger"] == ledger.id != ""
        table = pd.DataFrame({"signed_by": pd.Series([Personal("李某某"), Personal("合成企业1")], dtype="object")})
        files = [InputFile("list/l.csv", "联系人\n某".encode(), personal=True)]
        ledger.append("delivery", Head("例"), {"deliveries": table}, inputs=files)
        assert list(ledger.part(3, "deliveries")["signed_by"]) == ["李某某", None]
        assert list(ledger.part(5, "deliveries")["signed_by"]) == ["李某某", "合成企业1"]
        digests = [one.sha256 for number in (1, 5) for one in ledger.inputs(number) if one.personal]
    assert [digest.startswith("2:") for digest in digests] == [False, True], "an old commitment serves no new act"
    found = verify(old)
    assert found.sound, found.defects
    assert any("acts up to 3 are of format 1" in one.words("en")[0] for one in found.unseen)
    assert verify(copy).last == LAST_OF_FORMAT_1
    assert copy.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("which", ["old", "small"])
def test_the_boundary_between_salt_kind_and_value_does_not_move(which: str, request: pytest.FixtureRequest) -> None:
    """In format 1 the bytes hashed stay the same; the value was no longer found: erased, and no act said so."""
    path: Path = request.getfixturevalue(which)
    with forging(path) as db:
        db.execute("UPDATE personal SET salt = CAST(salt || 'tex' AS BLOB), kind = 't' WHERE kind = 'text'")
    assert "was changed [changed]" in said_of(path)


def test_a_prepared_file_is_not_exchanged_for_another(small: Path) -> None:
    """A file that, read as salt, kind and value, is another list: the hash of format 1 was the same for both."""
    other = "联系人\n另一份".encode()
    prepared = b"s" * 32 + b"file\0" + other
    with Ledger.writable(small) as ledger:
        ledger.append("issue", Head("例"), inputs=[InputFile("list/x.csv", prepared)])
    assert commits(sha256(prepared), "", b"s" * 32, "file", other), "the attack on format 1"
    with forging(small) as db:
        row = [sha256(prepared), "file", b"s" * 32, zlib.compress(other)]
        db.execute("INSERT INTO personal VALUES (?, ?, ?, ?)", row)
        db.execute("UPDATE inputs SET snapshot = NULL, personal = ? WHERE act = 4", [row[0]])
        db.execute("DELETE FROM snapshots WHERE sha256 = ?", [row[0]])
    assert "act 4, acts: the act, its tables or its files were changed" in said_of(small)


def test_the_hash_of_an_act_binds_ledger_kind_of_file_and_format() -> None:
    columns = {"act": 1, "format": 2, "head": "{}"}
    one = act_hash(columns, [], [HashedInput("a", "0", personal=False)], "id")
    assert one != act_hash(columns, [], [HashedInput("a", "0", personal=True)], "id")
    assert one != act_hash(columns, [], [HashedInput("a", "0", personal=False)], "other")
    old = {**columns, "format": 1}
    assert act_hash(old, [], [HashedInput("a", "0", personal=True)], "id") == act_hash(
        old, [], [HashedInput("a", "0", personal=False)], ""
    ), "format 1 told neither"


def test_acts_of_another_ledger_are_changed(small: Path, tmp_path: Path) -> None:
    with forging(small) as db:
        db.execute("UPDATE identity SET id = 'another'")
    said = said_of(small)
    assert all(f"act {act}, acts: the act, its tables or its files were changed" in said for act in (1, 2, 3))
    with forging(small) as db:
        db.execute("DELETE FROM identity")
    assert not verify(small).sound


def test_no_act_of_format_1_follows_one_of_format_2(small: Path) -> None:
    with forging(small) as db:
        row = db.execute("SELECT * FROM acts WHERE act = 3").fetchone()
        columns = [name for _, name, *_ in db.execute("PRAGMA table_info(acts)")]
        said = dict(zip(columns, row, strict=True)) | {"act": 4, "format": 1, "previous": row[-1]}
        said["hash"] = act_hash({k: v for k, v in said.items() if k != "hash"}, [], [], "")
        db.execute(f"INSERT INTO acts VALUES ({', '.join('?' * len(columns))})", list(said.values()))
    assert said_of(small) == "act 4, acts: form 1 after form 2 [changed]"


# -- what cannot be seen


def test_verify_says_what_it_does_not_look_at_without_a_checkpoint(small: Path) -> None:
    found = verify(small)
    assert found.sound
    assert [one.code for one in found.unseen] == ["verify_without_checkpoint"]


def test_acts_in_a_log_that_cannot_be_read_are_not_hidden(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file and its log on a medium that cannot be written: SQLite then reads the file without the log."""
    small.with_name("small.db-wal").write_bytes(b"x" * 100)
    opened = connect._opened

    def as_on_a_disc(address: str, busy: float) -> sqlite3.Connection:
        if "immutable" not in address:
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return opened(address, busy)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connect, "_opened", as_on_a_disc)
        with pytest.raises(InputError, match="acts in the log beside the ledger cannot be read"):
            Ledger.open(small)
        assert connect.hidden_log(small)
    monkeypatch.setattr("alertengine.ledger._verify.hidden_log", lambda path: True)
    small.with_name("small.db-wal").unlink()
    [defect] = verify(small).defects
    assert (defect.kind, defect.table) == ("unseen", "log")


@pytest.mark.parametrize("head", ["[" * 100_000, '{"a":' * 100_000, "[]", "{", "1e999", "null"])
def test_the_head_of_an_act_that_is_none_is_a_change_and_one_clear_problem(small: Path, head: str) -> None:
    """Brackets without end ended the program that read them."""
    with forging(small) as db:
        db.execute("UPDATE acts SET head = ? WHERE act = 1", [head])
    assert any(defect.kind == "changed" and defect.act == 1 for defect in verify(small).defects)
    with Ledger.open(small) as ledger, pytest.raises(InputError, match="act 1"):
        ledger.act(1)


def test_a_manifest_without_end_is_none(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("[" * 100_000, encoding="utf-8")
    assert Manifest.read(tmp_path).files == {}
    (tmp_path / "orders.csv.run.json").write_text("[" * 100_000, encoding="utf-8")
    (tmp_path / "orders.csv").touch()
    assert changed_since(tmp_path / "orders.csv") == ""
