"""The bytes of a document -> whether a build made them: a manifest of the set says so, as it lies there or in git.

After a merge the documents may be theirs and the manifest ours, or a file with the marks of git: who takes those has
changed nothing by hand.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

SECONDS = 60


def is_recorded(manifest: Path, name: str, digest: str) -> bool:
    """Tell whether a manifest says that a build made the document ``name`` with this SHA-256, or a version of it did.

    It is looked for as text: a manifest that nobody can read any more still knows. By its name: the journal of a build
    that was cut off holds the digest of an edited file, too, as that of its copy.
    """
    line = f'"{name}": "{digest}"'
    try:
        text = manifest.read_bytes()
    except OSError:
        text = b""
    return line.encode() in text or _is_in_git(manifest, line)


def _is_in_git(manifest: Path, line: str) -> bool:
    """Ask git for a commit that put the line in or took it out: on any branch, and in what is being merged."""
    command = ["git", "-C", str(manifest.parent), "log", "--all", "--ignore-missing", "MERGE_HEAD", "--full-history"]
    command += ["-m", "--max-count=1", "--format=%h", f"-S{line}", "--", manifest.name]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError):  # no git, or no repository: nothing proves it
        return False
    return bool(done.stdout)
