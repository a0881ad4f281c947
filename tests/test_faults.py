"""The n-th call of every file operation of a build fails: files are whole, and the next build is right."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import HEAD, ROOT, write_input
from reportgen.helping.board import lines_of, tally
from reportgen.reading.obstacles import remedy
from reportgen.reading.project import Project, find_project
from reportgen.reading.source import read_source
from reportgen.running.batch import build_all, standing
from reportgen.running.build import build
from reportgen.running.library import Library
from reportgen.running.outcome import Options, Outcome, State, Summary, TrialTask

NAME = "2023/nanjing"
OPTIONS = Options(pdf=False, system_fonts=False)
ERRORS: list[Callable[[], BaseException]] = [
    lambda: OSError(errno.EIO, "Input/output error"),
    lambda: OSError(errno.ENOSPC, "No space left on device"),
    lambda: PermissionError(errno.EACCES, "Permission denied"),
    lambda: OSError(errno.EROFS, "Read-only file system"),
    lambda: OSError(errno.ENAMETOOLONG, "File name too long"),
    MemoryError,
]
# What writes a file, in its order; each by where it is looked up.
OPERATIONS: list[tuple[Any, str]] = [
    (Path, "mkdir"),
    (tempfile, "mkstemp"),
    (os, "fdopen"),
    (os, "fsync"),
    (Path, "chmod"),
    (Path, "replace"),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a build without faults writes."""
    project = copied(tmp_path_factory.mktemp("whole"))
    assert not build(Library(project, system_fonts=False), project.inputs / f"{NAME}.yaml", OPTIONS).failed
    return files(project)


def copied(folder: Path) -> Project:
    (folder / "inputs" / "2023").mkdir(parents=True)
    shutil.copy(ROOT / "inputs" / f"{NAME}.yaml", folder / "inputs" / f"{NAME}.yaml")
    shutil.copytree(ROOT / "templates", folder / "templates")
    return find_project(folder)


def files(project: Project) -> dict[str, bytes]:
    found = [path for path in project.outputs.rglob("*") if path.is_file()]
    return {path.relative_to(project.outputs).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("error", ERRORS, ids=["EIO", "ENOSPC", "EACCES", "EROFS", "ENAMETOOLONG", "memory"])
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize(("owner", "name"), OPERATIONS, ids=[name for _owner, name in OPERATIONS])
def test_a_file_is_whole_or_not_there(
    tmp_path: Path, whole: dict[str, bytes], owner: Any, name: str, number: int, error: Callable[[], BaseException]
) -> None:
    project = copied(tmp_path)
    library, path = Library(project, system_fonts=False), project.inputs / f"{NAME}.yaml"
    real, calls = getattr(owner, name), 0

    def failing(*arguments: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number:
            raise error()
        return real(*arguments, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, failing)
        outcome = build(library, path, OPTIONS)
    assert calls >= 1
    written = files(project)
    assert {key: whole.get(key) for key in written} == written  # nothing else, and no half of anything
    assert outcome.failed or written == whole
    assert all(finding.message for finding in outcome.findings)
    assert not build(library, path, OPTIONS).failed
    assert files(project) == whole


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace"])
def test_a_build_that_is_killed_leaves_whole_files(
    tmp_path: Path, whole: dict[str, bytes], call: str, number: int
) -> None:
    project = copied(tmp_path)
    script = f"""
import os, pathlib, signal, sys
from reportgen.reading.project import find_project
from reportgen.running.build import build
from reportgen.running.library import Library
from reportgen.running.outcome import Options
root = pathlib.Path(sys.argv[1])
real, calls = {call}, 0
def dying(*arguments, **more):
    global calls
    calls += 1
    if calls == {number}:
        os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    return real(*arguments, **more)
{call} = dying
project = find_project(root)
build(Library(project, system_fonts=False), root / "inputs" / "{NAME}.yaml", Options(pdf=False, system_fonts=False))
"""
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, check=False)
    assert killed.returncode != 0
    written = {key: data for key, data in files(project).items() if not key.endswith(".tmp")}
    assert {key: whole.get(key) for key in written} == written
    library = Library(project, system_fonts=False)
    assert not build(library, project.inputs / f"{NAME}.yaml", OPTIONS).failed
    assert {key: data for key, data in files(project).items() if not key.endswith(".tmp")} == whole


# --- what stands in the way, and what to do about it

TEXT = "数据:\n  案件: {受理: 4}\n正文:\n  情况: 今年的工作都做完了。\n"


def built(project: Project, text: str = TEXT) -> Outcome:
    return build(Library(project, system_fonts=False), write_input(project, text), OPTIONS)


def place(project: Project, name: str = "plain/report.docx") -> Path:
    return project.outputs / "2023" / "centre" / name


@pytest.mark.parametrize(
    ("name", "blocking"),
    [("plain/report.docx", "report.docx"), ("manifest.json", "manifest.json"), ("plain", "plain"), ("..", "2023")],
)
def test_what_stands_in_a_file_s_place_is_named(project: Project, name: str, blocking: str) -> None:
    obstacle = Path(os.path.normpath(place(project, name)))
    obstacle.parent.mkdir(parents=True)
    if obstacle.suffix:
        obstacle.mkdir()
    else:
        obstacle.write_text("note", encoding="utf-8")
    outcome = built(project)
    assert [finding.code for finding in outcome.findings] == ["cannot-write"]
    assert f"“{blocking}” stands in its way" in outcome.findings[0].hint
    assert not any(path.suffix in (".docx", ".tmp") and path.is_file() for path in project.outputs.rglob("*"))


def test_what_could_not_be_written_is_told_as_long_as_it_stands_in_the_way(project: Project) -> None:
    path, options = write_input(project, TEXT), Options(pdf=False, system_fonts=False)

    def run() -> tuple[State | None, list[str]]:
        (outcome,) = build_all(project, [path], options, jobs=1)
        return outcome.summary.state, [f"{finding.code}: {finding.message}" for finding in outcome.findings]

    assert run() == (State.CHANGED, [])
    write_input(project, TEXT.replace("4}", "5}"))
    place(project).rename(place(project, "plain/kept.docx"))
    place(project).mkdir()
    shutil.copy(place(project, "plain/kept.docx"), place(project, "plain/annex.docx"))
    manifest = place(project, "manifest.json")
    manifest.write_text(manifest.read_text("utf-8").replace("report.docx", "annex.docx"), encoding="utf-8")
    state, found = run()
    assert (state, found[1:]) == (
        State.LOCKED,
        ["out-of-date: 1 document(s) there are of an earlier build, as new ones cannot be written"],
    )
    assert tally(lines_of([Outcome("inputs/2023/a.yaml", (), summary=Summary(state=state))])) == (
        "1 input(s): 0 built (0 changed); 1 cannot be written"
    )
    assert next(standing(project, [path], options)).summary.state is State.STALE
    place(project).rmdir()
    assert run()[0] is State.CHANGED


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "free some space"),
        (OSError(errno.EROFS, "Read-only file system"), "--output DIR"),
        (OSError(errno.ENAMETOOLONG, "File name too long"), "shorter path"),
        (OSError(errno.EACCES, "Permission denied"), "close it in Word or WPS"),
    ],
)
def test_each_error_has_its_own_remedy(tmp_path: Path, error: OSError, words: str) -> None:
    assert words in remedy(tmp_path / "report.docx", error)


def test_a_path_that_windows_does_not_take_is_told_by_its_length(tmp_path: Path) -> None:
    path = tmp_path / "/".join(["文" * 50] * 6) / "report.docx"
    hint = remedy(path, FileNotFoundError(errno.ENOENT, "No such file or directory"))  # so Windows says it
    assert f"its path has {len(str(path))} characters, and Windows takes 259" in hint
    assert "shorter path" not in remedy(tmp_path / "a", FileNotFoundError(errno.ENOENT, "No such file or directory"))


@pytest.mark.parametrize("name", ["", "plain"])
def test_nothing_is_written_through_a_link_out_of_the_project(
    project: Project, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    link = place(project, name)
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere, target_is_directory=True)
    outcome = built(project)
    assert [finding.code for finding in outcome.findings] == ["cannot-write"]
    assert str(elsewhere) in outcome.findings[0].message
    assert not list(elsewhere.iterdir())


def test_outputs_itself_may_lie_elsewhere(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    project.outputs.symlink_to(tmp_path_factory.mktemp("share"), target_is_directory=True)
    assert built(project).summary.state is State.CHANGED


def test_an_input_that_is_a_link_out_of_the_project_is_told(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write_input(project, TEXT)
    path.rename(secret := tmp_path_factory.mktemp("elsewhere") / "secret.yaml")
    path.symlink_to(secret)
    outcome = build(Library(project, system_fonts=False), path, OPTIONS)
    assert [finding.code for finding in outcome.findings] == ["file-unreadable"]
    assert not outcome.findings[0].span.text


@pytest.mark.parametrize("there", ["cafe\u0301.csv", "CAF\u00c9.csv"])
def test_a_list_under_a_name_that_other_systems_take_for_it_is_named(project: Project, there: str) -> None:
    path = write_input(project, HEAD + "明细: {补贴明细: caf\u00e9.csv}\n" + TEXT)
    (path.parent / there).write_text("类别,件数,标准,金额\n民事,50,1200,60000\n", encoding="utf-8")
    outcome = build(Library(project, system_fonts=False), path, OPTIONS)
    (finding,) = (finding for finding in outcome.findings if finding.code == "file-unreadable")
    assert f"rename “{there}”" in finding.hint or (path.parent / "caf\u00e9.csv").is_file()


def test_an_input_that_changes_while_it_is_read_is_built_as_it_was_and_then_anew(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_input(project, TEXT)
    real = read_source

    def saved_meanwhile(file: Path, name: str = "") -> object:
        source = real(file, name)
        write_input(project, TEXT.replace("今年", "本年"))
        return source

    monkeypatch.setattr("reportgen.running.library.read_source", saved_meanwhile)
    monkeypatch.setattr("reportgen.running.batch.Staff.at_work", lambda *arguments: Here(arguments))
    (first,) = build_all(project, [path], OPTIONS)
    before = place(project).read_bytes()
    monkeypatch.setattr("reportgen.running.library.read_source", real)
    (second,) = build_all(project, [path], OPTIONS)
    assert (first.summary.state, second.summary.state) == (State.CHANGED, State.CHANGED)
    assert first.summary.meaning != second.summary.meaning
    assert before != place(project).read_bytes()


class Here:
    """Works in this process, so that a test can see to what is read."""

    def __init__(self, hired: Any) -> None:
        _staff, self.project, self.system_fonts, *_others = hired

    def work(self, tasks: list[Any], at_once: int = 0) -> Iterator[tuple[int, Any]]:
        library = Library(self.project, self.system_fonts)
        for index, task in enumerate(tasks):
            yield index, {} if isinstance(task, TrialTask) else build(library, task.path, task.options)

    def stop(self) -> None: ...


# --- Ctrl-C, and the rights of files

posix = pytest.mark.skipif(os.name == "nt", reason="signals and umask are those of POSIX")


@posix
def test_ctrl_c_ends_with_130_and_leaves_nothing_behind(project: Project) -> None:
    for number in range(12):
        write_input(project, HEAD.replace("测试", f"第{number}") + TEXT, f"c{number}")
    command = [sys.executable, "-m", "reportgen", "build", "--fonts", "bundled", "--jobs", "2"]
    everywhere = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        command, cwd=project.root, env=everywhere, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    end = time.monotonic() + 120
    while not list(project.outputs.glob("*/*/manifest.json")) and time.monotonic() < end:
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: all of the group
    _out, errors = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Traceback" not in errors
    assert "stopped by Ctrl-C" in errors.splitlines()[-1]
    assert ends_soon(run.pid)
    again = subprocess.run(command, cwd=project.root, env=everywhere, capture_output=True, text=True, check=False)
    assert (again.returncode, "edited by hand" in again.stderr) == (0, False)
    assert len(list(project.outputs.glob("2023/*/plain/report.pdf"))) == 12
    assert not list(project.outputs.rglob("*.tmp"))


def ends_soon(group: int) -> bool:
    """Tell whether no process of a group is left after a moment."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@posix
@pytest.mark.parametrize("umask", [0o077, 0o002])
def test_files_have_the_rights_that_umask_leaves(project: Project, umask: int) -> None:
    write_input(project, HEAD + TEXT)
    command = [sys.executable, "-m", "reportgen", "build", "--no-pdf"]
    subprocess.run(command, cwd=project.root, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, umask=umask)
    made = list(project.outputs.rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in made if path.is_file()} == {0o666 & ~umask}
    assert {path.stat().st_mode & 0o777 for path in made if path.is_dir()} == {0o777 & ~umask}
