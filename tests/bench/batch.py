"""How long many centres take, beside docxtpl with LibreOffice on the same documents. Run by hand:

    python tests/bench/batch.py [--number 30] [--sizes 30,300,3000] [--seed 1]

Every arm makes the same documents of the same centres (centres.py), on as many cores as its line says, where the system
can pin them; bound volumes, and the page and workbook of the year (with the start of a command) stand in lines of their
own. The trees of the documents are given to docxtpl for nothing: reading, checking and proving them is in our
time alone. Then, for each size: a build, the most memory of the parent and of a worker, a build with nothing to do, one
after one input has changed, and a check as nobody has checked before.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from centres import write_project
from one_centre import asked_for, pair, pinned

from reportgen.reading.project import Project, find_project
from reportgen.running.library import Library
from reportgen.writing.blocks import Document

ROOT = Path(__file__).resolve().parent.parent.parent
Documents = list[tuple[Path, Document]]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--number", type=int, default=30)
    parser.add_argument("--sizes", default="30,300")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.number:
            compare(write_project(Path(folder) / "compared", options.number, options.seed), options.number)
        print(f"\n{'':10}{'build':>9}{'a second':>10}{'parent':>9}{'worker':>9}{'no-op':>8}{'one':>8}{'check':>8}")
        for size in map(int, filter(None, options.sizes.split(","))):
            grown(write_project(Path(folder) / str(size), size, options.seed), size)
            shutil.rmtree(Path(folder) / str(size))


# --- beside docxtpl and LibreOffice


def compare(folder: Path, number: int) -> None:
    """Print centres a second, and the seconds of processors that one takes, of each arm."""
    project = find_project(folder)
    library = Library(project, system_fonts=False)
    documents = [each for path in project.input_files() for each in asked_for(library, path)]
    head = f"{number} centres, {len(documents)} documents in Word and PDF"
    print(f"{head:52}{'cores':>6}{'centres/s':>11}{'times':>8}{'CPU s':>9}{'times':>8}")
    ours: dict[int, Cost] = {}
    command = ("build", "--fonts", "bundled")
    for cores in (1, 2):
        shutil.rmtree(folder / "outputs", ignore_errors=True)
        make = partial(ran, folder, *command, "--force", "--no-bound", "--jobs", str(cores))
        overview = partial(ran, folder, *command, "--no-bound", "--jobs", str(cores))
        make()  # with a page: what is behind is told apart
        forget_overviews(folder)
        apart = told("page and workbook of the year, all else as it was", cores, number, overview, {})
        forget_overviews(folder)
        ours[cores] = told("reportgen build", cores, number, make, ours, less=apart)
        whole = partial(ran, folder, *command, "--force", "--bound", "--jobs", str(cores))
        forget_overviews(folder)
        told("reportgen build, bound volumes, page and workbook", cores, number, whole, ours)
    if not shutil.which("soffice"):
        print("soffice is not installed: nothing to compare with")
        return
    for at_once in (False, True):
        name = "docxtpl, soffice for " + ("all at once" if at_once else "each document")
        for cores in (1, 2):
            told(name, cores, number, partial(others, project, documents, cores, at_once), ours)


class Cost(NamedTuple):
    """The seconds that one centre takes, by the clock and of all processors together."""

    clock: float
    processors: float


def forget_overviews(folder: Path) -> None:
    """Let the page and the workbook of each year, and the drawings in it, be made anew."""
    for path in [*folder.glob("outputs/*/index.html"), *folder.glob("outputs/*/summary.xlsx")]:
        path.unlink()
    shutil.rmtree(folder / ".reportgen" / "charts", ignore_errors=True)


NOTHING = Cost(0.0, 0.0)


def told(
    name: str, cores: int, number: int, work: Callable[[], object], ours: Mapping[int, Cost], less: Cost = NOTHING
) -> Cost:
    """Do ``work`` on so many cores, print its line and return what a centre costs, without what was timed apart."""
    before, start = processors(), time.perf_counter()
    with pinned(cores):
        work()
    seconds, all_processors = time.perf_counter() - start, processors() - before
    cost = Cost(seconds / number - less.clock, all_processors / number - less.processors)
    our = ours.get(cores, cost)
    print(
        f"{name:52}{cores:6}{1 / cost.clock:11.2f}{cost.clock / our.clock:8.1f}"
        f"{cost.processors:9.3f}{cost.processors / our.processors:8.1f}",
        flush=True,
    )
    return cost


def processors() -> float:
    """Return the seconds that all finished children have had of processors."""
    times = os.times()
    return times.children_user + times.children_system


def others(project: Project, documents: Documents, cores: int, at_once: bool) -> None:
    """Make the documents with docxtpl and LibreOffice in as many processes as ``cores``."""
    with tempfile.TemporaryDirectory() as folder:
        work = []
        for number in range(cores):
            root = Path(folder) / str(number)
            root.mkdir()
            share = replace(project, root=root), documents[number::cores], at_once
            work.append(get_context("fork").Process(target=pair, args=share))
        for process in work:
            process.start()
        for process in work:
            process.join()
        if any(process.exitcode for process in work):
            raise RuntimeError("LibreOffice made too few files")


# --- from few to many


class Run(NamedTuple):
    """The seconds of a command, and the most memory of its first process and of any other, in MB."""

    seconds: float
    parent: float
    worker: float


def grown(folder: Path, size: int) -> None:
    """Print the line of one size."""
    built = ran(folder, "build", "--fonts", "bundled")
    time.sleep(2.5)  # what has just been written is read again
    ran(folder, "build", "--fonts", "bundled")
    idle = min(ran(folder, "build", "--fonts", "bundled").seconds for _time in range(3))
    first = folder / "inputs" / "2023" / "c000000.yaml"
    first.write_text(first.read_text(encoding="utf-8").replace("30名", "31名"), encoding="utf-8")
    one = ran(folder, "build", "--fonts", "bundled").seconds
    check = ran(folder, "check").seconds
    print(
        f"{size:<10}{built.seconds:8.1f}s{size / built.seconds:10.1f}{built.parent:7.0f}MB{built.worker:7.0f}MB"
        f"{idle:7.2f}s{one:7.2f}s{check:7.1f}s",
        flush=True,
    )


def ran(folder: Path, *command: str) -> Run:
    """Run a command in a project; its processes are looked at five times a second, where /proc can be read."""
    everywhere = {**os.environ, "PYTHONPATH": str(ROOT)}
    most: dict[int, float] = {}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "reportgen", *command],
        cwd=folder,
        env=everywhere,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    over = threading.Event()
    watcher = threading.Thread(target=partial(watch, process.pid, most, over))
    watcher.start()
    code = process.wait()
    seconds = time.perf_counter() - start
    over.set()
    watcher.join()
    if code:
        raise RuntimeError(f"{command} ended with {code}")
    parent = most.pop(process.pid, 0.0)
    return Run(seconds, parent, max(most.values(), default=0.0))


def watch(parent: int, most: dict[int, float], over: threading.Event) -> None:
    """Note the most memory (VmHWM) of a process and its children until it is over."""
    while not over.wait(0.2):
        for pid in (parent, *children(parent)):
            with suppressed():
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                held = next(line for line in lines if line.startswith("VmHWM:"))
                most[pid] = int(held.split()[1]) / 1024


def children(parent: int) -> Sequence[int]:
    """Return the processes that a process has started."""
    with suppressed():
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return []


@contextmanager
def suppressed() -> Iterator[None]:
    """Go on where a process has ended meanwhile, or the system has no /proc."""
    try:
        yield
    except (OSError, StopIteration):
        return


if __name__ == "__main__":
    main()
