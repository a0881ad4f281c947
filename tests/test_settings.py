"""Fonts are a setting: the program's own make the same bytes everywhere; with a machine's own, nobody's are stale."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

import pytest

from conftest import BOUND, ROOT, write_input
from reportgen.helping.installed import fonts_here
from reportgen.helping.usual import usual
from reportgen.printing.pdf import PdfPrinter
from reportgen.reading.project import Project
from reportgen.reading.settings import Settings, read_settings
from reportgen.running.build import build, check
from reportgen.running.library import Library
from reportgen.running.outcome import Options, State
from reportgen.running.sets import read_manifest
from reportgen.telling.findings import ReportError

TEXT = "数据:\n  案件: {受理: 4}\n正文:\n  情况: 今年的工作都做完了。\n"
ELSEWHERE = "仿宋 FangSong"
ANY = Options(any_fonts=True, fonts="")  # 本机, where no font of GB/T 9704 is installed
OWN = Options(system_fonts=False, fonts="")  # 随程序


@pytest.fixture
def made_elsewhere(project: Project) -> Path:
    """An input whose documents come from a machine that prints 仿宋 with another font."""
    path = write_input(project, TEXT)
    with pytest.MonkeyPatch.context() as patch:
        usual = PdfPrinter(project.templates, system_fonts=False).families
        patch.setattr(PdfPrinter, "families", {**usual, "body": ["Noto Sans SC", *usual["body"]]})
        patch.setattr(PdfPrinter, "of_machine", ELSEWHERE)
        assert not build(Library(project), path, ANY).failed
    return path


def printed(project: Project) -> bytes:
    return (project.outputs / "2023" / "centre" / "plain" / "report.pdf").read_bytes()


def fonts(project: Project) -> str:
    manifest = read_manifest(project.outputs / "2023" / "centre")
    assert manifest
    return manifest.fonts


def state(project: Project, path: Path, options: Options) -> State | None:
    return check(Library(project), path, options=options).summary.state


def test_documents_with_other_fonts_stay_and_are_told(project: Project, made_elsewhere: Path) -> None:
    before = printed(project)
    assert fonts(project) == ELSEWHERE
    assert state(project, made_elsewhere, ANY) is State.OTHER_FONTS
    outcome = build(Library(project), made_elsewhere, ANY)
    assert (outcome.summary.state, outcome.changed, outcome.findings) == (State.OTHER_FONTS, (), ())
    assert printed(project) == before


@pytest.mark.parametrize("options", [OWN, Options(any_fonts=True, force=True), Options()])
def test_where_fonts_are_asked_for_they_are_made_anew(project: Project, made_elsewhere: Path, options: Options) -> None:
    before = printed(project)
    outcome = build(Library(project, options.system_fonts), made_elsewhere, options)
    assert outcome.changed == ("outputs/2023/centre/plain/report.pdf",)
    assert (outcome.summary.state, fonts(project)) == (State.CHANGED, "")
    assert printed(project) != before


@pytest.mark.parametrize("change", ["input", "look"])
def test_what_changed_otherwise_is_made_with_the_fonts_here(
    project: Project, made_elsewhere: Path, change: str
) -> None:
    if change == "input":
        write_input(project, TEXT.replace("今年", "本年"))
    else:
        look = project.templates / "house" / "report.typ"
        look.write_text(look.read_text(encoding="utf-8") + "// changed\n", encoding="utf-8")
    outcome = build(Library(project), made_elsewhere, ANY)
    assert (outcome.summary.state, fonts(project)) == (State.CHANGED, "")


def test_a_lost_pdf_is_made_with_all_others(project: Project, made_elsewhere: Path) -> None:
    (project.outputs / "2023" / "centre" / "plain" / "report.pdf").unlink()
    assert build(Library(project), made_elsewhere, ANY).summary.state is State.CHANGED
    assert fonts(project) == ""


def test_under_the_program_s_own_fonts_others_are_out_of_date(project: Project, made_elsewhere: Path) -> None:
    assert state(project, made_elsewhere, OWN) is State.STALE


# --- the bound volume


@pytest.fixture
def nanjing(project: Project) -> Path:
    text = (ROOT / "inputs" / "2023" / "nanjing.yaml").read_text(encoding="utf-8")
    return write_input(project, text, "nanjing")


def test_the_bound_volume_can_be_left_out(project: Project, nanjing: Path) -> None:
    library, folder = Library(project, system_fonts=False), project.outputs / "2023" / "nanjing"
    assert not build(library, nanjing, Options(pdf=False, system_fonts=False)).failed
    assert state(project, nanjing, Options(pdf=False, system_fonts=False, bound=False)) is State.STALE
    outcome = build(library, nanjing, Options(pdf=False, system_fonts=False, bound=False))
    manifest = read_manifest(folder)
    assert manifest
    words = {name for name in BOUND if name.endswith("docx")}
    assert {Path(name).name for name in manifest.files} == words - {"full.docx"}
    assert [(finding.code, Path(finding.span.file).name) for finding in outcome.findings][-1:] == [
        ("left-over", "full.docx")
    ]
    assert state(project, nanjing, Options(pdf=False, system_fonts=False, bound=False)) is State.UNCHANGED
    assert state(project, nanjing, Options(pdf=False, system_fonts=False)) is State.STALE


# --- reportgen.yaml


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("", Settings()),
        ("# 字体: 随程序\n", Settings()),
        ("字体: 随程序\n全文: 否\n", Settings(own_fonts=True, bound=False)),
        ("字体: '本机'   # 各用各的\n全文: 是\n", Settings()),
        ('文件名: "{文书}"\n字体: "随程序"\n', Settings("{文书}", own_fonts=True)),
    ],
)
def test_settings_are_read(project: Project, text: str, settings: Settings) -> None:
    (project.root / "reportgen.yaml").write_text(text, encoding="utf-8")
    assert read_settings(project) == settings


@pytest.mark.parametrize(
    ("text", "line", "code", "hint"),
    [
        ("全文: 是\n字体: 仿宋\n", 2, "bad-value", "type 字体: 随程序 or 字体: 本机"),
        ("全文: no\n", 1, "bad-value", "type 全文: 是 or 全文: 否"),
        ("字形: 本机\n", 1, "unknown-key", ""),
        ("字体: 本机\n字体: 随程序\n", 2, "duplicate-key", ""),
        ("汇编: '汇编'\n", 1, "bad-value", ""),
        ("汇编: '{年度}{电话}'\n", 1, "bad-value", ""),
    ],
)
def test_a_setting_that_cannot_be_is_told(project: Project, text: str, line: int, code: str, hint: str) -> None:
    (project.root / "reportgen.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        read_settings(project)
    assert [(found.code, found.span.line) for found in caught.value.findings] == [(code, line)]
    assert hint in caught.value.findings[0].hint


def test_the_command_line_overrides_the_settings(project: Project) -> None:
    (project.root / "reportgen.yaml").write_text("字体: 随程序\n全文: 否\n", encoding="utf-8")
    assert usual(project) == Options(system_fonts=False, fonts="", bound=False)
    assert usual(project, "strict", True).system_fonts
    assert not usual(project, "strict").any_fonts
    assert usual(project, "auto", True) == Options(any_fonts=True, fonts=usual(project, "auto").fonts)


# --- the fonts that are there


@pytest.fixture
def shelves(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders of fonts of a machine; what PdfPrinter finds there is made up."""
    folders = [tmp_path / "installed"]
    (folders[0] / "below").mkdir(parents=True)
    monkeypatch.setattr("reportgen.helping.installed._system_folders", lambda: folders)
    monkeypatch.setattr(PdfPrinter, "of_machine", ELSEWHERE)
    return folders


def test_fonts_are_looked_at_again_where_any_may_have_come_or_gone(
    project: Project, shelves: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen() -> bool:
        """Tell whether fonts are looked at; what is found does not follow from what was remembered."""
        monkeypatch.setattr(PdfPrinter, "of_machine", now := f"now {next(numbers)}")
        return fonts_here(project, system=True).of_machine == now

    numbers = count()
    assert fonts_here(project, system=False).substituted[0] == "小标宋 → Reportgen Title"
    assert (seen(), seen()) == (True, False)
    (shelves[0] / "below" / "one.ttf").write_bytes(b"")
    assert (seen(), seen()) == (True, False)
    (project.templates / "house" / "fonts").mkdir(exist_ok=True)
    (project.templates / "house" / "fonts" / "own.ttf").write_bytes(b"")
    assert (seen(), seen()) == (True, False)
    os.utime(project.templates / "house" / "report.docx", (1, 1))
    assert (seen(), seen()) == (True, False)
    for place in project.hidden("seen").glob("fonts-*.json"):
        place.write_text("{", encoding="utf-8")
    assert (seen(), seen()) == (True, False)


def test_what_cannot_be_read_of_the_fonts_is_told(project: Project) -> None:
    (project.templates / "house" / "fonts.yaml").write_text("字体: [\n", encoding="utf-8")
    with pytest.raises(ReportError):
        fonts_here(project, system=True)
    assert usual(project).fonts == ""
