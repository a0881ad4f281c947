"""A word of the command line -> the inputs that it means: a file, a folder of them, or the name of a centre."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from reportgen.reading.project import ROSTER, Project, glance, settled
from reportgen.telling.messages import _, joined
from reportgen.telling.nearest import did_you_mean


class ChoiceError(ValueError):
    """A word that means no input, or several; its text says what to type."""


def chosen(project: Project, words: Iterable[Path]) -> list[Path]:
    """Return the inputs that the words mean, each once. Raises ChoiceError."""
    return list(dict.fromkeys(path for word in words for path in _meant(project, word)))


def one_input(project: Project, word: Path) -> Path:
    """Return the one input that a word means. Raises ChoiceError."""
    found = _meant(project, word)
    if len(found) > 1:
        raise _several(project, word, found)
    return found[0]


def _meant(project: Project, word: Path) -> list[Path]:
    for place in (word, project.inputs / word, project.inputs / f"{word}.yaml"):
        if os.path.isfile(place):  # noqa: PTH113 - it takes any name, however long
            return [settled(place)]
        if os.path.isdir(place):  # noqa: PTH112
            return _in_folder(project, place)
    return [_named(project, word)]


def _in_folder(project: Project, folder: Path) -> list[Path]:
    """Return the inputs in a folder of a year, or in the years of a folder; those of templates are none."""
    found = [settled(path) for pattern in ("*.yaml", "*/*.yaml") for path in sorted(folder.glob(pattern))]
    templates = project.templates.resolve()
    inputs = [path for path in found if path.name != ROSTER and not path.is_relative_to(templates)]
    if not inputs:
        raise ChoiceError(_("there is no input file in the folder {name}").format(name=folder))
    return inputs


def _named(project: Project, word: Path) -> Path:
    """Return the input of a file's name without year and ending (qinghe), or of a centre's name."""
    name, files = str(word), project.input_files()
    found = [path for path in files if path.stem == name]
    if not found:
        units = {path: glance(path).unit for path in files}
        found = [path for path, unit in units.items() if unit == name]
        if not found:
            message = _("there is no file {name}").format(name=name)
            known = dict.fromkeys(each for path, unit in units.items() for each in (path.stem, unit) if each)
            raise ChoiceError(joined([message, did_you_mean(name, known)]))
    if len(found) > 1:
        raise _several(project, word, found)
    return found[0].parent.resolve() / found[0].name  # a link stays one: where it leads is told


def _several(project: Project, word: Path, found: Iterable[Path]) -> ChoiceError:
    message = _("“{name}” may be several inputs; type one of them: {files}")
    return ChoiceError(message.format(name=word, files="、".join(project.name(path) for path in found)))
