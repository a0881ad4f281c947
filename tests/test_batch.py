"""Many inputs: in order, none able to stop the others."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from conftest import HEAD, write_input
from reportgen import batch
from reportgen.batch import build_all, twins_of
from reportgen.build import Options, Outcome
from reportgen.project import Project

FACTS = "数据:\n  案件: {受理: 445}\n"


def test_outcomes_come_in_the_order_of_the_inputs_and_errors_stay_with_their_own(project: Project) -> None:
    paths = [write_input(project, FACTS, f"c{n}") for n in range(5)]
    paths[2].write_text(HEAD + "数据:\n  案件: {受里: 445}\n", encoding="utf-8")
    outcomes = list(build_all(project, paths, Options(pdf=False), jobs=2))
    assert [outcome.input for outcome in outcomes] == [f"inputs/2023/c{n}.yaml" for n in range(5)]
    assert [outcome.failed for outcome in outcomes] == [False, False, True, False, False]
    assert not (project.outputs / "2023" / "c2").exists()


def test_two_files_of_one_centre_and_year_are_twins(project: Project) -> None:
    first, second = write_input(project, FACTS, "a"), write_input(project, FACTS, "b")
    other = write_input(project, HEAD.replace("测试中心", "另一中心") + FACTS, "c")
    assert twins_of([first, second, other]) == {first: [second], second: [first]}


def test_twins_that_disagree_are_both_named_and_not_built(project: Project) -> None:
    paths = [write_input(project, FACTS, "a"), write_input(project, FACTS.replace("445", "440"), "b")]
    outcomes = list(build_all(project, paths, Options(pdf=False)))
    assert [[finding.code for finding in outcome.findings] for outcome in outcomes] == [["fact-conflict"]] * 2


def _job(_library: Any, path: Path, _options: Options, _twins: Any) -> Outcome:
    """Stand in for build: crash, hang or fail as the file's name says."""
    match path.stem:
        case "crash":
            os.kill(os.getpid(), 11)
        case "leave":
            os._exit(0)
        case "hang":
            time.sleep(1000)
    return Outcome(path.stem, ())


def test_a_crash_and_a_hang_are_charged_to_their_own_input(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_serve", _serve_jobs)
    monkeypatch.setattr(batch, "TIMEOUT", 4.0)
    names = ["a", "crash", "b", "hang", "c", "leave", "d"]
    paths = [project.inputs / "2023" / f"{name}.yaml" for name in names]
    outcomes = list(build_all(project, paths, Options(), jobs=2))
    codes = [[finding.code for finding in outcome.findings] for outcome in outcomes]
    assert codes == [[], ["worker-crashed"], [], ["worker-timeout"], [], ["worker-crashed"], []]


def _serve_jobs(connection: Any, _project: Project, _options: Options) -> None:
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        connection.send(_job(None, task.path, Options(), ()))


def test_a_template_that_never_ends_is_stopped(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    house = project.templates / "house" / "report.typ"
    house.write_text("#for i in range(100000) { for j in range(100000) {} }\n", encoding="utf-8")
    monkeypatch.setattr(batch, "TIMEOUT", 6.0)
    outcomes = list(build_all(project, [write_input(project, FACTS)], Options()))
    assert [finding.code for outcome in outcomes for finding in outcome.findings] == ["worker-timeout"]
