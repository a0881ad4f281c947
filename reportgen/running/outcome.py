"""What travels between the processes: how to build, what is to be done, and what became of an input."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from reportgen.facts.figure import Figure, figures_in
from reportgen.reading.project import Copy
from reportgen.telling.findings import Finding, has_errors


class State(StrEnum):
    """What is in outputs/ of a centre, after a build or as it lies."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    EDITED = "edited"  # a document was changed by hand, and is kept
    OTHER_FONTS = "other-fonts"  # unchanged, and made where other fonts are installed
    DRAFT = "draft"
    STALE = "to-be-built"  # the input says something else than the documents
    WITH_ERRORS = "with-errors"  # and no documents
    OUT_OF_DATE = "out-of-date"  # documents of an earlier state of the input
    LOCKED = "locked"  # its documents cannot be written: another program holds them open, the disk is full
    MISSING = "missing"  # due, and no input
    ORPHANED = "orphaned"  # documents, and no input


@dataclass(frozen=True)
class Options:
    """How to build: drafts in spite of errors, with or without PDF, by which engine, read back; or check alone."""

    draft: bool = False
    pdf: bool = True
    engine: str = "typst"
    verify: bool = False
    system_fonts: bool = True
    any_fonts: bool = False  # documents that were made with other fonts stay
    fonts: str | None = None  # those of this machine as a Manifest names them; None where nobody asks
    bound: bool = True  # a report and its annexes are bound besides
    write: bool = True
    force: bool = False  # though nothing changed
    overwrite: bool = False  # documents that were edited by hand, too
    ahead: bool = False  # a core is idle: print while the input is being checked
    place: bool = True  # or send the documents back, for another machine to write


@dataclass(frozen=True)
class Summary:
    """What an office asks of a centre: its name, its scores by form, its pages, and the state of its documents."""

    unit: str = ""
    scores: tuple[tuple[str, str], ...] = ()
    pages: int = 0
    state: State | None = None
    meaning: str = ""  # the hash of what the input says
    district: str = ""
    forms: tuple[str, ...] = ()
    known: str = ""  # its figures as written; a run with nothing to do never reads them
    called: str = ""  # the hash of what its documents are called

    @property
    def figures(self) -> dict[str, Figure]:
        """All facts that the input states or that follow from it, by name."""
        return {figure.name: figure for figure in figures_in(self.known)}


@dataclass(frozen=True)
class Outcome:
    """What became of one input: its findings, and the files that are there now (those that changed apart)."""

    input: str
    findings: tuple[Finding, ...]
    files: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    summary: Summary = Summary()
    traceback: str = ""  # of a fault of the program itself

    @property
    def failed(self) -> bool:
        """Whether the input has an error."""
        return has_errors(self.findings)


@dataclass(frozen=True)
class Trial:
    """What is wrong with a template: with the Word file, as seen without data, and with the Typst file."""

    word: tuple[Finding, ...] = ()
    pdf: tuple[Finding, ...] = ()


Trials = dict[str, Trial]  # by the name of the template, without suffix

SECONDS = 180.0  # for one input
TRIAL_SECONDS = 20.0  # for one template with a stand-in document
TRYING = "trying: "  # what the log says before each trial


def form_file(name: str) -> str:
    """Return how messages call the file of a form; among trials it stands for all its templates, if they are sound."""
    return f"templates/{name}/form.yaml"


@dataclass(frozen=True)
class InputTask:
    """An input to check or build and how, the other files of its centre, what it is a copy of, and the known trials."""

    path: Path
    options: Options
    twins: tuple[Path, ...] = ()
    copy: Copy | None = None
    trials: Trials = field(default_factory=dict)


@dataclass(frozen=True)
class TrialTask:
    """Forms whose templates are to be tried; those of ``known`` have been. ``fonts``: as in Options."""

    forms: tuple[str, ...]
    known: Trials
    fonts: str | None = None


Task = InputTask | TrialTask
