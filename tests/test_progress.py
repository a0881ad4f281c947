"""How far the work is: a bar on a terminal, a line a centre elsewhere, and nothing where a program reads."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

import pytest

from conftest import HEAD, ROOT, write_input
from reportgen.helping.bar import Bar
from reportgen.helping.progress import Progress
from reportgen.reading.project import Project
from reportgen.running.outcome import Outcome, State, Summary

pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
TEXT = "数据:\n  案件: {受理: 4}\n正文:\n  情况: 今年的工作都做完了。\n"
EVERYWHERE = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100", "LINES": "30", "NO_COLOR": "1"}


@pytest.fixture
def centres(project: Project) -> Project:
    for name in ("a", "b", "c"):
        write_input(project, HEAD.replace("测试", name) + TEXT, name)
    return project


def command(*words: str) -> list[str]:
    return [sys.executable, "-X", "importtime", "-m", "reportgen", *words]


def on_terminal(project: Project, *words: str) -> tuple[str, str]:
    """Run a command with stderr on a terminal; return what that showed, and what Python loaded."""
    ours, theirs = pty.openpty()
    run = subprocess.Popen(command(*words), cwd=project.root, env=EVERYWHERE, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        shown += piece
    run.wait(60)
    os.close(ours)
    lines = shown.decode("utf-8", "replace").splitlines(keepends=True)
    loaded = "".join(line for line in lines if line.startswith("import time:"))
    return "".join(line for line in lines if line not in loaded), loaded


def test_a_terminal_has_a_bar_with_rate_and_time_left(centres: Project) -> None:
    shown, loaded = on_terminal(centres, "build", "--no-pdf", "--jobs", "1")
    assert re.search(r"working .*[123]/3 .*(/s|/min) .*-?[\d-]:[\d-]{2}", shown)
    assert "rich.progress" in loaded
    assert "[1/3]" not in shown
    again, loaded = on_terminal(centres, "build", "--no-pdf", "--jobs", "1")
    assert "working" not in again  # nothing is to be done
    assert "rich" not in loaded


def test_one_input_has_no_bar_and_loads_none(centres: Project) -> None:
    shown, loaded = on_terminal(centres, "check", "a")
    assert "working" not in shown
    assert "rich" not in loaded


def test_a_pipe_has_a_line_for_each_that_is_worked_on(centres: Project) -> None:
    words = [sys.executable, "-m", "reportgen", "build", "--no-pdf", "--jobs", "2"]
    run = subprocess.run(words, cwd=centres.root, env=EVERYWHERE, capture_output=True, text=True, check=True)
    lines = [line for line in run.stderr.splitlines() if line.startswith("[")]
    assert lines == [f"[{n}/3] 2023/{name}: built, changed" for n, name in enumerate("abc", 1)]
    assert "\x1b" not in run.stderr
    again = subprocess.run(words, cwd=centres.root, env=EVERYWHERE, capture_output=True, text=True, check=True)
    assert "[1/3]" not in again.stderr


def test_a_program_that_reads_gets_findings_alone(centres: Project) -> None:
    words = [
        *command("build", "--no-pdf", "--format", "json")[:1],
        "-m",
        "reportgen",
        "build",
        "--no-pdf",
        "--format",
        "json",
    ]
    run = subprocess.run(words, cwd=centres.root, env=EVERYWHERE, capture_output=True, text=True, check=True)
    assert (run.stderr, run.stdout[:1]) == ("", "[")
    shown, _loaded = on_terminal(centres, "check", "--format", "json")
    assert "working" not in shown


def test_what_is_said_stands_above_the_bar_as_it_is() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    bar = Bar(stream)
    told = "inputs/2023/a.yaml:1:1: [bold]错误[/bold] :smile: " + "很长的一行" * 40
    for _each in bar.watched(range(2), range(2)):
        assert bar.say(told)
    assert stream.getvalue().count(told) == 2
    assert not bar.say(told)


def test_lines_are_counted_in_the_order_of_the_inputs() -> None:
    progress = Progress(lines=True)
    one, two = (Outcome(f"inputs/2023/{name}.yaml", (), summary=Summary(state=State.CHANGED)) for name in "ab")
    assert list(progress.watched([(1, two), (0, one)], range(2))) == [(1, two), (0, one)]
    assert [progress.line(each) for each in (one, two)] == [
        "[1/2] 2023/a: built, changed",
        "[2/2] 2023/b: built, changed",
    ]
    assert progress.line(Outcome("inputs/2023/c.yaml", (), summary=Summary(state=State.UNCHANGED))) == ""
