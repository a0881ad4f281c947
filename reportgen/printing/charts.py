"""Bars -> an SVG drawing with text as text, by Vega-Lite, with the fonts of the house; the same bars, the same text."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from reportgen.printing.origin import drawer
from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _
from reportgen.writing.blocks import Document, Drawing, Figure

if TYPE_CHECKING:
    import altair as alt

FONT = "Noto Sans SC, Microsoft YaHei, PingFang SC, sans-serif"  # the first is what texts are measured with
INK, FAINT, GRID = "#1f2933", "#5b6770", "#e3e7ea"
BESIDE = ("#2f5d8a", "#b4c3d1", "#7d9c74", "#c9a66b", "#8f7aa3")  # the second is what the first is compared with
WITHIN = ("#2f5d8a", "#c08a3e", "#6f9468", "#8f7aa3", "#7a8791")
WIDTH, ROW, LONGEST = 400, 20, 130  # pixels: of the bars, a row and its label
STYLE: dict[str, Any] = {
    "font": FONT,
    "aria": False,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        **dict.fromkeys(("domainColor", "gridColor", "tickColor"), GRID),
        "labelColor": INK,
        "labelFontSize": 11,
        "titleColor": FAINT,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
    "legend": {"labelColor": INK, "labelFontSize": 11, "symbolType": "square"},
}
PIXEL, AREA = 25.4 / 96, 150.0  # mm: of a pixel, and of what a figure may take of the type area
SECONDS = 60.0  # for the figures of one document
SCALE = 3.0  # pixels of the PNG in one of the SVG
SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"')


class Bar(NamedTuple):
    """A value, which row and series it belongs to, and how it is written."""

    row: str
    series: str
    value: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Horizontal bars, in the order of ``rows``; the series stand beside one another, or ``stacked`` make a whole."""

    title: str
    unit: str
    rows: tuple[str, ...]
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    stacked: bool = False
    mark: float | None = None
    plain: bool = False  # of a report: no axis, each number at the end of its bar


def drawn(chart: Chart) -> str:
    """Return the chart as SVG."""
    import vl_convert  # 80 MB, and only a page needs it

    _know_fonts()
    return vl_convert.vegalite_to_svg(specification(chart), allowed_base_urls=[])


@cache
def _know_fonts() -> None:
    import vl_convert

    from reportgen.printing.typefaces import bundled_fonts

    vl_convert.register_font_directory(str(bundled_fonts()))


def with_drawings(document: Document) -> Document:
    """Return a document with its figures drawn; without them where nothing can draw."""
    figures = tuple(block for block in document.blocks if isinstance(block, Figure))
    if not figures:
        return document
    drawn = iter(_drawings(figures) if drawer() else ())
    blocks = (
        replace(block, drawing=next(drawn)) if isinstance(block, Figure) else block
        for block in document.blocks
        if drawer() or not isinstance(block, Figure)
    )
    return replace(document, blocks=tuple(blocks))


@lru_cache(maxsize=8)
def _drawings(figures: tuple[Figure, ...]) -> tuple[Drawing, ...]:
    """Draw figures in a process of their own: the engine sets aside more address space than a worker may have."""
    asked = json.dumps([[figure.title, figure.unit, figure.bars] for figure in figures])
    command = [sys.executable, "-m", __name__]
    run = subprocess.run(command, input=asked.encode(), capture_output=True, timeout=SECONDS, check=False)
    if run.returncode:
        message = _("the figures could not be drawn: {reason}")
        reason = run.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        raise ReportError([Finding("internal-error", Span(""), message.format(reason=reason))])
    return tuple(_fitted(svg, base64.b64decode(png)) for svg, png in json.loads(run.stdout))


def _fitted(svg: str, png: bytes) -> Drawing:
    """Return a drawing at most as wide as the type area."""
    size = SIZE.search(svg)
    wide, high = (float(side) * PIXEL for side in size.groups()) if size else (AREA, AREA)
    share = min(1.0, AREA / wide)
    return Drawing(svg, png, round(wide * share, 2), round(high * share, 2))


def _draw_for_another() -> None:
    """Read figures from stdin, and write each as SVG and PNG."""
    with suppress(ImportError):  # Windows has no such limit
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    import vl_convert

    _know_fonts()
    found = []
    for title, unit, told in json.loads(sys.stdin.buffer.read()):
        bars = tuple(Bar(name, "", value, text) for name, value, text in told)
        chart = Chart(title, unit, tuple(bar.row for bar in bars), ("",), bars, plain=True)
        wanted = specification(chart)
        svg = vl_convert.vegalite_to_svg(wanted, allowed_base_urls=[])
        png = vl_convert.vegalite_to_png(wanted, scale=SCALE, allowed_base_urls=[])
        found.append((svg, base64.b64encode(png).decode()))
    sys.stdout.buffer.write(json.dumps(found).encode())


def has_figures(document: Document) -> bool:
    """Tell whether a document has figures to draw."""
    return any(isinstance(block, Figure) for block in document.blocks)


def specification(chart: Chart) -> dict[str, Any]:
    """Return the chart in Vega-Lite. No text of the data is a name or an expression in it."""
    import altair as alt

    layers = [_bars(chart), _texts(chart)]
    if chart.mark is not None:
        line = alt.Chart(_data([{"value": chart.mark}])).mark_rule(color=FAINT, strokeDash=[3, 3])
        layers.insert(1, line.encode(x="value:Q"))
    step = ROW if chart.stacked or len(chart.series) == 1 else ROW * 0.8 * len(chart.series)
    height = round(step * len(chart.rows))
    return alt.LayerChart(layer=layers, width=WIDTH, height=height, config=STYLE).to_dict()


def _bars(chart: Chart) -> alt.Chart:
    import altair as alt

    ranks = {name: rank for rank, name in enumerate(chart.series)}
    values = [{**bar._asdict(), "rank": ranks[bar.series]} for bar in chart.bars]
    colours = (WITHIN if chart.stacked else BESIDE)[: len(chart.series)]
    scale = alt.Scale(domain=list(chart.series), range=list(colours))
    legend = alt.Legend(title=None, orient="top", offset=2) if len(chart.series) > 1 else None
    bars = alt.Chart(_data(values)).mark_bar(height={"band": 0.72})
    bars = bars.encode(_x(chart), _y(chart), color=alt.Color("series:N", scale=scale, legend=legend))
    return bars.encode(order="rank:Q") if chart.stacked else _beside(chart, bars)


def _texts(chart: Chart) -> alt.Chart:
    """Return what is written at the end of each bar; of a stack, its whole. Bars of one series have a column of it."""
    import altair as alt

    told = _wholes(chart) if chart.stacked else chart.bars
    texts = alt.Chart(_data([bar._asdict() for bar in told]))
    texts = texts.mark_text(align="left", baseline="middle", dx=4, fontSize=10, color=FAINT)
    at_ends = chart.plain or chart.stacked or len(chart.series) > 1
    x = _x(chart) if at_ends else alt.value(WIDTH)  # clear of the mark
    texts = texts.encode(x=x, y=_y(chart), text="text:N")
    return texts if chart.stacked else _beside(chart, texts)


def _beside(chart: Chart, layer: alt.Chart) -> alt.Chart:
    """Return a layer whose series stand beside one another."""
    import altair as alt

    several = len(chart.series) > 1
    return layer.encode(yOffset=alt.YOffset("series:N", sort=list(chart.series))) if several else layer


def _data(values: list[dict[str, Any]]) -> alt.InlineData:
    import altair as alt

    return alt.InlineData(values=values)


def _wholes(chart: Chart) -> Iterable[Bar]:
    for row in chart.rows:
        if values := [bar.value for bar in chart.bars if bar.row == row]:
            yield Bar(row, "", sum(values), f"{sum(values):,.10g}")


def _x(chart: Chart) -> alt.X:
    import altair as alt

    if chart.plain:
        return alt.X("value:Q", title=None, axis=None)
    axis = alt.Axis(tickCount=4, labelExpr="format(datum.value, ',')")
    return alt.X("value:Q", title=chart.unit or None, axis=axis, stack="zero" if chart.stacked else None)


def _y(chart: Chart) -> alt.Y:
    import altair as alt

    return alt.Y("row:N", title=None, sort=list(chart.rows), axis=alt.Axis(labelLimit=LONGEST, ticks=False))


if __name__ == "__main__":
    _draw_for_another()
