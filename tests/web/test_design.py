"""The one stylesheet: pairs of text and ground that can be read, and nothing from anywhere else."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from alertengine.files import body_of, script_of, stylesheet
from alertengine.vocabulary import LEVEL_COLOUR
from alertengine.web.pages.ordergrid import GRID_WORDS

#: Text on ground, by the names of the stylesheet.
PAIRS = [
    *((text, ground) for text in ("ink", "soft", "faint") for ground in ("paper", "wash", "wash-2", "act-wash")),
    *((text, ground) for text in ("bad", "good", "unsure", "act") for ground in ("paper", "wash")),
    ("bad", "bad-wash"), ("good", "good-wash"), ("unsure", "unsure-wash"), ("act-2", "act-wash"), ("paper", "act"),
    ("paper", "act-2"), ("on-brand", "brand"), ("paper", "brand"), ("ink", "bad-wash"), ("ink", "unsure-wash"),
    ("ink", "good-wash"), ("on-red", "red"), ("on-orange", "orange"), ("on-yellow", "yellow"), ("paper", "bad"),
]  # fmt: skip


def _colours() -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})", stylesheet()))


def _light(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * one for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    colours = _colours()
    bright, dark = sorted((_light(colours[text]), _light(colours[ground])), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def test_levels_have_the_colours_of_the_vocabulary() -> None:
    colours = _colours()
    assert {level: colours[level] for level in ("red", "orange", "yellow")} == {
        level: LEVEL_COLOUR[level] for level in ("red", "orange", "yellow")
    }


def test_the_stylesheet_asks_for_nothing() -> None:
    assert not re.search(r"url\(|@import|@font-face|https?:", stylesheet())


def test_a_browser_that_runs_no_scripts_is_told_so_in_chinese() -> None:
    page = files("nicegui").joinpath("templates", "index.html").read_text(encoding="utf-8")
    assert re.search(r'<div id="esm-fallback">[^<]+', page), "NiceGUI shows its own words elsewhere by now"
    assert "#esm-fallback { font-size:0;" in stylesheet()
    assert re.search(r'#esm-fallback::before \{ content:"[^"]*浏览器[^"]*"; font-size:16px', stylesheet())


def test_a_grid_speaks_chinese_to_a_screen_reader() -> None:
    bundle = files("nicegui").joinpath("elements", "aggrid", "dist", "index.js").read_text(encoding="utf-8")
    spoken = set(re.findall(r'"(aria[A-Z]\w*)","[A-Z]', bundle))
    of_nothing_used = {"Date", "Page", "Pending", "Skeleton", "Toggle", "Validation"}  # no editing, no paging, no dates
    left = {name for name in spoken - GRID_WORDS.keys() if not any(word in name for word in of_nothing_used)}
    assert (left, len(spoken) > 20) == (set(), True)


def test_a_page_stands_in_another_without_its_scripts() -> None:
    page = '<html><body class="sheet atlas"><main>a</main><script>one()</script><script>two()</script></body></html>'
    assert body_of(page) == ("sheet atlas", "<div>a</div>")
    assert script_of(page) == "two()"
