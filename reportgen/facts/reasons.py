"""口径说明 -> which findings pass, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reportgen.facts.facts import Facts
from reportgen.facts.wording import Wording
from reportgen.reading.source import Place
from reportgen.reading.trace import Traced
from reportgen.telling.catalogue import CATALOGUE
from reportgen.telling.findings import PREFIXES, About, Finding, Subject
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean

SECTION, ROWS = PREFIXES[About.SECTION], PREFIXES[About.ROW]


@dataclass(frozen=True)
class Reason:
    """Why findings about one subject pass; ``figure`` is the number of a text that it is about, as typed there."""

    about: Subject
    figure: str
    text: Traced
    place: Place

    @property
    def name(self) -> str:
        """What it is known by where it is printed."""
        return self.figure or self.about.path

    def covers(self, finding: Finding) -> bool:
        """Tell whether it lets the finding pass. One for 评分 stands for all rows; one for a text names the figure."""
        if not CATALOGUE[finding.code].explainable or finding.about.kind is not self.about.kind:
            return False
        if self.about.kind is About.SECTION:
            return finding.about.name == self.about.name and bool(self.figure) and finding.figure == self.figure
        return finding.about.name == self.about.name or (self.about.kind is About.ROW and not self.about.name)


def read_reasons(facts: Facts, wording: Wording) -> tuple[Reason, ...]:
    """Return the reasons of a centre's file, each with its values printed; an empty one counts as not written."""
    found: list[Reason] = []
    for name, given in facts.entry.reasons.items():
        texts = {"": given} if isinstance(given, str) else given
        for figure, text in texts.items():
            place: Place = ("口径说明", name, *([figure] if not isinstance(given, str) else []))
            if text.strip():
                found.append(Reason(_subject(name), figure, wording.own(text, place).stripped("。"), place))
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


def explained(facts: Facts, findings: Iterable[Finding], reasons: Iterable[Reason]) -> Iterator[Finding]:
    """Let the findings pass that ``reasons`` cover, each with its reason; tell of reasons for what there is not."""
    reasons = list(reasons)
    used: set[Reason] = set()
    for finding in findings:
        if reason := next((reason for reason in reasons if reason.covers(finding)), None):
            used.add(reason)
            yield replace(finding, reason=reason.text)
        else:
            yield finding
    for reason in reasons:
        if reason not in used and reason.about.name not in facts.stated:
            yield _explains_nothing(facts, reason)


def _explains_nothing(facts: Facts, reason: Reason) -> Finding:
    span = facts.source.key_span(reason.place)
    if reason.about.kind is About.SECTION:
        message = _("the reason given for “{name}” explains nothing: no finding is about this figure of the text")
        hint = _("type the figure as the text has it: {example}")
        hint = hint.format(example=f"{reason.about.path}: {{445件: …}}")
    else:
        message = _("the reason given for “{name}” explains nothing: there is no such fact in 数据")
        hint = did_you_mean(reason.about.path, facts.stated)
    return Finding("explains-nothing", span, message.format(name=reason.name), hint, Subject.reason(reason.about.path))
