"""A project -> whether its JSON schemas are older than templates or program. Light to load: every build asks."""

from __future__ import annotations

from pathlib import Path

from reportgen.reading.project import Project

INPUT = "input.json"
HERE = Path(__file__).parent


def are_stale(project: Project) -> bool:
    """Tell whether a project has schemas that are older than its templates or the program."""
    program = (HERE / "meanings.yaml", *HERE.glob("*schema.py"))
    sources = (project.templates, *project.templates.rglob("*"), *program)
    try:
        made = (project.schemas / INPUT).stat().st_mtime_ns
        return any(path.stat().st_mtime_ns > made for path in sources)
    except OSError:  # who has none does not want any
        return False
