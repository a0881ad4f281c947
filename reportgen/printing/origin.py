"""Where a document came from -> the line of provenance in its properties, written and read back."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

DISTRIBUTION = "legal-aid-reportgen"
DRAWERS = ("altair", "vl-convert-python")
ORIGIN = re.compile(r"reportgen (\S+); ([^;]+); (\S+) sha256:([0-9a-f]{16})")


class Origin(NamedTuple):
    """What the line says: the program's version, the form, the input's file name, the start of its meaning's hash."""

    version: str
    form: str
    file: str
    meaning: str


@cache
def drawer() -> str:
    """Return what draws charts, with its versions; "" where the extra “charts” is not installed."""
    try:
        return " ".join(f"{name} {version(name)}" for name in DRAWERS)
    except PackageNotFoundError:
        return ""


@cache
def program_version() -> str:
    """Return the version that is installed, or "0" in a folder that is not."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "0"


def origin(form: str, file: str, digest: str) -> str:
    """Say where a document came from: program and version, form, input and the hash of its text."""
    name = file.rsplit("/", 1)[-1]
    return f"reportgen {program_version()}; {form}; {name} sha256:{digest[:16]}"


def read_origin(text: str) -> Origin | None:
    """Return what a line of provenance says; None where it is none of ours."""
    match = ORIGIN.search(text)
    return Origin(*match.groups()) if match else None
