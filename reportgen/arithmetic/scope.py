"""Where a number may find the others it belongs to: its list, its group (；), its sentence, the sentence before."""

from __future__ import annotations

from collections.abc import Callable

from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.numbers import Number, Page

NEAR = 8  # numbers of one scope that are tried
FAR = 32  # numbers among which they are looked for


def run_of(page: Page, number: Number) -> list[Number]:
    """Return the members of the list that a number stands in (42.6%和43%), of its kind."""
    end = number.index + 1
    while end < len(page.numbers) and end - number.run < FAR and page.numbers[end].run == number.run:
        end += 1
    return [other for other in page.numbers[number.run : end] if other.kind == number.kind]


def around(page: Page, number: Number, wanted: Callable[[Number], bool], back: int = 1) -> list[Number]:
    """Return what is wanted before a number, the nearest first: of its group, else its sentence, else before."""
    before = [other for other in page.before(number, FAR) if wanted(other)]
    group = [other for other in before if other.place.group == number.place.group]
    sentences = (with_whole(page, number.place.sentence - step) for step in range(1, back + 1))
    earlier = ([other for other in sentence if wanted(other)] for sentence in sentences)
    return next((found[::-1][:NEAR] for found in (group, before, *earlier) if found), [])


def with_whole(page: Page, index: int) -> tuple[Number, ...]:
    """Return the numbers of a sentence; one that begins with 其中 tells the parts of the sentence before it."""
    found = page.sentence(index, FAR)
    if found and cues().row("lists", "of which").match(page.text, page.sentences[index][0]):
        return (*page.sentence(index - 1, FAR), *found)
    return found


def following(page: Page, sentence: int) -> tuple[Number, ...]:
    """Return the first numbers of the next sentence."""
    if sentence + 2 >= len(page.firsts):
        return ()
    first, end = page.firsts[sentence + 1], page.firsts[sentence + 2]
    return page.numbers[first : min(end, first + FAR)]


def visible(other: Number, number: Number) -> bool:
    """Whether no bracket closes between them."""
    return other.place.path == number.place.path[: len(other.place.path)]
