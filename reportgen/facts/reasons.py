"""口径说明 -> which findings pass, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from reportgen.facts.facts import Facts
from reportgen.facts.wording import Wording
from reportgen.forms.vocabulary import OTHER
from reportgen.reading.source import Place
from reportgen.reading.trace import Traced
from reportgen.telling.catalogue import CATALOGUE
from reportgen.telling.findings import PREFIXES, About, Finding, Subject
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean

SECTION, ROWS = PREFIXES[About.SECTION], PREFIXES[About.ROW]
# typed for a reason, and none
NO_REASON = re.compile(
    r"(?:暂?无|没有|[从此]?处?略|同上|[—\-/…、，。.]+|(?:没有|无|未)(?:发生)?偏[离差]|扣减?[0-9.]+分)?。?"
)


@dataclass(frozen=True)
class Reason:
    """Why findings about one subject pass; ``figure`` is the number of a text that it is about, as typed there."""

    about: Subject
    figure: str
    text: Traced
    place: Place
    printed: str = ""

    @property
    def name(self) -> str:
        """What a reader of the report calls what it is about: no dot of the program's."""
        if self.figure or self.about.kind is not About.FACT:
            return self.figure or self.about.name or ROWS
        return self.printed or self.about.name.removeprefix(f"{OTHER}.")

    @property
    def says_nothing(self) -> bool:
        """Whether what stands for a reason is none: 无."""
        return NO_REASON.fullmatch(self.text.strip()) is not None

    def covers(self, finding: Finding) -> bool:
        """Tell whether it lets the finding pass. One for 评分 stands for all rows; one for a text names the figure."""
        if self.says_nothing or not CATALOGUE[finding.code].explainable or finding.about.kind is not self.about.kind:
            return False
        if self.about.kind is About.SECTION:
            return finding.about.name == self.about.name and bool(self.figure) and finding.figure == self.figure
        if self.about.kind is About.FACT and finding.about.part:  # its size, which is another matter
            return False
        return finding.about.name == self.about.name or (self.about.kind is About.ROW and not self.about.name)


def read_reasons(facts: Facts, wording: Wording) -> tuple[Reason, ...]:
    """Return the reasons of a centre's file, each with its values printed; an empty one counts as not written."""
    found: list[Reason] = []
    for name, given in facts.entry.reasons.items():
        texts = {"": given} if isinstance(given, str) else given
        for figure, text in texts.items():
            place: Place = ("口径说明", name, *([figure] if not isinstance(given, str) else []))
            if text.strip():
                kind = facts.vocabulary.facts.get(name)
                text_printed = wording.own(text, place).stripped("。")
                found.append(Reason(_subject(name), figure, text_printed, place, kind.printed if kind else ""))
    return tuple(found)


def _subject(name: str) -> Subject:
    group, _dot, rest = name.partition(".")
    if group == SECTION:
        return Subject.section(rest)
    return Subject.row(rest) if group == ROWS else Subject.fact(name)


def reason_for(about: Subject, reasons: Iterable[Reason]) -> str:
    """Return the reason that is given for ``about``, or ""."""
    given = (reason for reason in reasons if reason.about == about or reason.about == replace(about, name=""))
    return next((reason.text for reason in given if not reason.figure), "")


def explained(
    facts: Facts, findings: Iterable[Finding], reasons: tuple[Reason, ...]
) -> tuple[list[Finding], tuple[Reason, ...]]:
    """Let the findings pass that ``reasons`` cover, each with its reason, and return the reasons that did so too.

    The others are told.
    """
    found: list[Finding] = []
    used: set[Reason] = set()
    for finding in findings:
        if reason := next((reason for reason in reasons if reason.covers(finding)), None):
            used.add(reason)
            finding = replace(finding, reason=reason.text)
        found.append(finding)
    found += [_explains_nothing(facts, reason) for reason in reasons if reason not in used]
    return found, tuple(reason for reason in reasons if reason in used)


def _explains_nothing(facts: Facts, reason: Reason) -> Finding:
    """A reason for what there is not is an error; one that is not needed would only puzzle the reader."""
    span, stands = facts.source.key_span(reason.place), False
    if reason.says_nothing:
        message = _("“{text}” is no reason for “{name}”").format(
            text=reason.text, name=reason.figure or reason.about.path
        )
        hint = _("say why the figures are right all the same, or delete the line")
        return Finding("explains-nothing", span, message, hint, Subject.reason(reason.about.path))
    if reason.about.kind is About.ROW or reason.about.name in facts.stated:
        stands = True
        message = _("the reason given for “{name}” explains nothing: no finding is about it, so it is not printed")
        hint = _("delete it; what readers should know all the same goes into a text of 正文")
    elif reason.about.kind is About.SECTION:
        message = _("the reason given for “{name}” explains nothing: no finding is about this figure of the text")
        hint = _("type the figure as the text has it: {example}")
        hint = hint.format(example=f"{reason.about.path}: {{445件: …}}")
    else:
        message = _("the reason given for “{name}” explains nothing: there is no such fact in 数据")
        hint = did_you_mean(reason.about.path, facts.stated)
    message = message.format(name=reason.figure or reason.about.path)
    return Finding("explains-nothing", span, message, hint, Subject.reason(reason.about.path), certain=not stands)
