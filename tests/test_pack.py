"""What is sent: only documents that a build makes now, under Chinese names, with a list that Excel opens."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pytest

from conftest import HEAD, ROOT, write_input
from reportgen.helping.pack import usable, volumes_with, zip_name
from reportgen.reading.project import Project
from reportgen.reading.settings import PATTERN, read_settings
from reportgen.telling.findings import ReportError

TEXT = "数据:\n  案件: {受理: 445, 办结: 434}\n正文:\n  情况: 办结{{ 案件.办结 }}件。\n"


def run(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reportgen", *arguments], cwd=project.root, capture_output=True, text=True,
        encoding="utf-8", check=False, env={**os.environ, "PYTHONPATH": str(ROOT), "REPORTGEN_LANG": "en"},
    )  # fmt: skip


@pytest.fixture
def sent(project: Project) -> Path:
    """One centre, built; the path of its zip."""
    write_input(project, TEXT)
    run(project, "build", "--fonts", "bundled")
    return project.outputs / "2023" / "pack" / "测试中心-centre.zip"


def test_the_files_of_a_centre_are_packed_under_chinese_names_with_a_list(project: Project, sent: Path) -> None:
    result = run(project, "pack")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["outputs/2023/pack/测试中心-centre.zip", "outputs/2023/pack/清单.csv"]
    with zipfile.ZipFile(sent) as package:
        assert package.namelist() == ["测试中心2023年度测试.docx", "测试中心2023年度测试.pdf", "清单.csv"]
        word = package.read("测试中心2023年度测试.docx")
        listed = package.read("清单.csv").decode("utf-8-sig")
    assert word == (project.outputs / "2023/centre/plain/report.docx").read_bytes()
    rows = list(csv.reader(io.StringIO(listed)))
    assert rows[0] == ["单位", "文件", "页数", "SHA-256", "说明"]
    assert rows[1] == ["测试中心", "测试中心2023年度测试.docx", "1", hashlib.sha256(word).hexdigest(), ""]
    before = sent.read_bytes()
    run(project, "pack")
    assert sent.read_bytes() == before


@pytest.mark.parametrize("change", ["input", "draft", "hand", "form", "word"])
def test_what_a_build_would_not_make_now_is_not_sent(project: Project, sent: Path, change: str) -> None:
    if change == "input":
        write_input(project, TEXT.replace("434", "433"))
    elif change == "draft":
        run(project, "build", "--fonts", "bundled", "--draft")
    elif change == "form":
        form = project.templates / "plain" / "report.md"
        form.write_text(form.read_text(encoding="utf-8") + "\n又一句。\n", encoding="utf-8")
    elif change == "word":
        run(project, "build", "--fonts", "bundled", "--no-pdf")
    else:
        edit(project)
    result = run(project, "pack")
    assert (result.returncode, result.stdout) == (1, "")
    reason = "a hand changed" if change == "hand" else "its documents are not those"
    assert f"inputs/2023/centre.yaml: not packed: {reason}" in result.stderr
    assert not sent.exists()


def edit(project: Project) -> None:
    path = str(project.outputs / "2023" / "centre" / "plain" / "report.docx")
    document = docx.Document(path)
    document.add_paragraph("手加一句。")
    document.save(path)


def test_a_hand_edit_is_sent_on_demand_without_its_old_pdf_and_listed_as_such(project: Project, sent: Path) -> None:
    edit(project)
    assert run(project, "pack", "--with-edited").returncode == 0
    with zipfile.ZipFile(sent) as package:
        assert package.namelist() == ["测试中心2023年度测试.docx", "清单.csv"]
        assert package.read("清单.csv").decode("utf-8-sig").splitlines()[1].endswith(",手工改过")


def three(project: Project) -> Path:
    """Three centres, built and packed; the folder of their zips."""
    for name in ("a", "b", "c"):
        text = HEAD.replace("测试中心", f"{name}中心") + TEXT
        write_input(project, TEXT, name).write_text(text, encoding="utf-8")
    run(project, "build", "--fonts", "bundled")
    assert run(project, "pack").returncode == 0
    return project.outputs / "2023" / "pack"


def listed(folder: Path) -> list[str]:
    rows = (folder / "清单.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    return [row.split(",")[0] for row in rows if ".docx" in row]


def test_a_zip_that_may_not_be_sent_any_more_is_deleted_and_the_list_is_of_what_is_there(project: Project) -> None:
    folder = three(project)
    (folder / "mine.zip").write_bytes(b"PK")  # somebody's own
    path = project.inputs / "2023" / "b.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("434", "433"), encoding="utf-8")
    renamed = project.inputs / "2023" / "c.yaml"
    renamed.write_text(renamed.read_text(encoding="utf-8").replace("c中心", "丙中心"), encoding="utf-8")
    run(project, "build", "c", "--fonts", "bundled")
    result = run(project, "pack")
    assert result.returncode == 1
    assert sorted(path.name for path in folder.iterdir()) == ["a中心-a.zip", "mine.zip", "丙中心-c.zip", "清单.csv"]
    assert listed(folder) == ["a中心", "丙中心"]
    for name in ("b中心-b.zip", "c中心-c.zip"):
        assert f"outputs/2023/pack/{name}: deleted" in result.stderr


def test_who_packs_one_centre_keeps_the_others_in_folder_and_list(project: Project) -> None:
    folder = three(project)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = run(project, "pack", "b")
    assert result.stdout.splitlines() == ["outputs/2023/pack/b中心-b.zip", "outputs/2023/pack/清单.csv"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (project.inputs / "2023" / "b.yaml").write_text("x", encoding="utf-8")
    run(project, "pack", "b")
    assert listed(folder) == ["a中心", "c中心"]


def test_where_nothing_may_be_sent_nothing_is_left(project: Project, sent: Path) -> None:
    run(project, "pack")
    edit(project)
    assert run(project, "pack", "--with-edited").returncode == 0
    assert sent.exists()
    assert run(project, "pack").returncode == 1
    assert not sent.parent.exists()


def test_a_zip_is_called_by_its_input_however_long_the_unit_is() -> None:
    assert zip_name("甲" * 200, "a-1") == "甲" * 76 + "-a-1.zip"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/report.docx", {"a/full.docx", "a/full.pdf"}),
        ("a/annex-1-public.docx", {"a/full-public.pdf"}),
        ("b/report.docx", set()),
    ],
)
def test_the_volume_with_what_a_hand_changed_says_what_it_said_before(name: str, expected: set[str]) -> None:
    names = ["a/report.docx", "a/full.docx", "a/full.pdf", "a/full-public.pdf", "b/report.docx"]
    assert volumes_with(name, names) == expected


def test_the_settings_of_the_project_name_the_files(project: Project, sent: Path) -> None:
    (project.root / "reportgen.yaml").write_text("文件名: '{年度}-{文书}（{单位}）'\n", encoding="utf-8")
    run(project, "pack")
    with zipfile.ZipFile(sent) as package:
        assert package.namelist()[0] == "2023-测试（测试中心）.docx"


@pytest.mark.parametrize("pattern", ["'{单位}'", "'{文书}{电话}'", "'a/{文书}'", "'{文书}?'"])
def test_a_pattern_that_cannot_name_files_is_told(project: Project, pattern: str) -> None:
    (project.root / "reportgen.yaml").write_text(f"文件名: {pattern}\n", encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        read_settings(project)
    (finding,) = caught.value.findings
    assert (finding.code, finding.span.line) == ("bad-value", 1)
    assert PATTERN in finding.hint


def test_without_settings_the_usual_pattern_holds(project: Project) -> None:
    assert read_settings(project).file_name == "{单位}{年度}年度{文书}"


@pytest.mark.parametrize(
    ("name", "usual"), [("甲/乙:丙", "甲_乙_丙"), (" 甲. ", "甲"), ("", "_"), ("甲" * 200, "甲" * 80)]
)
def test_a_name_can_be_had_on_every_system(name: str, usual: str) -> None:
    assert usable(name) == usual


def test_a_cell_of_the_list_is_never_a_formula(project: Project) -> None:
    write_input(project, TEXT).write_text(HEAD.replace("测试中心", '"=1+1中心"') + TEXT, encoding="utf-8")
    run(project, "build", "--fonts", "bundled")
    run(project, "pack")
    rows = (project.outputs / "2023" / "pack" / "清单.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[1].startswith("'=1+1中心,'=1+1中心2023年度")
