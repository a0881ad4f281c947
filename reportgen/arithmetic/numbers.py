"""Text -> Numbers on a Page: each with its value, unit, place, role, and the words that name it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate

from reportgen.arithmetic.layout import Place, layout
from reportgen.arithmetic.roles import LEVELS, names_of, role_of, year_of
from reportgen.arithmetic.tokens import SEPARATORS, Token, tokens
from reportgen.arithmetic.units import PERCENT, POINTS, Units
from reportgen.numbers.numerals import read_quantity
from reportgen.numbers.quantity import Quantity, QuantityError

HALF = re.compile(r"(?<![0-9])[,;:]|[,;:](?![0-9])|\((?!次\))|(?<!\(次)\)")
MARKS = str.maketrans(",;:()", "，；：（）")
HEAD = 16  # characters before a bracket that are looked at
STEM = 40  # characters before a number that are looked at
MOST = 64  # numbers that are looked at together
COMPARED = re.compile(r"[较比与同和][^，。；]{0,4}(?:[0-9]{4}年|[上去]年|同期)[^，。；]{0,8}")  # 与2022年相比
BRACKET = re.compile(r"(?:^|[（(])[^（）()]*[）)]")  # 因公出国（境）费; the first may be cut off


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the text. ``words`` stand between the mark or number before it and itself.

    ``name`` is the noun in them, ``noun`` the one behind the number (145件提案). ``value`` and ``step`` are in base
    units (元, a fraction of one), ``kind`` is the class of the unit. ``run`` is shared by the members of one list
    (26.0%、45.4%和28.6%; 76批1677人次). ``year`` tells of which year it speaks: 2014, past or this.
    """

    index: int
    start: int
    end: int
    digits: str
    value: Decimal
    step: Decimal
    soft: bool
    unit: str
    kind: str
    hedge: str
    place: Place
    words: str
    name: str
    noun: str
    role: str
    run: int
    year: str

    @property
    def is_amount(self) -> bool:
        """Whether it has a unit of its own, no percentage."""
        return self.kind not in ("", PERCENT, POINTS)

    @property
    def is_level(self) -> bool:
        """Whether it says how much of something there is."""
        return self.role in LEVELS and self.is_amount

    @property
    def is_said(self) -> bool:
        """Whether the text has it: of shares, 100 % are all, and no text says so."""
        return self.index >= 0

    def as_hundred(self) -> Number:
        """Return 100 %, all that a percentage is a share of."""
        return replace(self, index=-1, digits="100", value=Decimal(1), step=Decimal("0.01"), soft=False, hedge="")

    def quantity(self, said: str) -> Quantity | None:
        """Return the value of ``said``, its characters, as the vocabulary has it; None where it is not read there."""
        written = said.replace(" ", "").replace("％", "%").replace("，", ",")
        try:
            return read_quantity(written, self.unit)
        except QuantityError:
            return None


@dataclass(frozen=True)
class Page:
    """The numbers of a text; ``sentences`` and ``brackets`` are start and end, ``firsts`` the first number of each."""

    text: str
    numbers: tuple[Number, ...]
    starts: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    firsts: tuple[int, ...]
    brackets: dict[int, int]
    opened: tuple[int, ...]

    def said(self, number: Number) -> str:
        """Return a number as it stands in the text, with its unit."""
        return self.text[number.start : number.end]

    def clause(self, number: Number) -> str:
        """Return the words of its clause before it, numbers included, brackets not."""
        return bare(self.text[max(number.place.start, number.start - 2 * STEM) : number.start])

    def between(self, start: int, end: int) -> tuple[Number, ...]:
        """Return the first numbers that begin between two places."""
        first = bisect_left(self.starts, start)
        return self.numbers[first : min(bisect_left(self.starts, end), first + MOST)]

    def before(self, number: Number, most: int = MOST) -> tuple[Number, ...]:
        """Return the last numbers before one, of its sentence."""
        return self.numbers[max(self.firsts[number.place.sentence], number.index - most) : number.index]

    def sentence(self, index: int, most: int = MOST) -> tuple[Number, ...]:
        """Return the last numbers of a sentence; of none that is not there."""
        if not 0 <= index < len(self.sentences):
            return ()
        end = self.firsts[index + 1]
        return self.numbers[max(self.firsts[index], end - most) : end]

    def sentence_at(self, at: int) -> int:
        """Return which sentence stands at a place."""
        return max(0, bisect_right(self.sentences, (at, len(self.text) + 1)) - 1)

    def brackets_at(self, at: int) -> tuple[int, ...]:
        """Return the open brackets around a place."""
        index = bisect_left(self.opened, at)
        return tuple(mark for mark in self.opened[max(0, index - 8) : index] if self.brackets[mark] >= at)


def bare(words: str) -> str:
    """Return words without spaces, and without what brackets add to them."""
    words = "".join(words.split())
    return BRACKET.sub("", words) if "）" in words else words


def plain(text: str) -> str:
    """Return a text with Chinese marks for half-width ones that stand in no number, as long as before."""
    return HALF.sub(lambda match: match[0].translate(MARKS), text) if HALF.search(text) else text


def numbers(text: str, units: Units) -> tuple[Number, ...]:
    """Return the numbers of a text."""
    return page(text, units).numbers


def page(text: str, units: Units) -> Page:
    """Return the numbers of a text with its sentences."""
    text = plain(text)
    found = tokens(text, units)
    where = layout(text, found)
    result: list[Number] = []
    counts = [0] * len(where.sentences)
    for token, place in zip(found, where.places, strict=True):
        begin = where.sentences[place.sentence][0]
        result.append(_number(text, token, place, result[-1] if result else None, begin))
        counts[place.sentence] += 1
    return Page(text, tuple(result), tuple(number.start for number in result), tuple(where.sentences),
                tuple(accumulate(counts, initial=0)), where.brackets, tuple(sorted(where.brackets)))  # fmt: skip


def _number(text: str, token: Token, place: Place, last: Number | None, sentence: int) -> Number:
    """Return a number with what the words around it say; ``sentence`` is where its sentence begins."""
    words = bare(text[max(place.since, token.start - STEM) : token.start])
    clause = bare(text[max(place.start, token.start - 2 * STEM) : token.start])
    name, noun = names_of(text, words, token.end)
    joined = last if last and _is_one_list(text, last, token, place) else None
    role = joined.role if joined else role_of(token.kind, words, clause, text, token.end)
    if role == "level" and not words and place.path and place.since == place.path[-1] + 1:  # 较去年（408件）
        led = role_of(
            token.kind, bare(text[max(sentence, place.path[-1] - HEAD) : place.path[-1]]), "", text, token.end
        )
        role = "past" if led == "past" else role
    before = last if last and last.place.sentence == place.sentence else None
    head = text[max(before.end if before else sentence, token.start - 2 * STEM) : place.start]  # 2022年，共受理445件
    year = (
        year_of(clause) or (year_of(head) and year_of(COMPARED.sub("", bare(head)))) or (before.year if before else "")
    )
    index = last.index + 1 if last else 0
    return Number(
        index, token.start, token.end, token.digits, token.value, token.step, token.soft, token.unit, token.kind,
        token.hedge, place, words, name, noun, role, joined.run if joined else index, year,
    )  # fmt: skip


def _is_one_list(text: str, last: Number, token: Token, place: Place) -> bool:
    """Whether two numbers stand in one list (32.40%、39.95%), or tell one thing in two units (76批1677人次)."""
    if last.kind and not text[last.end : token.start].strip():
        return True
    same = last.place.sentence == place.sentence and last.place.path == place.path and last.kind == token.kind
    return same and SEPARATORS.fullmatch(text, last.end, token.start) is not None
