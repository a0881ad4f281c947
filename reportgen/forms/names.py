"""The names that a text may use -> what there is, and where a name stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from reportgen.forms.vocabulary import Vocabulary
from reportgen.numbers.grammar import Template
from reportgen.reading.frames import did_you_mean
from reportgen.reading.source import Place, Source
from reportgen.telling.findings import Finding, Span
from reportgen.telling.messages import _

# Names besides the vocabulary's; None: any member, else the members there can be.
Names = Mapping[str, Collection[str] | None]
OWN_NAMES: Names = {"评分": None}  # those that a centre's own texts have
Spot = Callable[[int, str], Span]  # line of a template and the text looked for -> where that stands


def undefined(template: Template, vocabulary: Vocabulary, names: Names, spot: Spot) -> Iterator[Finding]:
    """Yield a finding for every name in ``template`` that nothing can ever stand for."""
    for line, name in template.names:
        root, *rest = name.split(".")
        members = names.get(root)
        if root in names and (members is None or not rest or rest[0] in members):
            continue
        if root in names or not vocabulary.knows(name):
            message = _("there is nothing called “{name}”").format(name=name)
            near = vocabulary.near(name) if members is None else did_you_mean(rest[0], members)
            yield Finding("undefined-name", spot(line, name), message, near, name)


def spot_in(source: Source, place: Place) -> Spot:
    """Return the finder for the text at ``place`` of ``source``."""
    return lambda line, wanted: source.inside(place, line, wanted)
