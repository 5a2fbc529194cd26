"""The shipped sample lists of the cities, written anew: ``python -m alertengine.lists.samples [FOLDER]``.

What each is made of stands under ``samples`` in ``enterprise_lists/generator.yaml``.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from alertengine.files import lists_folder, rules_folder
from alertengine.lists.enterprise_list import EnterpriseList, ListVersion
from alertengine.lists.generate import generate_list
from alertengine.lists.generate_settings import Sample, Settings, load_settings
from alertengine.lists.write import write_list
from alertengine.rulebook import OpenLists
from alertengine.vocabulary import InputError


def sample_list(city: str, lists: OpenLists, settings: Settings) -> EnterpriseList:
    """The sample list of a city, columns in which nothing is known left out when it is written."""
    sample = settings.samples[city]
    beside = {
        sector: {name: value * sample.beside for name, value in amounts.items()}
        if isinstance(amounts, dict)
        else amounts
        for sector, amounts in settings.totals.items()
    }
    filed = settings.filed if sample.filed is None else sample.filed
    plans = settings.plans | settings.sample_plans
    own = settings.model_copy(update={"filed": filed, "totals": beside, "plans": plans})
    made = generate_list(sample.lines, sample.seed, lists, own, [city])
    return replace(made, version=_version(city, sample, settings))


def _version(city: str, sample: Sample, settings: Settings) -> ListVersion:
    version = ListVersion(version=f"{settings.label}清单 {city}", city=city, year=settings.inventory_year)
    if not sample.published:
        return version
    approver = f"{city}人民政府（{settings.label}）"
    day = date.fromisoformat(sample.published)
    return version.model_copy(update={"status": "published", "approver": approver, "published_on": day})


def write_samples(folder: Path) -> list[Path]:
    """Write every sample list into a folder; the paths."""
    lists, settings = OpenLists.load([rules_folder()]), load_settings()
    paths = []
    for city, sample in settings.samples.items():
        path = folder / f"{sample.file}-synthetic.csv"
        write_list(sample_list(city, lists, settings), path)
        paths.append(path)
    return paths


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
def main(folder: Path | None) -> None:
    """Write the sample lists anew, into FOLDER or where they are shipped."""
    try:
        write_samples(folder or lists_folder())
    except InputError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
