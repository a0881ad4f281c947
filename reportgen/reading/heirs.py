"""A template file that says 继承 -> one source: what it has itself, and the rest of the file that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reportgen.reading.source import Place, Source, read_source
from reportgen.telling.findings import Finding, ReportError, Span, Subject
from reportgen.telling.messages import _
from reportgen.telling.nearest import did_you_mean

FROM = "继承"
MOST = 5  # generations


@dataclass(frozen=True)
class Heir(Source):
    """A source that has some of its keys from its parent, with their places there."""

    parent: Source | None = None

    def spot(self, place: Place, offset: int, length: int = 1) -> Span:
        """Return where characters of the text at ``place`` stand, in this file or the parent's."""
        if self.parent and (place[:1] not in self.keys or self.keys[place[:1]].file != self.file):
            return self.parent.spot(place, offset, length)
        return super().spot(place, offset, length)


def read_heir(path: Path, name: str, parents: Mapping[str, tuple[Path, str]]) -> tuple[Source, list[Path]]:
    """Read the file at ``path`` and those it inherits from; return one source, and the files from it upward.

    ``parents`` are the files that can be named: where each is, and what messages call it. Raises ReportError.
    """
    sources, files = [read_source(path, name, "名称")], [path]
    while wanted := sources[-1].data.get(FROM):
        file, called = parents.get(str(wanted), (path, ""))
        if file in files or len(files) > MOST:
            message = _("“{name}” cannot be inherited from").format(name=wanted)
            known = [other for other, (where, _called) in parents.items() if where not in files]
            hint = did_you_mean(str(wanted), known)
            raise ReportError([Finding("bad-template", sources[-1].span((FROM,)), message, hint, Subject.key(FROM))])
        files.append(file)
        sources.append(read_source(file, called, "名称"))
    whole = sources.pop()
    while sources:
        whole = _merged(sources.pop(), whole)
    return whole, files


def _merged(own: Source, parent: Source) -> Source:
    """Return a source with all keys of both; a key of its own replaces the parent's, with all below it."""

    def rest(place: Place) -> bool:
        return bool(place) and place[0] not in own.data and place[0] != FROM

    data = {key: value for key, value in {**parent.data, **own.data}.items() if key != FROM}
    heir = Heir(own.file, own.lines, own.digest, parent=parent)
    return replace(
        heir,
        data=data,
        values={**{place: span for place, span in parent.values.items() if rest(place)}, **own.values},
        keys={**{place: span for place, span in parent.keys.items() if rest(place)}, **own.keys},
        prose={**{place: line for place, line in parent.prose.items() if rest(place)}, **own.prose},
        findings=(*own.findings, *parent.findings),
    )
