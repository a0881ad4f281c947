"""Printed text that knows where each of its characters was typed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from reportgen.telling.findings import Span

Spot = Callable[[int, int], Span]  # offset in a text as typed, and length -> where that stands in its file


class Piece(NamedTuple):
    """A run of printed characters: typed at ``offset`` of the text that ``spot`` finds, or the value of a tag there.

    ``length`` is that of the tag, ``source`` the expression in it; nothing of a value was typed where it is printed.
    """

    text: str
    spot: Spot
    offset: int
    length: int = 0
    source: str = ""

    @property
    def typed(self) -> bool:
        """Whether a hand typed these characters."""
        return not self.length

    def cut(self, start: int, end: int) -> Piece:
        """Return the characters from ``start`` to ``end``; those of a value stay with their tag."""
        if start == 0 and end >= len(self.text):
            return self
        offset = self.offset if self.length else self.offset + start
        return Piece(self.text[start:end], self.spot, offset, self.length, self.source)


class Traced(str):
    """A text made of pieces. It is a str for all who do not ask; what str's own methods return has no origin."""

    pieces: tuple[Piece, ...]

    def __new__(cls, pieces: Iterable[Piece] = ()) -> Traced:
        """Return the text of ``pieces``, one after the other."""
        kept = tuple([piece for piece in pieces if piece.text])
        self = super().__new__(cls, kept[0].text if len(kept) == 1 else "".join([piece.text for piece in kept]))
        self.pieces = kept
        return self

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Travel to another process as plain text."""
        return str, (str(self),)

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate((len(piece.text) for piece in self.pieces), initial=0))

    def cut(self, start: int, end: int) -> Traced:
        """Return the characters from ``start`` to ``end``."""
        return self if start <= 0 and end >= len(self) else Traced(self._between(start, end))

    def _between(self, start: int, end: int) -> Iterator[Piece]:
        for index in range(max(0, bisect_right(self._starts, start) - 1), len(self.pieces)):
            begin, piece = self._starts[index], self.pieces[index]
            if begin >= end:
                return
            yield piece.cut(max(0, start - begin), min(len(piece.text), end - begin))

    def stripped(self, characters: str | None = None) -> Traced:
        """Return the text without white space, or ``characters``, around it."""
        start = len(self) - len(self.lstrip(characters))
        return self.cut(start, max(start, len(self.rstrip(characters))))

    def ending(self, more: str) -> Traced:
        """Return the text with ``more`` behind it, as a part of what stands last: the zeros of an amount."""
        *before, last = self.pieces
        return Traced([*before, last._replace(text=last.text + more)])

    def is_typed(self, start: int, end: int) -> bool:
        """Whether a hand typed all of these characters, and nothing of it is a value."""
        return all(piece.typed for piece in self._between(start, end) if piece.text)

    def sources(self, start: int, end: int) -> tuple[str, ...]:
        """Return the expressions whose values these characters are."""
        return tuple(piece.source for piece in self._between(start, end) if piece.text and not piece.typed)

    def span(self, start: int, end: int) -> Span:
        """Return where these characters were typed: the first run of them, in one line."""
        first = next((piece for piece in self._between(start, max(end, start + 1)) if piece.text), None)
        if first is None:
            return self.pieces[-1].spot(self.pieces[-1].offset, 1) if self.pieces else Span("")
        return first.spot(first.offset, first.length or len(first.text))

    @cached_property
    def breaks(self) -> tuple[int, ...]:
        """The places in the text where what follows was typed in another line than what stands before."""
        lines = [piece.spot(piece.offset, 1).line for piece in self.pieces]
        pairs = zip(self._starts[1:], lines, lines[1:], strict=False)
        return tuple(start for start, before, after in pairs if before != after)
