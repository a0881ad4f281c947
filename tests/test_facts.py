"""A file says its facts once; what it does not say is derived where a formula can, and else it is missing."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import case_of
from reportgen.checking.completeness import blank_facts
from reportgen.facts.facts import Facts, Stated, chinese_date, read_facts
from reportgen.facts.values import expected_value
from reportgen.forms.vocabulary import Vocabulary, read_vocabulary
from reportgen.numbers.formula import Missing, UnknownError, lookup, value_of
from reportgen.numbers.grammar import FormulaError, parse_expression
from reportgen.numbers.quantity import Quantity, unit
from reportgen.reading.source import parse_source
from reportgen.telling.findings import Finding, Span

ROOT = Path(__file__).resolve().parent.parent

quick = settings(max_examples=100, deadline=None)

HEAD = """\
单位: 甲中心
地区: 某市
年度: 2023
日期: 2024-01-15
报告: [plain]
"""  # five lines: 数据 is line 6

Told = list[tuple[str, int, int, str]]


def read(vocabulary: Vocabulary, data: str, head: str = HEAD, last_year: Facts | None = None) -> Facts:
    return read_facts(parse_source(f"{head}数据:\n{data}".encode(), "f.yaml"), vocabulary).beside(last_year, ())


def told(facts: Facts) -> Told:
    return [(f.code, f.span.line, f.span.column, f.path) for f in facts.findings]


def quantity(facts: Facts, name: str) -> Quantity:
    value = facts.value(name)
    assert isinstance(value, Quantity)
    return value


def exact_value(value: Quantity) -> Fraction:
    assert value.low == value.high
    return Fraction(value.low)


# --- stated --------------------------------------------------------------------------------------------------


def test_a_stated_fact_is_what_was_typed_where_it_was_typed(vocabulary: Vocabulary) -> None:
    facts = read(vocabulary, '  案件: {受理: "14,892件"}\n  资金:\n    到位: 620000元\n')
    assert told(facts) == []
    assert list(facts.stated) == ["案件.受理", "资金.到位"]
    cases, money = quantity(facts, "案件.受理"), quantity(facts, "资金.到位")
    assert facts.stated["案件.受理"] == Stated(cases, Span("f.yaml", 7, 12, 9, '  案件: {受理: "14,892件"}'))
    assert (facts.stated["资金.到位"].span.line, facts.stated["资金.到位"].span.column) == (9, 9)
    assert (exact_value(cases), str(cases)) == (Fraction(14892), "14,892")
    assert (exact_value(money), money.unit.symbol) == (Fraction(62), "万元")


def test_other_words_for_a_unit_are_taken(vocabulary: Vocabulary) -> None:
    facts = read(vocabulary, "  案件: {受理: 445宗}\n  评查: {件数: 410本}\n")
    assert told(facts) == []
    assert [stated.quantity.with_unit for stated in facts.stated.values()] == ["445件", "410件"]


def test_anything_else_goes_under_other_with_its_unit(vocabulary: Vocabulary) -> None:
    facts = read(vocabulary, "  其他: {微电影: 1部, 增支: 30万元, 无单位: 5, 观众: 200余人}\n")
    assert told(facts) == []
    assert {name: stated.quantity.with_unit for name, stated in facts.stated.items()} == {
        "其他.微电影": "1部",
        "其他.增支": "30万元",
        "其他.无单位": "5",
        "其他.观众": "200余人",
    }


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("  案件: {受理: 四百}\n", ("not-a-number", 7, 12, "案件.受理")),
        ("  案件: {受理: 0445}\n", ("not-a-number", 7, 12, "案件.受理")),
        ('  案件: {受理: "1:30"}\n', ("not-a-number", 7, 12, "案件.受理")),
        ("  案件: {受理: ~}\n", ("not-a-number", 7, 12, "案件.受理")),
        ("  案件: {受理: 1e3}\n", ("not-a-number", 7, 12, "案件.受理")),
        ("  案件: {受理: 445万元}\n", ("wrong-unit", 7, 12, "案件.受理")),
        ("  资金: {到位: 62件}\n", ("wrong-unit", 7, 12, "资金.到位")),
        ("  案件: {受理: -5}\n", ("negative", 7, 12, "案件.受理")),
        ("  案件: {受理: 4４5}\n", ("full-width-number", 7, 12, "案件.受理")),
        ("  案件: {结案率: 97.5％}\n", ("full-width-number", 7, 13, "案件.结案率")),
        ("  案件: {受里: 445}\n", ("unknown-fact", 7, 8, "案件.受里")),
        ("  案建: {受理: 445}\n", ("unknown-fact", 7, 3, "案建")),
        ("  正文: {受理: 445}\n", ("unknown-fact", 7, 3, "正文")),
        ("  其他: {微电影: 约莫一部}\n", ("not-a-number", 7, 13, "其他.微电影")),
    ],
)
def test_what_cannot_be_read_is_named_at_its_value(
    vocabulary: Vocabulary, data: str, expected: tuple[str, int, int, str]
) -> None:
    assert told(read(vocabulary, data)) == [expected]


@pytest.mark.parametrize(
    "data", ["  案件: {受理: }\n", '  案件: {受理: " "}\n', "  案件: {受理: '　'}\n", "  案件: {受理}\n"]
)
def test_an_empty_value_is_not_stated_and_told(vocabulary: Vocabulary, data: str) -> None:
    facts = read(vocabulary, data)
    assert told(facts) == []
    assert {name: span.line for name, span in facts.blanks.items()} == {"案件.受理": 7}
    (finding,) = blank_facts(case_of(facts))
    assert (finding.code, finding.span.line, finding.path) == ("empty-value", 7, "案件.受理")


@pytest.mark.parametrize(
    ("data", "stated"),
    [
        ("  案件: {受理: 四百, 民事: 93}\n", ["案件.民事"]),
        ("  案件: {受理: , 民事: 93}\n", ["案件.民事"]),
        ("  案建: {受理: 445}\n  案件: {民事: 93}\n", ["案件.民事"]),
        ("  案件: {受理: ４４５}\n", ["案件.受理"]),  # read, with a warning
        ("  案件: {受理: -5}\n", ["案件.受理"]),
    ],
)
def test_what_cannot_be_read_is_not_stated(vocabulary: Vocabulary, data: str, stated: list[str]) -> None:
    facts = read(vocabulary, data)
    assert list(facts.stated) == stated
    assert len(facts.findings) + len(facts.blanks) == 1


def test_growth_may_be_negative(vocabulary: Vocabulary) -> None:
    facts = read(vocabulary, "  案件: {同比增长: -3.2%}\n")
    assert told(facts) == []
    assert str(quantity(facts, "案件.同比增长")) == "-3.2%"


def test_an_unknown_fact_is_likened_to_a_known_one_of_its_group(vocabulary: Vocabulary) -> None:
    findings = read(vocabulary, "  案件: {受里: 445}\n  案建: {受理: 1}\n").findings
    assert ["受理" in findings[0].hint, "其他" in findings[0].hint, "案件" in findings[1].hint] == [True, True, True]


def test_a_full_width_number_is_told_with_what_to_type(vocabulary: Vocabulary) -> None:
    (finding,) = read(vocabulary, "  案件: {结案率: ９７．５％}\n").findings
    assert "97.5%" in finding.hint
    assert finding.stated == "９７．５％"


def test_findings_of_all_readers_come_together(vocabulary: Vocabulary) -> None:
    facts = read(vocabulary, "  案件: {受理: 四百}\n  咨询: 5\n又: 1\n")
    assert {entry[0] for entry in told(facts)} == {"not-a-number", "wrong-shape", "unknown-key"}


# --- year and date -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["2024-01-05", "2024-1-5", "2024/1/5", "2024.1.5", "2024年1月5日", "2024年01月05日", '"2024-01-05"']
)
def test_a_date_is_read_however_it_is_usually_written(vocabulary: Vocabulary, text: str) -> None:
    facts = read(vocabulary, "  案件: {受理: 1}\n", HEAD.replace("2024-01-15", text))
    assert (facts.date, told(facts)) == (datetime.date(2024, 1, 5), [])


@pytest.mark.parametrize(
    "text", ["2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "2024-1-0", "明天", "2024", "01-15-2024", "24-1-5",
             "2024-01-15 10:00:00", "2024年1月", "20240115", "２０２４年", "1999-12-31", "2999-01-15"]
)  # fmt: skip
def test_what_is_no_date_is_named_at_its_value(vocabulary: Vocabulary, text: str) -> None:
    facts = read(vocabulary, "  案件: {受理: 1}\n", HEAD.replace("2024-01-15", text))
    assert told(facts) == [("not-a-date", 4, 5, "日期")]
    assert text in facts.findings[0].message
    assert facts.findings[0].stated == text


@pytest.mark.parametrize("text", ["23", "2023年", "二三年", "1923", "20233", "2O23", "２０２３"])
def test_a_year_has_four_digits(vocabulary: Vocabulary, text: str) -> None:
    facts = read(vocabulary, "  案件: {受理: 1}\n", HEAD.replace("年度: 2023", f"年度: {text}"))
    assert told(facts) == [("bad-value", 3, 5, "年度")]


def test_a_full_width_date_is_read_with_a_warning(vocabulary: Vocabulary) -> None:
    """product.md: full-width digits, commas and percent signs are read, with a warning."""
    facts = read(vocabulary, "  案件: {受理: 1}\n", HEAD.replace("2024-01-15", "２０２４-01-15"))
    assert [code for code, _line, _column, _path in told(facts)] == ["full-width-number"]


@pytest.mark.parametrize(
    ("date", "printed"),
    [
        (datetime.date(2024, 1, 5), "2024年1月5日"),  # GB/T 9704—2012, 7.3.5.4: no leading zeros
        (datetime.date(2023, 12, 31), "2023年12月31日"),
    ],
)
def test_a_date_prints_without_leading_zeros(date: datetime.date, printed: str) -> None:
    assert chinese_date(date) == printed


# --- derived -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "expected", "printed"),
    [
        ("  案件: {民事: 93, 刑事: 347}\n", "案件.受理", "440", "440"),
        ("  案件: {民事: 93, 刑事: 347, 行政: 5}\n", "案件.受理", "445", "445"),
        ("  刑事来源: {法院通知: 108, 检察院通知: 214, 公安机关通知: 28, 直接申请: 2}\n", "案件.刑事", "352", "352"),
        ("  案件: {民事: 93}\n  刑事来源: {法院通知: 352}\n", "案件.受理", "445", "445"),  # by way of a derived one
        ("  案件: {受理: 445, 办结: 434}\n", "案件.结案率", "43400/445", "97.5%"),
        ("  案件: {受理: 445, 任务数: 380}\n", "案件.完成率", "44500/380", "117.1%"),
        ("  资金: {到位: 62, 计划: 41.8}\n", "资金.到位率", "6200/41.8", "148.3%"),
        ("  资金: {到位: 62, 支出: 61.8}\n", "资金.结余", "0.2", "0.2"),
        ("  案件: {受理: 13681}\n  人口: {常住: 943.5}\n", "案件.万人比", "13681/943.5", "14.5"),
        ("  案件: {办结: 445}\n  用途: {案件补贴: 61.8}\n", "用途.件均补贴", "618000/445", "1389"),  # seeds-audit A25
        ("  回访: {件数: 8, 满意: 1}\n", "回访.满意率", "12.5", "12.5%"),
    ],
)
def test_a_fact_that_is_not_stated_is_derived(
    vocabulary: Vocabulary, data: str, name: str, expected: str, printed: str
) -> None:
    facts = read(vocabulary, data)
    assert told(facts) == []
    assert name not in facts.stated
    value = quantity(facts, name)
    numerator, _slash, denominator = expected.partition("/")
    assert abs(exact_value(value) - Fraction(numerator) / Fraction(denominator or 1)) < Fraction(1, 10**20)
    assert str(value) == printed
    assert value.unit == vocabulary.facts[name].unit


def test_what_is_stated_wins_over_its_formula(vocabulary: Vocabulary) -> None:
    facts = read(vocabulary, "  案件: {受理: 445, 民事: 93, 刑事: 347}\n")
    assert str(facts.value("案件.受理")) == "445"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("  案件: {受理: 445}\n", "案件.民事"),  # no formula
        ("  案件: {受理: 445}\n", "案件.结案率"),  # a part is missing
        ("  案件: {民事: 93}\n", "案件.受理"),
        ("  案件: {受理: 0, 办结: 0}\n", "案件.结案率"),  # division by zero
        ("  案件: {受理: 445}\n", "案件.同比增长"),  # no file of the year before
        ("  案件: {受理: 445}\n", "刑事来源.法院通知"),
        ("  案件: {受理: 445}\n", "没有.的"),
        ("  案件: {受理: 445}\n", "其他.没有"),
    ],
)
def test_what_can_neither_be_read_nor_derived_is_missing(vocabulary: Vocabulary, data: str, name: str) -> None:
    assert read(vocabulary, data).value(name) == Missing(name)


def test_a_derived_value_is_inexact_where_its_parts_are(vocabulary: Vocabulary) -> None:
    """seeds-audit A10: 993 of 3000余 (3000 to 3999) are 24.8 to 33.1 %."""
    value = quantity(read(vocabulary, "  咨询: {接待: 3000余, 录入: 993}\n"), "咨询.录入率")
    assert abs(Fraction(value.low) - Fraction(99300, 3999)) < Fraction(1, 10**20)
    assert abs(Fraction(value.high) - Fraction(99300, 3000)) < Fraction(1, 10**20)


def test_growth_is_held_against_the_file_of_the_year_before(vocabulary: Vocabulary) -> None:
    """domain.md 3, rule 16: (445 − 400) / 400 = 11.25 %, half-up 11.3 %."""
    before = read(vocabulary, "  案件: {受理: 400}\n", HEAD.replace("2023", "2022").replace("2024", "2023"))
    facts = read(vocabulary, "  案件: {受理: 445}\n", last_year=before)
    value = quantity(facts, "案件.同比增长")
    assert (exact_value(value), str(value)) == (Fraction("11.25"), "11.3%")
    assert lookup("上年.案件.受理", facts.scope) == before.value("案件.受理")
    assert lookup("上年.年度", facts.scope) == before.scope["年度"]


def test_nothing_is_derived_from_nothing(vocabulary: Vocabulary) -> None:
    facts = read(vocabulary, "  案件: {上年结转: 1}\n")
    names = [name for name, kind in vocabulary.facts.items() if kind.formula]
    assert len(names) > 30
    values = {name: facts.value(name) for name in names}
    assert {name: values[name] for name in names if not isinstance(values[name], Missing)} == {}


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        ("  案件: {民事: 93, 刑事: 347}\n", "案件.受理", "440"),
        ("  案件: {受理: 1, 民事: 93, 刑事: 347}\n", "案件.受理", "440"),  # whatever is stated
        ("  案件: {受理: 445, 办结: 434}\n", "案件.结案率", "43400/445"),
        ("  资金: {中央: 30, 以奖代补: 5, 区级配套: 27}\n", "资金.到位", "62"),  # seeds-audit B2
    ],
)
def test_what_a_formula_gives_is_in_the_unit_of_its_fact(
    vocabulary: Vocabulary, data: str, name: str, expected: str
) -> None:
    kind = vocabulary.facts[name]
    value = expected_value(kind, read(vocabulary, data).scope)
    assert abs(exact_value(value) - Fraction(expected)) < Fraction(1, 10**20)
    assert value.unit == kind.unit


def test_a_formula_without_value_says_why(vocabulary: Vocabulary) -> None:
    kinds = vocabulary.facts
    facts = read(vocabulary, "  案件: {受理: 0, 办结: 0}\n")
    with pytest.raises(UnknownError) as unknown:
        expected_value(kinds["案件.完成率"], facts.scope)
    assert unknown.value.name == "案件.任务数"
    with pytest.raises(FormulaError, match="division by zero"):
        expected_value(kinds["案件.结案率"], facts.scope)
    with pytest.raises(UnknownError):
        expected_value(kinds["案件.任务数"], facts.scope)  # has no formula


# --- names ---------------------------------------------------------------------------------------------------


def test_the_scope_holds_what_the_file_says_of_itself(vocabulary: Vocabulary) -> None:
    facts = read(vocabulary, "  案件: {受理: 445}\n", HEAD + "项目: 法律援助\n")
    scope = facts.scope
    assert [scope[name] for name in ("单位", "地区", "项目", "日期")] == ["甲中心", "某市", "法律援助", "2024年1月15日"]
    assert str(scope["年度"]) == "2023"
    assert "上年" not in scope


def test_what_the_file_does_not_say_of_itself_has_no_name(vocabulary: Vocabulary) -> None:
    assert "项目" not in read(vocabulary, "  案件: {受理: 445}\n").scope


def test_a_group_holds_the_facts_that_have_a_value(vocabulary: Vocabulary) -> None:
    scope = read(vocabulary, "  案件: {受理: 445, 办结: 434, 民事: 93}\n  其他: {微电影: 1部}\n").scope
    assert set(scope["案件"]) == {"受理", "办结", "民事", "结案率", "民事占比"}
    assert len(scope["案件"]) == 5
    assert set(scope["其他"]) == {"微电影"}
    assert (len(scope["刑事来源"]), list(scope["刑事来源"])) == (0, [])
    with pytest.raises(KeyError):
        scope["案件"]["刑事"]


def value_in(facts: Facts, text: str) -> Any:
    return value_of(parse_expression(text), facts.scope)


def test_expressions_see_stated_and_derived_facts_alike(vocabulary: Vocabulary) -> None:
    facts = read(vocabulary, "  案件: {民事: 93, 刑事: 352, 办结: 434}\n")
    assert exact_value(value_in(facts, "案件.受理 - 案件.办结")) == 11
    assert value_in(facts, "案件.结案率 > 0.975") is True
    assert value_in(facts, "[案件.民事, 案件.行政, 案件.刑事]|列举") == "民事93件、刑事352件"
    assert value_in(facts, '其他["无"] is defined') is False


@pytest.mark.parametrize("key", ["3.15宣传", "A.B"])
def test_a_key_with_a_point_under_other_can_be_named(vocabulary: Vocabulary, key: str) -> None:
    facts = read(vocabulary, f'  其他: {{"{key}": 5场}}\n')
    assert exact_value(value_in(facts, f'其他["{key}"]')) == 5


def test_whole_things_are_counted_in_whole_numbers(vocabulary: Vocabulary) -> None:
    assert told(read(vocabulary, "  案件: {受理: 445.5}\n")) != []


def test_the_span_of_a_fact_is_its_value_or_where_it_would_be(vocabulary: Vocabulary) -> None:
    facts = read(vocabulary, "  案件:\n    受理: 445\n")
    assert (facts.span("案件.受理").line, facts.span("案件.受理").column) == (8, 9)
    assert (facts.span("案件.民事").line, facts.span("案件.民事").column) == (7, 3)
    assert (facts.span("资金.到位").line, facts.span("资金.到位").column) == (6, 1)


# --- properties ----------------------------------------------------------------------------------------------


@cache
def shipped_vocabulary() -> Vocabulary:
    """Properties take no fixtures: the repr of this one is endless."""
    return read_vocabulary(ROOT / "templates" / "facts.yaml", "templates/facts.yaml")


@quick
@given(civil=st.integers(0, 10**6), criminal=st.integers(0, 10**6), closed=st.integers(0, 10**6))
def test_derived_facts_are_those_of_fractions(civil: int, criminal: int, closed: int) -> None:
    facts = read(shipped_vocabulary(), f"  案件: {{民事: {civil}, 刑事: {criminal}, 办结: {closed}}}\n")
    assert exact_value(quantity(facts, "案件.受理")) == civil + criminal
    rate = facts.value("案件.结案率")
    if civil + criminal == 0:
        assert rate == Missing("案件.结案率")
    else:
        assert isinstance(rate, Quantity)
        exact = Fraction(closed * 100, civil + criminal)
        assert abs(exact_value(rate) - exact) < Fraction(1, 10**20)
        tenths = int(exact * 10 + Fraction(1, 2))
        assert str(rate) == f"{tenths // 10}.{tenths % 10}%"


@quick
@given(text=st.text("0123456789.,-％%件万元余近约：: 四百", max_size=10))
def test_any_value_is_stated_or_told(text: str) -> None:
    facts = read(shipped_vocabulary(), f'  案件: {{受理: "{text}"}}\n')
    findings: list[Finding] = [finding for finding in facts.findings if finding.path == "案件.受理"]
    assert len(findings) == len(facts.findings)
    assert "案件.受理" in facts.stated or "案件.受理" in facts.blanks or findings
    assert [finding for finding in findings if finding.span.line != 7] == []
    if "案件.受理" in facts.stated:
        assert facts.stated["案件.受理"].quantity.unit == unit("件")
        assert isinstance(facts.stated["案件.受理"].quantity.low, Decimal)
