"""Tasks -> their results from the workers of a Dask scheduler, which may share neither disk nor folder with us.

Inputs and templates travel there as bytes and documents come back: only we write. A worker lays out what it needs of
the project in a folder of its own and works in a guarded process, as at home: what kills that process is reported, and
the worker lives. What a worker was doing when it was lost is done again by another; Dask sees to that.
"""

from __future__ import annotations

import importlib.metadata
import logging
import multiprocessing
import platform
import re
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from distributed import Client, Future, get_worker, wait
from distributed.scheduler import KilledWorker

from reportgen.printing.origin import DISTRIBUTION, program_version
from reportgen.printing.pdf import PdfPrinter
from reportgen.reading.project import MAX_BYTES, Copy, Project, write_file
from reportgen.running.crew import Crew, Death, NoCrewError
from reportgen.running.outcome import SECONDS, InputTask, Options, Task, Trials, TrialTask
from reportgen.running.sets import digest
from reportgen.running.worker import serve
from reportgen.telling.messages import _, language, use

PROGRAM = Path(__file__).parent.parent
ANSWER = 10  # seconds in which a scheduler has to answer
ALONE = 60  # seconds for which a run waits while no worker is there
HOMES = 3  # projects that a worker's thread keeps: several offices may build at once
AHEAD = 2  # tasks a thread that the scheduler holds, so that none is idle and memory is bounded

Beside = Callable[[Path], list[str]]  # an input -> the other files that it may ask for
File = tuple[str, bytes]  # its name below the project's folder, and what it holds


@dataclass(frozen=True)
class Parcel:
    """What all tasks of a run share; ``id`` is the digest of it."""

    id: str
    templates: tuple[File, ...]
    outputs: str
    options: Options
    districts: frozenset[str]
    versions: Mapping[str, str]
    language: str  # of the findings


@dataclass(frozen=True)
class Errand:
    """An InputTask as it travels: names below the project's folder stand for paths."""

    path: str
    twins: tuple[str, ...]
    copy: Copy | None
    trials: Trials


def versions(fonts: bool) -> dict[str, str]:
    """Return whatever decides the bytes of a document besides its input, by name."""
    sources = (f"{path.relative_to(PROGRAM)} {digest(path.read_bytes())}" for path in sorted(PROGRAM.rglob("*.py")))
    found = {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "reportgen": f"{program_version()} ({digest(chr(0).join(sources).encode())[:8]})",
    }
    for name in _dependencies():
        found[name] = importlib.metadata.version(name)
    if fonts:
        families = PdfPrinter(Path()).families
        found["fonts"] = "，".join(dict.fromkeys(each for role in families.values() for each in role))
    return found


def _dependencies() -> list[str]:
    try:
        every = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:  # a folder that is not installed
        return []
    return sorted(re.split("[^A-Za-z0-9_.-]", each)[0] for each in every if "extra ==" not in each)


# --- here


class Cluster:
    """The workers of the scheduler at ``address``, with the interface of a Crew. Raises NoCrewError."""

    def __init__(
        self, address: str, project: Project, options: Options, districts: frozenset[str], beside: Beside
    ) -> None:
        for name in logging.root.manager.loggerDict:  # several have a level of their own
            if name.partition(".")[0] == "distributed":
                logging.getLogger(name).setLevel(logging.ERROR)  # that something is done again is no news
        self._project, self._beside = project, beside
        try:
            self._client = Client(address, timeout=ANSWER)
        except (OSError, ValueError, RuntimeError) as error:
            message = _("no scheduler answers at {address} ({reason}): start one there with: dask scheduler")
            raise NoCrewError(message.format(address=address, reason=str(error)[:200])) from None
        except TypeError:  # so it says that it has no certificate
            message = _("{address} asks for certificates, and none are set here: see distributed.comm.tls in README.md")
            raise NoCrewError(message.format(address=address)) from None
        self._address = address
        try:
            ours = versions(options.system_fonts and options.pdf)
            self._compare(ours)
            self._parcel = self._sent(_parcel(project, replace(options, place=False), districts, ours))
        except BaseException:
            self.close()
            raise

    def work(self, tasks: Iterable[Any], at_once: int = 0) -> Iterator[tuple[int, Any]]:
        """Yield index and result of every task, or how its process died, as they come; ``at_once``: no more."""
        todo = list(enumerate(tasks))[::-1]
        running: dict[Future, int] = {}
        while todo or running:
            room = at_once or AHEAD * max(1, sum(self._client.nthreads().values()))
            while todo and len(running) < room:
                index, task = todo.pop()
                running[self._submitted(task)] = index
            for future in self._finished(running, len(todo) + len(running)):
                yield running.pop(future), self._result(future)

    def stop(self) -> None:
        """Nothing is to be freed here before a task is done again: a worker has one task at a time."""

    def close(self) -> None:
        """Leave the scheduler; it forgets what we asked for."""
        self._client.close(timeout=ANSWER)

    def _compare(self, ours: Mapping[str, str]) -> None:
        """See that the workers would make the same bytes."""
        theirs = self._client.run(versions, "fonts" in ours, on_error="return")
        if not theirs:
            message = _("no worker has joined the scheduler at {address}: start some with: dask worker {address}")
            raise NoCrewError(message.format(address=self._address))
        for worker, found in sorted(theirs.items()):
            if isinstance(found, BaseException):
                message = _("reportgen does not run on the worker {worker} ({reason}): install it there")
                raise NoCrewError(message.format(worker=worker, reason=str(found)[:200]))
            if difference := _difference(ours, found):
                raise NoCrewError(f"{worker}: {difference}")

    def _sent(self, thing: Any) -> Future:
        """Return what stands for a thing at the scheduler, which keeps it: a worker that is lost takes nothing away."""
        held = thing.id if isinstance(thing, Parcel) else digest(thing)
        return self._client.submit(_same, thing, key=f"reportgen-{held}")

    def _submitted(self, task: Task) -> Future:
        if not isinstance(task, InputTask):
            return self._client.submit(perform, self._parcel, task, (), pure=False)
        errand = Errand(self._below(task.path), tuple(map(self._below, task.twins)), task.copy, task.trials)
        files = dict(self._files(task.path))
        return self._client.submit(perform, self._parcel, errand, tuple(files), *files.values(), pure=False)

    def _files(self, path: Path) -> Iterator[tuple[str, bytes | Future]]:
        """Yield the input and what it may ask for; what another task may need too is sent once."""
        if (data := _held(path)) is not None:
            yield self._below(path), data
        for other in map(Path, self._beside(path)):
            if other != path and (data := _held(other)) is not None:
                yield self._below(other), self._sent(data)

    def _below(self, path: Path) -> str:
        try:
            return path.relative_to(self._project.root).as_posix()
        except ValueError:
            message = _("{file} lies outside the project's folder: copy it to inputs/<year>/, or leave out --cluster")
            raise NoCrewError(message.format(file=path)) from None

    def _finished(self, running: Mapping[Future, int], left: int) -> list[Future]:
        """Return the tasks that are done, as soon as there is one."""
        since = time.monotonic()
        while True:
            try:
                return list(wait(list(running), timeout=5, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                if self._client.status != "running":
                    break
                if self._client.nthreads():
                    since = time.monotonic()
                elif time.monotonic() - since > ALONE:
                    break
        message = _("the scheduler or all its workers are gone; {n} input(s) are left: build again once they are back")
        raise NoCrewError(message.format(n=left))

    def _result(self, future: Future) -> Any:
        try:
            return future.result()
        except NoCrewError:
            raise
        except KilledWorker as error:  # several workers were lost over it
            return Death(None, timed_out=False, by_system=True, log=(str(error),))
        except Exception as error:
            message = _("a worker could not do its task ({reason}): see its log")
            raise NoCrewError(message.format(reason=f"{type(error).__name__}: {error}"[:200])) from None


def _held(path: Path) -> bytes | None:
    """Return what a file holds, as far as anybody reads it; None for what no worker is to have."""
    if not path.is_file() or (path.suffix.lower() == ".csv" and path.is_symlink()):
        return None
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)  # one too many is told there as it is here
    except OSError:
        return None


def _parcel(project: Project, options: Options, districts: frozenset[str], ours: Mapping[str, str]) -> Parcel:
    paths = (path for path in sorted(project.templates.rglob("*")) if path.is_file())
    templates = tuple((path.relative_to(project.templates).as_posix(), path.read_bytes()) for path in paths)
    outputs = project.name(project.outputs)
    outputs = "outputs" if Path(outputs).is_absolute() else outputs
    held = [*(f"{name} {digest(data)}" for name, data in templates), outputs, repr(options), language()]
    key = digest("\0".join([*held, *sorted(districts)]).encode())
    return Parcel(key, templates, outputs, options, districts, ours, language())


def _difference(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    for name in (*ours, *theirs):
        if ours.get(name) != theirs.get(name):
            here, there = ours.get(name) or _("nothing"), theirs.get(name) or _("nothing")
            if name == "fonts":
                message = _("other fonts are installed there ({there}) than here ({here}): build with --fonts bundled")
            else:
                message = _("{name} is {there} there and {here} here: install the same on both, then build again")
            return message.format(name=name, here=here, there=there)
    return ""


def _same(thing: Any) -> Any:
    return thing


# --- on a worker


def serve_in(connection: Connection, log: Path, speech: str, *others: Any) -> None:
    """Serve in the language of who asked."""
    use(speech)
    serve(connection, log, *others)


class _Home:
    """A project as far as it came to a worker, and the guarded process that works on it."""

    def __init__(self, parcel: Parcel) -> None:
        ours = versions("fonts" in parcel.versions)
        if difference := _difference(parcel.versions, ours):
            raise NoCrewError(f"{get_worker().address}: {difference}")
        self._laid: set[str] = set()
        self._folder = tempfile.TemporaryDirectory(
            prefix="reportgen-", dir=get_worker().local_directory, ignore_cleanup_errors=True
        )
        self._root = Path(self._folder.name) / "project"
        for name, data in parcel.templates:
            self._lay(f"templates/{name}", data)
        (self._root / "inputs").mkdir(parents=True, exist_ok=True)
        project = Project(self._root, self._root / "templates", self._root / parcel.outputs)
        multiprocessing.current_process().daemon = False  # Dask's nanny says so, and one may have no children
        self._options = parcel.options
        arguments = (parcel.language, project, parcel.options.system_fonts, parcel.districts)
        self._crew = Crew(f"{__name__}:{serve_in.__name__}", arguments, 1, Path(self._folder.name), SECONDS)

    def perform(self, task: Errand | TrialTask, files: Mapping[str, bytes]) -> Any:
        """Return the result of a task, or the Death of the process; no files but ``files`` lie beside the input."""
        for name in self._laid - files.keys():
            (self._root / name).unlink(missing_ok=True)
        for name, data in files.items():
            self._lay(name, data)
        self._laid = set(files)
        if isinstance(task, Errand):
            twins = tuple(self._root / twin for twin in task.twins)
            here = InputTask(self._root / task.path, self._options, twins, task.copy, task.trials)
            ((_index, result),) = self._crew.work([here])
        else:
            ((_index, result),) = self._crew.work([task])
        return result

    def close(self) -> None:
        """Let the process go, and delete the files."""
        self._crew.stop()
        self._folder.cleanup()

    def _lay(self, name: str, data: bytes) -> None:
        write_file(self._root / name, data, name, sync=False)


_here = threading.local()  # homes a thread: a process that is born in a thread dies with it


def perform(parcel: Parcel, task: Errand | TrialTask, names: tuple[str, ...], *data: bytes) -> Any:
    """Do one task on a worker. Raises NoCrewError where the worker is unlike us."""
    homes: dict[str, _Home] = _here.__dict__.setdefault("homes", {})
    home = homes.pop(parcel.id, None) or _Home(parcel)
    homes[parcel.id] = home  # the last one used is the last one to go
    while len(homes) > HOMES:
        homes.pop(next(iter(homes))).close()
    return home.perform(task, dict(zip(names, data, strict=True)))
