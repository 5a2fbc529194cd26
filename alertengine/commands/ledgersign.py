"""``ledger sign`` and ``ledger witness``: keys of persons, and checkpoints kept by a second office."""

from __future__ import annotations

from pathlib import Path

import click

from alertengine.commands.common import (
    FILE,
    guarded,
    json_option,
    say,
)
from alertengine.commands.ledgerview import act_argument, ledger_argument, undamaged
from alertengine.commands.printing import print_table


@click.command("sign")
@ledger_argument
@act_argument
@click.option("--by", required=True, help="Whose signature of the act it is, as the act has it: office and name.")
@click.option("--key", type=FILE, required=True, help="The person's own private key (ledger keygen).")
@json_option
@guarded
@undamaged
def sign(path: Path, number: int, by: str, key: Path, as_json: bool) -> None:
    """Sign an act with a key of one's own: a draft, a review, an approval, or an act that was issued at once.

    \b
    alertengine ledger sign record.db 4 --by "科长 乙" --key yi.key
    """
    from alertengine.ledger import Ledger, sign_act

    Ledger.open(path).close()
    with Ledger.writable(path) as ledger:
        act = sign_act(ledger, number, by, key)
    print_table([{"act": act.act, "title": act.title, "hash": act.hash}], as_json=as_json)


@click.command("witness")
@click.argument("folder", type=FILE)
@click.option("--key", type=FILE, help="The public key that must have signed them.")
@json_option
@guarded
def witness(folder: Path, key: Path | None, as_json: bool) -> int:
    """Hold the checkpoints of a folder against each other, without the ledger; exit status 1 where they contradict.

    \b
    alertengine ledger witness checkpoints --key office.pub
    """
    from alertengine.ledger import contradictions, read_deposited, read_public

    read = read_deposited(folder, read_public(key) if key else "")
    rows = [{"act": c.act, "hash": c.hash, "recorded_at": c.recorded_at, "signed_at": c.signed_at} for c in read]
    print_table(rows, as_json=as_json)
    found = contradictions(read)
    for text in found:
        say("note_of", text=text)
    return int(bool(found))
