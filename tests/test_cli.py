"""The commands as a user meets them: streams, exit codes, languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, write_input
from reportgen.project import Project

SOUND = "数据:\n  案件: {受理: 445}\n"
WRONG = "数据:\n  案件: {受理: 864, 民事: 577, 刑事: 268}\n"


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reportgen", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": "en", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_build_lists_files_on_stdout_and_the_rest_on_stderr(project: Project) -> None:
    write_input(project, SOUND)
    result = run(project.root, "build", "--fonts", "bundled")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        "outputs/2023/centre/plain/report.docx",
        "outputs/2023/centre/plain/report.pdf",
    ]
    assert result.stderr.splitlines()[-1] == "1 input file(s): 0 error(s), 0 warning(s), 1 note(s)"
    assert "font-substituted" in result.stderr
    assert "\033" not in result.stdout + result.stderr


def test_a_second_build_says_that_nothing_changed(project: Project) -> None:
    write_input(project, SOUND)
    run(project.root, "build", "--no-pdf")
    assert run(project.root, "build", "--no-pdf").stdout == "outputs/2023/centre/plain/report.docx (unchanged)\n"


def test_one_wrong_input_does_not_stop_the_others_and_the_exit_code_is_one(project: Project) -> None:
    write_input(project, WRONG, "bad")
    write_input(project, SOUND.replace("案件", "案件"), "good")
    (project.inputs / "2023" / "good.yaml").write_text(
        (project.inputs / "2023" / "good.yaml").read_text(encoding="utf-8").replace("测试中心", "另一中心"),
        encoding="utf-8",
    )
    result = run(project.root, "build", "--no-pdf")
    assert result.returncode == 1
    assert result.stdout == "outputs/2023/good/plain/report.docx\n"
    assert "inputs/2023/bad.yaml:7:12: error:" in result.stderr


def test_output_goes_where_it_is_told(project: Project, tmp_path: Path) -> None:
    write_input(project, SOUND)
    run(project.root, "build", "--no-pdf", "--output", str(tmp_path / "elsewhere"))
    assert (tmp_path / "elsewhere" / "2023" / "centre" / "plain" / "report.docx").is_file()
    assert not project.outputs.exists()


def test_check_writes_nothing(project: Project) -> None:
    write_input(project, SOUND)
    result = run(project.root, "check")
    assert (result.returncode, result.stdout) == (0, "")
    assert not project.outputs.exists()


@pytest.mark.parametrize("command", [["check"], ["build", "--no-pdf"]])
def test_json_goes_to_stdout_alone(project: Project, command: list[str]) -> None:
    write_input(project, WRONG)
    result = run(project.root, *command, "--format", "json")
    assert result.returncode == 1
    assert [
        (entry["code"], entry["line"], entry["stated"], entry["expected"]) for entry in json.loads(result.stdout)
    ] == [("total-mismatch", 7, "864件", "845件")]
    assert result.stderr == ""


def test_a_draft_is_built_and_the_exit_code_still_tells(project: Project) -> None:
    write_input(project, WRONG)
    result = run(project.root, "build", "--no-pdf", "--draft")
    assert result.returncode == 1
    assert result.stdout == "outputs/2023/centre/plain/report.docx\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["biuld"], "No such command 'biuld'"),
        (["build", "--nosuch"], "No such option"),
        (["check", "missing.yaml"], "there is no file missing.yaml"),
        (["check", "--format", "xml"], "'xml' is not one of 'text', 'json'"),
    ],
)
def test_wrong_usage_is_exit_code_two_and_says_what_is_wrong(
    project: Project, arguments: list[str], words: str
) -> None:
    result = run(project.root, *arguments)
    assert result.returncode == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_a_folder_without_inputs_is_told_what_is_looked_for(tmp_path: Path) -> None:
    result = run(tmp_path, "build")
    assert result.returncode == 2
    assert "inputs/<year>/<centre>.yaml" in result.stderr


def test_messages_and_help_come_in_chinese(project: Project) -> None:
    write_input(project, WRONG)
    result = run(project.root, "check", REPORTGEN_LANG="zh_CN")
    assert "错误: “案件.受理”填 864件，但各分项之和是 845件（相差 +19件）" in result.stderr
    assert "先核对，再为每个填报文件" in run(project.root, "build", "--help", REPORTGEN_LANG="zh_CN").stdout
    assert "没有命令 'biuld'" in run(project.root, "biuld", REPORTGEN_LANG="zh_CN").stderr


@pytest.mark.parametrize(("variable", "value", "chinese"), [("LANG", "zh_CN.UTF-8", True), ("LC_ALL", "C", False)])
def test_the_locale_chooses_the_language(project: Project, variable: str, value: str, chinese: bool) -> None:
    write_input(project, WRONG)
    cleared = dict.fromkeys(("REPORTGEN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"), "")
    result = run(project.root, "check", **{**cleared, variable: value})
    assert ("错误" in result.stderr) is chinese


def test_a_console_that_cannot_show_chinese_is_no_traceback(project: Project) -> None:
    write_input(project, WRONG)
    result = run(project.root, "check", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "total-mismatch" in result.stderr


def test_a_fault_of_a_template_is_told_once(project: Project) -> None:
    (project.templates / "plain" / "report.md").write_text("{{ 案件.受里 }}\n", encoding="utf-8")
    for name, unit in (("a", "甲中心"), ("b", "乙中心")):
        path = write_input(project, SOUND, name)
        path.write_text(path.read_text(encoding="utf-8").replace("测试中心", unit), encoding="utf-8")
    result = run(project.root, "check")
    assert result.stderr.count("undefined-name") == 1


def test_libreoffice_that_is_not_there_is_a_clear_error(project: Project, tmp_path: Path) -> None:
    write_input(project, SOUND)
    (tmp_path / "empty").mkdir()
    result = run(project.root, "build", "--pdf-engine", "libreoffice", PATH=str(tmp_path / "empty"))
    assert result.returncode == 1
    assert "LibreOffice (soffice) is not installed" in result.stderr
    assert not project.outputs.exists()


def test_a_file_outside_the_project_can_be_built(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    path = write_input(project, SOUND).rename(outside / "centre.yaml")
    result = run(project.root, "build", "--no-pdf", str(path))
    assert result.stdout == "outputs/2023/centre/plain/report.docx\n"
