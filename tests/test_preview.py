"""The pages of a form without any input: all that it can print is there, and no page can be taken for a report."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from conftest import ROOT
from reportgen.cli import main
from reportgen.facts.wording import UNKNOWN
from reportgen.helping.preview import previewed, written
from reportgen.printing.passages import comparable
from reportgen.reading.project import Project, find_project
from reportgen.running.library import Library

SHIPPED = Library(find_project(ROOT), system_fonts=False)
MARK = "样张：数字和文字均为示例"


@pytest.mark.parametrize("name", SHIPPED.form_names)
def test_every_shipped_form_is_printed_whole_and_marked_on_each_page(name: str, tmp_path: Path) -> None:
    form = SHIPPED.form(name)
    files = list(previewed(SHIPPED, form, tmp_path))
    kinds = len(form.annexes) + (form.report is not None)
    kinds += kinds > 1  # all of them, bound
    assert sorted(path.suffix for path in files) == [".docx"] * kinds + [".pdf"] * kinds
    words = ""
    for path in files:
        if path.suffix == ".pdf":
            pages = [comparable(page.extract_text()) for page in PdfReader(io.BytesIO(path.read_bytes())).pages]
            assert [page.startswith(comparable(MARK)) for page in pages] == [True] * len(pages)
            words += "".join(pages)
        else:
            with zipfile.ZipFile(path) as package:
                headers = [package.read(part).decode() for part in package.namelist() if "header" in part]
            assert any(MARK in re.sub("<[^>]+>", "", header) for header in headers)
    assert UNKNOWN not in words
    for section in form.sections:
        assert comparable(f"〔{section}：") in words
    for row in form.indicators:
        assert comparable(row.name) in words or not row.listed


@pytest.mark.parametrize("name", SHIPPED.form_names)
def test_a_number_of_a_centre_is_always_100(name: str) -> None:
    """Others are the form's own: years, points, levels, numbers of a line, and the sum of two rows."""
    made = written(SHIPPED.form(name), SHIPPED.vocabulary)
    texts = [text for _kind, _name, document in made.files for group in document.strings() for text in group]
    counted = re.findall(r"(\d[\d.]*)(?:万元|件|人次|人|元)", "\n".join(texts))
    assert set(counted) == {"100"}


def test_the_same_form_has_the_same_pages(tmp_path: Path) -> None:
    form = SHIPPED.form("public-notice")
    first, second = (list(previewed(SHIPPED, form, tmp_path / name)) for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_command_says_what_it_wrote(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    result = CliRunner().invoke(main, ["forms", "测试", "--preview", "samples"])
    assert result.exit_code == 0, result.output
    assert result.output.split() == ["samples/plain/report.docx", "samples/plain/report.pdf"]
    assert not project.outputs.exists()


def test_a_form_with_a_fault_says_what_it_is_and_the_others_go_on(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in project.templates.glob("*/form.yaml"):
        if folder.parent.name not in ("plain", "public-notice"):
            folder.unlink()
    (project.templates / "plain" / "report.md").write_text("# 情况\n\n{{ 案件.受利 }}\n", encoding="utf-8")
    monkeypatch.chdir(project.root)
    result = CliRunner().invoke(main, ["forms", "--preview", "samples"])
    assert result.exit_code == 1
    assert "templates/plain/report.md:3:4" in result.stderr
    assert "samples/public-notice/report.pdf" in result.stdout
    assert not (project.root / "samples" / "plain").exists()


@pytest.mark.parametrize("folder", ["outputs", "outputs/2023/centre", "templates/plain", "inputs"])
def test_a_sample_is_never_written_among_reports(
    project: Project, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(project.root)
    result = CliRunner().invoke(main, ["forms", "plain", "--preview", folder])
    assert result.exit_code == 2
    assert "name a folder for the samples alone" in result.stderr
