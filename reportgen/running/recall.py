"""What an input came to the last time -> whether it would come to the same now, without building it again.

Remembered in a folder that git does not see, by the bytes of all that an outcome follows from: the input and its
neighbours, the templates, the program, the options, the reader's language. The documents must be as they were built.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from reportgen.checking.case import Copy
from reportgen.printing.origin import program_version
from reportgen.reading.project import Glance, Project, write_file
from reportgen.running.outcome import Options, Outcome, State, Summary
from reportgen.running.sets import digest, digest_of, out_of_date, pages_of, read_manifest, state_of
from reportgen.telling.findings import About, Finding, ReportError, Span, Subject
from reportgen.telling.messages import language

PROGRAM = Path(__file__).parent.parent
MOST = 1000  # findings of an input: one with more is being mended, and changes before it is read again
KEPT = (State.CHANGED, State.UNCHANGED, State.WITH_ERRORS, State.OUT_OF_DATE)


@dataclass
class Memory:
    """The outcomes of earlier runs; ``glances`` are those of all inputs, ``fonts`` what stands for which."""

    project: Project
    options: Options
    glances: Mapping[Path, Glance]
    districts: Iterable[str]
    fonts: str = ""
    _bytes: dict[Path, str] = field(default_factory=dict)

    @cached_property
    def _common(self) -> str:
        """What all outcomes follow from."""
        shared = [
            language(),
            program_version(),
            tree_digest(PROGRAM, "*.py"),
            tree_digest(PROGRAM, "*.mo"),
            tree_digest(self.project.templates, "*"),
            repr(self.options),
            self.fonts,
            str(self.project.outputs.resolve()),
            *sorted(self.districts),
        ]
        return digest("\0".join(shared).encode())

    def key(self, path: Path, twins: Iterable[Path], copy: Copy | None) -> str:
        """Return the digest of all that the outcome of an input follows from."""
        try:
            data = path.read_bytes() if path.is_file() else b""
        except OSError:
            data = b""
        year = self.glances[path].year if path in self.glances else ""
        others = [*twins, *([path.parent.parent / str(int(year) - 1) / path.name] if year.isdecimal() else ())]
        if "下辖".encode() in data:
            others += sorted(path.parent.glob("*.yaml"))
        if b".csv" in data.lower():
            others += sorted(path.parent.glob("*.csv"))
        around = [f"{self.project.name(other)} {self._digest(other)}" for other in others]
        parts = [self._common, self.project.name(path), digest(data), *around, repr(copy)]
        return digest("\0".join(parts).encode())

    def _digest(self, path: Path) -> str:
        if path not in self._bytes:
            self._bytes[path] = digest_of(path)
        return self._bytes[path]

    def recall(self, path: Path, key: str) -> Outcome | None:
        """Return what the input came to, if all is as it was then."""
        try:
            record = json.loads(self._place(path).read_bytes())
            outcome = _outcome(record["outcome"], record["lines"]) if record["key"] == key else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None
        if outcome and not self.options.write:
            return self._as_it_lies(path, outcome)
        return outcome if outcome and self._is_as_built(path, outcome) else None

    def _as_it_lies(self, path: Path, outcome: Outcome) -> Outcome:
        """Return what a check came to, with the state of the documents now."""
        folder = self.project.output_set(path)
        if not outcome.failed:
            state = state_of(folder, outcome.summary.meaning)
        else:
            state = State.OUT_OF_DATE if any(out_of_date(self.project, folder)) else State.WITH_ERRORS
        return replace(outcome, summary=replace(outcome.summary, pages=pages_of(folder), state=state))

    def _is_as_built(self, path: Path, outcome: Outcome) -> bool:
        """Tell whether the documents on the disk are those that the outcome speaks of."""
        if outcome.summary.state is not State.UNCHANGED:
            folder = self.project.output_set(path)
            return any(out_of_date(self.project, folder)) == (outcome.summary.state is State.OUT_OF_DATE)
        if not outcome.files:
            return False
        folder = (self.project.root / outcome.files[0]).parent.parent
        manifest = read_manifest(folder)
        if manifest is None or manifest.draft or manifest.coming or manifest.left:
            return False
        return all(digest_of(folder / name) == made for name, made in manifest.files.items())

    def remember(self, path: Path, key: str, outcome: Outcome) -> None:
        """Keep what an input came to."""
        told_once = any(finding.code == "edited-by-hand" for finding in outcome.findings)
        if (
            outcome.traceback
            or told_once
            or len(outcome.findings) > MOST
            or (self.options.write and outcome.summary.state not in KEPT)
        ):
            return
        lines = {text: number for number, text in enumerate(dict.fromkeys(f.span.text for f in outcome.findings))}
        record: dict[str, Any] = {"key": key, "lines": list(lines), "outcome": asdict(outcome)}
        for finding in record["outcome"]["findings"]:  # a line may be long, and many findings stand in it
            finding["span"]["text"] = lines[finding["span"]["text"]]
        with suppress(ReportError):  # what cannot be remembered is built again
            place = self._place(path)
            write_file(place, json.dumps(record, ensure_ascii=False, default=_plain).encode(), place.name, sync=False)

    def _place(self, path: Path) -> Path:
        kind = "build" if self.options.write else "check"
        name = digest(f"{kind} {self.project.name(path)}".encode("utf-8", "surrogatepass"))[:24]
        return self.project.hidden("seen") / f"{name}.json"


def tree_digest(folder: Path, pattern: str) -> str:
    """Return the digest of the files of a folder."""
    found = (path for path in sorted(folder.rglob(pattern)) if path.is_file() and path.suffix != ".pyc")
    return digest("\0".join(f"{path.relative_to(folder)} {digest_of(path)}" for path in found).encode())


def _plain(value: Any) -> Any:
    return value.name if isinstance(value, About) else str(value)


def _outcome(data: Any, lines: Sequence[str]) -> Outcome:
    findings = tuple(_finding(each, lines) for each in data["findings"])
    held = data["summary"]
    state = State.UNCHANGED if held["state"] == State.CHANGED else State(held["state"])
    summary = Summary(
        held["unit"], tuple((form, score) for form, score in held["scores"]), held["pages"], state, held["meaning"]
    )
    return Outcome(data["input"], findings, tuple(data["files"]), (), summary)


def _finding(data: Any, lines: Sequence[str]) -> Finding:
    about = Subject(About[data["about"]["kind"]], data["about"]["name"], data["about"]["part"])
    return Finding(**{**data, "span": Span(**{**data["span"], "text": lines[data["span"]["text"]]}), "about": about})
