"""PDF files -> their text, held against the document they were made of."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from reportgen.printing.passages import comparable
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.messages import _
from reportgen.writing.blocks import DRAFT, PREVIEW

NUMBER = re.compile(r"^—\d+—|—\d+—$")


def pdf_text(data: bytes) -> str:
    """Return the words of all pages without white space, page numbers and marks of drafts, in Unicode's NFKC."""
    from pypdf import PdfReader  # 0.1 s, which a build without --verify need not spend

    pages = [comparable(page.extract_text()) for page in PdfReader(io.BytesIO(data)).pages]
    for mark in map(comparable, (DRAFT, PREVIEW)):
        if all(page.startswith(mark) for page in pages):
            pages = [page.removeprefix(mark) for page in pages]
    return "".join(NUMBER.sub("", page, count=1) for page in pages)


def pdf_lines(data: bytes) -> list[list[str]]:
    """Return the lines of each page as they stand on it. Raises ValueError where the file cannot be read."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        return [page.extract_text().splitlines() for page in PdfReader(io.BytesIO(data)).pages]
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, NotImplementedError, OSError) as error:
        raise ValueError(str(error)) from None


def pdf_subject(data: bytes) -> str:
    """Return what the properties of a PDF say it is about; "" where they say nothing, or it cannot be read."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        about = PdfReader(io.BytesIO(data)).metadata
        return (about.subject or "") if about else ""
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, NotImplementedError, OSError):
        return ""


def verify_pdf(
    data: bytes, strings: Iterable[tuple[str, ...]], name: str, loose: Iterable[str] = (), notes: Iterable[str] = ()
) -> list[Finding]:
    """Return a finding where ``strings`` (Document.strings) are not in the PDF in their order, or ``loose`` at all.

    The cells of a table may come in any order: a cell that spans rows is drawn after the others. Each of ``notes``
    stands with its number at the foot of a page, in the middle of a paragraph that goes on.
    """
    text = pdf_text(data)
    place = 0
    lost = [string for string in loose if comparable(string) not in text]
    for number, note in enumerate(notes, 1):
        lost += [] if (wanted := f"{number}{comparable(note)}") in text else [note]
        text = text.replace(wanted, "", 1)
    for group in strings:
        for string in sorted(group, key=len, reverse=True):
            wanted = comparable(string)
            found = text.find(wanted, place)
            if found < 0:
                lost.append(string)
            elif len(group) == 1:
                place = found + len(wanted)
            elif wanted:  # taken, so that two equal cells are found twice
                text = text[:found] + "\0" + text[found + len(wanted) :]
    if not lost:
        return []
    message = _("the file lacks {n} text(s), the first is “{text}”").format(n=len(lost), text=lost[0][:60])
    return [Finding("text-lost", Span(name), message, about=Subject.key(lost[0]))]
