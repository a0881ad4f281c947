"""Words -> whether they name a number: 事故起数 and 发生事故327起, 受案 and 受理各类案件1803件."""

from __future__ import annotations

import re

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


def _stands_in(core: str, beside: str) -> bool:
    pairs = [core[at : at + 2] for at in range(len(core) - 1)]
    return 2 * sum(pair in beside for pair in pairs) >= len(pairs) or (len(core) <= 4 and _in_order(core, beside))


def _in_order(core: str, beside: str) -> bool:
    """Whether the characters of an abbreviation stand in the words, in their order."""
    at = -1
    for sign in core:
        at = beside.find(sign, at + 1)
        if at < 0:
            return False
    return True
