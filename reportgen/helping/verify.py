"""A document that was sent or edited -> which input made it, and what a hand changed in it since.

It is known by its bytes, which the manifests remember, or by the line of provenance in it, and held against the words
of a rebuild of the same input in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from reportgen.helping.edits import Edit, edit_lines, edits_of, moved
from reportgen.helping.past import versions
from reportgen.helping.plaintext import plain_lines
from reportgen.helping.rebuilt import chunks_of, rebuilds, unreadable
from reportgen.printing.intake import parts_of
from reportgen.printing.origin import Origin, read_origin
from reportgen.printing.pdfwords import pdf_subject
from reportgen.printing.wordtext import BODY, Chunk
from reportgen.reading.project import Project
from reportgen.running.examine import Examined, examine
from reportgen.running.library import Library
from reportgen.running.sets import MANIFEST, Manifest, digest, read_manifest
from reportgen.telling.findings import ReportError
from reportgen.telling.messages import _

CORE = "docProps/core.xml"
DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"


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
    revision: str = ""  # of git, in which the input said what the document does; its edits are from that

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
    target = _input_recorded(project, manifest) or _input_named(library, origin)
    if origin is None or target is None:
        return Verdict(origin, None, made)
    case = examine(library, target, draft=manifest.draft)
    known = Verdict(origin, target, made, case.facts.meaning.startswith(origin.meaning))
    if made:
        return known
    if known.meant:
        return _compared(library, known, case, path, data, manifest)
    for revision, was in () if is_pdf else versions(project, target):
        with library.holding(target, was):
            then = _examined(library, target, origin)
            if then:
                found = _compared(library, replace(known, revision=revision), then, path, data, manifest)
                return replace(found, edits=moved(found.edits or (), case.facts.source))
    return known


def _examined(library: Library, path: Path, origin: Origin) -> Examined | None:
    """Return the input as it is held, if it means what stands in the line of provenance."""
    try:
        if library.facts(path).meaning.startswith(origin.meaning):
            return examine(library, path)
    except ReportError:
        return None
    return None


def _compared(library: Library, known: Verdict, case: Examined, path: Path, data: bytes, manifest: Manifest) -> Verdict:
    """Return the verdict on a document beside the documents that ``case`` prints. Raises ReportError."""
    form = known.origin.form if known.origin else ""
    made_anew = [rebuild for rebuild in rebuilds(library, case.written) if rebuild.form.id == form]
    if not made_anew:
        return known
    if data.startswith(b"%PDF"):
        lines = _bare(plain_lines(data, str(path)))
        same = any(lines == _bare(plain_lines(rebuild.docx, str(path))) for rebuild in made_anew)
        return replace(known, edits=() if same else None)
    chunks = chunks_of(data, str(path))
    rebuild = max(made_anew, key=lambda each: _in_common(each.texts, chunks))
    built = None if known.revision else manifest.files.get(f"{form}/{rebuild.name}.docx")
    return replace(
        known,
        document=(form, rebuild.name),
        edits=edits_of(rebuild, chunks, case.facts),
        drifted=built not in (None, digest(rebuild.docx)),
    )


# --- where it came from


def _description(data: bytes, name: str) -> str:
    parts, faults = parts_of(data)
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


def _input_recorded(project: Project, manifest: Manifest) -> Path | None:
    """Return the input that a manifest names; one may come from anybody, and names inputs of this project only."""
    path = (project.root / manifest.input).resolve()
    return next((each for each in project.input_files() if each.resolve() == path), None) if manifest.input else None


def _input_named(library: Library, origin: Origin | None) -> Path | None:
    """Return the input of the name in the line of provenance that means what stands there, else the latest."""
    project = library.project
    named = [path for path in project.input_files() if origin and path.name == origin.file]
    for path in named:
        facts = library.other_facts(path)
        if origin and facts and facts.meaning.startswith(origin.meaning):
            return path
    return named[-1] if named else None


def _bare(lines: Iterable[str]) -> str:
    return re.sub(r"[#|/\s]", "", "".join(lines))


def _in_common(texts: Iterable[str], chunks: Iterable[Chunk]) -> int:
    return len({*texts} & {chunk.text for chunk in chunks})


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
    elif verdict.made and not verdict.meant:
        yield _("its input says something else now: build it again before it is sent")
    elif not verdict.meant and not verdict.revision:
        yield _("its input says something else now, and git does not have what it said: edits cannot be told")
    elif not verdict.made:
        if verdict.revision:
            yield _("its input says something else now; here are the edits since {name}").format(name=verdict.revision)
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
