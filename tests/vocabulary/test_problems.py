"""A problem is a code with a place; its words are made when it is shown; a result has the problems of its inputs."""

import json
import pickle
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from alertengine.vocabulary import InputError, Message, Problem, Result, Words, language, speaking
from alertengine.vocabulary.messages.message import filled

SUFFIX = Problem(
    "unknown_suffix", file="/in/清单.doc", row=3, column="nox_kg_d", value=".doc", suffixes=[".csv", ".xlsx"]
)


def test_words_are_made_in_the_language_asked_for() -> None:
    """Place, what is wrong, what stands there and what was expected, in both languages."""
    assert SUFFIX.text("en") == "/in/清单.doc, row 3, nox_kg_d: unknown suffix (found '.doc'); expected .csv .xlsx"
    assert SUFFIX.text("zh", short=True) == "清单.doc第3行“NOx排放量”：不支持的文件类型（现为“.doc”）；应为.csv、.xlsx"
    assert SUFFIX.at(file="", where="session", row=None, column="").text("zh").startswith("不支持的文件类型")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "ALERTENGINE_LANG": "en"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting stands above the locale, and what is chosen above both."""
    for name in ("ALERTENGINE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == expected
    assert str(SUFFIX) == SUFFIX.text(language())
    with speaking("zh"):
        assert "不支持" in str(SUFFIX)
        assert "不支持" in str(InputError([SUFFIX]))
    assert language() == expected


def _of_sqlite(code: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("malformed")
    error.sqlite_errorname = code
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file or directory", "/in/a.csv"), "没有这个文件或文件夹"),
        (PermissionError(13, "Permission denied"), "没有权限"),
        (OSError(9999, "Strange"), "系统错误9999"),
        (UnicodeDecodeError("utf-8", b"ab\xff", 2, 3, "invalid start byte"), "第3字节起不是UTF-8编码"),
        (EOFError("Compressed file ended"), "文件不完整"),
        (json.JSONDecodeError("Expecting value", "{\n ]", 3), "第2行第2列不合JSON写法"),
        (_of_sqlite("SQLITE_CORRUPT"), "数据库文件损坏"),
        (_of_sqlite("SQLITE_IOERR_WRITE"), "磁盘读写出错"),
        (sqlite3.DatabaseError("some page"), "数据库文件损坏"),
    ],
)
def test_what_the_system_says_is_chinese_in_a_chinese_sentence(error: Exception, said: str) -> None:
    """The system's own English stays in English alone."""
    problem = Problem("unreadable_file", file="/in/a.csv", error=error, kind="x")
    assert said in problem.text("zh")
    assert str(error).partition("] ")[2].partition(":")[0] in problem.text("en")
    assert Problem.from_dict(problem.as_dict()) == problem


def test_arguments_are_filled_in_the_language() -> None:
    """Lists are joined, codes named, messages nested, as the language has them."""
    said = {
        "names": ("a", "b"),
        "field": "county",
        "level": "red",
        "share": 0.5,
        "nested": Words("unknown_suffix", suffixes=[]),
    }
    sentence = "{names} {names:or} {field:field} {level:level} {share:percent} {nested}"
    assert filled(sentence, said, "en") == "a, b a or b county red 50% unknown suffix"
    assert filled(sentence, said, "zh") == "a、b a或b 区县 红色 50% 不支持的文件类型"


def test_a_problem_needs_the_arguments_of_its_code() -> None:
    """A code that is not in the catalogue, or an argument left out, is found where the problem is made."""
    with pytest.raises(KeyError, match="no_such_code"):
        Problem("no_such_code", file="x")
    with pytest.raises(TypeError, match="suffixes"):
        Problem("unknown_suffix", file="x")
    assert Message("error", "{a}", "{b}").arguments == {"a", "b"}


def test_equal_problems_are_equal_and_travel_between_processes() -> None:
    """What is said twice is found; workers hand problems and errors back."""
    again = pickle.loads(pickle.dumps(SUFFIX))  # noqa: S301 -- our own
    assert again == SUFFIX
    assert len({again, SUFFIX, SUFFIX.at(row=4)}) == 2
    assert pickle.loads(pickle.dumps(InputError([SUFFIX]))).problems == [SUFFIX]  # noqa: S301


@dataclass(frozen=True)
class _Made(Result):
    own_problems: Sequence[Problem] = ()
    own_notes: Sequence[Problem] = ()
    made_from: Sequence[Result] = ()


def test_a_result_has_the_problems_of_all_it_was_made_from() -> None:
    """First those of the inputs, each once, however far down; notes apart; the exit status follows."""
    law = _Made([SUFFIX])
    forecast, enterprises = _Made([SUFFIX.at(row=1)], [SUFFIX.at(row=9)], [law]), _Made((), (), [law])
    orders = _Made([SUFFIX.at(row=2)], made_from=(enterprises, forecast))
    assert [one.row for one in orders.problems] == [3, 1, 2]
    assert [one.row for one in orders.notes] == [9]
    assert orders.exit_status == 1
    assert enterprises.exit_status == 1
    assert _Made((), [SUFFIX]).exit_status == 0


def test_a_page_names_what_a_person_filled_in_not_the_file_made_of_it() -> None:
    city = Problem("no_such_city", file="/in/scenario.yaml", column="cities", value="火星市", names=["临汾市"])
    assert city.text("zh", short=True) == "情景“城市”：没有这个城市（现为“火星市”）；应为临汾市"
    record = Problem("reason_wanted", file="/srv/bureau/record.db")
    assert record.text("zh", short=True) == "台账：请写明理由"
    assert city.text("zh").startswith("/in/scenario.yaml“城市”：")
    assert (city.column_text, SUFFIX.column_text) == ("城市", "NOx排放量")


def test_a_value_of_a_whole_file_is_cut() -> None:
    long = Problem("option_blank", file="a.csv", row=3, column="x", value="甲" * 5000)
    assert long.value == "甲" * 300 + "…"
    assert Problem.from_dict(long.as_dict()) == long
    assert Problem("option_blank", file="a.csv", value="乙" * 300).value == "乙" * 300
