"""Running the tutorial: ``python -m tests.tutorial`` writes ``scenarios/tutorial.ipynb`` with its outputs anew.

``python -m tests.tutorial FILE`` writes the run notebook to another file and leaves the stored one alone.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

import alertengine
from alertengine.files import scenarios_folder

NOTEBOOK = scenarios_folder() / "tutorial.ipynb"
#: Seconds that a cell may take before the run is given up.
TIMEOUT = 300


def run() -> Any:
    """The notebook run in a kernel of this interpreter, from an empty folder, with the outputs a reader sees."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "PYTHONPATH": str(Path(alertengine.__file__).parents[1]),
            "IPYTHONDIR": folder,
            "JUPYTER_RUNTIME_DIR": folder,
            "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this environment, not one of the user's
        }
        place = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=TIMEOUT, coalesce_streams=True, resources=place).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when each cell ran
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "text/html" in data and "<style scoped>" not in data["text/html"]:
                del data["text/plain"]  # a result is shown as HTML; only a DataFrame has a text worth reading
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


if __name__ == "__main__":
    asking = argparse.ArgumentParser(prog="python -m tests.tutorial", description="Run the tutorial.")
    asking.add_argument("file", type=Path, nargs="?", default=NOTEBOOK, help="Write it there, not over the stored one.")
    to: Path = asking.parse_args().file
    to.write_text(nbformat.writes(run()) + "\n", encoding="utf-8")
