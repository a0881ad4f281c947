"""Text -> how wide it is, and how many lines it takes: in ems, with the widest of the fonts that print it.

A Chinese character is one em wide in every font. Of a Latin one the widest advance is taken of the fonts that print
it (Times New Roman; Noto Serif SC and Noto Sans SC where that is missing): what fits by this measure fits in each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, wraps
from itertools import pairwise
from math import ceil
from typing import TypeVar

T = TypeVar("T")

ADVANCES = {
    0.34: " !',.:;`|ijl",
    0.43: '"()-/IJ[\\]ft{}',
    0.5: "rsz",
    0.59: "#$*+0123456789<=>?S^_acegvxy~",
    0.7: "&@BEFLPTXYZbdhknopqu",
    0.8: "ACDGKNOQRUV",
    0.94: "%Hw",
    1.06: "MWm",
}
ADVANCE = {character: advance for advance, characters in ADVANCES.items() for character in characters}
GAP = 0.25  # that printers put between a Chinese and a Latin character
CLOSING, OPENING = "，。、；：？！）》”’】〕」』…—%℃·", "（《“‘【〔「『"
SIGNS = "≥≤±"  # that stand before a number
# What no line may be broken in: a Latin word or number; a character with the marks that may not stand apart from it.
UNIT = re.compile(rf"[{OPENING}]*(?:[{SIGNS}]?[!-~]+|[^\n])[{CLOSING}]*|\n")
FIGURE = re.compile(r"[-—−]*|[≥≤><]?[¥￥]?[-+]?[\d,.]+[^\d\s，。；]{0,3}")  # —, 62, 97.5%, 62万元, ≥90%: a whole cell
NUMBER = re.compile(rf"[{SIGNS}]?[\d,.]*\d%?")
LETTER = re.compile("[A-Za-z_]")
LONG_WORD = 8.0  # ems: what is longer may be broken

WORDS = re.compile("[ \n\u2e80-\uffff]")  # what stands between words: spaces, and Chinese of every kind


def remembered(maxsize: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Remember what a function says of texts: by their letters alone, for a text may know the file it was typed in."""

    def kept(function: Callable[[str], T]) -> Callable[[str], T]:
        cached = lru_cache(maxsize)(function)
        return wraps(function)(lambda text: cached(str(text)))

    return kept


@remembered(8192)
def width(text: str) -> float:
    """Return how wide a text is on one line."""
    gaps = sum(_apart(first, second) for first, second in pairwise(text))
    return sum(ADVANCE.get(character, 1.0) for character in text) + GAP * gaps


@remembered(1024)
def units(text: str) -> tuple[tuple[float, bool], ...]:
    """Return the pieces that lines are made of: how wide each is, and whether a line ends before it in any case."""
    pieces = UNIT.findall(text)
    befores = [" ", *(piece[-1] for piece in pieces)]
    return tuple(
        (0.0, True) if piece == "\n" else (width(piece) + GAP * _apart(before, piece[0]), False)
        for before, piece in zip(befores, pieces, strict=False)
    )


def _apart(first: str, second: str) -> bool:
    return (first + second).isalnum() and first.isascii() != second.isascii()


@remembered(4096)
def widest_word(text: str) -> float:
    """Return how wide the widest part of a text is in which no printer breaks a line of its own accord."""
    return max(map(width, WORDS.split(text)))


@remembered(4096)
def widest_unit(text: str) -> float:
    """Return how wide a column must be that no word or number of the text is broken, nor a figure with its unit.

    A web address may be broken: it does not make a column wider than a long word does.
    """
    if FIGURE.fullmatch(text):
        return width(text)
    wides = (wide for wide, _end in units(text))
    pieces = zip(UNIT.findall(text), wides, strict=True)
    return max((min(wide, LONG_WORD) if LETTER.search(piece) else wide for piece, wide in pieces), default=0.0)


@remembered(4096)
def widest_figure(text: str) -> float:
    """Return how wide a column must be that no number of the text is broken; one character is the least."""
    numbers = [text] if FIGURE.fullmatch(text) else NUMBER.findall(text)
    return max(map(width, numbers), default=1.0)


def lines(text: str, measure: float) -> int:
    """Return how many lines of ``measure`` ems the text takes; what is too wide for one begins one, and is broken."""
    if width(text) <= measure and "\n" not in text:
        return 1
    count, used = 1, 0.0
    for wide, ends in units(text):
        if ends:
            count, used = count + 1, 0.0
        elif used + wide <= measure:
            used += wide
        elif wide <= measure:
            count, used = count + 1, wide
        else:
            more = int(wide // measure)
            count, used = count + bool(used) + more, wide - more * measure
    return count


BETWEEN = re.compile("(?<=[\u2e80-\uffff])[0-9A-Za-z]|[0-9A-Za-z](?=[\u2e80-\uffff])")
MEETING = re.compile(f"[{CLOSING}{OPENING}]{{2}}")
LATIN, WIDER, CLOSER = 0.5, 0.08, 0.5  # ems: a Latin character, what it may have more, what marks that meet have less
LOST = 0.7  # ems that a line may lose at its end
FEW = 3.2  # ems: a character with the marks behind it


def may_end_alone(text: str, measure: float, indent: float) -> bool:
    """Tell whether a single character may stand in the last line of a text, whatever fonts print it.

    It is an estimate from the width of the whole, which errs on the safe side.
    """
    least = indent + about(text)
    most = least + LOST * least / measure + WIDER * sum(map(str.isascii, text)) + 1
    return (least - pushed_together(text) - FEW) // measure < most // measure


def pushed_together(text: str) -> float:
    """Return by how much marks that meet are closer together."""
    return CLOSER * len(MEETING.findall(text))


def about(text: str) -> float:
    """Return about how wide a text is on one line, with fonts of the usual width."""
    return len(text) - (1 - LATIN) * sum(map(str.isascii, text)) + GAP * len(BETWEEN.findall(text))


FEWEST, MOST = 2, 4  # characters in a line of a heading, at the least, and as many as it asks for


@lru_cache(8192)
def set_in(text: str, count: int) -> tuple[int, bool]:
    """Return the lines of a Chinese text, ``count`` characters each, and whether it looks torn.

    A character alone at the end does, and a unit in brackets on two lines: 一级指|标, 资金（万|元）. One character a
    line is a column of characters, and not torn.
    """
    found, used, inside, torn = 1, 0, False, False
    for piece in UNIT.findall(text):
        if used and used + len(piece) > count:
            found, used, torn = found + 1, 0, torn or inside
        used += len(piece)
        inside = (inside or "（" in piece) and "）" not in piece
    return found, count >= FEWEST and found > 1 and (torn or used == 1)


@remembered(1024)
def heading_width(text: str) -> float:
    """Return how wide a column must be, in ems, that its heading is not torn; four characters are the most."""
    fit = (count for count in range(FEWEST, MOST) if not set_in(text, count)[1])
    return min(width(text), next(fit, MOST))


RUNT = 1.1  # ems: a last line of one character
RAGGED = 0.2  # ems that a line loses to a word or a mark that does not fit


def lines_of(wide: float, measure: float) -> tuple[int, bool]:
    """Return about how many lines a text of so many ems takes, and whether its last line is a single character."""
    count = max(1, ceil(wide / (measure - RAGGED)))
    return count, count > 1 and wide - (count - 1) * (measure - RAGGED) <= RUNT
