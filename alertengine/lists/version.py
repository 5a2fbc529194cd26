"""The version of a list: sheet 版本 of a workbook, or a yaml beside a csv or parquet."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from alertengine.errors import InputError, Problem
from alertengine.lists.cells import tidy
from alertengine.lists.headers import normal
from alertengine.lists.model import ListVersion
from alertengine.lists.sources import WORKBOOK_SUFFIXES, open_sheet, open_workbook, sheet_grid
from alertengine.rulebook.openlists import OpenLists
from alertengine.rulebook.yamlfile import problems_of, read_yaml

VERSION_SHEET: Final = "版本"
#: Keys of a version with the names people read, the first being the one written.
VERSION_KEYS: Final = {
    "version": ("版本", "版本号", "版次"),
    "city": ("城市", "地市", "市"),
    "year": ("年份", "年度"),
    "status": ("状态",),
    "approver": ("批准人", "审批人", "批准单位"),
    "published_on": ("发布日期", "公布日期"),
}
STATUS_TEXT: Final = {"draft": "草案", "published": "已发布"}
_STATUS: Final = {
    "草案": "draft",
    "草稿": "draft",
    "征求意见": "draft",
    "已发布": "published",
    "发布": "published",
    "已公布": "published",
}


def version_files(path: Path) -> tuple[Path, ...]:
    """Where the version of a csv or parquet list may stand, the first place being the one written."""
    return path.with_suffix(".version.yaml"), path.with_suffix(".yaml")


def read_version(path: Path, lists: OpenLists) -> ListVersion:
    """The version of the list at ``path``; a draft where none is given.

    Raises:
        InputError: it is there but malformed; a published list must name approver and date.

    """
    if path.suffix.lower() in WORKBOOK_SUFFIXES:
        return _from_sheet(path, lists)
    for beside in version_files(path):
        if beside.is_file():
            return _validated(read_yaml(beside), str(beside), lists)
    return ListVersion()


def _from_sheet(path: Path, lists: OpenLists) -> ListVersion:
    book = open_workbook(path)
    if VERSION_SHEET not in book.sheet_names:
        return ListVersion()
    grid = [[tidy(cell) for cell in row] for row in sheet_grid(open_sheet(book, VERSION_SHEET, path))]
    grid = [row for row in grid if any(row)]
    keys = {normal(name): key for key, names in VERSION_KEYS.items() for name in (key, *names)}
    flat = len(grid) > 1 and sum(normal(cell) in keys for cell in grid[0]) > 1
    pairs = list(zip(grid[0], grid[1], strict=False)) if flat else [(row[0], row[1]) for row in grid if len(row) > 1]
    said = {keys[normal(name)]: value for name, value in pairs if normal(name) in keys and value}
    return _validated(said, f"{path}[{VERSION_SHEET}]", lists)


def _validated(content: Any, file: str, lists: OpenLists) -> ListVersion:
    if not isinstance(content, dict):
        raise InputError([Problem(file, "not a list version", expected=" ".join(VERSION_KEYS))])
    said = {key: value for key, value in content.items() if value is not None and value != ""}
    said["status"] = _STATUS.get(str(said.get("status", "draft")), said.get("status", "draft"))
    for key in ("version", "city", "approver"):
        if isinstance(said.get(key), (int, float, date)):
            said[key] = str(said[key])
    if isinstance(said.get("city"), str):
        said["city"] = lists.standard_name("places", said["city"]) or said["city"]
    try:
        return ListVersion.model_validate(said)
    except ValidationError as error:
        raise InputError(problems_of(error, file)) from None


def version_yaml(version: ListVersion) -> str:
    """A version as the yaml that reads back as the same."""
    content = {key: value for key, value in version.model_dump().items() if value not in ("", None)}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
