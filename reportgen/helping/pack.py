"""Sets of documents -> what is sent: a zip a centre, its files under Chinese names, and a list of them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from reportgen.reading.project import PACKED, Project, write_file
from reportgen.reading.settings import FORBIDDEN, read_settings
from reportgen.running.outcome import Outcome, State
from reportgen.running.sets import Manifest, digest, read_manifest

LONGEST = 80  # characters of a name: a path has 260 on Windows
LIST = "清单.csv"
BOUND = re.compile(r"full(?:-[a-z0-9-]+)?\.(?:docx|pdf)$")
HEAD = ("单位", "文件", "页数", "SHA-256", "说明")


class Sent(NamedTuple):
    """A file that is sent: under which name, from where, its pages (0: not known) and whether a hand changed it."""

    unit: str
    name: str
    data: bytes
    pages: int
    edited: bool


def filled(pattern: str, parts: Mapping[str, str]) -> str:
    """Return a pattern with its places filled."""
    return re.sub(r"\{(\w+)\}", lambda match: parts[match[1]], pattern)


def sent_of(folder: Path, pattern: str, with_edited: bool) -> Iterator[Sent]:
    """Yield the files of a set that are sent: of a Word file that was changed by hand neither its PDF nor the volume
    in which it is bound, for they say what it said before."""
    manifest = read_manifest(folder) or Manifest()
    found = {name: (folder / name).read_bytes() for name in manifest.files if (folder / name).is_file()}
    edited = {name for name, data in found.items() if digest(data) != manifest.files[name]}
    stale = {name.removesuffix(".docx") + ".pdf" for name in edited if name.endswith(".docx")}
    stale = stale.union(*(volumes_with(name, found) for name in edited)) - edited
    taken: set[str] = set()
    for name, data in found.items():
        if name in stale or (name in edited and not with_edited):
            continue
        suffix = Path(name).suffix
        parts = {"单位": manifest.unit, "年度": str(manifest.year), "文书": manifest.names.get(name, Path(name).stem)}
        called = usable(filled(pattern, parts).removesuffix(".docx"))
        while called + suffix in taken:
            called += "+"
        taken.add(called + suffix)
        pages = manifest.pages.get(name, manifest.pages.get(name.removesuffix(".docx") + ".pdf", 0))
        yield Sent(manifest.unit, called + suffix, data, 0 if name in edited else pages, name in edited)


def volumes_with(name: str, names: Iterable[str]) -> set[str]:
    """Return the bound volumes of the edition that a document belongs to: full-public.pdf for annex-1-public.docx."""
    volumes = [Path(each) for each in names if Path(each).parent == Path(name).parent and BOUND.match(Path(each).name)]
    ends = {volume.stem.removeprefix("full") for volume in volumes}
    end = max((each for each in ends if Path(name).stem.endswith(each)), key=len, default="")
    return {volume.as_posix() for volume in volumes if volume.stem == f"full{end}"}


def usable(name: str) -> str:
    """Return ``name`` as every system can have it."""
    return FORBIDDEN.sub("_", name).strip(" .")[:LONGEST] or "_"


def packed(project: Project, outcomes: Iterable[Outcome], with_edited: bool) -> tuple[list[str], list[str]]:
    """Write a zip for each centre whose documents can be sent; return those, and the inputs of the others.

    Raises ReportError.
    """
    pattern = read_settings(project).file_name
    written: list[str] = []
    refused: list[str] = []
    lists: dict[Path, list[Sent]] = {}
    for outcome in outcomes:
        folder = project.output_set(Path(outcome.input))
        ready = (State.UNCHANGED, State.OTHER_FONTS, *([State.EDITED] if with_edited else []))
        sent = list(sent_of(folder, pattern, with_edited)) if outcome.summary.state in ready else []
        if not sent:
            refused.append(outcome.input)
            continue
        target = folder.parent / PACKED
        zipped = target / f"{usable(f'{sent[0].unit}-{folder.name}')}.zip"
        write_file(zipped, _zip(sent), project.name(zipped))
        written.append(project.name(zipped))
        lists.setdefault(target, []).extend(sent)
    for target, sent in lists.items():
        write_file(target / LIST, _list(sent), project.name(target / LIST))
        written.append(project.name(target / LIST))
    return written, refused


def _zip(sent: Iterable[Sent]) -> bytes:
    """Return the zip: the same bytes for the same files."""
    out, files = io.BytesIO(), list(sent)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in [*((each.name, each.data) for each in files), (LIST, _list(files))]:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            package.writestr(info, data)
    return out.getvalue()


def _list(sent: Iterable[Sent]) -> bytes:
    """Return the list as Excel opens it; a cell is never a formula."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    for each in sent:
        note = "手工改过" if each.edited else ""
        cells = (each.unit, each.name, str(each.pages or ""), digest(each.data), note)
        table.writerow(["'" + cell if cell.startswith(("=", "+", "-", "@", "\t")) else cell for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
