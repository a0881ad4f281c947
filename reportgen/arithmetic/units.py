"""Unit words -> classes: 件, 宗 and 起 count the same thing, 万元 is money; any other word is a class of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from reportgen.arithmetic.cues import cues

PERCENT = "%"
POINTS = "点"  # 百分点, 倍: a difference or a multiple, never a part of a whole
MONEY = "元"
MARKS = "分"
TIMES = frozenset(("天", "日", "周", "小时", "个小时", "分钟", "秒", "个月", "个工作日", "个季度"))
NOT_COUNTS = frozenset((MONEY, "美元", MARKS, *TIMES))  # no list counts them beside what it counts
SIGNS = {"%": PERCENT, "‰": PERCENT, "个百分点": POINTS, "百分点": POINTS, "倍": POINTS}
# characters that begin another word, where a unit is missing
NO_UNIT = frozenset("的和与及或至到是为以占在中等比较其并由均共同上下左右余多有被将已从各且但后前内外间时之")


@dataclass(frozen=True)
class Units:
    """What the words behind numbers count: ``classes`` maps a word (宗) to the word of its class (件)."""

    classes: Mapping[str, str]

    @cached_property
    def _words(self) -> re.Pattern[str]:
        longest_first = sorted(self.classes, key=lambda word: (-len(word), word))
        return re.compile("|".join(map(re.escape, longest_first)))

    def known(self, text: str, at: int) -> str:
        """Return the longest known unit word that begins at ``at``, or ""."""
        match = self._words.match(text, at)
        return match[0] if match else ""

    def kind(self, word: str) -> str:
        """Return the class of a unit word; an unknown word is its own class."""
        return self.classes.get(word, word)


def units_of(groups: Iterable[Iterable[str]]) -> Units:
    """Return the units of a vocabulary: each group holds the words for one thing (件, 宗), beside the usual words.

    A magnitude before a word (万元) belongs to the number.
    """
    classes = {**cues().units, **SIGNS}
    for group in groups:
        words = [word.lstrip("千万亿") for word in group if word.lstrip("千万亿")]
        known = next((classes[word] for word in words if word in classes), words[0] if words else "")
        for word in words:
            classes.setdefault(word, known)
    return Units(classes)
