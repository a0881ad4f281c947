"""One figure told twice: two sentences that begin with the same words, and give two values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.arithmetic.numbers import Number, Page
from reportgen.arithmetic.reading import Attachment, Cued, Reading

# words before a figure that name nothing: 2023年度，我中心共办理刑事案件
IDLE = re.compile(
    r"(?:19|20)[0-9]{2}年度?|全年|本年度?|今年以来|今年|截至目前|截止目前|截至年底|年末|年内|[我本](?:中心|局|区|县|市|院|单位|部门)"
    r"|累计|总计|共计|[共已了]|[\s，,、“”]"
)
SCOPE = re.compile(
    r"[0-9]月|季度|半年|上旬|中旬|下旬|上年|去年|同期|[：:；;（(]|其中|[一二三四五六七八九十]是|每"
)  # another time or part
LEAST = 6  # characters of a name that can only mean one thing
LONGEST = 40


def repeats(page: Page) -> Iterator[Attachment]:
    """Yield the figures whose sentence begins as an earlier one: 全年办理刑事案件352件。…全年办理刑事案件347件。"""
    seen: dict[tuple[str, str], Number] = {}
    block = 0
    for sentence, (start, end) in enumerate(page.sentences):
        first = page.firsts[sentence]
        if first == page.firsts[sentence + 1]:
            block += _is_heading(page.text[start:end])
            continue
        number = page.numbers[first]
        words = page.text[start : number.start]
        name = IDLE.sub("", words)
        if number.role != "level" or number.hedge or len(words) > LONGEST or len(name) < LEAST or SCOPE.search(words):
            continue
        earlier = seen.setdefault((f"{block}{name}", f"{number.year} {number.unit}"), number)
        if earlier is not number:
            yield Attachment((Reading("repeat", number, ((1, earlier),)),), Cued.GOOD)


def _is_heading(text: str) -> bool:
    """Whether a sentence without a number may name another subject: a short line."""
    return 0 < len(text.strip()) <= LONGEST
