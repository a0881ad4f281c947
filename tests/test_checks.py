"""What is stated is held against what must be true: it holds, it fails, or it cannot be evaluated (domain.md 3)."""

from __future__ import annotations

import datetime
import math
import tempfile
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from conftest import check_facts, with_reasons
from reportgen.checking.causes import _candidates
from reportgen.checking.neighbours import jumps_beyond
from reportgen.checking.relations import Failure
from reportgen.facts.facts import Facts, read_facts
from reportgen.forms.vocabulary import Vocabulary, read_vocabulary
from reportgen.reading.source import parse_source
from reportgen.telling.catalogue import CATALOGUE, ERROR, NOTE, WARNING
from reportgen.telling.findings import Finding, Span

ROOT = Path(__file__).resolve().parent.parent

quick = settings(max_examples=80, deadline=None)

HEAD = """\
单位: 甲中心
地区: 某市
年度: 2023
日期: 2024-01-15
报告: [plain]
数据:
"""  # the facts begin in line 7

Told = list[tuple[str, int, str, str, str]]


def facts_of(vocabulary: Vocabulary, data: str, file: str = "f.yaml", head: str = HEAD) -> Facts:
    facts = read_facts(parse_source((head + data).encode(), file), vocabulary)
    assert facts.findings == ()
    return facts


def check(vocabulary: Vocabulary, data: str, reasons: Mapping[str, str] | None = None) -> list[Finding]:
    facts = facts_of(vocabulary, data)
    return with_reasons(facts, check_facts(facts), reasons or {})


def told(vocabulary: Vocabulary, data: str) -> Told:
    """Return code, line, path, stated and expected of every finding."""
    return [(f.code, f.span.line, f.path, f.stated, f.expected) for f in check(vocabulary, data)]


SMALL = """\
组:
  甲:
    含义: 甲组
    事实:
      a: {单位: 件, 含义: 部分}
      b: {单位: 件, 含义: 部分}
      和: {单位: 件, 含义: 和, 公式: 甲.a + 甲.b}
      总: {单位: 件, 含义: 又一个和, 公式: 甲.a + 甲.b}
      同: {单位: 件, 含义: 与 a 相同, 公式: 甲.a}
      似: {单位: 件, 含义: 与 b 相同, 公式: 甲.b}
      率: {单位: "%", 含义: 比, 公式: 甲.a / 甲.b}
      元: {单位: 万元, 含义: 钱}
      角: {单位: 万元, 含义: 钱}
      款: {单位: 万元, 含义: 钱的和, 公式: 甲.元 + 甲.角}
检查:
  - {名称: 界, 要求: 甲.a <= 甲.b}
  - {名称: 大, 要求: 甲.元 > 甲.角}
"""


@cache
def small_vocabulary() -> Vocabulary:
    """Return a vocabulary of two parts and what they sum to. (Properties take no fixtures: their repr is endless.)"""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.yaml"
        path.write_text(SMALL, encoding="utf-8")
        return read_vocabulary(path, "facts.yaml")


@cache
def shipped_vocabulary() -> Vocabulary:
    return read_vocabulary(ROOT / "templates" / "facts.yaml", "templates/facts.yaml")


@pytest.fixture
def small() -> Vocabulary:
    return small_vocabulary()


# --- the published reports -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        # A3 A4 A6: 93 + 347 = 440, 347 / 445 = 78.0 %, 108 + 214 + 28 + 2 = 352
        (
            "  案件:\n    受理: 445\n    民事: 93\n    刑事: 347\n    民事占比: 20.9%\n    刑事占比: 79.1%\n"
            "  刑事来源: {法院通知: 108, 检察院通知: 214, 公安机关通知: 28, 直接申请: 2}\n",
            [
                ("total-mismatch", 8, "案件.受理", "445件", "440件"),
                ("total-mismatch", 10, "案件.刑事", "347件", "352件"),
                ("ratio-mismatch", 12, "案件.刑事占比", "79.1%", "78.0%"),
            ],
        ),
        # A11: 21 + 5 + 7 = 33
        (
            "  宣传:\n    省厅内网: 21\n    省级网站: 5\n    国家级网站: 7\n    采用省级以上: 31\n",
            [("total-mismatch", 11, "宣传.采用省级以上", "31条", "33条")],
        ),
        # A10: 993 / 3000 = 33.1 %, 993 / 3999 = 24.8 %
        (
            "  咨询: {接待: 3000余, 录入: 993, 录入率: 100%}\n",
            [("ratio-mismatch", 7, "咨询.录入率", "100%", "24.8–33.1%")],
        ),
        # A17: 198 / 434 = 45.6 %
        (
            "  案件: {受理: 445, 民事: 93, 刑事: 352, 办结: 434}\n  回访: {件数: 198, 回访率: 100%}\n",
            [("ratio-mismatch", 8, "回访.回访率", "100%", "46%")],
        ),
        # C1: 577 + 268 = 845
        ("  案件: {受理: 864, 民事: 577, 刑事: 268}\n", [("total-mismatch", 7, "案件.受理", "864件", "845件")]),
        # D8: no class of overlapping ones may exceed the total; their sum may
        ("  案件: {受理: 13681}\n  对象案件: {农民工: 7290, 妇女儿童: 5453, 老年人: 915, 残疾人: 241}\n", []),
    ],
    ids=["A3 A4 A6", "A11", "A10", "A17", "C1", "D8"],
)
def test_what_the_audit_finds_is_found(vocabulary: Vocabulary, data: str, expected: Told) -> None:
    assert told(vocabulary, data) == expected


@pytest.mark.parametrize(
    "data",
    [
        "  案件: {受理: 445, 民事: 93, 刑事: 352, 办结: 434, 结案率: 97.5%}\n",  # A1
        "  案件: {受理: 445, 民事: 93, 刑事: 352, 民事占比: 20.9%, 刑事占比: 79.1%}\n",  # A2 A5
        "  案件: {刑事: 352}\n  刑事来源: {法院通知: 108, 检察院通知: 214, 公安机关通知: 28, 直接申请: 2}\n",  # A7
        "  案件: {受理: 445, 任务数: 380, 完成率: 117%}\n",  # A8
        "  咨询: {录入: 993, 中心录入: 290, 工作站录入: 703}\n",  # A9
        "  宣传: {信息: 80余, 采用区级: 6, 采用市级: 7, 采用省级以上: 31}\n",  # A12: 44 ≤ 80
        "  抽查: {件数: 5本, 优秀: 1, 良好: 4}\n",  # A14
        "  资金: {支出: 62}\n  用途: {补贴: 61.8, 宣传: 0.2}\n",  # A18
        "  资金: {到位: 62, 支出: 62, 使用率: 100%}\n",  # A19
        "  资金: {到位: 62, 中央: 30, 以奖代补: 5, 区级配套: 27, 省拨: 35}\n",  # B1 B2
        "  资金: {计划: 41.8, 到位: 62, 到位率: 148%}\n",  # B3
        "  案件: {任务数: 380}\n  资金: {计划: 41.8, 计划标准: 1100}\n",  # B4
        "  预算: {全年: 878.50, 基本支出: 354.17, 项目支出: 524.33}\n",  # D1
        "  机构: {编制: 15, 在编: 14, 领导职数: 3, 正职: 1, 副职: 2, 在编率: 93.3%}\n",  # D2
    ],
)
def test_what_the_audit_calls_true_is_not_complained_of(vocabulary: Vocabulary, data: str) -> None:
    assert told(vocabulary, data) == []


def test_a_figure_that_mends_all_is_named_in_every_hint(vocabulary: Vocabulary) -> None:
    """product.md: 刑事 347 → 352 mends three."""
    findings = check(
        vocabulary,
        "  案件: {受理: 445, 民事: 93, 刑事: 347, 刑事占比: 79.1%}\n"
        "  刑事来源: {法院通知: 108, 检察院通知: 214, 公安机关通知: 28, 直接申请: 2}\n",
    )
    assert len(findings) == 3
    for finding in findings:
        assert "案件.刑事 347件 → 352件" in finding.hint


@pytest.mark.parametrize(
    ("cases", "low", "high"),
    [("14892", "1023.5", "1030.6"), ("13681", "940.3", "946.8")],  # seeds-audit D7
)
def test_a_ratio_that_cannot_be_checked_says_what_it_implies(
    vocabulary: Vocabulary, cases: str, low: str, high: str
) -> None:
    (finding,) = check(vocabulary, f"  案件: {{受理: {cases}, 万人比: 14.5}}\n")
    assert (finding.code, finding.path, finding.stated) == ("cannot-check", "案件.万人比", "14.5件/万人")
    assert "人口.常住" in finding.message
    assert f"{low}–{high}万人" in finding.hint


# --- sums ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("  甲: {a: 3, b: 4, 和: 7}\n", []),
        ("  甲: {a: 3, b: 4, 和: 8}\n", [("total-mismatch", 7, "甲.和", "8件", "7件")]),
        ("  甲: {a: 30, b: 40余, 和: 75}\n", []),  # 70 to 79: open
        ("  甲: {a: 30, b: 40余, 和: 80}\n", [("total-mismatch", 7, "甲.和", "80件", "70–79件")]),
        ("  甲: {a: 3, b: 4, 和: 10以上}\n", [("total-mismatch", 7, "甲.和", "10件以上", "7件")]),
        ("  甲: {a: 3, b: 4, 和: 5以上}\n", []),
        ("  甲: {a: 3, b: 4, 和: 近10}\n", []),
        ("  甲: {和: 8}\n", []),  # none of its parts is stated: nothing to check
        ("  甲: {a: 3, 和: 8}\n", [("cannot-check", 7, "甲.和", "8件", "")]),
        ("  甲: {a: 3}\n", []),
        ("  甲: {元: 61.8, 角: 0.2, 款: 62}\n", []),
        ("  甲: {元: 61.8, 角: 0.2, 款: 62.1}\n", [("rounding-difference", 7, "甲.款", "62.1万元", "62万元")]),
        ("  甲: {元: 61.8, 角: 0.2, 款: 65}\n", [("total-mismatch", 7, "甲.款", "65万元", "62万元")]),
        ("  甲: {元: 61.80, 角: 0.20, 款: 62.10}\n", [("total-mismatch", 7, "甲.款", "62.10万元", "62万元")]),
        ("  甲: {元: 618000元, 角: 0.2, 款: 0.0062亿元}\n", []),
    ],
)
def test_a_sum_holds_fails_or_cannot_be_checked(small: Vocabulary, data: str, expected: Told) -> None:
    assert told(small, data) == expected


@quick
@given(a=st.integers(0, 10**6), b=st.integers(0, 10**6), off=st.integers(-5, 5))
def test_a_sum_of_counts_holds_exactly_when_it_is_equal(a: int, b: int, off: int) -> None:
    assume(a + b + off >= 0 and a <= b)
    expected = [("total-mismatch", 7, "甲.和", f"{a + b + off}件", f"{a + b}件")] if off else []
    assert told(small_vocabulary(), f"  甲: {{a: {a}, b: {b}, 和: {a + b + off}}}\n") == expected


def test_a_failed_sum_shows_its_parts_and_the_difference(vocabulary: Vocabulary) -> None:
    (finding,) = check(vocabulary, "  案件: {受理: 864, 民事: 577, 刑事: 268}\n")
    for part in ("864件", "577件（案件.民事） + 268件（案件.刑事）", "845件", "+19件"):
        assert part in finding.message
    for part in ("845件", "案件.行政", "口径说明: 案件.受理"):
        assert part in finding.advice


@pytest.mark.parametrize(
    ("data", "difference"), [("  甲: {a: 2, b: 100余, 和: 5}\n", "-97件"), ("  甲: {a: 3, b: 10以上, 和: 5}\n", "-8件")]
)
def test_the_difference_to_a_range_is_that_to_its_nearer_end(small: Vocabulary, data: str, difference: str) -> None:
    """The parts come to 102–201, and to 13 or more."""
    (finding,) = check(small, data)
    assert finding.code == "total-mismatch"
    assert difference in finding.message


def test_the_difference_above_a_range_is_that_to_its_upper_end(small: Vocabulary) -> None:
    (finding,) = check(small, "  甲: {a: 30, b: 40余, 和: 80}\n")
    assert "+1件" in finding.message


# --- ratios --------------------------------------------------------------------------------------------------


@quick
@given(a=st.integers(1, 2000), b=st.integers(1, 2000), places=st.integers(0, 3), off=st.sampled_from([-2, -1, 0, 1, 2]))
@example(a=1, b=8, places=0, off=0)
@example(a=1, b=8, places=0, off=-1)
@example(a=434, b=445, places=1, off=0)
def test_a_ratio_holds_half_up_at_the_digits_stated(a: int, b: int, places: int, off: int) -> None:
    """product.md: rounding is half-up at the digits stated; a truncated figure is a warning that says so."""
    assume(a <= b)
    exact = Fraction(a * 100, b) * 10**places
    right = math.floor(exact + Fraction(1, 2))
    said = right + off
    assume(said >= 0)

    def written(value: int) -> str:
        digits = str(value).rjust(places + 1, "0")
        return (f"{digits[:-places]}.{digits[-places:]}" if places else digits) + "%"

    found = told(small_vocabulary(), f"  甲: {{a: {a}, b: {b}, 率: {written(said)}}}\n")
    if off == 0:
        assert found == []
    else:
        code = "truncated" if said == math.floor(exact) else "ratio-mismatch"
        assert found == [(code, 7, "甲.率", written(said), written(right))]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("  甲: {a: 97, b: 100, 率: 95%以上}\n", []),
        ("  甲: {a: 90, b: 100, 率: 95%以上}\n", [("ratio-mismatch", 7, "甲.率", "95%以上", "90%")]),
        ("  甲: {a: 90, b: 100余, 率: 80%}\n", []),  # 45 to 90 %: open
        ("  甲: {a: 90, b: 100余, 率: 95%}\n", [("ratio-mismatch", 7, "甲.率", "95%", "45.2–90.0%")]),
        ("  甲: {a: 1, 率: 95%}\n", [("cannot-check", 7, "甲.率", "95%", "")]),
        ("  甲: {率: 95%}\n", []),
        ("  甲: {a: 0, b: 0, 率: 100%}\n", [("cannot-check", 7, "甲.率", "100%", "")]),
        ("  甲: {a: 1, b: 2, 率: 0.5}\n", [("ratio-mismatch", 7, "甲.率", "0.5%", "50.0%")]),
        ("  甲: {a: 1, b: 2, 率: 500‰}\n", []),
    ],
)
def test_a_ratio_of_anything_holds_fails_or_cannot_be_checked(small: Vocabulary, data: str, expected: Told) -> None:
    """90 / 199 = 45.2 %."""
    assert told(small, data) == expected


def test_nothing_is_divided_by_zero_without_saying_so(small: Vocabulary) -> None:
    (finding,) = check(small, "  甲: {a: 0, b: 0, 率: 100%}\n")
    assert "division by zero" in finding.message


# --- relations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("  甲: {a: 5, b: 5}\n", []),
        ("  甲: {a: 6, b: 5}\n", [("limit-exceeded", 7, "甲.a", "6件", "5件")]),
        ("  甲: {a: 100余, b: 90}\n", [("limit-exceeded", 7, "甲.a", "100余件", "90件")]),
        ("  甲: {a: 100余, b: 150}\n", []),  # cannot be known
        ("  甲: {a: 100余, b: 200}\n", []),
        ("  甲: {a: 6}\n", []),
        ("  甲: {b: 6}\n", []),
        ("  甲: {元: 2, 角: 1}\n", []),
        ("  甲: {元: 1, 角: 1}\n", [("limit-exceeded", 7, "甲.元", "1万元", "1万元")]),
        ("  甲: {元: 10000元, 角: 0.99万元}\n", []),
    ],
)
def test_a_limit_holds_fails_or_cannot_be_checked(small: Vocabulary, data: str, expected: Told) -> None:
    assert told(small, data) == expected


@quick
@given(a=st.integers(0, 200), b=st.integers(0, 200))
def test_a_limit_is_exceeded_exactly_when_it_is(a: int, b: int) -> None:
    expected = [("limit-exceeded", 7, "甲.a", f"{a}件", f"{b}件")] if a > b else []
    assert told(small_vocabulary(), f"  甲: {{a: {a}, b: {b}}}\n") == expected


def test_a_limit_names_its_check_and_both_sides(vocabulary: Vocabulary) -> None:
    (finding,) = check(vocabulary, "  案件: {受理: 100, 办结: 150, 上年结转: 30}\n")
    assert (finding.code, finding.path, finding.stated, finding.expected) == (
        "limit-exceeded",
        "案件.办结",
        "150件",
        "130件",
    )
    for part in ("办结不超过受理与上年结转之和", "≤", "100件（案件.受理） + 30件（案件.上年结转）"):
        assert part in finding.message


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("  案件: {刑事: 100}\n  刑事阶段: {侦查: 60, 审判: 40}\n", []),
        (
            "  案件: {刑事: 100}\n  刑事阶段: {侦查: 40, 审查起诉: 30, 审判: 20}\n",
            [("total-mismatch", 7, "案件.刑事", "100件", "90件")],
        ),
        ("  案件: {民事占比: 33.3%, 刑事占比: 33.3%, 行政占比: 33.3%}\n", []),  # within 3 × 0.05
    ],
)
def test_a_second_way_to_a_total_holds_or_fails(vocabulary: Vocabulary, data: str, expected: Told) -> None:
    assert told(vocabulary, data) == expected


def test_a_plan_that_is_not_its_task_times_the_standard_is_told(vocabulary: Vocabulary) -> None:
    """380 × 1200元 = 45.6万元."""
    found = told(vocabulary, "  案件: {任务数: 380}\n  资金: {计划: 41.8, 计划标准: 1200}\n")
    assert [entry[:4] for entry in found] == [("total-mismatch", 8, "资金.计划", "41.8万元")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("  案件: {任务数: 380}\n  资金: {计划: 41.8, 计划标准: 1200}\n", "45.6万元"),
        ("  案件: {民事占比: 20.9%, 刑事占比: 78.8%}\n", "100%"),
    ],
)
def test_both_sides_of_a_relation_are_shown_in_one_unit(vocabulary: Vocabulary, data: str, expected: str) -> None:
    assert [entry[4] for entry in told(vocabulary, data)] == [expected]


def test_shares_that_do_not_add_up_are_told_once(vocabulary: Vocabulary) -> None:
    found = told(vocabulary, "  案件: {民事占比: 20.9%, 刑事占比: 78.8%}\n")
    assert [(code, path, stated) for code, _line, path, stated, _expected in found] == [
        ("total-mismatch", "案件.民事占比", "99.7%")
    ]


@pytest.mark.parametrize("closed", ["100以上", "超过100", "不少于100件"])
def test_something_without_end_implies_no_traceback(vocabulary: Vocabulary, closed: str) -> None:
    found = told(vocabulary, f"  案件: {{办结: {closed}, 结案率: 97.5%}}\n")
    assert [entry[:3] for entry in found] == [("cannot-check", 7, "案件.结案率")]


def test_something_without_end_times_nothing_is_no_traceback(vocabulary: Vocabulary) -> None:
    assert told(vocabulary, "  案件: {任务数: 100以上}\n  资金: {计划: 0, 计划标准: 0}\n") == []


# --- what would mend them ------------------------------------------------------------------------------------


def mended(findings: list[Finding]) -> list[bool]:
    return ["would mend" in finding.hint for finding in findings]


@pytest.mark.parametrize(
    ("data", "mends"),
    [
        ("  甲: {a: 3, b: 7, 和: 12, 总: 12, 同: 3}\n", "甲.b 7件 → 9件"),  # a would no longer be 同
        ("  甲: {a: 3, b: 9, 和: 11, 总: 11, 同: 2}\n", "甲.a 3件 → 2件"),
    ],
)
def test_the_one_figure_that_mends_all_is_named(small: Vocabulary, data: str, mends: str) -> None:
    findings = check(small, data)
    assert len(findings) > 1
    assert [mends in finding.hint for finding in findings] == [True] * len(findings)


@pytest.mark.parametrize(
    "data",
    [
        "  甲: {a: 3, b: 4, 和: 8}\n",  # one finding needs no common cause
        "  甲: {a: 3, b: 7, 和: 12, 总: 12}\n",  # a → 5 and b → 9 would both do
        "  甲: {a: 3, b: 7, 和: 12, 总: 13}\n",  # nothing would
        "  甲: {a: 3, b: 7, 和: 12, 元: 2, 角: 1, 款: 9}\n",  # they share no facts
    ],
)
def test_no_figure_is_named_where_there_is_not_exactly_one(small: Vocabulary, data: str) -> None:
    findings = check(small, data)
    assert findings
    assert not any(mended(findings))


def test_a_count_is_never_mended_below_zero(small: Vocabulary) -> None:
    findings = check(small, "  甲: {a: 5, b: 60, 和: 10, 总: 10, 似: 60}\n")
    assert [finding.code for finding in findings] == ["total-mismatch", "total-mismatch"]
    assert not any(mended(findings))


@quick
@given(a=st.integers(0, 500), b=st.integers(0, 500), off=st.integers(1, 50))
def test_the_figure_named_does_mend(a: int, b: int, off: int) -> None:
    """b was typed too small by ``off``: both sums are off, and only b mends both, because 同 holds a."""
    assume(a <= b)
    findings = check(small_vocabulary(), f"  甲: {{a: {a}, b: {b}, 和: {a + b + off}, 总: {a + b + off}, 同: {a}}}\n")
    assert [f"甲.b {b}件 → {b + off}件" in finding.hint for finding in findings] == [True, True]
    assert (
        check(small_vocabulary(), f"  甲: {{a: {a}, b: {b + off}, 和: {a + b + off}, 总: {a + b + off}, 同: {a}}}\n")
        == []
    )


# --- other files ---------------------------------------------------------------------------------------------


def conflicts(vocabulary: Vocabulary, here: str, there: str) -> list[Finding]:
    twin = facts_of(vocabulary, there, "other.yaml")
    return [f for f in check_facts(facts_of(vocabulary, here), [twin]) if f.code == "fact-conflict"]


def test_two_files_of_a_centre_state_one_value(vocabulary: Vocabulary) -> None:
    """seeds-audit A16, B13: 410 cases reviewed in one report, 434 in the other."""
    (finding,) = conflicts(vocabulary, "  评查: {件数: 410件}\n", "  案件: {受理: 445}\n  评查: {件数: 434件}\n")
    assert (finding.span.line, finding.path, finding.stated, finding.expected) == (7, "评查.件数", "410件", "434件")
    assert "other.yaml, line 8" in finding.message


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("  评查: {件数: 410件}\n", "  评查: {件数: 410本}\n"),
        ("  资金: {到位: 62}\n", "  资金: {到位: 620000元}\n"),
        ("  案件: {受理: 445}\n", "  案件: {民事: 93}\n"),
        ("  咨询: {接待: 3000余}\n", "  咨询: {接待: 3000余}\n"),
        ("  咨询: {接待: 3000余}\n", "  咨询: {接待: 3500}\n"),
        ("  咨询: {接待: 3500}\n", "  咨询: {接待: 3000余}\n"),
    ],
)
def test_files_that_agree_are_not_complained_of(vocabulary: Vocabulary, here: str, there: str) -> None:
    assert conflicts(vocabulary, here, there) == []


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("  咨询: {接待: 993}\n", "  咨询: {接待: 3000余}\n"),
        ("  资金: {到位: 62}\n", "  资金: {到位: 62.1}\n"),
        ("  其他: {片: 1部}\n", "  其他: {片: 1分钟}\n"),
    ],
)
def test_files_that_do_not_agree_are_told(vocabulary: Vocabulary, here: str, there: str) -> None:
    assert [finding.span.line for finding in conflicts(vocabulary, here, there)] == [7]


# --- dates ---------------------------------------------------------------------------------------------------


def dated(vocabulary: Vocabulary, date: str) -> list[tuple[str, int, int]]:
    facts = facts_of(vocabulary, "  案件: {受理: 1}\n", head=HEAD.replace("2024-01-15", date))
    assert facts.date == datetime.date.fromisoformat(date)
    return [(finding.code, finding.span.line, finding.span.column) for finding in check_facts(facts)]


@pytest.mark.parametrize("date", ["2024-01-01", "2024-03-20", "2025-06-01"])
def test_a_report_is_dated_after_its_year(vocabulary: Vocabulary, date: str) -> None:
    assert dated(vocabulary, date) == []


@pytest.mark.parametrize("date", ["2023-12-31", "2023-01-01", "2022-05-05"])
def test_a_report_dated_before_the_end_of_its_year_is_told(vocabulary: Vocabulary, date: str) -> None:
    """domain.md 3, rule 20."""
    assert dated(vocabulary, date) == [("report-before-year-end", 4, 5)]


@pytest.mark.parametrize("date", ["2000-01-01", "2000-06-01"])
def test_a_report_dated_long_before_its_year_is_told(vocabulary: Vocabulary, date: str) -> None:
    assert dated(vocabulary, date) == [("report-before-year-end", 4, 5)]


# --- reasons -------------------------------------------------------------------------------------------------

EXPLAINED = [
    ("total-mismatch", "案件.受理", "  案件: {受理: 864, 民事: 577, 刑事: 268}\n"),
    ("ratio-mismatch", "案件.完成率", "  案件: {受理: 445, 任务数: 380, 完成率: 120%}\n"),
    ("limit-exceeded", "机构.在编", "  机构: {编制: 15, 在编: 16}\n"),
    ("rounding-difference", "资金.支出", "  资金: {支出: 62.1}\n  用途: {补贴: 61.8, 宣传: 0.2}\n"),
    ("truncated", "案件.完成率", "  案件: {受理: 445, 任务数: 384, 完成率: 115.8%}\n"),  # 115.885 %
    ("cannot-check", "案件.万人比", "  案件: {受理: 14892, 万人比: 14.5}\n"),
]


@pytest.mark.parametrize(("code", "path", "data"), EXPLAINED, ids=[code for code, _path, _data in EXPLAINED])
def test_a_reason_lets_a_finding_pass_and_is_shown(vocabulary: Vocabulary, code: str, path: str, data: str) -> None:
    (before,) = check(vocabulary, data)
    assert (before.code, before.path) == (code, path)
    assert before.advice.endswith(f"or give the reason under 口径说明: {path}: …")
    (after,) = check(vocabulary, data, {path: "统计口径不同"})
    assert (after.code, after.path, after.span, after.severity) == (code, path, before.span, NOTE)
    assert after.said == f"{before.message}. Explained: 统计口径不同"
    assert after.advice == ""


def test_a_reason_lets_a_conflict_of_files_pass(vocabulary: Vocabulary) -> None:
    twin = facts_of(vocabulary, "  评查: {件数: 434}\n", "other.yaml")
    facts = facts_of(vocabulary, "  评查: {件数: 410}\n")
    found = with_reasons(facts, check_facts(facts, [twin]), {"评查.件数": "另有抽查"})
    assert [(finding.code, finding.reason) for finding in found] == [("fact-conflict", "另有抽查")]


# test_self_assessment.py; tests/suite/city; test_a_jump_can_be_explained
OF_TEXTS = {
    *("unbound-number", "number-contradicts", "parts-mismatch", "share-mismatch", "list-count", "claims-all"),
    *("growth-mismatch", "rate-mismatch", "bound-mismatch", "told-twice", "points-or-percent"),
}
OF_FORMS = {"fact-required", "score-unproven", "missing-score", "missing-actual", "city-total", "jump", "implausible"}
OF_ROWS = {
    "target-mismatch",
    "target-unjudged",
    "actual-mismatch",
    "score-mismatch",
    "reason-missing",
}  # suite/scores/targets-explained


def test_all_that_can_be_explained_has_been_explained_here() -> None:
    explainable = {code for code, kind in CATALOGUE.items() if kind.explainable}
    assert {code for code, _path, _data in EXPLAINED} | {"fact-conflict"} | OF_FORMS | OF_ROWS | OF_TEXTS == explainable


def test_a_reason_explains_the_fact_it_names_and_no_other(vocabulary: Vocabulary) -> None:
    data = "  案件: {受理: 864, 民事: 577, 刑事: 268}\n  机构: {编制: 15, 在编: 16}\n"
    found = check(vocabulary, data, {"机构.在编": "借调"})
    assert [(finding.code, finding.path, finding.reason) for finding in found] == [
        ("total-mismatch", "案件.受理", ""),
        ("limit-exceeded", "机构.在编", "借调"),
    ]


def test_an_empty_reason_explains_nothing(vocabulary: Vocabulary) -> None:
    (finding,) = check(vocabulary, "  机构: {编制: 15, 在编: 16}\n", {"机构.在编": ""})
    assert finding.code == "limit-exceeded"


def test_a_date_cannot_be_explained(vocabulary: Vocabulary) -> None:
    facts = facts_of(vocabulary, "  案件: {受理: 1}\n", head=HEAD.replace("2024-01-15", "2023-12-31"))
    codes = [finding.code for finding in with_reasons(facts, check_facts(facts), {"日期": "提前"})]
    assert codes == ["report-before-year-end", "explains-nothing"]


def test_a_reason_for_a_fact_that_is_not_stated_is_told_at_its_key(vocabulary: Vocabulary) -> None:
    facts = facts_of(vocabulary, "  案件: {受理: 864}\n口径说明:\n  案件.受里: 笔误\n")
    (finding,) = with_reasons(facts, check_facts(facts), {"案件.受里": "笔误"})
    assert (finding.code, finding.span.line, finding.span.column, finding.path) == (
        "explains-nothing",
        9,
        3,
        "口径说明.案件.受里",
    )
    assert "案件.受理" in finding.hint


def test_a_reason_without_a_finding_is_told_and_stops_nothing(vocabulary: Vocabulary) -> None:
    (finding,) = check(vocabulary, "  案件: {受理: 864}\n", {"案件.受理": "含转办"})
    assert (finding.code, finding.severity, finding.path) == ("explains-nothing", WARNING, "口径说明.案件.受理")


# --- hints, and any figures ---------------------------------------------------------------------------------------------


def test_what_is_missing_of_the_year_before_is_asked_for_in_its_own_file(vocabulary: Vocabulary) -> None:
    (finding,) = check(vocabulary, "  案件: {受理: 445, 同比增长: 5%}\n")
    assert finding.code == "cannot-check"
    assert "state 上年.案件.受理 under 数据" not in finding.hint


figures = st.sampled_from(["0", "5", "93", "352", "445", "3000余", "近20", "约400", "41.8"])
NAMES = ["受理", "民事", "刑事", "行政", "办结", "归档", "任务数", "上年结转"]


@quick
@given(
    cases=st.dictionaries(st.sampled_from(NAMES), figures, min_size=1),
    rate=st.sampled_from(["97.5%", "100%", "95%以上"]),
)
def test_whatever_is_stated_every_finding_has_its_place_and_reason(cases: dict[str, str], rate: str) -> None:
    lines = ["  案件:", *(f"    {name}: {value}" for name, value in cases.items()), f"    结案率: {rate}"]
    places = {f"案件.{name}": 8 + index for index, name in enumerate([*cases, "结案率"])}
    facts = read_facts(parse_source((HEAD + "\n".join(lines)).encode(), "f.yaml"), shipped_vocabulary())
    for finding in check_facts(facts):
        assert CATALOGUE[finding.code]
        assert finding.span.line == places[finding.path]
        assert finding.stated
        assert finding.message
        assert finding.hint or finding.code == "cannot-check"
        assert CATALOGUE[finding.code].severity is not ERROR or finding.expected


# --- slips of digits, missing categories, the centres of a city ----------------------------------------------


def test_transposed_digits_are_named(vocabulary: Vocabulary) -> None:
    """352 typed 325: 93 + 325 = 418, and only 352 makes 445."""
    (finding,) = check(vocabulary, "  案件: {受理: 445, 民事: 93, 刑事: 325}\n")
    assert finding.hint.startswith("two digits of 案件.刑事 look transposed: 325件 for 352件; ")


def test_a_sum_that_no_transposition_explains_says_nothing_of_one(vocabulary: Vocabulary) -> None:
    for data in (
        "{受理: 445, 民事: 93, 刑事: 347}",
        "{受理: 445, 民事: 93, 刑事: 300}",
        "{受理: 864, 民事: 577, 刑事: 268}",
    ):
        (finding,) = check(vocabulary, f"  案件: {data}\n")
        assert "transposed" not in finding.hint


def test_a_category_that_may_be_missing_is_named(vocabulary: Vocabulary) -> None:
    """seeds-audit C1: 577 + 268 = 845 of 864; with more parts than the total, none can be missing."""
    (finding,) = check(vocabulary, "  案件: {受理: 864, 民事: 577, 刑事: 268}\n")
    assert "a category may be missing: 案件.行政" in finding.hint
    (finding,) = check(vocabulary, "  案件: {受理: 800, 民事: 577, 刑事: 268}\n")
    assert "may be missing" not in finding.hint


def test_a_slip_of_a_digit_goes_before_other_cures(small: Vocabulary) -> None:
    """和 = a + b and 总 = a + b both fail: a 12 → 21 is a transposition, b 30 → 39 one digit: two slips, none is named;
    with b 95 → 104 only a is a slip."""
    assert not any(mended(check(small, "  甲: {a: 12, b: 30, 和: 51, 总: 51}\n")))
    findings = check(small, "  甲: {a: 12, b: 95, 和: 116, 总: 116}\n")
    assert len(findings) == 2
    assert all("甲.a 12件 → 21件 would mend all 2" in finding.hint for finding in findings)


@pytest.mark.parametrize(("now", "told"), [("150", []), ("151", ["jump"]), ("50", []), ("49", ["jump"]), ("约160", [])])
def test_a_change_beyond_the_limit_is_a_jump(vocabulary: Vocabulary, now: str, told: list[str]) -> None:
    """50 % of 100: from 50 to 150 nothing is said."""
    before = facts_of(vocabulary, "  案件: {受理: 100}\n")
    source = parse_source((HEAD + f"  案件: {{受理: {now}}}\n").encode(), "f.yaml")
    facts = read_facts(source, vocabulary).beside(before, ())
    assert [finding.code for finding in jumps_beyond(facts, Decimal("0.5"))] == told


def test_a_jump_can_be_explained(vocabulary: Vocabulary) -> None:
    before = facts_of(vocabulary, "  案件: {受理: 100}\n")
    facts = read_facts(parse_source((HEAD + "  案件: {受理: 300}\n").encode(), "f.yaml"), vocabulary).beside(before, ())
    found = with_reasons(facts, jumps_beyond(facts, Decimal("0.5")), {"案件.受理": "扩大援助范围"})
    assert [(finding.code, finding.reason) for finding in found] == [("jump", "扩大援助范围")]


def test_without_last_year_there_is_no_jump(vocabulary: Vocabulary) -> None:
    assert list(jumps_beyond(facts_of(vocabulary, "  案件: {受理: 300}\n"), Decimal("0.5"))) == []


def test_a_sum_of_which_parts_are_not_stated_names_no_cause(vocabulary: Vocabulary) -> None:
    facts = facts_of(vocabulary, "  资金: {支出: 48}\n")
    found = Finding("total-mismatch", Span("f.yaml"), "")
    assert list(_candidates(facts, [Failure(found, "资金.支出", frozenset({"资金.支出"}))])) == []
