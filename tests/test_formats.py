"""Inputs and forms say their format: a newer one is told, an older one is brought up to date with its comments."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import ROOT, write_input
from reportgen.cli import main
from reportgen.reading import formats
from reportgen.reading.formats import FORM, INPUT, Step, upgraded
from reportgen.reading.project import Project
from reportgen.running.build import check
from reportgen.running.library import Library

INPUT_TEXT = (ROOT / "inputs" / "2023" / "lieshan.yaml").read_text(encoding="utf-8")
# What a step might be: a key has another name, and one of its words, too.
RENAMED = Step(INPUT, 1, lambda text: text.replace("\n所在地:", "\n地区:", 1))
AGAIN = Step(INPUT, 2, lambda text: text.replace("\n年份:", "\n年度:", 1))


def told(project: Project, path: Path) -> list[tuple[str, int, str]]:
    found = check(Library(project), path).findings
    return [(each.code, each.span.line, each.message) for each in found if each.severity == "error"]


@pytest.mark.parametrize("line", ["", "格式: 1\n", '格式: "1"\n'])
def test_format_1_is_read_and_need_not_be_said(project: Project, line: str) -> None:
    path = write_input(project, line + INPUT_TEXT, "lieshan")
    assert told(project, path) == []
    plain = write_input(project, INPUT_TEXT, "other")
    assert Library(project).facts(path).meaning == Library(project).facts(plain).meaning


def test_a_newer_format_is_one_finding(project: Project) -> None:
    path = write_input(project, "格式: 3\n新栏目: 一\n" + INPUT_TEXT, "lieshan")
    assert told(project, path) == [("file-format", 1, "the file is of format 3; this program reads formats up to 1")]


def test_a_form_of_a_newer_format_is_one_finding(project: Project) -> None:
    form = project.templates / "plain" / "form.yaml"
    form.write_text("格式: 2\n新栏目: 一\n" + form.read_text(encoding="utf-8"), encoding="utf-8")
    path = write_input(project, INPUT_TEXT.replace("报告: [", "报告: [plain, ", 1), "lieshan")
    assert [entry for entry in told(project, path) if entry[0] == "file-format"] == [
        ("file-format", 1, "the file is of format 2; this program reads formats up to 1")
    ]


@pytest.mark.parametrize("text", ["一", "0", "1.5", "-1"])
def test_a_format_is_a_number(project: Project, text: str) -> None:
    path = write_input(project, f"格式: {text}\n{INPUT_TEXT}", "lieshan")
    assert told(project, path) == [("file-format", 1, f"“{text}” is no number of a format")]


def test_today_nothing_is_brought_up_to_date() -> None:
    assert upgraded(INPUT_TEXT, INPUT) == INPUT_TEXT
    for form in (ROOT / "templates").glob("*/form.yaml"):
        assert upgraded(form.read_text(encoding="utf-8"), FORM) == form.read_text(encoding="utf-8")


def test_an_older_file_is_told_and_brought_up_to_date(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """By steps that only this test knows."""
    monkeypatch.setattr(formats, "STEPS", (AGAIN, RENAMED))
    monkeypatch.chdir(project.root)
    old = INPUT_TEXT.replace("\n地区:", "\n所在地:", 1).replace("\n年度:", "\n年份:", 1)
    path = write_input(project, "# 说明\n" + old.replace("\n年份:", "\n# 一年一份\n年份:", 1), "lieshan")
    ((code, _line, message),) = told(project, path)
    assert (code, message) == ("file-format", "the file is of format 1, and files are of format 3 now")
    shown = CliRunner().invoke(main, ["fix", "--upgrade", "--diff", str(path)])
    assert (shown.exit_code, "+格式: 3" in shown.output) == (1, True)
    result = CliRunner().invoke(main, ["fix", "--upgrade", "--yes", str(path)])
    assert result.exit_code == 0, result.output
    text = path.read_text(encoding="utf-8")
    assert text.startswith("格式: 3\n# 说明\n")
    assert "\n# 一年一份\n年度:" in text
    assert told(project, path) == []
    assert CliRunner().invoke(main, ["fix", "--upgrade", "--yes", str(path)]).output == ""


def test_only_the_steps_that_are_due_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "STEPS", (RENAMED, AGAIN))
    text = "格式: 2\n所在地: 甲\n年份: 2024\n"
    assert upgraded(text, INPUT) == "格式: 3\n所在地: 甲\n年度: 2024\n"
    assert upgraded(text, FORM) == text
