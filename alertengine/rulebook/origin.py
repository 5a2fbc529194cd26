"""Where a document came from that another bureau signed: kept behind its text, which stays as it was signed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

from alertengine.rulebook.schema import Document
from alertengine.rulebook.yaml_writer import document_yaml

#: The line between a text as it was signed and where it came from.
_LINE: Final = "\n# ---- 以上为转出单位签名的原文；以下由读入时写入 ----\n"


def sha256_of(text: str) -> str:
    """The fingerprint of a document's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def with_origin(text: str, origin: dict[str, Any]) -> str:
    """A signed text with where it came from behind it."""
    return text + _LINE + document_yaml({"origin": origin})


def as_signed(document: Document) -> bool:
    """Whether the file of a document with an origin still holds the text as it was signed."""
    if document.origin is None:
        return False
    text, line, _ = Path(document.file).read_bytes().decode().rpartition(_LINE)
    return bool(line) and sha256_of(text) == document.origin.sha256


def origin_words(document: Document) -> dict[str, str]:
    """Who entered a document, who checked it and where it came from, by Chinese names; blank is left out."""
    entered, origin = document.entered, document.origin
    said: dict[str, str] = {}
    if entered is not None:
        said |= {"录入": f"{entered.by}，{entered.on}", "页码": entered.pages}
        said["核对"] = (
            f"{entered.checked_by}，{entered.checked_on or '日期未写'}" if entered.checked_by else "尚未由另一人核对"
        )
    if origin is not None:
        keys = "、".join(f"{by}（密钥{key}）" for by, key in origin.signed.items())
        known = "" if origin.known else "；密钥未经核对，不作为官方文本"
        said["转自"] = f"{origin.bureau}，{origin.exported}签名，{origin.loaded}读入"
        said["签名"] = f"{keys}{known}"
        said["原文指纹"] = origin.sha256[:16]
        if Path(document.file).is_file():
            said["原文指纹"] += "，与签名时相同" if as_signed(document) else "，读入后已改动"
    return {name: text for name, text in said.items() if text}
