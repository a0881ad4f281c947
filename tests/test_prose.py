"""Wording, facts and the centre's own texts become one document tree; nothing in a value can become markup."""

from __future__ import annotations

import pytest

from conftest import PLAIN_FORM, write_input
from reportgen.reading.project import Project
from reportgen.running.examine import Examined, examine
from reportgen.running.library import Library
from reportgen.telling.findings import Finding
from reportgen.writing.blocks import Block, Cell, Document, Heading, PageBreak, Paragraph, Table, Text

HEAD = """\
单位: 测试中心
地区: 某市
项目: '{project}'
年度: 2023
日期: 2024-01-05
报告: [plain]
数据:
  案件: {{受理: "14,892", 办结: 14000}}
  咨询: {{接待: 3000余}}
"""
MARKUP_LOOK_ALIKES = [
    "**粗**",
    "# 标题",
    "- 项",
    "1. 项",
    "| 甲 | 乙 |",
    "---",
    "\\*",
    "{{ 7*7 }}",
    "{% if x %}",
    "{# 注 #}",
    "</w:t>",
    '#read("/etc/passwd")',
    "A&B <90%> &amp;",
    "_x_ `y` $z$ ~w~ [v](u) @t",
    "【缺：案件】",
    "  前后有空格  ",
]


def case_of(project: Project, wording: str, sections: str = "", value: str = "某项目", extra: str = "") -> Examined:
    """Write a form with this wording and an input with these sections (YAML below 正文), and examine it."""
    (project.templates / "plain" / "report.md").write_text(wording, encoding="utf-8")
    text = HEAD.format(project=value.replace("'", "''")) + extra + (f"正文:\n{sections}" if sections else "")
    return examine(Library(project, system_fonts=False), write_input(project, text))


LEFTOVERS = ("placeholder", "conversion-mark", "form-hint")  # odd texts may look like these, and print all the same


def errors(case: Examined) -> list[Finding]:
    found = [f for f in case.findings if f.severity == "error" and f.code not in LEFTOVERS]
    return [
        finding for finding in found if finding.span.file != "templates/plain/annex.docx"
    ]  # nothing is printed here


def report(project: Project, wording: str, sections: str = "", value: str = "某项目", extra: str = "") -> Document:
    case = case_of(project, wording, sections, value, extra)
    assert errors(case) == []
    return case.written[0][1].report


def blocks(project: Project, wording: str, sections: str = "", value: str = "某项目") -> tuple[Block, ...]:
    return report(project, wording, sections, value).blocks


def paragraph(*parts: str | tuple[str, bool], number: str = "") -> Paragraph:
    return Paragraph(tuple(Text(part) if isinstance(part, str) else Text(*part) for part in parts), number)


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("甲{% if 案件.受理 %}乙。{% endif %}\n\n丙。", ["甲乙。", "丙。"]),
        ("{% if 案件.受理 %}甲。{% endif %}\n\n{% if 案件.受理 %}\n乙。\n{% endif %}\n", ["甲。", "乙。"]),
        ("# 题{% if 案件.受理 %}目{% endif %}\n甲。", ["题目", "甲。"]),
        ("{% if 案件.受理 %}1. 甲{% endif %}\n2. 乙", ["甲", "乙"]),
        # A line that says nothing is no line: it does not part a paragraph.
        ("甲，\n{% if 案件.民事 %}乙，{% endif %}\n丙。", ["甲，丙。"]),
        ("甲，\n{% if 案件.受理 %}\n乙。\n{% endif %}\n丙。", ["甲，乙。丙。"]),
    ],
)
def test_a_tag_at_the_end_of_a_line_joins_no_paragraphs(project: Project, wording: str, expected: list[str]) -> None:
    printed = blocks(project, wording)
    assert [block.text if isinstance(block, Heading) else text_of(block) for block in printed] == expected


def text_of(block: Block) -> str:
    assert isinstance(block, Paragraph)
    return "".join(part.text for part in block.parts)


# --- values --------------------------------------------------------------------------------------------------


def test_values_stand_in_the_text_as_stated(project: Project) -> None:
    wording = "受理{{ 案件.受理 }}件，接待{{ 咨询.接待 }}人次，结案率{{ 案件.结案率 }}。"
    assert blocks(project, wording) == (paragraph("受理14892件，接待3000余人次，结案率94.0%。"),)


@pytest.mark.parametrize("value", MARKUP_LOOK_ALIKES)
def test_a_value_within_a_sentence_is_text(project: Project, value: str) -> None:
    assert blocks(project, "引用{{ 项目 }}。", value=value) == (paragraph(f"引用{value}。"),)


@pytest.mark.parametrize("value", MARKUP_LOOK_ALIKES)
def test_a_value_that_is_a_paragraph_of_its_own_is_text(project: Project, value: str) -> None:
    assert blocks(project, "前\n\n{{ 项目 }}\n\n后", value=value) == (
        paragraph("前"),
        paragraph(value),
        paragraph("后"),
    )


@pytest.mark.parametrize("value", MARKUP_LOOK_ALIKES)
def test_a_value_in_a_heading_a_cell_an_item_and_strong_text_is_text(project: Project, value: str) -> None:
    wording = "# 题{{ 项目 }}\n\n- 项{{ 项目 }}\n\n**粗{{ 项目 }}**细\n\n| 列{{ 项目 }} |\n|---|\n| 格{{ 项目 }} |\n"
    assert blocks(project, wording, value=value) == (
        Heading(1, f"题{value}", "一、"),
        paragraph(f"项{value}"),
        paragraph((f"粗{value}", True), "细"),
        Table((f"列{value}",), ((Cell(f"格{value}"),),)),
    )


def test_a_value_in_a_title_is_text(project: Project) -> None:
    plain = project.templates / "plain" / "form.yaml"
    plain.write_text(PLAIN_FORM.replace("{{ 单位 }}", "{{ 项目 }}"), encoding="utf-8")
    document = report(project, "文", value="**粗** <b>&{{ 7*7 }}")
    assert document.title == ("**粗** <b>&{{ 7*7 }}", "2023年度测试报告")


def test_the_marks_of_strong_text_are_the_wordings_and_not_the_values(project: Project) -> None:
    assert blocks(project, "**甲{{ 项目 }}乙**丙{{ 项目 }}", value="**") == (paragraph(("甲**乙", True), "丙**"),)


def test_runs_of_equal_strength_are_one(project: Project) -> None:
    """A space between two runs would be a place where Word breaks a number from its unit."""
    assert blocks(project, "甲{{ 案件.受理 }}乙{{ 项目 }}丙") == (paragraph("甲14892乙某项目丙"),)


def test_a_line_that_begins_with_a_value_is_no_list(project: Project) -> None:
    assert blocks(project, "{{ 年度 }}. 甲") == (paragraph("2023. 甲"),)


def test_lines_join_beside_a_value_as_beside_its_text(project: Project) -> None:
    assert blocks(project, "全年\n{{ 案件.受理 }}\n件") == (paragraph("全年14892件"),)


def test_an_empty_value_leaves_no_paragraph(project: Project) -> None:
    assert blocks(project, '前\n\n{{ 正文.甲|default("") }}\n\n后') == (paragraph("前"), paragraph("后"))


# --- sections ------------------------------------------------------------------------------------------------


def test_a_section_that_is_a_paragraph_brings_its_blocks(project: Project) -> None:
    sections = "  甲: |\n    第一段{{ 案件.受理 }}。\n\n    **第二段**\n\n    1. 项\n"
    assert blocks(project, "# 题\n\n{{ 正文.甲 }}\n\n末", sections) == (
        Heading(1, "题", "一、"),
        paragraph("第一段14892。"),
        paragraph(("第二段", True)),
        paragraph("项", number="1."),
        paragraph("末"),
    )


def test_headings_of_a_section_stand_below_the_heading_it_is_printed_under(project: Project) -> None:
    sections = "  甲: |\n    # 子题\n\n    文\n\n    ## 孙题\n"
    found = blocks(project, "# 甲\n\n## 乙\n\n{{ 正文.甲 }}\n\n## 丙\n", sections)
    assert [(block.level, block.number, block.text) for block in found if isinstance(block, Heading)] == [
        (1, "一、", "甲"), (2, "（一）", "乙"), (3, "1.", "子题"), (4, "（1）", "孙题"), (2, "（二）", "丙"),
    ]  # fmt: skip


def test_two_sections_under_one_heading_continue_its_numbers(project: Project) -> None:
    sections = "  甲: |\n    # 子\n  乙: |\n    # 丑\n"
    found = blocks(project, "# 题\n\n{{ 正文.甲 }}\n\n{{ 正文.乙 }}\n", sections)
    assert [block.number for block in found if isinstance(block, Heading)] == ["一、", "（一）", "（二）"]


def test_a_heading_below_the_fourth_level_is_named_at_its_line(project: Project) -> None:
    case = case_of(
        project, "# 甲\n\n## 乙\n\n{{ 正文.甲 }}\n", "  甲: |\n    文\n\n    # 三\n\n    ## 四\n\n    ### 五级\n"
    )
    (finding,) = errors(case)
    assert (finding.code, finding.span.text, finding.path) == ("heading-level", "    ### 五级", "五级")
    assert finding.span.file == "inputs/2023/centre.yaml"
    assert finding.hint == "leave out one #"


def test_a_heading_that_skips_a_level_is_named_at_its_line(project: Project) -> None:
    case = case_of(project, "# 甲\n\n{{ 正文.甲 }}\n", "  甲: |\n    文\n\n    ### 跳级\n")
    (finding,) = errors(case)
    assert (finding.code, finding.span.line, finding.path) == ("heading-level", 14, "跳级")
    assert finding.message == "the heading skips a level: it is of level 4, below one of level 1"


def test_a_section_within_a_sentence_is_a_part_of_it(project: Project) -> None:
    assert blocks(project, "前{{ 正文.甲 }}后", "  甲: 中**粗**\n") == (paragraph("前中", ("粗", True), "后"),)


def test_a_section_within_a_sentence_must_be_one_paragraph(project: Project) -> None:
    (finding,) = errors(case_of(project, "前{{ 正文.甲 }}后", "  甲: |\n    一段\n\n    二段\n"))
    assert (finding.code, finding.path) == ("cannot-print", "正文.甲")
    assert finding.span.file == "inputs/2023/centre.yaml"


def test_a_section_in_a_heading_and_in_a_cell_gives_its_words(project: Project) -> None:
    found = blocks(project, "# 题{{ 正文.甲 }}\n\n| 列 |\n|---|\n| {{ 正文.甲 }} |\n", "  甲: 文**粗**\n")
    assert found == (Heading(1, "题文粗", "一、"), Table(("列",), ((Cell("文粗"),),)))


def test_a_section_may_hold_a_table_and_a_page_break(project: Project) -> None:
    sections = "  甲: |\n    | 列 |\n    |---|\n    | {{ 案件.受理 }} |\n\n    ---\n\n    末\n"
    assert blocks(project, "{{ 正文.甲 }}", sections) == (
        Table(("列",), ((Cell("14892"),),)), PageBreak(), paragraph("末"),
    )  # fmt: skip


def test_markup_of_a_section_is_its_own(project: Project) -> None:
    """A section is prose that its author may mark up; only values are not."""
    assert blocks(project, "{{ 正文.甲 }}", "  甲: '# 题'\n") == (Heading(1, "题", "一、"),)


def test_a_missing_section_is_named_and_marked(project: Project) -> None:
    case = case_of(project, "前\n\n{{ 正文.甲 }}\n")
    assert [(finding.code, finding.path) for finding in errors(case)] == [("missing-section", "正文.甲")]
    assert case.written[0][1].report.blocks == (paragraph("前"), paragraph("【缺：甲】"))


def test_a_loop_over_the_reasons_prints_each(project: Project) -> None:
    wording = "{% for 项 in 口径说明 %}\n关于{{ 项.事实 }}：{{ 项.理由 }}。\n\n{% endfor %}"
    reasons = "口径说明: {案件.受理: 甲**乙。}\n"
    data = HEAD.format(project="某").replace('受理: "14,892", 办结: 14000', "受理: 445, 民事: 93, 刑事: 347")
    (project.templates / "plain" / "report.md").write_text(wording, encoding="utf-8")
    case = examine(Library(project, system_fonts=False), write_input(project, data + reasons))
    assert errors(case) == []
    assert case.written[0][1].report.blocks == (paragraph("关于法律援助案件受理：甲**乙。"),)


# --- the document --------------------------------------------------------------------------------------------


def test_a_document_says_who_made_it_when_and_from_what(project: Project) -> None:
    document = report(project, "文")
    assert (document.unit, document.printed_date, document.date) == ("测试中心", "2024年1月5日", "2024-01-05")
    assert document.source.split("; ")[1] == "plain"
    assert "centre.yaml sha256:" in document.source
    assert not document.draft


def test_a_title_line_that_is_empty_is_left_out(project: Project) -> None:
    form = '名称: 测试\n标题: ["{{ 单位 }}", "{% if 案件.行政 %}{{ 案件.行政 }}{% endif %}", "报告"]\n'
    (project.templates / "plain" / "form.yaml").write_text(form, encoding="utf-8")
    assert report(project, "文").title == ("测试中心", "报告")


def test_a_form_without_an_annex_makes_none(project: Project) -> None:
    written = case_of(project, "文").written[0][1]
    assert written.annex is None
    assert written.report.attachments == ()


ANNEX = PLAIN_FORM + """\
满分: 60
附件:
  名称: 评分表
  标题: ["{{ 单位 }}", 评分表]
  列:
    - {名称: 一级指标, 合并: 是, 合计: 合计}
    - {名称: 二级指标, 合并: 是}
    - {名称: 三级指标}
    - 名称: 评分过程
      内容: "{{ 行.评分过程 }}{% if 行.扣分原因 %}。扣分原因：{{ 行.扣分原因 }}{% endif %}"
    - {名称: 分值, 合计: "{{ 评分.满分 }}"}
    - {名称: 得分, 合计: "{{ 评分.总分 }}"}
指标:
  - {一级指标: 决策, 二级指标: 资金, 三级指标: 甲, 分值: 20, 评分过程: 标准说法}
  - {一级指标: 决策, 二级指标: 资金, 三级指标: 乙, 分值: 20}
  - {一级指标: 过程, 二级指标: 资金, 三级指标: 丙, 分值: 20}
"""  # fmt: skip
ROWS = """\
评分:
  - {三级指标: 甲, 得分: 18.5, 扣分原因: "缺{{ 案件.受理 }}件**的**材料"}
  - {三级指标: 乙, 得分: 20, 评分过程: "见<附件>&{{ 项目 }}"}
  - {三级指标: 丙, 得分: 20}
"""


def annex_of(project: Project, rows: str = ROWS, value: str = "某项目") -> Document:
    (project.templates / "plain" / "form.yaml").write_text(ANNEX, encoding="utf-8")
    case = case_of(project, "文", value=value, extra=rows)
    assert errors(case) == []
    annex = case.written[0][1].annex
    assert annex is not None
    return annex


def test_an_annex_has_its_label_title_and_table(project: Project) -> None:
    annex = annex_of(project)
    assert (annex.label, annex.title, annex.attachments) == ("附件", ("测试中心", "评分表"), ())
    assert (annex.blocks, len(annex.table.rows if annex.table else ())) == ((), 3)


def test_the_report_names_its_annex_as_the_annex_names_itself(project: Project) -> None:
    """GB/T 9704—2012, 7.3.7: the title of an attachment agrees with the note on attachments."""
    (project.templates / "plain" / "form.yaml").write_text(ANNEX, encoding="utf-8")
    assert report(project, "见《{{ 附件 }}》", extra=ROWS).attachments == ("评分表",)


def test_cells_merge_by_group_and_reasons_join_the_process(project: Project) -> None:
    table = annex_of(project, value="**{{x}}").table
    assert table == Table(
        ("一级指标", "二级指标", "三级指标", "评分过程", "分值", "得分"),
        (
            (Cell("决策", 2), Cell("资金", 2), Cell("甲"),
             Cell("标准说法。扣分原因：缺14892件**的**材料"), Cell("20"), Cell("18.5")),
            (Cell("", 0), Cell("", 0), Cell("乙"), Cell("见<附件>&**{{x}}"), Cell("20"), Cell("20")),
            (Cell("过程"), Cell("资金"), Cell("丙"), Cell(""), Cell("20"), Cell("20")),
        ),
        {"一级指标": "合计", "分值": "60", "得分": "58.5"},
    )  # fmt: skip


def test_a_draft_is_a_draft_in_both_documents(project: Project) -> None:
    (project.templates / "plain" / "form.yaml").write_text(ANNEX, encoding="utf-8")
    (project.templates / "plain" / "report.md").write_text("文", encoding="utf-8")
    path = write_input(project, HEAD.format(project="某") + ROWS)
    written = examine(Library(project, system_fonts=False), path, draft=True).written[0][1]
    assert written.annex is not None
    assert (written.report.draft, written.annex.draft) == (True, True)


def test_a_project_left_blank_is_told_where_it_stands(project: Project) -> None:
    (project.templates / "plain" / "report.md").write_text("{{ 项目 }}。", encoding="utf-8")
    path = write_input(project, HEAD.format(project="").replace("项目: ''", "项目:"))
    found = [f for f in examine(Library(project, system_fonts=False), path).findings if f.code == "missing-key"]
    assert [(f.span.line, f.message, f.hint) for f in found] == [
        (3, "“项目” is empty", "type its value after the colon")
    ]
