"""Counted lists: N个…，即a、b、c has N items; a、b、c等N个… has them before the number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HAN = "一二三四五六七八九十"
COUNT = r"(?P<count>(?<![0-9.])[0-9]{1,2}|(?:[二三四五六七八九]?十[一二三四五六七八九]?|[两二三四五六七八九]))"
OF = r"(?:个|项|家|类|种|所|处|名|大|条|位|方面|本|篇|部|件|场|支|座|张|期|批|套|组|款|块|辆|台|册|轮|步|点)"
# 建立4项工作制度，即首问负责、限时办结 · “八进”即：进法院、进社区 · 有8个（分别是广东、北京）
AFTER = re.compile(
    rf"(?<![第前近余])(?:{COUNT}\s?{OF}|“(?=[二三四五六七八九十])(?P<quoted>[二三四五六七八九十])[一-鿿]{{1,3}}”|前(?P<first>[二三四五六七八九十])[位名项类])"
    r"[^，。；、：:（()）0-9\n]{0,12}(?P<cue>[，,（(]?(?:即|分别(?:是|为)|包括|具体为|有)[：:]?|[：:])(?P<list>[^。；！？：:\n）)]{2,400})"
)
# 广东、浙江、上海3个省市 · 宣传经费、培训经费及差旅经费等四个项目
BEFORE = re.compile(rf"(?P<open>等)?\s?{COUNT}\s?(?:个|项|家|类|种|所|大)(?P<noun>[一-鿿]{{2,8}})")
BRACKETS = re.compile(r"[（(][^（）()]{0,60}[）)]|《[^》]{0,60}》|“[^”]{0,60}”")
# not 参与, 及时, 涉及, 和解
CONJUNCTION = re.compile(r"，?(?:以及|(?<![涉惠普提波触])及(?![时格])|和(?![解谐平])|(?<![参给赠])与(?!会))")
CHAIN = 200  # characters before a number in which its list may begin


@dataclass(frozen=True, slots=True)
class Counted:
    """A number that announces ``items``, which the text lists; ``counts`` are how many they may be taken for."""

    start: int
    end: int
    stated: str
    said: int
    items: tuple[str, ...]
    counts: frozenset[int]
    certain: bool


def counted(text: str) -> Iterator[Counted]:
    """Yield the announced lists that have another number of items."""
    for match in AFTER.finditer(text):
        name = "count" if match["count"] else "quoted" if match["quoted"] else "first"
        if found := _listed(match, name):
            yield found
    for match in BEFORE.finditer(text):
        if found := _before(text, match):
            yield found


def value_of(numeral: str) -> int:
    """Return 4 and 四 as 4, 十二 as 12, 两 as 2."""
    if numeral.isdigit():
        return int(numeral)
    if numeral == "两":
        return 2
    tens, ten, ones = numeral.rpartition("十")
    return ((HAN.index(tens) + 1 if tens else 1) * 10 if ten else 0) + (HAN.index(ones) + 1 if ones else 0)


def in_style(number: int, like: str) -> str:
    """Return a number as a numeral of the kind of ``like``."""
    if like.isdigit() or number > 10:
        return str(number)
    return HAN[number - 1] if number else "零"


def _listed(match: re.Match[str], name: str) -> Counted | None:
    listed = match["list"]
    whole = BRACKETS.sub("某", listed)
    if "等" in whole or re.search("[一二三四五]是", whole) or "、" not in whole:
        return None
    chain, comma, rest = whole.partition("，")
    shared = re.match(r"(?:约|合计|共)?占", rest) is not None
    said = value_of(match[name])
    if said in _counts(chain) or (comma and not shared) or (said < 2 and "分别" not in match["cue"]):
        return None
    chain = chain.partition("、占")[0]  # 前三位：…、占总数的60%
    if said in _counts(chain):
        return None
    items = tuple(part for part in CONJUNCTION.sub("、", chain).split("、") if part)
    return Counted(match.start(name), match.end(name), match[name], said, items, _counts(chain), not comma)


def _counts(listed: str) -> frozenset[int]:
    """Return how many items a list may have: parted by 、 alone, or by 和 and 及, too."""
    marks = listed.count("、")
    conjunctions = len(CONJUNCTION.findall(listed))
    return frozenset(range(marks + 1, marks + conjunctions + 2))


def _before(text: str, match: re.Match[str]) -> Counted | None:
    start = match.start()
    clause = re.split(r"[，。；：！？\n,;:]", text[max(0, start - CHAIN) : start])[-1]
    whole = BRACKETS.sub("某", clause)
    last = CONJUNCTION.split(whole.rpartition("、")[2])[-1]
    if whole.count("、") < 2 or not 1 <= len(last) <= 10:
        return None
    counts, said = _counts(whole), value_of(match["count"])
    most = max(counts)
    closed = CONJUNCTION.search(whole.rpartition("、")[2]) is not None
    if said in counts or (match["open"] and said > most and not (closed and said == most + 1)):
        return None
    items = tuple(CONJUNCTION.sub("、", whole).split("、"))
    return Counted(match.start("count"), match.end("count"), match["count"], said, items, counts, not match["open"])
