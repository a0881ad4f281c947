"""The documents of one centre are a set: made in memory, put in place together, and what a hand changed is kept.

outputs/<year>/<centre>/manifest.json says what was built, so that a hand edit, a document that no longer follows from
its input and one that nobody asks for any more can be told. It holds no clock and no path of a machine.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from reportgen.printing.wordtext import BODY, paragraphs_of
from reportgen.reading.obstacles import cannot_write
from reportgen.reading.project import Project, names_in, write_together
from reportgen.running.lineage import is_recorded
from reportgen.running.outcome import Options, State, Summary
from reportgen.telling.findings import Finding, ReportError, Span, Subject
from reportgen.telling.messages import _, joined

MANIFEST = "manifest.json"
PDF = ".pdf"
FULL = "full"  # what is called so holds the report and its annexes, bound
MAX_BYTES = 50 * 1024 * 1024  # of the words of a document that is compared
SHOWN = 3  # changed sentences that are told
COPY = re.compile(r"\.edited-\d+(\.[a-z]+)$")  # report.edited-1.docx
MARKS = re.compile(rb"^(?:<<<<<<<|>>>>>>>) ", re.MULTILINE)  # <<<<<<< HEAD, which git leaves in a merge


@dataclass(frozen=True)
class Manifest:
    """What was built last: names below the set's folder with the SHA-256 of their bytes.

    ``coming`` are those that were being put in place when a build was cut off, ``left`` those of an earlier build
    that the input no longer asks for.
    """

    input: str = ""
    meaning: str = ""
    made_by: str = ""
    unit: str = ""
    year: int = 0
    draft: bool = False
    bound: bool = True  # whether report and annexes are bound besides
    fonts: str = ""  # that are installed, and print what the open fonts would; "" for these
    look: str = ""  # the digest of the Typst templates that print it
    names: Mapping[str, str] = field(default_factory=dict)  # what each document is called
    scores: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    coming: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)

    @property
    def sheets(self) -> int:
        """How many pages its documents have, the bound ones left out: they hold the same."""
        return sum(pages for name, pages in self.pages.items() if PurePosixPath(name).stem.partition("-")[0] != FULL)

    @property
    def as_bytes(self) -> bytes:
        """The file: sorted, a line a value, so that git merges it."""
        held = {key: value for key, value in vars(self).items() if value != getattr(EMPTY, key)}
        return (json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


EMPTY = Manifest()


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a set; None where there is none that can be read."""
    try:
        data: Any = json.loads((folder / MANIFEST).read_bytes())
        known = {key: value for key, value in data.items() if key in Manifest.__dataclass_fields__}
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    if not all(_is_sound(key, value) for key, value in known.items()):
        return None
    return Manifest(**known)


def _is_sound(key: str, value: Any) -> bool:
    """A manifest may come from anybody: it names files within its own folder only."""
    usual = getattr(EMPTY, key)
    if type(value) is not type(usual):
        return False
    if key == "scores" or not isinstance(value, dict):
        return True
    kind = int if key == "pages" else str
    return all(_is_below(name) and isinstance(each, kind) for name, each in value.items())


def _is_below(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9_-]{1,60}/[A-Za-z0-9_.-]{1,80}", name)) and ".." not in name


def digest(data: bytes) -> str:
    """Return the SHA-256 of ``data``."""
    return hashlib.sha256(data).hexdigest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file; "" where there is none that can be read."""
    try:
        return digest(path.read_bytes()) if path.is_file() else ""
    except OSError:
        return ""


@dataclass(frozen=True)
class Placed:
    """The files of a set that changed, what is to be told of it, and what stays: a hand edit, or other fonts."""

    changed: tuple[Path, ...] = ()
    findings: tuple[Finding, ...] = ()
    edited: bool = False
    other_fonts: bool = False


def put_in_place(
    project: Project,
    folder: Path,
    made: Mapping[Path, bytes],
    manifest: Manifest,
    overwrite: bool = False,
    any_fonts: bool = False,
) -> Placed:
    """Write the documents ``made``, all or none, and the manifest last. Raises ReportError.

    One that was edited by hand stays where what it was made from has not changed; else it is kept beside the new one,
    and so is one of which nothing says that a build made it. With ``any_fonts`` PDF files stay that differ by the
    fonts of the machine that made them alone.
    """
    before = read_manifest(folder)
    other_fonts = any_fonts and before is not None and _differ_by_fonts(folder, before, manifest)
    if before and other_fonts:
        made = {path: data for path, data in made.items() if path.suffix != PDF}
        manifest = replace(manifest, fonts=before.fonts, files=before.files, pages=before.pages)
    files, edited = _to_write(project, folder, made, overwrite)
    kept = {path: files.get(path) for path in [*copies_in(folder), *(path for path in files if path not in made)]}
    unsure = before is None and any(path not in made for path in files)
    found = [*edited, *([_unrecorded(project, folder)] if unsure else ())]
    found += [_kept(project, path, data, made.get(document_of(path))) for path, data in kept.items()]
    left = _left(before, manifest, folder)
    whole = replace(manifest, left=left)
    found += [left_over(project, folder / name, made_once) for name, made_once in left.items()]
    if files or before != whole:
        coming = {path.relative_to(folder).as_posix(): digest(data) for path, data in files.items()}
        journal = replace(before, coming=coming).as_bytes if files and before else b""
        write_together(project, files, folder / MANIFEST, journal, whole.as_bytes)
    return Placed(tuple(path for path in files if path in made), tuple(found), bool(edited), other_fonts)


def _to_write(
    project: Project, folder: Path, made: Mapping[Path, bytes], overwrite: bool
) -> tuple[dict[Path, bytes], list[Finding]]:
    """Return the files that are to be written, copies of what a hand changed among them, and what is told to stay."""
    before = read_manifest(folder) or EMPTY
    files: dict[Path, bytes] = {}
    edited: list[Finding] = []
    for path, data in made.items():
        disk = _bytes_of(project, path)
        name = path.relative_to(folder).as_posix()
        if disk == data:
            continue
        if disk is None or overwrite or is_recorded(folder / MANIFEST, name, digest(disk)):
            files[path] = data
        elif before.files.get(name) == digest(data):
            edited.append(_edited(project, path, changed_sentences(data, disk)))
        else:
            files |= {_free_name(path): disk, path: data}
    return files, edited


def _differ_by_fonts(folder: Path, before: Manifest, now: Manifest) -> bool:
    """Tell whether a set lies there as it was built, and a build here would differ in the fonts of its PDF files alone.

    Word files name fonts and hold none: they are the same bytes wherever they are made.
    """
    files = {name: made if name.endswith(PDF) else now.files.get(name, "") for name, made in before.files.items()}
    same = replace(now, fonts=before.fonts, files=files, pages=before.pages, left=before.left)
    if before.fonts == now.fonts or before != same or before.files.keys() != now.files.keys():
        return False
    return all(digest_of(folder / name) == made for name, made in before.files.items() if name.endswith(PDF))


def _bytes_of(project: Project, path: Path) -> bytes | None:
    """Return what a file holds; None where there is none. Raises ReportError: what is not seen is not written over."""
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError as error:
        raise ReportError([cannot_write(path, project.name(path), error)]) from None


def _free_name(path: Path) -> Path:
    number = 1
    while (copy := path.with_name(f"{path.stem}.edited-{number}{path.suffix}")).exists():
        number += 1
    return copy


def _left(before: Manifest | None, manifest: Manifest, folder: Path) -> dict[str, str]:
    """Return the files of earlier builds that this one does not make, and that are still there."""
    earlier = {**before.left, **before.files} if before else {}
    return {name: old for name, old in earlier.items() if name not in manifest.files and (folder / name).is_file()}


def _edited(project: Project, path: Path, what: str = "") -> Finding:
    name = project.name(path)
    message = _("it was changed by hand, and stays as it is")
    if what:
        message = _("it was changed by hand, and stays as it is: {what}").format(what=what)
    hint = _("carry the change over to the input, then build with --overwrite")
    return Finding("edited-by-hand", Span(name), message, hint, Subject.key(name))


def _kept(project: Project, copy: Path, disk: bytes | None = None, data: bytes | None = None) -> Finding:
    """Say that a file which a hand changed lies beside the document that was built since, as long as it does."""
    name = project.name(document_of(copy))
    disk = _bytes_of(project, copy) if disk is None else disk
    message = _("a hand changed it, and it was built anew since: the changed file is kept as {copy}")
    message = message.format(copy=copy.name)
    if disk is not None and data is not None:
        message += _(": {what}").format(what=changed_sentences(data, disk))
    hint = _("carry the change over to the input, then delete {copy}").format(copy=copy.name)
    return Finding("edited-by-hand", Span(name), message, hint, Subject.key(project.name(copy)))


def copies_in(folder: Path) -> list[Path]:
    """Return the files of a set that a hand changed and that are kept beside the documents built since."""
    return sorted(path for path in folder.glob("*/*.edited-*") if COPY.search(path.name))


def document_of(copy: Path) -> Path:
    """Return the document beside which a changed file is kept: report.docx for report.edited-1.docx."""
    return copy.with_name(COPY.sub(r"\1", copy.name))


def unreadable(project: Project, folder: Path) -> Iterator[Finding]:
    """Say that a set has a manifest that nobody can read."""
    if (folder / MANIFEST).is_file() and read_manifest(folder) is None:
        yield _unreadable(project, folder, "", _("type reportgen build: it writes the manifest anew; do not send them"))


def _unrecorded(project: Project, folder: Path) -> Finding:
    """Say that files are kept, as a hand may have changed them."""
    hint = _("look at the files that are kept: carry over what a hand changed, then delete them")
    return _unreadable(project, folder, _("; what differs from what is built now is kept beside it"), hint)


def _unreadable(project: Project, folder: Path, follows: str, hint: str) -> Finding:
    """Say why nothing tells what a build left in a folder; ``follows``: what that leads to."""
    name = project.name(folder / MANIFEST)
    message = _("nothing says what a build left here: {reason}").format(reason=_damage(folder / MANIFEST)) + follows
    return Finding("manifest-unreadable", Span(name), message, hint, Subject.key(name))


def _damage(manifest: Path) -> str:
    try:
        if MARKS.search(manifest.read_bytes()):
            return _("a merge of git has left its marks in the manifest")
    except OSError:
        return _("the manifest is not there, or cannot be read")
    return _("the manifest is damaged")


def left_over(project: Project, path: Path, made: str) -> Finding:
    """Say that a document belongs to nothing any more; ``made``: its digest when it was built."""
    name = project.name(path)
    message = _("it was built once, and this build does not make it: it may say something else")
    hint = _("reportgen build --prune deletes it")
    if digest_of(path) != made:
        message = _("it was built once and then changed by hand, and this build does not make it: --prune leaves it")
        hint = _("carry the change over, or move the file elsewhere; reportgen build --prune --overwrite deletes it")
    return Finding("left-over", Span(name), message, hint, Subject.key(name))


def changed_sentences(built: bytes, edited: bytes) -> str:
    """Return the paragraphs of ``edited``, a .docx, that differ from those that were ``built``."""
    try:
        ours, theirs = _texts(built), _texts(edited)
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, ValueError, OSError):
        return _("it is no longer the file that was built")
    told: list[str] = []
    for kind, start, end, first, last in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind != "equal":
            now, was = "".join(theirs[first:last]), "".join(ours[start:end])
            told.append(_("“{now}” for “{was}”").format(now=_around(now, was), was=_around(was, now)))
    more = _(" and {n} more").format(n=len(told) - SHOWN) if len(told) > SHOWN else ""
    return joined(told[:SHOWN]) + more if told else _("its words are the same")


def _texts(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if package.getinfo(BODY).file_size > MAX_BYTES:
            raise ValueError
        return [chunk.text for chunk in paragraphs_of({BODY: package.read(BODY)}, BODY) if chunk.text]


def _around(text: str, other: str) -> str:
    """Return what of ``text`` differs from ``other``, with a little before it."""
    same = next((at for at, (one, two) in enumerate(zip(text, other, strict=False)) if one != two), 0)
    start = max(0, min(same, len(text)) - 8)
    return ("…" if start else "") + text[start : start + 40] + ("…" if len(text) > start + 40 else "")


# --- what lies in outputs/ without a build


def out_of_date(project: Project, folder: Path, locked: bool = False) -> Iterator[Finding]:
    """Say that the documents there are not those of the input now: it has errors, or they are ``locked``."""
    manifest = read_manifest(folder)
    if manifest is None:
        yield from unreadable(project, folder)
        return
    if there := [name for name in manifest.files if (folder / name).is_file()]:
        name = project.name(folder)
        message = _("{n} document(s) there were built before the input got its errors: they are out of date")
        hint = _("mend the errors and build again; do not send them")
        if locked:
            message = _("{n} document(s) there are of an earlier build, as new ones cannot be written")
            hint = _("build again when they can be written; do not send them")
        elif manifest.draft:
            message = _("{n} document(s) there are drafts: they were built in spite of errors")
        yield Finding("out-of-date", Span(name), message.format(n=len(there)), hint, Subject.key(name))


def orphans(project: Project) -> Iterator[Path]:
    """Yield the folders of sets whose input is gone."""
    fed = {(path.parent.name, path.stem) for path in project.input_files()}
    for year in sorted(project.outputs.glob("*/")):
        for name in sorted(name for name in names_in(year) if (year.name, name) not in fed):
            manifest = read_manifest(year / name)
            if manifest and manifest.input and not (project.root / manifest.input).is_file():
                yield year / name


def orphaned(project: Project, folder: Path) -> Finding:
    """Say that the input of a set is gone."""
    name, manifest = project.name(folder), read_manifest(folder) or Manifest()
    message = _("its input {file} is gone: nothing says any more where these documents come from")
    hint = _("put the input back, or delete them with reportgen build --prune")
    if prunable(folder, gone=True)[1]:
        hint = _("put the input back, or move elsewhere what a hand changed; --prune --overwrite deletes that, too")
    return Finding("orphaned", Span(name), message.format(file=manifest.input), hint, Subject.key(name))


def state_of(folder: Path, meaning: str, options: Options) -> State:
    """Return the state of a set whose input can be built and means ``meaning``, without building it."""
    manifest = read_manifest(folder)
    if manifest is None or not manifest.files:
        return State.STALE
    found = {name: digest_of(folder / name) for name in manifest.files}
    if manifest.meaning != meaning or manifest.bound != options.bound or manifest.coming or not all(found.values()):
        return State.STALE
    if options.pdf and not any(name.endswith(PDF) for name in found):
        return State.STALE
    if manifest.fonts and not options.system_fonts:  # every machine is to make the same bytes
        return State.STALE
    if manifest.draft:
        return State.DRAFT
    if found != manifest.files:
        return State.EDITED
    other_fonts = any(name.endswith(PDF) for name in found) and options.fonts not in (None, manifest.fonts)
    return State.OTHER_FONTS if other_fonts else State.UNCHANGED


def lying(project: Project, folder: Path, state: State | None) -> Iterator[Finding]:
    """Yield what there is to tell of a set as it lies there, whose input nobody builds now."""
    if state in (State.OUT_OF_DATE, State.WITH_ERRORS):
        yield from out_of_date(project, folder)
        return
    yield from unreadable(project, folder)
    manifest = read_manifest(folder) or EMPTY
    for name, made in manifest.files.items() if state is State.EDITED else ():
        if digest_of(folder / name) != made:
            yield _edited(project, folder / name)
    for name, made in manifest.left.items():
        if (folder / name).is_file():
            yield left_over(project, folder / name, made)
    yield from (_kept(project, copy) for copy in copies_in(folder))


def as_built(folder: Path, summary: Summary, state: State) -> Summary:
    """Return a summary with the state of the set, its pages as it was built, and what its documents are called."""
    manifest = read_manifest(folder) or Manifest()
    called = digest(repr(sorted(manifest.names.items())).encode("utf-8", "surrogatepass")) if manifest.files else ""
    return replace(summary, pages=manifest.sheets, called=called, state=state)


def prunable(folder: Path, gone: bool) -> tuple[dict[Path, str], dict[Path, str]]:
    """Return the files of a set that nobody asks for, as we built them, and those that a hand changed since.

    Each has the digest that it was built with: "" a changed file that is kept beside.
    """
    manifest = read_manifest(folder) or Manifest()
    asked = {**manifest.left, **manifest.files} if gone else manifest.left
    there = {folder / name: made for name, made in asked.items() if (folder / name).is_file()}
    there |= dict.fromkeys(copies_in(folder) if gone else (), "")
    ours = {path: made for path, made in there.items() if digest_of(path) == made}
    return ours, {path: made for path, made in there.items() if path not in ours}
