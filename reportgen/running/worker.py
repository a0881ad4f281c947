"""One worker process: tasks from a pipe -> their outcomes, each within its limits."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TextIO

from reportgen.reading.project import Project
from reportgen.running.build import build, check, make
from reportgen.running.crew import Last
from reportgen.running.library import Library
from reportgen.running.limits import confine, deadline
from reportgen.running.outcome import SECONDS, TRIAL_SECONDS, TRYING, Outcome, Task, Trials, TrialTask
from reportgen.running.placing import Made


def serve(connection: Connection, log: Path, project: Project, system_fonts: bool, districts: frozenset[str]) -> None:
    """Do what comes until nothing comes any more. What crashes on the way is the last line of ``log``."""
    with log.open("w", encoding="utf-8", errors="replace") as stderr:
        os.dup2(stderr.fileno(), 2)
        confine()
        library = Library(project, system_fonts, districts)
        is_first = True
        while True:
            try:
                task: Task = connection.recv()
            except (EOFError, OSError):
                return
            result = perform(library, task, stderr)
            if library.press.is_busy:  # with what it alone knows when it ends
                connection.send(Last(result))
                return
            connection.send(result)
            if is_first:  # what the library has read for it stays: nobody looks through it again
                gc.freeze()
            is_first = False


def perform(library: Library, task: Task, log: TextIO) -> Outcome | Made | Trials:
    """Do one task."""
    if isinstance(task, TrialTask):
        library.fonts_here = task.fonts
        return tried(library, task, log)
    library.trials, library.fonts_here, options = task.trials, task.options.fonts, task.options
    with deadline(SECONDS, log):
        if options.write and not options.place:
            return make(library, task.path, options, task.twins, task.copy)
        if options.write:
            return build(library, task.path, options, task.twins, task.copy)
        return check(library, task.path, task.twins, task.copy, options)


def tried(library: Library, task: TrialTask, log: TextIO) -> Trials:
    """Try each template once, with a stand-in document; the log says which one is being tried."""

    @contextmanager
    def watched(name: str) -> Iterator[None]:
        log.write(f"{TRYING}{name}\n")
        log.flush()
        with deadline(TRIAL_SECONDS, log):
            yield

    trials: Trials = dict(task.known)
    for form in task.forms:
        trials |= library.try_form(form, trials, watched)
    return trials
