"""The words of a PDF file are read back and held against the document that it was made of."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from conftest import ROOT, with_own_annex
from reportgen.printing.passages import comparable
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.pdfwords import pdf_text, verify_pdf
from reportgen.writing.blocks import Block, Cell, Document, Heading, PageBreak, Paragraph, Table, Text

SENTENCE = "法律援助中心全年受理案件445件，办结434件，结案率97.5%。"


@pytest.fixture(scope="module")
def printer(tmp_path_factory: pytest.TempPathFactory) -> PdfPrinter:
    folder = tmp_path_factory.mktemp("bundle") / "templates"
    shutil.copytree(ROOT / "templates", folder)
    with_own_annex(folder)
    return PdfPrinter(folder, system_fonts=False)


def paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Paragraph((Text(text),)) for text in texts)


def document(*blocks: Block, unit: str = "某中心") -> Document:
    return Document(("某中心", "年度报告"), blocks, unit, "2024年1月5日", "2024-01-05")


ROWS = tuple(
    (Cell("决策", 3) if index == 0 else Cell("", 0), Cell(f"指标{index}"), Cell(f"名{index}"), Cell("标准"),
     Cell("过程"), Cell("10"), Cell("10"))
    for index in range(3)
)  # fmt: skip
COLUMNS = ("一级指标", "二级指标", "三级指标", "评分标准", "评分过程", "分值", "得分")
SCORES = Table(COLUMNS, ROWS, {"一级指标": "合计", "分值": "30", "得分": "30"})


@pytest.mark.parametrize(
    ("text", "same"),
    [("全 年\n受\t理　案件", "全年受理案件"), ("１２３ＡＢＣ，：；", "123ABC,:;"), ("㎡①℃", "m21°C"), ("", "")],
)
def test_texts_are_compared_without_white_space_in_their_plainest_form(text: str, same: str) -> None:
    """NFKC: pypdf gives ① back as 1 or ①, as the font has it."""
    assert comparable(text) == same


def test_the_words_of_a_file_come_in_reading_order(printer: PdfPrinter) -> None:
    blocks = (Heading(1, "情况", "一、"), *paragraphs("甲。", "乙A&B<90%>。"), Heading(2, "经验", "（一）"))
    data = printer.print_pdf(document(*blocks), printer.root / "house" / "report.typ")
    assert pdf_text(data) == "某中心年度报告一、情况甲。乙A&B<90%>。(一)经验某中心2024年1月5日"


def test_page_numbers_and_draft_marks_are_no_words_of_the_text(printer: PdfPrinter) -> None:
    """So that a sentence that runs over the page is one sentence."""
    text = SENTENCE * 40
    for draft in (False, True):
        data = printer.print_pdf(
            replace(document(*paragraphs(text)), draft=draft), printer.root / "house" / "report.typ"
        )
        assert pdf_text(data) == comparable(f"某中心年度报告{text}某中心2024年1月5日")


def test_page_breaks_do_not_disturb_the_text(printer: PdfPrinter) -> None:
    data = printer.print_pdf(
        document(*paragraphs("甲"), PageBreak(), *paragraphs("乙")), printer.root / "house" / "report.typ"
    )
    assert pdf_text(data) == "某中心年度报告甲乙某中心2024年1月5日"


def test_a_document_agrees_with_the_file_made_of_it(printer: PdfPrinter) -> None:
    blocks = (
        Heading(1, "情况", "一、"),
        *paragraphs(SENTENCE * 30, SENTENCE),
        Table(("甲", "乙"), ((Cell("1"), Cell("1")), (Cell("11"), Cell("")))),
        *paragraphs("末段。"),
    )
    given = replace(document(*blocks), attachments=("表一", "表二"))
    assert (
        verify_pdf(printer.print_pdf(given, printer.root / "house" / "report.typ"), given.strings(), "report.pdf") == []
    )


def test_an_annex_with_merged_cells_agrees_with_the_file_made_of_it(printer: PdfPrinter) -> None:
    given = replace(document(), blocks=(), table=SCORES, label="附件")
    assert (
        verify_pdf(
            printer.print_pdf(given, printer.root / "project-evaluation" / "annex.typ"), given.strings(), "annex.pdf"
        )
        == []
    )


@pytest.mark.parametrize(
    ("printed", "wanted", "lost"),
    [
        (paragraphs("甲。"), paragraphs("甲。", "乙。"), "乙。"),
        (paragraphs("甲。", "乙。"), paragraphs("乙。", "甲。"), "甲。"),
        (paragraphs("满意度90%"), paragraphs("满意度<90%"), "满意度<90%"),
        (paragraphs("受理445件"), paragraphs("受理446件"), "受理446件"),
        ((Heading(1, "情况", "一、"),), (Heading(1, "情况", "二、"),), "二、情况"),
    ],
)
def test_what_the_file_lacks_is_named(
    printer: PdfPrinter, printed: tuple[Block, ...], wanted: tuple[Block, ...], lost: str
) -> None:
    data = printer.print_pdf(document(*printed), printer.root / "house" / "report.typ")
    (finding,) = verify_pdf(data, document(*wanted).strings(), "outputs/report.pdf")
    assert (finding.code, finding.path, finding.span.file) == ("text-lost", lost, "outputs/report.pdf")
    assert finding.message == f"the file lacks 1 text(s), the first is “{lost}”"


def test_another_name_or_date_at_the_end_is_found_out(printer: PdfPrinter) -> None:
    data = printer.print_pdf(document(*paragraphs("甲。")), printer.root / "house" / "report.typ")
    given = replace(document(*paragraphs("甲。"), unit="别的中心"), printed_date="2024年1月6日")
    (finding,) = verify_pdf(data, given.strings(), "x.pdf")
    assert finding.message == "the file lacks 2 text(s), the first is “别的中心”"


def test_a_cell_that_is_missing_is_found_out_though_an_equal_one_is_there(printer: PdfPrinter) -> None:
    columns = ("甲", "乙")
    data = printer.print_pdf(document(Table(columns, ((Cell("好"), Cell("")),))), printer.root / "house" / "report.typ")
    given = document(Table(columns, ((Cell("好"), Cell("好")),)))
    (finding,) = verify_pdf(data, given.strings(), "x.pdf")
    assert finding.path == "好"


def test_a_cell_that_differs_is_found_out(printer: PdfPrinter) -> None:
    data = printer.print_pdf(
        replace(document(), blocks=(), table=SCORES, label="附件"), printer.root / "project-evaluation" / "annex.typ"
    )
    rows = (*ROWS[:2], (*ROWS[2][:6], Cell("9")))
    given = replace(document(), table=Table(COLUMNS, rows, SCORES.total), label="附件")
    (finding,) = verify_pdf(data, given.strings(), "x.pdf")
    assert (finding.code, finding.path) == ("text-lost", "9")


def test_a_file_that_is_no_pdf_is_not_taken_for_an_empty_one() -> None:
    from pypdf.errors import PyPdfError

    with pytest.raises(PyPdfError):
        pdf_text(b"%PDF-1.7\nno more")
