"""A year's centres, and what templates/charts.yaml wants drawn -> charts that show them side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import takewhile

from reportgen.facts.figure import Figure
from reportgen.forms.diagrams import SCORE, Diagram
from reportgen.helping.year import Centre, Year
from reportgen.printing.charts import Bar, Chart
from reportgen.telling.messages import _

MOST = 40  # rows of a chart: more cannot be read, and the workbook has them all
LEAST = 2  # one bar compares nothing
EARLIER = "上年."


def charts_of(year: Year, diagrams: Iterable[Diagram]) -> Iterator[Chart]:
    """Yield a chart for each diagram that two centres or more have figures for."""
    labels = short_names(year.centres)
    for diagram in diagrams:
        rows = [row for centre in year.centres if (row := _bars(diagram, centre, labels[centre.line.name]))]
        if len(rows) >= LEAST and _compares(diagram, rows):
            rows.sort(key=lambda row: _size(diagram, row[0]), reverse=not diagram.rising)
            yield _chart(diagram, rows)


Row = tuple[list[Bar], str]  # the bars of a centre, and their unit


def _bars(diagram: Diagram, centre: Centre, label: str) -> Row | None:
    """Return the bars of one centre; None where it has no number of the first series, or none at all of a whole."""
    known = {series: figure for series, names in diagram.series.items() if (figure := _first(centre, names))}
    if not known or (not diagram.stacked and next(iter(diagram.series)) not in known):
        return None
    bars = [Bar(label, series, float(figure.number), _text(figure)) for series, figure in known.items()]
    return bars, next(iter(known.values())).unit


def _compares(diagram: Diagram, rows: Iterable[Row]) -> bool:
    """Tell whether bars that stand side by side are of more than one series, where the diagram has several."""
    shown = {bar.series for bars, _unit in rows for bar in bars}
    return diagram.stacked or len(diagram.series) == 1 or len(shown) > 1


def _first(centre: Centre, names: Iterable[str]) -> Figure | None:
    """Return the first of the facts that is one number."""
    found = (figure for name in names if (figure := _figure(centre, name)) and figure.number)
    return next(found, None)


def _figure(centre: Centre, name: str) -> Figure | None:
    if name == SCORE:
        score = next(iter(centre.scores), None)
        return Figure(SCORE, "分", score.points, f"{score.points} {score.grade}".strip()) if score else None
    if name.startswith(EARLIER):
        return centre.earlier.get(name.removeprefix(EARLIER))
    return centre.figures.get(name)


def _text(figure: Figure) -> str:
    return figure.text if figure.name == SCORE else f"{Decimal(figure.number):,}"


def _size(diagram: Diagram, bars: Sequence[Bar]) -> float:
    return sum(bar.value for bar in bars) if diagram.stacked else bars[0].value


def _chart(diagram: Diagram, rows: Sequence[Row]) -> Chart:
    shown = rows[:MOST]
    title = diagram.name
    if len(rows) > MOST:
        title = _("{title} (the first {n} of {all})").format(title=title, n=MOST, all=len(rows))
    bars = tuple(bar for row, _unit in shown for bar in row)
    series = tuple(name for name in diagram.series if any(bar.series == name for bar in bars))
    names = tuple(dict.fromkeys(bar.row for bar in bars))
    return Chart(title, shown[0][1], names, series, bars, diagram.stacked, diagram.mark)


def short_names(centres: Sequence[Centre]) -> dict[str, str]:
    """Return what to call each centre, by the name of its line, without the words that all their names end with."""
    known = [centre.line.unit[::-1] for centre in centres if centre.line.unit]
    common = "".join(_while_alike(known))[::-1] if len(known) > 1 else ""
    short = [_visible(centre.unit.removesuffix(common) or centre.unit) for centre in centres]
    times = Counter(short)
    return {
        centre.line.name: name if times[name] == 1 else f"{name}（{centre.line.name}）"
        for centre, name in zip(centres, short, strict=True)
    }


def _visible(text: str) -> str:
    """Return a name as a drawing can hold it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _while_alike(texts: Sequence[str]) -> Iterator[str]:
    """Yield the characters that all texts begin with."""
    same = takewhile(lambda column: len(set(column)) == 1, zip(*texts, strict=False))
    return (column[0] for column in same)
