"""Many inputs -> their outcomes, in order: one task in flight per worker process, none able to stop the others.

A worker that crashes, or takes too long (Typst cannot be interrupted), is charged to its own input and replaced.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

from reportgen.build import Library, Options, Outcome, build, check
from reportgen.findings import Finding, Span
from reportgen.messages import _
from reportgen.project import Project, glance

TIMEOUT = 180.0  # seconds for one input
TASKS_PER_WORKER = 200
FEW = 24  # inputs that are checked before workers have started


def twins_of(paths: Iterable[Path]) -> dict[Path, list[Path]]:
    """Return, for each file that has any, the other files of the same centre and year."""
    groups: dict[frozenset[tuple[str, str]], list[Path]] = defaultdict(list)
    for path in paths:
        identity = frozenset(entry for entry in glance(path) if entry[0] != "地区")
        if len(identity) == 2:
            groups[identity].append(path)
    return {
        path: [other for other in group if other != path]
        for group in groups.values()
        if len(group) > 1
        for path in group
    }


def check_all(project: Project, paths: list[Path], jobs: int = 0) -> Iterator[Outcome]:
    """Check every input, many of them in worker processes; yield the outcomes in the order of ``paths``."""
    if len(paths) > FEW:
        yield from build_all(project, paths, Options(write=False), jobs)
        return
    library, twins = Library(project), twins_of(paths)
    yield from (check(library, path, twins.get(path, ())) for path in paths)


def build_all(project: Project, paths: list[Path], options: Options, jobs: int = 0) -> Iterator[Outcome]:
    """Build every input in worker processes; yield the outcomes in the order of ``paths``."""
    twins = twins_of(paths)
    tasks = [_Task(index, path, tuple(twins.get(path, ()))) for index, path in enumerate(paths)]
    crew = _Crew(project, options, min(jobs or os.cpu_count() or 1, len(tasks)))
    done: dict[int, Outcome] = {}
    shown = 0
    try:
        for index, outcome in crew.work(tasks):
            done[index] = outcome
            while shown in done:
                yield done.pop(shown)
                shown += 1
    finally:
        crew.stop()


@dataclass(frozen=True)
class _Task:
    index: int
    path: Path
    twins: tuple[Path, ...]


@dataclass
class _Worker:
    process: multiprocessing.process.BaseProcess
    task: _Task | None = None
    started: float = 0.0
    tasks: int = 0


@dataclass
class _Crew:
    project: Project
    options: Options
    size: int
    workers: dict[Connection, _Worker] = field(default_factory=dict)

    def work(self, tasks: list[_Task]) -> Iterator[tuple[int, Outcome]]:
        """Yield index and outcome of every task, as they come."""
        todo = tasks[::-1]
        while todo or any(worker.task for worker in self.workers.values()):
            self.hand_out(todo)
            for connection in wait(list(self.workers), timeout=0.2):
                yield from self.collect(connection)  # type: ignore[arg-type]
            yield from self.overdue()

    def hand_out(self, todo: list[_Task]) -> None:
        while todo and len(self.workers) < self.size:
            self.hire()
        for connection, worker in list(self.workers.items()):
            if worker.task is None and worker.tasks >= TASKS_PER_WORKER:
                self.dismiss(connection)
            elif worker.task is None and todo:
                worker.task, worker.started = todo.pop(), time.monotonic()
                worker.tasks += 1
                connection.send(worker.task)

    def collect(self, connection: Connection) -> Iterator[tuple[int, Outcome]]:
        worker = self.workers[connection]
        try:
            outcome = connection.recv()
        except (EOFError, OSError):
            task = worker.task
            self.dismiss(connection)
            if task:
                message = _("the program that built it crashed (exit code {code})").format(code=worker.process.exitcode)
                yield task.index, self.failure("worker-crashed", task, message)
            return
        if worker.task:
            yield worker.task.index, outcome
        worker.task = None

    def overdue(self) -> Iterator[tuple[int, Outcome]]:
        for connection, worker in list(self.workers.items()):
            if worker.task and time.monotonic() - worker.started > TIMEOUT:
                task = worker.task
                self.dismiss(connection)
                message = _("it took longer than {n} seconds and was stopped").format(n=int(TIMEOUT))
                yield task.index, self.failure("worker-timeout", task, message)

    def failure(self, code: str, task: _Task, message: str) -> Outcome:
        name = self.project.name(task.path)
        hint = _("look for a loop without end in the templates; the other inputs are not touched by this")
        return Outcome(name, (Finding(code, Span(name), message, hint),))

    def hire(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self.project, self.options), daemon=True)
        process.start()
        theirs.close()
        self.workers[ours] = _Worker(process)

    def dismiss(self, connection: Connection) -> None:
        worker = self.workers.pop(connection)
        connection.close()
        if worker.task:
            worker.process.kill()
        worker.process.join(5)

    def stop(self) -> None:
        """Let idle workers go and kill busy ones."""
        for connection in list(self.workers):
            self.dismiss(connection)


def _serve(connection: Connection, project: Project, options: Options) -> None:
    """Build what comes, until nothing comes any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which stops us
    library = Library(project, options.system_fonts)
    while True:
        try:
            task: _Task = connection.recv()
        except (EOFError, OSError):
            return
        if options.write:
            connection.send(build(library, task.path, options, task.twins))
        else:
            connection.send(check(library, task.path, task.twins))
