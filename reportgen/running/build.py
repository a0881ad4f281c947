"""The pipeline for one input, from top to bottom: a centre's file -> findings, and the documents it asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from traceback import format_exc

from reportgen.checking.case import Copy
from reportgen.facts.facts import Facts
from reportgen.printing.passages import differences
from reportgen.printing.pdf import MissingGlyphError
from reportgen.printing.pdfwords import verify_pdf
from reportgen.printing.soffice import convert_docx
from reportgen.reading.project import write_file
from reportgen.reading.source import leaves
from reportgen.running.examine import Examined, examine
from reportgen.running.library import Library
from reportgen.running.outcome import Options, Outcome
from reportgen.telling.findings import Finding, ReportError, Span, has_errors
from reportgen.telling.messages import _
from reportgen.writing.blocks import Document


def build(
    library: Library, path: Path, options: Options, twins: Iterable[Path] = (), copy: Copy | None = None
) -> Outcome:
    """Check the file at ``path`` and, where nothing is wrong with it, write its documents."""
    return within_bounds(library.project.name(path), lambda: _build(library, path, options, twins, copy))


def check(library: Library, path: Path, twins: Iterable[Path] = (), copy: Copy | None = None) -> Outcome:
    """Return the findings on the file at ``path`` alone."""

    def work() -> Outcome:
        case = examine(library, path, twins, copy=copy)
        return Outcome(library.project.name(path), (*case.findings, *typst_faults(library, case, Options())))

    return within_bounds(library.project.name(path), work)


def within_bounds(name: str, work: Callable[[], Outcome]) -> Outcome:
    """Return what ``work`` makes of the file ``name``; whatever goes wrong inside is a finding of that file."""
    try:
        return work()
    except ReportError as error:
        return Outcome(name, error.findings)
    except MemoryError:
        message = _("it needs more memory than one input may take")
        return Outcome(name, (Finding("out-of-memory", Span(name), message, _("make its loops and texts shorter")),))
    except Exception as error:  # the one place that catches everything: the others go on
        what = f"{type(error).__name__}: {error}"[:200]
        message = _("the program has a fault of its own and could not go on ({what})").format(what=what)
        hint = _("the other files are not touched by this; report it with the file that --debug shows")
        return Outcome(name, (Finding("internal-error", Span(name), message, hint),), traceback=format_exc())


def _build(library: Library, path: Path, options: Options, twins: Iterable[Path], copy: Copy | None) -> Outcome:
    name = library.project.name(path)
    case = examine(library, path, twins, options.draft, copy)
    if has_errors(case.findings) and (not options.draft or any(map(library.word_faults, case.forms))):
        return Outcome(name, (*case.findings, *typst_faults(library, case, options)))
    if faults := tuple(typst_faults(library, case, options)):
        return Outcome(name, (*case.findings, *faults))
    changed: list[str] = []
    try:
        files = dict(print_documents(library, path, case, options))
        for file, data in files.items():
            if write_file(file, data, library.project.name(file)):
                changed.append(library.project.name(file))
    except MissingGlyphError as error:
        found = [placed(finding, error.characters, case.facts) for finding in error.findings]
        return Outcome(name, (*case.findings, *found), changed=tuple(changed))
    except ReportError as error:
        return Outcome(name, (*case.findings, *error.findings), changed=tuple(changed))
    return Outcome(name, case.findings, tuple(map(library.project.name, files)), tuple(changed))


def typst_faults(library: Library, case: Examined, options: Options) -> Iterator[Finding]:
    """Yield why the Typst templates of the case's forms cannot be printed, each once; nothing where none is used."""
    if options.pdf and options.engine == "typst":
        yield from dict.fromkeys(finding for form in case.forms for finding in library.typst_faults(form))


def placed(finding: Finding, characters: str, facts: Facts) -> Finding:
    """Return a finding on characters that no font has, at the first place of one in the centre's texts."""
    for place, text in leaves(facts.source):
        if at := next((at for at, character in enumerate(text) if character in characters), -1) + 1:
            return replace(finding, span=facts.source.spot(place, at - 1))
    return finding


def print_documents(library: Library, path: Path, case: Examined, options: Options) -> Iterator[tuple[Path, bytes]]:
    """Yield every file of the case with its bytes. Raises ReportError."""
    for form, written in case.written:
        folder = library.project.output(path, case.facts.year, form.id)
        for kind, name, document in written.files:
            yield from print_document(library, document, library.look(form, kind, document), folder / name, options)


def print_document(
    library: Library, document: Document, template: Path, target: Path, options: Options
) -> Iterator[tuple[Path, bytes]]:
    """Yield the Word file and the PDF file of one document. Raises ReportError."""
    word = library.word_template(template.with_suffix(".docx")).print_unproven(document)
    if word.lost and not options.pdf:
        raise ReportError(word.lost)
    yield target.with_suffix(".docx"), word.docx
    if not options.pdf:
        return
    name = library.project.name(target.with_suffix(".pdf"))
    if options.engine == "libreoffice":
        pdf = convert_docx(word.docx, name)
    else:
        pdf = library.pdf_printer.print_pdf(document, template.with_suffix(".typ"))
    found = differences(word.body, pdf, name) if options.engine == "typst" else []
    if found or word.lost:  # the first names the place, too
        raise ReportError(found or word.lost)
    if options.verify and (lost := verify_pdf(pdf, document.strings(), name, document.cells.values())):
        raise ReportError(lost)
    yield target.with_suffix(".pdf"), pdf
