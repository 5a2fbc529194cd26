"""Charts by plotly, drawn from its own package: nothing is loaded from a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from alertengine.vocabulary import InputError, Problem

FONT: Final = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
#: Hatching beside the colours of the levels, as on the ribbon: readable without colour.
PATTERN: Final = {"yellow": ".", "orange": "/", "red": "x"}
_INK, _LINE = "#1d2733", "#d9dee5"
#: Colours of series that are no levels: apart in lightness too.
SERIES: Final = ("#2f5d8a", "#c98a1b", "#5b8c5a", "#8a4f7d", "#7a8794", "#a8482f", "#3c9a9a", "#b8a13c")


def plotly_objects() -> Any:
    """The graph objects of plotly.

    Raises:
        InputError: the extra is not installed.

    """
    try:
        import plotly.graph_objects as go
    except ImportError:
        raise InputError([Problem("plotly_missing", where="report")]) from None
    return go


def plotly_script() -> str:
    """The script of the charts, to stand once in a page."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


def drawn(figure: Any, name: str, *, height: int = 340) -> str:
    """A figure as a piece of HTML; the page brings the script.

    ``name`` tells it from the other charts of the page: without one plotly draws a name at random, and the same figures
    would not give the same bytes.
    """
    figure.update_layout(
        height=height, margin={"l": 56, "r": 16, "t": 16, "b": 96}, font={"family": FONT, "size": 13, "color": _INK},
        paper_bgcolor="#fff", plot_bgcolor="#fff", legend={"orientation": "h", "y": -88 / height, "x": 0}, bargap=0.28,
        separators=".,",
    )  # fmt: skip
    figure.update_xaxes(showgrid=False, linecolor=_INK, ticks="outside", automargin=True)
    figure.update_yaxes(gridcolor=_LINE, zerolinecolor=_INK, automargin=True)
    config = {"displayModeBar": False, "responsive": True}
    return str(figure.to_html(full_html=False, include_plotlyjs=False, config=config, div_id=f"chart-{name}"))


def bars(
    name: str,
    groups: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    *,
    unit: str,
    colours: Mapping[str, str] | None = None,
    patterns: Mapping[str, str] | None = None,
    stacked: bool = False,
    sideways: bool = False,
    texts: Mapping[str, Sequence[str]] | None = None,
    height: int = 340,
) -> str:
    """Bars of several series over groups, as :func:`drawn`; ``unit`` heads the axis of the values."""
    go = plotly_objects()
    figure = go.Figure()
    for number, (one, values) in enumerate(series.items()):
        colour = (colours or {}).get(one, SERIES[number % len(SERIES)])
        marker: dict[str, Any] = {"color": colour, "line": {"color": _INK, "width": 0.6}}
        if patterns and patterns.get(one):
            marker["pattern"] = {"shape": patterns[one], "fgcolor": _INK, "fgopacity": 0.5, "size": 6}
        along = (
            {"x": list(values), "y": list(groups), "orientation": "h"}
            if sideways
            else {"x": list(groups), "y": list(values)}
        )
        said = (
            {"text": list(texts[one]), "textposition": "outside", "cliponaxis": False} if texts and one in texts else {}
        )
        figure.add_trace(go.Bar(name=one, marker=marker, **along, **said))
    figure.update_layout(barmode="stack" if stacked else "group", showlegend=len(series) > 1)
    (figure.update_xaxes if sideways else figure.update_yaxes)(title_text=unit, tickformat=",")
    if sideways:
        figure.update_yaxes(autorange="reversed")
    return drawn(figure, name, height=height)
