"""The national self-assessment table: points by profile, rows of the centre's own, rows that do not apply."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from conftest import write_input
from reportgen.checking.case import Case, Neighbours
from reportgen.checking.totals import printed_totals
from reportgen.facts.wording import Wording
from reportgen.reading.project import Project
from reportgen.running.examine import Examined, examine
from reportgen.running.library import Library
from reportgen.scoring.scores import read_scores
from reportgen.telling.findings import Finding, ReportError
from reportgen.writing.blocks import Document, Grid, Note

HEAD = """\
单位: 测试中心
地区: 某市
项目: 某项目
年度: 2023
日期: 2024-01-15
报告: [self-assessment]
"""
DATA = """\
数据:
  案件: {任务数: 100, 受理: 100, 办结: 90}
  年初预算: {财政拨款: 50}
  全年预算: {财政拨款: 60}
  全年执行: {财政拨款: 60}
  回访: {件数: 50, 满意: 50}
"""
ROWS = {
    "办结法律援助案件数": 5, "评查案卷合格情况": 15, "办案各环节及时性": 10, "为困难群众减轻诉讼负担": 5,
    "维护困难群众合法权益": 15, "生态效益": 5, "健全法律援助工作机制": 5,
}  # fmt: skip
PROSE = "正文: {主管部门: 某局, 年度目标: 目标文字, 目标完成情况: 完成文字}\n"


def rows(**changes: str) -> str:
    """Return 评分 with full marks in every row that is judged, or what ``changes`` says of a row."""
    stated = {name: f"得分: {points}" for name, points in ROWS.items()} | changes
    return "评分:\n" + "".join(f"  - {{三级指标: {name}, {text}}}\n" for name, text in stated.items())


def case_of(project: Project, scores: str, data: str = DATA, prose: str = PROSE) -> Examined:
    return examine(Library(project, system_fonts=False), write_input(project, HEAD + data + scores + prose))


def table(case: Examined) -> Document:
    (written,) = (written for _form, written in case.written)
    assert written.annex is None
    return written.report


def by_name(document: Document) -> dict[str, dict[str, str]]:
    assert document.table is not None
    columns = document.table.columns
    cells = [dict(zip(columns, (cell.text for cell in row), strict=True)) for row in document.table.rows]
    return {row["三级指标"]: row for row in cells}


def told(case: Examined) -> list[tuple[str, str]]:
    return [(f"explained {f.code}" if f.reason else f.code, f.path) for f in case.findings]


def only(case: Examined) -> Finding:
    assert len(case.findings) == 1, case.findings
    return case.findings[0]


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


LAST = "偏差原因分析及改进措施"


def test_the_form_is_one_table_with_its_cells(project: Project) -> None:
    case = case_of(project, rows())
    document = table(case)
    assert told(case) == []
    assert (document.label, document.attachments, document.signed) == ("", (), False)
    head, table_of_indicators = grids(document)
    assert [cell.text for cell in head.rows[0]] == ["项目名称", "某项目"]
    assert [cell.text for cell in head.rows[1]] == ["主管部门", "某局", "实施单位", "测试中心"]
    total = ["年度资金总额", "50.00", "60.00", "60.00", "10", "100%", "10"]
    assert [cell.text for cell in head.rows[3]] == total
    carried = ["\u3000\u3000\u3000上年结转资金", "—", "—", "—", "—", "—", "—"]
    assert [cell.text for cell in head.rows[5]] == carried
    assert [cell.text for cell in head.rows[-1]] == ["目标文字", "完成文字"]
    assert [(cell.text, cell.rows, cell.columns) for cell in head.rows[0]] == [("项目名称", 1, 2), ("某项目", 1, 6)]
    assert [cell.rows for cell in head.rows[2]] == [5, 1, 1, 1, 1, 1, 1, 1]
    assert table_of_indicators.head == 1
    assert document.table is not None
    assert document.table.total == {"一级指标": "总分", "分值": "100", "得分": "100", LAST: ""}


def test_the_row_of_the_execution_rate_counts_and_is_not_listed(project: Project) -> None:
    """57 / 60 = 95%: 9.5 of 10 points; the table lists the other eleven rows."""
    reason = "  - {三级指标: 全年预算执行率, 偏差原因: 部分补贴跨年发放}\n"
    case = case_of(project, rows() + reason, DATA.replace("全年执行: {财政拨款: 60}", "全年执行: {财政拨款: 57}"))
    assert told(case) == []
    document = table(case)
    assert [cell.text for cell in grids(document)[0].rows[3][4:]] == ["10", "95.00%", "9.5"]
    assert "全年预算执行率" not in by_name(document)
    assert len(by_name(document)) == 10
    assert document.table is not None
    assert document.table.total["得分"] == "99.5"


def test_target_actual_and_how_the_score_came_about_are_shown(project: Project) -> None:
    """87 of 100: 8.70 = 10 × 87 ÷ 100."""
    scores = rows() + "  - {三级指标: 办理法律援助案件数, 扣分原因: 申请减少}\n"
    case = case_of(project, scores, DATA.replace("受理: 100, 办结: 90", "受理: 87, 办结: 80"))
    assert told(case) == []
    row = by_name(table(case))["办理法律援助案件数"]
    assert (row["年度指标值"], row["实际完成值"], row["得分"]) == ("≥100件", "87件", "8.7")
    assert row["偏差原因分析及改进措施"] == "计分：8.70 = 10 × 87件 ÷ 100件\n申请减少"


def test_a_stated_score_is_held_against_the_rule(project: Project) -> None:
    finding = only(case_of(project, rows() + "  - {三级指标: 办理法律援助案件数, 得分: 9, 扣分原因: 材料不全}\n"))
    assert (finding.code, finding.stated, finding.expected) == ("score-mismatch", "9", "10")


def test_a_judgement_is_shown_as_the_value_reached(project: Project) -> None:
    case = case_of(project, rows(生态效益="得分: 3, 扣分原因: 材料不全"))
    row = by_name(table(case))["生态效益"]
    assert row["实际完成值"] == "部分达成年度指标并具有一定效果"  # 3 of 5 is 60%
    assert by_name(table(case))["维护困难群众合法权益"]["实际完成值"] == "达成年度指标"


def test_rows_that_do_not_apply_leave_the_rest_to_stand_for_the_whole(project: Project) -> None:
    """5 + 5 points do not apply; of the other 90, 88 are scored: 88 × 100 ÷ 90 = 97.78. It is said beside the total."""
    profile = project.templates / "profiles" / "national-2020.yaml"
    profile.write_text(profile.read_text(encoding="utf-8") + "不适用: 折算\n", encoding="utf-8")
    changes = {
        "生态效益": "不适用: 不涉及", "为困难群众减轻诉讼负担": "不适用: 未设", "评查案卷合格情况": "得分: 13, 扣分原因: 材料不全",
    }  # fmt: skip
    case = case_of(project, rows(**changes))
    assert told(case) == []
    document = table(case)
    assert document.table is not None
    assert document.table.total["得分"] == "97.78"
    assert document.table.total[LAST] == "注：不适用指标2项、10分不计，总分97.78 = 88 ÷ 90 × 100"
    row = by_name(document)["生态效益"]
    assert (row["分值"], row["得分"], row[LAST]) == ("—", "—", "不适用：不涉及")


def test_rows_that_do_not_apply_give_their_points_to_others(project: Project) -> None:
    """Without 折算 the centre moves the points: 15 + 5 + 5 = 25, and the sum stays 100."""
    changes = {
        "生态效益": "分值: 0, 不适用: 不涉及", "为困难群众减轻诉讼负担": "分值: 0, 不适用: 未设",
        "维护困难群众合法权益": "分值: 25, 得分: 25",
    }  # fmt: skip
    case = case_of(project, rows(**changes))
    assert told(case) == []
    document = table(case)
    assert document.table is not None
    assert (document.table.total["得分"], document.table.total[LAST]) == ("100", "")


def test_a_row_that_does_not_apply_and_keeps_its_points_is_told(project: Project) -> None:
    case = case_of(project, rows(生态效益="不适用: 不涉及"))
    assert ("not-applicable", "评分.生态效益") in told(case)


def test_a_total_that_its_cells_do_not_sum_to_is_told(project: Project) -> None:
    """Whatever made it so: a row's 10 points printed as 9 beside a total of 100."""
    library = Library(project, system_fonts=False)
    facts = library.facts(write_input(project, HEAD + DATA + rows() + PROSE))
    form = library.form("self-assessment")
    scores = read_scores(form, facts, Wording(facts))
    first, *others = scores.rows
    wrong = replace(scores, rows=(replace(first, texts={**first.texts, "得分": "9"}), *others))
    case = Case(facts, (form,), (wrong,), (), (), Neighbours(), ())
    (finding,) = printed_totals(case)
    assert (finding.code, finding.stated) == ("total-unlike-cells", "100")
    assert "99" in finding.message
    assert list(printed_totals(replace(case, scores=(scores,)))) == []


ADDED = "  - {一级指标: 产出指标, 二级指标: 数量指标, 三级指标: 值班班次, 分值: 5, 目标: 值班.班次 >= 80}\n"


def test_a_row_that_a_centre_adds_stands_with_its_level_and_is_scored_by_the_profile(project: Project) -> None:
    """74 of 80: 5 × 74 ÷ 80 = 4.625, 4.63."""
    data = DATA + "  值班: {班次: 74}\n"
    scores = rows() + ADDED.replace("}", ", 扣分原因: 材料不全}") + "  - {三级指标: 办理法律援助案件数, 分值: 5}\n"
    case = case_of(project, scores, data)
    assert told(case) == []
    document = table(case)
    names = list(by_name(document))
    assert names.index("值班班次") == names.index("办结法律援助案件数") + 1
    assert by_name(document)["值班班次"]["得分"] == "4.63"
    assert document.table is not None
    assert document.table.total == {"一级指标": "总分", "分值": "100", "得分": "99.63", LAST: ""}
    quantity = [row for row in document.table.rows if row[1].rows]
    assert quantity[0][1].rows == 3


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("目标: 值班.班次 >=", "template-syntax"),
        ("目标: 值班.班次", "template-syntax"),
        ("算法: 反向", "bad-value"),
        ("分值: 五", "not-a-number"),
    ],
)
def test_a_fault_in_a_row_that_a_centre_adds_is_placed(project: Project, row: str, code: str) -> None:
    key = row.split(":")[0]
    text = "  - {一级指标: 产出指标, 二级指标: 数量指标, 三级指标: 值班班次, 分值: 0, 得分: 0}\n"
    text = text.replace(f"{key}: 0", row) if f"{key}: 0" in text else text.replace("}", f", {row}}}")
    case = case_of(project, rows() + text)
    found = [finding for finding in case.findings if finding.code == code]
    assert len(found) == 1
    assert "值班班次" in found[0].span.text


def test_one_row_for_one_form(project: Project) -> None:
    """Two forms have a row of one name: 报告 says which is meant, and goes before the row for all."""
    other = project.templates / "other"
    other.mkdir()
    form = (project.templates / "self-assessment" / "form.yaml").read_text(encoding="utf-8")
    (other / "form.yaml").write_text(form, encoding="utf-8")
    (other / "report.md").write_bytes((project.templates / "self-assessment" / "report.md").read_bytes())
    scores = rows() + "  - {报告: other, 三级指标: 生态效益, 得分: 4, 扣分原因: 材料不全}\n"
    text = (HEAD + DATA + scores + PROSE).replace("[self-assessment]", "[self-assessment, other]")
    case = examine(Library(project, system_fonts=False), write_input(project, text))
    assert told(case) == []
    totals = [written.report.table.total["得分"] for _form, written in case.written if written.report.table]
    assert totals == ["100", "99"]


@pytest.mark.parametrize(
    ("reasons", "codes"),
    [
        ("", ["missing-score"]),
        ("口径说明: {评分.生态效益: 未列分}\n", ["explained missing-score"]),
        ("口径说明: {评分: 未列分}\n", ["explained missing-score"]),
        ("口径说明: {评分.生态效应: 未列分}\n", ["explains-nothing", "missing-score"]),
    ],
)
def test_a_missing_score_can_be_explained(project: Project, reasons: str, codes: list[str]) -> None:
    case = case_of(project, rows().replace("  - {三级指标: 生态效益, 得分: 5}\n", ""), prose=PROSE + reasons)
    assert sorted(code for code, _path in told(case)) == codes
    if codes == ["explained missing-score"]:
        document = table(case)
        assert by_name(document)["生态效益"]["得分"] == "未列"
        assert document.table is not None
        assert document.table.total["得分"] == ""


def test_a_fact_that_the_form_needs_can_be_explained(project: Project) -> None:
    data = DATA.replace("  年初预算: {财政拨款: 50}\n", "")
    assert told(case_of(project, rows(), data)) == [("fact-required", "年初预算.总额")]
    explained = case_of(project, rows(), data, PROSE + "口径说明: {年初预算.总额: 年中追加的项目}\n")
    assert told(explained) == [("explained fact-required", "年初预算.总额")]


def test_points_are_the_forms_where_it_says_so(project: Project) -> None:
    form = project.templates / "self-assessment" / "form.yaml"
    form.write_text(form.read_text(encoding="utf-8").replace("分值可调: 是", "分值可调: 否"), encoding="utf-8")
    case = case_of(project, rows(生态效益="得分: 5, 分值: 5"))
    assert told(case) == [("unknown-key", "评分.生态效益.分值")]


def test_another_profile_is_one_line_of_the_form(project: Project) -> None:
    """湖北: 预算执行 20, 产出 40, 效益 40; with the form's rows of 10, 50, 30 and 10 that is a fault of the form."""
    form = project.templates / "self-assessment" / "form.yaml"
    text = form.read_text(encoding="utf-8")
    form.write_text(text.replace("评分口径: national-2020", "评分口径: hubei"), encoding="utf-8")
    messages = [finding.message for finding in case_of(project, rows()).findings]
    assert "the points of “产出指标” sum to 50, not 40" in messages
    form.write_text(text.replace("评分口径: national-2020", "评分口径: hubey"), encoding="utf-8")
    (finding,) = case_of(project, rows()).findings
    assert (finding.message, finding.hint) == ("there is no scoring profile “hubey”", "did you mean hubei?")


def test_scores_are_exact(project: Project) -> None:
    case = case_of(
        project, rows(生态效益="得分: 4.1, 扣分原因: 材料不全", 健全法律援助工作机制="得分: 4.2, 扣分原因: 材料不全")
    )
    document = table(case)
    assert document.table is not None
    assert Decimal(document.table.total["得分"]) == Decimal("98.3")


def foot(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Note)]


@pytest.mark.parametrize(
    ("option", "prose", "expected"),
    [
        ("否", PROSE, []),
        ("是", PROSE, ["填报人：　　　　　　　　审核人：", "单位（盖章）：　　　　　　填报日期：2024年1月15日"]),
        (
            "否",
            PROSE.replace("}", ", 填报人: 王某}"),
            ["填报人：王某　　审核人：", "单位（盖章）：　　　　　　填报日期：2024年1月15日"],
        ),
    ],
)
def test_a_foot_line_for_those_who_sign_is_an_option(
    project: Project, option: str, prose: str, expected: list[str]
) -> None:
    form = project.templates / "self-assessment" / "form.yaml"
    form.write_text(form.read_text("utf-8").replace("选项: {表尾: 否}", f"选项: {{表尾: {option}}}"), "utf-8")
    case = case_of(project, rows(), prose=prose)
    assert foot(table(case)) == expected
    assert told(case) == []


def test_an_option_that_the_form_does_not_have_is_told(project: Project) -> None:
    report = project.templates / "self-assessment" / "report.md"
    report.write_text(report.read_text("utf-8").replace("选项.表尾", "选项.尾注"), "utf-8")
    with pytest.raises(ReportError) as caught:
        Library(project).form("self-assessment")
    assert [(finding.code, finding.about.name) for finding in caught.value.findings] == [
        ("undefined-name", "选项.尾注")
    ]
