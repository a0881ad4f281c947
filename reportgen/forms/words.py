"""templates/words.yaml -> words as they are mistyped, and as they should be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reportgen.reading.frames import WordsFile, read_frame
from reportgen.reading.source import read_source
from reportgen.telling.findings import Finding, ReportError


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is mistyped, as it should be, and within which longer word it is right."""

    written: str
    right: str
    unless: str


def read_words(path: Path, file: str) -> tuple[tuple[Word, ...], tuple[Finding, ...]]:
    """Return the words that can be read, and what is wrong with the others; none where there is no such file."""
    if not path.is_file():
        return (), ()
    try:
        source = read_source(path, file)
    except ReportError as error:
        return (), error.findings
    frame, findings = read_frame(source, WordsFile)
    whole = (entry for entry in frame.words if entry.written and entry.right)
    words = tuple(Word(entry.written, entry.right, entry.unless) for entry in whole)
    return words, (*source.findings, *findings)
