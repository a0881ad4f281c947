"""Words -> whether they name a number (事故起数, 发生事故327起), and whether two names are those of two parts."""

from __future__ import annotations

import re

from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.numbers import Number

# what stands in a name for the count itself: 案件总数, 死亡人数, 收入合计
COUNTED = re.compile(
    r"(?:总?数[量额]?|总?量|总?额|合计|总计|总和|总体|[件人起户]数|全部|[全当本]年度?|年度|全[市县省区国]|的|[总共各类项]|\s)+"
)


def names(words: str, number: Number) -> bool:
    """Whether half of the pairs of characters in ``words`` stand beside a number, or its characters in their order.

    The word for its unit names it, too: 批次减少12批.
    """
    beside = number.words + number.noun
    if words.rstrip("数次量") == number.kind:
        return True
    return any(_stands_in(core, beside) for core in (COUNTED.sub("", words), words) if len(core) > 1)


def resembles(words: str, number: Number) -> bool:
    """Whether any pair of characters in ``words`` stands beside a number: 案件受理 and 办理案件."""
    beside = number.words + number.noun
    return any(pair in beside for pair in _pairs(words))


def _pairs(words: str) -> list[str]:
    return [words[at : at + 2] for at in range(len(words) - 1)]


def _stands_in(core: str, beside: str) -> bool:
    pairs = _pairs(core)
    return 2 * sum(pair in beside for pair in pairs) >= len(pairs) or (len(core) <= 4 and _in_order(core, beside))


def _in_order(core: str, beside: str) -> bool:
    """Whether the characters of an abbreviation stand in the words, in their order."""
    at = -1
    for sign in core:
        at = beside.find(sign, at + 1)
        if at < 0:
            return False
    return True


def rhyme(first: str, second: str) -> bool:
    """Whether two names begin or end alike, as parts do: 民事 and 刑事, 第一批 and 第二批."""
    return bool(first and second) and (first[0] == second[0] or first[-1] == second[-1])


def opposite(first: str, second: str) -> bool:
    """Whether two names differ only in a sign of negation, or have the words of two parts that make up a whole."""
    for cue in cues().of("pairs"):
        for one, other in ((first, second), (second, first)):
            sign = cue.words.search(other if not cue.column("other") else one)
            if sign and cue.column("other"):
                if re.search(cue.column("other"), other):
                    return True
            elif sign and one and one == other[: sign.start()] + other[sign.end() :]:
                return True
    return False
