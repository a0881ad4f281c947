"""The volume of a year: all that is bound already, behind a cover and contents, its page numbers running on."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Destination

from conftest import ROOT, write_input
from reportgen.helping.compendium import compendiums
from reportgen.printing.pdf import PdfPrinter
from reportgen.reading.project import Project, find_project
from reportgen.running.batch import build_all, check_all
from reportgen.running.outcome import Options
from test_pack import run

TEXT = "单位: {unit}\n地区: 某省某市{place}\n年度: 2023\n日期: 2024-01-{day}\n报告: [plain]\n数据: {{案件: {{受理: 445}}}}\n"


def numbers_of(reader: PdfReader) -> list[str]:
    return ["".join(re.findall(r"— *(\d+) *—", page.extract_text())) for page in reader.pages]


def bookmarks(outline: Iterable[Any]) -> Iterator[Destination]:
    for entry in outline:
        yield from bookmarks(entry) if isinstance(entry, list) else (entry,)


@pytest.fixture
def sent(project: Project) -> Project:
    """Two centres of one city, built."""
    write_input(project, TEXT.format(unit="甲县中心", place="甲县", day="15"), "jia")
    write_input(project, TEXT.format(unit="乙区中心", place="乙区", day="20"), "yi")
    assert all(not outcome.failed for outcome in build_all(project, project.input_files(), Options(system_fonts=False)))
    return project


def test_the_volume_has_cover_contents_and_numbers_that_run_on(sent: Project) -> None:
    result = run(sent, "pack", "--compendium")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "outputs/2023/compendium.pdf"
    path = sent.outputs / "2023" / "compendium.pdf"
    reader = PdfReader(path)
    assert numbers_of(reader) == ["", "", "1", "2"]
    cover, contents, first, second = (re.sub(r"\s", "", page.extract_text()) for page in reader.pages)
    assert "某省某市2023年度法律援助绩效报告汇编" in cover
    assert "收入2个中心的文书2份2024年1月20日" in cover
    assert re.search(r"甲县中心2023年度测试报告\.+1乙区中心2023年度测试报告\.+2$", contents)
    assert ("甲县中心" in first, "乙区中心" in second) == (True, True)
    assert [entry.title for entry in reader.outline if not isinstance(entry, list)] == ["甲县中心", "乙区中心"]
    assert "2023年度测试报告" not in cover
    assert reader.page_labels == ["i", "ii", "1", "2"]
    before = path.read_bytes()
    run(sent, "pack", "--compendium")
    assert path.read_bytes() == before


def test_the_samples_keep_their_pages_and_bookmarks(tmp_path: Path) -> None:
    """Every page of the bound samples, turned ones too, with its words and its new number, and each heading's page."""
    shown = find_project(ROOT, tmp_path)
    found = PdfReader(ROOT / "outputs/2023/lieshan/project-evaluation/full.pdf")
    for path in (ROOT / "outputs" / "2023").rglob("*"):
        if path.is_file() and "pack" not in path.parts:
            target = tmp_path / path.relative_to(ROOT / "outputs")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    outcomes = check_all(shown, [path for path in shown.input_files() if path.parent.name == "2023"])
    volumes = compendiums(shown, outcomes, PdfPrinter(shown.templates, system_fonts=False))
    assert volumes.left_out == {}
    reader = PdfReader(tmp_path / "2023" / "compendium.pdf")
    own = [re.sub(r"\s", "", page.extract_text()) for page in found.pages]
    bound = [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]
    assert [re.sub("—\\d+—", "", text) for text in bound[2 : 2 + len(own)]] == [
        re.sub("—\\d+—", "", text) for text in own
    ]
    assert numbers_of(reader)[2:] == [str(number) for number in range(1, len(reader.pages) - 1)]
    assert [page.mediabox for page in reader.pages[2:10]] == [page.mediabox for page in found.pages]
    marks = list(bookmarks(reader.outline))
    project = "烈山区城乡困难群体法律援助民生实事"
    asked = [
        f"{project}2023年度项目绩效评价报告",
        f"{project}转移支付2023年度绩效自评报告",
        "项目支出绩效自评表（2023年度）",
    ]
    assert [mark.title for mark in marks[:2]] == ["烈山区法律援助中心", asked[0]]
    assert [mark.title for mark in marks if mark.title in asked] == asked  # as under 报告, and as each calls itself
    *_others, last = bookmarks(found.outline)  # the annex, on a turned page
    there = next(mark for mark in marks if mark.title == last.title)
    assert [found.get_destination_page_number(last), reader.get_destination_page_number(there)] == [6, 2 + 6]


def test_a_city_stands_before_its_districts_as_on_the_page_of_the_year(project: Project) -> None:
    for place, stem in (("乙区", "yi-east"), ("乙市", "yi")):
        write_input(project, TEXT.format(unit=f"{place}中心", place=place, day="15"), stem)
    outcomes = list(build_all(project, project.input_files(), Options(system_fonts=False)))
    assert [Path(outcome.input).stem for outcome in outcomes] == ["yi-east", "yi"]
    settled = check_all(project, project.input_files())
    compendiums(project, settled, PdfPrinter(project.templates, system_fonts=False))
    reader = PdfReader(project.outputs / "2023" / "compendium.pdf")
    assert [entry.title for entry in reader.outline if not isinstance(entry, list)] == ["乙市中心", "乙区中心"]


def test_a_set_that_a_hand_changed_or_without_pdf_is_told_and_left_out(sent: Project) -> None:
    path = str(sent.outputs / "2023" / "jia" / "plain" / "report.docx")
    document = docx.Document(path)
    document.add_paragraph("手加一句。")
    document.save(path)
    result = run(sent, "pack", "--compendium", "--with-edited")
    assert result.returncode == 1
    assert "inputs/2023/jia.yaml: not in the volume of its year: a Word file was changed by hand" in result.stderr
    assert numbers_of(PdfReader(sent.outputs / "2023" / "compendium.pdf")) == ["", "", "1"]


def test_a_pdf_of_another_maker_keeps_its_numbers_and_is_not_bound() -> None:
    from reportgen.printing.pdfwords import sheets_of

    out, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(out)
    with pytest.raises(ValueError, match="not made by Typst"):
        sheets_of(out.getvalue())
