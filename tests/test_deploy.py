"""What is locked for deployment is what the project asks for, and the bill of materials is of the same."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
_SPEC = importlib.util.spec_from_file_location("deploy_lock", ROOT / "deploy/lock.py")
assert _SPEC is not None
assert _SPEC.loader is not None
lock = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(lock)
TEXT = lock.LOCK.read_text(encoding="utf-8")
LOCKED: list[dict[str, Any]] = lock.parts(TEXT)  # fails where a line is anything but an entry or a hash

_SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64", "os_name": "posix"},
    "arm": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64", "os_name": "posix"},
    "mac": {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64", "os_name": "nt"},
}


def asked_for() -> list[Requirement]:
    """The dependencies of the core and of every extra that ``all`` names."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = said["optional-dependencies"]
    [everything] = [Requirement(line) for line in extras["all"]]
    lines = [line for name in sorted(everything.extras) for line in extras[name]]
    return [Requirement(line) for line in said["dependencies"] + lines]


@pytest.mark.parametrize("system", _SYSTEMS)
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_dependency_is_locked_once_within_its_bounds_on_every_system(system: str, version: str) -> None:
    here = {"python_version": version, "python_full_version": f"{version}.1", "implementation_name": "cpython"}
    here |= {"platform_python_implementation": "CPython", **_SYSTEMS[system]}
    fitting = [one for one in LOCKED if one["marker"] is None or Marker(one["marker"]).evaluate(here)]
    held = {one["name"]: one["version"] for one in fitting}
    assert len(held) == len(fitting)
    wrong = [str(one) for one in asked_for() if not one.specifier.contains(held.get(canonicalize_name(one.name), "0"))]
    assert wrong == []


def test_everything_that_is_locked_has_hashes() -> None:
    assert [one["name"] for one in LOCKED if not one["hashes"]] == []


def test_no_line_names_where_a_package_is_taken_from() -> None:
    assert "://" not in TEXT
    with pytest.raises(ValueError, match="no entry"):
        lock.parts("--index-url https://mirror.example/simple\n" + TEXT)


def test_the_bill_of_materials_is_of_what_is_locked() -> None:
    bill = json.loads(lock.BILL.read_text(encoding="utf-8"))
    said = [(one["name"], one["version"], [part["content"] for part in one["hashes"]]) for one in bill["components"]]
    assert said == [(one["name"], one["version"], one["hashes"]) for one in LOCKED]
