"""What was made of an input -> its files in outputs/, and what became of it. Light to load: whoever waits has this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from reportgen.reading.project import Project
from reportgen.running.outcome import Options, Outcome, State, Summary
from reportgen.running.sets import Manifest, as_built, out_of_date, put_in_place
from reportgen.telling.findings import Finding, ReportError


@dataclass(frozen=True)
class Made:
    """What came of an input before anything is written: ``outcome`` has all but the state of what lies in outputs/.

    ``documents`` are named below the folder of the set.
    """

    outcome: Outcome
    documents: Mapping[str, bytes] = field(default_factory=dict)
    manifest: Manifest | None = None


def placed(project: Project, path: Path, made: Made, options: Options) -> Outcome:
    """Write what was made of an input, and say what became of it."""
    outcome = made.outcome
    folder = project.output_set(path)

    def stopped(found: Iterable[Finding], locked: bool = False) -> Outcome:
        stale = tuple(out_of_date(project, folder, locked))
        state = State.LOCKED if locked else State.OUT_OF_DATE if stale else State.WITH_ERRORS
        summary = as_built(folder, outcome.summary, state)
        return replace(outcome, findings=(*outcome.findings, *found, *stale), summary=summary)

    if made.manifest is None:
        return stopped(())
    documents = {folder / name: data for name, data in made.documents.items()}
    try:
        any_fonts = options.any_fonts and not options.force
        put = put_in_place(project, folder, documents, made.manifest, options.overwrite, any_fonts)
    except ReportError as error:
        return stopped(error.findings, locked=True)
    state = State.CHANGED if put.changed else State.OTHER_FONTS if put.other_fonts else State.UNCHANGED
    state = State.DRAFT if options.draft else State.EDITED if put.edited else state
    files, changed = tuple(map(project.name, documents)), tuple(map(project.name, put.changed))
    summary = as_built(folder, outcome.summary, state)
    return Outcome(outcome.input, (*outcome.findings, *put.findings), files, changed, summary)


def given_up(project: Project, path: Path, findings: Iterable[Finding]) -> Outcome:
    """Return the outcome of a file that could not be worked on; documents of earlier are told to be out of date."""
    folder = project.output_set(path)
    stale = tuple(out_of_date(project, folder)) if project.holds(path) else ()  # of any other it is another's set
    summary = as_built(folder, Summary(), State.OUT_OF_DATE if stale else State.WITH_ERRORS)
    return Outcome(project.name(path), (*findings, *stale), summary=summary)
