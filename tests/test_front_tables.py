"""Tables up front that a form may ask for: how far the indicators got, and the points that were lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import write_input
from reportgen.forms.needs import needs_of
from reportgen.reading.project import Project
from reportgen.running.build import build, check
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.writing.blocks import Grid, Paragraph

FORM = """\
名称: 两表
标题: [某报告]
满分: 100
附件:
  名称: 评分表
  标题: [评分表]
  列: [{名称: 一级指标}, {名称: 三级指标}, {名称: 目标值}, {名称: 完成值}, {名称: 分值}, {名称: 得分}, {名称: 扣分原因}]
指标:
  - {一级指标: 产出, 三级指标: 受理, 分值: 40, 目标: 案件.受理 >= 案件.任务数, 得分: 分值 if 案件.受理 >= 案件.任务数 else 0}
  - {一级指标: 产出, 三级指标: 满意率, 分值: 30, 目标值: ≥90%}
  - {一级指标: 产出, 三级指标: 支出, 分值: 20, 目标: 资金.支出 <= 资金.到位, 得分: 分值}
  - {一级指标: 产出, 三级指标: 效益, 分值: 10, 目标值: 明显}
"""
WORDING = "# 结果\n\n主要指标完成情况如下：\n\n表: indicators.md\n\n扣分事项如下：\n\n表: deductions.md\n\n完。\n"
ROWS = """\
评分:
  - {三级指标: 满意率, 得分: 27, 完成值: 81%, 扣分原因: 回访不及时, 改进措施: 按月回访}
  - {三级指标: 效益, 得分: 8.5, 完成值: 较明显, 扣分原因: 宣传不足}
"""
HEAD = "单位: 某中心\n地区: 某省某市\n年度: {year}\n日期: {next}-01-15\n报告: {reports}\n数据:\n"
FACTS = "  案件: {{任务数: 400, 受理: {taken}}}\n  资金: {{到位: 50, 支出: 50, 中央: 50}}\n"


@pytest.fixture
def asking(project: Project) -> Project:
    folder = project.templates / "plain"
    (folder / "form.yaml").write_text(FORM, encoding="utf-8")
    (folder / "report.md").write_text(WORDING, encoding="utf-8")
    (folder / "annex.md").write_text("版面: 横\n指标表: 列宽 20 30 30 30 20 20 70\n", encoding="utf-8")
    return project


def grids(project: Project, path: Path) -> list[list[tuple[str, ...]]]:
    case = examine(Library(project, system_fonts=False), path)
    assert [f for f in case.findings if f.severity != "note"] == []
    ((_form, written),) = case.written
    found = [block for block in written.report.blocks if isinstance(block, Grid)]
    return [[tuple(cell.text for cell in row) for row in grid.rows] for grid in found]


def this_year(project: Project) -> Path:
    return write_input(project, HEAD.format(year=2023, next=2024, reports="[plain]") + FACTS.format(taken=410) + ROWS)


def test_the_tables_tell_rates_last_year_and_the_points_lost(asking: Project) -> None:
    """410 ÷ 400 = 102.5 %, printed as 案件.完成率 is; 81 ÷ 90 = 90 %; 3 + 1.5 points."""
    earlier = HEAD.format(year=2022, next=2023, reports="[]") + FACTS.format(taken=380)
    write_input(asking, earlier, year="2022")
    indicators, deductions = grids(asking, this_year(asking))
    assert indicators == [
        ("指标", "目标值", "完成值", "完成率", "上年"),
        ("受理", "≥400件", "410件", "102.5%", "380件"),
        ("满意率", "≥90%", "81%", "90%", "—"),
    ]
    assert deductions == [
        ("指标", "扣分", "原因", "改进措施"),
        ("满意率", "3", "回访不及时", "按月回访"),
        ("效益", "1.5", "宣传不足", "—"),
        ("合计", "4.5", "—", "—"),
    ]


def test_a_row_whose_value_is_a_rate_says_itself_how_far_it_got(asking: Project) -> None:
    """资金.到位率 is typed as 148 %; 62 ÷ 41.8 would print 148.33 %."""
    form = asking.templates / "plain" / "form.yaml"
    row = "三级指标: 到位, 分值: 20, 实际: 资金.到位率, 目标: 资金.到位 >= 资金.计划"
    form.write_text(FORM.replace("三级指标: 支出, 分值: 20, 目标: 资金.支出 <= 资金.到位", row), encoding="utf-8")
    facts = FACTS.format(taken=410).replace(
        "{到位: 50, 支出: 50, 中央: 50", "{计划: 41.8, 到位: 62, 中央: 62, 到位率: 148%"
    )
    path = write_input(asking, HEAD.format(year=2023, next=2024, reports="[plain]") + facts + ROWS)
    indicators, _deductions = grids(asking, path)
    assert indicators[-1] == ("到位", "≥41.8万元", "62万元", "148%", "—")


def test_without_a_file_of_last_year_its_column_has_dashes(asking: Project) -> None:
    indicators, _deductions = grids(asking, this_year(asking))
    assert [row[-1] for row in indicators] == ["上年", "—", "—"]


def test_word_and_pdf_print_them(asking: Project) -> None:
    outcome = build(Library(asking, system_fonts=False), this_year(asking), Options(system_fonts=False, verify=True))
    assert not outcome.failed, outcome.findings
    assert len(outcome.files) == 6


def test_a_layout_that_is_not_there_is_told(asking: Project) -> None:
    (asking.templates / "plain" / "report.md").write_text("表: nowhere.md\n", encoding="utf-8")
    outcome = check(Library(asking, system_fonts=False), this_year(asking))
    (finding,) = [f for f in outcome.findings if f.severity == "error"]
    assert (finding.code, finding.span.file, finding.span.column) == ("undefined-name", "templates/plain/report.md", 4)
    assert "indicators.md" in finding.hint


def test_the_shipped_form_prints_both_in_its_internal_edition(project: Project) -> None:
    path = project.templates / "project-evaluation" / "form.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# 变体: ", "变体: "), encoding="utf-8")
    library = Library(project, system_fonts=False)
    form = library.form("project-evaluation")
    assert set(form.tables) == {"indicators.md", "deductions.md"}
    assert [variant.name for variant in form.variants] == ["内部稿"]
    needs = needs_of(form, library.vocabulary)
    assert "案件.受理" in (*needs.printed, *needs.scored)


def test_the_lead_in_stays_with_its_table(asking: Project) -> None:
    library = Library(asking, system_fonts=False)
    ((form, written),) = examine(library, this_year(asking)).written
    document = library.set_out(written.report, library.look(form, "report", written.report))
    pairs = zip(document.blocks, document.blocks[1:], strict=False)
    kept = [block.keep for block, behind in pairs if isinstance(block, Paragraph) and isinstance(behind, Grid)]
    assert kept == [True, True]
