"""templates/house/report.docx -> the look: what its styles and its page say, for the printer of PDF files.

Who wants another look changes the styles in Word; the PDF follows. All measures are points.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from reportgen.printing.wordtext import W
from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _
from reportgen.writing.blocks import CellLook
from reportgen.writing.fitting import Sheet

STYLES = {
    "body": "Normal",
    "title": "GongwenTitle",
    "heading1": "GongwenHeading1",
    "heading2": "GongwenHeading2",
    "heading3": "GongwenHeading3",
    "heading4": "GongwenHeading4",
    "strong": "GongwenStrong",
    "annex": "GongwenAnnexLabel",
    "cell": "GongwenCell",
    "small": "GongwenCellSmall",
    "head": "GongwenCellHead",
    "number": "GongwenPageNumber",
    "draft": "GongwenDraft",
    "note": "GongwenFootnote",
}
INSTEAD = {"GongwenFootnote": "GongwenCellSmall"}  # styles that an older house lacks
TABLE, USUAL_TABLE = "GongwenTable", "TableNormal"
TWIP = 1 / 20  # points


def closer(line: int, height: float) -> int:
    """Return the distance of lines, in twips, of which a page ``height`` points high holds one more than of ``line``.

    Where name and date find no room below the text, lines may stand closer (GB/T 9704—2012, 7.3.5.5).
    """
    return int(height / TWIP / (int(height / TWIP / line + 0.01) + 1))


@dataclass(frozen=True)
class Style:
    """How one kind of text looks."""

    font: str
    size: float
    line: float
    before: float
    after: float
    tracking: float
    indent: float
    color: str
    bold: bool


@dataclass(frozen=True)
class Page:
    """The sheet of an upright page, its margins, and where page number and draft mark stand."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    header: float
    footer: float


@dataclass(frozen=True)
class Look:
    """The look of the house."""

    page: Page
    styles: Mapping[str, Style]
    aside: float  # room left and right in a cell
    rule: float  # how thick the lines of a table are

    @cached_property
    def as_data(self) -> dict[str, Any]:
        """What the Typst templates get."""
        styles = {name: asdict(style) for name, style in self.styles.items()}
        return {"page": asdict(self.page), **styles, "aside": self.aside, "rule": self.rule}

    @cached_property
    def closer(self) -> Look:
        """The look with the lines of its text closer."""
        usual = self.styles["body"].line
        line = closer(round(usual / TWIP), self.sheet(landscape=False).height) * TWIP
        styles = {
            name: replace(style, line=line) if style.line == usual else style for name, style in self.styles.items()
        }
        return replace(self, styles=styles)

    def sheet(self, landscape: bool) -> Sheet:
        """Return what the fitting of tables has to know of a page."""
        page, title, body = self.page, self.styles["title"], self.styles["body"]
        wide, high = page.width - page.left - page.right, page.height - page.top - page.bottom
        if landscape:
            wide, high = high, wide
        return Sheet(
            wide,
            high,
            body.size + body.tracking,
            body.line,
            title.size,
            title.line,
            self.cell("cell"),
            self.cell("small"),
        )

    def cell(self, name: str) -> CellLook:
        """Return the setting of the cells of a table."""
        style = self.styles[name]
        return CellLook(style.size, style.line, (style.before + style.after) / 2, self.aside)


def read_look(path: Path, name: str) -> Look:
    """Return the look that the Word file at ``path`` has. Raises ReportError."""
    try:
        with zipfile.ZipFile(path) as parts:
            styles = ElementTree.fromstring(parts.read("word/styles.xml"))
            body = ElementTree.fromstring(parts.read("word/document.xml"))
        return _Reader(styles).look(body)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        message = _("the look cannot be read from the house's Word file ({what})").format(what=error)
        hint = _("keep its styles: change what they look like, not their names")
        raise ReportError([Finding("bad-template", Span(name), message, hint)]) from None


class _Reader:
    """Resolves styles: what one does not say, the one that it is based on says."""

    def __init__(self, styles: Element) -> None:
        self.styles = {style.get(f"{W}styleId", ""): style for style in styles.iter(f"{W}style")}
        self.defaults = styles.find(f"{W}docDefaults")

    def look(self, document: Element) -> Look:
        sections = list(document.iter(f"{W}sectPr"))
        upright = next(each for each in sections if _attribute(each, "pgSz", "orient") != "landscape")
        size, margin = upright.find(f"{W}pgSz"), upright.find(f"{W}pgMar")
        if size is None or margin is None:
            raise ValueError("w:sectPr")
        edges = {name: int(margin.get(f"{W}{name}", "0")) * TWIP for name in ("top", "bottom", "left", "right")}
        places = {name: int(margin.get(f"{W}{name}", "0")) * TWIP for name in ("header", "footer")}
        paper = {"width": int(size.get(f"{W}w", "")) * TWIP, "height": int(size.get(f"{W}h", "")) * TWIP}
        return Look(
            Page(**paper, **edges, **places),
            {name: self.style(identity) for name, identity in STYLES.items()},
            self.aside(),
            int(self.said(TABLE, "tblPr/tblBorders/top", "sz") or 4) / 8,
        )

    def style(self, identity: str) -> Style:
        if identity not in self.styles and identity in INSTEAD:
            identity = INSTEAD[identity]
        if identity not in self.styles:
            raise ValueError(identity)
        size = int(self.said(identity, "rPr/sz", "val") or 21) / 2

        def twips(path: str, name: str) -> float:
            return int(self.said(identity, path, name) or 0) * TWIP

        spacing = "pPr/spacing"
        exact = self.said(identity, spacing, "lineRule") in ("exact", "atLeast")
        line = twips(spacing, "line") if exact else size * 1.3 * int(self.said(identity, spacing, "line") or 240) / 240
        color = self.said(identity, "rPr/color", "val") or "auto"
        bold = self.said(identity, "rPr/b", "val", default="1")
        return Style(
            self.said(identity, "rPr/rFonts", "eastAsia") or "",
            size,
            round(line, 2),
            twips(spacing, "before"),
            twips(spacing, "after"),
            twips("rPr/spacing", "val"),
            twips("pPr/ind", "firstLine"),
            "000000" if color == "auto" else color,
            bold not in (None, "0", "false"),
        )

    def said(self, identity: str, path: str, name: str, default: str | None = None) -> str | None:
        """Return an attribute as a style has it, from itself, those below it, or the defaults of the document."""
        while identity in self.styles:
            style = self.styles[identity]
            element = style.find("/".join(f"{W}{step}" for step in path.split("/")))
            if element is not None and (value := element.get(f"{W}{name}", default)) is not None:
                return value
            identity = _attribute(style, "basedOn", "val") or ""
        part, _slash, rest = path.partition("/")
        found = self.defaults.find(f"{W}{part}Default/{W}{part}/{W}{rest}") if self.defaults is not None else None
        return None if found is None else found.get(f"{W}{name}", default)

    def aside(self) -> float:
        for identity in (TABLE, USUAL_TABLE):
            if value := self.said(identity, "tblPr/tblCellMar/left", "w"):
                return int(value) * TWIP
        return 0.0


def _attribute(element: Element, child: str, name: str) -> str | None:
    found = element.find(f"{W}{child}")
    return None if found is None else found.get(f"{W}{name}")
