"""An old form, its table made in Word and in Typst, gets the layout as text that prints the same; else it stays."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import OLD_FORM, ROOT, new_project, with_replaced
from reportgen.cli import main
from reportgen.helping.upgrade import Upgrade, upgrade_of
from reportgen.reading.project import Project
from reportgen.running.library import Library
from reportgen.telling.findings import ReportError

OLD = ROOT / "tests" / "old-forms"  # as they were shipped, before a table was laid out once
BY_HAND = {"transfer-payment": "annex.md", "self-assessment": "report.md"}  # what a person made of them


def old_project(folder: Path) -> Project:
    """Return a project whose forms are old ones."""
    project = new_project(folder)
    for folder in [*OLD.iterdir(), OLD_FORM]:
        target = project.templates / (folder.name if folder != OLD_FORM else "project-evaluation")
        shutil.rmtree(target)
        shutil.copytree(folder, target)
    for path in list(project.templates.glob("*/form.yaml")):
        if path.parent.name not in (*BY_HAND, "project-evaluation", "plain"):
            shutil.rmtree(path.parent)
    return project


@pytest.fixture
def old(tmp_path: Path) -> Project:
    """A project whose forms a test may change."""
    return old_project(tmp_path)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A project whose forms nobody changes: they are read once."""
    return Library(old_project(tmp_path_factory.mktemp("old")), system_fonts=False)


def upgrade(library: Library, name: str) -> Upgrade | None:
    return upgrade_of(library, library.form(name))


def change(path: Path, old: str, new: str) -> None:
    """Change the text of a Word file."""
    path.write_bytes(with_replaced(path, "word/document.xml", old, new, 1))


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_the_layout_is_the_one_that_a_person_made_of_the_same_form(library: Library, name: str) -> None:
    found = upgrade(library, name)
    assert found is not None
    assert found.path == library.project.templates / name / BY_HAND[name]
    by_hand = (ROOT / "templates" / name / BY_HAND[name]).read_text(encoding="utf-8")
    newer = r"金额列: .*\n|\{% if 选项[\s\S]*"  # what the old one did not have
    widths = r"(?<=列宽: ).*"  # made wider since for （万元）
    assert re.sub(widths, "", found.text) == re.sub(widths, "", re.sub(newer, "", by_hand))


def test_a_turned_sheet_stays_turned(library: Library) -> None:
    found = upgrade(library, "project-evaluation")
    assert found is not None
    wanted = "版面: 横\n指标表: 列宽 18 19 32 58 66 16 16 居中 一级指标 二级指标 三级指标 分值 得分\n"
    assert found.text == wanted
    assert [path.name for path in found.gone] == ["annex.docx", "annex.typ"]


def test_a_form_that_is_laid_out_as_text_needs_nothing(library: Library) -> None:
    assert upgrade(library, "plain") is None


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("{{ cells.总额预算 }}", "共{{ cells.总额预算 }}", "“共{{ cells.总额预算 }}” is none of its 栏目 alone"),
        ("年度资金总额", "{{ unit }}", "“{{ unit }}” is none of its 栏目 alone"),
        ("<w:t xml:space=\"preserve\">年度资金总额</w:t>", "<w:drawing/>", "it holds a picture or a text box"),
        ("{{ row.三级指标.text }}", "三级：{{ row.三级指标.text }}", "table 2, row 2, column 4: the Word file has"),
        ("{{ cells.中央预算 }}", "{{ cells.没有 }}", "there is nothing called “cells.没有”"),
    ],
)  # fmt: skip
def test_what_would_print_otherwise_is_left_to_a_person(old: Project, before: str, after: str, reason: str) -> None:
    change(old.templates / "transfer-payment" / "annex.docx", before, after)
    with pytest.raises(ReportError) as caught:
        upgrade(Library(old, system_fonts=False), "transfer-payment")
    assert reason in caught.value.findings[0].message
    assert caught.value.findings[0].span.file == "templates/transfer-payment/annex.docx"


@pytest.fixture
def run(old: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    monkeypatch.chdir(old.root)

    def ran(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["fix", *arguments])
        return result.exit_code, result.output

    return ran


def test_the_command_shows_and_with_yes_writes(old: Project, run: Callable[..., tuple[int, str]]) -> None:
    folder = old.templates / "transfer-payment"
    code, output = run("--upgrade", "--diff", "transfer-payment")
    assert code == 1
    assert "+版面" not in output
    assert "+| 说明 | {{ 正文.自评表说明|default('无') }} |" in output
    assert not (folder / "annex.md").exists()
    code, output = run("--upgrade", "--yes", "transfer-payment", "plain")
    assert code == 0, output
    assert sorted(path.name for path in folder.iterdir()) == ["annex.md", "form.yaml", "report.md"]
    assert run("--upgrade", "--yes", "transfer-payment") == (0, "")  # nothing is left to do
    assert Library(old, system_fonts=False).form("transfer-payment").annexes[0].layout is not None


def test_a_form_that_is_not_there_is_wrong_usage(run: Callable[..., tuple[int, str]]) -> None:
    code, output = run("--upgrade", "transfer")
    assert code == 2
    assert "there is no form “transfer”" in output
    assert run()[0] == 2
