"""Saves of inputs and templates -> builds, and what each of them changed: findings that are new, or gone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from reportgen.reading.project import Project, locked
from reportgen.running.batch import Staff, build_all
from reportgen.running.outcome import Options, Outcome
from reportgen.telling.findings import Finding

WATCHED = (".yaml", ".csv", ".md", ".docx", ".typ")
# Milliseconds: saves that come together, quiet after them, between two polls, between two looks for Ctrl-C.
DEBOUNCE, STEP, POLL, IDLE = 400, 50, 250, 300
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Round:
    """What one build changed: findings that are new or gone, the documents that were written, and all outcomes."""

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    files: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


@dataclass
class Watcher:
    """Builds the inputs ``paths``, or all there are; with ``draft`` those with errors too, each page marked 草稿."""

    project: Project
    paths: tuple[Path, ...] = ()
    options: Options = field(default_factory=Options)
    draft: bool = False
    waiting: Callable[[], None] = lambda: None  # called where another run holds the project
    _staff: Staff = field(default_factory=Staff)
    _last: dict[Path, Outcome] = field(default_factory=dict)

    def build(self, saved: Collection[Path] | None = None) -> Round:
        """Build what is not as it was, and return what that changed; ``saved`` are the files that a hand saved.

        A draft is made of what was saved: of everything where that is not known, or a template was.
        """
        project = replace(self.project)  # the titles of forms are read anew
        paths = [path for path in self.paths or project.input_files() if path.is_file()]
        with locked(project, self.waiting):
            outcomes = self._built(project, paths, self.options)
            if self.draft:
                outcomes |= self._drafted(project, outcomes, saved)
        before, after = _findings(self._last.values()), _findings(outcomes.values())
        self._last = outcomes
        return Round(
            tuple(finding for key, finding in after.items() if key not in before),
            tuple(finding for key, finding in before.items() if key not in after),
            tuple(dict.fromkeys(file for outcome in outcomes.values() for file in outcome.changed)),
            tuple(outcomes.values()),
        )

    def _built(self, project: Project, paths: list[Path], options: Options) -> dict[Path, Outcome]:
        made = build_all(project, paths, options, staff=self._staff) if paths else ()
        return dict(zip(paths, made, strict=True))

    def _drafted(
        self, project: Project, outcomes: Mapping[Path, Outcome], saved: Collection[Path] | None
    ) -> dict[Path, Outcome]:
        """Return the outcomes of those that have errors, as drafts; one that was not saved keeps its draft."""
        failed = [path for path, outcome in outcomes.items() if outcome.failed]
        if saved is None or any(path.is_relative_to(project.templates) for path in saved):
            kept: dict[Path, Outcome] = {}
        else:
            kept = {path: self._last[path] for path in failed if path not in saved and path in self._last}
        again = [path for path in failed if path not in kept]
        return kept | self._built(project, again, replace(self.options, draft=True))

    def stop(self) -> None:
        """Let the workers go."""
        self._staff.stop()


def _findings(outcomes: Iterable[Outcome]) -> dict[Key, Finding]:
    """Return the findings by what they say: a line that was put in above is no other finding."""
    found = (finding for outcome in outcomes for finding in outcome.findings)
    return {(finding.span.file, finding.code, finding.path, finding.message): finding for finding in found}


def saves(project: Project, poll: bool = False, stop: threading.Event | None = None) -> Iterator[set[Path] | None]:
    """Yield None once saves are seen, so that none is missed; then the files that were saved, together what comes so.

    ``poll`` looks at the files from time to time: network folders tell nothing. Ends with ``stop``, or Ctrl-C.
    """
    stop = stop or threading.Event()
    folders = [folder for folder in (project.inputs, project.templates) if folder.is_dir()]
    seen = _polled(folders, stop) if poll else _notified(folders, stop)
    next(seen, None)
    yield None
    yield from (paths for paths in seen if paths)


def _notified(folders: Iterable[Path], stop: threading.Event) -> Iterator[set[Path]]:
    """Yield what the system says was saved; nothing, from time to time."""
    import watchfiles  # 0.05 s, and only this command needs it

    for found in watchfiles.watch(
        *folders,
        watch_filter=lambda _change, path: _is_watched(Path(path)),
        debounce=DEBOUNCE,
        step=STEP,
        rust_timeout=IDLE,
        yield_on_timeout=True,
        stop_event=stop,
    ):
        yield {Path(path).resolve() for _change, path in found}


def _polled(folders: Sequence[Path], stop: threading.Event) -> Iterator[set[Path]]:
    """Yield what is not as it was a moment ago, once it stays so; nothing, from time to time.

    Size and nanoseconds are looked at: a file that is seen half-written is seen again.
    """
    built = last = _states(folders)
    while not stop.wait(POLL / 1000):
        now = _states(folders)
        quiet, last = now == last, now
        if quiet:
            yield {path for path, _state in built.items() ^ now.items()}
            built = now
    yield set()


def _states(folders: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return time and size of every file that is watched."""
    found = {}
    for path in (path for folder in folders for path in folder.rglob("*") if _is_watched(path)):
        with suppress(OSError):  # one that is just being replaced
            about = path.stat()
            found[path.resolve()] = about.st_mtime_ns, about.st_size
    return found


def _is_watched(path: Path) -> bool:
    """Tell whether a build reads a file; an editor's or Word's own (.a.yaml.swp, ~$report.docx) is none."""
    return path.suffix.lower() in WATCHED and not path.name.startswith((".", "~"))
