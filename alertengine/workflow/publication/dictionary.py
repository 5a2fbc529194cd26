"""The tables of this README, from the model: ``python -m alertengine.workflow.publication.dictionary``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alertengine.lists import CERTIFICATE, UNTIL
from alertengine.vocabulary import FIELDS, column_row, with_columns
from alertengine.workflow.publication.publication import FILINGS, OBJECTIONS, PROOF_COLUMNS, PUBLIC_FIELDS, SUBMISSIONS

README: Final = Path(__file__).with_name("README.md")
_FORMS: Final = {"--counties": SUBMISSIONS, "--objections": OBJECTIONS, "--filing": FILINGS}


def tables() -> str:
    """The contracts in Markdown."""
    parts = []
    for option, fields in _FORMS.items():
        parts += [f"### `{option}`", "", "| column | headers | unit | |", "|---|---|---|---|"]
        parts += [*(column_row(field) for field in fields), ""]
    parts += ["### The proof", "", "| column | 中文 |", "|---|---|"]
    parts += [f"| {name} | {text} |" for name, text in PROOF_COLUMNS.items()]
    parts += ["", "Made public: " + "、".join(FIELDS[name].text for name in PUBLIC_FIELDS) + "、等级证书."]
    parts += ["", f"A certificate is read from a column {'、'.join(CERTIFICATE)}; its end from {'、'.join(UNTIL)}."]
    return "\n".join(parts)


if __name__ == "__main__":
    README.write_text(with_columns(README.read_text(encoding="utf-8"), tables()), encoding="utf-8")
