"""Outcomes of a build -> page and workbook of each year of two centres or more, written where they would differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from traceback import format_exc
from typing import TYPE_CHECKING

from reportgen.helping.board import URGENT
from reportgen.helping.year import Year, settled, year_of, years_of
from reportgen.printing.charts import Chart, drawn
from reportgen.printing.origin import drawer
from reportgen.reading.project import Project, delete, glance, write_file
from reportgen.running.outcome import Outcome
from reportgen.running.recall import program_digest
from reportgen.running.sets import digest, digest_of
from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _, language

if TYPE_CHECKING:  # slow to load, and a run with nothing to do makes no page
    from reportgen.forms.diagrams import Diagram
    from reportgen.forms.vocabulary import Vocabulary
    from reportgen.helping.page import Drawing

PAGE, WORKBOOK = "index.html", "summary.xlsx"
FACTS, CHARTS = "facts.yaml", "charts.yaml"
LEAST = 2  # centres: one alone has nobody who looks at all of them


def overviews(project: Project, outcomes: Iterable[Outcome], years: Iterable[str]) -> Iterator[Outcome]:
    """Write the page and the workbook of ``years`` where they would differ; yield an outcome for each that did.

    Those of a year that has no longer two centres are deleted.
    """
    by_year = years_of(project, outcomes)
    for name in sorted(years):
        held = by_year.get(name, [])
        before = by_year.get(str(int(name) - 1), []) if name.isdecimal() else []
        try:
            outcome = _overview(project, name, held, before)
        except ReportError as error:
            outcome = Outcome("", error.findings)
        except Exception as error:  # the documents are in place: whatever is wrong here must not take them along
            outcome = _fault(project.name(project.outputs / name / PAGE), error)
        if outcome.findings or outcome.changed:
            yield outcome


def _overview(project: Project, name: str, held: list[Outcome], before: list[Outcome]) -> Outcome:
    folder = project.outputs / name
    paths = (folder / PAGE, folder / WORKBOOK)
    stamp = project.hidden("overview") / f"{digest(str(folder.resolve()).encode('utf-8', 'surrogatepass'))[:24]}.txt"
    if sum(outcome.summary.state is not None for outcome in held) < LEAST:
        if stamp.is_file():
            delete([*paths, stamp], project)
        return Outcome("", ())
    follows_from = _follows_from(project, name, held, before)
    if _read(stamp) == _stamped(follows_from, paths):
        return Outcome("", ())
    findings, made = _made(project, year_of(project, name, held, before))
    named = [(path, data, project.name(path)) for path, data in zip(paths, made, strict=True)]
    changed = tuple(file for path, data, file in named if write_file(path, data, file))
    if not findings:  # else they are told by the next build, too
        _keep(stamp, _stamped(follows_from, paths))
    return Outcome("", findings, changed=changed)


def _fault(name: str, error: Exception) -> Outcome:
    what = f"{type(error).__name__}: {error}"[:200]
    message = _("the program has a fault of its own and could not go on ({what})").format(what=what)
    hint = _("the reports are not touched by this; report it with the file that --debug shows")
    return Outcome(name, (Finding("internal-error", Span(name), message, hint),), traceback=format_exc())


def _made(project: Project, year: Year) -> tuple[tuple[Finding, ...], tuple[bytes, bytes]]:
    """Return what is wrong with the charts, if anything, and page and workbook. Without charts there are tables."""
    from reportgen.helping.comparison import charts_of
    from reportgen.helping.page import page_of
    from reportgen.helping.workbook import sheets_of
    from reportgen.printing.sheets import workbook_of

    vocabulary, diagrams, findings = _wanted(project)
    charts = charts_of(year, diagrams) if drawer() else ()
    page = page_of(year, [_drawing(project, year.name, chart) for chart in charts], WORKBOOK)
    title = _("Performance self-evaluation {year}").format(year=year.name)
    book = workbook_of(list(sheets_of(year, list(vocabulary.facts) if vocabulary else [])), title)
    return findings, (page, book)


def _drawing(project: Project, year: str, chart: Chart) -> Drawing:
    """Draw a chart, or take it from the last time: drawing takes longer than all the rest of a page."""
    from reportgen.helping.page import Drawing

    name = digest(f"{project.outputs.resolve()} {year} {chart.title}".encode("utf-8", "surrogatepass"))[:24]
    place = project.hidden("charts") / f"{name}.svg"
    wanted = digest(f"{program_digest()} {drawer()} {chart!r}".encode("utf-8", "surrogatepass"))
    mark, _line, svg = _read(place).partition("\n")
    if mark != digest(f"{wanted}{svg}".encode()):
        svg = drawn(chart)
        _keep(place, "\n".join([digest(f"{wanted}{svg}".encode()), svg]))
    return Drawing(chart.title, svg)


def _wanted(project: Project) -> tuple[Vocabulary | None, tuple[Diagram, ...], tuple[Finding, ...]]:
    from reportgen.forms.diagrams import read_diagrams
    from reportgen.forms.vocabulary import read_vocabulary

    try:
        vocabulary = read_vocabulary(project.templates / FACTS, f"templates/{FACTS}")
    except ReportError:
        return None, (), ()  # told by every input
    try:
        return vocabulary, read_diagrams(project.templates / CHARTS, f"templates/{CHARTS}", vocabulary).charts, ()
    except ReportError as error:
        return vocabulary, (), error.findings


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _keep(path: Path, text: str) -> None:
    with suppress(ReportError):  # what cannot be remembered is made again
        write_file(path, text.encode(), path.name, sync=False)


def _stamped(follows_from: str, paths: Iterable[Path]) -> str:
    return "\n".join([follows_from, *map(digest_of, paths)])


def _follows_from(project: Project, year: str, held: list[Outcome], before: list[Outcome]) -> str:
    """Return the digest of all that page and workbook follow from."""
    shared = [program_digest(), language(), drawer(), repr(project.form_titles)]
    shared += [digest_of(project.templates / name) for name in (FACTS, CHARTS)]
    told = (text for outcome in held for text in _told(project, year, outcome))
    earlier = (text for outcome in before for text in _known(outcome))
    return digest("\0".join(chain(shared, told, earlier)).encode("utf-8", "surrogatepass"))


def _known(outcome: Outcome) -> tuple[str, ...]:
    return outcome.input, outcome.summary.unit, outcome.summary.known


def _told(project: Project, year: str, outcome: Outcome) -> Iterator[str]:
    summary = outcome.summary
    yield from _known(outcome)
    yield repr((summary.district, summary.forms, summary.scores, summary.pages, summary.called))
    yield str(summary.state and settled(summary.state))
    for finding in outcome.findings:
        yield f"{finding.code} {finding.certain} {finding.path} {finding.figure} {finding.span.file}"
        yield f"{finding.span.line} {finding.span.column} {finding.message}\t{finding.hint}\t{finding.reason}"
    if summary.state in URGENT:  # what else is read of it, and follows from nothing above
        yield glance(project.root / outcome.input).unit
        folder = project.outputs / year / Path(outcome.input).stem
        yield from sorted(path.name for path in folder.glob("*/*"))
