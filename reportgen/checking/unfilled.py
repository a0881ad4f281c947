"""Findings on the blanks of a file that is being filled -> one for each part of it, so that what is wrong shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from reportgen.facts.facts import Facts
from reportgen.telling.catalogue import ERROR
from reportgen.telling.findings import About, Finding, Span, Subject
from reportgen.telling.messages import _, listed

BLANKS = ("empty-value", "missing-fact", "fact-required", "missing-section", "missing-score", "missing-actual")
FRESH = 10  # facts whose lines are blank in a file that is being filled
LEAST = 5  # blanks in one part of a file; fewer are told one by one
SHOWN = 6
PARTS = {About.FACT: "数据", About.SECTION: "正文", About.ROW: "评分"}


def gathered(findings: Iterable[Finding], facts: Facts) -> list[Finding]:
    """Return the findings, the blanks of one part of the file as one where there are many."""
    found = list(findings)
    if len(facts.blanks) < FRESH:
        return found
    parts: dict[tuple[str, bool], list[Finding]] = defaultdict(list)
    wanted = {name for finding in found for name in finding.lacking}
    found = [f for f in found if not (f.code == "empty-value" and f.about.name in wanted)]
    for finding in found:
        if finding.code in BLANKS and _is_blank(finding, facts):
            kind = About.FACT if finding.lacking else finding.about.kind
            parts[PARTS[kind], finding.severity is ERROR].append(finding)
    gone: dict[int, Finding | None] = {}
    for (part, must), blanks in parts.items():
        places = dict(place for blank in blanks for place in _places(blank, facts))
        if len(places) >= LEAST:
            gone |= {id(blank): None for blank in blanks}
            gone[id(blanks[0])] = _together(blanks[0], part, places, must)
    return [kept for finding in found if (kept := gone.get(id(finding), finding)) is not None]


def _is_blank(finding: Finding, facts: Facts) -> bool:
    """Tell whether the file has a place for it, and nothing there; for a row that follows from facts, for these."""
    if finding.lacking:
        return facts.blanks.keys() >= set(finding.lacking)
    match finding.about.kind:
        case About.FACT:
            return finding.about.name in facts.blanks
        case About.SECTION:
            return not facts.entry.prose.get(finding.about.name, "?").strip()
    return finding.about.kind is About.ROW


def _places(blank: Finding, facts: Facts) -> Iterator[tuple[str, Span]]:
    """Yield what is to be filled, and where: the facts that a row follows from, or what the finding is about."""
    yield from ((name, facts.span(name)) for name in blank.lacking)
    if not blank.lacking:
        yield blank.about.name, blank.span


def _together(first: Finding, part: str, places: dict[str, Span], must: bool) -> Finding:
    names = sorted(places, key=lambda name: places[name].line)
    shown, span = listed(names, SHOWN), places[names[0]]
    if must:
        message = _("{part}: {n} not yet filled: {names}").format(part=part, n=len(names), names=shown)
        return Finding("not-filled", span, message, _("fill them one after the other"), Subject.key(part))
    message = _("{part}: {n} are empty, which means that they are not stated: {names}")
    message = message.format(part=part, n=len(names), names=shown)
    return replace(first, span=span, message=message, hint=_("fill those that there are"), about=Subject.key(part))
