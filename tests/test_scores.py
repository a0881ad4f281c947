"""Scores are stated or computed by their rule, sum exactly, and every lost or surprising point has its reason."""

from __future__ import annotations

from decimal import Decimal

import pytest

from conftest import ROOT, write_input
from reportgen.facts.facts import Facts
from reportgen.facts.wording import Wording
from reportgen.numbers.quantity import Quantity
from reportgen.reading.project import Project, find_project
from reportgen.running.library import Library
from reportgen.scoring.scores import Lost, Scores, of_other_forms, read_scores, unknown_indicators
from reportgen.telling.findings import Finding, Span, Subject

FORM = """\
名称: 测试
标题: [题]
满分: 100
等级: {优: 90, 良: 80, 中: 60, 差: 0}
超额须说明: 130%
附件:
  名称: 表
  标题: [表]
  列:
    - {名称: 一级指标}
    - {名称: 三级指标}
    - {名称: 评分过程}
    - {名称: 分值}
    - {名称: 得分}
    - {名称: 说明, 内容: "{{ 行.扣分原因 }}{{ 行.偏差原因 }}"}
指标:
  - 一级指标: 产出
    三级指标: 完成率
    分值: 30
    评分过程: 受理{{ 案件.受理 }}件
    实际: 案件.受理
    目标: 案件.受理 >= 案件.任务数
    得分: 分值 if 案件.受理 >= 案件.任务数 else 分值 * 案件.受理 / 案件.任务数
  - {一级指标: 产出, 三级指标: 质量, 分值: 30}
  - {一级指标: 效益, 三级指标: 满意度, 分值: 40, 实际: 回访.满意率}
"""
HEAD = """\
单位: 测试中心
地区: 某市
年度: 2023
日期: 2024-01-15
报告: [scored]
"""
FULL = """\
数据:
  案件: {受理: 400, 任务数: 400}
评分:
  - {三级指标: 质量, 得分: 30}
  - {三级指标: 满意度, 得分: 40}
"""


@pytest.fixture
def scored(project: Project) -> Project:
    """The project with the form “scored”: one row by a rule, two to be stated; 30 + 30 + 40 points."""
    folder = project.templates / "scored"
    folder.mkdir()
    (folder / "form.yaml").write_text(FORM, encoding="utf-8")
    (folder / "report.md").write_text("# 情况\n", encoding="utf-8")
    return project


def read(project: Project, text: str = FULL, form: str = "scored") -> tuple[Facts, Scores]:
    library = Library(project, system_fonts=False)
    facts = library.facts(write_input(project, HEAD + text))
    wording = Wording(facts)
    scores = read_scores(library.form(form), facts, wording)
    assert list(wording.notes) == []
    return facts, scores


def only(scores: Scores) -> Finding:
    assert len(scores.findings) == 1, scores.findings
    return scores.findings[0]


def scores_of(scores: Scores) -> list[Decimal | None]:
    return [row.score for row in scores.rows]


def with_row(row: str, others: str = "  - {三级指标: 满意度, 得分: 40}\n") -> str:
    return f"数据:\n  案件: {{受理: 400, 任务数: 400}}\n评分:\n{others}  - {row}\n"


def text_at(finding: Finding) -> str:
    return finding.span.text[finding.span.column - 1 :]


# --- scores and their sum ------------------------------------------------------------------------------------


def test_full_scores_need_no_words(scored: Project) -> None:
    _facts, scores = read(scored)
    assert scores_of(scores) == [30, 30, 40]
    assert (scores.total, scores.full, scores.grade) == (Decimal(100), Decimal(100), "优")
    assert scores.findings == ()


def test_rows_stand_in_the_order_of_the_form(scored: Project) -> None:
    text = FULL.replace("  - {三级指标: 质量, 得分: 30}\n", "") + "  - {三级指标: 质量, 得分: 30}\n"
    _facts, scores = read(scored, text)
    assert [row.name for row in scores.rows] == ["完成率", "质量", "满意度"]


@pytest.mark.parametrize(("rule", "score"), [("分值 * 2", 30), ("0 - 分值", 0)])
def test_a_rule_gives_nothing_below_zero_or_above_the_points(scored: Project, rule: str, score: int) -> None:
    """财预〔2020〕10号: 最高不超过该指标分值上限."""
    form = scored.templates / "scored" / "form.yaml"
    form.write_text(
        FORM.replace("分值 if 案件.受理 >= 案件.任务数 else 分值 * 案件.受理 / 案件.任务数", rule), encoding="utf-8"
    )
    _facts, scores = read(scored, FULL + "  - {三级指标: 完成率, 扣分原因: 材料不全}\n")
    assert scores.rows[0].score == score


@pytest.mark.parametrize(
    ("accepted", "score"),
    [
        ("400", "30"),
        ("399", "29.93"),  # 30 × 399 / 400 = 29.925: half-up
        ("100", "7.5"),
        ("1", "0.08"),  # 0.075: half-up
        ("0", "0"),
    ],
)
def test_a_rule_scores_to_two_digits_half_up(scored: Project, accepted: str, score: str) -> None:
    row = "  - {三级指标: 完成率, 扣分原因: 案件较少}\n"
    _facts, scores = read(scored, FULL.replace("受理: 400", f"受理: {accepted}") + row)
    assert scores.rows[0].score == Decimal(score)
    assert scores.rows[0].texts["得分"] == score
    assert scores.total == Decimal(70) + Decimal(score)
    assert scores.findings == ()


def test_scores_add_up_exactly(scored: Project) -> None:
    """0.1 + 0.2 is 0.3."""
    text = """\
数据:
  案件: {受理: 400, 任务数: 400}
评分:
  - {三级指标: 质量, 得分: 0.1, 扣分原因: 甲}
  - {三级指标: 满意度, 得分: 0.2, 扣分原因: 乙}
"""
    _facts, scores = read(scored, text)
    assert scores.total == Decimal("30.3")
    assert str(scores.scope["总分"]) == "30.3"


@pytest.mark.parametrize(
    ("quality", "grade"), [("20", "优"), ("19.99", "良"), ("10", "良"), ("9.99", "中"), ("0", "中")]
)
def test_a_grade_starts_at_its_limit(scored: Project, quality: str, grade: str) -> None:
    """优≥90、良[80,90)、中[60,80)、差<60 (财预〔2020〕10号)."""
    _facts, scores = read(scored, FULL.replace("得分: 30", f"得分: {quality}, 扣分原因: 甲"))
    assert scores.total == 70 + Decimal(quality)
    assert scores.grade == grade


def test_less_than_sixty_is_the_lowest_grade(scored: Project) -> None:
    _facts, scores = read(
        scored, FULL.replace("得分: 40", "得分: 0, 扣分原因: 甲").replace("得分: 30", "得分: 29, 扣分原因: 甲")
    )
    assert (scores.total, scores.grade) == (Decimal(59), "差")
    assert scores.findings == (), "0 points are a score"


def test_expressions_see_total_grade_and_each_first_level(scored: Project) -> None:
    _facts, scores = read(scored, FULL.replace("得分: 30", "得分: 28.5, 扣分原因: 甲"))
    scope = scores.scope
    assert [str(scope[name]) for name in ("总分", "满分", "等级")] == ["98.5", "100", "优"]
    assert {name: {key: str(value) for key, value in scope[name].items()} for name in ("产出", "效益")} == {
        "产出": {"分值": "60", "得分": "58.5"},
        "效益": {"分值": "40", "得分": "40"},
    }
    assert isinstance(scope["总分"], Quantity)


def test_texts_of_a_row_come_from_the_centre_where_it_wrote_them_else_from_the_form(scored: Project) -> None:
    row = "  - {三级指标: 完成率, 评分过程: '任务{{ 案件.任务数 }}件'}\n"
    _facts, standard = read(scored)
    _facts, own = read(scored, FULL + row)
    assert standard.rows[0].texts["评分过程"] == "受理400件"
    assert own.rows[0].texts["评分过程"] == "任务400件"


def test_the_published_scores_of_nanjing_add_up() -> None:
    """南京 2023: 9 + 10 + 9 + 9 + 40 + 19 = 96, the 40 by the rule (14.5 件/万人 ≥ 10)."""
    library = Library(find_project(ROOT), system_fonts=False)
    facts = library.facts(ROOT / "inputs" / "2023" / "nanjing.yaml")
    scores = read_scores(library.form("department-overall"), facts, Wording(facts))
    assert scores_of(scores) == [9, 10, 9, 9, 40, 19]
    assert (scores.total, scores.grade) == (Decimal(96), "优")


# --- what is wrong with a score ------------------------------------------------------------------------------


def test_a_row_without_score_and_rule_is_asked_for(scored: Project) -> None:
    _facts, scores = read(scored, FULL.replace("  - {三级指标: 满意度, 得分: 40}\n", ""))
    finding = only(scores)
    assert (finding.code, finding.path) == ("missing-score", "评分.满意度")
    assert finding.hint == "add under 评分: - {三级指标: 满意度, 得分: …} (at most 40)"
    assert text_at(finding).startswith("评分:")
    assert (scores.total, scores.grade) == (None, "")
    assert "总分" not in scores.scope
    assert "得分" not in scores.scope["效益"]
    assert str(scores.scope["产出"]["得分"]) == "60"


def test_a_rule_whose_facts_are_missing_asks_for_the_score(scored: Project) -> None:
    _facts, scores = read(scored, FULL.replace(", 任务数: 400", ""))
    finding = only(scores)
    assert (finding.code, finding.path) == ("missing-score", "评分.完成率")
    assert scores_of(scores) == [None, 30, 40]


def test_a_score_that_differs_from_its_rule_is_named(scored: Project) -> None:
    row = "  - {三级指标: 完成率, 得分: 29}\n"
    _facts, scores = read(scored, FULL + row)
    finding = scores.findings[0]
    assert (finding.code, finding.stated, finding.expected) == ("score-mismatch", "29", "30")
    assert text_at(finding).startswith("29")
    assert finding.hint == "type 30, or leave 得分 out"


def test_a_score_that_its_rule_confirms_is_accepted(scored: Project) -> None:
    _facts, scores = read(scored, FULL + "  - {三级指标: 完成率, 得分: 30.00}\n")
    assert scores.findings == ()
    assert scores.rows[0].score == 30


@pytest.mark.parametrize("score", ["30.01", "-1", "100"])
def test_a_score_beyond_its_points_is_named(scored: Project, score: str) -> None:
    _facts, scores = read(scored, with_row(f"{{三级指标: 质量, 得分: {score}, 扣分原因: 甲}}"))
    finding = only(scores)
    assert (finding.code, finding.stated) == ("score-out-of-range", score)
    assert "outside 0 to 30" in finding.message
    assert text_at(finding).startswith(score)


@pytest.mark.parametrize("score", ["优秀", "30件", "3o"])
def test_a_score_that_is_no_number_is_named(scored: Project, score: str) -> None:
    _facts, scores = read(scored, with_row(f"{{三级指标: 质量, 得分: {score}}}"))
    finding = only(scores)
    assert (finding.code, finding.stated) == ("not-a-number", score)
    assert finding.hint == "type a number from 0 to 30"
    assert scores.total is None


def test_a_score_may_be_followed_by_its_unit(scored: Project) -> None:
    _facts, scores = read(scored, with_row("{三级指标: 质量, 得分: 30分}"))
    assert scores.findings == ()
    assert scores.total == 100


def test_lost_points_need_a_reason(scored: Project) -> None:
    _facts, scores = read(scored, with_row("{三级指标: 质量, 得分: 28.5}"))
    finding = only(scores)
    assert (finding.code, finding.path, finding.stated, finding.expected) == (
        "reason-missing", "评分.质量", "28.5", "30",
    )  # fmt: skip
    assert finding.message == "“质量” loses 1.5 points without a reason"
    assert text_at(finding).startswith("28.5")


def test_points_lost_by_a_rule_need_a_reason_too(scored: Project) -> None:
    _facts, scores = read(scored, FULL.replace("受理: 400", "受理: 300"))
    assert only(scores).message == "“完成率” loses 7.5 points without a reason"


@pytest.mark.parametrize("reason", ["''", "'  '"])
def test_an_empty_reason_is_no_reason(scored: Project, reason: str) -> None:
    _facts, scores = read(scored, with_row(f"{{三级指标: 质量, 得分: 28, 扣分原因: {reason}}}"))
    assert only(scores).code == "reason-missing"


@pytest.mark.parametrize(("accepted", "asked"), [(519, False), (520, True), (521, True)])
def test_a_target_exceeded_by_far_needs_a_reason(scored: Project, accepted: int, asked: bool) -> None:
    """From 130 % of 400 = 520 on."""
    _facts, scores = read(scored, FULL.replace("受理: 400", f"受理: {accepted}"))
    assert [finding.code for finding in scores.findings] == (["target-exceeded"] if asked else [])


def test_the_reason_for_excess_settles_it(scored: Project) -> None:
    text = FULL.replace("受理: 400", "受理: 600")
    _facts, without = read(scored, text)
    finding = only(without)
    assert "150.0%" in finding.message
    assert (finding.stated, finding.expected) == ("600件", "400件")
    _facts, scores = read(scored, text + "  - {三级指标: 完成率, 偏差原因: 任务数定得低}\n")
    assert scores.findings == ()
    assert scores.rows[0].texts["偏差原因"] == "任务数定得低"


@pytest.mark.parametrize("stated", ["400", "400件", "400余", "近400", "400以上"])
def test_a_value_reached_that_agrees_with_the_fact_is_accepted(scored: Project, stated: str) -> None:
    _facts, scores = read(scored, FULL + f"  - {{三级指标: 完成率, 完成值: {stated}}}\n")
    assert scores.findings == ()


@pytest.mark.parametrize("stated", ["401", "390余", "401以上"])
def test_a_value_reached_that_differs_from_the_fact_is_named(scored: Project, stated: str) -> None:
    _facts, scores = read(scored, FULL + f"  - {{三级指标: 完成率, 完成值: {stated}}}\n")
    finding = only(scores)
    assert (finding.code, finding.path, finding.expected) == ("actual-mismatch", "评分.完成率", "400件")
    assert text_at(finding).startswith(stated)


def test_a_value_reached_in_another_unit_is_named(scored: Project) -> None:
    _facts, scores = read(scored, FULL + "  - {三级指标: 完成率, 完成值: 400万元}\n")
    assert only(scores).code == "actual-mismatch"


def test_a_value_reached_whose_fact_is_missing_is_not_judged(scored: Project) -> None:
    text = FULL.replace("得分: 40}", "得分: 40, 完成值: 96%}")
    _facts, scores = read(scored, text)
    assert scores.findings == ()


# --- rows that no form has -----------------------------------------------------------------------------------


def findings_on_rows(project: Project, rows: str) -> list[Finding]:
    library = Library(project, system_fonts=False)
    facts = library.facts(write_input(project, HEAD + "数据: {案件: {受理: 1}}\n评分:\n" + rows))
    return list(unknown_indicators(facts, [library.form("scored")]))


def test_known_rows_with_known_keys_are_accepted(scored: Project) -> None:
    row = "  - {三级指标: 质量, 得分: 1, 完成值: 2, 扣分原因: 甲, 偏差原因: 乙, 评分过程: 丙}\n"
    assert findings_on_rows(scored, row) == []


def test_a_row_that_no_form_has_is_named_with_the_nearest(scored: Project) -> None:
    (finding,) = findings_on_rows(scored, "  - {三级指标: 质量, 得分: 1}\n  - {三级指标: 满意率, 得分: 1}\n")
    assert (finding.code, finding.path, finding.hint) == (
        "unknown-indicator",
        "评分.满意率",
        "did you mean 满意度?; a row of your own needs 一级指标、二级指标 and 分值",
    )
    assert text_at(finding).startswith("满意率")


def test_a_row_that_stands_twice_is_named_with_the_line_of_the_first(scored: Project) -> None:
    (finding,) = findings_on_rows(scored, "  - {三级指标: 质量, 得分: 1}\n  - {三级指标: 质量, 得分: 2}\n")
    assert finding.code == "repeated-indicator"
    assert finding.span.line == 9
    assert "the first is in line 8" in finding.message


def test_of_a_row_that_stands_twice_the_first_counts(scored: Project) -> None:
    _facts, scores = read(scored, FULL + "  - {三级指标: 质量, 得分: 1}\n")
    assert scores.rows[1].score == 30


def test_a_key_that_no_row_can_have_is_named(scored: Project) -> None:
    (finding,) = findings_on_rows(scored, "  - {三级指标: 质量, 得分: 1, 扣分理由: 甲}\n")
    assert (finding.code, finding.hint) == ("unknown-key", "did you mean 扣分原因?")
    assert text_at(finding).startswith("扣分理由")


def test_what_several_forms_print_is_told_of_all_of_them_at_once() -> None:
    printed_by = {"甲": ("A", "B"), "乙": ("B", "A"), "丙": ("A", "B", "C"), "丁": ("C",)}
    found = [Lost(name, Span("a.yaml", line), Subject.section(name)) for line, name in enumerate(printed_by, 1)]
    first, second = of_other_forms(found, printed_by)
    assert first.message == "3 are not printed, as they belong to forms that are not asked for (A、B): 甲、乙、丙"
    assert second.message == "“丁” belongs to the form “C”, which is not asked for, so it is not printed"
    each = {"甲": ("A",), "乙": ("B",)}  # as many of the one as of the other, and not the same
    assert [f.message[:3] for f in of_other_forms(found[:2], each)] == ["“甲”", "“乙”"]
