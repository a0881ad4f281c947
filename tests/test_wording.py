"""Templates are filled for one centre; what cannot be printed leaves a mark and a finding that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from conftest import HEAD as PLAIN_HEAD
from conftest import write_input
from reportgen.facts.facts import read_facts
from reportgen.facts.reasons import read_reasons
from reportgen.facts.wording import Section, Wording
from reportgen.forms.form import NAMES
from reportgen.forms.names import spot_in, undefined
from reportgen.forms.vocabulary import Vocabulary
from reportgen.numbers.grammar import parse_template
from reportgen.reading.project import Project
from reportgen.reading.source import parse_source
from reportgen.reading.trace import Piece
from reportgen.running.build import check
from reportgen.running.library import Library
from reportgen.telling.findings import Finding, Span, Subject

HEAD = """\
单位: 测试中心
地区: 某市
年度: 2023
日期: 2024-01-05
报告: [plain]
"""
DATA = """\
数据:
  案件: {受理: "14,892", 民事: 93}
  咨询: {接待: 3000余}
  资金: {到位: 62, 支出: 61}
"""


def wording_of(vocabulary: Vocabulary, text: str = DATA) -> Wording:
    source = parse_source((HEAD + text).encode(), "inputs/2023/centre.yaml")
    return Wording(read_facts(source, vocabulary))


def form_spot(offset: int, length: int) -> Span:
    """Where a template of the form stands, for these tests: all of it in one line."""
    return Span("templates/form/report.md", 1, offset + 1, length)


def filled(wording: Wording, text: str, scope: Mapping[str, Any] | None = None) -> str:
    return wording.fill(parse_template(text), wording.facts.scope if scope is None else scope, form_spot)


def only(wording: Wording) -> Finding:
    (finding,) = wording.notes
    return finding


# --- values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("受理{{ 案件.受理 }}件", "受理14892件"),
        ("{{ 案件.受理|带单位 }}", "14892件"),
        ("{{ [案件.受理, 案件.民事]|列举 }}", "受理14892件、民事93件"),
        ("接待{{ 咨询.接待 }}人次", "接待3000余人次"),
        ("{{ 资金.使用率 }}", "98.4%"),  # 61 / 62 = 98.387… %
        ("{{ 资金.到位 - 资金.支出 }}万元", "1万元"),
        ("{{ 单位 }}，{{ 年度 }}年，{{ 日期 }}", "测试中心，2023年，2024年1月5日"),
        ("{% if 案件.民事 %}有{% else %}无{% endif %}", "有"),
        ("{% if 案件.行政 %}有{% else %}无{% endif %}", "无"),
        ("{{ 案件.行政|default('无') }}", "无"),
        ("没有标签", "没有标签"),
    ],
)
def test_values_print_as_they_were_stated_or_by_their_formula(vocabulary: Vocabulary, template: str, text: str) -> None:
    wording = wording_of(vocabulary)
    assert filled(wording, template) == text
    assert list(wording.notes) == []


@pytest.mark.parametrize("value", ["{{ 7*7 }}", "{% if x %}", "{# 注 #}", "A&B <90%>", "**粗**", "【缺：x】"])
def test_a_value_is_never_a_template(vocabulary: Vocabulary, value: str) -> None:
    wording = wording_of(vocabulary, f"项目: '{value}'\n" + DATA)
    assert filled(wording, "项目：{{ 项目 }}。") == f"项目：{value}。"
    assert list(wording.notes) == []


# --- what cannot be printed ----------------------------------------------------------------------------------


def test_a_missing_fact_is_told_where_the_centre_would_state_it(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary)
    assert filled(wording, "办结{{ 案件.办结 }}件") == "办结【缺：案件.办结】件"
    finding = only(wording)
    assert finding.code == "missing-fact"
    assert finding.path == "案件.办结"
    assert finding.span.file == "inputs/2023/centre.yaml"
    assert finding.span.text.strip().startswith("案件:")
    assert finding.message == "the report needs “案件.办结”, which is not stated"
    assert finding.hint == "type under 数据: 案件: {办结: …件}"


def test_a_missing_fact_in_a_text_of_the_centre_is_told_where_it_is_printed(vocabulary: Vocabulary) -> None:
    text = DATA + "正文:\n  经验: |\n    第一行\n    办结{{ 案件.办结 }}件\n"
    wording = wording_of(vocabulary, text)
    printed = wording.own("第一行\n办结{{ 案件.办结 }}件\n", ("正文", "经验"))
    assert printed == "第一行\n办结【缺：案件.办结】件"
    finding = only(wording)
    assert finding.message == "“案件.办结” is printed here, but not stated"
    lines = (HEAD + text).splitlines()
    assert finding.span.line == lines.index("    办结{{ 案件.办结 }}件") + 1
    assert finding.span.text[finding.span.column - 1 :].startswith("案件.办结")


def test_a_missing_fact_with_a_formula_says_what_it_is_computed_from(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary)
    filled(wording, "{{ 案件.结案率 }}")
    assert only(wording).hint == "type under 数据: 案件: {结案率: …%}, or what it is computed from: 案件.办结"


def test_a_sum_of_facts_none_of_which_is_stated_asks_for_one(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary)
    assert filled(wording, "{{ [资金.中央, 资金.省级]|sum }}") == "【缺：资金.中央、资金.省级】"
    assert only(wording).hint == "state at least one of them under 数据"


def test_a_missing_key_of_the_file_is_told_at_its_head(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary)
    assert filled(wording, "{{ 项目 }}") == "【缺：项目】"
    finding = only(wording)
    assert (finding.code, finding.path) == ("missing-key", "项目")
    assert (finding.span.line, finding.span.column) == (1, 1)
    assert finding.hint == "add a line “项目: …”"


def test_a_missing_section_says_how_to_write_it(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary, DATA + "正文:\n  别的: 文\n")
    assert filled(wording, "{{ 正文.经验 }}", {"正文": wording.sections}) == "【缺：经验】"
    finding = only(wording)
    assert (finding.code, finding.path) == ("missing-section", "正文.经验")
    assert finding.span.text == "正文:"
    assert "正文: a line “经验: |”" in finding.hint


def test_a_value_of_last_year_needs_last_years_file(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary)
    assert filled(wording, "{{ 上年.案件.受理 }}") == "【缺：上年.案件.受理】"
    finding = only(wording)
    assert finding.code == "missing-fact"
    assert "the year before" in finding.message


@pytest.mark.parametrize(
    ("last", "message", "hint"),
    [
        (None, "there is no file of the year before", "add inputs/2022/centre.yaml, with this fact"),
        (
            "数据: {咨询: {接待: 3}}\n",
            "inputs/2022/centre.yaml, does not state this",
            "state it in inputs/2022/centre.yaml",
        ),
        ("数据: {案件: {受理: 1x}}\n", "or not as it can be read", "state it in inputs/2022/centre.yaml"),
        (
            "数据: [\n",
            "inputs/2022/centre.yaml, has errors and cannot be read",
            "correct inputs/2022/centre.yaml first",
        ),
    ],
)
def test_why_there_is_no_figure_of_last_year(project: Project, last: str | None, message: str, hint: str) -> None:
    if last:
        write_input(project, PLAIN_HEAD.replace("2023", "2022") + last, year="2022")
    path = write_input(project, PLAIN_HEAD + "数据: {咨询: {接待: 3}}\n正文: {情况: '{{ 上年.案件.受理 }}件'}\n")
    (finding,) = [f for f in check(Library(project, False), path).findings if f.code == "missing-fact"]
    assert message in finding.message
    assert finding.hint.startswith(hint)


def test_a_relation_with_a_last_year_that_cannot_be_read_names_the_file(project: Project) -> None:
    write_input(project, PLAIN_HEAD.replace("2023", "2022") + "数据: [\n", year="2022")
    path = write_input(project, PLAIN_HEAD + "数据: {案件: {受理: 445, 同比增长: 3%}}\n")
    (finding,) = [f for f in check(Library(project, False), path).findings if f.code == "cannot-check"]
    assert finding.hint.startswith("correct inputs/2022/centre.yaml first, which cannot be read")


def test_last_years_value_prints_where_there_is_a_file(vocabulary: Vocabulary) -> None:
    last = wording_of(vocabulary).facts
    source = parse_source((HEAD + "数据: {案件: {受理: 20000}}\n").encode(), "inputs/2023/centre.yaml")
    wording = Wording(read_facts(source, vocabulary).beside(last, ()))
    assert filled(wording, "{{ 上年.案件.受理 }}→{{ 案件.受理 }}") == "14892→20000"
    assert list(wording.notes) == []


def test_an_unknown_name_in_a_text_of_the_centre_is_told_with_the_nearest_known_one(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary, DATA + "正文:\n  经验: |\n    甲\n    {{ 案件.受里 }}\n")
    assert list(wording.sections) == ["经验"]
    wording.own("甲\n{{ 案件.受里 }}\n", ("正文", "经验"))
    finding = only(wording)
    assert (finding.code, finding.path) == ("undefined-name", "案件.受里")
    assert (finding.span.text, finding.span.column) == ("    {{ 案件.受里 }}", 8)
    assert finding.hint == "did you mean 案件.受理?"


def test_an_unknown_name_is_found_in_a_branch_that_is_not_taken(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary, DATA + "正文: {经验: 文}\n")
    assert wording.own("{% if 案件.行政 %}{{ 案件.受里 }}{% endif %}", ("正文", "经验")) == ""
    assert only(wording).code == "undefined-name"


def test_a_group_cannot_be_printed(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary)
    assert filled(wording, "甲\n{{ 案件 }}") == "甲\n【？】"
    finding = only(wording)
    assert (finding.code, finding.span.column) == ("cannot-print", 3)
    assert finding.hint == "name one fact, such as 案件.受理"


def test_a_number_with_endless_digits_asks_how_many_to_print(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary)
    assert filled(wording, "{{ 案件.民事 / 7 }}") == "【？】"
    finding = only(wording)
    assert finding.code == "cannot-print"
    assert "|round(2)" in finding.hint


def test_a_division_by_zero_is_named(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary, "数据:\n  案件: {受理: 0, 民事: 1}\n")
    assert filled(wording, "{{ 案件.民事 / 案件.受理 }}") == "【？】"
    assert only(wording).message == "division by zero"


def test_a_comparison_that_a_vague_number_cannot_decide_is_named(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary)
    filled(wording, "{{ '多' if 咨询.接待 > 3500 else '少' }}")
    finding = only(wording)
    assert (finding.code, finding.message) == ("cannot-print", "the number is too vague to decide this")


def test_the_same_complaint_is_made_once(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary)
    filled(wording, "{{ 案件.办结 }}和{{ 案件.办结 }}")
    filled(wording, "{{ 案件.办结 }}")
    assert [finding.path for finding in wording.told()] == ["案件.办结"]


def test_two_complaints_are_both_made(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary)
    filled(wording, "{{ 案件.办结 }}和{{ 回访.件数 }}")
    assert [finding.path for finding in wording.told()] == ["案件.办结", "回访.件数"]


def test_a_rate_is_not_asked_for_where_its_parts_are(vocabulary: Vocabulary) -> None:
    """Stating 办结 gives 结案率 as well: one thing to do, one finding."""
    wording = wording_of(vocabulary)
    filled(wording, "{{ 案件.办结 }}和{{ 案件.结案率 }}")
    assert len(wording.notes) == 2
    assert [finding.path for finding in wording.told()] == ["案件.办结"]


# --- the centre's own texts ----------------------------------------------------------------------------------


def test_a_fault_in_a_text_of_the_centre_is_told_at_its_line(vocabulary: Vocabulary) -> None:
    text = DATA + "正文:\n  经验: |\n    第一行\n    受理{{ 案件.受理 }件\n"
    wording = wording_of(vocabulary, text)
    assert wording.sections == {}
    finding = only(wording)
    assert finding.code == "template-syntax"
    assert finding.span.text == "    受理{{ 案件.受理 }件"
    assert wording.own("受理{{ 案件.受理 }件", ("正文", "经验")) == ""


def test_a_name_that_cannot_be_called_is_refused_in_a_text_of_the_centre(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary, DATA + '正文:\n  经验: "{{ range(9) }}"\n')
    assert wording.sections == {}
    assert only(wording).code == "template-syntax"


def test_sections_are_the_texts_that_are_not_empty(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary, DATA + "正文:\n  甲: 文\n  乙:\n  丙: |\n    {{ 案件.受理 }}\n  丁: '  '\n")
    assert list(wording.sections) == ["甲", "丙"]
    assert list(wording.notes) == []


def test_a_section_reaches_show_as_a_section_and_a_value_as_text(vocabulary: Vocabulary) -> None:
    wording = wording_of(vocabulary, DATA + "正文:\n  甲: 文\n")
    shown: list[Any] = []
    written: list[Piece] = []
    scope = {**wording.facts.scope, "正文": wording.sections}
    wording.walk(parse_template("前{{ 正文.甲 }}{{ 案件.受理 }}"), scope, form_spot, written.append, shown.append)
    assert [(piece.text, piece.offset, piece.typed) for piece in written] == [("前", 0, True)]
    assert isinstance(shown[0], Section)
    assert (shown[0].name, shown[0].template.text, shown[1].text) == ("甲", "文", "14892")
    assert (shown[1].typed, shown[1].source, shown[1].offset, shown[1].length) == (False, "案件.受理", 11, 11)


def test_reasons_are_filled_and_lose_their_full_stop(vocabulary: Vocabulary) -> None:
    """The form's sentence brings its own."""
    text = DATA + "口径说明:\n  案件.受理: 含民事{{ 案件.民事 }}件。\n  案件.民事:\n  咨询.接待: 估计\n"
    wording = wording_of(vocabulary, text)
    reasons = read_reasons(wording.facts, wording)
    assert {reason.name: reason.text for reason in reasons} == {
        "法律援助案件受理": "含民事93件",
        "法律咨询接待": "估计",
    }


def test_an_own_text_loses_the_white_space_around_it_only(vocabulary: Vocabulary) -> None:
    assert wording_of(vocabulary).own("  甲  乙\n丙 \n", ("正文", "甲")) == "甲  乙\n丙"


def test_undefined_names_are_listed_with_line_and_hint(vocabulary: Vocabulary) -> None:
    template = parse_template(
        "{{ 案件.受理 }}{{ 评分.总分 }}\n{{ 案件.受里 }}\n{% for x in 口径说明 %}{{ x.理由 }}{% endfor %}"
    )
    assert list(undefined(template, vocabulary, NAMES, form_spot)) == [
        Finding(
            "undefined-name",
            form_spot(template.text.index("案件.受里"), 5),
            "there is nothing called “案件.受里”",
            "did you mean 案件.受理?",
            Subject.key("案件.受里"),
        )
    ]


def test_members_that_a_name_cannot_have_are_listed_too(vocabulary: Vocabulary) -> None:
    template = parse_template("{{ 行 }}{{ 行.评分过程 }}{{ 行.评分过稿 }}{{ 评分.无论什么 }}")
    names = {"行": {"评分过程", "得分"}, "评分": None}
    assert [(each.path, each.hint) for each in undefined(template, vocabulary, names, form_spot)] == [
        ("行.评分过稿", "did you mean 评分过程?")
    ]


def test_spots_of_a_text_are_lines_of_the_file(vocabulary: Vocabulary) -> None:
    text = "正文:\n  经验: |\n    第一行\n    第二行，目标\n"
    source = parse_source((HEAD + text).encode(), "centre.yaml")
    span = spot_in(source, ("正文", "经验"))(8, 2)
    assert (span.line, span.column, span.length, span.text) == (9, 9, 2, "    第二行，目标")
