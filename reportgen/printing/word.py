"""A document and a Word template -> .docx bytes.

A template is made in Word with docxtpl's tags ({{ }}, {%p %}, {%tr %}, {%tc %}, {%r %}); docxtpl opens and patches it
once, and each document fills the compiled result. One tag is our own: ``{% merge row.一级指标 %}`` in a cell merges it
with the cells below as the data says, which docxtpl's ``{% vm %}`` cannot do for groups within groups.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from reportgen.numbers.grammar import FormulaError, compile_for_word
from reportgen.printing.coverage import told, unprinted_by_tags
from reportgen.printing.intake import FILLED, Fault, faults_in, parts_of
from reportgen.printing.integrity import audit_docx, audit_trees, paragraph_texts, trees_of
from reportgen.printing.look import TWIP, closer
from reportgen.printing.wordfigure import TYPES as MEDIA
from reportgen.printing.wordfigure import figure_xml, media_of, relations_of
from reportgen.printing.wordgrid import broken_lines, grid_xml, titled_grids
from reportgen.printing.wordnotes import NOTES, add_notes, counted_on, marked, own_notes, with_notes
from reportgen.printing.wordtags import faults_of, full_width
from reportgen.printing.wordtext import BODY, W
from reportgen.telling.findings import Finding, ReportError, Span, Subject
from reportgen.telling.messages import _
from reportgen.writing.blocks import Document, Figure, grid_mark

CORE = "docProps/core.xml"
OF_ONE = re.compile(rf"(?:{BODY}|{CORE}|{NOTES}|word/media/.+)$")  # parts that no other document has
LOST = "text-lost"
MERGED_CELL = re.compile(r"<w:tc[ >](?:(?!<w:tc[ >]).)*?{%\s*merge\s+([^%]+?)\s*%}.*?</w:tc>", re.DOTALL)
TAG = re.compile(r"{[{%].*?[}%]}", re.DOTALL)
MERGE_TAG = re.compile(r"{%\s*merge\s+[^%]+?%}")
# What may stand before w:vMerge in the properties of a cell (ISO/IEC 29500-1, CT_TcPr).
BEFORE_VMERGE = re.compile(
    r"<w:tcPr>(?:<w:cnfStyle[^>]*/>)?(?:<w:tcW[^>]*/>)?(?:<w:gridSpan[^>]*/>)?(?:<w:hMerge[^>]*/>)?"
)
RELATIONS, TYPES, STYLES = "word/_rels/document.xml.rels", "[Content_Types].xml", "word/styles.xml"
FURNITURE = re.compile(
    rb'<Relationship (?=[^>]*Type="[^"]*/(?:header|footer)")(?=[^>]*\bId="(?P<id>[^"]*)")'
    rb'(?=[^>]*Target="(?P<target>[^"]*)")[^>]*/>'
)
# The height of an upright page and its margins; the distance of the lines of its text.
UPRIGHT = re.compile(
    rb'<w:pgSz (?![^>]*landscape)[^>]*w:h="(?P<height>\d+)"[^>]*/>(?:(?!</w:sectPr>).)*?'
    rb'<w:pgMar (?=[^>]*w:top="(?P<top>\d+)")(?=[^>]*w:bottom="(?P<bottom>\d+)")',
    re.DOTALL,
)
TEXT_LINE = re.compile(rb'w:styleId="Normal"(?:(?!</w:style>).)*?w:line="(?P<line>\d+)"', re.DOTALL)
LINE_PITCH = re.compile(rb'w:linePitch="\d+"')
GRID_OF_LINES = re.compile(rb'(<w:docGrid )w:type="lines(?:AndChars)?" ')
PAGE_MARGINS = re.compile(rb"<w:pgMar [^>]*/>")
BODY_TAG, SECTION = b"<w:body>", b"<w:sectPr"
EMPTY_RUN = re.compile(
    rb"<w:r(?: [^>]*)?>(?:<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?<w:t(?: [^>]*)?(?:/>|></w:t>)</w:r>", re.DOTALL
)
# The last two sections of a body, of which the last holds nothing.
TURNED = re.compile(
    rb"<w:p(?: [^>]*)?><w:pPr>(?:(?!</w:pPr>|<w:sectPr).)*(?P<upright><w:sectPr[ >](?:(?!</w:sectPr>).)*</w:sectPr>)"
    rb"</w:pPr></w:p>(?:<w:p(?: [^>]*)?(?:/>|>(?:<w:pPr>(?:(?!</w:pPr>).)*</w:pPr>)?</w:p>))?"
    rb"(?P<turned><w:sectPr[ >](?:(?!</w:sectPr>).)*</w:sectPr>)</w:body></w:document>\s*$",
    re.DOTALL,
)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Printed(NamedTuple):
    """A Word file, its word/document.xml, and a finding where a text of the document is not in it."""

    docx: bytes
    body: Element
    lost: tuple[Finding, ...]
    xml: bytes = b""  # of the body
    notes: Element | None = None  # word/footnotes.xml


@dataclass(frozen=True)
class WordTemplate:
    """A .docx template; ``name`` is what messages call it."""

    path: Path
    name: str

    @cached_property
    def _taken_in(self) -> tuple[dict[str, bytes], tuple[Fault, ...]]:
        """The parts, and all that is wrong with them before any tag is looked at. Raises ReportError."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            message = _("the Word template is missing")
            hint = _("copy the one of another form, and change it in Word")
            raise ReportError([Finding("bad-template", Span(self.name), message, hint)]) from None
        except OSError as error:
            message = _("the Word template cannot be opened: {reason}").format(reason=error.strerror or error)
            raise ReportError([Finding("bad-template", Span(self.name), message)]) from None
        parts, faults = parts_of(data)
        return parts, tuple(dict.fromkeys([*faults, *faults_in(parts)]))

    def _found(self, code: str, left: bool) -> tuple[Finding, ...]:
        _parts, faults = self._taken_in
        return tuple(
            Finding(code, Span(self.name), fault.message, fault.hint, Subject.key(fault.about))
            for fault in faults
            if fault.left is left
        )

    @cached_property
    def _parts(self) -> dict[str, bytes]:
        parts, _faults = self._taken_in
        stray = list(self._found("bad-template", left=False))
        for part, data in parts.items():
            if not FILLED.fullmatch(part) and part.endswith(".xml") and re.search(rb"{{|{%", data):
                message = _("there are tags in {part}, where they are not filled").format(part=part)
                hint = _("tags belong into the text, headers and footers")
                stray.append(Finding("bad-template", Span(self.name), message, hint))
        if stray:
            raise ReportError(stray)
        return parts

    def faults(self, document: Document) -> tuple[Finding, ...]:
        """Return every fault that can be seen without data, for documents like ``document``."""
        try:
            parts = self._parts
        except ReportError as error:
            return error.findings
        shown: set[str] = set()
        found = dict.fromkeys(faults_of(parts, filter(FILLED.fullmatch, parts), document, shown))
        findings = (
            Finding("bad-template", Span(self.name), fault.told, fault.hint, Subject.key(fault.wanted))
            for fault in found
        )
        unprinted = [] if found else unprinted_by_tags(document, shown, _typed(parts))
        hint = _("type {tag} where it belongs").format(tag=unprinted[0].tag) if unprinted else ""
        return (*self._found("template-leftover", left=True), *findings, *told(unprinted, self.name, hint))

    @cached_property
    def _fillers(self) -> dict[str, Callable[[Mapping[str, Any]], str]]:
        """A function for each part that has tags."""
        from docxtpl import DocxTemplate  # 0.1 s, which a check need not spend

        tagged = {part: data for part, data in self._parts.items() if FILLED.fullmatch(part) and re.search(rb"{", data)}
        fillers = {}
        for part, data in tagged.items():
            try:
                _refuse_full_width(data)
                xml = DocxTemplate(str(self.path)).patch_xml(data.decode("utf-8"))
                xml = TAG.sub(lambda tag: tag[0].replace("&amp;", "&"), xml)  # docxtpl does so for < and > only
                xml = _grow_grids(_merge_cells(xml))
                fillers[part] = compile_for_word(xml, _guarded)
            except FormulaError as error:
                raise ReportError([self._fault(part, error)]) from None
            except (UnicodeDecodeError, ElementTree.ParseError) as error:
                raise ReportError([self._fault(part, FormulaError(str(error)))]) from None
        return fillers

    @cached_property
    def _sound(self) -> dict[str, Element]:
        """The parts that are the same in every document, as trees, where nothing is wrong with them."""
        same = {name: data for name, data in self._parts.items() if name not in (*self._fillers, CORE)}
        faults, trees = trees_of(same, {})
        broken = {part for _code, _message, part in (*faults, *audit_docx(same, []))}
        return {name: tree for name, tree in trees.items() if name not in broken}

    def _sound_in(self, parts: Mapping[str, bytes]) -> dict[str, Element]:
        return {name: tree for name, tree in self._sound.items() if parts.get(name) is self._parts[name]}

    def _fault(self, part: str, error: FormulaError) -> Finding:
        message = f"{part}: {error.message}"
        return Finding("bad-template", Span(self.name), message, error.hint, Subject.key(error.wanted))

    def print_docx(self, document: Document) -> bytes:
        """Return ``document`` as a .docx file, read back and audited. Raises ReportError."""
        printed = self.print_unproven(document)
        if printed.lost:
            raise ReportError(printed.lost)
        return printed.docx

    def print_unproven(self, document: Document) -> Printed:
        """Return a sound .docx file, whether or not it has every text of ``document``. Raises ReportError."""
        data = marked(document.as_data())
        parts = dict(self._parts)
        for part, fill in self._fillers.items():
            try:
                parts[part] = fill(data).encode("utf-8")
            except FormulaError as error:
                raise ReportError([self._fault(part, error)]) from None
        for index, grid, title in titled_grids(document):
            parts[BODY] = _with_grid(parts[BODY], grid_mark(index).encode(), grid_xml(grid, title).encode("utf-8"))
        for index, block in enumerate(document.blocks):
            if isinstance(block, Figure):
                parts[BODY] = _with_grid(parts[BODY], grid_mark(index).encode(), figure_xml(block, index + 1).encode())
        _add_media(parts, document)
        with_notes(parts, document.notes)
        parts[BODY] = EMPTY_RUN.sub(b"", parts[BODY])
        _turn_sheets(parts, document.landscape)
        if document.cover or document.listed:
            parts[BODY] = _numbered_from_one(parts[BODY])
        if document.closer:
            _set_closer(parts)
        parts[CORE] = _core_properties(document).encode("utf-8")
        sound = self._sound_in(parts)
        faults, trees = trees_of(parts, sound)
        faults = faults or audit_trees(parts, trees, document.strings(), document.cells.values(), sound)
        findings = [Finding(code, Span(self.name), message, about=Subject.key(path)) for code, message, path in faults]
        if broken := [finding for finding in findings if finding.code != LOST]:
            raise ReportError(broken)
        docx = _zipped(parts, document.date)
        return Printed(docx, trees[BODY], tuple(findings[:1]), parts[BODY], trees.get(NOTES))

    def bind(self, documents: Sequence[Document], printed: Sequence[Printed]) -> Printed:
        """Return documents that this template printed as one file: a section each, page numbers running on."""
        parts, data = dict(self._parts), documents[0].as_data()
        for part, fill in self._fillers.items():
            if part != BODY:
                parts[part] = fill(data).encode("utf-8")
        counts = accumulate((len(document.notes) for document in documents), initial=0)
        own = own_notes(parts)
        parts[BODY] = _bound([counted_on(each.xml, own, n) for each, n in zip(printed, counts, strict=False)])
        if notes := [note for document in documents for note in document.notes]:
            add_notes(parts, notes)
        for document in documents:
            _add_media(parts, document)
        _drop_unused_furniture(parts)
        if documents[0].closer:
            _set_closer(parts)
        parts[CORE] = _core_properties(documents[0]).encode("utf-8")
        faults, trees = trees_of(parts, self._sound_in(parts))
        if faults:
            raise ReportError(
                Finding(code, Span(self.name), message, about=Subject.key(path)) for code, message, path in faults
            )
        return Printed(_zipped(parts, documents[0].date), trees[BODY], (), parts[BODY], trees.get(NOTES))


def _typed(parts: Mapping[str, bytes]) -> str:
    """Return the text of a template as it is typed, tags and all."""
    bodies = (ElementTree.fromstring(data) for part, data in parts.items() if FILLED.fullmatch(part))
    return "".join(paragraph_texts(body) for body in bodies)


def _add_media(parts: dict[str, bytes], document: Document) -> None:
    """Put in what the figures of a document show."""
    for block in document.blocks:
        if isinstance(block, Figure):
            new = {name: data for name, data in media_of(block).items() if name not in parts}
            parts.update(new)
            if new:
                end = b"</Relationships>"
                parts[RELATIONS] = parts[RELATIONS].replace(end, relations_of(block).encode() + end)
            for suffix, kind in MEDIA.items():
                default = b'<Default Extension="%s" ContentType="%s"/>' % (suffix.encode(), kind.encode())
                if new and b'Extension="%s"' % suffix.encode() not in parts[TYPES]:
                    parts[TYPES] = parts[TYPES].replace(b"<Override ", default + b"<Override ", 1)


def _refuse_full_width(data: bytes) -> None:
    """A tag typed with full-width braces, whole or in part, would be printed as it stands."""
    for paragraph in ElementTree.fromstring(data).iter(f"{W}p"):
        text = "".join(run.text or "" for run in paragraph.iter(f"{W}t"))
        if fault := full_width(text):
            raise FormulaError(fault.message, fault.hint, wanted=fault.wanted)


def _with_grid(data: bytes, mark: bytes, table: bytes) -> bytes:
    """Put a table in the place of the paragraph that holds its mark; a paragraph parts it from the next table."""
    at = data.find(mark)
    if at < 0:
        return data  # the audit will name what is lost
    start = max(data.rfind(b"<w:p>", 0, at), data.rfind(b"<w:p ", 0, at))
    end = data.index(b"</w:p>", at) + len(b"</w:p>")
    return data[:start] + table + data[end:]


def _bound(bodies: Sequence[bytes]) -> bytes:
    """Join the bodies of files of one template: each but the last ends its section."""
    pieces: list[bytes] = []
    for number, data in enumerate(bodies, 1):
        start = data.index(BODY_TAG) + len(BODY_TAG)
        end = data.rindex(SECTION)
        section = data[end : data.rindex(b"</w:body>")]
        if number < len(bodies):
            section = b'<w:p><w:pPr><w:pStyle w:val="GongwenPageBreak"/>' + section + b"</w:pPr></w:p>"
        pieces.append(data[start if pieces else 0 : end] + section)
    return b"".join(pieces) + b"</w:body></w:document>"


def _turn_sheets(parts: dict[str, bytes], landscape: bool) -> None:
    """Let a template that ends with an empty section of turned sheets print on upright sheets, or on turned ones."""
    body = parts[BODY]
    last = body.rfind(SECTION, 0, body.rfind(SECTION))  # but one
    match = TURNED.search(body, max(0, body.rfind(b"</w:p>", 0, last)))
    if match and b'w:orient="landscape"' in match["turned"]:
        # On a grid of lines LibreOffice leaves empty what is less than a line at the foot: a table's last row would go.
        section = GRID_OF_LINES.sub(rb"\1", match["turned"]) if landscape else match["upright"]
        parts[BODY] = parts[BODY][: match.start()] + section + b"</w:body></w:document>"
        _drop_unused_furniture(parts)


def _set_closer(parts: dict[str, bytes]) -> None:
    """Let a page of the text hold a line more: in the styles, and in the grid of lines that it stands on."""
    sheet, text = UPRIGHT.search(parts[BODY]), TEXT_LINE.search(parts[STYLES])
    if sheet and text:
        height = (int(sheet["height"]) - int(sheet["top"]) - int(sheet["bottom"])) * TWIP
        line = b'="%d"' % closer(int(text["line"]), height)
        parts[STYLES] = parts[STYLES].replace(b'w:line="%s"' % text["line"], b"w:line" + line)
        parts[BODY] = LINE_PITCH.sub(b"w:linePitch" + line, parts[BODY])


def _numbered_from_one(body: bytes) -> bytes:
    """Let the last section of a body begin with page 1: what stands before it has no page numbers."""
    at = body.rindex(SECTION)
    return body[:at] + PAGE_MARGINS.sub(lambda margins: margins[0] + b'<w:pgNumType w:start="1"/>', body[at:], count=1)


def _drop_unused_furniture(parts: dict[str, bytes]) -> None:
    """Leave out the headers and footers of sections that are not printed."""
    for relation in FURNITURE.finditer(parts[RELATIONS]):
        if b'"%s"' % relation["id"] not in parts[BODY]:
            name = "word/" + relation["target"].decode()
            parts.pop(name, None)
            parts[RELATIONS] = parts[RELATIONS].replace(relation[0], b"")
            override = re.compile(rb'<Override [^>]*PartName="/%s"[^>]*/>' % re.escape(name.encode()))
            parts[TYPES] = override.sub(b"", parts[TYPES])


def _merge_cells(xml: str) -> str:
    """Turn ``{% merge x %}`` into the w:vMerge that the data asks for."""

    def cell(match: re.Match[str]) -> str:
        span = match[1]
        merge = (
            f'{{% if {span}.rows != 1 %}}<w:vMerge{{% if {span}.rows %}} w:val="restart"{{% endif %}}/>{{% endif %}}'
        )
        text = MERGE_TAG.sub("", match[0])
        if "<w:tcPr>" not in text:
            text = re.sub(r"(<w:tc(?: [^>]*)?>)", r"\1<w:tcPr></w:tcPr>", text, count=1)
        return BEFORE_VMERGE.sub(lambda before: before[0] + merge, text, count=1)

    return MERGED_CELL.sub(cell, xml)


def _grow_grids(xml: str) -> str:
    """Give a table whose columns are a loop ({%tc for … %}) a grid of as many columns."""

    def table(match: re.Match[str]) -> str:
        if loop := re.search(r"{%\s*for [^%]+%}(?=<w:tc[ >])", match[0]):
            grid = f"<w:tblGrid>{loop[0]}<w:gridCol/>{{% endfor %}}</w:tblGrid>"
            return re.sub(r"<w:tblGrid>.*?</w:tblGrid>", lambda _grid: grid, match[0], count=1, flags=re.DOTALL)
        return match[0]

    return re.sub(r"<w:tbl>.*?</w:tbl>", table, xml, flags=re.DOTALL)


class _Lines(str):
    """Text of several lines, as Word's line breaks."""

    def __html__(self) -> str:
        return broken_lines(self)


def _guarded(value: Any) -> Any:
    """Let text through, and whole numbers; anything else printed is a fault of the template."""
    if isinstance(value, str):
        if match := NOT_XML.search(value):
            raise FormulaError(_("the character U+{code:04X} cannot stand in a Word file").format(code=ord(match[0])))
        return _Lines(value) if "\n" in value or "\r" in value else value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    what = type(value).__name__.lower()
    raise FormulaError(_("a tag prints something that is not text ({what})").format(what=what))


def _core_properties(document: Document) -> str:
    """Return docProps/core.xml; its clock is the report's date."""
    moment = f"{document.date}T00:00:00Z"
    title, creator, source = (escape(text, quote=False) for text in (document.name, document.unit, document.source))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{title}</dc:title><dc:creator>{creator}</dc:creator>"
        f"<dc:description>{source}</dc:description><dc:language>zh-CN</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified>'
        "</cp:coreProperties>"
    )


def _zipped(parts: Mapping[str, bytes], date: str) -> bytes:
    """Return the package: the same bytes for the same parts, whatever the time and the system.

    What many documents have in common stands first: it is compressed once.
    """
    order = sorted(parts, key=lambda name: (name != TYPES, not name.startswith("_rels/"), name))
    common = tuple((name, parts[name]) for name in order if not OF_ONE.match(name))
    own = ((name, parts[name]) for name in order if OF_ONE.match(name))
    return _packed(own, date, _packed_once(common, date))


@lru_cache(maxsize=64)
def _packed_once(parts: tuple[tuple[str, bytes], ...], date: str) -> bytes:
    return _packed(parts, date)


def _packed(parts: Iterable[tuple[str, bytes]], date: str, before: bytes = b"") -> bytes:
    """Return a package, or one with these parts behind those of another."""
    year, month, day = map(int, date.split("-"))
    buffer = io.BytesIO(before)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name, data in parts:
            info = zipfile.ZipInfo(name, (max(year, 1980), month, day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            package.writestr(info, data)
    return buffer.getvalue()
