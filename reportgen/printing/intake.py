"""A .docx template as bytes -> its parts, where it holds nothing that a report may not carry; else what is wrong.

Whatever lies in a template goes into every report that is sent. So parts, relationships and fields are let in by a
list of what a report needs (hazards: attached templates, OLE objects, macros, DDE, INCLUDETEXT), and sizes are looked
at before anything is unpacked.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from reportgen.printing.wordtext import BODY, MAX_DEPTH, Chunk, W, paragraphs_of, too_deep
from reportgen.telling.messages import _

MAX_PARTS, MAX_BYTES = 400, 40 * 1024 * 1024  # unpacked
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a .doc file, or a .docx with a password
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
STRICT = b"http://purl.oclc.org/ooxml/"
RELATION_TYPES = {
    "officeDocument", "core-properties", "extended-properties", "custom-properties", "thumbnail", "styles",
    "stylesWithEffects", "numbering", "settings", "webSettings", "fontTable", "font", "theme", "header", "footer",
    "footnotes", "endnotes", "image", "hyperlink", "comments", "customXml", "customXmlProps", "glossaryDocument",
    "chart", "chartStyle", "chartColorStyle",
}  # fmt: skip
FIELDS = {
    "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "SEQ", "TOC", "TC", "REF", "PAGEREF", "NOTEREF", "STYLEREF",
    "HYPERLINK", "TITLE", "=",
}  # fmt: skip
FILLED = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")  # parts that may have tags
LINK = re.compile(r"(?:https?://|mailto:)[^\s\"]+", re.IGNORECASE)
ADDRESS = re.compile(r"HYPERLINK\s+\"?([^\s\"\\]+)", re.IGNORECASE)
TAG = re.compile(r"{{|{%")
TYPED_YEAR = re.compile(r"(?<![\d.〔\[（(第])20\d\d年(?!版|修订)")
PLACEHOLDER = re.compile(r"(?<![A-Za-z])[XxＸｘ×]{2,}(?![A-Za-z])")


class Fault(NamedTuple):
    """What is wrong, what to do, the text that it is about; ``left`` says that it was only left behind."""

    message: str
    hint: str = ""
    about: str = ""
    left: bool = False


def parts_of(data: bytes) -> tuple[dict[str, bytes], list[Fault]]:
    """Return the parts of a package, or none, and what is wrong with it as a package."""
    if data.startswith(OLE):
        message = _("this is a .doc file, or one that is locked by a password")
        return {}, [Fault(message, _("open it in Word, take the password away, and save it as .docx"))]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = [info for info in package.infolist() if not info.is_dir()]
            if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_BYTES:
                message = _("unpacked it is larger than {n} MB, or has more than {parts} parts")
                message = message.format(n=MAX_BYTES // 1024 // 1024, parts=MAX_PARTS)
                return {}, [Fault(message, _("make its pictures smaller, and save it anew"))]
            return {info.filename: package.read(info) for info in infos}, []
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        message = _("the Word template is damaged, or no .docx file")
        hint = _("open it in Word and save it as .docx; if Word cannot open it, fetch an older version")
        return {}, [Fault(message, hint)]


def faults_in(parts: Mapping[str, bytes]) -> Iterator[Fault]:
    """Yield everything in a package that may not go into a report, or was left behind in it."""
    for part, data in parts.items():
        if not part.endswith((".xml", ".rels")):
            continue
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            yield Fault(_("{part} has a document type declaration").format(part=part), _("save it anew in Word"), part)
            return
        if too_deep(data):
            message = _("{part} nests more than {n} levels deep").format(part=part, n=MAX_DEPTH)
            yield Fault(message, _("open it in Word, take the content controls apart, and save it"), part)
            return
    try:
        yield from _kind(parts)
        yield from _relations(parts)
        for part in parts:
            if part.startswith("word/") and part.endswith(".xml"):
                yield from _contents(parts, part)
    except ElementTree.ParseError:
        return  # whoever reads the part tells it


def _kind(parts: Mapping[str, bytes]) -> Iterator[Fault]:
    """A template, a file with macros and Strict Open XML are other kinds of files, whatever their name."""
    types = ElementTree.fromstring(parts.get("[Content_Types].xml", b"<x/>"))
    main = next((entry.get("ContentType", "") for entry in types if entry.get("PartName") == f"/{BODY}"), "")
    save = _("in Word choose “Save as”, Word document (*.docx)")
    if "macroEnabled" in main or any("vbaProject" in part or "vbaData" in part for part in parts):
        yield Fault(_("the file holds macros"), save, "vbaProject")
    elif "template" in main:
        yield Fault(_("the file is a Word template (.dotx), which would be sent as one"), save, "dotx")
    elif main.startswith("application/") and main != MAIN:
        yield Fault(_("the file is no Word document ({kind})").format(kind=main), save, main)
    if STRICT in parts.get(BODY, b""):
        hint = _("in Word choose “Save as”, Word document (*.docx), not “Strict Open XML”")
        yield Fault(_("the file is saved as Strict Open XML"), hint, "strict")


def _relations(parts: Mapping[str, bytes]) -> Iterator[Fault]:
    for part, data in parts.items():
        if not part.endswith(".rels"):
            continue
        for entry in ElementTree.fromstring(data):
            kind, target = entry.get("Type", "").rpartition("/")[2], entry.get("Target", "")
            external = entry.get("TargetMode") == "External"
            if kind not in RELATION_TYPES and not kind.startswith("vba"):
                message = _("the file carries something that no report may hold: {kind} ({target})")
                hint = _("delete it in Word (Developer tab, Insert Object, Mail Merge), and save the file")
                yield Fault(message.format(kind=kind, target=target[:60]), hint, target)
            elif external and not (kind == "hyperlink" and LINK.fullmatch(target)):
                message = _("the file points to another place: {target}").format(target=target[:60])
                yield Fault(message, _("links may be http, https or mailto; put pictures into the file"), target)
            elif TAG.search(target):
                message = _("there is a tag in the address of a link: {target}").format(target=target[:60])
                yield Fault(message, _("type the address as it is"), target)


def _contents(parts: Mapping[str, bytes], part: str) -> Iterator[Fault]:
    root = ElementTree.fromstring(parts[part])
    if next(root.iter(f"{W}altChunk"), None) is not None:
        yield Fault(_("{part} includes another document").format(part=part), _("copy its text into the file"), part)
    if part == "word/comments.xml" and next(root.iter(f"{W}comment"), None) is not None:
        yield Fault(_("there are comments, which every report would carry"), _("delete them in Word"), part, left=True)
    if not FILLED.fullmatch(part):
        return
    for chunk in paragraphs_of(parts, part):
        yield from _paragraph(chunk)


def _paragraph(chunk: Chunk) -> Iterator[Fault]:
    paragraph = chunk.around.get("p")
    if paragraph is None:
        return
    place = chunk.place
    for code in _codes(paragraph):
        name = (code.split() or [""])[0].upper()
        if TAG.search(code):
            message = _("{place}: there is a tag in the field {code}").format(place=place, code=code.strip()[:40])
            yield Fault(message, _("type the tag as text, beside the field"), code)
        elif (name or "=") not in FIELDS and not name.startswith("="):
            message = _("{place}: the field {code} is not let in").format(place=place, code=code.strip()[:40])
            yield Fault(message, _("fields may be {names}").format(names="、".join(sorted(FIELDS))), code)
        elif (link := ADDRESS.match(code.strip())) and not LINK.fullmatch(link[1]):
            message = _("{place}: the link leads to {target}").format(place=place, target=link[1][:40])
            yield Fault(message, _("links may be http, https or mailto; put pictures into the file"), code)
    yield from _left_behind(place, paragraph, chunk.text)


def _codes(paragraph: Element) -> Iterator[str]:
    """Yield the code of each field of a paragraph, which Word may split over runs."""
    yield from (field.get(f"{W}instr", "") for field in paragraph.iter(f"{W}fldSimple"))
    running: list[str] = []
    for element in paragraph.iter():
        if element.tag == f"{W}instrText":
            running.append(element.text or "")
        elif element.tag == f"{W}fldChar" and running:
            yield "".join(running)
            running = []
    if running:
        yield "".join(running)


def _left_behind(place: str, paragraph: Element, text: str) -> Iterator[Fault]:
    for tag in ("ins", "del", "moveFrom", "moveTo"):
        if next(paragraph.iter(f"{W}{tag}"), None) is not None:
            message = _("{place}: there are tracked changes, which every report would carry").format(place=place)
            yield Fault(message, _("in Word: Review, Accept All Changes"), tag, left=True)
            break
    if any(_is_on(mark) for mark in paragraph.iter(f"{W}vanish")):
        message = _("{place}: there is hidden text, which every report would carry").format(place=place)
        yield Fault(message, _("show it in Word (Ctrl+Shift+8), and delete it"), "vanish", left=True)
    bare = re.sub(r"{{.*?}}|{%.*?%}", "", text)
    for pattern in (TYPED_YEAR, PLACEHOLDER):
        if match := pattern.search(bare):
            message = _("{place}: “{text}” is typed in the template").format(place=place, text=match[0])
            yield Fault(message, _("type a tag in its place, such as {{ date }}"), match[0], left=True)


def _is_on(mark: Element) -> bool:
    return mark.get(f"{W}val", "true") not in ("0", "false", "off")
