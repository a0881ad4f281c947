"""Texts of 正文 -> the lines that part what the page would run together: a blank line, the rule of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.checking.leftovers import POINT, STYLES
from reportgen.reading.source import Place, Source, leaves, parse_source
from reportgen.telling.findings import ReportError

ROW = re.compile(r"\|.*\|\s*$")
RULE = re.compile(r"\|(?:\s*:?-{3,}:?\s*\|)+\s*$")
LIST_ITEM = re.compile(r"\d{1,9}[.)]\s")  # Markdown sets these apart itself
ENDED = "。；：;:"


def parted(lines: list[str]) -> dict[int, list[str]]:
    """Return the lines to put in before others (by index), where all else of the file stays as it is."""
    try:
        source = parse_source("\n".join(lines).encode(), "")
    except ReportError:
        return {}
    found: dict[int, list[str]] = {}
    for place, first in source.prose.items():
        if place[0] == "正文":
            found |= dict(_breaks(lines, first - 1, str(_value(source, place)).count("\n") + 1))
    return found if found and _is_same(source, lines, found) else {}


def _value(source: Source, place: Place) -> object:
    value: object = source.data
    for step in place:
        value = value[step]  # type: ignore[index]
    return value


def _breaks(lines: list[str], start: int, count: int) -> Iterator[tuple[int, list[str]]]:
    """Yield where a line has to be put in, and which, in a text of ``count`` lines."""
    for index in range(start, min(start + count, len(lines))):
        line, before = lines[index].strip(), lines[index - 1].strip() if index > start else ""
        indent = lines[index][: len(lines[index]) - len(lines[index].lstrip())]
        if before and _is_next_point(before, line):
            yield index, [""]
        elif ROW.match(line) and not ROW.match(before):
            below = lines[index + 1].strip() if index + 1 < len(lines) else ""
            if before:
                yield index, [""]
            if ROW.match(below) and not RULE.match(below):
                yield index + 1, [f"{indent}|" + "---|" * (line.count("|") - 1)]


def _is_next_point(before: str, line: str) -> bool:
    """Whether a line begins a point of the style of the one above, or after the end of a sentence."""
    point, above = POINT.match(line), POINT.match(before)
    if point is None or LIST_ITEM.match(line):
        return False
    alike = above is not None and above[0].translate(STYLES)[-1:] == point[0].translate(STYLES)[-1:]
    return alike or before[-1] in ENDED


def with_breaks(lines: list[str], found: dict[int, list[str]]) -> list[str]:
    """Return the lines with those put in."""
    return [each for index, line in enumerate(lines) for each in (*found.get(index, ()), line)]


def _is_same(source: Source, lines: list[str], found: dict[int, list[str]]) -> bool:
    """Whether nothing else is read otherwise, and no sign of a text is lost or added but for the rules."""
    try:
        after = parse_source("\n".join(with_breaks(lines, found)).encode(), "")
    except ReportError:
        return False
    plain = [(place, _without_rules(text)) for place, text in leaves(source)]
    return plain == [(place, _without_rules(text)) for place, text in leaves(after)]


def _without_rules(text: str) -> str:
    return "".join(line for line in text.split("\n") if line.strip() and not RULE.match(line.strip()))
