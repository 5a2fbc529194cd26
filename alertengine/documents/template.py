"""Word templates made fast: what docxtpl reads once, jinja fills a thousand times.

docxtpl knows how a person writes tags in Word (split runs, ``{%tr %}`` rows, curly quotes);
its reading of a template takes most of its time and is done once.  Each document is then one
rendering of plain text, and a zip of it with the parts that never change.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alertengine.files import Limits, check_document
from alertengine.vocabulary import InputError, Problem

#: Parts of a document in which tags are filled.
_FILLED: Final = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_MAIN: Final = "word/document.xml"
#: docxtpl's way of writing braces that are no tag.
_BRACES: Final = {"{_{": "{{ '{{' }}", "}_}": "{{ '}}' }}", "{_%": "{{ '{%' }}", "%_}": "{{ '%}' }}"}
#: The same instant in every zip: the same content is the same bytes.
_INSTANT: Final = (1980, 1, 1, 0, 0, 0)


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
        environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
        return {name: environment.from_string(part) for name, part in self.parts if isinstance(part, str)}

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that its tags are filled from.

        Raises:
            InputError: a tag is none.

        """
        environment = ImmutableSandboxedEnvironment()
        try:
            parsed = [environment.parse(part) for _, part in self.parts if isinstance(part, str)]
            return frozenset().union(*map(meta.find_undeclared_variables, parsed))
        except TemplateError as error:
            raise InputError([Problem("template_not_filled", file=self.name, error=error)]) from None

    def render(self, values: dict[str, Any]) -> bytes:
        """A document: the template filled with some values, which are text and never tags.

        Raises:
            InputError: a tag cannot be filled, or the result is no XML.

        """
        buffer = io.BytesIO()
        try:
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package:
                for name, part in self.parts:
                    content = part if isinstance(part, bytes) else _sound(self._compiled[name].render(values))
                    info = zipfile.ZipInfo(name, _INSTANT)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    info.create_system, info.external_attr = 3, 0o644 << 16
                    package.writestr(info, content)
        except UndefinedError as error:
            unknown = sorted(self.names - values.keys())
            problem = Problem("template_names_unknown", file=self.name, value="、".join(unknown))
            raise InputError(
                [problem] if unknown else [Problem("template_not_filled", file=self.name, error=error)]
            ) from None
        except (TemplateError, TypeError, ValueError, ArithmeticError, SyntaxError) as error:
            raise InputError([Problem("template_not_filled", file=self.name, error=error)]) from None
        return buffer.getvalue()


def _patcher() -> Any:
    """Docxtpl's reading of tags, applied to one part."""
    from docxtpl import DocxTemplate  # takes half a second; only papers need it

    reader = DocxTemplate(io.BytesIO())

    def patch(xml: str) -> str:
        text = str(reader.patch_xml(xml))
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
