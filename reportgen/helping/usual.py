"""The settings of a project, and what the command line says instead -> how its documents are made."""

from __future__ import annotations

import platform
from contextlib import suppress
from pathlib import Path

from reportgen.reading.project import Project, write_file
from reportgen.reading.settings import read_settings
from reportgen.running.outcome import Options
from reportgen.running.sets import digest
from reportgen.telling.findings import ReportError


def usual(project: Project, fonts: str | None = None, bound: bool | None = None) -> Options:
    """Return how documents are made; ``fonts`` is auto, bundled or strict. Raises ReportError."""
    settings = read_settings(project)
    own = fonts == "bundled" or (fonts is None and settings.own_fonts)
    return Options(
        system_fonts=not own,
        any_fonts=not own and fonts != "strict",
        fonts="" if own else _fonts_here(project),
        bound=settings.bound if bound is None else bound,
    )


def remember_fonts(project: Project, fonts: str) -> None:
    """Keep the fonts of this machine, as a manifest names them: to look for them takes a tenth of a second."""
    place = _place(project)
    with suppress(ReportError):
        write_file(place, fonts.encode(), place.name, sync=False)


def _fonts_here(project: Project) -> str:
    """Return the fonts of this machine as of the last build of this project, which looks for them."""
    with suppress(OSError, ValueError):
        return _place(project).read_text(encoding="utf-8")
    from reportgen.printing.pdf import PdfPrinter  # slow to load

    try:
        found = PdfPrinter(project.templates).of_machine
    except ReportError:  # told by the inputs
        return ""
    remember_fonts(project, found)
    return found


def _place(project: Project) -> Path:
    """Return where they are kept: a folder on a network is seen by many machines."""
    return project.hidden("seen") / f"fonts-{digest(platform.node().encode())[:8]}.txt"
