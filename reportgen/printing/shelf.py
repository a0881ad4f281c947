"""The fonts that are there -> which of them print a name of a family, and which has a character."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol
from unicodedata import category

from reportgen.printing.opentype import characters_of


class Face(Protocol):
    """One font, as Typst tells it."""

    @property
    def family(self) -> str: ...  # noqa: D102
    @property
    def style(self) -> str: ...  # noqa: D102
    @property
    def weight(self) -> int: ...  # noqa: D102
    @property
    def path(self) -> str | None: ...  # noqa: D102
    @property
    def index(self) -> int: ...  # noqa: D102


class Book(Protocol):
    """All fonts, as Typst tells them."""

    def fonts(self) -> Sequence[Face]:
        """Return every font."""

    def families(self) -> Sequence[str]:
        """Return the families that they are of."""


@dataclass(frozen=True)
class Shelf:
    """The fonts of ``book``, asked by the names of their families, which differ in their capitals between systems."""

    book: Book

    @cached_property
    def _names(self) -> dict[str, str]:
        return {family.casefold(): family for family in self.book.families()}

    def of(self, names: Iterable[str]) -> list[str]:
        """Return the families of these names that are there, as Typst calls them, each once."""
        there = (self._names.get(name.casefold(), "") for name in names)
        return list(dict.fromkeys(name for name in there if name))

    @cached_property
    def _regular(self) -> dict[str, Face]:
        """The font of each family that is nearest to the regular one."""
        found: dict[str, Face] = {}
        for face in sorted(self.book.fonts(), key=lambda face: (face.style != "normal", abs(face.weight - 400))):
            found.setdefault(face.family, face)
        return found

    def has(self, family: str, character: str) -> bool:
        """Tell whether a family has a character; what cannot be read may have it: Typst will tell."""
        face = self._regular.get(family)
        if face is None or face.path is None:
            return False
        known = characters_of(face.path, face.index)
        return known is None or ord(character) in known

    def with_character(self, character: str, families: Iterable[str] | None = None) -> str:
        """Return the first of these families, or of all, that has a character; "" where none has it."""
        every = self._regular if families is None else families
        return next((family for family in every if self.has(family, character)), "")

    def lacking(self, text: str) -> set[str]:
        """Return the characters of a text that none of these fonts has."""
        left = {character for character in text if _is_drawn(character)}
        for face in self.book.fonts():
            if not left:
                break
            known = characters_of(face.path, face.index) if face.path else None
            left -= {each for each in left if ord(each) in (known or ())}
        return left


def named(characters: str) -> str:
    """Return characters as a finding names them."""
    return "、".join(f"“{character}”（U+{ord(character):04X}）" for character in characters)


@lru_cache(maxsize=4096)
def is_usual(character: str) -> bool:
    """Tell whether every Chinese font has a character: one of GB 2312, or of the dash and dot of today's fonts."""
    return character.isascii() or character in "—·" or bool(character.encode("gb2312", "ignore"))


def unusual(texts: Iterable[str]) -> list[str]:
    """Return the characters of texts that a Chinese font may lack, each once, in the order of their numbers."""
    return sorted(character for character in set().union(*texts) if not is_usual(character) and _is_drawn(character))


def _is_drawn(character: str) -> bool:
    """Tell whether a character needs a glyph: it is no space, no control, no selector of a variant."""
    selects = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return not (selects or character.isspace() or category(character) in ("Cc", "Cf"))
