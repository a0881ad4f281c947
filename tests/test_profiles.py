"""Scoring profiles are data: each rule gives what the ministry's or the province's words come to, worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from conftest import ROOT
from reportgen.forms.profiles import Profile, read_profile
from reportgen.numbers.formula import in_numbers, quantity_of
from reportgen.numbers.numerals import read_quantity
from reportgen.numbers.quantity import BARE, convert, number, rounded
from reportgen.telling.findings import ReportError

FOLDER = ROOT / "templates" / "profiles"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def profile(name: str) -> Profile:
    return read_profile(FOLDER / f"{name}.yaml", f"templates/profiles/{name}.yaml")


def score(chosen: Profile, rule: str, actual: str, target: str, points: int, unit: str = "件") -> Decimal:
    scope = {"实际": read_quantity(actual, unit), "指标值": read_quantity(target, unit), "分值": number(points)}
    return rounded(convert(quantity_of(chosen.rules[rule], scope), BARE).low, 2)


def test_the_profiles_that_come_with_the_program() -> None:
    assert NAMES == ["central-2021", "central-2021-cost", "hubei", "national-2020", "sichuan"]


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_is_whole(name: str) -> None:
    """Each weighs at most 100, grades from 90, 80 and 60, and has a rule for each sign."""
    chosen = profile(name)
    assert sum(chosen.weights.values()) == 100 or name == "sichuan"
    assert dict(chosen.grades) == {"优": 90, "良": 80, "中": 60, "差": 0}
    assert {sign for sign in (">=", ">", "==", "<=", "<") if chosen.rule("产出指标", sign)} == {
        ">=",
        ">",
        "==",
        "<=",
        "<",
    }
    assert chosen.rule("预算执行率", ">=") is chosen.rules["执行率"]
    assert [band.least for band in chosen.bands] == sorted((band.least for band in chosen.bands), reverse=True)


@pytest.mark.parametrize(
    ("name", "weights"),
    [  # domain.md 2.1
        ("national-2020", {"预算执行率": 10, "产出指标": 50, "效益指标": 30, "满意度指标": 10}),
        ("central-2021-cost", {"预算执行率": 10, "成本指标": 20, "产出指标": 40, "效益指标": 20, "满意度指标": 10}),
        ("hubei", {"预算执行率": 20, "产出指标": 40, "效益指标": 40}),
        ("sichuan", {"预算执行率": 10}),
    ],
)
def test_the_weights(name: str, weights: dict[str, int]) -> None:
    assert profile(name).weights == weights


@pytest.mark.parametrize(
    ("name", "rule", "actual", "target", "points", "expected"),
    [
        ("national-2020", "正向", "100", "100", 10, "10.00"),
        ("national-2020", "正向", "87", "100", 10, "8.70"),
        ("national-2020", "正向", "130", "100", 10, "10.00"),
        ("national-2020", "等于", "0", "0", 10, "10.00"),
        ("national-2020", "等于", "1", "0", 10, "0.00"),
        ("national-2020", "等于", "50", "100", 10, "5.00"),
        ("national-2020", "反向递减", "10", "10", 10, "10.00"),
        ("national-2020", "反向递减", "15", "10", 10, "5.00"),  # domain.md 2.1: 5.00 against 6.67
        ("national-2020", "反向递减", "20", "10", 10, "0.00"),
        ("national-2020", "反向比例", "15", "10", 10, "6.67"),
        ("central-2021", "正向", "59", "100", 10, "0.00"),  # 60% is the least
        ("central-2021", "正向", "60", "100", 10, "0.00"),
        ("central-2021", "正向", "80", "100", 10, "5.00"),  # (80 − 60) ÷ 40
    ],
)
def test_a_rule_scores_as_its_words_say(
    name: str, rule: str, actual: str, target: str, points: int, expected: str
) -> None:
    assert score(profile(name), rule, actual, target, points) == Decimal(expected)


@pytest.mark.parametrize(
    ("name", "rule", "rate", "expected"),
    [
        ("national-2020", "执行率", "97.5%", "9.75"),
        ("national-2020", "执行率", "105%", "10.00"),
        ("central-2021", "执行率", "100%", "10.00"),
        ("central-2021", "执行率", "99.9%", "7.00"),  # [80%, 100%) 7, [60%, 80%) 5, below 0
        ("central-2021", "执行率", "79%", "5.00"),
        ("central-2021", "执行率", "59%", "0.00"),
        ("central-2021", "满意度", "90%", "10.00"),  # ≥90% 10, [80, 90) 8, [60, 80) 5
        ("central-2021", "满意度", "85%", "8.00"),
        ("central-2021", "满意度", "60%", "5.00"),
        ("central-2021", "满意度", "59%", "0.00"),
    ],
)
def test_a_rate_scores_as_the_profile_says(name: str, rule: str, rate: str, expected: str) -> None:
    assert score(profile(name), rule, rate, "100%", 10, "%") == Decimal(expected)


def test_how_a_score_came_about_names_what_was_chosen() -> None:
    scope = {"实际": read_quantity("87", "件"), "指标值": read_quantity("100", "件"), "分值": number(10)}
    assert in_numbers(profile("national-2020").rules["正向"], scope) == "10 × 87件 ÷ 100件"


@pytest.mark.parametrize(("share", "band"), [("1", 0), ("0.8", 0), ("0.79", 1), ("0.6", 1), ("0.59", 2), ("0", 2)])
def test_bands_reach_from_their_lower_end(share: str, band: int) -> None:
    chosen = profile("national-2020")
    assert chosen.band(Decimal(share)) == chosen.bands[band]


WHOLE = "名称: 甲\n等级: {优: 90}\n算法: {正: 分值}\n采用: {≥: 正}\n"


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("算法: {正: 分值}", "算法: {正: 分值 *}"), 3, "tag"),
        (("算法: {正: 分值}", "算法: {正: 案件.受理}"), 3, "案件.受理"),
        (("采用: {≥: 正}", "采用: {≥: 反}"), 4, "反"),
        (("等级: {优: 90}", "等级: {优: 九十}"), 2, "九十"),
        (("名称: 甲\n", "名称: 甲\n权重: {产出: 101}\n"), 2, "101"),
        (("名称: 甲\n", "名称: 甲\n超额须说明: 多\n"), 2, "多"),
    ],
)
def test_a_fault_of_a_profile_is_placed(tmp_path: Path, change: tuple[str, str], line: int, said: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    assert read_profile(path, "p.yaml").rule("任意", ">=") is not None
    path.write_text(WHOLE.replace(*change), encoding="utf-8")
    with pytest.raises(ReportError) as error:
        read_profile(path, "p.yaml")
    assert [(finding.code, finding.span.line) for finding in error.value.findings] == [("bad-template", line)]
    assert said in error.value.findings[0].message
