"""How the program starts: what builds or checks a few inputs is loaded beside the command, and never outlives it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import HEAD, ROOT, write_input
from reportgen import __main__ as program
from reportgen.reading.project import Project
from reportgen.running import crew


@pytest.mark.parametrize(
    ("arguments", "inputs", "cores", "expected"),
    [
        (["build"], 1, 2, True),
        (["check", "--format", "json"], 3, 2, True),
        (["build"], 1, 1, False),  # alone on its core it wins nothing
        (["build"], 4, 2, False),  # there is often nothing to do
        (["build", "inputs/2023/0.yaml"], 4, 2, True),
        (["build"], 0, 2, False),
        (["build", "--help"], 1, 2, False),
        (["build", "--cluster", "tcp://there:8786"], 1, 2, False),
        (["check", "--forms"], 1, 2, False),
        (["new", "甲"], 1, 2, False),
        ([], 1, 2, False),
    ],
)
def test_a_worker_is_called_where_there_will_be_work(
    project: Project, monkeypatch: pytest.MonkeyPatch, arguments: list[str], inputs: int, cores: int, expected: bool
) -> None:
    monkeypatch.chdir(project.root)
    monkeypatch.setattr(crew, "MANY", 3)
    monkeypatch.setattr(crew, "usable_cores", lambda: cores)
    for number in range(inputs):
        write_input(project, HEAD, str(number))
    assert program.wants_worker(arguments) is expected


@pytest.mark.skipif(sys.platform != "linux", reason="no /proc here")
@pytest.mark.parametrize(
    ("arguments", "code"), [(["build", "--nonsense"], 2), (["check"], 0), (["build"], 0), (["build", "nowhere"], 2)]
)
def test_nobody_outlives_the_command(project: Project, arguments: list[str], code: int) -> None:
    write_input(project, HEAD + "数据: {案件: {受理: 3}}\n")
    command = [sys.executable, "-m", "reportgen", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _time in range(2):  # with something to do, and with nothing
        process = subprocess.Popen(
            command, cwd=project.root, env=environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        told, _none = process.communicate(timeout=60)
        assert process.returncode == code, told.decode()
        until = time.monotonic() + 5.0
        while left_in(process.pid) and time.monotonic() < until:
            time.sleep(0.02)  # Python's own tracker of semaphores ends when its pipe does
        assert left_in(process.pid) == []


@pytest.mark.skipif(os.name == "nt", reason="no shell of POSIX here")
def test_who_reads_nothing_has_his_documents(project: Project) -> None:
    """Started with its outputs closed, as some schedulers do."""
    write_input(project, HEAD + "数据: {案件: {受理: 3}}\n")
    command = f"{shlex.quote(sys.executable)} -m reportgen build >&- 2>&-"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, shell=True, cwd=project.root, env=environment).returncode == 0
    assert (project.outputs / "2023" / "centre" / "plain" / "report.pdf").is_file()


def left_in(session: int) -> list[str]:
    """Return the processes of a session that are still there."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, fields = path.read_text().rpartition(")")[::2]
        except OSError:  # it has just ended
            continue
        state, _parent, _group, of, *_others = fields.split()
        if int(of) == session and state != "Z":  # dead, and nobody here asks how it died
            found.append(name)
    return found
