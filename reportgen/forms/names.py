"""The names that a text may use -> what there is, and where a name stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from reportgen.forms.vocabulary import Vocabulary
from reportgen.numbers.grammar import Template
from reportgen.reading.source import Place, Source
from reportgen.reading.trace import Spot
from reportgen.telling.findings import Finding, Span, Subject
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean

# Names besides the vocabulary's; None: any member, else the members there can be.
Names = Mapping[str, Collection[str] | None]
OWN_NAMES: Names = {"评分": None}  # those that a centre's own texts have


def undefined(template: Template, vocabulary: Vocabulary, names: Names, spot: Spot) -> Iterator[Finding]:
    """Yield a finding for every name in ``template`` that nothing can ever stand for."""
    for at, name in template.names:
        root, *rest = name.split(".")
        members = names.get(root)
        if root in names and (members is None or not rest or rest[0] in members):
            continue
        if root in names or not vocabulary.knows(name):
            message = _("there is nothing called “{name}”").format(name=name)
            near = vocabulary.near(name) if members is None else did_you_mean(rest[0], members)
            yield Finding("undefined-name", spot(at, len(name)), message, near, Subject.key(name))


def spot_in(source: Source, place: Place) -> Spot:
    """Return the finder for the text at ``place`` of ``source``."""
    return lambda offset, length: source.spot(place, offset, length)


def spot_in_text(file: str, text: str) -> Spot:
    """Return the finder for a file that is one text."""

    def spot(offset: int, length: int) -> Span:
        line = text.count("\n", 0, offset)
        begin = text.rfind("\n", 0, offset) + 1
        end = text.find("\n", offset)
        return Span(file, line + 1, offset - begin + 1, length, text[begin : end if end >= 0 else len(text)])

    return spot
