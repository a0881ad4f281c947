"""The program: hands over to the commands; the words of a document at once.

git asks for the words of each version of each document that it shows, in a process of its own: these do not wait the
0.6 s that all commands take to load. Where anything is unusual, the command says what.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path


def main() -> None:
    """Run a command."""
    if sys.argv[1:2] == ["text"] and len(sys.argv) == 3 and (words := words_of(Path(sys.argv[2]))):
        sys.stdout.buffer.write(words)
        return
    from reportgen.running.limits import SELDOM

    gc.set_threshold(*SELDOM)
    from reportgen.cli import main as commands

    commands()


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
