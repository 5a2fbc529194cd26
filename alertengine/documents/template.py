"""Templates of papers, filled within bounds; Word ones: what docxtpl reads once, jinja fills a thousand times.

docxtpl knows how a person writes tags in Word (split runs, ``{%tr %}`` rows, curly quotes);
its reading of a template takes most of its time and is done once.  Each document is then one
rendering of plain text, and a zip of it with the parts that never change.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from html import unescape
from math import prod
from pathlib import Path
from typing import Any, Final

from jinja2 import (
    StrictUndefined,
    Template,
    TemplateError,
    TemplateRuntimeError,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    nodes,
    pass_environment,
)
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from alertengine.files import Limits, check_document
from alertengine.vocabulary import InputError, Problem

#: Parts of a document in which tags are filled.
_FILLED: Final = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_MAIN: Final = "word/document.xml"
#: A tag; other programs than Word write the quotes in it as &apos; and &quot;.
_TAG: Final = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
#: docxtpl's way of writing braces that are no tag.
_BRACES: Final = {"{_{": "{{ '{{' }}", "}_}": "{{ '}}' }}", "{_%": "{{ '{%' }}", "%_}": "{{ '%}' }}"}
#: The same instant in every zip: the same content is the same bytes.
_INSTANT: Final = (1980, 1, 1, 0, 0, 0)
#: Rounds of loops that one paper may take, and signs or items that a product may have.
_MOST: Final = 1_000_000
#: Rounds that a call counts as, and signs or items that count as one.
_CALL: Final = 10
_SIGNS: Final = 100
#: The widths that a format names; one that is an argument is no number.
_WIDTHS: Final = re.compile(r"%(?:\(\w*\))?[-+ #0]*(?:\d*\.)?(\d+|\*)|\{[^{}]*:[^{}]*?(\d+|\{)")


class EndlessError(Exception):
    """A template that goes on without end."""


class PaperEnvironment(ImmutableSandboxedEnvironment):
    """Fills templates that a bureau wrote: an undefined name is a mistake, and nothing in them runs without end.

    Rounds of loops, calls and the length of what is made are counted from :meth:`begin` on; powers, and products,
    filters and methods that would make something without measure, are refused before they do.
    """

    intercepted_binops = frozenset({"**", "*", "+", "%"})

    def __init__(self, **options: Any) -> None:
        """Take what jinja takes."""
        super().__init__(undefined=StrictUndefined, finalize=self.weighed, **options)
        self.filters = {name: self._measured(name, made) for name, made in self.filters.items()}
        self.filters |= {"counted": _counted, "weighed": self.weighed}
        del self.globals["lipsum"]  # texts of any length
        self.begin()

    def begin(self) -> None:
        """Count from here: another paper."""
        self._left = _MOST

    def spend(self, rounds: int) -> None:
        """Count so many rounds of loops (or signs made) against the most that a paper may take.

        Raises:
            EndlessError: that is used up.

        """
        self._left -= rounds
        if self._left < 0:
            raise EndlessError

    def weighed(self, made: Any) -> Any:
        """What was made, its length counted.

        Raises:
            EndlessError: too much was.

        """
        if isinstance(made, _SIZED):
            self.spend(len(made) // _SIGNS)
        return made

    def compiled(self, text: str) -> Template:
        """A template whose loops and joined texts are counted.

        Raises:
            TemplateError: a tag is none.

        """
        parsed: nodes.Template = _Counting(self).visit(self.parse(text))
        return self.from_string(parsed)

    def _measured(self, name: str, made: Callable[..., Any]) -> Callable[..., Any]:
        """A filter that is refused where it would make something without measure, and counted."""
        at = int(hasattr(made, "jinja_pass_arg"))

        @wraps(made)
        def filtered(*args: Any, **kwargs: Any) -> Any:
            if name == "join":
                args = (*args[:at], _all_of(args[at]), *args[at + 1 :])
            _measure(name, args[at], (*args[at + 1 :], *kwargs.values()))
            return self.weighed(made(*args, **kwargs))

        return filtered

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As the sandbox, counted: a macro may call itself."""
        self.spend(_CALL)
        method = getattr(obj, "__wrapped__", obj)  # the sandbox has its own for formats
        if isinstance(own := getattr(method, "__self__", None), (str, bytes, int)):
            args = tuple(map(_all_of, args))
            _measure(method.__name__, own, (*args, *kwargs.values()))
        return self.weighed(super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """A sum, product or filled format, where it is one of numbers or of no great length."""
        texts = [one for one in (left, right) if isinstance(one, _SIZED)]
        times = [one for one in (left, right) if isinstance(one, int)]
        if operator == "**" or (operator == "*" and texts and times and len(texts[0]) * times[0] > _MOST):
            raise SecurityError(f"{operator} without measure")
        if operator == "%" and texts:
            _measure("format", left, ())
        return self.weighed(super().call_binop(context, operator, left, right))


#: What has a length that is counted.
_SIZED: Final = (str, bytes, list, tuple)


def _all_of(items: Any) -> Any:
    """Of what is made one by one all, so that it can be measured."""
    return list(items) if isinstance(items, Iterator) else items


def _measure(name: str, value: Any, given: Iterable[Any]) -> None:
    """Refuse a filter or method that may make more of a value than a paper can hold.

    Raises:
        SecurityError: it may.

    """
    given = list(given)
    if name in ("format", "format_map"):
        widths = [width for pair in _WIDTHS.findall(str(value)) for width in pair if width]
        most = sum(int(width) if width.isdigit() else _MOST * _SIGNS for width in widths)
    else:
        sized = [one for one in (value, *given) if isinstance(one, _SIZED)]
        times = max((abs(one) for one in given if isinstance(one, int)), default=1)
        most = max(times, 1) * prod(max(len(one), 1) for one in sized)
        for many in (one for one in (value, *given) if name == "join" and isinstance(one, (list, tuple, range))):
            most = len(many) * max(len(one) for one in (*sized, "") if one is not many)
            most += sum(len(one) for one in many if isinstance(one, _SIZED))
    if most >= _MOST * _SIGNS:
        raise SecurityError(f"{name} without measure")


class _Counting(NodeTransformer):
    """Has the rounds of loops counted, with the text that each repeats, and texts that are joined."""

    def __init__(self, environment: PaperEnvironment) -> None:
        self._environment = environment

    def _filter(self, node: Any, name: str, *given: nodes.Expr) -> nodes.Filter:
        return nodes.Filter(node, name, list(given), [], None, None, lineno=node.lineno, environment=self._environment)

    def visit_For(self, loop: nodes.For) -> nodes.Node:  # noqa: N802 -- jinja's name
        said = sum(len(text.data) for text in loop.find_all(nodes.TemplateData))
        self.generic_visit(loop)
        loop.iter = self._filter(loop.iter, "counted", nodes.Const(1 + said // _SIGNS))
        return loop

    def visit_Concat(self, joined: nodes.Concat) -> nodes.Node:  # noqa: N802 -- jinja's name
        self.generic_visit(joined)
        return self._filter(joined, "weighed")


@pass_environment
def _counted(environment: PaperEnvironment, items: Iterable[Any], rounds: int) -> Iterator[Any]:
    for item in items:
        environment.spend(rounds)
        yield item


@contextmanager
def filling(file: str, unknown: Callable[[], Collection[str]] = tuple) -> Iterator[None]:
    """What a template does instead of being filled is told of its file; ``unknown``: its names that nothing fills."""
    try:
        yield
    except InputError:
        raise
    except EndlessError:
        raise InputError([Problem("template_endless", file=file, most=_MOST)]) from None
    except Exception as error:  # noqa: BLE001 -- an expression in a template may raise anything
        if isinstance(error, UndefinedError) and (names := sorted(unknown())):
            raise InputError([Problem("template_names_unknown", file=file, value="、".join(names))]) from None
        said = error if isinstance(error, TemplateError) else TemplateRuntimeError(str(error))
        raise InputError([Problem("template_not_filled", file=file, error=said)]) from None


def filled_text(file: str, text: str, values: Mapping[str, Any]) -> str:
    """A text template filled.

    Raises:
        InputError: it cannot be; of a tag that is none with its line.

    """
    environment = PaperEnvironment(trim_blocks=True, lstrip_blocks=True)
    try:
        template = environment.compiled(text)
    except TemplateSyntaxError as error:
        raise InputError([Problem("template_not_filled", file=file, row=error.lineno, error=error)]) from None
    with filling(file, lambda: meta.find_undeclared_variables(environment.parse(text)) - values.keys()):
        return template.render(values).strip()


@dataclass(frozen=True)
class WordTemplate:
    """A template once read: the text of its filled parts, the bytes of the others, in their order."""

    name: str
    parts: tuple[tuple[str, bytes | str], ...]

    @classmethod
    def read(cls, path: Path, least: Sequence[str] = ()) -> WordTemplate:
        """A template from a .docx file; ``least`` are the names that no paper made of it can do without.

        Raises:
            InputError: not a Word document, beyond the limits of one, with a tag that is none, or without such a name.

        """
        check_document(path, Limits.of_environment())
        try:
            with zipfile.ZipFile(path) as package:
                raw = [(info.filename, package.read(info)) for info in package.infolist() if not info.is_dir()]
        except (OSError, zipfile.BadZipFile) as error:
            raise InputError([Problem("word_unreadable", file=str(path), error=error)]) from None
        if _MAIN not in dict(raw):
            raise InputError([Problem("not_word", file=str(path))])
        patch = _patcher()
        parts: list[tuple[str, bytes | str]] = []
        for name, content in raw:
            parts.append((name, patch(content.decode("utf-8")) if _FILLED.fullmatch(name) else content))
        read = cls(path.name, tuple(parts))
        if least and not read.names.issuperset(least):
            raise InputError([Problem("template_without_names", file=str(path), names=least)])
        return read

    def __getstate__(self) -> dict[str, Any]:
        """Without the compiled templates, which each process makes for itself."""
        return {"name": self.name, "parts": self.parts}

    @cached_property
    def _compiled(self) -> dict[str, Template]:
        environment = PaperEnvironment(autoescape=True)
        return {name: environment.compiled(part) for name, part in self.parts if isinstance(part, str)}

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that its tags are filled from.

        Raises:
            InputError: a tag is none.

        """
        with filling(self.name):
            parsed = [PaperEnvironment().parse(part) for _, part in self.parts if isinstance(part, str)]
            return frozenset().union(*map(meta.find_undeclared_variables, parsed))

    def render(self, values: dict[str, Any]) -> bytes:
        """A document: the template filled with some values, which are text and never tags.

        Raises:
            InputError: a tag cannot be filled, or the result is no XML.

        """
        buffer = io.BytesIO()
        unknown = partial(self.names.difference, values)
        with (
            filling(self.name, unknown),
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package,
        ):
            for name, part in self.parts:
                content = part
                if isinstance(content, str):
                    template = self._compiled[name]
                    template.environment.begin()  # type: ignore[attr-defined]
                    content = _sound(template.render(values))
                info = zipfile.ZipInfo(name, _INSTANT)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system, info.external_attr = 3, 0o644 << 16
                package.writestr(info, content)
        return buffer.getvalue()


def _patcher() -> Any:
    """Docxtpl's reading of tags, applied to one part."""
    from docxtpl import DocxTemplate  # takes half a second; only papers need it

    reader = DocxTemplate(io.BytesIO())

    def patch(xml: str) -> str:
        text = _TAG.sub(lambda tag: unescape(tag[0]), str(reader.patch_xml(xml)))
        for marked, braces in _BRACES.items():
            text = text.replace(marked, braces)
        return text

    return patch


def _sound(xml: str) -> bytes:
    """A filled part as bytes.

    Raises:
        ValueError: it is not well-formed XML.

    """
    from lxml import etree

    content = xml.encode("utf-8")
    try:
        etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"the result is no XML ({error.msg})") from None
    return content
