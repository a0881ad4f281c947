"""Two texts -> what was taken out and put in, word by word: a Chinese character is a word, a tag is one, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

WORD = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|[0-9]+(?:[.,][0-9]+)*[%‰]?|[A-Za-z]+|\s+|.", re.DOTALL)
MOST = 2000  # words of a text that are compared one by one: the time grows with their square
LEAST_KEPT = 2  # characters between two changes that are worth to stand alone
AROUND = 12  # characters that are shown on both sides of a change


class Part(NamedTuple):
    """A run of text: sign "=" stands in both, "-" in the old one alone, "+" in the new one alone."""

    sign: str
    text: str


def parts_of(old: str, new: str) -> list[Part]:
    """Return the parts, in order: those without “+” make up ``old``, those without “-” make up ``new``.

    They are to be read: what is equal by chance between two changes is told with them.
    """
    return list(_joined(_without_islands(exact_parts(old, new))))


def exact_parts(old: str, new: str) -> list[Part]:
    """Return the parts as small as they are."""
    before, after = WORD.findall(old), WORD.findall(new)
    if len(before) + len(after) > 2 * MOST:
        return [Part(sign, text) for sign, text in (("-", old), ("+", new)) if text]
    parts: list[Part] = []
    for kind, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(Part("=", "".join(before[start:end])))
        else:
            parts += [Part("-", "".join(before[start:end])), Part("+", "".join(after[first:last]))]
    return [part for part in parts if part.text]


def _without_islands(parts: list[Part]) -> Iterator[Part]:
    """Yield the parts; what is equal by chance between two changes belongs to both of them."""
    for at, part in enumerate(parts):
        if part.sign == "=" and len(part.text) < LEAST_KEPT and 0 < at < len(parts) - 1:
            yield from (Part("-", part.text), Part("+", part.text))
        else:
            yield part


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts with each change as one “-” and one “+”."""
    taken, put = "", ""
    for sign, text in (*parts, Part("=", "")):
        if sign == "=":
            yield from (Part(mark, words) for mark, words in (("-", taken), ("+", put)) if words)
            taken, put = "", ""
            yield from (Part("=", text),) if text else ()
        elif sign == "-":
            taken += text
        else:
            put += text


def shortened(parts: list[Part], around: int = AROUND) -> list[Part]:
    """Return the parts with “…” for what is far from any change."""
    last = len(parts) - 1
    return [
        Part("=", _near(part.text, around if at else 0, around if at < last else 0)) if part.sign == "=" else part
        for at, part in enumerate(parts)
    ]


def _near(text: str, head: int, tail: int) -> str:
    """Return the beginning and the end of a text, whole words (a tag is one) of at least so many characters."""
    words = WORD.findall(text)
    first, last = _as_long(words, head), _as_long(words[::-1], tail)
    if first + last >= len(words):
        return text
    return "".join((*words[:first], "…", *words[len(words) - last :]))


def _as_long(words: Iterable[str], length: int) -> int:
    """Return how many of the words make up ``length`` characters."""
    reached = count = 0
    for word in words:
        if reached >= length:
            break
        reached, count = reached + len(word), count + 1
    return count


def marked(parts: Iterable[Part]) -> str:
    """Return the parts in one line, as git marks words: [-taken out-]{+put in+}."""
    marks = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
    return "".join(marks[sign].format(text) for sign, text in parts).replace("\n", " ")
