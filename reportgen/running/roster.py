"""inputs/<year>/roster.yaml -> the centres that are due, and those of them that have no input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reportgen.reading.project import ROSTER, Project, unusable_name
from reportgen.running.outcome import Outcome, State, Summary
from reportgen.telling.findings import Finding, ReportError, Span, Subject
from reportgen.telling.messages import _


def missing(project: Project) -> Iterator[Outcome]:
    """Yield an outcome for each roster that cannot be read, and for each centre of one that has no input."""
    for path in sorted(project.inputs.glob(f"*/{ROSTER}")):
        yield from _missing_of(project, path)


def _missing_of(project: Project, path: Path) -> Iterator[Outcome]:
    from reportgen.reading.frames import RosterFile, read_frame  # slow to load, and most projects have no roster
    from reportgen.reading.source import read_source

    name = project.name(path)
    try:
        source = read_source(path, name)
    except ReportError as error:
        yield Outcome(name, error.findings)
        return
    roster, findings = read_frame(source, RosterFile)
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


GONE = Summary(state=State.MISSING)


def _told(wanted: str, by: str, span: Span, about: Subject) -> Finding:
    message = _("{file} is due and is not there").format(file=wanted)
    if by:
        message += _(" (by {date})").format(date=by)
    hint = _("ask the centre for it, or take it off the roster")
    return Finding("not-handed-in", span, message, hint, about)
