"""A file in git -> what it held at its revisions; a project folder that holds it as it was, with what it reads."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from reportgen.reading.project import MAX_BYTES, SETTINGS, Project, write_file
from reportgen.telling.messages import _

SECONDS = 60
MOST = 40  # revisions of a file that are looked at


class PastError(ValueError):
    """What git does not have; its text says why."""


class SilentError(PastError):
    """What git does not have, and says nothing of."""


def revisions(text: str) -> tuple[str, str]:
    """Return the two revisions of A..B; B is "" (the file as it is now) where it is not typed. Raises PastError."""
    old, _dots, new = text.partition("..")
    if not old or any(each.startswith(("-", ".")) for each in (old, new)):
        raise PastError(_("“{text}” names no two revisions: type --rev HEAD~1..HEAD, or --rev HEAD").format(text=text))
    return old, new


def project_at(project: Project, path: Path, revision: str, folder: Path) -> tuple[Project, Path]:
    """Write an input as it was at a revision, and what it may read, below ``folder``. Raises PastError, ReportError.

    The templates are those of now: what changed is what the input says.
    """
    _know(project, revision)
    past = replace(project, root=folder, outputs=folder / "outputs")
    for name in _files(project, path, revision):
        write_file(folder / name, _git(project, "cat-file", "blob", f"{revision}:./{name}"), name, sync=False)
    target = folder / project.name(path)
    if not target.is_file():
        message = _("{file} is not there in {revision}")
        raise PastError(message.format(file=project.name(path), revision=revision))
    return past, target


def changed_files(project: Project, revision: str) -> frozenset[str]:
    """Return the files of the project that are not as they were at a revision, by name. Raises PastError.

    Files that git does not have are among them, those too that it is told to ignore.
    """
    _know(project, revision)
    told = (
        _git(project, "diff", "--name-only", "--no-renames", "--relative", "-z", revision, "--", "."),
        _git(project, "ls-files", "--others", "-z", "--", "inputs", "templates", SETTINGS),
    )
    return frozenset(name for each in told for name in each.decode("utf-8", "surrogateescape").split("\0") if name)


def held_at(project: Project, path: Path, revision: str) -> bytes:
    """Return what a file held at a revision; nothing where it was not there, or is too large for an input."""
    spec = f"{revision}:./{project.name(path)}"
    with suppress(PastError):
        if int(_git(project, "cat-file", "-s", spec)) <= MAX_BYTES:
            return _git(project, "cat-file", "blob", spec)
    return b""


def versions(project: Project, path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the revisions of git, short, in which a file was changed, with what it held then; the latest first.

    None where git knows nothing of it.
    """
    name = project.name(path)
    with suppress(PastError):
        listed = _git(project, "log", f"--max-count={MOST}", "--format=%h", "--", f"./{name}").decode().split()
        for revision in listed:
            with suppress(PastError):  # where it was deleted
                yield revision, _git(project, "cat-file", "blob", f"{revision}:./{name}")


def merged(ours: bytes, before: bytes, theirs: bytes) -> bytes | None:
    """Return a text with both the changes of ``ours`` and of ``theirs`` since ``before``.

    None where they change the same lines, or git is not there.
    """
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("ours", "before", "theirs")]
        for path, text in zip(paths, (ours, before, theirs), strict=True):
            write_file(path, text, path.name, sync=False)
        try:
            done = subprocess.run(
                ["git", "merge-file", "-p", *map(str, paths)], capture_output=True, check=True, timeout=SECONDS
            )
        except (OSError, subprocess.SubprocessError):
            return None
    return done.stdout


def _files(project: Project, path: Path, revision: str) -> Iterator[str]:
    """Yield the names of the input, the lists and inputs beside it, and the file of the year before."""
    name = PurePosixPath(project.name(path))
    if name.is_absolute() or ".." in name.parts:
        raise PastError(_("{file} lies outside of the project").format(file=name))
    year = name.parent.name
    folders = [name.parent] + ([name.parent.with_name(str(int(year) - 1))] if year.isdecimal() else [])
    for folder in folders:
        listed = _git(project, "ls-tree", "-z", "-l", revision, f"./{folder}/").decode("utf-8", "replace")
        for line in filter(None, listed.split("\0")):
            about, _tab, file = line.partition("\t")
            kind, size = about.split()[1], about.split()[-1]
            inner = PurePosixPath(file)
            wanted = inner.name == name.name or (folder == name.parent and inner.suffix in (".csv", ".yaml"))
            if kind == "blob" and wanted and size.isdecimal() and int(size) <= MAX_BYTES:
                yield file


def _know(project: Project, revision: str) -> None:
    """See that git knows a revision. Raises PastError."""
    try:
        _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except SilentError:
        message = _("git knows no revision “{text}”: type one such as HEAD~1 or origin/main; git log shows them")
        raise PastError(message.format(text=revision)) from None


def _git(project: Project, *arguments: str) -> bytes:
    """Return what git says in the project's folder. Raises PastError."""
    try:
        done = subprocess.run(
            ["git", "-C", str(project.root), *arguments], capture_output=True, check=True, timeout=SECONDS
        )
    except FileNotFoundError:
        raise PastError(_("git is not installed")) from None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode("utf-8", "replace").strip().splitlines()
        if not reason:
            raise SilentError(_("git failed, and says nothing (exit code {n})").format(n=error.returncode)) from None
        raise PastError(_("git says: {reason}").format(reason=reason[0])) from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PastError(_("git says: {reason}").format(reason=error)) from None
    return done.stdout
