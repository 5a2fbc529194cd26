"""Locked versions with hashes, and the bill of materials, from what pip resolves here.

    pip install --dry-run --ignore-installed --quiet --report report.json '.[all]'
    python deploy/lock.py report.json

Writes ``linux-py311.txt`` (for ``pip install --require-hashes``; named by the machine that resolved) and
``sbom.cdx.json`` (CycloneDX 1.6) beside itself.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def parts(report: dict[str, Any]) -> list[dict[str, str]]:
    """Name, version, licence and SHA-256 of everything but the project itself, by name."""
    found = []
    for one in report["install"]:
        said, hashes = one["metadata"], one["download_info"].get("archive_info", {}).get("hashes", {})
        if said["name"].lower() == "alertengine":
            continue
        name = said["name"].lower().replace("_", "-").replace(".", "-")
        licence = str(said.get("license_expression") or said.get("license") or "").splitlines()
        row = {"name": name, "version": said["version"], "sha256": hashes["sha256"]}
        found.append(row | {"licence": licence[0][:80] if licence else ""})
    return sorted(found, key=lambda row: row["name"])


def lock(rows: list[dict[str, str]]) -> str:
    """The rows as requirements with hashes."""
    said = "# Made by deploy/lock.py; install with pip install --require-hashes -r, then the wheel with --no-deps.\n"
    return said + "".join(f"{row['name']}=={row['version']} \\\n    --hash=sha256:{row['sha256']}\n" for row in rows)


def bill(rows: list[dict[str, str]]) -> str:
    """The rows as a CycloneDX document."""
    components = [
        {
            "type": "library",
            "name": row["name"],
            "version": row["version"],
            "purl": f"pkg:pypi/{row['name']}@{row['version']}",
            "hashes": [{"alg": "SHA-256", "content": row["sha256"]}],
            **({"licenses": [{"license": {"name": row["licence"]}}]} if row["licence"] else {}),
        }
        for row in rows
    ]
    about = {"component": {"type": "application", "name": "alertengine"}}
    content = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": about,
        "components": components,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Read the report, write both files."""
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    rows, here = parts(report), report["environment"]
    name = f"{here['sys_platform']}-py{here['python_version'].replace('.', '')}.txt"
    (HERE / name).write_text(lock(rows), encoding="utf-8")
    (HERE / "sbom.cdx.json").write_text(bill(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
