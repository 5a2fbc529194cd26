"""Errors of usage in Chinese: what click says of a command line, where Chinese is spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final

import click

from alertengine.vocabulary.language import language

#: What click and the types of options say, as patterns, and the same in Chinese; others stand as they are.
_SAID: Final = tuple(
    (re.compile(pattern, re.DOTALL), chinese)
    for pattern, chinese in (
        (r"(.+) is not one of (.+?)\.?", r"{0}不在可选值之内；应为{1}之一"),
        (r"(.+) is not in the range (.+?)\.?", r"{0}不在范围{1}内"),
        (r"(.+) is not a valid (?:integer|int)(?: range)?\.?", r"{0}不是整数"),
        (r"(.+) is not a valid (?:float|number)(?: range)?\.?", r"{0}不是数"),
        (r"(.+) is not a valid (.+?)\.?", r"{0}不是有效的{1}"),
        (r"(.+) is not a day; expected (.+)", r"{0}不是日期；应为{1}"),
        (r"(.+) is not a day of the years (\d+) to (\d+)", r"{0}不在{1}年至{2}年之内"),
        (r"(.+) is not a time; expected (.+) or (.+)", r"{0}不是时间；应为{1}或{2}"),
        (r"(.+) is not a local time of the years (\d+) to (\d+)", r"{0}不是{1}年至{2}年的当地时间"),
        (r"(.+) is not a length; expected hours above 0 and up to (\d+)", r"{0}不是时长；应为大于0、不超过{1}的小时数"),
        (r"(.+): expected a level and hours, as (.+)", r"{0}：应为级别和小时数，如{1}"),
        (r"give --level \(and --hours\), or --course", r"--level（可加--hours）和--course须且只须写一种"),
        (r"Got unexpected extra arguments? (.+)", r"多出的参数{0}"),
        (r"No such command (.+?)\.", r"没有{0}这一命令"),
        (r"No such option:? (.+?)\.?", r"没有{0}这一选项"),
        (r"Option (.+) requires an argument\.?", r"选项{0}须有值"),
        (r"Option (.+) requires (\d+) arguments\.?", r"选项{0}须有{1}个值"),
        (r"Option (.+) does not take a value\.?", r"选项{0}不带值"),
        (r"Argument (.+) takes (\d+) values\.?", r"参数{0}须有{1}个值"),
        (r"Missing command\.", r"缺少命令"),
        (r"[Tt]he value must not be empty\.?", r"不能为空"),
        (r"(?:File|Path|Directory|Folder) (.+) does not exist\.", r"没有{0}这一文件或文件夹"),
    )
)


def chinese(message: str) -> str:
    """A message of a command line in Chinese, as it is where no pattern is its."""
    for pattern, words in _SAID:
        found = pattern.fullmatch(message.strip())
        if found:
            return words.format(*found.groups())
    return message


class _Usage(click.UsageError):
    """An error of usage that shows itself in Chinese."""

    def show(self, file: IO[Any] | None = None) -> None:
        """The usage, where help is, and what is wrong, to stderr."""
        if self.ctx is not None:
            line = self.ctx.command.collect_usage_pieces(self.ctx)
            click.echo(f"用法：{self.ctx.command_path} {' '.join(line)}", file=file, err=file is None)
            click.echo(f"说明见{self.ctx.command_path} --help", file=file, err=file is None)
        click.echo(f"错误：{self.format_message()}", file=file, err=file is None)


def _words(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter):
        kind = "参数" if isinstance(error.param, click.Argument) else "选项"
        named = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param else "")
        return f"缺少{kind}{_joined(named)}"
    if isinstance(error, click.BadParameter):
        named = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param else "")
        return f"{_joined(named)}的值不能用：{chinese(error.message)}"
    said = chinese(error.message)
    near = getattr(error, "possibilities", None)
    return f"{said}；可能是{'、'.join(sorted(near))}" if near else said


def _joined(named: Any) -> str:
    return named if isinstance(named, str) else "、".join(named)


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
