"""What stands where on the pages: tables that fit, signatures in company, titles that break by sense, one look."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2
import pytest

from conftest import ROOT, with_replaced, write_input
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.word import WordTemplate
from reportgen.reading.project import Project
from reportgen.running.build import check
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.writing.blocks import Block, Cell, Document, Grid, PageBreak, Paragraph, Table, Text, signature_lines
from reportgen.writing.columns import by_content, positions
from reportgen.writing.fitting import Shape, Sheet, _Setting, fitted, misfits
from reportgen.writing.measure import lines, widest_unit, width
from reportgen.writing.titles import title_lines

TEMPLATES = ROOT / "templates"
UNIT, DATE = "某区法律援助中心", "2024年1月15日"
MM = 72 / 25.4


@pytest.fixture(scope="module")
def printer() -> PdfPrinter:
    return PdfPrinter(TEMPLATES, system_fonts=False)


@pytest.fixture(scope="module")
def sheet(printer: PdfPrinter) -> Sheet:
    assert printer.look
    return printer.look.sheet(landscape=False)


def report(*blocks: Block, unit: str = UNIT, attachments: tuple[str, ...] = ()) -> Document:
    return Document(("标题",), blocks, unit, DATE, "2024-01-15", attachments=attachments)


def table_document(*blocks: Block, landscape: bool = False) -> Document:
    document = replace(report(*blocks), table=Table((), ()), label="附件", landscape=landscape)
    assert not document.signed
    return document


def pdf_of(printer: PdfPrinter, document: Document) -> bytes:
    return printer.print_pdf(document, TEMPLATES / "house" / "report.typ")


def texts_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    pages = [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document]
    document.close()
    return pages


# --- measures


def test_a_line_is_measured_in_characters() -> None:
    assert width("法律援助") == 4
    assert width("2023年度") == pytest.approx(4 * 0.59 + 0.25 + 2)
    assert lines("法律援助中心", 6) == 1
    assert lines("法律援助中心", 5.9) == 2
    assert lines("甲\n乙", 10) == 2
    assert lines("案件，", 2) == 2  # a comma does not begin a line, and takes its character along
    assert widest_unit("支出1,234,567.89元") == pytest.approx(0.25 + 9 * 0.59 + 3 * 0.34)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("烈山区城乡困难群体法律援助民生实事", ["烈山区城乡困难群体法律援助民生实事"]),
        (
            "云南省红河哈尼族彝族自治州金平苗族瑶族傣族自治县法律援助中心",
            ["云南省红河哈尼族彝族自治州", "金平苗族瑶族傣族自治县法律援助中心"],
        ),
        (
            "2023年度烈山区城乡困难群体和特殊群体权益保障项目绩效评价报告",
            ["2023年度烈山区城乡困难群体", "和特殊群体权益保障项目绩效评价报告"],
        ),
        ("中央政法纪检监察转移支付资金绩效自评报告和附表", ["中央政法纪检监察转移支付", "资金绩效自评报告和附表"]),
        ("红" * 90, ["红" * 90]),
    ],
)
def test_a_title_breaks_where_the_sense_does(title: str, expected: list[str]) -> None:
    assert list(title_lines(title, 20.1)) == expected


@pytest.mark.parametrize("count", range(21, 60))
def test_no_line_of_a_title_is_a_few_characters(count: int) -> None:
    found = title_lines("某" * count, 20.1)
    assert "".join(found) == "某" * count
    assert min(map(len, found)) >= 4
    assert max(map(len, found)) <= 20


# --- tables


def indicators(rows: int, text: str = "按规定办理，得满分；有一项不符，酌情扣分") -> Grid:
    """Return a table such as an annex has: groups of five and ten rows, a text, figures, a total."""
    head = tuple(Cell(name, label=True, side="center") for name in ("一级指标", "二级指标", "三级指标", "标准", "得分"))
    body = []
    for row in range(rows):
        cells = [Cell(f"指标{row}"), Cell(text), Cell("10", side="center")]
        if row % 5 == 0:
            cells.insert(0, Cell("数量指标", min(5, rows - row), side="center"))
        if row % 10 == 0:
            cells.insert(0, Cell("产出", min(10, rows - row), side="center"))
        body.append(tuple(cells))
    total = (Cell("合计", 1, 4, label=True, side="center"), Cell("100", label=True, side="center"))
    return Grid((10.0, 10.0, 30.0, 80.0, 26.0), (head, *body, total), 1)


def test_columns_by_content_fill_the_width_and_break_no_number(sheet: Sheet) -> None:
    figures = tuple(Cell(f"{number},234,567.89") for number in (1, 22, 333))
    grid = Grid((50.0, 50.0, 56.0), (figures,), 0)
    widths = by_content(grid, sheet.cell, sheet.width)
    assert sum(widths) == pytest.approx(156, abs=0.1)
    for each, cell in zip(widths, figures, strict=True):
        assert lines(cell.text, (each * MM - 2 * sheet.cell.aside - 0.5) / sheet.cell.size) == 1


def test_a_table_that_nearly_fits_is_set_on_one_sheet(sheet: Sheet) -> None:
    (grid,) = fitted(table_document(indicators(24)), sheet).blocks
    assert isinstance(grid, Grid)
    assert grid.look is not None
    assert grid.look.line < sheet.cell.line


def test_one_with_room_stays_as_the_house_sets_it(sheet: Sheet) -> None:
    (grid,) = fitted(table_document(indicators(8)), sheet).blocks
    assert grid == indicators(8)


@pytest.mark.parametrize("rows", [41, 42, 43, 60, 83, 120])
def test_a_long_table_is_cut_with_headings_and_labels_on_every_sheet(sheet: Sheet, rows: int) -> None:
    blocks = fitted(table_document(indicators(rows)), sheet).blocks
    pieces = [block for block in blocks if isinstance(block, Grid)]
    assert len(pieces) > 1
    assert blocks.count(PageBreak()) == len(pieces) - 1
    names = [
        cell.text for piece in pieces for _y, x, cell in positions(piece) if x == 2 and cell.text.startswith("指标")
    ]
    assert names == [f"指标{row}" for row in range(rows)]  # nothing is lost, and nothing twice
    for before, piece in pairwise(pieces):
        assert piece.rows[0] == before.rows[0]
        assert len(piece.rows) >= 1 + 3
        first = piece.rows[1]
        assert sum(cell.columns for cell in first) == 5  # every level is told again
        assert first[0].text in ("产出", "产出（续）")
    kept = {len(row) for piece in pieces for row in piece.rows}
    assert kept <= {5, 4, 3, 2}


def test_a_table_of_which_no_row_fits_begins_a_sheet(sheet: Sheet) -> None:
    """637.8 points less a line kept back are 622.3; label and title take 108.4, 25 rows of 20 points 500: 14 are left."""
    above = Grid((156.0,), tuple((Cell(f"行{row}"),) for row in range(25)), 0)
    setting = _Setting(table_document(above, indicators(8)), sheet, sheet.cell, sheet.cell)
    assert [type(block) for block in setting.blocks] == [Grid, PageBreak, Grid]
    assert setting.sheets == 2


def test_a_group_of_up_to_four_rows_is_not_cut(sheet: Sheet) -> None:
    head = (Cell("组", label=True), Cell("项", label=True))
    rows = [
        ((Cell(f"组{row // 4}", 4), Cell(f"项{row}")) if row % 4 == 0 else (Cell(f"项{row}"),)) for row in range(120)
    ]
    pieces = [
        b for b in fitted(table_document(Grid((50.0, 100.0), (head, *rows), 1)), sheet).blocks if isinstance(b, Grid)
    ]
    assert len(pieces) > 1
    assert all((len(piece.rows) - 1) % 4 == 0 for piece in pieces)
    assert not any("（续）" in cell.text for piece in pieces for row in piece.rows for cell in row)


@pytest.mark.parametrize(("rows", "landscape"), [(24, False), (60, False), (60, True), (90, False)])
def test_the_pages_are_as_many_as_were_reckoned(printer: PdfPrinter, rows: int, landscape: bool) -> None:
    document = table_document(indicators(rows), landscape=landscape)
    assert printer.look
    set_out = fitted(document, printer.look.sheet(landscape))
    pages = texts_of(pdf_of(printer, set_out))
    assert len(pages) == 1 + set_out.blocks.count(PageBreak())


# --- what does not fit


@pytest.mark.parametrize("first", ["", "{{ 案件.受理 }}件"])
def test_a_form_that_needs_two_sheets_is_told_at_its_longest_text(project: Project, first: str) -> None:
    text = (ROOT / "inputs" / "2023" / "lieshan.yaml").read_text(encoding="utf-8")
    start = text.index("  目标完成情况:")
    end = text.index("\n  ", start + 5)
    long = "，".join(f"第{number}项工作按计划完成并通过了验收" for number in range(1, 80))
    path = write_input(project, f"{text[:start]}  目标完成情况: |\n    {first}{long}。{text[end:]}", "lieshan")
    every = check(Library(project, False), path).findings
    assert [each.message for each in every if each.severity == "error"] == []
    found = [each for each in every if each.code == "page-layout"]
    assert [each.message for each in found if "sheets" in each.message] == [
        "“项目支出绩效自评表” takes 2 sheets; such a form is expected on one"
    ]
    assert {each.span.text for each in found} == {f"    {first}{long}。"}


def test_a_long_title_and_a_row_like_a_page_do_not_fit(sheet: Sheet) -> None:
    row = Cell("文" * 1200)
    document = fitted(replace(table_document(Grid((50.0, 100.0), ((Cell("甲"), row),), 0)), title=("题" * 70,)), sheet)
    found = list(misfits(document, sheet))
    assert [each.shape for each in found] == [Shape.TITLE, Shape.ROW]
    assert found[1].extent > 50
    assert list(misfits(fitted(table_document(indicators(24)), sheet), sheet)) == []


# --- nothing over anything else, nothing outside


class Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float
    text: str


def boxes(page: pypdfium2.PdfPage) -> list[Box]:
    words = page.get_textpage()
    found = []
    for at in range(words.count_chars()):
        left, bottom, right, top = words.get_charbox(at)
        found.append(Box(left, bottom, right, top, words.get_text_range(at, 1)))
    return [box for box in found if box.text.strip() and box.right > box.left]


def faults_of(pdf: bytes) -> Iterator[str]:
    """Yield what stands over something else, or outside of the type area (page numbers and draft marks aside)."""
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document, 1):
        wide, high = page.get_size()
        top, right, bottom, left = (28, 37, 26, 35) if wide > high else (37, 26, 35, 28)
        found = [box for box in boxes(page) if left * MM - 1 < box.left or wide < high]
        inside = [box for box in found if bottom * MM - 1 < box.bottom and box.top < high - top * MM + 1]
        for box in inside:
            if box.left < left * MM - 1 or box.right > wide - right * MM + 1.5:
                yield f"page {number}: “{box.text}” is outside"
        rows = sorted(inside, key=lambda box: (round(box.bottom / 3), box.left))
        for first, second in pairwise(rows):
            overlap = min(first.right, second.right) - max(first.left, second.left)
            level = min(first.top, second.top) - max(first.bottom, second.bottom)
            if overlap > 1.5 and level > 1.5:
                yield f"page {number}: “{first.text}” and “{second.text}” overlap"
    document.close()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "outputs").glob("*/*/*/*.pdf")), ids=lambda path: path.parent.name + path.stem
)
def test_nothing_overlaps_and_nothing_is_outside(path: Path) -> None:
    assert list(faults_of(path.read_bytes())) == []


@pytest.mark.parametrize("columns", [4, 6, 8, 10])
@pytest.mark.parametrize(
    "text", ["1,234,567.89元", "https://www.example.gov.cn/a/b/c", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "汉字"]
)
def test_a_word_that_is_too_wide_is_broken_not_printed_over_the_next(
    printer: PdfPrinter, sheet: Sheet, columns: int, text: str
) -> None:
    row = tuple(Cell(text) for _column in range(columns))
    table = Table(tuple(f"列{column}" for column in range(columns)), (row, row))
    document = fitted(report(Paragraph((Text("如下表所示："),)), table), sheet)
    pdf = pdf_of(printer, document)
    assert list(faults_of(pdf)) == []
    assert "".join(texts_of(pdf)).count(text) == 2 * columns


# --- names and dates


ENDINGS = [(lines_, attached) for lines_ in range(1, 23) for attached in ((), ("绩效评价指标评分表",))]


def ending(count: int, attachments: tuple[str, ...], unit: str = UNIT) -> Document:
    """Return a report whose last paragraph has ``count`` lines, below one that ends in the middle of the page."""
    first, last = "甲" * 28 * 12, "正文末段" * (7 * count)
    return report(Paragraph((Text(first),)), Paragraph((Text(last[:-2]),)), unit=unit, attachments=attachments)


def alone(pages: list[str], words: str = "正文末段") -> bool:
    page = next(page for page in pages if DATE in page)
    return not re.search(f"[{words}]", page)


@pytest.mark.parametrize("unit", [UNIT, "某某自治州某某族某某族自治县法律援助中心"])
@pytest.mark.parametrize(("count", "attachments"), ENDINGS)
def test_the_signature_never_stands_alone(
    printer: PdfPrinter, sheet: Sheet, count: int, attachments: tuple[str, ...], unit: str
) -> None:
    pages = texts_of(pdf_of(printer, fitted(ending(count, attachments, unit), sheet)))
    assert not alone(pages)
    assert "".join(pages).count("末") == 7 * count - 1  # the paragraph is whole, wherever it was parted


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_signature_never_stands_alone_in_word(sheet: Sheet, tmp_path: Path) -> None:
    template = WordTemplate(TEMPLATES / "house" / "report.docx", "report.docx")
    for count, attachments in ENDINGS:
        data = template.print_docx(fitted(ending(count, attachments), sheet))
        (tmp_path / f"{count}-{len(attachments)}.docx").write_bytes(data)
    command = [
        "soffice",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    files = sorted(map(str, tmp_path.glob("*.docx")))
    subprocess.run([*command, "--outdir", str(tmp_path), *files], check=True, capture_output=True, timeout=300)
    found = [path.stem for path in sorted(tmp_path.glob("*.pdf")) if alone(texts_of(path.read_bytes()))]
    assert len(list(tmp_path.glob("*.pdf"))) == len(ENDINGS)
    assert found == []


@pytest.mark.parametrize("count", range(58, 80))
def test_lines_stand_closer_where_name_and_date_then_stand_with_the_text(library: Library, count: int) -> None:
    """A page of 637.75 points has 22 lines of 28.95 or 23 of 27.7; title and blank line leave 19 or 20 of the first."""
    look = library.project.templates / "house" / "report"
    plain = report(*(Paragraph((Text("甲" * 25 + "。"),)) for _line in range(count)))
    document = library.set_out(plain, look)
    needed = count + 4  # two lines that are blank, name and date
    pages = next(pages for pages in range(1, 9) if 19 + 22 * (pages - 1) >= needed)
    expected = needed <= 20 + 23 * (pages - 2)
    closed = library.closed_up(document, look)
    pdf, read_back = library.press.printed([closed], look)
    assert (closed.closer, read_back.pages) == (expected, pages - expected)
    assert read_back.lines == (1, *(1 for _line in range(count)), 2)
    assert not alone(texts_of(pdf), "甲")


@pytest.mark.parametrize("last", [25, 26, 27, 28, 53, 54, 55])
def test_a_report_that_closes_up_is_printed_once(library: Library, monkeypatch: pytest.MonkeyPatch, last: int) -> None:
    """28 characters a line, two of them blank: 25 and a mark are one line, 53 and one two; 27 begin another."""
    taken = (1 if last <= 25 else 2) if last <= 53 else 3
    printed: list[bool] = []
    real = library.pdf_printer.__class__.print_pdf

    def seen(printer: PdfPrinter, document: Document, *rest: Any) -> bytes:
        printed.append(document.closer)
        return real(printer, document, *rest)

    monkeypatch.setattr(PdfPrinter, "print_pdf", seen)
    look = library.project.templates / "house" / "report"
    short = [Paragraph((Text("甲" * 25 + "。"),)) for _line in range(60 - taken)]
    document = library.set_out(report(*short, Paragraph((Text("乙" * last + "。"),))), look)
    closed = library.closed_up(document, look)  # 60 lines and 4 are 42 and 22, or 43 and 21
    assert (closed.closer, printed) == (True, [True])
    assert library.press.printed([closed], look)[1].lines[-2:] == (taken, 2)


def test_word_has_the_closer_lines_too(library: Library) -> None:
    look = library.project.templates / "house" / "report"
    template = library.word_template(look.with_suffix(".docx"))
    document = report(Paragraph((Text("正文。"),)))
    found = {}
    for closer in (False, True):
        with zipfile.ZipFile(io.BytesIO(template.print_docx(replace(document, closer=closer)))) as parts:
            xml = parts.read("word/styles.xml") + parts.read("word/document.xml")
        found[closer] = set(re.findall(rb'w:(?:line|linePitch)="(5\d\d)"', xml))
    assert found == {False: {b"579"}, True: {b"554"}}  # (16838 - 2098 - 1985) / 23 twips, the sheet less its margins


def test_turned_sheets_stand_on_no_grid_of_lines(library: Library) -> None:
    """On one LibreOffice uses whole lines of a sheet alone, and a table's last row went to a sheet of its own."""
    template = library.word_template((library.project.templates / "house" / "report").with_suffix(".docx"))
    kinds = {}
    for landscape in (False, True):
        printed = template.print_docx(replace(report(Paragraph((Text("正文。"),))), landscape=landscape))
        with zipfile.ZipFile(io.BytesIO(printed)) as parts:
            kinds[landscape] = re.findall(rb"<w:docGrid ([^>]*)/>", parts.read("word/document.xml"))
    assert b'w:type="lines" w:linePitch="579"' in kinds[False]
    assert kinds[True][-1] == b'w:linePitch="579"'


def test_a_long_name_ends_two_characters_from_the_right_and_the_date_stands_below_its_middle() -> None:
    unit, date = signature_lines("某" * 20, DATE)
    assert unit == "\u3000" * 6 + "某" * 20  # 28 characters a line
    # From 6 to 26, so its middle is 16; the date is 3 + 4 characters and 7 digits of half a one wide: 6.5.
    middle = date.count("\u3000") + date.count("\u2002") / 2 + 6.5 / 2
    assert middle == pytest.approx(16, abs=0.5)


def test_the_date_of_a_name_longer_than_a_line_stays_on_its_line() -> None:
    _unit, date = signature_lines("某" * 54, DATE)
    # 28 characters a line, less the four on the right of a date (7.3.5.1), less the 6.5 that it is wide
    assert date.count("\u3000") + date.count("\u2002") / 2 == 17.5


# --- one look


def restyled(folder: Path, old: str, new: str) -> None:
    """Change the style sheet of the house's Word file, as who restyles in Word does."""
    path = folder / "house" / "report.docx"
    path.write_bytes(with_replaced(path, "word/styles.xml", old, new))


def test_who_restyles_the_word_file_restyles_the_pdf(project: Project) -> None:
    before = PdfPrinter(project.templates, system_fonts=False)
    document = report(Paragraph((Text("文" * 100),)))
    usual = pypdfium2.PdfDocument(before.print_pdf(document, project.templates / "house" / "report.typ"))
    restyled(project.templates, 'w:sz w:val="44"', 'w:sz w:val="36"')  # the title: 18 pt
    restyled(project.templates, 'w:line="579"', 'w:line="500"')  # the text: a pitch of 25 pt
    after = PdfPrinter(project.templates, system_fonts=False)
    assert after.look
    assert after.look.styles["title"].size == 18
    changed = pypdfium2.PdfDocument(after.print_pdf(document, project.templates / "house" / "report.typ"))
    small, large = (
        max(box.top - box.bottom for box in boxes(file[0]) if box.text in "标题") for file in (changed, usual)
    )
    assert small / large == pytest.approx(18 / 22, abs=0.02)
    assert pitch(changed[0]) == pytest.approx(25, abs=0.1)
    assert pitch(usual[0]) == pytest.approx(28.95, abs=0.1)


def pitch(page: pypdfium2.PdfPage) -> float:
    levels = sorted({round(box.bottom, 1) for box in boxes(page) if box.text == "文"}, reverse=True)
    return levels[0] - levels[1]


# --- what reaches paper


def test_no_path_of_the_vocabulary_and_no_hint_of_an_outline_reaches_paper() -> None:
    facts = (ROOT / "templates" / "facts.yaml").read_text(encoding="utf-8")
    groups = re.findall(r"^  (\w+):$", facts, re.MULTILINE)
    paths = re.compile(rf"(?:{'|'.join(groups)})\.[\u4e00-\u9fff]|附表说明|附相关评分表|口径说明”")
    files = sorted((ROOT / "outputs").glob("*/*/*/*.pdf"))
    assert files
    for path in files:
        assert paths.findall("".join(texts_of(path.read_bytes()))) == [], path


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("[烈山区城乡困难群体, 法律援助民生实事]", ["2023年度烈山区城乡困难群体", "法律援助民生实事自评报告"]),
        ("[甲乙, 丙丁, 戊]", ["2023年度甲乙", "丙丁", "戊自评报告"]),
        ("[法律援助]", ["2023年度法律援助自评报告"]),
        ("法律援助", ["2023年度法律援助自评报告"]),
    ],
)
def test_a_project_typed_in_lines_breaks_the_title_there(project: Project, typed: str, title: list[str]) -> None:
    form = '名称: 测试\n标题: ["{{ 年度 }}年度{{ 项目 }}自评报告"]\n'
    (project.templates / "plain" / "form.yaml").write_text(form, encoding="utf-8")
    (project.templates / "plain" / "report.md").write_text("见“{{ 项目 }}”。\n", encoding="utf-8")
    path = write_input(project, f"项目: {typed}\n数据: {{案件: {{受理: 445}}}}\n")
    case = examine(Library(project, system_fonts=False), path)
    assert not case.findings
    ((_form, written),) = case.written
    assert list(written.report.title) == title
    name = re.sub(r"[\[\], ]", "", typed)
    assert (f"见“{name}”。",) in list(written.report.strings())


@pytest.mark.parametrize("repeats", [5, 6, 12])
def test_a_title_that_is_too_long_is_told_for_each_document_by_its_name(project: Project, repeats: int) -> None:
    library = Library(project, system_fonts=False)
    path = project.inputs / "2023" / "lieshan.yaml"
    text = (ROOT / "inputs" / "2023" / "lieshan.yaml").read_text(encoding="utf-8")
    long = "城乡困难群体法律援助民生实事" * repeats
    path.write_text(re.sub("项目: .*", f"项目: {long}", text, count=1), encoding="utf-8")
    found = {f.message.partition(" takes")[0] for f in check(library, path).findings if f.code == "page-layout"}
    assert found >= {"the title of project-evaluation/report", "the title of project-evaluation/annex"}
