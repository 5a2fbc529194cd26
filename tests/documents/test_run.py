from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from docx import Document

from alertengine.documents import MANIFEST, DocumentOptions, Footing, copy_templates, write_documents
from alertengine.documents._write_documents import TEMPLATES
from alertengine.documents.formal_or_draft import DRAFT_MARK
from alertengine.vocabulary import InputError, speaking
from tests.documents.conftest import Maker, text_of

pytestmark = pytest.mark.whole

Footer = Callable[..., Footing]
EVIL = [
    "../../../x",
    "{{7*7}}",
    "{% for i in range(9) %}x{% endfor %}",
    "<w:p><w:r><w:t>y</w:t></w:r></w:p>",
    "]]>&amp;\x00\x08\u202e倒写",
    "=cmd|' /C calc'!A0",
    "CON",
    "..",
    "企" * 300,
    "{_{7*7}_}",
]


def documents(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.docx"))


def one(folder: Path, kind: str = "减排指令") -> Path:
    (path,) = (folder / kind).rglob("*.docx")
    return path


def test_an_order_says_what_it_must(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders(
        {"transport": "停止公路运输", "remark": "有效期未载明"},
        {
            "line_id": "02",
            "line": "2#焦炉",
            "status": "exempt",
            "measure_text": "不采取停限产措施（民生保障）",
            "share": 0,
        },
        {"line_id": "03", "line": "锅炉", "status": "self_directed", "measure_text": "自主减排", "basis": "《甲》九"},
    )
    written = write_documents(table, footing(table, contact="张某", phone="13800138000"), tmp_path)
    assert written.exit_status == 0
    text = text_of(one(tmp_path))
    for said in (
        "重污染天气应急减排指令",
        "合成焦化一厂：",
        "统一社会信用代码：E0001",
        "Ⅰ级（红色）",
        "2021年1月4日0时",
        "2021年1月9日0时",
        "①《中华人民共和国大气污染防治法》第九十六条",
        "②《某市重污染天气应急预案》",
        "③《某方案》三(六)",
        "④《甲》九",
        "合成清单甲",
        "某局长批准，2020年10月1日发布",
        "在确保安全的前提下",
        "【豁免】不采取停限产措施（民生保障）",
        "自主减排",
        "停止公路运输",
        "（盖章处）",
        "张某",
        "13800138000",
        "SO₂ 100",
        "有效期未载明",
    ):
        assert said in text, said
    assert DRAFT_MARK not in text
    assert "不执行本指令的后果，规则库未载明" in text
    board = text_of(one(tmp_path, "公示牌"))
    assert "停产" in board
    assert "13800138000" not in board
    assert "张某" not in board


def test_an_open_ground_makes_a_draft_with_its_reasons(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders(
        {"status": "undetermined", "measure_text": "依据缺失，待人工确定", "basis": "", "share": float("nan")}
    )
    written = write_documents(table, footing(table), tmp_path)
    assert written.exit_status == 1
    text = text_of(one(tmp_path))
    assert DRAFT_MARK in text
    assert "状态为依据缺失：1#焦炉" in text
    assert "本件为草稿，不得送达" in text
    assert DRAFT_MARK in (tmp_path / "notice.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", EVIL)
def test_a_name_is_text_and_no_path_no_tag_no_markup(orders: Maker, footing: Footer, tmp_path: Path, name: str) -> None:
    """A name from a list is printed letter by letter and never leaves the folder."""
    cells = {"enterprise": name, "line": name, "county": name, "measure_text": name, "basis": name, "transport": name}
    table = orders(cells)
    folder = tmp_path / "in" / "side"
    write_documents(table, footing(orders()), folder)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_relative_to(folder)] == []
    assert len(documents(folder)) == 2
    for path in documents(folder):
        assert len(path.name.encode()) <= 255
        text = "\n".join(p.text for p in Document(path).paragraphs) + text_of(path)
        shown = "".join(c for c in name if c.isprintable() or c == " ").strip()
        assert shown[:100] in text
        assert "49" not in text.replace(name, "")
        assert "xxxxxxxxx" not in text
    page = (folder / "notice.html").read_text(encoding="utf-8")
    assert "<w:p>" not in page


def test_a_run_again_makes_nothing_anew(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders({}, {"enterprise_id": "E2", "enterprise": "合成二厂"})
    foot = footing(table)
    assert write_documents(table, foot, tmp_path).printed.counts["made"] == 4
    before = {path: path.read_bytes() for path in documents(tmp_path)}
    assert write_documents(table, foot, tmp_path).printed.counts == {"standing": 4}
    shutil.rmtree(tmp_path / "减排指令")
    (tmp_path / MANIFEST).unlink()
    assert write_documents(table, foot, tmp_path).printed.counts["made"] == 4
    assert {path: path.read_bytes() for path in documents(tmp_path)} == before, "same input, same bytes"


def test_a_broken_file_is_made_anew_and_a_changed_order_too(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders()
    foot = footing(table)
    write_documents(table, foot, tmp_path)
    path = one(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    assert write_documents(table, foot, tmp_path).printed.counts == {"standing": 1, "made": 1}
    assert path.read_bytes() == whole
    assert write_documents(orders({"measure_text": "限产"}), foot, tmp_path).printed.counts == {"made": 2}
    assert path.read_bytes() != whole
    (tmp_path / MANIFEST).write_text("{broken", encoding="utf-8")
    assert write_documents(table, foot, tmp_path).printed.counts == {"made": 2}


def test_what_a_person_edited_is_never_lost(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders()
    foot = footing(table)
    write_documents(table, foot, tmp_path)
    path = one(tmp_path)
    edited = Document(path)
    edited.add_paragraph("文号已填")
    edited.save(path)
    again = write_documents(table, foot, tmp_path)
    assert len(again.printed.kept) == 1
    assert "文号已填" in text_of(path)
    changed = write_documents(orders({"measure_text": "限产"}), foot, tmp_path)
    assert "文号已填" in text_of(changed.printed.copies[0])
    assert "文号已填" not in text_of(path)
    assert changed.exit_status == 1


def test_documents_of_enterprises_no_longer_ordered_go(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders({}, {"enterprise_id": "E2", "enterprise": "合成二厂"})
    foot = footing(table)
    write_documents(table, foot, tmp_path)
    written = write_documents(orders(), foot, tmp_path)
    assert len(written.removed) == 2
    assert len(documents(tmp_path)) == 2


def test_a_forged_manifest_removes_nothing_outside(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    folder, victim = tmp_path / "out", tmp_path / "victim"
    table = orders()
    write_documents(table, footing(table), folder)
    victim.write_bytes(b"")
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    content["files"]["减排指令/../../victim"] = {"inputs": "", "sha256": empty}
    (folder / MANIFEST).write_text(json.dumps(content), encoding="utf-8")
    write_documents(table, footing(table), folder)
    assert victim.exists()


def test_formal_makes_only_what_may_go_out_and_draft_marks_all(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders({}, {"enterprise_id": "E2", "enterprise": "合成二厂", "standing": "secondary"})
    foot = footing(table)
    formal = write_documents(table, foot, tmp_path / "formal", DocumentOptions(mode="formal"))
    assert [path.name for path in documents(tmp_path / "formal")] == ["合成焦化一厂-E0001.docx"] * 2
    assert not (tmp_path / "formal" / "notice.html").exists()
    assert formal.exit_status == 1
    ready = orders()
    draft = write_documents(ready, foot, tmp_path / "draft", DocumentOptions(mode="draft"))
    assert draft.exit_status == 0
    assert all(DRAFT_MARK in text_of(path) for path in documents(tmp_path / "draft"))


def test_one_enterprise_by_name_and_an_unknown_one(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders({}, {"enterprise_id": "E2", "enterprise": "合成二厂"})
    foot = footing(table)
    write_documents(table, foot, tmp_path)
    written = write_documents(table, foot, tmp_path, DocumentOptions(enterprises=("合成二厂",)))
    assert len(written.entries) == 1
    assert len(documents(tmp_path)) == 4
    with pytest.raises(InputError, match="no such enterprise"):
        write_documents(table, foot, tmp_path / "no", DocumentOptions(enterprises=("无此厂",)))
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("name", ["合成（二）厂", " 合成(二)厂　", "\u3000合成 (二) 厂", "合成【二】厂", " e2", "Ｅ２"])
def test_an_enterprise_is_found_however_its_name_is_spelt(
    orders: Maker, footing: Footer, tmp_path: Path, name: str
) -> None:
    table = orders({}, {"enterprise_id": "E2", "enterprise": "合成（二）厂"})
    written = write_documents(table, footing(table), tmp_path, DocumentOptions(enterprises=(name,)))
    assert [one.paper.enterprise for one in written.entries] == ["合成（二）厂"]


@pytest.mark.parametrize(
    ("room", "left"),
    [
        (0, []),
        (1, ["manifest.json", "减排指令/临汾市/洪洞县/合成焦化一厂-E0001.docx"]),
    ],
)
@pytest.mark.parametrize("there", [False, True])
def test_a_full_disk_leaves_nothing_but_whole_documents(
    orders: Maker,
    footing: Footer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    room: int,
    left: list[str],
    there: bool,
) -> None:
    """``room``: how many documents fit; the manifest of those that stand is kept, as the next run goes on from it."""
    put_in_place, made = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        if Path(target).suffix == ".docx":
            made.append(target)
            if len(made) > room:
                raise OSError(errno.ENOSPC, "No space left on device")
        return put_in_place(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr("alertengine.documents.print_run._BATCH", 1)
    folder = tmp_path / "a" / "b"
    if there:
        folder.mkdir(parents=True)
    table = orders({}, {"enterprise_id": "E2", "enterprise": "合成二厂", "county": "襄汾县"})
    with pytest.raises(InputError, match="cannot be written"):
        write_documents(table, footing(table), folder)
    monkeypatch.undo()
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == left
    assert [path for path in tmp_path.rglob("*") if path.is_dir() and not any(path.iterdir())] == [folder] * (
        there and not left
    )


@pytest.mark.parametrize(
    ("name", "near"), [("合成焦化二厂", "合成焦化一厂"), ("E0010", "E0001"), (" ", ""), ("甲乙", "")]
)
def test_an_enterprise_that_is_not_there_is_told_with_the_nearest(
    orders: Maker, footing: Footer, tmp_path: Path, name: str, near: str
) -> None:
    table = orders()
    with pytest.raises(InputError) as caught:
        write_documents(table, footing(table), tmp_path / "no", DocumentOptions(enterprises=(name,)))
    (problem,) = caught.value.problems
    assert (problem.value, problem.expected) == (
        name,
        "an enterprise id or name of the orders" + (f", perhaps {near}" if near else ""),
    )


def test_enterprises_without_a_duty_get_no_document(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders({"level": "none", "status": "none", "measure": "none", "basis": "", "standing": ""})
    written = write_documents(table, footing(table), tmp_path)
    assert (written.without_duty, documents(tmp_path)) == (1, [])


def test_change_orders_say_only_what_changes(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    limit = {"measure": "limit", "share": 0.3, "measure_text": "限产30%", "level": "orange"}
    old = orders(limit, {"line_id": "02", "line": "2#焦炉"}, {"enterprise_id": "E2", "enterprise": "合成二厂"})
    new = orders({}, {"line_id": "02", "line": "2#焦炉"}, {"enterprise_id": "E2", "enterprise": "合成二厂"})
    write_documents(new, footing(new), tmp_path, DocumentOptions(since=old))
    text = text_of(one(tmp_path, "变更指令"))
    assert "变更：措施、减排比例" in text
    assert "限产30%（减排30%）" in text
    assert "停产（减排100%）" in text
    assert "2#焦炉" not in text
    assert old["order_id"].iloc[0] in text


@pytest.mark.parametrize(
    ("now", "ended"),
    [
        ("2021-01-06 15:00", ["2021-01-06 16:00"]),  # in the middle: from the next full hour on
        ("2021-01-09 15:00", []),  # past its own end: nothing is left to be ended
        (None, ["2021-01-04 00:00"]),  # no moment is known
    ],
)
def test_where_no_order_is_left_what_was_ordered_ends_from_the_decision_on_and_not_before(
    orders: Maker, footing: Footer, tmp_path: Path, now: str | None, ended: list[str]
) -> None:
    old = orders()
    moment = pd.Timestamp(now) if now else None
    written = write_documents(old.iloc[:0], footing(old), tmp_path, DocumentOptions(since=old, now=moment))
    assert written.changes is not None
    assert written.changes["starts"].tolist() == ended
    assert len(documents(tmp_path)) == len(ended)


@pytest.mark.slow
def test_many_documents_by_several_processes(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    """The same files, whatever the number of processes."""
    table = orders(*({"enterprise_id": f"E{n:04d}", "enterprise": f"合成{n}厂"} for n in range(160)))
    foot, ticks = footing(table), []
    write_documents(
        table, foot, tmp_path / "two", DocumentOptions(workers=2, boards=False), lambda n, _: ticks.append(n)
    )
    write_documents(table, foot, tmp_path / "one", DocumentOptions(workers=1, boards=False))
    assert sum(ticks) == 160
    assert (tmp_path / "two" / MANIFEST).read_bytes() == (tmp_path / "one" / MANIFEST).read_bytes()


@pytest.mark.parametrize("before", [0, 2])
def test_a_process_that_is_ended_from_outside_loses_no_document(
    orders: Maker, footing: Footer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    """As for want of memory: ``before`` batches are made until then."""

    class Pool(nullcontext[Any]):
        def __init__(self, _workers: int, _context: Any, start: Callable[..., None], given: tuple[Any, ...]) -> None:
            super().__init__(self)
            start(*given)

        def map(self, make: Callable[[Any], Any], batches: Sequence[Any]) -> Iterator[Any]:
            yield from map(make, batches[:before])
            raise BrokenProcessPool

    for name, value in (("ProcessPoolExecutor", Pool), ("_BATCH", 1), ("_WORTH_IT", 2)):
        monkeypatch.setattr(f"alertengine.documents.print_run.{name}", value)
    table = orders(*({"enterprise_id": f"E{n}", "enterprise": f"合成{n}厂"} for n in range(4)))
    written = write_documents(table, footing(table), tmp_path, DocumentOptions(workers=2, boards=False))
    assert (written.printed.counts["made"], len(documents(tmp_path))) == (4, 4)


def test_names_that_differ_only_in_case_or_beyond_what_a_name_holds_stay_apart(
    orders: Maker, footing: Footer, tmp_path: Path
) -> None:
    names = [("a/b", "X"), ("a:b", "X "), ("A?B", "x"), ("a\\b", "X.")]
    table = orders(*({"enterprise": name, "enterprise_id": code} for name, code in names))
    write_documents(table, footing(orders()), tmp_path, DocumentOptions(boards=False))
    assert len({path.name.casefold() for path in documents(tmp_path)}) == 4


# -- templates


def edited(path: Path, text: str) -> Path:
    document = Document(TEMPLATES / "order.docx")
    document.add_paragraph(text)
    document.save(path)
    return path


def test_a_template_edited_in_word_is_used(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders()
    copy_templates(tmp_path / "mine.docx")
    path = edited(tmp_path / "mine.docx", "抄送：{{ 区县 }}分局；{% for 行 in 生产线 %}{{ 行.编号 }}{% endfor %}")
    write_documents(table, footing(table), tmp_path / "out", DocumentOptions(template=path))
    assert "抄送：洪洞县分局；01" in text_of(one(tmp_path / "out"))


@pytest.mark.parametrize(
    "text",
    [
        "{{ 企业名 }}",
        "{{ 企业名称 ",
        "{% for 行 in 生产线 %}",
        "{{ 标题.__class__.__mro__ }}",
        "{{ 7 / 0 }}",
        "{{ 生产线() }}",
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_before_anything_is_written(
    orders: Maker, footing: Footer, tmp_path: Path, text: str
) -> None:
    table = orders()
    with pytest.raises(InputError, match=r"template cannot be filled|names that nothing fills"):
        write_documents(
            table, footing(table), tmp_path / "out", DocumentOptions(template=edited(tmp_path / "t.docx", text))
        )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ 企业名 }}{{ 区县名 }}", "模板中没有的填写项（现为“企业名、区县名”）"),
        ("{{ 企业名称 ", "模板不能填写：花括号中的写法有误或不被允许"),
    ],
)
def test_a_template_is_refused_in_the_words_of_who_edited_it(
    orders: Maker, footing: Footer, tmp_path: Path, text: str, told: str
) -> None:
    table, own = orders(), edited(tmp_path / "t.docx", text)
    with speaking("zh"), pytest.raises(InputError) as refused:
        write_documents(table, footing(table), tmp_path / "out", DocumentOptions(template=own))
    with speaking("zh"):
        assert str(refused.value.problems[0]).startswith(f"t.docx：{told}")


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("", "does not say what its paper cannot do without"),
        ("{{ 企业名称 }}{% for 条 in 生产线 %}{% endfor %}", "cannot do without"),
        ("{{ 标记 }}{% for 条 in 生产线 %}{% endfor %}", "cannot do without"),
        ("{{ 企业名称 }}{{ 标记 }}", "cannot do without"),  # its table was removed: it orders nothing
        ("{{ 企业名称 }}{{ 标记 }}{% for 条 in 变更 %}{% endfor %}", "cannot do without"),  # that of a change
        ("{{ 企业名称|无此 }}{{ 标记 }}", "cannot be filled"),
    ],
)
def test_a_template_says_whose_paper_it_is_that_it_is_a_draft_and_what_it_orders(
    orders: Maker, footing: Footer, tmp_path: Path, text: str, refused: str
) -> None:
    table, bare = orders(), Document()
    bare.add_paragraph(f"请停产。{text}")
    bare.save(tmp_path / "bare.docx")
    with pytest.raises(InputError, match=rf"bare\.docx: .*{refused}"):
        write_documents(table, footing(table), tmp_path / "out", DocumentOptions(template=tmp_path / "bare.docx"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["broken.docx", "none.docx", "folder"])
def test_what_is_no_word_document_is_no_template(orders: Maker, footing: Footer, tmp_path: Path, name: str) -> None:
    table = orders()
    (tmp_path / "broken.docx").write_text("no zip", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=r"cannot be read|no template in the folder"):
        write_documents(table, footing(table), tmp_path / "out", DocumentOptions(template=tmp_path / name))


def test_templates_are_copied_out_whole_and_never_over_a_file(tmp_path: Path) -> None:
    copied = copy_templates(tmp_path / "mine")
    own = {path.name for path in copied if path.parent == tmp_path / "mine"}
    assert own == {"order.docx", "change.docx", "board.docx", "README.md"}
    pack = {path.name for path in copied if path.parent == tmp_path / "mine" / "pack"}
    assert pack >= {"approval.docx", "notice.docx", "task.docx", "public.txt", "sms.txt", "departments.yaml"}
    with pytest.raises(InputError, match="already"):
        copy_templates(tmp_path / "mine")


def test_the_guide_to_templates_names_every_value() -> None:
    from alertengine.documents import document

    guide = (TEMPLATES / "README.md").read_text(encoding="utf-8")
    kinds = [kind for kind in vars(document).values() if isinstance(kind, type) and is_dataclass(kind)]
    own = [kind for kind in kinds if kind.__module__ == document.__name__]
    assert document.OrderPaper in own
    assert [name for kind in own for name in document.names_of(kind).values() if name not in guide] == []


def test_texts_of_pandas_do_not_reach_a_document(orders: Maker, footing: Footer, tmp_path: Path) -> None:
    table = orders({"share": float("nan"), "so2_kg_d": float("nan")})
    assert pd.isna(table["share"]).all()
    write_documents(table, footing(table), tmp_path)
    text = text_of(one(tmp_path))
    assert "nan" not in text.lower()
    assert "合计为下限" in text
