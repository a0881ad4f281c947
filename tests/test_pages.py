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
from xml.etree import ElementTree

import pypdfium2
import pytest

from conftest import ROOT, with_replaced, write_input
from reportgen.helping.preview import written
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.word import WordTemplate
from reportgen.reading.project import Project
from reportgen.running.build import check
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.writing.blocks import (
    Block,
    Cell,
    CellLook,
    Document,
    Grid,
    PageBreak,
    Paragraph,
    Table,
    Text,
    signature_lines,
)
from reportgen.writing.columns import by_content, positions
from reportgen.writing.fitting import Shape, Sheet, _Setting, fitted, misfits
from reportgen.writing.grid import cell_of
from reportgen.writing.measure import heading_width, lines, set_in, widest_unit, width
from reportgen.writing.titles import title_lines

TEMPLATES = ROOT / "templates"
UNIT, DATE = "某区法律援助中心", "2024年1月15日"
MM = 72 / 25.4
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


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
    ("cell", "wide"),
    [
        ("≥380件", 1 + 3 * 0.59 + 0.25 + 1),
        ("≤62.5%", 1 + 3 * 0.59 + 0.34 + 0.94),
        ("41.8万元", 3 * 0.59 + 0.34 + 0.25 + 2),
        ("任务数≥380件已完成", 1 + 3 * 0.59),  # in a text the unit may stand in the next line, the sign not before it
    ],
)
def test_a_figure_of_a_cell_is_as_wide_as_its_sign_and_unit(cell: str, wide: float) -> None:
    assert widest_unit(cell) == pytest.approx(wide + 0.13, abs=0.14)  # a gap or none


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


def word_rows(document: Document) -> list[ElementTree.Element]:
    template = WordTemplate(TEMPLATES / "house" / "report.docx", "report.docx")
    with zipfile.ZipFile(io.BytesIO(template.print_docx(document))) as file:
        return list(ElementTree.fromstring(file.read("word/document.xml")).iter(f"{W}tr"))


def test_word_parts_the_rows_that_the_pdf_parts(sheet: Sheet) -> None:
    rows = (("1", "文" * 20), ("2", "文" * 700), ("3", "文" * 20))
    table = Table(("序号", "说明"), tuple(tuple(map(Cell, row)) for row in rows))
    document = fitted(report(Paragraph((Text("如下表："),)), table), sheet)
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    grid = replace(grid, widths=(76.0, 80.0))
    document = fitted(replace(document, blocks=(grid,)), sheet)
    assert [block.high for block in document.blocks if isinstance(block, Grid)] == [(2,)]
    assert [row.find(f"{W}trPr/{W}cantSplit") is None for row in word_rows(document)] == [False, False, True, False]


def test_in_a_row_that_a_page_parts_a_figure_stays_in_the_middle(printer: PdfPrinter, sheet: Sheet) -> None:
    cells = (Cell("名称"), Cell("文" * 900), Cell("15", side="center"))
    document = fitted(table_document(Grid((40.0, 76.0, 40.0), (cells,), 0)), sheet)
    (grid,) = document.blocks
    assert isinstance(grid, Grid)
    assert [cell.side for cell in grid.rows[0]] == ["top", "top", "center"]
    pdf = pypdfium2.PdfDocument(pdf_of(printer, document))
    figures = [box for page in pdf for box in boxes(page) if box.text in "15" and box.top > 150]
    pdf.close()
    middle = sum(box.left + box.right for box in figures) / (2 * len(figures))
    assert middle == pytest.approx((28 + 40 + 76 + 20) * MM, abs=2)


@pytest.mark.parametrize("above", range(16, 21))
def test_a_small_table_stands_on_one_page(printer: PdfPrinter, sheet: Sheet, above: int) -> None:
    table = Table(("名称",), ((Cell("甲甲"),), (Cell("乙乙"),), (Cell("丙丙"),)))
    text: list[Block] = [Paragraph((Text(f"第{line}段。"),)) for line in range(above)]
    document = fitted(report(*text, table, Paragraph((Text("完。"),))), sheet)
    pages = texts_of(pdf_of(printer, document))
    assert [all(word in page for word in ("甲甲", "乙乙", "丙丙")) for page in pages if "甲甲" in page] == [True]
    kept = [row.find(f".//{W}keepNext") is not None for row in word_rows(document)]
    assert kept == [True, True, True, False]


def test_a_label_that_is_indented_goes_on_below_its_first_line(printer: PdfPrinter, sheet: Sheet) -> None:
    """Three full-width spaces are three characters: as wide in Word, and the second line as far in as the first."""
    label = cell_of("\u3000\u3000\u3000纳入专户管理的非税收入拨款", label=True)
    grid = Grid((40.0, 116.0), ((label, Cell("0.00", side="center")),), 0, small=True)
    document = fitted(table_document(grid), sheet)
    pdf = pypdfium2.PdfDocument(pdf_of(printer, document))
    starts = sorted(box.left for box in boxes(pdf[0]) if box.text in "纳税")
    pdf.close()
    assert starts[1] == pytest.approx(starts[0], abs=1)  # 税 begins the second line
    (indent,) = word_rows(document)[0].iter(f"{W}ind")
    assert [indent.get(f"{W}{name}") for name in ("left", "hanging")] == ["540", "540"]


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
        "“项目支出绩效自评表” takes 3 sheets; such a form is expected on one"  # the row alone is higher than a sheet
    ]
    assert {each.span.text for each in found} == {f"    {first}{long}。"}


def test_a_cell_that_takes_the_room_is_named_where_it_was_typed(project: Project) -> None:
    """A cell of few characters may be the highest; one with tags is known again by the words between them."""
    text = (ROOT / "inputs" / "2023" / "lieshan.yaml").read_text(encoding="utf-8")
    long = '"共评查{{ 评查.件数 }}件。' + "逐卷查看受理、审查、指派、承办、结案、归档各环节文书是否齐全；" * 30 + '"'
    row = f"  - {{三级指标: 评查案卷合格情况, 得分: 15, 评定: 达成年度指标, 完成值: {long}}}"
    lines_ = [row if "三级指标: 评查案卷合格情况" in line else line for line in text.split("\n")]
    path = write_input(project, "\n".join(lines_), "lieshan")
    found = [each for each in check(Library(project, False), path).findings if "sheets" in each.message]
    assert [each.span.text for each in found] == [row]


def test_the_sheets_told_are_those_printed(printer: PdfPrinter, sheet: Sheet) -> None:
    grid = Grid((50.0, 106.0), ((Cell("甲"), Cell("乙")), (Cell("甲"), Cell("文" * 2400)), (Cell("甲"), Cell("乙"))), 0)
    document = fitted(replace(table_document(grid), label=""), sheet)
    told = [each.extent for each in misfits(document, sheet) if each.shape is Shape.FORM]
    assert told == [len(texts_of(pdf_of(printer, document)))]


ADDRESS = "详见www.lieshan.gov.cn/flyz/2023/index_1.html?id=1234567890abcdef&page=Internationalization"


def test_a_web_address_breaks_and_no_number_does(sheet: Sheet) -> None:
    head = tuple(Cell(name, label=True, side="center") for name in ("一级指标", "指标值", "完成值", "分值", "原因"))
    row = (Cell("产出指标"), Cell("≥380件"), Cell(ADDRESS), Cell("100", side="center"), Cell("按规定办理" * 9))
    widths = by_content(Grid((31.2,) * 5, (head, row, row), 1), sheet.small, sheet.width)
    rooms = [(each * MM - 2 * sheet.small.aside - 0.5) / sheet.small.size for each in widths]
    assert [lines(row[at].text, rooms[at]) for at in (1, 3)] == [1, 1]
    assert rooms[2] < 30


@pytest.mark.parametrize(
    ("label", "count", "broken", "torn"),
    [
        ("一级指标", 2, 2, False),
        ("一级指标", 3, 2, True),
        ("一级指标", 1, 4, False),  # a column of characters
        ("年度指标值", 4, 2, True),
        ("年度指标值", 3, 2, False),
        ("项目资金（万元）", 2, 4, True),
        ("项目资金（万元）", 3, 3, True),  # 项目资|金（万|元）
        ("项目资金（万元）", 4, 2, False),
        ("项目资金（万元）", 5, 2, False),  # no line ends with （
        ("完成率", 3, 1, False),
    ],
)
def test_a_label_is_torn_where_a_character_stands_alone_or_its_unit_is_broken(
    label: str, count: int, broken: int, torn: bool
) -> None:
    assert set_in(label, count) == (broken, torn)


@pytest.mark.parametrize(
    ("heading", "wide"), [("来电", 2), ("完成率", 3), ("一级指标", 2), ("年度指标值", 3), ("未完成原因分析", 4)]
)
def test_a_heading_asks_for_as_much_as_it_needs_not_to_be_torn(heading: str, wide: float) -> None:
    assert heading_width(heading) == wide


def torn_in(grid: Grid, look: CellLook) -> list[str]:
    """Return the labels of a table that are torn, whether a printer takes the lines off the width of a cell or not."""
    found = []
    for _y, x, cell in positions(grid):
        room = sum(grid.widths[x : x + cell.columns]) * MM - 2 * look.aside
        counts = {int((room - rule) / look.size) for rule in (0, 0.5)}
        if width(cell.text) == len(cell.text) <= 16 and any(set_in(cell.text, count)[1] for count in counts):
            found.append(cell.text)
    return found


LEVELS = ("一级指标", "二级指标", "三级指标", "年度指标值", "完成值", "补贴（万元）", "得分")


def levels() -> Grid:
    head = tuple(Cell(name, label=True, side="center") for name in LEVELS)
    row = (Cell("产出指标", side="center"), Cell("社会效益指标"), Cell("评查案卷合格情况"), Cell("≥380件"))
    more = (Cell("按规定办理，" * 9), Cell("61.80", side="center"), Cell("10", side="center"))
    return Grid((22.0,) * 7, (head, *[(*row, *more)] * 9), 1)


def test_columns_by_content_tear_no_label(sheet: Sheet) -> None:
    grid = levels()
    for look in (sheet.small, sheet.cell):
        assert torn_in(replace(grid, widths=by_content(grid, look, sheet.width)), look) == []


def test_a_table_of_many_columns_breaks_no_short_heading(sheet: Sheet) -> None:
    """Beside a long text, 来电 stands on one line, and 法律帮助 on no more than two."""
    names = ("序号", "来电", "网络", "法律帮助", "完成率", "说明")
    row = (*map(Cell, ("1", "2", "3", "4", "5")), Cell("按规定办理，" * 40))
    (grid,) = (each for each in fitted(report(Table(names, (row, row))), sheet).blocks if isinstance(each, Grid))
    rooms = [(each * MM - 2 * sheet.cell.aside - 0.5) / sheet.cell.size for each in grid.widths]
    assert [lines(name, room) for name, room in zip(names, rooms, strict=True)] in ([1] * 6, [1, 1, 1, 2, 1, 1])


def test_a_label_that_goes_on_on_the_next_sheet_has_room_to_say_so(sheet: Sheet) -> None:
    first, *others = ((Cell(f"指标{row}"), Cell("按规定办理，" * 20)) for row in range(9))
    head = (Cell("一级", label=True), Cell("指标", label=True), Cell("说明", label=True))
    grid = Grid((20.0, 36.0, 100.0), (head, (Cell("产出", 9), *first), *others), 1)
    widths = by_content(grid, sheet.small, sheet.width)
    assert (widths[0] * MM - 2 * sheet.small.aside - 0.5) / sheet.small.size >= 3  # （续）


def test_the_columns_of_an_author_are_changed_where_a_label_would_be_torn(sheet: Sheet) -> None:
    """16 mm hold three characters of 一级指标: the table stands on one sheet, and stays as wide."""
    grid = replace(levels(), widths=(16.0, 24.0, 22.0, 24.0, 34.0, 22.0, 14.0))
    assert "一级指标" in torn_in(grid, sheet.cell)
    (found,) = fitted(table_document(replace(grid, rows=grid.rows[:4])), sheet).blocks
    assert isinstance(found, Grid)
    assert torn_in(found, sheet.cell) == []
    assert sum(found.widths) == pytest.approx(156)


@pytest.mark.parametrize("form", sorted(path.parent.name for path in TEMPLATES.glob("*/form.yaml")))
def test_no_form_tears_its_labels(sheet: Sheet, form: str) -> None:
    library = Library(Project(ROOT, TEMPLATES, ROOT / "outputs"), system_fonts=False)
    for _end, edition in written(library.form(form), library.vocabulary).editions:
        for kind, _name, document in edition.own_files:
            blocks = library.set_out(document, library.look(library.form(form), kind, document)).blocks
            for grid in (block for block in blocks if isinstance(block, Grid)):
                labels = replace(
                    grid,
                    rows=tuple(
                        tuple(cell if cell.label else replace(cell, text="") for cell in row) for row in grid.rows
                    ),
                )
                assert torn_in(labels, grid.look or (sheet.small if grid.small else sheet.cell)) == []


def test_ten_addresses_side_by_side_leave_the_numbers_whole(sheet: Sheet) -> None:
    row = (*(Cell(ADDRESS) for _column in range(5)), Cell("1,234,567.89"))
    widths = by_content(Grid((26.0,) * 6, (row,), 0), sheet.cell, sheet.width)
    assert lines("1,234,567.89", (widths[-1] * MM - 2 * sheet.cell.aside - 0.5) / sheet.cell.size) == 1


def test_of_a_cell_only_the_word_that_is_too_wide_is_cut_up(printer: PdfPrinter, sheet: Sheet) -> None:
    """A line of text in the cell of an address keeps its numbers; the address ends its lines behind “/”."""
    text = "共办结案件1234567件\nwww.lieshan.gov.cn/flyz/20231231/"
    grid = Grid((24.0, 132.0), ((Cell(text), Cell("甲")),), 0)
    document = pypdfium2.PdfDocument(pdf_of(printer, fitted(table_document(grid), sheet)))
    words = document[0].get_textpage().get_text_range().split()
    document.close()
    assert "1234567" in " ".join(words)
    assert "20231231/" in words


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
