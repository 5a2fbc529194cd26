"""``--cluster`` and how a cluster is reached."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from alertengine.commands.common import FILE


def cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of a cluster, given to the command as ``address``: an ``Address``, or None."""

    @wraps(command)
    def run(
        *,
        address: str | None,
        insecure: bool,
        cluster_ca: Path | None,
        cluster_certificate: Path | None,
        cluster_key: Path | None,
        **given: Any,
    ) -> Any:
        from alertengine.simulation import Address

        files = (cluster_ca, cluster_certificate, cluster_key)
        return command(address=Address(address, insecure, *files) if address else None, **given)

    for name, words in (("key", "Private key"), ("certificate", "Certificate"), ("ca", "Authority of certificates")):
        said = f"{words} (PEM) for tls://; absent: of Dask's configuration."
        run = click.option(f"--cluster-{name}", type=FILE, help=said)(run)
    run = click.option("--insecure", is_flag=True, help="With --cluster tcp://: without encryption.")(run)
    return click.option(
        "--cluster", "address", metavar="ADDRESS", help="Run on a Dask cluster: its scheduler, or local."
    )(run)
