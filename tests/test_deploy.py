"""What is locked for deployment is what the project asks for, and the bill of materials is of the same."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKED = dict(
    re.findall(r"^(\S+)==(\S+) \\$", (ROOT / "deploy/linux-py311.txt").read_text(encoding="utf-8"), re.MULTILINE)
)


def asked_for() -> list[Requirement]:
    """The dependencies of the core and of every extra that ``all`` names."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = said["optional-dependencies"]
    [everything] = [Requirement(line) for line in extras["all"]]
    lines = [line for name in sorted(everything.extras) for line in extras[name]]
    return [Requirement(line) for line in said["dependencies"] + lines]


def test_every_dependency_is_locked_within_its_bounds() -> None:
    wrong = [
        str(one) for one in asked_for() if not one.specifier.contains(LOCKED.get(canonicalize_name(one.name), "0"))
    ]
    assert wrong == []


def test_the_bill_of_materials_is_of_what_is_locked() -> None:
    bill = json.loads((ROOT / "deploy/sbom.cdx.json").read_text(encoding="utf-8"))
    assert {one["name"]: one["version"] for one in bill["components"]} == LOCKED
    text = (ROOT / "deploy/linux-py311.txt").read_text(encoding="utf-8")
    hashes = set(re.findall(r"sha256:([0-9a-f]{64})", text))
    assert {one["hashes"][0]["content"] for one in bill["components"]} == hashes
    assert len(hashes) == len(LOCKED)
