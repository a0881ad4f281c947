"""Edits of a document -> its input with them in it, as far as that prints the edited words and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reportgen.helping.edits import Edit
from reportgen.helping.rebuilt import rebuilds
from reportgen.helping.verify import Verdict
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.telling.findings import ReportError
from reportgen.telling.messages import _

LINE_END = re.compile(r"(\r\n|\r|\n)")


@dataclass(frozen=True)
class Carried:
    """The input with the edits in it, those that are, and those that are not with the reason."""

    text: bytes
    done: tuple[Edit, ...]
    left: tuple[Edit, ...]


def carried_back(library: Library, verdict: Verdict) -> Carried:
    """Return the input of a verdict changed so that it prints the edited words. Raises ReportError.

    Each edit is tried by itself: one that prints anything else, or changes another text of the document, is left.
    """
    path = verdict.input
    if path is None:
        return Carried(b"", (), ())
    data = path.read_bytes()
    before = _texts(library, verdict, path)
    done: list[Edit] = []
    left: list[Edit] = []
    for edit in verdict.edits or ():
        changed = None if edit.why_not else _with_swaps(data, (*done, edit))
        if edit.why_not:
            left.append(edit)
        elif changed and _prints(library, verdict, path, changed, _edited(before, (*done, edit))):
            done.append(edit)
        else:
            why = _("the input would then print something else: a sign in it has a meaning there, or it stands twice")
            left.append(replace(edit, why_not=why))
    return Carried(_with_swaps(data, done) or data, tuple(done), tuple(left))


def _with_swaps(data: bytes, edits: Sequence[Edit]) -> bytes | None:
    """Return a file with the edits made, from the last to the first; None where it is not as it was read."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    lines = LINE_END.split(text.removeprefix(mark))  # every other one is a line end
    for line, column, old, new, _text in sorted((swap for edit in edits for swap in edit.swaps), reverse=True):
        at, shown = column - 1, lines[2 * (line - 1)]
        if shown[at : at + len(old)] != old:
            return None
        lines[2 * (line - 1)] = shown[:at] + new + shown[at + len(old) :]
    return (mark + "".join(lines)).encode()


def _edited(texts: Sequence[str], edits: Sequence[Edit]) -> tuple[str, ...] | None:
    """Return the texts with the edits in them; None where one of these is not there, or twice."""
    found = list(texts)
    for edit in edits:
        number = edit.number
        if found[number : number + 1] != [edit.was]:  # the input has changed since
            if texts.count(edit.was) != 1:
                return None
            number = texts.index(edit.was)
        found[number] = edit.now
    return tuple(found)


def _prints(library: Library, verdict: Verdict, path: Path, data: bytes, wanted: tuple[str, ...] | None) -> bool:
    """Tell whether the input with these bytes prints these texts."""
    with library.holding(path, data):
        try:
            return _texts(library, verdict, path) == wanted
        except ReportError:
            return False


def _texts(library: Library, verdict: Verdict, path: Path) -> tuple[str, ...]:
    """Return the texts of the document that the verdict is on. Raises ReportError."""
    made = rebuilds(library, examine(library, path).written)
    return next((each.texts for each in made if (each.form.id, each.name) == verdict.document), ())
