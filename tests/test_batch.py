"""Many inputs: in order, none able to stop the others."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import HEAD, write_input
from reportgen.reading.project import Project, glance
from reportgen.running import crew as crew_module
from reportgen.running.batch import build_all, died, outcomes_of
from reportgen.running.crew import Crew, Recruit, called
from reportgen.running.kin import twins_of
from reportgen.running.limits import SIGKILL, deadline
from reportgen.running.outcome import Options

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
    assert twins_of({path: glance(path) for path in (first, second, other)}) == {first: (second,), second: (first,)}


def test_two_centres_of_one_name_in_two_cities_are_two_centres(project: Project) -> None:
    """鼓楼区 of Nanjing and of Xuzhou, in one province."""
    head = HEAD.replace("测试中心", "鼓楼区法律援助中心")
    nanjing = write_input(project, head.replace("某市", "江苏省南京市鼓楼区") + FACTS, "nanjing-gulou")
    xuzhou = write_input(
        project, head.replace("某市", "江苏省徐州市鼓楼区") + FACTS.replace("445", "440"), "xuzhou-gulou"
    )
    outcomes = list(build_all(project, [nanjing, xuzhou], Options(pdf=False)))
    assert [outcome.findings for outcome in outcomes] == [(), ()]
    assert all(outcome.files for outcome in outcomes)


def test_twins_that_disagree_are_both_named_and_not_built(project: Project) -> None:
    paths = [write_input(project, FACTS, "a"), write_input(project, FACTS.replace("445", "440"), "b")]
    outcomes = list(build_all(project, paths, Options(pdf=False)))
    assert [[finding.code for finding in outcome.findings] for outcome in outcomes] == [["fact-conflict"]] * 2


# --- workers that die ----------------------------------------------------------------------------------------


def jobs(connection: Any, log: Path, marks: Path) -> None:
    """Stand in for a worker: crash, hang or be killed as the task says."""
    with log.open("w") as file:
        while True:
            try:
                task = connection.recv()
            except (EOFError, OSError):
                return
            match task:
                case "crash":
                    print("thread panicked at the disk", file=file, flush=True)
                    os.kill(os.getpid(), 11)
                case "leave":
                    os._exit(3)
                case "killed":
                    os.kill(os.getpid(), SIGKILL)
                case "killed once" if not (marks / "once").exists():
                    (marks / "once").touch()
                    os.kill(os.getpid(), SIGKILL)
                case "hang":
                    with deadline(1.0, file):
                        time.sleep(1000)
                case "hang hard":
                    time.sleep(1000)
                case "pid":
                    task = os.getpid()
            connection.send(task)


def quit_at_once(_connection: Any, _log: Path) -> None:
    os._exit(3)


def crew_of(folder: Path, size: int = 2, seconds: float = 5.0) -> Crew:
    return Crew(f"{__name__}:jobs", (folder,), size, folder, seconds)


def test_a_death_is_charged_to_its_own_task_and_says_how(tmp_path: Path) -> None:
    crew = crew_of(tmp_path)
    tasks = ["a", "crash", "b", "hang", "c", "leave", "d", "killed"]
    results = dict(crew.work(tasks))
    crew.stop()
    assert [results[index] for index in (0, 2, 4, 6)] == ["a", "b", "c", "d"]
    crash, hang, leave, killed = (results[index] for index in (1, 3, 5, 7))
    assert (crash.code, crash.timed_out, crash.last_words) == (-11, False, "thread panicked at the disk")
    assert (hang.timed_out, leave.code, leave.timed_out) == (True, 3, False)
    assert (killed.by_system, crash.by_system) == (True, False)
    told = [died("inputs/2023/a.yaml", death, 180) for death in (crash, hang, leave, killed)]
    assert [finding.code for finding in told] == ["worker-crashed", "worker-timeout", "worker-crashed", "out-of-memory"]
    assert "(signal 11): thread panicked at the disk" in told[0].message
    assert "(exit code 3)" in told[2].message


def test_a_recruit_does_the_work_and_one_that_is_not_needed_is_gone(tmp_path: Path) -> None:
    idle, used = (Recruit.of(f"{__name__}:jobs") for _number in range(2))
    crew = crew_of(tmp_path, size=1)
    crew.recruits = [idle, used]
    assert dict(crew.work(["a", "pid"])) == {0: "a", 1: used.process.pid}
    crew.stop()
    assert crew.recruits == [idle]
    idle.dismiss()
    assert not idle.process.is_alive()


def test_who_was_called_before_comes_first_and_goes_when_nobody_needs_him(tmp_path: Path) -> None:
    entry = f"{__name__}:jobs"
    with called(entry):
        (first,) = crew_module._called
        other = Recruit.of(f"{__name__}:quit_at_once")
        other.dismiss()
        assert other.process.pid != first.process.pid
        crew = crew_of(tmp_path, size=1)
        assert dict(crew.work(["pid"])) == {0: first.process.pid}
        crew.stop()
    with called(entry):
        (idle,) = crew_module._called
    assert not idle.process.is_alive()
    assert crew_module._called == []


def test_the_next_task_is_asked_for_when_somebody_is_free(tmp_path: Path) -> None:
    asked: list[str] = []

    def tasks() -> Iterator[str]:
        for task in "abcd":
            asked.append(task)
            yield task

    crew = crew_of(tmp_path, size=2)
    seen = [(len(asked), result) for _index, result in crew.work(tasks())]
    crew.stop()
    assert sorted(result for _number, result in seen) == ["a", "b", "c", "d"]
    assert seen[0][0] == 2
    assert all(number <= 2 + done for done, (number, _result) in enumerate(seen))


def test_a_worker_that_does_not_end_itself_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportgen.running.crew.GRACE", 0.5)
    crew = crew_of(tmp_path, seconds=1.0)
    ((_index, death),) = crew.work(["hang hard"])
    assert (death.timed_out, death.by_system) == (True, False)


def test_a_worker_that_dies_before_it_has_a_log_is_a_death(tmp_path: Path) -> None:
    crew = Crew(f"{__name__}:quit_at_once", (), 1, tmp_path, 5.0)
    ((_index, death),) = crew.work(["never"])
    assert (death.code, death.timed_out, death.log, death.last_words) == (3, False, (), "")


def test_what_the_system_killed_is_done_once_more_alone(project: Project, tmp_path: Path) -> None:
    crew = crew_of(tmp_path)
    tasks = ["a", "killed once", "b", "killed"]
    outcomes = dict(
        outcomes_of(crew, enumerate(map(str, tasks)), lambda index, death: died(tasks[index], death, 1).code)
    )
    crew.stop()
    assert outcomes == {0: "a", 1: "killed once", 2: "b", 3: "out-of-memory"}
