"""Numbers are exact, keep their unit and their vagueness, and agree as domain.md 2.1 and 3 say."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from reportgen.numbers.numerals import read_quantity
from reportgen.numbers.quantity import (
    BARE,
    MAX_DIGITS,
    Agreement,
    Quantity,
    QuantityError,
    UnitMismatchError,
    agree,
    brief,
    compare,
    convert,
    number,
    plain,
    rounded,
    trimmed,
    unit,
    with_places,
)

quick = settings(max_examples=300, deadline=None)

INFINITE = Decimal("Infinity")
TINY = Fraction(1, 10**20)  # what sixty digits may be off by, with room to spare


def between(low: Decimal | int | str, high: Decimal | int | str, symbol: str = "") -> Quantity:
    return Quantity(Decimal(low), Decimal(high), unit(symbol))


def exact_value(quantity: Quantity) -> Fraction:
    assert quantity.low == quantity.high
    return Fraction(quantity.low)


def stated(text: str, symbol: str) -> Quantity:
    return read_quantity(text, symbol)


def half_up(value: Fraction, places: int) -> Fraction:
    """Return ``value``, which is not negative, rounded half-up: done here without Decimal."""
    return Fraction(math.floor(value * 10**places + Fraction(1, 2)), 10**places)


def written(value: Fraction, places: int) -> str:
    """Write ``value``, which has at most ``places`` digits after the point."""
    digits = str(int(value * 10**places)).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


# --- units ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("symbol", "scale", "base"),
    [
        ("", "1", ()),
        ("件", "1", (("件", 1),)),
        ("人次", "1", (("人次", 1),)),
        ("元", "1", (("元", 1),)),
        ("万元", "10000", (("元", 1),)),
        ("亿元", "100000000", (("元", 1),)),
        ("千元", "1000", (("元", 1),)),
        ("%", "0.01", ()),
        ("‰", "0.001", ()),
        ("件/万人", "0.0001", (("人", -1), ("件", 1))),
        ("元/件", "1", (("件", -1), ("元", 1))),
        ("万元/件", "10000", (("件", -1), ("元", 1))),
        ("件/件", "1", ()),
    ],
)
def test_a_unit_is_so_many_of_its_base_units(symbol: str, scale: str, base: tuple[tuple[str, int], ...]) -> None:
    assert (unit(symbol).symbol, unit(symbol).scale) == (symbol, Decimal(scale))
    assert dict(unit(symbol).base) == dict(base)


def test_a_unit_of_one_name_is_one_unit() -> None:
    assert unit("件/万人") is unit("件/万人")
    assert unit("") is BARE


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [("件", True), ("人次", True), ("场", True), ("元", False), ("万元", False), ("万人", False), ("%", False),
     ("", False), ("件/万人", False), ("元/件", False)],
)  # fmt: skip
def test_whole_things_are_counted(symbol: str, expected: bool) -> None:
    assert unit(symbol).is_count is expected


def test_only_percent_and_per_mille_print_their_sign() -> None:
    assert [symbol for symbol in ("%", "‰", "件", "", "万元") if unit(symbol).is_percent] == ["%", "‰"]


@pytest.mark.parametrize(
    ("value", "symbol", "target", "expected"),
    [
        ("41.8", "万元", "元", "418000"),
        ("620000", "元", "万元", "62"),
        ("0.0027", "亿元", "万元", "27"),
        ("0.5", "", "%", "50"),
        ("5", "‰", "%", "0.5"),
        ("14.5", "件/万人", "件/人", "0.00145"),
        ("943.5", "万人", "人", "9435000"),
    ],
)
def test_a_value_is_worth_the_same_in_another_unit(value: str, symbol: str, target: str, expected: str) -> None:
    converted = convert(number(Decimal(value), symbol), unit(target))
    assert exact_value(converted) == Fraction(expected)
    assert converted.unit == unit(target)


@pytest.mark.parametrize(
    ("symbol", "target"),
    [("件", "万元"), ("件", "人"), ("件", "%"), ("", "件"), ("元", "元/件"), ("件/万人", "件"), ("人次", "人")],
)
def test_different_measures_are_never_converted(symbol: str, target: str) -> None:
    with pytest.raises(UnitMismatchError):
        convert(number(1, symbol), unit(target))


amounts = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents).scaleb(-2))
money = st.sampled_from(["元", "千元", "万元", "亿元"])


@quick
@given(amounts, amounts, money, money)
def test_conversion_there_and_back_changes_nothing(a: Decimal, b: Decimal, symbol: str, other: str) -> None:
    quantity = between(min(a, b), max(a, b), symbol)
    there = convert(quantity, unit(other))
    back = convert(there, unit(symbol))
    assert (back.low, back.high, back.unit) == (quantity.low, quantity.high, quantity.unit)
    assert Fraction(there.low) * Fraction(unit(other).scale) == Fraction(a if a < b else b) * Fraction(
        unit(symbol).scale
    )


def test_rounding_is_converted_with_its_value() -> None:
    """41.8万元 is right to half of 0.1万元, which is 500元."""
    assert convert(stated("41.8", "万元"), unit("元")).slack == 500


# --- arithmetic ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "value", "symbol"),
    [
        (number(93, "件") + number(347, "件"), "440", "件"),  # seeds-audit A4
        (number(354, "万元") + number(5243300, "元"), "878.33", "万元"),
        (number(5, "件") + number(2), "7", "件"),  # a bare number takes the unit beside it
        (number(5) + number(2, "件"), "7", "件"),
        (number(445, "件") - number(434, "件"), "11", "件"),
        (number(1, "件") - number(5, "件"), "-4", "件"),
        (-number(5, "件"), "-5", "件"),
        (number(3, "件") * number(2), "6", "件"),
        (number(2) * number(3, "件"), "6", "件"),
        (number(6, "件") / number(2), "3", "件"),
        (number(62, "万元") / number(Decimal("41.8"), "万元"), "620/418", ""),
        (number(620000, "元") / number(62, "万元"), "1", ""),
        (number(1) / number(4), "1/4", ""),
        (number(50, "%") + number(50, "%"), "100", "%"),
    ],
)
def test_sums_and_ratios_are_those_of_fractions(result: Quantity, value: str, symbol: str) -> None:
    assert abs(exact_value(result) - Fraction(value)) < TINY
    assert result.unit == unit(symbol)


def test_the_plan_of_lieshan_is_its_task_times_the_standard() -> None:
    """seeds-audit B4: 380件 × 1100元/件 = 41.8万元."""
    plan = number(380, "件") * number(1100, "元/件")
    assert exact_value(convert(plan, unit("万元"))) == Fraction("41.8")


def test_the_population_follows_from_cases_and_cases_for_each_ten_thousand() -> None:
    """seeds-audit D7: 13681 / 14.5 = 943.5万人, to one digit."""
    population = convert(number(13681, "件") / number(Decimal("14.5"), "件/万人"), unit("万人"))
    assert rounded(population.low, 1) == Decimal("943.5")


@pytest.mark.parametrize(
    "operate",
    [
        lambda: number(1, "件") + number(1, "万元"),
        lambda: number(1, "件") - number(1, "人"),
        lambda: number(1, "元/件") + number(1, "元"),
        lambda: number(1, "%") + number(1, "件"),
        lambda: compare(number(1, "件"), number(1, "万元")),
        lambda: agree(number(1, "件"), number(1, "万元")),
        lambda: agree(number(1, "%"), number(1, "件")),
    ],
)
def test_different_measures_are_never_put_together(operate: Callable[[], object]) -> None:
    with pytest.raises(UnitMismatchError):
        operate()


@pytest.mark.parametrize("divisor", [number(0), between(-1, 1), between(0, 5), between(-5, 0), number(0, "件")])
def test_nothing_is_divided_by_what_may_be_zero(divisor: Quantity) -> None:
    with pytest.raises(QuantityError, match="division by zero"):
        _ = number(1, divisor.unit.symbol) / divisor


def test_a_result_has_a_bounded_number_of_digits() -> None:
    huge = number(10**MAX_DIGITS)
    assert exact_value(huge + number(1)) == 10**MAX_DIGITS + 1
    with pytest.raises(QuantityError, match="too large"):
        _ = huge * number(10)
    with pytest.raises(QuantityError, match="too large"):
        _ = huge * huge
    with pytest.raises(QuantityError, match="too large"):
        _ = huge / number(Decimal("0.1"))


@pytest.mark.parametrize("vague", [stated("95%以上", "%"), stated("10件以上", "件"), stated("超过5", "")])
def test_nothing_times_something_without_end_is_a_value_or_an_error(vague: Quantity) -> None:
    for a, b in ((vague, number(0)), (number(0), vague)):
        with contextlib.suppress(QuantityError):
            assert (a * b).low == 0


def test_a_product_is_exact() -> None:
    a, b = Decimal("1234567890.12345678"), Decimal("1.2345678901234567")
    assert exact_value(number(a) * number(b)) == Fraction(a) * Fraction(b)


hundredths = st.integers(-100_000, 100_000)
fractions = st.fractions(0, 1, max_denominator=8)


@st.composite
def range_and_member(draw: st.DrawFn) -> tuple[Quantity, Fraction]:
    """Draw a range, which may be a single number, and a number in it."""
    a, b = draw(hundredths), draw(hundredths)
    low, high = (min(a, b), max(a, b)) if draw(st.booleans()) else (a, a)
    member = Fraction(low, 100) + draw(fractions) * Fraction(high - low, 100)
    return between(Decimal(low) / 100, Decimal(high) / 100), member


def holds(quantity: Quantity, member: Fraction) -> bool:
    return Fraction(quantity.low) - TINY <= member <= Fraction(quantity.high) + TINY


@quick
@given(range_and_member(), range_and_member())
def test_a_range_computed_holds_what_its_members_compute(
    left: tuple[Quantity, Fraction], right: tuple[Quantity, Fraction]
) -> None:
    (a, x), (b, y) = left, right
    assert holds(a + b, x + y)
    assert holds(a - b, x - y)
    assert holds(a * b, x * y)
    assert holds(-a, -x)
    if b.low > 0 or b.high < 0:
        assert holds(a / b, x / y)


@quick
@given(range_and_member(), range_and_member())
def test_the_ends_of_a_computed_range_are_reached(
    left: tuple[Quantity, Fraction], right: tuple[Quantity, Fraction]
) -> None:
    """The range is no wider than it must be: its ends are those of some pair of ends."""
    (a, _x), (b, _y) = left, right
    pairs = [(Fraction(x), Fraction(y)) for x in (a.low, a.high) for y in (b.low, b.high)]
    for result, values in (
        (a + b, [x + y for x, y in pairs]),
        (a - b, [x - y for x, y in pairs]),
        (a * b, [x * y for x, y in pairs]),
    ):
        assert (Fraction(result.low), Fraction(result.high)) == (min(values), max(values))


@quick
@given(range_and_member(), st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_range_without_end_stays_without_end(left: tuple[Quantity, Fraction], start: int, more: int) -> None:
    """95以上 and whatever is done to it."""
    (a, x), y = left, Fraction(start + more)
    endless = between(start, INFINITE)
    total, difference = a + endless, endless - a
    assert total.high.is_infinite()
    assert difference.high.is_infinite()
    assert Fraction(total.low) <= x + y
    assert Fraction(difference.low) <= y - x
    if start > 0:
        share = number(1) / endless
        assert Fraction(share.low) <= 1 / y <= Fraction(share.high) + TINY


@quick
@given(range_and_member(), range_and_member())
def test_a_comparison_holds_for_all_members_or_is_open(
    left: tuple[Quantity, Fraction], right: tuple[Quantity, Fraction]
) -> None:
    (a, x), (b, y) = left, right
    less, more = compare(a, b)
    assert less is None or less is (x < y)
    assert more is None or more is (x > y)
    if a.exact and b.exact:
        assert (less, more) == (x < y, x > y)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (number(44, "条"), stated("80余条", "条"), (True, False)),  # seeds-audit A12
        (stated("130余条", "条"), stated("80余条", "条"), (False, True)),  # seeds-audit A13
        (stated("80余条", "条"), number(85, "条"), (None, None)),
        (stated("95%以上", "%"), number(90, "%"), (False, True)),
        (number(99, "%"), stated("95%以上", "%"), (None, None)),
        (number(62, "万元"), number(620000, "元"), (False, False)),
        (number(62, "万元"), number(Decimal("620000.01"), "元"), (True, False)),
        (number(5, "件"), number(3), (False, True)),  # a bare number takes the unit beside it
        (number(3), number(5, "件"), (True, False)),
        (number(Decimal("0.975")), number(Decimal("97.4"), "%"), (False, True)),
    ],
)
def test_ranges_that_overlap_cannot_be_compared(
    a: Quantity, b: Quantity, expected: tuple[bool | None, bool | None]
) -> None:
    assert compare(a, b) == expected


# --- agreement -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "numerator", "denominator", "agreement"),
    [
        ("97.5%", 434, 445, Agreement.ROUNDED),  # seeds-audit A1
        ("20.9%", 93, 445, Agreement.ROUNDED),  # A2
        ("79.1%", 347, 445, Agreement.DIFFERENT),  # A3
        ("79.1%", 352, 445, Agreement.ROUNDED),
        ("117%", 445, 380, Agreement.ROUNDED),  # A8
        ("100%", 62, 62, Agreement.EQUAL),  # A19
        ("93.3%", 14, 15, Agreement.ROUNDED),  # D2
        ("97.52%", 434, 445, Agreement.TRUNCATED),  # 97.528 cut off
        ("97.53%", 434, 445, Agreement.ROUNDED),
        ("97%", 434, 445, Agreement.TRUNCATED),
        ("98%", 434, 445, Agreement.ROUNDED),
        ("97.6%", 434, 445, Agreement.DIFFERENT),
        ("12.5%", 1, 8, Agreement.EQUAL),
        ("13%", 1, 8, Agreement.ROUNDED),  # half-up
        ("12%", 1, 8, Agreement.TRUNCATED),
        ("0.13", 1, 8, Agreement.DIFFERENT),  # without % it is 0.13 %
        ("50.0%", 1, 2, Agreement.EQUAL),
    ],
)
def test_a_percentage_agrees_half_up_at_its_digits(
    said: str, numerator: int, denominator: int, agreement: Agreement
) -> None:
    assert agree(stated(said, "%"), number(numerator, "件") / number(denominator, "件")) is agreement


def test_the_rate_of_arrival_of_lieshan_agrees() -> None:
    """seeds-audit B3: 62 / 41.8 = 148.325 %."""
    rate = stated("62", "万元") / stated("41.8", "万元")
    assert agree(stated("148%", "%"), rate) is Agreement.ROUNDED
    assert agree(stated("148.3%", "%"), rate) is Agreement.ROUNDED
    assert agree(stated("148.4%", "%"), rate) is Agreement.DIFFERENT


@quick
@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 4))
@example(1, 8, 0)
@example(1, 200, 0)  # 0.5 % is 1 %
@example(999, 1000, 0)
def test_half_up_is_half_up(numerator: int, denominator: int, places: int) -> None:
    exact = Fraction(numerator, denominator) * 100
    right = half_up(exact, places)
    ratio = number(numerator, "件") / number(denominator, "件")

    def verdict(value: Fraction) -> Agreement:
        return agree(stated(written(value, places) + "%", "%"), ratio)

    assert verdict(right) is (Agreement.EQUAL if right == exact else Agreement.ROUNDED)
    step = Fraction(1, 10**places)
    assert verdict(right + step) is Agreement.DIFFERENT
    if right >= step:
        cut_off = right > exact
        assert verdict(right - step) is (Agreement.TRUNCATED if cut_off else Agreement.DIFFERENT)


@quick
@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=5), st.integers(-20, 20), st.integers(1, 3))
def test_a_sum_of_rounded_numbers_may_be_off_by_their_rounding(parts: list[int], off: int, places: int) -> None:
    """domain.md 3, rule 4: n numbers of d digits may be off by n × 0.5 × 10^−d."""
    total = sum(parts) + off
    assume(total >= 0)
    quantities = [stated(written(Fraction(part, 10**places), places), "万元") for part in parts]
    expected = sum(quantities[1:], quantities[0])
    agreement = agree(stated(written(Fraction(total, 10**places), places), "万元"), expected)
    if off == 0:
        assert agreement is Agreement.EQUAL
    elif abs(off) <= Fraction(len(parts), 2):
        assert agreement is Agreement.WITHIN_ROUNDING
    elif abs(off) > Fraction(len(parts) + 1, 2):  # the total is rounded too
        assert agreement is Agreement.DIFFERENT


@quick
@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=5), st.integers(-3, 3))
def test_a_sum_of_counts_is_exact(parts: list[int], off: int) -> None:
    """domain.md 3: 件/人 0."""
    assume(sum(parts) + off >= 0)
    quantities = [stated(str(part), "件") for part in parts]
    agreement = agree(stated(str(sum(parts) + off), "件"), sum(quantities[1:], quantities[0]))
    assert agreement is (Agreement.DIFFERENT if off else Agreement.EQUAL)


def test_shares_may_miss_a_hundred_by_their_rounding() -> None:
    """domain.md 3, rule 4: three times 33.3 % is 99.9 %, off by less than 3 × 0.05."""
    third = stated("33.3%", "%")
    assert agree(third + third + third, number(1)) is Agreement.WITHIN_ROUNDING
    assert agree(stated("20.9%", "%") + stated("79.1%", "%"), number(1)) is Agreement.EQUAL  # seeds-audit A5
    assert agree(stated("20.9%", "%") + stated("78.8%", "%"), number(1)) is Agreement.DIFFERENT


@pytest.mark.parametrize(
    ("said", "symbol", "expected", "agreement"),
    [
        ("95%以上", "%", number(Decimal("97.5"), "%"), Agreement.EQUAL),
        ("95%以上", "%", number(95, "%"), Agreement.EQUAL),
        ("95%以上", "%", number(94, "%"), Agreement.DIFFERENT),
        ("3000余", "人次", number(3500, "人次"), Agreement.EQUAL),
        ("3000余", "人次", number(993, "人次"), Agreement.DIFFERENT),  # seeds-audit A10
        ("3000余", "人次", number(4000, "人次"), Agreement.DIFFERENT),
        ("3000余", "人次", between(3900, 4100, "人次"), Agreement.OPEN),
        ("近20", "件", number(21, "件"), Agreement.DIFFERENT),
        ("100以下", "件", number(100, "件"), Agreement.EQUAL),
        ("100以上", "件", between(90, 100, "件"), Agreement.OPEN),  # both may be 100
        ("100以下", "件", between(100, 110, "件"), Agreement.OPEN),
        ("约400", "件", number(405, "件"), Agreement.EQUAL),
        ("440", "件", between(400, 499, "件"), Agreement.OPEN),
        ("500", "件", between(400, 499, "件"), Agreement.DIFFERENT),
        ("10", "件", between(10, INFINITE, "件"), Agreement.OPEN),
        ("9", "件", between(10, INFINITE, "件"), Agreement.DIFFERENT),
        ("62", "万元", number(620000, "元"), Agreement.EQUAL),
        ("445", "件", number(445), Agreement.EQUAL),  # a bare number takes the unit beside it
        ("97.5%", "%", number(Decimal("0.975")), Agreement.EQUAL),
    ],
)
def test_what_is_inexact_is_held_against_as_an_inequality(
    said: str, symbol: str, expected: Quantity, agreement: Agreement
) -> None:
    assert agree(stated(said, symbol), expected) is agreement


# --- printing ------------------------------------------------------------------------------------------------


@quick
@given(st.integers(0, 10**9), st.integers(0, 6), st.integers(0, 6))
@example(5, 1, 0)
@example(15, 1, 0)
@example(25, 1, 0)  # not to the even digit
def test_rounding_is_half_up(digits: int, scale: int, places: int) -> None:
    value = Decimal(digits).scaleb(-scale)
    result = rounded(value, places)
    assert Fraction(result) == half_up(Fraction(digits, 10**scale), places)
    assert rounded(-value, places) == -result  # away from zero on both sides
    assert -result.as_tuple().exponent == places  # type: ignore[operator]


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (number(445), "445"),
        (number(Decimal("0.50")), "0.5"),
        (number(10**6), "1000000"),
        (number(Decimal("1E+3")), "1000"),
        (number(1) / number(8), "0.125"),
        (number(-3), "-3"),
    ],
)
def test_a_computed_number_prints_with_the_digits_it_has(quantity: Quantity, text: str) -> None:
    assert plain(quantity) == str(quantity) == text


def test_endless_digits_are_not_printed() -> None:
    with pytest.raises(QuantityError, match="endless digits") as error:
        plain(number(434) / number(445))
    assert "round" in error.value.hint


def test_an_inexact_number_without_words_is_not_printed() -> None:
    for places in (None, 1):
        with pytest.raises(QuantityError, match="inexact"):
            plain(between(1, 2), places)


@pytest.mark.parametrize(
    ("quantity", "places", "text"),
    [
        (number(434) / number(445), 3, "0.975"),
        (number(Decimal("2.5")), 0, "3"),
        (number(5), 2, "5.00"),
        (number(Decimal("1388.76")), 0, "1389"),
    ],
)
def test_a_number_prints_with_the_digits_asked_for(quantity: Quantity, places: int, text: str) -> None:
    assert plain(quantity, places) == text
    assert str(with_places(quantity, places)) == text


def test_a_value_that_prints_short_keeps_its_digits_for_checks() -> None:
    rate = convert(number(434) / number(445), unit("%"))
    short = with_places(rate, 1)
    assert (str(short), short.bare, short.with_unit) == ("97.5%", "97.5", "97.5%")
    assert (short.low, short.high) == (rate.low, rate.high)


def test_an_inexact_value_prints_as_its_words_however_many_places() -> None:
    assert str(with_places(stated("3000余", "人次"), 1)) == "3000余"


@pytest.mark.parametrize(
    "text", [str(with_places(number(Decimal("-0.04"), "%"), 1)), plain(number(Decimal("-0.001")), 2)]
)
def test_nothing_has_no_sign(text: str) -> None:
    assert not text.startswith("-")


@pytest.mark.parametrize(
    ("text", "symbol", "with_unit", "bare", "printed"),
    [
        ("97.5%", "%", "97.5%", "97.5", "97.5%"),
        ("445", "件", "445件", "445", "445"),
        ("10件以上", "件", "10件以上", "10以上", "10以上"),
        ("约400", "件", "约400件", "约400", "约400"),
    ],
)
def test_a_number_prints_with_its_unit_or_bare(text: str, symbol: str, with_unit: str, bare: str, printed: str) -> None:
    quantity = stated(text, symbol)
    assert (quantity.with_unit, quantity.bare, str(quantity)) == (with_unit, bare, printed)


@pytest.mark.parametrize(
    ("quantity", "places", "text"),
    [
        (stated("14,892", "件"), None, "14,892件"),
        (stated("3000余", "人次"), None, "3000余人次"),
        (number(440, "件"), None, "440件"),
        (number(2, "件") / number(3), None, "0.6667件"),
        (convert(number(347) / number(445), unit("%")), 1, "78.0%"),
        (between(100, 199, "件"), None, "100–199件"),
        (between(10, INFINITE, "件"), None, "10–∞件"),
        (between("24.83", "33.1", "%"), 1, "24.8–33.1%"),
        (number(5), None, "5"),
    ],
)
def test_a_message_prints_any_value(quantity: Quantity, places: int | None, text: str) -> None:
    assert brief(quantity, places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("0.00", "0"), ("5.00", "5"), ("100", "100"), ("1E+2", "100"), ("0.10", "0.1"), ("-2.50", "-2.5")],
)
def test_zeros_at_the_end_of_a_fraction_are_left_out(value: str, text: str) -> None:
    assert trimmed(Decimal(value)) == text


@quick
@given(st.integers(-(10**12), 10**12), st.integers(-3, 6))
def test_a_trimmed_number_is_worth_the_same(digits: int, scale: int) -> None:
    value = Decimal(digits).scaleb(-scale)
    text = trimmed(value)
    assert Fraction(text) == Fraction(value)
    assert "e" not in text.lower()
    assert "." not in text or text[-1] not in "0."


def test_quantities_are_values() -> None:
    assert number(5, "件") == number(5, "件")
    assert len({number(5, "件"), number(5, "件"), number(5, "人")}) == 2
    assert number(5, "件").exact
    assert not between(5, 6, "件").exact


def test_a_whole_that_is_worked_out_prints_as_it_is_typed() -> None:
    """100% and 100.0% do not stand side by side in one document."""
    rates = [number(Decimal(value)) for value in ("100", "99.96", "97")]
    shown = [str(with_places(replace(rate, unit=unit("%")), 1)) for rate in rates]
    assert shown == ["100%", "100.0%", "97.0%"]
