"""Numbers as officials write them -> Quantity: 445, 14,892, 97.5%, 62万元, 3000余, 95%以上, 15.64万人次."""

from __future__ import annotations

import re
from decimal import Decimal, localcontext

from reportgen.numbers.quantity import (
    EXACT,
    INFINITE,
    MAGNITUDES,
    MAX_DIGITS,
    Quantity,
    QuantityError,
    Unit,
    UnitMismatchError,
    trimmed,
    unit,
)
from reportgen.telling.messages import _

NUMERALS = "一二三四五六七八九十"
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，％－＋−", "0123456789.,%-+-")

AT_LEAST = ("不低于", "不少于", "至少", "超过", "逾", "超", "达到", "达")
AT_MOST = ("不超过", "不高于", "不足", "不到", "近")
ABOUT = ("约", "大约")
BEFORE = "|".join(sorted((*AT_LEAST, *AT_MOST, *ABOUT), key=len, reverse=True))
AFTER = "以上|以下|以内|左右"
NUMBER = re.compile(
    rf"(?P<before>{BEFORE})?\s*(?P<sign>[-+])?(?P<whole>[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.(?P<fraction>[0-9]+))?"
    rf"(?P<more>[余多])?(?P<magnitude>[千万亿])?(?P<more2>[余多])?\s*"
    rf"(?P<unit>[^\d\s.,:：+\-*]*?(?:/\d{{1,9}}[^\d\s.,:：+\-*]+)?)(?P<more3>[余多])?"
    rf"(?P<after>{AFTER})?"
)


MONEY = re.compile(r"[¥￥]\s*|人民币\s*(?=[\d¥￥])")  # ¥68.00万元
BARE_MONEY = re.compile(r"[¥￥]\s*-?[\d,]+(?:\.\d+)?")  # ¥680,000.00 is in yuan, whatever the fact is in
STOPS = "。，,、；;！"
WHOLE = re.compile(r"(?<=元)[整正]$")  # 62万元整
SPACED = re.compile(r"(?<![\d.])(\d{1,3}(?:[ \u3000]\d{3})+)(?![\d])")  # 1 372
SPELT = re.compile(
    r"([十零〇一二两三四五六七八九][零〇一二两三四五六七八九十百千]*)([万亿]?)(?=[^\d零〇一二两三四五六七八九十百千万亿余多、])"
)  # 七个
IN_BRACKETS = re.compile(r"[（(](?P<unit>[^（）()]+)[）)]\s*$")  # 件数（件）
NOTHING = frozenset(("无", "没有", "暂无", "不详", "未统计", *"-—－/？?…", "--", "——", "……"))  # no number is known
DIGITS = {**{numeral: place for place, numeral in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}


def mended(text: str) -> str:
    """Return ``text`` with full-width digits, points, commas and signs made half-width."""
    return text.translate(FULL_WIDTH)


def in_figures(text: str) -> str:
    """Return a number as it is typed into a form, in plain figures: 68.00万元 for ¥68.00万元, 7个 for 七个."""
    text = mended(text).strip()
    text = f"{text}元" if BARE_MONEY.fullmatch(text) else text
    text = WHOLE.sub("", MONEY.sub("", text))
    text = SPACED.sub(lambda match: re.sub("\\s", "", match[1]), text)
    spelt = SPELT.match(text)
    value = _spelt(spelt[1]) if spelt else None
    return f"{value}{spelt[2]}{text[spelt.end() :]}" if spelt and value is not None else text


def _spelt(numerals: str) -> int | None:
    """Return the value of 七, 十二, 二十, 一百零五, 三千二百; None for what is not written so."""
    total, digit, least = 0, None, 10**4
    for sign in numerals:
        if sign in TENS:
            if TENS[sign] >= least or digit == 0:
                return None
            total, digit, least = total + (1 if digit is None else digit) * TENS[sign], None, TENS[sign]
        elif digit is not None and digit != 0:
            return None
        else:
            digit = DIGITS[sign]
    return total + (digit or 0)


def read_quantity(text: str, symbol: str, synonyms: tuple[str, ...] = (), given: str = "") -> Quantity:
    """Read ``text`` (445, 14,892, 97.5%, 62万元, 3000余, 95%以上, 15.64万人次) as a value in unit ``symbol``.

    A number without a unit is in ``given``, or else in ``symbol``; ``synonyms`` are other words for this. Raises
    QuantityError.
    """
    bare = text.strip().rstrip(STOPS)
    if bare != text.strip() and NUMBER.fullmatch(in_figures(bare)):
        raise QuantityError(
            _("“{text}” ends with a punctuation mark").format(text=text), _("type {number}").format(number=bare)
        )
    match = NUMBER.fullmatch(in_figures(text))
    if text.strip() in NOTHING:
        raise QuantityError(
            _("“{text}” is not a number").format(text=text),
            _("leave it empty where it is not known; type 0 where there was none"),
        )
    if match is None:
        raise QuantityError(
            _("“{text}” is not a number").format(text=text),
            _("type a plain number such as 445, 14,892, 97.5% or 62万元, or one of 3000余, 近20, 95%以上, 约400"),
        )
    whole, fraction = match["whole"].replace(",", ""), match["fraction"] or ""
    if len(whole) > 1 and whole[0] == "0":
        raise QuantityError(
            _("“{text}” starts with 0").format(text=text),
            _("type {number}; a code or telephone number is text, not a fact").format(number=whole.lstrip("0") or "0"),
        )
    if len(whole) + len(fraction) > MAX_DIGITS:
        raise QuantityError(_("“{text}” has more than {n} digits").format(text=text, n=MAX_DIGITS))
    value = Decimal(f"{match['sign'] or ''}{whole}" + (f".{fraction}" if fraction else ""))
    target = unit(symbol)
    written, shown = _written_unit(match, target, synonyms, given)
    if written.base != target.base:
        raise UnitMismatchError(
            _("“{text}” is in {written}, but this fact is measured in {unit}").format(
                text=text, written=written.symbol or _("a bare number"), unit=symbol or _("a bare number")
            ),
            _("state it in {unit}").format(unit=symbol or _("a bare number")),
        )
    return _with_vagueness(match, value, written, target, shown)


def parted(heading: str) -> tuple[str, str]:
    """Return the heading of a column, and what stands in brackets at its end: 件数（件） -> 件数, 件."""
    match = IN_BRACKETS.search(heading)
    return (heading[: match.start()].strip(), match["unit"]) if match else (heading.strip(), "")


def read_measured(text: str) -> Quantity:
    """Read a number in whatever unit is written behind it (1部, 30万元). Raises QuantityError."""
    match = NUMBER.fullmatch(in_figures(text))
    return read_quantity(text, (match["magnitude"] or "") + match["unit"] if match and match["unit"] else "")


def _written_unit(match: re.Match[str], target: Unit, synonyms: tuple[str, ...], given: str) -> tuple[Unit, str]:
    """Return the unit a number was written in, and the magnitude that stays with the number when it prints."""
    magnitude, name = match["magnitude"] or "", match["unit"]
    if given and not magnitude and not name:
        magnitude, name = (given[0], given[1:]) if given[0] in MAGNITUDES else ("", given)
    if name in synonyms:
        name = target.symbol
    own = target.symbol[0] if target.scale > 1 and target.symbol[:1] in MAGNITUDES else ""
    if not name:
        name = target.symbol[len(own) :] if magnitude else target.symbol
    if magnitude + name == target.symbol:
        return target, ""
    return unit(magnitude + name), magnitude if name == target.symbol else ""


def _with_vagueness(match: re.Match[str], value: Decimal, written: Unit, target: Unit, shown: str) -> Quantity:
    """Return the quantity in ``target``, as a range where words make it inexact."""
    fraction = match["fraction"] or ""
    with localcontext(EXACT):
        factor = written.scale / target.scale  # a power of ten: 元, 万元, 亿元; %, ‰
        low, high = sorted(end * factor for end in _range(match, value, target.is_count, factor))
    places = len(fraction) - factor.adjusted()
    if written == target or shown:
        digits = (match["sign"] or "") + match["whole"] + (f".{fraction}" if fraction else "")
    else:
        digits = trimmed(value * factor)
    body = f"{digits}{match['more'] or ''}{shown}{match['more2'] or match['more3'] or ''}"
    nothing_rounded = low != high or (target.is_count and places >= 0)
    slack = Decimal(0) if nothing_rounded else Decimal(5).scaleb(-places - 1)
    return Quantity(low, high, target, places, slack, (match["before"] or "", body, match["after"] or ""))


def _range(match: re.Match[str], value: Decimal, is_count: bool, factor: Decimal) -> tuple[Decimal, Decimal]:
    """Return the two ends of what the words allow: 近20 is 10 to 20, 3000余 stays below 4000."""
    before, after = match["before"], match["after"]
    away = Decimal(-1 if value < 0 else 1)
    if before in AT_LEAST or after == "以上":
        return value, INFINITE
    if match["more"] or match["more2"] or match["more3"]:
        least = 1 / factor if is_count else Decimal("0.01") / max(factor, Decimal(1))
        return value, value + away * (_step(value) - least)
    if before == "近":
        return value - away * min(_step(value), abs(value) / 2), value
    if before in AT_MOST or after in ("以下", "以内"):
        return Decimal(0) if value >= 0 else -INFINITE, value
    if before in ABOUT or after == "左右":
        return value * Decimal("0.9"), value * Decimal("1.1")
    return value, value


def _step(value: Decimal) -> Decimal:
    """Return one unit of the last digit that is not zero: 100 for 3100, 10 for 130 (what 余 stays below)."""
    digits = value.normalize()
    return Decimal(1).scaleb(int(digits.as_tuple().exponent)) if value else Decimal(1)
