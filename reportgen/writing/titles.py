"""A title that is too wide for one line -> lines that break where the sense does, balanced (GB/T 9704—2012, 7.3.1)."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

from reportgen.writing.measure import CLOSING, OPENING, width

# Between the parts of a name: after the endings of places, and before what a body or a document is.
PLACES = "省市县区州旗盟"
HEADS = (
    *(
        "法律援助中心",
        "公共法律服务中心",
        "法律援助",
        "公共法律",
        "自治区",
        "自治州",
        "自治县",
        "司法局",
        "民生实事",
        "特殊群体",
        "困难群体",
        "转移支付",
    ),
    *(
        "项目",
        "部门",
        "绩效",
        "评价",
        "自评",
        "评分表",
        "指标",
        "报告",
        "支出",
        "情况",
        "资金",
        "专项",
        "经费",
        "明细表",
    ),
    *("报告", "权益", "保障", "服务", "援助", "中心", "工作", "及", "和", "暨", "与", "（"),
)
JOINING = ("和", "及", "暨", "与")  # no line ends with one of these
FEWEST = 4  # characters of a line
LONGEST = 4  # lines; what takes more is no title
LINE = 5.0  # what one line more costs, in characters out of balance


def title_lines(text: str, most: float) -> tuple[str, ...]:
    """Return a title in as few lines of ``most`` ems as it takes, each broken where the sense allows it."""
    needed = ceil(width(text) / most)
    if not 1 < needed <= LONGEST:
        return (text,)
    places = [0, *(at for at in range(FEWEST, len(text) - FEWEST + 1) if _may_break(text, at)), len(text)]
    tried = [found for count in (needed, needed + 1) if (found := _cut(text, places, count, most))]
    _cost, ends = min(tried, default=(0.0, (len(text),)))
    return tuple(text[start:end] for start, end in pairwise((0, *ends)))


def _cut(text: str, places: list[int], count: int, most: float) -> tuple[float, tuple[int, ...]] | None:
    """Return where ``count`` lines end that are the best to read, after what they cost; None where none fit."""
    reach = [width(text[:place]) for place in places]
    against = [_against_sense(text, place) if 0 < place < len(text) else 0.0 for place in places]
    usual = reach[-1] / count
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (LINE * count, ())}
    for _line in range(count):
        found: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, ends) in best.items():
            for end in range(start + 1, len(places)):
                wide = reach[end] - reach[start]
                if wide > most:
                    break
                tried = cost + abs(wide - usual) + against[end], (*ends, places[end])
                found[end] = min(found.get(end, tried), tried)
        best = found
    return best.get(len(places) - 1)


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if before in OPENING or after in CLOSING:
        return False
    return not (before.isascii() and after.isascii()) and not (before.isdigit() and after in "年月日")


def _against_sense(text: str, at: int) -> float:
    """Return what a break costs: nothing at the end of a place or before a head, most within a known word."""
    before, after = text[:at], text[at:]
    if any(head in text[max(0, at - len(head) + 1) : at + len(head) - 1] for head in HEADS if len(head) > 1):
        return 30.0
    if before.endswith(JOINING):
        return 10.0
    if after.startswith(HEADS) or before.endswith(("的", "、", "年度", "）")):
        return 0.0
    return 1.0 if before[-1] in PLACES and not after[0].isdigit() else 16.0
