"""A word that is not known -> the hint with the nearest that is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from reportgen.telling.messages import _, language

LISTED = 12  # words, where none is near


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint with the nearest of the known words, or with all of them where none is near."""
    known = list(known)
    holding = [each for each in known if word in each] if len(word) > 1 else []
    if near := difflib.get_close_matches(word, known, 1, 0.5) or (holding if len(holding) == 1 else []):
        return _("did you mean {word}?").format(word=near[0])
    more = "……" if len(known) > LISTED else ""
    comma = "、" if language().startswith("zh") else ", "
    return _("it can be: {words}").format(words=comma.join(known[:LISTED]) + more) if known else ""
