"""A year -> the tables of its workbook: who is where, the figures, the scores and the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reportgen.helping.year import Centre, Year, word_of
from reportgen.printing.sheets import Sheet, Value
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _
from reportgen.telling.views import severity_word


def sheets_of(year: Year, names: Sequence[str]) -> Iterator[Sheet]:
    """Yield the sheets of the workbook; ``names`` are the facts in the order of the vocabulary."""
    yield _states(year)
    yield _figures(year, names)
    yield _scores(year)
    yield _findings(year)


def _named(centre: Centre) -> tuple[str, str]:
    return centre.stem, centre.line.unit


def _states(year: Year) -> Sheet:
    heads = (_("state"), _("errors"), _("warnings"), _("pages"), _("district"), _("documents"))
    return Sheet(_("Overview"), (_("input"), _("centre"), *heads), [*map(_state, year.centres)], fixed=2)


def _state(centre: Centre) -> tuple[Value, ...]:
    line = centre.line
    counts = map(Decimal, (line.errors, line.warnings, line.pages))
    return (*_named(centre), word_of(line.state), *counts, centre.district, "、".join(centre.forms))


def _figures(year: Year, names: Sequence[str]) -> Sheet:
    """Return the facts that any centre has, a row a centre; one with another unit stands in a column of its own."""
    known = {(figure.name, figure.unit) for centre in year.centres for figure in centre.figures.values()}
    order = {name: number for number, name in enumerate(names)}
    columns = sorted(known, key=lambda column: (order.get(column[0], len(order)), column))
    heads = (f"{name}\n（{unit}）" if unit else name for name, unit in columns)
    rows = [(*_named(centre), *(_cell(centre, *column) for column in columns)) for centre in year.centres]
    return Sheet(_("Figures"), (_("input"), _("centre"), *heads), rows, fixed=2)


def _cell(centre: Centre, name: str, unit: str) -> Value:
    figure = centre.figures.get(name)
    if figure is None or figure.unit != unit:
        return ""
    return Decimal(figure.number) if figure.number else figure.text


def _scores(year: Year) -> Sheet:
    rows = [
        (*_named(centre), score.form, Decimal(score.points), score.grade)
        for centre in year.centres
        for score in centre.scores
    ]
    return Sheet(_("Scores"), (_("input"), _("centre"), _("form"), _("score"), _("grade")), rows, fixed=2)


def _findings(year: Year) -> Sheet:
    heads = (_("severity"), _("finding"), _("what to do"), _("code"), _("found in"), _("line"))
    rows = [(*_named(centre), *_finding(finding)) for centre in year.centres for finding in centre.findings]
    rows += [("", "", *_finding(finding)) for finding in year.others]
    return Sheet(_("Findings"), (_("input"), _("centre"), *heads), rows, fixed=2, wide=frozenset({3, 4}))


def _finding(finding: Finding) -> tuple[Value, ...]:
    span, word = finding.span, severity_word(finding.severity)
    return word, finding.said, finding.advice, finding.code, span.file, Decimal(span.line)
