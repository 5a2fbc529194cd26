"""The environment that pages are rendered in: one for every room that has templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jinja2


def environment(room: str, **filters: Callable[..., Any]) -> jinja2.Environment:
    """The templates of a room (a package with a folder ``templates``), everything escaped, with some filters."""
    made = jinja2.Environment(loader=jinja2.PackageLoader(room), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters |= filters
    return made
