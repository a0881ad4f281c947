"""口径说明 -> which findings pass, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reportgen.facts.facts import Facts
from reportgen.reading.frames import did_you_mean
from reportgen.telling.findings import Finding
from reportgen.telling.messages import _

# The findings that a reason under 口径说明 lets pass.
EXPLAINABLE = frozenset(
    [
        "total-mismatch",
        "ratio-mismatch",
        "limit-exceeded",
        "rounding-difference",
        "truncated",
        "cannot-check",
        "fact-conflict",
        "implausible",
        "city-total",
        "jump",
        "fact-required",
        "missing-score",
        "missing-actual",
    ]
)


def reason_for(path: str, reasons: Mapping[str, str]) -> str:
    """Return the reason that 口径说明 gives for ``path``, or ""; one for 评分 stands for all its rows."""
    return reasons.get(_explained_path(path, reasons), "")


def _explained_path(path: str, reasons: Mapping[str, str]) -> str:
    return path if path in reasons else path.split(".")[0]


def explained(facts: Facts, findings: Iterable[Finding], reasons: Mapping[str, str]) -> Iterator[Finding]:
    """Turn findings into notes that ``reasons`` (口径说明, by path) explain, and show the reason."""
    used: set[str] = set()
    for finding in findings:
        if reason := finding.code in EXPLAINABLE and reason_for(finding.path, reasons):
            used.add(_explained_path(finding.path, reasons))
            message = _("{finding}. Explained: {reason}").format(finding=finding.message, reason=reason)
            yield replace(finding, code="explained", message=message, hint="")
        else:
            yield finding
    for path in reasons:
        if path not in facts.stated and path not in used:
            span = facts.source.key_span(("口径说明", path))
            message = _("the reason given for “{name}” explains nothing: there is no such fact in 数据").format(
                name=path
            )
            yield Finding("explains-nothing", span, message, did_you_mean(path, facts.stated), path)
