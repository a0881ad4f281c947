"""The forms are listed, say what they need, and are tried without any input."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import ROOT, with_own_annex
from reportgen.cli import main
from reportgen.forms.needs import needs_of
from reportgen.reading.project import Project, find_project
from reportgen.running.library import Library


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(find_project(ROOT))


def test_what_a_table_needs_is_read_from_its_layout(library: Library) -> None:
    needs = needs_of(library.form("self-assessment"), library.vocabulary)
    assert needs.must == ("年初预算.总额", "全年预算.总额", "全年执行.总额")
    assert {"年初预算.财政拨款", "预算执行率.其他"} <= set(needs.printed)
    assert needs.texts == ("主管部门", "年度目标", "目标完成情况")
    assert "生态效益" in needs.rows
    assert "办理法律援助案件数" not in needs.rows  # its target is a formula


def test_a_text_with_a_default_may_be_left_out(library: Library) -> None:
    needs = needs_of(library.form("transfer-payment"), library.vocabulary)
    assert {"资金管理", "社会效益"} <= set(needs.texts)
    assert {"生态效益", "经济效益", "自评表说明", "其他说明"} <= set(needs.optional_texts)
    assert not set(needs.texts) & set(needs.optional_texts)


def test_lists_are_among_what_a_form_prints(library: Library) -> None:
    assert {"补贴明细", "下辖"} <= set(needs_of(library.form("public-notice"), library.vocabulary).printed)


def test_forms_lists_every_form_and_says_what_one_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    listed = CliRunner().invoke(main, ["forms"])
    assert listed.exit_code == 0
    assert len(listed.output.splitlines()) == len(find_project(ROOT).form_names())
    assert "self-assessment  项目支出绩效自评表  (1 document(s))" in listed.output
    for name in ("public-notice", "法律援助信息公示"):
        result = CliRunner().invoke(main, ["forms", name])
        assert result.exit_code == 0
        assert "Facts that must be stated: 案件.受理、资金.支出、评查.件数" in result.output
    wrong = CliRunner().invoke(main, ["forms", "public-notic"])
    assert wrong.exit_code == 2
    assert "did you mean public-notice?" in wrong.output


def test_check_forms_tries_forms_that_no_input_asks_for(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    sound = CliRunner().invoke(main, ["check", "--forms"])
    assert sound.exit_code == 0, sound.output
    folder = with_own_annex(project.templates)
    (folder / "annex.typ").write_text('#import "../house/house.typ": *\n#nonsense\n', encoding="utf-8")
    table = project.templates / "self-assessment" / "report.md"
    table.write_text(table.read_text(encoding="utf-8").replace("列宽: 15.8 32.4", "列宽: 99.2 32.4"), encoding="utf-8")
    result = CliRunner().invoke(main, ["check", "--forms"])
    assert result.exit_code == 1
    assert "templates/project-evaluation/annex.typ:2:2" in result.output
    assert "templates/self-assessment/report.md:2:" in result.output


def test_forms_and_inputs_are_not_tried_together(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    path = Path("inputs", "2023", "centre.yaml")
    path.write_text("单位: 甲\n", encoding="utf-8")
    assert CliRunner().invoke(main, ["check", "--forms", str(path)]).exit_code == 2


def test_the_facts_that_rows_are_scored_by_are_needed(library: Library) -> None:
    """They stand in 目标, 实际 and 得分 of the rows, and nowhere in the wording."""
    needs = needs_of(library.form("self-assessment"), library.vocabulary)
    assert needs.scored == ("预算执行率.总额", "案件.受理", "案件.任务数", "回访.满意率")
    assert "案件.办结" in needs.printed  # 实际 of a row that a person scores
    assert "回访.满意率" in needs_of(library.form("transfer-payment"), library.vocabulary).printed
    for name in library.form_names:
        form = library.form(name)
        needs = needs_of(form, library.vocabulary)
        told = {*needs.must, *needs.scored, *needs.printed}
        named = {each for row in form.indicators for side in (*row.shown, *row.grounds) for each in side.names}
        assert {each for each in named if each in library.vocabulary.facts} <= told, name
