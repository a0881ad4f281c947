"""An expression has a value, or it cannot be known, or it is wrong: three outcomes, never two."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reportgen.numbers.formula import (
    MAX_STEPS,
    Missing,
    UnknownError,
    holds,
    lookup,
    quantity_of,
    unstated,
    value_of,
    walk,
    with_values,
)
from reportgen.numbers.grammar import FormulaError, parse_expression, parse_relation, parse_template
from reportgen.numbers.numerals import read_quantity
from reportgen.numbers.quantity import Quantity, number, unit

quick = settings(max_examples=200, deadline=None)

SCOPE: Mapping[str, Any] = {
    "案件": {
        "受理": number(445, "件"),
        "民事": number(93, "件"),
        "刑事": number(347, "件"),
        "办结": number(434, "件"),
        "撤销": number(0, "件"),
        "结案率": read_quantity("97.5%", "%"),
    },
    "资金": {"到位": number(62, "万元"), "计划": number(Decimal("41.8"), "万元")},
    "咨询": {"接待": read_quantity("3000余", "人次"), "录入": read_quantity("993", "人次")},
    "约": {"百": read_quantity("约100", "件"), "九五": read_quantity("95%以上", "%")},
    "空组": {},
    "单位": "甲中心",
    "年度": number(2023),
    "表": [{"名": "甲", "数": number(1, "件")}, {"名": "乙", "数": number(2, "件")}, {"名": "丙"}],
    "名单": ["张", "李"],
}


def value(text: str, scope: Mapping[str, Any] = SCOPE) -> Any:
    return value_of(parse_expression(text), scope)


def printed(text: str, scope: Mapping[str, Any] = SCOPE) -> str:
    """Walk a template; what is missing prints as ?name, what is wrong as !."""
    parts: list[str] = []

    def show(shown: Any, line: int) -> None:
        assert line >= 1
        if isinstance(shown, Missing):
            parts.append(f"?{shown.name}")
        else:
            parts.append("!" if isinstance(shown, FormulaError) else str(shown))

    walk(parse_template(text), scope, lambda own, _line: parts.append(own), show)
    return "".join(parts)


def exact_value(quantity: Quantity) -> Fraction:
    assert quantity.low == quantity.high
    return Fraction(quantity.low)


# --- values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected", "symbol"),
    [
        ("445", "445", ""),
        ("97.5", "97.5", ""),
        ("案件.受理", "445", "件"),
        ('案件["受理"]', "445", "件"),
        ("案件.民事 + 案件.刑事", "440", "件"),
        ("案件.受理 - 案件.办结", "11", "件"),
        ("案件.受理 + 5", "450", "件"),
        ("-案件.民事", "-93", "件"),
        ("+案件.民事", "93", "件"),
        ("案件.民事 * 2", "186", "件"),
        ("资金.到位 / 资金.到位", "1", ""),
        ("1 / 8", "1/8", ""),
        ("2 + 3 * 4", "14", ""),
        ("(2 + 3) * 4", "20", ""),
        ("年度 - 1", "2022", ""),
        ("0.1 + 0.2", "3/10", ""),  # not 0.30000000000000004
        ("1.10 * 3", "33/10", ""),
        ("[案件.民事, 案件.刑事]|sum", "440", "件"),
        ("[案件.民事, 案件.行政]|sum", "93", "件"),  # of what is stated
        ("[案件.行政, 案件.非诉]|sum|default(0)", "0", ""),
        ("案件.行政|default(0)", "0", ""),
        ("案件.民事|default(0)", "93", "件"),
        ("案件.行政|default(案件.民事)", "93", "件"),
        ("案件.民事 + [案件.行政, 案件.非诉]|sum|default(0)", "93", "件"),
        ("资金|sum", "103.8", "万元"),
        ("(案件.办结 / 案件.受理)|round(3)", "0.975", ""),
        ("(案件.办结 / 案件.受理)|百分比(1)", "97.5", "%"),
        ("(案件.办结 / 案件.受理)|百分比", "97.5", "%"),
        ("(1 / 8)|百分比(0)", "13", "%"),  # half-up
        ("2.5|round", "3", ""),
        ("0.125|round(2)", "0.13", ""),
        ("案件.受理|round(2)", "445", "件"),
        ("案件.受理 - 400件", "45", "件"),
        ("1.2万元 + 1元", "1.2001", "万元"),
        ("97.53% - 90%", "7.53", "%"),
        ("((案件.受理 - 434件) / 5件)|向上取整", "3", ""),  # 11 ÷ 5 = 2.2: 不足5件按5件计
        ("(10件 / 5件)|向上取整", "2", ""),
        ("[10分 - ((案件.受理 - 434件) / 5件)|向上取整 * 1分, 0分]|取大", "7", "分"),
        ("[案件.民事, 案件.刑事, 350件]|取小", "93", "件"),
        ("资金|取大", "62", "万元"),
        ("表|length", "3", ""),
        ("资金|length", "2", ""),
        ("1 if 案件.受理 > 5 else 2", "1", ""),
        ("1 if 案件.撤销 else 2", "2", ""),
    ],
)
def test_a_number_is_that_of_fractions(text: str, expected: str, symbol: str) -> None:
    result = quantity_of(parse_expression(text), SCOPE)
    assert exact_value(result) == Fraction(expected)
    assert result.unit == unit(symbol)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("单位", "甲中心"),
        ('"文字"', "文字"),
        ("项目|default('无')", "无"),
        ("单位|default('无')", "甲中心"),
        ("项目|default", ""),
        ("案件.受理|带单位", "445件"),
        ("咨询.接待|带单位", "3000余人次"),
        ("单位|带单位", "甲中心"),
        ("名单|join", "张、李"),
        ("名单|join('，')", "张，李"),
        ("[案件.民事, 案件.行政, 案件.刑事]|列举", "民事93件、刑事347件"),
        ("资金|列举", "到位62万元、计划41.8万元"),
        ("'有' if 案件.民事 else '无'", "有"),
        ("'x' if 案件.撤销", ""),
    ],
)
def test_a_text_is_a_text(text: str, expected: str) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("案件.受理 == 445", True),
        ("案件.受理 != 445", False),
        ("案件.受理 < 445", False),
        ("案件.受理 <= 445", True),
        ("案件.受理 > 444.9", True),
        ("案件.受理 >= 446", False),
        ("1 < 2 < 3", True),
        ("1 < 2 > 5", False),
        ("资金.到位 == 62", True),
        ("案件.结案率 > 0.97", True),  # 97.5 % and a bare number
        ("案件.办结 / 案件.受理 > 案件.结案率", True),  # 97.528 %
        ("咨询.接待 > 2999", True),
        ("咨询.录入 < 咨询.接待", True),
        ("约.九五 >= 0.95", True),
        ("单位 == '甲中心'", True),
        ("单位 != '甲中心'", False),
        ("单位 == '乙'", False),
        ("案件.民事 and 案件.刑事", True),
        ("案件.撤销 or 案件.刑事", True),
        ("案件.撤销 and 案件.行政", False),  # what one side decides does not need the other
        ("案件.行政 and 案件.撤销", False),
        ("案件.受理 or 案件.行政", True),
        ("案件.行政 or 案件.受理", True),
        ("true or 1 / 0", True),
        ("not 案件.民事", False),
        ("not 案件.撤销", True),
        ("not 案件.行政", True),
        ("案件.民事 is defined", True),
        ("案件.行政 is defined", False),
        ("案件.行政 is not defined", True),
        ("案件 is defined", True),
        ("没有 is defined", False),
        ("true", True),
        ("false", False),
    ],
)
def test_a_condition_holds_or_fails(text: str, expected: bool) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("案件.行政", "案件.行政"),
        ("没有", "没有"),
        ("案件.受理.更多", "案件.受理.更多"),
        ("单位.全称", "单位.全称"),
        ("上年.案件.受理", "上年.案件.受理"),
        ("案件.受理 + 案件.行政", "案件.行政"),
        ("案件.行政 / 0", "案件.行政"),
        ("-案件.行政", "案件.行政"),
        ("案件.行政|round(1)", "案件.行政"),
        ("案件.行政 < 5", "案件.行政"),
        ("案件.受理 and 案件.行政", "案件.行政"),
        ("案件.撤销 or 案件.行政", "案件.行政"),
        ("空组|sum", "空组"),
        ("空组|列举", "空组"),
        ("[案件.行政, 案件.非诉]|sum", "案件.行政、案件.非诉"),
        ("案件.行政|default(案件.非诉)", "案件.非诉"),
        ("lipsum.__globals__.os", "lipsum.__globals__.os"),
        ("约.百 > 100", ""),
        ("约.百 == 100", ""),
        ("约.百 != 100", ""),
        ("约.九五 < 0.99", ""),
        ("咨询.接待 < 3500", ""),
        ("[案件.行政, 5件]|取大", "案件.行政"),  # it may be the larger one
    ],
)
def test_what_cannot_be_known_is_named(text: str, name: str) -> None:
    with pytest.raises(UnknownError) as error:
        value(text)
    assert error.value.name == name


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0",
        "案件.受理 / 案件.撤销",
        "案件.受理 + 资金.到位",
        "案件.受理 < 资金.到位",
        "案件.受理 == 咨询.录入",
        "案件.受理|百分比",
        "案件.受理 - 5万元",
        "[案件.受理, 5万元]|取小",
        "单位|向上取整",
        "单位 + 1",
        "1 + 单位",
        "-单位",
        "单位 < 5",
        "单位 == 5",
        "单位 * 3",
        "'a' * 1000000000",
        "案件 + 1",
        "(1 < 2) + 1",
        "单位|round",
        "单位|百分比",
        "单位|sum",
        "案件.受理|sum",
        "案件.受理|列举",
        "案件.受理|join",
        "单位|join",
        "案件.受理|length",
        "1.5|round(9)",
        "1.5|round(-1)",
        "1.5|round(0.5)",
        "1.5|round('x')",
        "1.5|round(约.百)",
        "1e400",
        "1e19",
        "1e-30",
        "none",
        "none + 1",
        "999999999999 * 999999999999",
        "1 / 0 or true",
        "1 / 0 and true",
        "1 / 0 < 5",
        "'a' if 1 / 0 else 'b'",
        "(1 / 0)|default(5)",
        "(1 + 2).a",
        "''.__class__",
        "''.__class__.__mro__",
    ],
)
def test_what_is_wrong_is_an_error(text: str) -> None:
    with pytest.raises(FormulaError) as error:
        value(text)
    assert error.value.message


def test_a_value_that_is_no_number_is_an_error_where_a_number_is_needed() -> None:
    for text in ("单位", "案件", "名单", "1 < 2"):
        with pytest.raises(FormulaError):
            quantity_of(parse_expression(text), SCOPE)


@pytest.mark.parametrize(
    "text", ["not 1 / 0", "not (案件.受理 + 资金.到位)", "(1 / 0) is defined", "(1 / 0) is not defined"]
)
def test_an_error_stays_an_error(text: str) -> None:
    with pytest.raises(FormulaError):
        value(text)


@pytest.mark.parametrize("text", ["not 约.百 > 100", "not 案件.行政 > 5", "not 约.百 == 100"])
def test_the_contrary_of_what_cannot_be_known_cannot_be_known(text: str) -> None:
    with pytest.raises(UnknownError):
        value(text)


@pytest.mark.parametrize("text", ["案件.受理 in 案件.办结", "1 in 2", "1 not in 2", "单位 in 单位"])
def test_in_is_no_comparison(text: str) -> None:
    for scope in (SCOPE, {**SCOPE, "单位": number(1)}):
        with pytest.raises(FormulaError):
            value(text, scope)


@pytest.mark.parametrize("text", ["案件|带单位", "(1 < 2)|带单位", "表|带单位", "表|join", "[案件, 资金]|列举"])
def test_only_numbers_and_texts_print(text: str) -> None:
    with pytest.raises(FormulaError):
        value(text)


def test_the_length_of_a_text_is_its_characters() -> None:
    assert exact_value(value("单位|length")) == 3
    with pytest.raises(FormulaError):
        value("案件.受理|length")


def test_a_literal_is_exact_or_refused() -> None:
    """Jinja reads 1234567890123456.78 as the binary number nearest to it."""
    assert exact_value(value("1234567890123.45")) == Fraction("1234567890123.45")
    assert exact_value(value("123456789012345678")) == 123456789012345678
    with pytest.raises(FormulaError):
        value("1234567890123456.78")


def test_nothing_times_something_without_end_is_no_traceback() -> None:
    with pytest.raises(FormulaError):
        value("约.九五 * 0")


# --- arithmetic, as fractions do it --------------------------------------------------------------------------

numbers = st.integers(0, 99).map(lambda whole: (str(whole), Fraction(whole))) | st.integers(0, 999).map(
    lambda tenths: (f"{tenths // 10}.{tenths % 10}", Fraction(tenths, 10))
)


def combine(pair: tuple[tuple[str, Fraction | None], str, tuple[str, Fraction | None]]) -> tuple[str, Fraction | None]:
    """Write an operation, and work it out with fractions; None where it divides by zero."""
    (left, a), sign, (right, b) = pair
    text = f"({left} {sign} {right})"
    if a is None or b is None or (sign == "/" and b == 0):
        return text, None
    return text, {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else a}[sign]


expressions = st.recursive(
    numbers.map(lambda pair: (pair[0], pair[1])),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(combine),
    max_leaves=6,
)


@quick
@given(expressions)
@example(("(0.1 + 0.2)", Fraction(3, 10)))
@example(("(1 / (2 - 2))", None))
def test_arithmetic_is_that_of_fractions(written: tuple[str, Fraction | None]) -> None:
    text, expected = written
    parsed = parse_expression(text)
    if expected is None:
        with pytest.raises(FormulaError):
            value_of(parsed, {})
        return
    if abs(expected) >= 10**18:
        return
    result = exact_value(quantity_of(parsed, {}))
    assert abs(result - expected) <= (1 + abs(expected)) * Fraction(1, 10**20)


@quick
@given(st.integers(0, 500), st.integers(0, 500), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
def test_a_relation_of_exact_numbers_holds_as_it_does_in_python(a: int, b: int, sign: str) -> None:
    expected = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]
    scope = {"组": {"甲": number(a, "件"), "乙": number(b, "件")}}
    assert holds(parse_relation(f"组.甲 {sign} 组.乙"), scope) is expected
    assert value(f"组.甲 {sign} 组.乙", scope) is expected


COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
starts, widths = st.integers(0, 50), st.integers(0, 20)


@quick
@given(starts, widths, starts, widths, st.sampled_from(sorted(COMPARISONS)))
def test_a_relation_of_ranges_holds_for_all_their_numbers_or_is_not_known(
    a: int, wide: int, b: int, broad: int, sign: str
) -> None:
    pairs = {COMPARISONS[sign](x, y) for x in range(a, a + wide + 1) for y in range(b, b + broad + 1)}
    scope = {
        "甲": Quantity(Decimal(a), Decimal(a + wide), unit("件")),
        "乙": Quantity(Decimal(b), Decimal(b + broad), unit("件")),
    }
    relation = parse_relation(f"甲 {sign} 乙")
    if pairs == {True} or pairs == {False}:
        assert holds(relation, scope) is (pairs == {True})
    else:
        with pytest.raises(UnknownError):
            holds(relation, scope)


def test_a_relation_needs_all_its_names() -> None:
    with pytest.raises(UnknownError) as error:
        holds(parse_relation("案件.行政 <= 案件.受理"), SCOPE)
    assert error.value.name == "案件.行政"
    with pytest.raises(FormulaError):
        holds(parse_relation("案件.受理 <= 资金.到位"), SCOPE)


# --- names ---------------------------------------------------------------------------------------------------


def test_a_name_is_looked_up_step_by_step() -> None:
    assert lookup("单位", SCOPE) == "甲中心"
    assert lookup("案件.受理", SCOPE) == number(445, "件")
    assert lookup("案件", SCOPE) == SCOPE["案件"]
    for name in ("没有", "案件.没有", "没有.的", "单位.长", "案件.受理.low", "名单.0", "表.0"):
        assert lookup(name, SCOPE) == Missing(name)


def test_what_is_not_stated_is_named() -> None:
    expression = parse_expression("案件.受理 + 案件.行政 + [案件.非诉, 案件.民事]|sum + 空组|sum + 案件|sum")
    assert set(unstated(expression, SCOPE)) == {"案件.行政", "案件.非诉", "空组"}
    assert unstated(parse_expression("案件.受理 / 案件.办结"), SCOPE) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("案件.民事 + 案件.刑事", "93件（案件.民事） + 347件（案件.刑事）"),
        ("案件.办结 / 案件.受理", "434件（案件.办结） ÷ 445件（案件.受理）"),
        ("案件.受理 - 案件.办结", "445件（案件.受理） - 434件（案件.办结）"),
        ("(案件.民事 + 案件.刑事) / 案件.受理", "(93件（案件.民事） + 347件（案件.刑事）) ÷ 445件（案件.受理）"),
        ("案件.民事 + [案件.行政, 案件.非诉]|sum|default(0)", "93件（案件.民事）"),
        ("[案件.民事, 案件.行政, 案件.刑事]|sum", "93件（案件.民事） + 347件（案件.刑事）"),
        ("资金|sum", "62万元（资金.到位） + 41.8万元（资金.计划）"),
        ("案件.行政", "not stated（案件.行政）"),
        ("案件.民事 * 2", "93件（案件.民事） × 2"),
        ("[10分 - ((案件.受理 - 434件) / 5件)|向上取整 * 1分, 0分]|取大", "10分 - 3 × 1分"),
        ("咨询.录入 / 咨询.接待", "993人次（咨询.录入） ÷ 3000余人次（咨询.接待）"),
    ],
)
def test_an_expression_is_shown_with_its_values(text: str, expected: str) -> None:
    assert with_values(parse_expression(text), SCOPE) == expected


@pytest.mark.parametrize(("number_of_parts", "written_out"), [(12, True), (13, False)])
def test_a_sum_is_written_out_up_to_twelve_parts(number_of_parts: int, written_out: bool) -> None:
    group = {f"项{index}": number(1, "件") for index in range(number_of_parts)}
    shown = with_values(parse_expression("案件|sum"), {"案件": group})
    assert shown == (" + ".join(f"1件（案件.{name}）" for name in group) if written_out else "13件（案件）")


# --- templates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("无标签\n", "无标签\n"),
        ("受理{{ 案件.受理 }}件", "受理445件"),
        ("{{ 咨询.接待 }}人次，{{ 案件.结案率 }}", "3000余人次，97.5%"),
        ("{{ 案件.行政 }}", "?案件.行政"),
        ("{{ 1 / 0 }}", "!"),
        ("{{ 案件.受理 + 资金.到位 }}后", "!后"),
        ("{% if 案件.民事 %}有{% else %}无{% endif %}", "有"),
        ("{% if 案件.行政 %}有{% else %}无{% endif %}", "无"),  # “where there is one”
        ("{% if 案件.撤销 %}有{% else %}无{% endif %}", "无"),
        ("{% if 案件.行政 %}有{% endif %}", ""),
        ("{% if 案件.行政 %}一{% elif 案件.民事 %}二{% elif 案件.刑事 %}三{% else %}四{% endif %}", "二"),
        ("{% if 案件.行政 %}一{% elif 案件.撤销 %}二{% else %}四{% endif %}", "四"),
        ("{% if 1 / 0 %}一{% endif %}", "!"),
        ("{% for 行 in 表 %}{{ 行.名 }}{{ 行.数 }};{% endfor %}", "甲1;乙2;丙?行.数;"),
        ("{% for 行 in 表 %}{{ loop.index }}{% if not loop.last %}、{% endif %}{% endfor %}", "1、2、3"),
        ("{% for 行 in 表 %}{% if loop.first %}首{% endif %}{{ 行.名 }}{% endfor %}", "首甲乙丙"),
        ("{% for 名 in 名单 %}{{ 名 }}{{ 单位 }}{% endfor %}", "张甲中心李甲中心"),
        ("{% for 行 in 没有 %}一{% else %}无{% endfor %}", "无"),
        ("{% for 单位 in 名单 %}{{ 单位 }}{% endfor %}{{ 单位 }}", "张李甲中心"),  # the name is given back
        ("{% for a in 名单 %}{% for b in 名单 %}{{ a }}{{ b }};{% endfor %}{{ loop.index }}{% endfor %}",
         "张张;张李;1李张;李李;2"),
        ("{# 说明 #}甲", "甲"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("{% if 案件.民事 %}\n甲\n{% endif %}\n乙\n", "甲\n乙\n"),  # a line with a tag alone leaves no empty line
    ],
)  # fmt: skip
def test_a_template_is_walked(text: str, expected: str) -> None:
    assert printed(text) == expected


def test_texts_and_values_come_with_their_place() -> None:
    told: list[tuple[str, int]] = []
    template = parse_template("一\n{{ 单位 }}二\n{% if 案件.民事 %}\n三{{ 单位 }}{{ 单位 }}\n{% endif %}\n{{ 没有 }}")
    walk(
        template,
        SCOPE,
        lambda own, at: told.append((own.strip(), template.text.count("\n", 0, at) + 1)),
        lambda value, at: told.append(
            ("?" if isinstance(value, Missing) else str(value), template.text.count("\n", 0, at) + 1)
        ),
    )
    assert [entry for entry in told if entry[0]] == [
        ("一", 1),
        ("甲中心", 2),
        ("二", 2),
        ("三", 4),
        ("甲中心", 4),
        ("甲中心", 4),
        ("?", 6),
    ]


def test_a_value_is_data_and_never_a_template() -> None:
    """hazards 1.3: values are not rendered again."""
    assert printed("{{ 单位 }}", {"单位": "{{ 7*7 }}{% if x %}"}) == "{{ 7*7 }}{% if x %}"


@pytest.mark.parametrize("text", ["案件", "案件.受理", "单位"])
def test_a_loop_over_what_is_no_list_is_an_error(text: str) -> None:
    assert printed("{% for x in " + text + " %}一{% endfor %}") == "!"


def test_what_is_too_vague_to_decide_is_not_decided() -> None:
    assert printed("{% if 约.百 > 100 %}超过一百条{% else %}不足一百条{% endif %}") == "?"


def many(count: int) -> dict[str, Any]:
    return {"表": list(range(count))}


def test_a_walk_is_bounded() -> None:
    """hazards 1.3: two nested loops run for ever."""
    nested = "{% for a in 表 %}{% for b in 表 %}{{ 1 }}{% endfor %}{% endfor %}"
    assert printed(nested, many(100)) == "1" * 10_000
    with pytest.raises(FormulaError, match="steps"):
        printed(nested, many(1 + int(MAX_STEPS**0.5)))


@pytest.mark.parametrize("body", ["", "{% if 0 %}{% endif %}"])
def test_a_walk_without_output_is_bounded(body: str) -> None:
    nested = "{% for a in 表 %}{% for b in 表 %}" + body + "{% endfor %}{% endfor %}"
    with pytest.raises(FormulaError, match="steps"):
        printed(nested, many(1 + int(MAX_STEPS**0.5)))


PIECES = [
    "案件.受理",
    "案件.行政",
    "约.百",
    "单位",
    "1",
    "0",
    "2.5",
    "'s'",
    "+",
    "-",
    "*",
    "/",
    "(",
    ")",
    "[",
    "]",
    ",",
]
PIECES += ["|sum", "|列举", "|default(0)", "|round", "|round(1)", "|百分比", "|join", "|length", " is defined", " and "]
PIECES += [" or ", "not ", " if ", " else ", "<=", "==", "<", "案件", "表", "none"]


@quick
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join))
def test_every_expression_has_one_of_three_outcomes(text: str) -> None:
    try:
        expression = parse_expression(text)
    except FormulaError:
        return
    outcome = ""
    try:
        value_of(expression, SCOPE)
        outcome = "known"
    except UnknownError:
        outcome = "unknown"
    except FormulaError:
        outcome = "wrong"
    assert outcome
    if outcome == "known":
        assert with_values(expression, SCOPE) or "default" in text or " if " in text


@pytest.mark.parametrize(
    ("text", "hint"),
    [("案件.办结 ÷ 案件.受理", "type / in its place"), ("案件.受理 ≥ 5 and true", "type >= in its place")],
)
def test_a_sign_typed_as_on_paper_says_which_to_type(text: str, hint: str) -> None:
    with pytest.raises(FormulaError) as error:
        value(text)
    assert error.value.hint == hint
