"""A form's folder is read whole: its titles, wording, indicators and annex, and every fault in them with its place."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import ROOT
from reportgen.forms.form import Form, read_form
from reportgen.forms.profiles import Profile
from reportgen.forms.vocabulary import Vocabulary
from reportgen.telling.findings import Finding, ReportError

FORM = """\
名称: 测试
标题: ["{{ 单位 }}", "{{ 年度 }}年度报告"]
满分: 20
等级: {差: 0, 优: 90, 中: 60, 良: 80}
超额须说明: 130%
附件:
  名称: 评分表
  标题: ["{{ 年度 }}年度评分表"]
  列:
    - {名称: 一级指标, 合并: 是, 合计: 合计}
    - {名称: 三级指标}
    - 名称: 评分过程
      内容: "{{ 行.评分过程 }}{% if 行.扣分原因 %}（{{ 行.扣分原因 }}）{% endif %}"
    - {名称: 分值, 合计: "{{ 评分.满分 }}"}
    - {名称: 得分}
指标:
  - 一级指标: 产出
    三级指标: 完成率
    分值: 12.5
    评分过程: 受理{{ 案件.受理 }}件
    实际: 案件.受理
    目标: 案件.受理 >= 案件.任务数
    得分: 分值 * 案件.受理 / 案件.任务数
  - {一级指标: 产出, 三级指标: 质量, 分值: 7.5}
"""
WORDING = "# 情况\n\n{{ 正文.概况 }}\n\n受理{{ 案件.受理 }}件。{{ 正文.经验|default('') }}{{ 正文.概况 }}\n"

Read = Callable[..., Form]


def report_of(form: Form) -> str:
    assert form.report is not None
    return form.report.text


@pytest.fixture
def read(tmp_path: Path, vocabulary: Vocabulary) -> Read:
    """Write a form and read it."""

    def written(form: str = FORM, wording: str | bytes = WORDING) -> Form:
        folder = tmp_path / "form"
        folder.mkdir(exist_ok=True)
        (folder / "form.yaml").write_text(form, encoding="utf-8")
        (folder / "report.md").write_bytes(wording.encode() if isinstance(wording, str) else wording)
        return read_form(folder, vocabulary, "templates/form")

    return written


def faults(read: Read, form: str = FORM, wording: str | bytes = WORDING) -> tuple[Finding, ...]:
    with pytest.raises(ReportError) as caught:
        read(form, wording)
    return caught.value.findings


def fault(read: Read, form: str = FORM, wording: str | bytes = WORDING) -> Finding:
    found = faults(read, form, wording)
    assert len(found) == 1, found
    return found[0]


def changed(old: str, new: str) -> str:
    assert FORM.count(old) == 1, old
    return FORM.replace(old, new)


def line_of(text: str, form: str) -> int:
    lines = [number for number, line in enumerate(form.splitlines(), 1) if text in line]
    assert len(lines) == 1, text
    return lines[0]


# --- a sound form --------------------------------------------------------------------------------------------


def test_a_form_is_called_by_its_folder(read: Read) -> None:
    form = read()
    assert (form.id, form.name, form.wording_file) == ("form", "测试", "templates/form/report.md")


def test_sections_are_those_that_the_wording_prints_each_once_in_order(read: Read) -> None:
    assert read().sections == ("概况", "经验")


def test_sections_in_branches_and_loops_count_too(read: Read) -> None:
    wording = "{% if 正文.甲 %}{{ 正文.乙 }}{% else %}{{ 正文['丙'] }}{% endif %}"
    wording += "{% for x in 口径说明 %}{{ 正文.丁 }}{% endfor %}"
    assert set(read(wording=wording).sections) == {"甲", "乙", "丙", "丁"}


def test_an_annex_has_columns_in_order(read: Read) -> None:
    form = read()
    assert form.columns == ("一级指标", "三级指标", "评分过程", "分值", "得分")
    assert form.annex is not None
    assert [column.merged for column in form.annex.columns] == [True, False, False, False, False]
    assert [column.total.text if column.total else None for column in form.annex.columns] == [
        "合计", None, None, "{{ 评分.满分 }}", None,
    ]  # fmt: skip


def test_an_indicator_has_points_texts_and_rules(read: Read) -> None:
    first, second = read().indicators
    assert (first.name, first.points) == ("完成率", Decimal("12.5"))
    assert {name: text.text for name, text in first.texts.items()} == {
        "一级指标": "产出",
        "三级指标": "完成率",
        "分值": "12.5",
        "评分过程": "受理{{ 案件.受理 }}件",
    }
    assert first.actual is not None
    assert first.actual.names == ("案件.受理",)
    assert first.target is not None
    assert (first.target.sign, first.target.names) == (">=", ("案件.受理", "案件.任务数"))
    assert first.rule is not None
    assert set(first.rule.names) == {"分值", "案件.受理", "案件.任务数"}
    assert (second.name, second.points, second.actual, second.target, second.rule) == (
        "质量", Decimal("7.5"), None, None, None,
    )  # fmt: skip


def test_an_indicator_knows_its_line(read: Read) -> None:
    form = read()
    lines = [form.source.span(indicator.place).line for indicator in form.indicators]
    assert lines == [line_of("  - 一级指标: 产出", FORM), line_of("三级指标: 质量", FORM)]


def test_grades_stand_best_first_whatever_their_order_in_the_file(read: Read) -> None:
    assert read().profile.grades == (("优", Decimal(90)), ("良", Decimal(80)), ("中", Decimal(60)), ("差", Decimal(0)))


def test_the_share_that_needs_a_reason_is_a_number(read: Read) -> None:
    assert read().profile.excess == Decimal("1.3")


def test_a_form_needs_no_annex_no_indicators_and_no_grades(read: Read) -> None:
    form = read('名称: 测试\n标题: ["题"]\n')
    assert (form.annexes, form.indicators, form.profile, form.columns) == ((), (), Profile(), ())


def test_a_wording_with_windows_line_ends_is_the_same(read: Read) -> None:
    assert report_of(read(wording=WORDING.replace("\n", "\r\n").encode())) == report_of(read())


def test_places_in_the_wording_are_lines_of_report_md(read: Read) -> None:
    span = read().spot_in_wording(WORDING.index("案件.受理"), 5)
    assert (span.file, span.line, span.column, span.length) == ("templates/form/report.md", 5, 6, 5)
    assert span.text == WORDING.splitlines()[4]


def test_places_in_the_form_are_lines_of_form_yaml(read: Read) -> None:
    span = read().spot_in_form(("标题", 1))(3, 2)
    assert (span.file, span.line, span.column) == (
        "templates/form/form.yaml",
        2,
        FORM.splitlines()[1].index(" 年度 ") + 2,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_does_not_take_the_form_away(tmp_path: Path, vocabulary: Vocabulary, encoding: str) -> None:
    """Notepad writes one: it is a note, and the form is there."""
    (tmp_path / "form.yaml").write_text('名称: 测试\n标题: ["题"]\n', encoding=encoding)
    (tmp_path / "report.md").write_text("# 情况\n", encoding=encoding)
    assert report_of(read_form(tmp_path, vocabulary, "templates/x")) == "# 情况\n"


# --- the forms that come with the program --------------------------------------------------------------------


def test_the_project_form_weighs_as_the_ministry_of_finance_asks(vocabulary: Vocabulary) -> None:
    """财预〔2020〕10号: 决策, 过程, 产出, 效益; the last two at least 60 of 100; grades from 90, 80 and 60."""
    form = read_form(ROOT / "templates" / "project-evaluation", vocabulary, "templates/project-evaluation")
    weights: dict[str, Decimal] = {}
    for indicator in form.indicators:
        level = indicator.texts["一级指标"].text
        weights[level] = weights.get(level, Decimal(0)) + indicator.points
    assert list(weights) == ["决策", "过程", "产出", "效益"]
    assert sum(weights.values()) == form.profile.full == 100
    assert weights["产出"] + weights["效益"] >= 60
    assert dict(form.profile.grades) == {"优": 90, "良": 80, "中": 60, "差": 0}


def test_the_department_form_has_the_weights_of_the_published_report(vocabulary: Vocabulary) -> None:
    """南京 2023, 部门整体绩效评价指标评分表."""
    form = read_form(ROOT / "templates" / "department-overall", vocabulary, "templates/department-overall")
    assert {indicator.name: indicator.points for indicator in form.indicators} == {
        "目标内容": 10,
        "项目管理实施": 10,
        "分配程序": 10,
        "组织架构": 10,
        "法律援助案件量": 40,
        "维护社会和谐稳定": 20,
    }


# --- faults --------------------------------------------------------------------------------------------------


def test_points_that_do_not_sum_to_the_full_score_are_named(read: Read) -> None:
    found = fault(read, changed("分值: 12.5", "分值: 12"))
    assert (found.code, found.message) == ("bad-template", "the points of “all rows” sum to 19.5, not 20")


def test_two_rows_of_one_name_are_named(read: Read) -> None:
    found = fault(read, changed("三级指标: 质量", "三级指标: 完成率"))
    assert found.message == "each row needs a 三级指标 of its own"
    assert found.span.line == line_of("分值: 7.5", FORM)


def test_a_row_without_a_name_is_named(read: Read) -> None:
    assert fault(read, changed("三级指标: 质量, ", "")).message == "each row needs a 三级指标 of its own"


def test_a_key_that_is_no_column_is_named_with_the_nearest(read: Read) -> None:
    form = changed("    评分过程: 受理", "    评分过稿: 受理")
    found = fault(read, form)
    assert found.message == "“评分过稿” is not a column of the annex"
    assert found.hint == "did you mean 评分过程?"
    assert found.span.line == line_of("评分过稿", form)


def test_an_annex_without_the_column_that_names_the_rows_is_named(read: Read) -> None:
    form = changed("    - {名称: 三级指标}\n", "")
    assert [found.message for found in faults(read, form)] == ["there is no column “三级指标”"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("实际: 案件.受理", "实际: 案件.受里", "there is no fact “案件.受里”"),
        ("目标: 案件.受理 >=", "目标: 案件.受里 >=", "there is no fact “案件.受里”"),
        ("得分: 分值 * 案件.受理", "得分: 分值 * 案件.受里", "there is no fact “案件.受里”"),
        ("目标: 案件.受理 >= 案件.任务数", "目标: 案件.受理", "“案件.受理” is not a comparison"),
        ("得分: 分值 * 案件.受理", "得分: max(分值, 1) * 案件.受理", "“( )” is not available here"),
        ("得分: 分值 * 案件.受理 /", "得分: 分值 ** 案件.受理 /", "“**” is not available here"),
        ("受理{{ 案件.受理 }}件", "受理{{ 案件.受里 }}件", "there is nothing called “案件.受里”"),
        ("分值: 12.5", "分值: 十二", "“十二” is not a number"),
        ("满分: 20", "满分: 许多", "“许多” is not a number"),
        ("差: 0", "差: 零", "“零” is not a number"),
        ("超额须说明: 130%", "超额须说明: 很多", "“很多” is not a number"),
    ],
)
def test_a_fault_in_an_expression_is_named_at_its_line(read: Read, old: str, new: str, message: str) -> None:
    form = changed(old, new)
    found = [one for one in faults(read, form) if one.message == message]
    assert len(found) == 1, faults(read, form)
    assert (found[0].span.file, found[0].span.line) == ("templates/form/form.yaml", line_of(new, form))


def test_a_fault_in_a_title_is_named(read: Read) -> None:
    found = fault(read, changed("{{ 年度 }}年度报告", "{{ 年度 年度报告"))
    assert (found.code, found.span.line) == ("bad-template", 2)


def test_a_missing_wording_is_named(read: Read, tmp_path: Path, vocabulary: Vocabulary) -> None:
    read()
    (tmp_path / "form" / "report.md").unlink()
    with pytest.raises(ReportError) as caught:
        read_form(tmp_path / "form", vocabulary, "templates/form")
    assert [(found.code, found.span.file) for found in caught.value.findings] == [
        ("file-unreadable", "templates/form/report.md")
    ]


def test_a_form_that_is_not_there_is_named(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(ReportError) as caught:
        read_form(tmp_path / "none", vocabulary, "templates/none")
    assert [(found.code, found.span.file) for found in caught.value.findings] == [
        ("file-unreadable", "templates/none/form.yaml")
    ]


def test_a_tag_that_is_not_closed_is_named_at_its_line_of_the_wording(read: Read) -> None:
    found = fault(read, wording="# 情况\n\n甲\n\n{% if 案件.受理 %}乙\n")
    assert (found.code, found.span.file) == ("template-syntax", "templates/form/report.md")
    assert found.message == "{% if %} and {% endif %} do not match"


def test_an_unknown_name_in_the_wording_is_named_at_its_place(read: Read) -> None:
    found = fault(read, wording="# 情况\n\n共{{ 案件.受理 }}件，{{ 案件.受里 }}件\n")
    assert (found.code, found.span.file, found.span.line) == ("undefined-name", "templates/form/report.md", 3)
    assert found.span.text[found.span.column - 1 :].startswith("案件.受里")
    assert found.hint == "did you mean 案件.受理?"


def test_a_wording_in_another_encoding_is_named(read: Read) -> None:
    found = fault(read, wording="# 情况\n\n全年受理案件\n".encode("gb18030"))
    assert (found.code, found.span.file) == ("not-utf8", "templates/form/report.md")


def test_a_key_that_no_form_has_is_named(read: Read) -> None:
    found = fault(read, FORM + "页脚: 无\n")
    assert (found.code, found.span.line) == ("unknown-key", len(FORM.splitlines()) + 1)


@pytest.mark.parametrize("key", ["名称", "标题"])
def test_a_form_needs_a_name_and_a_title(read: Read, key: str) -> None:
    lines = [line for line in FORM.splitlines(keepends=True) if not line.startswith(f"{key}:")]
    found = fault(read, "".join(lines))
    assert (found.code, found.path) == ("missing-key", key)


def test_all_faults_of_a_form_are_told_in_one_go(read: Read) -> None:
    form = changed("分值: 12.5", "分值: 12").replace("实际: 案件.受理", "实际: 案件.受里")
    codes = [found.code for found in faults(read, form, "{{ 案件.没有 }}\n")]
    assert sorted(codes) == ["bad-template", "bad-template", "undefined-name"]


def test_the_title_of_an_annex_has_the_name_that_the_report_refers_to(read: Read) -> None:
    """GB/T 9704—2012, 7.3.7; seeds-audit D17: “指标体系得分情况” in the report, another title above the table."""
    annex = "附件: {名称: 指标体系得分情况, 标题: [部门整体绩效评价指标评分表], 列: [{名称: 三级指标}]}\n"
    with pytest.raises(ReportError) as caught:
        read(f'名称: 测试\n标题: ["题"]\n{annex}')
    (finding,) = caught.value.findings
    assert (finding.code, finding.path) == ("bad-template", "附件.标题")
    assert "指标体系得分情况" in finding.message


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("目标", "案件.受理 >= 资金.支出"),
        ("目标", "案件.结案率 >= 案件.任务数"),
        ("实际", "案件.受理 + 资金.支出"),
        ("得分", "分值 * 案件.受理 + 资金.支出"),
    ],
)
def test_a_rule_whose_units_do_not_mix_is_told_at_the_form(read: Read, key: str, rule: str) -> None:
    lines = [f"    {key}: {rule}" if line.startswith(f"    {key}:") else line for line in FORM.split("\n")]
    finding = fault(read, "\n".join(lines))
    assert finding.code == "bad-template"
    assert "never be worked out" in finding.message
    assert finding.span.text.strip().startswith(key)


def test_a_rule_on_other_facts_cannot_be_tried(read: Read) -> None:
    assert read(FORM.replace("目标: 案件.受理 >= 案件.任务数", "目标: 其他.甲 >= 案件.任务数")).notes == ()
