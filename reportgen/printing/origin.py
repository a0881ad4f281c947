"""Where a document came from -> the line of provenance in its properties."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

DISTRIBUTION = "legal-aid-reportgen"


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
