"""fix --bind: a typed figure that a fact names becomes a reference, where every document prints the same then."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import HEAD
from reportgen.cli import main
from reportgen.helping.binding import Binding
from reportgen.reading.project import Project
from reportgen.running.library import Library

INPUT = f"""\
{HEAD}数据:
  案件: {{受理: 1445, 民事: 93, 刑事: 1352, 旁听: 22}}
  资金: {{到位: 62}}
正文:
"""


def written(project: Project, text: str, end: str = "\n") -> Path:
    path = project.inputs / "2023" / "a.yaml"
    path.write_bytes((INPUT + text).replace("\n", end).encode())
    return path


def offered(project: Project, path: Path) -> list[str]:
    binding = Binding(Library(project, system_fonts=False), path, path.read_bytes())
    return [f"{offer.figure} {offer.reference}" for offer in binding.offers()]


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("  情况: 受理案件1445件，其中民事案件93件。", ["1445件 {{ 案件.受理 }}件", "93件 {{ 案件.民事 }}件"]),
        ("  情况: |\n    全年旁听庭审22起。", ["22起 {{ 案件.旁听 }}起"]),  # the unit that was typed
        ("  情况: |\n    受理案件1,445件。", []),  # 1445 would be printed
        ("  情况: |\n    受理案件1446件。", []),  # it contradicts
        ("  情况: |\n    去年受理案件1445件。", []),
        ("  情况: |\n    受理案件{{ 案件.受理 }}件。", []),
        ("  情况: 见表。\n  别的: 受理案件1445件。", []),  # no form prints it
    ],
)
def test_what_prints_the_same_is_offered(project: Project, text: str, references: list[str]) -> None:
    assert offered(project, written(project, text + "\n"))[: len(references) or None] == references


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_all_are_written_with_yes(project: Project, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    path = written(project, "  情况: |  # 原样\n    受理案件1445件，民事案件93件。\n\n    刑事案件1352件。\n", end)
    monkeypatch.chdir(project.root)
    shown = CliRunner().invoke(main, ["fix", "--bind", "--diff", "a"])
    assert shown.exit_code == 1
    assert "{{" not in path.read_text("utf-8")
    result = CliRunner().invoke(main, ["fix", "--bind", "--yes", "a"])
    assert result.exit_code == 0, result.output
    lines = "  情况: |  # 原样\n    受理案件{{ 案件.受理 }}件，民事案件{{ 案件.民事 }}件。\n\n    刑事案件{{ 案件.刑事 }}件。\n"
    assert path.read_bytes() == (INPUT + lines).replace("\n", end).encode()
    assert CliRunner().invoke(main, ["fix", "--bind", "--yes", "a"]).exit_code == 0


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ("n\ny\nn\n", "受理案件1445件，民事案件{{ 案件.民事 }}件，刑事案件1352件。"),
        ("y\nq\n", "受理案件{{ 案件.受理 }}件，民事案件93件，刑事案件1352件。"),
        ("n\na\n", "受理案件1445件，民事案件{{ 案件.民事 }}件，刑事案件{{ 案件.刑事 }}件。"),
        ("q\n", "受理案件1445件，民事案件93件，刑事案件1352件。"),
    ],
)
def test_each_is_asked(project: Project, monkeypatch: pytest.MonkeyPatch, answers: str, text: str) -> None:
    path = written(project, "  情况: 受理案件1445件，民事案件93件，刑事案件1352件。\n")
    monkeypatch.chdir(project.root)
    monkeypatch.setattr("reportgen.cli.is_answered", lambda: True)
    result = CliRunner().invoke(main, ["fix", "--bind", "a"], input=answers)
    assert result.exit_code == 0, result.output
    assert path.read_text("utf-8") == f"{INPUT}  情况: {text}\n"


def test_where_nobody_can_answer_nothing_is_written(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(project, "  情况: 受理案件1445件。\n")
    monkeypatch.chdir(project.root)
    assert CliRunner().invoke(main, ["fix", "--bind", "a"]).exit_code == 2
    assert path.read_text("utf-8") == f"{INPUT}  情况: 受理案件1445件。\n"
