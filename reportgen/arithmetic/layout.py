"""Text -> where each number stands: its sentence, group (；), clause (，), and the brackets around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reportgen.arithmetic.tokens import Token

MARK = re.compile(r"[，；：。！？（）()\n!?]|(?<![0-9])[,;:]|[,;:](?![0-9])")
OPEN, CLOSE, GROUP, STOP = "（(", "）)", "；;", "。！？!?"
CONTINUES = tuple("，,；;：:、")  # before a line break: the sentence goes on
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Place:
    """``since``: where the words before the number begin; ``start``: where its clause does; ``path``: its brackets."""

    sentence: int
    group: int
    clause: int
    start: int
    since: int
    path: tuple[int, ...]


@dataclass
class Layout:
    """The places of all numbers; ``sentences`` holds start and end, ``brackets`` where each open one is closed."""

    places: list[Place] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    brackets: dict[int, int] = field(default_factory=dict)


def layout(text: str, found: Sequence[Token]) -> Layout:
    """Return where each number stands."""
    walker = _Walker(text)
    marks = _marks(text, found)
    mark = next(marks, None)
    for token in found:
        while mark is not None and mark < token.start:
            walker.cross(mark)
            mark = next(marks, None)
        walker.meet(token)
    while mark is not None:
        walker.cross(mark)
        mark = next(marks, None)
    walker.end_sentence(len(text))
    return walker.layout


def _marks(text: str, found: Sequence[Token]) -> Iterator[int]:
    """Yield the marks outside of numbers (1，445 and 件（次） hold none)."""
    index = 0
    for match in MARK.finditer(text):
        at = match.start()
        while index < len(found) and found[index].end <= at:
            index += 1
        if index == len(found) or not found[index].start <= at < found[index].end:
            yield at


class _Walker:
    """Goes from mark to mark and counts clauses, groups and sentences."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.layout = Layout()
        self.group = self.clause = self.sentence_start = self.start = self.since = 0
        self.path: tuple[int, ...] = ()
        self.left: list[tuple[int, int, int, int, int]] = []  # where each open bracket began

    def meet(self, token: Token) -> None:
        sentence = len(self.layout.sentences)
        self.layout.places.append(Place(sentence, self.group, self.clause, self.start, self.since, self.path))
        self.since = token.end

    def cross(self, at: int) -> None:
        mark = self.text[at]
        if mark in OPEN:
            self.left = [*self.left[1 - DEEPEST :], (self.clause, self.start, self.since, *self.met)]
        self.clause += 1
        self.start = self.since = at + 1
        if mark in GROUP:
            self.group += 1
        elif mark in OPEN:
            self.path = (*self.path[1 - DEEPEST :], at)
        elif mark in CLOSE and self.path:
            self.layout.brackets[self.path[-1]] = at
            self.path = self.path[:-1]
            self.close()
        elif mark in STOP or (mark == "\n" and not self.goes_on(at)):
            self.end_sentence(at)
            self.path, self.left = ((), []) if mark == "\n" else (self.path, self.left)

    @property
    def met(self) -> tuple[int, int]:
        """How many sentences and numbers there were so far."""
        return len(self.layout.sentences), len(self.layout.places)

    def close(self) -> None:
        """Behind a bracket without a number the clause before it goes on: 占总人口比重（城镇化率）58.5%."""
        clause, start, since, *met = self.left.pop()
        if tuple(met) == self.met:
            self.clause, self.start, self.since = clause, start, since

    def goes_on(self, at: int) -> bool:
        """Whether a line break stands within a sentence: behind ：or ；."""
        return self.text[max(0, at - 20) : at].rstrip().endswith(CONTINUES)

    def end_sentence(self, at: int) -> None:
        self.layout.sentences.append((self.sentence_start, at))
        self.group += 1
        self.sentence_start = at + 1
