"""One evening without a browser: a list by version, lines decided at once, the brief, papers, release, inspection."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pandas as pd
import pytest
from fastapi import FastAPI, Request, Response

from alertengine.documents import Builder, Footing, grouped
from alertengine.files import CellAnswer, environment, lists_folder
from alertengine.ledger import Ledger
from alertengine.orders import InForce, in_force, plain_texts
from alertengine.rulebook import Rulebook
from alertengine.vocabulary import VERDICT_TEXT, InputError, left_open
from alertengine.vocabulary import times as clock
from alertengine.web import Desk, kept
from alertengine.web.accounts import Account
from alertengine.web.asked import by_the_law, first_page, receipts_taken, without_decisions
from alertengine.web.brief import KEPT_BRIEF, brief_of
from alertengine.web.compared import Without, against, moved_line, moved_sums, register, standing_orders
from alertengine.web.entering import changed_orders, missing_of
from alertengine.web.fieldforms import FieldForms
from alertengine.web.fieldnotes import FieldNotes
from alertengine.web.forecasts import take_forecast, typed
from alertengine.web.inspecting import JudgedEvidence, contacts_of, judge, note_of, put_on_record, route
from alertengine.web.intake import answer_again, questions
from alertengine.web.lists import list_files, lists_on_file, publish_uploads
from alertengine.web.mapview import map_view
from alertengine.web.opening import against_act, drafted, evaluation, ready_act, rows_file, warm
from alertengine.web.orderrows import rows
from alertengine.web.pages.decide import overrides_of
from alertengine.web.pages.inspect import route_map
from alertengine.web.pages.reviewing import numbers_of, seen_of
from alertengine.web.papers import ready, release, zipped
from alertengine.web.roles import Role
from alertengine.web.sessions import Session
from alertengine.web.signin import Forms
from alertengine.web.todo import todo
from alertengine.web.work import Work, WorkInput, begin, hand_in
from alertengine.workflow import Delivered, RulesEntry, Upload, approve, issue_draft, plain, release_on_record, review

from .conftest import decided, overrides_in

pytestmark = pytest.mark.whole

CITY = "临汾市"
_AQI = (240, 262, 271, 255, 188)


def _upload(name: str) -> Upload:
    return Upload(name, (lists_folder() / name).read_bytes())


def _now() -> pd.Timestamp:
    return pd.Timestamp(clock.now().replace(tzinfo=None))


@dataclass
class Evening:
    """What an evening left: the work as it was handed in, the act, and the drafts waiting before each step."""

    path: Path
    book: Rulebook
    work: Work
    open_before: int
    waiting: dict[str, list[str]]
    act: int


def _waiting(ledger: Ledger, role: Role) -> list[str]:
    account = Account("user", "名", "处", frozenset({role}), must_change=False)
    return [one.way for one in todo(ledger, account)]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    path, book = tmp_path_factory.mktemp("evening") / "record.db", Rulebook.load(())
    Ledger.writable(path).close()
    now = clock.now()
    cells = {(CITY, (now + timedelta(days=ahead)).date()): str(aqi) for ahead, aqi in enumerate(_AQI)}
    forecast = typed(cells, {}, f"{now - timedelta(hours=3):%Y-%m-%d %H:00}", "省站", "")
    with Ledger.writable(path) as ledger:
        take_forecast(ledger, forecast, book.lists, "办公室 甲")
    version = ("2026年版", "市长 丙", clock.now().date())
    files = _upload("linfen-synthetic.csv"), [_upload("linfen-synthetic.totals.csv")]
    with pytest.raises(InputError, match="the ratio cannot be proved"):  # ratios that are missed take a reason
        publish_uploads(path, book, *files, {}, version)
    publish_uploads(path, book, *files, {}, version, "合成清单")
    with Ledger.open(path) as ledger:
        (held,) = lists_on_file(ledger)
        source, beside = list_files(ledger, held.act)
    work = begin(path, (), WorkInput("响应", "live", {"list": source}, beside), "jia")
    open_before = int(left_open(work.orders).sum())
    asked = [row for row in rows(work.orders) if row["open"]][:3]
    work = decided(work, overrides_of(asked, "stop", "", "会商", "办公室 甲"))
    lighter = next(row for row in rows(work.orders) if not row["mark"] and (row["share"] or 0) > 0.5)
    work = decided(work, overrides_of([lighter], "limit", "1", "企业报告", "办公室 甲"))
    waiting = {}
    draft = hand_in(path, work, "办公室 甲", "").act
    with Ledger.writable(path) as ledger:
        waiting["review"] = _waiting(ledger, Role.REVIEWER)
        review(ledger, draft, "科长 乙", passed=True)
        waiting["approve"] = _waiting(ledger, Role.APPROVER)
        approve(ledger, draft, "市长 丙", passed=True)
        waiting["issue"] = _waiting(ledger, Role.OFFICER)
        act = issue_draft(ledger, draft, "办公室 甲")[0].act
        waiting["after"] = _waiting(ledger, Role.OFFICER)
    return Evening(path, book, work, open_before, waiting, act)


def test_each_step_waits_for_its_own_person(evening: Evening) -> None:
    assert evening.waiting == {"review": ["去审核"], "approve": ["去批准"], "issue": ["去发布"], "after": ["去送达"]}


@pytest.mark.slow
def test_a_document_is_held_against_the_published_list_before_it_counts(evening: Evening) -> None:
    text = (
        f"document: my-coke\ntitle: 题\narea: {CITY}\nissued: 2026-01-01\nvalid: {{from: 2026-01-01, to: not stated}}\n"
        "source: secondary\nrules:\n  - {id: my-coke-1, article: 一, title: 焦炉停产, kind: measure, level: orange,"
        " when: {industry: 焦化, process: 焦炉}, then: stop}\n"
    )
    with Ledger.open(evening.path) as ledger:
        (held,) = lists_on_file(ledger)
    entry = RulesEntry("my-coke", {"my-coke.yaml": text}, datetime(2026, 1, 1))
    found = changed_orders(evening.path, (), entry, held.act)
    assert found.all == len(found.lines) > 0
    assert {row["level"] for row in found.lines} == {"橙色"}
    assert sum(int(row["changed"]) + int(row["other_basis"]) for row in found.counts) == found.all
    assert all(row["measure_text_new"] for row in found.lines)


@pytest.mark.slow
def test_how_far_a_list_is_covered_is_kept_beside_the_rules(evening: Evening, tmp_path: Path) -> None:
    """The heaviest hole first, each with the form that fills it; a city without a plan before all."""
    with Ledger.open(evening.path) as ledger:
        (held,) = lists_on_file(ledger)
    said, rows_ = missing_of(evening.path, (tmp_path,), held.act, "2026-11-28")
    assert rows_[0]["page"] == f"/rules?view=plan&city={CITY}"
    weights = [float(row["weight"].rstrip("%")) for row in rows_[1:]]
    assert weights == sorted(weights, reverse=True)
    assert all(row["page"].startswith("/rules?view=") for row in rows_)
    kept = tmp_path / "录入进度.csv"
    today_ = str(clock.now().date())
    kept.write_text(kept.read_text("utf-8").replace(today_, "2026-01-01"), encoding="utf-8")
    again, _ = missing_of(evening.path, (tmp_path,), held.act, "2026-11-28")
    assert "2026-01-01" not in said
    assert "上次（2026-01-01）" in again


def test_a_draft_takes_the_list_s_cities_and_the_published_version(evening: Evening) -> None:
    run = evening.work.prepared.run
    assert set(run.warnings["city"].astype("str")) == {CITY}
    assert run.enterprises.version.version == "2026年版"
    assert run.enterprises.version.status == "published"


def test_what_persons_decided_stands_from_what_to_what_the_lighter_first(evening: Evening) -> None:
    found = register(_held(evening.work).now, overrides_in(evening.work).values())
    assert [one.lighter for one in found] == [True, False, False, False]
    assert {one.now for one in found[1:]} == {"停产"}
    assert found[0].now == "限产1%"
    assert all(one.was and one.reason and one.by == "办公室 甲" for one in found)
    marks = [row["mark"] for row in rows(evening.work.orders)]
    assert marks.count("轻") == 1
    assert marks.count("改") == 3
    assert marks.index("轻") == marks.count("缺")


def test_lines_decided_at_once_go_back_to_the_rules_at_once(evening: Evening) -> None:
    work = decided(evening.work, drop=overrides_in(evening.work))
    assert overrides_in(work) == {}
    assert int(left_open(work.orders).sum()) == evening.open_before


def _found(judged: JudgedEvidence) -> int:
    """How many rows speak against a plant."""
    return sum(row["finding"] in ("doubtful", "breached") for row in judged.rows)


def _held(work: Work) -> InForce:
    run = work.prepared.run
    return in_force(run.orders, run.warnings, run.now)


def test_a_city_warned_without_a_line_is_told_before_anybody_signs(evening: Evening) -> None:
    run = evening.work.prepared.run
    held = in_force(run.orders.iloc[:0], run.warnings, run.now)
    bare = brief_of(run.orders.iloc[:0], held, [], [])
    assert bare.unlisted == (CITY,)
    assert ("1", f"市在预警中而没有生产线指令：{CITY}") in numbers_of(bare)
    assert ("—", "减排比例不判定：没有全社会排放量") in numbers_of(bare)  # none missed is another thing
    assert KEPT_BRIEF.validate_python(KEPT_BRIEF.dump_python(bare, mode="json")).unlisted == (CITY,)
    taken_back = brief_of(run.orders.iloc[:0], replace(held, decided={}), [], [])
    assert ("—", "减排比例不判定：从决定的时刻起没有预警措施") in numbers_of(taken_back)
    assert brief_of(run.orders, _held(evening.work), [], []).unlisted == ()
    over = {city: replace(one, kind="lift") for city, one in held.decided.items()}
    assert brief_of(run.orders.iloc[:0], replace(held, decided=over), [], []).unlisted == ()


def test_a_decision_stands_with_kilograms_and_ratio_before_and_after(evening: Evening) -> None:
    bare, run = decided(evening.work, drop=overrides_in(evening.work)), evening.work.prepared.run
    held, sums = _held(evening.work), plain(run.summaries)
    without = Without.of(_held(bare), plain(bare.prepared.run.summaries), list(overrides_in(evening.work)))
    brief = brief_of(run.orders, held, sums, overrides_in(evening.work).values(), without=without)
    assert seen_of(brief) == "我已看过1条轻于规则的变更"
    for one in brief.decided:
        ruled = without.rows[without.rows["line_id"].eq(one.key[1]) & without.rows["enterprise_id"].eq(one.key[0])]
        assert one.was == ruled["measure_text"].iloc[0]
        before, now = one.was_kg, one.kg
        assert before is not None
        nox = (before[1] or 0.0, now[1] or 0.0)
        assert nox[0] > nox[1] if one.lighter else nox[0] <= nox[1]
        moved = moved_line(one.line, one.place, before, now, sums)
        for (was, then), (share, after) in zip(moved.kg, moved.ratio, strict=True):
            if was is not None and then is not None and share is not None and after is not None:
                assert (share < after) == (was < then)
    (whole,) = [one for one in moved_sums(without.summaries, sums) if one.name.startswith(CITY)][:1]
    lines = sum((one.kg[1] or 0) - ((one.was_kg or (0,) * 4)[1] or 0) for one in brief.decided)
    assert whole.kg[1][1] - whole.kg[1][0] == pytest.approx(lines, abs=0.01)  # type: ignore[operator]
    assert whole.ratio[1][1] - whole.ratio[1][0] == pytest.approx(  # type: ignore[operator]
        lines / sums[0]["whole_society_kg_d"]["nox"], abs=2e-6
    )


@pytest.mark.slow
def test_a_draft_stands_beside_what_stands(evening: Evening) -> None:
    (line, *_) = overrides_in(evening.work)
    eased = decided(evening.work, drop=[line])
    with Ledger.open(evening.path) as ledger:
        first = against(ledger, _held(evening.work), _now(), before=evening.act)
        same = against(ledger, _held(evening.work), _now())
        other = against(ledger, _held(eased), _now())
    assert (first.acts, first.rows) == ((), ())
    assert (same.acts, same.changed, same.rows) == ((evening.act,), 0, ())
    assert (other.changed, {row["line_id"] for row in other.rows}) == (1, {line[1]})
    assert other.counts["变更"] == len(other.rows)
    assert against_act(evening.path, evening.act).acts == ()
    assert len(without_decisions(evening.path, evening.act).rows) == len(overrides_in(evening.work))


@pytest.mark.parametrize("share", ["", "0", "0.5", "100", "-3", "十", "1e1", "99.9.9"])
def test_a_share_is_refused_as_typed(share: str) -> None:
    with pytest.raises(InputError, match=f"“{share}”"):
        overrides_of([{"enterprise_id": "A", "line_id": "1"}], "limit", share, "会商", "办公室 甲")


def test_what_stands_is_marked_and_not_issued_twice(evening: Evening) -> None:
    with Ledger.open(evening.path) as ledger:
        stands = standing_orders(ledger, evening.work.orders, _now())
        over = standing_orders(ledger, evening.work.orders, _now() + pd.Timedelta(days=30))
    assert set(stands) == {evening.act}
    assert set(over) == {0}
    assert rows(evening.work.orders, stands)[-1]["mark"] == "已"
    with pytest.raises(InputError, match=f"第{evening.act}号发布"):
        hand_in(evening.path, evening.work, "办公室 甲", "")


def test_a_lift_that_cuts_no_order_is_news_all_the_same(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    run = evening.work.prepared.run
    lifted = pd.concat([run.warnings, run.warnings.tail(1).assign(action="lift")], ignore_index=True)
    prepared = replace(evening.work.prepared, run=replace(run, warnings=lifted))
    monkeypatch.setattr("alertengine.web.work.submit", lambda *_, **__: "submitted")
    assert hand_in(evening.path, replace(evening.work, prepared=prepared), "办公室 甲", "") == "submitted"


def test_readiness_names_each_cause_once_with_what_removes_it(evening: Evening) -> None:
    run = evening.work.prepared.run
    footing = Footing(run.book, run.enterprises, run.warnings)
    found = ready(run.orders, footing, run.now)
    builder = Builder(footing)
    for own in grouped(plain_texts(run.orders)):
        assert builder.matters(own) == tuple(dict.fromkeys(one.without_lines() for one in builder.order(own).reasons))
    assert 0 < found.drafts <= found.documents
    texts = [cause.text for cause in found.causes]
    assert len(texts) == len(set(texts))
    assert all(cause.removed and "--" not in cause.removed for cause in found.causes)
    assert not any("清单未发布" in text for text in texts)


@pytest.mark.slow
def test_papers_are_fetched_and_drafts_let_out_under_a_name(evening: Evening) -> None:
    names = zipfile.ZipFile(io.BytesIO(zipped(evening.path, evening.act))).namelist()
    assert any(name.startswith("pack/") for name in names)
    with pytest.raises(InputError, match="请写明理由"):
        release(evening.path, evening.act, "市长 丙", " ")
    (act,) = release(evening.path, evening.act, "市长 丙", "情况紧急")
    with Ledger.open(evening.path) as ledger:
        said = release_on_record(ledger, evening.act)
    assert said is not None
    assert (said.by, said.reason, act.approved_by) == ("市长 丙", "情况紧急", "市长 丙")


def test_pages_open_with_what_was_found_before(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    now = _now().floor("min").to_pydatetime()
    assert warm(evening.path, (), now) == len((first_page, map_view, drafted, rows_file, ready_act, evaluation))
    kept._orders.cache_clear()
    kept._ordered.cache_clear()
    for anew in ("opening.evaluated", "opening.ready", "opening.packed", "kept.list_of", "kept.what_stands"):
        monkeypatch.setattr(f"alertengine.web.{anew}", None)
    assert [*first_page(evening.path, (), now).orders_acts] == [evening.act]
    assert map_view(evening.path, (), now, points=True).plants
    assert drafted(evening.path, evening.act).lines
    assert rows_file(evening.path, evening.act).is_file()
    assert ready_act(evening.path, evening.act).documents
    assert f"第{evening.act}号" in evaluation(evening.path, evening.act)


@pytest.mark.slow
def test_the_route_goes_by_what_nothing_proves_and_back_to_who_was_found_against(evening: Evening) -> None:
    with Ledger.open(evening.path) as ledger:
        stops, acts = route(ledger, _now() + pd.Timedelta(hours=3))
        nothing = route(ledger, _now() + pd.Timedelta(days=30))
    assert acts == [evening.act]
    assert nothing == ([], [])
    risks = [one.at_risk for one in stops]
    assert risks == sorted(risks, reverse=True)
    last = stops[-1]
    at = f"{clock.now():%Y-%m-%d} 23:30"
    note = note_of([last.enterprise_id, last.enterprise, "", at, "未落实", "笔〔2026〕1号", "炉火未熄", "钱", ""])
    with pytest.raises(InputError, match="先放进证据"):
        judge(evening.path, evening.book, [])
    found = judge(evening.path, evening.book, [note])
    assert _found(found) == 1
    put_on_record(evening.path, evening.book, [note], "支队 丁")
    with Ledger.open(evening.path) as ledger:
        again, _ = route(ledger, _now() + pd.Timedelta(hours=3))
    assert (again[0].enterprise_id, again[0].verdict) == (last.enterprise_id, "breached")
    at = f"{clock.now() + timedelta(days=1):%Y-%m-%d} 09:00"
    next_day = note_of([last.enterprise_id, last.enterprise, "", at, "未落实", "笔〔2026〕2号", "炉火未熄", "钱", ""])
    after = judge(evening.path, evening.book, [next_day])
    assert "台账另载违反1日" in after.rows[0]["consequence"]
    # an act of the first minute of a day is issued as its orders begin, one of any other minute after it
    assert [one.code for one in after.notes if one.code != "issued_late"] == ["orders_of_acts"]


def _seen_and_changed(
    phone: Callable[..., httpx.Response], said: dict[str, str], judged: str, desk: Desk
) -> dict[str, str]:
    """What the form of a judgement says was seen; with one note more nothing is put on record."""
    seen = dict(re.findall(r'name="(seen)" value="(\w+)"', judged))
    assert phone("/field/plant", data={**said, "text": "又看了一处"}).status_code == 303
    more = phone("/field/judge", data={"key": said["key"], **seen})
    assert (more.status_code, "判断之后现场记录有变" in more.text, "又看了一处" in more.text) == (409, True, True)
    later = FieldNotes(desk.works.store, "qian").open()[-1]
    assert phone("/field/drop", data={"note": later.code, "key": said["key"]}).status_code == 303
    return seen


@pytest.mark.slow
def test_notes_from_a_phone_are_kept_and_become_findings_under_a_name(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(evening.path)
    account = Account("qian", "钱", "支队", frozenset({Role.AUDITOR}), must_change=False)
    monkeypatch.setattr(desk, "allow", lambda *_: account)
    later = _now() + pd.Timedelta(hours=3)
    monkeypatch.setattr("alertengine.web.fieldnotes.clock", SimpleNamespace(now=later.to_pydatetime, today=clock.today))
    monkeypatch.setattr("alertengine.web.fieldforms.route", lambda ledger, _now, scope: route(ledger, later, scope))
    forms, app, session = Forms(desk), FastAPI(), Session("qian", "d", 0, 0, "t")
    app.include_router(FieldForms(desk, forms).router())

    @app.middleware("http")
    async def signed_in(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        request.state.session = session
        return await call(request)

    with Ledger.open(evening.path) as ledger:
        stops, _ = route(ledger, later)
    first, second = stops[-1], stops[-2]
    said = {"enterprise": first.enterprise_id, "time": f"{later:%Y-%m-%d %H:%M}", "number": "笔〔2026〕9号"}
    said |= {"text": "<b>窑头有火</b>", "result": "未落实"}
    photo = ("photos", ("1.jpg", b"\xff\xd8\xff" + b"0" * 99, "image/jpeg"))

    def phone(path: str, data: dict[str, str] | None = None, files: Any = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as to:
                return await (to.get(path) if data is None else to.post(path, data=data, files=files))

        return asyncio.run(ask())

    assert first.enterprise in phone("/field").text
    assert phone("/field/plant", data=said).status_code == 403
    said["key"] = forms.key_of(session)
    refused = phone("/field/plant", data={**said, "result": ""})
    assert (refused.status_code, "&lt;b&gt;窑头有火" in refused.text) == (400, True)  # nothing typed is lost
    assert phone("/field/plant", said, [("photos", ("x.jpg", b"MZ", "image/jpeg"))]).status_code == 400
    assert phone("/field/plant", data=said, files=[photo]).headers["location"].startswith("/field/plant?")
    (note,) = FieldNotes(desk.works.store, "qian").open()  # another page, another start: it is on disk
    assert phone(f"/field/photos/{note.photos[0][1]}").content.startswith(b"\xff\xd8")
    assert phone("/field/photos/none").status_code == 404
    judged = phone("/field/judge").text
    assert first.enterprise in judged
    assert f'<span class="tag bad">{VERDICT_TEXT["breached"]}</span>' in judged
    assert phone("/field/plant", data={**said, "text": "写错了"}).status_code == 303
    wrong = FieldNotes(desk.works.store, "qian").open()[-1]
    assert phone("/field/drop", data={"note": wrong.code}).status_code == 403
    taken_back = phone("/field/drop", data={"note": wrong.code, "key": said["key"]})
    assert taken_back.headers["location"] == "/field/judge"
    assert FieldNotes(desk.works.store, "qian").open() == [note]
    done = phone("/field/judge", data={"key": said["key"], **_seen_and_changed(phone, said, judged, desk)})
    assert done.headers["location"].startswith("/field?said=")
    assert not FieldNotes(desk.works.store, "qian").open()
    assert second.enterprise in phone(f"/field/plant?enterprise={second.enterprise_id}").text
    with Ledger.open(evening.path) as ledger:
        last = ledger.last()
    assert last is not None
    assert (last.kind, str(last.approved_by)) == ("finding", "支队 钱")


def test_the_list_is_read_once_for_the_telephones_of_a_round(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [("A", "甲", "1"), ("A", "甲", "1"), ("B", "", "2"), ("C", "丙", ""), ("A", "丁", "3")]
    table = pd.DataFrame(lines, columns=["enterprise_id", "contact", "phone"])
    table.insert(0, "city", ["临汾市"] * 4 + ["运城市"])
    reads = list[Path]()

    def read(file: Path, _lists: object) -> SimpleNamespace:
        reads.append(file)
        return SimpleNamespace(lines=table)

    monkeypatch.setattr("alertengine.web.inspecting.read_list", read)
    said = [contacts_of(evening.path, [evening.act], ("临汾市", code)) for code in "ABC"]
    assert said == [[("甲", "1")], [("", "2")], []]
    assert len(reads) == 1


def test_a_plant_that_cannot_be_placed_stays_in_the_route_by_its_county(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(evening.path)
    with Ledger.open(evening.path) as ledger:
        stops, acts = route(ledger, _now() + pd.Timedelta(hours=3))
    stops = stops[:30]

    async def asked(*_: Any) -> dict[tuple[str, str], tuple[float, float]]:
        return {one.plant: (111.5, 36.0) for one in stops[1::2]}  # the first has no place

    monkeypatch.setattr(desk, "ask", asked)
    drawing, unplaced = asyncio.run(route_map(desk, stops, acts, (374, 210)))
    on = {int(number) for number in re.findall(r'href="#stop-(\d+)"', drawing)}
    off = {number for _, own in unplaced for number, _ in own}
    assert (on, off) == (set(range(2, 31, 2)), set(range(1, 31, 2)))
    assert all(stops[number - 1].county == county for county, own in unplaced for number, _ in own)
    said = environment("alertengine.web").get_template("route.html.j2").render(
        stops=stops, visited={}, open=[], first=stops[0], most=1, risk=1, seen=0, map="", unplaced=unplaced,
        nowhere=off, shown=20, tags={},
    )  # fmt: skip
    assert "15家不在图上" in said
    assert f'href="#stop-1">1 {stops[0].enterprise}' in said


@pytest.mark.slow
def test_a_name_of_evidence_is_answered_and_its_row_judged(
    evening: Evening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alertengine.web.intake.read_guarded", lambda read, path, *args, limits: read(path, *args))
    monkeypatch.setenv("ALERTENGINE_PROFILES", str(tmp_path))
    with Ledger.open(evening.path) as ledger:
        name = str(ledger.orders(evening.act)["enterprise"].iloc[0])
    at = f"{clock.now():%Y-%m-%d} 23:50"
    note = note_of(
        ["", name.replace("有限公司", "有限责任公司"), "", at, "未落实", "笔〔2026〕5号", "炉火未熄", "钱", ""]
    )
    before = judge(evening.path, evening.book, [note])
    (asked,) = questions(before.problems, before.notes)
    assert (_found(before), name in asked.candidates) == (0, True)
    said = CellAnswer(header=asked.column, text=asked.text, meant=name, by="支队 丁", at="2026-11-28")
    answer_again(note, "audit.evidence", [said], evening.book.lists)
    assert _found(judge(evening.path, evening.book, [note])) == 1


def test_foreign_files_are_read_beside_the_page_and_their_questions_come_back(evening: Evening) -> None:
    """Receipts, evidence and lists: read in another process, what comes of them sent back whole."""
    desk = Desk(evening.path)
    with Ledger.open(evening.path) as ledger:
        orders = ledger.orders(evening.act)
    code, name = (str(orders[column].iloc[0]) for column in ("enterprise_id", "enterprise"))
    at = f"{_now():%Y-%m-%d %H:%M}"
    doubtful = f"{name[:-1]}某"
    text = f"信用代码,企业名称,事项,时间,签收人\n{code},,已发送,{at},\n,{doubtful},已发送,{at},\n"
    note = note_of([code, name, "", at, "未落实", "笔〔2026〕2号", "炉火未熄", "钱", ""])

    async def use() -> tuple[Delivered, JudgedEvidence]:
        taken = await desk.ask(receipts_taken, desk.path, evening.act, Upload("回执.csv", text.encode()), "办公室 甲")
        version, listed = ("2026年版", "市长 丙", clock.now().date()), _upload("linfen-synthetic.csv")
        asked = (listed, [_upload("linfen-synthetic.totals.csv")], {}, version, "合成清单", ())
        looked = await desk.ask(by_the_law, publish_uploads, desk.path, (), *asked, only_look=True)
        assert len(looked.tables["proof"])
        return taken, await desk.ask(by_the_law, judge, desk.path, (), [note])

    taken, judged = asyncio.run(use())
    assert taken.new == 1
    assert [(one.code, one.file, one.value) for one in taken.notes if one.column == "enterprise"] == [
        ("receipt_perhaps", "回执.csv", doubtful)
    ]
    assert _found(judged)
