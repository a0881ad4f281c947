"""What changed since a revision of git: an input, or what it depends on; and nothing else."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import new_project, write_input
from reportgen.cli import main
from reportgen.helping.past import PastError
from reportgen.helping.since import changed_since
from reportgen.reading.project import Project

TEXT = """\
单位: {name}中心
地区: {place}
年度: {year}
日期: 2024-01-15
报告: [plain]
{more}数据:
  案件: {{受理: {cases}}}
"""


def git(project: Project, *words: str) -> None:
    who = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ["-c", "user.name=测试", "-c", "user.email=test@example.org"]
    subprocess.run(["git", "-C", str(project.root), *identity, *words], check=True, env=who, capture_output=True)


def written(project: Project, name: str, year: int = 2023, place: str = "某市", cases: int = 4, more: str = "") -> Path:
    text = TEXT.format(name=name, place=place, year=year, cases=cases, more=more)
    return write_input(project, text, name, str(year))


@pytest.fixture
def committed(project: Project) -> Project:
    """A city, which may ask for any file beside it, with two centres; one of these has last year's file, a list, and names another's district."""
    written(project, "east", 2022)
    path = written(project, "east")
    path.write_text(path.read_text(encoding="utf-8") + "正文:\n  情况: 与清河区一样。\n", encoding="utf-8")
    written(project, "west", more="明细: {补贴明细: list.csv}\n")
    written(project, "city", more="下辖: [east, west]\n")
    written(project, "far", place="某省某市清河区")
    (project.inputs / "2023" / "list.csv").write_text("类别,件数\n", encoding="utf-8")
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-qm", "one")
    return project


def found(project: Project, revision: str = "HEAD") -> list[str]:
    return [f"{path.parent.name}/{path.stem}" for path in changed_since(project, project.input_files(), revision)]


def move_far(project: Project) -> None:
    written(project, "far", place="某省某市清江区")


def move_file(project: Project) -> None:
    (project.inputs / "2023" / "far.yaml").rename(project.inputs / "2023" / "moved.yaml")


def change_list(project: Project) -> None:
    (project.inputs / "2023" / "list.csv").write_text("类别,金额\n", encoding="utf-8")


def change_form(project: Project) -> None:
    (project.templates / "plain" / "report.md").write_text("# 情况\n", encoding="utf-8")


def set_fonts(project: Project) -> None:
    (project.root / "reportgen.yaml").write_text("字体: 随程序\n", encoding="utf-8")


ALL = ["2022/east", "2023/city", "2023/east", "2023/far", "2023/west"]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda project: None, []),
        (lambda project: written(project, "far", place="某省某市清河区", cases=5), ["2023/city", "2023/far"]),
        (lambda project: written(project, "east", 2022, cases=5), ["2022/east", "2023/east"]),
        (lambda project: written(project, "west", cases=5), ["2023/city", "2023/west"]),
        (lambda project: (project.inputs / "2023" / "west.yaml").unlink(), ["2023/city"]),
        (lambda project: written(project, "new"), ["2023/city", "2023/new"]),
        (move_file, ["2023/city", "2023/moved"]),
        (change_list, ["2023/city", "2023/west"]),
        (move_far, ["2023/city", "2023/east", "2023/far"]),  # it names 清河区, which is no centre's any more
        (change_form, ALL),
        (set_fonts, ALL),
    ],
)
def test_what_changed_and_what_depends_on_it(
    committed: Project, change: Callable[[Project], object], names: list[str]
) -> None:
    change(committed)
    assert found(committed) == names


def test_what_was_committed_since_counts_too(committed: Project) -> None:
    written(committed, "far", place="某省某市清河区", cases=5)
    git(committed, "commit", "-qam", "two")
    assert (found(committed), found(committed, "HEAD~1")) == ([], ["2023/city", "2023/far"])


def test_a_project_in_a_folder_of_its_repository(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    project = new_project(tmp_path / "office")
    path = written(project, "east")
    top = Project(tmp_path, project.templates, project.outputs)
    git(top, "init", "-q")
    git(top, "add", ".")
    git(top, "commit", "-qm", "one")
    (top.root / "note.txt").write_text("1", encoding="utf-8")
    assert found(project) == []
    path.write_text(path.read_text(encoding="utf-8") + "# 改\n", encoding="utf-8")
    assert found(project) == ["2023/east"]


@pytest.mark.parametrize("revision", ["nothing", "--output=x", "HEAD:inputs", ""])
def test_what_is_no_revision_is_told(committed: Project, revision: str) -> None:
    with pytest.raises(PastError, match=r"git knows no revision “.*”: type one such as HEAD~1"):
        found(committed, revision)


def test_the_commands_take_the_changed_ones_alone(committed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(committed.root)
    nothing = CliRunner().invoke(main, ["build", "--changed-since", "HEAD"])
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    written(committed, "far", place="某省某市清河区", cases=5)
    built = CliRunner().invoke(main, ["build", "--changed-since", "HEAD", "--no-pdf"])
    assert "outputs/2023/far/plain/report.docx\n" in built.stdout
    assert "east" not in built.stdout
    wrong = CliRunner().invoke(main, ["check", "2023", "--changed-since", "nothing"])
    assert (wrong.exit_code, "git knows no revision “nothing”" in wrong.output) == (2, True)
    assert "Command" not in wrong.output
