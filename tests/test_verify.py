"""Which input made a document, what a hand changed in it, and what of that can be carried back into the input."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner

from conftest import HEAD, new_project, with_replaced, write_input
from reportgen.cli import main
from reportgen.helping.carry import carried_back
from reportgen.helping.verify import Verdict, verdict_lines, verified
from reportgen.reading.project import Project, find_project
from reportgen.running.build import build
from reportgen.running.library import Library
from reportgen.running.outcome import Options
from reportgen.telling.findings import ReportError

INPUT = """\
数据:
  案件: {受理: 445, 民事: 93, 刑事: 352}
正文:
  情况: |
    # 概况

    全年受理案件{{ 案件.受理 }}件，群众**很**满意。

    二是开展评查，没有发现问题。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """One project for most of the tests: its templates are read once, and each test builds its input anew."""
    return Library(new_project(tmp_path_factory.mktemp("verify")), system_fonts=False)


@pytest.fixture
def fresh(project: Project) -> Library:
    """A project of the test's own, where git or a manifest is changed."""
    return Library(project, system_fonts=False)


def built(library: Library, text: str = INPUT, pdf: bool = False) -> tuple[Path, Path]:
    """Return the input, and its report as it was built."""
    path = write_input(library.project, text)
    outcome = build(library, path, Options(pdf=pdf, system_fonts=False, overwrite=True))
    assert outcome.files, outcome.findings
    return path, library.project.root / outcome.files[-1]


def edited(report: Path, old: str, new: str) -> bytes:
    """Return the report with something replaced, where it stands first in the XML of its text."""
    return with_replaced(report, "word/document.xml", old, new, 1)


def on(library: Library, report: Path, data: bytes | None = None) -> Verdict:
    return verified(library, report, report.read_bytes() if data is None else data)


def test_a_document_as_it_was_built_is_known_under_any_name(library: Library, tmp_path: Path) -> None:
    path, report = built(library)
    elsewhere = tmp_path / "2023年度测试报告.docx"
    for name in (report, elsewhere):
        verdict = on(library, name, report.read_bytes())
        assert (verdict.input, verdict.made, verdict.meant, verdict.is_sound) == (path, True, True, True)
        assert verdict.origin
        assert (verdict.origin.form, verdict.origin.file) == ("plain", "centre.yaml")


def test_a_document_saved_anew_has_the_same_words(library: Library) -> None:
    _path, report = built(library)
    verdict = on(library, report, edited(report, "<w:body>", "<w:body> "))
    assert (verdict.made, verdict.edits, verdict.is_sound) == (False, (), True)


@pytest.mark.parametrize(
    ("old", "new", "key", "line", "why"),
    [
        ("没有发现问题", "未发现问题", "正文.情况", 14, ""),
        ("满意。", "比较满意。", "正文.情况", 12, ""),
        ("全年受理", "本年度受理", "正文.情况", 12, ""),
        ("445", "446", "正文.情况", 12, "it is the value of 案件.受理: change that in line 7"),
        ("概况", "总体概况", "正文.情况", 10, ""),
        ("一、", "1、", "", 1, "the program numbers it"),
        ("一、情况", "一、基本情况", "", 1, "it is the wording of the form: templates/plain/report.md:1"),
        ("2024年1月15日", "2024年1月16日", "", 0, "the Word template prints it"),
        (">测试中心<", ">检验中心<", "", 0, "it is the value of 单位: change that in line 1"),
    ],
)
def test_a_change_leads_to_its_line(library: Library, old: str, new: str, key: str, line: int, why: str) -> None:
    """Lines of the input are counted from 1; its head has five."""
    _path, report = built(library)
    edits = on(library, report, edited(report, old, new)).edits or ()
    assert [(edit.key, edit.span.line if key else line) for edit in edits] == [(key, line)] * len(edits) != []
    assert all(edit.why_not.startswith(why) if why else not edit.why_not for edit in edits), edits


def by_word(report: Path, change: Callable[[docx.document.Document], None]) -> bytes:
    document = docx.Document(str(report))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_paragraphs_that_were_added_or_deleted_are_placed(library: Library) -> None:
    _path, report = built(library)

    def add(document: docx.document.Document) -> None:
        paragraph = next(each for each in document.paragraphs if each.text.startswith("二是"))
        paragraph.insert_paragraph_before("新加的一段。")

    def delete(document: docx.document.Document) -> None:
        element = next(each for each in document.paragraphs if each.text.startswith("二是"))._p
        element.getparent().remove(element)

    added, deleted = (on(library, report, by_word(report, change)).edits for change in (add, delete))
    assert added is not None
    assert deleted is not None
    assert [(each.was, each.now, each.key, each.span.line) for each in added] == [("", "新加的一段。", "正文.情况", 12)]
    assert [(each.was[:2], each.now, each.key, each.span.line) for each in deleted] == [("二是", "", "正文.情况", 14)]
    assert all(each.why_not for each in (*added, *deleted))


@pytest.mark.parametrize(("mark", "end"), [("", "\n"), ("\ufeff", "\r\n")])
def test_what_is_carried_back_makes_the_input_print_the_edited_words(library: Library, mark: str, end: str) -> None:
    """Every other byte stays: the byte order mark, line ends, the value that was edited as well."""
    path, report = built(library, mark + HEAD + INPUT)
    path.write_bytes((mark + (HEAD + INPUT).replace("\n", end)).encode())
    data = edited(report, "没有发现", "未发现")
    verdict = on(library, report, data)
    carried = carried_back(library, verdict)
    assert (len(carried.done), carried.left) == (1, ())
    wanted = (HEAD + INPUT).replace("没有发现", "未发现").replace("\n", end)
    assert carried.text == (mark + wanted).encode()
    path.write_bytes(carried.text)
    rebuilt = Library(library.project, system_fonts=False)
    assert build(rebuilt, path, Options(pdf=False, overwrite=True)).changed
    assert on(rebuilt, report).made


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (INPUT, "没有发现问题", "**没有**发现问题"),  # Markdown would swallow the stars
        (INPUT, "没有发现问题", "发现{{ 案件.民事 }}处问题"),  # a value would be printed
        (
            HEAD + "数据: {案件: {受理: 445}}\n正文: {情况: 没有发现问题。}\n",
            "没有发现问题",
            "没有, 发现: 问题",
        ),  # YAML would cut it
        (
            HEAD + "数据: {案件: {受理: 445}}\n正文:\n  情况: 没有发现问题。\n",
            "没有发现问题",
            "没有 # 发现问题",
        ),  # a comment
    ],
)
def test_what_would_mean_something_in_the_input_is_not_carried_back(
    library: Library, text: str, old: str, new: str
) -> None:
    path, report = built(library, text)
    before = path.read_bytes()
    carried = carried_back(library, on(library, report, edited(report, old, new)))
    assert (carried.done, carried.text) == ((), before)
    assert "would then print something else" in carried.left[0].why_not


def test_an_input_that_says_something_else_now_is_told(library: Library) -> None:
    path, report = built(library)
    data = edited(report, "没有发现", "未发现")
    path.write_text(path.read_text("utf-8").replace("445", "446"), encoding="utf-8")
    verdict = on(library, report, data)
    assert (verdict.input, verdict.meant, verdict.edits, verdict.is_sound) == (path, False, None, False)
    assert any("edits cannot be told" in line for line in verdict_lines(verdict, library.project))


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_edits_are_found_though_the_input_changed_since(fresh: Library) -> None:
    """As git has it; a line that moved is changed where it stands now, one that is another now is not."""

    def git(*arguments: str) -> None:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", *arguments]
        subprocess.run(command, cwd=fresh.project.root, check=True, capture_output=True)

    path, report = built(fresh)
    git("init", "-q")
    git("add", "inputs")
    git("commit", "-qm", "a")
    data = edited(report, "没有发现", "未发现")
    two = edited(report, "全年受理", "本年受理")
    text = path.read_text("utf-8")
    path.write_text(text.replace("正文:", "  咨询: {接待: 30}\n正文:").replace("445件", "445件次"), encoding="utf-8")
    path.write_text(path.read_text("utf-8").replace("全年受理案件", "全年共受理案件"), encoding="utf-8")
    verdict = on(fresh, report, data)
    assert verdict.revision
    assert not verdict.is_sound
    carried = carried_back(fresh, verdict)
    assert (len(carried.done), carried.left) == (1, ())
    assert carried.text.decode() == path.read_text("utf-8").replace("没有发现", "未发现")
    edits = on(fresh, report, two).edits or ()
    assert [edit.why_not for edit in edits] == ["the input says something else there now"]


def test_a_document_as_built_of_an_input_that_changed_is_to_be_built_again(library: Library) -> None:
    path, report = built(library)
    path.write_text(path.read_text("utf-8").replace("445", "446"), encoding="utf-8")
    verdict = on(library, report)
    assert (verdict.made, verdict.meant) == (True, False)
    assert list(verdict_lines(verdict, library.project))[-1].endswith("build it again before it is sent")


def test_a_manifest_names_no_file_outside_of_the_inputs(fresh: Library, tmp_path: Path) -> None:
    """It may come from anybody, and --apply writes into what it names."""
    path, report = built(fresh)
    outside = fresh.project.root / "centre.yaml"
    path.rename(outside)
    manifest = report.parent.parent / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("inputs/2023/centre.yaml", "centre.yaml"), "utf-8")
    assert on(fresh, report).input is None


def test_a_pdf_is_held_against_the_words_of_the_input(library: Library) -> None:
    _path, report = built(library, pdf=True)
    data = report.read_bytes()
    assert report.suffix == ".pdf"
    assert on(library, report, data).made
    assert on(library, report, data + b"\n% stamped").edits == ()


def test_a_file_of_others_is_told_and_one_that_is_no_document_too(library: Library, tmp_path: Path) -> None:
    out = io.BytesIO()
    docx.Document().save(out)
    verdict = on(library, tmp_path / "a.docx", out.getvalue())
    assert (verdict.origin, verdict.is_sound) == (None, False)
    assert list(verdict_lines(verdict, library.project)) == ["no line of reportgen says where it came from"]
    with pytest.raises(ReportError):
        on(library, tmp_path / "a.docx", b"no document")


def test_outside_of_its_project_the_line_of_provenance_is_told(
    library: Library, tmp_path_factory: pytest.TempPathFactory
) -> None:
    _path, report = built(library)
    other = Library(find_project(tmp_path_factory.mktemp("other")), system_fonts=False)
    lines = list(verdict_lines(on(other, report), other.project))
    assert lines[0].endswith("from centre.yaml, form plain")
    assert "is not in this folder" in lines[1]


def test_the_command_shows_asks_and_writes(project: Project, fresh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    path, report = built(fresh)
    report.write_bytes(edited(report, "没有发现", "未发现"))
    before = path.read_bytes()
    monkeypatch.chdir(project.root)
    name = project.name(report)
    shown = CliRunner().invoke(main, ["verify", name])
    assert (shown.exit_code, path.read_bytes()) == (1, before)
    assert "正文.情况 · inputs/2023/centre.yaml:14:" in shown.output
    refused = CliRunner().invoke(main, ["verify", name, "--apply"])
    assert (refused.exit_code, path.read_bytes()) == (2, before)
    written = CliRunner().invoke(main, ["verify", name, "--apply", "--yes"])
    assert written.exit_code == 0, written.output
    assert path.read_text("utf-8") == before.decode().replace("没有发现", "未发现")
    assert "+    二是开展评查，未发现问题。" in written.stdout
