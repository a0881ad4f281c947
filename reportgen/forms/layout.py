"""annex.md -> the layout of a table: its rows as text with tags, and the directives between them.

版面: 横                                                   the sheet turned; else upright
字号: 小五                                                 9 pt; else 五号, 10.5 pt
列宽: 15.8 32.4 21 21 21 14 16.6 14.2                      a table begins; mm, or 自动
表头: 1                                                    how many of its rows stand on every page
金额列: 3 4 5                                              columns of money: as many decimals each, two at least
| 项目名称 | < | {{ 项目 }} | < | < | < | < | < |           “<” merges to the left, “^” upward
指标表: 列宽 18 19 32 58 66 16 16 居中 分值 得分 标目 绩效指标   the table of indicators
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from reportgen.forms.names import spot_in_text
from reportgen.numbers.grammar import Template
from reportgen.reading.trace import Spot
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean

ACROSS, SIZE, WIDTHS, HEAD, MONEY, INDICATORS = "版面", "字号", "列宽", "表头", "金额列", "指标表"
DIRECTIVE = re.compile(rf"[ \t]*({ACROSS}|{SIZE}|{WIDTHS}|{HEAD}|{MONEY}|{INDICATORS})[ \t]*[:：](.*)")
LEFT, UP = "<", "^"
CENTERED, STUB, BY_CONTENT = "居中", "标目", "自动"
TURNED, UPRIGHT, SMALL, USUAL = "横", "竖", "小五", "五号"
TYPE_AREA = {TURNED: 225, UPRIGHT: 156}  # mm, GB/T 9704—2012, 5.2.1
TAGS = re.compile(r"\{[{%].*?[%}]\}")
PIPE = re.compile(r"(?<!\\)\|")


class IndicatorTable(NamedTuple):
    """Where the table of indicators stands: widths in mm (none: by content), centred columns, a heading beside it."""

    widths: tuple[float, ...]
    centered: frozenset[str]
    stub: str


class Fault(NamedTuple):
    """What is wrong with a layout, at which characters, and what to type."""

    at: int
    length: int
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Layout:
    """The layout of one table form; directives by the number of their line, from 0."""

    template: Template
    file: str
    landscape: bool
    small: bool
    widths: Mapping[int, tuple[float, ...]]
    heads: Mapping[int, int]
    money: Mapping[int, frozenset[int]]
    indicators: Mapping[int, IndicatorTable]

    @property
    def area(self) -> int:
        """How wide a table may be, in mm."""
        return TYPE_AREA[TURNED if self.landscape else UPRIGHT]

    @property
    def spot(self) -> Spot:
        """The finder for its text."""
        return spot_in_text(self.file, self.template.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.template.text))]

    def line_at(self, offset: int) -> int:
        """Return the number of the line, from 0, in which the character at ``offset`` was typed."""
        return bisect_right(self._starts, offset) - 1

    def line(self, number: int) -> str:
        """Return a line as typed."""
        return self.template.text[self._starts[number] :].partition("\n")[0]

    def is_directive(self, number: int) -> bool:
        """Tell whether a line says how to lay out, and is no text itself."""
        return bool(DIRECTIVE.match(self.line(number)))


def is_layout(text: str) -> bool:
    """Tell whether a text is a layout: its first line is a directive or a row."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return bool(DIRECTIVE.match(first)) or first.lstrip().startswith("|")


def read_layout(template: Template, file: str, columns: Sequence[str], complain: Callable[[Fault], None]) -> Layout:
    """Return the layout that ``template`` is; ``columns`` are those of the table of indicators."""
    reader = _Reader(complain, columns)
    reader.read(template.text)
    return Layout(
        template, file, reader.landscape, reader.small, reader.widths, reader.heads, reader.money, reader.indicators
    )


class _Reader:
    def __init__(self, complain: Callable[[Fault], None], columns: Sequence[str]) -> None:
        self.complain, self.columns = complain, columns
        self.landscape = self.small = False
        self.widths: dict[int, tuple[float, ...]] = {}
        self.heads: dict[int, int] = {}
        self.money: dict[int, frozenset[int]] = {}
        self.indicators: dict[int, IndicatorTable] = {}

    def read(self, text: str) -> None:
        at, wide = 0, 0  # how many columns the table has that a row belongs to; 0: as many as its first row
        for number, line in enumerate(text.split("\n")):
            if match := DIRECTIVE.match(line):
                self.directive(number, match, at + match.start(2))
                wide = len(self.widths.get(number, ())) if match[1] == WIDTHS else wide
            elif line.lstrip().startswith("|"):
                wide = self.row(line, at, wide)
            elif not line.strip():
                wide = 0
            at += len(line) + 1
        if self.columns and not self.indicators:
            message = _("the table of indicators is nowhere in the layout")
            self.complain(Fault(0, 0, message, _("add a line “{line}”").format(line=f"{INDICATORS}: {WIDTHS} …")))

    def directive(self, number: int, match: re.Match[str], at: int) -> None:
        key, text = match[1], match[2].strip()
        if key == ACROSS:
            self.landscape = self.one_of(text, (TURNED, UPRIGHT), at) == TURNED
        elif key == SIZE:
            self.small = self.one_of(text, (SMALL, USUAL), at) == SMALL
        elif key == HEAD:
            self.heads[number] = int(text) if re.fullmatch("[0-9]", text) else 0
            if not re.fullmatch("[0-9]", text):
                self.complain(Fault(at, len(match[2]), _("“{text}” is not a number of rows").format(text=text)))
        elif key == MONEY:
            columns = text.split()
            if not columns or not all(re.fullmatch("[1-9][0-9]?", column) for column in columns):
                message = _("“{text}” are not the numbers of columns").format(text=text)
                self.complain(Fault(at, len(match[2]), message, _("type them from the left, such as 3 4 5")))
            else:
                self.money[number] = frozenset(int(column) - 1 for column in columns)
        elif key == WIDTHS:
            self.widths[number] = self.millimetres(text.split(), at)
        else:
            self.indicators[number] = self.indicator_table(text.split(), at)

    def one_of(self, text: str, known: tuple[str, ...], at: int) -> str:
        if text not in known:
            message = _("“{text}” is not known here").format(text=text)
            self.complain(Fault(at, len(text) + 1, message, did_you_mean(text, known)))
        return text

    def millimetres(self, words: Sequence[str], at: int) -> tuple[float, ...]:
        """Return widths in mm; none where they follow from the content."""
        if list(words) == [BY_CONTENT]:
            return ()
        if not words or not all(re.fullmatch(r"[0-9]{1,3}(\.[0-9])?", word) for word in words):
            message = _("“{text}” are not widths in mm").format(text=" ".join(words))
            self.complain(Fault(at, 1, message, _("type one number a column, such as 18 19.5 32, or 自动")))
            return ()
        widths = tuple(map(float, words))
        area = TYPE_AREA[TURNED if self.landscape else UPRIGHT]
        if sum(widths) > area + 0.5:
            message = _("the columns are {sum:g} mm wide together, the paper has room for {area}")
            hint = _("make columns narrower by {by:g} mm, or turn the sheet: 版面: 横")
            by = sum(widths) - area
            self.complain(Fault(at, 1, message.format(sum=sum(widths), area=area), hint.format(by=round(by, 1))))
        return widths

    def indicator_table(self, words: Sequence[str], at: int) -> IndicatorTable:
        parts: dict[str, list[str]] = {WIDTHS: [], CENTERED: [], STUB: []}
        key = WIDTHS
        for word in words:
            if word in parts:
                key = word
            else:
                parts[key].append(word)
        widths = self.millimetres(parts[WIDTHS], at) if parts[WIDTHS] else ()
        stub = "".join(parts[STUB])
        wanted = len(self.columns) + bool(stub)
        if widths and len(widths) != wanted:
            message = _("there are {n} widths for {wanted} columns").format(n=len(widths), wanted=wanted)
            self.complain(Fault(at, 1, message, _("the columns are {names}").format(names="、".join(self.columns))))
            widths = ()
        for name in parts[CENTERED]:
            if name not in self.columns:
                message = _("there is no column “{name}”").format(name=name)
                self.complain(Fault(at, 1, message, did_you_mean(name, self.columns)))
        return IndicatorTable(widths, frozenset(parts[CENTERED]), stub)

    def row(self, line: str, at: int, wide: int) -> int:
        """Return how many columns the table of a row has; complain of a row that has another number of cells."""
        bare = TAGS.sub(lambda tag: " " * len(tag[0]), line).rstrip()
        cells = len(PIPE.findall(bare)) - 1
        if not bare.endswith("|"):
            message = _("the row does not end with |")
            self.complain(Fault(at, len(line), message, _("type | behind its last cell")))
        elif wide and cells != wide:
            message = _("the row has {n} cells, its table {wanted} columns").format(n=cells, wanted=wide)
            self.complain(Fault(at, len(line), message, _("a cell that goes on is <, to the left, or ^, upward")))
        return wide or cells
