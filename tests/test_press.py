"""Printed ahead, where a core is idle, are the same bytes; what nobody asks for ends with its input."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conftest import HEAD, ROOT, write_input
from reportgen.printing.pdf import PdfPrinter
from reportgen.reading.project import Project
from reportgen.running import batch
from reportgen.running import press as press_module
from reportgen.running.build import make
from reportgen.running.library import Library
from reportgen.running.outcome import InputTask, Options
from reportgen.running.press import Job, Press
from reportgen.telling.findings import ReportError
from reportgen.writing.blocks import Document

AHEAD = Options(system_fonts=False, ahead=True)
WAIT = 20.0  # seconds; what is waited for takes none
DATA = "数据: {案件: {受理: 3}}\n"


@dataclass(frozen=True)
class Slow(PdfPrinter):
    """A printer that notes what it prints, and waits for leave."""

    root: Path = ROOT / "templates"
    printed: list[str] = field(default_factory=list)
    started: threading.Event = field(default_factory=threading.Event)
    leave: threading.Event = field(default_factory=threading.Event)

    def print_pdf(
        self, document: Document, template: Path, bound: Sequence[Document] = (), tagged: bool = True
    ) -> bytes:
        self.started.set()
        assert self.leave.wait(WAIT)
        self.printed.append(document.unit)
        return b""


def job(name: str) -> Job:
    return Job((Document(("题",), (), name, "", "2024-01-01"),), Path("report"))


@pytest.mark.parametrize("bound", [True, False])
def test_the_same_bytes(project: Project, bound: bool) -> None:
    """Reports of several forms, with annexes, and one whose lines are closer; read back as ever."""
    for path in (ROOT / "inputs").glob("*/*"):
        (project.root / path.relative_to(ROOT)).parent.mkdir(exist_ok=True)
        shutil.copy(path, project.root / path.relative_to(ROOT))
    for path in project.input_files():
        usual, ahead = (
            make(Library(project, system_fonts=False), path, Options(system_fonts=False, ahead=each, bound=bound))
            for each in (False, True)
        )
        assert ahead == usual
        assert not ahead.outcome.failed


def test_each_document_is_printed_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of lieshan: three forms, five files, two bound volumes; by one thread, which is not ours."""
    source = ROOT / "inputs" / "2023" / "lieshan.yaml"
    shutil.copy(source, project.inputs / "2023")
    seen: list[tuple[str, int]] = []
    real = PdfPrinter.print_pdf

    def print_pdf(self: PdfPrinter, document: Document, template: Path, bound: tuple[Document, ...] = ()) -> bytes:
        seen.append((threading.current_thread().name, 1 + len(bound)))
        return real(self, document, template, bound)

    library = Library(project, system_fonts=False)
    make(library, project.inputs / "2023" / source.name, AHEAD)  # tries the templates
    monkeypatch.setattr(PdfPrinter, "print_pdf", print_pdf)
    outcome = make(library, project.inputs / "2023" / source.name, AHEAD)
    assert sorted(count for _thread, count in seen) == [1] * 5 + [2, 2]
    assert {thread for thread, _count in seen} == {"press_0"}
    assert sum(name.endswith(".pdf") for name in outcome.documents) == 7


def test_what_an_error_stops_is_let_go(project: Project, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """An input with an error has no documents; when it ends, nothing prints any more."""
    printer = Slow()
    monkeypatch.setattr(Library, "typst_faults", lambda *_: ())
    monkeypatch.setitem(vars(library), "press", Press(printer))
    path = write_input(project, HEAD + "数据:\n  案件: {受理: 3, 办结: 三}\n")
    threading.Timer(0.2, printer.leave.set).start()
    made = make(library, path, AHEAD)
    assert made.outcome.failed
    assert printer.printed == ["测试中心"]
    assert library.press._begun == []


def test_what_never_ends_is_left_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """An outcome does not wait for a page that nobody wants: the worker says that it is busy, and goes."""
    monkeypatch.setattr(press_module, "SOON", 0.05)
    printer = Slow()
    press = Press(printer)
    press.begin([job("甲"), job("乙")])
    assert printer.started.wait(WAIT)
    press.settle()
    assert press.is_busy
    printer.leave.set()
    press.settle()
    assert (press.is_busy, printer.printed) == (False, ["甲"])


ENDLESS = """\
#import "../house/report.typ": report as usual
#let report(data) = {
  if data.unit.contains("长") { for i in range(100000) { for j in range(100000) { calc.rem(i + j, 7) } } }
  if data.unit.contains("大") { let x = "aaaaaaaaaaaaaaaa"; for i in range(40) { x = x + x }; x }
  usual(data)
}
"""


@pytest.mark.parametrize(("unit", "wrong"), [("长中心", "怪键: 1\n"), ("大中心", "怪键: 1\n"), ("大中心", "")])
def test_an_input_is_told_what_it_is_told_on_one_core(project: Project, unit: str, wrong: str) -> None:
    """What its template does not end with is not its fault where it has others, and is where it has none."""
    folder = project.templates / "plain"
    shutil.copy(project.templates / "house" / "report.docx", folder)
    (folder / "report.typ").write_text(ENDLESS, encoding="utf-8")
    path = write_input(project, HEAD.replace("测试中心", unit) + DATA + wrong)
    options = Options(system_fonts=False)
    (alone,), (ahead,) = (list(batch.build_all(project, [path], options, jobs)) for jobs in (1, 2))
    codes = {finding.code for finding in alone.findings if finding.certain}
    assert ("unknown-key" in codes) is bool(wrong)
    assert ("out-of-memory" in codes) is not bool(wrong)
    assert ahead.findings == alone.findings


def test_only_what_was_begun_last_is_printed() -> None:
    """What has not begun to print is dropped, and printed in the new order."""
    printer = Slow()
    press = Press(printer)
    press.begin([job("甲"), job("乙"), job("丙")])
    assert printer.started.wait(WAIT)
    press.begin([job("丁"), job("丙"), job("甲")])
    printer.leave.set()
    press.settle()
    assert printer.printed[0] == "甲"
    assert printer.printed in (["甲"], ["甲", "丁"], ["甲", "丁", "丙"])  # as far as it came


def test_what_goes_wrong_is_told_to_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """And to nobody else."""

    def fails(*_given: object) -> bytes:
        raise ReportError([])

    monkeypatch.setattr(PdfPrinter, "print_pdf", fails)
    press = Press(PdfPrinter(ROOT / "templates", system_fonts=False))
    press.begin([job("甲")])
    press.settle()
    press.begin([job("甲")])
    with pytest.raises(ReportError):
        press.printed(*job("甲"))


@pytest.mark.parametrize(
    ("inputs", "jobs", "expected"), [(1, 2, True), (1, 1, False), (2, 2, False), (2, 4, True), (3, 4, False)]
)
def test_only_where_a_core_is_idle(
    project: Project, monkeypatch: pytest.MonkeyPatch, inputs: int, jobs: int, expected: bool
) -> None:
    """Each input takes two threads; where all cores have inputs, nobody prints ahead."""
    paths = [write_input(project, HEAD.replace("测试", str(number)) + DATA, str(number)) for number in range(inputs)]
    tasks: list[InputTask] = []
    real = batch._task

    def noted(*given: object) -> InputTask:
        tasks.append(real(*given))  # type: ignore[arg-type]
        return tasks[-1]

    monkeypatch.setattr(batch, "_task", noted)
    options = Options(system_fonts=False)
    assert [outcome.failed for outcome in batch.build_all(project, paths, options, jobs)] == [False] * inputs
    assert [task.options.ahead for task in tasks] == [expected] * inputs
