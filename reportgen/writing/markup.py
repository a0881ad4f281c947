"""Markdown -> blocks: headings, paragraphs, strong text, lists, tables and page breaks, as official prose needs them.

Anything else Markdown knows (links, HTML, code, emphasis) stays the text it is: nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from reportgen.writing.blocks import Block, Cell, Heading, Item, PageBreak, Paragraph, Table, Text

WITH_TEXT = ("heading_open", "paragraph_open", "th_open", "td_open")  # an inline token follows these
HAN = r"\ufdd0\ufdd1\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\u2010-\u203b"


HAN_ONE = re.compile(f"[{HAN}]")


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero").enable(["heading", "list", "hr", "table", "escape", "newline"])
    parser.inline.ruler.before("escape", "strong", _strong)
    return parser


def _strong(state: StateInline, silent: bool) -> bool:
    """Pair ** with ** wherever they stand: the standard's rule fails beside Chinese punctuation (**一、**二)."""
    if not state.src.startswith("**", state.pos):
        return False
    end = state.src.find("**", state.pos + 2, state.posMax)
    if end <= state.pos + 2:
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


def parse_markdown(text: str) -> list[Block]:
    """Return the blocks of ``text``; headings and items are not numbered yet."""
    return [block for _line, block in parse_lines(text)]


def parse_lines(text: str) -> list[tuple[int, Block]]:
    """Return the blocks of ``text``, each with the line, from 0, that it starts in."""
    return list(_Walk(text).blocks())


class _Walk:
    """One walk over the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.tokens = _parser().parse(text)
        self.lists: list[tuple[bool, int]] = []  # (ordered, items so far) of each open list
        self.empty_item = ""  # the mark of an item that has no text yet
        self.rows: list[list[str]] = []

    def blocks(self) -> Iterator[tuple[int, Block]]:
        line = 0
        for index, token in enumerate(self.tokens):
            line = token.map[0] if token.map else line
            inline = _parts(self.tokens[index + 1]) if token.type in WITH_TEXT else ()
            for block in self.block(token, inline):
                yield line, block

    def block(self, token: Token, inline: tuple[Text, ...]) -> Iterator[Block]:
        match token.type:
            case "heading_open":
                yield Heading(int(token.tag[1:]), _plain(inline)) if inline else Paragraph((Text(token.markup),))
            case "ordered_list_open" | "bullet_list_open":
                start = token.attrGet("start")
                self.lists.append((token.type == "ordered_list_open", 0 if start is None else int(start) - 1))
            case "ordered_list_close" | "bullet_list_close":
                self.lists.pop()
            case "list_item_open":
                self.lists[-1] = (self.lists[-1][0], self.lists[-1][1] + 1)
                self.empty_item = token.info + token.markup
            case "list_item_close" if self.empty_item:  # “2023.” alone is text, not an empty item
                yield Paragraph((Text(self.empty_item),))
                self.empty_item = ""
            case "paragraph_open" if self.empty_item:
                self.empty_item = ""
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
                rows = [[*row[:-2], row[-2] + row[-1]] for row in self.rows]
                yield Table(tuple(rows[0]), tuple(tuple(Cell(text) for text in row) for row in rows[1:]))
                self.rows = []

    def surplus(self, row: Token) -> list[str]:
        """Return the cells beyond the columns of the table, which Markdown drops, as text for the last cell."""
        if not row.map or not self.rows:
            return [""]
        cells = re.split(r"(?<!\\)\|", self.lines[row.map[0]].strip().removeprefix("|").removesuffix("|"))
        return ["".join(f" | {cell.strip()}" for cell in cells[len(self.rows[0]) - 1 :])]


def _plain(parts: tuple[Text, ...]) -> str:
    return "".join(part.text for part in parts)


def _parts(inline: Token) -> tuple[Text, ...]:
    """Return the runs of an inline token; lines within a Chinese sentence join without a space."""
    runs: list[Text] = []
    strong = False
    for token in inline.children or []:
        match token.type:
            case "strong_open":
                strong = True
            case "strong_close":
                strong = False
            case "softbreak" | "hardbreak":
                runs.append(Text("\n", strong))
            case _:
                runs.append(Text(token.content, strong))
    joined: list[Text] = []
    for run in runs:
        if joined and joined[-1].strong == run.strong:
            joined[-1] = Text(joined[-1].text + run.text, run.strong)
        elif run.text:
            joined.append(run)
    parts = [Text(_one_line(run.text), run.strong) for run in joined]
    if parts:
        parts[0] = Text(parts[0].text.lstrip("　 "), parts[0].strong)
    return tuple(part for part in parts if part.text)


def _one_line(text: str) -> str:
    """Join the lines of a sentence, without a space beside Chinese."""
    first, *rest = text.split("\n")
    pieces = [first]
    for line in rest:
        before, after = pieces[-1].rstrip("　 \t"), line.lstrip("　 \t")
        pieces[-1:] = [before, after if HAN_ONE.match(before[-1:]) or HAN_ONE.match(after) else f" {after}"]
    return "".join(pieces)
