"""Documents and a template -> one PDF, and what is read back of it; ahead of who asks, where a core is idle.

Typst lets the interpreter go while it prints: the rest of a build goes on beside it. It prints one thing at a time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.pdftree import ReadBack, structure_of
from reportgen.writing.blocks import Document

Proof = tuple[bytes, ReadBack]
SOON = 1.0  # seconds in which any page is printed that is worth it
TURN = 0.0005  # seconds that a thread waits for the interpreter; it is wanted for a moment before each print
MOST_KEPT = 2  # proofs: who looks at the pages prints what is wanted a moment later


class Job(NamedTuple):
    """Documents that become one file."""

    documents: tuple[Document, ...]
    look: Path  # the template without its suffix


@dataclass
class Press:
    """What prints the documents of one input after another."""

    printer: PdfPrinter
    _begun: list[tuple[Job, Future[bytes]]] = field(default_factory=list)
    _kept: list[tuple[Job, Proof]] = field(default_factory=list)

    def begin(self, jobs: Iterable[Job]) -> None:
        """Print these, and nothing else that was begun, beside what there is to do; who wants one asks for it."""
        self._begun = [(job, future) for job, future in self._begun if not future.cancel()]
        known = [job for job, _future in self._begun]
        with suppress(RuntimeError):  # the system gives no more threads: all is printed when it is asked for
            self._begun += [(job, self._hand.submit(self._print, job)) for job in jobs if job not in known]

    def printed(self, documents: Sequence[Document], look: Path) -> Proof:
        """Return documents as one PDF file, and as that is read back. Raises ReportError."""
        job = Job(tuple(documents), look)
        for known, proof in self._kept:
            if known == job:
                return proof
        pdf = self._pdf(job)
        self._kept.append((job, (pdf, structure_of(pdf))))
        del self._kept[:-MOST_KEPT]
        return self._kept[-1][1]

    def settle(self) -> None:
        """Let go what nobody has asked for: an input ends with what was begun for it, unless that takes too long."""
        self._begun = [(job, future) for job, future in self._begun if not future.cancel()]
        ended, _others = wait([future for _job, future in self._begun], SOON)
        self._begun = [(job, future) for job, future in self._begun if future not in ended]

    @property
    def is_busy(self) -> bool:
        """Whether it prints what nobody waits for any more."""
        return bool(self._begun)

    def _pdf(self, job: Job) -> bytes:
        if not self._begun:
            return self._print(job)
        begun = (future for known, future in self._begun if known == job)
        return (next(begun, None) or self._hand.submit(self._print, job)).result()

    def _print(self, job: Job) -> bytes:
        first, *others = job.documents
        return self.printer.print_pdf(first, job.look.with_suffix(".typ"), others)

    @cached_property
    def _hand(self) -> ThreadPoolExecutor:
        sys.setswitchinterval(TURN)
        return ThreadPoolExecutor(1, thread_name_prefix="press")
