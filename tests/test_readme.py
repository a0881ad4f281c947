"""The README's commands and examples do what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from reportgen.cli import main
from reportgen.reading.project import find_project
from reportgen.reading.source import read_source
from reportgen.running.build import check
from reportgen.running.library import Library

GUIDE = "## 新建一个表单"  # test_guide.py follows it
READMES = {name: (ROOT / name).read_text(encoding="utf-8").split(GUIDE)[0] for name in ("README.md", "README.zh-CN.md")}


def commands(name: str) -> list[str]:
    return [line.strip() for line in READMES[name].splitlines() if re.match(r"    (python3|py|\.venv)", line)]


def test_the_first_command_sets_up_and_runs_the_main_job_and_the_second_the_tests() -> None:
    assert commands("README.md") == [
        "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/reportgen build",
        "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/python -m pytest",
    ]
    assert [command.split("\\")[-1] for command in commands("README.zh-CN.md")] == [
        "py -m venv .venv",
        "pip install .",
        "reportgen build",
    ]


def test_the_error_shown_in_the_readme_is_the_error_one_gets(tmp_path: Path) -> None:
    for folder in ("inputs", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = tmp_path / "inputs" / "2023" / "lieshan.yaml"
    text = path.read_text(encoding="utf-8")
    assert "刑事: 352" in text
    path.write_text(text.replace("刑事: 352", "刑事: 347"), encoding="utf-8")
    for name, language in (("README.md", "en"), ("README.zh-CN.md", "zh_CN")):
        result = subprocess.run(
            [sys.executable, "-m", "reportgen", "check"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": language},
            capture_output=True,
            encoding="utf-8",
        )
        shown = re.findall(r"^    (inputs/2023/lieshan\.yaml:15.*)\n.*\n.*\n +→ (.*?)…", READMES[name], re.MULTILINE)
        assert shown, name
        for message, hint in shown:
            assert message in result.stderr
            assert f"→ {hint.rstrip('；; ')}" in result.stderr
        follow = re.findall(r"^    ( +\+ .*?)(?:：| )?…+$", READMES[name], re.MULTILINE)
        assert len(follow) == 2, name
        assert [line for line in follow if line not in result.stderr] == []


def test_options_named_in_the_readme_are_those_there_are() -> None:
    options = {
        opt
        for command in main.commands.values()
        for param in command.params
        for opt in (*param.opts, *param.secondary_opts)
    }
    ours = re.sub("`(?:dask|pip|python -m pip) [^`]+`", "", READMES["README.md"])  # another program's
    named = set(re.findall(r"--[a-z][a-z-]+", ours))
    assert named == {option for option in options if option.startswith("--")}


@pytest.mark.parametrize("name", READMES)
def test_every_yaml_example_is_read_without_complaint(name: str, library: Library) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", READMES[name], re.DOTALL)
    assert examples
    allowed = {"missing-score", "missing-section", "missing-fact", "fact-required", "unknown-section", "missing-key",
               "missing-actual"}  # fmt: skip
    for example in examples:
        form = "self-assessment" if "产出指标" in example else "plain"
        head = f"单位: 某中心\n地区: 某区\n年度: 2023\n日期: 2024-01-15\n报告: [{form}]\n"
        text = (
            example
            if "单位:" in example
            else head + example + ("" if "数据:" in example else "数据: {案件: {受理: 445, 结案率: 97%}}\n")
        )
        path = library.project.inputs / "2023" / "example.yaml"
        path.write_text(text, encoding="utf-8")
        findings = [f for f in check(library, path).findings if f.code not in allowed and f.span.line > 0]
        assert [(f.code, f.message) for f in findings if f.severity == "error" and f.code != "unknown-indicator"] == []


def test_files_named_in_the_readme_exist() -> None:
    for text in READMES.values():
        for path in re.findall(r"\]\(([^)#]+)\)", text):
            assert path.startswith("https://") or (ROOT / path).exists(), path
        for path in re.findall(r"`((?:templates|inputs|tests|reportgen)/[\w./-]+)`", text):
            assert "2024" in path or (ROOT / path).exists(), path  # next year's file is the reader's


TABLES = ("self-assessment", "self-assessment-sichuan", "department-table")  # one table, which is the report


def test_outputs_are_those_the_readme_promises() -> None:
    project = find_project(ROOT)
    for path in project.input_files():
        for form in read_source(path).data["报告"]:
            folder = ROOT / "outputs" / path.parent.name / path.stem / str(form)
            names = sorted(file.name for file in folder.iterdir())
            annexes = [] if form in TABLES else ["annex"] if form != "public-notice" else ["annex-1", "annex-2"]
            kinds = [*annexes, *(["full"] if annexes else []), "report"]
            assert names == [f"{kind}.{suffix}" for kind in kinds for suffix in ("docx", "pdf")]
