"""A footnote of the prose is one in Word and in the PDF, proven, and read back by text, verify and audit."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from conftest import ROOT, write_input
from reportgen.cli import main
from reportgen.helping.finished import read_finished
from reportgen.helping.plaintext import plain_lines
from reportgen.printing.passages import differences
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.pdftree import structure_of
from reportgen.printing.pdfwords import verify_pdf
from reportgen.printing.word import Printed, WordTemplate
from reportgen.printing.wordtext import W
from reportgen.reading.project import Project
from reportgen.running.build import build
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.writing.blocks import Block, Document, Heading, Paragraph, Text

HOUSE = ROOT / "templates" / "house"
NOTES = "word/footnotes.xml"
LONG = "法律援助中心全年受理案件，办结情况良好。"


@pytest.fixture(scope="module")
def printers() -> tuple[WordTemplate, PdfPrinter]:
    return WordTemplate(HOUSE / "report.docx", "report.docx"), PdfPrinter(HOUSE.parent, system_fonts=False)


def document(*blocks: Block) -> Document:
    return Document(("某中心", "年度报告"), blocks, "某中心", "2024年1月5日", "2024-01-05")


def noted(text: str, note: str, strong: bool = False) -> Text:
    return Text(text, strong, (Text(note[:2]), Text(note[2:], True)))


def with_notes(count: int) -> Document:
    paragraphs = [Paragraph((noted(LONG * 3, f"第{n}注的文字。", n % 2 == 0), Text(LONG))) for n in range(1, count + 1)]
    last = Paragraph((Text(LONG * 3), noted("末尾", "最后一注。"), Text(LONG * 4)), last=True)
    return document(Heading(1, "情况", "一、"), *paragraphs, last)


def parts_of(docx: bytes, tmp_path: Path) -> dict[str, bytes]:
    (tmp_path / "x.docx").write_bytes(docx)
    with zipfile.ZipFile(tmp_path / "x.docx") as package:
        return {name: package.read(name) for name in package.namelist()}


def told(word: Printed, pdf: bytes) -> list[str]:
    return [each.message for each in differences(word.body, structure_of(pdf).root, "", word.notes)]


@pytest.mark.parametrize("count", [1, 12])
def test_word_and_pdf_hold_the_same_notes(
    printers: tuple[WordTemplate, PdfPrinter], tmp_path: Path, count: int
) -> None:
    made = with_notes(count)
    word, pdf = printers[0].print_unproven(made), printers[1].print_pdf(made, HOUSE / "report.typ")
    assert word.lost == ()
    assert told(word, pdf) == []
    notes = ["".join(part.text for part in note) for note in made.notes]
    assert verify_pdf(pdf, made.strings(), "", (), notes) == []
    parts = parts_of(word.docx, tmp_path)
    numbers = [
        use.get(f"{W}id") for use in ElementTree.fromstring(parts["word/document.xml"]).iter(f"{W}footnoteReference")
    ]
    assert numbers == [str(n) for n in range(1, count + 2)]
    found = ElementTree.fromstring(parts[NOTES])
    assert [(note.get(f"{W}id"), "".join(t.text or "" for t in note.iter(f"{W}t"))) for note in found] == [
        ("-1", ""),
        ("0", ""),
        *((str(n), text) for n, text in enumerate(notes, 1)),
    ]


def test_a_note_that_differs_is_told(printers: tuple[WordTemplate, PdfPrinter]) -> None:
    word = printers[0].print_unproven(document(Paragraph((noted("甲", "按受理日期统计。"),))))
    pdf = printers[1].print_pdf(document(Paragraph((noted("甲", "按办结日期统计。"),))), HOUSE / "report.typ")
    (message,) = told(word, pdf)
    assert "受理" in message
    assert "办结" in message
    without = printers[1].print_pdf(document(Paragraph((Text("甲"),))), HOUSE / "report.typ")
    assert told(word, without)
    (finding,) = verify_pdf(without, (), "x.pdf", (), ["按受理日期统计。"])
    assert finding.code == "text-lost"


def test_a_document_without_notes_has_no_part_for_them(
    printers: tuple[WordTemplate, PdfPrinter], tmp_path: Path
) -> None:
    word = printers[0].print_unproven(document(Paragraph((Text("甲"),))))
    assert NOTES not in parts_of(word.docx, tmp_path)


def test_notes_of_bound_documents_count_on(printers: tuple[WordTemplate, PdfPrinter], tmp_path: Path) -> None:
    made = [with_notes(2), with_notes(1)]
    bound = printers[0].bind(made, [printers[0].print_unproven(each) for each in made])
    parts = parts_of(bound.docx, tmp_path)
    numbers = [
        use.get(f"{W}id") for use in ElementTree.fromstring(parts["word/document.xml"]).iter(f"{W}footnoteReference")
    ]
    assert numbers == ["1", "2", "3", "4", "5"]
    pdf = printers[1].print_pdf(made[0], HOUSE / "report.typ", made[1:])
    assert told(bound, pdf) == []


def test_a_template_may_have_notes_of_its_own(printers: tuple[WordTemplate, PdfPrinter], tmp_path: Path) -> None:
    """Those of the prose are numbered behind them."""
    parts = parts_of(printers[0].print_unproven(document(Paragraph((noted("甲", "按受理日期统计。"),)))).docx, tmp_path)
    body = (HOUSE / "report.docx").read_bytes()
    (tmp_path / "own.docx").write_bytes(body)
    with zipfile.ZipFile(tmp_path / "own.docx") as package:
        own = {name: package.read(name) for name in package.namelist()}
    own[NOTES] = parts[NOTES]
    for name in ("word/_rels/document.xml.rels", "[Content_Types].xml"):
        own[name] = parts[name]
    mark = b'<w:r><w:footnoteReference w:id="1"/></w:r>'
    own["word/document.xml"] = own["word/document.xml"].replace(
        b"{{ date }}</w:t></w:r>", b"{{ date }}</w:t></w:r>" + mark
    )
    with zipfile.ZipFile(tmp_path / "own.docx", "w") as package:
        for name, data in own.items():
            package.writestr(name, data)
    word = WordTemplate(tmp_path / "own.docx", "own.docx").print_docx(document(Paragraph((noted("乙", "另一注。"),))))
    lines = plain_lines(word, "own.docx")
    assert [line for line in lines if "[^" in line] == [
        "乙[^2]",
        "2024年1月5日[^1]",
        "[^1]: 按受理日期统计。",
        "[^2]: 另一注。",
    ]


PROSE = """  主要经验: |
    全年受理案件{{ 案件.受理 }}件[^1]，群众评价较好[^评]。

    [^1]: 受理以**申请日期**为准，共{{ 案件.受理 }}件。
    [^评]: 按访问记录整理。
"""


@pytest.fixture
def built(project: Project) -> Path:
    """The folder of a report with two footnotes."""
    text = (ROOT / "inputs" / "2023" / "lieshan.yaml").read_text(encoding="utf-8")
    before, rest = text.split("  主要经验: |\n", 1)
    after = rest[rest.index("\n  ", rest.index("保证案件质量")) + 1 :] if "保证案件质量" in rest else rest
    path = write_input(project, before + PROSE + after, "lieshan")
    outcome = build(Library(project), path, Options(verify=True))
    assert [each for each in outcome.findings if each.severity == "error"] == []
    return project.outputs / "2023" / "lieshan" / "project-evaluation"


def test_text_shows_the_notes_of_both_files(built: Path) -> None:
    for name in ("report.docx", "report.pdf", "full.docx", "full.pdf"):
        lines = plain_lines((built / name).read_bytes(), name)
        assert [line for line in lines if "[^" in line][:1] == ["全年受理案件445件[^1]，群众评价较好[^2]。"]
        assert {"[^1]: 受理以申请日期为准，共445件。", "[^2]: 按访问记录整理。"} <= set(lines)


def test_audit_reads_the_notes(built: Path) -> None:
    found = [(piece.place, piece.text) for piece in read_finished(built / "report.docx", "report.docx")]
    assert found[-2:] == [("footnote 1", "受理以申请日期为准，共445件。"), ("footnote 2", "按访问记录整理。")]


def test_verify_tells_a_changed_note_and_carries_it_back(
    built: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.outputs.parent)
    path = built / "report.docx"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts[NOTES] = parts[NOTES].replace("访问记录".encode(), "回访记录".encode())
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    result = CliRunner().invoke(main, ["verify", str(path)])
    assert "footnote 2 · 正文.主要经验" in result.output
    result = CliRunner().invoke(main, ["verify", str(path), "--apply", "--yes"])
    text = next(project.inputs.rglob("lieshan.yaml")).read_text(encoding="utf-8")
    assert "[^评]: 按回访记录整理。" in text, result.output
