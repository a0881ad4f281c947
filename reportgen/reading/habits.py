"""Typing habits that YAML does not forgive: a line of a file -> what was typed, and what to type instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from reportgen.telling.messages import _

LONGEST = 300  # a habit shows early in a line


@dataclass(frozen=True, slots=True)
class Habit:
    """A habit seen in a line: its finding code, its place (0-based), the message and the hint."""

    code: str
    column: int
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    pattern: re.Pattern[str]  # its group “at” is the offending text
    message: Callable[[], str]
    hint: Callable[[re.Match[str]], str]


def _quoted(match: re.Match[str]) -> str:
    text = re.sub(r"\s+#.*$", "", match["at"]).strip().replace('"', "”")
    return _('put the value in quotation marks: "{text}"').format(text=text)


def _with_space(match: re.Match[str]) -> str:
    return _("type {text}").format(text=f"{match['key']}: {match['rest']}".strip())


PASTED = re.compile(
    r"^\s*(?:- +)?(?P<key>[\u4e00-\u9fff]{1,20})(?P<at>\t+)(?P<rest>[^\t\n#]*[^\s#])"
)  # two columns of a sheet

# Asked in this order; the first that fits names the habit.
_RULES = (
    _Rule(
        "missing-space",
        PASTED,
        lambda: _("a Tab stands between the name and its value, as it is pasted from a sheet"),
        _with_space,
    ),
    _Rule(
        "tab",
        re.compile(r"^[ ]*(?P<at>\t)"),
        lambda: _("the line is indented with the Tab key"),
        lambda match: _("use spaces, two for each level"),
    ),
    _Rule(
        "tab",
        re.compile(r"^[^#\"']*?:(?P<at>\t)"),
        lambda: _("a Tab follows the colon"),
        lambda match: _("use one space after the colon"),
    ),
    _Rule(
        "full-width-structure",
        re.compile(r"^[ ]*(?P<at>　)"),
        lambda: _("the line is indented with a full-width space"),
        lambda match: _("use half-width spaces, two for each level"),
    ),
    _Rule(
        "full-width-structure",
        re.compile(r"^\s*(?P<at>[－—])\s*\S"),
        lambda: _("the dash of the list is full-width"),
        lambda match: _("type a half-width dash and a space: - "),
    ),
    _Rule(
        "full-width-structure",
        re.compile(r"^\s*(?:- +)?[{\[]?\s*[^\s:：\"'{}\[\],，#]+(?P<at>：)"),
        lambda: _("the colon after the key is full-width “：”"),
        lambda match: _("type a half-width colon and a space: “: ”"),
    ),
    _Rule(
        "full-width-structure",
        re.compile(r":\s*(?P<at>｜)[-+]?\s*(?:#.*)?$"),
        lambda: _("the bar after the colon is full-width “｜”"),
        lambda match: _("type a half-width bar: |"),
    ),
    _Rule(
        "full-width-structure",
        re.compile(r":(?P<at>[　\xa0])"),
        lambda: _("the space after the colon is not an ordinary space"),
        lambda match: _("type a half-width colon and a space: “: ”"),
    ),
    _Rule(
        "missing-space",
        re.compile(r"^\s*(?:- +)?(?P<key>[^\s:：\"'{\[#\-][^\s:：\"'{\[#]*)(?P<at>:)(?=[^\s/\\])(?P<rest>[^#\n]*)"),
        lambda: _("there is no space after the colon"),
        _with_space,
    ),
    _Rule(
        "missing-space",
        re.compile(r"^\s*(?P<at>-)(?=[^\s\-0-9.])"),
        lambda: _("there is no space after the dash"),
        lambda match: _("type a dash and a space: - "),
    ),
    _Rule(
        "yaml-syntax",
        re.compile(r":[ ]+(?P<at>\|)(?![-+]?\d?[-+]?\s*(?:#.*)?$)"),
        lambda: _("the text starts in the line of the bar “|”"),
        lambda match: _("begin the text on the next line, two spaces further in than its name"),
    ),
    _Rule(
        "yaml-syntax",
        re.compile(r":[ ]+(?P<at>\?)\s*(?:#.*)?$"),
        lambda: _("“?” is no value"),
        lambda match: _("type the value, or leave it empty where it is not known"),
    ),
    _Rule(
        "needs-quotes",
        re.compile(r"(?::|^\s*-)[ ]+(?P<at>\{[{%].*)$"),
        lambda: _("the value starts with {{ or {%, which YAML reads as braces of its own"),
        _quoted,
    ),
    _Rule(
        "needs-quotes",
        re.compile(r"(?::|^\s*-|[,\[])[ ]+(?P<at>(?:[%@`*&!]|[>|](?![-+]?\d?[-+]?\s*(?:#.*)?$)).*?)(?=[,}\]]|$)"),
        lambda: _("the value starts with a character that means something else in YAML"),
        _quoted,
    ),
    _Rule(
        "full-width-structure",
        re.compile(r"(?P<at>[｛｝［］])"),
        lambda: _("a bracket or brace is full-width"),
        lambda match: _("type half-width brackets: {} and []"),
    ),
    _Rule(  # around names of forms or files, which are a list; around anything else they may be meant: 【注】
        "full-width-structure",
        re.compile(
            r"^\s*(?:(?:报告|下辖)\s*[:：]\s*)?(?P<at>【)\s*[a-z][a-z0-9-]*(?:\s*[，,、]\s*[a-z][a-z0-9-]*)*\s*】"
        ),
        lambda: _("a list is typed in brackets of text, 【 】"),
        lambda match: _("type [ ] instead of 【 】"),
    ),
    _Rule(
        "full-width-structure",
        re.compile(r"(?P<at>，)\s*[^\s，,：:]{1,12}(?::[ ]|：\s*[0-9０-９])"),
        lambda: _("the comma between two entries is full-width “，”"),
        lambda match: _("type a half-width comma and a space: “, ”"),
    ),
    _Rule(
        "full-width-structure",
        re.compile(r"(?<=[0-9])(?P<at>，)(?=\s*[0-9])"),
        lambda: _("the comma between two entries is full-width “，”"),
        lambda match: _("type a half-width comma and a space: “, ”"),
    ),
    _Rule(
        "full-width-structure",
        re.compile(r"^[\w-]+(?P<at>，)[\w-]+$"),
        lambda: _("the comma between two entries is full-width “，”"),
        lambda match: _("type a half-width comma and a space: “, ”"),
    ),
    _Rule(
        "full-width-structure",
        re.compile(r"(?<=[0-9０-９%％件人次元])(?P<at>[、；;])\s*[^\s，,、；;：:]{1,12}(?::[ ]|：\s*)[0-9０-９]"),
        lambda: _("between two entries stands another sign than the comma"),
        lambda match: _("type a half-width comma and a space: “, ”"),
    ),
    _Rule(
        "yaml-syntax",
        re.compile(
            r"^\s*(?:- +)?[^\s:{\[\"']+:[ ]+"
            r"(?P<at>(?:[^\s:,{}]{1,12}:[ ]+[0-9][^\s:,]*,\s*)+[^\s:,{}]{1,12}:[ ]+[0-9][^\s:,#]*)"
        ),
        lambda: _("several entries stand in one line, without braces"),
        lambda match: _("put them in braces: {text}").format(text=f"{{{match['at']}}}"),
    ),
    _Rule(
        "needs-quotes",
        re.compile(r"^\s*(?:- +)?[^\s:{\[\"']+:[ ]+(?P<at>[^\s\"'\[{|>][^#]*?:(?:\s.*|)$)"),
        lambda: _("the value has a colon of its own"),
        _quoted,
    ),
    _Rule(
        "needs-quotes",
        re.compile(
            r"[{,][ ]*[^\s:{},\"']+:[ ]+(?P<at>[^\s\"'{}\[\],|>][^,{}\"'\[\]]{0,200}?:[ ][^,{}\"'\[\]]*)(?=[,}])"
        ),
        lambda: _("the value has a colon of its own"),
        _quoted,
    ),
    _Rule(
        "needs-quotes",
        re.compile(r":[ ]+(?P<at>\"[^\"]*\"(?!\s*(?:$|#|[,}\]])).*|'[^']*'(?!\s*(?:$|#|[,}\]])).*)$"),
        lambda: _("text follows the closing quotation mark"),
        lambda match: _("put the whole value in one pair of quotation marks"),
    ),
    _Rule(
        "yaml-syntax",
        re.compile(r":[ ]+(?P<at>\"[^\"]*|'[^']*)$"),
        lambda: _("the closing quotation mark is missing"),
        lambda match: _("add the quotation mark at the end of the value"),
    ),
    # A value by itself, not a line: what was meant for a comment is part of it.
    _Rule(
        "full-width-structure",
        re.compile(r"^[^:#]*\s(?P<at>＃)"),
        lambda: _("the sign before the comment is full-width “＃”"),
        lambda match: _("type a space and a half-width sign: “ #”"),
    ),
    _Rule(
        "missing-space",
        re.compile(r"^[^\s:#]*[0-9%](?P<at>#)"),
        lambda: _("there is no space before the comment"),
        lambda match: _("type a space and a half-width sign: “ #”"),
    ),
    _Rule(
        "yaml-syntax",
        re.compile(r"^\s*(?:- +)?(?P<at>(?P<key>[\u4e00-\u9fff]{2,12})[ 　]+(?P<rest>[0-9０-９][^\s#:：]*))(?=\s|$)"),
        lambda: _("there is no colon between the name and its value"),
        _with_space,
    ),
)


def find_habit(line: str) -> Habit | None:
    """Return the typing habit seen in ``line`` of structure (not of prose), or None."""
    line = line[:LONGEST]
    for rule in _RULES:
        if match := rule.pattern.search(line):
            return Habit(rule.code, match.start("at"), rule.message(), rule.hint(match))
    return None


# A text belongs to its key, and lies deeper than it; “- |” without a key belongs to the dash.
BLOCK = re.compile(r"^(?P<indent>\s*+(?:- ++(?=[^|>]))?).*(?:[:\-]\s+|：\s*)[|>][-+]?\d?[-+]?\s*(?:#.*)?$")
# The same, where the line that starts the text is itself mistyped.
LOOSE_BLOCK = re.compile(
    r"^(?P<indent>\s*+(?:[-－—]\s*+(?=[^|>\s]))?)(?:.*[:：]|[-－—])\s*[|>｜＞][-+]?\d?[-+]?\s*(?:#.*)?$"
)


def structure_lines(lines: tuple[str, ...]) -> list[int]:
    """Return the indices of lines that are structure: not comments, not the prose below “key: |”."""
    found: list[int] = []
    prose_deeper_than: int | None = None
    for index, line in enumerate(lines):
        stripped = line.strip()
        indent = len(line) - len(line.lstrip(" "))
        if prose_deeper_than is not None and (not stripped or indent > prose_deeper_than):
            continue
        prose_deeper_than = None
        if stripped and not stripped.startswith("#"):
            found.append(index)
        if match := BLOCK.match(line):
            prose_deeper_than = len(match["indent"])
    return found


def text_lines(lines: tuple[str, ...]) -> frozenset[int]:
    """Return the indices of lines of prose, and of any that may be prose: what nothing but its writer may change."""
    found: set[int] = set()
    above: str | None = None
    for index, line in enumerate(lines):
        indent = line[: len(line) - len(line.lstrip())]
        if above is not None and (not line.strip() or _may_be_deeper(indent, above)):
            found.add(index)
            continue
        above = None
        if not line.lstrip().startswith("#") and (match := LOOSE_BLOCK.match(line)):
            above = match["indent"].replace("-", " ").replace("－", " ").replace("—", " ")
    return frozenset(found)


def _may_be_deeper(indent: str, above: str) -> bool:
    """Whether a line may be indented more than the one above: a tab beside spaces may be as wide as anything."""
    if above.startswith(indent) or indent.startswith(above):
        return len(indent) > len(above)
    wide, narrow = indent.replace("\t", " " * 8), above.replace("\t", "  ")
    return len(wide.replace("　", "  ")) > len(narrow.replace("　", "  "))
