"""What others call the program from: pre-commit's hook in a real git repository, and GitHub's workflow."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT, write_input
from reportgen.reading.project import Project

SOUND = "数据:\n  案件: {受理: 845, 民事: 577, 刑事: 268}\n"
WRONG = SOUND.replace("845", "864")
HOOKS = ROOT / ".pre-commit-hooks.yaml"
WORKFLOW = ROOT / ".github" / "workflows" / "reportgen.yml"

with_pre_commit = pytest.mark.skipif(
    not importlib.util.find_spec("pre_commit") or not shutil.which("git"), reason="pre-commit or git is not installed"
)


def shipped_hook() -> dict[str, Any]:
    [hook] = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    return dict(hook)


def environment(folder: Path) -> dict[str, str]:
    """An environment with the command `reportgen` of this tree, and no settings of git but the ones here."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    command = programs / "reportgen"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m reportgen "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    person = {f"GIT_{role}_{key}": "test@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    return {
        **kept,
        **person,
        "PATH": f"{programs}{os.pathsep}{kept['PATH']}",
        "PYTHONPATH": str(ROOT),
        "REPORTGEN_LANG": "en",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "PRE_COMMIT_HOME": str(folder / "pre-commit"),
    }


class Repository:
    """The project as a git repository that has the hook installed."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.root, self.environment = project.root, environment(folder)
        # The hook as shipped, but run from here: pre-commit would fetch what it is built of from the network.
        hooks = [{**shipped_hook(), "language": "system"}]
        config = {"repos": [{"repo": "local", "hooks": hooks}]}
        (self.root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        assert self.run("git", "init", "-q").returncode == 0
        assert self.run(sys.executable, "-m", "pre_commit", "install").returncode == 0

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, encoding="utf-8"
        )

    def commit(self, *paths: str) -> subprocess.CompletedProcess[str]:
        added = self.run("git", "add", *paths)
        assert added.returncode == 0, added.stderr
        return self.run("git", "commit", "-q", "-m", "test")

    def commits(self) -> int:
        return len(self.run("git", "log", "--format=%h").stdout.split())


@pytest.fixture
def repository(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(project, tmp_path_factory.mktemp("tools"))


def test_the_shipped_hook_has_the_keys_that_pre_commit_reads() -> None:
    hook = shipped_hook()
    assert {key: hook[key] for key in ("id", "name", "entry", "language", "files", "types")} == {
        "id": "reportgen-check",
        "name": "reportgen check",
        "entry": "reportgen check",
        "language": "python",  # so that pre-commit installs the package, which has this command:
        "files": r"^inputs/.*\.yaml$",
        "types": ["yaml"],
    }
    assert hook["require_serial"] is True  # two files of one centre and year are compared: all in one call
    assert hook.get("pass_filenames", True) is True
    assert 'reportgen = "reportgen.__main__:main"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_hook_looks_at_every_input_that_a_check_does_and_at_no_output(project: Project) -> None:
    files = re.compile(shipped_hook()["files"])
    write_input(project, SOUND)
    inputs = [path.relative_to(project.root).as_posix() for path in project.input_files()]
    assert inputs
    assert [name for name in inputs if not files.search(name)] == []
    others = ["templates/facts.yaml", "outputs/2023/a/plain/report.docx", "inputs/2023/a.yaml.bak", "README.md"]
    assert [name for name in others if files.search(name)] == []


@with_pre_commit
def test_pre_commit_accepts_the_shipped_file() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)], capture_output=True, text=True
    )
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


@with_pre_commit
def test_a_commit_with_an_error_is_refused_and_shows_it_and_goes_through_when_mended(
    repository: Repository, project: Project
) -> None:
    write_input(project, WRONG)
    refused = repository.commit("inputs")
    assert refused.returncode == 1
    assert "inputs/2023/centre.yaml:7:12: error: “案件.受理” is stated as 864件" in refused.stdout + refused.stderr
    assert repository.commits() == 0
    write_input(project, SOUND)
    accepted = repository.commit("inputs")
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    assert repository.commits() == 1


@with_pre_commit
def test_only_the_files_of_the_commit_are_checked(repository: Repository, project: Project) -> None:
    write_input(project, WRONG, "not-yet-added")
    (project.root / "note.txt").write_text("x\n", encoding="utf-8")
    skipped = repository.commit("note.txt")
    assert skipped.returncode == 0, skipped.stderr
    assert "(no files to check)" in skipped.stdout + skipped.stderr
    write_input(project, SOUND, "sound")
    assert repository.commit("inputs/2023/sound.yaml").returncode == 0
    assert repository.commits() == 2


@with_pre_commit
def test_two_files_of_one_centre_are_compared_though_one_call_could_have_been_two(
    repository: Repository, project: Project
) -> None:
    for name in ("a", "b"):
        write_input(project, SOUND if name == "a" else SOUND.replace("577", "570").replace("845", "838"), name)
    refused = repository.commit("inputs")
    assert refused.returncode == 1
    assert "[fact-conflict]" in refused.stdout + refused.stderr


def steps() -> list[dict[str, Any]]:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert set(workflow) == {"name", True, "permissions", "jobs"}  # YAML 1.1 reads the key “on” as true
    assert set(workflow[True]) == {"push", "pull_request"}
    assert workflow["permissions"] == {"contents": "read"}
    return list(workflow["jobs"]["check"]["steps"])


def test_the_workflow_checks_out_sets_up_installs_and_checks() -> None:
    assert [step["uses"].split("@")[0] if "uses" in step else step["run"] for step in steps()] == [
        "actions/checkout",
        "actions/setup-python",
        "pip install .",
        "reportgen check --format github",
    ]
    wanted = re.search(r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    version = next(step["with"]["python-version"] for step in steps() if "with" in step)
    assert wanted
    assert int(str(version).split(".")[1]) >= int(wanted[1])


def run_workflow(project: Project, folder: Path) -> list[subprocess.CompletedProcess[str]]:
    """Run the workflow's commands of this program, as they are written, in its environment."""
    job = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["check"]
    commands = [step["run"] for step in job["steps"] if step.get("run", "").startswith("reportgen ")]
    assert commands
    return [
        subprocess.run(
            ["sh", "-ec", command],
            cwd=project.root,
            env={**environment(folder), **job["env"]},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        for command in commands
    ]


def test_the_workflow_fails_on_an_error_and_shows_it_beside_its_line(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    write_input(project, WRONG)
    [result] = run_workflow(project, tmp_path_factory.mktemp("tools"))
    assert result.returncode == 1, result.stderr
    [line] = result.stdout.splitlines()
    assert line.startswith(
        "::error file=inputs/2023/centre.yaml,line=7,col=12,endColumn=15,title=reportgen (total-mismatch)::"
    )
    assert "864件" in line
    assert "各分项之和" in line  # REPORTGEN_LANG of the workflow


def test_the_workflow_passes_where_nothing_is_wrong(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    write_input(project, SOUND)
    [result] = run_workflow(project, tmp_path_factory.mktemp("tools"))
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
