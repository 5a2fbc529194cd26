"""The version of a list: a yaml beside it, or sheet 版本 of a workbook."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from alertengine.files import (
    WORKBOOK_SUFFIXES,
    Findings,
    Limits,
    checked_model,
    normal,
    open_workbook,
    read_yaml,
    tidy,
)
from alertengine.lists.model import ListVersion
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import InputError, Problem, Words, refuse

VERSION_SHEET: Final = "版本"
#: Keys of a version with the names people read, the first being the one written.
VERSION_KEYS: Final = {
    "version": ("版本", "版本号", "版次"),
    "city": ("城市", "地市", "市"),
    "year": ("年份", "年度"),
    "status": ("状态",),
    "approver": ("批准人", "审批人", "批准单位"),
    "published_on": ("发布日期", "公布日期"),
    "sha256": ("文件校验值",),
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
    """Where the version of a list may stand beside it, the first place being the one written."""
    first = path.with_suffix(".version.yaml")
    return (first,) if path.suffix.lower() in WORKBOOK_SUFFIXES else (first, path.with_suffix(".yaml"))


def read_version(path: Path, lists: OpenLists, findings: Findings | None = None) -> ListVersion:
    """The version of the list at ``path``; a draft where none is given, or where the file was changed since.

    A yaml beside a workbook goes before its sheet: it is how a workbook is published.  A file whose hash is not
    that of its published version is a problem of ``findings``.

    Raises:
        InputError: it is there but malformed; a published list must name approver and date.

    """
    version = _as_given(path, lists)
    if version.status != "published" or not version.sha256 or version.sha256 == file_hash(path):
        return version
    if findings is not None:
        value = version.version or path.name
        findings.problems.append(Problem("changed_since", file=str(path), value=value, day=version.published_on))
    return version.model_copy(update={"status": "draft"})


def file_hash(path: Path) -> str:
    """SHA-256 of a file as 64 hexadecimal digits.

    Raises:
        InputError: it cannot be read.

    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise refuse(path, "unreadable_file", error=error, kind=Words("a_list")) from None


def _as_given(path: Path, lists: OpenLists) -> ListVersion:
    first, *others = version_files(path)
    for beside in (first, *others):
        content = read_yaml(beside) if beside.is_file() else None
        # a scenario may have the name of its list
        if beside.is_file() and (beside == first or not isinstance(content, dict) or content.keys() & VERSION_KEYS):
            return _validated(content, str(beside), lists)
    return _from_sheet(path, lists) if path.suffix.lower() in WORKBOOK_SUFFIXES else ListVersion()


def _from_sheet(path: Path, lists: OpenLists) -> ListVersion:
    book = open_workbook(path, Limits.of_environment())
    if VERSION_SHEET not in book.names:
        return ListVersion()
    grid = [[tidy(cell) for cell in row] for row in book.sheet(VERSION_SHEET).grid]
    grid = [row for row in grid if any(row)]
    keys = {normal(name): key for key, names in VERSION_KEYS.items() for name in (key, *names)}
    flat = len(grid) > 1 and sum(normal(cell) in keys for cell in grid[0]) > 1
    pairs = list(zip(grid[0], grid[1], strict=False)) if flat else [(row[0], row[1]) for row in grid if len(row) > 1]
    said = {keys[normal(name)]: value for name, value in pairs if normal(name) in keys and value}
    return _validated(said, f"{path}[{VERSION_SHEET}]", lists)


def _validated(content: Any, file: str, lists: OpenLists) -> ListVersion:
    if not isinstance(content, dict):
        raise InputError([Problem("not_a_version", file=file, names=VERSION_KEYS)])
    said = {key: value for key, value in content.items() if value is not None and value != ""}
    said["status"] = _STATUS.get(str(said.get("status", "draft")), said.get("status", "draft"))
    for key in ("version", "city", "approver"):
        if isinstance(said.get(key), (int, float, date)):
            said[key] = str(said[key])
    if isinstance(said.get("city"), str):
        said["city"] = lists.standard_name("places", said["city"]) or said["city"]
    return checked_model(ListVersion, said, file)


def version_yaml(version: ListVersion) -> str:
    """A version as the yaml that reads back as the same."""
    content = {key: value for key, value in version.model_dump().items() if value not in ("", None)}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
