"""An input with typed figures -> the references that print the same, one by one, each proven on the finished files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reportgen.checking.figures import reference
from reportgen.helping.rebuilt import rebuilds
from reportgen.running.examine import Examined, examine
from reportgen.running.library import Library
from reportgen.telling.catalogue import NOTE
from reportgen.telling.findings import About, Finding, ReportError

LINE_END = re.compile(r"(\r\n|\r|\n)")
BOM = "\ufeff"
TYPED = "typed-number"
UNIT = re.compile(r"[^\d.,，%％]*$")


@dataclass(frozen=True)
class Offer:
    """A figure that may be a reference: the line of the file as it is and as it would be, and the whole file then."""

    line: int
    figure: str
    reference: str
    before: str
    after: str
    data: bytes


@dataclass(frozen=True)
class _Read:
    """What an input comes to: its findings, the texts of its documents, what is complained of."""

    examined: Examined
    texts: list[tuple[str, str, tuple[str, ...]]]
    complaints: set[tuple[str, int, str, int]]


class Binding:
    """The figures of an input that a fact names; ``data`` is the file with the references that were taken."""

    def __init__(self, library: Library, path: Path, data: bytes) -> None:
        self.library, self.path, self.data = library, path, data
        self.taken = 0
        self._shift: dict[int, int] = {}  # by how much a line has grown

    def offers(self) -> Iterator[Offer]:
        """Yield each figure whose reference prints what is printed now, in their order. Raises ReportError."""
        before = self._read(self.data)
        typed = (finding for finding in before.examined.findings if _is_offered(before.examined, finding))
        for finding in sorted(typed, key=lambda each: (each.span.line, each.span.column)):
            offers = (self._with(finding, text) for text in _references(before.examined, finding))
            found = next((offer for offer in offers if offer and self._prints_the_same(offer.data, before)), None)
            if found:
                yield found

    def take(self, offer: Offer) -> None:
        """Take a reference into the file."""
        self._shift[offer.line] = self._shift.get(offer.line, 0) + len(offer.after) - len(offer.before)
        self.data = offer.data
        self.taken += 1

    def _read(self, data: bytes) -> _Read:
        """Read and print the file as it would be. Raises ReportError."""
        with self.library.holding(self.path, data):
            examined = examine(self.library, self.path)
            texts = [(each.form.id, each.name, each.texts) for each in rebuilds(self.library, examined.written)]
        told = [(f.code, f.span.line, f.said) for f in examined.findings if f.severity is not NOTE]
        return _Read(examined, texts, {(*each, n) for each in set(told) for n in range(told.count(each))})

    def _with(self, finding: Finding, text: str) -> Offer | None:
        """Return the file with ``text`` for a figure; None where it does not stand there as it was read."""
        parts = LINE_END.split(self.data.decode("utf-8"))  # every other one is a line end
        line, old = finding.span.line, finding.stated
        mark = BOM if line == 1 and parts[0].startswith(BOM) else ""
        before = parts[2 * (line - 1)].removeprefix(mark)
        at = finding.span.column - 1 + self._shift.get(line, 0)
        if before[at : at + len(old)] != old:
            return None
        after = before[:at] + text + before[at + len(old) :]
        parts[2 * (line - 1)] = mark + after
        return Offer(line, old, text, before, after, "".join(parts).encode())

    def _prints_the_same(self, data: bytes, before: _Read) -> bool:
        """Whether every document has the same texts, and nothing is complained of that was not before."""
        try:
            after = self._read(data)
        except ReportError:
            return False
        return after.texts == before.texts and after.complaints <= before.complaints


def _is_offered(examined: Examined, finding: Finding) -> bool:
    """Whether a finding is on a figure of this file that one of its documents prints."""
    about = finding.about
    printed = about.kind is not About.SECTION or any(about.name in form.sections for form in examined.forms)
    return finding.code == TYPED and printed and finding.span.file == examined.facts.source.file


def _references(examined: Examined, finding: Finding) -> Iterator[str]:
    """Yield the reference to the fact with the unit of the fact, or with the one that was typed."""
    kind = examined.facts.vocabulary.facts[finding.expected]
    usual, unit = reference(kind), UNIT.search(finding.stated)
    typed = usual[: usual.index("}}") + 2] + (unit[0] if unit else "")
    yield from dict.fromkeys((usual, typed))
