"""What becomes of a correction while the record goes on, and of what it says: cities, levels, lifts, papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from alertengine.cli import main
from alertengine.ledger import Ledger, verify
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import InputError
from alertengine.vocabulary import times as clock
from alertengine.web.forecasts import take_forecast
from alertengine.web.jobs import bodies
from alertengine.web.jobs.store import WorkFolder
from alertengine.web.kept import KeptLedger, stands_of
from alertengine.web.lists import list_files, lists_on_file, publish_uploads
from alertengine.web.opening import against_act, against_work
from alertengine.web.roles import Role
from alertengine.web.today import today
from alertengine.web.work import WorkInput, begin, hand_in, may_correct, standing_against
from alertengine.web.workstore import Works
from alertengine.workflow import (
    Upload,
    cities_left_out,
    draft,
    issue_draft,
    ordered,
    service,
    warnings_so_far,
    withdraw,
    write_act_documents,
)
from tests.documents.conftest import text_of

from .browsing import forecast
from .conftest import signed_up
from .test_correcting import REASON, _acts, _begun, _drafted, _other_list, _record
from .test_jobs import here
from .test_second_evening import CLEAN, ORANGE, RED, _issued, _plant, _work

pytestmark = [pytest.mark.slow, pytest.mark.whole]
HERE, THERE = "临汾市", "运城市"
SIGNED = ("--drafted-by", "办公室 甲", "--reviewed-by", "科长 乙", "--approved-by", "市长 丙")


def _of_two(aqi: Mapping[str, tuple[int, ...]], ago: int) -> bytes:
    """A forecast of some cities."""
    own = [forecast(days, ago).replace(HERE.encode(), city.encode()) for city, days in aqi.items()]
    return b"\n".join([own[0], *(one.partition(b"\n")[2] for one in own[1:])])


def _listed() -> bytes:
    """A plant of two lines in each of two cities."""
    other = _plant(30, 40).replace(HERE.encode(), THERE.encode()).replace(b"91141000", b"91140000")
    return _plant(10, 20) + other.partition(b"\n")[2]


def _issue_of(path: Path, aqi: Mapping[str, tuple[int, ...]], ago: int) -> int:
    """What a forecast of some cities comes to, issued; the act."""
    book = Rulebook.load(())
    with Ledger.writable(path) as ledger:
        take_forecast(ledger, Upload("预报.csv", _of_two(aqi, ago)), book.lists, "办公室 甲")
        files, beside = list_files(ledger, lists_on_file(ledger)[0].act)
    work = begin(path, (), WorkInput("应急响应", "live", {"list": files}, beside, tuple(aqi)), "officer")
    return _issued(path, hand_in(path, work, "办公室 甲", "").act)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A record with an act over four lines from the day after tomorrow on, and an officer."""
    return _record(tmp_path / "record.db")


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A record with an act for two cities, in force, and an officer."""
    path = tmp_path / "two.db"
    signed_up(path, jia=Role.OFFICER)
    WorkFolder(path).make()
    version = ("一", "市长 丙", clock.now().date())
    publish_uploads(path, Rulebook.load(()), Upload("清单.csv", _listed()), [], {}, version, "清单")
    _issue_of(path, {HERE: ORANGE, THERE: ORANGE}, 3)
    return path


def _less(path: Path, key: str, *, lines: int = 1) -> None:
    """A work decided on a list that the last lines left."""
    rows = _listed().strip().splitlines()[: -lines or None]
    put = Works(path).store.put_upload(Upload("改正.csv", b"\n".join([*rows, b""])))
    bodies.renew(here(path), {"work": key, "by": "办公室 名jia", "files": {"list": put}, "beside": []})


def _other_forecast(path: Path, key: str, data: bytes) -> None:
    """A work decided on another forecast."""
    put = Works(path).store.put_upload(Upload("改正.csv", data))
    bodies.renew(here(path), {"work": key, "by": "办公室 名jia", "files": {"forecast": put}, "beside": []})


def _revised(path: Path, number: int) -> str:
    asked = {"draft": number, "user": "jia", "by": "办公室 名jia"}
    return str(bodies.revise(here(path), asked)["work"])


@pytest.mark.parametrize("aqi", [RED, CLEAN])
def test_a_drafted_correction_is_narrowed_to_the_cities_that_no_later_act_decided_of(
    two: Path, aqi: tuple[int, ...]
) -> None:
    (first,) = _acts(two)
    keys = [_begun(two, first) for _ in range(2)]
    for key in keys:
        _less(two, key)
    number = _drafted(two, keys[0])
    later = _issue_of(two, {HERE: aqi}, 1)
    with Ledger.open(two) as ledger:
        (told,) = standing_against(ledger, draft(ledger, number).correction, "live", {HERE, THERE})
    assert told.code == "corrected_overtaken_in"
    assert f"{HERE}（第{later}号）" in told.words("zh")[0]
    assert THERE in told.words("zh")[1]
    revised, renewed = _revised(two, number), keys[1]
    _less(two, renewed)
    for key in (revised, renewed):
        held = Works(two).held(key)
        assert ({*held.orders["city"]}, held.row.title) == ({THERE}, f"更正第{first}号（{THERE}）：应急响应")
        with Ledger.open(two) as ledger:
            assert standing_against(ledger, held.correction, "live", {THERE}) == []
            (left,) = cities_left_out(ledger, held.correction, "live", {THERE})
        assert (left.code, f"{HERE}（第{later}号）" in left.words("zh")[0]) == ("correction_narrowed", True)
    correction = _issued(two, _drafted(two, revised))
    stands = ordered(two).orders
    now = str(clock.now().replace(tzinfo=None) + timedelta(hours=2))
    left_of = stands[(stands["ends"] == "") | (stands["ends"] > now)]
    assert {*left_of["city"]} == ({THERE} if aqi is CLEAN else {HERE, THERE})
    assert set(left_of.loc[left_of["city"] == THERE, "line_id"]) == {"1"}
    with Ledger.open(two) as ledger:
        assert set(service(ledger, correction, pd.Timestamp(now))["city"]) == {THERE}
    assert verify(two).sound


def test_a_correction_of_all_cities_is_issued_for_a_reason_alone_where_one_was_lifted(two: Path) -> None:
    (first,) = _acts(two)
    key = _begun(two, first)
    _less(two, key)
    number = _drafted(two, key)
    _issue_of(two, {HERE: CLEAN}, 1)
    with pytest.raises(InputError, match=f"只更正其余城市（{THERE}）"):
        _issued(two, number)
    with Ledger.writable(two) as ledger:
        act, _ = issue_draft(ledger, number, "办公室 甲", despite="两市一并更正")
    now = str(clock.now().replace(tzinfo=None) + timedelta(hours=2))
    stands = ordered(two).orders
    assert act.corrects == first
    assert {*stands.loc[stands["ends"] > now, "city"]} == {THERE}  # what was lifted stays lifted


def _scenario(folder: Path, cities: tuple[str, ...], aqi: Mapping[str, tuple[int, ...]]) -> Path:
    (folder / "f.csv").write_bytes(_of_two(aqi, 3))
    (folder / "l.csv").write_bytes(_listed())
    named = f"cities: [{', '.join(cities)}]\n" if cities else ""
    said = f"title: 应急响应\nmode: live\nforecast: f.csv\nlist: l.csv\n{named}"
    (folder / "s.yaml").write_text(said, encoding="utf-8")
    return folder / "s.yaml"


def test_the_command_refuses_to_correct_what_a_later_act_decided_of_and_names_the_ways_out(
    two: Path, tmp_path: Path
) -> None:
    (first,) = _acts(two)
    later = _issue_of(two, {HERE: CLEAN}, 1)

    def corrected(*cities: str, more: tuple[str, ...] = (), aqi: tuple[int, ...] = ORANGE) -> tuple[int, str]:
        scenario = _scenario(tmp_path, cities, {HERE: aqi, THERE: aqi})
        why = ("--corrects", str(first), "--reason", REASON, *more)
        done = CliRunner().invoke(main, ["--lang", "zh", "ledger", "issue", str(two), str(scenario), *SIGNED, *why])
        return done.exit_code, done.output

    count = len(_acts(two))
    status, said = corrected()
    assert (status, len(_acts(two))) == (2, count)
    assert f"{HERE}（第{later}号）" in said
    assert f"只更正其余城市（{THERE}）" in said
    status, said = corrected(HERE)
    assert (status, len(_acts(two)), "另拟稿接续" in said) == (2, count, True)
    status, said = corrected(THERE, aqi=CLEAN)
    assert (status, len(_acts(two)), f"解除第{first}号的预警" in said) == (2, count, True)
    status, said = corrected(THERE)
    assert (status in (0, 1), len(_acts(two))) == (True, count + 1), said
    assert f"{HERE}（第{later}号）" in said  # what was left out is told


def test_the_command_corrects_all_the_same_for_a_reason(two: Path, tmp_path: Path) -> None:
    (first,) = _acts(two)
    _issue_of(two, {HERE: CLEAN}, 1)
    scenario = _scenario(tmp_path, (), {HERE: ORANGE, THERE: ORANGE})
    why = ("--corrects", str(first), "--reason", REASON, "--despite", "一并更正")
    done = CliRunner().invoke(main, ["ledger", "issue", str(two), str(scenario), *SIGNED, *why])
    assert done.exit_code in (0, 1), done.output


def test_a_correction_after_which_nothing_is_warned_of_is_refused_with_the_way_out(path: Path) -> None:
    (first,) = _acts(path)
    key = _begun(path, first)
    with pytest.raises(InputError) as told:
        _other_forecast(path, key, forecast(CLEAN, 3))
    assert [one.code for one in told.value.problems][-1] == "correction_of_nothing"
    assert f"解除第{first}号的预警" in told.value.problems[-1].words("zh")[1]
    lift = hand_in(path, _work(path, Rulebook.load(()), CLEAN, 2), "办公室 甲", "")  # the way out is open
    with Ledger.open(path) as ledger:
        assert set(ledger.warnings(lift.act)["action"].astype("str")) == {"issue", "lift"}


def test_a_correction_that_warns_of_one_of_two_cities_alone_says_what_is_over(two: Path) -> None:
    (first,) = _acts(two)
    key = _begun(two, first)
    _other_forecast(two, key, _of_two({HERE: CLEAN, THERE: ORANGE}, 3))
    held = Works(two).held(key)
    with Ledger.open(two) as ledger:
        (told,) = cities_left_out(ledger, held.correction, "live", {*held.orders["city"]})
    assert (told.code, HERE in told.words("zh")[0]) == ("correction_drops", True)


def test_a_mistaken_lift_is_corrected_on_the_page(path: Path) -> None:
    (first,) = _acts(path)
    lift = _issued(path, hand_in(path, _work(path, Rulebook.load(()), CLEAN, 2), "办公室 甲", "").act)
    with KeptLedger.open(path) as ledger:
        assert [may_correct(ledger, act) for act in (first, lift)] == [False, True]
    key = _begun(path, lift, "误用了别处的预报")
    with pytest.raises(InputError, match="没有更正任何内容"):
        _drafted(path, key)
    _other_forecast(path, key, forecast((80, 80, *ORANGE), 2))
    number = _drafted(path, key)
    act = _issued(path, number)
    now = clock.now().replace(tzinfo=None) + timedelta(hours=2)
    with KeptLedger.open(path) as ledger:
        assert ledger.act(act).corrects == lift
        page = today(ledger, Rulebook.load(()), now)
        assert [*page.orders_acts] == [act]
        assert not (warnings_so_far(ledger)["action"].astype("str") == "lift").any()
        assert [may_correct(ledger, one) for one in (first, lift, act)] == [False, False, True]
    stands = ordered(path).orders
    assert {*stands.loc[stands["ends"] > str(now), "line_id"]} == {"1", "2", "3", "4"}
    assert verify(path).sound


def test_a_lift_that_a_later_act_went_on_from_is_not_corrected(path: Path) -> None:
    lift = _issued(path, hand_in(path, _work(path, Rulebook.load(()), CLEAN, 2), "办公室 甲", "").act)
    _issued(path, hand_in(path, _work(path, Rulebook.load(()), (80, 80, *ORANGE), 1), "办公室 甲", "").act)
    with KeptLedger.open(path) as ledger:
        assert not may_correct(ledger, lift)


def test_a_change_of_level_with_the_same_measures_is_told(path: Path) -> None:
    (first,) = _acts(path)
    key = _begun(path, first)
    _other_forecast(path, key, forecast((80, 80, *RED), 3))
    beside = against_work(path, key)
    assert sum(beside.counts.values()) == beside.changed == 0
    ((place, was, now),) = beside.levels
    assert (place, "橙色" in was, "红色" in now) == (HERE, True, True)
    number = _drafted(path, key)
    assert against_act(path, number) == beside


def test_changed_hours_are_told_and_unchanged_levels_are_not(path: Path) -> None:
    (first,) = _acts(path)
    key = _begun(path, first)
    _other_list(path, key)
    assert against_work(path, key).levels == ()
    _other_forecast(path, key, forecast((80, 80, *ORANGE[:3], 60, 60), 3))
    ((_, was, now),) = against_work(path, key).levels
    assert was != now
    assert was.split(" 至 ")[0] == now.split(" 至 ")[0]


def test_a_withdrawn_correction_or_one_of_a_corrected_act_is_revised_by_nobody(path: Path) -> None:
    (first,) = _acts(path)
    keys = [_begun(path, first) for _ in range(3)]
    for key in keys:
        _other_list(path, key)
    gone, other, last = (_drafted(path, key) for key in keys)
    with Ledger.writable(path) as ledger:
        withdraw(ledger, gone, "办公室 甲", "重复")
    with pytest.raises(InputError, match=f"拟稿第{gone}号不能重拟"):
        _revised(path, gone)
    act = _issued(path, last)
    with pytest.raises(InputError, match=f"现由第{act}号代替"):
        _revised(path, other)


def test_a_correction_that_changes_nothing_and_one_of_a_drill_say_so(path: Path) -> None:
    (first,) = _acts(path)
    with pytest.raises(InputError) as told:
        _drafted(path, _begun(path, first))
    assert [one.code for one in told.value.problems] == ["correction_unchanged"]
    assert f"与所更正的第{first}号完全相同" in told.value.problems[0].words("zh")[0]
    with Ledger.open(path) as ledger:
        listed, beside = list_files(ledger, lists_on_file(ledger)[0].act)
    work = begin(path, (), WorkInput("演练", "drill", {"list": listed}, beside), "jia")
    drill = _issued(path, hand_in(path, work, "办公室 甲", "").act)
    with pytest.raises(InputError, match=f"第{drill}号是演练，本次是正式，只能更正性质相同的"):
        _begun(path, drill)


def test_what_a_corrected_act_ordered_counts_until_its_correction_but_where_acts_are_asked_for_alone(
    path: Path,
) -> None:
    (first,) = _acts(path)
    key = _begun(path, first)
    _other_list(path, key)
    second = _issued(path, _drafted(path, key))
    with KeptLedger.open(path) as ledger:
        act = ledger.act(second)
        whole, alone = stands_of(ledger, [act]), stands_of(ledger, [act], alone=True)
    assert set(alone["act"]) == {second}
    assert set(whole["act"]) <= {first, second}
    assert set(whole["line_id"]) >= set(alone["line_id"])


def test_the_papers_of_a_correction_say_what_they_take_the_place_of(path: Path, tmp_path: Path) -> None:
    (first,) = _acts(path)
    key = _begun(path, first)
    _other_list(path, key)
    act = _issued(path, _drafted(path, key))
    with Ledger.open(path) as ledger:
        for number in (first, act):
            write_act_documents(ledger, number, tmp_path / str(number))
    for number, said in ((first, False), (act, True)):
        folder = tmp_path / str(number)
        (order,) = (folder / "减排指令").rglob("*.docx")
        assert (f"台账第{first}号" in text_of(order)) is said
        for name in ("04-公众提示.txt", "05-短信.txt"):
            (text,) = (folder / "pack").rglob(name)
            assert ("以本次为准" in text.read_text(encoding="utf-8")) is said
        for name in ("01-预警审批表.docx", "02-*.docx"):
            (paper,) = (folder / "pack").rglob(name)
            assert ("以本次为准" in text_of(paper)) is said
