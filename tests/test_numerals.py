"""Numbers are read as officials write them, and print as they were written (product.md, “Values”)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from reportgen.numbers.numerals import in_figures, mended, read_measured, read_quantity
from reportgen.numbers.quantity import MAX_DIGITS, Quantity, QuantityError, UnitMismatchError

quick = settings(max_examples=300, deadline=None)

SCALES = {"元": 1, "千元": 10**3, "万元": 10**4, "亿元": 10**8}
INFINITE = Decimal("Infinity")


def ends(quantity: Quantity) -> tuple[str, str]:
    """Return both ends, without zeros at the end."""
    low, high = (format(end.normalize(), "f") if end.is_finite() else "∞" for end in (quantity.low, quantity.high))
    return low, high


def exact_value(quantity: Quantity) -> Fraction:
    assert quantity.low == quantity.high
    return Fraction(quantity.low)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("七个", "7个"),
        ("￥680,000.00", "680,000.00元"),  # the sign is the unit
        ("十五件", "15件"),
        ("二十件", "20件"),
        ("一百零五件", "105件"),
        ("三千二百件", "3200件"),
        ("两万元", "2万元"),
        *((text, text) for text in ("百十件", "二十三十件", "零十件", "二千三千件", "百百件")),
    ],
)
def test_a_number_in_words_is_one_in_figures_if_it_is_one(text: str, figures: str) -> None:
    assert in_figures(text) == figures


# --- exact numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "symbol", "value", "printed", "with_unit"),
    [
        ("445", "件", "445", "445", "445件"),
        ("445件", "件", "445", "445", "445件"),
        ("445 件", "件", "445", "445", "445件"),
        (" 445 ", "件", "445", "445", "445件"),
        ("0", "件", "0", "0", "0件"),
        ("14,892", "件", "14892", "14,892", "14,892件"),
        ("1,234,567.89", "元", "1234567.89", "1,234,567.89", "1,234,567.89元"),
        ("41.8", "万元", "41.8", "41.8", "41.8万元"),
        ("62万元", "万元", "62", "62", "62万元"),
        ("62万", "万元", "62", "62", "62万元"),
        ("620000元", "万元", "62", "62", "62万元"),
        ("0.0027亿元", "万元", "27", "27", "27万元"),
        ("41.8万元", "元", "418000", "41.8万", "41.8万元"),  # as it was written
        ("878.50", "万元", "878.5", "878.50", "878.50万元"),
        ("97.5%", "%", "97.5", "97.5%", "97.5%"),
        ("97.5", "%", "97.5", "97.5%", "97.5%"),
        ("100%", "%", "100", "100%", "100%"),
        ("5‰", "%", "0.5", "0.5%", "0.5%"),
        ("-3.2%", "%", "-3.2", "-3.2%", "-3.2%"),
        ("15.64万人次", "人次", "156400", "15.64万", "15.64万人次"),
        ("15.64万", "人次", "156400", "15.64万", "15.64万人次"),
        ("14.5", "件/万人", "14.5", "14.5", "14.5件/万人"),
        ("14.5件/万人", "件/万人", "14.5", "14.5", "14.5件/万人"),
        ("1100元/件", "元/件", "1100", "1100", "1100元/件"),
        ("943.5", "万人", "943.5", "943.5", "943.5万人"),
        ("9435000人", "万人", "943.5", "943.5", "943.5万人"),
        ("2023", "", "2023", "2023", "2023"),
    ],
)
def test_a_number_has_its_value_and_prints_as_it_was_written(
    text: str, symbol: str, value: str, printed: str, with_unit: str
) -> None:
    quantity = read_quantity(text, symbol)
    assert exact_value(quantity) == Fraction(value)
    assert quantity.unit.symbol == symbol
    assert (str(quantity), quantity.with_unit) == (printed, with_unit)


@pytest.mark.parametrize(
    ("text", "places", "slack"),
    [
        ("97.5%", 1, "0.05"),  # anything from 97.45 rounds to it
        ("100%", 0, "0.5"),
        ("878.50万元", 2, "0.005"),
        ("41.8", 1, "0.05"),
    ],
)
def test_a_number_remembers_the_digits_it_was_stated_with(text: str, places: int, slack: str) -> None:
    quantity = read_quantity(text, "%" if "%" in text else "万元")
    assert (quantity.places, quantity.slack) == (places, Decimal(slack))


def test_digits_follow_a_number_into_another_unit() -> None:
    """620000元 is stated to the yuan: four digits after the point in 万元."""
    assert read_quantity("620000元", "万元").places == 4
    assert read_quantity("0.0027亿元", "万元").places == 0
    assert read_quantity("15.64万人次", "人次").places == -2


def test_whole_things_are_counted_and_not_rounded() -> None:
    assert read_quantity("445", "件").slack == 0
    assert read_quantity("14,892", "人次").slack == 0


def test_a_count_in_ten_thousands_is_rounded() -> None:
    """15.64万人次 is anything from 156,350 to 156,450."""
    assert read_quantity("15.64万人次", "人次").slack == 50


@pytest.mark.parametrize("text", ["445宗", "445 起", "445件"])
def test_other_words_for_a_unit_are_the_unit(text: str) -> None:
    quantity = read_quantity(text, "件", ("宗", "起"))
    assert exact_value(quantity) == 445
    assert quantity.with_unit == "445件"


def test_other_words_for_a_unit_may_follow_ten_thousand() -> None:
    quantity = read_quantity("1.5万宗", "件", ("宗",))
    assert exact_value(quantity) == 15000
    assert quantity.with_unit == "1.5万件"


@pytest.mark.parametrize(
    ("text", "symbol"),
    [("62件", "万元"), ("445元", "件"), ("445宗", "件"), ("62%", "万元"), ("5件", ""), ("14.5件", "件/万人")],
)
def test_a_wrong_unit_is_an_error_that_names_both(text: str, symbol: str) -> None:
    with pytest.raises(UnitMismatchError) as error:
        read_quantity(text, symbol)
    assert text in error.value.message
    assert (symbol or "bare number") in error.value.message
    assert error.value.hint


@pytest.mark.parametrize(
    "text",
    ["", " ", "四百", "一", "abc", "12:30", "1e3", "1.0e+3", ".5", "5.", "5..1", "1,23", "12,34", "1,2345", "0,123x,",
     "--5", "+-5", "1_000", "0x1F", "5 6", "5-6", "5~6", "0.5.1", "∞", "nan", "inf", ".inf", "NaN", "٣", "4/5", "1:30",
     "*5", "{{ x }}", "5,", ",5", "010-88886666"],
)  # fmt: skip
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(QuantityError) as error:
        read_quantity(text, "件")
    assert error.value.message


@pytest.mark.parametrize("text", ["012", "00", "0445", "018", "0,123", "02988886666", "００１"])
def test_a_number_that_starts_with_zero_is_refused(text: str) -> None:
    """hazards 2.1: only 0 or [1-9][0-9]* is a number."""
    with pytest.raises(QuantityError, match="starts with 0"):
        read_quantity(text, "件")


def test_digits_are_as_many_as_allowed() -> None:
    assert exact_value(read_quantity("9" * MAX_DIGITS, "件")) == 10**MAX_DIGITS - 1
    assert exact_value(read_quantity("1." + "0" * (MAX_DIGITS - 1), "件")) == 1
    for text in ("9" * (MAX_DIGITS + 1), "1." + "0" * MAX_DIGITS, "9" * 5000):
        with pytest.raises(QuantityError, match="18 digits"):
            read_quantity(text, "件")


@pytest.mark.parametrize(
    ("text", "half_width"),
    [
        ("１２３", "123"),
        ("９７．５％", "97.5%"),
        ("1，234", "1,234"),
        ("－5", "-5"),
        ("−5", "-5"),
        ("＋5", "+5"),
        ("445件", "445件"),
        ("（一）：；", "（一）：；"),
    ],
)
def test_full_width_digits_and_signs_are_mended(text: str, half_width: str) -> None:
    assert mended(text) == half_width


@pytest.mark.parametrize("text", ["４４５", "４４５件", "1４,8９2"])
def test_a_full_width_number_is_read_as_the_half_width_one(text: str) -> None:
    assert read_quantity(text, "件") == read_quantity(mended(text), "件")


# --- inexact numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "symbol", "low", "high"),
    [
        ("3000余", "人次", "3000", "3999"),
        ("3000余人次", "人次", "3000", "3999"),
        ("3000多人次", "人次", "3000", "3999"),
        ("130余条", "条", "130", "139"),
        ("80多名", "名", "80", "89"),
        ("500余件", "件", "500", "599"),
        ("19000余份", "份", "19000", "19999"),
        ("1,500余", "件", "1500", "1599"),
        ("3万余件", "件", "30000", "39999"),
        ("1.5万余件", "件", "15000", "15999"),
        ("10余万元", "万元", "10", "19.99"),
        ("近20件", "件", "10", "20"),
        ("不足5", "件", "0", "5"),
        ("不到5件", "件", "0", "5"),
        ("不超过5", "件", "0", "5"),
        ("95%以上", "%", "95", "∞"),
        ("90分以上", "分", "90", "∞"),
        ("不低于95%", "%", "95", "∞"),
        ("不少于10件", "件", "10", "∞"),
        ("至少10", "件", "10", "∞"),
        ("超过10", "件", "10", "∞"),
        ("逾10万元", "万元", "10", "∞"),
        ("达到95%", "%", "95", "∞"),
        ("5%以下", "%", "0", "5"),
        ("10日以内", "日", "0", "10"),
    ],
)
def test_an_inexact_number_is_the_range_its_words_allow(text: str, symbol: str, low: str, high: str) -> None:
    assert ends(read_quantity(text, symbol)) == (low, high)


@pytest.mark.parametrize("text", ["约400", "大约400件", "400左右", "400件左右"])
def test_about_a_number_is_around_it(text: str) -> None:
    quantity = read_quantity(text, "件")
    assert quantity.low + quantity.high == 800
    assert 300 < quantity.low < 400


@pytest.mark.parametrize(
    ("text", "symbol", "bare", "with_unit"),
    [
        ("3000余", "人次", "3000余", "3000余人次"),
        ("130余条", "条", "130余", "130余条"),
        ("80多名", "名", "80多", "80多名"),
        ("近20", "件", "近20", "近20件"),
        ("95%以上", "%", "95以上", "95%以上"),
        ("90分以上", "分", "90以上", "90分以上"),
        ("约400", "件", "约400", "约400件"),
        ("400件左右", "件", "400左右", "400件左右"),
        ("不低于1,500", "件", "不低于1,500", "不低于1,500件"),
        ("10余万元", "万元", "10余", "10余万元"),
        ("10余万元", "元", "10余万", "10余万元"),
        ("3万余件", "件", "3万余", "3万余件"),
    ],
)
def test_an_inexact_number_prints_as_it_was_written(text: str, symbol: str, bare: str, with_unit: str) -> None:
    quantity = read_quantity(text, symbol)
    assert not quantity.exact
    assert (quantity.bare, quantity.with_unit) == (bare, with_unit)


@pytest.mark.parametrize("text", ["余3000", "以上95%", "20近", "近", "以上", "多", "约", "件", "近约20"])
def test_words_alone_or_in_the_wrong_place_are_no_number(text: str) -> None:
    with pytest.raises(QuantityError):
        read_quantity(text, "件")


@pytest.mark.parametrize(("text", "member"), [("8000余元", "0.895"), ("500余元", "0.055"), ("50余元", "0.0055")])
def test_more_than_a_number_of_yuan_reaches_to_the_next(text: str, member: str) -> None:
    """8000余元 is anything below 9000元, so also 8950元 = 0.895万元."""
    quantity = read_quantity(text, "万元")
    assert quantity.low <= Decimal(member) <= quantity.high


@pytest.mark.parametrize("text", ["约-5%", "-5%左右", "-5%以下", "不超过-5%"])
def test_an_inexact_negative_number_is_a_range(text: str) -> None:
    """案件.同比增长 may be negative."""
    quantity = read_quantity(text, "%")
    assert quantity.low <= -5 <= quantity.high


def test_nearly_a_hundred_is_far_from_nothing() -> None:
    assert read_quantity("近100", "件").low >= 50


# --- whatever unit -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "symbol", "value", "with_unit"),
    [
        ("1部", "部", "1", "1部"),
        ("30万元", "万元", "30", "30万元"),
        ("5", "", "5", "5"),
        ("12个月", "个月", "12", "12个月"),
        ("3套/年", "套/年", "3", "3套/年"),
        ("97.5%", "%", "97.5", "97.5%"),
        ("1,000册", "册", "1000", "1,000册"),
        ("2.5公里", "公里", "2.5", "2.5公里"),
        ("１部", "部", "1", "1部"),
    ],
)
def test_anything_can_be_measured_in_the_unit_behind_it(text: str, symbol: str, value: str, with_unit: str) -> None:
    quantity = read_measured(text)
    assert (quantity.unit.symbol, exact_value(quantity), quantity.with_unit) == (symbol, Fraction(value), with_unit)


def test_anything_inexact_can_be_measured() -> None:
    quantity = read_measured("200余场")
    assert (ends(quantity), quantity.unit.symbol, quantity.with_unit) == (("200", "299"), "场", "200余场")


@pytest.mark.parametrize("text", ["", "无", "1:30", "010-88886666", "5件6"])
def test_what_is_no_number_cannot_be_measured(text: str) -> None:
    with pytest.raises(QuantityError):
        read_measured(text)


def test_ten_thousands_of_nothing_in_particular_are_a_bare_number() -> None:
    assert exact_value(read_measured("5万")) == 50000


# --- properties ----------------------------------------------------------------------------------------------


@st.composite
def written(draw: st.DrawFn) -> tuple[str, Fraction]:
    """Draw digits as written, with or without commas and a fraction, and their value."""
    whole = draw(st.integers(0, 10**12 - 1))
    fraction = draw(st.text("0123456789", max_size=5))
    digits = f"{whole:,}" if draw(st.booleans()) else str(whole)
    value = Fraction(whole) + (Fraction(int(fraction), 10 ** len(fraction)) if fraction else 0)
    return digits + ("." + fraction if fraction else ""), value


@quick
@given(written(), st.sampled_from(["件", "人次", "元", "万元", "亿元", "件/万人", ""]), st.booleans())
@example(("14,892", Fraction(14892)), "件", True)
@example(("0.00", Fraction(0)), "万元", False)
def test_digits_print_back_as_written_and_are_worth_what_they_say(
    number: tuple[str, Fraction], symbol: str, with_unit: bool
) -> None:
    text, value = number
    quantity = read_quantity(text + (symbol if with_unit else ""), symbol)
    assert exact_value(quantity) == value
    assert (str(quantity), quantity.bare, quantity.with_unit) == (text, text, text + symbol)
    assert quantity.places == len(text.partition(".")[2])


@quick
@given(written())
def test_a_percentage_prints_with_its_sign_and_bare_without(number: tuple[str, Fraction]) -> None:
    text, value = number
    quantity = read_quantity(text + "%", "%")
    assert exact_value(quantity) == value
    assert (str(quantity), quantity.bare, quantity.with_unit) == (text + "%", text, text + "%")


@quick
@given(written(), st.sampled_from(sorted(SCALES)), st.sampled_from(["元", "万元", "亿元"]))
def test_money_is_worth_the_same_in_every_unit(number: tuple[str, Fraction], wrote: str, measured: str) -> None:
    text, value = number
    quantity = read_quantity(text + wrote, measured)
    assert exact_value(quantity) * SCALES[measured] == value * SCALES[wrote]
    assert quantity.unit.symbol == measured


@quick
@given(written(), st.sampled_from(["元", "万元", "亿元"]), st.sampled_from(["万元", "亿元"]))
def test_converted_money_prints_its_value(number: tuple[str, Fraction], wrote: str, measured: str) -> None:
    assume(wrote != measured)
    text, value = number
    printed = read_quantity(text + wrote, measured).bare
    assert Fraction(printed.replace(",", "")) * SCALES[measured] == value * SCALES[wrote]


@quick
@given(st.integers(1, 999), st.integers(0, 6))
def test_more_than_a_number_stays_below_the_next_of_its_kind(leading: int, zeros: int) -> None:
    """3000余 < 4000, 130余 < 140: the last digit that is not zero goes up by one."""
    assume(leading % 10)
    low, step = leading * 10**zeros, 10**zeros
    quantity = read_quantity(f"{low}余", "件")
    assert (Fraction(quantity.low), Fraction(quantity.high)) == (low, low + step - 1)


def outcome(text: str, symbol: str) -> Quantity | QuantityError:
    try:
        return read_quantity(text, symbol, ("宗",))
    except QuantityError as error:
        return error


ALPHABET = "0123456789,.+-０９，．％%‰余多近约以上下万亿千元件人次/ 宗"


@quick
@given(st.text(ALPHABET, max_size=12) | st.text(max_size=20), st.sampled_from(["件", "万元", "%", ""]))
def test_whatever_is_typed_is_a_number_or_refused_with_a_reason(text: str, symbol: str) -> None:
    result = outcome(text, symbol)
    if isinstance(result, QuantityError):
        assert result.message
    else:
        assert result.unit.symbol == symbol
        assert str(result)
        assert set(mended(text)) & set("0123456789")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1046。", "type 1046"),
        ("62万元，", "type 62万元"),
        ("无", "leave it empty where it is not known; type 0 where there was none"),
        ("—", "leave it empty where it is not known; type 0 where there was none"),
    ],
)
def test_what_stands_for_no_number_says_what_to_type(text: str, hint: str) -> None:
    with pytest.raises(QuantityError) as error:
        read_quantity(text, "件")
    assert (type(error.value), error.value.hint) == (QuantityError, hint)
