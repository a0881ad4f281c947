"""How to build, and what became of an input: what travels between the processes."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.telling.findings import Finding, has_errors


@dataclass(frozen=True)
class Options:
    """How to build: drafts in spite of errors, with or without PDF, by which engine, read back; or check alone."""

    draft: bool = False
    pdf: bool = True
    engine: str = "typst"
    verify: bool = False
    system_fonts: bool = True
    write: bool = True


@dataclass(frozen=True)
class Outcome:
    """What became of one input: its findings, and the files that are there now (those that changed apart)."""

    input: str
    findings: tuple[Finding, ...]
    files: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    traceback: str = ""  # of a fault of the program itself

    @property
    def failed(self) -> bool:
        """Whether the input has an error."""
        return has_errors(self.findings)


@dataclass(frozen=True)
class Trial:
    """What is wrong with a template: with the Word file, as seen without data, and with the Typst file."""

    word: tuple[Finding, ...] = ()
    pdf: tuple[Finding, ...] = ()


Trials = dict[str, Trial]  # by the name of the template, without suffix
