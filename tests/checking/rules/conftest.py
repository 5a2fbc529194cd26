from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alertengine.files import rules_folder

HEAD = {
    "title": "示例方案",
    "number": "示例〔2020〕1号",
    "issuer": "示例机关",
    "issued": "2020-12-31",
    "area": "山西省",
    "valid": {"from": "2021-01-01", "to": "not stated"},
    "source": "primary",
}


def rule(name: str, **keys: Any) -> dict[str, Any]:
    """A rule with the keys a test need not repeat."""
    return {"id": name, "article": "一", "title": name, "kind": "measure", **keys}


@pytest.fixture
def law(tmp_path: Path) -> Callable[..., Path]:
    """Makes a whole rulebook of its own: the shipped vocabulary and some documents."""

    def make(folder: str = "law", **documents: dict[str, Any]) -> Path:
        path = tmp_path / folder
        path.mkdir(exist_ok=True)
        shutil.copytree(rules_folder() / "vocabulary", path / "vocabulary", dirs_exist_ok=True)
        shutil.copy(rules_folder() / "precedence.yaml", path)
        for name, content in documents.items():
            text = json.dumps({"document": name, **HEAD, **content}, ensure_ascii=False, indent=1)
            (path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return path

    return make
