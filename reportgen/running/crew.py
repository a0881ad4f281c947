"""Tasks -> their results from worker processes, one task in flight in each; how a worker died is a result too."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pkgutil
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Literal, Protocol

from reportgen.running.limits import SELDOM, SIGKILL, usable_cores

SERVE = "reportgen.running.worker:serve"
MANY = 200  # inputs that take longer to recall than a process to load the program
START: Literal["spawn"] = "spawn"  # how processes are born: the one way that all systems have
TASKS_PER_WORKER = 2000
GRACE = 5.0  # seconds after which a worker that has not ended itself is killed
TIMED_OUT = "Timeout ("  # what faulthandler writes before it ends a process


class NoCrewError(Exception):
    """There is nobody to do the work; the message says what to do."""


@dataclass(frozen=True)
class Death:
    """How a worker died over a task: its exit code (negative: a signal), and the lines that it left in its log."""

    code: int | None
    timed_out: bool
    by_system: bool  # killed, and not by us: memory ran out
    log: tuple[str, ...]

    @property
    def last_words(self) -> str:
        """The last line of its log that says something."""
        return next((line.strip() for line in reversed(self.log) if line.strip()), "")

    @property
    def out_of_memory(self) -> bool:
        """Whether it met its own limit of memory."""
        return any(words in line for line in self.log for words in ("memory allocation of", "MemoryError"))


@dataclass(frozen=True)
class Last:
    """The result of a worker that can do no more: it goes, and another comes."""

    result: Any


class Hands(Protocol):
    """Whoever does tasks: processes of this machine, or of others."""

    def work(self, tasks: Iterable[Any], at_once: int = 0) -> Iterator[tuple[int, Any]]:
        """Yield index and result of every task, or the Death of its process, as they come; ``at_once``: no more.

        The next task is asked for as soon as somebody is free to do it.
        """

    def stop(self) -> None:
        """Free what is held between tasks."""


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Let a process be born deaf to Ctrl-C, which is for us: until it can say so itself, it would die with a stack."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # Python's own, which lets Ctrl-C through once it is born
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True)
class Recruit:
    """A process that loads ``entry``, and then waits for what it is to work with.

    The function is named as module:function, for it may take longer to load than all that we do ourselves.
    """

    entry: str
    process: multiprocessing.process.BaseProcess
    connection: Connection

    @staticmethod
    def of(entry: str) -> Recruit:
        """Return one that was called before, or start a process."""
        return _called.pop() if _called and _called[-1].entry == entry else Recruit.new(entry)

    @staticmethod
    def new(entry: str) -> Recruit:
        """Start a process."""
        context = multiprocessing.get_context(START)
        ours, theirs = context.Pipe()
        process = context.Process(target=_enter, args=(entry, theirs), daemon=True)
        with _without_ctrl_c():
            process.start()
        theirs.close()
        return Recruit(entry, process, ours)

    def dismiss(self) -> None:
        """Let it go, though it has done nothing."""
        self.connection.close()
        self.process.kill()
        self.process.join(5)


def recruits_for(number: int) -> bool:
    """Tell whether a process that loads the program meanwhile wins time for so many inputs.

    Of many there is often nothing to do; alone on its core it wins nothing.
    """
    return 0 < number <= MANY and usable_cores() > 1


_called: list[Recruit] = []


@contextmanager
def called(entry: str) -> Iterator[None]:
    """Have a process load ``entry`` while the command itself is loaded, which takes as long; unused it goes."""
    with suppress(OSError):  # told where one is needed
        _called.append(Recruit.new(entry))
    try:
        yield
    finally:
        while _called:
            _called.pop().dismiss()


def _enter(entry: str, connection: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which stops us
    gc.set_threshold(*SELDOM)
    serve = pkgutil.resolve_name(entry)
    try:
        log, *arguments = connection.recv()
    except (EOFError, OSError):
        return
    serve(connection, log, *arguments)
    os._exit(0)  # there is nothing to put away, and to unload the program takes time


@dataclass
class _Worker:
    process: multiprocessing.process.BaseProcess
    log: Path
    task: int | None = None
    started: float = 0.0
    tasks: int = 0


@dataclass
class Crew:
    """At most ``size`` processes that run ``entry``; a task that takes longer than ``seconds`` is given up.

    ``entry`` is module:function, a function of connection, log and ``arguments``; ``recruits`` have loaded it already.
    """

    entry: str
    arguments: tuple[Any, ...]
    size: int
    logs: Path
    seconds: float
    recruits: list[Recruit] = field(default_factory=list)
    _workers: dict[Connection, _Worker] = field(default_factory=dict)
    _hired: int = 0

    def work(self, tasks: Iterable[Any], at_once: int = 0) -> Iterator[tuple[int, Any]]:
        """Yield index and result of every task, or the Death of its worker, as they come; ``at_once``: no more."""
        todo = enumerate(tasks)
        while self._hand_out(todo, at_once or self.size):
            for connection in wait(list(self._workers), timeout=0.2):
                yield from self._collect(connection)  # type: ignore[arg-type]
            yield from self._overdue()

    def stop(self) -> None:
        """Let idle workers go and kill busy ones."""
        for connection in list(self._workers):
            self._dismiss(connection)

    def _hand_out(self, todo: Iterator[tuple[int, Any]], at_once: int) -> int:
        """Give tasks to who is free, and return how many work."""
        busy = sum(worker.task is not None for worker in self._workers.values())
        while busy < at_once and (following := next(todo, None)):
            index, task = following
            connection = self._free()
            worker = self._workers[connection]
            worker.task, worker.started = index, time.monotonic()
            worker.tasks, busy = worker.tasks + 1, busy + 1
            with suppress(OSError):  # one that died idle is collected like any other
                connection.send(task)
        return busy

    def _free(self) -> Connection:
        """Return the connection of an idle worker, a new one where there is none; those that did many tasks may go."""
        for connection, worker in list(self._workers.items()):
            if worker.task is None and worker.tasks < TASKS_PER_WORKER:
                return connection
            if worker.task is None:
                self._dismiss(connection)
        return self._hire()

    def _collect(self, connection: Connection) -> Iterator[tuple[int, Any]]:
        worker = self._workers[connection]
        try:
            result = connection.recv()
        except (EOFError, OSError):
            yield from self._death(connection)
            return
        task, worker.task = worker.task, None
        if isinstance(result, Last):
            self._dismiss(connection)
            result = result.result
        if task is not None:
            yield task, result

    def _overdue(self) -> Iterator[tuple[int, Any]]:
        for connection, worker in list(self._workers.items()):
            if worker.task is not None and time.monotonic() - worker.started > self.seconds + GRACE:
                yield from self._death(connection, overdue=True)

    def _death(self, connection: Connection, overdue: bool = False) -> Iterator[tuple[int, Death]]:
        worker = self._workers[connection]
        self._dismiss(connection)
        if worker.task is None:
            return
        try:
            log = tuple(worker.log.read_text(encoding="utf-8", errors="replace").splitlines())
        except FileNotFoundError:  # it died before it could say anything
            log = ()
        code = worker.process.exitcode
        timed_out = overdue or any(line.startswith(TIMED_OUT) for line in log)
        yield worker.task, Death(code, timed_out, code == -SIGKILL and not overdue, log)

    def _hire(self) -> Connection:
        self._hired += 1
        log = self.logs / f"worker-{self._hired}.log"
        recruit = self.recruits.pop() if self.recruits else Recruit.of(self.entry)
        with suppress(OSError):  # one that died at once is collected like any other
            recruit.connection.send((log, *self.arguments))
        self._workers[recruit.connection] = _Worker(recruit.process, log)
        return recruit.connection

    def _dismiss(self, connection: Connection) -> None:
        worker = self._workers.pop(connection)
        connection.close()
        if worker.task is not None:
            worker.process.join(1)  # it may be ending by itself, and then says how
            worker.process.kill()
        worker.process.join(5)
