"""沿用、取代、解除、核对、名单: what became of documents and closed lists, entered by form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from nicegui import ui

from alertengine.vocabulary import STANDING_TEXT, InputError, Problem, problems_as
from alertengine.vocabulary import times as clock
from alertengine.web.entering import members_taken, own_folder, signed_taken
from alertengine.web.pages.frame import Visit, card, telling
from alertengine.web.pages.reading import Readings, file_field
from alertengine.web.pages.rulesentry import show_entry
from alertengine.web.roles import Right
from alertengine.workflow import NewRecord, RulesEntry, ended, recorded

_KINDS: Final = {
    "continue": "沿用：过了所为制定的年份，继续执行",
    "replace": "取代：新文件自某日起代替旧文件",
    "lift": "解除：通知自某日某时起解除",
    "compared": "核对原文：某人已对照官方文本",
    "members": "名单：封闭名单（豁免、停限产清单）的成员",
    "signed": "签名文件：别的局转来的文件",
}
_HEAD: Final = {
    "document": ("这份文件的编号（小写字母、数字）", ""), "title": ("标题", ""), "number": ("文号", ""),
    "issuer": ("发文机关", ""), "issued": ("发文日期", "date"), "area": ("适用地区", ""), "pages": ("页码", ""),
    "checked_by": ("核对人（另一人）", ""),
}  # fmt: skip
#: What is said of each text that was compared; the last three where it is not on file.
_TEXT: Final = {
    "edition": ("与哪个版本核对", ""), "page": ("在其中何处", ""), "issuer": ("发文机关（官方文本所载）", ""),
    "issued": ("发文日期（官方文本所载）", "date"), "number": ("文号（官方文本所载）", ""),
}  # fmt: skip

#: Options of the commands by what they are called here.
_WHERE: Final = {
    "WHAT": "哪份文件", "--document": "文件编号", "--title": "标题", "--area": "适用地区", "--from": "自何日起",
    "--by": "谁决定、谁核对", "--edition": "与哪个版本核对", "--page": "在其中何处",
    "--text-issuer": "发文机关（官方文本所载）",
    "--text-issued": "发文日期（官方文本所载）", "--text-number": "文号（官方文本所载）", "--source": "依据的文件",
    "--to": "最后一天", "NAME": "名单",
}  # fmt: skip


class RecordForm:
    """What became of documents and closed lists, as one form for each kind of it."""

    def __init__(self, visit: Visit) -> None:
        """Draw it."""
        self._visit = visit
        self._fields: dict[str, Any] = {}
        with card("记录文件和名单的变化"):
            kind = visit.query.get("kind", "continue")
            self._kind = ui.select(_KINDS, value=kind if kind in _KINDS else "continue", label="记什么")
            self._kind.classes("w-full").on_value_change(self._draw)
            self._place = ui.element("div").classes("pile near")
            ui.button("检查", on_click=self._check)
        self._done = ui.element("div").classes("pile").props("aria-live=polite")
        self._draw()

    def _draw(self) -> None:
        self._place.clear()
        self._fields = {}
        with self._place:
            {"members": self._members, "signed": self._signed}.get(str(self._kind.value), self._paper)()

    def _text(self, name: str, label: str, kind: str = "", of: str = "", *, wide: bool = False) -> None:
        """A field; ``of`` what it is about, which its neighbours show, stands in its full name alone."""
        full = f"{label}：{of}" if of else label
        self._fields[name] = ui.input(label).props(f'aria-label="{full}"')
        self._fields[name].style(f"min-width:min({24 if wide else 15}em,100%)")
        if kind:
            self._fields[name].props(f"type={kind} stack-label")

    def _paper(self) -> None:
        documents, account = self._visit.desk.book.documents, self._visit.account
        names = {name: f"{one.citation}　{name}" for name, one in documents.items()}
        said = [one for one in self._visit.query.get("of", "").split(",") if one in names]
        with ui.element("div").classes("side"):
            self._fields["what"] = ui.select(names, value=said, label="哪份文件", multiple=True, with_input=True)
            self._fields["what"].classes("w-full").props("use-chips")
            self._text("rules", "或只是其中的规则（编号，用、隔开）", wide=True)
        with ui.element("div").classes("side"):
            if self._kind.value in ("continue", "compared"):
                self._text("by", "谁决定沿用" if self._kind.value == "continue" else "谁核对")
            self._text("from", "自何日起", "date")
            self._text("hour", "几时几分（没有写的留空）", "time")
            if self._kind.value == "continue":
                self._text("to", "至何日（没有写的留空）", "date")
                self._text("article", "文件何处写明")
        if self._kind.value == "compared":
            self._fields["by"].value, self._fields["from"].value = account.written, str(clock.today())
            place = ui.element("div").classes("w-full")
            for one in ("what", "rules"):
                self._fields[one].on_value_change(lambda: self._compared(place))
            self._compared(place)
        ui.label("写明此事的文件：").classes("small")
        with ui.element("div").classes("side"):
            for name, (label, kind) in _HEAD.items():
                self._text(name, label, kind)
            if self._kind.value == "compared":
                self._fields["document"].value = f"compared-{clock.today()}"
                self._fields["title"].value = f"核对原文记录（{clock.today()}）"
            self._fields["source"] = ui.select(STANDING_TEXT, value="secondary", label="文本性质").style(
                "min-width:9em"
            )

    def _compared(self, place: ui.element) -> None:
        """One row a document: with what it was compared, and by what its official text is found."""
        book = self._visit.desk.book
        kept = {name: self._given(name) for name in self._fields if name.startswith("text ")}
        self._fields = {name: field for name, field in self._fields.items() if name not in kept}
        place.clear()
        with place:
            for what in self._what():
                known = book.documents.get(book.rules[what].document if what in book.rules else what)
                if known is None:
                    continue
                ui.label(known.citation).classes("small mt-2")
                with ui.element("div").classes("side"):
                    for key, (label, kind) in _TEXT.items():
                        if key in ("edition", "page") or key in known.lacking():
                            self._text(f"text {what} {key}", label, kind, known.title)
                            self._fields[f"text {what} {key}"].value = kept.get(f"text {what} {key}", "")

    def _what(self) -> list[str]:
        """The documents and rules that were chosen."""
        return [*(self._fields["what"].value or []), *filter(None, map(str.strip, self._given("rules").split("、")))]

    def _members(self) -> None:
        with ui.element("div").classes("side"):
            names = list(self._visit.desk.book.lists.named_lists)
            self._fields["name"] = ui.select(names, label="名单", with_input=True).style("min-width:16em")
            self._text("source", "依据的文件")
            self._text("from", "列入的第一天", "date")
            self._text("to", "最后一天（没有写的留空）", "date")
            self._fields["whole"] = ui.checkbox("表中是全部成员，不在表中的移出")
        self._file("rules.members")

    def _signed(self) -> None:
        ui.label(
            "文件由录入人、核对人签名后转来。签名的人照文件所写，填单位和姓名，"
            "并贴入本人交来的公钥（.pub文件内容），"
            "才可作为官方文本；没有公钥的也可读入，但须向本人核对密钥指纹。签名后改动过的不读入。"
        ).classes("small")
        with ui.element("div").classes("side"):
            for number in ("1", "2"):
                self._text(f"by{number}", f"签名的人{number}")
                label = f"其公钥{number}"
                self._fields[f"key{number}"] = ui.textarea(label).props(f'aria-label="{label}" rows=3 outlined')
                self._fields[f"key{number}"].style("min-width:24em")
        self._file("rules.signed")

    def _file(self, key: str) -> None:
        self._readings = Readings(self._visit)
        file_field(key, self._readings)

    def _given(self, name: str) -> str:
        return str(self._fields[name].value or "").strip() if name in self._fields else ""

    def _day(self, name: str) -> date | None:
        return date.fromisoformat(self._given(name)) if self._given(name) else None

    def _head(self) -> dict[str, Any]:
        account, first, last = self._visit.account, self._day("from"), self._day("to")
        entered = {"by": account.written, "on": clock.today(), "pages": self._given("pages")}
        checked = self._given("checked_by")
        entered |= {"checked_by": checked, "checked_on": entered["on"]} if checked else {}
        head: dict[str, Any] = {
            name: self._given(name) for name in _HEAD if name not in ("pages", "issued", "checked_by")
        }
        head |= {"issued": self._day("issued"), "source": self._given("source"), "entered": entered}
        if first is not None:
            begins = f"{first} {self._given('hour')}" if self._given("hour") else first
            head["valid"] = {"from": begins, "to": last or "not stated"}
        head["entered"] = {key: value for key, value in entered.items() if value}
        return {key: value for key, value in head.items() if value}

    def _work(self) -> Callable[[], RulesEntry]:
        """What makes the entry; raises where something needed is not filled in."""
        rules = self._visit.desk.rules
        folder = own_folder(rules)
        if self._kind.value == "members":
            table, name, source = self._readings.file("rules.members"), self._given("name"), self._given("source")
            first, last = self._day("from"), self._day("to")
            lacks = [
                said for said, there in (("名单", name), ("名单文件", table), ("列入的第一天", first)) if not there
            ]
            if lacks or table is None or first is None:
                raise InputError([Problem("plan_cell_needed", where=said, names=[said]) for said in lacks])
            whole = bool(self._fields["whole"].value)
            return lambda: members_taken(rules, table, name, source, first, last, whole=whole)
        if self._kind.value == "signed":
            signed = self._readings.file("rules.signed")
            if signed is None:
                raise InputError([Problem("plan_cell_needed", where="签名文件", names=["签名文件"])])
            keys = {self._given(f"by{one}"): self._given(f"key{one}") for one in ("1", "2") if self._given(f"by{one}")}
            return lambda: signed_taken(rules, signed, keys)
        what, head, by, article = self._what(), self._head(), self._given("by"), self._given("article")
        if self._kind.value in ("replace", "lift"):
            return lambda: ended(rules, folder, what, head)
        if self._kind.value == "continue":
            return lambda: recorded(rules, folder, what, head, NewRecord.continued(by), article)
        said = [{key: self._given(f"text {one} {key}") for key in _TEXT} for one in what]
        records = [NewRecord.compared(by, one.pop("edition"), one.pop("page"), one) for one in said]
        return lambda: recorded(rules, folder, what, head, records)

    async def _check(self) -> None:
        with telling(self._done, "不能录入，没有写入任何内容"):
            self._visit.allow(Right.READ)
            with problems_as(lambda one: one.at(where=_WHERE.get(one.where, one.where))):
                entry = await self._visit.desk.run(self._work())
            with self._done:
                await show_entry(self._visit, entry)
