"""Which font prints what: the house's list, a project's own fonts, and who has a rare character."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from conftest import ROOT, new_project, write_input
from reportgen.helping.doctor import Health, Patient, looks
from reportgen.printing.opentype import characters_of
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.shelf import Face, Shelf
from reportgen.printing.typefaces import OURS, bundled_fonts, read_typefaces
from reportgen.reading.project import find_project
from reportgen.running.build import build, check
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.telling.findings import ReportError
from reportgen.writing.blocks import Document, Paragraph, Text

FONTS = ROOT / "templates" / "house" / "fonts"
TEXT = "数据:\n  案件: {受理: 445, 办结: 434}\n正文:\n  情况: 顺利%s完成。\n"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    return tmp_path / "templates"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A project of the test's own, on a machine without fonts."""
    return Library(new_project(tmp_path), system_fonts=False)


def families_in(pdf: bytes) -> set[str]:
    found: set[str] = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            found.add(str(font["/BaseFont"]).partition("+")[2].partition("-")[0])
    return found


@pytest.mark.parametrize(
    ("font", "several"),  # as fontTools counts them
    [(FONTS / "ReportgenTitle.ttf", 10811), *((OURS / f"Reportgen{name}.ttf", 10811) for name in ("Song", "Hei")),
     (FONTS / "ReportgenKai.ttf", 7815), (bundled_fonts() / "NotoSerifSC-Regular.otf", 30928),
     (bundled_fonts() / "NotoSansSC-Regular.otf", 30890)],
)  # fmt: skip
def test_the_characters_of_a_font_are_counted(font: Path, several: int) -> None:
    known = characters_of(str(font))
    assert known is not None
    assert len(known) == several
    assert {ord(each) for each in "一濉龟。A1"} <= known
    assert ord("😀") not in known


def test_a_file_that_is_no_font_has_no_characters_that_are_known(tmp_path: Path) -> None:
    for data in (b"", b"OTTO", b"\x00\x01\x00\x00\x00\xff" + bytes(40)):
        (path := tmp_path / f"{len(data)}.ttf").write_bytes(data)
        assert characters_of(str(path)) is None


def test_ours_have_what_gb2312_has_and_their_licence_lies_beside() -> None:
    every = {ord(bytes([row, cell]).decode("gb2312")) for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)}
    for folder, most in ((FONTS, 7_500_000), (OURS, 6_700_000)):
        for path in folder.glob("*.?tf"):
            assert every <= (characters_of(str(path)) or set())
            assert path.name in (folder / "OFL.txt").read_text(encoding="utf-8")
        assert sum(path.stat().st_size for path in folder.iterdir()) < most


def test_what_our_part_of_a_font_lacks_is_printed_by_the_whole_without_a_word(library: Library) -> None:
    outcome = build(library, write_input(library.project, TEXT % "㐂"), Options(system_fonts=False))
    assert [finding.code for finding in outcome.findings if finding.code == "font-substituted"] == []
    pdf = (library.project.outputs / "2023/centre/plain/report.pdf").read_bytes()
    assert {"ReportgenSong", "NotoSerifSC"} <= families_in(pdf)


def test_a_fault_in_the_list_is_told_at_its_line(templates: Path) -> None:
    path = templates / "house" / "fonts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  楷体: [KaiTi", "  楷休: [KaiTi"), encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        read_typefaces(templates)
    assert {(f.code, f.span.file) for f in caught.value.findings} == {
        ("unknown-key", "templates/house/fonts.yaml"), ("missing-key", "templates/house/fonts.yaml"),
    }  # fmt: skip


def test_templates_that_say_nothing_of_fonts_print_with_ours(tmp_path: Path) -> None:
    assert read_typefaces(tmp_path) == read_typefaces(ROOT / "templates")
    assert PdfPrinter(tmp_path, system_fonts=False).families["kai"][0] == "Reportgen Kai"


def test_a_font_in_the_house_prints_what_the_list_says_without_being_installed(templates: Path) -> None:
    """Here the Kai stands for one that the office has bought."""
    path = templates / "house" / "fonts.yaml"
    bought = path.read_text(encoding="utf-8").replace("仿宋: [FangSong_GB2312", "仿宋: [Reportgen Kai")
    path.write_text(bought, encoding="utf-8")
    printer = PdfPrinter(templates, system_fonts=False)
    assert printer.families["body"] == ["Reportgen Kai", "Reportgen Song", "Noto Serif SC"]
    assert "body" not in printer.substitutes
    document = Document(("题",), (Paragraph((Text("正文"),)),), "某", "2024年1月5日", "2024-01-05", source="x")
    assert "ReportgenKai" in families_in(printer.print_pdf(document, templates / "house" / "report.typ"))


def test_a_file_that_is_no_font_is_told_by_doctor(templates: Path) -> None:
    (templates / "house" / "fonts" / "FZXBSK.TTF").write_bytes(b"<html>404</html>")
    printer = PdfPrinter(templates, system_fonts=False)
    assert printer.house_fonts == {
        "FZXBSK.TTF": "", "ReportgenKai.ttf": "Reportgen Kai", "ReportgenTitle.ttf": "Reportgen Title",
    }  # fmt: skip
    patient = Patient(replace(find_project(templates.parent), templates=templates), "utf-8", Path("/nobody"))
    seen = {look.name: look for look in looks(patient) if look.name.endswith(("ttf", "TTF", "otf"))}
    assert [name for name, look in seen.items() if look.health is Health.FAULT] == ["FZXBSK.TTF"]


# --- rare characters


def test_check_names_a_character_that_no_font_has_at_its_place(library: Library) -> None:
    outcome = check(library, write_input(library.project, TEXT % "😀"))
    assert [(f.code, f.span.line, f.span.column) for f in outcome.findings if f.severity.name == "ERROR"] == [
        ("missing-glyph", 9, 9)
    ]


def test_all_characters_that_a_text_lacks_are_told_at_once(library: Library) -> None:
    outcome = check(library, write_input(library.project, TEXT % "😀༁甲😀"))
    (finding,) = (f for f in outcome.findings if f.code == "missing-glyph")
    assert "“༁”（U+0F01）、“😀”（U+1F600）" in finding.message


def test_a_character_that_the_font_around_it_lacks_is_printed_by_another_and_told(library: Library) -> None:
    """The Kai has no 㐂 (U+3402); the serif has."""
    path = library.project.templates / "house" / "fonts.yaml"
    text = path.read_text(encoding="utf-8").replace("仿宋: [Reportgen Song", "仿宋: [Reportgen Kai")
    path.write_text(text, encoding="utf-8")
    outcome = build(library, write_input(library.project, TEXT % "㐂"), Options(system_fonts=False))
    (note,) = (f for f in outcome.findings if f.code == "font-substituted")
    assert (note.span.line, note.span.column) == (9, 9)
    assert note.message == "Reportgen Kai has no “㐂”（U+3402）: Noto Serif SC prints it in the PDF"
    pdf = (library.project.outputs / "2023/centre/plain/report.pdf").read_bytes()
    assert {"ReportgenKai", "NotoSerifSC"} <= families_in(pdf)


def test_libreoffice_prints_with_what_is_installed_alone(library: Library) -> None:
    class Bare:
        def fonts(self) -> list[Face]:
            return []

        def families(self) -> list[str]:
            return []

    library.pdf_printer.__dict__["installed"] = Shelf(Bare())
    outcome = build(library, write_input(library.project, TEXT % "甲"), Options(engine="libreoffice"))
    assert {f.code for f in outcome.findings if f.severity.name == "ERROR"} == {"missing-glyph"}
    assert not library.project.outputs.exists()
