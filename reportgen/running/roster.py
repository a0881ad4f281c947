"""inputs/<year>/roster.yaml -> the centres that are due, and those of them that have no input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.reading.project import ROSTER, Project, unusable_name
from reportgen.running.outcome import Outcome, State, Summary
from reportgen.telling.findings import About, Finding, ReportError, Span, Subject
from reportgen.telling.messages import _

if TYPE_CHECKING:
    from reportgen.reading.source import Source


def with_missing(project: Project, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Yield the outcomes, and one for each input that an outcome's finding is about, and that is not there; each once.

    So a city tells of its districts: to look for them here, all inputs would have to be read.
    """
    told = set[str]()
    for outcome in outcomes:
        told.add(outcome.input)
        yield outcome
        absent = {finding.about.name for finding in outcome.findings if finding.about.kind is About.FILE}
        for name in sorted(absent - told - {""}):
            told.add(name)
            if not (project.root / name).is_file():
                yield Outcome(name, (), summary=GONE)


def missing(project: Project) -> Iterator[Outcome]:
    """Yield an outcome for each roster that cannot be read, and for each centre of one that has no input."""
    for path in sorted(project.inputs.glob(f"*/{ROSTER}")):
        yield from _missing_of(project, path)


def _missing_of(project: Project, path: Path) -> Iterator[Outcome]:
    from reportgen.reading.frames import RosterFile, read_frame  # slow to load, and most projects have no roster
    from reportgen.reading.source import read_source

    name = project.name(path)
    try:
        source = read_source(path, name, "应报")
    except ReportError as error:
        yield Outcome(name, error.findings)
        return
    roster, findings = read_frame(source, RosterFile)
    findings += _odd_day(source, roster.by)
    if findings:
        yield Outcome(name, tuple(findings))
    for index, centre in enumerate(roster.due):
        span, about = source.span(("应报", index)), Subject.key("应报", centre)
        wanted = path.parent / f"{centre}.yaml"
        if unusable_name(centre):
            message = _("“{text}” is not the name of an input").format(text=centre)
            hint = _("type the name of its file without .yaml, such as qinghe")
            yield Outcome(name, (Finding("bad-value", span, message, hint, about),))
        elif not wanted.is_file():
            yield Outcome(project.name(wanted), (_told(project.name(wanted), roster.by, span, about),), summary=GONE)


def _odd_day(source: Source, text: str) -> Iterator[Finding]:
    """Say that there is no such day; 三月底 is no date, and is printed as it is."""
    from reportgen.numbers.dates import DateError, advice, read_date

    try:
        read_date(text)
    except DateError as error:
        if not str(error):
            return
        message = _("“{text}” is not a date").format(text=text)
        yield Finding("not-a-date", source.span(("截止",)), message, advice(error), Subject.key("截止"), text)


GONE = Summary(state=State.MISSING)


def _told(wanted: str, by: str, span: Span, about: Subject) -> Finding:
    message = _("{file} is due and is not there").format(file=wanted)
    if by:
        message += _(" (by {date})").format(date=by)
    hint = _("ask the centre for it, or take it off the roster")
    return Finding("not-handed-in", span, message, hint, about)
