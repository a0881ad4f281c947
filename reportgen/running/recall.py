"""What an input came to the last time -> whether it would come to the same now, without building it again.

Remembered in a folder that git does not see, by the bytes of all that an outcome follows from: the input and its
neighbours, the templates, the program, the options, the reader's language. The documents must be as they were built.
A line an input, its name, key and record, and the last one counts; a run that is cut off loses no more than the line
it was writing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, is_dataclass, replace
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from reportgen.printing.origin import drawer, program_version
from reportgen.reading.project import Project, append_line, write_file
from reportgen.running.kept import Kept
from reportgen.running.kin import Glances, Kin, kin_of
from reportgen.running.outcome import Options, Outcome, State, Summary, Trial, Trials
from reportgen.running.sets import (
    MANIFEST,
    as_built,
    copies_in,
    digest,
    digest_of,
    lying,
    out_of_date,
    read_manifest,
    state_of,
)
from reportgen.running.stamps import Stamps
from reportgen.telling.findings import About, Finding, ReportError, Span, Subject
from reportgen.telling.messages import language

PROGRAM = Path(__file__).parent.parent
KINDS = ("py", "mo", "yaml", "md", "css", "js")  # of the program's files
PRINTERS = ("docxtpl", "typst")  # a template that is sound for one version may not be so for the next
MOST = 1000  # findings of an input: one with more is being mended, and changes before it is read again
# What may be otherwise at the next run, though no file that a key knows has changed: mended by the build itself, by a
# font or a program that was installed, or by a machine that is not as busy.
FLEETING = (
    *("manifest-unreadable", "missing-glyph", "pdf-failed"),
    *("worker-crashed", "worker-timeout", "out-of-memory"),
)
BUILT = (State.CHANGED, State.UNCHANGED, State.OTHER_FONTS, State.EDITED)
KEPT = (*BUILT, State.WITH_ERRORS, State.OUT_OF_DATE)
MOST_AGAIN = 3  # lines an input in a file of outcomes before it is written anew
BROKEN = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)  # a memory may be


@dataclass
class Memory:
    """The outcomes of earlier runs over ``paths``."""

    project: Project
    options: Options
    paths: Sequence[Path]
    _records: dict[Path, dict[bytes, tuple[bytes, bytes]]] = field(default_factory=dict)
    _places: dict[Path, Path] = field(default_factory=dict)
    _made: list[str] = field(default_factory=list)
    _follows: dict[Path, str] = field(default_factory=dict)

    @cached_property
    def stamps(self) -> Stamps:
        """The digests of all files that are asked for."""
        return Stamps(self.project.hidden("seen") / "files.json")

    @cached_property
    def program(self) -> str:
        """The digest of the program."""
        return self.stamps.tree(PROGRAM)

    @cached_property
    def _digests(self) -> dict[Path, str]:
        files = dict.fromkeys([*self.project.input_files(), *self.paths])
        return {path: self.stamps.digest(str(path)) for path in files}

    @cached_property
    def _kept_kin(self) -> Kept:
        every = [f"{path} {stamp}" for path, stamp in self._digests.items()]
        of = digest("\0".join([self.program, *every, "", *map(str, self.paths)]).encode("utf-8", "surrogatepass"))
        return self._kept("kin", of)

    @cached_property
    def _known_kin(self) -> Kin | None:
        with suppress(*BROKEN):
            if held := self._kept_kin.read():
                return Kin.of_data(held)
        return None

    @property
    def is_of_other_inputs(self) -> bool:
        """Whether an input has come, gone or changed since the last run: there will be something to do."""
        return self._known_kin is None

    @cached_property
    def kin(self) -> Kin:
        """What is near each input."""
        if self._known_kin:
            return self._known_kin
        glances = Glances(self._kept("glances", self.program))
        seen = {path: glances.of(path, stamp) for path, stamp in self._digests.items()}
        found = kin_of(self.project, self.paths, seen)
        glances.save()
        self._kept_kin.write(found.as_data)
        return found

    def _kept(self, name: str, of: str) -> Kept:
        return Kept(self.project.hidden("seen") / f"{name}.json", of)

    @cached_property
    def _shared(self) -> str:
        """What all documents follow from."""
        shared = [program_version(), self.program, self.stamps.tree(self.project.templates), drawer()]
        return digest("\0".join([*shared, *sorted(self.kin.districts)]).encode())

    @cached_property
    def _asked(self) -> str:
        """What all outcomes follow from besides: who reads them, and what was asked for."""
        return digest("\0".join([language(), repr(self.options), str(self.project.outputs.resolve())]).encode())

    def follows(self, path: Path) -> str:
        """Return the digest of all that the documents of an input follow from, as it was when it was asked first."""
        if path not in self._follows:
            around = (f"{other} {self.stamps.digest(other)}" for other in self.kin.beside(path))
            copy = self.kin.near[str(path)].copy
            link = str(path.resolve()) if path.is_symlink() else ""  # one that leads out of the project is not read
            own = [str(path), link, self.stamps.digest(str(path))]
            parts = [self._shared, *own, *around, repr(copy) if copy else ""]
            self._follows[path] = digest("\0".join(parts).encode("utf-8", "surrogatepass"))
        return self._follows[path]

    def key(self, path: Path) -> str:
        """Return the digest of all that the outcome of an input follows from."""
        return digest(f"{self._asked} {self.follows(path)}".encode())

    @property
    def trials(self) -> Trials:
        """The templates that were tried, as they are now, and have no fault; those with one are tried at each run."""
        with suppress(*BROKEN):
            return {str(name): Trial() for name in self._sound.read() or ()}
        return {}

    def remember_trials(self, trials: Trials) -> None:
        """Keep which templates are sound."""
        self._sound.write(sorted(name for name, trial in trials.items() if trial == Trial()))

    @cached_property
    def _sound(self) -> Kept:
        """The names of the sound templates, with all that a trial follows from."""
        printers = map(version, PRINTERS)
        parts = (program_version(), *printers, self.program, self.stamps.tree(self.project.templates))
        return self._kept("trials", digest("\0".join(parts).encode()))

    def is_of(self, path: Path, key: str) -> bool:
        """Tell whether what is remembered of an input follows from what there is now; its documents are not seen."""
        return self._line(path)[0] == key.encode()

    def recall(self, path: Path, key: str) -> Outcome | None:
        """Return what the input came to, if all is as it was then."""
        if not self.is_of(path, key):
            return None
        try:
            record = json.loads(self._line(path)[1])
            outcome = _outcome(record["outcome"], record["lines"])
            if record["lies"] and self._lies_as_then(path, record["lies"]):
                return outcome
        except BROKEN:
            return None
        return None if self.options.write else self._as_it_lies(path, outcome)

    def as_it_stands(self, path: Path, outcome: Outcome, believing: bool) -> Outcome:
        """Return what the check of an input came to that a build would work on, with what there is to tell of its set.

        ``believing``: where nothing is remembered of an input, its manifest is believed.
        """
        folder, state = self.project.output_set(path), outcome.summary.state
        if state in BUILT and not self._is_current(path, believing):
            state = State.STALE
        found = dict.fromkeys([*outcome.findings, *lying(self.project, folder, state)])  # once, if it was given up
        return replace(outcome, findings=tuple(found), summary=replace(outcome.summary, state=state))

    def _is_current(self, path: Path, believing: bool) -> bool:
        """Tell whether the set of an input was made of what there is now, whatever a hand changed in it since."""
        held = self._line(path)[1]
        if not held and believing:
            return True
        try:
            record = json.loads(held)
            made = {MANIFEST: record["lies"][MANIFEST]}
            return bool(record["follows"] == self.follows(path) and self._lies_as_then(path, made))
        except BROKEN:
            return False

    def _lies_as_then(self, path: Path, lies: Mapping[str, str]) -> bool:
        """Tell whether manifest and documents of a set have the bytes that they had; "": there was none."""
        top = self.project.output_set(path)
        return all(self.stamps.digest(f"{top}/{name}") == held for name, held in lies.items())

    def _as_it_lies(self, path: Path, outcome: Outcome) -> Outcome:
        """Return what a check came to, with the state of the documents now."""
        folder = self.project.output_set(path)
        if not outcome.failed:
            state = state_of(folder, outcome.summary.meaning, self.options)
        else:
            state = State.OUT_OF_DATE if any(out_of_date(self.project, folder)) else State.WITH_ERRORS
        return replace(outcome, summary=as_built(folder, outcome.summary, state))

    def remember(self, path: Path, key: str, outcome: Outcome) -> None:
        """Keep what an input came to; ``key`` is of before it was worked on.

        Of an outcome that may be another the next time is kept what the documents were made of.
        """
        if outcome.traceback or (self.options.write and outcome.summary.state not in KEPT):
            return
        is_built = outcome.summary.state in BUILT
        lies = self._as_it_was_left(path, outcome) if is_built or self.options.write else {}
        if self.options.write and not lies:
            return
        if len(outcome.findings) > MOST or any(finding.code in FLEETING for finding in outcome.findings):
            key, outcome = "", Outcome(outcome.input, ())
        lines = {text: number for number, text in enumerate(dict.fromkeys(f.span.text for f in outcome.findings))}
        record = {
            "follows": self.follows(path) if is_built else "",
            "lies": lies,
            "lines": list(lines),
            "outcome": outcome,
        }

        def plain(value: Any) -> Any:
            """Return what JSON has no word for as what it has; a line may be long, and many findings stand in it."""
            if isinstance(value, About):
                return value.name
            if not is_dataclass(value):
                return str(value)
            held = {name: getattr(value, name) for name in value.__dataclass_fields__}
            return {**held, "text": lines[value.text]} if isinstance(value, Span) else held

        place = self._place(path)
        told = json.dumps(record, ensure_ascii=False, default=plain).encode()
        line = b"\t".join([os.fsencode(path.name), key.encode(), told])
        with suppress(ReportError):  # what cannot be remembered is built again
            append_line(place, line, place.name)

    def _as_it_was_left(self, path: Path, outcome: Outcome) -> dict[str, str]:
        """Return the digests of manifest and documents that an outcome speaks of; nothing of an unfinished set.

        What was built is as the manifest says, unless it is told to be otherwise: it may have changed this moment.
        """
        folder, is_built = self.project.output_set(path), outcome.summary.state in BUILT
        held, manifest = digest_of(folder / MANIFEST), read_manifest(folder)
        if manifest is None:
            return {} if is_built else {MANIFEST: held}
        if is_built and (manifest.draft or manifest.coming):
            return {}
        told = {finding.span.file for finding in outcome.findings if finding.code == "edited-by-hand"}
        others = {
            name for name in manifest.files if not is_built or (told and self.project.name(folder / name) in told)
        }
        others |= {*manifest.left, *(f"{path.parent.name}/{path.name}" for path in copies_in(folder))}
        lies = {MANIFEST: held, **manifest.files, **{name: digest_of(folder / name) for name in sorted(others)}}
        self._made += [f"{folder}/{name}" for name in lies]
        return lies

    def close(self) -> None:
        """Keep the digests of what was read and made."""
        for path in self._made:
            self.stamps.digest(path)
        self.stamps.save()

    def _place(self, path: Path) -> Path:
        """Return where the outcomes of the inputs in a folder are kept."""
        if path.parent not in self._places:
            kind = "build" if self.options.write else "check"
            folder = digest(str(path.parent).encode("utf-8", "surrogatepass"))[:8]
            self._places[path.parent] = self.project.hidden("seen") / f"{kind}-{folder}.jsonl"
        return self._places[path.parent]

    def _line(self, path: Path) -> tuple[bytes, bytes]:
        """Return what is remembered of an input: the key that it had, and the record."""
        place = self._place(path)
        if place not in self._records:
            try:
                every = [line.split(b"\t", 2) for line in place.read_bytes().split(b"\n")]
            except OSError:
                every = []
            held = [each for each in every if len(each) == len(("name", "key", "record"))]
            self._records[place] = {name: (key, record) for name, key, record in held}
            if len(held) > MOST_AGAIN * len(self._records[place]):
                self._rewrite(place)
        return self._records[place].get(os.fsencode(path.name), (b"", b""))

    def _rewrite(self, place: Path) -> None:
        """Leave out of a file the lines that later ones stand for."""
        kept = b"".join(b"\n%s\t%s\t%s" % (name, *held) for name, held in self._records[place].items())
        with suppress(ReportError):
            write_file(place, kept, place.name, sync=False)


@cache
def program_digest() -> str:
    """Return the digest of the program: its version, and every file that takes part in a run."""
    return digest("\0".join([program_version(), *(tree_digest(PROGRAM, f"*.{kind}") for kind in KINDS)]).encode())


def tree_digest(folder: Path, pattern: str) -> str:
    """Return the digest of the files of a folder."""
    found = (path for path in sorted(folder.rglob(pattern)) if path.is_file() and path.suffix != ".pyc")
    return digest("\0".join(f"{path.relative_to(folder)} {digest_of(path)}" for path in found).encode())


def _outcome(data: Any, lines: Sequence[str]) -> Outcome:
    findings = tuple(_finding(each, lines) for each in data["findings"])
    held = data["summary"]
    state = State.UNCHANGED if held["state"] == State.CHANGED else State(held["state"])
    scores = tuple((form, score) for form, score in held["scores"])
    summary = Summary(**{**held, "scores": scores, "state": state, "forms": tuple(held["forms"])})
    return Outcome(data["input"], findings, tuple(data["files"]), (), summary)


def _finding(data: Any, lines: Sequence[str]) -> Finding:
    about = Subject(About[data["about"]["kind"]], data["about"]["name"], data["about"]["part"])
    span = Span(**{**data["span"], "text": lines[data["span"]["text"]]})
    return Finding(**{**data, "span": span, "about": about, "lacking": tuple(data["lacking"])})
