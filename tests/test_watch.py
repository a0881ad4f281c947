"""A save is built at once, and what changed with it is told: findings that are new or gone, documents, drafts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import HEAD, ROOT, write_input
from reportgen.helping import watch
from reportgen.helping.watch import Round, Watcher, saves
from reportgen.reading.project import Project
from reportgen.running.batch import Staff
from reportgen.running.build import build
from reportgen.running.library import Library
from reportgen.running.outcome import Options, Outcome, State

SOUND = "数据:\n  案件: {受理: 445, 民事: 93, 刑事: 352}\n"
WRONG = SOUND.replace("445", "446")
QUICK = Options(pdf=False)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds happen in this process: starting workers takes seconds, and the command's test does so."""

    def built(project: Project, paths: list[Path], options: Options, staff: Staff) -> Iterator[Outcome]:
        library = Library(project, system_fonts=False)
        return (build(library, path, options) for path in paths)

    monkeypatch.setattr(watch, "build_all", built)


def codes(found: Round) -> tuple[list[str], list[str]]:
    return [finding.code for finding in found.new], [finding.code for finding in found.gone]


@pytest.mark.usefixtures("here")
def test_findings_that_are_new_or_gone_are_told_and_documents(project: Project) -> None:
    path = write_input(project, SOUND)
    watcher = Watcher(project, options=QUICK)
    first = watcher.build()
    assert (codes(first), first.files) == (([], []), ("outputs/2023/centre/plain/report.docx",))
    write_input(project, WRONG)
    assert codes(watcher.build({path})) == (["total-mismatch", "out-of-date"], [])
    path.write_text(HEAD + "# a line above\n" + WRONG, encoding="utf-8")
    assert codes(watcher.build({path})) == ([], [])  # the same finding, a line further down
    write_input(project, SOUND)
    assert codes(watcher.build({path})) == ([], ["total-mismatch", "out-of-date"])
    path.unlink()
    assert watcher.build({path}).outcomes == ()


@pytest.mark.usefixtures("here")
def test_a_draft_is_made_of_what_has_errors_and_was_saved(project: Project) -> None:
    names = {name: HEAD.replace("测试中心", f"{name}中心") for name in ("甲", "乙", "丙")}
    paths = [write_input(project, names[name] + text, stem)
             for name, text, stem in (("甲", WRONG, "a"), ("乙", SOUND, "b"), ("丙", WRONG, "c"))]  # fmt: skip
    watcher = Watcher(project, options=QUICK, draft=True)
    found = watcher.build()
    assert [outcome.summary.state for outcome in found.outcomes] == [State.DRAFT, State.CHANGED, State.DRAFT]
    assert codes(found) == (["total-mismatch"] * 2, [])
    paths[0].write_text(names["甲"] + WRONG.replace("446", "447"), encoding="utf-8")
    found = watcher.build({paths[0]})
    assert [outcome.summary.state for outcome in found.outcomes] == [State.DRAFT, State.UNCHANGED, State.DRAFT]
    assert (len(found.new), len(found.gone)) == (1, 1)
    paths[0].write_text(names["甲"] + SOUND, encoding="utf-8")
    found = watcher.build({paths[0]})
    assert [outcome.summary.state for outcome in found.outcomes] == [State.CHANGED, State.UNCHANGED, State.DRAFT]


def test_workers_stay_until_a_template_changes(project: Project) -> None:
    staff = Staff()
    crew = staff.at_work(project, True, frozenset(), 1)
    assert staff.at_work(project, True, frozenset(), 2) is crew
    assert crew.size == 2
    (project.templates / "plain" / "report.md").write_text("# 另一标题\n", encoding="utf-8")
    assert staff.at_work(project, True, frozenset(), 1) is not crew
    staff.stop()


@pytest.mark.parametrize("poll", [False, True])
def test_saves_are_seen_and_what_nobody_reads_is_not(project: Project, poll: bool) -> None:
    path = write_input(project, SOUND)
    stop = threading.Event()
    timer = threading.Timer(20, stop.set)
    timer.start()
    seen = saves(project, poll, stop)
    assert next(seen) is None
    (path.parent / ".centre.yaml.swp").write_bytes(b"x")
    (path.parent / "notes.txt").write_bytes(b"x")
    for text in (b"# x\n", b"# y\n"):  # both within a second
        path.write_bytes(path.read_bytes() + text)
        assert next(seen) == {path.resolve()}
    stop.set()
    assert list(seen) == []
    timer.cancel()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise on Windows")
def test_the_command_builds_on_a_save_and_ends_with_ctrl_c(project: Project) -> None:
    path = write_input(project, SOUND)
    command = [sys.executable, "-m", "reportgen", "watch", "centre", "--no-pdf"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "REPORTGEN_LANG": "en"}
    with subprocess.Popen(
        command, cwd=project.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as process:
        timer = threading.Timer(60, process.kill)
        timer.start()
        assert process.stdout
        assert until_it_waits(process.stdout)[0] == "outputs/2023/centre/plain/report.docx"
        started = time.monotonic()
        save(path, WRONG)
        assert "total-mismatch" in until_it_waits(process.stdout)[0]
        assert time.monotonic() - started < 10  # 0.3 s on a machine that is not busy
        save(path, SOUND)
        assert until_it_waits(process.stdout)[0].startswith("gone: inputs/2023/centre.yaml: ")
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().strip() == "no longer watching"
        assert process.wait(10) == 0
        timer.cancel()


def save(path: Path, text: str) -> None:
    """Save a file as editors do: a new one takes its place."""
    beside = path.with_suffix(".tmp")
    beside.write_text(HEAD + text, encoding="utf-8")
    beside.replace(path)


def until_it_waits(lines: Iterator[str]) -> list[str]:
    """Return the lines up to the one that says that it is watching again."""
    found: list[str] = []
    for line in lines:
        found.append(line.strip())
        if "Ctrl-C" in line:
            break
    return found
