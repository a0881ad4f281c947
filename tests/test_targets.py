"""目标值 and 完成值 are read as a person reads them; what the one says of the other is true, false or unknown."""

from __future__ import annotations

import pytest

from reportgen.numbers.numerals import read_quantity
from reportgen.numbers.quantity import brief
from reportgen.scoring.targets import has_sign, read_goal, read_result, read_whole


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("≥60场", ">=", "60场"), ("＞60场", ">", "60场"), ("不少于60场", ">=", "60场"), ("不低于90%", ">=", "90%"),
        ("60场以上", ">=", "60场"), ("60场及以上", ">=", "60场"), ("≤5天", "<=", "5天"), ("5天以内", "<=", "5天"),
        ("不超过62万元", "<=", "62万元"), ("低于3%", "<", "3%"), ("=12期", "==", "12期"), ("60场", "", "60场"),
        (" ≥ 60场 ", ">=", "60场"), ("１２期", "", "12期"), ("至少3次", ">=", "3次"),
    ],
)  # fmt: skip
def test_a_target_is_a_comparison(text: str, sign: str, value: str) -> None:
    goal = read_goal(text)
    assert goal is not None
    assert (goal.sign, brief(goal.quantity)) == (sign, value)


@pytest.mark.parametrize("text", ["明显", "应结尽结", "按规定时限办理", "≥90%，且无投诉", "", "2024年12月底前完成"])
def test_a_text_is_no_comparison(text: str) -> None:
    assert read_goal(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("≥90%", True),
        ("不少于三项制度", True),
        ("5天以内", True),
        ("明显", False),
        ("60场", False),
        ("分级以上", False),
    ],
)
def test_a_comparison_is_known_by_its_sign(text: str, expected: bool) -> None:
    assert has_sign(text) is expected


@pytest.mark.parametrize(
    ("goal", "value", "reached"),
    [
        ("≥60场", "60场", True), ("≥60场", "59场", False), ("＞60场", "60场", False), ("＞60场", "61场", True),
        ("≤5天", "5天", True), ("≤5天", "6天", False), ("低于5天", "5天", False), ("低于5天", "4天", True),
        ("=5天", "5天", True), ("=5天", "6天", False), ("=5天", "4天", False),
        ("60场", "60场", True), ("60场", "45场", False), ("60场", "70场", None),  # more may be good or bad
        ("62万元", "50万元", None), ("62万元", "62万元", True), ("≥60场", "50余场", False), ("≥55场", "50余场", None),
    ],
)  # fmt: skip
def test_a_value_reaches_a_target_or_not(goal: str, value: str, reached: bool | None) -> None:
    wanted = read_goal(goal)
    assert wanted is not None
    assert wanted.reached_by(read_quantity(value, wanted.quantity.unit.symbol)) is reached


@pytest.mark.parametrize(
    ("text", "symbol", "values"),
    [
        ("45场", "场", ["45场"]), ("开展宣传45场，发放材料900份", "场", ["45场"]), ("45场和12场", "场", ["45场", "12场"]),
        ("满意率98.5%", "%", ["98.5%"]), ("已完成", "场", []), ("45份", "场", []), ("办理1,445件", "件", ["1,445件"]),
    ],
)  # fmt: skip
def test_a_result_is_the_figures_in_its_unit(text: str, symbol: str, values: list[str]) -> None:
    assert [brief(value) for value in read_result(text, symbol)] == values


def test_the_whole_of_a_text_may_be_a_value_in_any_unit() -> None:
    assert [brief(value) for value in read_whole("400万元")] == ["400万元"]
    assert read_whole("约好的时间") == []
