"""The texts of a centre and the wording of a form -> paragraphs as printed, each character with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reportgen.facts.facts import Facts
from reportgen.facts.wording import Wording
from reportgen.forms.form import NAME, REASONS
from reportgen.forms.names import Spot, spot_in
from reportgen.numbers.formula import Scope, walk
from reportgen.numbers.grammar import FormulaError, Template
from reportgen.numbers.quantity import Quantity, QuantityError
from reportgen.telling.findings import Span

UNKNOWN = "〇"  # stands for what is not stated, so that no sentence is judged by it
STRONG = re.compile(r"\*\*")
SCORE_TEXTS = ("评分过程", *REASONS, "不适用")


@dataclass(frozen=True)
class Passage:
    """One paragraph of the text ``path`` (正文.主要经验); ``typed`` tells of each character whether a hand typed it."""

    path: str
    text: str
    typed: tuple[bool, ...]
    lines: tuple[int, ...]
    spot: Spot
    heading: bool = False

    def is_typed(self, start: int, end: int) -> bool:
        """Whether all of it was typed, and nothing of it is a value."""
        return all(self.typed[start:end])

    def span(self, start: int, end: int) -> Span:
        """Return where these characters come from."""
        return self.spot(self.lines[start], self.text[start:end] if self.is_typed(start, end) else "{{")

    def sentences(self) -> Iterator[tuple[int, str]]:
        """Yield each sentence with its place in the paragraph."""
        for match in re.finditer(r"[^。！？；\n]+[。！？；]?", self.text):
            yield match.start(), match[0]


def passages_of(facts: Facts, wording: Wording) -> list[Passage]:
    """Return the paragraphs of all texts that the centre has written."""
    scope = {**facts.scope, "评分": {}}
    found = [
        passage
        for section in wording.sections.values()
        for passage in _paragraphs(f"正文.{section.name}", section.template, scope, section.spot)
    ]
    places = [(("口径说明", name), f"口径说明.{name}", text) for name, text in facts.entry.reasons.items()]
    for index, row in enumerate(facts.entry.scores):
        places += [(("评分", index, key), f"评分.{row.get(NAME, '')}.{key}", row[key])  # type: ignore[misc]
                   for key in SCORE_TEXTS if row.get(key)]  # fmt: skip
    for place, path, text in places:
        spot = spot_in(facts.source, place)
        if text.strip() and (template := wording.parsed(text, spot)):
            found += _paragraphs(path, template, scope, spot)
    return found


def wording_passages(template: Template, scope: Scope, spot: Spot, name: str) -> list[Passage]:
    """Return the paragraphs of a form's own wording, without the texts of the centre that it prints."""
    return list(_paragraphs(name, template, scope, spot))


def _paragraphs(path: str, template: Template, scope: Mapping[str, Any], spot: Spot) -> Iterator[Passage]:
    pieces: list[str] = []
    typed: list[bool] = []
    lines: list[int] = []

    def write(text: str, line: int) -> None:
        pieces.append(text)
        typed.extend([True] * len(text))
        for index, part in enumerate(text.split("\n")):
            lines.extend([line + index] * (len(part) + (index > 0)))

    def show(value: Any, line: int) -> None:
        text = _printed(value)
        pieces.append(text)
        typed.extend([False] * len(text))
        lines.extend([line] * len(text))

    try:
        walk(template, scope, write, show)
    except FormulaError:  # told where it is printed
        return
    whole = "".join(pieces)
    for start, end in _ranges(whole):
        kept = list(range(start, end))
        for mark in reversed(list(STRONG.finditer(whole, start, end))):
            del kept[mark.start() - start : mark.end() - start]
        text = "".join(whole[at] for at in kept)
        origin = tuple(typed[at] for at in kept), tuple(lines[at] for at in kept)
        yield Passage(path, text, *origin, spot, text.startswith("#"))


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of every paragraph: what stands between blank lines, a heading or item by itself."""
    start = 0
    for match in re.finditer(r"\n\s*\n|\n(?=#+ |[-*] |\d+\. |\|)", text):
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text.rstrip("\n"))


def _printed(value: Any) -> str:
    try:
        return str(value) if isinstance(value, Quantity | str) else UNKNOWN
    except QuantityError:
        return UNKNOWN
