"""A file -> its values and the position of each; typing habits are named, and nothing is guessed.

Every scalar stays text: numbers and dates are read by the fields that want them, so that YAML's own
readings (0123 as 83, 1:30 as 90, NO as false) cannot happen. Values are built from the C parser's events,
with an explicit stack: no recursion, hence no crash however deep the brackets are.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from reportgen.reading.characters import INVISIBLE, MAX_LISTED, decode, odd_characters
from reportgen.reading.habits import BLOCK, LONGEST, PASTED, find_habit, structure_lines
from reportgen.reading.obstacles import why
from reportgen.reading.project import MAX_BYTES
from reportgen.telling.findings import Finding, ReportError, Span, Subject
from reportgen.telling.messages import _

GROUP_OF_DIGITS = re.compile(r"\d{3}(?!\d)")  # 860条 of 2,860条
MAX_DEPTH = 12
MAX_VALUES = 50_000

Value = str | list["Value"] | dict[str, "Value"]
Place = tuple[str | int, ...]

HAN = r"\u3400-\u9fff\u3000-\u303f\uff00-\uffef\U00020000-\U0003ffff·—‘’“”…"
FOLDED_SPACE = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")
ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")  # \u4e00, \n
# A line that is wrong whatever stands above it: two columns of a sheet, 受理：320, 刑事:108.
PLAINLY = re.compile(rf"{PASTED.pattern}|^\s*(?:- +)?[㐀-鿿]{{1,12}}(?:：|:(?=[^\s/\\]))[^，。；]{{0,30}}(?:\s#.*)?$")
KEY = re.compile(r"\s*[㐀-鿿]{1,20}:(?:\s|$)")  # 正文:
UNSEEN = re.compile(f"{INVISIBLE.pattern}|[\t\r]")


@dataclass(frozen=True)
class Source:
    """A file that was read: ``data`` holds only text, lists and mappings; ``findings`` what is odd about it."""

    file: str
    lines: tuple[str, ...]
    digest: str
    data: dict[str, Value] = field(default_factory=dict)
    values: Mapping[Place, Span] = field(default_factory=dict)
    keys: Mapping[Place, Span] = field(default_factory=dict)
    prose: Mapping[Place, int] = field(default_factory=dict)  # line of the first line of a “|” text
    findings: tuple[Finding, ...] = ()

    def span(self, place: Place) -> Span:
        """Return where the value at ``place`` stands, or the nearest thing around it."""
        while place and place not in self.values:
            place = place[:-1]
        return self.values.get(place) or self.at(1, 1)

    def key_span(self, place: Place) -> Span:
        """Return where the key of ``place`` stands, or the nearest thing around it: an entry of a list, its parent.

        Where nothing of it stands in the file, it is to be added below the last key.
        """
        while place and place not in self.keys:
            if place in self.values and isinstance(place[-1], int):
                return self.values[place]
            place = place[:-1]
        return self.keys.get(place) or self._last

    @cached_property
    def _last(self) -> Span:
        tops = [span for place, span in self.keys.items() if len(place) == 1]
        return max(tops, key=lambda span: span.line, default=self.at(1, 1))

    def at(self, line: int, column: int, length: int = 1) -> Span:
        """Return the span at a line and column counted from 1."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Span(self.file, line, column, length, text)

    def spot(self, place: Place, offset: int, length: int = 1) -> Span:
        """Return where the characters at ``offset`` (from 0) of the text at ``place`` stand."""
        value: Value = self.data
        for step in place:
            value = value[step]  # type: ignore[index]
        text = str(value)
        start = self.span(place)
        if place not in self.prose:
            raw = start.text[start.column - 1 : start.column - 1 + len(text)]
            if raw == text:  # in one line, as it stands
                return self.at(start.line, start.column + offset, length)
            return self._walked(text, offset, start.line, start.column - 1, length)
        begin = text.rfind("\n", 0, offset) + 1
        body = text[begin:].partition("\n")[0]
        shown = self.at(number := self.prose[place] + text.count("\n", 0, offset), 1).text
        if shown.endswith(body):  # “|”: line by line
            return self.at(number, len(shown) - len(body) + offset - begin + 1, length)
        return self._walked(text, offset, self.prose[place], 0, length)

    def _walked(self, text: str, offset: int, line: int, column: int, length: int) -> Span:
        """Return where a character of a text stands that is not as it was typed: folded, quoted or with escapes."""
        quote = self.at(line, 1).text[column : column + 1]
        quote = quote if quote in ("'", '"') else ""
        column += len(quote)
        for character in text[:offset]:
            line, column = self._behind(line, column, character, quote)
        line, column = self._next(line, column, text[offset : offset + 1], quote)
        return self.at(line, column + 1, max(1, min(length, len(self.at(line, 1).text) - column)))

    def _next(self, line: int, column: int, character: str, quote: str) -> tuple[int, int]:
        """Return where ``character`` is typed from here on: beyond the white space that YAML folds."""
        while line <= len(self.lines) and character.strip():
            shown = self.lines[line - 1]
            column += len(shown[column:]) - len(shown[column:].lstrip())
            is_break = quote == '"' and shown[column:].rstrip() == "\\"  # the line goes on
            if column < len(shown) and not is_break:
                break
            line, column = line + 1, 0
        return line, column

    def _behind(self, line: int, column: int, character: str, quote: str) -> tuple[int, int]:
        """Return the place behind ``character``: behind one space, one sign, a doubled quote or an escape."""
        line, column = self._next(line, column, character, quote)
        shown = self.lines[line - 1] if line <= len(self.lines) else ""
        if quote == '"' and (escape := ESCAPE.match(shown, column)):
            return line, escape.end()
        return line, column + (2 if quote == "'" and shown[column : column + 2] == "''" else 1)


def read_source(path: Path, name: str = "", first: str = "单位") -> Source:
    """Read the YAML file at ``path``; messages call it ``name``; ``first`` is its first key. Raises ReportError."""
    name = name or str(path)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):  # reading a pipe would wait for ever
            message = _("this is not an ordinary file")
            raise ReportError([_whole(name, "file-unreadable", message, _("delete it, or move it elsewhere"))])
        if about.st_size > MAX_BYTES:
            raise ReportError([_whole(name, "file-too-large", _("the file is larger than 2 MB"))])
        data = path.read_bytes()
    except OSError as error:
        message = _("the file cannot be read: {reason}").format(reason=why(error))
        raise ReportError([_whole(name, "file-unreadable", message)]) from None
    return parse_source(data, name, first)


def parse_source(data: bytes, name: str, first: str = "单位") -> Source:
    """Return the source whose bytes are ``data``. Raises ReportError where it cannot be read at all."""
    text, findings = decode(data, name)
    source = Source(name, tuple(re.split(r"\r\n|\r|\n", text)), hashlib.sha256(_unix(text).encode()).hexdigest())
    findings += odd_characters(source.lines, name)
    if any(finding.code == "invisible-character" for finding in findings):
        raise ReportError(findings)
    findings += _tabs(source)
    builder = _Builder(source)
    try:
        builder.build(text)
    except yaml.YAMLError as error:
        raise ReportError(_once([*findings, *builder.findings, *_syntax(source, error, builder.opened())])) from None
    findings += builder.findings
    if not isinstance(builder.root, dict):
        raise ReportError(_once([*findings, _not_a_mapping(source, builder.root, first)]))
    if any(finding.code == "full-width-structure" for finding in findings):
        raise ReportError(findings)  # what was read is not what was meant: more findings would mislead
    return Source(
        name, source.lines, source.digest, builder.root, builder.values, builder.keys, builder.prose, tuple(findings)
    )


def _once(findings: list[Finding]) -> list[Finding]:
    """Return what stopped the reading, each once; how values would have been joined no longer matters."""
    return [finding for finding in dict.fromkeys(findings) if finding.code != "folded-text"]


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _whole(name: str, code: str, message: str, hint: str = "") -> Finding:
    return Finding(code, Span(name), message, hint)


def _tabs(source: Source) -> list[Finding]:
    lines = (index for index in structure_lines(source.lines) if "\t" in source.lines[index])
    findings = (_habit(source, index) for index in lines)
    return [finding for finding in findings if finding and finding.code == "tab"][:MAX_LISTED]


# --- structure -----------------------------------------------------------------------------------------------


class _Builder:
    """Builds values from parser events; mappings and sequences under construction lie on a stack."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.root: Value = ""
        self.values: dict[Place, Span] = {}
        self.keys: dict[Place, Span] = {}
        self.prose: dict[Place, int] = {}
        self.findings: list[Finding] = []
        self._stack: list[_Open] = []
        self._count = 0

    def build(self, text: str) -> None:
        """Read all events of ``text``; raises yaml.MarkedYAMLError, or ReportError where a bound is passed."""
        documents = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(
                        "yaml-feature", event, _("a second document starts here (---)"), _("use one file for each")
                    )
            elif isinstance(event, yaml.AliasEvent):
                self._feature(event, _("the value starts with “*”, which stands for a copy in YAML"))
                self._add("", event)
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._stack.pop()

    def opened(self) -> Span | None:
        """Return where the last bracket stands that was not closed."""
        return self.values[self._stack[-1].place] if self._stack and self._stack[-1].flow else None

    def _node(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            self._feature(event, _("the value starts with “&”, which marks a copy in YAML"))
        if getattr(event, "tag", None) is not None:
            self._feature(event, _("the value starts with “!”, which sets a type in YAML"))
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
            return
        if len(self._stack) >= MAX_DEPTH:
            self._stop("too-deep", event, _("more than {n} levels").format(n=MAX_DEPTH), _("close the bracket earlier"))
        flow = isinstance(event, yaml.CollectionStartEvent) and bool(event.flow_style)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Value] = []
            place = self._add(items, event)
            self._stack.append(_Open(items, place, flow))
        else:
            entries: dict[str, Value] = {}
            place = self._add(entries, event)
            self._stack.append(_Open(entries, place, flow))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        text = event.value
        top = self._stack[-1] if self._stack else None
        if top and isinstance(top.value, dict) and top.key is None:
            self._key(top, text, event)
            return
        self._look_for_unseen(text, event)
        start, end = _marks(event)
        unfolded = FOLDED_SPACE.sub("", text)
        if start.line != end.line and event.style != "|" and (event.style != ">" or text != unfolded):
            text = unfolded
            message = _("the text runs over several lines, which YAML joins with spaces")
            hint = _(
                "type “|” after the colon and the text on the lines below, indented; no space was put between Chinese"
            )
            self.findings.append(Finding("folded-text", self._span(event), message, hint))
        if event.style == "":
            self._plain(text, event, top)
        place = self._add(text, event)
        if event.style in ("|", ">"):
            self.prose[place] = start.line + 2

    def _plain(self, text: str, event: yaml.ScalarEvent, top: _Open | None) -> None:
        _start, mark = _marks(event)
        rest = self.source.lines[mark.line][mark.column :] if mark.line < len(self.source.lines) else ""
        if match := re.match(r"\s+#(?=[^\s#!])", rest):
            message = _("“ #” starts a comment: the value ends at “{text}”").format(text=text[-20:])
            hint = _("put the whole value in quotation marks, or type a space after “#” if it is a comment")
            span = self.source.at(mark.line + 1, mark.column + match.end(), len(rest) - match.end() + 1)
            self.findings.append(Finding("cut-by-comment", span, message, hint))
        if text == "" and top and top.flow and isinstance(top.value, dict) and GROUP_OF_DIGITS.match(str(top.key)):
            self._thousands(top.value, top.place, str(top.key), event)
        elif re.fullmatch("“[^“”]*”", text):
            message = _("the quotation marks “ ” are part of the value and will be printed")
            hint = _('leave them out, or use "…" to put a value in quotation marks')
            self.findings.append(Finding("full-width-quotes", self._span(event), message, hint))

    def _thousands(self, entries: Mapping[str, Value], place: Place, key: str, event: yaml.ScalarEvent) -> None:
        """12,345,678 within { } is three entries: it is told once, where it is cut first, with all of its digits."""
        names, number = list(entries), ([key for key, value in entries.items() if value] or [""])[-1]
        groups = names[names.index(number) + 1 :] if number else []
        span = self.keys.get((*place, (groups or [key])[0]), self._span(event))
        self.findings = [found for found in self.findings if found.span != span or found.code != "needs-quotes"]
        message = _("inside { } a comma separates entries, so that the number ends before it")
        hint = _("type {number} without the comma, or the fact on a line of its own")
        hint = hint.format(number="".join([str(entries.get(number, "")), *groups, key]))
        self.findings.append(Finding("needs-quotes", span, message, hint))

    def _look_for_unseen(self, text: str, event: yaml.ScalarEvent) -> None:
        """A code such as "\\u200b" puts into a value what the file itself may not have."""
        start, _end = _marks(event)
        match = UNSEEN.search(text)
        if match and not (event.style == "" and PASTED.match(self.source.lines[start.line])):  # told as such
            message = _("the text has an invisible character: {code}").format(code=f"U+{ord(match[0]):04X}")
            hint = _("use spaces, or leave it out")
            self.findings.append(Finding("invisible-character", self._span(event), message, hint))

    def _key(self, top: _Open, text: str, event: yaml.ScalarEvent) -> None:
        span = self._span(event)
        self._look_for_unseen(text, event)
        text = UNSEEN.sub("", text)
        if text == "<<":
            self._feature(event, _("“<<” merges mappings in YAML"))
        elif "：" in text and event.style == "":
            message = _("the colon after the key is full-width “：”")
            hint = _("type a half-width colon and a space: “: ”")
            self.findings.append(Finding("full-width-structure", self._find("：", span), message, hint))
        elif text != text.strip("　\xa0 "):
            message = _("the key starts or ends with a full-width space")
            self.findings.append(Finding("full-width-structure", span, message, _("use half-width spaces")))
            text = text.strip("　\xa0 ")
        place = (*top.place, text)
        if text in top.seen:
            self.findings.append(self._duplicate(text, place, span))
            text += "\0"  # its value is read like any other, and then left out
        else:
            top.seen.add(text)
            self.keys[place] = span
        top.key = text

    def _find(self, sign: str, span: Span) -> Span:
        """Return where ``sign`` stands, at the start of ``span`` or in a line below it."""
        line, column = span.line, span.text.find(sign, span.column - 1)
        while column < 0 and line < len(self.source.lines):
            line, column = line + 1, self.source.lines[line].find(sign)
        return self.source.at(line, max(column, 0) + 1)

    def _duplicate(self, text: str, place: Place, span: Span) -> Finding:
        first = self.keys[place]
        message = _("“{key}” stands here a second time; the first is in line {line}").format(key=text, line=first.line)
        return Finding("duplicate-key", span, message, _("keep one of the two"), Subject.key(*place))

    def _add(self, value: Value, event: yaml.NodeEvent) -> Place:
        """Put ``value`` where it belongs and return its place."""
        self._count += 1
        if self._count > MAX_VALUES:
            self._stop("too-many", event, _("more than {n} values").format(n=MAX_VALUES), _("split the file"))
        if not self._stack:
            self.root = value
            self.values[()] = self._span(event)
            return ()
        top = self._stack[-1]
        if isinstance(top.value, list):
            place: Place = (*top.place, len(top.value))
            top.value.append(value)
        else:
            if top.key is None:
                if finding := _habit(self.source, _marks(event)[0].line):
                    raise ReportError([*self.findings, finding])
                self._stop("wrong-shape", event, _("a key must be plain text"), _("type “key: value”"))
            key, top.key = str(top.key), None
            place = (*top.place, key)
            if not key.endswith("\0"):
                top.value[key] = value
        self.values[place] = self._span(event)
        return place

    def _span(self, event: yaml.Event) -> Span:
        start, end = _marks(event)
        length = end.column - start.column if end.line == start.line else 1
        return self.source.at(start.line + 1, start.column + 1, max(1, length))

    def _feature(self, event: yaml.Event, message: str) -> None:
        span = self._span(event)
        text = re.split(r"\s+#|\s*$|\s*[,\]}]", span.text[span.column - 1 : span.column + 60])[0]
        hint = _('if it is text, put it in quotation marks: "{text}"').format(text=text)
        self.findings.append(Finding("yaml-feature", span, message, hint))
        if len(self.findings) > MAX_LISTED:
            raise ReportError(self.findings)

    def _stop(self, code: str, event: yaml.Event, message: str, hint: str) -> None:
        raise ReportError([*self.findings, Finding(code, self._span(event), message, hint)])


def _marks(event: yaml.Event) -> tuple[Any, Any]:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:  # the C parser marks every event
        raise yaml.YAMLError("an event without a mark")
    return start, end


@dataclass
class _Open:
    """A mapping or sequence whose end has not been seen yet."""

    value: list[Value] | dict[str, Value]
    place: Place
    flow: bool
    key: str | None = None
    seen: set[str] = field(default_factory=set)


# --- what went wrong -----------------------------------------------------------------------------------------


def _syntax(source: Source, error: yaml.YAMLError, opened: Span | None) -> list[Finding]:
    """Name the habits above the place where the parser gave up, or else what it stumbled over.

    ``opened`` is the last bracket that was not closed: it is to blame where the parser came to the end of the file.
    """
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = min(mark.line if mark else 0, len(source.lines) - 1)
    structure = structure_lines(source.lines)
    suspects = [index for index in structure if index <= line and _is_odd(source.lines[index])]
    suspects += [index for index in structure if index > line and PLAINLY.match(source.lines[index])]
    if habits := [finding for index in suspects if (finding := _habit(source, index))]:
        return [finding for finding in habits if finding.code != "tab"][:MAX_LISTED]  # _tabs has told of the tabs
    for before, index in pairwise(structure):
        if index <= line and BLOCK.match(source.lines[before]) and _is_odd(source.lines[index]):
            message = _("the text below “|” is not indented further than its name")
            hint = _("begin each line of it with two spaces more than “{name}”")
            return [
                Finding("yaml-syntax", source.at(index + 1, 1), message, hint.format(name=_name(source.lines[before])))
            ]
    message, hint = _reason(error)
    if opened and mark and _ends_before(source, opened, mark.line):
        return [Finding("yaml-syntax", opened, message, hint)]
    column = mark.column if mark else 0
    while line > 0 and not source.lines[line].strip():
        line, column = line - 1, len(source.lines[line - 1])
    return [Finding("yaml-syntax", source.at(line + 1, column + 1), message, hint)]


def _ends_before(source: Source, opened: Span, line: int) -> bool:
    """Whether what a bracket holds must have ended: at the end of the file, or where a key stands no deeper."""
    rest = [text for text in source.lines[line:] if text.strip()]
    indent = len(opened.text) - len(opened.text.lstrip())
    deeper = bool(rest) and len(rest[0]) - len(rest[0].lstrip()) > indent
    return not rest or (line >= opened.line and not deeper and KEY.match(rest[0]) is not None)


def _name(line: str) -> str:
    return line.strip().removeprefix("- ").partition(":")[0]


def _is_odd(line: str) -> bool:
    """Whether a line by itself is neither “key: value” nor a list in brackets: it may be the culprit."""
    try:
        events = list(yaml.parse(line[:LONGEST], Loader=yaml.CSafeLoader))
    except yaml.YAMLError:
        return True
    return not any(isinstance(event, yaml.CollectionStartEvent) and _is_structure(event) for event in events)


def _is_structure(event: yaml.CollectionStartEvent) -> bool:
    return isinstance(event, yaml.MappingStartEvent) or bool(event.flow_style)


def _habit(source: Source, index: int) -> Finding | None:
    habit = find_habit(source.lines[index])
    if habit is None:
        return None
    return Finding(habit.code, source.at(index + 1, habit.column + 1), habit.message, habit.hint)


def _reason(error: yaml.YAMLError) -> tuple[str, str]:
    problem, context = str(getattr(error, "problem", "")), str(getattr(error, "context", ""))
    if "escape" in problem:
        return _('inside "…" a backslash starts a code'), _("use '…' instead, or type the backslash twice")
    if "quoted scalar" in context:
        return _("a quotation mark is opened and not closed"), _("add the closing quotation mark")
    if "flow" in context:
        return _("a bracket or brace is opened and not closed"), _("close it, and separate the entries with “, ”")
    if "expected key" in problem or "'-' indicator" in problem or "not allowed" in problem:
        return (
            _("the line does not line up with the lines above it"),
            _("give lines of one level the same number of spaces at the start, and type “key: value”"),
        )
    if "simple key" in context:
        return _("this line has no “key: value”"), _("type a colon and a space after the key")
    return _("the line cannot be read as YAML ({problem})").format(problem=problem), _(
        "put the value in quotation marks"
    )


def _not_a_mapping(source: Source, root: Value, first: str) -> Finding:
    if root == "":
        hint = (
            _("start with 单位: and the centre's name") if first == "单位" else _("start with {key}:").format(key=first)
        )
        return Finding("file-empty", source.at(1, 1), _("the file is empty"), hint)
    line = next(iter(structure_lines(source.lines)), 0)
    if finding := _habit(source, line):
        return finding
    return Finding(
        "wrong-shape",
        source.at(line + 1, 1),
        _("the file does not consist of lines “key: value”"),
        _("type “key: value”"),
    )


def leaves(source: Source) -> Iterator[tuple[Place, str]]:
    """Yield the place and text of every scalar."""
    todo: list[tuple[Place, Value]] = [((), source.data)]
    while todo:
        place, value = todo.pop()
        if isinstance(value, str):
            yield place, value
        else:
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            todo.extend(((*place, key), child) for key, child in reversed(list(pairs)))
