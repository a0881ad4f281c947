"""explanations/<language>.md -> what each code means, why it matters, and an example of it wrong and right.

A section is “## code”, the meaning on one line, the reason on one line, and two indented examples, each below its
label. Whoever translates it needs no Python, and the text prints as it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "explanations"
EXAMPLE = r"(?:    .*\n|\n(?=    ))+"
SECTION = re.compile(
    r"## (?P<code>[a-z0-9-]+)\n\n(?P<body>(?P<meaning>\S.*)\n\n(?P<why>\S.*)\n\n"
    rf"(?P<wrong_label>\S.*)\n\n(?P<wrong>{EXAMPLE})\n(?P<right_label>\S.*)\n\n(?P<right>{EXAMPLE}))"
)
GROUP = re.compile(r"# (?P<group>\S.*)\n")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is said of one code; ``body`` is all of it as it prints, ``wrong`` and ``right`` are the examples alone."""

    code: str
    group: str
    meaning: str
    why: str
    wrong: str
    right: str
    labels: tuple[str, str]
    body: str


@cache
def explanations(language: str) -> dict[str, Explanation]:
    """Return the explanations in ``language`` ("en" or "zh_CN") by code, in the order of the file."""
    return parse_explanations((FOLDER / f"{language}.md").read_text(encoding="utf-8"))


def parse_explanations(text: str) -> dict[str, Explanation]:
    """Return the explanations in ``text`` by code. Raises ValueError where a line is not of the agreed form."""
    found: dict[str, Explanation] = {}
    group, place = "", 0
    while place < len(text):
        if text[place] == "\n":
            place += 1
        elif heading := GROUP.match(text, place):
            group, place = heading["group"], heading.end()
        elif (section := SECTION.match(text, place)) and section["code"] not in found:
            found[section["code"]] = _explanation(section, group)
            place = section.end()
        else:
            line = text.count("\n", 0, place) + 1
            raise ValueError(f"line {line} starts no group and no new section with all its parts")
    return found


def _explanation(section: re.Match[str], group: str) -> Explanation:
    wrong, right = (re.sub("^    ", "", section[name].strip("\n"), flags=re.MULTILINE) for name in ("wrong", "right"))
    labels = (section["wrong_label"], section["right_label"])
    return Explanation(
        section["code"], group, section["meaning"], section["why"], wrong, right, labels, section["body"].rstrip("\n")
    )
