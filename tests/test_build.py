"""The pipeline for one input: what is written, when, and that it is always the same bytes."""

from __future__ import annotations

import gc
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from conftest import ROOT, write_input
from reportgen.helping.office import PAGE, WORKBOOK
from reportgen.printing.pdfwords import pdf_text
from reportgen.reading.project import find_project
from reportgen.reading.source import Source
from reportgen.running.build import build, check
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.running.sets import MANIFEST

FACTS = "数据:\n  案件: {受理: 445, 办结: 434}\n"
PROSE = "正文:\n  情况: 办结{{ 案件.办结 }}件。\n"
CENTRES = {  # files of each
    "2018/panlong": 6, "2023/lieshan": 14, "2023/nanjing": 6,
    "2024/qinghe": 8, "2024/qinghe-dongcheng": 2, "2024/qinghe-xicheng": 2,
}  # fmt: skip


def outputs(folder: Path) -> dict[str, bytes]:
    """Return the documents, and what an office reads of a year, without the manifests beside them."""
    files = (path for path in folder.rglob("*.*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_sound_input_gives_word_and_pdf(library: Library) -> None:
    path = write_input(library.project, FACTS + PROSE)
    outcome = build(library, path, Options())
    assert outcome.findings == ()
    assert outcome.files == ("outputs/2023/centre/plain/report.docx", "outputs/2023/centre/plain/report.pdf")
    assert outcome.changed == outcome.files
    assert set(outputs(library.project.outputs)) == {"2023/centre/plain/report.docx", "2023/centre/plain/report.pdf"}


def test_a_second_build_changes_nothing(library: Library) -> None:
    path = write_input(library.project, FACTS + PROSE)
    build(library, path, Options())
    before = outputs(library.project.outputs)
    outcome = build(Library(library.project, False), path, Options())
    assert outcome.changed == ()
    assert outputs(library.project.outputs) == before


def test_an_input_with_errors_writes_nothing(library: Library) -> None:
    path = write_input(library.project, "数据:\n  案件: {受理: 864, 民事: 577, 刑事: 268}\n")
    outcome = build(library, path, Options())
    assert [finding.code for finding in outcome.findings] == ["total-mismatch"]
    assert outcome.failed
    assert not library.project.outputs.exists()


def test_a_draft_is_built_in_spite_of_errors_and_marked_on_each_page(library: Library) -> None:
    text = FACTS + "正文:\n  情况: |\n    旁听{{ 案件.旁听 }}件。\n\n" + "    长文。" * 700 + "\n"
    outcome = build(library, write_input(library.project, text), Options(draft=True))
    assert [finding.code for finding in outcome.findings] == ["missing-fact"]
    folder = library.project.outputs / "2023" / "centre" / "plain"
    pages = [page.extract_text() for page in PdfReader(folder / "report.pdf").pages]
    assert len(pages) > 2
    assert all("草稿" in page for page in pages)
    assert "【缺：案件.旁听】" in pages[0]
    with zipfile.ZipFile(folder / "report.docx") as package:
        headers = [name for name in package.namelist() if name.startswith("word/header")]
        assert len(headers) == 2
        assert all("草稿" in package.read(name).decode() for name in headers)


def test_without_pdf_only_word_is_written(library: Library) -> None:
    outcome = build(library, write_input(library.project, FACTS), Options(pdf=False))
    assert outcome.files == ("outputs/2023/centre/plain/report.docx",)


def test_an_optional_text_that_is_empty_prints_none(library: Library) -> None:
    build(library, write_input(library.project, FACTS + "正文:\n  情况:\n"), Options())
    assert "一、情况无" in pdf_text((library.project.outputs / "2023/centre/plain/report.pdf").read_bytes())


def test_a_character_without_glyph_is_named_at_its_place_and_nothing_is_written(library: Library) -> None:
    path = write_input(library.project, FACTS + "正文:\n  情况: 顺利😀完成。\n")
    outcome = build(library, path, Options())
    assert [(f.code, f.span.line, f.span.column) for f in outcome.findings] == [("missing-glyph", 9, 9)]
    assert not library.project.outputs.exists()


def test_the_year_before_is_there_for_formulas(library: Library) -> None:
    write_input(library.project, FACTS.replace("445", "400").replace("434", "390").join(
        ["单位: 测试中心\n地区: 某市\n年度: 2022\n日期: 2023-01-15\n报告: [plain]\n", ""]), year="2022")  # fmt: skip
    text = "数据:\n  案件:\n    受理: 445\n    同比增长: 12.3%\n正文:\n  情况: 上年{{ 上年.案件.受理 }}件，增长{{ 案件.同比增长 }}。\n"
    outcome = check(library, write_input(library.project, text))
    assert [(f.code, f.span.line, f.expected) for f in outcome.findings] == [("ratio-mismatch", 9, "11.3%")]


def test_a_file_in_the_wrong_year_s_folder_is_named(library: Library) -> None:
    outcome = check(library, write_input(library.project, FACTS, year="2022"))
    assert [(f.code, f.span.line) for f in outcome.findings] == [("year-mismatch", 3)]


def test_a_name_that_cannot_be_a_folder_is_refused(library: Library) -> None:
    outcome = build(library, write_input(library.project, FACTS, name="烈山"), Options())
    assert [f.code for f in outcome.findings] == ["bad-value"]


def test_a_fault_in_a_form_is_told_with_its_place(library: Library) -> None:
    report = library.project.templates / "plain" / "report.md"
    report.write_text("# 情况\n\n{{ 案件.受里 }}\n\n{{ 案件.受理 }\n", encoding="utf-8")
    outcome = check(library, write_input(library.project, FACTS))
    assert [(f.code, f.span.file, f.span.line) for f in outcome.findings] == [
        ("template-syntax", "templates/plain/report.md", 5)
    ]
    report.write_text("# 情况\n\n{{ 案件.受里 }}\n", encoding="utf-8")
    outcome = check(Library(library.project), write_input(library.project, FACTS))
    assert [(f.code, f.span.file, f.span.line, f.span.column) for f in outcome.findings] == [
        ("undefined-name", "templates/plain/report.md", 3, 4)
    ]


@pytest.mark.parametrize("centre", CENTRES)
def test_the_sample_reports_in_outputs_are_what_the_build_makes(centre: str, tmp_path: Path) -> None:
    """Word parts and PDF words are compared: compressed bytes may differ between versions of zlib."""
    project = find_project(ROOT, tmp_path)
    outcome = build(Library(project, system_fonts=False), ROOT / "inputs" / f"{centre}.yaml", Options(verify=True))
    assert not outcome.failed, outcome.findings
    made, kept = outputs(tmp_path / centre), outputs(ROOT / "outputs" / centre)
    assert set(made) == set(kept)
    assert len(made) == CENTRES[centre]
    for name, data in made.items():
        if name.endswith(".docx"):
            assert parts(data) == parts(kept[name]), name
        else:
            assert pdf_text(data) == pdf_text(kept[name]), name


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_another_folder_time_zone_and_locale_give_the_same_bytes(tmp_path: Path) -> None:
    results = []
    for name, environment in (
        ("here", {"TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONHASHSEED": "1"}),
        ("there/with a longer name 文件夹", {"TZ": "America/New_York", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "2"}),
    ):
        folder = tmp_path / name
        shutil.copytree(ROOT / "inputs", folder / "inputs")
        shutil.copytree(ROOT / "templates", folder / "templates")
        subprocess.run(
            [sys.executable, "-m", "reportgen", "build", "--fonts", "bundled"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            check=True,
            capture_output=True,
        )
        results.append(outputs(folder / "outputs"))
    of_a_year = {f"{year}/{name}" for year in (2023, 2024) for name in (PAGE, WORKBOOK)}
    assert len(results[0]) == sum(CENTRES.values()) + len(of_a_year)
    assert of_a_year <= set(results[0])
    assert results[0] == results[1]


def test_a_number_typed_in_the_wording_of_a_form_is_named_at_its_line(library: Library) -> None:
    report = library.project.templates / "plain" / "report.md"
    report.write_text("# 情况\n\n全年办理{{ 案件.受理 }}件，宣传24场。\n", encoding="utf-8")
    outcome = check(library, write_input(library.project, FACTS))
    assert [(f.code, f.span.file, f.span.line, f.stated) for f in outcome.findings] == [
        ("unbound-number", "templates/plain/report.md", 3, "24场")
    ]


def test_a_worker_keeps_no_file_that_it_is_done_with(tmp_path: Path) -> None:
    """What is remembered of texts, their widths and their words, must not hold the file in which they were typed."""
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "inputs" / "2023").mkdir(parents=True)
    library = Library(find_project(tmp_path), system_fonts=False)
    for name in ("lieshan", "nanjing"):
        path = tmp_path / "inputs" / "2023" / f"{name}-done-with.yaml"
        shutil.copy(ROOT / "inputs" / "2023" / f"{name}.yaml", path)
        assert build(library, path, Options(bound=False)).changed
    del library
    gc.collect()
    assert [each.file for each in gc.get_objects() if isinstance(each, Source) and "-done-with" in each.file] == []


def test_a_centre_is_not_named_as_the_folder_of_what_is_sent(library: Library) -> None:
    outcome = build(library, write_input(library.project, "数据:\n  案件: {受理: 445}\n", "pack"), Options(pdf=False))
    (finding,) = outcome.findings
    assert (finding.code, finding.hint.startswith("rename the file, such as lieshan.yaml")) == ("bad-value", True)
    assert not library.project.outputs.exists()
