"""Words around a number -> its role, its name, and the year it speaks of."""

from __future__ import annotations

import re

from reportgen.arithmetic.cues import cues
from reportgen.arithmetic.units import MARKS, PERCENT, POINTS

LEVELS = ("level", "plan", "past")  # roles of what can be a total, a part, or what grows
BASE = re.compile(r"[^，。；：、（）()0-9]{0,6}的\s?[0-9]+(?:\.[0-9]+)?[%％]")  # 占上年收入6145.07万元的75.56%
YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?=\s?年)|(上年|去年|上一年|同期|上月|上周)|(今年|本年|本月|本周)")
LEADING = re.compile(
    r"^(?:其中|包括|分别|另外?|此外|共|已|全年|本年|有|各|在|为|是|对|将|把|向|从|[、和及与的“”\s])+"
)  # 其中共有
TRAILING = re.compile(r"(?:[共合总累]计|共有|完成|达到|分别|[各共为是有达约近的数“”\s])+$")  # 分别为, 共计
NOUN = re.compile(r"[\s的]*([一-鿿]{1,10})")  # 145件提案


def role_of(kind: str, words: str, clause: str, text: str, end: int) -> str:
    """Return the role of a number by the words before it; those of a percentage may reach back over a number."""
    if kind == POINTS:
        return "points"
    of, before = ("percent", clause) if kind == PERCENT else ("amount", words)
    rows = cues().grouped("roles", "of").get(of, ())
    role = next((cue.column("role") for cue in rows if cue.words.search(before)), "")
    if of == "percent":
        return role or "none"
    if role not in ("", *LEVELS):
        return role
    if BASE.match(text, end):
        return "base"
    if kind == MARKS and cues().any("full").search("".join(text[end : end + 12].split())):
        return "full"
    return "past" if cues().any("from").search(text[end : end + 20]) else role or "level"


def names_of(text: str, words: str, end: int) -> tuple[str, str]:
    """Return the noun before a number, and the one behind it (21名律师)."""
    match = NOUN.match(text, end)
    return TRAILING.sub("", LEADING.sub("", words)), match[1] if match else ""


def year_of(clause: str) -> str:
    """Return the year that a clause names: 2014, past or this; the last, where there are two."""
    found = ""
    for match in YEAR.finditer(clause):
        found = match[1] or ("past" if match[2] else "this")
    return found
