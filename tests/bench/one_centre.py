"""How long one centre takes, stage by stage, beside docxtpl with LibreOffice. Run by hand:

    python tests/bench/one_centre.py [--rounds 20] [--pair-rounds 3]

Both make the same documents (three forms: five Word files and their PDFs) of inputs/2023/lieshan.yaml, in turn, in one
run, on one core where the system can pin it, and ours on two besides: there it prints beside its checks. LibreOffice is
called once for each document, as by hand, and once for all together. Cold: a new process, from start to written files.
Warm: the same process, templates read, every sentence of the prose different from round to round so that Typst can
remember none.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined

from reportgen.printing.passages import differences
from reportgen.printing.pdftree import structure_of
from reportgen.printing.word import _grow_grids, _merge_cells
from reportgen.reading.project import Project, find_project
from reportgen.reading.source import read_source
from reportgen.running.build import build
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.writing.blocks import Document

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent.parent
OURS, ON_TWO = "reportgen build", "reportgen build, on two cores"
EACH, AT_ONCE = "docxtpl, soffice for each document", "docxtpl, soffice for all at once"
MOST_AT_ONCE = 100  # files: called with 300, LibreOffice 7.4 gives up
CENTRE = ROOT / "inputs" / "2023" / "lieshan.yaml"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--pair-rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "inputs" / "2023").mkdir(parents=True)
        shutil.copytree(ROOT / "templates", work / "templates")
        project = find_project(work)
        with pinned(1):
            stages(project, options.rounds)
        compare(project, options.rounds, options.pair_rounds)


def variant(project: Project, number: int) -> Path:
    """Write the centre's file with every paragraph of prose changed, and return its path."""
    text = CENTRE.read_text(encoding="utf-8").replace("。", f"（第{'一二三四五六七八九十'[number % 10]}{number}次）。")
    path = project.inputs / "2023" / "lieshan.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def stages(project: Project, rounds: int) -> None:
    """Print the median milliseconds of each stage, first (cold) and warm."""
    library = Library(project, system_fonts=False)
    times: dict[str, list[float]] = {}

    def stage(name: str, work: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = work()
        times.setdefault(name, []).append(1000 * (time.perf_counter() - start))
        return result

    for number in range(rounds + 1):
        path = variant(project, number)
        stage("yaml: file -> values with positions", partial(read_source, path))
        stage("facts: read and derive", partial(library.facts, path))
        case = stage("all up to the document trees", partial(examine, library, path))
        form, written = case.written[0]
        for name, _file, document in written.files:
            template = library.look(form, name, document)
            word = library.word_template(template.with_suffix(".docx"))
            printed = stage(f"word: {name}.docx, read back", partial(word.print_unproven, document))
            typ = template.with_suffix(".typ")
            pdf = stage(f"pdf: {name}.pdf", partial(library.pdf_printer.print_pdf, document, typ))
            read_back = stage(f"proof: {name}.pdf read back", partial(structure_of, pdf))
            stage(f"proof: {name}, Word and PDF", partial(differences, printed.body, read_back.root, name))
        stage("whole: file -> ten files written", partial(build, library, path, Options(bound=False)))
        stage("whole, with the bound volumes", partial(build, library, path, Options()))
    print(f"{'stage':44}{'first ms':>10}{'warm ms':>10}")
    for name, values in times.items():
        print(f"{name:44}{values[0]:10.1f}{statistics.median(values[1:]):10.1f}")


def compare(project: Project, rounds: int, pair_rounds: int) -> None:
    """Print seconds per centre, ours and the pair's, alternating, warm and cold."""
    library = Library(project, system_fonts=False)
    build(library, variant(project, 99), Options(bound=False))
    arms: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in (OURS, ON_TWO, EACH, AT_ONCE)}
    for number in range(rounds):
        path = variant(project, 200 + 2 * number)
        timed(arms[OURS][0], partial(build, library, path, Options(bound=False)))
        path = variant(project, 201 + 2 * number)
        timed(arms[ON_TWO][0], partial(build, library, path, Options(bound=False, ahead=True)), cores=2)
        if number >= pair_rounds or not shutil.which("soffice"):
            continue
        documents = asked_for(library, path)
        timed(arms[EACH][0], partial(pair, project, documents, False))
        timed(arms[AT_ONCE][0], partial(pair, project, documents, True))
        our_own = [sys.executable, "-m", "reportgen", "build", "--force", "--no-bound", "--fonts", "bundled"]
        for name, command in (
            (OURS, our_own),
            (ON_TWO, our_own),
            (EACH, [sys.executable, __file__, "pair"]),
            (AT_ONCE, [sys.executable, __file__, "pair", "at once"]),
        ):
            run = partial(subprocess.run, command, cwd=project.root, check=True, capture_output=True)
            timed(arms[name][1], run, cores=2 if name == ON_TWO else 1)
    print(f"\n{'seconds per centre (median), times as long':52}{'warm':>16}{'cold':>16}")
    ours = [statistics.median(times or [0]) for times in arms[OURS]]
    for name, times in arms.items():
        if times[0]:
            seconds = [statistics.median(each or [0]) for each in times]
            columns = (f"{own:8.3f} {own / our if our else 0:5.1f} ×" for own, our in zip(seconds, ours, strict=True))
            print(f"{name:52}" + "".join(columns))
    if not shutil.which("soffice"):
        print("soffice is not installed: nothing to compare with")


def timed(times: list[float], work: Callable[[], object], cores: int = 1) -> None:
    """Append the seconds that ``work`` takes on so many cores."""
    with pinned(cores):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)


@contextmanager
def pinned(cores: int) -> Iterator[None]:
    """Let this process, and those that it starts, use only so many cores, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    all_cores = {thread: os.sched_getaffinity(thread) for thread in threads()}
    for thread, allowed in all_cores.items():
        os.sched_setaffinity(thread, set(sorted(allowed)[:cores]))
    try:
        yield
    finally:
        for thread in threads():
            os.sched_setaffinity(thread, all_cores.get(thread, next(iter(all_cores.values()))))


def threads() -> list[int]:
    """Return the threads of this process."""
    return [int(path.name) for path in Path("/proc/self/task").glob("*")] or [0]


def asked_for(library: Library, path: Path) -> list[tuple[Path, Document]]:
    """Return the documents of the centre as trees, each with its Word template; docxtpl alone leaves the grids out."""
    return [
        (library.look(form, kind, document).with_suffix(".docx"), document)
        for form, written in examine(library, path).written
        for kind, _file, document in written.files
    ]


def pair(project: Project, documents: list[tuple[Path, Document]], at_once: bool) -> None:
    """Make the same documents with stock docxtpl, opening and compiling each, and LibreOffice, called once or each."""
    folder = Path(tempfile.mkdtemp(dir=project.root))
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    for index, (template, document) in enumerate(documents):
        made = _Patched(template)
        made.render(document.as_data(), environment, autoescape=True)
        made.save(folder / f"{index}.docx")
    files = [str(folder / f"{index}.docx") for index in range(len(documents))]
    profile = f"-env:UserInstallation={(project.root / 'profile').as_uri()}"
    most = MOST_AT_ONCE if at_once else 1
    for start in range(0, len(files), most):
        part = files[start : start + most]
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *part]
        subprocess.run(command, check=True, capture_output=True)
    if len(list(folder.glob("*.pdf"))) != len(documents):
        raise RuntimeError("LibreOffice made no PDF")


class _Patched(DocxTemplate):  # type: ignore[misc]
    """Stock docxtpl with our {% merge %} tag, so that both work on the same templates."""

    def patch_xml(self, src_xml: str) -> str:
        return _grow_grids(_merge_cells(super().patch_xml(src_xml)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["pair"]:
        here = find_project(Path.cwd())
        path = here.inputs / "2023" / "lieshan.yaml"
        pair(here, asked_for(Library(here), path), sys.argv[2:] == ["at once"])
    else:
        main()
