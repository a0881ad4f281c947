"""Glances at all inputs -> the other files of a centre and year, and those that state mostly the same figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from reportgen.checking.case import Copy
from reportgen.reading.project import Glance, Project

LEAST_FIGURES = 5  # that two files must have in common
KEPT = 20  # files that are remembered for a figure: more copies than that show with the first of them


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
            others = (other for other in group if other != path and _may_be_one(glances[path], glances[other]))
            if found := tuple(others):
                twins[path] = found
    return twins


def _may_be_one(one: Glance, other: Glance) -> bool:
    return one.district == other.district or not (one.district and other.district)


def copies_of(project: Project, glances: Mapping[Path, Glance]) -> dict[Path, Copy]:
    """Return, for each file of which most figures stand in another centre's file of the year, the likest of these.

    One index of all figures, so that many files do not cost their square.
    """
    index: dict[tuple[str, str, str], list[Path]] = defaultdict(list)
    for path, seen in glances.items():
        for figure in seen.figures:
            files = index[seen.year, *figure]
            if len(files) < KEPT:
                files.append(path)
    found: dict[Path, Copy] = {}
    for path, seen in glances.items():
        shared = Counter(other for figure in seen.figures for other in index[seen.year, *figure])
        for other, count in shared.most_common():
            if count < LEAST_FIGURES or 2 * count <= len(seen.figures):
                break
            if other != path and not _is_same_centre(seen, glances[other]):
                found[path] = Copy(project.name(other), glances[other].unit, count, len(seen.figures))
                break
    return found


def _is_same_centre(one: Glance, other: Glance) -> bool:
    return one.unit == other.unit and _may_be_one(one, other)
