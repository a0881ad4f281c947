"""The program: hands over to the commands; the words of a document at once.

git asks for the words of each version of each document that it shows, in a process of its own: these do not wait for
what all commands load. Where anything is unusual, the command says what. What builds or checks a few inputs is loaded
by a second process from the start.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import nullcontext
from itertools import islice
from pathlib import Path


def main() -> None:
    """Run a command."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who calls us: no file may come to stand in its place
            setattr(sys, name, open(os.devnull, "w"))  # noqa: PTH123, SIM115
    if sys.argv[1:2] == ["text"] and len(sys.argv) == 3 and (words := words_of(Path(sys.argv[2]))):
        sys.stdout.buffer.write(words)
        return
    from reportgen.running.crew import SERVE, called
    from reportgen.running.limits import SELDOM

    gc.set_threshold(*SELDOM)
    with called(SERVE) if wants_worker(sys.argv[1:]) else nullcontext():
        from reportgen.cli import main as commands

        commands()


def wants_worker(arguments: list[str]) -> bool:
    """Tell whether a command builds or checks inputs here, and not so many that there is often nothing to do."""
    from reportgen.running.crew import MANY, recruits_for

    if arguments[:1] not in (["build"], ["check"]) or {"--help", "--cluster", "--forms"} & {*arguments}:
        return False
    is_named = any(os.path.isfile(name) for name in arguments[1:])  # noqa: PTH113 - it takes any name, however long
    inputs = islice(Path("inputs").glob("*/*.yaml"), MANY + 1)
    return recruits_for(1 if is_named else sum(1 for _path in inputs))


def words_of(file: Path) -> bytes:
    """Return the words of a document as lines in UTF-8; nothing where it cannot be read."""
    from reportgen.helping.plaintext import MAX_BYTES, plain_lines
    from reportgen.telling.findings import ReportError

    try:
        data = file.read_bytes() if file.stat().st_size <= MAX_BYTES else b""
        return "".join(f"{line}\n" for line in plain_lines(data, str(file))).encode("utf-8", "backslashreplace")
    except (OSError, ReportError):
        return b""


if __name__ == "__main__":
    main()
