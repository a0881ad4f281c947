"""Findings on the blanks of a file that is being filled -> one for each part of it, so that what is wrong shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from reportgen.facts.facts import Facts
from reportgen.telling.catalogue import ERROR
from reportgen.telling.findings import About, Finding, Subject
from reportgen.telling.messages import _

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
    for finding in found:
        if finding.code in BLANKS and _is_blank(finding.about, facts):
            parts[PARTS[finding.about.kind], finding.severity is ERROR].append(finding)
    gone: dict[int, Finding | None] = {}
    for (part, must), blanks in parts.items():
        names = list(dict.fromkeys(blank.about.name for blank in blanks))
        if len(names) >= LEAST:
            gone |= {id(blank): None for blank in blanks}
            gone[id(blanks[0])] = _together(blanks[0], part, names, must)
    return [kept for finding in found if (kept := gone.get(id(finding), finding)) is not None]


def _is_blank(about: Subject, facts: Facts) -> bool:
    """Tell whether the file has a place for it, and nothing there."""
    match about.kind:
        case About.FACT:
            return about.name in facts.blanks
        case About.SECTION:
            return not facts.entry.prose.get(about.name, "?").strip()
    return about.kind is About.ROW  # what a row prints may follow from facts that are blank


def _together(first: Finding, part: str, names: list[str], must: bool) -> Finding:
    shown = "、".join(names[:SHOWN]) + ("……" if len(names) > SHOWN else "")
    if must:
        message = _("{part}: {n} not yet filled: {names}").format(part=part, n=len(names), names=shown)
        return Finding("not-filled", first.span, message, _("fill them one after the other"), Subject.key(part))
    message = _("{part}: {n} are empty, which means that they are not stated: {names}")
    message = message.format(part=part, n=len(names), names=shown)
    return replace(first, message=message, hint=_("fill those that there are"), about=Subject.key(part))
