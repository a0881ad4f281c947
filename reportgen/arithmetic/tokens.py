"""Text -> the numbers in it as they are written: digits, magnitude, unit, and the words that make them inexact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.units import NO_UNIT, PERCENT, Units
from reportgen.numbers.numerals import FULL_WIDTH

MAGNITUDES = {"": 0, "百": 2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "万亿": 12}
PARTS = {"%": -2, "‰": -3, "个百分点": -2, "百分点": -2}  # units that are a fraction of one
HAN_DIGITS = {"零": 0, "〇": 0, **{han: value for value, han in enumerate("一二三四五六七八九", 1)}, "两": 2}
# 1，445 · 17,893 · 4 598个 · 3.86 · 百分之九十 · 九成
DIGITS = re.compile(
    r"(?<![\d.])(?P<digits>[0-9]{1,3}(?:[,，][0-9]{3})+(?![0-9])(?:\.[0-9]+)?"
    r"|(?<![0-9] )[0-9]{1,3}(?:[ \u3000\xa0\u2009][0-9]{3})+(?![0-9])(?:\.[0-9]+)?(?=[㐀-鿿])|[0-9]+(?:\.[0-9]+)?)"
    r"|百分之(?P<hundredths>[零〇一二三四五六七八九十百]{1,4}(?:点[零〇一二三四五六七八九]{1,4})?)"
    r"|(?P<tenths>[一二三四五六七八九])成(?=[，。；、的以左多]|$)"
)
AFTER = re.compile(
    r"\s{0,2}(?P<more>[余多来几])?(?P<magnitude>[百千]万|万亿|[百千万亿])?(?P<more2>[余多])?\s{0,2}"
)  # 多万
# 480-500件 · 600元至1200元
RANGE = re.compile(r"(?P<unit>[^\s\d，。；：、（）()-]{0,3})\s?[-—~～至到]\s?[0-9]+(?:\.[0-9]+)?(?![0-9.]*[年月日])")
HAN = re.compile(r"[㐀-鿿]")
SEPARATED = re.compile(r"[,，\s]")  # what stands between thousands
SEPARATORS = re.compile(r"\s*[、，,和及与]\s*")  # 26.0%、45.4%和28.6%
NEARBY = re.compile(r"[，,（(：:][^。；！？0-9\n]{0,16}")  # 256.8万，其中门诊238.5万人次
CODE_BEFORE = "第〔[【/×+*#＃-－−–—~～_=＝.:："
CODE_AFTER = re.compile(r"[.:/_=＝][0-9A-Za-z]|[A-Za-z×]")
MOST_DIGITS = 15  # more are a code
LISTED = 12  # characters before a number in which 各 or 分别 say that ， parts numbers, not thousands


@dataclass(frozen=True, slots=True)
class Token:
    """A number as written; ``end`` is behind its unit; ``value`` and ``step`` (of its last digit) are in base units.

    ``soft``: it has decimals or counts in 万, so that its last digit is rounded. ``hedge``: what makes it inexact.
    """

    start: int
    end: int
    digits: str
    value: Decimal
    step: Decimal
    soft: bool
    magnitude: str
    unit: str
    kind: str
    hedge: str


def tokens(text: str, units: Units) -> list[Token]:
    """Return the numbers of ``text`` in order; dates, numbers of documents and telephones are none."""
    return _with_shared_units(text, list(_tokens(text.translate(FULL_WIDTH), units)))


def _tokens(text: str, units: Units) -> Iterator[Token]:
    found = list(DIGITS.finditer(text))
    codes = (match.span() for match in cues().any("codes").finditer(text)) if found else iter(())
    code = next(codes, None)
    end = 0
    for match in found:
        while code and code[1] <= match.start():
            code = next(codes, None)
        if match.start() < end or (code and code[0] <= match.start()):
            continue
        token = _in_digits(text, match, units) if match["digits"] else _in_words(text, match)
        if token:
            end = token.end
            yield token


def _in_digits(text: str, match: re.Match[str], units: Units) -> Token | None:
    start, end, digits = match.start(), match.end(), match["digits"]
    negative = text[start - 1 : start] in ("-", "－", "−") and HAN.match(text[start - 2 : start - 1]) is not None
    if "，" in digits and re.search("各|分别", text[max(0, start - LISTED) : start]):
        digits = digits[: digits.index("，")]
        end = start + len(digits)
    if (not negative and _is_code(text, start)) or CODE_AFTER.match(text, end) or not _is_number(digits):
        return None
    span = RANGE.match(text, end)
    if span and units.known(span["unit"], 0) == span["unit"]:
        return replace(_measured(text, start, span.end(), digits, units), hedge="-")
    token = _measured(text, start, end, digits, units)
    return replace(token, start=start - 1, value=-token.value) if negative else token


def _is_code(text: str, start: int) -> bool:
    """Whether what stands right before a number makes it part of something else: A4, /3, +26."""
    before = text[start - 1 : start]
    if before in (":", "："):
        return text[start - 2 : start - 1].isdigit()
    return before != "" and (before in CODE_BEFORE or (before.isascii() and before.isalpha()))


def _is_number(digits: str) -> bool:
    return len(digits) <= MOST_DIGITS and (digits[0] != "0" or digits[1:2] in ("", "."))


def _measured(text: str, start: int, digits_end: int, digits: str, units: Units) -> Token:
    """Return the number whose digits end at ``digits_end``, with the magnitude and the unit behind them."""
    digits = SEPARATED.sub("", digits)
    unit, magnitude, more, end = units.known(text, digits_end), "", "", digits_end
    if unit:
        end += len(unit)
    elif after := AFTER.match(text, digits_end):
        magnitude, more = after["magnitude"] or "", after["more"] or after["more2"] or ""
        unit = units.known(text, after.end()) or _open_unit(text, after.end(), magnitude)
        end = after.end() + len(unit) if unit else after.end("magnitude") if magnitude else digits_end
    places, power = len(digits.partition(".")[2]), PARTS.get(unit, MAGNITUDES[magnitude])
    soft = places > 0 or (magnitude != "" and len(digits) > 1)
    hedge = hedged(text, start, end) or more
    return Token(start, end, digits, Decimal(digits).scaleb(power), Decimal(1).scaleb(power - places), soft,
                 magnitude, magnitude + unit, units.kind(unit), hedge)  # fmt: skip


def _open_unit(text: str, at: int, magnitude: str) -> str:
    """Return the one character that an unknown unit is (枚), unless a noun begins there."""
    sign = text[at : at + 1]
    return sign if HAN.match(sign) and sign not in NO_UNIT and not magnitude else ""


def hedged(text: str, start: int, end: int) -> str:
    """Return the word before or behind a number that makes it inexact, or ""."""
    before = cues().row("hedges", "before").search(text[max(0, start - 4) : start].rstrip())
    match = before or cues().row("hedges", "after").search(text[end : end + 3])
    return match[0] if match else ""


def _in_words(text: str, match: re.Match[str]) -> Token:
    """Return 百分之九十 or 九成 as a percentage."""
    start, end = match.span()
    whole, _, fraction = (match["hundredths"] or f"{match['tenths']}十").partition("点")
    digits = f"{_han_value(whole)}" + (f".{''.join(str(HAN_DIGITS[han]) for han in fraction)}" if fraction else "")
    step = Decimal("0.1") if match["tenths"] else Decimal(1).scaleb(-2 - len(fraction))
    return Token(start, end, digits, Decimal(digits).scaleb(-2), step, True, "", PERCENT, PERCENT,
                 hedged(text, start, end))  # fmt: skip


def _han_value(text: str) -> int:
    """Return 九十五 as 95, 百 as 100."""
    if "百" in text:
        return 100
    tens, ten, ones = text.rpartition("十")
    return (HAN_DIGITS.get(tens, 1) * 10 if ten else 0) + HAN_DIGITS.get(ones, 0)


def _with_shared_units(text: str, found: list[Token]) -> list[Token]:
    """Return the numbers, each without a unit in that of the next member of its list: 4125.49，4143.91万元.

    With a magnitude of its own (诊疗人次256.8万，其中门诊238.5万人次) the next may stand a few words on.
    """
    for index in range(len(found) - 2, -1, -1):
        token, following = found[index], found[index + 1]
        if token.kind or not following.kind:
            continue
        if SEPARATORS.fullmatch(text, token.end, following.start):
            found[index] = _like(token, following)
        elif token.magnitude and following.magnitude and NEARBY.fullmatch(text, token.end, following.start):
            found[index] = replace(token, kind=following.kind)
    return found


def _like(token: Token, following: Token) -> Token:
    """Return a number in the unit of another, and in its magnitude where it has none."""
    power = 0 if token.magnitude else following.step.adjusted() + len(following.digits.partition(".")[2])
    return replace(
        token, value=token.value.scaleb(power), step=token.step.scaleb(power), kind=following.kind,
        soft=token.soft or bool(following.magnitude), magnitude=token.magnitude or following.magnitude,
        unit=token.unit or following.unit,
    )  # fmt: skip
