"""A CSV file beside an input -> its rows, each cell with its place; as Excel saves it, or any program in UTF-8."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reportgen.reading.characters import decode, odd_characters
from reportgen.reading.obstacles import why
from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 2000
NAME = re.compile(r"[^/\\:]{1,80}\.csv", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """A cell as typed; white space around it is left out."""

    text: str
    span: Span
    unit: str = ""  # that the heading of its column gives


def read_rows(folder: Path, file: str, name: str) -> tuple[list[list[Cell]], list[Finding]]:
    """Return the rows of ``file``, a name of this folder, and what is odd; ``name`` is what messages call it.

    Raises ReportError.
    """
    path = folder / file
    try:
        if path.is_symlink() or not path.is_file():
            raise FileNotFoundError
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except FileNotFoundError:
        message = _("there is no file “{name}” beside the input").format(name=file)
        raise ReportError([Finding("file-unreadable", Span(name), message, _remedy(folder, file))]) from None
    except OSError as error:
        message = _("the file cannot be read: {reason}").format(reason=why(error))
        raise ReportError([Finding("file-unreadable", Span(name), message)]) from None
    if data is None:
        message = _("the file is larger than {n} MB").format(n=MAX_BYTES // 1024 // 1024)
        raise ReportError([Finding("file-too-large", Span(name), message)])
    text, findings = _text(data, name)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows = [list(_cells(line, number, name)) for number, line in enumerate(lines, 1) if line.strip(", \t")]
    if len(rows) > MAX_ROWS + 1:
        message = _("the list has more than {n} rows").format(n=MAX_ROWS)
        raise ReportError([Finding("file-too-large", Span(name), message, _("sum it up by kind first"))])
    return rows, [*findings, *odd_characters(tuple(lines), name)]


def _remedy(folder: Path, file: str) -> str:
    """Say what to do about a file that is not there; under another name it may be, which some systems take for it."""
    for other in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not other.is_symlink() and _folded(other.name) == _folded(file):
            message = _(
                "rename “{other}” there, typing its name anew: it differs in capitals, or in how accents are kept"
            )
            return message.format(other=other.name)
    return _("copy it there, or correct its name")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _text(data: bytes, name: str) -> tuple[str, list[Finding]]:
    """Return the text; Excel on a Chinese Windows saves CSV files in GBK, which is read as well."""
    try:
        return decode(data, name)
    except ReportError as error:
        with suppress(UnicodeDecodeError):
            return data.decode("gb18030"), []
        raise error from None


def _cells(line: str, number: int, name: str) -> Iterator[Cell]:
    """Yield the cells of a line. Raises ReportError where quotes are not closed in it."""
    try:
        (texts,) = csv.reader([line], strict=True)
    except (csv.Error, ValueError):
        message, hint = _("the quotes in this line are not paired"), _("a cell cannot go on in the next line")
        raise ReportError(
            [Finding("wrong-shape", Span(name, number, 1, max(1, len(line)), line), message, hint)]
        ) from None
    at = 0
    for text in texts:
        quoted = line[at : at + 1] == '"'
        length = len(text) + (text.count('"') + 2 if quoted else 0)
        start = at + (1 if quoted else 0) + len(text) - len(text.lstrip())
        bare = text.strip()
        yield Cell(bare, Span(name, number, start + 1, max(1, len(bare)), line))
        at += length + 1
