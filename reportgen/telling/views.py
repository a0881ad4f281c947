"""Findings -> what a person reads (text with the line and a caret), or a program (JSON, SARIF, GitHub's lines)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from reportgen.telling.catalogue import CATALOGUE, ERROR, NOTE, Severity
from reportgen.telling.explain import explanations
from reportgen.telling.findings import Finding, Span
from reportgen.telling.messages import _, language

FORMATS = ("text", "json", "sarif", "github")
SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}  # GitHub's words
RANKS = list(Severity)  # the gravest first
COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.NOTE: "36"}
PAINT = re.compile("\033\\[[0-9;]*m")
# What stays together on a line: a word, a Chinese character with the marks that do not begin a line.
PIECES = re.compile("[“（《【]*(?:[!-~\033]+|[^ !-~])[，。、；：？！）》”】]*\\s*|\\s+")
LONGEST = 100  # columns of a source line that are shown


@dataclass(frozen=True, slots=True)
class View:
    """Which findings are shown, and in which of FORMATS. No code in ``select`` means all codes."""

    output_format: str = "text"
    severity: Severity = NOTE
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    folds: bool = False  # findings that the input explains are counted, not shown

    def shows(self, finding: Finding) -> bool:
        """Tell whether a finding is shown; a code both selected and ignored is not, as in ruff and flake8."""
        selected = not self.select or finding.code in self.select
        grave = RANKS.index(finding.severity) <= RANKS.index(self.severity)
        return selected and grave and finding.code not in self.ignore and not self.is_folded(finding)

    def is_folded(self, finding: Finding) -> bool:
        """Tell whether a finding is only counted: its reason stands in the report, and notes were not asked for."""
        return self.folds and bool(finding.reason)


def severity_word(severity: Severity) -> str:
    """Return the severity in the reader's language."""
    return {Severity.ERROR: _("error"), Severity.WARNING: _("warning"), Severity.NOTE: _("note")}[severity]


def as_text(finding: Finding, colour: bool = False, columns: int = 0) -> str:
    """Return a finding over several lines: place and message, the line with a caret, and what to type.

    On a terminal of so many ``columns`` its lines are broken between words and between Chinese characters.
    """
    span = finding.span
    word = severity_word(finding.severity)
    if colour:
        word = f"\033[{COLOURS[finding.severity]}m{word}\033[0m"
    place = f"{span.file}:{span.line}:{span.column}: " if span.file else ""
    lines = [f"{place}{word}: {finding.said} [{finding.code}]"]
    longest = min(LONGEST, (columns - 5) // 2) if columns else LONGEST  # Chinese characters take two columns
    if span.text.strip():
        start = max(0, span.column - longest // 2)
        shown = span.text[start : start + longest].replace("\t", " ")
        before = width(shown[: span.column - 1 - start])
        under = max(1, width(shown[span.column - 1 - start : span.column - 1 - start + span.length]))
        lines += [f"    {shown}", f"    {' ' * before}{'^' * under}"]
    if finding.advice:
        lines.append(f"    → {finding.advice}")
    lines[0], lines[-1] = wrapped(lines[0], columns), lines[-1] if "^" in lines[-1] else wrapped(lines[-1], columns)
    return "\n".join(lines)


def as_consequence(finding: Finding, colour: bool = False, columns: int = 0) -> str:
    """Return a finding that goes with the one above it, which says what mends both: place and message, indented."""
    first = as_text(replace(finding, hint=""), colour).split("\n")[0]
    return wrapped(f"    + {first}", columns, "      ")


def wrapped(text: str, columns: int, indent: str = "    ") -> str:
    """Return a line broken to fit a terminal, what goes on indented; 0 columns: as it is."""
    if not columns or width(PAINT.sub("", text)) <= columns:
        return text
    lines, line = [], ""
    for piece in PIECES.findall(text):
        if line.strip() and width(PAINT.sub("", line + piece.rstrip())) > columns:
            lines.append(line.rstrip())
            line = indent
            piece = piece.lstrip()
        line += piece
    return "\n".join([*lines, line.rstrip()])


def width(text: str) -> int:
    """Return the columns that ``text`` takes on a terminal; Chinese characters take two."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@cache
def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def as_json(findings: Iterable[Finding]) -> str:
    """Return all findings as one JSON array, as json.dumps would indent it; that takes four times as long."""
    flat = (json.dumps(finding.as_data(), ensure_ascii=False, separators=(",\n    ", ": ")) for finding in findings)
    objects = ",\n".join(f"  {{\n    {each[1:-1]}\n  }}" for each in flat)
    return f"[\n{objects}\n]" if objects else "[]"


def as_sarif(findings: Iterable[Finding], version: str, folder: str = "") -> str:
    """Return a SARIF 2.1.0 log of one run; ``folder`` is where the project lies in its repository.

    All in ASCII: a SARIF log is UTF-8, and a Chinese Windows console would write it in another encoding.
    """
    numbers = {code: number for number, code in enumerate(CATALOGUE)}
    driver = {"name": "reportgen", "version": version, "rules": [_rule(code) for code in CATALOGUE]}
    results = [{**_result(finding, folder), "ruleIndex": numbers[finding.code]} for finding in findings]
    # Columns are counted in UTF-16 units, as SARIF does where a log does not say, so that no reader can mistake them.
    run = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": results}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(code: str) -> dict[str, object]:
    rule = {"id": code, "defaultConfiguration": {"level": CATALOGUE[code].severity.value}}
    explanation = explanations(language())[code]
    return {**rule, "shortDescription": {"text": explanation.meaning}, "help": {"text": explanation.body}}


def _result(finding: Finding, folder: str) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.code,
        "level": finding.severity.value,
        "message": {"text": told(finding)},
    }
    if file := finding.span.file:
        outside = Path(file).is_absolute()  # an input beside the project has no path within it
        uri = Path(file).as_uri() if outside else quote(in_repository(file, folder))
        result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": uri}, **_regions(finding.span)}}]
    return result


def _regions(span: Span) -> dict[str, object]:
    """Return the marked text as the region, and its line, where there is more of it, as the context."""
    start, end = units(span)
    region: dict[str, object] = {"startLine": span.line, "startColumn": start}
    regions: dict[str, object] = {"region": region}
    if span.text:
        region["endColumn"] = end
        if marked := span.text[span.column - 1 : span.column - 1 + span.length]:
            region["snippet"] = {"text": marked}
        if marked != span.text:
            regions["contextRegion"] = {"startLine": span.line, "snippet": {"text": span.text}}
    return regions


def as_github(finding: Finding, folder: str = "") -> str:
    """Return the line that makes GitHub show a finding beside the line it is on."""
    span = finding.span
    properties: dict[str, object] = {}
    if span.file:
        start, end = units(span)
        properties = {"file": in_repository(span.file, folder), "line": span.line, "col": start, "endColumn": end}
    properties["title"] = f"reportgen ({finding.code})"
    listed = ",".join(f"{key}={escaped(str(value), ':,')}" for key, value in properties.items())
    return f"::{COMMANDS[finding.severity]} {listed}::{escaped(told(finding))}"


def escaped(text: str, marks: str = "") -> str:
    """Return ``text`` so that GitHub takes it as one value: %, line ends and ``marks`` as %25, %0D, %0A, …"""
    return "".join(f"%{ord(character):02X}" if character in "%\r\n" + marks else character for character in text)


def told(finding: Finding) -> str:
    """Return the message, and on a second line the hint."""
    return f"{finding.said}\n→ {finding.advice}" if finding.advice else finding.said


def in_repository(file: str, folder: str) -> str:
    """Return the path of ``file`` from the top of the repository; a path that is absolute stays."""
    return file if Path(file).is_absolute() else str(PurePosixPath(folder) / file)


def units(span: Span) -> tuple[int, int]:
    """Return the first column and the one after the last in UTF-16 units: 𠮷 is one character, and two of them."""
    if not span.text:
        return span.column, span.column + span.length
    start = 1 + _length(span.text[: span.column - 1])
    return start, start + _length(span.text[span.column - 1 : span.column - 1 + span.length])


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def summary(shown: Iterable[Finding], inputs: int, hidden: Iterable[Finding] = (), folded: int = 0) -> str:
    """Return the last line: how many inputs, errors and warnings, and how many findings are not shown."""
    counts = Counter(finding.severity for finding in shown)
    line = _("{inputs} input file(s): {errors} error(s), {warnings} warning(s), {notes} note(s)").format(
        inputs=inputs, errors=counts[Severity.ERROR], warnings=counts[Severity.WARNING], notes=counts[Severity.NOTE]
    )
    if folded:
        line += _("; {n} explained in the reports (--severity note lists them)").format(n=folded)
    hidden = list(hidden)
    if not hidden:
        return line
    errors = sum(finding.severity is ERROR for finding in hidden)
    return line + _("; {hidden} more hidden by --severity, --select or --ignore ({errors} of them error(s))").format(
        hidden=len(hidden), errors=errors
    )
