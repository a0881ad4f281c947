"""Complaints as values: what is wrong, where, what it is about, and what to type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from reportgen.telling.catalogue import CATALOGUE, ERROR, NOTE, WARNING, Severity
from reportgen.telling.messages import _, joined

MOST = 200  # warnings, or notes, of one kind in one file that are told one by one


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file. Lines and columns count characters from 1; ``text`` is the whole source line."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1
    text: str = ""


class About(Enum):
    """The kinds of what a finding can be about."""

    FACT = auto()
    ROW = auto()  # of 评分, by its 三级指标; ``part``: one of its cells
    SECTION = auto()  # a text of 正文
    REASON = auto()  # one of 口径说明
    KEY = auto()  # any other key of an input or a template
    FILE = auto()


# How each kind is written before its name, in JSON and wherever a person types it.
PREFIXES = {About.ROW: "评分", About.SECTION: "正文", About.REASON: "口径说明"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about. ``path`` is how it is written: 案件.受理, 评分.目标内容.得分, 正文.主要经验."""

    kind: About = About.FILE
    name: str = ""
    part: str = ""

    @property
    def path(self) -> str:
        """The dotted text of JSON's ``path``."""
        return ".".join(filter(None, (PREFIXES.get(self.kind, ""), self.name, self.part)))

    @classmethod
    def fact(cls, name: str) -> Subject:
        """Return the subject 案件.受理, or a group of facts."""
        return cls(About.FACT, name)

    @classmethod
    def size(cls, name: str) -> Subject:
        """Return the size of a fact: 案件.受理.常见范围."""
        return cls(About.FACT, name, "常见范围")

    @classmethod
    def row(cls, name: str = "", part: str = "") -> Subject:
        """Return a row of 评分, or one of its cells; without a name, all rows."""
        return cls(About.ROW, name, part)

    @classmethod
    def section(cls, name: str) -> Subject:
        """Return a text of 正文."""
        return cls(About.SECTION, name)

    @classmethod
    def reason(cls, name: str) -> Subject:
        """Return a text of 口径说明."""
        return cls(About.REASON, name)

    @classmethod
    def key(cls, *place: str | int) -> Subject:
        """Return any other key, by the keys that lead to it."""
        return cls(About.KEY, ".".join(map(str, place)))


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint; ``stated`` and ``expected`` are as printed, ``figure`` is a number in a text that it is about.

    One that is not ``certain`` is a reading, and warns at most. A ``reason`` (口径说明) lets it pass as a note.
    Those of one ``cause`` would all be mended by one figure: the first tells which, the others are its consequences.
    What it is about cannot be worked out while the facts that are ``lacking`` are not stated.
    """

    code: str
    span: Span
    message: str
    hint: str = ""
    about: Subject = field(default_factory=Subject)
    stated: str = ""
    expected: str = ""
    certain: bool = True
    figure: str = ""
    reason: str = ""
    cause: str = ""
    lacking: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """What it is about, as written."""
        return self.about.path

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        severity = CATALOGUE[self.code].severity
        if self.reason:
            return NOTE
        return WARNING if severity is ERROR and not self.certain else severity

    @property
    def said(self) -> str:
        """What is wrong, and the reason that lets it pass."""
        if not self.reason:
            return self.message
        return _("{finding}. Explained: {reason}").format(finding=self.message, reason=self.reason)

    @property
    def advice(self) -> str:
        """What to type; where a reason would do too, how to give it. Nothing is to be done where there is one."""
        if self.reason:
            return ""
        known = self.about.name and self.about.kind in (About.FACT, About.ROW, About.SECTION)
        if not CATALOGUE[self.code].explainable or not known or self.about == Subject.size(self.about.name):
            return self.hint
        whole = replace(self.about, part="").path  # a reason is for a row, not for one of its cells
        in_text = self.figure and self.about.kind is About.SECTION
        where = f"{whole}: {{{self.figure}: …}}" if in_text else f"{whole}: …"
        or_reason = _("or give the reason under 口径说明: {where}").format(where=where)
        return joined([self.hint, or_reason]) if self.hint else or_reason

    def as_data(self) -> dict[str, str | int]:
        """Return the JSON object of ``--format json``."""
        return {
            "file": self.span.file,
            "line": self.span.line,
            "column": self.span.column,
            "code": self.code,
            "severity": self.severity.value,
            "path": self.path,
            "message": self.said,
            "hint": self.advice,
            "stated": self.stated,
            "expected": self.expected,
        }


class ReportError(Exception):
    """Cannot go on; ``findings`` is everything known by then."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(finding.message for finding in self.findings))


def by_cause(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in their order, each followed by the others of its cause."""
    groups: dict[tuple[str, int], list[Finding]] = {}
    for index, finding in enumerate(findings):
        groups.setdefault((finding.cause, 0) if finding.cause else ("", index), []).append(finding)
    return [finding for group in groups.values() for finding in group]


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether any finding stops a build."""
    return any(finding.severity is ERROR for finding in findings)


def capped(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings without the warnings and notes of a kind beyond MOST, which are counted; errors all stay."""
    kept: list[Finding] = []
    counts: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], int] = {}
    for finding in findings:
        kind = finding.code, finding.span.file
        counts[kind] += 1
        if finding.severity is ERROR or counts[kind] <= MOST:
            last[kind] = len(kept)
            kept.append(finding)
    for kind, place in last.items():
        if (more := counts[kind] - MOST) > 0 and kept[place].severity is not ERROR:
            message = _("{message} (and {n} more of this kind in this file)")
            kept[place] = replace(kept[place], message=message.format(message=kept[place].message, n=more))
    return kept
