"""A word that is not known -> the hint with the nearest that is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from reportgen.telling.messages import _, language, listed

LISTED = 12  # words, where none is near
ALIKE = 0.5


def nearest(word: str, known: Sequence[str]) -> str:
    """Return the nearest of the known words, "" where none is near.

    Of two that are as like, that with more of its characters in their places: 回放 is 回访, not 挽回.
    """

    def likeness(each: str) -> tuple[float, int]:
        ratio = difflib.SequenceMatcher(None, each, word).ratio()
        return ratio, sum(one == other for one, other in zip(each, word, strict=False))

    if near := difflib.get_close_matches(word, known, LISTED, ALIKE):
        return max(near, key=likeness)
    holding = [each for each in known if word in each] if len(word) > 1 else []
    return holding[0] if len(holding) == 1 else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint with the nearest of the known words, or with all of them where none is near."""
    known = list(known)
    if near := nearest(word, known):
        return _("did you mean {word}?").format(word=near)
    comma = "、" if language().startswith("zh") else ", "
    return _("it can be: {words}").format(words=listed(known, LISTED, comma)) if known else ""
