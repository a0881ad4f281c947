"""What a worker process may take: time, memory and life bounded from outside Python, which Typst can hold up.

What a system offers differs, and what is lacking is replaced:

    time     everywhere: faulthandler's own thread ends the process, whatever holds the interpreter
    memory   Linux: RLIMIT_AS; Windows: a job object; macOS has no limit that it keeps, and the deadline must do
    orphans  Linux: the kernel kills the worker with its parent; elsewhere a thread waits for the parent's end, which
             it sees as soon as the interpreter is free, and the deadline comes behind it
"""

from __future__ import annotations

import ctypes
import faulthandler
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

MEMORY = 2 * 1024**3  # bytes of address space; a worker that prints large reports maps 0.35 GB
SELDOM = 50_000, 20, 100  # gc's thresholds: few cycles are made here, and looking for them took a tenth of the time
SIGKILL = 9


def confine(memory: int = MEMORY) -> None:
    """Bound what this process may take, and let it die with its parent."""
    os.environ["RUST_BACKTRACE"] = "0"  # the last line that Typst leaves is to be the cause
    os.environ["RAYON_NUM_THREADS"] = "1"  # Typst's threads: one worker, one core, and no memory set aside for more
    _limit_memory(memory)
    _die_with_parent()


@contextmanager
def deadline(seconds: float, log: TextIO) -> Iterator[None]:
    """End the process, with exit code 1 and its stack in ``log``, if what is done inside takes longer."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=log)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _limit_memory(memory: int) -> None:
    if sys.platform == "win32":
        _limit_in_job(memory)
        return
    import resource  # not on Windows

    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, hard))


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        PR_SET_PDEATHSIG = 1  # noqa: N806 - its name in prctl(2)
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
        if os.getppid() != parent.pid:  # it died before we asked
            os._exit(1)
    else:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _limit_in_job(memory: int) -> None:
    """Put this process into a Windows job object that may not commit more than ``memory`` bytes a process."""

    class Basic(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", ctypes.c_int64), ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", ctypes.c_uint32), ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t), ("ActiveProcessLimit", ctypes.c_uint32),
            ("Affinity", ctypes.c_size_t), ("PriorityClass", ctypes.c_uint32), ("SchedulingClass", ctypes.c_uint32),
        )  # fmt: skip

    class Extended(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", Basic), ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t), ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t), ("PeakJobMemoryUsed", ctypes.c_size_t),
        )  # fmt: skip

    JOB_OBJECT_LIMIT_PROCESS_MEMORY, EXTENDED_LIMIT_INFORMATION = 0x100, 9  # noqa: N806 - names of winnt.h
    kernel: Any = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = ctypes.c_void_p
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    limits = Extended()
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_PROCESS_MEMORY
    limits.ProcessMemoryLimit = memory
    kernel.SetInformationJobObject(job, EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits))
    kernel.AssignProcessToJobObject(job, ctypes.c_void_p(kernel.GetCurrentProcess()))


def usable_cores() -> int:
    """Return the cores that this process may use, fewer than there are in a container or under taskset."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # Windows, macOS
        cores = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()  # cgroup v2
        return max(1, min(cores, -(-int(quota) // int(period)))) if quota != "max" else cores
    except (OSError, ValueError, ZeroDivisionError):
        return cores
