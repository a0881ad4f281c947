"""Glances at all inputs -> the other files of a centre and year, and those that state mostly the same figures.

What they come to can be remembered, as it follows from the bytes of the inputs alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from reportgen.reading.project import Copy, Glance, Project, glance, glance_of, seen_bytes
from reportgen.running.kept import Kept
from reportgen.running.sets import digest

LEAST_FIGURES = 5  # that two files must have in common
KEPT = 20  # files that are remembered for a figure: more copies than that show with the first of them


@dataclass(frozen=True)
class Near:
    """What an input's glance says of files near it: last year's is ``earlier``, ``lists`` are those that any names."""

    earlier: str = ""
    lists: tuple[str, ...] = ()
    is_city: bool = False
    twins: tuple[str, ...] = ()
    copy: Copy | None = None


@dataclass(frozen=True)
class Kin:
    """What is near each input, by its path, and the districts of all."""

    near: Mapping[str, Near] = field(default_factory=dict)
    districts: frozenset[str] = frozenset()
    _listed: dict[tuple[str, str], list[str]] = field(default_factory=dict, compare=False)

    def beside(self, path: Path) -> list[str]:
        """Return the paths of all other files that an input may ask for, there or not."""
        near = self.near[str(path)]
        others = [*near.twins, *([near.earlier] if near.earlier else ()), *near.lists]
        for pattern in ("*.yaml", "*.csv") if near.is_city else ():
            others += self._in_folder(path.parent, pattern)
        return others

    def _in_folder(self, folder: Path, pattern: str) -> list[str]:
        asked = str(folder), pattern
        if asked not in self._listed:
            self._listed[asked] = sorted(map(str, folder.glob(pattern)))
        return self._listed[asked]

    @property
    def as_data(self) -> dict[str, Any]:
        """What can be kept as JSON."""
        return {"near": {path: asdict(each) for path, each in self.near.items()}, "districts": sorted(self.districts)}

    @classmethod
    def of_data(cls, data: Any) -> Kin:
        """Return what was kept. Raises KeyError, TypeError, ValueError, AttributeError."""
        near = {
            path: Near(
                each["earlier"],
                tuple(each["lists"]),
                each["is_city"],
                tuple(each["twins"]),
                each["copy"] and Copy(**each["copy"]),
            )
            for path, each in data["near"].items()
        }
        return cls(near, frozenset(data["districts"]))


@dataclass
class Glances:
    """Glances at files, ``kept`` by the digest of what was seen."""

    kept: Kept
    _seen: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def _known(self) -> dict[str, Any]:
        held = self.kept.read()
        return held if isinstance(held, dict) else {}

    def of(self, path: Path, stamp: str) -> Glance:
        """Return what is seen of a file whose digest is ``stamp``; "" where it cannot be read."""
        if held := self._known.get(stamp):
            with suppress(TypeError, ValueError):
                found = _glance(*held)
                self._seen[stamp] = held
                return found
        data = seen_bytes(path)
        found = glance_of(data)
        if digest(data) == stamp:  # else it has changed meanwhile
            self._seen[stamp] = _plain(found)
        return found

    def save(self) -> None:
        """Remember what was seen, and nothing else."""
        if self._seen.keys() != self._known.keys():
            self.kept.write(self._seen)


def _plain(seen: Glance) -> list[Any]:
    figures = [[key, value] for key, value in sorted(seen.figures)]
    return [seen.unit, seen.district, seen.year, figures, sorted(seen.lists), seen.is_city]


def _glance(unit: str, district: str, year: str, figures: Any, lists: Any, is_city: bool) -> Glance:
    return Glance(unit, district, year, frozenset(map(tuple, figures)), frozenset(lists), is_city)


def kin_of(project: Project, paths: Sequence[Path], glances: Mapping[Path, Glance] | None = None) -> Kin:
    """Look at all inputs, where no ``glances`` at them are given, and say what is near each of ``paths``."""
    if glances is None:
        glances = {path: glance(path) for path in dict.fromkeys([*project.input_files(), *paths])}
    named = {path: glances[path] for path in paths}
    twins, copies = twins_of(named), copies_of(project, glances)

    def near(path: Path, seen: Glance) -> Near:
        year = int(seen.year) if seen.year.isdecimal() else 0
        earlier = path.parent.parent / str(year - 1) / path.name
        beside = (*twins.get(path, ()), *([earlier] if year else ()))
        lists = {str(each.parent / name) for each in (path, *beside) for name in glances.get(each, Glance()).lists}
        return Near(
            str(earlier) if year else "",
            tuple(sorted(lists)),
            seen.is_city,
            tuple(map(str, twins.get(path, ()))),
            copies.get(path),
        )

    return Kin(
        {str(path): near(path, seen) for path, seen in named.items()},
        frozenset(seen.district for seen in glances.values() if seen.district),
    )


def twins_of(glances: Mapping[Path, Glance]) -> dict[Path, tuple[Path, ...]]:
    """Return, for each file that has any, the other files of the same centre and year.

    Two centres of one name are told apart by their districts, where both files state one.
    """
    groups: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for path, seen in glances.items():
        if seen.unit and seen.year:
            groups[seen.unit, seen.year].append(path)
    twins: dict[Path, tuple[Path, ...]] = {}
    for group in (group for group in groups.values() if len(group) > 1):
        for path in group:
            others = (other for other in group if other != path and may_be_one(glances[path], glances[other]))
            if found := tuple(others):
                twins[path] = found
    return twins


def may_be_one(one: Glance, other: Glance) -> bool:
    """Tell whether two files of one name may be of one centre."""
    return one.district == other.district or not (one.district and other.district)


def copies_of(project: Project, glances: Mapping[Path, Glance]) -> dict[Path, Copy]:
    """Return, for each file of which most figures stand in another centre's file of the year, the likest of these.

    One index of all figures, so that many files do not cost their square.
    """
    stated: dict[tuple[str, str, str], list[int]] = defaultdict(list)  # a figure: the files, by their numbers
    files, beside = list(glances), list[list[list[int]]]()
    for number, seen in enumerate(glances.values()):
        beside.append([stated[seen.year, *figure] for figure in seen.figures])
        for others in beside[-1]:
            if len(others) < KEPT:
                others.append(number)
    found: dict[Path, Copy] = {}
    for number, (path, seen) in enumerate(glances.items()):
        least = max(LEAST_FIGURES, len(seen.figures) // 2 + 1)
        shared = Counter(chain.from_iterable(beside[number]))
        like = sorted((-count, other) for other, count in shared.items() if count >= least and other != number)
        for fewer, other in like:  # the likest first, and of these the first file
            if not _is_same_centre(seen, glances[files[other]]):
                found[path] = Copy(project.name(files[other]), glances[files[other]].unit, -fewer, len(seen.figures))
                break
    return found


def _is_same_centre(one: Glance, other: Glance) -> bool:
    return one.unit == other.unit and may_be_one(one, other)
