"""Templates that a bureau wrote: filled, or told of what is wrong; none runs without end or ends in a traceback."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from alertengine.documents import read_pack_templates
from alertengine.documents._write_documents import TEMPLATES
from alertengine.documents.template import WordTemplate, filled_text
from alertengine.vocabulary import InputError

VALUES = {"名称": "甲厂", "列表": ["一", "二", "三"], "空": [], "数": 3}

Fill = Callable[[str, Mapping[str, Any]], str]


def _word(text: str, values: Mapping[str, Any]) -> str:
    made = WordTemplate("own.txt", (("word/document.xml", f"<w>{text}</w>"),)).render(dict(values))
    with ZipFile(BytesIO(made)) as package:
        return package.read("word/document.xml").decode().removeprefix("<w>").removesuffix("</w>")


FILLS: list[Fill] = [lambda text, values: filled_text("own.txt", text, values), _word]


@pytest.mark.parametrize("fill", FILLS, ids=["text", "word"])
@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{ 名称 }}", "甲厂"),
        (
            "{% for 个 in 列表 %}{{ loop.index }}{{ 个 }}{% if not loop.last %}、{% endif %}{% endfor %}",
            "1一、2二、3三",
        ),
        ("{% for 个 in 列表 %}{{ loop.length }}{{ loop.revindex }}{% endfor %}", "333231"),
        ("{% for 个 in 空 %}{{ 个 }}{% else %}无{% endfor %}", "无"),
        ("{% for 个 in 列表 if 个 != '二' %}{{ 个 }}{% endfor %}", "一三"),
        ("{% for 个 in 列表 %}{% for 它 in 列表 %}{{ 它 }}{% endfor %}{% endfor %}", "一二三" * 3),
        ("{% for 个 in [[1, [2]], [3]] recursive %}{{ loop(个) if 个 is iterable else 个 }}{% endfor %}", "123"),
        ("{% for 个 in range(数) %}{{ 个 }}{% endfor %}", "012"),
        ("{% for 名, 值 in {'甲': 1}.items() %}{{ 名 }}{{ 值 }}{% endfor %}", "甲1"),
        ("{% set 和 = namespace(n=0) %}{% for 个 in 列表 %}{% set 和.n = 和.n + 2 * 数 %}{% endfor %}{{ 和.n }}", "18"),
        ("{{ '＿' * 12 }}{{ 2 * '—' }}{{ [1] * 2 }}", "＿" * 12 + "——[1, 1]"),
        ("{% macro 行(个) %}{{ 个 }}；{% endmacro %}{{ 行(1) }}{{ 行(2) }}", "1；2；"),
        ("{{ '甲' ~ 数 ~ '乙' }}{{ '甲' + '乙' }}{{ '甲'|center(4) }}{{ '7'.zfill(3) }}", "甲3乙甲乙 甲  007"),
        (
            "{{ '%d吨' % 2000000000 }}{{ '%s'|format(2000000000) }}{{ '{:,}'.format(2000000000) }}",
            "2000000000吨20000000002,000,000,000",
        ),
        ("{{ 列表|join('、') }}{{ '%.1f' % 2 }}{{ 名称|replace('厂', '') }}", "一、二、三2.0甲"),
    ],
)
def test_what_a_bureau_writes_is_filled(fill: Fill, text: str, filled: str) -> None:
    assert fill(text, VALUES) == filled


@pytest.mark.parametrize("fill", FILLS, ids=["text", "word"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}", "template_endless"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "template_endless"),
        ("{% for a in range(99999) %}{% for b in range(99999) if b < 0 %}{% endfor %}{% endfor %}", "template_endless"),
        (
            "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}",
            "template_endless",
        ),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "template_not_filled"),
        ("{% for a in 列表 recursive %}{{ loop(列表) }}{% endfor %}", "template_not_filled"),
        ("{{ 9 ** 9 ** 9 }}", "template_not_filled"),
        ("{{ 'x' * 2000000000 }}", "template_not_filled"),
        ("{{ 2000000000 * [1] }}", "template_not_filled"),
        ("{{ 数 * 2000000000 * '甲' }}", "template_not_filled"),
        ("{{ (1, 2) * 2000000000 }}", "template_not_filled"),
        *(
            (f"{{{{ {made} }}}}", "template_not_filled")
            for made in (
                "'甲'|center(2000000000)",
                "'甲'.center(2000000000)",
                "'甲'.ljust(2000000000)",
                "'1'.zfill(2000000000)",
                "'甲\n乙'|indent(2000000000)",
                "'甲'|indent(2000000000, first=true)",
                "'\t'.expandtabs(2000000000)",
                "'%2000000000d' % 1",
                "'%2000000000d'|format(1)",
                "'%.2000000000f'|format(1)",
                "'%*d' % (2000000000, 1)",
                "'{:2000000000}'.format(1)",
                "'{:{w}}'.format(1, w=2000000000)",
                "[1]|batch(2000000000, 1)|list",
                "[1]|slice(2000000000)|list",
                "列表|map('center', 2000000000)|join",
                "('甲' * 999999)|replace('甲', '乙' * 999999)",
                "('甲' * 999999).replace('甲', '乙' * 999999)",
                "(['甲' * 999999] * 999)|join",
                "''.join(['甲' * 999999] * 999)",
                "range(9999)|join('甲' * 99999)",
                "range(9999)|map('string')|join('甲' * 99999)",
                "(1).to_bytes(2000000000)",
            )
        ),
        ("{% set a = '甲' * 999999 %}{% for b in range(9999) %}{{ a }}{% endfor %}", "template_endless"),
        ("{% set a = '甲' * 999999 %}" + "{% set a = a ~ a ~ a ~ a %}" * 9, "template_endless"),
        ("{% set a = '甲' * 999999 %}" + "{% set a = a + a + a + a %}" * 9, "template_endless"),
        ("{% set a %}{% for b in range(99999) %}" + "甲" * 9999 + "{% endfor %}{% endset %}", "template_endless"),
        ("{{ range(2000000000)|list }}", "template_not_filled"),
        ("{{ 名称.厂长.姓名 }}", "template_not_filled"),
        ("{{ 没有 }}{% for a in 也没有 %}{% endfor %}", "template_names_unknown"),
        ("{{ '{0}'.format() }}", "template_not_filled"),
        ("{{ '{a}'.format() }}", "template_not_filled"),
        ("{{ 1 / 0 }}", "template_not_filled"),
        ("{{ 名称 + 1 }}", "template_not_filled"),
        ("{{ 名称|没有这个 }}", "template_not_filled"),
        ("{{ 名称|items|list }}", "template_not_filled"),
        ("{% 如果 名称 %}{% endif %}", "template_not_filled"),
        ("{% for a in 列表 %}", "template_not_filled"),
        ("{% include '别的' %}", "template_not_filled"),
        ("{{ ().__class__.__base__ }}", "template_not_filled"),
        ("{{ 列表.append(1) }}", "template_not_filled"),
        ("{% for a in 数 %}{% endfor %}", "template_not_filled"),
    ],
)
def test_what_cannot_be_filled_is_told(fill: Fill, text: str, code: str) -> None:
    """Also a loop, a call, a power or a product without end: by what it counts, never by a clock."""
    with pytest.raises(InputError) as refused:
        fill(text, VALUES)
    (problem,) = refused.value.problems
    assert (problem.code, problem.file) == (code, "own.txt")
    assert not re.search("[a-z]{4}", problem.text("zh").replace("own.txt", "").replace("templates/README.md", ""))
    if code == "template_names_unknown":
        assert problem.value == "也没有、没有"
    assert VALUES["列表"] == ["一", "二", "三"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_template_is_read_as_an_editor_saved_it(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "sms.txt").write_bytes("{{ 城市 }}：\r\n{{ 决定 }}。".encode(encoding))
    assert read_pack_templates(tmp_path).texts["05-短信.txt"] == "{{ 城市 }}：\n{{ 决定 }}。"


@pytest.mark.parametrize("quotes", [("&apos;", "&quot;"), ("&#39;", "&#34;"), ("&#x27;", "&#x22;")])
@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.docx")), ids=lambda path: path.stem)
def test_a_template_that_another_program_saved_is_the_same(tmp_path: Path, path: Path, quotes: tuple[str, str]) -> None:
    """Other programs than Word write the quotes of a tag as entities, as XML allows."""
    saved = tmp_path / path.name
    with ZipFile(path) as package, ZipFile(saved, "w") as made:
        for name in package.namelist():
            content = package.read(name)
            if name == "word/document.xml":
                text = re.sub(
                    r"\{[{%].*?[%}]\}",
                    lambda tag: tag[0].replace("'", quotes[0]).replace('"', quotes[1]),
                    content.decode(),
                )
                assert path.stem in {"daily", "board"} or quotes[0] in text or quotes[1] in text
                content = text.encode()
            made.writestr(name, content)
    assert dict(WordTemplate.read(saved).parts) == dict(WordTemplate.read(path).parts)
    assert WordTemplate.read(saved).names


@pytest.mark.parametrize(
    ("text", "row"), [("{% 如果 %}", 1), ("一\n二{{ 城市 ）\n三", 2), ("一\n\n{% for a in b %}", 3)]
)
def test_a_tag_that_is_none_is_told_with_its_line(text: str, row: int) -> None:
    with pytest.raises(InputError) as refused:
        filled_text("sms.txt", text, VALUES)
    (problem,) = refused.value.problems
    assert (problem.code, problem.row) == ("template_not_filled", row)
