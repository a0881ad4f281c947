"""A document that was sent or edited -> which input made it, and what a hand changed in it since.

It is held against the words of a rebuild of the same input, in memory. Each character of the rebuild knows where it
was typed, so a changed sentence leads to its line of the input; where all of the change is plain text there, it can be
carried back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from reportgen.facts.facts import Facts
from reportgen.helping.plaintext import plain_lines
from reportgen.helping.rebuilt import Rebuild, chunks_of, rebuilds, unreadable
from reportgen.helping.wordwise import Part, exact_parts, marked, parts_of, shortened
from reportgen.printing.intake import parts_of as package_of
from reportgen.printing.origin import Origin, read_origin
from reportgen.printing.pdfwords import pdf_subject
from reportgen.printing.wordtext import BODY, Chunk
from reportgen.reading.project import Project
from reportgen.reading.source import Source
from reportgen.reading.trace import Traced
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.running.sets import MANIFEST, Manifest, digest, read_manifest
from reportgen.telling.findings import Span
from reportgen.telling.messages import _

CORE = "docProps/core.xml"
DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
ALIKE = 0.5  # of two paragraphs, one of which may be the other rewritten
MOST = 40  # paragraphs in a row that are paired by their likeness


class Swap(NamedTuple):
    """Characters of a line of the input that another text takes the place of; line and column count from 1."""

    line: int
    column: int
    old: str
    new: str


@dataclass(frozen=True)
class Edit:
    """A paragraph or cell that a hand changed: where a person sees it, and where it comes from.

    ``was`` is "" for one that was added, ``now`` for one that was deleted; ``why_not`` says why the change cannot be
    carried back, or is "". ``number`` is that of the paragraph in the rebuild, of one that was added that before it.
    """

    place: str
    was: str
    now: str
    number: int = -1
    key: str = ""
    span: Span = field(default_factory=lambda: Span(""))
    swaps: tuple[Swap, ...] = ()
    why_not: str = ""

    @property
    def parts(self) -> list[Part]:
        """What was taken out and put in, word by word."""
        return parts_of(self.was, self.now)


@dataclass(frozen=True)
class Verdict:
    """What is known of a document. ``made``: as it was built, byte for byte; ``meant``: its input says the same now.

    ``edits`` is None where nothing could be compared; ``drifted`` says that templates or program print other words now
    than when it was built, so that an edit may be theirs.
    """

    origin: Origin | None
    input: Path | None = None
    made: bool = False
    meant: bool = False
    document: tuple[str, str] = ("", "")  # which one of the input's it is: form and name
    edits: tuple[Edit, ...] | None = None
    drifted: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether its words are those that its input has printed."""
        return self.made or (self.meant and self.edits == ())


def verified(library: Library, path: Path, data: bytes) -> Verdict:
    """Return what is known of the document at ``path``. Raises ReportError where it cannot be read."""
    is_pdf = data.startswith(b"%PDF")
    origin = read_origin(pdf_subject(data) if is_pdf else _description(data, str(path)))
    project = library.project
    name, manifest = _recorded(project, path, data)
    made = bool(name) and manifest.files.get(name) == digest(data)
    target = project.root / manifest.input if manifest.input else _input_named(library, origin)
    if origin is None or target is None or not target.is_file():
        return Verdict(origin, None, made)
    case = examine(library, target, draft=manifest.draft)
    known = Verdict(origin, target, made, case.facts.meaning.startswith(origin.meaning))
    if made or not known.meant:
        return known
    made_anew = [rebuild for rebuild in rebuilds(library, case.written) if rebuild.form.id == origin.form]
    if is_pdf:
        lines = _bare(plain_lines(data, str(path)))
        same = any(lines == _bare(plain_lines(rebuild.docx, str(path))) for rebuild in made_anew)
        return replace(known, edits=() if same else None)
    chunks = chunks_of(data, str(path))
    if not made_anew:
        return known
    rebuild = max(made_anew, key=lambda each: _in_common(each.texts, chunks))
    built = manifest.files.get(f"{rebuild.form.id}/{rebuild.name}.docx")
    edits = tuple(_placed(edit, rebuild, case.facts) for edit in _edits(rebuild.texts, chunks))
    drifted = built not in (None, digest(rebuild.docx))
    return replace(known, document=(rebuild.form.id, rebuild.name), edits=edits, drifted=drifted)


# --- where it came from


def _description(data: bytes, name: str) -> str:
    parts, faults = package_of(data)
    if faults or BODY not in parts:
        raise unreadable(name)
    try:
        return ElementTree.fromstring(parts.get(CORE, b"<x/>")).findtext(f".//{DESCRIPTION}", "")
    except ElementTree.ParseError:
        return ""


def _recorded(project: Project, path: Path, data: bytes) -> tuple[str, Manifest]:
    """Return the name of the document in the manifest that has these bytes, or beside which it lies, and that."""
    found = digest(data)
    for place in sorted(project.outputs.glob(f"*/*/{MANIFEST}")):
        manifest = read_manifest(place.parent) or Manifest()
        if name := next((name for name, made in manifest.files.items() if made == found), ""):
            return name, manifest
    folder = path.resolve().parent.parent
    manifest = read_manifest(folder) or Manifest() if folder.is_relative_to(project.outputs) else Manifest()
    name = f"{path.parent.name}/{path.name}"
    return (name, manifest) if name in manifest.files else ("", Manifest())


def _input_named(library: Library, origin: Origin | None) -> Path | None:
    """Return the input of the name in the line of provenance that means what stands there, else the latest."""
    project = library.project
    named = [path for path in project.input_files() if origin and path.name == origin.file]
    for path in named:
        facts = library.other_facts(path)
        if origin and facts and facts.meaning.startswith(origin.meaning):
            return path
    return named[-1] if named else None


# --- the edits


def _bare(lines: Iterable[str]) -> str:
    return re.sub(r"[#|/\s]", "", "".join(lines))


def _in_common(texts: Iterable[str], chunks: Iterable[Chunk]) -> int:
    return len({*texts} & {chunk.text for chunk in chunks})


def _edits(ours: Sequence[str], theirs: Sequence[Chunk]) -> Iterator[Edit]:
    """Yield what differs, paragraph by paragraph."""
    now = [chunk.text for chunk in theirs]
    for kind, start, end, first, last in SequenceMatcher(None, ours, now, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for at, to in _paired(ours[start:end], now[first:last]):
            where = theirs[min(first + to, len(theirs) - 1)].place if to >= 0 else ""
            was = ours[start + at] if at >= 0 else ""
            yield Edit(where, was, now[first + to] if to >= 0 else "", start + at if at >= 0 else start - 1)


def _paired(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield which paragraph became which, by their numbers; -1: it was deleted, or added."""
    taken = 0
    for at, text in enumerate(ours):
        likely = (
            range(taken, len(theirs)) if len(ours) != len(theirs) and len(theirs) <= MOST else range(taken, taken + 1)
        )
        likes = [to for to in likely if to < len(theirs) and _alike(text, theirs[to])]
        if not likes:
            yield at, -1
            continue
        yield from ((-1, to) for to in range(taken, likes[0]))
        yield at, likes[0]
        taken = likes[0] + 1
    yield from ((-1, to) for to in range(taken, len(theirs)))


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one[:500], other[:500], autojunk=False)
    return matcher.quick_ratio() >= ALIKE or one[:4] == other[:4]


def _placed(edit: Edit, rebuild: Rebuild, facts: Facts) -> Edit:
    """Return the edit with its place in the input, and what to change there or why that is not possible."""
    traced = rebuild.traced[edit.number] if edit.number >= 0 else None
    if traced is None:
        return replace(edit, why_not=_("the Word template prints it, or it was added beside what it prints"))
    first = next((piece for piece in traced.pieces if piece.spot(piece.offset, 1).file == facts.source.file), None)
    span = first.spot(first.offset, 1) if first else traced.span(0, 1)
    placed = replace(edit, span=span, key=_key_at(facts.source, span) if first else "")
    if not edit.was:
        return replace(placed, why_not=_("a paragraph that was added: type it there, below the one that it follows"))
    if not edit.now:
        return replace(placed, why_not=_("the whole paragraph was deleted: delete it there"))
    swaps: list[Swap] = []
    at = 0
    for old, new in _changes(exact_parts(edit.was, edit.now)):
        if old.sign == "=":
            at += len(old.text)
            continue
        swap = _swap(traced, at, old.text, new, facts)
        if isinstance(swap, str):
            return replace(placed, why_not=swap)
        swaps.append(swap)
        at += len(old.text)
    return replace(placed, swaps=tuple(swaps), span=facts.source.at(swaps[0].line, swaps[0].column))


def _changes(parts: Iterable[Part]) -> Iterator[tuple[Part, str]]:
    """Yield what stays (“=”), and each change as what is taken out (“-”, may be empty) and what is put in."""
    taken: str | None = None
    for sign, text in (*parts, Part("=", "")):
        if sign == "-":
            taken = text
            continue
        if taken is not None or sign == "+":
            yield Part("-", taken or ""), text if sign == "+" else ""
            taken = None
        if sign == "=":
            yield Part("=", text), ""


def _swap(traced: Traced, at: int, old: str, new: str, facts: Facts) -> Swap | str:
    """Return where in the input the change is to be made, or why it cannot be."""
    start, end = (at, at + len(old)) if old else (at - 1, at) if at else (0, 1)
    if not old and at and not _is_of_input(traced, start, end, facts) and at < len(traced):
        start, end = at, at + 1  # put in between a value and what a hand typed
    if not _is_of_input(traced, start, end, facts):
        return _why(traced, start, end, facts)
    span = traced.span(start, end)
    column = span.column if old or start == at else span.column + 1
    line = facts.source.at(span.line, 1).text
    if line[column - 1 : column - 1 + len(old)] != old:
        return _("it is typed otherwise there: over several lines, in quotes or with marks")
    return Swap(span.line, column, old, new)


def _is_of_input(traced: Traced, start: int, end: int, facts: Facts) -> bool:
    return traced.is_typed(start, end) and traced.span(start, end).file == facts.source.file


def _why(traced: Traced, start: int, end: int, facts: Facts) -> str:
    for source in filter(None, traced.sources(start, end)):
        name = re.split(r"[|\s]", source, maxsplit=1)[0]
        if name in facts.stated or name in facts.source.data:
            place = facts.stated[name].span if name in facts.stated else facts.source.span((name,))
            message = _("it is the value of {name}: change that in line {line}, and all that follows from it")
            return message.format(name=name, line=place.line)
        return _("it is the value of {{{{ {name} }}}}").format(name=source)
    span = traced.span(start, end)
    if not span.file:
        return _("the program numbers it, or the form prints it")
    return _("it is the wording of the form: {file}:{line}").format(file=span.file, line=span.line)


def _key_at(source: Source, span: Span) -> str:
    """Return the key of the input that a place belongs to: 正文.主要经验."""
    before = [
        (key.line, key.column, place)
        for place, key in source.keys.items()
        if (key.line, key.column) <= (span.line, span.column)
    ]
    _line, _column, place = max(before, default=(0, 0, ()), key=lambda each: each[:2])
    return ".".join(str(step) for step in place if isinstance(step, str))


# --- told


def verdict_lines(verdict: Verdict, project: Project) -> Iterator[str]:
    """Yield what is known, line by line."""
    if (origin := verdict.origin) is None:
        yield _("no line of reportgen says where it came from")
        if not verdict.made:
            return
    else:
        message = _("made by reportgen {version} from {file}, form {form}")
        file = project.name(verdict.input) if verdict.input else origin.file
        yield message.format(version=origin.version, file=file, form=origin.form)
    if verdict.made:
        yield _("it is as it was built, byte for byte")
    if verdict.input is None:
        yield _("its input is not in this folder: {folder}").format(folder=project.root)
    elif not verdict.meant:
        yield _(
            "its input says something else now: what a hand changed cannot be told from that; see reportgen diff --rev"
        )
    elif not verdict.made:
        yield from _told_edits(verdict)


def _told_edits(verdict: Verdict) -> Iterator[str]:
    if verdict.edits is None:
        yield _("its words are not those that its input prints now")
    elif not verdict.edits:
        yield _("it was saved anew; its words are those that its input prints")
    else:
        yield _("{n} paragraph(s) or cell(s) are not as the input prints them:").format(n=len(verdict.edits))
    if verdict.edits and verdict.drifted:
        yield _("(the templates or the program have changed since it was built: some may come from that)")
    for edit in verdict.edits or ():
        yield from ("", *edit_lines(edit))


def edit_lines(edit: Edit) -> Iterator[str]:
    """Yield one edit: where it stands, in the document and in the input, its words, and what can be done."""
    typed = f"{edit.span.file}:{edit.span.line}:{edit.span.column}" if edit.span.file else ""
    yield "  " + " · ".join(filter(None, (edit.place, edit.key, typed)))
    yield f"    {marked(shortened(edit.parts))}"
    yield f"    → {edit.why_not or _('plain text of the input: --apply carries it back')}"
