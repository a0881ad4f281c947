"""格式 of a file -> whether this program reads it, and the text of an older one as it is written now.

Inputs and forms are of format 1, which a file need not say. Who changes what a key means adds a step here: a function
from the text of the old format to that of the new, which keeps its comments; ``fix --upgrade`` takes files along.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from reportgen.reading.source import Source
from reportgen.telling.findings import Finding, Subject
from reportgen.telling.messages import _

KEY, FIRST = "格式", 1
LINE = re.compile(r"^格式:[ \t]*\d+", re.MULTILINE)
INPUT, FORM = "input", "form"


class Step(NamedTuple):
    """What takes a kind of file from one format to the next."""

    kind: str
    old: int
    mend: Callable[[str], str]


STEPS: tuple[Step, ...] = ()


def newest(kind: str) -> int:
    """Return the format in which files of a kind are written."""
    return FIRST + sum(step.kind == kind for step in STEPS)


def of_another(source: Source, kind: str) -> Finding | None:
    """Return why a file cannot be read by its format, or None."""
    text, latest = str(source.data.get(KEY, FIRST)).strip(), newest(kind)
    if text == str(latest):
        return None
    span, about = source.span((KEY,)), Subject.key(KEY)
    if not re.fullmatch(r"[1-9]\d{0,2}", text):
        message = _("“{text}” is no number of a format").format(text=text)
        return Finding("file-format", span, message, _("type {usual}").format(usual=f"{KEY}: {latest}"), about)
    if int(text) > latest:
        message = _("the file is of format {n}; this program reads formats up to {latest}")
        hint = _("install a newer reportgen; the file is right as it is")
        return Finding("file-format", span, message.format(n=text, latest=latest), hint, about)
    message = _("the file is of format {n}, and files are of format {latest} now").format(n=text, latest=latest)
    return Finding("file-format", span, message, _("type reportgen fix --upgrade and the name of the file"), about)


def upgraded(text: str, kind: str) -> str:
    """Return the text of a file in the format of today; all that no step is about stays as it is."""
    said = LINE.search(text)
    number = int(said[0].partition(":")[2]) if said else FIRST
    due = sorted((step for step in STEPS if step.kind == kind and step.old >= number), key=lambda step: step.old)
    for step in due:
        text = step.mend(text)
    if not due:
        return text
    line = f"{KEY}: {due[-1].old + 1}"
    return LINE.sub(line, text, count=1) if said else f"{line}\n{text}"
