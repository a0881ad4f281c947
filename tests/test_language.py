"""One language, held against a whitelist: what is not listed is refused, and at once (hazards 1.3)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from reportgen.numbers.formula import walk
from reportgen.numbers.grammar import (
    FILTERS,
    MAX_LENGTH,
    WORD_FILTERS,
    FormulaError,
    Template,
    _names,
    _parse,
    compile_for_word,
    dotted_name,
    nodes,
    parse_expression,
    parse_for_word,
    parse_relation,
    parse_template,
)

quick = settings(max_examples=300, deadline=None)


@contextmanager
def at_once(seconds: float = 5.0) -> Iterator[None]:
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < seconds


def refusal(parse: Callable[[str], object], text: str) -> FormulaError:
    """Return what ``text`` is refused with, at once."""
    with at_once(), pytest.raises(FormulaError) as error:
        parse(text)
    assert error.value.message
    return error.value


# --- expressions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("445", ()),
        ("案件.受理", ("案件.受理",)),
        ('案件["受理"]', ("案件.受理",)),
        ("案件.办结 / 案件.受理", ("案件.办结", "案件.受理")),
        ("(案件.受理 - 上年.案件.受理) / 上年.案件.受理", ("案件.受理", "上年.案件.受理")),  # each once
        ("案件.民事 + [案件.行政, 案件.非诉]|sum|default(0)", ("案件.民事", "案件.行政", "案件.非诉")),
        ("刑事来源|sum", ("刑事来源",)),
        ("案件.行政|default(案件.非诉)", ("案件.行政", "案件.非诉")),
        ("案件.受理 if 案件.行政 is defined else 0", ("案件.受理", "案件.行政")),
        ("not 甲 and 乙 or 丙 < 5", ("甲", "乙", "丙")),
        ("-甲", ("甲",)),
        ('"文字"', ()),
    ],
)
def test_an_expression_knows_the_names_in_it(text: str, names: tuple[str, ...]) -> None:
    expression = parse_expression(text)
    assert expression.text == text
    assert set(expression.names) == set(names)
    assert len(expression.names) == len(names)


@pytest.mark.parametrize(
    ("text", "divides", "adds"),
    [
        ("案件.办结 / 案件.受理", True, False),
        ("(甲 + 乙) / 丙", True, True),
        ("甲 + 乙", False, True),
        ("[甲, 乙]|sum", False, True),
        ("刑事来源|sum|default(0)", False, True),
        ("甲 - 乙", False, False),
        ("甲 * 乙", False, False),
        ("甲", False, False),
        ("(甲 / 乙)|百分比(1)", True, False),
    ],
)
def test_an_expression_knows_whether_it_is_a_ratio_or_a_sum(text: str, divides: bool, adds: bool) -> None:
    expression = parse_expression(text)
    assert (expression.divides, expression.adds) == (divides, adds)


@pytest.mark.parametrize(
    "text",
    ["", " ", "甲 }}", "甲 }}{{ 乙", "甲 }} 乙 {{ 丙", "甲, 乙", "甲 乙", "{{ 甲 }}", "{% if 甲 %}",
     "甲 }}{# x #}{{ 乙", "}}", "{{", "甲 #}", "甲 +", "(甲", "甲)", "'甲", "甲.", "甲.受 理", "1 +* 2", "# 甲",
     "甲 = 1", "甲; 乙"],
)  # fmt: skip
def test_what_is_not_one_expression_is_refused(text: str) -> None:
    refusal(parse_expression, text)


@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">="])
def test_a_relation_is_two_expressions_and_a_sign(sign: str) -> None:
    relation = parse_relation(f"案件.办结 {sign} 案件.受理 + 案件.上年结转|default(0)")
    assert relation.sign == sign
    assert relation.left.names == ("案件.办结",)
    assert set(relation.right.names) == {"案件.受理", "案件.上年结转"}
    assert set(relation.names) == {"案件.办结", "案件.受理", "案件.上年结转"}


@pytest.mark.parametrize(
    "text", ["甲", "甲 + 乙", "甲 < 乙 < 丙", "甲 in 乙", "甲 not in 乙", "甲 <= 乙 and 丙", "not 甲 < 乙", "甲 = 乙"]
)
def test_what_is_not_one_comparison_is_no_relation(text: str) -> None:
    refusal(parse_relation, text)


@pytest.mark.parametrize(
    ("text", "dotted"),
    [
        ("甲", "甲"),
        ("甲.乙", "甲.乙"),
        ('甲["乙"]', "甲.乙"),
        ("甲.乙.丙", "甲.乙.丙"),
        ("甲 + 乙", ""),
        ("1", ""),
        ("甲|sum", ""),
        ("(甲 + 乙).丙", ""),
        ("甲[乙]", ""),
    ],
)
def test_a_name_is_dotted_and_nothing_else_is_a_name(text: str, dotted: str) -> None:
    assert dotted_name(parse_expression(text).node) == dotted


# --- templates -----------------------------------------------------------------------------------------------


def test_a_template_knows_its_names_with_their_places() -> None:
    template = parse_template(
        "甲{{ 案件.受理 }}\n{% if 案件.行政 %}\n{{ 案件.行政 + 乙 }}{% endif %}\n"
        "{% for 项 in 口径说明 %}\n{{ 项.理由 }}{{ loop.index }}{{ 丙 }}\n{% endfor %}"
    )
    lines = [(template.text.count("\n", 0, at) + 1, name) for at, name in template.names]
    assert sorted(lines) == [
        (1, "案件.受理"),
        (2, "案件.行政"),
        (3, "乙"),
        (3, "案件.行政"),
        (4, "口径说明"),
        (5, "丙"),
    ]


@pytest.mark.parametrize(
    "text",
    ["{{ 项 }}{% for 项 in 甲 %}{% endfor %}", "{% for 项 in 甲 %}{% endfor %}{{ 项.乙 }}", "{{ loop.index }}甲"],
)
def test_a_name_is_a_loop_s_own_only_within_it(text: str) -> None:
    names = {name.split(".")[0] for _line, name in parse_template(text).names}
    assert names & {"项", "loop"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{{ 甲 }", 1),
        ("一\n二\n{{ 甲 }", 3),
        ("一\n{% set x = 1 %}", 2),
        ("一\n二\n{{ 甲|upper }}", 3),
        ("一\n{{ 甲｜default(1) }}\n三", 2),
        ("一\n\n{% include 'x' %}\n四", 3),
        ("一\n{% endif %}\n三", 2),
    ],
)
def test_a_fault_is_placed_in_its_line(text: str, line: int) -> None:
    assert text.count("\n", 0, refusal(parse_template, text).at) + 1 == line


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("一\n{{ 甲｜default(1) }}", "｜default"),
        ("甲{{ 乙|upper }}", "upper"),
        ("一{% if 甲 is even %}二{% endif %}", "is even"),
        ("甲{{ 乙 + 丙(1) }}", "丙(1)"),
        ("甲{{ 9999999999999999999 }}", "9999"),
    ],
)
def test_a_fault_is_placed_at_its_character(text: str, there: str) -> None:
    assert text[refusal(parse_template, text).at :].startswith(there)


def shape(node: nodes.Node) -> object:
    """Return a tree as plain values: kinds, fields and places."""
    fields = [value for _name, value in node.iter_fields() if not isinstance(value, nodes.Node | list)]
    return type(node).__name__, node.lineno, fields, [shape(child) for child in node.iter_child_nodes()]


TAGS = (
    "{{ 案件.受理 }}", "{{案件.受理}}", "{{ 单位 }}", "{{ a.b.c }}", "{{ true }}", "{{ if.a }}", "{{ a.if }}", "{{ a²b }}",
    "{{  单位  }}", "{{ 单位|round(1) }}", "{{- 单位 }}", "{{ a.1 }}", "{% if 单位 %}", "{% endif %}", "{#", "#}", "{{", "}}",
    "{", "}", "件，", "\n", "\n\n", "\r\n", " ", "甲",
)  # fmt: skip


@quick
@given(st.lists(st.sampled_from(TAGS), max_size=7).map("".join))
@example("{{{ 单位 }}")
@example("{{ 单位 }}}")
@example("{{ 单位 }}{")
def test_a_text_with_references_alone_is_read_as_jinja_reads_it(text: str) -> None:
    assume(text)
    assert read(parse_template, text) == read(
        lambda text: Template(text, tree := _parse(text), tuple(_names(tree))), text
    )


def read(parse: Callable[[str], Template], text: str) -> object:
    """Return the tree and the names of a template as plain values, or why there are none."""
    try:
        template = parse(text)
    except FormulaError as error:
        return str(error)
    return shape(template.tree), template.names


def test_names_are_placed_at_their_character() -> None:
    text = "甲{{ 案件.受理 }}件。\n{% if 案件.民事 %}\n  民{{ (案件.民事 + 案件.刑事)|round(1) }}{% endif %}"
    for at, name in parse_template(text).names:
        assert text[at:].startswith(name)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{{ 甲｜default(1) }}", "｜"),
        ("{{ 甲（1） }}", "（"),
        ("{% if 甲 %}", "endif"),
        ("{% for 甲 in 乙 %}{% endif %}", "endfor"),
        ("{% wenn 甲 %}", "wenn"),
        ("{{ 甲|upper }}", "upper"),
        ("{{ 甲 is even }}", "even"),
        ("{{ 甲(1) }}", "( )"),
        ("{{ 甲 ** 2 }}", "**"),
    ],
)
def test_a_fault_is_called_by_what_was_typed(text: str, part: str) -> None:
    assert part in refusal(parse_template, text).message


def test_an_unknown_filter_is_told_which_there_are() -> None:
    error = refusal(parse_template, "{{ 甲|upper }}")
    assert error.wanted == "upper"
    assert [name for name in FILTERS if name not in error.hint] == []


def test_a_template_is_as_long_as_allowed() -> None:
    assert parse_template("{{甲}}".ljust(MAX_LENGTH, "字")).names == ((2, "甲"),)
    refusal(parse_template, "字" * (MAX_LENGTH + 1))
    refusal(parse_template, "{{ 甲 }}" * MAX_LENGTH)


# --- what cannot be said -------------------------------------------------------------------------------------

EVIL = [
    "''.__class__()",
    "''.__class__.__mro__[1].__subclasses__()",
    "案件.__init__.__globals__['os'].popen('id').read()",
    "x|attr('__class__')",
    "x|map(attribute='__class__')|list",
    "'{0.__class__}'.format(x)",
    "'%s' % x",
    "'%1000000000d' % 1",
    "'%1000000000d'|format(1)",
    "'{:>1000000000}'.format(1)",
    "'a'.ljust(10**9)",
    "'a'|center(10**9)",
    "'a'|indent(1000000000)",
    "'a'|wordwrap(1)",
    "'a'|urlize",
    "'a'|safe",
    "'a'|tojson",
    "'a' * 10**9",
    "10**(10**8)",
    "9**9**9**9",
    "10 // 3",
    "10 % 3",
    "'a' ~ 'b'",
    "range(10**9)",
    "range(99999)|list",
    "[1]|batch(10**8, 0)",
    "[1, 2]",
    "[1]|join",
    "[1]|first",
    "(1, 2)",
    "{'a': 1}",
    "lipsum()",
    "cycler('a')",
    "cycler.__init__.__globals__.os.popen('id').read()",
    "joiner()",
    "namespace(a=1)",
    "dict(id=1)|list|first",
    "self.__init__.__globals__()",
    "url_for('x')",
    "l.append(1)",
    "x[1:2]",
    "x[::-1]",
    "x is callable",
    "x is sameas y",
    "x|default(value=1)",
    "x|round(method='ceil')",
    "x|sum(attribute='a')",
    "x|default(*y)",
    "x|default(**y)",
    "x()",
    "x.y()",
    "(x)(1)",
    "loop.cycle('a', 'b')",
    "9" * 5000,
    "(" * 2000 + "1" + ")" * 2000,
    "[" * 2000 + "1" + "]" * 2000,
    "not " * 5000 + "1",
    "-" * 5000 + "1",
    "1 if 1 else " * 3000 + "2",
]

EVIL_STATEMENTS = [
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(x) %}x{% endmacro %}",
    "{% call x() %}{% endcall %}",
    "{% include 'x' %}",
    "{% include '/etc/passwd' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{% block x %}{% endblock %}",
    "{% set x = 1 %}",
    "{% set x %}a{% endset %}",
    "{% set x.y = 1 %}",
    "{% with x = 1 %}{% endwith %}",
    "{% filter upper %}a{% endfilter %}",
    "{% autoescape false %}{{ x }}{% endautoescape %}",
    "{% do x.append(1) %}",
    "{% trans %}a{% endtrans %}",
    "{% for x in y recursive %}{{ loop(x) }}{% endfor %}",
    "{% for x in y if x %}{% endfor %}",
    "{% for x, z in y %}{% endfor %}",
    "{% for x in range(10**9) %}{% endfor %}",
    "{% for x in [1, 2] %}{% endfor %}",
    "{% for x in y %}{% break %}{% endfor %}",
    "{% for x in 'a'|center(10**9) %}{% endfor %}",
    "{% if x %}" * 2000 + "{% endif %}" * 2000,
    "{% for x in y %}" * 2000 + "{% endfor %}" * 2000,
]


@pytest.mark.parametrize("text", EVIL, ids=lambda text: text[:40])
def test_what_the_whitelist_lacks_is_no_expression(text: str) -> None:
    refusal(parse_expression, text)


@pytest.mark.parametrize("text", EVIL, ids=lambda text: text[:40])
def test_what_the_whitelist_lacks_stands_in_no_template(text: str) -> None:
    refusal(parse_template, "甲{{ " + text + " }}乙")
    refusal(parse_template, "{% if " + text + " %}甲{% endif %}")


@pytest.mark.parametrize("text", EVIL_STATEMENTS, ids=lambda text: text[:40])
def test_a_statement_that_the_whitelist_lacks_is_refused(text: str) -> None:
    refusal(parse_template, text)


@pytest.mark.parametrize("text", EVIL, ids=lambda text: text[:40])
def test_what_the_whitelist_lacks_stands_in_no_word_template(text: str) -> None:
    refusal(lambda source: compile_for_word(source, str), "<w:t>{{ " + text + " }}</w:t>")


@pytest.mark.parametrize("text", EVIL_STATEMENTS, ids=lambda text: text[:40])
def test_a_statement_that_the_whitelist_lacks_stands_in_no_word_template(text: str) -> None:
    refusal(lambda source: compile_for_word(source, str), text)


LONG = [
    "+".join(["1"] * 3000),
    " and ".join(["1"] * 3000),
    "a" + ".b" * 3000,
    'a["b"]' + '["b"]' * 3000,
    "1" + "|round" * 3000,
]


@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:12])
def test_a_chain_without_end_is_refused_or_worked_out(text: str) -> None:
    for parse in (parse_expression, lambda source: parse_template("{{ " + source + " }}")):
        with at_once():
            try:
                parsed = parse(text)
            except FormulaError:
                continue
            walk(parse_template("{{ " + text + " }}"), {}, lambda _own, _line: None, lambda _value, _line: None)
            assert parsed


# --- arbitrary text ------------------------------------------------------------------------------------------

PIECES = ["{{ ", " }}", "{% if ", "{% elif ", "{% else %}", "{% endif %}", "{% for x in ", "{% endfor %}", " %}", "{#"]
PIECES += ["#}", "甲", ".乙", "x", "1", "2.5", "'s'", "+", "*", "/", "**", "(", ")", "[", "]", ",", "|sum", "|default("]
PIECES += [
    "|round",
    "|百分比",
    " is defined",
    " and ",
    "not ",
    " if ",
    " else ",
    " in ",
    "<=",
    "==",
    "\n",
    "{",
    "}",
    "true",
]
PIECES += ["none", "~", "%", "."]


def is_sound(text: str, parse: Callable[[str], object]) -> bool:
    """Tell whether ``text`` parses; a refusal is placed in the text and has a reason."""
    try:
        parse(text)
    except FormulaError as error:
        placed = 0 <= error.at <= len(text)
        if not (placed and error.message):
            raise
        return False
    return True


@quick
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=30))
@example("{{ 甲 in 乙 }}")
def test_any_text_is_parsed_or_refused_with_a_place(text: str) -> None:
    expression, relation = is_sound(text, parse_expression), is_sound(text, parse_relation)
    assert expression or not relation
    is_sound(text, parse_template)


@quick
@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=60))
@example("a{b}c{")
@example("甲\n\n乙\n")
@example("}} %} #}")
@example("一{ {乙} }")
def test_a_template_without_tags_is_its_own_text(text: str) -> None:
    text = re.sub(r"\{(?=[{%#])", "{ ", text)
    template = parse_template(text)
    written: list[str] = []
    walk(template, {}, lambda own, _line: written.append(own), lambda _value, _line: written.append("?"))
    assert "".join(written) == text
    assert template.names == ()


@quick
@given(st.text("甲乙{}%# \n", max_size=20))
def test_a_template_has_the_text_it_was_made_from(text: str) -> None:
    if is_sound(text, parse_template):
        template: Template = parse_template(text)
        assert template.text == text
        assert isinstance(template.tree, nodes.Template)


# --- Word templates ------------------------------------------------------------------------------------------


def as_is(value: Any) -> Any:
    return value


def filled(text: str, data: dict[str, Any], finalize: Callable[[Any], Any] = as_is) -> str:
    return compile_for_word(text, finalize)(data)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<w:t>{{ 名 }}</w:t>", "<w:t>甲</w:t>"),
        ("{{ 组.一 }}{{ 组['二'] }}", "12"),
        ("{% for 行 in 表 %}{{ 行.a }};{% else %}无{% endfor %}", "x;y;"),
        ("{% for 行 in 空 %}{{ 行.a }};{% else %}无{% endfor %}", "无"),
        ("{% if 空 %}a{% else %}b{% endif %}", "b"),
        ("{% if 没有 is defined %}a{% else %}b{% endif %}", "b"),
        ("{{ 没有|default('无') }}", "无"),
        ("{{ 表|length }}", "2"),
        ("{{ 名单|join('、') }}", "张、李"),
        ("{% if 组.一 == 1 and not 空 %}a{% endif %}", "a"),
        ("{{ 名 if 组.一 else '' }}", "甲"),
    ],
)
def test_a_word_template_prints_data(text: str, expected: str) -> None:
    data = {"名": "甲", "组": {"一": 1, "二": 2}, "表": [{"a": "x"}, {"a": "y"}], "空": [], "名单": ["张", "李"]}
    assert filled(text, data) == expected


def test_a_word_template_knows_its_place_in_a_loop() -> None:
    text = "{% for 行 in 表 %}{{ loop.index }}{% if not loop.last %}、{% endif %}{% endfor %}"
    assert filled(text, {"表": ["a", "b", "c"]}) == "1、2、3"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("A&B 公司", "A&amp;B 公司"),
        ("满意度<90%，其他", "满意度&lt;90%，其他"),
        ("</w:t></w:r>", "&lt;/w:t&gt;&lt;/w:r&gt;"),
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("{% if 1 %}", "{% if 1 %}"),
        ("{_{ x }_}", "{_{ x }_}"),
    ],
)
def test_a_value_never_becomes_markup_or_a_tag(value: str, printed: str) -> None:
    """hazards 1.1, 1.3."""
    assert filled("<w:t>{{ x }}</w:t>", {"x": value}) == f"<w:t>{printed}</w:t>"
    assert filled("<w:t>{{ y|join(x) }}</w:t>", {"x": value, "y": ["", ""]}) == f"<w:t>{printed}</w:t>"


@pytest.mark.parametrize("name", ["items", "values", "keys", "get", "count", "copy", "pop", "update"])
def test_an_entry_is_never_mistaken_for_a_method(name: str) -> None:
    """hazards 1.2: {{ d.items }} prints <built-in method …>."""
    assert filled("{{ d." + name + " }}", {"d": {name: "甲"}}) == "甲"
    with pytest.raises(FormulaError):
        filled("{{ d." + name + " }}", {"d": {}})


@pytest.mark.parametrize(
    "text",
    [
        "{{ 没有 }}",
        "{{ 名.没有 }}",
        "{{ 组.没有 }}",
        "{{ 组['没有'] }}",
        "{{ 组.没有.更没有 }}",
        "{% for 行 in 没有 %}{% endfor %}",
        "{% if 没有 %}{% endif %}",
        "{{ ''.__class__ }}",
        "{{ 名.__class__ }}",
        "{{ 名.upper }}",
        "{{ 组.__class__.__mro__ }}",
        "{{ 组['__class__'] }}",
        "{{ cycler }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum }}",
        "{{ lipsum.__globals__.os }}",
        "{{ range }}",
        "{{ dict }}",
        "{{ namespace }}",
        "{{ joiner }}",
        "{{ self.__init__ }}",
        "{{ self._TemplateReference__context }}",
    ],
)
def test_nothing_but_data_is_reached_from_a_word_template(text: str) -> None:
    with at_once(), pytest.raises(FormulaError):
        filled(text, {"名": "甲", "组": {"一": 1}})


@pytest.mark.parametrize("operator", ["+", "-", "*", "/"])
def test_a_word_template_does_not_calculate(operator: str) -> None:
    for text in (f"{{{{ 一 {operator} 二 }}}}", f"{{{{ 'a' {operator} 1000000000 }}}}", f"{{{{ 1 {operator} 2 }}}}"):
        with at_once(), pytest.raises(FormulaError, match="calculate"):
            filled(text, {"一": 1, "二": 2})


def test_every_printed_value_passes_the_guard() -> None:
    seen: list[Any] = []

    def guard(value: Any) -> Any:
        seen.append(value)
        return value

    assert filled("甲{{ x }}{% for y in z %}{{ y }}{% endfor %}", {"x": "1", "z": ["2", "3"]}, guard) == "甲123"
    assert [value for value in seen if value != "甲"] == ["1", "2", "3"]


def test_what_the_guard_refuses_is_not_printed() -> None:
    def guard(value: Any) -> Any:
        raise FormulaError("no")

    with pytest.raises(FormulaError, match="no"):
        filled("{{ x }}", {"x": "1"}, guard)


def test_a_compiled_template_is_filled_again_and_again() -> None:
    fill = compile_for_word("{{ x }}", as_is)
    assert [fill({"x": "1"}), fill({"x": "2"}), fill({"x": "1"})] == ["1", "2", "1"]


@pytest.mark.parametrize("text", ["{{ x|百分比 }}", "{{ x|百分比(1) }}", "{{ x|带单位 }}", "{{ [x, y]|列举 }}"])
def test_a_filter_that_word_lacks_is_refused(text: str) -> None:
    refusal(lambda source: compile_for_word(source, as_is)({"x": 1, "y": 2}), text)


def test_word_has_fewer_filters_and_says_so() -> None:
    assert set(WORD_FILTERS) < set(FILTERS)
    for name in FILTERS:
        if name in WORD_FILTERS:
            assert isinstance(parse_for_word(f"{{{{ x|{name} }}}}"), nodes.Filter)
        else:
            error = refusal(parse_for_word, f"{{{{ x|{name} }}}}")
            assert error.message == f"a Word template has no filter “{name}”"
            assert error.hint == "the filters are default, join, length; work the text out in form.yaml"
    assert refusal(parse_for_word, "{{ x|upper }}").message == "there is no filter “upper”"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{{ x }}", nodes.Name),
        ("{{ x.y }}", nodes.Getattr),
        ("{% if x %}{% endif %}", nodes.If),
        ("{% for x in y %}{% endfor %}", nodes.For),
    ],
)
def test_one_tag_of_a_word_template_is_one_node(text: str, kind: type[nodes.Node]) -> None:
    assert type(parse_for_word(text)) is kind


@pytest.mark.parametrize("text", ["甲", "", "{{ x }}{{ y }}", "甲{{ x }}", "{{ }}", "{% if x %}", "{% set x = 1 %}"])
def test_what_is_not_one_tag_is_refused(text: str) -> None:
    refusal(parse_for_word, text)


@pytest.mark.parametrize(
    "text",
    ["{% for a in x %}{% endfor %}", "{{ -s }}", "{{ s|round }}", "{{ x|length }}", "{{ x|join }}", "{{ [s, s]|sum }}",
     "{{ x < s }}", "{{ x in x }}", "{{ x|default(1, 2, 3) }}"],
)  # fmt: skip
def test_a_tag_that_cannot_be_worked_out_is_refused(text: str) -> None:
    refusal(lambda source: compile_for_word(source, as_is)({"x": 5, "s": "text"}), text)


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in x %}" * 25 + "{% endfor %}" * 25,
        "{% if x %}" * 120 + "{% endif %}" * 120,
        "{{ " + "+".join(["1"] * 3000) + " }}",
    ],
    ids=["for", "if", "chain"],
)
def test_a_word_template_that_is_too_deep_is_refused(text: str) -> None:
    refusal(lambda source: compile_for_word(source, as_is)({"x": []}), text)


@pytest.mark.parametrize(
    "text",
    ["{{ 5|round(2000000, 'ceil') }}", "{{ 'aaaaaaaaaa'" + "|join('bbbbbbbbbb')" * 6 + " }}"],
    ids=["10**2000000", "joined again and again"],
)
def test_a_word_template_cannot_grow_a_value(text: str) -> None:
    with at_once(), pytest.raises(FormulaError):
        filled(text, {})
