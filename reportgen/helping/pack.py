"""Sets of documents -> what is sent: a zip a centre, its files under Chinese names, and a list of them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from reportgen.reading.project import PACKED, Project, delete, write_file
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


class Packed(NamedTuple):
    """The files that were written, the inputs whose documents cannot be sent, and the zips that were deleted."""

    written: tuple[str, ...]
    refused: tuple[str, ...]
    deleted: tuple[str, ...]


Rows = list[list[str]]  # of a list, as they stand in it


def packed(project: Project, outcomes: Iterable[Outcome], with_edited: bool, every: bool) -> Packed:
    """Write a zip for each centre whose documents can be sent, and the list of all that lie there then.

    A zip of earlier that may not be sent any more is deleted: that of a centre of ``outcomes`` which was not written
    now; with ``every`` (they are all that there are) that of any other, too. Raises ReportError.
    """
    pattern = read_settings(project).file_name
    fresh: dict[Path, tuple[str, Rows]] = {}
    refused: list[str] = []
    asked: set[Path] = set()
    for outcome in outcomes:
        folder = project.output_set(Path(outcome.input))
        ready = (State.UNCHANGED, State.OTHER_FONTS, *([State.EDITED] if with_edited else []))
        sent = list(sent_of(folder, pattern, with_edited)) if outcome.summary.state in ready else []
        asked.add(folder)
        if not sent:
            refused.append(outcome.input)
            continue
        zipped = folder.parent / PACKED / zip_name(sent[0].unit, folder.name)
        write_file(zipped, _zip(sent, folder.name), project.name(zipped))
        fresh[zipped] = folder.name, _rows(sent)
    lying = {
        path: held for path in project.outputs.glob(f"*/{PACKED}/*.zip") if (held := fresh.get(path) or _held(path))
    }
    gone = [
        path for path, (name, _rows) in lying.items()
        if path not in fresh and (every or path.parent.parent / name in asked)
    ]  # fmt: skip
    delete(gone, project)
    lists = list(_listed(project, {path: held for path, held in lying.items() if path not in gone}, gone))
    return Packed((*map(project.name, fresh), *lists), tuple(refused), tuple(map(project.name, sorted(gone))))


def _listed(project: Project, lying: Mapping[Path, tuple[str, Rows]], gone: Iterable[Path]) -> Iterator[str]:
    """Write the list of each folder of zips, of what lies there, and yield its name; none where nothing does."""
    for folder in sorted({path.parent for path in (*lying, *gone)}):
        there = sorted(held for path, held in lying.items() if path.parent == folder)
        place = folder / LIST
        if there:
            write_file(place, _list(row for _name, rows in there for row in rows), project.name(place))
            yield project.name(place)
        else:
            delete([place], project)


def zip_name(unit: str, name: str) -> str:
    """Return what the zip of a centre is called; however long its unit, the name of its input tells it from others."""
    return f"{usable(unit)[: LONGEST - len(name) - 1]}-{name}.zip"


def _held(path: Path) -> tuple[str, Rows] | None:
    """Return whose a zip is, by the name of the input, and the rows of its list; None where it is none of ours."""
    try:
        with zipfile.ZipFile(path) as package:
            rows = list(csv.reader(io.StringIO(package.read(LIST).decode("utf-8-sig"))))
            return package.comment.decode("ascii", "replace"), rows[1:]
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, csv.Error):
        return None


def _zip(sent: Iterable[Sent], whose: str) -> bytes:
    """Return the zip: the same bytes for the same files. Its comment says of which input it is."""
    out, files = io.BytesIO(), list(sent)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.comment = whose.encode()
        for name, data in [*((each.name, each.data) for each in files), (LIST, _list(_rows(files)))]:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            package.writestr(info, data)
    return out.getvalue()


def _rows(sent: Iterable[Sent]) -> Rows:
    """Return the rows of files in a list; a cell is never a formula."""
    rows = []
    for each in sent:
        note = "手工改过" if each.edited else ""
        cells = (each.unit, each.name, str(each.pages or ""), digest(each.data), note)
        rows.append(["'" + cell if cell.startswith(("=", "+", "-", "@", "\t")) else cell for cell in cells])
    return rows


def _list(rows: Iterable[Sequence[str]]) -> bytes:
    """Return the list as Excel opens it."""
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, *rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
