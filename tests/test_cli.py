"""The commands as a user meets them: streams, exit codes, languages."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import ROOT, write_input
from reportgen.cli import main
from reportgen.helping.chosen import chosen
from reportgen.printing.pdf import PdfPrinter
from reportgen.reading.project import Project
from test_board import check_sarif, read_command

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
    assert result.stderr.splitlines()[-2:] == [
        "1 input file(s): 0 error(s), 0 warning(s), 1 note(s)",
        "1 input(s): 1 built (1 changed)",
    ]
    assert "font-substituted" in result.stderr
    assert "\033" not in result.stdout + result.stderr


def test_a_second_build_says_that_nothing_changed(project: Project) -> None:
    write_input(project, SOUND)
    run(project.root, "build", "--no-pdf")
    result = run(project.root, "build", "--no-pdf")
    assert (result.stdout, result.stderr.splitlines()[-1]) == ("", "1 input(s): 1 built (0 changed)")


def test_one_wrong_input_does_not_stop_the_others_and_the_exit_code_is_one(project: Project) -> None:
    write_input(project, WRONG, "bad")
    write_input(project, SOUND.replace("案件", "案件"), "good")
    (project.inputs / "2023" / "good.yaml").write_text(
        (project.inputs / "2023" / "good.yaml").read_text(encoding="utf-8").replace("测试中心", "另一中心"),
        encoding="utf-8",
    )
    result = run(project.root, "build", "--no-pdf")
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        "outputs/2023/good/plain/report.docx",
        "outputs/2023/index.html",
        "outputs/2023/summary.xlsx",
    ]
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
        (["check", "--select", "total-mismach"], "no kind of finding “total-mismach”; did you mean total-mismatch?"),
        (["build", "--ignore", "truncated,ratio"], "no kind of finding “ratio”; did you mean ratio-mismatch?"),
        (["check", "--severity", "fatal"], "'fatal' is not one of 'error', 'warning', 'note'"),
        (["check", "--format", "xml"], "'xml' is not one of 'text', 'json', 'sarif', 'github'"),
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


@pytest.mark.parametrize("folder", ["inputs", "inputs/2023", "templates/o", ".reportgen", "outputs/../inputs"])
def test_documents_are_not_written_among_inputs_and_templates(project: Project, folder: str) -> None:
    write_input(project, SOUND)
    before = sorted(project.root.rglob("*"))
    result = run(project.root, "build", "--no-pdf", "--output", folder)
    assert (result.returncode, "name a folder for the documents alone" in result.stderr) == (2, True)
    assert sorted(project.root.rglob("*")) == before


@pytest.mark.parametrize("folder", ["elsewhere/2023", "inputs", "inputs/2023/more"])
def test_a_file_in_no_folder_of_a_year_is_checked_and_not_built(project: Project, folder: str) -> None:
    """Its documents would be those of another input of that name, and their manifest would name a machine's path."""
    write_input(project, SOUND)
    assert run(project.root, "build", "--no-pdf").returncode == 0
    path = project.root / folder / "centre.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((project.inputs / "2023" / "centre.yaml").read_text("utf-8"), encoding="utf-8")
    for command in ("build", "pack"):
        result = run(project.root, command, str(path))
        assert result.returncode == 2
        assert "put what is to be built into inputs/<year>/, such as inputs/2024/centre.yaml" in result.stderr
    assert run(project.root, "check", str(path)).returncode == 0
    path.write_text("数据: [", encoding="utf-8")
    assert "out-of-date" not in run(project.root, "check", str(path)).stderr


# One error, one warning and one note: a wrong total, a full-width number, a value that is not there.
MIXED = "数据:\n  案件: {受理: 864, 民事: ５７７, 刑事: 268, 办结: }\n"
CODES_OF_MIXED = {"total-mismatch": "error", "full-width-number": "warning", "empty-value": "note"}


def shown(result: subprocess.CompletedProcess[str]) -> list[str]:
    return sorted(re.findall(r"^inputs/.*\[([\w-]+)\]$", result.stderr, re.MULTILINE))


def test_the_mixed_input_has_a_finding_of_every_severity(project: Project) -> None:
    write_input(project, MIXED)
    found = json.loads(run(project.root, "check", "--format", "json").stdout)
    assert {entry["code"]: entry["severity"] for entry in found} == CODES_OF_MIXED
    assert len(found) == 3


@pytest.mark.parametrize(
    ("arguments", "codes", "exit_code", "counts", "hidden"),
    [
        ([], [*CODES_OF_MIXED], 1, (1, 1, 1), None),
        (["--severity", "note"], [*CODES_OF_MIXED], 1, (1, 1, 1), None),
        (["--severity", "warning"], ["total-mismatch", "full-width-number"], 1, (1, 1, 0), (1, 0)),
        (["--severity", "error"], ["total-mismatch"], 1, (1, 0, 0), (2, 0)),
        (["--select", "full-width-number"], ["full-width-number"], 0, (0, 1, 0), (2, 1)),
        (["--ignore", "total-mismatch"], ["full-width-number", "empty-value"], 0, (0, 1, 1), (1, 1)),
        (["--select", "total-mismatch,empty-value"], ["total-mismatch", "empty-value"], 1, (1, 0, 1), (1, 0)),
        (
            ["--select", "total-mismatch", "--select", "empty-value"],
            ["total-mismatch", "empty-value"],
            1,
            (1, 0, 1),
            (1, 0),
        ),
        (["--ignore", "Total-Mismatch， empty-value"], ["full-width-number"], 0, (0, 1, 0), (2, 1)),  # as it is typed
        (["--select", "total-mismatch", "--ignore", "total-mismatch"], [], 0, (0, 0, 0), (3, 1)),
        (["--select", ""], [*CODES_OF_MIXED], 1, (1, 1, 1), None),  # a script's empty list
    ],
)
def test_a_check_shows_what_is_asked_for_and_its_exit_code_follows_what_is_shown(
    project: Project,
    arguments: list[str],
    codes: list[str],
    exit_code: int,
    counts: tuple[int, int, int],
    hidden: tuple[int, int] | None,
) -> None:
    write_input(project, MIXED)
    result = run(project.root, "check", *arguments)
    assert shown(result) == sorted(codes)
    assert result.returncode == exit_code
    errors, warnings, notes = counts
    summary = f"1 input file(s): {errors} error(s), {warnings} warning(s), {notes} note(s)"
    if hidden:
        summary += f"; {hidden[0]} more hidden by --severity, --select or --ignore ({hidden[1]} of them error(s))"
    assert result.stderr.splitlines()[-1] == summary


@pytest.mark.parametrize("output_format", ["text", "json", "sarif", "github"])
def test_a_build_refuses_for_an_error_that_is_not_shown_and_says_so(project: Project, output_format: str) -> None:
    write_input(project, MIXED)
    result = run(project.root, "build", "--no-pdf", "--ignore", "total-mismatch", "--format", output_format)
    assert result.returncode == 1
    assert not project.outputs.exists()
    assert "total-mismatch]" not in result.stderr
    assert result.stderr.splitlines()[-1] == (
        "the build fails for 1 error(s) that are not shown: leave out --select and --ignore to see them"
    )


def test_filters_hold_for_every_format(project: Project) -> None:
    write_input(project, MIXED)
    only = ("check", "--select", "full-width-number", "--format")
    assert [entry["code"] for entry in json.loads(run(project.root, *only, "json").stdout)] == ["full-width-number"]
    results = check_sarif(json.loads(run(project.root, *only, "sarif").stdout))
    assert [result["ruleId"] for result in results] == ["full-width-number"]
    [line] = run(project.root, *only, "github").stdout.splitlines()
    assert read_command(line)[0] == "warning"


@pytest.mark.parametrize("command", [["check"], ["build", "--no-pdf"]])
def test_sarif_goes_to_stdout_alone(project: Project, command: list[str]) -> None:
    write_input(project, WRONG)
    result = run(project.root, *command, "--format", "sarif")
    assert (result.returncode, result.stderr) == (1, "")
    log = json.loads(result.stdout)
    [found] = check_sarif(log)
    assert found["ruleId"] == "total-mismatch"
    assert found["message"]["text"].startswith("“案件.受理” is stated as 864件")
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "inputs/2023/centre.yaml"
    assert (place["region"]["startLine"], place["region"]["startColumn"], place["region"]["endColumn"]) == (7, 12, 15)
    assert re.match(r"\d+(\.\d+)*", log["runs"][0]["tool"]["driver"]["version"])


def test_a_sound_project_is_an_empty_sarif_run(project: Project) -> None:
    write_input(project, SOUND)
    result = run(project.root, "check", "--format", "sarif")
    assert result.returncode == 0
    assert check_sarif(json.loads(result.stdout)) == []


def test_github_gets_its_lines_on_stdout_in_utf_8_and_the_summary_on_stderr(project: Project) -> None:
    write_input(project, MIXED)
    result = run(project.root, "check", "--format", "github", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert result.returncode == 1
    commands = [read_command(line) for line in result.stdout.splitlines()]
    assert sorted(name for name, _properties, _data in commands) == ["error", "notice", "warning"]
    [error] = [(properties, data) for name, properties, data in commands if name == "error"]
    assert error[0] == {
        "file": "inputs/2023/centre.yaml", "line": "7", "col": "12", "endColumn": "15",
        "title": "reportgen (total-mismatch)",
    }  # fmt: skip
    assert "案件.受理" in error[1]
    assert result.stderr == "1 input file(s): 1 error(s), 1 warning(s), 1 note(s)\n"


def test_a_build_for_github_lists_its_files_too(project: Project) -> None:
    write_input(project, SOUND)
    result = run(project.root, "build", "--no-pdf", "--format", "github")
    assert result.stdout.splitlines() == ["outputs/2023/centre/plain/report.docx"]


def test_a_font_that_is_substituted_is_told_for_github_and_hidden_like_any_finding(project: Project) -> None:
    write_input(project, SOUND)
    fonts = ("build", "--fonts", "bundled", "--format", "github")
    [line] = [line for line in run(project.root, *fonts).stdout.splitlines() if line.startswith("::")]
    assert line.startswith("::notice title=reportgen (font-substituted)::")
    assert "::" not in run(project.root, *fonts, "--severity", "warning").stdout


def test_places_are_named_from_the_top_of_the_git_repository(project: Project) -> None:
    """GitHub knows no other: the project may be a folder of the district's repository."""
    write_input(project, WRONG)
    (project.root.parent / ".git").mkdir()
    try:
        line = run(project.root, "check", "--format", "github").stdout
        assert f"file={project.root.name}/inputs/2023/centre.yaml," in line
        [found] = check_sarif(json.loads(run(project.root / "inputs", "check", "--format", "sarif").stdout))
        uri = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri == f"{project.root.name}/inputs/2023/centre.yaml"
    finally:
        (project.root.parent / ".git").rmdir()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colour_is_for_terminals_that_want_it(project: Project, no_color: str, coloured: bool) -> None:
    write_input(project, WRONG)
    ours, theirs = os.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": "en", "NO_COLOR": no_color}
    process = subprocess.Popen(
        [sys.executable, "-m", "reportgen", "check"], cwd=project.root, env=environment, stderr=theirs
    )
    os.close(theirs)
    written = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux: the other end is closed
            part = b""
        if not part:
            break
        written += part
    os.close(ours)
    assert process.wait(60) == 1
    assert "total-mismatch" in written.decode("utf-8", "replace")
    assert (b"\033[31;1merror\033[0m" in written) is coloured
    assert (b"\033" in written) is coloured


@pytest.mark.parametrize("command", ["check", "build"])
def test_help_says_what_filters_do_to_the_exit_code(project: Project, command: str) -> None:
    text = " ".join(run(project.root, command, "--help").stdout.split())
    assert "The exit code of check follows what is shown" in text
    assert "whether the error is shown or not" in text


def test_check_says_what_fix_would_mend_and_fix_does_so(project: Project) -> None:
    path = write_input(project, "数据:\n  案件：{受理: 445}\n")
    told = [line for line in run(project.root, "check").stderr.splitlines() if "mends" in line]
    assert told == ["reportgen fix inputs/2023/centre.yaml mends 1 line(s) of it"]
    assert "1 line(s) mended" in run(project.root, "fix", "--yes", str(path)).stderr
    assert "mends" not in run(project.root, "check").stderr


def test_what_fix_leaves_alone_is_not_promised(project: Project) -> None:
    write_input(project, "数据:\n  案件: [受理\n")
    assert "mends" not in run(project.root, "check").stderr


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_what_a_program_reads_is_utf8_whatever_the_console(project: Project, form: str) -> None:
    """In a pipe on a Chinese Windows, stdout is GBK."""
    write_input(project, WRONG)
    result = run(project.root, "check", "--format", form, PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    assert "案件.受理" in json.dumps(json.loads(result.stdout), ensure_ascii=False)


def test_a_folder_a_name_and_a_centre_are_inputs(project: Project) -> None:
    paths = [write_input(project, SOUND, name) for name in ("qinghe", "lieshan")]
    older = write_input(project, SOUND, "lieshan", "2022")
    write_input(project, "应报: [qinghe]\n单位:", "roster")

    def found(*words: str) -> list[Path]:
        return chosen(project, map(Path, words))

    qinghe, lieshan = paths
    assert found(str(project.inputs / "2023")) == [lieshan, qinghe]
    assert found(str(project.inputs)) == [older, lieshan, qinghe]
    assert found("2023") == [lieshan, qinghe]
    assert found("2022/lieshan", "qinghe", "qinghe", "2023/qinghe.yaml") == [older, qinghe]
    qinghe.write_text(qinghe.read_text("utf-8").replace("测试中心", "清河市法律援助中心"), encoding="utf-8")
    assert found("清河市法律援助中心") == [qinghe]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("lieshan", "“lieshan” may be several inputs; type one of them: inputs/2022/lieshan.yaml、inputs/2023/lieshan"),
        ("测试中心", "may be several inputs"),
        ("leishan", "there is no file leishan; did you mean lieshan"),
        ("templates/house", "there is no input file in the folder templates/house"),
    ],
)
def test_a_word_that_is_no_one_input_says_what_to_type(
    project: Project, word: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.root)
    for year in ("2022", "2023"):
        write_input(project, SOUND, "lieshan", year)
    result = CliRunner().invoke(main, ["check", word])
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize("substituted", [["仿宋 → Noto Serif SC"], []])
def test_the_final_print_refuses_fonts_that_stand_for_others(
    project: Project, monkeypatch: pytest.MonkeyPatch, substituted: list[str]
) -> None:
    write_input(project, "数据: {案件: {受理: 1}}\n正文: {情况: 好。}\n")
    monkeypatch.chdir(project.root)
    shutil.rmtree(project.hidden("seen"))  # the fonts that there are
    monkeypatch.setattr(PdfPrinter, "substituted", substituted)
    result = CliRunner().invoke(main, ["build", "--fonts", "strict"])
    assert (result.exit_code, project.outputs.exists()) == ((1, False) if substituted else (0, True))
    assert ("仿宋 → Noto Serif SC; install the fonts of GB/T 9704" in result.output) is bool(substituted)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_the_help_of_every_command_has_an_example(name: str) -> None:
    words = " ".join(CliRunner().invoke(main, [name, "--help"]).output.split())
    own = words.split("Usage: ", 1)[1].split(" ", 2)[2]  # behind the line of usage
    assert re.search(rf"(Example: |:|git config .*|FORM )[^.]*reportgen {name}\b", own)
