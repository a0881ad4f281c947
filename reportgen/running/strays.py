"""inputs/ -> a warning for each file there that nobody reads, or that would share its documents with another."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from reportgen.reading.project import ROSTER, Project, lists_in
from reportgen.running.outcome import Outcome
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.messages import _

YAML = (".yaml", ".yml")
IGNORED = {"README.md", "desktop.ini", "Thumbs.db"}


def strays(project: Project) -> Iterator[Outcome]:
    """Yield an outcome for each file under inputs/ that is not read, so that the number of centres is right."""
    read = project.input_files()
    names = set(map(str, read))
    there = ((where, name) for where, _folders, files in os.walk(project.inputs) for name in files)
    others = [Path(where, name) for where, name in there if f"{where}{os.sep}{name}" not in names]
    beside = {path.parent for path in others if path.suffix.lower() == ".csv"}
    lists = {path.parent / name for path in read if path.parent in beside for name in _lists_of(path)}
    for path in sorted(others):
        if path.is_file() and path not in lists and not _is_ignored(path, project.inputs):
            yield _told(project, path, *_why(project, path))
    outputs: dict[str, list[Path]] = defaultdict(list)
    for path in read:
        outputs[str(path).casefold()].append(path)
    for first, *others in outputs.values():
        for path in others:
            message = _("{file} differs only in case: on many systems both have the same documents")
            yield _told(project, path, message.format(file=project.name(first)), _("rename one of the two"))


def _lists_of(path: Path) -> frozenset[str]:
    """Return the CSV files that an input names."""
    try:
        return lists_in(path.read_bytes() if path.is_file() else b"")  # reading a pipe would wait for ever
    except OSError:
        return frozenset()


def _is_ignored(path: Path, inputs: Path) -> bool:
    hidden = any(part.startswith((".", "~")) for part in path.relative_to(inputs).parts)
    roster = path.name == ROSTER and path.parent.parent == inputs
    return hidden or roster or path.name in IGNORED


def _why(project: Project, path: Path) -> tuple[str, str]:
    """Return why nobody reads the file, and what to do."""
    year = path.relative_to(project.inputs).parts[0] if path.parent != project.inputs else ""
    if path.suffix.lower() == ".csv":
        return _("it is not read: no input names it"), _("type under 明细: the list and {name}").format(name=path.name)
    wanted = path.name.split(".")[0] + ".yaml"
    if path.suffix not in YAML and not path.name.endswith(tuple(f"{end}.txt" for end in YAML)):
        return _("it is not read: it is no .yaml file"), _("move it elsewhere, or rename it to {name}").format(
            name=wanted
        )
    if path.parent == project.inputs:
        return _("it is not read: it lies in no folder of a year"), _("move it to inputs/<year>/, such as inputs/2024/")
    if path.parent.parent != project.inputs:
        hint = _("move it to inputs/{year}/").format(year=year)
        return _("it is not read: it lies in a folder of its own below the year's"), hint
    return _("it is not read: its name does not end in .yaml"), _("rename it to {name}").format(name=wanted)


def _told(project: Project, path: Path, message: str, hint: str) -> Outcome:
    name = project.name(path)
    return Outcome(name, (Finding("not-read", Span(name), message, hint, Subject()),))
