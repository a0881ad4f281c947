"""How long one centre takes, stage by stage, beside docxtpl with one LibreOffice call. Run by hand:

    python tests/bench/one_centre.py [--rounds 20] [--pair-rounds 3]

Both make the same documents (report.docx, annex.docx and their PDFs) of inputs/2023/lieshan.yaml, in turn, in one
run, on one core where the system can pin it. Cold: a new process, from start to written files. Warm: the same process,
templates read, every sentence of the prose different from round to round so that Typst can remember none.
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
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined

from reportgen.blocks import Document
from reportgen.build import Library, Options, build, examine, facts_of
from reportgen.project import Project, find_project
from reportgen.source import read_source
from reportgen.word import _grow_grids, _merge_cells

CENTRE = ROOT / "inputs" / "2023" / "lieshan.yaml"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--pair-rounds", type=int, default=3)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "inputs" / "2023").mkdir(parents=True)
        shutil.copytree(ROOT / "templates", work / "templates")
        project = find_project(work)
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

    def timed(name: str, work: Callable[[], object]) -> object:
        start = time.perf_counter()
        result = work()
        times.setdefault(name, []).append(1000 * (time.perf_counter() - start))
        return result

    for number in range(rounds + 1):
        path = variant(project, number)
        timed("yaml: file -> values with positions", lambda path=path: read_source(path))
        timed("facts: read and derive", lambda path=path: facts_of(library, path))
        case = timed("all up to the document trees", lambda path=path: examine(library, path))
        form, written = case.written[0]  # type: ignore[attr-defined]
        house = project.templates / "house" / "report"
        for name, document, template in (
            ("report", written.report, house),
            ("annex", written.annex, form.folder / "annex"),
        ):
            word = library.word_template(template.with_suffix(".docx"))
            timed(f"word: {name}.docx, read back", lambda word=word, document=document: word.print_docx(document))
            typ = template.with_suffix(".typ")
            timed(f"pdf: {name}.pdf", lambda typ=typ, document=document: library.pdf_printer.print_pdf(document, typ))
        timed("whole: file -> four files written", lambda path=path: build(library, path, Options()))
    print(f"{'stage':44}{'first ms':>10}{'warm ms':>10}")
    for name, values in times.items():
        print(f"{name:44}{values[0]:10.1f}{statistics.median(values[1:]):10.1f}")


def compare(project: Project, rounds: int, pair_rounds: int) -> None:
    """Print seconds per centre, ours and the pair's, alternating, warm and cold."""
    library = Library(project, system_fonts=False)
    build(library, variant(project, 99), Options())
    ours, theirs, cold, cold_pair = [], [], [], []
    for number in range(max(rounds, pair_rounds)):
        path = variant(project, 200 + number)
        start = time.perf_counter()
        build(library, path, Options())
        ours.append(time.perf_counter() - start)
        if number < pair_rounds and shutil.which("soffice"):
            documents = [document for _form, written in examine(library, path).written
                         for document in (written.report, written.annex) if document]  # fmt: skip
            start = time.perf_counter()
            pair(project, documents)
            theirs.append(time.perf_counter() - start)
            for command, seconds in (([sys.executable, "-m", "reportgen", "build", "--fonts", "bundled"], cold),
                                     ([sys.executable, __file__, "pair"], cold_pair)):  # fmt: skip
                start = time.perf_counter()
                subprocess.run(command, cwd=project.root, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True,
                               capture_output=True)  # fmt: skip
                seconds.append(time.perf_counter() - start)
    print(f"\n{'seconds per centre (median)':44}{'warm':>10}{'cold':>10}")
    print(f"{'reportgen build':44}{statistics.median(ours):10.3f}{statistics.median(cold or [0]):10.3f}")
    if theirs:
        print(
            f"{'docxtpl x 2 + one soffice --convert-to pdf':44}{statistics.median(theirs):10.3f}{statistics.median(cold_pair):10.3f}"
        )
        print(f"{'times faster':44}{statistics.median(theirs) / statistics.median(ours):10.1f}"
              f"{statistics.median(cold_pair) / statistics.median(cold):10.1f}")  # fmt: skip
    else:
        print("soffice is not installed: nothing to compare with")


def pair(project: Project, documents: list[Document]) -> None:
    """Make the same documents with stock docxtpl, opening and compiling each, and one LibreOffice call."""
    folder = Path(tempfile.mkdtemp(dir=project.root))
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    for index, document in enumerate(documents):
        template = project.templates / ("house/report.docx" if not document.label else "project-evaluation/annex.docx")
        made = _Patched(template)
        made.render(document.as_data(), environment, autoescape=True)
        made.save(folder / f"{index}.docx")
    command = ["soffice", f"-env:UserInstallation={(project.root / 'profile').as_uri()}", "--headless", "--convert-to",
               "pdf", "--outdir", str(folder), *(str(folder / f"{index}.docx") for index in range(len(documents)))]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    if len(list(folder.glob("*.pdf"))) != len(documents):
        raise RuntimeError("LibreOffice made no PDF")


class _Patched(DocxTemplate):  # type: ignore[misc]
    """Stock docxtpl with our {% merge %} tag, so that both work on the same templates."""

    def patch_xml(self, src_xml: str) -> str:
        return _grow_grids(_merge_cells(super().patch_xml(src_xml)))


if __name__ == "__main__":
    if sys.argv[1:] == ["pair"]:
        here = find_project(Path.cwd())
        case = examine(Library(here), here.inputs / "2023" / "lieshan.yaml")
        pair(
            here,
            [document for _form, written in case.written for document in (written.report, written.annex) if document],
        )
    else:
        main()
