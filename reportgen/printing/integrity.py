"""The parts of a .docx -> what is wrong with them: structure that Word would stumble over, and text that got lost.

Validators miss a cell without a paragraph, a row without cells or text outside a run; and no validator knows which
text there ought to be.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from reportgen.printing.wordtext import W, first_at
from reportgen.telling.messages import _

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
TEXTS = {f"{W}{name}" for name in ("t", "delText", "instrText", "delInstrText")}

Fault = tuple[str, str, str]  # finding code, message, what it is about


def audit_docx(
    parts: Mapping[str, bytes], strings: Iterable[tuple[str, ...]], loose: Iterable[str] = ()
) -> list[Fault]:
    """Return the faults of a package; ``strings`` must all be found in its text, in their order, ``loose`` anywhere."""
    faults, trees = trees_of(parts, {})
    return faults or audit_trees(parts, trees, strings, loose)


def audit_trees(
    parts: Mapping[str, bytes],
    trees: Mapping[str, Element],
    strings: Iterable[tuple[str, ...]],
    loose: Iterable[str] = (),
    sound: Container[str] = (),
) -> list[Fault]:
    """Return the faults of a package whose parts are read as trees; ``sound`` are those that were audited before."""
    faults = list(_package_faults(parts, trees))
    for name, tree in trees.items():
        if name.startswith("word/") and not name.endswith(".rels") and name not in sound:
            faults += [_broken(name, message) for rule in RULES for message in rule(tree)]
    faults += [_broken(part, message) for part, message in _undefined_references(trees, sound)]
    document = trees.get("word/document.xml")
    if document is None:
        return [*faults, _broken("word/document.xml", _("missing"))]
    text = paragraph_texts(document)
    faults += lost_strings((string for group in strings for string in group), text)
    return faults + [fault for string in loose for fault in lost_strings([string], text)]


def trees_of(parts: Mapping[str, bytes], known: Mapping[str, Element]) -> tuple[list[Fault], dict[str, Element]]:
    """Return the faults of what is not well-formed, and all parts as trees; those that are ``known`` are not read."""
    trees: dict[str, Element] = {}
    faults: list[Fault] = []
    for name, data in parts.items():
        if name in known:
            trees[name] = known[name]
        elif name.endswith((".xml", ".rels")):
            try:
                trees[name] = ElementTree.fromstring(data)
            except ElementTree.ParseError as error:
                faults.append(_broken(name, _("not well-formed ({reason})").format(reason=error)))
    return faults, trees


def _broken(part: str, message: str) -> Fault:
    return "broken-document", f"{part}: {message}", part


# --- text ----------------------------------------------------------------------------------------------------


def paragraph_texts(tree: Element) -> str:
    """Return the text of all paragraphs, without any white space."""
    return "".join("".join(part.text or "" for part in tree.iter(f"{W}t")).split())


def lost_strings(strings: Iterable[str], text: str) -> Iterator[Fault]:
    """Yield a fault for every string that does not follow the one before it in ``text``."""
    place = 0
    for string in strings:
        wanted = "".join(string.split())
        found = text.find(wanted, place)
        if found < 0:
            yield "text-lost", _("the file lacks the text “{text}”").format(text=string[:60]), string
        else:
            place = found + len(wanted)


# --- structure -----------------------------------------------------------------------------------------------


def _package_faults(parts: Mapping[str, bytes], trees: Mapping[str, Element]) -> Iterator[Fault]:
    """Every part has a content type, and every relationship a target."""
    types = trees.get("[Content_Types].xml")
    if types is None:
        yield _broken("[Content_Types].xml", _("missing"))
        return
    extensions = {entry.get("Extension", "").lower() for entry in types}
    overrides = {entry.get("PartName", "").lstrip("/") for entry in types if entry.get("PartName")}
    for name in parts:
        if (
            name != "[Content_Types].xml"
            and name not in overrides
            and name.rsplit(".", 1)[-1].lower() not in extensions
        ):
            yield _broken(name, _("no content type"))
    for name in overrides - parts.keys():
        yield _broken(name, _("missing"))
    for name, tree in trees.items():
        if name.endswith(".rels"):
            yield from _relationship_faults(name, tree, parts, trees)


def _relationship_faults(
    name: str, tree: Element, parts: Mapping[str, bytes], trees: Mapping[str, Element]
) -> Iterator[Fault]:
    folder = posixpath.dirname(posixpath.dirname(name))
    owned = posixpath.join(folder, posixpath.basename(name).removesuffix(".rels"))
    owner, known = trees.get(owned), {entry.get("Id", "") for entry in tree}
    for entry in tree:
        target = entry.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if entry.get("TargetMode") != "External" and path not in parts:
            yield _broken(name, _("{target} is missing").format(target=target))
    if owner is None or ((ids := _ids_in(parts[owned])) and ids <= known):
        return
    for element in owner.iter():
        for key, value in element.attrib.items():
            if key.startswith(R) and value not in known:
                yield _broken(name, _("relationship {id} is missing").format(id=value))


def _ids_in(data: bytes) -> set[str]:
    """Return all that may be the id of a relation in a part, its texts included; much faster than its tree."""
    prefixes = re.findall(rb'xmlns:([\w.-]+)\s*=\s*["\']' + re.escape(R[1:-1].encode()) + rb'["\']', data)
    ids = (re.findall(rb'\s%s:[\w.-]+\s*=\s*["\']([^"\']*)["\']' % re.escape(each), data) for each in prefixes)
    return {each.decode("utf-8", "replace") for found in ids for each in found}


def _stray_text(tree: Element) -> Iterator[str]:
    inside = sum(len(element.text or "") for tag in TEXTS for element in tree.iter(tag))
    if inside == len("".join(tree.itertext())) and not any(len(part) for tag in TEXTS for part in tree.iter(tag)):
        return  # all of its text stands where it belongs
    for element in tree.iter():
        outside = element.text if element.tag not in TEXTS else ""
        for text in (outside, element.tail):
            if text and text.strip() and str(element.tag).startswith(W):
                yield _("the text “{text}” stands outside a run").format(text=text.strip()[:30])
        if element.tag in TEXTS and len(element):
            yield _("an element stands inside text")


def cells_of(row: Element) -> list[Element]:
    """Return the cells of a row, those in content controls too."""
    controls = (first_at(control, "sdtContent") for control in row.findall(f"{W}sdt"))
    return [*row.findall(f"{W}tc"), *(cell for held in controls if held is not None for cell in held.findall(f"{W}tc"))]


def span_of(cell: Element) -> int:
    """Return how many columns of the grid a cell takes."""
    span = first_at(cell, "tcPr", "gridSpan")
    return number_in(span) if span is not None else 1


def number_in(element: Element) -> int:
    """Return the number in w:val."""
    value = element.get(f"{W}val", "1")
    return int(value) if value.isdecimal() else 1


def _hollow_tables(tree: Element) -> Iterator[str]:
    for cell in tree.iter(f"{W}tc"):
        if not len(cell) or cell[-1].tag not in (f"{W}p", f"{W}sdt"):
            yield _("a table cell does not end with a paragraph")
    for row in tree.iter(f"{W}tr"):
        if not cells_of(row):
            yield _("a table row has no cells")
    for table in tree.iter(f"{W}tbl"):
        if table.find(f"{W}tr") is None:
            yield _("a table has no rows")


def _uneven_grids(tree: Element) -> Iterator[str]:
    for table in tree.iter(f"{W}tbl"):
        columns = first_at(table, "tblGrid")
        grid = len(columns.findall(f"{W}gridCol")) if columns is not None else 0
        for row in table.findall(f"{W}tr"):
            skipped = (first_at(row, "trPr", name) for name in ("gridBefore", "gridAfter"))
            width = sum(map(span_of, cells_of(row))) + sum(number_in(skip) for skip in skipped if skip is not None)
            if width != grid:
                yield _("a row is {width} columns wide, its table {grid}").format(width=width, grid=grid)


def _headless_merges(tree: Element) -> Iterator[str]:
    """A cell that continues a merge stands below one that starts or continues it, in the same column."""
    for table in tree.iter(f"{W}tbl"):
        above: set[int] = set()
        for row in table.findall(f"{W}tr"):
            here: set[int] = set()
            before = first_at(row, "trPr", "gridBefore")
            column = number_in(before) if before is not None else 0
            for cell in cells_of(row):
                merge = first_at(cell, "tcPr", "vMerge")
                if merge is not None:
                    here.add(column)
                    if merge.get(f"{W}val", "continue") == "continue" and column not in above:
                        yield _("a merged cell has no cell above it to merge with")
                column += span_of(cell)
            above = here


def _unpaired_marks(tree: Element) -> Iterator[str]:
    fields = Counter(field.get(f"{W}fldCharType") for field in tree.iter(f"{W}fldChar"))
    if fields["begin"] != fields["end"]:
        yield _("a field is opened and not closed")
    starts = [mark.get(f"{W}id") for mark in tree.iter(f"{W}bookmarkStart")]
    ends = [mark.get(f"{W}id") for mark in tree.iter(f"{W}bookmarkEnd")]
    if sorted(map(str, starts)) != sorted(map(str, ends)) or len(set(starts)) != len(starts):
        yield _("bookmarks are not paired")
    drawings = Counter(drawing.get("id") for drawing in tree.iter(f"{WP}docPr"))
    if drawings and max(drawings.values()) > 1:
        yield _("two drawings have one number")
    if any(not drawing.get("name") for drawing in tree.iter(f"{WP}docPr")):
        yield _("a drawing has no name")


def _misplaced_section(tree: Element) -> Iterator[str]:
    body = tree.find(f"{W}body")
    if body is not None and (not len(body) or body[-1].tag != f"{W}sectPr"):
        yield _("the document does not end with its page set-up")


def _replaced_characters(tree: Element) -> Iterator[str]:
    if any("\ufffd" in (text.text or "") for text in tree.iter(f"{W}t")):
        yield _("a character was replaced by U+FFFD")


RULES: tuple[Callable[[Element], Iterator[str]], ...] = (
    _stray_text,
    _hollow_tables,
    _uneven_grids,
    _headless_merges,
    _unpaired_marks,
    _misplaced_section,
    _replaced_characters,
)


# What refers to what: elements and their attribute; the part, the elements there, and the attribute that names them.
REFERENCES = (
    (("pStyle", "rStyle", "tblStyle"), "val", "word/styles.xml", "style", "styleId"),
    (("numId",), "val", "word/numbering.xml", "num", "numId"),
    (("footnoteReference",), "id", "word/footnotes.xml", "footnote", "id"),
    (("endnoteReference",), "id", "word/endnotes.xml", "endnote", "id"),
    (("commentReference",), "id", "word/comments.xml", "comment", "id"),
)
NO_LIST = "0"  # w:numId that takes a paragraph out of a list


def _undefined_references(trees: Mapping[str, Element], sound: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield part and message for every style, list or note that is used and not defined.

    What is sound has been asked already for all that it uses of what is sound.
    """
    for users, attribute, target, element, key in REFERENCES:
        asked = {part: tree for part, tree in trees.items() if part not in sound or target not in sound}
        used = {
            part: dict.fromkeys(use.get(f"{W}{attribute}") for name in users for use in tree.iter(f"{W}{name}"))
            for part, tree in asked.items()
        }
        if not any(used.values()):
            continue
        known = {entry.get(f"{W}{key}") for entry in trees[target].iter(f"{W}{element}")} if target in trees else set()
        for part, names in used.items():
            for name in names:
                if name not in known and not (element == "num" and name == NO_LIST):
                    yield part, _("{what} {name} is used, but not defined").format(what=element, name=name)
