"""The pipeline for one input, from top to bottom: a centre's file -> findings, and the documents it asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from traceback import format_exc
from typing import NamedTuple

from reportgen.facts.figure import as_text
from reportgen.facts.known import figures_of
from reportgen.forms.form import Form
from reportgen.printing.charts import has_figures, with_drawings
from reportgen.printing.origin import drawer, program_version
from reportgen.printing.passages import differences
from reportgen.printing.pdftree import structure_of
from reportgen.printing.pdfwords import verify_pdf
from reportgen.printing.soffice import LIBREOFFICE, convert_docx
from reportgen.printing.word import Printed
from reportgen.reading.project import Copy, Project
from reportgen.running.examine import Examined, Trees, examine
from reportgen.running.glyphs import glyphs_in_order
from reportgen.running.library import Library
from reportgen.running.outcome import Options, Outcome, State, Summary
from reportgen.running.pages import pages_in_order
from reportgen.running.placing import Made, given_up, placed
from reportgen.running.press import Job
from reportgen.running.sets import FULL, Manifest, as_built, digest, out_of_date, state_of
from reportgen.telling.findings import Finding, ReportError, Span, has_errors
from reportgen.telling.messages import _
from reportgen.writing.blocks import Document
from reportgen.writing.documents import Written

BOUND = "（全文）"  # what follows the name of a form whose documents are bound in one file


def build(
    library: Library, path: Path, options: Options, twins: Iterable[Path] = (), copy: Copy | None = None
) -> Outcome:
    """Check the file at ``path`` and, where nothing is wrong with it, write its documents."""
    project = library.project
    return within_bounds(
        project, path, lambda: placed(project, path, _made(library, path, options, twins, copy), options)
    )


def check(
    library: Library,
    path: Path,
    twins: Iterable[Path] = (),
    copy: Copy | None = None,
    options: Options = Options(),  # noqa: B008
) -> Outcome:
    """Return the findings on the file at ``path`` alone."""

    def work() -> Outcome:
        case = examine(library, path, twins, copy=copy)
        faults = (*typst_faults(library, case, Options()), *glyphs_in_order(library, case, Options()))
        findings: tuple[Finding, ...] = (*case.findings, *faults)
        if not has_errors(findings):  # else there will be no pages
            findings += (*pages_in_order(library, case), *undrawn(case))
        folder = library.project.output_set(path)
        if has_errors(findings):
            state = State.OUT_OF_DATE if any(out_of_date(library.project, folder)) else State.WITH_ERRORS
        else:
            state = state_of(folder, case.facts.meaning, options)
        summary = as_built(folder, _summary(case), state)
        return Outcome(library.project.name(path), findings, summary=summary)

    return within_bounds(library.project, path, work)


def _summary(case: Examined) -> Summary:
    """Return what a centre's file says of it, without its documents."""
    facts, forms = case.facts, tuple(form.id for form in case.forms)
    return Summary(
        facts.entry.unit,
        tuple(case.scores.items()),
        meaning=facts.meaning,
        district=facts.entry.district,
        forms=forms,
        known=as_text(figures_of(facts)),
    )


def within_bounds(project: Project, path: Path, work: Callable[[], Outcome]) -> Outcome:
    """Return what ``work`` makes of the file at ``path``; whatever goes wrong inside is a finding of that file."""
    name = project.name(path)
    try:
        return work()
    except ReportError as error:
        return given_up(project, path, error.findings)
    except MemoryError:
        message = _("it needs more memory than one input may take")
        finding = Finding("out-of-memory", Span(name), message, _("make its loops and texts shorter"))
        return given_up(project, path, (finding,))
    except Exception as error:  # the one place that catches everything: the others go on
        what = f"{type(error).__name__}: {error}"[:200]
        message = _("the program has a fault of its own and could not go on ({what})").format(what=what)
        hint = _("the other files are not touched by this; report it with the file that --debug shows")
        finding = Finding("internal-error", Span(name), message, hint)
        return replace(given_up(project, path, (finding,)), traceback=format_exc())


def make(library: Library, path: Path, options: Options, twins: Iterable[Path] = (), copy: Copy | None = None) -> Made:
    """Do all of a build but the writing, where what lies in outputs/ is not to be seen."""
    made: list[Made] = []

    def work() -> Outcome:
        made.append(_made(library, path, options, twins, copy))
        return made[0].outcome

    outcome = within_bounds(library.project, path, work)
    return made[0] if made else Made(outcome)


def _made(library: Library, path: Path, options: Options, twins: Iterable[Path], copy: Copy | None) -> Made:
    try:
        return _printed(library, path, options, twins, copy)
    finally:
        library.press.settle()


def _printed(library: Library, path: Path, options: Options, twins: Iterable[Path], copy: Copy | None) -> Made:
    name = library.project.name(path)
    case = examine(library, path, twins, options.draft, copy, partial(print_ahead, library, options))
    folder = library.project.output_set(path)
    summary = _summary(case)

    def stopped(found: Iterable[Finding]) -> Made:
        return Made(Outcome(name, (*case.findings, *found), summary=summary))

    if has_errors(case.findings) and (not options.draft or any(map(library.word_faults, case.forms))):
        return stopped(typst_faults(library, case, options))
    if faults := tuple(typst_faults(library, case, options)):
        return stopped(faults)
    glyphs = tuple(glyphs_in_order(library, case, options))
    if has_errors(glyphs):
        return stopped(glyphs)
    try:
        printed = dict(print_documents(library, path, case, options))
    except ReportError as error:
        return stopped(error.findings)
    below = {file.relative_to(folder).as_posix(): printout for file, printout in printed.items()}
    documents = {file: printout.data for file, printout in below.items()}
    findings = (*case.findings, *glyphs, *pages_in_order(library, case), *undrawn(case))
    manifest = _manifest(library, name, case, options, below)
    return Made(Outcome(name, findings, summary=summary), documents, manifest)


def print_ahead(library: Library, options: Options, trees: Trees) -> None:
    """Begin to print the documents of an input, in their order, where a core is idle."""
    if options.ahead and options.pdf and options.engine == "typst":
        sound = [each for each in trees if not library.word_faults(each[0]) and not library.typst_faults(each[0])]
        with suppress(ReportError):  # told where it is printed
            library.press.begin([job for form, written in sound for job in _likely(library, form, written, options)])


def _likely(library: Library, form: Form, written: Written, options: Options) -> Iterator[Job]:
    """Yield what probably will be printed of a form, as far as it can be known before."""
    for _end, edition in written.editions:
        jobs = [library.likely(form, kind, document) for kind, _name, document in edition.own_files]
        found = [job for job in jobs if job]
        yield from found
        if options.bound and 1 < len(found) == len(jobs) and len({job.look for job in found}) == 1:
            yield Job(tuple(job.documents[0] for job in found), found[0].look)


def _manifest(library: Library, name: str, case: Examined, options: Options, below: Mapping[str, Printout]) -> Manifest:
    """Return what there is to remember of a set; ``below``: its documents by their names below its folder."""
    return Manifest(
        name,
        case.facts.meaning,
        f"reportgen {program_version()}",
        case.facts.entry.unit,
        case.facts.year,
        options.draft,
        options.bound,
        library.pdf_printer.of_machine if options.pdf and options.engine == "typst" else "",
        library.typst_digest(case.forms) if options.pdf else "",
        {file: printout.name for file, printout in below.items()},
        case.scores,
        {file: printout.pages for file, printout in below.items() if printout.pages},
        {file: digest(printout.data) for file, printout in below.items()},
    )


def undrawn(case: Examined) -> Iterator[Finding]:
    """Yield a finding on the forms whose figures cannot be drawn here, if any."""
    forms = [
        form.name
        for form, written in case.written
        if not drawer() and any(map(has_figures, (document for _kind, _name, document in written.files)))
    ]
    if forms:
        message = _("the figures of {forms} are left out: what draws them is not installed")
        hint = _("install reportgen with the extra: pip install 'legal-aid-reportgen[charts]'")
        yield Finding("figure-undrawn", Span(""), message.format(forms="、".join(forms)), hint)


def typst_faults(library: Library, case: Examined, options: Options) -> Iterator[Finding]:
    """Yield why the Typst templates of the case's forms cannot be printed, each once; nothing where none is used."""
    if options.pdf and options.engine == "typst":
        yield from dict.fromkeys(finding for form in case.forms for finding in library.typst_faults(form))


class Printout(NamedTuple):
    """A file that is to be written: what it is called, and its pages, if it is a PDF."""

    data: bytes
    name: str
    pages: int = 0


def print_documents(library: Library, path: Path, case: Examined, options: Options) -> Iterator[tuple[Path, Printout]]:
    """Yield every file of the case. Raises ReportError."""
    for form, written in case.written:
        folder = library.project.output(path, form.id)
        for end, edition in written.editions:
            yield from print_edition(library, form, edition, folder, end, options)


class Part(NamedTuple):
    """A file of an edition before its PDF is made: its name and what it is called, its documents, its Word file."""

    name: str
    title: str
    look: Path
    documents: Sequence[Document]
    word: Printed


def printed_parts(library: Library, form: Form, written: Written, end: str, bound: bool = True) -> Iterator[Part]:
    """Yield a report and its annexes, and all of them bound, their names ending with ``end``. Raises ReportError."""
    called = f"（{written.report.variant}）" if written.report.variant else ""
    parts: list[Part] = []
    for kind, name, document in written.own_files:
        look = library.look(form, kind, document)
        document = library.closed_up(with_drawings(library.set_out(document, look)), look)
        document = library.with_contents([document], look)
        word = library.word_template(look.with_suffix(".docx")).print_unproven(document)
        title = form.name + (document.label if kind == "annex" else "") + called
        parts.append(Part(name + end, title, look, [document], word))
        yield parts[-1]
    look = parts[0].look
    if bound and len(parts) > 1 and all(part.look == look for part in parts):  # one template prints them all
        documents, words = [part.documents[0] for part in parts], [part.word for part in parts]
        template = library.word_template(look.with_suffix(".docx"))
        first = library.with_contents(documents, look)  # which now lists the annexes, too
        if first != documents[0]:
            documents[0], words[0] = first, template.print_unproven(first)
        yield Part(FULL + end, form.name + BOUND + called, look, documents, template.bind(documents, words))


def print_edition(
    library: Library, form: Form, written: Written, folder: Path, end: str, options: Options
) -> Iterator[tuple[Path, Printout]]:
    """Yield the files of a report and its annexes, and of all of them bound, their names ending with ``end``."""
    for part in printed_parts(library, form, written, end, options.bound):
        yield from print_document(library, part, folder / part.name, options)


def print_document(library: Library, part: Part, target: Path, options: Options) -> Iterator[tuple[Path, Printout]]:
    """Yield the Word file and the PDF file of one document, or of several that are bound. Raises ReportError."""
    documents, word = part.documents, part.word
    if word.lost and not options.pdf:
        raise ReportError(word.lost)
    yield target.with_suffix(".docx"), Printout(word.docx, part.title)
    if not options.pdf:
        return
    name = library.project.name(target.with_suffix(".pdf"))
    if options.engine == LIBREOFFICE:
        pdf = convert_docx(word.docx, name, library.pdf_printer.for_libreoffice)
        read_back = structure_of(pdf)
    else:
        pdf, read_back = library.press.printed(documents, part.look)
    found = differences(word.body, read_back.root, name, word.notes) if options.engine == "typst" else []
    if found or word.lost:  # the first names the place, too
        raise ReportError(found or word.lost)
    if options.verify:
        texts = (text for document in documents for text in document.strings())
        cells = [text for document in documents for text in document.cells.values()]
        notes = ("".join(part.text for part in note) for document in documents for note in document.notes)
        if lost := verify_pdf(pdf, texts, name, cells, notes):
            raise ReportError(lost)
    yield target.with_suffix(".pdf"), Printout(pdf, part.title, read_back.pages)
