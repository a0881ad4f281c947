"""Many inputs -> their outcomes, in order; none is able to stop the others.

The templates are tried once, before any input: one that never ends costs a run its deadline once, and is named.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from reportgen.reading.project import Project, forms_in, seen_bytes
from reportgen.running.crew import SERVE, Crew, Death, Hands, NoCrewError, Recruit, recruits_for
from reportgen.running.kin import Kin
from reportgen.running.limits import MEMORY, usable_cores
from reportgen.running.outcome import (
    SECONDS,
    TRIAL_SECONDS,
    TRYING,
    InputTask,
    Options,
    Outcome,
    Trial,
    Trials,
    TrialTask,
    form_file,
)
from reportgen.running.placing import Made, given_up, placed
from reportgen.running.recall import Memory, tree_digest
from reportgen.telling.findings import Finding, ReportError, Span
from reportgen.telling.messages import _

T = TypeVar("T")
R = TypeVar("R")
Done = Iterable[tuple[int, Outcome]]
Watched = Callable[[Done, Sized], Done]  # what is done, as it is done, and all that is to be: more may be found yet


def unwatched(done: Done, _todo: Sized) -> Done:
    """Let nobody see what is done."""
    return done


def check_all(
    project: Project,
    paths: list[Path],
    jobs: int = 0,
    options: Options = Options(),  # noqa: B008
    watched: Watched = unwatched,
    staff: Staff | None = None,
) -> Iterator[Outcome]:
    """Check every input in worker processes; yield the outcomes in the order of ``paths``."""
    usual = replace(options, write=False, force=False, overwrite=False, draft=False)
    yield from build_all(project, paths, usual, jobs, staff=staff, watched=watched)


def build_all(
    project: Project,
    paths: list[Path],
    options: Options,
    jobs: int = 0,
    cluster: str = "",
    staff: Staff | None = None,
    watched: Watched = unwatched,
) -> Iterator[Outcome]:
    """Build what is not as it was in worker processes; yield the outcomes of all in the order of ``paths``.

    ``cluster`` is the address of a scheduler whose workers are to do it, ``staff`` are workers that stay for the next
    run; ``watched`` sees what is worked on as it is done, in any order. Raises NoCrewError.
    """
    memory = Memory(project, replace(options, force=False, overwrite=False), paths)  # what is made is the same
    own = staff or Staff()
    if memory.is_of_other_inputs and not cluster:
        own.recruit()
    keys = [memory.key(path) for path in paths]
    anew = options.force or options.overwrite or options.draft
    todo = [index for index, path in enumerate(paths) if anew or not memory.is_of(path, keys[index])]
    known: dict[int, Outcome] = {}

    def others() -> Iterator[int]:
        """Recall what the others came to; yield those whose documents are not as they were built."""
        for index in sorted({*range(len(paths))} - {*todo}):
            if outcome := memory.recall(paths[index], keys[index]):
                known[index] = outcome
            else:
                todo.append(index)
                yield index

    def done() -> Iterator[tuple[int, Outcome]]:
        size = jobs or usable_cores()
        following = chain(todo[:size], others(), todo[size:])  # while all have their hands full there is time to recall
        if (first := next(following, None)) is not None:
            if not cluster:
                own.recruit()
            forms = _forms_of(project, [paths[index] for index in todo])  # those found later were printed with theirs
            ahead = not cluster and 2 * len(todo) <= size  # two threads for each
            made = _worked(memory, chain([first], following), forms, replace(options, ahead=ahead), size, cluster, own)
            for index, outcome in watched(made, todo):
                memory.remember(paths[index], keys[index], outcome)
                yield index, outcome
                while known:
                    yield known.popitem()
        yield from known.items()

    try:
        yield from _in_order(done())
    finally:
        memory.close()
        if staff is None:
            own.stop()


def _worked(
    memory: Memory, todo: Iterable[int], forms: tuple[str, ...], options: Options, size: int, cluster: str, staff: Staff
) -> Iterator[tuple[int, Outcome]]:
    """Yield index and outcome of each input ``todo`` as they come; ``forms`` are to be tried first."""
    project, paths, kin = memory.project, memory.paths, memory.kin

    def charged(index: int, death: Death) -> Outcome:
        path = paths[index]
        return given_up(project, path, (died(project.name(path), death, SECONDS),))

    with _hired(project, kin, options, size, cluster, staff) as crew:
        known = {**memory.trials, **staff.trials}
        trials = staff.trials = try_templates(crew, forms, known, options.fonts)
        if trials != known:
            memory.remember_trials(trials)
        tasks = ((index, _task(paths[index], options, kin, trials)) for index in todo)
        for index, result in outcomes_of(crew, tasks, charged):
            yield index, placed(project, paths[index], result, options) if isinstance(result, Made) else result


@contextmanager
def _hired(project: Project, kin: Kin, options: Options, size: int, cluster: str, staff: Staff) -> Iterator[Hands]:
    """Give processes of this machine, or the workers of a cluster."""
    if cluster:
        with cluster_at(cluster, project, options, kin) as hands:
            yield hands
    else:
        yield staff.at_work(project, options.system_fonts, kin.districts, size)


@dataclass
class Staff:
    """Workers with what they have read, and the trials of the templates; both are let go where templates change."""

    trials: Trials = field(default_factory=dict)
    _recruits: list[Recruit] = field(default_factory=list)
    _crew: Crew | None = None
    _logs: tempfile.TemporaryDirectory[str] | None = None
    _hired_for: tuple[object, ...] = ()

    def recruit(self, number: int = 1) -> None:
        """Have a process load the program while we find out what there is to do, unless one does."""
        if not self._recruits and self._crew is None and recruits_for(number):
            self._recruits.append(Recruit.of(SERVE))

    def __enter__(self) -> Staff:
        """Give it."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Let all workers go."""
        self.stop()

    def at_work(self, project: Project, system_fonts: bool, districts: frozenset[str], size: int) -> Crew:
        """Return a crew for this work: the one there is, if what its workers have read is as it was."""
        work = (project, system_fonts, districts, tree_digest(project.templates, "*"))
        if self._crew is None or work != self._hired_for:
            self._dismiss_crew()
            self._logs = tempfile.TemporaryDirectory(prefix="reportgen-", ignore_cleanup_errors=True)
            arguments = (project, system_fonts, districts)
            self._crew = Crew(SERVE, arguments, size, Path(self._logs.name), SECONDS, self._recruits)
            self._hired_for = work
        self._crew.size = size
        return self._crew

    def stop(self) -> None:
        """Let all workers go."""
        self._dismiss_crew()
        while self._recruits:
            self._recruits.pop().dismiss()

    def _dismiss_crew(self) -> None:
        if self._crew:
            self._crew.stop()
        if self._logs:
            self._logs.cleanup()
        self.trials, self._crew, self._logs = {}, None, None


def standing(
    project: Project,
    paths: list[Path],
    options: Options,
    staff: Staff | None = None,
    watched: Watched = unwatched,
    believing: bool = False,
) -> Iterator[Outcome]:
    """Yield what each input came to when all were built; what a build would work on is checked, and is to be built.

    ``believing``: a set of which nothing is remembered is what its manifest says: this machine has not built it.
    """
    usual = replace(options, force=False, overwrite=False, draft=False)
    memory = Memory(project, usual, list(dict.fromkeys([*project.input_files(), *paths])))
    known = {path: outcome for path in paths if (outcome := memory.recall(path, memory.key(path)))}
    unknown = [path for path in paths if path not in known]
    checked = check_all(project, unknown, options=options, watched=watched, staff=staff) if unknown else iter(())
    for path in paths:
        yield known[path] if path in known else memory.as_it_stands(path, next(checked), believing)
    memory.close()


@contextmanager
def cluster_at(address: str, project: Project, options: Options, kin: Kin) -> Iterator[Hands]:
    """Give the workers of the scheduler at ``address``. Raises NoCrewError."""
    try:
        from reportgen.running.cluster import Cluster  # an extra
    except ModuleNotFoundError as error:
        message = _("{name} is not installed: type pip install 'legal-aid-reportgen[cluster]'")
        raise NoCrewError(message.format(name=error.name)) from None
    hands = Cluster(address, project, options, kin.districts, kin.beside)
    try:
        yield hands
    finally:
        hands.close()


def _forms_of(project: Project, paths: list[Path]) -> tuple[str, ...]:
    """Return the forms that any of the inputs names."""
    names = project.form_names()
    titles = {**project.form_titles, **{name: name for name in names}}
    named = frozenset().union(*(forms_in(seen_bytes(path), titles) for path in paths))
    return tuple(name for name in names if name in named)


def _task(path: Path, options: Options, kin: Kin, trials: Trials) -> InputTask:
    near = kin.near[str(path)]
    return InputTask(path, options, tuple(map(Path, near.twins)), near.copy, trials)


def try_all(project: Project) -> Iterator[Outcome]:
    """Try every form without any input: read it, and its templates with stand-ins; yield an outcome for each."""
    from reportgen.running.library import Library  # slow to load

    library, names = Library(project), tuple(project.form_names())
    with Staff() as staff:
        library.trials = try_templates(staff.at_work(project, library.system_fonts, frozenset(), 1), names, {})
    for name in names:
        try:
            form = library.form(name)
            findings = (*form.notes, *library.word_faults(form), *library.typst_faults(form))
        except ReportError as error:
            findings = error.findings
        yield Outcome(form_file(name), findings)


def outcomes_of(
    crew: Hands, tasks: Iterable[tuple[int, T]], charged: Callable[[int, Death], R]
) -> Iterator[tuple[int, R]]:
    """Yield the result of each task by its number, a death as ``charged`` says.

    What the system killed is done again, alone, and so is what perhaps died of a page that nobody had asked for.
    """
    given: list[tuple[int, T]] = []

    def noted() -> Iterator[T]:
        for each in tasks:
            given.append(each)
            yield each[1]

    again: list[tuple[int, T]] = []
    for at, result in crew.work(noted()):
        number, task = given[at]
        if not isinstance(result, Death):
            yield number, result
        elif isinstance(task, InputTask) and task.options.ahead and not result.timed_out:
            again.append((number, replace(task, options=replace(task.options, ahead=False))))
        elif result.by_system:
            again.append((number, task))
        else:
            yield number, charged(number, result)
    for number, task in again:
        crew.stop()  # what the others hold of memory may be what was lacking
        for _at, result in crew.work([task], at_once=1):
            yield number, charged(number, result) if isinstance(result, Death) else result


def _in_order(outcomes: Iterable[tuple[int, Outcome]]) -> Iterator[Outcome]:
    done: dict[int, Outcome] = {}
    shown = 0
    for index, outcome in outcomes:
        done[index] = outcome
        while shown in done:
            yield done.pop(shown)
            shown += 1


def try_templates(crew: Hands, forms: tuple[str, ...], known: Trials, fonts: str | None = None) -> Trials:
    """Return what is wrong with the templates of ``forms``, those ``known`` too.

    One that crashes or never ends is charged with it.
    """
    while forms := tuple(form for form in forms if form_file(form) not in known):
        ((_index, result),) = crew.work([TrialTask(forms, known, fonts)])
        if not isinstance(result, Death):
            return dict(result)
        tried = [line.removeprefix(TRYING) for line in result.log if line.startswith(TRYING)]
        if not tried or tried[-1] in known:
            return known  # not a template's fault: the inputs will tell
        known = {**known, tried[-1]: Trial(pdf=(died(f"{tried[-1]}.typ", result, TRIAL_SECONDS),))}
    return known


def died(name: str, death: Death, seconds: float) -> Finding:
    """Say why a worker died over the file ``name``: its time, its memory, or what it said last."""
    others = _("the other inputs are not touched by this")
    memory = f"{MEMORY / 1024**3:g} GB"
    if death.timed_out:
        message = _("it took longer than {n} seconds and was stopped").format(n=int(seconds))
        hint = _("make its loops and texts shorter; {others}").format(others=others)
        return Finding("worker-timeout", Span(name), message, hint)
    if death.by_system:
        message = _("the system stopped the program that worked on it (signal 9), as it does when memory runs out")
        hint = _("close other programs, or use a machine with more memory; {others}").format(others=others)
        return Finding("out-of-memory", Span(name), message, hint)
    if death.out_of_memory:
        message = _("it needs more than the {memory} of memory that one input may take").format(memory=memory)
        hint = _("make its loops and texts shorter; {others}").format(others=others)
        return Finding("out-of-memory", Span(name), message, hint)
    ended = _("signal {n}").format(n=-death.code) if death.code and death.code < 0 else _("exit code {n}")
    message = _("the program that worked on it crashed ({how}): {last}").format(
        how=ended.format(n=death.code), last=death.last_words[:200] or _("it said nothing")
    )
    return Finding("worker-crashed", Span(name), message, _("report this; {others}").format(others=others))
