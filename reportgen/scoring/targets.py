"""目标值 and 完成值 as they are printed -> a comparison, a value reached, and what the one says of the other."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reportgen.numbers.numerals import NUMBER, mended, read_measured, read_quantity
from reportgen.numbers.quantity import Quantity, QuantityError, brief, compare

# ≥60场, 不少于60场, 60场以上, ≤5天; what has no sign (60场) is a comparison only beside a value of its own unit.
SIGNS = {
    **dict.fromkeys(("≥", "≧", ">=", "＞＝", "不低于", "不少于", "至少", "达到", "大于等于", "大于或等于"), ">="),
    **dict.fromkeys(("≤", "≦", "<=", "＜＝", "不超过", "不高于", "不多于", "至多", "小于等于", "小于或等于"), "<="),
    **dict.fromkeys((">", "＞", "超过", "大于", "高于"), ">"),
    **dict.fromkeys(("<", "＜", "低于", "小于", "少于", "不足", "不到"), "<"),
    **dict.fromkeys(("=", "＝", "等于"), "=="),
}
SIGN = re.compile("|".join(map(re.escape, sorted(SIGNS, key=len, reverse=True))))
AFTER = {"以上": ">=", "及以上": ">=", "以下": "<=", "及以下": "<=", "以内": "<=", "之内": "<="}
END = re.compile(f"(?:{'|'.join(sorted(AFTER, key=len, reverse=True))})$")
QUALITATIVE = "定性"
PRINTED = {">=": "≥", "<=": "≤", "==": "", ">": "＞", "<": "＜", "": ""}


@dataclass(frozen=True)
class Goal:
    """What a target asks for: ``sign`` is one of >= <= > < ==, "" where none was typed."""

    sign: str
    quantity: Quantity

    def __str__(self) -> str:
        return PRINTED[self.sign] + brief(self.quantity)

    def reached_by(self, value: Quantity) -> bool | None:
        """Tell whether ``value`` reaches it; None where nothing can be said. Raises QuantityError."""
        below, above = compare(value, self.quantity)
        match self.sign:
            case ">=":
                return None if below is None else not below
            case "<=":
                return None if above is None else not above
            case ">":
                return above
            case "<":
                return below
            case "==":
                return None if below is None or above is None else not (below or above)
        equal = below is False and above is False
        return True if equal else None if value.unit.base in ((), (("元", 1),)) or not below else False


def has_sign(text: str) -> bool:
    """Tell whether a target is a comparison by what is typed: ≥…, 不少于…, …以上."""
    text = text.strip()
    return bool(SIGN.match(text) or (END.search(text) and NUMBER.match(mended(text))))


def read_goal(text: str) -> Goal | None:
    """Return the comparison that the whole of ``text`` is, or None."""
    text = mended(text).strip()
    sign, rest = "", text
    if match := SIGN.match(text):
        sign, rest = SIGNS[match[0]], text[match.end() :].strip()
    elif match := END.search(text):
        sign, rest = AFTER[match[0]], text[: match.start()].strip()
    try:
        return Goal(sign, read_measured(rest))
    except QuantityError:
        return None


def parted(text: str) -> tuple[str, str, str]:
    """Return sign, figure and unit of a target as some provinces print them: ≥, 380, 件; of words: 定性."""
    goal = read_goal(text)
    if goal is None:
        return (QUALITATIVE, text, "") if text else ("", "", "")
    unit = goal.quantity.with_unit.removeprefix(goal.quantity.bare)
    return PRINTED[goal.sign] or "＝", goal.quantity.bare, unit


def read_result(text: str, symbol: str) -> list[Quantity]:
    """Return the values in the unit ``symbol`` that a text names: 45场, or 开展宣传45场。"""
    try:
        return [read_quantity(text, symbol)]
    except QuantityError:
        pass
    ends = f"(?:{re.escape(symbol)})" if symbol else r"(?![\d%％‰万亿千\w])"
    number = re.compile(rf"(?<![\d.,])(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?{ends}")
    return [read_quantity(match[0], symbol) for match in number.finditer(mended(text)) if _is_sound(match[0], symbol)]


def read_whole(text: str) -> list[Quantity]:
    """Return the value, in whatever unit, that the whole of ``text`` is."""
    try:
        return [read_measured(text)]
    except QuantityError:
        return []


def _is_sound(text: str, symbol: str) -> bool:
    try:
        read_quantity(text, symbol)
    except QuantityError:
        return False
    return True
