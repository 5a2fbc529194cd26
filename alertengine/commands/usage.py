"""Command lines in Chinese: errors of usage by their class and the kind of option, and click's own words in a help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import IO, Any, Final

import click

from alertengine.vocabulary import HELP, Words, language, number

_HEADINGS: Final = {"Options": "选项", "Commands": "命令", "Arguments": "参数", "Positional arguments": "参数"}


class BadValueError(click.BadParameter):
    """A value that an option does not take: ``said`` is a code of the catalogue with its arguments."""

    def __init__(self, code: str, *, param: click.Parameter | None, ctx: click.Context | None, **said: Any) -> None:
        """Take the code, what its sentence names, and the option."""
        self.said = Words(code, **said)
        super().__init__(self.said.words("en")[0], ctx=ctx, param=param)


class BadUsageError(click.UsageError):
    """Options that do not go together, or arguments too many: as :class:`BadValueError`."""

    def __init__(self, code: str, ctx: click.Context | None = None, **said: Any) -> None:
        """Take the code and what its sentence names."""
        self.said = Words(code, **said)
        super().__init__(self.said.words("en")[0], ctx)


class _Usage(click.UsageError):
    """An error of usage that shows itself in Chinese."""

    def show(self, file: IO[Any] | None = None) -> None:
        """The usage, where help is, and what is wrong, to stderr."""
        if self.ctx is not None:
            line = self.ctx.command.collect_usage_pieces(self.ctx)
            click.echo(f"用法：{self.ctx.command_path} {' '.join(line)}", file=file, err=file is None)
            click.echo(f"说明见{self.ctx.command_path} --help", file=file, err=file is None)
        click.echo(f"错误：{self.format_message()}", file=file, err=file is None)


@contextmanager
def usage_in_chinese() -> Iterator[None]:
    """Errors of usage within show themselves in Chinese where Chinese is spoken."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        if language() != "zh" or isinstance(error, _Usage):
            raise
        raise _Usage(_words(error), error.ctx) from error


def _words(error: click.UsageError) -> str:
    """What an error of usage says, by its class."""
    own = error.said.words("zh")[0] if isinstance(error, (BadValueError, BadUsageError)) else ""
    said = own or "缺少命令，或没有这一命令"
    if isinstance(error, click.MissingParameter):
        kind = "参数" if isinstance(error.param, click.Argument) else "选项"
        said = f"缺少{kind}{_named(error)}"
    elif isinstance(error, click.BadParameter):
        expected = _expected(error.param.type).words("zh")[0] if error.param is not None else ""
        said = f"{_named(error)}的值不能用：{own or expected}"
    elif isinstance(error, click.NoSuchOption):
        said = f"没有'{error.option_name}'这一选项{_near(error.possibilities)}"
    elif isinstance(error, click.BadOptionUsage):
        said = f"选项'{error.option_name}'{'不带值' if _is_flag(error) else '须有值'}"
    elif isinstance(error, click.BadArgumentUsage):
        said = "参数的个数不对"
    elif (name := getattr(error, "command_name", None)) is not None:  # click.NoSuchCommand, from click 8.4 on
        said = f"没有'{name}'这一命令{_near(getattr(error, 'possibilities', None))}"
    return said


def _named(error: click.BadParameter) -> str:
    named = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param else "") or ""
    return named if isinstance(named, str) else "、".join(named)


def _near(names: Sequence[str] | None) -> str:
    return f"；可能是{'、'.join(sorted(names))}" if names else ""


def _is_flag(error: click.BadOptionUsage) -> bool:
    options = error.ctx.command.params if error.ctx is not None else ()
    named = [one for one in options if error.option_name in (*one.opts, *one.secondary_opts)]
    return any(isinstance(one, click.Option) and (one.is_flag or one.count) for one in named)


def _expected(kind: click.ParamType[Any]) -> Words:
    """What a kind of option takes, where the value is not known."""
    if isinstance(kind, click.Choice):
        return Words("usage_choice_wanted", names=[str(one) for one in kind.choices])
    whole = isinstance(kind, (click.IntRange, type(click.INT)))
    return Words("usage_whole_wanted" if whole else "usage_value_wanted")


def _refused(value: Any, kind: click.ParamType[Any]) -> tuple[str, dict[str, Any]]:
    """Why a value is none of a kind that click itself has: a code, and what its sentence names."""
    if isinstance(kind, click.Choice):
        return "usage_no_choice", {"value": str(value), "names": [str(one) for one in kind.choices]}
    for native, read, code in ((type(click.INT), int, "usage_no_whole"), (type(click.FLOAT), float, "usage_no_number")):
        if not isinstance(kind, native):
            continue
        try:
            read(value)
        except (TypeError, ValueError):
            return code, {"value": str(value)}
        least, most = getattr(kind, "min", None), getattr(kind, "max", None)
        between = "–".join("…" if end is None else number(end) for end in (least, most))
        return "usage_out_of_range", {"value": str(value), "range": between}
    return "usage_no_value", {"value": str(value)}


class _Formatter(click.HelpFormatter):
    """A help with click's own words in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line of usage."""
        super().write_usage(prog, args, prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        """The heading of a section."""
        super().write_heading(_HEADINGS.get(heading, heading))


class _Context(click.Context):
    formatter_class = _Formatter


def help_in_chinese(ctx: click.Context) -> None:
    """The help of this command line in Chinese."""
    ctx.formatter_class = _Formatter


def in_chinese(command: click.Command, path: str) -> click.Command:
    """A command and those below it in Chinese: help, usage and what is said of a line that cannot be read."""
    shown = copy(command)
    shown.help, shown.short_help = HELP[path], None
    shown.context_class, shown.options_metavar = _Context, "[选项]"
    shown.params = [_parameter(one, path) for one in command.params]

    def help_option(ctx: click.Context) -> click.Option | None:
        found = type(command).get_help_option(command, ctx)
        if found is not None:
            found = copy(found)
            found.help = HELP["*.help"]
        return found

    def parse_args(ctx: click.Context, args: list[str]) -> list[str]:
        if not isinstance(shown, click.Group):
            ctx.allow_extra_args = True
        try:
            rest = type(command).parse_args(shown, ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # click leaves it out of some
            raise
        if rest and not isinstance(shown, click.Group):
            raise BadUsageError("usage_too_many", ctx, names=rest)
        return rest

    shown.__dict__ |= {"get_help_option": help_option, "parse_args": parse_args}
    if isinstance(shown, click.Group):
        shown.subcommand_metavar = "命令 [参数]..."
        shown.commands = {name: in_chinese(one, f"{path} {name}".strip()) for name, one in shown.commands.items()}
    return shown


def _parameter(parameter: click.Parameter, path: str) -> click.Parameter:
    shown = copy(parameter)
    kind = shown.type

    def convert(value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return kind.convert(value, param, ctx)
        except BadValueError:
            raise
        except click.BadParameter:
            code, said = _refused(value, kind)
            raise BadValueError(code, param=param, ctx=ctx, **said) from None

    shown.type = copy(kind)
    shown.type.__dict__["convert"] = convert
    if isinstance(shown, click.Option):
        option = shown
        if shown.help:
            shown.help = HELP.get(f"{path}.{shown.name}") or HELP[f"*.{shown.name}"]
        bare = copy(shown)
        bare.__dict__["get_help_extra"] = lambda _: {}

        def record(ctx: click.Context) -> tuple[str, str] | None:
            found, extra = click.Option.get_help_record(bare, ctx), option.get_help_extra(ctx)
            said = [f"默认{extra['default']}"] if "default" in extra else []
            said += [str(extra["range"])] if "range" in extra else []
            said += ["必填"] if "required" in extra else []
            return found and (found[0], f"{found[1]}[{'；'.join(said)}]" if said else found[1])

        shown.__dict__["get_help_record"] = record
    return shown
