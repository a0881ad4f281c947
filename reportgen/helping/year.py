"""Outcomes of a run -> all that an office reads of one year: its centres, what cannot be sent first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import NamedTuple

from reportgen.facts.figure import Figure
from reportgen.helping.board import URGENT, Line, line_of, words_of
from reportgen.reading.project import Project, glance
from reportgen.running.outcome import Outcome, State, Summary
from reportgen.running.sets import read_manifest
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _
from reportgen.telling.views import RANKS

Figures = Mapping[str, Figure]  # by name


class Score(NamedTuple):
    """What a centre has got by one form: 97.5, 优."""

    form: str
    points: str
    grade: str


class File(NamedTuple):
    """A document as it lies there: what it is called, and where, from the folder of the year."""

    name: str
    path: str


@dataclass(frozen=True)
class Centre:
    """One centre in one year; ``forms`` are called as a reader knows them, ``earlier`` are last year's figures."""

    line: Line
    district: str
    forms: tuple[str, ...]
    scores: tuple[Score, ...]
    files: tuple[File, ...]
    findings: tuple[Finding, ...]
    figures: Figures
    earlier: Figures

    @property
    def unit(self) -> str:
        """The centre's name, or that of its file where it does not tell."""
        return self.line.unit or self.stem

    @property
    def stem(self) -> str:
        """The name of its file: qinghe."""
        return self.line.name.rpartition("/")[2]


@dataclass(frozen=True)
class Year:
    """The centres of a year, and findings on files that are no centre's."""

    name: str
    centres: tuple[Centre, ...]
    others: tuple[Finding, ...]


def years_of(project: Project, outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """Return the outcomes by the year of the folder that they speak of; those of files elsewhere are left out."""
    found: dict[str, list[Outcome]] = {}
    homes = (project.inputs.resolve(), project.outputs.resolve())  # as outcomes name what lies there
    years: dict[str, str] = {}  # of the few folders that thousands of outcomes speak of
    for outcome in outcomes:
        name = outcome.input.rpartition("/")[0]
        if name not in years:
            folder = project.root / name
            years[name] = folder.name if folder.parent in homes else ""
        if years[name]:
            found.setdefault(years[name], []).append(outcome)
    return {year: sorted(held, key=lambda outcome: outcome.input) for year, held in found.items()}


def year_of(project: Project, name: str, outcomes: Iterable[Outcome], before: Iterable[Outcome]) -> Year:
    """Return the year ``name``; ``before`` are the outcomes of the year before it."""
    outcomes = list(outcomes)
    titles = {form: title for title, form in project.form_titles.items()}
    earlier = {Path(outcome.input).stem: outcome.summary for outcome in before}
    centres = [
        _centre(project, name, outcome, titles, earlier.get(Path(outcome.input).stem, Summary()))
        for outcome in outcomes
        if outcome.summary.state
    ]
    others = dict.fromkeys(f for outcome in outcomes if not outcome.summary.state for f in outcome.findings)
    return Year(name, tuple(sorted(centres, key=_rank)), tuple(others))


def settled(state: State) -> State:
    """Return the state without what only the last build could tell: whether it changed anything, or other fonts did."""
    return State.UNCHANGED if state in (State.CHANGED, State.OTHER_FONTS) else state


def word_of(state: State) -> str:
    """Return what a settled state is called."""
    return _("built") if state is State.UNCHANGED else words_of(state)


def _rank(centre: Centre) -> tuple[int, str]:
    state = centre.line.state
    return (URGENT.index(state) if state in URGENT else len(URGENT), centre.stem)


def _centre(project: Project, year: str, outcome: Outcome, titles: Mapping[str, str], before: Summary) -> Centre:
    summary, stem = outcome.summary, Path(outcome.input).stem
    scores = ((form, *score.partition(" ")) for form, score in summary.scores)
    line = line_of(outcome)
    unit = (
        line.unit or glance(project.root / outcome.input).unit or before.unit
    )  # of one that cannot be read, or is due
    return Centre(
        line._replace(state=settled(line.state), unit=unit),
        summary.district,
        tuple(titles.get(form, form) for form in summary.forms),
        tuple(Score(titles.get(form, form), points, grade) for form, points, _space, grade in scores),
        tuple(_files(project.outputs / year / stem)),
        tuple(sorted(outcome.findings, key=lambda finding: RANKS.index(finding.severity))),
        summary.figures,
        before.figures,
    )


def _files(folder: Path) -> Iterator[File]:
    """Yield the documents of a set that are there, each report before its annexes."""
    if manifest := read_manifest(folder):
        for name in sorted(manifest.files, key=lambda name: (PurePath(name).parent, "report" not in name, name)):
            if (folder / name).is_file():
                yield File(manifest.names.get(name, Path(name).stem), f"{folder.name}/{name}")
