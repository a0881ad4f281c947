"""What a form says of its rows as data: how many levels, a number, sums of groups, points beyond the full score."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from conftest import HEAD, new_project, write_input
from reportgen.helping.preview import written as previewed
from reportgen.helping.scaffold import Scaffold
from reportgen.reading.project import Project
from reportgen.running.build import build
from reportgen.running.examine import Examined, examine
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.telling.findings import ReportError

FORM = """\
名称: 四级测试
标题: [某报告]
层级: 4
评分口径: own
附件:
  名称: 评分表
  标题: [评分表]
  小计: 一级指标
  列:
    - {名称: 序号}
    - {名称: 一级指标, 合并: 是, 合计: 合计}
    - {名称: 二级指标, 合并: 是}
    - {名称: 三级指标, 合并: 是}
    - {名称: 考核内容, 内容: "{{ 行.四级指标 }}"}
    - {名称: 分值, 合计: "{{ 评分.满分 }}"}
    - {名称: 得分, 合计: "{{ 评分.总分|default('') }}"}
    - {名称: 扣分原因}
指标:
  - {一级指标: 产出, 二级指标: 数量, 三级指标: 办案, 四级指标: 受理, 分值: 30}
  - {一级指标: 产出, 二级指标: 数量, 三级指标: 办案, 四级指标: 办结, 分值: 30.5}
  - {一级指标: 产出, 二级指标: 质量, 三级指标: 评查, 四级指标: 合格, 分值: 9.5}
  - {一级指标: 效益, 二级指标: 社会, 三级指标: 满意, 四级指标: 满意度, 分值: 30}
  - {一级指标: 附加, 二级指标: 附加, 三级指标: 附加, 四级指标: 创新, 分值: 5, 性质: 加分项}
  - {一级指标: 附加, 二级指标: 附加, 三级指标: 附加, 四级指标: 投诉, 分值: 10, 性质: 扣分项}
"""
PROFILE = "名称: 自定\n等级: {优: 90, 良: 80, 差: 0}\n"
FULL = """\
评分:
  - {四级指标: 受理, 得分: 30}
  - {四级指标: 办结, 得分: 28.5, 扣分原因: 部分案件跨年}
  - {四级指标: 合格, 得分: 9.5}
  - {四级指标: 满意度, 得分: 30}
"""
LAYOUT = "指标表: 居中 序号 分值 得分\n"


def with_four(project: Project) -> Project:
    """Give a project a form of four levels, a sum below each first level, and rows beyond the full score."""
    folder = project.templates / "four"
    folder.mkdir()
    (folder / "form.yaml").write_text(FORM, encoding="utf-8")
    (folder / "report.md").write_text("# 情况\n\n得{{ 评分.总分|default('—') }}分。\n", encoding="utf-8")
    (folder / "annex.md").write_text(LAYOUT, encoding="utf-8")
    (project.templates / "profiles" / "own.yaml").write_text(PROFILE, encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A project whose form nobody changes: it is read once."""
    return Library(with_four(new_project(tmp_path_factory.mktemp("four"))), system_fonts=False)


@pytest.fixture
def four(project: Project) -> Project:
    """A project whose form a test may change."""
    return with_four(project)


def examined(library: Library, rows: str) -> Examined:
    path = write_input(library.project, HEAD.replace("[plain]", "[four]") + "数据: {案件: {受理: 1}}\n" + rows)
    return examine(library, path)


def told(case: Examined) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in case.findings if each.severity == "error"]


def printed(case: Examined) -> list[list[str]]:
    ((_form, written),) = case.written
    assert written.annex is not None
    assert written.annex.table is not None
    return [[cell.text if cell.rows else "^" for cell in row] for row in written.annex.table.rows]


def test_rows_of_four_levels_are_numbered_and_each_first_level_is_summed(library: Library) -> None:
    """30 + 28.5 + 9.5 = 68 of 70; 68 + 30 = 98 of 100."""
    case = examined(library, FULL)
    assert told(case) == []
    assert printed(case) == [
        ["1", "产出", "数量", "办案", "受理", "30", "30", ""],
        ["2", "^", "^", "^", "办结", "30.5", "28.5", "部分案件跨年"],
        ["3", "^", "质量", "评查", "合格", "9.5", "9.5", ""],
        ["", "^", "小计", "", "", "70", "68", ""],
        ["4", "效益", "社会", "满意", "满意度", "30", "30", ""],
        ["", "^", "小计", "", "", "30", "30", ""],
        ["5", "附加", "附加", "附加", "创新", "+5", "0", ""],
        ["6", "^", "^", "^", "投诉", "-10", "0", ""],
        ["", "^", "小计", "", "", "0", "0", ""],
    ]
    assert dict(case.scores) == {"four": "98 优"}


@pytest.mark.parametrize(
    ("bonus", "deduction", "total", "grade"),
    [("3", "0", "101", "优"), ("5", "-1.5", "101.5", "优"), ("0", "-10", "88", "良"), ("", "-9", "89", "良")],
)
def test_what_is_beyond_the_full_score_is_added_and_taken_away(
    library: Library, bonus: str, deduction: str, total: str, grade: str
) -> None:
    """Beside 98 of 100."""
    rows = FULL + f"  - {{四级指标: 投诉, 得分: {deduction}, 扣分原因: 受援人投诉属实}}\n"
    rows += f"  - {{四级指标: 创新, 得分: {bonus}}}\n" if bonus else ""
    case = examined(library, rows)
    assert told(case) == []
    assert dict(case.scores) == {"four": f"{total} {grade}"}
    scores = [row[6] for row in printed(case) if row[0]]
    assert sum(map(Decimal, scores)) == Decimal(total)  # as a reader adds them up


@pytest.mark.parametrize(
    ("row", "code", "hint"),
    [
        ("{四级指标: 创新, 得分: 6}", "score-out-of-range", "type a number from 0 to 5"),
        ("{四级指标: 创新, 得分: -1}", "score-out-of-range", "type a number from 0 to 5"),
        ("{四级指标: 投诉, 得分: 2}", "score-out-of-range", "type a number from -10 to 0"),
        ("{四级指标: 投诉, 得分: -11}", "score-out-of-range", "type a number from -10 to 0"),
        ("{四级指标: 投诉, 得分: 二}", "not-a-number", "type a number from -10 to 0"),
        ("{四级指标: 受理, 得分: 31}", "score-out-of-range", "type a number from 0 to 30"),
    ],
)
def test_a_score_stays_within_what_its_row_can_give(library: Library, row: str, code: str, hint: str) -> None:
    rows = FULL.replace("  - {四级指标: 受理, 得分: 30}\n", "") if "受理" in row else FULL
    (found,) = [each for each in examined(library, f"{rows}  - {row}\n").findings if each.code == code]
    assert found.hint.startswith(hint)


def test_a_deduction_has_a_reason_and_a_bonus_below_its_most_needs_none(library: Library) -> None:
    rows = FULL + "  - {四级指标: 创新, 得分: 1}\n  - {四级指标: 投诉, 得分: -1}\n"
    found = [each for each in examined(library, rows).findings if each.code == "reason-missing"]
    assert [(each.path, each.stated, each.expected) for each in found] == [("评分.投诉", "-1", "0")]


def test_a_rule_of_a_deduction_is_never_below_its_most(four: Project) -> None:
    form = FORM.replace("性质: 扣分项", "性质: 扣分项, 得分: 0 - 案件.受理 / 2件")
    (four.templates / "four" / "form.yaml").write_text(form, encoding="utf-8")
    rows = FULL.replace("评分:\n", "评分:\n  - {四级指标: 投诉, 扣分原因: 受理少}\n")
    library = Library(four, system_fonts=False)
    assert dict(examined(library, rows).scores) == {"four": "97.5 优"}  # 98 - 1 / 2
    path = write_input(four, HEAD.replace("[plain]", "[four]") + "数据: {案件: {受理: 90}}\n" + rows)
    assert dict(examine(library, path).scores) == {"four": "88 良"}  # 98 - 10, not 45


def test_a_group_without_all_its_scores_has_no_sum(library: Library) -> None:
    case = examined(library, FULL.replace("  - {四级指标: 合格, 得分: 9.5}\n", ""))
    assert [row[5:7] for row in printed(case) if "小计" in row] == [["70", "—"], ["30", "30"], ["0", "0"]]
    (missing,) = [each for each in case.findings if each.code == "missing-score"]
    assert missing.hint == "add under 评分: - {四级指标: 合格, 得分: …} (at most 9.5)"


def test_a_row_of_another_level_is_not_one_of_the_form(library: Library) -> None:
    found = examined(library, FULL + "  - {三级指标: 办案, 得分: 1}\n").findings
    assert [(each.code, each.path) for each in found if each.code != "reason-missing"] == [
        ("unknown-indicator", "评分.办案")
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("层级: 4", "层级: 四", "“四” is not a number of levels"),
        ("层级: 4", "层级: 6", "“6” is not a number of levels"),
        ("小计: 一级指标", "小计: 五级指标", "there is no column “五级指标”"),
        ("性质: 加分项", "性质: 加分", "“加分” is not known here"),
        ("{{ 行.四级指标 }}", "{{ 行.三级指标 }}", "there is no column “四级指标”"),
        ("分值: 30.5", "分值: 30", "the points of “all rows” sum to 99.5, not 100"),
    ],
)
def test_a_fault_in_what_a_form_says_is_told(four: Project, old: str, new: str, message: str) -> None:
    (four.templates / "four" / "form.yaml").write_text(FORM.replace(old, new), encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        Library(four, system_fonts=False).form("four")
    assert message in [each.message for each in caught.value.findings]


def test_word_and_pdf_print_it_alike(library: Library) -> None:
    path = write_input(library.project, HEAD.replace("[plain]", "[four]") + "数据: {案件: {受理: 1}}\n" + FULL)
    outcome = build(library, path, Options(verify=True))
    assert not outcome.failed, outcome.findings
    assert len(outcome.files) == 6


def test_a_new_file_and_a_preview_know_the_levels(library: Library) -> None:
    form = library.form("four")
    text = Scaffold("甲中心", 2024, [form], library.vocabulary).text
    assert "  - 四级指标: 创新\n" in text
    assert "扣分项，最多扣 10 分，写负数" in text
    annex = previewed(form, library.vocabulary).annex
    assert annex is not None
    assert annex.table is not None
    assert annex.table.total == {"一级指标": "合计", "分值": "100", "得分": "100"}


def test_two_levels_are_enough(four: Project, write: Callable[[str, str], None]) -> None:
    write("form.yaml", """\
名称: 两级
标题: [某表]
层级: 2
附件:
  名称: 表
  标题: [表]
  列: [{名称: 一级指标, 合并: 是}, {名称: 二级指标}, {名称: 完成值}]
指标: [{一级指标: 产出, 二级指标: 受理, 实际: 案件.受理}, {一级指标: 产出, 二级指标: 成效}]
""")  # fmt: skip
    write("annex.md", "指标表:\n")
    case = examined(Library(four, system_fonts=False), "评分: [{二级指标: 成效, 完成值: 明显}]\n")
    assert told(case) == []
    assert printed(case) == [["产出", "受理", "1件"], ["^", "成效", "明显"]]


@pytest.fixture
def write(four: Project) -> Callable[[str, str], None]:
    def written(name: str, text: str) -> None:
        (four.templates / "four" / name).write_text(text, encoding="utf-8")

    return written
