"""Bars -> an SVG drawing with text as text, by Vega-Lite, with the fonts of the house; the same bars, the same text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, NamedTuple

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
NEEDED = ("altair", "vl-convert-python")


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


@cache
def drawer() -> str:
    """Return what draws, with its versions; "" where the extra “charts” is not installed."""
    try:
        return " ".join(f"{name} {version(name)}" for name in NEEDED)
    except PackageNotFoundError:
        return ""


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
    x = _x(chart) if chart.stacked or len(chart.series) > 1 else alt.value(WIDTH)  # clear of the mark
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

    axis = alt.Axis(tickCount=4, labelExpr="format(datum.value, ',')")
    return alt.X("value:Q", title=chart.unit or None, axis=axis, stack="zero" if chart.stacked else None)


def _y(chart: Chart) -> alt.Y:
    import altair as alt

    return alt.Y("row:N", title=None, sort=list(chart.rows), axis=alt.Axis(labelLimit=LONGEST, ticks=False))
