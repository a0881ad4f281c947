"""The documents of a case -> the bytes of their files: Word and PDF made side by side, then proven to say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from reportgen.forms.form import Form
from reportgen.printing.charts import with_drawings
from reportgen.printing.passages import differences
from reportgen.printing.pdftree import ReadBack, structure_of
from reportgen.printing.pdfwords import verify_pdf
from reportgen.printing.soffice import LIBREOFFICE, convert_docx
from reportgen.printing.word import Printed
from reportgen.running.examine import Examined
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.running.sets import FULL
from reportgen.telling.findings import ReportError
from reportgen.writing.blocks import Document
from reportgen.writing.documents import Written

BOUND = "（全文）"  # what follows the name of a form whose documents are bound in one file


class Printout(NamedTuple):
    """A file that is to be written: what it is called, and its pages, if it is a PDF."""

    data: bytes
    name: str
    pages: int = 0


def print_documents(library: Library, path: Path, case: Examined, options: Options) -> Iterator[tuple[Path, Printout]]:
    """Yield every file of the case. Raises ReportError."""
    with beside() as typst:
        parts = [
            (folder / part.name, part)
            for form, written in case.written
            for folder in [library.project.output(path, case.facts.year, form.id)]
            for end, edition in written.editions
            for part in printed_parts(library, form, edition, end, options, typst)
        ]
        for target, part in parts:
            yield from print_document(library, part, target, options)


@contextmanager
def beside() -> Iterator[Executor]:
    """Give a thread for Typst, which lets the interpreter go: with a second core, Word files are made meanwhile."""
    thread = ThreadPoolExecutor(1)
    try:
        yield thread
    finally:
        thread.shutdown(cancel_futures=True)


class Part(NamedTuple):
    """A file of an edition: its name and what it is called, its documents, its Word file, and its PDF on its way."""

    name: str
    title: str
    look: Path
    documents: Sequence[Document]
    word: Printed
    pdf: Future[tuple[bytes, ReadBack]] | None  # None: not printed by Typst


def printed_parts(
    library: Library, form: Form, written: Written, end: str, options: Options, typst: Executor
) -> Iterator[Part]:
    """Yield a report and its annexes, and all of them bound, their names ending with ``end``. Raises ReportError."""
    called = f"（{written.report.variant}）" if written.report.variant else ""

    def pdf_of(settled: Future[list[Document]], look: Path) -> Future[tuple[bytes, ReadBack]] | None:
        if not options.pdf or options.engine == LIBREOFFICE:
            return None
        return typst.submit(lambda: library.printed(settled.result(), look))

    awaited = []
    for kind, name, document in written.own_files:
        look = library.look(form, kind, document)
        title = form.name + (document.label if kind == "annex" else "") + called
        settled = typst.submit(library.settled, [with_drawings(library.set_out(document, look))], look)
        awaited.append((name + end, title, look, settled, pdf_of(settled, look)))
    parts: list[Part] = []
    for name, title, look, settled, pdf in awaited:
        word = library.word_template(look.with_suffix(".docx")).print_unproven(settled.result()[0])
        parts.append(Part(name, title, look, settled.result(), word, pdf))
        yield parts[-1]
    look = parts[0].look
    if options.bound and len(parts) > 1 and all(part.look == look for part in parts):  # one template prints them all
        documents, words = [part.documents[0] for part in parts], [part.word for part in parts]
        template = library.word_template(look.with_suffix(".docx"))
        settled = typst.submit(library.settled, documents, look)
        pdf = pdf_of(settled, look)
        if settled.result()[0] != documents[0]:  # its contents list the annexes, too
            words[0] = template.print_unproven(settled.result()[0])
        word = template.bind(settled.result(), words)
        yield Part(FULL + end, form.name + BOUND + called, look, settled.result(), word, pdf)


def print_edition(
    library: Library, form: Form, written: Written, folder: Path, end: str, options: Options
) -> Iterator[tuple[Path, Printout]]:
    """Yield the files of a report and its annexes, and of all of them bound, their names ending with ``end``."""
    with beside() as typst:
        for part in list(printed_parts(library, form, written, end, options, typst)):
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
    if part.pdf is None:
        pdf = convert_docx(word.docx, name, library.pdf_printer.for_libreoffice)
        read_back = structure_of(pdf)
    else:
        pdf, read_back = part.pdf.result()
    found = differences(word.body, read_back.root, name, word.notes) if part.pdf else []
    if found or word.lost:  # the first names the place, too
        raise ReportError(found or word.lost)
    if options.verify:
        texts = (text for document in documents for text in document.strings())
        cells = [text for document in documents for text in document.cells.values()]
        notes = ("".join(part.text for part in note) for document in documents for note in document.notes)
        if lost := verify_pdf(pdf, texts, name, cells, notes):
            raise ReportError(lost)
    yield target.with_suffix(".pdf"), Printout(pdf, part.title, read_back.pages)
