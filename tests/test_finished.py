"""A report that no one wrote as YAML is read like one: Word, text and Markdown, each finding where a person sees it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from docx.table import Table

from conftest import ROOT
from reportgen.cli import main
from reportgen.forms.words import read_words
from reportgen.helping.audit import audited
from reportgen.printing import soffice
from reportgen.reading.project import find_project
from reportgen.running.library import Library, every_block
from reportgen.telling.findings import ReportError
from reportgen.writing.blocks import Paragraph, Text

LIBRARY = Library(find_project(ROOT), system_fonts=False)
WORDS = read_words(ROOT / "templates" / "words.yaml", "words.yaml")[0]


def told(path: Path) -> list[tuple[str, str]]:
    return [(place, finding.code) for place, finding in audited(path, path.name, LIBRARY.vocabulary, WORDS)]


def fill(table: Table, rows: Sequence[Sequence[str]]) -> None:
    """Write texts into the cells of a table."""
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """93 + 347 = 440, not 445; 刑事 352件 above; 180 + 130 = 310 in the table, not 300."""
    document = docx.Document()
    document.add_heading("2023年度绩效自评报告", 1)
    document.add_paragraph("全年办理刑事案件352件。")
    document.add_paragraph("受理案件445件，其中民事案件93件，刑事案件347件。")
    table = document.add_table(rows=4, cols=2)
    fill(table, [("片区", "人次"), ("城区", "180"), ("乡镇", "130"), ("合计", "300")])
    path = tmp_path / "report.docx"
    document.save(str(path))
    return path


def test_a_word_report_is_read_with_its_tables(report: Path) -> None:
    found = told(report)
    assert ("paragraph 3", "parts-mismatch") in found
    assert ("paragraph 3", "told-twice") in found
    assert ("table 1, row 4, column 2", "parts-mismatch") in found
    assert not any(code in ("typed-number", "unbound-number", "typed-numbering") for _place, code in found)


@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_plain_text_is_read_line_by_line(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"report{suffix}"
    path.write_text("绩效自评报告\n\n受理案件445件，其中民事案件93件，刑事案件347件。\n", encoding="utf-8")
    assert told(path) == [("line 3", "parts-mismatch")]


def test_a_report_that_holds_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("受理案件440件，其中民事案件93件，刑事案件347件，刑事案件占78.9%。\n", encoding="utf-8")
    assert told(path) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", b"no zip"),
        ("a.pdf", b"%PDF"),
        ("a.pdf", b"no pdf"),
        ("a.doc", b"x"),
        ("a.rtf", b"x"),
        ("a.odp", b"PK"),
        ("b.docx", b"PK\x05\x06" + b"\0" * 18),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReportError) as error:
        told(path)
    assert [finding.code for finding in error.value.findings] == ["file-unreadable"]


def test_a_copy_has_a_comment_at_each_finding(report: Path, tmp_path: Path) -> None:
    out = tmp_path / "commented.docx"
    before = report.read_bytes()
    result = CliRunner().invoke(main, ["audit", str(report), "--annotate", str(out), "--format", "json"])
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert report.read_bytes() == before
    comments = list(docx.Document(str(out)).comments)
    assert len(comments) == len(found) >= 3
    assert any("440" in comment.text for comment in comments)


def test_the_place_stands_before_the_message(report: Path) -> None:
    result = CliRunner().invoke(main, ["audit", str(report)])
    assert "paragraph 3" in result.output or "段落3" in result.output


@pytest.mark.parametrize(("head", "hint"), [("某中心2022年度绩效自评报告", "type 2022年"), ("某中心绩效自评报告", "")])
def test_the_mend_of_a_word_has_the_year_of_the_report_and_no_tag(tmp_path: Path, head: str, hint: str) -> None:
    """Nobody who reads a finished report has a file to put {{ 年度 }} into."""
    path = tmp_path / "report.txt"
    path.write_text(f"{head}\n\n一、履职情况\n\n今年以来，中心共办理法律援助案件445件。\n", encoding="utf-8")
    found = audited(path, path.name, LIBRARY.vocabulary, WORDS)
    assert "".join(finding.hint for _place, finding in found) == hint


def test_a_hint_says_nothing_that_only_an_input_has(tmp_path: Path) -> None:
    """No reference is to be typed, and a text is named by its place."""
    again = "中心与各乡镇司法所建立联系制度，每季度到村里开展法治宣传和咨询活动，群众反映良好"
    text = f"某中心2023年度绩效自评报告\n{again}。\n2022年度全年办理案件XX件。\n{again}了。\n"
    (tmp_path / "r.txt").write_text(text, encoding="utf-8")
    found = {
        finding.code: (place, finding)
        for place, finding in audited(tmp_path / "r.txt", "r.txt", LIBRARY.vocabulary, WORDS)
    }
    assert {"placeholder", "other-year", "doubled-paragraph"} <= found.keys()
    assert not [finding.hint for _place, finding in found.values() if "{{" in finding.hint]
    assert found["placeholder"][1].hint == "type it"
    assert found["other-year"][1].hint.endswith("2023年")
    assert "“line 2”" in found["doubled-paragraph"][1].message
    assert found["doubled-paragraph"][0] == "line 4"


def test_a_copy_is_of_one_word_file(report: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["audit", str(report), str(report), "--annotate", str(tmp_path / "x.docx")])
    assert result.exit_code == 2


SAMPLES = sorted(ROOT.glob("outputs/*/*/*/*.docx")) + sorted(ROOT.glob("outputs/*/*/*/*.pdf"))
# 口径说明 of that centre explains the one sentence whose parts do not make up their total (seeds-audit, C).
EXPLAINED = {f"outputs/2018/panlong/project-expenditure/{name}": ["parts-mismatch"] for name in ("report", "full")}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_documents_that_we_build_are_found_in_order(path: Path) -> None:
    """Merged cells, our own styles of headings, goals beside results, points that stand in another table."""
    expected = EXPLAINED.get(path.relative_to(ROOT).with_suffix("").as_posix(), [])
    assert [code for _place, code in told(path)] == expected


def test_a_pdf_is_read_by_its_sentences(tmp_path: Path) -> None:
    project = find_project(ROOT)
    library = Library(project, system_fonts=False)
    text = "受理案件445件，其中民事案件93件，刑事案件347件。"
    document = replace(every_block(), blocks=(Paragraph((Text("经" * 60 + "。"),)), Paragraph((Text(text),))))
    path = tmp_path / "report.pdf"
    path.write_bytes(library.pdf_printer.print_pdf(document, project.templates / "house" / "report.typ"))
    assert told(path) == [("page 1", "parts-mismatch")]


@pytest.mark.parametrize(
    ("points", "scores", "codes"),
    [
        (("50", "40", "100"), ("48.5", "40", "98.16"), []),  # 10 points of the execution of the budget: 9.66
        (("50", "40", "100"), ("48.5", "40", "99.5"), ["parts-mismatch"]),
        (("50", "45", "100"), ("50", "45", "95"), ["parts-mismatch"]),
        (("60", "40", "100"), ("58", "40", "97"), ["parts-mismatch"]),
    ],
)
def test_points_of_the_execution_may_stand_elsewhere(
    tmp_path: Path, points: tuple[str, ...], scores: tuple[str, ...], codes: list[str]
) -> None:
    document = docx.Document()
    table = document.add_table(rows=4, cols=3)
    columns = (("指标", "甲", "乙", "合计"), ("分值", *points), ("得分", *scores))
    for column, texts in enumerate(columns):
        for row, text in enumerate(texts):
            table.rows[row].cells[column].text = text
    path = tmp_path / "report.docx"
    document.save(str(path))
    assert [code for _place, code in told(path)] == codes


@pytest.mark.parametrize(
    ("first", "second", "codes"),
    [
        # seeds-audit B14: what is done to the cases closed this year is told of all, whoever does it
        ("办结案件434件。", "由中心与工作站组成回访组，对今年办结的198件法律援助案件进行了回访。", ["told-twice"]),
        ("办结案件434件。", "各工作站组成回访组，办结法律援助案件198件。", []),  # theirs
        ("办结案件434件。", "对今年办结的198件投诉进行了回访。", []),
        ("办理刑事案件352件。", "办理刑事案件347件。", ["told-twice"]),
    ],
)
def test_a_figure_told_in_two_sections_has_one_value(tmp_path: Path, first: str, second: str, codes: list[str]) -> None:
    document = docx.Document()
    document.add_heading("一、基本情况", 1)
    document.add_paragraph(first)
    document.add_heading("二、工作情况", 1)
    document.add_paragraph(second)
    path = tmp_path / "report.docx"
    document.save(str(path))
    assert [code for _place, code in told(path)] == codes


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ((("三级指标", "指标值", "评分过程"), ("案件量", "办理案件", "办理法律援助案件13681件")), ["told-twice"]),
        ((("三级指标", "指标值", "评分过程"), ("案件量", "办理法律援助案件13681件", "按时办理")), []),  # a goal
        ((("年度目标", "办理法律援助案件13681件"), ("完成情况", "办理法律援助案件14892件")), []),
    ],
)
def test_a_sentence_in_a_table_is_held_against_the_text(
    tmp_path: Path, rows: tuple[tuple[str, ...], ...], codes: list[str]
) -> None:
    """Seeds-audit D6: 14892 in the text, 13681 in the annex."""
    document = docx.Document()
    document.add_paragraph("办理法律援助案件14892件。")
    fill(document.add_table(rows=len(rows), cols=len(rows[0])), rows)
    path = tmp_path / "report.docx"
    document.save(str(path))
    assert [code for _place, code in told(path)] == codes


HEADS = ("三级指标", "指标值", "评分过程", "分值", "得分")


@pytest.mark.parametrize(
    ("heads", "row", "codes"),
    [
        (HEADS, ("目标内容", "明晰", "有绩效目标且目标明确", "10", "9"), ["reason-missing"]),  # seeds-audit D12
        (HEADS, ("目标内容", "明晰", "有绩效目标，部分目标未量化", "10", "9"), []),
        (HEADS, ("结案率", "98%", "受理445件，结案434件", "10", "9"), []),  # the figure says it
        (HEADS, ("目标内容", "明晰", "有绩效目标且目标明确", "10", "10"), []),
        ((*HEADS, "扣分原因"), ("目标内容", "明晰", "目标明确", "10", "9", "无"), ["reason-missing"]),
        ((*HEADS, "扣分原因"), ("目标内容", "明晰", "目标明确", "10", "9", "目标偏多"), []),
        (("三级指标", "年度指标值", "完成值", "分值", "得分", "偏差原因分析"), ("合格率", "98%", "95%", "5", "4", ""), ["reason-missing"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("made", ["word", "lines", "markdown"])
def test_lost_points_have_a_reason(
    tmp_path: Path, made: str, heads: tuple[str, ...], row: tuple[str, ...], codes: list[str]
) -> None:
    other = ("其他指标", *[""] * (len(row) - 3), *("5", "5")) if heads[-1] == "得分" else ("其他", "", "", "5", "5", "")
    rows = [heads, row, other if len(other) == len(row) else (*other, "")]
    path = tmp_path / {"word": "r.docx", "lines": "r.txt", "markdown": "r.md"}[made]
    if made == "word":
        document = docx.Document()
        fill(document.add_table(rows=len(rows), cols=len(heads)), rows)
        document.save(str(path))
    elif made == "lines":
        path.write_text("评分表\n\n" + "\n\n".join("\n".join(f"\t{text}" for text in each) for each in rows), "utf-8")
    else:
        lines = ["| " + " | ".join(each) + " |" for each in (heads, ["---"] * len(heads), *rows[1:])]
        path.write_text("评分表\n\n" + "\n".join(lines), "utf-8")
    assert [code for _place, code in told(path)] == codes


def test_a_subtotal_is_no_part_of_the_total(tmp_path: Path) -> None:
    path = tmp_path / "r.md"
    rows = [("片区", "人次"), ("城区", "180"), ("郊区", "20"), ("小计", "200"), ("乡镇", "130"), ("合计", "330")]
    path.write_text("\n".join(f"| {first} | {second} |" for first, second in rows), "utf-8")
    assert told(path) == []
    path.write_text("\n".join(f"| {first} | {second} |" for first, second in [*rows[:5], ("乡村", "30")]), "utf-8")
    assert told(path) == []


def test_paragraphs_that_are_set_in_are_no_table(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    text = "受理案件445件，其中民事案件93件，刑事案件347件。"
    path.write_text(f"\t{text}\n\t第二段。\n\n\t第三段。\n\t第四段。\n", "utf-8")
    assert told(path) == [("line 1", "parts-mismatch")]


def test_an_old_format_is_read_through_libreoffice(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is not installed, what to do is said."""
    old = tmp_path / "old.doc"
    old.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    monkeypatch.setattr(soffice, "find_soffice", lambda: None)
    result = CliRunner().invoke(main, ["audit", str(old)])
    assert result.exit_code == 1
    assert "LibreOffice" in result.output
    assert ".docx" in result.output


@pytest.mark.skipif(not soffice.find_soffice(), reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("suffix", ["doc", "odt"])
def test_what_is_found_in_an_old_file_is_found_in_the_new_one(report: Path, tmp_path: Path, suffix: str) -> None:
    old = tmp_path / f"old.{suffix}"
    document = docx.Document(str(report))
    document.add_paragraph("特此报告。")  # a table at the end of a file is lost by LibreOffice where it writes .doc
    document.save(str(report))
    made = soffice.find_soffice() or ""
    folder = tmp_path / "profile"
    subprocess.run([made, f"-env:UserInstallation={folder.as_uri()}", "--headless", "--convert-to", suffix,
                    "--outdir", str(tmp_path), str(report)], check=True, capture_output=True)  # fmt: skip
    (tmp_path / f"report.{suffix}").rename(old)
    assert sorted(code for _place, code in told(old)) == sorted(code for _place, code in told(report))
    result = CliRunner().invoke(main, ["audit", str(old)])
    assert "LibreOffice" in result.stderr
