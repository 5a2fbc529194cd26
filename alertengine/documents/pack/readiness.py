"""What is open before a paper is signed: what it keeps back, and what settles it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from alertengine.documents.pack.evening_pack import Pack

#: What an open matter keeps back.
KEEPS_DRAFT, KEEPS_LOOK = "全部文书为草稿", "签发人须知悉"


def readiness_of(pack: Pack, files: Sequence[str], unfilled: Sequence[str]) -> dict[str, Any]:
    """What keeps each paper of a city from going out, and what settles it.

    Returns:
        ``papers``: by file name whether it is a ``draft`` and what it ``waits_for``; ``matters``: every open one with
        what it keeps, what settles it and the command for it (blank: none); ``released``: who let the papers go out,
        why and with what open.

    """
    formal = [one.text for one in pack.matters if one.keeps == KEEPS_DRAFT]
    draft = bool(formal) and not pack.release
    blank = "有【待填】之处，由经办人填写"
    return {
        "papers": {
            name: {
                "draft": draft or bool(pack.setting),
                "waits_for": [*(formal if draft else ()), *([blank] if name in unfilled else ())],
            }
            for name in files
        },
        "matters": [asdict(one) for one in pack.matters],
        "released": list(pack.release),
    }
