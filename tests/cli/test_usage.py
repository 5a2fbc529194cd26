"""Command lines in Chinese: each kind of wrong line and each form of help, on a command made for it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner, Result

from alertengine.cli import main
from alertengine.commands import usage
from alertengine.commands.common import DayParam
from alertengine.commands.usage import BadUsageError, BadValueError, in_chinese, usage_in_chinese
from alertengine.vocabulary import speaking

WORDS = {
    "": "全部。", "toy": "说明。", "toy.level": "级别。", "*.level": "别处的级别。", "*.count": "个数。",
    "*.day": "日期。", "*.share": "比例。", "*.help": "显示说明。",
}  # fmt: skip


@click.command()
@click.argument("what")
@click.option("--level", type=click.Choice(["red", "none"]), required=True, help="Level.")
@click.option("--count", type=click.IntRange(1, 9), default=3, show_default=True, help="Count.")
@click.option("--share", type=click.FloatRange(max=1), help="Share.")
@click.option("--whole", type=int)
@click.option("--day", type=DayParam(), help="Day.")
@click.option("--flag/--no-flag", default=False)
@click.option("-v", "--verbose", count=True)
@click.option("--uuid", type=click.UUID)
def _toy(**given: object) -> None:
    """Toy."""
    if given["what"] == "unfit":
        raise BadUsageError("usage_level_or_course", click.get_current_context())
    click.echo(f"{given['what']} {given['level']} {given['count']}")


@click.group()
def _toys() -> None:
    """All."""


_toys.add_command(_toy, "toy")


@pytest.fixture
def _chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(usage, "HELP", WORDS)
    with speaking("zh"):
        yield


def call(line: str) -> Result:
    def toys(args: list[str], prog_name: str, **more: object) -> None:
        with usage_in_chinese():
            in_chinese(_toys, "").main(args, prog_name=prog_name, standalone_mode=False, **more)

    @click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
    @click.argument("args", nargs=-1, type=click.UNPROCESSED)
    def shell(args: tuple[str, ...]) -> None:
        toys(list(args), "p")

    return CliRunner().invoke(shell, line.split())


_OF_TOY = ("用法：p toy [选项] WHAT", "说明见p toy --help")
_OF_ALL = ("用法：p [选项] 命令 [参数]...", "说明见p --help")


@pytest.mark.parametrize(
    ("line", "head", "said"),
    [
        ("toy --level red", _OF_TOY, "缺少参数'WHAT'"),
        ("toy x", _OF_TOY, "缺少选项'--level'"),
        ("toy x --level blue", _OF_TOY, "'--level'的值不能用：'blue'不在可选值之内；应为red或none"),
        ("toy x --level red --count 0", _OF_TOY, "'--count'的值不能用：0不在1–9之内"),
        ("toy x --level red --count x", _OF_TOY, "'--count'的值不能用：'x'不是整数"),
        ("toy x --level red --whole a", _OF_TOY, "'--whole'的值不能用：'a'不是整数"),
        ("toy x --level red --share 2", _OF_TOY, "'--share'的值不能用：2不在…–1之内"),
        ("toy x --level red --share a", _OF_TOY, "'--share'的值不能用：'a'不是数"),
        ("toy x --level red --uuid 1", _OF_TOY, "'--uuid'的值不能用：'1'不能识别"),
        ("toy x --level red --day 2", _OF_TOY, "'--day'的值不能用：'2'不是日期；应为YYYY-MM-DD"),
        ("toy x --level red --day", _OF_TOY, "选项'--day'须有值"),
        ("toy x --level red --no-flag=1", _OF_TOY, "选项'--no-flag'不带值"),
        ("toy x --level red --verbose=2", _OF_TOY, "选项'--verbose'不带值"),
        ("toy x --levl red", _OF_TOY, "没有'--levl'这一选项；可能是--help、--level、--whole"),
        ("toy x y z --level red", _OF_TOY, "多出的参数(y、z)"),
        ("toy unfit --level red", _OF_TOY, "--level（可加--hours）和--course须且只须写一种"),
        ("toi", _OF_ALL, "没有'toi'这一命令"),
        ("--nosuch", _OF_ALL, "没有'--nosuch'这一选项"),
    ],
)
@pytest.mark.usefixtures("_chinese")
def test_what_is_wrong_with_a_line_is_said_in_three_lines(line: str, head: tuple[str, str], said: str) -> None:
    done = call(line)
    assert done.exit_code == 2
    assert done.stdout == ""
    *first, last = done.stderr.splitlines()
    assert tuple(first) == head
    assert last.partition("；可能是toy")[0] == f"错误：{said}"


@pytest.mark.usefixtures("_chinese")
def test_a_line_that_is_right_is_done() -> None:
    done = call("toy x --level none --count 4 --day 2021-01-10 --share 1 --whole 2 --flag -v")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "x none 4\n", "")


@pytest.mark.usefixtures("_chinese")
def test_a_help_says_default_range_and_what_is_wanted() -> None:
    assert call("toy --help").stdout.splitlines() == [
        "用法：p toy [选项] WHAT",
        "",
        "  说明。",
        "",
        "选项:",
        "  --level [red|none]     级别。[必填]",
        "  --count INTEGER RANGE  个数。[默认3；1<=x<=9]",
        "  --share FLOAT RANGE    比例。[x<=1]",
        "  --whole INTEGER",
        "  --day DATE             日期。",
        "  --flag / --no-flag",
        "  -v, --verbose",
        "  --uuid UUID",
        "  --help                 显示说明。",
    ]
    whole = [
        "用法：p [选项] 命令 [参数]...",
        "",
        "  全部。",
        "",
        "选项:",
        "  --help  显示说明。",
        "",
        "命令:",
        "  toy  说明。",
    ]
    assert call("--help").stdout.splitlines() == whole
    assert (call("").exit_code, call("").stderr.splitlines()) == (2, whole), "a group alone shows what it has"
    assert _toy.get_help(click.Context(_toy)).startswith("Usage:"), "the command itself stays as it was"


def test_in_another_language_an_error_stays_clicks_own() -> None:
    with speaking("en"), pytest.raises(click.NoSuchOption, match="--x"), usage_in_chinese():
        raise click.NoSuchOption("--x")
    with speaking("zh"), pytest.raises(click.UsageError) as found, usage_in_chinese(), usage_in_chinese():
        raise click.NoSuchOption("--x")
    assert found.value.format_message() == "没有'--x'这一选项", "it is put into Chinese once"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (click.UsageError("odd"), "缺少命令，或没有这一命令"),
        (click.BadArgumentUsage("odd"), "参数的个数不对"),
        (click.BadOptionUsage("--x", "odd"), "选项'--x'须有值"),
        (click.BadParameter("odd"), "的值不能用："),
        (click.BadParameter("odd", param_hint="--x"), "--x的值不能用："),
        (click.BadParameter("odd", param_hint=["--x", "--y"]), "--x、--y的值不能用："),
        (click.BadParameter("odd", param=click.Option(["--x"])), "'--x'的值不能用：不能识别"),
        (click.BadParameter("odd", param=click.Option(["--x"], type=int)), "'--x'的值不能用：应为整数"),
        (click.BadParameter("odd", param=click.Option(["--x"], type=click.IntRange(1))), "'--x'的值不能用：应为整数"),
        (
            click.BadParameter("odd", param=click.Option(["--x"], type=click.Choice(["a", "b"]))),
            "'--x'的值不能用：应为a或b",
        ),
    ],
)
def test_what_click_itself_found_is_said_by_its_class(error: click.UsageError, said: str) -> None:
    """Without a context there is no line of usage to show."""
    with speaking("zh"), pytest.raises(click.UsageError) as found, usage_in_chinese():
        raise error
    told = io.StringIO()
    found.value.show(told)
    assert told.getvalue() == f"错误：{said}\n"


def test_our_own_errors_are_in_english_where_english_is_spoken() -> None:
    context = click.Context(_toy)
    value = BadValueError("usage_no_day", param=_toy.params[5], ctx=context, value="x")
    assert value.format_message() == "Invalid value for '--day': 'x' is not a day; expected YYYY-MM-DD"
    both = BadUsageError("usage_level_or_course", context)
    assert both.ctx is context
    assert "--course" in both.message


@pytest.mark.parametrize("line", ["--help", "orders --help", "ledger", "ledger issue --help", "serve -h", "rules"])
def test_no_help_of_the_program_has_english_of_click(line: str) -> None:
    said = CliRunner().invoke(main, ["--lang=zh", *line.split()]).output
    assert "用法：" in said
    for word in ("Usage", "Options", "Commands:", "OPTIONS", "COMMAND", "Show this", "required", "default"):
        assert word not in said
