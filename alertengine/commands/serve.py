"""``serve``: the bureau's page."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import click

from alertengine.commands.common import FILE, guarded, rules_option, say
from alertengine.vocabulary import InputError, Problem, logged


@click.command()
@click.argument("ledger", type=FILE)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--name", "names", multiple=True, help="A host name the page is reached by; may be repeated.")
@click.option("--certificate", type=FILE, help="TLS certificate (PEM), with --key.")
@click.option("--key", type=FILE, help="Private key of the certificate.")
@click.option(
    "--proxy", "proxies", multiple=True, help="Address of a proxy that is believed whom a request comes from."
)
@rules_option
@guarded
def serve(
    ledger: Path,
    host: str,
    port: int,
    names: tuple[str, ...],
    certificate: Path | None,
    key: Path | None,
    proxies: tuple[str, ...],
    rules: tuple[Path, ...],
) -> None:
    """Start the bureau's page over a ledger (extra web).

    A ledger that is not there is begun.  The first start prints a one-time password of the account that
    makes the others.

    \b
    alertengine serve record.db
    """
    try:
        from alertengine.web import Desk
        from alertengine.web import serve as run
    except ModuleNotFoundError as error:
        raise InputError([Problem("web_missing", where="serve", module=error.name)]) from None
    if (certificate is None) != (key is None):
        raise InputError([Problem("certificate_and_key", where="--key" if key is None else "--certificate")])
    absent = [file for file in (certificate, key) if file is not None and not file.is_file()]
    if absent:
        from alertengine.files import no_file

        raise InputError([no_file(file, "pem_absent") for file in absent])
    with logged():
        desk = Desk(ledger, rules)
        _ = desk.book  # a rulebook that cannot be read is said now, not on the first page
        password = desk.accounts.begin()
        if password is not None:
            say("first_sign_in", password=password)
        if not _is_loopback(host) and certificate is None:
            say("unencrypted")
        scheme = "https" if certificate else "http"
        say("served_at", scheme=scheme, host=host, port=port)
        run(desk, host, port, names, certificate, key, proxies)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
