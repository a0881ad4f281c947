"""The n-th call of every file operation of a build fails: files are whole, and the next build is right."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from reportgen.reading.project import Project, find_project
from reportgen.running.build import build
from reportgen.running.library import Library
from reportgen.running.outcome import Options

NAME = "2023/nanjing"
OPTIONS = Options(pdf=False, system_fonts=False)
ERRORS: list[Callable[[], BaseException]] = [
    lambda: OSError(errno.EIO, "Input/output error"),
    lambda: OSError(errno.ENOSPC, "No space left on device"),
    lambda: PermissionError(errno.EACCES, "Permission denied"),
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


@pytest.mark.parametrize("error", ERRORS, ids=["EIO", "ENOSPC", "EACCES", "memory"])
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
