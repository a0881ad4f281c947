"""The layout of a table: read from text, filled with values, the same grid for Word and PDF."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conftest import HEAD, write_input
from reportgen.printing.integrity import audit_docx
from reportgen.printing.pdfwords import pdf_text
from reportgen.reading.project import Project
from reportgen.running.build import build, check
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.writing.blocks import Cell, Document, Grid, Heading, Note

FORM = """\
名称: 表
标题: [某表]
附件:
  名称: 某表
  标题: [某表]
  列: [{名称: 三级指标}]
指标:
  - {一级指标: 甲, 二级指标: 乙, 三级指标: 丙}
"""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TABLE = "\n指标表: 列宽 100\n"


def form_of(project: Project, layout: str, end: str = TABLE) -> None:
    folder = project.templates / "table"
    folder.mkdir(exist_ok=True)
    (folder / "form.yaml").write_text(FORM, encoding="utf-8")
    (folder / "report.md").write_text(layout + end, encoding="utf-8")


def input_of(project: Project, more: str = "") -> Path:
    return write_input(project, HEAD.replace("[plain]", "[table]") + (more or "数据: {案件: {受理: 445}}\n"))


def blocks_of(project: Project, layout: str, more: str = "") -> tuple[object, ...]:
    form_of(project, layout)
    case = examine(Library(project, system_fonts=False), input_of(project, more))
    assert [finding.code for finding in case.findings if finding.severity != "note"] == []
    ((_form, written),) = case.written
    return written.report.blocks


def cells(grid: object) -> list[list[str]]:
    assert isinstance(grid, Grid)
    return [[cell.text for cell in row] for row in grid.rows]


def test_a_grid_has_widths_spans_labels_and_sides(project: Project) -> None:
    layout = "列宽: 30 40 40\n| 单位 | {{ 单位 }} | < |\n| 案件 | 受理 | {{ 案件.受理 }} |\n| ^ | 其中：甲 | — |\n"
    grid, _indicators = blocks_of(project, layout)
    assert grid == Grid(
        (30.0, 40.0, 40.0),
        (
            (Cell("单位", label=True, side="center"), Cell("测试中心", 1, 2)),
            (Cell("案件", 2, 1, True, "center"), Cell("受理", label=True, side="center"), Cell("445", side="center")),
            (Cell("其中：甲"), Cell("—", side="center")),
        ),
    )


def test_what_a_value_holds_is_never_layout(project: Project) -> None:
    """“|”, “^”, “<” and line ends in a text are characters of its cell."""
    prose = "数据: {案件: {受理: 445}}\n正文:\n  情况: |\n    甲 | 乙 ^ 丙\n\n    < 丁\n\n    指标表：戊\n"
    layout = "列宽: 30 40\n| 情况 | {{ 正文.情况 }} |\n| ^ | ^ |\n"
    grid, _indicators = blocks_of(project, layout, prose)
    assert cells(grid) == [["情况", "甲 | 乙 ^ 丙\n< 丁\n指标表：戊"], []]


def test_a_line_of_text_keeps_its_bars(project: Project) -> None:
    grid, note, _indicators = blocks_of(project, "列宽: 30 40\n| 单位 | {{ 单位 }} |\n\n注：甲|乙 \\| {{ 单位 }}\n")
    assert cells(grid) == [["单位", "测试中心"]]
    assert note == Note("注：甲|乙 | 测试中心")


def test_loops_and_conditions_stand_around_rows(project: Project) -> None:
    layout = """\
列宽: 30 40
表头: 1
| 事项 | 数 |
{% if 案件.受理 > 400 %}
| 多 | {{ 案件.受理 }} |
{% else %}
| 少 | {{ 案件.受理 }} |
{% endif %}
{% if 案件.受理 > 500 %}| 更多 | — |{% endif %}

注：{{ 年度 }}年
"""
    grid, note, indicators = blocks_of(project, layout)
    assert cells(grid) == [["事项", "数"], ["多", "445"]]
    assert isinstance(grid, Grid)
    assert grid.head == 1
    assert note == Note("注：2023年")
    assert cells(indicators) == [["三级指标"], ["丙"]]


def test_widths_by_content_fill_the_type_area(project: Project) -> None:
    """156 mm, 4 : 12 by the longest lines."""
    grid, _indicators = blocks_of(project, "列宽: 自动\n| 甲乙丙丁 | 一二三四五六七八九十一二 |\n")
    assert isinstance(grid, Grid)
    assert grid.widths == (39.0, 117.0)


@pytest.mark.parametrize(
    ("layout", "line", "told"),
    [
        ("列宽: 30 40\n| 甲 | 乙 | 丙 |\n", 2, "the row has 3 cells, its table 2 columns"),
        ("列宽: 30 40\n| 甲 | 乙\n", 2, "the row does not end with |"),
        ("列宽: 100 100\n| 甲 | 乙 |\n", 1, "the columns are 200 mm wide together, the paper has room for 156"),
        ("版面: 横\n列宽: 200 100\n| 甲 | 乙 |\n", 2, "300 mm wide together, the paper has room for 225"),
        ("版面: 斜\n", 1, "“斜” is not known here"),
        ("列宽: 十 20\n| 甲 | 乙 |\n", 1, "“十 20” are not widths in mm"),
        ("列宽: 30 40\n| < | 乙 |\n", 2, "there is no cell that “<” could merge with"),
        ("列宽: 30 40\n| ^ | 乙 |\n", 2, "there is no cell that “^” could merge with"),
        ("列宽: 30 40\n| 甲 | < |\n| ^ | 乙 |\n", 2, "no rectangle"),
        ("列宽: 30 40\n| 甲 | {{ 案件.受里 }} |\n", 2, "nothing called “案件.受里”"),
        ("字号: 小五\n指标表: 列宽 30 40\n", 2, "there are 2 widths for 1 columns"),
        ("字号: 小五\n指标表: 居中 丁\n", 2, "there is no column “丁”"),
        ("表头: 一\n", 1, "“一” is not a number of rows"),
    ],
)
def test_a_fault_of_a_layout_is_placed_in_its_line(project: Project, layout: str, line: int, told: str) -> None:
    form_of(project, layout, "" if "指标表" in layout else TABLE)
    found = check(Library(project, system_fonts=False), input_of(project)).findings
    places = [(each.span.file, each.span.line) for each in found if told in each.message]
    assert places == [("templates/table/report.md", line)]


def test_a_layout_without_the_table_of_indicators_is_told(project: Project) -> None:
    form_of(project, "列宽: 30 40\n| 甲 | 乙 |\n", "")
    found = check(Library(project, system_fonts=False), input_of(project)).findings
    assert ["nowhere in the layout" in each.message for each in found] == [True]


def test_word_and_pdf_hold_the_grid(project: Project) -> None:
    """Two tables in a row stay two in Word, and each row has as many columns as its grid."""
    layout = "列宽: 30 40 40\n| 单位 | {{ 单位 }} | < |\n| 案件 | 受理 | {{ 案件.受理 }} |\n| ^ | 其中：甲 | — |\n"
    form_of(project, layout)
    outcome = build(Library(project, system_fonts=False), input_of(project), Options(verify=True))
    assert not outcome.failed, outcome.findings
    folder = project.outputs / "2023" / "centre" / "table"
    with zipfile.ZipFile(io.BytesIO((folder / "report.docx").read_bytes())) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert audit_docx(parts, []) == []
    body = ElementTree.fromstring(parts["word/document.xml"]).find(f"{W}body")
    assert body is not None
    tags = [child.tag for child in body]
    tables = [index for index, tag in enumerate(tags) if tag == f"{W}tbl"]
    assert len(tables) == 2
    assert tables[1] - tables[0] > 1
    text = pdf_text((folder / "report.pdf").read_bytes())
    assert all(word in text for word in ("单位测试中心", "受理445", "案件", "其中:甲—"))


def test_a_table_has_the_title_that_is_read_aloud(project: Project) -> None:
    """It is that of the heading above it, or else of the document; & and " are text in it."""
    name, heading = 'A&B "某"报告', Heading(1, "基本情况", "一、")
    grids = (Grid((30.0,), ((Cell("甲"),),)), heading, Grid((30.0,), ((Cell("乙"),),)))
    document = Document((name,), grids, "某中心", "2024年1月5日", "2024-01-05", source="x")
    template = Library(project).word_template(project.templates / "house" / "report.docx")
    with zipfile.ZipFile(io.BytesIO(template.print_docx(document))) as file:
        body = ElementTree.fromstring(file.read("word/document.xml"))
    assert [each.get(f"{W}val") for each in body.iter(f"{W}tblCaption")] == [name, "基本情况"]


def test_the_amounts_of_a_column_have_as_many_decimals_and_at_least_two(project: Project) -> None:
    layout = (
        "列宽: 40 40\n金额列: 2\n| 资金 | 2024 |\n| 计划 | {{ 资金.计划 }} |\n| 到位 | {{ 资金.到位 }} |\n"
        "| 案件 | {{ 案件.受理 }}件 |\n"
    )
    (grid, *_rest) = blocks_of(project, layout, "数据: {案件: {受理: 445}, 资金: {计划: 41.8万元, 到位: 62万元}}\n")
    assert [row[1] for row in cells(grid)] == ["2024", "41.80", "62.00", "445件"]
    (grid, *_rest) = blocks_of(project, layout, "数据: {案件: {受理: 445}, 资金: {计划: 41.805万元, 到位: 62万元}}\n")
    assert [row[1] for row in cells(grid)] == ["2024", "41.805", "62.000", "445件"]
