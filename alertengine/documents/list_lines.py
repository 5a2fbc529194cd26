"""What an order says of the enterprise list it was decided on, and where a line stands in it."""

from __future__ import annotations

from typing import Any

from alertengine.documents.formal_or_draft import Footing
from alertengine.vocabulary import ENTERPRISE_FLAGS, moment


def listed(footing: Footing) -> dict[tuple[str, str], Any]:
    """The lines of the list by enterprise and line; empty without a list."""
    if footing.enterprises is None:
        return {}
    names = ["enterprise_id", "line_id", "contact", "phone", "plan_yellow", "plan_orange", "plan_red"]
    lines = footing.enterprises.lines[[*names, *ENTERPRISE_FLAGS]].astype("object")
    return {(str(row.enterprise_id), str(row.line_id)): row for row in lines.itertuples(index=False)}


def rows_of_lines(footing: Footing) -> dict[tuple[str, str], int]:
    """The row in the list of each line, by enterprise and line."""
    if footing.enterprises is None:
        return {}
    lines = footing.enterprises.lines
    names = zip(lines["enterprise_id"].astype("str"), lines["line_id"].astype("str"), strict=True)
    return dict(zip(names, (int(row) for row in footing.enterprises.rows), strict=True))


def list_words(footing: Footing) -> str:
    """The list the orders rest on, on one line."""
    version, state = words_of_list(footing)
    return f"应急减排清单{f'（{version}）' if version else ''}：{state}"


def text_of(row: Any, name: str) -> str:
    """The text of a row under a name; empty where it has none."""
    value = getattr(row, name, None)
    return value if isinstance(value, str) else ""


def words_of_list(footing: Footing) -> tuple[str, str]:
    """The version of the list and whether it binds."""
    if footing.enterprises is None:
        return "", "未附清单"
    version = footing.enterprises.version
    if version.status == "published":
        return version.version, f"{version.approver}批准，{moment(str(version.published_on)).removesuffix('0时')}发布"
    return version.version, "草案，未发布"
