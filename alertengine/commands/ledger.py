"""``ledger``: the record: adding to it and proving it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertengine.commands.common import (
    FILE,
    LEVELS,
    DayParam,
    HoursParam,
    MomentParam,
    adopted,
    decisions_option,
    finish,
    guarded,
    json_option,
    law_options,
    profile_option,
    rules_option,
    say,
    with_decisions,
)
from alertengine.commands.ledgerdecisions import decisions
from alertengine.commands.ledgerdeliver import deliver
from alertengine.commands.ledgerfiles import FILES
from alertengine.commands.ledgerview import VIEWS, act_argument, clock_option, ledger_argument, print_act, undamaged
from alertengine.commands.printing import print_table, tell_undetermined
from alertengine.commands.rulesexchange import public_keys
from alertengine.vocabulary import InputError, Problem, Words, gathering, refuse_together, times

if TYPE_CHECKING:
    from alertengine.ledger import Checkpoint
    from alertengine.workflow import Collected


@click.group()
def ledger() -> None:
    """The record: what was issued, by whom, on what, and that nobody changed it."""


for _command in (*VIEWS, *FILES, decisions, deliver):
    ledger.add_command(_command)

_Decorated = Callable[..., Any]


def _signatures(command: _Decorated) -> _Decorated:
    """The three signatures."""
    for name, words in (("approved", "approves"), ("reviewed", "reviews"), ("drafted", "drafts")):
        said = f'Who {words} it: office and name, "市长 某某".'
        command = click.option(f"--{name}-by", required=True, help=said)(command)
    return command


@ledger.command("issue")
@ledger_argument
@click.argument("scenario", required=False)
@click.option("--list", "enterprise_list", type=FILE, help="Orders for a list at a level and day, without a forecast.")
@click.option("--level", type=LEVELS, help="With --list.")
@click.option("--date", "day", type=DayParam(), help="With --list: day of the law, and the first day.")
@click.option("--city", help="With --list: only this city.")
@click.option("--hours", type=HoursParam(), help="With --list: expected length; absent: open-ended.")
@click.option("--totals", type=FILE, help="With --list: city totals beside the list.")
@decisions_option
@_signatures
@click.option("--issued-at", type=MomentParam(), help="When it was issued; absent: now.")
@click.option("--notified-at", "notify", type=MomentParam(), help="When a regional notice came in, if one did.")
@click.option("--consulted-at", "consult", type=MomentParam(), help="When the consultation (会商) came to its view.")
@click.option("--proposed-at", "propose", type=MomentParam(), help="When it was proposed.")
@click.option(
    "--approved-at", "approve", type=MomentParam(), help="When it was approved: limits in hours are held to these."
)
@click.option("--corrects", type=click.IntRange(min=1), metavar="ACT", help="The act that this one puts right.")
@click.option("--reason", default="", help="Why it is corrected.")
@click.option(
    "--despite",
    default="",
    help="Why it stands although another office had to approve, or later acts decided of what it corrects.",
)
@clock_option
@law_options
@profile_option
@json_option
@guarded
@undamaged
def issue(path: Path, scenario: str | None, as_json: bool, **given: Any) -> int:
    """Run a scenario or a list and record its warnings and orders as one act.

    The act holds, beside warnings and orders, a snapshot of every file they rest on.  LEDGER is made where it is
    not there yet.  Exit status 1 where a person must look: undetermined lines, or no procedure on file that says
    who approves.

    \b
    alertengine ledger issue record.db 2020-01-22-province --drafted-by "办公室 甲" \\
      --reviewed-by "科长 乙" --approved-by "市长 丙"
    """
    from alertengine.ledger import Ledger
    from alertengine.workflow import (
        Correction,
        Lapse,
        Signers,
        cities_left_out,
        cities_of,
        given_before,
        left_unused,
        orders_left_out,
        out_of_step,
        prepare,
        record,
    )

    collected, title = _collected(scenario, given)
    correction = collected.correction = Correction(given["corrects"], given["reason"])
    ready = prepare(collected, title)
    times = {step: given[step] for step in ("notify", "consult", "propose", "approve") if given[step]}
    signed = Signers(given["drafted_by"], given["reviewed_by"], given["approved_by"], given["issued_at"], times)
    with Ledger.writable(path) as record_book:
        ready.own_problems += given_before(record_book, ready, ready.collected)
        unused = left_unused(record_book, ready)
        run, options = ready.run, ready.collected.options
        unused += orders_left_out(record_book, run.book.lists, options, run.warnings, run.now)
        act, findings = record(
            record_book, ready, signed, correction, despite=given["despite"], clock_reason=given["clock_reason"]
        )
        unused += out_of_step(record_book, act)
        unused += cities_left_out(record_book, correction, options.mode, cities_of(act))
    tell_undetermined(ready.run.orders)
    told = [one for one in findings if one.role == "approved_by" or one.verdict == "differs"]
    late = [Lapse(**one) for one in act.head["timing"] if one["verdict"] == "late"]
    print_act(act, as_json=as_json, warnings=len(ready.run.warnings), orders=len(ready.run.orders))
    problems = [*unused, *(one.problem(str(path)) for one in told), *(one.problem(str(path)) for one in late)]
    return finish(ready, problems=problems)


#: Options of a list that a scenario gives itself.
_OF_LIST = ("level", "day", "city", "hours", "totals", "decisions", "known_on", "adopt", "rules")


def _collected(scenario: str | None, given: dict[str, Any]) -> tuple[Collected, str]:
    """What the run rests on, and the title of the act.

    Raises:
        InputError: both or neither of a scenario and a list.

    """
    from alertengine.orders import read_scenario
    from alertengine.vocabulary import LEVEL_TEXT
    from alertengine.workflow import collect_orders, collect_scenario

    source, level, day = given["enterprise_list"], given["level"], given["day"]
    if scenario is not None:
        extra = [f"--{name.replace('_', '-')}" for name in ("enterprise_list", *_OF_LIST) if given[name]]
        if extra:
            said = ", ".join(extra).replace("--enterprise-list", "--list").replace("--day", "--date")
            raise InputError([Problem("scenario_says_itself", file=scenario, value=said)])
        found = with_decisions(read_scenario(scenario))
        return collect_scenario(found), found.title
    if source is None or level is None or day is None:
        raise InputError([Problem("nothing_to_issue", where="ledger issue")])
    title = f"{day.isoformat()} {given['city'] or ''}{LEVEL_TEXT[level]}减排指令"
    own = {name: given[name] for name in ("city", "hours", "known_on", "rules", "totals", "decisions")}
    return collect_orders(source, level=level, date=day, adopt=adopted(given["adopt"]), **own), title


#: What is said where all defects are of one kind.
_DEFECTS = {
    "torn": "ledger_torn",
    "unseen": "ledger_unseen",
    "unsigned": "ledger_unsigned",
    "foreign": "ledger_foreign",
}


@ledger.command("verify")
@ledger_argument
@click.option(
    "--checkpoint", "checkpoints", type=FILE, multiple=True, help="A signed checkpoint to compare with, or a folder."
)
@click.option("--key", type=FILE, help="The public key that must have signed the checkpoints.")
@click.option(
    "--signer", "signers", multiple=True, help='Whose key must have signed each step: "office name=FILE.pub".'
)
@json_option
@guarded
def verify(path: Path, checkpoints: tuple[Path, ...], key: Path | None, signers: tuple[str, ...], as_json: bool) -> int:
    """Find any change of any record: exit status 1 with every defect, its act and table.

    A defect is "torn" where an interrupted copy or a broken disk left the end unfinished, "foreign" where the chain is
    right over what this program does not write, else "changed".
    """
    from alertengine.ledger import DEFECT_TEXT, Ledger, check_signers, read_deposited, read_public
    from alertengine.ledger import verify as verified
    from alertengine.workflow import check_contents

    problems, public, keys = list[Problem](), "", dict[str, str]()
    read: list[Checkpoint] = []
    with gathering(problems):
        public = read_public(key) if key else ""
    for file in checkpoints:
        with gathering(problems):
            read += read_deposited(file, public)
    with gathering(problems):
        keys = _signers(signers)
    if problems:
        with gathering(problems), Ledger.open(path):  # a ledger that is none is told with them
            pass
    refuse_together(problems)
    found = verified(path, read)
    if found.sound:
        check_contents(found)
    if keys and found.sound:
        with Ledger.open(path) as record_book:
            check_signers(found, record_book, keys)
    for one in read:
        known = Words("key_given" if key else "key_not_given")
        say("checkpoint_shown", time=one.signed_at, act=one.act, key=one.fingerprint, known=known)
    for flag in found.flags:
        say("note_of", text=flag)
    for unseen in found.unseen:
        say("note_of", text=unseen)
    rows = [{"act": d.act, "table": d.table, "kind": d.kind, "message": d.message} for d in found.defects]
    print_table(rows, as_json=as_json, codes={"kind": DEFECT_TEXT})
    if found.sound:
        say("ledger_unchanged", path=path, acts=found.acts, last=found.last)
    else:
        kinds = {defect.kind for defect in found.defects}
        of_all = _DEFECTS.get(kinds.pop(), "ledger_changed") if len(kinds) == 1 else "ledger_changed"
        of_all = "ledger_cut" if of_all == "ledger_torn" and not found.acts else of_all
        say("ledger_defects", path=path, count=len(found.defects), text=Words(of_all))
    return int(not found.sound)


def _signers(given: tuple[str, ...]) -> dict[str, str]:
    """Public keys by signature text.

    Raises:
        InputError: no text with a key, or one key for two persons.

    """
    keys = public_keys(given)
    if len(set(keys.values())) != len(keys):
        raise InputError([Problem("signer_wanted", where="--signer", value="; ".join(given))])
    return keys


@ledger.command("keygen")
@click.option("-o", "--output", "path", type=FILE, required=True, help="The private key; the public one gets .pub.")
@guarded
def keygen(path: Path) -> None:
    """Make a key (Ed25519) to sign checkpoints with; keep it away from the ledger."""
    from alertengine.ledger import make_key

    public, fingerprint = make_key(path)
    say("key_written", private=path, public=public, key=fingerprint)


@ledger.command("checkpoint")
@ledger_argument
@click.option("--key", type=FILE, required=True, help="The private key.")
@click.option("-o", "--output", "output", type=FILE, required=True, help="The checkpoint, to be kept by another.")
@guarded
@undamaged
def checkpoint(path: Path, key: Path, output: Path) -> None:
    """Sign what the ledger says now; given to another office, it proves later that nothing was rewritten."""
    from alertengine.files import replacing
    from alertengine.ledger import Ledger, checkpoint_json, sign

    with Ledger.open(path) as record_book:
        signed = sign(record_book, key)

    def write(target: Path) -> None:
        target.write_text(checkpoint_json(signed), encoding="utf-8")

    replacing(output, write)
    say("act_signed", act=signed.act, hash=signed.hash, file=output)


@ledger.command("sign")
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


@ledger.command("witness")
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


@ledger.command("retention")
@ledger_argument
@click.option("--date", "day", type=DayParam(), help="Seen from this day; absent: today.")
@rules_option
@json_option
@guarded
@undamaged
def retention(path: Path, day: date | None, rules: tuple[Path, ...], as_json: bool) -> int:
    """What acts make plants and the bureau keep, until when, by which rule; exit status 1 where no term is on file."""
    from alertengine.ledger import Ledger
    from alertengine.rulebook import Rulebook
    from alertengine.workflow import KEEP_TEXT
    from alertengine.workflow import retention as kept

    with Ledger.open(path) as record_book:
        rows = kept(record_book, Rulebook.load(rules), day or times.today())
    print_table([asdict(one) for one in rows], as_json=as_json, codes=KEEP_TEXT)
    missing = sorted({one.city for one in rows if one.state == "missing"})
    if missing:
        click.echo(f"{'、'.join(missing)}：归档保存期限未录入，删除个人信息须由人决定", err=True)
    return int(bool(missing))


@ledger.command("erase")
@ledger_argument
@click.option("--before", type=DayParam(), required=True, help="Only what no act issued on or after this day uses.")
@click.option("--reason", required=True, help="Why.")
@click.option("--approved-by", required=True, help="Who decided it: office and name.")
@clock_option
@rules_option
@json_option
@guarded
@undamaged
def erase(
    path: Path, before: date, reason: str, approved_by: str, clock_reason: str, rules: tuple[Path, ...], as_json: bool
) -> int:
    """Erase personal data that has served its time; the chain still holds, and an act says what was done."""
    from alertengine.ledger import Head, Ledger
    from alertengine.rulebook import Rulebook
    from alertengine.workflow import erase as erased

    Ledger.open(path).close()
    head = Head(f"删除{before.isoformat()}以前的个人信息", approved_by=approved_by, reason=reason)
    with Ledger.writable(path) as record_book:
        done = erased(record_book, Rulebook.load(rules), before, head, clock_reason)
    print_act(done.act, as_json=as_json, erased=done.values)
    if done.missing:
        click.echo(f"{'、'.join(done.missing)}：归档保存期限未录入，依决定人的理由删除", err=True)
    return int(bool(done.missing))


@ledger.command("upgrade")
@ledger_argument
@click.option("--approved-by", required=True, help="Who had it done: office and name.")
@json_option
@guarded
@undamaged
def upgrade(path: Path, approved_by: str, as_json: bool) -> None:
    """Bring a ledger that an older program wrote to today's layout; a copy as it was stays beside it."""
    from alertengine.ledger import upgrade as upgraded

    act, copy = upgraded(path, approved_by)
    print_act(act, as_json=as_json)
    say("ledger_as_it_was", file=copy)
