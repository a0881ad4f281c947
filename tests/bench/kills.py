"""Kill builds at random moments, and see what they leave. Run by hand:

    python tests/bench/kills.py [--number 1000] [--at-once 2] [--centres 3] [--seed 1]

The inputs of a small project change to and fro between two states, of which undisturbed builds are known. Each round
builds the other state and kills the whole group of processes at a random moment. Then every document must be that of
one state or the other, whole; a set that holds both must say so in its manifest; and the next build must come to the
bytes of an undisturbed one, without a word of hand edits.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FORM = '名称: 测试\n标题: ["{{ 单位 }}", "{{ 年度 }}年度测试报告"]\n'
INPUT = """\
单位: {name}中心
地区: 某市
年度: 2023
日期: 2024-01-15
报告: [plain, second]
数据:
  案件: {{受理: {cases}}}
正文:
  情况: 受理{{{{ 案件.受理 }}}}件。
"""
Files = dict[str, bytes]


@dataclass(frozen=True)
class State:
    """What an undisturbed build of one state of the inputs comes to, and how long it took."""

    files: Files
    seconds: float


def main() -> None:
    """Print what was found, and leave with 1 where something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--centres", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = new_project(Path(folder) / "project", options.centres)
        states = (known(project, 0), known(project, 1))
        shares = [(options.number + each) // options.at_once for each in range(options.at_once)]
        found: Counter[str] = Counter()
        with ThreadPoolExecutor(options.at_once) as pool:
            rounds = [
                pool.submit(killed, shutil.copytree(project, Path(folder) / str(n)), states, share, options.seed + n)
                for n, share in enumerate(shares)
            ]
            for each in rounds:
                found.update(each.result())
    for what, count in sorted(found.items()):
        print(f"{count:6}  {what}")
    sys.exit(any(what.startswith("WRONG") for what in found))


def new_project(folder: Path, centres: int) -> Path:
    """Write a project of small centres with two forms each; return its folder."""
    shutil.copytree(ROOT / "templates", folder / "templates")
    for form in ("plain", "second"):
        (folder / "templates" / form).mkdir()
        (folder / "templates" / form / "form.yaml").write_text(FORM.replace("测试", form), encoding="utf-8")
        (folder / "templates" / form / "report.md").write_text("# 情况\n\n{{ 正文.情况 }}\n", encoding="utf-8")
    (folder / "inputs" / "2023").mkdir(parents=True)
    for index in range(centres):
        (folder / "inputs" / "2023" / f"c{index}.yaml").touch()
    return folder


def turn(folder: Path, state: int) -> None:
    """Let the inputs say what they say in a state."""
    for index, path in enumerate(sorted((folder / "inputs" / "2023").iterdir())):
        path.write_text(INPUT.format(name=path.stem, cases=400 + 2 * index + state), encoding="utf-8")


def known(folder: Path, state: int) -> State:
    """Build a state undisturbed."""
    shutil.rmtree(folder / "outputs", ignore_errors=True)
    shutil.rmtree(folder / ".reportgen", ignore_errors=True)
    turn(folder, state)
    start = time.monotonic()
    process = started(folder)
    _out, told = process.communicate()
    if process.returncode:
        raise RuntimeError(told)
    return State(files_of(folder / "outputs"), time.monotonic() - start)


def started(folder: Path, jobs: int = 1) -> subprocess.Popen[str]:
    """Start a build in a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "reportgen", "build", "--fonts", "bundled", "--jobs", str(jobs)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def killed(folder: Path, states: tuple[State, State], rounds: int, seed: int) -> Counter[str]:
    """Kill so many builds, and count what each left."""
    rng, found = random.Random(seed), Counter[str]()
    usual = states[1].seconds
    for number in range(rounds):
        old, new = states[(number + 1) % 2], states[number % 2]
        turn(folder, number % 2)
        start = time.monotonic()
        process = started(folder, jobs=rng.choice((1, 2)))
        if rng.random() < 0.7:  # most while documents take their places, which is short
            await_change(folder, process)
            moment = rng.choice((0.02, 0.2, 0.6)) * rng.random() * usual
        else:
            moment = rng.uniform(0.1, 1.1) * usual
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        found[left(folder, old, new, process.returncode)] += 1
        for fault in (*torn(folder, old, new), *undisturbed(folder, new)):
            found[f"WRONG: {fault} (seed {seed}, round {number})"] += 1
        if process.returncode == 0:
            usual = time.monotonic() - start  # as busy as the machine is now
    return found


def await_change(folder: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a build lays its first file beside its place."""
    while process.poll() is None and not any((folder / "outputs").glob("*/*/*/.*.tmp")):
        time.sleep(0.001)


def left(folder: Path, old: State, new: State, code: int) -> str:
    """Say how far a build came."""
    if code == 0:
        return "ended before it was killed"
    there = files_of(folder / "outputs")
    fresh = [name for name, data in there.items() if data == new.files.get(name) != old.files.get(name)]
    if not fresh:
        return "killed before anything was written"
    if there == new.files:
        return "killed when all was written"
    sets = {name.rpartition("/c")[2][0] for name in fresh}
    whole = {each for each in sets if all(there.get(n) == d for n, d in new.files.items() if f"/c{each}/" in f"/{n}")}
    return "killed between two sets" if sets == whole else "killed within a set"


def torn(folder: Path, old: State, new: State) -> Iterator[str]:
    """Yield what is neither of one state nor of the other, and the mixed sets that do not say so."""
    outputs = folder / "outputs"
    for path in sorted(outputs.rglob("*")):
        name = path.relative_to(outputs).as_posix()
        if path.suffix not in (".docx", ".pdf"):
            continue  # what was being laid beside its place ends in .tmp
        if path.read_bytes() not in (old.files.get(name), new.files.get(name)):
            yield f"{name} is torn"
    for folder in sorted(outputs.glob("*/*/")):
        try:
            manifest = json.loads((folder / "manifest.json").read_bytes())
        except FileNotFoundError:
            continue  # the first build of all: nothing says that it is whole
        except ValueError:
            yield f"{folder.name}/manifest.json is torn"
            continue
        found = {
            p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in documents(folder)
        }
        strange = {name for name, digest in found.items() if digest != manifest["files"].get(name)}
        if any(found[name] != manifest.get("coming", {}).get(name) for name in strange):
            yield f"{folder.name} is mixed, and its manifest does not say so"


def documents(folder: Path) -> list[Path]:
    """Return the documents of a set."""
    return [path for path in folder.glob("*/*") if not path.name.startswith(".")]


def undisturbed(folder: Path, new: State) -> Iterator[str]:
    """Yield how a build that nobody disturbs differs from one in an empty folder."""
    process = started(folder)
    _out, told = process.communicate()
    if process.returncode:
        yield f"the next build ended with {process.returncode}"
    if "edited-by-hand" in told:
        yield "the next build took a document of its own for a hand edit"
    found = files_of(folder / "outputs")
    for name in sorted(found.keys() | new.files.keys()):
        if found.get(name) != new.files.get(name):
            yield f"{name} is not that of an undisturbed build"


def files_of(folder: Path) -> Files:
    """Return all files below a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


if __name__ == "__main__":
    main()
