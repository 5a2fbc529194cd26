"""One click group; each command is loaded only when it is called.

Exit status: 0 done; 1 done, and a person must look; 2 input unusable, nothing written.
Messages go to stderr, tables and JSON to stdout.
"""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

import click

from alertengine.commands import BadUsageError, help_in_chinese, in_chinese, usage_in_chinese
from alertengine.vocabulary import HELP, LANGUAGES, Language, Problem, language, program_version, speaking

#: Command, the module of ``alertengine.commands`` that holds it, and its line in the help.
COMMANDS = {
    "respond": "Forecast and list in, warnings and an order for every line out.",
    "warn": "Decide the warnings of every city of a forecast.",
    "orders": "Orders for a list at a level and day.",
    "simulate": "A season, one or many variants: what is saved, and what it costs.",
    "check": "Every defect of a list, and what hangs on it.",
    "documents": "A Word order per enterprise, its board, and the public notice.",
    "explain": "Why a line got its order, why not, and what would change it.",
    "lists": "Enterprise lists.",
    "plan": "The least costly stricter measures that close the gap to the required ratio.",
    "audit": "Whether each line did what it was ordered to: evidence against orders.",
    "backtest": "What the grading would have done, against what was done.",
    "ledger": "The record: what was issued, by whom, on what, unchanged.",
    "rules": "The rulebook itself.",
    "tables": "Tables that come in: how they are read.",
    "map": "Outlines of cities and counties for the page and for check.",
    "serve": "The bureau's page over a ledger.",
}


class _LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(f"alertengine.commands.{cmd_name}"), cmd_name)
        if not isinstance(command, click.Command):
            return None
        return in_chinese(command, cmd_name) if language() == "zh" else command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The options of the program itself; what is wrong with them in the language now spoken."""
        chosen = _asked_for(args)
        if chosen is not None:  # before the rest is read: what is wrong with it is told in that language
            ctx.with_resource(speaking(chosen))
        try:
            with usage_in_chinese(), _room_to_print(ctx):
                _check_texts(ctx, args)
                return super().parse_args(ctx, args)
        except click.UsageError:
            ctx.close()
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """The command asked for; what is wrong with its line, or with where it prints, in the language now spoken."""
        gc.set_threshold(100_000, 20, 100)  # what a command imports stays: looked at seldom
        with usage_in_chinese(), _room_to_print(ctx):
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        del ctx
        with formatter.section("Commands"):
            said = HELP if language() == "zh" else COMMANDS
            formatter.write_dl([(name, said[name]) for name in COMMANDS])

    def get_help(self, ctx: click.Context) -> str:
        """The help in the language now spoken."""
        if language() == "zh":
            help_in_chinese(ctx)
        return super().get_help(ctx)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The same, written by a formatter."""
        super(_LazyGroup, self._spoken()).format_help(ctx, formatter)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The parts of a line of usage, in the language now spoken."""
        return super(_LazyGroup, self._spoken()).collect_usage_pieces(ctx)

    def _spoken(self) -> _LazyGroup:
        shown = in_chinese(self, "") if language() == "zh" else self
        return shown if isinstance(shown, _LazyGroup) else self


@contextmanager
def _room_to_print(ctx: click.Context) -> Iterator[None]:
    """Where there is no room for what is printed within, one line and exit status 2.

    Characters that the terminal or pipe has no code for are printed as JSON escapes them.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        yield
    except OSError as error:
        from alertengine.files import no_room

        if no_room(error) is None:
            raise
        click.echo(str(Problem("unwritten_file", file=str(error.filename or "stdout"), error=error)), err=True)
        sys.stdout = io.StringIO()  # what is left of it is not tried once more at the end
        ctx.exit(2)


def _check_texts(ctx: click.Context, args: Sequence[str]) -> None:
    """Refuse arguments and folders named in another encoding, which no file or record could hold."""
    try:
        said = [*args, str(Path.cwd())]
    except FileNotFoundError:
        raise BadUsageError("usage_folder_gone", ctx) from None
    for one in said:
        if one != one.encode(errors="replace").decode():
            raise BadUsageError("usage_no_unicode", ctx, value=one)


def _asked_for(args: Sequence[str]) -> Language | None:
    """The language that a command line asks for before its command; nothing else of it need be right."""
    own = list(takewhile(lambda arg: arg.startswith("-") or arg in LANGUAGES, args))
    said = [after for arg, after in pairwise(own) if arg == "--lang"]
    said += [arg.removeprefix("--lang=") for arg in own if arg.startswith("--lang=")]
    return next((one for one in LANGUAGES if one in said), None)


def _version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 -- click's own signature
    if asked:
        click.echo(f"alertengine, version {program_version()}")
        ctx.exit()


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help="Language of messages and help; absent: ALERTENGINE_LANG, else that of the locale.",
)
def main() -> None:
    """Rule engine for heavy-pollution emergency response (重污染天气应急)."""
