"""The sets of documents of a year -> one PDF: all that is bound already, behind a cover and contents."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from reportgen.facts.facts import chinese_date
from reportgen.helping.pack import filled
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.pdfwords import Part, bound_pdf, pdf_clock, pdf_title, sheets_of
from reportgen.reading.project import HOUSE, Project, write_file
from reportgen.reading.settings import read_settings
from reportgen.running.outcome import Outcome, State
from reportgen.running.sets import FULL, Manifest, digest_of, read_manifest
from reportgen.telling.messages import _
from reportgen.writing.blocks import Cell, Document, Table
from reportgen.writing.titles import PLACES, title_lines

FILE = "compendium.pdf"
TEMPLATE = "compendium.typ"
PLACE = re.compile(f".*[{PLACES}]")
MOST = 20.0  # ems of a line of the title
COLUMNS = ("单位", "文书", "页码")


class Volumes(NamedTuple):
    """The files that were written, and the inputs that are in none of them, each with the reason."""

    written: tuple[str, ...]
    left_out: Mapping[str, str]


def compendiums(project: Project, outcomes: Iterable[Outcome], printer: PdfPrinter) -> Volumes:
    """Write a volume for each year, of the centres whose documents a build would make now. Raises ReportError."""
    pattern = read_settings(project).volume
    years: dict[Path, list[tuple[Outcome, list[Part]]]] = {}
    left_out: dict[str, str] = {}
    for outcome in sorted(outcomes, key=lambda each: Path(each.input).with_suffix("")):  # as on the page of the year
        folder = project.output_set(Path(outcome.input))
        parts = list(parts_of(folder, outcome.summary.forms)) if outcome.summary.state is State.UNCHANGED else []
        if reason := _why_not(outcome, parts):
            left_out[outcome.input] = reason
        else:
            years.setdefault(folder.parent, []).append((outcome, parts))
    written = []
    for folder, bound in years.items():
        place = "".join(_alike([outcome.summary.district for outcome, _parts in bound]))
        district = found[0] if (found := PLACE.match(place)) else ""
        title = filled(pattern, {"地区": district, "年度": folder.name})
        path = folder / FILE
        write_file(path, _volume(title, [part for _outcome, parts in bound for part in parts], printer), path.name)
        written.append(project.name(path))
    return Volumes(tuple(written), left_out)


def _why_not(outcome: Outcome, parts: Sequence[Part]) -> str:
    """Return why the documents of an input cannot be bound; "" where they can."""
    if outcome.summary.state is State.EDITED:
        return _("a Word file was changed by hand, and its PDF does not say so")
    if outcome.summary.state is not State.UNCHANGED:
        return _("its documents are not those that a build makes of it now; see reportgen status")
    if not parts:
        return _("it has no PDF files; type reportgen build --force")
    try:
        for part in parts:
            sheets_of(part.data)
    except ValueError as error:
        return _("{title}: {reason}; build it with --pdf-engine typst").format(title=part.title, reason=error)
    return ""


def parts_of(folder: Path, order: Sequence[str]) -> Iterator[Part]:
    """Yield of each form the bound volume, or where there is none its documents; no editions that leave out a part.

    ``order`` are the forms as they stand under 报告.
    """
    manifest = read_manifest(folder) or Manifest()
    forms: dict[str, list[PurePosixPath]] = {}
    for name in map(PurePosixPath, manifest.files):
        if name.suffix == ".pdf":
            forms.setdefault(name.parent.name, []).append(name)
    for _form, files in sorted(forms.items(), key=lambda each: [*order, each[0]].index(each[0])):
        full = [name for name in files if name.stem == FULL]
        alone = [name for name in files if re.fullmatch(r"report|annex(-\d+)?", name.stem)]
        for name in full or sorted(alone, key=lambda name: (name.stem != "report", len(name.stem), name.stem)):
            if digest_of(folder / name) == manifest.files[str(name)]:
                data = (folder / name).read_bytes()
                yield Part(manifest.unit, _title(data, manifest) or name.stem, data)


def _title(data: bytes, manifest: Manifest) -> str:
    """Return the document's own title, without the unit, which stands above it: a form's name is for choosing it."""
    return pdf_title(data).removeprefix(manifest.unit)


def _volume(title: str, parts: Sequence[Part], printer: PdfPrinter) -> bytes:
    """Return the volume: cover, contents, and the parts on sheets whose numbers run on."""
    sheets: list[bool] = []
    rows: list[tuple[Cell, ...]] = []
    for number, part in enumerate(parts):
        again = number > 0 and parts[number - 1].unit == part.unit
        rows.append((Cell(part.unit, 0 if again else 1), Cell(part.title), Cell(str(len(sheets) + 1))))
        sheets += sheets_of(part.data)
    date = max(pdf_clock(part.data) for part in parts)
    printed = chinese_date(datetime.date.fromisoformat(date))
    cells = {"中心": str(len({part.unit for part in parts})), "文书": str(len(parts))}
    front = Document(title_lines(title, MOST), (), "", printed, date, table=Table(COLUMNS, tuple(rows)), cells=cells)
    blank = [Document((), (), "", "", date, landscape=landscape) for landscape in sheets]
    template = printer.root / HOUSE / TEMPLATE
    return bound_pdf(printer.print_pdf(front, template, blank, tagged=False), parts)


def _alike(texts: Sequence[str]) -> Iterator[str]:
    """Yield the characters that all texts begin with."""
    return (column[0] for column in takewhile(lambda column: len(set(column)) == 1, zip(*texts, strict=False)))
