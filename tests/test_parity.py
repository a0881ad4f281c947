"""Word and PDF hold the same, paragraph by paragraph and cell by cell, and the build proves it on the finished files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, with_own_annex, write_input
from reportgen.printing.passages import differences
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.pdftree import structure_of
from reportgen.printing.word import WordTemplate
from reportgen.reading.project import Project
from reportgen.running.build import build
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.writing.blocks import Block, Cell, Document, Grid, Note, Paragraph, Table, Text

HOUSE = ROOT / "templates" / "house"
DOCUMENTS = sorted((ROOT / "outputs").glob("*/*/*/*.pdf"))
LONG = "法律援助中心全年受理案件，办结情况良好。"
Spoil = Callable[[Path], None]


def body_of(path: Path) -> Element:
    with zipfile.ZipFile(path) as package:
        return ElementTree.fromstring(package.read("word/document.xml"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.parent.name + "-" + path.stem)
def test_every_committed_document_is_the_same_in_both(path: Path) -> None:
    assert differences(body_of(path.with_suffix(".docx")), structure_of(path.read_bytes()).root, path.name) == []


@pytest.fixture(scope="module")
def printers() -> tuple[WordTemplate, PdfPrinter]:
    return WordTemplate(HOUSE / "report.docx", "report.docx"), PdfPrinter(HOUSE.parent, system_fonts=False)


def document(*blocks: Block) -> Document:
    return Document(("某中心", "年度报告"), blocks, "某中心", "2024年1月5日", "2024-01-05")


def both(printers: tuple[WordTemplate, PdfPrinter], made: Document) -> tuple[Element, bytes]:
    word, pdf = printers
    return word.print_unproven(made).body, pdf.print_pdf(made, HOUSE / "report.typ")


def test_a_row_that_breaks_over_a_page_is_one_row(printers: tuple[WordTemplate, PdfPrinter]) -> None:
    """Two cells of 60 lines, a merged cell over 40 rows, headings on every page."""
    tall = (Cell(LONG * 40), Cell(LONG * 30), Cell("10"))
    rows = [
        (Cell("项目", 40), Cell(f"第{n}项"), Cell("")) if n == 0 else (Cell(f"第{n}项"), Cell("")) for n in range(40)
    ]
    head = (Cell("甲", label=True), Cell("乙", label=True), Cell("丙", label=True))
    made = document(Grid((50, 50, 50), (head, tall, *rows), 1), Paragraph((Text("完。"),)))
    docx, pdf = both(printers, made)
    assert pdf.count(b"/Type/Page/") + pdf.count(b"/Type /Page/") >= 3 or len(structure_of(pdf).root.text) > 1000
    assert differences(docx, structure_of(pdf).root, "") == []


CELL = st.text(st.sampled_from("甲乙丙丁0123456789.%，；|^<>&{}\"'é①㎡ \n"), max_size=12)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=4), st.integers(0, 11))
def test_what_is_printed_is_proven_and_two_cells_exchanged_are_found(
    printers: tuple[WordTemplate, PdfPrinter], rows: list[tuple[str, str, str]], at: int
) -> None:
    cells = [[Cell(text) for text in row] for row in rows]
    made = document(Paragraph((Text("前文。"),)), Grid((50, 50, 50), tuple(map(tuple, cells))), Note("注"))
    docx, pdf = both(printers, made)
    assert differences(docx, structure_of(pdf).root, "") == []
    y, x = at // 3 % len(cells), at % 3
    cells[y][x], cells[y][x - 1] = cells[y][x - 1], cells[y][x]
    changed, _pdf = both(
        printers, replace(made, blocks=(*made.blocks[:1], Grid((50, 50, 50), tuple(map(tuple, cells)))))
    )
    one, other = ("".join(cells[y][index].text.split()) for index in (x, x - 1))
    told = differences(changed, structure_of(pdf).root, "")
    if one != other:
        assert [finding.code for finding in told] == ["documents-differ"]


def test_a_table_of_the_prose_is_compared_too(printers: tuple[WordTemplate, PdfPrinter]) -> None:
    one = document(Table(("甲", "乙"), ((Cell("1"), Cell("2")),)))
    other = document(Table(("甲", "乙"), ((Cell("2"), Cell("1")),)))
    docx, pdf = both(printers, one)[0], both(printers, other)[1]
    (told,) = differences(docx, structure_of(pdf).root, "report.pdf")
    assert told.message == "table 1, row 2, column 1: the Word file has “1”, the PDF “2” (2 place(s) differ)"


# --- templates that say different things ---------------------------------------------------------------------


def in_word(old: str, new: str) -> Spoil:
    def change(folder: Path) -> None:
        path = folder / "annex.docx"
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        body = parts["word/document.xml"].decode()
        assert old in body
        parts["word/document.xml"] = body.replace(old, "\0").replace(new, old).replace("\0", new).encode()
        with zipfile.ZipFile(path, "w") as package:
            for name, data in parts.items():
                package.writestr(name, data)

    return change


def emptied(folder: Path) -> None:
    (folder / "annex.typ").write_text('#import "../house/house.typ": *\n#show: official\n空\n', encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (in_word("{{ row.评分标准.text }}", "{{ row.评分过程.text }}"), "table 1, row 2, column 4"),
        (in_word("{{ row.二级指标.text }}", "{{ row.三级指标.text }}"), "table 1, row 2, column 2"),
        (in_word(">评分标准<", ">打分标准<"), "table 1, row 1, column 4"),
        (emptied, "nothing in the template prints the title"),
    ],
    ids=["exchanged", "exchanged names", "label", "emptied"],
)
def test_templates_that_say_different_things_are_one_finding(project: Project, spoil: Spoil, place: str) -> None:
    """They are in a form of the old kind, with a Word and a Typst template of its own."""
    spoil(with_own_annex(project.templates))
    text = (ROOT / "inputs" / "2023" / "lieshan.yaml").read_text(encoding="utf-8")
    path = write_input(project, text, "lieshan")
    outcome = build(Library(project, system_fonts=False), path, Options())
    told = [finding for finding in outcome.findings if finding.severity == "error"]
    assert len(told) == 1, told
    assert place in told[0].message
    assert not (project.outputs / "2023" / "lieshan" / "project-evaluation" / "annex.pdf").exists()
