"""What the system says of a file that could not be written -> a finding with what to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from reportgen.telling.findings import Finding, Span
from reportgen.telling.messages import _

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
LONGEST = 259  # characters of a path that Windows takes
TOO_LONG = 206  # what Windows calls it


def why(error: OSError) -> str:
    """Return what the system says, in the reader's language where it is said often."""
    told = {
        errno.ENOENT: _("there is no such file"),
        errno.EISDIR: _("it is a folder"),
        errno.EACCES: _("reading or writing it is not allowed, or another program holds it open"),
    }
    return told.get(error.errno or 0) or error.strerror or str(error)


def cannot_write(path: Path, name: str, error: OSError, mixed: Sequence[str] = ()) -> Finding:
    """Say why ``path``, which messages call ``name``, cannot be written; ``mixed``: what of its set is new already."""
    message = _("the file cannot be written: {reason}").format(reason=why(error))
    hint = remedy(path, error)
    if mixed:
        message += _("; of its set these are new already: {names}").format(names="、".join(mixed))
        hint = _("close them in Word or WPS, check the free space, and build again before anything is sent")
    return Finding("cannot-write", Span(name), message, hint)


def remedy(path: Path, error: OSError) -> str:
    """Return what to do about an error over ``path``."""
    if blocking := _in_the_way(path):
        return _("“{name}” stands in its way: move it elsewhere, and build again").format(name=blocking.name)
    if error.errno in FULL:
        return _("free some space on the disk, and build again; the old file is as it was")
    if _is_too_long(path, error):
        message = _("its path has {n} characters, and Windows takes {most}: {what}")
        what = _("move the project to a folder with a shorter path, such as D:\\reports, and build again")
        return message.format(n=len(str(path)), most=LONGEST, what=what)
    if error.errno == errno.EROFS or _is_closed(path):
        return _("let yourself write into that folder, or build into another one with --output DIR")
    return _("close it in Word or WPS, check the free space, and build again; the old file is as it was")


def _in_the_way(path: Path) -> Path | None:
    """Return what is no folder and should be one, or a folder where the file belongs."""
    try:
        if path.is_dir():
            return path
        return next((each for each in path.parents if each.exists() and not each.is_dir()), None)
    except OSError:
        return None


def _is_too_long(path: Path, error: OSError) -> bool:
    missing = error.errno in (errno.ENOENT, errno.EINVAL) and len(str(path)) > LONGEST  # so Windows tells it
    return missing or error.errno == errno.ENAMETOOLONG or getattr(error, "winerror", None) == TOO_LONG


def _is_closed(path: Path) -> bool:
    there = next((each for each in path.parents if each.exists()), path)
    return not os.access(there, os.W_OK)


def leads_outside(path: Path, top: Path) -> str:
    """Return where a file below ``top`` would lie outside of it, as a link stands in its path; "" where it does not."""
    place = path.resolve()
    return "" if place.is_relative_to(top.resolve()) else str(place)


def outside(name: str, place: str) -> Finding:
    """Say that a file would be written outside of the project."""
    message = _("it would be written outside of the project, to {place}: a link stands in its path")
    return Finding("cannot-write", Span(name), message.format(place=place), _("delete the link, and build again"))
