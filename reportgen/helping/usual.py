"""The settings of a project, and what the command line says instead -> how its documents are made."""

from __future__ import annotations

from reportgen.helping.installed import fonts_here
from reportgen.reading.project import Project
from reportgen.reading.settings import read_settings
from reportgen.running.outcome import Options
from reportgen.telling.findings import ReportError


def usual(project: Project, fonts: str | None = None, bound: bool | None = None) -> Options:
    """Return how documents are made; ``fonts`` is auto, bundled or strict. Raises ReportError."""
    settings = read_settings(project)
    own = fonts == "bundled" or (fonts is None and settings.own_fonts)
    return Options(
        system_fonts=not own,
        any_fonts=not own and fonts != "strict",
        fonts="" if own else _fonts_of(project),
        bound=settings.bound if bound is None else bound,
    )


def _fonts_of(project: Project) -> str:
    try:
        return fonts_here(project, system=True).of_machine
    except ReportError:  # told by the inputs
        return ""
