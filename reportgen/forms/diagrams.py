"""templates/charts.yaml -> which facts an office sees drawn, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reportgen.forms.vocabulary import Vocabulary
from reportgen.reading.frames import ChartEntry, ChartsFile, read_frame
from reportgen.reading.source import Place, Source, read_source
from reportgen.telling.findings import Finding, ReportError, Subject, has_errors
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean

CHARTS = "charts.yaml"
LEVELS = "一级指标"  # in a figure: a bar for each first level, its score of its points
SCORE = "得分"  # what stands for the scores of a centre, which are no fact
OR = " 或 "  # between facts of which the first that is known is shown
STYLES = ("并列", STACKED := "堆叠")
ORDERS = ("从高到低", RISING := "从低到高")


@dataclass(frozen=True)
class Diagram:
    """A chart: the facts of each series, of which the first that is known counts; ``mark`` is a line at a value."""

    name: str
    series: Mapping[str, tuple[str, ...]]
    stacked: bool = False
    mark: float | None = None
    rising: bool = False


class Diagrams(NamedTuple):
    """The charts of an office's page, and the figures of reports, whose series are bars."""

    charts: tuple[Diagram, ...] = ()
    figures: tuple[Diagram, ...] = ()


def read_diagrams(path: Path, name: str, vocabulary: Vocabulary) -> Diagrams:
    """Read the charts at ``path``, none where there is no such file. Raises ReportError with every fault in it."""
    if not path.is_file():
        return Diagrams()
    source = read_source(path, name)
    frame, findings = read_frame(source, ChartsFile)
    for index, entry in enumerate(frame.charts):
        findings += _faults(source, ("图", index), entry, vocabulary)
    for index, entry in enumerate(frame.figures):
        findings += _faults(source, ("插图", index), entry, vocabulary, LEVELS)
    if has_errors(findings):
        raise ReportError([*source.findings, *findings])
    return Diagrams(tuple(map(_diagram, frame.charts)), tuple(map(_diagram, frame.figures)))


def _diagram(entry: ChartEntry) -> Diagram:
    series = {label: tuple(names.split(OR)) for label, names in entry.shows.items()}
    mark = float(entry.mark) if entry.mark else None
    return Diagram(entry.name, series, entry.style == STACKED, mark, entry.order == RISING)


def _faults(
    source: Source, place: Place, entry: ChartEntry, vocabulary: Vocabulary, besides: str = SCORE
) -> Iterator[Finding]:
    def fault(code: str, key: str | tuple[str, str], message: str, hint: str) -> Finding:
        where = (*place, *((key,) if isinstance(key, str) else key))
        return Finding(code, source.span(where), message, hint, Subject.key(*where))

    for label, names in entry.shows.items():
        for name in names.split(OR):
            if name != besides and not _is_fact(name, vocabulary):
                message = _("there is no fact “{name}”").format(name=name)
                yield fault("undefined-name", ("取", label), message, did_you_mean(name, [*vocabulary.facts, besides]))
    for key, text, choices in (("样式", entry.style, STYLES), ("排序", entry.order, ORDERS)):
        if text and text not in choices:
            message = _("“{text}” is none of {choices}").format(text=text, choices="、".join(choices))
            yield fault("bad-value", key, message, did_you_mean(text, choices))
    if entry.mark and not _is_number(entry.mark):
        message = _("“{text}” is not a number").format(text=entry.mark)
        yield fault("bad-value", "基准", message, _("type a number such as 100"))


def _is_fact(name: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a name is that of one fact, this year's or last year's: no group, no list."""
    return name.removeprefix("上年.") in vocabulary.facts


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal() and text.isascii()
