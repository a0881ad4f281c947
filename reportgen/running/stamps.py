"""Files -> their digests, from memory where size and times are as they were.

Two changes within one tick of a clock leave the same times. A file that changed less than SETTLED before it was read
is therefore not remembered, and is read again the next time, as git does.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from reportgen.reading.project import write_file
from reportgen.running.sets import digest, digest_of
from reportgen.telling.findings import ReportError

SETTLED = 2_000_000_000  # nanoseconds: the coarsest clock of a file system, FAT's

Stamp = tuple[int, int, int, str]  # size, the times of the last change of bytes and of anything, SHA-256


@dataclass
class Stamps:
    """The digests of files, remembered in the file ``place``."""

    place: Path
    _new: dict[str, Stamp] = field(default_factory=dict)

    @cached_property
    def _known(self) -> dict[str, Stamp]:
        try:
            held = json.loads(self.place.read_bytes())
            return {path: _stamp(*each) for path, each in held.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def digest(self, path: str) -> str:
        """Return the SHA-256 of a file; "" where there is none that can be read."""
        try:
            about = os.stat(path)  # noqa: PTH116 - thousands of them, and a Path costs more than the call
        except (OSError, ValueError):
            return ""
        if not stat.S_ISREG(about.st_mode):
            return ""
        now = time.time_ns()
        known = self._new.get(path) or self._known.get(path)
        if known and known[:3] == (about.st_size, about.st_mtime_ns, about.st_ctime_ns):
            return known[3]
        found = digest_of(Path(path))
        if found and max(about.st_mtime_ns, about.st_ctime_ns) + SETTLED < now:
            self._new[path] = (about.st_size, about.st_mtime_ns, about.st_ctime_ns, found)
        return found

    def tree(self, folder: Path) -> str:
        """Return the digest of all files of a folder, with their names."""
        top = str(folder)
        return digest("\0".join(f"{path[len(top) :]} {self.digest(path)}" for path in sorted(_below(top))).encode())

    def save(self) -> None:
        """Remember what is new, and forget the files that are gone."""
        if self._new:
            held = {path: each for path, each in {**self._known, **self._new}.items() if os.path.exists(path)}  # noqa: PTH110
            with suppress(ReportError):  # what cannot be remembered is read again
                write_file(self.place, json.dumps(held).encode(), self.place.name, sync=False)


def _stamp(size: int, changed: int, touched: int, found: str) -> Stamp:
    return size, changed, touched, found


def _below(folder: str) -> Iterator[str]:
    for where, inside, names in os.walk(folder):
        inside[:] = _without_bytecode(inside)
        yield from (os.path.join(where, name) for name in names)  # noqa: PTH118


def _without_bytecode(folders: Iterable[str]) -> list[str]:
    return [name for name in folders if name != "__pycache__"]
