"""Markdown -> blocks: headings, paragraphs, strong text, lists, tables, footnotes and page breaks, as official prose
needs them.

A footnote is [^1] in a paragraph and [^1]: at the beginning of a line; one without the other stays the text it is.

Anything else Markdown knows (links, HTML, code, emphasis) stays the text it is: nothing is dropped. Each character of a
block knows its place in the Markdown.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import list_block as _list_block
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from reportgen.reading.trace import Piece, Traced
from reportgen.telling.findings import Span
from reportgen.writing.blocks import Block, Cell, Heading, Item, PageBreak, Paragraph, Table, Text

WITH_TEXT = ("heading_open", "paragraph_open", "th_open", "td_open", "note_open")  # an inline token follows these
HAN = r"\ufdd0\ufdd1\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\u2010-\u203b"
ONE_HAN = re.compile(f"[{HAN}]")
SPACE = "　 \t"
# What ** hides after a word, a number or a value: 张**与李**, 支出**元、完成**次, 张**李**.
WORD = re.compile(r"[\w\ufdd1*]")
HIDDEN = re.compile(r"[、，。；：）与和及等诉同由向]|[万亿]?元|[件人名次份场个家年月日号时%％]")
SURNAMES = (
    "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马方俞任袁柳史唐薛雷贺倪汤罗郝安常于傅"
    "康伍余顾孟黄穆萧尹姚邵汪毛米戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾江郭梅林刁钟徐邱骆高夏蔡田樊胡凌霍万柯管卢莫房丁邓"
    "洪包左石崔吉龚程邢裴陆翁甄曲侯段侯武刘景龙叶黎白蒲赖卓蒙乔阎聂晁敖曾关游肖廖欧尤"
)
LONG_NUMBER = re.compile(r"\s*\d{3,}[.)]")  # 2023. is no number of an item
NOTE = re.compile(r"\[\^([^\]\s]{1,20})\]")  # [^1]
NOTE_TEXT = re.compile(r"\[\^([^\]\s]{1,20})\][:：][ \t]*(?=\S)")  # [^1]: 统计口径为受理日期。
ADDRESS = re.compile(r"<(https?://[^\s<>]+)>")  # <https://www.example.gov.cn/a>
# What Markdown takes away: the signs of headings, items, tables, notes, addresses, strong text and escapes, and white
# space.
MARKS = re.compile(
    r"(?:\[\^[^\]\s]{1,20}\][:：]?|#{1,6}(?=\s|$)|^\s*(?:[-*+]|\d{1,2}[.)])(?=\s|$)|^[-*_ ]{3,}$|\*\*|[|:\-\\<>\s　])",
    re.MULTILINE,
)


def nowhere(offset: int, length: int) -> Span:
    """Stand in for the finder of a text whose own place is not known here."""
    return Span("", 1, offset + 1, length)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero").enable(["heading", "list", "hr", "table", "escape", "newline"])
    parser.inline.ruler.before("escape", "strong", _strong)
    parser.inline.ruler.before("escape", "note_mark", _note_mark)
    parser.inline.ruler.before("escape", "address", _address)
    parser.block.ruler.before("list", "note", _note, {"alt": ["paragraph"]})
    parser.block.ruler.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    return parser


def _strong(state: StateInline, silent: bool) -> bool:
    """Pair ** with ** wherever they stand, but where they hide something (张**与李**).

    The standard's rule fails beside Chinese punctuation (**一、**二).
    """
    if not state.src.startswith("**", state.pos):
        return False
    end = state.src.find("**", state.pos + 2, state.posMax)
    if end <= state.pos + 2:
        return False
    if _hides(state.src, state.pos, end):
        return False
    if not silent:
        state.push("strong_open", "strong", 1)
        start, maximum = state.pos + 2, state.posMax
        state.pos, state.posMax = start, end
        state.md.inline.tokenize(state)
        state.posMax = maximum
        state.push("strong_close", "strong", -1)
    state.pos = end + 2
    return True


def _hides(text: str, start: int, end: int) -> bool:
    """Tell whether the signs at ``start`` and ``end`` stand for what is not to be read."""
    before, last = text[max(0, start - 1) : start], text[end - 1]
    return bool(WORD.match(before)) and (
        bool(HIDDEN.match(text, start + 2)) or (before in SURNAMES and last in SURNAMES)
    )


def _note_mark(state: StateInline, silent: bool) -> bool:
    """[^1], where there is a note of this name."""
    match = NOTE.match(state.src, state.pos, state.posMax)
    if not match or match[1] not in state.env["notes"]:
        return False
    if not silent:
        state.push("note_mark", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _address(state: StateInline, silent: bool) -> bool:
    """<https://…>: the brackets say where an address ends, and are not printed (CommonMark, 6.5: autolinks)."""
    match = ADDRESS.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        state.push("address", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _note(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """[^1]: and the text of the note, up to an empty line or the next note."""
    first = _note_at(state, start)
    if not first or first[1] not in state.env["notes"]:
        return False
    if silent:
        return True
    line = start + 1
    while line < end and not state.isEmpty(line) and not _note_at(state, line):
        line += 1
    token = state.push("note_open", "", 1)
    token.map, token.info = [start, line], first[1]
    inline = state.push("inline", "", 0)
    inline.content = state.getLines(start, line, state.blkIndent, False).lstrip()[len(first[0]) :].strip()
    inline.map, inline.children = [start, line], []
    state.push("note_close", "", -1)
    state.line = line
    return True


def _note_at(state: StateBlock, line: int) -> re.Match[str] | None:
    return NOTE_TEXT.match(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]])


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list, but not where a year begins a line (2023. 1. 15召开), nor within the first line of an item."""
    content = state.bMarks[start] + state.tShift[start]
    within_item = state.src[state.bMarks[start] : content].strip()
    if within_item or LONG_NUMBER.match(state.src[content : state.eMarks[start]]):
        return False
    return _list_block(state, start, end, silent)


def parse_lines(text: str) -> list[tuple[int, Block]]:
    """Return the blocks of ``text``, each with the line, from 0, that it starts in; nothing is numbered yet."""
    walk = _Walk(text)
    return [(line, walk.with_notes(block)) for line, block in list(walk.blocks())]


def unaccounted(text: str, blocks: Iterable[Block]) -> Iterator[tuple[int, str]]:
    """Yield place and text of what ``text`` has and neither ``blocks`` print nor Markdown takes for a mark."""
    place = 0
    pieces = sorted((piece for block in blocks for piece in pieces_of(block)), key=lambda piece: piece.offset)
    for piece in [*pieces, Piece("", nowhere, len(text))]:
        between = text[place : piece.offset] if piece.offset > place else ""
        if between and (lost := MARKS.sub("", between).strip()):
            yield place + between.find(lost[:1]), lost
        place = max(place, piece.offset + len(piece.text))


def pieces_of(block: Block) -> Iterator[Piece]:
    """Yield the pieces of a block that this module has made, in reading order."""
    match block:
        case Heading(text=text):
            texts: list[str] = [text]
        case Paragraph(parts=parts) | Item(parts=parts):
            texts = [text.text for part in parts for text in (part, *part.note)]
        case Table(columns, rows):
            texts = [*columns, *(cell.text for row in rows for cell in row)]
        case _:
            texts = []
    for text in texts:
        if isinstance(text, Traced):
            yield from text.pieces


class _Walk:
    """One walk over the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.tokens = _tokens(text)
        self.notes: dict[str, tuple[Text, ...]] = {}
        self.place = 0  # up to here the text is in blocks
        self.lists: list[tuple[bool, int]] = []  # (ordered, items so far) of each open list
        self.empty_item: Token | None = None  # an item that has no text yet
        self.rows: list[list[str]] = []

    def blocks(self) -> Iterator[tuple[int, Block]]:
        line = 0
        for index, token in enumerate(self.tokens):
            line = token.map[0] if token.map else line
            self.place = max(self.place, self.starts[line])
            if token.type == "note_open":
                self.pass_over(f"[^{token.info}]")
            inline = self.parts(self.tokens[index + 1]) if token.type in WITH_TEXT else ()
            for block in self.block(token, inline):
                yield line, block

    def block(self, token: Token, inline: tuple[Text, ...]) -> Iterator[Block]:
        match token.type:
            case "note_open":
                self.notes[token.info] = inline
            case "heading_open":
                yield (
                    Heading(int(token.tag[1:]), _plain(inline)) if inline else Paragraph((self.literal(token.markup),))
                )
            case "ordered_list_open" | "bullet_list_open":
                start = token.attrGet("start")
                self.lists.append((token.type == "ordered_list_open", 0 if start is None else int(start) - 1))
            case "ordered_list_close" | "bullet_list_close":
                self.lists.pop()
            case "list_item_open":
                self.lists[-1] = (self.lists[-1][0], self.lists[-1][1] + 1)
                self.empty_item = token
            case "list_item_close" if self.empty_item:  # “12.” alone is text, not an empty item
                yield Paragraph((self.literal(self.empty_item.info + self.empty_item.markup),))
                self.empty_item = None
            case "paragraph_open" if self.empty_item:
                self.empty_item = None
                yield Item(inline, *self.lists[-1], depth=len(self.lists) - 1)
            case "paragraph_open" if inline:
                yield Paragraph(inline)
            case "hr":
                yield PageBreak()
            case "tr_open":
                self.rows.append(self.surplus(token))
            case "th_open" | "td_open":
                self.rows[-1].insert(-1, _plain(inline))
            case "table_close":
                rows = [[*row[:-2], _joined(row[-2:])] for row in self.rows]
                yield Table(tuple(rows[0]), tuple(tuple(Cell(text) for text in row) for row in rows[1:]))
                self.rows = []

    def surplus(self, row: Token) -> list[str]:
        """Return the cells beyond the columns of the table, which Markdown drops, as text for the last cell."""
        if not row.map or not self.rows:
            return [Traced()]
        line = self.lines[row.map[0]]
        bars = [match.start() for match in re.finditer(r"(?<!\\)\|", line.rstrip().removesuffix("|"))]
        bars = bars[1:] if line.lstrip().startswith("|") else bars
        columns = len(self.rows[0]) - 1
        if len(bars) < columns:
            return [Traced()]
        start = self.starts[row.map[0]] + bars[columns - 1]
        rest = line[bars[columns - 1] :].rstrip().removesuffix("|").rstrip()
        return [Traced([Piece(" ", nowhere, start), Piece(rest, nowhere, start)])]

    def pass_over(self, mark: str) -> None:
        """Go on behind a mark that is not printed."""
        self.place = max(self.place, self.text.find(mark, self.place) + len(mark))

    def literal(self, text: str) -> Text:
        """Return a mark that is not one after all, as text."""
        place = self.text.find(text, self.place)
        return Text(Traced([Piece(text, nowhere, max(place, 0))]))

    # --- the text of a block

    def parts(self, inline: Token) -> tuple[Text, ...]:
        """Return the runs of an inline token; lines within a Chinese sentence join without a space."""
        done: list[Text] = []
        runs: list[tuple[bool, Piece]] = []
        strong = False
        breaks = False
        for token in inline.children or []:
            match token.type:
                case "strong_open" | "strong_close":
                    strong = token.type == "strong_open"
                    self.place = max(self.place, self.text.find("**", self.place) + 2)
                case "softbreak" | "hardbreak":
                    breaks = True
                case "note_mark":
                    self.pass_over(f"[^{token.content}]")
                    done += self.referring(token.content, _gathered(runs, bool(done)), strong)
                    runs, breaks = [], False
                case _:
                    pieces = list(self.found(token.content))
                    if breaks and pieces:
                        pieces = list(_across_lines(runs, pieces))
                    breaks = breaks and not pieces
                    runs += [(strong, piece) for piece in pieces if piece.text]
        return (*done, *_gathered(runs, bool(done)))

    def referring(self, name: str, before: Iterator[Text], strong: bool) -> list[Text]:
        """Return runs of which the last refers to a note, by its name for now: its text may stand further down."""
        texts = list(before) or [Text(Traced(), strong)]
        return [*texts[:-1], replace(texts[-1], note=(Text(name),))]

    def with_notes(self, block: Block) -> Block:
        """Return a block with the text of each note that it refers to."""
        if not self.notes or not isinstance(block, Paragraph | Item):
            return block
        parts = (replace(part, note=self.notes[part.note[0].text]) if part.note else part for part in block.parts)
        return replace(block, parts=tuple(parts))

    def found(self, content: str) -> Iterator[Piece]:
        """Yield ``content`` as runs of the text from here on: what Markdown has taken out lies between them."""
        while content:
            common = _common_start(content, self.text, self.place)
            if common:
                yield Piece(common, nowhere, self.place)
                content = content[len(common) :]
            elif self.place >= len(self.text):
                return
            self.place += max(1, len(common))


def _common_start(content: str, text: str, place: int) -> str:
    """Return the most of ``content`` that the text has at a place."""
    if text.startswith(content, place):
        return content
    low, high = 0, len(content) - 1 if text[place : place + 1] == content[:1] else 0
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text.startswith(content[:middle], place) else (low, middle - 1)
    return content[:low]


def _across_lines(runs: list[tuple[bool, Piece]], pieces: list[Piece]) -> Iterator[Piece]:
    """Yield the pieces of a new line, after a space where neither line meets the other in Chinese."""
    first, *rest = pieces
    begin = len(first.text) - len(first.text.lstrip(SPACE))
    first = first.cut(begin, len(first.text))
    if runs:
        strong, last = runs[-1]
        last = last.cut(0, len(last.text.rstrip(SPACE)))
        runs[-1] = strong, last
        if not (ONE_HAN.match(last.text[-1:]) or ONE_HAN.match(first.text)):
            yield Piece(" ", nowhere, last.offset + len(last.text))
    yield first
    yield from rest


def _tokens(text: str) -> list[Token]:
    """Return the tokens of a text; notes are those with one text each and one mark in a paragraph."""
    names = set(NOTE.findall(text))
    while True:
        tokens = _parser().parse(text, {"notes": names})
        texts = Counter(token.info for token in tokens if token.type == "note_open")
        marks: dict[str, list[str]] = defaultdict(list)
        for before, token in pairwise(tokens):
            for child in token.children or ():
                if child.type == "note_mark":
                    marks[child.content].append(before.type)
        found = {name for name in names if texts[name] == 1 and marks[name] == ["paragraph_open"]}
        if found == names:
            return tokens
        names = found


def _gathered(runs: list[tuple[bool, Piece]], within: bool = False) -> Iterator[Text]:
    """Yield the pieces that are equally strong as one text; the first has no space before it, but ``within`` a text."""
    pieces: list[Piece] = []
    for index, (strong, piece) in enumerate(runs):
        if not pieces and index == 0 and not within:
            piece = piece.cut(len(piece.text) - len(piece.text.lstrip(SPACE)), len(piece.text))
        pieces.append(piece)
        if index + 1 == len(runs) or runs[index + 1][0] != strong:
            if text := Traced(pieces):
                yield Text(text, strong)
            pieces = []


def _plain(parts: tuple[Text, ...]) -> str:
    return _joined([part.text for part in parts])


def _joined(texts: list[str]) -> str:
    return Traced(piece for text in texts if isinstance(text, Traced) for piece in text.pieces)
