"""Another edition of a form (变体), such as one for the public: beside the whole one, without what is internal."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from conftest import HEAD, new_project, write_input
from reportgen.helping.pack import packed
from reportgen.helping.preview import written as previewed
from reportgen.printing.pdfwords import pdf_text
from reportgen.reading.project import Project
from reportgen.running.build import build, check
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.telling.findings import ReportError
from reportgen.writing.blocks import Block, Document, Heading, PageBreak
from reportgen.writing.variants import without

FORM = """\
名称: 两稿
标题: [某报告]
满分: 100
变体:
  public: {名称: 公开稿, 不含: [内部情况, 存在问题, 扣分原因, 分值, 内部表]}
附件:
  - 名称: 评分表
    标题: [评分表]
    列:
      - {名称: 一级指标, 合并: 是, 合计: 合计}
      - {名称: 三级指标}
      - {名称: 分值, 合计: "{{ 评分.满分 }}"}
      - {名称: 得分, 合计: "{{ 评分.总分 }}"}
      - {名称: 扣分原因}
    布局: annex.md
  - {名称: 内部表, 标题: [内部表], 布局: inner.md}
指标:
  - {一级指标: 产出, 三级指标: 受理, 分值: 60}
  - {一级指标: 产出, 三级指标: 质量, 分值: 40}
"""
WORDING = """\
# 基本情况

全年受理{{ 案件.受理 }}件。{{ 正文.内部情况 }}

## 经验

{{ 正文.经验 }}

# 存在问题

{{ 正文.问题 }}

## 原因

{{ 正文.原因 }}

# 内部管理

{{ 正文.内部情况 }}

# 附件

{% if 变体 %}本稿为{{ 变体 }}。{% else %}本稿供内部使用。{% endif %}
"""
LAYOUT = """\
列宽: 30 126
| 说明 | {{ 正文.内部情况 }} |
指标表: 列宽 20 40 20 20 56 居中 得分
"""
ROWS = """\
数据: {案件: {受理: 45}}
评分:
  - {三级指标: 受理, 得分: 60}
  - {三级指标: 质量, 得分: 38, 扣分原因: 两件迟延}
正文:
  内部情况: 机密甲。
  经验: 公开乙。
  问题: 机密丙。
  原因: 机密丁。
"""
SECRET = ("机密甲", "机密丙", "机密丁", "两件迟延", "存在问题", "内部表", "供内部使用", "内部管理")


def with_two(project: Project) -> Project:
    """Give a project a form of two editions."""
    folder = project.templates / "two"
    folder.mkdir()
    for name, text in (("form.yaml", FORM), ("report.md", WORDING), ("annex.md", LAYOUT)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "inner.md").write_text("列宽: 156\n| 机密戊 |\n", encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A project whose form nobody changes: it is read once."""
    return Library(with_two(new_project(tmp_path_factory.mktemp("two"))), system_fonts=False)


@pytest.fixture
def two(project: Project) -> Project:
    """A project whose form a test may change."""
    return with_two(project)


def input_of(project: Project) -> Path:
    return write_input(project, HEAD.replace("[plain]", "[two]") + ROWS)


def blocks_of(document: Document) -> list[str]:
    return [part for group in document.strings() for part in group if part]


def test_an_edition_leaves_out_texts_headings_columns_and_annexes(library: Library) -> None:
    case = examine(library, input_of(library.project))
    assert [each.message for each in case.findings if each.severity == "error"] == []
    ((_form, written),) = case.written
    public = written.variants["public"]
    assert blocks_of(public.report) == [
        "某报告", "一、基本情况", "全年受理45件。", "（一）经验", "公开乙。", "二、附件", "本稿为公开稿。",
        "附件：评分表", "测试中心", "2024年1月15日",
    ]  # fmt: skip
    assert public.annex is not None
    assert public.annex.label == "附件"
    assert blocks_of(public.annex) == [
        "附件", "评分表", "说明", "（略）", "一级指标", "三级指标", "得分", "产出", "受理", "60", "质量", "38", "合计", "98",
    ]  # fmt: skip
    whole = blocks_of(written.report)
    assert ("二、存在问题" in whole, "本稿供内部使用。" in whole) == (True, True)
    assert [annex.label for annex in written.annexes] == ["附件1", "附件2"]


def test_the_columns_that_stay_share_out_the_widths_of_the_others(library: Library) -> None:
    """20 + 40 + 20 of 156 mm: 39, 78 and 39."""
    ((_form, written),) = examine(library, input_of(library.project)).written
    annex = written.variants["public"].annex
    assert annex is not None
    assert [block.widths for block in annex.blocks if hasattr(block, "widths")] == [(30, 126), (39, 78, 39)]


def test_its_files_stand_beside_the_whole_ones_and_hold_nothing_internal(library: Library) -> None:
    path = input_of(library.project)
    outcome = build(library, path, Options(verify=True))
    assert not outcome.failed, outcome.findings
    folder = library.project.outputs / "2023" / "centre" / "two"
    kinds = ["annex-1", "annex-2", "annex-public", "full", "full-public", "report", "report-public"]
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        f"{kind}.{end}" for kind in kinds for end in ("docx", "pdf")
    )
    for name in ("report-public", "annex-public"):
        words = pdf_text((folder / f"{name}.pdf").read_bytes())
        with zipfile.ZipFile(io.BytesIO((folder / f"{name}.docx").read_bytes())) as package:
            words += "".join(re.sub("<[^>]+>", "", package.read(part).decode()) for part in package.namelist())
        assert [secret for secret in (*SECRET, "机密") if secret in words] == []
    assert "机密丙" in pdf_text((folder / "report.pdf").read_bytes())


def test_a_build_says_the_same_twice_and_pack_names_each_edition(library: Library) -> None:
    path, two = input_of(library.project), library.project
    assert not build(library, path, Options()).failed
    assert build(library, path, Options()).changed == ()
    written, refused, _deleted = packed(two, [check(library, path)], with_edited=False, every=True)
    assert refused == ()
    (sent,) = [two.root / name for name in written if name.endswith(".zip")]
    with zipfile.ZipFile(sent) as package:
        names = sorted(Path(name).name for name in package.namelist() if name.endswith(".docx"))
    assert names == [
        "测试中心2023年度两稿.docx", "测试中心2023年度两稿附件1.docx", "测试中心2023年度两稿附件2.docx",
        "测试中心2023年度两稿附件（公开稿）.docx", "测试中心2023年度两稿（全文）.docx",
        "测试中心2023年度两稿（全文）（公开稿）.docx", "测试中心2023年度两稿（公开稿）.docx",
    ]  # fmt: skip


def test_a_cell_of_a_template_of_its_own_is_left_out(two: Project) -> None:
    form = FORM.replace("    布局: annex.md\n", "    栏目: {说明: '{{ 正文.内部情况 }}', 单位: '{{ 单位 }}'}\n")
    (two.templates / "two" / "form.yaml").write_text(form.replace("分值, 内", "分值, 说明, 内"), encoding="utf-8")
    (two.templates / "two" / "annex.md").unlink()
    ((_form, written),) = examine(Library(two, system_fonts=False), input_of(two)).written
    annex = written.variants["public"].annex
    assert annex is not None
    assert annex.cells == {"说明": "（略）", "单位": "测试中心"}


def test_a_preview_has_every_edition(library: Library) -> None:
    names = [name for _kind, name, _document in previewed(library.form("two"), library.vocabulary).files]
    assert names == ["report", "annex-1", "annex-2", "report-public", "annex-public"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("存在问题, 扣分", "存在的问题, 扣分", "the form has no text, heading, column or annex “存在的问题”"),
        ("  public:", "  公开:", "“公开” cannot name a file"),
        ("  public:", "  ../x:", "“../x” cannot name a file"),
        ("名称: 公开稿, ", "", "“名称” is missing"),
    ],
)
def test_what_is_wrong_with_an_edition_is_told(two: Project, old: str, new: str, message: str) -> None:
    (two.templates / "two" / "form.yaml").write_text(FORM.replace(old, new), encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        Library(two, system_fonts=False).form("two")
    assert message in [each.message for each in caught.value.findings]


def test_a_heading_that_values_make_cannot_be_left_out_by_what_is_typed(two: Project) -> None:
    """What it prints is another text: it would stay, unseen."""
    folder = two.templates / "two"
    (folder / "report.md").write_text(WORDING.replace("# 存在问题", "# {{ 年度 }}年存在问题"), encoding="utf-8")
    (folder / "form.yaml").write_text(FORM.replace("存在问题", '"{{ 年度 }}年存在问题"'), encoding="utf-8")
    with pytest.raises(ReportError, match="has no text, heading, column or annex"):
        Library(two, system_fonts=False).form("two")


@pytest.mark.parametrize(
    ("levels", "left"),
    [
        ("a1 b2 - c1 -", "a1 b2 - c1 -"),
        ("a1 X2 - c1 -", "c1 -"),  # nothing is left below a1
        ("a1 - X2 - d3 - e2 -", "a1 - e2 -"),
        ("X1 b2 - c3 - d1 -", "d1 -"),
        ("a1 b2 X3 -", ""),
        ("X1 - X1 - c1 -", "c1 -"),
        ("-", "-"),
    ],
)
def test_a_heading_goes_with_all_below_it_and_with_all_that_it_had(levels: str, left: str) -> None:
    """- is a block that is no heading."""

    def blocks(words: str) -> list[Block]:
        return [PageBreak() if word == "-" else Heading(int(word[1]), word[0]) for word in words.split()]

    assert without(blocks(levels), {"X"}) == blocks(left)
