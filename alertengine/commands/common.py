"""What all commands share: options, exit statuses and messages.

Exit status: 0 done; 1 done, and a person must look; 2 input unusable, nothing written.
Messages go to stderr, tables and JSON to stdout.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from alertengine.commands.usage import BadValueError
from alertengine.vocabulary import (
    AlertEngineError,
    Gathered,
    InputError,
    Problem,
    Result,
    Words,
    as_day,
    as_hours,
    as_time,
    language,
    listening,
    problems_and_notes,
)

if TYPE_CHECKING:
    from alertengine.files import Protocol
    from alertengine.orders import Scenario

#: Messages of one kind shown before the rest is only counted.
SHOWN_MESSAGES = 40
FILE = click.Path(path_type=Path)
#: The first bytes of a ledger.
_SQLITE: Final = b"SQLite format 3\0"
LEVELS = click.Choice(["none", "yellow", "orange", "red"])

AHEAD = click.IntRange(1, 366)


class _ArgumentParam(click.ParamType[Any]):
    """An option whose text ``read`` makes a value of, as it does for callers from Python."""

    read: Callable[[Any, str], Any]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value, or a usage error."""
        try:
            return self.read(value, "")
        except InputError as error:
            (bad,) = error.problems
            raise BadValueError(bad.code, param=param, ctx=ctx, value=bad.value, **dict(bad.arguments)) from None


class DayParam(_ArgumentParam):
    """A day as YYYY-MM-DD."""

    name = "date"
    read = staticmethod(as_day)


class MomentParam(_ArgumentParam):
    """A time as YYYY-MM-DD or 'YYYY-MM-DD HH:MM'."""

    name = "time"
    read = staticmethod(as_time)


class HoursParam(_ArgumentParam):
    """A length in hours, above 0 and up to a year."""

    name = "hours"
    read = staticmethod(as_hours)


class SinceParam(HoursParam):
    """Hours since a time, 0 and up to a year."""

    read = staticmethod(partial(as_hours, zero=True))


#: Where the context of a command says with which profiles it reads.
_PROFILES: Final = "alertengine.profiles"


def _profiles_in_use() -> AbstractContextManager[None]:
    """For a command that may take profiles: while it runs, tables are read with those it was given and saved ones."""
    context = click.get_current_context(silent=True)
    if context is None or _PROFILES not in context.meta:
        return nullcontext()
    from alertengine.files import reading_with

    return reading_with(*context.meta[_PROFILES])


def guarded(command: Callable[..., int | None]) -> Callable[..., None]:
    """Say what was wrong with an input on stderr and leave with the contract's exit status."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        with listening() as heard, _profiles_in_use():
            try:
                _keep_inputs(kwargs)
                if isinstance(file := kwargs.get("decisions"), Path):
                    kwargs["decisions"] = _on_record(file)
                status = command(*args, **kwargs) or 0
            except InputError as error:
                # A city that a Python function was given came from an option.
                tell([one.at(where="--city") if one.where in ("city", "cities") else one for one in error.problems])
                status = 2
            except AlertEngineError as error:
                click.echo(said("error", text=str(error)), err=True)
                status = 2
        problems, notes = problems_and_notes(heard)
        sys.exit(max(status, finish(problems=problems, notes=notes)))

    return run


#: Options that name files to write.
_WRITTEN: Final = ("output", "outputs", "rules_out", "measures", "write_template")


def _keep_inputs(given: Mapping[str, Any]) -> None:
    """Refuse a command that would write over a file it is given to read."""
    read, written = list[Path](), list[Path]()
    for name, value in given.items():
        files = value if isinstance(value, tuple) else (value,)
        (written if name in _WRITTEN else read).extend(one for one in files if isinstance(one, Path))
    if written:
        from alertengine.files import keep_inputs

        keep_inputs(written, read)


def finish(
    *results: Result | None,
    problems: Sequence[Problem] = (),
    notes: Sequence[Problem] = (),
    status: int = 0,
    told: Sequence[Problem] = (),
    protocols: Sequence[Protocol] = (),
) -> int:
    """How every command ends: tell all notes and problems of its results on stderr, and give the exit status.

    ``results``: None for an input that was not given.
    ``status`` is what the command itself came to: 1 where a person must look although no input was at fault.
    ``told`` are problems that it told before, ``protocols`` the readings of files that no result was made of.
    """
    made = [one for one in results if one is not None]
    tell_readings(*made, others=protocols)
    whole = Gathered(problems, notes, made)
    tell(whole.notes, said("note"))
    tell(problem for problem in whole.problems if problem not in told)
    return max(status, whole.exit_status, *(one.exit_status for one in made), 0)


def tell(problems: Iterable[Problem], prefix: str = "") -> None:
    """Messages to stderr, one a line; a long list is cut and counted."""
    messages = [f"{prefix}{problem}" for problem in problems]
    for message in messages[:SHOWN_MESSAGES]:
        click.echo(message, err=True)
    if len(messages) > SHOWN_MESSAGES:
        click.echo(prefix + said("more_of_the_kind", count=len(messages) - SHOWN_MESSAGES), err=True)


def say(code: str, **arguments: Any) -> None:
    """One line of what a command did, to stderr, in the language now spoken."""
    click.echo(said(code, **arguments), err=True)


def said(code: str, **arguments: Any) -> str:
    """What a command says of itself, in the language now spoken."""
    return Words(code, **arguments).words(language())[0]


def may_write(target: Path, *, yes: bool) -> bool:
    """Whether a file may be written: as ``yes`` says, else as a person answers; where none does it is said."""
    if yes or (sys.stdin.isatty() and click.confirm(said("write_it", target=target), err=True)):
        return True
    say("nothing_written", target=target)
    return False


def tell_readings(*results: Result, others: Sequence[Protocol] = ()) -> None:
    """How each file that results were made from was read, to stderr, where ``-v`` asked for it."""
    context = click.get_current_context(silent=True)
    if context is None or not context.meta.get(_VERBOSE):
        return
    from alertengine.files import protocols_of

    for protocol in dict.fromkeys([*protocols_of(*results), *others]):
        tell(protocol.said(), said("read_as"))


def adopted(pairs: Sequence[str]) -> dict[str, str]:
    """``DOCUMENT=AREA`` options as a mapping."""
    out: dict[str, str] = {}
    for pair in pairs:
        name, _, place = pair.partition("=")
        if not name or not place:
            raise InputError([Problem("adopt_unreadable", where="--adopt", value=pair)])
        if out.get(name, place) != place:
            raise InputError([Problem("adopted_twice", where="--adopt", value=pair, other=out[name])])
        out[name] = place
    return out


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
rules_option = click.option(
    "--rules", "rules", type=FILE, multiple=True, help="A folder of rules added to the shipped ones; may be repeated."
)


def _on_record(file: Path) -> Path:
    """Of a ledger given as decisions the table of them on record, which lasts as long as the command; else the file."""
    if not file.is_file():
        return file
    with file.open("rb") as stream:
        if stream.read(len(_SQLITE)) != _SQLITE:
            return file
    from alertengine.files import scratch
    from alertengine.workflow import decisions_on_record

    return decisions_on_record(file, Path(click.get_current_context().with_resource(scratch())))


def with_decisions(found: Scenario) -> Scenario:
    """A scenario whose ``decisions`` is a ledger, with the table of them on record instead while the command runs."""
    file = found.path(found.decisions) if found.decisions else None
    table = file and _on_record(file)
    return found if table == file else found.model_copy(update={"decisions": str(table)})


decisions_option = click.option(
    "--decisions",
    type=FILE,
    help="What authorities decided of enterprises (处罚决定): a table, or a ledger that has them on record.",
)
adopt_option = click.option(
    "--adopt",
    multiple=True,
    metavar="DOCUMENT=AREA",
    help="Apply a document that awaits adoption to a city or 城市/区县.",
)
#: Where the context of a command says that it was asked to say how each file was read.
_VERBOSE: Final = "alertengine.verbose"


def _remember(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.meta[_VERBOSE] = value


verbose_option = click.option(
    "-v", "--verbose", is_flag=True, expose_value=False, callback=_remember, help="Also say how each file was read."
)


def _read_with(ctx: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> None:
    from alertengine.files import profile_named

    try:
        ctx.meta[_PROFILES] = tuple(map(profile_named, names))
    except InputError as error:
        tell(error.problems)
        ctx.exit(2)


profile_option = click.option(
    "--profile",
    multiple=True,
    metavar="NAME",
    expose_value=False,
    callback=_read_with,
    help="Read with this profile, saved by tables map; may be repeated.",
)
known_option = click.option("--known-on", type=DayParam(), help="Only documents issued by that day count.")


def law_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which law holds: ``--known-on``, ``--adopt``, ``--rules``."""
    return known_option(adopt_option(rules_option(command)))


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how tables are read: ``--profile``, ``--verbose``."""
    return profile_option(verbose_option(command))


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
