"""What follows from other things -> kept in a file as JSON, and read again as long as these are the same."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.reading.project import write_file
from reportgen.telling.findings import ReportError


@dataclass(frozen=True)
class Kept:
    """The file ``place``; ``of`` is the digest of all that its value follows from."""

    place: Path
    of: str

    def read(self) -> Any:
        """Return what was kept, as JSON has it; None where there is nothing, or it follows from something else."""
        try:
            held = json.loads(self.place.read_bytes())
            return held["value"] if held["of"] == self.of else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def write(self, value: Any) -> None:
        """Keep a value; what cannot be kept is found again."""
        held = json.dumps({"of": self.of, "value": value}, ensure_ascii=False)
        with suppress(ReportError, UnicodeError):
            write_file(self.place, held.encode(), self.place.name, sync=False)
