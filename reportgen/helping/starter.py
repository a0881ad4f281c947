"""A folder -> an office's project: forms and settings in place; a later version renews what nobody has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from reportgen.helping.past import merged
from reportgen.printing.typsource import files_of
from reportgen.reading.project import shipped_templates, write_file

STARTER = Path(__file__).parent.parent / "starter"  # “_gitignore” there is .gitignore in the project
SHIPPED = Path(__file__).parent / "shipped.sha256"  # every version of every file that a release has laid
LAID = ".reportgen/laid"  # the texts as they were laid: what a changed file was made from
OFFERED = ".reportgen/offered"  # the versions that lay beside a file: whoever deleted one has seen it
CHINESE = {"check.bat": "核对.bat", "build.bat": "生成.bat", "install.bat": "安装.bat"}  # what a clerk clicks on
BINARY = (".docx", ".otf", ".png", ".ttf")


class State(Enum):
    """What became of one file."""

    NEW = "new"
    RENEWED = "renewed"
    SAME = "same"
    KEPT = "kept"  # a hand changed it: the new version lies beside it
    OWN = "own"  # a hand changed it, and this version has lain beside it before
    MERGED = "merged"  # a hand changed it: its changes and those of the new version are both in it


@dataclass(frozen=True)
class Laid:
    """One file of a project, by its path from there; of one that was kept, the path of the new version."""

    name: str
    state: State


def set_up(root: Path) -> Iterator[Laid]:
    """Lay each file of a project into ``root``, one after the other; what a hand has changed stays.

    Where git is there and can, a text gets what is new besides what a hand changed; else the version that is not taken
    is laid beside the file once. Raises ReportError where a file cannot be written.
    """
    seen = root / OFFERED
    offered = set(seen.read_text(encoding="utf-8").splitlines()) if seen.is_file() else set()
    files = starter_files()
    states = {name: _state(root / name, name, data) for name, data in files.items()}
    kept = (name for name, state in states.items() if state is State.KEPT)
    merged_texts = {name: both for name in kept if (both := _merged(root, name, files[name])) is not None}
    changed = {name for name, state in states.items() if state is State.KEPT and name not in merged_texts}
    for name, data in files.items():
        state, shipped_text = states[name], data
        if name in merged_texts:
            state, data = State.MERGED, merged_texts[name]
            offered.add(line_of(name, shipped_text))
        elif state is State.RENEWED and changed & _read_by(name):
            state = State.KEPT  # the new version is written for the new version of what it reads
        if state is State.KEPT:
            state = State.OWN if line_of(name, data) in offered else state
            offered.add(line_of(name, data))
            name = f"{name}.new"
        elif state is not State.OWN and not name.endswith(BINARY):
            write_file(root / LAID / name, shipped_text, f"{LAID}/{name}", sync=False)
        if state not in (State.SAME, State.OWN):
            write_file(root / name, data, name)
        yield Laid(name, state)
    write_file(seen, "\n".join(sorted(offered)).encode(), OFFERED)


def _read_by(name: str) -> set[str]:
    """Return the paths of the files that a Typst template of ours imports."""
    templates = shipped_templates()
    found = files_of(templates / name.removeprefix("templates/"), templates) if name.endswith(".typ") else ()
    return {file.name for file in found}


def _state(path: Path, name: str, data: bytes) -> State:
    if not path.exists():
        return State.NEW
    if not path.is_file():
        return State.KEPT
    there = line_of(name, path.read_bytes())
    if there == line_of(name, data):
        return State.SAME
    return State.RENEWED if there in shipped() else State.KEPT


def _merged(root: Path, name: str, data: bytes) -> bytes | None:
    """Return a text with the changes of a hand and those of the new version, or None where git cannot have both."""
    laid = root / LAID / name
    if name.endswith(BINARY) or not laid.is_file() or not (root / name).is_file():
        return None
    there, before = (root / name).read_bytes(), laid.read_bytes()
    if line_of(name, before) == line_of(name, data):
        return None  # nothing is new
    both = merged(*(text.replace(b"\r\n", b"\n") for text in (there, before, data)))
    return both.replace(b"\n", b"\r\n") if both is not None and b"\r\n" in there else both


def starter_files() -> dict[str, bytes]:
    """Return what a project begins with, by its path there: the forms, and what stands around them."""
    templates = shipped_templates()
    found = {f"templates/{name}": path.read_bytes() for name, path in _files(templates)}
    for name, path in _files(STARTER):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        found[_place(name)] = text.replace(b"\n", b"\r\n") if path.suffix == ".bat" else text
    return dict(sorted(found.items()))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.name.startswith((".", "~")):
            yield name, path


def _place(name: str) -> str:
    return CHINESE.get(name, f".{name[1:]}" if name.startswith("_") else name)


@cache
def shipped() -> frozenset[str]:
    """Return the lines of all versions that were ever laid."""
    return frozenset(SHIPPED.read_text(encoding="utf-8").splitlines())


def line_of(name: str, data: bytes) -> str:
    """Return what the list has of a version of a file; how git or an editor ends its lines makes no other version."""
    text = data if name.endswith(BINARY) else data.replace(b"\r\n", b"\n")
    return f"{hashlib.sha256(text).hexdigest()}  {name}"
