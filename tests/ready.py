"""What the workers of tests are born with: the program, loaded once. Their parent is not the one that hires them."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from reportgen.running import limits, worker

limits._die_with_parent = lambda: None  # the end of the pipe is theirs, too


def hurried(connection: Connection, log: Path, *arguments: Any) -> None:
    """Serve, and give a template three seconds."""
    vars(worker)["TRIAL_SECONDS"] = 3.0
    worker.serve(connection, log, *arguments)
