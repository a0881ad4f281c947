"""A revision of git -> the inputs that a build would have to look at again since, for what they say or are beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from reportgen.helping.past import changed_files, held_at
from reportgen.reading.project import SETTINGS, Glance, Project, glance, glance_of
from reportgen.running.kin import kin_of, may_be_one


def changed_since(project: Project, paths: Sequence[Path], revision: str) -> list[Path]:
    """Return those of ``paths`` that changed, or whose neighbours, templates or settings did. Raises PastError.

    What git does not know (new, or ignored) counts as changed. The program itself is not looked at.
    """
    changed = {project.root / name for name in changed_files(project, revision)}
    if any(path.is_relative_to(project.templates) or path == project.root / SETTINGS for path in changed):
        return list(paths)
    kin, folders = kin_of(project, paths), {path.parent for path in changed}
    then = {path: glance_of(held_at(project, path, revision)) for path in changed if path.suffix == ".yaml"}
    places = tuple(_places(then))

    def is_touched(path: Path) -> bool:
        near = kin.near[str(path)]
        beside = {path, *map(Path, kin.beside(path)), *([project.root / near.copy.file] if near.copy else ())}
        if not beside.isdisjoint(changed) or (near.is_city and path.parent in folders):
            return True  # a centre that is gone is no longer beside its city
        return _had_twin(path, then.values()) or (bool(places) and _names(path, places))

    return [path for path in paths if is_touched(path)]


def _had_twin(path: Path, then: Iterable[Glance]) -> bool:
    """Tell whether a changed file was of the same centre and year."""
    seen = glance(path)
    return any((seen.unit, seen.year) == (old.unit, old.year) and may_be_one(seen, old) for old in then if old.unit)


def _names(path: Path, places: Iterable[bytes]) -> bool:
    try:
        data = path.read_bytes()
    except OSError:
        return True
    return any(place in data for place in places)


def _places(then: Mapping[Path, Glance]) -> Iterator[bytes]:
    """Yield what districts are called that no input had, or none has any more: texts that name one are judged by it."""
    old = {seen.district for seen in then.values()}
    now = {glance(path).district for path in then}
    if old != now:
        from reportgen.running.library import PLACE  # slow to load

        for district in old ^ now:
            if match := PLACE.search(district):
                yield match[1].encode()
