"""Complaints as values: what is wrong, where, and what to type."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: an error stops a build, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file. Lines and columns count characters from 1; ``text`` is the whole source line."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1
    text: str = ""


ERROR, WARNING, NOTE = Severity

# Every code there is, with how much it matters. A finding with any other code is a bug.
CODES: dict[str, Severity] = {
    # reading a file
    "file-unreadable": ERROR,
    "file-empty": ERROR,
    "file-too-large": ERROR,
    "not-utf8": ERROR,
    "byte-order-mark": NOTE,
    "invisible-character": ERROR,
    "look-alike": ERROR,
    "full-width-quotes": WARNING,
    "yaml-syntax": ERROR,
    "tab": ERROR,
    "full-width-structure": ERROR,
    "missing-space": ERROR,
    "needs-quotes": ERROR,
    "cut-by-comment": WARNING,
    "duplicate-key": ERROR,
    "yaml-feature": ERROR,
    "too-deep": ERROR,
    "too-many": ERROR,
    "folded-text": WARNING,
    # the shape of the file
    "missing-key": ERROR,
    "unknown-key": ERROR,
    "wrong-shape": ERROR,
    "bad-value": ERROR,
    "unknown-form": ERROR,
    "not-a-date": ERROR,
    # facts
    "unknown-fact": ERROR,
    "empty-value": NOTE,
    "not-a-number": ERROR,
    "full-width-number": WARNING,
    "wrong-unit": ERROR,
    "negative": ERROR,
    "missing-fact": ERROR,
    # arithmetic
    "total-mismatch": ERROR,
    "ratio-mismatch": ERROR,
    "limit-exceeded": ERROR,
    "implausible": WARNING,
    "rounding-difference": WARNING,
    "truncated": WARNING,
    "cannot-check": NOTE,
    "fact-conflict": ERROR,
    "fact-required": ERROR,
    "report-before-year-end": ERROR,
    "year-mismatch": ERROR,
    "explained": NOTE,
    "explains-nothing": ERROR,
    # scores
    "unknown-indicator": ERROR,
    "repeated-indicator": ERROR,
    "missing-score": ERROR,
    "score-out-of-range": ERROR,
    "score-mismatch": ERROR,
    "score-outside-band": ERROR,
    "points-mismatch": ERROR,
    "not-applicable": ERROR,
    "full-score": WARNING,
    "reason-missing": ERROR,
    "target-exceeded": ERROR,
    "actual-mismatch": ERROR,
    "missing-actual": ERROR,
    "text-too-long": ERROR,
    # prose and templates
    "missing-section": ERROR,
    "unknown-section": ERROR,
    "template-syntax": ERROR,
    "undefined-name": ERROR,
    "cannot-print": ERROR,
    "heading-level": ERROR,
    "bad-template": ERROR,
    # numbers in prose
    "typed-number": NOTE,
    "unbound-number": WARNING,
    "number-contradicts": ERROR,
    "parts-mismatch": ERROR,
    "share-mismatch": ERROR,
    "list-count": ERROR,
    "claims-all": WARNING,
    # what was left in a text
    "form-hint": ERROR,
    "placeholder": ERROR,
    "conversion-mark": ERROR,
    "broken-sentence": WARNING,
    "doubled-words": WARNING,
    "doubled-paragraph": WARNING,
    "other-place": WARNING,
    "other-year": WARNING,
    "unpaired-mark": WARNING,
    "numbering-gap": WARNING,
    "half-width-punctuation": WARNING,
    "double-unit": WARNING,
    "stray-space": WARNING,
    "typed-numbering": WARNING,
    "heading-punctuation": WARNING,
    "wording": WARNING,
    # other files
    "city-total": ERROR,
    "jump": WARNING,
    # making documents
    "missing-glyph": ERROR,
    "text-lost": ERROR,
    "broken-document": ERROR,
    "pdf-failed": ERROR,
    "font-substituted": NOTE,
    "cannot-write": ERROR,
    "worker-crashed": ERROR,
    "worker-timeout": ERROR,
    "out-of-memory": ERROR,
    "internal-error": ERROR,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint. ``path`` names the fact, key or section; ``stated`` and ``expected`` are as printed."""

    code: str
    span: Span
    message: str
    hint: str = ""
    path: str = ""
    stated: str = ""
    expected: str = ""

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return CODES[self.code]

    def as_data(self) -> dict[str, str | int]:
        """Return the JSON object of ``--format json``."""
        return {
            "file": self.span.file,
            "line": self.span.line,
            "column": self.span.column,
            "code": self.code,
            "severity": self.severity.value,
            "path": self.path,
            "message": self.message,
            "hint": self.hint,
            "stated": self.stated,
            "expected": self.expected,
        }


class ReportError(Exception):
    """Cannot go on; ``findings`` is everything known by then."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(finding.message for finding in self.findings))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether any finding stops a build."""
    return any(finding.severity is ERROR for finding in findings)
