"""Where readers note what they find: complaints at places of one file, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reportgen.telling.findings import Finding


class Notebook:
    """Findings in the order in which they were noted; what is noted a second time is not told twice."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._noted: dict[Finding, None] = dict.fromkeys(findings)

    def note(self, *findings: Finding) -> None:
        """Note findings."""
        for finding in findings:
            self._noted.setdefault(finding)

    def take(self, findings: Iterable[Finding]) -> None:
        """Note all of ``findings``."""
        self.note(*findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._noted)

    def __len__(self) -> int:
        return len(self._noted)
