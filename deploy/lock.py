"""The locked versions as a bill of materials.

    uv pip compile pyproject.toml --extra all --universal --python-version 3.11 --generate-hashes --no-header \
        --no-annotate --no-config -o deploy/requirements.txt
    python deploy/lock.py

``requirements.txt`` holds one set of versions for Python 3.11 and later on every system, with the hashes of all their
files (``pip install --require-hashes``); where a version fits some Pythons or systems alone, a marker says which.
Writes ``sbom.cdx.json`` (CycloneDX 1.6) beside it: the same versions, files and markers.  Licences are those that the
packages installed here state, where they are of the locked version.
"""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LOCK = HERE / "requirements.txt"
BILL = HERE / "sbom.cdx.json"
_HEAD = re.compile(r"(?P<name>\S+)==(?P<version>[^\s;]+)(?: ; (?P<marker>.+?))? \\")
_HASH = re.compile(r"    --hash=sha256:(?P<hash>[0-9a-f]{64})(?: \\)?")


def parts(text: str) -> list[dict[str, Any]]:
    """Name, version, marker and hashes of each entry of a lock, in its order.

    Raises:
        ValueError: a line is neither an entry nor a hash of one, such as the address of an index.

    """
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if head := _HEAD.fullmatch(line):
            found.append({**head.groupdict(), "hashes": []})
        elif found and (one := _HASH.fullmatch(line)):
            found[-1]["hashes"].append(one["hash"])
        else:
            raise ValueError(f"no entry of a lock: {line}")
    return found


def licence(name: str, version: str) -> str:
    """What a package that is installed here in this version says of its licence; empty where it says nothing."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if said["Version"] != version:
        return ""
    lines = str(said.get("License-Expression") or said.get("License") or "").splitlines()
    return lines[0][:80] if lines else ""


def bill(rows: list[dict[str, Any]]) -> str:
    """The entries of a lock as a CycloneDX document."""
    components = []
    for row in rows:
        held = licence(row["name"], row["version"])
        component = {
            "type": "library",
            "bom-ref": f"{row['name']}@{row['version']}",
            "name": row["name"],
            "version": row["version"],
            "purl": f"pkg:pypi/{row['name']}@{row['version']}",
            "hashes": [{"alg": "SHA-256", "content": one} for one in row["hashes"]],
        }
        component |= {"licenses": [{"license": {"name": held}}]} if held else {}
        component |= {"properties": [{"name": "marker", "value": row["marker"]}]} if row["marker"] else {}
        components.append(component)
    content = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "alertengine"}},
        "components": components,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    BILL.write_text(bill(parts(LOCK.read_text(encoding="utf-8"))), encoding="utf-8")
