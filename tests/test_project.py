"""A folder -> its places; and files written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from conftest import ROOT
from reportgen.reading.project import Project, find_project, unusable_name, write_file
from reportgen.telling.findings import ReportError


def test_the_project_is_the_nearest_folder_with_inputs_or_templates(tmp_path: Path) -> None:
    (tmp_path / "inputs" / "2023").mkdir(parents=True)
    assert find_project(tmp_path / "inputs" / "2023").root == tmp_path
    assert find_project(ROOT / "tests").root == ROOT


def test_a_project_without_templates_uses_those_that_come_along(tmp_path: Path) -> None:
    (tmp_path / "inputs").mkdir()
    assert (find_project(tmp_path).templates / "facts.yaml").is_file()


def test_inputs_come_in_the_order_of_year_and_name(project: Project) -> None:
    for name in ("2023/b", "2022/z", "2023/a"):
        path = project.inputs / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text("", encoding="utf-8")
    assert [project.name(path) for path in project.input_files()] == [
        "inputs/2022/z.yaml",
        "inputs/2023/a.yaml",
        "inputs/2023/b.yaml",
    ]


def test_last_year_is_the_same_file_name_in_the_folder_of_the_year_before(project: Project) -> None:
    this, last = project.inputs / "2023" / "a.yaml", project.inputs / "2022" / "a.yaml"
    assert project.last_year(this, 2023) is None
    last.parent.mkdir()
    last.write_text("", encoding="utf-8")
    assert project.last_year(this, 2023) == last


@pytest.mark.parametrize(
    "name", ["CON", "pack", "Pack", "nul", "com1", "甲", "a/b", "..", "a b", "-a", "", "a" * 61, "a.b", "~$a"]
)
def test_names_that_some_system_cannot_write_are_refused(name: str) -> None:
    assert unusable_name(name)


@pytest.mark.parametrize("name", ["lieshan", "a", "A-1_b", "2023-nanjing"])
def test_plain_names_are_taken(name: str) -> None:
    assert not unusable_name(name)


def test_a_file_is_written_once_and_not_touched_when_it_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.docx"
    assert write_file(path, b"one", "a.docx")
    os.utime(path, (1, 1))
    assert not write_file(path, b"one", "a.docx")
    assert path.stat().st_mtime == 1
    assert write_file(path, b"two", "a.docx")
    assert path.read_bytes() == b"two"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "a.docx"
    write_file(path, b"old", "a.docx")

    def fail(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, fail) if call == "fsync" else monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(ReportError) as caught:
        write_file(path, b"new", "outputs/a.docx")
    assert [(finding.code, finding.span.file) for finding in caught.value.findings] == [
        ("cannot-write", "outputs/a.docx")
    ]
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.docx"]
    assert path.read_bytes() == b"old"
