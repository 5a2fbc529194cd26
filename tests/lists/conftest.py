from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alertengine.files import rules_folder
from alertengine.lists import EnterpriseList, read_list
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import Problem, Words

BASE = {
    "企业名称": "合成一厂",
    "城市": "临汾市",
    "行业": "焦化",
    "生产线编号": "1",
    "工序": "焦炉",
    "SO2排放量": "10",
    "NOx排放量": "20",
    "颗粒物排放量": "5",
    "VOCs排放量": "2.5",
}
Reader = Callable[..., EnterpriseList]


def table(*rows: dict[str, str], drop: tuple[str, ...] = (), rename: dict[str, str] | None = None) -> str:
    """A csv of rows that each change or add cells of BASE."""
    headers = [h for h in dict.fromkeys([*BASE, *(h for row in rows for h in row)]) if h not in drop]
    renamed = [(rename or {}).get(h, h) for h in headers]
    full = [{**BASE, "生产线编号": str(number), **row} for number, row in enumerate(rows, start=1)]
    lines = [",".join(renamed), *(",".join(_quoted(row.get(h, "")) for h in headers) for row in full)]
    return "\n".join(lines) + "\n"


def _quoted(cell: str) -> str:
    return f'"{cell}"' if "," in cell or "\n" in cell else cell


def told(one: Problem) -> str:
    """A problem's code, row, column and value, and the words that fill its sentence, what could stand there last."""
    said: dict[str, Any] = dict(one.arguments)
    near = said.pop("near", ())
    words = " ".join(_plain(word) for word in (*said.values(), *near))
    return f"{one.code} {one.row or '-'} {one.column or '-'} {one.value or '-'}: {words}".removesuffix(": ")


def _plain(word: Any) -> str:
    if isinstance(word, Words):
        return "(" + " ".join([word.code, *(_plain(one) for _, one in word.arguments)]) + ")"
    return "/".join(map(str, word)) if isinstance(word, tuple) else str(word)


@pytest.fixture(scope="session")
def open_lists() -> OpenLists:
    return OpenLists.load([rules_folder()])


@pytest.fixture
def read(tmp_path: Path, open_lists: OpenLists) -> Reader:
    """Reads the text of a csv as a list."""

    def reader(text: str, encoding: str = "utf-8") -> EnterpriseList:
        path = tmp_path / "list.csv"
        path.write_bytes(text.encode(encoding))
        return read_list(path, open_lists)

    return reader
