"""A file's text with typing habits -> the text mended; what cannot be proven to be better is left alone.

A line is mended only where reading the file complains of it. Every mend is tried on the whole file and kept only
if the file then reads at least as far as before, the complaint is gone, and every value on the other lines is the
same at the same place. Comments and the prose below “|” are never touched. Mending twice changes nothing more.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import get_origin

from reportgen.helping.paragraphs import parted
from reportgen.numbers.dates import DATE
from reportgen.numbers.numerals import NUMBER, mended
from reportgen.reading.characters import INVISIBLE, decode
from reportgen.reading.frames import InputFile, fitting
from reportgen.reading.habits import find_habit, text_lines
from reportgen.reading.keys import FOR_FORM, STATED
from reportgen.reading.source import MAX_DEPTH, Place, Source, leaves, parse_source
from reportgen.telling.catalogue import CATALOGUE, ERROR
from reportgen.telling.findings import Finding, ReportError

BOM = "\ufeff"
MENDABLE = {code for code, kind in CATALOGUE.items() if kind.mendable}
WATCHED = MENDABLE | {"duplicate-key"}  # what a mend may not lead to
ROWS = "评分"
FIGURES, YEAR, DAY, FORMS = "数据", "年度", "日期", "报告"  # where only numbers, dates and names of forms can stand
TAB_WIDTHS = (2, 4, 8)
GLUED = re.compile(r"([^\W\d]\w*):(?=[^\s/\\])|[^:]+:(?:[　\xa0]|[{\[])|-[^\s\-0-9.]")  # a key that swallowed its value
BAR = re.compile(r":\s*｜[-+]?\s*(?:#.*)?$")  # nobody means this sign alone
GAP = re.compile(r"\s*[,}]")
MAX_STEPS = 60  # mends of one line
MAX_LENGTH = 5000  # of a line that is mended


@dataclass(frozen=True, slots=True)
class Edit:
    """One line that was mended: its number from 1, as it was and as it is."""

    line: int
    before: str
    after: str


def repaired(text: str) -> tuple[str, list[Edit]]:
    """Return ``text`` with its safe typing habits mended, and the lines that changed."""
    parts = re.split(r"(\r\n|\r|\n)", text)
    given, ends = parts[::2], [*parts[1::2], ""]
    lines = [given[0].removeprefix(BOM), *given[1:]]
    reading = _Reading(tuple(lines))
    while better := next(_improvements(reading), None):
        reading = better
    put_in = parted(list(reading.lines))
    after = ["\n".join([*put_in.get(at, ()), line]) for at, line in enumerate(reading.lines)]
    edits = [Edit(number, *pair) for number, pair in enumerate(zip(given, after, strict=True), 1)]
    newline = next((end for end in ends if end), "\n")
    mended_text = "".join(line.replace("\n", newline) + end for line, end in zip(after, ends, strict=True))
    return mended_text, [edit for edit in edits if edit.before != edit.after]


def readable(data: bytes, name: str) -> tuple[str, bool]:
    """Return the text of a file, and whether it was GBK. Raises ReportError where bytes could be lost."""
    try:
        text, _notes = decode(data, name)
    except ReportError:
        other = _from_gbk(data)
        if other is None:
            raise
        return other, True
    return (BOM + text if data.startswith(codecs.BOM_UTF8) else text), False


def _from_gbk(data: bytes) -> str | None:
    """Return the text of a GBK file of ours: damaged UTF-8 can read as GBK too, but not with our keys."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    keys = re.compile(rf"^(?:{'|'.join(str(field.alias) for field in InputFile.model_fields.values())})\s*[:：]", re.M)
    sound = keys.search(text) and not keys.search(data.decode("utf-8", "replace"))
    if not sound or INVISIBLE.search(text) or re.search("[\ue000-\uf8ff]", text):
        return None
    return text if text.encode("gb18030") == data else None


def unreadable(text: str, name: str) -> tuple[Finding, ...]:
    """Return what still keeps ``text`` from being read; nothing where it reads."""
    try:
        findings = parse_source(text.encode(), name).findings
    except ReportError as error:
        findings = error.findings
    return tuple(finding for finding in findings if finding.severity is ERROR)


# --- reading -------------------------------------------------------------------------------------------------


class _Reading:
    """What reading makes of the lines: how far it comes, what it complains of, and the values it finds."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        self.stop = len(lines)  # the index of the first line that is not read
        self.source: Source | None = None  # of the lines above it
        findings: list[Finding] = []
        while self.source is None and self.stop:
            try:
                self.source = _parsed([*lines[: self.stop], ""])
            except ReportError as error:
                stop = min((f.span.line - 1 for f in error.findings if f.severity is ERROR), default=0)
                findings = findings or list(error.findings)
                self.stop = min(stop, self.stop - 1)
        if self.source:
            findings += [*self.source.findings, *fitting(self.source, InputFile)[1].values()]
        self.complaints = {(f.code, f.span.line - 1) for f in findings if f.code in WATCHED}
        self.complaints |= {("full-width-structure", line) for line in self._spoilt()}
        self.complaints |= {("full-width-structure", line) for line in self.structure if BAR.search(lines[line])}
        tabs = (line for line in self.structure if line < self.stop and _has_tab(lines[line]))  # reading lists a few
        self.complaints |= {("tab", line) for line in tabs}

    def _spoilt(self) -> Iterator[int]:
        """Yield the lines of numbers and names of forms that the signs around them have spoilt."""
        if self.source is None:
            return
        for place, text in leaves(self.source):
            in_figures = place[0] == FIGURES and not NUMBER.fullmatch(mended(text).strip())
            habit = find_habit(text) if in_figures or place[0] == FORMS else None
            if habit and habit.code == "full-width-structure":
                yield self.source.span(place).line - 1
        for place, span in self.source.keys.items():
            match = GLUED.match(str(place[-1]))
            if match and (not match[1] or self.is_key(match[1], span.line - 1)):
                yield span.line - 1

    @cached_property
    def scalars(self) -> set[tuple[int, int, str]]:
        """Every key and value with its line and column; an empty value has no place of its own."""
        if self.source is None:
            return set()
        spans = [(self.source.span(place), text) for place, text in leaves(self.source) if text]
        spans += [(span, str(place[-1])) for place, span in self.source.keys.items()]
        return {(span.line - 1, span.column, text) for span, text in spans}

    @cached_property
    def first(self) -> dict[int, int]:
        """The lines where a key or value starts, and the column of the first."""
        spans = [*self.source.keys.values(), *self.source.values.values()] if self.source else []
        return dict(sorted(((span.line - 1, span.column) for span in spans), reverse=True))

    @cached_property
    def named(self) -> set[int]:
        """The lines that are complained of."""
        return {line for _code, line in self.complaints}

    @cached_property
    def gaps(self) -> set[int]:
        """The lines with an entry in braces that is a key alone, as what follows a comma in a text would be."""
        keys = self.source.keys.values() if self.source else ()
        return {key.line - 1 for key in keys if GAP.match(key.text, key.column - 1 + key.length)}

    @cached_property
    def places(self) -> set[tuple[Place, str]]:
        """Every value with its place: what the file says, apart from how it is laid out."""
        return set(leaves(self.source)) if self.source else set()

    @cached_property
    def prose(self) -> frozenset[int]:
        """The indices of lines below “key: |”."""
        return text_lines(self.lines)

    @cached_property
    def structure(self) -> list[int]:
        """The indices of lines that may be mended."""
        prose = self.prose
        return [n for n, line in enumerate(self.lines) if n not in prose and line.strip() and line.lstrip()[0] != "#"]

    @cached_property
    def sections(self) -> list[str]:
        """For every line, the key at the top under which it stands."""
        found: list[str] = []
        for line in self.lines:
            match = re.match(r"([^\s:：#\-]+)\s*[:：]", line)
            found.append(match[1] if match else found[-1] if found else "")
        return found

    @cached_property
    def words(self) -> dict[str, set[int]]:
        """Every word that is typed as a key, with the lines where it is."""
        found: dict[str, set[int]] = {}
        for index in self.structure:
            for word in TYPED_KEY.findall(self.lines[index]):
                found.setdefault(word, set()).add(index)
        return found

    def is_key(self, word: str, index: int) -> bool:
        """Whether ``word`` behind a comma is surely a key: among figures, or where it is a key elsewhere too."""
        section = self.sections[index]
        if section == FIGURES or (section == ROWS and word in STATED and word != FOR_FORM):
            return True
        return any(line != index for line in self.words.get(word, ()))

    def with_lines(self, changed: dict[int, str]) -> _Reading:
        """Return the reading of the lines with some of them changed."""
        return _Reading(tuple(changed.get(index, line) for index, line in enumerate(self.lines)))


def _has_tab(line: str) -> bool:
    return "\t" in line and (habit := find_habit(line)) is not None and habit.code == "tab"


def _parsed(lines: Iterable[str]) -> Source:
    return parse_source("\n".join(lines).encode("utf-8", "replace"), "")


def _is_better(before: _Reading, after: _Reading, changed: Collection[int]) -> bool:
    """Whether nothing else was changed and nothing more is complained of, and the changed lines are sound."""
    same = {scalar for scalar in before.scalars if scalar[0] not in changed} <= after.scalars
    fresh = {complaint for complaint in after.complaints - before.complaints if complaint[1] < before.stop}
    sound = max(changed) < after.stop and after.named.isdisjoint(changed)
    entries = after.gaps.isdisjoint(changed)
    signs = all(_without_signs(before.lines[line]) == _without_signs(after.lines[line]) for line in changed)
    apart = before.prose == after.prose and before.structure == after.structure
    return after.stop >= before.stop and same and not fresh and sound and entries and signs and apart


_Proof = Callable[[_Reading, _Reading, Collection[int]], bool]


def _without_signs(line: str) -> str:
    """Return what a mend must keep: everything but the signs that YAML is made of."""
    return re.sub(r"[\s:：,{}|｜\[\]｛｝［］【】\"'\-—]", "", mended(line))


# --- what to try ---------------------------------------------------------------------------------------------


def _improvements(reading: _Reading) -> Iterator[_Reading]:
    """Yield what makes the file better: all lines that can be mended together, or else one, from the top."""
    for attempt in (_together, _signs, _numbers):
        yield from attempt(reading)


def _together(reading: _Reading) -> Iterator[_Reading]:
    """Lines that are complained of even where they stand alone below their keys. A tab must have one possible width."""
    tabs = any("\t" in _indent(reading.lines[index]) for index in reading.structure)
    below = cache(partial(_below, reading))
    after = _divided(reading, [_alone(reading, width, below) for width in TAB_WIDTHS[: None if tabs else 1]])
    if after is not reading:
        yield after


def _divided(reading: _Reading, choices: list[dict[int, str]], proof: _Proof = _is_better) -> _Reading:
    """Return the reading with as many lines mended as can be proven: all together, or else each half by itself."""
    tried = [_standing(reading, mends) for mends in choices]
    better = [(after.stop, len(mends), after) for after, mends in tried if mends and proof(reading, after, mends)]
    most = max((reach[:2] for reach in better), default=None)
    found = [after for *reach, after in better if tuple(reach) == most]
    lines = sorted(set().union(*(mends for _after, mends in tried)))
    if found and all(after.places == found[0].places for after in found) and not _hinders(reading, found[0], lines[-1]):
        return found[0]
    middle = len(lines) // 2
    for half in (lines[:middle], lines[middle:]) if middle else ():
        parts = [{line: mends[line] for line in half if line in mends} for mends in choices]
        reading = _divided(reading, parts, proof)
    return reading


def _hinders(before: _Reading, after: _Reading, last: int) -> bool:
    """Whether more could be read without the last of several mends."""
    return after.stop < len(after.lines) and after.with_lines({last: before.lines[last]}).stop > after.stop


def _standing(reading: _Reading, mends: dict[int, str]) -> tuple[_Reading, dict[int, str]]:
    """Return the reading with lines mended, but for those that do not stand then, and the lines that were."""
    after = reading.with_lines(mends)
    while standing := {line: text for line, text in mends.items() if _stands(reading, after, line)}:
        if len(standing) == len(mends):
            break
        after, mends = reading.with_lines(standing), standing
    return after, standing


def _stands(before: _Reading, after: _Reading, index: int) -> bool:
    """Whether a mended line is no longer complained of, and starts with a key or value: it is no text of another."""
    line = after.lines[index]
    starts = {len(_indent(line)) + 1, len(_indent(line)) + 3 * line.lstrip().startswith("- ")}
    same_text = before.lines[index].lstrip(" \t") == line.lstrip(" ") and not find_habit(line.lstrip(" "))
    return (after.first.get(index) in starts or same_text) and index < after.stop and index not in after.named


def _alone(reading: _Reading, width: int, below: Callable[..., str | None]) -> dict[int, str]:
    """Return the lines that may be mended, each as far as it needs to read alone below the keys above it."""
    above: list[tuple[int, str]] = []  # how deep each of these keys stands, and the key as it is mended
    found: dict[int, str] = {}
    depths = [_depth(reading.lines[index], width) for index in reading.structure]
    for index, depth, depth_below in zip(reading.structure, depths, [*depths, 0][1:], strict=True):
        while above and above[-1][0] >= depth:
            above.pop()
        line = reading.lines[index]
        text = line.lstrip()
        odd = line != " " * (depth // 2) + text
        if odd or index in reading.named or index not in reading.first:
            entries = [*(key for _depth, key in above), text, *["x: 1"] * (depth_below > depth)]
            new = below(index, tuple(entries), len(above))
            text = new or text
            if odd or new:
                found[index] = " " * (depth // 2) + text
        above.append((depth, text))
    return found


def _depth(line: str, width: int) -> int:
    """Return how deep a line stands: a list may stand in the column of its key, and is below it all the same."""
    spaces = _indent(line).replace("\t", " " * width).replace("　", "  ")
    return 2 * len(spaces) + (line.lstrip()[0] in "-－—")


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _below(reading: _Reading, index: int, entries: tuple[str, ...], at: int) -> str | None:
    """Return an entry mended, where it is complained of in a file of these alone, each below the one before."""
    lines = tuple("  " * depth + entry for depth, entry in enumerate(entries))
    if len(lines) > MAX_DEPTH or sum(map(len, lines)) > MAX_LENGTH:
        return None
    before: _Reading | None = None
    for step in _tries(reading, index, entries[at]):
        before = before or _Reading(lines)
        if at not in before.named:
            return None
        if _is_better(before, before.with_lines({at: "  " * at + step}), {at}):
            return step
    return None


def _tries(reading: _Reading, index: int, line: str) -> Iterator[str]:
    """Yield the line with one sign mended, then two, and so on: who types one comma full-width types all so."""
    seen = {line}
    for step in _steps(reading, index, line):
        further = [step, *_steps(reading, index, step, _ENTRIES)][-1]
        yield from dict.fromkeys(each for each in (further, step) if each not in seen)
        seen |= {further, step}


def _signs(reading: _Reading) -> Iterator[_Reading]:
    """Lines that reading complains of, or that look odd above the place where it stopped."""
    for index in reading.structure:
        line = reading.lines[index]
        if index not in reading.named:
            if index > reading.stop or reading.stop == len(reading.lines) or not find_habit(line):
                continue
            if not _is_culprit(reading, index):
                continue
        found = (reading.with_lines({index: step}) for step in _tries(reading, index, line))
        yield from (after for after in found if _is_better(reading, after, {index}))


def _is_culprit(reading: _Reading, index: int) -> bool:
    """Whether the file cut off below this line is already complained of here."""
    cut = _Reading(reading.lines[: index + 1])
    return cut.stop <= index or index in cut.named


def _numbers(reading: _Reading) -> Iterator[_Reading]:
    """Full-width digits and signs where only a number, a year or a date can stand."""
    source, mends = reading.source, dict[int, str]()
    for place, text in reversed(list(leaves(source))) if source else ():
        if source is None or mended(text) == text or not _is_number(place, mended(text)):
            continue
        span = source.span(place)
        start, end = span.column - 1, span.column - 1 + span.length
        new = mended(span.text[start:end])
        if "," in new and new[0] not in "\"'" and "{" in span.text[:start]:
            new = f'"{new}"'  # in braces, the comma of 14,892 would separate entries
        line = mends.get(span.line - 1, span.text)
        mends[span.line - 1] = line[:start] + new + line[end:]
    after = _divided(reading, [{index: mends[index] for index in reading.structure if index in mends}], _is_same)
    if after is not reading:
        yield after


def _is_same(before: _Reading, after: _Reading, changed: Collection[int]) -> bool:
    """Whether nothing was changed but the width of digits and signs."""
    values = {(place, mended(text)) for place, text in before.places}
    return _is_better(before, after, changed) and values <= {(place, mended(text)) for place, text in after.places}


def _is_number(place: Place, text: str) -> bool:
    if place[0] == FIGURES:
        return bool(NUMBER.fullmatch(text.strip()))
    return bool(place == (YEAR,) and re.fullmatch("20[0-9][0-9]", text)) or bool(
        place == (DAY,) and DATE.fullmatch(text)
    )


# --- one sign of one line ------------------------------------------------------------------------------------

QUOTED, TAG = "\ue000-\ue7ff", "\ue800-\uefff"  # stand for “"…"” and “{{ … }}” while the signs around them are mended
KEY = rf"[^\s:：\"'{{}}\[\]｛｝［］,，#{TAG}\-][^\s:：\"'{{}}\[\]｛｝［］,，#{TAG}]*"
START = rf"^\s*(?:- +)?[{{\[]?[ ]*{KEY}"
TYPED_KEY = re.compile(rf"(?:^\s*(?:- +)?|[{{｛,，]\s*)({KEY})\s*[:：]")
SPACES = "[ \t　\xa0]"
SIGN = rf"(?:[{TAG}%@`*&]|!(?![!a-z<])|>(?![-+]?[0-9]?[-+]?$))"  # a value that starts so is not read as text
COMMENT = re.compile(r"\s+(?:#|$)|\A#")
PLAIN = re.compile(r"[^\"'{\s#]+")
SPLIT = re.compile(rf"[{QUOTED}{TAG}]")
GROUPS = {str(field.alias) for field in InputFile.model_fields.values() if get_origin(field.annotation)}


@dataclass(frozen=True)
class _Line:
    """A line to be mended: its text without the comment, quoted texts and tags standing as one character each."""

    reading: _Reading
    index: int
    body: str
    comment: str
    hidden: dict[int, str]

    def shown(self, text: str) -> str:
        """Return ``text`` with the quoted texts and tags in their places."""
        return text.translate(self.hidden)

    def is_key(self, word: str) -> bool:
        """Whether ``word`` behind a comma is surely a key."""
        return self.reading.is_key(word, self.index)

    def among_figures(self) -> bool:
        """Whether the line states facts."""
        return self.reading.sections[self.index] == FIGURES

    def quoted(self, text: str) -> str | None:
        """Return ``text`` in quotation marks, or None where it is not certain what belongs to it."""
        text = self.shown(text)
        if re.match(r"\s+#[^\s#!]", self.comment) or (self.comment.strip() and text.count('"') % 2):
            return None
        if (name := re.match(r"[&*]([^\s,\]}]+)", text)) and self._is_used(name[0], name[1]):
            return None
        if '"' in text or "\\" in text:
            return "'" + text.replace("'", "''") + "'"
        return f'"{text}"'

    def _is_used(self, typed: str, name: str) -> bool:
        """Whether a mark and its copies are both there: then they are meant as YAML's."""
        other = re.compile(rf"[:\-,\[]\s+{re.escape(('*' if typed[0] == '&' else '&') + name)}(?!\w)")
        return any(other.search(line) for line in self.reading.lines)


_Mend = Callable[[_Line], str | None]


def _steps(reading: _Reading, index: int, line: str, mends: Iterable[_Mend] | None = None) -> Iterator[str]:
    """Yield the line with one sign mended, then two, and so on; a comment behind it stays as it is."""
    for _step in range(MAX_STEPS):
        if SPLIT.search(line) or len(line) > MAX_LENGTH:
            return
        parts = _line(reading, index, line)
        tried = (mend(parts) for mend in mends or _MENDS)
        new = next((text for text in tried if text is not None and text != parts.body), None)
        if new is None:
            return
        line = parts.shown(new.rstrip()) + parts.comment
        yield line


def _line(reading: _Reading, index: int, line: str) -> _Line:
    """Take a line apart as YAML does: quotation marks count where a value starts, “#” after a space."""
    body, place, hidden = "", 0, dict[int, str]()
    while place < len(line):
        if plain := PLAIN.match(line, place):
            body, place = body + plain[0], plain.end()
            continue
        rest = line[place : place + 2]
        quotes = rest[0] in "\"'" and re.search(r"(?:^|[:\-,{\[：，｛［])\s*$", body)
        if not quotes and rest not in ("{{", "{%"):
            if COMMENT.match(line, place):
                break
            body, place = body + line[place], place + 1
            continue
        pattern = {'"': r'"(?:[^"\\]|\\.)*"', "'": "'(?:[^']|'')*'"}.get(rest[0], r"\{\{.*?\}\}|\{%.*?%\}")
        match = re.compile(pattern).match(line, place)
        text = match[0] if match and len(hidden) < 2000 else line[place]
        code = ord((QUOTED if quotes else TAG)[0]) + len(hidden)
        if len(text) > 1:
            hidden[code], body = text, body + chr(code)
        else:
            body += text
        place += len(text)
    return _Line(reading, index, body, line[place:], hidden)


def _space_after_colon(line: _Line) -> str | None:
    """“:” and a tab, or a full-width space."""
    return re.sub(rf"((?:{START}|[{{,][ ]*{KEY}):)(?=[ ]*[\t　\xa0]){SPACES}+", r"\1 ", line.body, count=1)


def _space_around_key(line: _Line) -> str | None:
    """A full-width space before a key, or between it and its colon."""
    text = re.sub(rf"^(\s*(?:- +)?{KEY})[ ]*[　\xa0]{SPACES}*(?=:)", r"\1", line.body)
    text = re.sub(rf"([{{,]\s*{KEY})[ ]*[　\xa0]{SPACES}*(?=[:：])", r"\1", text)
    text = re.sub(rf"(\{{)[ ]*[　\xa0]{SPACES}*", r"\1", text)
    return re.sub(rf"(,)[ ]*[　\xa0]{SPACES}*(?={KEY}[:：])", r"\1 ", text)


def _dash(line: _Line) -> str | None:
    """－ for the dash of a list, or no space after it. (—— within a text is none.)"""
    text = re.sub(rf"^(\s*)[－—]{SPACES}*(?=[^\s－—])", r"\1- ", line.body)
    return re.sub(r"^(\s*)-(?=[^\s\-0-9.])", r"\1- ", text)


def _first_colon(line: _Line) -> str | None:
    """“：” after the first key, or no space after its “:”; “｜” behind it."""
    text = re.sub(rf"({START})：\s*", r"\1: ", line.body)
    text = re.sub(r"(:\s*)｜(?=[-+]?$)", r"\1|", text)
    return re.sub(rf"^(\s*(?:- +)?(?![0-9]){KEY}):(?=[^\s/\\])", r"\1: ", text)


def _brackets(line: _Line) -> str | None:
    """｛｝［］ around a value; 【】 around the names of forms."""
    if line.reading.sections[line.index] == FORMS and find_habit(line.body.partition(":")[2].strip()):
        return line.body.translate(str.maketrans("【】［］", "[][]"))
    if not re.search(r"[:：\-,，{\[]\s*[｛［]|[｝］]\s*,?$|[{\[].*[｝］]|[｛［].*[}\]]", line.body):
        return None
    return line.body.translate(str.maketrans("｛｝［］", "{}[]"))


def _comma(line: _Line) -> str | None:
    """“，” between entries in braces, or between the names of forms."""
    if line.reading.sections[line.index] == FORMS:
        return re.sub(
            r"\[[^\[\]{}]*\]", lambda match: re.sub(r"(?<=[\w-])，\s*(?=[A-Za-z])", ", ", match[0]), line.body
        )
    for match in re.finditer(rf"，\s*({KEY})\s*(?=[:：])", line.body):
        if "{" in line.body[: match.start()] and line.is_key(match[1]):
            return line.body[: match.start()] + ", " + match[1] + line.body[match.end() :]
    return None


def _inner_colon(line: _Line) -> str | None:
    """“：” after a later key in braces, or no space after its “:”."""
    for match in re.finditer(rf"(?P<before>[{{,]\s*)(?P<key>{KEY})(?P<colon>：\s*|:(?=[^\s/\\]))", line.body):
        certain = match["before"][0] == "{" or line.is_key(match["key"])
        if certain and "{" in line.body[: match.start() + 1] and not match["key"][0].isdigit():
            return line.body[: match.start("colon")] + ": " + line.body[match.end() :]
    return None


def _quotes(line: _Line) -> str | None:
    """Quotation marks around a value that YAML reads otherwise."""
    text = r"[^,\[\]{}]*?"
    tagged = rf"[^,\[\]{{}}\s{QUOTED}]{text}[{TAG}]{text}"  # “{” of a tag ends a text in braces
    flow = rf"(?:[{{,]\s*{KEY}:[ ]+|[\[,]\s*)(?P<at>{SIGN}{text}|{tagged})(?=\s*[,}}\]])"
    block = rf"^\s*(?:- +{KEY}:[ ]+|- +|{KEY}:[ ]+)(?P<at>{SIGN}.*)$"
    match = re.search(block, line.body) or re.search(flow, line.body)
    if match is None and not line.among_figures():
        match = _own_colon(line)
    if match is None and line.among_figures():
        match = _thousands(line)
    quoted = line.quoted(match["at"]) if match else None
    return line.body[: match.start("at")] + quoted + line.body[match.end("at") :] if match and quoted else None


def _own_colon(line: _Line) -> re.Match[str] | None:
    """Return a value with a colon of its own; “数据: 案件: 5” and “甲: 乙 丙: 丁” are lines run together."""
    match = re.match(rf"^\s*(?:- +)?(?P<key>{KEY}):[ ]+(?P<at>[^\s\[{{|>{QUOTED}][^\s]*?:[ ].*)$", line.body)
    return match if match and match["key"] not in GROUPS else None


def _thousands(line: _Line) -> re.Match[str] | None:
    """Return a number in braces whose commas separate it into entries."""
    pattern = r"[{,]\s*[^\s:,{}]+:[ ]+(?P<at>[^\s,{}\[\]:]*?[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])[^\s,{}\[\]:]*)(?=\s*[,}])"
    match = re.search(pattern, line.body)
    return match if match and NUMBER.fullmatch(match["at"]) else None


_MENDS: tuple[_Mend, ...] = (
    _space_after_colon,
    _space_around_key,
    _dash,
    _first_colon,
    _brackets,
    _comma,
    _inner_colon,
    _quotes,
)
_ENTRIES: tuple[_Mend, ...] = (_comma, _inner_colon)
