"""Every code that a finding can have -> how much it matters, its group, and what may be done about it.

``explanations/`` say what each means; a finding with any other code is a bug.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: an error stops a build, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


ERROR, WARNING, NOTE = Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """One row: ``explainable`` findings pass with a reason under 口径说明, ``mendable`` ones are mended by fix."""

    severity: Severity
    group: str
    explainable: bool = False
    mendable: bool = False


CATALOGUE: dict[str, Kind] = {
    # reading a file
    "file-unreadable": Kind(ERROR, "reading"),
    "file-empty": Kind(ERROR, "reading"),
    "file-too-large": Kind(ERROR, "reading"),
    "not-read": Kind(WARNING, "reading"),
    "not-utf8": Kind(ERROR, "reading"),
    "byte-order-mark": Kind(NOTE, "reading"),
    "invisible-character": Kind(ERROR, "reading"),
    "look-alike": Kind(ERROR, "reading"),
    "full-width-quotes": Kind(WARNING, "reading"),
    "yaml-syntax": Kind(ERROR, "reading", mendable=True),
    "tab": Kind(ERROR, "reading", mendable=True),
    "full-width-structure": Kind(ERROR, "reading", mendable=True),
    "missing-space": Kind(ERROR, "reading", mendable=True),
    "needs-quotes": Kind(ERROR, "reading", mendable=True),
    "cut-by-comment": Kind(WARNING, "reading"),
    "duplicate-key": Kind(ERROR, "reading"),
    "yaml-feature": Kind(ERROR, "reading", mendable=True),
    "too-deep": Kind(ERROR, "reading"),
    "too-many": Kind(ERROR, "reading"),
    "folded-text": Kind(WARNING, "reading"),
    # the shape of the file
    "missing-key": Kind(ERROR, "shape"),
    "unknown-key": Kind(ERROR, "shape"),
    "wrong-shape": Kind(ERROR, "shape"),
    "bad-value": Kind(ERROR, "shape"),
    "file-format": Kind(ERROR, "shape"),
    "unknown-form": Kind(ERROR, "shape"),
    "not-a-date": Kind(ERROR, "shape"),
    # facts
    "unknown-fact": Kind(ERROR, "facts"),
    "empty-value": Kind(NOTE, "facts"),
    "not-a-number": Kind(ERROR, "facts"),
    "full-width-number": Kind(WARNING, "facts"),
    "personal-data": Kind(WARNING, "facts"),
    "wrong-unit": Kind(ERROR, "facts"),
    "negative": Kind(ERROR, "facts"),
    "missing-fact": Kind(ERROR, "facts"),
    "not-filled": Kind(ERROR, "facts"),
    # arithmetic
    "total-mismatch": Kind(ERROR, "arithmetic", explainable=True),
    "ratio-mismatch": Kind(ERROR, "arithmetic", explainable=True),
    "limit-exceeded": Kind(ERROR, "arithmetic", explainable=True),
    "implausible": Kind(WARNING, "arithmetic", explainable=True),
    "rounding-difference": Kind(WARNING, "arithmetic", explainable=True),
    "truncated": Kind(WARNING, "arithmetic", explainable=True),
    "cannot-check": Kind(NOTE, "arithmetic", explainable=True),
    "fact-conflict": Kind(ERROR, "arithmetic", explainable=True),
    "fact-required": Kind(ERROR, "arithmetic", explainable=True),
    "report-before-year-end": Kind(ERROR, "arithmetic"),
    "year-mismatch": Kind(ERROR, "arithmetic"),
    "explains-nothing": Kind(ERROR, "arithmetic"),
    # scores
    "unknown-indicator": Kind(ERROR, "scores"),
    "repeated-indicator": Kind(ERROR, "scores"),
    "missing-score": Kind(ERROR, "scores", explainable=True),
    "score-out-of-range": Kind(ERROR, "scores"),
    "score-mismatch": Kind(ERROR, "scores", explainable=True),
    "score-unproven": Kind(WARNING, "scores", explainable=True),
    "score-outside-band": Kind(ERROR, "scores"),
    "points-mismatch": Kind(ERROR, "scores"),
    "total-unlike-cells": Kind(ERROR, "scores"),
    "not-applicable": Kind(ERROR, "scores"),
    "full-score": Kind(WARNING, "scores"),
    "reason-missing": Kind(ERROR, "scores", explainable=True),  # a warning where the form does not say 原因: 必填
    "target-exceeded": Kind(ERROR, "scores"),  # likewise
    "target-mismatch": Kind(ERROR, "scores", explainable=True),
    "target-unjudged": Kind(WARNING, "scores", explainable=True),
    "actual-mismatch": Kind(ERROR, "scores", explainable=True),
    "missing-actual": Kind(ERROR, "scores", explainable=True),
    "text-too-long": Kind(ERROR, "scores"),
    # prose and templates
    "missing-section": Kind(ERROR, "prose"),
    "unknown-section": Kind(ERROR, "prose"),
    "of-another-form": Kind(NOTE, "prose"),
    "template-syntax": Kind(ERROR, "prose"),
    "undefined-name": Kind(ERROR, "prose"),
    "cannot-print": Kind(ERROR, "prose"),
    "heading-level": Kind(ERROR, "prose"),
    "bad-template": Kind(ERROR, "prose"),
    # numbers in prose
    "typed-number": Kind(NOTE, "numbers"),
    "unbound-number": Kind(WARNING, "numbers", explainable=True),
    "number-contradicts": Kind(ERROR, "numbers", explainable=True),
    "parts-mismatch": Kind(ERROR, "numbers", explainable=True),  # a warning where it is not certain; so the next
    "share-mismatch": Kind(ERROR, "numbers", explainable=True),
    "growth-mismatch": Kind(ERROR, "numbers", explainable=True),
    "rate-mismatch": Kind(ERROR, "numbers", explainable=True),
    "bound-mismatch": Kind(ERROR, "numbers", explainable=True),
    "told-twice": Kind(ERROR, "numbers", explainable=True),
    "points-or-percent": Kind(WARNING, "numbers", explainable=True),
    "list-count": Kind(ERROR, "numbers", explainable=True),
    "claims-all": Kind(WARNING, "numbers", explainable=True),
    # what was left in a text
    "form-hint": Kind(ERROR, "leftovers"),
    "placeholder": Kind(ERROR, "leftovers"),
    "conversion-mark": Kind(ERROR, "leftovers"),
    "raw-markup": Kind(WARNING, "leftovers", mendable=True),
    "lines-run-together": Kind(WARNING, "leftovers", mendable=True),
    "says-nothing": Kind(WARNING, "leftovers"),
    "broken-sentence": Kind(WARNING, "leftovers"),
    "doubled-words": Kind(WARNING, "leftovers"),
    "doubled-paragraph": Kind(WARNING, "leftovers"),
    "other-place": Kind(WARNING, "leftovers"),
    "other-year": Kind(WARNING, "leftovers"),
    "unpaired-mark": Kind(WARNING, "leftovers"),
    "numbering-gap": Kind(WARNING, "leftovers"),
    "half-width-punctuation": Kind(WARNING, "leftovers"),
    "double-unit": Kind(WARNING, "leftovers"),
    "stray-space": Kind(WARNING, "leftovers"),
    "typed-numbering": Kind(WARNING, "leftovers"),
    "heading-punctuation": Kind(WARNING, "leftovers"),
    "wording": Kind(WARNING, "leftovers"),
    # other files
    "city-total": Kind(ERROR, "neighbours", explainable=True),
    "district-errors": Kind(ERROR, "neighbours"),
    "jump": Kind(WARNING, "neighbours", explainable=True),
    "stale-figures": Kind(WARNING, "neighbours"),
    # making documents
    "missing-glyph": Kind(ERROR, "making"),
    "text-lost": Kind(ERROR, "making"),
    "documents-differ": Kind(ERROR, "making"),
    "edited-by-hand": Kind(WARNING, "making"),
    "manifest-unreadable": Kind(WARNING, "making"),
    "out-of-date": Kind(WARNING, "making"),
    "left-over": Kind(WARNING, "making"),
    "orphaned": Kind(WARNING, "making"),
    "not-handed-in": Kind(WARNING, "making"),
    "page-layout": Kind(WARNING, "making"),
    "template-leftover": Kind(WARNING, "making"),
    "broken-document": Kind(ERROR, "making"),
    "pdf-failed": Kind(ERROR, "making"),
    "figure-undrawn": Kind(WARNING, "making"),
    "figure-short": Kind(NOTE, "making"),
    "font-substituted": Kind(NOTE, "making"),
    "cannot-write": Kind(ERROR, "making"),
    "worker-crashed": Kind(ERROR, "making"),
    "worker-timeout": Kind(ERROR, "making"),
    "out-of-memory": Kind(ERROR, "making"),
    "internal-error": Kind(ERROR, "making"),
}
