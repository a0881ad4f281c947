"""The pages are measured, not looked at: GB/T 9704—2012 in the PDF by where its glyphs lie, in Word by its XML."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
import yaml
from pypdf import PageObject, PdfReader

from conftest import ROOT, write_input
from reportgen.reading.project import Project, find_project
from reportgen.running.build import print_documents
from reportgen.running.examine import examine
from reportgen.running.library import Library
from reportgen.running.outcome import Options

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
POINTS_PER_MM = 72 / 25.4
TWIPS_PER_MM = 1440 / 25.4

# GB/T 9704—2012: 5.1, 5.2.1 (天头 37 mm, 订口 28 mm, 版心 156 mm × 225 mm), 5.2.3 (22 lines of 28 characters)
PAPER = (210, 297)
TOP, INNER, WIDTH, HEIGHT = 37, 28, 156, 225
LINES, CHARACTERS = 22, 28
CHARACTER = WIDTH / CHARACTERS  # mm
SIZE2, SIZE3, SIZE4 = 22, 16, 14  # 二号 三号 四号, points
# Ideographs fill their em box, which reaches from 0.12 em below the base line to 0.88 em above it.
CENTRE = (0.88 - 0.12) / 2

SENTENCE = "法律援助中心全年受理案件"
HEAD = "单位: 某市法律援助中心\n地区: 某市\n年度: 2023\n日期: 2024-01-15\n报告: [plain]\n数据: {案件: {受理: 445}}\n"
LONG = HEAD + "正文:\n  情况: |\n" + f"    {SENTENCE * 20}。\n\n" * 20


@dataclass(frozen=True)
class Span:
    """Glyphs set in one go: from where to where their base line runs (mm from the left and the top of the paper)."""

    text: str
    start: float
    baseline: float
    end: float
    end_baseline: float
    size: float  # points
    font: str

    @property
    def middle(self) -> float:
        """Height of the middle of an ideograph, mm from the top."""
        return self.baseline - CENTRE * self.size / POINTS_PER_MM

    @property
    def edge(self) -> float:
        """Where what can be seen ends: the right half of a full-width stop or closing bracket is empty."""
        return self.end - (self.size / 2 / POINTS_PER_MM if self.text[-1] in "，。、；：！？）》”】" else 0)


def spans(page: PageObject) -> list[Span]:
    """Return what is set on a page, in the order of the file."""
    resources: Any = page["/Resources"]
    fonts = {name: Font(font.get_object()) for name, font in resources["/Font"].items()}
    height = float(page.mediabox.height)
    found: list[Span] = []
    font, size = Font({}), 0.0

    def before(operator: bytes, operands: list[Any], outer: list[float], inner: list[float]) -> None:
        nonlocal font, size
        if operator == b"Tf":
            font, size = fonts[operands[0]], float(operands[1])
        elif operator in (b"TJ", b"Tj"):
            text, advance = font.set(operands[0] if operator == b"TJ" else operands)
            x, y = turned(outer, inner[4], inner[5])
            right, up = turned(outer, inner[4] + inner[0] * advance * size, inner[5] + inner[1] * advance * size)
            start, base, end, end_base = (place / POINTS_PER_MM for place in (x, height - y, right, height - up))
            found.append(Span(text, start, base, end, end_base, size, font.name))

    page.extract_text(visitor_operand_before=before)
    assert found
    return found


def turned(matrix: list[float], x: float, y: float) -> tuple[float, float]:
    return x * matrix[0] + y * matrix[2] + matrix[4], x * matrix[1] + y * matrix[3] + matrix[5]


class Font:
    """A font of a page: which characters its glyphs are, and how wide (ISO 32000-1, 9.7.4.3 and 9.10.3)."""

    def __init__(self, font: Any) -> None:
        self.name = str(font.get("/BaseFont", "")).partition("+")[2]
        self.widths: dict[int, float] = {}
        self.characters: dict[int, str] = {}
        if font:
            self.read_widths(list(font["/DescendantFonts"][0].get_object()["/W"]))
            self.read_characters(font["/ToUnicode"].get_object().get_data().decode())

    def read_widths(self, entries: list[Any]) -> None:
        while entries:
            first, second = int(entries.pop(0)), entries.pop(0)
            if isinstance(second, list):
                self.widths |= {first + index: float(width) for index, width in enumerate(second)}
            else:
                self.widths |= dict.fromkeys(range(first, int(second) + 1), float(entries.pop(0)))

    def read_characters(self, cmap: str) -> None:
        for glyph, code in re.findall(r"^<(\w{4})> <(\w+)>$", cmap, re.MULTILINE):
            self.characters[int(glyph, 16)] = bytes.fromhex(code).decode("utf-16-be")
        for first, last, code in re.findall(r"^<(\w{4})> <(\w{4})> <(\w+)>$", cmap, re.MULTILINE):
            for index in range(int(last, 16) - int(first, 16) + 1):
                start = bytes.fromhex(code).decode("utf-16-be")
                self.characters[int(first, 16) + index] = start[:-1] + chr(ord(start[-1]) + index)

    def set(self, pieces: list[Any]) -> tuple[str, float]:
        """Return the text of a TJ operator, without white space, and how far it goes, in em."""
        text, advance = "", 0.0
        for piece in pieces:
            if isinstance(piece, int | float):
                advance -= float(piece)
                continue
            data: bytes = piece.original_bytes
            for index in range(0, len(data), 2):
                glyph = int.from_bytes(data[index : index + 2], "big")
                advance += self.widths[glyph]
                text += self.characters[glyph]
        return "".join(text.split()), advance / 1000


def is_page_number(span: Span) -> bool:
    return re.fullmatch(r"—\d+—", span.text) is not None


def lines(page: PageObject) -> list[Span]:
    return [span for span in spans(page) if not is_page_number(span)]


def page_number(page: PageObject) -> Span:
    (number,) = [span for span in spans(page) if is_page_number(span)]
    return number


def near(value: float, wanted: float, tolerance: float = 1.0) -> bool:
    return abs(value - wanted) <= tolerance


# --- the documents -------------------------------------------------------------------------------------------


def printed(library: Library, path: Path, folder: Path, form: str = "") -> dict[str, Path]:
    files: dict[str, Path] = {}
    for file, (data, _name, _pages) in print_documents(
        library, path, examine(library, path), Options(system_fonts=False)
    ):
        if form and file.parent.name != form:
            continue
        files[file.name] = folder / file.name
        files[file.name].write_bytes(data)
    return files


@pytest.fixture
def long_report(project: Project, library: Library, tmp_path: Path) -> list[PageObject]:
    """The pages of a report of twenty paragraphs of ideographs."""
    path = write_input(project, LONG)
    return list(PdfReader(printed(library, path, tmp_path)["report.pdf"]).pages)


@cache
def sample(name: str) -> Library:
    del name
    return Library(find_project(ROOT), system_fonts=False)


FORMS = {
    "project-evaluation": "2023/lieshan",
    "department-overall": "2023/nanjing",
    "project-expenditure": "2018/panlong",
}


@pytest.fixture(scope="module", params=FORMS)
def centre(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The documents of each form whose annex is laid across, by a centre of the repository."""
    form = str(request.param)
    path = ROOT / "inputs" / f"{FORMS[form]}.yaml"
    return printed(sample(form), path, tmp_path_factory.mktemp(form), form)


# Sheets of the annex: as few as 表格 of this length can have. A 自评表 is expected on one.
SHEETS = {
    "project-evaluation": 2,
    "department-overall": 1,
    "project-expenditure": 2,
    "transfer-payment": 2,
    "self-assessment": 1,
}


def sheets_of(path: Path) -> int:
    return next(sheets for form, sheets in SHEETS.items() if form in str(path))


# --- PDF: paper, text area, lines ----------------------------------------------------------------------------


def test_a_report_is_on_upright_a4_and_an_annex_on_a4_laid_across(centre: dict[str, Path]) -> None:
    for name, (width, height) in {"report.pdf": PAPER, "annex.pdf": PAPER[::-1]}.items():
        pages = PdfReader(centre[name]).pages
        assert len(pages) == sheets_of(centre[name]) if name == "annex.pdf" else len(pages) >= 2
        for page in pages:
            assert near(float(page.mediabox.width) / POINTS_PER_MM, width, 0.1)
            assert near(float(page.mediabox.height) / POINTS_PER_MM, height, 0.1)


def test_a_full_page_has_22_lines(long_report: list[PageObject]) -> None:
    full = long_report[1:-1]
    assert len(full) >= 3
    assert [len(lines(page)) for page in full] == [LINES] * len(full)


def test_a_full_line_has_28_characters_and_fills_the_text_area(long_report: list[PageObject]) -> None:
    full = [line for page in long_report for line in lines(page) if len(line.text) == CHARACTERS]
    assert len(full) > 50
    for line in full:
        assert near(line.start, INNER, 0.2)
        assert near(line.end, INNER + WIDTH, 0.5)
    assert max(len(line.text) for page in long_report for line in lines(page)) == CHARACTERS


def test_a_paragraph_begins_two_characters_in(long_report: list[PageObject]) -> None:
    first = [line for line in lines(long_report[1]) if line.start > INNER + 1]
    assert first
    for line in first:
        assert near(line.start, INNER + 2 * CHARACTER, 0.2)
        assert len(line.text) == CHARACTERS - 2
        assert near(line.end, INNER + WIDTH, 0.5)


def test_lines_stand_at_one_distance_and_fill_the_text_area(long_report: list[PageObject]) -> None:
    for page in long_report[1:-1]:
        heights = [line.baseline for line in lines(page)]
        steps = {round(below - above, 2) for above, below in pairwise(heights)}
        assert len(steps) == 1
        assert near(steps.pop() * LINES, HEIGHT)


def test_the_text_area_lies_where_the_standard_has_it(long_report: list[PageObject]) -> None:
    """天头 37 ± 1 mm, 订口 28 ± 1 mm, 版心 156 mm × 225 mm (5.2.1); a line is as high as its distance to the next."""
    for page in long_report[1:-1]:
        found = lines(page)
        pitch = (found[-1].middle - found[0].middle) / (LINES - 1)
        assert near(found[0].middle - pitch / 2, TOP)
        assert near(found[-1].middle + pitch / 2, TOP + HEIGHT)
        assert near(min(line.start for line in found), INNER)
        assert near(max(line.end for line in found), INNER + WIDTH)


def test_nothing_is_set_outside_the_text_area_but_the_page_number(centre: dict[str, Path]) -> None:
    areas = {
        "report.pdf": (INNER, TOP, INNER + WIDTH, TOP + HEIGHT),
        # laid across, the binding edge is on top: 订口 28, 版心 225 × 156 (8)
        "annex.pdf": (PAPER[1] - TOP - HEIGHT, INNER, PAPER[1] - TOP, INNER + WIDTH),
    }
    for name, (left, top, right, bottom) in areas.items():
        for page in PdfReader(centre[name]).pages:
            for line in lines(page):
                assert left - 1 <= line.start <= line.edge <= right + 1, line
                assert top - 1 <= line.middle <= bottom + 1, line


# --- PDF: title, headings, notes, page numbers ---------------------------------------------------------------


def test_the_title_is_of_size_two_and_centred(centre: dict[str, Path]) -> None:
    """7.3.1."""
    title = [line for line in lines(PdfReader(centre["report.pdf"]).pages[0]) if line.size == SIZE2]
    assert len(title) == 2
    assert {line.font.partition("-")[0] for line in title} == {"ReportgenTitle"}
    for line in title:
        assert near((line.start + line.end) / 2, INNER + WIDTH / 2)


def test_everything_else_in_a_report_is_of_size_three_and_page_numbers_of_size_four(centre: dict[str, Path]) -> None:
    pages = PdfReader(centre["report.pdf"]).pages
    assert {line.size for page in pages for line in lines(page)} == {SIZE2, SIZE3}
    assert {page_number(page).size for page in pages} == {SIZE4}


def test_headings_of_the_first_level_are_in_heiti(centre: dict[str, Path]) -> None:
    """7.3.3: 黑体, 楷体, 仿宋, 仿宋; here Noto Sans stands for 黑体, and a Kai of the house for 楷体."""
    found = [line for page in PdfReader(centre["report.pdf"]).pages for line in lines(page)]
    first = [line for line in found if line.text.startswith(("一、", "二、", "三、", "四、"))]
    second = [line for line in found if line.text.startswith(("（一）", "（二）"))]
    assert len(first) == 4
    assert len(second) >= 4
    assert {line.font.partition("-")[0] for line in first} == {"ReportgenHei"}
    assert {line.font.partition("-")[0] for line in second} == {"ReportgenKai"}
    for line in first + second:
        assert near(line.start, INNER + 2 * CHARACTER, 0.2)


def test_pages_are_numbered_between_dashes(long_report: list[PageObject]) -> None:
    assert [page_number(page).text for page in long_report] == [f"—{n}—" for n in range(1, len(long_report) + 1)]


def test_odd_numbers_stand_right_and_even_numbers_left_one_character_in(long_report: list[PageObject]) -> None:
    """7.5: 单页码居右空一字，双页码居左空一字."""
    one = SIZE4 / POINTS_PER_MM
    odd, even = long_report[::2], long_report[1::2]
    assert len(odd) >= 2
    assert len(even) >= 2
    for page in odd:
        assert near(page_number(page).end, INNER + WIDTH - one)
    for page in even:
        assert near(page_number(page).start, INNER + one)


def test_page_numbers_stand_seven_millimetres_below_the_text_area(centre: dict[str, Path]) -> None:
    """7.5: 一字线上距版心下缘 7 mm."""
    for page in PdfReader(centre["report.pdf"]).pages:
        assert near(page_number(page).middle, TOP + HEIGHT + 7)


def test_page_numbers_of_a_sheet_laid_across_stand_where_those_of_the_others_do(centre: dict[str, Path]) -> None:
    """8: A4 纸型的表格横排时，页码位置与公文其他页码保持一致. Its left edge is the lower edge of the others."""
    one = SIZE4 / POINTS_PER_MM
    pages = PdfReader(centre["annex.pdf"]).pages
    assert len(pages) == sheets_of(centre["annex.pdf"])
    for index, page in enumerate(pages, 1):
        number = page_number(page)
        assert number.text == f"—{index}—"
        assert near(number.start, number.end, 0.1)
        assert near(number.start + CENTRE * one, PAPER[1] - TOP - HEIGHT - 7)
        if index % 2 == 0:
            assert near(number.baseline, INNER + one)


def test_odd_numbers_of_a_sheet_laid_across_end_one_character_above_its_lower_edge(centre: dict[str, Path]) -> None:
    for page in PdfReader(centre["annex.pdf"]).pages[::2]:
        assert near(page_number(page).end_baseline, INNER + WIDTH - SIZE4 / POINTS_PER_MM)


def test_the_note_on_the_annex_stands_one_line_below_the_text_two_characters_in(centre: dict[str, Path]) -> None:
    """7.3.4."""
    found = [line for page in PdfReader(centre["report.pdf"]).pages for line in lines(page)]
    (index,) = [index for index, line in enumerate(found) if line.text.startswith("附件：")]
    note, above = found[index], found[index - 1]
    pitch = HEIGHT / LINES
    assert near(note.start, INNER + 2 * CHARACTER, 0.2)
    assert near(note.baseline - above.baseline, 2 * pitch, 0.5)


def test_the_name_is_centred_over_the_date(centre: dict[str, Path]) -> None:
    """7.3.5.1."""
    found = lines(PdfReader(centre["report.pdf"]).pages[-1])
    date, name = found[-1], found[-2]
    assert date.text.startswith(("2024年", "2019年"))
    assert near((name.start + name.end) / 2, (date.start + date.end) / 2, 0.5)
    assert near(date.end, INNER + WIDTH - 4 * CHARACTER, 0.5)  # 右空四字
    assert near(date.baseline - name.baseline, HEIGHT / LINES, 0.5)


def test_an_annex_begins_with_its_label_and_has_its_title_in_the_third_line(centre: dict[str, Path]) -> None:
    """7.3.7: “附件” in 三号黑体, first line, flush left; the title centred in the third line."""
    label, title, *_rest = lines(PdfReader(centre["annex.pdf"]).pages[0])
    left, right = PAPER[1] - TOP - HEIGHT, PAPER[1] - TOP
    pitch = HEIGHT / LINES
    assert (label.text, label.size, label.font.partition("-")[0]) == ("附件", SIZE3, "ReportgenHei")
    assert near(label.start, left, 0.2)
    assert near(label.middle, INNER + pitch / 2)
    assert near((title.start + title.end) / 2, (left + right) / 2)
    assert INNER + 2 * pitch < title.middle < INNER + 3.5 * pitch


def test_the_heading_of_the_annex_table_is_repeated_on_every_page(centre: dict[str, Path]) -> None:
    pages = PdfReader(centre["annex.pdf"]).pages
    assert len(pages) == sheets_of(centre["annex.pdf"])
    for page in pages:
        head = [line.text for line in lines(page)]
        assert head.count("一级指标") + head.count("一级") == 1


# --- Word ----------------------------------------------------------------------------------------------------


def part(path: Path, name: str) -> Element:
    with zipfile.ZipFile(path) as package:
        return ElementTree.fromstring(package.read(name))


def number(element: Element | None, name: str) -> int:
    assert element is not None
    value = element.get(f"{W}{name}")
    assert value is not None
    return int(value)


def millimetres(element: Element | None, name: str) -> float:
    return number(element, name) / TWIPS_PER_MM


def styles(path: Path) -> dict[str, Element]:
    """The styles of a file by the name that Word shows."""
    found: dict[str, Element] = {}
    for style in part(path, "word/styles.xml").iter(f"{W}style"):
        name = style.find(f"{W}name")
        assert name is not None
        alias = style.find(f"{W}aliases")
        outline = name if alias is None or not str(name.get(f"{W}val")).startswith("heading") else alias
        found[str(outline.get(f"{W}val"))] = style
    return found


MARGINS = {
    "report.docx": {"top": 37, "left": 28, "bottom": 35, "right": 26},
    "annex.docx": {"right": 37, "top": 28, "left": 35, "bottom": 26},  # the sheet turned, its binding edge on top
}


@pytest.mark.parametrize("name", MARGINS)
def test_word_has_the_paper_and_the_margins(centre: dict[str, Path], name: str) -> None:
    section = part(centre[name], "word/document.xml").find(f"{W}body/{W}sectPr")
    assert section is not None
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    paper = PAPER if name == "report.docx" else PAPER[::-1]
    assert near(millimetres(size, "w"), paper[0], 0.1)
    assert near(millimetres(size, "h"), paper[1], 0.1)
    assert size is not None
    assert size.get(f"{W}orient") == (None if name == "report.docx" else "landscape")
    assert {side: round(millimetres(margins, side)) for side in MARGINS[name]} == MARGINS[name]


def test_word_fits_22_lines_of_28_characters_and_no_more(centre: dict[str, Path]) -> None:
    normal = styles(centre["report.docx"])["Normal"]
    spacing, tracking, size = (
        normal.find(path) for path in (f"{W}pPr/{W}spacing", f"{W}rPr/{W}spacing", f"{W}rPr/{W}sz")
    )
    assert spacing is not None
    assert spacing.get(f"{W}lineRule") == "exact"
    line = millimetres(spacing, "line")
    assert LINES * line <= HEIGHT < (LINES + 1) * line
    assert near(LINES * line, HEIGHT)
    points = number(size, "val") / 2
    assert points == SIZE3
    character = (points + number(tracking, "val") / 20) / POINTS_PER_MM
    assert CHARACTERS * character <= WIDTH < (CHARACTERS + 1) * character
    assert near(CHARACTERS * character, WIDTH)


def test_word_begins_a_paragraph_two_characters_in(centre: dict[str, Path]) -> None:
    indent = styles(centre["report.docx"])["Normal"].find(f"{W}pPr/{W}ind")
    assert near(millimetres(indent, "firstLine"), 2 * CHARACTER, 0.2)


@pytest.mark.parametrize(
    ("name", "font", "points"),
    [
        ("公文标题", "小标宋", SIZE2),
        ("一级标题", "黑体", SIZE3),
        ("二级标题", "楷体", SIZE3),
        ("三级标题", "仿宋", SIZE3),
        ("四级标题", "仿宋", SIZE3),
        ("附件标识", "黑体", SIZE3),
        ("页码", "宋体", SIZE4),
        ("Normal", "仿宋", SIZE3),
        ("落款", "仿宋", SIZE3),
        ("落款长名", "仿宋", SIZE3),
        ("成文日期", "仿宋", SIZE3),
    ],
)
def test_word_has_the_styles_with_their_fonts(centre: dict[str, Path], name: str, font: str, points: int) -> None:
    """7.3.1, 7.3.3, 7.3.7, 7.5; a style without a font of its own has that of Normal."""
    for file in ("report.docx", "annex.docx"):
        found = styles(centre[file])
        if file == "annex.docx" and name not in found:
            continue
        style, normal = found[name], found["Normal"]
        fonts = style.find(f"{W}rPr/{W}rFonts")
        fonts = normal.find(f"{W}rPr/{W}rFonts") if fonts is None else fonts
        size = style.find(f"{W}rPr/{W}sz")
        assert fonts is not None
        assert font in str(fonts.get(f"{W}eastAsia"))
        assert number(normal.find(f"{W}rPr/{W}sz") if size is None else size, "val") / 2 == points


def test_word_has_an_outline(centre: dict[str, Path]) -> None:
    """By the styles that Word, WPS and tables of contents know, under their Chinese names."""
    found = styles(centre["report.docx"])
    names = [found[name].find(f"{W}name") for name in ("一级标题", "二级标题", "三级标题", "四级标题")]
    assert [name.get(f"{W}val") for name in names if name is not None] == [f"heading {n}" for n in (1, 2, 3, 4)]
    levels = [
        number(found[name].find(f"{W}pPr/{W}outlineLvl"), "val")
        for name in ("一级标题", "二级标题", "三级标题", "四级标题")
    ]
    assert levels == [0, 1, 2, 3]


def test_word_uses_the_styles(centre: dict[str, Path]) -> None:
    """Each paragraph of the report has the style that its words ask for."""
    names = {str(style.get(f"{W}styleId")): name for name, style in styles(centre["report.docx"]).items()}
    used: dict[str, str] = {}
    for paragraph in part(centre["report.docx"], "word/document.xml").iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        text = "".join(each.text or "" for each in paragraph.iter(f"{W}t"))
        used[text] = names[str(style.get(f"{W}val"))] if style is not None else ""
    wanted = {
        ("一、", "二、"): "一级标题",
        ("（一）", "（二）"): "二级标题",
        ("附件：",): "附件说明",
        ("2024年", "2019年"): "成文日期",
    }
    for starts, name in wanted.items():
        found = {style for text, style in used.items() if text.startswith(starts)}
        assert found == {name}
    units = [text for text in used if text in ("烈山区法律援助中心", "南京市法律援助中心", "盘龙区法律援助中心")]
    assert [used[text] for text in units] == ["落款"]


def every_part(path: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            yield name, package.read(name).decode()


@pytest.mark.parametrize("file", ["report.docx", "annex.docx"])
def test_word_names_its_fonts_and_its_language(centre: dict[str, Path], file: str) -> None:
    """A theme font is another one on every machine; text in Japanese has Japanese glyphs."""
    texts = dict(every_part(centre[file]))
    assert not [name for name in texts if "theme" in name]
    for name, text in texts.items():
        for mark in ("asciiTheme", "eastAsiaTheme", "hAnsiTheme", "cstheme", "ja-JP"):
            assert mark not in text, name
    assert 'w:eastAsia="zh-CN"' in texts["word/styles.xml"]


@pytest.mark.parametrize("file", ["report.docx", "annex.docx"])
def test_word_numbers_odd_pages_right_and_even_pages_left(centre: dict[str, Path], file: str) -> None:
    assert part(centre[file], "word/settings.xml").find(f"{W}evenAndOddHeaders") is not None
    relations = {each.get("Id"): each.get("Target") for each in part(centre[file], "word/_rels/document.xml.rels")}
    footers: dict[str, Element] = {}
    for reference in part(centre[file], "word/document.xml").iter(f"{W}footerReference"):
        identifier = reference.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
        footers[str(reference.get(f"{W}type"))] = part(centre[file], f"word/{relations[identifier]}")
    assert sorted(footers) == ["default", "even"]
    style = styles(centre[file])["页码"]
    sides: dict[str, str] = {}
    for kind, footer in footers.items():
        (numbered,) = [each for each in footer.iter(f"{W}p") if each.find(f".//{W}instrText") is not None]
        own, inherited = numbered.find(f"{W}pPr/{W}jc"), style.find(f"{W}pPr/{W}jc")
        side = inherited if own is None else own
        assert side is not None
        sides[kind] = str(side.get(f"{W}val"))
        assert "".join(each.text or "" for each in footer.iter(f"{W}t")) == "— 1 —"
        assert [(each.text or "").strip() for each in footer.iter(f"{W}instrText")] == ["PAGE"]
    assert sides == {"default": "right", "even": "left"}
    indent = style.find(f"{W}pPr/{W}ind")
    for edge in ("left", "right"):
        assert near(millimetres(indent, edge), SIZE4 / POINTS_PER_MM, 0.1)


def test_page_numbers_of_a_sheet_laid_across_stand_at_its_left_edge_in_word(centre: dict[str, Path]) -> None:
    """8: where they stand on the other sheets, 7 mm below the text area of those (7.5), turned with the sheet."""
    with zipfile.ZipFile(centre["annex.docx"]) as package:
        footers = [name for name in package.namelist() if name.startswith("word/footer")]
    assert len(footers) == 2
    for name in footers:
        (table,) = part(centre["annex.docx"], name).iter(f"{W}tbl")
        place = table.find(f"{W}tblPr/{W}tblpPr")
        middle = millimetres(place, "tblpX") + millimetres(table.find(f"{W}tblPr/{W}tblW"), "w") / 2
        assert near(middle, PAPER[1] - TOP - HEIGHT - 7)
        assert near(millimetres(place, "tblpY"), INNER)
        assert near(millimetres(table.find(f"{W}tr/{W}trPr/{W}trHeight"), "val"), WIDTH)
        direction = table.find(f"{W}tr/{W}tc/{W}tcPr/{W}textDirection")
        assert direction is not None
        assert direction.get(f"{W}val") == "tbRl"


def annex_tables(centre: dict[str, Path]) -> list[tuple[Element, list[Element]]]:
    """Return the table of each sheet, and its rows."""
    tables = part(centre["annex.docx"], "word/document.xml").iter(f"{W}tbl")
    found = [(table, table.findall(f"{W}tr")) for table in tables]
    assert len(found) == sheets_of(centre["annex.docx"])
    return found


def test_the_annex_table_in_word_repeats_its_head_and_splits_no_row(centre: dict[str, Path]) -> None:
    for _table, rows in annex_tables(centre):
        assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)


def test_the_annex_table_in_word_is_as_wide_as_the_text_area(centre: dict[str, Path]) -> None:
    for table, rows in annex_tables(centre):
        grid = [millimetres(column, "w") for column in table.findall(f"{W}tblGrid/{W}gridCol")]
        assert near(sum(grid), HEIGHT)
        assert near(millimetres(table.find(f"{W}tblPr/{W}tblW"), "w"), HEIGHT)
        assert len(rows) > 2
        for row in rows:
            widths = [millimetres(cell.find(f"{W}tcPr/{W}tcW"), "w") for cell in row.findall(f"{W}tc")]
            assert near(sum(widths), HEIGHT)


def test_the_annex_table_in_word_really_merges_the_cells_of_a_group(centre: dict[str, Path]) -> None:
    """A cell begins where a group does, counted from form.yaml, and once more on top of each sheet that cuts it."""
    form = next(form for form in FORMS if form in str(centre["annex.docx"]))
    indicators = yaml.safe_load((ROOT / "templates" / form / "form.yaml").read_text(encoding="utf-8"))["指标"]
    for column, levels in enumerate((("一级指标",), ("一级指标", "二级指标"))):
        groups = [tuple(str(indicator[level]) for level in levels) for indicator in indicators]
        wanted = [not at or groups[at] != groups[at - 1] for at in range(len(groups))]
        found: list[bool] = []
        for number, (_table, rows) in enumerate(annex_tables(centre), 1):
            last = -1 if number == sheets_of(centre["annex.docx"]) else None  # the total
            for at, row in enumerate(rows[1:last]):
                cell = row.findall(f"{W}tc")[column]
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                begins = merge is None or merge.get(f"{W}val", "continue") == "restart"
                again = "".join(each.text or "" for each in cell.iter(f"{W}t")).endswith("（续）")
                assert not again or at == 0
                found.append(begins and not again)
        assert found == wanted


# --- tables on upright paper ---------------------------------------------------------------------------------

UPRIGHT = {"transfer-payment": "annex", "self-assessment": "report"}


@pytest.fixture(scope="module", params=UPRIGHT)
def upright(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The .docx and the .pdf of each table on upright paper."""
    form = str(request.param)
    files = printed(sample(form), ROOT / "inputs" / "2023" / "lieshan.yaml", tmp_path_factory.mktemp(form), form)
    return files[f"{UPRIGHT[form]}.docx"], files[f"{UPRIGHT[form]}.pdf"]


def test_an_upright_table_lies_in_the_text_area_and_is_numbered_like_a_report(upright: tuple[Path, Path]) -> None:
    pages = PdfReader(upright[1]).pages
    assert len(pages) == sheets_of(upright[1])
    one = SIZE4 / POINTS_PER_MM
    for index, page in enumerate(pages, 1):
        assert near(float(page.mediabox.width) / POINTS_PER_MM, PAPER[0], 0.1)
        for line in lines(page):
            assert INNER - 1 <= line.start <= line.edge <= INNER + WIDTH + 1, line
            assert TOP - 1 <= line.middle <= TOP + HEIGHT + 1, line
        number = page_number(page)
        assert number.text == f"—{index}—"
        assert near(number.middle, TOP + HEIGHT + 7)
        assert near(number.end if index % 2 else number.start, INNER + WIDTH - one if index % 2 else INNER + one)


def test_the_head_of_an_upright_table_is_repeated(upright: tuple[Path, Path]) -> None:
    for page in PdfReader(upright[1]).pages:
        words = "".join(line.text for line in lines(page))
        assert words.count("三级指标") == 1


def test_word_has_the_same_upright_table(upright: tuple[Path, Path]) -> None:
    """Widths sum to the text area, groups are merged for real, heads repeat, and the tables touch."""
    document = part(upright[0], "word/document.xml")
    page = document.find(f".//{W}sectPr/{W}pgSz")
    assert near(millimetres(page, "w"), PAPER[0], 0.1)
    tables = list(document.iter(f"{W}tbl"))
    assert len(tables) >= 2
    for table in tables:
        grid = [millimetres(column, "w") for column in table.findall(f"{W}tblGrid/{W}gridCol")]
        assert near(sum(grid), WIDTH, 0.2)
        for row in table.findall(f"{W}tr"):
            cells = row.findall(f"{W}tc")
            marks = [cell.find(f"{W}tcPr/{W}gridSpan") for cell in cells]
            assert sum(1 if mark is None else number(mark, "val") for mark in marks) == len(grid)
            assert near(sum(millimetres(cell.find(f"{W}tcPr/{W}tcW"), "w") for cell in cells), WIDTH, 0.2)
    rows = tables[1].findall(f"{W}tr")
    assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
    stub = [row.findall(f"{W}tc")[0].find(f"{W}tcPr/{W}vMerge") for row in rows[1:] if len(row) > 5]
    merges = ["" if mark is None else str(mark.get(f"{W}val", "continue")) for mark in stub]
    assert merges[:2] == ["restart", "continue"]


def test_long_texts_make_rows_grow_over_pages(project: Project, library: Library, tmp_path: Path) -> None:
    """年度目标 of 3,000 characters: the row breaks, nothing is cut off, and the rows below follow."""
    words = "".join(chr(0x4E00 + index) for index in range(3000))
    text = (ROOT / "inputs" / "2023" / "lieshan.yaml").read_text(encoding="utf-8")
    text, count = re.subn(r"  年度目标: \|\n(    .*\n)+", f"  年度目标: |\n    {words}\n", text)
    assert count == 1
    path = write_input(project, text, "lieshan")
    pages = PdfReader(printed(library, path, tmp_path, "self-assessment")["report.pdf"]).pages
    assert len(pages) >= 3
    shown = "".join(line.text for page in pages for line in lines(page))
    assert [character for character in words if character not in shown] == []
    for page in pages:
        assert max(line.middle for line in lines(page)) <= TOP + HEIGHT + 1
