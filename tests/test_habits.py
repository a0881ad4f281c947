"""What YAML does not forgive is named where it was typed, with what to type instead (hazards 2.1)."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reportgen.reading.habits import find_habit, structure_lines
from reportgen.telling.catalogue import CATALOGUE, ERROR

quick = settings(max_examples=400, deadline=None)

# line, code, column (0-based) of the offending character
HABITS = [
    ("\t乙: 1", "tab", 0),
    ("  \t乙: 1", "tab", 2),
    ("甲:\t1", "tab", 2),
    ("名称：甲中心", "full-width-structure", 2),
    ("  名称： 甲中心", "full-width-structure", 4),
    ("- 名称：甲中心", "full-width-structure", 4),
    ("  - {三级指标：目标内容}", "full-width-structure", 9),
    ("案件：{受理: 445}", "full-width-structure", 2),
    ("案件：", "full-width-structure", 2),
    ("一、概况：好", "full-width-structure", 4),
    ("　乙: 1", "full-width-structure", 0),
    ("  　乙: 1", "full-width-structure", 2),
    ("甲:　1", "full-width-structure", 2),
    ("甲:\xa01", "full-width-structure", 2),
    ("－ 甲", "full-width-structure", 0),
    ("  —甲", "full-width-structure", 2),
    ("案件: ｛受理: 445｝", "full-width-structure", 4),
    ("报告: ［a, b］", "full-width-structure", 4),
    ("报告: 【a, b-c】", "full-width-structure", 4),
    ("【a-b】", "full-width-structure", 0),
    ("案件: {受理: 445，民事: 93}", "full-width-structure", 12),
    ("受理: 445，民事: 93", "full-width-structure", 7),
    ("甲:1", "missing-space", 1),
    ("  受理:445", "missing-space", 4),
    ("- 甲:1", "missing-space", 3),
    ("情况:{a: 1}", "missing-space", 2),
    ('情况:"甲"', "missing-space", 2),
    ("-乙", "missing-space", 0),
    ("  -plain", "missing-space", 2),
    ("a: {{ x }}", "needs-quotes", 3),
    ("a: {% if x %}", "needs-quotes", 3),
    ("- {{ x }}", "needs-quotes", 2),
    ("率: %85", "needs-quotes", 3),
    ("a: @x", "needs-quotes", 3),
    ("a: `x`", "needs-quotes", 3),
    ("a: *注", "needs-quotes", 3),
    ("a: &注 x", "needs-quotes", 3),
    ("率: >=95%", "needs-quotes", 3),
    ("{率: >95%, 数: 1}", "needs-quotes", 4),
    ("a: 备注: 内容", "needs-quotes", 3),
    ("a: 备注:", "needs-quotes", 3),
    ("咨询: {来访: 2318、来电: 3107}", "full-width-structure", 13),
    ("咨询: {来访: 2318; 来电: 3107}", "full-width-structure", 13),
    ("咨询: 来访: 2318, 来电: 3107", "yaml-syntax", 4),
    ("情况: | 以上数字", "yaml-syntax", 4),
    ("行政: ?", "yaml-syntax", 4),
    ("说明: 民事50件；刑事: 见表", "needs-quotes", 4),
    ("  案件补贴 148.75", "yaml-syntax", 2),
    ('a: "甲"乙', "needs-quotes", 3),
    ("a: 'it's'", "needs-quotes", 3),
    ('a: "甲', "yaml-syntax", 3),
    ("a: '甲", "yaml-syntax", 3),
]

SOUND = [
    "",
    "甲: 1",
    "  受理: 14,892",
    "数据:",
    "数据:  # 说明：见下",
    "- 甲",
    "  - {三级指标: 目标内容, 得分: 9}",
    "案件: {受理: 445, 民事: 93}",
    "扣分原因: 部分，未量化",
    "情况: |2-  # 两行",
    "  - {扣分原因: 部分，未量化, 得分: 9}",
    "刑事来源: {法院通知: 108, 直接申请: 2}",
    "说明: 共5件，其中：民事3件",
    "a: 见 http://www.gov.cn/a",
    "网址: http://www.gov.cn:80/a",
    "路径: C:\\data",
    "时间: 10:30",
    "日期: 2024-01-15  # 报告日期",
    "同比增长: -5%",
    "率: 95%以上",
    "率: >",
    "主要经验: |",
    "主要经验: |2-  # 分段",
    "主要经验: >-",
    '情况: "共{{ 案件.受理 }}件"',
    "情况: 共{{ 案件.受理 }}件",
    'a: "甲" # 注',
    '- {a: "甲", b: 1}',
    "a: it's",
    "---",
    "-5",
    "# 名称：甲中心",
]


@pytest.mark.parametrize(("line", "code", "column"), HABITS, ids=[line for line, _code, _column in HABITS])
def test_a_habit_is_named_at_its_place(line: str, code: str, column: int) -> None:
    habit = find_habit(line)
    assert habit is not None
    assert (habit.code, habit.column) == (code, column)
    assert habit.message
    assert habit.hint


@pytest.mark.parametrize("line", SOUND)
def test_a_sound_line_has_no_habit(line: str) -> None:
    assert find_habit(line) is None


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("甲:1", "甲: 1"),
        ("  受理:445  # 件", "受理: 445"),
        ("率: %85", '"%85"'),
        ("率: >=95%  # 目标", '">=95%"'),
        ("情况: {{ 案件.受理 }}件", '"{{ 案件.受理 }}件"'),
        ("a: 备注: 内容", '"备注: 内容"'),
    ],
)
def test_the_hint_says_what_to_type(line: str, typed: str) -> None:
    habit = find_habit(line)
    assert habit is not None
    assert habit.hint.endswith(typed)


def test_a_hint_never_holds_a_quotation_mark_within_quotation_marks() -> None:
    """What is typed as the hint says must be YAML."""
    habit = find_habit('率: %85是"好"')
    assert habit is not None
    assert habit.hint.count('"') == 2


def test_every_habit_has_a_code_that_stops_a_build() -> None:
    codes = {code for _line, code, _column in HABITS}
    assert codes == {"tab", "full-width-structure", "missing-space", "needs-quotes", "yaml-syntax"}
    assert {CATALOGUE[code].severity for code in codes} == {ERROR}


@quick
@given(st.text(max_size=60))
@example("：" * 60)
def test_any_line_has_a_habit_within_it_or_none(line: str) -> None:
    habit = find_habit(line)
    if habit is not None:
        assert habit.code in CATALOGUE
        assert 0 <= habit.column < len(line)


@quick
@given(st.sampled_from([line for line, code, _column in HABITS if code != "tab"]), st.integers(1, 6))
def test_indentation_moves_a_habit_and_nothing_else(line: str, indent: int) -> None:
    habit, moved = find_habit(line), find_habit(" " * indent + line)
    assert habit is not None
    assert moved is not None
    assert (moved.code, moved.column) == (habit.code, habit.column + indent)


@pytest.mark.parametrize("line", ["a: " + "b：" * 10**6, " " * 10**6 + "甲：1", ("[" + "，" * 9) * 10**5, "- " * 10**6])
def test_a_line_of_any_length_is_read_at_once(line: str) -> None:
    start = time.perf_counter()
    find_habit(line)
    assert time.perf_counter() - start < 5


# --- structure and prose -------------------------------------------------------------------------------------


def structured(text: str) -> list[str]:
    lines = tuple(text.split("\n"))
    return [lines[index] for index in structure_lines(lines)]


def test_comments_and_empty_lines_are_not_structure() -> None:
    assert structured("# 说明：\n\n甲: 1\n   \n  # 说明：\n乙: 2\n") == ["甲: 1", "乙: 2"]


@pytest.mark.parametrize("mark", ["|", ">", "|-", "|+", ">-", "|2", "|2-", "|-2", "|  # 说明"])
def test_the_text_below_a_mark_is_not_structure(mark: str) -> None:
    text = f"正文:\n  经验: {mark}\n    一是：好\n\n      - 深\n    # 题：\n  问题: 无\n"
    assert structured(text) == ["正文:", f"  经验: {mark}", "  问题: 无"]


def test_the_text_of_an_item_is_not_structure() -> None:
    assert structured("- |\n  一：二\n- 三\n- 丁: >\n    四：五\n- 戊: 六") == ["- |", "- 三", "- 丁: >", "- 戊: 六"]


def test_a_key_after_the_text_of_an_item_is_structure() -> None:
    """戊 stands in the column of 丁, so that the text of 丁 ends above it."""
    assert structured("- 丁: |\n    四：五\n  戊: 六") == ["- 丁: |", "  戊: 六"]


def test_a_bar_within_a_value_starts_no_text() -> None:
    assert structured("甲: 一|二\n  三: 四\n乙: |x\n  五: 六") == ["甲: 一|二", "  三: 四", "乙: |x", "  五: 六"]


def test_texts_may_follow_one_another() -> None:
    assert structured("甲: |\n  一：\n乙: |\n  二：\n丙: 1") == ["甲: |", "乙: |", "丙: 1"]


@quick
@given(st.lists(st.text("甲: ：-|#\t", max_size=12), max_size=8))
def test_the_lines_of_structure_are_lines_of_the_file_in_their_order(lines: list[str]) -> None:
    found = structure_lines(tuple(lines))
    assert found == sorted(set(found))
    assert [index for index in found if not lines[index].strip() or lines[index].lstrip().startswith("#")] == []


@pytest.mark.parametrize("line", ["a" * 10**5, "a: " * 10**4, "：" * 10**5, "|" * 10**5, "a:" + " " * 10**4 + "b"])
def test_the_structure_of_a_long_line_is_found_at_once(line: str) -> None:
    start = time.perf_counter()
    structure_lines((line,))
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "line", [" " * 100_000, "\t" * 100_000, "-" + " " * 100_000 + "x"], ids=["spaces", "tabs", "dash"]
)
def test_the_structure_of_a_line_of_spaces_is_found_at_once(line: str) -> None:
    start = time.perf_counter()
    structure_lines((line,))
    assert time.perf_counter() - start < 5
