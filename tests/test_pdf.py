"""A document becomes PDF/A-2b and PDF/UA-1: the same bytes anywhere, and whatever Typst would let pass is an error."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typst
from pypdf import PdfReader
from pypdf.generic import Destination

from conftest import ROOT
from reportgen.printing.passages import comparable
from reportgen.printing.pdf import PdfPrinter
from reportgen.printing.pdfwords import pdf_text
from reportgen.telling.findings import Finding, ReportError
from reportgen.writing.blocks import Block, Cell, Document, Heading, PageBreak, Paragraph, Table, Text

TEMPLATES = ROOT / "templates"
REPORT = TEMPLATES / "house" / "report.typ"
HEADINGS = (
    Heading(1, "基本情况", "一、"),
    Heading(2, "概况", "（一）"),
    Paragraph((Text("正文"),)),
    Heading(2, "目标", "（二）"),
    Heading(1, "结论", "二、"),
)
# What every document of ours needs to be PDF/UA; the rest of the template is the test's.
HEAD = """\
#let data = json(bytes(sys.inputs.data))
#let fonts = json(bytes(sys.inputs.fonts))
#set document(title: data.name, author: data.unit)
#set text(font: fonts.body, fallback: false, lang: "zh")
"""

PrintWith = Callable[[str], bytes]


def document(*blocks: Block, unit: str = "某中心", title: str = "某中心2023年度报告") -> Document:
    return Document((title,), blocks or HEADINGS, unit, "2024年1月5日", "2024-01-05", source="form; input")


@pytest.fixture(scope="module")
def house() -> PdfPrinter:
    return PdfPrinter(TEMPLATES, system_fonts=False)


@pytest.fixture
def print_with(tmp_path: Path) -> PrintWith:
    """Print a document with a template of this text, in a templates folder of its own."""

    def printed(template: str) -> bytes:
        folder = tmp_path / "templates"
        folder.mkdir(exist_ok=True)
        (folder / "x.typ").write_text(template, encoding="utf-8")
        return PdfPrinter(folder, system_fonts=False).print_pdf(document(), folder / "x.typ")

    return printed


def refusal(print_with: PrintWith, template: str) -> Finding:
    with pytest.raises(ReportError) as caught:
        print_with(template)
    assert len(caught.value.findings) == 1, caught.value.findings
    return caught.value.findings[0]


def reader(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))


def catalogue(data: bytes) -> Any:
    return reader(data).trailer["/Root"]


# --- words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "A&B <90%>",
        '#read("/etc/passwd")',
        "#panic()",
        "*粗* _斜_ `码` $x^2$ @引 <标> ~",
        "= 标题",
        "- 项",
        "\\u{1f600} \\n",
        "{{ 7*7 }}",
        "// 注 /* 注 */",
        '"引"',
        "2024年1月5日",
        '")) #panic("x") //',
        "\\",
        '\\"甲\\u{4e59}',
    ],
)
def test_a_value_is_text_and_never_markup(house: PdfPrinter, value: str) -> None:
    blocks = (
        Heading(1, value, "一、"),
        Paragraph((Text(value), Text(value, True))),
        Table((value,), ((Cell(value),),)),
    )
    words = pdf_text(house.print_pdf(document(*blocks, title=f"题{value}"), REPORT))
    wanted = comparable(value)
    assert words.count(wanted) >= 6  # title, heading, plain and strong, two cells
    assert words.startswith(f"题{wanted}一、{wanted}{wanted}{wanted}")


def test_a_page_break_starts_a_page_and_a_draft_is_marked_on_each(house: PdfPrinter) -> None:
    draft = replace(document(Paragraph((Text("前"),)), PageBreak(), Paragraph((Text("后"),))), draft=True)
    pages = [comparable(page.extract_text()) for page in reader(house.print_pdf(draft, REPORT)).pages]
    assert len(pages) == 2
    assert [page.count("草稿") for page in pages] == [1, 1]
    assert "前" in pages[0]
    assert "后" in pages[1]


@pytest.mark.parametrize(
    "words",
    [
        "".join(chr(0x4E00 + at) for at in range(100)),
        "受理案件445件，其中民事93件（占20.90%）、刑事347件，“应援尽援”；" * 4,
        "支出62.75万元，比上年（59.8万元）增长4.93%；接待14892人次，录入率100%，" * 4,
    ],
)
def test_no_paragraph_ends_with_one_character_on_its_line(house: PdfPrinter, words: str) -> None:
    """Of 26 characters and 28 a line, some length of each line would leave one alone."""
    texts = [words[:length] + "正文末。" for length in range(36, 96)]
    pages = reader(house.print_pdf(document(*(Paragraph((Text(text),)) for text in [*texts, "完"])), REPORT)).pages
    lines = [line.strip() for page in pages for line in page.extract_text().splitlines()]
    ends = [line for line in lines if line.endswith("。")]
    assert len(ends) == len(texts)
    assert min(map(len, ends)) == 3  # two characters and the mark


# --- what readers and archives need --------------------------------------------------------------------------


def test_a_row_taller_than_a_page_runs_over_pages(house: PdfPrinter) -> None:
    """A row that may not break is cut off at the foot of the page, without a warning."""
    words = "".join(chr(0x4E00 + index) for index in range(3000))
    printed = reader(house.print_pdf(document(Table(("甲", "乙"), ((Cell(words), Cell("完")),))), REPORT))
    assert len(printed.pages) > 2
    text = "".join("".join(page.extract_text().split()) for page in printed.pages)
    assert [character for character in words if character not in text] == []


def test_title_author_and_language_are_set(house: PdfPrinter) -> None:
    data = house.print_pdf(document(unit="A&B <中心>"), REPORT)
    metadata = reader(data).metadata
    assert metadata is not None
    assert (metadata.title, metadata.author, metadata.subject) == ("某中心2023年度报告", "A&B <中心>", "form; input")
    assert catalogue(data)["/Lang"] == "zh-CN"
    assert catalogue(data)["/ViewerPreferences"]["/DisplayDocTitle"].value is True


def test_the_file_claims_pdf_a_2b_and_pdf_ua_1_and_is_tagged(house: PdfPrinter) -> None:
    data = house.print_pdf(document(), REPORT)
    metadata = catalogue(data)["/Metadata"].get_data().decode()
    for claim in ("<pdfaid:part>2<", "<pdfaid:conformance>B<", "<pdfuaid:part>1<"):
        assert claim in metadata
    assert catalogue(data)["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in catalogue(data)


def test_the_outline_has_every_heading_at_its_level(house: PdfPrinter) -> None:
    def titles(entries: list[Any]) -> list[Any]:
        return [titles(entry) if isinstance(entry, list) else str(entry.title) for entry in entries]

    outline = reader(house.print_pdf(document(), REPORT)).outline
    assert titles(outline) == ["一、基本情况", ["（一）概况", "（二）目标"], "二、结论"]


def test_an_entry_of_the_outline_leads_to_its_page(house: PdfPrinter) -> None:
    pdf = reader(house.print_pdf(document(Heading(1, "甲", "一、"), PageBreak(), Heading(1, "乙", "二、")), REPORT))
    entries = [entry for entry in pdf.outline if isinstance(entry, Destination)]
    assert [pdf.get_destination_page_number(entry) for entry in entries] == [0, 1]


def test_every_font_is_embedded(house: PdfPrinter) -> None:
    blocks = (Heading(1, "甲", "一、"), Heading(2, "乙", "（一）"), Paragraph((Text("文A"), Text("重1", True))))
    fonts: set[str] = set()
    for page in reader(house.print_pdf(document(*blocks), REPORT)).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
            fonts.add(str(descriptor["/FontName"]).partition("+")[2])
    assert fonts == {"ReportgenTitle", "ReportgenSong", "ReportgenKai", "ReportgenHei"}


# --- fonts ---------------------------------------------------------------------------------------------------


def test_without_system_fonts_the_open_fonts_stand_for_all(house: PdfPrinter) -> None:
    assert house.families == {
        "title": ["Reportgen Title", "Noto Serif SC"],
        "body": ["Reportgen Song", "Noto Serif SC"],
        "kai": ["Reportgen Kai", "Noto Serif SC"],
        "hei": ["Reportgen Hei", "Noto Sans SC"],
        "song": ["Reportgen Song", "Noto Serif SC"],
    }
    assert house.substituted == [
        "小标宋 → Reportgen Title", "仿宋 → Reportgen Song", "楷体 → Reportgen Kai", "黑体 → Reportgen Hei",
        "宋体 → Reportgen Song",
    ]  # fmt: skip


class FakeFonts:
    """The families of a machine that has some fonts of GB/T 9704."""

    def families(self) -> list[str]:
        return ["Noto Serif SC", "Noto Sans SC", "SimHei", "fangsong", "FangSong_GB2312", "Times New Roman", "Arial"]


def test_fonts_of_the_standard_are_preferred_best_first(monkeypatch: pytest.MonkeyPatch) -> None:
    printer = PdfPrinter(TEMPLATES)
    monkeypatch.setitem(printer.__dict__, "fonts", FakeFonts())
    assert printer.families == {
        "title": ["Noto Serif SC", "Times New Roman"],
        "body": ["FangSong_GB2312", "fangsong", "Noto Serif SC", "Times New Roman"],
        "kai": ["Noto Serif SC", "Times New Roman"],
        "hei": ["SimHei", "Noto Sans SC", "Times New Roman"],
        "song": ["Noto Serif SC", "Times New Roman"],
    }
    assert printer.substituted == ["小标宋 → Noto Serif SC", "楷体 → Noto Serif SC", "宋体 → Noto Serif SC"]


def test_only_the_open_fonts_are_there_without_system_fonts(house: PdfPrinter) -> None:
    """Neither the machine's nor those that come with Typst."""
    every = ["Noto Sans SC", "Noto Serif SC", *(f"Reportgen {name}" for name in ("Hei", "Kai", "Song", "Title"))]
    assert sorted(set(house.fonts.families())) == every


@pytest.mark.parametrize(
    ("installed", "used"),
    [
        (["Arial", "GBZenKai-Medium", "Noto Serif SC"], False),
        (["Arial", "SimHei", "Noto Serif SC"], True),
        (["arial", "FANGSONG"], True),
    ],
)
def test_system_fonts_are_used_only_where_one_of_the_standards_is_among_them(
    monkeypatch: pytest.MonkeyPatch, installed: list[str], used: bool
) -> None:
    class Fonts:
        def __init__(self, include_system_fonts: bool, include_embedded_fonts: bool, font_paths: list[str]) -> None:
            assert not include_embedded_fonts
            assert font_paths
            self.system = include_system_fonts

        def families(self) -> list[str]:
            return [*(installed if self.system else []), "Noto Serif SC", "Noto Sans SC"]

    monkeypatch.setattr("reportgen.printing.pdf.typst.Fonts", Fonts)
    fonts: Any = PdfPrinter(TEMPLATES).fonts
    assert fonts.system is used
    known: Any = PdfPrinter(TEMPLATES, of_here="仿宋 FangSong" if used else "").fonts
    assert known.system is used


def test_fonts_that_were_looked_at_are_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build knows from the command that no font here stands for those that come along; a rare character asks again."""
    looked: list[bool] = []
    real = typst.Fonts

    def fonts(include_system_fonts: bool, **others: Any) -> typst.Fonts:
        looked.append(include_system_fonts)
        return real(include_system_fonts=include_system_fonts, **others)

    monkeypatch.setattr("reportgen.printing.pdf.typst.Fonts", fonts)
    printer = PdfPrinter(TEMPLATES, of_here="")
    printer.print_pdf(document(), TEMPLATES / "house" / "report.typ")
    assert looked == [False]
    assert printer.family_for("\U0002b740", "body") in (*real(include_system_fonts=True).families(), "")
    assert True in looked


def test_no_font_for_a_role_is_an_error_and_no_blank_page(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoFonts:
        def families(self) -> list[str]:
            return ["Noto Serif SC"]

    printer = PdfPrinter(TEMPLATES)
    monkeypatch.setitem(printer.__dict__, "fonts", NoFonts())
    with pytest.raises(ReportError, match="there is no font for 黑体") as caught:
        printer.print_pdf(document(), REPORT)
    assert [finding.code for finding in caught.value.findings] == ["pdf-failed"]


@pytest.mark.parametrize("character", ["😀", "𠮷", "꩜"])
@pytest.mark.parametrize("place", ["text", "strong", "heading", "title", "cell", "unit"])
def test_a_character_that_no_font_has_is_an_error_that_names_it(house: PdfPrinter, character: str, place: str) -> None:
    value = f"甲{character}乙"
    blocks: dict[str, Block] = {
        "text": Paragraph((Text(value),)),
        "strong": Paragraph((Text(value, strong=True),)),
        "heading": Heading(1, value, "一、"),
        "cell": Table((value,), ((Cell("文"),),)),
    }
    given = document(
        blocks.get(place, Paragraph((Text("文"),))), **({place: value} if place in ("title", "unit") else {})
    )
    with pytest.raises(ReportError) as caught:
        house.print_pdf(given, REPORT)
    (finding,) = caught.value.findings
    assert (finding.code, finding.path[:1]) == ("missing-glyph", character)
    assert f"“{character}”（U+{ord(character):04X}）" in finding.message


@pytest.mark.parametrize("character", ["\x00", "\x01"])
def test_a_control_character_is_an_error(house: PdfPrinter, character: str) -> None:
    with pytest.raises(ReportError) as caught:
        house.print_pdf(document(Paragraph((Text(f"甲{character}乙"),))), REPORT)
    assert [finding.code for finding in caught.value.findings] == ["missing-glyph"]


def test_after_an_error_the_printer_prints_on(house: PdfPrinter) -> None:
    with pytest.raises(ReportError):
        house.print_pdf(document(Paragraph((Text("😀"),))), REPORT)
    assert "甲" in pdf_text(house.print_pdf(document(Paragraph((Text("甲"),))), REPORT))


# --- templates -----------------------------------------------------------------------------------------------


def test_a_small_template_prints(print_with: PrintWith) -> None:
    assert pdf_text(print_with(HEAD + "#data.unit")) == "某中心"


@pytest.mark.parametrize(
    ("line", "message", "at"),
    [
        ("#nonsense", "unknown variable: nonsense", "nonsense"),
        ("甲#data.nonsense", "nonsense", "nonsense"),
        ("#read(", "unclosed delimiter", "("),
        ("#while true {}", "condition is always true", "true {}"),
        ("#assert(false)", "assertion failed", "assert(false)"),
    ],
)
def test_a_fault_of_a_template_is_told_at_its_place(print_with: PrintWith, line: str, message: str, at: str) -> None:
    finding = refusal(print_with, HEAD + "甲\n" + line + "\n")
    assert (finding.code, finding.span.file, finding.span.line) == ("pdf-failed", "templates/x.typ", 6)
    assert message in finding.message
    assert finding.span.text == line
    assert line[finding.span.column - 1 :] == at


def test_a_warning_is_an_error(print_with: PrintWith) -> None:
    """Typst itself goes on with another font."""
    finding = refusal(print_with, HEAD + '#text(font: ("No Such Font", "Noto Serif SC"))[甲]\n')
    assert (finding.code, finding.span.line) == ("pdf-failed", 5)
    assert "unknown font family" in finding.message


def test_a_layout_that_does_not_come_to_rest_is_an_error(print_with: PrintWith) -> None:
    restless = '#context { let n = counter("c").final().first(); counter("c").update(n + 1) }\n'
    with pytest.raises(ReportError, match="did not converge") as caught:
        print_with(HEAD + "甲\n" + restless)
    assert {finding.code for finding in caught.value.findings} == {"pdf-failed"}


@pytest.mark.parametrize(
    "line",
    ['#read("/../secret.txt")', '#read("../secret.txt")', '#include "../secret.typ"', '#image("../secret.svg")',
     '#json("../secret.txt")', '#read("/etc/passwd")'],
)  # fmt: skip
def test_files_outside_the_templates_are_out_of_reach(tmp_path: Path, print_with: PrintWith, line: str) -> None:
    for name in ("secret.txt", "secret.typ", "secret.svg"):
        (tmp_path / name).write_text("secret", encoding="utf-8")
    assert refusal(print_with, HEAD + line + "\n").code == "pdf-failed"


def test_files_within_the_templates_can_be_read(tmp_path: Path, print_with: PrintWith) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "words.txt").write_text("词", encoding="utf-8")
    assert pdf_text(print_with(HEAD + '#read("words.txt")#read("/words.txt")')) == "词词"


@pytest.mark.parametrize(
    "line", ['#import "@preview/tablex:0.0.8": *', "#import '@preview/x:1.0.0'", '#include("@local/x:0.1.0")',
             '#import  ( "@preview/x:1.0.0" )']
)  # fmt: skip
def test_a_package_is_refused(print_with: PrintWith, line: str) -> None:
    finding = refusal(print_with, HEAD + line + "\n")
    assert (finding.code, finding.span.file) == ("bad-template", "templates/x.typ")
    assert "package" in finding.message


def test_a_package_in_any_template_of_the_folder_is_refused(tmp_path: Path, print_with: PrintWith) -> None:
    (tmp_path / "templates" / "other").mkdir(parents=True)
    (tmp_path / "templates" / "other" / "y.typ").write_text('#import "@preview/x:1.0.0"', encoding="utf-8")
    finding = refusal(print_with, HEAD + "甲")
    assert (finding.code, finding.span.file) == ("bad-template", "templates/other/y.typ")


def test_no_package_is_fetched_by_a_name_put_together(print_with: PrintWith) -> None:
    """Nothing answers where packages are asked for: an error, at once, and no network."""
    finding = refusal(print_with, HEAD + '#let name = "@preview" + "/tablex:0.0.8"\n#import name: *\n')
    assert finding.code == "pdf-failed"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_link_out_of_the_templates_is_refused(tmp_path: Path, print_with: PrintWith, kind: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("secret", encoding="utf-8")
    target = tmp_path / "outside" if kind == "folder" else tmp_path / "outside" / "secret.txt"
    (tmp_path / "templates" / "link").symlink_to(target, target_is_directory=kind == "folder")
    finding = refusal(print_with, HEAD + ('#read("link/secret.txt")' if kind == "folder" else '#read("link")'))
    assert (finding.code, finding.span.file) == ("bad-template", "templates/link")


def test_a_skipped_level_of_headings_is_an_error(house: PdfPrinter) -> None:
    """PDF/UA-1 forbids it; better no file than one that is refused."""
    with pytest.raises(ReportError):
        house.print_pdf(document(Heading(1, "甲", "一、"), Heading(3, "丙", "1.")), REPORT)


# --- the file ------------------------------------------------------------------------------------------------


def test_the_same_document_is_the_same_bytes(house: PdfPrinter) -> None:
    first = house.print_pdf(document(), REPORT)
    assert house.print_pdf(document(), REPORT) == first
    assert PdfPrinter(TEMPLATES, system_fonts=False).print_pdf(document(), REPORT) == first
    assert house.print_pdf(document(unit="别的中心"), REPORT) != first


EARLIER_REPORT = """\
#import "house.typ": *

#show: official.with(landscape: data.landscape)

#printed(volume.first())
#for part in volume.slice(1) {
  pagebreak(weak: true)
  if part.landscape == data.landscape { printed(part) } else { sheets(part.landscape, printed(part)) }
}
"""


def test_a_template_is_called_with_its_data_or_finds_it_and_prints_the_same(house: PdfPrinter, tmp_path: Path) -> None:
    """A report.typ that an office has of an earlier version, or of its own, goes on to print."""
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES / "house", templates / "house")
    own = templates / "house" / "report.typ"
    first = document(*HEADINGS, Table(("甲",), ((Cell("乙"),),)))
    behind = replace(document(title="附件的标题"), label="附件", landscape=True)
    for said in ("", "/*\n#let report(data) = none\n*/\n"):  # which is said of one alone
        own.write_text(said + EARLIER_REPORT, encoding="utf-8")
        for bound in ((), (behind,)):
            called = house.print_pdf(first, REPORT, bound)
            assert PdfPrinter(templates, system_fonts=False).print_pdf(first, own, bound) == called


def test_what_one_document_says_is_not_in_the_next(house: PdfPrinter) -> None:
    """Typst remembers the templates; the draft, the closer lines and the data of a document are its own."""
    usual = house.print_pdf(document(), REPORT)
    draft = house.print_pdf(replace(document(), draft=True), REPORT)
    closer = house.print_pdf(replace(document(), closer=True), REPORT)
    assert len({usual, draft, closer}) == 3
    assert house.print_pdf(document(), REPORT) == usual
    assert ["草稿" in comparable(reader(pdf).pages[0].extract_text()) for pdf in (usual, draft)] == [False, True]


PRINT_ELSEWHERE = """\
import hashlib, sys
from pathlib import Path
from reportgen.writing.blocks import Document, Heading
from reportgen.printing.pdf import PdfPrinter
blocks = (Heading(1, "甲", "一、"),)
document = Document(("报告",), blocks, "某中心", "2024年1月5日", "2024-01-05", source="form; input")
templates = Path(sys.argv[1])
data = PdfPrinter(templates, system_fonts=False).print_pdf(document, templates / "house" / "report.typ")
print(hashlib.sha256(data).hexdigest())
"""


def test_another_process_place_time_zone_and_language_give_the_same_bytes(house: PdfPrinter, tmp_path: Path) -> None:
    here = house.print_pdf(document(Heading(1, "甲", "一、"), title="报告"), REPORT)
    for zone, language, seed in (("Asia/Shanghai", "zh_CN.UTF-8", "1"), ("America/New_York", "C", "2")):
        environment = {
            **os.environ,
            "TZ": zone,
            "LANG": language,
            "LC_ALL": language,
            "PYTHONHASHSEED": seed,
            "PYTHONUTF8": "1",
        }
        command = [sys.executable, "-c", PRINT_ELSEWHERE, str(TEMPLATES)]
        there = subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True, text=True)
        assert there.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_the_clock_of_the_file_is_the_reports_date(house: PdfPrinter) -> None:
    metadata = reader(house.print_pdf(document(), REPORT)).metadata
    assert metadata is not None
    assert metadata.creation_date is not None
    assert metadata.creation_date.date().isoformat() == "2024-01-05"
    assert metadata.modification_date is None or metadata.modification_date.date().isoformat() == "2024-01-05"


def test_a_template_cannot_learn_the_real_date(print_with: PrintWith) -> None:
    """It is refused where it is typed (test_typwords.py); however it is asked for, it is the report's."""
    assert pdf_text(print_with(HEAD + "#let clock = datetime\n#clock.today().display()")) == "2024-01-05"
