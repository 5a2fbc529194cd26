"""The wheel of this checkout, built and installed into an environment of its own, far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Done = subprocess.CompletedProcess[str]


def run(*command: str | Path, cwd: Path) -> Done:
    """A command in a folder, with nothing in the environment that could lead Python back to the checkout."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL"))}
    return subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, encoding="utf-8", check=False)


@dataclass(frozen=True)
class Installed:
    """A built wheel and the environment it is installed in."""

    wheel: Path
    environment: Path

    @property
    def python(self) -> Path:
        return self.environment / "bin" / "python"

    def alertengine(self, *arguments: str, cwd: Path) -> Done:
        return run(self.environment / "bin" / "alertengine", *arguments, cwd=cwd)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a fresh environment; its dependencies are those of the Python that runs the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment)
    # A folder named in a .pth is searched, but its own .pth files are not read: an editable install stays unseen.
    own = Path(sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)}))
    borrowed = dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))
    (own / "borrowed.pth").write_text("".join(f"{path}\n" for path in borrowed), encoding="utf-8")
    pip = (
        sys.executable,
        "-m",
        "pip",
        "--python",
        environment,
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--ignore-installed",
    )
    done = run(*pip, wheel, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return Installed(wheel, environment)
