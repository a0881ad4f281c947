"""Findings -> what a person reads, or a program: text with the line and a caret, or JSON."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable

from reportgen.findings import Finding, Severity
from reportgen.messages import _

COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.NOTE: "36"}
LONGEST = 100  # columns of a source line that are shown


def severity_word(severity: Severity) -> str:
    """Return the severity in the reader's language."""
    return {Severity.ERROR: _("error"), Severity.WARNING: _("warning"), Severity.NOTE: _("note")}[severity]


def as_text(finding: Finding, colour: bool = False) -> str:
    """Return a finding over several lines: place and message, the line with a caret, and what to type."""
    span = finding.span
    word = severity_word(finding.severity)
    if colour:
        word = f"\033[{COLOURS[finding.severity]}m{word}\033[0m"
    place = f"{span.file}:{span.line}:{span.column}: " if span.file else ""
    lines = [f"{place}{word}: {finding.message} [{finding.code}]"]
    if span.text.strip():
        start = max(0, span.column - LONGEST // 2)
        shown = span.text[start : start + LONGEST].replace("\t", " ")
        before = width(shown[: span.column - 1 - start])
        under = max(1, width(shown[span.column - 1 - start : span.column - 1 - start + span.length]))
        lines += [f"    {shown}", f"    {' ' * before}{'^' * under}"]
    if finding.hint:
        lines.append(f"    → {finding.hint}")
    return "\n".join(lines)


def width(text: str) -> int:
    """Return the columns that ``text`` takes on a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def as_json(findings: Iterable[Finding]) -> str:
    """Return all findings as one JSON array."""
    return json.dumps([finding.as_data() for finding in findings], ensure_ascii=False, indent=2)


def summary(findings: Iterable[Finding], inputs: int) -> str:
    """Return the last line: how many inputs, errors and warnings."""
    counts = Counter(finding.severity for finding in findings)
    return _("{inputs} input file(s): {errors} error(s), {warnings} warning(s), {notes} note(s)").format(
        inputs=inputs, errors=counts[Severity.ERROR], warnings=counts[Severity.WARNING], notes=counts[Severity.NOTE]
    )
