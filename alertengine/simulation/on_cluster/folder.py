"""A list as partitioned parquet: one folder a city, read by the workers themselves.

``list.json`` says what the list is and what was said while reading it; ``city=<name>/part-0.parquet``
holds the lines of a city.  The folder must stand under the same path on every worker.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from alertengine.files import Findings, Protocol, inside, read_json
from alertengine.lists import EnterpriseList, ListVersion, read_totals
from alertengine.rulebook import OpenLists
from alertengine.simulation.on_cluster.parts import AT_HOME, city_column, together
from alertengine.vocabulary import InputError, Problem, refuse

FORMAT: Final = 2
_ABOUT, _TOTALS, _ROW = "list.json", "totals.parquet", "_row"
#: What hive calls the folder of lines without a city.
_NO_CITY: Final = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class PartFiles:
    """The files of one part: cities, and the file of each."""

    cities: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """A partitioned list: the list without its lines, and the lines of each city counted."""

    path: Path
    enterprises: EnterpriseList
    sizes: Mapping[str, int]

    def part(self, cities: tuple[str, ...]) -> PartFiles:
        """The files of some cities."""
        return PartFiles(cities, tuple(str(_city_file(self.path, name)) for name in cities))


def write_folder(content: EnterpriseList, path: Path) -> int:
    """Write a list as partitioned parquet; returns the number of cities.  Names, telephone and address stay out.

    Raises:
        InputError: the folder is there and not empty, or cannot be written.

    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError([Problem("folder_there", file=str(path))])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        try:
            cities = _write(content, beside)
            beside.chmod(0o755)
            beside.replace(path)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        problem = Problem("unwritten_file", file=str(path), error=error)
        raise InputError([problem]) from None
    return cities


def _write(content: EnterpriseList, path: Path) -> int:
    lines = content.lines.drop(columns=[name for name in AT_HOME if name in content.lines])
    lines = lines.assign(**{_ROW: np.arange(len(lines))})
    names, city = np.unique(city_column(lines).astype(str), return_inverse=True)
    sizes = {}
    for number, name in enumerate(map(str, names)):
        file = _city_file(path, name)
        file.parent.mkdir()
        own = lines[city == number]
        _write_lines(own.drop(columns="city"), file)
        sizes[name] = len(own)
    if content.totals is not None:
        _write_lines(content.totals, path / _TOTALS)
    about = {
        "format": FORMAT,
        "file": content.file,
        "version": content.version.model_dump(mode="json"),
        "cities": sizes,
        "problems": [problem.as_dict() for problem in content.problems],
        "warnings": [problem.as_dict() for problem in content.notes],
    }
    (path / _ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(sizes)


def _write_lines(table: pd.DataFrame, file: Path) -> None:
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), file, compression="zstd")


def _city_file(path: Path, name: str) -> Path:
    text = name.replace("%", "%25").replace("/", "%2F") if name else _NO_CITY
    return path / f"city={text}" / "part-0.parquet"


def open_folder(path: Path, lists: OpenLists, totals: Path | None = None) -> Folder:
    """What stands in a folder, its lines left where they are; ``totals`` in place of its own.

    Raises:
        InputError: it is no folder of :func:`write_folder`, or the totals cannot be used.

    """
    try:
        about = read_json((path / _ABOUT).read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise InputError([Problem("other_format", file=str(path), value=str(about["format"]), format=str(FORMAT))])
        said: dict[str, list[Problem]] = {
            name: [Problem.from_dict(problem) for problem in about[name]] for name in ("problems", "warnings")
        }
        sizes = {str(name): int(count) for name, count in about["cities"].items()}
        version, file = ListVersion.model_validate(about["version"]), str(about["file"])
        for part in (path / _TOTALS, *(_city_file(path, name) for name in sizes)):
            inside(path, part.relative_to(path).as_posix(), path / _ABOUT)  # a city's name, or a link
        known = pq.read_table(path / _TOTALS).to_pandas() if (path / _TOTALS).is_file() else None
    except OSError as error:
        raise refuse(path / _ABOUT, "partition_unreadable", error=error) from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, ValidationError, pa.ArrowInvalid):
        raise refuse(path / _ABOUT, "not_a_partition") from None
    missing = [name for name in sizes if not _city_file(path, name).is_file()]
    if missing:
        raise InputError([Problem("part_missing", file=str(_city_file(path, name))) for name in missing])
    beside: list[Protocol] = []
    if totals is not None:
        findings = Findings(file)
        known = read_totals(totals, lists, findings)
        said["problems"] += findings.problems
        said["warnings"] += findings.warnings
        beside = findings.protocols
    nothing = pd.DataFrame()
    enterprises = EnterpriseList(file, nothing, nothing, pd.Series(dtype="int64"), version, known)
    enterprises.beside = beside
    enterprises.own_problems, enterprises.own_notes = said["problems"], said["warnings"]
    return Folder(path, enterprises, sizes)


def read_part(files: PartFiles) -> pd.DataFrame:
    """The lines of a part, in the order of the list.

    Raises:
        InputError: a file cannot be read (the folder does not stand on this worker).

    """
    try:
        read = [pq.ParquetFile(file).read().to_pandas() for file in files.files]
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError([Problem("part_unreadable", file=files.files[0], error=error)]) from None
    tables = []
    for name, table in zip(files.cities, read, strict=True):
        codes, named = np.full(len(table), 0 if name else -1), pd.Index([name or "-"], dtype="str")
        tables.append(table.assign(city=pd.Categorical.from_codes(codes, categories=named)))
    return together(tables).sort_values(_ROW, kind="stable").reset_index(drop=True).drop(columns=_ROW)
