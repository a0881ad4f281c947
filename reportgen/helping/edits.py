"""An edited Word file beside the rebuild of its input -> the edits, each with its line of the input.

Each character of the rebuild knows where it was typed, so that a changed sentence leads to its line; where all of the
change is plain text there, it can be carried back.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import NamedTuple

from reportgen.facts.facts import Facts
from reportgen.helping.rebuilt import Rebuild
from reportgen.helping.wordwise import Part, exact_parts, marked, parts_of, shortened
from reportgen.printing.wordtext import Chunk
from reportgen.reading.keys import DEPTHS
from reportgen.reading.source import Source
from reportgen.reading.trace import Traced
from reportgen.telling.findings import Span
from reportgen.telling.messages import _

ALIKE = 0.5  # of two paragraphs, one of which may be the other rewritten
MOST = 40  # paragraphs that one is held against


class Swap(NamedTuple):
    """Characters of a line of the input that another text takes the place of; line and column count from 1.

    ``text`` is the line as it is.
    """

    line: int
    column: int
    old: str
    new: str
    text: str


@dataclass(frozen=True)
class Edit:
    """A paragraph or cell that a hand changed: where a person sees it, and where it comes from.

    ``was`` is "" for one that was added, ``now`` for one that was deleted; ``why_not`` says why the change cannot be
    carried back, or is "". ``number`` is that of the paragraph in the rebuild, of one that was added that before it.
    """

    place: str
    was: str
    now: str
    number: int = -1
    key: str = ""
    span: Span = field(default_factory=lambda: Span(""))
    swaps: tuple[Swap, ...] = ()
    why_not: str = ""

    @property
    def parts(self) -> list[Part]:
        """What was taken out and put in, word by word."""
        return parts_of(self.was, self.now)


def edits_of(rebuild: Rebuild, chunks: Sequence[Chunk], facts: Facts) -> tuple[Edit, ...]:
    """Return what in a Word file, given by its paragraphs and cells, differs from the rebuild of its input."""
    return tuple(_placed(edit, rebuild, facts) for edit in _differing(rebuild.texts, chunks))


def moved(edits: Iterable[Edit], source: Source) -> tuple[Edit, ...]:
    """Return edits of an earlier state of an input with their lines in it as it is now.

    A line that is not there any more, or stands there twice, cannot be changed.
    """
    lines: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(source.lines, 1):
        lines[text].append(number)
    return tuple(_moved(edit, lines) for edit in edits)


def _moved(edit: Edit, lines: Mapping[str, list[int]]) -> Edit:
    if not edit.key:
        return edit
    found = [lines.get(text, []) for text in (edit.span.text, *(swap.text for swap in edit.swaps))]
    if any(len(each) != 1 for each in found):
        why = _("the input says something else there now")
        return replace(edit, swaps=(), span=Span(edit.span.file), why_not=edit.why_not or why)
    (line,), *others = found
    swaps = tuple(swap._replace(line=number) for swap, (number,) in zip(edit.swaps, others, strict=True))
    return replace(edit, swaps=swaps, span=replace(edit.span, line=line))


def _differing(ours: Sequence[str], theirs: Sequence[Chunk]) -> Iterator[Edit]:
    """Yield what differs, paragraph by paragraph."""
    now = [chunk.text for chunk in theirs]
    for kind, start, end, first, last in SequenceMatcher(None, ours, now, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for at, to in _paired(ours[start:end], now[first:last]):
            where = theirs[min(first + to, len(theirs) - 1)].place if to >= 0 else ""
            was = ours[start + at] if at >= 0 else ""
            yield Edit(where, was, now[first + to] if to >= 0 else "", start + at if at >= 0 else start - 1)


def _paired(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield which paragraph became which, by their numbers; -1: it was deleted, or added.

    As many as there were are the same ones, in their order, as the cells of a table are; else those that are alike.
    """
    if len(ours) == len(theirs):
        yield from ((at, at) for at in range(len(ours)))
        return
    taken = 0
    for at, text in enumerate(ours):
        likely = range(taken, min(len(theirs), taken + MOST))
        like = next((to for to in likely if _alike(text, theirs[to])), -1)
        if like >= 0:
            yield from ((-1, to) for to in range(taken, like))
            taken = like + 1
        yield at, like
    yield from ((-1, to) for to in range(taken, len(theirs)))


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one[:500], other[:500], autojunk=False)
    return matcher.quick_ratio() >= ALIKE or one[:4] == other[:4]


def _placed(edit: Edit, rebuild: Rebuild, facts: Facts) -> Edit:
    """Return the edit with its place in the input, and what to change there or why that is not possible."""
    traced = rebuild.traced[edit.number] if edit.number >= 0 else None
    if traced is None:
        return replace(edit, why_not=_("the Word template prints it, or it was added beside what it prints"))
    first = next((piece for piece in traced.pieces if piece.spot(piece.offset, 1).file == facts.source.file), None)
    span = first.spot(first.offset, 1) if first else traced.span(0, 1)
    placed = replace(edit, span=span, key=_key_at(facts.source, span) if first else "")
    if placed.key.endswith(DEPTHS):
        return replace(placed, why_not=_("the form calls its row so"))
    if not edit.was:
        return replace(placed, why_not=_("a paragraph that was added: type it there, below the one that it follows"))
    if not edit.now:
        return replace(placed, why_not=_("the whole paragraph was deleted: delete it there"))
    swaps: list[Swap] = []
    at = 0
    for old, new in _changes(exact_parts(edit.was, edit.now)):
        if old.sign == "=":
            at += len(old.text)
            continue
        swap = _swap(traced, at, old.text, new, facts)
        if isinstance(swap, str):
            return replace(placed, why_not=swap)
        swaps.append(swap)
        at += len(old.text)
    return replace(placed, swaps=tuple(swaps), span=facts.source.at(swaps[0].line, swaps[0].column))


def _changes(parts: Iterable[Part]) -> Iterator[tuple[Part, str]]:
    """Yield what stays (“=”), and each change as what is taken out (“-”, may be empty) and what is put in."""
    taken: str | None = None
    for sign, text in (*parts, Part("=", "")):
        if sign == "-":
            taken = text
            continue
        if taken is not None or sign == "+":
            yield Part("-", taken or ""), text if sign == "+" else ""
            taken = None
        if sign == "=":
            yield Part("=", text), ""


def _swap(traced: Traced, at: int, old: str, new: str, facts: Facts) -> Swap | str:
    """Return where in the input the change is to be made, or why it cannot be."""
    start, end = (at, at + len(old)) if old else (at - 1, at) if at else (0, 1)
    if not old and at and not _is_of_input(traced, start, end, facts) and at < len(traced):
        start, end = at, at + 1  # put in between a value and what a hand typed
    if not _is_of_input(traced, start, end, facts):
        return _why(traced, start, end, facts)
    span = traced.span(start, end)
    column = span.column if old or start == at else span.column + 1
    line = facts.source.at(span.line, 1).text
    if line[column - 1 : column - 1 + len(old)] != old:
        return _("it is typed otherwise there: over several lines, in quotes or with marks")
    return Swap(span.line, column, old, new, line)


def _is_of_input(traced: Traced, start: int, end: int, facts: Facts) -> bool:
    return traced.is_typed(start, end) and traced.span(start, end).file == facts.source.file


def _why(traced: Traced, start: int, end: int, facts: Facts) -> str:
    for source in filter(None, traced.sources(start, end)):
        name = re.split(r"[|\s]", source, maxsplit=1)[0]
        if name in facts.stated or name in facts.source.data:
            place = facts.stated[name].span if name in facts.stated else facts.source.span((name,))
            message = _("it is the value of {name}: change that in line {line}, and all that follows from it")
            return message.format(name=name, line=place.line)
        if name.startswith("行."):
            return _("the cell is filled from its row: change what stands under 评分, or what that is worked out from")
        return _("it is the value of {{{{ {name} }}}}").format(name=source)
    span = traced.span(start, end)
    if not span.file:
        return _("the program numbers it, or the form prints it")
    if not span.file.startswith("templates/"):
        return _("it stands in {file}:{line}: change it there").format(file=span.file, line=span.line)
    return _("it is the wording of the form: {file}:{line}").format(file=span.file, line=span.line)


def _key_at(source: Source, span: Span) -> str:
    """Return the key of the input that a place belongs to: 正文.主要经验."""
    before = [
        (key.line, key.column, place)
        for place, key in source.keys.items()
        if (key.line, key.column) <= (span.line, span.column)
    ]
    _line, _column, place = max(before, default=(0, 0, ()), key=lambda each: each[:2])
    return ".".join(str(step) for step in place if isinstance(step, str))


def edit_lines(edit: Edit) -> Iterator[str]:
    """Yield one edit: where it stands, in the document and in the input, its words, and what can be done."""
    typed = f"{edit.span.file}:{edit.span.line}:{edit.span.column}" if edit.span.text else ""
    yield "  " + " · ".join(filter(None, (edit.place, edit.key, typed)))
    yield f"    {marked(shortened(edit.parts))}"
    yield f"    → {edit.why_not or _('plain text of the input: --apply carries it back')}"
