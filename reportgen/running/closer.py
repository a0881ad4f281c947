"""A report -> the same with its lines closer, where that saves the page on which it would do little but end.

Its name and date never stand alone, but at most KEPT lines with them (GB/T 9704—2012, 7.3.5.5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from reportgen.printing.pdftree import ReadBack
from reportgen.writing.blocks import Document, attachment_lines
from reportgen.writing.fitting import Sheet, lines_about, pages_about

CLOSE = 6  # lines by which what is reckoned of a report may be off
KEPT = 3  # lines of a text that name and date take along to another page, at the most


@dataclass(frozen=True)
class Report:
    """A report, the sheet that it is set on, and that on which its lines are closer."""

    document: Document
    usual: Sheet
    narrow: Sheet

    @cached_property
    def closer(self) -> Document:
        """It, with its lines closer."""
        return replace(self.document, closer=True)

    @property
    def likely(self) -> Document:
        """What it probably will be, reckoned without printing it."""
        return self.closer if self._blocks and self._saves(0) else self.document

    def settled(self, printed: Callable[[Document], ReadBack]) -> Document:
        """Return what it is to be; where reckoning does not tell, what is ``printed`` does."""
        document = self.document
        if self._blocks and not any(map(self._saves, range(-CLOSE, CLOSE + 1))):
            return document
        if self.likely is self.closer:
            tried = printed(self.closer)
            if self._would_take(self.usual, self.narrow, tried) > tried.pages:
                return self.closer
        usual = printed(document)
        ending = "".join((*attachment_lines(document.attachments), document.unit, document.printed_date))
        if usual.pages < 2 or usual.on_last > len(ending) + KEPT * self.usual.width / self.usual.char:
            return document
        if self._would_take(self.narrow, self.usual, usual) >= usual.pages:
            return document
        return self.closer if printed(self.closer).pages < usual.pages else document

    @cached_property
    def _blocks(self) -> list[tuple[bool, int]]:
        return lines_about(self.document, self.usual)

    def _saves(self, more: int) -> bool:
        """Tell whether it would save a page, if the text had so many lines more than was reckoned."""
        *others, (is_heading, count) = self._blocks
        longer = [*others, (is_heading, count + more)]
        return pages_about(self.document, self.narrow, longer) < pages_about(self.document, self.usual, longer)

    def _would_take(self, within: Sheet, own: Sheet, printed: ReadBack) -> int:
        """Return the pages that its lines, as ``printed`` on its ``own`` sheet, take on another; 0 if unknown."""
        document, blocks = self.document, self._blocks
        exact = [(is_heading, count) for (is_heading, _about), count in zip(blocks, printed.lines[1:])]  # noqa: B905
        is_so = len(exact) == len(blocks) > 0 and pages_about(document, own, exact) == printed.pages
        return pages_about(document, within, exact) if is_so else 0
