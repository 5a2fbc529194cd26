"""The list as everybody may read it: without persons, as csv, workbook and a page to print."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pandas as pd

from alertengine.files import environment, safe_cell
from alertengine.lists import EnterpriseList, ListVersion, certificates, said, write_list
from alertengine.vocabulary import (
    FIELDS,
    LEVEL_TEXT,
    MASKED,
    PLAN_FIELDS,
    PLAN_SHARE_FIELDS,
    POLLUTANT_TEXT,
    kilograms,
    number,
    percent,
    plain,
    sole_traders,
)
from alertengine.vocabulary import public as without_numbers
from alertengine.workflow.publication.publication import PROOF_COLUMNS, PUBLIC_FIELDS

#: Where filed words may name a person or a telephone.
_WORDS: Final = tuple(PLAN_FIELDS.values())
#: Where a sole trader's or contact's name may stand beside the enterprise's own.
_NAMING: Final = ("line_id", "line", *_WORDS)
#: Names in a cell of contacts.
_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,}")
_MET: Final = {"yes": "达到", "no": "未达到", "unknown": "无法证明", "none": "无要求"}
CERTIFICATE: Final = "等级证书"


def public_lines(enterprises: EnterpriseList) -> tuple[pd.DataFrame, list[str]]:
    """The lines with PUBLIC_FIELDS alone, and the certificate of each in words.

    Names of persons masked, telephones and identity numbers left out.
    """
    lines = enterprises.lines[list(PUBLIC_FIELDS)].copy()
    names = lines["enterprise"].astype("object").mask(sole_traders(lines), MASKED)
    lines["enterprise"] = names.astype("str")
    if enterprises.stated is not None:  # a share read from a text is not published as if it were filed
        for name in PLAN_SHARE_FIELDS.values():
            lines[name] = lines[name].where(enterprises.stated[name].to_numpy())
    for name in _WORDS:
        words = lines[name].astype("object")
        texts = {text: without_numbers(text) for text in words.dropna().unique()}
        lines[name] = words.map(texts).astype("str")
    persons = _persons(enterprises.lines)
    for name in _NAMING:
        lines[name] = _masked(lines[name], persons)
    held = certificates(enterprises)
    numbers = _masked(held["certificate"], persons)
    return lines, [said(*pair) for pair in zip(numbers, held["until"], strict=True)]


def _persons(lines: pd.DataFrame) -> pd.Series:
    """The names of persons that a line has, the longest first: its contacts, and a sole trader's own with them."""
    own = lines["enterprise"].astype("object").where(sole_traders(lines), "").map(plain)
    contacts = lines["contact"].astype("object").fillna("").map(_NAME.findall)
    return pd.Series(
        [sorted(filter(None, {name, *held}), key=len, reverse=True) for name, held in zip(own, contacts, strict=True)],
        index=lines.index,
    )


def _masked(texts: pd.Series, persons: pd.Series) -> pd.Series:
    """Texts without the names of persons."""
    out = texts.astype("object").copy()
    for at, (text, names) in enumerate(zip(out, persons, strict=True)):
        if names and isinstance(text, str) and any(name in text for name in names):
            for name in names:
                text = text.replace(name, MASKED)  # noqa: PLW2901
            out.iloc[at] = text
    return out.astype(texts.dtype) if texts.dtype == "str" else out


def write_public(enterprises: EnterpriseList, version: ListVersion, proof: pd.DataFrame, folder: Path) -> list[Path]:
    """Write the public list into a folder: ``.csv``, ``.xlsx`` and ``.html``.

    Raises:
        InputError: a file cannot be written.

    """
    lines, words = public_lines(enterprises)
    extras = pd.DataFrame({CERTIFICATE: words}, index=lines.index) if any(words) else pd.DataFrame(index=lines.index)
    stem = f"{Path(enterprises.file).stem}-public"
    paths = [folder / f"{stem}{suffix}" for suffix in (".csv", ".xlsx", ".html")]
    made = EnterpriseList(enterprises.file, lines, extras, enterprises.rows, version)
    write_list(made, paths[1])
    table = _readable(lines).assign(**{str(name): extras[name] for name in extras})
    safe = table.map(safe_cell)
    safe.to_csv(paths[0], index=False, encoding="utf-8-sig", lineterminator="\n")
    paths[2].write_text(_page(table, version, proof), encoding="utf-8")
    return paths


def _readable(lines: pd.DataFrame) -> pd.DataFrame:
    """Chinese headers, blank as ``""``, shares in per cent; columns without any cell left out."""
    out = {}
    for name in PUBLIC_FIELDS:
        column = lines[name]
        if name in PLAN_SHARE_FIELDS.values():
            texts = column.map(lambda value: "" if pd.isna(value) else number(round(value * 100, 6))).astype("object")
        else:
            texts = column.astype("object").where(column.notna(), "").astype("str")
        if (texts != "").any():
            out[FIELDS[name].text] = texts
    return pd.DataFrame(out)


def _page(table: pd.DataFrame, version: ListVersion, proof: pd.DataFrame) -> str:
    pages = environment("alertengine.workflow.publication")
    city, county, firm = (FIELDS[name].text for name in ("city", "county", "enterprise_id"))
    table = table.assign(**{county: table.get(county, "")})
    levels = [
        (LEVEL_TEXT[level], FIELDS[name].text, FIELDS[PLAN_SHARE_FIELDS[level]].text)
        for level, name in PLAN_FIELDS.items()
    ]
    counties = [
        {"city": place[0], "county": place[1], "rows": own.to_dict("records"), "enterprises": own[firm].nunique()}
        for place, own in table.groupby([city, county], sort=True)
    ]
    return pages.get_template("public.html.j2").render(
        version=version,
        cities="、".join(dict.fromkeys(table[city])),
        enterprises=len(table[[city, firm]].drop_duplicates()),
        lines=len(table),
        counties=counties,
        levels=levels,
        text={name: FIELDS[name].text for name in PUBLIC_FIELDS},
        certificate=CERTIFICATE,
        certified=CERTIFICATE in table,
        proof=proof_rows(proof),
    )


def proof_rows(proof: pd.DataFrame) -> list[dict[str, Any]]:
    """The proof in words: one row a city, level and pollutant that a rule speaks of."""
    rows = []
    for row in proof[proof["met"] != "none"].to_dict("records"):
        shown = {
            **row,
            "level": LEVEL_TEXT[row["level"]],
            "pollutant": POLLUTANT_TEXT[row["pollutant"]],
            "reached": percent(row["reached"], row["required"]),
            "required": percent(row["required"]),
            "met": _MET[row["met"]],
            "margin_kg_d": kilograms(row["margin_kg_d"]),
        }
        rows.append({text: shown[name] for name, text in PROOF_COLUMNS.items()})
    return rows
