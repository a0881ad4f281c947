"""The words of a document as lines: the same of the Word file and of its PDF, and git shows what changed."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner

from conftest import ROOT
from reportgen.cli import main
from reportgen.helping.plaintext import plain_lines
from reportgen.telling.findings import ReportError

REPORTS = sorted(ROOT.glob("outputs/*/*/*/report.docx"))
TABLES = ("self-assessment", "department-table", "self-assessment-sichuan")


def bare(lines: list[str]) -> str:
    """Return the lines as the two kinds of file can have them: a title is no heading of a PDF, and may be one line."""
    return "".join("".join(lines).replace("#", "").replace("|", "").split())


def saved(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_word_file_and_the_pdf_have_the_same_lines(path: Path) -> None:
    word = plain_lines(path.read_bytes(), path.name)
    pdf = plain_lines(path.with_suffix(".pdf").read_bytes(), path.name)
    assert bare(word) == bare(pdf)
    if path.parent.name not in TABLES:  # a title, then the text line by line
        assert word[2:-2] == pdf[1:-1]


def test_headings_tables_and_paragraphs_are_lines_of_their_own() -> None:
    lines = plain_lines((ROOT / "outputs/2024/qinghe/public-notice/annex-1.docx").read_bytes(), "annex-1.docx")
    assert lines == [
        "附件1",
        "# 2024年度",
        "# 各地法律援助案件情况表",
        "序号 | 单位 | 受理 | 民事 | 刑事 | 行政 | 办结",
        "1 | 东城区法律援助中心 | 612 | 231 | 373 | 8 | 578",
        "2 | 西城区法律援助中心 | 434 | 171 | 258 | 5 | 407",
        "合计 | 1046 | 402 | 631 | 13 | 985",
        "注：单位为件。",
    ]


def test_a_file_that_word_made_is_read() -> None:
    """Levels of headings, a cell of two paragraphs, a line break; a header that is no page number."""
    document = docx.Document()
    document.add_heading("总标题", 0)
    document.add_heading("甲", 1)
    document.add_heading("乙", 2)
    document.add_paragraph("第一行\n第二行")
    cell = document.add_table(rows=1, cols=2).cell(0, 1)
    cell.text = "一"
    cell.add_paragraph("二")
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.sections[0].footer.paragraphs[0].text = "— 3 —"
    assert plain_lines(saved(document), "a.docx") == [
        "# 总标题",
        "# 甲",
        "## 乙",
        "第一行 第二行",
        " | 一 / 二",
        "header: 内部资料",
    ]


def with_part(data: bytes, name: str, text: str, body: tuple[str, str] = ("", "")) -> bytes:
    """Return a package with one part more, and something replaced in its text."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.namelist():
            part = old.read(each).decode("utf-8", "surrogateescape")
            part = part.replace(*body) if each == "word/document.xml" and body[0] else part
            new.writestr(each, part.encode("utf-8", "surrogateescape"))
        new.writestr(name, text)
    return out.getvalue()


def test_footnotes_stand_below_and_what_was_deleted_is_not_there() -> None:
    document = docx.Document()
    document.add_paragraph("受理445件")
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = (
        f'<w:footnotes {names}><w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>含转交</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    reference = '<w:t>受理445件</w:t></w:r><w:r><w:footnoteReference w:id="2"/><w:delText>旧</w:delText>'
    data = with_part(saved(document), "word/footnotes.xml", notes, ("<w:t>受理445件</w:t>", reference))
    assert plain_lines(data, "a.docx") == ["受理445件[^2]", "[^2]: 含转交"]


@pytest.mark.parametrize("data", [b"", b"no document", b"%PDF-1.7", b"%PDF", b"PK\x05\x06" + b"\0" * 18], ids=range(5))
def test_what_cannot_be_read_is_said(data: bytes) -> None:
    with pytest.raises(ReportError) as error:
        plain_lines(data, "x")
    assert [finding.code for finding in error.value.findings] == ["file-unreadable"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<w:body>", "<w:body>" + "<w:x>" * 10_000 + "</w:x>" * 10_000),
        ("<w:document ", '<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document '),
    ],
    ids=["deep", "entities"],
)
def test_what_no_word_processor_writes_is_refused(old: str, new: str) -> None:
    data = with_part(saved(docx.Document()), "word/x.xml", "<x/>", (old, new))
    with pytest.raises(ReportError, match="no word processor"):
        plain_lines(data, "x")


def test_a_file_without_words_is_a_line_so_that_git_goes_on(tmp_path: Path) -> None:
    """git ends its log where a textconv fails."""
    path = tmp_path / "a.docx"
    path.write_bytes(b"no document")
    result = CliRunner().invoke(main, ["text", str(path)])
    assert result.exit_code == 0
    assert result.stdout.startswith("(its words cannot be read: ")
    assert hashlib.sha256(b"no document").hexdigest() in result.stdout


def test_a_missing_file_is_told_without_a_traceback() -> None:
    result = CliRunner().invoke(main, ["text", "nowhere.docx"])
    assert result.exit_code == 1
    assert "nowhere.docx" in result.stderr


def test_words_come_without_what_the_other_commands_load() -> None:
    """git starts the program once for each version of each document: 0.1 s, not 0.7."""
    file = ROOT / "outputs/2024/qinghe/public-notice/annex-1.docx"
    program = (
        "import sys, reportgen.__main__ as program\n"
        f"sys.argv = ['reportgen', 'text', {str(file)!r}]\n"
        "program.main()\n"
        "loaded = {'pydantic', 'jinja2', 'docx', 'typst', 'click', 'yaml'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == plain_lines(file.read_bytes(), file.name)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_shows_what_changed_in_a_word_file(tmp_path: Path) -> None:
    """By the one line of the README, outside of a project, on a console of GBK."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "gbk", "HOME": str(tmp_path),
        "GIT_CONFIG_NOSYSTEM": "1",
    }  # fmt: skip

    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, check=True, capture_output=True, encoding="utf-8"
        ).stdout

    git("init", "-q")
    git("config", "diff.docx.textconv", f'"{sys.executable}" -m reportgen text')
    (tmp_path / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    document = docx.Document()
    document.add_paragraph("受理445件")
    (tmp_path / "a.docx").write_bytes(saved(document))
    git("add", ".")
    git("commit", "-qm", "a")
    document.paragraphs[0].runs[0].text = "受理446件"
    (tmp_path / "a.docx").write_bytes(saved(document))
    assert "-受理445件\n+受理446件\n" in git("diff")
