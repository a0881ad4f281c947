"""A case: all that the rules ask about one centre's file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reportgen.checking.passages import Passage
from reportgen.checking.relations import Failure, failures
from reportgen.facts.facts import Facts
from reportgen.forms.form import Form
from reportgen.forms.words import Word
from reportgen.reading.project import Copy
from reportgen.scoring.scores import PrintedBy, Scores
from reportgen.telling.catalogue import ERROR
from reportgen.telling.findings import About, Finding

# The districts of all centres by what they are called: 盘龙区 -> {云南省昆明市盘龙区}.
Places = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Neighbours:
    """What lies beside a centre's file: ``stem`` is its name, ``folder`` the year of its folder ("" elsewhere).

    ``twins`` are other files of the same centre and year, ``beside`` the names of all files in the folder;
    ``centres`` are those under 下辖 that have a file, None where it cannot be read; ``above`` have this one below them.
    """

    stem: str = ""
    folder: str = ""
    beside: tuple[str, ...] = ()
    twins: tuple[Facts, ...] = ()
    places: Places = field(default_factory=dict)
    copy: Copy | None = None
    centres: Mapping[str, Facts | None] = field(default_factory=dict)
    above: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """A centre's file as read: its facts, the forms that it asks for with their scores, and its texts as printed.

    ``printing`` are the findings on what its texts and forms cannot print.
    """

    facts: Facts
    forms: tuple[Form, ...]
    scores: tuple[Scores, ...]
    texts: tuple[Passage, ...]
    printing: tuple[Finding, ...]
    neighbours: Neighbours
    words: tuple[Word, ...]
    all_forms: bool = True  # whether every form that is asked for could be read
    printed_by: Callable[[], PrintedBy] = dict  # the texts and rows of all forms, each with the forms that it is of

    @cached_property
    def failures(self) -> list[Failure]:
        """What the formulas and relations of the vocabulary find."""
        return failures(self.facts)

    @cached_property
    def failed(self) -> frozenset[str]:
        """The facts that are known not to be the sum of their parts."""
        return frozenset(failure.name for failure in self.failures if failure.of_total)

    @cached_property
    def misread(self) -> frozenset[str]:
        """The facts that have no value for an error of their own: misread, or meant by a name that there is not."""
        unknown = (f.about.name for f in self.facts.findings if f.code == "unknown-fact")
        meant = {name for each in unknown for name in self.facts.vocabulary.meant(each)}
        return frozenset(_wrong(self.facts.findings) | meant)

    @cached_property
    def told(self) -> frozenset[str]:
        """The facts of which it is told already that they have no value: misread, or printed and not stated."""
        return frozenset(self.misread | _wrong(self.printing))

    @cached_property
    def wanting(self) -> frozenset[str]:
        """The facts without a value of which it is told, or will be where a form cannot do without them."""
        return self.told | {name for form in self.forms for name in form.needed}


def _wrong(findings: Iterable[Finding]) -> set[str]:
    return {f.about.name for f in findings if f.about.kind is About.FACT and f.severity is ERROR}


Rule = Callable[[Case], Iterator[Finding]]
