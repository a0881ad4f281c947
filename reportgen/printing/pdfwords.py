"""PDF files -> their text, held against the document they were made of; several of them bound into one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, cast

from reportgen.printing.passages import comparable
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.messages import _
from reportgen.writing.blocks import DRAFT, PREVIEW

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader, PdfWriter
    from pypdf.generic import IndirectObject

FORM = "/Bound"  # what a sheet calls the page that is laid on it
MAKER = "Typst"  # /Creator of our own files
# The foot of a page in its content, as Typst marks what is no part of the text (ISO 32000-1, 14.8.2.2).
FOOT = re.compile(rb"/Artifact<<(?=[^>]*/Subtype/Footer)[^>]*>>BDC\n.*?\nEMC", re.DOTALL)
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


class Part(NamedTuple):
    """A PDF file of ours that is bound with others: whose it is, and what it is called."""

    unit: str
    title: str
    data: bytes


def sheets_of(data: bytes) -> list[bool]:
    """Return for each page of a PDF file of ours whether it is turned. Raises ValueError where it is not ours."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if not (reader.metadata and (reader.metadata.creator or "").startswith(MAKER)):
        raise ValueError(_("it was not made by Typst"))
    return [page.mediabox.width > page.mediabox.height for page in reader.pages]


def pdf_clock(data: bytes) -> str:
    """Return the date, YYYY-MM-DD, that a PDF file of ours carries: that of the report."""
    from pypdf import PdfReader

    about = PdfReader(io.BytesIO(data)).metadata
    made = about.creation_date if about else None
    return made.date().isoformat() if made else ""


def pdf_title(data: bytes) -> str:
    """Return the title that a PDF file of ours carries: that of its first page, in one line."""
    from pypdf import PdfReader

    about = PdfReader(io.BytesIO(data)).metadata
    return (about.title or "") if about else ""


def bound_pdf(front: bytes, parts: Sequence[Part]) -> bytes:
    """Return ``parts`` on the numbered, otherwise empty sheets that end ``front``, one bookmark below another.

    The pages keep all but their own numbers. What is bound has no tags: PDF/A-2b, no PDF/UA.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.constants import PageLabelStyle

    readers = [PdfReader(io.BytesIO(part.data)) for part in parts]
    writer = PdfWriter(clone_from=io.BytesIO(front))
    first = at = len(writer.pages) - sum(len(reader.pages) for reader in readers)
    writer.set_page_label(0, first - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(first, len(writer.pages) - 1, style=PageLabelStyle.DECIMAL, start=1)
    pairs = list(zip(parts, readers, strict=True))
    for unit, group in groupby(pairs, key=lambda pair: pair[0].unit):
        above = writer.add_outline_item(title=unit, page_number=at, is_open=False)
        for part, reader in group:
            mark = writer.add_outline_item(title=part.title, page_number=at, parent=above, is_open=False)
            _add_bookmarks(writer, reader, reader.outline, mark, at)
            for page in reader.pages:
                _put_on(writer.pages[at], page, writer)
                at += 1
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _put_on(sheet: PageObject, page: PageObject, writer: PdfWriter) -> None:
    """Lay a page, its own number left out, on a sheet that has a number already."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

    contents = page.get_contents()
    form, drawing = StreamObject(), StreamObject()
    form.set_data(FOOT.sub(b"", b"" if contents is None else contents.get_data()))
    form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    form[NameObject("/BBox")] = ArrayObject(page.mediabox)
    form[NameObject("/Resources")] = page["/Resources"].clone(writer)
    drawing.set_data(b"q " + FORM.encode() + b" Do Q")
    resources = cast(DictionaryObject, sheet["/Resources"])
    own = DictionaryObject({NameObject(FORM): writer._add_object(form.flate_encode())})
    sheet[NameObject("/Resources")] = DictionaryObject({**resources, NameObject("/XObject"): own})
    number = sheet.raw_get("/Contents")
    sheet[NameObject("/Contents")] = ArrayObject([writer._add_object(drawing), number])


def _add_bookmarks(
    writer: PdfWriter, reader: PdfReader, entries: Sequence[object], above: IndirectObject, start: int
) -> None:
    """Add the bookmarks of a file below ``above``; its first page is now page ``start``."""
    from pypdf.generic import Destination, Fit

    last = above
    for entry in entries:
        if isinstance(entry, list):  # below the one before it
            _add_bookmarks(writer, reader, entry, last, start)
        elif isinstance(entry, Destination) and (page := reader.get_destination_page_number(entry)) is not None:
            fit = Fit.xyz(entry.left, entry.top, entry.zoom)
            last = writer.add_outline_item(
                title=entry.title or "", page_number=start + page, parent=above, fit=fit, is_open=False
            )
