"""cues.yaml -> the words that carry arithmetic, each compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

from reportgen.reading.source import read_source

FILE = Path(__file__).parent / "cues.yaml"
NOUN = "费|类|支出|收入|经费|补贴|补助|资金|方面"  # makes a noun of the verb before it
LISTS_OF_WORDS = ("units", "measures", "verbs")


@dataclass(frozen=True)
class Cue:
    """One row: ``words`` find it; the other columns say what it makes of a number."""

    name: str
    words: re.Pattern[str]
    columns: Mapping[str, str]

    def column(self, name: str) -> str:
        """Return another column of the row, or ""."""
        return self.columns.get(name, "")


@dataclass(frozen=True)
class Cues:
    """All rows by section; ``units`` maps a word to its class, ``verbs`` finds one at the beginning of a clause."""

    units: Mapping[str, str]
    verbs: re.Pattern[str]
    sections: Mapping[str, tuple[Cue, ...]]
    joined: dict[tuple[str, str], re.Pattern[str]] = field(default_factory=dict)
    groups: dict[tuple[str, str], Mapping[str, tuple[Cue, ...]]] = field(default_factory=dict)

    def of(self, section: str) -> tuple[Cue, ...]:
        """Return the rows of a section, in the order of the file."""
        return self.sections.get(section, ())

    def grouped(self, section: str, column: str) -> Mapping[str, tuple[Cue, ...]]:
        """Return the rows of a section by what they have in a column."""
        if (section, column) not in self.groups:
            rows = self.of(section)
            self.groups[section, column] = {
                each: tuple(row for row in rows if row.column(column) == each)
                for each in {*(row.column(column) for row in rows)}
            }
        return self.groups[section, column]

    def row(self, section: str, name: str) -> re.Pattern[str]:
        """Return the pattern of one row."""
        if (section, name) not in self.joined:
            self.joined[section, name] = _joined(cue for cue in self.of(section) if cue.name == name)
        return self.joined[section, name]

    def any(self, section: str) -> re.Pattern[str]:
        """Return a pattern that finds any row of a section."""
        if (section, "") not in self.joined:
            self.joined[section, ""] = _joined(self.of(section))
        return self.joined[section, ""]


@cache
def cues() -> Cues:
    """Return the cues of the file."""
    return cues_of(cast(dict[str, Any], read_source(FILE, FILE.name).data))


def cues_of(data: Mapping[str, Any]) -> Cues:
    """Return the cues that a file of this content has."""
    units = {word: row["class"] for row in data["units"] for word in row["words"]}
    units |= {word: word for word in data["measures"]["words"]}
    sections = {name: _rows(rows) for name, rows in data.items() if name not in LISTS_OF_WORDS}
    return Cues(units, _verbs(data["verbs"]["words"]), sections)


def _rows(rows: Iterable[Mapping[str, str]]) -> tuple[Cue, ...]:
    return tuple(Cue(row["name"], _compiled(row["pattern"]), row) for row in rows)


def _compiled(pattern: str) -> re.Pattern[str]:
    """“~约|近”: one of them right before the number."""
    if pattern.startswith("~"):
        return re.compile(f"(?:{pattern[1:]})$")
    return re.compile(f"^(?:{pattern[1:]})" if pattern.startswith("^") else pattern)


def _verbs(words: Iterable[str]) -> re.Pattern[str]:
    """已办结, 全年共举办: a verb behind words that add nothing; 培训费 is none."""
    return re.compile(rf"(?:已|另|还|共|并|全年|累计|其中)*(?:{'|'.join(words)})(?!{NOUN})")


def _joined(cues: Iterable[Cue]) -> re.Pattern[str]:
    return re.compile("|".join(cue.words.pattern for cue in cues) or r"(?!)")
