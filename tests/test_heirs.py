"""继承: a form or a profile holds only what differs from another."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT
from reportgen.forms.form import Form
from reportgen.forms.profiles import read_profile
from reportgen.reading.project import Project
from reportgen.running.library import Library
from reportgen.telling.findings import ReportError


def heir(project: Project, text: str, name: str = "heir") -> Form:
    folder = project.templates / name
    folder.mkdir(exist_ok=True)
    (folder / "form.yaml").write_text(text, encoding="utf-8")
    return Library(project, system_fonts=False).form(name)


def test_a_form_has_what_it_says_and_the_rest_from_its_parent(project: Project) -> None:
    parent = Library(project).form("self-assessment")
    form = heir(project, "继承: self-assessment\n名称: 自评表二\n")
    assert (form.id, form.name) == ("heir", "自评表二")
    assert form.indicators == parent.indicators
    assert form.columns == parent.columns
    assert form.annex is not None
    assert form.annex.layout is not None
    assert form.annex.layout.file == "templates/self-assessment/report.md"


def test_a_file_of_its_own_goes_before_that_of_the_parent(project: Project) -> None:
    (project.templates / "heir").mkdir()
    (project.templates / "heir" / "report.md").write_text("# 一段\n", encoding="utf-8")
    form = heir(project, "继承: project-evaluation\n名称: 简表\n")
    assert form.report is not None
    assert form.report.text == "# 一段\n"


def test_a_fault_is_placed_in_the_file_where_it_stands(project: Project) -> None:
    """The points of the parent's rows do not sum to the child's full mark; the child's own title is wrong."""
    with pytest.raises(ReportError) as raised:
        heir(project, '继承: project-evaluation\n名称: 甲\n满分: 90\n标题: ["{{ 单味 }}"]\n')
    places = {(finding.span.file, finding.code) for finding in raised.value.findings}
    assert places == {
        ("templates/heir/form.yaml", "undefined-name"),
        ("templates/project-evaluation/form.yaml", "bad-template"),
    }


@pytest.mark.parametrize("parent", ["nowhere", "heir", "../project-evaluation"])
def test_a_parent_that_is_none_is_told(project: Project, parent: str) -> None:
    with pytest.raises(ReportError) as raised:
        heir(project, f"继承: {parent}\n名称: 甲\n")
    (finding,) = raised.value.findings
    assert (finding.span.file, finding.span.line) == ("templates/heir/form.yaml", 1)
    assert f"“{parent}” cannot be inherited from" in finding.message


def test_two_that_inherit_from_each_other_are_told(project: Project) -> None:
    other = project.templates / "other"
    other.mkdir()
    (other / "form.yaml").write_text("继承: heir\n名称: 乙\n", encoding="utf-8")
    with pytest.raises(ReportError, match="cannot be inherited from"):
        heir(project, "继承: other\n名称: 甲\n")


def test_a_profile_inherits_too(tmp_path: Path) -> None:
    national = (ROOT / "templates" / "profiles" / "national-2020.yaml").read_text(encoding="utf-8")
    (tmp_path / "national-2020.yaml").write_text(national, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(
        "继承: national-2020\n名称: 本省\n权重: {产出: 60, 效益: 40}\n", encoding="utf-8"
    )
    own = read_profile(tmp_path / "own.yaml", "templates/profiles/own.yaml")
    parent = read_profile(tmp_path / "national-2020.yaml", "templates/profiles/national-2020.yaml")
    assert (own.rules, own.bands, own.excess) == (parent.rules, parent.bands, parent.excess)
    assert {level: int(points) for level, points in own.weights.items()} == {"产出": 60, "效益": 40}
