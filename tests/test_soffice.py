"""LibreOffice makes a PDF of a Word file where it is installed; where it is not, or fails, that is a finding."""

from __future__ import annotations

import shutil
import stat
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conftest import ROOT
from reportgen.printing import soffice
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.pdfwords import pdf_text, verify_pdf
from reportgen.printing.soffice import convert_docx
from reportgen.printing.word import WordTemplate
from reportgen.telling.findings import Finding, ReportError
from reportgen.writing.blocks import Document, Heading, Paragraph, Text

DOCUMENT = Document(
    ("某中心", "2023年度报告"),
    (Heading(1, "情况", "一、"), Paragraph((Text("满意度<90%，A&B，"), Text("重点", strong=True)))),
    "某中心",
    "2024年1月5日",
    "2024-01-05",
)
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins for soffice are shell scripts")
libreoffice = pytest.mark.skipif(
    not (shutil.which("soffice") or shutil.which("libreoffice")), reason="LibreOffice (soffice) is not installed"
)


def word_file() -> bytes:
    return WordTemplate(ROOT / "templates" / "house" / "report.docx", "report.docx").print_docx(DOCUMENT)


def refusal(data: bytes = b"") -> Finding:
    with pytest.raises(ReportError) as caught:
        convert_docx(data, "outputs/report.pdf")
    (finding,) = caught.value.findings
    assert (finding.code, finding.span.file) == ("pdf-failed", "outputs/report.pdf")
    return finding


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH, with the shell's own commands, for a stand-in of soffice."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return folder


def stand_in(folder: Path, script: str, name: str = "soffice") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_without_libreoffice_the_finding_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = refusal()
    assert finding.message == "LibreOffice (soffice) is not installed"
    assert finding.hint == "install LibreOffice, or leave out --pdf-engine libreoffice"


# The last argument is the document, the one before it its folder.
COPY = 'for last; do :; done; cp "$last" "${last%.docx}.pdf"; echo "$@" > "$(dirname "$0")/arguments"'


@posix_only
def test_what_the_program_writes_is_returned(program: Path) -> None:
    stand_in(program, COPY)
    assert convert_docx(b"the word file", "x.pdf") == b"the word file"


@posix_only
def test_the_program_runs_without_a_window_with_a_profile_of_its_own_and_makes_pdf_a(program: Path) -> None:
    stand_in(program, COPY)
    convert_docx(b"x", "x.pdf")
    arguments = (program / "arguments").read_text()
    for wanted in (
        "--headless",
        "-env:UserInstallation=file://",
        "--convert-to",
        '"SelectPdfVersion"',
        '"UseTaggedPDF"',
    ):
        assert wanted in arguments


@posix_only
def test_nothing_is_left_behind(program: Path, tmp_path: Path) -> None:
    stand_in(program, COPY)
    convert_docx(b"x", "x.pdf")
    stand_in(program, "exit 3")
    refusal()
    assert list(tmp_path.glob("reportgen-*")) == []


@posix_only
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 3", "exit status 3"),
        (f"{COPY}; exit 4", "exit status 4"),
        ("exit 0", "No such file"),
        ("kill -9 $$", "died"),
    ],
    ids=["fails", "writes and fails", "writes nothing", "crashes"],
)
def test_a_program_that_fails_is_a_finding(program: Path, script: str, reason: str) -> None:
    stand_in(program, script)
    finding = refusal()
    assert finding.message.startswith("LibreOffice made no PDF: ")
    assert reason in finding.message


@posix_only
def test_a_program_that_cannot_be_started_is_a_finding(program: Path) -> None:
    stand_in(program, "")
    (program / "soffice").write_bytes(b"\x7fELF no program")
    assert refusal().message.startswith("LibreOffice made no PDF: ")


@posix_only
def test_a_program_that_hangs_is_stopped(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soffice, "TIMEOUT", 0.2)
    stand_in(program, "exec sleep 60")
    assert "timed out" in refusal().message


@libreoffice
def test_libreoffice_prints_the_words_of_the_document() -> None:
    data = convert_docx(word_file(), "report.pdf")
    assert data.startswith(b"%PDF-")
    assert verify_pdf(data, DOCUMENT.strings(), "report.pdf") == []
    assert "重点" in pdf_text(data)


def test_the_fonts_of_the_house_are_told_to_fontconfig(tmp_path: Path) -> None:
    fonts = soffice.Fonts((tmp_path / "A&B",), {"楷体_GB2312": ("Reportgen Kai", "Noto Serif SC")}, system=False)
    config = ElementTree.fromstring(fonts.config(tmp_path))
    assert config.findtext("dir") == str(tmp_path / "A&B")
    assert [family.text for family in config.iter("family")] == ["楷体_GB2312", "Reportgen Kai", "Noto Serif SC"]
    assert config.find("include") is None
    assert ElementTree.fromstring(soffice.Fonts().config(tmp_path)).findtext("include") == "/etc/fonts/fonts.conf"


@libreoffice
@pytest.mark.skipif(sys.platform != "linux", reason="fontconfig is of Linux")
def test_libreoffice_prints_with_the_fonts_of_the_house() -> None:
    """楷体 is nowhere installed; the house has a font that stands for it."""
    document = replace(DOCUMENT, blocks=(Heading(1, "情况", "一、"), Heading(2, "楷体", "（一）")))
    data = WordTemplate(ROOT / "templates" / "house" / "report.docx", "report.docx").print_docx(document)
    fonts = PdfPrinter(ROOT / "templates", system_fonts=False).for_libreoffice
    assert b"ReportgenKai" in convert_docx(data, "report.pdf", fonts)
